"""Rows of a review → its result as one value, for the report and for the signed packet.

Rows are read in one short transaction (on SQLite nobody else writes meanwhile), blobs after it.
"""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from holotable import delivery, reviews
from holotable.delivery import Structures
from holotable.errors import NotFound
from holotable.exchange.result import (
    Changes,
    Covered,
    Happened,
    LeftOut,
    Line,
    Result,
    RevisionFacts,
    Said,
    Seated,
)
from holotable.exchange.stored_views import MAX_PARTS, camera_of, cuts_of, named_parts
from holotable.exchange.topics import Attached, Coloured, Picture, Remark, Topic, View
from holotable.review.approval import Tally
from holotable.review.drawing import file_name
from holotable.review.mass import Floats
from holotable.store.blobs import Blobs, read_all
from holotable.store.drawing_tables import Drawing
from holotable.store.issue_tables import (
    Anchor,
    Issue,
    IssueAttachment,
    IssueComment,
    IssueEvent,
    IssueViewpoint,
)
from holotable.store.queries import drawings, packages
from holotable.store.queries import packets as rows
from holotable.store.queries import reviews as review_rows
from holotable.store.queries.drawings import Placed
from holotable.store.queries.packages import StoredFile
from holotable.store.review_tables import (
    Review,
    ReviewCoverage,
    ReviewSeat,
    ReviewVerdict,
    RevisionEvent,
)
from holotable.store.tables import Asset, Principal, Project, Revision

log = logging.getLogger("holotable.review_results")

MAX_ISSUES: Final = 2_000
MAX_ISSUE_EVENTS: Final = 10_000
MAX_SNAPSHOT_BYTES: Final = 64 << 20  # of all pictures together


