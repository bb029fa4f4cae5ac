"""Mass properties of a part: exact from its B-rep solids, else from closed triangles, else none.

A surface that is not closed encloses nothing, so it gets no volume but the number of edges where
it is open.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np

from holotable.conversion.normals import Numbers, join, weld
from holotable.review.mass import Body, PartMass
from holotable.review.scene import Floats, Indices, Part

_BLOCK: Final = 500_000  # triangles: their intermediate vectors take ten times their own memory
# Counting open edges takes 0.3 CPU s and 0.2 GB a million: beyond this only "not closed" is said.
MOST_COUNTED: Final = 3_000_000
# ∫ r rᵀ over the tetrahedron of the origin and a, b, c: volume / 20 of (sums of products).
_TETRAHEDRON: Final = 1.0 / 20.0


def part_mass(part: Part) -> PartMass:
    """What the part's shape amounts to, in its frame."""
    density = _density(part)
    if part.volume_m3 is not None and part.centroid_m is not None and part.inertia_m5 is not None:
        exact = Body(part.volume_m3, part.centroid_m, part.inertia_m5)
        return PartMass(part.name, "exact", exact, part.area_m2, 0, density)
    triangles = part.mesh.triangles
    if not len(triangles):
        return PartMass(part.name, None, None, part.area_m2 or None, None, density)
    area = part.area_m2
    if area is None:
        area = mesh_area(part.mesh.positions.astype(float), triangles)
    if part.closed:
        body = mesh_body(part.mesh.positions.astype(float), triangles)
        if body is not None:
            return PartMass(part.name, "mesh", body, area, 0, density)
    count = None
    if len(triangles) <= MOST_COUNTED:
        count = open_edges(part.mesh.positions.astype(float), triangles.astype(np.int64))
    return PartMass(part.name, "open", None, area, count, density)


def _density(part: Part) -> float | None:
    """Kilograms per cubic metre, where the file names a sensible one."""
    given: object = part.density_kg_m3
    if given is None:
        given = part.properties.get("Material", {}).get("density_kg_m3")
    if isinstance(given, bool) or not isinstance(given, int | float):
        return None
    return float(given) if 0.0 < given < 1e6 else None  # osmium has 22,590


def mesh_area(positions: Floats, triangles: Indices) -> float:
    """Square units of all triangles."""
    return sum(
        float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2.0)
        for a, b, c in _corners(positions, triangles)
    )


def _corners(positions: Floats, triangles: Indices) -> Iterator[tuple[Floats, Floats, Floats]]:
    """First, second and third corners of the triangles, in pieces."""
    for start in range(0, len(triangles), _BLOCK):
        corners = positions[triangles[start : start + _BLOCK]]
        yield corners[:, 0], corners[:, 1], corners[:, 2]


def mesh_body(positions: Floats, triangles: Indices) -> Body | None:
    """The body that closed triangles enclose, whichever way they are wound; None when flat.

    Signed tetrahedra from the middle of the box: far from the origin their terms would cancel.
    Blow and Binstock 2004; Tonon 2004, eq. 9.
    """
    middle = (positions.min(axis=0) + positions.max(axis=0)) / 2.0
    volume, first, second = 0.0, np.zeros(3), np.zeros((3, 3))
    for a, b, c in _corners(positions - middle, triangles):
        signed = np.einsum("ij,ij->i", a, np.cross(b, c)) / 6.0
        total = a + b + c
        volume += float(signed.sum())
        first += signed @ total / 4.0
        for corner in (a, b, c, total):
            second += _TETRAHEDRON * np.einsum("i,ij,ik->jk", signed, corner, corner)
    if volume < 0.0:
        volume, first, second = -volume, -first, -second
    if not volume > 0.0:
        return None
    centre = first / volume
    about = second - volume * np.outer(centre, centre)
    return Body(volume, centre + middle, np.trace(about) * np.eye(3) - about)


def open_edges(positions: Floats, triangles: Numbers) -> int:
    """How many edges do not join exactly two triangles that run along it in opposite directions."""
    first, places = weld(positions)
    _, merged, _ = join(positions[first], places[triangles])
    welded = merged[places[triangles]]
    proper = (
        (welded[:, 0] != welded[:, 1])
        & (welded[:, 1] != welded[:, 2])
        & (welded[:, 2] != welded[:, 0])
    )
    welded = welded[proper]
    start, end = welded.reshape(-1), welded[:, [1, 2, 0]].reshape(-1)
    width = int(welded.max(initial=0)) + 1
    # The direction in the lowest bit: a sort takes a seventh of an argsort.
    keys = (np.minimum(start, end) * width + np.maximum(start, end)) * 2 + (start < end)
    keys.sort()
    directions = keys & 1
    keys >>= 1
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]]) if len(keys) else np.zeros(0, int)
    uses = np.diff(np.r_[starts, len(keys)])
    forward = np.add.reduceat(directions, starts) if len(starts) else np.zeros(0, int)
    return int(((uses != 2) | (forward != 1)).sum())
