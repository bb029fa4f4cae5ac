"""Opening an IFC file: the schema it names, under the names that programs really write."""

import re
import tempfile
from pathlib import Path
from typing import Any, Final

import ifcopenshell

from holotable.errors import DamagedFile, UnsupportedFormat

# Names of drafts and corrections that hold the same entities as the schema they led to.
_SAME: Final = {
    "IFC2X3_TC1": "IFC2X3", "IFC2X3_FINAL": "IFC2X3", "IFC2X2_FINAL": "IFC2X3",
    "IFC2X2": "IFC2X3", "IFC4_ADD1": "IFC4", "IFC4_ADD2": "IFC4", "IFC4_ADD2_TC1": "IFC4",
    "IFC4X0": "IFC4", "IFC4X3": "IFC4X3_ADD2", "IFC4X3_ADD1": "IFC4X3_ADD2",
    "IFC4X3_TC1": "IFC4X3_ADD2", "IFC4X3_RC4": "IFC4X3_ADD2", "IFC4X3_RC3": "IFC4X3_ADD2",
    "IFC4X3_RC2": "IFC4X3_ADD2", "IFC4X3_RC1": "IFC4X3_ADD2",
}  # fmt: skip
_SCHEMA: Final = re.compile(rb"(FILE_SCHEMA\s*\(\s*\(\s*')([^']*)(')", re.IGNORECASE)
_HEADER_BYTES: Final = 1 << 20


def open_ifc(path: Path) -> tuple[Any, str | None]:
    """The parsed file, and the name of its schema when it was read as another of the same content.

    raises: DamagedFile, UnsupportedFormat.
    """
    try:
        return _parsed(path), None
    except ifcopenshell.SchemaError:
        pass
    stated = schema_of(path)
    known = _SAME.get(stated.upper())
    if known is None:
        raise UnsupportedFormat(
            f"The file uses the schema {stated or 'of an unknown name'}; Holotable reads IFC2X3,"
            " IFC4 and IFC4X3. Export it as IFC4."
        )
    with tempfile.TemporaryDirectory(prefix="holotable-ifc-") as folder:
        copy = Path(folder) / "renamed.ifc"
        _rename_schema(path, copy, known)
        try:
            return _parsed(copy), stated
        except ifcopenshell.SchemaError as error:  # the copy names a schema that is built in
            raise DamagedFile("IfcOpenShell cannot parse this IFC file.") from error


def schema_of(path: Path) -> str:
    """The schema that the header names, empty when it names none."""
    with path.open("rb") as file:
        match = _SCHEMA.search(file.read(_HEADER_BYTES))
    return match[2].decode("latin-1").strip() if match else ""


def _parsed(path: Path) -> Any:
    try:
        return ifcopenshell.open(str(path), format=".ifc")
    except ifcopenshell.SchemaError:
        raise
    except (RuntimeError, ifcopenshell.Error, OSError) as error:
        raise DamagedFile("IfcOpenShell cannot parse this IFC file.") from error


def _rename_schema(path: Path, copy: Path, name: str) -> None:
    with path.open("rb") as source, copy.open("wb") as target:
        head = source.read(_HEADER_BYTES)
        target.write(_SCHEMA.sub(lambda m: m[1] + name.encode() + m[3], head, count=1))
        while block := source.read(_HEADER_BYTES):
            target.write(block)
