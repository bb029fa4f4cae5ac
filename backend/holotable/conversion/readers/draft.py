"""One part as a reader hands it over, turned into metres, y up, with normals and its surface.

The surface is cut from the very triangles of the mesh, so that both have one shape: a reader says
which of a part's triangles lie in which material and gives their texture coordinates.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from holotable.conversion.normals import (
    Numbers,
    crease_normals,
    first_in_order,
    first_of_each,
    join,
    pair_numbers,
    unit_rows,
    weld,
)
from holotable.conversion.readers.colours import OWN_COLOUR, Colours, as_hex, to_linear
from holotable.conversion.readers.looks import LooksBuilder
from holotable.errors import DamagedFile
from holotable.review.points import PointCloud
from holotable.review.scene import Floats, Floats32, Indices, Properties
from holotable.review.surface import Primitive, Surface

_MAX_COORDINATE_M: Final = 1e9  # a million kilometres: what float64 still places to 0.1 µm
_MAX_UV: Final = 1e5  # repeats of a picture over a surface; beyond it float32 has no texel left


@dataclass(frozen=True, slots=True)
class Wrap:
    """How the triangles `start` to `stop` of a part look.

    material: of the assembly's looks; None: the part's own colours at its vertices.
    rows: (stop - start, 3) for each corner its row in uvs, colours and tangents; None: the part's
        points from `first` on have one row each.
    uvs: one (r, 2) for each UV set of the material, v = 0 the upper edge of the picture (glTF).
    colours: (r, 4) linear, multiplied with the material. tangents: (r, 4) in the file's axes.
    """

    start: int
    stop: int
    material: int | None = None
    first: int = 0
    rows: Numbers | None = None
    uvs: tuple[Floats | Floats32, ...] = ()
    colours: Floats32 | None = None
    tangents: Floats32 | None = None


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines that a file draws, as polylines in its unit and axes.

    points: (k, 3). starts: (e + 1,) index of each polyline's first point, then k.
    colours: (e,) packed, or None.
    """

    points: Floats
    starts: Numbers
    colours: Colours | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A part before the palette is known. offset: (3,) metres, its frame's place in the reader's.

    colour: of the whole part, when it has just one. lines: in metres, y up, in the part's frame.
    """

    name: str
    positions: Floats32
    normals: Floats32
    triangles: Numbers | Indices
    colours: Colours
    sampled: bool = False
    offset: Floats = field(default_factory=lambda: np.zeros(3))
    closed: bool = False
    volume_m3: float | None = None
    area_m2: float | None = None
    properties: Properties = field(default_factory=dict)
    colour: str | None = None
    inside_out: bool = False
    surface: Surface | None = None
    lines: Lines | None = None
    points: PointCloud | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """From the file's unit and axes to ours: metres of a unit, and a (4, 4) turn to y up."""

    scale: float
    turn: Floats

    def places(self, points: Floats | Floats32) -> Floats:
        """(n, 3) metres, y up. raises: DamagedFile for what is no place in space."""
        places = (np.asarray(points, np.float64) * self.scale) @ self.turn[:3, :3].T
        if np.abs(places).max(initial=0.0) > _MAX_COORDINATE_M:
            raise DamagedFile("A coordinate lies more than a million kilometres from the origin.")
        return places

    def directions(self, vectors: Floats | Floats32) -> Floats:
        """(n, 3) turned, not scaled."""
        return np.asarray(vectors, np.float64) @ self.turn[:3, :3].T


