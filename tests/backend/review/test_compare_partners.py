"""The columns of partners, written and read again."""

import struct
from pathlib import Path

import numpy as np
import pytest

from holotable.review.compare_partners import (
    PartnerColumns,
    pack_partners,
    read_partner_columns,
    runs_of,
)
from holotable.review.compare_results import partner_columns
from tests.compare_models import compared, row_of_bolts, step_package


def columns(*partner: int, new_count: int = 9) -> PartnerColumns:
    return PartnerColumns(np.array(partner, np.int32), np.zeros(len(partner), bool), new_count)


def test_the_partners_of_a_comparison_are_read_as_they_were_found(tmp_path: Path) -> None:
    old = step_package(tmp_path, lambda f: row_of_bolts(f, (0.0, 20.0, 40.0)) and None)
    new = step_package(tmp_path, lambda f: row_of_bolts(f, (0.0, 40.0)) and None)
    comparison = compared(old, new)
    found = read_partner_columns(partner_columns(comparison))
    assert found.partner.tolist() == comparison.partners_old.tolist()
    assert found.new_count == len(comparison.partners_new)
    assert sorted(found.partner.tolist()) == [-1, *range(found.new_count)]
    assert not found.guessed.any()


def test_columns_are_read_as_they_were_packed() -> None:
    packed = PartnerColumns(np.array([2, -1, 0], np.int32), np.array([True, False, False]), 3)
    found = read_partner_columns(pack_partners(packed))
    assert (found.partner.tolist(), found.guessed.tolist(), found.new_count) == (
        [2, -1, 0], [True, False, False], 3,
    )  # fmt: skip


def test_partners_in_a_row_are_one_run() -> None:
    assert runs_of(columns(0, 1, 3, 4, -1, 2)) == [(0, 0, 2), (2, 3, 2), (5, 2, 1)]
    assert runs_of(columns(-1, -1)) == []
    assert runs_of(columns()) == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"HTPT",
        struct.pack("<4sIII", b"HTCO", 1, 0, 0),
        struct.pack("<4sIII", b"HTPT", 2, 0, 0),
        struct.pack("<4sIII", b"HTPT", 1, 2, 0) + bytes(5),
        struct.pack("<4sIIIiB", b"HTPT", 1, 1, 1, 1, 0),
        struct.pack("<4sIIIiB", b"HTPT", 1, 1, 1, -2, 0),
    ],
)
def test_what_is_no_such_file_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"partner"):
        read_partner_columns(content)
