"""Materials and pictures in one document: each once, and only what is asked for."""

from gltf_files import encoded, png
from scene_builders import box_mesh

from holotable.conversion.glb import GlbDocument
from holotable.conversion.materials import MaterialWriter
from holotable.review.surface import Image, Looks, Material, Texture

TEXELS = box_mesh().triangles[:4, :3].astype("u1").reshape(2, 2, 3)


def looks() -> Looks:
    clear = {"KHR_materials_clearcoat": {"clearcoatTexture": {"index": 1}}}
    moved = {"KHR_texture_transform": {"scale": [2, 2]}}
    return Looks(
        materials=(
            Material("unused", {"normalTexture": {"index": 0}}),
            Material("lacquer", {"normalTexture": {"index": 1}, "extensions": clear}),
            Material("", {"emissiveTexture": {"index": 2, "extensions": moved}}),
        ),
        textures=(Texture(0), Texture(1, {"wrapS": 33071}), Texture(1)),
        images=(
            Image(png(), "image/png"),
            Image(encoded(TEXELS, "WEBP"), "image/webp", "weave"),
        ),
    )


def test_what_is_used_is_written_once_and_renumbered() -> None:
    document = GlbDocument()
    writer = MaterialWriter(document, looks(), webp=True)
    assert writer.material(1) == writer.material(1) == 0
    assert writer.material(2) == 1
    assert [material.get("name") for material in document.json["materials"]] == ["lacquer", None]
    assert document.json["materials"][0]["normalTexture"] == {"index": 0}
    assert len(document.json["images"]) == 1
    assert len(document.json["textures"]) == 2
    assert document.json["textures"][0]["extensions"] == {"EXT_texture_webp": {"source": 0}}
    assert document.json["samplers"] == [{"wrapS": 33071}]
    assert set(document.json["extensionsUsed"]) == {
        "EXT_texture_webp", "KHR_materials_clearcoat", "KHR_texture_transform",
    }  # fmt: skip
    assert document.json["extensionsRequired"] == ["EXT_texture_webp"]
    assert writer.holds(1)
    assert not writer.holds(0)
    assert writer.pictures(0) == {0}


def test_plain_gltf_gets_png_and_requires_nothing() -> None:
    document = GlbDocument()
    MaterialWriter(document, looks(), webp=False).material(1)
    assert document.json["images"][0]["mimeType"] == "image/png"
    assert document.json["images"][0]["name"] == "weave"
    assert "extensionsRequired" not in document.json


def test_no_material_is_grey() -> None:
    document = GlbDocument()
    writer = MaterialWriter(document, looks(), webp=True)
    assert writer.material(-1) == 0
    assert writer.pictures(-1) == set()
    assert document.json["materials"][0]["pbrMetallicRoughness"]["metallicFactor"] == 0


def test_the_scenes_own_json_stays_as_it_is() -> None:
    given = looks()
    MaterialWriter(GlbDocument(), given, webp=True).material(2)
    assert given.materials[2].gltf["emissiveTexture"]["index"] == 2
