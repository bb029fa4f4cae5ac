"""Shapes are looked at closely, each pair once, and time that runs out is said."""

import time
from pathlib import Path

import numpy as np
import pytest

from holotable.review.compare_judge import Judge
from holotable.sample.step_file import StepFile
from tests.compare_models import files_of, plate, step_package


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("judge")

    def build(file: StepFile, bore: float) -> None:
        file.part("Plate", plate(bore))

    return [step_package(folder, lambda file, b=bore: build(file, b)) for bore in (3.0, 3.05)]


def judge(old: Path, new: Path, seconds: float = 60.0, drop: str = "") -> Judge:
    files = files_of(old), files_of(new)
    if drop == "exact":
        files[0].exact = None
    return Judge(*files, time.monotonic() + seconds)


def test_equal_bytes_and_other_bores(folders: list[Path]) -> None:
    same = judge(folders[0], folders[0]).look(0, 0, np.eye(4), alike=True)
    assert same.same
    assert not same.approximate
    other = judge(*folders).look(0, 0, np.eye(4), alike=True)
    assert not other.same
    assert other.faces is not None
    assert len(other.faces.added) == 8


def test_without_the_exact_shape_triangles_decide_and_say_so(folders: list[Path]) -> None:
    found = judge(*folders, drop="exact").look(0, 0, np.eye(4), alike=True)
    assert found.approximate
    again = judge(folders[0], folders[0], drop="exact").look(0, 0, np.eye(4), alike=False)
    assert again.same


def test_what_there_was_no_time_for_is_believed_and_counted(folders: list[Path]) -> None:
    late = judge(*folders, seconds=-1.0)
    found = late.look(0, 0, np.eye(4), alike=True)
    assert found.same
    assert not found.checked
    assert late.unchecked == 1
