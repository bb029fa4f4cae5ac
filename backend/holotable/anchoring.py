"""Anchors carried from revision to revision: read the parts, ask the rules, write what was found.

A run is a row (store/queries/anchors.py), made in the transaction that publishes a revision and
taken by whoever converts. Nothing waits for it, and killing it loses the piece it was at.
"""

import asyncio
import contextlib
import logging
import mmap
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias, TypeVar
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from holotable import delivery, issues, notifications
from holotable.comparison import TIMEOUT_S, Comparisons
from holotable.delivery import Structure, Structures
from holotable.errors import (
    HolotableError,
    NotFound,
    PartWithoutShape,
    Unavailable,
    UnknownOccurrence,
)
from holotable.review import anchor as rules
from holotable.review.anchor import Outcome, PartShape, Placed
from holotable.review.anchor_partners import PartnerOf, partners_by_comparison, partners_by_id
from holotable.review.exact import ExactPart
from holotable.review.exact_file import ExactFile, open_exact
from holotable.review.issue import Change
from holotable.review.model_file import ModelFile, Triangles
from holotable.store.blobs import Blobs, local_file
from holotable.store.database import Database, uuid7
from holotable.store.issue_tables import Anchor, Issue, IssueEvent
from holotable.store.queries import anchors as rows
from holotable.store.queries import packages
from holotable.store.queries.anchors import RunClaim
from holotable.store.queries.conversions import database_now, problem_of
from holotable.store.tables import Revision

log = logging.getLogger("holotable.anchoring")

Floats: TypeAlias = NDArray[np.float64]
Result = TypeVar("Result")
# Partners between two opened revisions, from something that knows more than ids.
FindPartners: TypeAlias = Callable[["OpenRevision", "OpenRevision"], Awaitable[PartnerOf]]

_BATCH: Final = 50  # outcomes in one transaction
_KEPT: Final = 16  # parts of a revision in memory
# Of model.glb: 100,000 rows are 20 MB. What a hostile file wrote must not fill a serving process.
_MAX_JSON_BYTES: Final = 64 << 20
_POLL_S: Final = 1.0
_BACK_OFF_S: Final = (2.0, 10.0, 60.0)
MAX_ATTEMPTS: Final = 5


@dataclass(frozen=True, slots=True)
class Pointed:
    """Where somebody pointed: in the frame of the part, or in the model as it is shown."""

    occurrence: str | int  # stable id, or dense number of the current structure
    point: Sequence[float] | None = None
    normal: Sequence[float] | None = None
    world: Sequence[float] | None = None
    world_normal: Sequence[float] | None = None


@dataclass(slots=True)
class OpenRevision:
    """A revision's package, opened for reading parts; everything in it may be odd."""

    revision_id: UUID
    structure: Structure
    structure_sha256: str
    corrected: Floats  # (4, 4)
    placement: dict[str, Any] | None
    exact: ExactFile | None
    model: ModelFile | None
    _shapes: dict[int, PartShape] = field(default_factory=dict)

    def placed(self, occurrence_id: str) -> Placed | None:
        """An occurrence of it; None when there is none of this id."""
        try:
            row = self.structure.row_of(occurrence_id)
        except NotFound:
            return None
        part = self.structure.occurrence(row).part
        if part is None:
            return None
        return Placed(
            occurrence_id,
            self.corrected @ self.structure.world_of(row),
            self.shape(row, part),
            self.has_shape(part),
        )

    def shape(self, row: int, part: int) -> PartShape:
        """The part's exact shape and triangles, read once."""
        if part not in self._shapes:
            if len(self._shapes) >= _KEPT:
                self._shapes.clear()  # anchors come sorted by their part
            exact: ExactPart | None = None if self.exact is None else self.exact.part(part)
            triangles: Triangles | None = None
            if self.model is not None:
                triangles = self.model.triangles(row)
            self._shapes[part] = PartShape(exact, triangles)
        return self._shapes[part]

    def has_shape(self, part: int) -> bool:
        """Whether conversion made anything of a part: triangles, lines or points."""
        said = self.structure.part_row(part)
        if said.get("triangles"):
            return True
        bounds = said.get("bounds")
        if not isinstance(bounds, dict):
            return False
        low, high = bounds.get("min"), bounds.get("max")
        if not isinstance(low, list) or not isinstance(high, list):
            return False
        return any(a != b for a, b in zip(low, high, strict=False))

    def standing(self) -> list[tuple[str, str, str, Floats]]:
        """What stands where, corrected, for finding partners."""
        return [
            (id_, how, name, self.corrected @ world)
            for id_, how, name, world in self.structure.standing()
        ]


