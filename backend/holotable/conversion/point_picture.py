"""thumbnail.webp of a model that is points alone: splats with a depth buffer, shaded by depth.

Points have no normals; what lies behind its neighbours on the picture is darkened instead, as in
eye-dome lighting (Boucheny 2009), which shows shape without them.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from holotable.conversion.points import Sample
from holotable.conversion.shading import SAMPLES
from holotable.conversion.thumbnail import (
    BACKGROUND,
    EFFORT,
    HEIGHT,
    MARGIN,
    QUALITY,
    SCREEN,
    WIDTH,
)
from holotable.review.scene import Floats

# What lies outside this share of the points on each side does not decide the frame: a bird, or a
# reflection, would leave the rest a speck.
_OUTLIERS: Final = 0.001
_MIN_RADIUS: Final = 0.6  # of a splat, in samples
_MAX_RADIUS: Final = 4.5
_STRENGTH: Final = 0.55  # of the darkening
_REACH: Final = 2  # samples between the neighbours that are compared
# From low to high: blue-green, sand, red-brown; even in lightness.
_RAMP: Final = np.array(
    [[38, 84, 124], [47, 133, 128], [138, 168, 96], [222, 184, 106], [196, 108, 78]], np.float64
)


def write_picture(path: Path, samples: Sequence[Sample]) -> None:
    """Draw clouds from their front right top and write them as WebP."""
    places, colours = _placed(samples)
    rgba = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    if len(places):
        rgba = _drawn(places @ SCREEN, colours)
    rgba[rgba[:, :, 3] == 0, :3] = BACKGROUND
    Image.fromarray(rgba, "RGBA").save(path, "WEBP", quality=QUALITY, method=EFFORT, exact=True)


def ramp(shares: Floats) -> NDArray[np.uint8]:
    """Colours of heights from 0 to 1; (n, 3) sRGB."""
    stops = np.linspace(0.0, 1.0, len(_RAMP))
    columns = [np.interp(shares, stops, _RAMP[:, channel]) for channel in range(3)]
    return np.rint(np.stack(columns, axis=1)).astype(np.uint8)


def _placed(samples: Sequence[Sample]) -> tuple[Floats, NDArray[np.uint8]]:
    """Absolute places and colours of everything shown; without colours by height."""
    places: list[Floats] = [np.zeros((0, 3))]
    colours: list[NDArray[np.uint8] | None] = [np.zeros((0, 3), np.uint8)]
    for sample in samples:
        for world in sample.world:
            places.append(sample.positions @ world[:3, :3].T + world[:3, 3])
            colours.append(sample.colours)
    joined = np.concatenate(places)
    if not len(joined):
        return joined, np.zeros((0, 3), np.uint8)
    low, high = np.quantile(joined[:, 1], [0.01, 0.99])
    heights = np.clip((joined[:, 1] - low) / max(high - low, 1e-9), 0.0, 1.0)
    found = ramp(heights)
    at = 0
    for piece, shown in zip(places, colours, strict=True):
        if shown is not None:
            found[at : at + len(piece)] = shown
        at += len(piece)
    return joined, found


def _drawn(screen: Floats, colours: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The finished picture; (HEIGHT, WIDTH, 4). screen: (n, 3) right, down, away, metres."""
    size = np.array([WIDTH, HEIGHT]) * SAMPLES
    low, high = np.quantile(screen[:, :2], [_OUTLIERS, 1.0 - _OUTLIERS], axis=0)
    scale = float((size * (1.0 - 2.0 * MARGIN) / np.maximum(high - low, 1e-9)).min())
    screen = screen * scale
    screen[:, :2] += size / 2 - (low + high) / 2 * scale
    front, depth = _splats(screen, size, _radius(screen, size))
    seen = front >= 0
    light = np.zeros((*front.shape, 3))
    light[seen] = colours[front[seen]] * _shade(depth, seen)[seen, None]
    block = (HEIGHT, SAMPLES, WIDTH, SAMPLES)
    alpha = seen.reshape(block).mean(axis=(1, 3))
    mean = (
        light.reshape(*block, 3).sum(axis=(1, 3))
        / np.maximum(seen.reshape(block).sum(axis=(1, 3)), 1)[..., None]
    )
    rgba = np.concatenate([mean, alpha[..., None] * 255], axis=2)
    return np.asarray(np.rint(rgba), np.uint8)


def _radius(screen: Floats, size: NDArray[np.int64]) -> float:
    """Samples that a splat must reach to close the gaps: by how many points share the picture."""
    cell = 8
    cells = np.unique((screen[:, :2] // cell).astype(np.int64), axis=0)
    inside = ((cells >= 0) & (cells < size // cell)).all(axis=1).sum()
    spacing = cell * float(np.sqrt(inside / max(len(screen), 1)))
    return float(np.clip(spacing * 0.8, _MIN_RADIUS, _MAX_RADIUS))


def _splats(
    screen: Floats, size: NDArray[np.int64], radius: float
) -> tuple[NDArray[np.int64], Floats]:
    """Which point is in front at each sample, −1 for none, and how far away."""
    width, height = size.tolist()
    order = np.argsort(-screen[:, 2], kind="stable")  # the nearest is written last
    column, row = np.floor(screen[order, :2]).astype(np.int64).T
    front = np.full(width * height, -1, np.int64)
    depth = np.full(width * height, np.inf)
    reach = int(np.ceil(radius - 0.5))
    away = screen[order, 2]
    for down in range(-reach, reach + 1):
        for right in range(-reach, reach + 1):
            if right * right + down * down > radius * radius:
                continue
            x, y = column + right, row + down
            inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
            pixel = y[inside] * width + x[inside]
            nearest = np.full(width * height, -1, np.int64)
            nearest[pixel] = np.flatnonzero(inside)
            closer = nearest >= 0
            closer[closer] = away[nearest[closer]] < depth[closer]
            depth[closer] = away[nearest[closer]]
            front[closer] = order[nearest[closer]]
    return front.reshape(height, width), depth.reshape(height, width)


def _shade(depth: Floats, seen: NDArray[np.bool_]) -> Floats:
    """How bright each sample stays beside nearer neighbours; (h, w)."""
    dark = np.zeros_like(depth)
    here = np.where(seen, depth, 0.0)
    for right, down in ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1)):
        moved = np.roll(np.where(seen, depth, np.inf), (down * _REACH, right * _REACH), (0, 1))
        gap = np.where(np.isfinite(moved), here - moved, 0.0)
        dark += np.clip((gap - 2.0) / 24.0, 0.0, 1.0)
    return np.asarray(np.exp(-_STRENGTH * dark))
