"""What a mesh reader fills while it reads, and the Scene that comes out of it.

A reader hands over points and transforms in the file's unit and axes; the turn to y up, the
scale to metres, shading normals, closedness, colours, ids and limits happen here, once.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal
from uuid import UUID

import numpy as np

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
from holotable.conversion.options import METRES_PER_UNIT, ConvertOptions, LengthUnit
from holotable.conversion.readers.colours import OWN_COLOUR, Colours, as_hex, make_palette
from holotable.conversion.readers.identity import Sibling, path_id, sibling_steps, weaker
from holotable.errors import DamagedFile, NoGeometry, TooComplex
from holotable.review.scene import (
    Z_UP_TO_Y_UP,
    Floats,
    Floats32,
    Identity,
    Mesh,
    Node,
    Part,
    Properties,
    PropertyValue,
    Scene,
    SceneWarning,
    Source,
    SourceKind,
)

_MAX_DEPTH: Final = 256  # levels of a tree; the deepest real assembly seen has 17
_MAX_NAME: Final = 200
_MAX_COORDINATE_M: Final = 1e9  # a million kilometres: what float64 still places to 0.1 µm
_MAX_PROPERTIES: Final = 64
_MAX_DETAILS: Final = 50  # different messages of one warning
_IDENTITY: Final = np.eye(4)


@dataclass(frozen=True, slots=True)
class _Draft:
    """A part before the palette is known."""

    name: str
    positions: Floats32
    normals: Floats32
    triangles: Numbers
    colours: Colours
    sampled: bool
    offset: Floats  # (3,) metres: where the part's frame lies in the reader's
    closed: bool
    volume_m3: float | None
    area_m2: float
    properties: Properties
    colour: str | None  # of the whole part, when it has just one


@dataclass(slots=True)
class _Row:
    parent: int
    name: str
    transform: Floats  # file unit and axes
    part: int | None
    colour: str | None
    layer: str | None
    properties: Properties
    hidden: bool
    depth: int
    product: str
    occurrence: str
    kind: str | None = None  # the file's own class; such a row stays without geometry
    id: UUID | None = None  # the file's own id
    children: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Assembly:
    """The scene as far as it has been read; `finish` makes the Scene.

    length_unit, up_axis: what the file says, None when it says nothing.
    assumed_up_axis: what its silence means. metres_per_unit: for a unit that has no name of ours.
    """

    kind: SourceKind
    options: ConvertOptions
    length_unit: LengthUnit | None = None
    up_axis: Literal["y", "z"] | None = None
    assumed_up_axis: Literal["y", "z"] = "z"
    metres_per_unit: float | None = None
    _rows: list[_Row] = field(default_factory=list)
    _drafts: list[_Draft] = field(default_factory=list)
    _triangles_defined: int = 0
    _triangles_placed: int = 0
    _occurrences: int = 0
    _warnings: dict[str, dict[str, int]] = field(default_factory=dict)
    _warned_files: dict[tuple[str, str], dict[str, None]] = field(default_factory=dict)

    @property
    def scale(self) -> float:
        """Metres of one unit: the person's word, the file's, else millimetres."""
        if self.options.unit is not None:
            return METRES_PER_UNIT[self.options.unit]
        if self.metres_per_unit is not None:
            return self.metres_per_unit
        return METRES_PER_UNIT[self.length_unit or "mm"]

    @property
    def turn(self) -> Floats:
        """(4, 4) rotation from the file's axes to y up."""
        up_axis = self.options.up_axis or self.up_axis or self.assumed_up_axis
        return Z_UP_TO_Y_UP if up_axis == "z" else _IDENTITY

    def warn(self, code: str, detail: str, count: int = 1, file: str | None = None) -> None:
        """Note something lost or doubted; the same words count up. file: the one it is about."""
        details = self._warnings.setdefault(code, {})
        if detail not in details and len(details) >= _MAX_DETAILS:
            detail = next(reversed(details))
        details[detail] = details.get(detail, 0) + count
        if file:
            self._warned_files.setdefault((code, detail), {})[file] = None

    def add_part(
        self,
        name: str,
        points: Floats | Floats32,
        triangles: Numbers,
        *,
        normals: Floats32 | None = None,
        colours: Colours | None = None,
        sampled: bool = False,
        properties: Properties | None = None,
    ) -> int:
        """Define a part; returns its number.

        points: (n, 3) file unit and axes. triangles: (m, 3) indices into points.
        normals: (n, 3) for each point, or None to make them by crease angle.
        colours: (n,) for each point, or (3m,) for each corner; None is the occurrence's own.
        sampled: the colours may be approximated when the palette is full.
        """
        if len(triangles) == 0:
            raise NoGeometry(f"{name or 'A part'} has no triangles.")
        self._triangles_defined += len(triangles)
        self.check_triangles(self._triangles_defined)
        if triangles.min() < 0 or triangles.max() >= len(points):
            raise DamagedFile("A triangle refers to a point that does not exist.")
        if not np.isfinite(points).all():
            raise DamagedFile("A coordinate is not a finite number.")
        shape_colours = np.full(len(points), OWN_COLOUR) if colours is None else colours
        draft = self._draft(
            clean_name(name), points, triangles, normals, shape_colours, sampled, properties or {}
        )
        self._drafts.append(draft)
        return len(self._drafts) - 1

    def add_node(
        self,
        parent: int,
        name: str,
        transform: Floats | None = None,
        *,
        part: int | None = None,
        colour: int | None = None,
        layer: str | None = None,
        properties: Properties | None = None,
        hidden: bool = False,
        product: str = "",
        occurrence: str | None = None,
        kind: str | None = None,
        id: UUID | None = None,
    ) -> int:
        """Add a row under `parent` (-1: none), whose row must exist; returns its number.

        name: what people see. transform: (4, 4) relative to the parent, file unit and axes.
        kind, id: the file's own class and id, unique in the file; a row with a kind is kept even
            when nothing below it has geometry.
        product, occurrence: the file's own names of what is placed and of the placement, from
            which the id is made; a name of ours, with a counter in it, is neither.
        """
        depth = 1 if parent < 0 else self._rows[parent].depth + 1
        if depth > _MAX_DEPTH:
            raise TooComplex(
                f"The model nests more than {_MAX_DEPTH} levels of assemblies.", limit=_MAX_DEPTH
            )
        if len(self._rows) >= 2 * self.options.max_occurrences + _MAX_DEPTH:
            raise self._too_many_occurrences()
        matrix = _IDENTITY if transform is None else np.asarray(transform, np.float64)
        if transform is not None and not _is_visible(matrix):
            self.warn("placement_invisible", f"{name or 'A placement'} is scaled to nothing.")
            part = None
        if part is not None:
            self._count_placement(part)
        row = _Row(
            parent=parent,
            name=clean_name(name),
            transform=matrix,
            part=part,
            colour=None if colour is None or colour == OWN_COLOUR else as_hex(colour),
            layer=layer,
            properties=properties or {},
            hidden=hidden,
            depth=depth,
            product=clean_name(product),
            occurrence=clean_name(name if occurrence is None else occurrence),
            kind=kind,
            id=id,
        )
        self._rows.append(row)
        if parent >= 0:
            self._rows[parent].children.append(len(self._rows) - 1)
        return len(self._rows) - 1

    def give_part(self, row: int, part: int) -> None:
        """Place a part at a row that has none yet."""
        self._count_placement(part)
        self._rows[row].part = part

    def _count_placement(self, part: int) -> None:
        self._occurrences += 1
        if self._occurrences > self.options.max_occurrences:
            raise self._too_many_occurrences()
        self._triangles_placed += len(self._drafts[part].triangles)
        self.check_triangles(self._triangles_placed)

    def check_triangles(self, count: int) -> None:
        """Refuse a number of triangles over the limit; readers ask before they allocate."""
        if count > self.options.max_triangles:
            raise TooComplex(
                f"The model has {count:,} triangles or more; at most"
                f" {self.options.max_triangles:,} are accepted.",
                triangles=count,
                limit=self.options.max_triangles,
            )

    def finish(self, title: str) -> Scene:
        """The Scene; nodes without a name get their part's, else `title`, and so does the root."""
        if self._occurrences == 0:
            raise NoGeometry
        self._prune()
        palette, materials, approximated = make_palette(
            [draft.colours for draft in self._drafts], [draft.sampled for draft in self._drafts]
        )
        if approximated:
            self.warn(
                "colours_approximated",
                f"The file uses more colours than a palette holds; {len(palette) - 1:,} stand in"
                " for them.",
            )
        parts = tuple(
            Part(
                name=draft.name or clean_name(title),
                mesh=Mesh(
                    positions=draft.positions,
                    normals=draft.normals,
                    triangles=draft.triangles.astype(np.uint32),
                    materials=numbers,
                ),
                closed=draft.closed,
                volume_m3=draft.volume_m3,
                area_m2=draft.area_m2,
                properties=draft.properties,
            )
            for draft, numbers in zip(self._drafts, materials, strict=True)
        )
        return Scene(
            source=Source(self.kind, self.length_unit, self.up_axis),
            nodes=self._nodes(title),
            parts=parts,
            palette=palette,
            warnings=tuple(
                SceneWarning(code, count, detail, tuple(self._warned_files.get((code, detail), ())))
                for code, details in self._warnings.items()
                for detail, count in details.items()
            ),
        )

    def _prune(self) -> None:
        """Leave out rows with no geometry below them: cameras, lights, joints."""
        kept = [row.part is not None or row.kind is not None for row in self._rows]
        for number in range(len(self._rows) - 1, -1, -1):
            parent = self._rows[number].parent
            if kept[number] and parent >= 0:
                kept[parent] = True
        if all(kept):
            return
        number_now = {-1: -1}
        for number, keep in enumerate(kept):
            if keep:
                number_now[number] = len(number_now) - 1
        self._rows = [row for row, keep in zip(self._rows, kept, strict=True) if keep]
        for row in self._rows:
            row.parent = number_now[row.parent]
            row.children = [number_now[child] for child in row.children if kept[child]]

    def _nodes(self, title: str) -> tuple[Node, ...]:
        """Rows in metres and y up, with ids that depend on names and places only."""
        roots = [number for number, row in enumerate(self._rows) if row.parent < 0]
        steps: dict[int, tuple[str, ...]] = {-1: ()}
        identity: dict[int, Identity] = {-1: "named"}
        for parent, children in [(-1, roots), *((n, r.children) for n, r in enumerate(self._rows))]:
            siblings = [
                Sibling(self._rows[n].product, self._rows[n].occurrence, self._rows[n].transform)
                for n in children
            ]
            for number, (step, own) in zip(children, sibling_steps(siblings), strict=True):
                steps[number] = (*steps[parent], step)
                identity[number] = weaker(identity[parent], own)
        nodes = []
        for number, row in enumerate(self._rows):
            draft = None if row.part is None else self._drafts[row.part]
            nodes.append(
                Node(
                    id=row.id or path_id(steps[number]),
                    parent=row.parent,
                    name=row.name or (draft.name if draft else "") or clean_name(title),
                    transform=self._in_metres(row),
                    part=row.part,
                    kind=row.kind or ("assembly" if row.part is None else "part"),
                    colour=row.colour or (draft.colour if draft else None),
                    layer=row.layer,
                    identity="file" if row.id is not None else identity[number],
                    hidden=row.hidden,
                    properties=row.properties,
                )
            )
        if len(roots) <= 1:
            return tuple(nodes)
        # One root for the tree to hang from. It is no step of a path: the same file with a single
        # root must give the same ids.
        top = Node(path_id(()), -1, clean_name(title), np.eye(4))
        return (top, *(replace(node, parent=node.parent + 1) for node in nodes))

    def _in_metres(self, row: _Row) -> Floats:
        """The row's transform between frames in metres, y up, parts at their own offset."""
        matrix = row.transform.copy()
        matrix[:3, 3] *= self.scale
        matrix = self.turn @ matrix @ self.turn.T
        parent = None if row.parent < 0 else self._rows[row.parent].part
        if parent is not None:
            matrix[:3, 3] -= self._drafts[parent].offset
        if row.part is not None:
            matrix[:3, 3] += matrix[:3, :3] @ self._drafts[row.part].offset
        return matrix

    def _draft(
        self,
        name: str,
        points: Floats | Floats32,
        triangles: Numbers,
        normals: Floats32 | None,
        colours: Colours,
        sampled: bool,
        properties: Properties,
    ) -> _Draft:
        first, place_of = weld(points)
        places = (np.asarray(points[first], np.float64) * self.scale) @ self.turn[:3, :3].T
        if np.abs(places).max(initial=0.0) > _MAX_COORDINATE_M:
            raise DamagedFile("A coordinate lies more than a million kilometres from the origin.")
        offset = _far_offset(places)
        places -= offset
        triangles = np.asarray(triangles, np.int64)
        places, merged, shape = join(places, place_of[triangles])
        place_of = merged[place_of]
        welded = place_of[triangles]
        inside_out = shape.closed and shape.volume < 0
        if inside_out:
            self.warn("inside_out", f"{name or 'A part'} faced inwards and was turned round.")
            triangles, welded = triangles[:, ::-1], welded[:, ::-1]
            if len(colours) == triangles.size:
                colours = colours.reshape(-1, 3)[:, ::-1].ravel()
        if normals is not None and len(colours) == len(points):
            turned = np.asarray(normals, np.float64) @ self.turn[:3, :3].T
            vertex_places, vertex_normals = places[place_of], unit_rows(turned)
            if inside_out and _against(vertex_places, vertex_normals, triangles):
                vertex_normals = -vertex_normals
        else:
            corners, crease = crease_normals(places, welded)
            own = colours[triangles] if len(colours) == len(points) else colours.reshape(-1, 3)
            number = corners.ravel()
            if own.min() != own.max():
                number = pair_numbers(number, first_of_each(own.ravel())[1])
            chosen = first_in_order(number)
            triangles = number.reshape(-1, 3)
            vertex_places = places[welded.ravel()[chosen]]
            vertex_normals = crease[corners.ravel()[chosen]]
            colours = own.ravel()[chosen]
        only = int(colours[0]) if len(colours) and colours.min() == colours.max() else OWN_COLOUR
        return _Draft(
            name=name,
            positions=vertex_places.astype(np.float32),
            normals=vertex_normals,
            triangles=triangles,
            colours=colours if only == OWN_COLOUR else np.full(len(colours), OWN_COLOUR),
            sampled=sampled,
            offset=offset,
            closed=shape.closed,
            volume_m3=abs(shape.volume) if shape.closed else None,
            area_m2=shape.area,
            properties=properties,
            colour=None if only == OWN_COLOUR else as_hex(only),
        )

    def _too_many_occurrences(self) -> TooComplex:
        return TooComplex(
            f"The model places more than {self.options.max_occurrences:,} parts.",
            limit=self.options.max_occurrences,
        )


