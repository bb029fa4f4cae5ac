"""Who gets whose pose, and how often: a crowd of people who all move, tick by tick."""

import math
import struct
from collections import Counter
from collections.abc import Collection

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holotable.rooms.presence import FLAG_IN_TURN, Presence
from holotable.rooms.relevance import (
    CROWDED,
    NEAR,
    REST_HZ,
    TURN_LIMIT,
    Due,
    Relevance,
    heads_of,
    neighbourhoods,
    rest_hz,
    turns_of,
)

HZ = 30.0


def pose(x: float, y: float = 0.0, z: float = 0.0, version: int = 1) -> bytes:
    return struct.pack("<BBH3fI", version, 0, 0, x, y, z, 0)


class Crowd:
    """People along a line, a metre apart, who all move in every tick."""

    def __init__(self, count: int) -> None:
        self.presence = Presence()
        self.relevance = Relevance(self.presence, HZ)
        self.slots = list(range(count))
        self.now = 0.0

    def tick(self, important: Collection[int] = (), moving: Collection[int] | None = None) -> Due:
        for slot in self.slots if moving is None else moving:
            self.presence.put(slot, pose(float(slot)))
        self.now += 1 / HZ
        return self.relevance.advance(self.now, len(self.slots), lambda: important)


def slots_in(payload: bytes) -> list[int]:
    at, found = 8, []
    while at < len(payload):
        slot, size = struct.unpack_from("<HH", payload, at)
        found.append(slot)
        at += 4 + size
    return found


def seen_by(due: Due, slot: int) -> list[int]:
    return [one for frame in due.of(slot) for one in slots_in(frame.payload)]


def test_p1_up_to_a_hundred_everybody_gets_everybody_in_one_frame() -> None:
    crowd = Crowd(CROWDED)
    due = crowd.tick()
    assert seen_by(due, 0) == crowd.slots
    assert due.of(0) == due.of(CROWDED - 1)
    assert len(due.of(0)) == 1
    assert crowd.tick(moving=()).of(0) == ()


def test_p2_in_a_crowd_the_important_come_in_every_tick_to_everybody() -> None:
    crowd = Crowd(300)
    for _ in range(20):
        due = crowd.tick(important=(7, 200))
        for slot in (0, 7, 150, 299):
            assert {7, 200} <= set(seen_by(due, slot))
        assert due.in_turn is not None
        assert not {7, 200} & set(slots_in(due.in_turn.payload))


def test_p3_who_stand_together_get_one_another_in_every_tick() -> None:
    crowd = Crowd(300)
    crowd.tick()
    near: Counter[int] = Counter()
    for _ in range(10):
        first = crowd.tick().of(150)[0]
        near.update(slots_in(first.payload))
    always = {slot for slot, times in near.items() if times == 10}
    assert 150 in always
    assert 4 <= len(always) <= NEAR
    assert max(abs(slot - 150) for slot in always) <= NEAR


def test_p4_everybody_else_comes_in_turn_and_nobody_is_left_out() -> None:
    for count in (CROWDED + 1, 500, 1_000):
        crowd = Crowd(count)
        crowd.tick()
        ticks = turns_of(HZ, count)
        turns: Counter[int] = Counter()
        for _ in range(ticks * 4):
            due = crowd.tick()
            assert due.in_turn is not None
            assert due.in_turn.payload[1] == FLAG_IN_TURN
            theirs = slots_in(due.in_turn.payload)
            assert len(theirs) <= TURN_LIMIT
            turns.update(theirs)
        assert turns == dict.fromkeys(crowd.slots, 4)


def test_p4_a_larger_crowd_comes_less_often() -> None:
    assert [rest_hz(HZ, count) for count in (101, 600, 1_200)] == [REST_HZ, REST_HZ, REST_HZ / 2]


def test_p4_what_comes_in_turn_is_the_newest_pose() -> None:
    crowd = Crowd(200)
    crowd.tick()
    crowd.presence.put(3, pose(3.0))
    crowd.tick(moving=())
    crowd.presence.put(3, pose(4.0))
    frames = [crowd.tick(moving=()).in_turn for _ in range(12)]
    told = [frame.payload for frame in frames if frame and 3 in slots_in(frame.payload)]
    assert len(told) <= 2
    assert pose(4.0) in told[-1]


def test_p5_nobodys_last_pose_is_lost_when_a_crowd_becomes_a_group_or_a_group_a_crowd() -> None:
    crowd = Crowd(CROWDED + 1)
    for _ in range(10):
        crowd.tick()
    last = crowd.tick()  # all move once more, and then nobody does
    known = set(seen_by(last, 0))
    crowd.slots.pop()
    crowd.presence.remove(CROWDED)
    crowd.relevance.forget(CROWDED)
    for _ in range(3):
        known |= set(seen_by(crowd.tick(moving=()), 0))
    assert known >= set(crowd.slots)
    assert CROWDED not in seen_by(crowd.tick(moving=()), 0)
    assert crowd.tick(moving=()).of(0) == ()


def test_p6_frames_are_built_once_for_a_neighbourhood() -> None:
    crowd = Crowd(500)
    crowd.tick()
    due = crowd.tick(important=(0,))
    frames = {id(frame) for slot in crowd.slots for frame in due.of(slot)}
    assert len(frames) <= 2 + 500 / (NEAR / 2)
    most = max(sum(len(frame.payload) for frame in due.of(slot)) for slot in crowd.slots)
    everything = 8 + 500 * (4 + len(pose(0.0)))
    assert most < everything / 3


def test_who_left_is_in_no_later_frame() -> None:
    crowd = Crowd(300)
    crowd.tick()
    crowd.slots.remove(150)
    crowd.presence.remove(150)
    crowd.relevance.forget(150)
    for _ in range(12):
        due = crowd.tick()
        assert all(150 not in seen_by(due, slot) for slot in (0, 149, 151))


def test_a_pose_that_cannot_be_read_has_no_place_and_comes_in_turn() -> None:
    presence = Presence()
    for slot, body in enumerate([b"", b"short", pose(1.0, version=2), pose(math.nan), pose(1.0)]):
        presence.put(slot, body)
    assert heads_of(presence.entries) == {4: (1.0, 0.0, 0.0)}
    crowd = Crowd(200)
    told: set[int] = set()
    for _ in range(7):
        crowd.presence.put(5, b"new kind")
        told |= set(seen_by(crowd.tick(moving=()), 60))
    assert 5 in told


@settings(deadline=None)
@given(st.dictionaries(st.integers(0, 4_095), st.tuples(*[st.floats(-1e6, 1e6)] * 3), max_size=90))
def test_everybody_is_in_one_neighbourhood_of_a_bounded_size(
    heads: dict[int, tuple[float, float, float]],
) -> None:
    groups = neighbourhoods(heads)
    assert sorted(slot for group in groups for slot in group) == sorted(heads)
    assert all(1 <= len(group) <= NEAR for group in groups)


def test_people_at_two_tables_are_two_neighbourhoods() -> None:
    heads = {slot: (slot % 8 * 0.1 + (50.0 if slot >= 8 else 0.0), 0.0, 0.0) for slot in range(16)}
    assert sorted(map(sorted, neighbourhoods(heads))) == [list(range(8)), list(range(8, 16))]


@pytest.mark.parametrize("place", [(0.0, 0.0, 0.0), (5.0, 5.0, 5.0)])
def test_people_in_one_point_are_parted_all_the_same(place: tuple[float, float, float]) -> None:
    assert max(map(len, neighbourhoods(dict.fromkeys(range(500), place)))) <= NEAR
