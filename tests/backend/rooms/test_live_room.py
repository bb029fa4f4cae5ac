import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from live_builders import AT, RECORDING, MemoryLane, joiner, room

from holotable.review.roles import Role
from holotable.rooms.comings import CROWD
from holotable.rooms.effects import Recorded
from holotable.rooms.lane import BINARY, Frame
from holotable.rooms.live_room import BACKLOG_LIMIT, LiveRoom, Participant
from holotable.rooms.protocol import Op


class MemoryJournal:
    """Keeps operations in a list; stands still while `gate` is closed, fails when told to."""

    def __init__(self) -> None:
        self.ops: list[Op] = []
        self.came: list[str] = []
        self.left: list[str] = []
        self.recorded: list[Recorded] = []
        self.batches: list[int] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.failure: Exception | None = None

    async def append(self, ops: list[Op], arrivals: list[Participant], left: list[str]) -> None:
        for participant in arrivals:
            participant.attendance_id = f"a{participant.slot}"
        await self.gate.wait()
        if self.failure is not None:
            raise self.failure
        self.ops += ops
        self.came += [participant.joiner.name for participant in arrivals]
        self.left += left
        if ops:
            self.batches.append(len(ops))

    async def recall(self, cid: str, cseq: int) -> Op | None:
        return next((op for op in self.ops if (op["cid"], op["cseq"]) == (cid, cseq)), None)

    async def record(self, change: Recorded) -> None:
        await self.gate.wait()
        self.recorded.append(change)


class Scene:
    """A live room over memory, its time in the test's hand."""

    def __init__(self) -> None:
        self.now = 0.0
        self.journal = MemoryJournal()
        self.failures: list[Exception] = []
        self.live = LiveRoom(
            room(new_id=lambda: RECORDING),
            self.journal,
            loop_time=lambda: self.now,
            wall_time=lambda: AT,
            on_failure=self._failed,
        )

    async def _failed(self, live: LiveRoom, failure: Exception) -> None:
        self.failures.append(failure)
        live.shut(1012, "restart")

    def enter(self, name: str, role: Role = Role.EDITOR) -> tuple[MemoryLane, Participant]:
        lane = MemoryLane()
        lane.heard_at = self.now
        participant = self.live.enter(lane, joiner(name, role), None, None)
        assert participant is not None
        lane.handler = participant
        return lane, participant


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    scene = Scene()
    writer = asyncio.create_task(scene.live.write())
    yield scene
    writer.cancel()
    await asyncio.gather(writer, return_exceptions=True)


def op(amount: float, cseq: int = 1, cid: str = "client-one") -> dict[str, Any]:
    return {"t": "op", "cid": cid, "cseq": cseq, "kind": "set", "key": "explode",
            "value": {"amount": amount}}  # fmt: skip


async def test_d1_nobody_hears_of_an_operation_before_it_is_stored(scene: Scene) -> None:
    anna, _ = scene.enter("Anna")
    ben, _ = scene.enter("Ben")
    await scene.live.settle()
    scene.journal.gate.clear()
    anna.say(op(0.5))
    late, _ = scene.enter("Cleo")  # her hello holds the state, so it waits too
    anna.say({"t": "chat", "cid": "client-one", "cseq": 2, "text": "hello"})
    await asyncio.sleep(0)
    assert [lane.heard("op") for lane in (anna, ben)] == [[], []]
    assert late.texts == []
    assert ben.heard("join") == []
    scene.journal.gate.set()
    await scene.live.settle()
    assert [message["seq"] for message in ben.heard("op")] == [1, 2]
    assert late.texts[0]["t"] == "hello"
    assert late.texts[0]["seq"] == 1
    assert [message["seq"] for message in late.heard("op")] == [2]


async def test_d3_when_storing_fails_nobody_is_told_and_everybody_comes_back(scene: Scene) -> None:
    anna, _ = scene.enter("Anna")
    ben, _ = scene.enter("Ben")
    await scene.live.settle()
    scene.journal.failure = OSError("disk full")
    anna.say(op(0.5))
    await scene.live.settle()
    assert [str(failure) for failure in scene.failures] == ["disk full"]
    for lane in (anna, ben):
        assert lane.heard("op") == []
        assert lane.heard("bye")[0]["reason"] == "restart"
        assert lane.ended == (1012, "restart")
    anna.say(op(0.6, 2))  # on its way when the room went
    assert scene.journal.ops == []


