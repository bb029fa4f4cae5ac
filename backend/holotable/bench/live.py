"""How many people this machine carries in live rooms: the product's own server under load.

A server of its own (`holotable serve`, SQLite, loopback) gets rooms and tickets, then processes of
participants (`crowd.py`) join, send poses, chat, are cut off and come back. With more than one
processor the server has one of them to itself, and the crowd the others.
"""

import asyncio
import contextlib
import dataclasses
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

from holotable.bench.crowd import Account, Order
from holotable.errors import Unavailable
from holotable.review.roles import Role
from holotable.rooms.relevance import CROWDED, rest_hz
from holotable.settings import Settings
from holotable.store import migrate, tables
from holotable.store.database import Database, uuid7

WARM_UP_S: Final = 2.0
START_CEILING_S: Final = 60.0
TICK_HZ: Final = 30.0  # of the server's rooms, by default
SEATS_PER_PROCESS: Final = 400


@dataclass(frozen=True, slots=True)
class Load:
    """What is asked of the server.

    hz: poses per second and participant.  rooms: over which the participants are spread evenly.
    ops_hz: operations per second and room.  stuck: participants who stop reading.
    """

    participants: int
    hz: float = 20.0
    rooms: int = 1
    seconds: float = 10.0
    ops_hz: float = 2.0
    stuck: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it. Latencies are one way, from the sender's clock to the receiver's.

    bytes_per_participant: received per second.  server_memory_mb: resident, at the end.
    grown_mb: since the measured window began.  crowd_late_ms: how far the crowd itself fell behind;
    above some 20 the numbers are the crowd's, not the server's.
    """

    participants: int
    rooms: int
    hz: float
    seconds: float
    p50_ms: float
    p99_ms: float
    op_p50_ms: float
    op_p99_ms: float
    operations: int
    server_cpu_percent: float
    server_memory_mb: float
    grown_mb: float
    bytes_per_participant: float
    poses_per_s: float
    delivered: float  # share of the poses that everybody was to see (rooms/SPEC.md P1, P4)
    join_p99_s: float
    resume_p99_s: float
    join_cpu_s: float  # of the server, for everybody's first hello
    resume_cpu_s: float  # for everybody's parting and coming back
    lost: int
    crowd_cpu_percent: float
    crowd_late_ms: float


def measure(load: Load) -> Outcome:
    """Run one load against a fresh server. @raises Unavailable: it does not start, or ends."""
    with tempfile.TemporaryDirectory(prefix="holotable-bench-") as folder:
        data_dir = Path(folder)
        seats = asyncio.run(prepare(data_dir, load))
        with serving(data_dir) as (port, process):
            return measure_server(load, seats, port, process)


async def prepare(data_dir: Path, load: Load) -> list[tuple[str, str, bool]]:
    """A database with rooms, people and two tickets for each: the seats of `Order`."""
    settings = Settings(data_dir=data_dir)
    await migrate.upgrade(settings.sqlalchemy_url)
    database = Database(settings.sqlalchemy_url)
    now = datetime.now(UTC)
    until = now + timedelta(hours=6)
    seats: list[tuple[str, str, bool]] = []
    async with database.transaction() as transaction:
        project = tables.Project(id=uuid7(), name="Load", created_at=now, updated_at=now)
        asset = tables.Asset(
            id=uuid7(), project_id=project.id, name="Load", created_at=now, updated_at=now
        )
        revision = tables.Revision(
            id=uuid7(),
            project_id=project.id,
            asset_id=asset.id,
            ordinal=1,
            label="A",
            source_name="load",
            source_sha256="0" * 64,
            source_bytes=0,
            created_at=now,
        )
        people = [
            tables.Principal(id=uuid7(), kind="user", name=f"Person {n}", created_at=now)
            for n in range(load.participants)
        ]
        for rows in ([project], [asset], [revision], people):
            transaction.add_all(rows)
            await transaction.flush()
        transaction.add_all(
            tables.Member(
                project_id=project.id, principal_id=person.id, role=Role.EDITOR, added_at=now
            )
            for person in people
        )
        rooms = [
            tables.Session(
                id=uuid7(),
                project_id=project.id,
                revision_id=revision.id,
                kind="meeting",
                name=f"Room {number}",
                created_at=now,
                created_by=people[number].id,
                epoch="bench",
            )
            for number in range(load.rooms)
        ]
        transaction.add_all(rooms)
        await transaction.flush()
        for number, person in enumerate(people):
            room = rooms[number % len(rooms)]
            paths = []
            for time_in in (1, 2):
                secret = f"bench-{number}-{time_in}"
                transaction.add(
                    tables.Ticket(
                        secret_hash=sha256(secret.encode()).hexdigest(),
                        session_id=room.id,
                        principal_id=person.id,
                        role=Role.EDITOR,
                        device="desktop",
                        expires_at=until,
                    )
                )
                paths.append(f"/api/v1/sessions/{room.id}/live?ticket={secret}")
            seats.append((paths[0], paths[1], number < len(rooms)))
    await database.close()
    return seats


@contextlib.contextmanager
def serving(data_dir: Path) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """The product's server on a free port, on a processor of its own where there are two."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("HOLOTABLE_")
    } | {
        "HOLOTABLE_DATA_DIR": str(data_dir),
        "HOLOTABLE_LOAD_SAMPLE": "0",
        "HOLOTABLE_EMBEDDED_WORKER": "0",
    }
    log_path = data_dir / "server.log"
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "holotable",
                "serve",
                "--host",
                "127.0.0.1",
                "--port",
                str(port),
            ],
            env=environment,
            cwd=data_dir,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        alone(process.pid)
        _wait_until_it_answers(port, process, log_path)
        yield port, process
    finally:
        process.kill()
        process.wait()


