"""A stored view (`holotable-viewpoint/1`) as it leaves the house: parts by ids, camera, cuts."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from holotable.exchange.topics import Camera, Cut, Vec3
from holotable.review.mass import Floats

MAX_PARTS: Final = 10_000  # of one list of one view


def named_parts(said: Any, ids: Sequence[str] | None) -> tuple[tuple[str, ...], int]:
    """`Parts` of a view as stable ids, and how many of them have none here."""
    if isinstance(said, Mapping):
        listed = [str(one) for one in said.get("ids") or ()]
        if not said.get("all_but"):
            return tuple(listed[:MAX_PARTS]), max(0, len(listed) - MAX_PARTS)
        if ids is None:
            return (), 1
        rest = sorted(set(ids) - set(listed))
        return tuple(rest[:MAX_PARTS]), max(0, len(rest) - MAX_PARTS)
    found: list[str] = []
    missing = 0
    for first, last in said or ():
        known = () if ids is None else ids[first : last + 1]
        missing += last + 1 - first - len(known)
        found += known
    return tuple(found[:MAX_PARTS]), missing + max(0, len(found) - MAX_PARTS)


def camera_of(said: Any) -> Camera | None:
    """The camera of a stored view."""
    if not isinstance(said, Mapping):
        return None
    position, target, up = (_vec(said[name]) for name in ("position", "target", "up"))
    along = tuple(b - a for a, b in zip(position, target, strict=True))
    length = math.sqrt(sum(one * one for one in along)) or 1.0
    return Camera(
        position=position,
        target=target,
        direction=_vec([one / length for one in along]),
        up=up,
        fov_rad=float(said["fov_rad"]),
        height_m=said.get("ortho_height_m"),
    )


def cuts_of(said: Mapping[str, Any]) -> tuple[Cut, ...]:
    """Planes and the six sides of a box, as far as they cut; dot(normal, p) ≥ offset stays."""
    cuts = []
    for plane in said.get("planes") or ():
        if plane.get("enabled", True):
            normal = _vec(plane["normal"])
            offset = float(plane["offset_m"])
            cuts.append(Cut(_vec([offset * one for one in normal]), normal))
    box = said.get("box")
    if isinstance(box, Mapping) and box.get("enabled", True):
        centre, turned = np.array(box["centre"], float), _rotation(box["rotation"])
        for axis in range(3):
            for side in (1.0, -1.0):
                outwards = turned[:, axis] * side
                point = centre + outwards * float(box["half"][axis])
                cuts.append(Cut(_vec(point.tolist()), _vec((-outwards).tolist())))
    return tuple(cuts)


def _rotation(quaternion: Sequence[float]) -> Floats:
    """(3, 3) of x, y, z, w."""
    x, y, z, w = (float(one) for one in quaternion)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def _vec(said: Sequence[float]) -> Vec3:
    x, y, z = (float(one) + 0.0 for one in said)
    return x, y, z
