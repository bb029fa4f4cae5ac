"""XML without document types: no entities, no external files, no bombs.

COLLADA and 3MF need no DTD, and the 3MF specification forbids one (core 1.3 §2.3.3).
"""

import io
from typing import BinaryIO, Final
from xml.parsers import expat

from lxml import etree

from holotable.errors import DamagedFile, ExternalReference

_PROLOG_BYTES: Final = 1024 * 1024


class _RootReachedError(Exception):
    """The prolog is over; expat is left this way."""


def refuse_document_type(stream: BinaryIO) -> None:
    """Read up to the root element and refuse a document type on the way.

    raises: ExternalReference when it names a file or address, DamagedFile otherwise.
    """
    parser = expat.ParserCreate()
    watch_document_type(parser)

    def root(_name: str, _attributes: dict[str, str]) -> None:
        raise _RootReachedError

    parser.StartElementHandler = root
    read = 0
    try:
        while chunk := stream.read(65536):
            read += len(chunk)
            parser.Parse(chunk, False)
            if read > _PROLOG_BYTES:
                raise DamagedFile("The XML does not begin with an element.")
        parser.Parse(b"", True)
    except _RootReachedError:
        return
    except (expat.ExpatError, LookupError, ValueError) as cause:  # also of unknown encodings
        raise DamagedFile("The XML of the file is not well-formed.") from cause


def watch_document_type(parser: expat.XMLParserType) -> None:
    """Make a parser refuse a document type and never look for a file."""
    found = {"external": False}

    def begin(_name: str, system: str | None, public: str | None, _internal: int) -> None:
        found["external"] = bool(system or public)
        if found["external"]:
            raise ExternalReference("The XML of the file has a document type of another file.")

    def entity(_name: str, _p: int, _v: str | None, _b: str | None, system: str | None,
               *_rest: object) -> None:  # fmt: skip
        if system:
            raise ExternalReference(
                f"The XML of the file declares the external entity {system[:200]!r}.",
                name=system[:200],
            )
        raise DamagedFile("The XML of the file declares entities, which no model needs.")

    def end() -> None:
        raise DamagedFile("The XML of the file has a document type, which no model needs.")

    parser.StartDoctypeDeclHandler = begin
    parser.EntityDeclHandler = entity
    parser.EndDoctypeDeclHandler = end
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)


def parse_xml(content: bytes) -> etree._Element:
    """The root of an XML document without a document type."""
    refuse_document_type(io.BytesIO(content))
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=True,  # arrays of numbers over 10 MB are one text node
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as cause:
        raise DamagedFile("The XML of the file is not well-formed.") from cause
