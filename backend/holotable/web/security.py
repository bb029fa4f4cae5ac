"""What guards every request whatever its route: origin, headers, cookies, body size, logs."""

import hmac
import ipaddress
import logging
import re
from typing import Final
from urllib.parse import urlsplit
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from holotable.accounts import NewLogin, SignedIn
from holotable.errors import Forbidden, HolotableError, TooLarge
from holotable.web.context import Context
from holotable.web.problems import problem_of, respond

log = logging.getLogger("holotable.web")

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
MAX_BODY_BYTES: Final = 1024 * 1024  # of everything but uploads, which count for themselves
UPLOAD_PATHS: Final = re.compile(
    r"/api/v1/(assets/[^/]+/revisions(/by-ref/.+)?|projects/[^/]+/(uploads|issues\.bcf)"
    r"|(issues|comments)/[^/]+/attachments|issues/[^/]+/viewpoints|revisions/[^/]+/drawings"
    r"|projects/[^/]+/tus|tus/[^/]+|admin/project-archives)"
    r"|/bcf/[^/]+/projects/[^/]+/topics/[^/]+/viewpoints"
)
TUS_PATHS: Final = re.compile(r"/api/v1/(projects/[^/]+/tus|tus(/[^/]+)?)")
LOOPBACK_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})

CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' blob: data:",
        "media-src 'self' blob:",  # a voice note is heard before it is sent
        "connect-src 'self' ws: wss:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # a share link's secret stands in its path
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self), "
    "xr-spatial-tracking=(self)",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# Only at an https public_url. A browser applies it to every port of a host, so from our own
# --https listener it would turn http://localhost:8080 into an https address that does not answer.
HSTS: Final = "max-age=31536000"


# Origins and cookies


def is_secure(connection: HTTPConnection, context: Context) -> bool:
    """Whether the browser speaks https, to us or to a proxy at the public address."""
    if connection.url.scheme in ("https", "wss"):
        return True
    public = urlsplit(context.public_url)
    return public.scheme == "https" and connection.headers.get("host") == public.netloc


def is_same_origin(connection: HTTPConnection, context: Context) -> bool:
    """Whether the page that sent this is one of ours; true for clients that are no browser.

    The host must be equal, not the scheme: a proxy that ends TLS hides the scheme from us.
    """
    if connection.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        return False
    origin = connection.headers.get("origin")
    if origin is None:
        return True
    allowed = {connection.headers.get("host", "")}
    if context.public_url:
        allowed.add(urlsplit(context.public_url).netloc)
    return urlsplit(origin).netloc in allowed - {""}


def origin_of(connection: HTTPConnection, context: Context) -> str:
    """The origin that links for other people begin with."""
    if context.public_url:
        return context.public_url
    scheme = "https" if is_secure(connection, context) else "http"
    return f"{scheme}://{connection.headers.get('host', 'localhost')}"


def is_local(connection: HTTPConnection) -> bool:
    """Whether this is the machine itself, by peer address and by the name in the address bar.

    The name matters: a web page may point its own host name at 127.0.0.1 (DNS rebinding).
    A forwarding header means a proxy stands between, so the peer says nothing.
    """
    if any(name in connection.headers for name in ("x-forwarded-for", "forwarded", "x-real-ip")):
        return False
    host = urlsplit(f"//{connection.headers.get('host', '')}").hostname
    try:
        peer = ipaddress.ip_address(connection.client.host if connection.client else "")
    except ValueError:
        return False
    return peer.is_loopback and host in LOOPBACK_NAMES


def cookie_name(connection: HTTPConnection, context: Context) -> str:
    """`__Host-` makes browsers insist on Secure, Path=/ and no Domain (RFC 6265bis §4.1.3.2)."""
    return "__Host-holotable" if is_secure(connection, context) else "holotable"


