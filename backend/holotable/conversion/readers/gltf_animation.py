"""Animations of glTF, kept as data: which node moves how; glTF 2.0 §3.11."""

from typing import Final, Literal, TypeAlias

import numpy as np

from holotable.conversion.readers.assembly import Assembly
from holotable.conversion.readers.gltf_data import Document, Object, mapping, object_list, whole
from holotable.conversion.readers.moving import Moving
from holotable.review.scene import Floats

Interpolation: TypeAlias = Literal["STEP", "LINEAR", "CUBICSPLINE"]

_KINDS: Final[dict[str, Interpolation]] = {
    "STEP": "STEP",
    "LINEAR": "LINEAR",
    "CUBICSPLINE": "CUBICSPLINE",
}
_WIDTHS: Final = {"translation": 3, "rotation": 4, "scale": 3}
_MAX_NUMBERS: Final = 4_000_000  # of all channels together: about 40 MB of JSON


def read_animations(document: Document, assembly: Assembly, rows: dict[int, int]) -> None:
    """Hand every animation to the assembly. rows: the assembly's row of each node that is shown."""
    budget = _MAX_NUMBERS
    for index, animation in enumerate(document.objects("animations")):
        samplers = object_list(animation, "samplers")
        moving: list[Moving] = []
        lost = 0
        for channel in object_list(animation, "channels"):
            target = mapping(channel.get("target"))
            path, node = target.get("path"), target.get("node")
            row = None if node is None else rows.get(whole(node, "node"))
            if row is None or path not in (*_WIDTHS, "weights"):
                lost += 1
                continue
            sampler = samplers[whole(channel.get("sampler"), "sampler", len(samplers))]
            budget -= document.count(sampler.get("input")) + document.count(sampler.get("output"))
            if budget < 0:
                assembly.warn("animations_ignored", "The animation is longer than what is kept.")
                return
            curve = _curve(document, sampler, str(path))
            if curve is None:
                lost += 1
                continue
            moving.append(Moving(row, path, *curve))
        name = animation.get("name")
        assembly.add_animation(name if isinstance(name, str) else f"Animation {index}", moving)
        if lost:
            assembly.warn_of_lost_channels(lost)


def _curve(
    document: Document, sampler: Object, path: str
) -> tuple[Interpolation, Floats, Floats] | None:
    """Interpolation, (k,) times, (k, …) values; None for what is no curve."""
    kind = _KINDS.get(str(sampler.get("interpolation", "LINEAR")))
    if kind is None:
        return None
    times = document.rows(sampler.get("input"))[:, 0].astype(np.float64)
    values = document.rows(sampler.get("output")).astype(np.float64)
    count = len(times) * (3 if kind == "CUBICSPLINE" else 1)
    if count == 0 or not np.isfinite(times).all() or not np.isfinite(values).all():
        return None
    if (np.diff(times) < 0).any() or len(values) % count:
        return None
    width = _WIDTHS.get(path)
    if width is not None and (values.shape[1] != width or len(values) != count):
        return None
    if width is None:  # weights: as many for each time as there are morph targets
        values = values.reshape(count, -1)
    if kind == "CUBICSPLINE":
        values = values.reshape(len(times), 3, -1)
    return kind, times, values
