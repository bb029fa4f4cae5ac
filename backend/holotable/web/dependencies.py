"""What routes ask for: the transaction, the principal, and access to rows.

    async def rename_asset(asset_id: UUID, body: AssetPatch, access: Access) -> AssetAnswer:
        asset = await access.require(Asset, asset_id, Action.EDIT)

`access.require` is the only way from an id to a row: unknown and invisible ids raise one identical
NotFound, a role too weak raises Forbidden. The transaction commits before the response is sent and
rolls back on any exception. A route that streams for long must not ask for `Transaction` or
`Access`: on SQLite a transaction is the write lock; open a short one from `context.database`.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypeAlias, TypeVar
from uuid import UUID

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from holotable import accounts
from holotable.accounts import SignedIn
from holotable.errors import Forbidden, NotFound, Unauthenticated
from holotable.review.roles import ALLOWED, MEMBER_ROLES, Action, Role, allows
from holotable.store.event_log import ACTOR
from holotable.store.queries import visible
from holotable.store.queries.visible import Trashable
from holotable.store.tables import Project, Table
from holotable.web.context import Context, context_of
from holotable.web.security import SAFE_METHODS, check_csrf, cookie_name

Row = TypeVar("Row", bound=Table)


def context(request: Request) -> Context:
    """The parts behind the routes."""
    return context_of(request)


AppContext: TypeAlias = Annotated[Context, Depends(context)]


async def transaction(request: Request, context: AppContext) -> AsyncIterator[AsyncSession]:
    """The unit of work of this request; begins with its first statement."""
    async with context.database.transaction() as session:
        request.state.transaction = session  # web/idempotency.py keeps the answer in it
        yield session


Transaction: TypeAlias = Annotated[AsyncSession, Depends(transaction, scope="function")]


def address_of(request: Request) -> str:
    """Where the request comes from, as far as trusted proxies tell."""
    return request.client.host if request.client else ""


async def authenticate(request: Request, context: Context) -> SignedIn | None:
    """Who sends this, by bearer token or by cookie; Unauthenticated when a token is no good.

    In a transaction of its own, so that routes without one (uploads, streams) hold no lock.
    """
    now = context.clock()
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        async with context.database.transaction() as session:
            who = await accounts.by_token(
                session, token.strip(), address=address_of(request), now=now
            )
        if who is None:
            raise Unauthenticated("This token is unknown, expired or revoked.")
        return who
    secret = request.cookies.get(cookie_name(request, context))
    if not secret:
        return None
    async with context.database.transaction() as session:
        who = await accounts.by_login_secret(
            session, secret, user_lifetime=context.limits.login_lifetime, now=now
        )
    if who is not None:
        check_csrf(request, who)
    return who


async def _anyone(request: Request, context: AppContext) -> SignedIn | None:
    return await authenticate(request, context)


def _require_scope(who: SignedIn, scopes: frozenset[str]) -> None:
    if who.scopes is not None and not who.scopes & scopes:
        needed = sorted(scopes)[0]
        raise Forbidden(f"This token lacks the scope {needed}.", needs_scope=needed)


def _require_method_scope(request: Request, who: SignedIn) -> None:
    reads = request.method in SAFE_METHODS
    _require_scope(who, frozenset({"read", "write"}) if reads else frozenset({"write"}))


async def _maybe(request: Request, context: AppContext) -> SignedIn | None:
    """Whoever is signed in, or nobody; a token's scope must fit the method all the same.

    A browser that sends no CSRF token is nobody here, not refused: a guest whose share is over
    still has a cookie, gets no token from /me, and must be able to come in through a new link.
    """
    if request.method not in SAFE_METHODS and not {"authorization", "x-csrf-token"} & set(
        request.headers
    ):
        return None
    who = await authenticate(request, context)
    if who is not None:
        _require_method_scope(request, who)
    return who


async def returning_guest(
    request: Request, context: Context, transaction: AsyncSession
) -> SignedIn | None:
    """The guest whose cookie this browser has, also when it sends no CSRF token.

    Only for coming in: another site is kept off by its origin, and what a guest does there is to
    say that they are the one who was here before.
    """
    secret = request.cookies.get(cookie_name(request, context))
    if not secret:
        return None
    who = await accounts.by_login_secret(
        transaction,
        secret,
        user_lifetime=context.limits.login_lifetime,
        now=context.clock(),
    )
    return who if who is not None and who.is_guest else None


async def _signed_in(
    request: Request, who: Annotated[SignedIn | None, Depends(_anyone)]
) -> SignedIn:
    """Whoever is signed in, with a token scope that fits the method."""
    if who is None:
        raise Unauthenticated()
    _require_method_scope(request, who)
    return who


async def _account_holder(who: Annotated[SignedIn | None, Depends(_anyone)]) -> SignedIn:
    """A user who manages his own account; tokens need the scope admin."""
    if who is None:
        raise Unauthenticated()
    if who.is_guest:
        raise Forbidden("Guests have no account.")
    _require_scope(who, frozenset({"admin"}))
    return who


async def _administrator(who: Annotated[SignedIn, Depends(_account_holder)]) -> SignedIn:
    """An owner of the installation; tokens need the scope admin."""
    if not who.is_admin:
        raise Forbidden("Only an owner of this installation may do this.")
    return who


async def _user(who: Annotated[SignedIn, Depends(_signed_in)]) -> SignedIn:
    """Whoever is signed in and is no guest."""
    if who.is_guest:
        raise Forbidden("Guests see what was shared with them and nothing else.")
    return who


Anyone: TypeAlias = Annotated[SignedIn | None, Depends(_maybe)]
Principal: TypeAlias = Annotated[SignedIn, Depends(_signed_in)]
NoGuest: TypeAlias = Annotated[SignedIn, Depends(_user)]
AccountHolder: TypeAlias = Annotated[SignedIn, Depends(_account_holder)]
Administrator: TypeAlias = Annotated[SignedIn, Depends(_administrator)]


@dataclass(frozen=True, slots=True)
class Permissions:
    """Access of one principal within one transaction, at one moment."""

    who: SignedIn
    transaction: AsyncSession
    now: datetime

    async def require(self, table: type[Row], row_id: UUID, action: Action) -> Row:
        """The row, if the principal may do this to it."""
        return (await self.require_with_role(table, row_id, action))[0]

    async def require_with_role(
        self, table: type[Row], row_id: UUID, action: Action
    ) -> tuple[Row, Role]:
        """The row and the principal's role in its project."""
        found = await visible.find(self.transaction, table, row_id, self.who.id, self.now)
        if found is None:
            raise NotFound()
        require_role(found[1], action)
        return found

    async def require_trashed(
        self, table: type[Trashable], row_id: UUID, action: Action
    ) -> Trashable:
        """The row in the trash, if the principal may do this to it."""
        found = await visible.find_trashed(self.transaction, table, row_id, self.who.id, self.now)
        if found is None:
            raise NotFound()
        require_role(found[1], action)
        return found[0]

    async def require_whole(self, project_id: UUID, action: Action) -> tuple[Project, Role]:
        """The project, if the principal may do this to all of it, not to one shared asset only."""
        found = await self.require_with_role(Project, project_id, action)
        seen = await visible.reach_of(self.transaction, project_id, self.who.id, self.now)
        if seen is None or seen.asset_id is not None:
            raise Forbidden("Only one asset of this project was shared with you.")
        return found

    async def require_member(self, project_id: UUID) -> tuple[Project, Role]:
        """The project, if the principal is one of its members."""
        project, role = await self.require_with_role(Project, project_id, Action.VIEW)
        if role not in MEMBER_ROLES:
            raise Forbidden("Only members of the project see this.", needs=Role.VIEWER.value)
        return project, role


def require_role(role: Role, action: Action) -> None:
    """Raise Forbidden, naming the weakest role that suffices, when this one does not."""
    if allows(role, action):
        return
    needed = next(r for r in reversed(Role) if r in MEMBER_ROLES and action in ALLOWED[r])
    raise Forbidden(
        f"This needs the role {needed.value}; yours is {role.value}.",
        needs=needed.value,
        role=role.value,
    )


async def _access(who: Principal, transaction: Transaction, context: AppContext) -> Permissions:
    transaction.info[ACTOR] = who.id
    return Permissions(who, transaction, context.clock())


Access: TypeAlias = Annotated[Permissions, Depends(_access)]
