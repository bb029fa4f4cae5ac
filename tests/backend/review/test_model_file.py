"""model.glb gives back each part's triangles as the reader had them."""

import json
from pathlib import Path

import numpy as np
import pytest

from holotable.review.model_file import ModelFile
from tests.compare_models import plate, step_package


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    def build(file: object) -> None:
        file.part("Plate", plate(), "#808080")  # type: ignore[attr-defined]  # a StepFile

    return step_package(tmp_path_factory.mktemp("model"), build)


def test_a_row_shows_the_triangles_of_its_part(folder: Path) -> None:
    structure = json.loads((folder / "structure.json").read_bytes())
    row = next(row for row, part in enumerate(structure["part"]) if part == 0)
    found = ModelFile(memoryview((folder / "model.glb").read_bytes())).triangles(row)
    assert found is not None
    assert len(found.triangles) == structure["parts"][0]["triangles"]
    bounds = structure["parts"][0]["bounds"]
    assert found.positions.min(axis=0) == pytest.approx(bounds["min"], abs=1e-9)
    assert found.positions.max(axis=0) == pytest.approx(bounds["max"], abs=1e-9)


def test_a_damaged_model_is_refused_or_has_no_triangles(folder: Path) -> None:
    content = (folder / "model.glb").read_bytes()
    random = np.random.default_rng(3)
    for _ in range(300):
        spoiled = bytearray(content)
        for _ in range(3):
            spoiled[random.integers(min(len(spoiled), 3000))] = random.integers(256)
        try:
            model = ModelFile(memoryview(bytes(spoiled)))
        except ValueError:
            continue
        for row in (-1, 0, 1, 99):
            model.triangles(row)
    with pytest.raises(ValueError, match="no GLB"):
        ModelFile(memoryview(b"glTF"))
