import math

import numpy as np
import pytest
from OCP.BRep import BRep_Builder
from OCP.BRepBuilderAPI import BRepBuilderAPI_MakeEdge
from OCP.BRepMesh import BRepMesh_IncrementalMesh
from OCP.BRepPrimAPI import BRepPrimAPI_MakeBox
from OCP.gp import gp_Ax2, gp_Circ, gp_Dir, gp_Pnt
from OCP.TopoDS import TopoDS_Compound
from pmi_files import DRAWN, as_content

from holotable.conversion.readers.exchange_structure import ExchangeStructure
from holotable.conversion.readers.pmi_geometry import (
    Drawing,
    DrawingReader,
    drawing_of_shape,
    joined,
)

CURVES = """
#1=ANNOTATION_CURVE_OCCURRENCE('',(),#2);
#2=GEOMETRIC_CURVE_SET('',(#3,#10,#20,#30,#9314,#99));
#3=TRIMMED_CURVE('',#4,(PARAMETER_VALUE(0.)),(PARAMETER_VALUE(90.)),.T.,.PARAMETER.);
#4=CIRCLE('',#5,2.);
#5=AXIS2_PLACEMENT_3D('',#9314,#9315,$);
#10=TRIMMED_CURVE('',#11,(#14),(#15),.T.,.CARTESIAN.);
#11=LINE('',#9314,#12);
#12=VECTOR('',#13,2.);
#13=DIRECTION('',(1.,0.,0.));
#14=CARTESIAN_POINT('',(1.,0.,20.));
#15=CARTESIAN_POINT('',(5.,0.,20.));
#20=COMPOSITE_CURVE('',(#21,#22),.F.);
#21=COMPOSITE_CURVE_SEGMENT(.CONTINUOUS.,.T.,#9333);
#22=COMPOSITE_CURVE_SEGMENT(.CONTINUOUS.,.F.,#9333);
#30=CIRCLE('',#5,1.);
#99=SOMETHING_ELSE('');
#50=TESSELLATED_ANNOTATION_OCCURRENCE('',(),#51);
#51=TESSELLATED_GEOMETRIC_SET('strips',(#52,#53));
#52=COMPLEX_TRIANGULATED_SURFACE_SET('',#54,4,(),(1,2,3,4),((1,2,3,4)),());
#53=TRIANGULATED_SURFACE_SET('',#54,4,(),(),((1,2,3),(2,2,3),(1,2,99)));
#54=COORDINATES_LIST('',4,((0.,0.,0.),(1.,0.,0.),(0.,1.,0.),(1.,1.,0.)));
#60=ANNOTATION_OCCURRENCE('',(),#61);
#61=GEOMETRIC_SET('',(#61));
"""


@pytest.fixture(scope="module")
def reader() -> DrawingReader:
    return DrawingReader(ExchangeStructure(as_content(DRAWN, CURVES)))


def test_tessellated_items_are_moved_to_where_their_set_stands(reader: DrawingReader) -> None:
    drawn = reader.drawing(9311)

    expected = [[0, 0, 20], [0, 10, 20], [-5, 10, 20]]  # 90 degrees about z, then 20 up
    assert len(drawn.lines) == len(drawn.triangles) == 1
    np.testing.assert_allclose(drawn.lines[0], expected, atol=1e-12)
    np.testing.assert_allclose(drawn.triangles[0], [expected], atol=1e-12)
    assert reader.presented(9311) == "diameter dimension"


def test_strips_wind_alternately_and_broken_triangles_are_left_out(reader: DrawingReader) -> None:
    (strip, single) = reader.drawing(50).triangles

    normals = np.cross(strip[:, 1] - strip[:, 0], strip[:, 2] - strip[:, 0])
    assert (normals[:, 2] > 0).all()
    assert len(strip) == 2
    assert len(single) == 1


def test_curves_become_polylines_and_unknown_ones_are_counted(reader: DrawingReader) -> None:
    drawn = reader.drawing(1)

    arc, line, composite, circle = drawn.lines
    np.testing.assert_allclose(np.hypot(arc[:, 0], arc[:, 1]), 2.0)
    np.testing.assert_allclose([arc[0], arc[-1]], [[2, 0, 20], [0, 2, 20]], atol=1e-12)
    np.testing.assert_allclose(line, [[1, 0, 20], [5, 0, 20]])
    np.testing.assert_allclose(composite, [[1, 2, 20], [4, 2, 20], [4, 2, 20], [1, 2, 20]])
    length = np.linalg.norm(np.diff(circle, axis=0), axis=1).sum()
    assert length == pytest.approx(math.tau, rel=1e-3)
    assert drawn.unread == {"SOMETHING_ELSE": 1}


def test_a_set_that_holds_itself_ends(reader: DrawingReader) -> None:
    assert reader.drawing(60).is_empty


def test_a_camera_looks_along_its_z_axis_through_the_middle_of_its_window(
    reader: DrawingReader,
) -> None:
    camera = reader.camera(9340)

    assert camera is not None
    np.testing.assert_allclose(camera.eye, [20, 15, 120])
    np.testing.assert_allclose(camera.forward, [0, 0, -1])
    np.testing.assert_allclose(camera.up, [0, 1, 0], atol=1e-12)
    assert (camera.distance, camera.height) == (100.0, 50.0)
    np.testing.assert_allclose(camera.planes, [[0, 0, -1, 15]])  # below z = 15 is kept
    assert reader.camera(9341) is None


def test_shapes_are_drawn_by_edges_and_triangles() -> None:
    box = BRepPrimAPI_MakeBox(1.0, 2.0, 3.0).Shape()
    BRepMesh_IncrementalMesh(box, 0.1)
    circle = gp_Circ(gp_Ax2(gp_Pnt(0, 0, 0), gp_Dir(0, 0, 1)), 4.0)
    whole = TopoDS_Compound()
    builder = BRep_Builder()
    builder.MakeCompound(whole)
    builder.Add(whole, box)
    builder.Add(whole, BRepBuilderAPI_MakeEdge(circle).Edge())

    drawn = drawing_of_shape(whole)

    assert sum(len(triangles) for triangles in drawn.triangles) == 12
    np.testing.assert_allclose(np.linalg.norm(drawn.lines[-1], axis=1), 4.0)
    box_of = drawn.box()
    assert box_of is not None
    np.testing.assert_allclose(box_of[1], [4.0, 4.0, 3.0], rtol=0.01)


def test_polylines_that_go_on_are_joined() -> None:
    first, second = np.array([[0.0, 0, 0], [1, 0, 0]]), np.array([[1.0, 0, 0], [1, 1, 0]])

    chains = joined([first, second, first])

    assert [chain.tolist() for chain in chains] == [
        [[0, 0, 0], [1, 0, 0], [1, 1, 0]],
        [[0, 0, 0], [1, 0, 0]],
    ]


def test_a_drawing_is_mapped_as_a_whole() -> None:
    drawing = Drawing([np.zeros((2, 3)), np.ones((3, 3))], [np.ones((2, 3, 3))])

    moved = drawing.mapped(lambda points: points + 1.0)

    assert [line.tolist() for line in moved.lines] == [[[1] * 3] * 2, [[2] * 3] * 3]
    assert moved.triangles[0].tolist() == [[[2] * 3] * 3] * 2
    assert Drawing().mapped(lambda points: points).is_empty
    assert Drawing().box() is None
