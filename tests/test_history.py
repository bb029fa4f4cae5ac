"""The checker of histories says no to every history that is none."""

from dataclasses import replace

import pytest
from history import Change, Numbered, Seen, Snapshot, violations

A1 = Numbered(1, "anna", 1, "set", "section/a", "1")
B1 = Numbered(2, "ben", 1, "set", "section/b", "2")
A2 = Numbered(3, "anna", 2, "set", "section/a", "3")
B2 = Numbered(4, "ben", 2, "clear", "section/b", "null")
STORED = [A1, B1, A2, B2]
END = {"section/a": (3, "3")}


def change(one: Numbered, base: int | None = None) -> Change:
    return Change(one.cid, one.cseq, one.kind, one.key, one.value, base)


def life(name: str) -> Seen:
    """A client that saw everything and was told of all its own."""
    mine = [one for one in STORED if one.cid == name]
    return Seen(
        name, sent=[change(one) for one in mine],
        acknowledged={(one.cid, one.cseq): one.seq for one in mine},
        told=list(STORED), state=dict(END),
    )  # fmt: skip


def broken(anna: Seen, stored: list[Numbered] | None = None) -> set[str]:
    """The rules that this history of Anna's breaks, beside Ben's good one."""
    found = violations([anna, life("ben")], STORED if stored is None else stored)
    return {line.partition(":")[0] for line in found}


def test_a_good_history_has_nothing_wrong() -> None:
    assert broken(life("anna")) == set()


def test_a_newcomer_is_told_a_state_and_then_what_follows() -> None:
    late = replace(life("anna"), told=[Snapshot(2, (("section/a", 1, "1"), ("section/b", 2, "2"))),
                                       A2, B2])  # fmt: skip
    assert broken(late) == set()
    wrong = replace(late, told=[Snapshot(2, (("section/a", 1, "1"),)), A2, B2])
    assert broken(wrong) == {"snapshot"}


def test_an_acknowledged_operation_that_is_not_stored_is_lost() -> None:
    stored = [A1, B1, replace(B2, seq=3)]
    assert "lost" in broken(life("anna"), stored)
    assert "lost" in broken(replace(life("anna"), acknowledged={("anna", 1): 3}))


def test_an_operation_stored_twice_is_told() -> None:
    assert "twice" in broken(life("anna"), [*STORED, replace(A2, seq=5)])


def test_an_operation_applied_twice_is_told() -> None:
    assert broken(replace(life("anna"), told=[A1, B1, A2, A2, B2])) == {"order"}


def test_another_order_is_told() -> None:
    assert "order" in broken(replace(life("anna"), told=[B1, A1, A2, B2]))
    swapped = [A1, B1, replace(A2, seq=4), replace(B2, seq=3)]
    assert "differs" in broken(replace(life("anna"), told=list(swapped)))


def test_an_operation_somebody_was_never_told_is_told() -> None:
    assert broken(replace(life("anna"), told=[A1, B1, B2])) == {"order"}
    assert broken(replace(life("anna"), told=[A1, B1, A2])) == {"behind"}


@pytest.mark.parametrize("state", [{}, {"section/a": (1, "1")}, END | {"section/b": (2, "2")}])
def test_a_replica_that_differs_is_told(state: dict[str, tuple[int, str]]) -> None:
    assert broken(replace(life("anna"), state=state)) == {"divergent"}


def test_numbers_with_a_gap_are_told() -> None:
    assert "gap" in broken(life("anna"), [A1, B1, A2, replace(B2, seq=5)])


def test_what_nobody_sent_or_what_was_sent_otherwise_is_told() -> None:
    anna = life("anna")
    assert broken(replace(anna, sent=anna.sent[:1])) == {"invented"}
    assert broken(replace(anna, sent=[anna.sent[0], replace(anna.sent[1], value="4")])) == {
        "altered"
    }


def test_a_refused_change_that_is_stored_is_told() -> None:
    assert broken(replace(life("anna"), refused={("anna", 2)})) == {"refused"}


def test_a_change_nobody_decided_is_told() -> None:
    assert broken(replace(life("anna"), waiting=1)) == {"undecided"}


def test_a_change_upon_another_base_is_told() -> None:
    anna = life("anna")
    assert broken(replace(anna, sent=[anna.sent[0], change(A2, base=1)])) == set()
    assert broken(replace(anna, sent=[anna.sent[0], change(A2, base=0)])) == {"base"}


def test_an_older_change_of_ones_own_that_comes_after_the_newer_is_told() -> None:
    stored = [replace(A2, seq=1), B1, replace(A1, seq=3), B2]
    assert "own order" in broken(life("anna"), stored)
