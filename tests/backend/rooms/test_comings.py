import json
from typing import Any

from live_builders import joiner, room

from holotable.rooms.comings import CROWD, Comings
from holotable.rooms.effects import Effect, Send
from holotable.rooms.greeting import Greeting
from holotable.rooms.protocol import Join, Left
from holotable.rooms.room import Room


def join(live: Room, name: str) -> tuple[int, list[Effect]]:
    joined = live.join(joiner(name), 0.0)
    assert joined is not None, "there is room"
    return joined


def test_what_is_told_together_is_what_would_have_been_told_one_by_one() -> None:
    live = room()
    comings = Comings(Greeting())
    one_by_one: dict[int, list[Any]] = {}
    for number in range(CROWD + 20):
        _, effects = join(live, f"Person {number}")
        if number == CROWD + 9:
            effects += live.leave(CROWD + 2, 1.0, "lost")
        for effect in effects:
            assert isinstance(effect, Send)
            present = len(live.people())
            for slot in effect.to:
                if effect.message["t"] != "hello" and present > CROWD:
                    one_by_one.setdefault(slot, []).append(effect.message)
            comings.take(effect.to, effect.message, present)
    here = tuple(person["slot"] for person in live.people())
    told: dict[int, Any] = {}
    frames = list(comings.tell(here))
    for to, frame in frames:
        message = json.loads(frame.payload)
        told |= dict.fromkeys(to, message["messages"] if message["t"] == "batch" else [message])
    assert told == {slot: one_by_one[slot] for slot in here if slot in one_by_one}
    assert len(frames) <= 21  # one for those who were here, one for each newcomer
    assert not comings.any


def test_small_rooms_and_other_messages_wait_for_nothing() -> None:
    comings = Comings(Greeting())
    gone = Left(t="left", slot=1, reason="left")
    assert not comings.take((0,), gone, CROWD)
    assert not comings.take((0,), {"t": "pong", "ts": 1.0}, CROWD + 1)
    assert comings.take((0,), gone, CROWD + 1)
    _, effects = join(room(), "Anna")
    (person,) = effects[0].message["who"]  # type: ignore[union-attr, typeddict-item]  # her hello
    assert comings.take((0,), Join(t="join", who=person), CROWD + 1)
