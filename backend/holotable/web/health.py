"""Whether this process lives and can work, and numbers about it."""

import asyncio
import resource
from importlib.metadata import version
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel

from holotable.errors import Forbidden, Unavailable
from holotable.store.queries.load import Load, load
from holotable.web.context import Context
from holotable.web.dependencies import AppContext, authenticate
from holotable.web.security import is_local

router = APIRouter(tags=["operation"])
root_router = APIRouter(include_in_schema=False)


class Health(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Readiness(BaseModel):
    """Each part this installation needs, in a word or two."""

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
    broken = [name for name, state in parts.items() if state.startswith("failed")]
    if broken:
        raise Unavailable(f"Not ready: {', '.join(broken)}.", parts=parts)
    return Readiness(parts=parts)


@root_router.get("/metrics")
async def get_metrics(request: Request, context: AppContext) -> PlainTextResponse:
    """Numbers in Prometheus' text format, for this machine and for administrators' tokens."""
    if not is_local(request):
        who = await authenticate(request, context)
        may = who is not None and who.is_admin and (who.scopes is None or "admin" in who.scopes)
        if not may:
            raise Forbidden("From another machine, metrics need an administrator's token.")
    async with context.database.transaction() as transaction:
        busy = await load(transaction)
    text = _metrics(busy, context.hub.counts())
    return PlainTextResponse(text, media_type="text/plain; version=0.0.4")


async def _parts(context: Context) -> dict[str, str]:
    parts: dict[str, str] = {}
    try:
        async with context.database.transaction() as transaction:
            busy = await load(transaction)
        parts["database"] = "postgresql" if context.database.is_postgresql else "sqlite"
        parts["worker"] = f"{busy.converting} converting, {busy.waiting} waiting"
    except Exception as error:  # whatever keeps the database away is the answer
        parts["database"] = f"failed: {type(error).__name__}"
    for name, probe in context.probes.items():
        parts[name] = await probe()
    return parts


def _metrics(busy: Load, rooms: dict[str, int]) -> str:
    """The exposition text; times in seconds, memory in bytes. rooms: of this process (`Hub`)."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    lines = [
        "# TYPE holotable_info gauge",
        f'holotable_info{{version="{version("holotable")}"}} 1',
        "# TYPE holotable_conversions gauge",
        *(
            f'holotable_conversions{{state="{state}"}} {count}'
            for state, count in sorted(busy.conversions.items())
        ),
        "# TYPE holotable_live_sessions gauge",
        f"holotable_live_sessions {busy.live_sessions}",
        "# TYPE holotable_people gauge",
        f"holotable_people {busy.people}",
        "# TYPE holotable_node_rooms gauge",
        f"holotable_node_rooms {rooms['rooms']}",
        "# TYPE holotable_node_participants gauge",
        f"holotable_node_participants {rooms['participants']}",
        "# TYPE holotable_node_tasks gauge",
        f"holotable_node_tasks {len(asyncio.all_tasks())}",
        "# TYPE process_cpu_seconds_total counter",
        f"process_cpu_seconds_total {used.ru_utime + used.ru_stime:.2f}",
        "# TYPE holotable_peak_memory_bytes gauge",
        f"holotable_peak_memory_bytes {used.ru_maxrss * 1024}",
    ]
    return "\n".join(lines) + "\n"
