from pathlib import Path

import numpy as np
import pytest
from cad_files import box, cylinder, in_inches, nested_assembly, silent

from holotable.conversion.readers.xcaf import face_colours, open_document, shape_of
from holotable.errors import DamagedFile
from holotable.sample.step_file import StepFile

MODELS = Path(__file__).parents[4].parent / "shared" / "models"


def test_products_are_read_once_and_components_refer_to_them(tmp_path: Path) -> None:
    path = tmp_path / "a.step"
    nested_assembly().write(path, "a")

    document = open_document(path, "step", silent)

    names = [product.name for product in document.products.values()]
    assert names == ["Top", "Sub", "Pin", "Block"]
    top = document.products[document.roots[0]]
    assert [component.name for component in top.components] == ["Sub one", "Sub two", "Special"]
    assert top.components[0].transform[:3, 3].tolist() == [100.0, 0.0, 0.0]
    assert np.array_equal(top.components[2].transform[:3, :3], np.eye(3))
    assert (document.length_unit, document.missing_files) == ("mm", ())


def test_the_unit_is_the_files_and_not_the_kernels(tmp_path: Path) -> None:
    path = tmp_path / "a.step"
    nested_assembly().write(path, "a")
    in_inches(path)

    assert open_document(path, "step", silent).length_unit == "in"


def test_the_finer_shapes_colour_wins(tmp_path: Path) -> None:
    file, seen = StepFile(), []

    def one(face: object) -> bool:
        seen.append(face)
        return len(seen) == 3

    file.part("Block", box(1, 2, 3), "#ff0000", faces=[(one, "#0000ff")])
    path = tmp_path / "a.step"
    file.write(path, "a")

    document = open_document(path, "step", silent)
    product = document.products[document.roots[0]]
    colours, chosen = face_colours(product, shape_of(product))

    assert [colours[number] if number >= 0 else product.colour for number in chosen].count(
        "#0000ffff"
    ) == 1
    assert len(chosen) == 6


def test_transparency_and_srgb_survive(tmp_path: Path) -> None:
    file = StepFile()
    file.part("Glass", cylinder(1, 1), "#80c0ff40")
    path = tmp_path / "a.step"
    file.write(path, "a")

    document = open_document(path, "step", silent)

    assert document.products[document.roots[0]].colour == "#80c0ff40"


def test_a_file_that_is_no_step_inside_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "a.step"
    path.write_text("ISO-10303-21;\nnonsense\nEND-ISO-10303-21;\n")

    with pytest.raises(DamagedFile):
        open_document(path, "step", silent)


def test_a_file_that_is_no_brep_inside_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "a.brep"
    path.write_text("DBRep_DrawableShape\n\nCASCADE Topology V1, (c) Matra-Datavision\nnonsense")

    with pytest.raises(DamagedFile):
        open_document(path, "brep", silent)


@pytest.mark.models
@pytest.mark.skipif(not MODELS.is_dir(), reason="needs ../shared/models")
def test_user_defined_properties_are_read_by_name() -> None:
    document = open_document(
        MODELS / "nist_ctc_01_asme1_ap242-e1.stp", "step", silent,
        ("Company", "CAGE Code", "Modeled By", "Absent"),
    )  # fmt: skip

    assert document.products[document.roots[0]].metadata == {
        "Company": "ACME", "CAGE Code": "64JW1", "Modeled By": "Engineer",
    }  # fmt: skip
