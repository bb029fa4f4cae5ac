import json
import struct
from typing import Any, cast
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from live_builders import RECORDING, joiner, room

from holotable.rooms.presence import Presence
from holotable.rooms.protocol import Person
from holotable.rooms.tape import (
    CHUNK_MS,
    MAGIC,
    PEOPLE_EVERY,
    SAMPLE_MS,
    STATUS_BYTES,
    WAITING_BYTES,
    News,
    Poses,
    Tape,
    differences,
    read_chunk,
)


def person(slot: int, name: str = "Anna", **status: Any) -> Person:
    live = room()
    joined = live.join(joiner(name), 0.0)
    assert joined is not None
    (one,) = live.people()
    return cast(Person, {**one, "slot": slot, "status": status})


def entries(**poses: bytes) -> dict[int, bytes]:
    presence = Presence()
    for name, pose in poses.items():
        presence.put(int(name[1:]), pose)
    return presence.entries


def test_rec5_a_chunk_begins_with_everybody_and_then_holds_what_changed() -> None:
    tape = Tape(RECORDING)
    here = [person(0), person(1, "Ben")]
    first = entries(s0=b"a", s1=b"b")
    tape.sample(0, first, here, {0, 1})
    tape.sample(100, first, None, {0, 1})  # nobody moved: nothing is kept
    tape.sample(200, {**first, 1: entries(s1=b"c")[1]}, None, {0, 1})
    tape.seal()
    (chunk,) = tape.sealed
    assert (chunk.number, chunk.from_ms, chunk.to_ms) == (0, 0, 200)
    assert chunk.content[:28] == MAGIC + UUID(RECORDING).bytes + struct.pack("<I", 0)
    assert read_chunk(chunk.content) == [
        News(0, {"ms": 0, "t": "who", "who": json.loads(json.dumps(here))}),
        Poses(0, True, {0: b"a", 1: b"b"}),
        Poses(200, False, {1: b"c"}),
    ]


def test_rec5_chunks_are_some_seconds_and_each_can_be_read_alone() -> None:
    tape = Tape(RECORDING, next_chunk=7)
    still = entries(s0=b"a")
    for sample in range(2 * CHUNK_MS // SAMPLE_MS + 3):
        people = [person(0)] if tape.wants_people else None
        tape.sample(sample * SAMPLE_MS, still, people, {0})
    assert [chunk.number for chunk in tape.sealed] == [7, 8]
    for chunk in tape.sealed:
        who, poses = read_chunk(chunk.content)
        assert isinstance(who, News)
        assert isinstance(poses, Poses)
        assert (who.message["t"], poses.full, poses.poses) == ("who", True, {0: b"a"})


def test_rec3_no_time_goes_back_whatever_the_clock_does() -> None:
    tape = Tape(RECORDING)
    tape.sample(500, entries(s0=b"a"), [person(0)], {0})
    tape.sample(100, entries(s0=b"b"), None, {0})
    tape.seal()
    assert [record.ms for record in read_chunk(tape.sealed[0].content)] == [500, 500, 500]


def test_rec4_of_who_has_not_gone_on_only_their_being_there_is_kept() -> None:
    tape = Tape(RECORDING)
    here = [person(0), person(1, "Ben", tool="measure")]
    tape.sample(0, entries(s0=b"a", s1=b"b"), here, {0})
    for _ in range(PEOPLE_EVERY - 1):
        tape.sample(100, entries(s0=b"a"), None, {0})
    tape.sample(500, entries(s0=b"a", s1=b"c"), here, {0, 1})
    tape.seal()
    found = read_chunk(tape.sealed[0].content)
    assert cast(News, found[0]).message["who"][1]["status"] == {"unrecorded": True}
    early = [one for one in found if isinstance(one, Poses) and one.ms < 500]
    assert not any(1 in one.poses for one in early)
    late = [one for one in found if one.ms == 500]
    assert (
        News(
            500,
            {"ms": 500, "t": "status", "slot": 1, "value": {"unrecorded": None, "tool": "measure"}},
        )
        in late
    )
    assert any(isinstance(one, Poses) and one.poses[1] == b"c" for one in late)


def test_rec7_what_waits_is_bounded_and_the_next_chunk_begins_anew() -> None:
    tape = Tape(RECORDING)
    presence = Presence()
    ms = 0
    while tape.missed == 0:
        for slot in range(4_000):
            presence.put(slot, b"p" * 256)
        people: list[Person] | None = [] if tape.wants_people else None
        tape.sample(ms, presence.entries, people, range(4_000))
        ms += SAMPLE_MS
    waiting = sum(len(chunk.content) for chunk in tape.sealed)
    assert waiting <= WAITING_BYTES + (2 << 20)
    for _ in range(50):
        tape.sample(ms, presence.entries, [], range(4_000))
    assert sum(len(chunk.content) for chunk in tape.sealed) == waiting
    while tape.sealed:
        tape.stored(tape.sealed[0])
    tape.sample(ms, presence.entries, [], range(4_000))
    tape.seal()
    assert cast(Poses, read_chunk(tape.sealed[0].content)[1]).full


def test_rec7_a_long_status_is_kept_without_its_selection() -> None:
    tape = Tape(RECORDING)
    ranges = [[2 * n, 2 * n] for n in range(4_000)]
    busy = person(0, tool="select", selection={"revision_id": "r", "ranges": ranges})
    tape.sample(0, {}, [busy], {0})
    tape.seal()
    who = cast(News, read_chunk(tape.sealed[0].content)[0]).message["who"]
    assert who[0]["status"] == {"tool": "select", "selection": None}
    assert len(tape.sealed[0].content) < STATUS_BYTES


STATES = st.dictionaries(
    st.integers(0, 3),
    st.tuples(st.sampled_from(["Anna", "Ben"]), st.sampled_from(["select", "measure", None])),
    max_size=4,
)


@settings(deadline=None, max_examples=60)
@given(STATES, STATES)
def test_telling_the_differences_makes_one_state_the_other(
    before: dict[int, tuple[str, str | None]], now: dict[int, tuple[str, str | None]]
) -> None:
    def people(state: dict[int, tuple[str, str | None]]) -> dict[int, Person]:
        return {
            slot: person(slot, name, **({"tool": tool} if tool else {}))
            for slot, (name, tool) in state.items()
        }

    seen: dict[int, Any] = dict(people(before))
    for message in differences(people(before), people(now)):
        told: Any = message
        match told["t"]:
            case "left":
                del seen[told["slot"]]
            case "join":
                seen[told["who"]["slot"]] = told["who"]
            case "status":
                old = seen[told["slot"]]
                status = {k: v for k, v in (old["status"] | told["value"]).items() if v is not None}
                seen[told["slot"]] = {**old, "status": status}
            case "role":
                seen[told["slot"]] = seen[told["slot"]] | {
                    "role": told["role"], "session_role": told["session_role"]
                }  # fmt: skip
    assert seen == people(now)


@pytest.mark.parametrize("content", [b"", b"no chunk at all, but long enough for a head"])
def test_what_is_no_chunk_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="chunk"):
        read_chunk(content)


def test_a_chunk_that_was_cut_is_refused() -> None:
    tape = Tape(RECORDING)
    tape.sample(0, entries(s0=b"abc"), [person(0)], {0})
    tape.seal()
    with pytest.raises(ValueError, match="ends within"):
        read_chunk(tape.sealed[0].content[:-1])
