"""glTF materials as one colour at each vertex: factor × texture × vertex colour.

Factors are linear light, textures and our palette are sRGB (glTF 2.0 §3.9.2).
"""

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from holotable.conversion.normals import Numbers
from holotable.conversion.readers.assembly import Assembly
from holotable.conversion.readers.colours import OWN_COLOUR, Colours, pack_rows, to_linear, to_srgb
from holotable.conversion.readers.gltf_data import (
    Document,
    Object,
    extension,
    mapping,
    numbers,
    whole,
)
from holotable.conversion.readers.references import read_beside
from holotable.conversion.readers.textures import open_texture, sample_texture
from holotable.review.scene import Floats

_WITHOUT: Final = "its surfaces are shown in plain colours"
_LINEAR: Final = to_linear(np.arange(256) / 255)
_GLASS: Final = 0.75  # of its opacity a fully transmitting surface loses; all would hide it


@dataclass(frozen=True, slots=True)
class _Look:
    """A material: linear base colour, its texture and which coordinates it uses."""

    base: Floats  # (4,) linear RGB, alpha
    texture: NDArray[np.uint8] | None = None
    coordinates: int = 0
    transform: Floats | None = None  # (3, 3) of KHR_texture_transform
    blends: bool = False


@dataclass(slots=True)
class Looks:
    """The materials of a document, each read when first used."""

    document: Document
    assembly: Assembly
    _looks: dict[int, _Look] = field(default_factory=dict)
    _pictures: dict[int, NDArray[np.uint8] | None] = field(default_factory=dict)

    def colours(
        self, primitive: Object, wanted: Numbers, triangles: Numbers
    ) -> tuple[Colours, bool]:
        """(n,) the colour of each wanted vertex, and whether it was sampled.

        triangles: (m, 3) indices into wanted.
        """
        attributes = mapping(primitive.get("attributes"))
        count = len(wanted)
        material = primitive.get("material")
        look = None if material is None else self._look(material)
        has_colour = attributes.get("COLOR_0") is not None
        if look is None and not has_colour:
            return np.full(count, OWN_COLOUR), False
        linear = np.tile(np.ones(4) if look is None else look.base, (count, 1))
        sampled = False
        if look is not None and look.texture is not None:
            uv = self._coordinates(attributes, look, wanted)
            if uv is not None:
                seen = sample_texture(look.texture, uv, triangles, v_up=False)
                linear[:, :3] *= _LINEAR[seen[:, :3]]
                linear[:, 3] *= seen[:, 3] / 255
                sampled = True
        if has_colour:
            vertex = self.document.rows(attributes["COLOR_0"], wanted).astype(np.float64)
            vertex = vertex[:, :4]
            linear[:, : vertex.shape[1]] *= np.clip(np.nan_to_num(vertex), 0.0, 1.0)
            sampled = True
        if look is None or not look.blends:
            linear[:, 3] = 1.0
        return pack_rows(np.column_stack([to_srgb(linear[:, :3]), linear[:, 3]])), sampled

    def _look(self, index: object) -> _Look:
        number = whole(index, "material", len(self.document.objects("materials")))
        if number not in self._looks:
            self._looks[number] = self._read(self.document.objects("materials")[number])
        return self._looks[number]

    def _read(self, material: Object) -> _Look:
        rough = material.get("pbrMetallicRoughness")
        rough = rough if isinstance(rough, dict) else {}
        factor, texture = rough.get("baseColorFactor"), rough.get("baseColorTexture")
        glossy = extension(material, "KHR_materials_pbrSpecularGlossiness")
        if glossy is not None:
            factor = glossy.get("diffuseFactor", factor)
            texture = glossy.get("diffuseTexture", texture)
        base = np.ones(4) if factor is None else numbers(factor, 4, "base colour")
        base = np.clip(base, 0.0, 1.0)
        blends = material.get("alphaMode") == "BLEND"
        glass = extension(material, "KHR_materials_transmission")
        if glass is not None and isinstance(glass.get("transmissionFactor"), int | float):
            share = min(max(float(glass["transmissionFactor"]), 0.0), 1.0)
            base = base * np.array([1.0, 1.0, 1.0, 1.0 - _GLASS * share])
            blends = blends or share > 0
        if not isinstance(texture, dict):
            return _Look(base, blends=blends)
        transform = extension(texture, "KHR_texture_transform")
        coordinates = whole(texture.get("texCoord", 0), "texCoord", 64)
        if transform is not None:
            coordinates = whole(transform.get("texCoord", coordinates), "texCoord", 64)
        return _Look(
            base,
            self._picture(texture.get("index")),
            coordinates,
            None if transform is None else _texture_matrix(transform),
            blends,
        )

    def _picture(self, index: object) -> NDArray[np.uint8] | None:
        texture = self.document.item("textures", index)
        source = texture.get("source")
        webp = extension(texture, "EXT_texture_webp")
        if webp is not None:
            source = webp.get("source", source)
        if source is None:
            self.assembly.warn(
                "picture_unreadable", f"A texture has no picture read here; {_WITHOUT}."
            )
            return None
        number = whole(source, "image")
        if number not in self._pictures:
            content = self.document.image(number)
            if isinstance(content, str):
                content_or_none = read_beside(
                    self.assembly, self.document.path, content, _WITHOUT, is_uri=True
                )
            else:
                content_or_none = content
            picture = None if content_or_none is None else open_texture(content_or_none)
            if picture is not None:
                self.assembly.warn(
                    "textures_simplified",
                    "Pictures on surfaces are reduced to one colour at each vertex.",
                )
            elif content_or_none is not None:
                self.assembly.warn(
                    "picture_unreadable",
                    f"Picture {number} of the glTF cannot be read; {_WITHOUT}.",
                )
            self._pictures[number] = picture
        return self._pictures[number]

    def _coordinates(self, attributes: Object, look: _Look, wanted: Numbers) -> Floats | None:
        accessor = attributes.get(f"TEXCOORD_{look.coordinates}")
        if accessor is None:
            return None
        uv: NDArray[Any] = self.document.rows(accessor, wanted)
        if uv.shape[1] < 2:
            return None
        flat = np.asarray(uv[:, :2], np.float64)
        if look.transform is not None:
            flat = np.column_stack([flat, np.ones(len(flat))]) @ look.transform.T[:, :2]
        return flat


def _texture_matrix(transform: Object) -> Floats:
    """(3, 3) translation × rotation × scale of KHR_texture_transform."""
    offset = numbers(transform.get("offset", [0, 0]), 2, "texture offset")
    scale = numbers(transform.get("scale", [1, 1]), 2, "texture scale")
    angle = float(numbers([transform.get("rotation", 0)], 1, "texture rotation")[0])
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array(
        [
            [cos * scale[0], sin * scale[1], offset[0]],
            [-sin * scale[0], cos * scale[1], offset[1]],
            [0.0, 0.0, 1.0],
        ]
    )
