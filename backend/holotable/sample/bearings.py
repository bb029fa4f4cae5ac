"""Deep groove ball bearings: rings with true grooves, balls, a cage."""

from dataclasses import dataclass
from typing import Any, Final

from holotable.sample.solids import Arc, around, ball, cut, cylinder, turned
from holotable.sample.step_file import Definition, Material, Matrix, StepFile, translation

_STEEL: Final = Material("Bearing steel 100Cr6", 7810.0)
_BRASS: Final = Material("Brass CW614N", 8470.0)


@dataclass(frozen=True, slots=True)
class Bearing:
    """A bearing by its number. Radii and width in millimetres."""

    number: str
    bore: float
    outside: float
    width: float
    balls: int


def place_bearing(file: StepFile, assembly: Definition, size: Bearing, *places: Matrix) -> None:
    """Define the bearing and place it; its side face is at z = 0 of each place."""
    bearing = file.assembly(f"Bearing {size.number}")
    pitch, radius = (size.bore + size.outside) / 2.0, (size.outside - size.bore) * 0.3
    wall = (size.outside - size.bore) * 0.28
    inner = _ring(size.bore, size.bore + wall, pitch, radius, size.width)
    outer = _ring(size.outside, size.outside - wall, pitch, radius, size.width)
    file.place(bearing, file.part(f"{size.number} inner ring", inner, "#cdd5de", _STEEL))
    file.place(bearing, file.part(f"{size.number} outer ring", outer, "#cdd5de", _STEEL))
    cage = _cage(pitch, radius, size)
    file.place(bearing, file.part(f"{size.number} cage", cage, "#c98b2e", _BRASS))
    sphere = file.part(f"{size.number} ball", ball(radius), "#f3f6f9", _STEEL)
    for number, (x, y) in enumerate(around(size.balls, pitch), 1):
        spot = translation(x, y, size.width / 2.0)
        file.place(bearing, sphere, spot, f"{size.number} ball:{number}")
    for number, place in enumerate(places, 1):
        file.place(assembly, bearing, place, f"Bearing {size.number}:{number}")


def _ring(back: float, front: float, pitch: float, ball_radius: float, width: float) -> Any:
    """A ring between its plain back and its grooved front; the groove is a circle's part."""
    middle = width / 2.0
    groove = ball_radius * 1.02
    reach = abs(pitch - front)
    half = (groove**2 - reach**2) ** 0.5
    deep = pitch - groove if front < pitch else pitch + groove
    return turned(
        [
            (back, 0.0), (front, 0.0), (front, middle - half),
            Arc((deep, middle), (front, middle + half)), (front, width), (back, width),
        ]
    )  # fmt: skip


def _cage(pitch: float, ball_radius: float, size: Bearing) -> Any:
    middle, half = size.width / 2.0, ball_radius * 1.25
    thin = ball_radius * 0.18
    band = turned(
        [
            (pitch - thin, middle - half), (pitch + thin, middle - half),
            (pitch + thin, middle + half), (pitch - thin, middle + half),
        ]
    )  # fmt: skip
    pockets = [
        cylinder(
            ball_radius * 1.03, 4.0 * thin + 8.0,
            (x - x / pitch * (2 * thin + 4), y - y / pitch * (2 * thin + 4), middle),
            (x / pitch, y / pitch, 0.0),
        )
        for x, y in around(size.balls, pitch)
    ]  # fmt: skip
    return cut(band, *pockets)
