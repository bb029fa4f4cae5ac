"""Live rooms under load: ours below ASGI, ours as plain ASGI, and FastAPI's textbook relay.

`make bench ARGS=live`. All in one run, alternating; read the ratios. The loader is Python and
shares the machine, so large rooms are bounded by it before they are bounded by the server.
"""

import asyncio
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import psutil

from holotable.review.roles import Role
from holotable.settings import Settings
from holotable.store import migrate, tables
from holotable.store.database import Database, uuid7
from tests.bench.live_load import Tally, load

ROOT = Path(__file__).resolve().parent.parent.parent
ROUNDS = 3
SECONDS = 4.0


@dataclass(frozen=True)
class Result:
    cpu_percent: float
    p50_ms: float
    p99_ms: float
    poses_per_s: float
    grown_mb: float
    joined_p99_s: float
    tally: Tally


async def prepare(data_dir: Path, rooms: int, people: int) -> list[str]:
    """A database with rooms and tickets; the path of each participant's socket, room by room."""
    settings = Settings(data_dir=data_dir)
    await migrate.upgrade(settings.sqlalchemy_url)
    database = Database(settings.sqlalchemy_url)
    now = datetime.now(UTC)
    paths = []
    async with database.transaction() as transaction:
        owner = tables.Principal(
            id=uuid7(), kind="user", name="Load", is_admin=True, created_at=now
        )
        project = tables.Project(id=uuid7(), name="Load", created_at=now, updated_at=now)
        asset = tables.Asset(
            id=uuid7(), project_id=project.id, name="Load", created_at=now, updated_at=now
        )
        revision = tables.Revision(
            id=uuid7(), project_id=project.id, asset_id=asset.id, ordinal=1, label="A",
            source_name="x", source_sha256="0" * 64, source_bytes=0, created_at=now,
        )  # fmt: skip
        for row in (owner, project, asset, revision):
            transaction.add(row)
            await transaction.flush()
        transaction.add(
            tables.Member(
                project_id=project.id, principal_id=owner.id, role=Role.OWNER, added_at=now
            )
        )
        for number in range(rooms):
            session = tables.Session(
                id=uuid7(), project_id=project.id, revision_id=revision.id, kind="meeting",
                name=f"Room {number}", created_at=now, created_by=owner.id, epoch="bench",
            )  # fmt: skip
            transaction.add(session)
            await transaction.flush()
            for seat in range(people):
                secret = f"ticket-{number}-{seat}"
                transaction.add(
                    tables.Ticket(
                        secret_hash=sha256(secret.encode()).hexdigest(),
                        session_id=session.id,
                        principal_id=owner.id,
                        role=Role.OWNER,
                        device="desktop",
                        expires_at=now + timedelta(hours=1),
                    )
                )
                paths.append(f"/api/v1/sessions/{session.id}/live?ticket={secret}")
    await database.close()
    return paths


@contextmanager
def serving(kind: str, data_dir: Path) -> Iterator[tuple[int, psutil.Process]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.live_server", kind, str(data_dir)],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline()), psutil.Process(process.pid)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def run(kind: str, rooms: int, people: int, *, stuck: int = 0, seconds: float = SECONDS) -> Result:
    """One load against one fresh server."""
    import uvloop

    with tempfile.TemporaryDirectory(prefix="holotable-bench-") as folder:
        data_dir = Path(folder) / "data"
        data_dir.mkdir()
        paths = asyncio.run(prepare(data_dir, rooms, people))
        with serving(kind, data_dir) as (port, process):
            seen: list[tuple[float, int]] = []

            def look() -> None:
                times = process.cpu_times()
                seen.append((times.user + times.system, process.memory_info().rss))

            tally = uvloop.run(
                load(
                    port, paths, coalesced=kind != "textbook", seconds=seconds, stuck=stuck,
                    on_measure=look,
                )
            )  # fmt: skip
    (cpu_before, memory_before), (cpu_after, memory_after) = seen
    joined = sorted(tally.joined_s)
    return Result(
        cpu_percent=100 * (cpu_after - cpu_before) / seconds,
        p50_ms=tally.percentile(0.5),
        p99_ms=tally.percentile(0.99),
        poses_per_s=tally.poses / seconds,
        grown_mb=(memory_after - memory_before) / 1e6,
        joined_p99_s=joined[int(len(joined) * 0.99) - 1],
        tally=tally,
    )


def median(results: list[Result], field: str) -> float:
    return statistics.median(getattr(result, field) for result in results)


NAMES = {
    "lane": "ours, below ASGI",
    "asgi": "ours, plain ASGI",
    "textbook": "FastAPI textbook relay",
}
LOADS = (
    ("30 in one room", 1, 30, ("lane", "asgi", "textbook")),
    ("60 in 6 rooms", 6, 10, ("lane", "asgi", "textbook")),
    ("50 in one room", 1, 50, ("lane", "asgi")),
    ("150 in one room", 1, 150, ("lane", "asgi")),
    ("300 in 30 rooms", 30, 10, ("lane", "asgi")),
)


def measure() -> str:
    """Run everything; the section for docs/BENCHMARKS.md."""
    lines = [
        f"56-byte poses at 20 Hz per person, tick 30 Hz, medians of {ROUNDS} alternating rounds of "
        f"{SECONDS:.0f} s; server and loader share two cores. CPU is of one core, the server's.",
        "",
        "| load | server | CPU % | × ours | p50 ms | p99 ms | poses/s received |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, rooms, people, kinds in LOADS:
        results: dict[str, list[Result]] = {kind: [] for kind in kinds}
        for _ in range(ROUNDS):
            for kind in kinds:
                results[kind].append(run(kind, rooms, people))
        ours = median(results["lane"], "cpu_percent")
        for kind in kinds:
            cpu = median(results[kind], "cpu_percent")
            lines.append(
                f"| {name} | {NAMES[kind]} | {cpu:.1f} | {cpu / max(ours, 0.1):.1f} "
                f"| {median(results[kind], 'p50_ms'):.0f} | {median(results[kind], 'p99_ms'):.0f} "
                f"| {median(results[kind], 'poses_per_s'):,.0f} |"
            )
    lines += ["", *slow_clients(), "", *herd()]
    return "\n".join(lines)


def slow_clients() -> list[str]:
    """80 people of whom 5 stop reading: what the other 75 still receive."""
    lines = [
        "80 in one room, 5 of them stop reading, 6 s:",
        "",
        "| server | the others receive (1 = all) | memory grew by MB |",
        "| --- | ---: | ---: |",
    ]
    for kind in ("lane", "asgi"):
        free = run(kind, 1, 80, seconds=6)
        stuck = run(kind, 1, 80, stuck=5, seconds=6)
        share = (stuck.poses_per_s / 75) / (free.poses_per_s / 80)
        lines.append(f"| {NAMES[kind]} | {share:.2f} | {stuck.grown_mb:+.1f} |")
    return lines


def herd() -> list[str]:
    """500 sockets at once, tickets in hand."""
    results = [run("lane", 50, 10, seconds=1) for _ in range(ROUNDS)]
    joined = median(results, "joined_p99_s")
    return [
        f"500 sockets at once into 50 rooms, ticket check included: 99 % have their hello within "
        f"{joined:.2f} s (median of {ROUNDS})."
    ]


if __name__ == "__main__":
    print(measure())
