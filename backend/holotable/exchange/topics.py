"""Issues as they leave the house: BCF's topic, comments and viewpoints, as plain values.

Metres, right-handed, y up, absolute. Parts are stable ids of occurrences: dense numbers belong to
one structure and mean nothing outside.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

Vec3 = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it was taken."""

    content: bytes
    media_type: str  # image/png, image/jpeg or image/webp


@dataclass(frozen=True, slots=True)
class Attached:
    """A file beside an issue, a comment or a revision. name: as people know it.

    path: of its content in a packet; "" where it is not in one.  revision: of a drawing, its label.
    """

    id: UUID
    name: str
    media_type: str
    bytes: int
    sha256: str
    revision: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Camera:
    """Where the eye stands. direction and up: of length 1.  target: what it looks at.

    fov_rad: of the whole height.  height_m: of the picture; None for a perspective.
    """

    position: Vec3
    target: Vec3
    direction: Vec3
    up: Vec3
    fov_rad: float
    height_m: float | None = None


@dataclass(frozen=True, slots=True)
class Cut:
    """A cutting plane. normal: of length 1, towards the side that stays visible."""

    point: Vec3
    normal: Vec3


@dataclass(frozen=True, slots=True)
class Coloured:
    """Parts in one colour, sRGB #rrggbb."""

    colour: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class View:
    """What somebody saw when they wrote. left_out: parts that have no id any more.

    shown: exactly these parts; None: all but `hidden`.
    """

    guid: UUID
    camera: Camera | None = None
    cuts: tuple[Cut, ...] = ()
    selected: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    shown: tuple[str, ...] | None = None
    colours: tuple[Coloured, ...] = ()
    snapshot: Picture | None = None
    revision_label: str = ""
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment; `view_guid` is the view it speaks of."""

    guid: UUID
    text: str
    author: str
    at: datetime
    edited_at: datetime | None = None
    view_guid: UUID | None = None
    files: tuple[Attached, ...] = ()


@dataclass(frozen=True, slots=True)
class Topic:
    """An issue with all that belongs to it. category: open, in_progress, resolved or closed."""

    guid: UUID
    number: int
    title: str
    type: str
    status: str
    category: str
    priority: str
    created_at: datetime
    author: str
    updated_at: datetime
    editor: str = ""
    description: str = ""
    stage: str = ""
    assignee: str = ""
    due_at: datetime | None = None
    blocking: bool = False
    labels: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    related: tuple[UUID, ...] = ()
    revision_label: str = ""
    anchor: str = ""  # what became of its place on the reviewed revision
    part: str = ""  # the occurrence it stands on
    drawing: str = ""  # the drawing it stands on
    sheet: int = 0  # of the drawing, from 1
    drawing_id: UUID | None = None
    files: tuple[Attached, ...] = ()  # beside the issue itself; those of comments are theirs
    remarks: tuple[Remark, ...] = ()
    views: tuple[View, ...] = field(default=())

    @property
    def server_id(self) -> str:
        """As BCF names it."""
        return f"ISSUE-{self.number:05d}"
