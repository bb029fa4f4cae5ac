import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from cad_files import EXACT, box, read, scene_of, silent, world_transforms
from OCP.BRepAdaptor import BRepAdaptor_Surface
from OCP.collections import IndexedMap_TopoDS_Shape_TopTools_ShapeMapHasher as ShapeMap
from OCP.GeomAbs import GeomAbs_SurfaceType
from OCP.TopAbs import TopAbs_ShapeEnum
from OCP.TopExp import TopExp
from OCP.TopoDS import TopoDS
from pmi_files import (
    DIMENSIONS,
    DRAWN,
    HOLE_RADIUS_MM,
    TOLERANCES,
    annotate,
    annotated,
    drilled_block,
)

from holotable.conversion.readers import xcaf
from holotable.conversion.readers.pmi import Frame, read_pmi
from holotable.review.annotations import Annotation
from holotable.review.exact import CYLINDER, PLANE
from holotable.review.scene import Scene
from holotable.sample.step_file import StepFile, rotation, translation

MODELS = Path(__file__).parents[4].parent / "shared" / "models"
needs_models = pytest.mark.skipif(not MODELS.is_dir(), reason="needs ../shared/models")
NIST = (
    "nist_ctc_01_asme1_ap242-e1.stp",
    "nist_ctc_02_asme1_ap242-e2.stp",
    "nist_ftc_06_asme1_ap242-e2.stp",
    "nist_ftc_08_asme1_ap242-e1-tg.stp",
)


