"""How busy an installation is."""

from builders import Clock, add_asset, add_project, add_revision, add_session, add_user

from holotable.store.database import Database
from holotable.store.queries.load import load
from holotable.store.tables import Attendance, Session


async def test_only_what_goes_on_right_now_is_counted(database: Database, clock: Clock) -> None:
    mia = await add_user(database, clock, "Mia")
    asset = await add_asset(database, clock, await add_project(database, clock, owner=mia))
    for state in ("queued", "reading", "publishing", "ready", "failed"):
        revision = await add_revision(database, clock, asset, state=state)
    meeting = await add_session(database, clock, revision)
    over = await add_session(database, clock, revision)
    table = await add_session(database, clock, revision, kind="table")
    async with database.transaction() as transaction:
        (await transaction.get_one(Session, over.id)).ended_at = clock()
        for session in (meeting, over, table):
            transaction.add(
                Attendance(
                    session_id=session.id,
                    principal_id=mia.id,
                    name="Mia",
                    role="owner",
                    joined_at=clock(),
                )
            )
    async with database.transaction() as transaction:
        busy = await load(transaction)
    assert (busy.waiting, busy.converting) == (1, 2)
    assert (busy.live_sessions, busy.people) == (1, 2)
