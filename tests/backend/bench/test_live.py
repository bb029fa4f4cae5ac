"""`holotable bench live`: a small crowd against the product's own server."""

import json

import pytest

from holotable.bench.live import Load, _percentile, measure
from holotable.cli import main


def test_a_crowd_joins_hears_everybody_is_cut_off_and_comes_back() -> None:
    outcome = measure(Load(participants=8, rooms=2, seconds=1.5))
    assert (outcome.participants, outcome.rooms, outcome.lost) == (8, 2, 0)
    # Three others and oneself, 20 times a second for each of eight; ticks may fall on either side.
    assert 0.5 < outcome.delivered <= 1.2
    assert outcome.operations > 0
    assert 0 <= outcome.p50_ms <= outcome.p99_ms
    assert 0 <= outcome.op_p50_ms <= outcome.op_p99_ms
    assert outcome.join_p99_s > 0
    assert outcome.resume_p99_s > 0
    assert outcome.bytes_per_participant > 0


def test_who_stops_reading_takes_nothing_from_the_others() -> None:
    outcome = measure(Load(participants=5, seconds=1.0, stuck=1))
    assert outcome.lost == 0
    assert outcome.delivered > 0.5


def test_the_last_line_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "live", "--participants", "2", "--seconds", "0.5", "--json"]) == 0
    printed = capsys.readouterr().out.strip().splitlines()
    said = json.loads(printed[-1])
    assert len(printed) == 1
    assert {
        "participants",
        "p50_ms",
        "p99_ms",
        "server_cpu_percent",
        "bytes_per_participant",
    } <= set(said)


@pytest.mark.parametrize(
    "wrong", [["--participants", "2", "--rooms", "3"], ["--stuck", "50"], ["--hz", "0"]]
)
def test_what_cannot_be_measured_is_refused_with_its_reason(
    wrong: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", "live", *wrong]) == 1
    assert json.loads(capsys.readouterr().out)["code"] == "invalid"


def test_a_percentile_of_nothing_is_no_time() -> None:
    assert _percentile([], 0.99) == -1.0
    assert _percentile([3.0, 1.0, 2.0], 0.5) == 2.0
