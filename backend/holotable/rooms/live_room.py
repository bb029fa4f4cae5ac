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
from holotable.rooms import balcony
from holotable.rooms.balcony import Balcony
from holotable.rooms.comings import Comings
from holotable.rooms.conduct import Bar
from holotable.rooms.effects import (
    Append,
    Close,
    Effect,
    EndRecording,
    ForgetVoice,
    Joiner,
    KeepRecording,
    LeaveReason,
    Recall,
    Recorded,
    RecordingFacts,
    Send,
    Slot,
)
from holotable.rooms.greeting import Greeting
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
from holotable.rooms.reasons import SENTENCES, Reason
from holotable.rooms.reel import Reel, wall_ms
from holotable.rooms.relevance import Due, Relevance
from holotable.rooms.room import Room

log = logging.getLogger("holotable.rooms")

PRESENCE_LIMIT_BYTES: Final = 32 * 1024  # above it a participant's ticks are skipped (L6)
RELIABLE_LIMIT_BYTES: Final = 1024 * 1024  # above it a participant is cut and resumes (D4)
BACKLOG_LIMIT: Final = 1_024  # operations waiting for the database; beyond it new ones are refused
BATCH_LIMIT: Final = 256  # effects per transaction
PING_AFTER_S: Final = 4.0
ATTENDANCE_DELAY_S: Final = 0.25  # arrivals wait this long for others to be written with
SILENT_AFTER_S: Final = 10.0  # half-open sockets end within this (W5)


_OF_ONE: Final = frozenset({"hello", "pong", "nak", "bye"})  # say nothing of others
_WITH_THE_STORE: Final = (Recall, KeepRecording, EndRecording, ForgetVoice)


class FencedError(Exception):
    """The lease is lost: another node owns this room, or the session is over."""


class Journal(Protocol):
    """Where a room's operations become durable; raises FencedError when they may not."""

    async def append(self, ops: list[Op], arrivals: list["Participant"], left: list[str]) -> None:
        """Store all of it, or nothing."""

    async def recall(self, cid: str, cseq: int) -> Op | None:
        """Find an operation that is older than what the room remembers."""

    async def record(self, change: Recorded) -> None:
        """Store that a recording began or is over, or forget a voice."""


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


