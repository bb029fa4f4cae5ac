"""Level-of-detail chunks of point clouds: p<level>-<n>.glb, coarse first, a point in one of them.

A chunk is a glTF of POINTS on a grid of its own, in a compact box of the cloud. Levels add up: a
viewer draws a chunk beside the coarser ones, not instead of them. docs/formats/points.md.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from holotable.conversion.glb import COMPRESSION, GlbDocument
from holotable.conversion.grid import Grid, round_step_above, round_step_below
from holotable.conversion.octree import BITS, Octree, build, spacing_m, split
from holotable.conversion.place import Placements
from holotable.errors import DamagedFile, TooComplex
from holotable.review.points import PointCloud
from holotable.review.scene import Floats, Floats32, Part, Scene

QUANTISATION: Final = "KHR_mesh_quantization"
CHUNK_BYTES: Final = 400_000
COARSE_POINTS: Final = 60_000  # of all clouds together, in the first picture
COARSE_BYTES: Final = 300_000
HEADSET_POINTS: Final = 1_000_000  # per eye; a point costs about a vertex and four pixels
SAMPLE_POINTS: Final = 250_000  # for the thumbnail
MAX_CLOUDS: Final = 2_000

# A grid step of a fiftieth of the spacing, and never above 2 mm where 16 bits allow: half of it is
# the error. Finer costs bytes that nobody sees: at spacing / 290 they were 20 % more.
_STEPS_PER_SPACING: Final = 50.0
_MOST_STEP_M: Final = 0.002
_MOST_STEPS: Final = 65_534
_PIECE: Final = 1 << 20
_FEW: Final = 4096
_MANY_AXES: Final = 96


@dataclass(frozen=True, slots=True)
class PointChunk:
    """One written file.

    grid: p = minimum + step · q in the geometry's frame. size: (3,) largest q. bounds: (2, 3)
    around all placements, absolute metres.
    """

    file: str
    level: int
    size_bytes: int
    points: int
    geometry: int
    grid: Grid
    size: tuple[int, ...]
    bounds: Floats


@dataclass(frozen=True, slots=True)
class Sample:
    """A thin cloud of one geometry: what a small picture needs.

    positions: (n, 3) in the geometry's frame. colours: (n, 3) sRGB; intensities as greys where
        there are no colours; None where there is neither. world: (k, 4, 4) its placements.
    """

    geometry: int
    positions: Floats32
    colours: NDArray[np.uint8] | None
    world: Floats


@dataclass(frozen=True, slots=True)
class WrittenPoints:
    """Everything the manifest and the thumbnail want to know.

    lowest: ladder number of level 0. halved: whether the coarsest has every other cell only.
    placed: points as often as they are placed.
    """

    chunks: tuple[PointChunk, ...]
    samples: tuple[Sample, ...]
    lowest: int
    halved: bool
    placed: int
    classes: dict[int, int]
    has: tuple[str, ...]

    def manifest(self) -> dict[str, Any]:
        """The manifest's `points`."""
        coarsest = max(chunk.level for chunk in self.chunks)
        levels = []
        for level in range(coarsest + 1):
            mine = [chunk for chunk in self.chunks if chunk.level == level]
            wider = 2**0.5 if self.halved and level == coarsest else 1.0
            levels.append(
                {
                    "level": level,
                    "spacing_m": spacing_m(self.lowest + level) * wider,
                    "points": sum(chunk.points for chunk in mine),
                    "bytes": sum(chunk.size_bytes for chunk in mine),
                }
            )
        return {
            "count": sum(chunk.points for chunk in self.chunks),
            "coarsest": coarsest,
            "levels": levels,
            "classes": {str(code): count for code, count in sorted(self.classes.items())},
            "has": list(self.has),
            "headset": {"points": min(self.placed, HEADSET_POINTS), "passes": True},
            "chunks": [
                {
                    "file": chunk.file,
                    "level": chunk.level,
                    "bytes": chunk.size_bytes,
                    "points": chunk.points,
                    "geometry": chunk.geometry,
                    "grid": [*chunk.grid.minimum.tolist(), chunk.grid.step],
                    "size": list(chunk.size),
                    "bounds": _extent(chunk.bounds),
                }
                for chunk in self.chunks
            ],
        }


