"""The scene package of a revision, file by file, and its occurrences by name or id."""

import asyncio
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from holotable import delivery
from holotable.accounts import SignedIn
from holotable.delivery import Occurrence, Structure
from holotable.review.mass import Body, Floats, RollUp
from holotable.review.part_search import PartSearch
from holotable.review.query import MAX_LENGTH
from holotable.review.roles import Action
from holotable.store.tables import Revision
from holotable.web.answers import Items, Limit
from holotable.web.context import Context
from holotable.web.dependencies import Access, AppContext, Permissions, Principal
from holotable.web.ranges import accepts_gzip, blob_response

router = APIRouter(tags=["scene"])

_MEDIA_TYPES: Final = {
    "json": "application/json",
    "glb": "model/gltf-binary",
    "webp": "image/webp",
}


class OccurrenceAnswer(BaseModel):
    """One placement of a part, or an assembly, in the tree."""

    id: str
    name: str
    kind: str
    path: list[str]  # names from the root to the occurrence itself
    part: int | None  # number of the part; null for an assembly
    number: int | None  # the feature id in the chunks; null for an assembly


class LeftOutAnswer(BaseModel):
    """Occurrences that a sum does not hold; the names of their parts, at most twenty."""

    count: int = 0
    names: list[str] = []


class MassAnswer(BaseModel):
    """What an occurrence amounts to; of an assembly, everything shown below it together.

    Places are metres in the model's frame, y up. Inertia is ∫ (r² 1 − r rᵀ) about the centre as xx,
    yy, zz, xy, xz, yz: for the volume at density 1, for the mass in kg m². A number is null when
    nothing is known; what it does not hold is counted and named beside it.
    """

    method: Literal["exact", "mesh", "open"] | None = None  # of an assembly, the least exact in it
    occurrences: int = 0
    volume_m3: float | None = None
    area_m2: float | None = None
    centroid_m: list[float] | None = None
    inertia_m5: list[float] | None = None
    mass_kg: float | None = None
    centre_of_mass_m: list[float] | None = None
    inertia_kg_m2: list[float] | None = None
    closed: bool | None = None  # null for an assembly
    open_edges: int | None = None  # of a part whose surface is not closed
    density_kg_m3: float | None = None  # of a part
    open: LeftOutAnswer = LeftOutAnswer()  # not in volume and mass: their surface is not closed
    weightless: LeftOutAnswer = LeftOutAnswer()  # not in the mass: no density is known
    unmeasured: LeftOutAnswer = LeftOutAnswer()  # not in the area
    hidden: int = 0  # occurrences that are hidden at first and therefore in no sum


class OccurrenceDetailAnswer(OccurrenceAnswer):
    """An occurrence with what the file says of it."""

    part_name: str | None = None
    triangles: int | None = None
    properties: dict[str, dict[str, Any]]  # group → name → value, as the file has them
    mass: MassAnswer


@router.get(
    "/revisions/{revision_id}/scene/{file}",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}}},
)
async def get_scene_file(
    revision_id: UUID,
    file: str,
    request: Request,
    access: Access,
    context: AppContext,
    h: Annotated[
        str | None, Query(pattern="^[0-9a-f]{64}$", description="sha256; makes it immutable")
    ] = None,
) -> Response:
    """One file of the package. Answers Range and If-None-Match; JSON comes compressed if wanted."""
    action = Action.DOWNLOAD if file == "model.glb" else Action.VIEW
    await access.require(Revision, revision_id, action)
    stored, compressed = await delivery.scene_file(
        access.transaction,
        revision_id,
        file,
        sha256=h,
        compressed=accepts_gzip(request) and "range" not in request.headers,
    )
    headers = {
        "Cache-Control": "private, max-age=31536000, immutable" if h else "private, no-cache"
    }
    suffix = file.rpartition(".")[2]
    if suffix == "json":
        headers["Vary"] = "Accept-Encoding"
    if compressed:
        headers["Content-Encoding"] = "gzip"
    return blob_response(
        request,
        context.blobs,
        sha256=stored.sha256,
        size=stored.size,
        media_type=_MEDIA_TYPES.get(suffix, "application/octet-stream"),
        headers=headers,
        encoded=compressed,
    )


