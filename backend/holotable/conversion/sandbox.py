"""Hostile files are read in here: a warm parent behind walls, one forked child per file.

The worker owns a `Sandbox` per slot. `convert` is blocking and is called from a thread; whatever
comes out of the sandbox (report lines, files, the log) is bounded and checked here, because the
child that wrote it may have been taken over by the file.
"""

import contextlib
import fcntl
import json
import logging
import math
import os
import re
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from holotable.conversion.limits import Limits
from holotable.conversion.walls import Walls, bubblewrap_command, empty_environment
from holotable.conversion.warm import DISK_STATUS
from holotable.errors import (
    Cancelled,
    ConversionProblem,
    HolotableError,
    OutOfMemory,
    ReaderCrashed,
    ReaderTimedOut,
    TooComplex,
    Unavailable,
)

log = logging.getLogger("holotable.sandbox")

ENTRY: Final = "holotable.conversion.pipeline:convert"
# Imported by the warm parent; a library that is missing is logged and fails its own formats only.
PRELOAD: Final = (
    "holotable.conversion.pipeline",
    "holotable.conversion.simplify",
    *(
        f"holotable.conversion.readers.{name}"
        for name in ("cad", "bim", "gltf", "mesh", "stl", "threeds", "threemf", "usd", "las", "xyz")
    ),
    "PIL.WebPImagePlugin",
    "scipy.sparse.csgraph",
)
_LOG_HEAD: Final = 64 * 1024  # bytes of a child's output that are kept, from its beginning
_LOG_TAIL: Final = 192 * 1024  # and from its end
_LINE: Final = 256 * 1024  # bytes of one report line
_GRACE_S: Final = 15.0  # after the wall clock: then the warm parent itself is ended
_START_S: Final = 120.0
_NEAR: Final = 0.7  # share of the memory limit from which a crash counts as running out of memory

