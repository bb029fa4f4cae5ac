"""Limits in memory: how often one address or account may try a secret.

Per process on purpose: what they protect (argon2 passwords, 256-bit secrets, six-digit codes that
expire) stays safe when an attacker gets one allowance per web process.
"""

import ipaddress
import math
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from holotable.errors import HolotableError, TooMany

MAX_KEYS: Final = 10_000  # about 2 MB; beyond it the key used longest ago is forgotten


class Buckets:
    """One bucket of `burst` attempts per key, refilled at `per_minute`."""

    def __init__(self, burst: int, per_minute: float, monotonic_s: Callable[[], float]) -> None:
        self._burst = float(burst)
        self._per_second = per_minute / 60.0
        self._monotonic_s = monotonic_s
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # left, as of when

    def take(self, key: str) -> None:
        """Use one attempt of this key; TooMany, with `retry_after_s`, when none is left."""
        now = self._monotonic_s()
        left, since = self._buckets.pop(key, (self._burst, now))
        left = min(self._burst, left + (now - since) * self._per_second)
        allowed = left >= 1.0
        self._buckets[key] = (left - 1.0 if allowed else left, now)
        if len(self._buckets) > MAX_KEYS:
            self._buckets.popitem(last=False)
        if not allowed:
            raise TooMany(retry_after_s=max(1, round((1.0 - left) / self._per_second)))


class Failures:
    """At most so many failed attempts per key within any `window_s`; what succeeds is not counted.

    A classroom behind one address may type the right code thirty times in a minute, and nobody may
    guess more than ten times. An attempt counts from its beginning, so that many at once are not
    each waved through before the first has failed.
    """

    def __init__(self, most: int, window_s: float, monotonic_s: Callable[[], float]) -> None:
        self._most = most
        self._window_s = window_s
        self._monotonic_s = monotonic_s
        self._since: OrderedDict[str, list[float]] = OrderedDict()  # per key, oldest first

    def begin(self, key: str) -> float:
        """Count an attempt; TooMany, with `retry_after_s`, when there were too many failures."""
        now = self._monotonic_s()
        times = [one for one in self._since.pop(key, []) if now - one < self._window_s]
        if allowed := len(times) < self._most:
            times.append(now)
        self._since[key] = times
        if len(self._since) > MAX_KEYS:
            self._since.popitem(last=False)
        if not allowed:
            wait_s = self._window_s - (now - times[0])
            raise TooMany(retry_after_s=max(1, math.ceil(wait_s)))
        return now

    def forgive(self, key: str, begun: float) -> None:
        """Take an attempt back: it did not fail."""
        times = self._since.get(key, [])
        if begun in times:
            times.remove(begun)


@contextmanager
def guarded(
    counted: Sequence[tuple[Failures, str]], failure: type[HolotableError]
) -> Iterator[None]:
    """One attempt at a secret, counted under each key unless it ends in anything but `failure`."""
    begun: list[tuple[Failures, str, float]] = []
    failed = False
    try:
        for failures, key in counted:
            begun.append((failures, key, failures.begin(key)))
        yield
    except failure:
        failed = True
        raise
    finally:
        if not failed:
            for failures, key, at in begun:
                failures.forgive(key, at)


@dataclass(frozen=True, slots=True)
class RateLimits:
    """Every limited door."""

    login_address: Buckets
    login_account: Buckets
    join_guesses: Failures  # six-digit session codes: wrong ones, by address and by account
    share_address: Buckets  # share links and their passwords
    setup_address: Buckets  # the setup key
    pairing_address: Buckets  # headsets that ask for a code to show
    pairing_poll: Buckets  # one headset asking what became of its code
    pairing_poll_address: Buckets  # all of one address
    pairing_guesses: Failures  # headsets' codes typed wrongly, by address and by account
    voice_speaker: Buckets  # pieces of a voice for a recording


def default_rate_limits(monotonic_s: Callable[[], float]) -> RateLimits:
    """A person never meets these; a guesser of a six-digit code needs weeks for an even chance.

    Ten wrong codes in a minute (UX.md, statement 57) are ten in any sixty seconds.
    """
    return RateLimits(
        login_address=Buckets(30, 20, monotonic_s),
        login_account=Buckets(10, 5, monotonic_s),
        join_guesses=Failures(10, 60.0, monotonic_s),
        share_address=Buckets(60, 30, monotonic_s),
        setup_address=Buckets(20, 10, monotonic_s),
        pairing_address=Buckets(60, 20, monotonic_s),  # a classroom behind one address
        pairing_poll=Buckets(5, 60, monotonic_s),  # asked for is one in two seconds
        pairing_poll_address=Buckets(240, 1200, monotonic_s),
        pairing_guesses=Failures(10, 60.0, monotonic_s),
        voice_speaker=Buckets(240, 120, monotonic_s),  # ten a minute, and twenty kept offline
    )


def address_key(address: str) -> str:
    """An address as one customer of a limit: a whole /64 for IPv6, where one host has them all."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return address
