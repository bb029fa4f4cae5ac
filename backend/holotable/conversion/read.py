"""From a kind of file to the reader that knows it; readers are imported when first used.

A reader's library takes up to 1.4 s and 230 MB to import, and one conversion needs one of them.
"""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

from holotable.conversion.options import ReadOptions, Report
from holotable.conversion.readers.references import within
from holotable.errors import DamagedFile
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
    "usd": ("usd", "read_usd", False),
    "3ds": ("threeds", "read_3ds", False),
    "points": ("points", "read_points", False),
}


_LIBRARIES: Final = frozenset({"OCP", "pxr", "laspy", "lazrs", "ifcopenshell"})


def read(
    path: Path,
    kind: SourceKind,
    options: ReadOptions,
    report: Report,
    upload: Path | None = None,
) -> Scene:
    """Read a file of this kind. Files it names are looked for in its own folder only.

    upload: the folder that an archive was unpacked into; then anywhere in that.
    raises: whatever the reader finds wrong.
    """
    module, name, asks_kind = _READERS[kind]
    reader: Callable[..., Scene] = getattr(
        importlib.import_module(f"holotable.conversion.readers.{module}"), name
    )
    arguments = (path, kind, options, report) if asks_kind else (path, options, report)
    try:
        with within(upload):
            return reader(*arguments)
    except Exception as problem:
        library = type(problem).__module__.partition(".")[0]
        if library not in _LIBRARIES:
            raise
        # A library's own words for contradictions that no check of ours foresaw.
        raise DamagedFile(
            f"The file contradicts itself: {type(problem).__name__}: {str(problem)[:200]}"
        ) from problem
