"""Columns of numbers, and what is none."""

import numpy as np
import pytest

from holotable.conversion.readers.number_text import read_floats, read_integers


def test_numbers_are_read_across_any_blanks() -> None:
    assert read_floats(b" 1\t2.5\r\n-3e2 ").tolist() == [1.0, 2.5, -300.0]
    assert read_integers(b"1\n -2 3\n").tolist() == [1, -2, 3]


def test_what_is_not_finite_is_seen() -> None:
    assert not np.isfinite(read_floats(b"nan inf -inf")).any()


@pytest.mark.parametrize("text", [b"", b" \n\t "])
def test_blanks_are_no_numbers(text: bytes) -> None:
    assert len(read_floats(text)) == len(read_integers(text)) == 0


@pytest.mark.parametrize("text", [b"1 two", b"1,2", b"1 2 #", b"1 2\x003", b"1 \xff"])
def test_anything_else_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_floats(text)
    with pytest.raises(ValueError, match=r"."):
        read_integers(text)


def test_a_number_beyond_64_bits_ends_at_the_limit() -> None:
    assert read_integers(b"99999999999999999999").tolist() == [2**63 - 1]
