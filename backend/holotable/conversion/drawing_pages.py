"""How many sheets a PDF or a picture has and how large they are, read in the sandbox.

PDF readers are among the most attacked programs there are, so a file is opened by a forked child
behind walls only. It writes `sheets.json`, a list of [width, height], and nothing else.
"""

import ctypes
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pypdfium2  # type: ignore[import-untyped]  # has no stubs
from PIL import Image, ImageOps, UnidentifiedImageError
from pypdfium2 import raw

from holotable.conversion.options import ConvertOptions, Report
from holotable.errors import DamagedDrawing, EncryptedDrawing, NoSheets, NotADrawing, TooManySheets
from holotable.review.drawing import MAX_PIXELS, MAX_SHEETS, POINT_M, recognise

ENTRY: Final = "holotable.conversion.drawing_pages:read"
PRELOAD: Final = (
    "holotable.conversion.drawing_pages",
    "PIL.PngImagePlugin",
    "PIL.JpegImagePlugin",
    "PIL.WebPImagePlugin",
)
RESULT: Final = "sheets.json"
_HEAD_BYTES: Final = 64 * 1024
_EMPTY_TREE: Final = re.compile(rb"/Count\s+0\b")
_PAGE: Final = re.compile(rb"/Type\s*/Page\b")


def read(source: Path, out: Path, _options: ConvertOptions, report: Report) -> Mapping[str, Any]:
    """Write the sizes of all sheets: metres of a PDF's, pixels of a picture's.

    raises: EncryptedDrawing, DamagedDrawing, NoSheets, TooManySheets, NotADrawing.
    """
    with source.open("rb") as file:
        kind, _media_type = recognise(file.read(_HEAD_BYTES))
    report("reading", 0.0)
    sizes = _pdf(source) if kind == "pdf" else [_picture(source)]
    (out / RESULT).write_text(json.dumps(sizes), encoding="ascii")
    return {"sheets": len(sizes)}


def _pdf(source: Path) -> list[tuple[float, float]]:
    """Width and height of each page as it is shown: its crop box, turned by its /Rotate."""
    # By its bytes: pypdfium2 resolves paths, and behind the walls only the given one opens.
    content = source.read_bytes()
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as problem:
        if problem.err_code == raw.FPDF_ERR_PASSWORD:
            raise EncryptedDrawing(pointer="/file") from problem
        # pdfium refuses a page tree without pages, and leaves whatever code there was before.
        if _EMPTY_TREE.search(content) and not _PAGE.search(content):
            raise NoSheets(pointer="/file") from problem
        raise DamagedDrawing(pointer="/file") from problem
    with document:
        count = len(document)
        if count == 0:
            raise NoSheets(pointer="/file")
        if count > MAX_SHEETS:
            raise TooManySheets(
                f"This PDF has {count} pages; a drawing has at most {MAX_SHEETS}.",
                pointer="/file",
                max_sheets=MAX_SHEETS,
            )
        sizes = []
        for number in range(count):
            size = raw.FS_SIZEF()
            found = raw.FPDF_GetPageSizeByIndexF(document, number, ctypes.byref(size))
            if not found or size.width <= 0 or size.height <= 0:
                raise DamagedDrawing(
                    f"Page {number + 1} of this PDF cannot be read.", pointer="/file"
                )
            sizes.append((size.width * POINT_M, size.height * POINT_M))
        return sizes


def _picture(source: Path) -> tuple[int, int]:
    """Pixels across and down, turned as its EXIF orientation says; all of it is decoded once."""
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    try:
        with Image.open(source, formats=["PNG", "JPEG", "WEBP"]) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise NotADrawing("This picture has too many pixels.", pointer="/file")
            picture.load()
            turned = ImageOps.exif_transpose(picture)
            return turned.size
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as problem:
        raise DamagedDrawing(
            "This picture cannot be read to its end.", pointer="/file"
        ) from problem
