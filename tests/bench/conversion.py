"""Conversion beside the readers other viewers use: occt-import-js (STEP, IGES) and web-ifc (IFC).

Both sides run as a command of their own, start-up included, because that is what a caller pays.
Ours writes the whole package (four levels, chunks, thumbnail, report); the peers only read and
tessellate.
"""

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
MODELS = ROOT.parent / "shared" / "models"
PEERS = ROOT / "build" / "bench"
ROUNDS = 3
FILES = (
    "as1-oc-214.stp",
    "sts3215_servo.step",
    "nist_ctc_02_asme1_ap242-e2.stp",
    "asm_line_768.step",
    "LargeBuilding.ifc",
    "haus.ifc",
    "featuretype.stl",
    "cycloidal_vertexcolor.ply",
    "CesiumMilkTruck.glb",
)
PEER_OF = {".stp": "occt", ".step": "occt", ".iges": "occt", ".ifc": "webifc"}

OCCT = """
const fs = require('fs');
require('occt-import-js')().then((occt) => {
  const read = occt.ReadStepFile(fs.readFileSync(process.argv[2]), {
    linearUnit: 'millimeter', linearDeflectionType: 'absolute_value', linearDeflection: 0.1, angularDeflection: 0.5 });
  if (!read.success) process.exit(1);
});
"""
WEBIFC = """
const fs = require('fs');
const { IfcAPI } = require('web-ifc');
(async () => {
  const api = new IfcAPI(); await api.Init();
  const model = api.OpenModel(fs.readFileSync(process.argv[2]));
  api.StreamAllMeshes(model, (mesh) => {
    for (let i = 0; i < mesh.geometries.size(); i++) {
      const g = api.GetGeometry(model, mesh.geometries.get(i).geometryExpressID);
      api.GetVertexArray(g.GetVertexData(), g.GetVertexDataSize());
    }
  });
})();
"""


def timed(command: list[str]) -> tuple[float, float, float] | None:
    """(wall seconds, CPU seconds, peak megabytes) of one command; None if it failed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    code = subprocess.run(
        ["/usr/bin/env", *command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    ).returncode
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return None if code else (wall, cpu, after.ru_maxrss / 1024)


def install_peers() -> None:
    """npm packages of the peers, outside the product's own dependencies."""
    if (PEERS / "node_modules" / "web-ifc").exists():
        return
    PEERS.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [
            "npm",
            "install",
            "--prefix",
            str(PEERS),
            "--no-audit",
            "--no-fund",
            "occt-import-js@0.0.23",
            "web-ifc@0.0.78",
        ],
        check=True,
        stdout=subprocess.DEVNULL,
    )


def measure() -> str:
    """A markdown table over the shared models."""
    if not MODELS.exists():
        return "Not measured: ../shared/models is absent."
    install_peers()
    for name, code in (("occt", OCCT), ("webifc", WEBIFC)):
        (PEERS / f"{name}.cjs").write_text(code)
    rows = [
        "## Conversion",
        "",
        f"Medians of {ROUNDS} alternating rounds; CPU seconds of a fresh command; ours writes the whole package.",
        "",
        "| file | MB in | ours CPU s | wall s | package kB | base.glb kB | peer | peer CPU s | ours / peer |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name in FILES:
        path = MODELS / name
        peer = PEER_OF.get(path.suffix)
        ours: list[tuple[float, float, float]] = []
        theirs: list[tuple[float, float, float]] = []
        sizes = {"package": 0, "base": 0}
        for _ in range(ROUNDS):
            with tempfile.TemporaryDirectory() as out:
                command = [sys.executable, "-m", "holotable", "convert", str(path), "-o", out]
                done = timed([*command, "--deflection-mm", "0.1", "--angle-rad", "0.5"])
                if done:
                    ours.append(done)
                    manifest = json.loads((Path(out) / "manifest.json").read_text())
                    sizes["package"] = sum(f["bytes"] for f in manifest["chunks"])
                    sizes["base"] = (Path(out) / "base.glb").stat().st_size
            if peer and (other := timed(["node", str(PEERS / f"{peer}.cjs"), str(path)])):
                theirs.append(other)
        mine = statistics.median(c for _, c, _ in ours) if ours else float("nan")
        wall = statistics.median(w for w, _, _ in ours) if ours else float("nan")
        hers = statistics.median(c for _, c, _ in theirs) if theirs else None
        rows.append(
            f"| {name} | {path.stat().st_size / 1e6:.2f} | {mine:.2f} | {wall:.2f} | {sizes['package'] / 1e3:.0f} "
            f"| {sizes['base'] / 1e3:.0f} | {peer or '–'} | {f'{hers:.2f}' if hers else '–'} "
            f"| {f'{mine / hers:.2f}' if hers else '–'} |"
        )
    return "\n".join(rows)
