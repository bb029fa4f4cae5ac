"""Rows and callers for tests: each function adds one thing, with a default for what is not said."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from sqlalchemy import select

from holotable import accounts, reviews
from holotable.exchange.webhook_signature import new_secret
from holotable.external_refs import Ref, put
from holotable.review.approval import Rule
from holotable.review.roles import Role
from holotable.store import tables
from holotable.store.database import Database, uuid7
from holotable.store.event_tables import Webhook, WebhookDelivery
from holotable.store.exchange_tables import ModelExport, TusUpload
from holotable.store.external_tables import ExternalSystem
from holotable.store.notification_tables import Notification
from holotable.store.recording_tables import Recording
from holotable.store.review_tables import Review
from holotable.store.tables import Asset, Folder, Principal, Project, Revision, Session

__all__ = ["Asset", "Folder", "Principal", "Project", "Revision", "Session"]

PASSWORD = "correct horse battery"


class Clock:
    """A time that only the test moves."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def monotonic_s(self) -> float:
        return self.now.timestamp()

    def advance(self, **step: float) -> None:
        self.now += timedelta(**step)


@dataclass
class Caller:
    """Somebody signed in, with the client that carries the cookie and the CSRF token."""

    principal: Principal
    client: AsyncClient

    @property
    def id(self) -> UUID:
        return self.principal.id


async def add_user(
    database: Database, clock: Clock, name: str = "Ben Okoro", *, is_admin: bool = False,
    password_hash: str = "!",
) -> Principal:  # fmt: skip
    """A user; the default password hash lets nobody in, callers are made by `sign_in`."""
    async with database.transaction() as transaction:
        return await accounts.create_user(
            transaction, name=name, login=accounts.login_from_name(name),
            password_hash=password_hash, now=clock(), is_admin=is_admin,
        )  # fmt: skip


@asynccontextmanager
async def sign_in(
    app: FastAPI, database: Database, clock: Clock, principal: Principal
) -> AsyncIterator[Caller]:
    """A browser in which the principal is signed in."""
    async with database.transaction() as transaction:
        login = await accounts.start_login(
            transaction, principal, lifetime=timedelta(days=30), now=clock()
        )
    assert login.who.csrf_token is not None
    async with AsyncClient(
        transport=ASGITransport(app, client=("127.0.0.1", 50000)),
        base_url="http://localhost:8080",
        cookies={"holotable": login.secret},
        headers={"X-CSRF-Token": login.who.csrf_token},
    ) as client:
        yield Caller(principal, client)


async def add_member(
    database: Database, clock: Clock, project: Project, principal: Principal, role: Role
) -> None:
    async with database.transaction() as transaction:
        transaction.add(
            tables.Member(
                project_id=project.id, principal_id=principal.id, role=role, added_at=clock()
            )
        )


async def add_guest(
    database: Database, clock: Clock, project: Project, role: Role = Role.GUEST_VIEW,
    *, name: str = "Dana", asset: Asset | None = None, lifetime: timedelta = timedelta(days=1),
) -> Principal:  # fmt: skip
    """A guest of one project, or of one asset in it."""
    async with database.transaction() as transaction:
        return await accounts.admit_guest(
            transaction, None, name=name, project_id=project.id, role=role,
            asset_id=asset.id if asset else None, expires_at=clock() + lifetime, now=clock(),
        )  # fmt: skip


async def add_project(
    database: Database, clock: Clock, *, owner: Principal, name: str = "Gearbox",
    members: Mapping[Role, Principal] | None = None,
) -> Project:  # fmt: skip
    """A project with its owner and one member per role given."""
    project = Project(
        id=uuid7(), name=name, created_at=clock(), created_by=owner.id, updated_at=clock()
    )
    async with database.transaction() as transaction:
        transaction.add(project)
    await add_member(database, clock, project, owner, Role.OWNER)
    for role, principal in (members or {}).items():
        await add_member(database, clock, project, principal, role)
    return project


async def add_folder(
    database: Database, clock: Clock, project: Project, name: str = "Drawings",
    parent: Folder | None = None,
) -> Folder:  # fmt: skip
    folder = Folder(
        id=uuid7(), project_id=project.id, parent_id=parent.id if parent else None, name=name,
        created_at=clock(),
    )  # fmt: skip
    async with database.transaction() as transaction:
        transaction.add(folder)
    return folder


async def add_asset(
    database: Database, clock: Clock, project: Project, name: str = "Bracket",
    folder: Folder | None = None, **columns: Any,
) -> Asset:  # fmt: skip
    asset = Asset(
        id=uuid7(), project_id=project.id, folder_id=folder.id if folder else None, name=name,
        created_at=clock(), created_by=project.created_by, updated_at=clock(), **columns,
    )  # fmt: skip
    async with database.transaction() as transaction:
        transaction.add(asset)
    return asset


