"""Issues of a project as BCF values: what we know of them, and what another program said of them.

An imported issue goes out as it came in, but for what somebody changed here since: each field that
still has the value it got at the import is written as the file had it.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from holotable import minutes_bcf
from holotable.delivery import Structures
from holotable.errors import NotFound
from holotable.exchange import bcf, bcf_model
from holotable.exchange.bcf_model import BcfFile, Comment, Document, HeaderFile, Topic, Version
from holotable.exchange.bcf_model import Viewpoint as BcfViewpoint
from holotable.exchange.bcf_write import write_file
from holotable.issues import fields_of
from holotable.minutes_bcf import TouchedIssues
from holotable.review.drawing import file_name
from holotable.review.issue import IssueSettings
from holotable.review_results import topics_of
from holotable.store.blobs import Blobs, read_all
from holotable.store.issue_tables import Issue, IssueComment, IssueViewpoint
from holotable.store.queries import issues as issue_rows
from holotable.store.tables import Project, Revision

# Fields of an issue and what BCF calls them.
MEMBERS: Final[Mapping[str, str]] = {
    "type": "topic_type",
    "status": "topic_status",
    "priority": "priority",
    "title": "title",
    "description": "description",
    "stage": "stage",
    "assignee_id": "assigned_to",
    "due_at": "due_date",
    "labels": "labels",
    "reference_links": "reference_links",
    "related": "related_topics",
}
# What only the other program knows.
FOREIGN: Final = (
    "server_assigned_id", "creation_author", "creation_date", "index", "bim_snippet",
    "header_files",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """The rows, detached from their transaction, and the project's words."""

    rows: TouchedIssues
    settings: IssueSettings
    people: tuple[str, ...]


async def gather(transaction: AsyncSession, project: Project, numbers: list[int]) -> Found:
    """Issues of a project by their numbers. raises: NotFound: none."""
    people = await issue_rows.people(transaction, project.id)
    return Found(
        rows=await minutes_bcf.gather(transaction, project, numbers),
        settings=await issue_rows.settings(transaction, project.id),
        people=tuple(one.words[0] for one in people if one.words),
    )


async def written(
    found: Found, blobs: Blobs, structures: Structures, *, origin: str, version: Version
) -> bytes:
    """One .bcf of all of them. origin: of this server, for addresses."""
    file = await file_of(found, blobs, structures, origin=origin, version=version)
    return await asyncio.to_thread(write_file, file)


async def file_of(
    found: Found, blobs: Blobs, structures: Structures, *, origin: str, version: Version
) -> BcfFile:
    """The values of such a file."""
    rows = found.rows
    topics = await topics_of(rows, blobs, structures, [])
    drawings = {one.drawing.id: one.drawing for one in rows.sheets.values()}
    documents = [
        bcf.Document(
            one.id,
            file_name(one.name, one.media_type),
            await _content(blobs, one.sha256),
            f"{origin}/api/v1/drawings/{one.id}/content",
        )
        for one in drawings.values()
    ]
    file = await asyncio.to_thread(
        bcf.file_of, topics, rows.project.id, rows.project.name, documents, version
    )
    by_guid = {one.guid: one for one in rows.issues}
    made, kept_documents = [], {one.guid: one for one in file.documents}
    files = dict(file.files)
    for topic in file.topics:
        row = by_guid[topic.guid]
        made.append(whole(topic, row, rows, origin))
        foreign = {str(one.guid) for one in rows.views if one.issue_id == row.id and _came(one)}
        own = files.get(topic.guid, {})
        files[topic.guid] = {
            name: body for name, body in own.items() if name.rpartition(".")[0] not in foreign
        }
        for name, sha256 in _kept(row.foreign_part, "files").items():
            content = await _content(blobs, sha256)
            if content is not None:
                files[topic.guid] = {**files.get(topic.guid, {}), name: content}
        for said in (row.foreign_part or {}).get("documents", ()):
            content = await _content(blobs, said["sha256"]) if said["sha256"] else None
            document = Document.model_validate({**said, "content": content})
            kept_documents[document.guid] = document
    return file.model_copy(
        update={
            "topics": made,
            "documents": list(kept_documents.values()),
            "files": files,
            "extensions": words_of(made, found.settings, found.people),
        }
    )


