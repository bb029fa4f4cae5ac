"""Headsets without a keyboard: a code on its page, typed at the desk, signs it in (RFC 8628).

A headset shows a code (`B-4829`) and asks with a secret of its own what became of it. Somebody who
is signed in types the code; the headset's next question signs it in as them, once. A code is worth
ten minutes and is looked up by its hash; a session's code (`482 913`) never looks like one.
"""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from holotable import accounts
from holotable.accounts import NewLogin, SignedIn, hash_secret, new_secret
from holotable.errors import Gone, NotFound, Unavailable
from holotable.store.database import uuid7
from holotable.store.device_tables import AccountEvent, Device, Pairing
from holotable.store.queries import devices as rows

EventKind: TypeAlias = Literal["headset_allowed", "headset_signed_in", "headset_removed"]

CODE_LIFETIME: Final = timedelta(minutes=10)  # UX.md §4.2
POLL_INTERVAL_S: Final = 2.0  # how long a headset waits between two questions (RFC 8628 §3.2)
CODE_ATTEMPTS: Final = 20
# Letters that no digit and no other letter here is taken for, on a page or read aloud.
LETTERS: Final = "ACEFHJKLMNPRTUVWXY"
SHOWN_EVENTS: Final = 50

# What a headset's browser says of itself, newest first: its user agent and what people call it.
NAMES: Final = (
    (r"Quest 3S", "Quest 3S"),
    (r"Quest 3", "Quest 3"),
    (r"Quest Pro", "Quest Pro"),
    (r"Quest 2", "Quest 2"),
    (r"Quest", "Quest"),
    (r"OculusBrowser", "Meta headset"),
    (r"PICO 4 Ultra|A9210", "Pico 4 Ultra"),
    (r"PICO 4|A8110|A8140", "Pico 4"),
    (r"Pico ?Neo ?3", "Pico Neo 3"),
    (r"Pico", "Pico"),
    (r"VIVE Focus|Vive Focus", "Vive Focus"),
    (r"VIVE|Vive", "Vive"),
    (r"Wolvic", "Wolvic"),
    (r"MagicLeap|Magic Leap", "Magic Leap"),
    (r"Android XR|SM-I610", "Galaxy XR"),
)


@dataclass(frozen=True, slots=True)
class Offer:
    """A code just made: the only moment its secrets are known to us."""

    code: str = field(repr=False)  # `B4829`
    secret: str = field(repr=False)
    name: str
    expires_at: datetime


def device_name(user_agent: str) -> str:
    """What people call the device with this browser; `Browser` when it does not say."""
    for pattern, name in NAMES:
        if re.search(pattern, user_agent):
            return name
    return "Browser"


def random_code() -> str:
    """A letter and four digits, evenly distributed."""
    return f"{secrets.choice(LETTERS)}{secrets.randbelow(10_000):04d}"


def normal_code(typed: str) -> str | None:
    """A code as it is hashed, however it was typed; None when it is none."""
    plain = re.sub(r"[\s\u2010-\u2015-]", "", typed).upper()
    return plain if re.fullmatch(rf"[{LETTERS}][0-9]{{4}}", plain) else None


async def offer(
    transaction: AsyncSession,
    *,
    user_agent: str,
    address: str,
    now: datetime,
    new_code: Callable[[], str] = random_code,
) -> Offer:
    """A fresh code for a headset that waits, which no other living one shows."""
    await rows.forget_expired(transaction, now)
    secret, name = new_secret(), device_name(user_agent)
    for _ in range(CODE_ATTEMPTS):
        code = new_code()
        pairing = Pairing(
            id=uuid7(),
            secret_hash=hash_secret(secret),
            code_hash=_code_hash(code),
            name=name,
            address=address[:64],
            created_at=now,
            expires_at=now + CODE_LIFETIME,
        )
        try:
            async with transaction.begin_nested():
                transaction.add(pairing)
        except IntegrityError:
            continue  # another headset shows this code
        return Offer(code, secret, name, pairing.expires_at)
    raise Unavailable("No free code was found; try again in a minute.")


async def waiting(transaction: AsyncSession, code: str, *, now: datetime) -> Pairing:
    """The headset that shows this code; NotFound when none does."""
    plain = normal_code(code)
    found = await rows.by_code(transaction, _code_hash(plain), now) if plain else None
    if found is None:
        raise NotFound("No headset shows this code; codes last ten minutes and are used once.")
    return found


async def allow(
    transaction: AsyncSession, who: SignedIn, code: str, *, address: str, now: datetime
) -> Pairing:
    """Let the headset that shows this code sign in as this user, at its next question."""
    pairing = await waiting(transaction, code, now=now)
    pairing.approved_by = who.id
    pairing.approved_at = now
    _write_down(transaction, who.id, "headset_allowed", pairing.name, address, now)
    await transaction.flush()
    return pairing


async def collect(
    transaction: AsyncSession,
    secret: str,
    *,
    lifetime: timedelta,
    user_agent: str,
    address: str,
    now: datetime,
) -> NewLogin | None:
    """Sign the headset in if somebody typed its code; None: nobody has yet.

    Gone when the code is over, or was collected, or whoever typed it may not sign in any more.
    """
    pairing = await rows.by_secret(transaction, hash_secret(secret), now)
    if pairing is None:
        raise Gone("This code is over; the page shows a new one.", reason="expired")
    if pairing.approved_by is None:
        return None
    found = await rows.enabled_user(transaction, pairing.approved_by)
    name = pairing.name
    await transaction.delete(pairing)
    if found is None:
        raise Gone("This code is over; the page shows a new one.", reason="disabled")
    principal, login_name = found
    login = await accounts.start_login(
        transaction,
        principal,
        lifetime=lifetime,
        now=now,
        login=login_name,
        user_agent=user_agent,
        address=address,
    )
    assert login.who.login_id is not None, "start_login makes one"
    transaction.add(
        Device(
            id=uuid7(),
            principal_id=principal.id,
            login_id=login.who.login_id,
            name=name,
            created_at=now,
        )
    )
    _write_down(transaction, principal.id, "headset_signed_in", name, address, now)
    await transaction.flush()
    return login


async def remove(
    transaction: AsyncSession, owner_id: UUID, device_id: UUID, *, address: str, now: datetime
) -> None:
    """Sign a headset of this user out, at once and for good."""
    device = await transaction.get(Device, device_id)
    if device is None or device.principal_id != owner_id:
        raise NotFound()
    _write_down(transaction, owner_id, "headset_removed", device.name, address, now)
    await rows.end_login(transaction, device.login_id)
    await transaction.flush()


def _code_hash(code: str) -> str:
    """What the database keeps of a code.

    A reader of the database could try all 180,000 codes within its ten minutes; what they would
    win is to sign somebody's headset in as themselves. The index compares hashes, so the time that
    a look-up takes tells nothing of a code.
    """
    return hash_secret(f"holotable-pairing/1 {code}")


def _write_down(
    transaction: AsyncSession,
    principal_id: UUID,
    kind: EventKind,
    subject: str,
    address: str,
    now: datetime,
) -> None:
    transaction.add(
        AccountEvent(
            id=uuid7(),
            principal_id=principal_id,
            at=now,
            kind=kind,
            subject=subject,
            address=address[:64],
        )
    )
