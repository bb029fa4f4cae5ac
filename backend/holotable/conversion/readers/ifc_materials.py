"""Materials of IFC elements: single ones, layers, constituents, profiles, with what is known."""

from dataclasses import dataclass, field
from typing import Any, Final

from holotable.conversion.readers.ifc_entity import (
    as_number,
    attribute,
    instances,
    is_entity,
    items_of,
    joined,
    number_of,
    text_of,
)
from holotable.conversion.readers.ifc_units import Units, read_unit, with_unit
from holotable.conversion.readers.ifc_values import (
    Group,
    plain_attributes,
    properties_group,
    shortened,
)

_MOST_PIECES: Final = 100
_DENSITY: Final = "MassDensity"
_DENSEST: Final = 30_000.0  # kg/m³; osmium has 22,590: more is a wrong unit
_OWN: Final = frozenset({"Material", "Name", "Description"})


@dataclass(frozen=True, slots=True)
class MaterialFacts:
    """What an element is made of.

    groups: for the panel, "Material" first. density_kg_m3: where all pieces have the same.
    """

    name: str
    groups: dict[str, Group]
    density_kg_m3: float | None


@dataclass(frozen=True, slots=True)
class _Piece:
    label: str  # what the set calls it, for example "Layer 2"
    material: Any | None
    note: str  # thickness, fraction, profile


