"""The `holotable` command: one function adds a sub-command, one runs it, all imports are late.

`holotable convert` needs no server, `holotable serve` needs no reader: each imports its own.
"""

import argparse
import ctypes
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeAlias

from holotable.errors import HolotableError

Commands: TypeAlias = (
    "argparse._SubParsersAction[argparse.ArgumentParser]"  # argparse names no other
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one sub-command; returns the exit code. A problem is one line of JSON, and 1."""
    parser = argparse.ArgumentParser(prog="holotable", description="Self-hosted design review.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for add in COMMANDS:
        add(commands)
    chosen = parser.parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = chosen.run
    try:
        return run(chosen)
    except HolotableError as problem:
        print(
            json.dumps(
                {"code": problem.code, "detail": problem.detail, "remedy": problem.remedy},
                ensure_ascii=False,
            )
        )
        return 1


def add_convert(commands: Commands) -> None:
    """Add `holotable convert IN -o DIR`."""
    parser = commands.add_parser("convert", help="write the scene package of a file")
    parser.add_argument("source", type=Path, metavar="IN", help="STEP, IGES, BREP, IFC, STL, …")
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="DIR")
    parser.add_argument(
        "--deflection-mm",
        type=float,
        metavar="MM",
        help="largest distance of triangles from a curved face; default: relative to the part",
    )
    parser.add_argument("--angle-rad", type=float, default=0.5, metavar="RAD")
    parser.add_argument(
        "--unit", choices=("um", "mm", "cm", "m", "km", "in", "ft"), help="overrides the file"
    )
    parser.add_argument("--up-axis", choices=("y", "z"), help="overrides the file")
    parser.set_defaults(run=run_convert)


def run_convert(chosen: argparse.Namespace) -> int:
    """Convert; progress goes to standard error, the summary is the last line of output."""
    from holotable.conversion.options import ConvertOptions
    from holotable.conversion.pipeline import convert
    from holotable.errors import NotFound

    if not chosen.source.is_file():
        raise NotFound(f"There is no file {str(chosen.source)!r}.")
    options = ConvertOptions(
        deflection_m=None if chosen.deflection_mm is None else chosen.deflection_mm / 1000,
        angle_rad=chosen.angle_rad,
        unit=chosen.unit,
        up_axis=chosen.up_axis,
    )
    with _output_kept_clean():
        manifest = convert(chosen.source, chosen.out, options, _Progress())
    print(json.dumps(summary(manifest), ensure_ascii=False))
    return 0


def summary(manifest: dict[str, Any]) -> dict[str, Any]:
    """What `convert` prints of a manifest. bytes: of all files of the package."""
    kept = ("format", "source", "counts", "bounds", "pmi", "levels", "headset", "warnings")
    total = sum(file["bytes"] for file in manifest["files"].values())
    return {**{key: manifest[key] for key in kept}, "bytes": total}


def add_inspect(commands: Commands) -> None:
    """Add `holotable inspect DIR|FILE`."""
    parser = commands.add_parser("inspect", help="say what a scene package or a source file holds")
    parser.add_argument("path", type=Path, metavar="DIR|FILE")
    parser.add_argument("--depth", type=int, default=3, help="levels of the tree to print")
    parser.set_defaults(run=run_inspect)


def run_inspect(chosen: argparse.Namespace) -> int:
    """Print a readable summary; a source file is converted into a temporary folder first."""
    import tempfile

    from holotable.conversion.inspect import describe
    from holotable.conversion.options import ConvertOptions
    from holotable.conversion.pipeline import convert
    from holotable.errors import NotFound

    if chosen.path.is_dir():
        print(describe(chosen.path, chosen.depth))
        return 0
    if not chosen.path.is_file():
        raise NotFound(f"There is no file or folder {str(chosen.path)!r}.")
    with tempfile.TemporaryDirectory(prefix="holotable-") as folder:
        with _output_kept_clean():
            convert(chosen.path, Path(folder), ConvertOptions(), _Progress())
        print(describe(Path(folder), chosen.depth))
    return 0


COMMANDS: Final[tuple[Callable[[Commands], None], ...]] = (add_convert, add_inspect)


class _Progress:
    """Stages on standard error: one line each, rewritten on a terminal."""

    def __init__(self) -> None:
        self._stage = ""

    def __call__(self, stage: str, fraction: float) -> None:
        """Show a stage and how much of it is done."""
        if sys.stderr.isatty():
            print(f"\r{stage} {fraction:4.0%}   ", end="", file=sys.stderr, flush=True)
        elif stage != self._stage:
            print(stage, file=sys.stderr, flush=True)
        self._stage = stage


@contextmanager
def _output_kept_clean() -> Iterator[None]:
    """Send what native libraries print to standard error: Open CASCADE writes to its output.

    The C library has its own buffer, so it is emptied before the descriptor is put back.
    """
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        ctypes.CDLL(None).fflush(None)
        os.dup2(kept, 1)
        os.close(kept)
        if sys.stderr.isatty():
            print(file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
