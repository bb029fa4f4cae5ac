"""A report as PDF: A4, text that can be searched, fonts embedded; equal reports, equal bytes."""

import io
from collections.abc import Iterator, Sequence
from typing import Any, Final, assert_never
from xml.sax.saxutils import escape, quoteattr

from reportlab.lib import colors
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    Flowable,
    Image,
    KeepTogether,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
)
from reportlab.platypus import Table as Grid

from holotable.exchange.pictures import as_jpeg, size_of
from holotable.exchange.report import Block, Facts, Note, Report, Shown, Table
from holotable.exchange.report_fonts import Fonts
from holotable.exchange.report_words import Words
from holotable.exchange.topics import Picture

_MARGIN: Final = 18 * mm
_WIDTH: Final = A4[0] - 2 * _MARGIN
_HEIGHT: Final = A4[1] - 2 * _MARGIN
_PIXELS: Final = 1_200  # of a picture: 170 dpi over the whole width
_MOST_OF_CELL: Final = 1_500  # letters: a row that is higher than a page cannot be laid out
_SOFT: Final = colors.HexColor("#5b6470")
_LINE: Final = colors.HexColor("#c9d0d8")


def pdf(report: Report, words: Words, fonts: Fonts) -> bytes:
    """The document."""
    pages = _Pages(report, words, fonts)
    target = io.BytesIO()
    document = SimpleDocTemplate(
        target,
        pagesize=A4,
        leftMargin=_MARGIN, rightMargin=_MARGIN, topMargin=_MARGIN, bottomMargin=_MARGIN,
        title=report.title, author="Holotable", lang=words.language,
        invariant=1,  # no time, no random id
    )  # fmt: skip
    document.build(list(pages.story()), canvasmaker=pages.canvas)
    return target.getvalue()


class _Pages:
    """One report on its way to paper."""

    def __init__(self, report: Report, words: Words, fonts: Fonts) -> None:
        self._report, self._words, self._fonts = report, words, fonts
        self._texts: list[str] = []  # everything that is drawn, for what is missing
        body = fonts.body.name
        self._body = ParagraphStyle(
            "body", fontName=body, fontSize=8.5, leading=12, alignment=TA_LEFT, splitLongWords=1
        )
        self._soft = ParagraphStyle("soft", self._body, textColor=_SOFT)
        self._strong = ParagraphStyle("strong", self._body, fontName=fonts.bold.name)
        self._title = ParagraphStyle("title", self._strong, fontSize=16, leading=20)
        self._heading = ParagraphStyle(
            "heading",
            self._strong,
            fontSize=11,
            leading=14,
            spaceBefore=14,
            spaceAfter=5,
            keepWithNext=1,
        )

    def story(self) -> Iterator[Flowable]:
        """Everything, from top to bottom."""
        yield self._text(self._report.title, self._title, bold=True)
        yield self._text(self._report.subtitle, self._soft)
        yield Spacer(0, 8)
        for section in self._report.sections:
            if section.title:
                yield self._text(section.title, self._heading, bold=True)
            for block in section.blocks:
                yield from self._block(block)
        missing = self._fonts.missing(self._texts)
        if missing:
            yield Spacer(0, 10)
            note = self._words("missing_letters", scripts=", ".join(missing))
            yield self._text(note, self._strong, bold=True)

    def _text(
        self, text: str, style: ParagraphStyle, *, bold: bool = False, link: str = ""
    ) -> Paragraph:
        if len(text) > _MOST_OF_CELL and style is self._body:
            text = text[:_MOST_OF_CELL] + " …"
        self._texts.append(text)
        lines = [
            "".join(
                f'<font name="{font}">{escape(letters)}</font>'
                for font, letters in self._fonts.runs(line, bold=bold)
            )
            for line in text.splitlines()
        ]
        said = "<br/>".join(lines)
        if link:
            said = f"<a href={quoteattr(link)}><u>{said}</u></a>"
        return Paragraph(said, style)

    def _block(self, block: Block) -> Iterator[Flowable]:
        match block:
            case Facts(rows):
                cells = [
                    [self._text(name, self._soft), self._text(value, self._body)]
                    for name, value in rows
                ]
                yield self._grid(cells, (0.2, 0.8), head=False)
            case Table(head, rows, wide):
                cells = [[self._text(cell, self._soft) for cell in head]]
                cells += [
                    [
                        self._text(cell, self._body, link="" if column else block.link(number))
                        for column, cell in enumerate(row)
                    ]
                    for number, row in enumerate(rows)
                ]
                yield self._grid(cells, wide, head=True)
            case Note(text, strong):
                # A long text in pieces: a paragraph breaks over pages, a cell does not.
                yield self._text(text, self._strong if strong else self._soft, bold=strong)
                yield Spacer(0, 4)
            case Shown(picture, caption, height):
                drawn = _image(picture, height * _HEIGHT)
                if drawn is not None:
                    yield KeepTogether([Spacer(0, 6), drawn, self._text(caption, self._soft)])
            case _:
                assert_never(block)

    def _grid(self, cells: list[list[Any]], wide: Sequence[float], *, head: bool) -> Grid:
        style: list[tuple[Any, ...]] = [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 8),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ]
        if head:
            style.append(("LINEBELOW", (0, 0), (-1, -1), 0.4, _LINE))
        grid = Grid(
            cells, colWidths=[share * _WIDTH for share in wide], repeatRows=1 if head else 0
        )
        grid.setStyle(style)
        grid.hAlign = "LEFT"
        return grid

    def canvas(self, *arguments: Any, **named: Any) -> Canvas:
        """A canvas that knows how many pages there are when it draws the foot of one."""
        words, title, font = self._words, self._report.title, self._fonts
        kept: list[dict[str, Any]] = []

        class Numbered(Canvas):  # type: ignore[misc]  # reportlab has no types
            """reportlab's way to say "of 3": every page is kept and drawn at the end."""

            def showPage(self) -> None:  # noqa: N802  # reportlab calls it so
                kept.append(dict(self.__dict__))
                self._startPage()

            def save(self) -> None:
                for number, page in enumerate(kept, 1):
                    self.__dict__.update(page)
                    self.setFillColor(_SOFT)
                    foot = words("page", page=number, pages=len(kept))
                    self.setFont(font.body.name, 7)
                    self.drawRightString(A4[0] - _MARGIN, 10 * mm, foot)
                    x = _MARGIN
                    for name, letters in font.runs(title[:90]):
                        self.setFont(name, 7)
                        self.drawString(x, 10 * mm, letters)
                        x += self.stringWidth(letters, name, 7)
                    super().showPage()
                super().save()

        return Numbered(*arguments, **named)


def _image(picture: Picture, most_high: float) -> Image | None:
    """The picture in its proportions; None when it cannot be read."""
    content = as_jpeg(picture, _PIXELS)
    size = None if content is None else size_of(Picture(content, "image/jpeg"))
    if content is None or size is None:
        return None
    wide, high = size
    scale = min(_WIDTH / wide, most_high / high, 1.0)
    image = Image(io.BytesIO(content), width=wide * scale, height=high * scale)
    image.hAlign = "LEFT"
    return image
