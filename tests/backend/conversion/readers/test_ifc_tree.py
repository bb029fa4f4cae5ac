from pathlib import Path

from ifc_files import IfcFile, two_storeys

from holotable.conversion.readers.ifc_tree import build_tree, name_of


def names(ifc: IfcFile) -> list[str]:
    return [element.name for element in build_tree(ifc.file).ordered()]


def parent_names(ifc: IfcFile) -> dict[str, str]:
    elements = {element.step: element for element in build_tree(ifc.file).ordered()}
    return {
        element.name: elements[element.parent].name
        for element in elements.values()
        if element.parent in elements
    }


def test_every_product_is_a_row_parents_first() -> None:
    ifc = two_storeys()

    assert names(ifc) == [
        "Project", "Site", "Building", "Ground", "Room", "Wall below", "Opening", "Door", "Up",
        "Wall above",
    ]  # fmt: skip


def test_a_door_that_no_storey_holds_stands_beside_its_wall() -> None:
    held_by = parent_names(two_storeys())

    assert held_by["Door"] == held_by["Wall below"] == "Ground"
    assert held_by["Opening"] == "Wall below"


def test_parts_nested_in_assemblies_stand_below_them() -> None:
    ifc = two_storeys()
    truss = ifc.root("IfcElementAssembly", "Truss")
    ifc.contain(ifc.file.by_type("IfcBuilding")[0], truss)
    ifc.aggregate(truss, ifc.root("IfcBeam", "Chord"), ifc.root("IfcBeam", "Strut"))
    nozzle = ifc.root("IfcPipeFitting", "Nozzle")
    ifc.relate("IfcRelNests", "nest", RelatingObject=ifc.file.by_type("IfcDoor")[0],
               RelatedObjects=[nozzle])  # fmt: skip

    held_by = parent_names(ifc)

    assert (held_by["Chord"], held_by["Strut"], held_by["Nozzle"]) == ("Truss", "Truss", "Door")


def test_ports_without_a_shape_are_no_rows() -> None:
    ifc = two_storeys()
    pump, inlet = ifc.root("IfcPump", "Pump"), ifc.root("IfcDistributionPort", "Inlet")
    ifc.contain(ifc.file.by_type("IfcBuilding")[0], pump)
    ifc.relate("IfcRelNests", "ports", RelatingObject=pump, RelatedObjects=[inlet])

    assert "Pump" in names(ifc)
    assert "Inlet" not in names(ifc)


def test_an_element_in_two_storeys_stands_in_the_first_and_is_counted() -> None:
    ifc = two_storeys()
    up, wall = ifc.file.by_type("IfcBuildingStorey")[0], ifc.file.by_type("IfcWall")[0]
    ifc.relate("IfcRelContainedInSpatialStructure", "again", RelatingStructure=up,
               RelatedElements=[wall])  # fmt: skip

    assert build_tree(ifc.file).contested == 1
    assert names(ifc).count("Wall below") == 1


def test_what_only_refers_to_a_storey_or_covers_an_element_finds_a_home() -> None:
    ifc = two_storeys()
    shaft, tiles = ifc.root("IfcColumn", "Shaft"), ifc.root("IfcCovering", "Tiles")
    ifc.relate("IfcRelReferencedInSpatialStructure", "passes", RelatedElements=[shaft],
               RelatingStructure=ifc.file.by_type("IfcBuildingStorey")[0])  # fmt: skip
    ifc.relate("IfcRelCoversBldgElements", "covers", RelatedCoverings=[tiles],
               RelatingBuildingElement=ifc.file.by_type("IfcWall")[0])  # fmt: skip

    held_by = parent_names(ifc)

    assert (held_by["Shaft"], held_by["Tiles"]) == ("Up", "Ground")
    assert build_tree(ifc.file).homeless == 0


def test_a_tree_that_bites_its_tail_is_opened() -> None:
    ifc = two_storeys()
    storey = ifc.file.by_type("IfcBuildingStorey")[0]
    for relation in ifc.file.by_type("IfcRelAggregates"):
        if relation.RelatingObject == ifc.file.by_type("IfcSite")[0]:
            relation.RelatingObject = storey

    rows = names(ifc)

    assert len(rows) == len(set(rows)) == 10


def test_relations_by_which_something_holds_itself_leave_the_file() -> None:
    ifc = two_storeys()
    wall = ifc.file.by_type("IfcWall")[0]
    ifc.aggregate(wall, wall)  # the kernel would look for the outermost whole for ever
    before = len(ifc.file.by_type("IfcRelAggregates"))

    tree = build_tree(ifc.file)

    assert tree.contested == 1
    assert len(ifc.file.by_type("IfcRelAggregates")) == before - 1
    assert wall.id() in tree.parents


def test_bodies_are_the_products_that_claim_one() -> None:
    ifc = two_storeys()

    claimed = {ifc.file.by_id(step).Name for step in build_tree(ifc.file).bodies}

    assert claimed == {"Wall below", "Wall above", "Door", "Opening", "Room"}


def test_rooms_and_openings_are_helpers_and_annotations_are_hidden_too() -> None:
    ifc = two_storeys()
    note = ifc.root("IfcAnnotation", "Note")
    tree = build_tree(ifc.file)

    helpers = {ifc.file.by_id(step).Name for step in tree.helpers}
    assert helpers == {"Room", "Opening"}
    assert tree.hidden == tree.helpers | {note.id()}


def test_what_has_no_name_is_called_by_its_type_or_class() -> None:
    ifc = IfcFile()
    wall = ifc.file.create_entity("IfcWall", GlobalId="0" * 22, ObjectType="Brick 24")
    bare = ifc.file.create_entity("IfcWall", GlobalId="1" * 22)

    assert (name_of(wall), name_of(bare)) == ("Brick 24", "Wall")


def test_a_file_without_a_project_still_has_its_rows(tmp_path: Path) -> None:
    ifc = two_storeys()
    ifc.file.remove(ifc.project)

    assert names(ifc)[0] == "Site"
    assert "Wall above" in names(ifc)
    assert {node.name for node in ifc.scene(tmp_path / "a.ifc").nodes} >= {"Wall above", "Door"}
