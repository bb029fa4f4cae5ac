from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ifc_files import IfcFile, two_storeys

from holotable.conversion.options import ConvertOptions
from holotable.conversion.readers.assembly import Assembly
from holotable.conversion.readers.ifc_shapes import Shapes, read_shapes
from holotable.conversion.readers.ifc_tree import build_tree, name_of


def shapes_of(ifc: IfcFile, told: list[float] | None = None) -> tuple[Shapes, Assembly]:
    assembly = Assembly("ifc", ConvertOptions(), None, "z", metres_per_unit=1.0)
    progress = [] if told is None else told
    shapes = read_shapes(build_tree(ifc.file), assembly, name_of, 1.0, progress.append)
    return shapes, assembly


def use_of(ifc: IfcFile, shapes: Shapes, name: str) -> Any:
    by_name = {ifc.file.by_id(step).Name: use for step, use in shapes.uses.items()}
    return by_name[name]


def test_all_shapes_are_built_rooms_and_openings_included() -> None:
    ifc = two_storeys()
    shapes, _ = shapes_of(ifc)

    built = {ifc.file.by_id(step).Name for step in shapes.uses}

    assert built == {"Wall below", "Wall above", "Door", "Room", "Opening"}
    assert (shapes.cut, shapes.second_tries) == (1, 0)


def test_elements_with_one_representation_share_a_part() -> None:
    ifc = IfcFile()
    shape = ifc.shape(ifc.box((1, 1, 1)))
    for n in range(3):
        ifc.root("IfcColumn", f"Column {n}", ObjectPlacement=ifc.placement(2.0 * n, 0, 0),
                 Representation=shape)  # fmt: skip

    shapes, _ = shapes_of(ifc)

    assert [len(users) for users in shapes.users] == [3]
    assert [use.transform[0, 3] for use in shapes.uses.values()] == [0.0, 2.0, 4.0]


def test_progress_rises_to_one() -> None:
    told: list[float] = []
    shapes_of(two_storeys(), told)

    assert told == sorted(told)
    assert told[-1] == pytest.approx(1.0)


def test_an_axis_is_kept_as_lines(tmp_path: Path) -> None:
    ifc = two_storeys()
    points = [
        ifc.file.create_entity("IfcCartesianPoint", Coordinates=place)
        for place in ((0.0, 0.0, 0.0), (10.0, 0.0, 0.0), (10.0, 5.0, 1.0))
    ]
    curve = ifc.file.create_entity("IfcPolyline", Points=points)
    drawn = ifc.file.create_entity(
        "IfcShapeRepresentation", ContextOfItems=ifc.context, RepresentationIdentifier="Axis",
        RepresentationType="Curve3D", Items=[curve],
    )  # fmt: skip
    shape = ifc.file.create_entity("IfcProductDefinitionShape", Representations=[drawn])
    ifc.root("IfcAnnotation", "Axis", ObjectPlacement=ifc.placement(0, 0, 0), Representation=shape)

    scene = ifc.scene(tmp_path / "a.ifc")

    row = next(node for node in scene.nodes if node.name == "Axis")
    assert row.part is not None
    assert row.hidden
    part = scene.parts[row.part]
    assert (len(part.mesh.triangles), part.edges is not None) == (0, True)
    assert part.edges is not None
    reach = np.ptp(part.edges.points, axis=0)
    assert reach.tolist() == pytest.approx([10.0, 1.0, 5.0])


def test_a_shape_that_no_kernel_can_build_is_left_out() -> None:
    ifc = two_storeys()
    broken = ifc.box((1, 1, 1))
    broken.Depth = 0.0
    wall = ifc.root("IfcWall", "Nothing", ObjectPlacement=ifc.placement(9, 9, 9),
                    Representation=ifc.shape(broken))  # fmt: skip

    assert wall.id() not in shapes_of(ifc)[0].uses


def test_a_wall_that_meshes_cannot_cut_is_cut_by_the_exact_kernel(tmp_path: Path) -> None:
    ifc = two_storeys()
    opening = ifc.file.by_type("IfcOpeningElement")[0]
    box = opening.Representation.Representations[0].Items[0]
    round_off = ifc.file.create_entity("IfcSphere", Position=ifc.axes(0, 0, 1.0), Radius=0.3)
    both = ifc.file.create_entity("IfcBooleanResult", "UNION", box, round_off)
    opening.Representation.Representations[0].Items = [both]

    shapes, _ = shapes_of(ifc)
    scene = ifc.scene(tmp_path / "a.ifc")

    wall = next(node for node in scene.nodes if node.name == "Wall below")
    assert shapes.cut == 0
    assert wall.part is not None
    assert scene.parts[wall.part].volume_m3 == pytest.approx(4 * 0.2 * 3 - 0.2 * 2.1, rel=1e-6)
