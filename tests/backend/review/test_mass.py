import math

import numpy as np
import pytest

from holotable.review.mass import Bodies, Body, LeftOut, PartMass, roll_up


def box(x: float, y: float, z: float, at: tuple[float, float, float] = (0, 0, 0)) -> Body:
    """A box with its middle at a place, cubic metres."""
    inertia = np.diag([y * y + z * z, x * x + z * z, x * x + y * y]) * x * y * z / 12
    return Body(x * y * z, np.array(at, float), inertia)


def moved(at: tuple[float, float, float], linear: np.ndarray | None = None) -> np.ndarray:
    transform = np.eye(4)
    transform[:3, :3] = np.eye(3) if linear is None else linear
    transform[:3, 3] = at
    return transform


def turned(angle: float) -> np.ndarray:
    c, s = math.cos(angle), math.sin(angle)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1.0]])


def same(body: Body | None, truth: Body) -> None:
    assert body is not None
    assert body.amount == pytest.approx(truth.amount, rel=1e-12)
    assert body.centre == pytest.approx(truth.centre, rel=1e-12, abs=1e-12)
    assert body.inertia == pytest.approx(truth.inertia, rel=1e-12, abs=1e-12)


def test_two_halves_are_the_whole() -> None:
    halves = Bodies.of([box(1, 2, 3, (-0.5, 0, 0)), box(1, 2, 3, (0.5, 0, 0))])

    same(halves.combined(), box(2, 2, 3))


def test_nothing_combines_to_nothing() -> None:
    assert Bodies.of([]).combined() is None


def test_a_placed_body_is_turned_moved_and_stretched() -> None:
    cube, plank = Bodies.of([box(1, 1, 1)]), Bodies.of([box(1, 2, 3)])
    quarter = moved((10, 0, 0), turned(math.pi / 2))
    stretched = moved((0, 0, 0), np.diag([1.0, 2.0, 3.0]))
    mirrored = moved((0, 0, 5), np.diag([1.0, 1.0, -1.0]))

    same(plank.placed(quarter[None]).combined(), box(2, 1, 3, (10, 0, 0)))
    same(cube.placed(stretched[None]).combined(), box(1, 2, 3))
    same(plank.placed(mirrored[None]).combined(), box(1, 2, 3, (0, 0, 5)))


STEEL = PartMass("Steel", "exact", box(1, 1, 1), 6.0, 0, 7850.0)
SCAN = PartMass("Scan", "mesh", box(1, 2, 3), 22.0, 0, None)
SHEET = PartMass("Sheet", "open", None, 5.0, 12, 7850.0)
SKETCH = PartMass("Sketch", None)
TABLE = (STEEL, SCAN, SHEET, SKETCH)


def test_a_sum_names_what_it_does_not_hold() -> None:
    parts = np.array([0, 1, 2, 2, 3])
    places = np.stack([moved((float(at), 0, 0)) for at in range(5)])

    found = roll_up(TABLE, parts, places)

    assert found.occurrences == 5
    assert found.volume is not None
    assert found.volume.amount == pytest.approx(7.0)
    assert found.volume.centre == pytest.approx([6 / 7, 0, 0])
    assert found.mass is not None
    assert found.mass.amount == pytest.approx(7850.0)
    assert found.area_m2 == pytest.approx(6 + 22 + 2 * 5)
    assert found.approximate
    assert found.open == LeftOut(2, ("Sheet",))
    assert found.weightless == LeftOut(1, ("Scan",))
    assert found.unmeasured == LeftOut()


def test_the_inertia_of_a_sum_is_that_of_the_bodies_side_by_side() -> None:
    places = np.stack([moved((-1, 0, 0)), moved((1, 0, 0), turned(0.3))])

    found = roll_up(TABLE, np.array([0, 0]), places)

    assert found.mass is not None
    # Two cubes of 7,850 kg, 1 m from the middle: 2 (m / 6) about x; plus 2 m about y and z.
    m = 7850.0
    assert np.diag(found.mass.inertia) == pytest.approx([m / 3, m / 3 + 2 * m, m / 3 + 2 * m])
    assert found.volume is not None
    assert found.mass.inertia == pytest.approx(found.volume.inertia * m)


def test_an_even_stretch_scales_the_area_and_an_uneven_one_leaves_it_out() -> None:
    places = np.stack([moved((0, 0, 0), np.eye(3) * 2), moved((0, 0, 0), np.diag([1.0, 1.0, 3.0]))])

    even, uneven = (roll_up(TABLE, np.array([0]), place[None]) for place in places)

    assert even.area_m2 == pytest.approx(24.0)
    assert even.volume is not None
    assert even.volume.amount == pytest.approx(8.0)
    assert uneven.area_m2 is None
    assert uneven.unmeasured == LeftOut(1, ("Steel",))
    assert uneven.volume is not None
    assert uneven.volume.amount == pytest.approx(3.0)


def test_a_plant_of_100_000_parts_is_added_up_at_once() -> None:
    count = 100_000
    places = np.tile(np.eye(4), (count, 1, 1))
    places[:, 0, 3] = np.arange(count)

    found = roll_up(TABLE, np.zeros(count, int), places)

    assert found.mass is not None
    assert found.mass.amount == pytest.approx(7850.0 * count)
    assert found.mass.centre[0] == pytest.approx((count - 1) / 2)


def test_mass_needs_volume_and_density() -> None:
    assert STEEL.mass_kg == 7850.0
    assert SCAN.mass_kg is None
    assert SHEET.mass_kg is None


def test_no_more_than_twenty_names_are_listed_but_all_are_counted() -> None:
    table = [PartMass(f"Sheet {number}", "open", None, 1.0, 3) for number in range(50)]

    found = roll_up(table, np.arange(50), np.tile(np.eye(4), (50, 1, 1)))

    assert found.open.count == 50
    assert len(found.open.names) == 20
    assert found.volume is None