@router.get("/revisions/{revision_id}/occurrences")
async def search_occurrences(
    revision_id: UUID,
    who: Principal,
    context: AppContext,
    q: Annotated[str, Query(max_length=200, description="Part of a name, or an id")] = "",
    query: Annotated[
        str | None,
        Query(max_length=MAX_LENGTH, description="Structured: material:316L mass>5kg -name:V-17"),
    ] = None,
    cursor: Annotated[str | None, Query(pattern=r"^\d{1,9}$")] = None,
    limit: Limit = 50,
) -> Items[OccurrenceAnswer]:
    """Occurrences whose name contains `q`, or that `query` finds, in the order of the tree."""
    tree = await open_tree(revision_id, who, context)
    structure = tree.structure
    start = int(cursor or 0)
    if query is None:
        found, more = structure.search(q, start, limit)
        return Items(
            items=[OccurrenceAnswer(**_fields(one)) for one in found],
            next_cursor=None if more is None else str(more),
        )
    rows = await asyncio.to_thread((await tree.search()).find, query)
    rows = rows[rows >= start][: limit + 1]
    return Items(
        items=[OccurrenceAnswer(**_fields(structure.occurrence(int(row)))) for row in rows[:limit]],
        next_cursor=str(int(rows[limit])) if len(rows) > limit else None,
    )


@router.get("/revisions/{revision_id}/occurrences/{occurrence_id}")
async def get_occurrence(
    revision_id: UUID, occurrence_id: str, who: Principal, context: AppContext
) -> OccurrenceDetailAnswer:
    """One occurrence with its properties, and what it or everything below it amounts to."""
    tree = await open_tree(revision_id, who, context)
    structure, corrected = tree.structure, tree.corrected
    row = structure.row_of(occurrence_id)
    one = structure.occurrence(row)
    part = structure.part_row(one.part)
    search = await tree.search()
    groups = await asyncio.to_thread(search.properties.groups_of, row)
    return OccurrenceDetailAnswer(
        **_fields(one),
        part_name=part.get("name"),
        triangles=part.get("triangles"),
        properties=groups,
        mass=await asyncio.to_thread(_mass, structure, row, corrected, part),
    )


def _mass(structure: Structure, row: int, corrected: Floats, part: dict[str, Any]) -> MassAnswer:
    sums, hidden = structure.roll_up(row, corrected)
    return mass_answer(sums, hidden, part)


def mass_answer(sums: RollUp, hidden: int, part: dict[str, Any]) -> MassAnswer:
    """Sums as they are answered.  part: the row of the one part that was asked for, else empty."""
    method: Literal["exact", "mesh", "open"] | None = None
    if sums.volume is not None:
        method = "mesh" if sums.approximate else "exact"
    elif sums.open.count:
        method = "open"
    alone = bool(part) and sums.occurrences == 1  # a part with nothing below it
    volume, mass = sums.volume, sums.mass
    return MassAnswer(
        method=method,
        occurrences=sums.occurrences,
        volume_m3=None if volume is None else volume.amount,
        area_m2=sums.area_m2,
        centroid_m=None if volume is None else volume.centre.tolist(),
        inertia_m5=None if volume is None else _six(volume),
        mass_kg=None if mass is None else mass.amount,
        centre_of_mass_m=None if mass is None else mass.centre.tolist(),
        inertia_kg_m2=None if mass is None else _six(mass),
        closed=part.get("closed"),
        open_edges=part.get("open_edges") if alone and method == "open" else None,
        density_kg_m3=part.get("density_kg_m3") if alone else None,
        open=LeftOutAnswer(count=sums.open.count, names=list(sums.open.names)),
        weightless=LeftOutAnswer(count=sums.weightless.count, names=list(sums.weightless.names)),
        unmeasured=LeftOutAnswer(count=sums.unmeasured.count, names=list(sums.unmeasured.names)),
        hidden=hidden,
    )


def _six(body: Body) -> list[float]:
    """xx, yy, zz, xy, xz, yz."""
    rows = body.inertia
    return [*rows.diagonal().tolist(), *rows[[0, 0, 1], [1, 2, 2]].tolist()]


@dataclass(frozen=True, slots=True)
class Tree:
    """The structure of a revision's current package.

    properties_sha256: of what the file says of its parts; None without.  corrected: (4, 4).
    """

    structure: Structure
    sha256: str
    properties_sha256: str | None
    corrected: Floats
    context: Context

    async def search(self) -> PartSearch:
        """The structure with its properties, searchable."""
        return await self.context.structures.search(
            self.sha256, self.properties_sha256, self.corrected
        )


async def open_tree(revision_id: UUID, who: SignedIn, context: Context) -> Tree:
    """The tree of a revision, for whoever may view it.

    Parsed outside of the transaction: a large one takes a second, and on SQLite nobody could write.
    """
    async with context.database.transaction() as session:
        access = Permissions(who, session, context.clock())
        revision = await access.require(Revision, revision_id, Action.VIEW)
        tree = (await delivery.scene_file(session, revision_id, "structure.json"))[0]
        properties = await delivery.properties_file(session, revision_id)
        corrected = await delivery.correction_of(session, revision)
    structure = await context.structures.get(tree.sha256)
    return Tree(structure, tree.sha256, properties, corrected, context)


def _fields(one: Occurrence) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "kind": one.kind,
        "path": list(one.path),
        "part": one.part,
        "number": one.number,
    }
