"""Our live rooms beside y-websocket, Hocuspocus and Colyseus: `make bench-live`.

All in one run on one machine, alternating, each server with a processor of its own and the same
crowd against it (`holotable.bench.crowd`, `peer_crowd.py`): 20 poses a second and person, two
operations a second and room. Ours stores every operation before it sends it; the peers store
nothing. HOLOTABLE_BENCH_SECONDS: length of each measured window, 6 by default.
"""

import contextlib
import json
import os
import shutil
import statistics
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from holotable.bench import live as ours_live
from holotable.bench.live import Load, Outcome, alone, measure_server
from holotable.errors import Unavailable

HERE: Final = Path(__file__).resolve().parent / "peers"
SECONDS: Final = float(os.environ.get("HOLOTABLE_BENCH_SECONDS", "6"))
OURS: Final = "holotable"
SERVERS: Final = (OURS, "y-websocket", "hocuspocus", "colyseus")
P99_MS: Final = 100.0
DELIVERED: Final = 0.8  # servers that gather poses leave out what is newer by the next tick
CROWD_LATE_MS: Final = 50.0  # beyond it the crowd was the bottleneck, not the server
ROUNDS: Final = 3
ONE_ROOM: Final = {
    OURS: (500, 1_000, 1_500, 2_000),
    "y-websocket": (40, 80, 100, 120, 150),
    "hocuspocus": (30, 50, 65, 80, 100),
    "colyseus": (80, 120, 160, 220, 300, 400),
}
ROOMS_OF_TEN: Final = {
    OURS: (1_500, 2_000, 2_500, 3_000),
    "y-websocket": (200, 300, 450, 600, 800),
    "hocuspocus": (100, 160, 250, 350),
    "colyseus": (300, 450, 600, 800, 1_100, 1_400),
}


def install() -> None:
    """The peers at the versions of their lock, once."""
    if not (HERE / "node_modules").exists():
        npm = shutil.which("npm")
        if npm is None:
            raise Unavailable("The peers need npm.")
        # Not `npm ci`: it refuses where a registry lacks binaries of other platforms that the lock names.
        arguments = [npm, "install", "--no-save", "--no-audit", "--no-fund"]
        subprocess.run(arguments, cwd=HERE, check=True)


@contextlib.contextmanager
def serving(
    kind: str, load: Load
) -> Iterator[tuple[int, list[tuple[str, str, bool]], subprocess.Popen[bytes]]]:
    """A peer on a free port with a processor of its own, and the seats in it."""
    process = subprocess.Popen(
        ["node", "server.mjs", kind, str(load.participants), str(load.rooms)],
        cwd=HERE, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        env=os.environ | {"NODE_ENV": "production"},
    )  # fmt: skip
    try:
        alone(process.pid)
        assert process.stdout is not None, "opened as a pipe"
        line = process.stdout.readline()
        if not line:
            raise Unavailable(f"{kind} did not start.")
        said = json.loads(line)
        paths = said["paths"] or [
            f"/room-{seat % load.rooms}?{time_in}"
            for time_in in (1, 2)
            for seat in range(load.participants)
        ]
        seats = [
            (paths[seat], paths[load.participants + seat], seat < load.rooms)
            for seat in range(load.participants)
        ]
        yield said["port"], seats, process
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def run(kind: str, load: Load) -> Outcome:
    """One load against one fresh server."""
    if kind == OURS:
        return ours_live.measure(load)
    with serving(kind, load) as (port, seats, process):
        module = ("tests.bench.peer_crowd", kind)
        return measure_server(load, seats, port, process, module, relevance=False)


def holds(outcome: Outcome) -> bool:
    return outcome.p99_ms < P99_MS and outcome.delivered >= DELIVERED and outcome.lost == 0


