"""How a revision stands to the budget of a standalone headset, from the summary of its package.

Numbers are per eye (UX.md §4.12). The viewer holds the budget whatever the file; the badge says
at what price.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

TRIANGLES = 600_000
DRAWS = 150
SUB_DRAWS = 500

# passes: the finest level fits. reduced: a coarser level of the whole fits, what is near is drawn
# finely in its place. too_heavy: not even the coarsest fits, so that small parts are left out.
BadgeState: TypeAlias = Literal["passes", "reduced", "too_heavy"]


@dataclass(frozen=True, slots=True)
class HeadsetBadge:
    """What a headset draws of a revision, per eye, beside the limits."""

    state: BadgeState
    level: int  # 0 is the finest
    triangles: int  # points count as triangles
    draws: int
    sub_draws: int


def headset_badge(stats: Mapping[str, object] | None) -> HeadsetBadge | None:
    """The badge of a conversion's summary; None where it says nothing of a headset.

    stats: as `history.stats_of` keeps it, of whatever version wrote it.
    """
    headset = (stats or {}).get("headset")
    if not isinstance(headset, Mapping) or not headset:
        return None
    level = _count(headset, "level")
    triangles = _count(headset, "triangles")
    # Of a cloud as many are drawn as there is room for, the nearest first.
    points = _count(headset, "points")
    shown = min(points, max(0, TRIANGLES - triangles))
    draws = _count(headset, "draw_calls")
    sub_draws = _count(headset, "sub_draws")
    within = triangles <= TRIANGLES and draws <= DRAWS
    return HeadsetBadge(
        state=_state(within, level == 0 and sub_draws <= SUB_DRAWS and shown == points),
        level=level,
        triangles=triangles + shown,
        draws=draws,
        sub_draws=sub_draws,
    )


def _state(within: bool, finest: bool) -> BadgeState:
    if not within:
        return "too_heavy"
    return "passes" if finest else "reduced"


def _count(values: Mapping[str, object], name: str) -> int:
    value = values.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0
    return max(0, int(value))
