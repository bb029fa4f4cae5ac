"""What changed between two revisions: counts, changes page by page, the tour, columns, heat maps.

From the revision named first to the one named second: what only the second has is added.
"""

import gzip
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from holotable import comparison
from holotable.errors import NotFound, NotReady
from holotable.review.compare_hint import hint_of
from holotable.review.roles import Action
from holotable.store.blobs import read_all
from holotable.store.tables import Comparison, Revision
from holotable.web.answers import Items, Limit
from holotable.web.context import Context
from holotable.web.dependencies import AppContext, Permissions, Principal
from holotable.web.ranges import accepts_gzip, blob_response

router = APIRouter(tags=["compare"], prefix="/revisions/{revision_id}/compare/{other_id}")

Kind = Literal["added", "removed", "shape", "moved", "appearance", "properties"]
_HEADERS: Final = {"Cache-Control": "private, no-cache"}
_Number = Annotated[str | None, Query(pattern=r"^\d{1,9}$", description="Where to go on")]

_Stops = Annotated[int, Query(ge=1, le=2_000, description="Items in one answer")]


class MoveAnswer(BaseModel):
    """A rigid motion in the model: metres, y up, radians about the axis through the middle."""

    vector: list[float]
    distance_m: float
    angle_rad: float
    axis: list[float]


class RemarkAnswer(BaseModel):
    """One change in engineering terms. SI units; `text` says it in English, lengths in mm.

    from, to: values.  by: a distance, or a share (0.032 is +3.2 %).  faces_from, faces_to: of the
    part on each side.  at: a point in the new part's frame.
    """

    kind: str
    unit: str
    count: int
    from_: float | None = Field(default=None, alias="from")
    to: float | None = None
    by: float | None = None
    vector: list[float] | None = None
    at: list[float] | None = None
    faces_from: list[int] = []
    faces_to: list[int] = []
    approximate: bool = False
    text: str


class TotalsAnswer(BaseModel):
    """What one revision amounts to, of all that is shown at first."""

    occurrences: int
    volume_m3: float | None
    mass_kg: float | None
    area_m2: float | None
    centre_of_mass_m: list[float] | None
    bounds: dict[str, list[float]]
    approximate: bool


class HintAnswer(BaseModel):
    """One revision would be as large as the other with this unit and axis, which its file omits.

    side: whose placement is to be corrected.  unit, up_axis: null where nothing is to change.
    """

    side: Literal["from", "to"]
    unit: str | None
    up_axis: Literal["y", "z"] | None


class ComparisonAnswer(BaseModel):
    """What changed from one revision to another.

    progress: roughly what share is done while it is computed, 0 to 1; null when that is not known.
    counts: occurrences of each kind, a pair once.  reasons: occurrences with each reason; one may
    have several.  approximate: changes found by name or shape only, or seen through triangles.
    unchecked: shapes there was no time to look at closely, believed to be the same.
    """

    state: Literal["computing", "ready"]
    from_revision_id: UUID
    to_revision_id: UUID
    progress: float | None = None
    counts: dict[str, int] | None = None
    reasons: dict[str, int] | None = None
    stops: int | None = None
    parts: int | None = None
    approximate: int | None = None
    unchecked: int | None = None
    appearance_compared: bool | None = None
    properties_compared: bool | None = None
    from_: TotalsAnswer | None = Field(default=None, alias="from")
    to: TotalsAnswer | None = None
    remarks: list[RemarkAnswer] = []
    hint: HintAnswer | None = None


class ChangedOccurrence(BaseModel):
    """An occurrence of one side: number is its dense number there, null for an assembly."""

    id: str
    name: str
    number: int | None
    part: int | None


class PropertyChange(BaseModel):
    """A value that differs; null where one side does not say."""

    group: str
    name: str
    from_: Any = Field(default=None, alias="from")  # as the files have them
    to: Any = None


class GroupAnswer(BaseModel):
    """The sub-assembly of the new revision that moved as a whole."""

    id: str
    name: str


class ChangeAnswer(BaseModel):
    """One occurrence that changed; kind is the first of its reasons."""

    kind: Kind
    reasons: list[Kind]
    from_: ChangedOccurrence | None = Field(default=None, alias="from")
    to: ChangedOccurrence | None = None
    part: int | None = None
    move: MoveAnswer | None = None
    properties: list[PropertyChange] = []
    colours: dict[str, str] | None = None
    group: GroupAnswer | None = None
    stop: int
    approximate: bool


