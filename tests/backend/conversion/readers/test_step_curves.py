import numpy as np
import pytest
from pmi_files import DRAWN, as_content

from holotable.conversion.readers.exchange_structure import ExchangeStructure
from holotable.conversion.readers.step_curves import StepCurves, number_of, placed

CURVES = """
#1=CARTESIAN_POINT('',(1.,2.));
#2=CARTESIAN_POINT('',(1.,2.,3.,4.));
#3=AXIS2_PLACEMENT_3D('',#9314,$,$);
#4=AXIS2_PLACEMENT_3D('',#9314,#9315,#9315);
#5=AXIS2_PLACEMENT_3D('',#9314,#6,$);
#6=DIRECTION('',(0.,0.,0.));
#7=ELLIPSE('',#3,4.,2.);
#8=TRIMMED_CURVE('',#7,(#9),(#10),.F.,.CARTESIAN.);
#9=CARTESIAN_POINT('',(4.,0.,20.));
#10=CARTESIAN_POINT('',(0.,2.,20.));
#11=COMPOSITE_CURVE('',(#12),.F.);
#12=COMPOSITE_CURVE_SEGMENT(.CONTINUOUS.,.T.,#11);
#13=TRIMMED_CURVE('',#99,(#9),(#10),.T.,.CARTESIAN.);
"""


@pytest.fixture(scope="module")
def curves() -> StepCurves:
    return StepCurves(ExchangeStructure(as_content(DRAWN, CURVES)))


def test_a_placement_is_a_right_handed_frame(curves: StepCurves) -> None:
    moved = curves.placement(9313)
    assert moved is not None
    np.testing.assert_allclose(placed(np.array([[1.0, 0, 0]]), moved), [[0, 1, 20]], atol=1e-12)
    for number in (3, 4):  # without axes, and with a reference along the axis
        frame = curves.placement(number)
        assert frame is not None
        assert np.linalg.det(frame) == pytest.approx(1.0)
    assert curves.placement(5) is None  # an axis without direction
    assert curves.placement(1) is None


def test_points_have_three_numbers(curves: StepCurves) -> None:
    numbers = {number: curves.structure.parameters(number) for number in (1, 2)}
    assert numbers[1] is not None
    assert number_of(numbers[1][0]) is None
    (reference,) = curves.structure.parameters(9333, "POLYLINE")[1:2]  # type: ignore[index]
    assert isinstance(reference, tuple)
    assert curves.point(reference[0]) == pytest.approx([1, 2, 20])
    assert curves.point(None) is None


def test_an_ellipse_is_trimmed_the_long_way_round_against_its_sense(curves: StepCurves) -> None:
    points = curves.curve(8)

    assert points is not None
    np.testing.assert_allclose([points[0], points[-1]], [[4, 0, 20], [0, 2, 20]], atol=1e-12)
    np.testing.assert_allclose((points[:, 0] / 4) ** 2 + (points[:, 1] / 2) ** 2, 1.0)
    assert points[:, 1].min() == pytest.approx(-2.0, abs=1e-2)


def test_a_curve_of_itself_and_one_of_nothing_are_none(curves: StepCurves) -> None:
    assert curves.curve(11) is None
    assert curves.curve(13) is None
    assert curves.curve(9315) is None
