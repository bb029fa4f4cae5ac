"""How far one surface lies from another: signed, for heat maps, and whether two are the same.

Positive is outwards: where the new surface lies outside of the old one. Triangles are as the file
had them, never those of a viewer's levels, whose simplification would look like a change.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from holotable.review.model_file import Triangles
from holotable.review.shape import sags, welded

Floats: TypeAlias = NDArray[np.float64]
Whole: TypeAlias = NDArray[np.int64]

# A vertex lies on the true surface, which the other's triangles miss by their sag; the middle of a
# triangle is off by its own sag as well. Sags are estimates, up to a fifth too small: twice.
SAGS: Final = 2.0
RELATIVE: Final = 4e-6  # of the size: single precision and six digits of text
_SINGLE: Final = 2.0**-22  # of coordinates far from the origin
MOST_POINTS: Final = 20_000  # of one part and side that are compared
MOST_TRIANGLES: Final = 2_000_000
_PAIRS: Final = 400_000  # points and triangles looked at together: 100 MB
_HALVINGS: Final = 24
_FACING: Final = 0.5  # cosine of normals that look the same way
_FIRST_LOOK: Final = 400  # points
_FEWEST: Final = 4
_MOST_DOUBTS: Final = 2_000  # points beyond what is allowed that are looked at closely


@dataclass(frozen=True, slots=True)
class Nearest:
    """Of each point: distance (n,) metres, signed; the nearest triangle (n,)."""

    signed: Floats
    triangle: Whole


@dataclass(frozen=True, slots=True)
class _Found:
    """What a search has found so far, filled in place.  wanted: normals, or None."""

    best: Floats
    triangle: Whole
    facing: Floats
    wanted: Floats | None


class SurfaceGrid:
    """Triangles in a grid of cubes, to be asked for the one nearest to a point."""

    def __init__(self, surface: Triangles) -> None:
        corners = surface.positions[surface.triangles]
        normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        lengths = np.linalg.norm(normals, axis=1)
        self._kept = np.flatnonzero(lengths > 0.0)
        self._corners = corners[self._kept]
        self._normals = normals[self._kept] / lengths[self._kept][:, None]
        self._sags = corner_sags(surface)[self._kept]
        low, high = self._corners.min(axis=(0, 1)), self._corners.max(axis=(0, 1))
        self._low = low
        extent = float(max((high - low).max(), 1e-9))
        # About two triangles for each square of a cube's side, if all were alike.
        side = float(np.sqrt(lengths.sum() / max(1, len(self._kept))))
        self._cell = max(side, extent / 200.0, 1e-12)
        self._shape = np.floor((high - low) / self._cell).astype(np.int64) + 1
        self._enter()

    def _enter(self) -> None:
        """Sort the triangles into the cubes that their pieces touch.

        The box of a sliver across a large face holds all of the face's cubes: long ones are cut in
        halves until their pieces are as small as cubes.
        """
        pieces, owners = self._corners, np.arange(len(self._corners))
        done: list[tuple[Floats, Whole]] = []
        for _ in range(_HALVINGS):
            long = np.ptp(pieces, axis=1).max(axis=1) > 2.0 * self._cell
            done.append((pieces[~long], owners[~long]))
            pieces, owners = _halved(pieces[long]), np.tile(owners[long], 2)
            if not len(pieces):
                break
        done.append((pieces, owners))
        pieces = np.concatenate([one for one, _ in done])
        owners = np.concatenate([one for _, one in done])
        first = np.floor((pieces.min(axis=1) - self._low) / self._cell).astype(np.int64)
        last = np.floor((pieces.max(axis=1) - self._low) / self._cell).astype(np.int64)
        first = np.clip(first, 0, self._shape - 1)
        spans = np.clip(last, 0, self._shape - 1) - first + 1
        volumes = spans.prod(axis=1)
        repeated = np.repeat(np.arange(len(spans)), volumes)
        ends = np.cumsum(volumes)
        steps = np.arange(int(ends[-1])) - np.repeat(ends - volumes, volumes)
        across = spans[repeated]
        z = steps % across[:, 2]
        y = steps // across[:, 2] % across[:, 1]
        x = steps // (across[:, 2] * across[:, 1])
        places = first[repeated] + np.stack([x, y, z], axis=1)
        cells = (places[:, 0] * self._shape[1] + places[:, 1]) * self._shape[2] + places[:, 2]
        owners = owners[repeated]
        pairs = np.unique(cells * len(self._corners) + owners)
        self._owners = pairs % len(self._corners)
        self._filled, starts = np.unique(pairs // len(self._corners), return_index=True)
        self._starts = np.r_[starts, len(pairs)]

    def nearest(
        self, points: Floats, normals: Floats | None = None, within: float = np.inf
    ) -> Nearest:
        """The nearest triangle of each point. Cheap for points on or near the surface.

        normals: (n, 3) only triangles that look the same way.  within: metres beyond which
        nothing is looked for; the distance is then infinite and the triangle −1.
        """
        best = np.full(len(points), np.inf)
        triangle = np.full(len(points), -1)
        facing = np.zeros(len(points))
        waiting = np.arange(len(points))
        high = self._low + self._shape * self._cell
        outside = np.maximum(np.maximum(self._low - points, points - high), 0.0)
        radius = np.linalg.norm(outside, axis=1) + 0.05 * self._cell
        while len(waiting):
            reach = radius[waiting][:, None]
            low = np.floor((points[waiting] - reach - self._low) / self._cell).astype(np.int64)
            upper = np.floor((points[waiting] + reach - self._low) / self._cell).astype(np.int64)
            low = np.clip(low, 0, self._shape - 1)
            spans = np.clip(upper, 0, self._shape - 1) - low + 1
            rows = spans[:, 0] * spans[:, 1]
            begin = 0
            while begin < len(waiting):  # as many points as make so many rows of cubes
                end = begin + max(1, int(np.searchsorted(np.cumsum(rows[begin:]), _PAIRS)))
                self._look_rows(points, waiting[begin:end], low[begin:end], spans[begin:end],
                                _Found(best, triangle, facing, normals))  # fmt: skip
                begin = end
            waiting = waiting[(best[waiting] > radius[waiting]) & (radius[waiting] < within)]
            radius[waiting] *= 4.0
        return Nearest(np.where(facing < 0.0, -best, best), triangle)

    def facets(self, triangle: Whole) -> tuple[Floats, Floats]:
        """(n, 3, 3) corners and (n, 3) normals of triangles as `nearest` names them."""
        return np.asarray(self._corners[triangle]), np.asarray(self._normals[triangle])

    def __len__(self) -> int:
        """Triangles with an area."""
        return len(self._corners)

    @property
    def largest_sag(self) -> float:
        """How coarse the triangles are, metres: a mesher keeps one bound for a whole part."""
        return float(self._sags.max(initial=0.0))

    def sag_at(self, points: Floats, triangle: Whole) -> Floats:
        """(n,) how far the true surface may be from the triangles where these are nearest.

        Between the corners of a triangle: a flat cap strays where it ends at a round wall.
        """
        corners = self._corners[triangle]
        nearest = closest_points(points, corners)
        weights = _barycentric(nearest, corners)
        return np.asarray(np.einsum("nc,nc->n", weights, self._sags[triangle]))

    def _look_rows(
        self, points: Floats, some: Whole, low: Whole, spans: Whole, found: "_Found"
    ) -> None:
        rows = spans[:, 0] * spans[:, 1]
        which = np.repeat(np.arange(len(some)), rows)
        ends = np.cumsum(rows)
        steps = np.arange(int(ends[-1])) - np.repeat(ends - rows, rows)
        x = low[which, 0] + steps // spans[which, 1]
        y = low[which, 1] + steps % spans[which, 1]
        start = (x * self._shape[1] + y) * self._shape[2] + low[which, 2]
        first = self._starts[np.searchsorted(self._filled, start)]
        last = self._starts[np.searchsorted(self._filled, start + spans[which, 2])]
        counts = last - first
        used = np.flatnonzero(counts)
        at = 0
        while at < len(used):
            upto = at + max(1, int(np.searchsorted(np.cumsum(counts[used[at:]]), _PAIRS)))
            part = used[at:upto]
            repeated = np.repeat(which[part], counts[part])
            runs = np.cumsum(counts[part])
            inner = np.arange(int(runs[-1])) - np.repeat(runs - counts[part], counts[part])
            owners = self._owners[np.repeat(first[part], counts[part]) + inner]
            self._measure(points, some[repeated], owners, found)
            at = upto

    def _measure(self, points: Floats, rows: Whole, owners: Whole, found: "_Found") -> None:
        best, facing = found.best, found.facing
        if found.wanted is not None:
            like = np.einsum("ij,ij->i", found.wanted[rows], self._normals[owners]) > _FACING
            rows, owners = rows[like], owners[like]
        if not len(rows):
            return
        where = points[rows]
        away = where - closest_points(where, self._corners[owners])
        distance = np.linalg.norm(away, axis=1)
        side = np.einsum("ij,ij->i", away, self._normals[owners])
        # Of triangles that meet in the nearest point, the one that faces it tells the side.
        order = np.lexsort((-np.abs(side), np.round(distance / (1e-7 * self._cell)), rows))
        first = np.flatnonzero(np.r_[True, rows[order][1:] != rows[order][:-1]])
        chosen = order[first]
        points_of = rows[chosen]
        near = 1e-7 * self._cell
        tie = np.abs(distance[chosen] - best[points_of]) <= near
        better = (distance[chosen] < best[points_of] - near) | (
            tie & (np.abs(side[chosen]) > np.abs(facing[points_of]))
        )
        chosen, points_of = chosen[better], points_of[better]
        best[points_of] = distance[chosen]
        found.triangle[points_of] = owners[chosen]
        facing[points_of] = side[chosen]


def _halved(corners: Floats) -> Floats:
    """Both halves of each triangle, cut across its longest side: the first halves, then the others.

    corners: (n, 3, 3).
    """
    sides = np.linalg.norm(corners[:, [1, 2, 0]] - corners, axis=2)
    order = (np.argmax(sides, axis=1)[:, None] + np.arange(3)) % 3
    turned = np.take_along_axis(corners, order[:, :, None], axis=1)
    a, b, c = turned[:, 0], turned[:, 1], turned[:, 2]
    middle = (a + b) / 2.0
    return np.concatenate([np.stack([a, middle, c], axis=1), np.stack([middle, b, c], axis=1)])


def _barycentric(points: Floats, corners: Floats) -> Floats:
    """(n, 3) weights of the corners at points in their planes."""
    ab, ac = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    ap = points - corners[:, 0]
    d00, d01, d11 = _dot(ab, ab), _dot(ab, ac), _dot(ac, ac)
    d20, d21 = _dot(ap, ab), _dot(ap, ac)
    below = d00 * d11 - d01 * d01
    safe = np.where(below > 0.0, below, 1.0)
    v, w = (d11 * d20 - d01 * d21) / safe, (d00 * d21 - d01 * d20) / safe
    weights = np.clip(np.stack([1.0 - v - w, v, w], axis=1), 0.0, 1.0)
    weights[below <= 0.0] = 1.0 / 3.0
    return weights


def corner_sags(surface: Triangles) -> Floats:
    """(m, 3) metres at each triangle's corners: the largest of all triangles that meet there."""
    places = welded(surface.positions)
    strays = sags(surface.positions, surface.triangles)
    at = np.zeros(int(places.max(initial=0)) + 1)
    corners = places[surface.triangles]
    for column in range(3):
        np.maximum.at(at, corners[:, column], strays)
    return np.asarray(at[corners])


