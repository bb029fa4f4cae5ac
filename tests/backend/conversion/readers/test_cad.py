import math
import re
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from cad_files import (
    BOW_TIE,
    EXACT,
    bounds_mm,
    box,
    cylinder,
    in_inches,
    in_subfigure,
    nested_assembly,
    placed_triangles,
    placed_volume_mm3,
    planar_face,
    read,
    scene_of,
    world_transforms,
    write_whole,
)
from OCP.BRep import BRep_Builder
from OCP.BRepAlgoAPI import BRepAlgoAPI_Cut
from OCP.BRepPrimAPI import BRepPrimAPI_MakeSphere, BRepPrimAPI_MakeWedge
from OCP.BRepTools import BRepTools
from OCP.gp import gp_Ax2, gp_Dir, gp_Pnt, gp_Trsf, gp_Vec
from OCP.IGESCAFControl import IGESCAFControl_Writer
from OCP.Message import Message_ProgressRange
from OCP.TopLoc import TopLoc_Location
from OCP.TopoDS import TopoDS_Compound
from samples import large_step

from holotable.conversion.normals import measure, weld
from holotable.conversion.options import ConvertOptions
from holotable.conversion.readers.cad import read_cad
from holotable.errors import DamagedFile, MissingFiles, NoGeometry, TooComplex
from holotable.review.scene import Identity, SourceKind
from holotable.sample.step_file import StepFile, rotation, translation

MODELS = Path(__file__).parents[4].parent / "shared" / "models"
needs_models = pytest.mark.skipif(not MODELS.is_dir(), reason="needs ../shared/models")


def test_a_tree_keeps_products_occurrences_and_shared_parts(tmp_path: Path) -> None:
    scene = scene_of(nested_assembly(), tmp_path / "a.step")

    rows = [(node.parent, node.name, node.kind) for node in scene.nodes]
    sub = [("B1", "part"), ("Pin", "part"), ("Pin", "part")]
    assert rows == [
        (-1, "Top", "assembly"),
        (0, "Sub one", "assembly"),
        *((1, *leaf) for leaf in sub),
        (0, "Sub two", "assembly"),
        *((5, *leaf) for leaf in sub),
        (0, "Special", "part"),
    ]
    assert sorted(part.name for part in scene.parts) == ["Block", "Pin"]
    assert scene.nodes[2].properties == {"Product": {"product": "Block", "occurrence": "B1"}}


def test_nested_transforms_are_metres_with_y_up(tmp_path: Path) -> None:
    scene = scene_of(nested_assembly(), tmp_path / "a.step")

    worlds = world_transforms(scene)
    # Sub two is turned 90 degrees about z: (1, 2, 3) goes to (-2, 1, 3), z up, millimetres.
    assert worlds[6][:3, 3] == pytest.approx((-0.002, 0.003, -0.001))
    assert worlds[2][:3, 3] == pytest.approx((0.101, 0.003, -0.002))
    assert bounds_mm(scene) == pytest.approx([-22, -2, 0, 111, 22, 60], abs=0.01)


def test_a_person_may_say_that_y_is_up(tmp_path: Path) -> None:
    scene = scene_of(nested_assembly(), tmp_path / "a.step", replace(EXACT, up_axis="y"))

    assert scene.source.up_axis == "y"
    assert world_transforms(scene)[2][:3, 3] == pytest.approx((0.101, 0.002, 0.003))


def test_an_occurrence_colour_goes_before_the_products(tmp_path: Path) -> None:
    scene = scene_of(nested_assembly(), tmp_path / "a.step")

    assert [node.colour for node in scene.nodes] == [
        None, None, "#cc3311ff", "#4477aaff", "#4477aaff",
        None, "#cc3311ff", "#4477aaff", "#4477aaff", "#ffff0080",
    ]  # fmt: skip
    assert {node.layer for node in scene.nodes if node.name == "B1"} == {"L1"}