async def in_thread(work: Callable[[], Result]) -> Result:
    """Read parts and measure them beside the event loop."""
    return await asyncio.to_thread(work)


async def partners_known(old: OpenRevision, new: OpenRevision) -> PartnerOf:
    """Partners by ids and places."""
    return await asyncio.to_thread(lambda: partners_by_id(old.standing(), new.standing()))


def partners_compared(comparisons: Comparisons) -> FindPartners:
    """Partners by comparing shapes and places; by ids where the two cannot be compared."""

    async def find(old: OpenRevision, new: OpenRevision) -> PartnerOf:
        columns = await comparisons.partners(old.revision_id, new.revision_id, wait_s=TIMEOUT_S)
        if columns is not None:
            ids = old.structure.placed_ids(), new.structure.placed_ids()
            with contextlib.suppress(ValueError):  # a package was replaced in between
                return partners_by_comparison(columns, *ids)
        return await partners_known(old, new)

    return find


@asynccontextmanager
async def opened(
    database: Database, blobs: Blobs, structures: Structures, revision_id: UUID
) -> AsyncIterator[OpenRevision]:
    """A revision's current package. raises: NotReady, NotFound when its bytes are gone."""
    async with database.transaction() as session:
        revision = await session.get_one(Revision, revision_id)
        package_id = await delivery.require_package(session, revision_id)
        files = await packages.files_of(session, package_id)
        corrected = await delivery.correction_of(session, revision)
        placement = revision.placement
    if "structure.json" not in files:
        raise NotFound("This scene has no structure.")
    structure = await structures.get(files["structure.json"].sha256)
    async with AsyncExitStack() as stack:
        contents: dict[str, memoryview] = {}
        for name in ("exact.bin", "model.glb"):
            if name in files:
                path = await stack.enter_async_context(local_file(blobs, files[name].sha256))
                file = stack.enter_context(await asyncio.to_thread(path.open, "rb"))
                mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
                # Not closed by hand: arrays that were read from it may still point into it.
                contents[name] = memoryview(mapped)
        exact = open_exact(contents["exact.bin"]) if "exact.bin" in contents else None
        model: ModelFile | None = None
        if "model.glb" in contents and _json_bytes(contents["model.glb"]) <= _MAX_JSON_BYTES:
            with contextlib.suppress(ValueError):  # a package of odd bytes has no triangles
                model = await asyncio.to_thread(ModelFile, contents["model.glb"])
        yield OpenRevision(
            revision_id,
            structure,
            files["structure.json"].sha256,
            corrected,
            placement,
            exact,
            model,
        )


def anchor_at(revision: OpenRevision, pointed: Pointed) -> rules.Anchor:
    """The anchor of what somebody pointed at, with the fingerprint of the face under it.

    raises: UnknownOccurrence, PartWithoutShape.
    """
    id_ = pointed.occurrence
    if isinstance(id_, int):
        ids = revision.structure.placed_ids()
        if not 0 <= id_ < len(ids):
            raise UnknownOccurrence(pointer="/occurrence", occurrence=id_)
        id_ = ids[id_]
    placed = revision.placed(id_)
    if placed is None:
        known = id_ in set(revision.structure.ids)
        if known:  # an assembly: there is nothing of its own to point at
            raise PartWithoutShape(pointer="/occurrence", occurrence=id_)
        raise UnknownOccurrence(pointer="/occurrence", occurrence=id_)
    if not placed.has_shape:
        raise PartWithoutShape(pointer="/occurrence", occurrence=id_)
    world = placed.world
    inverse: Floats = np.asarray(np.linalg.pinv(world), float)
    if pointed.point is not None:
        point = np.array(pointed.point, float)
    elif pointed.world is not None:
        point = _apply(inverse, np.array(pointed.world, float))
    else:
        point = _middle(revision.structure.part_row(revision.structure.occurrence(
            revision.structure.row_of(id_)).part))  # fmt: skip
    normal = None if pointed.normal is None else _unit(np.array(pointed.normal, float))
    if normal is None and pointed.world_normal is not None:
        normal = _unit(world[:3, :3].T @ np.array(pointed.world_normal, float))
    looks = None if normal is None else _unit(inverse[:3, :3].T @ normal)
    return rules.Anchor(
        occurrence_id=id_,
        point=_three(point),
        normal=None if normal is None else _three(normal),
        world=_three(_apply(world, point)),
        world_normal=None if looks is None else _three(looks),
        structure=revision.structure_sha256,
        placement=revision.placement,
        fingerprint=rules.fingerprint_of(placed.shape, point, normal),
    )


