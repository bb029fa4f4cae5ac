"""Occurrences by name and id, and the cache of parsed structures."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from holotable import delivery
from holotable.delivery import Structure, Structures
from holotable.errors import NotFound
from holotable.store.blobs import FileBlobs, put_bytes

DOCUMENT = {
    "format": "holotable-structure/1",
    "count": 5,
    "id": ["r", "a", "b1", "b2", "n"],
    "parent": [-1, 0, 1, 1, 0],
    "name": ["Rig", "Arm", "Bolt M8", "Bolt M8", "Größe"],
    "kind": ["assembly", "assembly", "part", "part", "part"],
    "part": [-1, -1, 0, 0, 1],
    "parts": [{"name": "Bolt", "volume_m3": 1e-6}, {"name": "Plate"}],
}


def test_search_finds_names_in_tree_order_page_by_page() -> None:
    structure = Structure(DOCUMENT)
    found, more = structure.search("bolt", 0, 1)
    assert [(one.id, one.path, one.number) for one in found] == [
        ("b1", ("Rig", "Arm", "Bolt M8"), 0)
    ]
    assert more == 3
    found, more = structure.search("bolt", more, 1)
    assert [one.id for one in found] == ["b2"]
    assert more is None
    assert [one.id for one in structure.search("GRÖSSE", 0, 9)[0]] == ["n"]
    assert [one.id for one in structure.search("", 0, 9)[0]] == DOCUMENT["id"]
    assert [one.id for one in structure.search("B2", 0, 9)[0]] == ["b2"]


def test_an_occurrence_knows_its_part_and_its_number() -> None:
    structure = Structure(DOCUMENT)
    one = structure.occurrence(structure.row_of("n"))
    assert (one.part, one.number, structure.part_row(one.part)["name"]) == (1, 2, "Plate")
    assembly = structure.occurrence(structure.row_of("a"))
    assert (assembly.part, assembly.number, structure.part_row(None)) == (None, None, {})
    with pytest.raises(NotFound):
        structure.row_of("unknown")


@pytest.mark.parametrize(
    "odd",
    [
        {"id": ["a", "b"], "parent": [1, 0], "name": ["A", "B"]},
        {"id": ["a", "b"], "parent": [7, "x"], "part": [99, None], "parts": [1]},
        {"id": [1, 2], "name": [None, 3]},
    ],
)
def test_an_odd_structure_is_shown_without_hanging(odd: dict[str, object]) -> None:
    structure = Structure(odd)
    found, _more = structure.search("", 0, 10)
    assert len(found) == 2
    for row, one in enumerate(found):
        structure.part_row(one.part)
        structure.roll_up(row)


def test_a_roll_up_follows_the_tree_and_leaves_out_what_is_hidden() -> None:
    up = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 2, 0, 1]
    part = {
        "name": "Bolt",
        "mass_method": "mesh",
        "volume_m3": 2.0,
        "area_m2": 3.0,
        "centroid_m": [1.0, 0.0, 0.0],
        "inertia_m5": [1.0, 1.0, 1.0, 0.0, 0.0, 0.0],
    }
    structure = Structure(
        DOCUMENT | {"transform": [None, up, up, None, up], "parts": [part, {"name": "Plate"}]}
    )
    hiding = Structure(
        DOCUMENT | {"parts": [part, part], "hidden": [False, True, False, False, False]}
    )

    sums, hidden = structure.roll_up(1)

    assert (sums.occurrences, hidden, sums.approximate) == (2, 0, True)
    assert sums.volume is not None
    assert sums.volume.amount == pytest.approx(4.0)
    assert sums.volume.centre == pytest.approx([1.0, 3.0, 0.0])
    assert (sums.weightless.count, sums.weightless.names) == (2, ("Bolt",))
    assert structure.roll_up(0)[0].occurrences == 3
    again, _ = structure.roll_up(1)
    assert repr(again) == repr(sums)  # from what was kept of the parts
    assert structure.roll_up(4)[0].volume is None
    assert (hiding.roll_up(0)[0].occurrences, hiding.roll_up(0)[1]) == (1, 2)
    assert hiding.roll_up(1)[0].occurrences == 2  # asked for itself, it is no longer hidden


class Counting(FileBlobs):
    reads = 0

    async def read(
        self, sha256: str, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        self.reads += 1
        async for chunk in super().read(sha256, start, end):
            yield chunk


async def test_a_structure_is_read_once_and_the_oldest_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs = Counting(tmp_path)
    names = [
        (await put_bytes(blobs, json.dumps({**DOCUMENT, "format": str(number)}).encode())).sha256
        for number in range(3)
    ]
    structures = Structures(blobs)
    first, second = await asyncio.gather(structures.get(names[0]), structures.get(names[0]))
    assert first is second
    assert blobs.reads == 1
    monkeypatch.setattr(delivery, "_CACHED_ROWS", 10)
    await structures.get(names[1])
    await structures.get(names[0])
    await structures.get(names[2])
    assert blobs.reads == 3
    await structures.get(names[0])
    assert blobs.reads == 3
    await structures.get(names[1])
    assert blobs.reads == 4


async def test_a_structure_that_cannot_be_read_fails_every_asker_and_is_tried_again(
    tmp_path: Path,
) -> None:
    structures = Structures(FileBlobs(tmp_path))
    for _attempt in range(2):
        with pytest.raises(NotFound):
            await structures.get("0" * 64)


async def test_own_properties_win_over_the_parts(tmp_path: Path) -> None:
    blobs = FileBlobs(tmp_path)
    document = {
        "parts": {"0": {"Pset": {"grade": "8.8", "finish": "zinc"}}},
        "nodes": {"2": {"Pset": {"grade": "10.9"}, "Own": {"x": 1}}},
    }
    structure = await put_bytes(blobs, json.dumps(DOCUMENT).encode())
    properties = await put_bytes(blobs, json.dumps(document).encode())
    structures = Structures(blobs)
    search = await structures.search(structure.sha256, properties.sha256, np.eye(4))
    found = search.properties.groups_of(2)
    assert found == {"Pset": {"grade": "10.9", "finish": "zinc"}, "Own": {"x": 1}}
    assert search.properties.groups_of(0) == {}
    assert await structures.search(structure.sha256, properties.sha256, np.eye(4)) is search
    bare = await structures.search(structure.sha256, None, np.eye(4))
    assert bare.properties.groups_of(2) == {}


async def test_a_search_sees_sizes_in_the_corrected_unit(tmp_path: Path) -> None:
    blobs = FileBlobs(tmp_path)
    structure = await put_bytes(blobs, json.dumps(DOCUMENT).encode())
    structures = Structures(blobs)
    tenfold = np.diag([10.0, 10.0, 10.0, 1.0])
    search = await structures.search(structure.sha256, None, tenfold)
    assert search.number_column("volume")[2] == pytest.approx(1e-3)
    plain = await structures.search(structure.sha256, None, np.eye(4))
    assert plain.number_column("volume")[2] == 1e-6


def test_what_is_shown_first_leaves_out_what_is_hidden() -> None:
    structure = Structure(DOCUMENT | {"hidden": [False, True, False, False, False]})
    assert structure.shown_numbers().tolist() == [2]
