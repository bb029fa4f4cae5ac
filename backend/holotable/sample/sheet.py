"""The drawing beside the sample gearbox: one A3 sheet of revision C, as PDF.

Drawn from the numbers of `gearbox.py`, which is not imported: it loads Open CASCADE. First angle
projection (ISO 5456-2), millimetres, scale 1:2; the shafts lie along the sheet.
"""

import io
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

WIDTH_MM: Final = 420.0
HEIGHT_MM: Final = 297.0
SCALE: Final = 0.5
FEET_MM: Final = 150.0  # from the axis to the ground, as gearbox.py has it
PLATE_MM: Final = 18.0

Point: TypeAlias = tuple[float, float]

# The upper half of the silhouette along the shafts: (along, radius), input side first.
_INPUT_SHAFT: Final[tuple[Point, ...]] = (
    (-35, 0), (-35, 14), (-89, 14), (-90, 13), (-90, 0),
)  # fmt: skip
_COVER: Final[tuple[Point, ...]] = (
    (-35, 0), (-35, 47), (-34, 48), (-20, 48), (-17.1, 48.9), (-15, 51), (-15, 98), (-13, 100),
    (-1, 100), (-1, 0),
)  # fmt: skip
_RING: Final[tuple[Point, ...]] = (
    (0, 0), (0, 100), (9, 100), (9, 95.5), (12, 95.5), (12, 100), (14, 100), (14, 95.5),
    (17, 95.5), (17, 100), (19, 100), (19, 95.5), (22, 95.5), (22, 100), (38, 100), (38, 95.5),
    (41, 95.5), (41, 100), (43, 100), (43, 95.5), (46, 95.5), (46, 100), (48, 100), (48, 95.5),
    (51, 95.5), (51, 100), (60, 100), (60, 0),
)  # fmt: skip
_OUTPUT: Final[tuple[Point, ...]] = (
    (61, 0), (61, 100), (76, 100), (78, 98), (78, 90), (82, 86), (112, 72), (124, 68),
    (164, 68), (166, 66), (166, 0),
)  # fmt: skip
_RETAINER: Final[tuple[Point, ...]] = ((166, 0), (166, 66), (174, 66), (176, 64), (176, 0))
_OUTPUT_SHAFT: Final[tuple[Point, ...]] = (
    (176, 0), (176, 19), (180, 19), (182, 17.5), (239, 17.5), (240, 16.5), (240, 0),
)  # fmt: skip
_OIL_PORT: Final[tuple[Point, ...]] = (
    (-11, 74), (-11, 78), (-8.5, 79), (-8.5, 86), (-10, 87), (-10, 92), (-9, 93), (9, 93),
    (10, 92), (10, 87), (8.5, 86), (8.5, 79), (11, 78), (11, 74),
)  # fmt: skip
_BREATHER: Final[tuple[Point, ...]] = (
    (-6, 74), (-6, 80), (-9, 81), (-9.6, 88), (-7, 94), (-4, 96), (4, 96), (7, 94), (9.6, 88),
    (9, 81), (6, 80), (6, 74),
)  # fmt: skip
OIL_PORT_AT_MM: Final = 136.5  # 12.5 further than in revision B
BREATHER_AT_MM: Final = 157.0
EYE_BOLT_AT_MM: Final = 30.0


