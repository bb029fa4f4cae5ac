"""Colour and shape of a participant: no two people alike up to 48 (UX §3.2: 8 colours, 6 shapes).

Colour alone cannot tell eight people apart for everybody, so every mark repeats it as a shape.
"""

from typing import Final

COLOURS: Final = 8
SHAPES: Final = 6
_PAIRS: Final = COLOURS * SHAPES


def pair_of(number: int) -> tuple[int, int]:
    """The n-th pair: the first eight differ in colour, and neighbours differ in shape too."""
    number %= _PAIRS
    colour = number % COLOURS
    return colour, (number // COLOURS + colour) % SHAPES


class Colours:
    """Who wears which pair in one room; devices of one principal share theirs."""

    def __init__(self) -> None:
        self._worn: dict[str, int] = {}  # principal id -> number of the pair
        self._before: dict[str, int] = {}  # what those who left wore

    def take(self, principal_id: str) -> tuple[int, int]:
        """The pair of this principal: the one they wear or wore, else the first nobody wears."""
        number = self._worn.get(principal_id)
        if number is None:
            taken = set(self._worn.values())
            number = self._before.pop(principal_id, None)
            if number is None or number in taken:
                remembered = set(self._before.values())
                number = _first_free(taken | remembered)
                if number is None:
                    number = _first_free(taken)
            if number is None:  # more than 48 people: start over
                number = len(self._worn) % _PAIRS
            self._worn[principal_id] = number
        return pair_of(number)

    def release(self, principal_id: str) -> None:
        """They left; the pair is given to somebody new only when no other is free."""
        number = self._worn.pop(principal_id, None)
        if number is not None:
            self._before[principal_id] = number
            while len(self._before) > _PAIRS:
                del self._before[next(iter(self._before))]


def _first_free(taken: set[int]) -> int | None:
    return next((number for number in range(_PAIRS) if number not in taken), None)
