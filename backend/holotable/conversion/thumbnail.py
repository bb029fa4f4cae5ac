"""thumbnail.webp: a shaded picture of the whole model, drawn without a GPU.

512 by 384 pixels, drawn at twice that and halved. The background is transparent, so that it sits
on either theme, and its hidden colour is a neutral grey for programs that ignore transparency.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter, uniform_filter, zoom

from holotable.conversion.lod import COARSEST, Levels, triangles_of
from holotable.conversion.place import Integers, Placements
from holotable.conversion.raster import NOTHING, Picture, rasterise, weights_at
from holotable.review.scene import Floats, Mesh, Scene

WIDTH: Final = 512
HEIGHT: Final = 384
SAMPLES: Final = 2  # per pixel and direction
MARGIN: Final = 0.07  # of the picture, on each side
QUALITY: Final = 88
BACKGROUND: Final = (230, 234, 238)  # the light viewport of UX §5.1

MIN_PIXELS: Final = 9.0  # of an occurrence on the picture
MAX_ENLARGEMENT: Final = 3.0

# 250,000 triangles at 1024 by 768 draw in about a second; each is then about a pixel.
MAX_TRIANGLES: Final = 250_000

Mask: TypeAlias = NDArray[np.bool_]


def _unit(x: float, y: float, z: float) -> Floats:
    vector = np.array([x, y, z])
    return np.asarray(vector / np.linalg.norm(vector))


# The viewer stands in front, right and above; the light comes over the left shoulder.
TOWARD_VIEWER: Final = _unit(0.62, 0.52, 0.78)
RIGHT: Final = _unit(TOWARD_VIEWER[2], 0.0, -TOWARD_VIEWER[0])
UP: Final = np.cross(TOWARD_VIEWER, RIGHT)
KEY_LIGHT: Final = _unit(-0.15, 0.9, 0.6)
FILL_LIGHT: Final = _unit(0.95, 0.1, 0.1)
LINE_SHADE: Final = 0.45  # what an edge line keeps of the colour under it
SHADOW: Final = 0.30


@dataclass(frozen=True, slots=True)
class _Soup:
    """Placed triangles: world corners and normals (m, 3, 3), owner (m,), sRGB + alpha (m, 3, 4)."""

    corners: Floats
    normals: Floats
    owners: Integers
    colours: Floats

    def only(self, chosen: Mask) -> "_Soup":
        """Some of the triangles."""
        return _Soup(
            self.corners[chosen], self.normals[chosen], self.owners[chosen], self.colours[chosen]
        )


@dataclass(frozen=True, slots=True)
class _Layer:
    """A shaded picture: linear light (h, w, 3) and coverage (h, w)."""

    light: Floats
    alpha: Floats

    def over(self, below: "_Layer") -> "_Layer":
        """This layer in front of another (Porter and Duff 1984)."""
        alpha = self.alpha + below.alpha * (1.0 - self.alpha)
        share = np.divide(self.alpha, alpha, out=np.zeros_like(alpha), where=alpha > 0)[..., None]
        return _Layer(self.light * share + below.light * (1.0 - share), alpha)


def write_thumbnail(
    path: Path, scene: Scene, placements: Placements, levels: Sequence[Levels], corners: Floats
) -> None:
    """Draw the scene from its front right top and write it as WebP.

    corners: (k, 2, 3) world box of each occurrence, to choose which to leave out of a huge model.
    """
    soup = _soup(scene, placements, levels, corners)
    picture = _drawn(soup) if len(soup.corners) else np.zeros((HEIGHT, WIDTH, 4))
    rgba = np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8)
    rgba[rgba[:, :, 3] == 0, :3] = BACKGROUND
    Image.fromarray(rgba, "RGBA").save(path, "WEBP", quality=QUALITY, exact=True)


def _drawn(soup: _Soup) -> Floats:
    """The finished picture; (HEIGHT, WIDTH, 4) sRGB and alpha from 0 to 1, row 0 on top."""
    width, height = WIDTH * SAMPLES, HEIGHT * SAMPLES
    to_screen = _Projection(soup.corners.reshape(-1, 3), width, height)
    soup = _enlarged(soup, to_screen)
    solid = soup.colours[:, 0, 3] >= 1.0
    opaque = soup.only(solid)
    screen = to_screen(opaque.corners)
    base = rasterise(screen, width, height)
    layer = _shaded(opaque, screen, base)
    if not solid.all():
        glass = soup.only(~solid)
        screen = to_screen(glass.corners)
        front = rasterise(screen, width, height)
        pane = _shaded(glass, screen, front)
        seen = front.depth < base.depth
        layer = _Layer(pane.light, np.where(seen, pane.alpha, 0.0)).over(layer)
    small = _halved(layer)
    shadow = _ground_shadow(soup.corners, to_screen)
    finished = small.over(_Layer(np.full_like(small.light, 0.01), shadow))
    return np.concatenate([_to_srgb(finished.light), finished.alpha[..., None]], axis=2)


def _soup(scene: Scene, placements: Placements, levels: Sequence[Levels], corners: Floats) -> _Soup:
    """The visible triangles at the finest level within MAX_TRIANGLES; in a huge model the largest
    occurrences only."""
    shown = _shown(scene, placements)
    placed = np.bincount(placements.parts[shown], minlength=len(levels))
    triangles = np.array([triangles_of(levels, level) for level in range(COARSEST + 1)])
    fitting = np.flatnonzero((triangles * placed).sum(axis=1) <= MAX_TRIANGLES)
    level = int(fitting[0]) if len(fitting) else COARSEST
    diagonals = np.linalg.norm(corners[:, 1] - corners[:, 0], axis=1)
    chosen = np.flatnonzero(shown)
    chosen = chosen[np.argsort(-diagonals[chosen], kind="stable")]
    drawn = np.cumsum(triangles[level][placements.parts[chosen]])
    chosen = chosen[: max(int(np.searchsorted(drawn, MAX_TRIANGLES, side="right")), 1)]

    palette = np.array([_rgba(colour) for colour in scene.palette])
    own = np.array([_rgba(placements.colours[index]) for index in chosen])
    pieces = [_empty()]
    for number in np.unique(placements.parts[chosen]):
        mine = placements.parts[chosen] == number
        mesh = levels[number].meshes[level]
        if len(mesh.triangles):
            pieces.append(_placed(mesh, placements, chosen[mine], own[mine], palette))
    return _Soup(
        np.concatenate([piece.corners for piece in pieces]),
        np.concatenate([piece.normals for piece in pieces]),
        np.concatenate([piece.owners for piece in pieces]),
        np.concatenate([piece.colours for piece in pieces]),
    )


def _empty() -> _Soup:
    return _Soup(np.zeros((0, 3, 3)), np.zeros((0, 3, 3)), np.zeros(0, int), np.zeros((0, 3, 4)))


def _placed(
    mesh: Mesh, placements: Placements, indices: Integers, own: Floats, palette: Floats
) -> _Soup:
    """One part at some of its placements; own: (k, 4) their colours."""
    linear = placements.world[indices, :3, :3]
    shift = placements.world[indices, None, :3, 3]
    a, b, c = linear[:, :, 0], linear[:, :, 1], linear[:, :, 2]
    cofactors = np.stack([np.cross(b, c), np.cross(c, a), np.cross(a, b)], axis=2)
    positions = mesh.positions[mesh.triangles].reshape(-1, 3).astype(float)
    normals = mesh.normals[mesh.triangles].reshape(-1, 3).astype(float)
    entries = mesh.materials[mesh.triangles]
    own_or_entry = np.where((entries == 0)[None, ..., None], own[:, None, None], palette[entries])
    return _Soup(
        (positions @ linear.transpose(0, 2, 1) + shift).reshape(-1, 3, 3),
        (normals @ cofactors.transpose(0, 2, 1)).reshape(-1, 3, 3),
        np.repeat(indices, len(mesh.triangles)),
        own_or_entry.reshape(-1, 3, 4),
    )


def _enlarged(soup: _Soup, to_screen: "_Projection") -> _Soup:
    """Occurrences of less than MIN_PIXELS drawn larger about their middle, else a plant of small
    parts is an empty picture."""
    screen = to_screen(soup.corners).reshape(-1, 3)
    owners, index = np.unique(soup.owners, return_inverse=True)
    index = np.repeat(index.reshape(-1), 3)
    low = np.full((len(owners), 2), np.inf)
    high = np.full((len(owners), 2), -np.inf)
    np.minimum.at(low, index, screen[:, :2])
    np.maximum.at(high, index, screen[:, :2])
    pixels = np.linalg.norm(high - low, axis=1) / SAMPLES
    factor = np.clip(MIN_PIXELS / np.maximum(pixels, 1e-6), 1.0, MAX_ENLARGEMENT)
    if not (factor > 1.0).any():
        return soup
    points = soup.corners.reshape(-1, 3)
    middle = (
        np.stack([np.bincount(index, points[:, axis], len(owners)) for axis in range(3)], axis=1)
        / np.bincount(index, minlength=len(owners))[:, None]
    )
    larger = middle[index] + (points - middle[index]) * factor[index, None]
    return replace(soup, corners=larger.reshape(-1, 3, 3))


def _shown(scene: Scene, placements: Placements) -> Mask:
    """Which occurrences are not hidden at first, themselves or above; all when none is left."""
    hidden: list[bool] = []
    for node in scene.nodes:
        hidden.append(node.hidden or (node.parent >= 0 and hidden[node.parent]))
    shown = ~np.array(hidden)[placements.rows]
    return shown if shown.any() else np.ones_like(shown)


class _Projection:
    """World metres to pixels and depth, so that all points given at first fit with a margin."""

    def __init__(self, points: Floats, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.lowest = float(points[:, 1].min())
        flat = np.stack([points @ RIGHT, -(points @ UP)], axis=1)
        low, high = flat.min(axis=0), flat.max(axis=0)
        room = np.array([width, height]) * (1.0 - 2.0 * MARGIN)
        self.scale = float((room / np.maximum(high - low, 1e-9)).min())
        self.shift = np.array([width, height]) / 2 - (low + high) / 2 * self.scale

    def __call__(self, points: Floats) -> Floats:
        """(…, 3) metres to x right, y down in pixels, and depth in pixels away from the viewer."""
        x = points @ RIGHT * self.scale + self.shift[0]
        y = -(points @ UP) * self.scale + self.shift[1]
        return np.stack([x, y, -(points @ TOWARD_VIEWER) * self.scale], axis=-1)


def _shaded(soup: _Soup, screen: Floats, picture: Picture) -> _Layer:
    """Colour every covered pixel: two lights, soft occlusion, dark lines where things end."""
    light = np.zeros((*picture.front.shape, 3))
    alpha = np.zeros(picture.front.shape)
    rows, columns = np.nonzero(picture.front != NOTHING)
    if not len(rows):
        return _Layer(light, alpha)
    front = picture.front[rows, columns]
    weights = weights_at(screen, front, columns, rows)
    normals = np.einsum("pc,pcj->pj", weights, soup.normals[front])
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    normals = np.where(lengths > 0, normals / np.maximum(lengths, 1e-30), TOWARD_VIEWER)
    normals = np.where((normals @ TOWARD_VIEWER < 0)[:, None], -normals, normals)

    key = np.maximum(normals @ KEY_LIGHT, 0.0)
    fill = np.maximum(normals @ FILL_LIGHT, 0.0)
    sky = 0.5 + 0.5 * normals[:, 1]
    half = KEY_LIGHT + TOWARD_VIEWER
    shine = np.maximum(normals @ (half / np.linalg.norm(half)), 0.0) ** 40
    bright = 0.26 + 0.24 * sky + 0.62 * key + 0.16 * fill
    open_ = 1.0 - _occlusion(picture)[rows, columns]
    colour = np.einsum("pc,pcj->pj", weights, _to_linear(soup.colours[front, :, :3]))
    colour *= (bright * open_)[:, None]
    colour += 0.10 * (shine * open_)[:, None]

    facing = np.zeros((*picture.front.shape, 3))
    facing[rows, columns] = normals
    line = _lines(soup.owners, picture, facing)[rows, columns]
    light[rows, columns] = colour * np.where(line, LINE_SHADE**2.2, 1.0)[:, None]
    alpha[rows, columns] = soup.colours[front, 0, 3]
    return _Layer(light, alpha)


def _occlusion(picture: Picture) -> Floats:
    """How much nearer surroundings darken each pixel; (h, w) from 0 to 0.5.

    Depth darkening (Luft, Colditz and Deussen 2006): compare the depth with its blurred self. The
    blur is made at a quarter of the size: it took two thirds of the whole picture's time.
    """
    covered = picture.front != NOTHING
    depth = np.where(covered, picture.depth, 0.0)
    shrink = 4
    small = covered[::shrink, ::shrink].astype(float)
    small_depth = depth[::shrink, ::shrink]
    dark = np.zeros_like(depth)
    for radius in (6.0, 24.0):
        weight = gaussian_filter(small, radius / shrink, truncate=2.0)
        mean = gaussian_filter(small_depth, radius / shrink, truncate=2.0)
        mean = zoom(
            mean / np.maximum(weight, 1e-6), shrink, order=1, grid_mode=True, mode="nearest"
        )
        dark += np.clip((depth - mean) / (radius * 3.0), 0.0, 1.0) * 0.28
    return np.where(covered, np.minimum(dark, 0.5), 0.0)


def _lines(owners: Integers, picture: Picture, normals: Floats) -> Mask:
    """Pixels on the near side of an outline, a fold of about 35 degrees or a step in depth."""
    covered = picture.front != NOTHING
    owner = np.where(covered, owners[np.where(covered, picture.front, 0)], -1)
    depth = np.where(covered, picture.depth, 1e9)
    line = np.zeros(covered.shape, bool)
    whole = slice(None)
    for axis in (0, 1):
        first = (slice(None, -1), whole) if axis == 0 else (whole, slice(None, -1))
        second = (slice(1, None), whole) if axis == 0 else (whole, slice(1, None))
        other = owner[first] != owner[second]
        fold = np.einsum("hwj,hwj->hw", normals[first], normals[second]) < 0.82
        gap = depth[second] - depth[first]
        step = np.abs(gap) > 24.0
        ends = other | (fold & covered[first] & covered[second]) | step
        line[first] |= ends & (gap >= 0)
        line[second] |= ends & (gap < 0)
    line &= covered
    # Where parts are smaller than their outlines the picture would be all lines: colours instead.
    crowd = uniform_filter(line.astype(np.float32), 7) / np.maximum(
        uniform_filter(covered.astype(np.float32), 7), 1e-3
    )
    return np.asarray(line & (crowd < 0.6))


def _ground_shadow(corners: Floats, to_screen: _Projection) -> Floats:
    """A soft shadow on the floor under the model; (HEIGHT, WIDTH) coverage from 0 to SHADOW."""
    shrink = 2 * SAMPLES
    floor = corners.copy()
    floor[:, :, 1] = to_screen.lowest
    flat = to_screen(floor) / shrink
    width, height = to_screen.width // shrink, to_screen.height // shrink
    covered = rasterise(flat, width, height).front != NOTHING
    soft = gaussian_filter(covered.astype(float), 7.0)
    # Faded toward the frame, where it would be cut off.
    down = np.minimum(np.arange(height), np.arange(height)[::-1]) / 14.0
    across = np.minimum(np.arange(width), np.arange(width)[::-1]) / 14.0
    soft *= np.clip(down, 0, 1)[:, None] * np.clip(across, 0, 1)[None, :]
    return np.asarray(zoom(soft * SHADOW, 2, order=1, grid_mode=True, mode="nearest"))


def _halved(layer: _Layer) -> _Layer:
    """Average blocks of samples in linear light, weighted by coverage."""
    height, width = layer.alpha.shape
    block = (height // SAMPLES, SAMPLES, width // SAMPLES, SAMPLES)
    alpha = layer.alpha.reshape(block).mean(axis=(1, 3))
    premultiplied = (layer.light * layer.alpha[..., None]).reshape(*block, 3).mean(axis=(1, 3))
    return _Layer(premultiplied / np.maximum(alpha, 1e-6)[..., None], alpha)


def _rgba(colour: str) -> tuple[float, float, float, float]:
    red, green, blue, alpha = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5, 7))
    return red, green, blue, alpha


def _to_linear(srgb: Floats) -> Floats:
    return np.asarray(np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4))


def _to_srgb(light: Floats) -> Floats:
    light = np.clip(light, 0.0, 1.0)
    return np.asarray(
        np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    )