@dataclass(slots=True)
class _View:
    """A view on the sheet: its origin in millimetres of paper, and what draws there."""

    canvas: Any  # reportlab has no types
    origin: Point
    scale: float = SCALE

    def at(self, point: Point) -> Point:
        """A point of the model, in points of paper."""
        x, y = self.origin
        return (x + point[0] * self.scale) * mm, (y + point[1] * self.scale) * mm

    def line(self, points: Sequence[Point], *, closed: bool = False, wide: float = 0.5) -> None:
        path = self.canvas.beginPath()
        path.moveTo(*self.at(points[0]))
        for point in points[1:]:
            path.lineTo(*self.at(point))
        if closed:
            path.close()
        self.canvas.setLineWidth(wide * mm)
        self.canvas.drawPath(path)

    def circle(self, middle: Point, radius: float, *, wide: float = 0.5) -> None:
        self.canvas.setLineWidth(wide * mm)
        self.canvas.circle(*self.at(middle), radius * self.scale * mm)

    @contextmanager
    def centre(self) -> Iterator[None]:
        """Thin lines of dashes and dots (ISO 128-24, 04.1)."""
        self.canvas.saveState()
        self.canvas.setDash([4 * mm, 1 * mm, 0.4 * mm, 1 * mm])
        try:
            yield
        finally:
            self.canvas.restoreState()

    def dimension(self, one: Point, other: Point, away: float, text: str) -> None:
        """A dimension between two points, `away` millimetres of paper beside them (ISO 129-1)."""
        (x1, y1), (x2, y2) = self.at(one), self.at(other)
        length = math.dist((x1, y1), (x2, y2))
        along = ((x2 - x1) / length, (y2 - y1) / length)
        aside = (-along[1], along[0])
        self.canvas.saveState()
        self.canvas.setLineWidth(0.18 * mm)
        ends = [
            (x + aside[0] * away * mm, y + aside[1] * away * mm) for x, y in ((x1, y1), (x2, y2))
        ]
        sign = math.copysign(1.0, away)
        for (x, y), (u, v) in zip(((x1, y1), (x2, y2)), ends, strict=True):
            over = 1.5 * mm * sign
            self.canvas.line(
                x + aside[0] * sign * mm, y + aside[1] * sign * mm,
                u + aside[0] * over, v + aside[1] * over,
            )  # fmt: skip
        self.canvas.line(*ends[0], *ends[1])
        for (x, y), way in ((ends[0], 1.0), (ends[1], -1.0)):
            _arrow(self.canvas, x, y, (along[0] * way, along[1] * way))
        self.canvas.translate((ends[0][0] + ends[1][0]) / 2, (ends[0][1] + ends[1][1]) / 2)
        self.canvas.rotate(math.degrees(math.atan2(along[1], along[0])))
        self.canvas.setFont("Helvetica", 3.5 * mm)
        self.canvas.drawCentredString(0, 1.0 * mm, text)
        self.canvas.restoreState()