async def test_d4_who_leaves_a_megabyte_unread_is_cut_and_the_others_go_on(scene: Scene) -> None:
    anna, _ = scene.enter("Anna")
    ben, participant = scene.enter("Ben")
    await scene.live.settle()
    ben.unsent = 900_000
    anna.say(op(0.5))
    await scene.live.settle()
    assert not ben.aborted
    ben.unsent = 1_100_000
    anna.say(op(0.6, 2))
    await scene.live.settle()
    assert ben.aborted
    assert anna.heard("left") == [{"t": "left", "slot": participant.slot, "reason": "lost"}]
    assert [message["seq"] for message in anna.heard("op")] == [1, 2]
    scene.live.exit(participant, 1006)  # its socket ends afterwards: nothing more happens
    assert len(anna.heard("left")) == 1


async def test_operations_that_come_together_are_stored_together(scene: Scene) -> None:
    anna, _ = scene.enter("Anna")
    await scene.live.settle()
    scene.journal.gate.clear()
    anna.say(op(0.0))
    await asyncio.sleep(0)
    for number in range(2, 42):
        anna.say(op(number / 100, number))
    scene.journal.gate.set()
    await scene.live.settle()
    assert scene.journal.batches[0] + scene.journal.batches[1] == 41
    assert [message["seq"] for message in anna.heard("op")] == list(range(1, 42))


async def test_what_memory_forgot_is_looked_up_before_it_is_applied(scene: Scene) -> None:
    anna, _ = scene.enter("Anna")
    await scene.live.settle()
    scene.live.room.log._clients["client-one"] = ("anna", 9)
    old = Op(
        t="op", seq=3, kind="set", key="explode", value={"amount": 0.1},
        by={"principal_id": "anna", "name": "Anna", "slot": None}, at=AT, cid="client-one", cseq=4,
    )  # fmt: skip
    scene.journal.ops.append(old)
    anna.say(op(0.1, 4))
    anna.say(op(0.2, 5))
    await scene.live.settle()
    assert [(m["seq"], m["cseq"]) for m in anna.heard("op")] == [(3, 4), (1, 5)]


async def test_operations_beyond_the_backlog_are_refused(scene: Scene) -> None:
    anna, _ = scene.enter("Anna")
    await scene.live.settle()
    scene.live._appends_waiting = BACKLOG_LIMIT
    anna.say(op(0.5))
    await scene.live.settle()
    assert anna.heard("nak")[0]["code"] == "rate"
    assert scene.journal.ops == []


async def test_j9_in_a_crowd_who_comes_and_goes_in_a_tick_is_told_in_one_message(
    scene: Scene,
) -> None:
    anna, _ = scene.enter("Anna")
    for number in range(CROWD):
        scene.enter(f"Person {number}")
    await scene.live.settle()
    scene.live.tick(0.0)
    before = len(anna.texts)
    ben, participant = scene.enter("Ben")
    cleo, _ = scene.enter("Cleo")
    scene.live.exit(participant, 1000)
    await scene.live.settle()
    assert len(anna.texts) == before
    assert [person["name"] for person in cleo.texts[0]["who"]][-2:] == ["Ben", "Cleo"]
    scene.live.tick(0.03)
    (batch,) = anna.texts[before:]
    assert [message["t"] for message in batch["messages"]] == ["join", "join", "left"]
    assert [message["t"] for message in cleo.texts] == ["hello", "left"]
    assert [message["t"] for message in ben.texts] == ["hello"]
    scene.live.tick(0.06)
    assert len(anna.texts) == before + 1


async def test_j9_nobody_hears_of_somebody_before_they_are_told_that_they_came(
    scene: Scene,
) -> None:
    anna, _ = scene.enter("Anna")
    for number in range(CROWD):
        scene.enter(f"Person {number}")
    await scene.live.settle()
    scene.live.tick(0.0)
    before = len(anna.texts)
    ben, _ = scene.enter("Ben")
    await scene.live.settle()
    ben.say({"t": "ping", "ts": 1})
    assert len(anna.texts) == before
    ben.say(op(0.5))
    await scene.live.settle()
    assert [message["t"] for message in anna.texts[before:]] == ["join", "op"]


async def test_w4_a_ping_is_answered_while_the_database_is_busy(scene: Scene) -> None:
    anna, _ = scene.enter("Anna")
    await scene.live.settle()
    scene.journal.gate.clear()
    anna.say(op(0.5))
    anna.say({"t": "ping", "ts": 7})
    assert anna.heard("pong") == [{"t": "pong", "ts": 7}]
    assert anna.heard("op") == []


