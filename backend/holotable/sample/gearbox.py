"""The sample a new owner sees first: a planetary gearbox with three revisions.

Sun 24, planets 24, ring 72 teeth of module 2 (ratio 4), all in true mesh. Millimetres, z up, the
shafts along x. Between the revisions one of each kind of change is planted:

    A → B  the bearing retainer becomes steel: material and colour, same shape
    B → C  added: the sensor bracket; removed: one screw of the retainer; moved: the oil port by
           12.5 mm; modified: the grease hole of the input cover, diameter 6.0 → 6.5 mm
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np

from holotable.sample.bearings import Bearing, place_bearing
from holotable.sample.solids import (
    Arc,
    around,
    block,
    cap_screw,
    circle,
    cut,
    cylinder,
    extruded,
    fused,
    gear,
    hex_screw,
    internal_teeth,
    moved,
    ring,
    torus,
    turned,
    washer,
)
from holotable.sample.step_file import (
    Definition,
    Material,
    Matrix,
    StepFile,
    rotation,
    translation,
)

Revision = Literal["A", "B", "C"]

OCCURRENCES: Final[dict[Revision, int]] = {"A": 153, "B": 153, "C": 153}
GREASE_HOLE_MM: Final[dict[Revision, float]] = {"A": 6.0, "B": 6.0, "C": 6.5}
PORT_SHIFT_MM: Final = 12.5

_STEEL: Final = Material("Steel 42CrMo4", 7850.0)
_CASE_STEEL: Final = Material("Steel 18CrNiMo7-6", 7850.0)
_CAST: Final = Material("Cast iron EN-GJL-250", 7200.0)
_ALUMINIUM: Final = Material("Aluminium EN AW-6082", 2700.0)
_BRASS: Final = Material("Brass CW614N", 8470.0)
_RUBBER: Final = Material("NBR 70", 1230.0)
_GLASS: Final = Material("Borosilicate glass", 2230.0)
_FIBRE: Final = Material("Aramid fibre", 1700.0)

_CENTRE_DISTANCE: Final = 48.0  # sun to planet: module 2, (24 + 24) / 2 teeth
_AXIS_HEIGHT: Final = 150.0
# The model is made along z; this lays it down along x, at the height of its feet.
_LYING: Final[Matrix] = translation(0, 0, _AXIS_HEIGHT) @ rotation((0, 1, 0), 90)


@dataclass(slots=True)
class _Gearbox:
    """The file, its fastener definitions, and how often each has been used."""

    file: StepFile
    revision: Revision
    counts: dict[str, int]

    def place(
        self, assembly: Definition, name: str, child: Definition, places: Iterable[Matrix]
    ) -> None:
        """Place equal parts; each occurrence is numbered, as CAD programs do."""
        for matrix in places:
            self.counts[name] = self.counts.get(name, 0) + 1
            self.file.place(assembly, child, matrix, f"{name}:{self.counts[name]}")


def write(path: Path, revision: Revision = "A") -> None:
    """Write one revision as STEP. raises: OSError."""
    file = StepFile()
    box = _Gearbox(file, revision, {})
    root = file.assembly("Planetary gearbox PG-120")
    for name, build in (
        ("Housing", _housing),
        ("Input stage", _input_stage),
        ("Planet carrier", _carrier),
        ("Output stage", _output_stage),
        ("Base", _base),
    ):
        group = file.assembly(name)
        build(box, group)
        file.place(root, group, _LYING, name)
    file.write(path, "Planetary gearbox PG-120")


def _housing(box: _Gearbox, group: Definition) -> None:
    file = box.file
    teeth = file.part("Ring gear z72", _ring_gear(), "#c2a25a", _CASE_STEEL)
    file.place(group, teeth, rotation((0, 0, 1), 2.5))  # half a pitch: a tooth meets a space
    file.place(group, file.part("Ring housing", _ring_housing(), "#8fa0b1", _ALUMINIUM))
    grease = GREASE_HOLE_MM[box.revision]
    cover = file.part("Input cover", _input_cover(grease), "#2f5d8a", _CAST)
    file.place(group, cover)
    file.place(group, file.part("Output housing", _output_housing(), "#2f5d8a", _CAST))
    gasket = file.part(
        "Gasket 1 mm",
        extruded(circle(100), 1.0, 0.0, [circle(76), *_bolt_circle(4.6), *_dowel_circles()]),
        "#3f8f5f", _FIBRE,
    )  # fmt: skip
    box.place(group, "Gasket 1 mm", gasket, [translation(0, 0, -1), translation(0, 0, 60)])

    screw = file.part("Screw ISO 4762 M8x90", cap_screw(8, 90), "#30343b", _STEEL)
    plain = file.part("Washer ISO 7089 M8", washer(8), "#d3d8de", _STEEL)
    spots = around(12, 89)
    box.place(
        group, "Screw ISO 4762 M8x90", screw,
        [translation(x, y, -17.6) @ rotation((1, 0, 0), 180) for x, y in spots],
    )  # fmt: skip
    box.place(group, "Washer ISO 7089 M8", plain, [translation(x, y, -16.6) for x, y in spots])
    pin = file.part("Dowel ISO 2338 8x24", cylinder(4, 24), "#c3c9d0", _STEEL)
    spots = [*around(2, 89, 15), *around(2, 89, 105)]
    box.place(
        group, "Dowel ISO 2338 8x24", pin,
        [translation(x, y, z) for (x, y), z in zip(spots, (-12, -12, 49, 49), strict=True)],
    )  # fmt: skip
    _retainer(box, group)
    _fittings(box, group)


def _retainer(box: _Gearbox, group: Definition) -> None:
    """The bearing retainer at the output and its screws."""
    file = box.file
    aluminium = box.revision == "A"
    plate = cut(
        turned(
            [
                (30.0, 176.0), (30.0, 168.0), (33.0, 168.0), (33.0, 166.0), (66.0, 166.0),
                (66.0, 174.0), (64.0, 176.0),
            ]
        ),
        *(cylinder(2.75, 12, (x, y, 165)) for x, y in around(8, 56)),
    )  # fmt: skip
    retainer = file.part(
        "Bearing retainer", plate, "#c8ced6" if aluminium else "#8c5a2b",
        _ALUMINIUM if aluminium else _STEEL,
    )  # fmt: skip
    file.place(group, retainer, None, "Bearing retainer")
    screw = file.part("Screw ISO 4762 M5x16", cap_screw(5, 16), "#30343b", _STEEL)
    spots = around(8, 56)
    if box.revision == "C":
        spots = spots[:-1]
    box.place(group, "Screw ISO 4762 M5x16", screw, [translation(x, y, 176) for x, y in spots])


def _fittings(box: _Gearbox, group: Definition) -> None:
    """Oil port, drain, sight glass, breather, eye bolt, name plate and, later, a bracket.

    In the model's frame -x is up once the gearbox lies.
    """
    file = box.file
    up = rotation((0, 1, 0), -90)
    shift = PORT_SHIFT_MM if box.revision == "C" else 0.0
    port = turned(
        [
            (5.0, 0.0), (11.0, 0.0), (11.0, 4.0), (8.5, 5.0), (8.5, 12.0), (10.0, 13.0),
            (10.0, 18.0), (9.0, 19.0), (5.0, 19.0),
        ]
    )  # fmt: skip
    oil_port = file.part("Oil port G1/4", port, "#e0a526", _BRASS)
    file.place(group, oil_port, translation(-74, 0, 124 + shift) @ up, "P1")

    plug = file.part("Drain plug G3/8", hex_screw(14, 12), "#e0a526", _BRASS)
    file.place(group, plug, translation(74, 0, 138) @ rotation((0, 1, 0), 90), "P2")
    glass = file.part(
        "Sight glass", turned([(0, 0), (10, 0), (10, 3), (0, 3)]), "#9fd8ff70", _GLASS
    )
    rim = file.part("Sight glass rim", ring(10, 14, 6), "#d9dee4", _BRASS)
    side = translation(0, -74, 138) @ rotation((1, 0, 0), 90)
    file.place(group, rim, side)
    file.place(group, glass, side @ translation(0, 0, 1))
    breather = turned([(0, 0), (6, 0), (6, 6), (9, 7), Arc((9.6, 14), (7, 20)), (4, 22), (0, 22)])
    file.place(
        group, file.part("Breather", breather, "#b9c2cc", _BRASS),
        translation(-74, 0, 157) @ up, "B1",
    )  # fmt: skip
    file.place(group, file.part("Eye bolt DIN 580 M10", _eye_bolt(), "#f0822d", _STEEL),
               translation(-100, 0, 30) @ up, "E1")  # fmt: skip
    plate = file.part("Name plate", block((0, -24, -12), (1, 24, 12)), "#e9edf1", _ALUMINIUM)
    file.place(group, plate, rotation((0, 0, 1), -90) @ translation(100, 0, 30), "Name plate")
    if box.revision == "C":
        bracket = file.part("Sensor bracket", _bracket(), "#f4c430", _STEEL)
        file.place(group, bracket, rotation((0, 0, 1), -135) @ translation(100, 0, 30), "S1")


def _input_stage(box: _Gearbox, group: Definition) -> None:
    file = box.file
    shaft = turned(
        [
            (0.0, -90.0), (13.0, -90.0), (14.0, -89.0), (14.0, -24.0), (15.0, -23.0),
            (15.0, -4.0), (18.0, -4.0), (18.0, 13.5), (14.0, 15.0), (14.0, 46.0), (0.0, 46.0),
        ]
    )  # fmt: skip
    sun = fused(cut(shaft, block((10, -4, -86), (16, 4, -50))), gear(2, 24, 30, 0.0, 15))
    file.place(group, file.part("Sun shaft z24", sun, "#d9a441", _CASE_STEEL), None)
    key = file.part("Key DIN 6885 8x7x36", block((10, -4, -86), (17, 4, -50)), "#6e7681", _STEEL)
    file.place(group, key)
    place_bearing(file, group, Bearing("6206", 15, 31, 16, 9), translation(0, 0, -20))
    seal = file.part("Seal 28x52x8", _seal(14, 26, 8), "#7a2f2a", _RUBBER)
    file.place(group, seal, translation(0, 0, -34))
    clip = file.part("Circlip DIN 471 30", ring(15.0, 18.0, 1.5), "#4a525c", _STEEL)
    file.place(group, clip, translation(0, 0, -22.6))


def _carrier(box: _Gearbox, group: Definition) -> None:
    file = box.file
    pins, posts = around(3, _CENTRE_DISTANCE), around(3, 50, 60)
    front = cut(
        turned([(22, 3), (65, 3), (66, 4), (66, 12), (65, 13), (22, 13)]),
        *(cylinder(8, 10, (x, y, 3)) for x, y in pins),
        *(cylinder(5.5, 6.5, (x, y, 3)) for x, y in posts),
        *(cylinder(3.2, 10, (x, y, 3)) for x, y in posts),
    )
    file.place(group, file.part("Carrier plate, front", front, "#4f7f6a", _CAST))
    rear = fused(
        turned([(20, 47), (65, 47), (66, 48), (66, 58), (65, 59), (20, 59)]),
        *(cylinder(9, 34.5, (x, y, 13)) for x, y in posts),
    )
    rear = cut(
        rear,
        *(cylinder(8, 14, (x, y, 46)) for x, y in pins),
        *(cylinder(3.0, 24, (x, y, 13)) for x, y in posts),
    )
    file.place(group, file.part("Carrier, rear", rear, "#4f7f6a", _CAST))
    screw = file.part("Screw ISO 4762 M6x25", cap_screw(6, 25), "#30343b", _STEEL)
    box.place(
        group, "Screw ISO 4762 M6x25", screw,
        [translation(x, y, 9.5) @ rotation((1, 0, 0), 180) for x, y in posts],
    )  # fmt: skip
    planet = _planet(file)
    box.place(
        group, "Planet", planet,
        [rotation((0, 0, 1), 120.0 * n) @ translation(_CENTRE_DISTANCE) for n in range(3)],
    )  # fmt: skip


def _planet(file: StepFile) -> Definition:
    planet = file.assembly("Planet")
    wheel = file.part("Planet gear z24", gear(2, 24, 30, 11, 15), "#b8c4d0", _CASE_STEEL)
    file.place(planet, wheel, rotation((0, 0, 1), 7.5))  # half a pitch: a space meets the sun
    pin = file.part("Planet pin 16x56", cylinder(8, 56, (0, 0, 3)), "#7d8894", _STEEL)
    file.place(planet, pin)
    needle = file.part("Needle roller 3x26", cylinder(1.5, 26, (0, 0, 17)), "#eef2f6", _STEEL)
    for number, (x, y) in enumerate(around(10, 9.5), 1):
        file.place(planet, needle, translation(x, y), f"Needle roller 3x26:{number}")
    thrust = file.part("Thrust washer", ring(8, 15, 1.9), "#c98b2e", _BRASS)
    for number, z in enumerate((13.05, 45.05), 1):
        file.place(planet, thrust, translation(0, 0, z), f"Thrust washer:{number}")
    return planet


def _output_stage(box: _Gearbox, group: Definition) -> None:
    file = box.file
    shaft = turned(
        [
            (0.0, 48.0), (20.0, 48.0), (20.0, 60.0), (24.0, 60.0), (24.0, 84.0), (20.0, 84.0),
            (20.0, 157.0), (19.0, 157.0), (19.0, 180.0), (17.5, 182.0), (17.5, 239.0),
            (16.5, 240.0), (0.0, 240.0),
        ]
    )  # fmt: skip
    shaft = cut(shaft, block((12.5, -5, 188), (20, 5, 233)))
    file.place(group, file.part("Output shaft", shaft, "#aab6c2", _STEEL))
    key = file.part(
        "Key DIN 6885 10x8x45", block((12.5, -5, 188), (20.5, 5, 233)), "#6e7681", _STEEL
    )
    file.place(group, key)
    size = Bearing("6208", 20, 40, 18, 9)
    place_bearing(file, group, size, translation(0, 0, 84), translation(0, 0, 138))
    spacer = file.part("Spacer 40x46x36", ring(20, 23, 36), "#8791a0", _STEEL)
    file.place(group, spacer, translation(0, 0, 102))
    nut = cut(
        turned([(19, 0), (27, 0), (28, 1), (28, 7), (27, 8), (19, 8)]),
        *(moved(block((24, -3, -1), (30, 3, 9)), rotation((0, 0, 1), 90.0 * n)) for n in range(4)),
    )
    file.place(group, file.part("Lock nut KM 8", nut, "#4a525c", _STEEL), translation(0, 0, 157))
    seal = file.part("Seal 38x60x8", _seal(19, 30, 8), "#7a2f2a", _RUBBER)
    file.place(group, seal, translation(0, 0, 168))


def _base(box: _Gearbox, group: Definition) -> None:
    """Two feet and what holds them down; the model's +x points down."""
    file = box.file
    low = _AXIS_HEIGHT
    angle = np.deg2rad(33.0)
    x, y = 100.0 * np.cos(angle), 100.0 * np.sin(angle)
    outline: list[tuple[float, float] | Arc] = [
        (low, -118.0), (low, 118.0), (low - 16.0, 118.0), (low - 16.0, 80.0), (x, y),
        Arc((100.0, 0.0), (x, -y)), (low - 16.0, -80.0), (low - 16.0, -118.0),
    ]  # fmt: skip
    foot = cut(
        extruded(outline, 14.0),
        *(cylinder(6.75, 40, (low - 40, side, 7), (1, 0, 0)) for side in (-98.0, 98.0)),
        cylinder(13.0, 14, (low - 25, 30, 0)),
        cylinder(13.0, 14, (low - 25, -30, 0)),
    )
    part = file.part("Foot", foot, "#3a4048", _CAST)
    stands = [translation(0, 0, -14), translation(0, 0, 61)]
    box.place(group, "Foot", part, stands)
    bolt = file.part("Screw ISO 4017 M12x40", hex_screw(12, 40), "#c9ced6", _STEEL)
    plain = file.part("Washer ISO 7089 M12", washer(12), "#d3d8de", _STEEL)
    slab = cut(
        block((low, -135, -50), (low + 18, 135, 125)),
        *(cylinder(6.75, 30, (low - 2, y, z), (1, 0, 0)) for z in (-7, 68) for y in (-98, 98)),
    )
    file.place(group, file.part("Base plate", slab, "#565f6b", _STEEL))
    turn = rotation((0, 1, 0), -90)  # heads up
    spots = [stand @ translation(low - 16.0, side, 7) for stand in stands for side in (-98, 98)]
    box.place(group, "Screw ISO 4017 M12x40", bolt, [m @ translation(-2.4) @ turn for m in spots])
    box.place(group, "Washer ISO 7089 M12", plain, [m @ turn for m in spots])


