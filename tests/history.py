"""Is what everybody saw of a room one history? What was seen comes in, what is wrong comes out.

A room promises an order: operations numbered without gaps, each told to everybody as it is
stored, none lost once acknowledged, none applied twice, all replicas equal. `violations` holds what
every client sent and saw against what the store has in the end.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Change:
    """What a client asked for. value: JSON text, keys sorted. base: number of the operation that
    its key had when the change was made, 0: none; None: whatever it has."""

    cid: str
    cseq: int
    kind: str  # set | clear | chat
    key: str
    value: str
    base: int | None = None


@dataclass(frozen=True)
class Numbered:
    """An operation as it was told or stored."""

    seq: int
    cid: str
    cseq: int
    kind: str
    key: str
    value: str


@dataclass(frozen=True)
class Snapshot:
    """A complete state, as somebody without a past was told it: key -> (number, value)."""

    seq: int
    state: tuple[tuple[str, int, str], ...]


@dataclass
class Seen:
    """One client's life: what it sent, what became of it, what it was told, what it has now."""

    name: str
    sent: list[Change] = field(default_factory=list)
    acknowledged: dict[tuple[str, int], int] = field(default_factory=dict)  # (cid, cseq) -> seq
    refused: set[tuple[str, int]] = field(default_factory=set)
    told: list[Numbered | Snapshot] = field(default_factory=list)  # in the order it was applied
    state: dict[str, tuple[int, str]] = field(default_factory=dict)  # the replica at the end
    waiting: int = 0  # changes that nothing was heard of


def canonical(value: object) -> str:
    """JSON text that is equal for equal values."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def violations(clients: Sequence[Seen], stored: Sequence[Numbered]) -> list[str]:
    """Everything that is wrong, each beginning with the name of its rule; empty: a history."""
    return [
        *_numbers(stored),
        *_origin(clients, stored),
        *_bases(clients, stored),
        *_own_order(stored),
        *(line for client in clients for line in _client(client, stored)),
    ]


def replay(stored: Sequence[Numbered]) -> dict[str, tuple[int, str]]:
    """The state that these operations leave behind."""
    state: dict[str, tuple[int, str]] = {}
    for one in stored:
        _apply(state, one)
    return state


def _apply(state: dict[str, tuple[int, str]], one: Numbered) -> None:
    if one.kind == "set":
        if one.value == "null":
            state.pop(one.key, None)
        else:
            state[one.key] = (one.seq, one.value)
    elif one.kind == "clear":
        for key in [key for key in state if key.startswith(one.key)]:
            del state[key]


def _numbers(stored: Sequence[Numbered]) -> Iterator[str]:
    numbers = [one.seq for one in stored]
    if numbers != list(range(1, len(numbers) + 1)):
        missing = sorted(set(range(1, max(numbers, default=0) + 1)) - set(numbers))
        yield f"gap: the store's numbers are not 1 to {len(numbers)}; missing {missing[:5]}"
    times: dict[tuple[str, int], list[int]] = {}
    for one in stored:
        times.setdefault((one.cid, one.cseq), []).append(one.seq)
    for (cid, cseq), seqs in times.items():
        if len(seqs) > 1:
            yield f"twice: {cid} {cseq} is stored as {seqs}"


def _origin(clients: Sequence[Seen], stored: Sequence[Numbered]) -> Iterator[str]:
    sent = {(change.cid, change.cseq): change for client in clients for change in client.sent}
    refused = {which for client in clients for which in client.refused}
    for one in stored:
        change = sent.get((one.cid, one.cseq))
        if change is None:
            yield f"invented: nobody sent {one}"
        elif (change.kind, change.key, change.value) != (one.kind, one.key, one.value):
            yield f"altered: {change} is stored as {one}"
        if (one.cid, one.cseq) in refused:
            yield f"refused: {one} is stored although its sender was told no"


def _bases(clients: Sequence[Seen], stored: Sequence[Numbered]) -> Iterator[str]:
    bases = {(one.cid, one.cseq): one.base for client in clients for one in client.sent}
    state: dict[str, tuple[int, str]] = {}
    for one in stored:
        base = bases.get((one.cid, one.cseq))
        current = state[one.key][0] if one.key in state else 0
        if base is not None and base != current:
            yield f"base: {one} was made upon {base}, but {current} was there"
        _apply(state, one)


def _own_order(stored: Sequence[Numbered]) -> Iterator[str]:
    """What one client set last is what stays, however often it was sent again."""
    last: dict[tuple[str, str], Numbered] = {}
    for one in stored:
        if one.kind != "set":
            continue
        before = last.get((one.cid, one.key))
        if before is not None and before.cseq > one.cseq:
            yield f"own order: {one} replaces the later {before}"
        last[one.cid, one.key] = one


def _client(client: Seen, stored: Sequence[Numbered]) -> Iterator[str]:
    by_number = {one.seq: one for one in stored}
    for (cid, cseq), seq in client.acknowledged.items():
        one = by_number.get(seq)
        if one is None or (one.cid, one.cseq) != (cid, cseq):
            yield f"lost: {client.name} was told that {cid} {cseq} is {seq}, the store has {one}"
    if client.waiting:
        yield f"undecided: {client.name} never heard of {client.waiting} changes"
    at: int | None = None
    for one in client.told:
        if isinstance(one, Snapshot):
            expected = replay([op for op in stored if op.seq <= one.seq])
            if {key: (seq, value) for key, seq, value in one.state} != expected:
                yield f"snapshot: {client.name} was told another state at {one.seq}"
            if at is not None and one.seq < at:
                yield f"back: {client.name} was at {at} and is told {one.seq}"
        else:
            if at is not None and one.seq != at + 1:
                yield f"order: {client.name} was told {one.seq} after {at}"
            if by_number.get(one.seq) != one:
                yield f"differs: {client.name} was told {one}, stored is {by_number.get(one.seq)}"
        at = one.seq
    if at != (stored[-1].seq if stored else 0):
        yield f"behind: {client.name} ends at {at}"
    if client.state != replay(stored):
        yield f"divergent: {client.name}'s replica is not what the operations leave"


def numbered(message: Any) -> Numbered:  # JSON
    """An `op` message of the wire."""
    return Numbered(
        message["seq"], message["cid"], message["cseq"], message["kind"], message["key"],
        canonical(message["value"]),
    )  # fmt: skip
