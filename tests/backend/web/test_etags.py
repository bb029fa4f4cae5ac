"""ETags and If-Match."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from holotable.errors import Stale
from holotable.web.etags import check_if_match, etag

ROW = UUID("0190b6d4-0000-7000-8000-00000000abcd")
NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


def test_a_tag_is_strong_and_differs_by_row_and_by_time() -> None:
    tags = {etag(ROW, NOW), etag(ROW, NOW + timedelta(microseconds=1)), etag(UUID(int=1), NOW)}
    assert len(tags) == 3
    assert all(tag.startswith('"') and tag.endswith('"') for tag in tags)


def test_a_change_is_taken_with_the_current_tag_any_tag_or_none() -> None:
    for sent in (None, "*", '"a"', '"b", "a"'):
        check_if_match(sent, '"a"')


def test_an_older_copy_is_refused_with_the_current_tag() -> None:
    with pytest.raises(Stale) as refused:
        check_if_match('"b"', '"a"')
    assert refused.value.facts == {"current": '"a"'}
