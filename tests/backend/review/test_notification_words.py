"""Words of mails: both languages say everything, and nothing is left unfilled."""

import re

import pytest

from holotable.review import notification_words as words
from holotable.review.notification import KIND_OF, LANGUAGES, Kind, Language
from holotable.review.notification_words import Sheet, Subject

REVIEW = Subject("review", "Housing", 14, "C", "Mia Berg", "2026-01-05")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [1, 3])
def test_each_word_of_a_tally_is_a_whole_sentence(language: Language, count: int) -> None:
    for what in KIND_OF:
        (said,) = words.sentences(language, {what: count}, REVIEW)
        assert not re.search(r"[{}]", said)
        assert said.endswith(".")


def test_languages_differ_in_every_sentence() -> None:
    for what in KIND_OF:
        both = {words.sentences(language, {what: 1}, REVIEW)[0] for language in LANGUAGES}
        assert len(both) == 2, what


def test_the_strongest_is_said_first_and_unknown_words_not_at_all() -> None:
    said = words.sentences("en", {"commented": 3, "unheard": 1, "mentioned": 1}, REVIEW)
    assert said == ["Mia Berg mentioned you.", "3 new comments."]


def test_the_server_is_somebody() -> None:
    assert words.sentences("de", {"changed": 1}, Subject("issue", "Bore", 3)) == [
        "Jemand hat es geändert."
    ]


def test_the_sheet_is_said_last_and_a_single_one_has_no_number() -> None:
    issue = Subject("issue", "Bore", 3, by="Mia", sheet=Sheet("pump.pdf", 1, 4))
    picture = Subject("comments", "Pump", None, "A", "Mia", sheet=Sheet("photo {1}.png", 0, 1))
    assert words.sentences("en", {"assigned": 1}, issue) == [
        "Mia assigned it to you.", "On sheet 2 of pump.pdf.",
    ]  # fmt: skip
    assert words.sentences("de", {"assigned": 1}, issue)[1] == "Auf Blatt 2 von pump.pdf."
    assert words.sentences("en", {"commented": 1}, picture)[1] == "On photo {1}.png."
    assert words.sentences("de", {"commented": 1}, picture)[1] == "Auf photo {1}.png."


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_and_kinds_are_there(language: Language) -> None:
    assert "14" in words.title(language, REVIEW)
    for thing in ("comments", "conversion", "session", "issue"):
        assert "Housing" in words.title(language, Subject(thing, "Housing", 1, "B"))
    assert len({words.kind_words(language, kind) for kind in Kind}) == len(Kind)


def test_a_language_that_no_mail_is_written_in_is_english() -> None:
    assert [words.language_of(one) for one in ("de", "en", "fr", None)] == ["de", "en", "en", "en"]
