"""Strong ETags from a row's time of change, and If-Match (RFC 9110 §13.1.1)."""

from datetime import datetime
from typing import Annotated, TypeAlias
from uuid import UUID

from fastapi import Header

from holotable.errors import Stale

IfMatch: TypeAlias = Annotated[
    str | None, Header(description="The ETag you read; the change is refused when it is older")
]


def etag(row_id: UUID, updated_at: datetime) -> str:
    """The entity tag of a row as last changed."""
    return f'"{row_id.hex[-8:]}-{int(updated_at.timestamp() * 1_000_000):x}"'


def check_if_match(sent: str | None, current: str) -> None:
    """Raise Stale when the client read an older copy; nothing sent means it does not mind."""
    if sent is None or sent.strip() == "*":
        return
    if current not in [tag.strip() for tag in sent.split(",")]:
        raise Stale(current=current)
