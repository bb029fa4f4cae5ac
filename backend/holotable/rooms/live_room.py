"""One room while people are in it: performs the effects of `Room` on lanes, durable first.

The shell around the state machine, on one event loop. Effects go through one queue per room: while
an `Append` waits to be stored, everything after it waits too, so nobody is ever told of something
that is not in the database. Pings, presence and previews do not queue behind the database.
"""

import asyncio
import logging
import random
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from holotable.review.roles import Role
from holotable.rooms.conduct import Bar
from holotable.rooms.effects import (
    Append,
    Close,
    Effect,
    EndRecording,
    Joiner,
    KeepRecording,
    LeaveReason,
    Recall,
    RecordingFacts,
    Send,
    Slot,
)
from holotable.rooms.lane import BINARY, TEXT, Frame, Lane
from holotable.rooms.presence import POSE_BURST, POSE_RATE, Bucket, Presence
from holotable.rooms.protocol import (
    CLOSE_FORBIDDEN,
    CLOSE_SILENT,
    CLOSE_TRY_LATER,
    Bye,
    ChatMessage,
    EndReason,
    Nak,
    Op,
    OpMessage,
    PingMessage,
    ServerMessage,
    encode,
    parse,
)
from holotable.rooms.reel import Reel, wall_ms
from holotable.rooms.room import Room

log = logging.getLogger("holotable.rooms")

PRESENCE_LIMIT_BYTES: Final = 32 * 1024  # above it a participant's ticks are skipped (L6)
RELIABLE_LIMIT_BYTES: Final = 1024 * 1024  # above it a participant is cut and resumes (D4)
BACKLOG_LIMIT: Final = 1_024  # operations waiting for the database; beyond it new ones are refused
BATCH_LIMIT: Final = 256  # effects per transaction
PING_AFTER_S: Final = 4.0
ATTENDANCE_DELAY_S: Final = 0.25  # arrivals wait this long for others to be written with
SILENT_AFTER_S: Final = 10.0  # half-open sockets end within this (W5)


_WITH_THE_STORE: Final = (Recall, KeepRecording, EndRecording)


class FencedError(Exception):
    """The lease is lost: another node owns this room, or the session is over."""


class Journal(Protocol):
    """Where a room's operations become durable; raises FencedError when they may not."""

    async def append(self, ops: list[Op], arrivals: list["Participant"], left: list[str]) -> None:
        """Store all of it, or nothing."""

    async def recall(self, cid: str, cseq: int) -> Op | None:
        """Find an operation that is older than what the room remembers."""

    async def record(self, change: KeepRecording | EndRecording) -> None:
        """Store that a recording began or is over."""


@dataclass(eq=False, slots=True)
class Participant:
    """One lane and what the shell must know about it. Its `Handler`."""

    room: "LiveRoom"
    lane: Lane
    slot: Slot
    joiner: Joiner
    poses: Bucket
    greeted: bool = False  # hello is out
    behind: bool = True  # needs one full presence frame
    allowance_bytes: int = RELIABLE_LIMIT_BYTES
    pinged: bool = False
    attendance_id: str | None = None

    def on_text(self, text: str) -> None:
        """Take one reliable message."""
        self.room.on_text(self, text)

    def on_pose(self, pose: bytes) -> None:
        """Take one pose: the hot path, 20 times a second per participant."""
        if self.poses.take(self.lane.heard_at):
            self.room.presence.put(self.slot, pose)

    def farewell(self) -> Frame:
        """Give the message to leave behind when this process stops."""
        return self.room.farewell()


@dataclass(frozen=True, slots=True)
class _Ending:
    """A Close whose participant is named while its slot is still its own."""

    participant: Participant
    code: int
    reason: str


