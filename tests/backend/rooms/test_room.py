import json
from typing import Any

import pytest
from live_builders import (
    AT,
    REVISION,
    SECTION,
    chat,
    enter,
    hello_of,
    joiner,
    messages,
    only,
    room,
    set_,
    stored,
)

from holotable.review.roles import Role
from holotable.rooms.effects import Append, Close, Past, Recall, Send
from holotable.rooms.keys import check_value
from holotable.rooms.log import LOG_WINDOW
from holotable.rooms.protocol import (
    Author,
    Malformed,
    Op,
    PingMessage,
    PreviewMessage,
    SigMessage,
    StatusMessage,
    StatusValue,
    parse,
)
from holotable.rooms.room import HOST_GRACE_S, Room
from holotable.rooms.voice import Candidate


def preview(key: str = "explode", value: Any = None) -> PreviewMessage:
    return PreviewMessage(t="preview", key=key, value=value)


def status(**fields: Any) -> StatusMessage:
    return StatusMessage(t="status", value=StatusValue(**fields))


def old_op(seq: int, cid: str = "client-old", principal: str = "anna") -> Op:
    return Op(
        t="op", seq=seq, kind="set", key="explode", value={"amount": 0.1},
        by=Author(principal_id=principal, name="Anna", slot=None), at=AT, cid=cid, cseq=seq,
    )  # fmt: skip


# O: order


def test_o1_an_operation_takes_the_next_number_and_is_stored_before_it_is_sent() -> None:
    live = room(past=Past(epoch="e1", seq=6))
    anna = enter(live, "Anna")
    ben = enter(live, "Ben")
    append, send = live.receive(anna, set_(value={"amount": 0.5}), 1.0, AT)
    op = Op(
        t="op", seq=7, kind="set", key="explode", value={"amount": 0.5},
        by=Author(principal_id="anna", name="Anna", slot=anna), at=AT, cid="client-one", cseq=1,
    )  # fmt: skip
    assert (append, send) == (Append(op), Send((anna, ben), op))
    assert live.log.seq == 7


def test_o2_a_set_replaces_and_null_removes() -> None:
    live = room()
    anna = enter(live)
    live.receive(anna, set_("section/a", SECTION, 1), 0.0, AT)
    live.receive(anna, set_("section/a", SECTION | {"offset_m": 1.0}, 2), 0.0, AT)
    assert live.log.state["section/a"]["value"] == SECTION | {"offset_m": 1.0}
    assert live.log.state["section/a"]["seq"] == 2
    live.receive(anna, set_("section/a", None, 3), 0.0, AT)
    assert live.log.state == {}


def test_o3_a_clear_removes_every_key_with_its_prefix_as_one_operation() -> None:
    live = room()
    anna = enter(live)
    for number, key in enumerate(("section/a", "section/b"), start=1):
        live.receive(anna, set_(key, SECTION, number), 0.0, AT)
    live.receive(anna, set_("explode", {"amount": 1}, 3), 0.0, AT)
    effects = live.receive(anna, set_("section/", None, 4, kind="clear"), 0.0, AT)
    assert stored(effects) == [4]
    assert set(live.log.state) == {"explode"}
    refused = live.receive(anna, set_("", None, 5, kind="clear"), 0.0, AT)
    assert only(refused)["code"] == "invalid"


def test_o4_an_operation_sent_again_is_acknowledged_and_not_applied_again() -> None:
    live = room()
    anna, ben = enter(live), enter(live, "Ben")
    first = live.receive(anna, set_(value={"amount": 0.5}), 0.0, AT)
    live.receive(ben, set_(value={"amount": 0.7}, cid="client-two"), 0.0, AT)
    again = live.receive(anna, set_(value={"amount": 0.5}), 0.0, AT)
    assert again == [Send((anna,), messages(first)[0])]
    assert live.log.state["explode"]["value"] == {"amount": 0.7}


