"""One current package per revision, files by name and by content."""

import pytest
from builders import Asset, Caller, Clock, Project, Revision, add_asset, add_revision
from sqlalchemy.exc import IntegrityError

from holotable.store.database import Database
from holotable.store.queries import packages
from holotable.store.queries.packages import NewFile
from holotable.store.tables import Package


@pytest.fixture
async def revision(owner: Caller, database: Database, clock: Clock, project: Project) -> Revision:
    asset: Asset = await add_asset(database, clock, project)
    return await add_revision(database, clock, asset)


async def replace(database: Database, revision: Revision, *files: NewFile) -> Package:
    async with database.transaction() as session:
        old = await packages.current(session, revision.id)
        assert old is not None
        return await packages.replace_current(
            session, revision_id=revision.id, conversion_id=old.conversion_id,
            converter_version="2", options={}, files=files, now=old.created_at,
        )  # fmt: skip


async def test_a_new_package_takes_the_place_of_the_current_one(
    database: Database, revision: Revision
) -> None:
    first = await replace(database, revision, NewFile("base.glb", "a" * 64, 1))
    second = await replace(
        database, revision, NewFile("base.glb", "b" * 64, 2), NewFile("x.json", "c" * 64, 3)
    )
    async with database.transaction() as session:
        current = await packages.current(session, revision.id)
        assert current is not None
        assert current.id == second.id
        assert not (await session.get_one(Package, first.id)).is_current
        assert set(await packages.files_of(session, second.id)) == {"base.glb", "x.json"}
        newest = await packages.find_file(session, revision.id, "base.glb")
        assert newest is not None
        assert (newest.sha256, newest.size) == ("b" * 64, 2)
        older = await packages.find_file(session, revision.id, "base.glb", "a" * 64)
        assert older is not None
        assert older.package_id == first.id
        assert await packages.find_file(session, revision.id, "base.glb", "d" * 64) is None


async def test_a_companion_belongs_to_the_same_package(
    database: Database, revision: Revision
) -> None:
    await replace(
        database, revision, NewFile("s.json", "a" * 64, 9), NewFile("s.json.gz", "b" * 64, 1)
    )
    await replace(database, revision, NewFile("s.json", "c" * 64, 9))
    async with database.transaction() as session:
        new = await packages.find_file(session, revision.id, "s.json")
        old = await packages.find_file(session, revision.id, "s.json", "a" * 64)
        assert new is not None
        assert old is not None
        assert await packages.companion(session, new) is None
        found = await packages.companion(session, old)
        assert found is not None
        assert found.sha256 == "b" * 64


async def test_the_database_refuses_a_second_current_package(
    database: Database, revision: Revision, clock: Clock
) -> None:
    with pytest.raises(IntegrityError):  # noqa: PT012  # the commit raises
        async with database.transaction() as session:
            old = await packages.current(session, revision.id)
            assert old is not None
            session.add(
                Package(
                    project_id=revision.project_id,
                    revision_id=revision.id,
                    conversion_id=old.conversion_id,
                    converter_version="2",
                    options={},
                    is_current=True,
                    created_at=clock(),
                )
            )
