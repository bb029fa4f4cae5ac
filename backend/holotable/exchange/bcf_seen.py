"""A viewpoint of BCF as one of ours: camera, cuts, visibility, colours and selection of a revision.

What our views have no place for (lines, bitmaps, hints) stays in the BCF value, which is kept.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import numpy as np
from pydantic import ValidationError

from holotable.exchange import bcf_model as bcf
from holotable.exchange.bcf import SYSTEM, ifc_guid, y_up
from holotable.exchange.topics import Vec3
from holotable.review.viewpoint import FORMAT, Viewpoint, document

_MAX_PLANES: Final = 6
_MAX_IDS: Final = 10_000  # of one list
_AHEAD_M: Final = 10.0  # of the eye: BCF has a direction, our camera a target
_SQUARE: Final = 1e-4  # of unit vectors: how far from a right angle sides of a box may be


@dataclass(frozen=True, slots=True)
class Model:
    """A revision that views may be of. ids: its rows by what names them in BCF."""

    revision_id: UUID
    asset_id: UUID
    structure: str | None  # sha256 of structure.json
    ids: Mapping[str, str]


def named_rows(ids: Sequence[str]) -> dict[str, str]:
    """Rows by their own ids and by their IFC guids."""
    return {ifc_guid(one): one for one in ids} | {one: one for one in ids}


@dataclass(slots=True)
class _Found:
    """Components as ids of rows. missing: how many are not in the model."""

    model: Model
    missing: int = 0

    def ids(self, parts: Sequence[bcf.Component] | None) -> list[str]:
        """Each once, in order."""
        found: dict[str, None] = {}
        for part in parts or ():
            own = part.originating_system == SYSTEM or part.ifc_guid is None
            said = (part.authoring_tool_id if own else None, part.ifc_guid)
            id_ = next((self.model.ids[one] for one in said if one and one in self.model.ids), None)
            if id_ is None:
                self.missing += 1
            else:
                found[id_] = None
        self.missing += max(0, len(found) - _MAX_IDS)
        return list(found)[:_MAX_IDS]


def document_of(view: bcf.Viewpoint, model: Model) -> tuple[dict[str, Any] | None, int]:
    """holotable-viewpoint/1 of a view, and how much of it is not in this model.

    None when there is no camera that looks anywhere.
    """
    camera = _camera(view)
    if camera is None:
        return None, 0
    found = _Found(model)
    said: dict[str, Any] = {
        "format": FORMAT,
        "revision_id": str(model.revision_id),
        "camera": camera,
    }
    if model.structure is not None:
        said["structure"] = model.structure
    if view.clipping_planes:
        said["sections"] = _sections(view.clipping_planes, found)
    if view.components is not None and model.structure is not None:
        said |= _parts(view.components, found)
    try:
        made = Viewpoint.model_validate(said)
    except ValidationError:
        return None, 1  # numbers beyond what any model has
    return document(made), found.missing


def _camera(view: bcf.Viewpoint) -> dict[str, Any] | None:
    seen = view.orthogonal_camera or view.perspective_camera
    if seen is None:
        return None
    along, up = _unit(y_up(seen.camera_direction)), _unit(y_up(seen.camera_up_vector))
    if along is None or up is None:
        return None
    eye = y_up(seen.camera_view_point)
    flat = isinstance(seen, bcf.OrthogonalCamera)
    said: dict[str, Any] = {
        "position": list(eye),
        "target": [a + _AHEAD_M * b for a, b in zip(eye, along, strict=True)],
        "up": list(up),
        "fov_rad": math.pi / 4 if flat else math.radians(view_angle(seen)),
    }
    if isinstance(seen, bcf.OrthogonalCamera):
        said["ortho_height_m"] = seen.view_to_world_scale
    return said


def view_angle(camera: bcf.PerspectiveCamera | bcf.OrthogonalCamera) -> float:
    """Degrees of the whole height."""
    return camera.field_of_view if isinstance(camera, bcf.PerspectiveCamera) else 45.0


def _sections(planes: Sequence[bcf.ClippingPlane], found: _Found) -> dict[str, Any]:
    """Planes as ours; six at the end that are the sides of a box are that box."""
    cuts: list[tuple[Vec3, Vec3]] = []
    for plane in planes:
        away = _unit(y_up(plane.direction))
        if away is None:
            found.missing += 1
        else:  # theirs points to what is cut away, ours to what stays
            cuts.append((y_up(plane.location), (-away[0], -away[1], -away[2])))
    box = _box(cuts[-6:])
    if box is not None:
        cuts = cuts[:-6]
    found.missing += max(0, len(cuts) - _MAX_PLANES)
    said: dict[str, Any] = {
        "planes": [
            {
                "id": f"bcf-{place}",
                "name": str(place + 1),
                "normal": [one + 0.0 for one in normal],
                "offset_m": math.fsum(a * b for a, b in zip(normal, point, strict=True)),
            }
            for place, (point, normal) in enumerate(cuts[:_MAX_PLANES])
        ]
    }
    return said if box is None else {**said, "box": box}


def _box(cuts: Sequence[tuple[Vec3, Vec3]]) -> dict[str, Any] | None:
    """Three pairs of opposite planes at right angles to each other, as `cuts_of` writes a box."""
    if len(cuts) != 6:
        return None
    normals = np.array([normal for _, normal in cuts])
    points = np.array([point for point, _ in cuts])
    axes = -normals[::2]
    opposite = np.allclose(normals[1::2], axes, atol=_SQUARE)
    if not opposite or not np.allclose(axes @ axes.T, np.eye(3), atol=_SQUARE):
        return None
    high = np.einsum("ij,ij->i", points[::2], axes)
    low = np.einsum("ij,ij->i", points[1::2], axes)
    if np.any(high - low < 1e-9) or np.linalg.det(axes) < 0:
        return None
    centre = axes.T @ ((high + low) / 2)
    return {
        "centre": [float(one) + 0.0 for one in centre],
        "half": [float(one) for one in (high - low) / 2],
        "rotation": _quaternion(axes.T.tolist()),
    }


def _quaternion(m: Sequence[Sequence[float]]) -> list[float]:
    """x, y, z, w of a rotation matrix (Shepperd 1978): the largest of the four is divided by."""
    trace = m[0][0] + m[1][1] + m[2][2]
    four = [
        1 + m[0][0] - m[1][1] - m[2][2],
        1 - m[0][0] + m[1][1] - m[2][2],
        1 - m[0][0] - m[1][1] + m[2][2],
        1 + trace,
    ]
    most = max(range(4), key=lambda at: four[at])
    x, y, z = m[2][1] - m[1][2], m[0][2] - m[2][0], m[1][0] - m[0][1]
    xy, xz, yz = m[0][1] + m[1][0], m[0][2] + m[2][0], m[1][2] + m[2][1]
    rows = ((four[0], xy, xz, x), (xy, four[1], yz, y), (xz, yz, four[2], z), (x, y, z, four[3]))
    length = math.sqrt(math.fsum(one * one for one in rows[most]))
    return [one / length + 0.0 for one in rows[most]]


def _parts(components: bcf.Components, found: _Found) -> dict[str, Any]:
    said: dict[str, Any] = {}
    shown = components.visibility
    if shown is not None:
        ids = found.ids(shown.exceptions)
        if shown.default_visibility is False:
            hidden = {"ids": ids, "all_but": True}
            said["visibility"] = {"hidden": hidden, "isolated": True}
        elif ids:
            said["visibility"] = {"hidden": {"ids": ids}}
    chosen = found.ids(components.selection)
    if chosen:
        said["selection"] = {"parts": {"ids": chosen}}
    groups, coloured = [], set[str]()
    for one in components.coloring or ():
        ids = [id_ for id_ in found.ids(one.components) if id_ not in coloured]
        coloured |= set(ids)
        colour = f"#{one.color[-6:].lower()}"  # AARRGGBB: ours do not shine through
        if ids:
            groups.append({"label": colour, "colour": colour, "parts": {"ids": ids}})
    if groups:
        said["colouring"] = {"title": "BCF", "groups": groups}
    return said


def _unit(vector: Vec3) -> Vec3 | None:
    length = math.hypot(*vector)
    if not 1e-12 < length < math.inf:
        return None
    x, y, z = (one / length + 0.0 for one in vector)
    return x, y, z
