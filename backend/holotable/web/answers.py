"""Answers that several routes give: people, revisions, assets, pages of lists."""

import base64
import binascii
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Generic, Literal, TypeAlias, TypeVar
from uuid import UUID

from fastapi import Query
from pydantic import AwareDatetime, BaseModel
from sqlalchemy import ColumnElement, Select
from sqlalchemy.ext.asyncio import AsyncSession

from holotable.errors import Invalid
from holotable.review.headset_badge import (
    DRAWS,
    SUB_DRAWS,
    TRIANGLES,
    BadgeState,
    headset_badge,
)
from holotable.store.external_tables import ExternalRef
from holotable.store.queries.external_refs import refs_of
from holotable.store.queries.standing import Standing, latest_revisions, standing_of
from holotable.store.tables import Asset, Revision
from holotable.web.ref_answers import ExternalRefAnswer, ref_answers

Item = TypeVar("Item")
ANY_SELECT: TypeAlias = Select[*tuple[Any, ...]]

Limit: TypeAlias = Annotated[int, Query(ge=1, le=200, description="Items in one answer")]
UpdatedSince: TypeAlias = Annotated[
    AwareDatetime | None,
    Query(
        description="Only what changed since, or went to the trash: the latter with `deleted_at`"
        " and nothing that it said. Ask again from a minute before the last time you asked"
    ),
]
Cursor: TypeAlias = Annotated[
    str | None, Query(max_length=100, description="`next_cursor` of the answer before")
]


class Items(BaseModel, Generic[Item]):
    """One page of a list; `next_cursor` fetches the next one, null is the end."""

    items: list[Item]
    next_cursor: str | None = None


def encode_cursor(last_id: UUID) -> str:
    """An opaque place in a list: behind the row with this id."""
    return base64.urlsafe_b64encode(last_id.bytes).decode().rstrip("=")


def decode_cursor(cursor: str) -> UUID:
    """The id of the row the next page begins behind."""
    try:
        return UUID(bytes=base64.urlsafe_b64decode(cursor + "=="))
    except (binascii.Error, ValueError) as error:
        raise Invalid("This cursor is none of ours.", pointer="/query/cursor") from error


def paged(
    statement: ANY_SELECT, key: ColumnElement[UUID], cursor: str | None, limit: int
) -> ANY_SELECT:
    """The statement for one page, newest first, with one row more to see whether that is all.

    key: the id column; UUIDv7 ids are ordered by time.
    """
    if cursor is not None:
        statement = statement.where(key < decode_cursor(cursor))
    return statement.order_by(key.desc()).limit(limit + 1)


def cut(rows: Sequence[Item], limit: int) -> tuple[Sequence[Item], bool]:
    """The rows of a page and whether more follow."""
    return rows[:limit], len(rows) > limit


def merged(
    living: Sequence[Item], gone: Sequence[Item], key: Callable[[Item], UUID], limit: int
) -> tuple[Sequence[Item], bool]:
    """One page of two lists that `paged` cut at the same place, and whether more follow."""
    return cut(sorted([*living, *gone], key=key, reverse=True), limit)


class Person(BaseModel):
    """A principal as others see it."""

    id: UUID
    kind: Literal["user", "guest", "service"]
    name: str


class Author(BaseModel):
    """Who made something."""

    id: UUID
    name: str


class Progress(BaseModel):
    """How far a conversion is."""

    stage: str
    fraction: float  # of the stage, 0 to 1
    queue_position: int | None = None  # 1 is next


class ConversionProblemAnswer(BaseModel):
    """Why a revision could not be converted, and what to do."""

    code: str
    detail: str
    remedy: str
    facts: dict[str, Any] = {}  # JSON of any shape: what the error names


class SourceAnswer(BaseModel):
    """The uploaded file."""

    name: str
    sha256: str
    bytes: int


class PackageAnswer(BaseModel):
    """The scene package that viewers load."""

    id: UUID
    scene_url: str


class PlacementAnswer(BaseModel):
    """A correction of what the file says of itself."""

    unit: Literal["um", "mm", "cm", "m", "km", "in", "ft"] | None = None
    up_axis: Literal["y", "z"] | None = None


class HeadsetAnswer(BaseModel):
    """What a standalone headset draws of a revision, per eye, beside the limits."""

    state: BadgeState
    level: int  # 0 is the finest
    triangles: int
    triangles_limit: int = TRIANGLES
    draws: int
    draws_limit: int = DRAWS
    sub_draws: int
    sub_draws_limit: int = SUB_DRAWS


ConversionState: TypeAlias = Literal[
    "queued", "reading", "tessellating", "optimising", "publishing", "ready", "failed", "cancelled"
]


class RevisionAnswer(BaseModel):
    """One immutable upload of an asset."""

    id: UUID
    project_id: UUID
    asset_id: UUID
    label: str
    note: str
    lifecycle: str
    state: ConversionState
    progress: Progress
    problem: ConversionProblemAnswer | None = None
    source: SourceAnswer
    stats: dict[str, Any] | None = None  # the manifest's summary
    headset: HeadsetAnswer | None = None  # null: not converted yet
    created_at: datetime
    created_by: Author | None = None
    placement: PlacementAnswer | None = None
    package: PackageAnswer | None = None
    vendor_revision: str | None = None  # the vendor's label; `label` is ours
    vendor_lifecycle: str | None = None  # the vendor's own word; `lifecycle` is ours
    external_refs: list[ExternalRefAnswer] | None = None
    updated_at: datetime | None = None
    deleted_at: datetime | None = None  # of the asset that it went with


