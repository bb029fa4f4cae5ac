"""A participant that behaves as the page does: keeps its changes until confirmed, and comes back.

`PageLog` is `frontend/src/session/op_log.ts` in Python; `PageClient` is its connection: a ticket
over REST by the proxy, a socket where the ticket says, silence noticed, `since` on the way back.
Everything it sends and hears is written into a `Seen` for `history.violations`.
"""

import asyncio
import contextlib
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from history import Change, Seen, Snapshot, canonical, numbered
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

PING_S = 0.5
SILENCE_S = 2.5  # as connection.ts
HELLO_S = 8.0
AGAIN_S = 0.5  # after a refusal for going too fast
RETRY_S = (0.05, 1.0)


@dataclass
class Pending:
    message: dict[str, Any]  # JSON
    sent: bool = False


class PageLog:
    """What the room holds and what is on its way there."""

    def __init__(self, name: str) -> None:
        self.seen = Seen(name)
        self.cid = name
        self.epoch: str | None = None
        self.seq = 0
        self._cseq = 0
        self.held: dict[str, tuple[int, str]] = {}
        self.pending: list[Pending] = []
        self.refusals: dict[str, int] = {}

    def change(self, kind: str, key: str, value: Any, base: int | None = None) -> None:
        if kind == "set":  # one that was never sent and that this one replaces is left out
            left_out = [p for p in self.pending if not p.sent and self._is_set(p, key)]
            self._forget(left_out)
        self._cseq += 1
        if kind == "chat":
            message = {"t": "chat", "cid": self.cid, "cseq": self._cseq, "text": value["text"]}
        else:
            message = {"t": "op", "cid": self.cid, "cseq": self._cseq, "kind": kind, "key": key,
                       "value": value} | ({} if base is None else {"base": base})  # fmt: skip
        self.seen.sent.append(Change(self.cid, self._cseq, kind, key, canonical(value), base))
        self.pending.append(Pending(message))

    def hello(self, message: Any) -> bool:  # JSON; whether numbers are missing
        # A later one may be stored: the older, sent again, would come after it.
        self._forget([pending for pending in self.pending if self._is_replaced(pending)])
        for pending in self.pending:
            pending.sent = False
        if message["resumed"]:
            return any([self.op(op) for op in message["ops"]])
        self.epoch, self.seq = message["epoch"], message["seq"]
        self.held = {
            key: (held["seq"], canonical(held["value"])) for key, held in message["state"].items()
        }
        state = tuple((key, seq, value) for key, (seq, value) in sorted(self.held.items()))
        self.seen.told.append(Snapshot(self.seq, state))
        for line in message["chat"]:
            self._confirm(line)
        return False

    def op(self, message: Any) -> bool:  # JSON; whether numbers are missing
        self._confirm(message)
        if message["seq"] <= self.seq:
            return False
        if message["seq"] != self.seq + 1:
            return True
        self.seq = message["seq"]
        one = numbered(message)
        self.seen.told.append(one)
        if one.kind == "clear":
            for key in [key for key in self.held if key.startswith(one.key)]:
                del self.held[key]
        elif one.kind == "set" and one.value == "null":
            self.held.pop(one.key, None)
        elif one.kind == "set":
            self.held[one.key] = (one.seq, one.value)
        return False

    def nak(self, message: Any) -> bool:  # JSON; whether to send again later
        self.refusals[message["code"]] = self.refusals.get(message["code"], 0) + 1
        at = next((i for i, p in enumerate(self.pending) if p.message["cseq"] == message["cseq"]),
                  None)  # fmt: skip
        if at is None:
            return False
        if message["code"] == "rate":
            pending = self.pending[at]
            if self._is_replaced(pending):
                self._forget([pending])
            pending.sent = False
            return True
        refused = self.pending.pop(at).message
        self.seen.refused.add((self.cid, refused["cseq"]))
        return False

    def end(self) -> Seen:
        """Write down what there is in the end."""
        self.seen.state = dict(self.held)
        self.seen.waiting = len(self.pending)
        return self.seen

    def _is_replaced(self, pending: Pending) -> bool:
        """Whether a later change of mine on its way sets the same key."""
        if pending.message.get("kind") != "set":
            return False
        later = self.pending[self.pending.index(pending) + 1 :]
        return any(self._is_set(one, pending.message["key"]) for one in later)

    @staticmethod
    def _is_set(pending: Pending, key: str) -> bool:
        return pending.message.get("kind") == "set" and pending.message["key"] == key

    def _forget(self, given_up: list[Pending]) -> None:
        """A later change of mine replaces them; whether they are stored does not matter."""
        self.pending = [p for p in self.pending if p not in given_up]

    def _confirm(self, message: Any) -> None:  # JSON
        if message["cid"] == self.cid:
            self.seen.acknowledged[self.cid, message["cseq"]] = message["seq"]
            self.pending = [p for p in self.pending if p.message["cseq"] != message["cseq"]]


@dataclass
class Journey:
    """How a client fared with its connections."""

    hellos: int = 0
    resumed: int = 0
    moved: int = 0
    silent: int = 0
    errors: dict[str, int] = field(default_factory=dict)


