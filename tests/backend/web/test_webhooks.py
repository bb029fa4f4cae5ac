"""Webhooks over HTTP: secrets once, refusals by name, for owners of the project alone."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from builders import Caller, Clock, Project, add_asset, add_member, add_user, sign_in
from fastapi import FastAPI
from standardwebhooks import Webhook as Verifier
from webhook_receiver import Receiver, receiving

from holotable.review.roles import Role
from holotable.settings import Settings
from holotable.store.database import Database
from holotable.store.queries import webhooks as rows
from holotable.worker import courier

PUBLIC = "https://plm.example.org/holotable"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"webhook_networks": "127.0.0.0/8"})


def path_of(project: Project) -> str:
    return f"/api/v1/projects/{project.id}/webhooks"


async def made(owner: Caller, project: Project, url: str = PUBLIC, **more: Any) -> Any:
    answer = await owner.client.post(path_of(project), json={"url": url, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_secret_is_answered_once_and_never_again(
    owner: Caller, project: Project, database: Database
) -> None:
    answer = await owner.client.post(path_of(project), json={"url": PUBLIC, "name": " PLM "})
    hook = answer.json()
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Location"] == f"/api/v1/webhooks/{hook['id']}"
    assert hook["secret"].startswith("whsec_")
    one = f"/api/v1/webhooks/{hook['id']}"
    rotated = (await owner.client.post(f"{one}/rotate")).json()
    assert rotated["secret"] != hook["secret"]
    tested = await owner.client.post(f"{one}/test")
    said = [
        (await owner.client.get(path_of(project))).text,
        (await owner.client.get(one)).text,
        (await owner.client.patch(one, json={"name": "Other"})).text,
        (await owner.client.get(f"{one}/deliveries")).text,
        (await owner.client.get("/api/v1/changes")).text,
        tested.text,
    ]
    assert not any("whsec_" in text for text in said)
    assert hook["name"] == "PLM"
    assert hook["state"] == "active"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"url": "ftp://plm.example.org/"}, 422, "webhook_address_invalid"),
        ({"url": "https://me:pw@plm.example.org/"}, 422, "webhook_address_invalid"),
        ({"url": "http://10.0.0.7/in"}, 422, "webhook_target_refused"),
        ({"url": "http://169.254.169.254/latest"}, 422, "webhook_target_refused"),
        ({"url": "http://[::ffff:10.0.0.7]/"}, 422, "webhook_target_refused"),
        ({"url": PUBLIC, "events": ["issue.exploded"]}, 422, "webhook_filter_unknown"),
        ({"url": PUBLIC, "events": ["*"]}, 422, "webhook_filter_unknown"),
        ({"url": ""}, 422, "invalid"),
        ({}, 422, "invalid"),
    ],
)
@pytest.mark.parametrize("engine", ["sqlite"])
async def test_bad_webhooks_have_codes_of_their_own(
    owner: Caller, project: Project, body: dict[str, Any], status: int, code: str
) -> None:
    answer = await owner.client.post(path_of(project), json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    hook = await made(owner, project)
    if body:
        changed = await owner.client.patch(f"/api/v1/webhooks/{hook['id']}", json=body)
        assert (changed.status_code, changed.json()["code"]) == (status, code)


async def test_a_project_has_twenty_webhooks_at_most(owner: Caller, project: Project) -> None:
    for _number in range(20):
        await made(owner, project)
    answer = await owner.client.post(path_of(project), json={"url": PUBLIC})
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_webhooks")


async def test_a_test_event_and_a_redelivery_arrive_and_stand_in_the_log(
    owner: Caller, project: Project, database: Database, settings: Settings, receiver: Receiver
) -> None:
    hook = await made(owner, project, receiver.url)
    one = f"/api/v1/webhooks/{hook['id']}"
    sender = courier(settings, database)
    asked = await owner.client.post(f"{one}/test")
    assert asked.status_code == 202
    queued = asked.json()
    assert (queued["type"], queued["state"], queued["attempts"]) == ("webhook.test", "queued", [])
    busy = await owner.client.post(f"/api/v1/webhook-deliveries/{queued['id']}/redeliver")
    assert (busy.status_code, busy.json()["code"]) == (409, "delivery_under_way")

    async def go() -> None:
        while (claim := await sender.next()) is not None:
            await sender.deliver(claim)

    await go()
    assert Verifier(hook["secret"]).verify(receiver.got[-1].body, receiver.got[-1].headers)
    rotated = (await owner.client.post(f"{one}/rotate")).json()
    async with database.transaction() as session:  # verifiers know no other time than ours
        (row,) = await rows.of_project(session, project.id)
        until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
        row.secrets = [row.secrets[0], {**row.secrets[1], "until": until}]
    again = await owner.client.post(f"/api/v1/webhook-deliveries/{queued['id']}/redeliver")
    assert again.status_code == 202
    await go()
    for secret in (hook["secret"], rotated["secret"]):
        assert Verifier(secret).verify(receiver.got[-1].body, receiver.got[-1].headers)
    log = (await owner.client.get(f"{one}/deliveries")).json()["items"]
    assert [row["id"] for row in log] == [queued["id"]]
    assert [row["status"] for row in log[0]["attempts"]] == [200, 200]
    assert log[0]["body"].encode() == receiver.got[0].body == receiver.got[1].body
    assert receiver.ids() == [log[0]["event_id"]] * 2
    failed = await owner.client.get(f"{one}/deliveries", params={"state": "failed"})
    assert failed.json()["items"] == []


async def test_the_secret_before_signs_for_a_day(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    hook = await made(owner, project)
    rotated = (await owner.client.post(f"/api/v1/webhooks/{hook['id']}/rotate")).json()

    async def good() -> list[str]:
        async with database.transaction() as session:
            (row,) = await rows.of_project(session, project.id)
            return rows.good_secrets(row, clock())

    assert await good() == [rotated["secret"], hook["secret"]]
    clock.advance(hours=24)
    assert await good() == [rotated["secret"]]


async def test_a_paused_webhook_sends_no_test_and_a_stale_change_is_refused(
    owner: Caller, project: Project
) -> None:
    hook = await made(owner, project)
    one = f"/api/v1/webhooks/{hook['id']}"
    old = (await owner.client.get(one)).headers["ETag"]
    paused = await owner.client.patch(one, json={"state": "paused"}, headers={"If-Match": old})
    assert paused.json()["state"] == "paused"
    answer = await owner.client.post(f"{one}/test")
    assert (answer.status_code, answer.json()["code"]) == (409, "webhook_not_active")
    stale = await owner.client.patch(one, json={"name": "x"}, headers={"If-Match": old})
    assert stale.status_code == 412
    gone = await owner.client.delete(one)
    assert gone.status_code == 204
    assert (await owner.client.get(one)).status_code == 404
    assert (await owner.client.get(path_of(project))).json()["items"] == []


async def test_only_owners_of_the_very_project_see_webhooks(
    app: FastAPI, owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    hook = await made(owner, project)
    queued = (await owner.client.post(f"/api/v1/webhooks/{hook['id']}/test")).json()
    editor, stranger = await add_user(database, clock, "Ed"), await add_user(database, clock, "Al")
    await add_member(database, clock, project, editor, Role.EDITOR)
    paths = [
        ("GET", path_of(project)),
        ("POST", path_of(project)),
        ("GET", f"/api/v1/webhooks/{hook['id']}"),
        ("GET", f"/api/v1/webhooks/{hook['id']}/deliveries"),
        ("POST", f"/api/v1/webhooks/{hook['id']}/rotate"),
        ("POST", f"/api/v1/webhook-deliveries/{queued['id']}/redeliver"),
        ("DELETE", f"/api/v1/webhooks/{hook['id']}"),
    ]
    for who, status in ((editor, 403), (stranger, 404)):
        async with sign_in(app, database, clock, who) as caller:
            for method, path in paths:
                answer = await caller.client.request(method, path, json={"url": PUBLIC})
                assert answer.status_code == status, (method, path)
                assert PUBLIC not in answer.text
    assert len((await owner.client.get(path_of(project))).json()["items"]) == 1


async def test_a_deletion_forgets_what_waits(
    owner: Caller, project: Project, database: Database, clock: Clock, settings: Settings
) -> None:
    hook = await made(owner, project)
    await add_asset(database, clock, project)
    sender = courier(settings, database)
    claim = await sender.next()
    assert claim is not None
    await owner.client.delete(f"/api/v1/webhooks/{hook['id']}")
    async with database.transaction() as session:
        assert await rows.mine(session, claim) is None
        assert await rows.waiting(session, claim.webhook_id) == 0
