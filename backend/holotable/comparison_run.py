"""A comparison in a process of its own: files of two packages in, files of results out.

`python -m holotable.comparison_run` reads one JSON order from its input. It knows no database and
no network, takes memory and time limits upon itself before it reads a byte, and decodes nothing but
JSON and plain numbers: packages come out of a sandbox that a hostile file may have taken over.
"""

import gzip
import json
import mmap
import os
import resource
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from holotable.review.compare import Comparison, PartPair, compare
from holotable.review.compare_distance import Displacement, displacement
from holotable.review.compare_judge import Files, part_motion
from holotable.review.compare_results import (
    change_rows,
    heat_points,
    occurrence_columns,
    part_row,
    partner_columns,
    summary_of,
    tour_rows,
)
from holotable.review.compare_side import side_of
from holotable.review.compare_tour import groups_of, tour_of
from holotable.review.exact_file import ExactFile, open_exact
from holotable.review.mass import said_mass
from holotable.review.model_file import ModelFile
from holotable.review.placement import correction
from holotable.review.shape import read_shapes, shapes_of_structure

STRUCTURE, PROPERTIES = "structure.json", "structure-props.json"
EXACT, MODEL, SHAPE = "exact.bin", "model.glb", "shape.bin"
NEEDED = (STRUCTURE, PROPERTIES, EXACT, MODEL, SHAPE)
MOST_HEAT: Final = 200  # changed parts that get points for a heat map, the first in the tree
TOO_LARGE: Final = 3  # exit code: the memory did not suffice
# How far it is when the files are read and when everything is matched; displacements are the rest.
_READ, _MATCHED = 0.1, 0.5


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


def results_of(
    old: Files, new: Files, out: Path, seconds: float, tell: Callable[[float], None] | None = None
) -> dict[str, Any]:
    """Compare two sides and write what was found into a folder; returns the summary.

    seconds: for looking closely at shapes, and again for displacements.  tell: told what share is
    done, roughly.
    """
    tell = tell or (lambda _: None)
    tell(_READ)
    comparison = compare(old, new, time.monotonic() + seconds)
    groups = groups_of(comparison)
    stops = tour_of(comparison, groups)
    parts = []
    until = time.monotonic() + seconds
    for number, pair in enumerate(comparison.pairs):
        tell(_MATCHED + (1.0 - _MATCHED) * number / len(comparison.pairs))
        displaced = None
        if number < MOST_HEAT and time.monotonic() < until:
            displaced = _displaced(old, new, comparison, pair)
        if displaced is not None:
            (out / f"heat-{number}.bin").write_bytes(heat_points(displaced))
        parts.append(part_row(comparison, number, displaced))
    summary = summary_of(comparison, stops)
    _write(out / "parts.json", parts)
    _write(out / "tour.json", tour_rows(comparison, stops, parts))
    _write(out / "changes.json", change_rows(comparison, groups, stops))
    columns = gzip.compress(occurrence_columns(comparison), compresslevel=6, mtime=0)
    (out / "occurrences.bin").write_bytes(columns)
    (out / "partners.bin").write_bytes(partner_columns(comparison))
    _write(out / "summary.json", summary)  # last: a folder without it is no result
    return summary


def _displaced(
    old: Files, new: Files, comparison: Comparison, pair: PartPair
) -> Displacement | None:
    surfaces = old.surface(pair.old_part), new.surface(pair.new_part)
    if surfaces[0] is None or surfaces[1] is None:
        return None
    inner = part_motion(
        comparison.old.figures,
        pair.old_figure,
        comparison.new.figures,
        pair.new_figure,
        pair.motion,
    )
    return displacement(surfaces[0], surfaces[1], inner)


def _write(path: Path, document: object) -> None:
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    path.write_bytes(text.encode("utf-8", "replace"))


def _tell(share: float) -> None:
    sys.stdout.write(f"{share:.3f}\n")
    sys.stdout.flush()


def _limit(memory_bytes: int, seconds: float) -> None:
    """Take memory and processor time from this process, and let others go first."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    whole = int(seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (whole, whole + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(5)


def main() -> int:
    """Perform the order on standard input: {old, new, out, seconds, memory_bytes}.

    old, new: {files: {name: path}, source, placement}. 3 is too little memory. Standard output is
    the share that is done, a number a line.
    """
    order = json.load(sys.stdin)
    _limit(order["memory_bytes"], 4 * order["seconds"])
    try:
        sides = [
            open_files(
                {name: Path(path) for name, path in one["files"].items()},
                one["source"],
                one["placement"],
            )
            for one in (order["old"], order["new"])
        ]
        results_of(sides[0], sides[1], Path(order["out"]), order["seconds"], _tell)
    except MemoryError:
        return TOO_LARGE
    return 0


if __name__ == "__main__":
    sys.exit(main())
