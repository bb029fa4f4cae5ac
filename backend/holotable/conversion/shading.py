"""Light on what the rasteriser found: two lamps, soft occlusion, outlines, a shadow on the floor.

Deferred: only triangles that are seen are lit, once for each pixel, and again for single samples of
a pixel where they would look different. Lighting each of four samples of each pixel took three
times as long and looked the same.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from holotable.conversion.raster import (
    NOTHING,
    Numbers,
    Picture,
    greatest,
    least,
    slopes_of,
    weights_at,
)
from holotable.review.scene import Floats, Floats32

SAMPLES: Final = 2  # per pixel and direction
LINE_SHADE: Final = 0.17  # what an edge line keeps of the light under it
MAX_OCCLUSION: Final = 0.5
FOLD: Final = 0.82  # cosine of a fold that is drawn as a line: 35 degrees
STEP: Final = 24.0  # samples of depth between neighbours that are drawn as a line
SAME_LIGHT: Final = 0.03  # samples of a pixel within this share one evaluation

Mask: TypeAlias = NDArray[np.bool_]
Integers: TypeAlias = NDArray[np.int64]


def _unit(x: float, y: float, z: float) -> Floats:
    vector = np.array([x, y, z])
    return np.asarray(vector / np.linalg.norm(vector))


# The viewer stands in front, right and above; the light comes over the left shoulder.
TOWARD_VIEWER: Final = _unit(0.62, 0.52, 0.78)
KEY_LIGHT: Final = _unit(-0.15, 0.9, 0.6)
FILL_LIGHT: Final = _unit(0.95, 0.1, 0.1)
_HALF: Final = _unit(*(KEY_LIGHT + TOWARD_VIEWER))
_LIGHTS: Final = np.stack([KEY_LIGHT, FILL_LIGHT, _HALF, TOWARD_VIEWER], axis=1).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Surface:
    """Triangles on the screen.

    screen: (v, 3) samples right and down, and depth away. normals: (v, 3) unit vectors, world.
    colours: (v, 4) linear light and alpha. triangles: (m, 3). owners: (m,) occurrence.
    """

    screen: Floats32
    normals: Floats32
    colours: Floats32
    triangles: Numbers
    owners: Numbers

    def only(self, chosen: Mask) -> "Surface":
        """Some of the triangles over the same vertices."""
        return Surface(
            self.screen, self.normals, self.colours, self.triangles[chosen], self.owners[chosen]
        )

    def corners(self) -> Floats32:
        """(m, 3, 3) what `rasterise` takes."""
        return self.screen[self.triangles]


@dataclass(frozen=True, slots=True)
class Layer:
    """A shaded picture: linear light (h, w, 3) and coverage (h, w)."""

    light: Floats32
    alpha: Floats32

    def over(self, below: "Layer") -> "Layer":
        """This layer in front of another (Porter and Duff 1984)."""
        alpha = self.alpha + below.alpha * (1.0 - self.alpha)
        share = np.divide(self.alpha, alpha, out=np.zeros_like(alpha), where=alpha > 0)[..., None]
        light = self.light * share + below.light * (1.0 - share)
        return Layer(np.asarray(light, np.float32), np.asarray(alpha, np.float32))


def shaded(surface: Surface, picture: Picture) -> Layer:
    """Colour every pixel that a sample of the picture covers; the layer has 1 / SAMPLES its size.

    picture: of the surface's corners.
    """
    height, width = (size // SAMPLES for size in picture.front.shape)
    planes = [picture.front[i::SAMPLES, j::SAMPLES] for i in range(SAMPLES) for j in range(SAMPLES)]
    chosen = np.maximum.reduce(planes)
    pixels = np.flatnonzero(chosen >= 0)
    light = np.zeros((height * width, 3), np.float32)
    alpha = np.zeros(height * width, np.float32)
    if not len(pixels):
        return Layer(light.reshape(height, width, 3), alpha.reshape(height, width))
    lit = _Lit(surface, picture.front)
    samples = [plane.ravel()[pixels] for plane in planes]
    first = chosen.ravel()[pixels]
    covered = np.add.reduce([sample >= 0 for sample in samples], dtype=np.float32)
    x = (pixels % width * SAMPLES + SAMPLES / 2).astype(np.float32)
    y = (pixels // width * SAMPLES + SAMPLES / 2).astype(np.float32)
    colour = lit.at(first, x, y)
    total = colour.copy()
    for sample in samples:
        other = np.flatnonzero((sample != first) & (sample >= 0))
        other = other[lit.differ(sample[other], first[other])]
        change = lit.at(sample[other], x[other], y[other]) - colour[other]
        total[other] += change / covered[other, None]

    shade = 1.0 - _occlusion(picture).ravel()[pixels]
    lines = _lines(surface, picture, covered_share(picture.front))
    shade *= 1.0 - (1.0 - LINE_SHADE) * lines.ravel()[pixels] * len(planes) / covered
    light[pixels] = total * shade[:, None]
    alpha[pixels] = surface.colours[surface.triangles[first, 0], 3] * covered / len(planes)
    return Layer(light.reshape(height, width, 3), alpha.reshape(height, width))


class _Lit:
    """The light that leaves each seen triangle, as a plane over the screen."""

    def __init__(self, surface: Surface, front: Numbers) -> None:
        seen = np.zeros(len(surface.triangles), bool)
        seen[front[front != NOTHING]] = True
        shown = np.flatnonzero(seen)
        self._number = np.zeros(len(seen), np.int32)
        self._number[shown] = np.arange(len(shown), dtype=np.int32)
        triangles = surface.triangles[shown]
        corners = surface.screen[triangles]
        values = _corner_light(surface.normals[triangles], surface.colours[triangles])
        self._mean = sum_of(values[:, :, :3]) / np.float32(3.0)
        slopes = slopes_of(corners, values)
        # One row for each triangle: looked up once for each pixel.
        self._rows = np.concatenate(
            [
                values[:, 0], slopes[:, :, 0], slopes[:, :, 1],
                least(values), greatest(values), corners[:, 0, :2],
            ],
            axis=1,
        )  # fmt: skip

    def at(self, triangles: Numbers, x: Floats32, y: Floats32) -> Floats32:
        """(p, 3) linear light of triangles (p,) at points of the screen."""
        rows = self._rows[self._number[triangles]]
        values = rows[:, 0:4] + rows[:, 4:8] * (x - rows[:, 20])[:, None]
        values += rows[:, 8:12] * (y - rows[:, 21])[:, None]
        # A pixel's centre may lie just outside a triangle that covers one of its samples.
        np.clip(values, rows[:, 12:16], rows[:, 16:20], out=values)
        shine = values[:, 3] ** 2
        for _ in range(2):
            shine *= shine  # to the power of 8
        shine = shine * (shine * shine) * (shine * shine)  # 40
        light: Floats32 = values[:, :3] + np.float32(0.10) * shine[:, None]
        return light

    def differ(self, one: Numbers, other: Numbers) -> Mask:
        """(p,) whether two triangles look different."""
        change = self._mean[self._number[one]] - self._mean[self._number[other]]
        different: Mask = greatest(np.abs(change)) > SAME_LIGHT
        return different


def _corner_light(normals: Floats32, colours: Floats32) -> Floats32:
    """(m, 3, 4) linear light at the corners, and the cosine that makes their shine."""
    cosines = normals @ _LIGHTS
    away = sum_of(cosines[:, :, 3]) < 0  # seen from behind: lit as if turned
    sign = np.where(away, np.float32(-1.0), np.float32(1.0))[:, None]
    key = np.maximum(cosines[:, :, 0] * sign, 0.0)
    fill = np.maximum(cosines[:, :, 1] * sign, 0.0)
    sky = 0.5 + 0.5 * normals[:, :, 1] * sign
    bright = 0.26 + 0.24 * sky + 0.62 * key + 0.16 * fill
    values = np.empty((*normals.shape[:2], 4), np.float32)
    values[:, :, :3] = colours[:, :, :3] * bright[:, :, None]
    values[:, :, 3] = np.maximum(cosines[:, :, 2] * sign, 0.0)
    return values


def sum_of(values: Floats32) -> Floats32:
    """The sum of (m, 3, …) over the three."""
    return values[:, 0] + values[:, 1] + values[:, 2]


def covered_share(front: Numbers) -> Floats32:
    """How much of each pixel anything covers; (h, w) from 0 to 1."""
    return _mean_of_samples(front != NOTHING)


def _mean_of_samples(samples: Mask) -> Floats32:
    parts = [samples[i::SAMPLES, j::SAMPLES] for i in range(SAMPLES) for j in range(SAMPLES)]
    mean: Floats32 = np.add.reduce(parts, dtype=np.float32) / np.float32(len(parts))
    return mean


def _occlusion(picture: Picture) -> Floats32:
    """How much nearer surroundings darken each pixel; (h, w) from 0 to MAX_OCCLUSION.

    Depth darkening (Luft, Colditz and Deussen 2006): compare the depth with its blurred self. The
    blur is made at a fraction of the size: it took two thirds of the whole picture's time.
    """
    depth = picture.depth[::SAMPLES, ::SAMPLES]
    covered = np.isfinite(depth)
    depth = np.where(covered, depth, np.float32(0.0))
    dark = np.zeros_like(depth)
    for radius, shrink in ((3.0, 2), (12.0, 4)):
        small = blurred(covered[::shrink, ::shrink].astype(np.float32), radius / shrink, 2.0)
        mean = blurred(depth[::shrink, ::shrink], radius / shrink, 2.0)
        mean = enlarged(np.asarray(mean / np.maximum(small, 1e-6), np.float32), depth.shape)
        dark += np.clip((depth - mean) / (radius * SAMPLES * 3.0), 0.0, 1.0) * np.float32(0.28)
    return np.where(covered, np.minimum(dark, np.float32(MAX_OCCLUSION)), np.float32(0.0))


def blurred(picture: Floats32, sigma: float, truncate: float) -> Floats32:
    """The picture under a Gaussian of `sigma` pixels up to `truncate` of them; edges mirror.

    As scipy.ndimage.gaussian_filter, whose import takes 0.17 s, longer than the whole picture.
    """
    reach = int(truncate * sigma + 0.5)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    weights /= weights.sum()
    return _across(_across(picture, weights, reach, reach).T, weights, reach, reach).T


def _mean_around(picture: Floats32) -> Floats32:
    """The mean of the 4 × 4 pixels around each, two of them before it."""
    weights = np.full(4, 0.25)
    return _across(_across(picture, weights, 2, 1).T, weights, 2, 1).T


def _across(picture: Floats32, weights: NDArray[np.float64], before: int, after: int) -> Floats32:
    """Weighted sums down the columns. weights: of the pixels from `before` to `after`."""
    padded = np.pad(picture, ((before, after), (0, 0)), "symmetric")
    height = len(picture)
    total = np.zeros(picture.shape, np.float32)
    for shift, weight in enumerate(weights.tolist()):
        total += padded[shift : shift + height] * np.float32(weight)
    return total


def enlarged(small: Floats32, shape: tuple[int, int]) -> Floats32:
    """A picture (h, w) drawn larger, bilinearly."""
    image = Image.fromarray(np.ascontiguousarray(small, np.float32))
    size = image.resize((shape[1], shape[0]), Image.Resampling.BILINEAR)
    return np.asarray(size, np.float32)


def _lines(surface: Surface, picture: Picture, covered: Floats32) -> Floats32:
    """How much of each pixel an outline covers, a fold of 35 degrees or a step in depth; (h, w).

    Lines lie on the near side. Only neighbouring samples of different triangles are looked at.
    """
    height, width = picture.front.shape
    front, depth = picture.front.ravel(), picture.depth.ravel()
    line = np.zeros(height * width, bool)
    for stride in (1, width):
        one: Integers = np.flatnonzero(front[:-stride] != front[stride:])
        if stride == 1:
            one = one[one % width != width - 1]
        first, second = front[one], front[one + stride]
        owners = np.where(first < 0, -1, surface.owners[first])
        others = np.where(second < 0, -1, surface.owners[second])
        start, end = depth[one], depth[one + stride]
        gap = np.where(np.isinf(end), np.float32(1e9), end)
        gap -= np.where(np.isinf(start), np.float32(1e9), start)
        ends = (owners != others) | (np.abs(gap) > STEP)
        inside = np.flatnonzero(~ends)
        ends[inside] = _folded(surface, one[inside], first[inside], second[inside], stride, width)
        near = np.where(gap >= 0, one, one + stride)
        line[near[ends]] = True
    lines = _mean_of_samples(line.reshape(height, width))
    # Where parts are smaller than their outlines the picture would be all lines: colours instead.
    if _blocks(lines).max() > 0.2:
        crowd = _mean_around(lines) / np.maximum(_mean_around(covered), 1e-3)
        lines *= crowd < 0.6
    return lines


def _blocks(picture: Floats32) -> Floats32:
    """The mean of each block of 4 × 4 pixels."""
    height, width = picture.shape
    blocks = picture[: height // 4 * 4, : width // 4 * 4].reshape(height // 4, 4, width // 4, 4)
    mean: Floats32 = blocks.mean(axis=(1, 3))
    return mean


def _folded(
    surface: Surface, at: Integers, one: Numbers, other: Numbers, stride: int, width: int
) -> Mask:
    """(p,) whether the surface folds between sample `at` of triangle `one` and its neighbour.

    Flat normals tell at once where it certainly does not; the rest is interpolated.
    """
    first, second = surface.triangles[one], surface.triangles[other]
    mean = sum_of(surface.normals[first]), sum_of(surface.normals[second])
    cosine = np.einsum("pj,pj->p", *mean) / 9.0
    folded = cosine < 0.9
    unsure = np.flatnonzero(folded)
    normals = []
    for triangles, place in ((first[unsure], at[unsure]), (second[unsure], at[unsure] + stride)):
        x, y = place % width + np.float32(0.5), place // width + np.float32(0.5)
        weights = weights_at(surface.screen[triangles], x, y)
        normal = np.einsum("pc,pcj->pj", weights, surface.normals[triangles])
        length = np.linalg.norm(normal, axis=1, keepdims=True)
        normal /= np.maximum(length, 1e-6)
        behind = normal @ TOWARD_VIEWER.astype(np.float32) < 0
        normals.append(np.where(behind[:, None], -normal, normal))
    folded[unsure] = np.einsum("pj,pj->p", *normals) < FOLD
    return np.asarray(folded)


def to_linear(srgb: Floats) -> Floats:
    """sRGB components from 0 to 1 as linear light (IEC 61966-2-1)."""
    low: Floats = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    return low


def _srgb_table() -> NDArray[np.uint8]:
    """sRGB bytes by the square root of linear light in 4,096 steps: finer than a byte anywhere."""
    linear = np.linspace(0.0, 1.0, 4096) ** 2
    curved = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.asarray(np.rint(curved * 255), np.uint8)


_SRGB: Final[NDArray[np.uint8]] = _srgb_table()


def to_srgb(linear: Floats32) -> NDArray[np.uint8]:
    """Linear light as sRGB bytes; 0.6 million powers took 15 ms, a table takes 3."""
    index = np.sqrt(np.clip(linear, 0.0, 1.0)) * np.float32(4095.0) + np.float32(0.5)
    return np.asarray(_SRGB[index.astype(np.int32)], np.uint8)
