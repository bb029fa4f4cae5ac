"""XML without document types."""

import io
from xml.parsers import expat

import pytest

from holotable.conversion.readers.xml_guard import (
    parse_xml,
    refuse_document_type,
    watch_document_type,
)
from holotable.errors import DamagedFile, ExternalReference

HOSTILE = [
    ('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', ExternalReference),
    ('<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>', ExternalReference),
    ('<!DOCTYPE a PUBLIC "-//X" "a.dtd"><a/>', ExternalReference),
    ('<!DOCTYPE a [<!ENTITY % p SYSTEM "file:///etc/passwd">%p;]><a/>', ExternalReference),
    ('<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;">]><a b="&y;"/>', DamagedFile),
    ("<!DOCTYPE a><a/>", DamagedFile),
    ("<a><b></a>", DamagedFile),
    ("no xml", DamagedFile),
    ("", DamagedFile),
    ("<!--" + "x" * 2_000_000 + "--><a/>", DamagedFile),
]


@pytest.mark.parametrize(("text", "problem"), HOSTILE, ids=lambda value: str(value)[:30])
def test_what_no_model_needs_is_refused(text: str, problem: type) -> None:
    with pytest.raises(problem):
        parse_xml(text.encode())


def test_only_the_beginning_is_read_to_refuse() -> None:
    stream = io.BytesIO(b"<a>" + b"x" * 10_000_000)
    refuse_document_type(stream)
    assert stream.tell() < 1_000_000


def test_a_document_comes_back_as_its_tree() -> None:
    root = parse_xml(b"<?xml version='1.0'?><!-- why --><a xmlns='urn:x'><b c='1'>text</b></a>")
    assert root.find("{*}b") is not None
    assert root.findtext("{*}b") == "text"
    assert len(parse_xml("<a>ü</a>".encode("utf-16"))) == 0


def test_a_text_of_more_than_ten_megabytes_is_read() -> None:
    root = parse_xml(b"<a>" + b"1 " * 6_000_000 + b"</a>")
    assert len(root.text or "") == 12_000_000


def test_a_watched_parser_refuses_while_it_reads() -> None:
    parser = expat.ParserCreate()
    watch_document_type(parser)
    with pytest.raises(ExternalReference):
        parser.Parse(HOSTILE[0][0].encode(), True)


@pytest.mark.parametrize("encoding", ["utf-0.5", "gb18030", "rot13", "idna", "base64"])
def test_an_encoding_that_is_none_is_damage(encoding: str) -> None:
    with pytest.raises(DamagedFile):
        parse_xml(f'<?xml version="1.0" encoding="{encoding}"?><a/>'.encode())