@dataclass(slots=True)
class Materials:
    """All materials of a file, described once each."""

    units: Units
    _sets: dict[int, list[tuple[str, Group]]] = field(default_factory=dict)
    _densities: dict[int, float] = field(default_factory=dict)
    _known: dict[int, MaterialFacts] = field(default_factory=dict)

    def read(self, file: Any) -> None:
        """Read the property sets of materials: 2x3 has a class for each kind, 4 one for all."""
        for definition in instances(file, "IfcMaterialProperties"):
            material = attribute(definition, "Material")
            if not is_entity(material):
                continue
            properties = (
                *items_of(definition, "Properties"),
                *items_of(definition, "ExtendedProperties"),
            )
            name = text_of(definition, "Name") or definition.is_a().removeprefix("Ifc")
            group = properties_group(properties, self.units)
            group |= plain_attributes(definition, self.units, _OWN)
            if group:
                self._sets.setdefault(material.id(), []).append((name, group))
            density = self._density_in(definition, properties)
            if density is not None:
                self._densities.setdefault(material.id(), density)

    def of(self, chosen: Any) -> MaterialFacts:
        """Describe an IfcMaterialSelect."""
        facts = self._known.get(chosen.id())
        if facts is None:
            facts = self._described(chosen)
            self._known[chosen.id()] = facts
        return facts

    def _density_in(self, definition: Any, properties: tuple[Any, ...]) -> float | None:
        number, unit = number_of(definition, _DENSITY), None
        for entry in properties:
            if text_of(entry, "Name") == _DENSITY and entry.is_a("IfcPropertySingleValue"):
                number = as_number(attribute(entry, "NominalValue"))
                unit = read_unit(attribute(entry, "Unit"))
        if number is None:
            return None
        unit = unit or self.units.by_kind.get("MASSDENSITYUNIT")
        density = number * (unit.si if unit is not None else 1.0)
        return density if 0.0 < density <= _DENSEST else None

    def _described(self, chosen: Any) -> MaterialFacts:
        top, pieces = self._pieces(chosen)
        for piece in pieces:
            name = text_of(piece.material, "Name") if piece.material is not None else ""
            if piece.label:
                note = f" ({piece.note})" if piece.note and name else piece.note
                top[piece.label] = shortened(f"{name}{note}") or None
        materials = {p.material.id(): p.material for p in pieces if p.material is not None}
        names = [text_of(material, "Name") for material in materials.values()]
        name = joined(names)
        groups: dict[str, Group] = {"Material": {"Name": shortened(name), **top}} if pieces else {}
        for step, material in materials.items():
            for key in ("Category", "Description"):
                text = text_of(material, key)
                if text and len(materials) == 1:
                    groups["Material"][key] = shortened(text)
            for set_name, group in self._sets.get(step, ()):
                alone = len(materials) == 1
                title = set_name if alone else f"{set_name}: {text_of(material, 'Name')}"
                groups.setdefault(title, {}).update(group)
        densities = {self._densities.get(step) for step in materials}
        density = densities.pop() if len(densities) == 1 else None
        return MaterialFacts(name, groups, density)

    def _pieces(self, chosen: Any) -> tuple[Group, list[_Piece]]:
        kind = chosen.is_a()
        if kind == "IfcMaterial":
            return {}, [_Piece("", chosen, "")]
        if kind == "IfcMaterialList":
            materials = items_of(chosen, "Materials")[:_MOST_PIECES]
            return {}, [_Piece(f"Material {n}", m, "") for n, m in enumerate(materials, 1)]
        if kind == "IfcMaterialLayerSetUsage":
            return self._layer_usage(chosen)
        if kind in ("IfcMaterialLayerSet", "IfcMaterialLayer", "IfcMaterialLayerWithOffsets"):
            return self._layers(chosen)
        if kind.startswith("IfcMaterialProfileSetUsage"):
            inner = attribute(chosen, "ForProfileSet")
            return self._profiles(inner) if is_entity(inner) else ({}, [])
        if kind.startswith("IfcMaterialProfile"):
            return self._profiles(chosen)
        if kind.startswith("IfcMaterialConstituent"):
            return self._constituents(chosen)
        return {}, []

    def _layer_usage(self, usage: Any) -> tuple[Group, list[_Piece]]:
        layers = attribute(usage, "ForLayerSet")
        if not is_entity(layers):
            return {}, []
        top, pieces = self._layers(layers)
        for name, key in (("LayerSetDirection", "Direction"), ("DirectionSense", "Sense")):
            text = text_of(usage, name)
            if text:
                top[key] = text
        offset = number_of(usage, "OffsetFromReferenceLine")
        if offset is not None:
            top["Offset"] = with_unit(offset, self.units.by_kind.get("LENGTHUNIT"))
        return top, pieces

    def _layers(self, layers: Any) -> tuple[Group, list[_Piece]]:
        top: Group = {}
        length = self.units.by_kind.get("LENGTHUNIT")
        name = text_of(layers, "LayerSetName")
        if name:
            top["Layer set"] = name
        one = layers.is_a("IfcMaterialLayer")
        pieces, total = [], 0.0
        for number, layer in enumerate(
            (layers,) if one else items_of(layers, "MaterialLayers")[:_MOST_PIECES], 1
        ):
            thickness = number_of(layer, "LayerThickness") or 0.0
            total += thickness
            notes = [str(with_unit(thickness, length)), text_of(layer, "Name")]
            if attribute(layer, "IsVentilated") is True:
                notes.append("ventilated")
            notes.append(text_of(layer, "Category"))
            note = joined(notes)
            pieces.append(_Piece(f"Layer {number}", attribute(layer, "Material"), note))
        if pieces:
            top["Thickness"] = with_unit(total, length)
        return top, pieces

    def _profiles(self, profiles: Any) -> tuple[Group, list[_Piece]]:
        top: Group = {}
        single = profiles.is_a("IfcMaterialProfile")
        if not single and text_of(profiles, "Name"):
            top["Profile set"] = text_of(profiles, "Name")
        pieces = []
        entries = (profiles,) if single else items_of(profiles, "MaterialProfiles")
        for number, entry in enumerate(entries[:_MOST_PIECES], 1):
            profile = attribute(entry, "Profile")
            note = joined(
                [
                    text_of(profile, "ProfileName") if is_entity(profile) else "",
                    text_of(entry, "Name"),
                    text_of(entry, "Category"),
                ]
            )
            pieces.append(_Piece(f"Profile {number}", attribute(entry, "Material"), note))
        return top, pieces

    def _constituents(self, constituents: Any) -> tuple[Group, list[_Piece]]:
        top: Group = {}
        single = constituents.is_a() == "IfcMaterialConstituent"
        if not single and text_of(constituents, "Name"):
            top["Constituent set"] = text_of(constituents, "Name")
        pieces = []
        entries = (constituents,) if single else items_of(constituents, "MaterialConstituents")
        for number, entry in enumerate(entries[:_MOST_PIECES], 1):
            fraction = number_of(entry, "Fraction")
            percent = f"{fraction * 100:.4g} %" if fraction is not None else ""
            label = text_of(entry, "Name") or f"Constituent {number}"
            note = joined([percent, text_of(entry, "Category")])
            pieces.append(_Piece(label, attribute(entry, "Material"), note))
        return top, pieces