def set_login_cookie(
    request: Request, response: Response, context: Context, login: NewLogin
) -> None:
    """Hand the browser its login."""
    response.set_cookie(
        cookie_name(request, context),
        login.secret,
        max_age=int(login.lifetime.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=is_secure(request, context),
    )


def clear_login_cookie(request: Request, response: Response, context: Context) -> None:
    """Take the login away from the browser."""
    response.delete_cookie(
        cookie_name(request, context),
        path="/",
        httponly=True,
        samesite="lax",
        secure=is_secure(request, context),
    )


def check_csrf(request: Request, who: SignedIn) -> None:
    """Refuse a change that a browser was made to send by somebody else's page."""
    if request.method in SAFE_METHODS or who.csrf_token is None:
        return
    sent = request.headers.get("x-csrf-token", "")
    if not hmac.compare_digest(sent.encode(), who.csrf_token.encode()):
        raise Forbidden(
            "The X-CSRF-Token header is missing or wrong.",
            reason="csrf_token",
            header="X-CSRF-Token",
        )


# Every request


class Guard:
    """Outermost ASGI layer: request id, origin check, body limit, headers, the last error net."""

    def __init__(self, app: ASGIApp, context: Context) -> None:
        self._app = app
        self._context = context

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it here."""
        if scope["type"] != "http":  # a socket checks its own ticket and Origin
            await self._app(scope, receive, send)
            return
        trace_id = uuid4().hex
        scope.setdefault("state", {})["trace_id"] = trace_id
        connection = HTTPConnection(scope)
        strict = is_secure(connection, self._context) and self._context.public_url.startswith(
            "https://"
        )
        is_api = scope["path"].startswith("/api/")
        started = False

        wants_head = scope["method"] == "HEAD" and not scope["path"].endswith("/events")
        if wants_head:  # FastAPI answers HEAD nowhere; every GET can, without its body
            scope = {**scope, "method": "GET"}
            scope["state"]["is_head"] = True  # for routes that would read a large body in vain

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if wants_head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers["X-Request-Id"] = trace_id
                if strict:
                    headers["Strict-Transport-Security"] = HSTS
                if TUS_PATHS.fullmatch(scope["path"]):  # tus 1.0.0: in every answer, refusals too
                    headers["Tus-Resumable"] = headers["Tus-Version"] = "1.0.0"
                if is_api:
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        try:
            if scope["method"] not in SAFE_METHODS and not is_same_origin(
                connection, self._context
            ):
                raise Forbidden("This request comes from another site.", reason="origin")
            await self._app(scope, _limited(scope, receive), send_with_headers)
        except HolotableError as error:  # refused here, before any route
            if started:
                raise
            problem = problem_of(error, path=scope["path"], trace_id=trace_id)
            await respond(problem)(scope, receive, send_with_headers)
        except Exception:
            if started:  # only closing the connection can tell the client now; uvicorn logs it
                raise
            log.exception("%s %s failed, request %s", scope["method"], scope["path"], trace_id)
            problem = problem_of(HolotableError(), path=scope["path"], trace_id=trace_id)
            await respond(problem)(scope, receive, send_with_headers)


def _limited(scope: Scope, receive: Receive) -> Receive:
    """Refuse a body over MAX_BODY_BYTES, declared or not, unless the path is an upload."""
    if UPLOAD_PATHS.fullmatch(scope["path"]):
        return receive
    declared = Headers(scope=scope).get("content-length", "0")
    if declared.isdigit() and int(declared) > MAX_BODY_BYTES:
        raise TooLarge("The request is larger than this route accepts.", max_bytes=MAX_BODY_BYTES)
    received = 0

    async def counted() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > MAX_BODY_BYTES:
            # Not TooLarge: FastAPI reads bodies and turns anything but HTTPException into a 400.
            raise HTTPException(413, "The request is larger than this route accepts.")
        return message

    return counted


# Logs

_SECRETS_IN_PATHS: Final = re.compile(
    r"(?<=[?&])(ticket|k|code|confirm)=[^&\s\"]*|(?<=/s/)[^/?\s\"]+"
    r"|(?<=/unsubscribe/)[^/?\s\"]+"
)


class WithoutSecrets(logging.Filter):
    """Takes tickets, setup keys, codes and share secrets out of access logs."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record's text arguments; never drop a record."""
        if isinstance(record.args, tuple):
            record.args = tuple(redact(arg) if isinstance(arg, str) else arg for arg in record.args)
        return True


def redact(text: str) -> str:
    """A logged address without what it would let a reader do."""
    return _SECRETS_IN_PATHS.sub(lambda m: f"{m[1]}=-" if m[1] else "-", text)
