import math

from ifc_files import IfcFile

from holotable.conversion.readers.ifc_entity import (
    as_number,
    attribute,
    called,
    instances,
    is_entity,
    items_of,
    joined,
    number_of,
    positions,
    text_of,
)


def test_attributes_are_read_by_name_and_absent_ones_are_none() -> None:
    wall = IfcFile().root("IfcWall", "Wall", Tag="W-1")

    assert (attribute(wall, "Tag"), attribute(wall, "Description")) == ("W-1", None)
    assert attribute(wall, "OverallHeight") is None
    assert list(positions(wall))[:2] == ["GlobalId", "OwnerHistory"]


def test_texts_lists_and_numbers_never_are_none() -> None:
    ifc = IfcFile()
    storey = ifc.root("IfcBuildingStorey", " Up ", Elevation=3.5)

    assert (text_of(storey, "Name"), text_of(storey, "LongName")) == ("Up", "")
    assert number_of(storey, "Elevation") == 3.5
    assert items_of(ifc.project, "RepresentationContexts") == (ifc.context,)
    assert items_of(storey, "Name") == (" Up ",)
    assert items_of(storey, "Nothing") == ()


def test_numbers_are_finite_and_taken_out_of_measures() -> None:
    ifc = IfcFile()

    assert as_number(ifc.file.create_entity("IfcLengthMeasure", 2.5)) == 2.5
    assert as_number(7) == 7.0
    assert [as_number(value) for value in (True, "7", None, math.inf)] == [None] * 4
    assert as_number(ifc.project) is None


def test_instances_of_an_unknown_class_are_none() -> None:
    ifc = IfcFile()

    assert instances(ifc.file, "IfcProject", "IfcRoad") == [ifc.project]
    assert is_entity(ifc.project)
    assert not is_entity("IfcProject")


def test_what_is_referred_to_is_called_by_name_or_class() -> None:
    ifc = IfcFile()

    assert called(ifc.project) == "Project"
    assert called(ifc.file.create_entity("IfcClassificationReference", Identification="X")) == "X"
    assert called(ifc.origin) == "Axis2Placement3D"
    assert joined(["a", "", "b", "a"]) == "a, b"
