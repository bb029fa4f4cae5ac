"""Product manufacturing information: what a model says of itself in words and dimensions.

Terms are those of ISO 10303-242 and ASME Y14.5 / ISO 1101. Frames: lines and triangles stand in the
frame of the part they belong to (y up, metres), or in the scene's when `part` is −1.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

AnnotationKind: TypeAlias = Literal["dimension", "tolerance", "datum", "note"]
Value: TypeAlias = str | float | int | bool | None


@dataclass(frozen=True, slots=True)
class Annotation:
    """One dimension, geometric tolerance, datum or note.

    kind, type: for example tolerance and "position".  text: what a person reads, "⌖ ⌀0.75 Ⓜ A B C".
    value: SI (metres, radians) or None where the file gives none; upper and lower likewise, as
        deviations from value.
    part: number of the part whose faces and edges it names, −1 if none.
    faces, edges: numbers as in the part's exact shape.  datums: labels it refers to, in order.
    properties: everything else the file says (modifiers, qualifiers, zone), name → value.
    elsewhere: the same of further parts: (part, faces, edges) each.
    entries: how many of the file's dimensions, tolerances and datums, as the scene counts them in
        `Scene.pmi`, it stands for; a datum is one annotation however many tolerances name it.
    lines: polylines of its drawn presentation, (k, 3) metres each.  triangles: (m, 3, 3) filled
        presentation.  views: names of the saved views that show it.
    """

    kind: AnnotationKind
    type: str
    name: str
    text: str
    value: float | None = None
    upper: float | None = None
    lower: float | None = None
    part: int = -1
    faces: tuple[int, ...] = ()
    edges: tuple[int, ...] = ()
    datums: tuple[str, ...] = ()
    properties: Mapping[str, Value] = field(default_factory=dict)
    lines: tuple[NDArray[np.float32], ...] = ()
    triangles: NDArray[np.float32] | None = None
    views: tuple[str, ...] = ()
    elsewhere: tuple[tuple[int, tuple[int, ...], tuple[int, ...]], ...] = ()
    entries: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SavedView:
    """A view the designer saved in the file.

    position, target, up: metres, y up, scene frame.  height_m: what an orthographic view shows, or
    None for a perspective one.  plane: (4,) clipping plane a x + b y + c z + d ≥ 0 kept, or None.
    """

    name: str
    position: tuple[float, float, float]
    target: tuple[float, float, float]
    up: tuple[float, float, float]
    height_m: float | None = None
    plane: tuple[float, float, float, float] | None = None
