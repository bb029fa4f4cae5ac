"""How large a shared tree becomes when every use is counted, before anything is expanded.

Forty objects that each place the one before twice are 1 kB of 3MF and 2^38 parts.
"""

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

from holotable.errors import DamagedFile

Key = TypeVar("Key", bound=Hashable)


def expanded_count(
    roots: Iterable[Key],
    uses: Callable[[Key], Iterable[Key]],
    own: Callable[[Key], int],
) -> int:
    """Sum of `own` over everything below the roots, each use counted.

    raises: DamagedFile when something contains itself.
    """
    totals: dict[Key, int] = {}
    open_: set[Key] = set()
    waiting = list(roots)
    starts = list(waiting)
    while waiting:
        key = waiting[-1]
        if key in totals:
            waiting.pop()
            continue
        below = list(uses(key))
        unknown = [child for child in below if child not in totals]
        if not unknown:
            totals[key] = own(key) + sum(totals[child] for child in below)
            open_.discard(key)
            waiting.pop()
            continue
        if key in open_ or any(child in open_ for child in unknown):
            raise DamagedFile("An object of the file contains itself.")
        open_.add(key)
        waiting.extend(unknown)
    return sum(totals[start] for start in starts)
