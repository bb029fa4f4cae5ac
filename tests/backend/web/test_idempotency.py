"""Idempotency-Key over HTTP: done once, answered as often as asked, nobody else's."""

import asyncio
from typing import Any

import pytest
from builders import Caller, Clock, Project, add_asset, add_user, sign_in
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from openapi_calls import operations
from sqlalchemy import select

from holotable.app import ROUTERS
from holotable.store.database import Database
from holotable.store.external_tables import IdempotencyKey
from holotable.web.idempotency import METHODS, SECRET_ANSWERS, OnceRoute, install

KEY = {"Idempotency-Key": "9f0c-1"}


async def test_the_same_request_again_answers_the_same_and_makes_nothing(
    owner: Caller, project: Project
) -> None:
    path = f"/api/v1/projects/{project.id}/assets"
    first = await owner.client.post(path, json={"name": "Pump"}, headers=KEY)
    again = await owner.client.post(path, json={"name": "Pump"}, headers=KEY)
    assert (again.status_code, again.content) == (201, first.content)
    assert (again.headers["etag"], again.headers["location"]) == (
        first.headers["etag"], first.headers["location"],
    )  # fmt: skip
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert len((await owner.client.get(path)).json()["items"]) == 1


async def test_another_request_under_the_key_is_refused(owner: Caller, project: Project) -> None:
    path = f"/api/v1/projects/{project.id}/assets"
    await owner.client.post(path, json={"name": "Pump"}, headers=KEY)
    for method, where, body in (
        ("POST", path, {"name": "Valve"}),
        ("POST", path + "?x=1", {"name": "Pump"}),
        ("POST", "/api/v1/projects", {"name": "Pump"}),
        ("PATCH", f"/api/v1/projects/{project.id}", {"name": "Pump"}),
    ):
        other = await owner.client.request(method, where, json=body, headers=KEY)
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


async def test_of_requests_at_once_one_is_done_and_the_others_wait_or_read_it(
    owner: Caller, project: Project
) -> None:
    path = f"/api/v1/projects/{project.id}/assets"
    answers = await asyncio.gather(
        *(owner.client.post(path, json={"name": "Pump"}, headers=KEY) for _ in range(5))
    )
    made = {one.json()["id"] for one in answers if one.status_code == 201}
    waits = [one.json()["code"] for one in answers if one.status_code != 201]
    assert len(made) == 1
    assert set(waits) <= {"idempotency_key_in_flight"}
    assert len((await owner.client.get(path)).json()["items"]) == 1


async def test_what_was_refused_frees_its_key(
    owner: Caller, project: Project, database: Database
) -> None:
    path = f"/api/v1/projects/{project.id}/assets"
    for body, status in (({"name": ""}, 422), ({"name": "a", "folder_id": str(project.id)}, 404)):
        refused = await owner.client.post(path, json=body, headers=KEY)
        assert refused.status_code == status
        async with database.transaction() as transaction:
            assert (await transaction.scalars(select(IdempotencyKey))).all() == []
    assert (await owner.client.post(path, json={"name": "a"}, headers=KEY)).status_code == 201


async def test_a_key_is_its_principals_and_lasts_a_day(
    app: FastAPI, owner: Caller, database: Database, clock: Clock
) -> None:
    path, body = "/api/v1/projects", {"name": "Pump"}
    mine = (await owner.client.post(path, json=body, headers=KEY)).json()["id"]
    async with sign_in(app, database, clock, await add_user(database, clock, "Ben")) as ben:
        his = await ben.client.post(path, json=body, headers=KEY)
        assert (his.status_code, "idempotency-replayed" in his.headers) == (201, False)
        assert his.json()["id"] != mine
    clock.advance(hours=25)
    later = await owner.client.post(path, json=body, headers=KEY)
    assert later.json()["id"] != mine


async def test_a_secret_is_made_once_and_never_stored(owner: Caller, database: Database) -> None:
    body = {"name": "plm", "scopes": ["write"]}
    made = await owner.client.post("/api/v1/tokens", json=body, headers=KEY)
    assert made.status_code == 201
    again = await owner.client.post("/api/v1/tokens", json=body, headers=KEY)
    assert (again.status_code, again.json()["code"]) == (409, "answer_not_kept")
    assert len((await owner.client.get("/api/v1/tokens")).json()["items"]) == 1
    async with database.transaction() as transaction:
        (row,) = (await transaction.scalars(select(IdempotencyKey))).all()
    assert (row.status, row.body) == (201, None)


async def test_an_upload_under_a_key_is_stored_once_whatever_comes_after(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    asset = await add_asset(database, clock, project)
    path = f"/api/v1/assets/{asset.id}/revisions"
    first = await owner.client.post(
        path, files={"file": ("a.stl", b"solid a\nendsolid a\n")}, headers=KEY
    )
    assert first.status_code == 201
    again = await owner.client.post(path, files={"file": ("b.stl", b"solid b\n")}, headers=KEY)
    assert (again.status_code, again.json()) == (201, first.json())
    refused = await owner.client.post(path, json={}, headers={"Idempotency-Key": "2"})
    assert refused.status_code == 422
    assert len((await owner.client.get(path)).json()["items"]) == 1


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb"])
async def test_a_key_that_is_none_is_refused(owner: Caller, key: str) -> None:
    sent = await owner.client.post(
        "/api/v1/projects", json={"name": "x"}, headers={"Idempotency-Key": key}
    )
    assert (sent.status_code, sent.json()["code"]) == (422, "invalid")


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_every_post_and_patch_takes_a_key_and_every_secret_is_known(app: FastAPI) -> None:
    bare = [
        route.name
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute)
        and METHODS & (route.methods or set())
        and not isinstance(route, OnceRoute)
    ]
    assert bare == []
    schema: dict[str, Any] = app.openapi_schema or {}
    list(operations(app))
    schema = app.openapi_schema or schema
    telling = {"token", "secret", "ticket"}
    found = set()
    for methods in schema.get("paths", {}).values():
        for method, operation in methods.items():
            if method.upper() not in METHODS:
                continue
            assert "Idempotency-Key" in [one["name"] for one in operation["parameters"]]
            for answer in operation["responses"].values():
                content = answer.get("content", {}).get("application/json", {})
                name = content.get("schema", {}).get("$ref", "").rsplit("/", 1)[-1]
                fields = schema["components"]["schemas"].get(name, {}).get("properties", {})
                if telling & set(fields):
                    found.add(operation["operationId"])
    public = {"open_embed", "open_share_link"}
    assert found - public <= SECRET_ANSWERS


def test_routes_that_only_read_take_no_key() -> None:
    router = APIRouter()

    @router.get("/a")
    def read() -> None: ...

    @router.post("/a")
    def write() -> None: ...

    install(router)
    assert [isinstance(route, OnceRoute) for route in router.routes] == [False, True]
