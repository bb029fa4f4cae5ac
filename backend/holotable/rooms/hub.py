"""All rooms of this process: opens them under a lease, runs their clock, watches their rights.

Beside `door`, `journal` and `recorder` the only module of `rooms` that knows the store. One task
ticks all rooms, one watches leases and rights with two queries for all of them, one stores
recordings, and each room has one writer; the hub owns and awaits them all.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal, TypeAlias
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from holotable.review.roles import Role
from holotable.rooms import door
from holotable.rooms.conduct import Bar, Comer, Deed
from holotable.rooms.doorbell import Doorbell
from holotable.rooms.effects import Joiner
from holotable.rooms.floor import Actor
from holotable.rooms.journal import StoredJournal, iso, past_of
from holotable.rooms.lane import TEXT, Frame, Lane
from holotable.rooms.ledger import Ledger
from holotable.rooms.live_room import FencedError, LiveRoom, Participant, refuse
from holotable.rooms.metronome import Metronome
from holotable.rooms.opening import lay_out
from holotable.rooms.presence import MAX_SLOTS
from holotable.rooms.protocol import (
    CLOSE_FORBIDDEN,
    CLOSE_GOING_AWAY,
    CLOSE_MOVED,
    CLOSE_TRY_LATER,
    Bye,
    Moved,
    encode,
)
from holotable.rooms.recorder import Recorder
from holotable.rooms.room import Room
from holotable.rooms.sfu import LiveKitVoices
from holotable.rooms.voice import VoicePolicy
from holotable.store.database import Database
from holotable.store.queries import sessions as rows
from holotable.store.tables import Revision, Session

log = logging.getLogger("holotable.rooms")

LEASE: Final = timedelta(seconds=10)  # a dead node's rooms are taken over after this
WATCH_S: Final = 2.0  # role changes and ended sessions from other processes act within this
KEEP_S: Final = 0.5  # finished chunks of recordings wait this long to be stored
SETTLE_S: Final = 5.0  # for the last operations to be stored when this process stops
LOADS_AT_ONCE: Final = 4  # more only wait for each other's locks when everybody comes back
LINGER_S: Final = 60.0  # an empty room is kept: colours, the host's star and slots survive a reload


Seat: TypeAlias = Literal["table", "balcony", "door"]  # takes part, watches, waits


@dataclass(frozen=True, slots=True)
class Pass:
    """Who may enter which room, as a used ticket says."""

    session_id: UUID
    joiner: Joiner


class Hub:
    """Every live room of this process."""

    def __init__(
        self,
        database: Database,
        *,
        clock: Callable[[], datetime],
        recorder: Recorder | None = None,
        node_url: str = "",
        hz: float = 30.0,
        max_slots: int = MAX_SLOTS,
        voice: VoicePolicy | None = None,
        sfu: LiveKitVoices | None = None,
        lease: timedelta = LEASE,
        watch_s: float = WATCH_S,
        linger_s: float = LINGER_S,
        doorbell: Doorbell | None = None,
        also_look: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._database = database
        self._ledger = Ledger(database)
        self._recorder = recorder  # None: nothing is recorded here
        self._clock = clock  # aware UTC
        self.node_url = node_url  # how other nodes and tickets name this process; "" when alone
        self._hz = hz
        self._max_slots = max_slots
        self._voice = voice  # None: a mesh
        self._sfu = sfu  # None: nobody else has to know who may be heard
        self._lease = lease
        self._watch_s = watch_s
        self._linger_s = linger_s
        self._also_look = also_look  # whoever else must hear that rights changed; never raises
        self._doorbell = doorbell  # None: other nodes' changes are found by the watch alone
        self._rooms: dict[UUID, _Open] = {}
        self._opening: dict[UUID, asyncio.Task[_Open | rows.HeldElsewhere | None]] = {}
        self._loads = asyncio.Semaphore(LOADS_AT_ONCE)
        self._tasks: asyncio.TaskGroup | None = None
        self._look = asyncio.Event()

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Hub"]:
        """Run rooms inside this context; at its end everybody is told to come back."""
        started, stop = asyncio.Event(), asyncio.Event()
        # One task owns all others, because a context may be left in another task than entered.
        owner = asyncio.create_task(self._run(started, stop))
        await started.wait()
        try:
            yield self
        finally:
            stop.set()
            await owner

    async def _run(self, started: asyncio.Event, stop: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            clocks = [tasks.create_task(self._tick()), tasks.create_task(self._watch())]
            if self._recorder is not None:
                clocks.append(tasks.create_task(self._keep_recordings(self._recorder)))
            if self._doorbell is not None:
                clocks.append(tasks.create_task(self._doorbell.listen(self.recheck)))
            if self._sfu is not None:
                clocks.append(tasks.create_task(self._sfu.work()))
            started.set()
            await stop.wait()
            for clock in clocks:
                clock.cancel()
            for opening in list(self._opening.values()):
                opening.cancel()
            for opened in list(self._rooms.values()):
                await self._close(opened, CLOSE_GOING_AWAY)
            self._tasks = None

    @staticmethod
    def _now() -> float:
        """Seconds of the event loop's clock, the one that lanes are heard by."""
        return asyncio.get_running_loop().time()

    # Sockets --------------------------------------------------------------------------------

    async def serve(
        self,
        lane: Lane,
        who: Pass,
        *,
        since: int | None = None,
        epoch: str | None = None,
        seat: Seat = "table",
    ) -> None:
        """Keep one accepted socket in its room, or beside it, until it ends."""
        try:
            opened = await self._open(who.session_id)
        except (SQLAlchemyError, OSError):
            log.exception("room %s cannot be opened", who.session_id)
            lane.write(Frame(TEXT, encode(_bye("restart", 2_000))))
            lane.close(CLOSE_TRY_LATER, "the room cannot be opened now")
            await lane.run(_Deaf())
            return
        if opened is None:
            lane.write(Frame(TEXT, encode(_bye("ended", None))))
            lane.close(CLOSE_FORBIDDEN, "ended")
            await lane.run(_Deaf())
            return
        if isinstance(opened, rows.HeldElsewhere):
            lane.write(Frame(TEXT, encode(Moved(t="moved", url=opened.owner_url))))
            lane.close(CLOSE_MOVED, "moved")
            await lane.run(_Deaf())
            return
        participant: Participant | Literal["full"] | Bar
        if seat == "door":
            participant = opened.live.knock(lane, who.joiner) or "full"
        elif seat == "balcony":
            watching = opened.live.watch(lane, who.joiner, since, epoch)
            participant = watching or opened.live.room.bars(who.joiner) or "full"
        else:
            participant = opened.live.enter(lane, who.joiner, since, epoch)
        if not isinstance(participant, Participant):
            refuse(lane, participant)
            await lane.run(_Deaf())
            return
        code = 1006
        try:
            code = await lane.run(participant)
        finally:
            opened.live.exit(participant, code)

    # From routes ----------------------------------------------------------------------------

    def recheck(self) -> None:
        """Somebody's rights changed or a session ended: look now instead of at the next watch."""
        self._look.set()

    async def recheck_everywhere(self) -> None:
        """The same on every node that owns a room; called after the commit (N1)."""
        self.recheck()
        if self._doorbell is None:
            return
        try:
            async with self._database.transaction() as transaction:
                owners = await rows.living_owners(transaction)
        except (SQLAlchemyError, OSError):
            log.exception("nobody's doorbell is rung: the owners of rooms are unknown")
            return
        await self._doorbell.ring(owners - {self.node_url})

    def announce(self, project_id: UUID, what: str) -> None:
        """Tell everyone in this project's rooms that something there changed."""
        for opened in self._rooms.values():
            if opened.project_id == project_id:
                opened.live.announce(what)

    def host_of(self, session_id: UUID) -> UUID | None:
        """Who wears the star in a room of this process."""
        opened = self._rooms.get(session_id)
        host = opened.live.room.host_id if opened else None
        return UUID(host) if host else None

    async def bars(self, transaction: AsyncSession, session: Session, comer: Comer) -> Bar | None:
        """Why somebody may not come into a meeting."""
        opened = self._rooms.get(session.id)
        if opened is not None and not opened.live.closed:
            return opened.live.room.floor.bars(comer)
        return await door.bars(transaction, session, comer)

    async def may_speak(
        self, transaction: AsyncSession, session: Session, principal_id: UUID, role: Role
    ) -> bool:
        """Whether somebody may open a microphone in a meeting."""
        opened = self._rooms.get(session.id)
        if opened is not None and not opened.live.closed:
            floor = opened.live.room.floor
            if str(principal_id) in opened.live.room.voice.silenced:
                return False  # V10: until they open their microphone again, if they may
        else:
            floor = await door.floor_of(transaction, session, str(principal_id))
        return floor.why_not(Actor(str(principal_id), role), Deed.SPEAK) is None

    def people_in(self, session_id: UUID) -> int:
        """How many sockets this process has in a room."""
        opened = self._rooms.get(session_id)
        return len(opened.live.participants) if opened else 0

    def counts(self) -> dict[str, int]:
        """Figures for /metrics."""
        return {
            "rooms": len(self._rooms),
            "participants": sum(len(o.live.participants) for o in self._rooms.values()),
        }

    # Opening and closing --------------------------------------------------------------------

    async def _open(self, session_id: UUID) -> "_Open | rows.HeldElsewhere | None":
        """The room, loaded once however many sockets arrive while it loads."""
        opened = self._rooms.get(session_id)
        if opened is not None and not opened.live.closed:
            return opened
        loading = self._opening.get(session_id)
        if loading is None:
            if self._tasks is None:
                raise OSError("the hub does not run")
            loading = asyncio.create_task(self._load(session_id))
            self._opening[session_id] = loading
            loading.add_done_callback(lambda done: self._loaded(session_id, done))
        return await asyncio.shield(loading)

    def _loaded(
        self, session_id: UUID, done: "asyncio.Task[_Open | rows.HeldElsewhere | None]"
    ) -> None:
        del self._opening[session_id]
        if not done.cancelled():
            done.exception()  # every socket that waits for it is told; none may be left to wait

    async def _load(self, session_id: UUID) -> "_Open | rows.HeldElsewhere | None":
        async with self._loads, self._database.transaction() as transaction:
            claimed = await rows.claim(transaction, session_id, self.node_url, self._lease)
            if claimed is None or isinstance(claimed, rows.HeldElsewhere):
                return claimed
            session, lease = claimed
            await lay_out(transaction, session)
            past = await past_of(transaction, session, self._recorder)
            revision = await transaction.get(Revision, session.revision_id)
            assert revision is not None, "a foreign key holds it"
        assert self._tasks is not None, "checked before the load began"
        live = LiveRoom(
            Room(
                door.facts_of(session),
                past,
                self._now(),
                self._hz,
                self._max_slots,
                self._recorder.new_id if self._recorder else None,
                self._voice,
            ),
            StoredJournal(self._database, lease, self._clock, self._recorder, self._ledger),
            loop_time=asyncio.get_running_loop().time,
            wall_time=lambda: iso(self._clock()),
            on_failure=self._on_failure,
        )
        opened = _Open(live, lease, session.project_id, revision.asset_id)
        opened.writer = self._tasks.create_task(live.write())
        self._rooms[session_id] = opened
        return opened

    async def _close(self, opened: "_Open", code: int) -> None:
        """Shut a room in order: store what waits, tell everyone, give the lease back."""
        if self._rooms.get(opened.lease.session_id) is opened:
            del self._rooms[opened.lease.session_id]
        with suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_S):
                await opened.live.settle()
        await self._keep_rest(opened)
        left = opened.live.open_attendances()
        opened.live.shut(code, "restart")
        if opened.writer is not None:
            opened.writer.cancel()
        try:
            async with self._database.transaction() as transaction:
                moment = self._clock()
                await rows.record_departures(transaction, [UUID(key) for key in left], moment)
                await rows.release(transaction, opened.lease)
        except (SQLAlchemyError, OSError):
            log.exception("room %s: the lease was not given back", opened.lease.session_id)

    async def _on_failure(self, live: LiveRoom, failure: Exception) -> None:
        """A room cannot store any more: everybody comes back, here or wherever it lives now."""
        session_id = UUID(live.room.facts.session_id)
        opened = self._rooms.get(session_id)
        if opened is not None and opened.live is live:
            del self._rooms[session_id]
            await self._keep_rest(opened)
        if not isinstance(failure, FencedError):
            log.error("room %s failed", session_id, exc_info=failure)
            live.shut(CLOSE_GOING_AWAY, "restart")
            return
        await self._lost(live, session_id)

    async def _lost(self, live: LiveRoom, session_id: UUID) -> None:
        """The fence is not ours any more: the session is over, or lives elsewhere."""
        log.warning("room %s: fenced out", session_id)
        owner_url, ended = "", False
        try:
            async with self._database.transaction() as transaction:
                session = await transaction.get(Session, session_id)
                ended = session is None or session.ended_at is not None
                owner_url = await rows.owner_of(transaction, session_id) or ""
        except (SQLAlchemyError, OSError):
            log.exception("room %s: its new owner is unknown", session_id)
        if ended:
            live.shut(CLOSE_FORBIDDEN, "ended", _bye("ended", None))
        else:
            live.shut(CLOSE_MOVED, "moved", Moved(t="moved", url=owner_url))

    # Clocks ---------------------------------------------------------------------------------

    async def _tick(self) -> None:
        """Tick every room at `hz`, or as often as there is time for it (L9)."""
        now = self._now()
        metronome = Metronome(1.0 / self._hz, now)
        next_silence_check = now
        while True:
            await asyncio.sleep(metronome.wait_s(now, self._now()))
            now = self._now()
            check_silence = now >= next_silence_check
            if check_silence:
                next_silence_check = now + 1.0
            for session_id, opened in list(self._rooms.items()):
                try:
                    opened.live.tick(now)
                    if self._sfu is not None:
                        for who, may_speak in opened.live.room.voice.taken().items():
                            self._sfu.say(str(session_id), who, may_speak)
                    if check_silence:
                        opened.live.drop_silent(now)
                except Exception as failure:  # one room's bug must not stop the others
                    await self._on_failure(opened.live, failure)

    async def _watch(self) -> None:
        """Keep leases, apply role changes, end what is over, close what is empty."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._watch_s):
                    await self._look.wait()
            self._look.clear()
            try:
                await self._watch_once()
            except (SQLAlchemyError, OSError):
                log.exception("rooms are not watched")
            if self._also_look is not None:
                await self._also_look()

    async def _watch_once(self) -> None:
        rooms = dict(self._rooms)
        if not rooms:
            return
        now = self._clock()
        principals = {
            UUID(participant.joiner.principal_id)
            for opened in rooms.values()
            for participant in opened.live.everyone_inside()
        }
        async with self._database.transaction() as transaction:
            leases = [opened.lease for opened in rooms.values()]
            kept = await rows.renew(transaction, leases, self._lease)
            roles = await rows.roles_of(transaction, principals, now)
        for session_id, opened in rooms.items():
            if self._rooms.get(session_id) is not opened:
                continue
            if session_id not in kept:
                del self._rooms[session_id]
                await self._keep_rest(opened)
                await self._lost(opened.live, session_id)
                continue
            self._apply_roles(opened, principals, roles)
            empty_since = opened.live.empty_since
            if empty_since is not None and self._now() - empty_since >= self._linger_s:
                opened.live.stop_recording("empty")
                assert self._tasks is not None, "rooms are watched only while the hub runs"
                # A task of its own: cut off halfway by a stop, its writer would never end.
                closing = self._tasks.create_task(self._close(opened, CLOSE_GOING_AWAY))
                await asyncio.shield(closing)

    async def _keep_recordings(self, recorder: Recorder) -> None:
        """Store finished chunks; a room whose store is slow holds up no other room."""
        assert self._tasks is not None, "started by the task that owns all others"
        while True:
            await asyncio.sleep(KEEP_S)
            for opened in self._rooms.values():
                waits = any(tape.sealed for tape in opened.live.reel.tapes)
                if waits and (opened.keeping is None or opened.keeping.done()):
                    keeping = recorder.keep(opened.lease, opened.live.reel)
                    opened.keeping = self._tasks.create_task(keeping)

    async def _keep_rest(self, opened: "_Open") -> None:
        """Store what is on tape of a room that this process gives up."""
        if self._recorder is None:
            return
        opened.live.reel.flush()
        try:
            async with asyncio.timeout(SETTLE_S):
                if opened.keeping is not None:
                    await asyncio.wait({opened.keeping})
                await self._recorder.keep(opened.lease, opened.live.reel)
        except TimeoutError:
            log.error("room %s: the end of its recording is lost", opened.lease.session_id)

    @staticmethod
    def _apply_roles(
        opened: "_Open",
        asked: set[UUID],
        roles: dict[tuple[UUID, UUID], tuple[Role, UUID | None]],
    ) -> None:
        present = {p.joiner.principal_id for p in opened.live.everyone_inside()}
        here = opened.live.room.roles()
        for principal_id in present:
            if UUID(principal_id) not in asked:
                continue  # came while we asked
            role, only_asset = roles.get((UUID(principal_id), opened.project_id), (None, None))
            reaches = only_asset is None or only_asset == opened.asset_id
            if not reaches or role is None:
                opened.live.set_role(principal_id, None)
            elif here.get(principal_id) != {role}:
                opened.live.set_role(principal_id, role)


@dataclass(slots=True)
class _Open:
    """A room that this process owns."""

    live: LiveRoom
    lease: rows.Lease
    project_id: UUID
    asset_id: UUID
    writer: asyncio.Task[None] | None = None
    keeping: asyncio.Task[None] | None = None  # chunks of its recording


class _Deaf:
    """Nobody: hears a socket that is closing."""

    def on_text(self, text: str) -> None:
        """Ignore it: the close frame is on its way."""

    def on_pose(self, pose: bytes) -> None:
        """Ignore it: the close frame is on its way."""

    def farewell(self) -> Frame:
        """Say nothing more than what was said."""
        return Frame(TEXT, encode(_bye("restart", 1_000)))


def _bye(reason: Any, retry_after_ms: int | None) -> Bye:  # one of Bye's reasons
    return Bye(t="bye", reason=reason, retry_after_ms=retry_after_ms)
