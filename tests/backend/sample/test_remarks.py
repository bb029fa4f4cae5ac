"""What is said of the gearbox is true of it, and everybody who says it is marked as made up."""

from holotable.review.issue import DEFAULTS
from holotable.sample import gearbox, remarks
from holotable.sample.remarks import OnSheet, Spot


def test_every_word_is_one_that_a_new_project_has() -> None:
    types = {one.name for one in DEFAULTS.types}
    statuses = {one.name for one in DEFAULTS.statuses}
    for issue in remarks.ISSUES:
        assert issue.type in types
        assert issue.priority in DEFAULTS.priorities
        assert issue.ends_as is None or issue.ends_as in statuses
        assert issue.on in remarks.REVISIONS


def test_there_is_one_of_each_that_a_new_owner_should_meet() -> None:
    issues = remarks.ISSUES
    assert [one.assignee for one in issues if one.due_in_days] == ["owner"]
    assert any(len(one.thread) > 2 for one in issues)
    assert sum(isinstance(one.at, OnSheet) for one in issues) == 1
    assert {one.ends_as for one in issues} >= {None, "In Progress", "Resolved", "Closed"}
    assert len({one.name for one in remarks.VIEWS}) == len(remarks.VIEWS) > 1
    assert remarks.CHECKLIST


def test_nobody_in_it_can_be_taken_for_a_person() -> None:
    assert all(name.endswith("(demo)") for name in remarks.NAMES.values())


def test_numbers_in_the_texts_are_those_of_the_model() -> None:
    texts = {one.title: f"{one.title} {one.description}" for one in remarks.ISSUES}
    grease = next(text for title, text in texts.items() if "Grease hole" in title)
    assert f"Ø {gearbox.GREASE_HOLE_MM['B']:.1f}" in grease
    assert f"Ø {gearbox.GREASE_HOLE_MM['C']:.1f}" in grease
    port = next(one for one in remarks.ISSUES if one.title.startswith("Oil port"))
    assert any(f"{gearbox.PORT_SHIFT_MM:.1f} mm" in one.text for one in port.thread)
    # Collar of the port at 124 ± 11 mm, pad from 114 mm; head of the port to the breather in C.
    assert 114.0 - (124.0 - 11.0) == 1.0
    gap = (157.0 - 9.6) - (124.0 + gearbox.PORT_SHIFT_MM + 10.0)
    assert abs(gap - 0.9) < 1e-9
    assert any("0.9 mm" in text for text in texts.values())


def test_places_are_on_the_revision_that_has_them() -> None:
    spots = [one.at for one in remarks.ISSUES if isinstance(one.at, Spot)]
    assert len(set(spots)) == len(spots), "places are told apart by their value"
