"""BCF values become issues of a project: each topic once, however often its file comes.

A topic is known by its guid. What our issues have no field for is kept as it was said and goes out
again (`bcf_export`). Words that the project does not list are taken as they are. Nobody is notified
of what was imported: hundreds of issues would be hundreds of mails.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Literal, TypeAlias
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from holotable import bcf_export, comments, issues, minutes_bcf
from holotable.bcf_blobs import DOCUMENTS, Kept, named_revisions
from holotable.bcf_export import MEMBERS
from holotable.delivery import Structures
from holotable.errors import HolotableError
from holotable.exchange.bcf_model import BcfFile, Comment, Topic, Viewpoint
from holotable.exchange.bcf_seen import Model, document_of
from holotable.review import issue as rules
from holotable.review.comment import MAX_COMMENT, Mentionable
from holotable.review.issue import IssueSettings
from holotable.store.blobs import Blobs
from holotable.store.database import uuid7
from holotable.store.issue_tables import (
    Issue,
    IssueComment,
    IssueLabel,
    IssueViewpoint,
)
from holotable.store.queries import issues as rows
from holotable.store.queries import projects
from holotable.store.tables import Project

Mode: TypeAlias = Literal["update", "skip"]
Done: TypeAlias = Literal["created", "updated", "unchanged", "skipped", "refused"]

_MAX_VIEWS: Final = 200
_CLOSED: Final = ("closed", "done", "resolved", "solved", "fixed", "erledigt", "geschlossen")


@dataclass(slots=True)
class Became:
    """What became of a topic. left_out: parts and cuts of its views that this model has not."""

    guid: UUID
    title: str
    done: Done
    issue_id: UUID | None = None
    number: int | None = None
    comments: int = 0  # new or changed
    viewpoints: int = 0  # new
    left_out: int = 0
    problem: str = ""  # code, of what was refused or skipped
    words: list[str] = field(default_factory=list)  # that the project does not list


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a file is taken in. models: by revision; model: that views are of, whatever they say."""

    file: BcfFile
    kept: Mapping[UUID, Mapping[str, Kept]]
    mode: Mode = "update"
    models: Mapping[UUID, Model] = field(default_factory=dict)
    model: Model | None = None


async def take_in(
    session: AsyncSession,
    project: Project,
    wanted: Wanted,
    *,
    structures: Structures,
    blobs: Blobs,
    author: UUID,
    now: datetime,
) -> list[Became]:
    """Every topic of the file, in its order; what one is refused for does not stop the others."""
    await projects.lock(session, project.id)
    known = {
        one.guid: one
        for one in await session.scalars(
            select(Issue).where(
                Issue.project_id == project.id,
                Issue.guid.in_([one.guid for one in wanted.file.topics]),
            )
        )
    }
    work = _Import(session, project, wanted, author, now)
    work.settings = await rows.settings(session, project.id)
    work.people = await rows.people(session, project.id)
    living = [one.number for one in known.values() if one.deleted_at is None]
    if living and wanted.mode == "update":
        found = await minutes_bcf.gather(session, project, living)
        work.present = {one.guid: one for one in await bcf_export.present(found, blobs, structures)}
    told = [await work.topic(one, known.get(one.guid)) for one in wanted.file.topics]
    await work.relate(told)
    return told


