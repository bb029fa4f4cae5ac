"""Revision → viewer: package files by name, occurrences by name or id.

No HTTP here: web/scene.py turns a `StoredFile` into headers and ranges.
"""

import asyncio
import json
import re
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Final, TypeAlias
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.ext.asyncio import AsyncSession

from holotable.errors import NotFound, NotReady
from holotable.review.mass import Floats, Integers, PartMass, RollUp, roll_up, said_mass
from holotable.review.part_search import PartColumns, PartSearch
from holotable.review.placement import correction
from holotable.review.property_columns import PropertyColumns
from holotable.store.blobs import Blobs, read_all
from holotable.store.queries import conversions, packages
from holotable.store.queries.packages import COMPRESSED, StoredFile
from holotable.store.tables import Conversion, Revision

_CACHED_ROWS: Final = 1_000_000  # occurrences of parsed structures kept in memory
_CACHED_VALUES: Final = 20_000_000  # property values of parsed properties kept in memory
# Structure, properties, and by how much the correction makes volumes larger.
_SearchKey: TypeAlias = tuple[str, str | None, float]
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,199}")
_PLAIN_COLOUR: Final = "#b4bac2"  # sRGB, as the page shows parts without a colour
_MAX_PATH: Final = 1_000  # a tree deeper than this is cut where it is shown


async def scene_file(
    session: AsyncSession,
    revision_id: UUID,
    name: str,
    *,
    sha256: str | None = None,
    compressed: bool = False,
) -> tuple[StoredFile, bool]:
    """A file of the revision's package, and whether it is the compressed companion.

    sha256: which content; then also from a package that was replaced meanwhile.
    raises: NotReady when there is no package yet, NotFound when it has no such file.
    """
    plain = None
    if _NAME.fullmatch(name) and not name.endswith(COMPRESSED):
        plain = await packages.find_file(session, revision_id, name, sha256)
    if plain is None:
        await require_package(session, revision_id)
        raise NotFound("The package has no such file.")
    if compressed:
        companion = await packages.companion(session, plain)
        if companion is not None:
            return companion, True
    return plain, False


async def properties_file(session: AsyncSession, revision_id: UUID) -> str | None:
    """The sha256 of the current package's properties, if it has any."""
    found = await packages.find_file(session, revision_id, "structure-props.json")
    return found.sha256 if found else None


async def correction_of(session: AsyncSession, revision: Revision) -> Floats:
    """(4, 4): what the revision's placement does to the model of its current package."""
    package = await packages.current(session, revision.id)
    conversion = None if package is None else await session.get(Conversion, package.conversion_id)
    said = (conversion.stats if conversion else None) or {}
    return correction(said, revision.placement)