def points_of(scene: Scene) -> NDArray[np.int64]:
    """How many points each part has; (parts,)."""
    clouds = [0 if part.points is None else len(part.points.positions) for part in scene.parts]
    return np.array(clouds, np.int64)


def count_points(scene: Scene) -> int:
    """Points of all clouds as often as they are placed, hidden ones too."""
    clouds = points_of(scene)
    return int(sum(clouds[node.part] for node in scene.nodes if node.part is not None))


def check_cloud(name: str, cloud: PointCloud, farthest_m: float) -> None:
    """Refuse a cloud that contradicts itself. raises: DamagedFile."""
    positions = cloud.positions
    columns = (cloud.colours, cloud.intensities, cloud.classes)
    if any(column is not None and len(column) != len(positions) for column in columns):
        raise DamagedFile(f"The points of {name!r} are incomplete.")
    if not len(positions):
        return
    box = ends(positions)  # NaN when any coordinate is: no temporary as large as the cloud
    if not np.isfinite(box).all():
        raise DamagedFile(f"Coordinates of {name!r} are not numbers.")
    if np.abs(box).max() > farthest_m:
        raise DamagedFile(f"Coordinates of {name!r} lie too far out.")


def box_of(part: Part) -> Floats:
    """Minimum and maximum of a part's vertices or points; (2, 3), zeros when it has none."""
    return ends(part.mesh.positions if part.points is None else part.points.positions)


def box_corners(box: Floats) -> Floats32:
    """The eight corners of a box (2, 3)."""
    return np.stack(np.meshgrid(*box.T), axis=-1).reshape(-1, 3).astype(np.float32)


def ends(positions: Floats32) -> Floats:
    """Minimum and maximum of positions; (2, 3), zeros when there are none.

    Axis by axis: numpy's reduction of rows of three takes ten times as long.
    """
    if not len(positions):
        return np.zeros((2, 3))
    axes = [positions[:, axis] for axis in range(3)]
    return np.array([[a.min() for a in axes], [a.max() for a in axes]], np.float64)


def outermost(parts: Sequence[Part], placements: Placements) -> list[Floats32]:
    """Of each part, vertices or points that reach furthest in any of its placements.

    `place.exact_bounds` looks at each of them in double precision; with all of 50 million points
    that took 9 s and 1.2 GB.
    """
    found = []
    for number, part in enumerate(parts):
        if part.points is None:
            found.append(part.mesh.positions)
            continue
        linear = placements.world[placements.parts == number, :3, :3].reshape(-1, 3)
        found.append(_outermost(part.points.positions, np.unique(linear, axis=0), box_of(part)))
    return found


def _outermost(positions: Floats32, axes: Floats, box: Floats) -> Floats32:
    """Points furthest along axes (k, 3), both ways; of very many axes the corners of the box,
    which is never smaller than the truth."""
    if len(positions) <= _FEW:
        return positions
    if len(axes) > _MANY_AXES:
        return box_corners(box)
    found: set[int] = set()
    for axis in axes.astype(np.float32):
        best: list[tuple[float, int]] = [(np.inf, 0), (np.inf, 0)]
        for first in range(0, len(positions), _PIECE):
            along = positions[first : first + _PIECE] @ axis
            for side, at in enumerate((int(along.argmin()), int(along.argmax()))):
                reach = float(along[at]) if side == 0 else -float(along[at])
                best[side] = min(best[side], (reach, first + at))
        found |= {best[0][1], best[1][1]}
    return positions[sorted(found)]


