from pathlib import Path

import pytest
from cad_files import bounds_mm, read, world_transforms

from holotable.review.scene import Scene
from holotable.sample import skid
from holotable.sample.pipework import NOMINAL


@pytest.fixture(scope="module")
def file(sample_files: Path) -> Path:
    return sample_files / "pump-skid.step"


@pytest.fixture(scope="module")
def scene(file: Path) -> Scene:
    return read(file)


def test_the_skid_has_its_occurrences_all_closed(scene: Scene) -> None:
    assert sum(node.part is not None for node in scene.nodes) == skid.OCCURRENCES
    assert all(part.closed for part in scene.parts)
    assert scene.warnings == ()
    assert len({node.id for node in scene.nodes}) == len(scene.nodes)


def test_the_tree_is_frame_piping_equipment_and_electrical(scene: Scene) -> None:
    top = [node.name for node in scene.nodes if node.parent == 0]

    assert scene.nodes[0].name == "Skid P-101"
    assert top == ["Frame", "Piping", "Equipment", "Electrical"]


def test_tagged_things_are_found_by_their_tags(scene: Scene) -> None:
    names = {node.name for node in scene.nodes}

    assert {"V-11", "V-17", "V-18", "V-21", "V-22", "P-101", "M-101", "PI-101", "B-02"} <= names
    valve = next(row for row, node in enumerate(scene.nodes) if node.name == "V-17")
    line = scene.nodes[scene.nodes[valve].parent]
    assert (line.name, scene.nodes[line.parent].name) == ("L-102", "Piping")
    assert scene.nodes[valve].properties["Product"]["product"] == "Gate valve DN 100"


def test_the_skid_is_six_metres_long(scene: Scene) -> None:
    low_x, low_y, low_z, high_x, high_y, high_z = bounds_mm(scene)

    assert 6000 < high_x - low_x < 7000
    assert 2400 < high_y - low_y < 2700
    assert 2000 < high_z - low_z < 2500


def test_a_column_stands_in_the_pipe_and_a_box_blocks_a_hand_wheel(scene: Scene) -> None:
    size = NOMINAL[50]
    row = next(
        row for row, node in enumerate(scene.nodes)
        if node.name == "Column" and scene.nodes[node.parent].name == "PS-06"
    )  # fmt: skip
    part = scene.nodes[row].part
    assert part is not None
    column = world_transforms(scene)[row][1, 3] + scene.parts[part].mesh.positions[:, 1].max()
    assert column * 1000 - (480 - size.radius) == pytest.approx(8.0, abs=1e-3)
    wheel = _bounds(scene, "Hand wheel DN 80", "V-21")
    box = _bounds(scene, "JB-1", "Electrical")
    assert all(wheel[0][axis] < box[1][axis] and box[0][axis] < wheel[1][axis] for axis in range(3))


def test_writing_again_gives_the_same_bytes(file: Path, tmp_path: Path) -> None:
    skid.write(tmp_path / "again.step")

    assert (tmp_path / "again.step").read_bytes() == file.read_bytes()


def _bounds(scene: Scene, name: str, parent: str) -> tuple[list[float], list[float]]:
    for node, world in zip(scene.nodes, world_transforms(scene), strict=True):
        if node.name == name and scene.nodes[node.parent].name == parent:
            assert node.part is not None
            points = scene.parts[node.part].mesh.positions @ world[:3, :3].T + world[:3, 3]
            return points.min(axis=0).tolist(), points.max(axis=0).tolist()
    raise AssertionError(f"{name} is not under {parent}")
