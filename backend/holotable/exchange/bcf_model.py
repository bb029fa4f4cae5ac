"""A BCF file as values: what BCF-XML 2.1 and 3.0 and the BCF API can say, and nothing of ours.

Names are those of the JSON of BCF API 3.0, so the same values are its bodies. Metres, right-handed,
z up; angles in degrees. An absent list (None) is not an empty one: BCF tells them apart. Names of
files are those of the topic's folder.
"""

from datetime import UTC, datetime
from typing import Annotated, Final, Literal, TypeAlias
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

Version: TypeAlias = Literal["2.1", "3.0"]
VERSIONS: Final[tuple[Version, ...]] = ("2.1", "3.0")

Number: TypeAlias = Annotated[float, Field(allow_inf_nan=False)]


def _with_zone(at: datetime) -> datetime:
    """A moment without a zone is UTC (BCF API 3.0 §2.5)."""
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


Moment: TypeAlias = Annotated[datetime, AfterValidator(_with_zone)]


class Value(BaseModel):
    """Unknown members are ignored, as the BCF API asks (§2.2)."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Vector(Value):
    """A place or a direction."""

    x: Number
    y: Number
    z: Number


class _Camera(Value):
    camera_view_point: Vector
    camera_direction: Vector
    camera_up_vector: Vector
    aspect_ratio: Number | None = None  # width by height; 2.1 has none


class PerspectiveCamera(_Camera):
    """field_of_view: degrees, of the whole height."""

    field_of_view: Number


class OrthogonalCamera(_Camera):
    """view_to_world_scale: metres, the visible height."""

    view_to_world_scale: Number


class Line(Value):
    """A straight line in the view."""

    start_point: Vector
    end_point: Vector


class ClippingPlane(Value):
    """direction: towards what is cut away."""

    location: Vector
    direction: Vector


class Bitmap(Value):
    """A picture that stands in the model. reference: its file; location: of its centre."""

    bitmap_type: Literal["png", "jpg"]
    reference: str = ""
    location: Vector
    normal: Vector
    up: Vector
    height: Number


class Component(Value):
    """An object of the model."""

    ifc_guid: str | None = None
    originating_system: str | None = None
    authoring_tool_id: str | None = None


class Coloring(Value):
    """Components in one colour: RRGGBB or AARRGGBB, as written."""

    color: str
    components: list[Component] = []


class ViewSetupHints(Value):
    """What of the model's own helpers is shown; None: nothing was said."""

    spaces_visible: bool | None = None
    space_boundaries_visible: bool | None = None
    openings_visible: bool | None = None


class Visibility(Value):
    """exceptions: of the default. Default, then hints, then exceptions."""

    default_visibility: bool | None = None
    exceptions: list[Component] | None = None
    view_setup_hints: ViewSetupHints | None = None


class Components(Value):
    """What of the model is chosen, coloured and shown."""

    selection: list[Component] | None = None
    coloring: list[Coloring] | None = None
    visibility: Visibility | None = None


class Viewpoint(Value):
    """What somebody saw. snapshot: a file of the topic.  has_view: there is more than a picture."""

    guid: UUID
    index: int | None = None
    snapshot: str | None = None
    has_view: bool = True
    orthogonal_camera: OrthogonalCamera | None = None
    perspective_camera: PerspectiveCamera | None = None
    lines: list[Line] | None = None
    clipping_planes: list[ClippingPlane] | None = None
    bitmaps: list[Bitmap] | None = None
    components: Components | None = None


class BimSnippet(Value):
    """A piece of a model. reference: a file of the topic, or an address when it is external."""

    snippet_type: str
    is_external: bool = False
    reference: str
    reference_schema: str = ""


class DocumentReference(Value):
    """A document inside of the file, or an address."""

    guid: UUID | None = None
    document_guid: UUID | None = None
    url: str | None = None
    description: str | None = None


class HeaderFile(Value):
    """A model that a topic speaks of."""

    ifc_project: str | None = None
    ifc_spatial_structure_element: str | None = None
    is_external: bool = True
    filename: str | None = None
    date: Moment | None = None
    reference: str | None = None


class Comment(Value):
    """What somebody said."""

    guid: UUID
    date: Moment
    author: str
    comment: str | None = None
    viewpoint_guid: UUID | None = None
    modified_date: Moment | None = None
    modified_author: str | None = None


class Topic(Value):
    """An issue with all that belongs to it, but the content of its files."""

    guid: UUID
    server_assigned_id: str | None = None
    topic_type: str | None = None
    topic_status: str | None = None
    reference_links: list[str] | None = None
    title: str
    priority: str | None = None
    index: int | None = None
    labels: list[str] | None = None
    creation_date: Moment
    creation_author: str
    modified_date: Moment | None = None
    modified_author: str | None = None
    due_date: Moment | None = None
    assigned_to: str | None = None
    stage: str | None = None
    description: str | None = None
    bim_snippet: BimSnippet | None = None
    document_references: list[DocumentReference] | None = None
    related_topics: list[UUID] | None = None
    comments: list[Comment] | None = None
    viewpoints: list[Viewpoint] | None = None
    header_files: list[HeaderFile] | None = None


class Extensions(Value):
    """The words of a project. None: nothing was said of these."""

    topic_type: list[str] | None = None
    topic_status: list[str] | None = None
    priority: list[str] | None = None
    topic_label: list[str] | None = None
    users: list[str] | None = None
    snippet_type: list[str] | None = None
    stage: list[str] | None = None


class Project(Value):
    """Which project the file is of."""

    project_id: str
    name: str | None = None


class Document(Value):
    """A document that topics refer to. content: None when the file names it and lacks it."""

    guid: UUID
    filename: str
    description: str | None = None
    content: bytes | None = None


class BcfFile(Value):
    """A whole file. files: of each topic by name, pictures and snippets; no XML that we read.

    unread: names of entries that belong to nothing; they are not written again.
    """

    version: Version
    project: Project | None = None
    extensions: Extensions | None = None
    topics: list[Topic] = []
    documents: list[Document] = []
    files: dict[UUID, dict[str, bytes]] = {}
    unread: list[str] = []


def canonical(file: BcfFile) -> BcfFile:
    """The same content in one form only: moments in UTC, an order for what has none, [] for None.

    Two files say the same when this is equal; what neither XML form can carry is left out.
    """
    return file.model_copy(
        update={
            "extensions": _plain(file.extensions or Extensions()),
            "topics": [_plain(_sorted(one)) for one in sorted(file.topics, key=lambda t: t.guid)],
            "documents": sorted(file.documents, key=lambda d: d.guid),
            "files": {guid: kept for guid, kept in sorted(file.files.items()) if kept},
            "unread": [],
        }
    )


def _sorted(topic: Topic) -> Topic:
    """Comments and views by guid: their order is said by dates and by the index."""
    comments = sorted(topic.comments or (), key=lambda one: one.guid)
    views = sorted(topic.viewpoints or (), key=lambda one: one.guid)
    return topic.model_copy(update={"comments": comments, "viewpoints": views})


def _plain(value: Value) -> Value:
    """None for empty lists and texts; moments in UTC; the same below."""
    changed = {}
    for name in type(value).model_fields:
        said = getattr(value, name)
        if isinstance(said, list):
            said = [_plain(one) if isinstance(one, Value) else one for one in said] or None
        elif isinstance(said, Value):
            said = _plain(said)
        elif isinstance(said, datetime):
            said = said.astimezone(UTC)
        elif said == "":
            said = None
        changed[name] = said
    return value.model_copy(update=changed)
