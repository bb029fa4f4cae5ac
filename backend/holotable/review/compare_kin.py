"""Which figures of two revisions have the same shape, wherever they stand and whatever they are
made of: candidates for being the same part, to be looked at closely afterwards.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from holotable.review.compare_side import Figures, Side

Floats: TypeAlias = NDArray[np.float64]
Whole: TypeAlias = NDArray[np.int64]
Mask: TypeAlias = NDArray[np.bool_]

RELATIVE: Final = 2e-5  # of sizes: what is left of a number that went through inches and text
_SAGS: Final = 2.0  # of both sides' triangles together: how far integrals over them may be off
_EXACT: Final = 1e-5  # relative, of volumes and areas of B-reps written by two programs
_GROUPED: Final = 1e-4  # relative: figures of one side nearer than this are looked at once
_MOST_PAIRS: Final = 4_000_000
_SYMMETRIC: Final = 1e-3  # of size cubed


@dataclass(frozen=True, slots=True)
class Kin:
    """old, new: (figures of each side,) number of the shape; equal for those that may be equal."""

    old: Whole
    new: Whole


def kin_of(old: Side, new: Side) -> Kin:
    """Number the shapes of both sides."""
    figures = (old.figures, new.figures)
    marks = [_marks(side) for side in (old, new)]
    known = np.concatenate([_invariants(one) for one in figures])
    strays = np.concatenate([one.sags for one in figures])
    marked = np.concatenate(marks)
    rigid = np.concatenate([_is_plain(one) for one in figures])
    _, same_mesh = np.unique(marked, return_inverse=True)
    same_mesh = same_mesh.reshape(-1)
    count = len(known)
    parent = np.arange(count)

    # Equal triangles are equal shapes; so are near ones that one file repeats.
    stretched = np.flatnonzero(~rigid)
    mesh_key = same_mesh.copy()
    mesh_key[stretched] = same_mesh.max(initial=0) + 1 + np.arange(len(stretched))
    parent = mesh_key_parents(mesh_key)
    groups = np.unique(parent)
    plain = groups[known[groups, 0] > 0]
    scale = np.maximum(known[plain, 1], 1e-12)
    rounded = np.round(np.log(np.maximum(known[plain][:, [0, 1, 2, 3]], 1e-12)) / _GROUPED)
    del scale
    _, first, inverse = np.unique(rounded, axis=0, return_index=True, return_inverse=True)
    heads = plain[first]
    chief = np.arange(count)
    chief[plain] = heads[inverse.reshape(-1)]
    one, other = _near(known, strays, heads)
    alike = _alike(known, strays, one, other)
    numbers = _components(
        count,
        np.r_[parent, chief],
        np.r_[np.arange(count), np.arange(count)],
        one[alike],
        other[alike],
    )
    return Kin(numbers[: len(figures[0])], numbers[len(figures[0]) :])


def mesh_key_parents(keys: Whole) -> Whole:
    """(n,) the first place of each key."""
    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    return first[inverse.reshape(-1)]


def _marks(side: Side) -> NDArray[np.void]:
    """(f,) 16 bytes of the triangles; of older packages something of their own for each part."""
    figures = side.figures
    if side.shapes.whole:
        return side.shapes.meshes[figures.parts]
    own = np.zeros(len(figures), [("side", "<u8"), ("part", "<u8")])
    own["side"], own["part"] = id(side), figures.parts
    return own.view("V16")


def _is_plain(figures: Figures) -> Mask:
    return np.asarray(np.abs(figures.stretches - np.eye(3)).max(axis=(1, 2), initial=0.0) < 1e-9)


def _invariants(figures: Figures) -> Floats:
    """(f, 10) lengths and numbers that no motion changes: root of the area, three radii of the
    surface, how lopsided it is (signed, so that a mirror image differs), size; of exact solids
    the cube root of the volume, root of the area, and root of the trace of the inertia.
    """
    radii = np.sqrt(np.maximum(np.linalg.eigvalsh(figures.seconds), 0.0))
    thirds = figures.thirds
    along = np.einsum("fiij->fj", thirds)
    lop = np.cbrt(np.linalg.norm(thirds.reshape(-1, 27), axis=1))
    volume = np.where(figures.exact, figures.volumes, np.nan)
    area = np.where(figures.exact, figures.exact_areas, np.nan)
    spread = np.sqrt(np.maximum(np.trace(figures.inertias, axis1=1, axis2=2), 0.0))
    return np.stack(
        [
            np.sqrt(figures.areas), radii[:, 2], radii[:, 1], radii[:, 0], lop,
            np.cbrt(np.linalg.norm(along, axis=1)), figures.sizes,
            np.cbrt(volume), np.sqrt(area), np.where(figures.exact, spread, np.nan),
        ],
        axis=1,
    )  # fmt: skip


def _near(known: Floats, strays: Floats, heads: Whole) -> tuple[Whole, Whole]:
    """Pairs of heads whose areas are near enough to look at."""
    order = heads[np.argsort(known[heads, 0], kind="stable")]
    roots = known[order, 0]
    slack = RELATIVE * roots + _SAGS * (
        strays[order] + np.median(strays[order]) if len(order) else 0
    )
    last = np.searchsorted(roots, roots + 2.0 * slack, side="right")
    lengths = last - np.arange(len(order)) - 1
    if lengths.sum() > _MOST_PAIRS:
        lengths = np.minimum(lengths, max(1, _MOST_PAIRS // max(1, len(order))))
    one = np.repeat(np.arange(len(order)), lengths)
    ends = np.cumsum(lengths)
    other = (
        one + 1 + np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - lengths, lengths)
    )
    return order[one], order[other]


def _alike(known: Floats, strays: Floats, one: Whole, other: Whole) -> Mask:
    """(k,) whether all that is known of both is equal within what it may be off."""
    a, b = known[one], known[other]
    size = np.maximum(a[:, 6], b[:, 6])
    off = RELATIVE * size + _SAGS * (strays[one] + strays[other])
    good = (np.abs(a[:, :4] - b[:, :4]) <= off[:, None]).all(axis=1)
    # Cube roots of near nothing jump about: lopsidedness counts in cubes.
    for column in (4, 5):
        cubes = np.abs(a[:, column] ** 3 - b[:, column] ** 3)
        good &= cubes <= 3.0 * off * size**2 + _SYMMETRIC * size**3 * 1e-3
    both = np.isfinite(a[:, 7]) & np.isfinite(b[:, 7])
    for column in (7, 8, 9):
        good &= ~both | (
            np.abs(a[:, column] - b[:, column])
            <= _EXACT * np.maximum(np.abs(a[:, column]), np.abs(b[:, column]))
        )
    return np.asarray(good)


def _components(count: int, heads: Whole, tails: Whole, one: Whole, other: Whole) -> Whole:
    """(count,) number of the connected group of each, by pointer jumping."""
    left, right = np.r_[heads, one], np.r_[tails, other]
    number = np.arange(count)
    while True:
        before = number.copy()
        low = np.minimum(number[left], number[right])
        np.minimum.at(number, left, low)
        np.minimum.at(number, right, low)
        number = number[number]
        if np.array_equal(number, before):
            return number