def _bolt_circle(radius: float) -> list[list[Any]]:
    return [list(circle(radius, spot)) for spot in around(12, 89)]


def _dowel_circles() -> list[list[Any]]:
    return [list(circle(4, spot)) for spot in (*around(2, 89, 15), *around(2, 89, 105))]


def _ring_gear() -> Any:
    """The toothed ring, pressed into its housing."""
    return extruded(circle(82), 60, 0, [internal_teeth(2, 72)])


def _ring_housing() -> Any:
    """The ribbed middle of the housing: grooves for cooling beside a plain land."""
    outline: list[tuple[float, float]] = [(82.0, 0.0), (100.0, 0.0)]
    for low in (9.0, 14.0, 19.0, 38.0, 43.0, 48.0):
        outline += [(100.0, low), (95.5, low + 0.5), (95.5, low + 2.5), (100.0, low + 3.0)]
    outline += [(100.0, 60.0), (82.0, 60.0)]
    return cut(
        turned(outline),
        *(cylinder(4.5, 60, (x, y, 0)) for x, y in around(12, 89)),
        *_dowel_holes(12, 0, 15),
        *_dowel_holes(11, 49, 105),
    )


def _dowel_holes(depth: float, z: float, first_degrees: float) -> list[Any]:
    return [cylinder(4, depth, (x, y, z)) for x, y in around(2, 89, first_degrees)]


