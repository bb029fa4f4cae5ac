"""The materials, textures and pictures of a scene, collected while it is read: each once."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from holotable.conversion.readers.colours import OWN_COLOUR, pack_hex, to_linear
from holotable.conversion.readers.textures import Picture
from holotable.review.scene import DEFAULT_COLOUR
from holotable.review.surface import (
    TEXTURE_TRANSFORM,
    Image,
    Looks,
    Material,
    Texture,
    texture_references,
)

MAX_UV_SETS: Final = 4  # three.js has uv, uv1, uv2 and uv3
ROUGHNESS: Final = 0.6  # of a surface whose file gives nothing but a colour
_FILTERS: Final = (9728, 9729, 9984, 9985, 9986, 9987)
_WRAPS: Final = (33071, 33648, 10497)


@dataclass(slots=True)
class LooksBuilder:
    """What surfaces refer to, numbered as it comes."""

    _materials: list[Material] = field(default_factory=list)
    _sets: list[tuple[int, ...]] = field(default_factory=list)
    _textures: list[Texture] = field(default_factory=list)
    _images: list[Image] = field(default_factory=list)
    shrunk: int = 0  # pictures that were larger than any device shows
    _known: dict[object, int] = field(default_factory=dict)

    def texture(self, picture: Picture, sampler: Mapping[str, Any] | None = None) -> int:
        """The number of a texture: this picture with this sampler (glTF §5.26)."""
        count = len(self._images)
        image = self._number(("image", picture.image.content), self._images, picture.image)
        self.shrunk += picture.shrunk and image == count
        kept = {
            name: value
            for name, value in (sampler or {}).items()
            if (name in ("wrapS", "wrapT") and value in _WRAPS)
            or (name == "minFilter" and value in _FILTERS)
            or (name == "magFilter" and value in _FILTERS[:2])
        }
        key = ("texture", image, tuple(sorted(kept.items())))
        return self._number(key, self._textures, Texture(image, kept))

    def material(self, name: str, gltf: dict[str, Any]) -> int:
        """The number of a material as `pbr.kept_material` makes it."""
        key = (name, json.dumps(gltf, sort_keys=True))
        if key not in self._known:
            numbered, sets = _with_uv_sets(gltf)
            self._known[key] = len(self._materials)
            self._materials.append(Material(name, numbered))
            self._sets.append(sets[:MAX_UV_SETS])
        return self._known[key]

    def uv_sets(self, material: int) -> tuple[int, ...]:
        """Which sets of the file a material's UV sets 0, 1, … are."""
        return self._sets[material]

    def plain(self, colour: int | None = None, *, blends: bool = False) -> int:
        """A material of one packed colour; None: white, for colours that stand at the vertices."""
        if colour == OWN_COLOUR:
            colour = pack_hex(DEFAULT_COLOUR)
        factor = [1.0, 1.0, 1.0, 1.0] if colour is None else linear_factor(colour)
        gltf: dict[str, Any] = {
            "pbrMetallicRoughness": {
                "baseColorFactor": factor,
                "metallicFactor": 0.0,
                "roughnessFactor": ROUGHNESS,
            },
            "doubleSided": True,
        }
        if blends or factor[3] < 1:
            gltf["alphaMode"] = "BLEND"
        return self.material("", gltf)

    def finish(self) -> Looks:
        """Everything collected."""
        return Looks(tuple(self._materials), tuple(self._textures), tuple(self._images))

    def _number(self, key: object, held: list[Any], value: object) -> int:
        if key not in self._known:
            self._known[key] = len(held)
            held.append(value)
        return self._known[key]


def linear_factor(colour: int) -> list[float]:
    """A packed sRGB colour as glTF's factor: linear light, alpha as it is."""
    channels = [(colour >> shift & 255) / 255 for shift in (24, 16, 8)]
    return [*(round(float(value), 6) for value in to_linear(channels)), (colour & 255) / 255]


def _with_uv_sets(material: dict[str, Any]) -> tuple[dict[str, Any], tuple[int, ...]]:
    """The material with its UV sets numbered from 0 without gaps, and which set each was."""
    stated: list[tuple[dict[str, Any], int]] = []
    for reference in texture_references(material):
        # Where both say it, the transform overrules the reference (KHR_texture_transform).
        transform = reference.get("extensions", {}).get(TEXTURE_TRANSFORM, {})
        own = reference.pop("texCoord", 0)
        stated.append((reference, transform.pop("texCoord", own)))
    sets = sorted({number for _, number in stated})
    for reference, number in stated:
        place = min(sets.index(number), MAX_UV_SETS - 1)
        if place:
            reference["texCoord"] = place
    return material, tuple(sets)
