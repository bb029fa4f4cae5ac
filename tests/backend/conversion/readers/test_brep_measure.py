import numpy as np
import pytest
from cad_files import box
from OCP.BRep import BRep_Builder
from OCP.BRepAlgoAPI import BRepAlgoAPI_Cut
from OCP.BRepBuilderAPI import (
    BRepBuilderAPI_Copy,
    BRepBuilderAPI_MakeFace,
    BRepBuilderAPI_Transform,
)
from OCP.BRepGProp import BRepGProp
from OCP.BRepPrimAPI import BRepPrimAPI_MakeTorus
from OCP.gp import gp_Dir, gp_Pln, gp_Pnt, gp_Trsf, gp_Vec
from OCP.GProp import GProp_GProps
from OCP.TopAbs import TopAbs_ShapeEnum
from OCP.TopExp import TopExp_Explorer
from OCP.TopoDS import TopoDS_Compound

from holotable.conversion.readers.brep_measure import bounding_diagonal, sew
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


def test_an_endless_plane_has_a_capped_diagonal_and_no_triangles() -> None:
    plane = BRepBuilderAPI_MakeFace(gp_Pln(gp_Pnt(0, 0, 0), gp_Dir(0, 0, 1))).Face()

    assert bounding_diagonal(plane) <= 1e9
    assert tessellate(plane, 0.1, 0.5).untriangulated == 1


def test_the_diagonal_of_a_box_is_that_of_its_corners() -> None:
    assert bounding_diagonal(box(3, 4, 12)) == pytest.approx(13.0, abs=1e-3)


def test_sewing_turns_the_faces_that_are_inside_out_and_closes_the_shape() -> None:
    loose = loose_faces(box(10, 10, 10), turned=2)

    sewn = sew(loose, 17.3)

    assert sewn is not None
    assert sewn.closed
    assert sorted(sewn.faces.tolist()) == [0, 1, 2, 3, 4, 5]
    assert sewn.turned.sum() in (2, 4)  # which way is out is decided by the volume
    enclosed = GProp_GProps()
    BRepGProp.VolumeProperties_s(sewn.shape, enclosed)
    assert abs(enclosed.Mass()) == pytest.approx(1000.0)
    middle = np.array((5.0, 5.0, 5.0))
    for mesh in (tessellate(sewn.shape, 0.1, 0.5), tessellate(loose, 0.1, 0.5, sewn.turned)):
        assert mesh.closed
        assert (np.einsum("ij,ij->i", mesh.normals, mesh.positions - middle) > 0).all()


def test_borders_further_apart_are_joined_only_if_that_closes_the_shape() -> None:
    def apart(gap: float, count: int) -> TopoDS_Compound:
        builder, result = BRep_Builder(), TopoDS_Compound()
        builder.MakeCompound(result)
        explorer = TopExp_Explorer(box(1e4, 1e4, 1e4), TopAbs_ShapeEnum.TopAbs_FACE)
        for number in range(count):
            move = gp_Trsf()
            move.SetTranslation(gp_Vec(gap if number == 0 else 0.0, 0, 0))
            face = BRepBuilderAPI_Copy(explorer.Current()).Shape()
            builder.Add(result, BRepBuilderAPI_Transform(face, move, True).Shape())
            explorer.Next()
        return result

    whole, lidless = sew(apart(0.1, 6), 1.7e4), sew(apart(0.1, 5), 1.7e4)

    assert whole is not None
    assert whole.closed
    assert lidless is not None
    assert not lidless.closed


def test_a_solid_is_not_sewn() -> None:
    assert sew(box(10, 10, 10), 17.3) is None


def test_loose_faces_become_solids_that_look_outwards_with_their_cavities() -> None:
    hollow = BRepAlgoAPI_Cut(box(40, 40, 40), placed(box(10, 10, 10), 5)).Shape()
    core = placed(box(2, 2, 2), 7)  # in the cavity
    ring = placed(BRepPrimAPI_MakeTorus(30, 10).Shape(), 200)  # one face that closes by itself
    builder, every = BRep_Builder(), TopoDS_Compound()
    builder.MakeCompound(every)
    for shape in (hollow, core.Reversed(), placed(box(10, 20, 30).Reversed(), 100), ring):
        builder.Add(every, shape)

    sewn = sew(loose_faces(every, turned=0), 400)

    assert sewn is not None
    assert sewn.closed
    volumes = []
    explorer = TopExp_Explorer(sewn.shape, TopAbs_ShapeEnum.TopAbs_SOLID)
    while explorer.More():
        enclosed = GProp_GProps()
        BRepGProp.VolumeProperties_s(explorer.Current(), enclosed)
        volumes.append(enclosed.Mass())
        explorer.Next()
    truth = [8.0, 6000.0, 2 * np.pi**2 * 30 * 100, 63000.0]
    assert sorted(volumes) == pytest.approx(sorted(truth), rel=1e-6)


def placed(shape: object, shift: float) -> object:
    """The shape moved along all axes."""
    move = gp_Trsf()
    move.SetTranslation(gp_Vec(shift, shift, shift))
    return BRepBuilderAPI_Transform(shape, move).Shape()
