"""What was seen of what changed."""

import struct

import numpy as np
import pytest

from holotable.review.coverage import changed_numbers, codes_of_new, unseen_numbers


def test_what_changed_are_all_that_are_not_unchanged() -> None:
    assert changed_numbers(np.array([0, 1, 0, 6, 3], np.uint8)).tolist() == [1, 3, 4]
    assert changed_numbers(np.zeros(0, np.uint8)).tolist() == []


def test_unseen_is_what_lies_in_no_run() -> None:
    changed = np.array([0, 3, 4, 7, 12])
    assert unseen_numbers(changed, []).tolist() == [0, 3, 4, 7, 12]
    assert unseen_numbers(changed, [[3, 7]]).tolist() == [0, 12]
    assert unseen_numbers(changed, [[0, 0], [4, 5], [12, 99]]).tolist() == [3, 7]
    assert unseen_numbers(changed, [[1, 2], [5, 6], [8, 11]]).tolist() == [0, 3, 4, 7, 12]
    assert unseen_numbers(np.zeros(0, np.int64), [[0, 5]]).tolist() == []


def test_the_codes_of_the_new_side_are_read_from_the_columns() -> None:
    columns = struct.pack("<4sIII", b"HTCO", 1, 2, 3) + bytes([0, 2, 0, 3, 1]) + bytes(3 + 20)
    assert codes_of_new(columns).tolist() == [0, 3, 1]
    for wrong in (b"HTCO", b"HTXX" + columns[4:], columns[:19]):
        with pytest.raises(ValueError, match="columns"):
            codes_of_new(wrong)
