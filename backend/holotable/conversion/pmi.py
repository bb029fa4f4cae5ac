"""pmi.json and pmi.bin: what a model says of itself in words, and the drawing of those words.

docs/formats/pmi.md specifies both files.
"""

import struct
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

import numpy as np
from numpy.typing import NDArray

from holotable.conversion.structure import write_json
from holotable.review.annotations import Annotation, SavedView
from holotable.review.scene import Scene

FORMAT: Final = "holotable-pmi/1"
MAGIC: Final = b"HTPM"
VERSION: Final = 1
ANNOTATION_NAMESPACE: Final = uuid5(NAMESPACE_URL, "https://holotable.dev/annotation/1")

_COUNTED: Final = ("dimensions", "tolerances", "datums", "presentations")
_Floats: Final = np.dtype("<f4")


def write_pmi(folder: Path, scene: Scene) -> dict[str, int]:
    """Write both files into a package, none when there is nothing to say; the manifest's `pmi`."""
    counts = {name: int(scene.pmi.get(name, 0)) for name in _COUNTED}
    counts["views"] = len(scene.views)
    counts["notes"] = sum(annotation.kind == "note" for annotation in scene.annotations)
    if scene.annotations or scene.views:
        drawn = _Drawn()
        document = {
            "format": FORMAT,
            "annotations": [
                _row(annotation, id_, drawn)
                for annotation, id_ in zip(scene.annotations, annotation_ids(scene), strict=True)
            ],
            "views": [_view(view) for view in scene.views],
        }
        write_json(folder / "pmi.json", document)
        (folder / "pmi.bin").write_bytes(drawn.encoded())
    return counts


def annotation_ids(scene: Scene) -> list[UUID]:
    """An id for each annotation from what it says, stable while that stays as it is.

    Equals count up in the order of the file. Face numbers are no part of it: they shift between
    revisions.
    """
    ranks: Counter[tuple[str, ...]] = Counter()
    ids: list[UUID] = []
    for annotation in scene.annotations:
        part = scene.parts[annotation.part].name if annotation.part >= 0 else ""
        said = (annotation.kind, annotation.type, annotation.name, annotation.text, part)
        ids.append(uuid5(ANNOTATION_NAMESPACE, "\x1f".join([*said, str(ranks[said])])))
        ranks[said] += 1
    return ids


class _Drawn:
    """Polylines and triangles of all annotations, equal drawings once."""

    def __init__(self) -> None:
        self._points: list[NDArray[np.float32]] = []
        self._starts = [0]
        self._triangles: list[NDArray[np.float32]] = []
        self._triangle_count = 0
        self._known: dict[bytes, tuple[int, int]] = {}

    def lines(self, lines: tuple[NDArray[np.float32], ...]) -> tuple[int, int]:
        """First polyline and how many."""
        sizes = np.array([len(line) for line in lines], "<u4")
        key = b"lines" + sizes.tobytes() + b"".join(map(_bytes, lines))
        known = self._known.get(key)
        if known is None:
            known = (len(self._starts) - 1, len(lines))
            self._known[key] = known
            for line in lines:
                self._points.append(line)
                self._starts.append(self._starts[-1] + len(line))
        return known

    def triangles(self, triangles: NDArray[np.float32]) -> tuple[int, int]:
        """First triangle and how many."""
        key = b"triangles" + _bytes(triangles)
        known = self._known.get(key)
        if known is None:
            known = (self._triangle_count, len(triangles))
            self._known[key] = known
            self._triangles.append(triangles)
            self._triangle_count += len(triangles)
        return known

    def encoded(self) -> bytes:
        """pmi.bin."""
        head = struct.pack(
            "<4sIIII",
            MAGIC,
            VERSION,
            len(self._starts) - 1,
            self._starts[-1],
            self._triangle_count,
        )
        starts = np.array(self._starts, "<u4").tobytes()
        return b"".join([head, starts, *map(_bytes, self._points), *map(_bytes, self._triangles)])


def _bytes(numbers: NDArray[np.float32]) -> bytes:
    return np.ascontiguousarray(numbers, _Floats).tobytes()


def _row(annotation: Annotation, id_: UUID, drawn: _Drawn) -> dict[str, Any]:
    """One annotation; keys without content are left out."""
    row: dict[str, Any] = {
        "id": str(id_),
        "kind": annotation.kind,
        "type": annotation.type,
        "name": annotation.name,
        "text": annotation.text,
        "part": annotation.part,
        "faces": list(annotation.faces),
        "edges": list(annotation.edges),
    }
    for name, value in (
        ("value", annotation.value), ("upper", annotation.upper), ("lower", annotation.lower),
    ):  # fmt: skip
        if value is not None:
            row[name] = value
    if annotation.datums:
        row["datums"] = list(annotation.datums)
    if annotation.views:
        row["views"] = list(annotation.views)
    if annotation.elsewhere:
        row["elsewhere"] = [
            {"part": part, "faces": list(faces), "edges": list(edges)}
            for part, faces, edges in annotation.elsewhere
        ]
    if annotation.properties:
        row["properties"] = dict(annotation.properties)
    if annotation.entries:
        row["entries"] = _sorted(annotation.entries)
    if annotation.lines:
        row["lines"] = list(drawn.lines(annotation.lines))
    if annotation.triangles is not None and len(annotation.triangles):
        row["triangles"] = list(drawn.triangles(annotation.triangles))
    return row


def _view(view: SavedView) -> dict[str, Any]:
    row: dict[str, Any] = {
        "name": view.name,
        "position": list(view.position),
        "target": list(view.target),
        "up": list(view.up),
    }
    if view.height_m is not None:
        row["height_m"] = view.height_m
    if view.plane is not None:
        row["plane"] = list(view.plane)
    return row


def _sorted(values: Mapping[str, int]) -> dict[str, int]:
    return {name: values[name] for name in sorted(values)}
