"""A comparison in a process of its own: files of two packages in, files of results out.

`python -m holotable.comparison_run` reads one JSON order from its input. It knows no database and
no network, takes memory and time limits upon itself before it reads a byte, and decodes nothing but
JSON and plain numbers: packages come out of a sandbox that a hostile file may have taken over.
"""

import json
import mmap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from holotable.review.compare_judge import Files
from holotable.review.compare_side import side_of
from holotable.review.exact_file import ExactFile, open_exact
from holotable.review.mass import said_mass
from holotable.review.model_file import ModelFile
from holotable.review.placement import correction
from holotable.review.shape import read_shapes, shapes_of_structure

STRUCTURE, PROPERTIES = "structure.json", "structure-props.json"
EXACT, MODEL, SHAPE = "exact.bin", "model.glb", "shape.bin"
NEEDED = (STRUCTURE, PROPERTIES, EXACT, MODEL, SHAPE)


def open_files(
    paths: Mapping[str, Path], source: Mapping[str, Any], placement: Mapping[str, Any] | None
) -> Files:
    """One side from the files of its package, by name; all but structure.json may be missing.

    source: the manifest's `source`, or as much of it as is known: kind, length_unit, up_axis.
    raises: ValueError, KeyError or TypeError when structure.json is none.
    """
    structure = json.loads(paths[STRUCTURE].read_bytes())
    rows = [row if isinstance(row, dict) else {} for row in structure.get("parts") or ()]
    said = json.loads(paths[PROPERTIES].read_bytes()) if PROPERTIES in paths else {}
    shapes = read_shapes(paths[SHAPE].read_bytes(), len(rows)) if SHAPE in paths else None
    side = side_of(
        structure,
        said if isinstance(said, dict) else {},
        shapes or shapes_of_structure(rows),
        correction(source, placement),
        [said_mass(row) for row in rows],
        str(source.get("kind") or ""),
    )

    def model() -> ModelFile | None:
        content = _mapped(paths.get(MODEL))
        try:
            return None if content is None else ModelFile(content)
        except ValueError:
            return None

    return Files(side, _exact(paths), model)


def _exact(paths: Mapping[str, Path]) -> ExactFile | None:
    content = _mapped(paths.get(EXACT))
    return None if content is None else open_exact(content)


def _mapped(path: Path | None) -> memoryview | None:
    """A file's bytes, read from the disk as they are needed."""
    if path is None or not path.stat().st_size:
        return None
    with path.open("rb") as file:
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
