"""`holotable serve`: migrate, say how to reach it, and listen until told to stop.

One process and one event loop: http for this computer and, with --https, a second listener for
other desks and headsets. Both share one app, so a session joins people of both.
"""

import asyncio
import contextlib
import logging
import logging.config
import signal
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import uvicorn
from fastapi import FastAPI

from holotable.app import create_app, utc_now
from holotable.certificate import Certificate, Names, certificate_for, lan_addresses, local_names
from holotable.collector import settle
from holotable.errors import Unavailable
from holotable.rooms.lane import RoomProtocol
from holotable.settings import Settings
from holotable.store import migrate
from holotable.store.queries import accounts as rows
from holotable.web.context import Context, HttpsDoor
from holotable.web.security import WithoutSecrets

log = logging.getLogger("holotable.serve")

RENEW_EVERY_S: Final = 6 * 3600.0  # how often names and lifetime of the certificate are looked at
GRACE_S: Final = 5  # how long open requests may finish after a stop; event streams never do
ANYWHERE: Final = frozenset({"0.0.0.0", "::", ""})


@dataclass(frozen=True, slots=True)
class Door:
    """One address to listen on; with a certificate it speaks https."""

    host: str
    port: int
    certificate: Certificate | None = None


class DoorServer(uvicorn.Server):
    """uvicorn's server without its signal handlers: two of them would each take the other's."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to `run`."""
        yield


