"""COLLADA materials: the colour or picture of an effect, its opacity, light and relief."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from holotable.conversion.readers.assembly import Assembly
from holotable.conversion.readers.colours import pack, to_linear
from holotable.conversion.readers.looks import ROUGHNESS
from holotable.conversion.readers.references import last_name, read_beside
from holotable.conversion.readers.textures import (
    alpha_mode,
    holds_normals,
    open_picture,
    open_texture,
)

_WRAPS: Final = {"CLAMP": 33071, "BORDER": 33071, "NONE": 33071, "MIRROR": 33648, "WRAP": 10497}
_SHADERS: Final = ("phong", "lambert", "blinn", "constant")
_LOST: Final = "its surfaces are shown in plain colours"
_LUMINANCE: Final = np.array([0.212671, 0.715160, 0.072169])  # COLLADA 1.4.1, transparent


@dataclass(frozen=True, slots=True)
class Look:
    """Packed colour, None for the occurrence's own; picture and the opacity it is drawn with.

    material: of the assembly's looks, where one colour at each vertex does not say it all.
    coordinates: the name that the effect gives its texture coordinates.
    """

    colour: int | None = None
    picture: NDArray[np.uint8] | None = None
    opacity: float = 1.0
    material: int | None = None
    coordinates: str = ""


@dataclass(frozen=True, slots=True)
class _Found:
    """A picture of an effect: its texels to be sampled, and its reference in a material."""

    texels: NDArray[np.uint8]
    reference: dict[str, Any]
    coordinates: str


def read_look(
    material_id: str, by_id: dict[str, etree._Element], path: Path, assembly: Assembly
) -> Look:
    """The look of a material; one that is missing has the occurrence's colour."""
    material = by_id.get(material_id)
    instance = None if material is None else material.find("{*}instance_effect")
    effect = None if instance is None else by_id.get(instance.get("url", "").removeprefix("#"))
    if material is None or effect is None:
        return Look()
    shaders = [effect.find(f".//{{*}}{name}") for name in _SHADERS]
    shader = next((known for known in shaders if known is not None), None)
    if shader is None:
        return Look()
    pictures = _Pictures(effect, by_id, path, assembly)
    opacity = _opacity(shader)
    diffuse, emission = shader.find("{*}diffuse"), shader.find("{*}emission")
    if diffuse is None:
        diffuse, emission = emission, None
    if diffuse is None:
        return Look()
    texture = diffuse.find("{*}texture")
    found = None if texture is None else pictures.read(texture)
    colour = (
        np.array([0.8, 0.8, 0.8]) if texture is not None else _colour(diffuse.findtext("{*}color"))
    )
    rest = _rest(effect, emission, pictures)
    number = None
    if found is not None or rest:
        gltf = _gltf(found, colour, opacity) | rest
        name = material.get("name") or material_id
        number = assembly.looks.material(last_name(name), gltf)
    return Look(
        None if colour is None else _packed(colour, opacity),
        None if found is None else found.texels,
        opacity,
        number,
        "" if found is None else found.coordinates,
    )


def _gltf(
    found: _Found | None, colour: NDArray[np.float64] | None, opacity: float
) -> dict[str, Any]:
    """The material in glTF's words."""
    light = [1.0, 1.0, 1.0]
    if found is None and colour is not None:
        light = _light(colour)
    rough: dict[str, Any] = {
        "baseColorFactor": [*light, round(opacity, 6)],
        "metallicFactor": 0.0,
        "roughnessFactor": ROUGHNESS,
    }
    gltf: dict[str, Any] = {"pbrMetallicRoughness": rough, "doubleSided": True}
    if found is not None:
        rough["baseColorTexture"] = found.reference
        mode = alpha_mode(found.texels)
        if mode != "OPAQUE":
            gltf["alphaMode"] = mode
    if opacity < 1:
        gltf["alphaMode"] = "BLEND"
    return gltf


def _rest(
    effect: etree._Element, emission: etree._Element | None, pictures: "_Pictures"
) -> dict[str, Any]:
    """Light and relief of an effect; the bump is an extra of FCOLLADA, OpenCOLLADA and others."""
    gltf: dict[str, Any] = {}
    if emission is not None:
        texture = emission.find("{*}texture")
        found = None if texture is None else pictures.read(texture)
        colour = _colour(emission.findtext("{*}color"))
        if found is not None:
            gltf = {"emissiveTexture": found.reference, "emissiveFactor": [1.0, 1.0, 1.0]}
        elif colour is not None and colour[:3].max() > 0:
            gltf = {"emissiveFactor": _light(colour)}
    bump = effect.find(".//{*}bump/{*}texture")
    relief = None if bump is None else pictures.read(bump)
    if relief is not None and holds_normals(relief.texels):
        gltf["normalTexture"] = relief.reference
    elif relief is not None:
        gltf["extensions"] = {"EXT_materials_bump": {"bumpTexture": relief.reference}}
    return gltf


