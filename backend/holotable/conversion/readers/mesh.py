"""OBJ, PLY, OFF and COLLADA: one entry, a module for each format.

The obvious thing is trimesh. It names the parts of an OBJ after materials, flattens COLLADA and
copies its instances, and reads a wrong count in an ASCII PLY as an empty mesh without an error; the
formats are small, so each has its own reader, and tests hold them against trimesh.
"""

from pathlib import Path

import numpy as np

from holotable.conversion.options import ReadOptions, Report
from holotable.conversion.readers.collada import read_dae
from holotable.conversion.readers.obj import read_obj
from holotable.conversion.readers.off import read_off
from holotable.conversion.readers.ply import read_ply
from holotable.errors import UnsupportedFormat
from holotable.review.scene import Scene, SourceKind


def read_mesh(path: Path, kind: SourceKind, options: ReadOptions, report: Report) -> Scene:
    """Read a mesh file of this kind."""
    # Numbers that are not finite are refused where a part is added; until then they may be met.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        return _read(path, kind, options, report)


def _read(path: Path, kind: SourceKind, options: ReadOptions, report: Report) -> Scene:
    match kind:
        case "obj":
            return read_obj(path, options, report)
        case "ply":
            return read_ply(path, options, report)
        case "off":
            return read_off(path, options, report)
        case "dae":
            return read_dae(path, options, report)
        case _:
            raise UnsupportedFormat(f"A {kind} file is no OBJ, PLY, OFF or COLLADA file.")