def words_of(
    topics: list[Topic], settings: IssueSettings, people: tuple[str, ...]
) -> bcf_model.Extensions:
    """The project's words, and those that these topics use besides."""
    used = bcf.words_of(topics)

    def both(known: list[str], more: list[str] | None) -> list[str]:
        return list(dict.fromkeys([*known, *(more or ())]))

    return bcf_model.Extensions(
        topic_type=both([one.name for one in settings.types], used.topic_type),
        topic_status=both([one.name for one in settings.statuses], used.topic_status),
        priority=both(settings.priorities, used.priority),
        topic_label=both(settings.labels, used.topic_label),
        users=both(list(people), used.users),
        snippet_type=list(settings.snippet_types),
        stage=both(settings.stages, used.stage),
    )


def whole(ours: Topic, row: Issue, rows: TouchedIssues, origin: str) -> Topic:
    """A topic with what the file that it came from said of it and of what belongs to it."""
    comments = {one.guid: one for one in rows.comments if one.issue_id == row.id}
    views = {one.guid: one for one in rows.views if one.issue_id == row.id}
    said = [_comment(one, comments[one.guid]) for one in ours.comments or ()]
    seen = [_view(one, views[one.guid]) for one in ours.viewpoints or ()]
    told = told_of(ours, row)
    files = told.header_files
    revision = rows.revisions.get(row.revision_id) if row.revision_id else None
    if files is None and revision is not None:
        files = [model_file(revision, origin)]
    return told.model_copy(
        update={"comments": said or None, "viewpoints": seen or None, "header_files": files}
    )


def told_of(ours: Topic, row: Issue) -> Topic:
    """The fields of a topic as they go out, whatever belongs to it."""
    foreign = row.foreign_part
    if not foreign or "topic" not in foreign:
        return ours
    theirs = Topic.model_validate(foreign["topic"])
    now, taken = fields_of(row), foreign["taken"]
    members = [*FOREIGN]
    members += [name for field, name in MEMBERS.items() if now[field] == taken.get(field)]
    if row.updated_at == datetime.fromisoformat(foreign["at"]):
        members += ["modified_date", "modified_author"]
    references = list(theirs.document_references or ())
    known = {one.guid for one in references}
    references += [one for one in ours.document_references or () if one.guid not in known]
    return ours.model_copy(
        update={
            **{name: getattr(theirs, name) for name in members},
            "document_references": references or theirs.document_references,
        }
    )


def model_file(revision: Revision, origin: str) -> HeaderFile:
    """A revision as BCF names a model."""
    return HeaderFile(
        filename=revision.source_name,
        date=revision.created_at,
        reference=f"{origin}/api/v1/revisions/{revision.id}",
    )


def _comment(ours: Comment, row: IssueComment) -> Comment:
    foreign = row.foreign_part
    if not foreign or "comment" not in foreign:
        return ours
    theirs = Comment.model_validate(foreign["comment"])
    if row.text == foreign["taken"]:
        return theirs
    return ours.model_copy(update={"author": theirs.author, "date": theirs.date})


def _view(ours: BcfViewpoint, row: IssueViewpoint) -> BcfViewpoint:
    """Views never change: one that came in goes out as it was."""
    return BcfViewpoint.model_validate(_came(row)) if _came(row) else ours


def _came(row: IssueViewpoint) -> Any:
    """What the file said that a view came from; None: it was made here. JSON."""
    return (row.foreign_part or {}).get("viewpoint")


def _kept(foreign: Mapping[str, Any] | None, name: str) -> dict[str, str]:
    said = (foreign or {}).get(name)
    return dict(said) if isinstance(said, dict) else {}


async def _content(blobs: Blobs, sha256: str) -> bytes | None:
    """A blob; None when it is gone."""
    try:
        return await read_all(blobs, sha256)
    except NotFound:
        return None


async def present(found: TouchedIssues, blobs: Blobs, structures: Structures) -> list[Topic]:
    """Topics as they would go out, without views and without reading any blob."""
    bare = replace(found, views=())
    topics = await topics_of(bare, blobs, structures, [])
    made = [bcf.topic_of(one, {}, {}) for one in topics]
    by_guid = {one.guid: one for one in found.issues}
    return [whole(one, by_guid[one.guid], bare, "") for one in made]
