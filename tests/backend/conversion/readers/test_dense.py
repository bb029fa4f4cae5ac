"""Meshes read in blocks, against the way that ordinary ones are read."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import trimesh
from mesh_files import OPTIONS, check, silent
from samples.large_mesh import NOISE_M, height, write_terrain

from holotable.conversion.readers import stl
from holotable.conversion.readers.dense import dense_draft, weld_blocks
from holotable.conversion.readers.draft import Frame
from holotable.conversion.readers.stl import read_stl
from holotable.errors import DamagedFile, TooComplex
from holotable.review.scene import Z_UP_TO_Y_UP, Mesh

FRAME = Frame(0.001, Z_UP_TO_Y_UP)


@pytest.fixture
def in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stl, "DENSE", 1)
    monkeypatch.setattr(stl, "_BLOCK_TRIANGLES", 700)


def soup_of(mesh: Mesh) -> np.ndarray:
    """(m, 18) corners and their normals, in any order of triangles: sorted."""
    corners = (rows[mesh.triangles].reshape(-1, 9) for rows in (mesh.positions, mesh.normals))
    rows = np.concatenate(list(corners), axis=1)
    return rows[np.lexsort(rows[:, :9].T)]


def written(mesh: trimesh.Trimesh, path: Path) -> Path:
    path.write_bytes(mesh.export(file_type="stl"))
    return path


def test_a_terrain_is_read_as_one_block_would_be(tmp_path: Path, in_blocks: None) -> None:
    path = tmp_path / "terrain.stl"
    count = write_terrain(path, 20_000)
    scene = read_stl(path, OPTIONS, silent)
    check(scene)
    (part,) = scene.parts
    assert len(part.mesh.triangles) == count
    assert not part.closed
    places = part.mesh.positions.astype(float)
    errors = places[:, 1] - height(places[:, 0], -places[:, 2])
    assert np.abs(errors).max() <= NOISE_M + 1e-5


def test_blocks_give_the_same_triangles_and_normals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(
        trimesh.creation.cylinder(radius=5.0, height=20.0, sections=400), tmp_path / "c.stl"
    )
    whole = read_stl(path, OPTIONS, silent).parts[0]
    monkeypatch.setattr(stl, "DENSE", 1)
    monkeypatch.setattr(stl, "_BLOCK_TRIANGLES", 130)
    blocks = read_stl(path, OPTIONS, silent).parts[0]
    assert len(blocks.mesh.positions) == len(whole.mesh.positions)
    assert soup_of(blocks.mesh) == pytest.approx(soup_of(whole.mesh), abs=1e-5)
    assert blocks.closed is whole.closed is True
    assert blocks.volume_m3 == pytest.approx(whole.volume_m3, rel=1e-5)
    assert blocks.area_m2 == pytest.approx(whole.area_m2, rel=1e-5)


def test_a_solid_that_faces_inwards_is_turned_round(tmp_path: Path, in_blocks: None) -> None:
    sphere = trimesh.creation.icosphere(subdivisions=4)
    sphere.invert()
    scene = read_stl(written(sphere, tmp_path / "s.stl"), OPTIONS, silent)
    assert [warning.code for warning in scene.warnings] == ["inside_out"]
    mesh = scene.parts[0].mesh
    assert (np.einsum("ij,ij->i", mesh.normals, mesh.positions) > 0).all()


def test_a_mesh_far_from_zero_keeps_its_shape() -> None:
    sphere = trimesh.creation.icosphere(subdivisions=3)
    points = np.asarray(sphere.vertices) * 1000 + np.array([5e9, 0, 0])
    draft = dense_draft("far", points, np.asarray(sphere.faces, np.uint32), FRAME, {})
    assert draft.offset == pytest.approx([5e6, 0, 0], abs=1e-3)
    assert np.linalg.norm(draft.positions, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert draft.volume_m3 == pytest.approx(sphere.volume, rel=1e-4)


def test_a_coordinate_that_is_no_number_is_named() -> None:
    corners = np.zeros((3, 3), np.float32)
    corners[1, 1] = np.nan
    with pytest.raises(DamagedFile):
        weld_blocks([corners])


def test_nothing_gives_nothing() -> None:
    points, triangles = weld_blocks([])
    assert points.shape == triangles.shape == (0, 3)


def test_the_limit_holds_before_anything_is_read(tmp_path: Path, in_blocks: None) -> None:
    path = tmp_path / "terrain.stl"
    write_terrain(path, 20_000)
    with pytest.raises(TooComplex):
        read_stl(path, replace(OPTIONS, max_triangles=10_000), silent)
