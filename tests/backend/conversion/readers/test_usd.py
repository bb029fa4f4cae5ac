import io
import resource
from pathlib import Path

import numpy as np
import pytest
from mesh_files import (
    CORNERS,
    OPTIONS,
    SIZE,
    VOLUME,
    bounds,
    check,
    occurrences,
    placed_triangles,
    silent,
    warning_codes,
    world_matrices,
)
from PIL import Image
from usd_files import (
    layer,
    mesh,
    numbers,
    preview,
    texture,
    tuples,
    write_usda,
    write_usdc,
    write_usdz,
    xform,
)

from holotable.conversion.limits import Limits
from holotable.conversion.options import ConvertOptions
from holotable.conversion.readers.usd import read_usd
from holotable.conversion.sandbox import Sandbox
from holotable.conversion.walls import detect_walls
from holotable.errors import DamagedFile, MissingFiles, NoGeometry, TooComplex
from holotable.review.scene import Scene


def read(path: Path, options: ConvertOptions = OPTIONS) -> Scene:
    scene = read_usd(path, options, silent)
    check(scene)
    return scene


def names(scene: Scene) -> list[str]:
    return [node.name for node in scene.nodes]


PLACE = np.array([10.0, 20.0, 37.0])
NESTED = xform("World", xform("Cell", mesh(), (0, 0, 7)), (10, 20, 30))


def test_text_binary_and_package_give_one_scene(tmp_path: Path) -> None:
    text = write_usda(tmp_path / "a.usda", NESTED)
    binary = write_usdc(tmp_path / "a.usdc", NESTED)
    package = write_usdz(tmp_path / "a.usdz", {"root.usda": layer(NESTED).encode()})
    scenes = [read(path) for path in (text, binary, package)]
    for scene in scenes:
        assert names(scene) == ["World", "Cell", "Cube"]
        assert [node.identity for node in scene.nodes] == ["named"] * 3
        assert np.allclose(bounds(scene), [PLACE, PLACE + SIZE])
        assert scene.parts[0].volume_m3 == pytest.approx(VOLUME)
        assert len(scene.parts[0].mesh.triangles) == 12
    assert len({tuple(node.id for node in scene.nodes) for scene in scenes}) == 1


@pytest.mark.parametrize(
    ("metadata", "unit", "metres"),
    [
        ("metersPerUnit = 0.01", "cm", 0.01),
        ("", "cm", 0.01),
        ("metersPerUnit = 0.0254", "in", 0.0254),
        ("metersPerUnit = 0.9144", None, 0.9144),
    ],
)
def test_the_stage_says_its_unit_and_silence_means_centimetres(
    tmp_path: Path, metadata: str, unit: str | None, metres: float
) -> None:
    scene = read(write_usda(tmp_path / "a.usda", NESTED, metadata))
    assert (scene.source.length_unit, scene.source.up_axis) == (unit, "y")
    assert np.allclose(bounds(scene)[1], (PLACE + SIZE) * metres)


def test_z_up_is_turned(tmp_path: Path) -> None:
    scene = read(write_usda(tmp_path / "a.usda", NESTED, 'metersPerUnit = 0.001\nupAxis = "Z"'))
    low, high = bounds(scene)
    assert np.allclose(low, [0.010, 0.037, -0.023])
    assert np.allclose(high, [0.012, 0.041, -0.020])


def test_a_prim_may_forget_its_parents(tmp_path: Path) -> None:
    inner = (
        'def Xform "Free"\n{\ndouble3 xformOp:translate = (1, 2, 3)\n'
        'uniform token[] xformOpOrder = ["!resetXformStack!", "xformOp:translate"]\n'
        f"{mesh()}}}\n"
    )
    scene = read(write_usda(tmp_path / "a.usda", xform("World", inner, (10, 20, 30))))
    assert np.allclose(bounds(scene)[0], [1, 2, 3])


def test_instances_and_references_share_one_part(tmp_path: Path) -> None:
    body = xform("Proto", mesh()) + "".join(
        xform(f"Copy{n}", "", (10 * n, 0, 0), f"references = </Proto>\ninstanceable = {flag}")
        for n, flag in ((1, "true"), (2, "true"), (3, "false"))
    )
    scene = read(write_usda(tmp_path / "a.usda", body))
    assert len(scene.parts) == 1
    assert len(occurrences(scene)) == 4
    assert [world[0, 3] for world, node in zip(world_matrices(scene), scene.nodes, strict=True)
            if node.part is not None] == [0, 10, 20, 30]  # fmt: skip


