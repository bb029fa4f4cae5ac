"""What an operator does at the command line without a running server: users and tokens."""

from datetime import timedelta

from argon2 import PasswordHasher

from holotable import accounts
from holotable.accounts import Passwords, SignedIn
from holotable.app import utc_now
from holotable.errors import Invalid, NotFound
from holotable.settings import Settings
from holotable.store import migrate
from holotable.store.database import Database
from holotable.store.queries import accounts as rows


async def manage_users(
    settings: Settings,
    action: str,
    *,
    login: str = "",
    name: str | None = None,
    is_admin: bool = False,
    password: str | None = None,
) -> list[str]:
    """Do `action` (add, list, password, disable, enable); returns the lines to print.

    The first user is always an owner of the installation.
    """
    database = await _opened(settings)
    now = utc_now()
    try:
        password_hash = (
            await Passwords(PasswordHasher()).hash(password) if password is not None else None
        )
        async with database.transaction() as transaction:
            if action == "list":
                return [
                    f"{user.login}\t{principal.name}"
                    f"\t{'owner' if principal.is_admin else 'user'}"
                    f"\t{'disabled' if principal.disabled_at else 'enabled'}"
                    for principal, user in await rows.users(transaction)
                ]
            if action == "add":
                if password_hash is None:
                    raise Invalid("A new user needs a password.", pointer="/password")
                first = not await rows.any_user(transaction)
                await accounts.create_user(
                    transaction,
                    name=name or login,
                    login=login,
                    password_hash=password_hash,
                    is_admin=is_admin or first,
                    now=now,
                )
                return [f"{accounts.normal_login(login)} can sign in."]
            principal = await rows.principal_by_login(transaction, accounts.normal_login(login))
            if principal is None:
                raise NotFound(f"Nobody signs in as {login!r}.")
            disabled = {"disable": True, "enable": False}.get(action)
            await accounts.change_user(
                transaction,
                principal.id,
                now=now,
                password_hash=password_hash,
                disabled=disabled,
            )
            return [f"{login}: {action}, done."]
    finally:
        await database.close()


async def make_token(
    settings: Settings, *, login: str, name: str, scopes: list[str], days: int | None
) -> str:
    """A new token of this user."""
    database = await _opened(settings)
    try:
        async with database.transaction() as transaction:
            found = await rows.user_by_login(transaction, accounts.normal_login(login))
            if found is None:
                raise NotFound(f"Nobody signs in as {login!r}.")
            principal, user = found
            owner = SignedIn(principal.id, "user", principal.name, user.login, principal.is_admin)
            _, token = await accounts.create_token(
                transaction,
                owner,
                name=name,
                scopes=scopes,
                lifetime=timedelta(days=days) if days else None,
                now=utc_now(),
            )
            return token
    finally:
        await database.close()


async def _opened(settings: Settings) -> Database:
    settings.data_dir.mkdir(0o700, parents=True, exist_ok=True)
    await migrate.upgrade(settings.sqlalchemy_url)
    return Database(settings.sqlalchemy_url)
