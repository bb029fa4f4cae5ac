"""A pump skid of about 1,600 occurrences: steel frame, pipework with bolted flanges, valves, motor.

Hierarchy: Skid P-101 › Frame, Piping, Equipment, Electrical. Millimetres, z up, 6 m by 2.4 m. Two
faults are planted for reviewers to find: the column of support PS-06 stands 8 mm inside pipe L-104,
and junction box JB-1 blocks the hand wheel of valve V-21.
"""

import math
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from holotable.sample.catalogue import ALUMINIUM, CAST, GLASS, P265, S235, ZINC, Catalogue
from holotable.sample.pipework import NOMINAL, TO_X, Spot, Walk, clamp
from holotable.sample.solids import (
    Arc,
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
    turned,
)
from holotable.sample.step_file import Definition, StepFile, rotation, translation

OCCURRENCES: Final = 1577

_LENGTH, _WIDTH = 6000.0, 2400.0
_DECK: Final = 220.0  # top of the frame


def write(path: Path) -> None:
    """Write the skid as STEP. raises: OSError."""
    skid = Catalogue(StepFile())
    root = skid.file.assembly("Skid P-101")
    for name, build in (
        ("Frame", _frame),
        ("Piping", _piping),
        ("Equipment", _equipment),
        ("Electrical", _electrical),
    ):
        group = skid.file.assembly(name)
        build(skid, group)
        skid.file.place(root, group, None, name)
    skid.file.write(path, "Skid P-101")


def _frame(skid: Catalogue, group: Definition) -> None:
    """Beams, cross members, grating, drip tray, lifting lugs, anchor bolts, handrail."""
    beam = skid.part(
        "Beam HEB 200 x 6000", lambda: _i_beam(200, 200, 9, 15, _LENGTH), "#3b5b7a", S235
    )
    along = rotation((0, 0, 1), 90) @ rotation((1, 0, 0), 90)
    for number, y in enumerate((100.0, _WIDTH / 2, _WIDTH - 100.0), 1):
        skid.place(group, "Beam", beam, translation(0, y, 120) @ along, f"B-{number:02}")
    cross = skid.part("Beam IPE 160 x 980", lambda: _i_beam(160, 82, 5, 7.4, 980), "#3b5b7a", S235)
    across = rotation((1, 0, 0), -90)
    joining = skid.part("Screw ISO 4017 M16x45", lambda: hex_screw(16, 45), "#c9ced6", ZINC)
    joined = skid.part("Nut ISO 4032 M16", lambda: hex_nut(16), "#c9ced6", ZINC)
    for column in range(11):
        for row in range(2):
            spot = translation(250 + 550 * column, 205 + 1010 * row, 120)
            skid.place(group, "Cross member", cross, spot @ across)
            for end in (-5.0, 985.0):
                for dx in (-25.0, 25.0):
                    joint = spot @ across @ translation(dx, 0, end)
                    facing = rotation((1, 0, 0), 180) if end < 0 else rotation((1, 0, 0), 0)
                    skid.place(group, "Screw ISO 4017 M16x45", joining, joint @ facing)
                    back = joint @ facing @ translation(0, 0, -38)
                    skid.place(group, "Nut ISO 4032 M16", joined, back)
    grating = skid.part("Grating 1100 x 545", _grating, "#8d99a5", ZINC)
    clip = skid.part("Grating clip", _clip, "#c9ced6", ZINC)
    screw = skid.part("Screw ISO 4017 M8x40", lambda: hex_screw(8, 40), "#c9ced6", ZINC)
    for column in range(10):
        for row in range(2):
            x, y = 275 + 550.0 * column, 60 + 1180.0 * row
            skid.place(group, "Grating 1100 x 545", grating, translation(x, y, _DECK))
            for dx, dy in ((30, 40), (515, 40), (30, 1060), (515, 1060)):
                spot = translation(x + dx, y + dy, _DECK + 30)
                skid.place(group, "Grating clip", clip, spot)
                skid.place(group, "Screw ISO 4017 M8x40", screw, spot @ translation(0, 0, 4))
    lug = skid.part("Lifting lug", _lug, "#e8792b", S235)
    for number, (x, y) in enumerate(((60, 100), (5940, 100), (60, 2300), (5940, 2300)), 1):
        skid.place(group, "Lifting lug", lug, translation(x, y, _DECK), f"LL-{number}")
    anchor = skid.part("Anchor bolt M24x300", lambda: cylinder(12, 300), "#c9ced6", ZINC)
    nut = skid.part("Nut ISO 4032 M24", lambda: hex_nut(24), "#c9ced6", ZINC)
    plate = skid.part(
        "Anchor plate",
        lambda: cut(block((-80, -80, 0), (80, 80, 20)), cylinder(13, 20)), "#3b5b7a", S235,
    )  # fmt: skip
    for column in range(5):
        for y in (-40.0, _WIDTH + 40.0):
            spot = translation(400 + 1300.0 * column, y, 0)
            skid.place(group, "Anchor plate", plate, spot)
            skid.place(group, "Anchor bolt M24x300", anchor, spot @ translation(0, 0, -220))
            skid.place(group, "Nut ISO 4032 M24", nut, spot @ translation(0, 0, 20))
    _handrail(skid, group)


