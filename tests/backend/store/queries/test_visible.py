"""The visibility filter against a brute-force reading of the rules, and its edges one by one."""

from datetime import timedelta

from builders import (
    Asset,
    Clock,
    Folder,
    Principal,
    Project,
    Revision,
    Session,
    add_asset,
    add_folder,
    add_guest,
    add_member,
    add_project,
    add_revision,
    add_session,
    add_share_link,
    add_user,
)
from sqlalchemy import select

from holotable import accounts
from holotable.review.roles import Role
from holotable.store.database import Database, uuid7
from holotable.store.queries.visible import (
    find,
    find_trashed,
    reach,
    reach_of,
    visible,
)
from holotable.store.tables import Conversion, Package, ShareLink


async def names(
    database: Database, table: type[Project] | type[Asset], who: Principal, clock: Clock
) -> set[str]:
    async with database.transaction() as transaction:
        rows = await transaction.execute(visible(table, reach(who.id, clock())))
        return {row[0].name for row in rows}


async def test_members_see_their_projects_and_nobody_elses(
    database: Database, clock: Clock
) -> None:
    mia, ben = await add_user(database, clock, "Mia"), await add_user(database, clock, "Ben")
    shared = await add_project(database, clock, owner=mia, name="shared")
    await add_project(database, clock, owner=mia, name="mias")
    await add_project(database, clock, owner=ben, name="bens")
    await add_member(database, clock, shared, ben, Role.VIEWER)
    assert await names(database, Project, mia, clock) == {"shared", "mias"}
    assert await names(database, Project, ben, clock) == {"shared", "bens"}


async def test_a_grant_ends_with_its_time_its_link_or_its_session(
    database: Database, clock: Clock
) -> None:
    mia = await add_user(database, clock, "Mia")
    project = await add_project(database, clock, owner=mia)
    asset = await add_asset(database, clock, project)
    session = await add_session(database, clock, await add_revision(database, clock, asset))
    link = await add_share_link(database, clock, project, expires_at=clock() + timedelta(hours=2))

    async def guest(**grant: object) -> Principal:
        async with database.transaction() as transaction:
            return await accounts.admit_guest(
                transaction, None, name="Dana", project_id=project.id, role=Role.GUEST_VIEW,
                expires_at=clock() + timedelta(days=1), now=clock(), **grant,  # type: ignore[arg-type]  # test table
            )  # fmt: skip

    plain, by_link = await guest(), await guest(share_link_id=link.id)
    by_session = await guest(session_id=session.id)

    async def see() -> list[bool]:
        return [
            bool(await names(database, Project, who, clock)) for who in (plain, by_link, by_session)
        ]

    assert await see() == [True, True, True]
    clock.advance(hours=3)
    assert await see() == [True, False, True]
    async with database.transaction() as transaction:
        (await transaction.get_one(Session, session.id)).ended_at = clock()
    assert await see() == [True, False, False]
    clock.advance(days=1)
    assert await see() == [False, False, False]


async def test_a_revoked_link_ends_its_grants(database: Database, clock: Clock) -> None:
    mia = await add_user(database, clock, "Mia")
    project = await add_project(database, clock, owner=mia)
    link = await add_share_link(database, clock, project)
    async with database.transaction() as transaction:
        dana = await accounts.admit_guest(
            transaction, None, name="Dana", project_id=project.id, role=Role.GUEST_LIVE,
            expires_at=clock() + timedelta(days=1), now=clock(), share_link_id=link.id,
        )  # fmt: skip
    assert await names(database, Project, dana, clock) == {project.name}
    async with database.transaction() as transaction:
        (await transaction.get_one(ShareLink, link.id)).revoked_at = clock()
    assert await names(database, Project, dana, clock) == set()


async def test_a_membership_beats_a_grant(database: Database, clock: Clock) -> None:
    mia = await add_user(database, clock, "Mia")
    project = await add_project(database, clock, owner=mia)
    asset = await add_asset(database, clock, project)
    async with database.transaction() as transaction:
        who = accounts.SignedIn(mia.id, "user", "Mia", "mia", False)
        await accounts.admit_guest(
            transaction, who, name=None, project_id=project.id, role=Role.GUEST_VIEW,
            asset_id=asset.id, expires_at=clock() + timedelta(days=1), now=clock(),
        )  # fmt: skip
        found = await reach_of(transaction, project.id, mia.id, clock())
    assert found is not None
    assert (found.role, found.asset_id) == (Role.OWNER, None)


