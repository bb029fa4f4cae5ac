from pathlib import Path

import pytest
from ifc_files import IfcFile, silent, two_storeys

from holotable.conversion.options import ConvertOptions
from holotable.conversion.readers.bim import read_bim
from holotable.conversion.readers.ifc_cycles import check_shapes
from holotable.errors import DamagedFile


def map_of_itself() -> IfcFile:
    ifc = two_storeys()
    shape = ifc.file.by_type("IfcWall")[1].Representation.Representations[0]
    source = ifc.file.create_entity("IfcRepresentationMap", ifc.origin, shape)
    target = ifc.file.create_entity(
        "IfcCartesianTransformationOperator3D",
        LocalOrigin=ifc.file.create_entity("IfcCartesianPoint", (0.0, 0.0, 0.0)),
    )
    shape.Items = [ifc.file.create_entity("IfcMappedItem", source, target)]
    return ifc


def boolean_of_itself() -> IfcFile:
    ifc = two_storeys()
    shape = ifc.file.by_type("IfcWall")[1].Representation.Representations[0]
    body = shape.Items[0]
    inner = ifc.file.create_entity("IfcBooleanResult", "DIFFERENCE", body, body)
    outer = ifc.file.create_entity("IfcBooleanResult", "DIFFERENCE", inner, body)
    inner.SecondOperand = outer
    shape.Items = [outer]
    return ifc


@pytest.mark.parametrize("make", [map_of_itself, boolean_of_itself])
def test_a_shape_that_contains_itself_is_damaged(make: object, tmp_path: Path) -> None:
    assert callable(make)
    path = tmp_path / "a.ifc"
    make().file.write(str(path))

    with pytest.raises(DamagedFile, match="contains itself"):
        read_bim(path, "ifc", ConvertOptions(), silent)


def test_shapes_that_share_operands_are_sound() -> None:
    ifc = two_storeys()
    body = ifc.box((1, 1, 1))
    lower = ifc.file.create_entity("IfcBooleanResult", "UNION", body, body)
    ifc.file.create_entity("IfcBooleanResult", "UNION", lower, lower)

    check_shapes(ifc.file)


def test_a_long_chain_is_no_cycle() -> None:
    ifc = IfcFile()
    body = ifc.box((1, 1, 1))
    for _ in range(3000):
        body = ifc.file.create_entity("IfcBooleanResult", "UNION", body, body)

    check_shapes(ifc.file)
