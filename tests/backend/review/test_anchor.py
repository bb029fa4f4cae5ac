"""Anchors as values: what a place on one part has become on another, without any file."""

import numpy as np
import pytest
from exact_shapes import exact_of

from holotable.review.anchor import (
    Anchor,
    Fingerprint,
    Outcome,
    Partner,
    PartShape,
    Placed,
    fingerprint_of,
    re_anchor,
)
from holotable.sample import solids

HERE = Partner("p", approximate=False)
POINT = (0.023, 0.02, 0.005)


def plate(radius: float = 3.0, at: tuple[float, float] = (20, 20)) -> PartShape:
    tool = solids.cylinder(radius, 40.0, (*at, -10.0))
    return PartShape(exact_of(solids.cut(solids.block((0, 0, 0), (100, 60, 10)), tool)), None)


def placed(
    shape: PartShape, x: float = 0.0, *, scale: float = 1.0, has_shape: bool = True
) -> Placed:
    world = np.diag([scale, scale, scale, 1.0])
    world[0, 3] = x
    return Placed("p", world, shape, has_shape)


def anchor(shape: PartShape) -> Anchor:
    print_ = fingerprint_of(shape, np.array(POINT), None)
    return Anchor(occurrence_id="p", point=POINT, world=POINT, fingerprint=print_)


def test_a_fingerprint_survives_json() -> None:
    made = anchor(plate())
    assert made.fingerprint.face is not None
    assert made.fingerprint.face.kind == "cylinder"
    assert Anchor.model_validate(made.model_dump(mode="json")) == made


def test_a_part_that_is_gone_or_has_no_shape_detaches_and_says_which() -> None:
    made = anchor(plate())
    gone = re_anchor(made, placed(plate()), None, None)
    assert (gone.state, gone.evidence.reason, gone.world) == ("detached", "part_gone", None)
    empty = placed(PartShape(None, None), has_shape=False)
    failed = re_anchor(made, placed(plate()), empty, HERE)
    assert (failed.state, failed.evidence.reason) == ("detached", "part_without_shape")
    assert failed.occurrence_id == "p"


def test_a_part_and_its_face_may_both_have_moved() -> None:
    found = re_anchor(anchor(plate()), placed(plate()), placed(plate(at=(22, 20)), 0.1), HERE)
    assert found.state == "moved"
    assert found.vector == pytest.approx((0.102, 0, 0), abs=1e-9)
    assert found.point == pytest.approx((0.025, 0.02, 0.005), abs=1e-9)


def test_a_part_frame_that_moved_against_its_shape_is_no_movement() -> None:
    shifted = solids.cut(
        solids.block((-50, 0, 0), (50, 60, 10)), solids.cylinder(3.0, 40.0, (-30.0, 20.0, -10.0))
    )
    new = placed(PartShape(exact_of(shifted), None), 0.05)
    found = re_anchor(anchor(plate()), placed(plate()), new, HERE)
    assert (found.state, found.evidence.reason) == ("placed", "same_face")
    assert found.point == pytest.approx((-0.027, 0.02, 0.005), abs=1e-9)
    assert found.world == pytest.approx(POINT, abs=1e-9)


def test_what_nobody_can_compare_says_so_and_stays_with_its_part() -> None:
    cloud = PartShape(None, None)
    made = Anchor(
        occurrence_id="p", point=POINT, world=POINT, fingerprint=Fingerprint(source="none")
    )
    found = re_anchor(made, None, placed(cloud, 0.002), Partner("p", approximate=True))
    assert (found.state, found.evidence.reason, found.evidence.source) == (
        "moved", "part_moved", "none",
    )  # fmt: skip
    assert found.evidence.approximate is True
    still = re_anchor(made, None, placed(cloud), HERE)
    assert (still.state, still.evidence.reason) == ("placed", "not_compared")


def test_an_outcome_survives_json() -> None:
    found = re_anchor(anchor(plate()), placed(plate()), placed(plate(3.25)), HERE)
    assert found.state == "geometry_changed"
    assert Outcome.model_validate(found.model_dump(mode="json")) == found
