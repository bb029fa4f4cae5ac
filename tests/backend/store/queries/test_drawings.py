"""Rows of drawings: what a revision's sheets show, of its own and of earlier ones."""

from builders import Clock, Project, add_asset, add_revision
from issue_builders import add_comment, add_drawing, add_issue, add_sheet_pin

from holotable.store.database import Database
from holotable.store.drawing_tables import Drawing
from holotable.store.queries import drawings as rows
from holotable.store.tables import Revision


async def seen(
    database: Database, revision: Revision, *, with_closed: bool = False
) -> list[tuple[str, str, bool]]:
    """(title, label of the revision it was made on, whether it was taken over), by title."""
    async with database.transaction() as session:
        found = await rows.shown(session, revision, with_closed=with_closed)
    return sorted(
        (
            one.issue.title if one.issue else one.comment.text if one.comment else "",
            one.placed.revision_label,
            one.here.id != one.placed.drawing.id,
        )
        for one in found
    )


async def test_a_later_revision_shows_what_stands_on_drawings_of_the_same_name(
    database: Database, clock: Clock, project: Project
) -> None:
    asset = await add_asset(database, clock, project)
    a, b = [await add_revision(database, clock, asset) for _ in range(2)]
    plate_a = await add_drawing(database, clock, a, "Plate")
    plate_b = await add_drawing(database, clock, b, "PLATE", page_count=1, pages=[[0.2, 0.3]])
    lid_a = await add_drawing(database, clock, a, "Lid")
    for title, drawing, page in (
        ("first sheet", plate_a, 0),
        ("second sheet", plate_a, 1),  # B's has one sheet only
        ("lid", lid_a, 0),
        ("of b", plate_b, 0),
    ):
        issue = await add_issue(database, clock, project, title, revision=a)
        await add_sheet_pin(database, clock, issue, drawing, page)
    assert await seen(database, b) == [("first sheet", "A", True), ("of b", "B", False)]
    assert await seen(database, a) == [
        ("first sheet", "A", False),
        ("lid", "A", False),
        ("second sheet", "A", False),
    ]


async def test_what_stood_on_a_removed_drawing_is_shown_on_the_one_that_took_its_name(
    database: Database, clock: Clock, project: Project
) -> None:
    revision = await add_revision(database, clock, await add_asset(database, clock, project))
    old = await add_drawing(database, clock, revision)
    issue = await add_issue(database, clock, project, revision=revision)
    await add_sheet_pin(database, clock, issue, old)
    async with database.transaction() as session:
        (await session.get_one(Drawing, old.id)).deleted_at = clock()
    assert await seen(database, revision) == []
    await add_drawing(database, clock, revision)
    assert await seen(database, revision) == [("Bore too small", "A", True)]


async def test_closed_issues_and_resolved_comments_come_when_they_are_asked_for(
    database: Database, clock: Clock, project: Project
) -> None:
    revision = await add_revision(database, clock, await add_asset(database, clock, project))
    drawing = await add_drawing(database, clock, revision)
    closed = await add_issue(database, clock, project, "closed", category="closed")
    await add_sheet_pin(database, clock, closed, drawing)
    await add_sheet_pin(database, clock, await add_comment(database, clock, revision), drawing)
    assert await seen(database, revision) == [("Please look", "A", False)]
    assert len(await seen(database, revision, with_closed=True)) == 2


async def test_a_name_is_found_however_it_is_written(
    database: Database, clock: Clock, project: Project
) -> None:
    revision = await add_revision(database, clock, await add_asset(database, clock, project))
    drawing = await add_drawing(database, clock, revision, "Größe Ä")
    async with database.transaction() as session:
        found = await rows.named(session, revision.id, "GRÖSSE ä")
        assert found is not None
        assert found.id == drawing.id
        assert await rows.named(session, revision.id, "Size") is None