def closest_points(points: Floats, corners: Floats) -> Floats:
    """The point of each triangle nearest to its point; Ericson 2005, section 5.1.5.

    points: (n, 3).  corners: (n, 3, 3).
    """
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    ab, ac, ap = b - a, c - a, points - a
    d1, d2 = _dot(ab, ap), _dot(ac, ap)
    bp, cp = points - b, points - c
    d3, d4, d5, d6 = _dot(ab, bp), _dot(ac, bp), _dot(ab, cp), _dot(ac, cp)
    va, vb, vc = d3 * d6 - d5 * d4, d5 * d2 - d1 * d6, d1 * d4 - d3 * d2
    total = va + vb + vc
    safe = np.where(np.abs(total) > 0.0, total, 1.0)
    result = a + ab * (vb / safe)[:, None] + ac * (vc / safe)[:, None]

    def put(mask: NDArray[np.bool_], value: Floats) -> None:
        result[mask] = value[mask]

    def share(top: Floats, bottom: Floats) -> Floats:
        return np.clip(top / np.where(bottom != 0.0, bottom, 1.0), 0.0, 1.0)[:, None]

    put(
        (va <= 0) & (d4 - d3 >= 0) & (d5 - d6 >= 0), b + share(d4 - d3, d4 - d3 + d5 - d6) * (c - b)
    )
    put((vb <= 0) & (d2 >= 0) & (d6 <= 0), a + share(d2, d2 - d6) * ac)
    put((vc <= 0) & (d1 >= 0) & (d3 <= 0), a + share(d1, d1 - d3) * ab)
    put((d6 >= 0) & (d5 <= d6), c)
    put((d3 >= 0) & (d4 <= d3), b)
    put((d1 <= 0) & (d2 <= 0), a)
    return result


