from itertools import pairwise, product
from typing import get_args

import pytest
from live_builders import SECTION, does, enter, only, room, stored

from holotable.review.roles import Role, allows
from holotable.rooms.conduct import (
    ALLOWED,
    NEEDED,
    REASONS,
    Comer,
    Deed,
    DoorPast,
    RulesValue,
    SessionRole,
    bar,
    why_not,
)
from holotable.rooms.reasons import Reason

LISTEN = {"name": "Ben"}


@pytest.mark.parametrize("deed", Deed)
def test_nobody_may_more_in_a_session_than_in_the_project(deed: Deed) -> None:
    for session_role, role in product(get_args(SessionRole), Role):
        if not allows(role, NEEDED[deed]):
            assert why_not(deed, session_role, role) is Reason.ROLE


def test_each_session_role_may_all_that_the_one_below_may() -> None:
    ranks = [ALLOWED[role] for role in ("listener", "participant", "presenter", "host")]
    for lower, higher in pairwise(ranks):
        assert lower < higher
    assert set(REASONS) == set(NEEDED) == set(Deed)


@pytest.mark.parametrize(
    ("scene", "session_role", "may"),
    [
        ("everyone", "participant", True),
        ("everyone", "listener", False),
        ("presenters", "participant", False),
        ("presenters", "presenter", True),
        ("presenters", "host", True),
        ("hosts", "presenter", False),
        ("hosts", "host", True),
    ],
)
def test_the_rules_narrow_who_changes_the_scene(
    scene: str, session_role: SessionRole, may: bool
) -> None:
    rules = RulesValue.model_validate({"scene": scene})
    assert (why_not(Deed.SCENE, session_role, Role.EDITOR, rules) is None) is may


def test_the_removed_and_then_the_new_are_barred() -> None:
    rules, locked = RulesValue(), RulesValue(locked=True)
    ben = Comer("ben", guest=True, role=Role.GUEST_LIVE)
    assert bar(ben, DoorPast(removed=True, known=True, said=True), rules, "off") == "removed"
    assert bar(ben, DoorPast(), locked, "guests") == "locked"
    assert bar(ben, DoorPast(known=True), locked, "guests") is None
    assert bar(ben, DoorPast(said=True), locked, "guests") is None
    assert bar(ben, DoorPast(said=False), rules, "off") == "declined"
    assert bar(ben, DoorPast(said=False, known=True), rules, "guests") is None
    assert bar(ben, DoorPast(), rules, "guests") == "lobby"
    assert bar(ben, DoorPast(), rules, "off") is None


def test_c1_a_listener_changes_nothing_and_is_told_why() -> None:
    live = room()
    anna, ben = enter(live), enter(live, "Ben")
    does(live, anna, "session/listener/ben", LISTEN)
    before = dict(live.log.state)
    for key, value in (("section/a", SECTION), ("explode", {"amount": 1})):
        refused = only(does(live, ben, key, value))
        assert (refused["code"], refused["reason"]) == ("forbidden", REASONS[Deed.SCENE])
    assert live.log.state == before
    does(live, anna, "session/listener/ben", None)
    assert stored(does(live, ben, "section/a", SECTION))


def test_c2_the_rules_say_who_changes_the_scene() -> None:
    live = room()
    anna, ben, cleo = enter(live), enter(live, "Ben"), enter(live, "Cleo")
    does(live, ben, "session/presenter", {"principal_id": "ben"})
    for scene, may in (
        ("everyone", [anna, ben, cleo]),
        ("presenters", [anna, ben]),
        ("hosts", [anna]),
    ):
        does(live, anna, "session/rules", {"scene": scene})
        changed = [s for s in (anna, ben, cleo) if stored(does(live, s, "section/a", SECTION))]
        assert changed == may
