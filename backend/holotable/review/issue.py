"""An issue as a value: its fields, the words a project uses for them, and what may follow what.

The fields are those of a BCF topic (BCF-XML 3.0 §3.1, BCF API 3.0 §4.2), so that one can be made of
the other without loss. A project's words (types, statuses, priorities, …) are its settings; issues
that were made under other words keep them until somebody changes that field.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

from holotable.errors import Invalid, OutsideVocabulary, StatusNotReachable

MAX_TITLE: Final = 500
MAX_TEXT: Final = 50_000
MAX_LABELS: Final = 50
MAX_LINKS: Final = 100

Category: TypeAlias = Literal["open", "in_progress", "resolved", "closed"]
CATEGORIES: Final[tuple[Category, ...]] = ("open", "in_progress", "resolved", "closed")
LIVING: Final[tuple[Category, ...]] = ("open", "in_progress")
PropertyKind: TypeAlias = Literal[
    "text", "number", "date", "one_of", "many_of", "image", "position", "measurement"
]
Quantity: TypeAlias = Literal["length", "angle", "area", "volume", "mass", "number"]
Word: TypeAlias = Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S")]
Key: TypeAlias = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class Settled(BaseModel):
    """Unknown members are errors, so that a typo cannot pass for silence."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Status(Settled):
    """A step of the flow. leads_to: the statuses that may follow; null is any."""

    name: Word
    category: Category
    leads_to: Annotated[list[Word], Field(max_length=50)] | None = None


class PropertyDefinition(Settled):
    """A field of a type. options: of one_of and many_of.  quantity: of a measurement, SI units."""

    key: Key
    name: Word
    kind: PropertyKind
    required: bool = False
    options: Annotated[list[Word], Field(max_length=200)] = []
    quantity: Quantity | None = None

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> Self:
        if (self.kind in ("one_of", "many_of")) != bool(self.options):
            raise ValueError("one_of and many_of have options, other kinds have none")
        if len(set(self.options)) != len(self.options):
            raise ValueError("options differ from each other")
        return self


class IssueType(Settled):
    """A kind of issue, with the fields its issues have and what a new one begins with."""

    name: Word
    properties: Annotated[list[PropertyDefinition], Field(max_length=50)] = []
    description: Annotated[str, Field(max_length=MAX_TEXT)] = ""  # a new issue's text to fill in

    @model_validator(mode="after")
    def _keys_differ(self) -> Self:
        if len({one.key for one in self.properties}) != len(self.properties):
            raise ValueError("keys of properties differ from each other")
        return self


class IssueSettings(Settled):
    """The words of a project. labels_closed: no labels but those listed."""

    types: Annotated[list[IssueType], Field(max_length=50)]
    statuses: Annotated[list[Status], Field(max_length=50)]
    priorities: Annotated[list[Word], Field(max_length=50)]
    default_type: Word
    default_status: Word
    default_priority: Word
    labels: Annotated[list[Word], Field(max_length=500)] = []
    labels_closed: bool = False
    stages: Annotated[list[Word], Field(max_length=100)] = []
    snippet_types: Annotated[list[Word], Field(max_length=100)] = []


# The words of BCF-XML's sample extensions and of most BCF programs.
DEFAULTS: Final = IssueSettings(
    types=[
        IssueType(name=name)
        for name in ("Issue", "Clash", "Request", "Task", "Remark", "Idea", "Error")
    ],
    statuses=[
        Status(name="Open", category="open"),
        Status(name="In Progress", category="in_progress"),
        Status(name="Resolved", category="resolved"),
        Status(name="Closed", category="closed"),
    ],
    priorities=["Critical", "High", "Normal", "Low"],
    default_type="Issue",
    default_status="Open",
    default_priority="Normal",
)


def check_settings(settings: IssueSettings) -> None:
    """Refuse words that do not fit together. raises: Invalid."""
    names = [one.name for one in settings.statuses]
    for what, words in (
        ("types", [one.name for one in settings.types]),
        ("statuses", names),
        ("priorities", settings.priorities),
        ("labels", settings.labels),
        ("stages", settings.stages),
        ("snippet_types", settings.snippet_types),
    ):
        if len(set(words)) != len(words):
            raise Invalid(f"Words of {what} differ from each other.", pointer=f"/settings/{what}")
    for what, word, words in (
        ("default_type", settings.default_type, [one.name for one in settings.types]),
        ("default_status", settings.default_status, names),
        ("default_priority", settings.default_priority, settings.priorities),
    ):
        if word not in words:
            raise Invalid(f"{word!r} is not among those listed.", pointer=f"/settings/{what}")
    if not {"open", "closed"} <= {one.category for one in settings.statuses}:
        raise Invalid(
            "There is a status to begin with and one that ends: open and closed.",
            pointer="/settings/statuses",
        )
    for one in settings.statuses:
        if one.leads_to is not None and not set(one.leads_to) <= set(names):
            raise Invalid(
                f"{one.name} leads to a status that there is not.", pointer="/settings/statuses"
            )


