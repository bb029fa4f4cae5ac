"""What happened, as other systems hear of it: a closed set of types in a CloudEvents envelope.

One value for both ways out: the body of a webhook is the item of the feed, byte for byte the same
JSON object. Source: CloudEvents 1.0.2, JSON format, structured mode.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

PREFIX: Final = "dev.holotable."
VERSION: Final = ".v1"


class What(StrEnum):
    """Everything that is told; a new word is an addition, none is ever renamed."""

    PROJECT_CREATED = "project.created"
    PROJECT_UPDATED = "project.updated"
    PROJECT_TRASHED = "project.trashed"
    PROJECT_RESTORED = "project.restored"
    MEMBER_ADDED = "member.added"
    MEMBER_CHANGED = "member.changed"
    MEMBER_REMOVED = "member.removed"
    ASSET_CREATED = "asset.created"
    ASSET_UPDATED = "asset.updated"
    ASSET_TRASHED = "asset.trashed"
    ASSET_RESTORED = "asset.restored"
    REVISION_UPLOADED = "revision.uploaded"
    REVISION_UPDATED = "revision.updated"
    REVISION_CONVERTED = "revision.converted"
    REVISION_FAILED = "revision.failed"
    REVISION_LIFECYCLE_CHANGED = "revision.lifecycle_changed"
    REVIEW_REQUESTED = "review.requested"
    REVIEW_UPDATED = "review.updated"
    REVIEW_VERDICT = "review.verdict"
    REVIEW_MOVED_ON = "review.moved_on"
    REVIEW_CLOSED = "review.closed"
    ISSUE_CREATED = "issue.created"
    ISSUE_UPDATED = "issue.updated"
    ISSUE_CLOSED = "issue.closed"
    ISSUE_REOPENED = "issue.reopened"
    ISSUE_TRASHED = "issue.trashed"
    ISSUE_RESTORED = "issue.restored"
    COMMENT_CREATED = "comment.created"
    COMMENT_UPDATED = "comment.updated"
    COMMENT_DELETED = "comment.deleted"
    PACKET_MADE = "packet.made"
    MINUTES_PUBLISHED = "minutes.published"
    WEBHOOK_TEST = "webhook.test"  # sent on request to one endpoint; in no feed


# What a reader who keeps a copy removes. The others are fetched again.
TOMBSTONES: Final = frozenset(
    {
        What.PROJECT_TRASHED,
        What.ASSET_TRASHED,
        What.ISSUE_TRASHED,
        What.COMMENT_DELETED,
        What.MEMBER_REMOVED,
    }
)


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened. subject: "issue/<id>". facts: ids and short words, no texts."""

    id: UUID
    what: str
    project_id: UUID
    subject: str
    facts: Mapping[str, Any]
    by: tuple[UUID, str] | None  # id and name; None: the server
    at: datetime


def envelope(happening: Happening, public_url: str) -> dict[str, Any]:
    """The event as CloudEvents' structured JSON. public_url: the origin, without a slash at its
    end, that links begin with."""
    deleted = happening.what in {one.value for one in TOMBSTONES}
    by = happening.by
    return {
        "specversion": "1.0",
        "id": str(happening.id),
        "type": f"{PREFIX}{happening.what}{VERSION}",
        "source": f"{public_url}/api/v1/projects/{happening.project_id}",
        "subject": happening.subject,
        "time": happening.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "data": {
            "project_id": str(happening.project_id),
            **happening.facts,
            "deleted": deleted,
            "by": None if by is None else {"id": str(by[0]), "name": by[1]},
            "url": public_url + path_of(happening),
        },
    }


def path_of(happening: Happening) -> str:
    """The page that shows what it speaks of, from the root."""
    facts = happening.facts
    top = f"/p/{happening.project_id}"
    if facts.get("review_id"):
        return f"{top}/reviews/{facts['review_id']}"
    if facts.get("issue_number"):
        return f"{top}/issues/{facts['issue_number']}"
    if facts.get("session_id"):
        return f"/live/{facts['session_id']}/minutes"
    asset, label = facts.get("asset_id"), facts.get("revision")
    if asset and label:
        named = quote(str(label), safe="")
        if happening.what == What.REVISION_FAILED:
            return f"{top}/a/{asset}/r/{named}"
        return f"/v/{asset}/{named}"
    return f"{top}/a/{asset}" if asset else top


def filter_words() -> frozenset[str]:
    """What a filter may say: each type, and each kind of subject with a star."""
    known = [one.value for one in What if one is not What.WEBHOOK_TEST]
    return frozenset(known) | {one.split(".")[0] + ".*" for one in known}


def passes(what: str, wanted: Collection[str]) -> bool:
    """Whether a filter lets this through; an empty one lets everything."""
    return not wanted or what in wanted or what.split(".")[0] + ".*" in wanted
