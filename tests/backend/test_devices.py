"""Pairing a headset by its code: ten minutes, once, hashed, and an audit trail."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from builders import Clock, Principal, add_user
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from holotable import accounts, devices
from holotable.accounts import SignedIn
from holotable.errors import Gone, NotFound, Unavailable
from holotable.store.database import Database
from holotable.store.device_tables import AccountEvent, Device, Pairing
from holotable.store.queries import devices as rows
from holotable.store.tables import Login

QUEST = "Mozilla/5.0 (X11; Linux x86_64; Quest 3) AppleWebKit/537.36 OculusBrowser/38.0 VR Safari"
WEEK = timedelta(days=7)


@pytest.fixture
async def dana(database: Database, clock: Clock) -> Principal:
    return await add_user(database, clock, "Dana Fox")


def signed_in(principal: Principal) -> SignedIn:
    return SignedIn(principal.id, "user", principal.name, "dana.fox", is_admin=False)


@asynccontextmanager
async def begun(database: Database) -> AsyncIterator[AsyncSession]:
    async with database.transaction() as transaction:
        yield transaction


async def offered(
    transaction: AsyncSession, clock: Clock, code: str | None = None
) -> devices.Offer:
    new_code = (lambda: code) if code else devices.random_code
    return await devices.offer(
        transaction, user_agent=QUEST, address="192.0.2.7", now=clock(), new_code=new_code
    )


async def collected(
    transaction: AsyncSession, offer: devices.Offer, clock: Clock
) -> accounts.NewLogin | None:
    return await devices.collect(
        transaction, offer.secret, lifetime=WEEK, user_agent=QUEST, address="192.0.2.7",
        now=clock(),
    )  # fmt: skip


async def test_a_typed_code_signs_the_headset_in_as_whoever_typed_it_and_only_once(
    database: Database, clock: Clock, dana: Principal
) -> None:
    async with begun(database) as transaction:
        offer = await offered(transaction, clock)
        assert await collected(transaction, offer, clock) is None
        found = await devices.waiting(transaction, offer.code, now=clock())
        assert (found.name, found.address) == ("Quest 3", "192.0.2.7")
        await devices.allow(
            transaction, signed_in(dana), offer.code, address="192.0.2.9", now=clock()
        )
        with pytest.raises(NotFound):  # nobody types it after them
            await devices.waiting(transaction, offer.code, now=clock())
        login = await collected(transaction, offer, clock)
        assert login is not None
        assert (login.who.id, login.who.name) == (dana.id, "Dana Fox")
        with pytest.raises(Gone):
            await collected(transaction, offer, clock)
        ((device, row),) = await rows.devices_of(transaction, dana.id, clock())
        assert (device.name, row.address) == ("Quest 3", "192.0.2.7")
        events = await rows.events_of(transaction, dana.id, 10)
    assert [(event.kind, event.address) for event in events] == [
        ("headset_signed_in", "192.0.2.7"),
        ("headset_allowed", "192.0.2.9"),
    ]


async def test_a_code_lasts_ten_minutes_on_both_sides(
    database: Database, clock: Clock, dana: Principal
) -> None:
    async with begun(database) as transaction:
        typed, idle = await offered(transaction, clock), await offered(transaction, clock)
        await devices.allow(transaction, signed_in(dana), typed.code, address="", now=clock())
        clock.advance(minutes=10)
        with pytest.raises(NotFound):
            await devices.waiting(transaction, idle.code, now=clock())
        with pytest.raises(Gone):
            await collected(transaction, typed, clock)
        await offered(transaction, clock)
        assert len((await transaction.scalars(select(Pairing))).all()) == 1


async def test_nothing_of_a_code_or_a_secret_is_stored_readably(
    database: Database, clock: Clock
) -> None:
    async with begun(database) as transaction:
        offer = await offered(transaction, clock, "C4829")
        stored = (await transaction.scalars(select(Pairing))).one()
    text = " ".join(str(getattr(stored, column.name)) for column in Pairing.__table__.columns)
    assert offer.code not in text
    assert offer.secret not in text
    assert offer.code not in repr(offer)


async def test_two_headsets_never_show_the_same_code(database: Database, clock: Clock) -> None:
    async with begun(database) as transaction:
        await offered(transaction, clock, "K0001")
        with pytest.raises(Unavailable):
            await offered(transaction, clock, "K0001")


async def test_who_was_disabled_meanwhile_signs_in_nowhere(
    database: Database, clock: Clock, dana: Principal
) -> None:
    async with begun(database) as transaction:
        offer = await offered(transaction, clock)
        await devices.allow(transaction, signed_in(dana), offer.code, address="", now=clock())
        (await transaction.merge(dana)).disabled_at = clock()
        await transaction.flush()
        with pytest.raises(Gone):
            await collected(transaction, offer, clock)
        assert (await transaction.scalars(select(Login))).all() == []


async def test_removing_a_headset_ends_its_login_and_only_its_owner_may(
    database: Database, clock: Clock, dana: Principal
) -> None:
    ben = await add_user(database, clock, "Ben Okoro")
    async with begun(database) as transaction:
        offer = await offered(transaction, clock)
        await devices.allow(transaction, signed_in(dana), offer.code, address="", now=clock())
        login = await collected(transaction, offer, clock)
        assert login is not None
        device = (await transaction.scalars(select(Device))).one()
        with pytest.raises(NotFound):
            await devices.remove(transaction, ben.id, device.id, address="", now=clock())
        await devices.remove(transaction, dana.id, device.id, address="192.0.2.9", now=clock())
        who = await accounts.by_login_secret(
            transaction, login.secret, user_lifetime=WEEK, now=clock()
        )
        assert who is None
        kinds = (await transaction.scalars(select(AccountEvent.kind))).all()
    assert sorted(kinds) == ["headset_allowed", "headset_removed", "headset_signed_in"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("C-4829", "C4829"), ("c 4829", "C4829"), ("C–4829", "C4829"), ("482 913", None),
     ("B-4829", None), ("C-482", None), ("", None), ("C-48２9", None)],
)  # fmt: skip
def test_a_code_is_read_however_it_was_typed(typed: str, meant: str | None) -> None:
    assert devices.normal_code(typed) == meant


def test_codes_never_look_like_a_sessions() -> None:
    codes = {devices.random_code() for _ in range(500)}
    assert all(devices.normal_code(code) == code for code in codes)
    assert len({code[0] for code in codes}) > 10
    assert not set(devices.LETTERS) & set("BDGIOQSZ")  # 8 0 6 1 0 0 5 2


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (QUEST, "Quest 3"),
        ("Mozilla/5.0 (X11; Linux x86_64; Quest 3S) OculusBrowser/38.0", "Quest 3S"),
        ("Mozilla/5.0 (Linux; Android 10; A8110) PicoBrowser/3.3", "Pico 4"),
        ("Mozilla/5.0 (Android 12; Mobile VR; rv:121.0) Gecko Wolvic/1.7", "Wolvic"),
        ("Mozilla/5.0 (Linux; Android 12; VIVE Focus 3) ViveBrowser/1.0", "Vive Focus"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari", "Browser"),
        ("", "Browser"),
    ],
)
def test_a_headset_is_called_what_people_call_it(user_agent: str, name: str) -> None:
    assert devices.device_name(user_agent) == name
