"""Token buckets: a burst, then a trickle, per key, forgetting the oldest."""

import pytest

from holotable.errors import TooMany
from holotable.web.rate_limits import MAX_KEYS, Buckets, address_key


class Seconds:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def allowed(buckets: Buckets, key: str) -> bool:
    try:
        buckets.take(key)
    except TooMany:
        return False
    return True


def test_a_burst_is_allowed_and_then_one_attempt_per_refill() -> None:
    seconds = Seconds()
    buckets = Buckets(3, 6, seconds)  # one every ten seconds
    assert [allowed(buckets, "a") for _ in range(4)] == [True, True, True, False]
    assert allowed(buckets, "b")
    seconds.now += 9.0
    assert not allowed(buckets, "a")
    seconds.now += 1.0
    assert [allowed(buckets, "a"), allowed(buckets, "a")] == [True, False]


def test_the_refusal_says_when_to_come_back() -> None:
    buckets = Buckets(1, 6, Seconds())
    buckets.take("a")
    with pytest.raises(TooMany) as refused:
        buckets.take("a")
    assert refused.value.facts == {"retry_after_s": 10}


def test_a_rest_never_saves_up_more_than_the_burst() -> None:
    seconds = Seconds()
    buckets = Buckets(2, 60, seconds)
    buckets.take("a")
    seconds.now += 3600
    assert [allowed(buckets, "a") for _ in range(3)] == [True, True, False]


def test_memory_is_bounded_by_forgetting_the_key_used_longest_ago() -> None:
    buckets = Buckets(1, 1, Seconds())
    buckets.take("first")
    for number in range(MAX_KEYS):
        buckets.take(str(number))
    assert allowed(buckets, "first")


def test_one_host_is_one_key_even_with_a_whole_ipv6_network() -> None:
    assert address_key("2001:db8:1:2::1") == address_key("2001:db8:1:2:ffff::9")
    assert address_key("2001:db8:1:2::1") != address_key("2001:db8:1:3::1")
    assert address_key("::ffff:192.0.2.1") == address_key("192.0.2.1") == "192.0.2.1"
    assert address_key("not an address") == "not an address"
