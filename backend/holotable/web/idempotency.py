"""Idempotency-Key: a POST or PATCH that is sent again answers as before and does nothing.

After draft-ietf-httpapi-idempotency-key-header-07. A key is its principal's for 24 hours and stands
for method, address and body (sha256). The answer is stored in the transaction of what it tells of,
so a server that dies has done both or neither. What was refused frees its key. Uploads are streams
that are never held in memory: there a key stands for method and address, and whoever sends another
file under it gets the answer to the first.
"""

from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final, TypeAlias

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute

from holotable.errors import AnswerNotKept, Invalid
from holotable.store.database import uuid7
from holotable.store.external_tables import IdempotencyKey
from holotable.store.queries import idempotency as rows
from holotable.store.queries.idempotency import Attempt
from holotable.web.context import Context, context_of
from holotable.web.dependencies import authenticate
from holotable.web.security import UPLOAD_PATHS

HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotency-Replayed"
METHODS: Final = frozenset({"POST", "PATCH"})
MAX_KEY_LENGTH: Final = 255
MAX_KEPT_BYTES: Final = 1024 * 1024  # of an answer; a longer one is not kept
LEASE: Final = timedelta(minutes=2)  # a request that takes longer was cut off with its process
STREAM_LEASE: Final = timedelta(hours=6)
# Their answers hold a secret that is shown once. It is not stored: a key says that they were done.
SECRET_ANSWERS: Final = frozenset(
    {
        "create_token", "create_share_link", "issue_session_ticket", "issue_table_ticket",
        "create_webhook", "rotate_webhook_secret", "offer_pairing",
    }
)  # fmt: skip
_OWN_HEADERS: Final = frozenset({"content-length", "set-cookie"})

Handler: TypeAlias = Callable[[Request], Coroutine[Any, Any, Response]]


class OnceRoute(APIRoute):
    """A route that answers a request sent twice under one key as it did the first time."""

    def get_route_handler(self) -> Handler:
        """The route's handler behind the keys."""
        handle = super().get_route_handler()
        keeps_answer = self.name not in SECRET_ANSWERS

        async def once(request: Request) -> Response:
            key = request.headers.get(HEADER)
            if key is None:
                return await handle(request)
            return await _once(request, _checked(key), handle, keeps_answer=keeps_answer)

        return once


def install(router: APIRouter) -> None:
    """Let every POST and PATCH of a router take keys, whichever module it stands in."""
    for route in router.routes:
        if isinstance(route, APIRoute) and METHODS & (route.methods or set()):
            route.__class__ = OnceRoute


def document(schema: dict[str, Any]) -> None:
    """Name the header in every POST and PATCH of an OpenAPI document, in place."""
    parameter = {
        "name": HEADER,
        "in": "header",
        "required": False,
        "schema": {"type": "string", "minLength": 1, "maxLength": MAX_KEY_LENGTH},
        "description": "Sent again within 24 hours with the same request, the answer is the same"
        f" and nothing happens ({REPLAYED}: true)",
    }
    for operations in schema["paths"].values():
        for method, operation in operations.items():
            if method.upper() in METHODS:
                operation.setdefault("parameters", []).append(parameter)


def _checked(key: str) -> str:
    if not 1 <= len(key) <= MAX_KEY_LENGTH or not (key.isascii() and key.isprintable()):
        raise Invalid(
            f"A key has 1 to {MAX_KEY_LENGTH} printable ASCII characters.",
            pointer=f"/header/{HEADER}",
        )
    return key


async def _once(request: Request, key: str, handle: Handler, *, keeps_answer: bool) -> Response:
    context = context_of(request)
    who = await authenticate(request, context)
    if who is None:  # nobody's key is nobody's: signing in is done twice
        return await handle(request)
    streams = UPLOAD_PATHS.fullmatch(request.url.path) is not None
    attempt = Attempt(who.id, key, uuid7(), await _fingerprint(request, streams=streams))
    lease = STREAM_LEASE if streams else LEASE
    async with context.database.transaction() as transaction:
        done = await rows.begin(transaction, attempt, now=context.clock(), lease=lease)
    if done is not None:
        return _replay(done)
    end = _End(context, attempt)
    # Below the stack of the route's own dependencies: it runs after their transaction has ended.
    request.scope["fastapi_function_astack"].push_async_exit(end.leave)
    response = await handle(request)
    body = getattr(response, "body", None)
    if response.status_code >= 300 or not isinstance(body, bytes):
        return response  # refused, or a stream that changed nothing: the key is free again
    keeps = keeps_answer and "set-cookie" not in response.headers and len(body) <= MAX_KEPT_BYTES

    async def keep(transaction: Any) -> None:  # an AsyncSession, whoever began it
        kept = {k: v for k, v in response.headers.items() if k not in _OWN_HEADERS}
        await rows.finish(
            transaction,
            attempt,
            status=response.status_code,
            headers=kept,
            body=body if keeps else None,
        )

    open_one = getattr(request.state, "transaction", None)
    if open_one is None:  # a route with transactions of its own: it has committed
        end.keep = keep
    else:
        await keep(open_one)
        end.is_kept = True
    return response


class _End:
    """What becomes of a key when its request ends."""

    def __init__(self, context: Context, attempt: Attempt) -> None:
        self.is_kept = False
        self.keep: Callable[[Any], Awaitable[None]] | None = None
        self._context = context
        self._attempt = attempt

    async def leave(self, kind: object, _error: object, _trace: object) -> None:
        """Keep the answer, or free the key when there is none."""
        if self.is_kept and kind is None:
            return
        async with self._context.database.transaction() as transaction:
            if self.keep is not None and kind is None:
                await self.keep(transaction)
            else:
                await rows.release(transaction, self._attempt)


async def _fingerprint(request: Request, *, streams: bool) -> str:
    address = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    return sha256(address + (b"" if streams else await request.body())).hexdigest()


def _replay(done: IdempotencyKey) -> Response:
    if done.body is None:
        raise AnswerNotKept()
    assert done.status is not None
    response = Response(done.body, done.status, headers=done.headers)
    response.headers[REPLAYED] = "true"
    return response
