"""Colours as readers meet them, and the one palette of a scene they end in.

While reading, a colour is one number, red·2²⁴ + green·2¹⁶ + blue·2⁸ + alpha, sRGB; OWN_COLOUR
stands for "the occurrence's own colour".
"""

from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from holotable.conversion.normals import first_of_each
from holotable.review.scene import DEFAULT_COLOUR, Floats

Colours: TypeAlias = NDArray[np.int64]  # packed, or OWN_COLOUR

OWN_COLOUR: Final = -1
MAX_PALETTE: Final = 4096


def pack(red: float, green: float, blue: float, alpha: float = 1.0) -> int:
    """One sRGB colour of components 0 to 1, clipped; what is no number counts as 0."""
    return int(pack_rows(np.array([[red, green, blue, alpha]]))[0])


def pack_rows(components: ArrayLike) -> Colours:
    """(n,) packed colours of (n, 3 or 4) sRGB components from 0 to 1."""
    rows = np.nan_to_num(np.asarray(components, np.float64), nan=0.0, posinf=1.0, neginf=0.0)
    return pack_bytes(np.rint(np.clip(rows, 0.0, 1.0) * 255))


def pack_bytes(components: ArrayLike) -> Colours:
    """(n,) packed colours of (n, 3 or 4) sRGB components from 0 to 255."""
    rows = np.asarray(components).astype(np.int64)
    alpha = rows[:, 3] if rows.shape[1] > 3 else 255
    packed: Colours = rows[:, 0] << 24 | rows[:, 1] << 16 | rows[:, 2] << 8 | alpha
    return packed


def pack_hex(text: str) -> int | None:
    """The colour written #rrggbb or #rrggbbaa, or None."""
    digits = text.strip().removeprefix("#")
    if len(digits) not in (6, 8):
        return None
    try:
        return int(digits + ("ff" if len(digits) == 6 else ""), 16)
    except ValueError:
        return None


def as_hex(colour: int) -> str:
    """#rrggbbaa."""
    return f"#{colour:08x}"


def to_srgb(linear: ArrayLike) -> Floats:
    """Encode linear light 0 to 1 (IEC 61966-2-1)."""
    light = np.clip(np.asarray(linear, np.float64), 0.0, 1.0)
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)


def to_linear(srgb: ArrayLike) -> Floats:
    """Decode sRGB 0 to 1 to linear light (IEC 61966-2-1)."""
    code = np.clip(np.asarray(srgb, np.float64), 0.0, 1.0)
    return np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)


def make_palette(
    colours: Sequence[Colours], sampled: Sequence[bool], limit: int = MAX_PALETTE
) -> tuple[tuple[str, ...], list[NDArray[np.uint16]], bool]:
    """Number all colours of a scene; entry 0 is the occurrence's own colour.

    colours: one array for each part. sampled: whether it came from textures or vertex colours, and
        may therefore be approximated when the palette is full; materials then stay exact.
    returns: the palette, the materials of each part, whether anything was approximated.
    """
    joined = np.concatenate([*colours, np.empty(0, np.int64)])
    known = joined != OWN_COLOUR
    final = joined
    distinct = _distinct(joined[known])
    if len(distinct) >= limit:
        # Places among the distinct, once: np.isin and np.unique took half of a reader's time.
        place = np.searchsorted(distinct, joined[known])
        origin = np.repeat(np.asarray(sampled, bool), [len(part) for part in colours])[known]
        weight = np.bincount(place, minlength=len(distinct))
        exact = np.bincount(place[~origin], minlength=len(distinct)) > 0
        if np.count_nonzero(exact) > limit // 2:
            exact[:] = False
        room = limit - 1 - int(np.count_nonzero(exact))
        mapped = distinct.copy()
        mapped[~exact] = _coarsened(distinct[~exact], weight[~exact].astype(np.float64), room)
        final = joined.copy()
        final[known] = mapped[place]
        distinct = _distinct(mapped)
    palette = (DEFAULT_COLOUR, *(as_hex(int(colour)) for colour in distinct))
    numbers = np.where(final == OWN_COLOUR, 0, np.searchsorted(distinct, final) + 1)
    bounds = np.cumsum([len(part) for part in colours])[:-1]
    return palette, np.split(numbers.astype(np.uint16), bounds), final is not joined


def _distinct(colours: Colours) -> Colours:
    """Each colour once, ascending. Sorting takes a fifth of the time of np.unique's hashing."""
    ordered = np.sort(colours)
    first = np.ones(len(ordered), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    chosen: Colours = ordered[first]
    return chosen


def _coarsened(loose: Colours, weight: Floats, limit: int) -> Colours:
    """(n,) for each colour in `loose` (ascending) the mean of its cell, at most `limit` means.

    weight: (n,) how often each colour is used.
    """
    channels = np.stack([loose >> shift & 255 for shift in (24, 16, 8, 0)], axis=1)
    cell = np.zeros(len(loose), np.int64)
    for bits in (7, 6, 5, 4, 3, 2, 1):
        alpha_bits = min(bits, 2)
        cell = np.zeros(len(loose), np.int64)
        for channel in range(3):
            cell = cell << bits | channels[:, channel] >> (8 - bits)
        cell = cell << alpha_bits | channels[:, 3] >> (8 - alpha_bits)
        first, cell = first_of_each(cell)
        if len(first) <= limit:
            break
    total = np.bincount(cell, weights=weight)
    means = [np.bincount(cell, weights=weight * channels[:, c]) / total for c in range(4)]
    return pack_bytes(np.rint(np.stack(means, axis=1)))[cell]
