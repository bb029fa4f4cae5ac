"""External systems: PLMs whose references this installation takes, named by an administrator."""

from datetime import datetime
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, Field

from holotable.accounts import display_name
from holotable.errors import NotFound, SystemInUse
from holotable.external_refs import SYSTEM_NAME
from holotable.store.external_tables import ExternalSystem
from holotable.store.queries import external_refs as rows
from holotable.web.answers import Items
from holotable.web.dependencies import Administrator, AppContext, NoGuest, Transaction

router = APIRouter(tags=["external systems"])

Name: TypeAlias = Annotated[
    str, Path(pattern=f"^{SYSTEM_NAME}$", description="As it stands in addresses")
]


class SystemRequest(BaseModel):
    """What people call the system, and the address that all its deep links begin with."""

    title: str = Field(min_length=1, max_length=200)
    base_url: str = Field(
        default="",
        max_length=400,
        pattern=r"^(https?://[^\s/?#@\\]+(/[^\s?#\\]*)?)?$",
        description="Deep links elsewhere are refused; empty takes none",
    )


class SystemAnswer(BaseModel):
    """A system whose references are taken."""

    name: str
    title: str
    base_url: str
    created_at: datetime


@router.get("/external-systems")
async def list_external_systems(_who: NoGuest, transaction: Transaction) -> Items[SystemAnswer]:
    """Every named system."""
    found = await rows.systems(transaction)
    return Items(items=[SystemAnswer.model_validate(one, from_attributes=True) for one in found])


@router.put("/admin/external-systems/{system_name}")
async def set_external_system(
    system_name: Name,
    body: SystemRequest,
    response: Response,
    who: Administrator,
    transaction: Transaction,
    context: AppContext,
) -> SystemAnswer:
    """Name a system, or say otherwise what it is called and where it is. 201 when it is new."""
    row = await transaction.get(ExternalSystem, system_name)
    if row is None:
        response.status_code = 201
        row = ExternalSystem(name=system_name, created_at=context.clock(), created_by=who.id)
        transaction.add(row)
    row.title = display_name(body.title)
    row.base_url = body.base_url
    await transaction.flush()
    return SystemAnswer.model_validate(row, from_attributes=True)


@router.delete("/admin/external-systems/{system_name}", status_code=204)
async def remove_external_system(
    system_name: Name, _who: Administrator, transaction: Transaction
) -> None:
    """Take no more references of a system; refused while anything has one."""
    row = await transaction.get(ExternalSystem, system_name)
    if row is None:
        raise NotFound()
    if await rows.is_used(transaction, system_name):
        raise SystemInUse(system=system_name)
    await transaction.delete(row)
