import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from cad_files import bounds_mm, placed_triangles
from ifc_files import IfcFile, infrastructure, shown, silent, two_storeys, uuid_of

from holotable.conversion.options import ConvertOptions
from holotable.conversion.readers.bim import read_bim
from holotable.errors import DamagedFile, NoGeometry, TooComplex

MODELS = Path(__file__).parents[4].parent / "shared" / "models"
needs_models = pytest.mark.skipif(not MODELS.is_dir(), reason="needs ../shared/models")


def test_the_tree_is_the_buildings_own_with_storeys_from_the_ground_up(tmp_path: Path) -> None:
    scene = two_storeys().scene(tmp_path / "a.ifc")

    assert [(node.parent, node.name, node.kind) for node in scene.nodes] == [
        (-1, "Project", "IfcProject"),
        (0, "Site", "IfcSite"),
        (1, "Building", "IfcBuilding"),
        (2, "Ground", "IfcBuildingStorey"),
        (3, "Room", "IfcSpace"),
        (3, "Wall below", "IfcWall"),
        (5, "Opening", "IfcOpeningElement"),
        (3, "Door", "IfcDoor"),
        (2, "Up", "IfcBuildingStorey"),
        (8, "Wall above", "IfcWall"),
    ]


def test_global_ids_are_the_ids(tmp_path: Path) -> None:
    scene = two_storeys().scene(tmp_path / "a.ifc")

    assert [node.id for node in scene.nodes] == [uuid_of(node.name) for node in scene.nodes]
    assert {node.identity for node in scene.nodes} == {"file"}


def test_repeated_global_ids_keep_every_occurrence_apart(tmp_path: Path) -> None:
    ifc = two_storeys()
    walls = ifc.file.by_type("IfcWall")
    walls[1].GlobalId = walls[0].GlobalId

    scene = ifc.scene(tmp_path / "a.ifc")

    assert len({node.id for node in scene.nodes}) == len(scene.nodes)
    assert [w.count for w in scene.warnings if w.code == "global_ids_unusable"] == [1]


@pytest.mark.parametrize("unit", ["m", "mm"])
def test_places_are_metres_with_y_up_in_any_unit(tmp_path: Path, unit: str) -> None:
    scene = two_storeys(unit).scene(tmp_path / "a.ifc")

    assert scene.source.length_unit == unit
    assert scene.source.up_axis == "z"
    assert bounds_mm(shown(scene)) == pytest.approx([-2000, -100, 0, 2000, 100, 6000], abs=0.01)


def test_a_person_may_correct_the_unit(tmp_path: Path) -> None:
    scene = two_storeys().scene(tmp_path / "a.ifc", ConvertOptions(unit="ft"))

    assert bounds_mm(shown(scene))[5] == pytest.approx(6000 * 0.3048, abs=0.01)


def test_openings_are_cut_and_spaces_and_openings_are_hidden(tmp_path: Path) -> None:
    scene = two_storeys().scene(tmp_path / "a.ifc")

    volumes = {
        node.name: scene.parts[node.part].volume_m3 for node in scene.nodes if node.part is not None
    }
    assert volumes["Wall above"] == pytest.approx(4 * 0.2 * 3)
    assert volumes["Wall below"] == pytest.approx(4 * 0.2 * 3 - 1.0 * 0.2 * 2.1, rel=1e-6)
    assert volumes["Room"] == pytest.approx(3 * 3 * 2.5)
    assert volumes["Opening"] == pytest.approx(1.0 * 0.4 * 2.1)
    assert all(part.closed for part in scene.parts)
    assert [node.name for node in scene.nodes if node.hidden] == ["Room", "Opening"]
    assert scene.warnings == ()


