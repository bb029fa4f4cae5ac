"""A stress rack: many placements of many parts, as one binary glTF, written in seconds.

Not loaded by default: `holotable sample rack --occurrences 100000` makes it on demand. Occurrence i
places part i % parts, so every count is known in closed form. With `unique` each occurrence is a
part of its own, a turned vase of 500 triangles: what a model without a single repetition costs.
"""

import json
import math
import struct
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

PITCH_M: Final = 0.42  # between neighbouring places of a shelf
SHELF_M: Final = 0.48  # between shelves
AISLE_M: Final = 1.6  # between rows of racks
PER_SHELF: Final = 40
SHELVES: Final = 8
# Positions and normals (n, 3) and indices (3 × triangles) of one part.
_Shape: TypeAlias = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.uint16]]
COLOURS: Final = (
    "#2f5d8a", "#8a5a2f", "#3f8f5f", "#a33f3f", "#6b6f76", "#c08a2d",
    "#4f7f8f", "#7a4f8f", "#8f8f5a", "#b8bec6", "#39424e", "#d0703c",
)  # fmt: skip


UNIQUE_TRIANGLES: Final = 500  # of each part of a rack without repetition
UNIQUE_SIDES: Final = 18
UNIQUE_RINGS: Final = 14


def write(
    path: Path, occurrences: int = 100_000, parts: int = 500, *, unique: bool = False
) -> None:
    """Write the rack.

    path: ends in .glb.  occurrences: placements with geometry.  parts: unique shapes.
    unique: as many parts as occurrences, each of UNIQUE_TRIANGLES; `parts` is not looked at.
    """
    parts = occurrences if unique else min(parts, occurrences)
    document: dict[str, Any] = {
        "asset": {"version": "2.0", "generator": "holotable sample rack"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "materials": [
            {
                "name": f"Paint {index + 1}",
                "pbrMetallicRoughness": {
                    "baseColorFactor": [*(_linear(colour)), 1.0],
                    "metallicFactor": 0.1,
                    "roughnessFactor": 0.7,
                },
            }
            for index, colour in enumerate(COLOURS)
        ],
        "meshes": [],
        "accessors": [],
        "bufferViews": [],
        "nodes": _places(occurrences, parts),
    }
    binary = bytearray()
    for number in range(parts):
        _add_mesh(document, binary, number, _vase(number) if unique else _turned(number))
    document["buffers"] = [{"byteLength": len(binary)}]
    text = json.dumps(document, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    with path.open("wb") as out:
        out.write(struct.pack("<4sII", b"glTF", 2, 12 + 8 + len(text) + 8 + len(binary)))
        out.write(struct.pack("<I4s", len(text), b"JSON") + text)
        out.write(struct.pack("<I4s", len(binary), b"BIN\0"))
        out.write(binary)


def triangles_of(number: int) -> int:
    """Triangles of part `number`: a turned profile of 2 or 3 steps with 10 to 24 sides, closed."""
    sides, rings = _sides(number), len(_profile(number))
    return 2 * sides * (rings - 1) + 2 * (sides - 2)


def _sides(number: int) -> int:
    return 10 + 2 * (number % 8)


def _profile(number: int) -> NDArray[np.float64]:
    """(k, 2) radius and height, metres, from bottom to top; no two parts alike."""
    radius = 0.06 + 0.1 * ((number * 37) % 101) / 101
    height = 0.12 + 0.2 * ((number * 53) % 97) / 97
    neck = radius * (0.45 + 0.4 * ((number * 29) % 89) / 89)
    shoulder = height * (0.35 + 0.4 * ((number * 17) % 83) / 83)
    steps = [(radius, 0.0), (radius, shoulder), (neck, shoulder), (neck, height)]
    if number % 3 == 0:
        lip = height + 0.012
        steps += [(radius * 0.9, height), (radius * 0.9, lip)]
    return np.array(steps)


def _turned(number: int) -> _Shape:
    """A machined part with sharp edges: each triangle has corners of its own."""
    profile, sides = _profile(number), _sides(number)
    angles = np.arange(sides) * (2 * math.pi / sides)
    around = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    points = np.empty((len(profile), sides, 3))
    points[..., 0] = profile[:, None, 0] * around[None, :, 0]
    points[..., 1] = profile[:, None, 1]
    points[..., 2] = profile[:, None, 0] * around[None, :, 1]
    here = np.arange(sides)
    beside = (here + 1) % sides
    faces = []
    for ring in range(len(profile) - 1):
        low, high = ring * sides, (ring + 1) * sides
        faces.append(np.stack([low + here, high + here, low + beside], 1))
        faces.append(np.stack([low + beside, high + here, high + beside], 1))
    fan = np.arange(1, sides - 1)
    top = (len(profile) - 1) * sides
    faces.append(np.stack([np.zeros_like(fan), fan, fan + 1], 1))
    faces.append(np.stack([np.full_like(fan, top), top + fan + 1, top + fan], 1))
    corners = points.reshape(-1, 3)[np.concatenate(faces)].astype(np.float32)
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    length = np.linalg.norm(across, axis=1, keepdims=True)
    normals = np.repeat((across / np.maximum(length, 1e-20))[:, None, :], 3, axis=1)
    positions = corners.reshape(-1, 3)
    return (
        positions,
        normals.reshape(-1, 3).astype(np.float32),
        np.arange(len(positions), dtype=np.uint16),
    )


def _vase(number: int) -> _Shape:
    """A smooth turned body with flat ends; no two numbers below 700,000 give the same one."""
    waves = 1 + number % 3
    height = 0.14 + 0.24 * ((number * 53) % 97) / 97
    radius = 0.05 + 0.07 * ((number * 37) % 101) / 101
    depth = 0.12 + 0.3 * ((number * 29) % 89) / 89
    phase = 2 * math.pi * ((number * 17) % 83) / 83
    up = np.linspace(0.0, 1.0, UNIQUE_RINGS)
    swing = 2 * math.pi * waves * up + phase
    profile = radius * (1 + depth * np.sin(swing))
    slope = radius * depth * np.cos(swing) * 2 * math.pi * waves / height
    angles = np.arange(UNIQUE_SIDES) * (2 * math.pi / UNIQUE_SIDES)
    around = np.stack([np.cos(angles), np.zeros(UNIQUE_SIDES), np.sin(angles)], axis=1)
    body = profile[:, None, None] * around[None, :, :]
    body[..., 1] = height * up[:, None]
    leaning = np.repeat(around[None, :, :], UNIQUE_RINGS, axis=0)
    leaning[..., 1] = -slope[:, None]
    leaning /= np.linalg.norm(leaning, axis=2, keepdims=True)
    ends = np.array([[0.0, -1.0, 0.0], [0.0, 1.0, 0.0]])
    positions = np.concatenate([body.reshape(-1, 3), body[0], body[-1]])
    normals = np.concatenate([leaning.reshape(-1, 3), np.repeat(ends, UNIQUE_SIDES, axis=0)])
    here = np.arange(UNIQUE_SIDES)
    beside = (here + 1) % UNIQUE_SIDES
    faces = []
    for ring in range(UNIQUE_RINGS - 1):
        low, high = ring * UNIQUE_SIDES, (ring + 1) * UNIQUE_SIDES
        faces.append(np.stack([low + here, high + here, low + beside], 1))
        faces.append(np.stack([low + beside, high + here, high + beside], 1))
    fan = np.arange(1, UNIQUE_SIDES - 1)
    bottom = UNIQUE_RINGS * UNIQUE_SIDES
    top = bottom + UNIQUE_SIDES
    faces.append(np.stack([np.full_like(fan, bottom), bottom + fan, bottom + fan + 1], 1))
    faces.append(np.stack([np.full_like(fan, top), top + fan + 1, top + fan], 1))
    indices = np.concatenate(faces).reshape(-1).astype(np.uint16)
    return positions.astype(np.float32), normals.astype(np.float32), indices


def _add_mesh(document: dict[str, Any], binary: bytearray, number: int, shape: _Shape) -> None:
    positions, normals, indices = shape
    attributes = {
        "POSITION": _add_accessor(document, binary, positions, 34962, bounds=True),
        "NORMAL": _add_accessor(document, binary, normals, 34962),
    }
    document["meshes"].append(
        {
            "name": f"Part {number + 1:03d}",
            "primitives": [
                {
                    "attributes": attributes,
                    "indices": _add_accessor(document, binary, indices, 34963),
                    "material": number % len(COLOURS),
                }
            ],
        }
    )


def _add_accessor(
    document: dict[str, Any],
    binary: bytearray,
    values: NDArray[Any],
    target: int,
    *,
    bounds: bool = False,
) -> int:
    binary += b"\0" * (-len(binary) % 4)
    view = {"buffer": 0, "byteOffset": len(binary), "byteLength": values.nbytes, "target": target}
    binary += values.tobytes()
    document["bufferViews"].append(view)
    accessor: dict[str, Any] = {
        "bufferView": len(document["bufferViews"]) - 1,
        "componentType": 5126 if values.dtype == np.float32 else 5123,
        "count": len(values),
        "type": "VEC3" if values.ndim == 2 else "SCALAR",
    }
    if bounds:
        accessor |= {"min": values.min(0).tolist(), "max": values.max(0).tolist()}
    document["accessors"].append(accessor)
    return len(document["accessors"]) - 1


def _places(occurrences: int, parts: int) -> list[dict[str, Any]]:
    """The tree Rack > Row > Shelf > item; node 0 is the rack."""
    nodes: list[dict[str, Any]] = [{"name": "Rack", "children": []}]
    done = 0
    row = 0
    while done < occurrences:
        row += 1
        row_node: dict[str, Any] = {
            "name": f"Row {row:03d}",
            "translation": [0.0, 0.0, round((row - 1) * AISLE_M, 6)],
            "children": [],
        }
        nodes[0]["children"].append(len(nodes))
        nodes.append(row_node)
        for shelf in range(SHELVES):
            if done >= occurrences:
                break
            shelf_node: dict[str, Any] = {
                "name": f"Shelf {row:03d}-{shelf + 1}",
                "translation": [0.0, round(shelf * SHELF_M, 6), 0.0],
                "children": [],
            }
            row_node["children"].append(len(nodes))
            nodes.append(shelf_node)
            for place in range(min(PER_SHELF, occurrences - done)):
                turn = math.radians((done * 7) % 360) / 2
                shelf_node["children"].append(len(nodes))
                nodes.append(
                    {
                        "name": f"Item {done + 1:06d}",
                        "mesh": done % parts,
                        "translation": [round(place * PITCH_M, 6), 0.0, 0.0],
                        "rotation": [0.0, round(math.sin(turn), 9), 0.0, round(math.cos(turn), 9)],
                    }
                )
                done += 1
    return nodes


def _linear(colour: str) -> list[float]:
    """sRGB #rrggbb to linear (IEC 61966-2-1), as glTF 2.0 §3.9.2 wants base colours."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [round(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4, 6) for c in channels]
