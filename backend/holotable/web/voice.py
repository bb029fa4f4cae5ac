"""Voice over REST: how a page of a session reaches the others' voices."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from holotable.errors import Conflict, WaitsForAdmission
from holotable.review.roles import Action
from holotable.rooms.conduct import Comer
from holotable.rooms.relay import CREDENTIAL_LIFETIME, livekit_token
from holotable.rooms.voice import MESH_OPEN
from holotable.store.tables import Session
from holotable.web.dependencies import Access, AppContext
from holotable.web.sessions import must_wait

router = APIRouter(tags=["sessions"])


class IceServerAnswer(BaseModel):
    """One entry of RTCConfiguration.iceServers."""

    urls: list[str]
    username: str | None
    credential: str | None


class SfuAnswer(BaseModel):
    """A LiveKit server and the token that opens this session's room on it."""

    url: str
    token: str


class VoiceAnswer(BaseModel):
    """How voice works in this session; credentials end at `expires_at`."""

    mode: Literal["mesh", "sfu", "off"]
    mesh_limit: int  # open microphones in a mesh
    ice_servers: list[IceServerAnswer]
    sfu: SfuAnswer | None
    expires_at: datetime


@router.get("/sessions/{session_id}/voice")
async def get_session_voice(session_id: UUID, access: Access, context: AppContext) -> VoiceAnswer:
    """What a participant's page needs to hear the others, and to be heard."""
    session, role = await access.require_with_role(Session, session_id, Action.VIEW)
    if session.kind != "meeting" or session.ended_at is not None:
        raise Conflict("Voice belongs to a session that goes on.")
    comer = Comer(str(access.who.id), access.who.is_guest, role)
    if await must_wait(context, access.transaction, session, comer):
        raise WaitsForAdmission()
    voice = context.voice
    sfu = None
    if voice.livekit is not None and voice.mode == "sfu":
        may_speak = await context.hub.may_speak(access.transaction, session, access.who.id, role)
        sfu = SfuAnswer(
            url=voice.livekit.url,
            token=livekit_token(
                voice.livekit,
                room=str(session.id),
                identity=str(access.who.id),
                name=access.who.name,
                may_speak=may_speak,
                now=access.now,
            ),
        )
    servers = voice.ice_servers(str(access.who.id), access.now) if voice.mode == "mesh" else ()
    return VoiceAnswer(
        mode=voice.mode,
        mesh_limit=MESH_OPEN,
        ice_servers=[
            IceServerAnswer(urls=list(one.urls), username=one.username, credential=one.credential)
            for one in servers
        ],
        sfu=sfu,
        expires_at=access.now + CREDENTIAL_LIFETIME,
    )
