from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from builders import (
    Clock,
    Principal,
    Project,
    Revision,
    Session,
    add_asset,
    add_guest,
    add_member,
    add_project,
    add_revision,
    add_session,
    add_user,
)
from sqlalchemy.exc import IntegrityError

from holotable.review.roles import Role
from holotable.store.database import Database
from holotable.store.queries import sessions as rows

LEASE = timedelta(seconds=10)


@pytest.fixture
async def mia(database: Database, clock: Clock) -> Principal:
    return await add_user(database, clock, "Mia Berg")


@pytest.fixture
async def project(database: Database, clock: Clock, mia: Principal) -> Project:
    return await add_project(database, clock, owner=mia)


@pytest.fixture
async def revision(database: Database, clock: Clock, project: Project) -> Revision:
    return await add_revision(database, clock, await add_asset(database, clock, project))


@pytest.fixture
async def meeting(database: Database, clock: Clock, revision: Revision) -> Session:
    return await add_session(database, clock, revision)


async def claim(database: Database, meeting: Session, url: str = "a") -> rows.Lease:
    async with database.transaction() as transaction:
        claimed = await rows.claim(transaction, meeting.id, url, LEASE)
    assert isinstance(claimed, tuple)
    return claimed[1]


def operation(
    mia: Principal, seq: int, key: str = "explode", kind: str = "set", **columns: Any
) -> dict[str, Any]:
    return {
        "seq": seq, "client_id": "client-one", "client_seq": seq, "kind": kind, "key": key,
        "value": {"n": seq}, "principal_id": mia.id, "name": mia.name,
        "at": datetime(2026, 1, 5, tzinfo=UTC),
    } | columns  # fmt: skip


async def append(database: Database, lease: rows.Lease, *operations: dict[str, Any]) -> bool:
    async with database.transaction() as transaction:
        if lease not in await rows.held(transaction, [lease]):
            return False
        rows_ = [{"session_id": lease.session_id, **operation} for operation in operations]
        await rows.append(transaction, rows_)
    return True


async def test_the_fence_rises_with_every_claim_and_only_the_last_one_appends(
    database: Database, meeting: Session, mia: Principal
) -> None:
    first = await claim(database, meeting)
    second = await claim(database, meeting)
    assert second.fence == first.fence + 1
    assert not await append(database, first, operation(mia, 1))
    assert await append(database, second, operation(mia, 1), operation(mia, 2))
    async with database.transaction() as transaction:
        assert await rows.last_seq(transaction, meeting.id) == 2


async def test_a_number_or_a_clients_number_is_stored_once(
    database: Database, meeting: Session, mia: Principal
) -> None:
    lease = await claim(database, meeting)
    await append(database, lease, operation(mia, 1))
    for twice in (operation(mia, 1, client_seq=9), operation(mia, 2, client_seq=1)):
        with pytest.raises(IntegrityError):
            await append(database, lease, twice)


async def test_a_living_lease_keeps_others_out_and_a_released_one_does_not(
    database: Database, meeting: Session
) -> None:
    lease = await claim(database, meeting, "a")
    async with database.transaction() as transaction:
        elsewhere = await rows.claim(transaction, meeting.id, "b", LEASE)
        assert elsewhere == rows.HeldElsewhere("a")
        assert await rows.owner_of(transaction, meeting.id) == "a"
        assert await rows.renew(transaction, [lease], LEASE) == {meeting.id}
        await rows.release(transaction, lease)
        assert await rows.owner_of(transaction, meeting.id) is None
    await claim(database, meeting, "b")


async def test_the_databases_clock_is_near_ours(database: Database) -> None:
    async with database.transaction() as transaction:
        now = await rows.database_now(transaction)
    assert abs(now - datetime.now(UTC)) < timedelta(seconds=5)


async def test_of_each_key_the_last_change_and_every_clear_matter(
    database: Database, meeting: Session, mia: Principal
) -> None:
    lease = await claim(database, meeting)
    await append(
        database, lease,
        operation(mia, 1, "section/a"), operation(mia, 2), operation(mia, 3),
        operation(mia, 4, "section/", "clear", value=None), operation(mia, 5, "section/b"),
        operation(mia, 6, "", "chat"), operation(mia, 7),
    )  # fmt: skip
    async with database.transaction() as transaction:
        changes = await rows.changes_until(transaction, meeting.id, 7)
        assert [change.seq for change in changes] == [1, 4, 5, 7]
        assert [c.seq for c in await rows.changes_until(transaction, meeting.id, 3)] == [1, 3]
        assert [c.seq for c in await rows.last_chat(transaction, meeting.id, 5)] == [6]
        assert [c.seq for c in await rows.operations_of(transaction, meeting.id, after=5)] == [6, 7]
        clients = await rows.clients_of(transaction, meeting.id, until=5)
        assert clients == {"client-one": (mia.id, 5)}
        found = await rows.operation_by_client(transaction, meeting.id, "client-one", 3)
        assert found is not None
        assert (found.seq, found.value) == (3, {"n": 3})


async def test_roles_of_many_are_what_each_has_alone(
    database: Database, clock: Clock, project: Project, revision: Revision, mia: Principal
) -> None:
    ben = await add_user(database, clock, "Ben Okoro")
    await add_member(database, clock, project, ben, Role.VIEWER)
    asset = await add_asset(database, clock, project)
    dana = await add_guest(database, clock, project, Role.GUEST_LIVE, asset=asset)
    sam = await add_user(database, clock, "Sam Stranger")
    async with database.transaction() as transaction:
        everybody = [mia.id, ben.id, dana.id, sam.id]
        roles = await rows.roles_of(transaction, everybody, clock())
        assert roles == {
            (mia.id, project.id): (Role.OWNER, None),
            (ben.id, project.id): (Role.VIEWER, None),
            (dana.id, project.id): (Role.GUEST_LIVE, asset.id),
        }
        row = await transaction.get(Principal, ben.id)
        assert row is not None
        row.disabled_at = clock()
        await transaction.flush()
        assert (ben.id, project.id) not in await rows.roles_of(transaction, everybody, clock())
        assert await rows.roles_of(transaction, [], clock()) == {}


async def test_people_are_counted_once_each_and_only_in_rooms_with_an_owner(
    database: Database, clock: Clock, meeting: Session, project: Project, mia: Principal
) -> None:
    async def counts() -> tuple[dict[Any, int], list[int]]:
        async with database.transaction() as transaction:
            now = await rows.database_now(transaction)
            people = await rows.people_in(transaction, [meeting.id], now)
            live = await rows.live_in(transaction, [project.id], now)
            return people, [one.people for one in live.get(project.id, [])]

    lease = await claim(database, meeting)
    arrivals = [
        rows.attendance_row(meeting.id, mia.id, mia.name, "owner", "desktop", clock())
        for _ in range(2)
    ]
    async with database.transaction() as transaction:
        await rows.record_arrivals(transaction, arrivals)
    assert await counts() == ({meeting.id: 1}, [1])
    async with database.transaction() as transaction:
        await rows.record_departures(transaction, [arrivals[0]["id"]], clock())
    assert await counts() == ({meeting.id: 1}, [1])
    async with database.transaction() as transaction:
        await rows.release(transaction, lease)
    assert await counts() == ({}, [])
    await claim(database, meeting)  # whoever opens the room finds nobody in it
    assert await counts() == ({}, [])
