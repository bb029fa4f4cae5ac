"""glTF materials, twice: as they are for surfaces, and as one colour at each vertex.

The colour is factor × texture × vertex colour. Factors are linear light, textures and our palette
are sRGB (glTF 2.0 §3.9.2).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from holotable.conversion.archive import shown
from holotable.conversion.normals import Numbers
from holotable.conversion.readers.assembly import Assembly
from holotable.conversion.readers.colours import OWN_COLOUR, Colours, pack_rows, to_linear, to_srgb
from holotable.conversion.readers.draft import Wrap
from holotable.conversion.readers.gltf_data import (
    Document,
    Object,
    extension,
    mapping,
    numbers,
    whole,
)
from holotable.conversion.readers.pbr import GLOSSINESS, kept_material, says_more
from holotable.conversion.readers.references import read_beside
from holotable.conversion.readers.textures import (
    Picture,
    open_picture,
    open_texture,
    sample_texture,
)
from holotable.review.scene import Floats, Floats32

_WITHOUT: Final = "its surfaces are shown in plain colours"
_LINEAR: Final = to_linear(np.arange(256) / 255)
_GLASS: Final = 0.75  # of its opacity a fully transmitting surface loses; all would hide it
_NEEDS_TANGENTS: Final = ("normalTexture", "clearcoatNormalTexture", "anisotropyTexture")


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
    _materials: dict[int, int] = field(default_factory=dict)
    _pictures: dict[int, Picture | None] = field(default_factory=dict)
    _texels: dict[int, NDArray[np.uint8] | None] = field(default_factory=dict)

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
            linear *= self._vertex_colours(attributes, wanted)
            sampled = True
        if look is None or not look.blends:
            linear[:, 3] = 1.0
        return pack_rows(np.column_stack([to_srgb(linear[:, :3]), linear[:, 3]])), sampled

    def says_more(self, primitives: Sequence[Object]) -> bool:
        """Whether any of them looks like more than one colour at each vertex."""
        return any(
            says_more(self.document.item("materials", primitive["material"]))
            for primitive in primitives
            if primitive.get("material") is not None
        )

    def wrap(self, primitive: Object, wanted: Numbers, start: int, stop: int, first: int) -> Wrap:
        """How a primitive really looks, its wanted vertices being the part's from `first` on."""
        attributes = mapping(primitive.get("attributes"))
        index = primitive.get("material")
        if index is not None:
            material = self._kept(index)
        else:  # grey as an occurrence without a colour, or what its vertices say
            coloured = attributes.get("COLOR_0") is not None
            material = self.assembly.looks.plain(None if coloured else OWN_COLOUR)
        uvs: list[Floats32] = []
        for number in self.assembly.looks.uv_sets(material):
            uv = self._uv_set(attributes, number, wanted)
            flat = np.zeros((len(wanted), 2)) if uv is None else uv
            uvs.append(flat.astype(np.float32))
        colours: Floats32 | None = None
        if attributes.get("COLOR_0") is not None:
            colours = self._vertex_colours(attributes, wanted).astype(np.float32)
            colours = None if bool((colours == 1.0).all()) else colours
        tangents = None
        accessor = attributes.get("TANGENT")
        if index is not None and accessor is not None and self._needs_tangents(index):
            rows = self.document.rows(accessor, wanted)
            if rows.shape[1] == 4:
                tangents = np.asarray(rows, np.float32)
        return Wrap(
            start, stop, material, first, uvs=tuple(uvs), colours=colours, tangents=tangents
        )

    def _look(self, index: object) -> _Look:
        number = whole(index, "material", len(self.document.objects("materials")))
        if number not in self._looks:
            self._looks[number] = self._read(self.document.objects("materials")[number])
        return self._looks[number]

    def _read(self, material: Object) -> _Look:
        rough = material.get("pbrMetallicRoughness")
        rough = rough if isinstance(rough, dict) else {}
        factor, texture = rough.get("baseColorFactor"), rough.get("baseColorTexture")
        glossy = extension(material, GLOSSINESS)
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
            self._seen(texture.get("index")),
            coordinates,
            None if transform is None else _texture_matrix(transform),
            blends,
        )

    def _kept(self, index: object) -> int:
        """The number of a material as surfaces refer to it."""
        number = whole(index, "material", len(self.document.objects("materials")))
        if number not in self._materials:
            given = self.document.objects("materials")[number]
            name = given.get("name")
            kept = kept_material(given, self._texture, self.assembly.scale, self._warn_lost)
            self._materials[number] = self.assembly.looks.material(
                shown(name) if isinstance(name, str) else "", kept
            )
        return self._materials[number]

    def _warn_lost(self, what: str) -> None:
        self.assembly.warn(
            "materials_simplified", f"{shown(what)} of a material is not understood and left out."
        )

    def _needs_tangents(self, index: object) -> bool:
        given = self.document.item("materials", index)
        extensions = given.get("extensions")
        holders = [given, *(extensions.values() if isinstance(extensions, dict) else ())]
        return any(
            isinstance(holder, dict) and any(name in holder for name in _NEEDS_TANGENTS)
            for holder in holders
        )

    def _texture(self, reference: Object) -> int | None:
        """The kept texture that a reference of a material names."""
        texture = self.document.item("textures", reference.get("index"))
        number = self._image_number(texture)
        picture = None if number is None else self._picture(number)
        if picture is None:
            return None
        sampler = texture.get("sampler")
        stated = None if sampler is None else self.document.item("samplers", sampler)
        return self.assembly.looks.texture(picture, stated)

    def _image_number(self, texture: Object) -> int | None:
        """The image of a texture that is read here."""
        source = texture.get("source")
        webp = extension(texture, "EXT_texture_webp")
        if webp is not None:
            source = webp.get("source", source)
        if source is not None:
            return whole(source, "image", len(self.document.objects("images")))
        basis = extension(texture, "KHR_texture_basisu") is not None
        kind = "KTX2 (Basis Universal)" if basis else "a kind that is not read here"
        self.assembly.warn(
            "picture_unreadable",
            f"A picture is {kind}; {_WITHOUT}. Export it as PNG, JPEG or WebP.",
        )
        return None

    def _picture(self, number: int) -> Picture | None:
        if number not in self._pictures:
            content = self._content(number)
            picture = None if content is None else open_picture(content, self._name_of(number))
            if content is not None and picture is None:
                self._warn_unreadable(number)
            # A picture whose texels proved to be broken is no use to anybody else either.
            broken = number in self._texels and self._texels[number] is None
            self._pictures[number] = None if broken else picture
        return self._pictures[number]

    def _seen(self, index: object) -> NDArray[np.uint8] | None:
        """The texels of a texture, to be sampled."""
        number = self._image_number(self.document.item("textures", index))
        if number is None:
            return None
        if number not in self._texels:
            picture = self._picture(number)
            texels = None if picture is None else open_texture(picture.image.content)
            if picture is not None and texels is None:
                self._warn_unreadable(number)
                self._pictures[number] = None
            self._texels[number] = texels
        return self._texels[number]

    def _content(self, number: int) -> bytes | None:
        content = self.document.image(number)
        if isinstance(content, str):
            return read_beside(self.assembly, self.document.path, content, _WITHOUT, is_uri=True)
        return content

    def _name_of(self, number: int) -> str:
        name = self.document.objects("images")[number].get("name")
        return shown(name) if isinstance(name, str) else ""

    def _warn_unreadable(self, number: int) -> None:
        self.assembly.warn(
            "picture_unreadable", f"Picture {number} of the glTF cannot be read; {_WITHOUT}."
        )

    def _vertex_colours(self, attributes: Object, wanted: Numbers) -> Floats:
        """(n, 4) linear RGBA of COLOR_0."""
        rows = self.document.rows(attributes["COLOR_0"], wanted).astype(np.float64)[:, :4]
        colours = np.ones((len(wanted), 4))
        colours[:, : rows.shape[1]] = np.clip(np.nan_to_num(rows), 0.0, 1.0)
        return colours

    def _coordinates(self, attributes: Object, look: _Look, wanted: Numbers) -> Floats | None:
        flat = self._uv_set(attributes, look.coordinates, wanted)
        if flat is not None and look.transform is not None:
            flat = np.column_stack([flat, np.ones(len(flat))]) @ look.transform.T[:, :2]
        return flat

    def _uv_set(self, attributes: Object, number: int, wanted: Numbers) -> Floats | None:
        """(n, 2) texture coordinates of one set; None when the primitive has none."""
        accessor = attributes.get(f"TEXCOORD_{number}")
        if accessor is None:
            return None
        uv: NDArray[Any] = self.document.rows(accessor, wanted)
        return np.asarray(uv[:, :2], np.float64) if uv.shape[1] >= 2 else None


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
