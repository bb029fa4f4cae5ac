"""A source file becomes a scene package: the stages, read from top to bottom.

    sniff, unpack → read → check → place → levels → base.glb and chunks → edges.bin
    → exact.bin → model.glb → structure.json → thumbnail.webp → report.json → manifest.json

manifest.json is written last: a folder without one is no package. docs/formats/scene-package.md
specifies the files.
"""

import hashlib
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from holotable.conversion.animations import write_animations
from holotable.conversion.archive import unpack
from holotable.conversion.budget import BaseSize, fit_coarsest, headset
from holotable.conversion.edges import write_edges
from holotable.conversion.exact import write_exact
from holotable.conversion.grid import Grid, PackedMesh, grid_for, pack_mesh
from holotable.conversion.journal import Journal
from holotable.conversion.lod import (
    COARSEST,
    Levels,
    baked_levels,
    make_levels,
    steps_for,
    triangles_of,
)
from holotable.conversion.model import write_model
from holotable.conversion.options import ConvertOptions, Report, deflection_for
from holotable.conversion.pack import (
    Chunk,
    geometry_bounds,
    visible_order,
    write_base,
    write_finer,
)
from holotable.conversion.place import (
    Geometry,
    Placements,
    corner_boxes,
    exact_bounds,
    origin_of,
    place,
)
from holotable.conversion.points import box_corners, box_of, outermost, write_points
from holotable.conversion.read import read
from holotable.conversion.pmi import write_pmi
from holotable.conversion.point_picture import write_picture
from holotable.conversion.simplify import Simplifier
from holotable.conversion.sniff import sniff
from holotable.conversion.structure import (
    counts,
    rounded,
    write_json,
    write_properties,
    write_structure,
)
from holotable.conversion.surface import surface_rows, write_surfaces
from holotable.conversion.thumbnail import write_thumbnail
from holotable.conversion.validate import checked
from holotable.errors import Invalid, MissingFiles, TooLarge, UnsupportedFormat
from holotable.review.scene import Floats, Part, Scene, SourceKind

FORMAT: Final = "holotable-scene/1"
BASE: Final = "base.glb"
MANIFEST: Final = "manifest.json"

_PACKAGE_FILE: Final = re.compile(
    r"(base|model|(l|p|surface-)[\d-]+)\.glb|(edges|exact|pmi)\.bin|thumbnail\.webp"
    r"|(structure|structure-props|report|manifest|pmi|animations)\.json"
)
# Share of "optimising" that is over when each of its steps begins, from the measured seconds.
_PROGRESS: Final = {"levels": 0.0, "pack": 0.5, "edges": 0.75, "model": 0.85, "thumbnail": 0.92}


def convert(source: Path, out: Path, options: ConvertOptions, report: Report) -> dict[str, Any]:
    """Write the scene package of `source` into the folder `out`; returns its manifest.

    `source` keeps the name it was uploaded under: it is shown, and breaks ties between formats.
    An earlier package in `out` is replaced. report: stage reading, tessellating or optimising, and
    how much of it is done. raises: a ConversionProblem that says what to do.
    """
    _prepare(out)
    journal = Journal()
    report("reading", 0.0)
    with journal.stage("sniff"):
        described = _describe(source)
    with tempfile.TemporaryDirectory(prefix="holotable-") as scratch:
        with journal.stage("unpack"):
            path, kind = _main_file(source, Path(scratch), options)
        with journal.stage("read"):
            scene = read(path, kind, options, report)
    with journal.stage("check"):
        scene = checked(scene, options)
        _ask_for_missing(scene, options)
        journal.warnings += scene.warnings
    report("optimising", 0.0)
    return write_package(scene, out, options, report, journal, described)


