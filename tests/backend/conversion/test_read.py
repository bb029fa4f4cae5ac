import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
from OCP.BRepPrimAPI import BRepPrimAPI_MakeBox
from OCP.BRepTools import BRepTools
from OCP.gp import gp_Trsf, gp_Vec
from OCP.TopLoc import TopLoc_Location

from holotable.conversion.options import ConvertOptions
from holotable.conversion.read import _READERS, read
from holotable.errors import DamagedFile
from holotable.review.scene import SourceKind

KINDS = list(get_args(SourceKind))


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
        "print([m for m in ('OCP', 'ifcopenshell', 'lib3mf', 'pxr', 'trimesh')"
        " if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_what_a_library_says_of_a_contradiction_is_a_damaged_file(tmp_path: Path) -> None:
    turned = gp_Trsf()
    turned.SetTranslation(gp_Vec(5.0, 0.0, 0.0))
    box = BRepPrimAPI_MakeBox(1.0, 2.0, 3.0).Shape().Located(TopLoc_Location(turned))
    path = tmp_path / "flat.brep"
    BRepTools.Write_s(box, str(path))
    text = path.read_text()
    place = re.search(r"Locations 1\n1\n(?:.*\n){3}", text)
    assert place
    flat = "Locations 1\n1\n" + "0 0 0 0\n" * 3
    path.write_text(text[: place.start()] + flat + text[place.end() :])
    with pytest.raises(DamagedFile, match="contradicts itself"):
        read(path, "brep", ConvertOptions(), lambda _stage, _fraction: None)
