import json
from typing import Any

from live_builders import joiner, room

from holotable.rooms.effects import Effect
from holotable.rooms.greeting import Greeting
from holotable.rooms.protocol import Join, Left, encode
from holotable.rooms.room import Room


def join(live: Room, name: str) -> tuple[int, list[Effect]]:
    joined = live.join(joiner(name), 0.0)
    assert joined is not None, "there is room"
    return joined


def test_a_hello_and_a_join_are_what_they_would_be_written_one_by_one() -> None:
    greeting = Greeting()
    live = room()
    for number in range(4):
        slot, effects = join(live, f'Ann\u00e4 "who":[] {number}')
        for effect in effects:
            message: Any = effect.message
            assert json.loads(greeting.encode(message)) == json.loads(encode(message))
        assert slot == number


def test_somebody_who_changed_is_written_again() -> None:
    greeting = Greeting()
    live = room()
    join(live, "Anna")
    (person,) = live.people()
    came = Join(t="join", who=person)
    assert json.loads(greeting.encode(came)) == came
    live._members.by_slot[0].status["away"] = True
    (changed,) = live.people()
    assert changed is not person
    assert b'"away":true' in greeting.encode(Join(t="join", who=changed))


def test_one_is_told_as_it_is_and_several_as_a_batch() -> None:
    greeting = Greeting()
    gone = Left(t="left", slot=3, reason="left")
    assert json.loads(greeting.batch([gone])) == gone
    assert json.loads(greeting.batch([gone, gone])) == {"t": "batch", "messages": [gone, gone]}
