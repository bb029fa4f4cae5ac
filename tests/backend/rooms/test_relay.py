"""TURN credentials and LiveKit tokens, by what their specifications say of them."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

from holotable.rooms.relay import CREDENTIAL_LIFETIME, LiveKit, VoiceAccess, livekit_token

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
LIVEKIT = LiveKit("wss://sfu.example.org", "key", "secret of thirty-two bytes or more")


def test_turn_credentials_are_those_of_turn_rest() -> None:
    access = VoiceAccess(turn_urls=("turn:t.example.org:3478",), turn_secret="north")
    (server,) = access.ice_servers("anna", NOW)
    ends = int((NOW + CREDENTIAL_LIFETIME).timestamp())
    assert server.username == f"{ends}:anna"
    digest = hmac.new(b"north", server.username.encode(), hashlib.sha1).digest()
    assert server.credential == base64.b64encode(digest).decode()
    assert server.urls == ("turn:t.example.org:3478",)


def test_servers_without_a_secret_have_no_credentials_and_none_is_asked_by_default() -> None:
    access = VoiceAccess(turn_urls=("stun:t.example.org",))
    (server,) = access.ice_servers("anna", NOW)
    assert (server.username, server.credential) == (None, None)
    assert VoiceAccess().ice_servers("anna", NOW) == ()


def test_the_mode_is_what_was_configured() -> None:
    assert VoiceAccess().mode == VoiceAccess().policy.mode == "mesh"
    assert VoiceAccess(livekit=LIVEKIT).mode == "sfu"
    assert VoiceAccess(enabled=False, livekit=LIVEKIT).mode == "off"


def decoded(part: str) -> Any:  # JSON
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def test_a_livekit_token_opens_one_room_for_one_person() -> None:
    token = livekit_token(
        LIVEKIT, room="s1", identity="anna", name="Änna", may_speak=False, now=NOW
    )
    head, claims, signature = token.split(".")
    assert decoded(head) == {"alg": "HS256", "typ": "JWT"}
    said = decoded(claims)
    assert said["video"] == {
        "room": "s1", "roomJoin": True, "canPublish": False,
        "canPublishSources": ["microphone"], "canPublishData": False, "canSubscribe": True,
    }  # fmt: skip
    assert (said["iss"], said["sub"], said["name"]) == ("key", "anna", "Änna")
    assert said["exp"] - NOW.timestamp() == CREDENTIAL_LIFETIME.total_seconds()
    assert said["nbf"] < NOW.timestamp()
    digest = hmac.new(LIVEKIT.secret.encode(), f"{head}.{claims}".encode(), "sha256").digest()
    assert base64.urlsafe_b64decode(signature + "=") == digest
