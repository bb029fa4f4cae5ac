"""Volume of generated B-rep shapes, by Open CASCADE's own integrals: a second opinion to ours."""

from dataclasses import dataclass
from typing import Any

from OCP.BRepGProp import BRepGProp
from OCP.GProp import GProp_GProps
from OCP.TopAbs import TopAbs_ShapeEnum
from OCP.TopExp import TopExp_Explorer


@dataclass(frozen=True)
class Measured:
    """volume: in the shape's unit cubed, of all its solids."""

    volume: float
    is_solid: bool


def measure(shape: Any) -> Measured:
    """Integrate over the solids of a shape, each counted positive."""
    volume, solids = 0.0, 0
    explorer = TopExp_Explorer(shape, TopAbs_ShapeEnum.TopAbs_SOLID)
    while explorer.More():
        enclosed = GProp_GProps()
        BRepGProp.VolumeProperties_s(explorer.Current(), enclosed)
        volume += abs(enclosed.Mass())
        solids += 1
        explorer.Next()
    return Measured(volume, solids > 0)
