"""The badge of a revision: what a standalone headset draws of it, beside the limits."""

import pytest

from holotable.review.headset_badge import HeadsetBadge, headset_badge

FINE = {"level": 0, "triangles": 400_000, "draw_calls": 12, "sub_draws": 300, "passes": True}


def test_a_model_whose_finest_level_fits_passes() -> None:
    assert headset_badge({"headset": FINE}) == HeadsetBadge(
        state="passes", level=0, triangles=400_000, draws=12, sub_draws=300
    )


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({"triangles": 600_000}, "passes"),
        ({"triangles": 600_001, "passes": False}, "too_heavy"),
        ({"draw_calls": 150}, "passes"),
        ({"draw_calls": 151, "passes": False}, "too_heavy"),
        ({"level": 2}, "reduced"),
        ({"sub_draws": 500}, "passes"),
        ({"sub_draws": 501}, "reduced"),
        ({"level": 3, "triangles": 2_000_000}, "too_heavy"),
    ],
)
def test_states_at_the_limits(change: dict[str, object], state: str) -> None:
    badge = headset_badge({"headset": FINE | change})
    assert badge is not None
    assert badge.state == state


def test_points_count_as_triangles() -> None:
    badge = headset_badge({"headset": {"points": 500_000, "passes": True}})
    assert badge is not None
    assert (badge.state, badge.triangles) == ("passes", 500_000)
    large = headset_badge({"headset": {"points": 1_000_000, "passes": True}})
    assert large is not None
    assert (large.state, large.triangles) == ("reduced", 600_000)


@pytest.mark.parametrize("stats", [None, {}, {"headset": None}, {"headset": {}}, {"headset": [1]}])
def test_a_summary_that_says_nothing_of_a_headset_has_no_badge(
    stats: dict[str, object] | None,
) -> None:
    assert headset_badge(stats) is None


def test_numbers_that_are_none_count_as_nothing() -> None:
    badge = headset_badge({"headset": {"level": None, "triangles": "many", "draw_calls": True}})
    assert badge == HeadsetBadge(state="passes", level=0, triangles=0, draws=0, sub_draws=0)
