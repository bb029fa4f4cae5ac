"""docs/integrations/plm.md, run as it stands against a real server: twice, with one end state."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from served import ROOT, serving

PAGE = ROOT / "docs" / "integrations" / "plm.md"
# When something was told again, and what is counted anew with every look.
VOLATILE = {"synced_at"}


def blocks(how: str) -> str:
    """The commands of the page under `<!-- run once -->` or `<!-- run -->`, in order."""
    found = re.findall(rf"<!-- {how} -->\n```sh\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert found, f"the page has lost its blocks to {how}"
    return "\n".join(found)


def plate(path: Path, thickness_mm: float) -> Path:
    """A closed box in ASCII STL, millimetres."""
    low, high = (0.0, 0.0, 0.0), (40.0, 30.0, thickness_mm)
    corners = [(x, y, z) for x in (0, 1) for y in (0, 1) for z in (0, 1)]
    at = [tuple((low, high)[bit][axis] for axis, bit in enumerate(one)) for one in corners]
    quads = ((0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3))
    lines = ["solid plate"]
    for a, b, c, d in quads:
        for triangle in ((a, b, c), (a, c, d)):
            lines += ["facet normal 0 0 0", "outer loop"]
            lines += [f"vertex {' '.join(f'{v:g}' for v in at[corner])}" for corner in triangle]
            lines += ["endloop", "endfacet"]
    path.write_text("\n".join([*lines, "endsolid plate", ""]))
    return path


def steady(value: Any) -> Any:
    """JSON of any shape without what differs whenever one looks."""
    if isinstance(value, dict):
        return {k: steady(v) for k, v in value.items() if k not in VOLATILE}
    return [steady(one) for one in value] if isinstance(value, list) else value


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_the_page_runs_as_it_stands_twice_with_one_end_state(tmp_path: Path) -> None:
    files = {
        "FILE_B": str(plate(tmp_path / "4711-B.stl", 3)),
        "FILE_C": str(plate(tmp_path / "4711-C.stl", 5)),
    }

    with serving(tmp_path / "data") as server:
        key = re.search(r"[?&]k=([^&\s]+)", server.setup_link())
        environment = os.environ | files | {"URL": server.url, "KEY": key[1] if key else ""}

        def run(commands: str) -> str:
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", commands],
                cwd=tmp_path,
                env=environment,
                capture_output=True,
                text=True,
                timeout=300,
            )
            assert done.returncode == 0, done.stderr + done.stdout
            return done.stdout

        def state() -> dict[str, Any]:
            return {
                file.name: steady(json.loads(file.read_text()))
                for file in sorted(tmp_path.glob("state-*.json"))
            }

        run(blocks("run once"))
        said, first = run(blocks("run")), state()
        again, second = run(blocks("run")), state()
    assert said.splitlines() == ["ready", "RELEASED", "released"]
    assert again == said
    assert second == first
    assert [one["label"] for one in first["state-revisions.json"]["items"]] == ["C", "B"]
    assert len(first["state-assets.json"]["items"]) == 2