def _handrail(skid: Catalogue, group: Definition) -> None:
    post = skid.part("Handrail post", lambda: ring(20, 24, 1100), "#f4c430", S235)
    foot = skid.part("Handrail foot", lambda: ring(24, 60, 12), "#f4c430", S235)
    rail = skid.part("Handrail 5700", lambda: ring(20, 24, 5700), "#f4c430", S235)
    side = translation(150, _WIDTH - 60, _DECK)
    for number in range(7):
        spot = side @ translation(950.0 * number, 0, 0)
        skid.place(group, "Handrail post", post, spot)
        skid.place(group, "Handrail foot", foot, spot)
    for height in (550, 1100):
        skid.place(group, "Handrail 5700", rail, side @ translation(0, 0, height) @ TO_X)


def _piping(skid: Catalogue, group: Definition) -> None:
    """Lines as walks: a start, then lengths along axes, with flanged joints and valves between."""
    lines: list[tuple[str, int, Spot, Sequence[tuple[str, Any]]]] = [
        ("L-101", 150, (-200, 700, 600), [
            ("flange", "x"), ("x", 500), ("valve", "V-11"), ("x", 600), ("flange", "x"),
            ("x", 820), ("flange", "x"),
        ]),
        ("L-102", 100, (2390, 700, 1070), [
            ("flange", "z"), ("z", 180), ("bend", "x"), ("x", 500), ("valve", "V-17"), ("x", 420),
            ("valve", "V-18"), ("x", 700), ("flange", "x"), ("x", 600), ("bend", "y"), ("y", 700),
            ("flange", "y"), ("y", 300), ("bend", "x"), ("x", 600), ("flange", "x"),
        ]),
        ("L-103", 80, (-200, 1750, 620), [
            ("flange", "x"), ("x", 700), ("valve", "V-21"), ("x", 500), ("flange", "x"),
            ("x", 900), ("valve", "V-22"), ("x", 700), ("flange", "x"), ("x", 800), ("bend", "z"),
            ("z", 500), ("flange", "z"), ("z", 500), ("bend", "x"), ("x", 900), ("flange", "x"),
        ]),
        ("L-104", 50, (900, 1250, 480), [
            ("flange", "x"), ("x", 800), ("valve", "V-31"), ("x", 500), ("bend", "y"), ("y", 250),
            ("flange", "y"), ("y", 250), ("bend", "x"), ("x", 900), ("valve", "V-32"), ("x", 800),
            ("flange", "x"), ("x", 400), ("bend", "z"), ("z", 700), ("flange", "z"),
        ]),
        ("L-105", 50, (900, 2050, 480), [
            ("flange", "x"), ("x", 1200), ("valve", "V-41"), ("x", 900), ("flange", "x"),
            ("x", 900), ("valve", "V-42"), ("x", 900), ("flange", "x"), ("x", 500), ("flange", "x"),
        ]),
    ]  # fmt: skip
    for name, size, start, steps in lines:
        line = skid.file.assembly(name)
        Walk(skid, line, NOMINAL[size], start).go(steps)
        skid.file.place(group, line, None, name)
    _supports(skid, group)


