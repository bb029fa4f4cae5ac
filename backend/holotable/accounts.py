"""Who somebody is: the first owner, passwords, logins, tokens, guests.

Secrets are 256 random bits; the database keeps their sha256, which suffices for random values.
Passwords are people's, so they go through argon2id (RFC 9106), in a thread and few at a time.
"""

import asyncio
import hmac
import re
import secrets
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, Literal, TypeAlias
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from holotable.errors import Conflict, Forbidden, Gone, Invalid, NotFound, WrongLogin
from holotable.review.roles import Role
from holotable.store.database import Database, uuid7
from holotable.store.queries import accounts as rows
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

Clock: TypeAlias = Callable[[], datetime]
Kind: TypeAlias = Literal["user", "guest", "service"]
Scope: TypeAlias = Literal["read", "write", "admin"]

SCOPES: Final[tuple[Scope, ...]] = ("read", "write", "admin")
MIN_PASSWORD_LENGTH: Final = 8  # OWASP ASVS 5.0, 6.2.1
MAX_PASSWORD_LENGTH: Final = 256
LAST_SEEN_STEP: Final = timedelta(minutes=5)  # a login row is written at most this often


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The principal behind a request.

    scopes: what its token allows; None for a signed-in browser, which may do all its owner may.
    csrf_token: what a browser must repeat in X-CSRF-Token; None for a token.
    """

    id: UUID
    kind: Kind
    name: str
    login: str | None
    is_admin: bool
    login_id: UUID | None = None
    scopes: frozenset[str] | None = None
    csrf_token: str | None = field(default=None, repr=False)

    @property
    def is_guest(self) -> bool:
        """Whether this principal came through a share link or a session code."""
        return self.kind == "guest"


@dataclass(frozen=True, slots=True)
class NewLogin:
    """A login just made: the only moment its secret is known to us."""

    who: SignedIn
    secret: str = field(repr=False)
    lifetime: timedelta


class Passwords:
    """argon2id, two at a time: each takes 64 MiB and some 50 ms of a core."""

    def __init__(self, hasher: PasswordHasher) -> None:
        self._hasher = hasher
        self._turn = asyncio.Semaphore(2)
        self._nobody = hasher.hash(secrets.token_hex(16))

    async def hash(self, password: str) -> str:
        """The encoded hash of a new password."""
        if not MIN_PASSWORD_LENGTH <= len(password) <= MAX_PASSWORD_LENGTH:
            raise Invalid(
                f"A password has {MIN_PASSWORD_LENGTH} to {MAX_PASSWORD_LENGTH} characters.",
                pointer="/password",
            )
        async with self._turn:
            return await asyncio.to_thread(self._hasher.hash, _normal(password))

    async def verify(self, encoded: str | None, password: str) -> bool:
        """Whether the password fits; takes as long when there is no hash to compare with."""
        async with self._turn:
            fits = await asyncio.to_thread(self._verify, encoded or self._nobody, password)
        return fits and encoded is not None

    def _verify(self, encoded: str, password: str) -> bool:
        try:
            return self._hasher.verify(encoded, _normal(password[:MAX_PASSWORD_LENGTH]))
        except (VerificationError, InvalidHashError):
            return False


def _normal(password: str) -> str:
    """One spelling of the same characters whatever keyboard made them (RFC 8265 §4.2)."""
    return unicodedata.normalize("NFC", password)


def new_secret() -> str:
    """256 random bits, URL-safe."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    """What the database keeps of a random secret: sha256, hex."""
    return sha256(secret.encode()).hexdigest()


def csrf_token(login_secret: str) -> str:
    """The value a browser repeats in X-CSRF-Token; from the secret alone, so any node checks it."""
    return hmac.new(login_secret.encode(), b"holotable-csrf/1", sha256).hexdigest()


def normal_login(login: str) -> str:
    """A login name as it is stored and compared."""
    normal = unicodedata.normalize("NFKC", login).strip().lower()
    if not normal or len(normal) > 200 or re.search(r"\s", normal):
        raise Invalid("A login has 1 to 200 characters and no spaces.", pointer="/login")
    return normal


def login_from_name(name: str) -> str:
    """The login proposed for a person's name: `Anna Keller` signs in as `anna.keller`."""
    return normal_login(re.sub(r"\s+", ".", name.strip()) or "owner")


def display_name(name: str) -> str:
    """A person's name without control characters and outer space."""
    clean = "".join(c for c in unicodedata.normalize("NFC", name) if c.isprintable()).strip()
    if not 1 <= len(clean) <= 200:
        raise Invalid("A name has 1 to 200 characters.", pointer="/name")
    return clean


