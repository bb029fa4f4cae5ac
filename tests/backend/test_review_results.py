"""A review's rows as one value: people, verdicts, issues with what was seen, in stable ids."""

from pathlib import Path
from typing import Any

import pytest
from builders import Caller, Clock, Project, Revision, add_asset, add_review
from fastapi import FastAPI
from issue_builders import add_anchor, add_comment, add_issue, add_issue_viewpoint
from published import fixture_packages, published

from holotable import review_results, reviews
from holotable.exchange.result import Changes, Result
from holotable.review.approval import Facts, Rule, Verdict
from holotable.store.blobs import put_bytes
from holotable.store.database import Database
from holotable.store.issue_tables import IssueViewpoint
from holotable.store.queries import packages
from holotable.store.review_tables import Review, ReviewCoverage, ReviewTick
from holotable.web.context import Context

FACTS = Facts(is_approver=True, is_author=False, opened=True, blocking_issues=0, unticked=0,
              checklist=0)  # fmt: skip


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return fixture_packages(tmp_path_factory.mktemp("results"))


@pytest.fixture
async def revision(
    app: FastAPI, database: Database, clock: Clock, project: Project, folders: dict[str, Path]
) -> Revision:
    asset = await add_asset(database, clock, project, "Fixture")
    return await published(app.state.context, database, clock, asset, folders["B"])


async def read(
    context: Context, review: Review, changes: Changes | None = None, changed: Any = ()
) -> Result:
    async with context.database.transaction() as session:
        row = await session.get_one(Review, review.id)
        found = await review_results.gather(session, row)
    return await review_results.result_of(
        found, context.blobs, context.structures, changes, changed
    )


async def test_people_verdicts_checklist_and_trail_are_in_it(
    app: FastAPI, database: Database, clock: Clock, owner: Caller, revision: Revision
) -> None:
    rule = Rule(must=frozenset([owner.id]), own_work=True)
    review = await add_review(
        database, clock, revision, approvers=[owner.principal], rule=rule,
        checklist=["Tolerances", "Material"],
    )  # fmt: skip
    async with database.transaction() as session:
        row = await session.get_one(Review, review.id)
        session.add(
            ReviewTick(
                review_id=row.id, item_id=row.checklist[0]["id"], revision_id=revision.id,
                principal_id=owner.id, at=clock(),
            )
        )  # fmt: skip
        await reviews.give(
            session, row, reviews.Person(owner.id, "Mia"), clock(), revision_id=revision.id,
            verdict=Verdict.APPROVE, text="", meaning="I approve.", signed=True, facts=FACTS,
        )  # fmt: skip
    found = await read(app.state.context, review)
    assert (found.state, found.approvals, found.needed, found.missing) == ("approved", 1, 1, ())
    assert (found.revision.label, found.revision.file_name) == ("A", "Fixture.step")
    assert found.rule["must"] == [owner.principal.name]
    assert [(one.seat, one.must, one.standing) for one in found.seats] == [
        ("approver", True, "approved")
    ]
    assert [(one.verdict, one.signed, one.meaning, one.revision) for one in found.said] == [
        ("approve", True, "I approve.", "A")
    ]
    assert [(one.text, one.ticked_by) for one in found.checklist] == [
        ("Tolerances", owner.principal.name), ("Material", "")
    ]  # fmt: skip
    assert [one.kind for one in found.trail] == ["requested", "lifecycle", "verdict", "lifecycle"]
    assert found.thumbnail is not None
    assert found.thumbnail.content.startswith(b"RIFF")


