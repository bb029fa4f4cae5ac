"""Issues as BCF: what any BCF program reads (buildingSMART BCF-XML 2.1 and 3.0).

Drawings that topics stand on are documents of the file, or are referred to by address. BCF is z
up: our (x, y, z) is its (x, −z, y). A component is named by an IFC guid; for a part of a file that
has none it is made of the occurrence's id, which stands beside it as the AuthoringToolId.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import degrees
from typing import Final
from uuid import UUID, uuid5

from holotable.exchange import bcf_model as bcf
from holotable.exchange.bcf_model import BcfFile, Vector, Version
from holotable.exchange.bcf_write import write_file
from holotable.exchange.bcf_xml import speakable
from holotable.exchange.pictures import as_png, size_of
from holotable.exchange.topics import Camera, Picture, Remark, Topic, Vec3, View

SYSTEM: Final = "Holotable"
MAX_COMPONENTS: Final = 10_000  # of one list of one viewpoint
# Names of parts that are no UUID and no IFC guid become one under this name (RFC 9562 §5.5).
PARTS: Final = UUID("3d0f5f0a-7c3b-5e0e-9d0e-6f1f2a5b8c11")
_ASPECT: Final = 16 / 9  # of a view whose picture is not known
_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_$"
_GUID: Final = re.compile(r"[0-3][0-9A-Za-z_$]{21}")


@dataclass(frozen=True, slots=True)
class Document:
    """A drawing. content: None when it is only referred to, by its url; "" is known nowhere."""

    guid: UUID
    file_name: str
    content: bytes | None
    url: str = ""


def write_bcf(
    topics: Sequence[Topic],
    project_id: UUID,
    project: str,
    documents: Sequence[Document] = (),
    version: Version = "3.0",
) -> bytes:
    """A .bcf of these topics; the same topics are the same bytes.

    documents: the drawings that topics may stand on; only those that one does are in it.
    """
    return write_file(file_of(topics, project_id, project, documents, version))


def file_of(
    topics: Sequence[Topic],
    project_id: UUID,
    project: str,
    documents: Sequence[Document] = (),
    version: Version = "3.0",
) -> BcfFile:
    """The values of such a file."""
    named = {one.drawing_id for one in topics}
    known = {one.guid: one for one in documents if one.guid in named}
    files: dict[UUID, dict[str, bytes]] = {}
    made = [topic_of(one, known, files.setdefault(one.guid, {})) for one in topics]
    return BcfFile(
        version=version,
        project=bcf.Project(project_id=str(project_id), name=project),
        extensions=words_of(made),
        topics=made,
        documents=[
            bcf.Document(guid=one.guid, filename=one.file_name, content=one.content)
            for one in known.values()
            if one.content is not None
        ],
        files=files,
    )


def ifc_guid(occurrence_id: str) -> str:
    """The 22 characters that name an occurrence in BCF.

    An id that is one already stays; a UUID is written as IFC writes them (ISO 16739-1 §8.11.1.1,
    base 64 of 128 bits); anything else becomes the UUIDv5 of its name first.
    """
    if _GUID.fullmatch(occurrence_id):
        return occurrence_id
    try:
        bits = UUID(occurrence_id).int
    except ValueError:
        bits = uuid5(PARTS, occurrence_id).int
    return "".join(_ALPHABET[(bits >> (6 * place)) & 63] for place in range(21, -1, -1))


def words_of(topics: Iterable[bcf.Topic]) -> bcf.Extensions:
    """The words that these topics use."""
    said = list(topics)
    people = [one.author for topic in said for one in topic.comments or ()]
    people += [
        name or ""
        for one in said
        for name in (one.creation_author, one.modified_author, one.assigned_to)
    ]

    def each(texts: Iterable[str | None]) -> list[str] | None:
        return sorted({spoken for text in texts if (spoken := speakable(text))}) or None

    return bcf.Extensions(
        topic_type=each(one.topic_type for one in said),
        topic_status=each(one.topic_status for one in said),
        priority=each(one.priority for one in said),
        topic_label=each(label for one in said for label in one.labels or ()),
        users=each(people),
        stage=each(one.stage for one in said),
    )


def topic_of(
    topic: Topic, documents: Mapping[UUID, Document], files: dict[str, bytes]
) -> bcf.Topic:
    """A topic as BCF says it. files: gets its snapshots."""
    known = {view.guid for view in topic.views}
    return bcf.Topic(
        guid=topic.guid,
        server_assigned_id=topic.server_id,
        topic_type=topic.type,
        topic_status=topic.status,
        reference_links=list(topic.links) or None,
        title=speakable(topic.title) or topic.server_id,
        priority=topic.priority or None,
        labels=[one for one in topic.labels if speakable(one)] or None,
        creation_date=topic.created_at,
        creation_author=topic.author or SYSTEM,
        modified_date=topic.updated_at if topic.editor else None,
        modified_author=topic.editor or None,
        due_date=topic.due_at,
        assigned_to=topic.assignee or None,
        stage=topic.stage or None,
        description=topic.description or None,
        document_references=_references(topic, documents),
        related_topics=list(topic.related) or None,
        comments=[_comment(one, known) for one in topic.remarks] or None,
        viewpoints=[view_of(one, at, files) for at, one in enumerate(topic.views)] or None,
    )


def _references(
    topic: Topic, documents: Mapping[UUID, Document]
) -> list[bcf.DocumentReference] | None:
    """The drawing that a topic stands on, and which sheet; BCF has no place on a document."""
    if topic.drawing_id is None:
        return None
    document = documents.get(topic.drawing_id)
    inside = document is not None and document.content is not None
    return [
        bcf.DocumentReference(
            guid=uuid5(topic.guid, str(topic.drawing_id)),
            document_guid=topic.drawing_id if inside else None,
            url=None if document is None or inside else document.url,
            description=f"{topic.drawing}, sheet {topic.sheet}",
        )
    ]


def _comment(remark: Remark, known: set[UUID]) -> bcf.Comment:
    edited = remark.edited_at is not None
    return bcf.Comment(
        guid=remark.guid,
        date=remark.at,
        author=remark.author or SYSTEM,
        comment=remark.text or None,
        viewpoint_guid=remark.view_guid if remark.view_guid in known else None,
        modified_date=remark.edited_at,
        modified_author=(remark.author or SYSTEM) if edited else None,
    )


def view_of(view: View, index: int, files: dict[str, bytes]) -> bcf.Viewpoint:
    """A view as BCF says it. files: gets its snapshot."""
    picture = _snapshot(view)
    if picture is not None:
        files[picture[0]] = picture[1]
    said: dict[str, object] = {}
    if view.camera is not None:
        said = _seen(view, view.camera)
    return bcf.Viewpoint(
        guid=view.guid,
        index=index,
        snapshot=None if picture is None else picture[0],
        has_view=view.camera is not None,
        **said,
    )


def _snapshot(view: View) -> tuple[str, bytes] | None:
    """BCF knows PNG and JPEG alone; what cannot be read as a picture is left out."""
    if view.snapshot is None:
        return None
    if view.snapshot.media_type == "image/jpeg":
        return f"{view.guid}.jpg", view.snapshot.content
    png = as_png(view.snapshot)
    return None if png is None else (f"{view.guid}.png", png)


def _seen(view: View, camera: Camera) -> dict[str, object]:
    planes = [
        bcf.ClippingPlane(
            location=z_up(cut.point),
            # BCF's direction points to what is cut away, our normal to what stays.
            direction=z_up((-cut.normal[0], -cut.normal[1], -cut.normal[2])),
        )
        for cut in view.cuts
    ]
    name, made = _camera(camera, view.snapshot)
    return {name: made, "clipping_planes": planes or None, "components": _components(view)}


def _components(view: View) -> bcf.Components:
    exceptions = view.shown if view.shown is not None else view.hidden
    colours = [
        bcf.Coloring(color=one.colour.removeprefix("#").upper(), components=parts_of(one.parts))
        for one in view.colours
        if one.parts
    ]
    return bcf.Components(
        selection=parts_of(view.selected) or None,
        coloring=colours or None,
        visibility=bcf.Visibility(
            default_visibility=view.shown is None, exceptions=parts_of(exceptions) or None
        ),
    )


def parts_of(ids: Sequence[str]) -> list[bcf.Component]:
    """Occurrences as components, as many as a viewpoint takes."""
    return [
        bcf.Component(ifc_guid=ifc_guid(one), originating_system=SYSTEM, authoring_tool_id=one)
        for one in ids[:MAX_COMPONENTS]
    ]


def _camera(
    camera: Camera, picture: Picture | None
) -> tuple[str, bcf.OrthogonalCamera | bcf.PerspectiveCamera]:
    wide, high = (None if picture is None else size_of(picture)) or (0, 0)
    place = {
        "camera_view_point": z_up(camera.position),
        "camera_direction": z_up(camera.direction),
        "camera_up_vector": z_up(camera.up),
        "aspect_ratio": wide / high if wide and high else _ASPECT,
    }
    if camera.height_m is not None:
        flat = {**place, "view_to_world_scale": camera.height_m}
        return "orthogonal_camera", bcf.OrthogonalCamera.model_validate(flat)
    deep = {**place, "field_of_view": degrees(camera.fov_rad)}
    return "perspective_camera", bcf.PerspectiveCamera.model_validate(deep)


def z_up(vector: Vec3) -> Vector:
    """Our axes as BCF's."""
    x, y, z = vector
    return Vector(x=x + 0.0, y=-z + 0.0, z=y + 0.0)


def y_up(vector: Vector) -> Vec3:
    """BCF's axes as ours."""
    return vector.x + 0.0, vector.z + 0.0, -vector.y + 0.0
