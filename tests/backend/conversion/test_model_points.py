"""Point clouds in model.glb, for other tools."""

from pathlib import Path

import numpy as np
import pytest
from package_reader import read_glb

from holotable.conversion import model_points
from holotable.conversion.glb import GlbDocument
from holotable.conversion.model_points import add_points
from holotable.review.points import PointCloud

PLACES = np.array([[0, 0, 0], [1, 2, 3], [4, 5, 6], [7, 8, 9]], np.float32)
COLOURS = np.array([[0, 0, 0], [255, 255, 255], [188, 0, 10], [1, 2, 3]], np.uint8)


def written(folder: Path, cloud: PointCloud) -> tuple[dict[str, object], dict[str, np.ndarray]]:
    """The primitive and its attributes."""
    document = GlbDocument()
    document.add("nodes", {"mesh": add_points(document, "Scan", cloud, 7)})
    document.write(folder / "model.glb")
    glb = read_glb(folder / "model.glb")
    (primitive,) = glb.json["meshes"][0]["primitives"]
    return primitive, {name: glb.accessor(i) for name, i in primitive["attributes"].items()}


def test_points_keep_their_places_and_their_light(tmp_path: Path) -> None:
    primitive, columns = written(tmp_path, PointCloud(PLACES, COLOURS))
    assert primitive["mode"] == 0
    assert "material" not in primitive
    assert (columns["POSITION"] == PLACES).all()
    light = columns["COLOR_0"] / 65_535
    assert light[1].tolist() == [1, 1, 1, 1]
    assert light[2, 0] == pytest.approx(0.5029, abs=1e-4)  # sRGB 188, IEC 61966-2-1
    assert light[3, 0] == pytest.approx(1 / 255 / 12.92, abs=1e-5)


def test_points_without_colours_have_a_material(tmp_path: Path) -> None:
    primitive, columns = written(tmp_path, PointCloud(PLACES))
    assert primitive["material"] == 7
    assert set(columns) == {"POSITION"}


def test_of_very_many_points_every_other_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_points, "MODEL_POINTS", 3)
    _, columns = written(tmp_path, PointCloud(PLACES, COLOURS))
    assert (columns["POSITION"] == PLACES[::2]).all()
