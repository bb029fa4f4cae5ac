"""Materials, textures and pictures of a scene, written into one GLB document as it needs them."""

import copy
from dataclasses import dataclass, field
from typing import Any

from holotable.conversion.glb import GlbDocument, Json
from holotable.conversion.readers.looks import linear_factor
from holotable.conversion.readers.textures import as_png
from holotable.review.scene import DEFAULT_COLOUR
from holotable.review.surface import Image, Looks, extensions_of, texture_references

WEBP = "EXT_texture_webp"


@dataclass(slots=True)
class MaterialWriter:
    """Numbers of a scene's looks → numbers in a document; each is written once.

    webp: whether the document's readers know EXT_texture_webp; else such pictures become PNG.
    """

    document: GlbDocument
    looks: Looks
    webp: bool
    _known: dict[tuple[str, object], int] = field(default_factory=dict)

    def material(self, number: int) -> int:
        """The document's material; −1 stands for a grey one."""
        key = ("materials", number)
        if key not in self._known:
            entry = _GREY if number < 0 else self._material(number)
            self._known[key] = self.document.add("materials", entry)
        return self._known[key]

    def pictures(self, number: int) -> set[int]:
        """The images that a material needs."""
        if number < 0:
            return set()
        gltf = self.looks.materials[number].gltf
        return {
            self.looks.textures[reference["index"]].image for reference in texture_references(gltf)
        }

    def holds(self, image: int) -> bool:
        """Whether an image has been written."""
        return ("images", image) in self._known

    def _material(self, number: int) -> Json:
        material = self.looks.materials[number]
        entry: Json = copy.deepcopy(dict(material.gltf))
        if material.name:
            entry["name"] = material.name
        for reference in texture_references(entry):
            reference["index"] = self._texture(reference["index"])
        self.document.use(extensions_of(entry))
        return entry

    def _texture(self, number: int) -> int:
        key = ("textures", number)
        if key not in self._known:
            texture = self.looks.textures[number]
            image = self.looks.images[texture.image]
            entry: Json = {}
            if image.media_type == "image/webp" and self.webp:
                self.document.use([WEBP], required=True)
                entry["extensions"] = {WEBP: {"source": self._image(texture.image)}}
            else:
                entry["source"] = self._image(texture.image)
            if texture.sampler:
                entry["sampler"] = self._sampler(dict(texture.sampler))
            self._known[key] = self.document.add("textures", entry)
        return self._known[key]

    def _sampler(self, sampler: dict[str, Any]) -> int:
        key = ("samplers", tuple(sorted(sampler.items())))
        if key not in self._known:
            self._known[key] = self.document.add("samplers", sampler)
        return self._known[key]

    def _image(self, number: int) -> int:
        key = ("images", number)
        if key not in self._known:
            image: Image = self.looks.images[number]
            if image.media_type == "image/webp" and not self.webp:
                image = as_png(image)
            entry: Json = {
                "bufferView": self.document.bytes_view(image.content),
                "mimeType": image.media_type,
            }
            if image.name:
                entry["name"] = image.name
            self._known[key] = self.document.add("images", entry)
        return self._known[key]


_GREY: Json = {
    "pbrMetallicRoughness": {
        "baseColorFactor": linear_factor(int(DEFAULT_COLOUR[1:], 16)),
        "metallicFactor": 0.0,
        "roughnessFactor": 0.6,
    },
    "doubleSided": True,
}
