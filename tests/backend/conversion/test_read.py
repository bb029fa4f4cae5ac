import importlib
import inspect
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from holotable.conversion.options import ConvertOptions
from holotable.conversion.read import _READERS, read
from holotable.errors import UnsupportedFormat
from holotable.review.scene import SourceKind

KINDS = [kind for kind in get_args(SourceKind) if kind not in ("usd", "points")]


def test_every_kind_of_this_version_has_a_reader() -> None:
    assert sorted(_READERS) == sorted(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_the_reader_of_a_kind_takes_what_it_is_given(kind: SourceKind) -> None:
    module, name, asks_kind = _READERS[kind]
    reader = getattr(importlib.import_module(f"holotable.conversion.readers.{module}"), name)
    wanted = ["path", "kind", "options", "report"] if asks_kind else ["path", "options", "report"]
    assert list(inspect.signature(reader).parameters) == wanted


def test_readers_are_imported_when_first_used() -> None:
    script = (
        "import sys, holotable.conversion.read, holotable.conversion.pipeline\n"
        "print([m for m in ('OCP', 'ifcopenshell', 'lib3mf', 'trimesh') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_kind_that_is_recognised_but_not_read_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedFormat, match="USD"):
        read(tmp_path / "a.usdc", "usd", ConvertOptions(), lambda _s, _f: None)