def write_package(
    scene: Scene,
    out: Path,
    options: ConvertOptions,
    report: Report,
    journal: Journal,
    described: dict[str, Any],
) -> dict[str, Any]:
    """Everything after reading: pack a checked scene into `out` and return the manifest.

    described: name, sha256 and bytes of the source file.
    """

    def begin(step: str) -> None:
        report("optimising", _PROGRESS[step])

    with journal.stage("place"):
        placements = place(scene)
        boxes = np.array([box_of(part) for part in scene.parts]).reshape(-1, 2, 3)
        sizes = np.linalg.norm(boxes[:, 1] - boxes[:, 0], axis=1)
        corners = corner_boxes(boxes, placements)
        bounds = exact_bounds(corners, placements, outermost(scene.parts, placements))
        origin = origin_of(bounds)
    simplifier = Simplifier()
    begin("levels")
    with journal.stage("levels"):
        levels = _make_levels(scene, placements, simplifier, report)
    begin("pack")
    with journal.stage("pack"):
        grids = _grids(scene.parts, placements.catalogue, levels, sizes, options)

        def write(fitted: Sequence[Levels]) -> BaseSize:
            meshes = _coarsest(placements, fitted, grids)
            return BaseSize(*write_base(out / BASE, meshes, grids, placements, origin))

        levels, base = fit_coarsest(levels, placements, sizes, simplifier, write)
        chunks = _write_chunks(out, levels, grids, placements, corners, base)
    with journal.stage("points"):
        first, last = _PROGRESS["pack"], _PROGRESS["edges"]
        points = write_points(
            out,
            scene,
            placements,
            lambda share: report("optimising", first + (last - first) * share),
        )
    begin("edges")
    with journal.stage("edges"):
        placed = placements.counts() > 0
        left_out = write_edges(
            out / "edges.bin", scene.parts, placements.catalogue, grids, placed.tolist()
        )
        if left_out:
            detail = "These parts have so many creases that their edge lines were left out."
            journal.warn("edges_left_out", left_out, detail)
    with journal.stage("exact"):
        exact = write_exact(
            out / "exact.bin", scene.parts, placements.catalogue, levels, grids, placed.tolist()
        )
        if exact is not None and exact.left_out:
            detail = "These parts are beyond the 4 GiB of exact.bin; they cannot be measured."
            journal.warn("exact_left_out", exact.left_out, detail)
    begin("model")
    with journal.stage("model"):
        try:
            write_model(out / "model.glb", scene)
        except TooLarge as problem:
            journal.warn("model_left_out", 1, problem.detail)
    with journal.stage("surfaces"):
        surfaces = write_surfaces(out, scene, grids, placements, corners)
    with journal.stage("animations"):
        animations = write_animations(out / "animations.json", scene)
    with journal.stage("structure"):
        write_structure(out / "structure.json", scene, boxes)
        write_properties(out / "structure-props.json", scene)
    begin("thumbnail")
    with journal.stage("thumbnail"):
        if points is not None and not any(len(part.mesh.triangles) for part in scene.parts):
            write_picture(out / "thumbnail.webp", points.samples)
        else:
            write_thumbnail(out / "thumbnail.webp", scene, placements, levels, corners)
    write_json(out / "report.json", journal.document())

    rows = _level_rows(scene, placements, levels, chunks)
    manifest = {
        "format": FORMAT,
        "source": {
            **described,
            "kind": scene.source.kind,
            "length_unit": scene.source.length_unit,
            "up_axis": scene.source.up_axis,
        },
        "bounds": {"min": rounded(bounds[0]), "max": rounded(bounds[1])},
        "origin": origin.tolist(),
        "counts": counts(scene, placements),
        "pmi": dict(scene.pmi),
        "levels": rows,
        "coarsest": COARSEST,
        "chunks": [_chunk_row(chunk) for chunk in chunks],
        "geometries": [geometry.part for geometry in placements.catalogue],
        "closed": [int(scene.parts[geometry.part].closed) for geometry in placements.catalogue],
        "grids": [[*grid.minimum.tolist(), grid.step] for grid in grids],
        "errors": [
            [float(f"{error:.3g}") for error in _of(geometry, levels).errors_m]
            for geometry in placements.catalogue
        ],
        "palette": list(scene.palette),
        "headset": headset(rows),
        **({"exact": exact.manifest()} if exact is not None else {}),
        **({"surfaces": surface_rows(surfaces)} if surfaces else {}),
        **({"animations": animations} if animations else {}),
        "warnings": journal.warning_rows(),
        "files": {file.name: _fingerprint(file) for file in sorted(out.iterdir())},
    }
    if points is not None:
        manifest["points"] = points.manifest()
    write_json(out / MANIFEST, manifest)
    report("optimising", 1.0)
    return manifest


def _ask_for_missing(scene: Scene, options: ConvertOptions) -> None:
    """Stop when files are missing and nobody has said that the model is wanted without them."""
    files = list(dict.fromkeys(name for warning in scene.warnings for name in warning.files))
    if files and not options.allow_missing:
        named = ", ".join(files[:5]) + (f" and {len(files) - 5} more" if len(files) > 5 else "")
        raise MissingFiles(f"The file refers to {named}, which was not uploaded.", files=files)


def _prepare(out: Path) -> None:
    """Make the folder, or empty it of an earlier package. raises: Invalid when it holds others."""
    out.mkdir(parents=True, exist_ok=True)
    present = list(out.iterdir())
    strange = [path.name for path in present if not _PACKAGE_FILE.fullmatch(path.name)]
    if strange:
        raise Invalid(f"The folder {out} holds other files, for example {strange[0]!r}.")
    for path in present:
        path.unlink()