def _supports(skid: Catalogue, group: Definition) -> None:
    foot = skid.part("Support foot", lambda: block((-60, -60, 0), (60, 60, 12)), "#3b5b7a", S235)
    screw = skid.part("Screw ISO 4017 M12x40", lambda: hex_screw(12, 40), "#c9ced6", ZINC)
    spots = [
        (250, 700, 600, 150), (1400, 700, 600, 150), (300, 1750, 620, 80), (1600, 1750, 620, 80),
        (2700, 1750, 620, 80), (1300, 1250, 480, 50), (3300, 2050, 480, 50), (1500, 2050, 480, 50),
        (4500, 2050, 480, 50), (2900, 700, 1442, 100), (4400, 700, 1442, 100),
    ]  # fmt: skip
    for number, (x, y, height, name) in enumerate(spots, 1):
        size = NOMINAL[name]
        low = _DECK + 30.0
        tall = height - size.radius - low - 24.0 + (20.0 if number == 6 else 0.0)
        stand = skid.file.assembly(f"Pipe support DN {name} x {height}")
        post = partial(block, (-30, -30, 0), (30, 30, tall))
        column = skid.part(f"Support column {tall:.0f}", post, "#3b5b7a", S235)
        holder = skid.part(f"Pipe clamp DN {name}", partial(clamp, size), "#c9ced6", ZINC)
        skid.file.place(stand, foot, None, "Foot")
        skid.file.place(stand, column, translation(0, 0, 12), "Column")
        skid.file.place(stand, holder, translation(0, 0, height - low), "Clamp")
        for corner, (dx, dy) in enumerate(((-45, -45), (45, -45), (45, 45), (-45, 45)), 1):
            skid.file.place(
                stand, screw, translation(dx, dy, 12), f"Screw ISO 4017 M12x40:{corner}"
            )
        skid.file.place(group, stand, translation(x, y, low), f"PS-{number:02}")


def _equipment(skid: Catalogue, group: Definition) -> None:
    """Pump and motor on their plate, coupling with guard, strainer, pressure vessel."""
    file = skid.file
    place = skid.place
    plate = skid.part(
        "Pump base plate", lambda: block((0, -300, 0), (1900, 300, 60)), "#3b5b7a", S235
    )
    here = translation(2050, 700, _DECK + 30)
    place(group, "Pump base plate", plate, here)
    pump = file.assembly("Pump NK 100-250")
    casing = fused(
        turned([(0, -110), (185, -110), (205, -80), (205, 40), (180, 70), (110, 90), (0, 90)]),
        cylinder(78, 340, (0, 130, -30), (0, 1, 0)),
        cylinder(92, 120, (0, 0, -200)),
    )
    file.place(pump, file.part("Pump casing", casing, "#2e6f6b", CAST), None)
    bracket = turned([(60, 90), (130, 90), (105, 140), (95, 300), (110, 330), (60, 330)])
    file.place(pump, file.part("Bearing bracket", bracket, "#2e6f6b", CAST), None)
    file.place(pump, file.part("Pump shaft", cylinder(24, 330, (0, 0, 90)), "#b9c2cc", P265), None)
    feet = block((-150, -210, 100), (-120, 210, 160))
    file.place(pump, file.part("Pump foot", feet, "#2e6f6b", CAST), None)
    lying = rotation((1, 0, 0), 90) @ rotation((0, 1, 0), 90)
    place(group, "Pump", pump, here @ translation(370, 0, 350) @ lying, "P-101")
    coupling = turned(
        [(24, 0), (70, 0), (70, 45), (62, 50), (62, 60), (70, 65), (70, 110), (24, 110)]
    )
    half = skid.part("Coupling", lambda: coupling, "#e0a526", CAST)
    place(group, "Coupling", half, here @ translation(705, 0, 350) @ TO_X)
    guard = extruded([(-120, 0), (-120, 130), Arc((0, 250), (120, 130)), (120, 0)], 150)
    inner = extruded([(-117, -1), (-117, 130), Arc((0, 247), (117, 130)), (117, -1)], 150)
    shell = skid.part("Coupling guard", lambda: cut(guard, inner), "#f4c430", S235)
    stand = here @ translation(690, 0, 210) @ rotation((0, 0, 1), 90) @ rotation((1, 0, 0), 90)
    place(group, "Coupling guard", shell, stand)
    motor = _motor(file)
    place(group, "Motor", motor, here @ translation(815, 0, 350) @ TO_X, "M-101")
    vessel = _vessel()
    tank = file.part("Expansion vessel", vessel, "#b8483f", P265)
    place(group, "Expansion vessel", tank, translation(5200, 600, _DECK + 300), "T-101")
    leg = skid.part("Vessel leg", lambda: block((-25, -25, 0), (25, 25, 560)), "#b8483f", P265)
    for x, y in around(3, 235):
        place(group, "Vessel leg", leg, translation(5200 + x, 600 + y, _DECK + 30))
    bolt = skid.part("Screw ISO 4017 M20x60", lambda: hex_screw(20, 60), "#c9ced6", ZINC)
    for dx in (120, 520, 980, 1380, 1780):
        for dy in (-270, 270):
            place(group, "Screw ISO 4017 M20x60", bolt, here @ translation(dx, dy, 60))


