"""The sample project as a design review: issues, comments, views, a drawing and a review.

Made once, in the background, as soon as the sample has its owner and its gearbox is converted: all
of it in one transaction, so that a process that ends half-way leaves nothing and the next one
begins again. Everything goes through the functions that the routes call. Two made-up colleagues
say it; they have no login, so nobody can be them.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Literal, TypeAlias
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from holotable import anchoring, comments, drawings, issues, pins, reviews, saved_views
from holotable.accounts import Clock
from holotable.anchoring import OpenRevision, Pointed, anchor_at, opened
from holotable.comments import Remark
from holotable.delivery import Structures
from holotable.drawings import Arrived, SheetReader
from holotable.errors import SandboxUnavailable, UnknownOccurrence
from holotable.issues import Draft
from holotable.review import anchor as rules
from holotable.review.approval import Facts, Rule, Verdict
from holotable.review.drawing import BoxMark, SheetPlace
from holotable.review.roles import Role
from holotable.review.viewpoint import FORMAT, Camera, Compare, Plane, Sections, Viewpoint
from holotable.reviews import CheckItem, Person, Plan
from holotable.sample import remarks
from holotable.sample.remarks import OnSheet, SampleIssue, SampleView, Spot, Triple, Voice
from holotable.saved_views import View
from holotable.store.blobs import Blobs
from holotable.store.database import Database
from holotable.store.issue_tables import Issue, IssueComment
from holotable.store.queries import projects
from holotable.store.tables import Asset, Member, Package, Principal, Project, Revision

log = logging.getLogger("holotable.sample")

_POLL_S: Final = 2.0
# Who has had the sample for longer knows it as it is: nothing appears in it after an upgrade.
_FRESH: Final = timedelta(days=1)
_MILLIMETRE: Final = 0.001
_ROLES: Final[Mapping[Voice, Role]] = {"nora": Role.EDITOR, "ben": Role.REVIEWER}
_FOV_RAD: Final = 0.6108652381980153  # 35 degrees, as the viewer opens


@dataclass(frozen=True, slots=True)
class Workplace:
    """What making it needs; built once by app.py."""

    database: Database
    blobs: Blobs
    structures: Structures
    sheets: SheetReader
    clock: Clock


@dataclass(frozen=True, slots=True)
class Ready:
    """A sample that can be reviewed. revisions: ids by label."""

    project_id: UUID
    asset_id: UUID
    owner_id: UUID
    revisions: Mapping[str, UUID]

    def id(self, what: str) -> UUID:
        """The id of something said here: always the same."""
        return uuid5(self.project_id, what)


Standing: TypeAlias = Ready | Literal["waiting", "nothing"]


async def complete(place: Workplace, *, poll_s: float = _POLL_S) -> bool:
    """Wait until the sample can be reviewed, then make its review; False when there is no need.

    There is none without a sample project, when it has its review, when its owner has had it for
    longer than a day, and when somebody changed the gearbox before.
    """
    while True:
        async with place.database.transaction() as session:
            standing = await look(session, place.clock())
        if standing == "nothing":
            return False
        if standing != "waiting":
            return await _make(place, standing)
        await asyncio.sleep(poll_s)


async def look(session: AsyncSession, now: datetime) -> Standing:
    """Whether there is a sample to be reviewed, and whether it can be now."""
    project = await session.scalar(
        select(Project)
        .where(Project.is_sample, Project.deleted_at.is_(None))
        .order_by(Project.id)
        .limit(1)
    )
    if project is None or await session.get(Issue, uuid5(project.id, _issue_name(0))) is not None:
        return "nothing"
    asset_id = await session.scalar(
        select(Asset.id).where(
            Asset.project_id == project.id,
            Asset.name == remarks.ASSET,
            Asset.deleted_at.is_(None),
        )
    )
    found = await session.execute(
        select(Revision.label, Revision.id)
        .where(Revision.asset_id == asset_id)
        .order_by(Revision.ordinal)
    )
    revisions = {label: id_ for label, id_ in found}
    if asset_id is None or list(revisions) != list(remarks.REVISIONS):
        return "nothing"
    owner = await session.scalar(
        select(Member)
        .where(Member.project_id == project.id, Member.role == Role.OWNER)
        .order_by(Member.added_at)
        .limit(1)
    )
    if owner is None:
        return "waiting"
    if now - owner.added_at > _FRESH:
        return "nothing"
    shown = await session.scalars(
        select(Package.revision_id).where(
            Package.is_current, Package.revision_id.in_(revisions.values())
        )
    )
    if set(shown) != set(revisions.values()):
        return "waiting"
    return Ready(project.id, asset_id, owner.principal_id, revisions)


def _issue_name(number: int) -> str:
    return f"issue {number}"


async def _make(place: Workplace, ready: Ready) -> bool:
    """Read what is pointed at, then write everything at once."""
    wanted = [(one.on, one.at) for one in remarks.ISSUES if isinstance(one.at, Spot)]
    wanted.append((remarks.REVISIONS[-1], remarks.COMMENT_AT))
    anchors: dict[Spot, rules.Anchor] = {}
    structure = ""
    for label, id_ in ready.revisions.items():
        spots = [spot for on, spot in wanted if on == label]
        async with opened(place.database, place.blobs, place.structures, id_) as revision:
            anchors |= await anchoring.in_thread(partial(_anchors, revision, spots))
            structure = revision.structure_sha256  # of the newest in the end
    arrived = await _drawing(place)
    async with place.database.transaction() as session:
        await projects.lock(session, ready.project_id)
        now = place.clock()
        if await look(session, now) != ready:  # another process was faster, or it was put away
            return False
        await _Writer(session, ready, anchors, structure, now).write(arrived)
    log.info("The sample project is a review: %d issues.", len(remarks.ISSUES))
    return True


def _anchors(revision: OpenRevision, spots: Sequence[Spot]) -> dict[Spot, rules.Anchor]:
    return {spot: _anchor(revision, spot) for spot in spots}


def _anchor(revision: OpenRevision, spot: Spot) -> rules.Anchor:
    """The anchor of a place. raises: UnknownOccurrence when the model has no such part."""
    found, _ = revision.structure.search(spot.occurrence, 0, 50)
    named = [one for one in found if one.name == spot.occurrence and one.part is not None]
    if len(named) <= spot.which:
        raise UnknownOccurrence(pointer="/occurrence", occurrence=spot.occurrence)
    point = None if spot.point is None else [_MILLIMETRE * one for one in _upright(spot.point)]
    normal = None if spot.normal is None else _upright(spot.normal)
    return anchor_at(revision, Pointed(named[spot.which].id, point, normal))


def _upright(vector: Triple) -> Triple:
    """Of a part as gearbox.py draws it, z up, as a package has it, y up."""
    x, y, z = vector
    return x, z, -y


async def _drawing(place: Workplace) -> Arrived | None:
    """The drawing as an upload would bring it; None where nothing can be counted in a sandbox."""
    content = await asyncio.to_thread(_sheet)

    async def pieces() -> AsyncIterator[bytes]:
        yield content

    try:
        return await drawings.receive(
            pieces(), place.blobs, place.sheets, name=f"{remarks.DRAWING}.pdf"
        )
    except SandboxUnavailable as problem:
        log.warning("the sample has no drawing: %s", problem.detail)
        return None


def _sheet() -> bytes:
    # reportlab takes a quarter of a second to load: only when there is something to draw.
    from holotable.sample import sheet

    return sheet.write()


@dataclass(slots=True)
class _Writer:
    """Everything that is said, into one transaction that holds the project's row."""

    session: AsyncSession
    ready: Ready
    anchors: Mapping[Spot, rules.Anchor]
    structure: str  # of the newest revision
    now: datetime

    async def write(self, arrived: Arrived | None) -> None:
        """Write it down, people first."""
        await self._people()
        revisions = {
            label: await self.session.get_one(Revision, id_)
            for label, id_ in self.ready.revisions.items()
        }
        newest = revisions[remarks.REVISIONS[-1]]
        drawing = None
        if arrived is not None:
            drawing = await drawings.add(
                self.session, newest, arrived,
                id_=self.ready.id("drawing"), person=self._person("nora"), now=self.now,
            )  # fmt: skip
        for number, said in enumerate(remarks.ISSUES):
            issue = await self._issue(number, said)
            if isinstance(said.at, Spot):
                await self._pin(issue, revisions[said.on], said.at)
            elif drawing is not None:
                await drawings.pin(
                    self.session, issue, drawing, _place(said.at),
                    id_=None, by=self._id(said.by), now=self.now,
                )  # fmt: skip
            for one in said.thread:
                await self._say(issue, one.by, one.text)
            if said.ends_as is not None:
                by = self._id(said.thread[-1].by if said.thread else said.by)
                change = {"status": said.ends_as}
                await issues.change(self.session, issue, change, by=by, now=self.now)
        await self._comment(newest)
        for view in remarks.VIEWS:
            kept = View(self._content(view), view.name)
            await saved_views.keep(
                self.session, newest, kept, author=self._id("nora"), now=self.now
            )
        await self._review(newest)

    async def _people(self) -> None:
        for voice, name in remarks.NAMES.items():
            self.session.add(
                Principal(id=self._id(voice), kind="service", name=name, created_at=self.now)
            )
            await self.session.flush()
            self.session.add(
                Member(
                    project_id=self.ready.project_id,
                    principal_id=self._id(voice),
                    role=_ROLES[voice],
                    added_at=self.now,
                )
            )
        await self.session.flush()

    async def _issue(self, number: int, said: SampleIssue) -> Issue:
        fields = {
            "type": said.type,
            "priority": said.priority,
            "title": said.title,
            "description": said.description,
            "labels": list(said.labels),
            "assignee_id": self._assignee(said),
            "due_at": None if said.due_in_days is None else self._in_days(said.due_in_days),
        }
        draft = Draft(
            fields,
            id=self.ready.id(_issue_name(number)),
            asset_id=self.ready.asset_id,
            revision_id=self.ready.revisions[said.on],
        )
        issue, _ = await issues.create(
            self.session, self.ready.project_id, draft, author=self._id(said.by), now=self.now
        )
        return issue

    async def _say(
        self, on: Issue | Revision, by: Voice, text: str, reply_to: UUID | None = None
    ) -> IssueComment:
        comment, _ = await comments.say(
            self.session, on, Remark(text, reply_to=reply_to), author=self._id(by), now=self.now
        )
        return comment

    async def _comment(self, newest: Revision) -> None:
        first, *answers = remarks.COMMENT
        comment = await self._say(newest, first.by, first.text)
        await self._pin(comment, newest, remarks.COMMENT_AT)
        for one in answers:
            await self._say(newest, one.by, one.text, comment.id)

    async def _pin(self, to: Issue | IssueComment, revision: Revision, spot: Spot) -> None:
        author = to.created_by
        assert author is not None  # one of the two
        content = self.anchors[spot]
        await pins.put(self.session, to, revision, content, id_=None, by=author, now=self.now)

    async def _review(self, newest: Revision) -> None:
        """Ask the owner for approval; the other approver has said something already."""
        plan = Plan(
            title=remarks.REVIEW_TITLE,
            description=remarks.REVIEW_TEXT,
            due_on=self._in_days(remarks.REVIEW_DUE_IN_DAYS).date(),
            rule=Rule("count", 1),
            approvers=(self.ready.owner_id, self._id("ben")),
            observers=(self._id("nora"),),
            checklist=tuple(
                CheckItem(f"sample-{number}", text)
                for number, text in enumerate(remarks.CHECKLIST, 1)
            ),
            compared_to_id=self.ready.revisions["B"],
        )
        review = await reviews.request(self.session, newest, plan, self._person("nora"), self.now)
        await reviews.give(
            self.session, review, self._person(remarks.VERDICT.by), self.now,
            revision_id=newest.id, verdict=Verdict.COMMENT, text=remarks.VERDICT.text,
            meaning="", signed=False,
            facts=Facts(
                is_approver=True, is_author=False, opened=True, blocking_issues=0, unticked=0,
                checklist=0,
            ),
        )  # fmt: skip

    def _content(self, view: SampleView) -> Viewpoint:
        camera = Camera(
            position=view.position, target=view.target, up=(0.0, 1.0, 0.0), fov_rad=_FOV_RAD
        )
        said = {
            "format": FORMAT,
            "revision_id": str(self.ready.revisions[remarks.REVISIONS[-1]]),
            "structure": self.structure,
            "camera": camera,
        }
        if view.keeps is not None:
            normal, offset_m = view.keeps
            plane = Plane(id="cut", name="Axis", normal=normal, offset_m=offset_m)
            said["sections"] = Sections(planes=[plane])
        if view.compared_to is not None:
            said["compare"] = Compare(revision_id=str(self.ready.revisions[view.compared_to]))
        return Viewpoint.model_validate(said)

    def _assignee(self, said: SampleIssue) -> UUID | None:
        match said.assignee:
            case None:
                return None
            case "owner":
                return self.ready.owner_id
            case voice:
                return self._id(voice)

    def _in_days(self, days: int) -> datetime:
        return self.now + timedelta(days=days)

    def _id(self, voice: Voice) -> UUID:
        return self.ready.id(voice)

    def _person(self, voice: Voice) -> Person:
        return Person(self._id(voice), remarks.NAMES[voice])


def _place(at: OnSheet) -> SheetPlace:
    left, top, right, bottom = at.box
    mark = BoxMark(kind="cloud", start=(left, top), end=(right, bottom))
    return SheetPlace(page=0, x=at.x, y=at.y, marks=[mark])
