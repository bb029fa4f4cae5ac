"""Walking a material's JSON."""

from holotable.review.surface import extensions_of, texture_references

MATERIAL = {
    "pbrMetallicRoughness": {"baseColorTexture": {"index": 0}},
    "normalTexture": {"index": 1, "extensions": {"KHR_texture_transform": {"scale": [2, 2]}}},
    "extras": {"oddTexture": {"index": 9}},
    "extensions": {
        "KHR_materials_clearcoat": {"clearcoatTexture": {"index": 2}},
        "KHR_materials_unlit": {},
    },
}


def test_every_texture_of_a_material_is_found_and_none_of_its_extras() -> None:
    assert {found["index"] for found in texture_references(MATERIAL)} == {0, 1, 2}


def test_extensions_of_textures_count() -> None:
    assert extensions_of(MATERIAL) == {
        "KHR_materials_clearcoat",
        "KHR_materials_unlit",
        "KHR_texture_transform",
    }
    assert extensions_of({}) == set()
