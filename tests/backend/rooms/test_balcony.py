"""Presence for those who watch; rule S4 over `LiveRoom` too."""

import asyncio
import struct
from dataclasses import dataclass, field

import pytest
from live_builders import AT, MemoryLane, joiner, room

from holotable.review.roles import Role
from holotable.rooms.balcony import PRESENCE_LIMIT_BYTES, RELIABLE_LIMIT_BYTES, Balcony
from holotable.rooms.lane import BINARY, Frame
from holotable.rooms.live_room import LiveRoom
from holotable.rooms.presence import Presence


@dataclass
class Watcher:
    greeted: bool = True
    behind: bool = True
    unsent: int = 0
    frames: list[Frame] = field(default_factory=list)

    def unsent_bytes(self) -> int:
        return self.unsent

    def write(self, frame: Frame) -> None:
        self.frames.append(frame)

    def heads(self) -> list[tuple[int, int]]:
        """(full, count) of every frame so far."""
        return [struct.unpack_from("<xBxxxxH", frame.payload) for frame in self.frames]


def test_s4_who_watches_gets_who_moved_five_times_a_second() -> None:
    presence, balcony, watcher = Presence(), Balcony(), Watcher()
    presence.put(0, b"a")
    presence.put(1, b"b")
    for tick in range(31):
        if tick:
            presence.put(0, bytes((tick,)))
        presence.advance()
        balcony.tick(tick / 30, presence, [watcher])
    assert watcher.heads()[0] == (1, 2)
    assert set(watcher.heads()[1:]) == {(0, 1)}
    assert 5 <= len(watcher.frames) <= 6
    assert watcher.frames[-1].payload[-1] >= 24, "the newest pose, not the first"


def test_s4_who_is_slow_skips_and_then_gets_everybody() -> None:
    presence, balcony, watcher = Presence(), Balcony(), Watcher(behind=False)
    presence.put(0, b"a")
    watcher.unsent = PRESENCE_LIMIT_BYTES + 1
    balcony.tick(0.0, presence, [watcher])
    assert watcher.frames == []
    watcher.unsent = 0
    balcony.tick(0.2, presence, [watcher])
    assert watcher.heads() == [(1, 1)]
    balcony.tick(0.4, presence, [watcher])
    assert len(watcher.frames) == 1, "nobody moved"


class Idle:
    """A journal for what is never stored."""

    async def append(self, *_: object) -> None:
        raise AssertionError("nothing was changed")

    recall = record = append


async def test_s4_in_a_live_room_poses_of_who_watches_are_nobodys_and_the_slow_are_cut() -> None:
    async def failed(*_: object) -> None:
        raise AssertionError("it does not fail")

    live = LiveRoom(room(), Idle(), loop_time=lambda: 0.0, wall_time=lambda: AT, on_failure=failed)  # type: ignore[arg-type]  # its methods are never called
    writer = asyncio.create_task(asyncio.sleep(0))
    anna_lane, lane = MemoryLane(), MemoryLane()
    live.enter(anna_lane, joiner(), None, None)
    watcher = live.watch(lane, joiner("Will", Role.VIEWER), None, None)
    assert watcher is not None
    watcher.on_pose(b"mine")
    live.presence.put(0, b"anna")
    live.tick(0.0)
    frames = [frame.payload for frame in lane.frames if frame.opcode == BINARY]
    assert [frame[-4:] for frame in frames] == [b"anna"]
    assert live.participants.keys() == {0}
    lane.unsent = RELIABLE_LIMIT_BYTES * 8
    live.announce("members")
    assert lane.aborted
    assert len(live.room.gallery) == 0
    assert not anna_lane.aborted
    await writer


@pytest.mark.parametrize("seat", ["door", "balcony"])
async def test_a_room_is_not_empty_while_somebody_waits_or_watches(seat: str) -> None:
    async def failed(*_: object) -> None:
        raise AssertionError("it does not fail")

    live = LiveRoom(room(), Idle(), loop_time=lambda: 0.0, wall_time=lambda: AT, on_failure=failed)  # type: ignore[arg-type]  # its methods are never called
    lane = MemoryLane()
    who = joiner("Gus", Role.GUEST_LIVE)
    live.room.facts = live.room.floor.facts
    beside = live.knock(lane, who) if seat == "door" else live.watch(lane, who, None, None)
    assert beside is not None
    if seat == "door":  # a session without a lobby lets them in at once
        assert lane.ended == (1000, "admitted")
        assert live.empty_since == 0.0
    else:
        assert live.empty_since is None
        live.exit(beside, 1000)
        assert live.empty_since == 0.0
