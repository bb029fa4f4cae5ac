"""MTL materials as they are for surfaces, with the pictures beside the OBJ."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from holotable.conversion.archive import shown
from holotable.conversion.readers.assembly import Assembly
from holotable.conversion.readers.colours import to_linear
from holotable.conversion.readers.looks import ROUGHNESS
from holotable.conversion.readers.materials import Map, Material
from holotable.conversion.readers.references import read_beside
from holotable.conversion.readers.textures import (
    MAX_EDGE,
    Picture,
    alpha_mode,
    holds_normals,
    open_picture,
    open_texture,
    stacked,
)
from holotable.review.surface import TEXTURE_TRANSFORM

_LOST: Final = "its surfaces are shown in plain colours"
_CLAMPED: Final = {"wrapS": 33071, "wrapT": 33071}
_METALLIC: Final = 0.25  # as pbr.says_more: what one colour at each vertex cannot say
_SHINY: Final = 0.3


@dataclass(slots=True)
class MtlLooks:
    """The materials of an OBJ; each picture is read once."""

    path: Path
    assembly: Assembly
    _contents: dict[str, bytes | None] = field(default_factory=dict)
    _texels: dict[str, NDArray[np.uint8] | None] = field(default_factory=dict)
    _materials: dict[str, int] = field(default_factory=dict)

    def texels(self, reference: str) -> NDArray[np.uint8] | None:
        """A picture to be sampled; None, with a warning, when it is missing or broken."""
        if reference not in self._texels:
            content = self._content(reference)
            texels = None if content is None else open_texture(content)
            if content is not None and texels is None:
                self._warn_unreadable(reference)
            self._texels[reference] = texels
        return self._texels[reference]

    def says_more(self, material: Material | None) -> bool:
        """Whether a material says what one colour at each vertex cannot."""
        if material is None:
            return False
        return (
            (material.metallic or 0.0) >= _METALLIC
            or (material.roughness is not None and material.roughness <= _SHINY)
            or max(material.emission) > 0
            or (material.clearcoat or 0.0) > 0
            or any(self.texels(found.reference) is not None for found in material.maps.values())
        )

    def kept(self, name: str, material: Material) -> int:
        """The number of a material as surfaces refer to it."""
        if name not in self._materials:
            for statement in material.lost:
                detail = f"{statement} of a material is not shown."
                self.assembly.warn("materials_simplified", detail)
            self._materials[name] = self.assembly.looks.material(shown(name), self._gltf(material))
        return self._materials[name]

    def _gltf(self, material: Material) -> dict[str, Any]:
        rough: dict[str, Any] = {
            "metallicFactor": material.metallic or 0.0,
            "roughnessFactor": ROUGHNESS if material.roughness is None else material.roughness,
        }
        gltf: dict[str, Any] = {"pbrMetallicRoughness": rough, "doubleSided": True}
        colour = self._colour(material, gltf)
        tint = material.diffuse if colour is None else tuple(material.tint[:3].tolist())
        light = np.clip(to_linear(np.clip(tint, 0.0, 1.0)), 0.0, 1.0)
        rough["baseColorFactor"] = [*(round(float(v), 6) for v in light), material.opacity]
        if colour is not None:
            rough["baseColorTexture"] = colour
        if material.opacity < 1:
            gltf["alphaMode"] = "BLEND"
        surface = self._rough_texture(material)
        if surface is not None:
            rough["metallicRoughnessTexture"] = surface
            for name in ("metallic", "roughness"):
                if name in material.maps:
                    rough[f"{name}Factor"] = 1.0
        self._add_relief(material, gltf)
        self._add_light(material, gltf)
        if material.clearcoat:
            coat = {"clearcoatFactor": material.clearcoat}
            if material.coat_roughness is not None:
                coat["clearcoatRoughnessFactor"] = material.coat_roughness
            gltf.setdefault("extensions", {})["KHR_materials_clearcoat"] = coat
        return gltf

    def _colour(self, material: Material, gltf: dict[str, Any]) -> dict[str, Any] | None:
        """The texture of the colour, with the opacity's picture in its alpha."""
        colour, opacity = material.colour_map, material.maps.get("opacity")
        seen = None if colour is None else self.texels(colour.reference)
        held = None if opacity is None else self.texels(opacity.reference)
        if opacity is not None and held is not None:
            same = colour is not None and colour.reference == opacity.reference
            if not (same and alpha_mode(held) != "OPAQUE"):
                return self._with_opacity(colour if seen is not None else None, opacity, gltf)
        if colour is None or seen is None:
            return None
        mode = alpha_mode(seen)
        if mode != "OPAQUE":
            gltf["alphaMode"] = mode
        return self._reference(colour)

    def _with_opacity(
        self, colour: Map | None, opacity: Map, gltf: dict[str, Any]
    ) -> dict[str, Any] | None:
        """Two pictures, one of colour and one of opacity, as one."""
        alpha = self._whole(opacity.reference)
        base = None if colour is None else self._whole(colour.reference)
        if alpha is None:
            return None
        light = _grey(alpha) if alpha[..., 3].min() == 255 else alpha[..., 3]
        plain = np.full(alpha.shape[:2], 255, np.uint8)
        layers = [plain] * 3 if base is None else [base[..., i] for i in range(3)]
        content = stacked([*layers, light])
        gltf["alphaMode"] = alpha_mode(np.stack([light] * 4, axis=-1))
        if gltf["alphaMode"] == "OPAQUE":
            del gltf["alphaMode"]
        return self._placed(content, colour or opacity)

    def _rough_texture(self, material: Material) -> dict[str, Any] | None:
        """Roughness in green and metal in blue, as glTF has them in one picture (§5.22)."""
        maps = {name: material.maps.get(name) for name in ("roughness", "metallic")}
        layers = {
            name: _grey(texels)
            for name, found in maps.items()
            if found is not None and (texels := self._whole(found.reference)) is not None
        }
        if not layers:
            return None
        blank = np.full(next(iter(layers.values())).shape, 255, np.uint8)
        content = stacked([blank, layers.get("roughness", blank), layers.get("metallic", blank)])
        return self._placed(content, maps["roughness"] or maps["metallic"] or Map(""))

    def _add_relief(self, material: Material, gltf: dict[str, Any]) -> None:
        """Normals, or a bump that is one, or a bump as EXT_materials_bump."""
        normal, bump = material.maps.get("normal"), material.maps.get("bump")
        if normal is None and bump is not None:
            texels = self.texels(bump.reference)
            if texels is not None and holds_normals(texels):
                normal = bump
        if normal is not None:
            reference = self._reference(normal)
            if reference is not None:
                gltf["normalTexture"] = reference
        elif bump is not None:
            reference = self._reference(bump)
            if reference is not None:
                relief = {"bumpTexture": reference, "bumpFactor": bump.amount}
                gltf.setdefault("extensions", {})["EXT_materials_bump"] = relief

    def _add_light(self, material: Material, gltf: dict[str, Any]) -> None:
        light = [round(float(v), 6) for v in to_linear(np.clip(material.emission, 0.0, 1.0))]
        found = material.maps.get("emission")
        reference = None if found is None else self._reference(found)
        if reference is not None:
            gltf["emissiveTexture"] = reference
            light = light if max(light) > 0 else [1.0, 1.0, 1.0]
        if max(light) > 0:
            gltf["emissiveFactor"] = light

    def _reference(self, found: Map) -> dict[str, Any] | None:
        content = self._content(found.reference)
        if content is None or self.texels(found.reference) is None:
            return None
        return self._placed(content, found)

    def _placed(self, content: bytes, found: Map) -> dict[str, Any] | None:
        """A texture reference that lies on the surface as the map says."""
        picture: Picture | None = open_picture(content)
        if picture is None:
            return None
        sampler = _CLAMPED if found.clamps else None
        reference: dict[str, Any] = {"index": self.assembly.looks.texture(picture, sampler)}
        if found.moves:
            # v counts upwards there and downwards here: v' = s·v + o becomes s·v + 1 − s − o.
            offset = [found.offset[0], 1.0 - found.scale[1] - found.offset[1]]
            moved = {"offset": offset, "scale": list(found.scale)}
            reference["extensions"] = {TEXTURE_TRANSFORM: moved}
        return reference

    def _whole(self, reference: str) -> NDArray[np.uint8] | None:
        content = self._content(reference)
        return None if content is None else open_texture(content, MAX_EDGE)

    def _content(self, reference: str) -> bytes | None:
        if reference not in self._contents:
            self._contents[reference] = read_beside(self.assembly, self.path, reference, _LOST)
        return self._contents[reference]

    def _warn_unreadable(self, reference: str) -> None:
        detail = f"{shown(reference)} cannot be read as a picture."
        self.assembly.warn("picture_unreadable", detail)


def _grey(texels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(h, w) the mean of red, green and blue."""
    return np.asarray(texels[..., :3].mean(axis=-1).round(), np.uint8)