def test_o5_a_stale_base_is_refused_with_the_current_value() -> None:
    live = room()
    anna = enter(live)
    live.receive(anna, set_(value={"amount": 0.5}, cseq=1), 0.0, AT)
    nak = only(live.receive(anna, set_(value={"amount": 0.9}, cseq=2, base=0), 0.0, AT))
    assert (nak["code"], nak["current"]["seq"]) == ("conflict", 1)
    assert nak["current"]["value"] == {"amount": 0.5}
    fits = live.receive(anna, set_(value={"amount": 0.9}, cseq=3, base=1), 0.0, AT)
    assert stored(fits) == [2]


def test_o6_the_last_writer_wins_and_other_keys_stay() -> None:
    live = room()
    anna, ben = enter(live), enter(live, "Ben")
    live.receive(anna, set_("section/a", SECTION, 1), 0.0, AT)
    live.receive(anna, set_("explode", {"amount": 0.1}, 2), 0.0, AT)
    live.receive(ben, set_("explode", {"amount": 0.2}, 1, cid="client-two"), 0.0, AT)
    state = live.log.state
    assert state["explode"]["value"] == {"amount": 0.2}
    assert state["explode"]["by"]["name"] == "Ben"
    assert state["section/a"]["value"] == SECTION


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("nothing", {"amount": 1}),
        ("section/", SECTION),
        ("section/../etc", SECTION),
        ("section/" + "a" * 41, SECTION),
        ("section/a\n", SECTION),
        ("section/a", SECTION | {"normal": [0, 2, 0]}),
        ("section/a", SECTION | {"offset_m": float("nan")}),
        ("section/a", SECTION | {"offset_m": float("inf")}),
        ("section/a", SECTION | {"script": "x"}),
        ("section/a", {**SECTION, "enabled": 1}),
        ("section/a", SECTION | {"name": "x" * 81}),
        (f"visibility/{REVISION}", {"hidden": [[5, 3]]}),
        (f"visibility/{REVISION}", {"hidden": [[0, 5], [5, 6]]}),
        (f"visibility/{REVISION}", {"hidden": [[0, 2**32]]}),
        (f"visibility/{REVISION}", {"hidden": [[-1, 2]]}),
        ("visibility/not-a-revision", {"hidden": []}),
        ("explode", {"amount": -1}),
        ("explode", [1]),
        ("layers", {"items": [{"revision_id": "x"}]}),
    ],
)
def test_o7_a_wrong_key_or_value_is_refused_and_nothing_changes(key: str, value: Any) -> None:
    live = room()
    anna = enter(live)
    nak = only(live.receive(anna, set_(key, value), 0.0, AT))
    assert (nak["t"], nak["cseq"], nak["code"]) == ("nak", 1, "invalid")
    assert (live.log.seq, live.log.state) == (0, {})
    assert check_value(key, value)


def test_o7_a_value_larger_than_its_key_may_hold_is_refused() -> None:
    ranges = [[2 * 10**9 + 4 * i, 2 * 10**9 + 4 * i + 1] for i in range(4_000)]
    assert check_value(f"visibility/{REVISION}", {"hidden": ranges}) == (
        "value is larger than 61440 bytes"
    )


def test_o8_one_section_too_many_is_refused() -> None:
    live = room()
    anna = enter(live)
    for number in range(64):
        live.receive(anna, set_(f"section/{number}", SECTION, number + 1), float(number), AT)
    nak = only(live.receive(anna, set_("section/64", SECTION, 65), 99.0, AT))
    assert nak["code"] == "full"
    changed = live.receive(anna, set_("section/63", SECTION, 66), 99.0, AT)
    assert stored(changed) == [65]


def test_o9_a_client_id_belongs_to_the_principal_that_used_it_first() -> None:
    live = room()
    anna, ben = enter(live), enter(live, "Ben")
    live.receive(anna, set_(value={"amount": 0.5}, cseq=1), 0.0, AT)
    nak = only(live.receive(ben, set_(value={"amount": 0.6}, cseq=2), 0.0, AT))
    assert nak["code"] == "invalid"
    assert stored(live.receive(anna, set_(value={"amount": 0.7}, cseq=2), 0.0, AT)) == [2]


