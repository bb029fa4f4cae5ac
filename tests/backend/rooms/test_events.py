import json
from typing import Any

import pytest
from live_builders import REVISION

from holotable.rooms.protocol import Malformed, parse


def said(**event: Any) -> Any:
    return parse(json.dumps({"t": "event", "event": event}))


@pytest.mark.parametrize(
    "event",
    [
        {"kind": "shout"},
        {"kind": "react", "reaction": "🦄"},
        {"kind": "react", "reaction": "agree", "text": "x"},
        {"kind": "point", "revision_id": REVISION, "point": [0, 0]},
        {"kind": "point", "revision_id": "x", "point": [0, 0, 0]},
        {"kind": "point", "revision_id": REVISION, "point": [0, 0, 1e9]},
        {"kind": "bring", "to": -1},
        {"kind": "offer"},
        {"kind": "mute", "to": "all"},
        {"kind": "allow"},
    ],
)
def test_an_event_outside_its_closed_set_is_malformed(event: Any) -> None:
    assert isinstance(said(**event), Malformed)


def test_an_event_is_told_apart_by_its_kind() -> None:
    assert said(kind="react", reaction="applause").event.reaction == "applause"
    pointed = said(kind="point", revision_id=REVISION, occurrence=4, point=[0, 1, 2]).event
    assert (pointed.occurrence, pointed.point) == (4, (0.0, 1.0, 2.0))
    assert said(kind="bring").event.to is None
