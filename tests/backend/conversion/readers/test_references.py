"""A file's references end in its own folder."""

import base64
from pathlib import Path

import pytest
from mesh_files import CORNERS, OPTIONS, TRIANGLES

from holotable.conversion.readers import references
from holotable.conversion.readers.assembly import Assembly
from holotable.conversion.readers.references import (
    last_name,
    read_beside,
    read_data_uri,
    sibling,
    within,
)
from holotable.errors import DamagedFile, ExternalReference, TooLarge


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "upload"
    (folder / "textures").mkdir(parents=True)
    (folder / "textures" / "Grün 1.png").write_bytes(b"green")
    (folder / "part.bin").write_bytes(b"data")
    (tmp_path / "secret").write_bytes(b"secret")
    (folder / "out").symlink_to(tmp_path)
    (folder / "direct").symlink_to(tmp_path / "secret")
    return folder / "scene.gltf"


@pytest.mark.parametrize("reference", ["part.bin", "./part.bin", "PART.BIN", " part.bin "])
def test_a_file_beside_is_found(source: Path, reference: str) -> None:
    assert sibling(source, reference) == source.parent / "part.bin"


@pytest.mark.parametrize("reference", ["textures/grün 1.png", "textures\\Grün 1.png"])
def test_a_file_in_a_folder_is_found(source: Path, reference: str) -> None:
    found = sibling(source, reference)
    assert found is not None
    assert found.read_bytes() == b"green"


def test_percent_escapes_count_in_uris_only(source: Path) -> None:
    escaped = "textures/Gr%C3%BCn%201.png"
    assert sibling(source, escaped, is_uri=True) is not None
    assert sibling(source, escaped) is None


@pytest.mark.parametrize("reference", ["absent.bin", "textures", "textures/part.bin", "n" * 300])
def test_what_was_not_uploaded_is_none(source: Path, reference: str) -> None:
    assert sibling(source, reference) is None


@pytest.mark.parametrize(
    "reference",
    ["../secret", "textures/../../secret", "..\\secret", "/etc/passwd", "\\\\host\\share", "C:\\a",
     "c:a", "file:///etc/passwd", "http://127.0.0.1/", "javascript:1", "", "a\x00b", "out/secret",
     "direct", "a/" * 600],
)  # fmt: skip
def test_what_leads_out_of_the_upload_is_refused(source: Path, reference: str) -> None:
    with pytest.raises(ExternalReference):
        sibling(source, reference)


@pytest.mark.parametrize("reference", ["%2e%2e/secret", "%2Fetc%2Fpasswd", "file%3A///etc/passwd"])
def test_escaping_does_not_help(source: Path, reference: str) -> None:
    with pytest.raises(ExternalReference):
        sibling(source, reference, is_uri=True)


def test_files_of_an_archive_may_step_upwards_inside_it(tmp_path: Path) -> None:
    upload = tmp_path / "upload"
    for name in ("model/a.obj", "tex/wood.png", "other/stone.png", "x/twice.png", "y/twice.png"):
        (upload / name).parent.mkdir(parents=True, exist_ok=True)
        (upload / name).write_bytes(name.encode())
    (tmp_path / "secret.png").write_bytes(b"secret")
    source = upload / "model" / "a.obj"
    assembly = Assembly("obj", OPTIONS)

    with within(upload):
        assert sibling(source, "../tex/wood.png") == upload / "tex" / "wood.png"
        assert sibling(source, "../model/../tex/absent.png") is None
        for outside in ("../../secret.png", "../../upload/tex/wood.png", "x/../../../secret.png"):
            with pytest.raises(ExternalReference):
                sibling(source, outside)
        assert read_beside(assembly, source, "C:\\work\\STONE.png", "grey") == b"other/stone.png"
        assert read_beside(assembly, source, "stone.png", "it is grey") == b"other/stone.png"
        assert read_beside(assembly, source, "twice.png", "it is grey") is None  # which one?
        assert read_beside(assembly, source, "secret.png", "it is grey") is None
    with pytest.raises(ExternalReference):
        sibling(source, "../tex/wood.png")


def test_data_is_read_from_the_reference_itself() -> None:
    body = base64.b64encode(b"hello").decode()
    assert read_data_uri("data:application/octet-stream;base64," + body, 100) == b"hello"
    assert read_data_uri("data:;base64," + body.rstrip("="), 100) == b"hello"
    assert read_data_uri("data:text/plain,a%20b", 100) == b"a b"
    assert read_data_uri("part.bin", 100) is None


def test_data_that_is_none_or_too_much_is_refused() -> None:
    with pytest.raises(DamagedFile):
        read_data_uri("data:;base64,!!!", 100)
    with pytest.raises(DamagedFile):
        read_data_uri("data:;base64", 100)
    with pytest.raises(TooLarge):
        read_data_uri("data:;base64," + "A" * 1000, 100)


def test_what_only_adds_colour_is_missed_with_a_warning(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assembly = Assembly("gltf", OPTIONS)
    part = assembly.add_part("a", CORNERS, TRIANGLES)
    assembly.add_node(-1, "a", part=part)
    assert read_beside(assembly, source, "part.bin", "it is grey") == b"data"
    assert read_beside(assembly, source, "D:\\work\\part.bin", "it is grey") == b"data"
    assert read_beside(assembly, source, "absent.png", "it is grey") is None
    assert read_beside(assembly, source, "../../secret.png", "it is grey") is None
    assert read_beside(assembly, source, "/", "it is grey") is None
    monkeypatch.setattr(references, "MAX_SIDE_FILE_BYTES", 3)
    assert read_beside(assembly, source, "part.bin", "it is grey") is None
    warnings = [(warning.code, warning.detail) for warning in assembly.finish("a").warnings]
    assert warnings == [
        ("missing_file", "absent.png was not uploaded; it is grey."),
        ("external_reference", "secret.png lies outside the upload; it is grey."),
        ("external_reference", "/ lies outside the upload; it is grey."),
        ("file_ignored", "part.bin is too large; it is grey."),
    ]


def test_the_last_name_of_a_path_of_any_system_is_shown() -> None:
    assert last_name("C:\\Users\\ann\\wood.png") == "wood.png"
    assert last_name("/home/ann/wood.png") == "wood.png"
