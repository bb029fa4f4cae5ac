from live_builders import AT, RECORDING, enter, room

from holotable.rooms.effects import RecordingFacts
from holotable.rooms.presence import Presence
from holotable.rooms.protocol import ConsentMessage, RecordMessage
from holotable.rooms.reel import Reel, wall_ms
from holotable.rooms.tape import Poses, read_chunk

FACTS = RecordingFacts(RECORDING, "anna", "Anna", AT, 0)


def test_rec5_a_room_is_sampled_ten_times_a_second_however_often_it_ticks() -> None:
    live, presence = room(new_id=lambda: RECORDING), Presence()
    anna, ben = enter(live), enter(live, "Ben")
    live.receive(anna, RecordMessage(t="record", on=True), 0.0, AT)
    live.receive(ben, ConsentMessage(t="consent", recording=RECORDING), 0.0, AT)
    reel = Reel(live, presence)
    reel.begin(FACTS, now=10.0, elapsed_ms=0)
    for tick in range(30):  # one second at 30 Hz
        presence.put(anna, tick.to_bytes(1, "little"))
        presence.advance()
        reel.tick(10.0 + tick / 30)
    reel.end()
    (tape,) = reel.tapes
    poses = [one for one in read_chunk(tape.sealed[0].content) if isinstance(one, Poses)]
    assert len(poses) == 10
    assert [one.ms for one in poses] == sorted(one.ms for one in poses)
    assert poses[0].ms == 0
    assert set(poses[-1].poses) == {anna}


def test_rec3_the_tape_of_a_recording_taken_over_goes_on_where_the_clock_is() -> None:
    live = room(new_id=lambda: RECORDING)
    enter(live)
    reel = Reel(live, Presence())
    reel.begin(FACTS, now=5.0, elapsed_ms=60_000)
    reel.tick(5.0)
    reel.end()
    assert reel.tapes[0].sealed[0].from_ms == 60_000


def test_nothing_is_sampled_before_and_after() -> None:
    live = room(new_id=lambda: RECORDING)
    reel = Reel(live, Presence())
    reel.tick(0.0)
    assert reel.tapes == []
    reel.begin(FACTS, now=1.0, elapsed_ms=0)
    reel.end()
    reel.tick(2.0)
    reel.forget_stored()
    assert reel.tapes == []


def test_times_on_the_wire_are_milliseconds() -> None:
    assert wall_ms("1970-01-01T00:00:01.250Z") == 1_250
