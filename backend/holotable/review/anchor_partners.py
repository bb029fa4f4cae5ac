"""Which occurrence of a new revision an old one has become, as far as their ids and places tell.

Ids that a file gives or that names make are believed. Ranked ones (the third of eight equal bolts)
shift when one is removed, so there the place is asked first; that is a guess, and is called one.
A comparison of the two revisions knows more: it has seen shapes, and pairs what was exported with
other names and numbers.
"""

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from holotable.review.anchor import Partner
from holotable.review.compare_partners import PartnerColumns

Floats: TypeAlias = NDArray[np.float64]
# Id, how it was made (file, named, ranked), name of the part, (4, 4) place in the model.
Standing: TypeAlias = tuple[str, str, str, Floats]
PartnerOf: TypeAlias = Callable[[str], Partner | None]

_SAME_M: Final = 1e-5  # places that differ by less are one
_TURNED: Final = 1e-5


def partners_by_id(old: Sequence[Standing], new: Sequence[Standing]) -> PartnerOf:
    """Who is whose partner. Both sides in one frame, metres."""
    there = {one[0]: one for one in new}
    before = {one[0]: one for one in old}
    kin: dict[str, list[Standing]] = {}
    for one in new:
        if one[1] == "ranked":
            kin.setdefault(one[2], []).append(one)
    ours: dict[str, list[Standing]] = {}
    for one in old:
        if one[1] == "ranked":
            ours.setdefault(one[2], []).append(one)

    def partner_of(occurrence_id: str) -> Partner | None:
        mine = before.get(occurrence_id)
        if mine is None or mine[1] != "ranked":
            found = occurrence_id in there
            return Partner(occurrence_id, approximate=False) if found else None
        for other in kin.get(mine[2], ()):
            if _stands(mine[3], other[3]):
                return Partner(other[0], approximate=True, matched_by="place")
        namesake = there.get(occurrence_id)
        if namesake is None:
            return None
        taken = any(_stands(one[3], namesake[3]) for one in ours.get(mine[2], ()))
        # The namesake is another old one that stayed where it was: this one is gone.
        return None if taken else Partner(occurrence_id, approximate=True)

    return partner_of


def partners_by_comparison(
    columns: PartnerColumns, old: Sequence[str], new: Sequence[str]
) -> PartnerOf:
    """Who is whose partner, as a comparison found. old, new: ids by dense number.

    raises: ValueError when the comparison is of other structures.
    """
    if len(columns.partner) != len(old) or columns.new_count != len(new):
        raise ValueError("the comparison is of other structures")
    numbers = {id_: number for number, id_ in enumerate(old)}

    def partner_of(occurrence_id: str) -> Partner | None:
        number = numbers.get(occurrence_id)
        if number is None:
            return None
        partner = int(columns.partner[number])
        if partner < 0:
            return None
        guessed = bool(columns.guessed[number])
        return Partner(new[partner], approximate=guessed, matched_by="compare")

    return partner_of


def _stands(one: Floats, other: Floats) -> bool:
    away = float(np.linalg.norm(one[:3, 3] - other[:3, 3]))
    return away <= _SAME_M and bool(np.abs(one[:3, :3] - other[:3, :3]).max() <= _TURNED)
