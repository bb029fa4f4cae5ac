from datetime import timedelta
from types import SimpleNamespace

import pytest
from builders import Clock, add_asset, add_project, add_revision, add_session, add_user
from live_builders import AT, CID

from holotable.review.roles import Role
from holotable.rooms.effects import Joiner
from holotable.rooms.journal import StoredJournal, iso, past_of
from holotable.rooms.ledger import Ledger
from holotable.rooms.live_room import FencedError
from holotable.rooms.protocol import Author, Op
from holotable.store.database import Database
from holotable.store.queries import sessions as rows
from holotable.store.queries.minutes import attendance

LEASE = timedelta(seconds=10)


async def test_what_is_appended_is_the_past_of_the_next_room_and_only_the_owner_appends(
    database: Database, clock: Clock
) -> None:
    mia = await add_user(database, clock, "Mia")
    project = await add_project(database, clock, owner=mia)
    revision = await add_revision(database, clock, await add_asset(database, clock, project))
    meeting = await add_session(database, clock, revision)
    async with database.transaction() as transaction:
        claimed = await rows.claim(transaction, meeting.id, "", LEASE)
    assert isinstance(claimed, tuple)
    journal = StoredJournal(database, claimed[1], clock, None, Ledger(database))
    op = Op(
        t="op", seq=1, kind="set", key="explode", value={"amount": 0.5},
        by=Author(principal_id=str(mia.id), name="Mia", slot=None), at=AT, cid=CID, cseq=1,
    )  # fmt: skip
    await journal.append([op], [], [])
    assert await journal.recall(CID, 1) == op
    assert await journal.recall(CID, 2) is None
    async with database.transaction() as transaction:
        past = await past_of(transaction, claimed[0], None)
        assert (past.seq, past.recent, past.clients) == (1, (op,), {})
        assert past.state["explode"]["value"] == {"amount": 0.5}
        await rows.claim(transaction, meeting.id, "", LEASE)
    with pytest.raises(FencedError):
        await journal.append([], [], [])


def test_moments_on_the_wire_are_utc_with_milliseconds(clock: Clock) -> None:
    assert iso(clock()).endswith("Z")


async def test_who_watches_is_written_down_and_neither_counts_nor_has_been_in_it(
    database: Database, clock: Clock
) -> None:
    mia = await add_user(database, clock, "Mia")
    dana = await add_user(database, clock, "Dana")
    project = await add_project(database, clock, owner=mia)
    revision = await add_revision(database, clock, await add_asset(database, clock, project))
    meeting = await add_session(database, clock, revision)
    async with database.transaction() as transaction:
        claimed = await rows.claim(transaction, meeting.id, "", LEASE)
    assert isinstance(claimed, tuple)
    journal = StoredJournal(database, claimed[1], clock, None, Ledger(database))
    came = [
        SimpleNamespace(
            slot=slot, joiner=Joiner(str(who.id), who.name, Role.VIEWER, False, "desktop")
        )
        for slot, who in ((0, mia), (-1, dana))
    ]
    await journal.append([], came, [])  # type: ignore[arg-type]  # all that is used of them
    async with database.transaction() as transaction:
        attended = await attendance(transaction, meeting.id)
        assert [(one.name, one.role) for one in attended] == [
            ("Mia", "viewer"),
            ("Dana", "spectator"),
        ]
        assert await rows.attendees_of(transaction, meeting.id) == [mia.id]
        assert not await rows.attended(transaction, meeting.id, dana.id)
        assert await rows.people_in(transaction, [meeting.id], clock()) == {meeting.id: 1}
    gone = [came[1].attendance_id]
    await journal.append([], [], gone)
    async with database.transaction() as transaction:
        assert (await attendance(transaction, meeting.id))[1].left_at is not None
