"""The suites of `make test` and `make e2e`; the few tests that failed run once more, one at a time.

Two processes share a machine that others share too, and a software renderer takes seconds for a
picture: one test in a thousand fails beside others and never alone. It is named in the output, so
that it is looked at. More than a suite's `most_again` failures, or one that fails again, fail the
run.

`python -m tests.again SUITE WORKERS [pytest's arguments]`
"""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).resolve()


@dataclass(frozen=True)
class Suite:
    """Tests that run together."""

    arguments: tuple[str, ...]  # of pytest
    most_again: int


SUITES = {
    "test": Suite(("-m", "not e2e", "--dist", "worksteal"), most_again=3),
    "e2e": Suite(("-m", "e2e", "--dist", "loadfile", "tests/e2e"), most_again=6),
}


class Notes:
    """A plugin of pytest: what became of each phase of each test, by the test's id."""

    def __init__(self) -> None:
        self.outcomes: dict[str, dict[str, str]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.outcomes.setdefault(report.nodeid, {})[report.when or "call"] = report.outcome


@dataclass(frozen=True)
class Run:
    """What one process of pytest said at its end."""

    code: int
    outcomes: dict[str, dict[str, str]]

    @property
    def failed(self) -> list[str]:
        return [name for name, phases in self.outcomes.items() if "failed" in phases.values()]

    def passed(self, name: str) -> bool:
        """Whether pytest counted it among the passed: what it asserts held."""
        return self.outcomes.get(name, {}).get("call") == "passed"


def run(arguments: list[str]) -> Run:
    """Run pytest in a process of its own, its output where ours goes."""
    with tempfile.TemporaryDirectory() as folder:
        notes = Path(folder) / "outcomes.json"
        command = [sys.executable, str(HERE), "--noting", str(notes), "-q", *arguments]
        code = subprocess.run(command, check=False).returncode
        return Run(code, json.loads(notes.read_bytes()) if notes.exists() else {})


def run_suite(suite: Suite, workers: str, arguments: list[str]) -> int:
    """The exit code of a suite, in which what failed once and passed alone counts as passed."""
    first = run(["-n", workers, *suite.arguments, *arguments])
    failed = first.failed
    if first.code != pytest.ExitCode.TESTS_FAILED or not 0 < len(failed) <= suite.most_again:
        return first.code
    print(f"\nOnce more, one at a time: {len(failed)} that failed beside others.", flush=True)
    second = run(failed)
    if second.code != 0:
        return second.code
    if missing := [name for name in failed if not second.passed(name)]:
        print("Neither passed nor failed alone: " + ", ".join(missing), flush=True)
        return 1
    if twice := sum(first.passed(name) for name in failed):
        print(f"Passed before their end failed, {twice} counted twice.", flush=True)  # for .ci/run
    print("Passed alone only; look at why: " + ", ".join(failed), flush=True)
    return 0


def run_noting(file: Path, arguments: list[str]) -> int:
    """pytest in this process, what became of its tests in `file` afterwards."""
    sys.path[0] = os.getcwd()  # noqa: PTH109  # as `python -m pytest` has it
    notes = Notes()
    code = pytest.main(arguments, plugins=[notes])
    file.write_text(json.dumps(notes.outcomes))
    return int(code)


if __name__ == "__main__":
    if sys.argv[1] == "--noting":
        sys.exit(run_noting(Path(sys.argv[2]), sys.argv[3:]))
    sys.exit(run_suite(SUITES[sys.argv[1]], sys.argv[2], sys.argv[3:]))
