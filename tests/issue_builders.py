"""Issues and what belongs to them, for tests: each function adds one thing."""

from typing import Any
from uuid import UUID

from builders import Clock, Principal, Project, Revision
from sqlalchemy import func, select

from holotable.store.database import Database, uuid7
from holotable.store.drawing_tables import Drawing, SheetPin
from holotable.store.issue_tables import (
    Anchor,
    Issue,
    IssueAttachment,
    IssueComment,
    IssueFilter,
    IssueViewpoint,
)

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
    b"\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d"
    b"\x00\x00\x00\x00IEND\xaeB`\x82"
)


async def add_issue(
    database: Database,
    clock: Clock,
    project: Project,
    title: str = "Bore too small",
    *,
    revision: Revision | None = None,
    author: UUID | None = None,
    **columns: Any,
) -> Issue:
    async with database.transaction() as session:
        last = await session.scalar(
            select(func.max(Issue.number)).where(Issue.project_id == project.id)
        )
        id_ = uuid7()
        said: dict[str, Any] = {
            "type": "Issue", "status": "Open", "category": "open", "priority": "Normal",
            "description": "", "stage": "", "labels": [], "reference_links": [], "related": [],
            "properties": {}, "blocking": False, **columns,
        }  # fmt: skip
        row = Issue(
            id=id_, project_id=project.id, asset_id=revision.asset_id if revision else None,
            revision_id=revision.id if revision else None, number=(last or 0) + 1, guid=id_,
            request_sha256="0" * 64, title=title, created_at=clock(),
            created_by=author or project.created_by, updated_at=clock(),
            updated_by=author or project.created_by, **said,
        )  # fmt: skip
        session.add(row)
    return row


async def add_comment(
    database: Database,
    clock: Clock,
    on: Issue | Revision,
    text: str = "Please look",
    *,
    author: UUID | None = None,
    reply_to: UUID | None = None,
) -> IssueComment:
    id_ = uuid7()
    row = IssueComment(
        id=id_, project_id=on.project_id, asset_id=on.asset_id,
        issue_id=on.id if isinstance(on, Issue) else None,
        revision_id=None if isinstance(on, Issue) else on.id, reply_to=reply_to, guid=id_,
        request_sha256="0" * 64, text=text, created_at=clock(),
        created_by=author or on.created_by, updated_at=clock(),
    )  # fmt: skip
    async with database.transaction() as session:
        session.add(row)
    return row


async def add_attachment(
    database: Database, clock: Clock, issue: Issue, sha256: str = "0" * 64, **columns: Any
) -> IssueAttachment:
    said = {"name": "note.png", "kind": "picture", "media_type": "image/png", "bytes": 4}
    row = IssueAttachment(
        id=uuid7(), project_id=issue.project_id, asset_id=issue.asset_id, issue_id=issue.id,
        sha256=sha256, created_at=clock(), created_by=issue.created_by, **{**said, **columns},
    )  # fmt: skip
    async with database.transaction() as session:
        session.add(row)
    return row


async def add_issue_viewpoint(
    database: Database, clock: Clock, issue: Issue, content: dict[str, Any] | None = None
) -> IssueViewpoint:
    id_ = uuid7()
    row = IssueViewpoint(
        id=id_, project_id=issue.project_id, asset_id=issue.asset_id, issue_id=issue.id,
        revision_id=issue.revision_id, guid=id_, request_sha256="0" * 64, content=content,
        created_at=clock(), created_by=issue.created_by,
    )  # fmt: skip
    async with database.transaction() as session:
        session.add(row)
    return row


async def add_issue_filter(
    database: Database, clock: Clock, project: Project, author: Principal, *, shared: bool = True
) -> IssueFilter:
    row = IssueFilter(
        id=uuid7(), project_id=project.id, created_by=author.id, name="Mine", shared=shared,
        query={"parameters": {"assignee": ["me"]}, "view": "board"}, created_at=clock(),
        updated_at=clock(),
    )  # fmt: skip
    async with database.transaction() as session:
        session.add(row)
    return row


async def add_anchor(
    database: Database,
    clock: Clock,
    on: Issue | IssueComment,
    revision: Revision,
    occurrence_id: str = "valve",
    **columns: Any,
) -> Anchor:
    content = {"occurrence_id": occurrence_id, "point": [0.0, 0.0, 0.0],
               "world": [0.0, 0.0, 0.0]}  # fmt: skip
    row = Anchor(
        id=uuid7(), project_id=revision.project_id, asset_id=revision.asset_id,
        revision_id=revision.id, issue_id=on.id if isinstance(on, Issue) else on.issue_id,
        comment_id=on.id if isinstance(on, IssueComment) else None, occurrence_id=occurrence_id,
        created_at=clock(), created_by=on.created_by, newest_revision_id=revision.id,
        **{"content": content, **columns},
    )  # fmt: skip
    async with database.transaction() as session:
        session.add(row)
    return row


async def add_drawing(
    database: Database, clock: Clock, revision: Revision, name: str = "Plate", **columns: Any
) -> Drawing:
    """A PDF of two sheets, A4 and A3 lying."""
    said: dict[str, Any] = {
        "kind": "pdf", "media_type": "application/pdf", "sha256": "0" * 64, "bytes": 4,
        "page_count": 2, "pages": [[0.21, 0.297], [0.42, 0.297]], **columns,
    }  # fmt: skip
    row = Drawing(
        id=uuid7(), project_id=revision.project_id, asset_id=revision.asset_id,
        revision_id=revision.id, name=name, created_at=clock(), created_by=revision.created_by,
        updated_at=clock(), **said,
    )  # fmt: skip
    async with database.transaction() as session:
        session.add(row)
    return row


async def add_sheet_pin(
    database: Database, clock: Clock, on: Issue | IssueComment, drawing: Drawing, page: int = 0
) -> SheetPin:
    row = SheetPin(
        id=uuid7(), project_id=drawing.project_id, asset_id=drawing.asset_id,
        drawing_id=drawing.id, issue_id=on.id if isinstance(on, Issue) else None,
        comment_id=on.id if isinstance(on, IssueComment) else None, page=page, x=0.25, y=0.75,
        content={"page": page, "x": 0.25, "y": 0.75, "marks": []}, created_at=clock(),
        created_by=on.created_by,
    )  # fmt: skip
    async with database.transaction() as session:
        session.add(row)
    return row