def largest(kind: str, *, of_ten: bool) -> tuple[Outcome | None, str]:
    """The largest number of people that a server held, and what came next."""
    best: Outcome | None = None
    for people in (ROOMS_OF_TEN if of_ten else ONE_ROOM)[kind]:
        load = Load(people, rooms=people // 10 if of_ten else 1, seconds=SECONDS)
        try:
            outcome = run(kind, load)
        except (Unavailable, TimeoutError) as failure:
            return best, f"{people:,}: {str(failure)[:40]}"
        if not holds(outcome):
            late = ", crowd late" if outcome.crowd_late_ms > CROWD_LATE_MS else ""
            return best, f"{people:,}: p99 {outcome.p99_ms:,.0f} ms, {outcome.delivered:.0%}{late}"
        best = outcome
    return best, "not tried further"


def knees(title: str, *, of_ten: bool) -> list[str]:
    """How many people each server holds, beside ours."""
    lines = [
        f"**{title}**: the most people of a few steps tried at p99 < {P99_MS:.0f} ms, "
        f"{DELIVERED:.0%} delivered and nobody lost, one core."
        + (
            ""
            if of_ten
            else " Above 100 people ours sends those far away in turn (rooms/SPEC.md P1)."
        ),
        "",
        "| server | people | ours / theirs | p99 ms | op p99 ms | CPU % | MB | kB/s each | next |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |",
    ]
    ours = 0
    for kind in SERVERS:
        best, then = largest(kind, of_ten=of_ten)
        if best is None:
            lines.append(f"| {kind} | – | – | – | – | – | – | – | {then} |")
            continue
        if kind == OURS:
            ours = best.participants
        lines.append(
            f"| {kind} | {best.participants:,} | {ours / best.participants:.1f} "
            f"| {best.p99_ms:.0f} | {best.op_p99_ms:.0f} | {best.server_cpu_percent:.0f} "
            f"| {best.server_memory_mb:.0f} | {best.bytes_per_participant / 1e3:.1f} | {then} |"
        )
    return lines


def same_load() -> list[str]:
    """What the same thirty people cost each server."""
    lines = [
        f"**The same load**: 30 in one room, medians of {ROUNDS} alternating rounds of "
        f"{SECONDS:.0f} s.",
        "",
        "| server | CPU % | × ours | p50 ms | p99 ms | op p50 ms | op p99 ms | kB/s each | MB |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    results: dict[str, list[Outcome]] = {kind: [] for kind in SERVERS}
    for _ in range(ROUNDS):
        for kind in SERVERS:
            results[kind].append(run(kind, Load(30, seconds=SECONDS)))

    def median(kind: str, name: str) -> float:
        return statistics.median(getattr(one, name) for one in results[kind])

    ours = max(median(OURS, "server_cpu_percent"), 0.1)
    for kind in SERVERS:
        cpu = median(kind, "server_cpu_percent")
        lines.append(
            f"| {kind} | {cpu:.1f} | {cpu / ours:.1f} | {median(kind, 'p50_ms'):.0f} "
            f"| {median(kind, 'p99_ms'):.0f} | {median(kind, 'op_p50_ms'):.1f} "
            f"| {median(kind, 'op_p99_ms'):.1f} "
            f"| {median(kind, 'bytes_per_participant') / 1e3:.1f} "
            f"| {median(kind, 'server_memory_mb'):.0f} |"
        )
    return lines


def herd() -> list[str]:
    """Five hundred who come, are cut off and come back."""
    lines = [
        "**500 at once**, in 50 rooms of ten and in one: 99 % are in after so many seconds, and "
        "back after all lines were cut. Ours checks and uses up a ticket of each.",
        "",
        "| server | rooms | joined s | back s | CPU s to come | CPU s to come back |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for rooms in (50, 1):
        for kind in SERVERS:
            # Hardly anybody moves: a relay of 500 people's poses in one room would never end.
            load = Load(500, hz=0.1, rooms=rooms, seconds=1.0, ops_hz=0.0)
            try:
                one = run(kind, load)
            except (Unavailable, TimeoutError) as failure:
                lines.append(f"| {kind} | {rooms} | {str(failure)[:60]} | | | |")
                continue
            lines.append(
                f"| {kind} | {rooms} | {one.join_p99_s:.2f} | {one.resume_p99_s:.2f} "
                f"| {one.join_cpu_s:.2f} | {one.resume_cpu_s:.2f} |"
            )
    return lines


def crowd_of_ours() -> list[str]:
    """What relevance saves in a large room, and what stuck people cost the others."""
    small, large = (run(OURS, Load(people, seconds=SECONDS)) for people in (100, 500))
    everything = small.bytes_per_participant * 5
    free = run(OURS, Load(80, seconds=SECONDS))
    stuck = run(OURS, Load(80, seconds=SECONDS, stuck=5))
    return [
        f"**Ours in a crowd**: each of 100 in one room receives "
        f"{small.bytes_per_participant / 1e3:.0f} kB/s, which is everybody's poses; each of 500 "
        f"{large.bytes_per_participant / 1e3:.0f} kB/s instead of some {everything / 1e3:.0f} "
        f"({large.bytes_per_participant / everything:.0%}).",
        "",
        f"80 in one room of whom 5 stop reading: the others receive "
        f"{stuck.delivered / max(free.delivered, 0.01):.2f} of what they do without, "
        f"{stuck.lost} are lost, memory grows by {stuck.grown_mb:+.1f} MB.",
    ]


def measure() -> str:
    """Run everything; the section for docs/BENCHMARKS.md."""
    install()
    parts = (
        same_load(),
        knees("One room", of_ten=False),
        knees("Rooms of ten", of_ten=True),
        herd(),
        crowd_of_ours(),
    )
    versions = json.loads((HERE / "package.json").read_text())["dependencies"]
    named = ", ".join(f"{name} {version}" for name, version in versions.items())
    head = (
        "20 poses a second and person, two operations a second and room; ours stores operations "
        f"before it sends them, the peers store nothing. {named}."
    )
    return "\n\n".join([head, *("\n".join(part) for part in parts)])


if __name__ == "__main__":
    print(measure())
