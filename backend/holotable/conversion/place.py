"""Where every occurrence stands: world transforms, split into what a renderer's TRS can say.

A renderer places an instance by translation, rotation and scale. A mirrored or sheared placement
is none of these, so its part is *baked*: an extra geometry, numbered after the parts, holds the
part's mesh under the remaining linear map. Structure, counts and names keep the source part.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from holotable.review.scene import DEFAULT_COLOUR, Floats, Floats32, Node, Scene

Integers: TypeAlias = NDArray[np.int64]

# Columns count as perpendicular below this cosine: 1e-5 turns a 1 m part by 10 micrometres.
SHEAR_TOLERANCE: Final = 1e-5
# A determinant below this share of the largest stretch cubed is a flattened placement.
FLAT_TOLERANCE: Final = 1e-9
# Beyond this distance from 0 single precision (24 bit) is coarser than 0.1 mm.
FAR_M: Final = 1_000.0
WIDE_M: Final = 16_000.0  # single precision tells 1 mm apart this far from its origin

MIRROR: Final = np.diag([-1.0, 1.0, 1.0])


@dataclass(frozen=True, slots=True)
class Geometry:
    """What chunks hold: a part as it is, or baked by a linear map (3, 3)."""

    part: int
    bake: Floats | None = None


@dataclass(frozen=True, slots=True)
class Placements:
    """All occurrences in dense order (rank among the rows that have a part), k of them.

    rows, parts, geometries: (k,) numbers. world: (k, 4, 4) part frame to model frame, metres.
    rotations: (k, 4) quaternions x, y, z, w. scales: (k, 3). translations: (k, 3) metres.
    world = translation * rotation * scale * bake of the geometry. colours: sRGB #rrggbbaa.
    shown: (k,) not a hidden row of a building, by itself or by a row above (rooms, openings);
        counts, bounds and budgets are of these. All of them when none is left.
    catalogue: geometry g < number of parts is part g itself.
    """

    rows: Integers
    parts: Integers
    geometries: Integers
    world: Floats
    rotations: Floats
    scales: Floats
    translations: Floats
    colours: tuple[str, ...]
    catalogue: tuple[Geometry, ...]
    shown: NDArray[np.bool_]

    def counts(self) -> Integers:
        """How often each geometry is placed; (geometries,)."""
        return np.bincount(self.geometries, minlength=len(self.catalogue))


def place(scene: Scene) -> Placements:
    """Resolve the tree: transforms, inherited colours and the geometries that they need."""
    rows = np.array([row for row, node in enumerate(scene.nodes) if node.part is not None], int)
    parts = np.array([node.part for node in scene.nodes if node.part is not None], int)
    world = world_transforms(scene.nodes)[rows]
    catalogue = [Geometry(part) for part in range(len(scene.parts))]
    geometries, rotations, scales = _split(world[:, :3, :3], parts, catalogue)
    colours = resolved_colours(scene.nodes)
    # What a CAD file hides is a part all the same; rooms and openings of a building are not.
    left_out = resolved_hidden(scene.nodes)[rows] & (scene.source.kind == "ifc")
    shown = ~left_out
    return Placements(
        rows=rows,
        parts=parts,
        geometries=geometries,
        world=world,
        rotations=rotations,
        scales=scales,
        translations=world[:, :3, 3].copy(),
        colours=tuple(colours[row] for row in rows),
        catalogue=tuple(catalogue),
        shown=shown if shown.any() else np.ones_like(shown),
    )


def world_transforms(nodes: tuple[Node, ...]) -> Floats:
    """Each node's frame in the model frame; (n, 4, 4).

    One multiplication per level of the tree: a loop over 500,000 nodes took 1.5 s.
    """
    world = np.array([node.transform for node in nodes], float).reshape(-1, 4, 4)
    parents = np.array([node.parent for node in nodes], int)
    depths = np.zeros(len(nodes), int)
    for row, node in enumerate(nodes):
        if node.parent >= 0:
            depths[row] = depths[node.parent] + 1
    order = np.argsort(depths, kind="stable")
    for members in np.split(order, np.flatnonzero(np.diff(depths[order])) + 1)[1:]:
        world[members] = world[parents[members]] @ world[members]
    return world


def resolved_colours(nodes: tuple[Node, ...]) -> list[str]:
    """Each node's own or inherited colour."""
    colours: list[str] = []
    for node in nodes:
        inherited = colours[node.parent] if node.parent >= 0 else DEFAULT_COLOUR
        colours.append(node.colour or inherited)
    return colours


