"""One of two revisions that are compared: its tree, its shapes, and where everything stands.

Frame: the model's after its placement was corrected, metres, y up. Everything in the files is a
stranger's and may be odd.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from holotable.review.mass import Body, PartMass
from holotable.review.shape import AREA, BOUNDS, CENTRE, SAG, SECOND, SECOND_ORDER, THIRD, Shapes
from holotable.review.shape import THIRD_ORDER as _THIRD_ORDER

Floats: TypeAlias = NDArray[np.float64]
Whole: TypeAlias = NDArray[np.int64]
Mask: TypeAlias = NDArray[np.bool_]

DEFAULT_COLOUR: Final = "#b8bec6ff"
_STRETCH_DIGITS: Final = 6
_RIGID: Final = 1e-9  # of a rotation's columns; a file in inches has 1e-12


@dataclass(frozen=True, eq=False)
class Side:
    """One revision. Rows are those of structure.json, parents before children.

    ids, identity, names, kinds, colours: (rows,); colours are those shown, inherited ones too.
    parents, parts: (rows,), −1 where there is none.  world: (rows, 4, 4) from row to model.
    hidden: (rows,) when first opened, by itself or from above.  masses: (parts,).
    properties: of rows and of parts, {number: {group: {name: value}}}.
    source_kind: step, ifc, stl …
    """

    ids: Sequence[str]
    identity: Sequence[str]
    names: Sequence[str]
    kinds: Sequence[str]
    colours: Sequence[str]
    parents: Whole
    parts: Whole
    world: Floats
    hidden: Mask
    shapes: Shapes
    masses: Sequence[PartMass]
    row_properties: Mapping[int, Mapping[str, Any]]
    part_properties: Mapping[int, Mapping[str, Any]]
    source_kind: str = "step"

    @cached_property
    def placed(self) -> Whole:
        """(n,) rows with a part, in the order of their dense numbers."""
        return np.flatnonzero(self.parts >= 0)

    @cached_property
    def part_names(self) -> list[str]:
        """Names of the parts."""
        return [mass.name for mass in self.masses]

    @cached_property
    def levels(self) -> list[Whole]:
        """Rows by how many are above them, the roots first."""
        return levels_of(self.parents.tolist())

    @cached_property
    def boxes(self) -> Floats:
        """(n, 2, 3) box around each placed row in the model."""
        bounds = self.shapes.rows[self.parts[self.placed], BOUNDS : BOUNDS + 6]
        middle, half = (bounds[:, :3] + bounds[:, 3:]) / 2.0, (bounds[:, 3:] - bounds[:, :3]) / 2.0
        world = self.world[self.placed]
        centre = np.einsum("nij,nj->ni", world[:, :3, :3], middle) + world[:, :3, 3]
        reach = np.einsum("nij,nj->ni", np.abs(world[:, :3, :3]), half)
        return np.stack([centre - reach, centre + reach], axis=1)

    @cached_property
    def extent(self) -> float:
        """The longest side of the box around everything, metres."""
        if not len(self.placed):
            return 0.0
        return float((self.boxes[:, 1].max(axis=0) - self.boxes[:, 0].min(axis=0)).max())

    @cached_property
    def figures(self) -> "Figures":
        """The rigid shapes that stand in this revision."""
        return _figures(self)


@dataclass(frozen=True, eq=False)
class Figures:
    """Shapes that are placed by rigid motions alone: parts, stretched or mirrored where they are.

    of: (n,) figure of each placed row.  motions: (n, 4, 4) rigid, from figure to model.
    parts: (f,).  stretches: (f, 3, 3) from the part's frame to the figure's.
    areas, sags: (f,).  centres: (f, 3).  seconds: (f, 3, 3).  thirds: (f, 3, 3, 3).
    sizes: (f,) diagonals of boxes, metres.  boxes: (f, 2, 3).
    volumes, exact_areas: (f,) NaN where unknown.  bodies: (f, 3) centre of the volume, NaN.
    inertias: (f, 3, 3) second moments of the volume about its centre, by the volume.
    exact: (f,) volumes and areas are those of a B-rep.
    """

    of: Whole
    motions: Floats
    parts: Whole
    stretches: Floats
    areas: Floats
    sags: Floats
    centres: Floats
    seconds: Floats
    thirds: Floats
    sizes: Floats
    boxes: Floats
    volumes: Floats
    exact_areas: Floats
    bodies: Floats
    inertias: Floats
    exact: Mask

    def __len__(self) -> int:
        """How many figures."""
        return len(self.parts)


def _figures(side: Side) -> Figures:
    rows = side.placed
    rotations = side.world[rows][:, :3, :3].copy()
    stretches = np.tile(np.eye(3), (len(rows), 1, 1))
    squares = rotations.transpose(0, 2, 1) @ rotations
    rigid = np.abs(squares - np.eye(3)).max(axis=(1, 2), initial=0.0) < _RIGID
    odd = np.flatnonzero(~(rigid & (np.linalg.det(rotations) > 0)))
    if len(odd):
        rotations[odd], stretches[odd] = _polar(rotations[odd])
    keys = side.parts[rows][:, None].astype(float)
    if len(odd):
        rounded = np.round(stretches.reshape(-1, 9), _STRETCH_DIGITS) + 0.0
        keys = np.concatenate([keys, rounded], axis=1)
    _, first, of = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    of = of.reshape(-1)
    motions = np.tile(np.eye(4), (len(rows), 1, 1))
    motions[:, :3, :3] = rotations
    motions[:, :3, 3] = side.world[rows][:, :3, 3]
    return _measured(side, of, motions, side.parts[rows][first], stretches[first])


def _polar(linear: Floats) -> tuple[Floats, Floats]:
    """Proper rotations, and the stretches before them: a mirrored placement is a mirrored figure.

    linear: (k, 3, 3).
    """
    left, scales, right = np.linalg.svd(linear)
    signs = np.sign(np.linalg.det(left) * np.linalg.det(right))[:, None, None]
    signs[signs == 0] = 1.0
    scales = np.maximum(scales, 1e-12)
    return left @ right * signs, np.einsum("nji,nj,njk->nik", right, scales, right) * signs


def _measured(side: Side, of: Whole, motions: Floats, parts: Whole, stretches: Floats) -> Figures:
    shape = side.shapes.rows[parts]
    growth = np.abs(np.linalg.det(stretches))
    area_growth = growth ** (2.0 / 3.0)
    seconds = np.zeros((len(parts), 3, 3))
    for column, (i, j) in enumerate(SECOND_ORDER):
        seconds[:, i, j] = seconds[:, j, i] = shape[:, SECOND + column]
    thirds = np.zeros((len(parts), 3, 3, 3))
    for column, (i, j, k) in enumerate(_THIRD_ORDER):
        for a, b, c in {(i, j, k), (i, k, j), (j, i, k), (j, k, i), (k, i, j), (k, j, i)}:
            thirds[:, a, b, c] = shape[:, THIRD + column]
    corners = _corners(shape[:, BOUNDS : BOUNDS + 6])
    corners = np.einsum("fij,fcj->fci", stretches, corners)
    boxes = np.stack([corners.min(axis=1), corners.max(axis=1)], axis=1)
    masses = [side.masses[part] for part in parts.tolist()]
    bodies = [mass.body for mass in masses]
    moments = np.array([_by_volume(body) for body in bodies]).reshape(-1, 3, 3)
    centres = np.array([_centre(body) for body in bodies]).reshape(-1, 3)
    areas = np.array([np.nan if mass.area_m2 is None else mass.area_m2 for mass in masses], float)
    volumes = np.array([np.nan if body is None else body.amount for body in bodies], float)
    turned = stretches.transpose(0, 2, 1)
    return Figures(
        of=of,
        motions=motions,
        parts=parts,
        stretches=stretches,
        areas=shape[:, AREA] * area_growth,
        sags=shape[:, SAG] * growth ** (1.0 / 3.0),
        centres=np.einsum("fij,fj->fi", stretches, shape[:, CENTRE : CENTRE + 3]),
        seconds=stretches @ seconds @ turned,
        thirds=np.einsum("fai,fbj,fck,fijk->fabc", stretches, stretches, stretches, thirds),
        sizes=np.linalg.norm(boxes[:, 1] - boxes[:, 0], axis=1),
        boxes=boxes,
        volumes=volumes * growth,
        exact_areas=areas * area_growth,
        bodies=np.einsum("fij,fj->fi", stretches, centres),
        inertias=stretches @ moments @ turned,
        exact=np.array([mass.method == "exact" for mass in masses], bool),
    )


def _corners(bounds: Floats) -> Floats:
    """(f, 8, 3) corners of boxes (f, 6)."""
    choices = np.array([[i, j, k] for i in (0, 1) for j in (0, 1) for k in (0, 1)])
    both = bounds.reshape(-1, 2, 3)
    return np.stack([both[:, choices[:, axis], axis] for axis in range(3)], axis=2)


def _centre(body: Body | None) -> Floats:
    return np.full(3, np.nan) if body is None else body.centre


def _by_volume(body: Body | None) -> Floats:
    """(3, 3) ∫ r rᵀ about the centre, divided by the volume."""
    if body is None or not body.amount > 0.0:
        return np.full((3, 3), np.nan)
    inertia = body.inertia / body.amount
    return np.asarray(np.trace(inertia) / 2.0 * np.eye(3) - inertia)


def side_of(
    structure: Mapping[str, Any],
    properties: Mapping[str, Any],
    shapes: Shapes,
    corrected: Floats,
    masses: Sequence[PartMass],
    source_kind: str,
) -> Side:
    """A side from the documents of a package. corrected: (4, 4) of the revision's placement."""
    ids = [str(one) for one in structure["id"]]
    count = len(ids)
    parents = _numbers(structure, "parent", count)
    rows = np.arange(count)
    parents = np.where((parents >= 0) & (parents < rows), parents, -1)
    parts = _numbers(structure, "part", count)
    parts = np.where(parts < len(masses), parts, -1)
    upward = parents.tolist()
    return Side(
        ids=ids,
        identity=[str(one) for one in _column(structure, "identity", count, "ranked")],
        names=[str(one) for one in _column(structure, "name", count, "")],
        kinds=[str(one) for one in _column(structure, "kind", count, "part")],
        colours=_colours(_column(structure, "colour", count, None), upward),
        parents=parents,
        parts=parts,
        world=corrected @ _worlds(_column(structure, "transform", count, None), upward),
        hidden=_hidden(_column(structure, "hidden", count, False), upward),
        shapes=shapes,
        masses=masses,
        row_properties=_numbered(properties.get("nodes")),
        part_properties=_numbered(properties.get("parts")),
        source_kind=source_kind,
    )