def _vessel() -> Any:
    """A tank of 6 mm sheet with spherical ends, 400 mm in radius."""

    def end(side: float, sphere: float, centre: float, upward: float) -> list[Any]:
        """The pole, a point halfway and the rim of an end at this radius of the side."""
        angle = math.asin(side / sphere)
        return [
            (sphere * math.sin(turn), centre + upward * sphere * math.cos(turn))
            for turn in (0.0, angle / 2.0, angle)
        ]

    low, high = 464.0, 696.0  # centres of the spheres
    bottom, top = end(260, 400, low, -1), end(260, 400, high, 1)
    inner_top, inner_bottom = end(254, 394, high, 1), end(254, 394, low, -1)
    return turned(
        [
            bottom[0], Arc(bottom[1], bottom[2]), top[2], Arc(top[1], top[0]), inner_top[0],
            Arc(inner_top[1], inner_top[2]), inner_bottom[2], Arc(inner_bottom[1], inner_bottom[0]),
        ]
    )  # fmt: skip


def _motor(file: StepFile) -> Definition:
    """A finned motor of 30 kW: stator, fan cowl, terminal box, shaft, feet."""
    motor = file.assembly("Motor 200L 30 kW")
    fins: list[Any] = []
    for angle in range(48):
        middle = math.radians(7.5 * angle)
        for radius, offset in ((165, -1.6), (190, -1.0), (190, 1.0), (165, 1.6)):
            turn = middle + math.radians(offset)
            fins.append((radius * math.cos(turn), radius * math.sin(turn)))
    stator = file.part("Stator housing", extruded(fins, 470, 60), "#356b9c", ALUMINIUM)
    file.place(motor, stator)
    end = turned([(30, 0), (160, 0), (192, 30), (192, 60), (30, 60)])
    file.place(motor, file.part("End shield", end, "#2b587f", CAST))
    cowl = turned([(0, 530), (192, 530), (192, 660), (165, 690), (0, 690)])
    file.place(motor, file.part("Fan cowl", cowl, "#2b587f", S235))
    file.place(motor, file.part("Motor shaft", cylinder(27, 110, (0, 0, -50)), "#b9c2cc", P265))
    box = file.part("Terminal box", block((-265, -80, 180), (-185, 80, 340)), "#2b587f", ALUMINIUM)
    file.place(motor, box)
    foot = file.part("Motor foot", block((150, -170, 0), (260, 170, 40)), "#2b587f", CAST)
    for number, z in enumerate((90, 430), 1):
        file.place(motor, foot, translation(0, 0, z), f"Motor foot:{number}")
    return motor


