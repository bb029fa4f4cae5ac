from typing import Any

from ifc_files import IfcFile

from holotable.conversion.readers.ifc_properties import (
    PropertyIndex,
    file_properties,
    read_properties,
)
from holotable.conversion.readers.ifc_units import read_units


def index_of(ifc: IfcFile) -> PropertyIndex:
    return read_properties(ifc.file, read_units(ifc.file))


def single(ifc: IfcFile, name: str, kind: str, value: Any) -> Any:
    return ifc.file.create_entity(
        "IfcPropertySingleValue", Name=name, NominalValue=ifc.file.create_entity(kind, value)
    )


def define(ifc: IfcFile, name: str, element: Any, *properties: Any) -> None:
    definition = ifc.root("IfcPropertySet", name, HasProperties=list(properties))
    ifc.relate("IfcRelDefinesByProperties", f"defines {name}", RelatedObjects=[element],
               RelatingPropertyDefinition=definition)  # fmt: skip


def test_sets_and_attributes_are_groups_of_plain_values() -> None:
    ifc = IfcFile()
    wall = ifc.root("IfcWall", "Wall", Tag="W-1", PredefinedType="SOLIDWALL")
    rating = single(ifc, "FireRating", "IfcLabel", "F90")
    define(ifc, "Pset_WallCommon", wall, rating, single(ifc, "IsExternal", "IfcBoolean", True))
    length = ifc.file.create_entity("IfcQuantityLength", Name="Length", LengthValue=4.5)
    base = ifc.root("IfcElementQuantity", "Qto_WallBaseQuantities", Quantities=[length])
    ifc.relate("IfcRelDefinesByProperties", "quantities", RelatedObjects=[wall],
               RelatingPropertyDefinition=base)  # fmt: skip
    kind = ifc.root("IfcWallType", "Brick 24", PredefinedType="SOLIDWALL")
    ifc.relate("IfcRelDefinesByType", "type", RelatedObjects=[wall], RelatingType=kind)
    brick = ifc.file.create_entity("IfcMaterial", Name="Brick")
    ifc.relate("IfcRelAssociatesMaterial", "material", RelatedObjects=[wall],
               RelatingMaterial=brick)  # fmt: skip

    properties = index_of(ifc).of_element(wall)

    assert properties["Pset_WallCommon"] == {"FireRating": "F90", "IsExternal": True}
    assert properties["Qto_WallBaseQuantities"] == {"Length": "4.5 m"}
    assert properties["Material"] == {"Name": "Brick"}
    assert properties["IFC"] == {
        "Class": "IfcWall", "GlobalId": wall.GlobalId, "Name": "Wall", "Tag": "W-1",
        "PredefinedType": "SOLIDWALL", "Type": "Brick 24", "Type class": "IfcWallType",
        "Material": "Brick",
    }  # fmt: skip


def test_a_type_gives_what_its_elements_do_not_say_themselves() -> None:
    ifc = IfcFile()
    wall = ifc.root("IfcWall", "Wall")
    define(ifc, "Pset_WallCommon", wall, single(ifc, "FireRating", "IfcLabel", "F30"))
    inherited = ifc.root(
        "IfcPropertySet", "Pset_WallCommon",
        HasProperties=[single(ifc, "FireRating", "IfcLabel", "F90"),
                       single(ifc, "LoadBearing", "IfcBoolean", True)],
    )  # fmt: skip
    inherited.GlobalId = ifc.root("IfcWallType", "unused").GlobalId[:-1] + "0"
    kind = ifc.root("IfcWallType", "Brick 24", HasPropertySets=[inherited])
    ifc.relate("IfcRelDefinesByType", "type", RelatedObjects=[wall], RelatingType=kind)

    index = index_of(ifc)

    assert index.of_element(wall)["Pset_WallCommon"] == {"FireRating": "F30", "LoadBearing": True}
    assert index.of_type(kind)["Pset_WallCommon"] == {"FireRating": "F90", "LoadBearing": True}
    assert index.of_type(kind)["IFC"]["Name"] == "Brick 24"


def test_classifications_keep_system_code_name_and_address() -> None:
    ifc = IfcFile()
    wall = ifc.root("IfcWall", "Wall")
    system = ifc.file.create_entity("IfcClassification", Name="Uniclass", Edition="2015")
    table = ifc.file.create_entity("IfcClassificationReference", Name="Systems",
                                   ReferencedSource=system)  # fmt: skip
    code = ifc.file.create_entity(
        "IfcClassificationReference", Location="https://uniclass.example/Ss_25",
        Identification="Ss_25_10", Name="Framed wall systems", ReferencedSource=table,
    )  # fmt: skip
    ifc.relate("IfcRelAssociatesClassification", "class", RelatedObjects=[wall],
               RelatingClassification=code)  # fmt: skip

    assert index_of(ifc).of_element(wall)["Classification"] == {
        "Uniclass 2015": "Ss_25_10 Framed wall systems",
        "Uniclass 2015 URI": "https://uniclass.example/Ss_25",
    }


def test_a_classification_that_refers_to_itself_ends() -> None:
    ifc = IfcFile()
    wall = ifc.root("IfcWall", "Wall")
    code = ifc.file.create_entity("IfcClassificationReference", Identification="X")
    code.ReferencedSource = code
    ifc.relate("IfcRelAssociatesClassification", "class", RelatedObjects=[wall],
               RelatingClassification=code)  # fmt: skip

    assert index_of(ifc).of_element(wall)["Classification"] == {"Reference": "X"}


def test_groups_systems_zones_documents_and_ports_are_properties() -> None:
    ifc = IfcFile()
    pump = ifc.root("IfcPump", "Pump")
    for number, (kind, name) in enumerate(
        (("IfcDistributionSystem", "Heating"), ("IfcZone", "North"), ("IfcZone", "Fire 2"))
    ):
        ifc.relate("IfcRelAssignsToGroup", f"group {number}", RelatedObjects=[pump],
                   RelatingGroup=ifc.root(kind, name))  # fmt: skip
    sheet = ifc.file.create_entity("IfcDocumentReference", Name="Data sheet", Location="pump.pdf")
    ifc.relate("IfcRelAssociatesDocument", "document", RelatedObjects=[pump],
               RelatingDocument=sheet)  # fmt: skip
    inlet = ifc.root("IfcDistributionPort", "Inlet", FlowDirection="SINK")
    ifc.relate("IfcRelNests", "ports", RelatingObject=pump, RelatedObjects=[inlet])

    properties = index_of(ifc).of_element(pump)

    assert properties["Groups"] == {"DistributionSystem": "Heating", "Zone": "North, Fire 2"}
    assert properties["Documents"] == {"Data sheet": "pump.pdf"}
    assert properties["Ports"] == {"Inlet": "SINK"}


def test_what_has_no_properties_has_its_class() -> None:
    ifc = IfcFile()
    wall = ifc.file.create_entity("IfcWall", GlobalId="0" * 22)

    assert index_of(ifc).of_element(wall) == {"IFC": {"Class": "IfcWall", "GlobalId": "0" * 22}}


def test_the_header_names_the_program_and_the_schema() -> None:
    facts = file_properties(IfcFile().file)["File"]

    assert facts["Schema"] == "IFC4"
    assert "IfcOpenShell" in str(facts["Application"])
