"""Very large meshes in pieces: nothing lost, nothing twice, and no cracks between levels."""

import numpy as np
import pytest
from scene_builders import sphere_mesh

from holotable.conversion.lod import COARSEST, steps_for
from holotable.conversion.pieces import cut, make_pieces, placed_boxes
from holotable.conversion.simplify import Simplifier
from holotable.review.scene import Mesh

STEPS = steps_for(1, 1)


@pytest.fixture(scope="module")
def ball() -> Mesh:
    return sphere_mesh(1.0, 120, 240)  # 57,120 triangles


def corners_of(mesh: Mesh) -> np.ndarray:
    """(m, 9) the corners of each triangle, sorted by rows; each begins with its least corner."""
    corners = mesh.positions[mesh.triangles]
    keys = corners[:, :, 0] * 1e6 + corners[:, :, 1] * 1e3 + corners[:, :, 2]
    turn = (keys.argmin(axis=1)[:, None] + np.arange(3)) % 3
    rows = np.take_along_axis(corners, turn[:, :, None], axis=1).reshape(-1, 9)
    return rows[np.lexsort(rows.T)]


def border_of(mesh: Mesh) -> set[tuple[bytes, bytes]]:
    """The directed edges that no other triangle runs back along, by their ends' positions."""
    ends = [position.tobytes() for position in mesh.positions]
    edges = {(ends[t[i]], ends[t[(i + 1) % 3]]) for t in mesh.triangles.tolist() for i in range(3)}
    return {(a, b) for a, b in edges if (b, a) not in edges and a != b}


def test_every_triangle_is_in_exactly_one_piece(ball: Mesh) -> None:
    table = cut(ball, 6_000)
    assert 10 <= len(table) <= 40
    assert sorted(table.order.tolist()) == list(range(len(ball.triangles)))
    pieces = [table.piece(ball, number) for number in range(len(table))]
    assert max(len(piece.triangles) for piece in pieces) <= 6_000
    together = np.concatenate([corners_of(piece) for piece in pieces])
    assert (together[np.lexsort(together.T)] == corners_of(ball)).all()


def test_pieces_are_compact(ball: Mesh) -> None:
    table = cut(ball, 6_000)
    sizes = [
        np.linalg.norm(np.ptp(table.piece(ball, number).positions, axis=0))
        for number in range(len(table))
    ]
    assert max(sizes) < 1.9  # of a ball of diameter 2, box diagonal 3.5


def test_many_triangles_in_one_place_are_still_divided() -> None:
    small = sphere_mesh(1e-6, 50, 100)
    far = Mesh(
        np.concatenate([small.positions, small.positions[:3] + 100.0]),
        np.concatenate([small.normals, small.normals[:3]]),
        np.concatenate([small.triangles, [[len(small.positions) + i for i in range(3)]]]).astype(
            np.uint32
        ),
        np.zeros(len(small.positions) + 3, np.uint16),
    )
    table = cut(far, 1_000)
    assert np.diff(table.starts).max() <= 2_000
    assert sorted(table.order.tolist()) == list(range(len(far.triangles)))


def test_pieces_at_different_levels_meet_without_a_crack(ball: Mesh, monkeypatch) -> None:
    monkeypatch.setattr("holotable.conversion.pieces.PIECE", 6_000)
    monkeypatch.setattr("holotable.conversion.pieces.cut", lambda mesh: cut(mesh, 6_000))
    shares: list[float] = []
    made = make_pieces(ball, STEPS, Simplifier(), shares.append)
    assert len(made.levels) == len(made.boxes) == len(shares)
    counts = np.array([[len(m.triangles) for m in piece.meshes] for piece in made.levels])
    assert counts.sum(axis=0)[:3].tolist() == list(made.triangles[:3])
    assert made.triangles[0] == len(ball.triangles)
    assert made.triangles[2] < 0.2 * len(ball.triangles)
    for piece in made.levels[:6]:
        border = border_of(piece.meshes[0])
        assert border
        assert border_of(piece.meshes[1]) == border
        assert border_of(piece.meshes[2]) == border
        assert len(piece.meshes[COARSEST].triangles) == 0
        assert list(piece.errors_m) == sorted(piece.errors_m)


def test_the_whole_is_closed_over_the_borders_and_within_its_error(
    ball: Mesh, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("holotable.conversion.pieces.cut", lambda mesh: cut(mesh, 6_000))
    monkeypatch.setattr("holotable.conversion.pieces._WHOLE", 2_000)
    made = make_pieces(ball, STEPS, Simplifier(), lambda _: None)
    whole = made.whole.meshes[COARSEST]
    assert len(whole.triangles) <= 2_000
    assert border_of(whole) == set()
    middles = np.linalg.norm(whole.positions[whole.triangles].mean(axis=1), axis=1)
    assert np.abs(middles - 1.0).max() <= made.whole.errors_m[COARSEST] * 1.5


def test_boxes_of_pieces_follow_each_placement() -> None:
    boxes = np.array([[[0.0, 0, 0], [1, 2, 3]], [[-1, -1, -1], [0, 0, 0]]])
    turn = np.eye(4)
    turn[:3, :3] = [[0, -1, 0], [1, 0, 0], [0, 0, 1]]
    turn[:3, 3] = 10, 0, 0
    (placed,) = placed_boxes(boxes, turn[None])
    assert placed[0].tolist() == [[8, 0, 0], [10, 1, 3]]
    assert placed[1].tolist() == [[10, -1, -1], [11, 0, 0]]
