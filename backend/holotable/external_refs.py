"""External references: what a PLM calls our projects, assets and revisions.

A reference is unique within its scope: of a project among those that the same principal named (so
that nobody learns of projects he does not see), of an asset within its project, of a revision
within its asset. Only systems that an administrator named are taken, and deep links only to them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from holotable.errors import DeepLinkRefused, Invalid, RefTaken, UnknownSystem
from holotable.store.external_tables import ExternalRef, ExternalSystem
from holotable.store.queries import external_refs as rows
from holotable.store.tables import Asset, Project, Revision

Owner: TypeAlias = Project | Asset | Revision

SYSTEM_NAME: Final = r"[a-z0-9][a-z0-9._-]{0,63}"
OBJECT_TYPE: Final = r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}"
MAX_EXTERNAL_ID_LENGTH: Final = 200
MAX_REFS: Final = 20  # of one row


@dataclass(frozen=True, slots=True)
class Ref:
    """What one system calls a row. revision: the system's own label, never parsed."""

    system: str
    object_type: str
    id: str
    revision: str = ""
    url: str = ""
    synced_at: datetime | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it unique within its scope."""
        return self.system, self.object_type, self.id

    @property
    def is_sound(self) -> bool:
        """Whether a database may be asked for it: PostgreSQL refuses a NUL even in a question."""
        return all(word.isprintable() for word in self.key)


async def check(transaction: AsyncSession, ref: Ref, pointer: str = "/external_refs") -> None:
    """Refuse what no reference may be.

    raises: Invalid, UnknownSystem, DeepLinkRefused.
    """
    if not re.fullmatch(OBJECT_TYPE, ref.object_type):
        raise Invalid(
            "An object type has 1 to 64 letters, digits, dots, colons, dashes and underscores.",
            pointer=f"{pointer}/object_type",
        )
    if not 1 <= len(ref.id) <= MAX_EXTERNAL_ID_LENGTH or not ref.id.isprintable():
        raise Invalid(
            f"An id has 1 to {MAX_EXTERNAL_ID_LENGTH} printable characters.",
            pointer=f"{pointer}/id",
        )
    system = (
        await transaction.get(ExternalSystem, ref.system)
        if re.fullmatch(SYSTEM_NAME, ref.system)
        else None
    )
    if system is None:
        known = [one.name for one in await rows.systems(transaction)]
        raise UnknownSystem(
            f"No administrator has named a system {ref.system[:64]!r}.",
            pointer=f"{pointer}/system",
            known=known,
        )
    if ref.url and not leads_to(ref.url, system.base_url):
        raise DeepLinkRefused(
            f"Deep links of {system.name} begin with {system.base_url or 'nothing: it has none'}.",
            pointer=f"{pointer}/url",
            base_url=system.base_url,
        )


def leads_to(url: str, base_url: str) -> bool:
    """Whether a link stays below the address of its system."""
    if not base_url or not url.startswith(base_url) or not url.isprintable() or "\\" in url:
        return False
    rest = url.removeprefix(base_url)
    return base_url.endswith("/") or rest == "" or rest[0] in "/?#"


def scope_of(owner: Owner, by: UUID) -> UUID:
    """Within what a reference of this row is unique."""
    match owner:
        case Project():
            return by
        case Asset():
            return owner.project_id
        case Revision():
            return owner.asset_id


async def replace(
    transaction: AsyncSession, owner: Owner, wanted: Sequence[Ref], *, by: UUID
) -> bool:
    """Make these the references of a row, and say whether that changed any.

    raises: as check, and RefTaken when another row of the scope has one of them.
    """
    if len(wanted) > MAX_REFS:
        raise Invalid(f"A row has at most {MAX_REFS} references.", pointer="/external_refs")
    if len({ref.key for ref in wanted}) < len(wanted):
        raise Invalid("One reference is named twice.", pointer="/external_refs")
    for place, ref in enumerate(wanted):
        await check(transaction, ref, f"/external_refs/{place}")
    held = {key_of(one): one for one in await of(transaction, owner)}
    gone = held.keys() - {ref.key for ref in wanted}
    for key in gone:
        await transaction.delete(held[key])
    await transaction.flush()
    changed = [await _put(transaction, owner, ref, held.get(ref.key), by=by) for ref in wanted]
    return bool(gone) or any(changed)


async def put(
    transaction: AsyncSession, owner: Owner, ref: Ref, *, by: UUID, pointer: str = ""
) -> bool:
    """Give a row this reference beside those it has, and say whether that changed any.

    raises: as check, and RefTaken when another row of the scope has it.
    """
    await check(transaction, ref, pointer)
    held = {key_of(one): one for one in await of(transaction, owner)}
    return await _put(transaction, owner, ref, held.get(ref.key), by=by)


async def of(transaction: AsyncSession, owner: Owner) -> Sequence[ExternalRef]:
    """The references of one row."""
    return (await rows.refs_of(transaction, type(owner), [owner.id])).get(owner.id, [])


async def _put(
    transaction: AsyncSession, owner: Owner, ref: Ref, held: ExternalRef | None, *, by: UUID
) -> bool:
    if held is not None:
        same = (held.revision, held.url) == (ref.revision, ref.url)
        held.revision, held.url = ref.revision, ref.url
        held.synced_at = ref.synced_at or held.synced_at  # when it was told is no change of it
        await transaction.flush()
        return not same
    row = ExternalRef(
        project_id=owner.id if isinstance(owner, Project) else owner.project_id,
        asset_id=_asset_of(owner),
        revision_id=owner.id if isinstance(owner, Revision) else None,
        scope_id=scope_of(owner, by),
        system=ref.system,
        object_type=ref.object_type,
        external_id=ref.id,
        revision=ref.revision,
        url=ref.url,
        synced_at=ref.synced_at,
    )
    try:
        async with transaction.begin_nested():
            transaction.add(row)
    except IntegrityError as clash:
        raise RefTaken(
            f"{ref.system}/{ref.object_type}/{ref.id} names something else here.",
            system=ref.system,
            object_type=ref.object_type,
            id=ref.id,
        ) from clash
    return True


def _asset_of(owner: Owner) -> UUID | None:
    match owner:
        case Project():
            return None
        case Asset():
            return owner.id
        case Revision():
            return owner.asset_id


def key_of(row: ExternalRef) -> tuple[str, str, str]:
    """What makes a stored reference unique within its scope."""
    return row.system, row.object_type, row.external_id
