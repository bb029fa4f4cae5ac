"""A converter that misbehaves as its source file says; loaded into the sandbox by tests only."""

import ctypes
import json
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from holotable.conversion.options import ConvertOptions
from holotable.errors import DamagedFile

MARK = "LEAKED"  # by name, because a traceback in the log shows the line that prints it

Report = Callable[[str, float], None]


def convert(source: Path, out: Path, options: ConvertOptions, report: Report) -> dict[str, Any]:
    """Do what the JSON in `source` asks: {"do": name, …}."""
    order = json.loads(source.read_text(encoding="utf-8"))
    report("reading", 0.5)
    ACTIONS[order["do"]](order, out, report)
    manifest = {
        "format": "holotable-scene/1",
        "source": {"name": source.name, "kind": "stl"},
        "counts": {"occurrences": 1, "parts": 1, "triangles": 12},
    }
    report("tessellating", 1.0)
    report("optimising", 1.0)
    (out / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (out / "base.glb").write_bytes(b"glTF" + bytes(1000))
    structure = {
        "format": "holotable-structure/1",
        "count": 2,
        "id": ["a0", "a1"],
        "parent": [-1, 0],
        "name": ["Root", "Bolt"],
        "kind": ["assembly", "part"],
        "part": [-1, 0],
        "parts": [{"name": "Bolt", "closed": True, "volume_m3": 1e-6, "area_m2": 1e-4}],
    }
    (out / "structure.json").write_text(json.dumps(structure), encoding="utf-8")
    properties = {"nodes": {"1": {"Pset": {"Grade": "8.8"}}}, "parts": {"0": {"M": {"d": 8}}}}
    (out / "structure-props.json").write_text(json.dumps(properties), encoding="utf-8")
    if order["do"] == "odd files":
        (out / "Run Me.sh").write_text("#!/bin/sh", encoding="utf-8")
    if order["do"] == "no manifest":
        (out / "manifest.json").write_text('{"format": NaN}', encoding="utf-8")
    return manifest


def _nothing(order: dict[str, Any], out: Path, report: Report) -> None:
    pass


def _slow(order: dict[str, Any], out: Path, report: Report) -> None:
    steps = int(order["seconds"] / 0.05)
    for step in range(steps):
        report("tessellating", step / steps)
        time.sleep(0.05)


def _hang(order: dict[str, Any], out: Path, report: Report) -> None:
    while True:
        pass


def _crash(order: dict[str, Any], out: Path, report: Report) -> None:
    ctypes.string_at(0)


def _memory(order: dict[str, Any], out: Path, report: Report) -> None:
    kept = []
    while True:
        kept.append(b"x" * 10_000_000)


def _native_memory(order: dict[str, Any], out: Path, report: Report) -> None:
    libc = ctypes.CDLL(None)
    libc.malloc.restype = ctypes.c_void_p
    while True:
        address = libc.malloc(ctypes.c_size_t(16 << 20))
        ctypes.memset(address or 0, 1, 16 << 20)  # what Open CASCADE does: it does not look


def _forks(order: dict[str, Any], out: Path, report: Report) -> None:
    while True:
        os.fork()


def _spawn(order: dict[str, Any], out: Path, report: Report) -> None:
    subprocess.run(["/bin/true"], check=True)


def _threads(order: dict[str, Any], out: Path, report: Report) -> None:
    threading.stack_size(64 * 1024)
    while True:
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()


def _connect(order: dict[str, Any], out: Path, report: Report) -> None:
    socket.create_connection(("127.0.0.1", order["port"]), timeout=5)


def _read(order: dict[str, Any], out: Path, report: Report) -> None:
    print(MARK, Path(order["path"]).read_bytes()[:200])


def _write(order: dict[str, Any], out: Path, report: Report) -> None:
    Path(order["path"]).write_text("written", encoding="utf-8")


def _chmod(order: dict[str, Any], out: Path, report: Report) -> None:
    Path(order["path"]).chmod(0)


def _kill(order: dict[str, Any], out: Path, report: Report) -> None:
    for pid in (os.getppid(), 1, order["pid"]):
        try:
            os.kill(pid, signal.SIGKILL)
            print(MARK, pid)
        except (PermissionError, ProcessLookupError) as refused:
            print("refused", pid, refused)


def _environment(order: dict[str, Any], out: Path, report: Report) -> None:
    print("ENVIRONMENT", json.dumps(dict(os.environ)))
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            print(MARK, (entry / "environ").read_bytes() and int(entry.name) != os.getpid())
        except OSError as refused:
            print("refused", refused)


def _one_file(order: dict[str, Any], out: Path, report: Report) -> None:
    with (out / "big.bin").open("wb") as file:
        while True:
            file.write(bytes(1 << 20))
            file.flush()


def _many_files(order: dict[str, Any], out: Path, report: Report) -> None:
    for number in range(10**9):
        (out / f"{number}.bin").write_bytes(bytes(1 << 20))


def _typed(order: dict[str, Any], out: Path, report: Report) -> None:
    raise DamagedFile("It ends in the middle of a sentence.", line=7, inf=float("inf"))


def _untyped(order: dict[str, Any], out: Path, report: Report) -> None:
    raise ZeroDivisionError("by zero")


def _lies(order: dict[str, Any], out: Path, report: Report) -> None:
    for descriptor in range(3, 20):
        try:
            os.write(
                descriptor, b'{"t": "exit", "reason": null, "code": 0}\n{"done": 1}\nnot json\n'
            )
        except OSError:
            continue
    print("x" * 3_000_000)
    os._exit(0)


def _links(order: dict[str, Any], out: Path, report: Report) -> None:
    (out / "structure-props.json").symlink_to("/etc/passwd")


ACTIONS: dict[str, Callable[[dict[str, Any], Path, Report], None]] = {
    "nothing": _nothing,
    "odd files": _nothing,
    "no manifest": _nothing,
    "slow": _slow,
    "hang": _hang,
    "crash": _crash,
    "memory": _memory,
    "native memory": _native_memory,
    "forks": _forks,
    "spawn": _spawn,
    "threads": _threads,
    "connect": _connect,
    "read": _read,
    "write": _write,
    "chmod": _chmod,
    "kill": _kill,
    "environment": _environment,
    "one file": _one_file,
    "many files": _many_files,
    "typed": _typed,
    "untyped": _untyped,
    "lies": _lies,
    "links": _links,
}
