"""The sample's drawing: one A3 sheet in millimetres, with a title block, the same every time."""

import io

import pypdfium2
import pytest

from holotable.sample import gearbox, sheet
from holotable.sample.remarks import ISSUES, OnSheet


@pytest.fixture(scope="module")
def text() -> str:
    page = pypdfium2.PdfDocument(sheet.write())[0]
    return page.get_textpage().get_text_bounded()


def test_it_is_one_a3_sheet_and_the_same_bytes_each_time() -> None:
    content = sheet.write()
    assert content == sheet.write()
    assert len(content) < 30_000
    document = pypdfium2.PdfDocument(io.BytesIO(content))
    assert len(document) == 1
    width, height = document[0].get_size()
    assert (width / 72 * 25.4, height / 72 * 25.4) == pytest.approx((420.0, 297.0), abs=0.1)


def test_the_title_block_says_what_a_title_block_says(text: str) -> None:
    for said in (
        "Planetary gearbox PG-120", "GB-2400-01", "1:2", "mm", "ISO 2768-mK", "1 / 1",
        "General arrangement", "Nora Lind (demo)",
    ):  # fmt: skip
        assert said in text


def test_its_dimensions_are_those_of_revision_c(text: str) -> None:
    assert 124.0 + gearbox.PORT_SHIFT_MM == sheet.OIL_PORT_AT_MM
    assert f"{sheet.BREATHER_AT_MM - sheet.OIL_PORT_AT_MM:g}" == "20.5"
    for said in ("330", "75", "62", "20.5", "58", "196", "150", "Ø 200", "12 x M8 on Ø 178"):
        assert said in text
    assert f"Ø {gearbox.GREASE_HOLE_MM['C']:.1f}" in text


def test_the_issue_on_the_sheet_stands_where_the_shaft_end_is_drawn() -> None:
    (at,) = [one.at for one in ISSUES if isinstance(one.at, OnSheet)]
    page = pypdfium2.PdfDocument(sheet.write())[0]
    width, height = page.get_size()
    left, top, right, bottom = at.box
    inside = page.get_textpage().get_text_bounded(
        left * width, (1 - bottom) * height, right * width, (1 - top) * height
    )
    assert "Ø 35" in inside
    assert left < at.x < right
    assert top < at.y < bottom