def _electrical(skid: Catalogue, group: Definition) -> None:
    """Control cabinet, cable trays with brackets, instruments, conduits, lamps, buttons."""
    file, place = skid.file, skid.place
    cabinet = file.part("Control cabinet", block((0, 0, 0), (800, 400, 1500)), "#d8d5cb", S235)
    place(group, "Control cabinet", cabinet, translation(4900, 1900, _DECK + 30), "CC-101")
    door = file.part("Cabinet door", block((10, -20, 10), (790, -1, 1490)), "#c9c5b8", S235)
    place(group, "Cabinet door", door, translation(4900, 1900, _DECK + 30))
    lamp = skid.part("Signal lamp", lambda: turned([(0, 0), (14, 0), (14, 8), (10, 14), (0, 16)]),
                     "#4caf50", ALUMINIUM)  # fmt: skip
    button = skid.part("Push button", lambda: turned([(0, 0), (15, 0), (15, 6), (11, 9), (0, 9)]),
                       "#c62828", ALUMINIUM)  # fmt: skip
    face = translation(4900, 1880, _DECK + 30) @ rotation((1, 0, 0), 90)
    for row in range(3):
        for column in range(6):
            part, name = (lamp, "Signal lamp") if row else (button, "Push button")
            place(group, name, part, face @ translation(150 + 100 * column, 1050 + 90 * row, 0))
    tray = skid.part("Cable tray 1000", _tray, "#b4bcc4", ZINC)
    arm = skid.part("Tray bracket", lambda: block((0, -160, -20), (40, 160, 0)), "#8d99a5", ZINC)
    screw = skid.part("Screw ISO 4017 M8x20", lambda: hex_screw(8, 20), "#c9ced6", ZINC)
    for number in range(6):
        spot = translation(1000.0 * number, 1750, 1010)
        place(group, "Cable tray 1000", tray, spot)
        place(group, "Tray bracket", arm, spot @ translation(480, 0, 0))
        for dy in (-140, 140):
            place(group, "Screw ISO 4017 M8x20", screw, spot @ translation(500, dy, 2))
    junction = skid.part("Junction box", lambda: block((0, 0, 0), (110, 120, 130)), "#d8d5cb", S235)
    place(group, "Junction box", junction, translation(640, 1690, 880), "JB-1")
    gauge = _gauge(file)
    for number, (x, y, z) in enumerate(
        ((750, 700, 684), (2000, 700, 684), (2800, 700, 1499), (1500, 1750, 664),
         (3600, 1750, 664), (2000, 2050, 510), (3900, 2050, 510), (1900, 1250, 510)), 101,
    ):  # fmt: skip
        place(group, "Pressure gauge", gauge, translation(x, y, z), f"PI-{number}")


def _gauge(file: StepFile) -> Definition:
    gauge = file.assembly("Pressure gauge")
    stem = turned([(4, 0), (10, 0), (10, 60), (7, 62), (7, 80), (4, 80)])
    file.place(gauge, file.part("Gauge stem", stem, "#e0a526", CAST))
    case = cut(cylinder(50, 40), cylinder(46, 36, (0, 0, 4)))
    stand = translation(0, 20, 128) @ rotation((1, 0, 0), 90)
    file.place(gauge, file.part("Gauge case", case, "#30343b", S235), stand)
    dial = file.part("Gauge dial", cylinder(46, 2), "#f7f7f2", ALUMINIUM)
    file.place(gauge, dial, stand @ translation(0, 0, 12))
    glass = file.part("Gauge glass", cylinder(46, 3), "#cfe8ff40", GLASS)
    file.place(gauge, glass, stand @ translation(0, 0, 34))
    return gauge


def _i_beam(height: float, width: float, web: float, flange: float, length: float) -> Any:
    h, w, t = height / 2, width / 2, web / 2
    return extruded(
        [
            (-w, -h), (w, -h), (w, -h + flange), (t, -h + flange), (t, h - flange), (w, h - flange),
            (w, h), (-w, h), (-w, h - flange), (-t, h - flange), (-t, -h + flange),
            (-w, -h + flange),
        ],
        length,
    )  # fmt: skip


def _grating() -> Any:
    """Bearing bars and the frame of a grating as one outline with slots."""
    slots = [
        [(x, y), (x + 85, y), (x + 85, y + 36), (x, y + 36)]
        for x in range(10, 500, 107) for y in range(12, 1060, 41)
    ]  # fmt: skip
    return extruded([(0, 0), (545, 0), (545, 1100), (0, 1100)], 30, 0.0, slots)


def _clip() -> Any:
    return cut(block((-20, -15, 0), (20, 15, 4)), cylinder(4.5, 4))


def _lug() -> Any:
    flat = extruded([(-60, 0), (60, 0), (60, 60), Arc((0, 130), (-60, 60))], 25, -12.5,
                    [circle(28, (0, 70))])  # fmt: skip
    return moved(flat, rotation((1, 0, 0), 90))


def _tray() -> Any:
    profile = [(-100, 0), (100, 0), (100, 60), (98, 60), (98, 2), (-98, 2), (-98, 60), (-100, 60)]
    return moved(extruded(profile, 1000), rotation((0, 0, 1), 90) @ rotation((1, 0, 0), 90))
