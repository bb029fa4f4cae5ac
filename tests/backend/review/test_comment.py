"""What a comment says, and whom it mentions."""

from uuid import UUID

import pytest

from holotable.errors import Invalid, UnknownMention
from holotable.review.comment import MAX_COMMENT, Mentionable, clean_text, mentions
from holotable.store.database import uuid7

BEN = Mentionable(UUID(int=1), ("Ben", "ben"))
BEN_OKORO = Mentionable(UUID(int=2), ("Ben Okoro", "ben.okoro"))
JÖRG = Mentionable(UUID(int=3), ("Jörg Ärmel", "jörg"))
PEOPLE = [BEN, BEN_OKORO, JÖRG]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@Ben look", [BEN]),
        ("@Ben Okoro look", [BEN_OKORO]),
        ("@ben okoro, @ben.", [BEN_OKORO, BEN]),
        ("@BEN @ben @Ben", [BEN]),
        ("@jörg ÄRMEL", [JÖRG]),
        ("mail@ben, @@ben and @benjamin", []),
        ("M8 @12 mm", []),
        (f"@[anything]({JÖRG.id})", [JÖRG]),
        ("", []),
    ],
)
def test_a_mention_names_the_longest_name_that_fits(text: str, named: list[Mentionable]) -> None:
    assert mentions(text, PEOPLE) == [one.id for one in named]


def test_a_marked_mention_of_somebody_unknown_is_refused() -> None:
    with pytest.raises(UnknownMention, match="Eve is no member"):
        mentions(f"@[Eve]({uuid7()})", PEOPLE)
    with pytest.raises(UnknownMention):
        mentions(f"@[Eve]({'-' * 36})", PEOPLE)


def test_a_comment_mentions_only_so_many() -> None:
    crowd = [Mentionable(uuid7(), (f"p{number:02}",)) for number in range(60)]
    with pytest.raises(Invalid):
        mentions(" ".join(f"@{one.words[0]}" for one in crowd), crowd)


def test_a_text_keeps_its_lines_and_loses_what_nobody_can_see() -> None:
    assert clean_text(" a\r\n\tb\x00\x1b[31m ") == "a\n\tb[31m"
    with pytest.raises(Invalid, match="says something"):
        clean_text(" \x00 \n")
    with pytest.raises(Invalid):
        clean_text("x" * (MAX_COMMENT + 1))
