"""Parts over HTTP: queries, values, sums, bills; hostile queries are refused by name."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from builders import Caller, Clock, Project, add_asset, add_revision
from fastapi import FastAPI

from holotable.store.blobs import put_bytes
from holotable.store.database import Database
from holotable.store.queries import packages
from holotable.store.queries.packages import NewFile
from holotable.web.context import Context

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "queries.json").read_text())
FILES: dict[str, Any] = {
    "manifest.json": {"format": "holotable-scene/1"},
    "structure.json": VECTORS["structure"],
    "structure-props.json": VECTORS["properties"],
}


@pytest.fixture
async def model(
    app: FastAPI, owner: Caller, database: Database, clock: Clock, project: Project
) -> str:
    asset = await add_asset(database, clock, project)
    revision = await add_revision(database, clock, asset)
    context: Context = app.state.context
    files = []
    for name, value in FILES.items():
        blob = await put_bytes(context.blobs, json.dumps(value).encode())
        files.append(NewFile(name, blob.sha256, blob.size))
    async with database.transaction() as session:
        old = await packages.current(session, revision.id)
        assert old is not None
        await packages.replace_current(
            session, revision_id=revision.id, conversion_id=old.conversion_id,
            converter_version="1", options={}, files=files, now=old.created_at,
        )  # fmt: skip
    return f"/api/v1/revisions/{revision.id}"


async def test_a_query_answers_runs_of_rows_and_of_occurrences(owner: Caller, model: str) -> None:
    found = await owner.client.get(f"{model}/parts", params={"query": "storey:EG mass>5kg"})
    assert found.json() == {
        "rows": [[3, 5]], "row_count": 3, "ranges": [[0, 2]], "count": 3,
    }  # fmt: skip


async def test_a_query_answers_pages_of_occurrences_too(owner: Caller, model: str) -> None:
    names: list[str] = []
    cursor: str | None = None
    while True:
        params = {"query": "mass>1kg", "limit": "2", **({"cursor": cursor} if cursor else {})}
        page = (await owner.client.get(f"{model}/occurrences", params=params)).json()
        names += [item["name"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert names == ["Wall 1", "Wall 2", "Valve V-17"]


@pytest.mark.parametrize(
    "query",
    [case[0] for case in VECTORS["errors"]] + [case[0] for case in VECTORS["model_errors"]],
)
async def test_a_query_that_cannot_be_read_is_refused_by_name(
    owner: Caller, model: str, query: str
) -> None:
    refused = await owner.client.get(f"{model}/parts", params={"query": query})
    assert refused.status_code == 422
    problem = refused.json()
    assert problem["code"] == "bad_query"
    assert problem["facts"]["reason"]


@pytest.mark.parametrize(
    "query",
    [
        "%00", "a" * 2000, "((((" * 300, "😀", "' OR 1=1 --", ".*" * 200, "\x1b[31m", "-" * 999,
        "a:" * 99,
    ],
)  # fmt: skip
async def test_a_hostile_query_is_answered_without_a_server_error(
    owner: Caller, model: str, query: str
) -> None:
    for path, name in (("parts", "query"), ("bom", "query"), ("property-values", "property")):
        answer = await owner.client.get(f"{model}/{path}", params={name: query})
        assert answer.status_code in (200, 422), (path, query)


async def test_properties_and_their_values_are_listed_page_by_page(
    owner: Caller, model: str
) -> None:
    keys: list[str] = []
    cursor: str | None = None
    while True:
        params = {"limit": "5", **({"cursor": cursor} if cursor else {})}
        page = (await owner.client.get(f"{model}/property-names", params=params)).json()
        keys += [item["key"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert {"name", "mass", "material", "Pset_WallCommon/FireRating"} <= set(keys)
    assert len(set(keys)) == len(keys)
    values = await owner.client.get(
        f"{model}/property-values", params={"property": "Pset_WallCommon/FireRating"}
    )
    assert values.json() == {
        "kind": "text",
        "unit": "",
        "items": [
            {"label": "F30", "low": None, "high": None, "count": 1, "ranges": [[1, 1]]},
            {"label": "F90", "low": None, "high": None, "count": 1, "ranges": [[0, 0]]},
        ],
        "next_cursor": None,
        "values": 2,
        "missing": [[2, 4]],
    }


async def test_a_selection_is_summed_with_what_is_missing(owner: Caller, model: str) -> None:
    answer = await owner.client.post(f"{model}/selection", json={"ranges": [[0, 1], [3, 3]]})
    found = answer.json()
    assert (found["occurrences"], found["parts"]) == (3, 2)
    # The vectors' parts have volumes, but no centres: nothing to add up, and that is said.
    assert found["mass"]["open"]["count"] == 3
    shared = {one["name"]: one for one in found["properties"]}
    assert shared["Width"]["total"] == pytest.approx(0.44)
    for wrong in ([[2, 1]], [[-1, 2]], [[0]], [[0, 1, 2]], ["a"], [[0.5, 1]]):
        refused = await owner.client.post(f"{model}/selection", json={"ranges": wrong})
        assert refused.status_code == 422, wrong
    far = await owner.client.post(f"{model}/selection", json={"ranges": [[0, 10**15]]})
    assert far.json()["occurrences"] == 5


async def test_a_bill_is_answered_as_pages_and_as_csv(owner: Caller, model: str) -> None:
    page = (await owner.client.get(f"{model}/bom", params={"limit": 2})).json()
    assert [line["name"] for line in page["items"]] == ["Wall type", "Bolt"]
    assert (page["lines"], page["quantity"], page["next_cursor"]) == (4, 5, "2")
    assert page["items"][0]["total_mass_kg"] == 9600.0
    answer = await owner.client.get(
        f"{model}/bom", params={"format": "csv", "query": "type:IfcWall", "utf8_mark": "true"}
    )
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"].startswith("attachment")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert [row[0] for row in rows] == ["Name", "Wall type"]
    some = await owner.client.post(
        f"{model}/bom", json={"ranges": [[2, 2]], "group": "storey", "sort": "name"}
    )
    assert [(line["name"], line["quantity"]) for line in some.json()["items"]] == [("EG", 1)]
    unknown = await owner.client.get(f"{model}/bom", params={"group": "nothing"})
    assert unknown.json()["code"] == "bad_query"
