"""How I want to hear: kinds, quiet hours, an address that agrees; links in mails; the status."""

import re

import pytest
from builders import Caller, Clock, add_asset, add_project, add_review, add_revision, add_user
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from mail_builders import MailBox, mail_server, mails, office, texts

from holotable.review.notification import DEFAULTS, Kind
from holotable.review.roles import Role
from holotable.settings import Settings
from holotable.store.database import Database
from holotable.store.queries import mail

PATH = "/api/v1/me/notification-settings"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """An installation that sends mails."""
    return settings.model_copy(
        update={"smtp_host": "mail.example.org", "smtp_from": "Holotable <h@example.org>"}
    )


async def test_defaults_are_shown_and_changes_are_kept(owner: Caller) -> None:
    found = (await owner.client.get(PATH)).json()
    assert found["mail_on"] is True
    assert {kind: one["email"] for kind, one in found["choices"].items()} == {
        kind.value: choice.email for kind, choice in DEFAULTS.items()
    }
    change = {
        "choices": {"mention": {"app": True, "email": "weekly"}},
        "language": "de", "time_zone": "Europe/Berlin",
        "quiet_from": "22:00", "quiet_until": "07:00",
    }  # fmt: skip
    assert (await owner.client.patch(PATH, json=change)).status_code == 200
    found = (await owner.client.get(PATH)).json()
    assert found["choices"]["mention"] == {"app": True, "email": "weekly"}
    assert found["choices"]["due"] == {"app": True, "email": "at_once"}
    assert (found["language"], found["time_zone"]) == ("de", "Europe/Berlin")
    assert (found["quiet_from"], found["quiet_until"]) == ("22:00", "07:00")
    off = await owner.client.patch(PATH, json={"quiet_from": None, "quiet_until": None})
    assert off.json()["quiet_from"] is None


@pytest.mark.parametrize(
    "change",
    [{"time_zone": "Mars/Olympus"}, {"quiet_from": "25:00", "quiet_until": "07:00"},
     {"quiet_from": "22:00"}, {"address": "no address"}, {"address": "a@b.de\r\nBcc: x@y.de"},
     {"choices": {"mention": {"app": True, "email": "hourly"}}}, {"language": "xx"}],
)  # fmt: skip
async def test_what_cannot_be_is_refused_and_changes_nothing(
    owner: Caller, change: dict[str, object]
) -> None:
    before = (await owner.client.get(PATH)).json()
    answer = await owner.client.patch(PATH, json=change)
    assert answer.status_code == 422, answer.text
    assert (await owner.client.get(PATH)).json() == before


async def test_an_address_is_used_once_its_reader_agreed(
    owner: Caller, client: AsyncClient, database: Database, clock: Clock
) -> None:
    entered = (await owner.client.patch(PATH, json={"address": "mia@example.org"})).json()
    assert (entered["confirmed"], entered["goes_to"]) == (False, "")
    box = MailBox()
    with mail_server(box) as server:
        await office(database, server, clock).deliver()
    assert box.recipients == ["mia@example.org"]
    found = re.search(r"confirm=([\w-]+)", texts(box.mails[0])[0])
    assert found is not None
    answer = await client.post("/api/v1/mail/confirm", json={"token": found[1]})
    assert answer.json() == {"address": "mia@example.org"}
    assert (await owner.client.get(PATH)).json()["goes_to"] == "mia@example.org"
    for odd in ("x", found[1][:-3], "A" * 500):
        assert (await client.post("/api/v1/mail/confirm", json={"token": odd})).status_code == 410
    await owner.client.patch(PATH, json={"address": "other@example.org"})
    again = await client.post("/api/v1/mail/confirm", json={"token": found[1]})
    assert (again.status_code, again.json()["code"]) == (410, "gone")