def test_o10_what_memory_forgot_is_recalled_before_it_is_applied() -> None:
    live = room(past=Past(epoch="e1", seq=9, clients={"client-one": ("anna", 5)}))
    anna = enter(live)
    message = set_(value={"amount": 0.5}, cseq=4)
    assert live.receive(anna, message, 0.0, AT) == [Recall(anna, message)]
    assert live.recalled(anna, message, old_op(3), AT) == [Send((anna,), old_op(3))]
    assert stored(live.recalled(anna, message, None, AT)) == [10]
    assert stored(live.receive(anna, set_(value={"amount": 1}, cseq=6), 0.0, AT)) == [11]


def looking_up(**options: Any) -> Room:
    return room(past=Past(epoch="e1", seq=9, clients={"client-one": ("anna", 5)}), **options)


def test_o11_a_newer_operation_waits_while_an_older_one_is_looked_up() -> None:
    live = looking_up()
    anna, ben = enter(live), enter(live, "Ben")
    older, newer = set_(value={"amount": 0.5}, cseq=4), set_(value={"amount": 0.7}, cseq=6)
    assert live.receive(anna, older, 0.0, AT) == [Recall(anna, older)]
    assert live.receive(anna, newer, 0.0, AT) == []
    other = set_("section-box", None, cid="client-two")
    assert stored(live.receive(ben, other, 0.0, AT)) == [10]  # another client waits for nobody
    effects = live.recalled(anna, older, None, AT)
    assert stored(effects) == [11, 12]
    assert live.log.state["explode"]["value"] == {"amount": 0.7}  # the newer one came last


def test_o11_the_same_operation_twice_is_looked_up_once_and_applied_once() -> None:
    live = looking_up()
    anna = enter(live)
    older, next_, newer = (set_(value={"amount": 0.1 * n}, cseq=n) for n in (4, 5, 6))
    assert live.receive(anna, older, 0.0, AT) == [Recall(anna, older)]
    for message in (older, next_, newer):
        assert live.receive(anna, message, 0.0, AT) == []
    effects = live.recalled(anna, older, None, AT)
    assert stored(effects) == [10]
    assert effects[-1] == Recall(anna, next_)  # this one may be old as well; newer waits on
    assert live.recalled(anna, next_, old_op(5, "client-one"), AT)[0] == Send(
        (anna,), old_op(5, "client-one")
    )
    assert stored(live.receive(anna, set_(value={"amount": 0.9}, cseq=7), 1.0, AT)) == [12]


def test_o11_who_leaves_meanwhile_takes_what_waits_along() -> None:
    live = looking_up()
    anna = enter(live)
    older, newer = set_(value={"amount": 0.5}, cseq=4), set_(value={"amount": 0.7}, cseq=6)
    live.receive(anna, older, 0.0, AT)
    live.receive(anna, newer, 0.0, AT)
    live.leave(anna, 0.0, "lost")
    back = enter(live, now=1.0)
    assert live.recalled(anna, older, None, AT) == []
    assert live.receive(back, older, 1.0, AT) == [Recall(back, older)]
    assert live.receive(back, newer, 1.0, AT) == []
    assert stored(live.recalled(back, older, None, AT)) == [10, 11]


# J: joining


def test_j1_a_newcomer_gets_state_people_holds_and_chat() -> None:
    live = room()
    anna = enter(live)
    live.receive(anna, set_("section/a", SECTION, 1), 0.0, AT)
    for number in range(2, 212):
        live.receive(anna, chat(f"line {number}", number), float(number), AT)
    live.receive(anna, preview(value={"amount": 0.5}), 0.0, AT)
    _, effects = live.join(joiner("Ben"), 500.0) or (0, [])
    hello = hello_of(effects)
    assert hello["state"] == live.log.state
    assert [person["name"] for person in hello["who"]] == ["Anna", "Ben"]
    assert hello["you"] == hello["who"][1]
    assert hello["holds"] == {"explode": anna}
    assert len(hello["chat"]) == 200
    assert hello["chat"][-1]["value"] == {"text": "line 211"}
    assert (hello["seq"], hello["epoch"], hello["resumed"]) == (211, "e1", False)


