"""Shared trees are counted without being expanded."""

import pytest

from holotable.conversion.readers.expansion import expanded_count
from holotable.errors import DamagedFile


def count(roots: list[int], tree: dict[int, list[int]]) -> int:
    return expanded_count(roots, lambda key: tree.get(key, []), lambda _: 1)


def test_every_use_counts() -> None:
    assert count([1, 1], {1: [2, 3], 2: [3, 3]}) == 2 * (1 + (1 + 2) + 1)


def test_doubling_is_counted_in_no_time() -> None:
    tree = {n: [n + 1, n + 1] for n in range(1000)}
    assert count([0], tree) == 2**1001 - 1


def test_a_long_chain_needs_no_recursion() -> None:
    assert count([0], {n: [n + 1] for n in range(100_000)}) == 100_001


@pytest.mark.parametrize("tree", [{0: [0]}, {0: [1], 1: [2], 2: [0]}, {0: [1, 2], 1: [3], 3: [1]}])
def test_what_contains_itself_is_damage(tree: dict[int, list[int]]) -> None:
    with pytest.raises(DamagedFile, match="itself"):
        count([0], tree)


def test_a_diamond_is_no_cycle() -> None:
    assert count([0], {0: [1, 2], 1: [3], 2: [3]}) == 5
