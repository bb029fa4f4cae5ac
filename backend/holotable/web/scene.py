"""The scene package of a revision, file by file, and its occurrences by name or id."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from holotable import delivery
from holotable.delivery import Occurrence, Structure
from holotable.review.roles import Action
from holotable.store.tables import Revision
from holotable.web.answers import Items, Limit
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


class MassAnswer(BaseModel):
    """What the part's shape amounts to; null where the shape is not closed or not known."""

    volume_m3: float | None = None
    area_m2: float | None = None
    closed: bool | None = None


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
    cursor: Annotated[str | None, Query(pattern=r"^\d{1,9}$")] = None,
    limit: Limit = 50,
) -> Items[OccurrenceAnswer]:
    """Occurrences whose name contains `q`, in the order of the tree."""
    structure, _properties = await _structure(revision_id, who, context)
    found, more = structure.search(q, int(cursor or 0), limit)
    return Items(
        items=[OccurrenceAnswer(**_fields(one)) for one in found],
        next_cursor=None if more is None else str(more),
    )


@router.get("/revisions/{revision_id}/occurrences/{occurrence_id}")
async def get_occurrence(
    revision_id: UUID, occurrence_id: str, who: Principal, context: AppContext
) -> OccurrenceDetailAnswer:
    """One occurrence with its properties and what its part's shape amounts to."""
    structure, properties_sha256 = await _structure(revision_id, who, context)
    row = structure.row_of(occurrence_id)
    one = structure.occurrence(row)
    part = structure.part_row(one.part)
    groups: dict[str, dict[str, Any]] = {}
    if properties_sha256 is not None:
        groups = await context.structures.properties(properties_sha256, row, one.part)
    return OccurrenceDetailAnswer(
        **_fields(one),
        part_name=part.get("name"),
        triangles=part.get("triangles"),
        properties=groups,
        mass=MassAnswer(
            volume_m3=part.get("volume_m3"),
            area_m2=part.get("area_m2"),
            closed=part.get("closed"),
        ),
    )


async def _structure(
    revision_id: UUID, who: Principal, context: AppContext
) -> tuple[Structure, str | None]:
    """The structure of the current package, and the name of its properties' bytes.

    Parsed outside of the transaction: a large one takes a second, and on SQLite nobody could write.
    """
    async with context.database.transaction() as session:
        access = Permissions(who, session, context.clock())
        await access.require(Revision, revision_id, Action.VIEW)
        tree = (await delivery.scene_file(session, revision_id, "structure.json"))[0]
        properties = await delivery.properties_file(session, revision_id)
    return await context.structures.get(tree.sha256), properties


def _fields(one: Occurrence) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "kind": one.kind,
        "path": list(one.path),
        "part": one.part,
        "number": one.number,
    }
