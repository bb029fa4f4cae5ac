"""BCF-XML 2.1 and 3.0 → values (buildingSMART BCF-XML, release_2_1 and release_3_0).

Read leniently where programs differ (upper-case guids, folders with other names, absent files), and
refused with the place where something is missing that no meaning can do without.
"""

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Final
from uuid import UUID, uuid5

from lxml import etree

from holotable.errors import BcfInvalid, BcfTooMany, BcfVersion
from holotable.exchange.bcf_model import (
    VERSIONS,
    BcfFile,
    Document,
    Extensions,
    Project,
    Topic,
    Version,
)
from holotable.exchange.bcf_views import read_view
from holotable.exchange.bcf_xml import (
    Said,
    children,
    flag,
    made,
    or_none,
    root_of,
    text_of,
    texts_of,
)
from holotable.exchange.bcf_zip import LIMITS, Limits, unpacked

# Documents of 2.1 have no guid of their own: it is made of name and content.
DOCUMENTS_OF_2_1: Final = UUID("6f6d5c0e-5f0d-5b1c-9a35-2f1f6f0f2d21")
# Names of the lists in extensions.xml (3.0) and of the simple types in extensions.xsd (2.1).
WORDS: Final[Mapping[str, tuple[str, str, str]]] = {
    "topic_type": ("TopicTypes", "TopicType", "TopicType"),
    "topic_status": ("TopicStatuses", "TopicStatus", "TopicStatus"),
    "priority": ("Priorities", "Priority", "Priority"),
    "topic_label": ("TopicLabels", "TopicLabel", "TopicLabel"),
    "users": ("Users", "User", "UserIdType"),
    "snippet_type": ("SnippetTypes", "SnippetType", "SnippetType"),
    "stage": ("Stages", "Stage", "Stage"),
}
_XS: Final = "{http://www.w3.org/2001/XMLSchema}"


def read_bcf(content: bytes, limits: Limits = LIMITS) -> BcfFile:
    """The values of a .bcf or .bcfzip. raises: BcfProblem, by what is wrong."""
    files = unpacked(content, limits)
    version = _version(files)
    unread = set(files) - {"bcf.version"}
    project, words = _project(files, version, unread)
    documents = _documents(files, unread)
    topics: list[Topic] = []
    beside: dict[UUID, dict[str, bytes]] = {}
    for name in sorted(files):
        folder, slash, last = name.rpartition("/")
        if last != "markup.bcf" or not slash or "/" in folder:
            continue
        if len(topics) == limits.topics:
            raise BcfTooMany(
                f"A BCF file holds at most {limits.topics:,} topics.", limit=limits.topics
            )
        reader = _TopicReader(files, folder, version)
        topic = reader.topic()
        if topic.guid in beside:
            raise BcfInvalid(f"The topic {topic.guid} is in this file twice.", place=name)
        topics.append(topic)
        beside[topic.guid] = reader.beside()
        documents |= reader.documents
        unread -= {one for one in unread if one.startswith(f"{folder}/")} | reader.used
    return BcfFile(
        version=version,
        project=project,
        extensions=words,
        topics=topics,
        documents=list(documents.values()),
        files=beside,
        unread=sorted(unread),
    )


def _version(files: Mapping[str, bytes]) -> Version:
    if "bcf.version" not in files:
        raise BcfVersion("This zip has no bcf.version: it is no BCF file.")
    said = root_of(files["bcf.version"], "bcf.version").get("VersionId", "")
    known = next((one for one in VERSIONS if said.strip() in (one, f"{one}.0")), None)
    if known is None:
        raise BcfVersion(f"BCF {said[:20]!r} is not read, only 2.1 and 3.0.", version=said[:20])
    return known


def _project(
    files: Mapping[str, bytes], version: Version, unread: set[str]
) -> tuple[Project | None, Extensions | None]:
    name = "project.bcfp"
    root = root_of(files[name], name) if name in files else None
    unread.discard(name)
    node = None if root is None else root.find("Project")
    project = None
    if node is not None:
        said = {"project_id": node.get("ProjectId", ""), "name": text_of(node, "Name")}
        project = made(Project, said, name)
    words = "extensions.xml"
    if version == "2.1":
        words = (None if root is None else text_of(root, "ExtensionSchema")) or "extensions.xsd"
    if words not in files:
        return project, None
    unread.discard(words)
    read = _words_3_0 if version == "3.0" else _words_2_1
    return project, made(Extensions, read(root_of(files[words], words)), words)


