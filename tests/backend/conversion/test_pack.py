"""What stands in base.glb and the finer chunks, read back by the independent reader."""

from pathlib import Path

import numpy as np
import pytest
from package_reader import Package, read_glb, read_package
from scene_builders import box_mesh, moved, part, scene_of, sphere_mesh, turned_y

from holotable.conversion.journal import Journal
from holotable.conversion.options import ConvertOptions
from holotable.conversion.pack import CHUNK_BYTES, load_order
from holotable.conversion.pipeline import write_package
from holotable.review.scene import Scene

SOURCE = {"name": "test.step", "sha256": "0" * 64, "bytes": 1}


def packed(scene: Scene, folder: Path) -> Package:
    folder.mkdir(exist_ok=True)
    write_package(
        scene, folder, ConvertOptions(), lambda _stage, _fraction: None, Journal(), SOURCE
    )
    return read_package(folder)


def test_every_vertex_stands_where_the_source_has_it_within_half_a_step(tmp_path: Path) -> None:
    placements = [
        moved(0.1, 0.2, 0.3),
        moved(1, 0, 0, turned_y(0.8)),
        moved(2, 0, 0, turned_y(0.3) * 2.5),
        moved(3, 0, 0, np.diag([1.0, 2.0, 0.5])),
        moved(4, 0, 0, np.diag([1.0, 1.0, -1.0])),
        moved(5, 0, 0, np.array([[1.0, 0.5, 0.0], [0.0, 1.0, 0.0], [0.2, 0.0, 1.0]])),
    ]
    mesh = box_mesh((0.1, 0.2, 0.3))
    package = packed(scene_of([part(mesh)], [(0, t) for t in placements]), tmp_path)
    assert package.manifest["geometries"] == [0, 0, 0]
    for occurrence, transform in enumerate(placements):
        expected = mesh.positions @ transform[:3, :3].T + transform[:3, 3]
        found = package.placed(occurrence, 0)
        distances = np.linalg.norm(found[:, None] - expected[None], axis=2)
        row = package.instances["_FEATURE_ID_0"][:, 0].tolist().index(occurrence)
        reach = package.instances["SCALE"][row].max() * 0.87 + 1e-6  # metres of half a step
        assert distances.min(axis=1).max() < reach < 3e-4
        assert distances.min(axis=0).max() < reach


def test_instances_carry_dense_occurrence_and_geometry_numbers(tmp_path: Path) -> None:
    scene = scene_of(
        [part(box_mesh()), part(sphere_mesh(0.3, 8, 12))],
        [(1, moved(1)), (0, moved(2)), (1, moved(3)), (0, moved(4))],
    )
    package = packed(scene, tmp_path)
    numbers = package.instances["_FEATURE_ID_0"][:, 0]
    parts = package.instances["_PART"][:, 0]
    assert sorted(numbers.tolist()) == [0, 1, 2, 3]
    rows = [row for row, which in enumerate(package.structure["part"]) if which >= 0]
    for number, geometry in zip(numbers.astype(int), parts.astype(int), strict=True):
        assert package.structure["part"][rows[number]] == package.manifest["geometries"][geometry]
    assert set(package.instances) == {
        "TRANSLATION", "ROTATION", "SCALE", "_PART", "_FEATURE_ID_0", "_COLOUR",
    }  # fmt: skip


def test_manifest_grids_lead_back_to_the_part_frame(tmp_path: Path) -> None:
    mesh = box_mesh((0.1, 0.2, 0.3), at=(5.0, 6.0, 7.0))
    package = packed(scene_of([part(mesh)], [(0, moved(1, 2, 3, turned_y(1.0)))]), tmp_path)
    *minimum, step = package.manifest["grids"][0]
    points = np.array(minimum) + step * package.mesh(0, 0).points
    assert points.min(axis=0) == pytest.approx([5, 6, 7], abs=step)
    assert points.max(axis=0) == pytest.approx([5.1, 6.2, 7.3], abs=step)


def test_a_level_that_does_not_change_stands_only_in_the_coarser_file(tmp_path: Path) -> None:
    scene = scene_of(
        [part(box_mesh()), part(sphere_mesh(0.3, 160, 250))], [(0, moved(0)), (1, moved(3))]
    )
    package = packed(scene, tmp_path)
    assert {key for key in package.meshes if key[0] == 0} == {(0, 3)}
    assert {key for key in package.meshes if key[0] == 1} == {(1, 0), (1, 1), (1, 2), (1, 3)}
    assert len(package.mesh(0, 0).triangles) == 12


def test_a_small_model_is_whole_in_the_first_file(tmp_path: Path) -> None:
    scene = scene_of(
        [part(box_mesh()), part(sphere_mesh(0.3, 60, 90))], [(0, moved(0)), (1, moved(3))]
    )
    package = packed(scene, tmp_path)
    assert [chunk["file"] for chunk in package.manifest["chunks"]] == ["base.glb"]
    assert set(package.meshes) == {(0, 3), (1, 3)}
    assert package.manifest["errors"] == [[0, 0, 0, 0]] * 2
    assert package.manifest["headset"]["level"] == 0


