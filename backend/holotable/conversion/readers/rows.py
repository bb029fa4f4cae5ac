"""Rows of the tree while it is read: where something stands, before ids and metres are known."""

import math
from dataclasses import dataclass, field
from uuid import UUID

from holotable.errors import DamagedFile
from holotable.review.scene import Floats, Properties


@dataclass(slots=True)
class Row:
    """A placement as a reader adds it. transform: (4, 4) relative to the parent, file's axes."""

    parent: int
    name: str
    transform: Floats
    part: int | None
    colour: str | None
    layer: str | None
    properties: Properties
    hidden: bool
    depth: int
    product: str
    occurrence: str
    kind: str | None = None  # the file's own class; such a row stays without geometry
    id: UUID | None = None  # the file's own id
    children: list[int] = field(default_factory=list)


def pruned(rows: list[Row]) -> list[Row]:
    """The rows without those that have no geometry below them: cameras, lights, joints."""
    kept = [row.part is not None or row.kind is not None for row in rows]
    for number in range(len(rows) - 1, -1, -1):
        parent = rows[number].parent
        if kept[number] and parent >= 0:
            kept[parent] = True
    if all(kept):
        return rows
    number_now = {-1: -1}
    for number, keep in enumerate(kept):
        if keep:
            number_now[number] = len(number_now) - 1
    left = [row for row, keep in zip(rows, kept, strict=True) if keep]
    for row in left:
        row.parent = number_now[row.parent]
        row.children = [number_now[child] for child in row.children if kept[child]]
    return left


def is_visible(matrix: Floats) -> bool:
    """Whether a placement keeps at least a surface; what shrinks to a line or point is not seen.

    In plain numbers: with numpy's calls 100,000 placements of a glTF took 19 CPU s instead of 4.
    raises: DamagedFile when it is no finite affine transform.
    """
    (a, b, c, x), (d, e, f, y), (g, h, i, z), last = matrix.tolist()
    if not math.isfinite(a + b + c + d + e + f + g + h + i + x + y + z):
        raise DamagedFile("A placement holds a number that is not finite.")
    if not all(abs(found - due) <= 1e-6 for found, due in zip(last, (0, 0, 0, 1), strict=True)):
        raise DamagedFile("A placement is no affine transform.")
    largest = max(abs(value) for value in (a, b, c, d, e, f, g, h, i))
    minors = (
        *(a * e - b * d, a * f - c * d, b * f - c * e),
        *(a * h - b * g, a * i - c * g, b * i - c * h),
        *(d * h - e * g, d * i - f * g, e * i - f * h),
    )
    return bool(max(abs(minor) for minor in minors) > 1e-12 * largest * largest)