class _Import:
    """One file on its way in."""

    def __init__(
        self, session: AsyncSession, project: Project, wanted: Wanted, author: UUID, now: datetime
    ) -> None:
        self._session, self._project, self._wanted = session, project, wanted
        self._author, self._now = author, now
        self._documents = {one.guid: one for one in wanted.file.documents}
        named = {
            ref.document_guid
            for topic in wanted.file.topics
            for ref in topic.document_references or ()
        }
        self._orphans = [guid for guid in self._documents if guid not in named]
        self.settings: IssueSettings = rules.DEFAULTS
        self.people: Sequence[Mentionable] = ()
        self.present: dict[UUID, Topic] = {}

    async def topic(self, topic: Topic, row: Issue | None) -> Became:
        """Make or change one issue, or say why not."""
        became = Became(topic.guid, topic.title[:500], "created", words=self._words(topic))
        if row is not None:
            became.issue_id, became.number = row.id, row.number
        try:
            async with self._session.begin_nested():
                await self._one(topic, row, became)
        except HolotableError as refused:
            became.done, became.problem = "refused", refused.code
        return became

    async def _one(self, topic: Topic, row: Issue | None, became: Became) -> None:
        if row is None:
            row = await self._make(topic)
            became.issue_id, became.number = row.id, row.number
        elif row.deleted_at is not None:
            became.done, became.problem = "skipped", "in_trash"
            return
        elif self._wanted.mode == "skip":
            became.done, became.problem = "skipped", "known"
            return
        else:
            became.done = "updated" if await self._change(topic, row) else "unchanged"
        views = await self._views(topic, row, became)
        await self._comments(topic, row, views, became)
        if became.done == "unchanged" and (became.comments or became.viewpoints):
            became.done = "updated"
            issues.touch(row, self._author, self._now)

    def _words(self, topic: Topic) -> list[str]:
        """Words that the project does not list."""
        settings = self.settings
        listed = (
            (topic.topic_type, [one.name for one in settings.types]),
            (topic.topic_status, [one.name for one in settings.statuses]),
            (topic.priority, settings.priorities),
            (topic.stage, settings.stages),
        )
        return [word for word, known in listed if word and word not in known]

    async def _make(self, topic: Topic) -> Issue:
        id_ = uuid7()
        fields = self._fields(topic)
        model = self._model(topic)
        row = Issue(
            id=id_,
            project_id=self._project.id,
            asset_id=model.asset_id if model else None,
            revision_id=model.revision_id if model else None,
            number=await rows.next_number(self._session, self._project.id),
            guid=topic.guid,
            request_sha256=issues.digest({"bcf": topic.guid}),
            category="open",
            blocking=False,
            related=[],
            properties={},
            external_system="",
            external_id="",
            created_at=min(topic.creation_date.astimezone(UTC), self._now),
            created_by=self._author,
            updated_at=self._now,
            updated_by=self._author,
            **{name: value for name, value in fields.items() if name != "related"},
        )
        row.category = self._category(row.status)
        self._session.add(row)
        await self._session.flush()
        await self._label(row)
        issues.note(self._session, "created", issue=row, by=self._author, at=self._now)
        watchers = [self._author, *([row.assignee_id] if row.assignee_id else [])]
        await rows.watch(self._session, row, watchers, self._now)
        self._remember(topic, row)
        await self._session.flush()
        return row

    async def _change(self, topic: Topic, row: Issue) -> bool:
        """Take over what differs from what would go out now; whether anything does."""
        present = self.present[row.guid]
        said = self._fields(topic)
        changed = [
            name
            for name, member in MEMBERS.items()
            if name != "related" and not _same(getattr(topic, member), getattr(present, member))
        ]
        members = ("bim_snippet", "document_references", "header_files", "related_topics", "index")
        foreign = [
            name for name in members if not _same(*(getattr(o, name) for o in (topic, present)))
        ]
        if not changed and not foreign:
            return False
        before = issues.fields_of(row)
        for name in changed:
            setattr(row, name, said[name])
        if "status" in changed:
            row.category = self._category(row.status)
        if "labels" in changed:
            await self._label(row)
        issues.touch(row, self._author, self._now)
        for one in rules.changes(before, issues.fields_of(row)):
            issues.note(
                self._session, "changed", issue=row, by=self._author, at=row.updated_at, change=one
            )
        self._remember(topic, row)
        await self._session.flush()
        return True

    def _remember(self, topic: Topic, row: Issue) -> None:
        """What the file said, and what our fields became of it."""
        own = {"comments", "viewpoints"}
        listed = [one.document_guid for one in topic.document_references or ()]
        if self._orphans:  # of documents that no topic names the first one takes care
            listed, self._orphans = [*listed, *self._orphans], []
        stored = self._wanted.kept.get(DOCUMENTS, {})
        before = row.foreign_part or {}
        documents = [
            {
                "guid": str(guid),
                "filename": self._documents[guid].filename,
                "description": self._documents[guid].description,
                "sha256": kept.sha256 if (kept := stored.get(str(guid))) else None,
            }
            for guid in listed
            if guid is not None and guid in self._documents
        ]
        files = self._wanted.kept.get(topic.guid, {})
        row.foreign_part = {
            "topic": topic.model_dump(mode="json", exclude=own),
            "taken": issues.fields_of(row),
            "at": row.updated_at.isoformat(),
            "documents": documents or before.get("documents", []),
            "files": {**before.get("files", {}), **{n: one.sha256 for n, one in files.items()}},
        }

    def _fields(self, topic: Topic) -> dict[str, Any]:
        """The topic's fields as ours, cut where ours are shorter."""
        settings = self.settings
        labels = dict.fromkeys(one.strip()[:100] for one in topic.labels or () if one.strip())
        due = topic.due_date
        return {
            "type": (topic.topic_type or settings.default_type)[:100],
            "status": (topic.topic_status or settings.default_status)[:100],
            "priority": (topic.priority or settings.default_priority)[:100],
            "title": _line(topic.title)[: rules.MAX_TITLE] or "BCF",
            "description": (topic.description or "")[: rules.MAX_TEXT].replace("\x00", ""),
            "stage": _line(topic.stage or "")[:100],
            "assignee_id": self._person(topic.assigned_to),
            "due_at": None if due is None else due.astimezone(UTC),
            "labels": list(labels)[: rules.MAX_LABELS],
            "reference_links": [one[:2_000] for one in topic.reference_links or ()][
                : rules.MAX_LINKS
            ],
            "related": [],
        }

    def _person(self, name: str | None) -> UUID | None:
        """The member with this name or login; None when nobody has it, or more than one."""
        wanted = (name or "").strip().casefold()
        found = {one.id for one in self.people if wanted in [word.casefold() for word in one.words]}
        return found.pop() if len(found) == 1 else None

    def _category(self, status: str) -> rules.Category:
        """What a status amounts to; of one that the project has not, by its word."""
        listed = {one.name.casefold(): one.category for one in self.settings.statuses}
        ended = any(word in status.casefold() for word in _CLOSED)
        return listed.get(status.casefold(), "closed" if ended else "open")

    async def _label(self, row: Issue) -> None:
        await self._session.execute(delete(IssueLabel).where(IssueLabel.issue_id == row.id))
        self._session.add_all(
            IssueLabel(issue_id=row.id, label=label, project_id=row.project_id)
            for label in row.labels
        )

    def _model(self, topic: Topic) -> Model | None:
        """Which revision the views of a topic are of."""
        if self._wanted.model is not None:
            return self._wanted.model
        named = (self._wanted.models.get(one) for one in named_revisions(topic))
        return next((one for one in named if one is not None), None)

    async def _views(self, topic: Topic, row: Issue, became: Became) -> dict[UUID, UUID]:
        """Add views that are not there yet; returns ids by guid."""
        there = await self._session.scalars(
            select(IssueViewpoint).where(IssueViewpoint.issue_id == row.id)
        )
        known = {one.guid: (one.id, one.place) for one in there}
        place = max((at for _, at in known.values()), default=-1)
        model = self._model(topic)
        for view in _in_order(topic.viewpoints or ()):
            if view.guid in known or len(known) >= _MAX_VIEWS:
                continue
            place += 1
            said, missing = (None, 0) if model is None else document_of(view, model)
            became.left_out += missing
            made = view_row(
                view,
                row,
                said,
                place,
                model,
                self._picture(topic.guid, view),
                self._author,
                self._now,
            )
            self._session.add(made)
            issues.note(self._session, "viewpoint_added", issue=row, by=self._author, at=self._now)
            known[view.guid] = made.id, place
            became.viewpoints += 1
        await self._session.flush()
        return {guid: id_ for guid, (id_, _) in known.items()}

    def _picture(self, guid: UUID, view: Viewpoint) -> Kept | None:
        return self._wanted.kept.get(guid, {}).get(view.snapshot or "")

    async def _comments(
        self, topic: Topic, row: Issue, views: Mapping[UUID, UUID], became: Became
    ) -> None:
        there = await self._session.scalars(
            select(IssueComment).where(IssueComment.issue_id == row.id)
        )
        known = {one.guid: one for one in there}
        for comment in topic.comments or ():
            before = known.get(comment.guid)
            if before is None:
                became.comments += 1
                self._say(comment, row, views)
            elif self._reworded(comment, before):
                became.comments += 1
        await self._session.flush()

    def _say(self, comment: Comment, row: Issue, views: Mapping[UUID, UUID]) -> None:
        text = _words(comment)
        made = IssueComment(
            id=uuid7(),
            project_id=row.project_id,
            asset_id=row.asset_id,
            issue_id=row.id,
            viewpoint_id=views.get(comment.viewpoint_guid) if comment.viewpoint_guid else None,
            guid=comment.guid,
            request_sha256=issues.digest({"bcf": comment.guid}),
            text=text,
            foreign_part={"comment": comment.model_dump(mode="json"), "taken": text},
            created_at=min(comment.date.astimezone(UTC), self._now),
            created_by=self._author,
            updated_at=self._now,
        )
        self._session.add(made)
        comments.note(self._session, "comment_added", made, by=self._author, at=self._now)

    def _reworded(self, comment: Comment, row: IssueComment) -> bool:
        """Take over another wording of a comment that came from a file, not of somebody's here."""
        text = _words(comment)
        foreign = row.foreign_part
        if row.deleted_at is not None or row.text == text or not foreign:
            return False
        if row.text != foreign.get("taken"):
            return False  # somebody changed it here
        row.text, row.edited_at = text, self._now
        row.foreign_part = {"comment": comment.model_dump(mode="json"), "taken": text}
        comments.touch(row, self._now)
        comments.note(self._session, "comment_edited", row, by=self._author, at=self._now)
        return True

    async def relate(self, told: Collection[Became]) -> None:
        """Issues that topics name are related once all are there."""
        wanted = {one.guid: one for one in self._wanted.file.topics}
        named = {guid for one in wanted.values() for guid in one.related_topics or ()}
        if not named:
            return
        found = await self._session.execute(
            select(Issue.guid, Issue.id).where(
                Issue.project_id == self._project.id,
                Issue.guid.in_(named),
                Issue.deleted_at.is_(None),
            )
        )
        ids = {guid: id_ for guid, id_ in found}
        for one in told:
            topic = wanted[one.guid]
            if one.done not in ("created", "updated") or not topic.related_topics:
                continue
            row = await self._session.get_one(Issue, one.issue_id)
            row.related = [str(ids[guid]) for guid in topic.related_topics if guid in ids]
            if row.foreign_part:
                row.foreign_part = {**row.foreign_part, "taken": issues.fields_of(row)}
        await self._session.flush()