def test_what_all_placements_share_is_left_out_of_the_file(tmp_path: Path) -> None:
    packed(scene_of([part(box_mesh())], [(0, moved(0)), (0, moved(3))]), tmp_path)
    glb = read_glb(tmp_path / "base.glb")
    (node,) = glb.json["nodes"]
    attributes = node["extensions"]["EXT_mesh_gpu_instancing"]["attributes"]
    assert set(attributes) == {"TRANSLATION", "SCALE"}
    assert set(glb.json["meshes"][0]["primitives"][0]["attributes"]) == {"POSITION", "NORMAL"}
    assert (tmp_path / "base.glb").stat().st_size < 1800


def test_face_colours_survive_in_the_material_attribute(tmp_path: Path) -> None:
    mesh = box_mesh(materials=(0, 0, 1, 1, 2, 2))
    scene = scene_of([part(mesh)], [(0, moved(0))], palette=("#b8bec6ff", "#ff0000ff", "#0000ff80"))
    package = packed(scene, tmp_path)
    found = package.mesh(0, 0)
    entries = found.materials[found.triangles]
    assert (entries == entries[:, :1]).all()
    assert np.bincount(entries[:, 0]).tolist() == [4, 4, 4]
    axes = np.abs(found.normals[found.triangles[:, 0]]).argmax(axis=1)
    assert (axes == entries[:, 0]).all()
    assert package.manifest["palette"] == list(scene.palette) == package.structure["palette"]
    assert package.manifest["levels"][0]["draw_calls"] == 2


def test_chunks_come_in_load_order_with_bounds_around_what_they_hold(tmp_path: Path) -> None:
    spheres = [part(sphere_mesh(0.1 + 0.01 * i, 50, 90), f"Ball {i}") for i in range(40)]
    scene = scene_of(spheres, [(i, moved(float(i))) for i in range(40)])
    package = packed(scene, tmp_path)
    chunks = package.manifest["chunks"]
    assert chunks[0]["file"] == "base.glb"
    levels = [chunk["level"] for chunk in chunks]
    assert levels == sorted(levels, reverse=True)
    finest = [chunk for chunk in chunks if chunk["level"] == 0]
    assert len(finest) > 1
    assert all(0.5 * CHUNK_BYTES < chunk["bytes"] < 1.4 * CHUNK_BYTES for chunk in finest[:-1])
    order = [geometry for chunk in finest for geometry in chunk["parts"]]
    assert sorted(order) == list(range(40))
    assert order[-1] < 8, "the smallest come last"
    for chunk in chunks:
        for geometry in chunk["parts"]:
            points = package.placed(geometry, chunk["level"])
            assert (points >= np.array(chunk["bounds"]["min"]) - 1e-4).all()
            assert (points <= np.array(chunk["bounds"]["max"]) + 1e-4).all()
        assert (tmp_path / chunk["file"]).stat().st_size == chunk["bytes"]


def test_chunks_hold_neighbours_of_about_one_size() -> None:
    """Eight corners of a cube, a large and a small thing in each: first all large ones."""
    corners = np.array([(x, y, z) for x in (0, 9) for y in (0, 9) for z in (0, 9)], float)
    beside = np.repeat(corners, 4, axis=0) + np.tile([0.0, 0.1, 0.2, 0.3], 8)[:, None]
    scores = np.tile([5.0, 4.0, 0.5, 0.4], 8)
    random = np.random.default_rng(4).permutation(32)
    order = load_order(scores[random], np.stack([beside, beside + 0.05], axis=1)[random])
    found = random[order]
    assert (scores[found][:16] > 1).all()
    for half in (found[:16], found[16:]):
        assert (np.diff(half // 4) != 0).sum() == 7, "each corner is left once"


def test_far_coordinates_are_relative_to_an_origin_and_stay_exact(tmp_path: Path) -> None:
    scene = scene_of([part(box_mesh((1.0, 1.0, 1.0)))], [(0, moved(500_000.25, 0.0, -7_000_000.5))])
    package = packed(scene, tmp_path)
    assert package.manifest["origin"] == [500_001.0, 0.0, -7_000_000.0]
    assert np.abs(package.instances["TRANSLATION"]).max() < 10
    assert package.placed(0, 0).min(axis=0) == pytest.approx(
        [500_000.25, 0.0, -7_000_000.5], abs=1e-6
    )
    assert package.manifest["bounds"]["min"] == pytest.approx([500_000.25, 0.0, -7_000_000.5])


def test_a_part_of_curves_alone_has_an_instance_but_no_range(tmp_path: Path) -> None:
    empty = box_mesh()
    none = type(empty)(
        empty.positions[:0], empty.normals[:0], empty.triangles[:0], empty.materials[:0]
    )
    scene = scene_of([part(box_mesh()), part(none)], [(0, moved(0)), (1, moved(2))])
    package = packed(scene, tmp_path)
    assert set(package.meshes) == {(0, 3)}
    assert len(package.instances["_PART"]) == 2
    assert package.manifest["counts"]["occurrences"] == 2
