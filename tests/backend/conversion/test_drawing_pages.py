"""Sheets of drawings: how many, how large, and what each bad file is refused for."""

import io
import json
from pathlib import Path

import pytest
from drawing_files import pdf, pdf_without_sheets, picture
from PIL import Image

from holotable.conversion.drawing_pages import RESULT, read
from holotable.conversion.options import ConvertOptions
from holotable.errors import (
    DamagedDrawing,
    EncryptedDrawing,
    HolotableError,
    NoSheets,
    NotADrawing,
    TooManySheets,
)


def sizes(folder: Path, content: bytes) -> list[list[float]]:
    source = folder / "source"
    source.write_bytes(content)
    read(source, folder, ConvertOptions(), lambda _stage, _share: None)
    found: list[list[float]] = json.loads((folder / RESULT).read_text())
    return found


def test_sheets_of_a_pdf_are_as_large_as_their_paper(tmp_path: Path) -> None:
    assert sizes(tmp_path, pdf()) == [
        pytest.approx([0.21, 0.297], abs=1e-4),
        pytest.approx([0.42, 0.297], abs=1e-4),
    ]


def test_a_page_that_its_file_turns_lies(tmp_path: Path) -> None:
    turned = pdf(sheets=((300.0, 500.0),)).replace(b"/Rotate 0", b"/Rotate 90")
    assert sizes(tmp_path, turned) == [pytest.approx([500 * 0.0254 / 72, 300 * 0.0254 / 72])]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_is_one_sheet_of_its_pixels(tmp_path: Path, kind: str) -> None:
    assert sizes(tmp_path, picture(kind)) == [[320, 200]]


def test_a_picture_is_turned_as_a_camera_says(tmp_path: Path) -> None:
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter turn
    Image.new("RGB", (30, 20)).save(file, "JPEG", exif=exif)
    assert sizes(tmp_path, file.getvalue()) == [[20, 30]]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (pdf(password="secret"), EncryptedDrawing),
        (b"%PDF-1.7\nnothing of the kind", DamagedDrawing),
        (pdf_without_sheets(), NoSheets),
        (picture()[:-40], DamagedDrawing),
        (picture("JPEG")[:400], DamagedDrawing),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", NotADrawing),
        (b"GIF89a\x01\x00\x01\x00", NotADrawing),
    ],
    ids=["encrypted", "damaged", "no sheets", "cut png", "cut jpeg", "svg", "gif"],
)
def test_each_bad_file_has_its_own_problem(
    tmp_path: Path, content: bytes, error: type[HolotableError]
) -> None:
    with pytest.raises(error):
        sizes(tmp_path, content)
    assert not (tmp_path / RESULT).exists()


def test_more_sheets_than_a_drawing_has_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TooManySheets, match="501"):
        sizes(tmp_path, pdf(sheets=((50.0, 50.0),) * 501))
