"""The presence of a recorded room as chunks of some seconds: `holotable-recording/1`.

Pure: what moved goes in ten times a second, finished chunks come out. Each chunk can be read alone:
it begins with everybody who is there and everybody's pose. Layout: docs/formats/recording.md.

A participant cannot make it grow: poses and people are sampled, not queued, and what waits to be
stored is bounded; beyond that nothing is kept until the store has caught up (REC7).
"""

import json
import struct
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast
from uuid import UUID

from holotable.rooms.presence import FLAG_FULL, FRAME_POSES
from holotable.rooms.protocol import Person, encode

FORMAT: Final = "holotable-recording/1"
MAGIC: Final = b"HTREC1\0\0"
KIND_POSES: Final = 1
KIND_PEOPLE: Final = 2
SAMPLE_MS: Final = 100  # 10 Hz (UX §3.9)
PEOPLE_EVERY: Final = 5  # samples: who is there, and what they do, twice a second
CHUNK_MS: Final = 4_000
CHUNK_BYTES: Final = 1 << 20
WAITING_BYTES: Final = 16 << 20  # chunks that are not stored yet
STATUS_BYTES: Final = 2_048  # of one person; a longer one is recorded without its selection
MAX_BYTES: Final = 2 << 30  # of one recording
MAX_MS: Final = 12 * 3_600_000

_HEAD: Final = struct.Struct("<8s16sI")  # magic, recording, number
_RECORD: Final = struct.Struct("<IB")  # length of the payload, kind
_POSES: Final = struct.Struct("<BBIH")  # as presence frames, milliseconds in place of the tick


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some seconds of a recording, ready to be stored. Times: milliseconds since the press."""

    number: int
    from_ms: int
    to_ms: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Poses:
    """Who moved. poses: slot -> bytes, as participants sent them; full: everybody's."""

    ms: int
    full: bool
    poses: Mapping[int, bytes]


@dataclass(frozen=True, slots=True)
class News:
    """Who came, went or did something else: `who`, `join`, `left`, `status` or `role`."""

    ms: int
    message: Mapping[str, Any]  # JSON


class Tape:
    """One recording while it goes on."""

    def __init__(self, recording_id: str, *, next_chunk: int = 0) -> None:
        self.recording_id = recording_id
        self.sealed: deque[Chunk] = deque()
        self.missed = 0  # samples that were not kept because the store was behind
        self._number = next_chunk
        self._total_bytes = 0
        self._waiting_bytes = 0
        self._open = bytearray()
        self._from_ms = self._to_ms = 0
        self._samples = 0  # of this chunk
        self._poses: dict[int, bytes] = {}  # as recorded last
        self._people: dict[int, Person] = {}

    @property
    def is_full(self) -> bool:
        """Whether nothing more may be kept: the recording has to end."""
        return self._total_bytes >= MAX_BYTES or self._to_ms >= MAX_MS

    @property
    def wants_people(self) -> bool:
        """Whether the next sample looks at the people too."""
        return self._samples % PEOPLE_EVERY == 0

    def sample(
        self,
        ms: int,
        poses: Mapping[int, bytes],
        people: Sequence[Person] | None,
        agreed: Collection[int],
    ) -> None:
        """Keep what changed since the sample before.

        poses: slot -> entry of a presence frame. people: everyone here; None: as they were.
        agreed: slots of those who go on; of others nothing is kept but that they are here and
            `unrecorded`.
        """
        if self._waiting_bytes + len(self._open) > WAITING_BYTES or self.is_full:
            self.missed += 1
            self.seal()
            return
        ms = max(ms, self._to_ms)
        first = not self._open
        if first and people is None:
            return  # a chunk begins with everybody
        if first:
            self._begin(ms)
        if people is not None:
            self._keep_people(ms, [_kept(one, one["slot"] in agreed) for one in people], first)
        told = {slot: entry for slot, entry in poses.items() if slot in agreed}
        moved = {slot: entry for slot, entry in told.items() if self._poses.get(slot) is not entry}
        self._poses = told
        if moved or first:
            head = _POSES.pack(FRAME_POSES, FLAG_FULL if first else 0, ms, len(moved))
            self._put(KIND_POSES, head + b"".join(moved.values()))
        self._to_ms = ms
        self._samples += 1
        if ms - self._from_ms >= CHUNK_MS or len(self._open) >= CHUNK_BYTES:
            self.seal()

    def seal(self) -> None:
        """Finish the chunk that is open."""
        if self._open:
            chunk = Chunk(self._number, self._from_ms, self._to_ms, bytes(self._open))
            self.sealed.append(chunk)
            self._waiting_bytes += len(chunk.content)
            self._total_bytes += len(chunk.content)
            self._number += 1
        self._open = bytearray()
        self._samples = 0
        self._poses = {}
        self._people = {}

    def stored(self, chunk: Chunk) -> None:
        """Let go of the oldest chunk, which is stored or given up."""
        assert self.sealed[0] is chunk, "chunks are stored in their order"
        self.sealed.popleft()
        self._waiting_bytes -= len(chunk.content)

    def _begin(self, ms: int) -> None:
        self._open += _HEAD.pack(MAGIC, UUID(self.recording_id).bytes, self._number)
        self._from_ms = ms

    def _keep_people(self, ms: int, people: list[Person], first: bool) -> None:
        now = {one["slot"]: one for one in people}
        if first:
            self._tell(ms, {"t": "who", "who": people})
        else:
            for message in differences(self._people, now):
                self._tell(ms, message)
        self._people = now

    def _tell(self, ms: int, message: Mapping[str, object]) -> None:
        self._put(KIND_PEOPLE, encode({"ms": ms, **message}))

    def _put(self, kind: int, payload: bytes) -> None:
        self._open += _RECORD.pack(len(payload), kind)
        self._open += payload


