"""Values → BCF-XML 2.1 or 3.0: one folder a topic, valid against the schemas of that version.

What only one of the two can say is said as far as the other has a word for it: 2.1 keeps documents
in the topic's folder, and has no number of the server. The same values are the same bytes.
"""

import io
from collections.abc import Iterable, Mapping
from typing import Final
from uuid import UUID, uuid5

from lxml import etree

from holotable.exchange import container
from holotable.exchange.bcf_model import (
    BcfFile,
    BimSnippet,
    Comment,
    Document,
    DocumentReference,
    Extensions,
    HeaderFile,
    Topic,
    Version,
    Viewpoint,
)
from holotable.exchange.bcf_read import WORDS
from holotable.exchange.bcf_views import write_view
from holotable.exchange.bcf_xml import add, add_all, attributes, document, moment, speakable, truth

_PACKED_ALREADY: Final = (".png", ".jpg", ".jpeg", ".zip", ".pdf")
_NO_TYPE, _NO_STATUS, _NOBODY, _NO_TITLE = "Issue", "Open", "Unknown", "Untitled"
_SCHEMA: Final = "http://www.w3.org/2001/XMLSchema"


def write_file(file: BcfFile) -> bytes:
    """The .bcf of these values, in their version."""
    members: list[tuple[str, bytes]] = [("bcf.version", _version(file.version))]
    members += _project(file)
    documents = {one.guid: one for one in file.documents}
    if file.version == "3.0":
        members += _documents(file.documents)
    for topic in file.topics:
        members += _topic_files(topic, file, documents)
    target = io.BytesIO()
    container.write(
        target,
        [
            (
                name,
                content,
                None
                if name.lower().endswith(_PACKED_ALREADY) or name.startswith("documents/")
                else container.packed(content),
            )
            for name, content in members
        ],
    )
    return target.getvalue()


def _version(version: Version) -> bytes:
    root = etree.Element("Version", VersionId=version)
    if version == "2.1":
        add(root, "DetailedVersion", version)
    return document(root)


def _project(file: BcfFile) -> list[tuple[str, bytes]]:
    """project.bcfp and the words; 3.0 asks for the words, 2.1 for a project that names them."""
    newer = file.version == "3.0"
    root = etree.Element("ProjectInfo" if newer else "ProjectExtension")
    if file.project is not None:
        node = etree.SubElement(root, "Project", ProjectId=speakable(file.project.project_id))
        add(node, "Name", file.project.name)
    words = file.extensions or Extensions()
    if newer:
        named = [] if file.project is None else [("project.bcfp", document(root))]
        return [*named, ("extensions.xml", _words_3_0(words))]
    add(root, "ExtensionSchema", "extensions.xsd")
    return [("project.bcfp", document(root)), ("extensions.xsd", _words_2_1(words))]


def _words_3_0(words: Extensions) -> bytes:
    root = etree.Element("Extensions")
    for name, (group, item, _) in WORDS.items():
        said = getattr(words, name)
        if said is not None:
            add_all(etree.SubElement(root, group), item, said)
    return document(root)


def _words_2_1(words: Extensions) -> bytes:
    """A schema that redefines the simple types of markup.xsd."""
    root = etree.Element(f"{{{_SCHEMA}}}schema", nsmap={"xs": _SCHEMA})
    redefine = etree.SubElement(root, f"{{{_SCHEMA}}}redefine", schemaLocation="markup.xsd")
    for name, (_, _, simple_type) in WORDS.items():
        said = getattr(words, name)
        if said is None:
            continue
        node = etree.SubElement(redefine, f"{{{_SCHEMA}}}simpleType", name=simple_type)
        kind = etree.SubElement(node, f"{{{_SCHEMA}}}restriction", base=simple_type)
        for word in said:
            if speakable(word):
                etree.SubElement(kind, f"{{{_SCHEMA}}}enumeration", value=speakable(word))
    return document(root)


