"""A source file becomes a scene package: the stages, read from top to bottom.

    sniff, unpack → read → check → place → levels → base.glb and chunks → edges.bin
    → exact.bin → model.glb → structure.json → thumbnail.webp → report.json → manifest.json

manifest.json is written last: a folder without one is no package. docs/formats/scene-package.md
specifies the files.
"""

import hashlib
import re
import tempfile
from pathlib import Path
from typing import Any, Final

import numpy as np

from holotable.conversion.animations import write_animations
from holotable.conversion.archive import unpack
from holotable.conversion.budget import headset
from holotable.conversion.chunks import level_rows, make_grids, make_shapes, write_chunks
from holotable.conversion.edges import write_edges
from holotable.conversion.exact import write_exact
from holotable.conversion.journal import Journal
from holotable.conversion.lod import COARSEST
from holotable.conversion.model import write_model
from holotable.conversion.options import ConvertOptions, Report
from holotable.conversion.place import (
    WIDE_M,
    corner_boxes,
    exact_bounds,
    origin_of,
    place,
)
from holotable.conversion.pmi import write_pmi
from holotable.conversion.point_picture import write_picture
from holotable.conversion.points import box_of, outermost, write_points
from holotable.conversion.read import read
from holotable.conversion.shape import write_shape_file
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
from holotable.review.scene import Scene, SourceKind

FORMAT: Final = "holotable-scene/1"
MANIFEST: Final = "manifest.json"

_PACKAGE_FILE: Final = re.compile(
    r"(base|model|(l|p|surface-)[\d-]+)\.glb|(edges|exact|pmi|shape)\.bin|thumbnail\.webp"
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
            upload = None if path == source else Path(scratch)
            scene = read(path, kind, options, report, upload)
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
        origin = origin_of(bounds, corners)
        strays = int((np.linalg.norm(corners.mean(axis=1) - origin, axis=1) > WIDE_M).sum())
        if strays:
            detail = "These lie more than 16 km from the rest and are shown to centimetres only."
            journal.warn("far_apart", strays, detail)
    simplifier = Simplifier()
    begin("levels")
    with journal.stage("levels"):
        shapes = make_shapes(scene, placements, simplifier, report, _PROGRESS["pack"])
    begin("pack")
    with journal.stage("pack"):
        extent = float(np.ptp(bounds, axis=0).max())
        grids = make_grids(scene.parts, placements.catalogue, sizes, extent, options)
        written = write_chunks(out, shapes, grids, placements, corners, sizes, origin, simplifier)
        levels = written.shapes.levels
        journal.shared = len(shapes.copies)
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
        placed[list(shapes.copies)] = False  # their lines are those of what they are copies of
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
    with journal.stage("pmi"):
        pmi = write_pmi(out, scene)
    with journal.stage("animations"):
        animations = write_animations(out / "animations.json", scene)
    with journal.stage("structure"):
        write_shape_file(out / "shape.bin", scene)
        write_structure(out / "structure.json", scene, boxes)
        write_properties(out / "structure-props.json", scene)
    begin("thumbnail")
    with journal.stage("thumbnail"):
        if points is not None and not any(len(part.mesh.triangles) for part in scene.parts):
            write_picture(out / "thumbnail.webp", points.samples)
        else:
            write_thumbnail(out / "thumbnail.webp", scene, placements, levels, corners)
    write_json(out / "report.json", journal.document())

    rows = level_rows(scene, placements, written.shapes, written.chunks)
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
        "pmi": pmi,
        "levels": rows,
        "coarsest": COARSEST,
        **written.rows(),
        "closed": [int(scene.parts[part].closed) for part in written.parts],
        "palette": list(scene.palette),
        **({"georeference": dict(scene.georeference)} if scene.georeference else {}),
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


def _fingerprint(file: Path) -> dict[str, Any]:
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {"bytes": file.stat().st_size, "sha256": digest}
