"""The shared state of a room: which keys exist and what each may hold.

A new kind of shared state is a model and a line in KEY_RULES; nothing else here knows keys.
"""

import math
import re
from dataclasses import dataclass
from typing import Annotated, Final, Literal, Self, TypeAlias, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    Field,
    JsonValue,
    ValidationError,
    model_validator,
)

from holotable.review.viewpoint import ChangeKind, Measurement, ModelMark, Sheet
from holotable.rooms.agenda import AgendaAtValue, AgendaValue
from holotable.rooms.conduct import (
    Deed,
    DoorValue,
    HostValue,
    ListedValue,
    PresenterValue,
    RulesValue,
)
from holotable.rooms.protocol import value_bytes
from holotable.rooms.values import Metres, PrincipalId, Ranges, Strict, Uuid

Side: TypeAlias = Annotated[float, Field(gt=0.0, le=1e7)]  # metres
Vector = TypeVar("Vector", bound=tuple[float, ...])


def _unit(normal: Vector) -> Vector:
    length = math.sqrt(sum(component * component for component in normal))
    if not math.isfinite(length) or abs(length - 1.0) > 1e-3:
        raise ValueError("must be a unit vector")
    return normal


class SectionValue(Strict):
    """A section plane: what satisfies dot(normal, p) >= offset_m stays visible.

    normal: unit vector, model frame, y up.  offset_m: metres along it from the origin.
    """

    normal: Annotated[tuple[float, float, float], Field(strict=False), AfterValidator(_unit)]
    offset_m: Metres
    enabled: bool
    name: Annotated[str, Field(max_length=80)]
    cap: bool = True


class VisibilityValue(Strict):
    """Dense occurrence numbers that are hidden in one revision."""

    hidden: Ranges
    isolated: bool = False  # the hidden set is the complement of an isolation


class GhostValue(Strict):
    """Dense occurrence numbers that are drawn see-through in one revision."""

    ghosted: Ranges


class ExplodeValue(Strict):
    """How far parts are pulled apart, 0 assembled, 1 fully, and how."""

    amount: Annotated[float, Field(ge=0.0, le=4.0, allow_inf_nan=False)]
    by: Literal["parts", "assemblies"] = "parts"
    along: Literal["radial", "x", "y", "z"] = "radial"
    only: Ranges | None = None


class SectionBoxValue(Strict):
    """A section box: what lies in it stays. half: along its own axes; rotation: x, y, z, w."""

    centre: Annotated[tuple[Metres, Metres, Metres], Field(strict=False)]
    half: Annotated[tuple[Side, Side, Side], Field(strict=False)]
    rotation: Annotated[
        tuple[float, float, float, float], Field(strict=False), AfterValidator(_unit)
    ]
    enabled: bool = True
    cap: bool = True


class UncutValue(Strict):
    """Dense occurrence numbers that no section cuts in one revision."""

    uncut: Ranges


class ColourGroup(Strict):
    """Parts that show one colour."""

    label: Annotated[str, Field(max_length=200)]
    colour: Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]
    ranges: Ranges


class ColourValue(Strict):
    """Colours of parts of one revision, by a property or one by one."""

    title: Annotated[str, Field(max_length=200)]
    property: Annotated[str, Field(max_length=200)] | None = None
    groups: Annotated[list[ColourGroup], Field(max_length=1_000)]


class ViewValue(Strict):
    """The saved view that everybody looks at; its scene stands in the other keys."""

    id: Uuid | None = None
    name: Annotated[str, Field(max_length=200)]


class Layer(Strict):
    """One revision on the table. transform: 16 numbers, column-major, or null for none."""

    revision_id: Uuid
    visible: bool = True
    ghosted: bool = False
    transform: Annotated[list[Metres], Field(min_length=16, max_length=16)] | None = None


class LayersValue(Strict):
    """The revisions on the table, bottom first."""

    items: Annotated[list[Layer], Field(max_length=16)]


class CompareValue(Strict):
    """Two revisions beside each other, the older first, and how.

    kinds: which changes stand out.  heat: changed shapes by how far they were displaced; up to
    tolerance_m metres is none.  stop: of the change tour.  blink: the older one alone (a preview).
    """

    revision_ids: Annotated[tuple[Uuid, Uuid], Field(strict=False)]
    mode: Literal["overlay", "slider", "side_by_side", "only_changes"]
    slider: Annotated[float, Field(ge=0.0, le=1.0)] = 0.5
    kinds: Annotated[list[ChangeKind], Field(max_length=6)] | None = None  # None: all
    palette: Literal["usual", "patterns"] = "usual"
    heat: bool = False
    tolerance_m: Annotated[float, Field(ge=0.0, le=1.0)] = 1e-5
    stop: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None
    blink: bool = False


