"""glTF materials as they are kept: known members, in range."""

from typing import Any

import pytest

from holotable.conversion.readers.pbr import kept_material, says_more
from holotable.errors import DamagedFile


def kept(material: dict[str, Any], metres: float = 1.0) -> tuple[dict[str, Any], list[str]]:
    lost: list[str] = []
    return kept_material(material, lambda given: given["index"] + 10, metres, lost.append), lost


def test_every_member_that_three_shows_is_kept_and_its_textures_are_renumbered() -> None:
    material = {
        "name": "Lacquer",
        "pbrMetallicRoughness": {
            "baseColorFactor": [0.1, 0.2, 0.3, 0.4],
            "baseColorTexture": {"index": 0},
            "metallicFactor": 0.9,
            "roughnessFactor": 0.1,
            "metallicRoughnessTexture": {"index": 1, "texCoord": 1},
        },
        "normalTexture": {"index": 2, "scale": 0.5},
        "occlusionTexture": {"index": 3, "strength": 0.25},
        "emissiveTexture": {"index": 4},
        "emissiveFactor": [1, 0.5, 0],
        "alphaMode": "MASK",
        "alphaCutoff": 0.3,
        "doubleSided": True,
        "extensions": {
            "KHR_materials_anisotropy": {"anisotropyStrength": 0.5, "anisotropyRotation": 1.5},
            "KHR_materials_clearcoat": {
                "clearcoatFactor": 1,
                "clearcoatNormalTexture": {"index": 5, "scale": 2},
            },
            "KHR_materials_dispersion": {"dispersion": 0.1},
            "KHR_materials_emissive_strength": {"emissiveStrength": 5},
            "KHR_materials_ior": {"ior": 1.33},
            "KHR_materials_iridescence": {"iridescenceFactor": 1, "iridescenceIor": 1.3},
            "KHR_materials_sheen": {"sheenColorFactor": [1, 1, 1], "sheenRoughnessFactor": 0.4},
            "KHR_materials_specular": {"specularColorFactor": [2, 1, 1]},
            "KHR_materials_transmission": {"transmissionTexture": {"index": 6}},
            "KHR_materials_volume": {"thicknessFactor": 2, "attenuationColor": [1, 0, 0]},
            "KHR_materials_unlit": {},
        },
    }
    result, lost = kept(material)
    expected = renumbered({key: value for key, value in material.items() if key != "name"})
    assert result == expected
    assert lost == []


def renumbered(value: Any) -> Any:
    """The same with every texture index ten higher."""
    if isinstance(value, dict):
        return {k: v + 10 if k == "index" else renumbered(v) for k, v in value.items()}
    return value


def test_numbers_out_of_range_are_clamped_and_unknown_members_left_out() -> None:
    result, lost = kept(
        {
            "pbrMetallicRoughness": {"metallicFactor": 7, "roughnessFactor": -1, "x": [1] * 9},
            "emissiveFactor": [9, -1, 0.5],
            "alphaMode": "GLOW",
            "extras": {"a": {"deep": 1}},
            "extensions": {
                "VENDOR_glitter": {"a": 1},
                "KHR_materials_ior": {"ior": 0.5},
                "KHR_materials_volume": {"attenuationDistance": 0},
            },
        }
    )
    assert result == {
        "pbrMetallicRoughness": {"metallicFactor": 1, "roughnessFactor": 0},
        "emissiveFactor": [1, 0, 0.5],
        "extensions": {
            "KHR_materials_ior": {"ior": 1},
            "KHR_materials_volume": {"attenuationDistance": 1e-9},
        },
    }
    assert lost == ["VENDOR_glitter"]


def test_lengths_inside_a_material_follow_the_unit() -> None:
    volume = {"KHR_materials_volume": {"thicknessFactor": 4, "attenuationDistance": 2}}
    result, _ = kept({"extensions": volume}, metres=0.001)
    assert result["extensions"]["KHR_materials_volume"] == {
        "thicknessFactor": pytest.approx(0.004),
        "attenuationDistance": pytest.approx(0.002),
    }


def test_the_older_gloss_model_becomes_metal_and_roughness() -> None:
    gloss = {"diffuseFactor": [1, 0, 0, 1], "glossinessFactor": 0.75, "specularFactor": [1, 1, 0]}
    result, lost = kept({"extensions": {"KHR_materials_pbrSpecularGlossiness": gloss}})
    assert result["pbrMetallicRoughness"] == {
        "metallicFactor": 0,
        "roughnessFactor": 0.25,
        "baseColorFactor": [1, 0, 0, 1],
    }
    assert result["extensions"]["KHR_materials_specular"] == {"specularColorFactor": [1, 1, 0]}
    assert lost == []
    gloss["specularGlossinessTexture"] = {"index": 0}  # type: ignore[assignment]  # a reference
    assert kept({"extensions": {"KHR_materials_pbrSpecularGlossiness": gloss}})[1]


@pytest.mark.parametrize(
    "material",
    [
        {"emissiveFactor": [1, 2]},
        {"normalTexture": 3},
        {"pbrMetallicRoughness": {"metallicFactor": "much"}},
        {"normalTexture": {"index": 0, "texCoord": -1}},
        {"normalTexture": {"index": 0, "extensions": {"KHR_texture_transform": {"scale": [1]}}}},
    ],
)
def test_a_member_of_a_wrong_type_is_damage(material: dict[str, Any]) -> None:
    with pytest.raises(DamagedFile):
        kept(material)


@pytest.mark.parametrize(
    ("material", "more"),
    [
        ({}, False),
        ({"pbrMetallicRoughness": {"baseColorFactor": [1, 0, 0, 0.5]}}, False),
        ({"pbrMetallicRoughness": {"metallicFactor": 0, "roughnessFactor": 0.5}}, False),
        ({"pbrMetallicRoughness": {"metallicFactor": 0}}, False),
        ({"pbrMetallicRoughness": {"roughnessFactor": 0.5}}, True),  # metal, by the letter
        ({"pbrMetallicRoughness": {"metallicFactor": 0, "roughnessFactor": 0.1}}, True),
        ({"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}, True),
        ({"emissiveFactor": [0, 0, 0]}, False),
        ({"emissiveFactor": [0, 0.1, 0]}, True),
        ({"extensions": {"KHR_materials_ior": {"ior": 1.4}}}, False),
        ({"extensions": {"KHR_materials_unlit": {}}}, True),
        ({"extensions": {"VENDOR_glitter": {}}}, False),
    ],
)
def test_a_surface_is_made_for_what_one_colour_cannot_say(
    material: dict[str, Any], more: bool
) -> None:
    assert says_more(material) is more
