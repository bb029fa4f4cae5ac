from pathlib import Path
from typing import Any

import numpy as np
from cad_files import box, read

from holotable.sample.catalogue import S235, Catalogue
from holotable.sample.step_file import StepFile, translation


def test_a_part_is_made_once_and_its_occurrences_are_numbered(tmp_path: Path) -> None:
    made: list[str] = []

    def make() -> Any:
        made.append("cube")
        return box(1, 1, 1)

    catalogue = Catalogue(StepFile())
    root = catalogue.file.assembly("Root")
    for number in range(3):
        cube = catalogue.part("Cube", make, "#ff0000", S235)
        catalogue.place(root, "Cube", cube, translation(2.0 * number))
    catalogue.place(root, "Cube", cube, np.eye(4), "C-9")
    catalogue.file.write(tmp_path / "a.step", "a")

    scene = read(tmp_path / "a.step")

    assert made == ["cube"]
    assert [node.name for node in scene.nodes] == ["Root", "Cube", "Cube", "Cube", "C-9"]
    assert {node.identity for node in scene.nodes} == {"named"}
