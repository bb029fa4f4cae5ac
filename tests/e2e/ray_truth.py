"""What lies under a pixel, told by an independent reader: model.glb, numpy and no line of ours."""

import json
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
COMPONENTS = {5120: np.int8, 5121: np.uint8, 5122: np.int16, 5123: np.uint16, 5125: np.uint32, 5126: np.float32}  # fmt: skip
WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}


@dataclass
class Model:
    """Placed triangles of a plain glTF, by occurrence id.

    ids: one per placement.  inverse: (n, 4, 4) model to part frame.  mesh: (n,) index of `triangles`.
    triangles: per mesh (m, 3, 3) metres.  low, high: (n, 3) placed bounds.
    """

    ids: list[str]
    inverse: Floats
    mesh: NDArray[np.int64]
    triangles: list[Floats]
    low: Floats
    high: Floats

    @classmethod
    def read(cls, glb: bytes) -> "Model":
        size = struct.unpack_from("<I", glb, 12)[0]
        document: dict[str, Any] = json.loads(glb[20 : 20 + size])
        binary = glb[28 + size :]

        def accessor(index: int) -> NDArray[Any]:
            entry = document["accessors"][index]
            view = document["bufferViews"][entry["bufferView"]]
            kind, width = np.dtype(COMPONENTS[entry["componentType"]]), WIDTHS[entry["type"]]
            start = view.get("byteOffset", 0) + entry.get("byteOffset", 0)
            stride = view.get("byteStride", kind.itemsize * width)
            raw = np.ndarray((entry["count"], width), kind, binary, start, (stride, kind.itemsize))
            return np.array(raw)

        def local(node: dict[str, Any]) -> Floats:
            if "matrix" in node:
                return np.array(node["matrix"], float).reshape(4, 4).T
            x, y, z, w = node.get("rotation", (0, 0, 0, 1))
            matrix = np.eye(4)
            matrix[:3, :3] = np.array(
                [[1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
                 [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
                 [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)]]
            ) * np.array(node.get("scale", (1, 1, 1)), float)  # fmt: skip
            matrix[:3, 3] = node.get("translation", (0, 0, 0))
            return matrix

        triangles: list[Floats] = []
        for mesh in document["meshes"]:
            pieces = [
                accessor(p["attributes"]["POSITION"]).astype(float)[accessor(p["indices"])[:, 0]]
                for p in mesh["primitives"]
            ]
            triangles.append(np.concatenate(pieces).reshape(-1, 3, 3))
        ids, worlds, meshes = [], [], []
        stack = [(root, np.eye(4)) for root in document["scenes"][0]["nodes"]]
        while stack:
            index, above = stack.pop()
            node = document["nodes"][index]
            world = above @ local(node)
            if "mesh" in node:
                ids.append(node["extras"]["id"])
                worlds.append(world)
                meshes.append(node["mesh"])
            stack += [(child, world) for child in node.get("children", [])]
        lows, highs = [], []
        for world, mesh_index in zip(worlds, meshes, strict=True):
            points = triangles[mesh_index].reshape(-1, 3) @ world[:3, :3].T + world[:3, 3]
            lows.append(points.min(0))
            highs.append(points.max(0))
        return cls(
            ids,
            np.linalg.inv(np.array(worlds)),
            np.array(meshes),
            triangles,
            np.array(lows),
            np.array(highs),
        )

    def first_hit(self, origin: Floats, direction: Floats) -> str | None:
        """Id of the first occurrence that a ray meets; origin and direction in the model frame."""
        with np.errstate(divide="ignore", invalid="ignore"):
            one, two = (self.low - origin) / direction, (self.high - origin) / direction
        near, far = np.fmin(one, two).max(1), np.fmax(one, two).min(1)
        best, found = np.inf, None
        met = np.flatnonzero(far >= np.maximum(near, 0))
        for index in met[np.argsort(near[met])]:
            if near[index] > best:
                break
            inverse = self.inverse[index]
            start = inverse[:3, :3] @ origin + inverse[:3, 3]
            distance = _nearest(
                self.triangles[self.mesh[index]], start, inverse[:3, :3] @ direction
            )
            if distance < best:
                best, found = distance, self.ids[index]
        return found


def _nearest(triangles: Floats, origin: Floats, direction: Floats) -> float:
    """Distance along a ray to the nearest triangle (Möller and Trumbore 1997), inf if none."""
    a, edge1, edge2 = (
        triangles[:, 0],
        triangles[:, 1] - triangles[:, 0],
        triangles[:, 2] - triangles[:, 0],
    )
    across = np.cross(direction, edge2)
    determinant = (edge1 * across).sum(1)
    with np.errstate(divide="ignore", invalid="ignore"):
        to_origin = origin - a
        u = (to_origin * across).sum(1) / determinant
        side = np.cross(to_origin, edge1)
        v = (direction * side).sum(1) / determinant
        t = (edge2 * side).sum(1) / determinant
    inside = (np.abs(determinant) > 1e-18) & (u >= 0) & (v >= 0) & (u + v <= 1) & (t > 1e-9)
    return float(t[inside].min()) if inside.any() else float("inf")


def ray_of_pixel(
    camera: dict[str, Any], x: float, y: float, width: float, height: float
) -> tuple[Floats, Floats]:
    """Origin and direction of the view ray through a pixel; x and y from the viewport's top left."""
    position, target, up = (np.array(camera[name], float) for name in ("position", "target", "up"))
    ahead = (target - position) / np.linalg.norm(target - position)
    right = np.cross(ahead, up)
    right /= np.linalg.norm(right)
    above = np.cross(right, ahead)
    dx, dy = 2 * x / width - 1, 1 - 2 * y / height
    half = np.tan(camera["fov_rad"] / 2)
    direction = ahead + right * dx * half * width / height + above * dy * half
    return position, direction / np.linalg.norm(direction)