class LiveRoom:
    """The participants of one `Room`, its outgoing queue and its writer."""

    def __init__(
        self,
        room: Room,
        journal: Journal,
        *,
        loop_time: Callable[[], float],
        wall_time: Callable[[], str],
        on_failure: Callable[["LiveRoom", Exception], Awaitable[None]],
    ) -> None:
        self.room = room
        self.presence = Presence()
        self.participants: dict[Slot, Participant] = {}
        self.empty_since: float | None = loop_time()
        self.closed = False
        self._journal = journal
        self._now = loop_time
        self._wall_time = wall_time
        self._on_failure = on_failure
        self._queue: deque[Effect | _Ending] = deque()
        self._appends_waiting = 0
        self._arrivals: list[Participant] = []
        self._left: list[str] = []
        self._wake = asyncio.Event()
        self._hurry = asyncio.Event()  # operations wait, or somebody settles
        self._writing = False
        self._idle = asyncio.Event()
        self.reel = Reel(room, self.presence)
        if room.recording.facts is not None:  # another process began it
            self._roll(room.recording.facts)

    # In and out -----------------------------------------------------------------------------

    def enter(
        self, lane: Lane, joiner: Joiner, since: int | None, epoch: str | None
    ) -> Participant | Literal["full"] | Bar:
        """Let somebody in, or say why not."""
        now = self._now()
        joined = self.room.join(joiner, now, since=since, epoch=epoch)
        if joined is None:
            return self.room.bars(joiner.principal_id) or "full"
        slot, effects = joined
        participant = Participant(self, lane, slot, joiner, Bucket(POSE_RATE, POSE_BURST, now))
        self.participants[slot] = participant
        self.empty_since = None
        self._arrivals.append(participant)
        self.perform(effects)
        self._wake.set()
        return participant

    def exit(self, participant: Participant, close_code: int) -> None:
        """Somebody's socket ended; nothing happens when the room ended it."""
        if self.participants.get(participant.slot) is participant:
            reason: LeaveReason = "left" if close_code == 1000 else "lost"
            self._forget(participant)
            self.perform(self.room.leave(participant.slot, self._now(), reason))

    def _forget(self, participant: Participant) -> None:
        if self.participants.get(participant.slot) is not participant:
            return
        del self.participants[participant.slot]
        self.presence.remove(participant.slot)
        if participant.attendance_id is not None:
            self._left.append(participant.attendance_id)
        if participant in self._arrivals:
            self._arrivals.remove(participant)
        if not self.participants:
            self.empty_since = self._now()
        self._wake.set()

    def set_role(self, principal_id: str, role: Role | None) -> None:
        """Apply what the project says now."""
        self.perform(self.room.set_role(principal_id, role, self._now()))

    def announce(self, what: str) -> None:
        """Tell everyone that something outside the room changed."""
        if self.participants:
            self.perform([Send(tuple(self.participants), {"t": "changed", "what": what})])

    # Messages -------------------------------------------------------------------------------

    def on_text(self, participant: Participant, text: str) -> None:
        """Take one reliable message of a participant."""
        slot = participant.slot
        if self.closed or self.participants.get(slot) is not participant:
            return
        message = parse(text)
        now = self._now()
        if isinstance(message, OpMessage | ChatMessage) and self._appends_waiting >= BACKLOG_LIMIT:
            detail = "the server is behind; wait a moment"
            nak = Nak(t="nak", cseq=message.cseq, code="rate", detail=detail)
            self.perform([Send((slot,), nak)])
            return
        effects = self.room.receive(slot, message, now, self._wall_time())
        if isinstance(message, PingMessage) and participant.greeted:
            for effect in effects:  # the heartbeat measures the network, not the database
                self._perform_now(effect)
            return
        self.perform(effects)

    def perform(self, effects: Iterable[Effect]) -> None:
        """Do these after everything before them, each as soon as it may be done."""
        for effect in effects:
            due: Effect | _Ending = effect
            if isinstance(effect, Close):
                participant = self.participants.get(effect.slot)
                if participant is None:
                    continue
                due = _Ending(participant, effect.code, effect.reason)
            if isinstance(effect, Append):
                self._appends_waiting += 1
            elif not self._queue and not isinstance(effect, _WITH_THE_STORE):
                self._perform_now(due)
                continue
            self._queue.append(due)
            self._wake.set()
            self._hurry.set()

    def _perform_now(self, effect: Effect | _Ending) -> None:
        match effect:
            case Send(to=to, message=message, lossy=lossy):
                self._send(to, message, lossy)
            case _Ending(participant=participant, code=code, reason=reason):
                self._forget(participant)
                participant.lane.close(code, reason)
            case Append() | Recall() | Close() | KeepRecording() | EndRecording():
                raise AssertionError("the writer stores and recalls, perform names who closes")

    def _send(self, to: tuple[Slot, ...], message: ServerMessage, lossy: bool) -> None:
        frame = Frame(TEXT, encode(message))
        greeting = message["t"] == "hello"
        for slot in to:
            participant = self.participants.get(slot)
            if participant is None or not (participant.greeted or greeting):
                continue
            if greeting:
                participant.greeted = True
                participant.allowance_bytes += len(frame.payload)
            unsent = participant.lane.unsent_bytes()
            if lossy and unsent > PRESENCE_LIMIT_BYTES:
                continue
            if unsent > participant.allowance_bytes:
                self._cut(participant, "slow")
                continue
            participant.lane.write(frame)

    def _cut(self, participant: Participant, why: str) -> None:
        log.info("room %s: cut slot %d: %s", self.room.facts.session_id, participant.slot, why)
        self._forget(participant)
        participant.lane.abort()
        self.perform(self.room.leave(participant.slot, self._now(), "lost"))

    # Time -----------------------------------------------------------------------------------

    def tick(self, now: float) -> None:
        """Send one presence frame to everybody, and what the room gathered."""
        moved = Frame(BINARY, self.presence.advance()) if self.presence.moved else None
        full: Frame | None = None
        for participant in self.participants.values() if not self.presence.empty else ():
            if not participant.greeted or (moved is None and not participant.behind):
                continue
            lane = participant.lane
            if lane.unsent_bytes() > PRESENCE_LIMIT_BYTES:
                participant.behind = True
            elif participant.behind:
                if full is None:
                    full = Frame(BINARY, self.presence.full())
                participant.behind = False
                lane.write(full)
            elif moved is not None:
                lane.write(moved)
        self.reel.tick(now)
        if self.reel.is_full:
            self.stop_recording("limit")
        effects = self.room.tick(now)
        for effect in effects:
            if isinstance(effect, Send) and effect.lossy:
                self._perform_now(effect)
            else:
                self.perform([effect])

    def drop_silent(self, now: float) -> None:
        """Ask quiet participants for a sign of life; cut those who gave none."""
        for participant in list(self.participants.values()):
            silence = now - participant.lane.heard_at
            if silence >= SILENT_AFTER_S:
                bye = Bye(t="bye", reason="silent", retry_after_ms=0)
                participant.lane.write(Frame(TEXT, encode(bye)))
                participant.lane.close(CLOSE_SILENT, "silent")
                self._cut(participant, "silent")
            elif silence >= PING_AFTER_S:
                if not participant.pinged:
                    participant.lane.ping()
                participant.pinged = True
            else:
                participant.pinged = False

    # Durability -----------------------------------------------------------------------------

    async def write(self) -> None:
        """Store and then send, batch by batch, until the room fails or is cancelled."""
        while not self.closed:
            await self._wake.wait()
            self._wake.clear()
            if not self._queue and not self._hurry.is_set():
                with suppress(TimeoutError):
                    async with asyncio.timeout(ATTENDANCE_DELAY_S):
                        await self._hurry.wait()
            self._hurry.clear()
            self._writing = True
            try:
                while self._queue or self._arrivals or self._left:
                    await self._write_batch()
            except Exception as failure:
                await self._on_failure(self, failure)
            self._writing = False
            self._idle.set()

    async def _write_batch(self) -> None:
        batch = [self._queue[i] for i in range(min(len(self._queue), BATCH_LIMIT))]
        ops = [effect.op for effect in batch if isinstance(effect, Append)]
        arrivals, self._arrivals = self._arrivals, []
        left, self._left = self._left, []
        if ops or arrivals or left:
            await self._journal.append(ops, arrivals, left)
        for effect in batch:
            if self.closed:
                return
            self._queue.popleft()
            match effect:
                case Append():
                    self._appends_waiting -= 1
                case KeepRecording(facts=facts):
                    await self._journal.record(effect)
                    self._roll(facts)
                case EndRecording():
                    self.reel.end()
                    await self._journal.record(effect)
                case Recall(slot=slot, message=message):
                    stored = await self._journal.recall(message.cid, message.cseq)
                    self.perform(self.room.recalled(slot, message, stored, self._wall_time()))
                case _:
                    self._perform_now(effect)

    def stop_recording(self, reason: EndReason) -> None:
        """End a recording that nobody stopped."""
        self.perform(self.room.stop_recording(reason, self._wall_time()))

    def _roll(self, facts: RecordingFacts) -> None:
        """Record from now on; what was before the press is in no tape (REC3)."""
        elapsed = wall_ms(self._wall_time()) - wall_ms(facts.started_at)
        self.reel.begin(facts, self._now(), max(0, elapsed))

    async def settle(self) -> None:
        """Wait until everything queued so far is stored and sent."""
        while not self.closed and (self._writing or self._queue or self._arrivals or self._left):
            self._idle.clear()
            self._wake.set()
            self._hurry.set()
            await self._idle.wait()

    # The end --------------------------------------------------------------------------------

    def farewell(self) -> Frame:
        """Come back soon, but not all at once."""
        retry_after_ms = round(random.uniform(0, max(1_000, len(self.participants))))
        return Frame(TEXT, encode(Bye(t="bye", reason="restart", retry_after_ms=retry_after_ms)))

    def shut(self, code: int, reason: str, message: ServerMessage | None = None) -> None:
        """Close every lane; what was not stored yet is dropped, nobody was told of it.

        message: why; None: come back soon.
        """
        self.closed = True
        self._queue.clear()
        self._wake.set()
        self._hurry.set()
        self._idle.set()
        for participant in list(self.participants.values()):
            frame = self.farewell() if message is None else Frame(TEXT, encode(message))
            participant.lane.write(frame)
            participant.lane.close(code, reason)
        self.participants.clear()

    def open_attendances(self) -> list[str]:
        """The attendance rows of everyone who is here, for whoever closes the room."""
        return [p.attendance_id for p in self.participants.values() if p.attendance_id]


def refuse(lane: Lane, why: Literal["full"] | Bar) -> None:
    """Nobody can come in now, or they may not: say so and close."""
    full = why == "full"
    bye = Bye(t="bye", reason=why, retry_after_ms=15_000 if full else None)
    lane.write(Frame(TEXT, encode(bye)))
    lane.close(CLOSE_TRY_LATER if full else CLOSE_FORBIDDEN, why)