def _wait_until_it_answers(port: int, process: subprocess.Popen[bytes], log_path: Path) -> None:
    deadline = time.monotonic() + START_CEILING_S
    while time.monotonic() < deadline and process.poll() is None:
        with (
            contextlib.suppress(OSError, urllib.error.URLError),
            urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/healthz", timeout=2),
        ):
            return
        time.sleep(0.05)
    tail = log_path.read_text(errors="replace")[-2_000:]
    raise Unavailable(f"The server under test did not start: {tail}")


def measure_server(
    load: Load,
    seats: Sequence[tuple[str, str, bool]],
    port: int,
    process: subprocess.Popen[bytes],
    crowd_module: Sequence[str] = ("holotable.bench.crowd",),
    *,
    relevance: bool = True,
) -> Outcome:
    """Run one load against a server that listens already.

    crowd_module: what speaks to it, as `python -m` takes it, with its arguments.
    relevance: whether it sends those of a crowd in turn, as ours does (rooms/relevance.py).
    """
    elsewhere = _processors()[:-1] or _processors()
    count = max(1, min(len(elsewhere) * 2, -(-len(seats) // SEATS_PER_PROCESS)))
    orders = [
        Order(
            port,
            list(seats[number::count]),
            load.hz,
            load.ops_hz,
            len(range(number, load.stuck, count)),
        )
        for number in range(count)
    ]
    with contextlib.ExitStack() as stack:
        cpu_started = _cpu_s(process.pid)
        crowds = [stack.enter_context(_crowd(order, elsewhere, crowd_module)) for order in orders]
        for crowd in crowds:
            _expect(crowd, "joined", process)
        cpu_joined = _cpu_s(process.pid)
        begin = time.monotonic_ns() + round(WARM_UP_S * 1e9)
        end = begin + round(load.seconds * 1e9)
        _tell(crowds, f"{begin} {end}")
        time.sleep(max(0.0, (begin - time.monotonic_ns()) / 1e9))
        cpu_before, memory_before = _cpu_s(process.pid), _resident_mb(process.pid)
        time.sleep(max(0.0, (end - time.monotonic_ns()) / 1e9))
        cpu_after, memory_after = _cpu_s(process.pid), _resident_mb(process.pid)
        for crowd in crowds:
            _expect(crowd, "measured", process)
        # Everybody is cut off and comes back at once, with what they knew.
        cpu_parted = _cpu_s(process.pid)
        _tell(crowds, "back")
        accounts = [Account(**json.loads(_line(crowd, process))) for crowd in crowds]
        cpu_back = _cpu_s(process.pid)
    whole = _sum(accounts)
    readers = load.participants - load.stuck
    in_room = load.participants / load.rooms
    # In a crowd those count who come in turn; who stands near comes more often, beside that.
    crowded = relevance and in_room > CROWDED
    wanted = readers * in_room * (rest_hz(TICK_HZ, round(in_room)) if crowded else load.hz)
    came = whole.in_turn if crowded else whole.poses
    return Outcome(
        participants=load.participants,
        rooms=load.rooms,
        hz=load.hz,
        seconds=load.seconds,
        p50_ms=_percentile(whole.latencies_ms, 0.5),
        p99_ms=_percentile(whole.latencies_ms, 0.99),
        op_p50_ms=_percentile(whole.operations_ms, 0.5),
        op_p99_ms=_percentile(whole.operations_ms, 0.99),
        operations=len(whole.operations_ms),
        server_cpu_percent=round(100 * (cpu_after - cpu_before) / load.seconds, 1),
        server_memory_mb=round(memory_after, 1),
        grown_mb=round(memory_after - memory_before, 1),
        bytes_per_participant=round(whole.received_bytes / load.seconds / max(1, readers)),
        poses_per_s=round(whole.poses / load.seconds),
        delivered=round(came / load.seconds / wanted, 3),
        join_p99_s=_percentile(whole.joined_s, 0.99, 3),
        resume_p99_s=_percentile(whole.resumed_s, 0.99, 3),
        join_cpu_s=round(cpu_joined - cpu_started, 2),
        resume_cpu_s=round(cpu_back - cpu_parted, 2),
        lost=whole.lost,
        crowd_cpu_percent=round(100 * max(one.cpu_s for one in accounts) / load.seconds, 1),
        crowd_late_ms=round(max(one.late_ms for one in accounts), 1),
    )


def _sum(accounts: Sequence[Account]) -> Account:
    whole = Account()
    for account in accounts:
        for field in dataclasses.fields(Account):
            setattr(whole, field.name, getattr(whole, field.name) + getattr(account, field.name))
    return whole


def _percentile(values: Sequence[float], share: float, digits: int = 1) -> float:
    """Of no values: NaN would be no JSON, so -1, which no time is."""
    ordered = sorted(values)
    if not ordered:
        return -1.0
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], digits)


@contextlib.contextmanager
def _crowd(
    order: Order, processors: Sequence[int], module: Sequence[str]
) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", *module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        _keep_to(process.pid, processors)
        _tell([process], json.dumps(dataclasses.asdict(order)))
        yield process
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


def _tell(crowds: Sequence[subprocess.Popen[str]], line: str) -> None:
    for crowd in crowds:
        assert crowd.stdin is not None, "opened as a pipe"
        with contextlib.suppress(BrokenPipeError):  # why it ended is found out when it is heard
            crowd.stdin.write(line + "\n")
            crowd.stdin.flush()


def _line(crowd: subprocess.Popen[str], server: subprocess.Popen[bytes]) -> str:
    assert crowd.stdout is not None, "opened as a pipe"
    line = crowd.stdout.readline()
    if not line:
        ended = "" if server.poll() is None else f"; the server ended with {server.returncode}"
        raise Unavailable(f"The crowd gave up; its reason stands above{ended}.")
    return line


def _expect(crowd: subprocess.Popen[str], word: str, server: subprocess.Popen[bytes]) -> None:
    said = _line(crowd, server).strip()
    if said != word:
        raise Unavailable(f"The crowd said {said[:200]!r} instead of {word!r}.")


# What only Linux tells ---------------------------------------------------------------------------


def _processors() -> list[int]:
    """Processors this process may use; elsewhere than on Linux one that is not asked for."""
    affinity = getattr(os, "sched_getaffinity", None)
    return sorted(affinity(0)) if affinity else [0]


def alone(pid: int) -> None:
    """Keep a server to a processor of its own, where there are two."""
    _keep_to(pid, _processors()[-1:])


def _keep_to(pid: int, processors: Sequence[int]) -> None:
    if hasattr(os, "sched_setaffinity") and len(_processors()) > 1:
        os.sched_setaffinity(pid, processors)


def _cpu_s(pid: int) -> float:
    """Processor time of a process so far, seconds (proc(5), fields 14 and 15 of stat)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident_mb(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
