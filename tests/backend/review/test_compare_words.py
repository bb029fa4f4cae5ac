"""What changed of a part is said as an engineer says it, with its numbers."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from holotable.review.compare_faces import compare_faces
from holotable.review.compare_words import Remark, face_remarks, millimetres, text_of
from holotable.review.exact import ExactPart
from holotable.sample.solids import block, cut, cylinder, turned
from holotable.sample.step_file import StepFile
from tests.cad_files import scene_of
from tests.compare_models import plate


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Any, Any], list[str]]:
    folder: Path = tmp_path_factory.mktemp("words")

    def exact(solid: Any) -> ExactPart:
        file = StepFile()
        file.part("Part", solid)
        found = scene_of(file, folder / "part.step").parts[0].exact
        assert found is not None
        return found

    def of(old: Any, new: Any) -> list[str]:
        changes = compare_faces(exact(old), exact(new), np.eye(4))
        return [text_of(one) for one in face_remarks(changes)]

    return of


def test_eight_wider_holes_are_one_remark(said: Any) -> None:
    assert said(plate(3.0), plate(3.25)) == ["hole Ø 6.0 → Ø 6.5 (×8)"]


def test_a_missing_hole_and_a_new_one(said: Any) -> None:
    assert said(plate(3.0, 8), plate(3.0, 7)) == ["hole Ø 6.0 removed"]
    assert said(plate(3.0, 7), plate(3.0, 8)) == ["hole Ø 6.0 added"]


def test_a_hole_that_moved(said: Any) -> None:
    def drilled(x: float) -> Any:
        return cut(block((0, 0, 0), (100, 60, 10)), cylinder(4, 20, (x, 30, -5)))

    assert said(drilled(50), drilled(52)) == ["hole Ø 8.0 moved 2.0 mm"]


def test_a_thicker_plate_and_a_moved_face(said: Any) -> None:
    assert said(plate(height=10), plate(height=12)) == ["thickness 10.0 → 12.0 mm"]

    def stepped(depth: float) -> Any:
        # The opposite of the pocket's floor is far below and much larger.
        base = block((0, 0, 0), (100, 100, 80))
        return cut(base, block((40, 40, depth), (60, 60, 90)))

    assert said(stepped(70), stepped(68)) == ["face moved −2.0 mm"]


def test_another_fillet(said: Any) -> None:
    def rounded(radius: float) -> Any:
        corner = cut(
            block((-1, -1, -1), (radius, radius, 31)), cylinder(radius, 40, (radius, radius, -5))
        )
        return cut(block((0, 0, 0), (60, 40, 30)), corner)

    assert said(rounded(5), rounded(6)) == ["fillet R 5.0 → R 6.0"]


def test_a_thicker_shaft_is_no_hole(said: Any) -> None:
    def shaft(radius: float) -> Any:
        return turned([(0, 0), (20, 0), (20, 10), (radius, 10), (radius, 50), (0, 50)])

    assert said(shaft(12), shaft(12.5)) == ["diameter Ø 24.0 → Ø 25.0"]


def test_nothing_is_said_of_equal_shapes(said: Any) -> None:
    assert said(plate(), plate()) == []


def test_a_remark_is_data_and_text() -> None:
    remark = Remark("mass", 1.0, 1.032, by=0.032, unit="kg")
    assert remark.document() == {
        "kind": "mass", "unit": "kg", "count": 1, "from": 1.0, "to": 1.032, "by": 0.032,
        "text": "mass +3.2 %",
    }  # fmt: skip
    shift = Remark("centre_of_mass", by=0.0018, vector=(0.0018, 0.0, -1e-9))
    assert text_of(shift) == "centre of mass +1.8 mm X"
    assert millimetres(-0.0123456) == "−12.346"
    assert millimetres(None) == "–"
