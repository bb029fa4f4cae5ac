"""Lanes and quiet stretches, read from chunks as the tape makes them."""

from typing import Any

from live_builders import RECORDING, hello_of, joiner, room

from holotable.rooms.lanes import Stretch, lanes_of, timeline
from holotable.rooms.protocol import Person
from holotable.rooms.tape import PEOPLE_EVERY, Chunk, Tape


def chunk_of(*samples: tuple[int, dict[int, bytes], list[Person]], agreed: set[int]) -> Chunk:
    """samples: (ms, poses, people), half a second apart."""
    tape = Tape(RECORDING)
    for ms, poses, people in samples:
        for step in range(PEOPLE_EVERY):
            tape.sample(ms + 100 * step, poses, people if step == 0 else None, agreed)
    tape.seal()
    return tape.sealed[0]


def named(slot: int, name: str, **more: Any) -> Person:
    role = more.pop("session_role", "participant")
    joined = room().join(joiner(name), 0.0)
    assert joined is not None
    you = hello_of(joined[1])["you"]
    return {**you, "slot": slot, "session_role": role, "status": more}


def test_a_lane_tells_who_was_there_raised_a_hand_and_led() -> None:
    anna, ben = named(0, "Anna"), named(1, "Ben")
    still = {0: b"\0\0\1\0a", 1: b"\1\0\1\0b"}
    chunk = chunk_of(
        (0, still, [anna]),
        (500, still, [anna, ben]),
        (1000, still, [named(0, "Anna", hand=True), named(1, "Ben", session_role="presenter")]),
        (1500, still, [anna, ben]),
        (2000, still, [anna]),
        agreed={0, 1},
    )
    lanes = lanes_of(chunk)
    rows = {one["name"]: one for one in lanes["people"]}
    assert rows["Anna"]["there"] == [[0, chunk.to_ms]]
    assert rows["Anna"]["hand"] == [[1000, 1500]]
    assert rows["Ben"]["there"] == [[500, 2000]]
    assert rows["Ben"]["presenting"] == [[1000, 1500]]
    assert lanes["active"] == []  # everybody stood still


def test_who_talked_and_when_stands_in_their_lane_and_who_left_is_silent() -> None:
    anna, ben = named(0, "Anna"), named(1, "Ben")
    silent, talks = b"\1\0rest", b"\1\x40rest"

    def poses(annas: bytes, bens: bytes) -> dict[int, bytes]:
        return {0: b"\0\0\6\0" + annas, 1: b"\1\0\6\0" + bens}

    chunk = chunk_of(
        (0, poses(silent, silent), [anna, ben]),
        (500, poses(talks, silent), [anna, ben]),
        (1000, poses(talks, talks), [anna, ben]),
        (1500, poses(silent, talks), [anna, ben]),
        (2000, poses(silent, talks), [anna]),
        agreed={0, 1},
    )
    rows = {one["name"]: one for one in lanes_of(chunk)["people"]}
    assert rows["Anna"]["talking"] == [[500, 1500]]
    assert rows["Ben"]["talking"] == [[1000, 2000]]
    unheard = chunk_of((0, poses(talks, talks), [anna, ben]), agreed={1})
    rows = {one["name"]: one for one in lanes_of(unheard)["people"]}
    assert (rows["Anna"]["talking"], rows["Ben"]["talking"]) == ([], [[0, unheard.to_ms]])


def test_chunks_from_before_talking_was_read_join_into_a_timeline() -> None:
    old = lanes(people=[lane("anna", [0, 4_000])])
    (row,) = timeline([Stretch(0, 4_000, old)], 4_000)["people"]
    assert row["talking"] == []


def test_who_is_not_recorded_is_there_and_says_so() -> None:
    chunk = chunk_of((0, {}, [named(0, "Anna"), named(1, "Ben")]), agreed={0})
    rows = {one["name"]: one for one in lanes_of(chunk)["people"]}
    assert rows["Ben"]["unrecorded"] == rows["Ben"]["there"] == [[0, chunk.to_ms]]
    assert rows["Anna"]["unrecorded"] == []


def test_two_devices_of_one_person_are_one_lane() -> None:
    chunk = chunk_of((0, {}, [named(0, "Anna"), named(1, "Anna")]), agreed={0, 1})
    (row,) = timeline([Stretch(0, chunk.to_ms, lanes_of(chunk))], chunk.to_ms)["people"]
    assert row["there"] == [[0, chunk.to_ms]]


def test_moves_are_stretches_and_what_lies_between_them_is_quiet() -> None:
    tape = Tape(RECORDING)
    for sample in range(40):
        moved = bytes([sample]) if sample < 10 or sample > 35 else b"x"
        poses = {0: b"\0\0\1\0" + moved} if moved != b"x" else tape._poses
        tape.sample(100 * sample, poses, [named(0, "Anna")] if tape.wants_people else None, {0})
    tape.seal()
    active = lanes_of(tape.sealed[0])["active"]
    assert active == [[100, 900], [3600, 3900]]


def lanes(**more: Any) -> dict[str, Any]:
    return {"active": [], "people": [], **more}


def lane(name: str, *there: list[int], **more: Any) -> dict[str, Any]:
    whiles = {"there": list(there), "hand": [], "presenting": [], "unrecorded": []}
    return {"principal_id": name, "name": name, "colour": 0, "shape": 0, **whiles, **more}


def test_a_timeline_joins_chunks_and_names_what_is_missing() -> None:
    found = timeline(
        [
            Stretch(0, 3_900, lanes(people=[lane("anna", [0, 3_900])], active=[[100, 900]])),
            Stretch(4_000, 7_900, lanes(people=[lane("anna", [4_000, 7_900])])),
            Stretch(20_000, 23_900, None),
        ],
        30_000,
    )
    (row,) = found["people"]
    assert row["there"] == [[0, 7_900]]
    assert found["active"] == [[100, 900], [20_000, 23_900]]
    assert found["gaps"] == [[7_900, 20_000], [23_900, 30_000]]


def test_a_recording_without_chunks_is_one_gap() -> None:
    assert timeline([], 9_000) == {"people": [], "active": [], "gaps": [[0, 9_000]]}