def _input_cover(grease_hole: float) -> Any:
    body = turned(
        [
            (22.0, -26.0), (26.0, -26.0), (26.0, -35.0), (47.0, -35.0), (48.0, -34.0),
            (48.0, -20.0), Arc((48.9, -17.1), (51.0, -15.0)), (98.0, -15.0), (100.0, -13.0),
            (100.0, -1.0), (36.0, -1.0), (36.0, -4.0), (31.0, -4.0), (31.0, -22.0), (22.0, -22.0),
        ]
    )  # fmt: skip
    return cut(
        body,
        *(cylinder(4.5, 16, (x, y, -16)) for x, y in around(12, 89)),
        *(cylinder(4.25, 9, (x, y, -36)) for x, y in around(4, 37, 45)),
        *_dowel_holes(16, -16, 15),
        cylinder(grease_hole / 2.0, 16, (0, 66, -16)),
    )


def _output_housing() -> Any:
    shell = turned(
        [
            (72.0, 61.0), (100.0, 61.0), (100.0, 76.0), (98.0, 78.0), (90.0, 78.0),
            Arc((87.2, 79.2), (86.0, 82.0)), (72.0, 112.0), Arc((69.0, 117.6), (68.0, 124.0)),
            (68.0, 164.0), (66.0, 166.0), (40.0, 166.0), (40.0, 82.0), (72.0, 80.0),
        ]
    )  # fmt: skip
    gussets = [moved(_gusset(), rotation((0, 0, 1), 22.5 + 45.0 * n)) for n in range(8)]
    pad = block((-74, -16, 114), (-50, 16, 166))
    side = block((-16, -74, 122), (16, -50, 154))
    drain = block((50, -16, 122), (74, 16, 154))
    whole = fused(shell, *gussets, pad, side, drain)
    return cut(
        whole,
        cylinder(40, 90, (0, 0, 81)),
        *(cylinder(4, 20, (x, y, 61)) for x, y in around(12, 89)),
        *_dowel_holes(12, 61, 105),
        cylinder(7, 14, (61, 0, 138), (1, 0, 0)),
        *(cylinder(2.5, 18, (x, y, 149)) for x, y in around(8, 56)),
    )


