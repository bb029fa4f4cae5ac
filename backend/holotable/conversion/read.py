"""From a kind of file to the reader that knows it; readers are imported when first used.

A reader's library takes up to 1.4 s and 230 MB to import, and one conversion needs one of them.
"""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

from holotable.conversion.options import ReadOptions, Report
from holotable.errors import UnsupportedFormat
from holotable.review.scene import Scene, SourceKind

# Kind → module, function, and whether the function asks which kind it is.
_CAD: Final = ("cad", "read_cad", True)
_MESH: Final = ("mesh", "read_mesh", True)
_READERS: Final[dict[SourceKind, tuple[str, str, bool]]] = {
    "step": _CAD,
    "iges": _CAD,
    "brep": _CAD,
    "ifc": ("bim", "read_bim", True),
    "stl": ("stl", "read_stl", False),
    "obj": _MESH,
    "ply": _MESH,
    "off": _MESH,
    "dae": _MESH,
    "3mf": ("threemf", "read_3mf", False),
    "gltf": ("gltf", "read_gltf", False),
    "points": ("points", "read_points", False),
}


def read(path: Path, kind: SourceKind, options: ReadOptions, report: Report) -> Scene:
    """Read a file of this kind. Files it names are looked for in its own folder only.

    raises: UnsupportedFormat for a kind nobody reads, and whatever the reader finds wrong.
    """
    if kind not in _READERS:
        raise UnsupportedFormat(
            f"Holotable recognises {kind.upper()} files but does not read them."
        )
    module, name, asks_kind = _READERS[kind]
    reader: Callable[..., Scene] = getattr(
        importlib.import_module(f"holotable.conversion.readers.{module}"), name
    )
    if asks_kind:
        return reader(path, kind, options, report)
    return reader(path, options, report)
