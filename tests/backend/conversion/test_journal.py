import re
from importlib import metadata

import pytest

from holotable.conversion.journal import Journal, converter_version, peak_memory_bytes


def test_stages_are_listed_in_order_with_seconds_and_memory() -> None:
    journal = Journal()
    with journal.stage("read"):
        pass
    with journal.stage("pack"):
        pass
    document = journal.document()
    assert document["format"] == "holotable-report/1"
    assert [stage["name"] for stage in document["stages"]] == ["read", "pack"]
    assert all(0 <= stage["seconds"] < 1 for stage in document["stages"])
    assert all(stage["peak_memory_bytes"] > 2**20 for stage in document["stages"])
    assert document["converter_version"] == converter_version()


def test_a_stage_that_fails_is_not_listed() -> None:
    journal = Journal()
    with pytest.raises(ZeroDivisionError), journal.stage("read"):
        raise ZeroDivisionError
    assert journal.stages == []


def test_warnings_become_rows() -> None:
    journal = Journal()
    journal.warn("lost", 3, "Three were lost.")
    assert journal.warning_rows() == [{"code": "lost", "count": 3, "detail": "Three were lost."}]
    assert peak_memory_bytes() > 2**20


def test_the_version_names_the_release_and_marks_the_code_and_fits_its_column() -> None:
    release, _, mark = converter_version().partition("+")
    assert metadata.version("holotable").startswith(release)
    assert re.fullmatch("[0-9a-f]{12}", mark)
    assert len(converter_version()) <= 32
