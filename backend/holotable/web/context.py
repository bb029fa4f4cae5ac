"""What every route may use, built once by app.py: no settings, no globals.

Add a field here for a part that routes need (blobs, jobs, the hub) and build it in app.py.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import HTTPConnection

from holotable.accounts import Clock, Passwords
from holotable.comparison import Comparisons
from holotable.delivery import Structures
from holotable.drawings import SheetReader
from holotable.exchange.webhook_post import Network
from holotable.model_exports import ModelExports
from holotable.packets import Packets
from holotable.project_archive import ProjectArchives
from holotable.rooms.hub import Hub
from holotable.rooms.relay import VoiceAccess
from holotable.sessions import TicketDesk
from holotable.store.blobs import Blobs
from holotable.store.database import Database
from holotable.store.jobs import Jobs
from holotable.tus import TusUploads
from holotable.web.feed import RevisionFeed
from holotable.web.inbox_feed import InboxFeed
from holotable.web.open_sockets import OpenSockets
from holotable.web.rate_limits import RateLimits


@dataclass(frozen=True, slots=True)
class Limits:
    """Numbers an operator chose."""

    max_upload_bytes: int
    login_lifetime: timedelta
    guest_lifetime: timedelta
    ticket_lifetime: timedelta
    session_code_lifetime: timedelta


@dataclass(slots=True)
class HttpsDoor:
    """The listener for other desks and headsets, with the certificate made here.

    Its certificate is renewed while it serves, so this changes.
    """

    port: int
    addresses: tuple[str, ...]  # origins under which others reach it, the best first
    names: frozenset[str]  # what its certificate is for
    fingerprint: str  # SHA-256, AA:BB:…
    authority_fingerprint: str
    authority_pem: bytes


@dataclass(frozen=True, slots=True)
class Context:
    """The parts behind the routes.

    setup_key: what another machine must know to become the first owner.
    public_url: the origin people type, or "" when whatever host they use is right.
    """

    database: Database
    clock: Clock  # aware UTC
    limits: Limits
    passwords: Passwords
    rates: RateLimits
    hub: Hub
    sockets: OpenSockets
    voice: VoiceAccess
    tickets: TicketDesk
    blobs: Blobs
    jobs: Jobs
    structures: Structures
    comparisons: Comparisons
    packets: Packets
    model_exports: ModelExports
    tus: TusUploads
    archives: ProjectArchives
    sheets: SheetReader
    feed: RevisionFeed
    inbox: InboxFeed
    webhook_networks: tuple[Network, ...]  # private ones that webhooks may reach
    mail_sender: str  # whom mails come from; empty: e-mail is off
    setup_key: str
    public_url: str
    https: HttpsDoor | None  # None: a proxy's business, or nobody's
    embed_origins: tuple[str, ...]  # sites that may frame the viewer
    frontend_dir: Path
    test_hooks: bool
    on_first_owner: Callable[[AsyncSession, UUID], Awaitable[None]]  # in the owner's transaction
    probes: Mapping[str, Callable[[], Awaitable[str]]]  # parts /readyz names; "failed: …" is not


def context_of(connection: HTTPConnection) -> Context:
    """The context of the app that serves this request or socket."""
    return cast(Context, connection.app.state.context)  # app.state is untyped; app.py sets it
