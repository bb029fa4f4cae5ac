"""A real server takes every hostile file there is and goes on answering as if nothing were.

The files are those of tests/samples/hostile.py and, where they lie beside the project, those of
../shared/models/bad.
"""

import os
import threading
import time
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from mesh_files import stl_binary
from samples.hostile import CASES, NATIVE
from served import MODELS, Served, owner_of, serving

from holotable.conversion.walls import detect_walls

SLOWEST_S = 2.0
GROWTH_BYTES = 50 << 20

# How ../shared/models/bad ends: the code of the problem, or None when only colour is lost.
BAD: dict[str | None, tuple[str, ...]] = {
    None: ("mtl_trav.obj", "texabs.gltf"),
    "external_reference": ("ext.usda", "ssrf.gltf", "trav.gltf", "xxe.3mf", "xxe.dae"),
    "too_complex": ("deep.gltf", "laughs.3mf"),
    "damaged_file": (
        "badchunk.glb", "badidx.3mf", "badidx.ply", "cyc.ifc", "cyclic_nauo.step", "huge.las",
        "huge.off", "huge_count.ply", "huge_count.stl", "hugeidx.obj", "nan.gltf", "nan.stl",
        "nanval.step", "nul.step", "trunc.ifc", "trunc50.step",
    ),
}  # fmt: skip


@dataclass
class Pulse:
    """Asks twice a second whether the server lives."""

    url: str
    slowest_s: float = 0.0
    answers: int = 0
    failures: list[str] = field(default_factory=list)
    _end: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Ask until `stop`."""
        while not self._end.wait(0.5):
            asked = time.monotonic()
            try:
                with urllib.request.urlopen(f"{self.url}/api/v1/healthz", timeout=10) as answer:
                    answer.read()
                self.answers += 1
            except OSError as failure:
                self.failures.append(repr(failure))
            self.slowest_s = max(self.slowest_s, time.monotonic() - asked)

    def __enter__(self) -> "Pulse":
        self._thread = threading.Thread(target=self.run)
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._end.set()
        self._thread.join()


def children_of(pid: int) -> set[int]:
    """Every process below this one."""
    below = defaultdict(list)
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # it ended meanwhile
        below[parent].append(int(entry.name))
    found: set[int] = set()
    pending = [pid]
    while pending:
        for child in below.pop(pending.pop(), []):
            found.add(child)
            pending.append(child)
    return found


def memory_of(pid: int) -> int:
    """Resident bytes."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def hostile_files(folder: Path) -> Iterator[tuple[Path, str | None]]:
    """Each file and the code it must end with."""
    for case in (*CASES, *NATIVE):
        path = folder / case.name
        case.write(path)
        yield path, None if case.problem is None else case.problem.code
        path.unlink()
    for code, names in BAD.items():
        for name in names if MODELS.is_dir() else ():
            yield MODELS / "bad" / name, code


def left_behind(data: Path, scratch: Path) -> list[str]:
    """Files and folders of conversions and uploads that are over."""
    slots, spools = list(data.glob("work/slot-*/")), list(data.rglob("spool"))
    assert slots
    assert spools
    folders = (*slots, *spools, scratch)
    places = (path for folder in folders for path in folder.rglob("*"))
    return [str(path) for path in places]


def ending(revision: dict[str, Any]) -> str | None:
    """The code of the problem, None when there is a scene."""
    if revision["state"] == "ready":
        return None
    code: str = revision["problem"]["code"]
    return code


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Served]:
    if not detect_walls().isolates:
        pytest.skip("this machine has no walls for a sandbox")
    (tmp_path / "scratch").mkdir()
    limits = {"TIMEOUT_S": "20", "MEMORY_BYTES": str(2 << 30), "OUTPUT_BYTES": str(512 << 20)}
    environment = {f"HOLOTABLE_CONVERSION_{name}": value for name, value in limits.items()}
    with serving(tmp_path / "data", TMPDIR=str(tmp_path / "scratch"), **environment) as running:
        yield running


def test_hostile_files_end_in_their_names_and_nothing_else_happens(
    server: Served, tmp_path: Path
) -> None:
    assert server.process is not None
    mia = owner_of(server)
    uploads = f"/projects/{mia.post('/projects', {'name': 'Traps'})['id']}/uploads"

    def sound(name: str, header: bytes) -> None:
        made = mia.upload(uploads, stl_binary(tmp_path / name, header=header))
        assert mia.wait_for(made["revision"]["id"])["state"] == "ready"

    sound("before.stl", b"before")  # what is loaded late is loaded now
    children = children_of(server.process.pid)
    memory = memory_of(server.process.pid)

    wrong = {}
    with Pulse(server.url) as pulse:
        waiting = {}
        for path, code in hostile_files(tmp_path):
            made = mia.upload(uploads, path)
            waiting[path.name, made["revision"]["id"]] = code
        for (name, revision), code in waiting.items():
            ended = mia.wait_for(revision)
            if ending(ended) != code:
                wrong[name] = (ended["state"], ended["problem"])
        sound("after.stl", b"after")

    assert wrong == {}
    assert pulse.failures == []
    assert pulse.answers > 10
    assert pulse.slowest_s < SLOWEST_S
    assert left_behind(tmp_path / "data", tmp_path / "scratch") == []
    assert len(children_of(server.process.pid)) == len(children)
    grown = memory_of(server.process.pid) - memory
    assert grown < GROWTH_BYTES
    print(f"{len(waiting)} files, slowest answer {pulse.slowest_s:.2f} s, {grown >> 20} MB more")
