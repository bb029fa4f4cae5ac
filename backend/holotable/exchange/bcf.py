"""Issues as BCF-XML 3.0: what any BCF program reads (buildingSMART BCF-XML, release_3_0).

One folder a topic with markup.bcf, its viewpoints and snapshots; drawings that topics stand on lie
in documents/ by their guid, as documents.xml names them, or are referred to by address. BCF is z
up: our (x, y, z) is its (x, −z, y). A component is named by an IFC guid; for a part of a file that
has none it is made of the occurrence's id, which stands beside it as the AuthoringToolId.
"""

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import md5
from math import degrees
from typing import Final
from uuid import UUID, uuid5

from lxml import etree

from holotable.exchange import container
from holotable.exchange.pictures import as_png, size_of
from holotable.exchange.topics import Camera, Picture, Remark, Topic, Vec3, View

SYSTEM: Final = "Holotable"
MAX_COMPONENTS: Final = 10_000  # of one list of one viewpoint
_ASPECT: Final = 16 / 9  # of a view whose picture is not known
_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_$"
_GUID: Final = re.compile(r"[0-3][0-9A-Za-z_$]{21}")
# XML 1.0 §2.2: the characters that no document may hold.
_UNSPEAKABLE: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Document:
    """A drawing. content: None when it is only referred to, by its url; "" is known nowhere."""

    guid: UUID
    file_name: str
    content: bytes | None
    url: str = ""


def write_bcf(
    topics: Sequence[Topic], project_id: UUID, project: str, documents: Sequence[Document] = ()
) -> bytes:
    """A .bcfzip of these topics; the same topics are the same bytes.

    documents: the drawings that topics may stand on; only those that one does are in it.
    """
    named = {one.drawing_id for one in topics}
    known = {one.guid: one for one in documents if one.guid in named}
    files: list[tuple[str, bytes]] = [
        ("bcf.version", _document(etree.Element("Version", VersionId="3.0"))),
        ("project.bcfp", _project(project_id, project)),
        ("extensions.xml", _extensions(topics)),
    ]
    files += _documents([one for one in known.values() if one.content is not None])
    for topic in topics:
        files += _topic_files(topic, known)
    target = io.BytesIO()
    container.write(
        target,
        [
            (
                name,
                content,
                None
                if name.endswith((".png", ".jpg")) or name.startswith("documents/")
                else container.packed(content),
            )
            for name, content in files
        ],
    )
    return target.getvalue()


def ifc_guid(occurrence_id: str) -> str:
    """The 22 characters that name an occurrence in BCF.

    An id that is one already stays; a UUID is written as IFC writes them (ISO 16739-1 §8.11.1.1,
    base 64 of 128 bits); of anything else the MD5 is taken, which is no secret, only a name.
    """
    if _GUID.fullmatch(occurrence_id):
        return occurrence_id
    try:
        bits = UUID(occurrence_id).int
    except ValueError:
        bits = int.from_bytes(md5(occurrence_id.encode(), usedforsecurity=False).digest(), "big")
    return "".join(_ALPHABET[(bits >> (6 * place)) & 63] for place in range(21, -1, -1))


def _project(project_id: UUID, name: str) -> bytes:
    root = etree.Element("ProjectInfo")
    project = etree.SubElement(root, "Project", ProjectId=str(project_id))
    _add(project, "Name", name)
    return _document(root)


def _extensions(topics: Sequence[Topic]) -> bytes:
    root = etree.Element("Extensions")
    people = [name for one in topics for name in _people(one)]
    for group, item, values in (
        ("TopicTypes", "TopicType", [one.type for one in topics]),
        ("TopicStatuses", "TopicStatus", [one.status for one in topics]),
        ("Priorities", "Priority", [one.priority for one in topics]),
        ("TopicLabels", "TopicLabel", [label for one in topics for label in one.labels]),
        ("Users", "User", people),
        ("Stages", "Stage", [one.stage for one in topics]),
    ):
        _list(root, group, item, sorted(set(values)))
    return _document(root)