Report = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one conversion ended; `discard` removes its files and must be called."""

    out: Path  # the written files, to be read as the work of a stranger
    problem: HolotableError | None
    log: str
    seconds: float
    cpu_s: float
    peak_memory_bytes: int
    _folder: Path

    def discard(self) -> None:
        """Remove everything the conversion wrote."""
        remove_tree(self._folder)


@dataclass(slots=True)
class _Child:
    """What is known about the running child so far."""

    log: "_Log"
    report: bytes = b""
    done: bool = False
    problem: HolotableError | None = None
    exit: dict[str, Any] | None = None


@dataclass(slots=True)
class _Log:
    """The beginning and the end of an output of any length."""

    head: bytearray = field(default_factory=bytearray)
    tail: bytearray = field(default_factory=bytearray)
    left_out: int = 0

    def add(self, data: bytes) -> None:
        """Append, forgetting the middle."""
        room = max(0, _LOG_HEAD - len(self.head))
        self.head += data[:room]
        self.tail += data[room:]
        if (over := len(self.tail) - _LOG_TAIL) > 0:
            del self.tail[:over]
            self.left_out += over

    def text(self) -> str:
        """As UTF-8 without control characters (a PostgreSQL text may hold no NUL)."""
        gap = f"\n… {self.left_out} bytes left out …\n".encode() if self.left_out else b""
        text = bytes(self.head + gap + self.tail).decode("utf-8", "replace")
        return re.sub(r"\x1b\[[0-9;]*m|[\x00-\x08\x0b-\x1f]", "", text)


class Sandbox:
    """One worker slot: a warm parent, started again when it is lost, and one job at a time.

    work_dir: a folder on the disk that also holds the blobs; a folder of this slot is made inside
    and removed by `close`, or by `sweep` after a SIGKILL.
    """

    def __init__(
        self,
        work_dir: Path,
        walls: Walls,
        *,
        entry: str = ENTRY,
        preload: Sequence[str] = PRELOAD,
        python_path: Sequence[Path] = (),
    ) -> None:
        self.walls = walls
        self._entry, self._preload, self._python_path = entry, tuple(preload), tuple(python_path)
        work_dir.mkdir(parents=True, exist_ok=True)
        self._slot = work_dir.resolve() / f"slot-{uuid4().hex}"
        self._slot.mkdir(mode=0o700)
        self._lock = os.open(self._slot.with_suffix(".lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._input = b""
        self._ready = False
        self._sending = threading.Lock()
        self._wanted = True  # False once the running job is cancelled
        self._running = False

    def start(self) -> None:
        """Make ready for one `convert`: start the warm parent if it is not there, without waiting.

        Call from a thread that lives as long as the slot: the kernel ends the sandbox with the
        thread that started it. A `cancel` from now on holds for the `convert` that follows.
        """
        self._wanted = True
        self._launch()

    def _launch(self) -> None:
        if self._process is not None and self._process.poll() is None:
            return
        self._stop_process()
        ours, theirs = socket.socketpair()
        configuration = {
            "entry": self._entry,
            "preload": self._preload,
            "python_path": [str(path) for path in self._python_path],
            "libraries": [str(path) for path in self.walls.libraries],
            "landlock": self.walls.landlock,
            "seccomp": self.walls.seccomp,
        }
        command = [
            sys.executable,
            "-I",
            "-m",
            "holotable.conversion.warm",
            json.dumps(configuration),
        ]
        if program := self.walls.bubblewrap:
            readable = [*self.walls.libraries, *self._python_path]
            command = bubblewrap_command(program, [self._slot], readable) + command
        with theirs:
            self._process = subprocess.Popen(
                command,
                stdin=theirs.fileno(),
                env=empty_environment(),
                start_new_session=True,
                cwd="/",
            )
        self._control, self._ready, self._input = ours, False, b""

    def convert(
        self,
        source: Path,
        name: str,
        options: Mapping[str, Any],
        limits: Limits,
        report: Report,
    ) -> Outcome:
        """Run one file through the entry. Blocking; one at a time.

        source: read through a descriptor, never by path. name: the upload's name, for messages
        and for formats that look at it. report: called in this thread with (stage, fraction).
        raises: Unavailable when the sandbox itself does not work; the file is not to blame.
        """
        self._running = True
        folder = self._slot / f"job-{uuid4().hex}"
        try:
            for part in ("in", "out", "tmp"):
                (folder / part).mkdir(parents=True)
            child, seconds = self._run(folder, source, name, options, limits, report)
        except BaseException:
            self._stop_process()  # whatever it is doing, it must not write any more
            remove_tree(folder)
            raise
        finally:
            self._running = False
        remove_tree(folder / "tmp")
        ending = child.exit or {}
        return Outcome(
            out=folder / "out",
            problem=_problem(child, limits),
            log=child.log.text(),
            seconds=seconds,
            cpu_s=float(ending.get("cpu_s", 0.0)),
            peak_memory_bytes=int(ending.get("peak_memory_bytes", 0)),
            _folder=folder,
        )

    def cancel(self) -> None:
        """End the running job, from any thread; its outcome is `Cancelled`."""
        self._wanted = False
        if self._running:
            with contextlib.suppress(OSError):  # it has just ended by itself
                self._send({"t": "cancel"})

    def close(self) -> None:
        """End the warm parent and everything in it, and remove the slot's files."""
        self._stop_process()
        remove_tree(self._slot)
        self._slot.with_suffix(".lock").unlink(missing_ok=True)
        os.close(self._lock)

    def _run(
        self,
        folder: Path,
        source: Path,
        name: str,
        options: Mapping[str, Any],
        limits: Limits,
        report: Report,
    ) -> tuple[_Child, float]:
        self._launch()
        self._await_ready()
        started = time.monotonic()
        report_read, report_write = os.pipe()
        log_read, log_write = os.pipe()
        descriptor = os.open(source, os.O_RDONLY | os.O_CLOEXEC)
        order = {
            "t": "run",
            "folder": str(folder),
            "name": safe_name(name),
            "options": dict(options),
            "limits": {
                "memory_bytes": limits.memory_bytes,
                "timeout_s": limits.timeout_s,
                "output_bytes": limits.output_bytes,
                "cpu_s": limits.cpu_s,
            },
        }
        try:
            self._send(order, [descriptor, report_write, log_write])
        except OSError as lost:
            raise Unavailable("The sandbox went away before the file was given to it.") from lost
        finally:
            for used in (descriptor, report_write, log_write):
                os.close(used)
        try:
            child = self._listen(
                report_read, log_read, started + limits.timeout_s + _GRACE_S, report
            )
        finally:
            os.close(report_read)
            os.close(log_read)
        return child, time.monotonic() - started

    def _listen(self, report_read: int, log_read: int, deadline: float, report: Report) -> _Child:
        """Collect what the child says until it has ended and its pipes are empty."""
        assert self._control is not None
        child = _Child(_Log())
        with selectors.DefaultSelector() as selector:
            for descriptor in (self._control.fileno(), report_read, log_read):
                os.set_blocking(descriptor, False)
                selector.register(descriptor, selectors.EVENT_READ)
            if not self._wanted:  # cancelled before the order was sent
                self._send({"t": "cancel"})
            while child.exit is None or len(selector.get_map()) > 1:
                if time.monotonic() > deadline:
                    raise Unavailable("The sandbox did not end a conversion at its time limit.")
                for key, _events in selector.select(1.0):
                    if key.fd == self._control.fileno():
                        child.exit = self._read_exit() or child.exit
                        continue
                    data = os.read(key.fd, 65536)
                    if not data:
                        selector.unregister(key.fd)
                    elif key.fd == log_read:
                        child.log.add(data)
                    else:
                        _read_report(child, data, report)
        return child

    def _await_ready(self) -> None:
        deadline = time.monotonic() + _START_S
        assert self._control is not None
        while not self._ready:
            self._control.settimeout(max(0.01, deadline - time.monotonic()))
            try:
                data = self._control.recv(65536)
            except TimeoutError as slow:
                raise Unavailable("The sandbox did not start in time.") from slow
            if not data:
                raise Unavailable("The sandbox could not start; its output is in the server's log.")
            self._input += data
            if b"\n" in self._input:
                line, _, self._input = self._input.partition(b"\n")
                message = json.loads(line)
                self._ready = message["t"] == "ready"
                for module, problem in message["failed"].items():
                    log.warning("the sandbox could not load %s: %s", module, problem)

    def _read_exit(self) -> dict[str, Any] | None:
        assert self._control is not None
        data = self._control.recv(65536)
        if not data:
            raise Unavailable("The sandbox was lost while it converted a file.")
        self._input += data
        if b"\n" not in self._input:
            return None
        line, _, self._input = self._input.partition(b"\n")
        message: dict[str, Any] = json.loads(line)
        return message

    def _send(self, message: Mapping[str, Any], descriptors: Sequence[int] = ()) -> None:
        data = json.dumps(message).encode() + b"\n"
        with self._sending:
            if self._control is None:
                raise BrokenPipeError("the sandbox is not running")
            self._control.setblocking(True)
            sent = socket.send_fds(self._control, [data], list(descriptors))
            self._control.sendall(data[sent:])

    def _stop_process(self) -> None:
        with self._sending:
            if self._control is not None:
                self._control.close()
                self._control = None
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None


