from live_builders import joiner

from holotable.rooms.effects import Past, Send


def test_effects_are_values() -> None:
    pong = {"t": "pong", "ts": 1.0}
    assert Send((1, 2), pong) == Send((1, 2), pong)  # type: ignore[arg-type]  # a Pong
    assert joiner("Anna") == joiner("Anna")
    assert Past(epoch="e1").state == {}
