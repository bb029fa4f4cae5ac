"""The first owner: possible only while nobody has an account."""

import hmac

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from holotable import accounts
from holotable.errors import Conflict, Forbidden
from holotable.store.queries import accounts as rows
from holotable.web.context import Context
from holotable.web.dependencies import AppContext, Transaction, address_of
from holotable.web.login import Me, me_answer
from holotable.web.rate_limits import address_key
from holotable.web.security import is_local, set_login_cookie

router = APIRouter(tags=["accounts"])


class SetupState(BaseModel):
    """Whether this installation waits for its owner."""

    needed: bool
    key_required: bool  # this machine must send the key printed at start


class SetupRequest(BaseModel):
    """The first owner; without a login one is made from the name."""

    name: str = Field(min_length=1, max_length=200)
    login: str | None = Field(default=None, max_length=200)
    password: str = Field(max_length=accounts.MAX_PASSWORD_LENGTH)
    key: str | None = Field(default=None, max_length=200)


@router.get("/setup")
async def get_setup(request: Request, transaction: Transaction) -> SetupState:
    """Whether the first owner is still to be made."""
    needed = not await rows.any_user(transaction)
    return SetupState(needed=needed, key_required=needed and not is_local(request))


@router.post("/setup", status_code=201)
async def create_first_owner(
    body: SetupRequest,
    request: Request,
    response: Response,
    context: AppContext,
    transaction: Transaction,
) -> Me:
    """Make the first owner and sign it in."""
    if await _is_done(context):
        raise Conflict("This installation has its owner; sign in instead.")
    _check_key(request, context, body.key)
    password_hash = await context.passwords.hash(body.password)
    now = context.clock()
    owner = await accounts.create_first_owner(
        transaction, name=body.name, login=body.login, password_hash=password_hash, now=now
    )
    found = await rows.user_of(transaction, owner.id)
    login = await accounts.start_login(
        transaction,
        owner,
        lifetime=context.limits.login_lifetime,
        now=now,
        login=found.login if found else None,
        user_agent=request.headers.get("user-agent", ""),
        address=address_of(request),
    )
    await context.on_first_owner(transaction, owner.id)
    set_login_cookie(request, response, context, login)
    return await me_answer(transaction, login.who, now)


async def _is_done(context: Context) -> bool:
    """Whether the owner exists; in its own transaction, argon2 must not work under a lock."""
    async with context.database.transaction() as transaction:
        return await rows.any_user(transaction)


def _check_key(request: Request, context: Context, key: str | None) -> None:
    """Another machine needs the key printed at start; this one does not."""
    if is_local(request):
        return
    context.rates.setup_address.take(address_key(address_of(request)))
    if not hmac.compare_digest((key or "").encode(), context.setup_key.encode()):
        raise Forbidden(
            "From another machine, setup needs the first-owner link printed at start.",
            reason="setup_key",
        )
