"""What goes into a `Room` and what comes out: plain values, no behaviour."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from holotable.review.roles import Role
from holotable.rooms.conduct import Comer, Lobby
from holotable.rooms.protocol import (
    ChatMessage,
    EndReason,
    Held,
    Op,
    OpMessage,
    ServerMessage,
)

Slot: TypeAlias = int
RoomKind: TypeAlias = Literal["meeting", "table"]
LeaveReason: TypeAlias = Literal["left", "lost", "removed"]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the session row says and never changes while the room is open."""

    session_id: str
    kind: RoomKind
    name: str
    project_id: str
    revision_id: str
    host_id: str | None  # principal who created it
    lobby: Lobby = "off"  # as it was started


@dataclass(frozen=True, slots=True)
class RecordingFacts:
    """A recording that goes on. principal_id, name: who started it."""

    id: str
    principal_id: str
    name: str
    started_at: str  # ISO 8601, UTC, milliseconds: the press
    first_seq: int  # number of the last operation before the press
    next_chunk: int = 0  # another process has stored those before


@dataclass(frozen=True, slots=True)
class Past:
    """What was stored before the room opened.

    recent: the last operations, ascending, at most LOG_WINDOW, ending with number `seq`.
    clients: of every client id in the log: its principal, and its highest number before `recent`.
    known: principals who were in the room at any time.
    """

    epoch: str
    seq: int = 0
    state: Mapping[str, Held] = field(default_factory=dict)
    recent: tuple[Op, ...] = ()
    chat: tuple[Op, ...] = ()
    clients: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    recording: RecordingFacts | None = None  # goes on (REC9)


@dataclass(frozen=True, slots=True)
class Joiner:
    """Who comes in, as the ticket says."""

    principal_id: str
    name: str
    role: Role
    guest: bool
    device: str

    @property
    def comer(self) -> Comer:
        """Them at the door."""
        return Comer(self.principal_id, self.guest, self.role)


@dataclass(frozen=True, slots=True)
class Append:
    """Make `op` durable before anything after it is sent."""

    op: Op


@dataclass(frozen=True, slots=True)
class Send:
    """Queue `message` for these participants; lossy: leave out whoever is behind."""

    to: tuple[Slot, ...]
    message: ServerMessage
    lossy: bool = False


@dataclass(frozen=True, slots=True)
class Close:
    """End this participant's socket after what was queued for it."""

    slot: Slot
    code: int
    reason: str


@dataclass(frozen=True, slots=True)
class Recall:
    """Look up whether this was stored long ago, then call `recalled`."""

    slot: Slot
    message: OpMessage | ChatMessage


@dataclass(frozen=True, slots=True)
class KeepRecording:
    """Make this recording durable before anything after it is sent; then record."""

    facts: RecordingFacts


@dataclass(frozen=True, slots=True)
class EndRecording:
    """Write down that a recording is over, before anything after it is sent."""

    id: str
    last_seq: int
    at: str
    reason: EndReason


@dataclass(frozen=True, slots=True)
class ForgetVoice:
    """Delete what is kept of somebody's voice, before anything after it is sent (REC12)."""

    id: str  # of the recording
    principal_id: str


# What a recorder makes durable.
Recorded: TypeAlias = KeepRecording | EndRecording | ForgetVoice
Effect: TypeAlias = Append | Send | Close | Recall | KeepRecording | EndRecording | ForgetVoice
