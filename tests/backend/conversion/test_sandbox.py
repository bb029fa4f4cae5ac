"""Hostile files against the real sandbox, on every level this machine can give."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from converting import PROBE_FOLDER

from holotable.conversion.limits import Limits
from holotable.conversion.sandbox import (
    Outcome,
    Sandbox,
    rebuild_problem,
    remove_tree,
    safe_name,
    sweep,
)
from holotable.conversion.walls import Walls, detect_walls
from holotable.errors import Cancelled, ConversionProblem, DamagedFile, Unavailable

LIMITS = Limits(memory_bytes=300 << 20, timeout_s=10.0, output_bytes=30 << 20)

Run = Callable[..., Outcome]


def levels() -> list[Walls]:
    """What this machine offers, and the same without bubblewrap, as in a default container."""
    best = detect_walls()
    plain = Walls(None, landlock=best.landlock, seccomp=best.seccomp)
    return [best, plain] if best.bubblewrap else [best]


@pytest.fixture(scope="module", params=levels(), ids=lambda walls: walls.name)
def sandbox(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sandbox]:
    walls: Walls = request.param
    if not walls.isolates:
        if os.environ.get("HOLOTABLE_TEST_REQUIRE") == "all":
            pytest.fail("this machine has no walls for a sandbox")
        pytest.skip("this machine has no walls for a sandbox")
    work = tmp_path_factory.mktemp("work")
    sandbox = Sandbox(
        work, walls, entry="probe:convert", preload=("numpy",), python_path=[PROBE_FOLDER]
    )
    yield sandbox
    assert list(next(work.glob("slot-*/")).iterdir()) == []
    sandbox.close()
    assert list(work.iterdir()) == []


@pytest.fixture
def run(sandbox: Sandbox, tmp_path: Path) -> Run:
    """Convert an order; the outcome's files are gone when it returns, but for those of `keep`."""

    def run(
        do: str, limits: Limits = LIMITS, keep: Callable[[Path], Any] = str, **order: Any
    ) -> Outcome:
        source = tmp_path / "blob"
        source.write_text(json.dumps({"do": do, **order}), encoding="utf-8")
        sandbox.start()
        outcome = sandbox.convert(source, "../probe.json", {}, limits, lambda *_report: None)
        keep(outcome.out)
        outcome.discard()
        assert not outcome.out.exists()
        return outcome

    return run


def code(outcome: Outcome) -> str:
    assert outcome.problem is not None
    return outcome.problem.code


