"""Upserts below the routes: what is absent stays, and the reference remembers when it was told."""

from builders import Caller, Clock, Project, add_system

from holotable.accounts import SignedIn
from holotable.external_refs import Ref
from holotable.store.database import Database
from holotable.store.queries import external_refs as rows
from holotable.store.tables import Asset
from holotable.web.dependencies import Permissions
from holotable.web.upserts import AssetByRef, Conditions, upsert_asset

REF = Ref("windchill", "Part", "4711")


async def test_what_was_not_said_stays_and_only_a_difference_is_a_change(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    await add_system(database, clock)
    who = SignedIn(owner.id, "user", "Mia", "mia", False)

    async def told(**said: str) -> tuple[str, Asset]:
        async with database.transaction() as transaction:
            access = Permissions(who, transaction, clock())
            done = await upsert_asset(
                access,
                project.id,
                REF,
                AssetByRef(**said),
                Conditions(),  # type: ignore[arg-type]  # test table
            )
            return done.outcome, done.row

    assert (await told(name="Pump", part_number=" P-1 ", revision="B"))[0] == "created"
    clock.advance(minutes=1)
    outcome, same = await told(part_number="P-1")
    assert (outcome, same.name, same.updated_at == same.created_at) == ("unchanged", "Pump", True)
    async with database.transaction() as transaction:
        held = (await rows.refs_of(transaction, Asset, [same.id]))[same.id]
    assert [(one.revision, one.synced_at) for one in held] == [("B", clock())]
    outcome, changed = await told(revision="C")
    assert (outcome, changed.updated_at) == ("changed", clock())
