"""The language of the part search: what it reads, and what it says of a mistake."""

import json
from pathlib import Path

import pytest
from hypothesis import given, strategies

from holotable.errors import BadQuery
from holotable.review.query import All, Not, Some, Term, Words, has_not, parse_query

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "queries.json").read_text())


def test_spaces_are_and_and_or_binds_weaker() -> None:
    assert parse_query("a b OR -c") == Some((All((Words("a"), Words("b"))), Not(Words("c"))))


def test_a_term_has_its_field_operator_and_amount() -> None:
    found = parse_query('mass>=5kg "fire rating":F90')
    assert isinstance(found, All)
    mass, rating = found.parts
    assert isinstance(mass, Term)
    assert isinstance(rating, Term)
    assert (mass.field, mass.operator, mass.text) == ("mass", ">=", "5kg")
    assert mass.amount is not None
    assert (mass.amount.value, mass.amount.dimension, mass.tolerance) == (5.0, "mass", 0.5)
    assert (rating.field, rating.operator, rating.text, rating.amount) == (
        "fire rating", ":", "F90", None,
    )  # fmt: skip


@pytest.mark.parametrize(("text", "reason", "position"), VECTORS["errors"])
def test_a_mistake_is_named_with_its_place(text: str, reason: str, position: int) -> None:
    with pytest.raises(BadQuery) as caught:
        parse_query(text)
    assert (caught.value.facts["reason"], caught.value.facts["position"]) == (reason, position)
    assert caught.value.code == "bad_query"


def test_a_query_longer_than_a_page_is_refused() -> None:
    with pytest.raises(BadQuery):
        parse_query("a" * 1001)


def test_only_what_excludes_excludes() -> None:
    assert not has_not(parse_query("a OR (b c:d)"))
    assert has_not(parse_query("a OR (b -c)"))
    assert has_not(parse_query("c!=d"))
    assert not has_not(None)


@given(strategies.text(alphabet='ab -():"=<>!OR ND5kgm', max_size=60))
def test_every_text_is_read_or_refused_by_name(text: str) -> None:
    try:
        parse_query(text)
    except BadQuery as refused:
        position = refused.facts["position"]
        assert isinstance(position, int)
        assert 0 <= position <= len(text)
