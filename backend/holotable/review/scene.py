"""A scene: what every reader yields and what the packer writes.

Frames: everything is right-handed, y up, metres; a reader turns a z-up file by
(x, y, z) -> (x, z, -y), conjugates its transforms, and keeps the file's own unit and axis as data.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias
from uuid import NAMESPACE_URL, UUID, uuid5

import numpy as np
from numpy.typing import NDArray

from holotable.review.annotations import Annotation, SavedView
from holotable.review.exact import ExactPart
from holotable.review.points import PointCloud
from holotable.review.surface import Animation, Looks, Surface

Floats: TypeAlias = NDArray[np.float64]
Floats32: TypeAlias = NDArray[np.float32]
Indices: TypeAlias = NDArray[np.uint32]

SourceKind: TypeAlias = Literal[
    "step",
    "iges",
    "brep",
    "ifc",
    "stl",
    "obj",
    "ply",
    "off",
    "3mf",
    "3ds",
    "dae",
    "gltf",
    "usd",
    "points",
]
Identity: TypeAlias = Literal["file", "named", "ranked"]
PropertyValue: TypeAlias = str | float | int | bool | None
Properties: TypeAlias = Mapping[str, Mapping[str, PropertyValue]]  # group -> name -> value

OCCURRENCE_NAMESPACE = uuid5(NAMESPACE_URL, "https://holotable.dev/occurrence/1")


@dataclass(frozen=True, slots=True)
class Mesh:
    """The triangles of one part, in the part's frame.

    positions: (n, 3) metres.  normals: (n, 3) unit vectors, outward.
    triangles: (m, 3) indices, counter-clockwise seen from outside.
    materials: (n,) index into the scene's palette; 0 = the occurrence's own colour.
    faces: (n,) number of the exact face each vertex lies on, or None for a mesh.
    """

    positions: Floats32
    normals: Floats32
    triangles: Indices
    materials: NDArray[np.uint16]
    faces: Indices | None = None


@dataclass(frozen=True, slots=True)
class EdgeLines:
    """Feature edges of one part as polylines, in the part's frame.

    points: (k, 3) metres.  starts: (e + 1,) index of each polyline's first point, then k.
    edges: (e,) number of the exact edge each polyline draws, counted in the part.
    colours: (e,) palette entry of each polyline; 0 and None: the viewer's own edge colour.
    """

    points: Floats32
    starts: Indices
    edges: Indices
    colours: NDArray[np.uint16] | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A shape with a name, defined once and placed by occurrences.

    centroid_m: (3,) of the solids, part frame.  inertia_m5: (3, 3) about it at density 1.
    density_kg_m3: where the file names a material's.  exact: the B-rep, where there was one.
    surface: textures and materials beyond `mesh`'s colours.  points: a cloud; `mesh` is then empty.
    """

    name: str
    mesh: Mesh
    edges: EdgeLines | None = None  # None: the packer makes 30 degree crease edges
    closed: bool = False  # a closed, consistently oriented solid: section caps are correct
    volume_m3: float | None = None  # exact where the source is a B-rep solid, else None
    area_m2: float | None = None
    properties: Properties = field(default_factory=dict)
    centroid_m: Floats | None = None
    inertia_m5: Floats | None = None
    density_kg_m3: float | None = None
    exact: ExactPart | None = None
    surface: Surface | None = None
    points: PointCloud | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """One row of the assembly tree; `part` None makes it an assembly.

    transform: (4, 4) relative to the parent, column vectors, metres.
    parent: index of an earlier node, or -1.
    """

    id: UUID
    parent: int
    name: str
    transform: Floats
    part: int | None = None
    kind: str = "assembly"  # assembly | part | the IFC class, for example IfcWall
    colour: str | None = None  # sRGB #rrggbbaa; None inherits from the parent, else DEFAULT_COLOUR
    layer: str | None = None
    identity: Identity = "named"
    hidden: bool = False  # hidden when first opened, for example an IFC opening
    properties: Properties = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SceneWarning:
    """Something the file says that was lost, repaired or doubted.

    files: names of the files it is about, as the source names them; empty for any other warning.
    """

    code: str
    count: int
    detail: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """What the file says of itself."""

    kind: SourceKind
    length_unit: str | None  # mm, cm, m, in, ft, um, km; None: the file does not say
    up_axis: Literal["y", "z"] | None


@dataclass(frozen=True, slots=True)
class Scene:
    """A whole design as read: tree, unique parts, palette.

    palette: sRGB #rrggbbaa; entry 0 stands for "the occurrence's colour" and is DEFAULT_COLOUR.
    pmi: counts of semantic dimensions, tolerances and datums in the file.
    looks: materials and pictures that surfaces of parts refer to.
    georeference: where on Earth the model stands, as IFC's IfcMapConversion says; empty: nowhere.
    """

    source: Source
    nodes: tuple[Node, ...]
    parts: tuple[Part, ...]
    palette: tuple[str, ...]
    warnings: tuple[SceneWarning, ...] = ()
    pmi: Mapping[str, int] = field(
        default_factory=lambda: {"dimensions": 0, "tolerances": 0, "datums": 0}
    )
    annotations: tuple[Annotation, ...] = ()
    views: tuple[SavedView, ...] = ()
    looks: Looks = field(default_factory=Looks)
    animations: tuple[Animation, ...] = ()
    georeference: Mapping[str, PropertyValue] = field(default_factory=dict)


DEFAULT_COLOUR = "#b8bec6ff"  # neutral light grey, reads on both viewport backgrounds

Z_UP_TO_Y_UP: Floats = np.array(
    [[1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0], [0.0, -1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]]
)


def occurrence_id(steps: tuple[str, ...]) -> UUID:
    """The stable id of a node whose path from the root is `steps` (DESIGN: identity).

    steps: one per level, each the product id or name; the occurrence name unless automatic;
        the rank among equals, joined by the reader.
    """
    return uuid5(OCCURRENCE_NAMESPACE, "\x1f".join(steps))
