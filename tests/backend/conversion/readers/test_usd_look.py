import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mesh_files import CORNERS, OPTIONS, check, silent, warning_codes
from PIL import Image
from usd_files import layer, mesh, numbers, preview, texture, tuples, write_usda, write_usdz

from holotable.conversion.readers.usd import read_usd
from holotable.review.scene import Scene

UV = CORNERS[:, :2] / [2, 3]
ST = f'texCoord2f[] primvars:st = {tuples(UV)} ( interpolation = "vertex" )\n'


def picture(texels: object, mode: str = "RGB") -> bytes:
    stream = io.BytesIO()
    Image.fromarray(np.asarray(texels, np.uint8), mode=None).convert(mode).save(stream, "PNG")
    return stream.getvalue()


PLAIN = np.full((4, 4, 3), (255, 128, 0))


def bound(inputs: str = "", nodes: str = "", extra: str = ST) -> str:
    """A cube bound to one material."""
    binding = "rel material:binding = </Look>\n"
    return preview("Look", inputs, nodes) + mesh(extra=binding + extra)


def read(path: Path) -> Scene:
    scene = read_usd(path, OPTIONS, silent)
    check(scene)
    return scene


def material(scene: Scene) -> dict[str, Any]:
    """The JSON of the only material of a surface."""
    surface = scene.parts[0].surface
    assert surface is not None
    return dict(scene.looks.materials[surface.primitives[0].material].gltf)


def connected(name: str, kind: str, source: str) -> str:
    return f"{kind} inputs:{name}.connect = </Look/{source}>\n"


def test_a_plain_colour_needs_no_surface(tmp_path: Path) -> None:
    scene = read(write_usda(tmp_path / "a.usda", bound("color3f inputs:diffuseColor = (1, 0, 0)")))
    assert scene.parts[0].surface is None
    assert scene.nodes[-1].colour == "#ff0000ff"
    clear = bound("color3f inputs:diffuseColor = (0.5, 0.5, 0.5)\nfloat inputs:opacity = 0.25")
    assert read(write_usda(tmp_path / "b.usda", clear)).nodes[-1].colour == "#bcbcbc40"


def test_a_metal_is_kept_as_it_is(tmp_path: Path) -> None:
    inputs = (
        "color3f inputs:diffuseColor = (1, 0.5, 0)\nfloat inputs:metallic = 1\n"
        "float inputs:roughness = 0.2\nfloat inputs:clearcoat = 0.5\nfloat inputs:ior = 2\n"
        "float inputs:clearcoatRoughness = 0.125\ncolor3f inputs:emissiveColor = (4, 2, 0)\n"
    )
    gltf = material(read(write_usda(tmp_path / "a.usda", bound(inputs))))
    rough = gltf["pbrMetallicRoughness"]
    assert rough == {
        "baseColorFactor": pytest.approx([1, 0.5, 0, 1]),
        "metallicFactor": 1.0,
        "roughnessFactor": pytest.approx(0.2),
    }
    assert gltf["emissiveFactor"] == [1, 0.5, 0]
    assert gltf["extensions"] == {
        "KHR_materials_emissive_strength": {"emissiveStrength": 4},
        "KHR_materials_clearcoat": {"clearcoatFactor": 0.5, "clearcoatRoughnessFactor": 0.125},
        "KHR_materials_ior": {"ior": 2},
    }


def test_a_specular_workflow_becomes_a_specular_colour(tmp_path: Path) -> None:
    inputs = (
        "int inputs:useSpecularWorkflow = 1\ncolor3f inputs:specularColor = (0.04, 0.02, 0)\n"
        "float inputs:roughness = 0.1\nfloat inputs:metallic = 1\n"
    )
    gltf = material(read(write_usda(tmp_path / "a.usda", bound(inputs))))
    assert gltf["pbrMetallicRoughness"]["metallicFactor"] == 0
    colour = gltf["extensions"]["KHR_materials_specular"]["specularColorFactor"]
    assert colour == pytest.approx([1, 0.5, 0], abs=1e-6)


def test_a_picture_is_carried_and_sampled(tmp_path: Path) -> None:
    (tmp_path / "wood.png").write_bytes(picture(PLAIN))
    nodes = texture(
        "Wood", "./wood.png", 'token inputs:wrapS = "mirror"\ntoken inputs:wrapT = "clamp"'
    )
    body = bound(connected("diffuseColor", "color3f", "Wood.outputs:rgb"), nodes)
    scene = read(write_usda(tmp_path / "a.usda", body))
    assert material(scene)["pbrMetallicRoughness"]["baseColorTexture"] == {"index": 0}
    assert scene.looks.textures[0].sampler == {"wrapS": 33648, "wrapT": 33071}
    assert scene.looks.images[0].content == picture(PLAIN)
    surface = scene.parts[0].surface
    assert surface is not None
    primitive = surface.primitives[0]
    expected = primitive.positions[:, :2] / [2, 3]
    assert np.allclose(primitive.uvs[0][:, 0], expected[:, 0])
    assert np.allclose(primitive.uvs[0][:, 1], 1 - expected[:, 1]), "v counts down in glTF"
    assert scene.nodes[-1].colour == "#ff8000ff"