def test_a_room_that_holds_furniture_does_not_hide_it(tmp_path: Path) -> None:
    ifc = two_storeys()
    desk = ifc.root("IfcFurnishingElement", "Desk", ObjectPlacement=ifc.placement(0, 2, 0),
                    Representation=ifc.shape(ifc.box((1, 1, 1))))  # fmt: skip
    ifc.contain(ifc.file.by_type("IfcSpace")[0], desk)

    scene = ifc.scene(tmp_path / "a.ifc")

    rows = {node.name: (node, row) for row, node in enumerate(scene.nodes)}
    room, volume = rows["Room"][0], rows["Room (volume)"][0]
    assert (room.part, room.hidden, volume.hidden) == (None, False, True)
    assert volume.parent == rows["Room"][1] == rows["Desk"][0].parent
    assert not rows["Desk"][0].hidden


def test_colours_and_transparency_come_from_the_surface_styles(tmp_path: Path) -> None:
    scene = two_storeys().scene(tmp_path / "a.ifc")

    colours = {node.name: node.colour for node in scene.nodes}
    assert colours["Wall above"] == "#cc331aff"
    assert colours["Door"] == "#804c1a80"
    assert scene.palette == ("#b8bec6ff",)


def test_an_element_of_two_colours_uses_the_palette(tmp_path: Path) -> None:
    ifc = IfcFile()
    both = ifc.shape(
        ifc.box((1, 1, 1), (1.0, 0.0, 0.0, 1.0)), ifc.box((2, 2, 0.5), (0.0, 1.0, 0.0, 1.0))
    )
    proxy = ifc.root("IfcBuildingElementProxy", "Both", ObjectPlacement=ifc.placement(0, 0, 0),
                     Representation=both)  # fmt: skip
    site = ifc.root("IfcSite", "Site")
    ifc.aggregate(ifc.project, site)
    ifc.contain(site, proxy)

    scene = ifc.scene(tmp_path / "a.ifc")

    assert set(scene.palette[1:]) == {"#ff0000ff", "#00ff00ff"}
    mesh = scene.parts[0].mesh
    assert set(mesh.materials.tolist()) == {1, 2}
    assert (mesh.materials[mesh.triangles] == mesh.materials[mesh.triangles][:, :1]).all()


def test_equal_shapes_are_one_part(tmp_path: Path) -> None:
    ifc = IfcFile()
    site = ifc.root("IfcSite", "Site")
    ifc.aggregate(ifc.project, site)
    shape = ifc.shape(ifc.box((1, 1, 1)))
    columns = [
        ifc.root("IfcColumn", f"Column {n}", ObjectPlacement=ifc.placement(2.0 * n, 0, 0),
                 Representation=shape)
        for n in range(5)
    ]  # fmt: skip
    ifc.contain(site, *columns)

    scene = ifc.scene(tmp_path / "a.ifc")

    assert len(scene.parts) == 1
    assert sum(node.part is not None for node in scene.nodes) == 5


def test_a_building_far_from_the_origin_keeps_its_detail(tmp_path: Path) -> None:
    ifc = IfcFile()
    site = ifc.root("IfcSite", "Site")
    ifc.aggregate(ifc.project, site)
    wall = ifc.root(
        "IfcWall", "Wall", ObjectPlacement=ifc.placement(3_500_000.25, 5_700_000.5, 100.125),
        Representation=ifc.shape(ifc.box((4, 0.2, 3))),
    )  # fmt: skip
    ifc.contain(site, wall)

    scene = ifc.scene(tmp_path / "a.ifc")

    assert scene.nodes[2].transform[:3, 3] == pytest.approx(
        (3_500_000.25, 100.125, -5_700_000.5), abs=1e-6
    )
    assert np.ptp(scene.parts[0].mesh.positions, axis=0) == pytest.approx((4, 3, 0.2))


def test_elements_without_any_parent_hang_from_the_project(tmp_path: Path) -> None:
    ifc = IfcFile()
    ifc.root("IfcWall", "Lost", ObjectPlacement=ifc.placement(0, 0, 0),
             Representation=ifc.shape(ifc.box((4, 0.2, 3))))  # fmt: skip

    scene = ifc.scene(tmp_path / "a.ifc")

    assert [(node.parent, node.name) for node in scene.nodes] == [(-1, "Project"), (0, "Lost")]
    assert [(w.code, w.count) for w in scene.warnings] == [("elements_without_place", 1)]


