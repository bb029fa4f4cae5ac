"""Which font draws which letter of a PDF, and what is done about letters that none of them has.

reportlab ships Bitstream Vera, which has the letters of Western Europe. Others are looked for where
systems keep them; the first of the chain that has a letter draws it. What none has is a box, and
the report says which scripts are missing. Right-to-left and joined scripts are drawn letter by
letter: they can be deciphered, not read (the HTML report is right).
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import reportlab
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

BOX: Final = "\u25a1"
# What stands for a sign of ours that a font does not have.
_PLAIN: Final = {"\u2192": "->", "\u2611": "[x]", "\u2248": "~", "\u2212": "-", "\u00d8": "dia."}
# Where Debian, Fedora, Alpine and Arch keep fonts with many scripts; TrueType outlines only,
# reportlab embeds no others.
_KNOWN: Final = (
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf",
    "/usr/share/fonts/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/TTF/DejaVuSans.ttf",
    "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
    "/usr/share/fonts/truetype/droid/DroidSansFallback.ttf",
)


@dataclass(frozen=True, slots=True)
class Face:
    """A font that is registered with reportlab, and the code points it has."""

    name: str
    has: frozenset[int]


@dataclass(frozen=True, slots=True)
class Fonts:
    """The chain, of which the first are the body's own."""

    body: Face
    bold: Face
    others: tuple[Face, ...]

    def runs(self, text: str, *, bold: bool = False) -> Iterator[tuple[str, str]]:
        """The text as (font, letters), each letter by the first font that has it; else a box."""
        chain = ((self.bold,) if bold else ()) + (self.body, *self.others)
        font, letters = chain[0].name, ""
        for letter in text:
            point = ord(letter)
            face = next((one for one in chain if point in one.has), None)
            if face is None and (letter.isspace() or letter in _PLAIN):
                face, letter = chain[0], _PLAIN.get(letter, " ")
            if face is None:
                boxed = next((one for one in chain if ord(BOX) in one.has), None)
                (face, letter) = (chain[0], "?") if boxed is None else (boxed, BOX)
            if face.name != font and letters:
                yield font, letters
                letters = ""
            font = face.name
            letters += letter
        if letters:
            yield font, letters

    def missing(self, texts: Sequence[str]) -> list[str]:
        """The scripts of letters that no font has, as Unicode names them: CJK, HIRAGANA, …"""
        have = self.body.has.union(*(one.has for one in self.others))
        letters = {letter for text in texts for letter in text}
        return sorted(
            {
                unicodedata.name(letter, f"U+{ord(letter):04X}").split(" ")[0]
                for letter in letters
                if ord(letter) not in have and not letter.isspace() and letter not in _PLAIN
            }
        )


def found_fonts(wanted: Sequence[Path] = ()) -> Fonts:
    """The fonts of this machine: those an operator names, then those of the system."""
    return _fonts(tuple(str(path) for path in wanted) + _KNOWN)


def shipped_fonts() -> Fonts:
    """Those that come with reportlab alone: the same on every machine."""
    return _fonts(())


@cache
def _fonts(paths: tuple[str, ...]) -> Fonts:
    folder = Path(reportlab.__file__).parent / "fonts"
    others = [face for path in dict.fromkeys(paths) if (face := _face(path)) is not None]
    body, bold = _face(str(folder / "Vera.ttf")), _face(str(folder / "VeraBd.ttf"))
    assert body is not None  # they are files of reportlab's own package
    assert bold is not None
    return Fonts(body, bold, tuple(others))


@cache
def _face(path: str) -> Face | None:
    """A font file as reportlab reads it; None when it is not there or of another kind."""
    if not Path(path).is_file():
        return None
    name = f"Holotable-{Path(path).stem}"
    try:
        font = TTFont(name, path)
    except (TTFError, OSError, ValueError):
        return None
    pdfmetrics.registerFont(font)
    return Face(name, frozenset(font.face.charToGlyph))
