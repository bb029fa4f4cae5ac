"""Rules of being told: tallies, kinds, quiet hours and digest times over days that are not 24 h."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from holotable.errors import Invalid
from holotable.review import notification as rules
from holotable.review.notification import DEFAULTS, KIND_OF, Choice, Kind

BERLIN = ZoneInfo("Europe/Berlin")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_remarks_are_counted_and_a_request_is_said_once() -> None:
    tally: dict[str, int] = {}
    for what in ("commented", "requested", "commented", "requested_again", "commented"):
        tally = rules.tallied(tally, what)
    assert list(tally.items()) == [("requested_again", 1), ("commented", 3)]
    assert rules.kind_of(tally) is Kind.REVIEW_REQUESTED


def test_what_is_newer_takes_the_place_of_what_it_contradicts() -> None:
    assert rules.tallied({"due_soon": 1}, "overdue") == {"overdue": 1}
    assert rules.tallied({"failed": 1}, "converted") == {"converted": 1}
    assert rules.tallied({"verify": 1, "commented": 2}, "detached") == {
        "detached": 1,
        "commented": 2,
    }


def test_a_mention_beats_a_comment() -> None:
    assert rules.strongest("commented", "mentioned") == "mentioned"
    assert rules.strongest("assigned", "mentioned") == "assigned"


def test_every_kind_has_a_default_and_something_that_is_of_it() -> None:
    assert set(DEFAULTS) == set(Kind) == set(KIND_OF.values())


def test_stored_choices_come_back_and_odd_ones_are_defaults() -> None:
    chosen = {**DEFAULTS, Kind.MENTION: Choice(False, "weekly")}
    assert rules.choices_of(rules.stored_choices(chosen)) == chosen
    odd = {"mention": {"app": True, "email": "hourly"}, "nothing": 3, "due": "x"}
    assert rules.choices_of(odd) == DEFAULTS
    assert rules.choices_of(None) == DEFAULTS


def test_the_digest_comes_at_eight_local_on_days_of_23_24_and_25_hours() -> None:
    days = [("2026-03-28", 7), ("2026-03-29", 6), ("2026-10-25", 7), ("2026-10-24", 6)]
    for day, hour in days:
        due = utc(f"{day}T{hour:02}:00")
        assert rules.last_digest_time(due, BERLIN, weekly=False) == due, day
        before = due - timedelta(seconds=1)
        yesterday = rules.last_digest_time(before, BERLIN, weekly=False)
        assert yesterday.astimezone(BERLIN).date() == date.fromisoformat(day) - timedelta(days=1)
        assert yesterday.astimezone(BERLIN).hour == 8


def test_a_year_has_one_digest_a_day_whatever_the_clocks_do() -> None:
    moment, found = utc("2026-01-01T00:00"), set()
    while moment < utc("2027-01-01T00:00"):
        found.add(rules.last_digest_time(moment, BERLIN, weekly=False))
        moment += timedelta(minutes=30)
    local = sorted(one.astimezone(BERLIN) for one in found)
    assert [one.hour for one in local] == [8] * 366  # the last one of 2025 among them
    assert len({one.date() for one in local}) == 366


def test_the_weekly_digest_comes_on_mondays() -> None:
    due = rules.last_digest_time(utc("2026-01-08T12:00"), BERLIN, weekly=True)
    assert due.astimezone(BERLIN).isoformat() == "2026-01-05T08:00:00+01:00"


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-01-05T20:59", "2026-01-05T20:59"),  # 21:59 in Berlin
        ("2026-01-05T21:00", "2026-01-06T06:00"),  # 22:00
        ("2026-01-06T05:59", "2026-01-06T06:00"),
        ("2026-01-06T06:00", "2026-01-06T06:00"),
        ("2026-03-28T22:30", "2026-03-29T05:00"),  # the night that is an hour shorter
        ("2026-10-24T21:30", "2026-10-25T06:00"),  # and the one that is longer
    ],
)
def test_quiet_hours_over_midnight_end_in_the_morning(now: str, until: str) -> None:
    assert rules.after_quiet(utc(now), BERLIN, "22:00", "07:00") == utc(until)


def test_quiet_hours_within_a_day_and_none() -> None:
    noon = utc("2026-01-05T12:00")
    assert rules.after_quiet(noon, BERLIN, "12:30", "14:00") == utc("2026-01-05T13:00")
    assert rules.after_quiet(noon, BERLIN, None, None) == noon
    assert rules.after_quiet(noon, BERLIN, "08:00", "08:00") == noon


def test_unknown_time_zones_are_refused_when_entered_and_utc_when_read() -> None:
    assert rules.require_zone("Europe/Berlin") == "Europe/Berlin"
    for name in ("Mars/Olympus", "", "../../etc/passwd", "x" * 300):
        with pytest.raises(Invalid):
            rules.require_zone(name)
    assert rules.zone_of("Mars/Olympus") is UTC
    assert rules.zone_of(None) is UTC


def test_a_machine_without_time_zones_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "available_timezones", set)
    with pytest.raises(Invalid, match="tzdata"):
        rules.require_zone("Europe/Berlin")


def test_a_day_is_over_when_it_is_over_where_the_person_is() -> None:
    due = date(2026, 1, 5)
    late = utc("2026-01-05T23:30")  # half past midnight in Berlin
    assert rules.due_state(due, late, BERLIN) == "overdue"
    assert rules.due_state(due, late, UTC) == "due_soon"
    assert rules.due_state(due, utc("2026-01-03T12:00"), UTC) is None
    moment = utc("2026-01-05T12:00")
    assert rules.due_state(moment, moment + timedelta(seconds=1), UTC) == "overdue"
    assert rules.due_state(moment, moment - timedelta(hours=24), UTC) == "due_soon"
    assert rules.due_state(moment, moment - timedelta(hours=25), UTC) is None


@pytest.mark.parametrize("text", ["24:00", "7", "ab:cd", "", "12:60", "1:2:3"])
def test_what_is_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        rules.clock_time(text)
