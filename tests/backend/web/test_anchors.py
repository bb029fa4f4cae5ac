"""Pins over REST: put, drawn on every revision, corrected by hand, refused by name, verified."""

from pathlib import Path
from typing import Any

import pytest
from anchor_models import Bench, Plate, world
from builders import (
    Caller,
    Clock,
    Project,
    Revision,
    add_asset,
    add_member,
    add_project,
    add_revision,
    add_user,
    sign_in,
)
from fastapi import FastAPI
from httpx import Response
from issue_builders import add_anchor, add_comment, add_issue

from holotable.review.roles import Role
from holotable.store.database import Database, uuid7
from holotable.store.issue_tables import Issue

WALL = world(23, 20, 5)


@pytest.fixture
async def bench(
    app: FastAPI, database: Database, clock: Clock, project: Project, tmp_path: Path
) -> Bench:
    asset = await add_asset(database, clock, project, "Plate")
    return Bench(database, app.state.context.blobs, clock, asset, tmp_path)


@pytest.fixture
async def first(bench: Bench) -> Revision:
    return await bench.revision(Plate())


@pytest.fixture
async def issue(database: Database, clock: Clock, project: Project) -> Issue:
    return await add_issue(database, clock, project)


async def pin(
    caller: Caller, to: str, revision: Revision, occurrence: object, **said: Any
) -> Response:
    body = {"revision_id": str(revision.id), "occurrence": occurrence, **said}
    return await caller.client.post(f"/api/v1/{to}/anchor", json=body)


