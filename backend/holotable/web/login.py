"""Signing in and out, and who I am."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from holotable import accounts
from holotable.accounts import SignedIn
from holotable.errors import Unauthenticated
from holotable.store.queries import accounts as rows
from holotable.web.dependencies import (
    AppContext,
    Principal,
    Transaction,
    address_of,
)
from holotable.web.rate_limits import address_key
from holotable.web.security import clear_login_cookie, cookie_name, set_login_cookie

router = APIRouter(tags=["accounts"])


class Guest(BaseModel):
    """What a guest may reach."""

    project_id: UUID
    asset_id: UUID | None = None
    session_id: UUID | None = None
    capability: Literal["view", "live"]


class Me(BaseModel):
    """Whoever sends the request."""

    id: UUID
    kind: Literal["user", "guest", "service"]
    name: str
    login: str | None = None
    is_admin: bool
    csrf_token: str | None = None  # for the X-CSRF-Token header; None with a bearer token
    guest: Guest | None = None


class LoginRequest(BaseModel):
    """A user's login and password."""

    login: str = Field(min_length=1, max_length=200)
    password: str = Field(max_length=accounts.MAX_PASSWORD_LENGTH)


@router.post("/login")
async def sign_in(
    body: LoginRequest,
    request: Request,
    response: Response,
    context: AppContext,
    transaction: Transaction,
) -> Me:
    """Sign in on this browser; an earlier login of the same browser ends."""
    address = address_of(request)
    context.rates.login_address.take(address_key(address))
    context.rates.login_account.take(body.login.strip().lower())
    principal = await accounts.check_password(
        context.database, context.passwords, login=body.login, password=body.password
    )
    now = context.clock()
    earlier = request.cookies.get(cookie_name(request, context))
    if earlier:
        await rows.end_login_with(transaction, accounts.hash_secret(earlier))
    login = await accounts.start_login(
        transaction,
        principal,
        lifetime=context.limits.login_lifetime,
        now=now,
        login=accounts.normal_login(body.login),
        user_agent=request.headers.get("user-agent", ""),
        address=address,
    )
    set_login_cookie(request, response, context, login)
    return await me_answer(transaction, login.who, now)


@router.post("/logout", status_code=204)
async def sign_out(
    request: Request, response: Response, context: AppContext, transaction: Transaction
) -> None:
    """End this browser's login; a token stays as it is.

    Needs no CSRF token: another site is kept off by its origin, and signing out must always work.
    """
    secret = request.cookies.get(cookie_name(request, context))
    if secret:
        await rows.end_login_with(transaction, accounts.hash_secret(secret))
    clear_login_cookie(request, response, context)


@router.get("/me")
async def get_me(who: Principal, context: AppContext, transaction: Transaction) -> Me:
    """Who I am, and the token that my changes must carry."""
    return await me_answer(transaction, who, context.clock())


async def me_answer(transaction: AsyncSession, who: SignedIn, now: datetime) -> Me:
    """A principal as it sees itself."""
    guest = None
    if who.is_guest:
        grant = await rows.newest_grant(transaction, who.id, now)
        if grant is None:
            raise Unauthenticated("What was shared with you is over; ask for a new link.")
        guest = Guest(
            project_id=grant.project_id,
            asset_id=grant.asset_id,
            session_id=grant.session_id,
            capability="live" if grant.role == "guest_live" else "view",
        )
    return Me(
        id=who.id,
        kind=who.kind,
        name=who.name,
        login=who.login,
        is_admin=who.is_admin,
        csrf_token=who.csrf_token,
        guest=guest,
    )
