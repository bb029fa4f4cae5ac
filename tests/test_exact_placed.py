"""Every round edge of three models, through exact.bin and structure.json as the viewer has them.

Held against another reading of the file, by Open CASCADE alone: turned, nested and inch placements.
"""

import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from e2e.brep_reading import BrepReading
from exact_reader import read_head, read_part
from model_facts import MODELS

from holotable.conversion.options import ConvertOptions
from holotable.conversion.pipeline import convert

pytestmark = [
    pytest.mark.models,
    pytest.mark.skipif(not MODELS.is_dir(), reason="needs ../shared/models"),
]
OPTIONS = ConvertOptions(deflection_m=1e-3, angle_rad=0.5)
# What recognition lets through where a file has splines for circles; all else is exact to rounding.
CLOSE_M = 2e-7

Floats = npt.NDArray[np.float64]


def placed_circles(folder: Path) -> Floats:
    """Centre (metres, z up as in the file) and radius of each circular edge of each occurrence."""
    structure = json.loads((folder / "structure.json").read_text())
    data = (folder / "exact.bin").read_bytes()
    blocks, _ = read_head(data)
    worlds: list[Floats] = []
    found = []
    for row, parent in enumerate(structure["parent"]):
        own = structure["transform"][row]
        matrix = np.eye(4) if own is None else np.array(own, float).reshape(4, 4).T
        worlds.append(matrix if parent < 0 else worlds[parent] @ matrix)
        part = structure["part"][row]
        if part < 0 or blocks[part][1] == 0:
            continue
        offset, size = blocks[part]
        for edge in read_part(data[offset : offset + size]).edges:
            if edge.kind == "circle":
                x, y, z = worlds[row][:3, :3] @ edge.values["centre"] + worlds[row][:3, 3]
                found.append([x, -z, y, edge.values["radius"]])
    return np.array(found)


@pytest.mark.parametrize(
    "name", ["as1-oc-214.stp", "featuretype.step", "nist_ctc_02_asme1_ap242-e2.stp"]
)
def test_round_edges_stand_where_the_file_has_them(name: str, tmp_path: Path) -> None:
    convert(MODELS / name, tmp_path / "scene", OPTIONS, lambda stage, done: None)
    mine = placed_circles(tmp_path / "scene")
    theirs = np.array([[*rim.centre, rim.radius] for rim in BrepReading(MODELS / name).rims])
    assert len(mine) > 50
    apart = np.abs(mine[:, None] - theirs[None]).max(axis=2)
    assert apart.min(axis=1).max() < CLOSE_M, "an edge that the file does not have"
    assert apart.min(axis=0).max() < CLOSE_M, "an edge of the file is missing"