def test_j2_resuming_brings_exactly_what_was_missed() -> None:
    live = room(past=Past(epoch="e1", seq=12, recent=tuple(old_op(n) for n in range(1, 13))))
    _, effects = live.join(joiner(), 0.0, since=5, epoch="e1") or (0, [])
    hello = hello_of(effects)
    assert hello["resumed"] is True
    assert [op["seq"] for op in hello["ops"]] == list(range(6, 13))
    assert "state" not in hello
    _, effects = live.join(joiner(), 0.0, since=12, epoch="e1") or (0, [])
    assert hello_of(effects)["ops"] == []


@pytest.mark.parametrize(
    ("since", "epoch"), [(5, "e0"), (5, None), (None, "e1"), (99, "e1"), (-1, "e1")]
)
def test_j3_an_unknown_epoch_or_number_gets_the_state(since: int | None, epoch: str | None) -> None:
    live = room(past=Past(epoch="e1", seq=12, recent=tuple(old_op(n) for n in range(1, 13))))
    _, effects = live.join(joiner(), 0.0, since=since, epoch=epoch) or (0, [])
    hello = hello_of(effects)
    assert hello["resumed"] is False
    assert hello["state"] == {}


def test_j3_a_number_older_than_the_window_gets_the_state() -> None:
    recent = tuple(old_op(n) for n in range(101, 101 + LOG_WINDOW + 10))
    live = room(past=Past(epoch="e1", seq=recent[-1]["seq"], recent=recent))
    for since, resumed in ((109, False), (110, True)):
        _, effects = live.join(joiner(), 0.0, since=since, epoch="e1") or (0, [])
        assert hello_of(effects)["resumed"] is resumed


def test_j4_the_others_are_told_of_a_newcomer() -> None:
    live = room()
    anna = enter(live)
    ben, effects = live.join(joiner("Ben"), 0.0) or (0, [])
    hello, join = effects
    assert isinstance(join, Send)
    assert isinstance(hello, Send)
    assert (hello.to, join.to) == ((ben,), (anna,))
    assert join.message == {"t": "join", "who": hello_of(effects)["you"]}


def test_j5_hello_comes_first_and_the_next_operation_follows_it_without_gap() -> None:
    live = room()
    anna = enter(live)
    live.receive(anna, set_(value={"amount": 0.1}, cseq=1), 0.0, AT)
    ben, effects = live.join(joiner("Ben"), 0.0) or (0, [])
    hello = messages(effects, ben)
    assert [message["t"] for message in hello] == ["hello"]
    after = live.receive(anna, set_(value={"amount": 0.2}, cseq=2), 0.0, AT)
    (op,) = messages(after, ben)
    assert op["t"] == "op"
    assert op["seq"] == hello_of(effects)["seq"] + 1


def test_j6_a_freed_slot_rests_for_five_seconds() -> None:
    live = room()
    anna = enter(live, now=0.0)
    live.leave(anna, 10.0, "left")
    assert enter(live, "Ben", now=14.9) != anna
    assert enter(live, "Cleo", now=15.0) == anna


def test_j7_people_wear_unique_pairs_and_get_theirs_back() -> None:
    live = room()
    for number in range(48):
        enter(live, f"p{number}")
    pairs = {(person["colour"], person["shape"]) for person in live.people()}
    assert len(pairs) == 48
    second = enter(live, "p7")
    worn = {p["slot"]: (p["colour"], p["shape"]) for p in live.people()}
    assert worn[second] == worn[7]
    live.leave(3, 0.0, "lost")
    enter(live, "p3", now=100.0)
    back = next(person for person in live.people() if person["name"] == "p3")
    assert (back["colour"], back["shape"]) == worn[3]


def test_j8_a_full_room_takes_nobody() -> None:
    live = room(max_slots=2)
    enter(live), enter(live, "Ben")
    assert live.join(joiner("Cleo"), 0.0) is None


# A: authority


@pytest.mark.parametrize("role", [Role.VIEWER, Role.GUEST_VIEW])
def test_a1_who_may_not_share_is_refused_and_nothing_changes(role: Role) -> None:
    live = room()
    slot = enter(live, "Vic", role)
    for message in (set_(value={"amount": 1}), set_("section/", kind="clear")):
        assert only(live.receive(slot, message, 0.0, AT))["code"] == "forbidden"
    assert (live.log.seq, live.log.state) == (0, {})


