"""Who became whom between two revisions, as columns: for pins and saved views that move on."""

import struct
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Run: TypeAlias = tuple[int, int, int]

_MAGIC: Final = b"HTPT"
_HEAD: Final = struct.Struct("<4sIII")


@dataclass(frozen=True, slots=True)
class PartnerColumns:
    """partner: (old occurrences,) dense number in the new revision, or −1.
    guessed: (old occurrences,) found by name or shape alone.  new_count: of the new revision.
    """

    partner: NDArray[np.int32]
    guessed: NDArray[np.bool_]
    new_count: int


def pack_partners(columns: PartnerColumns) -> bytes:
    """`HTPT`, version 1, counts of both sides, n × i32 partner or −1, n × u8 guessed."""
    head = _HEAD.pack(_MAGIC, 1, len(columns.partner), columns.new_count)
    partner, guessed = columns.partner.astype("<i4"), columns.guessed.astype(np.uint8)
    return head + bytes(partner.tobytes()) + bytes(guessed.tobytes())


def read_partner_columns(content: bytes) -> PartnerColumns:
    """The columns again. raises: ValueError when they are none."""
    if len(content) < _HEAD.size:
        raise ValueError("partner columns end in their head")
    magic, version, count, new_count = _HEAD.unpack_from(content)
    if magic != _MAGIC or version != 1 or len(content) != _HEAD.size + 5 * count:
        raise ValueError("these are no partner columns of version 1")
    partner = np.frombuffer(content, "<i4", count, _HEAD.size).astype(np.int32)
    guessed = np.frombuffer(content, np.uint8, count, _HEAD.size + 4 * count).astype(bool)
    if count and (partner.min() < -1 or partner.max() >= new_count):
        raise ValueError("a partner is outside of the new revision")
    return PartnerColumns(partner, guessed, new_count)


def runs_of(columns: PartnerColumns) -> list[Run]:
    """(first old, first new, how many follow each other in both), ascending."""
    old = np.flatnonzero(columns.partner >= 0)
    new = columns.partner[old]
    if not len(old):
        return []
    breaks = np.flatnonzero((np.diff(old) != 1) | (np.diff(new) != 1)) + 1
    firsts = np.concatenate([[0], breaks])
    lengths = np.diff(np.concatenate([firsts, [len(old)]]))
    return [
        (int(old[at]), int(new[at]), int(length))
        for at, length in zip(firsts, lengths, strict=True)
    ]
