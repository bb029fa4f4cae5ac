"""All rows of one project, as text and back: whatever columns the tables have, on either database.

`KEPT` says which tables belong to a project; what is not in it stays behind: secrets and links
(logins, tokens, share links, tickets), what is made again (comparisons, exports), what is personal
(notifications) and uploads under way. test_project_rows.py holds that no table is forgotten.
"""

import json
import math
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    Integer,
    Select,
    String,
    Uuid,
    insert,
    select,
    update,
)
from sqlalchemy import Table as SqlTable
from sqlalchemy.ext.asyncio import AsyncSession

from holotable.errors import ProjectArchiveRows
from holotable.store import (
    device_tables,
    drawing_tables,
    event_tables,
    exchange_tables,
    external_tables,
    issue_tables,
    notification_tables,
    recording_tables,
    review_tables,
)
from holotable.store.tables import Table, UtcDateTime

_ALL: Final = (
    device_tables, drawing_tables, event_tables, exchange_tables, external_tables, issue_tables,
    notification_tables, recording_tables, review_tables,
)  # fmt: skip  # imported so that the metadata has their tables
_TABLES: Final = Table.metadata.tables

# Parents before children. Tables without project_id name the column by which they hang on one.
KEPT: Final[Mapping[str, str]] = {
    "project": "id",
    "member": "project_id",
    "folder": "project_id",
    "asset": "project_id",
    "revision": "project_id",
    "conversion": "project_id",
    "package": "project_id",
    "package_file": "package_id",
    "session": "project_id",
    "viewpoint": "project_id",
    "operation": "session_id",
    "attendance": "session_id",
    "review": "project_id",
    "review_seat": "review_id",
    "review_verdict": "project_id",
    "review_tick": "review_id",
    "review_coverage": "review_id",
    "revision_event": "project_id",
    "review_packet": "project_id",
    "issue": "project_id",
    "issue_label": "project_id",
    "issue_watcher": "project_id",
    "issue_viewpoint": "project_id",
    "issue_comment": "project_id",
    "issue_comment_edit": "project_id",
    "issue_mention": "project_id",
    "issue_attachment": "project_id",
    "issue_event": "project_id",
    "anchor": "project_id",
    "anchor_outcome": "project_id",
    "anchor_run": "project_id",
    "issue_filter": "project_id",
    "issue_settings": "project_id",
    "drawing": "project_id",
    "sheet_pin": "project_id",
    "recording": "project_id",
    "recording_chunk": "recording_id",
    "recorded_voice": "recording_id",
    "recorded_speech": "recording_id",
    "minutes": "project_id",
    "minutes_edition": "project_id",
    "minutes_comment": "project_id",
}
LEFT_BEHIND: Final = frozenset(
    {
        "principal", "user_account", "login", "token", "guest_grant", "share_link", "ticket",
        "comparison", "notification", "notification_settings", "mail", "mail_refusal",
        "mail_server", "signing_key", "model_export", "tus_upload", "tus_piece",
        "pairing", "device", "account_event", "event_log", "event_counter", "webhook",
        "webhook_delivery", "external_system", "external_ref", "idempotency_key",
    }
)  # fmt: skip
# Columns that name blobs.
BLOB_COLUMNS: Final = frozenset(
    {
        ("revision", "source_sha256"), ("package_file", "sha256"),
        ("viewpoint", "thumbnail_sha256"),
        ("review_packet", "sha256"), ("issue_viewpoint", "snapshot_sha256"),
        ("issue_attachment", "sha256"), ("drawing", "sha256"), ("recording_chunk", "sha256"),
        ("recorded_speech", "sha256"),
    }
)  # fmt: skip
# What only means something where it was: it is written as if it were new.
_EMPTIED: Final[Mapping[tuple[str, str], Any]] = {
    ("conversion", "worker"): "",
    ("conversion", "lease_until"): None,
    ("conversion", "not_before"): None,
    ("session", "code"): None,
    ("session", "code_expires_at"): None,
    ("session", "owner_url"): "",
    ("session", "lease_until"): None,
    ("review_packet", "key_id"): None,  # a key of that server is no key of this one
    ("review_packet", "lease_until"): None,
    ("anchor_run", "lease_until"): None,
    ("anchor_run", "not_before"): None,
}
_ENDED: Final = ("ready", "failed", "cancelled")
_BATCH: Final = 500


async def dump(
    session: AsyncSession, project_id: UUID
) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """(table, row as JSON) of a project, parents first, each table in the order of its keys."""
    for name in KEPT:
        table = _TABLES[name]
        statement = _of_project(table, project_id).order_by(*table.primary_key.columns)
        rows = await session.stream(statement.execution_options(yield_per=_BATCH))
        async for row in rows.mappings():
            yield name, _written(table, row)


def _of_project(table: SqlTable, project_id: UUID) -> Select[Any]:
    column = table.c[KEPT[table.name]]
    if table.name == "project" or column.name == "project_id":
        return select(table).where(column == project_id)
    (key,) = column.foreign_keys
    parent = key.column.table
    return select(table).join(parent, column == key.column).where(parent.c.project_id == project_id)


