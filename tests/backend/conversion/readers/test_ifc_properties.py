from ifc_files import IfcFile

from holotable.conversion.readers.ifc_properties import layer_of, properties_of


def test_sets_and_attributes_are_groups_of_plain_values() -> None:
    ifc = IfcFile()
    wall = ifc.root("IfcWall", "Wall", Tag="W-1", PredefinedType="SOLIDWALL")
    text, flag = (
        ifc.file.create_entity(
            "IfcPropertySingleValue", Name=name, NominalValue=ifc.file.create_entity(kind, value)
        )
        for name, kind, value in (
            ("FireRating", "IfcLabel", "F90"), ("IsExternal", "IfcBoolean", True),
        )
    )  # fmt: skip
    some = ifc.file.create_entity(
        "IfcPropertyEnumeratedValue", Name="Status",
        EnumerationValues=[ifc.file.create_entity("IfcLabel", word) for word in ("NEW", "OLD")],
    )  # fmt: skip
    common = ifc.root("IfcPropertySet", "Pset_WallCommon", HasProperties=[text, flag, some])
    length = ifc.file.create_entity("IfcQuantityLength", Name="Length", LengthValue=4.5)
    base = ifc.root("IfcElementQuantity", "BaseQuantities", Quantities=[length])
    for number, definition in enumerate((common, base)):
        ifc.relate("IfcRelDefinesByProperties", f"defines {number}", RelatedObjects=[wall],
                   RelatingPropertyDefinition=definition)  # fmt: skip
    kind = ifc.root("IfcWallType", "Brick 24")
    ifc.relate("IfcRelDefinesByType", "type", RelatedObjects=[wall], RelatingType=kind)
    brick = ifc.file.create_entity("IfcMaterial", Name="Brick")
    ifc.relate("IfcRelAssociatesMaterial", "material", RelatedObjects=[wall],
               RelatingMaterial=brick)  # fmt: skip

    properties = properties_of(wall)

    assert properties["Pset_WallCommon"] == {
        "FireRating": "F90", "IsExternal": True, "Status": "NEW, OLD",
    }  # fmt: skip
    assert properties["BaseQuantities"] == {"Length": 4.5}
    assert properties["IFC"] == {
        "Class": "IfcWall", "GlobalId": wall.GlobalId, "Name": "Wall", "Tag": "W-1",
        "PredefinedType": "SOLIDWALL", "Type": "Brick 24", "Material": "Brick",
    }  # fmt: skip


def test_the_layer_is_that_of_the_shape() -> None:
    ifc = IfcFile()
    shape = ifc.shape(ifc.box((1, 1, 1)))
    wall = ifc.root("IfcWall", "Wall", Representation=shape)
    bare = ifc.root("IfcWall", "Bare")
    ifc.file.create_entity("IfcPresentationLayerAssignment", Name="A-WALL",
                           AssignedItems=list(shape.Representations))  # fmt: skip

    assert (layer_of(wall), layer_of(bare)) == ("A-WALL", None)
