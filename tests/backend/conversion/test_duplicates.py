"""Copies found by their shape: stored once, placed and named as the file has them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from package_reader import read_package, validator_errors
from scene_builders import box_mesh, moved, part, scene_of, sphere_mesh, turned_y

from holotable.conversion.duplicates import find_copies, motion_between
from holotable.conversion.journal import Journal
from holotable.conversion.options import ConvertOptions
from holotable.conversion.pipeline import write_package
from holotable.conversion.place import place
from holotable.review.scene import EdgeLines, Floats, Mesh, Scene

SOURCE = {"name": "copies.obj", "sha256": "0" * 64, "bytes": 1}


def carried(mesh: Mesh, motion: Floats) -> Mesh:
    """A mesh with its vertices moved, as an exporter without instances writes it."""
    points = mesh.positions.astype(float) @ motion[:3, :3].T + motion[:3, 3]
    normals = mesh.normals @ motion[:3, :3].T.astype(np.float32)
    return replace(mesh, positions=points.astype(np.float32), normals=normals.astype(np.float32))


def tilted(seed: int) -> Floats:
    random = np.random.default_rng(seed)
    turn, _ = np.linalg.qr(random.normal(size=(3, 3)))
    turn *= np.sign(np.linalg.det(turn))
    return moved(*random.uniform(-3, 3, 3), turn)


def test_the_motion_between_copies_is_found_and_a_mirror_image_is_none() -> None:
    mesh = box_mesh((0.1, 0.2, 0.3))
    motion = tilted(4)
    found = motion_between(mesh, carried(mesh, motion))
    assert found == pytest.approx(motion, abs=1e-5)
    assert motion_between(mesh, carried(mesh, moved(0, 0, 0, np.diag([-1.0, 1, 1])))) is None
    assert motion_between(mesh, box_mesh((0.1, 0.2, 0.30001))) is None
    assert motion_between(mesh, box_mesh((0.1, 0.2, 0.3), materials=(0, 1, 0, 0, 0, 0))) is None


def test_only_parts_that_are_nothing_but_equal_triangles_share() -> None:
    mesh = box_mesh()
    none = np.zeros(0, np.uint32)
    lines = EdgeLines(np.zeros((0, 3), np.float32), np.zeros(1, np.uint32), none)
    scene = scene_of(
        [
            part(mesh),
            part(carried(mesh, tilted(1))),
            part(mesh, edges=lines),
            part(mesh, closed=True),
            part(sphere_mesh(1.0, 4, 6)),
            part(mesh),
            part(mesh),
        ],
        [(number, moved(float(number))) for number in range(5)]
        + [(5, moved(9, 0, 0, np.diag([-1.0, 1, 1])))],
    )
    copies = find_copies(scene.parts, place(scene))
    assert {number: copy.of for number, copy in copies.items()} == {1: 0}


def test_a_turned_copy_that_is_stretched_stays_with_its_part() -> None:
    mesh = box_mesh((0.1, 0.2, 0.3))
    stretch = moved(1, 0, 0, np.diag([1.0, 3.0, 1.0]))
    scene = scene_of(
        [part(mesh), part(carried(mesh, tilted(1))), part(carried(mesh, moved(5, 0, 0)))],
        [(0, moved(0)), (1, stretch), (2, stretch)],
    )
    copies = find_copies(scene.parts, place(scene))
    assert {number: copy.of for number, copy in copies.items()} == {2: 0}


@pytest.fixture(scope="module")
def copied() -> tuple[Scene, list[Mesh]]:
    ball, box = sphere_mesh(0.2, 60, 90), box_mesh((0.1, 0.2, 0.3))
    meshes = [
        ball,
        *(carried(ball, tilted(seed)) for seed in range(6)),
        box,
        carried(box, tilted(9)),
    ]
    places = [(number, moved(0.3 * number, 0, 0, turned_y(0.2 * number))) for number in range(9)]
    return scene_of([part(mesh, f"Copy {n}") for n, mesh in enumerate(meshes)], places), meshes


def test_copies_stand_once_in_the_package_and_exactly_where_they_were(
    copied: tuple[Scene, list[Mesh]], tmp_path: Path
) -> None:
    scene, meshes = copied
    folder = tmp_path / "scene"
    folder.mkdir()
    write_package(scene, folder, ConvertOptions(), lambda *_: None, Journal(), SOURCE)
    package = read_package(folder)
    assert set(package.manifest["shared"]) == {"1", "2", "3", "4", "5", "6", "8"}
    assert {geometry for geometry, _ in package.meshes} == {0, 7}
    assert package.manifest["counts"]["parts"] == 9
    assert [entry["name"] for entry in package.structure["parts"]] == [
        f"Copy {n}" for n in range(9)
    ]
    for number, mesh in enumerate(meshes):
        transform = scene.nodes[number + 1].transform
        expected = mesh.positions.astype(float) @ transform[:3, :3].T + transform[:3, 3]
        found = package.placed(number, 0)
        nearest = np.linalg.norm(found[:, None] - expected[None, :400], axis=2).min(axis=0)
        assert nearest.max() < 1e-4
    assert {level["sub_draws"] for level in package.manifest["levels"]} == {2}
    assert validator_errors(folder, tmp_path) == {}


def test_the_motion_leads_from_the_shared_grid_to_the_parts_own_frame(
    copied: tuple[Scene, list[Mesh]], tmp_path: Path
) -> None:
    scene, meshes = copied
    write_package(scene, tmp_path, ConvertOptions(), lambda *_: None, Journal(), SOURCE)
    package = read_package(tmp_path)
    entry = package.manifest["shared"]["3"]
    *minimum, step = package.manifest["grids"][3]
    motion = np.array(entry["motion"]).reshape(4, 4).T
    points = np.array(minimum) + step * package.meshes[entry["geometry"], 3].points.astype(float)
    local = points @ motion[:3, :3].T + motion[:3, 3]
    own = meshes[3].positions
    assert local.min(axis=0) == pytest.approx(own.min(axis=0), abs=2 * step)
    assert local.max(axis=0) == pytest.approx(own.max(axis=0), abs=2 * step)