async def require_package(session: AsyncSession, revision_id: UUID) -> UUID:
    """The id of the revision's current package. raises: NotReady."""
    package = await packages.current(session, revision_id)
    if package is not None:
        return package.id
    last = await conversions.latest(session, revision_id)
    state = last.state if last else "queued"
    raise NotReady(f"This revision has no scene yet: its conversion is {state}.", state=state)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One row of the structure."""

    id: str
    name: str
    kind: str
    path: tuple[str, ...]  # names from the root to the occurrence itself
    part: int | None  # number of the part; None for an assembly
    number: int | None  # dense occurrence number, as in the chunks; None for an assembly


class Structure:
    """structure.json, searchable. Everything in it is a stranger's and may be odd."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.ids: list[str] = [str(one) for one in document["id"]]
        count = len(self.ids)
        self._names = _column(document, "name", count, "")
        self._kinds = _column(document, "kind", count, "part")
        self._parts = _column(document, "part", count, -1)
        self._parents = _column(document, "parent", count, -1)
        self._part_rows: list[Any] = list(document.get("parts") or ())
        self._transforms = _column(document, "transform", count, None)
        self._hidden = _column(document, "hidden", count, False)
        self._layers = _column(document, "layer", count, None)
        self._colours = _column(document, "colour", count, None)
        self._identities = _column(document, "identity", count, "")
        self._world: Floats | None = None
        self._masses: list[PartMass] | None = None
        self._folded = [str(name).casefold() for name in self._names]
        self._rows = {id_: row for row, id_ in enumerate(self.ids)}
        self._numbers: list[int | None] = []
        number = 0
        for part in self._parts:
            placed = isinstance(part, int) and part >= 0
            self._numbers.append(number if placed else None)
            number += placed

    def search(self, wanted: str, start: int, limit: int) -> tuple[list[Occurrence], int | None]:
        """Rows from `start` on whose name or id contains `wanted`, and where to go on."""
        folded = wanted.strip().casefold()
        found: list[Occurrence] = []
        for row in range(start, len(self.ids)):
            if folded in self._folded[row] or folded == self.ids[row].casefold():
                if len(found) == limit:
                    return found, row
                found.append(self._occurrence(row))
        return found, None

    def placed_ids(self) -> list[str]:
        """The ids of the occurrences, by their dense numbers."""
        return [
            id_ for id_, number in zip(self.ids, self._numbers, strict=True) if number is not None
        ]

    def row_of(self, occurrence_id: str) -> int:
        """The row of an occurrence. raises: NotFound."""
        row = self._rows.get(occurrence_id)
        if row is None:
            raise NotFound("This revision has no such occurrence.")
        return row

    def occurrence(self, row: int) -> Occurrence:
        """One row."""
        return self._occurrence(row)

    def part_row(self, part: int | None) -> dict[str, Any]:
        """What the structure says of a part: name, triangles, closed, volume, area, bounds."""
        if part is None or part >= len(self._part_rows):
            return {}
        found = self._part_rows[part]
        return found if isinstance(found, dict) else {}

    def world_of(self, row: int) -> Floats:
        """(4, 4): from the frame of what stands in a row to the model."""
        return np.asarray(self._worlds()[row])

    def standing(self) -> list[tuple[str, str, str, Floats]]:
        """Id, how that id was made, name of the part and place of every occurrence."""
        world = self._worlds()
        return [
            (
                self.ids[row],
                str(self._identities[row]),
                str(self.part_row(self._parts[row]).get("name") or ""),
                np.asarray(world[row]),
            )
            for row, number in enumerate(self._numbers)
            if number is not None
        ]

    def roll_up(self, row: int, corrected: Floats | None = None) -> tuple[RollUp, int]:
        """What the row and all below it amount to, in the model's frame.

        corrected: (4, 4), of the revision's placement.

        What is hidden at first (openings and spaces of a building) is left out, unless it is the
        row itself; the second value counts it. A tree of 100,000 rows takes a second the first time
        and a quarter of it later: not for the event loop.
        """
        world_of = self._worlds()
        inside = np.zeros(len(self.ids), bool)
        hidden = np.zeros(len(self.ids), bool)
        inside[row] = True
        for below in range(row + 1, len(self.ids)):
            parent = self._parents[below]
            if isinstance(parent, int) and row <= parent < below and inside[parent]:
                inside[below] = True
                hidden[below] = hidden[parent] or self._hidden[below] is True
        parts = self._known_parts()
        placed = self._placed() & inside & (parts >= 0)
        rows = np.flatnonzero(placed & ~hidden)
        world = world_of[rows] if corrected is None else corrected @ world_of[rows]
        return roll_up(self._table(), parts[rows], world), int((placed & hidden).sum())

    def roll_up_rows(self, rows: Integers, corrected: Floats | None = None) -> RollUp:
        """What these rows amount to, themselves and nothing below them, in the model's frame."""
        parts = self._known_parts()
        rows = rows[parts[rows] >= 0]
        world = self._worlds()[rows]
        return roll_up(
            self._table(), parts[rows], world if corrected is None else corrected @ world
        )

    def shown_numbers(self) -> Integers:
        """Dense numbers of what is shown when the model is first opened."""
        hidden: list[bool] = []
        shown: list[int] = []
        for row, parent in enumerate(self._parents):
            above = isinstance(parent, int) and 0 <= parent < row and hidden[parent]
            hidden.append(above or self._hidden[row] is True)
            number = self._numbers[row]
            if number is not None and not hidden[row]:
                shown.append(number)
        return np.array(shown, np.int64)

    def columns(self, corrected: Floats | None = None) -> PartColumns:
        """What a search reads of it.  corrected: (4, 4), of the revision's placement."""
        determinants = np.abs(np.linalg.det(self._worlds()[:, :3, :3]))
        # A file that moves and turns its parts scales none: 1 exactly, not 0.9999999999999998.
        determinants[np.abs(determinants - 1.0) < 1e-9] = 1.0
        growth = 1.0 if corrected is None else float(abs(np.linalg.det(corrected[:3, :3])))
        scale = round(growth ** (1 / 3), 12)
        colours = _inherited(self._colours, self._parents)
        return PartColumns(
            ids=self.ids,
            names=[str(name) for name in self._names],
            kinds=[str(kind) for kind in self._kinds],
            layers=[str(layer or "") for layer in self._layers],
            colours=[colour[:7] for colour in colours],
            parents=np.array([p if isinstance(p, int) else -1 for p in self._parents], np.int64),
            part=self._known_parts(),
            numbers=np.array([-1 if n is None else n for n in self._numbers], np.int64),
            part_rows=[one if isinstance(one, dict) else {} for one in self._part_rows],
            stretch=determinants * scale**3,
            scale=scale,
        )

    def _worlds(self) -> Floats:
        if self._world is None:
            self._world = self._world_transforms()
        return self._world

    def _table(self) -> list[PartMass]:
        if self._masses is None:
            self._masses = [said_mass(one) for one in self._part_rows]
        return self._masses

    def _placed(self) -> NDArray[np.bool_]:
        return np.array([number is not None for number in self._numbers], bool)

    def _known_parts(self) -> Integers:
        """(rows,) the part of each row; -1 for assemblies and for parts that there are not."""
        count = len(self._part_rows)
        return np.array(
            [part if isinstance(part, int) and part < count else -1 for part in self._parts],
            np.int64,
        )

    def _world_transforms(self) -> Floats:
        """(rows, 4, 4): where each row stands in the model."""
        world = np.tile(np.eye(4), (len(self.ids), 1, 1))
        for row, transform in enumerate(self._transforms):
            parent = self._parents[row]
            above = isinstance(parent, int) and 0 <= parent < row
            if isinstance(transform, list) and len(transform) == 16:
                local = np.array(transform, float).reshape(4, 4).T
                world[row] = world[parent] @ local if above else local
            elif above:
                world[row] = world[parent]
        return world

    def _occurrence(self, row: int) -> Occurrence:
        path = [str(self._names[row])]
        parent = self._parents[row]
        while isinstance(parent, int) and 0 <= parent < len(self.ids) and len(path) < _MAX_PATH:
            path.append(str(self._names[parent]))
            parent = self._parents[parent]
        number = self._numbers[row]
        return Occurrence(
            id=self.ids[row],
            name=str(self._names[row]),
            kind=str(self._kinds[row]),
            path=tuple(reversed(path)),
            part=self._parts[row] if number is not None else None,
            number=number,
        )


