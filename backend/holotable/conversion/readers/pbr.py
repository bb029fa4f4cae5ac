"""glTF materials as they are kept: what is known, in range, and nothing else.

A material goes from a hostile file into files that browsers and other tools load, so it is built
anew from the members named here (glTF 2.0 §3.9 and the KHR_materials extensions that three.js r187
draws). Numbers out of range are clamped; unknown members are left out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from holotable.conversion.readers.gltf_data import Object, extension, mapping, numbers, whole
from holotable.review.surface import TEXTURE_TRANSFORM, texture_references

Material: TypeAlias = dict[str, Any]  # glTF's own JSON
# From a texture reference of the file to the number of the texture as kept, None when it is lost.
TextureOf: TypeAlias = Callable[[Object], int | None]

GLOSSINESS: Final = "KHR_materials_pbrSpecularGlossiness"

# One colour at each vertex is shown as a dull plastic: metallic 0, roughness 0.6. What a file says
# within these bounds looks the same; beyond them a surface is worth its bytes.
_METALLIC: Final = 0.25
_SHINY: Final = 0.3

_LARGE: Final = 1e6


@dataclass(frozen=True, slots=True)
class _Range:
    """One number, or a row of `length` numbers, clamped."""

    low: float
    high: float
    length: int = 0


@dataclass(frozen=True, slots=True)
class _Slot:
    """A texture reference. amount: the name of a number beside its index."""

    amount: str = ""
    low: float = 0.0
    high: float = 1.0


_SHARE: Final = _Range(0.0, 1.0)
_COLOUR: Final = _Range(0.0, 1.0, 3)
_NORMAL: Final = _Slot("scale", -_LARGE, _LARGE)
_PLAIN: Final = _Slot()
_Rules: TypeAlias = Mapping[str, _Range | _Slot]

_ROUGH: Final[_Rules] = {
    "baseColorFactor": _Range(0.0, 1.0, 4),
    "baseColorTexture": _PLAIN,
    "metallicFactor": _SHARE,
    "roughnessFactor": _SHARE,
    "metallicRoughnessTexture": _PLAIN,
}
_CORE: Final[_Rules] = {
    "normalTexture": _NORMAL,
    "occlusionTexture": _Slot("strength"),
    "emissiveTexture": _PLAIN,
    "emissiveFactor": _COLOUR,
}
_EXTENSIONS: Final[Mapping[str, _Rules]] = {
    "KHR_materials_anisotropy": {
        "anisotropyStrength": _SHARE,
        "anisotropyRotation": _Range(-_LARGE, _LARGE),
        "anisotropyTexture": _PLAIN,
    },
    "KHR_materials_clearcoat": {
        "clearcoatFactor": _SHARE,
        "clearcoatTexture": _PLAIN,
        "clearcoatRoughnessFactor": _SHARE,
        "clearcoatRoughnessTexture": _PLAIN,
        "clearcoatNormalTexture": _NORMAL,
    },
    "KHR_materials_diffuse_roughness": {
        "diffuseRoughnessFactor": _SHARE,
        "diffuseRoughnessTexture": _PLAIN,
    },
    "KHR_materials_dispersion": {"dispersion": _Range(0.0, _LARGE)},
    "KHR_materials_emissive_strength": {"emissiveStrength": _Range(0.0, _LARGE)},
    "KHR_materials_ior": {"ior": _Range(0.0, 1000.0)},
    "KHR_materials_iridescence": {
        "iridescenceFactor": _SHARE,
        "iridescenceTexture": _PLAIN,
        "iridescenceIor": _Range(1.0, 100.0),
        "iridescenceThicknessMinimum": _Range(0.0, _LARGE),
        "iridescenceThicknessMaximum": _Range(0.0, _LARGE),
        "iridescenceThicknessTexture": _PLAIN,
    },
    "KHR_materials_sheen": {
        "sheenColorFactor": _COLOUR,
        "sheenColorTexture": _PLAIN,
        "sheenRoughnessFactor": _SHARE,
        "sheenRoughnessTexture": _PLAIN,
    },
    "KHR_materials_specular": {
        "specularFactor": _SHARE,
        "specularTexture": _PLAIN,
        "specularColorFactor": _Range(0.0, 100.0, 3),
        "specularColorTexture": _PLAIN,
    },
    "KHR_materials_transmission": {"transmissionFactor": _SHARE, "transmissionTexture": _PLAIN},
    "KHR_materials_unlit": {},
    "KHR_materials_volume": {
        "thicknessFactor": _Range(0.0, _LARGE),
        "thicknessTexture": _PLAIN,
        "attenuationDistance": _Range(1e-9, _LARGE),
        "attenuationColor": _COLOUR,
    },
    "EXT_materials_bump": {"bumpFactor": _Range(-_LARGE, _LARGE), "bumpTexture": _PLAIN},
}
# These change nothing that anybody sees unless another member is there.
_SUBTLE: Final = ("KHR_materials_ior", "KHR_materials_specular", "KHR_materials_emissive_strength")


def kept_material(
    given: Object, texture: TextureOf, metres: float, lost: Callable[[str], None]
) -> Material:
    """The material as glTF 2.0, its textures numbered by `texture`.

    metres: of one unit of the file, for lengths inside materials (KHR_materials_volume).
    lost: told the name of each extension that is left out.
    raises: DamagedFile for a member of a wrong type.
    """
    material: Material = {}
    glossy = extension(given, GLOSSINESS)
    rough = given.get("pbrMetallicRoughness")
    if glossy is not None:
        material["pbrMetallicRoughness"], extra = _from_gloss(glossy, texture)
        material["extensions"] = extra
        if glossy.get("specularGlossinessTexture") is not None:
            lost(f"the picture of {GLOSSINESS}")
    elif rough is not None:
        material["pbrMetallicRoughness"] = _kept(mapping(rough), _ROUGH, texture)
    material.update(_kept(given, _CORE, texture))
    mode = given.get("alphaMode")
    if mode in ("MASK", "BLEND"):
        material["alphaMode"] = mode
        if mode == "MASK" and given.get("alphaCutoff") is not None:
            material["alphaCutoff"] = _number(given["alphaCutoff"], _Range(0.0, 1.0), "alphaCutoff")
    if given.get("doubleSided") is True:
        material["doubleSided"] = True
    extensions = _kept_extensions(given, texture, lost)
    volume = extensions.get("KHR_materials_volume", {})
    for name in ("thicknessFactor", "attenuationDistance"):
        if name in volume and metres != 1.0:
            volume[name] *= metres
    extensions = {**material.get("extensions", {}), **extensions}
    if extensions:
        material["extensions"] = extensions
    return material


def says_more(given: Object) -> bool:
    """Whether a material of a file says what one colour at each vertex cannot."""
    rough = given.get("pbrMetallicRoughness")
    rough = rough if isinstance(rough, Mapping) else {}
    metallic, roughness = rough.get("metallicFactor"), rough.get("roughnessFactor")
    # A file that says neither is metal by the letter; its author did not think of it.
    if (metallic is not None or roughness is not None) and (
        _plain(metallic, 1.0) >= _METALLIC or _plain(roughness, 1.0) <= _SHINY
    ):
        return True
    emissive = given.get("emissiveFactor")
    if isinstance(emissive, list) and any(_plain(value, 0.0) > 0 for value in emissive):
        return True
    names = given.get("extensions")
    if isinstance(names, Mapping) and any(
        name in _EXTENSIONS and name not in _SUBTLE for name in names
    ):
        return True
    return next(texture_references(given), None) is not None


def _kept(given: Object, rules: _Rules, texture: TextureOf) -> Material:
    kept: Material = {}
    for name, rule in rules.items():
        value = given.get(name)
        if value is None:
            continue
        if isinstance(rule, _Range):
            kept[name] = _number(value, rule, name)
            continue
        reference = _reference(mapping(value), rule, texture)
        if reference is not None:
            kept[name] = reference
    return kept


def _kept_extensions(
    given: Object, texture: TextureOf, lost: Callable[[str], None]
) -> dict[str, Material]:
    extensions: dict[str, Material] = {}
    stated = given.get("extensions")
    for name, value in stated.items() if isinstance(stated, Mapping) else ():
        if name in _EXTENSIONS:
            extensions[name] = _kept(mapping(value), _EXTENSIONS[name], texture)
        elif name != GLOSSINESS:
            lost(str(name))
    index = extensions.get("KHR_materials_ior", {})
    if 0 < index.get("ior", 0) < 1:
        index["ior"] = 1.0  # 0 is a special value, between it and 1 there is nothing
    if extensions.get("KHR_materials_emissive_strength") == {}:
        del extensions["KHR_materials_emissive_strength"]
    return extensions


def _reference(given: Object, rule: _Slot, texture: TextureOf) -> Material | None:
    number = texture(given)
    if number is None:
        return None
    kept: Material = {"index": number}
    coordinates = whole(given.get("texCoord", 0), "texCoord", 64)
    if coordinates:
        kept["texCoord"] = coordinates
    if rule.amount and given.get(rule.amount) is not None:
        kept[rule.amount] = _number(given[rule.amount], _Range(rule.low, rule.high), rule.amount)
    transform = extension(given, TEXTURE_TRANSFORM)
    if transform is not None:
        kept["extensions"] = {TEXTURE_TRANSFORM: _transform(transform)}
    return kept


def _transform(given: Object) -> Material:
    """KHR_texture_transform; what is out of all proportion is brought back."""
    wide = _Range(-_LARGE, _LARGE, 2)
    kept: Material = {
        name: _number(given[name], wide, f"texture {name}")
        for name in ("offset", "scale")
        if given.get(name) is not None
    }
    if given.get("rotation") is not None:
        kept["rotation"] = _number(given["rotation"], _Range(-_LARGE, _LARGE), "texture rotation")
    if given.get("texCoord") is not None:
        kept["texCoord"] = whole(given["texCoord"], "texCoord", 64)
    return kept


def _number(value: object, rule: _Range, what: str) -> float | list[float]:
    row = numbers(value if rule.length else [value], rule.length or 1, what)
    clamped: list[float] = row.clip(rule.low, rule.high).tolist()
    return clamped if rule.length else clamped[0]


def _plain(value: object, otherwise: float) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else otherwise  # type: ignore[arg-type]  # just asked


def _from_gloss(given: Object, texture: TextureOf) -> tuple[Material, Material]:
    """The older specular-glossiness model: the diffuse layer is the colour, gloss 1 − roughness.

    The specular colour becomes that of KHR_materials_specular at an index of refraction so high
    that it stands for the reflection itself (as the Khronos appendix of the extension converts).
    """
    rules: _Rules = {
        "diffuseFactor": _Range(0.0, 1.0, 4),
        "diffuseTexture": _PLAIN,
        "specularFactor": _COLOUR,
        "glossinessFactor": _SHARE,
    }
    kept = _kept(given, rules, texture)
    rough: Material = {
        "metallicFactor": 0.0,
        "roughnessFactor": 1.0 - kept.get("glossinessFactor", 1.0),
    }
    if "diffuseFactor" in kept:
        rough["baseColorFactor"] = kept["diffuseFactor"]
    if "diffuseTexture" in kept:
        rough["baseColorTexture"] = kept["diffuseTexture"]
    if "specularFactor" not in kept or given.get("specularGlossinessTexture") is not None:
        return rough, {}
    specular = {"specularColorFactor": kept["specularFactor"]}
    return rough, {
        "KHR_materials_specular": specular,
        "KHR_materials_ior": {"ior": 1000.0},
    }
