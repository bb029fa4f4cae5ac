"""The writer's own process: an order in, a file out, and an exit code that says why not."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from backend.exchange.part_trees import assembly

from holotable.model_export_run import DAMAGED, NO_GEOMETRY


def run(out: Path, files: dict[str, Path], **order: Any) -> tuple[int, list[Any], str]:
    given = {
        "out": str(out), "packed": False, "files": {name: str(one) for name, one in files.items()},
        "placement": np.eye(4).reshape(-1).tolist(), "memory_bytes": 6 << 30, "seconds": 60,
        "asset": {"name": "Skid", "identifier": "P-101", "version": "C"},
        "output_bytes": 1 << 30, **order,
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "holotable.model_export_run"],
        input=json.dumps(given), capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def test_a_model_is_written_and_what_is_left_out_is_said_last(tmp_path: Path) -> None:
    model = tmp_path / "model.glb"
    primitives = [
        {"attributes": {"POSITION": 0}, "mode": 1},
        {"attributes": {"POSITION": 0}, "indices": 1, "material": 0},
    ]
    model.write_bytes(assembly(meshes=[{"primitives": primitives}]))
    out = tmp_path / "model.usda"
    code, heard, errors = run(out, {"model.glb": model})
    assert (code, heard[-1], errors) == (0, {"lines": 1}, "")
    assert heard[:-1] == sorted(heard[:-1])
    assert "P-101" in out.read_text()


def test_a_model_without_triangles_and_a_damaged_one_have_codes_of_their_own(
    tmp_path: Path,
) -> None:
    empty, broken = tmp_path / "empty.glb", tmp_path / "broken.glb"
    empty.write_bytes(assembly(nodes=[{"name": "Empty"}]))
    broken.write_bytes(assembly()[:200])
    code, _, words = run(tmp_path / "a.stl", {"model.glb": empty})
    assert code == NO_GEOMETRY
    assert "no triangles" in words
    assert run(tmp_path / "b.3mf", {"model.glb": broken})[0] == DAMAGED
    assert not list(tmp_path.glob("[ab].*"))


def test_packed_is_the_files_as_they_are_and_the_same_bytes_each_time(tmp_path: Path) -> None:
    files = {}
    for name in ("manifest.json", "base.glb"):
        files[name] = tmp_path / name
        files[name].write_bytes(name.encode() * 1000)
    outs = [tmp_path / "1.zip", tmp_path / "2.zip"]
    for out in outs:
        assert run(out, files, packed=True)[:2] == (0, [0.0, 0.45, {}])
    assert outs[0].read_bytes() == outs[1].read_bytes()
    with zipfile.ZipFile(outs[0]) as archive:
        assert {n: archive.read(n) for n in archive.namelist()} == {
            name: path.read_bytes() for name, path in files.items()
        }
