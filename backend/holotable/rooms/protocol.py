"""What crosses the reliable lane: client messages parsed here, server messages typed here.

Text frames hold JSON. A client message is parsed once at the border and trusted inside; a value
is checked by the pattern of its key (`check_value`). Server messages are typed dictionaries,
encoded once per broadcast (`encode`). The bytes are pinned by `tests/vectors/messages.json`, which
the browser client reads too.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, NotRequired, TypeAlias

from pydantic import Field, FiniteFloat, JsonValue, TypeAdapter, ValidationError
from typing_extensions import TypedDict  # pydantic refuses typing.TypedDict before Python 3.12

from holotable.rooms.conduct import SessionRole
from holotable.rooms.events import EventMessage, Happened
from holotable.rooms.values import Occurrence, Point, Ranges, Slot, Strict, Uuid
from holotable.rooms.voice import Signal as VoiceSignal
from holotable.rooms.voice import VoiceState

SUBPROTOCOL: Final = "holotable.v1"
MAX_TEXT_BYTES: Final = 65_536  # a longer text frame closes the socket with 1009
MAX_CHAT_CHARACTERS: Final = 4_000

# Close codes (RFC 6455 §7.4.2: 4000-4999 are ours); the client decides by them what to do next.
CLOSE_NORMAL: Final = 1000
CLOSE_GOING_AWAY: Final = 1012  # this process stops or lost the room: come back
CLOSE_TOO_BIG: Final = 1009
CLOSE_TRY_LATER: Final = 1013
CLOSE_TICKET: Final = 4401  # fetch a new ticket
CLOSE_FORBIDDEN: Final = 4403  # do not come back: removed, ended, no longer allowed
CLOSE_SILENT: Final = 4408
CLOSE_MOVED: Final = 4307  # the room lives elsewhere: fetch a new ticket

Device: TypeAlias = Literal["desktop", "tablet", "phone", "headset"]
Cid: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,36}$")]
Cseq: TypeAlias = Annotated[int, Field(ge=1, le=2**53 - 1)]  # exact in a JavaScript number
Key: TypeAlias = Annotated[str, Field(max_length=200)]


class OpMessage(Strict):
    """Change shared state: `set` a key to a value, or `clear` every key with a prefix."""

    t: Literal["op"]
    cid: Cid
    cseq: Cseq
    kind: Literal["set", "clear"]
    key: Key
    value: JsonValue = None
    base: int | None = None  # number of the operation this one was made upon (O5)


class ChatMessage(Strict):
    """Say something to everyone; stored and ordered like any operation."""

    t: Literal["chat"]
    cid: Cid
    cseq: Cseq
    text: Annotated[str, Field(min_length=1, max_length=MAX_CHAT_CHARACTERS, pattern=r"\S")]


class PreviewMessage(Strict):
    """A value while it is dragged; never stored. `null` ends the hold without a change."""

    t: Literal["preview"]
    key: Key
    value: JsonValue


class Selection(Strict):
    """What a participant has selected in one revision."""

    revision_id: Uuid
    ranges: Ranges


class Writing(Strict):
    """Where somebody writes an issue or a comment; what they write is theirs till it is sent (L10).

    point: metres, absolute, y up, as the model stands unexploded; it goes with its part.
    """

    revision_id: Uuid
    kind: Literal["issue", "comment"]
    occurrence: Occurrence | None = None
    point: Point


class StatusValue(Strict):
    """What a participant does right now. Fields that are sent replace, the others stay (L4)."""

    selection: Selection | None = None
    following: Slot | None = None
    tool: Annotated[str, Field(max_length=40)] | None = None
    device: Device | None = None
    away: bool | None = None
    hand: bool | None = None
    in_xr: bool | None = None
    xr_device: Annotated[str, Field(max_length=40)] | None = None  # what they wear: `Quest 3`
    writing: Writing | None = None
    voice: VoiceState | None = None  # null: not in voice


class StatusMessage(Strict):
    """Tell the others what I do right now."""

    t: Literal["status"]
    value: StatusValue


class PingMessage(Strict):
    """Ask for a pong; `ts` comes back as it was."""

    t: Literal["ping"]
    ts: FiniteFloat


class SigMessage(Strict):
    """WebRTC signalling for one participant; passed on, never stored (V1, V2)."""

    t: Literal["sig"]
    to: Slot
    d: VoiceSignal


class RecordMessage(Strict):
    """Start or stop recording the session (REC1)."""

    t: Literal["record"]
    on: bool


class ConsentMessage(Strict):
    """I go on in a session that is recorded, or stay without being recorded (REC4, REC11)."""

    t: Literal["consent"]
    recording: Uuid
    agrees: bool = True


ClientMessage: TypeAlias = (
    OpMessage
    | ChatMessage
    | PreviewMessage
    | StatusMessage
    | PingMessage
    | SigMessage
    | EventMessage
    | RecordMessage
    | ConsentMessage
)
_CLIENT: Final[TypeAdapter[ClientMessage]] = TypeAdapter(
    Annotated[ClientMessage, Field(discriminator="t")]
)


@dataclass(frozen=True, slots=True)
class Malformed:
    """A text frame that is no client message; answered with `nak invalid`."""

    detail: str
    cseq: int | None = None


def parse(text: str) -> ClientMessage | Malformed:
    """Read one text frame of a client. Never raises."""
    if "\\u0000" in text:  # PostgreSQL stores no NUL in text or JSON
        return Malformed("NUL characters are not accepted", _cseq_of(text))
    try:
        return _CLIENT.validate_json(text)
    except ValidationError as problem:
        first = problem.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        return Malformed(f"{place}: {first['msg']}".removeprefix(": ")[:200], _cseq_of(text))


def _cseq_of(text: str) -> int | None:
    """The number the client will wait for, if the broken message has one."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return None
    cseq = message.get("cseq") if isinstance(message, dict) else None
    return cseq if type(cseq) is int and 1 <= cseq < 2**53 else None


