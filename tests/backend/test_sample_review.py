"""The sample as a review: made once, whole or not at all, by people who cannot sign in."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import uuid5

import pytest
from builders import Caller, Clock, Project, add_asset, add_project, add_revision, add_user
from fastapi import FastAPI
from published import published
from sqlalchemy import func, select

from holotable import sample_review
from holotable.anchoring import Anchoring, partners_known
from holotable.sample import gearbox, remarks
from holotable.sample_project import give_sample
from holotable.sample_review import Workplace, complete, look
from holotable.store.database import Database
from holotable.store.issue_tables import Anchor, Issue
from holotable.store.tables import Asset, Principal, User
from holotable.store.tables import Project as ProjectRow
from holotable.web.context import Context
from tests.compare_models import package

ONE = pytest.mark.parametrize("engine", ["sqlite"])


@pytest.fixture(scope="module")
def gearboxes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Packages of the three revisions."""
    folder = tmp_path_factory.mktemp("gearbox")
    found = {}
    for label in remarks.REVISIONS:
        source = folder / f"{label}.step"
        gearbox.write(source, label)
        found[label] = package(folder, source)
    return found


@pytest.fixture
async def sample(database: Database, clock: Clock, owner: Caller) -> Project:
    """The sample as `load_sample` leaves it; nobody has it yet."""
    project = await add_project(database, clock, owner=owner.principal, name="Sample project")
    async with database.transaction() as session:
        row = await session.get_one(ProjectRow, project.id)
        row.is_sample = True
    return project


@pytest.fixture
async def asset(database: Database, clock: Clock, sample: Project) -> Asset:
    made = await add_asset(database, clock, sample, remarks.ASSET)
    made.created_by = None  # nobody uploaded it: it is nobody's own work
    return made


@pytest.fixture
def place(app: FastAPI) -> Workplace:
    context: Context = app.state.context
    return Workplace(
        context.database, context.blobs, context.structures, context.sheets, context.clock
    )


@pytest.fixture
async def converted(
    app: FastAPI, database: Database, clock: Clock, asset: Asset, gearboxes: dict[str, Path]
) -> dict[str, Any]:
    context: Context = app.state.context
    return {
        label: await published(context, database, clock, asset, gearboxes[label])
        for label in remarks.REVISIONS
    }


async def standing(place: Workplace) -> Any:
    async with place.database.transaction() as session:
        return await look(session, place.clock())


async def face_under(place: Workplace, sample: Project, number: int) -> str:
    """The kind of the face that the pin of an issue stands on."""
    async with place.database.transaction() as session:
        id_ = uuid5(sample.id, f"issue {number}")
        anchor = (await session.scalars(select(Anchor).where(Anchor.issue_id == id_))).one()
    return str(anchor.content["fingerprint"]["face"]["kind"])


@ONE
async def test_a_new_owner_finds_a_design_review(
    place: Workplace, owner: Caller, sample: Project, converted: dict[str, Any]
) -> None:
    assert await complete(place)
    carrying = Anchoring(
        place.database, place.blobs, place.structures, lease_s=30.0, find_partners=partners_known
    )
    assert await carrying.carry(converted["C"].id)
    ask = owner.client.get
    items = (await ask(f"/api/v1/projects/{sample.id}/issues?descending=false")).json()["items"]
    assert [one["title"] for one in items] == [one.title for one in remarks.ISSUES]
    states = [one["anchor"]["state"] if one["anchor"] else None for one in items]
    assert states == ["placed", "geometry_changed", "moved", "detached", "placed", None]
    kinds = [await face_under(place, sample, number) for number in range(3)]
    assert kinds == ["plane", "cylinder", "cylinder"], "pins stand on faces, not in the air"
    assert [one["status"] for one in items] == [
        "Closed", "In Progress", "Resolved", "Open", "Open", "Open",
    ]  # fmt: skip
    assert items[4]["assignee"]["id"] == str(owner.id)
    assert items[4]["due_at"] is not None
    verify = (await ask(f"/api/v1/projects/{sample.id}/issues/verify")).json()["items"]
    assert [one["issue"]["number"] for one in verify] == [2]
    comments = (await ask(f"/api/v1/issues/{items[4]['id']}/comments")).json()["items"]
    assert len(comments) == 3
    views = (await ask(f"/api/v1/projects/{sample.id}/viewpoints")).json()["items"]
    agenda = sorted(views, key=lambda one: one["position"])
    assert [one["name"] for one in agenda] == [one.name for one in remarks.VIEWS]
    drawings = (await ask(f"/api/v1/revisions/{converted['C'].id}/drawings")).json()["items"]
    assert [(one["name"], one["page_count"]) for one in drawings] == [(remarks.DRAWING, 1)]
    pins = (await ask(f"/api/v1/revisions/{converted['C'].id}/pins?closed=true")).json()
    assert pins["count"] == 6  # five issues and the comment on the bracket
    moved = pins["distance_m"][pins["number"].index(3)]
    assert moved == pytest.approx(gearbox.PORT_SHIFT_MM / 1000.0, abs=1e-6)
    inbox = (await ask("/api/v1/inbox")).json()["items"]
    assert {one["kind"] for one in inbox} >= {"review_requested", "issue_assigned"}, inbox