def test_face_colours_become_palette_entries_of_those_faces_only(tmp_path: Path) -> None:
    file = StepFile()
    chosen: list[object] = []

    def first_two(face: object) -> bool:
        chosen.append(face)
        return len(chosen) <= 2

    part = file.part("Block", box(10, 20, 30), "#cc3311", faces=[(first_two, "#00ff00")])
    root = file.assembly("Root")
    file.place(root, part, None, "It")

    scene = scene_of(file, tmp_path / "a.step")

    assert scene.palette[1:] == ("#00ff00ff",)
    assert scene.nodes[1].colour == "#cc3311ff"
    mesh = scene.parts[0].mesh
    assert Counter(mesh.materials.tolist()) == {0: 16, 1: 8}
    corners = mesh.materials[mesh.triangles]
    assert (corners == corners[:, :1]).all()


def test_material_and_its_density_are_properties_of_the_part(tmp_path: Path) -> None:
    scene = scene_of(nested_assembly(), tmp_path / "a.step")

    block = next(part for part in scene.parts if part.name == "Block")
    assert block.properties["Material"] == {"name": "Steel", "density_kg_m3": 7850.0}


def test_volume_area_and_closedness_are_those_of_the_solid(tmp_path: Path) -> None:
    scene = scene_of(nested_assembly(), tmp_path / "a.step")

    block, pin = sorted(scene.parts, key=lambda part: part.name)
    assert (block.closed, pin.closed) == (True, True)
    assert block.volume_m3 == pytest.approx(6000e-9, rel=1e-9)
    assert pin.volume_m3 == pytest.approx(math.pi * 40e-9, rel=1e-9)
    assert pin.area_m2 == pytest.approx(math.pi * 48e-6, rel=1e-9)


def test_a_file_in_inches_is_read_in_metres_and_keeps_its_unit(tmp_path: Path) -> None:
    path = tmp_path / "a.step"
    nested_assembly().write(path, "a")
    in_inches(path)

    scene = read(path)

    assert scene.source.length_unit == "in"
    assert bounds_mm(scene)[3] == pytest.approx(111 * 25.4, abs=0.2)


def test_a_person_may_correct_the_unit(tmp_path: Path) -> None:
    scene = scene_of(nested_assembly(), tmp_path / "a.step", replace(EXACT, unit="cm"))

    assert scene.source.length_unit == "mm"
    assert bounds_mm(scene)[3] == pytest.approx(1110, abs=0.2)
    assert max(part.volume_m3 or 0.0 for part in scene.parts) == pytest.approx(6000e-6, rel=1e-9)


def test_relative_tolerance_gives_equal_triangles_at_every_size(tmp_path: Path) -> None:
    file = StepFile()
    root = file.assembly("Root")
    for size in (1, 10, 100):
        file.place(root, file.part(f"Pin {size}", cylinder(5 * size, 20 * size)))

    relative = scene_of(file, tmp_path / "a.step", ConvertOptions())
    absolute = read(tmp_path / "a.step", options=ConvertOptions(deflection_m=1e-4))

    counts = [len(part.mesh.triangles) for part in relative.parts]
    assert counts[0] == counts[1] == counts[2]
    assert len({len(part.mesh.triangles) for part in absolute.parts}) == 3


def test_ids_survive_export_again_and_another_order_of_the_same_occurrences(
    tmp_path: Path,
) -> None:
    def bolted(order: list[int]) -> StepFile:
        file = StepFile()
        if order[0] != 0:  # another product first, so that every label and number shifts
            spare = file.part("Zero", box(1, 1, 1))
        root, plate = file.assembly("Root"), file.part("Plate", box(100, 100, 5))
        bolt = file.part("Bolt", cylinder(3, 20))
        for n in order:
            file.place(root, bolt, translation(10.0 * n, 0, 5))
        file.place(root, plate, None, "Base")
        if order[0] != 0:
            file.place(root, spare, None, "Spare")
        return file

    def ids(file: StepFile, name: str) -> dict[tuple[float, ...], tuple[object, Identity]]:
        scene = scene_of(file, tmp_path / name)
        return {
            (*node.transform[:3, 3].round(6).tolist(), node.name): (node.id, node.identity)
            for node in scene.nodes
            if node.name != "Spare"
        }

    first = ids(bolted([0, 1, 2, 3]), "a.step")

    assert ids(bolted([0, 1, 2, 3]), "b.step") == first
    assert ids(bolted([3, 1, 0, 2]), "c.step") == first
    assert Counter(identity for _, identity in first.values()) == {"named": 2, "ranked": 4}