def _dot(one: Floats, other: Floats) -> Floats:
    return np.asarray(np.einsum("ij,ij->i", one, other))


@dataclass(frozen=True, slots=True)
class Difference:
    """How far two surfaces are apart. largest_m: of what is beyond what their triangles explain.

    same: nothing is.  at: (3,) where it is largest.
    """

    same: bool
    largest_m: float
    at: Floats


class Surface:
    """One part's surface, made ready to be compared: in its own frame."""

    def __init__(self, triangles: Triangles) -> None:
        self.triangles = triangles
        self.grid = SurfaceGrid(triangles)
        self.probes = _probes(triangles)
        self.size = float(np.ptp(triangles.positions, axis=0).max())
        self.far = float(np.abs(triangles.positions).max())

    def moved(self, motion: Floats) -> "Surface":
        """The surface under a map that squeezes it. motion: (4, 4)."""
        positions = self.triangles.positions @ motion[:3, :3].T + motion[:3, 3]
        flipped = np.linalg.det(motion[:3, :3]) < 0
        corners = self.triangles.triangles
        return Surface(Triangles(positions, corners[:, ::-1] if flipped else corners))


def surface_of(triangles: Triangles | None) -> Surface | None:
    """A surface to compare; None without triangles, or when there are too many to look at."""
    if triangles is None or not len(triangles.triangles):
        return None
    if len(triangles.triangles) > MOST_TRIANGLES:
        return None
    corners = triangles.positions[triangles.triangles]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return Surface(triangles) if np.abs(normals).max() > 0.0 else None


