"""Reports and packets over REST: by Accept, in two languages, refused by name, made once."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from builders import (
    Caller,
    Clock,
    Project,
    add_asset,
    add_member,
    add_review,
    add_revision,
    add_user,
    sign_in,
)
from fastapi import FastAPI
from httpx import AsyncClient
from published import fixture_packages, published

from holotable.exchange.packet_check import check_packet
from holotable.exchange.signing import read_public
from holotable.review.approval import Rule
from holotable.review.roles import Role
from holotable.store.database import Database
from holotable.store.queries import packets as rows
from holotable.store.review_tables import Review, ReviewPacket


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return fixture_packages(tmp_path_factory.mktemp("packets"))


@pytest.fixture
async def review(
    app: FastAPI, database: Database, clock: Clock, owner: Caller, project: Project,
    folders: dict[str, Path],
) -> Review:  # fmt: skip
    asset = await add_asset(database, clock, project, "Fixture")
    revision = await published(app.state.context, database, clock, asset, folders["B"])
    return await add_review(
        database, clock, revision, approvers=[owner.principal], rule=Rule(own_work=True)
    )


@pytest.fixture
async def vic(
    app: FastAPI, database: Database, clock: Clock, project: Project
) -> AsyncIterator[Caller]:
    """Somebody who may look, and no more."""
    person = await add_user(database, clock, "Vic Novak")
    await add_member(database, clock, project, person, Role.VIEWER)
    async with sign_in(app, database, clock, person) as caller:
        yield caller


async def waited(client: AsyncClient, review: Review) -> Any:
    """The newest packet once it is no longer being made."""
    for _ in range(600):
        found = (await client.get(f"/api/v1/reviews/{review.id}/packets")).json()["items"]
        if found and found[0]["state"] != "making":
            return found[0]
        await asyncio.sleep(0.1)
    raise AssertionError("nobody made it")


async def test_a_report_is_a_page_or_a_pdf_as_asked_for(vic: Caller, review: Review) -> None:
    path = f"/api/v1/reviews/{review.id}/report"
    page = await vic.client.get(path, params={"language": "de", "time_zone": "Europe/Berlin"})
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "Prüfung #1: Gearbox housing" in page.text
    assert "(13:00 CET)" in page.text
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "sandbox" in policy
    by_format = await vic.client.get(path, params={"format": "pdf"})
    by_accept = await vic.client.get(path, headers={"Accept": "application/pdf"})
    for answer in (by_format, by_accept):
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF")
        assert "Fixture-A-review-1.pdf" in answer.headers["content-disposition"]
    assert by_format.content == by_accept.content
    assert (await vic.client.get(path, params={"format": "docx"})).status_code == 422


async def test_a_packet_is_made_listed_and_downloaded_under_a_good_name(
    owner: Caller, client: AsyncClient, review: Review, tmp_path: Path
) -> None:
    path = f"/api/v1/reviews/{review.id}/packet"
    assert (await owner.client.get(path)).status_code == 404
    asked = await owner.client.post(path, json={"language": "en"})
    assert asked.status_code == 202, asked.text
    assert asked.json()["state"] == "making"
    again = await owner.client.post(path, json={"language": "de"})
    assert again.json()["id"] == asked.json()["id"]
    made = await waited(owner.client, review)
    assert (made["state"], made["asked_by"]["id"]) == ("ready", str(owner.id))
    got = await owner.client.get(made["url"])
    assert got.headers["content-type"] == "application/zip"
    assert 'filename="Fixture-A-review-1.zip"' in got.headers["content-disposition"]
    assert len(got.content) == made["bytes"]
    file = tmp_path / "packet.zip"
    file.write_bytes(got.content)
    # Anybody may have the key: whoever got a packet has no account here.
    (known,) = (await client.get("/api/v1/signing-keys")).json()["items"]
    key = read_public(known["public_pem"].encode())
    assert key is not None
    assert (key.id, made["key_id"]) == (known["id"], known["id"])
    assert check_packet(file, [key]).holds
    history = await owner.client.get(f"/api/v1/revisions/{review.revision_id}/history")
    assert history.json()["items"][-1]["kind"] == "packet_made"


async def test_who_may_only_look_downloads_but_makes_none(vic: Caller, review: Review) -> None:
    refused = await vic.client.post(f"/api/v1/reviews/{review.id}/packet", json={})
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    listed = await vic.client.get(f"/api/v1/reviews/{review.id}/packets")
    assert listed.json() == {"items": [], "next_cursor": None}


async def test_what_is_not_ready_or_failed_is_said_by_its_code(
    owner: Caller, database: Database, clock: Clock, review: Review
) -> None:
    path = f"/api/v1/reviews/{review.id}/packet"
    async with database.transaction() as session:
        row = await rows.ask(
            session, review, language="en", time_zone="", by=None, name="Mia", now=clock()
        )
        row.state, row.attempts = "making", 1  # somewhere else
        row.lease_until = clock.now.replace(year=2999)
    waiting = await owner.client.get(path)
    assert (waiting.status_code, waiting.json()["code"]) == (409, "not_ready")
    assert waiting.headers["retry-after"] == "2"
    async with database.transaction() as session:
        kept = await session.get_one(ReviewPacket, row.id)
        kept.state = "failed"
        kept.problem = {"code": "packet_failed", "detail": "No.", "remedy": "Again."}
    failed = await owner.client.get(path)
    assert (failed.status_code, failed.json()["code"]) == (400, "packet_failed")
    listed = (await owner.client.get(f"{path}s")).json()["items"][0]
    assert listed["problem"]["detail"] == "No."
    assert (await owner.client.get(path, params={"packet_id": str(review.id)})).status_code == 404


async def test_a_review_that_ends_gets_its_packet_and_a_later_change_makes_it_outdated(
    owner: Caller, database: Database, clock: Clock, review: Review
) -> None:
    said = {"lifecycle": "rejected", "reason": "The wall is too thin.", "language": "de"}
    path = f"/api/v1/revisions/{review.revision_id}/lifecycle"
    assert (await owner.client.post(path, json=said)).status_code == 200
    made = await waited(owner.client, review)
    assert (made["state"], made["outdated"]) == ("ready", False)
    assert made["asked_by"]["id"] == str(owner.id)
    clock.advance(seconds=5)
    async with database.transaction() as session:
        (await session.get_one(Review, review.id)).updated_at = clock()
    assert (await waited(owner.client, review))["outdated"] is True


async def test_a_withdrawn_revision_without_a_review_asks_for_nothing(
    owner: Caller, database: Database, clock: Clock, project: Project
) -> None:
    alone = await add_revision(database, clock, await add_asset(database, clock, project))
    path = f"/api/v1/revisions/{alone.id}/lifecycle"
    said = {"lifecycle": "rejected", "reason": "No."}
    assert (await owner.client.post(path, json=said)).status_code == 200
    async with database.transaction() as session:
        assert await rows.claim(session, clock(), clock.now - clock.now) is None