# Server messages ----------------------------------------------------------------------------

NakCode: TypeAlias = Literal["forbidden", "conflict", "rate", "invalid", "full", "start_a_session"]
EndReason: TypeAlias = Literal["stopped", "ended", "empty", "limit", "interrupted"]


class Author(TypedDict):
    """Who made an operation; `slot` is null once they have left or the room was reloaded."""

    principal_id: str
    name: str
    slot: int | None


class Held(TypedDict):
    """One key of shared state: its value and the number and author of its last change."""

    value: JsonValue
    seq: int
    by: Author


class Person(TypedDict):
    """One connection in the room as everyone sees it."""

    slot: int
    principal_id: str
    name: str
    colour: int  # 0 to 7
    shape: int  # 0 to 5
    role: str
    session_role: SessionRole
    device: str
    guest: bool
    status: dict[str, Any]  # StatusValue as sent; `hand_rank` (C16), `silenced` (V5); JSON


class Op(TypedDict):
    """A numbered, stored operation; for its sender also the acknowledgement."""

    t: Literal["op"]
    seq: int
    kind: str  # set | clear | chat
    key: str
    value: JsonValue
    by: Author
    at: str  # ISO 8601, UTC, milliseconds
    cid: str
    cseq: int


class Hello(TypedDict):
    """The first message on every socket."""

    t: Literal["hello"]
    epoch: str
    seq: int
    slot: int
    resumed: bool
    state: NotRequired[dict[str, Held]]  # when not resumed
    ops: NotRequired[list[Op]]  # when resumed: exactly what was missed
    chat: list[Op]  # the last ones when not resumed, else empty: `ops` has them
    who: list[Person]
    holds: dict[str, int]  # key -> slot that drags it
    hz: float
    session: dict[str, Any]  # id, kind, name, project_id, revision_id; JSON
    you: Person
    watching: int  # how many only watch
    spectator: NotRequired[bool]  # you only watch: `slot` is a seat below 0, and nobody's
    recording: NotRequired["RecordingShown"]  # when the session is being recorded
    agreed: NotRequired[bool]  # beside `recording`: nobody has to ask you any more


class RecordingShown(TypedDict):
    """The recording that goes on, as everyone sees it."""

    id: str
    by: str  # name of who started it
    principal_id: str
    started_at: str  # ISO 8601, UTC, milliseconds
    agreed: list[str]  # principals of those who go on; whoever else is here is not recorded


