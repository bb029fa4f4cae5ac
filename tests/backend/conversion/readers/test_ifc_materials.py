from typing import Any

import pytest
from ifc_files import IfcFile

from holotable.conversion.readers.ifc_materials import MaterialFacts, Materials
from holotable.conversion.readers.ifc_units import read_units


def facts(ifc: IfcFile, chosen: Any) -> MaterialFacts:
    materials = Materials(read_units(ifc.file))
    materials.read(ifc.file)
    return materials.of(chosen)


def material(ifc: IfcFile, name: str, density: float | None = None) -> Any:
    made = ifc.file.create_entity("IfcMaterial", Name=name)
    if density is not None:
        value = ifc.file.create_entity(
            "IfcPropertySingleValue", Name="MassDensity",
            NominalValue=ifc.file.create_entity("IfcMassDensityMeasure", density),
        )  # fmt: skip
        ifc.file.create_entity("IfcMaterialProperties", Name="Pset_MaterialCommon",
                               Properties=[value], Material=made)  # fmt: skip
    return made


def test_a_single_material_has_its_sets_and_density() -> None:
    ifc = IfcFile()
    steel = material(ifc, "S355", 7850.0)
    steel.Category = "steel"

    described = facts(ifc, steel)

    assert (described.name, described.density_kg_m3) == ("S355", 7850.0)
    assert described.groups == {
        "Material": {"Name": "S355", "Category": "steel"},
        "Pset_MaterialCommon": {"MassDensity": 7850.0},
    }


def test_densities_are_taken_in_the_projects_unit_and_never_absurd() -> None:
    ifc = IfcFile()
    gram = ifc.file.create_entity("IfcSIUnit", UnitType="MASSUNIT", Name="GRAM")
    centi = ifc.file.create_entity("IfcSIUnit", UnitType="LENGTHUNIT", Prefix="CENTI", Name="METRE")
    unit = ifc.file.create_entity(
        "IfcDerivedUnit", UnitType="MASSDENSITYUNIT",
        Elements=[ifc.file.create_entity("IfcDerivedUnitElement", gram, 1),
                  ifc.file.create_entity("IfcDerivedUnitElement", centi, -3)],
    )  # fmt: skip
    assignment = ifc.project.UnitsInContext
    assignment.Units = [*assignment.Units, unit]

    assert facts(ifc, material(ifc, "Steel", 7.85)).density_kg_m3 == pytest.approx(7850.0)
    assert facts(ifc, material(ifc, "Wrong", 7850.0)).density_kg_m3 is None


def test_layers_have_thicknesses_and_one_density_only_when_all_agree() -> None:
    ifc = IfcFile("mm")
    brick, wool = material(ifc, "Brick", 1800.0), material(ifc, "Wool", 40.0)
    layers = [
        ifc.file.create_entity("IfcMaterialLayer", Material=brick, LayerThickness=115.0),
        ifc.file.create_entity("IfcMaterialLayer", Material=wool, LayerThickness=80.0,
                               IsVentilated=True, Name="Insulation"),
        ifc.file.create_entity("IfcMaterialLayer", LayerThickness=20.0),
    ]  # fmt: skip
    whole = ifc.file.create_entity("IfcMaterialLayerSet", MaterialLayers=layers,
                                   LayerSetName="Cavity wall")  # fmt: skip
    usage = ifc.file.create_entity(
        "IfcMaterialLayerSetUsage", ForLayerSet=whole, LayerSetDirection="AXIS2",
        DirectionSense="POSITIVE", OffsetFromReferenceLine=-100.0,
    )  # fmt: skip

    described = facts(ifc, usage)

    assert (described.name, described.density_kg_m3) == ("Brick, Wool", None)
    assert described.groups["Material"] == {
        "Name": "Brick, Wool", "Layer set": "Cavity wall", "Thickness": "215 mm",
        "Direction": "AXIS2", "Sense": "POSITIVE", "Offset": "-100 mm",
        "Layer 1": "Brick (115 mm)", "Layer 2": "Wool (80 mm, Insulation, ventilated)",
        "Layer 3": "20 mm",
    }  # fmt: skip
    assert "Pset_MaterialCommon: Brick" in described.groups
    same = ifc.file.create_entity("IfcMaterialLayerSet", MaterialLayers=[layers[0], layers[0]])
    assert facts(ifc, same).density_kg_m3 == 1800.0


def test_constituents_profiles_and_lists_name_their_materials() -> None:
    ifc = IfcFile()
    glass, wood = material(ifc, "Glass"), material(ifc, "Wood")
    constituents = ifc.file.create_entity(
        "IfcMaterialConstituentSet", Name="Window",
        MaterialConstituents=[
            ifc.file.create_entity("IfcMaterialConstituent", Name="Lining", Material=wood,
                                   Fraction=0.3),
            ifc.file.create_entity("IfcMaterialConstituent", Name="Glazing", Material=glass),
        ],
    )  # fmt: skip
    profile = ifc.file.create_entity("IfcCircleProfileDef", ProfileType="AREA",
                                     ProfileName="CHS 60", Radius=0.03)  # fmt: skip
    profiles = ifc.file.create_entity(
        "IfcMaterialProfileSet", Name="Post",
        MaterialProfiles=[ifc.file.create_entity("IfcMaterialProfile", Material=wood,
                                                 Profile=profile)],
    )  # fmt: skip
    usage = ifc.file.create_entity("IfcMaterialProfileSetUsage", ForProfileSet=profiles)
    several = ifc.file.create_entity("IfcMaterialList", Materials=[wood, glass])

    assert facts(ifc, constituents).groups["Material"] == {
        "Name": "Wood, Glass", "Constituent set": "Window", "Lining": "Wood (30 %)",
        "Glazing": "Glass",
    }  # fmt: skip
    assert facts(ifc, usage).groups["Material"] == {
        "Name": "Wood", "Profile set": "Post", "Profile 1": "Wood (CHS 60)",
    }  # fmt: skip
    assert facts(ifc, several).groups["Material"] == {
        "Name": "Wood, Glass", "Material 1": "Wood", "Material 2": "Glass",
    }  # fmt: skip
