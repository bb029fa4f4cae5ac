import numpy as np
import pytest
from cad_files import box
from exact_shapes import MILLIMETRES, SOLIDS, boxed, exact_of, read_exact
from OCP.BRep import BRep_Builder
from OCP.BRepBuilderAPI import BRepBuilderAPI_MakeFace
from OCP.Geom import Geom_CylindricalSurface, Geom_OffsetSurface, Geom_RectangularTrimmedSurface
from OCP.gp import gp_Ax3
from OCP.TopAbs import TopAbs_ShapeEnum
from OCP.TopExp import TopExp_Explorer
from OCP.TopoDS import TopoDS_Compound

from holotable.conversion.readers import brep_bodies
from holotable.conversion.readers.brep_exact import exact_part
from holotable.conversion.readers.brep_measure import sew
from holotable.conversion.readers.brep_mesh import tessellate


def loose(shape: object) -> TopoDS_Compound:
    """The shape's faces without their solid."""
    builder, result = BRep_Builder(), TopoDS_Compound()
    builder.MakeCompound(result)
    explorer = TopExp_Explorer(shape, TopAbs_ShapeEnum.TopAbs_FACE)
    while explorer.More():
        builder.Add(result, explorer.Current())
        explorer.Next()
    return result


@pytest.mark.parametrize("name", ["drilled block", "torus", "filleted box"])
def test_loose_faces_that_close_are_one_body(name: str) -> None:
    make, truth = SOLIDS[name]

    exact = exact_of(loose(make()))

    assert exact.body_volumes == pytest.approx([truth.volume], rel=1e-9)
    assert (exact.face_bodies == 0).all()


def test_sewn_faces_are_measured_as_sewn() -> None:
    shape = loose(box(10, 20, 30))
    sewn = sew(shape, 0.01)
    mesh = tessellate(shape, 0.1, 0.5, sewn.turned)

    read = exact_part(shape, mesh, MILLIMETRES, sewn.shape)

    assert read.shape.body_volumes == pytest.approx([6e-6], rel=1e-12)


def test_where_our_integrals_do_not_reach_open_cascades_do(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = exact_of(SOLIDS["drilled block"][0]())
    unknown = brep_bodies.face_moments

    def nothing(*arguments: object) -> object:
        moments = unknown(*arguments)
        return brep_bodies.Moments(
            moments.areas * 0, moments.shares * 0, np.zeros_like(moments.known)
        )

    monkeypatch.setattr(brep_bodies, "face_moments", nothing)
    other = exact_of(SOLIDS["drilled block"][0]())

    assert other.face_areas == pytest.approx(plain.face_areas, rel=1e-9)
    assert other.body_volumes == pytest.approx(plain.body_volumes, rel=1e-9)
    assert other.body_inertias == pytest.approx(plain.body_inertias, rel=1e-6, abs=1e-16)


def test_an_area_that_contradicts_the_triangles_is_not_believed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    right = brep_bodies.face_moments

    def doubled(*arguments: object) -> object:
        moments = right(*arguments)
        return brep_bodies.Moments(moments.areas * 2, moments.shares * 2, moments.known)

    monkeypatch.setattr(brep_bodies, "face_moments", doubled)
    exact = exact_of(box(10, 20, 30))

    assert exact.face_areas.sum() == pytest.approx(2200e-6, rel=1e-9)
    assert exact.body_volumes == pytest.approx([6e-6], rel=1e-9)


def test_a_solid_inside_out_has_a_positive_volume() -> None:
    exact = exact_of(boxed((5, 5, 5), (1, 2, 3)).Reversed())

    assert exact.body_volumes == pytest.approx([6e-9])
    assert (np.linalg.eigvalsh(exact.body_inertias[0]) > 0).all()


def test_a_surface_that_has_no_formula_still_has_an_area() -> None:
    pipe = Geom_RectangularTrimmedSurface(Geom_CylindricalSurface(gp_Ax3(), 4.0), 0.0, 10.0, False)
    face = BRepBuilderAPI_MakeFace(Geom_OffsetSurface(pipe, 1.0), 1e-6).Face()

    read = read_exact(face)

    assert read.shape.face_areas == pytest.approx([2 * np.pi * 50e-6], rel=1e-6)
    assert read.body is None
