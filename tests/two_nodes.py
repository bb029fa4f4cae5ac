"""Two web processes on one PostgreSQL, each behind a line that can fail, and a small proxy before.

The proxy is what an operator puts there for REST (docs/SCALING.md): any node answers. Tickets name
the owner's own address, which here is its faulty line.
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from fault_proxy import FaultProxy, fault_proxy
from live_people import Meeting, make_meeting
from postgres import PostgresServer
from served import Api, Served, free_port

from holotable.settings import Settings


@dataclass
class Node:
    """One web process and its line."""

    served: Served
    line: FaultProxy

    @property
    def is_running(self) -> bool:
        return self.served.process is not None

    def pause(self) -> None:
        """The process stands still, as on a machine that swaps; its lease runs out."""
        assert self.served.process is not None, "it runs"
        os.kill(self.served.process.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        assert self.served.process is not None, "it was only paused"
        os.kill(self.served.process.pid, signal.SIGCONT)


@dataclass
class TwoNodes:
    """The nodes, the proxy before them, and a meeting with its people."""

    a: Node
    b: Node
    front: FaultProxy
    database_url: str
    meeting: Meeting
    kills: int = 0

    @property
    def both(self) -> tuple[Node, Node]:
        return (self.a, self.b)

    def rows(self, query: str, **values: Any) -> list[Any]:  # rows, of whatever was asked for
        """Ask the database directly."""
        with psycopg.connect(self.database_url) as connection:
            return connection.execute(query, values).fetchall()  # type: ignore[call-overload,no-any-return]  # text

    def execute(self, statement: str, **values: Any) -> None:
        """Change the database directly."""
        with psycopg.connect(self.database_url) as connection:
            connection.execute(statement, values)  # type: ignore[call-overload]  # text

    def owner(self, session_id: object = None) -> Node | None:
        """Who owns a room, as its lease says, living or not; of the meeting unless said."""
        ((url,),) = self.rows(
            "SELECT owner_url FROM session WHERE id = %(id)s",
            id=str(session_id or self.meeting.session_id),
        )
        return next((node for node in self.both if node.line.url == url), None)

    def other(self, node: Node) -> Node:
        return self.b if node is self.a else self.a

    def api(self, node: Node | None = None, token: str | None = None) -> Api:
        """Somebody at a node, else at the proxy; the project's owner unless said."""
        url = node.served.url if node else self.front.url
        return Api(url, token or self.meeting.owner_token)

    def begin_meeting(self, number: int = 0) -> str:
        """One more session, begun by the person of this number; its id."""
        api = self.api(token=self.meeting.people[number][1])
        body = {"revision_id": str(self.meeting.revision_id)}
        return str(api.post(f"/projects/{self.meeting.project_id}/sessions", body)["id"])

    def kill(self, node: Node) -> None:
        """kill -9."""
        node.served.kill()
        self.kills += 1


@contextlib.contextmanager
def two_nodes(
    folder: Path, postgresql: PostgresServer, *, people: int, redis_url: str = "",
    addresses: Sequence[str] = (), **environment: str,
) -> Iterator[TwoNodes]:  # fmt: skip
    """Both started on an empty database with one meeting; gone afterwards.

    addresses: under which the nodes are reached from outside; their faulty lines unless said.
    """
    name = postgresql.create_database()
    url = postgresql.url(name)
    meeting = asyncio.run(make_meeting(Settings(database_url=url).sqlalchemy_url, people))
    shared = folder / "data"  # files and secrets, as a shared volume
    shared.mkdir()
    with contextlib.ExitStack() as stack:
        stack.callback(postgresql.drop_database, name)
        nodes = []
        for number, letter in enumerate(("a", "b")):
            own = folder / f"node-{letter}"
            own.symlink_to(shared)
            port = free_port()
            line = stack.enter_context(fault_proxy(port))
            served = Served(
                own, port,
                {"HOLOTABLE_DATABASE_URL": url, "HOLOTABLE_REDIS_URL": redis_url,
                 "HOLOTABLE_NODE_URL": addresses[number] if addresses else line.url,
                 **environment},
            )  # fmt: skip
            stack.callback(served.kill)
            served.start(wait=False)
            nodes.append(Node(served, line))
        for node in nodes:
            node.served.wait_until_it_answers()
        front = stack.enter_context(fault_proxy(*(node.served.port for node in nodes)))
        yield TwoNodes(nodes[0], nodes[1], front, url, meeting)