class Owned(Strict):
    """Something that one participant added for all: `owner` is who, and stays (C9)."""

    owner: PrincipalId
    revision_id: Uuid


class MeasurementValue(Owned):
    """A measurement, as a viewpoint holds it."""

    measurement: Measurement


class MarkupValue(Owned):
    """A drawing over one view or on the model, as a viewpoint holds it: one of the two."""

    sheet: Sheet | None = None
    mark: ModelMark | None = None

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        if (self.sheet is None) is (self.mark is None):
            raise ValueError("must hold either a sheet or a mark")
        return self


@dataclass(frozen=True, slots=True)
class KeyRule:
    """What a key may look like, what it may hold, and what setting it amounts to."""

    pattern: re.Pattern[str]
    value: type[BaseModel]
    max_bytes: int  # of the value as compact JSON
    max_keys: int  # of this pattern in one room
    deed: Deed = Deed.SCENE


_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_ID = r"[A-Za-z0-9_-]{1,64}"
_PRINCIPAL = r"[a-z0-9-]{1,36}"
KEY_RULES: Final = (
    KeyRule(re.compile(r"section/[A-Za-z0-9_-]{1,40}"), SectionValue, 1_024, 64),
    KeyRule(re.compile(f"visibility/{_UUID}"), VisibilityValue, 61_440, 17),
    KeyRule(re.compile(f"ghost/{_UUID}"), GhostValue, 61_440, 17),
    KeyRule(re.compile("explode"), ExplodeValue, 61_440, 1),
    KeyRule(re.compile("section-box"), SectionBoxValue, 512, 1),
    KeyRule(re.compile(f"uncut/{_UUID}"), UncutValue, 61_440, 16),
    KeyRule(re.compile(f"colour/{_UUID}"), ColourValue, 61_440, 16),
    KeyRule(re.compile("view"), ViewValue, 512, 1),
    KeyRule(re.compile("layers"), LayersValue, 16_384, 1),
    KeyRule(re.compile("compare"), CompareValue, 1_024, 1),
    KeyRule(re.compile(f"measurement/{_ID}"), MeasurementValue, 16_384, 256, Deed.OBJECT),
    KeyRule(re.compile(f"markup/{_ID}"), MarkupValue, 32_768, 128, Deed.OBJECT),
    KeyRule(re.compile("session/presenter"), PresenterValue, 128, 1, Deed.PRESENT),
    KeyRule(re.compile("session/rules"), RulesValue, 256, 1, Deed.HOST),
    KeyRule(re.compile("session/host"), HostValue, 128, 1, Deed.HOST),
    KeyRule(re.compile(f"session/listener/{_PRINCIPAL}"), ListedValue, 1_024, 256, Deed.HOST),
    KeyRule(re.compile(f"session/removed/{_PRINCIPAL}"), ListedValue, 1_024, 256, Deed.HOST),
    KeyRule(re.compile(f"session/door/{_PRINCIPAL}"), DoorValue, 1_024, 1_024, Deed.ADMIT),
    KeyRule(re.compile("session/agenda"), AgendaValue, 61_440, 1, Deed.LEAD),
    KeyRule(re.compile("session/agenda-at"), AgendaAtValue, 16_384, 1, Deed.LEAD),
)
CLEAR_PREFIXES: Final = {
    "section/": Deed.SCENE,
    "visibility/": Deed.SCENE,
    "ghost/": Deed.SCENE,
    "uncut/": Deed.SCENE,
    "colour/": Deed.SCENE,
    "measurement/": Deed.OTHERS,
    "markup/": Deed.OTHERS,
}


def rule_of(key: str) -> KeyRule | None:
    """The rule that `key` falls under; None for a key nobody knows."""
    return next((rule for rule in KEY_RULES if rule.pattern.fullmatch(key)), None)


def check_value(key: str, value: JsonValue) -> str | None:
    """Say what is wrong with a value for `key`; None when it may be stored. null always may."""
    rule = rule_of(key)
    if rule is None:
        return f"unknown key: {key[:80]}"
    if value is None:
        return None
    try:
        rule.value.model_validate(value)
    except ValidationError as problem:
        first = problem.errors(include_url=False, include_context=False, include_input=False)[0]
        return f"{'.'.join(str(step) for step in first['loc'])}: {first['msg']}"[:200]
    if value_bytes(value) > rule.max_bytes:
        return f"value is larger than {rule.max_bytes} bytes"
    return None