# First owner and users


async def create_first_owner(
    transaction: AsyncSession, *, name: str, login: str | None, password_hash: str, now: datetime
) -> Principal:
    """Make the owner of this installation; of two at once, one gets Conflict."""
    await rows.lock_setup(transaction)
    if await rows.any_user(transaction):
        raise Conflict("This installation has its owner; sign in instead.")
    return await create_user(
        transaction,
        name=name,
        login=login or login_from_name(name),
        password_hash=password_hash,
        is_admin=True,
        now=now,
    )


async def create_user(
    transaction: AsyncSession,
    *,
    name: str,
    login: str,
    password_hash: str,
    now: datetime,
    is_admin: bool = False,
) -> Principal:
    """Add a user; Conflict when the login is taken."""
    principal = Principal(
        id=uuid7(), kind="user", name=display_name(name), is_admin=is_admin, created_at=now
    )
    user = User(principal_id=principal.id, login=normal_login(login), password_hash=password_hash)
    try:
        async with transaction.begin_nested():
            transaction.add(principal)
            await transaction.flush()
            transaction.add(user)
    except IntegrityError as error:
        raise Conflict("Somebody already signs in with this login.", login=user.login) from error
    return principal


async def change_user(
    transaction: AsyncSession,
    user_id: UUID,
    *,
    now: datetime,
    name: str | None = None,
    password_hash: str | None = None,
    is_admin: bool | None = None,
    disabled: bool | None = None,
    keep_login: UUID | None = None,
) -> Principal:
    """Change a user; what is None stays.

    A new password or disabling ends every login but `keep_login`; one enabled owner of the
    installation stays whatever happens.
    """
    await rows.lock_setup(transaction)
    principal = await transaction.get(Principal, user_id)
    user = await rows.user_of(transaction, user_id)
    if principal is None or user is None:
        raise NotFound()
    if name is not None:
        principal.name = display_name(name)
    if is_admin is not None:
        principal.is_admin = is_admin
    if disabled is not None:
        principal.disabled_at = (principal.disabled_at or now) if disabled else None
    if password_hash is not None:
        user.password_hash = password_hash
    await transaction.flush()
    weaker = is_admin is False or disabled is True
    if weaker and not await rows.any_administrator(transaction):
        raise Conflict(
            "An installation keeps at least one owner; make somebody else owner first.",
            reason="last_administrator",
        )
    if password_hash is not None or disabled:
        await rows.end_logins_of(transaction, user_id, keep=keep_login)
    return principal


# Logins


async def check_password(
    database: Database, passwords: Passwords, *, login: str, password: str
) -> Principal:
    """The user with this login and password, else WrongLogin.

    Reads in a transaction of its own, so that no lock is held while argon2 works.
    """
    async with database.transaction() as transaction:
        found = await rows.user_by_login(transaction, normal_login(login))
    fits = await passwords.verify(found[1].password_hash if found else None, password)
    if found is None or not fits:
        raise WrongLogin()
    return found[0]


async def start_login(
    transaction: AsyncSession,
    principal: Principal,
    *,
    lifetime: timedelta,
    now: datetime,
    login: str | None = None,
    user_agent: str = "",
    address: str = "",
) -> NewLogin:
    """Sign a principal in on one browser, with a fresh secret."""
    await rows.forget_expired_logins(transaction, now)
    secret = new_secret()
    row = Login(
        id=uuid7(),
        secret_hash=hash_secret(secret),
        principal_id=principal.id,
        created_at=now,
        last_seen_at=now,
        expires_at=now + lifetime,
        user_agent=user_agent[:300],
        address=address[:64],
    )
    transaction.add(row)
    await transaction.flush()
    return NewLogin(_signed_in(principal, login, row.id, secret), secret, lifetime)


async def by_login_secret(
    transaction: AsyncSession, secret: str, *, user_lifetime: timedelta, now: datetime
) -> SignedIn | None:
    """Who is signed in with this cookie; a user's login slides on, a guest's does not."""
    found = await rows.login_by_secret(transaction, hash_secret(secret), now)
    if found is None:
        return None
    row, principal, login = found
    if now - row.last_seen_at >= LAST_SEEN_STEP:
        row.last_seen_at = now
        if principal.kind == "user":
            row.expires_at = now + user_lifetime
    return _signed_in(principal, login, row.id, secret)


def _signed_in(principal: Principal, login: str | None, login_id: UUID, secret: str) -> SignedIn:
    return SignedIn(
        id=principal.id,
        kind=_kind(principal),
        name=principal.name,
        login=login,
        is_admin=principal.is_admin,
        login_id=login_id,
        csrf_token=csrf_token(secret),
    )


