"""Pairing a headset by a code, and my headsets; the device flow of RFC 8628 in our words."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Request, Response
from pydantic import BaseModel, Field

from holotable import accounts, devices
from holotable.devices import EventKind
from holotable.errors import NotFound
from holotable.store.queries import accounts as account_rows
from holotable.store.queries import devices as rows
from holotable.web.answers import Items
from holotable.web.dependencies import (
    AccountHolder,
    AppContext,
    Transaction,
    address_of,
)
from holotable.web.login import Me, me_answer
from holotable.web.rate_limits import Failures, address_key, guarded
from holotable.web.security import cookie_name, set_login_cookie

router = APIRouter(tags=["devices"])


class PairingOffer(BaseModel):
    """What a headset shows, and the secret with which it asks what became of it."""

    code: str  # `B-4829`, as people read it
    secret: str
    expires_at: datetime
    interval_s: float  # how long to wait between two questions


class PairingQuestion(BaseModel):
    """The secret of a headset's own offer."""

    secret: str = Field(min_length=20, max_length=100)


class StillWaiting(BaseModel):
    """Nobody has typed the code yet."""

    state: Literal["waiting"] = "waiting"


class NowSignedIn(Me):
    """Somebody typed the code: this browser is signed in as them."""

    state: Literal["signed_in"] = "signed_in"


class CodeRequest(BaseModel):
    """What a headset shows."""

    code: str = Field(max_length=20)


class WaitingDevice(BaseModel):
    """The headset behind a code, to be recognised before it is let in."""

    name: str
    address: str
    created_at: datetime
    expires_at: datetime


class DeviceAnswer(BaseModel):
    """A headset that is signed in as me."""

    id: UUID
    name: str
    created_at: datetime
    last_used_at: datetime  # at most five minutes old
    address: str  # where it signed in from
    current: bool  # it is the one that asks


class AccountEventAnswer(BaseModel):
    """Something that happened to my account."""

    id: UUID
    at: datetime
    kind: EventKind
    subject: str
    address: str


@router.post("/pairings", status_code=201)
async def offer_pairing(
    request: Request, context: AppContext, transaction: Transaction
) -> PairingOffer:
    """A code for this headset to show; whoever types it at their desk signs it in."""
    address = address_of(request)
    context.rates.pairing_address.take(address_key(address))
    made = await devices.offer(
        transaction,
        user_agent=request.headers.get("user-agent", ""),
        address=address,
        now=context.clock(),
    )
    return PairingOffer(
        code=f"{made.code[0]}-{made.code[1:]}",
        secret=made.secret,
        expires_at=made.expires_at,
        interval_s=devices.POLL_INTERVAL_S,
    )


@router.post("/pairings/answer")
async def collect_pairing(
    body: PairingQuestion,
    request: Request,
    response: Response,
    context: AppContext,
    transaction: Transaction,
) -> StillWaiting | NowSignedIn:
    """What became of my code. Asking too often is refused with the seconds to wait."""
    address = address_of(request)
    context.rates.pairing_poll.take(accounts.hash_secret(body.secret))
    context.rates.pairing_poll_address.take(address_key(address))
    now = context.clock()
    login = await devices.collect(
        transaction,
        body.secret,
        lifetime=context.limits.login_lifetime,
        user_agent=request.headers.get("user-agent", ""),
        address=address,
        now=now,
    )
    if login is None:
        return StillWaiting()
    earlier = request.cookies.get(cookie_name(request, context))
    if earlier:
        await account_rows.end_login_with(transaction, accounts.hash_secret(earlier))
    set_login_cookie(request, response, context, login)
    me = await me_answer(transaction, login.who, now)
    return NowSignedIn(**me.model_dump())


@router.post("/devices/waiting")
async def find_waiting_device(
    body: CodeRequest,
    request: Request,
    who: AccountHolder,
    context: AppContext,
    transaction: Transaction,
) -> WaitingDevice:
    """The headset that shows this code: look at it before you let it in."""
    with guarded(_guesses(context.rates.pairing_guesses, request, who.id), NotFound):
        found = await devices.waiting(transaction, body.code, now=context.clock())
    return WaitingDevice.model_validate(found, from_attributes=True)


@router.post("/devices", status_code=202)
async def allow_device(
    body: CodeRequest,
    request: Request,
    who: AccountHolder,
    context: AppContext,
    transaction: Transaction,
) -> WaitingDevice:
    """Let the headset that shows this code sign in as me; it does so within seconds."""
    with guarded(_guesses(context.rates.pairing_guesses, request, who.id), NotFound):
        found = await devices.allow(
            transaction, who, body.code, address=address_of(request), now=context.clock()
        )
    return WaitingDevice.model_validate(found, from_attributes=True)


@router.get("/devices")
async def list_devices(
    who: AccountHolder, context: AppContext, transaction: Transaction
) -> Items[DeviceAnswer]:
    """The headsets that are signed in as me, used last first."""
    found = await rows.devices_of(transaction, who.id, context.clock())
    return Items(
        items=[
            DeviceAnswer(
                id=device.id,
                name=device.name,
                created_at=device.created_at,
                last_used_at=login.last_seen_at,
                address=login.address,
                current=login.id == who.login_id,
            )
            for device, login in found
        ]
    )


@router.get("/devices/events")
async def list_device_events(
    who: AccountHolder, transaction: Transaction
) -> Items[AccountEventAnswer]:
    """Which headsets were added and removed, from where; newest first."""
    found = await rows.events_of(transaction, who.id, devices.SHOWN_EVENTS)
    return Items(
        items=[AccountEventAnswer.model_validate(one, from_attributes=True) for one in found]
    )


@router.delete("/devices/{device_id}", status_code=204)
async def remove_device(
    device_id: UUID,
    request: Request,
    who: AccountHolder,
    context: AppContext,
    transaction: Transaction,
    afterwards: BackgroundTasks,
) -> None:
    """Sign one of my headsets out; what it has open closes at once."""
    await devices.remove(
        transaction, who.id, device_id, address=address_of(request), now=context.clock()
    )
    afterwards.add_task(context.hub.recheck_everywhere)  # after the commit


def _guesses(failures: Failures, request: Request, account: UUID) -> list[tuple[Failures, str]]:
    """Whose wrong codes count: those of the address and those of the account."""
    return [(failures, address_key(address_of(request))), (failures, str(account))]
