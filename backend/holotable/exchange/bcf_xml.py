"""XML of BCF files: parsed without document types, its texts read and written in one way."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, TypeVar
from xml.parsers import expat

from lxml import etree
from pydantic import ValidationError

from holotable.errors import BcfDocumentType, BcfInvalid, BcfXml
from holotable.exchange.bcf_model import Value

Made = TypeVar("Made", bound=Value)
Said = dict[str, Any]  # JSON on the way to a value, which checks it

# XML 1.0 §2.2: the characters that no document may hold.
_UNSPEAKABLE: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def root_of(content: bytes, name: str) -> etree._Element:
    """The root of an XML file, without comments. raises: BcfDocumentType, BcfXml, naming it."""
    _refuse_document_type(content, name)
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as cause:
        raise BcfXml(f"{name[:200]} is not well-formed XML.", name=name[:200]) from cause


class _RootReachedError(Exception):
    """The prolog is over; expat is left this way."""


def _refuse_document_type(content: bytes, name: str) -> None:
    """Read up to the root element; expat loads nothing from elsewhere."""
    parser = expat.ParserCreate()

    def document_type(*_said: object) -> None:
        raise BcfDocumentType(
            f"{name[:200]} declares a document type, which no BCF file needs.", name=name[:200]
        )

    def root(_tag: str, _attributes: dict[str, str]) -> None:
        raise _RootReachedError

    parser.StartDoctypeDeclHandler = document_type
    parser.StartElementHandler = root
    try:
        parser.Parse(content, True)
    except _RootReachedError:
        return
    except (expat.ExpatError, LookupError, ValueError) as cause:  # also of unknown encodings
        raise BcfXml(f"{name[:200]} is not well-formed XML.", name=name[:200]) from cause


def text_of(node: etree._Element, tag: str) -> str | None:
    """The text of a child without blanks around it; None when it says nothing."""
    return or_none(node.findtext(tag))


def texts_of(node: etree._Element | None, item: str) -> list[str] | None:
    """The texts of children, without those that say nothing; None when there is no parent."""
    if node is None:
        return None
    found = [(one.text or "").strip() for one in node.findall(item)]
    return [text for text in found if text]


def or_none(text: str | None) -> str | None:
    """A text without blanks around it; None when nothing is left."""
    return (text or "").strip() or None


def flag(text: str | None, *, default: bool = False) -> bool:
    """A boolean of XML Schema."""
    return default if text is None else text.strip().lower() in ("true", "1")


def children(node: etree._Element, group: str, item: str) -> list[etree._Element] | None:
    """The items of a group; None when the group is absent."""
    found = node.find(group)
    return None if found is None else found.findall(item)


def made(kind: type[Made], said: Said, place: str) -> Made:
    """raises: BcfInvalid, naming the file and the first member that does not fit."""
    try:
        return kind.model_validate(said)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        member = ".".join(str(step) for step in first["loc"])
        raise BcfInvalid(
            f"{place[:200]}: {member}: {first['msg']}.", place=place[:200], member=member
        ) from wrong


def add(parent: etree._Element, tag: str, text: str | None) -> None:
    """An element with a text; none when it would say nothing."""
    spoken = speakable(text)
    if spoken:
        etree.SubElement(parent, tag).text = spoken


def add_all(parent: etree._Element, tag: str, texts: Iterable[str]) -> None:
    """An element for each text that says something."""
    for text in texts:
        add(parent, tag, text)


def attributes(said: Mapping[str, str | None]) -> dict[str, str]:
    """Those that say something."""
    return {name: spoken for name, text in said.items() if (spoken := speakable(text))}


def speakable(text: str | None) -> str:
    """A text as XML can hold it."""
    return _UNSPEAKABLE.sub("\ufffd", text or "").strip()


def moment(at: datetime | None) -> str | None:
    """A moment as xs:dateTime in UTC; fractions only where there are some."""
    if at is None:
        return None
    whole = at.astimezone(UTC).replace(tzinfo=None)
    return whole.isoformat(timespec="auto") + "Z"


def truth(value: bool | None) -> str | None:
    """A boolean as XML Schema writes it."""
    return None if value is None else str(value).lower()


def document(root: etree._Element) -> bytes:
    """The file."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