def test_a_body_that_cannot_be_built_is_warned_of(tmp_path: Path) -> None:
    ifc = two_storeys()
    broken = ifc.box((1, 1, 1))
    broken.Depth = 0.0
    wall = ifc.root("IfcWall", "Nothing", ObjectPlacement=ifc.placement(9, 9, 9),
                    Representation=ifc.shape(broken))  # fmt: skip
    ifc.contain(ifc.file.by_type("IfcBuilding")[0], wall)

    scene = ifc.scene(tmp_path / "a.ifc")

    lost = [warning for warning in scene.warnings if warning.code == "elements_lost"]
    assert [(w.count, "1 IfcWall. First: Nothing (#" in w.detail) for w in lost] == [(1, True)]


def test_progress_rises_through_reading_and_tessellating(tmp_path: Path) -> None:
    path = tmp_path / "a.ifc"
    two_storeys().file.write(str(path))
    told: list[tuple[str, float]] = []

    read_bim(path, "ifc", ConvertOptions(), lambda stage, done: told.append((stage, done)))

    assert told == sorted(told)
    assert [told[0], told[-1]] == [("reading", 0.0), ("tessellating", 1.0)]


def test_a_file_without_shapes_has_no_geometry(tmp_path: Path) -> None:
    with pytest.raises(NoGeometry):
        IfcFile().scene(tmp_path / "a.ifc")


def test_more_than_the_limits_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.ifc"
    two_storeys().file.write(str(path))

    with pytest.raises(TooComplex):
        read_bim(path, "ifc", replace(ConvertOptions(), max_occurrences=2), silent)
    with pytest.raises(TooComplex):
        read_bim(path, "ifc", replace(ConvertOptions(), max_triangles=20), silent)


def test_nonsense_between_head_and_trailer_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "a.ifc"
    path.write_text("ISO-10303-21;\nHEADER;\nnonsense\nEND-ISO-10303-21;\n")

    with pytest.raises((DamagedFile, NoGeometry)):
        read_bim(path, "ifc", ConvertOptions(), silent)


def test_roads_bridges_and_axes_of_ifc4x3_are_rows(tmp_path: Path) -> None:
    file = infrastructure()
    path = tmp_path / "a.ifc"
    file.write(str(path))

    scene = read_bim(path, "ifc", ConvertOptions(), silent)

    rows = {node.name: (node.kind, scene.nodes[node.parent].name) for node in scene.nodes[1:]}
    assert rows["Road"] == ("IfcRoad", "Valley")
    assert rows["Line 7"] == ("IfcRailway", "Valley")
    assert rows["Bridge"] == ("IfcBridge", "Valley")
    assert rows["Deck"] == ("IfcBridgePart", "Bridge")
    assert rows["Girder"] == ("IfcBeam", "Deck")
    axis = next(node for node in scene.nodes if node.kind == "IfcAlignment")
    assert axis.part is not None
    assert not axis.hidden
    lines = scene.parts[axis.part].edges
    assert lines is not None
    # From (0, 0, 10) to (400, 200, 10) over a crest near 12: the axis in space, not its plan.
    assert np.ptp(lines.points, axis=0) == pytest.approx((400, 1.9, 200), abs=0.1)
    assert len(scene.parts) == 2


