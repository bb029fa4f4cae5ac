"""Token buckets: a burst, then a trickle, per key, forgetting the oldest."""

import pytest

from holotable.errors import NotFound, TooMany
from holotable.web.rate_limits import MAX_KEYS, Buckets, Failures, address_key, guarded


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


def guesses(failures: Failures, key: str, error: type[Exception] | None = NotFound) -> str:
    try:
        with guarded([(failures, key)], NotFound):
            if error is not None:
                raise error
    except TooMany:
        return "throttled"
    except Exception as raised:
        return type(raised).__name__
    return "right"


def test_ten_failures_in_any_minute_and_not_one_more() -> None:
    seconds = Seconds()
    failures = Failures(10, 60.0, seconds)
    for _ in range(10):
        assert guesses(failures, "a") == "NotFound"
        seconds.now += 3.0
    assert guesses(failures, "a", None) == "throttled"
    assert guesses(failures, "b") == "NotFound"
    seconds.now += 30.0  # the first was a minute ago
    assert [guesses(failures, "a"), guesses(failures, "a")] == ["NotFound", "throttled"]


def test_only_what_failed_in_this_way_counts() -> None:
    failures = Failures(2, 60.0, Seconds())
    assert [guesses(failures, "a", None) for _ in range(5)] == ["right"] * 5
    assert [guesses(failures, "a", ValueError) for _ in range(5)] == ["ValueError"] * 5
    assert [guesses(failures, "a") for _ in range(3)] == ["NotFound", "NotFound", "throttled"]


def test_many_attempts_at_once_count_from_their_beginning() -> None:
    failures = Failures(2, 60.0, Seconds())
    failures.begin("a")
    begun = failures.begin("a")
    with pytest.raises(TooMany) as refused:
        failures.begin("a")
    assert refused.value.facts == {"retry_after_s": 60}
    failures.forgive("a", begun)
    failures.begin("a")


def test_a_throttled_key_costs_the_other_nothing() -> None:
    address, account = Failures(9, 60.0, Seconds()), Failures(1, 60.0, Seconds())
    account.begin("ben")
    for _ in range(20):
        with pytest.raises(TooMany), guarded([(address, "x"), (account, "ben")], NotFound):
            raise AssertionError("not reached")
    address.begin("x")


def test_the_memory_of_failures_is_bounded() -> None:
    failures = Failures(1, 60.0, Seconds())
    failures.begin("first")
    for number in range(MAX_KEYS):
        failures.begin(str(number))
    failures.begin("first")
