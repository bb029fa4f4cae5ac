"""What a mesh reader fills while it reads, and the Scene that comes out of it.

A reader hands over points and transforms in the file's unit and axes; the turn to y up, the
scale to metres, shading normals, closedness, colours, ids and limits happen here, once.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from holotable.conversion.normals import Numbers
from holotable.conversion.options import METRES_PER_UNIT, ConvertOptions, LengthUnit
from holotable.conversion.readers.colours import OWN_COLOUR, Colours, as_hex, make_palette
from holotable.conversion.readers.dense import dense_draft
from holotable.conversion.readers.draft import (
    Draft,
    Frame,
    Lines,
    Wrap,
    draft_lines,
    draft_mesh,
    draft_points,
    with_lines,
)
from holotable.conversion.readers.identity import Sibling, path_id, sibling_steps, weaker
from holotable.conversion.readers.looks import LooksBuilder
from holotable.conversion.readers.moving import Moving, channel_of
from holotable.conversion.readers.rows import Row, is_visible, pruned
from holotable.conversion.readers.textures import MAX_EDGE
from holotable.errors import DamagedFile, NoGeometry, TooComplex
from holotable.review.scene import (
    Z_UP_TO_Y_UP,
    EdgeLines,
    Floats,
    Floats32,
    Identity,
    Indices,
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
from holotable.review.surface import Animation

_MAX_DEPTH: Final = 256  # levels of a tree; the deepest real assembly seen has 17
_MAX_NAME: Final = 200
_MAX_PROPERTIES: Final = 64
NO_EDGE: Final = 65_535  # in place of the number of an exact edge
_MAX_DETAILS: Final = 50  # different messages of one warning
_IDENTITY: Final = np.eye(4)


@dataclass(slots=True)
class Assembly:
    """The scene as far as it has been read; `finish` makes the Scene.

    length_unit, up_axis: what the file says, None when it says nothing.
    assumed_up_axis: what its silence means. metres_per_unit: for a unit that has no name of ours.
    properties: of the whole file; the root gets them.
    """

    kind: SourceKind
    options: ConvertOptions
    length_unit: LengthUnit | None = None
    up_axis: Literal["y", "z"] | None = None
    assumed_up_axis: Literal["y", "z"] = "z"
    metres_per_unit: float | None = None
    looks: LooksBuilder = field(default_factory=LooksBuilder)
    properties: Properties = field(default_factory=dict)
    _rows: list[Row] = field(default_factory=list)
    _drafts: list[Draft] = field(default_factory=list)
    _animations: list[tuple[str, list[tuple[Row, Moving]]]] = field(default_factory=list)
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
    def frame(self) -> Frame:
        """From the file's unit and axes to metres and y up."""
        return Frame(self.scale, self.turn)

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
        wraps: Sequence[Wrap] = (),
        lines: Lines | None = None,
    ) -> int:
        """Define a part; returns its number.

        points: (n, 3) file unit and axes. triangles: (m, 3) indices into points.
        normals: (n, 3) for each point, or None to make them by crease angle.
        colours: (n,) for each point, or (3m,) for each corner; None is the occurrence's own.
        sampled: the colours may be approximated when the palette is full.
        wraps: how the triangles really look, all of them; none when the colours say it all.
        lines: what the file draws beside the triangles, in place of creases.
        """
        if len(triangles) == 0 and lines is None:
            raise NoGeometry(f"{name or 'A part'} has no triangles.")
        self._triangles_defined += len(triangles)
        self.check_triangles(self._triangles_defined)
        if not np.isfinite(points).all() or (lines and not np.isfinite(lines.points).all()):
            raise DamagedFile("A coordinate is not a finite number.")
        if len(triangles) == 0 and lines is not None:
            return self._add_draft(
                draft_lines(clean_name(name), lines, self.frame, properties or {})
            )
        if triangles.min() < 0 or triangles.max() >= len(points):
            raise DamagedFile("A triangle refers to a point that does not exist.")
        draft = draft_mesh(
            clean_name(name),
            points,
            triangles,
            self.frame,
            normals=normals,
            colours=np.full(len(points), OWN_COLOUR) if colours is None else colours,
            sampled=sampled,
            properties=properties or {},
            wraps=wraps,
            looks=self.looks,
        )
        if draft.inside_out:
            self.warn("inside_out", f"{name or 'A part'} faced inwards and was turned round.")
        return self._add_draft(draft if lines is None else with_lines(draft, lines, self.frame))

    def add_dense_part(self, name: str, points: Floats32, triangles: Indices) -> int:
        """Define a part of very many triangles in its own colour; returns its number.

        points: (k, 3) each place once, file unit and axes, finite. triangles: (m, 3) of them.
        """
        self._triangles_defined += len(triangles)
        self.check_triangles(self._triangles_defined)
        draft = dense_draft(clean_name(name), points, triangles, self.frame, {})
        if draft.inside_out:
            self.warn("inside_out", f"{name or 'A part'} faced inwards and was turned round.")
        return self._add_draft(draft)

    def add_points(
        self,
        name: str,
        points: Floats | Floats32,
        colours: NDArray[np.uint8] | None = None,
        *,
        properties: Properties | None = None,
    ) -> int:
        """Define a part that is a cloud; returns its number.

        points: (n, 3) file unit and axes. colours: (n, 3) sRGB.
        """
        if len(points) == 0:
            raise NoGeometry(f"{name or 'A part'} has no points.")
        if not np.isfinite(points).all():
            raise DamagedFile("A coordinate is not a finite number.")
        draft = draft_points(clean_name(name), points, colours, self.frame, properties or {})
        return self._add_draft(draft)

    def _add_draft(self, draft: Draft) -> int:
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
        if transform is not None and not is_visible(matrix):
            self.warn("placement_invisible", f"{name or 'A placement'} is scaled to nothing.")
            part = None
        if part is not None:
            self._count_placement(part)
        row = Row(
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

    def add_animation(self, name: str, channels: Sequence[Moving]) -> None:
        """Keep an animation as data. Rows that turn out to hold no geometry lose their channels."""
        held = [(self._rows[moving.row], moving) for moving in channels]
        self._animations.append((clean_name(name), held))

    def warn_of_lost_channels(self, count: int) -> None:
        """Say that something moves which no row of the tree stands for."""
        detail = "What moves joints, cameras and other things without geometry is not kept."
        self.warn("animations_simplified", detail, count)

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
        self._rows = pruned(self._rows)
        lines = [draft.lines for draft in self._drafts]
        of_lines = [line.colours for line in lines if line and line.colours is not None]
        nodes = self._nodes(title)
        animations = self._kept_animations(len(nodes) - len(self._rows))
        if self.looks.shrunk:
            detail = f"Pictures larger than {MAX_EDGE:,} pixels were made smaller."
            self.warn("pictures_shrunk", detail, self.looks.shrunk)
        palette, materials, approximated = make_palette(
            [*(draft.colours for draft in self._drafts), *of_lines],
            [*(draft.sampled for draft in self._drafts), *(True for _ in of_lines)],
        )
        line_materials = iter(materials[len(self._drafts) :])
        # A part with a surface shows its true colours there.
        if approximated and any(d.sampled and d.surface is None for d in self._drafts):
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
                    triangles=np.asarray(draft.triangles, np.uint32),
                    materials=numbers,
                ),
                closed=draft.closed,
                volume_m3=draft.volume_m3,
                area_m2=draft.area_m2,
                properties=draft.properties,
                edges=None if draft.lines is None else _edge_lines(draft.lines, line_materials),
                surface=draft.surface,
                points=draft.points,
            )
            for draft, numbers in zip(self._drafts, materials, strict=False)
        )
        return Scene(
            source=Source(self.kind, self.length_unit, self.up_axis),
            nodes=nodes,
            parts=parts,
            palette=palette,
            warnings=tuple(
                SceneWarning(code, count, detail, tuple(self._warned_files.get((code, detail), ())))
                for code, details in self._warnings.items()
                for detail, count in details.items()
            ),
            looks=self.looks.finish(),
            animations=animations,
        )

    def _kept_animations(self, shift: int) -> tuple[Animation, ...]:
        """The animations in metres and y up. shift: rows that stand above the assembly's own."""
        numbers = {id(row): number for number, row in enumerate(self._rows)}
        kept: list[Animation] = []
        lost = 0
        for name, channels in self._animations:
            mine = [
                channel_of(moving, numbers[id(row)] + shift, self.frame)
                for row, moving in channels
                if id(row) in numbers and self._stands_at_origin(row)
            ]
            lost += len(channels) - len(mine)
            if mine:
                kept.append(Animation(name, tuple(mine)))
        if lost:
            self.warn_of_lost_channels(lost)
        if kept:
            detail = "Animation is kept in the package as data and not played: a review shows rest."
            self.warn("animations_kept", detail, len(kept))
        return tuple(kept)

    def _stands_at_origin(self, row: Row) -> bool:
        """Whether a row's transform is the file's own: parts far out are moved near their frame."""
        parts = [row.part, self._rows[row.parent].part if row.parent >= 0 else None]
        return not any(part is not None and self._drafts[part].offset.any() for part in parts)

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
            both = {**self.properties, **nodes[0].properties}
            return (replace(nodes[0], properties=both), *nodes[1:])
        # One root for the tree to hang from. It is no step of a path: the same file with a single
        # root must give the same ids.
        top = Node(path_id(()), -1, clean_name(title), np.eye(4), properties=self.properties)
        return (top, *(replace(node, parent=node.parent + 1) for node in nodes))

    def _in_metres(self, row: Row) -> Floats:
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


def _edge_lines(lines: Lines, materials: Iterator[NDArray[np.uint16]]) -> EdgeLines:
    """Lines of a file as edges of no exact shape, in the palette's colours."""
    return EdgeLines(
        points=lines.points.astype(np.float32),
        starts=lines.starts.astype(np.uint32),
        edges=np.full(len(lines.starts) - 1, NO_EDGE, np.uint32),
        colours=None if lines.colours is None else next(materials),
    )
