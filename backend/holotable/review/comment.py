"""What stands in a comment: its text as it was typed (Markdown), and whom it mentions.

Two ways to mention: `@[Ben Okoro](<id>)`, what a composer writes, and `@Ben Okoro` or `@ben`, what
people type. The first is a promise and fails when nobody of that id is a member; the second names
whoever it fits, and is plain text when it fits nobody.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from holotable.errors import Invalid, UnknownMention

MAX_COMMENT: Final = 50_000
MAX_MENTIONS: Final = 50
_MARK: Final = re.compile(r"(?<![\w@.])@(?:\[([^\]\n]{1,200})\]\(([0-9a-fA-F-]{36})\))?")


@dataclass(frozen=True, slots=True)
class Mentionable:
    """Somebody a comment may name. words: display name and login."""

    id: UUID
    words: tuple[str, ...]


def clean_text(text: str, *, pointer: str = "/text") -> str:
    """The text without control characters but line breaks and tabs; it may not be empty."""
    kept = "".join(c for c in text.replace("\r\n", "\n") if c.isprintable() or c in "\n\t").strip()
    if not kept:
        raise Invalid("A comment says something.", pointer=pointer)
    if len(kept) > MAX_COMMENT:
        raise Invalid(f"A comment has at most {MAX_COMMENT} characters.", pointer=pointer)
    return kept


def mentions(text: str, people: Iterable[Mentionable]) -> list[UUID]:
    """Whom a text mentions, each once, in order. raises: UnknownMention, Invalid."""
    known = list(people)
    by_id = {one.id for one in known}
    words = sorted(
        ((word.casefold(), one.id) for one in known for word in one.words if word),
        key=lambda pair: -len(pair[0]),
    )
    found: list[UUID] = []
    for mark in _MARK.finditer(text):
        if mark[2] is not None:
            wanted = _uuid(mark[2])
            if wanted not in by_id:
                raise UnknownMention(
                    f"{mark[1]} is no member of this project.", pointer="/text", name=mark[1]
                )
            found.append(wanted)
            continue
        rest = text[mark.end() : mark.end() + 200].casefold()
        fits = [
            id_
            for word, id_ in words
            if rest.startswith(word) and not rest[len(word) : len(word) + 1].isalnum()
        ]
        if fits:
            found.append(fits[0])
    result = list(dict.fromkeys(found))
    if len(result) > MAX_MENTIONS:
        raise Invalid(f"A comment mentions at most {MAX_MENTIONS} people.", pointer="/text")
    return result


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
