"""Nodes of a UsdShade network: where an input's value comes from, as plain values."""

import math
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np

from holotable.conversion.readers.usd_geometry import value
from holotable.conversion.readers.usd_library import UsdShade
from holotable.review.scene import Floats

Shader: TypeAlias = Any  # UsdShade.Shader: the library has no types

WRAPS: Final = {"clamp": 33071, "black": 33071, "mirror": 33648, "repeat": 10497}
CHANNELS: Final = {"r": 0, "g": 1, "b": 2, "a": 3}
_MAX_TRANSFORMS: Final = 8


@dataclass(frozen=True, slots=True)
class UvSource:
    """Texture coordinates: a primvar and what is done with them, (3, 3), v up."""

    primvar: str
    transform: tuple[tuple[float, ...], ...] = ((1, 0, 0), (0, 1, 0), (0, 0, 1))

    def of(self, coordinates: Floats) -> Floats:
        """(n, 2) as glTF counts them: v down."""
        matrix = np.array(self.transform)
        moved = coordinates @ matrix[:2, :2].T + matrix[:2, 2]
        return np.column_stack([moved[:, 0], 1.0 - moved[:, 1]])


@dataclass(frozen=True, slots=True)
class Sample:
    """One output of a UsdUVTexture. key: which picture it reads, None when it is lost."""

    key: str | None
    channel: str  # rgb, r, g, b or a
    uv: UvSource
    sampler: tuple[int, int]
    scale: tuple[float, ...]
    bias: tuple[float, ...]
    fallback: tuple[float, ...]


def producer(shader: Shader, name: str) -> tuple[Any, str | None]:
    """The attribute that an input's value comes from, and its name when it is a shader's output."""
    given = shader.GetInput(name) if shader else None
    if not given:
        return None, None
    found = given.GetValueProducingAttributes()
    if not found:
        return None, None
    full = str(found[0].GetName())
    return found[0], full.removeprefix("outputs:") if full.startswith("outputs:") else None


def is_connected(shader: Shader, name: str) -> bool:
    """Whether an input takes its value from another node."""
    return producer(shader, name)[1] is not None


def text(shader: Shader, name: str) -> str:
    """A constant input as words; empty when it has none."""
    source, output = producer(shader, name)
    return "" if source is None or output is not None else str(value(source) or "")


def uv_source(texture: Shader) -> UvSource:
    """The primvar of a picture's st, through any UsdTransform2d."""
    matrix = np.eye(3)
    node, name = texture, "st"
    for _ in range(_MAX_TRANSFORMS):
        source, output = producer(node, name)
        if source is None or output is None:
            break
        node = UsdShade.Shader(source.GetPrim())
        kind = str(node.GetIdAttr().Get() or "")
        if kind == "UsdTransform2d":
            matrix = matrix @ _transform2d(node)
            name = "in"
        elif kind.startswith("UsdPrimvarReader_float2"):
            return UvSource(text(node, "varname") or "st", _tuples(matrix))
        else:
            break
    return UvSource("st", _tuples(matrix))


def _transform2d(node: Shader) -> Floats:
    """(3, 3): in × scale, then rotated by degrees counter-clockwise, then moved."""
    angle = math.radians(row_of(value(producer(node, "rotation")[0]), (0.0,))[0])
    scale = (*row_of(value(producer(node, "scale")[0]), (1.0, 1.0)), 1.0)
    move = (*row_of(value(producer(node, "translation")[0]), (0.0, 0.0)), 0.0)
    cos, sin = math.cos(angle), math.sin(angle)
    return np.array(
        [
            [cos * scale[0], -sin * scale[1], move[0]],
            [sin * scale[0], cos * scale[1], move[1]],
            [0.0, 0.0, 1.0],
        ]
    )


def _tuples(matrix: Floats) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(row) for row in matrix.tolist())


def row_of(found: Any, otherwise: tuple[float, ...]) -> tuple[float, ...]:
    """A number or vector as finite floats."""
    if found is None or isinstance(found, str):
        return otherwise
    try:
        row = tuple(float(part) for part in (found if hasattr(found, "__len__") else (found,)))
    except (TypeError, ValueError):
        return otherwise
    return row if row and all(math.isfinite(part) for part in row) else otherwise


def padded(row: tuple[float, ...], fill: float) -> tuple[float, ...]:
    """The row with four members."""
    return (*row, *(fill for _ in range(4 - len(row))))[:4]


def factor_of(found: Sample | tuple[float, ...], length: int) -> list[float]:
    """What glTF multiplies a picture with, or the constant itself."""
    if not isinstance(found, Sample):
        return [*found, *(found[-1] for _ in range(length - len(found)))][:length]
    row = found.fallback if found.key is None else found.scale
    if length == 1:
        return [row[CHANNELS.get(found.channel[0], 0)]]
    return list(row[:length])
