"""Who only watches; rules S1 to S3 and S5."""

from live_builders import AT, SECTION, chat, does, enter, event, joiner, messages, room, set_

from holotable.review.roles import Role
from holotable.rooms.effects import Close, Effect
from holotable.rooms.gallery import PING_RATE, Gallery
from holotable.rooms.protocol import Hello, PingMessage
from holotable.rooms.room import Room


def watch(live: Room, name: str = "Will", role: Role = Role.VIEWER, now: float = 0.0) -> int:
    seated = live.watch(joiner(name, role), now)
    assert seated is not None
    return seated[0]


def kinds(effects: list[Effect], to: int) -> list[str]:
    return [message["t"] for message in messages(effects, to)]


def test_s1_who_watches_is_told_what_everybody_is_told_and_shown_to_nobody() -> None:
    live = room()
    anna = enter(live)
    does(live, anna, "section/a", SECTION)
    seated = live.watch(joiner("Will", Role.VIEWER), 0.0)
    assert seated is not None
    seat, effects = seated
    (greeting,) = messages(effects)
    hello: Hello = greeting  # type: ignore[assignment]  # the first message is one
    assert (hello["slot"], hello["spectator"], hello["watching"]) == (seat, True, 1)
    assert set(hello["state"]) == {"section/a"}
    assert [person["name"] for person in hello["who"]] == ["Anna"]
    assert kinds(does(live, anna, "explode", {"amount": 0.5}), seat) == ["op"]
    joined = live.join(joiner("Ben"), 0.0)
    assert joined is not None
    assert kinds(joined[1], seat) == ["join"]
    assert kinds(live.receive(anna, event("react", reaction="heart"), 0.0, AT), seat) == ["event"]
    assert kinds(live.leave(joined[0], 0.0, "left"), seat) == ["left"]
    assert [person["name"] for person in live.people()] == ["Anna"]
    second = live.join(joiner("Cleo"), 0.0)
    assert second is not None
    assert second[0] == 1 + joined[0], "no slot went to who watches"


def test_s1_how_many_watch_is_told_once_a_second() -> None:
    live = room()
    anna = enter(live)
    watch(live)
    assert messages(live.tick(1.0), anna) == [{"t": "watching", "count": 1}]
    seat = watch(live, "Wanda")
    assert messages(live.tick(1.5), anna) == []
    assert messages(live.tick(2.0), anna) == [{"t": "watching", "count": 2}]
    live.leave(seat, 2.0, "left")
    assert messages(live.tick(3.0), anna) == [{"t": "watching", "count": 1}]


def test_s2_who_watches_says_nothing_and_is_told_why() -> None:
    live = room()
    anna = enter(live)
    seat = watch(live, role=Role.OWNER)
    before = dict(live.log.state)
    for message in (set_("explode", {"amount": 1.0}), chat(), event("react", reaction="heart")):
        answers = live.receive(seat, message, 0.0, AT)
        assert messages(answers, anna) == []
        (refused,) = messages(answers, seat)
        assert refused["reason"] == "watches"  # type: ignore[typeddict-item]  # a Nak
    assert (live.log.state, live.log.seq) == (before, 0)
    ping = PingMessage(t="ping", ts=1.0)
    answered = [live.receive(seat, ping, 10.0, AT) for _ in range(100)]
    assert sum(len(effects) for effects in answered) == 2 * PING_RATE


def test_s3_as_many_watch_as_the_rules_allow_and_none_who_is_barred() -> None:
    live = room()
    anna = enter(live)
    does(live, anna, "session/rules", {"spectators": 1, "lobby": "guests"})
    assert live.watch(joiner("Gus", Role.GUEST_LIVE), 0.0) is None
    watch(live)
    assert live.watch(joiner("Wanda", Role.VIEWER), 0.0) is None
    assert room("table").watch(joiner("Wanda", Role.VIEWER), 0.0) is None


def test_s5_who_is_removed_or_may_not_see_it_any_more_stops_watching() -> None:
    live = room()
    anna = enter(live)
    will, wanda, vera = watch(live), watch(live, "Wanda"), watch(live, "Vera")
    gone = does(live, anna, "session/removed/will", {"name": "Will"})
    assert [(e.slot, e.code) for e in gone if isinstance(e, Close)] == [(will, 4403)]
    gone = live.set_role("wanda", None, 0.0)
    assert [(e.slot, e.code) for e in gone if isinstance(e, Close)] == [(wanda, 4403)]
    assert live.set_role("vera", Role.EDITOR, 0.0) == []
    assert list(live.gallery.by_seat) == [vera]


def test_a_gallery_that_stays_as_it_is_has_no_news() -> None:
    gallery = Gallery()
    assert gallery.news(0.0) is None
    gallery.sit(-1, joiner("Will"), 0.0)
    assert gallery.news(0.0) == 1
    assert gallery.news(5.0) is None
