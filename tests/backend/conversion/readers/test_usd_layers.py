"""Files of layers and packages that lie about themselves."""

import struct
import zipfile
from pathlib import Path

import pytest
from mesh_files import OPTIONS, silent
from usd_files import layer, mesh, write_usda, write_usdc, write_usdz

from holotable.conversion.readers.usd import read_usd
from holotable.conversion.readers.usd_layers import is_outside, named_layers
from holotable.errors import ArchiveProblem, DamagedFile, TooComplex
from holotable.review.scene import Scene

PACKAGED = {
    "root.usda": layer('def "A" (references = @parts/cube.usda@</Cube>)\n{\n}\n').encode(),
    "parts/cube.usda": layer(mesh()).encode(),
}


def read(path: Path) -> Scene:
    return read_usd(path, OPTIONS, silent)


@pytest.mark.parametrize("opening", ['def "a" {\n', "custom dictionary a = {\n"])
def test_brackets_without_end_are_refused_before_they_are_parsed(
    tmp_path: Path, opening: str
) -> None:
    with pytest.raises((TooComplex, DamagedFile)):
        read(write_usda(tmp_path / "a.usda", opening * 100_000))


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9, 0.99])
@pytest.mark.parametrize("kind", ["usda", "usdc", "usdz"])
def test_half_a_file_is_damaged(tmp_path: Path, kind: str, share: float) -> None:
    whole = {
        "usda": lambda path: write_usda(path, mesh()),
        "usdc": lambda path: write_usdc(path, mesh()),
        "usdz": lambda path: write_usdz(path, {"root.usda": layer(mesh()).encode()}),
    }[kind](tmp_path / f"a.{kind}")
    content = whole.read_bytes()
    whole.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(DamagedFile):
        read(whole)


def test_binary_layers_that_lie_about_their_contents_are_damaged(tmp_path: Path) -> None:
    path = write_usdc(tmp_path / "a.usdc", mesh())
    content = bytearray(path.read_bytes())
    for offset in (0, -1, len(content), 2**62):
        struct.pack_into("<q", content, 16, offset)
        path.write_bytes(content)
        with pytest.raises(DamagedFile, match="table of contents"):
            read(path)


def test_what_is_no_usd_file_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "a.usda").write_text("solid cube")
    with pytest.raises(DamagedFile, match="no USD layer"):
        read(tmp_path / "a.usda")


def test_a_package_that_breaks_its_standard_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArchiveProblem, match="compressed"):
        read(write_usdz(tmp_path / "a.usdz", PACKAGED, zipfile.ZIP_DEFLATED))
    with pytest.raises(DamagedFile, match="first entry"):
        read(write_usdz(tmp_path / "b.usdz", {"picture.png": b"", **PACKAGED}))
    with pytest.raises(ArchiveProblem, match="leaves"):
        read(write_usdz(tmp_path / "c.usdz", {**PACKAGED, "../x.usda": b""}))


def test_entries_that_overlap_are_damaged(tmp_path: Path) -> None:
    path = write_usdz(tmp_path / "a.usdz", {"root.usda": layer(mesh()).encode()})
    content = path.read_bytes()
    at = content.find(b"PK\x01\x02")
    record = content[at : content.find(b"PK\x05\x06")]
    names = [b"root.usda", *(b"%04d.usda" % n for n in range(50))]
    directory = b"".join(record.replace(b"root.usda", name) for name in names)
    end = struct.pack("<HHHHLLH", 0, 0, 51, 51, len(directory), at, 0)
    path.write_bytes(content[:at] + directory + b"PK\x05\x06" + end)
    with pytest.raises((DamagedFile, ArchiveProblem)):
        read(path)


def test_a_layer_names_the_files_it_is_composed_with(tmp_path: Path) -> None:
    body = 'def "A" (references = [@sub/b.usda@, @/etc/c.usda@])\n{\n}\n'
    assert named_layers(write_usda(tmp_path / "a.usda", body)) == {tmp_path / "sub" / "b.usda"}
    (tmp_path / "b.usda").write_text("nothing")
    assert named_layers(tmp_path / "b.usda") == set()


def test_what_is_absolute_or_an_address_is_outside() -> None:
    for named in ("", "/a.usd", "C:/a.usd", "c:a.usd", "http://a/b.usd", "anon:0x1", "a\x00b"):
        assert is_outside(named)
    for named in ("a.usd", "./a.usd", "../a.usd", "sub/a.usdz[b.usda]"):
        assert not is_outside(named)
