"""Sessions over REST: start, list, end, tickets. Joining by code is `joining.py`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Request
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from holotable import notifications, session_agenda, sessions
from holotable.accounts import SignedIn
from holotable.errors import (
    Conflict,
    DeclinedFromSession,
    Forbidden,
    Invalid,
    NotFound,
    RemovedFromSession,
    SessionLocked,
    WaitsForAdmission,
)
from holotable.review.roles import Action, Role, allows
from holotable.rooms.agenda import AgendaItem, AgendaValue
from holotable.rooms.conduct import Comer, Lobby
from holotable.rooms.door import lobby_of
from holotable.store.queries import recordings, visible
from holotable.store.queries import sessions as rows
from holotable.store.tables import Asset, Principal, Project, Revision, Session
from holotable.web.answers import Author, Items
from holotable.web.context import Context
from holotable.web.dependencies import Access, AppContext
from holotable.web.security import is_secure

router = APIRouter(tags=["sessions"])


class SessionAnswer(BaseModel):
    """A live meeting. Its code lets anybody in, so only those who may host see it."""

    id: UUID
    project_id: UUID
    revision_id: UUID
    asset_id: UUID
    kind: Literal["meeting", "table"]
    name: str
    code: str | None
    created_at: datetime
    created_by: Author | None
    ended_at: datetime | None
    people: int
    recording: bool  # right now: the lobby tells whoever comes
    lobby: Lobby  # who waits until they are let in, as it was started
    begun: bool  # somebody was in it
    join_url: str


class SessionRequest(BaseModel):
    """What to meet about."""

    revision_id: UUID
    name: str | None = Field(default=None, max_length=sessions.MAX_NAME_CHARACTERS)
    lobby: Lobby = "off"  # who waits until they are let in


class AgendaAnswer(BaseModel):
    """The agenda of a session. may_prepare: by whoever asks, until somebody comes in."""

    items: list[AgendaItem]
    may_prepare: bool


class InvitationRequest(BaseModel):
    """Who is expected: members of the project."""

    people: list[UUID] = Field(min_length=1, max_length=200)


class TicketRequest(BaseModel):
    """What the participant sits at."""

    device: sessions.Device = "desktop"


class TicketAnswer(BaseModel):
    """A pass for one socket: open `url` with `?ticket=` before it expires."""

    ticket: str
    url: str
    expires_at: datetime
    session_id: UUID
    recording: bool  # the session is being recorded: tell whoever comes, before they come


@router.get("/projects/{project_id}/sessions")
async def list_sessions(
    project_id: UUID, request: Request, access: Access, context: AppContext
) -> Items[SessionAnswer]:
    """The project's meetings, those that go on first."""
    await access.require(Project, project_id, Action.VIEW)
    reach = await visible.reach_of(access.transaction, project_id, access.who.id, access.now)
    assert reach is not None, "the project is visible"
    found = await rows.sessions_of(access.transaction, project_id, asset_id=reach.asset_id)
    people = await rows.people_in(access.transaction, [row.id for row, _, _ in found], access.now)
    recorded = await recordings.recorded_now(access.transaction, [row.id for row, _, _ in found])
    answering = _Answering(request, context, reach.role)
    return Items(
        items=[
            answering.answer(row, asset_id, author, people.get(row.id, 0), row.id in recorded)
            for row, asset_id, author in found
        ]
    )


@router.post("/projects/{project_id}/sessions", status_code=201)
async def start_session(
    project_id: UUID, body: SessionRequest, request: Request, access: Access, context: AppContext
) -> SessionAnswer:
    """Start a meeting on a revision of this project."""
    await access.require(Project, project_id, Action.HOST_SESSION)
    revision, role = await access.require_with_role(Revision, body.revision_id, Action.HOST_SESSION)
    if revision.project_id != project_id:
        raise NotFound()
    asset = await access.require(Asset, revision.asset_id, Action.VIEW)
    session = await sessions.start(
        access.transaction,
        revision=revision,
        lobby=body.lobby,
        name=body.name or f"{asset.name} {revision.label}"[: sessions.MAX_NAME_CHARACTERS],
        creator_id=access.who.id,
        code_lifetime=context.limits.session_code_lifetime,
        now=access.now,
    )
    author = await access.transaction.get(Principal, access.who.id)
    return _Answering(request, context, role).answer(session, revision.asset_id, author, 0, False)


