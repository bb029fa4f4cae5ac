"""A revision that is one body of triangles beside one of many parts: the STL of an assembly.

No row has a partner there. Each part is in the body when its surface lies on it, and the body is
the same when all of its surface lies on parts.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from holotable.review.compare_distance import (
    MOST_POINTS,
    SAGS,
    Surface,
    evenly,
    farthest,
    is_rigid,
    slack,
    surface_of,
)
from holotable.review.compare_judge import Files
from holotable.review.compare_kin import Kin
from holotable.review.compare_match import WHOLE, Partners
from holotable.review.compare_side import Side
from holotable.review.model_file import Triangles

Floats: TypeAlias = NDArray[np.float64]
Whole: TypeAlias = NDArray[np.int64]

_MOST_PARTS: Final = 5_000  # placed: each is looked for by itself
_MOST_TRIANGLES: Final = 1_000_000  # of all parts as they are placed
_POINTS: Final = 150_000  # of all parts together: a hundred thousand a second
_FEWEST: Final = 200  # of one part
_IN_IT: Final = 0.5  # of a part's area: with less on the body it is not there
_MEANT: Final = 0.5  # of all parts' areas: with less the body stands for something else


@dataclass(frozen=True, slots=True)
class OneBody:
    """body: row of the side that is one body.  changed: rows of the other side that are in it with
    another shape.  body_changed: it has surface that no part has.  of_new: the body is the new
    revision.
    """

    body: int
    changed: Whole
    body_changed: bool
    of_new: bool


def one_body(old: Files, new: Files, kin: Kin, partners: Partners) -> OneBody | None:
    """Look for the parts of one side in the only body of the other.

    Changes `partners` when it stands for them. None when no side is one body, or when it is a part
    of the other side, the only one that is left.
    """
    for of_new, (one, many) in enumerate(((old, new), (new, old))):
        if not _is_candidate(one.side, many.side):
            continue
        body = int(one.side.placed[0])
        partner = int((partners.back if of_new else partners.partner)[body])
        if partner >= 0:
            figure = int(many.side.figures.of[np.searchsorted(many.side.placed, partner)])
            mine = (kin.new if of_new else kin.old)[0]
            if mine == (kin.old if of_new else kin.new)[figure]:
                return None
        return _look(one, many, body, bool(of_new), partners)
    return None


def _is_candidate(one: Side, many: Side) -> bool:
    if len(one.placed) != 1 or not 2 <= len(many.placed) <= _MOST_PARTS:
        return False
    return not bool(one.figures.exact[0])


def _look(one: Files, many: Files, body: int, of_new: bool, partners: Partners) -> OneBody | None:
    side = many.side
    itself = one.surface(int(one.side.parts[body]))
    inverse = np.linalg.inv(one.side.world[body])
    ways = {int(row): inverse @ side.world[row] for row in side.placed.tolist()}
    union = _union(many, ways)
    if itself is None or union is None:
        return None
    most = max(_FEWEST, min(MOST_POINTS, _POINTS // len(ways)))
    found, changed = [], []
    for row, way in ways.items():
        surface = many.surface(int(side.parts[row]))
        if surface is None:
            continue
        share, away = lies_on(surface, itself, way, most)
        if share >= _IN_IT:
            found.append(row)
            if away > 0.0:
                changed.append(row)
    areas = side.figures.areas[side.figures.of]
    meant = np.isin(side.placed, found)
    if not found or areas[meant].sum() < _MEANT * areas.sum():
        return None
    _, beyond = lies_on(itself, union, np.eye(4), MOST_POINTS)
    rows = np.array(found, np.int64)
    partners.partner[:], partners.back[:], partners.how[:] = -1, -1, 0
    if of_new:
        partners.partner[rows], partners.back[body], partners.how[rows] = body, rows[0], WHOLE
    else:
        partners.partner[body], partners.back[rows], partners.how[body] = rows[0], body, WHOLE
    return OneBody(body, np.array(changed, np.int64), beyond > 0.0, of_new)


def lies_on(this: Surface, other: Surface, way: Floats, most: int) -> tuple[float, float]:
    """The share of a surface's area that lies on another one and looks the same way there, 0 to 1
    (a pin in its bore looks the other way), and how far the farthest point of it is beyond what
    triangles explain, metres. way: (4, 4) to the other's frame.  most: points that are looked at.
    """
    if not is_rigid(way):
        this, way = this.moved(way), np.eye(4)
    noise, coarse = slack(this, other)
    some = evenly(len(this.grid), most)
    corners, normals = this.grid.facets(some)
    strays = this.grid.sag_at(corners.mean(axis=1), some)
    corners, normals = corners @ way[:3, :3].T + way[:3, 3], normals @ way[:3, :3].T
    middles = corners.mean(axis=1)
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    areas = np.linalg.norm(across, axis=1)
    near = other.grid.nearest(middles, normals, noise + coarse)
    strays += other.grid.sag_at(middles, near.triangle)
    on = (near.triangle >= 0) & (np.abs(near.signed) <= noise + SAGS * strays)
    share = float(areas[on].sum() / max(areas.sum(), 1e-300))
    found = farthest(this, other, way, noise, coarse, most)
    return share, 0.0 if found is None else found[0]


def _union(many: Files, ways: dict[int, Floats]) -> Surface | None:
    """All parts as one surface in the body's frame; None when there are too many triangles."""
    positions: list[Floats] = []
    corners: list[Whole] = []
    points = triangles = 0
    for row, way in ways.items():
        part = many.triangles(int(many.side.parts[row]))
        if part is None:
            continue
        triangles += len(part.triangles)
        if triangles > _MOST_TRIANGLES:
            return None
        flipped = np.linalg.det(way[:3, :3]) < 0
        positions.append(part.positions @ way[:3, :3].T + way[:3, 3])
        corners.append((part.triangles[:, ::-1] if flipped else part.triangles) + points)
        points += len(part.positions)
    if not positions:
        return None
    return surface_of(Triangles(np.concatenate(positions), np.concatenate(corners)))
