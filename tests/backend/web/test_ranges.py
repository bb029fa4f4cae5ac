"""Ranges, validators and names in headers, against RFC 9110 and RFC 6266."""

from pathlib import Path

import pytest
from fastapi import FastAPI, Request, Response
from httpx import ASGITransport, AsyncClient

from holotable.store.blobs import FileBlobs, put_bytes
from holotable.web import problems
from holotable.web.ranges import accepts_gzip, blob_response, content_disposition

DATA = bytes(range(200))


@pytest.fixture
async def client(tmp_path: Path) -> AsyncClient:
    blobs = FileBlobs(tmp_path)
    blob = await put_bytes(blobs, DATA)
    app = FastAPI()
    problems.install(app)

    @app.get("/blob")
    async def get(request: Request) -> Response:
        return blob_response(
            request, blobs, sha256=blob.sha256, size=blob.size, media_type="a/b", headers={"X": "y"}
        )

    return AsyncClient(transport=ASGITransport(app), base_url="http://test")


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=10-19", 10, 20),
        ("bytes=190-", 190, 200),
        ("bytes=190-5000", 190, 200),
        ("bytes=-5", 195, 200),
        ("bytes=-5000", 0, 200),
    ],
)
async def test_a_range_answers_206_with_those_bytes(
    client: AsyncClient, asked: str, start: int, end: int
) -> None:
    answer = await client.get("/blob", headers={"Range": asked})
    assert answer.status_code == 206
    assert answer.content == DATA[start:end]
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/200"
    assert answer.headers["content-length"] == str(end - start)
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize(
    "asked", ["bytes=0-1,5-6", "items=0-1", "bytes=", "bytes=-", "bytes=5-2", "bytes=x-y"]
)
async def test_what_we_do_not_understand_answers_the_whole(client: AsyncClient, asked: str) -> None:
    answer = await client.get("/blob", headers={"Range": asked})
    assert (answer.status_code, answer.content) == (200, DATA)
    assert answer.headers["accept-ranges"] == "bytes"


@pytest.mark.parametrize("asked", ["bytes=200-", "bytes=500-600", "bytes=-0"])
async def test_a_range_behind_the_end_answers_416(client: AsyncClient, asked: str) -> None:
    answer = await client.get("/blob", headers={"Range": asked})
    assert answer.status_code == 416
    assert answer.json()["code"] == "range_not_satisfiable"
    assert answer.headers["content-range"] == "bytes */200"


async def test_a_validator_that_matches_answers_304_and_keeps_its_headers(
    client: AsyncClient,
) -> None:
    tag = (await client.get("/blob")).headers["etag"]
    for condition in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        answer = await client.get("/blob", headers={"If-None-Match": condition})
        assert (answer.status_code, answer.content) == (304, b"")
        assert (answer.headers["etag"], answer.headers["x"]) == (tag, "y")
    changed = await client.get("/blob", headers={"If-None-Match": '"other"'})
    assert changed.status_code == 200


async def test_if_range_asks_for_the_part_only_of_the_same_file(client: AsyncClient) -> None:
    tag = (await client.get("/blob")).headers["etag"]
    same = await client.get("/blob", headers={"Range": "bytes=0-9", "If-Range": tag})
    other = await client.get("/blob", headers={"Range": "bytes=0-9", "If-Range": '"other"'})
    assert (same.status_code, other.status_code) == (206, 200)


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("gzip", True),
        ("br, GZIP;q=0.5", True),
        ("*", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("identity", False),
        ("", False),
    ],
)
def test_gzip_is_sent_to_those_who_take_it(header: str, wanted: bool) -> None:
    scope = {"type": "http", "headers": [(b"accept-encoding", header.encode())]}
    assert accepts_gzip(Request(scope)) is wanted


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("bolt.step", "attachment; filename=\"bolt.step\"; filename*=UTF-8''bolt.step"),
        ('a"b\\c.stp', "attachment; filename=\"a_b_c.stp\"; filename*=UTF-8''a%22b%5Cc.stp"),
        ("ä\r\nX: y", "attachment; filename=\"___X_ y\"; filename*=UTF-8''%C3%A4%0D%0AX%3A%20y"),
    ],
)
def test_a_name_in_a_header_is_harmless(name: str, header: str) -> None:
    assert content_disposition(name) == header
    header.encode("latin-1")
