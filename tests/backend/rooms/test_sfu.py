"""What a LiveKit server is told, as a server that records it hears it."""

import asyncio
import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from live_builders import AT, enter, room

from holotable.rooms.events import AllowEvent, EventMessage, MuteEvent
from holotable.rooms.protocol import StatusMessage, StatusValue
from holotable.rooms.relay import LiveKit
from holotable.rooms.room import Room
from holotable.rooms.sfu import ATTEMPTS, LiveKitVoices, http_url
from holotable.rooms.voice import VoicePolicy

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


async def eventually(look: Callable[[], bool]) -> None:
    for _ in range(3_000):
        if look():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("never came true")


class Recorded:
    """A server that answers as told and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any], dict[str, Any]]] = []  # path, claims, body
        self.answers: list[int] = []  # then 200


@contextmanager
def livekit() -> Iterator[tuple[Recorded, LiveKit]]:
    heard = Recorded()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            token = self.headers["Authorization"].removeprefix("Bearer ")
            part = token.split(".")[1]
            claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            heard.asked.append((self.path, claims, body))
            self.send_response(heard.answers.pop(0) if heard.answers else 200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield heard, LiveKit(f"ws://127.0.0.1:{server.server_port}", "key", "secret")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def telling(server: LiveKit) -> Iterator[LiveKitVoices]:
    voices = LiveKitVoices(server, lambda: NOW, retry_s=0.01)
    work = asyncio.get_running_loop().create_task(voices.work())
    try:
        yield voices
    finally:
        work.cancel()


async def test_a_permission_is_set_with_a_token_for_that_room() -> None:
    with livekit() as (heard, server), telling(server) as voices:
        voices.say("s1", "anna", False)
        await eventually(lambda: len(heard.asked) == 1)
    ((path, claims, body),) = heard.asked
    assert path == "/twirp/livekit.RoomService/UpdateParticipant"
    assert claims["video"] == {"room": "s1", "roomAdmin": True}
    assert claims["exp"] - NOW.timestamp() == 60
    assert (body["room"], body["identity"]) == ("s1", "anna")
    assert body["permission"] == {
        "canSubscribe": True, "canPublish": False, "canPublishData": False,
        "canPublishSources": ["MICROPHONE"],
    }  # fmt: skip


async def test_a_server_that_is_busy_is_asked_again_and_hears_the_newest_word() -> None:
    with livekit() as (heard, server), telling(server) as voices:
        heard.answers = [503, 503]
        voices.say("s1", "anna", False)
        await eventually(lambda: len(heard.asked) >= 1)
        voices.say("s1", "anna", True)
        await eventually(lambda: len(heard.asked) >= 3 and not voices._wanted)
    assert heard.asked[-1][2]["permission"]["canPublish"] is True


async def test_who_is_not_there_needs_nothing_and_a_dead_server_costs_nobody_else(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with livekit() as (heard, server), telling(server) as voices:
        heard.answers = [404]
        voices.say("s1", "anna", False)
        await eventually(lambda: not voices._wanted and len(heard.asked) == 1)
        heard.answers = [500] * ATTEMPTS
        voices.say("s1", "ben", False)
        await eventually(lambda: not voices._wanted)
        assert len(heard.asked) == 1 + ATTEMPTS
        assert "was not told" in caplog.text
        voices.say("s1", "cleo", False)
        await eventually(lambda: heard.asked[-1][2]["identity"] == "cleo")
    with telling(server) as voices:  # nobody listens any more
        voices.say("s1", "anna", False)
        await eventually(lambda: not voices._wanted)


def test_the_server_interface_is_where_the_sockets_are() -> None:
    assert http_url("wss://sfu.example.org/") == "https://sfu.example.org"
    assert http_url("ws://127.0.0.1:7880") == "http://127.0.0.1:7880"
    assert http_url("https://sfu.example.org") == "https://sfu.example.org"


def speaks(live: Room, slot: int, voice: str) -> None:
    value = StatusValue.model_validate({"voice": voice})
    live.receive(slot, StatusMessage(t="status", value=value), 0.0, AT)


def test_v10_what_the_host_decides_is_told_once_and_only_to_an_sfu() -> None:
    for mode, muted, opened in (("sfu", {"ben": False}, {"ben": True}), ("mesh", {}, {})):
        live = room(voice=VoicePolicy(mode=mode))  # type: ignore[arg-type]  # one of three
        anna, ben = enter(live), enter(live, "Ben")
        speaks(live, anna, "muted")
        speaks(live, ben, "open")
        assert live.voice.taken() == {}  # their tokens said so
        mute = EventMessage(t="event", event=MuteEvent(kind="mute", to=ben))
        live.receive(anna, mute, 1.0, AT)
        assert live.voice.taken() == muted
        live.receive(anna, mute, 2.0, AT)
        assert live.voice.taken() == {}
        allow = EventMessage(t="event", event=AllowEvent(kind="allow", to=ben))
        live.receive(anna, allow, 3.0, AT)
        assert live.voice.taken() == opened


def test_v10_who_opens_their_microphone_again_is_heard_again() -> None:
    live = room(voice=VoicePolicy(mode="sfu"))
    anna, ben = enter(live), enter(live, "Ben")
    speaks(live, ben, "open")
    live.receive(anna, EventMessage(t="event", event=MuteEvent(kind="mute", to=None)), 1.0, AT)
    assert live.voice.taken() == {"ben": False}
    speaks(live, ben, "open")
    assert live.voice.taken() == {"ben": True}
