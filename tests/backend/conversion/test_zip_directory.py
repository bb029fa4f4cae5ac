"""The directory of a zip is bounded before it is parsed."""

import io
import struct
import zipfile
from pathlib import Path

import pytest

from holotable.conversion.zip_directory import open_zip
from holotable.errors import ArchiveProblem, DamagedFile


def archive(path: Path, count: int, comment: bytes = b"") -> Path:
    with zipfile.ZipFile(path, "w") as target:
        for index in range(count):
            target.writestr(f"{index}", b"x")
        target.comment = comment
    return path


def test_a_zip_with_few_enough_entries_opens(tmp_path: Path) -> None:
    with open_zip(archive(tmp_path / "a", 5, b"made by a test"), 5) as opened:
        assert len(opened.infolist()) == 5


def test_a_zip_with_too_many_entries_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArchiveProblem, match="6"):
        open_zip(archive(tmp_path / "a", 6), 5)


def test_a_zip64_directory_is_counted_as_well(tmp_path: Path) -> None:
    content = archive(tmp_path / "a", 3).read_bytes()
    end = content.rfind(b"PK\x05\x06")
    size, offset = struct.unpack_from("<LL", content, end + 12)
    record = b"PK\x06\x06" + struct.pack("<QHHLLQQQQ", 44, 45, 45, 0, 0, 3, 10**9, size, offset)
    locator = b"PK\x06\x07" + struct.pack("<LQL", 0, end, 1)
    (tmp_path / "b").write_bytes(content[:end] + record + locator + content[end:])
    with pytest.raises(ArchiveProblem, match="1,000,000,000"):
        open_zip(tmp_path / "b", 100)


def test_a_zip64_directory_has_one_record_and_no_decoy(tmp_path: Path) -> None:
    content = archive(tmp_path / "a", 40).read_bytes()
    end = content.rfind(b"PK\x05\x06")
    size, offset = struct.unpack_from("<LL", content, end + 12)
    directory = content[offset:end]
    head = b"PK\x06\x06" + struct.pack("<QHHLL", 44, 45, 45, 0, 0)
    decoy = head + struct.pack("<QQQQ", 1, 1, 46, 0)
    true = head + struct.pack("<QQQQ", 1, 40, size, offset + len(decoy))
    locator = b"PK\x06\x07" + struct.pack("<LQL", 0, offset, 1)
    lying = content[:offset] + decoy + directory + true + locator + content[end:]
    (tmp_path / "b").write_bytes(lying)
    with pytest.raises(DamagedFile, match="not where"):
        open_zip(tmp_path / "b", 100)


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04 and nothing more",
        b"PK\x03\x04PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, 1, 1, 900, 4, 0),
        b"PK\x05\x06" + b"\x00" * 5,
    ],
)  # fmt: skip
def test_a_zip_without_a_sound_directory_is_damaged(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(DamagedFile):
        open_zip(tmp_path / "a", 100)


def test_a_lying_end_record_does_not_help(tmp_path: Path) -> None:
    content = io.BytesIO(archive(tmp_path / "a", 40).read_bytes()).getvalue()
    end = content.rfind(b"PK\x05\x06")
    lying = content[: end + 8] + struct.pack("<HH", 1, 1) + content[end + 12 :]
    (tmp_path / "b").write_bytes(lying)
    with pytest.raises(ArchiveProblem, match="more than 10"):
        open_zip(tmp_path / "b", 10)


def test_records_are_counted_before_any_is_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Records of 47 bytes: a directory that is small enough holds twenty times too many of them.
    content = archive(tmp_path / "a", 60).read_bytes()
    end = content.rfind(b"PK\x05\x06")
    lying = bytearray(content)
    struct.pack_into("<HH", lying, end + 8, 3, 3)
    (tmp_path / "b").write_bytes(lying)
    monkeypatch.setattr(zipfile, "ZipFile", None)  # not reached
    with pytest.raises(ArchiveProblem, match="more than 3"):
        open_zip(tmp_path / "b", 3)