def _gusset() -> Any:
    """A rib from the hub to the flange, 8 mm thick, in the x-z plane."""
    flat = extruded([(58.0, 76.0), (94.0, 76.0), (67.0, 150.0), (58.0, 150.0)], 8.0, -4.0)
    return moved(flat, rotation((1, 0, 0), 90))


def _seal(inner: float, outer: float, width: float) -> Any:
    """A shaft seal: casing, lip and spring groove in one profile."""
    return turned(
        [
            (inner + 2.5, 0.0), (outer, 0.0), (outer, width), (outer - 2.0, width),
            (outer - 2.0, 2.0), (inner + 4.0, 2.0), (inner + 3.0, width - 1.5),
            (inner + 1.5, width - 1.0), (inner, width - 2.5), (inner + 1.2, width - 4.0),
        ]
    )  # fmt: skip


def _eye_bolt() -> Any:
    collar = turned([(0, 0), (11, 0), (11, 4), (9, 7), (0, 7)])
    eye = torus(13.0, 4.0, translation(0, 0, 21) @ rotation((1, 0, 0), 90))
    return fused(collar, eye)


def _bracket() -> Any:
    """An angle of 4 mm sheet with two holes; it stands on the ring gear."""
    plate = fused(block((0, -20, -14), (4, 20, 14)), block((0, -20, 10), (36, 20, 14)))
    return cut(
        plate,
        cylinder(3.2, 6, (24, -10, 9)),
        cylinder(3.2, 6, (24, 10, 9)),
        cylinder(4.2, 8, (-2, 0, -3), (1, 0, 0)),
    )