def draft_mesh(
    name: str,
    points: Floats | Floats32,
    triangles: Numbers,
    frame: Frame,
    *,
    normals: Floats32 | None,
    colours: Colours,
    sampled: bool,
    properties: Properties,
    wraps: Sequence[Wrap] = (),
    looks: LooksBuilder,
) -> Draft:
    """A part of triangles; see Assembly.add_part."""
    first, place_of = weld(points)
    places = frame.places(points[first])
    offset = far_offset(places)
    places -= offset
    triangles = np.asarray(triangles, np.int64)
    places, merged, shape = join(places, place_of[triangles])
    place_of = merged[place_of]
    welded = place_of[triangles]
    inside_out = shape.closed and shape.volume < 0
    if inside_out:
        triangles, welded = triangles[:, ::-1], welded[:, ::-1]
        if len(colours) == triangles.size:
            colours = colours.reshape(-1, 3)[:, ::-1].ravel()
    against = False
    if normals is not None and len(colours) == len(points):
        vertex_places, vertex_normals = places[place_of], unit_rows(frame.directions(normals))
        if inside_out and _against(vertex_places, vertex_normals, triangles):
            vertex_normals, against = -vertex_normals, True
        positions = vertex_places.astype(np.float32)
        shell = _Shell(positions, vertex_normals, triangles, triangles, colours[triangles])
        mesh_triangles = triangles
    else:
        corners, crease = crease_normals(places, welded)
        own = colours[triangles] if len(colours) == len(points) else colours.reshape(-1, 3)
        number = corners.ravel()
        split = own.min() != own.max()
        if split:
            number = pair_numbers(number, first_of_each(own.ravel())[1])
        chosen = first_in_order(number)
        mesh_triangles = number.reshape(-1, 3)
        positions = places[welded.ravel()[chosen]].astype(np.float32)
        vertex_normals = crease[corners.ravel()[chosen]]
        colours = own.ravel()[chosen]
        shell = _Shell(positions, vertex_normals, mesh_triangles, triangles, own)
        if split and wraps:  # a surface need not part where sampled colours do
            of_group = first_in_order(corners.ravel())
            shell = _Shell(
                places[welded.ravel()[of_group]].astype(np.float32), crease, corners, triangles, own
            )
    only = int(colours[0]) if len(colours) and colours.min() == colours.max() else OWN_COLOUR
    primitives = tuple(
        shell.primitive(wrap, frame, looks, inside_out, against)
        for wrap in wraps
        if wrap.stop > wrap.start
    )
    return Draft(
        name=name,
        positions=positions,
        normals=vertex_normals,
        triangles=mesh_triangles,
        colours=colours if only == OWN_COLOUR else np.full(len(colours), OWN_COLOUR),
        sampled=sampled,
        offset=offset,
        closed=shape.closed,
        volume_m3=abs(shape.volume) if shape.closed else None,
        area_m2=shape.area,
        properties=properties,
        colour=None if only == OWN_COLOUR else as_hex(only),
        inside_out=inside_out,
        surface=Surface(primitives) if primitives else None,
    )


def with_lines(draft: Draft, lines: Lines, frame: Frame) -> Draft:
    """The part with lines; what they reach belongs to its extent, so that it is drawn whole."""
    places = (frame.places(lines.points) - draft.offset).astype(np.float32)
    reach = np.stack([places.min(axis=0), places.max(axis=0)])
    held = draft.positions if len(draft.triangles) else np.empty((0, 3), np.float32)
    inside = len(held) and bool(
        (reach[0] >= held.min(axis=0)).all() and (reach[1] <= held.max(axis=0)).all()
    )
    extra = np.empty((0, 3), np.float32) if inside else reach
    upward = np.tile(np.array([0.0, 1.0, 0.0], np.float32), (len(extra), 1))
    own = np.full(len(extra), OWN_COLOUR)
    return replace(
        draft,
        positions=np.concatenate([draft.positions, extra]),
        normals=np.concatenate([draft.normals, upward]),
        colours=np.concatenate([draft.colours, own]),
        lines=replace(lines, points=places.astype(np.float64)),
    )


def draft_lines(name: str, lines: Lines, frame: Frame, properties: Properties) -> Draft:
    """A part of lines alone."""
    none = np.empty((0, 3), np.float32)
    empty = Draft(
        name=name,
        positions=none,
        normals=none,
        triangles=np.empty((0, 3), np.int64),
        colours=np.empty(0, np.int64),
        offset=far_offset(frame.places(lines.points)),
        properties=properties,
    )
    return with_lines(empty, lines, frame)


def draft_points(
    name: str,
    points: Floats | Floats32,
    colours: NDArray[np.uint8] | None,
    frame: Frame,
    properties: Properties,
) -> Draft:
    """A part that is a cloud of points."""
    places = frame.places(points)
    offset = far_offset(places)
    none = np.empty((0, 3), np.float32)
    return Draft(
        name=name,
        positions=none,
        normals=none,
        triangles=np.empty((0, 3), np.int64),
        colours=np.empty(0, np.int64),
        offset=offset,
        properties=properties,
        points=PointCloud((places - offset).astype(np.float32), colours),
    )


