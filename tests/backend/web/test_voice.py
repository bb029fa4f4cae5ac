import base64
import json
from dataclasses import replace
from typing import Any

import pytest
from builders import (
    Caller,
    Clock,
    Project,
    Session,
    add_asset,
    add_member,
    add_revision,
    add_session,
    add_user,
    sign_in,
)
from fastapi import FastAPI

from holotable.app import voice_access
from holotable.errors import Invalid
from holotable.review.roles import Role
from holotable.rooms.relay import LiveKit, VoiceAccess
from holotable.settings import Settings
from holotable.store.database import Database

LIVEKIT = LiveKit("wss://sfu.example.org", "key", "secret")


@pytest.fixture
async def meeting(database: Database, clock: Clock, project: Project) -> Session:
    asset = await add_asset(database, clock, project, "Skid")
    return await add_session(database, clock, await add_revision(database, clock, asset))


def configure(app: FastAPI, access: VoiceAccess) -> None:
    app.state.context = replace(app.state.context, voice=access)


async def voice_of(caller: Caller, meeting: Session) -> Any:  # JSON
    answer = await caller.client.get(f"/api/v1/sessions/{meeting.id}/voice")
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return answer.json()


def claims_of(token: str) -> Any:  # JSON
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


async def test_without_configuration_voice_is_a_mesh_without_servers(
    owner: Caller, meeting: Session
) -> None:
    voice = await voice_of(owner, meeting)
    assert (voice["mode"], voice["mesh_limit"]) == ("mesh", 6)
    assert (voice["ice_servers"], voice["sfu"]) == ([], None)


async def test_turn_credentials_belong_to_who_asks(
    app: FastAPI, owner: Caller, meeting: Session
) -> None:
    configure(app, VoiceAccess(turn_urls=("turn:t.example.org",), turn_secret="north"))
    (server,) = (await voice_of(owner, meeting))["ice_servers"]
    assert server["username"].endswith(f":{owner.id}")
    assert server["credential"]
    assert "north" not in json.dumps(server)


@pytest.mark.parametrize(("role", "may"), [(Role.EDITOR, True), (Role.VIEWER, False)])
async def test_a_token_of_the_sfu_says_who_may_speak(
    app: FastAPI,
    database: Database,
    clock: Clock,
    project: Project,
    meeting: Session,
    role: Role,
    may: bool,
) -> None:
    configure(app, VoiceAccess(livekit=LIVEKIT, turn_urls=("turn:t.example.org",)))
    person = await add_user(database, clock, "Ben")
    await add_member(database, clock, project, person, role)
    async with sign_in(app, database, clock, person) as caller:
        voice = await voice_of(caller, meeting)
    assert (voice["mode"], voice["ice_servers"]) == ("sfu", [])
    assert voice["sfu"]["url"] == "wss://sfu.example.org"
    claims = claims_of(voice["sfu"]["token"])
    assert (claims["sub"], claims["video"]["room"]) == (str(person.id), str(meeting.id))
    assert (claims["video"]["canPublish"], claims["video"]["canSubscribe"]) == (may, True)


async def test_voice_switched_off_gives_nothing_away(
    app: FastAPI, owner: Caller, meeting: Session
) -> None:
    configure(app, VoiceAccess(enabled=False, livekit=LIVEKIT, turn_urls=("turn:t",)))
    voice = await voice_of(owner, meeting)
    assert (voice["mode"], voice["ice_servers"], voice["sfu"]) == ("off", [], None)


async def test_a_session_that_is_over_has_no_voice(owner: Caller, meeting: Session) -> None:
    await owner.client.post(f"/api/v1/sessions/{meeting.id}/end")
    answer = await owner.client.get(f"/api/v1/sessions/{meeting.id}/voice")
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


def test_settings_become_the_access() -> None:
    access = voice_access(
        Settings(turn_url="stun:a.example, turn:a.example?transport=tcp", turn_secret="s")
    )
    assert access.turn_urls == ("stun:a.example", "turn:a.example?transport=tcp")
    assert access.mode == "mesh"
    assert voice_access(Settings(voice=False)).mode == "off"
    with pytest.raises(Invalid, match="HOLOTABLE_LIVEKIT_KEY"):
        voice_access(Settings(livekit_url="wss://sfu.example.org"))