@dataclass(eq=False, slots=True)
class Aside(Participant):
    """Somebody who watches, or who waits at the door: their poses are nobody's."""

    def on_pose(self, pose: bytes) -> None:
        """Drop it."""

    def unsent_bytes(self) -> int:
        """What their lane has not sent yet."""
        return self.lane.unsent_bytes()

    def write(self, frame: Frame) -> None:
        """Queue a frame."""
        self.lane.write(frame)


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
        self.aside: dict[Slot, Aside] = {}  # who watches and who waits, by seats below 0
        self._balcony = Balcony()
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
        self._relevance = Relevance(self.presence, room.hz)
        self._greeting = Greeting()
        self._comings = Comings(self._greeting)
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
            return self.room.bars(joiner) or self.watch(lane, joiner, since, epoch) or "full"
        slot, effects = joined
        participant = Participant(self, lane, slot, joiner, Bucket(POSE_RATE, POSE_BURST, now))
        self.participants[slot] = participant
        self.empty_since = None
        self._arrivals.append(participant)
        self.perform(effects)
        self._wake.set()
        return participant

    def watch(
        self, lane: Lane, joiner: Joiner, since: int | None, epoch: str | None
    ) -> Participant | None:
        """Let somebody watch; None: no seat is free, or they may not come in."""
        seated = self.room.watch(joiner, self._now(), since=since, epoch=epoch)
        if seated is None:
            return None
        spectator = self._beside(lane, joiner, *seated, balcony.RELIABLE_LIMIT_BYTES)
        self._arrivals.append(spectator)
        return spectator

    def knock(self, lane: Lane, joiner: Joiner) -> Participant | None:
        """Let somebody wait at the door; None: too many wait already."""
        seated = self.room.knock(joiner, self._now())
        if seated is None:
            return None
        return self._beside(lane, joiner, *seated, PRESENCE_LIMIT_BYTES, greeted=True)

    def _beside(
        self,
        lane: Lane,
        joiner: Joiner,
        seat: Slot,
        effects: list[Effect],
        allowance_bytes: int,
        *,
        greeted: bool = False,
    ) -> Participant:
        bucket = Bucket(POSE_RATE, POSE_BURST, self._now())
        aside = Aside(self, lane, seat, joiner, bucket, greeted, allowance_bytes=allowance_bytes)
        self.aside[seat] = aside
        self.empty_since = None
        self.perform(effects)
        return aside

    def exit(self, participant: Participant, close_code: int) -> None:
        """Somebody's socket ended; nothing happens when the room ended it."""
        if self._of(participant.slot) is participant:
            reason: LeaveReason = "left" if close_code == 1000 else "lost"
            self._forget(participant)
            self.perform(self.room.leave(participant.slot, self._now(), reason))

    def _of(self, slot: Slot) -> Participant | None:
        return self.participants.get(slot) or self.aside.get(slot)

    def _forget(self, participant: Participant) -> None:
        if self._of(participant.slot) is not participant:
            return
        self.participants.pop(participant.slot, None)
        self.aside.pop(participant.slot, None)
        self.presence.remove(participant.slot)
        self._relevance.forget(participant.slot)
        if participant.attendance_id is not None:
            self._left.append(participant.attendance_id)
        if participant in self._arrivals:
            self._arrivals.remove(participant)
        if not self.participants and not self.aside:
            self.empty_since = self._now()
        self._wake.set()

    def set_role(self, principal_id: str, role: Role | None) -> None:
        """Apply what the project says now."""
        self.perform(self.room.set_role(principal_id, role, self._now()))

    def announce(self, what: str) -> None:
        """Tell everyone that something outside the room changed."""
        everyone = (*self.participants, *self.room.gallery.by_seat)
        if everyone:
            self.perform([Send(everyone, {"t": "changed", "what": what})])

    # Messages -------------------------------------------------------------------------------

    def on_text(self, participant: Participant, text: str) -> None:
        """Take one reliable message of a participant."""
        slot = participant.slot
        if self.closed or self._of(slot) is not participant:
            return
        message = parse(text)
        now = self._now()
        if isinstance(message, OpMessage | ChatMessage) and self._appends_waiting >= BACKLOG_LIMIT:
            why = Reason.BEHIND
            nak = Nak(
                t="nak", cseq=message.cseq, code="rate", reason=why, detail=SENTENCES[why]
            )  # fmt: skip
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
                participant = self._of(effect.slot)
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
            case Append() | Recall() | Close() | KeepRecording() | EndRecording() | ForgetVoice():
                raise AssertionError("the writer stores and recalls, perform names who closes")

    def _send(self, to: tuple[Slot, ...], message: ServerMessage, lossy: bool) -> None:
        greeting = message["t"] == "hello"
        if self._comings.take(to, message, len(self.participants)):
            return
        if message["t"] not in _OF_ONE:
            self._tell_comings()
        frame = Frame(TEXT, self._greeting.encode(message))
        self._write(to, frame, greeting=greeting, lossy=lossy)

    def _tell_comings(self) -> None:
        """Tell who came and went since the last tick, before anything else is told (J9)."""
        if self._comings.any:
            for to, frame in self._comings.tell((*self.participants, *self.aside)):
                self._write(to, frame)

    def _write(
        self, to: tuple[Slot, ...], frame: Frame, *, greeting: bool = False, lossy: bool = False
    ) -> None:
        for slot in to:
            participant = self._of(slot)
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
        """Send everybody where the others are, and what the room gathered."""
        self._tell_comings()
        if not self.presence.empty:
            self._show(self._relevance.advance(now, len(self.participants), self.room.important))
        self._balcony.tick(now, self.presence, (self.aside[n] for n in self.room.gallery.by_seat))
        self.reel.tick(now)
        if self.reel.is_full:
            self.stop_recording("limit")
        effects = self.room.tick(now)
        for effect in effects:
            if isinstance(effect, Send) and effect.lossy:
                self._perform_now(effect)
            else:
                self.perform([effect])

    def _show(self, due: Due) -> None:
        """Write the frames of a tick; who is behind gets nothing, and later everything at once."""
        full: Frame | None = None
        shared = due.of(-1) if not due.by_slot else None
        for slot, participant in self.participants.items():
            frames = due.of(slot) if shared is None else shared
            if not participant.greeted or not (frames or participant.behind):
                continue
            lane = participant.lane
            if lane.unsent_bytes() > PRESENCE_LIMIT_BYTES:
                participant.behind = True
            elif participant.behind:
                if full is None:
                    full = Frame(BINARY, self.presence.full())
                participant.behind = False
                lane.write(full)
            else:
                lane.write(*frames)

    def drop_silent(self, now: float) -> None:
        """Ask quiet participants for a sign of life; cut those who gave none."""
        for participant in [*self.participants.values(), *self.aside.values()]:
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
                case ForgetVoice():
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
        for participant in [*self.participants.values(), *self.aside.values()]:
            frame = self.farewell() if message is None else Frame(TEXT, encode(message))
            participant.lane.write(frame)
            participant.lane.close(code, reason)
        self.participants.clear()
        self.aside.clear()

    def everyone_inside(self) -> list[Participant]:
        """Who takes part and who watches, but not who waits."""
        watching = [self.aside[seat] for seat in self.room.gallery.by_seat]
        return [*self.participants.values(), *watching]

    def open_attendances(self) -> list[str]:
        """The attendance rows of everyone who is here, for whoever closes the room."""
        everyone = [*self.participants.values(), *self.aside.values()]
        return [one.attendance_id for one in everyone if one.attendance_id]


def refuse(lane: Lane, why: Literal["full"] | Bar) -> None:
    """Nobody can come in now, or they may not: say so and close."""
    full = why == "full"
    bye = Bye(t="bye", reason=why, retry_after_ms=15_000 if full else None)
    lane.write(Frame(TEXT, encode(bye)))
    lane.close(CLOSE_TRY_LATER if full else CLOSE_FORBIDDEN, why)
