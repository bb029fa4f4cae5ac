import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from cad_files import cylinder, in_inches, nested_assembly, renamed, silent

from holotable.conversion.readers.xcaf import open_document
from holotable.conversion.readers.xcaf_facts import Usage
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


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode(),
        lambda text: text.encode("latin-1"),
        lambda text: "".join(
            c if c.isascii() else f"\\X2\\{ord(c):04X}\\X0\\" for c in text
        ).encode(),
        lambda text: "".join(c if c.isascii() else rf"\X\{ord(c):02X}" for c in text).encode(),
    ],
    ids=["utf-8", "latin-1", "X2", "X"],
)
def test_names_beyond_ascii_are_read_however_the_file_writes_them(
    tmp_path: Path, encode: Callable[[str], bytes]
) -> None:
    path = tmp_path / "a.step"
    nested_assembly().write(path, "a")
    names = {"Top": "Größe", "Special": "Öse 1", "L1": "Décor", "Steel": "Stähl"}
    renamed(path, {old: encode(new) for old, new in names.items()})

    document = open_document(path, "step", silent)

    top = document.products[document.roots[0]]
    block = next(product for product in document.products.values() if product.name == "Block")
    assert (top.name, top.components[2].name) == ("Größe", "Öse 1")
    assert block.material["name"] == "Stähl"
    sub = document.products[top.components[0].product]
    assert {layer for c in (block, *sub.components) for layer in c.layers} == {"Décor"}


def test_header_and_occurrences_say_what_the_file_says(tmp_path: Path) -> None:
    path = tmp_path / "a.step"
    nested_assembly().write(path, "Title")
    text = path.read_text()
    path.write_text(
        re.sub(
            r"(NEXT_ASSEMBLY_USAGE_OCCURRENCE\(')\d+(','Special',)'[^']*'(,#\d+,#\d+,)\$",
            r"\1PIN-7\2'at the corner'\3'X9'",
            text,
        ).replace("PRODUCT('Top','Top',''", "PRODUCT('T-100','Top','the whole'")
    )

    document = open_document(path, "step", silent)

    top = document.products[document.roots[0]]
    assert (document.facts["name"], document.facts["schema"]) == ("Title", "AUTOMOTIVE_DESIGN")
    assert document.facts["author"] == "Holotable samples"
    assert (top.id, top.name, top.description) == ("T-100", "Top", "the whole")
    assert top.components[2].usage == Usage("PIN-7", "at the corner", "X9")


def test_the_unit_is_the_files_and_not_the_kernels(tmp_path: Path) -> None:
    path = tmp_path / "a.step"
    nested_assembly().write(path, "a")
    in_inches(path)

    assert open_document(path, "step", silent).length_unit == "in"


def test_transparency_and_srgb_survive(tmp_path: Path) -> None:
    file = StepFile()
    file.part("Glass", cylinder(1, 1), "#80c0ff40")
    path = tmp_path / "a.step"
    file.write(path, "a")

    document = open_document(path, "step", silent)

    assert document.products[document.roots[0]].look.surface == "#80c0ff40"


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
    document = open_document(MODELS / "nist_ctc_01_asme1_ap242-e1.stp", "step", silent)

    assert document.products[document.roots[0]].metadata == {
        "Company": "ACME", "CAGE Code": "64JW1", "Modeled By": "Engineer",
    }  # fmt: skip
