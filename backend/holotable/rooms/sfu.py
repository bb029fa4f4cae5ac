"""Tells a LiveKit server who may be heard: what the room decides holds there too (V10).

Its server interface is Twirp: JSON over HTTP POST, with a token that administers one room. A page
that goes on sending after the host muted it is cut off by the server, not only by other pages.
"""

import asyncio
import json
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Final
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from holotable.rooms.relay import LiveKit, admin_token

log = logging.getLogger("holotable.rooms")

ATTEMPTS: Final = 4  # then it is left to the other pages, which play nobody who is muted
RETRY_S: Final = 0.5  # doubles
TIMEOUT_S: Final = 5.0
AT_ONCE: Final = 8  # requests; the rest wait


class LiveKitVoices:
    """Keeps the permissions of everybody in the rooms of one LiveKit server."""

    def __init__(
        self, livekit: LiveKit, clock: Callable[[], datetime], *, retry_s: float = RETRY_S
    ) -> None:
        self._livekit = livekit
        self._clock = clock
        self._retry_s = retry_s
        # (room, identity) -> whether they may be heard: only the newest word counts.
        self._wanted: dict[tuple[str, str], bool] = {}
        self._wake = asyncio.Event()

    def say(self, room: str, identity: str, may_speak: bool) -> None:
        """Soon tell the server whether somebody may be heard. Never waits, never raises."""
        self._wanted[room, identity] = may_speak
        self._wake.set()

    async def work(self) -> None:
        """Tell the server until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            places = asyncio.Semaphore(AT_ONCE)
            busy: set[tuple[str, str]] = set()
            while True:
                await self._wake.wait()
                self._wake.clear()
                for key in [key for key in self._wanted if key not in busy]:
                    busy.add(key)
                    tasks.create_task(self._tell(key, places, busy))

    async def _tell(
        self, key: tuple[str, str], places: asyncio.Semaphore, busy: set[tuple[str, str]]
    ) -> None:
        """One person's newest word, until the server has taken it: words of one never overtake."""
        try:
            attempt = 0
            while key in self._wanted and attempt < ATTEMPTS:
                may_speak = self._wanted[key]
                async with places:
                    done = await asyncio.to_thread(self._post, *key, may_speak)
                if done and self._wanted.get(key) is may_speak:
                    del self._wanted[key]
                elif not done:
                    attempt += 1
                    await asyncio.sleep(self._retry_s * 2**attempt)
            if self._wanted.pop(key, None) is not None:
                log.warning("voice: LiveKit was not told about a microphone in room %s", key[0])
        finally:
            busy.discard(key)

    def _post(self, room: str, identity: str, may_speak: bool) -> bool:
        """Set a permission; who is not there needs none. False: try again."""
        body = {
            "room": room,
            "identity": identity,
            "permission": {
                "canSubscribe": True,
                "canPublish": may_speak,
                "canPublishData": False,
                "canPublishSources": ["MICROPHONE"],
            },
        }
        request = Request(
            f"{http_url(self._livekit.url)}/twirp/livekit.RoomService/UpdateParticipant",
            data=json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {admin_token(self._livekit, room, self._clock())}",
                "Content-Type": "application/json",
            },
            method="POST",
        )
        try:
            with urlopen(request, timeout=TIMEOUT_S):
                return True
        except HTTPError as refused:
            refused.close()
            if refused.code == 404:
                return True
            log.warning("voice: LiveKit answers %d to UpdateParticipant", refused.code)
            return False
        except OSError as away:
            log.warning("voice: LiveKit does not answer: %s", away)
            return False


def http_url(url: str) -> str:
    """The address of the server interface: that of the sockets, over HTTP."""
    return "http" + url.removeprefix("ws").rstrip("/") if url.startswith("ws") else url.rstrip("/")
