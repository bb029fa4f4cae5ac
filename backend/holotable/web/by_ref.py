"""Projects, assets and revisions under the names that a PLM has for them: read, made, changed."""

from typing import Annotated, Any, Final, TypeAlias
from uuid import UUID

from fastapi import APIRouter, Header, Request, Response
from pydantic import ValidationError

from holotable import external_refs, flows
from holotable.errors import Invalid, NotFound, SourceDiffers, TooLarge
from holotable.external_refs import Ref
from holotable.review.roles import Action
from holotable.store.tables import Asset, Project
from holotable.web import upserts
from holotable.web.answers import AssetAnswer, RevisionAnswer, asset_answer, revision_answer
from holotable.web.dependencies import Access, AppContext, Permissions, Principal
from holotable.web.etags import OptionalIfMatch, etag
from holotable.web.projects import ProjectAnswer, project_answer
from holotable.web.ref_answers import IdInPath, SystemInPath, TypeInPath
from holotable.web.uploads import UploadFields, form, receive
from holotable.web.upserts import AssetByRef, Conditions, ProjectByRef, RevisionByRef, Upserted

router = APIRouter(tags=["external references"])

_REF: Final = "by-ref/{system}/{object_type}/{external_id:path}"
_MAX_JSON_BYTES: Final = 64 * 1024

CreateOnly: TypeAlias = Annotated[
    str | None,
    Header(max_length=100, description="`*`: make it, or answer 412"),
]


class RevisionUpload(UploadFields, RevisionByRef):
    """What may stand beside the file of a revision. label: ours, of a new one only."""

    note: str | None = None  # type: ignore[assignment]  # absent stays, of a new one it is empty


@router.get("/projects/" + _REF)
async def get_project_by_ref(
    system: SystemInPath,
    object_type: TypeInPath,
    external_id: IdInPath,
    response: Response,
    access: Access,
) -> ProjectAnswer:
    """The project that this reference names, among those I see."""
    found = await upserts.find_project(access, Ref(system, object_type, external_id))
    if found is None:
        raise NotFound()
    response.headers["ETag"] = etag(found[0].id, found[0].updated_at)
    return await project_answer(access, *found)


@router.put("/projects/" + _REF, responses={201: {"model": ProjectAnswer}})
async def put_project_by_ref(
    system: SystemInPath,
    object_type: TypeInPath,
    external_id: IdInPath,
    body: ProjectByRef,
    response: Response,
    access: Access,
    if_none_match: CreateOnly = None,
    if_match: OptionalIfMatch = None,
) -> ProjectAnswer:
    """Make or change the project that this reference names: 201 made, 200 changed or as it was."""
    ref = Ref(system, object_type, external_id)
    done = await upserts.upsert_project(access, ref, body, _conditions(if_none_match, if_match))
    _tell(response, done, "projects")
    row, role = await access.require_with_role(Project, done.row.id, Action.VIEW)
    return await project_answer(access, row, role)


@router.get("/projects/{project_id}/assets/" + _REF)
async def get_asset_by_ref(
    project_id: UUID,
    system: SystemInPath,
    object_type: TypeInPath,
    external_id: IdInPath,
    response: Response,
    access: Access,
) -> AssetAnswer:
    """The asset of the project that this reference names."""
    await access.require(Project, project_id, Action.VIEW)
    ref = Ref(system, object_type, external_id)
    asset = await upserts.find_asset(access, project_id, ref)
    if asset is None:
        raise NotFound()
    response.headers["ETag"] = etag(asset.id, asset.updated_at)
    return await asset_answer(access.transaction, asset)


@router.put("/projects/{project_id}/assets/" + _REF, responses={201: {"model": AssetAnswer}})
async def put_asset_by_ref(
    project_id: UUID,
    system: SystemInPath,
    object_type: TypeInPath,
    external_id: IdInPath,
    body: AssetByRef,
    response: Response,
    access: Access,
    if_none_match: CreateOnly = None,
    if_match: OptionalIfMatch = None,
) -> AssetAnswer:
    """Make or change the asset that this reference names: 201 made, 200 changed or as it was."""
    ref = Ref(system, object_type, external_id)
    conditions = _conditions(if_none_match, if_match)
    done = await upserts.upsert_asset(access, project_id, ref, body, conditions)
    _tell(response, done, "assets")
    return await asset_answer(access.transaction, done.row)


@router.get("/assets/{asset_id}/revisions/" + _REF)
async def get_revision_by_ref(
    asset_id: UUID,
    system: SystemInPath,
    object_type: TypeInPath,
    external_id: IdInPath,
    response: Response,
    access: Access,
) -> RevisionAnswer:
    """The revision of the asset that this reference names."""
    await access.require(Asset, asset_id, Action.VIEW)
    ref = Ref(system, object_type, external_id)
    revision = await upserts.find_revision(access, asset_id, ref)
    if revision is None:
        raise NotFound()
    response.headers["ETag"] = etag(revision.id, revision.updated_at)
    return await revision_answer(access.transaction, revision)


