"""What failed beside others runs once more alone; what fails again, or too much, fails the run."""

from pathlib import Path

import pytest
from again import Suite, run_suite

SUITE = Suite(("-p", "xdist", "--dist", "worksteal"), most_again=2)
TESTS = """
import os
from pathlib import Path

import pytest


def first_time(name):
    # So: beside others.
    mark = Path(__file__).with_name(name)
    seen = mark.exists()
    mark.touch()
    return not seen


@pytest.fixture
def ends_badly_once():
    yield
    assert not first_time("ended")


def test_holds():
    pass


@pytest.mark.skipif("flaky" not in os.environ["PLANTED"], reason="not planted")
@pytest.mark.parametrize("word", ["one - two", "three"])
def test_flaky(word):
    assert not first_time(word)


@pytest.mark.skipif("teardown" not in os.environ["PLANTED"], reason="not planted")
def test_teardown(ends_badly_once):
    pass


@pytest.mark.skipif("broken" not in os.environ["PLANTED"], reason="not planted")
def test_broken():
    assert False


@pytest.mark.skipif("three" not in os.environ["PLANTED"], reason="not planted")
@pytest.mark.parametrize("number", range(3))
def test_three(number):
    assert not first_time(str(number))


@pytest.mark.skipif("skips" not in os.environ["PLANTED"], reason="not planted")
def test_skips_the_second_time():
    if not first_time("skips"):
        pytest.skip("not now")
    assert False
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "test_planted.py").write_text(TESTS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # they cost a second each time


@pytest.mark.parametrize(
    ("planted", "code", "said"),
    [
        ("flaky", 0, "Passed alone only; look at why: "),
        ("teardown", 0, "1 counted twice"),
        ("broken", 1, "Once more, one at a time: 1 "),
        ("three", 1, None),
        ("skips", 1, "Neither passed nor failed alone"),
    ],
)
def test_a_run_is_worth_what_its_tests_are_worth_alone(
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    planted: str,
    code: int,
    said: str | None,
) -> None:
    monkeypatch.setenv("PLANTED", planted)
    workers = "2" if planted == "flaky" else "0"  # processes cost seconds to start
    assert run_suite(SUITE, workers, []) == code
    printed = capfd.readouterr().out
    if said is not None:
        assert said in printed
    else:
        assert "Once more" not in printed
    if planted == "flaky":
        assert "test_planted.py::test_flaky[one - two]" in printed.splitlines()[-1]


def test_pytest_that_cannot_start_is_no_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_suite(SUITE, "0", ["--no-such-option"]) == 4
