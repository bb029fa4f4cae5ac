"""Point instancers (UsdGeomPointInstancer): where each placement stands and what it places."""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from holotable.conversion.normals import Numbers
from holotable.conversion.readers.colours import Colours, pack_rows, to_srgb
from holotable.conversion.readers.usd_geometry import Primvar, array, value, whole_numbers
from holotable.conversion.readers.usd_library import UsdGeom
from holotable.errors import DamagedFile, TooComplex
from holotable.review.scene import Floats

Prim: TypeAlias = Any  # Usd.Prim: the library has no types


@dataclass(frozen=True, slots=True)
class Placements:
    """All placements of one instancer.

    prototypes: (n,) number of the prototype placed. matrices: (n, 4, 4) to the instancer's frame.
    labels: (n,) the file's ids, or the rank. named: whether labels are the file's own.
    visible: (n,). active: those that exist at all.
    """

    prototypes: Numbers
    matrices: Floats
    labels: Numbers
    named: bool
    visible: NDArray[np.bool_]
    active: Numbers


def read_placements(prim: Prim, limit: int) -> Placements | None:
    """The placements; None when there are none. raises: TooComplex, DamagedFile."""
    instancer = UsdGeom.PointInstancer(prim)
    numbers = whole_numbers(instancer.GetProtoIndicesAttr())
    count = len(numbers)
    if count > limit:
        raise TooComplex(f"The model places more than {limit:,} parts.", limit=limit)
    if count == 0:
        return None
    if numbers.min() < 0 or numbers.max() >= len(instancer.GetPrototypesRel().GetTargets()):
        raise DamagedFile(f"{prim.GetName()} places a prototype that does not exist.")
    ids = whole_numbers(instancer.GetIdsAttr())
    named = len(ids) == count and len(np.unique(ids)) == count
    labels = ids if named else np.arange(count)
    hidden = whole_numbers(instancer.GetInvisibleIdsAttr())
    inactive = prim.GetMetadata("inactiveIds")
    gone = [] if inactive is None else list(inactive.GetAddedOrExplicitItems())
    return Placements(
        numbers,
        _matrices(prim, instancer, count),
        labels,
        named,
        ~np.isin(labels, hidden),
        np.flatnonzero(~np.isin(labels, np.array(gone, np.int64))),
    )


def _matrices(prim: Prim, instancer: Any, count: int) -> Floats:
    """(n, 4, 4) of positions, orientations and scales."""

    def rows(attribute: Any, width: int) -> Floats | None:
        found = array(attribute, width)
        if found is not None and len(found) != count:
            raise DamagedFile(f"{prim.GetName()} has {len(found)} values for {count} placements.")
        return found

    positions = rows(instancer.GetPositionsAttr(), 3)
    if positions is None:
        raise DamagedFile(f"{prim.GetName()} has placements without positions.")
    matrices = np.tile(np.eye(4), (count, 1, 1))
    turns = _quaternions(instancer, count)
    if turns is not None:
        matrices[:, :3, :3] = turns
    scales = rows(instancer.GetScalesAttr(), 3)
    if scales is not None:
        matrices[:, :3, :3] *= scales[:, None, :]
    matrices[:, :3, 3] = positions
    return matrices


def _quaternions(instancer: Any, count: int) -> Floats | None:
    """(n, 3, 3) of orientations; their array form is real first, then i, j, k."""
    precise = getattr(instancer, "GetOrientationsfAttr", None)
    found = (value(precise()) if precise else None) or value(instancer.GetOrientationsAttr())
    if found is None or len(found) == 0:
        return None
    if len(found) != count:
        raise DamagedFile(f"A point instancer has {len(found)} turns for {count} placements.")
    rows = np.array([[q.real, *q.imaginary] for q in found], np.float64)
    if not np.isfinite(rows).all():
        raise DamagedFile("A number of the USD scene is not finite.")
    length = np.linalg.norm(rows, axis=1)
    rows[length < 1e-6] = (1.0, 0.0, 0.0, 0.0)
    w, x, y, z = (rows / np.where(length < 1e-6, 1.0, length)[:, None]).T
    return np.stack(
        [
            np.stack([1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)], axis=1),
            np.stack([2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)], axis=1),
            np.stack([2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)], axis=1),
        ],
        axis=1,
    )


def placement_colours(colour: Primvar | None, count: int) -> Colours | None:
    """(n,) packed colour of each placement, when the instancer has one for each."""
    if colour is None or colour.count != count or count == 1:
        return None
    linear = colour.values[colour.at(np.arange(count))]
    return pack_rows(to_srgb(linear))