class StopAnswer(BaseModel):
    """A stop of the change tour: equal changes of one part, wherever they are.

    from, to: dense numbers on each side, at most 5,000; of an assembly what stands in it.
    bounds: of both sides together, metres.
    """

    stop: int
    kind: Kind
    name: str
    count: int
    first_change: int
    part: int | None = None
    group: str | None = None
    move: MoveAnswer | None = None
    remarks: list[RemarkAnswer] = []
    text: str
    from_: list[int] = Field(default=[], alias="from")
    to: list[int] = []
    bounds: dict[str, list[float]]
    approximate: bool


class ChangedPart(BaseModel):
    """A part of one side."""

    part: int
    name: str


class PartChangeAnswer(BaseModel):
    """What became of a part whose shape changed.

    motion: 16 numbers column by column, from the old figure's frame to the new one's.
    displacement: {min, max, rms} metres, positive outwards; null without triangles.
    """

    part: int
    from_: ChangedPart = Field(alias="from")
    to: ChangedPart
    count: int
    exact: bool
    approximate: bool
    motion: list[float]
    remarks: list[RemarkAnswer]
    displacement: dict[str, float] | None


@dataclass(frozen=True, slots=True)
class _Asked:
    row: Comparison
    context: Context
    sides: Mapping[str, comparison.Side]  # from, to

    def file(self, name: str) -> tuple[str, int]:
        """sha256 and bytes of a file of the result. raises: NotReady, NotFound."""
        if self.row.state != "ready":
            raise NotReady(
                "These revisions are still being compared.",
                state=self.row.state,
                retry_after_s=self.context.comparisons.retry_after_s(),
            )
        found = self.row.files.get(name)
        if found is None:
            raise NotFound("The comparison has nothing of this name.")
        return str(found["sha256"]), int(found["bytes"])

    async def rows(self, name: str) -> list[dict[str, Any]]:
        """The rows of one of its JSON files."""
        self.file(name)
        return await self.context.comparisons.rows(self.row, name)


async def _ask(revision_id: UUID, other_id: UUID, who: Principal, context: Context) -> _Asked:
    """The comparison of two revisions of one project, for whoever may view them."""
    async with context.database.transaction() as transaction:
        access = Permissions(who, transaction, context.clock())
        one = await access.require(Revision, revision_id, Action.VIEW)
        other = await access.require(Revision, other_id, Action.VIEW)
        if one.project_id != other.project_id:
            raise NotFound("There is nothing here, or you may not see it.")
        old = await comparison.side_of(transaction, one)
        new = await comparison.side_of(transaction, other)
    row = await context.comparisons.ask(old, new, who.id)
    return _Asked(row, context, {"from": old, "to": new})


@router.get("", responses={202: {"model": ComparisonAnswer}})
async def compare_revisions(
    revision_id: UUID,
    other_id: UUID,
    response: Response,
    who: Principal,
    context: AppContext,
) -> ComparisonAnswer:
    """Counts and totals; 202 with Retry-After while it is computed, which this starts."""
    asked = await _ask(revision_id, other_id, who, context)
    response.headers.update(_HEADERS)
    if asked.row.state != "ready":
        response.status_code = 202
        response.headers["Retry-After"] = str(context.comparisons.retry_after_s())
        return ComparisonAnswer(
            state="computing",
            from_revision_id=revision_id,
            to_revision_id=other_id,
            progress=context.comparisons.share_done(asked.row),
        )
    response.headers["ETag"] = f'"{asked.row.key}"'
    return ComparisonAnswer(
        state="ready",
        from_revision_id=revision_id,
        to_revision_id=other_id,
        **(asked.row.summary or {}),
        hint=_hint(asked),
    )


def _hint(asked: _Asked) -> HintAnswer | None:
    summary, sides = asked.row.summary or {}, asked.sides
    bounds = {side: (summary.get(side) or {}).get("bounds") for side in sides}
    sizes = {
        side: [high - low for low, high in zip(box["min"], box["max"], strict=True)]
        for side, box in bounds.items()
        if box
    }
    if len(sizes) < len(sides):
        return None
    found = hint_of(
        sizes,
        {name: side.source for name, side in sides.items()},
        {name: side.placement for name, side in sides.items()},
    )
    return HintAnswer(**asdict(found)) if found else None


