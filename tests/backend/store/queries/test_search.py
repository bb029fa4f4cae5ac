"""Search: every word, whatever its case, special characters meaning themselves."""

import pytest
from builders import Clock, add_asset, add_project, add_user

from holotable.store.database import Database
from holotable.store.queries.search import find_everywhere


async def hits(database: Database, clock: Clock, text: str) -> set[str]:
    mia = await add_user(database, clock, "Mia")
    project = await add_project(database, clock, owner=mia, name="Home")
    for name, description, number in (
        ("100% bolt", "", "A_1"),
        ("1000 bolts", "", "AB1"),
        ("Ärmel", "Sleeve of the ÖLPUMPE", ""),
        (r"a\b", "", "x/y"),
        ("Ball valve", "DN 50", "V-17"),
    ):
        await add_asset(database, clock, project, name, description=description, part_number=number)
    async with database.transaction() as transaction:
        rows = await find_everywhere(transaction, text, mia.id, clock(), after=None, limit=50)
    return {row.name for row in rows}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("100%", {"100% bolt"}),
        ("a_1", {"100% bolt"}),
        ("ÄRMEL", {"Ärmel"}),
        ("ölpumpe", {"Ärmel"}),
        (r"A\B", {r"a\b"}),
        ("x/y", {r"a\b"}),
        ("valve 50 v-17", {"Ball valve"}),
        ("valve bolt", set()),
        ("'; DROP TABLE asset; --", set()),
        ("   ", set()),
        ("bolt", {"100% bolt", "1000 bolts"}),
    ],
)
async def test_each_word_is_found_as_it_is_written_whatever_its_case(
    database: Database, clock: Clock, text: str, found: set[str]
) -> None:
    assert await hits(database, clock, text) == found
