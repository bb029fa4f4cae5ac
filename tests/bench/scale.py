"""How the cost of a conversion grows: generated STEP assemblies and binary STL scans of four sizes each."""

import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.conversion import Cost, timed

ROOT = Path(__file__).resolve().parent.parent.parent
STEP_MEGABYTES = (12, 25, 50, 100)
TRIANGLES = (1_000_000, 5_000_000, 10_000_000, 20_000_000)
TIMEOUT_S = 1_800.0


def generate(module: str, out: Path, *arguments: str) -> None:
    """A sample in a process of its own, so that its memory is gone afterwards."""
    command = [sys.executable, "-m", f"tests.samples.{module}", str(out), *arguments]
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)


def convert(path: Path, out: Path) -> tuple[Cost | None, dict[str, float]]:
    command = [sys.executable, "-m", "holotable", "convert", str(path), "-o", str(out)]
    cost = timed(command, TIMEOUT_S)
    manifest = json.loads((out / "manifest.json").read_text()) if cost else {}
    sizes = {name: entry["bytes"] / 1e6 for name, entry in manifest.get("files", {}).items()}
    counts = manifest.get("counts", {})
    return cost, {
        "package": sum(sizes.values()),
        "base": sizes.get("base.glb", 0.0),
        "occurrences": counts.get("occurrences", 0),
        "parts": counts.get("parts", 0),
        "triangles": counts.get("triangles", 0),
    }


def measure() -> str:
    """Two markdown tables, each with the exponent that the cost grows by."""
    lines = [
        "## Scale",
        "",
        "One run each of `holotable convert` with the default tolerance, start-up included. *growth*: exponent of CPU seconds"
        " over megabytes between the smallest and the largest; 1.0 is linear.",
        "",
        "| file | MB in | parts | occurrences | triangles placed | CPU s | wall s | peak MB | peak / MB in | package MB | base.glb MB |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    growths = []
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("step", "stl"):
            points: list[tuple[float, float]] = []
            for size in STEP_MEGABYTES if kind == "step" else TRIANGLES:
                source, out = Path(folder) / f"large.{kind}", Path(folder) / "out"
                if kind == "step":
                    generate("large_step", source, "--megabytes", str(size))
                else:
                    generate("large_mesh", source, "--triangles", str(size))
                megabytes = source.stat().st_size / 1e6
                cost, facts = convert(source, out)
                source.unlink()
                if cost is None:
                    lines.append(f"| {kind} | {megabytes:.0f} | failed |" + " – |" * 8)
                    continue
                points.append((megabytes, cost.cpu_s))
                lines.append(
                    f"| {kind} | {megabytes:.0f} | {facts['parts']:,.0f} | {facts['occurrences']:,.0f} "
                    f"| {facts['triangles']:,.0f} | {cost.cpu_s:.1f} | {cost.wall_s:.1f} | {cost.peak_mb:,.0f} "
                    f"| {cost.peak_mb / megabytes:.1f} | {facts['package']:.1f} | {facts['base']:.2f} |"
                )
                print(lines[-1], flush=True)
            if len(points) > 1:
                (small, fast), (large, slow) = points[0], points[-1]
                growths.append(f"{kind} {math.log(slow / fast) / math.log(large / small):.2f}")
    return "\n".join([*lines, "", "Growth: " + ", ".join(growths) + "."])