def sweep(work_dir: Path) -> None:
    """Remove the folders of slots whose process is gone."""
    for lock in work_dir.glob("slot-*.lock"):
        descriptor = os.open(lock, os.O_RDWR | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        else:
            remove_tree(lock.with_suffix(""))
            lock.unlink(missing_ok=True)
        finally:
            os.close(descriptor)


def remove_tree(folder: Path) -> None:
    """Remove a folder that somebody else may have filled with anything; absent is fine."""
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(folder)


def safe_name(name: str) -> str:
    """An upload's name as a plain file name: its last part, printable, at most 150 characters."""
    last = re.split(r"[/\\]", name)[-1]
    clean = "".join(letter if letter.isprintable() else "_" for letter in last).strip(" .")
    stem, dot, suffix = clean.rpartition(".")
    clean = f"{stem[:130]}{dot}{suffix[:19]}" if dot else clean[:150]
    while len(clean.encode()) > 250:
        clean = clean[1:]
    return clean or "upload"


def _read_report(child: _Child, data: bytes, report: Report) -> None:
    """Take report lines from a child that may lie: anything odd is dropped, nothing is trusted."""
    child.report += data
    while b"\n" in child.report:
        line, _, child.report = child.report.partition(b"\n")
        try:
            message = json.loads(line)
        except (ValueError, RecursionError):
            child.log.add(b"sandbox: an unreadable report line was dropped\n")
            continue
        match message:
            case {"progress": [str(stage), int() | float() as fraction]} if 0 <= fraction <= 1:
                report(stage, float(fraction))
            case {"problem": {"code": str(code), "detail": str(detail), "facts": dict(facts)}}:
                child.problem = rebuild_problem(code, detail, facts)
            case {"done": dict()}:
                child.done = True
            case _:
                child.log.add(b"sandbox: an unknown report line was dropped\n")
    if len(child.report) > _LINE:
        child.report = b""


def rebuild_problem(code: str, detail: str, facts: Mapping[str, Any]) -> HolotableError:
    """A typed problem from what the child wrote about it; unknown codes become the general one."""
    kinds: dict[str, type[HolotableError]] = {kind.code: kind for kind in _kinds(HolotableError)}
    kind = kinds.get(code, ConversionProblem)
    clean = "".join(letter for letter in detail[:2000] if letter.isprintable() or letter == "\n")
    kept = {str(name)[:60]: _short(value) for name, value in list(facts.items())[:20]}
    return kind(clean or None, **kept)


def _kinds(kind: type[HolotableError]) -> list[type[HolotableError]]:
    below = [deeper for child in kind.__subclasses__() for deeper in _kinds(child)]
    return [kind, *below]


def _short(value: object) -> object:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)  # PostgreSQL's JSON has no NaN
    if isinstance(value, list):
        return [_short(item) for item in value[:100]]
    return str(value)[:500].replace("\x00", "")


