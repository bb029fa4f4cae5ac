import pytest
from pmi_files import DIMENSIONS, TOLERANCES, as_content

from holotable.conversion.readers.exchange_structure import ExchangeStructure
from holotable.conversion.readers.pmi_links import PmiLinks
from holotable.conversion.readers.pmi_text import DatumReference

HOLE, TOP, BOTTOM = 8003, 8004, 8005
EXTRA = """
#1=PRODUCT('id-1','Block','',());
#2=PRODUCT_DEFINITION_FORMATION('','',#1);
#3=PRODUCT_DEFINITION('','',#2,$);
#8000=PRODUCT_DEFINITION_SHAPE('','',#3);
#4=SHAPE_DEFINITION_REPRESENTATION(#8000,#8001);
#8001=SHAPE_REPRESENTATION('',(),#8002);
#5=DRAUGHTING_MODEL('',(),#8002);
#6=SHAPE_ASPECT('loop','',#8000,.F.);
#7=SHAPE_ASPECT_RELATIONSHIP('',$,#6,#8);
#8=SHAPE_ASPECT('loop','',#8000,.F.);
#9=SHAPE_ASPECT_RELATIONSHIP('',$,#8,#6);
#10=SHAPE_ASPECT_RELATIONSHIP('',$,#8,#9012);
#11=ITEM_IDENTIFIED_REPRESENTATION_USAGE('','',#8,#8001,SET_REPRESENTATION_ITEM((#8003,#8005)));
#12=(GEOMETRIC_TOLERANCE('P','',#9221,#9012)SURFACE_PROFILE_TOLERANCE()UNEQUALLY_DISPOSED_GEOMETRIC_TOLERANCE(#9231));
#13=COMMON_DATUM_LIST((#14,#15));
#14=DATUM_REFERENCE_ELEMENT('',$,#8000,.F.,#9200,(SIMPLE_DATUM_REFERENCE_MODIFIER(.FREE_STATE.)));
#15=DATUM_REFERENCE_ELEMENT('',$,#8000,.F.,#9206,$);
#16=DATUM_REFERENCE_COMPARTMENT('',$,#8000,.F.,COMMON_DATUM_LIST((#14,#15)),$);
#17=DATUM_SYSTEM('',$,#8000,.F.,(#16));
#18=PERPENDICULARITY_TOLERANCE('Q','',#9221,#9100,(#17));
#19=FLATNESS_TOLERANCE('whole','',#9221,#8000);
"""


@pytest.fixture(scope="module")
def links() -> PmiLinks:
    return PmiLinks(ExchangeStructure(as_content(DIMENSIONS, TOLERANCES, EXTRA)))


def test_entries_are_found_in_the_order_of_the_file(links: PmiLinks) -> None:
    assert links.dimensions == (9100, 9110, 9120)
    assert links.tolerances == (9220, 9230, 12, 18, 19)
    assert [links.letter(datum) for datum in links.datums] == ["A", "B", "C"]
    assert [links.name_of(number) for number in (9100, 9120, 9220, 9201)] == [
        "diameter", "linear distance", "Position.1", "Feature A",
    ]  # fmt: skip


def test_items_are_reached_through_sizes_locations_composites_and_targets(
    links: PmiLinks,
) -> None:
    assert links.items(9100) == (HOLE,)
    assert links.items(9120) == (BOTTOM, TOP)
    assert links.items(9201) == (BOTTOM,)  # through a composite aspect
    assert links.items(9241) == (HOLE,)  # the feature that a target lies on
    assert links.items(18) == (HOLE,)  # a tolerance of a dimension
    assert links.items(8) == (HOLE, BOTTOM, TOP)  # a set of items, and an aspect that loops


def test_a_datum_has_its_features_and_targets(links: PmiLinks) -> None:
    assert [links.features_of(datum) for datum in links.datums] == [(9201,), (9207,), (9241,)]
    assert links.target_number(9241) == 1


def test_a_frame_has_letters_modifiers_zone_and_common_datums(links: PmiLinks) -> None:
    mmc = "maximum material requirement"
    assert links.datum_frame(9220) == (DatumReference(("A",)), DatumReference(("B",), (mmc,)))
    assert links.tolerance_modifiers(9220) == (mmc,)
    assert (links.zone(9220), links.zone(9230)) == ("diameter", "")
    assert links.datum_frame(18) == (DatumReference(("A", "B"), ("free state",)),)


def test_what_a_tolerance_adds_to_its_value_is_found(links: PmiLinks) -> None:
    magnitude, extra = links.magnitude(12), links.extra(12, "unequally_disposed")

    assert magnitude is not None
    assert extra is not None
    assert (magnitude.number, extra.number) == (0.25, 0.1)
    assert links.extra(12, "per_unit") is None


def test_composite_frames_are_pairs(links: PmiLinks) -> None:
    assert links.composites() == [(9220, 9230)]


def test_an_aspect_and_a_model_belong_to_a_product(links: PmiLinks) -> None:
    assert links.product_of(9100) == ("id-1", "Block")
    assert links.product_of(5) == ("id-1", "Block")  # by the context they share
    assert links.product_of(4711) is None
    assert links.whole_part(19) == 8000
