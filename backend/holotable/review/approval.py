"""The approval of a revision: who decides, by which rule, and what the verdicts amount to.

A review belongs to an asset and goes on with its newest revision. Every verdict is pinned to the
revision it was given on; one given on another revision is *stale*: it stays listed, it counts for
nothing. Two conventions people know: the verdicts *comment*, *request changes* and *approve*, and
approvers beside observers, who see everything and decide nothing.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, TypeAlias
from uuid import UUID

from holotable.errors import Invalid


class Verdict(StrEnum):
    """What somebody says of a revision."""

    COMMENT = "comment"
    REQUEST_CHANGES = "request_changes"
    APPROVE = "approve"


class Seat(StrEnum):
    """What somebody is in a review."""

    APPROVER = "approver"
    OBSERVER = "observer"


RuleKind: TypeAlias = Literal["all", "count"]


@dataclass(frozen=True, slots=True)
class Rule:
    """When a revision is approved.

    kind: `all` approvers, or a `count` of them. must: approvers without whom nothing is approved,
    the named ones. Whatever the rule, one standing *request changes* keeps the revision from it.
    """

    kind: RuleKind = "all"
    count: int = 1  # of the approvers; read with kind `count`
    must: frozenset[UUID] = frozenset()
    own_work: bool = False  # whoever made the revision may approve it
    signature: bool = False  # a verdict needs the password again and says what it means
    block_on_issues: bool = True  # open blocking issues keep everybody from approving
    block_on_checklist: bool = False
    block_on_coverage: bool = False  # changed parts that the approver has not had in view

    def needed(self, approvers: int) -> int:
        """How many approvals there must be."""
        return approvers if self.kind == "all" else self.count


def check_rule(rule: Rule, approvers: Collection[UUID]) -> None:
    """Refuse a rule that nobody can meet. raises: Invalid."""
    if not approvers:
        raise Invalid("A review needs at least one approver.", pointer="/approvers")
    if rule.kind == "count" and not 1 <= rule.count <= len(approvers):
        raise Invalid(
            f"The rule asks for {rule.count} of {len(approvers)} approvers.", pointer="/rule/count"
        )
    if not rule.must <= set(approvers):
        raise Invalid("Everybody whom the rule names must be an approver.", pointer="/rule/must")


@dataclass(frozen=True, slots=True)
class Given:
    """One verdict as it was given."""

    principal_id: UUID
    revision_id: UUID
    verdict: Verdict
    at: datetime


class Standing(StrEnum):
    """Where one approver stands towards the present revision."""

    WAITING = "waiting"  # nothing yet, or comments only
    APPROVED = "approved"
    CHANGES_REQUESTED = "changes_requested"
    STALE = "stale"  # decided, but on another revision


class Outcome(StrEnum):
    """What the verdicts amount to."""

    OPEN = "open"
    CHANGES_REQUESTED = "changes_requested"
    APPROVED = "approved"


@dataclass(frozen=True, slots=True)
class Tally:
    """The state of a review on its present revision.

    decisions: the last verdict of each approver that decides something, on whatever revision.
    """

    outcome: Outcome
    approvals: int
    needed: int
    standing: Mapping[UUID, Standing]
    decisions: Mapping[UUID, Given]
    missing: tuple[UUID, ...]  # named approvers who have not approved


def tally(
    rule: Rule, approvers: Sequence[UUID], given: Sequence[Given], revision_id: UUID
) -> Tally:
    """Count the verdicts.

    given: oldest first. Of each approver the last verdict counts; a comment decides nothing and
    takes nothing back. Verdicts of people who are no approvers count for nothing.
    """
    decisions: dict[UUID, Given] = {}
    for one in given:
        if one.verdict is not Verdict.COMMENT:
            decisions[one.principal_id] = one
    standing = {who: _standing(decisions.get(who), revision_id) for who in approvers}
    approvals = sum(1 for one in standing.values() if one is Standing.APPROVED)
    needed = rule.needed(len(approvers))
    missing = tuple(
        who for who in approvers if who in rule.must and standing[who] is not Standing.APPROVED
    )
    if Standing.CHANGES_REQUESTED in standing.values():
        outcome = Outcome.CHANGES_REQUESTED
    elif approvers and approvals >= needed and not missing:
        outcome = Outcome.APPROVED
    else:
        outcome = Outcome.OPEN
    return Tally(outcome, approvals, needed, standing, decisions, missing)


def _standing(decision: Given | None, revision_id: UUID) -> Standing:
    if decision is None:
        return Standing.WAITING
    if decision.revision_id != revision_id:
        return Standing.STALE
    if decision.verdict is Verdict.APPROVE:
        return Standing.APPROVED
    return Standing.CHANGES_REQUESTED


CheckCode: TypeAlias = Literal[
    "blocking_issues",
    "checklist",
    "comparing",
    "coverage",
    "not_approver",
    "not_compared",
    "not_opened",
    "own_work",
]
# Nobody keeps track; the revisions are being compared; they cannot be; what was seen is known.
Knowledge: TypeAlias = Literal["untracked", "comparing", "impossible", "known"]


@dataclass(frozen=True, slots=True)
class Check:
    """Something an approver is told before approving. blocking: approving is refused for it."""

    code: CheckCode
    blocking: bool
    count: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known when somebody is about to approve.

    coverage: whether anybody knows which changed parts the approver has had in view.
    unseen: those that they have not, of `changed`.
    """

    is_approver: bool
    is_author: bool
    opened: bool
    blocking_issues: int
    unticked: int
    checklist: int
    coverage: Knowledge = "untracked"
    unseen: int = 0
    changed: int = 0


def checks(rule: Rule, facts: Facts) -> tuple[Check, ...]:
    """What stands between this person and an approval, the blocking first.

    A revision that was not opened and parts that were not seen are said, not held against anybody,
    unless the rule says so (UX.md §1.5).
    """
    found: list[Check] = []
    if not facts.is_approver:
        found.append(Check("not_approver", blocking=True))
    if facts.is_author and not rule.own_work:
        found.append(Check("own_work", blocking=True))
    if facts.blocking_issues:
        found.append(Check("blocking_issues", rule.block_on_issues, facts.blocking_issues))
    if facts.unticked:
        found.append(Check("checklist", rule.block_on_checklist, facts.unticked, facts.checklist))
    if facts.coverage == "comparing" and rule.block_on_coverage:
        found.append(Check("comparing", blocking=True))
    elif facts.coverage == "impossible" and rule.block_on_coverage:
        found.append(Check("not_compared", blocking=False))
    elif facts.unseen:
        found.append(Check("coverage", rule.block_on_coverage, facts.unseen, facts.changed))
    if not facts.opened:
        found.append(Check("not_opened", blocking=False))
    return tuple(sorted(found, key=lambda check: not check.blocking))
