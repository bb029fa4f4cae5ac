from pathlib import Path

import numpy as np
import pytest
from package_reader import read_edge_colours, read_edges
from scene_builders import box_mesh, cylinder_mesh, part, sphere_mesh

from holotable.conversion import edges
from holotable.conversion.edges import crease_segments, part_segments, write_edges
from holotable.conversion.grid import grid_for
from holotable.conversion.place import Geometry
from holotable.review.scene import EdgeLines, Mesh


def lengths(mesh: Mesh, segments: np.ndarray) -> np.ndarray:
    ends = mesh.positions[segments]
    return np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1)


def test_a_box_has_its_twelve_edges_and_no_diagonals() -> None:
    mesh = box_mesh((1.0, 2.0, 3.0))
    found = lengths(mesh, crease_segments(mesh))
    assert sorted(found.tolist()) == pytest.approx([1.0] * 4 + [2.0] * 4 + [3.0] * 4)


def test_a_smooth_body_has_none_and_a_cylinder_has_its_rims() -> None:
    assert len(crease_segments(sphere_mesh(1.0, 24, 48))) == 0
    cylinder = cylinder_mesh(0.5, 2.0, 48)
    found = crease_segments(cylinder)
    assert len(found) == 96
    heights = cylinder.positions[found][:, :, 1]
    assert (heights[:, 0] == heights[:, 1]).all()


def test_an_open_border_is_an_edge() -> None:
    mesh = box_mesh()
    sheet = Mesh(mesh.positions, mesh.normals, mesh.triangles[:2], mesh.materials)
    assert len(crease_segments(sheet)) == 4


def test_exact_polylines_keep_their_edge_numbers_and_never_join() -> None:
    lines = EdgeLines(
        np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 0, 1], [0, 1, 1]], np.float32),
        np.array([0, 3, 5], np.uint32),
        np.array([7, 9], np.uint32),
    )
    points, numbers, colours = part_segments(part(box_mesh(), edges=lines))
    assert not colours.any()
    assert points.reshape(-1, 2, 3).tolist() == [
        [[0, 0, 0], [1, 0, 0]],
        [[1, 0, 0], [1, 1, 0]],
        [[0, 0, 1], [0, 1, 1]],
    ]
    assert numbers.tolist() == [7, 7, 7, 7, 9, 9]


def test_coloured_edges_are_ranges_behind_the_vertices(tmp_path: Path) -> None:
    lines = EdgeLines(
        np.array([[0, 0, 0], [1, 0, 0], [0, 0, 1], [0, 1, 1], [1, 1, 1], [1, 1, 0]], np.float32),
        np.array([0, 2, 4, 6], np.uint32),
        np.array([0, 1, 2], np.uint32),
        np.array([5, 0, 5], np.uint16),
    )
    grid = grid_for(np.full(3, -2.0), np.full(3, 2.0), 1e-3)
    path = tmp_path / "edges.bin"

    geometries = [Geometry(0, None), Geometry(1, None)]
    parts = [part(box_mesh()), part(box_mesh(), edges=lines)]
    write_edges(path, parts, geometries, [grid] * 2, [True, True])

    assert read_edge_colours(path) == [(26, 4, 5)]
    segments, numbers = read_edges(path)[1]
    assert numbers.tolist() == [1, 0, 2]
    assert (len(read_edges(path)[0][0]), len(segments)) == (12, 3)


def written(folder: Path, geometries: list[Geometry], placed: list[bool]) -> list:
    grid = grid_for(np.full(3, -2.0), np.full(3, 2.0), 1e-3)
    parts = [part(box_mesh((1.0, 1.0, 1.0))), part(box_mesh((0.5, 0.5, 0.5)))]
    path = folder / "edges.bin"
    assert write_edges(path, parts, geometries, [grid] * len(geometries), placed) == 0
    return [(grid.positions(segments), numbers) for segments, numbers in read_edges(path)]


def test_the_file_holds_each_geometry_on_its_grid(tmp_path: Path) -> None:
    found = written(tmp_path, [Geometry(0), Geometry(1)], [True, True])
    assert [len(segments) for segments, _ in found] == [12, 12]
    assert found[1][0].max() == pytest.approx(0.5, abs=1e-4)
    assert set(found[0][1].tolist()) == {65_535}


def test_baked_geometries_have_baked_edges_and_unplaced_ones_none(tmp_path: Path) -> None:
    mirrored = Geometry(0, np.diag([-1.0, 1.0, 1.0]))
    found = written(tmp_path, [Geometry(0), Geometry(1), mirrored], [False, True, True])
    assert [len(segments) for segments, _ in found] == [0, 12, 12]
    assert found[2][0][:, :, 0].min() == pytest.approx(-1.0, abs=1e-4)


def test_too_many_creases_leave_out_the_busiest_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edges, "MAX_SEGMENTS", 50)
    grid = grid_for(np.full(3, -2.0), np.full(3, 2.0), 1e-3)
    parts = [part(box_mesh()), part(cylinder_mesh(0.5, 1.0, 48))]
    path = tmp_path / "edges.bin"
    assert write_edges(path, parts, [Geometry(0), Geometry(1)], [grid] * 2, [True, True]) == 1
    assert [len(segments) for segments, _ in read_edges(path)] == [12, 0]
