"""A correction of what a file says of its unit and of which way is up, as a map of its model.

Data of the revision, applied by whoever shows or measures the package; nothing is converted again.
"""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]

METRES_PER_UNIT: Final[Mapping[str, float]] = {
    "um": 1e-6,
    "mm": 1e-3,
    "cm": 1e-2,
    "m": 1.0,
    "km": 1e3,
    "in": 0.0254,
    "ft": 0.3048,
}
_Z_UP_TO_Y_UP: Final = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])


def correction(said: Mapping[str, Any], placement: Mapping[str, Any] | None) -> Floats:
    """(4, 4): from the model as it was converted to the model as it is.

    said: kind, length_unit and up_axis of the source, as the manifest has them; without a unit
    millimetres were assumed, without an axis z up, for OBJ y.
    placement: {unit, up_axis}, each absent or null to believe the file.
    """
    matrix = np.eye(4)
    wanted = placement or {}
    read_as = METRES_PER_UNIT.get(str(said.get("length_unit") or "mm"))
    unit = METRES_PER_UNIT.get(str(wanted.get("unit")))
    if unit is not None and read_as is not None:
        matrix[:3, :3] *= unit / read_as
    assumed = said.get("up_axis") or ("y" if said.get("kind") == "obj" else "z")
    axis = wanted.get("up_axis") or assumed
    if axis != assumed:
        matrix[:3, :3] @= _Z_UP_TO_Y_UP if axis == "z" else _Z_UP_TO_Y_UP.T
    return matrix
