"""How a page reaches the others' voices: credentials for a TURN server, a token for LiveKit.

Both are made from a secret that this server shares with the other one, so neither has to ask us.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from pydantic import JsonValue

from holotable.rooms.voice import VoiceMode, VoicePolicy

CREDENTIAL_LIFETIME: Final = timedelta(hours=4)  # a meeting; pages renew it before it ends


@dataclass(frozen=True, slots=True)
class IceServer:
    """One STUN or TURN server as RTCConfiguration takes it."""

    urls: tuple[str, ...]
    username: str | None = None
    credential: str | None = None


@dataclass(frozen=True, slots=True)
class LiveKit:
    """A LiveKit server: the address pages open, and the key that signs tokens for it."""

    url: str  # ws: or wss:
    key: str
    secret: str


@dataclass(frozen=True, slots=True)
class VoiceAccess:
    """What the operator configured for voice. turn_urls: stun:, turn: or turns: addresses."""

    enabled: bool = True
    turn_urls: tuple[str, ...] = ()
    turn_secret: str = ""
    livekit: LiveKit | None = None

    @property
    def mode(self) -> VoiceMode:
        """How sound gets from one page to another."""
        if not self.enabled:
            return "off"
        return "sfu" if self.livekit else "mesh"

    @property
    def policy(self) -> VoicePolicy:
        """What rooms must know of it."""
        return VoicePolicy(mode=self.mode)

    def ice_servers(self, principal_id: str, now: datetime) -> tuple[IceServer, ...]:
        """The servers for one person, with credentials that end by themselves.

        draft-uberti-behave-turn-rest-00 §2.2: the name is `expiry:user`, the password its
        HMAC-SHA1 in base64. Without a secret the addresses are named without credentials.
        """
        if not self.turn_urls:
            return ()
        if not self.turn_secret:
            return (IceServer(self.turn_urls),)
        username = f"{int((now + CREDENTIAL_LIFETIME).timestamp())}:{principal_id}"
        digest = hmac.new(self.turn_secret.encode(), username.encode(), hashlib.sha1).digest()
        return (IceServer(self.turn_urls, username, base64.b64encode(digest).decode()),)


def livekit_token(
    livekit: LiveKit, *, room: str, identity: str, name: str, may_speak: bool, now: datetime
) -> str:
    """An access token for one room of a LiveKit server (its `Authentication` page).

    A JSON Web Token, signed HS256 (RFC 7515 §3.1, RFC 7519). Made here rather than by a library:
    what is needed is the one fixed form, and nothing of ours ever reads one.
    """
    issued_s = int(now.timestamp())
    claims: Mapping[str, JsonValue] = {
        "iss": livekit.key,
        "sub": identity,
        "name": name,
        "nbf": issued_s - 10,  # clocks of two machines
        "exp": issued_s + int(CREDENTIAL_LIFETIME.total_seconds()),
        "video": {
            "room": room,
            "roomJoin": True,
            "canPublish": may_speak,
            "canPublishSources": ["microphone"],
            "canPublishData": False,
            "canSubscribe": True,
        },
    }
    return _signed(livekit, claims)


def admin_token(livekit: LiveKit, room: str, now: datetime) -> str:
    """A token with which this server administers one room, for a minute."""
    issued_s = int(now.timestamp())
    return _signed(
        livekit,
        {
            "iss": livekit.key,
            "nbf": issued_s - 10,
            "exp": issued_s + 60,
            "video": {"room": room, "roomAdmin": True},
        },
    )


def _signed(livekit: LiveKit, claims: Mapping[str, JsonValue]) -> str:
    signed = f"{_part({'alg': 'HS256', 'typ': 'JWT'})}.{_part(claims)}"
    signature = hmac.new(livekit.secret.encode(), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{_base64url(signature)}"


def _part(value: Mapping[str, JsonValue]) -> str:
    return _base64url(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode())


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