def test_inches_in_the_file_are_metres_in_the_scene(tmp_path: Path) -> None:
    ifc = two_storeys()
    metre = ifc.project.UnitsInContext.Units[0]
    factor = ifc.file.create_entity(
        "IfcMeasureWithUnit", ifc.file.create_entity("IfcLengthMeasure", 0.0254), metre
    )
    exponents = ifc.file.create_entity("IfcDimensionalExponents", 1, 0, 0, 0, 0, 0, 0)
    ifc.project.UnitsInContext.Units = [
        ifc.file.create_entity("IfcConversionBasedUnit", exponents, "LENGTHUNIT", "INCH", factor)
    ]

    scene = ifc.scene(tmp_path / "a.ifc")

    assert scene.source.length_unit == "in"
    assert bounds_mm(shown(scene))[5] == pytest.approx(6000 * 0.0254, abs=0.01)
    volumes = [part.volume_m3 for part in scene.parts if part.name == "Wall below"]
    assert volumes == [pytest.approx((4 * 0.2 * 3 - 1.0 * 0.2 * 2.1) * 0.0254**3, rel=1e-4)]
    storey = next(node for node in scene.nodes if node.name == "Up")
    assert storey.properties["IFC"]["Elevation"] == "3 in"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (b"\\X2\\004B00FC006300680065\\X0\\", "Küche"),
        (b"\\X\\FCber", "über"),
        (b"\\S\\|ber", "über"),
        ("Küche".encode(), "Küche"),
        (b"It''s", "It's"),
    ],
)
def test_names_are_read_in_every_encoding_of_part_21(
    tmp_path: Path, written: bytes, read: str
) -> None:
    path = tmp_path / "a.ifc"
    two_storeys().file.write(str(path))
    path.write_bytes(path.read_bytes().replace(b"'Wall above'", b"'" + written + b"'"))

    scene = read_bim(path, "ifc", ConvertOptions(), silent)

    assert read in {node.name for node in scene.nodes}


def test_bytes_that_are_no_utf8_are_read_as_windows_writes_them(tmp_path: Path) -> None:
    path = tmp_path / "a.ifc"
    two_storeys().file.write(str(path))
    latin = "Küche".encode("latin-1")
    path.write_bytes(path.read_bytes().replace(b"'Wall above'", b"'" + latin + b"'"))

    scene = read_bim(path, "ifc", ConvertOptions(), silent)

    assert "Küche" in {node.name for node in scene.nodes}


def test_colours_of_single_faces_come_from_a_colour_map(tmp_path: Path) -> None:
    ifc = IfcFile()
    site = ifc.root("IfcSite", "Site")
    ifc.aggregate(ifc.project, site)
    corners = [[x, y, z] for x in (0.0, 1.0) for y in (0.0, 1.0) for z in (0.0, 1.0)]
    faces = [
        [1, 2, 4], [1, 4, 3], [5, 7, 8], [5, 8, 6], [1, 5, 6], [1, 6, 2],
        [3, 4, 8], [3, 8, 7], [1, 3, 7], [1, 7, 5], [2, 6, 8], [2, 8, 4],
    ]  # fmt: skip
    body = ifc.file.create_entity(
        "IfcTriangulatedFaceSet", ifc.file.create_entity("IfcCartesianPointList3D", corners),
        None, True, faces,
    )  # fmt: skip
    ifc.file.create_entity(
        "IfcIndexedColourMap", body, None,
        ifc.file.create_entity("IfcColourRgbList", [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]),
        [1] * 6 + [2] * 6,
    )  # fmt: skip
    proxy = ifc.root("IfcBuildingElementProxy", "Box", ObjectPlacement=ifc.placement(0, 0, 0),
                     Representation=ifc.shape(body))  # fmt: skip
    ifc.contain(site, proxy)

    scene = ifc.scene(tmp_path / "a.ifc")

    assert set(scene.palette[1:]) == {"#ff0000ff", "#0000ffff"}


