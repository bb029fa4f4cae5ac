"""What an operator does at a command line, without a running server: users, tokens, projects."""

import asyncio
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from argon2 import PasswordHasher

from holotable import accounts, letters
from holotable.accounts import Passwords, SignedIn
from holotable.app import utc_now
from holotable.errors import Invalid, MailNotSent, MailOff, NotFound
from holotable.letters import Envelope, Reader
from holotable.project_archive import ProjectArchives
from holotable.review.notification import Language
from holotable.settings import Settings
from holotable.smtp import AddressRefused, MailRefused, Sent, ServerProblem, TryLater, send
from holotable.store import migrate
from holotable.store.database import Database, uuid7
from holotable.store.queries import accounts as rows
from holotable.store.tables import Project
from holotable.worker import blobs_of, mail_server


async def manage_users(
    settings: Settings,
    action: str,
    *,
    login: str = "",
    name: str | None = None,
    is_admin: bool = False,
    password: str | None = None,
) -> list[str]:
    """Do `action` (add, list, password, disable, enable); returns the lines to print.

    The first user is always an owner of the installation.
    """
    database = await _opened(settings)
    now = utc_now()
    try:
        password_hash = (
            await Passwords(PasswordHasher()).hash(password) if password is not None else None
        )
        async with database.transaction() as transaction:
            if action == "list":
                return [
                    f"{user.login}\t{principal.name}"
                    f"\t{'owner' if principal.is_admin else 'user'}"
                    f"\t{'disabled' if principal.disabled_at else 'enabled'}"
                    for principal, user in await rows.users(transaction)
                ]
            if action == "add":
                if password_hash is None:
                    raise Invalid("A new user needs a password.", pointer="/password")
                first = not await rows.any_user(transaction)
                await accounts.create_user(
                    transaction,
                    name=name or login,
                    login=login,
                    password_hash=password_hash,
                    is_admin=is_admin or first,
                    now=now,
                )
                return [f"{accounts.normal_login(login)} can sign in."]
            principal = await rows.principal_by_login(transaction, accounts.normal_login(login))
            if principal is None:
                raise NotFound(f"Nobody signs in as {login!r}.")
            disabled = {"disable": True, "enable": False}.get(action)
            await accounts.change_user(
                transaction,
                principal.id,
                now=now,
                password_hash=password_hash,
                disabled=disabled,
            )
            return [f"{login}: {action}, done."]
    finally:
        await database.close()


async def make_token(
    settings: Settings, *, login: str, name: str, scopes: list[str], days: int | None
) -> str:
    """A new token of this user."""
    database = await _opened(settings)
    try:
        async with database.transaction() as transaction:
            found = await rows.user_by_login(transaction, accounts.normal_login(login))
            if found is None:
                raise NotFound(f"Nobody signs in as {login!r}.")
            principal, user = found
            owner = SignedIn(principal.id, "user", principal.name, user.login, principal.is_admin)
            _, token = await accounts.create_token(
                transaction,
                owner,
                name=name,
                scopes=scopes,
                lifetime=timedelta(days=days) if days else None,
                now=utc_now(),
            )
            return token
    finally:
        await database.close()


def send_test_mail(settings: Settings, address: str, language: Language) -> str:
    """Send a mail to show that it works; the line to print.

    raises: MailOff; MailNotSent with the cause and what to do about it; Invalid addresses.
    """
    server = mail_server(settings)
    if server is None:
        raise MailOff()
    envelope = Envelope(settings.mail_sender, settings.mail_public_url, b"")
    sender = letters.address_alone(settings.mail_sender)
    reader = Reader(uuid7(), "", letters.check_address(address), language)
    message = letters.check_mail(envelope, reader, mail_id=uuid7(), now=utc_now())
    match send(server, message, sender, reader.address):
        case Sent():
            note = (
                ""
                if settings.public_url
                else (
                    " HOLOTABLE_PUBLIC_URL is not set: links in mails lead to "
                    f"{settings.mail_public_url}."
                )
            )
            return f"{server.host}:{server.port} took a mail to {reader.address}.{note}"
        case ServerProblem(_, detail, remedy):
            raise MailNotSent(f"{detail} {remedy}")
        case AddressRefused(status, text):
            raise MailNotSent(f"The address {reader.address} is refused: {status} {text}")
        case MailRefused(status, text):
            raise MailNotSent(f"The mail is refused: {status} {text}")
        case TryLater(status, text):
            raise MailNotSent(f"Not now, says the server, try again later: {status} {text}")


async def _opened(settings: Settings) -> Database:
    settings.data_dir.mkdir(0o700, parents=True, exist_ok=True)
    await migrate.upgrade(settings.sqlalchemy_url)
    return Database(settings.sqlalchemy_url)


async def export_project(settings: Settings, project_id: UUID, out: Path) -> dict[str, Any]:
    """Write a project's archive; returns what is in it. raises: NotFound."""
    database = await _opened(settings)
    try:
        async with database.transaction() as transaction:
            if await transaction.get(Project, project_id) is None:
                raise NotFound(f"There is no project {project_id}.")
        archives = _archives(settings, database)
        size = 0
        async with archives.leaving(project_id) as leaving:
            file = await asyncio.to_thread(out.open, "wb")
            try:
                async for piece in archives.pieces(leaving):
                    size += await asyncio.to_thread(file.write, piece)
            finally:
                file.close()
        said = leaving.manifest
        return {
            "file": out.name, "bytes": size, "project": said.project_name,
            "counts": dict(said.counts), "blobs": len(said.blobs), "missing": len(said.missing),
        }  # fmt: skip
    finally:
        await database.close()


async def import_project(
    settings: Settings, path: Path, *, owner: str, dry_run: bool
) -> dict[str, Any]:
    """Make a project of an archive. owner: login of somebody who owns it then; "" for nobody."""
    database = await _opened(settings)
    try:
        by = None
        if owner:
            async with database.transaction() as transaction:
                principal = await rows.principal_by_login(transaction, accounts.normal_login(owner))
            if principal is None:
                raise NotFound(f"Nobody signs in as {owner!r}.")
            by = principal.id
        brought = await _archives(settings, database).bring(path, by=by, dry_run=dry_run)
        return {"dry_run": dry_run, **asdict(brought), "project_id": str(brought.project_id)}
    finally:
        await database.close()


def _archives(settings: Settings, database: Database) -> ProjectArchives:
    return ProjectArchives(
        database,
        blobs_of(settings),
        utc_now,
        server=settings.public_url.rstrip("/"),
        max_bytes=settings.max_project_archive_bytes,
    )