async def test_w5_who_is_silent_is_asked_once_and_cut_after_ten_seconds(scene: Scene) -> None:
    anna, _ = scene.enter("Anna")
    ben, _ = scene.enter("Ben")
    await scene.live.settle()
    for now in (3.9, 4.0, 5.0, 9.9):
        anna.heard_at = now
        scene.live.drop_silent(now)
    assert (ben.pings, ben.aborted) == (1, False)
    anna.heard_at = 10.0
    scene.live.drop_silent(10.0)
    assert ben.aborted
    assert anna.heard("left")[0]["reason"] == "lost"
    assert not anna.aborted


async def test_l5_all_poses_of_a_tick_go_out_in_one_frame_for_everybody(scene: Scene) -> None:
    lanes = [scene.enter(name) for name in ("Anna", "Ben", "Cleo")]
    await scene.live.settle()
    for _, participant in lanes:
        participant.on_pose(b"first")
    scene.live.tick(0.03)
    for _, participant in lanes[:2]:
        participant.on_pose(b"pose")
    scene.live.tick(0.06)
    last = [[f for f in lane.frames if f.opcode == BINARY][-1] for lane, _ in lanes]
    assert last[0] is last[1] is last[2]
    assert last[0].payload[1] == 0
    assert last[0].payload.count(b"pose") == 2
    scene.live.tick(0.09)  # nobody moved
    assert len(lanes[0][0].presence) == 2


async def test_l6_who_is_behind_skips_ticks_and_then_gets_one_full_frame(scene: Scene) -> None:
    anna, first = scene.enter("Anna")
    ben, second = scene.enter("Ben")
    await scene.live.settle()
    first.on_pose(b"still")
    scene.live.tick(0.03)
    ben.unsent = 33 * 1024
    for number in range(5):
        second.on_pose(b"moves%d" % number)
        scene.live.tick(0.06)
    assert len(ben.presence) == 1
    assert len(anna.presence) == 6
    ben.unsent = 0
    scene.live.tick(0.3)  # nobody moves any more, and still Ben learns where all are
    full = ben.presence[-1]
    assert full[1] == 1
    assert b"still" in full
    assert b"moves4" in full
    assert len(anna.presence) == 6


async def test_l7_poses_above_forty_per_second_are_dropped(scene: Scene) -> None:
    anna, participant = scene.enter("Anna")
    await scene.live.settle()
    accepted = 0
    for number in range(200):
        anna.heard_at = number / 200
        participant.on_pose(bytes((number,)))
        accepted += scene.live.presence.moved
        scene.live.presence.advance()
    assert accepted == pytest.approx(40 + 40, abs=1)


async def test_a_lossy_message_skips_who_is_behind_a_reliable_one_does_not(scene: Scene) -> None:
    anna, _ = scene.enter("Anna")
    ben, _ = scene.enter("Ben")
    await scene.live.settle()
    ben.unsent = 33 * 1024
    anna.say({"t": "preview", "key": "explode", "value": {"amount": 0.5}})
    scene.live.tick(0.03)
    assert (ben.heard("preview"), len(ben.heard("hold"))) == ([], 1)


async def test_who_came_and_went_is_written_down(scene: Scene) -> None:
    scene.enter("Anna")
    _, ben = scene.enter("Ben")
    await scene.live.settle()
    scene.live.exit(ben, 1000)
    await scene.live.settle()
    assert (scene.journal.came, scene.journal.left) == (["Anna", "Ben"], [f"a{ben.slot}"])
    assert scene.live.open_attendances() == ["a0"]


async def test_how_a_socket_ended_says_whether_somebody_left_or_was_lost(scene: Scene) -> None:
    anna, _ = scene.enter("Anna")
    for code in (1000, 1001, 1006):
        _, participant = scene.enter("Ben")
        await scene.live.settle()
        scene.live.exit(participant, code)
    assert [left["reason"] for left in anna.heard("left")] == ["left", "lost", "lost"]


def test_a_frame_is_framed_once() -> None:
    for size, head in (
        (0, "8200"),
        (125, "827d"),
        (126, "827e007e"),
        (65_536, "827f0000000000010000"),
    ):
        frame = Frame(BINARY, b"x" * size)
        assert frame.wire == bytes.fromhex(head) + b"x" * size
        assert frame.wire is frame.wire
