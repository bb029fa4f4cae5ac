"""Parts of a revision by what is said of them: search, values, sums, bills of materials.

All of it reads; POST is for selections that do not fit into an address.
"""

import asyncio
from typing import Annotated, Any, Final, Literal, TypeAlias, TypeVar
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from holotable.errors import Invalid
from holotable.review import bom
from holotable.review.part_search import PartSearch
from holotable.review.part_values import (
    MOST_BINS,
    Runs,
    numbers_in,
    property_names,
    runs_of,
    shared_properties,
    value_groups,
)
from holotable.review.property_columns import Rows
from holotable.review.query import MAX_LENGTH
from holotable.web.answers import Items, Limit
from holotable.web.dependencies import AppContext, Principal
from holotable.web.scene import MassAnswer, mass_answer, open_tree

Row = TypeVar("Row")

router = APIRouter(tags=["parts"])

_MOST_RUNS: Final = 200_000
_MOST_LINES: Final = 5_000

Cursor: TypeAlias = Annotated[str | None, Query(pattern=r"^\d{1,9}$")]
QueryText: TypeAlias = Annotated[
    str,
    Query(
        max_length=MAX_LENGTH,
        description='Words, `material:316L`, `mass>5kg`, `-name:"V-17"`, `OR`, brackets',
    ),
]
Group: TypeAlias = Annotated[
    str, Query(min_length=1, max_length=300, description="`part`, or a property's key")
]
Order: TypeAlias = Literal["name", "number", "material", "quantity", "mass", "total_mass", "volume"]
Run: TypeAlias = Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=2, max_length=2)]


class FoundPartsAnswer(BaseModel):
    """What a query finds, as runs [first, last].

    rows: of structure.json.  ranges: dense numbers of the parts among them, and of everything below
    the assemblies.
    """

    rows: Runs
    row_count: int
    ranges: Runs
    count: int


class PropertyNameAnswer(BaseModel):
    """A property of the model. `key` is what queries and the other routes take."""

    key: str
    group: str  # empty for what every model has: name, type, mass …
    name: str
    kind: Literal["number", "text"]
    unit: str  # of the numbers, SI
    values: int  # different ones
    occurrences: int  # parts that have it


class PropertyValueAnswer(BaseModel):
    """Parts that share a value, or whose number lies from `low` to `high`."""

    label: str  # empty for numbers
    low: float | None
    high: float | None
    count: int
    ranges: Runs


class PropertyValuesAnswer(BaseModel):
    """The values of a property, the most frequent first; numbers in ascending bins."""

    kind: Literal["number", "text"]
    unit: str
    items: list[PropertyValueAnswer]
    next_cursor: str | None
    values: int  # of all pages
    missing: Runs  # parts without a value


class SelectionRequest(BaseModel):
    """Some occurrences: runs [first, last] of dense numbers."""

    ranges: list[Run] = Field(default_factory=list, max_length=_MOST_RUNS)


class SharedPropertyAnswer(BaseModel):
    """One property of several parts; `value` is null when they differ, `distinct` says how much."""

    group: str
    name: str
    value: Any  # JSON as the file has it
    distinct: int
    occurrences: int  # of the selection, that have it
    unit: str  # of `total`, SI
    total: float | None  # where adding up means something


class SelectionAnswer(BaseModel):
    """What a selection amounts to and has in common."""

    occurrences: int
    parts: int
    mass: MassAnswer
    properties: list[SharedPropertyAnswer]


class BomLineAnswer(BaseModel):
    """A line of a bill of materials; masses in kilograms, sizes in metres."""

    name: str
    number: str
    material: str  # "…" when the parts of the line differ
    quantity: int
    part: int | None
    mass_kg: float | None  # of one
    total_mass_kg: float | None  # of all whose mass is known
    volume_m3: float | None
    total_volume_m3: float | None
    missing: int  # of them have no mass
    method: Literal["exact", "mesh", "open"] | None
    size_m: tuple[float, float, float] | None
    ranges: Runs


