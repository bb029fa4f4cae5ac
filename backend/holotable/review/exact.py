"""The exact shape of a part: its vertices, edges and faces with their parameters, and its bodies.

Frame: the part's own, metres, y up, exactly that of the part's `Mesh`. Numbers count from 0 within
the part; edge numbers are those of `EdgeLines.edges`, face numbers those of `Mesh.faces`.
docs/formats/exact.md specifies the file made of it.
"""

from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int32]

# Kinds of curves and surfaces; the numbers stand in the file and never change their meaning.
LINE: Final = 0
CIRCLE: Final = 1
ELLIPSE: Final = 2
CURVE: Final = 3  # anything else: only its polyline is known
PLANE: Final = 0
CYLINDER: Final = 1
CONE: Final = 2
SPHERE: Final = 3
TORUS: Final = 4
SURFACE: Final = 5  # anything else


@dataclass(frozen=True, slots=True)
class ExactPart:
    """One part's boundary representation, as columns.

    vertices: (v, 3) metres.
    edge_kinds: (e,) LINE … CURVE.  edge_vertices: (e, 2) start and end, −1 where there is none.
    edge_parameters: (e, 13) centre or point on the line (3), axis or direction (3, unit), x
        direction (3, unit), major radius, minor radius (of a circle the same), first and last
        angle in radians from the x direction towards axis × x; unused numbers are 0.
    edge_lengths: (e,) metres.  edge_starts: (e + 1,) into edge_points, the edge as a polyline.
    edge_points: (k, 3) metres; only of CURVE edges, within `tolerance_m` of the curve.
    face_kinds: (f,) PLANE … SURFACE.  face_parameters: (f, 12) origin (3), axis (3, unit; of a
        plane the outward normal), x direction (3, unit), radius, second radius (torus) or half
        angle in radians (cone), 1 where the surface's inside is the material's outside (a hole).
        A cone's radius is that at its origin, and grows along the axis.
    edge_recognised, face_recognised: (e,), (f,) True where the file has a spline or a swept or
        offset shape that is this kind to within 0.1 micrometres.
    face_areas: (f,) square metres.  face_bodies: (f,) number of the solid it bounds, or −1.
    face_edge_starts: (f + 1,) into face_edges.  face_edges: edge numbers around each face.
    body_volumes: (b,) cubic metres.  body_centres: (b, 3) metres.
    body_inertias: (b, 3, 3) about the body's centre at density 1, m⁵.
    tolerance_m: how far a polyline may stray from its curve.
    """

    vertices: Floats
    edge_kinds: NDArray[np.uint8]
    edge_vertices: Integers
    edge_parameters: Floats
    edge_lengths: Floats
    edge_starts: Integers
    edge_points: Floats
    edge_recognised: NDArray[np.bool_]
    face_kinds: NDArray[np.uint8]
    face_parameters: Floats
    face_recognised: NDArray[np.bool_]
    face_areas: Floats
    face_bodies: Integers
    face_edge_starts: Integers
    face_edges: Integers
    body_volumes: Floats
    body_centres: Floats
    body_inertias: Floats
    tolerance_m: float = 0.0

    def __eq__(self, other: Any) -> bool:
        """Equal in every number."""
        if not isinstance(other, ExactPart):
            return NotImplemented
        return all(
            np.array_equal(getattr(self, name), getattr(other, name)) for name in self.__slots__
        )

    __hash__ = None  # type: ignore[assignment]
