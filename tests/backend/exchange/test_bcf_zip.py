"""Zips of strangers: each way to harm is refused with a code of its own, before memory is taken."""

import io
import struct
import zipfile
from dataclasses import replace

import pytest
from bcf_files import files_3_0, zipped

from holotable.errors import BcfBomb, BcfNotZip, BcfPath, BcfProblem, BcfTooLarge, BcfTooMany
from holotable.exchange.bcf_zip import LIMITS, is_xml, unpacked


def test_every_file_comes_by_its_name_and_folders_do_not() -> None:
    found = unpacked(zipped({"a/": b"", "a/b.txt": b"x", "c": b""}))
    assert found == {"a/b.txt": b"x", "c": b""}


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "../up.bcf", "a/../../b", "a\\b", "C:/x", "a/\x07", "a/./b", ".."]
)
def test_a_name_that_leads_out_is_refused(name: str) -> None:
    with pytest.raises(BcfPath) as refused:
        unpacked(zipped({name: b"x"}))
    assert refused.value.code == "bcf_path"


def test_a_name_that_stands_there_twice_is_refused() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a", b"1")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a", b"2")
    with pytest.raises(BcfPath, match="twice"):
        unpacked(target.getvalue())


def test_a_member_that_grows_too_much_is_refused_whatever_it_claims() -> None:
    bomb = zipped({"a.bin": bytes(8 << 20)})
    with pytest.raises(BcfBomb):
        unpacked(bomb)
    at = bomb.rfind(b"PK\x01\x02")
    lying = bomb[: at + 24] + struct.pack("<L", 1000) + bomb[at + 28 :]
    with pytest.raises(BcfProblem) as refused:  # zipfile stops at the size that it was told
        unpacked(lying)
    assert refused.value.code in ("bcf_bomb", "bcf_not_zip")


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (replace(LIMITS, packed_bytes=100), BcfTooLarge),
        (replace(LIMITS, bytes=2_000), BcfTooLarge),
        (replace(LIMITS, xml_bytes=100), BcfTooLarge),
        (replace(LIMITS, entries=3), BcfTooMany),
    ],
)
def test_limits_of_size_and_number_hold(limits: object, code: type[BcfProblem]) -> None:
    with pytest.raises(code):
        unpacked(zipped(files_3_0()), limits)  # type: ignore[arg-type]  # of the table above


def test_a_long_directory_is_refused_before_it_is_parsed() -> None:
    end = struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, 9, 9, 1 << 31, 0, 0)
    with pytest.raises(BcfTooMany):
        unpacked(bytes(1000) + end)
    locator = b"PK\x06\x07" + bytes(16)
    with pytest.raises(BcfTooLarge, match="zip64"):
        unpacked(bytes(100) + locator + struct.pack("<4sHHHHLLH", b"PK\x05\x06", *[0] * 7))


@pytest.mark.parametrize("content", [b"", b"not a zip", zipped({"a": b"x"})[:-10]])
def test_what_is_no_zip_is_refused(content: bytes) -> None:
    with pytest.raises(BcfNotZip):
        unpacked(content)


def test_a_damaged_and_an_encrypted_member_are_refused() -> None:
    good = bytearray(zipped({"a.txt": b"hello hello hello hello"}))
    broken = bytes(good[:40]) + b"\xff\xff\xff" + bytes(good[43:])
    with pytest.raises(BcfNotZip):
        unpacked(broken)
    at = good.rfind(b"PK\x01\x02")
    good[at + 8] |= 1
    with pytest.raises(BcfNotZip, match="encrypted"):
        unpacked(bytes(good))


def test_which_names_hold_xml() -> None:
    assert all(map(is_xml, ("a/markup.bcf", "v.bcfv", "project.bcfp", "extensions.xsd")))
    assert not any(map(is_xml, ("a.png", "documents/plan.xml")))
