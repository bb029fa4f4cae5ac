from pathlib import Path

import pytest
from cad_files import box, cylinder, silent
from OCP.BRepBuilderAPI import BRepBuilderAPI_MakeVertex
from OCP.collections import IndexedMap_TopoDS_Shape_TopTools_ShapeMapHasher as ShapeMap
from OCP.gp import gp_Pnt, gp_Trsf, gp_Vec
from OCP.TopAbs import TopAbs_ShapeEnum
from OCP.TopExp import TopExp
from OCP.TopLoc import TopLoc_Location
from OCP.TopoDS import TopoDS_Shape
from pmi_files import annotated

from holotable.conversion.readers import xcaf
from holotable.conversion.readers.exchange_structure import ExchangeStructure
from holotable.conversion.readers.pmi_shapes import PartShapes, Place, StepShapes


def members(shape: TopoDS_Shape, kind: TopAbs_ShapeEnum) -> list[TopoDS_Shape]:
    found = ShapeMap()
    TopExp.MapShapes_s(shape, kind, found)
    return [found.FindKey(index) for index in range(1, found.Size() + 1)]


def test_faces_and_edges_have_the_numbers_of_the_maps() -> None:
    first, second = box(1, 2, 3), cylinder(1, 2)
    shapes = PartShapes([first, second])
    faces = members(second, TopAbs_ShapeEnum.TopAbs_FACE)
    edges = members(first, TopAbs_ShapeEnum.TopAbs_EDGE)

    place = shapes.place([faces[2], faces[0].Reversed(), edges[7]])

    assert place.faces == {1: {2: None, 0: None}}
    assert place.edges == {0: {7: None}}
    assert place.parts() == [1, 0]
    assert place.lost == 0


def test_of_a_solid_all_faces_count_and_of_a_vertex_only_its_part() -> None:
    shapes = PartShapes([box(1, 2, 3)])
    solid = members(shapes._shapes[0], TopAbs_ShapeEnum.TopAbs_SOLID)[0]
    corner = members(solid, TopAbs_ShapeEnum.TopAbs_VERTEX)[0]

    assert list(shapes.place([solid]).faces[0]) == [0, 1, 2, 3, 4, 5]
    assert shapes.place([corner]).parts() == [0]
    assert not shapes.place([corner])


def test_a_solid_that_stands_moved_in_its_part_is_found_by_its_own_faces() -> None:
    solid = box(1, 2, 3)
    move = gp_Trsf()
    move.SetTranslation(gp_Vec(5.0, 0.0, 0.0))
    shapes = PartShapes([solid.Moved(TopLoc_Location(move))])
    faces = members(solid, TopAbs_ShapeEnum.TopAbs_FACE)

    assert list(shapes.place([faces[3]]).faces[0]) == [3]


def test_shapes_of_no_part_are_counted() -> None:
    shapes = PartShapes([box(1, 2, 3)])
    stranger = BRepBuilderAPI_MakeVertex(gp_Pnt(0, 0, 0)).Shape()

    assert shapes.place([stranger, TopoDS_Shape(), None]).lost == 3


def test_places_that_are_the_same_set_have_equal_keys() -> None:
    one, two = Place({0: {1: None, 2: None}}), Place({0: {2: None}})
    two.update(Place({0: {1: None}}))

    assert one.keys == two.keys
    assert list(two.faces[0]) == [2, 1]


def test_a_face_of_the_file_becomes_its_shape(tmp_path: Path) -> None:
    path = annotated(tmp_path / "a.step")
    document = xcaf.open_document(path, "step", silent)
    (product,) = document.products.values()
    part = xcaf.shape_of(product)
    content = path.read_bytes()
    structure = ExchangeStructure(content)
    assert document.reader is None  # aspects alone are no annotations

    path = annotated(tmp_path / "b.step", "#9900=ANNOTATION_TEXT_OCCURRENCE('',(),$);\n")
    document = xcaf.open_document(path, "step", silent)
    (product,) = document.products.values()
    part = xcaf.shape_of(product)
    structure = ExchangeStructure(path.read_bytes())
    shapes = StepShapes(document.reader, structure)

    assert shapes.matches
    numbers = [shapes.shape(number) for number in structure.all("ADVANCED_FACE")]
    assert sorted(PartShapes([part]).place(numbers).faces[0]) == list(range(7))
    assert shapes.shape(structure.all("CARTESIAN_POINT")[0]) is None
    assert shapes.shape(123_456) is None


@pytest.mark.parametrize("number", [9010, 9011])
def test_an_instance_that_is_no_geometry_has_no_shape(tmp_path: Path, number: int) -> None:
    path = annotated(tmp_path / "b.step", "#9900=ANNOTATION_TEXT_OCCURRENCE('',(),$);\n")
    document = xcaf.open_document(path, "step", silent)
    shapes = StepShapes(document.reader, ExchangeStructure(path.read_bytes()))

    assert shapes.shape(number) is None
