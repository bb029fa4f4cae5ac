"""The web process: builds everything from Settings and returns the FastAPI app."""

import asyncio
import base64
import hmac
import logging
import os
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, TypeAlias

from argon2 import PasswordHasher
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from holotable import sample_project, sample_review
from holotable.accounts import Clock, Passwords
from holotable.comparison import Comparisons
from holotable.conversion.walls import sandbox_level
from holotable.delivery import Structures
from holotable.drawings import SheetReader
from holotable.errors import Invalid, Unavailable
from holotable.exchange.signing import SigningKey, kept_key, read_private
from holotable.model_exports import ModelExports
from holotable.packets import Packets, Workshop
from holotable.project_archive import ProjectArchives
from holotable.rooms.doorbell import Doorbell
from holotable.rooms.hub import Hub
from holotable.rooms.recorder import Recorder
from holotable.rooms.relay import LiveKit, VoiceAccess
from holotable.rooms.sfu import LiveKitVoices
from holotable.sessions import TicketDesk
from holotable.settings import Settings
from holotable.store.blobs import Blobs, FileBlobs, sweep_spool
from holotable.store.database import Database
from holotable.store.jobs import open_jobs
from holotable.tus import TusUploads
from holotable.web import (
    anchors,
    assets,
    attachments,
    bcf_files,
    bcf_parts,
    bcf_topics,
    by_ref,
    changes,
    comments,
    compare,
    devices,
    drawings,
    embedding,
    events,
    external_systems,
    folders,
    health,
    idempotency,
    imports,
    inbox,
    issue_settings,
    issue_viewpoints,
    issues,
    joining,
    live,
    login,
    members,
    minutes,
    model_exports,
    notification_settings,
    packets,
    pages,
    parts,
    problems,
    project_archives,
    projects,
    recorded_voices,
    recordings,
    review_progress,
    reviews,
    revision_lists,
    revisions,
    scene,
    search,
    sessions,
    setup,
    share_links,
    sheets,
    tokens,
    trash,
    tus,
    uploads,
    users,
    viewpoints,
    voice,
    webhooks,
)
from holotable.web.context import Context, HttpsDoor, Limits
from holotable.web.etags import Conditional
from holotable.web.feed import RevisionFeed
from holotable.web.https import router as https_router
from holotable.web.inbox_feed import InboxFeed
from holotable.web.open_sockets import OpenSockets
from holotable.web.rate_limits import default_rate_limits
from holotable.web.security import Guard
from holotable.worker import ConversionRunner, blobs_of, outside, running

log = logging.getLogger("holotable.app")

# Every router of the API, under /api/v1, in the order of the documentation.
ROUTERS: Final[tuple[APIRouter, ...]] = (
    setup.router,
    https_router,
    login.router,
    users.router,
    tokens.router,
    devices.router,
    external_systems.router,
    by_ref.router,  # before what it would be taken for: /projects/{project_id}/…
    imports.router,
    projects.router,
    members.router,
    folders.router,
    assets.router,
    revision_lists.router,
    uploads.router,
    tus.router,
    project_archives.router,
    revisions.router,
    scene.router,
    model_exports.router,
    parts.router,
    compare.router,
    events.router,
    changes.router,
    webhooks.router,
    trash.router,
    search.router,
    share_links.router,
    embedding.router,
    reviews.router,
    review_progress.router,
    packets.router,
    anchors.router,
    issues.router,
    bcf_files.router,
    issue_settings.router,
    issue_viewpoints.router,
    comments.router,
    attachments.router,
    drawings.router,
    sheets.router,
    viewpoints.router,
    inbox.router,
    notification_settings.router,
    health.router,
    sessions.router,
    joining.router,
    voice.router,
    recordings.router,
    recorded_voices.router,
    minutes.router,
    live.router,
)

Service: TypeAlias = Callable[[Settings, Context], AbstractAsyncContextManager[object]]


@asynccontextmanager
async def embedded_worker(settings: Settings, context: Context) -> AsyncIterator[None]:
    """Convert in this process on SQLite; on PostgreSQL `holotable worker` does."""
    await asyncio.to_thread(sweep_spool, context.blobs.spool)  # uploads that a kill -9 cut off
    if not settings.embedded_worker or settings.is_postgresql:
        yield
        return
    runner = ConversionRunner(settings, context.database, context.blobs, context.jobs)
    async with running(runner):
        yield


