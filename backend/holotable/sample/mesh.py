"""A mesh that does not say its unit: an STL bracket, so that the question is asked once."""

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

ARM: Final = 60.0  # file units: what they are, the file does not say
WIDTH: Final = 30.0
THICKNESS: Final = 6.0
VOLUME: Final = (2 * ARM - THICKNESS) * THICKNESS * WIDTH  # of the closed L, cubed file units
TRIANGLES: Final = 20


def write(path: Path) -> None:
    """Write an L-shaped bracket as a binary STL: closed, 20 triangles."""
    outline = np.array(
        [
            (0, 0),
            (ARM, 0),
            (ARM, THICKNESS),
            (THICKNESS, THICKNESS),
            (THICKNESS, ARM),
            (0, ARM),
        ],
        dtype=float,
    )
    corners = _prism(outline, WIDTH)
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = across / np.linalg.norm(across, axis=1, keepdims=True)
    record = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
    triangles = np.zeros(len(corners), record)
    triangles["normal"], triangles["corners"] = normals, corners
    header = b"Holotable sample bracket, unit not stated".ljust(80, b" ")
    path.write_bytes(header + np.uint32(len(triangles)).tobytes() + triangles.tobytes())


def _prism(outline: NDArray[np.float64], depth: float) -> NDArray[np.float64]:
    """(m, 3, 3) outward triangles of an L of six points, counter-clockwise, pulled along y."""
    front = np.stack([outline[:, 0], np.zeros(6), outline[:, 1]], axis=1)
    back = front + np.array([0.0, depth, 0.0])
    faces = [(0, 1, 2), (0, 2, 3), (0, 3, 4), (0, 4, 5)]
    triangles = [[front[a], front[b], front[c]] for a, b, c in faces]
    triangles += [[back[a], back[c], back[b]] for a, b, c in faces]
    for here in range(6):
        there = (here + 1) % 6
        triangles.append([front[here], back[here], back[there]])
        triangles.append([front[here], back[there], front[there]])
    return np.array(triangles)
