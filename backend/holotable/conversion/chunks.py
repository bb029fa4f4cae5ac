"""All geometry of a package: levels of every part, grids, base.glb, finer chunks, and their rows of
the manifest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from holotable.conversion.budget import BaseSize, fit_coarsest
from holotable.conversion.duplicates import Copy, drawn_placements, find_copies, moved_levels
from holotable.conversion.grid import Grid, PackedMesh, grid_for, pack_mesh
from holotable.conversion.lod import (
    COARSEST,
    Levels,
    baked_levels,
    fits_whole,
    make_levels,
    steps_for,
    triangles_of,
    whole,
)
from holotable.conversion.options import ConvertOptions, Report, deflection_for
from holotable.conversion.pack import (
    Chunk,
    geometry_bounds,
    visible_order,
    write_base,
    write_finer,
)
from holotable.conversion.pieces import SPLIT_FROM, Pieces, capped_whole, make_pieces, placed_boxes
from holotable.conversion.place import Geometry, Placements
from holotable.conversion.points import box_corners, box_of
from holotable.conversion.simplify import Simplifier
from holotable.conversion.structure import rounded
from holotable.review.scene import Floats, Part, Scene

BASE: Final = "base.glb"


@dataclass(frozen=True, slots=True)
class Shapes:
    """What every part looks like at every level.

    levels: per part; of a part in pieces the coarsest, everywhere. pieces: by part number.
    copies: by part number, parts whose geometry is that of another.
    """

    levels: Sequence[Levels]
    pieces: Mapping[int, Pieces]
    copies: Mapping[int, Copy]

    def triangles(self, level: int) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
        """(parts,) the triangles of each part at a level."""
        counts = triangles_of(self.levels, level)
        for part, pieces in self.pieces.items():
            counts[part] = pieces.triangles[level]
        for part, copy in self.copies.items():
            counts[part] = counts[copy.of]
        return counts


def make_shapes(
    scene: Scene, placements: Placements, simplifier: Simplifier, report: Report, share: float
) -> Shapes:
    """The levels of every part, in order. report: is told up to `share` of "optimising"."""
    meshes = [part.mesh for part in scene.parts]
    copies = find_copies(scene.parts, placements)
    if fits_whole(meshes, drawn_placements(placements, copies).parts):
        return Shapes([whole(mesh) for mesh in meshes], {}, copies)
    total = sum(len(mesh.triangles) for mesh in meshes) or 1
    done = 0
    baked = {geometry.part for geometry in placements.catalogue if geometry.bake is not None}
    steps = steps_for(len(meshes), len(placements.rows))
    levels: list[Levels] = []
    pieces: dict[int, Pieces] = {}
    for number, part in enumerate(scene.parts):
        count = len(part.mesh.triangles)
        if number in copies:
            levels.append(moved_levels(levels[copies[number].of], copies[number].motion))
        elif _splits(part) and number not in baked:

            def progress(within: float, before: int = done, count: int = count) -> None:
                report("optimising", share * (before + within * count) / total)

            pieces[number] = make_pieces(part.mesh, steps, simplifier, progress)
            levels.append(pieces[number].whole)
        else:
            levels.append(make_levels(part.mesh, steps, simplifier))
        done += count
        report("optimising", share * done / total)
    return Shapes(levels, pieces, copies)


def _splits(part: Part) -> bool:
    """Whether a part is cut into pieces: large, and nothing that names its triangles."""
    return len(part.mesh.triangles) > SPLIT_FROM and part.mesh.faces is None


def make_grids(
    parts: Sequence[Part],
    catalogue: Sequence[Geometry],
    sizes: Floats,
    scene_extent_m: float,
    options: ConvertOptions,
) -> list[Grid]:
    """The grid of each geometry. sizes: (parts,) diagonals, metres."""
    grids = []
    for geometry in catalogue:
        part = parts[geometry.part]
        positions = part.mesh.positions
        if part.points is not None:
            positions = box_corners(box_of(part))
        if geometry.bake is not None:
            positions = (positions @ geometry.bake.T).astype(np.float32)
        low, high = np.zeros((2, 3))
        if len(positions):
            low, high = positions.min(axis=0).astype(float), positions.max(axis=0).astype(float)
        tolerance = deflection_for(float(sizes[geometry.part]), options)
        grids.append(grid_for(low, high, tolerance, scene_extent_m))
    return grids


@dataclass(frozen=True, slots=True)
class Written:
    """What stands on disk, and the manifest's columns: one entry for each geometry, the pieces
    behind those of the catalogue."""

    shapes: Shapes
    chunks: tuple[Chunk, ...]
    parts: tuple[int, ...]
    grids: tuple[Grid, ...]
    errors: tuple[tuple[float, ...], ...]
    pieces: Mapping[str, Any]

    def _shared(self) -> dict[str, Any]:
        return {
            str(part): {"geometry": copy.of, "motion": copy.motion.T.reshape(-1).tolist()}
            for part, copy in self.shapes.copies.items()
        }

    def rows(self) -> dict[str, Any]:
        """Keys of the manifest."""
        return {
            "chunks": [_chunk_row(chunk) for chunk in self.chunks],
            "geometries": list(self.parts),
            "grids": [[*grid.minimum.tolist(), grid.step] for grid in self.grids],
            "errors": [[float(f"{error:.3g}") for error in errors] for errors in self.errors],
            **({"pieces": self.pieces} if self.pieces else {}),
            **({"shared": self._shared()} if self.shapes.copies else {}),
        }


def write_chunks(
    out: Path,
    shapes: Shapes,
    grids: Sequence[Grid],
    placements: Placements,
    corners: Floats,
    sizes: Floats,
    origin: Floats,
    simplifier: Simplifier,
) -> Written:
    """Write base.glb, made to fit, then all finer chunks in load order.

    corners: (k, 2, 3) world box of each occurrence. sizes: (parts,) diagonals, metres.
    """

    numbers = placements.geometries
    placements = drawn_placements(placements, shapes.copies)
    copies = shapes.copies
    grids = [grids[copies[n].of] if n in copies else grid for n, grid in enumerate(grids)]

    def write(fitted: Sequence[Levels]) -> BaseSize:
        meshes = _coarsest(placements, fitted, grids)
        return BaseSize(*write_base(out / BASE, meshes, grids, placements, origin, numbers))

    fitted, base = fit_coarsest(shapes.levels, placements, sizes, simplifier, write)
    for number, copy in copies.items():
        fitted[number] = moved_levels(fitted[copy.of], copy.motion)
    shapes = Shapes(
        fitted,
        {part: capped_whole(pieces, fitted[part]) for part, pieces in shapes.pieces.items()},
        copies,
    )
    around = geometry_bounds(placements, corners)
    shown = np.flatnonzero(placements.counts())
    everything = np.stack([around[shown, 0].min(axis=0), around[shown, 1].max(axis=0)])
    in_base = tuple(n for n in shown.tolist() if _has_triangles(placements, fitted, n))
    chunks = [Chunk(BASE, COARSEST, base.total_bytes, in_base, everything)]
    every = _with_pieces(shapes, grids, placements, visible_order(placements, corners), around)
    for level in reversed(range(COARSEST)):
        chunks += write_finer(out, level, every.levels, every.grids, every.scores, every.bounds)
    errors = tuple(tuple(levels.errors_m) for levels in every.levels)
    return Written(shapes, tuple(chunks), every.parts, every.grids, errors, every.pieces)


@dataclass(frozen=True, slots=True)
class _Every:
    """All geometries, pieces included; a whole that has pieces scores 0, as if never placed: its
    finer levels are they."""

    levels: tuple[Levels, ...]
    parts: tuple[int, ...]
    grids: tuple[Grid, ...]
    scores: Floats
    bounds: Floats
    pieces: Mapping[str, Any]


def _with_pieces(
    shapes: Shapes,
    grids: Sequence[Grid],
    placements: Placements,
    scores: Floats,
    bounds: Floats,
) -> _Every:
    levels = [_of(geometry, shapes.levels) for geometry in placements.catalogue]
    parts = [geometry.part for geometry in placements.catalogue]
    all_grids, rows = list(grids), {}
    more_scores, more_bounds = [scores.copy()], [bounds]
    for part, pieces in shapes.pieces.items():
        grid = grids[part]
        boxes = grid.quantise(pieces.boxes.reshape(-1, 3)).reshape(-1, 6)
        rows[str(part)] = {"first": len(levels), "boxes": boxes.tolist()}
        levels += pieces.levels
        parts += [part] * len(pieces.levels)
        all_grids += [grid] * len(pieces.levels)
        around = np.zeros((len(pieces.levels), 2, 3))
        around[:, 0], around[:, 1] = np.inf, -np.inf
        own = np.zeros(len(pieces.levels))
        for placed in placed_boxes(pieces.boxes, placements.world[placements.parts == part]):
            np.minimum(around[:, 0], placed[:, 0], out=around[:, 0])
            np.maximum(around[:, 1], placed[:, 1], out=around[:, 1])
            own += np.linalg.norm(placed[:, 1] - placed[:, 0], axis=1)
        more_scores.append(own)
        more_bounds.append(around)
        more_scores[0][part] = 0.0
    return _Every(
        tuple(levels),
        tuple(parts),
        tuple(all_grids),
        np.concatenate(more_scores),
        np.concatenate(more_bounds),
        rows,
    )


def level_rows(
    scene: Scene, placements: Placements, shapes: Shapes, chunks: Sequence[Chunk]
) -> list[dict[str, int]]:
    """The manifest's levels: placed triangles, bytes of the level's own files, draws.

    One multi-draw call draws all opaque occurrences and one all transparent ones; a sub-draw is
    one geometry in one of the two.
    """
    shown = placements.shown
    placed = np.bincount(placements.parts[shown], minlength=len(scene.parts))
    colours = zip(placements.colours, shown.tolist(), strict=True)
    seen = any(not colour.endswith("ff") for colour, show in colours if show)
    transparent = seen or any(not colour.endswith("ff") for colour in scene.palette[1:])
    drawn = drawn_placements(placements, shapes.copies)
    geometries = len(np.unique(drawn.geometries[shown]))
    in_view = set(drawn.parts[shown].tolist())
    further = sum(
        len(pieces.levels) - 1 for part, pieces in shapes.pieces.items() if part in in_view
    )
    return [
        {
            "level": level,
            "triangles": int((shapes.triangles(level) * placed).sum()),
            "bytes": sum(chunk.size_bytes for chunk in chunks if chunk.level == level),
            "draw_calls": 2 if transparent else 1,
            "sub_draws": geometries + (further if level < COARSEST else 0),
        }
        for level in range(COARSEST + 1)
    ]


def _of(geometry: Geometry, levels: Sequence[Levels]) -> Levels:
    """The levels of a geometry: its part's, baked if it is."""
    part = levels[geometry.part]
    return part if geometry.bake is None else baked_levels(part, geometry.bake)


def _coarsest(
    placements: Placements, levels: Sequence[Levels], grids: Sequence[Grid]
) -> dict[int, PackedMesh]:
    """The base meshes of all placed geometries that have triangles, on their grids."""
    return {
        number: pack_mesh(_of(placements.catalogue[number], levels).meshes[COARSEST], grids[number])
        for number in np.flatnonzero(placements.counts()).tolist()
        if _has_triangles(placements, levels, number)
    }


def _has_triangles(placements: Placements, levels: Sequence[Levels], number: int) -> bool:
    """Whether a geometry has any: a part of curves alone has only edges."""
    return len(levels[placements.catalogue[number].part].meshes[COARSEST].triangles) > 0


def _chunk_row(chunk: Chunk) -> dict[str, Any]:
    return {
        "file": chunk.file,
        "level": chunk.level,
        "bytes": chunk.size_bytes,
        "parts": list(chunk.geometries),
        "bounds": {"min": rounded(chunk.bounds[0]), "max": rounded(chunk.bounds[1])},
    }