def _light(colour: NDArray[np.float64]) -> list[float]:
    """Linear red, green and blue of an sRGB colour."""
    three = np.append(colour, np.zeros(3))[:3]
    return [round(float(value), 6) for value in to_linear(np.clip(three, 0.0, 1.0))]


def _opacity(shader: etree._Element) -> float:
    """Opacity from <transparent> and <transparency> (COLLADA 1.4.1 §7, A_ONE and RGB_ZERO)."""
    transparent = shader.find("{*}transparent")
    amount = _colour(shader.findtext("{*}transparency/{*}float"))
    level = 1.0 if amount is None else float(amount[0])
    if transparent is None and amount is None:
        return 1.0
    colour = None if transparent is None else _colour(transparent.findtext("{*}color"))
    rgba = np.ones(4) if colour is None else np.append(colour, np.ones(4))[:4]
    if transparent is not None and transparent.get("opaque") == "RGB_ZERO":
        opacity = 1.0 - float(rgba[:3] @ _LUMINANCE) * level
    else:
        opacity = float(rgba[3]) * level
    # Programs disagree on the sense of transparency; nobody exports what cannot be seen.
    return min(opacity, 1.0) if opacity > 0.01 else 1.0


def _colour(text: str | None) -> NDArray[np.float64] | None:
    if text is None:
        return None
    try:
        values = np.array([float(word) for word in text.split()[:4]])
    except ValueError:
        return None
    return values if len(values) and np.isfinite(values).all() else None


def _packed(colour: NDArray[np.float64], opacity: float) -> int:
    red, green, blue = np.append(colour, np.zeros(3))[:3].tolist()
    return pack(red, green, blue, opacity)


@dataclass(frozen=True, slots=True)
class _Pictures:
    """The pictures of one effect, behind its samplers."""

    effect: etree._Element
    by_id: dict[str, etree._Element]
    path: Path
    assembly: Assembly

    def read(self, texture: etree._Element) -> _Found | None:
        """The picture that a <texture> names; None, with a warning, when it cannot be had."""
        image, sampler = self._image(texture.get("texture", ""))
        if image is None:
            detail = f"A picture is not in the document; {_LOST}."
            self.assembly.warn("picture_unreadable", detail)
            return None
        init = image.find("{*}init_from")
        reference = ""
        if init is not None:
            reference = (init.text or "").strip() or (init.findtext("{*}ref") or "").strip()
        reference = reference.removeprefix("file://")
        content = read_beside(self.assembly, self.path, reference, _LOST, is_uri=True)
        if content is None:
            return None
        texels, picture = open_texture(content), open_picture(content)
        if texels is None or picture is None:
            detail = f"{last_name(reference)} cannot be read; {_LOST}."
            self.assembly.warn("picture_unreadable", detail)
            return None
        number = self.assembly.looks.texture(picture, sampler)
        return _Found(texels, {"index": number}, texture.get("texcoord", ""))

    def _image(self, sampler_id: str) -> tuple[etree._Element | None, dict[str, int]]:
        """The image behind sampler → surface → image or named directly, and glTF's sampler."""
        parameters = {p.get("sid", ""): p for p in self.effect.iter("{*}newparam")}
        name = sampler_id
        sampler: dict[str, int] = {}
        for _ in range(3):  # sampler, surface, image
            parameter = parameters.get(name)
            if parameter is None:
                break
            for side in ("s", "t"):
                wrap = (parameter.findtext(f"{{*}}sampler2D/{{*}}wrap_{side}") or "").strip()
                if wrap in _WRAPS:
                    sampler[f"wrap{side.upper()}"] = _WRAPS[wrap]
            source = parameter.find("{*}sampler2D/{*}source")
            init = parameter.find("{*}surface/{*}init_from")
            image = parameter.find("{*}sampler2D/{*}instance_image")
            if image is not None:
                name = image.get("url", "").removeprefix("#")
                break
            found = source if source is not None else init
            name = "" if found is None else (found.text or "").strip()
        return self.by_id.get(name), sampler