def _worlds(transforms: list[Any], parents: list[int]) -> Floats:
    """(rows, 4, 4), level by level: a hundred thousand products one by one take a second."""
    count = len(parents)
    local = np.tile(np.eye(4), (count, 1, 1))
    given = [row for row, one in enumerate(transforms) if isinstance(one, list) and len(one) == 16]
    if given:
        said = np.array([transforms[row] for row in given], float).reshape(-1, 4, 4)
        local[given] = np.nan_to_num(said.transpose(0, 2, 1))
    above = np.array(parents, np.int64)
    for rows in levels_of(parents)[1:]:
        local[rows] = local[above[rows]] @ local[rows]
    return local


def levels_of(parents: Sequence[int]) -> list[Whole]:
    """Rows by how many are above them."""
    depth = np.zeros(len(parents), np.int64)
    for row, parent in enumerate(parents):
        if parent >= 0:
            depth[row] = depth[parent] + 1
    order = np.argsort(depth, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(depth[order])) + 1) if len(depth) else []


def _colours(own: list[Any], parents: list[int]) -> list[str]:
    found: list[str] = []
    for colour, parent in zip(own, parents, strict=True):
        inherited = found[parent] if parent >= 0 else DEFAULT_COLOUR
        found.append(colour if isinstance(colour, str) and colour else inherited)
    return found


def _hidden(own: list[Any], parents: list[int]) -> Mask:
    found: list[bool] = []
    for hidden, parent in zip(own, parents, strict=True):
        found.append(hidden is True or (parent >= 0 and found[parent]))
    return np.array(found, bool)


def _numbers(document: Mapping[str, Any], name: str, count: int) -> Whole:
    column = _column(document, name, count, -1)
    return np.array([one if isinstance(one, int) else -1 for one in column], np.int64)


def _numbered(said: object) -> dict[int, Mapping[str, Any]]:
    if not isinstance(said, dict):
        return {}
    return {
        int(key): value
        for key, value in said.items()
        if isinstance(value, dict) and str(key).isdecimal()
    }


def _column(document: Mapping[str, Any], name: str, count: int, missing: object) -> list[Any]:
    column = document.get(name)
    if isinstance(column, list) and len(column) == count:
        return column
    return [missing] * count