async def pins(caller: Caller, revision: Revision, **query: Any) -> dict[str, Any]:
    answer = await caller.client.get(f"/api/v1/revisions/{revision.id}/pins", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_an_issue_is_pinned_carried_verified_and_put_elsewhere_by_hand(
    owner: Caller, bench: Bench, first: Revision, issue: Issue, project: Project
) -> None:
    plate = (await bench.ids(first, "P"))[0]
    made = await pin(owner, f"issues/{issue.id}", first, plate, world=WALL)
    assert made.status_code == 201, made.text
    face = made.json()["anchor"]["fingerprint"]["face"]
    assert (face["kind"], face["radius"]) == ("cylinder", pytest.approx(0.003))
    drawn = await pins(owner, first)
    assert (drawn["count"], drawn["number"], drawn["state"]) == (1, [1], ["placed"])
    assert drawn["place"] == pytest.approx(WALL, abs=1e-6)

    second = await bench.revision(Plate(bores=(((20, 20), 3.25), *Plate().bores[1:])))
    assert (await pins(owner, second))["state"] == ["pending"]
    run = f"/api/v1/revisions/{second.id}/anchor-run"
    assert (await owner.client.get(run)).json()["state"] == "queued"
    assert await bench.anchoring.carry(second.id)
    assert (await owner.client.get(run)).json()["state"] == "done"
    drawn = await pins(owner, second)
    assert drawn["state"] == ["geometry_changed"]
    assert drawn["place"] == pytest.approx(world(23.25, 20, 5), abs=1e-6)
    assert (await pins(owner, first))["state"] == ["placed"]
    shown = (await owner.client.get(f"/api/v1/issues/{issue.id}")).json()["anchor"]
    assert (shown["state"], shown["state_revision_label"]) == ("geometry_changed", "B")
    listed = await owner.client.get(
        f"/api/v1/projects/{project.id}/issues", params={"anchor": "geometry_changed"}
    )
    assert [one["id"] for one in listed.json()["items"]] == [str(issue.id)]

    verify = f"/api/v1/projects/{project.id}/issues/verify"
    (item,) = (await owner.client.get(verify)).json()["items"]
    (difference,) = item["outcome"]["outcome"]["evidence"]["differences"]
    assert (difference["what"], difference["after"]) == ("radius", pytest.approx(0.00325))
    history = (await owner.client.get(f"/api/v1/issues/{issue.id}/history")).json()["items"]
    assert (history[0]["field"], history[0]["by"]) == ("anchor", None)
    assert history[0]["after"]["state"] == "geometry_changed"

    hand = await pin(owner, f"issues/{issue.id}", second, plate, world=world(50, 50, 10))
    assert hand.json()["replaces_id"] == made.json()["id"]
    assert (await owner.client.get(verify)).json()["items"] == []
    assert (await pins(owner, second))["state"] == ["placed"]
    kept = (await owner.client.get(f"/api/v1/issues/{issue.id}/anchors")).json()["items"]
    assert [(one["ended_at"] is None, len(one["outcomes"])) for one in kept] == [
        (True, 0),
        (False, 1),
    ]
    assert (await owner.client.delete(f"/api/v1/issues/{issue.id}/anchor")).status_code == 204
    assert (await pins(owner, second))["count"] == 0
    assert (await owner.client.get(f"/api/v1/issues/{issue.id}")).json()["anchor"] is None


async def test_a_pin_made_on_an_earlier_revision_waits_for_the_newest(
    owner: Caller, bench: Bench, first: Revision, issue: Issue
) -> None:
    second = await bench.revision(Plate(arm_at=(120, 5, 0)))
    arm = (await bench.ids(first, "A"))[0]
    await pin(owner, f"issues/{issue.id}", first, arm, point=[0.01, 0.005, 0])
    assert (await pins(owner, second))["state"] == ["pending"]
    assert await bench.anchoring.carry(second.id)
    drawn = await pins(owner, second)
    assert drawn["state"] == ["moved"]
    assert drawn["distance_m"] == [pytest.approx(0.005)]


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize(
    ("occurrence", "code"),
    [("spare", "unknown_occurrence"), (999, "unknown_occurrence"), (None, "part_without_shape")],
)
async def test_a_pin_on_what_there_is_not_is_refused_by_name(
    owner: Caller, bench: Bench, first: Revision, issue: Issue, occurrence: Any, code: str
) -> None:
    if occurrence is None:
        occurrence = (await bench.ids(first, "Top"))[0]
    refused = await pin(owner, f"issues/{issue.id}", first, occurrence)
    assert (refused.status_code, refused.json()["code"]) == (422, code), refused.text
    assert (await pins(owner, first))["count"] == 0


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_pin_on_a_revision_without_a_scene_or_of_another_place_is_refused(
    owner: Caller, bench: Bench, first: Revision, issue: Issue, database: Database, clock: Clock,
) -> None:  # fmt: skip
    waiting = await add_revision(database, clock, bench.asset, state="failed")
    refused = await pin(owner, f"issues/{issue.id}", waiting, "x")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_ready")
    ben = await add_user(database, clock, "Ben")
    theirs = await add_project(database, clock, owner=ben)
    foreign = await add_revision(database, clock, await add_asset(database, clock, theirs))
    assert (await pin(owner, f"issues/{issue.id}", foreign, "x")).status_code == 404


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_same_pin_sent_again_is_one_and_only_the_author_pins_a_comment(
    owner: Caller, bench: Bench, first: Revision, app: FastAPI, database: Database, clock: Clock,
    project: Project,
) -> None:  # fmt: skip
    ben = await add_user(database, clock, "Ben")
    await add_member(database, clock, project, ben, Role.REVIEWER)
    comment = await add_comment(database, clock, first, "too thin", author=ben.id)
    plate = (await bench.ids(first, "P"))[0]
    where, id_ = f"comments/{comment.id}", str(uuid7())
    assert (await pin(owner, where, first, plate, world=WALL)).status_code == 403
    async with sign_in(app, database, clock, ben) as caller:
        one = await pin(caller, where, first, plate, world=WALL, id=id_)
        again = await pin(caller, where, first, plate, world=WALL, id=id_)
        assert one.json() == again.json()
        other = await pin(caller, where, first, plate, world=world(1, 1, 10), id=id_)
        assert (other.status_code, other.json()["code"]) == (409, "id_taken")
    drawn = await pins(owner, first)
    assert (drawn["kind"], drawn["title"]) == (["comment"], ["too thin"])
    await owner.client.post(f"/api/v1/comments/{comment.id}/resolve")
    assert (await pins(owner, first))["count"] == 0
    assert (await pins(owner, first, closed=True))["count"] == 1


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_ten_thousand_pins_are_one_answer(
    owner: Caller, database: Database, clock: Clock, project: Project
) -> None:
    revision = await add_revision(database, clock, await add_asset(database, clock, project))
    issue = await add_issue(database, clock, project, revision=revision)
    row = await add_anchor(database, clock, issue, revision)
    content = {**row.content, "world": [0.001, 0.002, 0.003]}
    columns = {
        name: getattr(row, name)
        for name in ("project_id", "asset_id", "revision_id", "issue_id", "occurrence_id",
                     "newest_revision_id", "created_at")
    }  # fmt: skip
    async with database.transaction() as session:
        (await session.get_one(type(row), row.id)).content = content
        await session.execute(
            type(row).__table__.insert(),
            [
                {**columns, "id": uuid7(), "content": content, "state": "placed"}
                for _ in range(9_999)
            ],
        )
    drawn = await pins(owner, revision)
    assert drawn["count"] == len(drawn["number"]) == 10_000
    assert len(drawn["place"]) == 30_000


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_closed_issues_are_drawn_only_when_asked_for(
    owner: Caller, bench: Bench, first: Revision, issue: Issue
) -> None:
    plate = (await bench.ids(first, "P"))[0]
    await pin(owner, f"issues/{issue.id}", first, plate, world=WALL)
    await owner.client.patch(f"/api/v1/issues/{issue.id}", json={"status": "Closed"})
    assert (await pins(owner, first))["count"] == 0
    assert (await pins(owner, first, closed=True))["category"] == ["closed"]
    await owner.client.delete(f"/api/v1/issues/{issue.id}")
    assert (await pins(owner, first, closed=True))["count"] == 0
