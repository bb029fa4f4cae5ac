import math

import pytest
from pmi_files import DIMENSIONS, TOLERANCES, as_content

from holotable.conversion.readers.exchange_structure import ExchangeStructure
from holotable.conversion.readers.pmi_draft import Draft
from holotable.conversion.readers.pmi_entries import Entry
from holotable.conversion.readers.pmi_links import PmiLinks
from holotable.conversion.readers.pmi_text import DatumReference
from holotable.conversion.readers.pmi_wording import Worded, worded
from holotable.review.annotations import AnnotationKind

INCH = 0.0254


@pytest.fixture(scope="module")
def links() -> PmiLinks:
    return PmiLinks(ExchangeStructure(as_content(DIMENSIONS, TOLERANCES)))


def of_instance(links: PmiLinks, kind: AnnotationKind, type_: str, instance: int) -> Worded:
    return worded(Draft(kind, type_, instance=instance), links, 1e-3, 1.0)


def entry(**values: object) -> Entry:
    return Entry("dimensions", "diameter", "", "", None, (), **values)  # type: ignore[arg-type]


def test_the_files_own_measure_goes_before_the_kernels(links: PmiLinks) -> None:
    said = of_instance(links, "dimension", "diameter", 9100)

    assert said.text == "⌀0.3937 +0.004/+0.001"
    assert said.value == pytest.approx(0.00999998)
    assert (said.upper, said.lower) == (pytest.approx(1.016e-4), pytest.approx(2.54e-5))
    assert said.properties == {"unit": "in", "decimals": 4}


def test_limits_give_the_middle_and_deviations_from_it(links: PmiLinks) -> None:
    said = of_instance(links, "dimension", "linear distance", 9120)

    assert (said.text, said.value, said.upper, said.lower) == (
        "19.75 – 20.25", 0.02, 0.00025, -0.00025,
    )  # fmt: skip
    assert said.properties["lower_limit"] == 0.01975


def test_the_kernels_values_are_turned_into_the_files_unit(links: PmiLinks) -> None:
    made = entry(value=12.7, lower=-0.508, upper=0.508, fit="")
    said = worded(Draft("dimension", "diameter", entry=made), links, INCH, 1.0)

    assert said.text == "⌀0.5 ±0.02"
    assert (said.value, said.upper) == (0.0127, 0.000508)
    assert said.properties == {"unit": "in"}


def test_a_correction_of_the_unit_scales_lengths_but_no_angles(links: PmiLinks) -> None:
    length = worded(Draft("dimension", "diameter", entry=entry(value=10.0)), links, 1e-3, 25.4)
    angle = entry(value=60.0, lower=-0.5, upper=0.5, angle=True)
    turned = worded(Draft("dimension", "angle", entry=angle), links, 1e-3, 25.4)

    assert length.value == pytest.approx(0.254)
    assert turned.value == pytest.approx(math.pi / 3)
    assert turned.text == "60° ±0.5°"
    assert turned.properties["unit"] == "deg"


def test_nothing_given_is_none_not_nought(links: PmiLinks) -> None:
    said = worded(Draft("dimension", "linear distance", entry=entry()), links, 1e-3, 1.0)

    assert (said.value, said.upper, said.lower) == (None, None, None)
    assert said.text == "linear distance (value not given)"


def test_a_tolerance_of_the_file_alone_has_its_whole_frame(links: PmiLinks) -> None:
    said = of_instance(links, "tolerance", "position", 9220)

    assert said.text == "⌖ ⌀0.25 Ⓜ | A | B Ⓜ"
    assert (said.value, said.datums) == (0.00025, ("A", "B"))
    assert said.properties == {
        "unit": "mm", "zone": "diameter", "modifiers": "maximum material requirement",
        "datum B": "maximum material requirement",
    }  # fmt: skip


def test_a_tolerance_of_the_kernel_says_its_zones_extras(links: PmiLinks) -> None:
    made = Entry(
        "tolerances", "perpendicularity", "", "", None, (), value=0.1, zone="diameter",
        datums=(DatumReference(("A",)),),
        properties={
            "zone_modifier": "projected", "zone_modifier_value_mm": 25.0, "maximum_mm": 0.5,
        },
    )  # fmt: skip
    said = worded(Draft("tolerance", "perpendicularity", entry=made), links, 1e-3, 1.0)

    assert said.text == "⟂ ⌀0.1 Ⓟ 25 MAX 0.5 | A"
    assert said.properties["zone_modifier_value"] == 0.025


def test_a_target_says_its_size(links: PmiLinks) -> None:
    made = Entry(
        "datums", "datum target", "", "", None, (), letter="K", target=1,
        properties={"target_type": "circle", "target_length_mm": 85.0},
    )  # fmt: skip
    draft = Draft("datum", "datum target", entry=made, letter="K", target=1)

    assert worded(draft, links, 1e-3, 1.0).text == "K1 ⌀85"


def test_a_note_keeps_its_lines_beside_the_one_line(links: PmiLinks) -> None:
    said = worded(Draft("note", "note", "Text.1", text="ONE\nTWO #{diameter}"), links, 1e-3, 1.0)

    assert said == Worded("ONE TWO ⌀", properties={"text": "ONE\nTWO ⌀"})
    assert worded(Draft("note", "note", "Text.1"), links, 1e-3, 1.0).text == "Text.1"