def write_points(
    directory: Path,
    scene: Scene,
    placements: Placements,
    report: Callable[[float], None] = lambda _share: None,
) -> WrittenPoints | None:
    """Write the chunks of every placed cloud, coarse ones first; None when there is no cloud.

    report: how much is done, from 0 to 1.
    """
    clouds = _clouds(scene, placements)
    if not clouds:
        return None
    lowest = min(cloud.finest for cloud in clouds)
    chunks: list[PointChunk] = []
    for top in _tops(clouds):
        chunks = list(_write_level(directory, clouds, top.level, lowest, top, COARSE_POINTS))
        if sum(chunk.size_bytes for chunk in chunks) <= COARSE_BYTES:
            break
        for chunk in chunks:
            (directory / chunk.file).unlink()
    size = sum(chunk.size_bytes for chunk in chunks) / sum(chunk.points for chunk in chunks)
    # Cells of the octree are on average half as full as they may be.
    most = int(np.clip(1.4 * CHUNK_BYTES / size, 10_000, 500_000))
    total = sum(len(cloud.cloud.positions) for cloud in clouds)
    done = sum(chunk.points for chunk in chunks)
    for level in range(top.level - 1, lowest - 1, -1):
        for chunk in _write_level(directory, clouds, level, lowest, top, most):
            chunks.append(chunk)
            done += chunk.points
            report(0.4 + 0.6 * done / total)  # sorting takes the other four tenths
    placed = placements.counts()
    return WrittenPoints(
        chunks=tuple(chunks),
        samples=tuple(_sample(cloud, clouds) for cloud in clouds),
        lowest=lowest,
        halved=top.halved,
        placed=sum(int(placed[c.geometry]) * len(c.cloud.positions) for c in clouds),
        classes=_classes(clouds),
        has=_has(clouds),
    )


@dataclass(frozen=True, slots=True)
class _Top:
    """Where the coarse picture begins: a level of the ladder, with every other cell left out.

    Half of the cells, as on a chessboard, lie between a level and the next: a quarter of the
    points would often be too few, and all of them too many.
    """

    level: int
    halved: bool


@dataclass(frozen=True, slots=True)
class _Cloud:
    """A placed geometry of points with its tree. around: (k, 4, 4) its placements, absolute."""

    geometry: int
    cloud: PointCloud
    linear: Floats | None  # baked into the points
    tree: Octree
    around: Floats

    @property
    def finest(self) -> int:
        """The finest level of the ladder that it has."""
        return self.tree.lowest + self.tree.finest()

    def positions(self, chosen: NDArray[Any]) -> Floats32:
        """Some of the points, by index into the cloud, in the geometry's frame."""
        taken: Floats32 = self.cloud.positions[chosen]
        if self.linear is None:
            return taken
        baked: Floats32 = (taken @ self.linear.T).astype(np.float32)
        return baked

    def at(self, level: int, top: _Top) -> NDArray[np.int64]:
        """The points of a level of the ladder, as places along the curve."""
        tree = self.tree
        step = int(np.clip(level - tree.lowest, 0, BITS))
        if self.finest >= top.level:  # all of it is coarse
            return np.arange(len(tree.steps) if level == top.level else 0)
        if level == top.level:
            found = tree.steps >= step
            if top.halved:
                found &= (tree.steps > step) | self._even(step)
            return np.flatnonzero(found)
        if level < self.finest:
            return np.zeros(0, np.int64)
        found = tree.steps <= step if level == self.finest else tree.steps == step
        if top.halved and level == top.level - 1:
            above = int(np.clip(top.level - tree.lowest, 0, BITS))
            found |= (tree.steps == above) & ~self._even(above)
        return np.flatnonzero(found)

    def _even(self, step: int) -> NDArray[np.bool_]:
        """Whether x + y + z of the cell at a step is even."""
        cell = self.tree.codes >> np.uint64(3 * step)
        odd = (cell ^ (cell >> np.uint64(1)) ^ (cell >> np.uint64(2))) & np.uint64(1)
        return np.asarray(odd == 0)


