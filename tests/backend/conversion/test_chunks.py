"""What stands in the chunks of a package that holds parts in pieces, read back independently."""

from pathlib import Path

import numpy as np
import pytest
from package_reader import Package, read_package, validator_errors
from scene_builders import box_mesh, moved, part, scene_of, sphere_mesh, turned_y

from holotable.conversion.journal import Journal
from holotable.conversion.options import ConvertOptions
from holotable.conversion.pieces import cut
from holotable.conversion.pipeline import write_package
from holotable.review.scene import Scene

SOURCE = {"name": "scan.stl", "sha256": "0" * 64, "bytes": 1}
BALL = sphere_mesh(0.5, 180, 360)  # 128,880 triangles


def packed(scene: Scene, folder: Path) -> Package:
    folder.mkdir(exist_ok=True)
    write_package(
        scene, folder, ConvertOptions(), lambda _stage, _fraction: None, Journal(), SOURCE
    )
    return read_package(folder)


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Package:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("holotable.conversion.chunks.SPLIT_FROM", 100_000)
        patch.setattr("holotable.conversion.pieces.cut", lambda mesh: cut(mesh, 20_000))
        patch.setattr("holotable.conversion.pieces._WHOLE", 5_000)
        scene = scene_of(
            [part(box_mesh((0.1, 0.1, 0.1))), part(BALL)],
            [(1, moved(2, 0, 0, turned_y(0.7))), (0, moved(0)), (1, moved(-3))],
        )
        return packed(scene, tmp_path_factory.mktemp("scan"))


def test_the_whole_stands_in_the_base_and_its_pieces_in_finer_files(scanned: Package) -> None:
    manifest = scanned.manifest
    assert set(manifest["pieces"]) == {"1"}
    run = manifest["pieces"]["1"]
    count = len(run["boxes"])
    assert run["first"] == 2
    assert count >= 7
    assert manifest["geometries"] == [0, 1] + [1] * count
    assert len(manifest["grids"]) == len(manifest["errors"]) == len(manifest["closed"]) == 2 + count
    assert all(grid == manifest["grids"][1] for grid in manifest["grids"][2:])
    assert {level for geometry, level in scanned.meshes if geometry == 1} == {3}
    for piece in range(2, 2 + count):
        assert {level for geometry, level in scanned.meshes if geometry == piece} == {0, 1, 2}


def test_the_pieces_together_are_the_part(scanned: Package) -> None:
    found = scanned.mesh(1, 0)
    assert len(found.triangles) == len(BALL.triangles)
    for occurrence, centre in ((0, (2, 0, 0)), (2, (-3, 0, 0))):
        distances = np.linalg.norm(scanned.placed(occurrence, 0) - np.array(centre), axis=1)
        assert distances == pytest.approx(0.5, abs=2e-4)
    boxes = np.array(scanned.manifest["pieces"]["1"]["boxes"]).reshape(-1, 2, 3)
    for number, box in enumerate(boxes):
        points = scanned.meshes[2 + number, 0].points
        assert points.min(axis=0).tolist() == box[0].tolist()
        assert points.max(axis=0).tolist() == box[1].tolist()


def test_levels_count_the_triangles_of_pieces_and_their_draws(scanned: Package) -> None:
    levels = scanned.manifest["levels"]
    count = len(scanned.manifest["pieces"]["1"]["boxes"])
    for row in levels:
        placed = 2 * len(scanned.mesh(1, row["level"]).triangles) + 12
        assert row["triangles"] == placed
        assert row["sub_draws"] == (2 if row["level"] == 3 else 1 + count)
    assert scanned.manifest["counts"]["occurrences"] == 3
    assert len(scanned.instances["TRANSLATION"]) == 3


def test_chunks_of_pieces_have_bounds_around_all_placements(scanned: Package) -> None:
    for chunk in scanned.manifest["chunks"][1:]:
        low, high = np.array(chunk["bounds"]["min"]), np.array(chunk["bounds"]["max"])
        assert low[0] < -2  # of both balls
        assert high[0] > 1
        assert (high - low)[1] <= 1.01


def test_the_validator_finds_nothing_wrong(scanned: Package, tmp_path: Path) -> None:
    assert validator_errors(scanned.folder, tmp_path) == {}


def test_a_mirrored_part_stays_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("holotable.conversion.chunks.SPLIT_FROM", 100_000)
    mirror = np.diag([-1.0, 1.0, 1.0])
    scene = scene_of([part(BALL)], [(0, moved(0)), (0, moved(3, 0, 0, mirror))])
    package = packed(scene, tmp_path)
    assert "pieces" not in package.manifest
    assert len(package.mesh(1, 0).triangles) == len(BALL.triangles)