def _describe(source: Path) -> dict[str, Any]:
    with source.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"name": source.name, "sha256": digest, "bytes": source.stat().st_size}


def _main_file(source: Path, scratch: Path, options: ConvertOptions) -> tuple[Path, SourceKind]:
    """The file to read: the source itself, or the main file of an archive."""
    kind = sniff(source, source.name)
    if kind != "archive":
        return source, kind
    main = unpack(source, scratch, options)
    inner = sniff(main, main.name)
    if inner == "archive":
        raise UnsupportedFormat("The archive holds only another archive.")
    return main, inner


def _box(positions: np.ndarray[Any, np.dtype[np.float32]]) -> Floats:
    """Minimum and maximum of vertices; (2, 3), zeros when there are none."""
    if not len(positions):
        return np.zeros((2, 3))
    return np.stack([positions.min(axis=0), positions.max(axis=0)]).astype(float)


def _make_levels(
    scene: Scene, placements: Placements, simplifier: Simplifier, report: Report
) -> list[Levels]:
    """The levels of every part, in order."""
    share = _PROGRESS["pack"]
    total = sum(len(part.mesh.triangles) for part in scene.parts) or 1
    done = 0
    levels = []
    steps = steps_for(len(scene.parts), len(placements.rows))
    for part in scene.parts:
        levels.append(make_levels(part.mesh, steps, simplifier))
        done += len(part.mesh.triangles)
        report("optimising", share * done / total)
    return levels


def _of(geometry: Geometry, levels: Sequence[Levels]) -> Levels:
    """The levels of a geometry: its part's, baked if it is."""
    part = levels[geometry.part]
    return part if geometry.bake is None else baked_levels(part, geometry.bake)


def _grids(
    parts: Sequence[Part],
    catalogue: Sequence[Geometry],
    levels: Sequence[Levels],
    sizes: Floats,
    options: ConvertOptions,
) -> list[Grid]:
    grids = []
    for geometry in catalogue:
        positions = levels[geometry.part].meshes[0].positions
        cloud = parts[geometry.part].points
        if cloud is not None:
            positions = box_corners(box_of(parts[geometry.part]))
        if geometry.bake is not None:
            positions = (positions @ geometry.bake.T).astype(np.float32)
        low, high = _box(positions)
        grids.append(grid_for(low, high, deflection_for(float(sizes[geometry.part]), options)))
    return grids


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
    return len(levels[placements.catalogue[number].part].meshes[0].triangles) > 0


def _write_chunks(
    out: Path,
    levels: Sequence[Levels],
    grids: Sequence[Grid],
    placements: Placements,
    corners: Floats,
    base: BaseSize,
) -> list[Chunk]:
    """All chunks in load order, base.glb (already written) first."""
    scores = visible_order(placements, corners)
    around = geometry_bounds(placements, corners)
    shown = np.flatnonzero(placements.counts())
    everything = np.stack([around[shown, 0].min(axis=0), around[shown, 1].max(axis=0)])
    in_base = tuple(n for n in shown.tolist() if _has_triangles(placements, levels, n))
    chunks = [Chunk(BASE, COARSEST, base.total_bytes, in_base, everything)]
    of_geometries = [_of(geometry, levels) for geometry in placements.catalogue]
    for level in reversed(range(COARSEST)):
        chunks += write_finer(out, level, of_geometries, grids, scores, around)
    return chunks


def _level_rows(
    scene: Scene, placements: Placements, levels: Sequence[Levels], chunks: Sequence[Chunk]
) -> list[dict[str, int]]:
    """The manifest's levels: placed triangles, bytes of the level's own files, draws.

    One multi-draw call draws all opaque occurrences and one all transparent ones; a sub-draw is
    one geometry in one of the two.
    """
    placed = np.bincount(placements.parts, minlength=len(scene.parts))
    seen = any(not colour.endswith("ff") for colour in placements.colours)
    transparent = seen or any(not colour.endswith("ff") for colour in scene.palette[1:])
    return [
        {
            "level": level,
            "triangles": int((triangles_of(levels, level) * placed).sum()),
            "bytes": sum(chunk.size_bytes for chunk in chunks if chunk.level == level),
            "draw_calls": 2 if transparent else 1,
            "sub_draws": int((placements.counts() > 0).sum()),
        }
        for level in range(COARSEST + 1)
    ]


def _chunk_row(chunk: Chunk) -> dict[str, Any]:
    return {
        "file": chunk.file,
        "level": chunk.level,
        "bytes": chunk.size_bytes,
        "parts": list(chunk.geometries),
        "bounds": {"min": rounded(chunk.bounds[0]), "max": rounded(chunk.bounds[1])},
    }


def _fingerprint(file: Path) -> dict[str, Any]:
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {"bytes": file.stat().st_size, "sha256": digest}