def _clouds(scene: Scene, placements: Placements) -> list[_Cloud]:
    placed = placements.counts()
    found: list[_Cloud] = []
    for number, geometry in enumerate(placements.catalogue):
        cloud = scene.parts[geometry.part].points
        if cloud is None or not placed[number] or not len(cloud.positions):
            continue
        if len(found) >= MAX_CLOUDS:
            raise TooComplex(
                f"The model has more than {MAX_CLOUDS:,} point clouds.", limit=MAX_CLOUDS
            )
        world = placements.world[placements.geometries == number]
        if geometry.bake is not None:  # what is left for the placement once the bake is in
            undo = np.eye(4)
            undo[:3, :3] = np.linalg.pinv(geometry.bake)
            world = world @ undo
        bake = geometry.bake
        shown = cloud.positions if bake is None else (cloud.positions @ bake.T).astype(np.float32)
        found.append(_Cloud(number, cloud, bake, build(shown), world))
    return found


def _tops(clouds: Sequence[_Cloud]) -> Iterator[_Top]:
    """Where the coarse picture may begin: the finest within COARSE_POINTS, then ever coarser."""
    shortest = max(cloud.tree.lowest + cloud.tree.longest() for cloud in clouds)
    finest = max(min(cloud.finest for cloud in clouds), shortest)
    highest = max(cloud.tree.lowest + BITS for cloud in clouds)
    for level in range(min(finest, highest), highest + 1):
        for halved in (False, True):
            top = _Top(level, halved)
            if halved and not any(level > cloud.finest for cloud in clouds):
                continue  # the other half would have no level to be in
            if sum(_rough(cloud, top) for cloud in clouds) <= COARSE_POINTS or level == highest:
                yield top


def _rough(cloud: _Cloud, top: _Top) -> float:
    """About how many points of a cloud the coarse picture has."""
    step = int(np.clip(top.level - cloud.tree.lowest, 0, BITS))
    if top.level <= cloud.finest:
        return float(len(cloud.tree.order))
    occupied = cloud.tree.occupied()
    above = occupied[min(step + 1, BITS)]
    return float(above + (occupied[step] - above) / 2 if top.halved else occupied[step])


def _write_level(
    directory: Path, clouds: Sequence[_Cloud], level: int, lowest: int, top: _Top, most: int
) -> Iterator[PointChunk]:
    """Write one level of all clouds, yielding each chunk as it is on disk."""
    number = 0
    for cloud in clouds:
        chosen = cloud.at(level, top)
        step = int(np.clip(level - cloud.tree.lowest, 0, BITS))
        for run in split(cloud.tree.codes[chosen], step, most):
            path = directory / f"p{level - lowest}-{number}.glb"
            yield _write_chunk(path, level, lowest, cloud, cloud.tree.order[chosen[run]])
            number += 1


def _write_chunk(
    path: Path, level: int, lowest: int, cloud: _Cloud, chosen: NDArray[Any]
) -> PointChunk:
    """Write some points of a cloud. chosen: index into the cloud, in the order of the file."""
    positions = cloud.positions(chosen)
    low, high = ends(positions)
    grid = _grid(low, high, spacing_m(level))
    rows = np.zeros((len(chosen), 4), np.uint16)
    rows[:, :3] = grid.quantise(positions)
    document = GlbDocument((QUANTISATION, COMPRESSION))
    limits = ([int(rows[:, i].min()) for i in range(3)], [int(rows[:, i].max()) for i in range(3)])
    attributes = {"POSITION": _attribute(document, rows, 3, bounds=limits)}
    if cloud.cloud.colours is not None:
        colours = np.full((len(chosen), 4), 255, np.uint8)
        colours[:, :3] = cloud.cloud.colours[chosen]
        attributes["_COLOUR"] = _attribute(document, colours, 4, normalized=True)
    if cloud.cloud.intensities is not None:
        pairs = np.zeros((len(chosen), 2), np.uint16)
        pairs[:, 0] = cloud.cloud.intensities[chosen]
        attributes["_INTENSITY"] = _attribute(document, pairs, 1)
    if cloud.cloud.classes is not None:
        quads = np.zeros((len(chosen), 4), np.uint8)
        quads[:, 0] = cloud.cloud.classes[chosen]
        attributes["_CLASS"] = _attribute(document, quads, 1)
    mesh = document.add(
        "meshes",
        {
            "name": f"points of level {level - lowest}",
            "primitives": [{"attributes": attributes, "mode": 0}],
        },
    )
    # Grid steps become metres in the node, so that a general viewer shows the chunk in its place.
    node: dict[str, Any] = {"mesh": mesh, "scale": [grid.step] * 3}
    if grid.minimum.any():
        node["translation"] = grid.minimum.tolist()
    document.json["scenes"][0]["nodes"] = [document.add("nodes", node)]
    size_bytes = document.write(path)
    return PointChunk(
        path.name, level - lowest, size_bytes, len(chosen), cloud.geometry, grid,
        tuple(limits[1]), _around(low, high, grid, cloud.around),
    )  # fmt: skip


