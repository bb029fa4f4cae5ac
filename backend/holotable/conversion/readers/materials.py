"""MTL, the materials beside an OBJ: colour, opacity, pictures, and the physically based members.

MTL specification 5.4 (Alias|Wavefront) and the PBR extension that Blender and others write (Pr, Pm,
Pc, Pcr, norm, map_Pr, map_Pm).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from holotable.conversion.readers.colours import pack
from holotable.review.scene import Floats

_MAX_MATERIALS: Final = 100_000
# Options of a map statement and how many values each takes (MTL specification 5.4).
_MAP_OPTIONS: Final = {
    "-blendu": 1, "-blendv": 1, "-bm": 1, "-boost": 1, "-cc": 1, "-clamp": 1, "-imfchan": 1,
    "-mm": 2, "-o": 3, "-s": 3, "-t": 3, "-texres": 1, "-type": 1,
}  # fmt: skip
_NUMBERS: Final = {"pr": "roughness", "pm": "metallic", "pc": "clearcoat", "pcr": "coat_roughness"}
_MAPS: Final = {
    "map_kd": "colour",
    "map_ka": "ambient",
    "map_d": "opacity",
    "map_ke": "emission",
    "map_bump": "bump",
    "bump": "bump",
    "norm": "normal",
    "map_norm": "normal",
    "map_kn": "normal",
    "map_pr": "roughness",
    "map_pm": "metallic",
}
_LOST: Final = ("map_ks", "map_ns", "disp", "map_disp", "decal", "refl", "map_ps", "aniso")


@dataclass(frozen=True, slots=True)
class Map:
    """A picture of a material: how it lies on the surface (u' = scale · u + offset)."""

    reference: str
    offset: tuple[float, float] = (0.0, 0.0)
    scale: tuple[float, float] = (1.0, 1.0)
    clamps: bool = False
    amount: float = 1.0  # -bm: how strong a bump is

    @property
    def moves(self) -> bool:
        """Whether the picture is moved or scaled on its surface."""
        return self.offset != (0.0, 0.0) or self.scale != (1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Material:
    """How a surface looks: diffuse colour (sRGB 0 to 1), opacity, pictures by what they are for.

    roughness, metallic, clearcoat, coat_roughness: None where the file does not say.
    lost: statements that are not shown.
    """

    diffuse: tuple[float, float, float] = (0.8, 0.8, 0.8)
    opacity: float = 1.0
    emission: tuple[float, float, float] = (0.0, 0.0, 0.0)
    roughness: float | None = None
    metallic: float | None = None
    clearcoat: float | None = None
    coat_roughness: float | None = None
    maps: Mapping[str, Map] = field(default_factory=dict)
    lost: tuple[str, ...] = ()

    @property
    def colour_map(self) -> Map | None:
        """The picture of the surface's colour; the ambient one stands in for it."""
        return self.maps.get("colour") or self.maps.get("ambient")

    @property
    def picture(self) -> str:
        """The reference of the colour's picture, or ""."""
        return "" if self.colour_map is None else self.colour_map.reference

    @property
    def colour(self) -> int:
        """The colour without the picture, packed."""
        return pack(*self.diffuse, self.opacity)

    @property
    def tint(self) -> Floats:
        """(4,) what the picture is multiplied by.

        Kd beside map_Kd is written as black or grey by programs that mean the picture alone.
        """
        dark = max(self.diffuse) < 0.1
        return np.array([*((1.0, 1.0, 1.0) if dark else self.diffuse), self.opacity])


def read_mtl(content: bytes) -> dict[str, Material]:
    """The materials of a library by name; statements that are not understood are passed over."""
    materials: dict[str, Material] = {}
    name = ""
    current = Material()
    for line in content.decode("utf-8", "replace").splitlines():
        words = line.split("#", 1)[0].split()
        if not words:
            continue
        keyword, values = words[0].lower(), words[1:]
        if keyword == "newmtl":
            if len(materials) >= _MAX_MATERIALS:
                break
            name = line.split(None, 1)[1].strip() if values else ""
            current = Material()
        elif (changed := _changed(current, keyword, values, line)) is not None:
            current = changed
        else:
            continue
        materials[name] = current
    return materials


def _changed(material: Material, keyword: str, values: list[str], line: str) -> Material | None:
    """The material after a statement; None when that says nothing known."""
    if keyword == "kd":
        return replace(material, diffuse=_colour(values) or material.diffuse)
    if keyword == "ke":
        return replace(material, emission=_colour(values) or material.emission)
    if keyword in ("d", "tr"):
        # Fully transparent cannot be meant: programs disagree whether Tr 1 is clear or solid.
        level = _number(values[-1]) if values else None
        if level is None:
            return material
        level = level if keyword == "d" else 1.0 - level
        return replace(material, opacity=min(level, 1.0) if level > 0 else 1.0)
    if keyword in _NUMBERS:
        value = _number(values[0]) if values else None
        if value is None:
            return material
        share = min(max(value, 0.0), 1.0)
        return replace(material, **{_NUMBERS[keyword]: share})  # type: ignore[arg-type]  # numbers
    if keyword in _MAPS:
        found = _map(line)
        if not found.reference:
            return material
        return replace(material, maps={**material.maps, _MAPS[keyword]: found})
    if keyword in _LOST and keyword not in material.lost:
        return replace(material, lost=(*material.lost, keyword))
    return None


def _colour(values: list[str]) -> tuple[float, float, float] | None:
    """Kd r [g b]; spectral and xyz forms are passed over."""
    numbers = [_number(value) for value in values[:3]]
    if not numbers or numbers[0] is None:
        return None
    red = numbers[0]
    green = numbers[1] if len(numbers) > 1 and numbers[1] is not None else red
    blue = numbers[2] if len(numbers) > 2 and numbers[2] is not None else red
    return (red, green, blue)


def _number(word: str) -> float | None:
    try:
        value = float(word)
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def _map(line: str) -> Map:
    """A map statement: its options, then the file, which may hold spaces."""
    rest = line.split(None, 1)[1].strip() if len(line.split(None, 1)) > 1 else ""
    given: dict[str, list[float]] = {}
    clamps = False
    while rest.startswith("-"):
        option, _, rest = rest.partition(" ")
        option = option.lower()
        for _ in range(_MAP_OPTIONS.get(option, 1)):
            value, _, after = rest.strip().partition(" ")
            number = _number(value)
            if option in ("-o", "-s", "-t") and number is None:
                break  # their second and third values may be left out
            if option == "-clamp":
                clamps = value.lower() == "on"
            elif number is not None:
                given.setdefault(option, []).append(number)
            rest = after.strip()
        rest = rest.strip()
    offset = [*given.get("-o", []), 0.0, 0.0]
    scale = [*given.get("-s", [])[:2], 1.0, 1.0]
    return Map(
        reference=rest,
        offset=(offset[0], offset[1]),
        scale=(scale[0], scale[1]),
        clamps=clamps,
        amount=given.get("-bm", [1.0])[0],
    )
