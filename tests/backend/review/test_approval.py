"""What verdicts amount to, by which rule; and what stands between a person and an approval."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given, strategies

from holotable.errors import Invalid
from holotable.review.approval import (
    Facts,
    Given,
    Outcome,
    Rule,
    Standing,
    Verdict,
    check_rule,
    checks,
    tally,
)

ANNA, BEN, CARA = (UUID(int=number) for number in (1, 2, 3))
REV_B, REV_C = UUID(int=20), UUID(int=30)
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def said(*verdicts: tuple[UUID, Verdict, UUID]) -> list[Given]:
    return [
        Given(who, revision, verdict, NOON + timedelta(minutes=minute))
        for minute, (who, verdict, revision) in enumerate(verdicts)
    ]


def test_all_approvers_must_approve_by_the_plain_rule() -> None:
    one = tally(Rule(), [ANNA, BEN], said((ANNA, Verdict.APPROVE, REV_B)), REV_B)
    both = tally(
        Rule(),
        [ANNA, BEN],
        said((ANNA, Verdict.APPROVE, REV_B), (BEN, Verdict.APPROVE, REV_B)),
        REV_B,
    )
    assert (one.outcome, one.approvals, one.needed) == (Outcome.OPEN, 1, 2)
    assert one.standing == {ANNA: Standing.APPROVED, BEN: Standing.WAITING}
    assert (both.outcome, both.approvals) == (Outcome.APPROVED, 2)


def test_two_of_three_with_quality_among_them() -> None:
    rule = Rule(kind="count", count=2, must=frozenset({CARA}))
    people = [ANNA, BEN, CARA]
    without = said((ANNA, Verdict.APPROVE, REV_B), (BEN, Verdict.APPROVE, REV_B))
    assert tally(rule, people, without, REV_B).outcome is Outcome.OPEN
    assert tally(rule, people, without, REV_B).missing == (CARA,)
    with_her = [*without, *said((CARA, Verdict.APPROVE, REV_B))]
    assert tally(rule, people, with_her, REV_B).outcome is Outcome.APPROVED


def test_one_standing_request_for_changes_keeps_the_revision_from_approval() -> None:
    rule = Rule(kind="count", count=1)
    verdicts = said((ANNA, Verdict.APPROVE, REV_B), (BEN, Verdict.REQUEST_CHANGES, REV_B))
    assert tally(rule, [ANNA, BEN], verdicts, REV_B).outcome is Outcome.CHANGES_REQUESTED
    settled = [*verdicts, *said((BEN, Verdict.APPROVE, REV_B))]
    assert tally(rule, [ANNA, BEN], settled, REV_B).outcome is Outcome.APPROVED


def test_a_comment_decides_nothing_and_takes_nothing_back() -> None:
    verdicts = said((ANNA, Verdict.APPROVE, REV_B), (ANNA, Verdict.COMMENT, REV_B))
    assert tally(Rule(), [ANNA], verdicts, REV_B).outcome is Outcome.APPROVED
    assert tally(Rule(), [ANNA], said((ANNA, Verdict.COMMENT, REV_B)), REV_B).standing == {
        ANNA: Standing.WAITING
    }


def test_verdicts_on_another_revision_are_stale_and_stay_listed() -> None:
    verdicts = said((ANNA, Verdict.APPROVE, REV_B), (BEN, Verdict.APPROVE, REV_B))
    counted = tally(Rule(), [ANNA, BEN], verdicts, REV_C)
    assert (counted.outcome, counted.approvals, counted.needed) == (Outcome.OPEN, 0, 2)
    assert counted.standing == {ANNA: Standing.STALE, BEN: Standing.STALE}
    assert {who: one.revision_id for who, one in counted.decisions.items()} == {
        ANNA: REV_B,
        BEN: REV_B,
    }


def test_whoever_is_no_approver_counts_for_nothing() -> None:
    counted = tally(Rule(), [ANNA], said((BEN, Verdict.REQUEST_CHANGES, REV_B)), REV_B)
    assert counted.outcome is Outcome.OPEN
    assert BEN not in counted.standing


@given(
    strategies.lists(
        strategies.tuples(
            strategies.sampled_from([ANNA, BEN, CARA]),
            strategies.sampled_from(list(Verdict)),
            strategies.sampled_from([REV_B, REV_C]),
        )
    ),
    strategies.integers(1, 3),
)
def test_approved_means_enough_fresh_approvals_and_no_objection(
    verdicts: list[tuple[UUID, Verdict, UUID]], count: int
) -> None:
    counted = tally(Rule(kind="count", count=count), [ANNA, BEN, CARA], said(*verdicts), REV_C)
    last = {who: (v, r) for who, v, r in verdicts if v is not Verdict.COMMENT}
    fresh = [who for who, one in last.items() if one == (Verdict.APPROVE, REV_C)]
    objecting = [who for who, one in last.items() if one == (Verdict.REQUEST_CHANGES, REV_C)]
    assert counted.approvals == len(fresh)
    assert (counted.outcome is Outcome.APPROVED) == (len(fresh) >= count and not objecting)


@pytest.mark.parametrize(
    ("rule", "people", "pointer"),
    [
        (Rule(), [], "/approvers"),
        (Rule(kind="count", count=3), [ANNA, BEN], "/rule/count"),
        (Rule(kind="count", count=0), [ANNA], "/rule/count"),
        (Rule(must=frozenset({CARA})), [ANNA], "/rule/must"),
    ],
)
def test_a_rule_that_nobody_can_meet_is_refused(
    rule: Rule, people: list[UUID], pointer: str
) -> None:
    with pytest.raises(Invalid) as caught:
        check_rule(rule, people)
    assert caught.value.facts["pointer"] == pointer


FINE = Facts(
    is_approver=True, is_author=False, opened=True, blocking_issues=0, unticked=0, checklist=2
)


def codes(rule: Rule, **known: object) -> list[tuple[str, bool]]:
    facts = Facts(**{**{name: getattr(FINE, name) for name in FINE.__slots__}, **known})
    return [(check.code, check.blocking) for check in checks(rule, facts)]


def test_nothing_stands_between_a_prepared_approver_and_an_approval() -> None:
    assert codes(Rule()) == []


def test_blocking_issues_block_and_soft_checks_are_only_said() -> None:
    found = codes(Rule(), opened=False, blocking_issues=3, unticked=1, unseen=12, changed=40)
    assert found == [
        ("blocking_issues", True),
        ("checklist", False),
        ("coverage", False),
        ("not_opened", False),
    ]


def test_the_rule_decides_what_blocks() -> None:
    strict = Rule(block_on_issues=False, block_on_checklist=True, block_on_coverage=True)
    found = codes(strict, blocking_issues=3, unticked=1, unseen=12, changed=40)
    assert found == [("checklist", True), ("coverage", True), ("blocking_issues", False)]


def test_a_rule_that_asks_for_coverage_waits_only_for_a_comparison_that_can_be() -> None:
    strict = Rule(block_on_coverage=True)
    assert codes(strict, coverage="comparing") == [("comparing", True)]
    assert codes(Rule(), coverage="comparing") == []
    assert codes(strict, coverage="impossible") == [("not_compared", False)]
    assert codes(strict, coverage="known", changed=40) == []


def test_own_work_is_not_approved_unless_the_rule_allows_it() -> None:
    assert codes(Rule(), is_author=True) == [("own_work", True)]
    assert codes(Rule(own_work=True), is_author=True) == []
    assert codes(Rule(), is_approver=False) == [("not_approver", True)]


def test_ids_of_people_survive_the_rule() -> None:
    someone = uuid4()
    assert Rule(must=frozenset({someone})).needed(3) == 3
    assert Rule(kind="count", count=2).needed(3) == 2
