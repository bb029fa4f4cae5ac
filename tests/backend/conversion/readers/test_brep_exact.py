import itertools
import math

import numpy as np
import pytest
from cad_files import box, cylinder
from exact_shapes import (
    MILLIMETRES,
    SOLIDS,
    Y_UP,
    as_splines,
    boxed,
    drilled_block,
    exact_of,
    filleted_box,
    hollow_sphere,
    read_exact,
    sphere,
    torus,
)
from OCP.BRep import BRep_Builder
from OCP.BRepAlgoAPI import BRepAlgoAPI_Section
from OCP.BRepBuilderAPI import (
    BRepBuilderAPI_MakeEdge,
    BRepBuilderAPI_MakeFace,
    BRepBuilderAPI_Transform,
)
from OCP.BRepGProp import BRepGProp
from OCP.BRepPrimAPI import BRepPrimAPI_MakeCylinder
from OCP.collections import Array2_gp_Pnt
from OCP.GeomAPI import GeomAPI_PointsToBSplineSurface
from OCP.gp import gp_Ax1, gp_Ax2, gp_Dir, gp_Lin, gp_Pln, gp_Pnt, gp_Trsf, gp_Vec
from OCP.GProp import GProp_GProps
from OCP.TopAbs import TopAbs_ShapeEnum
from OCP.TopExp import TopExp_Explorer
from OCP.TopLoc import TopLoc_Location
from OCP.TopoDS import TopoDS_Compound, TopoDS_Shell, TopoDS_Solid

from holotable.conversion.readers.brep_exact import Frame
from holotable.conversion.readers.brep_mesh import tessellate
from holotable.review.exact import CIRCLE, CURVE, CYLINDER, LINE, PLANE, SPHERE, TORUS, ExactPart
from holotable.review.scene import Z_UP_TO_Y_UP

KINDS = {"as written": lambda shape: shape, "as splines": as_splines}


@pytest.mark.parametrize("written", KINDS)
@pytest.mark.parametrize("name", SOLIDS)
def test_volume_area_centre_and_inertia_are_those_of_the_formula(name: str, written: str) -> None:
    make, truth = SOLIDS[name]

    exact = exact_of(KINDS[written](make()))

    # Splines are integrated span by span; the elementary kinds are exact to rounding.
    close = 1e-9 if written == "as written" else 1e-6
    assert exact.body_volumes == pytest.approx([truth.volume], rel=close)
    assert exact.face_areas.sum() == pytest.approx(truth.area, rel=close)
    assert exact.body_centres[0] == pytest.approx(truth.centre, rel=close, abs=1e-10)
    largest = np.abs(truth.inertia).max()
    assert exact.body_inertias[0] == pytest.approx(truth.inertia, rel=close, abs=close * largest)


def test_a_bore_of_eight_millimetres_is_a_hole_of_radius_four() -> None:
    exact = exact_of(drilled_block())

    (bore,) = np.flatnonzero(exact.face_kinds == CYLINDER)
    origin, axis = exact.face_parameters[bore, :3], exact.face_parameters[bore, 3:6]
    assert exact.face_parameters[bore, 9] == pytest.approx(0.004, rel=1e-12)
    assert exact.face_parameters[bore, 11] == 1.0
    assert np.abs(axis) == pytest.approx([0, 0, 1], abs=1e-15)
    assert origin[:2] == pytest.approx([0.015, 0.01], rel=1e-12)
    circles = exact.edge_kinds == CIRCLE
    assert exact.edge_parameters[circles, 9] == pytest.approx([0.004, 0.004], rel=1e-12)
    assert exact.edge_lengths[circles] == pytest.approx([0.008 * math.pi] * 2, rel=1e-12)


def test_a_fillet_is_no_hole_and_its_arcs_know_their_angle() -> None:
    exact = exact_of(filleted_box())

    rounds = exact.face_kinds == CYLINDER
    assert rounds.sum() == 4
    assert (exact.face_parameters[rounds, 11] == 0).all()
    arcs = exact.edge_parameters[exact.edge_kinds == CIRCLE]
    assert len(arcs) == 8
    assert arcs[:, 12] - arcs[:, 11] == pytest.approx([math.pi / 2] * 8)


def test_a_circles_angles_begin_at_its_first_vertex_and_end_at_its_last() -> None:
    for exact in (exact_of(filleted_box()), exact_of(as_splines(filleted_box()), Y_UP)):
        for edge in np.flatnonzero(exact.edge_kinds == CIRCLE):
            numbers = exact.edge_parameters[edge]
            centre, axis, across = numbers[:9].reshape(3, 3)
            for angle, vertex in zip(numbers[11:], exact.edge_vertices[edge], strict=True):
                place = centre + numbers[9] * (
                    math.cos(angle) * across + math.sin(angle) * np.cross(axis, across)
                )
                assert place == pytest.approx(exact.vertices[vertex], abs=1e-9)


