"""One search over all the principal sees: names, texts, part numbers, files, notes, issues."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Uuid,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from holotable.store.issue_tables import Issue, IssueComment
from holotable.store.queries.issues import says
from holotable.store.queries.visible import reach, visible
from holotable.store.tables import Asset, Folder, Project, Revision

MAX_WORDS: Final = 8


def _every_word(words: list[str], *columns: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Each word stands somewhere in these columns; %, _ and the escape mean themselves."""
    return and_(
        *(
            or_(*(func.lower(column).contains(word, autoescape=True) for column in columns))
            for word in words
        )
    )


async def find_everywhere(
    transaction: AsyncSession,
    text: str,
    principal_id: UUID,
    now: datetime,
    *,
    after: tuple[int, UUID] | None,
    limit: int,
) -> list[Any]:  # SQLAlchemy rows: kind, id, name, project_id, asset_id, revision_id, rank, …
    """Up to `limit` hits: names that begin with the text first, then newest first.

    after: (rank, id) of the last hit of the page before.
    """
    words = text.lower().split()[:MAX_WORDS]
    if not words:
        return []
    seen = reach(principal_id, now)
    no_id = cast(null(), Uuid)

    def hits(
        kind: str,
        base: Select[*tuple[Any, ...]],
        name: ColumnElement[str] | InstrumentedAttribute[str],
        *columns: Any,
    ) -> Select[*tuple[Any, ...]]:
        begins = func.lower(name).startswith(" ".join(words), autoescape=True)
        rank = case((begins, 0), else_=1)
        return base.with_only_columns(
            literal(kind).label("kind"), name.label("name"), *columns, rank.label("rank")
        )

    projects = hits(
        "project",
        visible(Project, seen).where(_every_word(words, Project.name, Project.description)),
        Project.name,
        Project.id,
        Project.id.label("project_id"),
        no_id.label("asset_id"),
        no_id.label("revision_id"),
    )
    folders = hits(
        "folder",
        visible(Folder, seen).where(_every_word(words, Folder.name)),
        Folder.name,
        Folder.id,
        Folder.project_id,
        no_id.label("asset_id"),
        no_id.label("revision_id"),
    )
    assets = hits(
        "asset",
        visible(Asset, seen).where(
            _every_word(words, Asset.name, Asset.description, Asset.part_number)
        ),
        Asset.name,
        Asset.id,
        Asset.project_id,
        Asset.id.label("asset_id"),
        no_id.label("revision_id"),
    )
    revisions = hits(
        "revision",
        visible(Revision, seen).where(_every_word(words, Revision.source_name, Revision.note)),
        (Asset.name + literal(" ") + Revision.label),
        Revision.id,
        Revision.project_id,
        Revision.asset_id,
        Revision.id.label("revision_id"),
    )
    issues = hits(
        "issue",
        visible(Issue, seen).where(says(text)),
        literal("#") + cast(Issue.number, String) + literal(" ") + Issue.title,
        Issue.id,
        Issue.project_id,
        Issue.asset_id,
        Issue.revision_id,
    )
    # Comments of issues are found with their issue; these are the plain ones of revisions.
    comments = hits(
        "comment",
        visible(IssueComment, seen).where(
            IssueComment.issue_id.is_(None),
            IssueComment.deleted_at.is_(None),
            _every_word(words, IssueComment.text),
        ),
        func.substr(IssueComment.text, 1, 120),
        IssueComment.id,
        IssueComment.project_id,
        IssueComment.asset_id,
        IssueComment.revision_id,
    )
    found = union_all(projects, folders, assets, revisions, issues, comments).subquery("found")
    statement = select(found, Project.name.label("project_name")).join(
        Project, Project.id == found.c.project_id
    )
    if after is not None:
        rank, row_id = after
        statement = statement.where(
            or_(found.c.rank > rank, and_(found.c.rank == rank, found.c.id < row_id))
        )
    statement = statement.order_by(found.c.rank, found.c.id.desc()).limit(limit)
    return list(await transaction.execute(statement))
