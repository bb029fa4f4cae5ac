from ifc_files import IfcFile, two_storeys

from holotable.conversion.readers.ifc_tree import build_tree, name_of

LEFT_OUT = {"IfcSpace", "IfcOpeningElement"}


def names(ifc: IfcFile, with_geometry: set[int]) -> list[str]:
    tree = build_tree(ifc.file, LEFT_OUT)
    return [element.name for element in tree.ordered(with_geometry)]


def test_structure_stands_without_geometry_and_elements_only_with_it() -> None:
    ifc = two_storeys()
    wall = ifc.file.by_type("IfcWall")[0].id()

    assert names(ifc, set()) == ["Project", "Site", "Building", "Ground", "Up"]
    assert "Wall below" in names(ifc, {wall})


def test_a_space_is_a_row_when_something_in_it_is() -> None:
    ifc = two_storeys()
    desk = ifc.root("IfcFurnishingElement", "Desk")
    ifc.contain(ifc.file.by_type("IfcSpace")[0], desk)

    tree = build_tree(ifc.file, LEFT_OUT)
    rows = {element.step: element for element in tree.ordered({desk.id()})}

    assert rows[rows[desk.id()].parent].name == "Room"


def test_a_door_that_no_storey_holds_stands_beside_its_wall() -> None:
    ifc = two_storeys()
    tree = build_tree(ifc.file, LEFT_OUT)

    door, wall = ifc.file.by_type("IfcDoor")[0].id(), ifc.file.by_type("IfcWall")[0].id()
    assert tree.parents[door] == tree.parents[wall]


def test_a_tree_that_bites_its_tail_is_opened() -> None:
    ifc = two_storeys()
    building, storey = ifc.file.by_type("IfcBuilding")[0], ifc.file.by_type("IfcBuildingStorey")[0]
    for relation in ifc.file.by_type("IfcRelAggregates"):
        if relation.RelatingObject == ifc.file.by_type("IfcSite")[0]:
            relation.RelatingObject = storey

    rows = names(ifc, {wall.id() for wall in ifc.file.by_type("IfcWall")})

    assert building.Name in rows
    assert sorted(rows) == sorted(set(rows))
    assert {"Wall above", "Wall below"} <= set(rows)


def test_bodies_are_the_products_that_claim_one() -> None:
    ifc = two_storeys()

    claimed = {ifc.file.by_id(step).Name for step in build_tree(ifc.file, LEFT_OUT).bodies}

    assert claimed == {"Wall below", "Wall above", "Door"}


def test_what_has_no_name_is_called_by_its_type_or_class() -> None:
    ifc = IfcFile()
    wall = ifc.file.create_entity("IfcWall", GlobalId="0" * 22, ObjectType="Brick 24")
    bare = ifc.file.create_entity("IfcWall", GlobalId="1" * 22)

    assert (name_of(wall), name_of(bare)) == ("Brick 24", "Wall")
