"""multipart/form-data as it arrives (RFC 7578): a file of any size in pieces, never in memory."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect

from holotable.errors import Invalid, Refused

MAX_FIELD_BYTES: Final = 64 * 1024
MAX_PARTS: Final = 20


@dataclass(frozen=True, slots=True)
class Field:
    """A plain field, whole."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class FileBegin:
    """The headers of a file; its pieces follow, then a FileEnd."""

    name: str
    filename: str


@dataclass(frozen=True, slots=True)
class FileEnd:
    """The file is complete."""


Event: TypeAlias = Field | FileBegin | bytes | FileEnd


async def events(request: Request, *, max_parts: int = MAX_PARTS) -> AsyncIterator[Event]:
    """The parts of a form in the order they were sent, files and fields counted together.

    raises: Invalid when it is no such form or ends early, Refused when the sender went away.
    """
    kind, options = parse_options_header(request.headers.get("content-type"))
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise Invalid("Send the file as multipart/form-data.", pointer="/file")
    form = _Form(max_parts)
    try:
        parser = MultipartParser(
            boundary,
            {
                "on_part_begin": form.begin,
                "on_header_field": form.header_field,
                "on_header_value": form.header_value,
                "on_header_end": form.header_end,
                "on_headers_finished": form.headers_finished,
                "on_part_data": form.data,
                "on_part_end": form.part_end,
                "on_end": form.finish,
            },
        )
        async for chunk in request.stream():
            parser.write(chunk)
            for event in form.take():
                yield event
    except FormParserError as problem:
        raise Invalid("The form cannot be read; its boundary or headers are wrong.") from problem
    except ClientDisconnect as gone:
        raise Refused("The upload broke off.") from gone
    if not form.finished:
        raise Invalid("The form ends before its last boundary.")


class _Form:
    """What the parser's callbacks have seen since they were last asked."""

    def __init__(self, max_parts: int) -> None:
        self.finished = False
        self._max_parts = max_parts
        self._events: list[Event] = []
        self._header = (bytearray(), bytearray())
        self._headers: dict[bytes, bytes] = {}
        self._name = ""
        self._value: bytearray | None = None  # of a plain field; None inside a file
        self._parts = 0

    def take(self) -> list[Event]:
        """The events since the last call."""
        events, self._events = self._events, []
        return events

    def begin(self) -> None:
        """A part begins."""
        self._parts += 1
        if self._parts > self._max_parts:
            raise Invalid(f"The form has more than {self._max_parts} parts.")
        self._headers = {}

    def header_field(self, data: bytes, start: int, end: int) -> None:
        """A piece of a header's name."""
        self._header[0].extend(data[start:end])

    def header_value(self, data: bytes, start: int, end: int) -> None:
        """A piece of a header's value."""
        self._header[1].extend(data[start:end])

    def header_end(self) -> None:
        """A header is complete."""
        self._headers[bytes(self._header[0]).lower()] = bytes(self._header[1])
        self._header = (bytearray(), bytearray())

    def headers_finished(self) -> None:
        """All headers of the part are complete: is it a file?"""
        _kind, options = parse_options_header(self._headers.get(b"content-disposition"))
        self._name = _text(options.get(b"name", b""))
        filename = options.get(b"filename")
        if filename is None:
            self._value = bytearray()
        else:
            self._value = None
            self._events.append(FileBegin(self._name, _text(filename)))

    def data(self, data: bytes, start: int, end: int) -> None:
        """A piece of the part's content."""
        if self._value is None:
            self._events.append(data[start:end])
            return
        self._value.extend(data[start:end])
        if len(self._value) > MAX_FIELD_BYTES:
            raise Invalid("A field of the form is too long.", pointer=f"/{self._name}")

    def part_end(self) -> None:
        """The part is complete."""
        if self._value is None:
            self._events.append(FileEnd())
        else:
            self._events.append(Field(self._name, _text(bytes(self._value))))

    def finish(self) -> None:
        """The last boundary was seen."""
        self.finished = True


def _text(raw: bytes) -> str:
    """UTF-8, else Latin-1, without the NUL that PostgreSQL refuses."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    return text.replace("\0", "")
