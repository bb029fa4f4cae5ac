import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holotable.rooms.presence import FLAG_IN_TURN, SLOT_QUARANTINE_S, Bucket, Presence, Slots

VECTORS = json.loads(
    (Path(__file__).parents[2] / "vectors" / "presence.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_frames_are_the_bytes_of_the_vectors(vector: dict[str, Any]) -> None:
    presence = Presence()
    presence.tick = (vector["tick"] - (0 if vector["full"] else 1)) & 0xFFFFFFFF
    for slot, pose in vector["poses"]:
        presence.put(slot, bytes.fromhex(pose))
    if vector.get("in_turn"):
        frame = presence.frame(presence.take().values(), FLAG_IN_TURN)
    else:
        frame = presence.full() if vector["full"] else presence.advance()
    assert frame.hex() == vector["hex"]


def test_only_the_newest_pose_counts_and_only_of_those_who_moved() -> None:
    presence = Presence()
    presence.put(1, b"old")
    presence.put(1, b"new")
    assert presence.moved
    assert presence.advance()[6:] == b"\x01\x00" + b"\x01\x00\x03\x00new"
    assert not presence.moved
    presence.put(2, b"two")
    assert b"new" not in presence.advance()
    assert b"new" in presence.full()
    assert b"two" in presence.full()


def test_who_is_removed_is_in_no_later_frame() -> None:
    presence = Presence()
    presence.put(1, b"gone")
    presence.advance()
    presence.put(1, b"gone")
    presence.remove(1)
    assert not presence.moved
    assert presence.full()[6:] == b"\x00\x00"
    assert presence.empty


def test_the_tick_wraps() -> None:
    presence = Presence()
    presence.tick = 0xFFFFFFFF
    presence.put(0, b"")
    assert presence.advance()[2:6] == b"\x00\x00\x00\x00"


@settings(deadline=None)  # the machine may be busy
@given(st.lists(st.tuples(st.booleans(), st.floats(0, 3)), max_size=60))
def test_a_slot_is_held_once_and_rests_before_it_is_held_again(
    steps: list[tuple[bool, float]],
) -> None:
    slots = Slots(limit=6)
    now = 0.0
    held: dict[int, float] = {}
    freed: dict[int, float] = {}
    for takes, wait in steps:
        now += wait
        if takes:
            slot = slots.take(now)
            if slot is None:
                resting = sum(now - at < SLOT_QUARANTINE_S for at in freed.values())
                assert len(held) + resting == 6
                continue
            assert slot not in held
            assert slot < 6
            assert now - freed.pop(slot, -9.0) >= SLOT_QUARANTINE_S
            held[slot] = now
        elif held:
            slot = next(iter(held))
            del held[slot]
            freed[slot] = now
            slots.release(slot, now)


def test_a_bucket_allows_a_burst_and_then_its_rate() -> None:
    bucket = Bucket(rate=20, burst=60, now=0.0)
    assert sum(bucket.take(0.0) for _ in range(100)) == 60
    assert sum(bucket.take(0.5) for _ in range(100)) == 10
    assert sum(bucket.take(100.0) for _ in range(100)) == 60
