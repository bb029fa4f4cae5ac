"""Bulk import: projects, assets and what is said of revisions, line by line, as NDJSON or CSV.

One request, one transaction: a thousand lines take about as long as a page, so there is no job to
ask after. A dry run does everything and takes it back.
"""

from typing import Annotated, Any, Final, Literal, TypeAlias
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from holotable.errors import Forbidden, HolotableError, NotFound, UnknownFormat
from holotable.exchange.import_lines import BadLine, Read, read_csv, read_ndjson
from holotable.external_refs import Ref
from holotable.review.roles import Action
from holotable.store.tables import Project
from holotable.web import upserts
from holotable.web.dependencies import Access, Permissions
from holotable.web.upserts import (
    AssetByRef,
    Conditions,
    Outcome,
    ProjectByRef,
    RevisionByRef,
    Upserted,
)

router = APIRouter(tags=["external references"])

NDJSON: Final = "application/x-ndjson"
CSV: Final = "text/csv"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")  # a misspelt field would be lost in silence


class RefName(_Strict):
    """Which object of which system."""

    system: str = Field(max_length=64)
    object_type: str = Field(max_length=64)
    id: str = Field(max_length=200)

    def ref(self) -> Ref:
        """As a value."""
        return Ref(self.system, self.object_type, self.id)


class ProjectLine(ProjectByRef, _Strict):
    """A project, made or changed."""

    kind: Literal["project"]
    ref: RefName


class AssetLine(AssetByRef, _Strict):
    """An asset, made or changed, of the project that the line or the request names."""

    kind: Literal["asset"]
    ref: RefName
    project: RefName | None = None


class RevisionLine(RevisionByRef, _Strict):
    """What is said of a revision that is there: files come one by one."""

    kind: Literal["revision"]
    ref: RefName
    asset: RefName
    project: RefName | None = None


ImportLine: TypeAlias = Annotated[
    ProjectLine | AssetLine | RevisionLine, Field(discriminator="kind")
]
_LINE: Final[TypeAdapter[ProjectLine | AssetLine | RevisionLine]] = TypeAdapter(ImportLine)


class LineProblem(BaseModel):
    """Why a line was not taken. pointer: to the field of the line, RFC 6901."""

    code: str
    detail: str
    remedy: str
    pointer: str


class LineResult(BaseModel):
    """What became of one line, or would become in a dry run. id: of what was made or found."""

    line: int  # from 1
    outcome: Literal["created", "changed", "unchanged", "refused"]
    kind: Literal["project", "asset", "revision"] | None = None
    id: UUID | None = None
    problem: LineProblem | None = None


class ImportAnswer(BaseModel):
    """What became of all. applied: whether anything of it is stored."""

    applied: bool
    dry_run: bool
    created: int
    changed: int
    unchanged: int
    refused: int
    lines: list[LineResult]


def _body() -> dict[str, Any]:
    content = {
        NDJSON: {
            "schema": {"type": "string"},
            "example": '{"kind":"asset","ref":{"system":"windchill","object_type":"Part",'
            '"id":"4711"},"name":"Bracket","part_number":"4711"}\n',
        },
        CSV: {
            "schema": {"type": "string"},
            "example": "kind,ref.system,ref.object_type,ref.id,name\n"
            "asset,windchill,Part,4711,Bracket\n",
        },
    }
    return {"requestBody": {"required": True, "content": content}}


