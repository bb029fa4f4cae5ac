"""Point clouds in model.glb: float positions and colours, for anybody else's tool.

At most MODEL_POINTS of them: beyond, every k-th, since those tools load a model whole.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from holotable.conversion.glb import GlbDocument
from holotable.review.points import PointCloud

MODEL_POINTS: Final = 2_000_000  # 32 MB


def add_points(document: GlbDocument, name: str, cloud: PointCloud, material: int) -> int:
    """Add a mesh of one POINTS primitive (glTF 2.0 §3.7.2.1); returns its number.

    material: for a cloud without colours of its own.
    """
    every = slice(None, None, -(-len(cloud.positions) // MODEL_POINTS))
    positions = np.ascontiguousarray(cloud.positions[every])
    count = len(positions)
    limits = (positions.min(axis=0).tolist(), positions.max(axis=0).tolist())
    view = document.view(positions, "vertices")
    attributes = {"POSITION": document.accessor(view, positions.dtype, count, 3, bounds=limits)}
    primitive: dict[str, object] = {"attributes": attributes, "mode": 0}
    if cloud.colours is None:
        primitive["material"] = material
    else:
        # COLOR_0 is linear light, ours is sRGB: 16 bits keep the dark ones apart.
        colours = np.full((count, 4), 65_535, np.uint16)
        colours[:, :3] = _LINEAR[cloud.colours[every]]
        view = document.view(colours, "vertices")
        attributes["COLOR_0"] = document.accessor(view, colours.dtype, count, 4, normalized=True)
    return document.add("meshes", {"name": name, "primitives": [primitive]})


def _linear_table() -> NDArray[np.uint16]:
    """sRGB bytes as linear light of 16 bits (IEC 61966-2-1)."""
    srgb = np.arange(256) / 255
    light = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    return np.asarray(np.rint(light * 65_535), np.uint16)


_LINEAR: Final = _linear_table()