def write() -> bytes:
    """The sheet; the same bytes every time."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(WIDTH_MM * mm, HEIGHT_MM * mm), invariant=1)
    canvas.setTitle("PG-120 general arrangement")
    canvas.setAuthor("Nora Lind (demo)")
    canvas.setSubject("Generated sample drawing")
    _frame(canvas)
    _title_block(canvas)
    _along(_View(canvas, (135.0, 185.0)))
    _across(_View(canvas, (322.0, 185.0)))
    _notes(canvas)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _along(view: _View) -> None:
    """From the side: the shafts lie from left to right."""
    for outline in (_INPUT_SHAFT, _COVER, _RING, _OUTPUT, _RETAINER, _OUTPUT_SHAFT):
        view.line([*outline, *((x, -y) for x, y in reversed(outline))], closed=True)
    for low in (-1.0, 60.0):
        view.line([(low, 100), (low + 1, 100)])
        view.line([(low, -100), (low + 1, -100)])
    view.line([(OIL_PORT_AT_MM + x, y) for x, y in _OIL_PORT])
    view.line([(BREATHER_AT_MM + x, y) for x, y in _BREATHER])
    view.line([(114, 71.2), (114, 74), (166, 74), (166, 66)])  # the pad of both
    for x in (-14.0, 61.0):  # the feet, 14 mm wide
        view.line([(x, -100), (x, -FEET_MM), (x + 14, -FEET_MM), (x + 14, -100)])
    low, high = -FEET_MM - PLATE_MM, -FEET_MM
    view.line([(-50, high), (125, high), (125, low), (-50, low)], closed=True)
    _eye_bolt(view)
    with view.centre():
        view.line([(-98, 0), (248, 0)], wide=0.25)
        for x in (OIL_PORT_AT_MM, BREATHER_AT_MM):
            view.line([(x, 62), (x, 102)], wide=0.25)
        for x in (-7.0, 68.0):
            view.line([(x, -128), (x, -174)], wide=0.25)
    view.dimension((-90, 0), (240, 0), -104.0, "330")
    view.dimension((-7, low), (68, low), -12.0, "75")
    view.dimension((-1, -100), (61, -100), 20.0, "62")
    view.dimension((OIL_PORT_AT_MM, 96), (BREATHER_AT_MM, 96), 10.0, "20.5")
    view.dimension((232, -17.5), (232, 17.5), -14.0, "Ø 35")
    view.dimension((-84, -14), (-84, 14), 14.0, "Ø 28 k6")
    view.dimension((182, -17.5), (240, -17.5), -22.0, "58")


def _eye_bolt(view: _View) -> None:
    x = EYE_BOLT_AT_MM
    view.line([(x - 11, 100), (x - 11, 104), (x + 11, 104), (x + 11, 100)])
    for radius in (17.0, 9.0):
        view.circle((x, 121), radius)


def _across(view: _View) -> None:
    """From the output side: circles about the axis, feet below."""
    for radius in (100.0, 66.0, 17.5):
        view.circle((0, 0), radius)
    for number in range(12):
        angle = math.radians(30.0 * number)
        view.circle((89 * math.cos(angle), 89 * math.sin(angle)), 4.0, wide=0.35)
    for number in range(7):  # the eighth screw is gone
        angle = math.radians(45.0 * number)
        spot = 56 * math.cos(angle + math.pi / 2), 56 * math.sin(angle + math.pi / 2)
        view.circle(spot, 3.75, wide=0.35)
    low = -FEET_MM
    corner = (100.0 * math.sin(math.radians(33)), -100.0 * math.cos(math.radians(33)))
    for side in (-1.0, 1.0):
        view.line(
            [
                (side * corner[0], corner[1]), (side * 80, low + 16), (side * 118, low + 16),
                (side * 118, low), (0, low),
            ]
        )  # fmt: skip
    view.line([(-135, low), (135, low), (135, low - PLATE_MM), (-135, low - PLATE_MM)], closed=True)
    _key(view)
    with view.centre():
        view.line([(-112, 0), (112, 0)], wide=0.25)
        view.line([(0, -112), (0, 112)], wide=0.25)
        view.circle((0, 0), 89.0, wide=0.25)
        view.circle((0, 0), 56.0, wide=0.25)
        for y in (-98.0, 98.0):
            view.line([(y, low + 24), (y, low - PLATE_MM - 6)], wide=0.25)
    view.dimension((-100, 0), (100, 0), 62.0, "Ø 200")
    view.dimension((-98, low), (98, low), -19.0, "196")
    view.dimension((135, low), (135, 0), -10.0, "150")
    _leader(view, (-89 * math.cos(math.pi / 3), 89 * math.sin(math.pi / 3)), "12 x M8 on Ø 178")


def _key(view: _View) -> None:
    """The key of the output shaft, 10 wide; the model's +x points down."""
    view.line([(-5, -16.8), (-5, -12.5), (5, -12.5), (5, -16.8)], wide=0.35)


def _leader(view: _View, to: Point, text: str) -> None:
    """Words at a line that points at something, from the upper left."""
    canvas = view.canvas
    x, y = view.at(to)
    canvas.saveState()
    canvas.setLineWidth(0.18 * mm)
    end = (x - 30 * mm, y + 18 * mm)
    canvas.line(x, y, *end)
    canvas.line(*end, end[0] - 32 * mm, end[1])
    length = math.dist((x, y), end)
    _arrow(canvas, x, y, ((end[0] - x) / length, (end[1] - y) / length))
    canvas.setFont("Helvetica", 3.5 * mm)
    canvas.drawRightString(end[0] - 1 * mm, end[1] + 1 * mm, text)
    canvas.restoreState()


def _arrow(canvas: Any, x: float, y: float, way: Point) -> None:
    """A filled head at (x, y); the line goes on along `way`."""
    path = canvas.beginPath()
    path.moveTo(x, y)
    for side in (-0.5, 0.5):
        path.lineTo(
            x + (3.0 * way[0] - side * way[1]) * mm, y + (3.0 * way[1] + side * way[0]) * mm
        )
    path.close()
    canvas.drawPath(path, stroke=0, fill=1)


