"""10,000 occurrences of 500 parts: the first half megabyte and the headset."""

from pathlib import Path

import numpy as np
import pytest
from package_reader import Package, read_package
from scene_builders import moved, part, rack_scene, scene_of, sphere_mesh

from holotable.conversion.budget import headset
from holotable.conversion.journal import Journal
from holotable.conversion.options import ConvertOptions
from holotable.conversion.pipeline import write_package
from holotable.review.scene import Scene

SOURCE = {"name": "rack.step", "sha256": "0" * 64, "bytes": 1}


def packed(scene: Scene, folder: Path) -> Package:
    write_package(
        scene, folder, ConvertOptions(), lambda _stage, _fraction: None, Journal(), SOURCE
    )
    return read_package(folder)


@pytest.fixture(scope="module")
def rack(tmp_path_factory: pytest.TempPathFactory) -> Package:
    return packed(rack_scene(10_000, 500), tmp_path_factory.mktemp("rack"))


def test_the_first_picture_of_10_000_occurrences_is_at_most_500_kb(rack: Package) -> None:
    assert (rack.folder / "base.glb").stat().st_size <= 500_000
    assert len(rack.instances["_FEATURE_ID_0"]) == 10_000
    assert sorted(rack.instances["_FEATURE_ID_0"][:, 0].tolist()) == list(range(10_000))


def test_the_first_picture_shows_every_part_in_one_primitive(rack: Package) -> None:
    base = rack.manifest["chunks"][0]
    assert base["file"] == "base.glb"
    assert sorted(base["parts"]) == list(range(500))
    assert all(len(rack.meshes[number, 3].triangles) >= 4 for number in range(500))


def test_each_level_draws_in_one_call_with_a_sub_draw_per_part(rack: Package) -> None:
    for level in rack.manifest["levels"]:
        assert level["draw_calls"] == 1
        assert level["sub_draws"] == 500
    triangles = [level["triangles"] for level in rack.manifest["levels"]]
    assert triangles == sorted(triangles, reverse=True)
    assert triangles[0] == rack.manifest["counts"]["triangles"] > 3_000_000


def test_a_headset_gets_a_level_within_its_budget(rack: Package) -> None:
    assert rack.manifest["headset"]["passes"] is True
    assert rack.manifest["headset"]["triangles"] <= 600_000


def test_a_base_over_budget_is_made_coarser_until_it_fits(tmp_path: Path) -> None:
    random = np.random.default_rng(4)
    spheres = []
    for _ in range(90):
        mesh = sphere_mesh(0.1, 40, 60)
        rough = (mesh.positions * random.normal(1, 0.05, (len(mesh.positions), 1))).astype("f4")
        spheres.append(part(type(mesh)(rough, mesh.normals, mesh.triangles, mesh.materials)))
    package = packed(
        scene_of(spheres, [(i, moved(0.3 * i)) for i in range(len(spheres))]), tmp_path
    )
    assert (tmp_path / "base.glb").stat().st_size <= 500_000
    assert package.manifest["levels"][3]["triangles"] < package.manifest["levels"][2]["triangles"]


def test_the_finest_level_that_fits_is_the_headsets() -> None:
    def row(level: int, triangles: int, draws: int = 1, sub: int = 20) -> dict[str, int]:
        return {"level": level, "triangles": triangles, "draw_calls": draws, "sub_draws": sub}

    assert headset([row(0, 900_000), row(1, 400_000), row(2, 9)]) == {
        **row(1, 400_000),
        "passes": True,
    }
    assert headset([row(0, 900_000), row(1, 700_000)]) == {**row(1, 700_000), "passes": False}
    assert headset([row(0, 10, sub=501)])["passes"] is False
    assert headset([row(0, 10, draws=151)])["passes"] is False