def test_parts_carry_their_types_properties_and_density(tmp_path: Path) -> None:
    ifc = two_storeys()
    walls = ifc.file.by_type("IfcWall")
    kind = ifc.root("IfcWallType", "Brick 20", PredefinedType="SOLIDWALL")
    ifc.relate("IfcRelDefinesByType", "type", RelatedObjects=walls, RelatingType=kind)
    brick = ifc.file.create_entity("IfcMaterial", Name="Brick")
    density = ifc.file.create_entity("IfcMassDensityMeasure", 1800.0)
    ifc.file.create_entity(
        "IfcMaterialProperties", Name="Pset_MaterialCommon", Material=brick,
        Properties=[ifc.file.create_entity("IfcPropertySingleValue", "MassDensity", None, density)],
    )  # fmt: skip
    ifc.relate("IfcRelAssociatesMaterial", "made of", RelatedObjects=[kind],
               RelatingMaterial=brick)  # fmt: skip

    scene = ifc.scene(tmp_path / "a.ifc")

    parts = [part for part in scene.parts if part.name == "Brick 20"]
    assert [part.density_kg_m3 for part in parts] == [1800.0, 1800.0]
    assert parts[0].properties["IFC"]["Class"] == "IfcWallType"
    wall = next(node for node in scene.nodes if node.name == "Wall above")
    assert wall.properties["IFC"]["Material"] == "Brick"


def test_pictures_on_surfaces_are_told(tmp_path: Path) -> None:
    ifc = two_storeys()
    ifc.file.create_entity("IfcImageTexture", RepeatS=True, RepeatT=True, URLReference="a.png")

    scene = ifc.scene(tmp_path / "a.ifc")

    assert [(w.code, w.count) for w in scene.warnings] == [("textures_ignored", 1)]


def test_the_place_on_earth_comes_with_the_scene(tmp_path: Path) -> None:
    ifc = two_storeys()
    crs = ifc.file.create_entity("IfcProjectedCRS", Name="EPSG:25832")
    ifc.file.create_entity("IfcMapConversion", ifc.context, crs, 691_000.5, 5_336_000.25, 515.0)

    georeference = ifc.scene(tmp_path / "a.ifc").georeference

    assert georeference["crs"] == "EPSG:25832"
    assert georeference["eastings_m"] == 691_000.5


@pytest.mark.models
@needs_models
@pytest.mark.parametrize("name", ["LargeBuilding.ifc", "haus.ifc"])
def test_a_real_building_is_read_as_its_facts_say(name: str) -> None:
    text = (MODELS / "SOURCES.md").read_text(encoding="utf-8")
    facts = text.split(f"\n## {name}\n")[1].split("\n## ")[0]

    def number(pattern: str) -> int:
        match = re.search(pattern + r" (\d+)", facts)
        assert match is not None
        return int(match[1])

    bounds = re.search(r"bbox m \[([^]]*)\]", facts)
    storeys = re.search(r"storeys \[([^]]*)\]", facts)
    assert bounds is not None
    assert storeys is not None

    scene = read_bim(MODELS / name, "ifc", ConvertOptions(), silent)

    seen = shown(scene)
    assert sum(n.part is not None for n in seen.nodes) == number(r"elements \(no spaces/openings\)")
    assert len({n.part for n in seen.nodes} - {None}) == number("unique geometries")
    # Cut as meshes, four walls of haus.ifc need fewer triangles than the kernel of the facts made.
    assert placed_triangles(seen) == pytest.approx(number("triangles"), rel=0.03)
    expected = [float(value) * 1000 for value in bounds[1].split(",")]
    assert bounds_mm(seen) == pytest.approx(expected, abs=1.0)
    named = [node.name for node in scene.nodes if node.kind == "IfcBuildingStorey"]
    assert named == re.findall(r"'([^']*)'", storeys[1])
    products = [n for n in scene.nodes if n.kind != "IfcProject" and n.identity == "file"]
    assert len(products) == number("IfcProduct")


@pytest.mark.models
@needs_models
@pytest.mark.parametrize("name", ["trunc.ifc", "cyc.ifc"])
def test_a_damaged_building_is_called_damaged(name: str) -> None:
    with pytest.raises(DamagedFile):
        read_bim(MODELS / "bad" / name, "ifc", ConvertOptions(), silent)
