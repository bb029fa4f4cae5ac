"""What a conversion did: stages with seconds and memory, and the warnings, for report.json."""

import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import metadata
from typing import Any, Final

from holotable.review.scene import SceneWarning

REPORT_FORMAT: Final = "holotable-report/1"


@dataclass(slots=True)
class Journal:
    """Collected while the pipeline runs."""

    stages: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[SceneWarning] = field(default_factory=list)

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
            "warnings": self.warning_rows(),
        }


def peak_memory_bytes() -> int:
    """The most memory this process ever had resident (kB on Linux, bytes on macOS)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def converter_version() -> str:
    """The installed version; packages made by an older one may be made again."""
    try:
        return metadata.version("holotable")
    except metadata.PackageNotFoundError:
        return "0+source"
