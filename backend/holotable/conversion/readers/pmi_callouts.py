"""Drawn annotations and saved views of a STEP file: which callouts there are and what they draw.

Entities are those of ISO 10303-242 as the CAx-IF recommended practices "Representation and
presentation of PMI" 4.0 use them: a draughting callout holds annotation occurrences, an association
ties it to what it means, a draughting model with a camera shows it. Numbers in here are instance
numbers.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from holotable.conversion.readers.exchange_structure import (
    ExchangeStructure,
    Reference,
    references,
)
from holotable.conversion.readers.step_measures import representation_of

_ASSOCIATIONS: Final = (
    "DRAUGHTING_MODEL_ITEM_ASSOCIATION", "DRAUGHTING_MODEL_ITEM_ASSOCIATION_WITH_PLACEHOLDER",
)  # fmt: skip
_CALLOUTS: Final = (
    "DRAUGHTING_CALLOUT", "DRAUGHTING_ELEMENTS", "LEADER_DIRECTED_CALLOUT",
    "DIMENSION_CURVE_DIRECTED_CALLOUT", "PROJECTION_DIRECTED_CALLOUT",
    "STRUCTURED_DIMENSION_CALLOUT", "SURFACE_CONDITION_CALLOUT", "DATUM_FEATURE_CALLOUT",
    "DATUM_TARGET_CALLOUT", "GEOMETRICAL_TOLERANCE_CALLOUT",
)  # fmt: skip
OCCURRENCES: Final = (
    "TESSELLATED_ANNOTATION_OCCURRENCE", "DRAUGHTING_ANNOTATION_OCCURRENCE",
    "ANNOTATION_CURVE_OCCURRENCE", "ANNOTATION_FILL_AREA_OCCURRENCE",
    "ANNOTATION_TEXT_OCCURRENCE", "ANNOTATION_SYMBOL_OCCURRENCE", "ANNOTATION_OCCURRENCE",
    "LEADER_CURVE", "PROJECTION_CURVE", "DIMENSION_CURVE",
)  # fmt: skip
_MODELS: Final = ("DRAUGHTING_MODEL",)
_CAMERAS: Final = ("CAMERA_MODEL_D3", "CAMERA_MODEL_D3_MULTI_CLIPPING")


@dataclass(frozen=True, slots=True)
class Callout:
    """One drawn annotation: its occurrences, what it is linked with, the views that show it."""

    number: int
    name: str
    occurrences: tuple[int, ...]
    definitions: tuple[int, ...]
    text: str
    views: tuple[int, ...]
    model: int | None


@dataclass(frozen=True, slots=True)
class View:
    """A draughting model with a camera."""

    model: int
    camera: int
    name: str


class Callouts:
    """All callouts and views of one file."""

    def __init__(self, structure: ExchangeStructure) -> None:
        self.structure = structure
        self.views = tuple(self._read_views())
        self.all = tuple(self._read_callouts())

    def _read_views(self) -> Iterator[View]:
        cameras = set(self.structure.all(*_CAMERAS))
        for model in self.structure.ordered(_MODELS) if cameras else ():
            values = representation_of(self.structure, model) or ()
            for item in references(values[1:2]):
                if item in cameras:
                    camera = self.structure.parameters(item) or ()
                    names = (values[0] if values else None, camera[0] if camera else None)
                    named = next((str(name).strip() for name in names if name), "")
                    yield View(model, item, named)
                    break

    def _read_callouts(self) -> Iterator[Callout]:
        shown = self._shown_in()
        linked: defaultdict[int, list[int]] = defaultdict(list)
        for number in dict.fromkeys(self.structure.all(*_ASSOCIATIONS)):
            values = self.structure.parameters(number, *_ASSOCIATIONS) or ()
            if len(values) > 4 and isinstance(values[2], Reference):
                for item in references(values[4:5]):
                    linked[item].append(values[2])
        texts = self._read_texts()
        occurrences = set(self.structure.all(*OCCURRENCES))
        in_callouts: set[int] = set()
        callouts: list[tuple[int, tuple[int, ...]]] = []
        for number in self.structure.ordered(_CALLOUTS):
            values = self.structure.parameters(number, *_CALLOUTS) or ()
            members: tuple[int, ...] = tuple(
                one for one in references(values[1:2]) if one in occurrences
            )
            in_callouts.update(members)
            callouts.append((number, members))
        callouts += [(number, (number,)) for number in self.structure.ordered(OCCURRENCES)
                     if number not in in_callouts]  # fmt: skip
        for number, members in callouts:
            group = (number, *(member for member in members if member != number))
            definitions = tuple(dict.fromkeys(one for at in group for one in linked.get(at, ())))
            models = tuple(dict.fromkeys(model for at in group for model in shown.get(at, ())))
            text = next((texts[at] for at in (*group, *definitions) if at in texts), "")
            yield Callout(
                number, self._callout_name(group), members, definitions, text, models,
                models[0] if models else None,
            )  # fmt: skip

    def _callout_name(self, group: Iterable[int]) -> str:
        for number in group:
            for kind, parameters in self.structure.records(number):
                named = parameters[0] if parameters else None
                if isinstance(named, str) and named.strip() and kind != "GEOMETRIC_SET":
                    return named.strip()
        return ""

    def _shown_in(self) -> dict[int, list[int]]:
        """Callout or occurrence → the draughting models that show it, through planes too."""
        shown: defaultdict[int, list[int]] = defaultdict(list)
        for model in self.structure.ordered(_MODELS):
            values = representation_of(self.structure, model) or ()
            for item in references(values[1:2]):
                shown[item].append(model)
                plane = self.structure.parameters(item, "ANNOTATION_PLANE") or ()
                for element in references(plane[3:4]):
                    shown[element].append(model)
        # Models with a camera first: their frame and name say more than a collecting model's.
        with_camera = {view.model for view in self.views}
        return {
            item: sorted(dict.fromkeys(models), key=lambda model: model not in with_camera)
            for item, models in shown.items()
        }

    def _read_texts(self) -> dict[int, str]:
        """Callout or aspect → its text in characters, where the file has it beside the drawing."""
        texts: dict[int, str] = {}
        for number in self.structure.all("PROPERTY_DEFINITION_REPRESENTATION"):
            definition, representation = self.structure.pair(number)
            values = self.structure.parameters(definition or 0, "PROPERTY_DEFINITION")
            if values is None or representation is None or len(values) < 3:
                continue
            about = values[2]
            named = str(values[0] or "").lower()
            if not isinstance(about, Reference) or "validation" in named:
                continue
            if self.structure.is_a(about, "CHARACTERIZED_ITEM_WITHIN_REPRESENTATION"):
                inner = self.structure.parameters(about) or ()
                about = inner[2] if len(inner) > 2 else None
                if not isinstance(about, Reference):
                    continue
            items = (representation_of(self.structure, representation) or ())[1:2]
            for item in references(items):
                text = self.structure.parameters(item, "DESCRIPTIVE_REPRESENTATION_ITEM")
                if text is not None and isinstance(text[-1], str) and text[-1].strip():
                    texts.setdefault(about, text[-1])
        for number in self.structure.all("ANNOTATION_TEXT_OCCURRENCE"):
            values = self.structure.parameters(number, "ANNOTATION_TEXT_OCCURRENCE") or ()
            for item in references(values[2:3]):
                literal = self.structure.parameters(item, "TEXT_LITERAL")
                if literal is not None and len(literal) > 1 and isinstance(literal[1], str):
                    texts.setdefault(number, literal[1])
        return texts