async def test_one_click_turns_off_one_kind_and_looking_turns_off_nothing(
    app: FastAPI, owner: Caller, database: Database, clock: Clock
) -> None:
    ben = await add_user(database, clock, "Ben Okoro")
    project = await add_project(
        database, clock, owner=owner.principal, members={Role.REVIEWER: ben}
    )
    revision = await add_revision(database, clock, await add_asset(database, clock, project))
    from mail_builders import reachable

    await reachable(database, clock, ben, language="de")
    await add_review(database, clock, revision, approvers=[ben], by=owner.principal)
    box = MailBox()
    with mail_server(box) as server:
        await office(database, server, clock).deliver()
    url = box.mails[0]["List-Unsubscribe"].strip("<>")
    path = url.removeprefix("https://review.example.org")

    async def choice() -> str:
        from holotable.review.notification import choices_of
        from holotable.store.queries.notifications import settings_of

        async with database.transaction() as session:
            settings = await settings_of(session, ben.id, clock())
            chosen = choices_of(settings.choices)
        assert {kind for kind in Kind if chosen[kind] != DEFAULTS[kind]} <= {Kind.REVIEW_REQUESTED}
        return chosen[Kind.REVIEW_REQUESTED].email

    # A mail program far away: no cookie, no origin (RFC 8058 §3.2).
    async with AsyncClient(transport=ASGITransport(app), base_url="https://any") as reader:
        page = await reader.get(path)
        assert page.status_code == 200
        assert 'lang="de"' in page.text
        assert "<form" in page.text
        assert await choice() == "at_once"
        body = {"List-Unsubscribe": "One-Click"}
        assert (await reader.post(path, data=body)).status_code == 200
        assert await choice() == "off"
        assert (await reader.post(path, data=body)).status_code == 200
        for method in ("GET", "POST"):
            bad = await reader.request(method, path[:-4])
            assert bad.status_code == 404


async def test_a_refused_address_is_shown_to_its_person_and_to_owners_and_lifted_by_entering_it(
    owner: Caller, database: Database, clock: Clock
) -> None:
    await owner.client.patch(PATH, json={"address": "mia@example.org"})
    with mail_server(MailBox(to_recipient="550 no such user")) as server:
        await office(database, server, clock).deliver()
    refused = (await owner.client.get(PATH)).json()["refused"]
    assert refused["code"] == "mail_address_refused"
    assert "550 no such user" in refused["detail"]
    status = (await owner.client.get("/api/v1/admin/mail")).json()
    assert status["on"] is True
    assert status["refusals"][0]["address"] == "mia@example.org"
    assert status["refusals"][0]["person"]["name"] == "Mia Berg"
    assert status["counts"] == {"refused": 1}
    assert status["failed"][0]["problem"]["detail"] == "550 no such user"
    await owner.client.patch(PATH, json={"address": "mia@example.org"})
    assert (await owner.client.get(PATH)).json()["refused"] is None
    assert [one.state for one in await mails(database)] == ["refused", "queued"]


async def test_a_problem_of_the_server_is_shown_to_owners_only(
    app: FastAPI, owner: Caller, database: Database, clock: Clock
) -> None:
    async with database.transaction() as session:
        problem = {"code": "mail_login_failed", "detail": "535 no", "remedy": "Check it."}
        await mail.note_server(session, clock(), problem)
    status = (await owner.client.get("/api/v1/admin/mail")).json()
    assert status["problem"]["code"] == "mail_login_failed"
    from builders import sign_in

    ben = await add_user(database, clock, "Ben Okoro")
    async with sign_in(app, database, clock, ben) as caller:
        assert (await caller.client.get("/api/v1/admin/mail")).status_code == 403


async def test_a_login_that_is_an_address_needs_no_confirmation(
    app: FastAPI, database: Database, clock: Clock
) -> None:
    from builders import sign_in

    from holotable import accounts

    async with database.transaction() as session:
        cara = await accounts.create_user(
            session, name="Cara", login="cara@example.org", password_hash="!", now=clock(),
            is_admin=False,
        )  # fmt: skip
    async with sign_in(app, database, clock, cara) as caller:
        assert (await caller.client.get(PATH)).json()["goes_to"] == "cara@example.org"
