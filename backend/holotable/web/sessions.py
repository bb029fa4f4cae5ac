"""Sessions over REST: start, list, end, tickets, and joining by code."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from holotable import accounts, notifications, sessions
from holotable.accounts import SignedIn
from holotable.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    RemovedFromSession,
    SessionLocked,
)
from holotable.review.roles import Action, Role, allows
from holotable.store.queries import recordings, visible
from holotable.store.queries import sessions as rows
from holotable.store.tables import Asset, Principal, Project, Revision, Session
from holotable.web.answers import Author, Items
from holotable.web.context import Context
from holotable.web.dependencies import Access, Anyone, AppContext, Transaction, address_of
from holotable.web.login import Me, me_answer
from holotable.web.rate_limits import address_key
from holotable.web.security import is_secure, set_login_cookie

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
    join_url: str


class SessionRequest(BaseModel):
    """What to meet about."""

    revision_id: UUID
    name: str | None = Field(default=None, max_length=sessions.MAX_NAME_CHARACTERS)


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


class JoinRequest(BaseModel):
    """A code, or a session one can see already; guests say their name."""

    code: str | None = Field(default=None, max_length=20)
    session_id: UUID | None = None
    name: str | None = Field(default=None, max_length=200)


class JoinPreview(BaseModel):
    """What the code opens; send it again with a name to enter."""

    session_id: UUID
    name: str
    recording: bool  # the session is being recorded
    needs_name: Literal[True] = True


class Joined(Me):
    """Who I am now, and where the session is."""

    session_id: UUID
    session_name: str
    asset_id: UUID
    label: str
    recording: bool  # the session is being recorded
    needs_name: Literal[False] = False


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


@router.post("/join")
async def join_session(
    body: JoinRequest,
    request: Request,
    response: Response,
    who: Anyone,
    context: AppContext,
    transaction: Transaction,
) -> Joined | JoinPreview:
    """Enter a session by its code; somebody without an account enters as a guest with a name."""
    now = context.clock()
    if body.code is not None:
        context.rates.join_address.take(address_key(address_of(request)))
        session = await sessions.by_code(transaction, body.code, now=now)
        if body.session_id not in (None, session.id):
            raise NotFound("No session has this code; ask the host, codes end with their session.")
        await _refuse_barred(context, transaction, session, who.id if who else None)
        if who is None and body.name is None:
            recording = await recordings.going_on(transaction, session.id) is not None
            return JoinPreview(session_id=session.id, name=session.name, recording=recording)
        who = await _admit(request, response, context, transaction, session, who, body.name, now)
    elif body.session_id is not None:
        found = (
            await visible.find(transaction, Session, body.session_id, who.id, now) if who else None
        )
        if found is None or who is None:
            raise NotFound("Open the session's link, or type its code.")
        session = found[0]
    else:
        raise Invalid("Send the session's code.", pointer="/code")
    revision = await transaction.get(Revision, session.revision_id)
    assert revision is not None, "a foreign key holds it"
    me = await me_answer(transaction, who, now)
    return Joined(
        **me.model_dump(),
        session_id=session.id,
        session_name=session.name,
        asset_id=revision.asset_id,
        label=revision.label,
        recording=await recordings.going_on(transaction, session.id) is not None,
    )


async def _admit(
    request: Request,
    response: Response,
    context: Context,
    transaction: AsyncSession,
    session: Session,
    who: SignedIn | None,
    name: str | None,
    now: datetime,
) -> SignedIn:
    """Give whoever knows the code what a live guest may do, unless they may more already."""
    if who is not None:
        seen = await visible.find(transaction, Session, session.id, who.id, now)
        if seen is not None and allows(seen[1], Action.SHARE_SCENE):
            return who
        reach = await visible.reach_of(transaction, session.project_id, who.id, now)
        if reach is not None and reach.role is Role.VIEWER:
            return who  # a member stays what the project made them
    revision = await transaction.get(Revision, session.revision_id)
    assert revision is not None, "a foreign key holds it"
    principal = await accounts.admit_guest(
        transaction,
        who,
        name=name,
        project_id=session.project_id,
        role=Role.GUEST_LIVE,
        expires_at=now + context.limits.guest_lifetime,
        now=now,
        asset_id=revision.asset_id,
        session_id=session.id,
    )
    if who is not None:
        return who
    login = await accounts.start_login(
        transaction,
        principal,
        lifetime=context.limits.guest_lifetime,
        now=now,
        user_agent=request.headers.get("user-agent", ""),
        address=address_of(request),
    )
    set_login_cookie(request, response, context, login)
    return login.who


async def _refuse_barred(
    context: Context, transaction: AsyncSession, session: Session, principal_id: UUID | None
) -> None:
    """Say early what the room would say: it is locked, or they were removed."""
    why = await context.hub.bars(transaction, session, principal_id)
    if why == "locked":
        raise SessionLocked()
    if why == "removed":
        raise RemovedFromSession()


async def _ticket(
    request: Request,
    context: Context,
    access: Access,
    session: Session,
    role: Role,
    device: sessions.Device,
) -> TicketAnswer:
    await _refuse_barred(context, access.transaction, session, access.who.id)
    issued = await sessions.issue_ticket(
        access.transaction,
        session,
        principal_id=access.who.id,
        role=role,
        device=device,
        lifetime=context.limits.ticket_lifetime,
        now=access.now,
    )
    owner_url = await rows.owner_of(access.transaction, session.id) or context.hub.node_url
    return TicketAnswer(
        ticket=issued.secret,
        url=f"{_socket_origin(request, context, owner_url)}/api/v1/sessions/{session.id}/live",
        expires_at=issued.expires_at,
        session_id=session.id,
        recording=await recordings.going_on(access.transaction, session.id) is not None,
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
            join_url=f"{origin}/live/{session.id}" + (f"?k={code}" if code else ""),
        )