def _words_3_0(root: etree._Element) -> Said:
    return {
        name: texts_of(root.find(group), item)
        for name, (group, item, _) in WORDS.items()
        if root.find(group) is not None
    }


def _words_2_1(root: etree._Element) -> Said:
    """Enumerations of the simple types that the project's schema redefines."""
    found: Said = {}
    for node in root.iter(f"{_XS}simpleType"):
        for name, (_, _, simple_type) in WORDS.items():
            if node.get("name") == simple_type:
                values = [one.get("value", "") for one in node.iter(f"{_XS}enumeration")]
                found[name] = [one.strip() for one in values if one.strip()]
    return found


def _documents(files: Mapping[str, bytes], unread: set[str]) -> dict[UUID, Document]:
    """Of 3.0: documents.xml, and a file of that guid in the folder documents."""
    name = "documents.xml"
    if name not in files:
        return {}
    unread.discard(name)
    known = {one.lower(): one for one in files if one.lower().startswith("documents/")}
    found: dict[UUID, Document] = {}
    for node in root_of(files[name], name).iter("Document"):
        guid = node.get("Guid", "")
        path = known.get(f"documents/{guid.lower()}")
        unread.discard(path or "")
        said = {
            "guid": guid,
            "filename": text_of(node, "Filename") or guid,
            "description": text_of(node, "Description"),
            "content": None if path is None else files[path],
        }
        document = made(Document, said, name)
        found[document.guid] = document
    return found