def test_the_normals_of_planes_point_out_of_the_material() -> None:
    exact = exact_of(boxed((-1, -2, -3), (2, 4, 6)))

    assert (exact.face_kinds == PLANE).all()
    origins, normals = exact.face_parameters[:, :3], exact.face_parameters[:, 3:6]
    assert (np.einsum("ij,ij->i", origins, normals) > 0).all()
    assert sorted(normals.round(9).tolist()) == sorted(
        [[-1, 0, 0], [1, 0, 0], [0, -1, 0], [0, 1, 0], [0, 0, -1], [0, 0, 1]]
    )


def test_the_inner_face_of_a_void_is_a_hole() -> None:
    exact = exact_of(hollow_sphere())

    assert exact.face_kinds.tolist() == [SPHERE, SPHERE]
    holes = dict(
        zip(exact.face_parameters[:, 9].round(9), exact.face_parameters[:, 11], strict=True)
    )
    assert holes == {0.01: 0.0, 0.006: 1.0}


@pytest.mark.parametrize("name", ["drilled block", "filleted box", "torus", "cone", "sphere"])
def test_splines_that_are_elementary_are_recognised_as_what_they_are(name: str) -> None:
    shape = SOLIDS[name][0]()

    plain, spline = exact_of(shape), exact_of(as_splines(shape))

    assert spline.face_kinds.tolist() == plain.face_kinds.tolist()
    assert spline.face_recognised.all()
    assert not plain.face_recognised.any()
    assert spline.face_parameters[:, 10:] == pytest.approx(plain.face_parameters[:, 10:], rel=1e-6)
    if name != "cone":  # its radius is that at an origin anywhere on the axis
        assert spline.face_parameters[:, 9] == pytest.approx(plain.face_parameters[:, 9])
    assert sorted(spline.edge_lengths) == pytest.approx(sorted(plain.edge_lengths), rel=1e-9)


def test_a_spline_surface_that_is_nearly_a_plane_stays_a_spline() -> None:
    # 1 micrometre of bulge is ten times what recognition forgives.
    points = Array2_gp_Pnt(1, 9, 1, 9)
    for i, j in itertools.product(range(9), repeat=2):
        points.SetValue(i + 1, j + 1, gp_Pnt(i, j, 0.001 * math.sin(i / 2) * math.cos(j / 2)))
    surface = GeomAPI_PointsToBSplineSurface(points).Surface()

    exact = exact_of(BRepBuilderAPI_MakeFace(surface, 1e-7).Face())

    assert exact.face_kinds.tolist() == [5]
    assert not exact.face_recognised.any()
    assert not exact.face_parameters.any()


def test_edges_of_no_elementary_kind_are_polylines_within_their_tolerance() -> None:
    # Two pipes of different radius meet in a curve with a known equation: x² + y² = r², and
    # (y² + z²) = R² on the other.
    across = gp_Ax2(gp_Pnt(-50, 0, 0), gp_Dir(1, 0, 0))
    section = BRepAlgoAPI_Section(
        BRepPrimAPI_MakeCylinder(gp_Ax2(gp_Pnt(0, 0, -50), gp_Dir(0, 0, 1)), 8.0, 100).Shape(),
        BRepPrimAPI_MakeCylinder(across, 10.0, 100).Shape(),
    ).Shape()

    exact = exact_of(section)

    assert (exact.edge_kinds == CURVE).all()
    assert len(exact.edge_points) > 40
    middles = (exact.edge_points[1:] + exact.edge_points[:-1]) / 2
    inside = np.ones(len(middles), bool)
    inside[exact.edge_starts[1:-1] - 1] = False
    for points in (exact.edge_points, middles[inside]):
        first = np.abs(np.hypot(points[:, 0], points[:, 1]) - 0.008)
        second = np.abs(np.hypot(points[:, 1], points[:, 2]) - 0.010)
        # Open CASCADE approximates the intersection itself to about 0.1 µm.
        assert max(first.max(), second.max()) < exact.tolerance_m + 2e-7
    assert exact.tolerance_m <= 1e-6