class BomAnswer(BaseModel):
    """One page of a bill of materials, and the sums of all of it."""

    items: list[BomLineAnswer]
    next_cursor: str | None
    lines: int
    quantity: int
    total_mass_kg: float | None
    approximate: bool  # some masses are from triangles
    missing: int  # occurrences without a mass, not in the sum


class BomRequest(SelectionRequest):
    """The bill of some occurrences."""

    group: str = Field("part", min_length=1, max_length=300)
    sort: Order = "quantity"
    descending: bool = True
    cursor: Annotated[str | None, Field(pattern=r"^\d{1,9}$")] = None
    limit: Annotated[int, Field(ge=1, le=_MOST_LINES)] = 200


@router.get("/revisions/{revision_id}/parts")
async def find_parts(
    revision_id: UUID, who: Principal, context: AppContext, query: QueryText = ""
) -> FoundPartsAnswer:
    """Everything that a query finds, at once and as runs. A page of names: `/occurrences`."""
    search = await (await open_tree(revision_id, who, context)).search()

    def find() -> FoundPartsAnswer:
        rows = search.find(query)
        numbers = search.numbers_of(rows)
        return FoundPartsAnswer(
            rows=runs_of(rows), row_count=len(rows), ranges=runs_of(numbers), count=len(numbers)
        )

    return await asyncio.to_thread(find)


@router.get("/revisions/{revision_id}/property-names")
async def list_property_names(
    revision_id: UUID,
    who: Principal,
    context: AppContext,
    cursor: Cursor = None,
    limit: Limit = 200,
) -> Items[PropertyNameAnswer]:
    """Properties by which parts can be found, grouped and coloured."""
    search = await (await open_tree(revision_id, who, context)).search()
    names = await asyncio.to_thread(property_names, search)
    page, following = _page(names, cursor, limit)
    return Items(
        items=[
            PropertyNameAnswer(
                key=one.key,
                group=one.group,
                name=one.name,
                kind=one.kind,
                unit=one.unit,
                values=one.values,
                occurrences=one.occurrences,
            )
            for one in page
        ],
        next_cursor=following,
    )


@router.get("/revisions/{revision_id}/property-values")
async def list_property_values(
    revision_id: UUID,
    who: Principal,
    context: AppContext,
    property_key: Annotated[str, Query(alias="property", min_length=1, max_length=300)] = "type",
    bins: Annotated[
        int, Query(ge=0, le=MOST_BINS, description="Numbers in so many bins; 0: each by itself")
    ] = 0,
    cursor: Cursor = None,
    limit: Limit = 200,
) -> PropertyValuesAnswer:
    """Parts by their value of a property."""
    search = await (await open_tree(revision_id, who, context)).search()
    found = await asyncio.to_thread(value_groups, search, property_key, bins)
    page, following = _page(found.groups, cursor, limit)
    return PropertyValuesAnswer(
        kind=found.kind,
        unit=found.unit,
        items=[
            PropertyValueAnswer(
                label=one.label,
                low=one.low,
                high=one.high,
                count=len(one.numbers),
                ranges=runs_of(one.numbers),
            )
            for one in page
        ],
        next_cursor=following,
        values=len(found.groups),
        missing=runs_of(found.missing),
    )


@router.post("/revisions/{revision_id}/selection")
async def sum_selection(
    revision_id: UUID, body: SelectionRequest, who: Principal, context: AppContext
) -> SelectionAnswer:
    """Mass properties of some occurrences together, and what they have in common."""
    tree = await open_tree(revision_id, who, context)
    search = await tree.search()

    def sums() -> SelectionAnswer:
        numbers = _numbers(search, body.ranges)
        shared = shared_properties(search, numbers)
        rolled = tree.structure.roll_up_rows(search.rows_of_numbers(numbers), tree.corrected)
        return SelectionAnswer(
            occurrences=shared.occurrences,
            parts=shared.parts,
            mass=mass_answer(rolled, 0, {}),
            properties=[
                SharedPropertyAnswer(
                    group=one.group,
                    name=one.name,
                    value=one.value,
                    distinct=one.distinct,
                    occurrences=one.occurrences,
                    unit=one.unit,
                    total=one.total,
                )
                for one in shared.properties
            ],
        )

    return await asyncio.to_thread(sums)