class PageClient:
    """One page: a log, and a connection that is made again until `stop`."""

    def __init__(
        self, name: str, front_url: str, session_id: object, token: str,
        *, chance: random.Random, elsewhere: Callable[[str], str] = lambda url: url,
    ) -> None:  # fmt: skip
        """elsewhere: the address to use instead of the one a ticket says, to end up wrong."""
        self.log = PageLog(name)
        self.journey = Journey()
        self.heard: list[Any] = []  # messages that are not operations, pongs or poses; JSON
        self._path = f"{front_url}/api/v1/sessions/{session_id}/tickets"
        self._headers = {"Authorization": f"Bearer {token}"}
        self._chance = chance
        self._elsewhere = elsewhere
        self._socket: ClientConnection | None = None
        self._greeted = False
        self._stopped = False
        self.ended: str | None = None  # why it must not come back
        self._wake = asyncio.Event()

    @property
    def is_connected(self) -> bool:
        return self._greeted

    def change(self, kind: str, key: str, value: Any, base: int | None = None) -> None:
        self.log.change(kind, key, value, base)
        self._wake.set()

    async def say(self, message: dict[str, Any] | bytes) -> None:
        """Send this now, once."""
        assert self._socket is not None, "nobody is there"
        await self._socket.send(message if isinstance(message, bytes) else json.dumps(message))

    def told(self, t: str) -> list[Any]:  # JSON
        return [message for message in self.heard if message["t"] == t]

    async def live(self) -> None:
        """Connect, and again, until stopped or sent away for good."""
        attempt = 0
        async with httpx.AsyncClient(timeout=5.0) as http:
            while not self._stopped and self.ended is None:
                try:
                    if await self._connect(http):
                        attempt = 0
                except (WebSocketException, OSError, TimeoutError, httpx.HTTPError) as error:
                    name = type(error).__name__
                    self.journey.errors[name] = self.journey.errors.get(name, 0) + 1
                attempt += 1
                longest = min(RETRY_S[1], RETRY_S[0] * 2**attempt)
                await asyncio.sleep(self._chance.uniform(longest / 2, longest))

    async def stop(self) -> None:
        self._stopped = True
        if self._socket is not None:
            await self._socket.close()

    async def _connect(self, http: httpx.AsyncClient) -> bool:
        """Whether there was a hello."""
        answer = await http.post(self._path, json={"device": "desktop"}, headers=self._headers,
                                 extensions={})  # fmt: skip
        if answer.status_code in (403, 404, 409, 410):
            self.ended = f"no ticket: {answer.status_code}"
        if answer.status_code != 201:
            return False
        ticket = answer.json()
        url = f"{self._elsewhere(ticket['url'])}?ticket={ticket['ticket']}"
        if self.log.epoch is not None:
            url += f"&since={self.log.seq}&epoch={self.log.epoch}"
        protocols: Any = ["holotable.v1"]  # websockets has a type of its own for a string
        socket = await connect(
            url, subprotocols=protocols, compression=None, ping_interval=None, open_timeout=5,
            close_timeout=0.5, max_size=None,
        )  # fmt: skip
        self._socket = socket
        speaking: asyncio.Task[None] | None = None
        try:
            while True:
                async with asyncio.timeout(SILENCE_S if self._greeted else HELLO_S):
                    frame = await socket.recv()
                if isinstance(frame, bytes):
                    continue
                again = self._hear(json.loads(frame))
                if again:
                    break
                if self._greeted and speaking is None:
                    speaking = asyncio.create_task(self._speak(socket))
        except TimeoutError:
            self.journey.silent += 1
        except WebSocketException:
            if socket.close_code == 4403:
                self.ended = socket.close_reason or "4403"
        finally:
            was_greeted, self._greeted, self._socket = self._greeted, False, None
            if speaking is not None:
                speaking.cancel()
                await asyncio.gather(speaking, return_exceptions=True)
            socket.transport.abort()
            with contextlib.suppress(WebSocketException, OSError):
                await socket.wait_closed()
        return was_greeted

    def _hear(self, message: Any) -> bool:  # JSON; whether to connect anew
        match message["t"]:
            case "hello":
                self.journey.hellos += 1
                self.journey.resumed += message["resumed"]
                self._greeted = True
                self._wake.set()
                self.heard.append(message)
                return self.log.hello(message)
            case "op":
                return self.log.op(message)
            case "nak":
                if self.log.nak(message):
                    asyncio.get_running_loop().call_later(AGAIN_S, self._wake.set)
                return False
            case "pong":
                return False
            case "moved":
                self.journey.moved += 1
        self.heard.append(message)
        return False

    async def _speak(self, socket: ClientConnection) -> None:
        """Send what waits, and a ping now and then, until cancelled or the line is gone."""
        with contextlib.suppress(WebSocketException, OSError):
            while True:
                self._wake.clear()
                for pending in list(self.log.pending):
                    if not pending.sent and pending in self.log.pending:
                        pending.sent = True
                        await socket.send(json.dumps(pending.message))
                await socket.send('{"t":"ping","ts":0}')
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(PING_S):
                        await self._wake.wait()
