"""Annotations in the making: entries, instances and callouts of one file brought together.

Open CASCADE's entries (`pmi_entries`) say what there is; the exchange structure (`pmi_links`) adds
what Open CASCADE loses. An entry and an instance are the same when name and faces agree.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from holotable.conversion.readers.pmi_callouts import Callout
from holotable.conversion.readers.pmi_entries import Entry
from holotable.conversion.readers.pmi_links import PmiLinks
from holotable.conversion.readers.pmi_shapes import PartShapes, Place, StepShapes
from holotable.review.annotations import AnnotationKind, Value

_KINDS: Final[dict[str, AnnotationKind]] = {
    "dimensions": "dimension", "tolerances": "tolerance", "datums": "datum",
}  # fmt: skip
_STEP_TYPES: Final = {
    "ANGULARITY_TOLERANCE": "angularity", "CIRCULAR_RUNOUT_TOLERANCE": "circular runout",
    "ROUNDNESS_TOLERANCE": "circularity", "COAXIALITY_TOLERANCE": "coaxiality",
    "CONCENTRICITY_TOLERANCE": "concentricity", "CYLINDRICITY_TOLERANCE": "cylindricity",
    "FLATNESS_TOLERANCE": "flatness", "PARALLELISM_TOLERANCE": "parallelism",
    "PERPENDICULARITY_TOLERANCE": "perpendicularity", "POSITION_TOLERANCE": "position",
    "LINE_PROFILE_TOLERANCE": "line profile", "SURFACE_PROFILE_TOLERANCE": "surface profile",
    "STRAIGHTNESS_TOLERANCE": "straightness", "SYMMETRY_TOLERANCE": "symmetry",
    "TOTAL_RUNOUT_TOLERANCE": "total runout",
}  # fmt: skip


@dataclass(slots=True)
class Draft:
    """An annotation being made."""

    kind: AnnotationKind
    type: str
    name: str = ""
    entry: Entry | None = None
    instance: int | None = None
    letter: str = ""
    target: int | None = None
    text: str = ""
    place: Place = field(default_factory=Place)
    callouts: list[Callout] = field(default_factory=list)
    drawn: Any = None  # a shape, where no callout draws it
    counted: Counter[str] = field(default_factory=Counter)
    properties: dict[str, Value] = field(default_factory=dict)


class Gathering:
    """The drafts of one file, in the order: dimensions, tolerances, datums, notes."""

    def __init__(
        self, links: PmiLinks, entries: Sequence[Entry], parts: PartShapes, shapes: StepShapes
    ) -> None:
        self._links, self._entries, self._parts, self._shapes = links, entries, parts, shapes
        self.drafts: list[Draft] = []
        self._by_instance: dict[int, Draft] = {}
        self._items: dict[int, Place] = {}
        places = [parts.place(entry.shapes) for entry in entries]
        self._semantic(places)
        self._datums(places)
        self._callouts(places)
        self._composites()

    def _place_of(self, instance: int) -> Place:
        """Where the items of an instance are."""
        known = self._items.get(instance)
        if known is None:
            shapes = [self._shapes.shape(item) for item in self._links.items(instance)]
            known = self._parts.place(shape for shape in shapes if shape is not None)
            self._items[instance] = known
        return known

    def _semantic(self, places: Sequence[Place]) -> None:
        """Dimensions and tolerances: Open CASCADE's, each with its instance, then the others."""
        for counted, instances in (
            ("dimensions", self._links.dimensions),
            ("tolerances", self._links.tolerances),
        ):
            waiting = list(instances)
            for entry, place in zip(self._entries, places, strict=True):
                if entry.counted != counted or entry.type == "presentation":
                    continue
                draft = Draft(_KINDS[counted], entry.type, entry.name, entry, place=place)
                draft.counted[counted] += 1
                draft.instance = self._matching(entry.name, place, waiting)
                self._add(draft)
            for instance in waiting:
                draft = Draft(_KINDS[counted], "", self._links.name_of(instance))
                draft.instance = instance
                draft.type = self._step_type(instance) or draft.name or _KINDS[counted]
                self._add(draft)

    def _step_type(self, instance: int) -> str:
        for kind, _ in self._links.structure.records(instance):
            if kind in _STEP_TYPES:
                return _STEP_TYPES[kind]
        return ""

    def _matching(self, name: str, place: Place, waiting: list[int]) -> int | None:
        """The first waiting instance of this name about the same faces; it waits no longer."""
        for instance in waiting:
            if self._links.name_of(instance) != name:
                continue
            said = self._place_of(instance)
            if not said or not place or said.keys == place.keys:
                waiting.remove(instance)
                return instance
        return None

    def _add(self, draft: Draft) -> None:
        if draft.instance is not None:
            self._by_instance[draft.instance] = draft
            draft.place.update(self._place_of(draft.instance))
        self.drafts.append(draft)

    def _datums(self, places: Sequence[Place]) -> None:
        """Datum features and targets, each once however many tolerances refer to it."""
        links = self._links
        drafts: list[Draft] = []
        for datum in links.datums:
            letter = links.letter(datum)
            features = links.features_of(datum)
            targets = [one for one in features if one in links.targets]
            plain = [one for one in features if one not in links.targets]
            for target in targets:
                draft = Draft("datum", "datum target", links.name_of(target), letter=letter)
                draft.target, draft.instance = links.target_number(target), target
                drafts.append(draft)
                self._add(draft)
            if plain or not targets:
                draft = Draft("datum", "datum", letter=letter)
                drafts.append(draft)
                self.drafts.append(draft)
                for feature in plain:
                    draft.name = draft.name or links.name_of(feature)
                    self._by_instance.setdefault(feature, draft)
                    draft.place.update(self._place_of(feature))
        for entry, place in zip(self._entries, places, strict=True):
            if entry.counted != "datums":
                continue
            draft = self._datum_draft(entry, place, drafts)
            draft.entry = draft.entry or entry
            draft.counted["datums"] += 1
            draft.place.update(place)

    def _datum_draft(self, entry: Entry, place: Place, drafts: list[Draft]) -> Draft:
        """The draft that an entry belongs to: same letter and target, faces not elsewhere."""
        same = [draft for draft in drafts if draft.letter == entry.letter]
        for exact in (True, False):
            for draft in same:
                if exact and draft.target != entry.target:
                    continue
                if not place or not draft.place or place.keys & draft.place.keys:
                    return draft
        draft = Draft("datum", entry.type, letter=entry.letter, target=entry.target)
        drafts.append(draft)
        self.drafts.append(draft)
        return draft

    def _callouts(self, places: Sequence[Place]) -> None:
        """Give every callout to the annotations it draws; what is left becomes notes."""
        owners: dict[int, list[Draft]] = {}
        loose: list[Callout] = []
        for callout in self._links.callouts:
            owned = [self._by_instance[one] for one in callout.definitions
                     if one in self._by_instance]  # fmt: skip
            owned = list({id(draft): draft for draft in owned}.values())
            if owned:
                self._give(callout, owned, owners)
            else:
                loose.append(callout)
        for callout in loose:
            found = self._guess_owner(callout)
            if found is not None:
                self._give(callout, [found], owners)
                continue
            note = Draft("note", "note", callout.name, text=callout.text)
            for definition in callout.definitions:
                note.place.update(self._place_of(definition))
            self.drafts.append(note)
            self._give(callout, [note], owners)
        waiting = list(self._links.callouts)
        for entry, place in zip(self._entries, places, strict=True):
            if entry.type != "presentation":
                continue
            callout_of = self._callout_of(entry, place, waiting)
            if callout_of is not None:
                first = owners[callout_of.number][0]
                first.counted[entry.counted] += 1
                if first.kind == "note" or not first.place:
                    first.place.update(place)
            else:
                note = Draft("note", "note", entry.presentation, place=place, drawn=entry.drawn)
                note.counted[entry.counted] += 1
                self.drafts.append(note)
        for draft in self.drafts:
            if not draft.place:
                for callout in draft.callouts:
                    for definition in callout.definitions:
                        draft.place.update(self._place_of(definition))
            if not draft.callouts and draft.entry is not None and draft.drawn is None:
                draft.drawn = draft.entry.drawn

    def _give(self, callout: Callout, drafts: list[Draft], owners: dict[int, list[Draft]]) -> None:
        owners[callout.number] = drafts
        for draft in drafts:
            draft.callouts.append(callout)

    def _guess_owner(self, callout: Callout) -> Draft | None:
        """An undrawn annotation of the same name, else the only one about exactly its faces."""
        place = Place()
        for definition in callout.definitions:
            place.update(self._place_of(definition))
        undrawn = [
            draft
            for draft in self.drafts
            if not draft.callouts and draft.kind != "note" and draft.place
        ]
        named = [draft for draft in undrawn if callout.name and draft.name == callout.name]
        for draft in named:
            if not place or draft.place.keys & place.keys:
                return draft
        same = [draft for draft in undrawn if place and draft.place.keys == place.keys]
        return same[0] if len(same) == 1 and not callout.text else None

    def _callout_of(self, entry: Entry, place: Place, waiting: list[Callout]) -> Callout | None:
        for callout in waiting:
            if callout.name == entry.presentation:
                said = Place()
                for definition in callout.definitions:
                    said.update(self._place_of(definition))
                if not said or not place or said.keys & place.keys:
                    waiting.remove(callout)
                    return callout
        return None

    def _composites(self) -> None:
        for upper, lower in self._links.composites():
            first, second = self._by_instance.get(upper), self._by_instance.get(lower)
            if first is None or second is None:
                continue
            segment = first.properties.setdefault("segment", 1)
            second.properties["segment"] = int(segment or 1) + 1
            if not second.callouts:
                second.callouts += first.callouts
