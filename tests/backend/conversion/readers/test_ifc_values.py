import math
from typing import Any

import pytest
from ifc_files import IfcFile

from holotable.conversion.readers.ifc_units import read_units
from holotable.conversion.readers.ifc_values import (
    Group,
    group_of,
    plain,
    plain_attributes,
    properties_group,
)
from holotable.review.scene import PropertyValue


class Values:
    """A file in millimetres, and the group that some of its properties make."""

    def __init__(self) -> None:
        self.ifc = IfcFile("mm")

    def make(self, kind: str, *arguments: Any, **named: Any) -> Any:
        return self.ifc.file.create_entity(kind, *arguments, **named)

    def lengths(self, *values: float) -> list[Any]:
        return [self.make("IfcLengthMeasure", value) for value in values]

    def group(self, *properties: Any) -> Group:
        return properties_group(properties, read_units(self.ifc.file))


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("IfcLabel", "F90", "F90"),
        ("IfcBoolean", True, True),
        ("IfcLogical", False, False),
        ("IfcInteger", 7, 7),
        ("IfcReal", 0.7, 0.7),
        ("IfcLengthMeasure", 4500.0, "4500 mm"),
        ("IfcCountMeasure", 3, 3),
        ("IfcText", "x" * 3000, "x" * 1999 + "…"),
    ],
)
def test_single_values_keep_their_kind_and_unit(
    kind: str, value: Any, expected: PropertyValue
) -> None:
    values = Values()
    entry = values.make("IfcPropertySingleValue", Name="A", NominalValue=values.make(kind, value))

    assert values.group(entry) == {"A": expected}


def test_an_own_unit_goes_before_the_projects() -> None:
    values = Values()
    metre = values.make("IfcSIUnit", UnitType="LENGTHUNIT", Name="METRE")
    entry = values.make("IfcPropertySingleValue", Name="A", Unit=metre,
                        NominalValue=values.make("IfcLengthMeasure", 4.5))  # fmt: skip

    assert values.group(entry) == {"A": "4.5 m"}


def test_a_property_without_a_value_is_there_and_empty() -> None:
    values = Values()

    assert values.group(values.make("IfcPropertySingleValue", Name="A")) == {"A": None}


def test_enumerations_lists_and_bounds_are_texts() -> None:
    values = Values()
    low, high, point = values.lengths(10.0, 20.0, 15.0)

    assert values.group(
        values.make("IfcPropertyEnumeratedValue", Name="Status",
                    EnumerationValues=[values.make("IfcLabel", word) for word in ("NEW", "OLD")]),
        values.make("IfcPropertyListValue", Name="Sizes", ListValues=values.lengths(1.0, 2.0, 1.0)),
        values.make("IfcPropertyBoundedValue", Name="Range", LowerBoundValue=low,
                    UpperBoundValue=high, SetPointValue=point),
        values.make("IfcPropertyBoundedValue", Name="Least", LowerBoundValue=low),
    ) == {
        "Status": "NEW, OLD",
        "Sizes": "1 mm, 2 mm, 1 mm",
        "Range": "10 mm … 20 mm (15 mm)",
        "Least": "10 mm …",
    }  # fmt: skip


def test_tables_and_references_are_texts() -> None:
    values = Values()
    material = values.make("IfcMaterial", Name="Brick")

    assert values.group(
        values.make("IfcPropertyTableValue", Name="Curve",
                    DefiningValues=values.lengths(1.0, 2.0),
                    DefinedValues=[values.make("IfcReal", value) for value in (0.5, 0.75)]),
        values.make("IfcPropertyReferenceValue", Name="Filling", PropertyReference=material),
    ) == {"Curve": "1 mm → 0.5; 2 mm → 0.75", "Filling": "Brick"}  # fmt: skip


def test_complex_properties_are_flattened_and_may_hold_themselves() -> None:
    values = Values()
    inner = values.make("IfcPropertySingleValue", Name="U",
                        NominalValue=values.make("IfcReal", 1.3))  # fmt: skip
    outer = values.make("IfcComplexProperty", Name="Glass", UsageName="x", HasProperties=[inner])
    assert values.group(outer) == {"Glass.U": 1.3}

    outer.HasProperties = [inner, outer]
    assert values.group(outer)["Glass.Glass.U"] == 1.3


def test_quantities_carry_the_unit_of_their_kind() -> None:
    values = Values()
    area = values.make("IfcSIUnit", UnitType="AREAUNIT", Name="SQUARE_METRE")
    quantities = [
        values.make("IfcQuantityLength", Name="Width", LengthValue=240.0),
        values.make("IfcQuantityArea", Name="Side", Unit=area, AreaValue=12.5),
        values.make("IfcQuantityCount", Name="Doors", CountValue=2.0),
    ]
    whole = values.make("IfcPhysicalComplexQuantity", Name="Layer", Discrimination="layer",
                        HasQuantities=quantities[:1])  # fmt: skip
    base = values.ifc.root("IfcElementQuantity", "Qto", Quantities=[*quantities, whole])

    assert group_of(base, read_units(values.ifc.file)) == {
        "Width": "240 mm", "Side": "12.5 m²", "Doors": 2.0, "Layer.Width": "240 mm",
    }  # fmt: skip


def test_attributes_that_are_values_are_kept_and_lengths_have_units() -> None:
    values = Values()
    storey = values.ifc.root("IfcBuildingStorey", "Up", Elevation=3000.0)
    units = read_units(values.ifc.file)

    group = plain_attributes(storey, units, frozenset({"GlobalId"}))

    assert group == {"Name": "Up", "Elevation": "3000 mm"}
    assert group_of(values.ifc.root("IfcDoorLiningProperties", "L", LiningDepth=90.0), units) == {
        "LiningDepth": "90 mm"
    }


def test_numbers_that_json_has_no_word_for_are_texts() -> None:
    units = read_units(IfcFile().file)

    assert [plain(value, units) for value in (math.inf, math.nan, None, 3)] == [
        "inf", "nan", None, 3,
    ]  # fmt: skip
