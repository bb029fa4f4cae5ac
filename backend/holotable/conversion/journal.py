"""What a conversion did: stages with seconds and memory, and the warnings, for report.json."""

import hashlib
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from holotable import review
from holotable.review.scene import SceneWarning

REPORT_FORMAT: Final = "holotable-report/1"
REVIEW: Final = Path(review.__file__).parent
_LIBRARIES: Final = (
    "cadquery-ocp-novtk",
    "DracoPy",
    "ifcopenshell",
    "laspy",
    "lazrs",
    "meshopt",
    "numpy",
    "pillow",
    "usd-core",
    "wasmtime",
)


@dataclass(slots=True)
class Journal:
    """Collected while the pipeline runs."""

    stages: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[SceneWarning] = field(default_factory=list)
    shared: int = 0  # parts whose geometry is that of another

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time one stage; a stage that raises leaves no line."""
        started = time.perf_counter()
        yield
        self.stages.append(
            {
                "name": name,
                "seconds": round(time.perf_counter() - started, 4),
                "peak_memory_bytes": peak_memory_bytes(),
            }
        )

    def warn(self, code: str, count: int, detail: str) -> None:
        """Note something that was lost, repaired or doubted."""
        self.warnings.append(SceneWarning(code, count, detail))

    def warning_rows(self) -> list[dict[str, Any]]:
        """The warnings as the manifest lists them."""
        return [
            {
                "code": warning.code,
                "count": warning.count,
                "detail": warning.detail,
                **({"files": list(warning.files)} if warning.files else {}),
            }
            for warning in self.warnings
        ]

    def document(self) -> dict[str, Any]:
        """report.json."""
        return {
            "format": REPORT_FORMAT,
            "converter_version": converter_version(),
            "stages": self.stages,
            "shared": self.shared,
            "warnings": self.warning_rows(),
        }


def peak_memory_bytes() -> int:
    """The most memory this process ever had resident (kB on Linux, bytes on macOS)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


@cache
def converter_version() -> str:
    """The installed version and a mark of the code that converts, at most 32 characters.

    Two packages of one file with the same version are the same: no file is converted twice. The
    mark covers our sources and the versions of the libraries that read and encode.
    """
    try:
        installed = metadata.version("holotable")
    except metadata.PackageNotFoundError:
        installed = "0"
    digest = hashlib.sha256()
    here = Path(__file__).resolve().parent
    for path in sorted([*here.rglob("*.py"), *here.rglob("*.wasm"), *REVIEW.glob("*.py")]):
        digest.update(path.name.encode() + path.read_bytes())
    for library in _LIBRARIES:
        try:
            digest.update(f"{library} {metadata.version(library)}\n".encode())
        except metadata.PackageNotFoundError:
            digest.update(f"{library} -\n".encode())
    return f"{installed[:19]}+{digest.hexdigest()[:12]}"
