"""Liveness, readiness by part, and metrics for those who may read them."""

import dataclasses

from builders import Caller, Clock, Project, add_asset, add_revision, add_session
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from holotable.store.database import Database


async def test_a_living_process_says_so_without_a_database(client: AsyncClient) -> None:
    assert (await client.get("/api/v1/healthz")).json() == {"status": "ok"}


async def test_readiness_names_every_part(
    client: AsyncClient, engine: str, owner: Caller, project: Project, database: Database,
    clock: Clock,
) -> None:  # fmt: skip
    asset = await add_asset(database, clock, project)
    for state in ("queued", "queued", "tessellating", "ready"):
        await add_revision(database, clock, asset, state=state)
    answer = (await client.get("/api/v1/readyz")).json()
    assert answer["status"] == "ready"
    assert answer["parts"]["database"] == engine
    assert answer["parts"]["worker"] == "1 converting, 2 waiting"
    assert {"blobs", "sandbox"} <= set(answer["parts"])


async def test_a_part_that_failed_makes_the_process_not_ready(app: FastAPI) -> None:
    async def broken() -> str:
        return "failed: disk full"

    app.state.context = dataclasses.replace(app.state.context, probes={"blobs": broken})
    async with AsyncClient(transport=ASGITransport(app), base_url="http://localhost") as client:
        answer = await client.get("/api/v1/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.json()["facts"]["parts"]["blobs"] == "failed: disk full"


async def test_metrics_are_for_this_machine_and_for_administrators(
    app: FastAPI, client: AsyncClient, owner: Caller, project: Project, database: Database,
    clock: Clock,
) -> None:  # fmt: skip
    asset = await add_asset(database, clock, project)
    await add_session(database, clock, await add_revision(database, clock, asset))
    text = (await client.get("/metrics")).text
    assert 'holotable_conversions{state="ready"} 1' in text
    assert "holotable_live_sessions 1" in text
    made = await owner.client.post("/api/v1/tokens", json={"name": "p", "scopes": ["admin"]})
    transport = ASGITransport(app, client=("192.168.1.9", 4000))
    async with AsyncClient(transport=transport, base_url="http://review.local") as other:
        assert (await other.get("/metrics")).status_code == 403
        bearer = {"Authorization": f"Bearer {made.json()['token']}"}
        assert (await other.get("/metrics", headers=bearer)).status_code == 200