@router.post("/imports", openapi_extra=_body())
async def import_lines(
    request: Request,
    access: Access,
    project_id: Annotated[
        UUID | None, Query(description="Of lines that name no project themselves")
    ] = None,
    dry_run: Annotated[bool, Query(description="Say what would become of it, do nothing")] = False,
    atomic: Annotated[bool, Query(description="One line refused, nothing done")] = False,
) -> ImportAnswer:
    """Make or change many at once, in their order; each line's result says what became of it."""
    if access.who.is_guest:
        raise Forbidden("Guests see what was shared with them and nothing else.")
    if project_id is not None:
        await access.require(Project, project_id, Action.VIEW)
    lines = _read(request, await request.body())
    results: list[LineResult] = []
    whole = await access.transaction.begin_nested()
    for line in lines:
        results.append(await _take(access, line, project_id))
    refused = sum(one.outcome == "refused" for one in results)
    applied = not dry_run and not (atomic and refused)
    if applied:
        await whole.commit()
    else:
        await whole.rollback()
        for one in results:
            if one.outcome == "created":
                one.id = None  # it is not there
    counts = {
        outcome: sum(one.outcome == outcome for one in results)
        for outcome in ("created", "changed", "unchanged")
    }
    return ImportAnswer(applied=applied, dry_run=dry_run, refused=refused, lines=results, **counts)


def _read(request: Request, body: bytes) -> list[Read]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == NDJSON:
        return read_ndjson(body)
    if kind == CSV:
        return read_csv(body)
    raise UnknownFormat(f"Send {NDJSON} or {CSV}.", known=[NDJSON, CSV])


async def _take(access: Permissions, line: Read, project_id: UUID | None) -> LineResult:
    """Do what one line says; what is refused leaves nothing of that line."""
    if isinstance(line, BadLine):
        return _refused(line.number, None, "invalid", line.detail, "Correct the line.", "")
    try:
        said = _LINE.validate_python(line.value)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        # The first step of a place in a union is its tag, which stands nowhere in the line.
        steps = first["loc"][1:] if first["type"] not in _OF_TAGS else ("kind",)
        pointer = "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)
        remedy = "Correct the named field and send it again."
        return _refused(line.number, None, "invalid", str(first["msg"]), remedy, pointer)
    try:
        async with access.transaction.begin_nested():
            outcome, row_id = await _apply(access, said, project_id)
    except HolotableError as refused:
        pointer = str(refused.facts.get("pointer", "/ref"))
        if pointer in ("/system", "/object_type", "/id"):
            pointer = f"/ref{pointer}"
        return _refused(
            line.number, said.kind, refused.code, refused.detail, refused.remedy, pointer
        )
    return LineResult(line=line.number, outcome=outcome, kind=said.kind, id=row_id)


_OF_TAGS: Final = frozenset({"union_tag_invalid", "union_tag_not_found"})


async def _apply(
    access: Permissions, said: ProjectLine | AssetLine | RevisionLine, project_id: UUID | None
) -> tuple[Outcome, UUID]:
    done: Upserted[Any]
    match said:
        case ProjectLine():
            done = await upserts.upsert_project(access, said.ref.ref(), said, Conditions())
        case AssetLine():
            where = await _project_of(access, said.project, project_id)
            done = await upserts.upsert_asset(access, where, said.ref.ref(), said, Conditions())
        case RevisionLine():
            where = await _project_of(access, said.project, project_id)
            await access.require(Project, where, Action.UPLOAD)
            asset = await upserts.find_asset(access, where, said.asset.ref())
            if asset is None:
                raise NotFound("No asset of the project has this reference.", pointer="/asset")
            done = await upserts.change_revision(
                access, asset.id, said.ref.ref(), said, Conditions()
            )
    return done.outcome, done.row.id


async def _project_of(access: Permissions, named: RefName | None, project_id: UUID | None) -> UUID:
    """The project of a line: its own, else the request's."""
    if named is None:
        if project_id is None:
            raise NotFound("Name the project, in the line or in ?project_id=.", pointer="/project")
        return project_id
    found = await upserts.find_project(access, named.ref())
    if found is None:
        raise NotFound("No project that you see has this reference.", pointer="/project")
    return found[0].id


def _refused(
    line: int,
    kind: Literal["project", "asset", "revision"] | None,
    code: str,
    detail: str,
    remedy: str,
    pointer: str,
) -> LineResult:
    problem = LineProblem(code=code, detail=detail, remedy=remedy, pointer=pointer)
    return LineResult(line=line, outcome="refused", kind=kind, problem=problem)
