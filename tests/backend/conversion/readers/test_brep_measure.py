import math

import numpy as np
import pytest
from cad_files import box, cylinder
from OCP.BRep import BRep_Builder
from OCP.BRepBuilderAPI import BRepBuilderAPI_Copy, BRepBuilderAPI_MakeFace
from OCP.gp import gp_Dir, gp_Pln, gp_Pnt, gp_Trsf, gp_Vec
from OCP.TopAbs import TopAbs_ShapeEnum
from OCP.TopExp import TopExp_Explorer
from OCP.TopLoc import TopLoc_Location
from OCP.TopoDS import TopoDS_Compound

from holotable.conversion.readers.brep_measure import bounding_diagonal, measure, sew
from holotable.conversion.readers.brep_mesh import tessellate


def loose_faces(shape: object, turned: int) -> TopoDS_Compound:
    """The shape's faces as copies without neighbours, the first `turned` of them inside out."""
    builder, result = BRep_Builder(), TopoDS_Compound()
    builder.MakeCompound(result)
    explorer = TopExp_Explorer(shape, TopAbs_ShapeEnum.TopAbs_FACE)
    number = 0
    while explorer.More():
        face = BRepBuilderAPI_Copy(explorer.Current()).Shape()
        builder.Add(result, face.Reversed() if number < turned else face)
        number += 1
        explorer.Next()
    return result


def test_volume_and_area_are_those_of_the_exact_surface() -> None:
    measured = measure(cylinder(5, 10))

    assert measured.volume == pytest.approx(math.pi * 250.0, rel=1e-9)
    assert measured.area == pytest.approx(math.pi * 150.0, rel=1e-9)
    assert measured.is_solid


def test_distance_from_the_origin_does_not_spoil_the_volume() -> None:
    far = gp_Trsf()
    far.SetTranslation(gp_Vec(1e6, -2e6, 3e6))

    measured = measure(cylinder(5, 10).Moved(TopLoc_Location(far)))

    assert measured.volume == pytest.approx(math.pi * 250.0, rel=1e-6)


def test_volume_is_never_negative() -> None:
    assert measure(box(10, 10, 10).Reversed()).volume == pytest.approx(1000.0)


def test_an_endless_plane_has_no_volume_and_no_triangles() -> None:
    plane = BRepBuilderAPI_MakeFace(gp_Pln(gp_Pnt(0, 0, 0), gp_Dir(0, 0, 1))).Face()

    assert measure(plane).volume == 0.0
    assert bounding_diagonal(plane) <= 1e9
    assert tessellate(plane, 0.1, 0.5).untriangulated == 1


def test_the_diagonal_of_a_box_is_that_of_its_corners() -> None:
    assert bounding_diagonal(box(3, 4, 12)) == pytest.approx(13.0, abs=1e-3)


def test_sewing_finds_the_faces_that_are_inside_out() -> None:
    loose = loose_faces(box(10, 10, 10), turned=2)

    sewn = sew(loose, 0.01)
    mesh = tessellate(loose, 0.1, 0.5, sewn.turned)

    assert sewn.turned.sum() in (2, 4)  # which way is out is decided by the volume
    assert measure(sewn.shape).volume == pytest.approx(1000.0)
    assert mesh.closed
    middle = np.array((5.0, 5.0, 5.0))
    assert (np.einsum("ij,ij->i", mesh.normals, mesh.positions - middle) > 0).all()


def test_a_solid_is_not_sewn() -> None:
    solid = box(10, 10, 10)

    assert sew(solid, 0.01).shape.IsSame(solid)
