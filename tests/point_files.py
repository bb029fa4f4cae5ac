"""Point clouds with known truth, and a reader of point chunks after docs/formats/points.md."""

import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from package_reader import read_glb, read_instances, rotation


def hill(count: int, seed: int = 7) -> np.ndarray:
    """(n, 3) points of a wavy ground of 100 by 80 m, z up, whole millimetres."""
    random = np.random.default_rng(seed)
    x, y = random.uniform(0, 100, count), random.uniform(0, 80, count)
    z = 4 * np.sin(x / 9) * np.cos(y / 7) + random.normal(0, 0.01, count)
    return np.round(np.stack([x, y, z], axis=1), 3)


def las_bytes(
    places: np.ndarray,
    *,
    version: tuple[int, int] = (1, 2),
    point_format: int = 3,
    colours: np.ndarray | None = None,
    intensities: np.ndarray | None = None,
    classes: np.ndarray | None = None,
    records: tuple[tuple[str, int, bytes], ...] = (),
    scale: float = 0.001,
    offsets: tuple[float, float, float] = (0.0, 0.0, 0.0),
    count: int | None = None,
    extra_bytes: int = 0,
) -> bytes:
    """A LAS file after its specification (1.4 R15 §2), independent of the reader and of laspy."""
    sizes = (20, 28, 26, 34, 57, 63, 30, 36, 38, 59, 67)
    colour_at = {2: 20, 3: 28, 5: 28, 7: 30, 8: 30, 10: 30}
    size = sizes[point_format] + extra_bytes
    rows = np.zeros((len(places), size), np.uint8)
    raw = np.rint((places - np.array(offsets)) / scale).astype("<i4")
    rows[:, :12] = raw.view(np.uint8).reshape(-1, 12)
    if intensities is not None:
        rows[:, 12:14] = intensities.astype("<u2").view(np.uint8).reshape(-1, 2)
    if classes is not None:
        rows[:, 16 if point_format >= 6 else 15] = classes
    if colours is not None:
        at = colour_at[point_format]
        rows[:, at : at + 6] = colours.astype("<u2").view(np.uint8).reshape(-1, 6)
    blocks = b"".join(
        struct.pack("<H16sHH32s", 0, user.encode(), number, len(body), b"") + body
        for user, number, body in records
    )
    header_bytes = 375 if version == (1, 4) else 235 if version == (1, 3) else 227
    stated = len(places) if count is None else count
    header = struct.pack(
        "<4sHHIHH8sBB32s32sHHHIIBHI5I", b"LASF", 0, 0, 0, 0, 0, b"", *version, b"a test",
        b"point_files.py", 200, 2025, header_bytes, header_bytes + len(blocks), len(records),
        point_format, size, min(stated, 2**32 - 1) if point_format < 6 else 0, *[0] * 5,
    )  # fmt: skip
    low, high = places.min(axis=0), places.max(axis=0)
    header += struct.pack("<6d", *[scale] * 3, *offsets)
    header += struct.pack("<6d", high[0], low[0], high[1], low[1], high[2], low[2])
    if version == (1, 4):
        header += struct.pack("<QQIQ15Q", 0, 0, 0, stated, stated, *[0] * 14)
    return header.ljust(header_bytes, b"\0") + blocks + rows.tobytes()


@dataclass(frozen=True)
class Points:
    """Everything in the point chunks of a package.

    places: (n, 3) absolute metres, y up, in the frame of the first placement. level, chunk: (n,).
    """

    places: np.ndarray
    level: np.ndarray
    chunk: np.ndarray
    colours: np.ndarray | None
    intensities: np.ndarray | None
    classes: np.ndarray | None


def read_points(folder: Path) -> Points:
    """Read all point chunks, by the specification."""
    manifest = json.loads((folder / "manifest.json").read_text())
    base = read_glb(folder / "base.glb")
    (node,) = base.json["nodes"]
    attributes = node["extensions"]["EXT_mesh_gpu_instancing"]["attributes"]
    columns = read_instances(base, attributes)
    instances = {name: values.astype(float) for name, values in columns.items()}
    found: dict[str, list[np.ndarray]] = {}
    for number, chunk in enumerate(manifest["points"]["chunks"]):
        assert (folder / chunk["file"]).stat().st_size == chunk["bytes"]
        glb = read_glb(folder / chunk["file"])
        (mesh,) = glb.json["meshes"]
        (primitive,) = mesh["primitives"]
        assert primitive["mode"] == 0
        columns = {name: glb.accessor(i) for name, i in primitive["attributes"].items()}
        steps = columns["POSITION"].astype(float)
        assert len(steps) == chunk["points"]
        assert steps.max(axis=0).tolist() == chunk["size"]
        *corner, step = chunk["grid"]
        placed = _placed(np.array(corner) + step * steps, chunk["geometry"], manifest, instances)
        slack = 1e-3
        assert (placed.min(axis=0) >= np.array(chunk["bounds"]["min"]) - slack).all()
        assert (placed.max(axis=0) <= np.array(chunk["bounds"]["max"]) + slack).all()
        found.setdefault("places", []).append(placed)
        found.setdefault("level", []).append(np.full(len(steps), chunk["level"]))
        found.setdefault("chunk", []).append(np.full(len(steps), number))
        for name in ("_COLOUR", "_INTENSITY", "_CLASS"):
            if name in columns:
                found.setdefault(name, []).append(columns[name])
    joined = {name: np.concatenate(pieces) for name, pieces in found.items()}
    return Points(
        joined["places"], joined["level"], joined["chunk"],
        joined["_COLOUR"][:, :3] if "_COLOUR" in joined else None,
        joined["_INTENSITY"][:, 0] if "_INTENSITY" in joined else None,
        joined["_CLASS"][:, 0] if "_CLASS" in joined else None,
    )  # fmt: skip


def _placed(
    metres: np.ndarray, geometry: int, manifest: dict[str, Any], instances: dict[str, np.ndarray]
) -> np.ndarray:
    """Metres in a geometry's frame to absolute metres, by its first placement in base.glb."""
    index = int(np.flatnonzero(instances["_PART"][:, 0] == geometry)[0])
    *corner, step = manifest["grids"][geometry]
    steps = (metres - np.array(corner)) / step
    linear = rotation(instances["ROTATION"][index]) * instances["SCALE"][index]
    placed: np.ndarray = steps @ linear.T + instances["TRANSLATION"][index]
    return placed + np.array(manifest["origin"])


def y_up(places: np.ndarray) -> np.ndarray:
    """(x, y, z) → (x, z, −y)."""
    return np.stack([places[:, 0], places[:, 2], -places[:, 1]], axis=1)