def differences(
    before: Mapping[int, Person], now: Mapping[int, Person]
) -> Iterator[Mapping[str, object]]:
    """What participants are told when one becomes the other: left, join, role, status."""
    for slot, person in before.items():
        if slot not in now or now[slot]["principal_id"] != person["principal_id"]:
            yield {"t": "left", "slot": slot, "reason": "left"}
    for slot, person in now.items():
        old = before.get(slot)
        if old is None or old["principal_id"] != person["principal_id"]:
            yield {"t": "join", "who": person}
            continue
        if (old["role"], old["session_role"]) != (person["role"], person["session_role"]):
            role = {"role": person["role"], "session_role": person["session_role"]}
            yield {"t": "role", "slot": slot, **role}
        if old["status"] != person["status"]:
            gone = {field: None for field in old["status"] if field not in person["status"]}
            yield {"t": "status", "slot": slot, "value": gone | person["status"]}


def read_chunk(content: bytes) -> list[Poses | News]:
    """The records of a chunk, in order. raises: ValueError when it is no chunk of ours."""
    try:
        magic, _, _ = _HEAD.unpack_from(content)
        if magic != MAGIC:
            raise ValueError("not a chunk of a recording")
        found: list[Poses | News] = []
        at = _HEAD.size
        while at < len(content):
            length, kind = _RECORD.unpack_from(content, at)
            at += _RECORD.size
            payload = content[at : at + length]
            if len(payload) != length:
                raise ValueError("the chunk ends within a record")
            at += length
            if kind == KIND_POSES:
                found.append(_read_poses(payload))
            elif kind == KIND_PEOPLE:
                message = json.loads(payload)
                found.append(News(message["ms"], message))
        return found
    except struct.error as cut:
        raise ValueError("the chunk ends within a record") from cut


def _read_poses(payload: bytes) -> Poses:
    _, flags, ms, count = _POSES.unpack_from(payload)
    poses: dict[int, bytes] = {}
    at = _POSES.size
    for _ in range(count):
        slot, length = struct.unpack_from("<HH", payload, at)
        poses[slot] = payload[at + 4 : at + 4 + length]
        at += 4 + length
    return Poses(ms, bool(flags & FLAG_FULL), poses)


def _kept(person: Person, agreed: bool) -> Person:
    """A person as recorded: what they do only if they go on, and never at any length."""
    status = person["status"] if agreed else {"unrecorded": True}
    if "selection" in status and len(json.dumps(status)) > STATUS_BYTES:
        status = {**status, "selection": None}
    return cast(Person, {**person, "status": status})  # the same fields