def _documents(documents: Sequence[Document]) -> list[tuple[str, bytes]]:
    """documents.xml and what it names; the guid is the name of the file in the zip."""
    if not documents:
        return []
    root = etree.Element("DocumentInfo")
    listed = etree.SubElement(root, "Documents")
    files = [("documents.xml", b"")]
    for one in documents:
        node = etree.SubElement(listed, "Document", Guid=str(one.guid))
        _add(node, "Filename", one.file_name)
        files.append((f"documents/{one.guid}", one.content or b""))
    files[0] = ("documents.xml", _document(root))
    return files


def _people(topic: Topic) -> list[str]:
    return [topic.author, topic.editor, topic.assignee, *(one.author for one in topic.remarks)]


def _topic_files(topic: Topic, documents: Mapping[UUID, Document]) -> list[tuple[str, bytes]]:
    folder = str(topic.guid)
    found = [(f"{folder}/markup.bcf", _markup(topic, documents))]
    for view in topic.views:
        if view.camera is not None:
            found.append((f"{folder}/{view.guid}.bcfv", _view(view)))
        picture = _snapshot(view)
        if picture is not None:
            name, content = picture
            found.append((f"{folder}/{name}", content))
    return found


def _snapshot(view: View) -> tuple[str, bytes] | None:
    """BCF knows PNG and JPEG alone; what cannot be read as a picture is left out."""
    if view.snapshot is None:
        return None
    if view.snapshot.media_type == "image/jpeg":
        return f"{view.guid}.jpg", view.snapshot.content
    png = as_png(view.snapshot)
    return None if png is None else (f"{view.guid}.png", png)


def _markup(topic: Topic, documents: Mapping[UUID, Document]) -> bytes:
    root = etree.Element("Markup")
    node = etree.SubElement(
        root,
        "Topic",
        Guid=str(topic.guid),
        ServerAssignedId=topic.server_id,
        TopicType=_said(topic.type) or "Issue",
        TopicStatus=_said(topic.status) or "Open",
    )
    _list(node, "ReferenceLinks", "ReferenceLink", topic.links)
    _add(node, "Title", _said(topic.title) or topic.server_id)
    _add(node, "Priority", topic.priority)
    _list(node, "Labels", "Label", topic.labels)
    _add(node, "CreationDate", _moment(topic.created_at))
    _add(node, "CreationAuthor", topic.author or SYSTEM)
    if topic.editor:
        _add(node, "ModifiedDate", _moment(topic.updated_at))
        _add(node, "ModifiedAuthor", topic.editor)
    if topic.due_at is not None:
        _add(node, "DueDate", _moment(topic.due_at))
    _add(node, "AssignedTo", topic.assignee)
    _add(node, "Stage", topic.stage)
    _add(node, "Description", topic.description)
    if topic.drawing_id is not None:
        _reference(node, topic, documents.get(topic.drawing_id))
    if topic.related:
        related = etree.SubElement(node, "RelatedTopics")
        for guid in topic.related:
            etree.SubElement(related, "RelatedTopic", Guid=str(guid))
    if topic.remarks:
        comments = etree.SubElement(node, "Comments")
        known = {view.guid for view in topic.views}
        for remark in topic.remarks:
            _comment(comments, remark, known)
    if topic.views:
        views = etree.SubElement(node, "Viewpoints")
        for at, view in enumerate(topic.views):
            point = etree.SubElement(views, "ViewPoint", Guid=str(view.guid))
            if view.camera is not None:
                _add(point, "Viewpoint", f"{view.guid}.bcfv")
            picture = _snapshot(view)
            if picture is not None:
                _add(point, "Snapshot", picture[0])
            _add(point, "Index", str(at))
    return _document(root)


def _reference(parent: etree._Element, topic: Topic, document: Document | None) -> None:
    """The drawing that a topic stands on, and which sheet; BCF has no place on a document."""
    node = etree.SubElement(
        etree.SubElement(parent, "DocumentReferences"),
        "DocumentReference",
        Guid=str(uuid5(topic.guid, str(topic.drawing_id))),
    )
    if document is not None and document.content is not None:
        _add(node, "DocumentGuid", str(document.guid))
    elif document is not None:
        _add(node, "Url", document.url)
    _add(node, "Description", f"{topic.drawing}, sheet {topic.sheet}")