class Consent(TypedDict):
    """Somebody goes on in the recording, or is not recorded any more (REC11)."""

    t: Literal["consent"]
    principal_id: str
    agrees: bool


class RecordingNews(TypedDict):
    """Recording began, or is over."""

    t: Literal["recording"]
    recording: RecordingShown | None
    reason: EndReason | None  # why it is over


class Nak(TypedDict):
    """Why nothing happened. `current`: beside `conflict`; `about`: what has no number."""

    t: Literal["nak"]
    cseq: int | None
    code: NakCode
    reason: str  # of `reasons.Reason`
    detail: str
    about: NotRequired[Literal["event", "voice"]]
    current: NotRequired[Held | None]


class Join(TypedDict):
    """Somebody came."""

    t: Literal["join"]
    who: Person


class Left(TypedDict):
    """Somebody went: `left` on purpose, `lost` the connection, or was `removed`."""

    t: Literal["left"]
    slot: int
    reason: Literal["left", "lost", "removed"]


class Batch(TypedDict):
    """Who came and went within a tick of a large room, in order (J9)."""

    t: Literal["batch"]
    messages: list[Join | Left]


class Status(TypedDict):
    """The changed fields of somebody's status."""

    t: Literal["status"]
    slot: int
    value: dict[str, Any]  # the changed fields of Person.status; JSON


class Preview(TypedDict):
    """A value while somebody drags it."""

    t: Literal["preview"]
    slot: int
    key: str
    value: JsonValue


class Hold(TypedDict):
    """Somebody drags this key; null: nobody any more."""

    t: Literal["hold"]
    key: str
    slot: int | None


class Pong(TypedDict):
    """Answer to a ping."""

    t: Literal["pong"]
    ts: float


class Changed(TypedDict):
    """Something outside the room's state changed; read it again over REST."""

    t: Literal["changed"]
    what: str


class RoleChanged(TypedDict):
    """A participant's rights changed."""

    t: Literal["role"]
    slot: int
    role: str
    session_role: SessionRole


class Signal(TypedDict):
    """WebRTC signalling from one participant."""

    t: Literal["sig"]
    slot: int
    d: dict[str, Any]  # a voice Signal; JSON


class Watching(TypedDict):
    """How many only watch."""

    t: Literal["watching"]
    count: int


class Knock(TypedDict):
    """Somebody waits to be let in."""

    principal_id: str
    name: str
    guest: bool


class Knocks(TypedDict):
    """Everybody who waits, for who may let them in."""

    t: Literal["knocks"]
    waiting: list[Knock]


Asked: TypeAlias = Literal["host", "presenter", "nobody"]


class LobbyNews(TypedDict):
    """To who waits: who is asked, or that they may come in now. All that they are told."""

    t: Literal["lobby"]
    state: Literal["waiting", "admitted"]
    asked: Asked


ByeReason: TypeAlias = Literal[
    "ended", "removed", "locked", "declined", "lobby", "unanswered", "replaced",
    "signed_out", "restart", "silent", "slow", "full",
]  # fmt: skip


class Bye(TypedDict):
    """The socket closes next; come back after this many milliseconds, or not at all."""

    t: Literal["bye"]
    reason: ByeReason
    retry_after_ms: int | None  # null: do not come back


class Moved(TypedDict):
    """The room lives elsewhere; fetch a new ticket."""

    t: Literal["moved"]
    url: str


ServerMessage: TypeAlias = (
    Hello
    | Op
    | Nak
    | Join
    | Left
    | Batch
    | Status
    | Preview
    | Hold
    | Pong
    | Changed
    | RoleChanged
    | Signal
    | Happened
    | Bye
    | Moved
    | RecordingNews
    | Watching
    | Knocks
    | LobbyNews
    | Consent
)


def encode(message: ServerMessage | Mapping[str, object]) -> bytes:
    """A message as the payload of a text frame: compact JSON, UTF-8."""
    return json.dumps(message, separators=(",", ":"), ensure_ascii=False).encode()


def value_bytes(value: JsonValue) -> int:
    """Size of a value as compact JSON, in bytes."""
    return len(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode())
