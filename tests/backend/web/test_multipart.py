"""Forms as browsers, curl and hostile clients send them, cut at every place."""

from collections.abc import AsyncIterator

import pytest
from fastapi import Request

from holotable.errors import Invalid, Refused
from holotable.web.multipart import MAX_FIELD_BYTES, Event, Field, FileBegin, FileEnd, events

BOUNDARY = "----x"
FORM = (
    "------x\r\n"
    'Content-Disposition: form-data; name="note"\r\n\r\n'
    "größer\r\n"
    "------x\r\n"
    'Content-Disposition: form-data; name="file"; filename="a b.step"\r\n'
    "Content-Type: application/octet-stream\r\n\r\n"
    "ISO-10303-21;\r\n------ not a boundary\r\n\r\n"
    "------x--\r\n"
).encode()


async def parse(
    pieces: list[bytes], kind: str = f"multipart/form-data; boundary={BOUNDARY}"
) -> list[Event]:
    async def receive() -> dict[str, object]:
        if pieces is None or not left:
            return {"type": "http.disconnect"}
        body = left.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(left)}

    left = list(pieces)
    scope = {"type": "http", "method": "POST", "headers": [(b"content-type", kind.encode())]}
    found: list[Event] = []
    parts: AsyncIterator[Event] = events(Request(scope, receive))
    async for event in parts:
        if isinstance(event, bytes) and found and isinstance(found[-1], bytes):
            found[-1] += event
        else:
            found.append(event)
    return found


EXPECTED = [
    Field("note", "größer"),
    FileBegin("file", "a b.step"),
    b"ISO-10303-21;\r\n------ not a boundary\r\n",
    FileEnd(),
]


@pytest.mark.parametrize("size", [1, 2, 7, 64, 10_000])
async def test_a_form_reads_the_same_however_it_is_cut(size: int) -> None:
    pieces = [FORM[start : start + size] for start in range(0, len(FORM), size)]
    assert await parse(pieces) == EXPECTED


@pytest.mark.parametrize("length", [0, 10, 100, len(FORM) - 10])
async def test_a_form_that_ends_early_is_invalid(length: int) -> None:
    with pytest.raises(Invalid):
        await parse([FORM[:length]])


async def test_a_client_that_goes_away_is_refused() -> None:
    with pytest.raises(Refused):
        await parse([])


@pytest.mark.parametrize(
    "kind", ["application/json", "", "multipart/form-data", "multipart/form-data; boundary=other"]
)
async def test_another_kind_of_body_is_invalid(kind: str) -> None:
    with pytest.raises(Invalid):
        await parse([FORM], kind)


async def test_a_field_without_end_is_invalid_before_it_fills_memory() -> None:
    head = b'------x\r\nContent-Disposition: form-data; name="note"\r\n\r\n'
    with pytest.raises(Invalid):
        await parse([head, *[b"x" * 1000] * (MAX_FIELD_BYTES // 1000 + 2)])


async def test_endless_headers_and_parts_are_invalid() -> None:
    with pytest.raises(Invalid):
        await parse([b"------x\r\n", *[b"X-A: " + b"y" * 1000] * 100])
    part = b'------x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n'
    with pytest.raises(Invalid):
        await parse([part * 30])
