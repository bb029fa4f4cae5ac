"""Pairs: near ones are found whatever the grid, the sum is least, nobody is taken twice."""

import itertools

import numpy as np
import pytest

from holotable.review.compare_pairs import assign, greedy, join, shared_keys


def test_points_less_than_half_a_cell_apart_are_always_found() -> None:
    random = np.random.default_rng(11)
    places = random.random((5_000, 3)) * 200 - 100
    near = places + random.uniform(-0.24, 0.24, places.shape)
    keys = random.integers(0, 3, (5_000, 1))
    one, other = join(keys, places, keys, near)
    found = set(zip(one.tolist(), other.tolist(), strict=True))
    assert all((n, n) in found for n in range(5_000))
    assert len(found) < 10_000


def test_other_keys_are_never_paired() -> None:
    zeros = np.zeros((4, 3))
    one, other = join(np.array([[0], [1], [2], [3]]), zeros, np.array([[9], [1], [8], [7]]), zeros)
    assert (one.tolist(), other.tolist()) == ([1], [1])


def test_thousands_in_one_place_are_no_square() -> None:
    zeros, keys = np.zeros((3_000, 3)), np.zeros((3_000, 1), np.int64)
    one, other = join(keys, zeros, keys, zeros)
    assert len(one) <= 8 * 64 * 3_000
    assert len(greedy(one, other, np.zeros(len(one)))) == 3_000


@pytest.mark.parametrize("shape", [(1, 1), (2, 5), (5, 2), (6, 6)])
def test_the_assignment_is_the_best_of_all(shape: tuple[int, int]) -> None:
    random = np.random.default_rng(sum(shape))
    for _ in range(20):
        cost = random.random(shape)
        rows, columns = assign(cost)
        assert len(set(rows.tolist())) == len(set(columns.tolist())) == min(shape)
        short, long = sorted(shape)
        table = cost if shape[0] <= shape[1] else cost.T
        best = min(
            sum(table[n, chosen[n]] for n in range(short))
            for chosen in itertools.permutations(range(long), short)
        )
        assert cost[rows, columns].sum() == pytest.approx(best)


def test_texts_share_their_numbers() -> None:
    left, right = shared_keys(["a", "b", "a"], ["b", "c"])
    assert left[0] == left[2] != left[1] == right[0] != right[1]
