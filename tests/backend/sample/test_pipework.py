import math
from pathlib import Path

import pytest
from cad_files import bounds_mm, read
from solid_measure import measure

from holotable.review.scene import Scene
from holotable.sample.catalogue import Catalogue
from holotable.sample.pipework import NOMINAL, Walk, clamp
from holotable.sample.step_file import StepFile


def walked(path: Path, steps: list[tuple[str, object]]) -> tuple[Scene, Walk]:
    catalogue = Catalogue(StepFile())
    line = catalogue.file.assembly("Line")
    walk = Walk(catalogue, line, NOMINAL[50], (0.0, 0.0, 0.0))
    walk.go(steps)
    catalogue.file.write(path, "line")
    return read(path), walk


def test_a_line_ends_where_its_lengths_and_bends_add_up(tmp_path: Path) -> None:
    scene, walk = walked(tmp_path / "a.step", [("x", 500), ("bend", "y"), ("y", 300)])

    assert walk.at == pytest.approx((575.0, 375.0, 0.0))
    radius = NOMINAL[50].radius
    assert bounds_mm(scene) == pytest.approx(
        [0, -radius, -radius, 575 + radius, 375, radius], abs=0.1
    )


def test_a_pipe_has_the_volume_of_its_wall(tmp_path: Path) -> None:
    scene, _ = walked(tmp_path / "a.step", [("x", 500)])

    size = NOMINAL[50]
    area = math.pi * (size.radius**2 - (size.radius - size.wall) ** 2)
    assert (scene.parts[0].volume_m3 or 0.0) * 1e9 == pytest.approx(area * 500)


def test_a_joint_is_two_flanges_a_gasket_and_three_pieces_a_bolt(tmp_path: Path) -> None:
    scene, walk = walked(tmp_path / "a.step", [("flange", "x")])

    assert sum(node.part is not None for node in scene.nodes) == 3 + 3 * NOMINAL[50].bolts
    assert walk.at == pytest.approx((2 * 18 + 2, 0, 0))


def test_a_valve_carries_its_tag_and_stands_between_joints(tmp_path: Path) -> None:
    scene, walk = walked(tmp_path / "a.step", [("valve", "V-1")])

    valve = next(node for node in scene.nodes if node.name == "V-1")
    assert valve.part is None
    assert valve.transform[:3, 3] == pytest.approx((0.038, 0, 0))
    assert walk.at == pytest.approx((38 + 190 + 38, 0, 0))


def test_a_clamp_is_one_solid() -> None:
    assert measure(clamp(NOMINAL[80])).is_solid
