"""What the routes of the BCF API share: versions, topics by their guid, entities that carry ETags.

Rows that do not exist and rows of others answer the same 404. Bodies are those of BCF API 3.0 and
2.1; a list is a bare array.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Depends, Path, Request, Response
from sqlalchemy import select

from holotable import bcf_export, minutes_bcf
from holotable.errors import NotFound
from holotable.exchange.bcf_model import VERSIONS, Topic, Version
from holotable.review.roles import Action, Role, allows
from holotable.store.issue_tables import Issue
from holotable.store.queries import issues as rows
from holotable.store.queries.issues import IssueQuery
from holotable.store.tables import Project
from holotable.web.context import Context
from holotable.web.dependencies import Permissions, require_role

_PORTION: Final = 500  # topics that are made at a time
_BESIDE: Final = {"comments", "viewpoints", "header_files", "document_references", "related_topics"}


def known_version(version: Annotated[str, Path()]) -> Version:
    """The version in the address. raises: NotFound."""
    for one in VERSIONS:
        if version == one:
            return one
    raise NotFound("The BCF API is spoken in 2.1 and 3.0.")


BcfVersion = Annotated[Version, Depends(known_version)]


def entity(request: Request, said: object, status: int = 200) -> Response:
    """JSON with an ETag of its content; 304 when the client has it (RFC 9110 §13.1.2)."""
    body = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    tag = f'"{sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    sent = request.headers.get("if-none-match", "")
    if request.method == "GET" and tag in [one.strip() for one in sent.split(",")]:
        return Response(status_code=304, headers=headers)
    return Response(body, status, headers, "application/json")


async def topic_row(
    access: Permissions, project_id: UUID, guid: UUID, action: Action
) -> tuple[Issue, Role]:
    """The issue that a topic is, if this may be done to it. raises: NotFound, Forbidden."""
    project, _ = await access.require_with_role(Project, project_id, Action.VIEW)
    statement = rows.matching(IssueQuery(), project.id, access.who.id, access.now)
    found = (await access.transaction.execute(statement.where(Issue.guid == guid))).first()
    if found is None:
        raise NotFound()
    role = Role(found[1])
    require_role(role, action)
    return found[0], role


async def topics(
    access: Permissions, context: Context, project: Project, numbers: Sequence[int]
) -> list[Topic]:
    """Topics by the numbers of their issues, with their comments and without views."""
    made: list[Topic] = []
    for first in range(0, len(numbers), _PORTION):
        found = await minutes_bcf.gather(
            access.transaction, project, numbers[first : first + _PORTION]
        )
        made += await bcf_export.present(found, context.blobs, context.structures)
    return made


async def visible_numbers(access: Permissions, project_id: UUID) -> list[int]:
    """Numbers of the project's issues that the asker sees."""
    statement = rows.matching(IssueQuery(), project_id, access.who.id, access.now)
    return sorted(await access.transaction.scalars(statement.with_only_columns(Issue.number)))


async def guids_of(access: Permissions, ids: Collection[str]) -> list[str]:
    """Guids of issues by their ids, in that order."""
    wanted = [UUID(one) for one in ids]
    found = await access.transaction.execute(
        select(Issue.id, Issue.guid).where(Issue.id.in_(wanted), Issue.deleted_at.is_(None))
    )
    by_id = {id_: guid for id_, guid in found}
    return [str(by_id[one]) for one in wanted if one in by_id]


def topic_body(
    topic: Topic, version: Version, role: Role, words: Mapping[str, Any] | None
) -> dict[str, Any]:
    """A topic as JSON. words: of the project, when the client wants to know what it may do."""
    said = topic.model_dump(mode="json", exclude=_BESIDE, exclude_none=True)
    said.setdefault("labels", [])
    said.setdefault("reference_links", [])
    if version == "2.1":
        said.pop("server_assigned_id", None)
    if words is not None:
        said["authorization"] = {
            "topic_actions": topic_actions(role),
            "topic_status": words["topic_status"],
        }
    return said


def topic_actions(role: Role) -> list[str]:
    """What somebody of this role does to topics, in the words of BCF API 3.0 §4.1.4."""
    actions = []
    if allows(role, Action.ISSUE):
        actions += ["update", "updateRelatedTopics", "createViewpoint"]
    if allows(role, Action.COMMENT):
        actions.append("createComment")
    return actions
