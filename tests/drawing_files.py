"""Drawings as files, written by reportlab and Pillow: good ones and each kind of bad one."""

import io

import pypdfium2
from PIL import Image
from reportlab.lib.pagesizes import A3, A4, landscape
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

SHEETS = (A4, landscape(A3))


def pdf(
    sheets: tuple[tuple[float, float], ...] = SHEETS, *, password: str = "", title: str = "PLATE"
) -> bytes:
    """Sheets of these sizes in points, each with a frame, a plate with a hole, and its title."""
    file = io.BytesIO()
    lock = StandardEncryption(password, canPrint=0) if password else None
    canvas = Canvas(file, pagesize=sheets[0], encrypt=lock, invariant=True)
    for number, (width, height) in enumerate(sheets, 1):
        canvas.setPageSize((width, height))
        canvas.rect(28, 28, width - 56, height - 56)
        canvas.rect(width * 0.25, height * 0.4, width * 0.5, height * 0.3)
        canvas.circle(width * 0.5, height * 0.55, min(width, height) * 0.06)
        canvas.setFont("Helvetica", 14)
        canvas.drawString(width * 0.6, 48, f"{title}  {number}/{len(sheets)}")
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def picture(kind: str = "PNG", size: tuple[int, int] = (320, 200)) -> bytes:
    """A picture of a plain colour."""
    file = io.BytesIO()
    Image.new("RGB", size, (240, 240, 230)).save(file, kind)
    return file.getvalue()


def pdf_without_sheets() -> bytes:
    """A PDF with a page tree that has no page."""
    file = io.BytesIO()
    document = pypdfium2.PdfDocument.new()
    document.save(file)
    document.close()
    return file.getvalue()
