"""An issue's words: vocabularies, what may follow what, and properties of every kind."""

from typing import Any

import pytest

from holotable.errors import Invalid, OutsideVocabulary, StatusNotReachable
from holotable.review.issue import (
    DEFAULTS,
    Change,
    IssueSettings,
    category_of,
    changes,
    check_labels,
    check_properties,
    check_settings,
    check_step,
    check_word,
    settings_of,
)

KINDS: dict[str, tuple[list[Any], list[Any]]] = {
    "text": (["a", ""], [3, ["a"]]),
    "number": ([3, -0.5], ["3", True, float("nan"), float("inf")]),
    "date": (["2026-01-05", "2026-01-05T10:00:00Z"], ["tomorrow", 5, "2026-13-01"]),
    "one_of": (["low"], ["mid", ["low"]]),
    "many_of": ([["low", "high"], []], [["mid"], "low", [1]]),
    "image": (["0190b6d4-0000-7000-8000-000000000000"], ["x", 4]),
    "position": ([[0, 1.5, -2]], [[0, 1], [0, 1, "2"], [0, 1, float("nan")]]),
    "measurement": (
        [{"value": 0.003}, {"value": 1, "exact": True, "tolerance": 0.1}],
        [{"value": "3"}, {"exact": True}, {"value": 1, "odd": 2}, 3],
    ),
}


def settings(**changes: Any) -> IssueSettings:
    return settings_of({**DEFAULTS.model_dump(mode="json"), **changes})


def with_property(kind: str, *, required: bool = False) -> IssueSettings:
    options = ["low", "high"] if kind in ("one_of", "many_of") else []
    one = {"key": "x", "name": "X", "kind": kind, "options": options, "required": required}
    return settings(types=[{"name": "Issue", "properties": [one]}])


def test_every_project_begins_with_words_that_fit_together() -> None:
    check_settings(DEFAULTS)
    assert settings_of(None) is DEFAULTS
    assert [category_of(DEFAULTS, one.name) for one in DEFAULTS.statuses] == [
        "open", "in_progress", "resolved", "closed",
    ]  # fmt: skip
    assert category_of(DEFAULTS, "long gone", "resolved") == "resolved"


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_property_takes_values_of_its_kind_and_no_others(kind: str) -> None:
    words = with_property(kind)
    good, bad = KINDS[kind]
    for value in good:
        assert check_properties(words, "Issue", {"x": value}) == {"x": value}
    for value in bad:
        with pytest.raises(Invalid) as refused:
            check_properties(words, "Issue", {"x": value})
        assert "x" in str(refused.value.facts["pointer"])
    assert check_properties(words, "Issue", {"x": None}) == {}


def test_a_required_property_is_missed_and_an_unknown_one_refused() -> None:
    with pytest.raises(Invalid, match="X is missing"):
        check_properties(with_property("text", required=True), "Issue", {})
    with pytest.raises(Invalid, match="no property 'y'"):
        check_properties(with_property("text"), "Issue", {"y": "1"})


def test_a_status_leads_where_it_may_and_one_that_is_gone_leads_anywhere() -> None:
    words = settings(
        statuses=[
            {"name": "Open", "category": "open", "leads_to": ["Closed"]},
            {"name": "Closed", "category": "closed", "leads_to": []},
        ]
    )
    check_step(words, "Open", "Closed")
    check_step(words, "Closed", "Closed")
    check_step(words, "Abolished", "Open")
    with pytest.raises(StatusNotReachable):
        check_step(words, "Closed", "Open")
    with pytest.raises(OutsideVocabulary):
        check_step(words, "Open", "Done")


def test_labels_are_clean_once_each_and_closed_where_the_project_says() -> None:
    assert check_labels(DEFAULTS, [" a ", "b", "a", ""]) == ["a", "b"]
    with pytest.raises(Invalid):
        check_labels(DEFAULTS, [str(one) for one in range(51)])
    closed = settings(labels=["a"], labels_closed=True)
    assert check_labels(closed, ["a"]) == ["a"]
    with pytest.raises(OutsideVocabulary) as refused:
        check_labels(closed, ["b"])
    assert refused.value.facts["allowed"] == ["a"]
    with pytest.raises(OutsideVocabulary):
        check_word("type", "x", ["y"])


def test_changes_are_the_fields_that_differ() -> None:
    before, after = {"a": 1, "b": [1], "c": None}, {"a": 1, "b": [2], "c": "x"}
    assert changes(before, after) == [Change("b", [1], [2]), Change("c", None, "x")]