@pytest.mark.parametrize("role", [Role.OWNER, Role.EDITOR, Role.REVIEWER, Role.GUEST_LIVE])
def test_a1_who_may_share_is_not_refused(role: Role) -> None:
    live = room()
    assert stored(live.receive(enter(live, "Rita", role), set_(value={"amount": 1}), 0.0, AT))


def test_a2_who_may_not_comment_cannot_chat() -> None:
    live = room()
    slot = enter(live, "Vic", Role.VIEWER)
    assert only(live.receive(slot, chat(), 0.0, AT))["code"] == "forbidden"


@pytest.mark.parametrize(
    "message",
    [
        set_(value={"amount": 1}),
        chat(),
        preview(value={"amount": 1}),
        SigMessage(t="sig", to=0, d=Candidate(kind="candidate", link=0, candidate="x")),
    ],
)
def test_a3_a_table_shares_presence_only(message: Any) -> None:
    live = room("table")
    anna = enter(live)
    assert only(live.receive(anna, message, 0.0, AT))["code"] == "start_a_session"
    assert live.receive(anna, status(tool="section"), 0.0, AT) == []
    pong = live.receive(anna, PingMessage(t="ping", ts=4), 0.0, AT)
    assert only(pong) == {"t": "pong", "ts": 4}


def test_a4_a_changed_role_counts_at_once_and_everybody_is_told() -> None:
    live = room()
    anna, ben = enter(live), enter(live, "Ben")
    effects = live.set_role("ben", Role.VIEWER, 0.0)
    news = {"t": "role", "slot": ben, "role": "viewer", "session_role": "listener"}
    assert effects == [Send((anna, ben), news)]  # type: ignore[arg-type]  # a RoleChanged
    assert only(live.receive(ben, set_(value={"amount": 1}), 0.0, AT))["code"] == "forbidden"
    assert live.set_role("ben", Role.VIEWER, 0.0) == []


def test_a5_who_may_not_be_here_any_more_is_sent_away() -> None:
    live = room()
    anna, ben = enter(live), enter(live, "Ben")
    also_ben = enter(live, "Ben")
    effects = live.set_role("ben", None, 0.0)
    closed = {e.slot: e.code for e in effects if isinstance(e, Close)}
    assert closed == {ben: 4403, also_ben: 4403}
    assert messages(effects, ben)[0] == {"t": "bye", "reason": "removed", "retry_after_ms": None}
    assert [m["slot"] for m in messages(effects, anna) if m["t"] == "left"] == [ben, also_ben]
    assert [person["name"] for person in live.people()] == ["Anna"]


def test_a7_who_loses_the_right_to_share_cannot_preview_and_loses_holds() -> None:
    live = room()
    anna, ben = enter(live), enter(live, "Ben")
    live.receive(ben, preview(value={"amount": 0.5}), 0.0, AT)
    effects = live.set_role("ben", Role.VIEWER, 0.0)
    assert {"t": "hold", "key": "explode", "slot": None} in messages(effects, anna)
    nak = only(live.receive(ben, preview(value={"amount": 0.6}), 0.0, AT))
    assert nak["code"] == "forbidden"


# L: lossy things


def test_l1_the_newest_preview_of_a_tick_goes_to_the_others_and_nowhere_else() -> None:
    live = room()
    anna, ben = enter(live), enter(live, "Ben")
    live.receive(anna, preview(value={"amount": 0.1}), 0.0, AT)
    live.receive(anna, preview(value={"amount": 0.2}), 0.0, AT)
    expected = {"t": "preview", "slot": anna, "key": "explode", "value": {"amount": 0.2}}
    assert live.tick(0.03) == [Send((ben,), expected, lossy=True)]  # type: ignore[arg-type]  # a Preview
    assert live.tick(0.06) == []
    assert (live.log.seq, live.log.state) == (0, {})