@router.get("/sessions/{session_id}")
async def get_session(
    session_id: UUID, request: Request, access: Access, context: AppContext
) -> SessionAnswer:
    """One session and how many people are in it."""
    session, role = await access.require_with_role(Session, session_id, Action.VIEW)
    return await _stored_answer(request, context, access.transaction, session, role, access.now)


@router.get("/sessions/{session_id}/agenda")
async def get_session_agenda(session_id: UUID, access: Access) -> AgendaAnswer:
    """What will be looked at, as it was prepared or as the room has it."""
    session, role = await access.require_with_role(Session, session_id, Action.VIEW)
    if session.kind != "meeting":
        raise NotFound()
    found = await session_agenda.agenda_of(access.transaction, session)
    return _agenda_answer(session, role, found["items"])


@router.put("/sessions/{session_id}/agenda")
async def prepare_session_agenda(
    session_id: UUID, body: AgendaValue, access: Access
) -> AgendaAnswer:
    """Write the agenda of a session that nobody was in yet; its room opens with it."""
    _, role = await access.require_with_role(Session, session_id, Action.HOST_SESSION)
    session = await session_agenda.prepare(access.transaction, session_id, body, by=access.who.id)
    return _agenda_answer(session, role, session.agenda["items"])


def _agenda_answer(session: Session, role: Role, items: list[AgendaItem]) -> AgendaAnswer:
    open_still = session.ended_at is None and not session_agenda.begun(session)
    return AgendaAnswer(items=items, may_prepare=open_still and allows(role, Action.HOST_SESSION))


@router.post("/sessions/{session_id}/end")
async def end_session(
    session_id: UUID,
    request: Request,
    access: Access,
    context: AppContext,
    afterwards: BackgroundTasks,
) -> SessionAnswer:
    """End a meeting for everybody in it."""
    session, role = await access.require_with_role(Session, session_id, Action.HOST_SESSION)
    hosts = (session.created_by, context.hub.host_of(session_id))
    if access.who.id not in hosts and not allows(role, Action.EDIT):
        raise Forbidden("Only the host or an editor of the project ends a session.")
    await sessions.end(access.transaction, session, now=access.now)
    afterwards.add_task(context.hub.recheck_everywhere)  # after the commit: rooms look at the row
    return await _stored_answer(request, context, access.transaction, session, role, access.now)


@router.post("/sessions/{session_id}/invitations", status_code=204)
async def invite_to_session(session_id: UUID, body: InvitationRequest, access: Access) -> None:
    """Tell members of the project that they are expected: it stands in their inbox."""
    session = await access.require(Session, session_id, Action.HOST_SESSION)
    if session.kind != "meeting" or session.ended_at is not None:
        raise Conflict("This session is over.")
    members = await notifications.members(access.transaction, session.project_id, body.people)
    for number, one in enumerate(body.people):
        if one not in members:
            raise Invalid("This person is no member of the project.", pointer=f"/people/{number}")
    await notifications.invited(
        access.transaction, session, body.people, by=access.who.id, now=access.now
    )


@router.post("/sessions/{session_id}/tickets", status_code=201)
async def issue_session_ticket(
    session_id: UUID, body: TicketRequest, request: Request, access: Access, context: AppContext
) -> TicketAnswer:
    """A one-use pass for one socket into this session."""
    session, role = await access.require_with_role(Session, session_id, Action.VIEW)
    return await _ticket(request, context, access, session, role, body.device)


@router.post("/revisions/{revision_id}/tickets", status_code=201)
async def issue_table_ticket(
    revision_id: UUID, body: TicketRequest, request: Request, access: Access, context: AppContext
) -> TicketAnswer:
    """A one-use pass into the revision's implicit room, which shows who else looks at it."""
    revision, role = await access.require_with_role(Revision, revision_id, Action.VIEW)
    session = await sessions.table_of(access.transaction, revision, now=access.now)
    return await _ticket(request, context, access, session, role, body.device)