@ONE
async def test_the_owner_can_decide_and_one_approval_is_enough(
    place: Workplace, owner: Caller, sample: Project, converted: dict[str, Any]
) -> None:
    await complete(place)
    (summary,) = (await owner.client.get(f"/api/v1/projects/{sample.id}/reviews")).json()["items"]
    review = (await owner.client.get(f"/api/v1/reviews/{summary['id']}")).json()
    assert review["state"] == "open"
    assert [one["text"] for one in review["checklist"]] == list(remarks.CHECKLIST)
    assert [one["verdict"] for one in review["verdicts"]] == ["comment"]
    given = await owner.client.post(
        f"/api/v1/reviews/{summary['id']}/verdicts",
        json={"revision_id": str(converted["C"].id), "verdict": "approve"},
    )
    assert given.status_code == 201, given.text
    assert given.json()["state"] == "approved"


@ONE
async def test_it_is_made_once_even_by_two_at_a_time_and_never_again(
    place: Workplace, sample: Project, owner: Caller, converted: dict[str, Any]
) -> None:
    assert sorted(await asyncio.gather(complete(place), complete(place))) == [False, True]
    listed = (await owner.client.get(f"/api/v1/projects/{sample.id}/issues")).json()["items"]
    for one in listed:  # what somebody threw away does not come back with the next start
        await owner.client.delete(f"/api/v1/issues/{one['id']}")
    assert await complete(place) is False
    listed = (await owner.client.get(f"/api/v1/projects/{sample.id}/issues")).json()["items"]
    assert listed == []


@ONE
async def test_a_process_that_ends_half_way_leaves_nothing_and_the_next_one_makes_it(
    place: Workplace, sample: Project, converted: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ended(*_anything: object, **_more: object) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as patched:
        patched.setattr(sample_review.reviews, "request", ended)
        with pytest.raises(asyncio.CancelledError):
            await complete(place)
    async with place.database.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Issue)) == 0
    assert await complete(place)


@ONE
async def test_nobody_can_sign_in_as_the_people_of_the_sample(
    place: Workplace, sample: Project, owner: Caller, converted: dict[str, Any]
) -> None:
    await complete(place)
    async with place.database.transaction() as session:
        made_up = (
            await session.scalars(select(Principal).where(Principal.kind == "service"))
        ).all()
        logins = (await session.scalars(select(User.principal_id))).all()
    assert {one.name for one in made_up} == set(remarks.NAMES.values())
    assert not {one.id for one in made_up} & set(logins)
    members = (await owner.client.get(f"/api/v1/projects/{sample.id}/members")).json()["items"]
    assert {(one["principal"]["name"], one["login"]) for one in members} >= {
        (name, None) for name in remarks.NAMES.values()
    }
    users = (await owner.client.get("/api/v1/users")).json()["items"]
    assert not {one["name"] for one in users} & set(remarks.NAMES.values())


@ONE
async def test_the_sample_project_can_be_put_away_with_all_of_it(
    place: Workplace, sample: Project, owner: Caller, converted: dict[str, Any]
) -> None:
    await complete(place)
    assert (await owner.client.delete(f"/api/v1/projects/{sample.id}")).status_code == 204
    assert (await owner.client.get("/api/v1/projects")).json()["items"] == []
    assert await complete(place) is False


async def test_it_waits_for_an_owner_and_for_the_conversions(
    place: Workplace, database: Database, clock: Clock
) -> None:
    assert await standing(place) == "nothing"
    ann = await add_user(database, clock, "Ann", is_admin=True)
    project = ProjectRow(name="Sample", is_sample=True, created_at=clock(), updated_at=clock())
    async with database.transaction() as session:
        session.add(project)
    assert await standing(place) == "nothing", "a sample of models only"
    asset = await add_asset(database, clock, project, remarks.ASSET)
    for label, state in (("A", "ready"), ("B", "ready"), ("C", "converting")):
        await add_revision(database, clock, asset, label, state=state)
    assert await standing(place) == "waiting"
    async with database.transaction() as session:
        await give_sample(session, ann.id, clock())
    assert await standing(place) == "waiting", "revision C cannot be seen yet"
    waiting = asyncio.create_task(complete(place, poll_s=0.01))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    waiting.cancel()
    clock.advance(days=2)
    assert await standing(place) == "nothing", "who has had it for days knows it as it is"


async def test_a_gearbox_that_somebody_changed_is_left_alone(
    place: Workplace, database: Database, clock: Clock, asset: Asset
) -> None:
    for _label in "ABCD":
        await add_revision(database, clock, asset)
    assert await standing(place) == "nothing"