def test_l1_the_operation_overtakes_the_preview_it_ends() -> None:
    live = room()
    anna, _ = enter(live), enter(live, "Ben")
    live.receive(anna, preview(value={"amount": 0.1}), 0.0, AT)
    live.receive(anna, set_(value={"amount": 0.2}), 0.0, AT)
    assert live.tick(0.03) == []


def test_l2_the_first_preview_holds_its_key_and_others_wait() -> None:
    live = room()
    anna, ben = enter(live), enter(live, "Ben")
    effects = live.receive(anna, preview(value={"amount": 0.1}), 0.0, AT)
    assert effects == [Send((ben,), {"t": "hold", "key": "explode", "slot": anna})]
    assert live.receive(ben, preview(value={"amount": 0.9}), 0.0, AT) == []
    assert [e.message["t"] for e in live.tick(0.03) if isinstance(e, Send)] == ["preview"]
    # The hold is soft: an operation that was under way still counts (O6).
    operation = live.receive(ben, set_(value={"amount": 0.9}, cid="client-two"), 0.0, AT)
    assert stored(operation) == [1]


FREE = {"t": "hold", "key": "explode", "slot": None}


def held() -> tuple[Any, int, int]:
    live = room()
    anna, ben = enter(live), enter(live, "Ben")
    live.receive(anna, preview(value={"amount": 0.1}), 1.0, AT)
    return live, anna, ben


def test_l3_a_hold_ends_with_the_operation() -> None:
    live, anna, ben = held()
    assert FREE in messages(live.receive(anna, set_(value={"amount": 1}), 1.0, AT), ben)


def test_l3_a_hold_ends_with_a_preview_of_null() -> None:
    live, anna, ben = held()
    assert messages(live.receive(anna, preview(value=None), 1.0, AT), ben) == [FREE]
    assert live.tick(1.1) == []


def test_l3_a_hold_ends_when_the_holder_leaves() -> None:
    live, anna, ben = held()
    assert FREE in messages(live.leave(anna, 1.0, "lost"), ben)


def test_l3_a_hold_ends_after_five_seconds_of_silence() -> None:
    live, anna, ben = held()
    live.receive(anna, preview(value={"amount": 0.2}), 4.0, AT)
    assert FREE not in messages(live.tick(8.9), ben)
    assert FREE in messages(live.tick(9.0), ben)


def test_l4_a_status_merges_and_goes_out_once_per_tick() -> None:
    live = room()
    anna, ben = enter(live), enter(live, "Ben")
    live.receive(anna, status(tool="section", away=False), 0.0, AT)
    live.receive(anna, status(away=True), 0.0, AT)
    value = {"tool": "section", "away": True}
    expected = {"t": "status", "slot": anna, "value": value}
    assert live.tick(0.03) == [Send((ben,), expected)]  # type: ignore[arg-type]  # a Status
    live.receive(anna, status(following=None), 0.1, AT)
    assert [m["value"] for m in messages(live.tick(0.2)) if m["t"] == "status"] == [
        {"following": None}
    ]
    assert live.people()[0]["status"] == value | {"following": None}


def test_l10_where_somebody_writes_is_told_until_they_are_done_or_gone_and_never_what() -> None:
    live = room()
    anna, ben = enter(live), enter(live, "Ben")
    writing = {"revision_id": REVISION, "kind": "issue", "occurrence": 3, "point": [0.5, 1.0, 2.0]}

    def writes(value: Any) -> list[Any]:
        told = parse(json.dumps({"t": "status", "value": {"writing": value}}))
        assert isinstance(told, StatusMessage)
        live.receive(anna, told, 0.0, AT)
        return [m["value"] for m in messages(live.tick(0.1)) if m["t"] == "status"]

    assert json.loads(json.dumps(writes(writing))) == [{"writing": writing}]
    assert writes(None) == [{"writing": None}]
    words = {"t": "status", "value": {"writing": writing | {"text": "a crack"}}}
    assert isinstance(parse(json.dumps(words)), Malformed)
    writes(writing)
    live.leave(anna, 0.3, "left")
    assert [person["slot"] for person in live.people()] == [ben]


# R: rates


