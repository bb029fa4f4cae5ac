"""glTF colours: factor × texture × vertex colour, linear light to sRGB."""

import io
import struct
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import pytest
from mesh_files import (
    CORNERS,
    OPTIONS,
    TRIANGLES,
    buffer_of,
    check,
    data_uri,
    gltf_cube,
    silent,
    warning_codes,
    write_gltf,
)  # fmt: skip
from PIL import Image

from holotable.conversion.readers.gltf import read_gltf
from holotable.errors import DamagedFile
from holotable.review.scene import Scene


def read(folder: Path, material: dict[str, Any], extra: np.ndarray | None = None,
         attribute: str = "COLOR_0", kind: str = "VEC3", **changes: Any) -> Scene:  # fmt: skip
    """The cube in a material, with one more attribute of its vertices."""
    arrays = [CORNERS.astype("<f4"), TRIANGLES.astype("<u2")] + ([] if extra is None else [extra])
    content, views = buffer_of(*arrays)
    attributes = {"POSITION": 0}
    accessors = list(gltf_cube()["accessors"])
    if extra is not None:
        accessors.append({"bufferView": 2, "componentType": 5126, "count": 8, "type": kind})
        attributes[attribute] = 2
    primitive = {"attributes": attributes, "indices": 1, "material": 0}
    document = gltf_cube(
        bufferViews=views,
        accessors=accessors,
        buffers=[{"byteLength": len(content), "uri": data_uri(content)}],
        meshes=[{"primitives": [primitive]}],
        materials=[material],
        **changes,
    )
    scene = read_gltf(write_gltf(folder / "a.gltf", document), OPTIONS, silent)
    check(scene)
    return scene


def picture(colour: tuple[int, ...]) -> str:
    stream = io.BytesIO()
    Image.new("RGBA", (8, 8), colour).save(stream, "PNG")
    return data_uri(stream.getvalue())


def test_the_factor_is_linear_light(tmp_path: Path) -> None:
    scene = read(tmp_path, {"pbrMetallicRoughness": {"baseColorFactor": [0.5, 0, 1, 0.3]}})
    assert scene.nodes[0].colour == "#bc00ffff"


def test_opacity_counts_when_the_material_blends(tmp_path: Path) -> None:
    rough = {"baseColorFactor": [1, 1, 1, 0.5]}
    blended = {"pbrMetallicRoughness": rough, "alphaMode": "BLEND"}
    assert read(tmp_path, blended).nodes[0].colour == "#ffffff80"
    masked = {"pbrMetallicRoughness": rough, "alphaMode": "MASK"}
    assert read(tmp_path, masked).nodes[0].colour == "#ffffffff"


def test_glass_lets_light_through_and_stays_visible(tmp_path: Path) -> None:
    glass = {"extensions": {"KHR_materials_transmission": {"transmissionFactor": 1}}}
    assert read(tmp_path, glass).nodes[0].colour == "#ffffff40"


def test_the_older_gloss_model_is_read(tmp_path: Path) -> None:
    gloss = {"KHR_materials_pbrSpecularGlossiness": {"diffuseFactor": [0, 1, 0, 1]}}
    assert read(tmp_path, {"extensions": gloss}).nodes[0].colour == "#00ff00ff"


def test_a_texture_is_multiplied_by_the_factor(tmp_path: Path) -> None:
    texture = {"index": 0, "texCoord": 1}
    rough = {"baseColorFactor": [1, 0, 1, 1], "baseColorTexture": texture}
    material = {"pbrMetallicRoughness": rough}
    uv = np.zeros((8, 2), "<f4")
    more = {"textures": [{"source": 0}], "images": [{"uri": picture((200, 100, 50, 255))}]}
    scene = read(tmp_path, material, uv, "TEXCOORD_1", "VEC2", **more)
    assert scene.nodes[0].colour == "#c80032ff"
    assert warning_codes(scene) == set()


