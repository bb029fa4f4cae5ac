"""The content names the format; the file's name only breaks ties."""

import struct
import zipfile
from pathlib import Path

import pytest
from mesh_files import (
    dae_text,
    gltf_cube,
    mesh_xml,
    model_xml,
    obj_text,
    stl_ascii,
    stl_binary,
    write_glb,
    write_gltf,
)
from mesh_files import write_3mf as write_package

from holotable.conversion.sniff import sniff
from holotable.errors import EmptyFile, UnsupportedFormat

STEP = b"ISO-10303-21;\nHEADER;\nFILE_DESCRIPTION((''),'2;1');\nFILE_SCHEMA(('%s'));\nENDSEC;\n"
IGES = b" " * 72 + b"S      1\n" + b"1H,,1H;,4Hcube".ljust(72) + b"G      1\n"
PLY = b"ply\nformat ascii 1.0\nelement vertex 0\nend_header\n"
KINDS = [
    (STEP % b"AUTOMOTIVE_DESIGN { 1 0 10303 214 }", "step"),
    (b"/* by hand */\n" + STEP % b"CONFIG_CONTROL_DESIGN", "step"),
    (STEP.replace(b"HEADER;", b"HEADER;\n/*" + b"x" * 90_000 + b"*/") % b"IFC4", "ifc"),
    (STEP % b"IFC2X3", "ifc"),
    (STEP % b"ifc4x3_add2", "ifc"),
    (IGES, "iges"),
    (b"DBRep_DrawableShape\n\nCASCADE Topology V1, (c) Matra-Datavision\n", "brep"),
    (b"\nCASCADE Topology V3, (c) Open Cascade\n", "brep"),
    (PLY, "ply"),
    (PLY.replace(b"\n", b"\r\n"), "ply"),
    (b"OFF\n3 1 0\n", "off"),
    (b"COFF 3 1 0\n", "off"),
    (obj_text().encode(), "obj"),
    (b"\xef\xbb\xbf# by hand\n\n" + obj_text().encode(), "obj"),
    (b"mtllib a.mtl\no part\nusemtl red\n" + obj_text().encode(), "obj"),
    (dae_text("<node/>").encode(), "dae"),
    (("\ufeff" + dae_text("<node/>")).encode("utf-16"), "dae"),
    (b"<?xml version='1.0'?><!-- <svg> --><x:COLLADA xmlns:x='urn:x'/>", "dae"),
    (b"PXR-USDC" + b"\x00" * 8, "usd"),
    (b"#usda 1.0\n", "usd"),
    (b"MM" + struct.pack("<IHI", 40, 0x3D3D, 34) + b"\x00" * 28, "3ds"),
]
KNOWN = [
    (b"# .PCD v0.7\nVERSION 0.7\n", "PCD"),
    (b"ASTM-E57" + b"\x00" * 40, "E57"),
    (b"Kaydara FBX Binary  \x00", "FBX"),
    (b"; FBX 7.3.0 project file\n", "FBX"),
    (b"%PDF-1.7\n", "PDF"),
    (b"\xff\xd8\xff\xe0" + b"\x00" * 40, "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"AC1032\x00\x00", "DWG"),
    (b"  0\nSECTION\n  2\nHEADER\n", "DXF"),
    (b"**ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz**\n", "Parasolid"),
    (b"PS\x00\x00\x00\x33: TRANSMIT FILE", "Parasolid"),
    (b"Version 9.5 JT  DM 7.3.0.0\n", "JT"),
    (b"700 0 1 0\n@7 unknown 10 ACIS 7.0 NT\n", "ACIS"),
    (b"#UGC:2 PART 1300\n", "Creo"),
    (b"V5_CFV2\x00", "CATIA"),
    (b"BLENDER-v300", "Blender"),
    (b"3D Geometry File Format        60", "Rhino"),
    (b"7z\xbc\xaf\x27\x1c\x00", "7-Zip"),
    (b"\x1f\x8b\x08\x00", "gzip"),
    (b"<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
    (b"<?xml version='1.0'?><amf unit='millimeter'/>", "AMF"),
    (b'{"type": "FeatureCollection"}', "JSON"),
    (b"ncols 4\nnrows 4\n" + b"1 2 3 4\n" * 4, "elevation grid"),
]


CLOUDS = [
    (b"LASF" + b"\x00" * 300, "scan.laz"),
    (b"1.0 2.0 3.0\n" * 30, "scan.xyz"),
    (b"30\n" + b"1.0 2.0 3.0 -99 1 2 3\n" * 30, "scan.pts"),
    (b"\xef\xbb\xbfX;Y;Z\r\n" + b"1,0;2,0;3,0\r\n" * 9_000, "scan.csv"),
    (b"1 2 3", "scan.txt"),
]


def written(folder: Path, content: bytes) -> Path:
    path = folder / "upload"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(("content", "kind"), KINDS, ids=lambda value: str(value)[:24])
def test_a_format_is_known_without_its_name(tmp_path: Path, content: bytes, kind: str) -> None:
    assert sniff(written(tmp_path, content), "upload") == kind


@pytest.mark.parametrize(("content", "kind"), KINDS, ids=lambda value: str(value)[:24])
def test_a_wrong_name_does_not_matter(tmp_path: Path, content: bytes, kind: str) -> None:
    assert sniff(written(tmp_path, content), "picture.jpg") == kind


@pytest.mark.parametrize(("content", "name"), CLOUDS, ids=lambda value: str(value)[:24])
def test_point_clouds_are_known(tmp_path: Path, content: bytes, name: str) -> None:
    assert sniff(written(tmp_path, content), name) == "points"


def test_columns_of_numbers_are_points_only_by_a_name_that_fits(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedFormat):
        sniff(written(tmp_path, b"1.0 2.0 3.0\n" * 30), "table.dat")
    with pytest.raises(UnsupportedFormat, match="PTX"):
        sniff(written(tmp_path, b"2\n2\n0 0 0\n" + b"1 0 0\n" * 30), "scan.ptx")
    with pytest.raises(UnsupportedFormat):
        sniff(written(tmp_path, b"Dear all,\n\nplease find 3 points.\n"), "letter.txt")


@pytest.mark.parametrize(("content", "word"), KNOWN, ids=lambda value: str(value)[:24])
def test_a_known_format_is_refused_by_name_with_what_to_do(
    tmp_path: Path, content: bytes, word: str
) -> None:
    with pytest.raises(UnsupportedFormat, match=word) as refusal:
        sniff(written(tmp_path, content), "upload")
    assert refusal.value.facts["format"]
    assert len(refusal.value.detail.split(". ")) >= 2, "it says what to upload instead"


@pytest.mark.parametrize(
    ("name", "word"),
    [("a.sldprt", "SolidWorks part"), ("a.ipt", "Inventor"), ("a.rvt", "Revit"), ("a", "OLE")],
)
def test_the_owner_of_an_ole_document_is_told_by_its_name(
    tmp_path: Path, name: str, word: str
) -> None:
    path = written(tmp_path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600)
    with pytest.raises(UnsupportedFormat, match=word):
        sniff(path, name)


def test_stl_is_known_in_both_forms_even_when_a_binary_begins_with_solid(tmp_path: Path) -> None:
    assert sniff(stl_binary(tmp_path / "a"), "upload") == "stl"
    assert sniff(stl_binary(tmp_path / "b", header=b"solid by a program"), "upload") == "stl"
    assert sniff(stl_ascii(tmp_path / "c"), "upload") == "stl"


def test_a_binary_whose_count_is_wrong_goes_to_the_stl_reader_by_its_name_only(
    tmp_path: Path,
) -> None:
    path = written(tmp_path, b"\x01" * 80 + b"\xff" * 4 + b"\x07" * 100)
    assert sniff(path, "part.STL") == "stl"
    with pytest.raises(UnsupportedFormat):
        sniff(path, "part")


def test_gltf_is_known_as_text_and_as_binary(tmp_path: Path) -> None:
    assert sniff(write_gltf(tmp_path / "a", gltf_cube()), "upload") == "gltf"
    assert sniff(write_glb(tmp_path / "b", gltf_cube()), "upload") == "gltf"


def test_gltf_is_known_when_its_asset_stands_at_the_end(tmp_path: Path) -> None:
    text = b'{"buffers":[{"uri":"' + b"A" * 200_000 + b'"}],"asset":{"version":"2.0"}}'
    assert sniff(written(tmp_path, text), "upload") == "gltf"


def test_a_zip_of_usd_layers_is_a_package_unless_it_is_called_a_zip(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("scene.usda", "#usda 1.0")
        archive.writestr("picture.png", "")
    assert sniff(path, "scene.usdz") == "usd"
    assert sniff(path, "scene.zip") == "archive"


def test_a_3ds_whose_length_is_wrong_goes_to_its_reader_by_its_name_only(tmp_path: Path) -> None:
    path = written(tmp_path, b"MM" + struct.pack("<IHI", 99, 0x3D3D, 34) + b"\x00" * 28)
    assert sniff(path, "part.3ds") == "3ds"
    with pytest.raises(UnsupportedFormat):
        sniff(path, "part")


def test_a_zip_is_a_3mf_an_archive_or_a_named_package(tmp_path: Path) -> None:
    model = model_xml(f'<object id="1">{mesh_xml()}</object>', '<item objectid="1"/>')
    assert sniff(write_package(tmp_path / "a", model), "upload") == "3mf"
    for name, kind in (("house.ifc", "archive"), ("scene.obj", "archive"), ("a.usdc", "usd")):
        path = tmp_path / "b"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(name, "text")
        assert sniff(path, "upload") == kind
    for names, word in (
        (["Document.xml", "Shape.brp"], "FreeCAD"),
        (["[Content_Types].xml", "word/document.xml"], "Office"),
    ):
        path = tmp_path / "c"
        with zipfile.ZipFile(path, "w") as archive:
            for name in names:
                archive.writestr(name, "text")
        with pytest.raises(UnsupportedFormat, match=word):
            sniff(path, "upload")


@pytest.mark.parametrize("content", [b"", b"\n\n  \t", b"\x00" * 500, b"\xef\xbb\xbf \n"])
def test_a_file_of_nothing_is_empty(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(EmptyFile):
        sniff(written(tmp_path, content), "part.step")


def test_an_empty_zip_is_empty(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a", "w"):
        pass
    with pytest.raises(EmptyFile):
        sniff(tmp_path / "a", "upload.zip")


def test_prose_is_no_format(tmp_path: Path) -> None:
    path = written(tmp_path, b"Dear colleague,\nfind the model enclosed.\n")
    with pytest.raises(UnsupportedFormat) as refusal:
        sniff(path, "letter.txt")
    assert "STEP" in refusal.value.remedy


def test_an_obj_of_comments_is_an_obj_by_its_name(tmp_path: Path) -> None:
    path = written(tmp_path, b"# a very long story\n" * 5000)
    assert sniff(path, "part.obj") == "obj"