def test_ids_do_not_depend_on_usage_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.step"
    nested_assembly().write(path, "a")
    before = [node.id for node in read(path).nodes]
    numbers = iter((40, 7, 99, 12, 3, 55))

    text = re.sub(
        r"(NEXT_ASSEMBLY_USAGE_OCCURRENCE\(')\d+", lambda m: f"{m[1]}{next(numbers)}",
        path.read_text(),
    )  # fmt: skip
    path.write_text(text)

    assert [node.id for node in read(path).nodes] == before
    assert len(set(before)) == len(before)


def test_a_part_far_from_its_own_origin_keeps_its_detail(tmp_path: Path) -> None:
    from OCP.BRepPrimAPI import BRepPrimAPI_MakeBox
    from OCP.gp import gp_Pnt

    file = StepFile()
    file.part("Far", BRepPrimAPI_MakeBox(gp_Pnt(4e9, 5e9, 0), 10.0, 20.0, 30.0).Shape())

    scene = scene_of(file, tmp_path / "a.step")

    positions = scene.parts[0].mesh.positions
    assert np.ptp(positions, axis=0) == pytest.approx((0.01, 0.03, 0.02), abs=1e-6)
    assert scene.nodes[0].transform[:3, 3] == pytest.approx((4e6, 0.015, -5e6), rel=1e-6)


def test_progress_rises_through_reading_and_tessellating(tmp_path: Path) -> None:
    path = tmp_path / "a.step"
    nested_assembly().write(path, "a")
    told: list[tuple[str, float]] = []

    read_cad(path, "step", EXACT, lambda stage, fraction: told.append((stage, fraction)))

    assert told == sorted(told)
    assert [told[0], told[-1]] == [("reading", 0.0), ("tessellating", 1.0)]
    assert ("reading", 1.0) in told


def test_more_occurrences_or_triangles_than_allowed_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.step"
    nested_assembly().write(path, "a")

    with pytest.raises(TooComplex, match="occurrences"):
        read(path, options=replace(EXACT, max_occurrences=9))
    with pytest.raises(TooComplex, match="triangles"):
        read(path, options=replace(EXACT, max_triangles=100))


def test_doubling_assemblies_are_refused_before_they_unfold(tmp_path: Path) -> None:
    file = StepFile()
    inner = file.part("Pin", cylinder(2, 10))
    for level in range(12):
        outer = file.assembly(f"Level {level}")
        file.place(outer, inner, None, "left")
        file.place(outer, inner, translation(1), "right")
        inner = outer
    file.write(tmp_path / "a.step", "a")

    with pytest.raises(TooComplex, match="occurrences"):
        read(tmp_path / "a.step", options=replace(EXACT, max_occurrences=8000))


def test_a_file_without_shapes_has_no_geometry(tmp_path: Path) -> None:
    path = tmp_path / "a.step"
    path.write_text(
        "ISO-10303-21;\nHEADER;\nFILE_DESCRIPTION((''),'2;1');\n"
        "FILE_NAME('a','2026-01-01T00:00:00',(''),(''),'','','');\n"
        "FILE_SCHEMA(('AUTOMOTIVE_DESIGN'));\nENDSEC;\nDATA;\n"
        "#1=CARTESIAN_POINT('',(0.,0.,0.));\nENDSEC;\nEND-ISO-10303-21;\n"
    )

    with pytest.raises((NoGeometry, DamagedFile)):
        read(path)


