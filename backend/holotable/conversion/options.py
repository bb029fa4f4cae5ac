"""What a conversion is told besides the file: tolerance, unit and axis corrections, limits."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

from holotable.errors import Invalid

Stage: TypeAlias = str  # reading | tessellating | optimising
Report: TypeAlias = Callable[[str, float], None]  # stage, fraction of that stage from 0 to 1
LengthUnit: TypeAlias = Literal["um", "mm", "cm", "m", "km", "in", "ft"]
UpAxis: TypeAlias = Literal["y", "z"]

METRES_PER_UNIT: Final[dict[LengthUnit, float]] = {
    "um": 1e-6,
    "mm": 1e-3,
    "cm": 1e-2,
    "m": 1.0,
    "km": 1e3,
    "in": 0.0254,
    "ft": 0.3048,
}

# Relative tolerance of a part whose file names none: the diagonal over 1,000, between 0.01 mm and
# 5 mm. An absolute 0.1 mm made 841,369 triangles of one 39 m hammer (CONVERSION: gotcha 8).
RELATIVE_DEFLECTION: Final = 1e-3
MIN_DEFLECTION_M: Final = 1e-5
MAX_DEFLECTION_M: Final = 5e-3


@dataclass(frozen=True, slots=True)
class ConvertOptions:
    """Choices and limits of one conversion; readers and the packer take the same value.

    deflection_m: largest distance between a curved face and its triangles; None is relative to
        the part. angle_rad: largest angle between neighbouring facets of a curved face.
    allow_missing: False stops with MissingFiles when the file names others that are not there.
    unit, up_axis: what the person says; None believes the file, and where the file is silent
        millimetres and z up (OBJ and glTF: y up) are assumed.
    """

    deflection_m: float | None = None
    angle_rad: float = 0.5
    unit: LengthUnit | None = None
    up_axis: UpAxis | None = None
    allow_missing: bool = True
    max_triangles: int = 60_000_000  # placed, at level 0
    max_occurrences: int = 500_000
    max_points: int = 200_000_000  # placed
    max_unpacked_bytes: int = 8 * 1024**3
    max_archive_entries: int = 10_000

    def __post_init__(self) -> None:
        """Refuse values that no reader could honour."""
        if self.deflection_m is not None and not (
            math.isfinite(self.deflection_m) and self.deflection_m > 0
        ):
            raise Invalid("The deflection must be a positive length.", field="deflection_m")
        if not 0.01 <= self.angle_rad <= math.pi / 2:
            raise Invalid("The angle must lie between 0.01 and 1.57 radians.", field="angle_rad")
        if self.unit is not None and self.unit not in get_args(LengthUnit):
            raise Invalid(f"The unit must be one of {', '.join(METRES_PER_UNIT)}.", field="unit")
        if self.up_axis is not None and self.up_axis not in get_args(UpAxis):
            raise Invalid("The up axis must be y or z.", field="up_axis")


ReadOptions: TypeAlias = ConvertOptions


def deflection_for(diagonal_m: float, options: ConvertOptions) -> float:
    """The tessellation tolerance in metres for a part of this bounding box diagonal."""
    if options.deflection_m is not None:
        return options.deflection_m
    return min(max(diagonal_m * RELATIVE_DEFLECTION, MIN_DEFLECTION_M), MAX_DEFLECTION_M)
