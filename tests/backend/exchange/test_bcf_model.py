"""Values of BCF: moments have a zone, and what says the same compares equal."""

from datetime import UTC, datetime
from uuid import UUID

from holotable.exchange.bcf_model import BcfFile, Extensions, Topic, canonical


def topic(number: int = 1, **more: object) -> Topic:
    said = {
        "guid": str(UUID(int=number)), "title": "A", "creation_author": "Mia",
        "creation_date": "2026-11-20T10:00:00", **more,
    }  # fmt: skip
    return Topic.model_validate(said)


def test_a_moment_without_a_zone_is_utc() -> None:
    assert topic().creation_date == datetime(2026, 11, 20, 10, tzinfo=UTC)


def test_members_that_bcf_does_not_know_are_ignored() -> None:
    assert topic(colour="red") == topic()


def test_files_that_say_the_same_are_equal_and_others_are_not() -> None:
    one = BcfFile(version="3.0", topics=[topic(2, labels=[]), topic(1)], extensions=Extensions())
    two = BcfFile(
        version="3.0",
        topics=[topic(1), topic(2, creation_date="2026-11-20T12:00:00+02:00")],
        unread=["readme.txt"],
        files={UUID(int=1): {}},
    )
    assert one != two
    assert canonical(one) == canonical(two)
    assert canonical(one) != canonical(one.model_copy(update={"topics": [topic(1)]}))
    renamed = one.model_copy(update={"topics": [topic(1, title="B"), topic(2)]})
    assert canonical(one) != canonical(renamed)
