"""thumbnail.webp: a shaded picture of the whole model, drawn without a GPU.

512 by 384 pixels, drawn with 2 by 2 samples each. The background is transparent, so that it sits on
either theme, and its hidden colour is a neutral grey for programs that ignore transparency.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from holotable.conversion.lod import COARSEST, Levels, box_of, triangles_of
from holotable.conversion.place import Integers, Placements
from holotable.conversion.raster import NOTHING, rasterise
from holotable.conversion.shading import (
    SAMPLES,
    TOWARD_VIEWER,
    Layer,
    Mask,
    Surface,
    blurred,
    enlarged,
    shaded,
    to_linear,
    to_srgb,
)
from holotable.review.scene import Floats, Floats32, Mesh, Scene

WIDTH: Final = 512
HEIGHT: Final = 384
MARGIN: Final = 0.07  # of the picture, on each side
QUALITY: Final = 88
EFFORT: Final = 2  # of WebP's 0 to 6: 8 ms instead of 28 at the default 4, for 10 % more bytes
BACKGROUND: Final = (230, 234, 238)  # the light viewport of UX §5.1
SHADOW: Final = 0.30

MIN_PIXELS: Final = 9.0  # of an occurrence on the picture
MAX_ENLARGEMENT: Final = 3.0

# 60,000 triangles at 1024 by 768 samples draw in about 0.05 s; each is then about ten samples.
ENOUGH_TRIANGLES: Final = 60_000
MAX_TRIANGLES: Final = 250_000
# How far a level may stray and below which size an occurrence is drawn as its box, in samples: the
# first pair that needs no more than ENOUGH_TRIANGLES, else the last.
EFFORTS: Final = ((1.0, 6.0), (2.0, 6.0), (4.0, 6.0), (8.0, 12.0))

RIGHT: Final = np.array([TOWARD_VIEWER[2], 0.0, -TOWARD_VIEWER[0]]) / np.hypot(
    TOWARD_VIEWER[0], TOWARD_VIEWER[2]
)
UP: Final = np.cross(TOWARD_VIEWER, RIGHT)
_SIZE: Final = np.array([WIDTH, HEIGHT]) * SAMPLES
_ROOM: Final = _SIZE * (1.0 - 2.0 * MARGIN)
SCREEN: Final = np.stack([RIGHT, -UP, -TOWARD_VIEWER], axis=1)  # columns: right, down, away


def write_thumbnail(
    path: Path, scene: Scene, placements: Placements, levels: Sequence[Levels], corners: Floats
) -> None:
    """Draw the scene from its front right top and write it as WebP.

    corners: (k, 2, 3) world box of each occurrence, to choose how finely each is drawn.
    """
    rgba = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    groups = _groups(scene, placements, levels, corners)
    if groups:
        picture = _drawn(_placed(scene, placements, groups, corners))
        rgba[:, :, :3] = to_srgb(picture.light)
        rgba[:, :, 3] = np.rint(picture.alpha * 255)
    rgba[rgba[:, :, 3] == 0, :3] = BACKGROUND
    Image.fromarray(rgba, "RGBA").save(path, "WEBP", quality=QUALITY, method=EFFORT, exact=True)


def _drawn(soup: "_Soup") -> Layer:
    """The finished picture."""
    width, height = WIDTH * SAMPLES, HEIGHT * SAMPLES
    surface = soup.surface
    corners = surface.corners()
    hidden = soup.solid & _turned_away(corners, soup.mirrored)
    clear = surface.colours[surface.triangles[:, 0], 3] < 1.0
    opaque = surface.only(~clear & ~hidden)
    base = rasterise(corners[~clear & ~hidden], width, height)
    layer = shaded(opaque, base)
    if clear.any():
        glass = surface.only(clear)
        front = rasterise(corners[clear], width, height)
        front.front[front.depth >= base.depth] = NOTHING
        layer = shaded(glass, front).over(layer)
    shadow = _ground_shadow(soup)
    return layer.over(Layer(np.full_like(layer.light, 0.01), shadow))


@dataclass(frozen=True, slots=True)
class _Group:
    """One mesh at some placements of its part."""

    part: int
    mesh: Mesh
    indices: Integers  # dense occurrence numbers


def _groups(
    scene: Scene, placements: Placements, levels: Sequence[Levels], corners: Floats
) -> list[_Group]:
    """What to draw: each part as finely as can be seen, tiny occurrences as boxes, and in a huge
    model the largest occurrences only."""
    chosen = np.flatnonzero(_shown(scene, placements))
    chosen = chosen[
        [len(levels[part].meshes[0].triangles) > 0 for part in placements.parts[chosen].tolist()]
    ]
    if not len(chosen):
        return []
    scale = _Fit(corners[chosen]).scale
    sizes = np.linalg.norm(corners[:, 1] - corners[:, 0], axis=1)
    chosen = chosen[np.argsort(-sizes[chosen], kind="stable")]
    parts = placements.parts[chosen]
    stretch = np.zeros(len(levels))
    np.maximum.at(stretch, parts, _stretches(placements.world[chosen, :3, :3]))
    errors = np.array([part.errors_m for part in levels]) * (stretch * scale)[:, None]
    triangles = np.array([triangles_of(levels, level) for level in range(COARSEST + 1)]).T
    level, cost, tiny = (
        np.zeros(len(levels), int),
        np.zeros(len(chosen)),
        np.zeros(len(chosen), bool),
    )
    for allowed, box_size in EFFORTS:
        tiny = sizes[chosen] * scale < box_size
        level = (errors <= allowed).cumprod(axis=1).sum(axis=1) - 1
        cost = np.where(tiny, 12, triangles[parts, level[parts]])
        if cost.sum() <= ENOUGH_TRIANGLES:
            break
    kept = max(int(np.searchsorted(np.cumsum(cost), MAX_TRIANGLES, side="right")), 1)
    chosen, parts, tiny = chosen[:kept], parts[:kept], tiny[:kept]
    groups = []
    for boxed in (False, True):
        for part in np.unique(parts[tiny == boxed]).tolist():
            mesh = levels[part].meshes[level[part]]
            drawn = box_of(mesh) if boxed and len(mesh.triangles) > 12 else mesh
            groups.append(_Group(part, drawn, chosen[(parts == part) & (tiny == boxed)]))
    return groups


def _stretches(linear: Floats) -> Floats:
    """At most how much linear maps (k, 3, 3) lengthen anything."""
    return np.asarray(np.linalg.norm(linear, axis=(1, 2)) / np.sqrt(3.0))


def _shown(scene: Scene, placements: Placements) -> Mask:
    """Which occurrences are not hidden at first, themselves or above; all when none is left."""
    hidden: list[bool] = []
    for node in scene.nodes:
        hidden.append(node.hidden or (node.parent >= 0 and hidden[node.parent]))
    shown = ~np.array(hidden)[placements.rows]
    return shown if shown.any() else np.ones_like(shown)


class _Fit:
    """Where world boxes (k, 2, 3) lie, and about how many samples a metre of the picture takes."""

    def __init__(self, boxes: Floats) -> None:
        self.middle = (boxes[:, 0].min(axis=0) + boxes[:, 1].max(axis=0)) / 2
        low, high = projected(boxes, self.middle)
        span = np.maximum(high.max(axis=0) - low.min(axis=0), 1e-9)
        self.scale = float((_ROOM / span).min())


def projected(boxes: Floats, middle: Floats) -> tuple[Floats, Floats]:
    """Least and greatest of world boxes (k, 2, 3) right and down on the screen; (k, 2) metres."""
    centre = (boxes.mean(axis=1) - middle) @ SCREEN[:, :2]
    reach = (boxes[:, 1] - boxes[:, 0]) / 2 @ np.abs(SCREEN[:, :2])
    return centre - reach, centre + reach


@dataclass(frozen=True, slots=True)
class _Soup:
    """Everything on the screen. solid, mirrored: (m,) of each triangle. floor: (v, 3) the vertices
    dropped to the height of the lowest."""

    surface: Surface
    solid: Mask
    mirrored: Mask
    floor: Floats32


def _placed(
    scene: Scene, placements: Placements, groups: Sequence[_Group], corners: Floats
) -> _Soup:
    """All groups at their placements, in one list of vertices and triangles."""
    order = np.concatenate([group.indices for group in groups])
    maps, shifts = _screen_maps(placements.world[order], corners[order])
    cofactors = _cofactors(placements.world[order, :3, :3]).astype(np.float32)
    points, normals, triangles = [], [], []
    occurrence = vertex = 0
    for group in groups:
        copies, count = len(group.indices), len(group.mesh.positions)
        mine = slice(occurrence, occurrence + copies)
        flat = group.mesh.positions @ maps[mine] + shifts[mine, None]
        points.append(flat.reshape(-1, 4))
        normals.append((group.mesh.normals @ cofactors[mine]).reshape(-1, 3))
        starts = vertex + count * np.arange(copies, dtype=np.int32)
        numbers = group.mesh.triangles.astype(np.int32) + starts[:, None, None]
        triangles.append(numbers.reshape(-1, 3))
        occurrence, vertex = occurrence + copies, vertex + copies * count
    screen, floor = _fitted(np.concatenate(points))
    placed = [len(group.indices) for group in groups]
    vertex_owner = np.repeat(
        np.arange(len(order)), np.repeat([len(g.mesh.positions) for g in groups], placed)
    )
    owner = np.repeat(
        np.arange(len(order)), np.repeat([len(g.mesh.triangles) for g in groups], placed)
    )
    entries = np.concatenate([np.tile(g.mesh.materials, len(g.indices)) for g in groups])
    colours = to_linear_rgba([placements.colours[index] for index in order])[vertex_owner]
    painted = np.flatnonzero(entries)
    colours[painted] = to_linear_rgba(scene.palette)[entries[painted]]
    closed = np.array([part.closed for part in scene.parts])
    surface = Surface(
        screen,
        _unit_rows(np.concatenate(normals)),
        colours,
        np.concatenate(triangles),
        order[owner].astype(np.int32),
    )
    mirrored = np.linalg.det(placements.world[order, :3, :3]) < 0
    return _Soup(surface, closed[placements.parts[order]][owner], mirrored[owner], floor)


def _screen_maps(world: Floats, corners: Floats) -> tuple[Floats32, Floats32]:
    """From each part's frame to the screen, not scaled yet: (k, 3, 4) and shifts (k, 4).

    Columns: right, down, away, and up in the world; metres from the middle of all boxes (single
    precision has no digits for the world's own origin). Occurrences of less than MIN_PIXELS are
    drawn larger about their middle, else a plant of small parts is an empty picture.
    corners: (k, 2, 3) world boxes.
    """
    fit = _Fit(corners)
    low, high = projected(corners, fit.middle)
    spans = np.linalg.norm(high - low, axis=1) * fit.scale / SAMPLES
    factor = np.clip(MIN_PIXELS / np.maximum(spans, 1e-6), 1.0, MAX_ENLARGEMENT)
    axes = np.concatenate([SCREEN, [[0.0], [1.0], [0.0]]], axis=1)
    maps = world[:, :3, :3].transpose(0, 2, 1) @ axes * factor[:, None, None]
    middles = (corners.mean(axis=1) - fit.middle) @ axes
    shifts = (world[:, :3, 3] - fit.middle) @ axes
    shifts = middles + (shifts - middles) * factor[:, None]
    return maps.astype(np.float32), shifts.astype(np.float32)


def _fitted(points: Floats32) -> tuple[Floats32, Floats32]:
    """Screen positions (v, 3) in samples of what `_screen_maps` made, and the same on the floor."""
    columns = [points[:, axis] for axis in range(4)]
    low = np.array([column.min() for column in columns], float)
    high = np.array([column.max() for column in columns], float)
    scale = float((_ROOM / np.maximum(high - low, 1e-9)[:2]).min())
    shift = np.zeros(3)
    shift[:2] = _SIZE / 2 - (low + high)[:2] / 2 * scale
    screen = points[:, :3] * np.float32(scale) + shift.astype(np.float32)
    drop = (points[:, 3:] - np.float32(low[3])) * np.float32(scale)
    return screen, screen - drop * SCREEN[1].astype(np.float32)


def _cofactors(linear: Floats) -> Floats:
    """What turns normals as linear maps (k, 3, 3) turn positions; for rows: normals @ cofactors."""
    a, b, c = linear[:, :, 0], linear[:, :, 1], linear[:, :, 2]
    stacked: Floats = np.stack([np.cross(b, c), np.cross(c, a), np.cross(a, b)], axis=1)
    return stacked


def _unit_rows(vectors: Floats32) -> Floats32:
    length = np.sqrt(np.einsum("vj,vj->v", vectors, vectors))[:, None]
    return np.asarray(np.divide(vectors, length, out=np.zeros_like(vectors), where=length > 0))


def _turned_away(corners: Floats32, mirrored: Mask) -> Mask:
    """(m,) triangles seen from behind; of a closed solid nobody sees them."""
    right, down = (corners[:, 1:, axis] - corners[:, :1, axis] for axis in (0, 1))
    area = right[:, 0] * down[:, 1] - right[:, 1] * down[:, 0]  # y grows down: outside is negative
    return np.asarray((area > 0) != mirrored)


def _ground_shadow(soup: _Soup) -> Floats32:
    """A soft shadow on the floor under the model; (HEIGHT, WIDTH) coverage from 0 to SHADOW.

    Of a closed solid the triangles that face up cast all of it.
    """
    shrink = 2
    width, height = WIDTH // shrink, HEIGHT // shrink
    flat = soup.floor / np.float32(shrink * SAMPLES)
    corners = flat[soup.surface.triangles]
    casts = ~(soup.solid & _turned_away(corners, soup.mirrored))
    covered = rasterise(corners[casts], width, height).front != NOTHING
    soft = blurred(covered.astype(np.float32), 7.0, 3.0)
    # Faded toward the frame, where it would be cut off.
    down = np.minimum(np.arange(height), np.arange(height)[::-1]) / 14.0
    across = np.minimum(np.arange(width), np.arange(width)[::-1]) / 14.0
    soft *= np.clip(down, 0, 1)[:, None] * np.clip(across, 0, 1)[None, :]
    return enlarged(soft * np.float32(SHADOW), (HEIGHT, WIDTH))


def to_linear_rgba(colours: Sequence[str]) -> Floats32:
    """(n, 4) linear light and alpha of sRGB #rrggbbaa."""
    unique = {colour: bytes.fromhex(colour[1:]) for colour in set(colours)}
    srgb = np.array([list(unique[colour]) for colour in colours], float).reshape(-1, 4) / 255
    return np.concatenate([to_linear(srgb[:, :3]), srgb[:, 3:]], axis=1).astype(np.float32)