def _attribute(
    document: GlbDocument,
    rows: NDArray[Any],
    components: int,
    normalized: bool = False,
    bounds: tuple[Sequence[float], Sequence[float]] | None = None,
) -> int:
    view = document.compressed_view(rows, "vertices")
    limits = None if bounds is None else (list(bounds[0]), list(bounds[1]))
    return document.accessor(view, rows.dtype, len(rows), components, normalized, limits)


def _grid(low: Floats, high: Floats, spacing: float) -> Grid:
    """A grid over a chunk: half a step is below a hundredth of the spacing, or below 1 mm."""
    step = round_step_below(min(spacing / _STEPS_PER_SPACING, _MOST_STEP_M))
    extent = float((high - low).max())
    if extent > step * _MOST_STEPS:
        step = round_step_above(extent / _MOST_STEPS)
    return Grid(np.floor(low / step) * step, step)


def _around(low: Floats, high: Floats, grid: Grid, placements: Floats) -> Floats:
    """The box around points and their grid points in all placements (k, 4, 4); (2, 3)."""
    low, high = low - grid.step / 2, high + grid.step / 2
    middle, half = (low + high) / 2, (high - low) / 2
    centres = placements[:, :3, :3] @ middle + placements[:, :3, 3]
    reach = np.abs(placements[:, :3, :3]) @ half
    return np.stack([(centres - reach).min(axis=0), (centres + reach).max(axis=0)])


def _sample(cloud: _Cloud, clouds: Sequence[_Cloud]) -> Sample:
    """The coarsest levels of a cloud within its share of SAMPLE_POINTS."""
    steps = cloud.tree.occupied()
    fitting = np.flatnonzero(steps <= max(SAMPLE_POINTS // len(clouds), 1))
    step = int(fitting[0]) if len(fitting) else BITS
    chosen = cloud.tree.order[np.flatnonzero(cloud.tree.steps >= step)]
    colours = cloud.cloud.colours
    shown = None if colours is None else colours[chosen]
    if shown is None and cloud.cloud.intensities is not None:
        strengths = cloud.cloud.intensities[chosen].astype(float)
        low, high = np.quantile(strengths, [0.02, 0.98])
        grey = np.clip((strengths - low) / max(high - low, 1.0), 0.0, 1.0) * 215 + 40
        shown = np.repeat(grey.astype(np.uint8)[:, None], 3, axis=1)
    return Sample(cloud.geometry, cloud.positions(chosen), shown, cloud.around)


def _classes(clouds: Sequence[_Cloud]) -> dict[int, int]:
    """How many points have each class."""
    counts = np.zeros(256, np.int64)
    for cloud in clouds:
        if cloud.cloud.classes is not None:
            counts += np.bincount(cloud.cloud.classes, minlength=256)
    return {code: int(counts[code]) for code in np.flatnonzero(counts).tolist()}


def _has(clouds: Sequence[_Cloud]) -> tuple[str, ...]:
    """Which attributes any of the clouds has."""
    present = {
        "colours": any(cloud.cloud.colours is not None for cloud in clouds),
        "intensities": any(cloud.cloud.intensities is not None for cloud in clouds),
        "classes": any(cloud.cloud.classes is not None for cloud in clouds),
    }
    return tuple(name for name, there in present.items() if there)


def _extent(bounds: Floats) -> dict[str, list[float]]:
    """Metres to the nanometre, as the manifest has them."""
    low, high = np.round(bounds, 9) + 0.0
    return {"min": low.tolist(), "max": high.tolist()}
