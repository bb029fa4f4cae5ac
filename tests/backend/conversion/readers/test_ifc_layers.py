from ifc_files import IfcFile

from holotable.conversion.readers.ifc_layers import Layer, read_layers


def test_the_layer_is_that_of_the_shape_or_of_its_items() -> None:
    ifc = IfcFile()
    shape, other = ifc.shape(ifc.box((1, 1, 1))), ifc.shape(ifc.box((2, 1, 1)))
    wall = ifc.root("IfcWall", "Wall", Representation=shape)
    slab = ifc.root("IfcSlab", "Slab", Representation=other)
    bare = ifc.root("IfcWall", "Bare")
    ifc.file.create_entity("IfcPresentationLayerAssignment", Name="A-WALL",
                           AssignedItems=list(shape.Representations))  # fmt: skip
    ifc.file.create_entity("IfcPresentationLayerAssignment", Name="A-SLAB",
                           AssignedItems=list(other.Representations[0].Items))  # fmt: skip

    layers = read_layers(ifc.file)

    assert layers.of(wall) == Layer("A-WALL", shown=True)
    assert layers.of(slab) == Layer("A-SLAB", shown=True)
    assert layers.of(bare) is None
    assert layers.of(ifc.project) is None


def test_the_layer_of_a_mapped_shape_counts() -> None:
    ifc = IfcFile()
    shape = ifc.shape(ifc.box((1, 1, 1)))
    source = ifc.file.create_entity("IfcRepresentationMap", MappingOrigin=ifc.origin,
                                    MappedRepresentation=shape.Representations[0])  # fmt: skip
    target = ifc.file.create_entity(
        "IfcCartesianTransformationOperator3D",
        LocalOrigin=ifc.file.create_entity("IfcCartesianPoint", Coordinates=(0.0, 0.0, 0.0)),
    )  # fmt: skip
    item = ifc.file.create_entity("IfcMappedItem", MappingSource=source, MappingTarget=target)
    wall = ifc.root("IfcWall", "Wall", Representation=ifc.shape(item))
    ifc.file.create_entity("IfcPresentationLayerAssignment", Name="A-WALL",
                           AssignedItems=list(shape.Representations))  # fmt: skip

    assert read_layers(ifc.file).of(wall) == Layer("A-WALL", shown=True)


def test_a_layer_may_be_switched_off() -> None:
    ifc = IfcFile()
    shape = ifc.shape(ifc.box((1, 1, 1)))
    wall = ifc.root("IfcWall", "Wall", Representation=shape)
    ifc.file.create_entity("IfcPresentationLayerWithStyle", Name="Old", LayerOn=False,
                           LayerFrozen=False, LayerBlocked=False, LayerStyles=[],
                           AssignedItems=list(shape.Representations))  # fmt: skip

    assert read_layers(ifc.file).of(wall) == Layer("Old", shown=False)