def test_a_reference_that_changes_the_shape_is_a_part_of_its_own(tmp_path: Path) -> None:
    change = f'over "Cube"\n{{\npoint3f[] points = {tuples(CORNERS * 2)}\n}}'
    body = xform("Proto", mesh()) + xform("Copy", change, None, "references = </Proto>")
    assert len(read(write_usda(tmp_path / "a.usda", body)).parts) == 2


INSTANCER = """def PointInstancer "Many"
{{
rel prototypes = [</Many/Bolt>, </Many/Nut>]
int[] protoIndices = [0, 1, 0, 0]
point3f[] positions = [(0, 0, 0), (10, 0, 0), (20, 0, 0), (30, 0, 0)]
float3[] scales = [(1, 1, 1), (2, 2, 2), (1, 1, 1), (1, 1, 1)]
quath[] orientations = [(1, 0, 0, 0), (1, 0, 0, 0), (0, 0, 1, 0), (1, 0, 0, 0)]
{extra}
{bolt}{nut}}}
"""


def instancer(extra: str = "") -> str:
    return INSTANCER.format(
        extra=extra, bolt=xform("Bolt", mesh(), (0, 5, 0)), nut=mesh("Nut", CORNERS * 0.5)
    )


def test_a_point_instancer_places_its_prototypes(tmp_path: Path) -> None:
    scene = read(write_usda(tmp_path / "a.usda", instancer()))
    assert len(scene.parts) == 2
    assert len(occurrences(scene)) == 4
    worlds = [
        world @ np.array([*SIZE, 1.0])
        for world, node in zip(world_matrices(scene), scene.nodes, strict=True)
        if node.part == 0
    ]
    # moved by the prototype's own place, turned by half a turn about y, moved by the instance
    assert np.allclose([place[:3] for place in worlds], [[2, 8, 4], [18, 8, -4], [32, 8, 4]])
    assert np.allclose(bounds(scene), [[0, 0, -4], [32, 8, 4]])


def test_ids_of_placements_hide_leave_out_and_name(tmp_path: Path) -> None:
    body = instancer("int64[] ids = [7, 8, 9, 11]\nint64[] invisibleIds = [9]")
    body = body.replace('"Many"', '"Many" ( inactiveIds = [11] )', 1)
    scene = read(write_usda(tmp_path / "a.usda", body))
    placed = [node for node in scene.nodes if node.parent == 0]
    assert [(node.name, node.hidden) for node in placed] == [
        ("Bolt 7", False), ("Nut 8", False), ("Bolt 9", True),
    ]  # fmt: skip
    assert {node.identity for node in placed} == {"named"}


@pytest.mark.parametrize(
    "broken",
    [
        ("protoIndices = [0, 1", "protoIndices = [0, 7"),
        ("protoIndices = [0, 1", "protoIndices = [0, -1"),
        ("protoIndices = [0, 1", "protoIndices = [0, 1, 1, 1, 1"),
        ("(30, 0, 0)]", "(30, 0, nan)]"),
    ],
)
def test_placements_that_contradict_themselves_are_refused(
    tmp_path: Path, broken: tuple[str, str]
) -> None:
    with pytest.raises(DamagedFile):
        read(write_usda(tmp_path / "a.usda", instancer().replace(*broken)))


def test_an_instancer_that_places_itself_is_refused(tmp_path: Path) -> None:
    body = instancer().replace("</Many/Bolt>", "</Many>")
    with pytest.raises(DamagedFile, match="itself"):
        read(write_usda(tmp_path / "a.usda", body))


def test_more_placements_than_allowed_are_refused_before_they_are_made(tmp_path: Path) -> None:
    path = write_usda(tmp_path / "a.usda", instancer())
    with pytest.raises(TooComplex):
        read(path, ConvertOptions(max_occurrences=3))


def test_instances_in_instances_are_counted_while_they_multiply(tmp_path: Path) -> None:
    body = xform("L0", mesh())
    for level in range(1, 20):
        two = "".join(
            xform(f"c{n}", "", None, f"references = </L{level - 1}>\ninstanceable = true")
            for n in range(2)
        )
        body += xform(f"L{level}", two)
    with pytest.raises(TooComplex):
        read(write_usda(tmp_path / "a.usda", body), ConvertOptions(max_occurrences=1000))


