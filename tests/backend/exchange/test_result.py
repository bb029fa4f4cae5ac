"""A result as JSON: everything of it once, nothing of it twice."""

from datetime import UTC, date, datetime

from result_builders import NOW, result

from holotable.exchange.canonical import canonical
from holotable.exchange.result import decisions, log_entries, moment, plain


def test_decisions_hold_verdicts_with_their_revision_and_signature() -> None:
    said = decisions(result())
    assert said["format"] == "holotable-decisions/1"
    assert said["said"][1] == {
        "name": "Ben", "verdict": "approve", "text": "", "revision": "C", "stale": False,
        "signed": True, "meaning": "I approve this.", "source_sha256": "ab" * 32,
        "at": "2026-11-23T23:30:00.000000Z",
    }  # fmt: skip
    assert said["due_on"] == "2026-12-01"
    assert said["issues"][0]["title"] == "Wall too thin"
    assert (said["issues"][0]["remarks"], said["issues"][0]["views"]) == (1, 1)
    assert not {"thumbnail", "changes", "trail", "topics"} & set(said)
    assert canonical(said)  # is JSON


def test_the_trail_becomes_entries_of_a_log() -> None:
    first = log_entries(result())[0]
    assert first == {
        "at": "2026-11-23T23:30:00.000000Z", "name": "Mia", "kind": "requested", "revision": "C",
        "before": "", "after": "", "reason": "", "facts": {"approvers": ["x"]},
    }  # fmt: skip


def test_times_sort_as_texts_do() -> None:
    later = datetime(2026, 11, 23, 23, 30, 0, 1, tzinfo=UTC)
    assert moment(NOW) < moment(later)
    assert plain((date(2026, 1, 2), b"x", {1: NOW})) == ["2026-01-02", None, {"1": moment(NOW)}]
