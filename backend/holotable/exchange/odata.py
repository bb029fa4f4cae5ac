"""Filters and orders of OData v4 as the BCF API uses them (OData 4.01 URL Conventions §5.1.1).

Comparisons, and/or/not, parentheses, contains, startswith, endswith, tolower and `list/any(x: x eq
'y')`. A filter is data: it is parsed by descent with a bound on its length and depth and evaluated
on values; nothing of it reaches a database.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias

from holotable.errors import Invalid

MAX_CHARACTERS: Final = 2_000
MAX_DEPTH: Final = 20
MAX_TERMS: Final = 100

Row: TypeAlias = Mapping[str, Any]
Test: TypeAlias = Callable[[Row], Any]

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')"
    r"|(?P<moment>\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?)"
    r"|(?P<number>-?\d+(?:\.\d+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<mark>[(),:/]))"
)
_COMPARE: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "eq": lambda a, b: bool(a == b),
    "ne": lambda a, b: bool(a != b),
    "gt": lambda a, b: bool(a > b),
    "ge": lambda a, b: bool(a >= b),
    "lt": lambda a, b: bool(a < b),
    "le": lambda a, b: bool(a <= b),
}
_TEXTS: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "contains": lambda a, b: b in a,
    "startswith": lambda a, b: a.startswith(b),
    "endswith": lambda a, b: a.endswith(b),
}


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


def parse_filter(text: str, names: frozenset[str]) -> Test:
    """Whether a row passes. names: what may be asked of it. raises: Invalid."""
    reader = _Reader(_tokens(text), names)
    test = reader.either(0)
    reader.end()
    return lambda row: bool(test(row))


def parse_order(text: str, names: frozenset[str]) -> list[tuple[str, bool]]:
    """Members to sort by, the most important first, and whether descending. raises: Invalid."""
    if len(text) > MAX_CHARACTERS:
        raise _wrong("It is too long.", "$orderby")
    order = []
    for part in text.split(","):
        words = part.split()
        known = len(words) in (1, 2) and words[0] in names
        if not known or (len(words) == 2 and words[1] not in ("asc", "desc")):
            raise _wrong(f"{part.strip()[:40]!r} is no member to sort by.", "$orderby")
        order.append((words[0], words[-1] == "desc"))
    return order[:10]


def ordered(rows: Sequence[Row], order: Sequence[tuple[str, bool]]) -> list[Row]:
    """Rows in that order; what says nothing comes first, as OData has it for ascending."""
    found = list(rows)
    for name, descending in reversed(order):
        found.sort(
            key=lambda row: (row.get(name) is not None, row.get(name) or ""),
            reverse=descending,
        )
    return found


def _wrong(why: str, name: str = "$filter") -> Invalid:
    return Invalid(f"{name}: {why}", pointer=f"/query/{name}")


def _tokens(text: str) -> list[_Token]:
    if len(text) > MAX_CHARACTERS:
        raise _wrong("It is too long.")
    found, at = [], 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise _wrong(f"There is no meaning in {text[at : at + 20]!r}.")
        found.append(_Token(match.lastgroup, match.group(match.lastgroup)))
        at = match.end()
    return found


class _Reader:
    """Recursive descent over the tokens."""

    def __init__(self, tokens: list[_Token], names: frozenset[str]) -> None:
        self._tokens, self._names, self._at = tokens, names, 0
        self._bound: str | None = None  # the variable of `any`
        self._terms = 0

    def either(self, depth: int) -> Test:
        """a or b"""
        tests = [self._both(depth)]
        while self._takes("or"):
            tests.append(self._both(depth))
        return tests[0] if len(tests) == 1 else lambda row: any(one(row) for one in tests)

    def end(self) -> None:
        """Nothing may follow."""
        if self._at < len(self._tokens):
            raise _wrong(f"{self._tokens[self._at].text[:20]!r} is one too many.")

    def _both(self, depth: int) -> Test:
        tests = [self._one(depth)]
        while self._takes("and"):
            tests.append(self._one(depth))
        return tests[0] if len(tests) == 1 else lambda row: all(one(row) for one in tests)

    def _one(self, depth: int) -> Test:
        if depth > MAX_DEPTH:
            raise _wrong("It is nested too deeply.")
        self._terms += 1
        if self._terms > MAX_TERMS:
            raise _wrong("It asks too many things.")
        if self._takes("not"):
            test = self._one(depth + 1)
            return lambda row: not test(row)
        if self._takes("("):
            inner = self.either(depth + 1)
            self._must(")")
            return inner
        left = self._value(depth)
        for word, compare in _COMPARE.items():
            if self._takes(word):
                right = self._value(depth)
                return lambda row: _compared(word, compare, left(row), right(row))
        return left

    def _value(self, depth: int) -> Test:
        token = self._next()
        if token.kind == "text":
            said = token.text[1:-1].replace("''", "'")
            return lambda _row: said
        if token.kind == "number":
            number = float(token.text)
            return lambda _row: number
        if token.kind == "moment":
            moment = _moment(token.text)
            return lambda _row: moment
        if token.kind != "name":
            raise _wrong(f"{token.text!r} does not begin a value.")
        return self._named(token.text, depth)

    def _named(self, name: str, depth: int) -> Test:
        if name in ("true", "false", "null"):
            constant = {"true": True, "false": False, "null": None}[name]
            return lambda _row: constant
        if name in ("tolower", "toupper"):
            self._must("(")
            inner = self._value(depth + 1)
            self._must(")")
            change = str.lower if name == "tolower" else str.upper
            return lambda row: change(str(inner(row) or ""))
        if name in _TEXTS:
            self._must("(")
            whole = self._value(depth + 1)
            self._must(",")
            part = self._value(depth + 1)
            self._must(")")
            test = _TEXTS[name]
            return lambda row: test(str(whole(row) or ""), str(part(row) or ""))
        if name == self._bound:
            return lambda row: row.get("")
        if name not in self._names:
            raise _wrong(f"Nothing is called {name[:40]!r} here.")
        if self._takes("/"):
            return self._any(name, depth)
        return lambda row: row.get(name)

    def _any(self, name: str, depth: int) -> Test:
        """name/any(x: test of x)"""
        self._must("any")
        self._must("(")
        bound = self._next()
        if bound.kind != "name" or self._bound is not None:
            raise _wrong("`any` takes one variable, and none inside of another.")
        self._must(":")
        self._bound = bound.text
        test = self.either(depth + 1)
        self._bound = None
        self._must(")")
        return lambda row: any(test({**row, "": one}) for one in row.get(name) or ())

    def _next(self) -> _Token:
        if self._at >= len(self._tokens):
            raise _wrong("It ends too early.")
        self._at += 1
        return self._tokens[self._at - 1]

    def _takes(self, text: str) -> bool:
        there = self._at < len(self._tokens) and self._tokens[self._at]
        if there and there.kind in ("name", "mark") and there.text == text:
            self._at += 1
            return True
        return False

    def _must(self, text: str) -> None:
        if not self._takes(text):
            raise _wrong(f"{text!r} is missing.")


def _compared(word: str, compare: Callable[[Any, Any], bool], left: Any, right: Any) -> bool:
    """Nothing equals only nothing, and is neither more nor less than anything."""
    if isinstance(left, datetime) and isinstance(right, str):
        right = _moment(right)
    if left is None or right is None:
        return (left is right) == (word == "eq") if word in ("eq", "ne") else False
    try:
        return compare(left, right)
    except TypeError:
        return word == "ne"  # a text is no number


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as cause:
        raise _wrong(f"{text[:40]!r} is no moment.") from cause
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