@asynccontextmanager
async def sample_loader(settings: Settings, context: Context) -> AsyncIterator[None]:
    """Make the sample project in the background of the first start."""
    if not settings.load_sample or not sample_project.is_available():
        yield
        return
    task = asyncio.create_task(_load_sample(context))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _load_sample(context: Context) -> None:
    """Load it; whatever keeps it from loading must not keep the product from serving."""
    try:
        await sample_project.load_sample(
            context.database, context.blobs, context.jobs, context.clock
        )
        await sample_review.complete(
            sample_review.Workplace(
                context.database, context.blobs, context.structures, context.sheets, context.clock
            )
        )
    except Exception:
        log.exception("The sample project was not loaded.")


# What runs beside the routes (the hub, the embedded worker): entered in order when the process
# starts, left in reverse when it stops.
SERVICES: Final[tuple[Service, ...]] = (
    lambda _settings, context: context.hub.running(),
    lambda _settings, context: context.comparisons.running(),
    lambda _settings, context: context.packets.running(),
    lambda _settings, context: context.model_exports.running(),
    lambda _settings, context: context.tus.running(),
    embedded_worker,
    sample_loader,
)


def utc_now() -> datetime:
    """The time, aware, in UTC."""
    return datetime.now(UTC)


def create_app(
    settings: Settings,
    *,
    clock: Clock = utc_now,
    monotonic_s: Callable[[], float] = time.monotonic,
    hasher: PasswordHasher | None = None,
    https: HttpsDoor | None = None,
) -> FastAPI:
    """Build the web process. The database must be migrated (store/migrate.py).

    https: the second listener, when there is one: pages tell headsets of it.
    hasher: argon2id with other costs; the default is the library's, RFC 9106's second choice.
    """
    context = build_context(
        settings, clock=clock, monotonic_s=monotonic_s, hasher=hasher, https=https
    )
    app = FastAPI(
        title="Holotable",
        version=version("holotable"),
        description="Self-hosted design review. Every failure is problem+json (RFC 9457).",
        openapi_url=None,  # served below, with the problems in it
        docs_url=None,  # FastAPI's documentation pages load scripts from another host
        redoc_url=None,
        generate_unique_id_function=_operation_id,
        routes=list(_api_routes()),
        lifespan=lambda _app: _lifespan(settings, context),
    )
    app.state.context = context
    problems.install(app)

    @app.get("/api/v1/openapi.json", include_in_schema=False)
    async def openapi() -> dict[str, Any]:
        """This API, as OpenAPI 3.1."""
        return openapi_document(app)

    app.include_router(health.root_router)
    app.include_router(bcf_topics.router)
    app.include_router(bcf_topics.routes)
    app.include_router(bcf_parts.router)
    app.include_router(pages.router)  # last: it answers every other address
    app.add_middleware(Conditional)
    app.add_middleware(Guard, context=context)
    return app


@cache
def _api_routes() -> tuple[BaseRoute, ...]:
    """Every route of the API, built once in a process: a route holds nothing of its app."""
    api = APIRouter(generate_unique_id_function=_operation_id)
    for router in ROUTERS:
        idempotency.install(router)
        api.include_router(router, prefix="/api/v1")
    return tuple(api.routes)


