"""XML of BCF: no document types, and texts in one form."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from lxml import etree

from holotable.errors import BcfDocumentType, BcfInvalid, BcfXml
from holotable.exchange.bcf_model import Project
from holotable.exchange.bcf_xml import add, flag, made, moment, root_of, speakable, text_of

BOMB = b"""<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;">]><Markup>&c;</Markup>"""
AWAY = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'


@pytest.mark.parametrize(
    "content", [BOMB, AWAY, b"<!DOCTYPE a><a/>", BOMB.decode().encode("utf-16")]
)
def test_a_document_type_is_refused_whatever_is_in_it(content: bytes) -> None:
    with pytest.raises(BcfDocumentType) as refused:
        root_of(content, "a/markup.bcf")
    assert "a/markup.bcf" in refused.value.detail


@pytest.mark.parametrize(
    "content", [b"", b"<a>", b"text", b"<a>&x;</a>", b'<?xml version="1.0" encoding="nope"?><a/>']
)
def test_what_is_not_well_formed_is_refused(content: bytes) -> None:
    with pytest.raises(BcfXml):
        root_of(content, "x")


def test_texts_are_without_blanks_around_them_and_speakable() -> None:
    node = root_of(b"<!-- c --><a><b> x \n</b><c> </c></a>", "x")
    assert (text_of(node, "b"), text_of(node, "c"), text_of(node, "d")) == ("x", None, None)
    assert speakable("\x00a\x0b ") == "\ufffda\ufffd"
    add(node, "e", "  ")
    assert node.find("e") is None


def test_moments_are_written_in_utc_and_flags_as_the_schema_has_them() -> None:
    at = datetime(2026, 11, 20, 12, 0, 0, 120_000, tzinfo=timezone(timedelta(hours=2)))
    assert moment(at) == "2026-11-20T10:00:00.120000Z"
    assert moment(datetime(2026, 1, 1, tzinfo=UTC)) == "2026-01-01T00:00:00Z"
    assert moment(None) is None
    assert [flag("1"), flag("false"), flag(None, default=True)] == [True, False, True]


def test_a_value_that_does_not_fit_names_its_file_and_member() -> None:
    assert made(Project, {"project_id": "1"}, "p").project_id == "1"
    with pytest.raises(BcfInvalid) as refused:
        made(Project, {}, "project.bcfp")
    assert refused.value.facts == {"place": "project.bcfp", "member": "project_id"}
    assert etree.iselement(root_of(b"<a/>", "x"))