class Anchoring:
    """Carries anchors until it is cancelled; beside the conversions, one run at a time."""

    def __init__(
        self,
        database: Database,
        blobs: Blobs,
        structures: Structures,
        *,
        lease_s: float,
        find_partners: FindPartners = partners_known,
    ) -> None:
        self._database = database
        self._blobs = blobs
        self._structures = structures
        self._lease_s = lease_s
        self._find_partners = find_partners

    async def run(self) -> None:
        """Take runs as they come, looking once a second."""
        while True:
            try:
                async with self._database.transaction() as session:
                    waiting = await rows.runnable(session)
                for revision_id in waiting:
                    await self.carry(revision_id)
            except SQLAlchemyError:
                log.exception("the anchors that wait could not be read")
            await asyncio.sleep(_POLL_S)

    async def carry(self, revision_id: UUID) -> bool:
        """Carry everything that waits to one revision; False when there was nothing to take.

        Whatever happens, the run ends done, failed with a problem, or waits to be tried again.
        """
        async with self._database.transaction() as session:
            claim = await rows.claim(
                session, revision_id, lease_s=self._lease_s, max_attempts=MAX_ATTEMPTS
            )
        if claim is None:
            return False
        try:
            await self._carry(claim)
        except Exception as problem:  # the worker's border: logged once, tried again later
            log.exception("anchors of revision %s: attempt %d failed", revision_id, claim.attempts)
            named: HolotableError = Unavailable(
                f"Carrying the pins over failed: {type(problem).__name__}."
            )
            if isinstance(problem, HolotableError):
                named = problem
            delay_s = _BACK_OFF_S[min(claim.attempts, len(_BACK_OFF_S)) - 1]
            async with self._database.transaction() as session:
                await rows.give_back(
                    session, claim, named, delay_s=delay_s, max_attempts=MAX_ATTEMPTS
                )
        return True

    async def _carry(self, claim: RunClaim) -> None:
        async with opened(self._database, self._blobs, self._structures, claim.revision_id) as new:
            seen: set[UUID] = set()
            while True:
                async with self._database.transaction() as session:
                    if not await rows.still_mine(session, claim, lease_s=self._lease_s):
                        return
                    revision = await session.get_one(Revision, claim.revision_id)
                    waiting = [
                        one for one in await rows.todo(session, revision) if one.id not in seen
                    ]
                    if not waiting:
                        await rows.finish(session, claim)
                        await _tell(session, claim)
                        return
                first = waiting[0].revision_id
                batch = [one for one in waiting if one.revision_id == first]
                await self._from_one(claim, first, batch, new)
                seen |= {one.id for one in batch}

    async def _from_one(
        self, claim: RunClaim, revision_id: UUID, anchors: Sequence[Anchor], new: OpenRevision
    ) -> None:
        """Carry the anchors that were made on one revision."""
        try:
            async with opened(self._database, self._blobs, self._structures, revision_id) as old:
                partner_of = await self._while_mine(claim, self._find_partners(old, new))
                if partner_of is not None:
                    await self._in_batches(claim, anchors, old, new, partner_of)
        except HolotableError as gone:  # the old package: the fingerprint must do
            log.warning("revision %s cannot be read any more: %s", revision_id, gone.detail)
            standing = new.standing()
            partner_of = partners_by_id(standing, standing)
            await self._in_batches(claim, anchors, None, new, partner_of)

    async def _while_mine(self, claim: RunClaim, work: Awaitable[Result]) -> Result | None:
        """What `work` returns; None when the run was taken away meanwhile."""
        task = asyncio.ensure_future(work)
        try:
            while not (await asyncio.wait([task], timeout=self._lease_s / 3))[0]:
                async with self._database.transaction() as session:
                    if not await rows.still_mine(session, claim, lease_s=self._lease_s):
                        return None
            return task.result()
        finally:
            task.cancel()

    async def _in_batches(
        self,
        claim: RunClaim,
        anchors: Sequence[Anchor],
        old: OpenRevision | None,
        new: OpenRevision,
        partner_of: PartnerOf,
    ) -> None:
        for start in range(0, len(anchors), _BATCH):
            batch = anchors[start : start + _BATCH]
            found = await asyncio.to_thread(
                lambda some: [_outcome(one, old, new, partner_of) for one in some], batch
            )
            async with self._database.transaction() as session:
                if not await rows.still_mine(session, claim, lease_s=self._lease_s):
                    return
                await _keep(session, claim, batch, found)


