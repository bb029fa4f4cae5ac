"""docs/SCALING.md as it is written: nginx and Caddy before two real nodes on PostgreSQL."""

import asyncio
import random
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import missing
from page_client import PageClient
from postgres import PostgresServer
from reverse_proxy import block, caddy, nginx, with_addresses
from served import Api, free_port
from two_nodes import TwoNodes, two_nodes
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

pytestmark = pytest.mark.postgresql
CEILING_S = 60.0


@dataclass
class Installed:
    """Two nodes behind one program, each with an address of its own."""

    nodes: TwoNodes
    public: str
    own: tuple[str, str]


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def installed(
    request: pytest.FixtureRequest,
    postgresql: PostgresServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Installed]:
    program: str = request.param
    if shutil.which(program) is None and not Path(f"/usr/sbin/{program}").exists():
        missing(program)
    folder = tmp_path_factory.mktemp(program)
    ports = [free_port() for _ in range(3)]
    public, *own = (f"http://127.0.0.1:{port}" for port in ports)
    with ExitStack() as stack:
        nodes = stack.enter_context(
            two_nodes(
                folder, postgresql, people=2, addresses=own, HOLOTABLE_PUBLIC_URL=public,
                HOLOTABLE_TRUSTED_PROXIES="127.0.0.1",
            )
        )  # fmt: skip
        addresses = {
            "10.0.0.1:8080": f"127.0.0.1:{nodes.a.served.port}",
            "10.0.0.2:8080": f"127.0.0.1:{nodes.b.served.port}",
        }
        names = dict(zip(("review", "live1", "live2"), ports, strict=True))
        if program == "nginx":
            for name, port in names.items():
                addresses[f"listen 80; server_name {name}.example.com"] = (
                    f"listen 127.0.0.1:{port}; server_name 127.0.0.1"
                )
            addresses["Host review.example.com"] = f"Host 127.0.0.1:{ports[0]}"
            text = with_addresses(block("nginx"), addresses)
            stack.enter_context(nginx(folder / "nginx", text, ports))
        else:
            for name, port in names.items():
                addresses[f"{name}.example.com {{"] = f"http://127.0.0.1:{port} {{"
            addresses["Host review.example.com"] = f"Host 127.0.0.1:{ports[0]}"
            text = with_addresses(block("caddyfile"), addresses)
            stack.enter_context(caddy(folder / "caddy", text, ports))
        yield Installed(nodes, public, (own[0], own[1]))


async def until(holds: Callable[[], Any]) -> None:
    deadline = time.monotonic() + CEILING_S
    while not holds():
        assert time.monotonic() < deadline, "it never came to that"
        await asyncio.sleep(0.02)


async def test_sockets_reach_the_owner_also_from_the_wrong_address(installed: Installed) -> None:
    nodes = installed.nodes
    anna, ben = (token for _, token in nodes.meeting.people[:2])
    api = Api(installed.public, anna)
    session = await asyncio.to_thread(
        api.post,
        f"/projects/{nodes.meeting.project_id}/sessions",
        {"revision_id": str(nodes.meeting.revision_id)},
    )
    visited: list[str] = []

    def astray(url: str) -> str:
        """Once to the node that does not own the room, then where the ticket says."""
        visited.append(url)
        if len(visited) > 1:
            return url
        here, there = (one.removeprefix("http") for one in installed.own)
        return url.replace(here, there) if here in url else url.replace(there, here)

    first = PageClient("anna-page", installed.public, session["id"], anna, chance=random.Random(1))
    second = PageClient(
        "ben-page", installed.public, session["id"], ben, chance=random.Random(2), elsewhere=astray
    )
    living = [asyncio.create_task(first.live())]
    try:
        await until(lambda: first.is_connected)
        living.append(asyncio.create_task(second.live()))
        await until(lambda: second.is_connected)
        ((owner,),) = nodes.rows(
            "SELECT owner_url FROM session WHERE id = %(id)s", id=session["id"]
        )
        assert owner in installed.own
        assert len(visited) >= 2
        assert all(url.startswith("ws" + owner.removeprefix("http")) for url in visited)
        first.change("chat", "", {"text": "Through the proxy"})
        await until(lambda: first.log.seq >= 1 and second.log.seq == first.log.seq)
    finally:
        for page in (first, second):
            await page.stop()
        await asyncio.gather(*living)


async def test_another_sites_origin_is_refused_and_our_own_is_not(installed: Installed) -> None:
    token = installed.nodes.meeting.people[0][1]
    api = Api(installed.public, token)
    path = f"/sessions/{installed.nodes.meeting.session_id}/tickets"

    async def opens(origin: str) -> int:
        ticket = await asyncio.to_thread(api.post, path, {"device": "desktop"})
        try:
            async with connect(f"{ticket['url']}?ticket={ticket['ticket']}", origin=origin):  # type: ignore[arg-type]  # a NewType
                return 101
        except InvalidStatus as refused:
            return refused.response.status_code

    assert await opens(installed.public) == 101
    assert await opens("http://evil.example") == 403