def settings_of(document: Mapping[str, Any] | None) -> IssueSettings:
    """The project's words as stored, or the ones every project begins with."""
    return DEFAULTS if document is None else IssueSettings.model_validate(document)


def category_of(settings: IssueSettings, status: str, before: Category = "open") -> Category:
    """What a status amounts to; one that is no longer listed keeps what it was."""
    return next((one.category for one in settings.statuses if one.name == status), before)


def check_word(field: str, value: str, allowed: Iterable[str]) -> None:
    """Refuse a value that the project does not have. raises: OutsideVocabulary."""
    words = list(allowed)
    if value not in words:
        raise OutsideVocabulary(
            f"This project has no {field.replace('_', ' ')} {value!r}.",
            pointer=f"/{field}",
            field=field,
            value=value[:100],
            allowed=words,
        )


def check_step(settings: IssueSettings, before: str, after: str) -> None:
    """Refuse a status that may not follow. raises: OutsideVocabulary, StatusNotReachable."""
    check_word("status", after, [one.name for one in settings.statuses])
    now = next((one for one in settings.statuses if one.name == before), None)
    if before == after or now is None or now.leads_to is None or after in now.leads_to:
        return
    raise StatusNotReachable(
        f"{after} does not follow {before} in this project.",
        pointer="/status",
        status=before,
        leads_to=now.leads_to,
    )


def check_labels(settings: IssueSettings, labels: Iterable[str]) -> list[str]:
    """Labels without blanks around them, each once. raises: Invalid, OutsideVocabulary."""
    clean = list(dict.fromkeys(label.strip() for label in labels if label.strip()))
    if len(clean) > MAX_LABELS or any(len(label) > 100 for label in clean):
        raise Invalid(f"At most {MAX_LABELS} labels of 100 characters each.", pointer="/labels")
    if settings.labels_closed:
        for label in clean:
            check_word("labels", label, settings.labels)
    return clean


def check_properties(
    settings: IssueSettings, type_name: str, values: Mapping[str, Any]
) -> dict[str, Any]:
    """The values of a type's own fields, null ones left out.

    raises: Invalid, OutsideVocabulary, naming the field.
    """
    kind = next((one for one in settings.types if one.name == type_name), None)
    definitions = {} if kind is None else {one.key: one for one in kind.properties}
    kept: dict[str, Any] = {}
    for key, value in values.items():
        if key not in definitions:
            raise Invalid(
                f"Issues of the type {type_name} have no property {key[:40]!r}.",
                pointer=f"/properties/{key[:40]}",
            )
        if value is not None:
            kept[key] = _checked(definitions[key], value)
    for key, one in definitions.items():
        if one.required and key not in kept:
            raise Invalid(f"{one.name} is missing.", pointer=f"/properties/{key}")
    return kept


def _checked(definition: PropertyDefinition, value: Any) -> Any:
    """One value of a property as it is stored."""
    fits = False
    match definition.kind, value:
        case "text", str():
            fits = len(value) <= MAX_TEXT
        case "number", int() | float():
            fits = _is_number(value)
        case "date", str():
            fits = _is_date(value)
        case "one_of", str():
            check_word(f"properties/{definition.key}", value, definition.options)
            return value
        case "many_of", list() if all(isinstance(one, str) for one in value):
            for one in value:
                check_word(f"properties/{definition.key}", one, definition.options)
            return list(dict.fromkeys(value))
        case "image", str():  # the id of an attachment of the issue
            fits = len(value) == 36
        case "position", list():
            fits = len(value) == 3 and all(_is_number(one) for one in value)
        case "measurement", {"value": number, **rest}:
            known = set(rest) <= {"exact", "tolerance", "measurement_id", "viewpoint_id"}
            fits = known and _is_number(number) and len(str(rest)) < 500
        case _:
            fits = False
    if not fits:
        raise Invalid(
            f"{definition.name} is no {definition.kind.replace('_', ' ')}.",
            pointer=f"/properties/{definition.key}",
        )
    return value


def _is_number(value: object) -> bool:
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    return plain and math.isfinite(value)  # type: ignore[arg-type]  # plain says it is a number


def _is_date(value: str) -> bool:
    try:
        date.fromisoformat(value[:10])
    except ValueError:
        return False
    return len(value) <= 40


@dataclass(frozen=True, slots=True)
class Change:
    """One field of an issue that is no longer what it was; JSON values."""

    field: str
    before: Any
    after: Any


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """What differs between two states of the same fields, in the order of `after`."""
    return [
        Change(field, before.get(field), value)
        for field, value in after.items()
        if before.get(field) != value
    ]
