"""The warm parent: a single-threaded process that has the readers loaded and forks one per file.

A child forked from it converts a small file in 0.3 s where a fresh interpreter takes 2 s
(CONVERSION.md §1.2). It runs inside bubblewrap when there is one. It never opens an upload: the
child does, after it has put up its walls. Nothing here starts a thread, because a fork copies only
the thread that forks.

    python -m holotable.conversion.warm CONFIGURATION     standard input is the control socket

Control socket, JSON lines. To here: {"t": "run", "folder", "name", "options", "limits"} with three
descriptors (source to read, report pipe, log pipe), {"t": "cancel"}. From here: {"t": "ready"},
{"t": "exit", …}. The other end closing means: kill the child and leave.
Report pipe, JSON lines from the child: {"progress": [stage, fraction]}, {"problem": {…}},
{"done": {…}}. The log pipe is the child's standard output and error.
"""

import array
import contextlib
import ctypes
import errno
import gc
import importlib
import json
import math
import os
import resource
import select
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from holotable.conversion import limits as walls
from holotable.conversion.options import ConvertOptions
from holotable.errors import HolotableError, OutOfMemory, SandboxUnavailable

_SAMPLE_S: Final = 0.1  # how often a running child's memory and threads are looked at
_DISK_S: Final = 0.5  # how often its files are counted
_MAX_THREADS: Final = 512
_MAX_FILES: Final = 100_000
DISK_STATUS: Final = 3  # exit status of a child that ran into the bound on its files

