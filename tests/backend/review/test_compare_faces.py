"""Exact shapes are compared by their surfaces, however these are cut into faces."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from OCP.BRepAlgoAPI import BRepAlgoAPI_Fuse

from holotable.review.compare_faces import compare_faces, is_bore, is_fillet
from holotable.review.exact import ExactPart
from holotable.sample.solids import block, cut, cylinder, moved
from holotable.sample.step_file import StepFile, rotation, translation
from tests.cad_files import scene_of
from tests.compare_models import bolt, plate


@pytest.fixture(scope="module")
def exact(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder: Path = tmp_path_factory.mktemp("faces")

    def of(solid: Any) -> ExactPart:
        file = StepFile()
        file.part("Part", solid)
        found = scene_of(file, folder / "part.step").parts[0].exact
        assert found is not None
        return found

    return of


def test_a_shape_equals_itself_turned_and_scaled(exact: Any) -> None:
    solid = plate()
    motion = translation(5, -7, 30) @ rotation((1, 1, 0.3), 33)
    turned = exact(moved(solid, motion))
    metres = motion.copy()
    metres[:3, 3] /= 1000.0
    up = np.array([[1.0, 0, 0, 0], [0, 0, 1, 0], [0, -1, 0, 0], [0, 0, 0, 1]])  # z up to y up
    assert compare_faces(exact(solid), turned, up @ metres @ up.T).equal
    larger = exact(moved(solid, np.diag([25.4, 25.4, 25.4, 1.0])))
    assert compare_faces(exact(solid), larger, np.diag([25.4, 25.4, 25.4, 1.0])).equal
    assert not compare_faces(exact(solid), turned, np.eye(4)).equal


def test_faces_cut_in_two_are_one_surface(exact: Any) -> None:
    halves = BRepAlgoAPI_Fuse(block((0, 0, 0), (20, 20, 10)), block((20, 0, 0), (40, 20, 10)))
    whole, cut_up = exact(block((0, 0, 0), (40, 20, 10))), exact(halves.Shape())
    assert len(cut_up.face_kinds) > len(whole.face_kinds)
    assert compare_faces(whole, cut_up, np.eye(4)).equal


@pytest.mark.parametrize("by_mm", [0.01, 0.002])
def test_a_bore_wider_or_elsewhere_by_microns_is_found(exact: Any, by_mm: float) -> None:
    def drilled(radius: float, x: float) -> ExactPart:
        solid = cut(block((0, 0, 0), (100, 60, 10)), cylinder(radius, 20, (x, 30, -5)))
        return exact(solid)  # type: ignore[no-any-return]  # a fixture

    one = drilled(4.0, 50.0)
    wider = compare_faces(one, drilled(4.0 + by_mm, 50.0), np.eye(4))
    assert [c.radius * 1e3 for c in (*wider.removed, *wider.added)] == pytest.approx([4, 4 + by_mm])
    assert all(is_bore(c) and c.hole for c in (*wider.removed, *wider.added))
    elsewhere = compare_faces(one, drilled(4.0, 50.0 + by_mm), np.eye(4))
    assert len(elsewhere.removed) == len(elsewhere.added) == 1


def test_a_turned_hole_circle_with_the_same_volume_and_inertia_is_found(exact: Any) -> None:
    def flange(first: float) -> ExactPart:
        angles = np.deg2rad(first + 60.0 * np.arange(6))
        spots = [(30 * np.cos(a), 30 * np.sin(a), -1) for a in angles]
        holes = [cylinder(3, 12, spot) for spot in spots]
        return exact(cut(cylinder(40, 10), *holes, block((36, -3, -1), (41, 3, 11))))  # type: ignore[no-any-return]  # a fixture

    assert compare_faces(flange(0), flange(0), np.eye(4)).equal
    changes = compare_faces(flange(0), flange(15), np.eye(4))
    assert len(changes.removed) == len(changes.added) == 6


def test_a_flat_on_a_pin_leaves_it_a_pin(exact: Any) -> None:
    changes = compare_faces(exact(bolt()), exact(cylinder(5, 30)), np.eye(4))
    (pin,) = [c for c in changes.removed if c.kind == 1]
    assert is_bore(pin)
    assert not pin.hole
    assert not is_fillet(pin)
