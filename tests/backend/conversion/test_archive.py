"""A zip is unpacked whole or not at all, and its main file is found."""

import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from mesh_files import gltf_cube, obj_text

from holotable.conversion.archive import shown, unpack
from holotable.conversion.options import ConvertOptions
from holotable.errors import ArchiveProblem, TooLarge, UnsupportedFormat

OBJ = obj_text().encode()
STEP = "ISO-10303-21;\nHEADER;\nFILE_SCHEMA(('AUTOMOTIVE_DESIGN'));\nENDSEC;\n{}END-ISO-10303-21;"


@dataclass(frozen=True)
class Limits:
    max_unpacked_bytes: int = 10**9
    max_archive_entries: int = 1000


def packed(path: Path, *entries: tuple[str, bytes | str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return path


def main_of(folder: Path, *entries: tuple[str, bytes | str]) -> str:
    into = folder / "into"
    main = unpack(packed(folder / "a.zip", *entries), into, ConvertOptions())
    return main.relative_to(into).as_posix()


def test_the_only_model_is_the_main_file(tmp_path: Path) -> None:
    entries = (("part/cube.obj", OBJ), ("part/cube.mtl", b"newmtl a"), ("readme.txt", b"1 2 3\n"))
    assert main_of(tmp_path, *entries) == "part/cube.obj"
    assert (tmp_path / "into" / "part" / "cube.mtl").read_bytes() == b"newmtl a"


def test_what_desktop_programs_leave_behind_is_not_unpacked(tmp_path: Path) -> None:
    entries = (("cube.obj", OBJ), ("__MACOSX/._cube.obj", OBJ), (".DS_Store", b"x"))
    assert main_of(tmp_path, *entries) == "cube.obj"
    assert [path.name for path in (tmp_path / "into").iterdir()] == ["cube.obj"]


def test_a_gltf_is_the_main_file_over_its_buffers(tmp_path: Path) -> None:
    import json

    entries = (("scene.gltf", json.dumps(gltf_cube())), ("scene.bin", b"\x00" * 500))
    assert main_of(tmp_path, *entries) == "scene.gltf"


def test_the_assembly_nobody_refers_to_is_the_main_file(tmp_path: Path) -> None:
    entries = (
        ("plate.stp", STEP.format("")),
        ("bolt.stp", STEP.format("")),
        ("machine.stp", STEP.format("#1=DOCUMENT_FILE('plate.stp','');\n#2=F('bolt.stp');\n")),
    )
    assert main_of(tmp_path, *entries) == "machine.stp"


def test_parts_are_found_under_the_names_of_the_machine_that_wrote_them(tmp_path: Path) -> None:
    named = (
        r"#1=DOCUMENT_FILE('C:\\work\\PLATE.STP','',$,#9,'',$);"
        r"#2=DOCUMENT_FILE('S\X2\00E4\X0\ule.stp','',$,#9,'',$);"
    )
    entries = (
        ("parts/plate.stp", STEP.format("")),
        ("parts/Säule.stp", STEP.format("")),
        ("machine.stp", STEP.format(named)),
    )
    assert main_of(tmp_path, *entries) == "machine.stp"


def test_of_files_in_a_circle_one_is_read_so_that_its_reader_can_say_so(tmp_path: Path) -> None:
    entries = (
        ("b.stp", STEP.format("#1=DOCUMENT_FILE('a.stp','',$,#9,'',$);")),
        ("a.stp", STEP.format("#1=DOCUMENT_FILE('b.stp','',$,#9,'',$);")),
    )
    assert main_of(tmp_path, *entries) == "a.stp"


def test_several_models_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ArchiveProblem, match=r"a\.obj, b/c\.obj") as refusal:
        main_of(tmp_path, ("b/c.obj", OBJ), ("a.obj", OBJ))
    assert refusal.value.facts["candidates"] == ["a.obj", "b/c.obj"]


def test_an_archive_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArchiveProblem, match="no file"):
        main_of(tmp_path, ("letter.txt", b"Dear colleague"))


def test_the_format_inside_is_named_when_it_is_known_and_not_read(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedFormat, match="FBX"):
        main_of(tmp_path, ("a.fbx", b"Kaydara FBX Binary  \x00"), ("b.dat", b"prose"))


def test_a_refusal_leaves_what_was_there_before_and_nothing_else(tmp_path: Path) -> None:
    into = tmp_path / "into"
    into.mkdir()
    (into / "mine").write_text("kept")
    with pytest.raises(ArchiveProblem):
        unpack(packed(tmp_path / "a.zip", ("a.obj", OBJ), ("d/b.obj", OBJ)), into, Limits())
    assert [path.name for path in into.iterdir()] == ["mine"]


def test_the_limits_are_held(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", ("a.obj", OBJ), ("b.txt", b"x" * 5000))
    with pytest.raises(TooLarge, match="unpacks to"):
        unpack(path, tmp_path / "into", Limits(max_unpacked_bytes=4000))
    with pytest.raises(ArchiveProblem, match="at most 1"):
        unpack(path, tmp_path / "into", Limits(max_archive_entries=1))


def test_a_folder_entry_may_stand_beside_its_files(tmp_path: Path) -> None:
    assert main_of(tmp_path, ("a/", b""), ("a/cube.obj", OBJ)) == "a/cube.obj"


def test_a_name_in_a_message_is_short_and_printable() -> None:
    assert shown("a\x1b[31m\nb") == "a?[31m?b"
    assert len(shown("n" * 10_000)) == 80