def _was_short(ending: dict[str, Any], limits: Limits) -> bool:
    """Whether a crash came near the limit of resident memory or of the addresses that were left."""
    resident = int(ending.get("peak_memory_bytes", 0))
    first = int(ending.get("first_address_bytes", 0))
    taken = int(ending.get("peak_address_bytes", 0)) - first
    left = max(0, limits.memory_bytes - first)
    return resident >= _NEAR * limits.memory_bytes or taken >= _NEAR * left


def _problem(child: _Child, limits: Limits) -> HolotableError | None:
    """Why the conversion failed, None when it did not."""
    ending = child.exit or {}
    reason, number, status = ending.get("reason"), ending.get("signal"), ending.get("code")
    facts = {"seconds": ending.get("seconds"), "peak_memory_bytes": ending.get("peak_memory_bytes")}
    if reason == "cancelled":
        return Cancelled()
    if reason == "timeout" or number == signal.SIGXCPU:
        text = f"Conversion took longer than the time limit of {limits.timeout_s:.0f} s."
        return ReaderTimedOut(text, **facts)
    if reason == "disk" or status == DISK_STATUS:
        mega = limits.output_bytes // 1024**2
        return TooComplex(f"The conversion wrote more than the limit of {mega} MB.", **facts)
    if reason == "threads":
        return ReaderCrashed("The reader started more threads than it may.", **facts)
    if number is not None:
        name = signal.Signals(number).name
        if number == signal.SIGKILL or _was_short(ending, limits):
            return OutOfMemory(signal=name, **facts)
        cause = "it is damaged, or too large for the memory limit"
        text = f"The reader crashed on the file ({name}): {cause}."
        return ReaderCrashed(text, signal=name, **facts)
    if child.problem is not None:
        return child.problem
    if status == 0 and child.done:
        return None
    return ReaderCrashed(f"The reader ended without a result (status {status}).", **facts)