def _kind(principal: Principal) -> Kind:
    match principal.kind:
        case "user" | "guest" | "service":
            return principal.kind
        case other:
            raise AssertionError(f"a principal of kind {other}")


# Tokens


async def create_token(
    transaction: AsyncSession,
    owner: SignedIn,
    *,
    name: str,
    scopes: Iterable[str],
    lifetime: timedelta | None,
    now: datetime,
) -> tuple[Token, str]:
    """Make a token; returns the row and the only copy of `ht_<id>_<secret>`.

    A token never makes one that may do more than itself.
    """
    wanted = frozenset(scopes)
    if not wanted or not wanted <= frozenset(SCOPES):
        raise Invalid("Scopes are any of read, write, admin.", pointer="/scopes")
    if owner.scopes is not None and not wanted <= owner.scopes:
        raise Forbidden("A token cannot make a token with more scopes than its own.")
    secret = new_secret()
    token = Token(
        id=uuid7(),
        principal_id=owner.id,
        name=display_name(name),
        secret_hash=hash_secret(secret),
        scopes=[scope for scope in SCOPES if scope in wanted],
        created_at=now,
        expires_at=now + lifetime if lifetime else None,
    )
    transaction.add(token)
    await transaction.flush()
    return token, f"ht_{token.id.hex}_{secret}"


async def by_token(
    transaction: AsyncSession, token: str, *, address: str, now: datetime
) -> SignedIn | None:
    """Whom a bearer token speaks for; None when malformed, unknown, expired or revoked."""
    match = re.fullmatch(r"ht_([0-9a-f]{32})_([A-Za-z0-9_-]{43})", token)
    if match is None:
        return None
    found = await rows.token_by_id(transaction, UUID(match[1]))
    if found is None:
        return None
    row, principal, login = found
    fits = hmac.compare_digest(row.secret_hash, hash_secret(match[2]))
    over = row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= now)
    if not fits or over or principal.disabled_at is not None:
        return None
    if row.last_used_at is None or now - row.last_used_at >= timedelta(minutes=1):
        row.last_used_at = now
        row.last_used_address = address[:64]
    return SignedIn(
        id=principal.id,
        kind=_kind(principal),
        name=principal.name,
        login=login,
        is_admin=principal.is_admin,
        scopes=frozenset(str(scope) for scope in row.scopes),
    )


async def revoke_token(
    transaction: AsyncSession, owner_id: UUID, token_id: UUID, *, now: datetime
) -> None:
    """End a token of this principal at once."""
    row = await transaction.get(Token, token_id)
    if row is None or row.principal_id != owner_id or row.revoked_at is not None:
        raise NotFound()
    row.revoked_at = now


# Guests


async def admit_guest(
    transaction: AsyncSession,
    who: SignedIn | None,
    *,
    name: str | None,
    project_id: UUID,
    role: Role,
    expires_at: datetime,
    now: datetime,
    asset_id: UUID | None = None,
    share_link_id: UUID | None = None,
    session_id: UUID | None = None,
) -> Principal:
    """Give somebody a guest's reach into one project, replacing what they had there as a guest.

    who: the signed-in principal that gets it; None makes a guest called `name`.
    """
    principal = await transaction.get(Principal, who.id) if who else None
    if principal is None:
        principal = Principal(
            id=uuid7(),
            kind="guest",
            name=display_name(name or "Guest"),
            is_admin=False,
            created_at=now,
        )
        transaction.add(principal)
        await transaction.flush()
    elif principal.kind == "guest" and name:
        principal.name = display_name(name)
    grant = await rows.grant_of(transaction, principal.id, project_id)
    if grant is None:
        grant = GuestGrant(principal_id=principal.id, project_id=project_id)
        transaction.add(grant)
    grant.role = role
    grant.asset_id = asset_id
    grant.share_link_id = share_link_id
    grant.session_id = session_id
    grant.expires_at = expires_at
    await transaction.flush()
    return principal


async def open_share_link(
    transaction: AsyncSession, secret: str, *, now: datetime
) -> tuple[ShareLink, Project, Asset | None]:
    """The link behind a secret; NotFound when there is none, Gone when it is over."""
    found = await rows.share_link_by_secret(transaction, hash_secret(secret))
    if found is None:
        raise NotFound("This link leads nowhere; check that it was copied completely.")
    if found[0].revoked_at is not None:
        raise Gone("This link was withdrawn by its owner.", reason="revoked")
    if found[0].expires_at is not None and found[0].expires_at <= now:
        raise Gone("This link has expired.", reason="expired")
    return found