async def must_wait(
    context: Context, transaction: AsyncSession, session: Session, comer: Comer
) -> bool:
    """Whether somebody is let in only by those inside; refuses early whom the room would refuse."""
    why = await context.hub.bars(transaction, session, comer)
    match why:
        case "locked":
            raise SessionLocked()
        case "removed":
            raise RemovedFromSession()
        case "declined":
            raise DeclinedFromSession()
        case "lobby" | None:
            return why == "lobby"


async def _ticket(
    request: Request,
    context: Context,
    access: Access,
    session: Session,
    role: Role,
    device: sessions.Device,
) -> TicketAnswer:
    comer = Comer(str(access.who.id), access.who.is_guest, role)
    if await must_wait(context, access.transaction, session, comer):
        raise WaitsForAdmission()
    return await ticket_for(request, context, access.transaction, session, access.who, role, device)


async def ticket_for(
    request: Request,
    context: Context,
    transaction: AsyncSession,
    session: Session,
    who: SignedIn,
    role: Role,
    device: sessions.Device,
) -> TicketAnswer:
    """A one-use pass for one socket, and where to open it."""
    issued = await sessions.issue_ticket(
        transaction,
        session,
        principal_id=who.id,
        role=role,
        device=device,
        login_id=who.login_id,
        lifetime=context.limits.ticket_lifetime,
        now=context.clock(),
    )
    owner_url = await rows.owner_of(transaction, session.id) or context.hub.node_url
    return TicketAnswer(
        ticket=issued.secret,
        url=f"{_socket_origin(request, context, owner_url)}/api/v1/sessions/{session.id}/live",
        expires_at=issued.expires_at,
        session_id=session.id,
        recording=await recordings.going_on(transaction, session.id) is not None,
    )


def _socket_origin(request: Request, context: Context, node_url: str) -> str:
    """Where to open the socket: the node that owns the room, else the host this request used."""
    if node_url:
        return "ws" + node_url.rstrip("/").removeprefix("http")
    scheme = "wss" if is_secure(request, context) else "ws"
    return f"{scheme}://{request.headers.get('host', '')}"


async def _stored_answer(
    request: Request,
    context: Context,
    transaction: AsyncSession,
    session: Session,
    role: Role,
    now: datetime,
) -> SessionAnswer:
    revision = await transaction.get(Revision, session.revision_id)
    assert revision is not None, "a foreign key holds it"
    people = await rows.people_in(transaction, [session.id], now)
    author = await transaction.get(Principal, session.created_by) if session.created_by else None
    recorded = await recordings.going_on(transaction, session.id) is not None
    return _Answering(request, context, role).answer(
        session, revision.asset_id, author, people.get(session.id, 0), recorded
    )


@dataclass(frozen=True, slots=True)
class _Answering:
    """How one caller sees sessions."""

    request: Request
    context: Context
    role: Role

    def answer(
        self,
        session: Session,
        asset_id: UUID,
        author: Principal | None,
        people: int,
        recording: bool,
    ) -> SessionAnswer:
        scheme = "https" if is_secure(self.request, self.context) else "http"
        origin = self.context.public_url or f"{scheme}://{self.request.headers.get('host', '')}"
        code = session.code if allows(self.role, Action.HOST_SESSION) else None
        return SessionAnswer(
            id=session.id,
            project_id=session.project_id,
            revision_id=session.revision_id,
            asset_id=asset_id,
            kind="meeting" if session.kind == "meeting" else "table",
            name=session.name,
            code=code,
            created_at=session.created_at,
            created_by=Author(id=author.id, name=author.name) if author else None,
            ended_at=session.ended_at,
            people=people,
            recording=recording,
            lobby=lobby_of(session),
            begun=session_agenda.begun(session),
            join_url=f"{origin}/live/{session.id}" + (f"?k={code}" if code else ""),
        )
