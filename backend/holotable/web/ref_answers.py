"""External references as clients send and read them."""

from datetime import datetime
from typing import Annotated, TypeAlias
from uuid import UUID

from fastapi import Path
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from holotable.external_refs import MAX_REFS, OBJECT_TYPE, SYSTEM_NAME, Owner, Ref, replace
from holotable.store.external_tables import ExternalRef

SystemName: TypeAlias = Annotated[str, Field(pattern=f"^{SYSTEM_NAME}$")]
VendorWord: TypeAlias = Annotated[str, Field(max_length=64)]
SystemInPath: TypeAlias = Annotated[str, Path(max_length=64, description="A named system")]
TypeInPath: TypeAlias = Annotated[
    str, Path(max_length=64, description="The system's word for the kind of object")
]
IdInPath: TypeAlias = Annotated[
    str, Path(max_length=200, description="The system's id, percent-encoded; slashes may stay")
]


class ExternalRefFields(BaseModel):
    """What a system calls this: `id` is the system's own, `revision` its own label."""

    system: SystemName
    object_type: str = Field(pattern=f"^{OBJECT_TYPE}$")
    id: str = Field(min_length=1, max_length=200)
    revision: VendorWord = ""
    url: str = Field(default="", max_length=2000, description="Deep link into the system")
    synced_at: datetime | None = None

    def ref(self) -> Ref:
        """As a value."""
        return Ref(**self.model_dump())


ExternalRefs: TypeAlias = Annotated[list[ExternalRefFields], Field(max_length=MAX_REFS)]


class ExternalRefAnswer(BaseModel):
    """What a system calls this, and when it last told us."""

    system: str
    object_type: str
    id: str
    revision: str
    url: str
    synced_at: datetime | None


def ref_answers(refs: list[ExternalRef]) -> list[ExternalRefAnswer]:
    """References as clients see them."""
    return [
        ExternalRefAnswer(
            system=one.system,
            object_type=one.object_type,
            id=one.external_id,
            revision=one.revision,
            url=one.url,
            synced_at=one.synced_at,
        )
        for one in refs
    ]


async def replace_refs(
    transaction: AsyncSession, owner: Owner, wanted: list[ExternalRefFields] | None, *, by: UUID
) -> None:
    """Make these the references of a row; None leaves them alone."""
    if wanted is not None:
        await replace(transaction, owner, [one.ref() for one in wanted], by=by)
