"""Rows of the tree while it is read."""

import numpy as np
import pytest

from holotable.conversion.readers.rows import Row, is_visible, pruned
from holotable.errors import DamagedFile


def row(parent: int, part: int | None, children: tuple[int, ...] = ()) -> Row:
    return Row(parent, "", np.eye(4), part, None, None, {}, False, 1, "", "", children=[*children])


def test_rows_without_geometry_below_them_go_and_the_rest_is_renumbered() -> None:
    rows = [row(-1, None, (1, 2)), row(0, None), row(0, None, (3,)), row(2, 0)]
    left = pruned(rows)
    assert [r.parent for r in left] == [-1, 0, 1]
    assert [r.children for r in left] == [[1], [2], []]
    assert pruned(left) is left


def test_what_shrinks_to_a_line_is_not_seen_and_a_plane_is() -> None:
    assert is_visible(np.diag([1.0, 1.0, 0.0, 1.0]))
    assert not is_visible(np.diag([1.0, 0.0, 0.0, 1.0]))


def test_what_is_no_placement_is_damage() -> None:
    for matrix in (np.full((4, 4), np.nan), np.ones((4, 4))):
        with pytest.raises(DamagedFile):
            is_visible(matrix)