def serve(settings: Settings, *, https: bool, access_log: bool, say: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM. say: prints one line."""
    loop_factory = uvicorn.Config("", loop="auto", log_config=None).get_loop_factory()
    configure_logging(access_log=access_log)
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(run(settings, https=https, say=say))


async def run(settings: Settings, *, https: bool, say: Callable[[str], None]) -> None:
    """Migrate, build the app, open the doors, say so, and serve until a signal."""
    settings.data_dir.mkdir(0o700, parents=True, exist_ok=True)
    await migrate.upgrade(settings.sqlalchemy_url)
    names = local_names()
    doors = [Door(settings.host, settings.port)]
    told: HttpsDoor | None = None
    if https:
        certificate = certificate_for(names, settings.data_dir / "tls", now=utc_now())
        doors.append(Door("0.0.0.0", settings.https_port, certificate))
        told = https_door(certificate, names, settings.https_port)
    app = create_app(settings, https=told)
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(bind(door)) for door in doors]
        async with app.router.lifespan_context(app):
            needs_owner = await _needs_owner(app.state.context)
            for line in announcement(
                doors,
                names,
                setup_key=app.state.context.setup_key if needs_owner else None,
                public_url=settings.public_url,
                has_page=(settings.frontend_dir / "index.html").is_file(),
            ):
                say(line)
            settle()
            await _until_stopped(app, doors, sockets, settings, told)


async def _until_stopped(
    app: FastAPI,
    doors: list[Door],
    sockets: list[socket.socket],
    settings: Settings,
    https: HttpsDoor | None,
) -> None:
    servers = [DoorServer(configuration(app, door, settings.trusted_proxies)) for door in doors]

    def stop() -> None:
        for server in servers:
            server.force_exit = server.should_exit  # the second signal does not wait
            server.should_exit = True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    async with asyncio.TaskGroup() as group:
        serving = [
            group.create_task(server.serve(sockets=[listening]))
            for server, listening in zip(servers, sockets, strict=True)
        ]
        if https is not None:
            configurations = [server.config for server in servers]
            renewing = group.create_task(_keep_certificate(https, configurations, settings))
            await asyncio.wait(serving)
            renewing.cancel()


async def _keep_certificate(
    https: HttpsDoor, configurations: list[uvicorn.Config], settings: Settings
) -> None:
    """Renew the certificate before it ends, and when this machine gets another address."""
    while True:
        await asyncio.sleep(RENEW_EVERY_S)
        try:
            renew(https, configurations, settings.data_dir / "tls")
        except OSError:
            log.exception("the certificate is not renewed")


def renew(
    https: HttpsDoor,
    configurations: list[uvicorn.Config],
    directory: Path,
    *,
    names: Names | None = None,
    now: datetime | None = None,
) -> bool:
    """Look at names and lifetime; new connections get the new certificate. Whether there is one.

    names, now: of this machine, unless a test says otherwise.
    """
    names = names or local_names()
    certificate = certificate_for(names, directory, now=now or utc_now())
    if certificate.fingerprint == https.fingerprint:
        return False
    for configuration in configurations:
        if configuration.ssl is not None:
            configuration.ssl.load_cert_chain(certificate.certificate_file, certificate.key_file)
    fresh = https_door(certificate, names, https.port)
    https.addresses, https.names = fresh.addresses, fresh.names
    https.fingerprint = fresh.fingerprint
    https.authority_fingerprint = fresh.authority_fingerprint
    https.authority_pem = fresh.authority_pem
    log.info("the certificate was renewed: SHA-256 %s", https.fingerprint)
    return True


def https_door(certificate: Certificate, names: Names, port: int) -> HttpsDoor:
    """What pages may know of the listener with our own certificate."""
    assert certificate.authority_file is not None, "certificate_for makes one"
    return HttpsDoor(
        port=port,
        addresses=tuple(f"https://{name}:{port}" for name in (*names.addresses[:-1], _lan(names))),
        names=names.all,
        fingerprint=certificate.fingerprint,
        authority_fingerprint=certificate.authority_fingerprint,
        authority_pem=certificate.authority_file.read_bytes(),
    )


def _lan(names: Names) -> str:
    """How other machines most likely find this one by name (mDNS)."""
    return next((name for name in names.hosts if name.endswith(".local")), names.hosts[0])


def configuration(app: FastAPI, door: Door, trusted_proxies: str = "") -> uvicorn.Config:
    """How one door is served. The app's lifespan is entered once, outside.

    Sockets: no deflate and small messages (LIVE.md: uvicorn's defaults cost half the capacity),
    pings every 10 s, so that a headset that vanished is gone after 20 s and not 40.
    """
    proxies = [address.strip() for address in trusted_proxies.split(",") if address.strip()]
    certificate = door.certificate
    return uvicorn.Config(
        app,
        host=door.host,
        port=door.port,
        lifespan="off",
        log_config=None,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
        ws=RoomProtocol,
        ws_max_size=65_535,
        ws_per_message_deflate=False,
        ws_ping_interval=10.0,
        ws_ping_timeout=10.0,
        timeout_graceful_shutdown=GRACE_S,
        ssl_certfile=certificate.certificate_file if certificate else None,
        ssl_keyfile=certificate.key_file if certificate else None,
    )


def bind(door: Door) -> socket.socket:
    """A socket bound to the door's address; Unavailable, naming it, when somebody else has it."""
    family = socket.AF_INET6 if ":" in door.host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((door.host, door.port))
    except OSError as error:
        bound.close()
        raise Unavailable(
            f"Cannot listen on {door.host}:{door.port}: {error.strerror}.", port=door.port
        ) from error
    return bound


async def _needs_owner(context: Context) -> bool:
    async with context.database.transaction() as transaction:
        return not await rows.any_user(transaction)


def announcement(
    doors: list[Door],
    names: Names,
    *,
    setup_key: str | None,
    public_url: str = "",
    has_page: bool = True,
) -> list[str]:
    """What the operator reads at start (UX.md §6), line by line.

    setup_key: None once an owner exists.
    """
    here = doors[0]
    local = public_url or f"http://{_shown(here.host)}:{here.port}"
    lines = ["", f"  Ready.  Open       {local:<32} (this computer)"]
    secure = next((door for door in doors if door.certificate), None)
    if secure is not None and secure.certificate is not None:
        lan = f"https://{_lan(names)}:{secure.port}"
        lines.append(f"          LAN        {lan:<32} (other desks and headsets)")
        for address in names.addresses[:-1]:
            lines.append(f"                     https://{address}:{secure.port}")
        lines.append(f"          Headset    {lan}/go")
        lines.append(f"          Certificate SHA-256 {secure.certificate.fingerprint}")
        lines.append("          (made on this machine: browsers ask once whether to trust it)")
        if secure.certificate.authority_file is not None:
            lines.append(f"          To be asked never: trust {secure.certificate.authority_file}")
            lines.append(
                f"          Authority SHA-256   {secure.certificate.authority_fingerprint}"
            )
    elif here.host in ANYWHERE:
        for address in lan_addresses():
            lan = f"http://{address}:{here.port}"
            lines.append(f"          LAN        {lan:<32} (other desks; headsets need https)")
    else:
        lines.append("          Other desks and headsets: make run HTTPS=1  (serve --https)")
    if setup_key is not None:
        lines.append(f"          First owner link (once): {local}/setup?k={setup_key}")
    if not has_page:
        lines.append("          The page is not built: run `make run`, or npm run build.")
    return [*lines, ""]


def _shown(host: str) -> str:
    """The host as the operator types it on this computer."""
    if host in ANYWHERE or host in ("127.0.0.1", "::1"):
        return "localhost"
    return f"[{host}]" if ":" in host else host


def configure_logging(*, access_log: bool) -> None:
    """Everything to standard error, secrets taken out; each request only when asked for."""
    logging.config.dictConfig(logging_configuration(access_log=access_log))


def logging_configuration(*, access_log: bool) -> dict[str, Any]:
    """The `logging.config` dictionary."""
    quiet = "INFO" if access_log else "WARNING"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"without_secrets": {"()": WithoutSecrets}},
        "formatters": {
            "line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
        },
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "line",
                "filters": ["without_secrets"],
            }
        },
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "holotable": {"level": "INFO"},
            "uvicorn.error": {"level": quiet},
            "uvicorn.access": {"level": quiet},
        },
    }


def settings_with(settings: Settings, *, host: str | None, port: int | None) -> Settings:
    """The settings with what the command line says instead."""
    said = {"host": host, "port": port}
    return settings.model_copy(update={key: value for key, value in said.items() if value})
