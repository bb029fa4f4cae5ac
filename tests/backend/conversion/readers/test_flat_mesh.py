import numpy as np
import pytest
from scene_builders import box_mesh

from holotable.conversion.normals import Numbers
from holotable.conversion.readers.flat_mesh import is_closed, merge_flat, snapped, volume_of
from holotable.review.scene import Floats

# The unit cube, two triangles a side, looking outwards.
CORNERS = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], float)
SIDES = np.array(
    [
        [0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5], [0, 4, 5], [0, 5, 1],
        [2, 3, 7], [2, 7, 6], [0, 2, 6], [0, 6, 4], [1, 5, 7], [1, 7, 3],
    ]
)  # fmt: skip


def divided(times: int) -> tuple[Floats, Numbers]:
    """The cube with every edge halved `times` times, its corners welded."""
    points, triangles = CORNERS, SIDES
    for _ in range(times):
        a, b, c = (points[triangles[:, n]] for n in range(3))
        ab, bc, ca = (a + b) / 2, (b + c) / 2, (c + a) / 2
        quarters = [(a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca)]
        soup = np.concatenate([np.stack(piece, axis=1) for piece in quarters])
        points, triangles = snapped(
            soup.reshape(-1, 3), np.arange(len(soup) * 3, dtype=np.int64).reshape(-1, 3)
        )
    return points, triangles


def test_a_cube_is_closed_and_encloses_its_volume() -> None:
    assert is_closed(SIDES)
    assert volume_of(CORNERS, SIDES) == pytest.approx(1.0)
    assert not is_closed(SIDES[:-1])
    assert not is_closed(np.concatenate([SIDES[:-1], SIDES[-1:, ::-1]]))
    assert not is_closed(np.empty((0, 3), np.int64))


def test_corners_at_one_place_are_one_and_flat_triangles_go() -> None:
    mesh = box_mesh((1.0, 1.0, 1.0))
    points = np.concatenate([mesh.positions.astype(float), [[0.0, 0.0, 1e-11]]])
    triangles = np.concatenate([mesh.triangles.astype(np.int64), [[0, 0, len(points) - 1]]])

    welded_points, welded = snapped(points, triangles)

    assert (len(welded_points), len(welded)) == (8, 12)
    assert is_closed(welded)


@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_divided_cube_becomes_twelve_triangles_again(times: int) -> None:
    points, triangles = divided(times)
    assert len(triangles) == 12 * 4**times

    fewer_points, fewer = merge_flat(points, triangles)

    assert (len(fewer_points), len(fewer)) == (8, 12)
    assert is_closed(fewer)
    assert volume_of(fewer_points, fewer) == pytest.approx(1.0, abs=1e-12)


def test_a_window_in_a_wall_keeps_its_corners() -> None:
    """A square ring, 3 by 3 with a hole of 1 by 1, as eight cubes give it."""
    pairs = [SIDES[side : side + 2] for side in range(0, 12, 2)]
    soup = []
    for x, y in ((x, y) for x in range(3) for y in range(3) if (x, y) != (1, 1)):
        for pair in pairs:
            one, other, third = CORNERS[pair[0]]
            dx, dy, dz = np.rint(np.cross(other - one, third - one)).astype(int).tolist()
            there = (x + dx, y + dy)
            covered = dz == 0 and there != (1, 1) and min(there) >= 0 and max(there) < 3
            if not covered:
                soup.append(CORNERS[pair] + [x, y, 0])
    corners = np.concatenate(soup).reshape(-1, 3)
    points, triangles = snapped(corners, np.arange(len(corners)).reshape(-1, 3))
    assert is_closed(triangles)

    fewer_points, fewer = merge_flat(points, triangles)

    # 16 corners, genus 1: 2 · (16 − 2 + 2) triangles.
    assert (len(fewer_points), len(fewer)) == (16, 32)
    assert is_closed(fewer)
    assert volume_of(fewer_points, fewer) == pytest.approx(8.0, abs=1e-12)


def test_a_round_body_keeps_every_corner() -> None:
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    ring = np.stack([np.cos(angles), np.sin(angles), np.zeros(24)], axis=1)
    up = np.array([0.0, 0.0, 1.0])
    points = np.concatenate([ring, ring + up, [0 * up, up]])
    here, after = np.arange(24), np.roll(np.arange(24), -1)
    triangles = np.concatenate(
        [
            np.stack([here, after, after + 24], axis=1),
            np.stack([here, after + 24, here + 24], axis=1),
            np.stack([after, here, np.full(24, 48)], axis=1),
            np.stack([here + 24, after + 24, np.full(24, 49)], axis=1),
        ]
    )
    assert is_closed(triangles)

    fewer_points, fewer = merge_flat(points, triangles)

    # The two middles go, the 48 corners of the rim stay.
    assert (len(fewer_points), len(fewer)) == (48, 2 * 48 - 4)
    assert volume_of(fewer_points, fewer) == pytest.approx(volume_of(points, triangles))