def slack(one: Surface, other: Surface) -> tuple[float, float]:
    """Metres that rounding explains between two surfaces, and that their triangles may."""
    noise = RELATIVE * max(one.size, other.size) + _SINGLE * max(one.far, other.far)
    return noise, SAGS * (one.grid.largest_sag + other.grid.largest_sag)


def surfaces_differ(old: Surface, new: Surface, motion: Floats) -> Difference:
    """Whether two surfaces are the same but for how they are cut into triangles.

    motion: (4, 4) from the old frame to the new one.
    Vertices and middles of triangles of each are held against the other: a vertex on a rim sees
    another diameter, the middle of a bore's wall that the bore is gone.
    """
    if not is_rigid(motion):
        old, motion = old.moved(motion), np.eye(4)
    noise, coarse = slack(old, new)
    back = np.linalg.inv(motion)
    worst = Difference(True, 0.0, np.zeros(3))
    for some in (_FIRST_LOOK, None):  # a few points tell most shapes apart
        for this, other, way in ((old, new, motion), (new, old, back)):
            found = farthest(this, other, np.asarray(way), noise, coarse, some)
            if found is not None and found[0] > worst.largest_m:
                at = found[1] if this is new else motion[:3, :3] @ found[1] + motion[:3, 3]
                worst = Difference(False, found[0], at)
        if not worst.same:
            break
    return worst


def is_rigid(motion: Floats) -> bool:
    """Whether a map neither squeezes nor mirrors. motion: (4, 4)."""
    linear = motion[:3, :3]
    straight = np.abs(linear.T @ linear - np.eye(3)).max() < 1e-6
    return bool(straight and np.linalg.det(linear) > 0)


