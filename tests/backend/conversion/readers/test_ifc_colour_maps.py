from typing import Any

from ifc_files import IfcFile

from holotable.conversion.readers.ifc_colour_maps import read_colour_maps

RED, BLUE = 0xFF0000FF, 0x0000FFFF


def coloured(ifc: IfcFile, faces: Any, index: list[int], opacity: float | None = None) -> None:
    colours = ifc.file.create_entity("IfcColourRgbList", [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    ifc.file.create_entity("IfcIndexedColourMap", faces, opacity, colours, index)


def points(ifc: IfcFile) -> Any:
    corners = [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [1.0, 1.0, 0.0], [0.0, 1.0, 0.0]]
    return ifc.file.create_entity("IfcCartesianPointList3D", corners)


def test_each_triangle_has_its_colour() -> None:
    ifc = IfcFile()
    faces = ifc.file.create_entity(
        "IfcTriangulatedFaceSet", points(ifc), None, False, [[1, 2, 3], [1, 3, 4]]
    )
    coloured(ifc, faces, [2, 1])

    maps = read_colour_maps(ifc.file)

    assert {step: colours.tolist() for step, colours in maps.items()} == {faces.id(): [BLUE, RED]}


def test_a_polygon_gives_its_colour_to_all_its_triangles() -> None:
    ifc = IfcFile()
    polygons = [
        ifc.file.create_entity("IfcIndexedPolygonalFace", corners)
        for corners in ([1, 2, 3, 4], [1, 2, 3])
    ]
    faces = ifc.file.create_entity("IfcPolygonalFaceSet", points(ifc), False, polygons)
    coloured(ifc, faces, [1, 2], opacity=0.5)

    assert read_colour_maps(ifc.file)[faces.id()].tolist() == [0xFF000080, 0xFF000080, 0x0000FF80]


def test_a_map_that_does_not_fit_its_faces_is_left_out() -> None:
    ifc = IfcFile()
    faces = ifc.file.create_entity(
        "IfcTriangulatedFaceSet", points(ifc), None, False, [[1, 2, 3], [1, 3, 4]]
    )
    coloured(ifc, faces, [1])
    coloured(ifc, faces, [1, 7])

    assert read_colour_maps(ifc.file) == {}
