import math
from typing import Any

import pytest
from solid_measure import measure

from holotable.conversion.readers.brep_mesh import tessellate
from holotable.sample.solids import (
    Arc,
    around,
    ball,
    block,
    cap_screw,
    circle,
    common,
    cut,
    cylinder,
    extruded,
    fused,
    gear,
    hex_nut,
    hex_screw,
    hexagon,
    internal_teeth,
    moved,
    ring,
    swept_ring,
    torus,
    turned,
    washer,
)
from holotable.sample.step_file import rotation, translation


@pytest.mark.parametrize(
    ("solid", "volume"),
    [
        (ring(5, 10, 4), math.pi * 75 * 4),
        (washer(10), math.pi * (100 - 28.09) * 2),
        (ball(3), 36 * math.pi),
        (torus(10, 2, translation(1, 2, 3)), 2 * math.pi**2 * 10 * 4),
        (extruded(hexagon(10), 4), 50 * math.sqrt(3) * 4),
        (extruded(circle(5), 4, 1.0, [circle(2)]), math.pi * 21 * 4),
        (swept_ring(3, 5, 20), math.pi * 16 * math.pi / 2 * 20),
        (turned([(0, 0), (5, 0), Arc((10, 5), (5, 10)), (0, 10)]),
         math.pi * 250 + math.pi * 25 / 2 * 2 * math.pi * (5 + 20 / (3 * math.pi))),
        (cut(block((0, 0, 0), (10, 10, 10)), cylinder(2, 10, (5, 5, 0))), 1000 - 40 * math.pi),
        (fused(block((0, 0, 0), (10, 10, 10)), block((5, 0, 0), (15, 10, 10))), 1500.0),
        (common(block((0, 0, 0), (10, 10, 10)), block((5, 0, 0), (15, 10, 10))), 500.0),
    ],
)  # fmt: skip
def test_a_solid_has_the_volume_of_its_formula(solid: Any, volume: float) -> None:
    measured = measure(solid)

    assert measured.volume == pytest.approx(volume, rel=1e-6)
    assert measured.is_solid


@pytest.mark.parametrize(
    "solid",
    [cap_screw(8, 30), hex_screw(12, 40), hex_nut(12), gear(2, 24, 10, 5), gear(2, 60, 10, 0)],
)
def test_fasteners_and_gears_are_closed_solids(solid: Any) -> None:
    assert tessellate(solid, 0.05, 0.5).closed
    assert measure(solid).is_solid


def test_a_cap_screw_is_as_long_as_it_says() -> None:
    positions = tessellate(cap_screw(8, 30), 0.05, 0.5).positions

    assert positions[:, 2].min() == pytest.approx(-30.0)
    assert positions[:, 2].max() == pytest.approx(8.0)


def test_a_gear_reaches_its_tip_circle_on_the_x_axis() -> None:
    positions = tessellate(gear(2, 24, 10, 5), 0.005, 0.1).positions

    assert positions[:, 0].max() == pytest.approx(26.0, abs=0.01)


def test_teeth_and_their_opening_keep_the_tooth_heights_of_the_module() -> None:
    radii = [math.hypot(*(step.end if isinstance(step, Arc) else step)) for step in
             internal_teeth(2, 72)]  # fmt: skip

    assert (min(radii), max(radii)) == pytest.approx((70.0, 74.5))


def test_points_around_a_circle_and_moved_copies() -> None:
    assert around(4, 2.0)[1] == pytest.approx((0.0, 2.0))
    positions = tessellate(moved(cylinder(1, 5), rotation((0, 1, 0), 90)), 0.1, 0.5).positions
    assert positions[:, 0].max() == pytest.approx(5.0)