def _body() -> dict[str, Any]:
    """The two bodies in OpenAPI: what is said of a revision, and the same beside its file."""
    schema = RevisionByRef.model_json_schema()
    file = form(
        label="Ours; default: the letter after the last one. Of a new revision only",
        note="What changed",
        vendor_revision="The vendor's label",
        vendor_lifecycle="The vendor's own word for its state",
        revision="The system's own label of what the reference names",
        url="Deep link",
        allow_missing="false: end with missing_files when the file names others",
    )
    content = file["requestBody"]["content"]
    both = {"application/json": {"schema": schema}, **content}
    return {"requestBody": {"required": True, "content": both}}


@router.put(
    "/assets/{asset_id}/revisions/" + _REF,
    responses={201: {"model": RevisionAnswer}},
    openapi_extra=_body(),
)
async def put_revision_by_ref(
    asset_id: UUID,
    system: SystemInPath,
    object_type: TypeInPath,
    external_id: IdInPath,
    request: Request,
    response: Response,
    who: Principal,
    context: AppContext,
    if_none_match: CreateOnly = None,
    if_match: OptionalIfMatch = None,
) -> RevisionAnswer:
    """Make the revision that this reference names, or say something else of it.

    A new one comes as multipart/form-data with its `file`. Sending the same file again changes
    nothing; another file under the same reference is refused (`source_differs`).
    """
    ref = Ref(system, object_type, external_id)
    conditions = _conditions(if_none_match, if_match)
    async with context.database.transaction() as session:
        access = Permissions(who, session, context.clock())
        await access.require(Asset, asset_id, Action.UPLOAD)
        if await upserts.find_revision(access, asset_id, ref) is None:
            await external_refs.check(session, ref, "")  # before a gigabyte comes
    if not request.headers.get("content-type", "").startswith("multipart/"):
        said = await _json(request)
        async with context.database.transaction() as session:
            access = Permissions(who, session, context.clock())
            done = await upserts.change_revision(access, asset_id, ref, said, conditions)
            _tell(response, done, "revisions")
            return await revision_answer(session, done.row)
    upload, fields = await receive(request, context, RevisionUpload)
    async with context.database.transaction() as session:
        access = Permissions(who, session, context.clock())
        asset = await access.require(Asset, asset_id, Action.UPLOAD)
        await session.refresh(asset, with_for_update=True)  # one upload of this name at a time
        held = await upserts.find_revision(access, asset_id, ref)
        if held is not None:
            if held.source_sha256 != upload.blob.sha256:
                raise SourceDiffers(
                    f"Revision {held.label} was made from another file.",
                    label=held.label,
                    sha256=held.source_sha256,
                )
            done = await upserts.change_revision(access, asset_id, ref, fields, conditions)
        else:
            revision = await flows.add_revision(
                session,
                context.jobs,
                asset,
                upload,
                author=who.id,
                now=access.now,
                label=fields.label,
                note=fields.note or "",
                options=fields.options,
            )
            await upserts.name_revision(access, revision, ref, fields)
            done = Upserted(revision, "created")
        _tell(response, done, "revisions")
        return await revision_answer(session, done.row)


async def _json(request: Request) -> RevisionByRef:
    """What is said of a revision. raises: Invalid, TooLarge."""
    body = bytearray()
    async for chunk in request.stream():
        body.extend(chunk)
        if len(body) > _MAX_JSON_BYTES:
            raise TooLarge(
                "The request is larger than this route accepts.", max_bytes=_MAX_JSON_BYTES
            )
    try:
        return RevisionByRef.model_validate_json(bytes(body) or b"{}")
    except ValidationError as wrong:
        first = wrong.errors()[0]
        pointer = "".join(f"/{step}" for step in first["loc"])
        raise Invalid(str(first["msg"]), pointer=pointer or "/") from wrong


def _conditions(create_only: str | None, if_match: str | None) -> Conditions:
    if create_only is not None and create_only.strip() != "*":
        raise Invalid(
            "If-None-Match takes `*` here, and nothing else.", pointer="/header/If-None-Match"
        )
    return Conditions(create_only is not None, if_match)


def _tell(response: Response, done: Upserted[Any], kind: str) -> None:
    """Say what became of it: the status, and in words."""
    response.status_code = 201 if done.outcome == "created" else 200
    response.headers["Upsert-Result"] = done.outcome
    response.headers["Location"] = f"/api/v1/{kind}/{done.row.id}"
    response.headers["ETag"] = etag(done.row.id, done.row.updated_at)
