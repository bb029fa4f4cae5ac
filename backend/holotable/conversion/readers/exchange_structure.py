"""Instances of an ISO 10303-21 exchange structure (a STEP file) by number and by type.

Only what is asked for is parsed: an index of all instances is one pass of a regular expression over
the bytes, an instance is parsed when it is first wanted, long lists of numbers go through numpy.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from holotable.conversion.readers.number_text import read_floats, read_integers
from holotable.conversion.readers.step_text import decoded
from holotable.review.scene import Floats

_INSTANCE: Final = re.compile(rb"#(\d{1,15})\s*=\s*(\(|[A-Z][A-Z0-9_]*)")
_TOKEN: Final = re.compile(
    rb"\s*(?:(?P<reference>#\d+)"
    rb"|(?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[Ee][+-]?\d+)?)"
    rb"|(?P<text>'(?:[^']|'')*')"
    rb"|(?P<keyword>![A-Za-z0-9_]+|[A-Za-z_][A-Za-z0-9_]*)"
    rb"|(?P<enumeration>\.[A-Za-z0-9_]+\.)"
    rb'|(?P<binary>"[0-9A-Fa-f]*")'
    rb"|(?P<comment>/\*.*?\*/)"
    rb"|(?P<mark>[()$*,;]))",
    re.DOTALL,
)
_REFERENCE: Final = re.compile(rb"#(\d{1,15})")
_PARTIAL: Final = re.compile(rb"([A-Z][A-Z0-9_]*)\s*\(")
# Complex instances that are geometry: by far the most, long, and never PMI.
_GEOMETRY: Final = (b"BOUNDED_", b"B_SPLINE", b"GEOMETRIC_REPRESENTATION_ITEM()HYPERBOLA")
_LAST_OF_LISTS: Final = re.compile(rb"\)\s*\)")
_NOTHING: Final = b"(), \r\n\t"
_BLANKS: Final = bytes.maketrans(b"(),\r\n\t", b"      ")


class Reference(int):
    """The number of another instance."""

    __slots__ = ()


class Enumeration(str):
    """An enumeration value without its dots."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Typed:
    """A value with its type written out, LENGTH_MEASURE(0.5)."""

    name: str
    values: "tuple[Parameter, ...]"


Parameter: TypeAlias = (
    Reference | Enumeration | Typed | str | float | int | tuple["Parameter", ...] | None
)
Record: TypeAlias = tuple[str, tuple[Parameter, ...]]


