"""Point chunks: every point once, coarse first, where it was, readable by other tools."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from package_reader import validator_errors
from point_files import hill, read_points, y_up
from scene_builders import box_mesh, moved, part, scene_of, turned_y

from holotable.conversion.inspect import describe
from holotable.conversion.journal import Journal
from holotable.conversion.options import ConvertOptions
from holotable.conversion.pipeline import write_package
from holotable.conversion.place import exact_bounds, place
from holotable.conversion.points import (
    COARSE_BYTES,
    COARSE_POINTS,
    box_corners,
    box_of,
    check_cloud,
    count_points,
    ends,
    outermost,
    write_points,
)
from holotable.conversion.readers.points import empty_mesh
from holotable.conversion.validate import checked
from holotable.errors import DamagedFile, TooComplex
from holotable.review.points import PointCloud
from holotable.review.scene import Floats, Part, Scene

AT = np.array([5000.25, 3, -8000])


def scan(count: int = 120_000) -> PointCloud:
    """A wavy ground whose colour, intensity and class follow from its place."""
    places = y_up(hill(count)).astype(np.float32)
    shade = (places[:, 0] * 2).astype(np.uint8)
    return PointCloud(
        places,
        np.stack([shade, 255 - shade, np.full(count, 40, np.uint8)], axis=1),
        (places[:, 0] * 600).astype(np.uint16),
        np.where(places[:, 1] > 0, 2, 5).astype(np.uint8),
    )


def cloud_part(cloud: PointCloud, name: str = "Scan") -> Part:
    return Part(name=name, mesh=empty_mesh(), points=cloud)


def packed(scene: Scene, folder: Path) -> dict[str, Any]:
    source = {"name": "a.las", "sha256": "0" * 64, "bytes": 5}
    folder.mkdir(exist_ok=True)
    options = ConvertOptions()
    return write_package(
        checked(scene, options), folder, options, lambda *_: None, Journal(), source
    )


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cloud") / "scene"
    packed(scene_of([cloud_part(scan())], [(0, moved(*AT))]), folder)
    return folder


def test_every_point_is_written_once_where_it_was(package: Path) -> None:
    cloud = scan()
    found = read_points(package)
    due = cloud.positions.astype(float) + AT
    assert len(found.places) == 120_000
    points = json.loads((package / "manifest.json").read_text())["points"]
    spacing = np.array([level["spacing_m"] for level in points["levels"]])
    away = np.abs(np.sort(found.places[:, 0]) - np.sort(due[:, 0]))
    assert away.max() < 0.012
    near = [np.abs(due - place).max(axis=1).min() for place in found.places[::997]]
    limit = np.maximum(spacing[found.level[::997]] / 100, 1e-3) + 1e-3
    assert (np.array(near) < limit).all()


def test_attributes_stay_with_their_points(package: Path) -> None:
    found = read_points(package)
    assert found.colours is not None
    assert found.intensities is not None
    assert found.classes is not None
    along = found.places[:, 0] - 5000.25
    assert np.abs(found.colours[:, 0].astype(float) - along * 2).max() < 1.1
    assert np.abs(found.intensities.astype(float) - along * 600).max() < 10
    heights = found.places[:, 1] - 3
    sure = np.abs(heights) > 0.02
    assert (found.classes[sure] == np.where(heights[sure] > 0, 2, 5)).all()


def test_the_manifest_says_what_is_there(package: Path) -> None:
    manifest = json.loads((package / "manifest.json").read_text())
    points = manifest["points"]
    assert manifest["counts"]["points"] == points["count"] == 120_000
    assert manifest["counts"]["occurrences"] == 1
    assert manifest["counts"]["triangles"] == 0
    assert points["has"] == ["colours", "intensities", "classes"]
    assert set(points["classes"]) == {"2", "5"}
    assert sum(points["classes"].values()) == 120_000
    assert points["headset"] == {"points": 120_000, "passes": True}
    assert manifest["headset"]["passes"]
    levels = points["levels"]
    assert [level["level"] for level in levels] == list(range(points["coarsest"] + 1))
    for field in ("points", "bytes"):
        for level in levels:
            mine = [c[field] for c in points["chunks"] if c["level"] == level["level"]]
            assert sum(mine) == level[field]
    assert [c["level"] for c in points["chunks"]] == sorted(
        (c["level"] for c in points["chunks"]), reverse=True
    )
    assert {c["file"] for c in points["chunks"]} <= set(manifest["files"])
    cloud = scan().positions.astype(float) + AT
    assert np.allclose(manifest["bounds"]["min"], cloud.min(axis=0), atol=1e-3)
    assert np.allclose(manifest["bounds"]["max"], cloud.max(axis=0), atol=1e-3)


def test_inspect_counts_the_points(package: Path) -> None:
    assert "120,000 points, 0.128 m apart at the finest level" in describe(package, depth=1)


def test_the_coarse_picture_is_whole_and_small(package: Path) -> None:
    found = read_points(package)
    points = json.loads((package / "manifest.json").read_text())["points"]
    coarsest = points["levels"][-1]
    assert 5_000 < coarsest["points"] <= COARSE_POINTS
    assert coarsest["bytes"] <= COARSE_BYTES
    coarse = found.places[found.level == points["coarsest"]]
    ground = np.unique(np.floor(coarse[:, [0, 2]] / 4.0), axis=0)
    assert len(ground) >= 500  # of 100 by 80 m in squares of 4 m


def test_every_file_passes_the_validator(package: Path, tmp_path: Path) -> None:
    assert validator_errors(package, tmp_path) == {}


def test_a_cloud_may_stand_beside_a_mesh_and_be_placed_often(tmp_path: Path) -> None:
    small = scan(3_000)
    placements = [(0, moved(0)), (1, moved(200, 0, 0, turned_y(0.7))), (1, moved(500))]
    mirrored = (1, moved(0, 0, 300, np.diag([1.0, 1.0, -1.0])))
    scene = scene_of([part(box_mesh()), cloud_part(small)], [*placements, mirrored])
    manifest = packed(scene, tmp_path / "scene")
    assert manifest["counts"]["points"] == 9_000
    assert manifest["counts"]["triangles"] == 12
    assert manifest["points"]["count"] == 6_000  # once as it is, once mirrored
    geometries = {chunk["geometry"] for chunk in manifest["points"]["chunks"]}
    assert [manifest["geometries"][g] for g in geometries] == [1, 1]
    found = read_points(tmp_path / "scene")
    first = small.positions @ turned_y(0.7).T + [200, 0, 0]
    flipped = small.positions * [1, 1, -1] + [0, 0, 300]
    for due in (first, flipped):
        near = [np.abs(found.places - place).max(axis=1).min() for place in due[::371]]
        assert max(near) < 0.06
    ends_of = [flipped.min(axis=0), first.min(axis=0), [0, 0, 0]]
    assert np.allclose(manifest["bounds"]["min"], np.min(ends_of, axis=0), atol=1e-3)


def test_sparse_and_dense_clouds_share_one_ladder_of_spacings(tmp_path: Path) -> None:
    dense = PointCloud(scan(20_000).positions / np.float32(50.0))
    scene = scene_of([cloud_part(scan(20_000)), cloud_part(dense)], [(0, moved()), (1, moved(5))])
    points = packed(scene, tmp_path / "scene")["points"]
    spacings = [level["spacing_m"] for level in points["levels"]]
    assert all(b / a == pytest.approx(2.0) for a, b in pairwise(spacings[:-1]))
    assert len(read_points(tmp_path / "scene").places) == 40_000


def test_a_scene_without_points_writes_nothing(tmp_path: Path) -> None:
    scene = scene_of([part(box_mesh())], [(0, moved())])
    assert write_points(tmp_path, scene, place(scene)) is None
    assert list(tmp_path.iterdir()) == []
    assert count_points(scene) == 0


def test_progress_rises_to_the_end(tmp_path: Path) -> None:
    scene = scene_of([cloud_part(scan(100_000))], [(0, moved())])
    shares: list[float] = []
    assert write_points(tmp_path, scene, place(scene), shares.append) is not None
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)


def test_an_unplaced_cloud_is_not_written(tmp_path: Path) -> None:
    scene = scene_of([part(box_mesh()), cloud_part(scan(50))], [(0, moved())])
    assert write_points(tmp_path, scene, place(scene)) is None


def test_very_many_clouds_are_refused(tmp_path: Path) -> None:
    one = PointCloud(np.zeros((1, 3), np.float32))
    scene = scene_of([cloud_part(one)] * 2_001, [(n, moved(n)) for n in range(2_001)])
    with pytest.raises(TooComplex, match="2,000 point clouds"):
        write_points(tmp_path, scene, place(scene))


def test_more_points_than_the_limit_are_refused() -> None:
    scene = scene_of([cloud_part(scan(60))], [(0, moved()), (0, moved(1))])
    with pytest.raises(TooComplex, match="120 points"):
        checked(scene, ConvertOptions(max_points=100))


@pytest.mark.parametrize(
    ("cloud", "words"),
    [
        (PointCloud(np.array([[0, np.nan, 0]], np.float32)), "not numbers"),
        (PointCloud(np.array([[0, 3e9, 0]], np.float32)), "too far"),
        (PointCloud(np.zeros((2, 3), np.float32), classes=np.zeros(1, np.uint8)), "incomplete"),
    ],
)
def test_a_cloud_that_contradicts_itself_is_damaged(cloud: PointCloud, words: str) -> None:
    with pytest.raises(DamagedFile, match=words):
        check_cloud("Scan", cloud, 1e8)


def test_bounds_of_turned_clouds_are_exact() -> None:
    cloud = scan(30_000)
    tilted = np.linalg.qr(np.array([[1.0, 0.3, 0.1], [0, 1, 0.5], [0.2, 0, 1]]))[0]
    tilted *= np.sign(np.linalg.det(tilted))
    scene = scene_of([cloud_part(cloud)], [(0, moved(1, 2, 3, tilted))])
    placements = place(scene)
    box = box_of(scene.parts[0])
    around = np.broadcast_to(np.array([[-1e3] * 3, [1e3] * 3]), (1, 2, 3))
    found = exact_bounds(around, placements, outermost(scene.parts, placements))
    due: Floats = cloud.positions.astype(float) @ tilted.T + [1, 2, 3]
    assert np.allclose(found, [due.min(axis=0), due.max(axis=0)], atol=1e-4)
    assert np.allclose(ends(box_corners(box)), box)
