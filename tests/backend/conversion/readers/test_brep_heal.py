import numpy as np
import pytest
from cad_files import BOW_TIE, box, planar_face
from OCP.BRep import BRep_Builder
from OCP.Geom import Geom_Plane
from OCP.gp import gp_Ax3
from OCP.TopoDS import TopoDS_Compound, TopoDS_Face

from holotable.conversion.readers.brep_heal import triangulated
from holotable.conversion.readers.brep_mesh import tessellate


def test_a_border_that_crosses_itself_is_split_and_shown() -> None:
    face = planar_face(*BOW_TIE)

    assert len(triangulated(face, 0.1, 0.5)) == 2
    mesh = tessellate(face, 0.1, 0.5)
    assert (mesh.untriangulated, mesh.repaired) == (0, 1)
    corners = mesh.positions[mesh.triangles]
    areas = np.linalg.norm(
        np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1
    )
    assert areas.sum() / 2 == pytest.approx(50.0)
    assert not mesh.closed


def test_what_nothing_helps_is_counted() -> None:
    builder, face = BRep_Builder(), TopoDS_Face()
    builder.MakeFace(face, Geom_Plane(gp_Ax3()), 1e-7)  # endless

    assert triangulated(face, 0.1, 0.5) == []
    mesh = tessellate(face, 0.1, 0.5)
    assert (mesh.untriangulated, mesh.repaired) == (1, 0)


def test_neighbours_keep_their_triangles() -> None:
    builder, whole = BRep_Builder(), TopoDS_Compound()
    builder.MakeCompound(whole)
    builder.Add(whole, box(20, 20, 20))
    builder.Add(whole, planar_face(*BOW_TIE))

    mesh = tessellate(whole, 0.1, 0.5)

    assert np.bincount(mesh.faces).tolist() == [4, 4, 4, 4, 4, 4, 6]
    assert len(mesh.triangles) == 14