def test_numbers_are_those_of_the_mesh_and_of_its_edge_lines() -> None:
    shape = drilled_block()
    mesh = tessellate(shape, 0.05, 0.3)
    exact = exact_of(shape)

    assert len(exact.face_kinds) == mesh.faces.max() + 1
    for vertex, face in zip(mesh.positions * 1e-3, mesh.faces, strict=True):
        origin, axis = exact.face_parameters[face, :3], exact.face_parameters[face, 3:6]
        offset = vertex - origin
        if exact.face_kinds[face] == PLANE:
            assert offset @ axis == pytest.approx(0.0, abs=1e-12)
        else:
            away = np.linalg.norm(offset - offset @ axis * axis)
            assert away == pytest.approx(0.004, rel=1e-9)
    for line, edge in enumerate(mesh.edge_numbers):
        points = mesh.edge_points[mesh.edge_starts[line] : mesh.edge_starts[line + 1]] * 1e-3
        ends = exact.vertices[exact.edge_vertices[edge]]
        got = sorted([points[0].round(9).tolist(), points[-1].round(9).tolist()])
        assert np.array(got) == pytest.approx(np.array(sorted(ends.round(9).tolist())), abs=1e-8)


def test_faces_know_their_edges_and_edges_their_faces() -> None:
    exact = exact_of(box(1, 1, 1))

    assert np.diff(exact.face_edge_starts).tolist() == [4] * 6
    assert np.bincount(exact.face_edges).tolist() == [2] * 12
    seam = exact_of(cylinder(1, 1))
    assert sorted(np.diff(seam.face_edge_starts).tolist()) == [1, 1, 3]  # a seam counts once


def test_two_solids_in_one_part_are_two_bodies_with_their_own_faces() -> None:
    builder, both = BRep_Builder(), TopoDS_Compound()
    builder.MakeCompound(both)
    builder.Add(both, boxed((0, 0, 0), (1, 1, 1)))
    builder.Add(both, boxed((5, 0, 0), (2, 2, 2)))

    read = read_exact(both)

    assert read.shape.body_volumes == pytest.approx([1e-9, 8e-9])
    assert read.shape.face_bodies.tolist() == [0] * 6 + [1] * 6
    assert read.body is not None
    assert read.body.amount == pytest.approx(9e-9)
    assert read.body.centre == pytest.approx(
        np.array([0.5 + 8 * 6.0, 0.5 + 8.0, 0.5 + 8.0]) / 9e3, rel=1e-9
    )


def test_a_solid_with_a_face_missing_has_no_body() -> None:
    builder, shell, solid = BRep_Builder(), TopoDS_Shell(), TopoDS_Solid()
    builder.MakeShell(shell)
    builder.MakeSolid(solid)
    explorer = TopExp_Explorer(box(1, 2, 3), TopAbs_ShapeEnum.TopAbs_FACE)
    for _ in range(5):
        builder.Add(shell, explorer.Current())
        explorer.Next()
    builder.Add(solid, shell)

    read = read_exact(solid)

    assert not len(read.shape.body_volumes)
    assert read.body is None
    assert len(read.shape.face_kinds) == 5


def turned() -> gp_Trsf:
    rotation, move = gp_Trsf(), gp_Trsf()
    rotation.SetRotation(gp_Ax1(gp_Pnt(1, 2, 3), gp_Dir(1, 1, 2)), 0.7)
    move.SetTranslation(gp_Vec(100, -50, 20))
    return move * rotation


def mirrored() -> gp_Trsf:
    mirror = gp_Trsf()
    mirror.SetMirror(gp_Ax2(gp_Pnt(3, 0, 0), gp_Dir(1, 0.2, 0)))
    return mirror


# Open CASCADE refuses a location that mirrors: such a shape is copied.
@pytest.mark.parametrize(
    ("transform", "copied"), [(turned, True), (turned, False), (mirrored, True)]
)
def test_a_placed_shape_has_placed_parameters(transform, copied: bool) -> None:
    placed = transform()
    shape = drilled_block()
    if copied:
        moved = BRepBuilderAPI_Transform(shape, placed, True).Shape()
    else:
        moved = shape.Moved(TopLoc_Location(placed))

    exact = exact_of(moved, Y_UP)

    # The independent path: Open CASCADE's own integral over the placed shape, turned here.
    whole = GProp_GProps(gp_Pnt(100, -50, 20))
    BRepGProp.VolumeProperties_s(moved, whole)
    turn = Z_UP_TO_Y_UP[:3, :3]
    assert exact.body_volumes[0] == pytest.approx(abs(whole.Mass()) * 1e-9, rel=1e-9)
    centre = np.array(whole.CentreOfMass().Coord()) * 1e-3
    assert exact.body_centres[0] == pytest.approx(turn @ centre, rel=1e-9)
    matrix = whole.MatrixOfInertia()
    rows = np.array([[matrix.Value(i, j) for j in (1, 2, 3)] for i in (1, 2, 3)])
    rows *= np.sign(whole.Mass()) * 1e-15
    assert exact.body_inertias[0] == pytest.approx(turn @ rows @ turn.T, rel=1e-7, abs=1e-17)
    (bore,) = np.flatnonzero(exact.face_kinds == CYLINDER)
    point = gp_Pnt(15, 10, 0).Transformed(placed)
    axis = gp_Vec(0, 0, 1).Transformed(placed)
    expected = turn @ np.array(axis.Coord())
    found = exact.face_parameters[bore]
    assert abs(found[3:6] @ expected) == pytest.approx(1.0, rel=1e-12)
    offset = found[:3] - turn @ np.array(point.Coord()) * 1e-3
    assert np.linalg.norm(np.cross(offset, expected)) < 1e-12
    assert found[11] == 1.0
    planes = exact.face_kinds == PLANE
    outward = exact.face_parameters[planes, :3] - exact.body_centres[0]
    assert (np.einsum("ij,ij->i", outward, exact.face_parameters[planes, 3:6]) > 0).all()


