from pathlib import Path

import pytest
from ifc_files import two_storeys

from holotable.conversion.readers.ifc_open import open_ifc, schema_of
from holotable.errors import DamagedFile, UnsupportedFormat


def written(folder: Path, schema: str) -> Path:
    path = folder / "a.ifc"
    two_storeys().file.write(str(path))
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("('IFC4')", f"('{schema}')"), encoding="utf-8")
    return path


@pytest.mark.parametrize("schema", ["IFC2X3", "IFC4", "ifc4", "IFC4X3_ADD2"])
def test_current_schemas_are_read_as_they_are(tmp_path: Path, schema: str) -> None:
    file, renamed = open_ifc(written(tmp_path, schema))

    assert len(file.by_type("IfcWall")) == 2
    assert renamed is None


@pytest.mark.parametrize(
    ("schema", "read_as"),
    [("IFC4X3", "IFC4X3_ADD2"), ("IFC4X3_TC1", "IFC4X3_ADD2"), ("IFC4_ADD2", "IFC4"),
     ("IFC2X3_TC1", "IFC2X3")],
)  # fmt: skip
def test_other_names_of_the_same_schema_are_read_and_told(
    tmp_path: Path, schema: str, read_as: str
) -> None:
    path = written(tmp_path, schema)

    file, renamed = open_ifc(path)

    assert (file.schema_identifier, renamed) == (read_as, schema)
    assert len(file.by_type("IfcWall")) == 2
    assert schema_of(path) == schema


@pytest.mark.parametrize("schema", ["IFC4X1", "IFC5", "IFC2X"])
def test_schemas_that_nobody_reads_are_refused_by_name(tmp_path: Path, schema: str) -> None:
    with pytest.raises(UnsupportedFormat, match=schema):
        open_ifc(written(tmp_path, schema))


def test_what_is_no_exchange_file_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "a.ifc"
    path.write_text("ISO-10303-21;\nHEADER;\nnonsense\nEND-ISO-10303-21;\n", encoding="utf-8")

    with pytest.raises((DamagedFile, UnsupportedFormat)):
        open_ifc(path)


def test_a_name_without_ifc_at_its_end_changes_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, "IFC4").rename(tmp_path / "a.xml")

    assert len(open_ifc(path)[0].by_type("IfcWall")) == 2