class IssueRows(Protocol):
    """Issues with everything that belongs to them: of a review (Gathered), of minutes."""

    @property
    def issues(self) -> Sequence[Issue]:
        """The issues, by their numbers."""

    @property
    def comments(self) -> Sequence[IssueComment]:
        """What was said of them."""

    @property
    def views(self) -> Sequence[IssueViewpoint]:
        """Their viewpoints."""

    @property
    def anchors(self) -> Mapping[UUID, Anchor]:
        """Where they stand on the model."""

    @property
    def sheets(self) -> Mapping[UUID, Placed]:
        """Where they stand on a drawing."""

    @property
    def attachments(self) -> Sequence[IssueAttachment]:
        """Files beside them."""

    @property
    def names(self) -> Mapping[UUID, str]:
        """Names of people."""

    @property
    def revisions(self) -> Mapping[UUID, Revision]:
        """Revisions that they name."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """The rows, detached from their transaction."""

    review: Review
    project: Project
    asset: Asset
    revisions: Mapping[UUID, Revision]
    seats: Sequence[tuple[ReviewSeat, Principal]]
    verdicts: Sequence[ReviewVerdict]
    counted: Tally
    ticks: Mapping[str, tuple[str, datetime]]
    coverage: Sequence[ReviewCoverage]
    trail: Sequence[RevisionEvent]
    issues: Sequence[Issue]
    comments: Sequence[IssueComment]
    views: Sequence[IssueViewpoint]
    anchors: Mapping[UUID, Anchor]
    sheets: Mapping[UUID, Placed]
    attachments: Sequence[IssueAttachment]
    drawings: Sequence[Drawing]  # of the reviewed revision, and those that issues stand on
    issue_events: Sequence[IssueEvent]
    names: Mapping[UUID, str]
    files: Mapping[str, StoredFile]
    correction: Floats

    @property
    def revision(self) -> Revision:
        """The reviewed one."""
        return self.revisions[self.review.revision_id]

    @property
    def compared_to(self) -> Revision | None:
        """The one it is compared with."""
        compared = self.review.compared_to_id
        return None if compared is None else self.revisions.get(compared)


async def gather(session: AsyncSession, review: Review) -> Gathered:
    """Read everything that belongs to a review."""
    verdicts = (await review_rows.verdicts_of(session, [review.id]))[review.id]
    seats = (await review_rows.seats_of(session, [review.id]))[review.id]
    spoken = {one.revision_id for one in verdicts} | {review.revision_id}
    trail = await rows.trail_of(session, review.id, sorted(spoken))
    issues = await rows.issues_of(session, review.asset_id, MAX_ISSUES)
    ids = [one.id for one in issues]
    comments, views = await rows.comments_of(session, ids), await rows.views_of(session, ids)
    sheets = await drawings.pins_of(session, issue_ids=ids)
    sheet_of = {one.id: one for one in await drawings.of_revision(session, review.revision_id)}
    sheet_of |= {one.drawing.id: one.drawing for one in sheets.values()}
    wanted = spoken | {one.revision_id for one in trail}
    wanted |= {one.revision_id for one in issues if one.revision_id}
    wanted |= {one.revision_id for one in views if one.revision_id}
    wanted |= {one.revision_id for one in sheet_of.values()}
    if review.compared_to_id is not None:
        wanted.add(review.compared_to_id)
    revisions = await review_rows.revisions_by_id(session, wanted)
    events = await rows.issue_events_of(session, ids, MAX_ISSUE_EVENTS)
    people: set[UUID | None] = {review.created_by}
    people |= {one.created_by for one in revisions.values()} | {one.by for one in events}
    people |= {who for one in issues for who in (one.created_by, one.updated_by, one.assignee_id)}
    people |= {one.created_by for one in comments}
    people |= reviews.rule_of(review).must
    ticks = await review_rows.ticks_of(session, review.id, review.revision_id)
    package = await packages.current(session, review.revision_id)
    return Gathered(
        review=review,
        project=await session.get_one(Project, review.project_id),
        asset=await session.get_one(Asset, review.asset_id),
        revisions=revisions,
        seats=seats,
        verdicts=verdicts,
        counted=reviews.tally(review, seats, verdicts),
        ticks={item: (name, tick.at) for item, (tick, name) in ticks.items()},
        coverage=await review_rows.coverage_of(session, review.id, review.revision_id),
        trail=trail,
        issues=issues,
        comments=comments,
        views=views,
        anchors=await rows.anchors_of(session, ids),
        sheets=sheets,
        attachments=await rows.attachments_of(session, ids),
        drawings=list(sheet_of.values()),
        issue_events=events,
        names=await review_rows.names(session, {one for one in people if one is not None}),
        files={} if package is None else await packages.files_of(session, package.id),
        correction=await delivery.correction_of(session, revisions[review.revision_id]),
    )


async def result_of(
    found: Gathered,
    blobs: Blobs,
    structures: Structures,
    changes: Changes | None,
    changed: Collection[int] = (),
) -> Result:
    """The value.

    changes: None when there is nothing to compare with. changed: dense numbers of what changed,
    for the coverage.
    """
    review, counted = found.review, found.counted
    rule = reviews.rule_of(review)
    people = {principal.id: principal.name for _, principal in found.seats}
    left_out: list[LeftOut] = []
    topics = await topics_of(found, blobs, structures, left_out)
    trail = _trail(found)
    moments = [review.updated_at, *(one.at for one in trail[-1:])]
    moments += [topic.updated_at for topic in topics]
    return Result(
        project=found.project.name,
        asset=found.asset.name,
        number=review.number,
        title=review.title,
        description=review.description,
        due_on=review.due_on,
        state="closed" if review.closed_at else counted.outcome.value,
        closed_as=review.closed_as or "",
        closed_at=review.closed_at,
        asked_by=_name(found, review.created_by),
        asked_at=review.created_at,
        as_of=max(moments),
        revision=_facts(found, found.revision),
        compared_to=None if found.compared_to is None else _facts(found, found.compared_to),
        rule={
            "kind": rule.kind,
            "count": rule.count,
            "must": sorted(people.get(one) or found.names.get(one, "") for one in rule.must),
            "own_work": rule.own_work,
            "signature": rule.signature,
            "block_on_issues": rule.block_on_issues,
            "block_on_checklist": rule.block_on_checklist,
            "block_on_coverage": rule.block_on_coverage,
        },
        approvals=counted.approvals,
        needed=counted.needed,
        missing=tuple(people.get(one, "") for one in counted.missing),
        seats=tuple(
            Seated(
                name=principal.name,
                seat=seat.seat,
                must=principal.id in rule.must,
                standing=(
                    counted.standing[principal.id].value if principal.id in counted.standing else ""
                ),
            )
            for seat, principal in found.seats
        ),
        said=tuple(_said(found, one) for one in found.verdicts),
        checklist=tuple(_line(found, item) for item in review.checklist),
        covered=tuple(await _covered(found, people, set(changed))),
        changes=changes,
        topics=topics,
        drawings=tuple(_drawing(found, one) for one in found.drawings),
        trail=trail,
        thumbnail=await _thumbnail(found, blobs),
        left_out=tuple(left_out),
    )


async def topics_of(
    found: IssueRows, blobs: Blobs, structures: Structures, left_out: list[LeftOut]
) -> tuple[Topic, ...]:
    """Issues as topics, by their numbers. left_out: gets what had no place."""
    return await _Topics(found, blobs, structures, left_out).all()


def _name(found: IssueRows, who: UUID | None) -> str:
    return "" if who is None else found.names.get(who, "")


def _label(found: IssueRows, revision_id: UUID | None) -> str:
    revision = None if revision_id is None else found.revisions.get(revision_id)
    return "" if revision is None else revision.label


def _facts(found: Gathered, revision: Revision) -> RevisionFacts:
    return RevisionFacts(
        id=revision.id,
        label=revision.label,
        lifecycle=revision.lifecycle,
        file_name=revision.source_name,
        source_sha256=revision.source_sha256,
        uploaded_at=revision.created_at,
        uploaded_by=_name(found, revision.created_by),
    )


def _said(found: Gathered, one: ReviewVerdict) -> Said:
    return Said(
        name=one.name,
        verdict=one.verdict,
        text=one.text,
        revision=_label(found, one.revision_id),
        stale=one.revision_id != found.review.revision_id,
        signed=one.signed,
        meaning=one.meaning,
        source_sha256=one.source_sha256,
        at=one.at,
    )


def _line(found: Gathered, item: Mapping[str, Any]) -> Line:
    ticked = found.ticks.get(item["id"])
    if ticked is None:
        return Line(item["text"])
    return Line(item["text"], ticked_by=ticked[0], ticked_at=ticked[1])


async def _covered(
    found: Gathered, people: Mapping[UUID, str], changed: Collection[int]
) -> list[Covered]:
    """Only of the structure that is shown now: dense numbers of another one mean nothing here."""
    structure = found.files.get("structure.json")
    if structure is None or not changed:
        return []
    numbers = np.array(sorted(changed))
    told = []
    for one in found.coverage:
        if one.structure_sha256 != structure.sha256:
            continue
        seen = np.zeros(len(numbers), bool)
        for first, last in one.seen:
            seen |= (numbers >= first) & (numbers <= last)
        told.append(Covered(people.get(one.principal_id, ""), int(seen.sum()), len(numbers)))
    return told


def _trail(found: Gathered) -> tuple[Happened, ...]:
    """What happened, oldest first: to the revisions, and to the issues."""
    numbers = {one.id: one.number for one in found.issues}
    told = [
        Happened(
            at=one.at,
            name=one.name,
            kind=one.kind,
            revision=_label(found, one.revision_id),
            before=one.before,
            after=one.after,
            reason=one.reason,
            facts=one.facts,
        )
        for one in found.trail
    ]
    told += [
        Happened(
            at=one.at,
            name=_name(found, one.by),
            kind=f"issue.{one.kind}",
            revision=_label(found, one.revision_id),
            facts={
                "issue": numbers.get(one.issue_id, 0) if one.issue_id else 0,
                "field": one.field,
                "before": one.before,
                "after": one.after,
            },
        )
        for one in found.issue_events
    ]
    return tuple(sorted(told, key=lambda one: one.at))


def _drawing(found: Gathered, row: Drawing) -> Attached:
    return Attached(
        id=row.id,
        name=file_name(row.name, row.media_type),
        media_type=row.media_type,
        bytes=row.bytes,
        sha256=row.sha256,
        revision=_label(found, row.revision_id),
    )


async def _thumbnail(found: Gathered, blobs: Blobs) -> Picture | None:
    file = found.files.get("thumbnail.webp")
    content = None if file is None else await _bytes(blobs, file.sha256)
    return None if content is None else Picture(content, "image/webp")


async def _bytes(blobs: Blobs, sha256: str) -> bytes | None:
    """A blob; None when it is gone, which is said in the log and nowhere else."""
    try:
        return await read_all(blobs, sha256)
    except NotFound:
        log.warning("the blob %s is gone", sha256)
        return None


class _Topics:
    """Issues as topics, with the parts of their views by stable ids."""

    def __init__(
        self, found: IssueRows, blobs: Blobs, structures: Structures, left_out: list[LeftOut]
    ) -> None:
        self._found, self._blobs, self._structures = found, blobs, structures
        self._left_out = left_out
        self._pictures = 0  # bytes so far
        self._dropped = 0
        self._files: dict[UUID, list[Attached]] = {}  # of issues themselves, and of comments

    async def all(self) -> tuple[Topic, ...]:
        """Every issue of the asset, by its number."""
        found = self._found
        self._collect_files()
        views: dict[UUID, list[View]] = {}
        guids = {one.id: one.guid for one in found.views}
        for row in found.views:
            views.setdefault(row.issue_id, []).append(await self._view(row))
        remarks: dict[UUID, list[Remark]] = {}
        for one in found.comments:
            if one.issue_id is not None:
                remarks.setdefault(one.issue_id, []).append(self._remark(one, guids))
        if self._dropped:
            why = f"Together they are larger than {MAX_SNAPSHOT_BYTES >> 20} MB."
            self._left_out.append(LeftOut(f"{self._dropped} snapshots of issues", why))
        if len(found.issues) == MAX_ISSUES:
            why = f"A result lists {MAX_ISSUES} issues."
            self._left_out.append(LeftOut("issues of higher numbers", why))
        known = {one.id: one.guid for one in found.issues}
        return tuple(
            self._topic(row, remarks.get(row.id, []), views.get(row.id, []), known)
            for row in found.issues
        )

    def _collect_files(self) -> None:
        for row in self._found.attachments:
            owner = row.comment_id or row.issue_id
            assert owner is not None  # held by the routes: a file belongs to one of them
            self._files.setdefault(owner, []).append(
                Attached(row.id, row.name, row.media_type, row.bytes, row.sha256)
            )

    def _topic(
        self, row: Issue, remarks: Sequence[Remark], views: Sequence[View], known: dict[UUID, UUID]
    ) -> Topic:
        found = self._found
        anchor = found.anchors.get(row.id)
        sheet = found.sheets.get(row.id)
        related = [known.get(UUID(str(one))) for one in row.related]
        return Topic(
            guid=row.guid,
            number=row.number,
            title=row.title,
            type=row.type,
            status=row.status,
            category=row.category,
            priority=row.priority,
            created_at=row.created_at,
            author=_name(found, row.created_by),
            updated_at=row.updated_at,
            editor=_name(found, row.updated_by),
            description=row.description,
            stage=row.stage or "",
            assignee=_name(found, row.assignee_id),
            due_at=row.due_at,
            blocking=row.blocking,
            labels=tuple(str(one) for one in row.labels),
            links=tuple(str(one) for one in row.reference_links),
            related=tuple(one for one in related if one is not None),
            revision_label=_label(found, row.revision_id),
            anchor="" if anchor is None else anchor.state,
            part="" if anchor is None else anchor.occurrence_id,
            drawing="" if sheet is None else sheet.drawing.name,
            sheet=0 if sheet is None else sheet.pin.page + 1,
            drawing_id=None if sheet is None else sheet.drawing.id,
            files=tuple(self._files.get(row.id, ())),
            remarks=tuple(remarks),
            views=tuple(views),
        )

    def _remark(self, row: IssueComment, guids: Mapping[UUID, UUID]) -> Remark:
        return Remark(
            guid=row.guid,
            text=row.text,
            author=_name(self._found, row.created_by),
            at=row.created_at,
            edited_at=row.edited_at,
            view_guid=None if row.viewpoint_id is None else guids.get(row.viewpoint_id),
            files=tuple(self._files.get(row.id, ())),
        )

    async def _view(self, row: IssueViewpoint) -> View:
        content = row.content or {}
        ids = await self._ids(content)
        visibility = content.get("visibility") or {}
        lost: list[int] = []

        def parts(said: Any) -> tuple[str, ...]:
            named, missing = named_parts(said, ids)
            lost.append(missing)
            return named

        hidden, shown = parts(visibility.get("hidden")), None
        if visibility.get("isolated") and ids is not None:
            shown = tuple(sorted(set(ids) - set(hidden)))[:MAX_PARTS]
            hidden = ()
        groups = (content.get("colouring") or {}).get("groups") or ()
        return View(
            guid=row.guid,
            camera=camera_of(content.get("camera")),
            cuts=cuts_of(content.get("sections") or {}),
            selected=parts((content.get("selection") or {}).get("parts")),
            hidden=hidden[:MAX_PARTS],
            shown=shown,
            colours=tuple(Coloured(one["colour"], parts(one["parts"])) for one in groups),
            snapshot=await self._snapshot(row),
            revision_label=_label(self._found, row.revision_id),
            left_out=sum(lost),
        )

    async def _ids(self, content: Mapping[str, Any]) -> list[str] | None:
        """Stable ids by the dense numbers that a view speaks of; None when that tree is gone."""
        sha256 = content.get("structure")
        if not isinstance(sha256, str):
            return None
        try:
            return (await self._structures.get(sha256)).placed_ids()
        except NotFound:
            return None

    async def _snapshot(self, row: IssueViewpoint) -> Picture | None:
        if row.snapshot_sha256 is None:
            return None
        if self._pictures + row.snapshot_bytes > MAX_SNAPSHOT_BYTES:
            self._dropped += 1
            return None
        self._pictures += row.snapshot_bytes
        content = await _bytes(self._blobs, row.snapshot_sha256)
        return None if content is None else Picture(content, row.snapshot_type)
