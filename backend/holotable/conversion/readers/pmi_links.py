"""How the PMI of a STEP file hangs together: what each entry is about, and what draws it.

Open CASCADE gives dimensions, tolerances and datums, but loses the faces of many datums, most
drawings of AP242 edition 2, texts of notes, signs of deviations and decimal places. The exchange
structure says them. Entities are those of ISO 10303-242 as the CAx-IF recommended practices
"Representation and presentation of PMI" 4.0 use them. Numbers in here are instance numbers.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from holotable.conversion.readers.exchange_structure import (
    Enumeration,
    ExchangeStructure,
    Parameter,
    Reference,
    Typed,
    references,
)
from holotable.conversion.readers.pmi_callouts import Callouts
from holotable.conversion.readers.pmi_text import DatumReference
from holotable.conversion.readers.step_measures import Measure, StepMeasures, representation_of

_DIMENSIONS: Final = (
    "DIMENSIONAL_SIZE", "ANGULAR_SIZE", "DIMENSIONAL_SIZE_WITH_PATH",
    "DIMENSIONAL_SIZE_WITH_DATUM_FEATURE", "DIMENSIONAL_LOCATION", "ANGULAR_LOCATION",
    "DIMENSIONAL_LOCATION_WITH_PATH", "DIRECTED_DIMENSIONAL_LOCATION",
)  # fmt: skip
_SIZES: Final = _DIMENSIONS[:3]
_LOCATIONS: Final = _DIMENSIONS[4:]
_TOLERANCES: Final = (
    "GEOMETRIC_TOLERANCE", "ANGULARITY_TOLERANCE", "CIRCULAR_RUNOUT_TOLERANCE",
    "COAXIALITY_TOLERANCE", "CONCENTRICITY_TOLERANCE", "CYLINDRICITY_TOLERANCE",
    "FLATNESS_TOLERANCE", "LINE_PROFILE_TOLERANCE", "PARALLELISM_TOLERANCE",
    "PERPENDICULARITY_TOLERANCE", "POSITION_TOLERANCE", "ROUNDNESS_TOLERANCE",
    "STRAIGHTNESS_TOLERANCE", "SURFACE_PROFILE_TOLERANCE", "SYMMETRY_TOLERANCE",
    "TOTAL_RUNOUT_TOLERANCE",
)  # fmt: skip
_FEATURES: Final = ("DATUM_FEATURE", "DIMENSIONAL_SIZE_WITH_DATUM_FEATURE")
_TARGETS: Final = ("PLACED_DATUM_TARGET_FEATURE", "DATUM_TARGET")
_RELATIONS: Final = (
    "SHAPE_ASPECT_RELATIONSHIP", "SHAPE_ASPECT_ASSOCIATIVITY", "COMPONENT_FEATURE_RELATIONSHIP",
    "SHAPE_ASPECT_DERIVING_RELATIONSHIP", "FEATURE_COMPONENT_RELATIONSHIP",
)  # fmt: skip
_USAGES: Final = ("GEOMETRIC_ITEM_SPECIFIC_USAGE", "ITEM_IDENTIFIED_REPRESENTATION_USAGE")
_DEEPEST: Final = 32  # of shape aspects in shape aspects; a file that loops ends here
_EXTRAS: Final = {
    "unequally_disposed": "UNEQUALLY_DISPOSED_GEOMETRIC_TOLERANCE",
    "per_unit": "GEOMETRIC_TOLERANCE_WITH_DEFINED_UNIT",
}
_ZONES: Final = {
    "cylindrical or circular": "diameter", "within a circle": "diameter",
    "within a cylinder": "diameter", "spherical": "spherical diameter",
    "within a sphere": "spherical diameter",
}  # fmt: skip


class PmiLinks:
    """The links of one file. Everything is asked for by instance number."""

    def __init__(self, structure: ExchangeStructure) -> None:
        self.structure = structure
        self.dimensions = self.structure.ordered(_DIMENSIONS)
        self.tolerances = self.structure.ordered(_TOLERANCES)
        self.features = self.structure.ordered(_FEATURES)
        self.targets = self.structure.ordered(_TARGETS)
        self.datums = self.structure.ordered(("DATUM",))
        self._usages = self._read_usages()
        self._below: defaultdict[int, list[int]] = defaultdict(list)
        self._above: defaultdict[int, list[int]] = defaultdict(list)
        for number in structure.all(*_RELATIONS, "FEATURE_FOR_DATUM_TARGET_RELATIONSHIP"):
            relating, related = self.structure.pair(number)
            if relating is None or related is None:
                continue
            if structure.is_a(number, "FEATURE_FOR_DATUM_TARGET_RELATIONSHIP"):
                relating, related = related, relating  # the target lies on the feature
            self._below[relating].append(related)
            self._above[related].append(relating)
        self.measures = StepMeasures(structure)
        self._callouts = Callouts(structure)
        self.views, self.callouts = self._callouts.views, self._callouts.all

    def name_of(self, number: int) -> str:
        """The name of a dimension, tolerance or feature as the file has it."""
        values = self.structure.parameters(number, *_LOCATIONS, "GEOMETRIC_TOLERANCE")
        if values is None and (sizes := self.structure.parameters(number, *_SIZES)) is not None:
            values = sizes[1:]
        if values is None:
            values = self.structure.parameters(number)
        return values[0].strip() if values and isinstance(values[0], str) else ""

    def items(self, number: int) -> tuple[int, ...]:
        """Faces, edges and other shape items that an aspect, dimension or tolerance is about."""
        found: dict[int, None] = {}
        seen: set[int] = set()
        pending = [(number, 0)]
        while pending:
            at, depth = pending.pop()
            if at in seen or depth > _DEEPEST:
                continue
            seen.add(at)
            found.update(dict.fromkeys(self._usages.get(at, ())))
            pending += [(below, depth + 1) for below in reversed(self._about(at))]
        return tuple(found)

    def whole_part(self, number: int) -> int | None:
        """The product definition shape of a tolerance that holds for a whole part, else None."""
        target = self._toleranced(number)
        if target is not None and self.structure.is_a(target, "PRODUCT_DEFINITION_SHAPE"):
            return target
        return None

    def features_of(self, datum: int) -> tuple[int, ...]:
        """Datum features and targets that establish a datum."""
        return tuple(
            above
            for above in self._above.get(datum, ())
            if self.structure.is_a(above, *_FEATURES, *_TARGETS)
        )

    def letter(self, datum: int) -> str:
        """The identification of a datum."""
        values = self.structure.parameters(datum, "DATUM")
        return values[-1].strip() if values and isinstance(values[-1], str) else ""

    def target_number(self, target: int) -> int | None:
        """The number behind a datum target's letter."""
        values = self.structure.parameters(target, *_TARGETS)
        text = values[-1] if values else None
        return int(text) if isinstance(text, str) and text.strip().isdigit() else None

    def magnitude(self, tolerance: int) -> Measure | None:
        """The size of a geometric tolerance's zone."""
        values = self._tolerance(tolerance)
        return self.measures.measure(values[2]) if values is not None and len(values) > 2 else None

    def extra(self, tolerance: int, name: str) -> Measure | None:
        """What a tolerance adds to its value: "unequally_disposed" or "per_unit"."""
        values = self.structure.parameters(tolerance, _EXTRAS[name])
        return self.measures.measure(values[0]) if values else None

    def tolerance_modifiers(self, tolerance: int) -> tuple[str, ...]:
        """Modifiers in words, of a tolerance that Open CASCADE left out."""
        values = self.structure.parameters(tolerance, "GEOMETRIC_TOLERANCE_WITH_MODIFIERS")
        return tuple(_in_words(values or ()))

    def zone(self, tolerance: int) -> str:
        """ "diameter", "spherical diameter" or empty, of a tolerance that Open CASCADE left out."""
        for number in self.structure.all("TOLERANCE_ZONE"):
            values = self.structure.parameters(number, "TOLERANCE_ZONE") or ()
            if len(values) > 5 and tolerance in list(references(values[4:5])):
                for form in references(values[5:6]):
                    named = self.structure.parameters(form) or ("",)
                    return _ZONES.get(str(named[0]).strip().lower(), "")
        return ""

    def datum_frame(self, tolerance: int) -> tuple[DatumReference, ...]:
        """The compartments of a tolerance's datum system, in order."""
        values = self.structure.parameters(tolerance, "GEOMETRIC_TOLERANCE_WITH_DATUM_REFERENCE")
        if values is None and len(simple := self._tolerance(tolerance) or ()) > 4:
            values = simple[4:5]
        frame: list[DatumReference] = []
        for system in references(values or ()):
            inside = self.structure.parameters(system, "DATUM_SYSTEM")
            for part in references(inside[4:5]) if inside is not None else (system,):
                frame.append(self._compartment(part))
        return tuple(reference for reference in frame if reference.letters)

    def _compartment(self, number: int) -> DatumReference:
        """DATUM_REFERENCE_COMPARTMENT, or DATUM_REFERENCE of older files."""
        values = self.structure.parameters(number) or ()
        letters: list[str] = []
        modifiers: list[str] = []
        for one in references(values):
            if self.structure.is_a(one, "DATUM"):
                letters.append(self.letter(one))
            elif self.structure.is_a(one, "DATUM_REFERENCE_ELEMENT"):
                inner = self._compartment(one)
                letters += inner.letters
                modifiers += inner.modifiers
        modifiers += _in_words(values[5:])
        return DatumReference(tuple(filter(None, letters)), tuple(dict.fromkeys(modifiers)))

    def product_of(self, number: int) -> tuple[str, str] | None:
        """Id and name of the product that an aspect, dimension or draughting model belongs to."""
        seen: set[int] = set()
        pending = [number]
        while pending and len(seen) < 1000:
            at = pending.pop(0)
            if at in seen:
                continue
            seen.add(at)
            if self.structure.is_a(at, "DRAUGHTING_MODEL"):
                at = self._shape_in_context(at) or at
            if self.structure.is_a(at, "PRODUCT_DEFINITION_SHAPE"):
                return self._product(at)
            for _, values in self.structure.records(at):
                for one in references(values):
                    if self.structure.is_a(one, "PRODUCT_DEFINITION_SHAPE"):
                        return self._product(one)
            pending += self._about(at)
        return None

    def _shape_in_context(self, model: int) -> int | None:
        """The only product shape represented in the context that a draughting model has."""
        context = list(references((representation_of(self.structure, model) or ())[2:3]))
        found = []
        for link in self.structure.all("SHAPE_DEFINITION_REPRESENTATION"):
            shape, represented = self.structure.pair(link)
            if shape is None or represented is None:
                continue
            values = representation_of(self.structure, represented) or ()
            if context and list(references(values[2:3])) == context:
                found.append(shape)
        definitions = [one for one in found if self.structure.is_a(one, "PRODUCT_DEFINITION_SHAPE")]
        return definitions[0] if len(definitions) == 1 else None

    def _product(self, shape: int) -> tuple[str, str] | None:
        """From a product definition shape through definition and formation to the product."""
        at: int | None = shape
        for _ in range(3):
            values = self.structure.parameters(at) if at is not None else None
            last = [one for one in references((values or ())[2:])]
            at = last[0] if last else None
        values = self.structure.parameters(at, "PRODUCT") if at is not None else None
        if values is None or len(values) < 2:
            return None
        return str(values[0] or "").strip(), str(values[1] or "").strip()

    def composites(self) -> list[tuple[int, int]]:
        """Pairs of tolerances: the upper and the next lower segment of a composite frame."""
        pairs = []
        for number in self.structure.all("GEOMETRIC_TOLERANCE_RELATIONSHIP"):
            values = self.structure.parameters(number) or ()
            relating, related = self.structure.pair(number)
            if values and "composite" in str(values[0]).lower() and relating and related:
                pairs.append((relating, related))
        return pairs

    def _about(self, number: int) -> list[int]:
        """Aspects below one, and the aspects that a dimension or a tolerance applies to."""
        found = list(self._below.get(number, ()))
        values = self.structure.parameters(number, *_SIZES)
        if values is not None:
            found += list(references(values[:1]))
        values = self.structure.parameters(number, *_LOCATIONS)
        if values is not None:
            found += list(references(values[2:4]))
        target = self._toleranced(number)
        if target is not None:
            found.append(target)
        return [one for one in found if not self.structure.is_a(one, "DATUM", "DATUM_SYSTEM")]

    def _tolerance(self, number: int) -> tuple[Parameter, ...] | None:
        values = self.structure.parameters(number, "GEOMETRIC_TOLERANCE")
        if values is None:
            values = self.structure.parameters(number, *_TOLERANCES)
        return values

    def _toleranced(self, number: int) -> int | None:
        values = self._tolerance(number)
        target = values[3] if values is not None and len(values) > 3 else None
        return target if isinstance(target, Reference) else None

    def _read_usages(self) -> dict[int, list[int]]:
        usages: defaultdict[int, list[int]] = defaultdict(list)
        for number in self.structure.all(*_USAGES):
            values = self.structure.parameters(number, *_USAGES) or ()
            if len(values) > 4 and isinstance(values[2], Reference):
                usages[values[2]] += references(values[4:])
        return dict(usages)


def _in_words(values: tuple[Parameter, ...]) -> Iterator[str]:
    """Enumeration values in parameters, in words."""
    for value in values:
        match value:
            case Enumeration():
                yield str(value).replace("_", " ").lower()
            case Typed():
                yield from _in_words(value.values)
            case tuple():
                yield from _in_words(value)
            case _:
                pass
