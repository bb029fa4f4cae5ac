import numpy as np
import pytest

from holotable.conversion.options import METRES_PER_UNIT as OF_CONVERSION
from holotable.review.placement import METRES_PER_UNIT, correction

STEP = {"kind": "step", "length_unit": "mm", "up_axis": "z"}


def test_a_unit_scales_what_was_read_as_another() -> None:
    inches = correction(STEP, {"unit": "in"})
    unsaid = correction({"kind": "stl", "length_unit": None, "up_axis": None}, {"unit": "cm"})

    assert np.diag(inches) == pytest.approx([25.4, 25.4, 25.4, 1.0])
    assert np.diag(unsaid) == pytest.approx([10.0, 10.0, 10.0, 1.0])


def test_an_axis_turns_the_model_and_back() -> None:
    upright = correction(STEP, {"up_axis": "y"})
    obj = {"kind": "obj", "length_unit": None, "up_axis": None}

    # A z-up file was turned when it was read; taken for y-up it is turned back.
    assert upright @ [0, 1, 0, 1] == pytest.approx([0, 0, 1, 1])
    assert correction(obj, {"up_axis": "z"}) @ [0, 0, 1, 1] == pytest.approx([0, 1, 0, 1])
    assert (correction(obj, {"up_axis": "y"}) == np.eye(4)).all()


def test_nothing_said_corrects_nothing() -> None:
    for placement in (None, {}, {"unit": None, "up_axis": None}, {"unit": "mm", "up_axis": "z"}):
        assert (correction(STEP, placement) == np.eye(4)).all()
    assert (correction({"length_unit": "parsec"}, {"unit": "m"}) == np.eye(4)).all()


def test_units_are_those_of_conversion() -> None:
    assert dict(METRES_PER_UNIT) == dict(OF_CONVERSION)
