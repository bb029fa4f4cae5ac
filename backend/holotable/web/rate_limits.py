"""Token buckets in memory: how often one address or account may try a secret.

Per process on purpose: what they protect (argon2 passwords, 256-bit secrets, six-digit codes that
expire) stays safe when an attacker gets one allowance per web process.
"""

import ipaddress
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from holotable.errors import TooMany

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


@dataclass(frozen=True, slots=True)
class RateLimits:
    """Every limited door."""

    login_address: Buckets
    login_account: Buckets
    join_address: Buckets  # six-digit session codes
    share_address: Buckets  # share links and their passwords
    setup_address: Buckets  # the setup key
    voice_speaker: Buckets  # pieces of a voice for a recording


def default_rate_limits(monotonic_s: Callable[[], float]) -> RateLimits:
    """A person never meets these; a guesser of a six-digit code needs weeks for an even chance."""
    return RateLimits(
        login_address=Buckets(30, 20, monotonic_s),
        login_account=Buckets(10, 5, monotonic_s),
        join_address=Buckets(30, 10, monotonic_s),
        share_address=Buckets(60, 30, monotonic_s),
        setup_address=Buckets(20, 10, monotonic_s),
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
