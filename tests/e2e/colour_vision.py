"""How colours look to eyes that lack a cone, and how far apart they then are.

Simulation: Machado, Oliveira, Fernandes 2009, severity 1.0, in linear light. Distance: CIEDE2000
(Sharma, Wu, Dalal 2005) of CIE L*a*b* under D65.
"""

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]

MATRICES: Final[dict[str, Floats]] = {
    "normal": np.eye(3),
    "protan": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deutan": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritan": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
_XYZ: Final = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
_WHITE: Final = _XYZ @ np.ones(3)


def lab(rgb: tuple[int, int, int], eye: str = "normal") -> Floats:
    """(3,) L*, a*, b* of an sRGB colour of 0 to 255 as an eye sees it."""
    srgb = np.array(rgb, float) / 255.0
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(MATRICES[eye] @ linear, 0.0, 1.0)
    ratio = (_XYZ @ seen) / _WHITE
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def ciede2000(one: Floats, other: Floats) -> float:
    """The difference of two colours in L*a*b*."""
    mean_c = (np.hypot(*one[1:]) + np.hypot(*other[1:])) / 2
    g = 0.5 * (1 - np.sqrt(mean_c**7 / (mean_c**7 + 25.0**7)))
    a1, a2 = one[1] * (1 + g), other[1] * (1 + g)
    c1, c2 = np.hypot(a1, one[2]), np.hypot(a2, other[2])
    h1 = np.degrees(np.arctan2(one[2], a1)) % 360
    h2 = np.degrees(np.arctan2(other[2], a2)) % 360
    turn = 0.0 if c1 * c2 == 0 else (h2 - h1 + 180) % 360 - 180
    lightness, chroma = other[0] - one[0], c2 - c1
    hue = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn) / 2)
    mean_l, mean_c = (one[0] + other[0]) / 2, (c1 + c2) / 2
    mean_h = h1 + h2 if c1 * c2 == 0 else (h1 + turn / 2) % 360
    t = (
        1
        - 0.17 * np.cos(np.radians(mean_h - 30))
        + 0.24 * np.cos(np.radians(2 * mean_h))
        + 0.32 * np.cos(np.radians(3 * mean_h + 6))
        - 0.20 * np.cos(np.radians(4 * mean_h - 63))
    )
    s_l = 1 + 0.015 * (mean_l - 50) ** 2 / np.sqrt(20 + (mean_l - 50) ** 2)
    s_c, s_h = 1 + 0.045 * mean_c, 1 + 0.015 * mean_c * t
    swing = 60 * np.exp(-(((mean_h - 275) / 25) ** 2))
    rotation = -np.sin(np.radians(swing)) * 2 * np.sqrt(mean_c**7 / (mean_c**7 + 25.0**7))
    l_, c_, h_ = lightness / s_l, chroma / s_c, hue / s_h
    return float(np.sqrt(l_**2 + c_**2 + h_**2 + rotation * c_ * h_))
