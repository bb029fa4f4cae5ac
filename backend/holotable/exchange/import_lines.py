"""Lines of a bulk import, as NDJSON or CSV: values in order, or why a line cannot be read.

NDJSON is one JSON object in a line. CSV has a head line of the same names, nested ones with dots
(`ref.system`, `project.id`); an empty cell says nothing; commas or semicolons, whichever the head
line has more of. Blank lines count and say nothing.
"""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from holotable.errors import ImportTooLarge, Invalid

MAX_LINES: Final = 1000  # with content; they are one transaction, which on SQLite holds the lock
MAX_LINE_CHARACTERS: Final = 64 * 1024
_MAX_DEPTH: Final = 2  # of names in a head line: ref.system


@dataclass(frozen=True, slots=True)
class Line:
    """What one line says. number: from 1, as editors count."""

    number: int
    value: dict[str, Any]


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that says nothing that can be read."""

    number: int
    detail: str


Read: TypeAlias = Line | BadLine


def read_ndjson(body: bytes) -> list[Read]:
    """The lines of NDJSON. raises: Invalid when it is no UTF-8, ImportTooLarge."""
    return _limited(
        _json_line(number, text)
        for number, text in enumerate(_text(body).split("\n"), 1)
        if text.strip()
    )


def read_csv(body: bytes) -> list[Read]:
    """The rows of CSV under its head line. raises: Invalid, ImportTooLarge."""
    text = _text(body)
    head = text.split("\n", 1)[0]
    delimiter = ";" if head.count(";") > head.count(",") else ","
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        names = [name.strip() for name in next(rows, [])]
    except csv.Error as problem:
        raise Invalid(f"The head line cannot be read: {problem}.", pointer="/") from problem
    paths = [name.split(".") for name in names]
    if not all(names) or len(set(names)) < len(names):
        raise Invalid("The head line names every column, each once.", pointer="/")
    if any(len(path) > _MAX_DEPTH or not all(path) for path in paths) or _clash(paths):
        raise Invalid("The head line has a column that is no field.", pointer="/")
    return _limited(_csv_lines(rows, paths))


def _csv_lines(rows: Any, paths: list[list[str]]) -> Iterator[Read]:
    """rows: a csv.reader, whose type has no public name."""
    while True:
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as problem:  # where its rows end cannot be told any more
            yield BadLine(rows.line_num, f"This is no CSV: {problem}.")
            return
        if not any(cell.strip() for cell in cells):
            continue
        number = rows.line_num
        if len(cells) != len(paths):
            yield BadLine(number, f"This row has {len(cells)} cells, the head {len(paths)}.")
            continue
        if sum(map(len, cells)) > MAX_LINE_CHARACTERS:
            yield BadLine(number, f"A line has at most {MAX_LINE_CHARACTERS} characters.")
            continue
        value: dict[str, Any] = {}
        for path, cell in zip(paths, cells, strict=True):
            if cell.strip():
                inner = value.setdefault(path[0], {}) if len(path) > 1 else value
                inner[path[-1]] = cell.strip()
        yield Line(number, value)


def _json_line(number: int, text: str) -> Read:
    if len(text) > MAX_LINE_CHARACTERS:
        return BadLine(number, f"A line has at most {MAX_LINE_CHARACTERS} characters.")
    try:
        value = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as problem:
        return BadLine(number, f"This is no JSON: {str(problem)[:200]}.")
    if not isinstance(value, dict):
        return BadLine(number, "A line is one JSON object.")
    return Line(number, value)


def _limited(lines: Iterator[Read]) -> list[Read]:
    found: list[Read] = []
    for line in lines:
        if len(found) >= MAX_LINES:
            raise ImportTooLarge(max_lines=MAX_LINES)
        found.append(line)
    return found


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise Invalid("Send UTF-8.", pointer="/") from problem


def _clash(paths: list[list[str]]) -> bool:
    """Whether a column is a value in one place and holds others in another."""
    flat = {path[0] for path in paths if len(path) == 1}
    return any(path[0] in flat for path in paths if len(path) > 1)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
