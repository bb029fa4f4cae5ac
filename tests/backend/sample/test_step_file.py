from pathlib import Path

import numpy as np
import pytest
from cad_files import box, nested_assembly, read

from holotable.sample.step_file import StepFile, rotation, translation


def test_the_same_calls_give_the_same_bytes_in_one_process(tmp_path: Path) -> None:
    nested_assembly().write(tmp_path / "1.step", "a")
    nested_assembly().write(tmp_path / "2.step", "a")

    assert (tmp_path / "1.step").read_bytes() == (tmp_path / "2.step").read_bytes()


def test_the_header_holds_no_time_of_day(tmp_path: Path) -> None:
    nested_assembly().write(tmp_path / "1.step", "Skid")

    head = (tmp_path / "1.step").read_text()[:400]
    assert "FILE_NAME('Skid','2026-01-01T00:00:00'" in head


def test_turns_and_shifts_are_rigid() -> None:
    matrix = translation(1, 2, 3) @ rotation((1, 1, 1), 120)

    assert np.linalg.det(matrix[:3, :3]) == pytest.approx(1.0)
    assert matrix @ (1, 0, 0, 1) == pytest.approx((1, 3, 3, 1))


def test_a_placed_part_keeps_name_and_place(tmp_path: Path) -> None:
    file = StepFile()
    root = file.assembly("Root")
    file.place(root, file.part("Cube", box(1, 1, 1)), translation(7, 8, 9), "Here")
    file.write(tmp_path / "a.step", "a")

    scene = read(tmp_path / "a.step")

    assert [node.name for node in scene.nodes] == ["Root", "Here"]
    assert scene.nodes[1].transform[:3, 3] == pytest.approx((0.007, 0.009, -0.008))
