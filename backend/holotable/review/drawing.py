"""Drawings beside a revision: which files are some, a place on a sheet, and what is drawn on it.

Places are fractions of a sheet as it is shown, turned as its file says: x to the right, y down,
from the upper left corner. They hold whatever the zoom, the screen or the size of paper is.
"""

from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

from holotable.errors import Invalid, NotADrawing
from holotable.review.attachment import picture_size

Kind: TypeAlias = Literal["pdf", "picture"]
Unit: TypeAlias = Literal["m", "px"]  # of sizes: metres of paper, or pixels of a picture

MAX_SHEETS: Final = 500
MAX_PIXELS: Final = 80_000_000  # a browser decodes four bytes each
MAX_DRAWINGS: Final = 200  # of a revision
MAX_NAME: Final = 200
MAX_MARKS: Final = 50
MAX_POINTS: Final = 4_000  # of all pen lines of one place
MAX_WORDS: Final = 200  # characters of a text mark
POINT_M: Final = 0.0254 / 72  # ISO 32000-1 §8.3.2.3: user space
_PDF_WITHIN: Final = 1024  # readers accept bytes before the header: Adobe's note 13 to ISO 32000-1
_ENDINGS: Final = (".pdf", ".png", ".jpg", ".jpeg", ".webp")
_PICTURES: Final = ("image/png", "image/jpeg", "image/webp")

Fraction: TypeAlias = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Point: TypeAlias = tuple[Fraction, Fraction]


class Frozen(BaseModel):
    """A value that is stored as JSON; what it does not know is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Drawn(Frozen):
    """What marks have in common. colour: sRGB."""

    colour: Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")] = "#d92d20"


class PenMark(Drawn):
    """A line as a hand drew it."""

    kind: Literal["pen"]
    points: Annotated[list[Point], Field(min_length=2, max_length=1_000)]


class BoxMark(Drawn):
    """A shape between two corners; an arrow's tip is at `end`."""

    kind: Literal["rectangle", "ellipse", "cloud", "arrow"]
    start: Point
    end: Point


class TextMark(Drawn):
    """Words; `at` is their upper left corner."""

    kind: Literal["text"]
    at: Point
    text: Annotated[str, Field(min_length=1, max_length=MAX_WORDS)]


Mark: TypeAlias = Annotated[PenMark | BoxMark | TextMark, Field(discriminator="kind")]


class SheetPlace(Frozen):
    """A place on a sheet. page: from 0. x, y: fractions of the sheet."""

    page: Annotated[int, Field(ge=0, lt=MAX_SHEETS)]
    x: Fraction
    y: Fraction
    marks: Annotated[list[Mark], Field(max_length=MAX_MARKS)] = []

    @model_validator(mode="after")
    def _is_drawn_by_a_hand(self) -> "SheetPlace":
        points = sum(len(one.points) for one in self.marks if isinstance(one, PenMark))
        if points > MAX_POINTS:
            raise ValueError(f"the pen lines of one place have at most {MAX_POINTS} points")
        return self


def recognise(head: bytes) -> tuple[Kind, str]:
    """(kind, media type) of a drawing by its first bytes; names are not believed.

    raises: NotADrawing, also for pictures of more than MAX_PIXELS.
    """
    if b"%PDF-" in head[:_PDF_WITHIN]:
        return "pdf", "application/pdf"
    picture = picture_size(head)
    if picture is None or picture[0] not in _PICTURES:
        raise NotADrawing(pointer="/file")
    media_type, width, height = picture
    if width * height > MAX_PIXELS:
        raise NotADrawing(
            f"A picture of {width} by {height} is more than a browser should open.",
            pointer="/file",
            max_pixels=MAX_PIXELS,
        )
    return "picture", media_type


def clean_sizes(said: Any, kind: Kind) -> list[list[float]]:
    """Widths and heights of sheets as the sandbox wrote them, nothing of it believed.

    said: JSON. returns: (n, 2) metres of a PDF, pixels of a picture. raises: ValueError.
    """
    most = MAX_SHEETS if kind == "pdf" else 1
    if not isinstance(said, list) or not 1 <= len(said) <= most:
        raise ValueError("no list of sheets")
    sizes = []
    for size in said:
        width, height = (float(one) for one in size)
        if not (0 < width < 1e6 and 0 < height < 1e6):  # NaN is refused too
            raise ValueError("no size of a sheet")
        sizes.append([round(width, 6), round(height, 6)])
    return sizes


def clean_name(text: str) -> str:
    """A drawing's name: printable, in one line. raises: Invalid when nothing is left."""
    name = "".join(c for c in text if c.isprintable()).strip()[:MAX_NAME].rstrip()
    if not name:
        raise Invalid("A drawing needs a name.", pointer="/name")
    return name


def name_of_file(text: str) -> str:
    """The name that a file gives its drawing: without folders, and without what says its format."""
    last = text.replace("\\", "/").rsplit("/", 1)[-1].strip()
    ending = next((one for one in _ENDINGS if last.lower().endswith(one)), "")
    return clean_name(last[: len(last) - len(ending)] or last or "drawing")


def file_name(name: str, media_type: str) -> str:
    """What a browser calls the file when it saves it."""
    ending = {"application/pdf": ".pdf", "image/jpeg": ".jpg"}.get(media_type)
    return name + (ending or "." + media_type.rsplit("/", 1)[-1])