def _documents(documents: list[Document]) -> list[tuple[str, bytes]]:
    """documents.xml and what it names; the guid is the name of the file in the zip."""
    if not documents:
        return []
    root = etree.Element("DocumentInfo")
    listed = etree.SubElement(root, "Documents")
    files: list[tuple[str, bytes]] = []
    for one in documents:
        node = etree.SubElement(listed, "Document", Guid=str(one.guid))
        add(node, "Filename", one.filename)
        add(node, "Description", one.description)
        if one.content is not None:
            files.append((f"documents/{one.guid}", one.content))
    return [("documents.xml", document(root)), *files]


def _topic_files(
    topic: Topic, file: BcfFile, documents: Mapping[UUID, Document]
) -> list[tuple[str, bytes]]:
    beside = dict(file.files.get(topic.guid, {}))
    names: dict[UUID, str] = {}  # of documents, in this folder; 2.1 alone
    if file.version == "2.1":
        for one in topic.document_references or ():
            kept = documents.get(one.document_guid) if one.document_guid else None
            if kept is not None and kept.content is not None:
                name = kept.filename.replace("\\", "/").rpartition("/")[2] or str(kept.guid)
                if beside.get(name, kept.content) != kept.content:
                    name = f"{kept.guid}-{name}"
                beside[name], names[kept.guid] = kept.content, name
    folder = str(topic.guid)
    members = [(f"{folder}/markup.bcf", _markup(topic, file.version, names))]
    for view in topic.viewpoints or ():
        if view.has_view:
            members.append((f"{folder}/{view.guid}.bcfv", write_view(view, file.version)))
    taken = {name for name, _ in members}
    members += [
        (f"{folder}/{name}", body)
        for name, body in sorted(beside.items())
        if f"{folder}/{name}" not in taken
    ]
    return members


def _markup(topic: Topic, version: Version, names: Mapping[UUID, str]) -> bytes:
    newer = version == "3.0"
    root = etree.Element("Markup")
    if topic.header_files or (newer and topic.header_files is not None):
        _header(root, topic.header_files, newer=newer)
    node = etree.SubElement(
        root,
        "Topic",
        attributes(
            {
                "Guid": str(topic.guid),
                "ServerAssignedId": topic.server_assigned_id if newer else None,
                "TopicType": topic.topic_type or (_NO_TYPE if newer else None),
                "TopicStatus": topic.topic_status or (_NO_STATUS if newer else None),
            }
        ),
    )
    _texts(node, "ReferenceLinks", "ReferenceLink", topic.reference_links, newer=newer)
    add(node, "Title", speakable(topic.title) or topic.server_assigned_id or _NO_TITLE)
    add(node, "Priority", topic.priority)
    add(node, "Index", None if topic.index is None else str(topic.index))
    if newer:
        _texts(node, "Labels", "Label", topic.labels, newer=True)
    else:
        add_all(node, "Labels", topic.labels or ())
    for tag, said in (
        ("CreationDate", moment(topic.creation_date)),
        ("CreationAuthor", topic.creation_author or _NOBODY),
        ("ModifiedDate", moment(topic.modified_date)),
        ("ModifiedAuthor", topic.modified_author),
        ("DueDate", moment(topic.due_date)),
        ("AssignedTo", topic.assigned_to),
        ("Stage", topic.stage),
        ("Description", topic.description),
    ):
        add(node, tag, said)
    if topic.bim_snippet is not None:
        _snippet(node, topic.bim_snippet, newer=newer)
    references = topic.document_references
    if references is not None:
        group = etree.SubElement(node, "DocumentReferences") if newer else node
        for place, reference in enumerate(references):
            guid = reference.guid or uuid5(topic.guid, f"document {place}")
            if newer:
                _reference(group, reference, guid)
            else:
                _reference_2_1(group, reference, names)
    if topic.related_topics is not None:
        group = etree.SubElement(node, "RelatedTopics") if newer else node
        for related in topic.related_topics:
            etree.SubElement(group, "RelatedTopic", Guid=str(related))
    _said_and_seen(node if newer else root, topic, newer=newer)
    return document(root)