def test_parts_in_other_files_are_named_when_they_are_missing(tmp_path: Path) -> None:
    text = (Path(__file__).parent / "external_parts.step").read_text()
    path = tmp_path / "a.step"
    path.write_text(text)

    with pytest.raises(MissingFiles, match="2 missing files") as problem:
        read(path)
    assert problem.value.facts["files"] == ["Block.stp", "Pin.stp"]


def test_without_some_of_its_files_an_assembly_is_shown_or_asked_for(tmp_path: Path) -> None:
    write_whole(nested_assembly(), tmp_path / "a.step", split=True)
    (tmp_path / "Pin.stp").unlink()

    scene = read(tmp_path / "a.step")
    with pytest.raises(MissingFiles) as problem:
        read(tmp_path / "a.step", options=replace(EXACT, allow_missing=False))

    missing = next(warning for warning in scene.warnings if warning.code == "missing_files")
    assert (missing.count, missing.files) == (1, ("Pin.stp",))
    assert problem.value.facts["files"] == ["Pin.stp"]
    assert [len(part.mesh.triangles) for part in scene.parts if part.name == "Block"] == [12]


def test_a_damaged_file_among_several_is_named(tmp_path: Path) -> None:
    write_whole(nested_assembly(), tmp_path / "a.step", split=True)
    (tmp_path / "Pin.stp").write_bytes((tmp_path / "Pin.stp").read_bytes()[:5000])

    with pytest.raises(DamagedFile, match=r"Pin\.stp: .* cut off"):
        read(tmp_path / "a.step")