class ExchangeStructure:
    """The data section of a file, indexed.

    types: name → numbers of the instances of that type, in the file's order; an instance of several
        partial types stands under each. order: all numbers as they stand in the file.
    """

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._records: dict[int, tuple[Record, ...]] = {}
        self._starts: dict[int, int] = {}
        self.rank: dict[int, int] = {}
        types: defaultdict[str, list[int]] = defaultdict(list)
        for match in _INSTANCE.finditer(content):
            number, name = int(match[1]), match[2]
            if number in self._starts:
                continue
            self._starts[number] = match.start(2)
            self.rank[number] = len(self.rank)
            if name == b"(":
                for partial in self._partial_types(match.end(2)):
                    types[partial].append(number)
            else:
                types[name.decode("ascii")].append(number)
        self.types: dict[str, list[int]] = dict(types)

    def _partial_types(self, start: int) -> list[str]:
        head = self._content[start : start + 80].lstrip()
        if head.startswith(_GEOMETRY):
            return []
        end = self._content.find(b";", start)
        names = _PARTIAL.findall(self._content, start, end if end >= 0 else len(self._content))
        return [name.decode("ascii") for name in names]

    def all(self, *names: str) -> list[int]:
        """Numbers of the instances of these types, in the order of the file for each type."""
        return [number for name in names for number in self.types.get(name, ())]

    def ordered(self, names: tuple[str, ...]) -> tuple[int, ...]:
        """The same, each once, as they stand in the file."""
        numbers = dict.fromkeys(self.all(*names))
        if len(numbers) < 2:
            return tuple(numbers)
        rank = self.rank
        return tuple(sorted(numbers, key=lambda number: rank[number]))

    def pair(self, number: int) -> tuple[int | None, int | None]:
        """The relating and the related instance of a relationship."""
        found = list(references(self.parameters(number) or ()))
        return (found[0], found[1]) if len(found) > 1 else (None, None)

    def records(self, number: int) -> tuple[Record, ...]:
        """The partial types of an instance with their parameters; empty when there is none."""
        known = self._records.get(number)
        if known is None:
            start = self._starts.get(number)
            known = () if start is None else _parse(self._content, start)
            self._records[number] = known
        return known

    def parameters(self, number: int, *names: str) -> tuple[Parameter, ...] | None:
        """Parameters of an instance if it has one of these types; without names, of its first."""
        for name, parameters in self.records(number):
            if not names or name in names:
                return parameters
        return None

    def type_of(self, number: int) -> str:
        """The type of an instance, of several partial ones the first; empty when there is none."""
        records = self.records(number)
        return records[0][0] if records else ""

    def is_a(self, number: int, *names: str) -> bool:
        """Whether an instance has one of these types."""
        return any(name in names for name, _ in self.records(number))

    def coordinates(self, number: int) -> Floats:
        """The points of a COORDINATES_LIST; (n, 3), empty when it is none."""
        if not self.is_simple(number, "COORDINATES_LIST"):
            return np.empty((0, 3))
        numbers = read_floats(self.lists(number)[0].translate(_BLANKS))
        return numbers[: len(numbers) // 3 * 3].reshape(-1, 3)

    def is_simple(self, number: int, name: str) -> bool:
        """Whether an instance is of this one type, without parsing it."""
        start = self._starts.get(number)
        if start is None:
            return False
        match = _PARTIAL.match(self._content, start)
        return match is not None and match[1] == name.encode("ascii")

    def first_reference(self, number: int) -> int:
        """The first instance that one refers to, without parsing it; −1 when there is none."""
        start = self._starts.get(number)
        match = None if start is None else _REFERENCE.search(self._content, start)
        return -1 if match is None else int(match[1])

    def lists(self, number: int) -> list[bytes]:
        """The text of each parameter that is a list, parentheses included; for lists of numbers.

        A list of hundreds of thousands of numbers must not become a tuple of Python objects first.
        """
        start = self._starts.get(number)
        if start is None:
            return []
        at = self._content.find(b"(", start) + 1
        end = self._content.find(b";", at)
        found: list[bytes] = []
        while at < end:
            byte = self._content[at : at + 1]
            if byte == b"'":
                at = self._content.find(b"'", at + 1) + 1
                if at == 0:
                    break
            elif byte == b"(":
                close = _closing(self._content, at, end)
                found.append(self._content[at : close + 1])
                at = close + 1
            else:
                at += 1
        return found


def integers(text: bytes) -> NDArray[np.int64]:
    """The whole numbers of a list, whatever its nesting. raises: ValueError."""
    return read_integers(text.translate(_BLANKS))


def integer_lists(text: bytes) -> list[NDArray[np.int64]]:
    """The lists of a list of lists of whole numbers, empty ones left out. raises: ValueError.

    All numbers are read at once: 19,000 fans of three cost 60 ms one by one, 5 ms so.
    """
    numbers = integers(text)
    counts = [part.count(b",", 1) + 1 for part in text[1:].split(b")") if part.strip(_NOTHING)]
    if sum(counts) != len(numbers):
        inner = (part.translate(_BLANKS) for part in text.split(b")"))
        return [read_integers(words) for words in inner if words.strip()]
    if not counts:
        return []
    if len(set(counts)) == 1:
        return list(numbers.reshape(len(counts), -1))
    return np.split(numbers, np.cumsum(counts)[:-1])


def _closing(content: bytes, start: int, end: int) -> int:
    """Where the parenthesis at `start` closes, in lists of numbers that nest two deep."""
    inner = content.find(b"(", start + 1, end)
    first = content.find(b")", start + 1, end)
    if first < 0:
        return end
    if inner < 0 or inner > first:
        return first
    match = _LAST_OF_LISTS.search(content, start, end)
    return end if match is None else match.end() - 1


def _parse(content: bytes, start: int) -> tuple[Record, ...]:
    """The records of the instance whose type starts at `start`, up to its semicolon."""
    records: list[Record] = []
    stack: list[list[Parameter]] = []
    names: list[str | None] = []
    keyword: str | None = None
    at = start
    while True:
        match = _TOKEN.match(content, at)
        if match is None:
            break
        at = match.end()
        kind = match.lastgroup
        token = match[kind] if kind is not None else b""
        value: Parameter
        match kind:
            case "keyword":
                keyword = token.decode("ascii").upper()
                continue
            case "comment":
                continue
            case "mark" if token == b"(":
                stack.append([])
                names.append(keyword)
                keyword = None
                continue
            case "mark" if token == b")":
                if not stack:
                    break
                values, name = tuple(stack.pop()), names.pop()
                if name is not None and all(other is None for other in names):
                    records.append((name, values))
                    continue
                if not stack:
                    continue
                value = values if name is None else Typed(name, values)
            case "mark" if token == b";":
                break
            case "mark" if token == b",":
                continue
            case "mark":
                value = None
            case "reference":
                value = Reference(token[1:16])
            case "number":
                is_whole = len(token) < 16 and token.lstrip(b"+-").isdigit()
                value = int(token) if is_whole else float(token)
            case "enumeration":
                value = Enumeration(token[1:-1].decode("ascii"))
            case "text":
                value = decoded(token[1:-1])
            case _:
                value = None  # a binary
        if stack:
            stack[-1].append(value)
    return tuple(records)


def references(values: Iterable[Parameter]) -> Iterator[Reference]:
    """Every reference in parameters, those in lists and typed values too."""
    for value in values:
        match value:
            case Reference():
                yield value
            case Typed():
                yield from references(value.values)
            case tuple():
                yield from references(value)
            case _:
                pass
