"""Joining a session by its code or link: a guest's name, the lobby, and what a member may.

Nobody who has to wait is given anything of the project before somebody inside let them in.
"""

from dataclasses import replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from holotable import accounts, sessions
from holotable.accounts import SignedIn
from holotable.errors import Invalid, NotFound
from holotable.review.roles import Action, Role, allows
from holotable.rooms.conduct import Comer
from holotable.store.queries import recordings, visible
from holotable.store.tables import Principal, Revision, Session
from holotable.web.context import Context
from holotable.web.dependencies import (
    Anyone,
    AppContext,
    Transaction,
    address_of,
    returning_guest,
)
from holotable.web.login import Me, me_answer
from holotable.web.rate_limits import address_key, guarded
from holotable.web.security import set_login_cookie
from holotable.web.sessions import TicketAnswer, must_wait, ticket_for

router = APIRouter(tags=["sessions"])


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
    waits: bool  # somebody inside has to let you in
    needs_name: Literal[True] = True


class AtTheDoor(BaseModel):
    """Somebody inside has to let you in: wait on a socket with this pass and `&seat=door`.

    When that says `admitted`, join again.
    """

    session_id: UUID
    session_name: str
    recording: bool  # the session is being recorded
    ticket: TicketAnswer
    needs_name: Literal[False] = False
    waiting: Literal[True] = True


class Joined(Me):
    """Who I am now, and where the session is."""

    session_id: UUID
    session_name: str
    asset_id: UUID
    label: str
    recording: bool  # the session is being recorded
    needs_name: Literal[False] = False
    waiting: Literal[False] = False


@router.post("/join")
async def join_session(
    body: JoinRequest,
    request: Request,
    response: Response,
    signed_in: Anyone,
    context: AppContext,
    transaction: Transaction,
) -> Joined | JoinPreview | AtTheDoor:
    """Enter a session by its code; somebody without an account enters as a guest with a name."""
    now = context.clock()
    session = await _session_of(body, request, context, transaction, signed_in, now)
    # Who lost what was shared with them, because they were removed, stays who they were.
    who = signed_in or await returning_guest(request, context, transaction)
    comer = await _comer(transaction, session, who, now)
    waits = await must_wait(context, transaction, session, comer)
    recording = await recordings.going_on(transaction, session.id) is not None
    if signed_in is None and body.name is None:
        return JoinPreview(
            session_id=session.id, name=session.name, recording=recording, waits=waits
        )
    if waits:
        who = await _guest(request, response, context, transaction, who, body.name, now)
        role = comer.role or Role.GUEST_LIVE
        return AtTheDoor(
            session_id=session.id,
            session_name=session.name,
            recording=recording,
            ticket=await ticket_for(request, context, transaction, session, who, role, "desktop"),
        )
    if body.code is not None:
        who = await _admit(request, response, context, transaction, session, who, body.name, now)
    assert who is not None, "without a code it is seen by somebody who is signed in"
    revision = await transaction.get(Revision, session.revision_id)
    assert revision is not None, "a foreign key holds it"
    me = await me_answer(transaction, who, now)
    return Joined(
        **me.model_dump(),
        session_id=session.id,
        session_name=session.name,
        asset_id=revision.asset_id,
        label=revision.label,
        recording=recording,
    )


async def _session_of(
    body: JoinRequest,
    request: Request,
    context: Context,
    transaction: AsyncSession,
    who: SignedIn | None,
    now: datetime,
) -> Session:
    if body.code is not None:
        guesses = context.rates.join_guesses
        keys = [address_key(address_of(request)), *([str(who.id)] if who else [])]
        with guarded([(guesses, key) for key in keys], NotFound):
            session = await sessions.by_code(transaction, body.code, now=now)
        if body.session_id not in (None, session.id):
            raise NotFound("No session has this code; ask the host, codes end with their session.")
        return session
    if body.session_id is None:
        raise Invalid("Send the session's code.", pointer="/code")
    found = await visible.find(transaction, Session, body.session_id, who.id, now) if who else None
    if found is None:
        raise NotFound("Open the session's link, or type its code.")
    return found[0]


async def _comer(
    transaction: AsyncSession, session: Session, who: SignedIn | None, now: datetime
) -> Comer:
    """Whoever wants in, as the session's lobby asks."""
    if who is None:
        return Comer("", guest=True, role=None)
    reach = await visible.reach_of(transaction, session.project_id, who.id, now)
    return Comer(str(who.id), guest=who.is_guest, role=reach.role if reach else None)


async def _guest(
    request: Request,
    response: Response,
    context: Context,
    transaction: AsyncSession,
    who: SignedIn | None,
    name: str | None,
    now: datetime,
) -> SignedIn:
    """Somebody with a name who may see nothing yet, bound to this browser by a cookie."""
    if who is not None:
        await accounts.rename_guest(transaction, who, name)
        return who
    principal = await accounts.new_guest(transaction, name, now=now)
    return await _sign_in(request, response, context, transaction, principal, now)


async def _sign_in(
    request: Request,
    response: Response,
    context: Context,
    transaction: AsyncSession,
    principal: Principal,
    now: datetime,
) -> SignedIn:
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
        return replace(who, name=principal.name)
    return await _sign_in(request, response, context, transaction, principal, now)
