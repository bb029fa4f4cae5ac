"""What clients send and read of issues: the values that several routes of theirs share."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, model_validator

from holotable.issues import FIELDS
from holotable.review.issue import MAX_LABELS, MAX_LINKS, MAX_TEXT, MAX_TITLE, Category
from holotable.review.roles import Action, Role, allows
from holotable.store.issue_tables import Anchor, Issue
from holotable.store.queries import drawings
from holotable.store.queries import issues as rows
from holotable.store.queries.drawings import Placed
from holotable.web.answers import Author
from holotable.web.dependencies import Permissions
from holotable.web.etags import etag

AnchorState: TypeAlias = Literal[
    "placed", "moved", "geometry_changed", "detached", "pending", "failed"
]


def _utc(moment: datetime) -> datetime:
    """A time without a zone is UTC, as in the BCF API."""
    return moment.replace(tzinfo=moment.tzinfo or UTC)


Moment: TypeAlias = Annotated[datetime, AfterValidator(_utc)]
Short: TypeAlias = Annotated[str, Field(max_length=100)]
Link: TypeAlias = Annotated[str, Field(min_length=1, max_length=2_000)]


class Storable(BaseModel):
    """A body of text that any database keeps: no NUL, no half of a surrogate pair."""

    @model_validator(mode="before")
    @classmethod
    def _is_storable(cls, value: Any) -> Any:
        if isinstance(value, dict):
            try:
                said = json.dumps(value, ensure_ascii=False, default=str)
                said.encode()
            except (UnicodeEncodeError, ValueError, RecursionError) as error:
                raise ValueError("this text has characters that cannot be kept") from error
            if "\\u0000" in said:
                raise ValueError("this text has characters that cannot be kept")
        return value


class IssueFields(Storable):
    """The fields of an issue; in a change what is absent stays as it is, null empties it."""

    type: Short | None = None
    status: Short | None = None
    priority: Short | None = None
    title: Annotated[str, Field(max_length=MAX_TITLE)] | None = None
    description: Annotated[str, Field(max_length=MAX_TEXT)] | None = None  # Markdown
    stage: Short | None = None
    assignee_id: UUID | None = None
    due_at: Moment | None = None
    blocking: bool | None = None
    labels: Annotated[list[Short], Field(max_length=MAX_LABELS)] | None = None
    reference_links: Annotated[list[Link], Field(max_length=MAX_LINKS)] | None = None
    related: Annotated[list[UUID], Field(max_length=MAX_LINKS)] | None = None
    properties: dict[str, Any] | None = None  # of the type: JSON by its kind; null removes one
    external_system: Short | None = None
    external_id: Annotated[str, Field(max_length=200)] | None = None

    def said(self) -> dict[str, Any]:
        """What was said, with nothing where a field cannot be nothing."""
        empty = {"blocking": False, "labels": [], "reference_links": [], "related": []}
        values = {name: getattr(self, name) for name in self.model_fields_set if name in FIELDS}
        for name, value in list(values.items()):
            if value is None and name in ("type", "status", "priority", "properties"):
                del values[name]
            elif value is None:
                values[name] = empty.get(name)
        return values


class AnchorAnswer(BaseModel):
    """Where on the model something stands; `state` on the newest revision that was looked at."""

    id: UUID
    revision_id: UUID  # made on
    revision_label: str
    occurrence_id: str
    state: AnchorState
    state_revision_id: UUID | None  # that `state` speaks of
    state_revision_label: str | None


class SheetAnswer(BaseModel):
    """Where on a sheet something stands; what is drawn there comes with the sheets of a revision.

    page: from 0. x, y: fractions of the sheet, from its upper left corner.
    """

    id: UUID
    drawing_id: UUID
    drawing_name: str
    drawing_removed: bool
    revision_id: UUID  # of the drawing
    revision_label: str
    page: int
    page_count: int
    x: float
    y: float


class IssueAnswer(BaseModel):
    """An issue as lists and boards show it."""

    id: UUID
    project_id: UUID
    asset_id: UUID | None
    revision_id: UUID | None  # made on
    revision_label: str | None
    number: int
    server_assigned_id: str  # BCF
    guid: UUID  # BCF
    type: str
    status: str
    category: Category
    priority: str
    title: str
    description: str
    stage: str
    assignee: Author | None
    due_at: datetime | None
    overdue: bool
    blocking: bool
    labels: list[str]
    reference_links: list[str]
    related: list[UUID]
    properties: dict[str, Any]
    external_system: str
    external_id: str
    created_at: datetime
    created_by: Author | None
    updated_at: datetime
    updated_by: Author | None
    deleted_at: datetime | None
    etag: str
    comment_count: int
    viewpoint_count: int
    attachment_count: int
    snapshot_url: str | None  # of its first viewpoint that has one
    anchor: AnchorAnswer | None
    sheet: SheetAnswer | None
    watching: bool  # whoever asks
    may_change: bool
    may_trash: bool


class Refusal(BaseModel):
    """Why one of several was not done."""

    code: str
    detail: str
    remedy: str
    facts: dict[str, Any] = {}  # JSON of any shape: what the error names


async def issue_answers(
    access: Permissions, found: Sequence[tuple[Issue, Role]]
) -> list[IssueAnswer]:
    """These issues as clients see them, in the same order, in a handful of statements."""
    session = access.transaction
    with_them = await rows.belongings(session, [row.id for row, _ in found], access.who.id)
    anchors = [one.anchor for one in with_them.values() if one.anchor is not None]
    labels = await rows.labels_of_revisions(
        session, [*(row.revision_id for row, _ in found), *revisions_of(anchors)]
    )
    names = await rows.names(
        session,
        [one for row, _ in found for one in (row.assignee_id, row.created_by, row.updated_by)],
    )
    sheets = await drawings.pins_of(session, issue_ids=[row.id for row, _ in found])
    return [
        _issue_answer(
            access, row, role, with_them[row.id], labels, names, sheet_answer(sheets.get(row.id))
        )
        for row, role in found
    ]


def tombstone(issue: IssueAnswer) -> IssueAnswer:
    """An issue in the trash as those read it who may not look there: which, and since when."""
    said: dict[str, Any] = {  # values of the fields
        "title": "", "description": "", "stage": "", "labels": [], "reference_links": [],
        "related": [], "properties": {}, "assignee": None, "created_by": None, "updated_by": None,
        "due_at": None, "overdue": False, "comment_count": 0, "viewpoint_count": 0,
        "attachment_count": 0, "snapshot_url": None, "anchor": None, "sheet": None,
        "watching": False, "may_change": False,
    }  # fmt: skip
    return issue.model_copy(update=said)


async def issue_answer(access: Permissions, row: Issue, role: Role) -> IssueAnswer:
    """One issue as clients see it."""
    return (await issue_answers(access, [(row, role)]))[0]


def _issue_answer(
    access: Permissions,
    row: Issue,
    role: Role,
    with_it: rows.Belongings,
    labels: Mapping[UUID, str],
    names: Mapping[UUID, str],
    sheet: SheetAnswer | None,
) -> IssueAnswer:
    picture = with_it.snapshot
    return IssueAnswer(
        **{
            name: getattr(row, name)
            for name in (
                *FIELDS, "id", "project_id", "asset_id", "revision_id", "number", "guid",
                "category", "created_at", "updated_at", "deleted_at",
            )
            if name != "assignee_id"
        },
        revision_label=labels.get(row.revision_id) if row.revision_id else None,
        server_assigned_id=f"ISSUE-{row.number:05d}",
        assignee=author(row.assignee_id, names),
        created_by=author(row.created_by, names),
        updated_by=author(row.updated_by, names),
        overdue=(
            row.due_at is not None
            and row.due_at < access.now
            and row.category in ("open", "in_progress")
        ),
        etag=etag(row.id, row.updated_at),
        comment_count=with_it.comments,
        viewpoint_count=with_it.viewpoints,
        attachment_count=with_it.attachments,
        snapshot_url=(
            f"/api/v1/issue-viewpoints/{picture.id}/snapshot" if picture is not None else None
        ),
        anchor=anchor_answer(with_it.anchor, labels) if with_it.anchor is not None else None,
        sheet=sheet,
        watching=with_it.watched,
        may_change=row.deleted_at is None and allows(role, Action.ISSUE),
        may_trash=row.deleted_at is None and may_trash(access, row, role),
    )  # fmt: skip


def sheet_answer(found: Placed | None) -> SheetAnswer | None:
    """One place on a sheet as clients see it, if there is one."""
    if found is None:
        return None
    pin, drawing = found.pin, found.drawing
    return SheetAnswer(
        id=pin.id,
        drawing_id=drawing.id,
        drawing_name=drawing.name,
        drawing_removed=drawing.deleted_at is not None,
        revision_id=drawing.revision_id,
        revision_label=found.revision_label,
        page=pin.page,
        page_count=drawing.page_count,
        x=pin.x,
        y=pin.y,
    )


def may_trash(access: Permissions, row: Issue, role: Role) -> bool:
    """Whether the asker may put this issue away: its author and editors may."""
    own = row.created_by == access.who.id and allows(role, Action.ISSUE)
    return own or allows(role, Action.EDIT)


def author(principal_id: UUID | None, names: Mapping[UUID, str]) -> Author | None:
    """Who did something, if anybody."""
    if principal_id is None or principal_id not in names:
        return None
    return Author(id=principal_id, name=names[principal_id])


def revisions_of(anchors: Collection[Anchor]) -> list[UUID | None]:
    """The revisions that answers about anchors name."""
    return [id_ for one in anchors for id_ in (one.revision_id, one.newest_revision_id)]


def anchor_answer(row: Anchor, labels: Mapping[UUID, str]) -> AnchorAnswer:
    """One anchor as clients see it. labels: of `revisions_of` it."""
    newest = row.newest_revision_id
    return AnchorAnswer(
        id=row.id,
        revision_id=row.revision_id,
        revision_label=labels.get(row.revision_id, ""),
        occurrence_id=row.occurrence_id,
        state=row.state,  # pydantic checks that it is one of them
        state_revision_id=newest,
        state_revision_label=labels.get(newest) if newest else None,
    )
