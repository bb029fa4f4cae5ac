"""Headers of tus 1.0.0: each lie is refused by its name."""

import hashlib
from base64 import b64encode
from datetime import UTC, datetime

import pytest

from holotable.errors import TusHeaderWrong, TusMediaTypeWrong, TusVersionUnknown
from holotable.web import tus_headers


def b64(text: str) -> str:
    return b64encode(text.encode()).decode()


@pytest.mark.parametrize("version", [None, "0.2.2", "1.0.0 "])
def test_another_version_of_tus_is_refused(version: str | None) -> None:
    tus_headers.require_version({"tus-resumable": "1.0.0"})
    with pytest.raises(TusVersionUnknown):
        tus_headers.require_version({} if version is None else {"tus-resumable": version})


def test_pieces_have_a_media_type_of_their_own() -> None:
    tus_headers.require_media_type({"content-type": "application/offset+octet-stream"})
    with pytest.raises(TusMediaTypeWrong):
        tus_headers.require_media_type({"content-type": "application/octet-stream"})


@pytest.mark.parametrize("text", [None, "", "-1", "1.5", "+3", "٣", "9" * 19, "0x10"])
def test_a_length_is_a_whole_number(text: str | None) -> None:
    assert tus_headers.number({"upload-length": "0012"}, "Upload-Length") == 12
    with pytest.raises(TusHeaderWrong) as refused:
        tus_headers.number({} if text is None else {"upload-length": text}, "Upload-Length")
    assert refused.value.facts["header"] == "Upload-Length"


def test_metadata_is_keys_with_base64() -> None:
    text = f"filename {b64('Größe 王.stp')},is_confidential, note {b64('')}"
    found = tus_headers.metadata({"upload-metadata": text})
    assert found == {"filename": "Größe 王.stp", "is_confidential": "", "note": ""}
    assert tus_headers.metadata({}) == {}


@pytest.mark.parametrize(
    "text", ["filename %%", "a YQ==,a YQ==", ",", f"n {b64(chr(0))}", "n /w==", "n " + "A" * 65536]
)
def test_metadata_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(TusHeaderWrong):
        tus_headers.metadata({"upload-metadata": text})


def test_a_checksum_is_an_algorithm_and_its_digest() -> None:
    digest = hashlib.sha1(b"x").digest()  # what tus clients send most
    found = tus_headers.checksum({"upload-checksum": f"sha1 {b64encode(digest).decode()}"})
    assert found is not None
    assert (found.algorithm, found.digest) == ("sha1", digest)
    assert tus_headers.checksum({}) is None
    for text in ("crc32 AAAA", "sha1 AAAA", "sha256 " + b64encode(digest).decode(), "sha1"):
        with pytest.raises(TusHeaderWrong):
            tus_headers.checksum({"upload-checksum": text})


def test_an_expiry_is_an_http_date() -> None:
    moment = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
    assert tus_headers.http_date(moment) == "Tue, 24 Nov 2026 03:00:00 GMT"
