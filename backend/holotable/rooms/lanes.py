"""A recording from afar: who was there, led, talked or raised a hand, and when nothing happened.

Pure. Each chunk is read once, when it is stored; a timeline joins what was read of all of them.
Times: milliseconds since the press. Intervals: [from, to].
"""

import json
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from holotable.rooms.presence import FLAG_FULL
from holotable.rooms.tape import KIND_PEOPLE, KIND_POSES, Chunk

Json: TypeAlias = dict[str, Any]
Interval: TypeAlias = list[int]

WHILES: Final = ("there", "hand", "presenting", "unrecorded", "talking")
STILL_MS: Final = 1_000  # two moves closer than this are one stretch
GAP_MS: Final = 1_500  # between two chunks nothing is known when they are further apart
MAX_PEOPLE: Final = 200  # of one timeline; a picture of more lanes says nothing

_HEAD_BYTES: Final = 28
_RECORD: Final = struct.Struct("<IB")
_POSES: Final = struct.Struct("<BBIH")
_ENTRY: Final = struct.Struct("<HH")  # slot, length of the pose
TALKING: Final = 64  # a pose's flag, as its own page says: protocol/pose.ts


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stored chunk as a timeline reads it; lanes: `lanes_of` it, None when nobody read it."""

    from_ms: int
    to_ms: int
    lanes: Mapping[str, Any] | None  # JSON


def lanes_of(chunk: Chunk) -> Json:
    """{active: when anybody moved, people: [{principal_id, name, colour, shape, there, …}]}."""
    active: list[Interval] = []
    people: dict[int, Json] = {}  # slot -> as the messages left them
    rows: dict[str, Json] = {}  # principal -> their lane, whatever devices they used
    open_: dict[tuple[int, str], tuple[str, int]] = {}  # (slot, while) -> (principal, since)

    def close(key: tuple[int, str], ms: int) -> None:
        principal, begun = open_.pop(key)
        rows[principal][key[1]].append([begun, ms])

    for ms, kind, payload in _records(chunk.content):
        if kind == KIND_POSES:
            _, flags, _, count = _POSES.unpack_from(payload)
            if count and not flags & FLAG_FULL:
                _grow(active, ms, ms, STILL_MS)
            slots = _talk(people, payload)
        else:
            slots = _changed(people, json.loads(payload))
        for slot in slots:
            person = people.get(slot)
            if person is not None:
                rows.setdefault(person["principal_id"], _row(person))
            for name in WHILES:
                wanted = None if person is None or not _is(person, name) else person["principal_id"]
                begun = open_.get((slot, name))
                if begun is not None and begun[0] != wanted:
                    close((slot, name), ms)
                if wanted is not None and (begun is None or begun[0] != wanted):
                    open_[slot, name] = (wanted, ms)
    for key in list(open_):
        close(key, chunk.to_ms)
    for row in rows.values():
        for name in WHILES:
            row[name].sort()
    return {"active": active, "people": list(rows.values())}


def timeline(stretches: Iterable[Stretch], duration_ms: int) -> Json:
    """Lanes of a whole recording: {people, active, gaps}. stretches: in order."""
    people: dict[str, Json] = {}
    active: list[Interval] = []
    gaps: list[Interval] = []
    until = 0
    for one in stretches:
        if one.from_ms - until > GAP_MS:
            gaps.append([until, one.from_ms])
        until = max(until, one.to_ms)
        if one.lanes is None:
            _grow(active, one.from_ms, one.to_ms, STILL_MS)  # unknown: nothing of it is skipped
            continue
        for begun, ended in one.lanes["active"]:
            _grow(active, begun, ended, STILL_MS)
        for person in one.lanes["people"]:
            row = people.setdefault(person["principal_id"], {name: [] for name in WHILES})
            for name in ("principal_id", "name", "colour", "shape"):
                row[name] = person[name]
            for name in WHILES:
                for begun, ended in person.get(name, ()):  # older chunks know nothing of talking
                    _grow(row[name], begun, ended, GAP_MS)
    if duration_ms - until > GAP_MS:
        gaps.append([until, duration_ms])
    return {"people": list(people.values())[:MAX_PEOPLE], "active": active, "gaps": gaps}


def _records(content: bytes) -> Iterable[tuple[int, int, bytes]]:
    """(ms, kind, payload) of each."""
    at = _HEAD_BYTES
    while at < len(content):
        length, kind = _RECORD.unpack_from(content, at)
        at += _RECORD.size
        payload = content[at : at + length]
        at += length
        if kind == KIND_POSES:
            yield _POSES.unpack_from(payload)[2], kind, payload
        elif kind == KIND_PEOPLE:
            yield json.loads(payload)["ms"], kind, payload


def _talk(people: dict[int, Json], payload: bytes) -> list[int]:
    """Note who talks as their poses say; the slots where that changed."""
    found: list[int] = []
    at = _POSES.size
    while at + _ENTRY.size <= len(payload):
        slot, length = _ENTRY.unpack_from(payload, at)
        at += _ENTRY.size
        talks = length >= 2 and payload[at] == 1 and bool(payload[at + 1] & TALKING)
        at += length
        person = people.get(slot)
        if person is not None and person.get("talking", False) != talks:
            person["talking"] = talks
            found.append(slot)
    return found


def _changed(people: dict[int, Json], message: Json) -> list[int]:
    """Apply a message to the people; the slots it is about."""
    match message["t"]:
        case "who":
            before = set(people)
            people.clear()
            people.update({one["slot"]: one for one in message["who"]})
            return sorted(before | set(people))
        case "join":
            people[message["who"]["slot"]] = message["who"]
            return [message["who"]["slot"]]
        case "left":
            people.pop(message["slot"], None)
            return [message["slot"]]
        case "role" if message["slot"] in people:
            people[message["slot"]] |= {"session_role": message["session_role"]}
            return [message["slot"]]
        case "status" if message["slot"] in people:
            person = people[message["slot"]]
            person["status"] = person["status"] | message["value"]
            return [message["slot"]]
        case _:
            return []


def _is(person: Mapping[str, Any], name: str) -> bool:
    """Whether a lane shows this of them now."""
    if name == "there":
        return True
    if name == "presenting":
        return bool(person["session_role"] == "presenter")
    if name == "talking":
        return bool(person.get("talking"))
    return bool(person["status"].get(name))


def _row(person: Mapping[str, Any]) -> Json:
    row: Json = {name: person[name] for name in ("principal_id", "name", "colour", "shape")}
    return row | {name: [] for name in WHILES}


def _grow(intervals: list[Interval], begun: int, ended: int, within_ms: int) -> None:
    """Add an interval, in order of beginning; one that is near enough grows instead."""
    if intervals and begun - intervals[-1][1] <= within_ms:
        intervals[-1][1] = max(intervals[-1][1], ended)
    else:
        intervals.append([begun, ended])
