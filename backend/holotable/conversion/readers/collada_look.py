"""COLLADA materials: the diffuse colour or picture of an effect, and its opacity."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from holotable.conversion.readers.assembly import Assembly
from holotable.conversion.readers.colours import pack
from holotable.conversion.readers.references import last_name, read_beside
from holotable.conversion.readers.textures import open_texture

_LOST: Final = "its surfaces are shown in plain colours"
_LUMINANCE: Final = np.array([0.212671, 0.715160, 0.072169])  # COLLADA 1.4.1, transparent


@dataclass(frozen=True, slots=True)
class Look:
    """Packed colour, None for the occurrence's own; picture and the opacity it is drawn with."""

    colour: int | None = None
    picture: NDArray[np.uint8] | None = None
    opacity: float = 1.0


def read_look(
    material_id: str, by_id: dict[str, etree._Element], path: Path, assembly: Assembly
) -> Look:
    """The look of a material; one that is missing has the occurrence's colour."""
    material = by_id.get(material_id)
    instance = None if material is None else material.find("{*}instance_effect")
    effect = None if instance is None else by_id.get(instance.get("url", "").removeprefix("#"))
    if effect is None:
        return Look()
    shader = next(
        (
            found
            for name in ("phong", "lambert", "blinn", "constant")
            if (found := effect.find(f".//{{*}}{name}")) is not None
        ),
        None,
    )
    if shader is None:
        return Look()
    opacity = _opacity(shader)
    diffuse = shader.find("{*}diffuse")
    if diffuse is None:
        diffuse = shader.find("{*}emission")
    if diffuse is None:
        return Look()
    texture = diffuse.find("{*}texture")
    if texture is not None:
        picture = _picture(effect, texture.get("texture", ""), by_id, path, assembly)
        return Look(pack(0.8, 0.8, 0.8, opacity), picture, opacity)
    colour = _colour(diffuse.findtext("{*}color"))
    return Look() if colour is None else Look(_packed(colour, opacity), None, opacity)


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


def _picture(
    effect: etree._Element,
    sampler_id: str,
    by_id: dict[str, etree._Element],
    path: Path,
    assembly: Assembly,
) -> NDArray[np.uint8] | None:
    """The picture behind sampler → surface → image, or an image named directly."""
    parameters = {p.get("sid", ""): p for p in effect.iter("{*}newparam")}
    name = sampler_id
    for _ in range(3):  # sampler, surface, image
        parameter = parameters.get(name)
        if parameter is None:
            break
        source = parameter.find("{*}sampler2D/{*}source")
        init = parameter.find("{*}surface/{*}init_from")
        image = parameter.find("{*}sampler2D/{*}instance_image")
        if image is not None:
            name = image.get("url", "").removeprefix("#")
            break
        found = source if source is not None else init
        name = "" if found is None else (found.text or "").strip()
    image_element = by_id.get(name)
    if image_element is None:
        assembly.warn("picture_unreadable", f"A picture is not in the document; {_LOST}.")
        return None
    init = image_element.find("{*}init_from")
    reference = ""
    if init is not None:
        reference = (init.text or "").strip() or (init.findtext("{*}ref") or "").strip()
    reference = reference.removeprefix("file://")
    content = read_beside(assembly, path, reference, _LOST, is_uri=True)
    if content is None:
        return None
    picture = open_texture(content)
    if picture is None:
        assembly.warn("picture_unreadable", f"{last_name(reference)} cannot be read; {_LOST}.")
    else:
        assembly.warn(
            "textures_simplified", "Pictures on surfaces are reduced to one colour at each vertex."
        )
    return picture
