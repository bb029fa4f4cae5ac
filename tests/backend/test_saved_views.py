"""Saved views: an agenda in the order they were kept, and one row for equal links."""

import pytest
from builders import Clock, Project, Revision, add_asset, add_revision
from sqlalchemy import select

from holotable import saved_views
from holotable.review.viewpoint import FORMAT, Camera
from holotable.review.viewpoint import Viewpoint as Content
from holotable.saved_views import View
from holotable.store.database import Database
from holotable.store.tables import Viewpoint


@pytest.fixture
async def revision(database: Database, clock: Clock, project: Project) -> Revision:
    return await add_revision(database, clock, await add_asset(database, clock, project))


def seen(revision: Revision, x: float = 1.0) -> Content:
    camera = Camera(position=(x, 0.0, 0.0), target=(0.0, 0.0, 0.0), up=(0.0, 1.0, 0.0), fov_rad=0.8)
    return Content(format=FORMAT, revision_id=str(revision.id), camera=camera)


async def test_a_view_stands_behind_the_others_of_the_agenda(
    database: Database, clock: Clock, project: Project, revision: Revision
) -> None:
    picture = ("a" * 64, "image/webp")
    for name, kept in (("One", None), ("Two", picture)):
        view = View(seen(revision), name, "Monday", picture=kept)
        async with database.transaction() as session:
            await saved_views.keep(session, revision, view, author=project.created_by, now=clock())
    async with database.transaction() as session:
        found = list(await session.scalars(select(Viewpoint).order_by(Viewpoint.position)))
    assert [(one.name, one.folder, one.thumbnail_sha256) for one in found] == [
        ("One", "Monday", None), ("Two", "Monday", "a" * 64),
    ]  # fmt: skip
    assert found[0].content == found[1].content, "names differ, not what was seen"
    assert found[0].content_sha256 == saved_views.digest_of(found[0].content)


async def test_the_same_link_twice_is_one_row(
    database: Database, clock: Clock, project: Project, revision: Revision
) -> None:
    for x in (1.0, 1.0, 2.0):
        view = View(seen(revision, x), immutable=True)
        async with database.transaction() as session:
            await saved_views.keep(session, revision, view, author=project.created_by, now=clock())
    async with database.transaction() as session:
        assert len(list(await session.scalars(select(Viewpoint)))) == 2
