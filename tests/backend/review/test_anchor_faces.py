"""Faces under points, and which of another shape they have become, on shapes of known numbers."""

import numpy as np
import pytest
from exact_shapes import cone, drilled_block, exact_of, filleted_box, sphere, torus

from holotable.review.anchor_faces import (
    KINDS,
    carry,
    distances,
    face_under,
    neighbours,
    outward,
    same_surfaces,
    shape_of,
)
from holotable.review.exact import ExactPart
from holotable.sample import solids

EYE = np.eye(4)


def kind_under(part: ExactPart, x: float, y: float, z: float) -> tuple[str, float]:
    shape = shape_of(part, EYE)
    face, away = face_under(shape, np.array([x, y, z]) / 1000)
    return KINDS[int(shape.faces.kinds[face])], away


def block(*bores: tuple[float, float, float]) -> ExactPart:
    """100 × 60 × 10 mm with bores of (x, y, radius)."""
    tools = [solids.cylinder(radius, 40.0, (x, y, -10.0)) for x, y, radius in bores]
    plate = solids.block((0, 0, 0), (100, 60, 10))
    return exact_of(solids.cut(plate, *tools) if tools else plate)


def test_the_face_under_a_point_is_the_trimmed_one() -> None:
    part = exact_of(drilled_block())  # a bore of radius 4 at (15, 10)
    assert kind_under(part, 19, 10, 5) == ("cylinder", pytest.approx(0, abs=1e-9))
    assert kind_under(part, 30, 20, 20) == ("plane", pytest.approx(0, abs=1e-9))
    # In the middle of the bore's mouth there is no material: its wall is 4 mm away.
    kind, away = kind_under(part, 15, 10, 20)
    assert away == pytest.approx(0.004, abs=2e-5)
    assert kind in ("plane", "cylinder")


@pytest.mark.parametrize(
    ("shape", "kind", "count"),
    [(sphere(), "sphere", 1), (torus(), "torus", 1), (cone(), "cone", 1)],
)
def test_points_beside_each_kind_are_as_far_as_they_are(
    shape: object, kind: str, count: int
) -> None:
    part = exact_of(shape)
    own = shape_of(part, EYE)
    faces = [at for at, one in enumerate(own.faces.kinds) if KINDS[int(one)] == kind]
    assert len(faces) >= count
    for face in faces:
        middle = own.faces.middles[face]
        off = middle + 0.001 * np.array([0.3, 0.4, 0.5])
        way = outward(own.faces, face, off)
        assert np.linalg.norm(way) == pytest.approx(1.0)
    # One millimetre farther out is one millimetre farther away.
    if kind == "sphere":
        centre, radius = own.faces.points[0], float(own.faces.radii[0, 0])
        away = distances(own, centre + np.array([radius + 0.001, 0, 0]))
        assert away[0] == pytest.approx(0.001, abs=1e-12)


def test_a_fillet_ends_where_its_edges_are() -> None:
    part = exact_of(filleted_box())
    own = shape_of(part, EYE)
    fillets = [at for at, one in enumerate(own.faces.kinds) if KINDS[int(one)] == "cylinder"]
    assert fillets
    face = fillets[0]
    axis_point, axis = own.faces.points[face], own.faces.axes[face]
    middle = own.faces.middles[face]
    out = middle - axis_point - ((middle - axis_point) @ axis) * axis
    radius = float(own.faces.radii[face, 0])
    on = middle - out + out / np.linalg.norm(out) * radius
    assert distances(own, on)[face] == pytest.approx(0.0, abs=1e-6)
    opposite = middle - out - out / np.linalg.norm(out) * radius
    assert distances(own, opposite)[face] > radius / 2


def test_a_shape_is_the_same_as_itself_turned_and_shifted() -> None:
    part = block((20, 20, 3), (50, 20, 3))
    turn = np.eye(4)
    turn[:3, :3] = [[0, -1, 0], [1, 0, 0], [0, 0, 1]]
    turn[:3, 3] = [0.5, -0.2, 0.1]
    old, new = shape_of(part, turn), shape_of(part, turn)
    same = same_surfaces(old.faces, new.faces, old.length)
    assert (same == np.eye(len(part.face_kinds), dtype=bool)).all()
    face, _ = face_under(old, turn[:3, :3] @ [0.023, 0.02, 0.005] + turn[:3, 3])
    got = carry(old, new, face, turn[:3, :3] @ [0.023, 0.02, 0.005] + turn[:3, 3])
    assert (got.kind, got.kept) == ("same", 1.0)


@pytest.mark.parametrize(
    ("bores", "kind", "shift_mm", "radii_mm"),
    [
        (((20, 20, 3), (50, 20, 3)), "same", 0.0, None),
        (((20, 23, 3), (50, 20, 3)), "moved", 3.0, None),
        (((20, 20, 3.25), (50, 20, 3)), "resized", 0.0, (3.0, 3.25)),
        (((21, 20, 3.25), (50, 20, 3)), "resized", 1.0, (3.0, 3.25)),
        (((50, 20, 3),), "gone", 0.0, None),
    ],
)
def test_a_bore_is_the_same_moved_resized_or_gone(
    bores: tuple[tuple[float, float, float], ...], kind: str, shift_mm: float,
    radii_mm: tuple[float, float] | None,
) -> None:  # fmt: skip
    old, new = shape_of(block((20, 20, 3), (50, 20, 3)), EYE), shape_of(block(*bores), EYE)
    point = np.array([0.023, 0.02, 0.005])
    face, _ = face_under(old, point)
    got = carry(old, new, face, point)
    assert got.kind == kind
    assert float(np.linalg.norm(got.shift)) == pytest.approx(shift_mm / 1000, abs=1e-9)
    if radii_mm is not None:
        assert got.radii == pytest.approx((radii_mm[0] / 1000, radii_mm[1] / 1000))


def test_neighbours_are_the_kinds_beside_a_face() -> None:
    part = block((20, 20, 3))
    bore = [int(kind) for kind in part.face_kinds].index(KINDS.index("cylinder"))
    assert neighbours(part, bore) == ["plane", "plane"]
