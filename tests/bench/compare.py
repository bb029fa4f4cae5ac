"""Comparing two revisions of many occurrences: seconds and memory of the process that does it."""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from holotable.conversion.options import ConvertOptions
from holotable.conversion.pipeline import convert
from holotable.sample import rack

COUNTS: Final = (10_000, 100_000)
ROUNDS: Final = 3
MOVED: Final = 20


def revision(package: Path, target: Path) -> None:
    """Another revision of a package: other ids everywhere, twenty parts moved, one gone.

    Its files are those of the package but for the structure.
    """
    target.mkdir()
    for path in package.iterdir():
        if path.name != "structure.json":
            (target / path.name).symlink_to(path)
    structure = json.loads((package / "structure.json").read_bytes())
    placed = [row for row, part in enumerate(structure["part"]) if part >= 0]
    for row in placed[10 : 10 + MOVED]:
        transform = structure["transform"][row]
        transform[12] += 0.0125
    structure["id"] = [str(uuid4()) for _ in structure["id"]]
    structure["identity"] = ["ranked" for _ in structure["id"]]
    gone = placed[-1]
    for _name, column in structure.items():
        if isinstance(column, list) and len(column) == structure["count"]:
            del column[gone]
    structure["count"] -= 1
    (target / "structure.json").write_text(json.dumps(structure))


def run_child(old: Path, new: Path, out: Path) -> dict[str, float]:
    """Compare as the product does, in a process of its own; wall and processor seconds, MB."""
    source = json.loads((old / "manifest.json").read_bytes())["source"]
    order: dict[str, Any] = {"out": str(out), "seconds": 60.0, "memory_bytes": 12 << 30}
    for name, folder in (("old", old), ("new", new)):
        files = {path.name: str(path) for path in folder.iterdir()}
        order[name] = {"files": files, "source": source, "placement": None}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "holotable.comparison_run"],
        input=json.dumps(order).encode(), check=True,
    )  # fmt: skip
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall": wall, "cpu": cpu, "mb": after.ru_maxrss / 1024}


def rows_of() -> list[dict[str, Any]]:
    """A row for each size: the median of several rounds."""
    rows = []
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        for count in COUNTS:
            folder = Path(scratch) / str(count)
            folder.mkdir()
            rack.write(folder / "rack.glb", count)
            convert(folder / "rack.glb", folder / "old", ConvertOptions(), lambda _s, _f: None)
            revision(folder / "old", folder / "new")
            found = []
            for number in range(ROUNDS):
                out = folder / f"out{number}"
                out.mkdir()
                found.append(run_child(folder / "old", folder / "new", out))
            summary = json.loads((out / "summary.json").read_bytes())
            middle = sorted(found, key=lambda one: one["wall"])[ROUNDS // 2]
            rows.append({"occurrences": count, **middle, "counts": summary["counts"],
                         "columns": (out / "occurrences.bin").stat().st_size})  # fmt: skip
    return rows


def measure() -> str:
    """The part of docs/BENCHMARKS.md."""
    lines = [
        "## Comparing revisions",
        "",
        "A rack against itself with other ids everywhere, 20 parts moved by 12.5 mm and one gone, so that nothing is found by id. The process that"
        " compares, start of Python and reading of both packages included; medians of 3.",
        "",
        "| occurrences | wall s | CPU s | peak MB | found | columns kB |",
        "| ---: | ---: | ---: | ---: | --- | ---: |",
    ]
    for row in rows_of():
        changed = ", ".join(f"{name} {count:,}" for name, count in row["counts"].items() if count)
        lines.append(
            f"| {row['occurrences']:,} | {row['wall']:.2f} | {row['cpu']:.2f} | {row['mb']:.0f} |"
            f" {changed} | {row['columns'] / 1000:.0f} |"
        )
    return "\n".join(lines)
