"""Stable ids of occurrences: the path of product and occurrence names from the root.

The obvious thing, the reader's label entry or the file's NAUO number, shifts with every export
that adds a part before this one; comments, compare and PLM references would then point elsewhere.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from holotable.review.scene import Floats, Identity, occurrence_id

# Names that a program made up: Open CASCADE's label links, NAUO counters, bare numbers.
_AUTOMATIC: Final = re.compile(r"\s*(?:=>\[[0-9:]*\]|NAUO[-_ ]?\d*|[\d:.\-_]*)\s*")
_COUNTER: Final = re.compile(r"[\s_.:\-]*[<(\[]?\d+[>)\]]?\s*")
_PLACEMENT_DIGITS: Final = 4  # of the file's unit as read (mm): far above export noise


@dataclass(frozen=True, slots=True)
class Sibling:
    """What is known of one child before its siblings are told apart.

    transform: (4, 4) relative to the parent; only its order among equals matters.
    """

    product: str
    occurrence: str
    transform: Floats


def is_automatic(name: str) -> bool:
    """Whether a program made this name up, so that the next export may change it."""
    return _AUTOMATIC.fullmatch(name) is not None


def shown_name(product: str, occurrence: str) -> str:
    """What a tree shows for an occurrence: its own name if that says more than the product's.

    `nut_1` of the product `nut` says no more than `nut`; `V-17` of `Gate valve DN50` does.
    """
    if is_automatic(occurrence):
        return product
    if occurrence.startswith(product) and _COUNTER.fullmatch(occurrence[len(product) :]):
        return product
    return occurrence


def sibling_steps(siblings: Sequence[Sibling]) -> list[tuple[str, Identity]]:
    """The path step of each child of one parent and whether names alone told it apart.

    Equals (same product, same or no occurrence name) are ranked by placement, not by their order
    in the file: a re-export may shuffle that order and keeps the placements.
    """
    groups: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for index, sibling in enumerate(siblings):
        occurrence = sibling.occurrence
        if is_automatic(occurrence) or occurrence == sibling.product:
            occurrence = ""
        groups[sibling.product, occurrence].append(index)
    steps: list[tuple[str, Identity]] = [("", "named")] * len(siblings)
    for (product, occurrence), members in groups.items():
        if len(members) == 1:
            steps[members[0]] = (f"{product}\x1e{occurrence}", "named")
            continue
        members.sort(key=lambda index: _placement_key(siblings[index].transform))
        for rank, index in enumerate(members):
            steps[index] = (f"{product}\x1e{occurrence}\x1e{rank}", "ranked")
    return steps


def weaker(parent: Identity, own: Identity) -> Identity:
    """The identity of a path is that of its weakest step."""
    return "ranked" if "ranked" in (parent, own) else own


def path_id(steps: tuple[str, ...]) -> UUID:
    """The id of the occurrence whose path from the root is `steps`."""
    return occurrence_id(steps)


def _placement_key(transform: Floats) -> tuple[float, ...]:
    # + 0.0 turns -0.0 into 0.0; translation first, it separates almost all repeated fasteners.
    translation = (transform[:3, 3].round(_PLACEMENT_DIGITS) + 0.0).tolist()
    rotation = (transform[:3, :3].round(_PLACEMENT_DIGITS) + 0.0).ravel().tolist()
    return (*translation, *rotation)