def farthest(
    this: Surface, other: Surface, way: Floats, noise: float, coarse: float, some: int | None
) -> tuple[float, Floats] | None:
    """Metres and place of what lies farthest beyond what is allowed; None when nothing does.

    way: (4, 4) rigid, to the other's frame.  some: how many points; None is all.
    """
    probes = this.probes
    chosen = evenly(len(probes.points), some or len(probes.points))
    points = probes.points[chosen] @ way[:3, :3].T + way[:3, 3]
    found = other.grid.nearest(points)
    away = np.abs(found.signed)
    allowed = noise + SAGS * (probes.sags[chosen] + other.grid.sag_at(points, found.triangle))
    beyond = np.flatnonzero(away > allowed)
    beyond = beyond[np.argsort(-away[beyond], kind="stable")][:_MOST_DOUBTS]
    if len(beyond) and away[beyond[0]] <= noise + coarse:
        # One facet between two sharp edges has no neighbour that tells how round it is. When its
        # own corners lie on the other surface, it is a chord of that.
        back = np.linalg.inv(way)
        facets, normals = other.grid.facets(found.triangle[beyond])
        chord = _on(
            this.grid,
            facets @ back[:3, :3].T + back[:3, 3],
            normals @ back[:3, :3].T,
            noise,
            coarse,
        )
        own = probes.triangles[chosen][beyond]
        middle = np.flatnonzero(own >= 0)
        corners = this.triangles.positions[this.triangles.triangles[own[middle]]]
        corners = corners @ way[:3, :3].T + way[:3, 3]
        normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        normals /= np.maximum(np.linalg.norm(normals, axis=1), 1e-300)[:, None]
        chord[middle] |= _on(other.grid, corners, normals, noise, coarse)
        beyond = beyond[~chord]
        if len(beyond) < _FEWEST and len(beyond) and away[beyond[0]] <= 0.5 * coarse:
            return None  # a change has a border, and that more points than this
    if not len(beyond):
        return None
    return float(away[beyond[0]]), probes.points[chosen[beyond[0]]]


def _on(
    grid: SurfaceGrid, corners: Floats, normals: Floats, noise: float, within: float
) -> NDArray[np.bool_]:
    """(k,) whether all three corners lie on what of a surface looks the same way.

    The wall of another bore ends on the same flat faces, so that its corners lie on the surface as
    well, but on parts of it that look elsewhere. corners: (k, 3, 3).  normals: (k, 3).
    """
    points = corners.reshape(-1, 3)
    found = grid.nearest(points, np.repeat(normals, 3, axis=0), within)
    allowed = noise + SAGS * grid.sag_at(points, np.maximum(found.triangle, 0))
    good = (np.abs(found.signed) <= allowed) & (found.triangle >= 0)
    return np.asarray(good.reshape(-1, 3).all(axis=1))


@dataclass(frozen=True, slots=True)
class _Probes:
    """points: (n, 3).  sags: (n,) how far each may be off.  triangles: (n,) whose middle, or −1."""

    points: Floats
    sags: Floats
    triangles: Whole


def _probes(surface: Triangles) -> _Probes:
    """Points of a surface: its vertices, and the middles of its triangles."""
    vertices = surface.positions[np.unique(surface.triangles)]
    vertices = vertices[np.unique(welded(vertices), return_index=True)[1]]
    vertices = vertices[evenly(len(vertices), MOST_POINTS)]
    some = evenly(len(surface.triangles), MOST_POINTS)
    middles = surface.positions[surface.triangles[some]].mean(axis=1)
    strays = sags(surface.positions, surface.triangles)[some]
    return _Probes(
        np.concatenate([vertices, middles]),
        np.r_[np.zeros(len(vertices)), strays],
        np.r_[np.full(len(vertices), -1), some],
    )


def evenly(count: int, most: int) -> Whole:
    """At most so many of them, evenly."""
    if count <= most:
        return np.arange(count)
    return np.linspace(0, count - 1, most).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Displacement:
    """Where a changed part's surface went. points: (n, 3) of the new surface, part frame, metres.

    signed: (n,) metres, positive where the new surface lies outside of the old one.
    """

    points: Floats
    signed: Floats

    @property
    def summary(self) -> dict[str, float]:
        """min, max, rms in metres."""
        if not len(self.signed):
            return {"min": 0.0, "max": 0.0, "rms": 0.0}
        return {
            "min": float(self.signed.min()),
            "max": float(self.signed.max()),
            "rms": float(np.sqrt((self.signed**2).mean())),
        }


def displacement(old: Surface, new: Surface, motion: Floats) -> Displacement:
    """How far the new surface's vertices and middles of triangles lie from the old surface.

    motion: (4, 4) from the old part's frame to the new one's.
    """
    linear = motion[:3, :3]
    if np.abs(linear.T @ linear - np.eye(3)).max() >= 1e-6 or np.linalg.det(linear) < 0:
        old, motion = old.moved(motion), np.eye(4)
    back = np.linalg.inv(motion)
    points = new.probes.points
    return Displacement(points, old.grid.nearest(points @ back[:3, :3].T + back[:3, 3]).signed)
