"""Rows of a project as text: every table has its place, and what is none of ours stays out."""

import json
from typing import Any

import pytest
from builders import Caller, Clock, Project, add_asset, add_revision

from holotable.errors import ProjectArchiveRows
from holotable.store.database import Database
from holotable.store.queries import project_rows
from holotable.store.queries.project_rows import BLOB_COLUMNS, KEPT, LEFT_BEHIND, Checker
from holotable.store.tables import Table

SOMEBODY = "01900000-0000-7000-8000-000000000001"
PROJECT = "01900000-0000-7000-8000-000000000002"
ASSET = "01900000-0000-7000-8000-000000000003"


def row(table: str, /, **columns: Any) -> str:
    return json.dumps([table, columns])


def project(**columns: Any) -> str:
    said = {
        "id": PROJECT, "name": "P", "description": "", "is_sample": False,
        "created_at": "2026-01-01T00:00:00+00:00", "created_by": SOMEBODY,
        "updated_at": "2026-01-01T00:00:00+00:00", "deleted_at": None, **columns,
    }  # fmt: skip
    return row("project", **said)


def asset(**columns: Any) -> str:
    said = {
        "id": ASSET, "project_id": PROJECT, "folder_id": None, "name": "A", "description": "",
        "part_number": "", "created_at": "2026-01-01T00:00:00+00:00", "created_by": None,
        "updated_at": "2026-01-01T00:00:00+00:00", "deleted_at": None, **columns,
    }  # fmt: skip
    return row("asset", **said)


def test_every_table_is_kept_or_left_behind_and_parents_come_first() -> None:
    tables = Table.metadata.tables
    assert KEPT.keys() | LEFT_BEHIND == tables.keys()
    assert not KEPT.keys() & LEFT_BEHIND
    names = list(KEPT)
    for name in names:
        for column in tables[name].columns:
            for key in column.foreign_keys:
                target = key.column.table.name
                behind = target in KEPT and names.index(target) >= names.index(name)
                assert not behind or column.nullable, f"{name}.{column.name} cannot wait"


def test_every_column_that_holds_a_hash_is_known_to_name_a_blob_or_not() -> None:
    no_blobs = {
        ("viewpoint", "content_sha256"), ("issue", "request_sha256"),
        ("issue_viewpoint", "request_sha256"), ("issue_comment", "request_sha256"),
        ("review_verdict", "source_sha256"), ("review_coverage", "structure_sha256"),
    }  # fmt: skip
    found = {
        (name, column.name)
        for name in KEPT
        for column in Table.metadata.tables[name].columns
        if "sha256" in column.name
    }
    assert found == BLOB_COLUMNS | no_blobs


def check(lines: list[str]) -> None:
    checker = Checker(PROJECT, frozenset({SOMEBODY}))
    for line in lines:
        checker.take(line)
    checker.finish()


@pytest.mark.parametrize(
    "lines",
    [
        ["no json"],
        ['["project"]'],
        [row("login", id=SOMEBODY)],
        [project(extra=1)],
        [project(name=1)],
        [project(name="x" * 201)],
        [project(name="a\0b")],
        [project(id="../..")],
        [project(created_at="yesterday")],
        [project(is_sample=0)],
        [project(), project()],
        [asset(), project()],
        [project(), asset(project_id=ASSET)],
        [project(), asset(folder_id=ASSET)],
        [project(created_by=ASSET)],
        [project(), asset(), row("share_link", id=ASSET)],
        [asset()],
    ],
)
def test_a_row_that_is_none_of_ours_is_refused(lines: list[str]) -> None:
    with pytest.raises(ProjectArchiveRows):
        check(lines)


def test_what_an_older_release_did_not_have_takes_its_default() -> None:
    checker = Checker(PROJECT, frozenset({SOMEBODY}))
    name, said = json.loads(project())
    del said["deleted_at"], said["description"]
    _, values = checker.take(json.dumps([name, said]))
    assert {"deleted_at", "description"} & values.keys() == set()
    checker.finish()


async def test_a_conversion_that_was_going_on_is_cancelled_and_leases_are_empty(
    database: Database, clock: Clock, project: Project, owner: Caller
) -> None:
    revision = await add_revision(
        database, clock, await add_asset(database, clock, project), state="reading"
    )
    async with database.transaction() as session:
        found = [one async for one in project_rows.dump(session, project.id)]
    assert [name for name, _ in found] == ["project", "member", "asset", "revision", "conversion"]
    (conversion,) = [one for name, one in found if name == "conversion"]
    assert (conversion["state"], conversion["lease_until"]) == ("cancelled", None)
    checker = Checker(str(project.id), frozenset({str(owner.id)}))
    for one in found:
        checker.take(json.dumps(one))
    checker.finish()
    assert checker.blobs == {revision.source_sha256}
    async with database.transaction() as session:
        taken = await project_rows.taken(session, checker.ids)
    assert taken == set().union(*checker.ids.values())