class Structures:
    """Parsed structures by content, the least recently used forgotten first."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self._kept: OrderedDict[str, Structure] = OrderedDict()
        self._reading: dict[str, asyncio.Task[Structure]] = {}
        self._searches: OrderedDict[_SearchKey, PartSearch] = OrderedDict()
        self._indexing: dict[_SearchKey, asyncio.Task[PartSearch]] = {}

    async def get(self, sha256: str) -> Structure:
        """Read and parse once, however many ask at the same time."""
        if sha256 in self._kept:
            self._kept.move_to_end(sha256)
            return self._kept[sha256]
        task = self._reading.get(sha256)
        if task is None:
            task = asyncio.create_task(self._read(sha256))
            self._reading[sha256] = task
            task.add_done_callback(lambda _done: self._reading.pop(sha256, None))
        return await asyncio.shield(task)

    async def search(
        self, sha256: str, properties_sha256: str | None, corrected: Floats
    ) -> PartSearch:
        """The structure with its properties, searchable; made once for one correction."""
        growth = float(np.round(abs(np.linalg.det(corrected[:3, :3])), 15))
        key = (sha256, properties_sha256, growth)
        if key in self._searches:
            self._searches.move_to_end(key)
            return self._searches[key]
        task = self._indexing.get(key)
        if task is None:
            task = asyncio.create_task(self._index(key, corrected))
            self._indexing[key] = task
            task.add_done_callback(lambda _done: self._indexing.pop(key, None))
        return await asyncio.shield(task)

    async def _index(self, key: _SearchKey, corrected: Floats) -> PartSearch:
        sha256, properties_sha256, _growth = key
        structure = await self.get(sha256)
        said = b"{}"
        if properties_sha256 is not None:
            said = await read_all(self._blobs, properties_sha256)

        def build() -> PartSearch:
            columns = structure.columns(corrected)
            document = json.loads(said)
            known = document if isinstance(document, dict) else {}
            return PartSearch(columns, PropertyColumns(known, columns.part))

        search = await asyncio.to_thread(build)
        self._searches[key] = search
        while len(self._searches) > 1 and sum(one.weight for one in self._searches.values()) > (
            _CACHED_VALUES
        ):
            self._searches.popitem(last=False)
        return search

    async def _read(self, sha256: str) -> Structure:
        data = await read_all(self._blobs, sha256)
        structure = await asyncio.to_thread(lambda: Structure(json.loads(data)))
        self._kept[sha256] = structure
        while (
            len(self._kept) > 1 and sum(len(one.ids) for one in self._kept.values()) > _CACHED_ROWS
        ):
            self._kept.popitem(last=False)
        return structure


def _inherited(colours: list[Any], parents: list[Any]) -> list[str]:
    """The colour of every row: its own, else the one above it, else that of plain parts."""
    found: list[str] = []
    for row, (own, parent) in enumerate(zip(colours, parents, strict=True)):
        if isinstance(own, str) and own:
            found.append(own)
        elif isinstance(parent, int) and 0 <= parent < row:
            found.append(found[parent])
        else:
            found.append(_PLAIN_COLOUR)
    return found


def _column(document: dict[str, Any], name: str, count: int, missing: object) -> list[Any]:
    column = document.get(name)
    if isinstance(column, list) and len(column) == count:
        return column
    return [missing] * count
