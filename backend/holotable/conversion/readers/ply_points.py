"""PLY without faces: a point cloud, with colours, intensities and classes where it has them.

Binary files, which may be of any size, are read in pieces. Gaussian splats (Kerbl et al. 2023) are
such files too: their places and base colours are shown, as points.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from holotable.conversion.options import ReadOptions, Report
from holotable.conversion.readers.points import Gatherer
from holotable.errors import NoGeometry
from holotable.review.scene import Floats, PropertyValue, Scene, SceneWarning

_PIECE: Final = 500_000
_COLOURS: Final = (("red", "green", "blue"), ("diffuse_red", "diffuse_green", "diffuse_blue"),
                   ("r", "g", "b"))  # fmt: skip
_INTENSITIES: Final = ("intensity", "scalar_intensity", "reflectance", "scalar_reflectance")
_CLASSES: Final = ("classification", "scalar_classification", "class", "label", "scalar_label")
_SPLATS: Final = ("f_dc_0", "f_dc_1", "f_dc_2")
_HARMONIC: Final = 0.28209479177387814  # the constant spherical harmonic, 1 / (2 √π)

Columns = Mapping[str, NDArray[Any]]


def binary_pieces(path: Path, start: int, count: int, record: np.dtype[Any]) -> Iterator[Columns]:
    """The vertices of a binary PLY, some at a time; the count was held against the file's size."""
    with path.open("rb") as stream:
        stream.seek(start)
        for first in range(0, count, _PIECE):
            many = min(_PIECE, count - first)
            table = np.frombuffer(stream.read(many * record.itemsize), record)
            yield {name: table[name] for name in record.names or ()}


def read_ply_points(
    title: str, count: int, pieces: Iterator[Columns], options: ReadOptions, report: Report
) -> Scene:
    """A scene of one part from the vertices of a PLY. count: how many there will be."""
    gatherer = Gatherer("ply", options)
    gatherer.check_count(count)
    gatherer.expected = count
    names: tuple[str, ...] = ()
    most, done = 255.0, 0
    for columns in pieces:
        if not names:
            if not {"x", "y", "z"} <= columns.keys():
                raise NoGeometry("The PLY file has no vertices with x, y and z.")
            names = tuple(columns)
            most = _brightest(columns)
        places = np.stack([np.asarray(columns[axis], np.float64) for axis in "xyz"], axis=1)
        intensity = _first(columns, _INTENSITIES)
        classes = _first(columns, _CLASSES)
        gatherer.add(
            places,
            _colours(columns, most),
            None if intensity is None else np.asarray(intensity, np.float64),
            None if classes is None else np.clip(np.nan_to_num(classes), 0, 255).astype(np.uint8),
        )
        done += len(places)
        report("reading", min(done / max(count, 1), 1.0))
    _warn(gatherer, names)
    facts: dict[str, PropertyValue] = {"Columns": " ".join(names)}
    return gatherer.finish(title, facts)


def _first(columns: Columns, names: tuple[str, ...]) -> NDArray[Any] | None:
    lower = {name.lower(): name for name in columns}
    return next((columns[lower[name]] for name in names if name in lower), None)


def _brightest(columns: Columns) -> float:
    """What full brightness is: 1, 255 or 65,535, by the type and the first values."""
    for names in _COLOURS:
        if not set(names) <= columns.keys():
            continue
        table = np.stack([columns[name] for name in names])
        if table.dtype.kind == "f":
            return 1.0 if np.nanmax(table, initial=0.0) <= 1.0 else 255.0
        return 65_535.0 if table.dtype.itemsize > 1 and table.max(initial=0) > 255 else 255.0
    return 255.0


def _colours(columns: Columns, most: float) -> NDArray[np.uint16] | None:
    """(n, 3) of 8 or of 16 bit, as `Gatherer.add` takes them."""
    for names in _COLOURS:
        if set(names) <= columns.keys():
            table = np.stack([columns[name] for name in names], axis=1)
            if table.dtype == np.uint8:
                return table.astype(np.uint16)
            return _whole(np.asarray(table, np.float64) * (255.0 if most == 1.0 else 1.0))
    if set(_SPLATS) <= columns.keys():
        table = np.stack([columns[name] for name in _SPLATS], axis=1).astype(np.float64)
        return _whole(np.clip(0.5 + _HARMONIC * table, 0.0, 1.0) * 255.0)
    return None


def _whole(table: Floats) -> NDArray[np.uint16]:
    return np.rint(np.clip(np.nan_to_num(table), 0.0, 65_535.0)).astype(np.uint16)


def _warn(gatherer: Gatherer, names: tuple[str, ...]) -> None:
    if set(_SPLATS) <= set(names):
        detail = "Gaussian splats are shown as points: their shapes and reflections are left out."
        gatherer.warnings.append(SceneWarning("splats_as_points", 1, detail))
    elif {"nx", "ny", "nz"} <= set(names):
        detail = "The normals of the points are not used."
        gatherer.warnings.append(SceneWarning("normals_ignored", 1, detail))