def resolved_hidden(nodes: tuple[Node, ...]) -> NDArray[np.bool_]:
    """(n,) whether each node is hidden when first opened, by itself or by one above it."""
    hidden: list[bool] = []
    for node in nodes:
        hidden.append(node.hidden or (node.parent >= 0 and hidden[node.parent]))
    return np.array(hidden, bool)


@dataclass(frozen=True, slots=True)
class Kinds:
    """What keeps each linear map (k, 3, 3) from being a rotation times a positive scale."""

    lengths: Floats  # (k, 3) of the columns
    flat: NDArray[np.bool_]  # (k,) at least one dimension is lost
    sheared: NDArray[np.bool_]  # the columns are not perpendicular
    mirrored: NDArray[np.bool_]


def classify(linear: Floats) -> Kinds:
    """Sort linear maps by what a renderer's TRS can say of them."""
    lengths = np.linalg.norm(linear, axis=1)
    determinant = np.linalg.det(linear)
    flat = np.abs(determinant) <= FLAT_TOLERANCE * lengths.max(axis=1, initial=0.0) ** 3
    cosines = np.einsum("kri,krj->kij", linear, linear)[:, [0, 0, 1], [1, 2, 2]]
    products = lengths[:, [0, 0, 1]] * lengths[:, [1, 2, 2]]
    sheared = (np.abs(cosines) > SHEAR_TOLERANCE * products).any(axis=1)
    return Kinds(lengths, flat, sheared, determinant < 0)


def _split(
    linear: Floats, parts: Integers, catalogue: list[Geometry]
) -> tuple[Integers, Floats, Floats]:
    """Rotation and scale of each linear map (k, 3, 3), and the geometry that takes the rest."""
    kinds = classify(linear)
    plain = ~(kinds.flat | kinds.sheared | kinds.mirrored)

    geometries = parts.copy()
    rotations = np.zeros((len(parts), 4))
    rotations[:, 3] = 1.0
    scales = np.ones((len(parts), 3))
    scales[plain] = kinds.lengths[plain]
    rotations[plain] = quaternions(linear[plain] / kinds.lengths[plain][:, None, :])

    known: dict[tuple[int, str], int] = {}
    for index in np.flatnonzero(~plain):
        bake, rotation, scale = _baked(
            linear[index], bool(kinds.flat[index]), bool(kinds.sheared[index])
        )
        key = (int(parts[index]), _fingerprint(bake))
        if key not in known:
            known[key] = len(catalogue)
            catalogue.append(Geometry(int(parts[index]), bake))
        geometries[index] = known[key]
        scales[index] = scale
        rotations[index] = quaternions(rotation[None])[0]
    return geometries, rotations, scales


def _baked(linear: Floats, flat: bool, sheared: bool) -> tuple[Floats, Floats, Floats]:
    """What to bake into the mesh, and the rotation and scale that remain for the renderer."""
    if flat:
        return linear, np.eye(3), np.ones(3)
    flip = MIRROR if np.linalg.det(linear) < 0 else np.eye(3)
    proper = linear @ flip
    if not sheared:
        lengths = np.linalg.norm(proper, axis=0)
        return flip, proper / lengths, lengths
    left, stretches, right = np.linalg.svd(proper)  # polar decomposition: rotation * stretch
    return right.T @ np.diag(stretches) @ right @ flip, left @ right, np.ones(3)


def _fingerprint(bake: Floats) -> str:
    """Equal for maps that differ by rounding only: six digits of the largest entry."""
    largest = max(float(np.abs(bake).max()), 1e-30)
    return " ".join(f"{value:.0f}" for value in (np.round(bake / largest * 1e6) + 0.0).flat) + (
        f" {largest:.6g}"
    )