def _said_and_seen(parent: etree._Element, topic: Topic, *, newer: bool) -> None:
    """Comments and viewpoints: of 3.0 in groups of the topic, of 2.1 beside it."""
    if topic.comments is not None:
        group = etree.SubElement(parent, "Comments") if newer else parent
        for comment in topic.comments:
            _comment(group, comment, newer=newer)
    if topic.viewpoints is not None:
        group = etree.SubElement(parent, "Viewpoints") if newer else parent
        for view in topic.viewpoints:
            _viewpoint(group, view, "ViewPoint" if newer else "Viewpoints")


def _viewpoint(group: etree._Element, view: Viewpoint, tag: str) -> None:
    node = etree.SubElement(group, tag, Guid=str(view.guid))
    if view.has_view:
        add(node, "Viewpoint", f"{view.guid}.bcfv")
    add(node, "Snapshot", view.snapshot)
    add(node, "Index", None if view.index is None else str(view.index))


def _comment(group: etree._Element, comment: Comment, *, newer: bool) -> None:
    node = etree.SubElement(group, "Comment", Guid=str(comment.guid))
    add(node, "Date", moment(comment.date))
    add(node, "Author", comment.author or _NOBODY)
    text = speakable(comment.comment)
    if text or not newer:  # 2.1 asks for one
        etree.SubElement(node, "Comment").text = text
    if comment.viewpoint_guid is not None:
        etree.SubElement(node, "Viewpoint", Guid=str(comment.viewpoint_guid))
    add(node, "ModifiedDate", moment(comment.modified_date))
    add(node, "ModifiedAuthor", comment.modified_author)


def _header(root: etree._Element, files: list[HeaderFile], *, newer: bool) -> None:
    group = etree.SubElement(root, "Header")
    if newer:
        group = etree.SubElement(group, "Files")
    for one in files:
        node = etree.SubElement(
            group,
            "File",
            attributes(
                {
                    "IfcProject": one.ifc_project,
                    "IfcSpatialStructureElement": one.ifc_spatial_structure_element,
                    "IsExternal" if newer else "isExternal": truth(one.is_external),
                }
            ),
        )
        add(node, "Filename", one.filename)
        add(node, "Date", moment(one.date))
        add(node, "Reference", one.reference)


def _snippet(node: etree._Element, said: BimSnippet, *, newer: bool) -> None:
    snippet = etree.SubElement(
        node,
        "BimSnippet",
        attributes(
            {
                "SnippetType": said.snippet_type or "Unknown",
                "IsExternal" if newer else "isExternal": truth(said.is_external),
            }
        ),
    )
    for tag, text in (("Reference", said.reference), ("ReferenceSchema", said.reference_schema)):
        etree.SubElement(snippet, tag).text = speakable(text) or "unknown"


def _reference(group: etree._Element, said: DocumentReference, guid: UUID) -> None:
    node = etree.SubElement(group, "DocumentReference", Guid=str(guid))
    if said.document_guid is not None:
        add(node, "DocumentGuid", str(said.document_guid))
    else:
        add(node, "Url", said.url)
    add(node, "Description", said.description)


def _reference_2_1(
    group: etree._Element, said: DocumentReference, names: Mapping[UUID, str]
) -> None:
    inside = None if said.document_guid is None else names.get(said.document_guid)
    node = etree.SubElement(
        group,
        "DocumentReference",
        attributes(
            {
                "Guid": None if said.guid is None else str(said.guid),
                "isExternal": truth(inside is None and said.url is not None),
            }
        ),
    )
    add(node, "ReferencedDocument", inside or said.url)
    add(node, "Description", said.description)


def _texts(
    node: etree._Element, group: str, item: str, texts: Iterable[str] | None, *, newer: bool
) -> None:
    if texts is not None:
        add_all(etree.SubElement(node, group) if newer else node, item, texts)
