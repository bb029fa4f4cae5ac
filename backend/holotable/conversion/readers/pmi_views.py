"""Cameras of a STEP file as saved views of the scene."""

from collections.abc import Callable

import numpy as np

from holotable.conversion.readers.pmi_geometry import Camera
from holotable.review.annotations import SavedView
from holotable.review.scene import Floats


def saved_view(
    name: str,
    camera: Camera,
    factor: float,
    to_scene: Callable[[Floats], Floats],
    middle: Floats | None,
) -> SavedView:
    """A view that looks at what it shows.

    factor: document millimetres in the camera's unit.  to_scene: (n, 3) document millimetres to
    metres, y up.  middle: (3,) of what the view shows, in the camera's unit, or None.

    Some writers put an orthographic eye into the middle of the model instead of before it; what
    it shows would be behind it. Such an eye steps back by the distance of the view plane.
    """
    eye, forward = camera.eye, camera.forward
    depth = camera.distance
    if middle is not None:
        depth = float((middle - eye) @ forward)
        if camera.height is not None and depth < 0.25 * camera.distance:
            eye = eye - forward * camera.distance
            depth += camera.distance
    if depth <= 0.0:
        depth = camera.distance or 1.0
    points = to_scene(np.stack([eye, eye + forward * depth, eye + camera.up]) * factor)
    position, target, above = points
    up = above - position
    up = up / (float(np.linalg.norm(up)) or 1.0)
    height = None
    if camera.height is not None:
        ends = to_scene(np.stack([np.zeros(3), camera.up * camera.height]) * factor)
        height = float(np.linalg.norm(ends[1] - ends[0]))
    plane = None
    if camera.planes:
        plane = _plane(camera.planes[0], factor, to_scene)
    return SavedView(name, _triple(position), _triple(target), _triple(up), height, plane)


def _plane(
    plane: Floats, factor: float, to_scene: Callable[[Floats], Floats]
) -> tuple[float, float, float, float]:
    """A plane of the camera's frame and unit as one of the scene's."""
    normal = plane[:3]
    at = -plane[3] * normal
    ends = to_scene(np.stack([at, at + normal]) * factor)
    direction = ends[1] - ends[0]
    direction = direction / (float(np.linalg.norm(direction)) or 1.0)
    return (*_triple(direction), -float(direction @ ends[0]))


def _triple(values: Floats) -> tuple[float, float, float]:
    x, y, z = (float(value) + 0.0 for value in values)
    return x, y, z