async def test_issues_carry_their_comments_place_and_views_by_stable_ids(
    app: FastAPI, database: Database, clock: Clock, owner: Caller, project: Project,
    revision: Revision,
) -> None:  # fmt: skip
    context: Context = app.state.context
    review = await add_review(database, clock, revision, approvers=[owner.principal])
    async with database.transaction() as session:
        package = await packages.current(session, revision.id)
        assert package is not None
        digest = (await packages.files_of(session, package.id))["structure.json"].sha256
    ids = (await context.structures.get(digest)).placed_ids()
    content = {
        "format": "holotable-viewpoint/1", "revision_id": str(revision.id), "structure": digest,
        "camera": {"position": [0, 0, 2], "target": [0, 0, 0], "up": [0, 1, 0], "fov_rad": 0.8},
        "visibility": {"hidden": [[0, 1], [900, 901]], "isolated": False},
        "selection": {"parts": {"ids": ["gone"], "all_but": False}},
        "colouring": {"groups": [{"label": "a", "colour": "#ff0000", "parts": [[2, 2]]}]},
        "sections": {
            "planes": [
                {"id": "p", "name": "", "normal": [0, -1, 0], "offset_m": -0.5},
                {"id": "q", "name": "", "normal": [1, 0, 0], "offset_m": 0, "enabled": False},
            ],
            "box": {"centre": [1, 1, 1], "half": [1, 2, 3], "rotation": [0, 0, 0, 1]},
        },
    }  # fmt: skip
    issue = await add_issue(database, clock, project, "Wall", revision=revision, blocking=True)
    await add_comment(database, clock, issue, "Yes")
    await add_anchor(database, clock, issue, revision, ids[0], state="moved")
    row = await add_issue_viewpoint(database, clock, issue, content)
    blob = await put_bytes(context.blobs, b"picture")
    async with database.transaction() as session:
        kept = await session.get_one(IssueViewpoint, row.id)
        kept.snapshot_sha256, kept.snapshot_type = blob.sha256, "image/png"
        kept.snapshot_bytes = blob.size
    (topic,) = (await read(context, review)).topics
    assert (topic.number, topic.blocking, topic.anchor, topic.part) == (1, True, "moved", ids[0])
    assert [one.text for one in topic.remarks] == ["Yes"]
    (view,) = topic.views
    assert view.hidden == (ids[0], ids[1])
    assert view.left_out == 2
    assert view.selected == ("gone",)
    assert (view.colours[0].colour, view.colours[0].parts) == ("#ff0000", (ids[2],))
    assert view.camera is not None
    assert (view.camera.direction, view.camera.height_m) == ((0.0, 0.0, -1.0), None)
    assert view.cuts[0].point == (0.0, 0.5, 0.0)
    assert len(view.cuts) == 1 + 6
    assert {(one.point, one.normal) for one in view.cuts[1:3]} == {
        ((2.0, 1.0, 1.0), (-1.0, 0.0, 0.0)), ((0.0, 1.0, 1.0), (1.0, 0.0, 0.0))
    }  # fmt: skip
    assert view.snapshot is not None
    assert view.snapshot.content == b"picture"


async def test_an_isolation_shows_the_rest_and_a_lost_tree_names_nothing(
    app: FastAPI, database: Database, clock: Clock, owner: Caller, project: Project,
    revision: Revision,
) -> None:  # fmt: skip
    context: Context = app.state.context
    review = await add_review(database, clock, revision, approvers=[owner.principal])
    async with database.transaction() as session:
        package = await packages.current(session, revision.id)
        assert package is not None
        digest = (await packages.files_of(session, package.id))["structure.json"].sha256
    ids = (await context.structures.get(digest)).placed_ids()
    hidden = {"hidden": [[1, len(ids) - 1]], "isolated": True}
    issue = await add_issue(database, clock, project, "Wall", revision=revision)
    for structure in (digest, "0" * 64):
        await add_issue_viewpoint(
            database, clock, issue, {"structure": structure, "visibility": hidden}
        )
    (topic,) = (await read(context, review)).topics
    shown, lost = topic.views
    assert (shown.shown, shown.hidden) == ((ids[0],), ())
    assert (lost.shown, lost.hidden, lost.left_out) == (None, (), len(ids) - 1)


async def test_coverage_counts_what_changed_and_only_of_this_tree(
    app: FastAPI, database: Database, clock: Clock, owner: Caller, revision: Revision
) -> None:
    review = await add_review(database, clock, revision, approvers=[owner.principal])
    async with database.transaction() as session:
        package = await packages.current(session, revision.id)
        assert package is not None
        digest = (await packages.files_of(session, package.id))["structure.json"].sha256
        session.add(
            ReviewCoverage(
                review_id=review.id, revision_id=revision.id, principal_id=owner.id,
                structure_sha256=digest, seen=[[0, 1], [4, 4]], updated_at=clock(),
            )
        )  # fmt: skip
    found = await read(app.state.context, review, Changes(), {1, 2, 4})
    assert [(one.seen, one.changed) for one in found.covered] == [(2, 3)]
    assert (await read(app.state.context, review, Changes(), ())).covered == ()
    async with database.transaction() as session:
        row = await session.get_one(ReviewCoverage, (review.id, revision.id, owner.id))
        row.structure_sha256 = "0" * 64
    assert (await read(app.state.context, review, Changes(), {1})).covered == ()