def test_a_texture_may_be_moved_on_its_surface(tmp_path: Path) -> None:
    image = Image.new("RGB", (8, 8), (255, 0, 0))
    image.paste((0, 0, 255), (4, 0, 8, 8))
    stream = io.BytesIO()
    image.save(stream, "PNG")
    more = {"textures": [{"source": 0}], "images": [{"uri": data_uri(stream.getvalue())}]}
    texture: dict[str, Any] = {"index": 0}
    material = {"pbrMetallicRoughness": {"baseColorTexture": texture}}
    uv = np.full((8, 2), 0.25, "<f4")
    assert read(tmp_path, material, uv, "TEXCOORD_0", "VEC2", **more).nodes[0].colour == "#ff0000ff"
    texture["extensions"] = {"KHR_texture_transform": {"offset": [0.5, 0], "scale": [1, 1]}}
    assert read(tmp_path, material, uv, "TEXCOORD_0", "VEC2", **more).nodes[0].colour == "#0000ffff"


def test_vertex_colours_multiply_in_linear_light(tmp_path: Path) -> None:
    colours = np.ones((8, 4), "<f4")
    colours[:4] = [0.5, 0, 1, 0.2]
    scene = read(tmp_path, {}, colours, kind="VEC4")
    assert set(scene.palette[1:]) == {"#bc00ffff", "#ffffffff"}


def test_a_picture_that_is_none_or_missing_is_a_warning(tmp_path: Path) -> None:
    material = {"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}
    for image, code in (
        ({"uri": data_uri(b"none")}, "picture_unreadable"),
        ({"uri": "gone.png"}, "missing_file"),
        ({"uri": "http://127.0.0.1/x.png"}, "external_reference"),
    ):
        scene = read(tmp_path, material, textures=[{"source": 0}], images=[image])
        assert warning_codes(scene) == {code}
        assert scene.nodes[0].colour == "#ffffffff"
    scene = read(tmp_path, material, textures=[{"extensions": {"KHR_texture_basisu": {}}}])
    assert warning_codes(scene) == {"picture_unreadable"}


@pytest.mark.parametrize(
    "material",
    [
        {"pbrMetallicRoughness": {"baseColorFactor": [1, 1]}},
        {"pbrMetallicRoughness": {"baseColorTexture": {"index": 7}}},
    ],
)
def test_a_material_that_is_not_valid_is_damage(tmp_path: Path, material: dict[str, Any]) -> None:
    with pytest.raises(DamagedFile):
        read(tmp_path, material)


def huge_png(width: int, height: int) -> str:
    """A picture that states its size and holds next to nothing."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")
    return data_uri(b"\x89PNG\r\n\x1a\n" + chunks)


@pytest.mark.parametrize("slot", ["baseColorTexture", "metallicRoughnessTexture"])
def test_a_picture_of_gigabytes_is_neither_opened_nor_passed_on(tmp_path: Path, slot: str) -> None:
    material = {"pbrMetallicRoughness": {slot: {"index": 0}, "metallicFactor": 1}}
    images = [{"uri": huge_png(60_000, 60_000)}]
    scene = read(tmp_path, material, textures=[{"source": 0}], images=images)
    assert warning_codes(scene) == {"picture_unreadable"}
    assert scene.looks.images == ()


def test_a_picture_that_proves_broken_is_not_passed_on(tmp_path: Path) -> None:
    material = {
        "pbrMetallicRoughness": {"baseColorTexture": {"index": 0}},
        "emissiveTexture": {"index": 0},
    }
    uv = np.zeros((8, 2), "<f4")
    images = [{"uri": huge_png(8, 8)}]
    scene = read(
        tmp_path, material, uv, "TEXCOORD_0", "VEC2", textures=[{"source": 0}], images=images
    )
    assert warning_codes(scene) == {"picture_unreadable"}
    assert scene.looks.images == ()


def test_one_picture_under_many_names_is_kept_once(tmp_path: Path) -> None:
    slots = ["normalTexture", "emissiveTexture", "occlusionTexture"]
    material: dict[str, Any] = {slot: {"index": number} for number, slot in enumerate(slots)}
    images = [{"uri": picture((9, 9, 9, 255))}] * 3
    textures = [{"source": number} for number in range(3)]
    scene = read(tmp_path, material, textures=textures, images=images)
    assert len(scene.looks.images) == len(scene.looks.textures) == 1
