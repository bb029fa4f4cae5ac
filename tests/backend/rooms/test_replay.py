"""State folded from the log is the state that participants had, operation by operation."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, cast

from hypothesis import given, settings
from hypothesis import strategies as st
from live_builders import AT, RECORDING, REVISION, SECTION, chat, enter, messages, room, set_

from holotable.review.viewpoint import Viewpoint
from holotable.rooms.effects import Append, Effect
from holotable.rooms.log import apply
from holotable.rooms.presence import Presence
from holotable.rooms.protocol import (
    ClientMessage,
    ConsentMessage,
    Op,
    PingMessage,
    RecordMessage,
    ServerMessage,
    StatusMessage,
    StatusValue,
)
from holotable.rooms.reel import Reel
from holotable.rooms.replay import state_after, viewpoint_of
from holotable.rooms.tape import PEOPLE_EVERY, News, Poses, read_chunk

KEYS = ["explode", "section/a", "section/b", f"visibility/{REVISION}"]
VALUES: dict[str, Any] = {
    "explode": {"amount": 0.5, "by": "parts", "along": "radial", "only": None},
    "section/a": SECTION, "section/b": SECTION | {"enabled": False},
    f"visibility/{REVISION}": {"hidden": [[1, 3]], "isolated": False},
}  # fmt: skip
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("set"), st.sampled_from(KEYS), st.booleans()),
        st.tuples(st.just("clear"), st.just("section/"), st.just(False)),
    ),
    max_size=30,
)


@settings(deadline=None, max_examples=80)
@given(STEPS)
def test_the_fold_equals_the_room_after_every_operation(
    steps: list[tuple[str, str, bool]],
) -> None:
    live = room()
    anna = enter(live)
    log: list[Op] = []
    for number, (kind, key, holds) in enumerate(steps, 1):
        value = VALUES[key] if kind == "set" and holds else None
        effects = live.receive(anna, set_(key, value, number, kind=kind), float(number), AT)
        log += [effect.op for effect in effects if isinstance(effect, Append)]
        assert state_after(log) == live.log.state


def state(values: dict[str, Any]) -> dict[str, Any]:
    return {key: {"value": value, "seq": 1, "by": {}} for key, value in values.items()}


def test_a_moment_as_a_saved_view_says_what_everybody_saw() -> None:
    camera = {"position": [1.0, 0.0, 0.0], "target": [0.0, 0.0, 0.0], "up": [0.0, 1.0, 0.0],
              "fov_rad": 0.8}  # fmt: skip
    said = viewpoint_of(
        state(
            VALUES
            | {
                "explode": {"amount": 2.0},
                f"ghost/{REVISION}": {"ghosted": [[5, 5]]},
                f"uncut/{REVISION}": {"uncut": [[7, 7]]},
                f"colour/{REVISION}": {
                    "title": "By hand", "property": None,
                    "groups": [{"label": "a", "colour": "#ff0000", "ranges": [[0, 0]]}],
                },
                "section-box": {
                    "centre": [0, 0, 0], "half": [1, 1, 1], "rotation": [0, 0, 0, 1],
                    "enabled": True, "cap": True,
                },
                "visibility/01890000-0000-7000-8000-0000000000ff": {"hidden": [[9, 9]]},
            }
        ),
        REVISION,
        camera,
    )  # fmt: skip
    view = Viewpoint.model_validate(said)
    assert view.camera is not None
    assert view.visibility is not None
    assert (view.visibility.hidden, view.visibility.ghosted) == ([(1, 3)], [(5, 5)])
    assert view.explode is not None
    assert view.explode.amount == 1.0
    assert view.sections is not None
    assert [plane.id for plane in view.sections.planes] == ["a", "b"]
    assert view.sections.box is not None
    assert view.sections.uncut == [(7, 7)]
    assert view.colouring is not None
    assert view.colouring.groups[0].parts == [(0, 0)]


def test_of_many_planes_those_that_cut_are_kept() -> None:
    planes = {f"section/p{n}": SECTION | {"enabled": n > 3} for n in range(10)}
    view = Viewpoint.model_validate(viewpoint_of(state(planes), REVISION, None))
    assert view.camera is None
    assert view.sections is not None
    assert [plane.enabled for plane in view.sections.planes] == [True] * 6


def test_nothing_shared_is_a_view_of_nothing_but_the_revision() -> None:
    assert viewpoint_of({}, REVISION, None) == {
        "format": "holotable-viewpoint/1", "revision_id": REVISION,
    }  # fmt: skip


PEOPLE = {"anna": "Anna", "ben": "Ben"}


@dataclass
class Seen:
    """What one participant has: shared state after every operation, by its number."""

    state: dict[str, Any]
    after: dict[int, str]

    def hears(self, message: ServerMessage) -> None:
        if message["t"] == "op" and message["seq"] not in self.after:
            op = cast(Op, message)
            if op["kind"] == "set" and op["value"] is not None:
                self.state[op["key"]] = op["value"]
            elif op["kind"] == "set":
                self.state.pop(op["key"], None)
            elif op["kind"] == "clear":
                self.state = {k: v for k, v in self.state.items() if not k.startswith(op["key"])}
            self.after[op["seq"]] = digest(self.state)


def digest(values: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("set"), st.sampled_from(KEYS), st.booleans()),
        st.tuples(st.just("clear"), st.just("section/"), st.just(False)),
        st.tuples(st.just("chat"), st.just("hello"), st.just(False)),
        st.tuples(st.just("pose"), st.just(""), st.just(False)),
        st.tuples(st.just("consent"), st.just(""), st.booleans()),
        st.tuples(st.just("status"), st.sampled_from(["measure", "select"]), st.just(False)),
    ),
    max_size=40,
)


@settings(deadline=None, max_examples=80)
@given(st.lists(st.sampled_from(KEYS), max_size=3), ACTS, st.randoms(use_true_random=False))
def test_rec5_a_recorded_session_replays_to_what_each_participant_had_operation_by_operation(
    before: list[str], acts: list[tuple[str, str, bool]], dice: Random
) -> None:
    live, presence = room(new_id=lambda: RECORDING), Presence()
    slots = {who: enter(live, name) for who, name in PEOPLE.items()}
    seen = {slot: Seen({}, {}) for slot in slots.values()}
    log: list[Op] = []
    count = 0
    now = 0.0

    def tell(effects: list[Effect]) -> None:
        log.extend(effect.op for effect in effects if isinstance(effect, Append))
        for slot, one in seen.items():
            for message in messages(effects, to=slot):
                one.hears(message)

    for key in before:  # what happened before the press is only in the state at the press
        count += 1
        tell(live.receive(slots["anna"], set_(key, VALUES[key], count), now, AT))
    tell(live.receive(slots["anna"], RecordMessage(t="record", on=True), now, AT))
    facts = live.recording.facts
    assert facts is not None
    at_the_press = state_after(log)
    assert facts.first_seq == len(log)
    reel = Reel(live, presence)
    reel.begin(facts, now, 0)
    truth: list[tuple[int, dict[int, dict[str, Any]], dict[int, bytes]]] = []
    reel.tick(now)
    for kind, key, yes in acts:
        who = dice.choice(sorted(PEOPLE))
        slot = slots[who]
        count += 1
        match kind:
            case "set" | "clear":
                value = VALUES[key] if kind == "set" and yes else None
                said: ClientMessage = set_(key, value, count, kind=kind)
            case "chat":
                said = chat(key, count)
            case "consent":
                said = ConsentMessage(t="consent", recording=RECORDING, agrees=yes)
            case "status":
                said = StatusMessage(t="status", value=StatusValue(tool=key))
            case _:
                presence.put(slot, bytes([count % 256, slot]))
                presence.advance()
                said = PingMessage(t="ping", ts=0.0)
        said = said.model_copy(update={"cid": f"client-of-{who}"}) if hasattr(said, "cid") else said
        tell(live.receive(slot, said, now, AT))
        for _ in range(2 * PEOPLE_EVERY):  # a second: a sample of people comes by
            now += 0.1
            tell(live.tick(now))
            reel.tick(now)
        agreed = {one["slot"]: live.recording.agreed(one["principal_id"]) for one in live.people()}
        truth.append(
            (
                round(now * 1_000),
                {
                    one["slot"]: one["status"] if agreed[one["slot"]] else {"unrecorded": True}
                    for one in live.people()
                },
                {s: e[4:] for s, e in presence.entries.items() if agreed[s]},
            )
        )
    reel.end()

    # Operations: the recording's, folded over the state at the press, equal what each had.
    recorded = log[facts.first_seq :]
    folded = dict(at_the_press)
    for op in recorded:
        apply(folded, op)
        values = {key: held["value"] for key, held in folded.items()}
        assert {one.after[op["seq"]] for one in seen.values()} == {digest(values)}
    assert folded == live.log.state

    # Presence: at every sample the tape says of everybody what the room showed then.
    (tape,) = reel.tapes
    records = [record for chunk in tape.sealed for record in read_chunk(chunk.content)]
    for ms, people, poses in truth:
        here, there = played(records, ms)
        assert here == people
        assert {s: there[s] for s in poses} == poses


def played(
    records: Sequence[Poses | News], ms: int
) -> tuple[dict[int, dict[str, Any]], dict[int, bytes]]:
    """(slot -> status, slot -> pose) at a moment, as a player has them."""
    people: dict[int, dict[str, Any]] = {}
    poses: dict[int, bytes] = {}
    for record in records:
        if record.ms > ms:
            break
        if isinstance(record, Poses):
            poses = dict(record.poses) if record.full else {**poses, **record.poses}
        elif record.message["t"] == "who":
            people = {one["slot"]: dict(one["status"]) for one in record.message["who"]}
        elif record.message["t"] == "status":
            changed = people[record.message["slot"]] | record.message["value"]
            people[record.message["slot"]] = {k: v for k, v in changed.items() if v is not None}
    return people, poses