async def add_revision(
    database: Database, clock: Clock, asset: Asset, label: str | None = None,
    *, state: str = "ready", **columns: Any,
) -> Revision:  # fmt: skip
    """The asset's next revision, with one conversion in `state` and, when ready, a package."""
    async with database.transaction() as transaction:
        earlier = await transaction.scalars(
            select(Revision.ordinal).where(Revision.asset_id == asset.id)
        )
        ordinal = max(earlier, default=0) + 1
        label = label or chr(ord("A") + ordinal - 1)
        revision = Revision(
            id=uuid7(), project_id=asset.project_id, asset_id=asset.id, ordinal=ordinal,
            label=label, source_name=f"{asset.name}.step", source_bytes=4,
            source_sha256=sha256(b"step").hexdigest(), created_at=clock(),
            created_by=asset.created_by, **columns,
        )  # fmt: skip
        transaction.add(revision)
        await transaction.flush()
        conversion = tables.Conversion(
            id=uuid7(), project_id=asset.project_id, revision_id=revision.id, state=state,
            options={}, created_at=clock(),
        )  # fmt: skip
        transaction.add(conversion)
        await transaction.flush()
        if state == "ready":
            transaction.add(
                tables.Package(
                    id=uuid7(),
                    project_id=asset.project_id,
                    revision_id=revision.id,
                    conversion_id=conversion.id,
                    converter_version="1",
                    options={},
                    created_at=clock(),
                )
            )
    return revision


async def add_session(
    database: Database, clock: Clock, revision: Revision, *, kind: str = "meeting",
    code: str | None = None, name: str = "Friday review", lobby: str = "off",
) -> Session:  # fmt: skip
    session = Session(
        id=uuid7(), project_id=revision.project_id, revision_id=revision.id, kind=kind, name=name,
        code=code, code_expires_at=clock() + timedelta(hours=12) if code else None,
        created_at=clock(), created_by=revision.created_by, epoch="e1",
        lobby=lobby,
    )  # fmt: skip
    async with database.transaction() as transaction:
        transaction.add(session)
    return session


async def add_recording(
    database: Database, clock: Clock, session: Session, **columns: Any
) -> Recording:
    """A minute of a session that was recorded, without chunks."""
    values: dict[str, Any] = {
        "started_at": clock(), "started_by": session.created_by, "started_name": "Mia",
        "first_seq": 0, "last_seq": 0, "ended_at": clock() + timedelta(minutes=1),
        "ended_reason": "stopped", "bytes": 0,
    }  # fmt: skip
    row = Recording(
        id=uuid7(), project_id=session.project_id, revision_id=session.revision_id,
        session_id=session.id, **(values | columns),
    )  # fmt: skip
    async with database.transaction() as transaction:
        transaction.add(row)
    return row


async def add_operations(
    database: Database, session: Session, who: Principal, *operations: tuple[datetime, str, Any]
) -> None:
    """Numbered from 1: (when, key, value); key "" is a line of chat."""
    async with database.transaction() as transaction:
        for seq, (at, key, value) in enumerate(operations, 1):
            transaction.add(
                tables.Operation(
                    session_id=session.id, seq=seq, client_id="client-one", client_seq=seq,
                    kind="set" if key else "chat", key=key, principal_id=who.id, name=who.name,
                    value=value if key else {"text": value}, at=at,
                )
            )  # fmt: skip


async def add_share_link(
    database: Database,
    clock: Clock,
    project: Project,
    *,
    secret: str | None = None,
    capability: str = "view",
    asset: Asset | None = None,
    **columns: Any,
) -> tables.ShareLink:
    """A link; without `secret` nobody knows how to open it."""
    link = tables.ShareLink(
        id=uuid7(),
        project_id=project.id,
        asset_id=asset.id if asset else None,
        secret_hash=accounts.hash_secret(secret or accounts.new_secret()),
        capability=capability,
        created_at=clock(),
        created_by=project.created_by,
        **columns,
    )
    async with database.transaction() as transaction:
        transaction.add(link)
    return link


async def add_viewpoint(
    database: Database, clock: Clock, revision: Revision, name: str = "Valve access",
    *, author: Principal | None = None, **columns: Any,
) -> tables.Viewpoint:  # fmt: skip
    """A saved view of the revision, behind the others of its asset."""
    content = {"format": "holotable-viewpoint/1", "revision_id": str(revision.id)}
    async with database.transaction() as transaction:
        earlier = await transaction.scalars(
            select(tables.Viewpoint.position).where(tables.Viewpoint.asset_id == revision.asset_id)
        )
        defaults: dict[str, Any] = {
            "content": content, "content_sha256": sha256(name.encode()).hexdigest(),
            "position": max(earlier, default=0.0) + 1.0,
        }  # fmt: skip
        view = tables.Viewpoint(
            id=uuid7(), project_id=revision.project_id, asset_id=revision.asset_id,
            revision_id=revision.id, name=name, created_at=clock(), updated_at=clock(),
            created_by=author.id if author else revision.created_by, **(defaults | columns),
        )  # fmt: skip
        transaction.add(view)
    return view


