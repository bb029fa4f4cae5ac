"""MTL, the materials beside an OBJ: colour, opacity and the picture to wrap around."""

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Material:
    """How a surface looks: diffuse colour (sRGB 0 to 1), opacity, picture reference or ""."""

    diffuse: tuple[float, float, float] = (0.8, 0.8, 0.8)
    opacity: float = 1.0
    picture: str = ""

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
    diffuse: tuple[float, float, float] = (0.8, 0.8, 0.8)
    opacity, picture = 1.0, ""
    for line in content.decode("utf-8", "replace").splitlines():
        words = line.split("#", 1)[0].split()
        if not words:
            continue
        keyword, values = words[0].lower(), words[1:]
        if keyword == "newmtl":
            if len(materials) >= _MAX_MATERIALS:
                break
            name = line.split(None, 1)[1].strip() if values else ""
            diffuse, opacity, picture = (0.8, 0.8, 0.8), 1.0, ""
        elif keyword == "kd":
            diffuse = _colour(values) or diffuse
        elif keyword in ("d", "tr"):
            # Fully transparent cannot be meant: programs disagree whether Tr 1 is clear or solid.
            level = _number(values[-1]) if values else None
            if level is not None:
                level = level if keyword == "d" else 1.0 - level
                opacity = min(level, 1.0) if level > 0 else 1.0
        elif keyword in ("map_kd", "map_ka") and (keyword == "map_kd" or not picture):
            picture = _picture(line) or picture
        else:
            continue
        materials[name] = Material(diffuse, opacity, picture)
    return materials


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


def _picture(line: str) -> str:
    """The file of a map statement, which may hold spaces, after its options."""
    rest = line.split(None, 1)[1].strip() if len(line.split(None, 1)) > 1 else ""
    while rest.startswith("-"):
        option, _, rest = rest.partition(" ")
        for _ in range(_MAP_OPTIONS.get(option.lower(), 1)):
            value, _, after = rest.strip().partition(" ")
            if option.lower() in ("-o", "-s", "-t") and _number(value) is None:
                break  # their second and third values may be left out
            rest = after.strip()
        rest = rest.strip()
    return rest
