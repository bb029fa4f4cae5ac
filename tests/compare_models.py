"""Packages of small models made by the real converter, and comparing two of them."""

import json
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from holotable.comparison_run import open_files
from holotable.conversion.options import ConvertOptions
from holotable.conversion.pipeline import convert
from holotable.review.compare import KINDS, Comparison, compare
from holotable.review.compare_judge import Files
from holotable.sample.solids import block, cut, cylinder, moved
from holotable.sample.step_file import Definition, StepFile, translation

Build = Callable[[StepFile], None]


def package(folder: Path, source: Path, options: ConvertOptions | None = None) -> Path:
    """Convert a file into a folder beside it."""
    out = folder / f"package-{len(list(folder.glob('package-*')))}"
    convert(source, out, options or ConvertOptions(), lambda _stage, _fraction: None)
    return out


def step(folder: Path, build: Build, name: str = "model.step") -> Path:
    """A STEP file of what `build` puts into it."""
    file = StepFile()
    build(file)
    path = folder / name
    file.write(path, "Model")
    return path


def step_package(folder: Path, build: Build, options: ConvertOptions | None = None) -> Path:
    """The package of a STEP file of what `build` puts into it."""
    return package(folder, step(folder, build, f"model{len(list(folder.iterdir()))}.step"), options)


def files_of(folder: Path, placement: dict[str, Any] | None = None) -> Files:
    """One side of a comparison."""
    manifest = json.loads((folder / "manifest.json").read_bytes())
    paths = {path.name: path for path in folder.iterdir()}
    return open_files(paths, manifest["source"], placement)


def compared(old: Path, new: Path, seconds: float = 120.0) -> Comparison:
    """Compare two packages."""
    return compare(files_of(old), files_of(new), time.monotonic() + seconds)


def told(comparison: Comparison) -> dict[str, int]:
    """What changed, without what did not."""
    counts = comparison.counts
    return {name: count for name, count in counts.items() if count and name != "unchanged"}


def named(comparison: Comparison, kind: str) -> list[str]:
    """Names of the occurrences of a kind."""
    return sorted(
        comparison.new.names[one.new] if one.new >= 0 else comparison.old.names[one.old]
        for one in comparison.changes
        if KINDS[one.kind] == kind
    )


def plate(bore_mm: float = 3.0, holes: int = 8, size: float = 100.0, height: float = 10.0) -> Any:
    """A plate 100 × 100 × 10 mm, not symmetric, with a row of through holes of this radius."""
    solid = cut(
        block((0, 0, 0), (size, size, height)),
        *(cylinder(bore_mm, height + 2, (10.0 + 11.0 * n, 30.0, -1.0)) for n in range(holes)),
    )
    return cut(solid, block((0, 80, -1), (25, 101, height + 1)))


def bolt() -> Any:
    """A pin with a flat on one side, so that every turn of it shows."""
    return cut(cylinder(4, 30), block((2.5, -5, 20), (6, 5, 31)))


def row_of_bolts(
    file: StepFile,
    spots: Sequence[float],
    names: Callable[[int], str] = lambda _n: "",
    scale: float = 1.0,
) -> Definition:
    """An assembly with a base and bolts along x. scale: 1 / 25.4 makes a file in inches."""
    grown = np.diag([scale, scale, scale, 1.0])
    root = file.assembly("Fixture")
    base = moved(block((-10, -20, -10), (250, 20, 0)), grown)
    file.place(root, file.part("Base", base, "#888888"), None, "Base")
    pin = file.part("Bolt", moved(bolt(), grown), "#303030")
    for number, spot in enumerate(spots):
        file.place(root, pin, translation(spot * scale), names(number))
    return root


def with_names(source: Path, target: Path, rename: Callable[[str], str]) -> Path:
    """A copy of a STEP file whose product and occurrence names went through `rename`."""
    text = source.read_text()
    text = re.sub(
        r"((?:PRODUCT|NEXT_ASSEMBLY_USAGE_OCCURRENCE)\(')([^']*)(','?)([^']*)(')",
        lambda m: f"{m[1]}{rename(m[2])}{m[3]}{rename(m[4])}{m[5]}",
        text,
    )
    target.write_text(text)
    return target


def random_word(seed: int) -> Callable[[str], str]:
    """Another word for each, always the same for one seed."""
    random = np.random.default_rng(seed)
    known: dict[str, str] = {}
    return lambda text: known.setdefault(text, "".join(random.choice(list("QWXZJKVY"), 9)))
