"""A meeting that goes on for an hour while people come and go: what does the server keep?

`python -m tests.bench.soak --minutes 60` starts the product's own server (SQLite, loopback) and a
hundred participants. Each stays for a while (exponential, a minute on average), leaves in order or
by a cut line, and comes back with `since` or as a new page. Meanwhile they send poses, operations
and chat in the room, and issues over REST. Every ten seconds the server's resident memory, its
open files, sockets and asyncio tasks are read. The last line is JSON.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import statistics
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # as pytest does

from live_people import Meeting, make_meeting  # after the path
from served import Served

from holotable.settings import Settings

SAMPLE_S = 10.0
WARM_S = 300.0  # caches and connection pools fill; what is flat is flat from here on
POSE = bytes(56)


@dataclass
class Plan:
    """How much is done. Rates are per second and participant, or of everybody together (issues)."""

    participants: int = 100
    minutes: float = 60.0
    stay_s: float = 60.0
    hz: float = 10.0
    ops_per_s: float = 0.1
    chats_per_s: float = 0.02
    issues_per_s: float = 0.2


@dataclass
class Sample:
    """What the server held at one moment; connections are TCP sockets."""

    at_s: float
    rss_mb: float
    files: int
    sockets: int
    tasks: int
    participants: int


@dataclass
class Tally:
    joins: int = 0
    resumes: int = 0
    cuts: int = 0
    operations: int = 0
    chats: int = 0
    issues: int = 0
    refused: int = 0
    failures: list[str] = field(default_factory=list)


def sample(served: Served, began: float) -> Sample:
    """Read /proc and /metrics of the server."""
    assert served.process is not None, "it was started"
    pid = served.process.pid
    resident = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    links = []
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            links.append(str(link.readlink()))
    with urllib.request.urlopen(f"{served.url}/metrics", timeout=30) as answer:
        lines = answer.read().decode().splitlines()
    numbers = dict(line.split() for line in lines if line.startswith("holotable_node"))
    return Sample(
        at_s=round(time.monotonic() - began, 1),
        rss_mb=round(resident * os.sysconf("SC_PAGE_SIZE") / 1e6, 1),
        files=len(links),
        sockets=sum(link.startswith("socket:") for link in links),
        tasks=int(numbers["holotable_node_tasks"]),
        participants=int(numbers["holotable_node_participants"]),
    )


class Person:
    """One participant who comes and goes."""

    def __init__(
        self, number: int, token: str, meeting: Meeting, served: Served, plan: Plan, tally: Tally,
        http: httpx.AsyncClient,
    ) -> None:  # fmt: skip
        self._number = number
        self._headers = {"Authorization": f"Bearer {token}"}
        self._meeting = meeting
        self._url = served.url
        self._plan = plan
        self._tally = tally
        self._http = http
        self._known: tuple[str, int] | None = None  # epoch and number, to resume from
        self._cid, self._cseq = uuid4().hex, 0
        self._random = random.Random(number)

    async def come_and_go(self, until: float) -> None:
        while time.monotonic() < until:
            stay = self._random.expovariate(1 / self._plan.stay_s)
            try:
                await self._visit(min(until, time.monotonic() + stay))
            except (WebSocketException, OSError, TimeoutError, httpx.HTTPError) as failure:
                self._tally.failures.append(f"{self._number}: {failure!r}"[:200])
            await asyncio.sleep(self._random.uniform(0.05, 2.0))

    async def _visit(self, until: float) -> None:
        path = f"{self._url}/api/v1/sessions/{self._meeting.session_id}/tickets"
        answer = await self._http.post(path, json={"device": "desktop"}, headers=self._headers)
        if answer.status_code != 201:
            raise OSError(f"no ticket: {answer.status_code} {answer.text[:100]}")
        url = f"{answer.json()['url']}?ticket={answer.json()['ticket']}"
        if self._known is None:
            self._cid, self._cseq = uuid4().hex, 0
            self._tally.joins += 1
        else:
            url += f"&epoch={self._known[0]}&since={self._known[1]}"
            self._tally.resumes += 1
        protocols: Any = ["holotable.v1"]  # websockets has a type of its own for a string
        socket = await connect(url, subprotocols=protocols, compression=None, ping_interval=None)
        hearing = asyncio.create_task(self._hear(socket))
        try:
            await self._take_part(socket, until, hearing)
        finally:
            if self._random.random() < 0.5:
                self._tally.cuts += 1
                socket.transport.abort()
            else:
                await socket.close()
            await hearing
        if self._random.random() < 0.5:
            self._known = None  # the page is loaded anew

    async def _take_part(
        self, socket: ClientConnection, until: float, hearing: asyncio.Task[None]
    ) -> None:
        step = 1 / self._plan.hz
        due = time.monotonic()
        turn = 0
        while time.monotonic() < until and not hearing.done():
            await socket.send(POSE)
            if turn % max(1, round(self._plan.hz)) == 0:
                await socket.send('{"t":"ping","ts":1}')
            chance = self._random.random()
            if chance < self._plan.ops_per_s * step:
                key = f"measurement/{self._number}"
                self._tally.operations += 1
                await self._say(socket, {"t": "op", "kind": "set", **self._change(key)})
            elif chance < (self._plan.ops_per_s + self._plan.chats_per_s) * step:
                self._tally.chats += 1
                await self._say(socket, {"t": "chat", "text": "I see it too."})
            turn += 1
            due += step
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    def _change(self, key: str) -> dict[str, Any]:
        normal = [0, 1, 0]
        offset = round(self._random.random(), 4)
        value = {"normal": normal, "offset_m": offset, "enabled": True, "name": "Cut", "cap": True}
        return {"key": key.replace("measurement", "section"), "value": value}

    async def _say(self, socket: ClientConnection, message: dict[str, Any]) -> None:
        self._cseq += 1
        await socket.send(json.dumps(message | {"cid": self._cid, "cseq": self._cseq}))

    async def _hear(self, socket: ClientConnection) -> None:
        with contextlib.suppress(WebSocketException):
            async for frame in socket:
                if isinstance(frame, bytes):
                    continue
                message = json.loads(frame)
                if message["t"] == "hello":
                    self._known = (message["epoch"], message["seq"])
                elif message["t"] == "op" and self._known is not None:
                    self._known = (self._known[0], message["seq"])
                elif message["t"] == "nak":
                    self._tally.refused += 1


async def write_issues(
    meeting: Meeting, served: Served, plan: Plan, tally: Tally, http: httpx.AsyncClient, until: float
) -> None:  # fmt: skip
    """Issues over REST by everybody in turn, and somebody reads the list."""
    path = f"{served.url}/api/v1/projects/{meeting.project_id}/issues"
    while time.monotonic() < until:
        _, token = random.choice(meeting.people)
        headers = {"Authorization": f"Bearer {token}"}
        try:
            body = {"title": f"Clash {tally.issues}"}
            made = await http.post(path, json=body, headers=headers)
            read = await http.get(path, headers=headers)
            if (made.status_code, read.status_code) != (201, 200):
                tally.failures.append(f"issues: {made.status_code} {read.status_code}")
            tally.issues += 1
        except httpx.HTTPError as failure:
            tally.failures.append(f"issues: {failure!r}"[:200])
        await asyncio.sleep(1 / plan.issues_per_s)


async def soak(plan: Plan) -> dict[str, Any]:
    """Run it; what was seen, as JSON."""
    with tempfile.TemporaryDirectory(prefix="holotable-soak-") as folder:
        data_dir = Path(folder) / "data"
        data_dir.mkdir()
        meeting = await make_meeting(Settings(data_dir=data_dir).sqlalchemy_url, plan.participants)
        served = Served(data_dir, environment={"HOLOTABLE_EMBEDDED_WORKER": "0"})
        await asyncio.to_thread(served.start)
        try:
            return await _soak(plan, meeting, served)
        finally:
            said = served.log.read_text(errors="replace")
            print("\n".join(said.splitlines()[-40:]), file=sys.stderr)
            await asyncio.to_thread(served.kill)


async def _soak(plan: Plan, meeting: Meeting, served: Served) -> dict[str, Any]:
    began = time.monotonic()
    until = began + plan.minutes * 60
    tally = Tally()
    samples: list[Sample] = []
    limits = httpx.Limits(max_connections=20)
    async with httpx.AsyncClient(timeout=60, limits=limits) as http:
        # A first request fills what only requests fill.
        await http.get(f"{served.url}/api/v1/readyz")
        before = await asyncio.to_thread(sample, served, began)
        everybody = [
            Person(number, token, meeting, served, plan, tally, http)
            for number, (_, token) in enumerate(meeting.people)
        ]
        async with asyncio.TaskGroup() as tasks:
            for person in everybody:
                tasks.create_task(person.come_and_go(until))
            tasks.create_task(write_issues(meeting, served, plan, tally, http, until))
            while time.monotonic() < until:
                await asyncio.sleep(min(SAMPLE_S, max(0.0, until - time.monotonic())))
                try:
                    one = await asyncio.to_thread(sample, served, began)
                except OSError as failure:  # a machine too busy to answer within 30 s
                    tally.failures.append(f"sample: {failure!r}"[:200])
                    continue
                samples.append(one)
                print(one, tally.joins, len(tally.failures), file=sys.stderr, flush=True)
    after = await _come_to_rest(served, began, before)
    return _report(plan, tally, before, samples, after)


async def _come_to_rest(served: Served, began: float, before: Sample) -> Sample:
    """The server once everybody is gone and the room was closed: a minute after the last."""
    deadline = time.monotonic() + 180
    while True:
        after = await asyncio.to_thread(sample, served, began)
        if after.tasks <= before.tasks and after.sockets <= before.sockets:
            return after
        if time.monotonic() > deadline:
            return after
        await asyncio.sleep(2)


def _report(
    plan: Plan, tally: Tally, before: Sample, samples: list[Sample], after: Sample
) -> dict[str, Any]:
    warm = [one for one in samples if one.at_s >= min(WARM_S, plan.minutes * 60 / 4)] or samples
    sixth = max(1, len(warm) // 6)
    first = statistics.median(one.rss_mb for one in warm[:sixth])
    last = statistics.median(one.rss_mb for one in warm[-sixth:])
    return {
        "participants": plan.participants,
        "minutes": plan.minutes,
        "hz": plan.hz,
        "joins": tally.joins,
        "resumes": tally.resumes,
        "cuts": tally.cuts,
        "operations": tally.operations,
        "chats": tally.chats,
        "issues": tally.issues,
        "refused": tally.refused,
        "failures": len(tally.failures),
        "failures_seen": tally.failures[:20],
        "rss_mb_before": before.rss_mb,
        "rss_mb_early": first,
        "rss_mb_late": last,
        "rss_mb_peak": max(one.rss_mb for one in samples),
        "rss_growth_percent": round(100 * (last - first) / first, 1),
        "tasks_before": before.tasks,
        "tasks_most": max(one.tasks for one in samples),
        "tasks_after": after.tasks,
        "sockets_before": before.sockets,
        "sockets_most": max(one.sockets for one in samples),
        "sockets_after": after.sockets,
        "files_before": before.files,
        "files_after": after.files,
        "rss_mb_by_minute": [one.rss_mb for one in samples[::6]],
    }


def main() -> int:
    defaults = Plan()
    parser = argparse.ArgumentParser(description=__doc__)
    for name, value in vars(defaults).items():
        flag = f"--{name.replace('_', '-')}"
        parser.add_argument(flag, type=type(value), default=value, help=f"default {value}")
    print(json.dumps(asyncio.run(soak(Plan(**vars(parser.parse_args()))))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