async def add_review(
    database: Database, clock: Clock, revision: Revision, *, approvers: Sequence[Principal],
    observers: Sequence[Principal] = (), rule: Rule | None = None,
    checklist: Sequence[str] = (), by: Principal | None = None,
) -> Review:  # fmt: skip
    """A review of the revision, asked for by its author."""
    person = reviews.Person(by.id, by.name) if by else reviews.Person(revision.created_by, "Mia")
    items = tuple(reviews.CheckItem(uuid7().hex, line) for line in checklist)
    async with database.transaction() as transaction:
        row = await transaction.get_one(Revision, revision.id)
        return await reviews.request(
            transaction, row,
            reviews.Plan(
                title="Gearbox housing", description="", due_on=None, rule=rule or Rule(),
                approvers=tuple(one.id for one in approvers),
                observers=tuple(one.id for one in observers), checklist=items,
            ),
            person, clock(),
        )  # fmt: skip


async def add_notification(
    database: Database, clock: Clock, to: Principal, *, review: Review, **columns: Any
) -> Notification:
    """What somebody is told of a review; in the place of what he was told of it before."""
    said: dict[str, Any] = {
        "kind": "review_requested", "tally": {"requested": 1}, "count": 1, "told": [],
        "state": "unread", "in_app": True, **columns,
    }  # fmt: skip
    row = Notification(
        id=uuid7(), project_id=review.project_id, asset_id=review.asset_id, principal_id=to.id,
        subject=f"review:{review.id}", review_id=review.id, created_at=clock(),
        happened_at=clock(), updated_at=clock(), **said,
    )  # fmt: skip
    async with database.transaction() as transaction:
        transaction.add(row)
    return row


async def add_system(
    database: Database, clock: Clock, name: str = "windchill",
    base_url: str = "https://plm.example.com/wt",
) -> None:  # fmt: skip
    """An external system; naming it again changes nothing."""
    async with database.transaction() as transaction:
        if await transaction.get(ExternalSystem, name) is None:
            transaction.add(
                ExternalSystem(name=name, title=name, base_url=base_url, created_at=clock())
            )


async def add_ref(
    database: Database, owner: Project | Asset | Revision, *, by: UUID, external_id: str = "4711",
    system: str = "windchill", object_type: str = "Part", url: str = "",
) -> None:  # fmt: skip
    """What a system calls a row; the system must be there."""
    async with database.transaction() as transaction:
        ref = Ref(system, object_type, external_id, url=url)
        await put(transaction, await transaction.merge(owner), ref, by=by)


async def add_webhook(
    database: Database, clock: Clock, project: Project
) -> tuple[Webhook, WebhookDelivery]:
    """A webhook of a project, and a delivery of it that was taken."""
    hook = Webhook(
        id=uuid7(), project_id=project.id, url="https://plm.example.org/in", events=[],
        secrets=[{"secret": new_secret(), "until": None}], state="active", after=0,
        created_at=clock(), created_by=project.created_by, updated_at=clock(),
    )  # fmt: skip
    delivery = WebhookDelivery(
        id=uuid7(), project_id=project.id, webhook_id=hook.id, event_id=uuid7(),
        what="issue.created", body="{}", state="delivered", attempts=1, not_before=clock(), log=[],
        created_at=clock(), finished_at=clock(),
    )  # fmt: skip
    async with database.transaction() as transaction:
        transaction.add(hook)
        await transaction.flush()
        transaction.add(delivery)
    return hook, delivery


async def add_model_export(
    database: Database, clock: Clock, revision: Revision, *, format: str = "stl",
    state: str = "ready", by: Principal | None = None, **columns: Any,
) -> ModelExport:  # fmt: skip
    """A revision's model in one format; its bytes are those of `add_revision`'s source."""
    async with database.transaction() as transaction:
        package = await transaction.scalar(
            select(tables.Package.id).where(tables.Package.revision_id == revision.id)
        )
        assert package is not None
        made = ModelExport(
            id=uuid7(), project_id=revision.project_id, revision_id=revision.id,
            package_id=package, format=format, key=uuid7().hex * 2, state=state, left_out={},
            file_name=f"model.{format}", sha256=sha256(b"step").hexdigest(), bytes=4,
            asked_at=clock(), asked_by=by.id if by else None, **columns,
        )  # fmt: skip
        transaction.add(made)
    return made


async def add_tus_upload(
    database: Database, clock: Clock, project: Project, by: Principal, *, length: int = 10,
    **columns: Any,
) -> TusUpload:  # fmt: skip
    """An upload that somebody has begun, with nothing in it."""
    made = TusUpload(
        id=uuid7(), project_id=project.id, created_by=by.id, length=length,
        state="open", created_at=clock(), expires_at=clock() + timedelta(days=1),
        **{"fields": {}, "offset": 0, "name": "cube.stl", **columns},
    )  # fmt: skip
    async with database.transaction() as transaction:
        transaction.add(made)
    return made