Convert = Callable[[Path, Path, ConvertOptions, Callable[[str, float], None]], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Configuration:
    """What the worker tells a warm parent once, at its start."""

    entry: str  # "module:function" with the signature of conversion.pipeline.convert
    preload: tuple[str, ...]  # modules to import before the first fork
    python_path: tuple[str, ...]  # further folders of modules
    libraries: tuple[str, ...]  # folders of modules that stand in sys.path already
    landlock: bool
    seccomp: bool


class WarmParent:
    """Forks a child for each order, watches it, and reports how it ended."""

    def __init__(self, control: socket.socket, configuration: Configuration) -> None:
        self._control = control
        self._configuration = configuration
        self._buffer = b""
        self._descriptors: list[int] = []

    def serve(self) -> None:
        """Load, say so, then run orders one after the other until the worker is gone."""
        sys.path.extend(self._configuration.python_path)
        started = time.monotonic()
        failed = {}
        for module in (*self._configuration.preload, self._configuration.entry.partition(":")[0]):
            try:
                loaded = importlib.import_module(module)
                if hasattr(loaded, "prepare_to_fork"):
                    loaded.prepare_to_fork()
            except Exception as problem:  # a missing library must not stop the other formats
                failed[module] = f"{type(problem).__name__}: {problem}"
        gc.collect()
        gc.freeze()  # keep what is loaded on shared pages
        self._send(
            {
                "t": "ready",
                "seconds": round(time.monotonic() - started, 3),
                "threads": threading.active_count(),
                "tasks": sum(1 for _ in Path("/proc/self/task").iterdir()),
                "failed": failed,
            }
        )
        while (order := self._next_order()) is not None:
            if order["t"] == "run":
                self._run(order)

    def _run(self, order: dict[str, Any]) -> None:
        source, report, log = self._descriptors
        self._descriptors = []
        sys.stdout.flush()
        sys.stderr.flush()
        bounds = walls.Limits(**order["limits"])
        pid = os.fork()
        if pid == 0:
            self._control.close()
            _child(self._configuration, order, bounds, source, report, log)
        for descriptor in (source, report, log):
            os.close(descriptor)
        self._send(self._watch(pid, Path(order["folder"]), bounds))

    def _watch(self, pid: int, folder: Path, bounds: walls.Limits) -> dict[str, Any]:
        """Wait for the child, end it when it oversteps, and say how it ended."""
        started = next_disk = time.monotonic()
        reason: str | None = None
        # What the readers' libraries map is there before a file is opened.
        first_address_bytes = peak_address_bytes = _status(os.getpid())[0]
        try:
            ended = os.pidfd_open(pid)
        except OSError:
            ended = -1  # before Linux 5.3: looked at every sample instead
        while True:
            waited: list[Any] = [self._control, *([ended] if ended >= 0 else [])]
            readable = select.select(waited, [], [], _SAMPLE_S if ended >= 0 else 0.02)[0]
            done, status, usage = os.wait4(pid, os.WNOHANG)
            if done:
                break
            address_bytes, threads = _status(pid)
            peak_address_bytes = max(peak_address_bytes, address_bytes)
            now = time.monotonic()
            if self._control in readable and not self._continue():
                reason = reason or "cancelled"
            elif now - started > bounds.timeout_s:
                reason = reason or "timeout"
            elif threads > _MAX_THREADS:
                reason = reason or "threads"
            elif now >= next_disk:
                next_disk = now + _DISK_S
                reason = reason or _overflows(folder, bounds.output_bytes)
            if reason:
                _kill(pid)
                done, status, usage = os.wait4(pid, 0)
                break
        if ended >= 0:
            os.close(ended)
        _kill_group(pid)
        return {
            "t": "exit",
            "reason": reason,
            "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
            "code": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
            "seconds": round(time.monotonic() - started, 3),
            "cpu_s": round(usage.ru_utime + usage.ru_stime, 3),
            "peak_memory_bytes": usage.ru_maxrss * 1024,
            "first_address_bytes": first_address_bytes,
            "peak_address_bytes": peak_address_bytes,
        }

    def _continue(self) -> bool:
        """Read one message while a child runs; False when it must be ended."""
        order = self._next_order()
        if order is None:
            self._buffer = b""
        return order is not None and order["t"] != "cancel"

    def _next_order(self) -> dict[str, Any] | None:
        """The next message; its descriptors wait in `_descriptors`. None: the worker is gone."""
        while b"\n" not in self._buffer:
            data, descriptors = _receive(self._control)
            if not data:
                return None
            self._buffer += data
            self._descriptors += descriptors
        line, _, self._buffer = self._buffer.partition(b"\n")
        order: dict[str, Any] = json.loads(line)
        return order

    def _send(self, message: dict[str, Any]) -> None:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # the worker is gone
            self._control.sendall(json.dumps(message).encode() + b"\n")


def _receive(control: socket.socket) -> tuple[bytes, list[int]]:
    size = array.array("i").itemsize
    try:
        data, ancillary, _flags, _address = control.recvmsg(65536, socket.CMSG_SPACE(3 * size))
    except ConnectionResetError:
        return b"", []  # the worker went away with a message of ours unread
    descriptors = array.array("i")
    for level, kind, content in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(content[: len(content) - len(content) % size])
    return data, list(descriptors)


def _status(pid: int) -> tuple[int, int]:
    """(peak address space in bytes, threads) of a process; zeros when it has just ended."""
    peak = threads = 0
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("VmPeak:"):
                peak = int(line.split()[1]) * 1024
            elif line.startswith("Threads:"):
                threads = int(line.split()[1])
    return peak, threads


def _overflows(folder: Path, output_bytes: int) -> str | None:
    """Whether a job's folder holds too much."""
    total = files = 0
    for parent, _folders, names in os.walk(folder):
        for name in names:
            files += 1
            with contextlib.suppress(OSError):  # renamed or removed meanwhile
                total += (Path(parent) / name).lstat().st_size
        if total > output_bytes or files > _MAX_FILES:
            return "disk"
    return None


def _kill(pid: int) -> None:
    _kill_group(pid)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)  # it may not have reached setsid yet


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _child(
    configuration: Configuration,
    order: dict[str, Any],
    bounds: walls.Limits,
    source: int,
    report: int,
    log: int,
) -> None:
    """Everything the forked process does; never returns."""
    channel = _Report(report)
    status = 1
    try:
        path = _confine(configuration, order, bounds, source, log)
        module, _, function = configuration.entry.partition(":")
        convert: Convert = getattr(importlib.import_module(module), function)
        options = ConvertOptions(**order["options"])
        out = Path(order["folder"]) / "out"
        convert(path, out, options, channel.progress)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        channel.send({"done": {"peak_memory_bytes": peak}})
        status = 0
    except HolotableError as problem:
        facts = {name: _plain(value) for name, value in problem.facts.items()}
        channel.send({"problem": {"code": problem.code, "detail": problem.detail, "facts": facts}})
        if problem.__cause__ is not None:
            traceback.print_exc()
        status = 0
    except MemoryError:
        channel.send({"problem": {"code": OutOfMemory.code, "detail": "", "facts": {}}})
        status = 0
    except walls.ConfinementError as missing:
        detail = f"A wall of the sandbox could not be put up: {missing.strerror}."
        code = SandboxUnavailable.code
        channel.send({"problem": {"code": code, "detail": detail, "facts": {}}})
        status = 0
    except BaseException as problem:
        traceback.print_exc()
        if isinstance(problem, OSError) and problem.errno in (errno.EFBIG, errno.ENOSPC):
            status = DISK_STATUS
            return
        detail = f"The converter failed: {type(problem).__name__}: {problem}"
        channel.send({"problem": {"code": "conversion_failed", "detail": detail, "facts": {}}})
        status = 0
    finally:
        with contextlib.suppress(OSError, ValueError):  # the log is closed or full
            sys.stdout.flush()
            sys.stderr.flush()
        ctypes.CDLL(None).fflush(None)  # Open CASCADE prints through the C library
        os._exit(status)  # static destructors of the native readers are not to be trusted


