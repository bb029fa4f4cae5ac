import numpy as np
import pytest
from cad_files import box, cylinder
from OCP.BRep import BRep_Builder
from OCP.BRepAlgoAPI import BRepAlgoAPI_Cut
from OCP.BRepBuilderAPI import BRepBuilderAPI_MakeEdge
from OCP.gp import gp_Ax2, gp_Circ, gp_Dir, gp_Pnt, gp_Trsf, gp_Vec
from OCP.TopLoc import TopLoc_Location
from OCP.TopoDS import TopoDS_Compound

from holotable.conversion.normals import measure, weld
from holotable.conversion.readers.brep_mesh import BrepMesh, matrix_of, tessellate


def compound(*shapes: object) -> TopoDS_Compound:
    builder, result = BRep_Builder(), TopoDS_Compound()
    builder.MakeCompound(result)
    for shape in shapes:
        builder.Add(result, shape)
    return result


def enclosed(mesh: BrepMesh) -> float:
    first, place = weld(mesh.positions)
    return measure(mesh.positions[first], place[mesh.triangles]).volume


def test_a_box_is_twelve_triangles_on_six_faces_with_twelve_edges() -> None:
    mesh = tessellate(box(10, 20, 30), 0.1, 0.5)

    assert len(mesh.triangles) == 12
    assert sorted(set(mesh.faces.tolist())) == [0, 1, 2, 3, 4, 5]
    assert sorted(mesh.edge_numbers.tolist()) == list(range(12))
    assert mesh.edge_starts.tolist() == list(range(0, 25, 2))
    assert (mesh.closed, mesh.exact, mesh.untriangulated) == (True, True, 0)
    assert enclosed(mesh) == pytest.approx(6000.0)


def test_normals_of_a_cylinder_are_those_of_its_surface() -> None:
    mesh = tessellate(cylinder(5, 10), 0.01, 0.5)

    side = np.abs(mesh.normals[:, 2]) < 0.5
    radial = mesh.positions[side] * (1.0, 1.0, 0.0) / 5.0
    assert np.abs(mesh.normals[side] - radial).max() < 1e-6


def test_triangles_turn_the_way_their_normals_point_also_in_bores() -> None:
    mesh = tessellate(BRepAlgoAPI_Cut(box(40, 40, 10), cylinder(5, 10)).Shape(), 0.1, 0.5)

    corners = mesh.positions[mesh.triangles]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    assert (np.einsum("ij,ij->i", across, mesh.normals[mesh.triangles].sum(axis=1)) > 0).all()
    assert mesh.closed


def test_the_seam_of_a_cylinder_is_no_edge_to_draw() -> None:
    mesh = tessellate(cylinder(5, 10), 0.1, 0.5)

    assert len(mesh.edge_numbers) == 2  # the circles; the third edge is the seam


def test_a_polyline_ends_where_its_edge_ends_and_stays_on_the_surface() -> None:
    mesh = tessellate(cylinder(5, 10), 0.01, 0.5)

    radius = np.linalg.norm(mesh.edge_points[:, :2], axis=1)
    assert np.abs(radius - 5.0).max() < 1e-9
    assert set(mesh.edge_points[:, 2].round(9)) == {0.0, 10.0}


def test_placed_and_repeated_faces_are_read_where_they_stand() -> None:
    pin = cylinder(2, 10)
    shift = gp_Trsf()
    shift.SetTranslation(gp_Vec(100, 0, 0))
    mirror = gp_Trsf()
    mirror.SetMirror(gp_Ax2(gp_Pnt(0, 0, 0), gp_Dir(1, 0, 0)))
    mirrored = box(10, 20, 30).Moved(TopLoc_Location(mirror), False)

    mesh = tessellate(compound(pin, pin.Moved(TopLoc_Location(shift)), mirrored), 0.01, 0.5)

    assert mesh.positions[:, 0].max() == pytest.approx(102.0)
    assert mesh.positions[:, 0].min() == pytest.approx(-10.0)
    assert mesh.closed
    assert enclosed(mesh) == pytest.approx(6000.0 + 2 * np.pi * 40.0, rel=5e-3)


