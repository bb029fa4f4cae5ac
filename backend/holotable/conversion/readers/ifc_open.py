"""Opening an IFC file: the schema it names, under the names that programs really write, and texts
in bytes that ISO 10303-21 does not allow but programs write all the same.
"""

import codecs
import mmap
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
_FOREIGN: Final = re.compile(r"[^\x00-\x7f]+")
_HEADER_BYTES: Final = 1 << 20
_BLOCK_BYTES: Final = 1 << 24


def open_ifc(path: Path) -> tuple[Any, str | None]:
    """The parsed file, and the name of its schema when it was read as another of the same content.

    raises: DamagedFile, UnsupportedFormat.
    """
    stated = schema_of(path)
    known = _SAME.get(stated.upper(), stated)
    foreign = _encoding(path)
    if known == stated and foreign is None:
        try:
            return _parsed(path), None
        except ifcopenshell.SchemaError as error:
            raise _unknown(stated) from error
    with tempfile.TemporaryDirectory(prefix="holotable-ifc-") as folder:
        copy = Path(folder) / "rewritten.ifc"
        _rewrite(path, copy, known, foreign or "ascii")
        try:
            return _parsed(copy), stated if known != stated else None
        except ifcopenshell.SchemaError as error:
            raise _unknown(stated) from error


def _unknown(stated: str) -> UnsupportedFormat:
    return UnsupportedFormat(
        f"The file uses the schema {stated or 'of an unknown name'}; Holotable reads IFC2X3,"
        " IFC4 and IFC4X3. Export it as IFC4."
    )


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


def _encoding(path: Path) -> str | None:
    """The encoding of a file that is not plain ASCII: UTF-8, or else that of Windows."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        blocks = range(0, len(content), _BLOCK_BYTES)
        if all(content[at : at + _BLOCK_BYTES].isascii() for at in blocks):
            return None
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            for at in blocks:
                decoder.decode(content[at : at + _BLOCK_BYTES])
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def _rewrite(path: Path, copy: Path, schema: str, encoding: str) -> None:
    """Copy with the schema's other name, and letters as ISO 10303-21 §6.4.3 writes them."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    with path.open("rb") as source, copy.open("wb") as target:
        head = source.read(_BLOCK_BYTES)
        block = _SCHEMA.sub(lambda m: m[1] + schema.encode() + m[3], head, count=1)
        while block:
            text = decoder.decode(block)
            target.write(_FOREIGN.sub(_escaped, text).encode("ascii"))
            block = source.read(_BLOCK_BYTES)


def _escaped(match: "re.Match[str]") -> str:
    return "".join(f"\\X4\\{ord(letter):08X}\\X0\\" for letter in match[0])
