"""Users, tokens and projects from the command line, without a running server."""

from pathlib import Path
from uuid import UUID

import pytest
from builders import PASSWORD, Caller, Clock, Project
from fastapi import FastAPI
from httpx import AsyncClient
from mail_builders import MailBox, mail_server, texts
from project_archives import full_project, held

from holotable.errors import Invalid, MailNotSent, MailOff, NotFound
from holotable.operator_commands import (
    export_project,
    import_project,
    make_token,
    manage_users,
    send_test_mail,
)
from holotable.settings import Settings
from holotable.store.database import Database
from holotable.store.tables import Project as ProjectRow

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])


async def test_the_first_user_owns_the_installation_and_later_ones_do_not(
    settings: Settings,
) -> None:
    for login in ("mia", "ben"):
        await manage_users(settings, "add", login=login, password=PASSWORD)
    assert await manage_users(settings, "list") == [
        "ben\tben\tuser\tenabled",
        "mia\tmia\towner\tenabled",
    ]


async def test_a_user_is_disabled_enabled_and_given_a_password(
    settings: Settings, client: AsyncClient
) -> None:
    await manage_users(settings, "add", login="mia", password=PASSWORD)
    await manage_users(settings, "add", login="ben", name="Ben", password=PASSWORD)
    await manage_users(settings, "password", login="ben", password="another good phrase")
    login = {"login": "ben", "password": "another good phrase"}
    assert (await client.post("/api/v1/login", json=login)).status_code == 200
    await manage_users(settings, "disable", login="ben")
    assert (await client.post("/api/v1/login", json=login)).status_code == 401
    await manage_users(settings, "enable", login="ben")
    assert (await manage_users(settings, "list"))[0].endswith("enabled")


async def test_a_token_made_here_works_over_rest(settings: Settings, app: FastAPI) -> None:
    await manage_users(settings, "add", login="mia", password=PASSWORD)
    token = await make_token(settings, login="mia", name="ci", scopes=["read"], days=1)
    from httpx import ASGITransport

    async with AsyncClient(
        transport=ASGITransport(app), base_url="http://localhost:8080",
        headers={"Authorization": f"Bearer {token}"},
    ) as client:  # fmt: skip
        # the app's clock stands in January 2026, so only expiry, not validity, may differ
        assert (await client.get("/api/v1/me")).json()["login"] == "mia"


async def test_unknown_people_and_missing_passwords_are_named_problems(
    settings: Settings,
) -> None:
    with pytest.raises(NotFound):
        await manage_users(settings, "disable", login="nobody")
    with pytest.raises(NotFound):
        await make_token(settings, login="nobody", name="x", scopes=["read"], days=None)
    with pytest.raises(Invalid):
        await manage_users(settings, "add", login="mia", password="short")
    with pytest.raises(Invalid):
        await manage_users(settings, "add", login="mia")


def mail_settings(settings: Settings, host: str, port: int, **more: object) -> Settings:
    return settings.model_copy(
        update={
            "smtp_host": host, "smtp_port": port, "smtp_tls": "none",
            "smtp_from": "Holotable <holotable@example.org>", **more,
        }
    )  # fmt: skip


def test_a_test_mail_arrives_and_its_line_says_where_links_would_lead(settings: Settings) -> None:
    box = MailBox()
    with mail_server(box) as server:
        chosen = mail_settings(settings, "127.0.0.1", server.port)
        line = send_test_mail(chosen, "mia@example.org", "en")
        assert line.startswith(f"127.0.0.1:{server.port} took a mail to mia@example.org.")
        assert "HOLOTABLE_PUBLIC_URL is not set" in line
        public = mail_settings(settings, "127.0.0.1", server.port, public_url="https://x.example")
        assert "PUBLIC_URL" not in send_test_mail(public, "mia@example.org", "de")
    assert box.recipients == ["mia@example.org"] * 2
    assert "https://x.example/" in texts(box.mails[1])[0]


def test_a_test_mail_that_fails_names_cause_and_remedy(settings: Settings) -> None:
    with pytest.raises(MailOff):
        send_test_mail(settings, "mia@example.org", "en")
    with mail_server(MailBox(to_recipient="550 no such user")) as server:
        chosen = mail_settings(settings, "127.0.0.1", server.port)
        with pytest.raises(MailNotSent, match="550 no such user"):
            send_test_mail(chosen, "mia@example.org", "en")
        with pytest.raises(MailNotSent, match=r"STARTTLS.*HOLOTABLE_SMTP_TLS"):
            send_test_mail(
                chosen.model_copy(update={"smtp_tls": "starttls"}), "mia@example.org", "en"
            )
        with pytest.raises(Invalid):
            send_test_mail(chosen, "no address", "en")
    with pytest.raises(MailNotSent, match=r"does not answer.*HOLOTABLE_SMTP_HOST"):
        send_test_mail(chosen, "mia@example.org", "en")


async def test_a_project_is_taken_out_and_brought_in_again(
    settings: Settings, app: FastAPI, database: Database, clock: Clock, project: Project,
    owner: Caller, tmp_path: Path,
) -> None:  # fmt: skip
    await full_project(database, app.state.context.blobs, clock, project, owner)
    out = tmp_path / "project.zip"
    told = await export_project(settings, project.id, out)
    assert (told["project"], told["blobs"]) == ("Skid P-101", len(held(out)[2]))
    dry = await import_project(settings, out, owner="mia.berg", dry_run=True)
    done = await import_project(settings, out, owner="mia.berg", dry_run=False)
    assert (dry["counts"], done["counts"]) == (told["counts"], told["counts"])
    async with database.transaction() as session:
        made = await session.get_one(ProjectRow, UUID(done["project_id"]))
    assert (made.name, made.id == project.id) == ("Skid P-101", False)
    with pytest.raises(NotFound):
        await export_project(settings, UUID(int=1), out)
    with pytest.raises(NotFound):
        await import_project(settings, out, owner="nobody", dry_run=True)
