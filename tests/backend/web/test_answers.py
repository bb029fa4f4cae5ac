"""Answers that several routes give: revisions as they stand, pages of lists."""

from uuid import UUID

import pytest
from builders import Clock, add_asset, add_project, add_revision, add_user

from holotable.errors import Invalid
from holotable.store.database import Database, uuid7
from holotable.store.tables import Conversion
from holotable.web.answers import (
    asset_answers,
    cut,
    decode_cursor,
    encode_cursor,
    revision_answer,
)


def test_a_cursor_is_the_id_it_was_made_of_and_nothing_else_is_one() -> None:
    row_id = uuid7()
    assert decode_cursor(encode_cursor(row_id)) == row_id
    assert str(row_id) not in encode_cursor(row_id)
    for wrong in ("", "x", "AAAA", "é", encode_cursor(UUID(int=0)) + "AAAA"):
        with pytest.raises(Invalid):
            decode_cursor(wrong)


def test_a_page_knows_whether_more_follows() -> None:
    assert cut([1, 2, 3], 2) == ([1, 2], True)
    assert cut([1, 2], 2) == ([1, 2], False)


async def test_a_failed_revision_says_why_and_what_to_do(database: Database, clock: Clock) -> None:
    mia = await add_user(database, clock, "Mia")
    asset = await add_asset(database, clock, await add_project(database, clock, owner=mia))
    revision = await add_revision(
        database, clock, asset, state="failed", placement={"unit": "mm", "up_axis": None}
    )
    async with database.transaction() as transaction:
        conversion = next(iter(await transaction.scalars(Conversion.__table__.select())), None)
        assert conversion is not None
        row = await transaction.get_one(Conversion, conversion)
        row.fraction = 0.4
        row.problem = {
            "code": "missing_files", "detail": "2 files are missing.", "remedy": "Upload a zip.",
            "facts": {"names": ["a.stp"]},
        }  # fmt: skip
    async with database.transaction() as transaction:
        answer = await revision_answer(transaction, revision)
    assert answer.problem is not None
    assert (answer.state, answer.problem.code) == ("failed", "missing_files")
    assert answer.problem.facts == {"names": ["a.stp"]}
    assert (answer.progress.stage, answer.progress.fraction) == ("failed", 0.4)
    assert answer.placement is not None
    assert (answer.placement.unit, answer.package) == ("mm", None)
    assert answer.created_by is not None
    assert answer.created_by.name == "Mia"


async def test_a_ready_revision_names_its_scene(database: Database, clock: Clock) -> None:
    mia = await add_user(database, clock, "Mia")
    asset = await add_asset(database, clock, await add_project(database, clock, owner=mia))
    revision = await add_revision(database, clock, asset)
    async with database.transaction() as transaction:
        (answer,) = await asset_answers(transaction, [asset])
    assert answer.latest_revision is not None
    assert answer.latest_revision.progress.fraction == 1.0
    assert answer.latest_revision.package is not None
    assert answer.latest_revision.package.scene_url == f"/api/v1/revisions/{revision.id}/scene"