async def test_a_guest_of_one_asset_reaches_what_belongs_to_it_and_nothing_else(
    database: Database, clock: Clock
) -> None:
    mia = await add_user(database, clock, "Mia")
    project = await add_project(database, clock, owner=mia)
    folder = await add_folder(database, clock, project)
    shared = await add_asset(database, clock, project, "shared", folder)
    secret = await add_asset(database, clock, project, "secret", folder)
    revisions = [await add_revision(database, clock, asset) for asset in (shared, secret)]
    sessions = [await add_session(database, clock, revision) for revision in revisions]
    link = await add_share_link(database, clock, project)
    dana = await add_guest(database, clock, project, asset=shared)

    async with database.transaction() as transaction:

        async def sees(table: type, row_id: object) -> bool:
            return await find(transaction, table, row_id, dana.id, clock()) is not None  # type: ignore[arg-type]  # test table

        assert await sees(Project, project.id)
        assert [await sees(Asset, asset.id) for asset in (shared, secret)] == [True, False]
        assert [await sees(Revision, row.id) for row in revisions] == [True, False]
        assert [await sees(Session, row.id) for row in sessions] == [True, False]
        assert not await sees(Folder, folder.id)
        assert not await sees(ShareLink, link.id)
        for table in (Conversion, Package):
            rows = await transaction.execute(visible(table, reach(dana.id, clock())))
            assert {row[0].revision_id for row in rows} == {revisions[0].id}


async def test_trashed_rows_and_rows_of_trashed_projects_are_not_there(
    database: Database, clock: Clock
) -> None:
    mia = await add_user(database, clock, "Mia")
    project = await add_project(database, clock, owner=mia)
    asset = await add_asset(database, clock, project, deleted_at=clock())
    revision = await add_revision(database, clock, asset)
    async with database.transaction() as transaction:
        assert await find(transaction, Asset, asset.id, mia.id, clock()) is None
        assert await find(transaction, Revision, revision.id, mia.id, clock()) is None
        found = await find_trashed(transaction, Asset, asset.id, mia.id, clock())
        assert found is not None
        assert found[1] == Role.OWNER
        (await transaction.get_one(Project, project.id)).deleted_at = clock()
        await transaction.flush()
        assert await find(transaction, Project, project.id, mia.id, clock()) is None
        assert await find_trashed(transaction, Asset, asset.id, mia.id, clock()) is None
        gone = await reach_of(transaction, project.id, mia.id, clock(), trashed=True)
        assert gone is not None


async def test_every_table_that_names_a_project_is_filtered_or_has_its_own_way(
    database: Database, clock: Clock
) -> None:
    from holotable.store import drawing_tables, issue_tables
    from holotable.store.event_tables import EventRow, Webhook, WebhookDelivery
    from holotable.store.exchange_tables import ModelExport, TusUpload
    from holotable.store.external_tables import ExternalRef
    from holotable.store.notification_tables import Notification
    from holotable.store.recording_tables import (
        MinutesComment,
        MinutesEdition,
        MinutesRow,
        Recording,
    )
    from holotable.store.review_tables import Review, ReviewPacket, ReviewVerdict, RevisionEvent
    from holotable.store.tables import Comparison, GuestGrant, Member, Table, Viewpoint

    filtered = (
        Project,
        Folder,
        Asset,
        Revision,
        Session,
        ShareLink,
        Conversion,
        Package,
        Viewpoint,
        Review,
        ReviewPacket,
        ReviewVerdict,
        RevisionEvent,
        Recording,
        MinutesRow,
        EventRow,
        Webhook,
        WebhookDelivery,
        ModelExport,
        TusUpload,
        drawing_tables.Drawing,
        drawing_tables.SheetPin,
        issue_tables.Anchor,
        issue_tables.Issue,
        issue_tables.IssueAttachment,
        issue_tables.IssueComment,
        issue_tables.IssueEvent,
        issue_tables.IssueFilter,
        issue_tables.IssueViewpoint,
        Notification,
    )
    # Read only through an issue, a comment, an anchor, the revisions, the session or the project
    # that has them.
    beneath = {
        Comparison,
        ExternalRef,
        MinutesComment,
        MinutesEdition,
        issue_tables.AnchorOutcome,
        issue_tables.AnchorRun,
        issue_tables.IssueCommentEdit,
        issue_tables.IssueLabel,
        issue_tables.IssueMention,
        issue_tables.IssueSettings,
        issue_tables.IssueWatcher,
    }
    owned = {mapper.class_ for mapper in Table.registry.mappers if "project_id" in mapper.columns}
    assert owned - beneath - {Member, GuestGrant} == set(filtered) - {Project}
    for table in filtered:
        statement = visible(table, reach(uuid7(), clock()))
        async with database.transaction() as transaction:
            assert (await transaction.execute(statement)).all() == []


async def test_several_principals_are_answered_at_once(database: Database, clock: Clock) -> None:
    mia, ben = await add_user(database, clock, "Mia"), await add_user(database, clock, "Ben")
    project = await add_project(database, clock, owner=mia, members={Role.VIEWER: ben})
    async with database.transaction() as transaction:
        rows = await transaction.execute(select(reach([mia.id, ben.id], clock())))
        found = {(row.principal_id, row.project_id, row.role) for row in rows}
    assert found == {(mia.id, project.id, "owner"), (ben.id, project.id, "viewer")}