def _written(table: SqlTable, row: Mapping[Any, Any]) -> dict[str, Any]:
    out = {
        column.name: _EMPTIED[table.name, column.name]
        if (table.name, column.name) in _EMPTIED
        else _said(row[column])
        for column in table.columns
    }
    if table.name == "conversion" and out["state"] not in _ENDED:
        out["state"] = "cancelled"
        out["problem"] = {
            "code": "cancelled",
            "detail": "The project moved while this was being converted.",
            "remedy": "Press Retry to start it again.",
        }
    if table.name == "review_packet" and out["state"] not in _ENDED:
        out["state"] = "failed"
        out["problem"] = {
            "code": "packet_failed",
            "detail": "The project moved while this was being made.",
            "remedy": "Make it again.",
        }
    if table.name == "anchor_run" and out["state"] == "running":
        out["state"] = "queued"
    return out


def _said(value: Any) -> Any:
    match value:
        case UUID():
            return str(value)
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case _:
            return value


def principals_in(table: str, row: Mapping[str, Any]) -> Iterator[str]:
    """Ids of people that a row names in its columns."""
    for column in _TABLES[table].columns:
        named = any(key.column.table.name == "principal" for key in column.foreign_keys)
        if named and row[column.name] is not None:
            yield row[column.name]


def blobs_in(table: str, row: Mapping[str, Any]) -> Iterator[str]:
    """Blobs that a row names: in its columns, and pictures in documents of minutes."""
    for name, value in row.items():
        if (table, name) in BLOB_COLUMNS and value:
            yield value
    if table in ("minutes", "minutes_edition"):
        yield from _pictures(row.get("document"))


def _pictures(document: Any) -> Iterator[str]:
    if isinstance(document, dict):
        for key, value in document.items():
            if key == "picture" and isinstance(value, str) and value:
                yield value
            else:
                yield from _pictures(value)
    elif isinstance(document, list):
        for value in document:
            yield from _pictures(value)


class Checker:
    """Reads rows that somebody brought, and lets only those pass that stand by themselves.

    A row may name rows of the same archive, its people and nothing else: an id of another project
    of this server would join what must not be joined.
    """

    def __init__(self, project_id: str, people: frozenset[str]) -> None:
        self._project_id, self._people = project_id, people
        self.ids: dict[str, set[str]] = {name: set() for name in KEPT}  # of tables with one UUID
        self.counts: dict[str, int] = {}
        self.blobs: set[str] = set()
        self._wanted: dict[str, set[str]] = {name: set() for name in KEPT}
        self._last = 0

    def take(self, line: str) -> tuple[str, dict[str, Any]]:
        """A row, whole and of the right types. raises: ProjectArchiveRows."""
        name, row = _parsed(line)
        order = list(KEPT).index(name)
        if order < self._last:
            raise ProjectArchiveRows(f"Rows of {name} stand behind those that need them.")
        self._last = order
        table = _TABLES[name]
        # What an older release did not have takes its default.
        values = {
            column.name: _value(table, column, row)
            for column in table.columns
            if column.name in row or not _has_default(column)
        }
        if unknown := row.keys() - values.keys():
            raise ProjectArchiveRows(f"{name} has no column {sorted(unknown)[0][:60]!r}.")
        owner = row.get("id") if name == "project" else row.get("project_id", self._project_id)
        if owner != self._project_id:
            raise ProjectArchiveRows(f"A row of {name} is of another project.")
        key = _single_key(table)
        if key is not None:
            if row.get(key) in self.ids[name]:
                raise ProjectArchiveRows(f"A row of {name} is there twice.")
            self.ids[name].add(row[key])
        self._require_known(table, row)
        self.blobs.update(blobs_in(name, row))
        self.counts[name] = self.counts.get(name, 0) + 1
        return name, values

    def _require_known(self, table: SqlTable, row: Mapping[str, Any]) -> None:
        for column in table.columns:
            value = row.get(column.name)
            if value is None:
                continue
            for key in column.foreign_keys:
                target = key.column.table.name
                if target == "principal":
                    if value not in self._people:
                        raise ProjectArchiveRows(f"A row of {table.name} names nobody known.")
                elif target in KEPT:
                    self._wanted[target].add(value)
                else:
                    raise ProjectArchiveRows(f"{table.name}.{column.name} must be empty.")

    def finish(self) -> None:
        """Every row that is named is there. raises: ProjectArchiveRows."""
        for name, wanted in self._wanted.items():
            if wanted - self.ids[name]:
                raise ProjectArchiveRows(f"Rows name a {name} that is not in the archive.")
        if self.ids["project"] != {self._project_id}:
            raise ProjectArchiveRows("The archive does not hold exactly its project.")