def _comment(parent: etree._Element, remark: Remark, known: set[UUID]) -> None:
    node = etree.SubElement(parent, "Comment", Guid=str(remark.guid))
    _add(node, "Date", _moment(remark.at))
    _add(node, "Author", remark.author or SYSTEM)
    _add(node, "Comment", remark.text)
    if remark.view_guid is not None and remark.view_guid in known:
        etree.SubElement(node, "Viewpoint", Guid=str(remark.view_guid))
    if remark.edited_at is not None:
        _add(node, "ModifiedDate", _moment(remark.edited_at))
        _add(node, "ModifiedAuthor", remark.author or SYSTEM)


def _view(view: View) -> bytes:
    assert view.camera is not None  # the caller asked
    root = etree.Element("VisualizationInfo", Guid=str(view.guid))
    _components(root, view)
    _camera(root, view.camera, view.snapshot)
    if view.cuts:
        planes = etree.SubElement(root, "ClippingPlanes")
        for cut in view.cuts:
            plane = etree.SubElement(planes, "ClippingPlane")
            _vector(plane, "Location", cut.point)
            # BCF's direction points to what is cut away, our normal to what stays.
            x, y, z = cut.normal
            _vector(plane, "Direction", (-x, -y, -z))
    return _document(root)


def _components(root: etree._Element, view: View) -> None:
    node = etree.SubElement(root, "Components")
    if view.selected:
        _parts(etree.SubElement(node, "Selection"), view.selected)
    only = view.shown is not None
    visibility = etree.SubElement(node, "Visibility", DefaultVisibility="false" if only else "true")
    exceptions = view.shown if view.shown is not None else view.hidden
    if exceptions:
        _parts(etree.SubElement(visibility, "Exceptions"), exceptions)
    if any(group.parts for group in view.colours):
        colouring = etree.SubElement(node, "Coloring")
        for group in view.colours:
            if group.parts:
                colour = etree.SubElement(
                    colouring, "Color", Color=group.colour.removeprefix("#").upper()
                )
                _parts(etree.SubElement(colour, "Components"), group.parts)


def _parts(parent: etree._Element, ids: Sequence[str]) -> None:
    for id_ in ids[:MAX_COMPONENTS]:
        node = etree.SubElement(parent, "Component", IfcGuid=ifc_guid(id_))
        _add(node, "OriginatingSystem", SYSTEM)
        _add(node, "AuthoringToolId", id_)


def _camera(root: etree._Element, camera: Camera, picture: Picture | None) -> None:
    flat = camera.height_m is not None
    node = etree.SubElement(root, "OrthogonalCamera" if flat else "PerspectiveCamera")
    _vector(node, "CameraViewPoint", camera.position)
    _vector(node, "CameraDirection", camera.direction)
    _vector(node, "CameraUpVector", camera.up)
    if camera.height_m is not None:
        _add(node, "ViewToWorldScale", repr(camera.height_m))
    else:
        _add(node, "FieldOfView", repr(degrees(camera.fov_rad)))
    wide, high = (None if picture is None else size_of(picture)) or (0, 0)
    _add(node, "AspectRatio", repr(wide / high if wide and high else _ASPECT))


def _vector(parent: etree._Element, name: str, vector: Vec3) -> None:
    x, y, z = vector
    node = etree.SubElement(parent, name)
    for axis, value in (("X", x), ("Y", -z), ("Z", y)):
        _add(node, axis, repr(value + 0.0))


def _list(parent: etree._Element, group: str, item: str, values: Iterable[str]) -> None:
    said = [value for value in values if _said(value)]
    if said:
        node = etree.SubElement(parent, group)
        for value in said:
            _add(node, item, value)


def _add(parent: etree._Element, name: str, text: str) -> None:
    """An element with a text; none when it would say nothing."""
    said = _said(text)
    if said:
        etree.SubElement(parent, name).text = said


def _said(text: str) -> str:
    return _UNSPEAKABLE.sub("\ufffd", text).strip()


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _document(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
