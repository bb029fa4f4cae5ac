import math

import pytest
from pmi_files import DIMENSIONS, as_content

from holotable.conversion.readers.exchange_structure import ExchangeStructure, Reference
from holotable.conversion.readers.step_measures import DimensionValues, Measure, StepMeasures


@pytest.fixture(scope="module")
def measures() -> StepMeasures:
    extra = """
    #1=(NAMED_UNIT(*)PLANE_ANGLE_UNIT()SI_UNIT($,.RADIAN.));
    #2=PLANE_ANGLE_MEASURE_WITH_UNIT(PLANE_ANGLE_MEASURE(0.0174532925199433),#1);
    #3=(CONVERSION_BASED_UNIT('DEGREE',#2)NAMED_UNIT(#9003)PLANE_ANGLE_UNIT());
    #4=PLANE_ANGLE_MEASURE_WITH_UNIT(PLANE_ANGLE_MEASURE(60.),#3);
    #5=(GLOBAL_UNIT_ASSIGNED_CONTEXT((#9001,#3))REPRESENTATION_CONTEXT('',''));
    #6=DRAUGHTING_MODEL('',(),#5);
    #7=(CONVERSION_BASED_UNIT('ITSELF',#8)LENGTH_UNIT()NAMED_UNIT(#9003));
    #8=LENGTH_MEASURE_WITH_UNIT(LENGTH_MEASURE(2.),#7);
    #9=DIMENSIONAL_SIZE(#9010,'diameter');
    #10=DIMENSIONAL_CHARACTERISTIC_REPRESENTATION(#9,#11);
    #11=SHAPE_DIMENSION_REPRESENTATION('',(#12,#13),#5);
    #12=LENGTH_MEASURE_WITH_UNIT(LENGTH_MEASURE(3.),#9000);
    #13=DESCRIPTIVE_REPRESENTATION_ITEM('dimensional note','theoretical');
    """
    return StepMeasures(ExchangeStructure(as_content(DIMENSIONS, extra)))


def test_a_dimension_has_its_number_as_written_with_unit_and_places(
    measures: StepMeasures,
) -> None:
    values = measures.values_of(9100)

    assert values.nominal == Measure(0.3937, "length", 0.0254, "nominal value", 4)
    assert values.lower == Measure(0.001, "length", 0.0254)  # both deviations are above it
    assert values.upper == Measure(0.004, "length", 0.0254)


def test_fits_and_limits_are_told_apart(measures: StepMeasures) -> None:
    assert measures.values_of(9110).fit == "H7"
    limits = measures.values_of(9120)
    assert limits.nominal is None
    assert (limits.lower_limit, limits.upper_limit) == (
        Measure(19.75, "length", 1e-3, "lower limit"),
        Measure(20.25, "length", 1e-3, "upper limit"),
    )


def test_descriptions_become_marks(measures: StepMeasures) -> None:
    assert measures.values_of(9).marks == ("theoretical",)


def test_a_dimension_without_values_is_empty(measures: StepMeasures) -> None:
    assert measures.values_of(4711) == DimensionValues()


def test_angles_are_counted_in_radians(measures: StepMeasures) -> None:
    angle = measures.measure(Reference(4))

    assert angle is not None
    assert angle.number * angle.factor == pytest.approx(math.pi / 3.0)
    assert angle.quantity == "angle"


def test_the_unit_of_a_context_is_found(measures: StepMeasures) -> None:
    assert measures.length_factor(6) == pytest.approx(0.0254)
    assert measures.length_factor(4711) is None


def test_a_unit_based_on_itself_ends(measures: StepMeasures) -> None:
    assert measures.factor(7) is None
