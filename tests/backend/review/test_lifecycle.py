"""The lifecycle of a revision as a table of steps."""

import itertools

import pytest

from holotable.review.lifecycle import (
    CHOSEN,
    FOLLOWING,
    Lifecycle,
    choices,
    may_follow,
    needed_for,
)
from holotable.review.roles import Action, Role, allows


def test_every_state_can_be_reached_from_draft_and_has_a_step_or_is_an_end() -> None:
    steps = set(CHOSEN) | set(FOLLOWING)
    reached = {Lifecycle.DRAFT}
    while more := {after for before, after in steps if before in reached} - reached:
        reached |= more
    assert reached == set(Lifecycle)
    ends = set(Lifecycle) - {before for before, _ in steps}
    assert ends == {Lifecycle.SUPERSEDED}


def test_nobody_chooses_approval_or_superseding() -> None:
    chosen = {after for _, after in CHOSEN}
    assert not chosen & {Lifecycle.APPROVED, Lifecycle.SUPERSEDED}


@pytest.mark.parametrize(
    ("before", "after"), list(itertools.permutations(Lifecycle, 2)), ids=lambda one: one.value
)
def test_a_step_is_chosen_or_follows_but_never_both(before: Lifecycle, after: Lifecycle) -> None:
    assert not (needed_for(before, after) is not None and may_follow(before, after))
    assert (after in choices(before)) == (needed_for(before, after) is not None)


def test_editors_ask_for_reviews_and_owners_release() -> None:
    release = needed_for(Lifecycle.APPROVED, Lifecycle.RELEASED)
    request = needed_for(Lifecycle.DRAFT, Lifecycle.IN_REVIEW)
    assert release is Action.RELEASE
    assert request is Action.REQUEST_REVIEW
    assert allows(Role.EDITOR, request)
    assert not allows(Role.EDITOR, release)
    assert allows(Role.OWNER, release)
    assert not allows(Role.REVIEWER, request)