def test_a_good_file_is_read_by_descriptor_and_its_output_handed_over(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    source = tmp_path / "blob"
    source.write_text('{"do": "nothing"}', encoding="utf-8")
    source.chmod(0o400)
    reports: list[tuple[str, float]] = []
    sandbox.start()
    outcome = sandbox.convert(
        source, "Größe 1.json", {}, LIMITS, lambda stage, part: reports.append((stage, part))
    )
    assert outcome.problem is None
    manifest = json.loads((outcome.out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["source"]["name"] == "Größe 1.json"
    assert reports[0] == ("reading", 0.5)
    assert reports[-1] == ("optimising", 1.0)
    assert outcome.peak_memory_bytes > 0
    outcome.discard()


def test_forking_a_warm_parent_takes_a_fraction_of_a_second(run: Run) -> None:
    run("nothing")
    assert min(run("nothing").seconds for _ in range(3)) < 0.5


def test_a_crash_is_a_named_problem(run: Run) -> None:
    outcome = run("crash")
    assert code(outcome) == "reader_crashed"
    assert outcome.problem is not None
    assert "too large for the memory limit" in outcome.problem.detail
    assert outcome.problem.facts["signal"] == "SIGSEGV"


def test_a_hang_ends_at_the_wall_clock(run: Run) -> None:
    short = Limits(memory_bytes=300 << 20, timeout_s=1.0, output_bytes=1 << 20)
    started = time.monotonic()
    assert code(run("hang", short)) == "reader_timed_out"
    assert time.monotonic() - started < 5


def test_processor_time_runs_out_before_the_wall_clock(run: Run) -> None:
    short = Limits(memory_bytes=300 << 20, timeout_s=30.0, output_bytes=1 << 20, cpu_s=1)
    started = time.monotonic()
    assert code(run("hang", short)) == "reader_timed_out"
    assert time.monotonic() - started < 15


@pytest.mark.parametrize("kind", ["memory", "native memory"])
def test_taking_all_memory_is_a_named_problem(run: Run, kind: str) -> None:
    assert code(run(kind)) == "out_of_memory"


@pytest.mark.parametrize("kind", ["forks", "spawn"])
def test_a_reader_cannot_start_processes(run: Run, kind: str) -> None:
    before = len(psutil.pids())
    outcome = run(kind)
    assert code(outcome) == "conversion_failed"
    assert "PermissionError" in outcome.log
    assert len(psutil.pids()) < before + 20


def test_a_thread_bomb_ends(run: Run) -> None:
    named = ("conversion_failed", "reader_crashed", "out_of_memory", "reader_timed_out")
    assert code(run("threads")) in named


def test_a_reader_has_no_network(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        outcome = run("connect", port=server.getsockname()[1])
        with pytest.raises(TimeoutError):
            server.accept()
    assert code(outcome) == "conversion_failed"


@pytest.mark.parametrize("where", ["beside", "system", "home"])
def test_a_reader_cannot_read_other_files(run: Run, tmp_path: Path, where: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret", encoding="utf-8")
    path = {"beside": secret, "system": "/etc/passwd", "home": Path.home() / ".bashrc"}[where]
    outcome = run("read", path=str(path))
    assert code(outcome) == "conversion_failed"
    assert "LEAKED" not in outcome.log


def test_a_reader_cannot_read_another_slots_upload(
    run: Run, sandbox: Sandbox, tmp_path: Path
) -> None:
    other = Sandbox(tmp_path / "work", sandbox.walls, entry="probe:convert", preload=())
    secret = next((tmp_path / "work").glob("slot-*/")) / "secret"
    secret.write_text("secret", encoding="utf-8")
    outcome = run("read", path=str(secret))
    other.close()
    assert "LEAKED" not in outcome.log


def test_a_reader_cannot_change_files_or_their_modes(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("kept", encoding="utf-8")
    mode = target.stat().st_mode
    assert code(run("write", path=str(target))) == "conversion_failed"
    run("chmod", path=str(target))
    assert target.read_text(encoding="utf-8") == "kept"
    assert target.stat().st_mode == mode


def test_a_reader_cannot_write_into_the_upload(run: Run, tmp_path: Path) -> None:
    blob = tmp_path / "blob"
    outcome = run("write", path="/proc/self/fd/3")
    assert code(outcome) == "conversion_failed"
    assert json.loads(blob.read_text(encoding="utf-8"))["do"] == "write"


def test_a_reader_cannot_signal_others(run: Run) -> None:
    victim = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        outcome = run("kill", pid=victim.pid)
        assert outcome.problem is None
        assert outcome.log.count("refused") == 3
        assert victim.poll() is None
    finally:
        victim.kill()
        victim.wait()


def test_a_reader_sees_an_empty_environment_and_no_other_process(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOLOTABLE_S3_SECRET_KEY", "top secret")
    outcome = run("environment")
    seen = json.loads(outcome.log.split("ENVIRONMENT ", 1)[1].splitlines()[0])
    assert set(seen) <= {
        *("PATH", "HOME", "LANG", "PYTHONDONTWRITEBYTECODE", "TMPDIR", "PWD", "LC_CTYPE"),
        *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"),
    }
    assert "LEAKED True" not in outcome.log


@pytest.mark.parametrize("kind", ["one file", "many files"])
def test_filling_the_disk_is_a_named_problem(run: Run, kind: str) -> None:
    sizes: list[int] = []
    outcome = run(kind, keep=lambda out: sizes.append(sum(p.stat().st_size for p in out.iterdir())))
    assert code(outcome) == "too_complex"
    assert sizes[0] < 2_000 << 20


def test_a_typed_problem_comes_back_with_its_facts(run: Run) -> None:
    problem = run("typed").problem
    assert isinstance(problem, DamagedFile)
    assert problem.detail == "It ends in the middle of a sentence."
    assert problem.facts == {"line": 7, "inf": "inf"}


def test_an_unexpected_exception_is_a_problem_with_its_traceback_in_the_log(run: Run) -> None:
    outcome = run("untyped")
    assert code(outcome) == "conversion_failed"
    assert "ZeroDivisionError: by zero" in outcome.log


def test_a_child_that_lies_is_not_believed_and_its_log_is_bounded(run: Run) -> None:
    outcome = run("lies")
    assert code(outcome) == "reader_crashed"
    assert len(outcome.log) < 300_000
    assert "bytes left out" in outcome.log
    assert run("nothing").problem is None


def test_a_link_in_the_output_leads_nowhere(run: Run) -> None:
    assert code(run("links")) == "conversion_failed"


def test_cancel_ends_the_child_at_once_and_the_next_file_is_not_touched(
    run: Run, sandbox: Sandbox
) -> None:
    timer = threading.Timer(0.5, sandbox.cancel)
    timer.start()
    started = time.monotonic()
    outcome = run("slow", seconds=60)
    assert isinstance(outcome.problem, Cancelled)
    assert time.monotonic() - started < 3
    assert run("nothing").problem is None


def test_a_cancel_before_the_file_is_given_holds(sandbox: Sandbox, tmp_path: Path) -> None:
    source = tmp_path / "blob"
    source.write_text('{"do": "slow", "seconds": 60}', encoding="utf-8")
    sandbox.start()
    sandbox.cancel()
    outcome = sandbox.convert(source, "probe.json", {}, LIMITS, lambda *_report: None)
    outcome.discard()
    assert isinstance(outcome.problem, Cancelled)


def test_a_lost_parent_is_unavailable_and_then_started_again(run: Run, sandbox: Sandbox) -> None:
    run("nothing")
    process = sandbox._process
    assert process is not None
    killer = threading.Timer(0.5, lambda: os.killpg(process.pid, signal.SIGKILL))
    killer.start()
    with pytest.raises(Unavailable):
        run("slow", seconds=30)
    assert run("nothing").problem is None


def test_sweep_removes_what_a_killed_process_left_and_nothing_else(tmp_path: Path) -> None:
    walls = Walls(None, landlock=False, seccomp=False)
    alive = Sandbox(tmp_path, walls)
    script = (
        "import os, sys; from pathlib import Path\n"
        "from holotable.conversion.sandbox import Sandbox\n"
        "from holotable.conversion.walls import Walls\n"
        "Sandbox(Path(sys.argv[1]), Walls(None, landlock=False, seccomp=False))\n"
        "os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False)
    assert len(list(tmp_path.glob("slot-*/"))) == 2
    sweep(tmp_path)
    assert len(list(tmp_path.glob("slot-*/"))) == 1
    alive.close()
    assert list(tmp_path.iterdir()) == []
    remove_tree(tmp_path / "absent")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\parts\\bolt.step", "bolt.step"),
        ("a\x00b\n.stl", "a_b_.stl"),
        ("..", "upload"),
        ("", "upload"),
        ("x" * 300 + ".step", "x" * 130 + ".step"),
        ("Zahnrad größer.ifc", "Zahnrad größer.ifc"),
    ],
)
def test_an_upload_name_becomes_a_plain_file_name(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_an_unknown_code_becomes_the_general_problem_without_control_characters() -> None:
    problem = rebuild_problem("made_up", "bad\x00 \x1b[31mtext", {"x": [1, {"y": 2}]})
    assert type(problem) is ConversionProblem
    assert problem.detail == "bad [31mtext"
    assert problem.facts == {"x": [1, "{'y': 2}"]}
