"""What somebody saw, as one value: `holotable-viewpoint/1`, equal in Python, TypeScript and JSON.

These models are the one source: `python -m holotable.review.viewpoint` prints their JSON Schema,
`make api` writes it where documents and the page read it (docs/formats/viewpoint.md). A member that
is absent says "as when the model was opened"; `camera`, `display`, `points` and `units` that are
absent say "leave them as they are".
"""

import json
import math
import sys
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Final, Literal, Self, TypeAlias, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    model_validator,
)
from typing_extensions import TypeAliasType  # in typing from Python 3.12

from holotable.errors import UnknownFormat, UnknownParts, ViewpointTooLarge

FORMAT: Final = "holotable-viewpoint/1"
MAX_BYTES: Final = 256 * 1024  # of a viewpoint as compact JSON
MAX_OCCURRENCES: Final = 0xFFFFFFFE
Vector = TypeVar("Vector", bound=tuple[float, ...])


def _ascending(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Check that [first, last] pairs ascend and do not touch each other."""
    end = -1
    for first, last in ranges:
        if first <= end or last < first:
            raise ValueError("ranges must ascend and not overlap")
        end = last
    return ranges


def _unit(vector: Vector) -> Vector:
    length = math.hypot(*vector)
    if abs(length - 1.0) > 1e-3:
        raise ValueError("must be a unit vector")
    return vector


Metres: TypeAlias = Annotated[float, Field(ge=-1e9, le=1e9, allow_inf_nan=False)]
Number: TypeAlias = Annotated[float, Field(ge=-1e12, le=1e12, allow_inf_nan=False)]
Share: TypeAlias = Annotated[float, Field(ge=0.0, le=1.0)]
# Named, so that the schema says each of them once.
Position = TypeAliasType("Position", Annotated[tuple[Metres, Metres, Metres], Field(strict=False)])
Rotation: TypeAlias = Annotated[
    tuple[Number, Number, Number, Number], Field(strict=False), AfterValidator(_unit)
]
Direction = TypeAliasType(
    "Direction",
    Annotated[tuple[Number, Number, Number], Field(strict=False), AfterValidator(_unit)],
)
Colour: TypeAlias = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]  # sRGB
Name: TypeAlias = Annotated[str, Field(max_length=200)]
Id: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Uuid: TypeAlias = Annotated[
    str,
    Field(
        pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
        json_schema_extra={"format": "uuid"},
    ),
]
Sha256: TypeAlias = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Length: TypeAlias = Annotated[float, Field(gt=0.0, le=1e9)]
Tolerance: TypeAlias = Annotated[float, Field(ge=0.0, le=1e9)]
MeasureKind: TypeAlias = Literal[
    "distance",
    "length",
    "angle",
    "radius",
    "thickness",
    "area",
    "volume",
    "position",
    "path",
    "box",
]
MeasureMode: TypeAlias = Literal[
    "plain", "points", "minimum", "centres", "parallel", "diameter", "radius", "inner", "outer"
]
LengthUnit: TypeAlias = Literal["um", "mm", "cm", "m", "km", "in", "in-frac", "ft", "ft-in"]
StableId: TypeAlias = Annotated[str, Field(min_length=1, max_length=400)]
Dense: TypeAlias = Annotated[int, Field(ge=0, le=MAX_OCCURRENCES)]
Ranges = TypeAliasType(
    "Ranges",
    Annotated[
        list[Annotated[tuple[Dense, Dense], Field(strict=False)]],
        Field(max_length=40_000),
        AfterValidator(_ascending),
    ],
)


class Strict(BaseModel):
    """Unknown members and converted types are errors, so that a typo cannot pass for silence."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


Transform: TypeAlias = Annotated[list[Metres], Field(min_length=16, max_length=16)]


class PartIds(Strict):
    """Parts by the stable ids of structure.json; an assembly's id stands for all below it."""

    ids: Annotated[list[StableId], Field(max_length=10_000)]
    all_but: bool = False


# Named, so that readers find every place of a document that names parts by walking the schema.
Parts = TypeAliasType("Parts", Ranges | PartIds)
# A dense number, a stable id, or null when the part is gone.
Occurrence = TypeAliasType("Occurrence", Dense | StableId | None)


class Camera(Strict):
    """Where the eye stands: absolute metres, y up."""

    position: Position
    target: Position
    up: Direction
    fov_rad: Annotated[float, Field(gt=0.0, lt=math.pi)]  # of the whole height
    ortho_height_m: Annotated[float, Field(gt=0.0, le=1e9)] | None = None  # null: perspective

    @model_validator(mode="after")
    def _looks_somewhere(self) -> Self:
        if math.dist(self.position, self.target) < 1e-9:
            raise ValueError("position and target must be apart")
        return self


class LayerParts(Strict):
    """What is hidden and ghosted of another revision. isolated: `hidden` is the rest of it."""

    hidden: Ranges = []
    isolated: bool = False
    ghosted: Ranges = []


class Layer(Strict):
    """One more revision on the table. transform: 16 numbers, column by column, or null for none.

    parts: what of it is not shown as its file says, in the dense numbers of `structure`.
    """

    revision_id: Uuid
    structure: Sha256 | None = None
    transform: Transform | None = None
    visible: bool = True
    ghosted: bool = False
    parts: LayerParts | None = None


class Visibility(Strict):
    """What is not shown. isolated: `hidden` is the rest of an isolation."""

    hidden: Parts = []
    isolated: bool = False
    ghosted: Parts = []


class Explode(Strict):
    """How far parts are pulled apart, 0 to 1, and how."""

    amount: Share
    by: Literal["parts", "assemblies"] = "parts"
    along: Literal["radial", "x", "y", "z"] = "radial"
    only: Parts | None = None


class Plane(Strict):
    """A cutting plane: what satisfies dot(normal, p) >= offset_m stays; absolute metres, y up."""

    id: Id
    name: Name
    normal: Direction
    offset_m: Metres
    enabled: bool = True
    cap: bool = True


class SectionBox(Strict):
    """What lies in the box stays. half: along its own axes; rotation: x, y, z, w."""

    centre: Position
    half: Annotated[tuple[Length, Length, Length], Field(strict=False)]
    rotation: Rotation
    enabled: bool = True
    cap: bool = True


class Sections(Strict):
    """What is cut, and the parts that nothing cuts."""

    planes: Annotated[list[Plane], Field(max_length=6)] = []
    box: SectionBox | None = None
    uncut: Parts = []


class ColourGroup(Strict):
    """Parts that show one colour, sRGB."""

    label: Name
    colour: Colour
    parts: Parts


class Colouring(Strict):
    """Colours by a property, or given one by one (`property` null); groups do not overlap."""

    title: Name
    property: Name | None = None
    groups: Annotated[list[ColourGroup], Field(max_length=1_000)]


class EntityRef(Strict):
    """A vertex, edge, face or body of one occurrence; a body -1 is the whole part."""

    occurrence: Occurrence
    kind: Literal["vertex", "edge", "face", "body"]
    index: Annotated[int, Field(ge=-1, le=MAX_OCCURRENCES)]


class Selection(Strict):
    """What is selected; `parts` hold the parts of the entities."""

    parts: Parts = []
    entities: Annotated[list[EntityRef], Field(max_length=10_000)] = []


class Mark(Strict):
    """A point that goes with its part: absolute metres, and metres in the frame of the part."""

    position: Position
    occurrence: Occurrence = None
    local: Position | None = None


class OtherPart(Strict):
    """A part of another revision on the table, by its dense number there."""

    revision_id: Uuid
    number: Dense


class Feature(Strict):
    """What of a part was clicked; as in `EntityRef`."""

    kind: Literal["vertex", "edge", "face", "body"]
    index: Annotated[int, Field(ge=-1, le=MAX_OCCURRENCES)]


class MeasuredMark(Mark):
    """A mark that may go with a part of another revision: `other`, and no `occurrence`."""

    other: OtherPart | None = None


class Anchor(MeasuredMark):
    """What somebody clicked. feature: of `other`, whose `entity` is null."""

    snap: Literal["vertex", "middle", "centre", "edge", "face", "axis", "none"]
    entity: EntityRef | None = None
    feature: Feature | None = None
    tolerance_m: Tolerance = 0.0


class ReadingChoice(Strict):
    """What is measured, and in which of several ways."""

    kind: MeasureKind
    mode: MeasureMode


class Stood(Strict):
    """Where another revision stood; see `Layer`."""

    revision_id: Uuid
    transform: Transform | None = None


class Measurement(Strict):
    """A finished measurement: what was clicked, and what was found, in SI units.

    stood: where the other revisions stood that were measured; elsewhere now, it is of then.
    """

    id: Id
    name: Name
    kind: MeasureKind
    mode: MeasureMode
    value: Number
    components: Annotated[list[Number], Field(max_length=1_000)] = []
    points: Annotated[list[MeasuredMark], Field(max_length=1_000)] = []
    exact: bool
    tolerance: Tolerance = 0.0
    mesh: bool = False
    anchors: Annotated[list[Anchor], Field(max_length=1_000)]
    choices: Annotated[list[ReadingChoice], Field(max_length=12)] = []
    stood: Annotated[list[Stood], Field(max_length=16)] = []
    locked: bool = False
    shown: bool = True
    label_offset: Annotated[tuple[Number, Number], Field(strict=False)] | None = None


class SheetMark(Strict):
    """A stroke on a sheet; points from the middle of the view, right and down, in its heights."""

    id: Id
    kind: Literal["pen", "arrow", "box", "cloud", "text", "dimension", "stamp"]
    points: Annotated[
        list[Annotated[tuple[Number, Number], Field(strict=False)]], Field(max_length=5_000)
    ]
    text: Annotated[str, Field(max_length=2_000)] = ""
    colour: Colour
    width: Annotated[float, Field(gt=0.0, le=100.0)]  # CSS pixels


class Sheet(Strict):
    """A drawing over one view, shown while the camera stands there."""

    id: Id
    name: Name
    camera: Camera
    marks: Annotated[list[SheetMark], Field(max_length=1_000)]


class ModelMark(Strict):
    """A drawing on the model: it goes with its part."""

    id: Id
    kind: Literal["pin", "surface", "arrow3d"]
    points: Annotated[list[Mark], Field(max_length=5_000)]
    text: Annotated[str, Field(max_length=2_000)] = ""
    colour: Colour


class Markup(Strict):
    """Drawings on the view and on the model. open: the sheet that lies on the view."""

    sheets: Annotated[list[Sheet], Field(max_length=100)] = []
    open: Id | None = None
    marks: Annotated[list[ModelMark], Field(max_length=1_000)] = []


class Notes(Strict):
    """What of the file's own dimensions, tolerances, datums and notes is shown."""

    shown: bool = False
    without: Annotated[
        list[Literal["dimension", "tolerance", "datum", "note"]], Field(max_length=4)
    ] = []
    view: StableId | None = None  # only those of this view of the file
    chosen: StableId | None = None


ChangeKind: TypeAlias = Literal["added", "removed", "shape", "moved", "appearance", "properties"]


class Compare(Strict):
    """The revision that this one is compared with, and how the two are shown.

    slider: share of the picture's width that shows the other one.  camera: of the other one side by
    side, when it is looked at from elsewhere.  heat: changed shapes by how far they were displaced;
    up to tolerance_m is none.  stop: of the change tour.
    """

    revision_id: Uuid
    mode: Literal["overlay", "slider", "side_by_side", "only_changes"] = "overlay"
    slider: Share = 0.5
    camera: Camera | None = None
    kinds: Annotated[list[ChangeKind], Field(max_length=6)] = [
        "added", "removed", "shape", "moved", "appearance", "properties",
    ]  # fmt: skip
    palette: Literal["usual", "patterns"] = "usual"
    heat: bool = False
    tolerance_m: Annotated[float, Field(ge=0.0, le=1.0)] = 1e-5
    stop: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None


class Display(Strict):
    """How the model is drawn."""

    shading: Literal["shaded", "materials", "wireframe", "hiddenLine", "ghost"] = "shaded"
    edges: bool = True
    own_edges: bool = False  # edges that the file gives a colour show it
    shadow: bool = True
    grid: bool = False
    occlusion: Literal["auto", "on", "off"] = "auto"
    background: Literal["flat", "gradient", "white"] = "flat"


class Points(Strict):
    """How point clouds are drawn. hidden_classes: ASPRS codes."""

    size: Literal["adaptive", "pixels", "metres"] = "adaptive"
    pixels: Annotated[float, Field(ge=1.0, le=12.0)] = 2.0
    metres: Annotated[float, Field(ge=0.001, le=10.0)] = 0.05
    colours: Literal["natural", "intensity", "height", "class", "plain"] = "natural"
    hidden_classes: Annotated[list[Annotated[int, Field(ge=0, le=255)]], Field(max_length=256)] = []
    relief: bool = True


class Numbers(Strict):
    """How numbers are written; null: by the unit."""

    decimals: Annotated[int, Field(ge=0, le=6)] | None = None
    fraction: Literal[2, 4, 8, 16, 32, 64] = 16
    angle: Literal["deg", "dms", "rad"] = "deg"
    mass: Literal["g", "kg", "t", "lb", "oz"] | None = None
    second: LengthUnit | None = None


class Units(Strict):
    """In which unit lengths are read, and how."""

    unit: LengthUnit
    numbers: Numbers | None = None


class Viewpoint(Strict):
    """What somebody saw of one revision.

    structure: sha256 of the structure.json whose dense numbers stand in here; null: the current.
    """

    format: Literal["holotable-viewpoint/1"]
    revision_id: Uuid
    structure: Sha256 | None = None
    layers: Annotated[list[Layer], Field(max_length=16)] = []
    camera: Camera | None = None
    visibility: Visibility | None = None
    sections: Sections | None = None
    colouring: Colouring | None = None
    explode: Explode | None = None
    selection: Selection | None = None
    measurements: Annotated[list[Measurement], Field(max_length=1_000)] = []
    markup: Markup | None = None
    notes: Notes | None = None
    compare: Compare | None = None
    display: Display | None = None
    points: Points | None = None
    units: Units | None = None


_ADAPTER: Final = TypeAdapter(Viewpoint)


def _check_border(value: object) -> object:
    """Name the two mistakes that are no mistake of a member: another version, too many bytes."""
    if isinstance(value, dict):
        said = value.get("format")
        if said is not None and said != FORMAT:
            raise UnknownFormat(format=str(said)[:80], known=FORMAT)
        size = len(json.dumps(value, separators=(",", ":")).encode())
        if size > MAX_BYTES:
            raise ViewpointTooLarge(bytes=size, max_bytes=MAX_BYTES)
    return value


# What a request carries: as `Viewpoint`, with its own errors for another version and for its size.
Received: TypeAlias = Annotated[Viewpoint, BeforeValidator(_check_border)]


def document(viewpoint: Viewpoint) -> dict[str, Any]:
    """The JSON of a viewpoint: only what was said, under the names of the format."""
    return viewpoint.model_dump(mode="json", by_alias=True, exclude_unset=True)


def content_bytes(said: dict[str, Any]) -> bytes:
    """The one way to write a document, so that equal ones have equal hashes."""
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def check_parts(viewpoint: Viewpoint, ids: Sequence[str], known: frozenset[str]) -> None:
    """Refuse parts that the revision does not have.

    ids: of its occurrences, in dense order.  known: of all its rows, assemblies too.
    raises: UnknownParts, naming at most twenty.
    """
    missing: list[str] = []
    for named in _named(viewpoint):
        if isinstance(named, int):
            if named >= len(ids):
                missing.append(str(named))
        elif named not in known:
            missing.append(named)
        if len(missing) == 20:
            break
    if missing:
        raise UnknownParts(parts=missing)


# Members in which parts may be named, at any depth; names and texts are not looked at.
_PLACES: Final = frozenset(
    {"visibility", "hidden", "ghosted", "sections", "uncut", "colouring", "groups", "parts"}
    | {"explode", "only", "selection", "entities", "measurements", "points", "anchors", "entity"}
    | {"markup", "marks"}
)


def _named(value: object) -> Iterator[int | str]:
    """Every part that a viewpoint names: the last of each range, single numbers, stable ids."""
    match value:
        case PartIds():
            yield from value.ids
        case Layer():
            return  # of another revision
        case BaseModel():
            for name in type(value).model_fields:
                said = getattr(value, name)
                if name == "occurrence" and said is not None:
                    yield said
                elif name in _PLACES:
                    yield from _named(said)
        case [*_, (int(), int(last))]:  # ranges ascend
            yield last
        case list():
            for one in value:
                yield from _named(one)
        case _:
            return


Run: TypeAlias = tuple[int, int, int]


def correspondence(theirs: Sequence[str], ours: Sequence[str]) -> list[Run]:
    """Which occurrence of one structure is which of another, by stable id.

    returns: (first of theirs, first of ours, how many follow each other in both), ascending; what
    is in no run exists on one side only. Revisions of one design are a few runs: 100,000
    occurrences with one part added are two.
    """
    place = {id_: number for number, id_ in enumerate(ours)}
    runs: list[Run] = []
    for number, id_ in enumerate(theirs):
        at = place.get(id_)
        if at is None:
            continue
        if runs:
            first, other, length = runs[-1]
            if first + length == number and other + length == at:
                runs[-1] = (first, other, length + 1)
                continue
        runs.append((number, at, 1))
    return runs


def schema() -> dict[str, Any]:
    """The JSON Schema of the format (2020-12)."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:holotable:viewpoint:1",
        **_without_titles(_ADAPTER.json_schema(by_alias=True)),
    }


def _without_titles(node: Any) -> Any:  # JSON of any shape
    """A schema without the titles that pydantic makes of member names: they say nothing."""
    if isinstance(node, list):
        return [_without_titles(one) for one in node]
    if not isinstance(node, dict):
        return node
    return {
        name: {key: _without_titles(one) for key, one in value.items()}
        if name in ("properties", "$defs")
        else _without_titles(value)
        for name, value in node.items()
        if name != "title"
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(schema(), indent=2, ensure_ascii=False) + "\n")