def test_mirrored_and_reversed_solids_look_outwards_also_beside_larger_ones() -> None:
    mirror, shift = gp_Trsf(), gp_Trsf()
    mirror.SetMirror(gp_Ax2(gp_Pnt(0, 0, 0), gp_Dir(1, 0, 0)))
    shift.SetTranslation(gp_Vec(50, 0, 0))
    mirrored = cylinder(5, 10).Moved(TopLoc_Location(mirror), False)
    inside_out = cylinder(3, 10).Moved(TopLoc_Location(shift)).Reversed()
    truth = np.pi * 250 + np.pi * 90 + 8000

    for shape in (mirrored, compound(mirrored, inside_out, box(20, 20, 20))):
        mesh = tessellate(shape, 0.01, 0.1)
        across = np.cross(
            *(
                mesh.positions[mesh.triangles[:, n]] - mesh.positions[mesh.triangles[:, 0]]
                for n in (1, 2)
            )
        )
        along = mesh.normals[mesh.triangles].sum(axis=1)

        assert (np.einsum("ij,ij->i", across, along) > 0).all()
        assert enclosed(mesh) == pytest.approx(
            np.pi * 250 if shape is mirrored else truth, rel=2e-3
        )


def test_an_open_shell_is_not_closed_and_a_reversed_solid_is_turned_round() -> None:
    lid = tessellate(compound(*_faces(box(10, 10, 10))[:5]), 0.1, 0.5)
    reversed_ = tessellate(box(10, 10, 10).Reversed(), 0.1, 0.5)

    assert not lid.closed
    assert reversed_.closed
    assert enclosed(reversed_) == pytest.approx(1000.0)


def test_faces_without_common_edges_close_when_their_borders_meet() -> None:
    loose = compound(*(_copied(face) for face in _faces(box(10, 10, 10))))

    assert tessellate(loose, 0.1, 0.5).closed


def test_a_shape_of_curves_has_polylines_and_points_but_no_triangles() -> None:
    circle = BRepBuilderAPI_MakeEdge(gp_Circ(gp_Ax2(gp_Pnt(0, 0, 0), gp_Dir(0, 0, 1)), 5)).Edge()

    mesh = tessellate(compound(circle), 0.1, 0.5)

    assert len(mesh.triangles) == 0
    assert mesh.edge_numbers.tolist() == [0]
    assert np.linalg.norm(mesh.edge_points, axis=1) == pytest.approx(5.0)
    assert len(mesh.positions) == len(mesh.normals) >= 1


def test_curves_beside_a_body_are_edges_too() -> None:
    sketch = BRepBuilderAPI_MakeEdge(gp_Pnt(50, 0, 0), gp_Pnt(50, 0, 7)).Edge()

    mesh = tessellate(compound(box(1, 2, 3), sketch), 0.1, 0.5)

    assert len(mesh.triangles) == 12
    assert sorted(mesh.edge_numbers.tolist()) == list(range(13))
    last = mesh.edge_points[mesh.edge_starts[12] : mesh.edge_starts[13]]
    assert last.tolist() == [[50, 0, 0], [50, 0, 7]]
    assert mesh.closed


def test_meshing_leaves_no_triangulation_behind() -> None:
    shape = cylinder(5, 10)

    coarse = tessellate(shape, 1.0, 0.8)
    fine = tessellate(shape, 0.001, 0.1)

    assert len(fine.triangles) > 4 * len(coarse.triangles)
    assert len(tessellate(shape, 1.0, 0.8).triangles) == len(coarse.triangles)


def test_a_transform_becomes_a_matrix_of_columns() -> None:
    shift = gp_Trsf()
    shift.SetTranslation(gp_Vec(1, 2, 3))

    assert matrix_of(shift)[:, 3].tolist() == [1.0, 2.0, 3.0, 1.0]


def _faces(shape: object) -> list[object]:
    from OCP.TopAbs import TopAbs_ShapeEnum
    from OCP.TopExp import TopExp_Explorer

    explorer, faces = TopExp_Explorer(shape, TopAbs_ShapeEnum.TopAbs_FACE), []
    while explorer.More():
        faces.append(explorer.Current())
        explorer.Next()
    return faces


def _copied(shape: object) -> object:
    from OCP.BRepBuilderAPI import BRepBuilderAPI_Copy

    return BRepBuilderAPI_Copy(shape).Shape()
