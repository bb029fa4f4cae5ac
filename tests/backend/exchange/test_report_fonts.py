"""Letters are drawn by a font that has them, and what none has is seen and named."""

from pathlib import Path

from holotable.exchange.report_fonts import Face, Fonts, found_fonts, shipped_fonts

LATIN = Face("latin", frozenset(range(32, 0x250)))
GREEK = Face("greek", frozenset({*range(0x370, 0x400), 0x25A1}))
FONTS = Fonts(LATIN, Face("bold", frozenset(range(32, 128))), (GREEK,))


def test_runs_change_the_font_where_the_script_changes() -> None:
    assert list(FONTS.runs("Ab αβ c")) == [
        ("latin", "Ab "), ("greek", "αβ"), ("latin", " c")
    ]  # fmt: skip
    assert list(FONTS.runs("aä", bold=True)) == [("bold", "a"), ("latin", "ä")]
    assert list(FONTS.runs("")) == []


def test_what_no_font_has_is_a_box_and_named_by_its_script() -> None:
    assert list(FONTS.runs("王\u3000x")) == [("greek", "□"), ("latin", " x")]
    assert list(Fonts(LATIN, LATIN, ()).runs("王")) == [("latin", "?")]
    assert FONTS.missing(["王小 Привет", "αβ"]) == ["CJK", "CYRILLIC"]


def test_our_own_signs_have_a_plain_form() -> None:
    assert "".join(text for _, text in FONTS.runs("6 → 7 ☑")) == "6 -> 7 [x]"
    assert FONTS.missing(["→☑"]) == []


def test_the_shipped_fonts_know_western_europe_and_a_missing_file_is_no_font(
    tmp_path: Path,
) -> None:
    assert shipped_fonts().missing(["Größe Ø ½ ñ œ ž £ €"]) == []
    assert "CYRILLIC" in shipped_fonts().missing(["Привет"])
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    found = found_fonts([tmp_path / "nothing.ttf", tmp_path / "broken.ttf"])
    assert found.body == shipped_fonts().body
