"""Strong ETags of rows, If-Match and If-None-Match (RFC 9110 §13.1).

An ETag is `"<row>-<version>.<answer>"`: the row's id, its time of change, and on GET a digest of
the answer, which also shows what others did (a conversion's progress, who meets). If-None-Match
compares all of it, so a 304 never hides news; If-Match compares the version alone, so that a
revision that became ready meanwhile can still be described. Tags without a digest, as answers
carry them in `etag`, are as good.
"""

import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Annotated, Final, TypeAlias
from uuid import UUID

from fastapi import Depends, Header, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from holotable.errors import PreconditionMissing, Stale
from holotable.store.queries.versions import Versioned, hold

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
ROW_TAG: Final = re.compile(r'"(?P<row>[0-9a-f]{8})-(?P<version>[0-9a-f]{1,16})(\.[0-9a-f]{16})?"')
MAX_DIGESTED_BYTES: Final = 4 * 1024 * 1024  # larger answers keep the row's own tag

OptionalIfMatch: TypeAlias = Annotated[
    str | None,
    Header(
        max_length=2_000,
        description="The ETag you read; the change is refused when it is older. `*` does not mind",
    ),
]


def _required(request: Request, if_match: OptionalIfMatch = None) -> str | None:
    """If-Match, which programs must send: 428 tells them before they undo somebody's work.

    A browser sends what its page knows; pages show what is there now and say whose change it was.
    """
    is_program = request.headers.get("authorization", "").lower().startswith("bearer ")
    if if_match is None and is_program:
        raise PreconditionMissing()
    return if_match


IfMatch: TypeAlias = Annotated[str | None, Depends(_required)]


def etag(row_id: UUID, updated_at: datetime) -> str:
    """The entity tag of a row as last changed."""
    return f'"{row_id.hex[-8:]}-{(updated_at - EPOCH) // MICROSECOND:x}"'


def check_if_match(sent: str | None, current: str) -> None:
    """Raise Stale when the client read an older copy; nothing sent means it does not mind."""
    if sent is None or sent.strip() == "*":
        return
    if not names(sent, current):
        raise Stale(current=current)


def names(sent: str, current: str) -> bool:
    """Whether a list of tags holds this version of a row."""
    return _version(current) in [_version(tag) for tag in sent.split(",")]


def moment_of(tag: str) -> datetime | None:
    """The time of change that a row's tag names; None when it is no such tag."""
    found = ROW_TAG.fullmatch(tag.strip())
    latest = (datetime.max.replace(tzinfo=UTC) - EPOCH) // MICROSECOND
    if found is None or (version := int(found["version"], 16)) > latest:
        return None
    return EPOCH + version * MICROSECOND


async def hold_if_match(transaction: AsyncSession, row: Versioned, sent: str | None) -> None:
    """Hold a row for a change, at the version the client read; the database compares.

    raises: Stale, with the current tag.
    """
    wanted = None if sent is None or sent.strip() == "*" else _times(row, sent)
    if not await hold(transaction, row, wanted):
        raise Stale(current=etag(row.id, row.updated_at))


def _version(tag: str) -> str:
    """A tag without the digest of its answer."""
    found = ROW_TAG.fullmatch(tag.strip())
    return f'"{found["row"]}-{found["version"]}"' if found else tag.strip()


def _times(row: Versioned, sent: str) -> list[datetime]:
    """The times of change that If-Match names of this row; tags of other rows name none."""
    own = f'"{row.id.hex[-8:]}-'
    times = (moment_of(tag) for tag in sent.split(",") if tag.strip().startswith(own))
    return [time for time in times if time is not None]


class Conditional:
    """ASGI layer: completes a row's ETag on GET by its answer's digest, and answers 304."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the answer on; hold back one that carries a row's ETag until its end is known."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        wanted = Headers(scope=scope).get("if-none-match", "")
        start: Message | None = None
        body = bytearray()

        async def conditional(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _is_row(message):
                start = message
                return
            if start is None:
                await send(message)
                return
            body.extend(message.get("body", b""))
            if message.get("more_body", False):
                return
            headers = MutableHeaders(scope=start)
            if len(body) <= MAX_DIGESTED_BYTES:
                digest = sha256(body).hexdigest()[:16]
                headers["ETag"] = f'{headers["ETag"][:-1]}.{digest}"'
            known = {tag.strip().removeprefix("W/") for tag in wanted.split(",")}
            if headers["ETag"] in known:
                start["status"] = 304
                del headers["Content-Length"], headers["Content-Type"]
                await send(start)
                await send({"type": "http.response.body", "body": b""})
                return
            await send(start)
            await send({"type": "http.response.body", "body": bytes(body)})

        await self._app(scope, receive, conditional)


def _is_row(start: Message) -> bool:
    """Whether this answer is a row's: JSON under a tag that `etag` made."""
    headers = Headers(raw=start["headers"])
    return (
        start["status"] == 200
        and headers.get("content-type", "").startswith("application/json")
        and ROW_TAG.fullmatch(headers.get("etag", "")) is not None
    )
