"""The people of this installation; for its owners, and everybody's own password."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from holotable import accounts
from holotable.accounts import MAX_PASSWORD_LENGTH
from holotable.errors import Invalid, WrongLogin
from holotable.store.queries import accounts as rows
from holotable.store.tables import Principal, User
from holotable.web.answers import Items
from holotable.web.dependencies import (
    AccountHolder,
    Administrator,
    AppContext,
    Transaction,
    address_of,
)
from holotable.web.live import rooms_look_again
from holotable.web.rate_limits import address_key

router = APIRouter(tags=["users"])


class UserAnswer(BaseModel):
    """Somebody who can sign in."""

    id: UUID
    name: str
    login: str
    is_admin: bool
    created_at: datetime
    disabled_at: datetime | None = None


class UserRequest(BaseModel):
    """A new user."""

    name: str = Field(min_length=1, max_length=200)
    login: str = Field(min_length=1, max_length=200)
    password: str = Field(max_length=MAX_PASSWORD_LENGTH)
    is_admin: bool = False


class UserPatch(BaseModel):
    """What changes; what is absent stays. A new password or disabling signs out everywhere."""

    name: str | None = Field(default=None, min_length=1, max_length=200)
    password: str | None = Field(default=None, max_length=MAX_PASSWORD_LENGTH)
    is_admin: bool | None = None
    disabled: bool | None = None


class PasswordRequest(BaseModel):
    """My new password, and the old one to show that it is me."""

    current: str = Field(max_length=MAX_PASSWORD_LENGTH)
    password: str = Field(max_length=MAX_PASSWORD_LENGTH)


@router.get("/users")
async def list_users(_who: Administrator, transaction: Transaction) -> Items[UserAnswer]:
    """Every user, by name."""
    found = await rows.users(transaction)
    return Items(items=[_answer(principal, user) for principal, user in found])


@router.post("/users", status_code=201)
async def create_user(
    body: UserRequest, _who: Administrator, transaction: Transaction, context: AppContext
) -> UserAnswer:
    """Add a user, with a password to be handed over."""
    password_hash = await context.passwords.hash(body.password)
    principal = await accounts.create_user(
        transaction,
        name=body.name,
        login=body.login,
        password_hash=password_hash,
        is_admin=body.is_admin,
        now=context.clock(),
    )
    return await _one(transaction, principal)


@router.patch("/users/{user_id}", dependencies=[Depends(rooms_look_again)])
async def update_user(
    user_id: UUID,
    body: UserPatch,
    _who: Administrator,
    transaction: Transaction,
    context: AppContext,
) -> UserAnswer:
    """Change, disable or enable a user; one owner of the installation always stays."""
    password_hash = await context.passwords.hash(body.password) if body.password else None
    principal = await accounts.change_user(
        transaction,
        user_id,
        now=context.clock(),
        name=body.name,
        password_hash=password_hash,
        is_admin=body.is_admin,
        disabled=body.disabled,
    )
    return await _one(transaction, principal)


@router.put("/me/password", status_code=204)
async def change_my_password(
    body: PasswordRequest,
    request: Request,
    who: AccountHolder,
    transaction: Transaction,
    context: AppContext,
) -> None:
    """Set my password and sign out my other browsers."""
    context.rates.login_address.take(address_key(address_of(request)))
    context.rates.login_account.take(who.login or str(who.id))
    if who.login is None:
        raise Invalid("This account signs in without a password.")
    try:
        await accounts.check_password(
            context.database, context.passwords, login=who.login, password=body.current
        )
    except WrongLogin as error:
        raise Invalid("The current password is wrong.", pointer="/current") from error
    password_hash = await context.passwords.hash(body.password)
    await accounts.change_user(
        transaction,
        who.id,
        now=context.clock(),
        password_hash=password_hash,
        keep_login=who.login_id,
    )


async def _one(transaction: Transaction, principal: Principal) -> UserAnswer:
    user = await rows.user_of(transaction, principal.id)
    assert user is not None, "a user principal has its row"
    return _answer(principal, user)


def _answer(principal: Principal, user: User) -> UserAnswer:
    return UserAnswer(
        id=principal.id,
        name=principal.name,
        login=user.login,
        is_admin=principal.is_admin,
        created_at=principal.created_at,
        disabled_at=principal.disabled_at,
    )
