"""Whether this process lives and can work, and numbers about it."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import select

from holotable.errors import Unavailable
from holotable.web.dependencies import AppContext

router = APIRouter(tags=["operation"])
root_router = APIRouter(tags=["operation"])


class Health(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Readiness(BaseModel):
    """Each part this installation needs, in a word."""

    status: Literal["ready"] = "ready"
    parts: dict[str, str]


@router.get("/healthz")
async def get_health() -> Health:
    """Answer whenever the process lives."""
    return Health()


@router.get("/readyz")
async def get_readiness(context: AppContext) -> Readiness:
    """Answer when every part works, else 503 naming the one that does not."""
    parts = await _parts(context)
    broken = {name: state for name, state in parts.items() if state.startswith("failed")}
    if broken:
        raise Unavailable(f"Not ready: {', '.join(broken)}.", parts=parts)
    return Readiness(parts=parts)


async def _parts(context: AppContext) -> dict[str, str]:
    try:
        async with context.database.transaction() as transaction:
            await transaction.execute(select(1))
        database = "postgresql" if context.database.is_postgresql else "sqlite"
    except Exception as error:  # whatever keeps the database away is the answer
        database = f"failed: {type(error).__name__}"
    parts = {"database": database}
    for name, probe in context.probes.items():
        parts[name] = await probe()
    return parts
