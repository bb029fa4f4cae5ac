"""STEP, IGES and BREP to a scene, through Open CASCADE's XCAF documents."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from holotable.conversion.options import METRES_PER_UNIT, ConvertOptions, Report
from holotable.conversion.readers import cad_tree, cad_validation, pmi, xcaf
from holotable.conversion.readers.cad_part import Frame, Palette, ReadPart, read_part
from holotable.errors import DamagedFile, MissingFiles, NoGeometry, TooComplex
from holotable.review.scene import (
    Z_UP_TO_Y_UP,
    Part,
    PropertyValue,
    Scene,
    SceneWarning,
    Source,
    SourceKind,
)

_NAMED: Final = 5  # parts in one warning
_MILLIMETRE: Final = 1e-3  # metres; Open CASCADE converts every file to millimetres


def read_cad(path: Path, kind: SourceKind, options: ConvertOptions, report: Report) -> Scene:
    """Read a STEP, IGES or BREP file, and the STEP files beside it that it draws in.

    raises: DamagedFile, MissingFiles, NoGeometry, TooComplex.
    """
    report("reading", 0.0)
    document = xcaf.open_document(path, kind, report, options.max_occurrences)
    if document.missing_files and not options.allow_missing:
        raise _missing(document)
    uses = _count_uses(document, options)
    report("reading", 1.0)

    frame = _frame(document, options)
    palette = Palette({})
    leaves = [product for product in _in_use(document, uses) if not product.is_assembly]
    parts: dict[str, ReadPart] = {}
    placed_triangles = 0
    report("tessellating", 0.0)
    for number, product in enumerate(leaves):
        read = read_part(product, frame, palette, options, sew=kind == "iges")
        parts[product.key] = read
        placed_triangles += len(read.part.mesh.triangles) * uses[product.key]
        if placed_triangles > options.max_triangles:
            raise TooComplex(
                f"The model has more than {options.max_triangles:,} triangles.",
                limit=options.max_triangles,
            )
        report("tessellating", (number + 1) / len(leaves))
    if placed_triangles == 0:
        if document.missing_files:
            raise _missing(document)
        if not any(read.part.edges is not None for read in parts.values()):
            raise NoGeometry()  # else a drawing of curves alone
    checked = cad_validation.check(document, parts, frame)
    offsets = {key: read.offset for key, read in parts.items()}
    said = pmi.read_pmi(document, path, pmi.Frame(frame.points, frame.metres, offsets))
    return Scene(
        Source(kind, document.length_unit, options.up_axis or "z"),
        cad_tree.nodes(document, parts, frame, path.stem, checked.properties),
        tuple(_with(read.part, checked.properties.get(key, {})) for key, read in parts.items()),
        palette.colours(),
        (*_warnings(document, parts), *checked.warnings, *said.warnings),
        {**document.pmi, **said.counts},
        said.annotations,
        said.views,
    )


def _frame(document: xcaf.Document, options: ConvertOptions) -> Frame:
    """What the person says of unit and axis goes before what the file says."""
    metres = _MILLIMETRE
    if options.unit is not None:
        read_as = METRES_PER_UNIT[document.length_unit or "mm"]
        metres *= METRES_PER_UNIT[options.unit] / read_as
    return Frame(metres, np.eye(4) if options.up_axis == "y" else Z_UP_TO_Y_UP)


def _with(part: Part, found: Mapping[str, Mapping[str, PropertyValue]]) -> Part:
    return replace(part, properties={**part.properties, **found}) if found else part


def _count_uses(document: xcaf.Document, options: ConvertOptions) -> dict[str, int]:
    """How often each product is placed, in an order with assemblies before what they hold.

    A few kilobytes can say 2**38 placements, so they are counted before any is made.
    """
    products = document.products
    waiting: Counter[str] = Counter()
    for product in products.values():
        waiting.update(component.product for component in product.components)
    uses: defaultdict[str, int] = defaultdict(int)
    for root in document.roots:
        uses[root] += 1
    free = [root for root in dict.fromkeys(document.roots) if waiting[root] == 0]
    ordered: dict[str, int] = {}
    total = 0
    while free:
        key = free.pop()
        ordered[key] = uses[key]
        total += uses[key]
        if total > options.max_occurrences:
            raise TooComplex(
                f"The model has more than {options.max_occurrences:,} occurrences.",
                limit=options.max_occurrences,
            )
        for component in products[key].components:
            uses[component.product] += uses[key]
            waiting[component.product] -= 1
            if waiting[component.product] == 0:
                free.append(component.product)
    if len(ordered) < len(products):
        raise DamagedFile("An assembly contains itself, directly or through others.")
    return ordered


def _in_use(document: xcaf.Document, uses: Mapping[str, int]) -> list[xcaf.Product]:
    return [product for key, product in document.products.items() if uses.get(key)]


def _warnings(document: xcaf.Document, parts: Mapping[str, ReadPart]) -> tuple[SceneWarning, ...]:
    found: list[SceneWarning] = []
    lost = sum(read.untriangulated for read in parts.values())
    if lost:
        names = _names(read for read in parts.values() if read.untriangulated)
        detail = f"Faces that could not be triangulated, even repaired: {lost}, of {names}."
        found.append(SceneWarning("faces_lost", lost, detail))
    repaired = sum(read.repaired for read in parts.values())
    if repaired:
        names = _names(read for read in parts.values() if read.repaired)
        detail = f"Faces that are shown only since they were repaired: {repaired}, of {names}."
        found.append(SceneWarning("faces_repaired", repaired, detail))
    inexact = sum(read.inexact for read in parts.values())
    if inexact:
        detail = f"{inexact} faces and edges have no geometry to measure; they show as triangles."
        found.append(SceneWarning("exact_lost", inexact, detail))
    empty = [read for read in parts.values() if not len(read.part.mesh.triangles)]
    if empty:
        detail = f"Parts without surfaces, of curves or points only: {len(empty)}, {_names(empty)}."
        found.append(SceneWarning("no_surfaces", len(empty), detail))
    hidden = sum(read.hidden_faces for read in parts.values())
    if hidden:
        detail = f"{hidden} faces are hidden in the file, but their parts are not: they are shown."
        found.append(SceneWarning("hidden_faces_shown", hidden, detail))
    if document.missing_files:
        missing = _missing(document)
        count = len(document.missing_files)
        found.append(
            SceneWarning("missing_files", count, missing.detail, files=document.missing_files)
        )
    if document.unread_files:
        shown = ", ".join(document.unread_files[:10])
        count = len(document.unread_files)
        detail = (
            f"{count} files hold no STEP that can be read, so their parts are missing: {shown}."
        )
        found.append(SceneWarning("files_unread", count, detail))
    if document.broken_entities:
        detail = (
            f"{document.broken_entities} entities of the file contradict themselves; what they"
            " stand for may be missing. Export the file again."
        )
        found.append(SceneWarning("entities_broken", document.broken_entities, detail))
    return tuple(found)


def _names(reads: Iterable[ReadPart]) -> str:
    names = sorted({read.part.name for read in reads})
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _missing(document: xcaf.Document) -> MissingFiles:
    files = document.missing_files
    shown = ", ".join(files[:10]) + (f" and {len(files) - 10} more" if len(files) > 10 else "")
    return MissingFiles(
        f"The file refers to {len(files)} missing files: {shown}.", files=list(files)
    )