def test_r1_more_than_twenty_operations_per_second_are_refused() -> None:
    live = room()
    anna = enter(live)
    codes = [
        messages(live.receive(anna, set_(value={"amount": 1}, cseq=n), 0.0, AT))[0]
        for n in range(1, 201)
    ]
    assert [code["t"] for code in codes] == ["op"] * 60 + ["nak"] * 140
    assert {code["code"] for code in codes if code["t"] == "nak"} == {"rate"}
    after_a_second = [
        messages(live.receive(anna, set_(value={"amount": 1}, cseq=n), 1.0, AT))[0]["t"]
        for n in range(201, 231)
    ]
    assert after_a_second == ["op"] * 20 + ["nak"] * 10


def test_r3_other_messages_above_the_rate_are_dropped() -> None:
    live = room()
    anna = enter(live)
    answers = [live.receive(anna, PingMessage(t="ping", ts=n), 0.0, AT) for n in range(300)]
    assert [bool(answer) for answer in answers] == [True] * 240 + [False] * 60


def test_r4_what_is_no_message_is_refused() -> None:
    live = room()
    anna = enter(live)
    nak = only(live.receive(anna, Malformed("no", cseq=7), 0.0, AT))
    assert nak == {
        "t": "nak", "cseq": 7, "code": "invalid", "reason": "value", "detail": "no",
    }  # fmt: skip


# H: the host


def roles(live: Any) -> dict[str, str]:
    return {person["name"]: person["session_role"] for person in live.people()}


def test_h1_who_started_it_is_host_even_when_others_came_first() -> None:
    live = room()
    enter(live, "Ben"), enter(live, "Anna"), enter(live, "Vic", Role.VIEWER)
    assert roles(live) == {"Ben": "participant", "Anna": "host", "Vic": "listener"}


def test_h2_a_leaving_host_passes_the_star_to_the_longest_present_editor() -> None:
    live = room()
    anna = enter(live, "Anna")
    enter(live, "Rita", Role.REVIEWER), enter(live, "Ed"), enter(live, "Eve")
    live.leave(anna, 1.0, "left")
    assert roles(live) == {"Rita": "participant", "Ed": "host", "Eve": "participant"}
    enter(live, "Anna", now=2.0)
    assert roles(live)["Anna"] == "participant"


def test_h2_without_an_editor_whoever_may_host_gets_it_and_a_guest_never() -> None:
    live = room()
    anna = enter(live, "Anna")
    enter(live, "Gus", Role.GUEST_LIVE)
    live.leave(anna, 1.0, "left")
    assert roles(live) == {"Gus": "participant"}
    enter(live, "Rita", Role.REVIEWER, now=2.0)
    live.tick(1.0 + HOST_GRACE_S)
    assert roles(live) == {"Gus": "participant", "Rita": "host"}


def test_h3_a_lost_host_keeps_the_star_for_thirty_seconds() -> None:
    live = room()
    anna = enter(live, "Anna")
    enter(live, "Ed")
    live.leave(anna, 100.0, "lost")
    live.tick(100.0 + HOST_GRACE_S - 0.1)
    assert roles(live) == {"Ed": "participant"}
    back = enter(live, "Anna", now=129.95)
    live.tick(200.0)
    assert roles(live) == {"Ed": "participant", "Anna": "host"}
    live.leave(back, 200.0, "lost")
    live.tick(230.0)
    assert roles(live) == {"Ed": "host"}


def test_h4_everybody_is_told_who_became_host() -> None:
    live = room()
    anna, also_anna = enter(live, "Anna"), enter(live, "Anna")
    ed = enter(live, "Ed")
    live.leave(anna, 0.0, "left")
    assert roles(live)["Anna"] == "host"  # her other device is still here
    news = messages(live.leave(also_anna, 0.0, "left"), ed)
    assert news[-1] == {"t": "role", "slot": ed, "role": "editor", "session_role": "host"}


def test_messages_of_somebody_who_left_do_nothing() -> None:
    live = room()
    anna = enter(live)
    live.leave(anna, 0.0, "left")
    assert live.receive(anna, set_(value={"amount": 1}), 0.0, AT) == []
    assert live.leave(anna, 0.0, "left") == []