def test_the_frame_scales_turns_and_takes_the_offset_off() -> None:
    inches = Frame(0.0254, Z_UP_TO_Y_UP, np.array([1.0, 2.0, 3.0]))

    plain, exact = exact_of(drilled_block()), exact_of(drilled_block(), inches)

    scale = 25.4
    expected = (plain.vertices * scale) @ Z_UP_TO_Y_UP[:3, :3].T - [1.0, 2.0, 3.0]
    assert exact.vertices == pytest.approx(expected, rel=1e-12)
    assert exact.body_volumes == pytest.approx(plain.body_volumes * scale**3)
    assert exact.face_areas == pytest.approx(plain.face_areas * scale**2)
    assert exact.edge_lengths == pytest.approx(plain.edge_lengths * scale)
    turn = Z_UP_TO_Y_UP[:3, :3]
    assert exact.body_inertias[0] == pytest.approx(
        turn @ plain.body_inertias[0] @ turn.T * scale**5, rel=1e-9
    )
    assert exact.face_parameters[:, 10:] == pytest.approx(plain.face_parameters[:, 10:])


def test_far_from_its_origin_a_part_stays_exact() -> None:
    far = gp_Trsf()
    far.SetTranslation(gp_Vec(1e6, -2e6, 3e6))
    shape = cylinder(5, 10).Moved(TopLoc_Location(far))

    exact = exact_of(shape, Frame(1e-3, np.eye(4), np.array([1e3, -2e3, 3e3])))

    assert exact.body_volumes == pytest.approx([math.pi * 250e-9], rel=1e-9)
    assert exact.body_centres[0] == pytest.approx([0, 0, 0.005], abs=1e-9)


def test_a_sphere_and_a_torus_name_their_radii() -> None:
    ball, ring = exact_of(sphere()), exact_of(torus())

    assert (ball.face_kinds[0], ball.face_parameters[0, 9]) == (SPHERE, pytest.approx(0.007))
    assert ring.face_kinds.tolist() == [TORUS]
    assert ring.face_parameters[0, 9:] == pytest.approx([0.01, 0.003, 0.0])
    # The poles of the sphere are edges without extent.
    assert (ball.edge_lengths[ball.edge_kinds == CURVE] == 0).all()


def test_curves_without_faces_are_exact_too_and_endless_ones_are_empty() -> None:
    builder, sketch = BRep_Builder(), TopoDS_Compound()
    builder.MakeCompound(sketch)
    builder.Add(sketch, BRepBuilderAPI_MakeEdge(gp_Pnt(0, 0, 0), gp_Pnt(3, 4, 0)).Edge())
    builder.Add(sketch, BRepBuilderAPI_MakeEdge(gp_Lin(gp_Pnt(0, 0, 1), gp_Dir(1, 0, 0))).Edge())

    exact = exact_of(sketch)

    assert exact.edge_kinds.tolist() == [LINE, CURVE]
    assert exact.edge_lengths == pytest.approx([0.005, 0.0])
    assert exact.edge_vertices.tolist() == [[0, 1], [-1, -1]]


def test_an_endless_plane_has_no_area() -> None:
    plane = BRepBuilderAPI_MakeFace(gp_Pln(gp_Pnt(0, 0, 0), gp_Dir(0, 0, 1))).Face()

    exact = exact_of(plane)

    assert exact.face_areas.tolist() == [0.0]
    assert_finite(exact)


def assert_finite(exact: ExactPart) -> None:
    for name in ExactPart.__slots__:
        assert np.isfinite(getattr(exact, name)).all(), name


def test_every_number_is_finite() -> None:
    for make, _ in SOLIDS.values():
        assert_finite(exact_of(as_splines(make()), MILLIMETRES))