def _frame(canvas: Any) -> None:
    """Trimmed edge, frame with 20 mm at the left for filing, and the grid of zones (ISO 5457)."""
    canvas.setLineWidth(0.7 * mm)
    canvas.rect(20 * mm, 10 * mm, (WIDTH_MM - 30) * mm, (HEIGHT_MM - 20) * mm)
    canvas.setLineWidth(0.18 * mm)
    canvas.setFont("Helvetica", 3.5 * mm)
    for number in range(8):
        x = 20 + (WIDTH_MM - 30) * (number + 0.5) / 8
        canvas.drawCentredString(x * mm, (HEIGHT_MM - 8) * mm, str(number + 1))
        canvas.drawCentredString(x * mm, 4.5 * mm, str(number + 1))
    for number, letter in enumerate("FEDCBA"):
        y = 10 + (HEIGHT_MM - 20) * (number + 0.5) / 6
        canvas.drawCentredString(15 * mm, (y - 1.2) * mm, letter)
        canvas.drawCentredString((WIDTH_MM - 5) * mm, (y - 1.2) * mm, letter)


def _title_block(canvas: Any) -> None:
    """180 mm wide at the lower right corner (ISO 7200)."""
    left, low, wide = WIDTH_MM - 190.0, 10.0, 180.0
    cells = (
        (0.0, 24.0, 90.0, 12.0, "Title", "Planetary gearbox PG-120"),
        (90.0, 24.0, 60.0, 12.0, "Drawing number", "GB-2400-01"),
        (150.0, 24.0, 30.0, 12.0, "Revision", "C"),
        (0.0, 12.0, 45.0, 12.0, "Scale", "1:2"),
        (45.0, 12.0, 45.0, 12.0, "Unit", "mm"),
        (90.0, 12.0, 60.0, 12.0, "General tolerances", "ISO 2768-mK"),
        (150.0, 12.0, 30.0, 12.0, "Sheet", "1 / 1  A3"),
        (0.0, 0.0, 90.0, 12.0, "Drawn by", "Nora Lind (demo)"),
        (90.0, 0.0, 60.0, 12.0, "Document type", "General arrangement"),
        (150.0, 0.0, 30.0, 12.0, "Projection", ""),
    )
    canvas.setLineWidth(0.35 * mm)
    for x, y, width, height, label, value in cells:
        canvas.rect((left + x) * mm, (low + y) * mm, width * mm, height * mm)
        canvas.setFont("Helvetica", 2.2 * mm)
        canvas.drawString((left + x + 1.5) * mm, (low + y + height - 3.2) * mm, label)
        canvas.setFont("Helvetica-Bold", 4.2 * mm)
        canvas.drawString((left + x + 1.5) * mm, (low + y + 2.2) * mm, value)
    canvas.setLineWidth(0.7 * mm)
    canvas.rect(left * mm, low * mm, wide * mm, 36 * mm)
    _first_angle(_View(canvas, (left + 165.0, low + 4.6), 1.0))


def _first_angle(view: _View) -> None:
    """The symbol of first angle projection (ISO 5456-2 §4.2.2): a cone, seen from both ends."""
    view.line([(-9, -1.7), (-9, 1.7), (-1, 3.2), (-1, -3.2)], closed=True, wide=0.25)
    view.circle((7, 0), 3.2, wide=0.25)
    view.circle((7, 0), 1.7, wide=0.25)


def _notes(canvas: Any) -> None:
    canvas.setFont("Helvetica", 3.5 * mm)
    notes = (
        "Ratio 4: sun 24, planets 24, ring 72 teeth, module 2",
        "Grease hole Ø 6.5 in the input cover",
        "Oil port G1/4 moved by 12.5 since revision B",
        "A sample made by code: for trying, not for making",
    )
    for number, note in enumerate(notes):
        canvas.drawString(28 * mm, (38 - 5.5 * number) * mm, f"{number + 1}  {note}")
