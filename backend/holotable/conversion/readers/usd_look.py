"""UsdPreviewSurface as glTF materials, and as one colour at each vertex.

Follows the UsdPreviewSurface specification 2.6: its v points up and its channels may come from any
picture, where glTF's v points down and each channel has its place; pictures whose channels stand
elsewhere are put together anew. Other shading languages are left out with a warning.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from holotable.conversion.archive import shown
from holotable.conversion.normals import Numbers
from holotable.conversion.readers.assembly import Assembly
from holotable.conversion.readers.colours import Colours, pack_rows, to_linear, to_srgb
from holotable.conversion.readers.pbr import kept_material, says_more
from holotable.conversion.readers.textures import (
    Picture,
    alpha_mode,
    sample_texture,
)
from holotable.conversion.readers.usd_geometry import value
from holotable.conversion.readers.usd_library import UsdShade
from holotable.conversion.readers.usd_pictures import Pictures
from holotable.conversion.readers.usd_shader import (
    CHANNELS,
    WRAPS,
    Sample,
    UvSource,
    factor_of,
    is_connected,
    padded,
    producer,
    row_of,
    text,
    uv_source,
)
from holotable.review.scene import Floats

Prim: TypeAlias = Any  # Usd.Prim: the library has no types
Shader: TypeAlias = Any  # UsdShade.Shader

_LINEAR: Final = to_linear(np.arange(256) / 255)
_Given: TypeAlias = Sample | tuple[float, ...]  # a picture's output, or a constant


@dataclass(frozen=True, slots=True)
class Look:
    """A material. number: in the assembly's looks, None when a colour says it all.

    base: (4,) linear.  texels, uv: what multiplies it.  uvs: for each UV set of the material.
    reads_colour: whether vertex colours (displayColor) multiply it.
    """

    number: int | None
    base: Floats
    texels: NDArray[np.uint8] | None = None
    uv: UvSource | None = None
    uvs: tuple[UvSource, ...] = ()
    reads_colour: bool = False
    blends: bool = False

    def colours(
        self, coordinates: Mapping[UvSource, Floats], vertex: Floats | None, triangles: Numbers
    ) -> tuple[Colours, bool] | int:
        """(n,) the colour of each vertex and whether it was sampled; one number for all of them.

        coordinates: (n, 2) glTF's.  vertex: (n, 4) linear vertex colours.
        """
        found = None if self.uv is None else coordinates.get(self.uv)
        reads = vertex is not None and self.reads_colour
        if (self.texels is None or found is None) and not reads:
            return int(self._packed(self.base[None])[0])
        some = found if found is not None else vertex
        assert some is not None
        linear = np.tile(self.base, (len(some), 1))
        if self.texels is not None and found is not None:
            seen = sample_texture(self.texels, found, triangles, v_up=False)
            linear[:, :3] *= _LINEAR[seen[:, :3]]
            linear[:, 3] *= seen[:, 3] / 255
        if reads and vertex is not None:
            linear *= vertex
        return self._packed(linear), True

    def _packed(self, linear: Floats) -> Colours:
        alpha = linear[:, 3] if self.blends else np.ones(len(linear))
        return pack_rows(np.column_stack([to_srgb(linear[:, :3]), alpha]))


@dataclass(slots=True)
class UsdLooks:
    """The materials of a stage, each read when first used."""

    assembly: Assembly
    pictures: Pictures
    _looks: dict[str, Look | None] = field(default_factory=dict)

    def look(self, material: Prim) -> Look | None:
        """What a bound material says; None when it says nothing that is understood."""
        path = str(material.GetPath())
        if path not in self._looks:
            self._looks[path] = self._read(material)
        return self._looks[path]

    def _read(self, prim: Prim) -> Look | None:
        material = UsdShade.Material(prim)
        if not material:
            return None
        shader, name, kind = material.ComputeSurfaceSource()
        if shader and shader.GetIdAttr().Get() == "UsdPreviewSurface":
            return _Surface(self, prim, shader).look()
        languages = sorted(
            {str(output.GetBaseName()) for output in material.GetSurfaceOutputs()} - {"surface"}
        )
        if not shader and not languages:
            return None
        known = shader.GetIdAttr().Get() if shader else None
        self.assembly.warn(
            "materials_ignored",
            f"Materials of {shown(str(known or ', '.join(languages) or name or kind))} are not"
            " read; what they cover is shown in its display colour. Export with"
            " UsdPreviewSurface.",
        )
        return None


@dataclass(slots=True)
class _Surface:
    """One UsdPreviewSurface on its way to glTF."""

    looks: UsdLooks
    prim: Prim
    shader: Shader
    uvs: list[UvSource] = field(default_factory=list)
    gltf: dict[str, Any] = field(default_factory=dict)
    reads_colour: bool = False

    def look(self) -> Look:
        """The whole material."""
        diffuse = self._input("diffuseColor", (0.18, 0.18, 0.18))
        opacity = self._input("opacity", (1.0,))
        rough: dict[str, Any] = {}
        factor = [*factor_of(diffuse, 3), factor_of(opacity, 1)[0]]
        self._base(diffuse, opacity, rough)
        self._metal(rough)
        rough["baseColorFactor"] = [min(max(part, 0.0), 1.0) for part in factor]
        self.gltf["pbrMetallicRoughness"] = rough
        self._alpha(opacity, factor[3])
        self._emission()
        self._details()
        self._coat()
        self.gltf["doubleSided"] = True
        texels = None
        uv = None
        texture = rough.get("baseColorTexture")
        if texture is not None:
            uv = self.uvs[texture["texCoord"]]
            texels = self._base_texels(diffuse, opacity)
        number = None
        if says_more(self.gltf):
            assembly = self.looks.assembly
            name = str(self.prim.GetName())
            kept = kept_material(
                self.gltf, lambda reference: reference["index"], 1.0, lambda _: None
            )
            number = assembly.looks.material(shown(name), kept)
            sets = assembly.looks.uv_sets(number)
            self.uvs = [self.uvs[place] for place in sets if place < len(self.uvs)]
        return Look(
            number,
            np.array(rough["baseColorFactor"]),
            texels,
            uv,
            tuple(self.uvs),
            self.reads_colour,
            self.gltf.get("alphaMode") == "BLEND",
        )

    def _base(
        self, diffuse: _Given, opacity: _Given,
        rough: dict[str, Any],
    ) -> None:  # fmt: skip
        """baseColorTexture of a picture of colours, of opacity, or of both."""
        colour = diffuse if isinstance(diffuse, Sample) and diffuse.key else None
        clear = opacity if isinstance(opacity, Sample) and opacity.key else None
        if colour is None and clear is None:
            return
        if clear is None or (
            colour is not None and clear.key == colour.key and clear.channel == "a"
        ):
            assert colour is not None
            reference = self._reference(colour)
        else:
            reference = self._joined(_base_sources(colour, clear), colour or clear)
        if reference is not None:
            rough["baseColorTexture"] = reference

    def _base_texels(self, diffuse: _Given, opacity: _Given) -> NDArray[np.uint8] | None:
        """(h, w, 4) what is sampled at vertices."""
        colour = diffuse if isinstance(diffuse, Sample) and diffuse.key else None
        if colour is None or colour.key is None:
            return None
        texels = self.looks.pictures.texels(colour.key)
        clear = opacity if isinstance(opacity, Sample) and opacity.key else None
        if texels is None or (clear is not None and clear.key == colour.key):
            return texels
        solid = texels.copy()
        solid[..., 3] = 255
        return solid

    def _metal(self, rough: dict[str, Any]) -> None:
        metallic = self._input("metallic", (0.0,))
        roughness = self._input("roughness", (0.5,))
        if self._flag("useSpecularWorkflow"):
            metallic = (0.0,)
            specular = self._input("specularColor", (0.0, 0.0, 0.0))
            index = max(factor_of(self._input("ior", (1.5,)), 1)[0], 1.0)
            at_normal = max(((index - 1) / (index + 1)) ** 2, 1e-4)
            self._extend(
                "specular",
                specularColorFactor=[part / at_normal for part in factor_of(specular, 3)],
            )
        rough["metallicFactor"] = factor_of(metallic, 1)[0]
        rough["roughnessFactor"] = factor_of(roughness, 1)[0]
        sources: dict[int, tuple[str, int]] = {}
        samples = {
            place: sample
            for place, sample in ((1, roughness), (2, metallic))
            if isinstance(sample, Sample) and sample.key
        }
        if not samples:
            return
        for place, sample in samples.items():
            assert sample.key is not None
            sources[place] = (sample.key, CHANNELS.get(sample.channel[0], 0))
        first = next(iter(samples.values()))
        # glTF multiplies: a picture that says nothing of metal may stand under a factor of 0 only.
        alone = len(samples) == 2 or (1 in samples and rough["metallicFactor"] == 0)
        keys = {key for key, _ in sources.values()}
        if (
            alone
            and len(keys) == 1
            and all(place == there for place, (_, there) in sources.items())
        ):
            reference = self._reference(first)
        else:
            reference = self._joined(sources, first)
        if reference is not None:
            rough["metallicRoughnessTexture"] = reference

    def _alpha(self, opacity: _Given, factor: float) -> None:
        threshold = factor_of(self._input("opacityThreshold", (0.0,)), 1)[0]
        sampled = isinstance(opacity, Sample) and opacity.key is not None
        if not sampled and factor >= 1:
            return
        if threshold > 0:
            self.gltf["alphaMode"] = "MASK"
            self.gltf["alphaCutoff"] = threshold
            return
        if sampled and factor >= 1:
            assert isinstance(opacity, Sample)
            texels = self.looks.pictures.texels(opacity.key or "")
            if texels is not None and opacity.channel == "a" and alpha_mode(texels) == "OPAQUE":
                return
        self.gltf["alphaMode"] = "BLEND"

    def _emission(self) -> None:
        emissive = self._input("emissiveColor", (0.0, 0.0, 0.0))
        factor = factor_of(emissive, 3)
        strongest = max(factor)
        if strongest <= 0:
            return
        if strongest > 1:
            self._extend("emissive_strength", emissiveStrength=strongest)
            factor = [part / strongest for part in factor]
        self.gltf["emissiveFactor"] = factor
        if isinstance(emissive, Sample) and (reference := self._reference(emissive)):
            self.gltf["emissiveTexture"] = reference

    def _details(self) -> None:
        """Relief, shade in corners, index of refraction."""
        normal = self._input("normal", (0.0, 0.0, 1.0))
        if isinstance(normal, Sample) and (reference := self._reference(normal)):
            if normal.scale[1] * normal.scale[0] < 0:
                self._simplified("A relief that counts downwards")
            self.gltf["normalTexture"] = reference
        shade = self._input("occlusion", (1.0,))
        if isinstance(shade, Sample) and shade.key:
            channel = CHANNELS.get(shade.channel[0], 0)
            reference = (
                self._reference(shade)
                if channel == 0
                else self._joined({0: (shade.key, channel)}, shade)
            )
            if reference:
                self.gltf["occlusionTexture"] = reference
        index = factor_of(self._input("ior", (1.5,)), 1)[0]
        if abs(index - 1.5) > 1e-6 and index >= 1:
            self._extend("ior", ior=index)
        if is_connected(self.shader, "displacement"):
            self._simplified("A displacement")

    def _coat(self) -> None:
        coat = self._input("clearcoat", (0.0,))
        factor = factor_of(coat, 1)[0]
        if factor <= 0:
            return
        members: dict[str, Any] = {"clearcoatFactor": factor}
        roughness = self._input("clearcoatRoughness", (0.01,))
        members["clearcoatRoughnessFactor"] = factor_of(roughness, 1)[0]
        for name, sample, channel in (
            ("clearcoatTexture", coat, "r"),
            ("clearcoatRoughnessTexture", roughness, "g"),
        ):
            if isinstance(sample, Sample):
                if sample.channel[0] == channel and (reference := self._reference(sample)):
                    members[name] = reference
                else:
                    self._simplified("A picture of a clear coat")
        self._extend("clearcoat", **members)

    def _extend(self, extension: str, **members: Any) -> None:
        self.gltf.setdefault("extensions", {})[f"KHR_materials_{extension}"] = members

    def _simplified(self, what: str) -> None:
        self.looks.assembly.warn("materials_simplified", f"{what} is not shown.")

    def _reference(self, sample: Sample) -> dict[str, Any] | None:
        """A texture reference of the picture as it is."""
        picture = None if sample.key is None else self.looks.pictures.picture(sample.key)
        return None if picture is None else self._placed(picture, sample)

    def _joined(
        self, sources: Mapping[int, tuple[str, int]], sample: Sample
    ) -> dict[str, Any] | None:
        picture = self.looks.pictures.joined(sources)
        return None if picture is None else self._placed(picture, sample)

    def _placed(self, picture: Picture, sample: Sample) -> dict[str, Any]:
        if sample.uv not in self.uvs:
            self.uvs.append(sample.uv)
        across, up = sample.sampler
        sampler = {"wrapS": across, "wrapT": up}
        number = self.looks.assembly.looks.texture(picture, sampler)
        return {"index": number, "texCoord": self.uvs.index(sample.uv)}

    def _input(self, name: str, otherwise: tuple[float, ...]) -> _Given:
        """A constant, or what a picture gives."""
        source, output = producer(self.shader, name)
        if source is None:
            return otherwise
        if output is None:
            return row_of(value(source), otherwise)
        node = UsdShade.Shader(source.GetPrim())
        kind = str(node.GetIdAttr().Get() or "")
        if kind == "UsdUVTexture":
            return self._sample(node, output)
        if kind.startswith("UsdPrimvarReader_float3") and name == "diffuseColor":
            self.reads_colour = text(node, "varname") in ("displayColor", "")
            return (1.0, 1.0, 1.0)
        if kind.startswith("UsdPrimvarReader"):
            return row_of(value(producer(node, "fallback")[0]), otherwise)
        self._simplified(f"The node {shown(kind) or '?'} of a material")
        return otherwise

    def _flag(self, name: str) -> bool:
        source, output = producer(self.shader, name)
        return source is not None and output is None and bool(value(source))

    def _sample(self, node: Shader, output: str) -> Sample:
        asset = value(producer(node, "file")[0])
        key = self.looks.pictures.content(asset) if asset is not None else None
        wraps = [WRAPS.get(text(node, name), WRAPS["repeat"]) for name in ("wrapS", "wrapT")]
        scale = row_of(value(producer(node, "scale")[0]), (1.0, 1.0, 1.0, 1.0))
        bias = row_of(value(producer(node, "bias")[0]), (0.0, 0.0, 0.0, 0.0))
        fallback = row_of(value(producer(node, "fallback")[0]), (0.0, 0.0, 0.0, 1.0))
        return Sample(
            key,
            output,
            uv_source(node),
            (wraps[0], wraps[1]),
            padded(scale, 1.0),
            padded(bias, 0.0),
            padded(fallback, 1.0),
        )


def _base_sources(colour: Sample | None, clear: Sample | None) -> dict[int, tuple[str, int]]:
    sources: dict[int, tuple[str, int]] = {}
    if colour is not None and colour.key:
        one = CHANNELS.get(colour.channel)  # a single channel is grey
        sources = {place: (colour.key, place if one is None else one) for place in range(3)}
    if clear is not None and clear.key:
        sources[3] = (clear.key, CHANNELS.get(clear.channel[0], 0))
    return sources
