import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from holotable.conversion.readers.exchange_structure import (
    Enumeration,
    ExchangeStructure,
    Reference,
    Typed,
    integer_lists,
    integers,
    references,
)

CONTENT = b"""ISO-10303-21;
DATA;
#30=POINT('a ''quoted'' one; #7=FAKE(', (1., -2.5E-3, .5), $, *, .T., #4);
#4 = ( LENGTH_UNIT() /* #9=NOT(1) ( */ NAMED_UNIT(*) SI_UNIT(.MILLI.,.METRE.) );
#5=MEASURE(LENGTH_MEASURE(0.5),(#30,(#4)),"0F");
#6=COORDINATES_LIST('x',2,((1.,2.,3.),
 (4.,5.E1,-6.)));
#8=FAN('f',#6,3,((0.,0.,1.)),(),((1,2,3),(4,5)));
ENDSEC;
END-ISO-10303-21;
"""


@pytest.fixture
def structure() -> ExchangeStructure:
    return ExchangeStructure(CONTENT)


def test_an_instance_is_read_with_every_kind_of_parameter(structure: ExchangeStructure) -> None:
    values = structure.parameters(30, "POINT")

    assert values == ("a 'quoted' one; #7=FAKE(", (1.0, -0.0025, 0.5), None, None, "T", 4)
    assert isinstance(values[4], Enumeration)
    assert isinstance(values[5], Reference)


def test_a_complex_instance_stands_under_each_of_its_types(structure: ExchangeStructure) -> None:
    assert structure.all("SI_UNIT", "LENGTH_UNIT") == [4, 4]
    assert structure.ordered(("SI_UNIT", "LENGTH_UNIT", "POINT")) == (30, 4)
    assert structure.parameters(4, "SI_UNIT") == ("MILLI", "METRE")
    assert structure.type_of(4) == "LENGTH_UNIT"
    assert structure.is_a(4, "NAMED_UNIT")


def test_typed_values_and_lists_hold_references(structure: ExchangeStructure) -> None:
    values = structure.parameters(5)

    assert values is not None
    assert values[0] == Typed("LENGTH_MEASURE", (0.5,))
    assert list(references(values)) == [30, 4]
    assert structure.pair(5) == (30, 4)


def test_long_lists_go_through_numpy(structure: ExchangeStructure) -> None:
    assert structure.coordinates(6).tolist() == [[1.0, 2.0, 3.0], [4.0, 50.0, -6.0]]
    assert structure.first_reference(8) == 6
    normals, empty, fans = structure.lists(8)
    assert (normals, empty) == (b"((0.,0.,1.))", b"()")
    assert [list(fan) for fan in integer_lists(fans)] == [[1, 2, 3], [4, 5]]


def test_what_is_not_there_is_empty_not_an_error(structure: ExchangeStructure) -> None:
    assert structure.records(99) == ()
    assert structure.parameters(99) is None
    assert structure.coordinates(99).shape == (0, 3)
    assert structure.lists(99) == []
    assert structure.first_reference(99) == -1
    assert structure.all("NOTHING") == []


def test_instances_are_ranked_as_they_stand_in_the_file(structure: ExchangeStructure) -> None:
    in_text = [number for number in structure.rank if number not in (7, 9)]
    assert in_text == [30, 4, 5, 6, 8]


@pytest.mark.parametrize("spaces", ["", " ", "\n"])
def test_lists_of_whole_numbers_may_be_broken_anywhere(spaces: str) -> None:
    text = f"(({spaces}1,2{spaces}),{spaces}(3,{spaces}4))".encode()

    assert [list(chain) for chain in integer_lists(text)] == [[1, 2], [3, 4]]
    assert integers(text).tolist() == [1, 2, 3, 4]


@given(st.lists(st.lists(st.integers(1, 10**6), min_size=1, max_size=9), max_size=9))
def test_lists_of_whole_numbers_come_back_as_they_were(lists: list[list[int]]) -> None:
    text = "(" + ",".join("(" + ",".join(map(str, one)) + ")" for one in lists) + ")"

    assert [chain.tolist() for chain in integer_lists(text.encode())] == lists


@given(st.binary(max_size=200))
def test_no_bytes_break_it(tail: bytes) -> None:
    structure = ExchangeStructure(b"#1=A(#2,'x',(1.,2.),(" + tail)

    assert np.isfinite(len(structure.records(1)))
    for number in structure.rank:
        structure.records(number)
        structure.lists(number)
