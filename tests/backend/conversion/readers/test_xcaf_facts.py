import re
from pathlib import Path

import pytest
from cad_files import cylinder, in_inches, renamed, silent
from OCP.gp import gp_Pnt
from OCP.TDataStd import TDataStd_NamedData
from OCP.XCAFDoc import XCAFDoc_Area, XCAFDoc_Centroid, XCAFDoc_Volume

from holotable.conversion.readers.xcaf import open_document
from holotable.conversion.readers.xcaf_facts import (
    Validation,
    material_of,
    metadata_of,
    product_of,
    validation_of,
)
from holotable.sample.step_file import Material, StepFile


def test_what_is_not_there_is_empty_and_does_not_crash() -> None:
    label = StepFile().part("Pin", cylinder(2, 10)).label

    assert metadata_of(label, ("Company",)) == {}
    assert product_of(label) == ("", "")
    assert material_of(label) == {}
    assert validation_of(label) is None


def test_validation_properties_are_read_each_for_itself() -> None:
    label = StepFile().part("Pin", cylinder(2, 10)).label
    XCAFDoc_Volume.Set_s(label, 125.0)
    assert validation_of(label) == Validation(125.0, None, None)

    XCAFDoc_Area.Set_s(label, 150.0)
    XCAFDoc_Centroid.Set_s(label, gp_Pnt(1, 2, 3))
    assert validation_of(label) == Validation(125.0, 150.0, (1.0, 2.0, 3.0))


def test_values_keep_their_type() -> None:
    from OCP.TCollection import TCollection_ExtendedString

    label = StepFile().part("Pin", cylinder(2, 10)).label
    data = TDataStd_NamedData.Set_s(label)
    data.SetString(TCollection_ExtendedString("Company"), TCollection_ExtendedString("ACME"))
    data.SetReal(TCollection_ExtendedString("DB"), 0.25)
    data.SetInteger(TCollection_ExtendedString("Größe", True), 7)

    said = metadata_of(label, ("Company", "DB", "Größe", "Absent"))

    assert said == {"Company": "ACME", "DB": 0.25, "Größe": 7}
    assert [type(value) for value in said.values()] == [str, float, int]


@pytest.mark.parametrize(("density", "kept"), [(7850.0, True), (1e9, False)])
def test_a_density_that_no_matter_has_was_misread(
    tmp_path: Path, density: float, kept: bool
) -> None:
    file = StepFile()
    file.part("Pin", cylinder(2, 10), "#112233", Material("Steel", density))
    path = tmp_path / "a.step"
    file.write(path, "a")

    document = open_document(path, "step", silent)

    material = document.products[document.roots[0]].material
    assert material == ({"name": "Steel", "density_kg_m3": density} if kept else {"name": "Steel"})


def test_a_density_in_grams_per_cubic_centimetre_is_one_in_kilograms(tmp_path: Path) -> None:
    file = StepFile()
    # Open CASCADE's writer names that unit whatever the number, with the exponents muddled.
    file.part("Pin", cylinder(2, 10), "#112233", Material("Aluminium", 2.7e6))
    muddled, sound = tmp_path / "muddled.step", tmp_path / "sound.step"
    file.write(muddled, "a")
    text = re.sub(r"(DERIVED_UNIT_ELEMENT\(#\d+,)3\.", r"\g<1>1.", muddled.read_text())
    sound.write_text(re.sub(r"(DERIVED_UNIT_ELEMENT\(#\d+,)2\.", r"\g<1>-3.", text))

    for path in (muddled, sound):
        document = open_document(path, "step", silent)
        material = document.products[document.roots[0]].material
        assert material == {"name": "Aluminium", "density_kg_m3": 2700.0}


def test_a_density_does_not_change_with_the_files_unit(tmp_path: Path) -> None:
    file = StepFile()
    file.part("Pin", cylinder(2, 10), "#112233", Material("Steel", 7850.0))
    path = tmp_path / "a.step"
    file.write(path, "a")
    in_inches(path)
    renamed(path, {"Steel": rb"St\X\E4hl"})

    document = open_document(path, "step", silent)

    material = document.products[document.roots[0]].material
    assert material["name"] == "Stähl"
