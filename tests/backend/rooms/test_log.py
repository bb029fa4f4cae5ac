from live_builders import AT

from holotable.rooms import log as log_module
from holotable.rooms.effects import Past
from holotable.rooms.log import LOG_WINDOW, Log
from holotable.rooms.protocol import Author, Op


def op(seq: int, *, cid: str = "client-one", key: str = "explode", value: object = None) -> Op:
    return Op(
        t="op", seq=seq, kind="set", key=key, value=value,  # type: ignore[typeddict-item]  # JSON
        by=Author(principal_id="anna", name="Anna", slot=None), at=AT, cid=cid, cseq=seq,
    )  # fmt: skip


def test_the_window_keeps_the_newest_and_remembers_whose_the_others_were() -> None:
    log = Log(Past(epoch="e1"))
    for seq in range(1, LOG_WINDOW + 6):
        log.append(op(seq))
    assert log.since(4) is None
    assert [o["seq"] for o in log.since(LOG_WINDOW + 3) or []] == [LOG_WINDOW + 4, LOG_WINDOW + 5]
    assert log.find("client-one", 5) is None
    assert log.may_be_older("client-one", 5)
    assert not log.may_be_older("client-one", 6)
    assert log.find("client-one", 6) == op(6)
    assert log.owner_of("client-one") == "anna"


def test_the_window_is_bounded_in_bytes_too() -> None:
    log = Log(Past(epoch="e1"))
    large = "x" * 60_000
    for seq in range(1, 300):
        log.append(op(seq, value=large))
    kept = log_module.LOG_WINDOW_BYTES // 60_002
    assert log.since(299 - kept) is not None
    assert log.since(299 - kept - 1) is None


def test_a_log_without_operations_resumes_from_its_number_only() -> None:
    log = Log(Past(epoch="e1", seq=7))
    assert log.since(7) == []
    assert log.since(6) is None
    assert log.since(8) is None