def _parsed(line: str) -> tuple[str, dict[str, Any]]:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError) as wrong:
        raise ProjectArchiveRows("A row is no JSON.") from wrong
    if not isinstance(said, list) or len(said) != 2 or not isinstance(said[1], dict):
        raise ProjectArchiveRows('A row is ["table", {…}].')
    if said[0] not in KEPT:
        raise ProjectArchiveRows(f"There are no rows of {str(said[0])[:60]!r} in projects.")
    return said[0], said[1]


def _value(table: SqlTable, column: Column[Any], row: Mapping[str, Any]) -> Any:
    """A value as the driver takes it. raises: ProjectArchiveRows for one of another kind."""
    where = f"{table.name}.{column.name}"
    said = row.get(column.name)
    if said is None:
        if column.name not in row or not column.nullable:
            raise ProjectArchiveRows(f"{where} is missing.")
        return None
    emptied = _EMPTIED.get((table.name, column.name), said)
    if said != emptied:
        raise ProjectArchiveRows(f"{where} must be empty.")
    kind = column.type
    try:
        match kind:
            case Uuid():
                value = UUID(said)
                if str(value) != said:
                    raise ValueError("another spelling")
                return value
            case UtcDateTime():
                return datetime.fromisoformat(said).astimezone(UTC)
            case Date():
                return date.fromisoformat(said)
            case JSON():
                if "\\u0000" in json.dumps(said):
                    raise ValueError("NUL")
                return said
            case Boolean() if isinstance(said, bool):
                return said
            case BigInteger() | Integer() if isinstance(said, int) and not isinstance(said, bool):
                most = 63 if isinstance(kind, BigInteger) else 31
                if -(2**most) <= said < 2**most:
                    return said
            case Float() if isinstance(said, int | float) and math.isfinite(said):
                return float(said)
            case String() if isinstance(said, str) and "\0" not in said:
                if kind.length is None or len(said) <= kind.length:
                    return said
            case _:
                raise ValueError("another kind")
    except (ValueError, TypeError, AttributeError, OverflowError) as wrong:
        raise ProjectArchiveRows(f"{where} holds something else than it should.") from wrong
    raise ProjectArchiveRows(f"{where} holds more than it can.")


def _has_default(column: Column[Any]) -> bool:
    return column.nullable or (column.default is not None and not column.primary_key)


def _single_key(table: SqlTable) -> str | None:
    keys = list(table.primary_key.columns)
    return keys[0].name if len(keys) == 1 and isinstance(keys[0].type, Uuid) else None


async def taken(session: AsyncSession, ids: Mapping[str, set[str]]) -> set[str]:
    """Those of these ids that this server has already."""
    found: set[str] = set()
    for name, wanted in ids.items():
        table = _TABLES[name]
        key = _single_key(table)
        # Keyed by its parent: its key is one of the parent's.
        if key is None or table.c[key].foreign_keys:
            continue
        waiting = [UUID(one) for one in wanted]
        for start in range(0, len(waiting), _BATCH):
            batch = waiting[start : start + _BATCH]
            found |= {
                str(one)
                for one in await session.scalars(
                    select(table.c[key]).where(table.c[key].in_(batch))
                )
            }
    return found


class Loader:
    """Puts checked rows into the database; what points forward is filled in at the end."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._name = ""
        self._batch: list[dict[str, Any]] = []
        self._later: list[tuple[SqlTable, Any, dict[str, Any]]] = []

    async def add(self, name: str, values: Mapping[str, Any]) -> None:
        """The next row, in the order of the archive."""
        if name != self._name or len(self._batch) >= _BATCH:
            await self._flush()
        self._name = name
        table, now = _TABLES[name], dict(values)
        forward = {
            column.name: now[column.name]
            for column in table.columns
            if now.get(column.name) is not None and _points_forward(table, column)
        }
        if forward:
            key = table.c[_single_key(table) or "id"]
            self._later.append((table, key == now[key.name], forward))
            now |= dict.fromkeys(forward, None)
        self._batch.append(now)

    async def finish(self) -> None:
        """Write what is left, and what pointed forward."""
        await self._flush()
        for table, where, forward in self._later:
            await self._session.execute(update(table).where(where).values(forward))

    async def _flush(self) -> None:
        table = _TABLES[self._name] if self._batch else None
        alike: dict[frozenset[str], list[Mapping[str, Any]]] = {}
        for row in self._batch:
            assert table is not None
            # A JSON column that is given None holds the JSON word null; left out it holds nothing.
            given = {
                name: value
                for name, value in row.items()
                if value is not None or not isinstance(table.c[name].type, JSON)
            }
            alike.setdefault(frozenset(given), []).append(given)
        self._batch = []
        for rows in alike.values():
            assert table is not None
            await self._session.execute(insert(table), rows)


def _points_forward(table: SqlTable, column: Column[Any]) -> bool:
    names = list(KEPT)
    return any(
        key.column.table.name in KEPT
        and names.index(key.column.table.name) >= names.index(table.name)
        for key in column.foreign_keys
    )