def clean_name(name: str) -> str:
    """A name for people: one line, no control characters, at most 200 characters."""
    short = name if len(name) <= 4 * _MAX_NAME else name[: 4 * _MAX_NAME]
    line = " ".join("".join(c if c.isprintable() else " " for c in short).split())
    return line if len(line) <= _MAX_NAME else line[: _MAX_NAME - 1] + "…"


def flat_properties(group: str, values: Mapping[str, object]) -> Properties:
    """The plain values of a mapping as one group of properties; nested ones are left out."""
    kept: dict[str, PropertyValue] = {}
    for name, value in values.items():
        if len(kept) >= _MAX_PROPERTIES:
            break
        if isinstance(value, str):
            kept[clean_name(name)] = value if len(value) <= 1000 else value[:999] + "…"
        elif value is None or isinstance(value, bool | int | float):
            kept[clean_name(name)] = value
    return {group: kept} if kept else {}


def unique_names(names: list[str], fallback: str) -> list[str]:
    """The names with the empty ones numbered, so that a tree can be read."""
    empty = Counter(bool(name.strip()) for name in names)[False]
    given: defaultdict[str, int] = defaultdict(int)
    result = []
    for name in names:
        if name.strip():
            result.append(name)
            continue
        given[fallback] += 1
        result.append(fallback if empty == 1 else f"{fallback} {given[fallback]}")
    return result


def _is_visible(matrix: Floats) -> bool:
    """Whether a placement keeps at least a surface; what shrinks to a line or point is not seen.

    In plain numbers: with numpy's calls 100,000 placements of a glTF took 19 CPU s instead of 4.
    raises: DamagedFile when it is no finite affine transform.
    """
    (a, b, c, x), (d, e, f, y), (g, h, i, z), last = matrix.tolist()
    if not math.isfinite(a + b + c + d + e + f + g + h + i + x + y + z):
        raise DamagedFile("A placement holds a number that is not finite.")
    if not all(abs(found - due) <= 1e-6 for found, due in zip(last, (0, 0, 0, 1), strict=True)):
        raise DamagedFile("A placement is no affine transform.")
    largest = max(abs(value) for value in (a, b, c, d, e, f, g, h, i))
    minors = (
        *(a * e - b * d, a * f - c * d, b * f - c * e),
        *(a * h - b * g, a * i - c * g, b * i - c * h),
        *(d * h - e * g, d * i - f * g, e * i - f * h),
    )
    return bool(max(abs(minor) for minor in minors) > 1e-12 * largest * largest)


def _far_offset(places: Floats) -> Floats:
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