def build_context(
    settings: Settings,
    *,
    clock: Clock,
    monotonic_s: Callable[[], float],
    hasher: PasswordHasher | None = None,
    https: HttpsDoor | None = None,
) -> Context:
    """Turn settings into the parts that routes use."""
    settings.data_dir.mkdir(0o700, parents=True, exist_ok=True)
    database = Database(settings.sqlalchemy_url)
    blobs = blobs_of(settings)
    node_url = settings.node_url.rstrip("/")
    doorbell = Doorbell(settings.redis_url, node_url) if settings.redis_url else None
    structures, comparisons = Structures(blobs), Comparisons(database, blobs)
    access, sockets = voice_access(settings), OpenSockets(database)
    jobs = open_jobs(database, settings.sqlalchemy_url, settings.data_dir, lease_s=settings.lease_s)
    return Context(
        database=database,
        clock=clock,
        limits=Limits(
            max_upload_bytes=settings.max_upload_bytes,
            login_lifetime=timedelta(seconds=settings.login_lifetime_s),
            guest_lifetime=timedelta(seconds=settings.guest_lifetime_s),
            ticket_lifetime=timedelta(seconds=settings.ticket_lifetime_s),
            session_code_lifetime=timedelta(seconds=settings.session_code_lifetime_s),
        ),
        passwords=Passwords(hasher or PasswordHasher()),
        rates=default_rate_limits(monotonic_s),
        tickets=TicketDesk(database, clock),
        hub=Hub(
            database,
            clock=clock,
            recorder=Recorder(database, blobs, clock),
            node_url=node_url,
            hz=settings.room_tick_hz,
            max_slots=settings.room_max_slots,
            voice=access.policy,
            sfu=LiveKitVoices(access.livekit, clock) if access.livekit else None,
            lease=timedelta(seconds=settings.room_lease_s),
            watch_s=settings.room_watch_s,
            doorbell=doorbell,
            also_look=sockets.look,
        ),
        sockets=sockets,
        voice=access,
        blobs=blobs,
        jobs=jobs,
        structures=structures,
        comparisons=comparisons,
        packets=Packets(
            Workshop(
                database,
                blobs,
                structures,
                comparisons,
                signing_key=lambda: signing_key(settings),
                clock=clock,
                frontend_dir=settings.frontend_dir,
                public_url=settings.public_url.rstrip("/"),
                fonts=[
                    Path(one.strip()) for one in settings.report_fonts.split(",") if one.strip()
                ],
            )
        ),
        model_exports=ModelExports(database, blobs, clock),
        tus=TusUploads(database, blobs, jobs, clock, timedelta(seconds=settings.upload_lifetime_s)),
        archives=ProjectArchives(
            database,
            blobs,
            clock,
            server=settings.public_url.rstrip("/"),
            max_bytes=settings.max_project_archive_bytes,
        ),
        sheets=SheetReader(
            settings.data_dir.resolve() / "work", allow_unsandboxed=settings.allow_unsandboxed
        ),
        feed=RevisionFeed(database),
        inbox=InboxFeed(database, clock),
        webhook_networks=outside(settings).allowed,
        mail_sender=settings.mail_sender,
        setup_key=setup_key(secret_key(settings.data_dir)),
        public_url=settings.public_url.rstrip("/"),
        https=https,
        embed_origins=embedding.parse_origins(settings.embed_origins),
        frontend_dir=settings.frontend_dir,
        test_hooks=settings.test_hooks,
        on_first_owner=lambda transaction, owner_id: sample_project.give_sample(
            transaction, owner_id, clock()
        ),
        probes={
            "blobs": _probe_blobs(blobs),
            "sandbox": _probe_sandbox,
            "doorbell": _probe_doorbell(doorbell),
        },
    )


def voice_access(settings: Settings) -> VoiceAccess:
    """How sound gets from page to page here."""
    chosen = (settings.livekit_url, settings.livekit_key, settings.livekit_secret)
    if any(chosen) and not all(chosen):
        raise Invalid(
            "HOLOTABLE_LIVEKIT_URL, HOLOTABLE_LIVEKIT_KEY and HOLOTABLE_LIVEKIT_SECRET go together."
        )
    urls = tuple(url.strip() for url in settings.turn_url.split(",") if url.strip())
    return VoiceAccess(
        enabled=settings.voice,
        turn_urls=urls,
        turn_secret=settings.turn_secret,
        livekit=LiveKit(*chosen) if all(chosen) else None,
    )


def _probe_blobs(blobs: Blobs) -> Callable[[], Awaitable[str]]:
    async def probe() -> str:
        try:
            await blobs.check()
        except Unavailable as problem:
            return f"failed: {problem.detail}"
        return "files" if isinstance(blobs, FileBlobs) else "s3"

    return probe


def _probe_doorbell(doorbell: Doorbell | None) -> Callable[[], Awaitable[str]]:
    async def probe() -> str:
        return "none, rooms poll" if doorbell is None else doorbell.state

    return probe


async def _probe_sandbox() -> str:
    return await asyncio.to_thread(sandbox_level)


def openapi_document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, with every failure as the problem it is."""
    if app.openapi_schema is None:
        schema = app.openapi()
        problems.document(schema)
        idempotency.document(schema)
    assert app.openapi_schema is not None
    return app.openapi_schema


def _operation_id(route: APIRoute) -> str:
    return route.name


@asynccontextmanager
async def _lifespan(settings: Settings, context: Context) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        stack.push_async_callback(context.database.close)
        for service in SERVICES:
            await stack.enter_async_context(service(settings, context))
        yield


def secret_key(data_dir: Path) -> bytes:
    """This installation's secret, made once; readable by its own user only."""
    file = data_dir / "secret.key"
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return bytes.fromhex(file.read_text(encoding="ascii"))
    with os.fdopen(descriptor, "w", encoding="ascii") as made:
        made.write(secrets.token_hex(32))
    return bytes.fromhex(file.read_text(encoding="ascii"))


def signing_key(settings: Settings) -> SigningKey:
    """The key of this installation's packets: supplied, or made on first need."""
    if settings.signing_key_file:
        return read_private(Path(settings.signing_key_file))
    return kept_key(settings.data_dir / "signing" / "ed25519.pem")


def setup_key(secret: bytes) -> str:
    """The key of the first-owner link: the same after a restart, worthless once an owner exists."""
    digest = hmac.new(secret, b"holotable-setup/1", sha256).digest()
    return base64.b32encode(digest[:15]).decode().lower()
