"""Bytes of the finest level beside `gltfpack -cc`, for every shared model.

    make bench ARGS=size

Ours: all files that together hold level 0, with every placement, name-free identity and the coarse
meshes that happen to stand in them. Theirs: gltfpack's whole file, made of our model.glb (the same
triangles, placements, names), with -cc alone (which counts) and with -cc -mi (instancing).
`parts once` is gltfpack -cc of each part at the origin: the shapes alone.
"""

import json
import statistics
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from holotable.conversion.options import ConvertOptions
from holotable.conversion.pipeline import convert
from holotable.errors import HolotableError
from tests.bench.conversion import install_peers

ROOT = Path(__file__).resolve().parent.parent.parent
MODELS = ROOT.parent / "shared" / "models"
GLTFPACK = ROOT / "build" / "bench" / "node_modules" / "gltfpack" / "cli.js"


def level_0_bytes(folder: Path) -> int:
    """Size of the files a viewer needs to show every geometry of a package at level 0."""
    manifest = json.loads((folder / "manifest.json").read_text())
    finest: dict[int, tuple[int, str]] = {}
    for chunk in manifest["chunks"]:
        for geometry in chunk["parts"]:
            row = (chunk["level"], chunk["file"])
            finest[geometry] = min(finest.get(geometry, row), row)
    files = {file for _, file in finest.values()} | {"base.glb"}  # placements stand in base.glb
    return sum((folder / file).stat().st_size for file in files)


def gltfpack_bytes(source: Path, scratch: Path, *options: str) -> int:
    """Size of what gltfpack -cc makes of a GLB."""
    target = scratch / "packed.glb"
    command = ["node", str(GLTFPACK), "-cc", *options, "-i", str(source), "-o", str(target)]
    subprocess.run(command, check=True, capture_output=True, cwd=scratch)
    return target.stat().st_size


def parts_once(model: Path, target: Path) -> None:
    """The same GLB with one node for each mesh, at the origin."""
    data = model.read_bytes()
    size = int.from_bytes(data[12:16], "little")
    document: dict[str, Any] = json.loads(data[20 : 20 + size])
    seen: dict[str, int] = {}
    for number, mesh in enumerate(document["meshes"]):
        key = json.dumps(mesh["primitives"][0]["attributes"], sort_keys=True)
        seen.setdefault(key, number)
    meshes = sorted(seen.values())
    document["nodes"] = [{"mesh": mesh} for mesh in meshes]
    document["scenes"] = [{"nodes": list(range(len(meshes)))}]
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    rest = data[20 + size :]
    head = b"glTF" + (2).to_bytes(4, "little") + (20 + len(text) + len(rest)).to_bytes(4, "little")
    target.write_bytes(head + len(text).to_bytes(4, "little") + b"JSON" + text + rest)


def compare(source: Path) -> dict[str, int]:
    """Bytes of one file's finest level: ours, and gltfpack's of the same triangles."""
    with tempfile.TemporaryDirectory(prefix="holotable-size-") as name:
        scratch = Path(name)
        folder = scratch / "scene"
        convert(source, folder, ConvertOptions(), lambda *_: None)
        model = folder / "model.glb"
        ours = level_0_bytes(folder)
        plain = gltfpack_bytes(model, scratch)
        instanced = gltfpack_bytes(model, scratch, "-mi")
        parts_once(model, scratch / "once.glb")
        once = gltfpack_bytes(scratch / "once.glb", scratch)
        base = (folder / "base.glb").stat().st_size
        manifest = json.loads((folder / "manifest.json").read_text())
    # gltfpack's file holds pictures, or points: no bytes of the same triangles.
    alike = manifest["counts"]["triangles"] > 0 and "surfaces" not in manifest
    return (
        {"ours": ours, "base": base, "cc": plain, "cc-mi": instanced, "once": once} if alike else {}
    )


def measure() -> str:
    """A markdown table over the shared models of plain triangles."""
    if not MODELS.exists():
        return "Not measured: ../shared/models is absent."
    install_peers()
    rows, ratios = [], []
    for source in sorted(MODELS.iterdir()):
        if not source.is_file():
            continue
        try:
            row = compare(source)
        except HolotableError:
            continue  # side files, and text that is no model
        except subprocess.CalledProcessError:
            continue  # gltfpack has nothing to pack in a cloud of points
        if not row:
            continue
        ratio = row["ours"] / row["cc"]
        ratios.append(ratio)
        cells = [source.name, *(f"{row[key] / 1e3:.1f}" for key in row), f"{ratio:.2f}"]
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(
        [
            "## Size",
            "",
            "Kilobytes of all files that hold the finest level, placements and identity included, beside `gltfpack -cc` of the"
            " same triangles (our model.glb), without and with `-mi` (instancing, which drops names and ids), and of each part"
            " once without placements. Default tolerance; without point clouds and textured models, where gltfpack's file holds more.",
            "",
            f"Ours / gltfpack -cc: largest {max(ratios):.2f}, median {statistics.median(ratios):.2f} of {len(ratios)} files.",
            "",
            "| file | ours | of it base.glb | gltfpack -cc | -cc -mi | parts once | ours / -cc |",
            "|---|---|---|---|---|---|---|",
            *rows,
        ]
    )
