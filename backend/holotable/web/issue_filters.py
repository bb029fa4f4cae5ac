"""Which issues of a project are asked for: the same questions for lists and for exports."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypeAlias
from uuid import UUID

from fastapi import Depends, Query

from holotable.errors import Invalid
from holotable.review.issue import LIVING, Category
from holotable.review.roles import Action
from holotable.store.queries.issues import IssueQuery, Standing
from holotable.store.tables import Asset, Project, Revision
from holotable.web.dependencies import Permissions
from holotable.web.issue_answers import AnchorState, Moment

Words: TypeAlias = Annotated[list[str] | None, Query(max_length=50)]


@dataclass(frozen=True, slots=True)
class Asked:
    """The questions as they came; values of one are alternatives."""

    status: Words = None
    category: Annotated[list[Category] | None, Query(max_length=4)] = None
    type: Words = None  # the name of the query parameter
    priority: Words = None
    assignee: Annotated[
        list[str] | None, Query(max_length=50, description="Ids, `me`, or `none`")
    ] = None
    created_by: Annotated[list[str] | None, Query(max_length=50, description="Ids, or `me`")] = None
    label: Words = None
    anchor: Annotated[list[AnchorState] | None, Query(max_length=6)] = None
    place: Annotated[
        list[Standing] | None, Query(max_length=3, description="Where it stands now")
    ] = None
    drawing: Annotated[
        list[str] | None, Query(max_length=50, description="On drawings of these names")
    ] = None
    due_before: Moment | None = None
    overdue: Annotated[bool, Query(description="Only open ones whose day has passed")] = False
    updated_since: Annotated[
        Moment | None,
        Query(description="What changed since, and tombstones of what went to the trash"),
    ] = None
    asset_id: UUID | None = None
    revision_id: Annotated[UUID | None, Query(description="Made on this revision")] = None
    blocking: bool | None = None
    watching: Annotated[bool, Query(description="Only those that I hear of")] = False
    q: Annotated[str, Query(max_length=200, description="#12, or words; all must occur")] = ""


Filters: TypeAlias = Annotated[Asked, Depends()]


async def require_asked(access: Permissions, project_id: UUID, asked: Asked) -> Project:
    """The project, when it and what the questions name may be seen. raises: NotFound."""
    project = await access.require(Project, project_id, Action.VIEW)
    if asked.asset_id is not None:
        await access.require(Asset, asked.asset_id, Action.VIEW)
    if asked.revision_id is not None:
        await access.require(Revision, asked.revision_id, Action.VIEW)
    return project


def query_of(access: Permissions, asked: Asked) -> IssueQuery:
    """The questions without `status`, by which pages count. raises: Invalid."""
    return IssueQuery(
        categories=LIVING if asked.overdue and not asked.category else asked.category or (),
        types=asked.type or (),
        priorities=asked.priority or (),
        assignees=[_principal(access, one, "assignee") for one in asked.assignee or ()],
        authors=[
            one
            for one in (_principal(access, a, "created_by") for a in asked.created_by or ())
            if one
        ],
        labels=asked.label or (),
        anchor_states=asked.anchor or (),
        places=asked.place or (),
        drawings=asked.drawing or (),
        due_before=_earliest(asked.due_before, access.now if asked.overdue else None),
        updated_since=asked.updated_since,
        asset_id=asked.asset_id,
        revision_id=asked.revision_id,
        blocking=asked.blocking,
        watched_by=access.who.id if asked.watching else None,
        text="".join(c for c in asked.q if c.isprintable()),
    )


def _principal(access: Permissions, said: str, name: str) -> UUID | None:
    if said == "me":
        return access.who.id
    if said == "none":
        return None
    try:
        return UUID(said)
    except ValueError as error:
        raise Invalid("Name people by their ids.", pointer=f"/query/{name}") from error


def _earliest(*moments: datetime | None) -> datetime | None:
    return min((one for one in moments if one is not None), default=None)