@router.get(
    "/revisions/{revision_id}/bom",
    response_model=BomAnswer,
    responses={200: {"content": {"text/csv": {}}}},
)
async def get_bom(
    revision_id: UUID,
    who: Principal,
    context: AppContext,
    query: QueryText = "",
    group: Group = "part",
    sort: Order = "quantity",
    descending: bool = True,
    form: Annotated[Literal["json", "csv"], Query(alias="format")] = "json",
    utf8_mark: Annotated[bool, Query(description="CSV with a byte order mark, for Excel")] = False,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=_MOST_LINES)] = 200,
) -> BomAnswer | Response:
    """The bill of materials of what is shown at first, or of what a query finds; CSV is whole."""
    tree = await open_tree(revision_id, who, context)
    search = await tree.search()

    def make() -> bom.Bom:
        if query.strip():
            return bom.bill(search, search.numbers_of(search.find(query)), group)
        return bom.bill(search, tree.structure.shown_numbers(), group)

    made = await asyncio.to_thread(make)
    made = _sorted(made, sort, descending)
    if form == "csv":
        return Response(
            bom.as_csv(made, byte_order_mark=utf8_mark),
            media_type="text/csv; charset=utf-8; header=present",
            headers={"Content-Disposition": 'attachment; filename="bill-of-materials.csv"'},
        )
    return _bom_answer(made, cursor, limit)


@router.post("/revisions/{revision_id}/bom")
async def get_bom_of_selection(
    revision_id: UUID, body: BomRequest, who: Principal, context: AppContext
) -> BomAnswer:
    """The bill of materials of some occurrences."""
    search = await (await open_tree(revision_id, who, context)).search()
    made = await asyncio.to_thread(
        lambda: bom.bill(search, _numbers(search, body.ranges), body.group)
    )
    return _bom_answer(_sorted(made, body.sort, body.descending), body.cursor, body.limit)


def _sorted(made: bom.Bom, sort: Order, descending: bool) -> bom.Bom:
    lines = bom.ordered(made.lines, sort, descending)
    return bom.Bom(lines, made.quantity, made.total_mass_kg, made.approximate, made.missing)


def _bom_answer(made: bom.Bom, cursor: str | None, limit: int) -> BomAnswer:
    page, following = _page(made.lines, cursor, limit)
    return BomAnswer(
        items=[
            BomLineAnswer(
                name=line.name,
                number=line.number,
                material=line.material,
                quantity=line.quantity,
                part=line.part,
                mass_kg=line.mass_kg,
                total_mass_kg=line.total_mass_kg,
                volume_m3=line.volume_m3,
                total_volume_m3=line.total_volume_m3,
                missing=line.missing,
                method=line.method,
                size_m=line.size_m,
                ranges=line.ranges,
            )
            for line in page
        ],
        next_cursor=following,
        lines=len(made.lines),
        quantity=made.quantity,
        total_mass_kg=made.total_mass_kg,
        approximate=made.approximate,
        missing=made.missing,
    )


def _numbers(search: PartSearch, ranges: list[list[int]]) -> Rows:
    count = int((search.columns.numbers >= 0).sum())
    if any(first > last for first, last in ranges):
        raise Invalid("A run is [first, last], first not above last.", pointer="/ranges")
    return numbers_in(ranges, count)


def _page(items: list[Row], cursor: str | None, limit: int) -> tuple[list[Row], str | None]:
    start = int(cursor or 0)
    end = start + limit
    return items[start:end], str(end) if end < len(items) else None
