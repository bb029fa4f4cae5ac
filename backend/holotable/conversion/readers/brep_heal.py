"""Faces for which the mesher finds no triangles, tried again: finer, then repaired.

Each is tried as a copy: meshing again would cut the edges it shares with neighbours that have
their triangles already.
"""

from typing import Any, Final

from OCP.BRep import BRep_Tool
from OCP.BRepBuilderAPI import BRepBuilderAPI_Copy
from OCP.BRepMesh import BRepMesh_IncrementalMesh
from OCP.Message import Message_ProgressRange
from OCP.ShapeFix import ShapeFix_Shape
from OCP.Standard import Standard_Failure
from OCP.TopAbs import TopAbs_ShapeEnum
from OCP.TopExp import TopExp_Explorer
from OCP.TopLoc import TopLoc_Location
from OCP.TopoDS import TopoDS

_FACE: Final = TopAbs_ShapeEnum.TopAbs_FACE
_FINER: Final = 0.1
MOST_TRIED: Final = 500  # faces of one part; repairing one takes a few milliseconds


def triangulated(face: Any, deflection: float, angle_rad: float) -> list[Any]:
    """Faces with triangles in place of one without; none when nothing helps.

    deflection: as it was tried, in the shape's unit. Repairing may split a face, for example one
    whose border crosses itself.
    """
    for repaired in (False, True):
        for share in (1.0, _FINER) if repaired else (_FINER,):
            try:
                shape = BRepBuilderAPI_Copy(face).Shape()
                if repaired:
                    fix = ShapeFix_Shape(shape)
                    fix.Perform(Message_ProgressRange())
                    shape = fix.Shape()
                BRepMesh_IncrementalMesh(shape, deflection * share, False, angle_rad * share, False)
            except Standard_Failure:
                continue  # the next way may do
            faces = _faces(shape)
            if faces and all(_has_triangles(each) for each in faces):
                return faces
    return []


def _faces(shape: Any) -> list[Any]:
    faces = []
    explorer = TopExp_Explorer(shape, _FACE)
    while explorer.More():
        faces.append(TopoDS.Face(explorer.Current()))
        explorer.Next()
    return faces


def _has_triangles(face: Any) -> bool:
    triangulation = BRep_Tool.Triangulation_s(face, TopLoc_Location())
    return triangulation is not None and triangulation.NbTriangles() > 0
