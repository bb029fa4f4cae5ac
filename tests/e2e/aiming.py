"""Where a point of the file is in the picture: so that a mouse can be moved onto it."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from e2e.people import Person

Floats = npt.NDArray[np.float64]


def pixel_of(
    camera: dict[str, Any], point: Floats, width: float, height: float
) -> tuple[float, float] | None:
    """Where a point of the model frame is, pixels from the viewport's top left; None behind the eye."""
    position, target, up = (np.array(camera[name], float) for name in ("position", "target", "up"))
    ahead = (target - position) / np.linalg.norm(target - position)
    right = np.cross(ahead, up)
    right /= np.linalg.norm(right)
    above = np.cross(right, ahead)
    away = point - position
    depth = float(away @ ahead)
    if camera["ortho_height_m"] is not None:
        half = camera["ortho_height_m"] / 2
    elif depth > 1e-9:
        half = depth * float(np.tan(camera["fov_rad"] / 2))
    else:
        return None
    x = float(away @ right) / (half * width / height)
    y = float(away @ above) / half
    return (x + 1) / 2 * width, (1 - y) / 2 * height


def eye_of(person: Person) -> Floats:
    """Where the camera is, metres in the axes of a file whose z is up."""
    x, y, z = np.array(person.ux("camera")["position"], float) + person.ux("origin")
    return np.array([x, -z, y])


def place_of(person: Person, point_m: Sequence[float], up_axis: str = "z") -> Floats | None:
    """Where a point of the file is in the viewport, CSS pixels; None outside of it."""
    return places(person, up_axis)(point_m)


def places(person: Person, up_axis: str = "z") -> Callable[[Sequence[float]], Floats | None]:
    """`place_of` for many points, while the camera rests."""
    box = person.viewport()
    camera = person.ux("camera")
    origin = np.array(person.ux("origin"), float)

    def place(point_m: Sequence[float]) -> Floats | None:
        x, y, z = point_m
        turned = np.array([x, z, -y] if up_axis == "z" else [x, y, z], float)
        at = pixel_of(camera, turned - origin, box["width"], box["height"])
        if at is None or not (0 < at[0] < box["width"] and 0 < at[1] < box["height"]):
            return None
        return np.array(at)

    return place


def moves_to(person: Person, point_m: Sequence[float], up_axis: str = "z") -> None:
    """Move the mouse onto a point of the file, metres in its own axes."""
    at = place_of(person, point_m, up_axis)
    assert at is not None, f"{point_m} is not in the picture"
    box = person.viewport()
    person.page.mouse.move(box["x"] + at[0], box["y"] + at[1], steps=3)
