"""The sample project: made once, given to the first owner whoever comes first, never again."""

import asyncio
import json
import sys
from pathlib import Path

import pytest
from builders import Caller, Clock, add_project
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import select

from holotable.errors import Unavailable
from holotable.sample_project import load_sample
from holotable.store.database import Database
from holotable.store.tables import Conversion, Project

CUBE = "solid cube\nendsolid cube\n"
SETUP = {"name": "Mia Berg", "password": "correct horse battery"}


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    """A generator of two assets, one with two revisions in a folder."""
    manifest = {
        "name": "Pump Skid P-101",
        "files": [
            {"asset": "Gearbox", "file": "a.stl", "folder": "Drives", "part_number": "G-1"},
            {"asset": "Gearbox", "file": "b.stl", "note": "Bracket added"},
            {"asset": "House", "file": "c.stl"},
        ],
    }
    script = tmp_path / "generate.py"
    script.write_text(
        "import pathlib, sys\n"
        "out = pathlib.Path(sys.argv[1])\n"
        f"(out / 'sample.json').write_text({json.dumps(json.dumps(manifest))})\n"
        f"[(out / (n + '.stl')).write_text({CUBE!r} + n) for n in 'abc']\n"
    )
    return [sys.executable, str(script)]


async def load(app: FastAPI, command: list[str]) -> Project | None:
    context = app.state.context
    return await load_sample(
        context.database, context.blobs, context.jobs, context.clock, command=command
    )


async def test_made_before_anybody_signs_up_it_is_the_first_owners(
    app: FastAPI, client: AsyncClient, database: Database, command: list[str]
) -> None:
    made = await load(app, command)
    assert made is not None
    me = (await client.post("/api/v1/setup", json=SETUP)).json()
    card = (await client.get("/api/v1/projects")).json()["items"][0]
    assert (card["name"], card["is_sample"], card["role"]) == ("Pump Skid P-101", True, "owner")
    assets = (await client.get(f"/api/v1/projects/{card['id']}/assets")).json()["items"]
    assert [(a["name"], a["revision_count"], a["part_number"]) for a in assets] == [
        ("House", 1, ""), ("Gearbox", 2, "G-1"),
    ]  # fmt: skip
    assert [a["folder_id"] is None for a in assets] == [True, False]
    assert assets[1]["latest_revision"]["note"] == "Bracket added"
    async with database.transaction() as transaction:
        conversions = (await transaction.scalars(select(Conversion))).all()
    assert [(c.state, c.options["trusted"]) for c in conversions] == [("queued", True)] * 3
    assert me["is_admin"]


async def test_an_owner_who_was_faster_gets_it_too(
    app: FastAPI, client: AsyncClient, command: list[str]
) -> None:
    await client.post("/api/v1/setup", json=SETUP)
    await load(app, command)
    cards = (await client.get("/api/v1/projects")).json()["items"]
    assert [(card["is_sample"], card["role"]) for card in cards] == [(True, "owner")]


async def test_it_is_made_once_even_by_two_at_a_time(app: FastAPI, command: list[str]) -> None:
    made = await asyncio.gather(load(app, command), load(app, command))
    assert [project is None for project in made].count(True) == 1
    assert await load(app, command) is None


async def test_an_installation_in_use_gets_none(
    app: FastAPI, owner: Caller, database: Database, clock: Clock, command: list[str]
) -> None:
    await add_project(database, clock, owner=owner.principal)
    assert await load(app, command) is None


async def test_a_generator_that_fails_is_a_named_problem_and_leaves_nothing(
    app: FastAPI, database: Database, tmp_path: Path
) -> None:
    script = tmp_path / "fail.py"
    script.write_text("raise SystemExit('no solid today')")
    with pytest.raises(Unavailable) as failed:
        await load(app, [sys.executable, str(script)])
    assert "no solid today" in str(failed.value.facts["said"])
    async with database.transaction() as transaction:
        assert (await transaction.scalars(select(Project))).all() == []
