"""Rows of external references: what a row is called elsewhere, and which row a name means."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Subquery, and_, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from holotable.store.external_tables import ExternalRef, ExternalSystem
from holotable.store.queries.visible import visible
from holotable.store.tables import Asset, Project, Revision


async def systems(transaction: AsyncSession) -> Sequence[ExternalSystem]:
    """Every system whose references are taken, by name."""
    return (await transaction.scalars(select(ExternalSystem).order_by(ExternalSystem.name))).all()


async def is_used(transaction: AsyncSession, system: str) -> bool:
    """Whether any reference names this system."""
    return bool(await transaction.scalar(select(exists().where(ExternalRef.system == system))))


async def refs_of(
    transaction: AsyncSession,
    kind: type[Project] | type[Asset] | type[Revision],
    ids: Collection[UUID],
) -> dict[UUID, list[ExternalRef]]:
    """The references of these rows, by the row's id, in the order of their systems."""
    if not ids:
        return {}
    owned: dict[type, tuple[ColumnElement[UUID | None], ColumnElement[bool]]] = {
        Project: (ExternalRef.__table__.c.project_id, ExternalRef.asset_id.is_(None)),
        Asset: (ExternalRef.__table__.c.asset_id, ExternalRef.revision_id.is_(None)),
        Revision: (ExternalRef.__table__.c.revision_id, ExternalRef.revision_id.is_not(None)),
    }
    owner, alone = owned[kind]
    statement = (
        select(owner, ExternalRef)
        .where(owner.in_(ids), alone)
        .order_by(ExternalRef.system, ExternalRef.object_type, ExternalRef.external_id)
    )
    found: dict[UUID, list[ExternalRef]] = {}
    for row_id, ref in await transaction.execute(statement):
        assert row_id is not None  # the statement asked for it
        found.setdefault(row_id, []).append(ref)
    return found


def named(system: str, object_type: str, external_id: str) -> ColumnElement[bool]:
    """The condition that a reference is this one."""
    return and_(
        ExternalRef.system == system,
        ExternalRef.object_type == object_type,
        ExternalRef.external_id == external_id,
    )


async def in_scope(
    transaction: AsyncSession, scope_id: UUID, system: str, object_type: str, external_id: str
) -> ExternalRef | None:
    """The one reference of this name within a scope."""
    statement = select(ExternalRef).where(
        ExternalRef.scope_id == scope_id, named(system, object_type, external_id)
    )
    return (await transaction.scalars(statement)).one_or_none()


async def projects_named(
    transaction: AsyncSession, seen: Subquery, system: str, object_type: str, external_id: str
) -> list[tuple[Project, str]]:
    """(project, role) of every project of this name among those that `seen` reaches."""
    statement = (
        visible(Project, seen)
        .join(
            ExternalRef,
            and_(ExternalRef.project_id == Project.id, ExternalRef.asset_id.is_(None)),
        )
        .where(named(system, object_type, external_id))
        .order_by(Project.id)
    )
    return [(row[0], row[1]) for row in await transaction.execute(statement)]
