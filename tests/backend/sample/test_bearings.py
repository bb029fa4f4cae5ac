import math
from pathlib import Path

import pytest
from cad_files import read

from holotable.sample.bearings import Bearing, place_bearing
from holotable.sample.step_file import StepFile, translation


def test_a_bearing_is_rings_cage_and_balls_defined_once_for_all_places(tmp_path: Path) -> None:
    file = StepFile()
    root = file.assembly("Root")
    size = Bearing("6206", 15, 31, 16, 9)
    place_bearing(file, root, size, translation(0), translation(0, 0, 50))
    file.write(tmp_path / "a.step", "a")

    scene = read(tmp_path / "a.step")

    assert sum(node.part is not None for node in scene.nodes) == 2 * (9 + 3)
    assert len(scene.parts) == 4
    volumes = {part.name: part.volume_m3 or 0.0 for part in scene.parts}
    assert volumes["6206 ball"] == pytest.approx(4 / 3 * math.pi * 4.8e-3**3)
    assert all(part.closed for part in scene.parts)
