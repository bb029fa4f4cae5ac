"""External systems: named by administrators, seen by members, kept while anything names them."""

from builders import (
    Caller,
    Clock,
    Project,
    add_asset,
    add_ref,
    add_user,
    sign_in,
)
from fastapi import FastAPI

from holotable.store.database import Database

PATH = "/api/v1/admin/external-systems/windchill"
BODY = {"title": "Windchill", "base_url": "https://plm.example.com/wt"}


async def test_a_system_is_named_renamed_listed_and_removed(owner: Caller) -> None:
    made, again = [await owner.client.put(PATH, json=BODY) for _ in range(2)]
    assert (made.status_code, again.status_code) == (201, 200)
    assert made.json() == again.json()
    listed = (await owner.client.get("/api/v1/external-systems")).json()["items"]
    assert [(one["name"], one["base_url"]) for one in listed] == [("windchill", BODY["base_url"])]
    assert (await owner.client.delete(PATH)).status_code == 204
    assert (await owner.client.delete(PATH)).status_code == 404
    assert (await owner.client.get("/api/v1/external-systems")).json()["items"] == []


async def test_a_system_with_references_stays(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    await owner.client.put(PATH, json=BODY)
    await add_ref(database, await add_asset(database, clock, project), by=owner.id)
    kept = await owner.client.delete(PATH)
    assert (kept.status_code, kept.json()["code"]) == (409, "system_in_use")


async def test_only_administrators_name_systems(
    app: FastAPI, owner: Caller, database: Database, clock: Clock
) -> None:
    async with sign_in(app, database, clock, await add_user(database, clock, "Ben")) as ben:
        assert (await ben.client.put(PATH, json=BODY)).status_code == 403
        assert (await ben.client.delete(PATH)).status_code == 403
        assert (await ben.client.get("/api/v1/external-systems")).status_code == 200


async def test_an_address_that_is_none_is_refused(owner: Caller) -> None:
    for base_url in ("javascript:alert(1)", "ftp://x", "https://a b", "https://me@x", "plm"):
        sent = await owner.client.put(PATH, json={"title": "x", "base_url": base_url})
        assert (sent.status_code, sent.json()["code"]) == (422, "invalid"), base_url
    long = await owner.client.put(PATH.replace("windchill", "Wind%20chill"), json=BODY)
    assert long.status_code == 422
