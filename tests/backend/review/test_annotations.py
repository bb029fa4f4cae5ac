from dataclasses import FrozenInstanceError

import pytest

from holotable.review.annotations import Annotation, SavedView


def test_an_annotation_that_says_little_is_tied_to_nothing_and_has_no_value() -> None:
    note = Annotation("note", "note", "Text.1", "DEBURR")

    assert (note.value, note.upper, note.lower, note.part) == (None, None, None, -1)
    assert (note.faces, note.edges, note.elsewhere, note.lines, note.triangles) == (
        (), (), (), (), None,
    )  # fmt: skip
    assert (dict(note.properties), dict(note.entries)) == ({}, {})


def test_views_are_perspective_and_uncut_unless_they_say_so_and_never_change() -> None:
    view = SavedView("Front", (0.0, 0.0, 1.0), (0.0, 0.0, 0.0), (0.0, 1.0, 0.0))

    assert (view.height_m, view.plane) == (None, None)
    with pytest.raises(FrozenInstanceError):
        view.name = "Back"  # type: ignore[misc]
