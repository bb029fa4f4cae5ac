"""What the text of a STEP file says of itself, read without a STEP library (ISO 10303-21:2016).

Only what a search at memory speed can find: the header, strings, and entities by their name. All
functions take the mapped file, never a copy of it.
"""

import codecs
import mmap
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TypeAlias

from holotable.errors import EmptyFile

Content: TypeAlias = "mmap.mmap | bytes"
Parameter: TypeAlias = "str | list[Parameter] | None"  # a string, a list; None: anything else

_PIECE: Final = 1024 * 1024
_LONGEST_HEADER: Final = 1024 * 1024
_LONGEST_ENTITY: Final = 64 * 1024
_COMMENT: Final = re.compile(rb"'(?:[^']|'')*'|/\*.*?\*/", re.S)
_TOKEN: Final = re.compile(rb"'((?:[^']|'')*)'|([(),;'])|[^(),;'\s]+")
_NAME_BYTES: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")
_DIRECTIVE: Final = re.compile(
    r"\\X2\\(?P<two>(?:[0-9A-Fa-f]{4})*)\\X0\\|\\X4\\(?P<four>(?:[0-9A-Fa-f]{8})*)\\X0\\"
    r"|\\X\\(?P<one>[0-9A-Fa-f]{2})|\\S\\(?P<shifted>.)|\\P(?P<page>[A-I])\\"
    r"|\\(?P<control>[NF])\\|(?P<slash>\\\\)",
    re.S,
)
_HEADER_NAMES: Final = (
    ("FILE_DESCRIPTION", ("description", "implementation_level")),
    (
        "FILE_NAME",
        (
            "name",
            "time_stamp",
            "author",
            "organisation",
            "preprocessor",
            "originating_system",
            "authorisation",
        ),
    ),
    ("FILE_SCHEMA", ("schema",)),
)
# What writers put where they have nothing to say.
_SAYS_NOTHING: Final = frozenset({"", "none", "unknown", "unspecified", "author", "not specified"})


def mapped(path: Path) -> mmap.mmap:
    """The file as bytes that the kernel reads when they are looked at. raises: EmptyFile."""
    with path.open("rb") as file:
        try:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except ValueError as error:  # an empty file cannot be mapped
            raise EmptyFile(file=path.name) from error


def decoded(literal: bytes) -> str:
    r"""The text between a string's apostrophes: '' and the directives \X2\, \X\, \S\ … (§6.4.3).

    Bytes above 127 are UTF-8 (edition 3) or, where that fails, ISO 8859-1 as older writers use.
    """
    joined = literal.replace(b"\r", b"").replace(b"\n", b"").replace(b"''", b"'")
    try:
        text = joined.decode("utf-8")
    except UnicodeDecodeError:
        text = joined.decode("latin-1")
    if "\\" not in text:
        return text
    page = "iso8859-1"

    def plain(match: re.Match[str]) -> str:
        nonlocal page
        match match.lastgroup:
            case "two":
                return bytes.fromhex(match["two"]).decode("utf-16-be", "replace")
            case "four":
                return bytes.fromhex(match["four"]).decode("utf-32-be", "replace")
            case "one":
                return chr(int(match["one"], 16))
            case "shifted":
                return bytes([(ord(match["shifted"]) & 0x7F) | 0x80]).decode(page, "replace")
            case "page":
                page = f"iso8859-{ord(match['page']) - ord('A') + 1}"
                return ""
            case "control":
                return " "
            case _:
                return "\\"

    return _DIRECTIVE.sub(plain, text)


def is_utf8(content: Content) -> bool:
    """Whether every byte above 127 belongs to UTF-8; ASCII, by far the most frequent, is."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    for start in range(0, len(content), _PIECE):
        piece = content[start : start + _PIECE]
        if piece.isascii() and not decoder.getstate()[0]:
            continue
        try:
            decoder.decode(piece)
        except UnicodeDecodeError:
            return False
    return True


def header(content: Content) -> dict[str, str]:
    """What the header section (§8.2) says, by name; lists are joined by commas."""
    start = content.find(b"HEADER")
    end = content.find(b"ENDSEC", max(start, 0), max(start, 0) + _LONGEST_HEADER)
    if start < 0 or end < 0:
        return {}
    text = _COMMENT.sub(
        lambda match: match[0] if match[0].startswith(b"'") else b" ", content[start:end]
    )
    facts: dict[str, str] = {}
    for entity, names in _HEADER_NAMES:
        for parameters in entities(text, entity):
            for name, value in zip(names, parameters, strict=False):
                said = _said(value)
                if said:
                    facts.setdefault(name, said)
            break
    if "schema" in facts:
        facts["schema"] = facts["schema"].split("{")[0].strip()
    return facts


def entities(content: Content, name: str) -> Iterator[list[Parameter]]:
    """The parameters of every entity of this name, in the order of the file.

    An entity that does not end within 64 kB is passed over.
    """
    word = name.encode("ascii")
    at = content.find(word)
    while at >= 0:
        end = at + len(word)
        before = content[at - 1] if at else 0
        if before not in _NAME_BYTES and content[end : end + 64].lstrip()[:1] == b"(":
            found = _parameters(content, end)
            if found is not None:
                yield found
        at = content.find(word, end)


def _parameters(content: Content, start: int) -> list[Parameter] | None:
    """The list whose opening parenthesis is the first token from `start`."""
    outermost: list[Parameter] = []
    stack = [outermost]
    for length in (512, _LONGEST_ENTITY):  # most entities are short: do not copy 64 kB for each
        piece = content[start : start + length]
        outermost.clear()
        stack = [outermost]
        for token in _TOKEN.finditer(piece):
            match token[2]:
                case b"(":
                    inner: list[Parameter] = []
                    stack[-1].append(inner)
                    stack.append(inner)
                case b")":
                    stack.pop()
                    if len(stack) == 1:
                        first = outermost[0]
                        return first if isinstance(first, list) else None
                case b"'":  # a string that ends behind this piece
                    break
                case b";":
                    return None
                case b",":
                    pass
                case _:
                    stack[-1].append(None if token[1] is None else decoded(token[1]))
    return None


def _said(value: Parameter) -> str:
    if isinstance(value, list):
        return ", ".join(dict.fromkeys(filter(None, map(_said, value))))
    text = "" if value is None else " ".join(value.split())
    return "" if text.lower() in _SAYS_NOTHING else text