def _confine(
    configuration: Configuration,
    order: dict[str, Any],
    bounds: walls.Limits,
    source: int,
    log: int,
) -> Path:
    """Leave the parent's group, take the log as output, put up the walls; returns the source."""
    os.setsid()
    walls.die_with_parent()
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)
    with open(os.devnull, "rb") as null:  # noqa: PTH123  # a descriptor is wanted
        os.dup2(null.fileno(), 0)
    folder = Path(order["folder"])
    path: Path = folder / "in" / str(order["name"])
    path.symlink_to(f"/proc/self/fd/{source}")
    temporary = folder / "tmp"
    os.environ.update(TMPDIR=str(temporary), HOME=str(temporary))
    os.chdir(temporary)
    walls.prefer_to_be_killed()
    os.nice(5)  # a conversion must not make the pages slow
    walls.apply_rlimits(bounds)
    walls.drop_capabilities()
    if configuration.landlock:
        modules = (*configuration.python_path, *configuration.libraries)
        readable = [folder / "in", _package_root(), *map(Path, modules)]
        walls.apply_landlock(readable, [folder / "out", temporary], [source])
    if configuration.seccomp:
        walls.apply_seccomp()
    return path


class _Report:
    """The child's end of the report pipe."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._last = ("", -1.0, 0.0)

    def progress(self, stage: str, fraction: float) -> None:
        """Report a stage and how much of it is done, 0 to 1; at most ten times a second."""
        fraction = min(1.0, max(0.0, fraction)) if math.isfinite(fraction) else 0.0
        now = time.monotonic()
        last_stage, last_fraction, last_time = self._last
        if stage == last_stage and (fraction == last_fraction or now - last_time < 0.1):
            return
        self._last = (stage, fraction, now)
        self.send({"progress": [stage, round(fraction, 4)]})

    def send(self, message: dict[str, Any]) -> None:
        """Write one line; the worker bounds what it reads."""
        data = memoryview(json.dumps(message).encode() + b"\n")
        while data:
            data = data[os.write(self._descriptor, data) :]


def _plain(value: object) -> object:
    """A fact as JSON can carry it."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in list(value)[:100]]
    return str(value)


def _package_root() -> Path:
    return Path(__file__).resolve().parents[2]


def main() -> None:
    """Serve the control socket on standard input."""
    raw = json.loads(sys.argv[1])
    configuration = Configuration(
        entry=raw["entry"],
        preload=tuple(raw["preload"]),
        python_path=tuple(raw["python_path"]),
        libraries=tuple(raw["libraries"]),
        landlock=raw["landlock"],
        seccomp=raw["seccomp"],
    )
    control = socket.socket(fileno=os.dup(0))
    with open(os.devnull, "rb") as null:  # noqa: PTH123  # a descriptor is wanted
        os.dup2(null.fileno(), 0)
    WarmParent(control, configuration).serve()


if __name__ == "__main__":
    main()
