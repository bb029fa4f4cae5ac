"""Finding parts: the vectors that the page reads too, and models that are odd or hostile."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from part_models import part_search

from holotable.errors import BadQuery

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "queries.json").read_text())
MODEL = part_search(VECTORS["structure"], VECTORS["properties"])


@pytest.mark.parametrize(("query", "rows", "_alone"), VECTORS["cases"])
def test_a_query_finds_its_rows(query: str, rows: list[int], _alone: bool) -> None:
    assert MODEL.find(query).tolist() == rows


@pytest.mark.parametrize(("query", "reason"), VECTORS["model_errors"])
def test_what_the_model_cannot_answer_is_named(query: str, reason: str) -> None:
    with pytest.raises(BadQuery) as caught:
        MODEL.find(query)
    assert caught.value.facts["reason"] == reason


def test_assemblies_stand_for_what_is_below_them() -> None:
    assert MODEL.numbers_of(MODEL.find("name:EG")).tolist() == [0, 1, 2]
    assert MODEL.rows_of_numbers(MODEL.numbers_of(MODEL.find("slab"))).tolist() == [7]


def test_a_part_stands_for_itself_and_not_for_what_is_below_it() -> None:
    structure = {**VECTORS["structure"], "parent": [-1, 0, 1, 2, 3, 2, 1, 6, 6]}
    model = part_search(structure, VECTORS["properties"])
    assert model.numbers_of(model.find('name="Wall 1"')).tolist() == [0]
    assert model.numbers_of(model.find("name=EG")).tolist() == [0, 1, 2]


def test_an_odd_model_is_searched_without_hanging() -> None:
    odd = part_search(
        {"id": ["a", "b", "c"], "parent": [1, 0, "x"], "name": [None, 3, "C"], "part": [9, 0, -5],
         "parts": [{"volume_m3": "large", "bounds": {"min": 1}}, 7]},
        {"nodes": {"0": 5, "x": {}, "99": {"G": {"k": 1}}, "2": {"G": {"k": [1, {"a": 2}]}}},
         "parts": [1]},
    )  # fmt: skip
    for query in ("a", "mass>1", "size<5", "k:2", "storey:x", "colour:#", "-a"):
        odd.numbers_of(odd.find(query))


def test_a_hundred_thousand_parts_are_searched_in_a_blink() -> None:
    count = 100_000
    structure: dict[str, Any] = {
        "id": [f"id-{row}" for row in range(count)],
        "parent": [-1] + [0] * (count - 1),
        "name": ["Rack"] + [f"Item {row:06d}" for row in range(1, count)],
        "kind": ["assembly"] + ["part"] * (count - 1),
        "part": [-1] + [row % 500 for row in range(1, count)],
        "parts": [{"name": f"Part {number}"} for number in range(500)],
    }
    properties = {"nodes": {str(row): {"PLM": {"Serial": f"S{row}"}} for row in range(1, count)}}
    model = part_search(structure, properties)
    model.find("first")  # folds the texts once
    for query, found in (("099999", [99_999]), ("Serial:S77777", [77_777])):
        started = time.perf_counter()
        assert model.find(query).tolist() == found
        assert time.perf_counter() - started < 0.5, query
