from pathlib import Path

import numpy as np
import pytest
from mesh_files import OPTIONS, check, occurrences, silent
from usd_files import mesh, numbers, preview, write_usda, xform

from holotable.conversion.readers.usd import read_usd
from holotable.errors import DamagedFile
from holotable.review.scene import Scene

RED = preview("Red", "color3f inputs:diffuseColor = (1, 0, 0)")
BLUE = preview("Blue", "color3f inputs:diffuseColor = (0, 0, 1)\nfloat inputs:metallic = 1")
LOOKS = f'def Scope "Looks"\n{{\n{RED}{BLUE}}}\n'


def read(path: Path) -> Scene:
    scene = read_usd(path, OPTIONS, silent)
    check(scene)
    return scene


def binding(name: str, metadata: str = "") -> str:
    return f"rel material:binding = </Looks/{name}> ({metadata})\n"


def subset(name: str, faces: list[int], look: str) -> str:
    return (
        f'def GeomSubset "{name}"\n{{\nuniform token elementType = "face"\n'
        'uniform token familyName = "materialBind"\n'
        f"int[] indices = {numbers(faces)}\n{binding(look)}}}\n"
    )


def triangles_by_colour(scene: Scene) -> dict[str, int]:
    part = scene.parts[0].mesh
    seen = [scene.palette[n] for n in part.materials[part.triangles[:, 0]].tolist()]
    return {colour: seen.count(colour) for colour in set(seen)}


def test_subsets_have_their_own_material_and_the_rest_keeps_the_mesh_s(tmp_path: Path) -> None:
    body = LOOKS + mesh(extra=binding("Red") + subset("side", [0, 4], "Blue"))
    scene = read(write_usda(tmp_path / "a.usda", body))
    assert triangles_by_colour(scene) == {"#ff0000ff": 8, "#0000ffff": 4}
    surface = scene.parts[0].surface
    assert surface is not None
    found = {
        scene.looks.materials[primitive.material].gltf["pbrMetallicRoughness"]["metallicFactor"]:
        len(primitive.triangles) for primitive in surface.primitives
    }  # fmt: skip
    assert found == {0.0: 8, 1.0: 4}
    corners = [primitive.positions[primitive.triangles] for primitive in surface.primitives]
    assert sum(map(len, corners)) == 12
    assert scene.parts[0].closed, "materials do not open a solid"


def test_the_nearest_binding_holds_unless_one_above_is_stronger(tmp_path: Path) -> None:
    inner = mesh(extra=binding("Blue"))
    weak = read(write_usda(tmp_path / "a.usda", LOOKS + xform("World", binding("Red") + inner)))
    assert weak.nodes[-1].colour == "#0000ffff"
    strong = binding("Red", 'bindMaterialAs = "strongerThanDescendants"')
    firm = read(write_usda(tmp_path / "b.usda", LOOKS + xform("World", strong + inner)))
    assert firm.nodes[-1].colour == "#ff0000ff"


def test_a_preview_binding_wins(tmp_path: Path) -> None:
    both = binding("Blue") + "rel material:binding:preview = </Looks/Red>\n"
    scene = read(write_usda(tmp_path / "a.usda", LOOKS + mesh(extra=both)))
    assert scene.nodes[-1].colour == "#ff0000ff"


def test_a_collection_binds(tmp_path: Path) -> None:
    collected = (
        'uniform token collection:all:expansionRule = "expandPrims"\n'
        "rel collection:all:includes = </World/Cube>\n"
        "rel material:binding:collection:all = [</World.collection:all>, </Looks/Red>]\n"
    )
    world = xform(
        "World", collected + mesh(), None,
        'prepend apiSchemas = ["MaterialBindingAPI", "CollectionAPI:all"]',
    )  # fmt: skip
    scene = read(write_usda(tmp_path / "a.usda", LOOKS + world))
    assert scene.nodes[-1].colour == "#ff0000ff"


def test_instances_that_look_different_are_different_parts(tmp_path: Path) -> None:
    body = LOOKS + xform("Proto", mesh())
    for name, look in (("A", "Red"), ("B", "Blue"), ("C", "Red")):
        arcs = "references = </Proto>\ninstanceable = true"
        body += xform(name, binding(look), None, arcs)
    scene = read(write_usda(tmp_path / "a.usda", body))
    assert [node.colour for node in occurrences(scene)[1:]] == [
        "#ff0000ff", "#0000ffff", "#ff0000ff",
    ]  # fmt: skip
    assert len(scene.parts) == 3


def test_subsets_that_name_no_face_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DamagedFile, match="face"):
        read(write_usda(tmp_path / "a.usda", LOOKS + mesh(extra=subset("s", [-1], "Red"))))
    beyond = read(write_usda(tmp_path / "b.usda", LOOKS + mesh(extra=subset("s", [99], "Red"))))
    assert len(beyond.parts[0].mesh.triangles) == 12


def test_a_mesh_of_many_subsets_keeps_every_triangle(tmp_path: Path) -> None:
    rest = "".join(subset(f"s{n}", [n], "Red" if n % 2 else "Blue") for n in range(6))
    scene = read(write_usda(tmp_path / "a.usda", LOOKS + mesh(extra=rest)))
    assert triangles_by_colour(scene) == {"#ff0000ff": 6, "#0000ffff": 6}
    assert np.isclose(scene.parts[0].volume_m3 or 0, 24)


def test_an_instanced_asset_brings_its_own_materials(tmp_path: Path) -> None:
    look = preview("Own", "color3f inputs:diffuseColor = (0, 1, 0)\nfloat inputs:metallic = 1")
    asset = xform("Proto", look + mesh(extra="rel material:binding = </Proto/Own>"))
    arcs = "references = </Proto>\ninstanceable = true"
    body = asset + xform("A", "", (5, 0, 0), arcs) + xform("B", "", (9, 0, 0), arcs)
    scene = read(write_usda(tmp_path / "a.usda", body))
    assert {node.colour for node in occurrences(scene)} == {"#00ff00ff"}
    assert len(scene.looks.materials) == 1
