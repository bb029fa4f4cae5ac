"""Issues and comments on sheets over REST: put there, taken off, and what all sheets show."""

from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from holotable import drawings
from holotable.errors import Forbidden
from holotable.review.drawing import Mark, SheetPlace
from holotable.review.roles import Action
from holotable.store.drawing_tables import Drawing, SheetPin
from holotable.store.issue_tables import Issue, IssueComment
from holotable.store.queries import drawings as rows
from holotable.store.queries import issues
from holotable.store.queries.drawings import Shown
from holotable.store.tables import Project, Revision
from holotable.web.answers import Items
from holotable.web.dependencies import Access, Permissions
from holotable.web.issue_answers import SheetAnswer, Storable, sheet_answer

router = APIRouter(tags=["drawings"])

_TITLE: Final = 120  # characters of a comment that stand for it


class SheetRequest(SheetPlace, Storable):
    """Where on which sheet, and what is drawn there. id: made by the client.

    page: from 0. x, y and the points of marks: fractions of the sheet, from its upper left corner.
    """

    drawing_id: UUID
    id: UUID | None = None


class SheetPinAnswer(SheetAnswer):
    """An issue or a comment as a drawing of one revision shows it.

    shown_on: the drawing that shows it, which is another than `drawing_id` when that belongs to an
    earlier revision or was removed: the place was taken over as it is, nobody compared the sheets.
    title: of a comment its beginning. number, status, category, priority: empty for comments.
    """

    shown_on: UUID
    is_carried: bool
    kind: Literal["issue", "comment"]
    of_id: UUID  # of the issue or the comment
    number: int
    title: str
    status: str
    category: str
    priority: str
    blocking: bool
    marks: list[Mark]


class DrawingName(BaseModel):
    """A drawing by its name, which its later versions have as well. issues: that stand on it."""

    name: str
    issues: int


@router.get("/projects/{project_id}/issue-drawings")
async def list_issue_drawings(project_id: UUID, access: Access) -> Items[DrawingName]:
    """The drawings of a project on which issues stand that the asker sees, by name."""
    await access.require(Project, project_id, Action.VIEW)
    found = await issues.drawing_names(access.transaction, project_id, access.who.id, access.now)
    return Items(items=[DrawingName(name=name, issues=count) for name, count in found])


@router.get("/revisions/{revision_id}/sheet-pins")
async def list_sheet_pins(
    revision_id: UUID,
    access: Access,
    closed: Annotated[bool, Query(description="Closed issues and resolved comments too")] = False,
) -> Items[SheetPinAnswer]:
    """Everything on the sheets of a revision, its own and that of earlier drawings of a name."""
    revision = await access.require(Revision, revision_id, Action.VIEW)
    found = await rows.shown(access.transaction, revision, with_closed=closed)
    return Items(items=[_shown(one) for one in found])


@router.post("/issues/{issue_id}/sheet", status_code=201)
async def put_issue_on_sheet(issue_id: UUID, body: SheetRequest, access: Access) -> SheetAnswer:
    """Put an issue on a sheet, or somewhere else on it; it may stand on the model as well."""
    issue = await access.require(Issue, issue_id, Action.ISSUE)
    return await _put(access, issue, body)


@router.delete("/issues/{issue_id}/sheet", status_code=204)
async def take_issue_off_sheet(issue_id: UUID, access: Access) -> None:
    """Take an issue off its sheet; its history says where it stood."""
    issue = await access.require(Issue, issue_id, Action.ISSUE)
    await drawings.release(access.transaction, issue, by=access.who.id, now=access.now)


@router.post("/comments/{comment_id}/sheet", status_code=201)
async def put_comment_on_sheet(comment_id: UUID, body: SheetRequest, access: Access) -> SheetAnswer:
    """Put one's own comment on a sheet of its revision's asset."""
    row, role = await access.require_with_role(IssueComment, comment_id, Action.COMMENT)
    if row.created_by != access.who.id:
        raise Forbidden("Only whoever wrote a comment puts it on a sheet.", role=role.value)
    return await _put(access, row, body)


async def _put(access: Permissions, to: Issue | IssueComment, body: SheetRequest) -> SheetAnswer:
    drawing = await access.require(Drawing, body.drawing_id, Action.VIEW)
    place = SheetPlace(page=body.page, x=body.x, y=body.y, marks=body.marks)  # without the ids
    row = await drawings.pin(
        access.transaction, to, drawing, place, id_=body.id, by=access.who.id, now=access.now
    )
    return await _answer(access, row, drawing)


async def _answer(access: Permissions, row: SheetPin, drawing: Drawing) -> SheetAnswer:
    labels = await rows.labels(access.transaction, [drawing])
    answer = sheet_answer(rows.Placed(row, drawing, labels[drawing.revision_id]))
    assert answer is not None  # only nothing answers with nothing
    return answer


def _shown(one: Shown) -> SheetPinAnswer:
    place = sheet_answer(one.placed)
    assert place is not None  # as above
    issue, comment = one.issue, one.comment
    text = issue.title if issue else comment.text.split("\n", 1)[0][:_TITLE] if comment else ""
    said: dict[str, Any] = {
        name: getattr(issue, name) if issue else "" for name in ("status", "category", "priority")
    }
    return SheetPinAnswer(
        **place.model_dump(),
        **said,
        shown_on=one.here.id,
        is_carried=one.here.id != one.placed.drawing.id,
        kind="issue" if issue else "comment",
        of_id=issue.id if issue else comment.id if comment else one.placed.pin.id,
        number=issue.number if issue else 0,
        title=text,
        blocking=issue.blocking if issue else False,
        marks=SheetPlace.model_validate(one.placed.pin.content).marks,
    )
