"""One revision over HTTP: note, placement, cancel, retry, log, source."""

from uuid import UUID

import pytest
from builders import Asset, Caller, Clock, Project, Revision, add_asset, add_revision
from converting import rows_of
from sqlalchemy import update

from holotable.store.database import Database
from holotable.store.queries import conversions
from holotable.store.tables import Conversion

STEP = b"ISO-10303-21;\n" * 100


@pytest.fixture
async def asset(database: Database, clock: Clock, project: Project) -> Asset:
    return await add_asset(database, clock, project)


async def uploaded(owner: Caller, asset: Asset, name: str = "größe.stp") -> str:
    answer = await owner.client.post(
        f"/api/v1/assets/{asset.id}/revisions", files={"file": (name, STEP)}
    )
    return f"/api/v1/revisions/{answer.json()['id']}"


async def test_note_and_placement_change_and_the_source_does_not(
    owner: Caller, asset: Asset
) -> None:
    path = await uploaded(owner, asset)
    before = (await owner.client.get(path)).json()
    changed = await owner.client.patch(
        path, json={"note": "in inches", "placement": {"unit": "in", "up_axis": "y"}}
    )
    assert changed.status_code == 200
    assert changed.json()["placement"] == {"unit": "in", "up_axis": "y"}
    assert changed.json()["source"] == before["source"]
    kept = await owner.client.patch(path, json={"note": "again"})
    assert kept.json()["placement"] == {"unit": "in", "up_axis": "y"}
    cleared = await owner.client.patch(path, json={"placement": None})
    assert "placement" not in cleared.json() or cleared.json()["placement"] is None
    assert cleared.json()["note"] == "again"
    wrong = await owner.client.patch(path, json={"placement": {"unit": "furlong"}})
    assert wrong.status_code == 422


async def test_cancel_then_retry_makes_a_second_run(
    owner: Caller, asset: Asset, database: Database
) -> None:
    path = await uploaded(owner, asset)
    too_soon = await owner.client.post(f"{path}/retry")
    assert too_soon.status_code == 409
    cancelled = await owner.client.post(f"{path}/cancel")
    assert cancelled.json()["state"] == "cancelled"
    assert cancelled.json()["problem"]["code"] == "cancelled"
    again = await owner.client.post(f"{path}/cancel")
    assert again.status_code == 409
    retried = await owner.client.post(f"{path}/retry")
    assert (retried.status_code, retried.json()["state"]) == (200, "queued")
    rows = await rows_of(database, UUID(path.rsplit("/", 1)[1]))
    assert [row.state for row in rows] == ["cancelled", "queued"]


async def test_cancel_of_a_running_conversion_is_a_request_to_its_worker(
    owner: Caller, asset: Asset, database: Database
) -> None:
    path = await uploaded(owner, asset)
    (row,) = await rows_of(database, UUID(path.rsplit("/", 1)[1]))
    async with database.transaction() as session:
        await conversions.claim(session, row.id, worker="w", lease_s=60, max_attempts=3)
    answer = await owner.client.post(f"{path}/cancel")
    assert (answer.status_code, answer.json()["state"]) == (200, "reading")
    async with database.transaction() as session:
        requested = await session.get_one(Conversion, row.id)
        assert requested.cancel_requested_at is not None


async def test_the_log_is_text_to_download(
    owner: Caller, asset: Asset, database: Database, clock: Clock
) -> None:
    revision: Revision = await add_revision(database, clock, asset, state="failed")
    async with database.transaction() as session:
        (row,) = await rows_of(database, revision.id)
        kept = await session.merge(row)
        kept.log = "face 7 has no surface\n"
        kept.problem = {"code": "damaged_file", "detail": "It ends early.", "remedy": "Export."}
    answer = await owner.client.get(f"/api/v1/revisions/{revision.id}/log")
    assert answer.headers["content-type"].startswith("text/plain")
    assert "attachment" in answer.headers["content-disposition"]
    assert "damaged_file: It ends early." in answer.text
    assert "face 7 has no surface" in answer.text


async def test_the_source_comes_back_byte_for_byte_under_its_name(
    owner: Caller, asset: Asset
) -> None:
    path = await uploaded(owner, asset)
    answer = await owner.client.get(f"{path}/source")
    assert (answer.status_code, answer.content) == (200, STEP)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert "gr%C3%B6%C3%9Fe.stp" in answer.headers["content-disposition"]
    part = await owner.client.get(f"{path}/source", headers={"Range": "bytes=4-8"})
    assert (part.status_code, part.content) == (206, STEP[4:9])
    head = await owner.client.head(f"{path}/source")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(STEP))
    known = await owner.client.get(
        f"{path}/source", headers={"If-None-Match": answer.headers["etag"]}
    )
    assert known.status_code == 304


async def test_a_revision_says_how_it_stands_to_a_headset(
    owner: Caller, asset: Asset, database: Database
) -> None:
    path = await uploaded(owner, asset)
    assert (await owner.client.get(path)).json()["headset"] is None
    headset = {"level": 0, "triangles": 400_000, "draw_calls": 12, "sub_draws": 40, "passes": True}
    async with database.transaction() as transaction:
        statement = update(Conversion).where(Conversion.revision_id == UUID(path.split("/")[-1]))
        await transaction.execute(statement.values(stats={"headset": headset}))
    assert (await owner.client.get(path)).json()["headset"] == {
        "state": "passes",
        "level": 0,
        "triangles": 400_000,
        "triangles_limit": 600_000,
        "draws": 12,
        "draws_limit": 150,
        "sub_draws": 40,
        "sub_draws_limit": 500,
    }
    listed = await owner.client.get(f"/api/v1/assets/{asset.id}/revisions")
    assert listed.json()["items"][0]["headset"]["state"] == "passes"
