"""A value of another kind than the schema allows is found."""

from pathlib import Path

import ifcopenshell
import pytest
from ifc_files import silent, two_storeys

from holotable.conversion.options import ConvertOptions
from holotable.conversion.readers import bim
from holotable.conversion.readers.ifc_types import first_contradiction
from holotable.errors import DamagedFile


def test_a_sound_file_has_no_contradiction() -> None:
    assert first_contradiction(two_storeys().file) is None


@pytest.mark.parametrize(
    ("word", "by", "attribute"),
    [
        ("IFCCARTESIANPOINT((0.,0.,0.))", "IFCCARTESIANPOINT(('a'))", "Coordinates"),
        ("IFCCARTESIANPOINT((0.,0.,0.))", "IFCCARTESIANPOINT(3)", "Coordinates"),
        ("'Body','SweptSolid',(#", "'Body','SweptSolid',(3,#", "Items"),
        ("'Body','SweptSolid'", "'Body',#1", "RepresentationType"),
        ("'Body','SweptSolid',(#", "'Body','SweptSolid',(#1,#", "Items"),
    ],
)
def test_a_value_of_another_kind_is_found(
    tmp_path: Path, word: str, by: str, attribute: str
) -> None:
    path = tmp_path / "a.ifc"
    two_storeys().file.write(str(path))
    content = path.read_text()
    assert word in content
    path.write_text(content.replace(word, by, 1))

    found = first_contradiction(ifcopenshell.open(str(path)))

    assert found is not None
    assert found[1] == attribute


def test_a_reader_that_stumbles_blames_the_file_only_when_it_is_to_blame(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.ifc"
    two_storeys().file.write(str(path))

    def stumble(_file: object) -> None:
        raise TypeError("not the file's fault")

    monkeypatch.setattr(bim, "read_layers", stumble)
    with pytest.raises(TypeError, match="fault"):
        bim.read_bim(path, "ifc", ConvertOptions(), silent)

    content = path.read_text().replace("'Body','SweptSolid',(#", "'Axis','SweptSolid',(3,#", 1)
    path.write_text(content)
    with pytest.raises(DamagedFile, match="Items of #"):
        bim.read_bim(path, "ifc", ConvertOptions(), silent)