def test_what_is_invisible_is_hidden_with_all_below_it(tmp_path: Path) -> None:
    body = xform("Off", 'token visibility = "invisible"\n' + mesh()) + mesh("On")
    scene = read(write_usda(tmp_path / "a.usda", body))
    assert {node.name: node.hidden for node in occurrences(scene)} == {"Cube": True, "On": False}


def test_guides_are_hidden_and_proxies_where_they_stand_for_something(tmp_path: Path) -> None:
    kinds = {purpose: mesh(purpose, extra=f'uniform token purpose = "{purpose}"')
             for purpose in ("guide", "proxy", "render", "default")}  # fmt: skip
    scene = read(write_usda(tmp_path / "a.usda", "".join(kinds.values())))
    assert {node.name: node.hidden for node in occurrences(scene)} == {
        "guide": True, "proxy": True, "render": False, "default": False,
    }  # fmt: skip
    assert warning_codes(scene) == {"guides_not_shown", "proxies_not_shown"}
    alone = read(write_usda(tmp_path / "b.usda", kinds["proxy"]))
    assert not alone.nodes[-1].hidden


def test_the_selected_variant_is_shown_and_named(tmp_path: Path) -> None:
    body = (
        'def Xform "Valve" (\nkind = "component"\nvariants = {\nstring size = "big"\n}\n'
        'prepend variantSets = "size"\n'
        'assetInfo = { string name = "V-17" }\n'
        "customData = {\ndictionary erp = {\nint number = 42\n}\n}\n)\n{\n"
        'string userProperties:Hersteller = "Müller"\n'
        'variantSet "size" = {\n"small" {\n'
        + mesh("Small")
        + '}\n"big" {\n'
        + mesh("Big")
        + "}\n}\n}"
    )
    scene = read(write_usda(tmp_path / "a.usda", body))
    assert names(scene) == ["Valve", "Big"]
    assert scene.nodes[0].properties == {
        "USD": {"type": "Xform", "kind": "component", "variant size": "big"},
        "Asset": {"name": "V-17"},
        "Custom data": {"erp:number": 42},
        "User properties": {"Hersteller": "Müller"},
    }


def test_a_value_that_stands_only_in_samples_is_taken_from_the_first(tmp_path: Path) -> None:
    body = xform("World", mesh()).replace(
        "{\n", "{\ndouble3 xformOp:translate.timeSamples = { 1: (5, 0, 0), 24: (9, 0, 0) }\n"
        'uniform token[] xformOpOrder = ["xformOp:translate"]\n', 1
    )  # fmt: skip
    assert np.allclose(bounds(read(write_usda(tmp_path / "a.usda", body)))[0], [5, 0, 0])


def test_one_sample_is_a_value_as_well(tmp_path: Path) -> None:
    op = "double3 xformOp:translate.timeSamples = { 0: (5, 0, 0) }\n"
    order = 'uniform token[] xformOpOrder = ["xformOp:translate"]\n'
    scene = read(write_usda(tmp_path / "a.usda", xform("World", op + order + mesh())))
    assert np.allclose(bounds(scene)[0], [5, 0, 0])
    assert scene.animations == ()


def test_what_does_not_come_together_is_a_warning(tmp_path: Path) -> None:
    body = 'def "A" (references = </Gone>)\n{\n}\n' + mesh()
    scene = read(write_usda(tmp_path / "a.usda", body))
    assert warning_codes(scene) == {"composition_incomplete"}
    assert "/Gone" in scene.warnings[0].detail
    assert str(tmp_path) not in scene.warnings[0].detail


def test_values_on_the_elements_of_one_prim_are_not_handed_down(tmp_path: Path) -> None:
    colours = (
        f"color3f[] primvars:displayColor = {tuples(np.tile([1.0, 0, 0], (4, 1)))} (\n"
        'interpolation = "vertex"\n)\n'
    )
    scene = read(write_usda(tmp_path / "a.usda", instancer(colours)))
    assert {node.colour for node in scene.nodes if node.parent == 0} == {"#ff0000ff"}
    assert warning_codes(scene) == set()


def test_more_layers_than_a_process_may_hold_open_are_read(tmp_path: Path) -> None:
    count = 200
    for number in range(count):
        write_usdc(tmp_path / f"p{number}.usdc", mesh(), 'defaultPrim = "Cube"')
    body = "".join(
        f'def "A{number}" (references = @p{number}.usdc@)\n{{\n}}\n' for number in range(count)
    )
    path = write_usda(tmp_path / "a.usda", body)
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (120, before[1]))
    try:
        scene = read(path)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert len(occurrences(scene)) == count