def view_row(
    view: Viewpoint,
    row: Issue,
    said: dict[str, Any] | None,
    place: int,
    model: Model | None,
    picture: Kept | None,
    author: UUID,
    now: datetime,
) -> IssueViewpoint:
    """A view of an issue that came as BCF. said: as our own views are, if it could be."""
    shown = picture if picture is not None and picture.media_type else None
    return IssueViewpoint(
        id=uuid7(),
        project_id=row.project_id,
        asset_id=row.asset_id,
        issue_id=row.id,
        revision_id=model.revision_id if model and said else None,
        guid=view.guid,
        request_sha256=issues.digest({"bcf": view.guid}),
        place=place,
        content=said,
        snapshot_sha256=shown.sha256 if shown else None,
        snapshot_type=shown.media_type if shown else "",
        snapshot_bytes=shown.bytes if shown else 0,
        foreign_part={"viewpoint": view.model_dump(mode="json")},
        created_at=now,
        created_by=author,
    )


def _in_order(views: Sequence[Viewpoint]) -> list[Viewpoint]:
    """By their index where all have one, else as they stand in the file."""
    if all(one.index is not None for one in views):
        return sorted(views, key=lambda one: one.index or 0)
    return list(views)


def _same(one: Any, other: Any) -> bool:
    """Whether two members of topics say the same; nothing and an empty list do."""
    return (one or None) == (other or None)


def _line(text: str) -> str:
    return "".join(c for c in text if c.isprintable()).strip()


def _words(comment: Comment) -> str:
    kept = (c for c in comment.comment or "" if c.isprintable() or c in "\n\t")
    return "".join(kept)[:MAX_COMMENT]
