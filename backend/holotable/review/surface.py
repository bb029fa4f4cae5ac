"""How surfaces look beyond one colour: materials, pictures, texture coordinates, animations.

Materials are those of glTF 2.0 (§3.9) with its KHR_materials extensions, kept as glTF's own JSON so
that nothing is lost between a file and the package.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Json: TypeAlias = Mapping[str, Any]

TEXTURE_TRANSFORM: Final = "KHR_texture_transform"


@dataclass(frozen=True, slots=True)
class Image:
    """An encoded picture as it was in the file, or made of it. media_type: jpeg, png or webp."""

    content: bytes
    media_type: Literal["image/jpeg", "image/png", "image/webp"]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Material:
    """A glTF material. gltf: its JSON; every texture's `index` is a number in `Looks.textures`."""

    name: str
    gltf: Json


@dataclass(frozen=True, slots=True)
class Texture:
    """An image with its sampler (glTF §3.8.4). sampler: glTF's own JSON, empty for the default."""

    image: int
    sampler: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Primitive:
    """Triangles of one material, in the part's frame.

    positions: (n, 3) metres.  normals: (n, 3).  triangles: (m, 3).  uvs: one (n, 2) each set.
    colours: (n, 4) linear RGBA as glTF's COLOR_0, or None.  tangents: (n, 4) or None.
    material: number in `Looks.materials`, or −1.
    """

    positions: NDArray[np.float32]
    normals: NDArray[np.float32]
    triangles: NDArray[np.uint32]
    uvs: tuple[NDArray[np.float32], ...] = ()
    colours: NDArray[np.float32] | None = None
    tangents: NDArray[np.float32] | None = None
    material: int = -1


@dataclass(frozen=True, slots=True)
class Surface:
    """A part as it really looks; its `Mesh` has the same shape with one colour per vertex."""

    primitives: tuple[Primitive, ...]


@dataclass(frozen=True, slots=True)
class Channel:
    """One animated quantity of one node.

    node: row in `Scene.nodes`.  path: translation, rotation (x, y, z, w), scale or weights,
    relative to the parent, metres, y up.  times: (k,) seconds.  values: (k, …), cubic splines with
    tangents before and after each value as glTF stores them.
    """

    node: int
    path: Literal["translation", "rotation", "scale", "weights"]
    interpolation: Literal["STEP", "LINEAR", "CUBICSPLINE"]
    times: NDArray[np.float32]
    values: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Animation:
    """A named set of channels, kept as data: a review shows the rest pose."""

    name: str
    channels: tuple[Channel, ...]


@dataclass(frozen=True, slots=True)
class Looks:
    """Everything that surfaces of a scene refer to."""

    materials: tuple[Material, ...] = ()
    textures: tuple[Texture, ...] = ()
    images: tuple[Image, ...] = ()


def texture_references(material: Json) -> Iterator[dict[str, Any]]:
    """Every texture reference (glTF §5.30) of a material's JSON, extensions included."""
    waiting: list[Json] = [material]
    for _ in range(3):  # the material, its extensions, their members
        below: list[Json] = []
        for holder in waiting:
            for name, value in holder.items():
                if not isinstance(value, dict):
                    continue
                if name.endswith("Texture") and "index" in value:
                    yield value
                elif name != "extras":
                    below.append(value)
        waiting = below


def extensions_of(material: Json) -> set[str]:
    """The extensions that a material's JSON uses, those of its texture references included."""
    names = set(material.get("extensions", {}))
    for reference in texture_references(material):
        names |= set(reference.get("extensions", {}))
    return names
