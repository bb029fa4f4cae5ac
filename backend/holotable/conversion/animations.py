"""animations.json: how rows of the tree move, as data; docs/formats/surfaces.md specifies it."""

from pathlib import Path
from typing import Any, Final

import numpy as np

from holotable.conversion.structure import write_json
from holotable.review.scene import Floats32, Scene
from holotable.review.surface import Channel

FORMAT: Final = "holotable-animations/1"


def write_animations(path: Path, scene: Scene) -> dict[str, Any] | None:
    """Write the file when the scene has animations; returns the manifest's `animations`."""
    if not scene.animations:
        return None
    document = {
        "format": FORMAT,
        "animations": [
            {
                "name": animation.name,
                "duration_s": max(_numbers(c.times[-1:])[0] for c in animation.channels),
                "channels": [_channel(channel) for channel in animation.channels],
            }
            for animation in scene.animations
        ],
    }
    write_json(path, document)
    return {
        "file": path.name,
        "bytes": path.stat().st_size,
        "count": len(scene.animations),
        "names": [animation.name for animation in scene.animations],
    }


def _channel(channel: Channel) -> dict[str, Any]:
    return {
        "row": channel.node,
        "path": channel.path,
        "interpolation": channel.interpolation,
        "times": _numbers(channel.times),
        "values": _numbers(channel.values),
    }


def _numbers(values: Floats32) -> list[float]:
    """A flat list of the shortest decimals that are the same float32."""
    found: list[float] = values.reshape(-1).astype("U").astype(np.float64).tolist()
    return found
