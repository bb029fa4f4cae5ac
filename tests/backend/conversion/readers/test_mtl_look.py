"""MTL materials as surfaces: pictures, moved and merged; physically based members."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gltf_files import encoded
from mesh_files import OPTIONS, check, obj_text, silent, warning_codes
from PIL import Image

from holotable.conversion.readers.obj import read_obj
from holotable.review.scene import Scene

FACES = "vt 0 0\nvt 1 0\nvt 1 1\nusemtl m\nf 1/1 2/2 3/3\n"


def flat(*colour: int, size: int = 8) -> np.ndarray:
    return np.full((size, size, len(colour)), colour, np.uint8)


def read(folder: Path, mtl: str, **pictures: np.ndarray) -> Scene:
    for name, texels in pictures.items():
        (folder / f"{name}.png").write_bytes(encoded(texels, "PNG"))
    (folder / "a.mtl").write_text("newmtl m\nKd 1 1 1\n" + mtl)
    (folder / "a.obj").write_text("mtllib a.mtl\n" + obj_text(faces=FACES))
    scene = read_obj(folder / "a.obj", OPTIONS, silent)
    check(scene)
    return scene


def material(scene: Scene) -> dict[str, Any]:
    surface = scene.parts[0].surface
    assert surface
    return dict(scene.looks.materials[surface.primitives[0].material].gltf)


def texels(scene: Scene, reference: dict[str, Any]) -> np.ndarray:
    image = scene.looks.images[scene.looks.textures[reference["index"]].image]
    return np.asarray(Image.open(io.BytesIO(image.content)).convert("RGBA"))


def test_a_picture_lies_on_the_surface_with_v_downwards(tmp_path: Path) -> None:
    scene = read(tmp_path, "map_Kd kd.png\n", kd=flat(200, 100, 50))
    assert scene.warnings == ()
    surface = scene.parts[0].surface
    assert surface
    (found,) = surface.primitives
    assert found.uvs[0].tolist() == [[0, 1], [1, 1], [1, 0]]
    assert material(scene)["pbrMetallicRoughness"]["baseColorFactor"] == [1, 1, 1, 1]
    assert scene.looks.images[0].content == (tmp_path / "kd.png").read_bytes()


def test_offset_scale_and_clamp_move_picture_and_sample_alike(tmp_path: Path) -> None:
    half = flat(255, 0, 0)
    half[:4] = (0, 0, 255)  # the upper half is blue
    scene = read(tmp_path, "map_Kd -s 1 0.1 1 -o 0 0.75 0 -clamp on kd.png\n", kd=half)
    reference = material(scene)["pbrMetallicRoughness"]["baseColorTexture"]
    moved = reference["extensions"]["KHR_texture_transform"]
    assert moved["scale"] == [1, 0.1]
    assert moved["offset"] == [0, pytest.approx(1 - 0.1 - 0.75)]
    assert scene.looks.textures[0].sampler == {"wrapS": 33071, "wrapT": 33071}
    # v of 0 to 1 is 0.75 to 0.85 of the picture from below: blue, and so says glTF from above
    assert scene.nodes[0].colour == "#0000ffff"
    down = [0.1 * v + moved["offset"][1] for v in (0.0, 1.0)]
    assert all(v < 0.5 for v in down)


def test_physically_based_members_are_kept(tmp_path: Path) -> None:
    gltf = material(read(tmp_path, "Pr 0.2\nPm 0.9\nPc 0.5\nPcr 0.1\nKe 0 1 0\nd 0.5\n"))
    assert gltf == {
        "pbrMetallicRoughness": {
            "metallicFactor": 0.9,
            "roughnessFactor": 0.2,
            "baseColorFactor": [1, 1, 1, 0.5],
        },
        "doubleSided": True,
        "alphaMode": "BLEND",
        "emissiveFactor": [0, 1, 0],
        "extensions": {
            "KHR_materials_clearcoat": {"clearcoatFactor": 0.5, "clearcoatRoughnessFactor": 0.1}
        },
    }


def test_a_plain_colour_needs_no_surface(tmp_path: Path) -> None:
    scene = read(tmp_path, "Ns 200\nKs 1 1 1\nPr 0.5\nPm 0\n")
    assert scene.parts[0].surface is None


def test_roughness_and_metal_become_one_picture(tmp_path: Path) -> None:
    grey, light = flat(100, 100, 100, size=4), flat(200, 200, 200)
    scene = read(tmp_path, "map_Pr r.png\nmap_Pm m.png\n", r=grey, m=light)
    rough = material(scene)["pbrMetallicRoughness"]
    assert (rough["metallicFactor"], rough["roughnessFactor"]) == (1, 1)
    assert texels(scene, rough["metallicRoughnessTexture"])[3, 3].tolist() == [255, 100, 200, 255]


def test_opacity_of_its_own_goes_into_the_colours_alpha(tmp_path: Path) -> None:
    holes = flat(255, 255, 255)
    holes[:, :4] = 0
    mtl = "map_Kd kd.png\nmap_d d.png\n"
    scene = read(tmp_path, mtl, kd=flat(10, 20, 30), d=holes)
    gltf = material(scene)
    assert gltf["alphaMode"] == "MASK"
    found = texels(scene, gltf["pbrMetallicRoughness"]["baseColorTexture"])
    assert found[0, 0].tolist() == [10, 20, 30, 0]
    assert found[0, 7].tolist() == [10, 20, 30, 255]


def test_a_bump_that_is_a_map_of_normals_is_one(tmp_path: Path) -> None:
    gltf = material(read(tmp_path, "map_Bump -bm 0.3 n.png\n", n=flat(128, 128, 255)))
    assert "normalTexture" in gltf
    gltf = material(read(tmp_path, "map_Bump -bm 0.3 b.png\n", b=flat(90, 90, 90)))
    bump = gltf["extensions"]["EXT_materials_bump"]
    assert bump["bumpFactor"] == 0.3
    assert "normalTexture" in material(read(tmp_path, "norm n.png\n", n=flat(90, 90, 90)))


def test_light_of_a_picture_is_as_bright_as_the_picture(tmp_path: Path) -> None:
    gltf = material(read(tmp_path, "map_Ke e.png\n", e=flat(1, 2, 3)))
    assert gltf["emissiveFactor"] == [1, 1, 1]


def test_a_broken_picture_and_unshown_statements_are_said(tmp_path: Path) -> None:
    (tmp_path / "kd.png").write_bytes(b"\x89PNG\r\n\x1a\n and nothing")
    scene = read(tmp_path, "map_Kd kd.png\ndisp d.png\nPm 1\n")
    assert warning_codes(scene) == {"picture_unreadable", "materials_simplified"}
    assert "baseColorTexture" not in material(scene)["pbrMetallicRoughness"]
