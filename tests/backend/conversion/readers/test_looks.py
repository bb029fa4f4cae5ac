"""Materials and pictures of a scene, each once."""

from gltf_files import png

from holotable.conversion.readers.colours import OWN_COLOUR
from holotable.conversion.readers.looks import LooksBuilder, linear_factor
from holotable.conversion.readers.textures import open_picture


def test_equal_pictures_and_materials_are_kept_once() -> None:
    looks = LooksBuilder()
    red, again, blue = (open_picture(png(c)) for c in ((255, 0, 0), (255, 0, 0), (0, 0, 255)))
    assert red
    assert again
    assert blue
    assert looks.texture(red) == looks.texture(again) == 0
    assert looks.texture(red, {"wrapS": 33071}) == 1
    assert looks.texture(blue) == 2
    gltf = {"normalTexture": {"index": 0}}
    assert looks.material("a", gltf) == looks.material("a", {"normalTexture": {"index": 0}}) == 0
    assert looks.material("b", {"normalTexture": {"index": 0}}) == 1
    found = looks.finish()
    assert [len(found.materials), len(found.textures), len(found.images)] == [2, 3, 2]
    assert [texture.image for texture in found.textures] == [0, 0, 1]


def test_a_sampler_keeps_what_gltf_knows() -> None:
    looks = LooksBuilder()
    picture = open_picture(png())
    assert picture
    stated = {"wrapS": 33648, "wrapT": 1, "minFilter": 9987, "magFilter": 9987, "x": 1}
    looks.texture(picture, stated)
    assert looks.finish().textures[0].sampler == {"wrapS": 33648, "minFilter": 9987}


def test_uv_sets_are_numbered_without_gaps_and_a_transform_overrules() -> None:
    looks = LooksBuilder()
    moved = {"KHR_texture_transform": {"texCoord": 5, "offset": [1, 2]}}
    number = looks.material(
        "",
        {
            "normalTexture": {"index": 0, "texCoord": 3},
            "occlusionTexture": {"index": 0, "texCoord": 1, "extensions": moved},
            "emissiveTexture": {"index": 0, "texCoord": 3},
        },
    )
    assert looks.uv_sets(number) == (3, 5)
    assert looks.finish().materials[number].gltf == {
        "normalTexture": {"index": 0},
        "occlusionTexture": {
            "index": 0,
            "texCoord": 1,
            "extensions": {"KHR_texture_transform": {"offset": [1, 2]}},
        },
        "emissiveTexture": {"index": 0},
    }


def test_a_plain_colour_is_linear_light() -> None:
    assert linear_factor(0xFF000080) == [1, 0, 0, 128 / 255]
    looks = LooksBuilder()
    assert looks.plain(0xFF0000FF) == looks.plain(0xFF0000FF)
    grey, white, glass = looks.plain(OWN_COLOUR), looks.plain(), looks.plain(0xFF000080)
    materials = looks.finish().materials
    assert materials[white].gltf["pbrMetallicRoughness"]["baseColorFactor"] == [1, 1, 1, 1]
    assert materials[grey].gltf["pbrMetallicRoughness"]["metallicFactor"] == 0
    assert materials[glass].gltf["alphaMode"] == "BLEND"
