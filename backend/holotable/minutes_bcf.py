"""The issues that a session touched, as one BCF file: what its minutes list, for other programs.

Rows are read in one short transaction, blobs after it. The issues are as they are now: BCF carries
topics, not their past.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from holotable.delivery import Structures
from holotable.errors import NotFound
from holotable.exchange.bcf import Document, write_bcf
from holotable.exchange.result import LeftOut
from holotable.review.drawing import file_name
from holotable.review_results import MAX_ISSUES, topics_of
from holotable.store.blobs import Blobs, read_all
from holotable.store.drawing_tables import Drawing
from holotable.store.issue_tables import (
    Anchor,
    Issue,
    IssueAttachment,
    IssueComment,
    IssueViewpoint,
)
from holotable.store.queries import drawings
from holotable.store.queries import packets as rows
from holotable.store.queries import reviews as review_rows
from holotable.store.queries.drawings import Placed
from holotable.store.tables import Project, Revision


@dataclass(frozen=True, slots=True)
class TouchedIssues:
    """The rows, detached from their transaction. Its `IssueRows`."""

    project: Project
    issues: Sequence[Issue]
    comments: Sequence[IssueComment]
    views: Sequence[IssueViewpoint]
    anchors: Mapping[UUID, Anchor]
    sheets: Mapping[UUID, Placed]
    attachments: Sequence[IssueAttachment]
    names: Mapping[UUID, str]
    revisions: Mapping[UUID, Revision]


async def gather(
    transaction: AsyncSession, project: Project, numbers: Collection[int]
) -> TouchedIssues:
    """Issues of a project by their numbers, without those in the trash. raises: NotFound: none."""
    issues = (
        await transaction.scalars(
            select(Issue)
            .where(
                Issue.project_id == project.id,
                Issue.number.in_(sorted(numbers)[:MAX_ISSUES]),
                Issue.deleted_at.is_(None),
            )
            .order_by(Issue.number)
        )
    ).all()
    if not issues:
        raise NotFound("No issue of this session is left.")
    ids = [one.id for one in issues]
    comments, views = (
        await rows.comments_of(transaction, ids),
        await rows.views_of(transaction, ids),
    )
    sheets = await drawings.pins_of(transaction, issue_ids=ids)
    people = {who for one in issues for who in (one.created_by, one.updated_by, one.assignee_id)}
    people |= {one.created_by for one in comments}
    wanted = {one.revision_id for one in issues} | {one.revision_id for one in views}
    return TouchedIssues(
        project=project,
        issues=issues,
        comments=comments,
        views=views,
        anchors=await rows.anchors_of(transaction, ids),
        sheets=sheets,
        attachments=await rows.attachments_of(transaction, ids),
        names=await review_rows.names(transaction, {one for one in people if one is not None}),
        revisions=await review_rows.revisions_by_id(
            transaction, {one for one in wanted if one is not None}
        ),
    )


async def written(
    found: TouchedIssues, blobs: Blobs, structures: Structures, *, origin: str
) -> bytes:
    """One .bcf of all of them. origin: of this server, for the addresses of lost drawings."""
    left_out: list[LeftOut] = []
    topics = await topics_of(found, blobs, structures, left_out)
    named = {one.drawing.id: one.drawing for one in found.sheets.values()}
    documents = [await _document(one, blobs, origin) for one in named.values()]
    return await asyncio.to_thread(
        write_bcf, topics, found.project.id, found.project.name, documents
    )


async def _document(row: Drawing, blobs: Blobs, origin: str) -> Document:
    try:
        content: bytes | None = await read_all(blobs, row.sha256)
    except NotFound:
        content = None
    name = file_name(row.name, row.media_type)
    return Document(row.id, name, content, f"{origin}/api/v1/drawings/{row.id}/content")
