"""Binary STL: every placed triangle, without names, colours or tree. STL states no unit; ours is
the millimetre, as every slicer takes it."""

from typing import BinaryIO, Final

import numpy as np

from holotable.errors import TooLarge
from holotable.exchange.part_tree import PartTree

MM: Final = 1000.0
_ROW: Final = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])


def write_stl(out: BinaryIO, tree: PartTree) -> None:
    """Write it; z up as STL is read, millimetres. raises: TooLarge above 2³² triangles."""
    count = sum(len(one.triangles) for _, _, primitives in tree.placed() for one in primitives)
    if count >= 2**32:
        raise TooLarge("STL counts its triangles with 32 bits; this model has more.")
    out.write(b"Holotable: millimetres, z up".ljust(80))
    out.write(np.uint32(count).tobytes())
    for _, world, primitives in tree.placed():
        turned = np.linalg.det(world[:3, :3]) < 0
        for one in primitives:
            points = one.positions.astype(float) @ world[:3, :3].T + world[:3, 3]
            corners = points[one.triangles[:, ::-1] if turned else one.triangles]
            corners = np.stack((corners[..., 0], -corners[..., 2], corners[..., 1]), axis=-1) * MM
            rows = np.zeros(len(corners), _ROW)
            rows["corners"] = corners
            across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
            length = np.linalg.norm(across, axis=1, keepdims=True)
            rows["normal"] = np.divide(across, length, where=length > 0, out=np.zeros_like(across))
            out.write(rows.tobytes())