def quaternions(matrices: Floats) -> Floats:
    """Rotation matrices (k, 3, 3) to unit quaternions (k, 4) x, y, z, w with w >= 0.

    Shepperd's method: divide by the largest of the four candidates. Noise below 1e-9 becomes 0, so
    that axis-parallel placements repeat exactly and compress to nothing.
    """
    trace = np.trace(matrices, axis1=1, axis2=2)
    diagonal = np.diagonal(matrices, axis1=1, axis2=2)
    squares = np.concatenate([1.0 + 2.0 * diagonal - trace[:, None], 1.0 + trace[:, None]], axis=1)
    candidates = np.empty((len(matrices), 4, 4))
    candidates[:, 0] = _stack(
        squares[:, 0], _sum(matrices, 1, 0), _sum(matrices, 2, 0), _difference(matrices, 2, 1)
    )
    candidates[:, 1] = _stack(
        _sum(matrices, 1, 0), squares[:, 1], _sum(matrices, 2, 1), _difference(matrices, 0, 2)
    )
    candidates[:, 2] = _stack(
        _sum(matrices, 2, 0), _sum(matrices, 2, 1), squares[:, 2], _difference(matrices, 1, 0)
    )
    candidates[:, 3] = _stack(
        _difference(matrices, 2, 1),
        _difference(matrices, 0, 2),
        _difference(matrices, 1, 0),
        squares[:, 3],
    )
    chosen = candidates[np.arange(len(matrices)), squares.argmax(axis=1)]
    chosen = chosen / np.linalg.norm(chosen, axis=1, keepdims=True)
    chosen = np.where(np.abs(chosen) < 1e-9, 0.0, chosen)
    first = np.where(chosen[:, 3] != 0, chosen[:, 3], chosen[:, :3].sum(axis=1))
    signed: Floats = chosen * np.where(first < 0, -1.0, 1.0)[:, None] + 0.0
    return signed


def _sum(matrices: Floats, row: int, column: int) -> Floats:
    total: Floats = matrices[:, row, column] + matrices[:, column, row]
    return total


def _difference(matrices: Floats, row: int, column: int) -> Floats:
    difference: Floats = matrices[:, row, column] - matrices[:, column, row]
    return difference


def _stack(*columns: Floats) -> Floats:
    return np.stack(columns, axis=1)


def corner_boxes(boxes: Floats, placements: Placements) -> Floats:
    """World boxes around each occurrence's part box; (k, 2, 3) minimum and maximum, metres.

    boxes: (parts, 2, 3) in each part's frame. Exact for axis-parallel placements, else larger.
    """
    centres = boxes.mean(axis=1)[placements.parts]
    halves = (boxes[:, 1] - boxes[:, 0])[placements.parts] / 2
    linear = placements.world[:, :3, :3]
    middle = np.einsum("kij,kj->ki", linear, centres) + placements.world[:, :3, 3]
    reach = np.einsum("kij,kj->ki", np.abs(linear), halves)
    return np.stack([middle - reach, middle + reach], axis=1)


def exact_bounds(corners: Floats, placements: Placements, positions: list[Floats32]) -> Floats:
    """The tight world box of all vertices that are shown at first; (2, 3) metres.

    Only occurrences whose corner box reaches beyond the best found are looked into, so that a
    plant of 100,000 occurrences costs a few dozen matrix products.
    positions: each part's vertices. raises nothing; an empty scene gives zeros.
    """
    bounds = np.zeros((2, 3))
    for side, direction in ((0, -1.0), (1, 1.0)):
        for axis in range(3):
            reach = np.where(placements.shown, corners[:, side, axis] * direction, -np.inf)
            best = -np.inf
            for index in np.argsort(-reach, kind="stable"):
                if reach[index] <= best:
                    break
                vertices = positions[placements.parts[index]]
                if len(vertices):
                    row = placements.world[index, axis]
                    along = vertices.astype(float) @ row[:3] + row[3]
                    best = max(best, float((along * direction).max()))
            bounds[side, axis] = best * direction if np.isfinite(best) else 0.0
    return bounds


def origin_of(bounds: Floats, corners: Floats) -> Floats:
    """The point that vertices are relative to; (3,) metres, whole metres.

    0 near the world's own origin; the model's centre when it lies beyond FAR_M; amid most
    occurrences when single precision cannot hold both ends: strays must not blur the rest.

    corners: (k, 2, 3) boxes of occurrences.
    """
    if np.abs(bounds).max() <= FAR_M:
        return np.zeros(3)
    centre: Floats = bounds.mean(axis=0)
    if np.ptp(bounds, axis=0).max() > WIDE_M and len(corners):
        centres = corners.mean(axis=1)
        middle = np.median(centres, axis=0)
        centre = centres[np.linalg.norm(centres - middle, axis=1).argmin()]
        if np.abs(centre).max() <= FAR_M:
            return np.zeros(3)
    rounded: Floats = np.round(centre)
    return rounded