class AssetAnswer(BaseModel):
    """One thing under design."""

    id: UUID
    project_id: UUID
    folder_id: UUID | None
    name: str
    description: str
    part_number: str
    created_at: datetime
    updated_at: datetime
    latest_revision: RevisionAnswer | None = None
    revision_count: int
    external_refs: list[ExternalRefAnswer] | None = None
    deleted_at: datetime | None = None


async def revision_answers(
    transaction: AsyncSession, revisions: Collection[Revision]
) -> list[RevisionAnswer]:
    """These revisions as clients see them, in the same order."""
    standing = await standing_of(transaction, revisions)
    refs = await refs_of(transaction, Revision, [revision.id for revision in revisions])
    return [
        _revision_answer(revision, standing[revision.id], refs.get(revision.id, []))
        for revision in revisions
    ]


async def revision_answer(transaction: AsyncSession, revision: Revision) -> RevisionAnswer:
    """One revision as clients see it."""
    return (await revision_answers(transaction, [revision]))[0]


def _revision_answer(
    revision: Revision, standing: Standing, refs: list[ExternalRef]
) -> RevisionAnswer:
    conversion = standing.conversion
    state = conversion.state if conversion else "queued"
    problem = conversion.problem if conversion else None
    author = standing.author
    return RevisionAnswer(
        id=revision.id,
        project_id=revision.project_id,
        asset_id=revision.asset_id,
        label=revision.label,
        note=revision.note,
        lifecycle=revision.lifecycle,
        state=state,  # pydantic checks that it is one of them
        progress=Progress(
            stage=state,
            fraction=1.0 if state == "ready" else conversion.fraction if conversion else 0.0,
            queue_position=standing.queue_position,
        ),
        problem=ConversionProblemAnswer.model_validate(problem) if problem else None,
        source=SourceAnswer(
            name=revision.source_name, sha256=revision.source_sha256, bytes=revision.source_bytes
        ),
        stats=conversion.stats if conversion else None,
        headset=_headset_answer(conversion.stats if conversion else None),
        created_at=revision.created_at,
        created_by=Author(id=author.id, name=author.name) if author else None,
        placement=(
            PlacementAnswer.model_validate(revision.placement) if revision.placement else None
        ),
        package=(
            PackageAnswer(
                id=standing.package_id, scene_url=f"/api/v1/revisions/{revision.id}/scene"
            )
            if standing.package_id
            else None
        ),
        vendor_revision=revision.vendor_revision,
        vendor_lifecycle=revision.vendor_lifecycle,
        external_refs=ref_answers(refs),
        updated_at=revision.updated_at,
    )


def _headset_answer(stats: dict[str, Any] | None) -> HeadsetAnswer | None:
    badge = headset_badge(stats)
    return HeadsetAnswer(**asdict(badge)) if badge else None


async def asset_answers(transaction: AsyncSession, assets: Collection[Asset]) -> list[AssetAnswer]:
    """These assets as clients see them, in the same order."""
    latest = await latest_revisions(transaction, [asset.id for asset in assets])
    answers = await revision_answers(transaction, [revision for revision, _ in latest.values()])
    by_asset = {answer.asset_id: answer for answer in answers}
    refs = await refs_of(transaction, Asset, [asset.id for asset in assets])
    return [
        AssetAnswer(
            id=asset.id,
            project_id=asset.project_id,
            folder_id=asset.folder_id,
            name=asset.name,
            description=asset.description,
            part_number=asset.part_number,
            created_at=asset.created_at,
            updated_at=asset.updated_at,
            latest_revision=by_asset.get(asset.id),
            revision_count=latest[asset.id][1] if asset.id in latest else 0,
            external_refs=ref_answers(refs.get(asset.id, [])),
        )
        for asset in assets
    ]


async def asset_tombstones(
    transaction: AsyncSession, assets: Collection[Asset]
) -> list[AssetAnswer]:
    """Assets in the trash: which they were, and when they went."""
    refs = await refs_of(transaction, Asset, [asset.id for asset in assets])
    return [
        AssetAnswer(
            id=asset.id,
            project_id=asset.project_id,
            folder_id=None,
            name="",
            description="",
            part_number="",
            created_at=asset.created_at,
            updated_at=asset.updated_at,
            revision_count=0,
            external_refs=ref_answers(refs.get(asset.id, [])),
            deleted_at=asset.deleted_at,
        )
        for asset in assets
    ]


async def revision_tombstones(
    transaction: AsyncSession, revisions: Collection[tuple[Revision, datetime]]
) -> list[RevisionAnswer]:
    """Revisions of assets in the trash, each with when its asset went: which they were."""
    refs = await refs_of(transaction, Revision, [revision.id for revision, _ in revisions])
    return [
        RevisionAnswer(
            id=revision.id,
            project_id=revision.project_id,
            asset_id=revision.asset_id,
            label=revision.label,
            note="",
            lifecycle=revision.lifecycle,
            state="cancelled",
            progress=Progress(stage="cancelled", fraction=0),
            source=SourceAnswer(name="", sha256="", bytes=0),
            created_at=revision.created_at,
            external_refs=ref_answers(refs.get(revision.id, [])),
            updated_at=revision.updated_at,
            deleted_at=deleted_at,
        )
        for revision, deleted_at in revisions
    ]


async def asset_answer(transaction: AsyncSession, asset: Asset) -> AssetAnswer:
    """One asset as clients see it."""
    return (await asset_answers(transaction, [asset]))[0]
