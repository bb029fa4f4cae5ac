"""ETags, If-Match and If-None-Match: whose changes are taken, and when nothing is new."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from builders import Caller, Clock, Project, add_asset, add_revision
from httpx import AsyncClient
from sqlalchemy import update

from holotable.errors import Stale
from holotable.store.database import Database
from holotable.store.tables import Conversion
from holotable.web.etags import check_if_match, etag, moment_of

ROW = UUID("0190b6d4-0000-7000-8000-00000000abcd")
NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


def test_a_tag_is_strong_and_differs_by_row_and_by_time() -> None:
    tags = {etag(ROW, NOW), etag(ROW, NOW + timedelta(microseconds=1)), etag(UUID(int=1), NOW)}
    assert len(tags) == 3
    assert all(tag.startswith('"') and tag.endswith('"') for tag in tags)


def test_a_change_is_taken_with_the_current_tag_any_tag_or_none() -> None:
    for sent in (None, "*", '"a"', '"b", "a"'):
        check_if_match(sent, '"a"')


def test_an_older_copy_is_refused_with_the_current_tag() -> None:
    with pytest.raises(Stale) as refused:
        check_if_match('"b"', '"a"')
    assert refused.value.facts == {"current": '"a"'}


def test_the_digest_of_an_answer_does_not_count_for_a_change() -> None:
    tag = etag(ROW, NOW)
    whole = f'{tag[:-1]}.0123456789abcdef"'
    check_if_match(whole, tag)
    assert (moment_of(tag), moment_of(whole)) == (NOW, NOW)
    assert [moment_of(one) for one in ("", '"a"', '"0000abcd-ffffffffffffffff"')] == [None] * 3


async def test_reading_again_answers_304_until_anything_in_it_is_new(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    asset = await add_asset(database, clock, project)
    revision = await add_revision(database, clock, asset, state="queued")
    path = f"/api/v1/revisions/{revision.id}"
    first = await owner.client.get(path)
    again = await owner.client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    async with database.transaction() as transaction:  # the converter begins: not a change of ours
        await transaction.execute(update(Conversion).values(state="reading"))
    news = await owner.client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (news.status_code, news.json()["state"]) == (200, "reading")
    assert news.headers["etag"] != first.headers["etag"]
    noted = await owner.client.patch(
        path, json={"note": "x"}, headers={"If-Match": first.headers["etag"]}
    )
    assert noted.status_code == 200  # what it says of itself is still the version that was read
    assert (await owner.client.head(path)).headers["etag"].startswith(noted.headers["etag"][:-1])


async def test_programs_must_say_what_they_read_and_browsers_may(
    client: AsyncClient, owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    asset = await add_asset(database, clock, project)
    revision = await add_revision(database, clock, asset)
    made = await owner.client.post("/api/v1/tokens", json={"name": "t", "scopes": ["write"]})
    token = {"Authorization": f"Bearer {made.json()['token']}"}
    for path in (f"projects/{project.id}", f"assets/{asset.id}", f"revisions/{revision.id}"):
        path = f"/api/v1/{path}"
        bare = await client.patch(path, json={}, headers=token)
        assert (bare.status_code, bare.json()["code"]) == (428, "precondition_missing")
        read = (await client.get(path, headers=token)).headers["etag"]
        for sent in (read, "*"):
            done = await client.patch(path, json={}, headers={**token, "If-Match": sent})
            assert done.status_code == 200
        stale = await client.patch(path, json={}, headers={**token, "If-Match": read})
        assert (stale.status_code, stale.json()["code"]) == (412, "stale")
        assert stale.json()["facts"]["current"] == done.headers["etag"]
        assert (await owner.client.patch(path, json={})).status_code == 200


async def test_of_changes_at_once_upon_one_copy_one_is_taken(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    asset = await add_asset(database, clock, project)
    path = f"/api/v1/assets/{asset.id}"
    read = {"If-Match": (await owner.client.get(path)).headers["etag"]}
    answers = await asyncio.gather(
        *(owner.client.patch(path, json={"name": f"n{n}"}, headers=read) for n in range(5))
    )
    assert sorted(one.status_code for one in answers) == [200, 412, 412, 412, 412]