def test_reading_says_nothing_on_standard_output(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    scene_of(nested_assembly(), tmp_path / "a.step")

    assert capfd.readouterr() == ("", "")


def test_brep_has_no_unit_and_a_compound_of_solids_is_a_tree(tmp_path: Path) -> None:
    pin = cylinder(2, 10)
    whole = compound(pin, pin.Moved(at(50, 0, 0)), box(10, 10, 10))
    path = tmp_path / "rack.brep"
    BRepTools.Write_s(whole, str(path))

    scene = read(path, "brep")

    assert scene.source.length_unit is None
    assert [node.parent for node in scene.nodes] == [-1, 0, 0, 0]
    assert scene.nodes[0].name == "rack"
    assert len(scene.parts) == 2
    assert bounds_mm(scene) == pytest.approx([-2, -2, 0, 52, 10, 10], abs=0.1)


def test_brep_keeps_compounds_of_compounds_mirrored_and_hollow_bodies(tmp_path: Path) -> None:
    mirror, shift = gp_Trsf(), gp_Trsf()
    mirror.SetMirror(gp_Ax2(gp_Pnt(0, 0, 0), gp_Dir(1, 0, 0)))
    shift.SetTranslation(gp_Vec(0, 50, 0))
    wedge = BRepPrimAPI_MakeWedge(10, 20, 30, 4).Shape()
    hollow = BRepAlgoAPI_Cut(box(30, 30, 30), cylinder(5, 20).Moved(at(10, 10, 5))).Shape()
    inner = compound(wedge, wedge.Located(TopLoc_Location(mirror), False))
    path = tmp_path / "a.brep"
    BRepTools.Write_s(compound(inner, inner.Moved(TopLoc_Location(shift)), hollow), str(path))

    scene = read(path, "brep")

    assert [node.parent for node in scene.nodes] == [-1, 0, 1, 1, 0, 4, 4, 0, 7]
    assert len(scene.parts) == 2
    expected = 4 * 10 * 20 * (30 * 10 + 30 * 4) / (2 * 10) + 27000 - math.pi * 25 * 20
    assert all(part.closed for part in scene.parts)
    determinants = [round(np.linalg.det(node.transform[:3, :3])) for node in scene.nodes]
    assert determinants == [1, 1, 1, -1, 1, 1, -1, 1, 1]
    assert bounds_mm(scene) == pytest.approx([-10, 0, 0, 30, 70, 30], abs=0.01)
    wedge_volume = float(min(part.volume_m3 or 0.0 for part in scene.parts)) * 1e9
    hollow_volume = float(max(part.volume_m3 or 0.0 for part in scene.parts)) * 1e9
    assert hollow_volume == pytest.approx(27000 - math.pi * 500, rel=1e-6)
    assert 4 * wedge_volume + hollow_volume == pytest.approx(expected, rel=1e-6)


def test_a_void_inside_a_solid_is_no_matter_and_is_seen_from_inside(tmp_path: Path) -> None:
    file = StepFile()
    ball = BRepPrimAPI_MakeSphere(5.0).Shape().Moved(at(10, 10, 10))
    file.part("Hollow", BRepAlgoAPI_Cut(box(20, 20, 20), ball).Shape())

    scene = scene_of(file, tmp_path / "a.step")

    (part,) = scene.parts
    assert part.closed
    assert part.volume_m3 == pytest.approx((8000 - 4 / 3 * math.pi * 125) * 1e-9, rel=1e-6)
    middle = np.array([0.01, 0.01, -0.01])
    away = part.mesh.positions - middle
    inside = np.linalg.norm(away, axis=1) < 0.0051
    assert inside.any()
    assert (np.einsum("ij,ij->i", away, part.mesh.normals)[inside] < 0).all()


def test_faces_that_are_lost_or_repaired_are_named_by_their_part(tmp_path: Path) -> None:
    path = tmp_path / "a.brep"
    BRepTools.Write_s(compound(box(1, 2, 3), planar_face(*BOW_TIE)), str(path))

    scene = read(path, "brep")

    repaired = next(warning for warning in scene.warnings if warning.code == "faces_repaired")
    assert repaired.count == 1
    assert "COMPOUND" in repaired.detail


def test_a_large_assembly_holds_what_its_generator_wrote(tmp_path: Path) -> None:
    path = tmp_path / "a.step"
    truth = large_step.write(path, 500_000)

    scene = read(path, options=ConvertOptions())

    assert scene.warnings == ()
    assert len(scene.parts) == truth.parts
    assert sum(node.part is not None for node in scene.nodes) == truth.occurrences
    assert sum(node.part is None for node in scene.nodes) == truth.assemblies
    assert placed_volume_mm3(scene) == pytest.approx(truth.volume_mm3, rel=1e-9)
    assert all(part.closed for part in scene.parts)


def test_entities_of_iges_that_contradict_themselves_are_a_warning(tmp_path: Path) -> None:
    file = StepFile()
    file.part("Block", box(10, 10, 10))
    path = tmp_path / "a.igs"
    write_iges(file, path)
    assert "entities_broken" not in {one.code for one in read(path, "iges").warnings}
    content, count = re.subn(r"(?m)^144,\d,", "144,999999,", path.read_text(), count=1)
    assert count == 1
    path.write_text(content)

    scene = read(path, "iges")

    (warning,) = (one for one in scene.warnings if one.code == "entities_broken")
    assert warning.count == 1


def test_iges_keeps_the_name_of_the_whole_and_the_colours_of_its_faces(tmp_path: Path) -> None:
    file = StepFile()
    root = file.assembly("Root")
    file.place(root, file.part("Block", box(10, 10, 10), "#cc3311"), translation(50))
    file.place(root, file.part("Plate", box(30, 30, 1), "#4477aa"))
    path = tmp_path / "a.igs"
    write_iges(file, path)

    scene = read(path, "iges")

    assert scene.source.length_unit == "mm"
    assert [node.name for node in scene.nodes] == ["Root"]
    assert scene.nodes[0].colour == "#cc3311ff"
    assert scene.palette[1:] == ("#4477aaff",)
    mesh = scene.parts[0].mesh
    assert (mesh.positions[mesh.materials == 0, 0] >= 0.05 - 1e-6).all()
    assert bounds_mm(scene) == pytest.approx([0, 0, 0, 60, 30, 10], abs=0.01)
    assert scene.parts[0].closed
    assert scene.parts[0].volume_m3 == pytest.approx(1900e-9)


def test_iges_subfigures_stand_where_they_are_placed(tmp_path: Path) -> None:
    file = StepFile()
    file.part("Block", box(10, 20, 30))
    path = tmp_path / "a.igs"
    write_iges(file, path)
    in_subfigure(path, [(0.0, 0.0, 0.0), (100.0, 0.0, 5.0)])

    scene = read(path, "iges")

    assert placed_volume_mm3(scene) == pytest.approx(12_000)
    assert bounds_mm(scene) == pytest.approx([0, 0, 0, 110, 20, 35], abs=1e-3)
    assert all(part.closed for part in scene.parts)


def at(x: float, y: float, z: float) -> TopLoc_Location:
    move = gp_Trsf()
    move.SetTranslation(gp_Vec(x, y, z))
    return TopLoc_Location(move)


def compound(*shapes: object) -> TopoDS_Compound:
    builder, whole = BRep_Builder(), TopoDS_Compound()
    builder.MakeCompound(whole)
    for shape in shapes:
        builder.Add(whole, shape)
    return whole


def write_iges(file: StepFile, path: Path) -> None:
    file._shapes.UpdateAssemblies()
    writer = IGESCAFControl_Writer()
    writer.SetColorMode(True)
    writer.SetNameMode(True)
    assert writer.Transfer(file._document, Message_ProgressRange())
    assert writer.Write(str(path))


def test_repeated_colours_of_many_faces_share_palette_entries(tmp_path: Path) -> None:
    file = StepFile()
    root = file.assembly("Root")
    for n in range(3):
        once: list[object] = []
        face = (lambda seen: lambda face: not seen and not seen.append(face))(once)
        part = file.part(f"Block {n}", box(1, 1, 1 + n), "#111111", faces=[(face, "#00ff00")])
        file.place(root, part, rotation((0, 0, 1), 10.0 * n))

    scene = scene_of(file, tmp_path / "a.step")

    assert scene.palette[1:] == ("#00ff00ff",)


@dataclass(frozen=True, slots=True)
class Facts:
    """What SOURCES.md says of a model, counted at 0.1 mm and 0.5 rad."""

    occurrences: int
    parts: int
    triangles: int
    bounds: list[float]
    volume_mm3: float | None
    names: frozenset[str]
    pmi: tuple[int, int, int]


def facts_of(name: str) -> Facts:
    text = (MODELS / "SOURCES.md").read_text(encoding="utf-8")
    section = text.split(f"\n## {name}\n")[1].split("\n## ")[0]

    def number(pattern: str, missing: float | None = None) -> float:
        match = re.search(pattern + r" (-?[\d.]+)", section)
        if match is None:
            assert missing is not None, pattern
            return missing
        return float(match[1])

    bounds = re.search(r"bbox mm \([^)]*\) \[([^]]*)\]", section)
    names = re.search(r"- names \[([^]]*(?:\[[^]]*\][^]]*)*)\]\n", section)
    pmi = re.search(r"'dims': (\d+), 'geomtol': (\d+), 'datums': (\d+)", section)
    assert bounds is not None
    return Facts(
        int(number("leaf occurrences", 1)),
        int(number("unique leaf products", 1)),
        int(number(r"triangles (?:placed )?@0\.1 mm/0\.5 rad")),
        [float(value) for value in bounds[1].split(",")],
        None if name == "hammer.iges" else abs(number("volume mm3")),
        frozenset(re.findall(r"'([^']*)'", names[1]) if names is not None else ()),
        (int(pmi[1]), int(pmi[2]), int(pmi[3])) if pmi is not None else (0, 0, 0),
    )


def kind_of(name: str) -> SourceKind:
    kind = {".stp": "step", ".step": "step", ".iges": "iges", ".brep": "brep"}[Path(name).suffix]
    assert kind in get_args(SourceKind)
    return kind  # type: ignore[return-value]  # one of the three above


@pytest.mark.models
@needs_models
@pytest.mark.parametrize(
    "name",
    [
        "as1-oc-214.stp", "asm_line_768.step", "bottle.brep", "cube.brep", "cube.iges",
        "featuretype.step", "nist_ctc_01_asme1_ap242-e1.stp", "nist_ctc_02_asme1_ap242-e2.stp",
        "nist_ftc_06_asme1_ap242-e2.stp", "nist_ftc_08_asme1_ap242-e1-tg.stp",
        "sts3215_servo.step",
    ],
)  # fmt: skip
def test_a_real_model_is_read_as_its_facts_say(name: str) -> None:
    facts = facts_of(name)

    scene = read(MODELS / name, kind_of(name))

    assert sum(node.part is not None for node in scene.nodes) == facts.occurrences
    assert len(scene.parts) == facts.parts
    assert placed_triangles(scene) == pytest.approx(facts.triangles, rel=0.1)
    # Within 0.1 mm of the exact surface; Open CASCADE's box of a sphere-like shape is looser.
    assert bounds_mm(scene) == pytest.approx(facts.bounds, abs=0.1 + 1e-3)
    assert placed_volume_mm3(scene) == pytest.approx(facts.volume_mm3, rel=0.005)
    shown = {node.name for node in scene.nodes} | {part.name for part in scene.parts}
    assert {known for known in facts.names if not known.startswith("=>")} <= shown
    assert tuple(scene.pmi[kind] for kind in ("dimensions", "tolerances", "datums")) == facts.pmi
    assert len({node.id for node in scene.nodes}) == len(scene.nodes)


@pytest.mark.models
@needs_models
@pytest.mark.parametrize(
    "name",
    ["as1-oc-214.stp", "bottle.brep", "featuretype.step", "hammer.iges",
     "nist_ctc_01_asme1_ap242-e1.stp", "sts3215_servo.step"],
)  # fmt: skip
def test_solids_have_no_cracks_between_their_faces(name: str) -> None:
    """Faces meet in the same bits, also as 32 bit floats: every triangle side has its opposite."""
    scene = read(MODELS / name, kind_of(name), ConvertOptions())

    solids = [part for part in scene.parts if part.volume_m3 is not None]
    assert solids
    for part in solids:
        first, place = weld(part.mesh.positions)
        assert measure(part.mesh.positions[first].astype(float), place[part.mesh.triangles]).closed
        assert part.closed


@pytest.mark.models
@needs_models
def test_tessellated_step_keeps_exactly_the_triangles_it_brings() -> None:
    scene = read(MODELS / "nist_ftc_08_asme1_ap242-e1-tg.stp")

    assert placed_triangles(scene) == 3377


@pytest.mark.models
@needs_models
def test_a_large_iges_of_loose_faces_is_read_relative_to_its_size() -> None:
    facts = facts_of("hammer.iges")

    scene = read(MODELS / "hammer.iges", "iges", ConvertOptions())

    assert 5_000 < placed_triangles(scene) < 100_000  # 841,369 at 0.1 mm
    assert bounds_mm(scene) == pytest.approx(facts.bounds, abs=0.1)
    # 175.65 as SOURCES.md has it is the sum over faces of which some are inside out.
    assert scene.parts[0].volume_m3 == pytest.approx(205.93, abs=0.02)
    assert scene.parts[0].closed


@pytest.mark.models
@needs_models
@pytest.mark.parametrize("name", ["trunc50.step", "nul.step", "nanval.step", "cyclic_nauo.step"])
def test_a_damaged_model_is_called_damaged(name: str) -> None:
    with pytest.raises(DamagedFile):
        read(MODELS / "bad" / name)