def _outcome(
    row: Anchor, old: OpenRevision | None, new: OpenRevision, partner_of: PartnerOf
) -> Outcome | HolotableError:
    """What became of one anchor; an error is that anchor's alone."""
    try:
        anchor = rules.Anchor.model_validate(row.content)
        partner = partner_of(anchor.occurrence_id)
        before = old.placed(anchor.occurrence_id) if old is not None else None
        after = new.placed(partner.occurrence_id) if partner is not None else None
        return rules.re_anchor(anchor, before, after, partner)
    except Exception as problem:  # one odd part must not keep the others from their places
        log.exception("anchor %s could not be carried to revision %s", row.id, new.revision_id)
        if isinstance(problem, HolotableError):
            return problem
        return Unavailable(f"The part could not be compared: {type(problem).__name__}.")


async def _keep(
    session: AsyncSession,
    claim: RunClaim,
    batch: Sequence[Anchor],
    found: Sequence[Outcome | HolotableError],
) -> None:
    now = await database_now(session)
    revision = await session.get_one(Revision, claim.revision_id)
    for one, outcome in zip(batch, found, strict=True):
        row = await session.get_one(Anchor, one.id)
        if isinstance(outcome, HolotableError):
            state, content, distance = "failed", {"problem": problem_of(outcome)}, 0.0
        else:
            state, distance = outcome.state, outcome.distance_m
            content = outcome.model_dump(mode="json")
        await rows.save(session, row, revision, state, content, distance, now)
        issue = await session.get(Issue, row.issue_id) if row.issue_id else None
        if issue is not None and state != "placed":
            said = {"revision_id": str(revision.id), "state": state, "distance_m": distance}
            issues.note(
                session, "anchor", issue=issue, by=None, at=now,
                change=Change("anchor", None, said),
            )  # fmt: skip
            await notifications.pin_carried(session, issue, state, now)


async def _tell(session: AsyncSession, claim: RunClaim) -> None:
    """Let whoever looks at the revision fetch its pins again."""
    session.add(
        IssueEvent(
            id=uuid7(),
            project_id=claim.project_id,
            asset_id=claim.asset_id,
            revision_id=claim.revision_id,
            kind="pins",
            at=await database_now(session),
        )
    )


def _json_bytes(content: memoryview) -> int:
    """How long the JSON of a GLB is, as its header says (glTF 2.0 §4.4)."""
    return int.from_bytes(content[12:16], "little")


def _middle(part: dict[str, Any]) -> Floats:
    """The middle of a part's box, for an anchor on the part as a whole."""
    bounds = part.get("bounds") or {}
    sides = np.array([bounds.get("min", [0.0] * 3), bounds.get("max", [0.0] * 3)], float)
    return np.asarray(sides.mean(axis=0))


def _apply(matrix: Floats, point: Floats) -> Floats:
    return np.asarray(matrix[:3, :3] @ point + matrix[:3, 3])


def _unit(vector: Floats) -> Floats | None:
    length = float(np.linalg.norm(vector))
    return None if length < 1e-12 else np.asarray(vector / length)


def _three(values: Floats) -> rules.Vector:
    x, y, z = (float(one) for one in values)
    return x, y, z
