"""Tell what a file is from its content; its name only breaks ties.

Formats that Holotable knows but does not read are named, with what to export instead.
"""

import re
import struct
from pathlib import Path, PurePath
from typing import Final, Literal, TypeAlias

from holotable.conversion.readers.columns import find_layout
from holotable.conversion.zip_directory import open_zip
from holotable.errors import EmptyFile, UnsupportedFormat
from holotable.review.scene import SourceKind

FileKind: TypeAlias = SourceKind | Literal["archive"]

_HEAD_BYTES: Final = 64 * 1024
_HEADER_SECTION_BYTES: Final = 1024 * 1024  # a STEP header may carry long descriptions
_TAIL_BYTES: Final = 64 * 1024
_BLANK: Final = b"\x00\t\r\n "
_MAX_ENTRIES: Final = 100_000  # only to look inside; unpacking has its own, lower limit

_AS_STEP = "Export STEP (AP242 or AP214) from the program that made it"
_AS_POINTS = "Export LAS, LAZ or PLY from the program that made it"
_AS_MESH = "Export glTF, GLB or 3MF from the program that made it"

# Magic bytes at the start, what they mean, and what to upload instead.
_KNOWN: Final[tuple[tuple[bytes, str, str], ...]] = (
    (b"ASTM-E57", "an E57 point cloud", _AS_POINTS),
    (b"# .PCD", "a PCD point cloud", _AS_POINTS),
    (b"Kaydara FBX Binary", "an FBX file", _AS_MESH),
    (b"; FBX", "an FBX file", _AS_MESH),
    (b"%PDF", "a PDF document", "Export the 3D model itself, for example as STEP"),
    (b"\xff\xd8\xff", "a JPEG picture", "Upload the 3D model; pictures go into its zip"),
    (b"\x89PNG", "a PNG picture", "Upload the 3D model; pictures go into its zip"),
    (b"GIF8", "a GIF picture", "Upload the 3D model; pictures go into its zip"),
    (b"BM", "a BMP picture", "Upload the 3D model; pictures go into its zip"),
    (b"RIFF", "a media file", "Upload the 3D model itself"),
    (b"AC10", "a DWG drawing", "Export STEP or IFC from the program that made it"),
    (b"AutoCAD Binary DXF", "a DXF drawing", "Export STEP or IFC from the program that made it"),
    (b"**ABCDEFGHIJKLMNOPQRSTUVWXYZ", "a Parasolid file", _AS_STEP),
    (b"PS\x00\x00", "a binary Parasolid file", _AS_STEP),
    (b"ACIS BinaryFile", "a binary ACIS (SAB) file", _AS_STEP),
    (b"ASM BinaryFile", "a binary ACIS (ASM) file", _AS_STEP),
    (b"V5_CFV2", "a CATIA V5 document", _AS_STEP),
    (b"#UGC:2", "a Creo document", _AS_STEP),
    (b"3D Geometry File Format", "a Rhino document", _AS_STEP),
    (b"BLENDER", "a Blender document", _AS_MESH),
    (b"\xff\xfe\xff\x0eS\x00k\x00e\x00t", "a SketchUp document", _AS_MESH),
    (b"U3D\x00", "a U3D file", _AS_MESH),
    (b"DRACO", "a bare Draco mesh", _AS_MESH),
    (b"#VRML", "a VRML file", _AS_MESH),
    (b"#X3D", "an X3D file", _AS_MESH),
    (b"\x1f\x8b", "a gzip archive", "Unpack it and upload the file, or make a zip"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "Make a plain zip instead"),
    (b"Rar!", "a RAR archive", "Make a plain zip instead"),
    (b"BZh", "a bzip2 archive", "Unpack it and upload the file, or make a zip"),
    (b"\xfd7zXZ\x00", "an xz archive", "Unpack it and upload the file, or make a zip"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive", "Unpack it and upload the file, or make a zip"),
    (b"MZ", "a Windows program", "Upload a 3D model"),
    (b"\x7fELF", "a program", "Upload a 3D model"),
    (b"-----BEGIN", "a key or certificate", "Upload a 3D model"),
    (b"\x00asm", "a WebAssembly program", "Upload a 3D model"),
)

# What a 3DS file's main chunk begins with: version, mesh version, 3D editor, keyframer.
_3DS_CHUNKS: Final = (0x0002, 0x3D3D, 0x3D3E, 0xB000)

# OLE compound files (MS-CFB §2.2) share one magic; the extension tells whose they are.
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_NAMES: Final = {
    ".sldprt": "a SolidWorks part",
    ".sldasm": "a SolidWorks assembly",
    ".slddrw": "a SolidWorks drawing",
    ".ipt": "an Inventor part",
    ".iam": "an Inventor assembly",
    ".rvt": "a Revit project",
    ".rfa": "a Revit family",
    ".par": "a Solid Edge part",
    ".asm": "a Solid Edge assembly",
    ".max": "a 3ds Max document",
}
_XML_ROOTS: Final = {
    "amf": ("an AMF file", "Export 3MF instead"),
    "svg": ("an SVG drawing", "Upload the 3D model itself"),
    "html": ("a web page", "Check the download: this is the page, not the file"),
    "x3d": ("an X3D file", _AS_MESH),
    "ifcxml": ("an ifcXML file", "Export IFC in its STEP form (.ifc)"),
    "iso_10303_28": ("a STEP-XML file", "Export STEP or IFC in its text form"),
    "iso_10303_28_terse": ("a STEP-XML file", "Export STEP or IFC in its text form"),
    "citymodel": ("a CityGML model", _AS_MESH),
    "kml": ("a KML document", _AS_MESH),
    "uos": ("a STEP-XML file", "Export STEP in its text form"),
}
_NUMBER = rb"[-+]?(?:\d+\.?\d*|\.\d+|nan|inf)(?:[eE][-+]?\d+)?"
_VERTEX_LINE: Final = re.compile(rb"^[ \t]*v[ \t]+" + _NUMBER + rb"[ \t]+" + _NUMBER, re.M | re.I)
_OBJ_LINE: Final = re.compile(
    rb"^[ \t]*(?:f[ \t]+-?\d|mtllib[ \t]|usemtl[ \t]|vn[ \t]|vt[ \t])", re.M
)
_POINT_NAMES: Final = (".xyz", ".pts", ".asc", ".csv", ".txt", ".xyzrgb", ".xyzi", ".neu", "")
_SCHEMA: Final = re.compile(rb"FILE_SCHEMA\s*\(\s*\(\s*'([^']*)'", re.I)
_XML_ROOT: Final = re.compile(r"<([A-Za-z_][\w.\-]*:)?([A-Za-z_][\w.\-]*)[\s/>]")
_COMMENT: Final = re.compile(rb"<!--.*?-->", re.S)
_ASSET: Final = re.compile(rb'"asset"\s*:\s*\{')


def sniff(path: Path, name: str) -> FileKind:
    """Name the format of the file at `path`, uploaded as `name`.

    Reads at most a megabyte from the start and 64 kB from the end. "archive" is a zip of files to
    be unpacked first, an IFCZIP among them.
    raises: EmptyFile, UnsupportedFormat, and for a zip DamagedFile or ArchiveProblem.
    """
    size = path.stat().st_size
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    if size <= _HEAD_BYTES and size != 84 and not head.removeprefix(b"\xef\xbb\xbf").strip(_BLANK):
        raise EmptyFile
    extension = PurePath(name).suffix.lower()
    if head[:4] == b"glTF":
        return "gltf"
    if head[:8] == b"PXR-USDC" or head[:5] == b"#usda":
        return "usd"
    if head[:2] == b"MM" and _is_3ds(head, size, extension):
        return "3ds"
    if head[:4] == b"LASF":
        return "points"
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return _zip_kind(path, name)
    if _is_binary_stl(head, size):
        return "stl"
    text = _as_text(head)
    kind = _exchange_kind(path, head, text)
    if kind is None:
        _raise_if_known(head, text, size, extension)
        kind = (
            _marked_kind(text)
            or _structured_kind(path, head, text, extension)
            or _loose_text_kind(text, extension)
        )
    if kind:
        return kind
    if extension == ".stl" and size >= 84:
        return "stl"  # binary, its count does not fit its size: the reader says so
    raise UnsupportedFormat(name=name)


def _is_3ds(head: bytes, size: int, extension: str) -> bool:
    """Whether a main chunk spans the file, or by its name should: then the reader says why not."""
    if len(head) < 12:
        return extension == ".3ds"
    (length,) = struct.unpack_from("<I", head, 2)
    inner, inner_length = struct.unpack_from("<HI", head, 6)
    return (length == size and inner_length <= size and inner in _3DS_CHUNKS) or (
        extension == ".3ds"
    )


def _is_binary_stl(head: bytes, size: int) -> bool:
    """Whether the size is what the triangle count says; binaries may begin with "solid" too."""
    if len(head) < 84:
        return False
    (count,) = struct.unpack_from("<I", head, 80)
    return bool(size == 84 + 50 * count and (count > 0 or not head.startswith(b"ISO-")))


def _as_text(head: bytes) -> bytes:
    """The head without a byte order mark and leading space; UTF-16 turned to UTF-8."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") and len(head) > 2:
        head = head[: len(head) // 2 * 2].decode("utf-16", "replace").encode("utf-8")
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()


def _exchange_kind(path: Path, head: bytes, text: bytes) -> SourceKind | None:
    """STEP and IFC (ISO 10303-21), IGES (fixed 80 columns, section letter in 73), BREP."""
    if b"ISO-10303-21" in text[:2048]:
        schema = _SCHEMA.search(text)
        if schema is None:
            with path.open("rb") as stream:
                schema = _SCHEMA.search(stream.read(_HEADER_SECTION_BYTES))
        if schema is not None and schema[1].upper().lstrip().startswith(b"IFC"):
            return "ifc"
        return "step"
    first = head.split(b"\n", 1)[0].rstrip(b"\r")  # leading blanks count: columns are fixed
    if len(first) >= 74 and first[72:73] in b"SBCsbc" and first[73:80].strip().isdigit():
        return "iges"
    if b"DBRep_DrawableShape" in text[:1024] or b"CASCADE Topology V" in text[:1024]:
        return "brep"
    return None


def _raise_if_known(head: bytes, text: bytes, size: int, extension: str) -> None:
    """Refuse by name what is known and not read."""
    for magic, what, instead in _KNOWN:
        if head.startswith(magic) or (magic[:1] in b"#;" and text.startswith(magic)):
            if magic == b"BM" and struct.unpack_from("<I", head.ljust(6), 2)[0] != size:
                continue  # two letters are not enough: a BMP states its own size
            raise unsupported(what, instead)
    if head.startswith(_OLE):
        raise unsupported(
            _OLE_NAMES.get(extension, "an OLE document (SolidWorks, Inventor…)"), _AS_STEP
        )
    if re.match(rb"Version \d+\.\d+ ?JT", head) or (
        head.startswith(b"Version") and b" JT " in head[:80]
    ):
        raise unsupported("a JT file", _AS_STEP)
    if re.match(rb"(?:999\s.*\s+)?0\r?\n[ \t]*SECTION", text):
        raise unsupported("a DXF drawing", "Export STEP or IFC from the program that made it")
    if re.match(rb"\d{3,5} \d+ \d+ \d+\s.*?\bACIS\b", text[:400], re.S):
        raise unsupported("an ACIS (SAT) file", _AS_STEP)


def unsupported(what: str, instead: str) -> UnsupportedFormat:
    """The refusal of a format known by name."""
    return UnsupportedFormat(
        f"This is {what}, which Holotable does not read. {instead}.", format=what
    )


def _marked_kind(text: bytes) -> SourceKind | None:
    """Formats that open with their own word."""
    if re.match(rb"ply\s", text):
        return "ply"
    if re.match(rb"(?:ST)?C?N?4?n?OFF(?:\s|$)", text):
        return "off"
    if text[:5].lower() == b"solid" and re.search(rb"\b(?:facet|endsolid)\b", text, re.I):
        return "stl"
    return None


def _structured_kind(path: Path, head: bytes, text: bytes, extension: str) -> SourceKind | None:
    """XML by its root element, JSON by its asset."""
    if text[:1] == b"<":
        bare = _COMMENT.sub(b"", text).decode("utf-8", "replace")
        for found in _XML_ROOT.finditer(bare):
            root = found[2].lower()
            if root == "collada":
                return "dae"
            if root in _XML_ROOTS:
                raise unsupported(*_XML_ROOTS[root])
            if extension == ".dae":
                continue  # a word inside a comment or declaration; the root may follow
            break
        if text[:14].lower() == b"<!doctype html":
            raise unsupported(*_XML_ROOTS["html"])
        return "dae" if extension == ".dae" else None
    if text[:1] in (b"{", b"["):
        with path.open("rb") as stream:
            stream.seek(max(0, path.stat().st_size - _TAIL_BYTES))
            tail = stream.read()
        if _ASSET.search(head) or _ASSET.search(tail) or extension == ".gltf":
            return "gltf"
        raise unsupported("a JSON file that is no glTF", _AS_MESH)
    return None


def _loose_text_kind(text: bytes, extension: str) -> SourceKind | None:
    """OBJ, which has no mark at all, and bare columns of numbers."""
    if b"\x00" in text:
        return None
    if _VERTEX_LINE.search(text) and (
        extension == ".obj" or _OBJ_LINE.search(text) or text[:1] in b"v#og"
    ):
        return "obj"
    if extension == ".obj" or (
        _OBJ_LINE.search(text) and re.search(rb"^\s*(?:o|g|mtllib) ", text, re.M)
    ):
        return "obj"
    if re.match(rb"ncols\s", text, re.I):
        raise unsupported("an elevation grid", "Export it as a mesh or as XYZ points")
    if extension == ".ptx":
        raise unsupported("a PTX scan", _AS_POINTS)
    if extension in _POINT_NAMES and find_layout(_whole_lines(text)) is not None:
        return "points"
    if extension == ".stl" and text[:5].lower() == b"solid":
        return "stl"
    return None


def _whole_lines(text: bytes) -> bytes:
    """The head up to its last line's end; all of a short file that has none there."""
    lines = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return lines if len(text) < _HEAD_BYTES // 2 else lines[: lines.rfind(b"\n") + 1]


def _zip_kind(path: Path, name: str) -> FileKind:
    """What a zip is: 3MF by its parts, a known package, or an archive of files."""
    with open_zip(path, _MAX_ENTRIES) as archive:
        names = [entry.filename for entry in archive.infolist()]
    lower = [entry.lower() for entry in names]
    if not names:
        raise EmptyFile("The archive is empty.")
    if any(entry.endswith(".model") for entry in lower) and any(
        entry in ("_rels/.rels", "[content_types].xml") for entry in lower
    ):
        return "3mf"
    if lower[0].endswith((".usd", ".usda", ".usdc")) and not name.lower().endswith(".zip"):
        return "usd"  # USDZ: the first entry is the root layer
    if "document.xml" in lower and any(entry.endswith((".brp", ".brep")) for entry in lower):
        raise unsupported("a FreeCAD document", "Export STEP from FreeCAD")
    if "[content_types].xml" in lower and any(
        entry.startswith(("word/", "xl/", "ppt/")) for entry in lower
    ):
        raise unsupported("an Office document", "Upload the 3D model itself")
    if any(entry.endswith(".3dxml") for entry in lower) or name.lower().endswith(".3dxml"):
        raise unsupported("a 3DXML package", _AS_STEP)
    if any(entry.startswith("model/") for entry in lower) and name.lower().endswith(".skp"):
        raise unsupported("a SketchUp document", _AS_MESH)
    return "archive"
