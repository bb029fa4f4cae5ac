"""The format of viewpoints: what is refused, what parts they name, and which part is which."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from holotable.errors import UnknownFormat, UnknownParts, ViewpointTooLarge
from holotable.review.viewpoint import (
    MAX_BYTES,
    Received,
    Viewpoint,
    check_parts,
    content_bytes,
    correspondence,
    document,
    schema,
)

ROOT = Path(__file__).resolve().parents[3]
VECTORS = json.loads((ROOT / "tests" / "vectors" / "viewpoint.json").read_text())
SCHEMAS = (
    ROOT / "docs" / "formats" / "viewpoint-1.schema.json",
    ROOT / "frontend" / "src" / "protocol" / "viewpoint.schema.json",
)
RECEIVED: TypeAdapter[Viewpoint] = TypeAdapter(Received)
BASE: dict[str, Any] = {
    "format": "holotable-viewpoint/1",
    "revision_id": "0190b6d4-0000-7000-8000-000000000000",
}


@pytest.mark.parametrize("said", VECTORS["valid"], ids=lambda said: said["name"])
def test_a_valid_vector_is_read_and_written_as_it_was(said: dict[str, Any]) -> None:
    assert document(Viewpoint.model_validate(said["viewpoint"])) == said["viewpoint"]


@pytest.mark.parametrize("said", VECTORS["invalid"], ids=lambda said: said["name"])
def test_an_invalid_vector_is_refused_where_it_is_wrong(said: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        Viewpoint.model_validate(said["viewpoint"])
    places = {"/".join(str(step) for step in one["loc"]) for one in refused.value.errors()}
    assert any(place.startswith(said["at"]) for place in places), places


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.parent.name)
def test_the_schema_that_documents_and_the_page_have_is_this_one(path: Path) -> None:
    assert json.loads(path.read_text()) == schema(), "run `make api`"


def test_another_version_and_a_viewpoint_that_is_too_large_have_errors_of_their_own() -> None:
    with pytest.raises(UnknownFormat) as other:
        RECEIVED.validate_python({**BASE, "format": "holotable-viewpoint/2"})
    assert other.value.facts["known"] == "holotable-viewpoint/1"
    hidden = [[number, number] for number in range(0, 60_000, 2)]
    with pytest.raises(ViewpointTooLarge) as large:
        RECEIVED.validate_python({**BASE, "visibility": {"hidden": hidden}})
    assert large.value.facts["max_bytes"] == MAX_BYTES


@pytest.mark.parametrize(
    ("named", "missing"),
    [
        ({"visibility": {"hidden": [[0, 1], [2, 2]]}}, []),
        ({"visibility": {"hidden": [[0, 1], [2, 3]]}}, ["3"]),
        ({"selection": {"parts": {"ids": ["a", "asm", "gone"]}}}, ["gone"]),
        ({"visibility": {"ghosted": {"ids": ["b"], "all_but": True}}}, []),
        ({"explode": {"amount": 0.5, "only": [[7, 9]]}}, ["9"]),
    ],
)
def test_parts_that_the_revision_does_not_have_are_named(
    named: dict[str, Any], missing: list[str]
) -> None:
    viewpoint = Viewpoint.model_validate({**BASE, **named})
    ids = ["a", "b", "c"]
    known = frozenset([*ids, "asm"])
    if not missing:
        check_parts(viewpoint, ids, known)
        return
    with pytest.raises(UnknownParts) as refused:
        check_parts(viewpoint, ids, known)
    assert refused.value.facts["parts"] == missing


def test_equal_contents_have_equal_bytes_whatever_the_order_of_their_members() -> None:
    camera = {"position": [1, 2, 3], "target": [0, 0, 0], "up": [0, 1, 0], "fov_rad": 0.8}
    one = document(Viewpoint.model_validate({**BASE, "camera": camera}))
    two = document(Viewpoint.model_validate({"camera": dict(reversed(camera.items())), **BASE}))
    assert content_bytes(one) == content_bytes(two)


def test_one_part_added_makes_two_runs() -> None:
    theirs = [f"id-{number}" for number in range(1_000)]
    ours = [*theirs[:400], "bracket", *theirs[400:]]
    assert correspondence(theirs, ours) == [(0, 0, 400), (400, 401, 600)]


def test_parts_that_went_and_parts_that_moved_in_the_tree_break_a_run() -> None:
    assert correspondence(["a", "gone", "b", "c"], ["b", "c", "a"]) == [(0, 2, 1), (2, 0, 2)]
    assert correspondence([], ["a"]) == []
    assert correspondence(["a"], []) == []
