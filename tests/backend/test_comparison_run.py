"""Packages are opened as files; what is missing or damaged is less to look at, never a crash."""

import time
from pathlib import Path

import pytest

from holotable.comparison_run import EXACT, MODEL, SHAPE, open_files, results_of
from holotable.review.compare import compare
from tests.compare_models import row_of_bolts, step_package, told

SOURCE = {"kind": "step", "length_unit": "mm", "up_axis": "z"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return step_package(
        tmp_path_factory.mktemp("run"), lambda file: row_of_bolts(file, [0.0, 20.0, 50.0])
    )


def paths(folder: Path, *without: str) -> dict[str, Path]:
    return {path.name: path for path in folder.iterdir() if path.name not in without}


@pytest.mark.parametrize(
    "without", [(), (SHAPE,), (EXACT,), (MODEL,), (SHAPE, EXACT, MODEL)], ids=str
)
def test_what_an_older_package_lacks_makes_no_change(
    folder: Path, without: tuple[str, ...]
) -> None:
    old = open_files(paths(folder, *without), SOURCE, None)
    new = open_files(paths(folder), SOURCE, None)
    found = compare(old, new, time.monotonic() + 60)
    assert told(found) == {}
    assert found.counts["unchanged"] == 4


@pytest.mark.parametrize("name", [SHAPE, EXACT, MODEL])
def test_a_damaged_file_is_as_good_as_none(folder: Path, tmp_path: Path, name: str) -> None:
    files = paths(folder)
    files[name] = tmp_path / name
    files[name].write_bytes(b"\0" * 100)
    old, new = open_files(files, SOURCE, None), open_files(paths(folder), SOURCE, None)
    assert told(compare(old, new, time.monotonic() + 60)) == {}


def test_the_unit_of_a_file_is_corrected(folder: Path) -> None:
    plain = open_files(paths(folder), SOURCE, None)
    inches = open_files(paths(folder), SOURCE, {"unit": "in"})
    assert inches.side.extent == pytest.approx(25.4 * plain.side.extent)


def test_what_is_done_is_told_and_never_less_than_before(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = step_package(
        tmp_path_factory.mktemp("grown"),
        lambda file: row_of_bolts(file, [0.0, 20.0, 50.0], scale=1.1),
    )
    old, new = open_files(paths(folder), SOURCE, None), open_files(paths(other), SOURCE, None)
    shares: list[float] = []
    summary = results_of(old, new, tmp_path_factory.mktemp("out"), 60.0, shares.append)
    assert summary["parts"] == len(shares) - 1 > 0
    assert shares == sorted(shares)
    assert all(0.0 < share < 1.0 for share in shares)