@router.get("/changes")
async def list_changes(
    revision_id: UUID,
    other_id: UUID,
    who: Principal,
    context: AppContext,
    kind: Annotated[Kind | None, Query(description="Only of this kind")] = None,
    reason: Annotated[Kind | None, Query(description="Only with this among its reasons")] = None,
    q: Annotated[str, Query(max_length=200, description="Part of a name, or an id")] = "",
    part: Annotated[int | None, Query(ge=0, description="Only of this changed part")] = None,
    stop: Annotated[int | None, Query(ge=0, description="Only of this stop of the tour")] = None,
    cursor: _Number = None,
    limit: Limit = 50,
) -> Items[ChangeAnswer]:
    """The occurrences that changed, in the order of the tour."""
    asked = await _ask(revision_id, other_id, who, context)
    rows = await asked.rows("changes.json")
    wanted = q.strip().casefold()
    found: list[dict[str, Any]] = []
    for at in range(int(cursor or 0), len(rows)):
        row = rows[at]
        if kind is not None and row["kind"] != kind:
            continue
        if reason is not None and reason not in row["reasons"]:
            continue
        if (part is not None and row["part"] != part) or (stop is not None and row["stop"] != stop):
            continue
        if wanted and not _names(row, wanted):
            continue
        if len(found) == limit:
            return Items(items=[ChangeAnswer(**one) for one in found], next_cursor=str(at))
        found.append(row)
    return Items(items=[ChangeAnswer(**one) for one in found])


def _names(row: dict[str, Any], wanted: str) -> bool:
    sides = [row[side] for side in ("from", "to") if row[side] is not None]
    return any(wanted in one["name"].casefold() or wanted == one["id"] for one in sides)


@router.get("/tour")
async def get_change_tour(
    revision_id: UUID,
    other_id: UUID,
    who: Principal,
    context: AppContext,
    cursor: _Number = None,
    limit: _Stops = 50,
) -> Items[StopAnswer]:
    """The changes as stops, most important first; what happened to equal parts is one."""
    asked = await _ask(revision_id, other_id, who, context)
    rows = await asked.rows("tour.json")
    start = int(cursor or 0)
    more = str(start + limit) if start + limit < len(rows) else None
    return Items(items=[StopAnswer(**row) for row in rows[start : start + limit]], next_cursor=more)


@router.get("/parts/{number}")
async def get_part_change(
    revision_id: UUID, other_id: UUID, number: int, who: Principal, context: AppContext
) -> PartChangeAnswer:
    """What became of one part, in words and numbers."""
    asked = await _ask(revision_id, other_id, who, context)
    rows = await asked.rows("parts.json")
    if not 0 <= number < len(rows):
        raise NotFound("This comparison has no such part.")
    return PartChangeAnswer(**rows[number])


@router.get(
    "/occurrences",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}}},
)
async def get_changed_occurrences(
    revision_id: UUID, other_id: UUID, request: Request, who: Principal, context: AppContext
) -> Response:
    """What became of every occurrence, as columns by dense number: docs/formats/compare.md."""
    asked = await _ask(revision_id, other_id, who, context)
    sha256, size = asked.file("occurrences.bin")
    headers = {**_HEADERS, "Vary": "Accept-Encoding"}
    if not accepts_gzip(request):
        content = gzip.decompress(await read_all(context.blobs, sha256))
        return Response(content, media_type="application/octet-stream", headers=headers)
    headers["Content-Encoding"] = "gzip"
    return blob_response(
        request, context.blobs, sha256=sha256, size=size, encoded=True,
        media_type="application/octet-stream", headers=headers,
    )  # fmt: skip


@router.get(
    "/parts/{number}/heatmap",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}}},
)
async def get_part_heatmap(
    revision_id: UUID,
    other_id: UUID,
    number: int,
    request: Request,
    who: Principal,
    context: AppContext,
) -> Response:
    """How far points of the new part lie from the old one's surface: docs/formats/compare.md."""
    asked = await _ask(revision_id, other_id, who, context)
    sha256, size = asked.file(f"heat-{number}.bin")
    return blob_response(
        request, context.blobs, sha256=sha256, size=size,
        media_type="application/octet-stream", headers=_HEADERS,
    )  # fmt: skip
