"""Rows of principals, users, logins, tokens, guest grants and share links."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from holotable.store.tables import (
    Asset,
    GuestGrant,
    Login,
    Principal,
    Project,
    ShareLink,
    Token,
    User,
)

SETUP_LOCK = 0x53455455  # "SETU": an advisory lock of PostgreSQL


async def lock_setup(transaction: AsyncSession) -> None:
    """Let one first-owner setup run at a time.

    SQLite needs nothing: every transaction begins immediate and so is the only one that writes.
    """
    if transaction.get_bind().dialect.name == "postgresql":
        await transaction.execute(text(f"SELECT pg_advisory_xact_lock({SETUP_LOCK})"))


async def any_user(transaction: AsyncSession) -> bool:
    """Whether the first owner exists."""
    return bool(await transaction.scalar(select(exists().where(User.login.is_not(None)))))


async def any_administrator(transaction: AsyncSession) -> bool:
    """Whether an enabled owner of the installation exists."""
    administrators = select(Principal.id).where(
        Principal.kind == "user", Principal.is_admin, Principal.disabled_at.is_(None)
    )
    return bool(await transaction.scalar(select(administrators.exists())))


async def user_by_login(transaction: AsyncSession, login: str) -> tuple[Principal, User] | None:
    """The enabled user who signs in with this lower case name."""
    row = (
        await transaction.execute(
            select(Principal, User)
            .join(User, User.principal_id == Principal.id)
            .where(User.login == login, Principal.disabled_at.is_(None))
        )
    ).one_or_none()
    return None if row is None else (row[0], row[1])


async def user_of(transaction: AsyncSession, principal_id: UUID) -> User | None:
    """How this principal signs in; None for guests and service accounts."""
    return await transaction.get(User, principal_id)


async def principal_by_login(transaction: AsyncSession, login: str) -> Principal | None:
    """The user with this lower case login, disabled or not."""
    return (
        await transaction.scalars(
            select(Principal)
            .join(User, User.principal_id == Principal.id)
            .where(User.login == login)
        )
    ).one_or_none()


async def users(transaction: AsyncSession) -> Sequence[tuple[Principal, User]]:
    """Every user, by name."""
    rows = await transaction.execute(
        select(Principal, User)
        .join(User, User.principal_id == Principal.id)
        .order_by(func.lower(Principal.name), Principal.id)
    )
    return [(row[0], row[1]) for row in rows]


async def login_by_secret(
    transaction: AsyncSession, secret_hash: str, now: datetime
) -> tuple[Login, Principal, str | None] | None:
    """The living login with this secret, its enabled principal and the user's login name."""
    row = (
        await transaction.execute(
            select(Login, Principal, User.login)
            .join(Principal, Principal.id == Login.principal_id)
            .outerjoin(User, User.principal_id == Principal.id)
            .where(
                Login.secret_hash == secret_hash,
                Login.expires_at > now,
                Principal.disabled_at.is_(None),
            )
        )
    ).one_or_none()
    return None if row is None else (row[0], row[1], row[2])


async def end_login_with(transaction: AsyncSession, secret_hash: str) -> None:
    """Forget the signed-in browser that has this secret."""
    await transaction.execute(delete(Login).where(Login.secret_hash == secret_hash))


async def end_logins_of(
    transaction: AsyncSession, principal_id: UUID, keep: UUID | None = None
) -> None:
    """Sign a principal out everywhere but in the login `keep`."""
    ended = delete(Login).where(Login.principal_id == principal_id)
    await transaction.execute(ended if keep is None else ended.where(Login.id != keep))


async def forget_expired_logins(transaction: AsyncSession, now: datetime) -> None:
    """Delete logins nobody can use any more."""
    await transaction.execute(delete(Login).where(Login.expires_at <= now))


async def token_by_id(
    transaction: AsyncSession, token_id: UUID
) -> tuple[Token, Principal, str | None] | None:
    """A token, its principal and the user's login name, whatever their state."""
    row = (
        await transaction.execute(
            select(Token, Principal, User.login)
            .join(Principal, Principal.id == Token.principal_id)
            .outerjoin(User, User.principal_id == Principal.id)
            .where(Token.id == token_id)
        )
    ).one_or_none()
    return None if row is None else (row[0], row[1], row[2])


async def tokens_of(transaction: AsyncSession, principal_id: UUID) -> Sequence[Token]:
    """The principal's tokens that are not revoked, newest first."""
    return (
        await transaction.scalars(
            select(Token)
            .where(Token.principal_id == principal_id, Token.revoked_at.is_(None))
            .order_by(Token.id.desc())
        )
    ).all()


async def grant_of(
    transaction: AsyncSession, principal_id: UUID, project_id: UUID
) -> GuestGrant | None:
    """What the principal was given as a guest of this project."""
    return await transaction.get(GuestGrant, (principal_id, project_id))


async def newest_grant(
    transaction: AsyncSession, principal_id: UUID, now: datetime
) -> GuestGrant | None:
    """The guest's living grant that lasts longest."""
    return (
        await transaction.scalars(
            select(GuestGrant)
            .where(GuestGrant.principal_id == principal_id, GuestGrant.expires_at > now)
            .order_by(GuestGrant.expires_at.desc())
            .limit(1)
        )
    ).one_or_none()


async def share_link_by_secret(
    transaction: AsyncSession, secret_hash: str
) -> tuple[ShareLink, Project, Asset | None] | None:
    """A link with its living project and asset; None when unknown or what it shows is trashed."""
    row = (
        await transaction.execute(
            select(ShareLink, Project, Asset)
            .join(Project, Project.id == ShareLink.project_id)
            .outerjoin(Asset, Asset.id == ShareLink.asset_id)
            .where(
                ShareLink.secret_hash == secret_hash,
                Project.deleted_at.is_(None),
                Asset.deleted_at.is_(None),
            )
        )
    ).one_or_none()
    return None if row is None else (row[0], row[1], row[2])


async def count_use(transaction: AsyncSession, share_link_id: UUID) -> None:
    """Count one more person who came in through the link."""
    await transaction.execute(
        update(ShareLink).where(ShareLink.id == share_link_id).values(uses=ShareLink.uses + 1)
    )


async def share_links_of(transaction: AsyncSession, project_id: UUID) -> Sequence[ShareLink]:
    """The project's links that are not revoked, newest first."""
    return (
        await transaction.scalars(
            select(ShareLink)
            .where(ShareLink.project_id == project_id, ShareLink.revoked_at.is_(None))
            .order_by(ShareLink.id.desc())
        )
    ).all()