@pytest.fixture(scope="module")
def block(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    path = tmp_path_factory.mktemp("pmi") / "block.step"
    return read(annotated(path, DIMENSIONS, TOLERANCES, DRAWN))


def of_kind(scene: Scene, kind: str) -> list[Annotation]:
    return [annotation for annotation in scene.annotations if annotation.kind == kind]


def named(scene: Scene, name: str) -> Annotation:
    (found,) = [annotation for annotation in scene.annotations if annotation.name == name]
    return found


def test_every_annotation_is_worded_and_tied_to_the_faces_it_is_about(block: Scene) -> None:
    said = {(annotation.kind, annotation.text) for annotation in block.annotations}
    assert said == {
        ("dimension", "⌀0.3937 +0.004/+0.001"), ("dimension", "⌀10 H7"),
        ("dimension", "19.75 – 20.25"), ("tolerance", "⌖ ⌀0.25 Ⓜ | A | B Ⓜ"),
        ("tolerance", "⌖ 0.1 | A"), ("datum", "A"), ("datum", "B"), ("datum", "C1"),
        ("note", "DEBURR ALL ⌀±"),
    }  # fmt: skip
    exact = block.parts[0].exact
    assert exact is not None
    for annotation in block.annotations:
        assert annotation.part == 0
        kinds = {int(exact.face_kinds[face]) for face in annotation.faces}
        on_hole = annotation.type in ("diameter", "position", "datum target")
        assert kinds == ({CYLINDER} if on_hole else {PLANE})
    (hole,) = named(block, "Size.1").faces
    assert exact.face_parameters[hole, 9] == pytest.approx(HOLE_RADIUS_MM / 1000.0)


def test_drawings_stand_in_the_parts_frame_in_metres_and_y_up(block: Scene) -> None:
    size, note = named(block, "Size.1"), named(block, "Text.1")

    expected = np.array([[0, 0.02, 0], [0, 0.02, -0.01], [-0.005, 0.02, -0.01]], np.float32)
    np.testing.assert_allclose(size.lines[0], expected, atol=1e-9)
    assert size.triangles is not None
    np.testing.assert_allclose(size.triangles[0], expected, atol=1e-9)
    np.testing.assert_allclose(note.lines[0], [[0.001, 0.02, -0.002], [0.004, 0.02, -0.002]])
    assert size.views == note.views == ("Top view",)


def test_a_saved_view_looks_at_the_block_and_cuts_it(block: Scene) -> None:
    (view,) = block.views

    assert view.name == "Top view"
    assert view.position == pytest.approx((0.02, 0.12, -0.015))
    assert view.target == pytest.approx((0.02, 0.02, -0.015))
    assert view.up == pytest.approx((0, 0, -1))
    assert view.height_m == pytest.approx(0.05)
    assert view.plane == pytest.approx((0, -1, 0, 0.015))  # below 15 mm is kept


def test_a_corrected_unit_scales_values_and_drawings(tmp_path: Path) -> None:
    path = annotated(tmp_path / "a.step", DIMENSIONS, DRAWN)

    inches = read(path, options=replace(EXACT, unit="in"))

    assert named(inches, "Size.1").value == pytest.approx(0.00999998 * 25.4)
    assert named(inches, "Size.1").lines[0][1] == pytest.approx((0, 0.508, -0.254))


def test_annotations_of_a_part_deep_in_an_assembly_belong_to_that_part(tmp_path: Path) -> None:
    file = StepFile()
    top, sub = file.assembly("Top"), file.assembly("Sub")
    other = file.part("Other", box(5, 5, 5), "#111111")
    part = file.part("Block", drilled_block(), "#222222")
    file.place(top, other)
    file.place(top, sub, translation(100.0))
    file.place(sub, part, rotation((0, 0, 1), 90.0), "First")
    file.place(sub, part, translation(0, 50.0), "Second")
    path = tmp_path / "assembly.step"
    file.write(path, "Top")

    scene = read(annotate(path, DIMENSIONS, TOLERANCES, DRAWN))

    assert {scene.parts[one.part].name for one in scene.annotations} == {"Block"}
    # The drawing is in the frame of the part, not of the assembly.
    assert named(scene, "Size.1").lines[0][1] == pytest.approx((0, 0.02, -0.01))
    assert len(world_transforms(scene)) == 5


def test_a_file_without_annotations_has_none_and_no_warning(tmp_path: Path) -> None:
    file = StepFile()
    file.part("Block", drilled_block(), "#222222")

    scene = scene_of(file, tmp_path / "plain.step")

    assert (scene.annotations, scene.views) == ((), ())
    assert "pmi_incomplete" not in {warning.code for warning in scene.warnings}


@pytest.mark.parametrize(
    ("piece", "cause"),
    [
        ("#9600=TESSELLATED_ANNOTATION_OCCURRENCE('x',(),#9601);\n"
         "#9601=TESSELLATED_GEOMETRIC_SET('',(#9602));\n#9602=SPHERE('',#1,1.);\n", "SPHERE"),
        ("#9600=TESSELLATED_ANNOTATION_OCCURRENCE('x',(),#9601);\n"
         "#9601=TESSELLATED_CURVE_SET('',#9602,((1,2)));\n"
         "#9602=COORDINATES_LIST('',2,((0.,0.,0.),(1.E300,0.,0.)));\n", "beyond all measure"),
        ("#9600=DRAUGHTING_MODEL('v',(#9601),$);\n#9601=CAMERA_MODEL_D3('v',$,$);\n"
         "#9602=ANNOTATION_TEXT_OCCURRENCE('',(),$);\n", "no complete camera"),
        ("#9600=TESSELLATED_ANNOTATION_OCCURRENCE('x',(),#9601);\n"
         "#9601=TESSELLATED_CURVE_SET('',#9602,((1,x)));\n", "could not be read"),
    ],
)  # fmt: skip
def test_what_is_odd_becomes_a_warning_and_the_shape_comes_through(
    tmp_path: Path, piece: str, cause: str
) -> None:
    scene = read(annotated(tmp_path / "odd.step", piece))

    (warning,) = [one for one in scene.warnings if one.code == "pmi_incomplete"]
    assert cause in warning.detail
    assert warning.count == 1
    assert scene.parts[0].volume_m3 == pytest.approx(24e-6 - np.pi * 25e-6 * 0.02)


def test_damage_at_random_never_makes_reading_annotations_fail(tmp_path: Path) -> None:
    path = annotated(tmp_path / "a.step", DIMENSIONS, TOLERANCES, DRAWN)
    document = xcaf.open_document(path, "step", silent)
    (key,) = document.products
    frame = Frame(lambda points: points * 1e-3, 1e-3, {key: np.zeros(3)})
    content = path.read_bytes()
    start = content.index(b"#9000=")
    random = np.random.default_rng(20261122)
    for _ in range(300):
        damaged = np.frombuffer(content, np.uint8).copy()
        at = random.integers(start, len(content), random.integers(1, 12))
        damaged[at] = random.choice(
            np.frombuffer(b"0123456789#$*(),.-';\n\\ABC", np.uint8), len(at)
        )
        path.write_bytes(damaged.tobytes())

        said = read_pmi(document, path, frame)

        assert {warning.code for warning in said.warnings} <= {"pmi_incomplete"}, "seed 20261122"
        for annotation in said.annotations:
            assert all(np.isfinite(line).all() for line in annotation.lines)


@cache
def nist(name: str) -> Scene:
    return read(MODELS / name)


def facts_of(name: str) -> dict[str, int]:
    text = (MODELS / "SOURCES.md").read_text(encoding="utf-8")
    section = text.split(f"\n## {name}\n")[1].split("\n## ")[0]
    return {key: int(value) for key, value in re.findall(r"'(\w+)': (\d+)", section)}


@pytest.mark.models
@needs_models
@pytest.mark.parametrize("name", NIST)
def test_counts_are_those_of_the_sources_and_every_entry_is_in_one_annotation(name: str) -> None:
    scene, facts = nist(name), facts_of(name)

    counted = ("dimensions", "tolerances", "datums")
    expected = dict(zip(counted, (facts["dims"], facts["geomtol"], facts["datums"]), strict=True))
    assert dict(scene.pmi) == {**expected, "presentations": facts["with_presentation"]}
    entries = {
        key: sum(annotation.entries.get(key, 0) for annotation in scene.annotations)
        for key in counted
    }
    assert entries == expected
    assert "pmi_incomplete" not in {warning.code for warning in scene.warnings}


# Not tied, and why: notes and tolerances for the whole part, and targets that are points.
UNTIED = {
    NIST[0]: (),
    NIST[1]: (*(f"Datum Target.{n}" for n in range(1, 9)), "Text.1"),
    NIST[2]: ("Geometrical Tolerance.1", "Text.6"),
    NIST[3]: ("Text.13", "Text.14", "Text.8", "Datum Reference Frame.1"),
}


@pytest.mark.models
@needs_models
@pytest.mark.parametrize("name", NIST)
def test_every_annotation_is_tied_where_the_file_says_so_and_drawn(name: str) -> None:
    scene = nist(name)

    untied = [one.name for one in scene.annotations if not one.faces and not one.edges]
    assert untied == list(UNTIED[name])
    undrawn = [one.name for one in scene.annotations if not one.lines and one.triangles is None]
    assert undrawn == []
    assert all(set(one.views) <= {view.name for view in scene.views} for one in scene.annotations)


@pytest.mark.models
@needs_models
@pytest.mark.parametrize("name", NIST[:3])
def test_a_diameter_is_tied_to_cylinders_of_half_its_size(name: str) -> None:
    scene = nist(name)
    document = xcaf.open_document(MODELS / name, "step", silent)
    leaves = [product for product in document.products.values() if not product.is_assembly]
    by_name = {product.name: product for product in leaves}
    checked = 0
    for annotation in of_kind(scene, "dimension"):
        if annotation.type != "diameter" or annotation.value is None or not annotation.faces:
            continue
        faces = ShapeMap()
        shape = xcaf.shape_of(by_name[scene.parts[annotation.part].name])
        TopExp.MapShapes_s(shape, TopAbs_ShapeEnum.TopAbs_FACE, faces)
        for face in annotation.faces:
            surface = BRepAdaptor_Surface(TopoDS.Face(faces.FindKey(face + 1)))
            assert surface.GetType() == GeomAbs_SurfaceType.GeomAbs_Cylinder
            diameter = 2e-3 * surface.Cylinder().Radius()
            assert diameter == pytest.approx(annotation.value, abs=2e-6), annotation
            checked += 1
    assert checked >= {NIST[0]: 14, NIST[1]: 18, NIST[2]: 30}[name]


@pytest.mark.models
@needs_models
def test_faces_equal_an_independent_reading_of_the_text() -> None:
    scene = nist(NIST[0])
    text = (MODELS / NIST[0]).read_text(encoding="utf-8")
    instances = {
        int(number): " ".join(body.split())
        for number, body in re.findall(r"(?m)^#(\d+)\s*=\s*([^;]*);", text)
    }

    def references(number: int) -> list[int]:
        return [int(one) for one in re.findall(r"#(\d+)", instances[number])]

    def starting(word: str) -> list[int]:
        return [number for number, body in instances.items() if body.startswith(word + "(")]

    (shell,) = starting("CLOSED_SHELL")
    face_numbers = {face: number for number, face in enumerate(references(shell))}
    solid = next(n for n, part in enumerate(scene.parts) if len(part.mesh.triangles))
    exact = scene.parts[solid].exact
    assert exact is not None
    assert len(face_numbers) == len(exact.face_kinds) == 117
    for face, number in face_numbers.items():  # the shell's order is the numbering: check it
        surface = instances[references(face)[-1]]
        if surface.startswith("CYLINDRICAL_SURFACE"):
            radius = float(surface.rstrip(")").rsplit(",", 1)[1])
            assert exact.face_kinds[number] == CYLINDER
            assert exact.face_parameters[number, 9] == pytest.approx(radius / 1000.0)

    aspects: dict[int, list[int]] = {}
    for word in ("GEOMETRIC_ITEM_SPECIFIC_USAGE", "ITEM_IDENTIFIED_REPRESENTATION_USAGE"):
        for usage in starting(word):
            about, _, *items = references(usage)
            aspects.setdefault(about, []).extend(items)
    below: dict[int, list[int]] = {}
    for relation in starting("SHAPE_ASPECT_RELATIONSHIP"):
        relating, related = references(relation)
        below.setdefault(relating, []).append(related)

    def faces(aspect: int) -> frozenset[int]:
        found = {face_numbers[item] for item in aspects.get(aspect, ()) if item in face_numbers}
        return frozenset(found).union(*(faces(one) for one in below.get(aspect, ())))

    truth: list[tuple[str, frozenset[int]]] = []
    for number, body in instances.items():
        if body.startswith("DIMENSIONAL_SIZE("):
            truth.append(("dimension", faces(references(number)[0])))
        elif body.startswith(("DIMENSIONAL_LOCATION(", "ANGULAR_LOCATION(")):
            relating, related = references(number)
            truth.append(("dimension", faces(relating) | faces(related)))
        elif re.search(r"^\w+_TOLERANCE\('|GEOMETRIC_TOLERANCE\('", body):
            toleranced = re.search(r"_TOLERANCE\('[^']*','[^']*',#\d+,#(\d+)", body)
            assert toleranced is not None
            truth.append(("tolerance", faces(int(toleranced[1]))))
        elif body.startswith("DATUM_FEATURE("):
            truth.append(("datum", faces(number)))

    ours = [
        (annotation.kind, frozenset(annotation.faces))
        for annotation in scene.annotations
        if annotation.kind != "note"
    ]
    assert sorted(ours, key=str) == sorted(truth, key=str)
    assert len(truth) == 12 + 6 + 3


@pytest.mark.models
@needs_models
def test_texts_of_a_real_part_read_as_its_drawing() -> None:
    texts = {annotation.name: annotation.text for annotation in nist(NIST[1]).annotations}
    expected = {
        "Linear Size.1": "⌀100 ±0.15",
        "Position.1": "⌖ ⌀1.5 Ⓜ | A | B | C",
        "Position surfacic profile.7": "⌓ 0.8 | G | H Ⓛ | J Ⓛ",
        "Position surfacic profile.2": "⌓ 2.5 Ⓤ 2.5 | A | B | C",
        "Datum Target.10": "K1 ⌀85",
    }
    assert {name: texts[name] for name in expected} == expected
    inches = {annotation.name: annotation.text for annotation in nist(NIST[2]).annotations}
    assert inches["Linear Size.36"] == "(SR0.500)"
    assert inches["Text.2"] == "2X 1.00 : 3.00 ⌲"
    assert inches["Datum Target.9"] == "J1 1.25"
