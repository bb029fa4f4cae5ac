"""A model written in another format, in a process of its own: files of a package in, one file out.

`python -m holotable.model_export_run` reads one JSON order from its input. lib3mf and OpenUSD are
native and set the locale of their process; a scene comes out of a sandbox that a hostile file may
have taken over. So limits are taken first, and the server's own process loads neither.
"""

import json
import os
import resource
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from holotable.errors import NoGeometry
from holotable.exchange.formats import Asset, write_as

TOO_LARGE: Final = 3  # exit codes
NO_GEOMETRY: Final = 4
DAMAGED: Final = 5
MODEL: Final = "model.glb"
# What is done when the model is read; writing is the rest, and no writer tells how far it is.
_READ: Final = 0.25
_WRITTEN: Final = 0.9


def write(order: Mapping[str, Any], tell: Callable[[float], None]) -> dict[str, int]:
    """Write what is ordered; returns what the format cannot hold, counted.

    order: {out, files: {name: path}, placement: 16 numbers row by row, asset}; with `packed` the
    files themselves, as they are served, in one zip without compression.
    raises: NoGeometry, ValueError when the model is damaged.
    """
    out = Path(order["out"])
    if order["packed"]:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
            for number, (name, path) in enumerate(sorted(order["files"].items())):
                tell(_WRITTEN * number / len(order["files"]))
                # One date for all: the same package is the same file (ZIP APPNOTE §4.4.6).
                with (
                    Path(path).open("rb") as source,
                    archive.open(zipfile.ZipInfo(name), "w") as to,
                ):
                    while piece := source.read(1 << 20):
                        to.write(piece)
        return {}
    tell(0.02)
    glb = Path(order["files"][MODEL]).read_bytes()
    tell(_READ)
    placement = np.array(order["placement"], float).reshape(4, 4)
    left_out = write_as(out, glb, placement, Asset(**order["asset"]))
    tell(_WRITTEN)
    return left_out


def _tell(share: float) -> None:
    sys.stdout.write(f"{share:.3f}\n")
    sys.stdout.flush()


def main() -> int:
    """Perform the order on standard input.

    Standard output is the share that is done, a number a line, and last a JSON object of what was
    left out; why it was not written is the exit code, and words on standard error.
    """
    order = json.load(sys.stdin)
    memory, seconds = int(order["memory_bytes"]), int(order["seconds"]) + 1
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(order["output_bytes"]),) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(5)
    try:
        left_out = write(order, _tell)
    except MemoryError:
        return TOO_LARGE
    except NoGeometry as nothing:
        sys.stderr.write(nothing.detail)
        return NO_GEOMETRY
    except ValueError as damage:
        sys.stderr.write(str(damage))
        return DAMAGED
    sys.stdout.write(json.dumps(left_out) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
