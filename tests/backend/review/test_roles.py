"""The one table of roles and actions."""

import itertools

import pytest

from holotable.review.roles import ALLOWED, MEMBER_ROLES, Action, Role, allows


def test_every_role_is_in_the_table() -> None:
    assert set(ALLOWED) == set(Role)


@pytest.mark.parametrize(("stronger", "weaker"), list(itertools.pairwise(MEMBER_ROLES)))
def test_a_stronger_member_may_all_that_a_weaker_one_may(stronger: Role, weaker: Role) -> None:
    assert ALLOWED[weaker] < ALLOWED[stronger]


def test_every_action_is_somebodys_and_all_are_the_owners() -> None:
    assert ALLOWED[Role.OWNER] == frozenset(Action)


def test_guests_look_and_take_part_but_never_download_or_change_the_project() -> None:
    assert ALLOWED[Role.GUEST_VIEW] == {Action.VIEW}
    assert ALLOWED[Role.GUEST_LIVE] == {Action.VIEW, Action.COMMENT, Action.SHARE_SCENE}
    assert not allows(Role.GUEST_LIVE, Action.DOWNLOAD)
