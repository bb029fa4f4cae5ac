"""Members: added by login, given roles, removed; never the last owner."""

import asyncio

import pytest
from builders import Caller, Clock, Project, add_guest, add_member, add_user, sign_in
from fastapi import FastAPI

from holotable.review.roles import Role
from holotable.store.database import Database


def members(project: Project, who: object = None) -> str:
    return f"/api/v1/projects/{project.id}/members" + (f"/{who}" if who else "")


async def test_a_user_is_added_by_login_and_then_sees_the_project(
    app: FastAPI, owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    ben = await add_user(database, clock, "Ben Okoro")
    body = {"login": " Ben.Okoro ", "role": "reviewer"}
    added = await owner.client.post(members(project), json=body)
    assert added.status_code == 201
    assert added.json()["principal"] == {"id": str(ben.id), "kind": "user", "name": "Ben Okoro"}
    listed = (await owner.client.get(members(project))).json()["items"]
    assert [(m["login"], m["role"]) for m in listed] == [
        ("mia.berg", "owner"), ("ben.okoro", "reviewer"),
    ]  # fmt: skip
    async with sign_in(app, database, clock, ben) as caller:
        seen = (await caller.client.get("/api/v1/projects")).json()["items"]
        assert [(p["name"], p["role"]) for p in seen] == [(project.name, "reviewer")]


async def test_an_unknown_login_and_a_member_twice_are_named_problems(
    owner: Caller, project: Project
) -> None:
    unknown = await owner.client.post(members(project), json={"login": "x", "role": "viewer"})
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (422, "/login")
    twice = await owner.client.post(members(project), json={"login": "mia.berg", "role": "viewer"})
    assert twice.status_code == 409


async def test_a_guest_role_is_no_members_role(owner: Caller, project: Project) -> None:
    answer = await owner.client.put(members(project, owner.id), json={"role": "guest_live"})
    assert answer.status_code == 422


async def test_the_last_owner_can_neither_leave_nor_step_down(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    demoted = await owner.client.put(members(project, owner.id), json={"role": "editor"})
    left = await owner.client.delete(members(project, owner.id))
    assert (demoted.status_code, left.status_code) == (409, 409)
    ben = await add_user(database, clock, "Ben Okoro")
    assert (
        await owner.client.put(members(project, ben.id), json={"role": "owner"})
    ).status_code == 200
    assert (await owner.client.delete(members(project, owner.id))).status_code == 204
    assert (await owner.client.get(members(project))).status_code == 404


async def test_of_two_owners_that_leave_at_once_one_stays(
    app: FastAPI, owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    ben = await add_user(database, clock, "Ben Okoro")
    await add_member(database, clock, project, ben, Role.OWNER)
    async with sign_in(app, database, clock, ben) as other:
        answers = await asyncio.gather(
            owner.client.delete(members(project, owner.id)),
            other.client.delete(members(project, ben.id)),
        )
    assert sorted(answer.status_code for answer in answers) == [204, 409]


@pytest.mark.parametrize("role", [Role.EDITOR, Role.REVIEWER, Role.VIEWER])
async def test_everybody_may_leave_but_only_owners_remove_others(
    role: Role, app: FastAPI, owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    ben = await add_user(database, clock, "Ben Okoro")
    await add_member(database, clock, project, ben, role)
    async with sign_in(app, database, clock, ben) as caller:
        assert (await caller.client.get(members(project))).status_code == 200
        assert (await caller.client.delete(members(project, owner.id))).status_code == 403
        assert (await caller.client.delete(members(project, ben.id))).status_code == 204
        assert (await caller.client.get(members(project))).status_code == 404


@pytest.mark.parametrize("role", [Role.GUEST_LIVE, Role.GUEST_VIEW])
async def test_guests_do_not_see_who_the_members_are(
    role: Role, app: FastAPI, owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    guest = await add_guest(database, clock, project, role)
    async with sign_in(app, database, clock, guest) as dana:
        assert (await dana.client.get(members(project))).status_code == 403


async def test_a_guest_cannot_be_made_a_member(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    guest = await add_guest(database, clock, project)
    answer = await owner.client.put(members(project, guest.id), json={"role": "viewer"})
    assert answer.status_code == 404
