"""Pipework: lines walk along the axes with bends, flanged joints and gate valves. Millimetres."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from holotable.sample.catalogue import CAST, GRAPHITE, P265, ZINC, Catalogue
from holotable.sample.solids import (
    around,
    block,
    circle,
    cut,
    cylinder,
    extruded,
    fused,
    hex_nut,
    hex_screw,
    moved,
    ring,
    swept_ring,
    turned,
    washer,
)
from holotable.sample.step_file import Definition, Material, Matrix, rotation, translation

Spot = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Size:
    """A nominal pipe size (DN), PN 16: outer radius, wall, flange and its bolts."""

    name: int
    radius: float
    wall: float
    flange_radius: float
    flange_width: float
    bolt_circle: float
    bolts: int
    thread: float


NOMINAL: Final = {
    50: Size(50, 30.15, 2.9, 82.5, 18.0, 62.5, 4, 16.0),
    80: Size(80, 44.45, 3.2, 100.0, 20.0, 80.0, 8, 16.0),
    100: Size(100, 57.15, 3.6, 110.0, 20.0, 90.0, 8, 16.0),
    150: Size(150, 84.15, 4.5, 142.5, 22.0, 120.0, 8, 20.0),
}


TO_X: Final = rotation((0, 1, 0), 90)  # what is made along z lies along x
TO_Y: Final = rotation((1, 0, 0), -90)
_DIRECTIONS: Final = {
    "x": TO_X, "-x": rotation((0, 1, 0), -90), "y": TO_Y, "-y": rotation((1, 0, 0), 90),
    "z": rotation((1, 0, 0), 0), "-z": rotation((1, 0, 0), 180),
}  # fmt: skip
_STEPS: Final[dict[str, Spot]] = {
    "x": (1, 0, 0), "-x": (-1, 0, 0), "y": (0, 1, 0), "-y": (0, -1, 0), "z": (0, 0, 1),
    "-z": (0, 0, -1),
}  # fmt: skip


@dataclass(slots=True)
class Walk:
    """Where a line has got to."""

    skid: Catalogue
    group: Definition
    size: Size
    at: Spot
    heading: str = "x"

    def go(self, steps: Sequence[tuple[str, Any]]) -> None:
        """Build the steps: (axis, length), ("bend", axis), ("flange", axis), ("valve", tag)."""
        for step, value in steps:
            match step:
                case "flange":
                    self.heading = value
                    self._joint()
                case "valve":
                    self._valve(value)
                case "bend":
                    self._bend(value)
                case _:
                    self.heading = step
                    self._pipe(float(value))

    def _place(
        self, name: str, make: Callable[[], Any], colour: str, material: Material, tag: str = ""
    ) -> None:
        full = f"{name} DN {self.size.name}"
        part = self.skid.part(full, make, colour, material)
        matrix = translation(*self.at) @ _DIRECTIONS[self.heading]
        self.skid.place(self.group, full, part, matrix, tag)

    def _advance(self, length: float) -> None:
        x, y, z = _STEPS[self.heading]
        self.at = (self.at[0] + x * length, self.at[1] + y * length, self.at[2] + z * length)

    def _pipe(self, length: float) -> None:
        size = self.size
        self._place(
            f"Pipe {length:.0f}",
            lambda: ring(size.radius - size.wall, size.radius, length), "#7fa6c4", P265,
        )  # fmt: skip
        self._advance(length)

    def _bend(self, heading: str) -> None:
        """A 90 degree elbow, radius 1.5 DN, from the heading to another."""
        size = self.size
        radius = 1.5 * size.name
        name = f"Elbow 90 DN {size.name}"
        part = self.skid.part(
            name, lambda: swept_ring(size.radius - size.wall, size.radius, radius), "#7fa6c4", P265
        )
        matrix = translation(*self.at) @ _elbow_frame(self.heading, heading)
        self.skid.place(self.group, name, part, matrix)
        self._advance(radius)
        self.heading = heading
        self._advance(radius)

    def _joint(self) -> None:
        """Two flanges, a gasket and the bolts with nuts and washers."""
        size = self.size
        self._place("Flange", lambda: _flange(size), "#93a9bd", P265)
        self._advance(size.flange_width)
        self._place(
            "Gasket", lambda: ring(size.radius, size.bolt_circle - 12, 2), "#2e3338", GRAPHITE
        )
        self._bolts(2 * size.flange_width + 2)
        self._advance(2.0)
        self._place("Flange", lambda: _flange(size), "#93a9bd", P265)
        self._advance(size.flange_width)

    def _bolts(self, grip: float) -> None:
        size, thread = self.size, self.size.thread
        length = math.ceil((grip + 1.6 * thread) / 5.0) * 5.0
        named = f"M{thread:.0f}"
        bolt = self.skid.part(
            f"Screw ISO 4014 {named}x{length:.0f}", lambda: hex_screw(thread, length), "#c9ced6",
            ZINC,
        )  # fmt: skip
        plain = self.skid.part(f"Washer ISO 7089 {named}", lambda: washer(thread), "#d3d8de", ZINC)
        nut = self.skid.part(f"Nut ISO 4032 {named}", lambda: hex_nut(thread), "#c9ced6", ZINC)
        here = translation(*self.at) @ _DIRECTIONS[self.heading]
        half = (grip - 2.0) / 2.0
        turned_round, above = rotation((1, 0, 0), 180), translation(0, 0, 0.2 * thread)
        for x, y in around(size.bolts, size.bolt_circle, 180.0 / size.bolts):
            head = here @ translation(x, y, -half)
            back = here @ translation(x, y, grip - half)
            for name, part, matrix in (
                (f"Washer ISO 7089 {named}", plain, head @ turned_round),
                (
                    f"Screw ISO 4014 {named}",
                    bolt,
                    head @ turned_round @ above,
                ),
                (f"Nut ISO 4032 {named}", nut, back),
            ):
                self.skid.place(self.group, name, part, matrix)

    def _valve(self, tag: str) -> None:
        """A gate valve between two joints: body, bonnet, stem, hand wheel."""
        self._joint()
        size = self.size
        name = f"Gate valve DN {size.name}"
        if name not in self.skid.parts:
            self.skid.parts[name] = _gate_valve(self.skid, size)
        matrix = translation(*self.at) @ _DIRECTIONS[self.heading]
        self.skid.file.place(self.group, self.skid.parts[name], matrix, tag)
        self._advance(_valve_length(size))
        self._joint()


def clamp(size: Size) -> Any:
    """A clamp about a pipe along x, on a foot below it."""
    band = ring(size.radius, size.radius + 6, 40, -20)
    return fused(cut(_along_x(band), block((-40, -200, -200), (40, 200, -size.radius - 20))),
                 block((-20, -30, -size.radius - 12), (20, 30, -size.radius + 1)))  # fmt: skip


def _gate_valve(skid: Catalogue, size: Size) -> Definition:
    file = skid.file
    valve = file.assembly(f"Gate valve DN {size.name}")
    length, radius = _valve_length(size), size.radius
    body = fused(
        cylinder(radius * 1.25, length),
        cylinder(radius * 1.5, radius * 2.6, (-radius * 2.6, 0, length / 2), (1, 0, 0)),
    )
    body = cut(body, cylinder(radius - size.wall, length))
    name = f"DN {size.name}"
    file.place(valve, file.part(f"Valve body {name}", body, "#c23b31", CAST))
    tall = radius * 2.6
    bonnet = turned(
        [
            (0, 0), (radius * 1.75, 0), (radius * 1.75, 16), (radius * 1.2, 20),
            (radius * 0.6, radius * 1.3), (radius * 0.6, radius * 1.8), (0, radius * 1.8),
        ]
    )  # fmt: skip
    up = translation(-tall, 0, length / 2) @ rotation((0, 1, 0), -90)
    file.place(valve, file.part(f"Valve bonnet {name}", bonnet, "#c23b31", CAST), up)
    stem = file.part(f"Valve stem {name}", cylinder(radius * 0.22, radius * 2.2), "#b9c2cc", P265)
    top = up @ translation(0, 0, radius * 1.8)
    file.place(valve, stem, top)
    wheel = file.part(f"Hand wheel {name}", _hand_wheel(radius * 1.7), "#1f5fa8", CAST)
    file.place(valve, wheel, top @ translation(0, 0, radius * 1.5))
    screw = skid.part("Screw ISO 4017 M12x40", lambda: hex_screw(12, 40), "#c9ced6", ZINC)
    for number, (x, y) in enumerate(around(6, radius * 1.5, 30), 1):
        file.place(valve, screw, up @ translation(x, y, 16), f"Screw ISO 4017 M12x40:{number}")
    return valve


def _hand_wheel(radius: float) -> Any:
    rim = turned(list(circle(radius * 0.09, (radius, 0.0))))
    spokes = [cylinder(radius * 0.06, radius, (0, 0, 0), (x, y, 0)) for x, y in around(4, 1.0)]
    return fused(rim, cylinder(radius * 0.2, radius * 0.3, (0, 0, -radius * 0.15)), *spokes)


def _valve_length(size: Size) -> float:
    return 140.0 + size.name


def _flange(size: Size) -> Any:
    holes = [
        circle(size.thread / 2 + 1, spot)
        for spot in around(size.bolts, size.bolt_circle, 180.0 / size.bolts)
    ]
    return extruded(circle(size.flange_radius), size.flange_width, 0.0,
                    [circle(size.radius - size.wall), *holes])  # fmt: skip


def _along_x(shape: Any) -> Any:
    """What was made along z, along x."""
    return moved(shape, TO_X)


def _elbow_frame(heading: str, to: str) -> Matrix:
    """From the elbow's own frame (enters along z, leaves along x) to the line's."""
    along, out = np.array(_STEPS[heading], float), np.array(_STEPS[to], float)
    matrix = np.eye(4)
    matrix[:3, 2], matrix[:3, 0], matrix[:3, 1] = along, out, np.cross(along, out)
    return matrix
