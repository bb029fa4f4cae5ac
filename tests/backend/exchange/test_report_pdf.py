"""The PDF, read back by another program: its text, its pages, its fonts inside."""

import pypdfium2
import pytest
from result_builders import picture, result, topic

from holotable.exchange.report import compose
from holotable.exchange.report_fonts import found_fonts, shipped_fonts
from holotable.exchange.report_pdf import pdf
from holotable.exchange.report_words import Words
from holotable.exchange.topics import Picture


def written(**more: object) -> bytes:
    words = Words("de")
    return pdf(compose(result(**more), words), words, shipped_fonts())


def text_of(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    try:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()


def test_its_text_can_be_read_back() -> None:
    said = text_of(written())
    for expected in ("Prüfung #14", "I approve this.", "Bohrung Ø 6,0", "Seite 1 von", "Cara"):
        assert expected in said


def test_the_same_result_is_the_same_bytes() -> None:
    assert written() == written()


def test_fonts_are_embedded() -> None:
    assert b"/FontFile2" in written()


@pytest.mark.parametrize("name", ["王小明", "Привет", "שלום", "ไทย", "\x00\x07", "😀"], ids=ascii)
def test_a_name_in_any_script_is_drawn_or_replaced_and_never_an_error(name: str) -> None:
    said = text_of(written(asked_by=name))
    if name.isprintable():
        assert "Einige Zeichen" in said


def test_a_font_of_the_machine_draws_what_the_shipped_one_lacks() -> None:
    words, fonts = Words("en"), found_fonts()
    if "CYRILLIC" in fonts.missing(["Привет"]):
        pytest.skip("this machine has no font with Cyrillic letters")
    said = text_of(pdf(compose(result(asked_by="Привет"), words), words, fonts))
    assert "Привет" in said
    assert "Some characters" not in said


def test_markup_long_texts_and_broken_pictures_are_survived() -> None:
    long = "word " * 20_000
    content = written(
        title="<b>&amp;</b>", description=long, thumbnail=Picture(b"no picture", "image/png"),
        topics=tuple(topic(n, title="y" * 3_000, views=()) for n in range(1, 30)),
    )  # fmt: skip
    assert "<b>&amp;</b>" in text_of(content)
    assert written(thumbnail=picture("JPEG", (3_000, 10)))
