"""Conversion beside the programs other viewers use: occt-import-js (STEP, IGES, BREP), web-ifc (IFC), gltfpack and
gltf-transform (glTF, OBJ).

Each peer runs as a command of its own, start-up included, because that is what a caller pays. Ours runs twice: as a
fresh command (`holotable convert`), and as the product runs it, in a child of the warm parent behind its walls. Ours
writes the whole package (exact shapes, four levels, edges, properties, thumbnail, plain glTF, report); the readers
among the peers only read and tessellate, the packers only pack.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from holotable.conversion.limits import Limits
from holotable.conversion.sandbox import PRELOAD, Sandbox
from holotable.conversion.walls import detect_walls

ROOT = Path(__file__).resolve().parent.parent.parent
MODELS = ROOT.parent / "shared" / "models"
PEERS = ROOT / "build" / "bench"
ROUNDS = 3
PACKAGES = (
    "occt-import-js@0.0.23",
    "web-ifc@0.0.78",
    "gltfpack@1.3.0",
    "@gltf-transform/cli@4.5.1",
)
PEERS_OF = {
    ".stp": ("occt",),
    ".step": ("occt",),
    ".iges": ("occt",),
    ".brep": ("occt",),
    ".ifc": ("webifc",),
    ".glb": ("gltfpack", "gltf-transform"),
    ".gltf": ("gltfpack", "gltf-transform"),
    ".obj": ("gltfpack",),
}
SIDE_FILES = {
    "christmas_challenge.gltf": ("christmas_challenge.bin",),
    "fuze.obj": ("fuze.obj.mtl", "fuze uv.jpg"),
    "solids.obj": ("solids.mtl",),
}
LIMITS = Limits(memory_bytes=8 << 30, timeout_s=600.0, output_bytes=4 << 30)
TOLERANCE = {"deflection_m": 1e-4, "angle_rad": 0.5}

OCCT = """
const fs = require('fs');
const file = process.argv[2];
require('occt-import-js')().then((occt) => {
  const options = { linearUnit: 'millimeter', linearDeflectionType: 'absolute_value', linearDeflection: 0.1, angularDeflection: 0.5 };
  const data = fs.readFileSync(file);
  const read = /\\.igs|\\.iges$/.test(file) ? occt.ReadIgesFile : /\\.brep$/.test(file) ? occt.ReadBrepFile : occt.ReadStepFile;
  const result = read.call(occt, data, options);
  if (!result.success || result.meshes.length === 0) process.exit(1);
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
      api.GetIndexArray(g.GetIndexData(), g.GetIndexDataSize());
    }
  });
})();
"""


@dataclass
class Cost:
    """What one run took."""

    wall_s: float
    cpu_s: float
    peak_mb: float


@dataclass
class Runs:
    """Alternating runs of one program on one file."""

    costs: list[Cost] = field(default_factory=list)

    def median(self, what: str) -> float | None:
        values = [getattr(cost, what) for cost in self.costs]
        return statistics.median(values) if values else None


def timed(command: list[str], timeout_s: float = 300.0) -> Cost | None:
    """One command; None if it failed or took too long. `time -v` gives the peak of this child alone."""
    with tempfile.NamedTemporaryFile("r") as note:
        wrapped = [sys.executable, "-c", _WRAPPER, note.name, *command]
        start = time.perf_counter()
        try:
            code = subprocess.run(
                wrapped,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=False,
                timeout=timeout_s,
            ).returncode
        except subprocess.TimeoutExpired:
            return None
        wall = time.perf_counter() - start
        if code:
            return None
        cpu, peak = json.loads(Path(note.name).read_text())
    return Cost(wall, cpu, peak / 1024)


# Starts the command as its only child, so that the peak of the children is the command's own.
_WRAPPER = """
import json, resource, subprocess, sys
code = subprocess.run(["/usr/bin/env", *sys.argv[2:]], check=False).returncode
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
open(sys.argv[1], "w").write(json.dumps([usage.ru_utime + usage.ru_stime, usage.ru_maxrss]))
sys.exit(code)
"""


def install_peers() -> None:
    """npm packages of the peers, outside the product's own dependencies."""
    PEERS.mkdir(parents=True, exist_ok=True)
    missing = [
        package
        for package in PACKAGES
        if not (PEERS / "node_modules" / package.rpartition("@")[0]).exists()
    ]
    if missing:
        subprocess.run(
            ["npm", "install", "--prefix", str(PEERS), "--no-audit", "--no-fund", *missing],
            check=True,
            stdout=subprocess.DEVNULL,
        )
    for name, code in (("occt", OCCT), ("webifc", WEBIFC)):
        (PEERS / f"{name}.cjs").write_text(code)


def peer_command(peer: str, path: Path, out: Path) -> list[str]:
    """How a peer is called on a file."""
    binaries = PEERS / "node_modules" / ".bin"
    match peer:
        case "gltfpack":
            return [str(binaries / "gltfpack"), "-i", str(path), "-o", str(out), "-cc"]
        case "gltf-transform":
            # Without its texture compression, which needs minutes and no other program here does.
            return [
                str(binaries / "gltf-transform"),
                "optimize",
                str(path),
                str(out),
                *("--compress", "meshopt", "--texture-compress", "false"),
            ]
        case _:
            return ["node", str(PEERS / f"{peer}.cjs"), str(path)]


def convert_fresh(path: Path, out: Path) -> Cost | None:
    command = [sys.executable, "-m", "holotable", "convert", str(path), "-o", str(out)]
    return timed([*command, "--deflection-mm", "0.1", "--angle-rad", "0.5"])


