"""The warm parent by its protocol, without the class that usually speaks it."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from converting import PROBE_FOLDER

from holotable.conversion.walls import empty_environment


class Parent:
    """A warm parent and our end of its control socket."""

    def __init__(self, *preload: str) -> None:
        ours, theirs = socket.socketpair()
        configuration = {
            "entry": "probe:convert",
            "preload": preload,
            "python_path": [str(PROBE_FOLDER)],
            "libraries": [],
            "landlock": False,
            "seccomp": False,
        }
        command = [sys.executable, "-I", "-m", "holotable.conversion.warm"]
        with theirs:
            self.process = subprocess.Popen(
                [*command, json.dumps(configuration)],
                stdin=theirs.fileno(),
                env=empty_environment(),
            )
        self.control = ours
        self.control.settimeout(60)
        self._lines = ours.makefile("rb")

    def read(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self._lines.readline())
        return message

    def run(self, folder: Path, order: dict[str, Any], *, timeout_s: float = 20.0) -> int:
        """Give a file; returns the read end of its report pipe."""
        for part in ("in", "out", "tmp"):
            (folder / part).mkdir(parents=True)
        source = folder.parent / f"{folder.name}.json"
        source.write_text(json.dumps(order))
        report_read, report_write = os.pipe()
        limits = {"memory_bytes": 300 << 20, "timeout_s": timeout_s, "output_bytes": 1 << 20}
        message = {
            "t": "run", "folder": str(folder), "name": "a.json", "options": {}, "limits": limits,
        }  # fmt: skip
        data = json.dumps(message).encode() + b"\n"
        with source.open("rb") as file, open(os.devnull, "wb") as log:  # noqa: PTH123
            socket.send_fds(self.control, [data], [file.fileno(), report_write, log.fileno()])
        os.close(report_write)
        return report_read

    def close(self) -> None:
        self._lines.close()
        self.control.close()
        assert self.process.wait(30) == 0


@pytest.fixture
def parent() -> Iterator[Parent]:
    parent = Parent("numpy", "there.is.no.such.module")
    yield parent
    parent.close()


def reports(descriptor: int) -> list[dict[str, Any]]:
    with os.fdopen(descriptor, "rb") as pipe:
        return [json.loads(line) for line in pipe]


def test_it_says_when_it_is_ready_that_it_has_one_thread_and_what_it_lacks(
    parent: Parent,
) -> None:
    ready = parent.read()
    assert (ready["t"], ready["threads"], ready["tasks"]) == ("ready", 1, 1)
    assert list(ready["failed"]) == ["there.is.no.such.module"]


def test_the_readers_that_are_loaded_by_default_start_no_thread() -> None:
    from holotable.conversion.sandbox import PRELOAD

    parent = Parent(*PRELOAD)
    ready = parent.read()
    parent.close()
    assert (ready["threads"], ready["tasks"]) == (1, 1)


def test_it_forks_a_child_per_file_and_tells_how_each_ended(parent: Parent, tmp_path: Path) -> None:
    parent.read()
    for do, last, number in (
        ("nothing", "done", None),
        ("typed", "problem", None),
        ("crash", "progress", 11),
    ):
        told = reports(parent.run(tmp_path / do, {"do": do}))
        assert list(told[-1]) == [last]
        ending = parent.read()
        assert (ending["t"], ending["reason"], ending["signal"]) == ("exit", None, number)
    assert parent.process.poll() is None


def test_a_message_that_is_no_order_is_passed_over(parent: Parent, tmp_path: Path) -> None:
    parent.read()
    parent.control.sendall(b'{"t": "cancel"}\n')
    assert list(reports(parent.run(tmp_path / "job", {"do": "nothing"}))[-1]) == ["done"]


def test_it_ends_a_child_when_told_to_or_when_its_time_is_up(
    parent: Parent, tmp_path: Path
) -> None:
    parent.read()
    pipe = parent.run(tmp_path / "first", {"do": "hang"})
    time.sleep(0.3)
    parent.control.sendall(b'{"t": "cancel"}\n')
    assert parent.read()["reason"] == "cancelled"
    os.close(pipe)
    pipe = parent.run(tmp_path / "second", {"do": "hang"}, timeout_s=0.5)
    assert parent.read()["reason"] == "timeout"
    os.close(pipe)


def test_it_ends_with_its_child_when_the_worker_is_gone(tmp_path: Path) -> None:
    parent = Parent()
    parent.read()
    pipe = parent.run(tmp_path / "job", {"do": "hang"})
    time.sleep(0.3)
    (child,) = psutil.Process(parent.process.pid).children()
    parent.close()
    os.close(pipe)
    psutil.wait_procs([child], timeout=30)
    assert not child.is_running()
