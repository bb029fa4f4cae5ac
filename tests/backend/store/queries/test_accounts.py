"""Rows of people and their secrets."""

from datetime import timedelta

from builders import Clock, add_guest, add_project, add_user

from holotable import accounts
from holotable.store.database import Database
from holotable.store.queries import accounts as rows


async def test_a_user_is_found_by_login_until_disabled(database: Database, clock: Clock) -> None:
    ben = await add_user(database, clock, "Ben")
    async with database.transaction() as transaction:
        assert await rows.any_user(transaction)
        assert not await rows.any_administrator(transaction)
        found = await rows.user_by_login(transaction, "ben")
        assert found is not None
        found[0].disabled_at = clock()
        await transaction.flush()
        assert await rows.user_by_login(transaction, "ben") is None
        again = await rows.principal_by_login(transaction, "ben")
    assert again is not None
    assert again.id == ben.id


async def test_guests_are_no_users(database: Database, clock: Clock) -> None:
    async with database.transaction() as transaction:
        assert not await rows.any_user(transaction)
    mia = await add_user(database, clock, "Mia")
    project = await add_project(database, clock, owner=mia)
    dana = await add_guest(database, clock, project)
    async with database.transaction() as transaction:
        assert await rows.user_of(transaction, dana.id) is None
        assert [user.login for _, user in await rows.users(transaction)] == ["mia"]


async def test_expired_logins_are_forgotten_and_others_stay(
    database: Database, clock: Clock
) -> None:
    ben = await add_user(database, clock, "Ben")
    async with database.transaction() as transaction:
        short = await accounts.start_login(
            transaction, ben, lifetime=timedelta(hours=1), now=clock()
        )
        long = await accounts.start_login(transaction, ben, lifetime=timedelta(days=1), now=clock())
    clock.advance(hours=2)
    async with database.transaction() as transaction:
        await rows.forget_expired_logins(transaction, clock())
        hashes = [accounts.hash_secret(login.secret) for login in (short, long)]
        found = [await rows.login_by_secret(transaction, h, clock()) for h in hashes]
        assert [login is not None for login in found] == [False, True]
        await rows.end_logins_of(transaction, ben.id, keep=long.who.login_id)
        assert await rows.login_by_secret(transaction, hashes[1], clock()) is not None
        await rows.end_logins_of(transaction, ben.id)
        assert await rows.login_by_secret(transaction, hashes[1], clock()) is None


async def test_a_guests_longest_grant_is_what_he_sees_of_himself(
    database: Database, clock: Clock
) -> None:
    mia = await add_user(database, clock, "Mia")
    first = await add_project(database, clock, owner=mia)
    second = await add_project(database, clock, owner=mia)
    dana = await add_guest(database, clock, first)
    who = accounts.SignedIn(dana.id, "guest", "Dana", None, False)
    async with database.transaction() as transaction:
        await accounts.admit_guest(
            transaction, who, name=None, project_id=second.id, role=accounts.Role.GUEST_VIEW,
            expires_at=clock() + timedelta(days=2), now=clock(),
        )  # fmt: skip
        newest = await rows.newest_grant(transaction, dana.id, clock())
        assert newest is not None
        assert newest.project_id == second.id
        assert await rows.newest_grant(transaction, dana.id, clock() + timedelta(days=3)) is None