def test_pictures_in_a_package_are_found(tmp_path: Path) -> None:
    nodes = texture("Wood", "textures/wood.png")
    body = bound(connected("diffuseColor", "color3f", "Wood.outputs:rgb"), nodes)
    entries = {"root.usda": layer(body).encode(), "textures/wood.png": picture(PLAIN)}
    scene = read(write_usdz(tmp_path / "a.usdz", entries))
    assert len(scene.looks.images) == 1
    assert warning_codes(scene) == set()


@pytest.mark.parametrize(
    ("file", "code", "files"),
    [
        ("gone/wood.png", "missing_file", ("gone/wood.png",)),
        ("/etc/passwd", "external_reference", ()),
        ("../wood.png", "external_reference", ()),
        ("http://127.0.0.1:9/wood.png", "external_reference", ()),
        ("tiles.<UDIM>.png", "picture_unreadable", ()),
        ("broken.png", "picture_unreadable", ()),
    ],
)
def test_a_picture_that_cannot_be_had_is_a_warning(
    tmp_path: Path, file: str, code: str, files: tuple[str, ...]
) -> None:
    (tmp_path / "wood.png").write_bytes(picture(PLAIN))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "broken.png").write_text("no picture")
    body = bound(connected("diffuseColor", "color3f", "W.outputs:rgb"), texture("W", file))
    scene = read(write_usda(tmp_path / "in" / "a.usda", body))
    assert [(w.code, w.files) for w in scene.warnings] == [(code, files)]
    assert scene.looks.images == ()


def test_coordinates_are_moved_as_a_transform_says(tmp_path: Path) -> None:
    (tmp_path / "wood.png").write_bytes(picture(PLAIN))
    nodes = texture("Wood", "wood.png").replace("<../Wood_st.outputs:result>",
                                                "<../Move.outputs:result>") + (
        'def Shader "Move"\n{\nuniform token info:id = "UsdTransform2d"\n'
        "float2 inputs:in.connect = <../Wood_st.outputs:result>\nfloat inputs:rotation = 90\n"
        "float2 inputs:scale = (2, 3)\nfloat2 inputs:translation = (0.25, 0.5)\n"
        "float2 outputs:result\n}\n"
    )  # fmt: skip
    body = bound(connected("diffuseColor", "color3f", "Wood.outputs:rgb"), nodes)
    surface = read(write_usda(tmp_path / "a.usda", body)).parts[0].surface
    assert surface is not None
    primitive = surface.primitives[0]
    u, v = (primitive.positions[:, :2] / [2, 3]).T
    # scaled, then a quarter turn counter-clockwise, then moved; then v turned round
    assert np.allclose(
        primitive.uvs[0], np.stack([-3 * v + 0.25, 1 - (2 * u + 0.5)], axis=1), atol=1e-6
    )


def test_channels_that_stand_elsewhere_are_put_together(tmp_path: Path) -> None:
    (tmp_path / "rough.png").write_bytes(picture(np.full((2, 2, 3), (10, 20, 30))))
    (tmp_path / "metal.png").write_bytes(picture(np.full((4, 4, 3), (40, 50, 60))))
    inputs = connected("roughness", "float", "R.outputs:r") + connected(
        "metallic", "float", "M.outputs:b"
    )
    body = bound(inputs, texture("R", "rough.png") + texture("M", "metal.png"))
    scene = read(write_usda(tmp_path / "a.usda", body))
    assert "metallicRoughnessTexture" in material(scene)["pbrMetallicRoughness"]
    with Image.open(io.BytesIO(scene.looks.images[0].content)) as made:
        assert made.size == (4, 4)
        assert made.getpixel((1, 1)) == (255, 10, 60)


def test_channels_in_their_place_stay_where_they_are(tmp_path: Path) -> None:
    (tmp_path / "orm.png").write_bytes(picture(PLAIN))
    inputs = (
        connected("roughness", "float", "R.outputs:g")
        + connected("metallic", "float", "R.outputs:b")
        + connected("occlusion", "float", "R.outputs:r")
    )
    scene = read(write_usda(tmp_path / "a.usda", bound(inputs, texture("R", "orm.png"))))
    assert [image.content for image in scene.looks.images] == [picture(PLAIN)]
    gltf = material(scene)
    assert gltf["pbrMetallicRoughness"]["metallicRoughnessTexture"] == {"index": 0}
    assert gltf["occlusionTexture"] == {"index": 0}


