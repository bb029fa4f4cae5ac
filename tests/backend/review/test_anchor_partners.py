"""Partners by ids, and by places where ids are only ranks."""

import numpy as np
import pytest

from holotable.review.anchor import Partner
from holotable.review.anchor_partners import Standing, partners_by_comparison, partners_by_id
from holotable.review.compare_partners import PartnerColumns


def at(x: float) -> np.ndarray:
    matrix = np.eye(4)
    matrix[0, 3] = x
    return matrix


def bolts(*places: float) -> list[Standing]:
    return [(f"bolt-{rank}", "ranked", "Bolt", at(x)) for rank, x in enumerate(places)]


def test_ids_that_a_file_gives_are_believed_wherever_the_part_stands() -> None:
    old: list[Standing] = [("a", "file", "Arm", at(0)), ("b", "named", "Arm", at(1))]
    partner_of = partners_by_id(old, [("a", "file", "Arm", at(5))])
    assert partner_of("a") == Partner("a", approximate=False)
    assert partner_of("b") is None
    assert partner_of("never was") is None


def test_ranked_ids_follow_their_places_and_the_one_that_is_gone_is_gone() -> None:
    partner_of = partners_by_id(bolts(0, 1, 2, 3), bolts(0, 2, 3))
    assert [p and p.occurrence_id for p in map(partner_of, ["bolt-0", "bolt-2", "bolt-3"])] == [
        "bolt-0", "bolt-1", "bolt-2",
    ]  # fmt: skip
    assert partner_of("bolt-1") is None
    found = partner_of("bolt-2")
    assert found is not None
    assert (found.approximate, found.matched_by) == (True, "place")


def test_a_ranked_part_that_moved_alone_is_its_namesake() -> None:
    partner_of = partners_by_id(bolts(0, 1), bolts(0, 1.5))
    assert partner_of("bolt-1") == Partner("bolt-1", approximate=True)


def test_a_comparison_knows_partners_whatever_their_ids_are() -> None:
    columns = PartnerColumns(
        np.array([1, -1, 0], np.int32), np.array([False, False, True]), new_count=2
    )
    partner_of = partners_by_comparison(columns, ["a", "b", "c"], ["x", "y"])
    assert partner_of("a") == Partner("y", approximate=False, matched_by="compare")
    assert partner_of("b") is None
    assert partner_of("c") == Partner("x", approximate=True, matched_by="compare")
    assert partner_of("never was") is None
    with pytest.raises(ValueError, match="other structures"):
        partners_by_comparison(columns, ["a", "b"], ["x", "y"])