@dataclass(frozen=True, slots=True)
class _Shell:
    """The vertices that surfaces are cut from.

    positions, normals: (v, 3) metres, y up. vertices: (m, 3) vertex of each corner.
    points: (m, 3) the reader's point of each corner. colours: (m, 3) packed.
    """

    positions: Floats32
    normals: Floats32
    vertices: Numbers
    points: Numbers
    colours: Colours

    def primitive(
        self, wrap: Wrap, frame: Frame, looks: LooksBuilder, flipped: bool, against: bool
    ) -> Primitive:
        """The triangles of one wrap with their own vertices."""
        chosen = slice(wrap.start, wrap.stop)
        vertices = self.vertices[chosen]
        if wrap.material is None:
            return self._plain(chosen, looks)
        rows = wrap.rows
        if rows is None:
            rows = self.points[chosen] - wrap.first
        elif flipped:
            rows = rows[:, ::-1]
        if wrap.rows is None and self.vertices is self.points:
            low, count = wrap.first, _row_count(wrap, rows)
            kept = np.arange(count)
            corner, triangles = np.arange(low, low + count), rows
        else:
            number = pair_numbers(vertices.ravel(), rows.ravel())
            places = first_in_order(number)
            corner, triangles = vertices.ravel()[places], number.reshape(-1, 3)
            kept = rows.ravel()[places]
        tangents = None
        if wrap.tangents is not None:
            tangents = wrap.tangents[kept].copy()
            tangents[:, :3] = unit_rows(frame.directions(tangents[:, :3]))
            tangents[:, 3] = np.where(tangents[:, 3] < 0, -1.0, 1.0) * (-1.0 if against else 1.0)
        return Primitive(
            positions=self.positions[corner],
            normals=self.normals[corner],
            triangles=triangles.astype(np.uint32),
            uvs=tuple(_sound_uv(uv[kept]) for uv in wrap.uvs),
            colours=None if wrap.colours is None else wrap.colours[kept],
            tangents=tangents,
            material=wrap.material,
        )

    def _plain(self, chosen: slice, looks: LooksBuilder) -> Primitive:
        """Triangles without a material: one colour, or one at each vertex."""
        vertices, packed = self.vertices[chosen].ravel(), self.colours[chosen].ravel()
        distinct, which = np.unique(packed, return_inverse=True)
        number = (
            pair_numbers(vertices, which)
            if len(distinct) > 1
            else pair_numbers(vertices, np.zeros(len(vertices), np.int64))
        )
        places = first_in_order(number)
        colours = None
        if len(distinct) == 1:
            material = looks.plain(int(distinct[0]))
        else:
            colours = _linear_colours(packed[places])
            material = looks.plain(blends=bool((colours[:, 3] < 1).any()))
        corner = vertices[places]
        return Primitive(
            positions=self.positions[corner],
            normals=self.normals[corner],
            triangles=number.reshape(-1, 3).astype(np.uint32),
            colours=colours,
            material=material,
        )


def _row_count(wrap: Wrap, rows: Numbers) -> int:
    tables = [*wrap.uvs, wrap.colours, wrap.tangents]
    sizes = [len(table) for table in tables if table is not None]
    return sizes[0] if sizes else int(rows.max()) + 1


def _sound_uv(uv: Floats | Floats32) -> Floats32:
    """Texture coordinates without what is no number, near the picture."""
    flat = np.nan_to_num(np.asarray(uv, np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    far = np.abs(flat) > _MAX_UV
    if far.any():
        flat = np.where(far, np.mod(flat, 1.0), flat)
    return flat.astype(np.float32)


def _linear_colours(packed: Colours) -> Floats32:
    """(n, 4) linear RGBA of packed sRGB; the occurrence's own colour is light grey."""
    known = np.where(packed == OWN_COLOUR, 0xB8BEC6FF, packed)
    channels = np.stack([known >> shift & 255 for shift in (24, 16, 8, 0)], axis=1) / 255
    channels[:, :3] = to_linear(channels[:, :3])
    return channels.astype(np.float32)


def far_offset(places: Floats) -> Floats:
    """The middle of a part so far out that float32 blurs it by over 10⁻⁵ of its size, else 0."""
    low, high = places.min(axis=0), places.max(axis=0)
    size = float(np.linalg.norm(high - low))
    reach = float(np.abs([low, high]).max())
    if reach * 2.0**-24 <= 1e-5 * size:
        return np.zeros(3)
    return np.asarray((low + high) / 2, np.float64)


def _against(places: Floats, normals: Floats32, triangles: Numbers) -> bool:
    """Whether most of the surface has normals that point away from its triangles' front."""
    origin = places[triangles[:, 0]]
    front = np.cross(places[triangles[:, 1]] - origin, places[triangles[:, 2]] - origin)
    return float(np.einsum("ij,ij->", front, normals[triangles].sum(axis=1))) < 0
