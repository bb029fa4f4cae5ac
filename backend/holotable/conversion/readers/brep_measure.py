"""Extent of a B-rep shape, and what sewing loose faces tells: solids, when they close.

Frames and units: those of the shape as Open CASCADE holds it (millimetres, the file's axes).
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from OCP.Bnd import Bnd_Box
from OCP.BRep import BRep_Builder, BRep_Tool
from OCP.BRepBndLib import BRepBndLib
from OCP.BRepBuilderAPI import BRepBuilderAPI_Sewing
from OCP.BRepClass3d import BRepClass3d_SolidClassifier
from OCP.BRepGProp import BRepGProp
from OCP.collections import IndexedMap_TopoDS_Shape_TopTools_ShapeMapHasher as ShapeMap
from OCP.GProp import GProp_GProps
from OCP.Message import Message_ProgressRange
from OCP.TopAbs import TopAbs_ShapeEnum, TopAbs_State
from OCP.TopExp import TopExp, TopExp_Explorer
from OCP.TopoDS import TopoDS, TopoDS_Compound, TopoDS_Shell, TopoDS_Solid

_FACE: Final = TopAbs_ShapeEnum.TopAbs_FACE
_SHELL: Final = TopAbs_ShapeEnum.TopAbs_SHELL
_SOLID: Final = TopAbs_ShapeEnum.TopAbs_SOLID
_VERTEX: Final = TopAbs_ShapeEnum.TopAbs_VERTEX
_INSIDE: Final = TopAbs_State.TopAbs_IN
_MOST_SEWN_FACES: Final = 5_000
_SEWING_TOLERANCE: Final = 0.01  # mm
_SEWING_SHARE: Final = 2e-5  # of the diagonal, 1/50 of the tessellation tolerance
_LARGEST_EXTENT: Final = 1e9  # mm (1,000 km): Open CASCADE's "infinite" planes reach 2e100


def bounding_diagonal(shape: Any) -> float:
    """The length of the shape's box diagonal; 0 for a shape without extent, capped when infinite.

    `AddOptimal` would be tighter and took minutes on 768 parts (CONVERSION: gotcha 9).
    """
    box = Bnd_Box()
    BRepBndLib.Add_s(shape, box, True)
    if box.IsVoid():
        return 0.0
    return float(min(box.SquareExtent() ** 0.5, _LARGEST_EXTENT))


@dataclass(frozen=True, slots=True)
class Sewn:
    """Loose faces joined where their borders meet.

    shape: the joined shape, made of solids that look outwards when it is closed.
    closed: whether no border is left, so that it encloses something.
    faces: of every face of the joined shape the number of the face it was, or −1.
    turned: (faces of the original shape,) which ones look the other way in the joined one.
    """

    shape: Any
    closed: bool
    faces: NDArray[np.int64]
    turned: NDArray[np.bool_]


def sew(shape: Any, diagonal: float) -> Sewn | None:
    """Join a bag of faces; None when it is none, or has too many: 3 ms a face.

    IGES writes faces without neighbours: hammer.iges encloses 205.9 m3 and integrates to 175.7
    as it is, since some faces are inside out. One pair of its borders is 0.2 mm apart, so a second
    try allows a share of the size; it counts only when it closes the shape.
    """
    face_map = ShapeMap()
    TopExp.MapShapes_s(shape, _FACE, face_map)
    if TopExp_Explorer(shape, _SOLID).More() or not 1 <= face_map.Size() <= _MOST_SEWN_FACES:
        return None
    joined = _sewn(shape, _SEWING_TOLERANCE, face_map)
    if joined is not None and not joined.closed and diagonal * _SEWING_SHARE > _SEWING_TOLERANCE:
        wider = _sewn(shape, diagonal * _SEWING_SHARE, face_map)
        if wider is not None and wider.closed and len(wider.faces) == len(joined.faces):
            return wider
    return joined


def _sewn(shape: Any, tolerance: float, face_map: Any) -> Sewn | None:
    sewing = BRepBuilderAPI_Sewing(tolerance)
    sewing.Add(shape)
    sewing.Perform(Message_ProgressRange())
    result = sewing.SewedShape()
    if result is None or result.IsNull():
        return None
    closed = sewing.NbFreeEdges() == 0 and sewing.NbMultipleEdges() == 0
    if closed:
        result = _as_solids(result)
    result_map = ShapeMap()
    TopExp.MapShapes_s(result, _FACE, result_map)
    turned = np.zeros(face_map.Size(), np.bool_)
    faces = np.full(result_map.Size(), -1, np.int64)
    for number in range(face_map.Size()):
        face = face_map.FindKey(number + 1)
        at = result_map.FindIndex(sewing.ModifiedSubShape(face))
        if at:
            faces[at - 1] = number
            turned[number] = result_map.FindKey(at).Orientation() != face.Orientation()
    return Sewn(result, closed and bool((faces >= 0).all()), faces, turned)


def _as_solids(sewn: Any) -> Any:
    """Closed shells as solids: each looks outwards, one inside another bounds its cavity.

    Sewing makes the faces of a shell look one way, but which way is that of the first face.
    """
    shells = [_outwards(shell) for shell in _shells(sewn)]
    alone = [_solid([shell]) for shell in shells]
    holders = [
        [
            outer
            for outer in range(len(shells))
            if outer != inner and _encloses(alone[outer], shells[outer], shells[inner])
        ]
        for inner in range(len(shells))
    ]
    builder, compound = BRep_Builder(), TopoDS_Compound()
    builder.MakeCompound(compound)
    for number, around in enumerate(holders):
        if len(around) % 2 == 0:  # else it is the cavity of another
            cavities = [
                shells[inner].Reversed()
                for inner, within in enumerate(holders)
                if number in within and len(within) == len(around) + 1
            ]
            builder.Add(compound, _solid([shells[number], *cavities]))
    return compound


def _shells(shape: Any) -> list[Any]:
    """The shells of a shape; a face that closes by itself is one."""
    found: list[Any] = []
    explorer = TopExp_Explorer(shape, _SHELL)
    while explorer.More():
        found.append(TopoDS.Shell(explorer.Current()))
        explorer.Next()
    builder = BRep_Builder()
    explorer = TopExp_Explorer(shape, _FACE, _SHELL)
    while explorer.More():
        shell = TopoDS_Shell()
        builder.MakeShell(shell)
        builder.Add(shell, explorer.Current())
        shell.Closed(True)
        found.append(shell)
        explorer.Next()
    return found


def _outwards(shell: Any) -> Any:
    enclosed = GProp_GProps()
    BRepGProp.VolumeProperties_s(shell, enclosed)
    return shell.Reversed() if enclosed.Mass() < 0 else shell


def _solid(shells: list[Any]) -> Any:
    builder, solid = BRep_Builder(), TopoDS_Solid()
    builder.MakeSolid(solid)
    for shell in shells:
        builder.Add(solid, shell)
    return solid


def _encloses(solid: Any, outer: Any, inner: Any) -> bool:
    """Whether a closed shell lies within another, of which `solid` is made."""
    around, within = Bnd_Box(), Bnd_Box()
    BRepBndLib.Add_s(outer, around, False)
    BRepBndLib.Add_s(inner, within, False)
    corners = TopExp_Explorer(inner, _VERTEX)
    if around.IsOut(within) or not corners.More():
        return False
    point = BRep_Tool.Pnt_s(TopoDS.Vertex(corners.Current()))
    classifier = BRepClass3d_SolidClassifier(solid, point, _SEWING_TOLERANCE)
    return bool(classifier.State() == _INSIDE)