def test_layers_beside_the_file_are_composed(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    write_usda(tmp_path / "parts" / "cube.usda", mesh(), 'defaultPrim = "Cube"')
    write_usda(
        tmp_path / "below.usda", xform("World", xform("From below", "")).replace(" below", "Below")
    )
    body = xform("World", 'def "A" (payload = @./parts/cube.usda@)\n{\n}\n'
                 'def "B" (references = @parts/cube.usda@</Cube>)\n{\n}')  # fmt: skip
    scene = read(
        write_usda(tmp_path / "a.usda", body, "metersPerUnit = 1\nsubLayers = [@below.usda@]")
    )
    assert names(scene) == ["World", "A", "B"]
    assert len(scene.parts) == 1


def test_what_was_not_uploaded_is_named(tmp_path: Path) -> None:
    lost = 'def "A" (references = @parts/gone.usda@)\n{\n}\n'
    scene = read(write_usda(tmp_path / "a.usda", lost + mesh()))
    assert [(w.code, w.files) for w in scene.warnings] == [("missing_file", ("parts/gone.usda",))]
    with pytest.raises(MissingFiles) as problem:
        read(write_usda(tmp_path / "b.usda", lost))
    assert problem.value.facts["files"] == ["parts/gone.usda"]


def test_a_scene_without_a_shape_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoGeometry):
        read(write_usda(tmp_path / "a.usda", 'def Camera "C"\n{\n}\n'))


def test_display_names_are_shown_and_prim_names_make_the_id(tmp_path: Path) -> None:
    plain = read(write_usda(tmp_path / "a.usda", mesh()))
    named = read(write_usda(tmp_path / "b.usda", mesh(metadata='displayName = "Würfel 1"')))
    assert named.nodes[0].name == "Würfel 1"
    assert named.nodes[0].id == plain.nodes[0].id


def test_twenty_thousand_placements_are_read(tmp_path: Path) -> None:
    count = 20_000
    grid = np.stack([np.arange(count), np.zeros(count), np.zeros(count)], axis=1) * 3.0
    body = (
        'def PointInstancer "Many"\n{\nrel prototypes = [</Many/Cube>]\n'
        f"int[] protoIndices = {numbers(np.zeros(count, int))}\n"
        f"point3f[] positions = {tuples(grid)}\n{mesh()}}}\n"
    )
    scene = read(write_usdc(tmp_path / "a.usdc", body))
    assert len(occurrences(scene)) == count
    assert placed_triangles(scene) == 12 * count
    assert {node.identity for node in occurrences(scene)} == {"ranked"}


def test_usd_core_lives_within_the_walls_of_the_sandbox(tmp_path: Path) -> None:
    walls = detect_walls()
    if not walls.isolates:
        pytest.skip("this machine has no walls for a sandbox")
    stored = io.BytesIO()
    Image.new("RGB", (4, 4), (255, 128, 0)).save(stored, "PNG")
    look = preview(
        "Look", "color3f inputs:diffuseColor.connect = </Look/T.outputs:rgb>", texture("T", "t.png")
    )
    bound = look + mesh(extra="rel material:binding = </Look>")
    package = write_usdz(
        tmp_path / "a.usdz", {"root.usda": layer(bound).encode(), "t.png": stored.getvalue()}
    )
    binary = write_usdc(tmp_path / "b.usdc", NESTED)
    leak = write_usda(tmp_path / "c.usda", 'def "A" (references = @/etc/passwd@)\n{\n}\n')
    preload = ("holotable.conversion.pipeline", "holotable.conversion.readers.usd")
    sandbox = Sandbox(tmp_path / "work", walls, preload=preload)
    ends = []
    try:
        for source in (package, binary, leak):
            sandbox.start()
            outcome = sandbox.convert(
                source, source.name, {}, Limits(4 << 30, 60.0, 1 << 30), lambda *_report: None
            )
            written = sorted(path.name for path in outcome.out.iterdir())
            ends.append((outcome.problem and outcome.problem.code, "surface-0.glb" in written))
            assert "manifest.json" in written or outcome.problem
            outcome.discard()
    finally:
        sandbox.close()
    assert ends == [(None, True), (None, False), ("external_reference", False)]