def test_relief_and_light_are_kept(tmp_path: Path) -> None:
    (tmp_path / "n.png").write_bytes(picture(PLAIN))
    (tmp_path / "e.png").write_bytes(picture(PLAIN // 2))
    inputs = connected("normal", "normal3f", "N.outputs:rgb") + connected(
        "emissiveColor", "color3f", "E.outputs:rgb"
    )
    signed = "float4 inputs:scale = (2, 2, 2, 1)\nfloat4 inputs:bias = (-1, -1, -1, 0)"
    body = bound(inputs, texture("N", "n.png", signed) + texture("E", "e.png"))
    scene = read(write_usda(tmp_path / "a.usda", body))
    gltf = material(scene)
    found = [scene.looks.images[gltf[name]["index"]].name for name in
             ("normalTexture", "emissiveTexture")]  # fmt: skip
    assert found == ["n.png", "e.png"]
    assert gltf["emissiveFactor"] == [1, 1, 1]
    assert warning_codes(scene) == set()


@pytest.mark.parametrize(("threshold", "mode"), [("0", "BLEND"), ("0.5", "MASK")])
def test_opacity_of_a_picture_is_glass_or_a_stencil(
    tmp_path: Path, threshold: str, mode: str
) -> None:
    texels = np.full((4, 4, 4), 255)
    texels[..., 3] = 100
    (tmp_path / "leaf.png").write_bytes(picture(texels, "RGBA"))
    inputs = (
        connected("diffuseColor", "color3f", "L.outputs:rgb")
        + connected("opacity", "float", "L.outputs:a")
        + f"float inputs:opacityThreshold = {threshold}\n"
    )
    scene = read(write_usda(tmp_path / "a.usda", bound(inputs, texture("L", "leaf.png"))))
    gltf = material(scene)
    assert gltf["alphaMode"] == mode
    assert gltf.get("alphaCutoff") == (0.5 if mode == "MASK" else None)
    assert len(scene.looks.images) == 1


def test_opacity_of_another_picture_joins_the_colour(tmp_path: Path) -> None:
    (tmp_path / "c.png").write_bytes(picture(PLAIN))
    (tmp_path / "o.png").write_bytes(picture(np.full((2, 2, 3), (64, 0, 0))))
    inputs = connected("diffuseColor", "color3f", "C.outputs:rgb") + connected(
        "opacity", "float", "O.outputs:r"
    )
    body = bound(inputs, texture("C", "c.png") + texture("O", "o.png"))
    scene = read(write_usda(tmp_path / "a.usda", body))
    with Image.open(io.BytesIO(scene.looks.images[0].content)) as made:
        assert made.getpixel((0, 0)) == (255, 128, 0, 64)


def test_another_language_is_shown_in_its_display_colour(tmp_path: Path) -> None:
    body = (
        'def Material "Look"\n{\ntoken outputs:mdl:surface.connect = <Surface.outputs:out>\n'
        'def Shader "Surface"\n{\nuniform token info:id = "mdl"\ntoken outputs:out\n}\n}\n'
        + mesh(extra="rel material:binding = </Look>\n"
               "color3f[] primvars:displayColor = [(0, 0, 1)]\n")
    )  # fmt: skip
    scene = read(write_usda(tmp_path / "a.usda", body))
    assert warning_codes(scene) == {"materials_ignored"}
    assert scene.nodes[-1].colour == "#0000ffff"


def test_vertex_colours_that_a_material_reads_are_kept(tmp_path: Path) -> None:
    nodes = (
        'def Shader "Paint"\n{\nuniform token info:id = "UsdPrimvarReader_float3"\n'
        'token inputs:varname = "displayColor"\nfloat3 outputs:result\n}\n'
    )
    rows = tuples([[1, 0, 0]] * 4 + [[0, 0, 1]] * 4)
    paint = f'color3f[] primvars:displayColor = {rows} ( interpolation = "vertex" )\n'
    inputs = connected("diffuseColor", "color3f", "Paint.outputs:result")
    plain = read(write_usda(tmp_path / "a.usda", bound(inputs, nodes, paint)))
    assert {"#ff0000ff", "#0000ffff"} <= set(plain.palette)
    metal = bound(inputs + "float inputs:metallic = 1\n", nodes, paint)
    surface = read(write_usda(tmp_path / "b.usda", metal)).parts[0].surface
    assert surface is not None
    colours = surface.primitives[0].colours
    assert colours is not None
    assert {tuple(row) for row in colours.tolist()} == {(1, 0, 0, 1), (0, 0, 1, 1)}


def test_a_picture_without_coordinates_is_no_reason_to_fail(tmp_path: Path) -> None:
    (tmp_path / "wood.png").write_bytes(picture(PLAIN))
    body = bound(
        connected("diffuseColor", "color3f", "W.outputs:rgb"), texture("W", "wood.png"), ""
    )
    scene = read(write_usda(tmp_path / "a.usda", body))
    assert scene.parts[0].surface is not None
    assert numbers([1]) == "[1]"