def in_one_file(path: Path, folder: Path) -> Path:
    """The file itself, or a zip of it and the files it names: the sandbox is given one."""
    beside = [path.with_name(name) for name in SIDE_FILES.get(path.name, ())]
    if not beside:
        return path
    target = folder / f"{path.stem}.zip"
    with zipfile.ZipFile(target, "w") as archive:
        for file in (path, *beside):
            archive.write(file, file.name)
    return target


def convert_warm(sandbox: Sandbox, path: Path) -> Cost:
    start = time.perf_counter()
    outcome = sandbox.convert(path, path.name, dict(TOLERANCE), LIMITS, lambda _stage, _share: None)
    wall = time.perf_counter() - start
    if outcome.problem is not None:
        raise outcome.problem
    cost = Cost(wall, outcome.cpu_s or 0.0, (outcome.peak_memory_bytes or 0) / 2**20)
    outcome.discard()
    return cost


def measure() -> str:
    """Markdown tables over the shared models."""
    if not MODELS.exists():
        return "Not measured: ../shared/models is absent."
    install_peers()
    files = sorted(
        path
        for path in MODELS.iterdir()
        if path.is_file()
        and path.suffix not in {".md", ".mtl", ".jpg", ".bin"}
        and path.name != "hammer.iges"  # 841,369 triangles at 0.1 mm: half a minute of one mesher
    )
    table, stages, fresh_ratios, warm_ratios = [], [], [], []
    with tempfile.TemporaryDirectory() as folder:
        sandbox = Sandbox(Path(folder) / "work", detect_walls(), preload=PRELOAD)
        try:
            sandbox.start()
            convert_warm(sandbox, MODELS / "cube.brep")  # loads what is loaded once
            for path in files:
                row, stage, ratios = _compare(path, sandbox, Path(folder))
                table.append(row)
                stages.append(stage)
                if ratios:
                    fresh_ratios.append(ratios[0])
                    warm_ratios.append(ratios[1])
        finally:
            sandbox.close()
    summary = (
        f"Median of ours / fastest peer over {len(fresh_ratios)} files: "
        f"{statistics.median(fresh_ratios):.2f} fresh against fresh, "
        f"{statistics.median(warm_ratios):.2f} as the product runs it."
    )
    return "\n".join(
        [
            "## Conversion",
            "",
            f"Medians of {ROUNDS} alternating rounds, tolerance 0.1 mm and 0.5 rad. *fresh*: a command of its own, imports"
            " included; *warm*: as the product converts, sandboxed. The whole package against reading or packing only.",
            "",
            summary,
            "",
            "| file | MB in | fresh CPU s | warm CPU s | warm wall s | peak MB | package kB | base.glb kB | peer | peer CPU s | peer MB | fresh / peer | warm / peer |",
            "|---|---|---|---|---|---|---|---|---|---|---|---|---|",
            *table,
            "",
            "Seconds by stage of one fresh run:",
            "",
            "| file | import and rest | " + " | ".join(_STAGES) + " | others |",
            "|---|" + "---|" * (len(_STAGES) + 2),
            *stages,
        ]
    )


_STAGES = (
    "read",
    "place",
    "levels",
    "pack",
    "edges",
    "exact",
    "model",
    "structure",
    "thumbnail",
)


def _compare(
    path: Path, sandbox: Sandbox, folder: Path
) -> tuple[str, str, tuple[float, float] | None]:
    fresh, warm = Runs(), Runs()
    peers = {peer: Runs() for peer in PEERS_OF.get(path.suffix, ())}
    out = folder / "package"
    single = in_one_file(path, folder)
    for _ in range(ROUNDS):
        if cost := convert_fresh(path, out):
            fresh.costs.append(cost)
        warm.costs.append(convert_warm(sandbox, single))
        for peer, runs in peers.items():
            if cost := timed(peer_command(peer, path, folder / "peer.glb")):
                runs.costs.append(cost)
    manifest = json.loads((out / "manifest.json").read_text())
    report = json.loads((out / "report.json").read_text())
    package = sum(entry["bytes"] for entry in manifest["files"].values())
    measured = {peer: runs.median("cpu_s") for peer, runs in peers.items()}
    known = {peer: cpu for peer, cpu in measured.items() if cpu is not None}
    fastest = min(known, key=lambda peer: known[peer]) if known else None
    mine, hot = fresh.median("cpu_s"), warm.median("cpu_s")
    ratios = None
    cells = ["–", "–", "–", "–", "–"]
    if fastest is not None and mine is not None and hot is not None:
        theirs = known[fastest]
        ratios = (mine / theirs, hot / theirs)
        cells = [
            fastest,
            f"{theirs:.2f}",
            f"{peers[fastest].median('peak_mb'):.0f}",
            f"{ratios[0]:.2f}",
            f"{ratios[1]:.2f}",
        ]
    elif peers:
        cells[0] = ", ".join(peers) + " (fails)"
    row = [
        path.name,
        f"{path.stat().st_size / 1e6:.2f}",
        _shown(mine),
        _shown(hot),
        _shown(warm.median("wall_s")),
        f"{fresh.median('peak_mb') or 0:.0f}",
        f"{package / 1e3:.0f}",
        f"{(out / 'base.glb').stat().st_size / 1e3:.0f}",
        *cells,
    ]
    seconds = {stage["name"]: stage["seconds"] for stage in report["stages"]}
    rest = (fresh.costs[-1].wall_s if fresh.costs else 0.0) - sum(seconds.values())
    others = sum(value for name, value in seconds.items() if name not in _STAGES)
    stages = [
        path.name,
        f"{rest:.2f}",
        *(f"{seconds.get(name, 0.0):.2f}" for name in _STAGES),
        f"{others:.2f}",
    ]
    return "| " + " | ".join(row) + " |", "| " + " | ".join(stages) + " |", ratios


def _shown(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