class _TopicReader:
    """One folder of the zip. documents: those of 2.1 that it names; used: files outside of it."""

    def __init__(self, files: Mapping[str, bytes], folder: str, version: Version) -> None:
        self._files, self._folder, self._version = files, folder, version
        self._name = f"{folder}/markup.bcf"
        self._read = {"markup.bcf"}
        self.documents: dict[UUID, Document] = {}
        self.used: set[str] = set()

    def topic(self) -> Topic:
        """raises: BcfInvalid, BcfXml, BcfDocumentType."""
        root = root_of(self._files[self._name], self._name)
        node = root.find("Topic")
        if node is None:
            raise BcfInvalid(f"{self._name} holds no Topic.", place=self._name)
        newer = self._version == "3.0"
        said: Said = {
            "guid": node.get("Guid", ""),
            "server_assigned_id": or_none(node.get("ServerAssignedId")),
            "topic_type": or_none(node.get("TopicType")),
            "topic_status": or_none(node.get("TopicStatus")),
            "title": text_of(node, "Title") or "",
            "creation_date": text_of(node, "CreationDate"),
            "creation_author": text_of(node, "CreationAuthor") or "",
            "bim_snippet": _snippet(node.find("BimSnippet")),
            "comments": self._several(node, root, "Comments", "Comment", _comment),
            "viewpoints": self._several(node, root, "Viewpoints", "ViewPoint", self._viewpoint),
            "header_files": _header(root.find("Header"), newer),
        }
        for name, tag in (
            ("priority", "Priority"), ("index", "Index"), ("modified_date", "ModifiedDate"),
            ("modified_author", "ModifiedAuthor"), ("due_date", "DueDate"),
            ("assigned_to", "AssignedTo"), ("stage", "Stage"), ("description", "Description"),
        ):  # fmt: skip
            said[name] = text_of(node, tag)
        if newer:
            said["reference_links"] = texts_of(node.find("ReferenceLinks"), "ReferenceLink")
            said["labels"] = texts_of(node.find("Labels"), "Label")
            references = children(node, "DocumentReferences", "DocumentReference")
            related = children(node, "RelatedTopics", "RelatedTopic")
        else:
            said["reference_links"] = texts_of(node, "ReferenceLink") or None
            said["labels"] = texts_of(node, "Labels") or None
            references = node.findall("DocumentReference") or None
            related = node.findall("RelatedTopic") or None
        if references is not None:
            said["document_references"] = [self._reference(one) for one in references]
        if related is not None:
            said["related_topics"] = [one.get("Guid", "") for one in related]
        return made(Topic, said, self._name)

    def beside(self) -> dict[str, bytes]:
        """Files of the folder that are no XML read here."""
        start = f"{self._folder}/"
        named = {name: body for name, body in self._files.items() if name.startswith(start)}
        return {
            name[len(start) :]: body
            for name, body in named.items()
            if name[len(start) :] not in self._read and name not in self.used
        }

    def _several(
        self,
        topic: etree._Element,
        root: etree._Element,
        group: str,
        item: str,
        read: Callable[[etree._Element], Said],
    ) -> list[Said] | None:
        """Of 3.0 in a group of the topic; of 2.1 beside it, viewpoints under the group's name."""
        if self._version == "3.0":
            found = children(topic, group, item)
        else:
            found = root.findall("Viewpoints" if item == "ViewPoint" else item) or None
        return None if found is None else [read(one) for one in found]

    def _viewpoint(self, node: etree._Element) -> Said:
        name = text_of(node, "Viewpoint")
        path = f"{self._folder}/{name}"
        content = None if name is None else self._files.get(path)
        said: Said = {}
        if content is not None and name is not None:
            self._read.add(name)
            said = read_view(root_of(content, path), newer=self._version == "3.0")
        return {
            **said,
            "guid": node.get("Guid", ""),
            "index": text_of(node, "Index"),
            "snapshot": text_of(node, "Snapshot"),
            "has_view": content is not None,
        }

    def _reference(self, node: etree._Element) -> Said:
        said: Said = {
            "guid": or_none(node.get("Guid")),
            "description": text_of(node, "Description"),
        }
        if self._version == "3.0":
            said["document_guid"], said["url"] = text_of(node, "DocumentGuid"), text_of(node, "Url")
            return said
        named = text_of(node, "ReferencedDocument")
        if named is None:
            return said
        path = _inside(self._folder, named)
        if flag(node.get("isExternal")) or path is None or path not in self._files:
            return {**said, "url": named}
        content, filename = self._files[path], path.rpartition("/")[2]
        guid = uuid5(DOCUMENTS_OF_2_1, f"{filename}\n{sha256(content).hexdigest()}")
        self.documents[guid] = Document(guid=guid, filename=filename, content=content)
        self.used.add(path)
        return {**said, "document_guid": guid}


def _inside(folder: str, said: str) -> str | None:
    """A name relative to a folder as a name of the zip; None when it leads out of it."""
    parts = [folder]
    for part in said.replace("\\", "/").split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _comment(node: etree._Element) -> Said:
    seen = node.find("Viewpoint")
    return {
        "guid": node.get("Guid", ""),
        "date": text_of(node, "Date"),
        "author": text_of(node, "Author") or "",
        "comment": text_of(node, "Comment"),
        "viewpoint_guid": None if seen is None else seen.get("Guid"),
        "modified_date": text_of(node, "ModifiedDate"),
        "modified_author": text_of(node, "ModifiedAuthor"),
    }


def _snippet(node: etree._Element | None) -> Said | None:
    if node is None:
        return None
    return {
        "snippet_type": node.get("SnippetType", ""),
        "is_external": flag(node.get("IsExternal") or node.get("isExternal")),
        "reference": text_of(node, "Reference") or "",
        "reference_schema": text_of(node, "ReferenceSchema") or "",
    }


def _header(node: etree._Element | None, newer: bool) -> list[Said] | None:
    if node is None:
        return None
    found = children(node, "Files", "File") if newer else node.findall("File")
    return [
        {
            "ifc_project": or_none(one.get("IfcProject")),
            "ifc_spatial_structure_element": or_none(one.get("IfcSpatialStructureElement")),
            "is_external": flag(one.get("IsExternal") or one.get("isExternal"), default=True),
            "filename": text_of(one, "Filename"),
            "date": text_of(one, "Date"),
            "reference": text_of(one, "Reference"),
        }
        for one in found or ()
    ]
