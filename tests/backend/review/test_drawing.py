"""What a drawing is, what it is called, and which marks are drawn by a hand."""

from typing import Any

import pytest
from pydantic import ValidationError

from holotable.errors import Invalid, NotADrawing
from holotable.review.drawing import (
    SheetPlace,
    clean_name,
    clean_sizes,
    file_name,
    name_of_file,
    recognise,
)


def test_a_pdf_is_known_by_its_header_wherever_readers_look_for_it() -> None:
    assert recognise(b"%PDF-1.7") == ("pdf", "application/pdf")
    assert recognise(bytes(800) + b"%PDF-2.0") == ("pdf", "application/pdf")
    with pytest.raises(NotADrawing):
        recognise(bytes(2000) + b"%PDF-2.0")


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("C:\\drawings\\Plate 12.PDF", "Plate 12"),
        ("a/b/sheet.webp", "sheet"),
        ("v1.2", "v1.2"),
        (".pdf", ".pdf"),
        ("", "drawing"),
        ("pla\x00te\n.png", "plate\n.png".replace("\n", "")[:5]),
    ],
)
def test_a_drawing_is_called_as_its_file_without_folders_and_format(file: str, name: str) -> None:
    assert name_of_file(file) == name


def test_a_name_is_one_line_and_not_empty() -> None:
    assert clean_name(" Plate\x07 ") == "Plate"
    with pytest.raises(Invalid):
        clean_name(" \x00 ")


def test_it_is_saved_under_its_name_and_what_it_is() -> None:
    assert file_name("Plate", "application/pdf") == "Plate.pdf"
    assert file_name("Plate", "image/jpeg") == "Plate.jpg"
    assert file_name("Plate", "image/webp") == "Plate.webp"


@pytest.mark.parametrize(
    "said",
    [[], {}, None, [[1, 0]], [[float("nan"), 1]], [[1, 1e7]], [["a", 1]], [[1, 1]] * 501, [[1]]],
    ids=["none", "object", "null", "flat", "nan", "huge", "text", "many", "one number"],
)
def test_sizes_that_a_captured_child_wrote_are_not_believed(said: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        clean_sizes(said, "pdf")


def test_a_picture_has_one_sheet() -> None:
    assert clean_sizes([[320, 200]], "picture") == [[320.0, 200.0]]
    with pytest.raises(ValueError, match="no list"):
        clean_sizes([[320, 200]] * 2, "picture")


MARKS: list[dict[str, Any]] = [
    {"kind": "pen", "points": [[0, 0], [0.5, 1]], "colour": "#1570ef"},
    {"kind": "cloud", "start": [0.1, 0.1], "end": [0.4, 0.2]},
    {"kind": "text", "at": [0.1, 0.1], "text": "Ø 6.5"},
]


def test_a_place_keeps_its_marks_as_they_were_drawn() -> None:
    place = SheetPlace.model_validate({"page": 1, "x": 0.25, "y": 1, "marks": MARKS})
    again = SheetPlace.model_validate(place.model_dump(mode="json"))
    assert again == place
    assert [one.kind for one in place.marks] == ["pen", "cloud", "text"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"x": 1.01},
        {"y": -0.1},
        {"page": -1},
        {"page": 500},
        {"x": float("nan")},
        {"extra": 1},
        {"marks": MARKS * 20},
        {"marks": [{"kind": "script", "text": "alert(1)"}]},
        {"marks": [{"kind": "text", "at": [0, 0], "text": ""}]},
        {"marks": [{"kind": "text", "at": [0, 0], "text": "x" * 201}]},
        {"marks": [{**MARKS[0], "colour": "red;background:url(x)"}]},
        {"marks": [{**MARKS[0], "points": [[0, 0]]}]},
        {"marks": [{**MARKS[0], "points": [[0, 2], [0, 0]]}]},
        {"marks": [{**MARKS[0], "points": [[0, 0]] * 1000}] * 5},
    ],
    ids=range(14),
)
def test_what_no_hand_draws_on_a_sheet_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        SheetPlace.model_validate({"page": 0, "x": 0, "y": 0, **wrong})
