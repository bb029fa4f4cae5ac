"""When rooms tick: at an even rate, or more slowly where a round of ticks takes long. Pure."""

from typing import Final

LONGEST_REST_S: Final = 0.1  # ten rounds a second are the least


class Metronome:
    """Times of rounds, in seconds of any monotonic clock."""

    def __init__(self, period_s: float, now: float) -> None:
        self._period_s = period_s
        self._due = now

    def wait_s(self, began: float, now: float) -> float:
        """How long to wait after a round of ticks that began then and is over now.

        At least as long as the round took, so that half of the time is left for those who send;
        after a stall the rounds go on from now, without catching up.
        """
        rest_s = min(now - began, LONGEST_REST_S)
        self._due = max(self._due + self._period_s, now + rest_s)
        return self._due - now
