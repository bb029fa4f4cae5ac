"""Shapes of USD prims as arrays: attributes, primvars, meshes and curves.

Lengths are the stage's units and axes. Primvars are those of UsdGeomPrimvarsAPI; every count is
held against the arrays it counts before anything is allocated from it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import numpy as np

from holotable.conversion.normals import Numbers, first_in_order, pair_numbers, unit_rows
from holotable.conversion.readers.assembly import Assembly
from holotable.conversion.readers.polygons import triangulate
from holotable.conversion.readers.usd_library import Usd, UsdGeom
from holotable.errors import DamagedFile
from holotable.review.scene import Floats, Floats32

Prim: TypeAlias = Any  # Usd.Prim: the library has no types
Attribute: TypeAlias = Any  # Usd.Attribute

_BEZIER_STEPS: Final = 8  # pieces of one cubic segment of a curve
_PER_POINT: Final = ("vertex", "varying")


@dataclass(frozen=True, slots=True)
class Primvar:
    """Values on a surface and how they lie on it. values: (k, w) float."""

    values: Floats
    interpolation: str
    indices: Numbers | None = None

    @property
    def count(self) -> int:
        """How many elements it must describe."""
        return len(self.values) if self.indices is None else len(self.indices)

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for equal values, however they were read."""
        indices = None if self.indices is None else self.indices.tobytes()
        return (self.values.tobytes(), self.interpolation, indices)

    def at(self, elements: Numbers) -> Numbers:
        """(n,) rows of `values` at these elements."""
        return elements if self.indices is None else self.indices[elements]


@dataclass(frozen=True, slots=True)
class Shape:
    """A triangulated mesh whose vertices are split where a primvar jumps.

    points: (n, 3). triangles: (m, 3). normals: (n, 3) or None. faces: (m,) polygon of each
    triangle. primvars: (n, w) by name. sources: (n,) the file's point at each vertex.
    """

    points: Floats32
    triangles: Numbers
    normals: Floats32 | None
    faces: Numbers
    primvars: Mapping[str, Floats] = field(default_factory=dict)
    sources: Numbers | None = None


def value(attribute: Attribute) -> Any:
    """The default value of an attribute, or its earliest sample when it has only samples."""
    if not attribute:
        return None
    if attribute.GetNumTimeSamples():
        source = attribute.GetResolveInfo(Usd.TimeCode.Default()).GetSource()
        if source in (Usd.ResolveInfoSourceNone, Usd.ResolveInfoSourceFallback):
            return attribute.Get(Usd.TimeCode.EarliestTime())
    return attribute.Get()


def array(attribute: Attribute, width: int) -> Floats | None:
    """(n, width) finite numbers of an array attribute; None when it has no value."""
    found = value(attribute)
    if found is None:
        return None
    rows = np.asarray(found)
    if rows.dtype == object or rows.size == 0:
        return None
    if rows.size % width or (rows.ndim > 1 and rows.shape[-1] != width):
        return None
    if not np.isfinite(rows).all():
        raise DamagedFile("A number of the USD scene is not finite.")
    return rows.reshape(-1, width)


def whole_numbers(attribute: Attribute) -> Numbers:
    """(n,) an array of integers; empty when it has no value."""
    found = value(attribute)
    if found is None:
        return np.empty(0, np.int64)
    return np.asarray(found, np.int64).ravel()


def read_primvar(prim: Prim, name: str, width: int) -> Primvar | None:
    """A primvar of this prim itself; None when it has no value of this width."""
    primvar = UsdGeom.PrimvarsAPI(prim).GetPrimvar(name)
    if not primvar or not primvar.HasAuthoredValue():
        return None
    values = array(primvar.GetAttr(), width)
    if values is None:
        return None
    indices = None
    if primvar.IsIndexed():
        indices = whole_numbers(primvar.GetIndicesAttr())
        if not len(indices):
            return None
        if indices.min() < 0 or indices.max() >= len(values):
            raise DamagedFile(f"Indices of the primvar {name} refer to values that do not exist.")
    return Primvar(values, str(primvar.GetInterpolation()), indices)


def read_normals(prim: Prim) -> Primvar | None:
    """primvars:normals, which wins, or the normals attribute (UsdGeomPointBased)."""
    found = read_primvar(prim, "normals", 3)
    if found is not None:
        return found
    based = UsdGeom.PointBased(prim)
    values = array(based.GetNormalsAttr(), 3)
    return None if values is None else Primvar(values, str(based.GetNormalsInterpolation()))


def read_mesh(
    prim: Prim,
    assembly: Assembly,
    primvars: Mapping[str, Primvar],
    groups: Sequence[Numbers] = (),
    points: Floats | None = None,
) -> Shape | None:
    """The triangles of a Mesh; None when it has none.

    primvars: what to carry to the vertices. groups: face numbers of each material; vertices are
        not shared between groups. points: other places than the file's, for a skin.
    raises: DamagedFile when counts and indices contradict each other.
    """
    mesh = UsdGeom.Mesh(prim)
    places = array(mesh.GetPointsAttr(), 3) if points is None else points
    counts = whole_numbers(mesh.GetFaceVertexCountsAttr())
    corners = whole_numbers(mesh.GetFaceVertexIndicesAttr())
    if places is None or not len(counts) or not len(corners):
        return None
    if counts.min() < 0 or int(counts.sum()) != len(corners):
        raise DamagedFile(f"{prim.GetName()} has faces of more corners than it lists.")
    if corners.min() < 0 or corners.max() >= len(places):
        raise DamagedFile(f"{prim.GetName()} refers to a point that does not exist.")
    assembly.check_triangles(int(np.maximum(counts - 2, 0).sum()))
    triangles, faces = triangulate(places, corners, counts)
    holes = whole_numbers(mesh.GetHoleIndicesAttr())
    if len(holes):
        kept = ~np.isin(faces, holes)
        triangles, faces = triangles[kept], faces[kept]
    if not len(triangles):
        return None
    if value(mesh.GetOrientationAttr()) == UsdGeom.Tokens.leftHanded:
        triangles = triangles[:, ::-1]
    scheme = mesh.GetSubdivisionSchemeAttr()
    smooth = scheme.HasAuthoredValue() and value(scheme) != UsdGeom.Tokens.none
    carried = dict(primvars)
    if not smooth:
        normals = read_normals(prim)
        if normals is not None:
            carried["normals"] = normals
    else:
        assembly.warn(
            "subdivision_not_refined",
            "Subdivision surfaces are shown by their control mesh, which is slightly larger.",
        )
    sizes = {"uniform": len(counts), "faceVarying": len(corners), "constant": 1}
    shape = _split(places, triangles, faces, corners, carried, sizes, groups, assembly)
    if not smooth:
        return shape
    normals_of_points = _smooth_normals(places, corners[triangles])
    assert shape.sources is not None
    return Shape(
        shape.points,
        shape.triangles,
        normals_of_points[shape.sources],
        shape.faces,
        shape.primvars,
        shape.sources,
    )


def _split(
    places: Floats,
    triangles: Numbers,
    faces: Numbers,
    corners: Numbers,
    primvars: Mapping[str, Primvar],
    sizes: Mapping[str, int],
    groups: Sequence[Numbers],
    assembly: Assembly,
) -> Shape:
    """Vertices for each distinct set of values at a point."""
    corner = triangles.ravel()
    face = np.repeat(faces, 3)
    usable: dict[str, Primvar] = {}
    number: Numbers | None = None
    for name, primvar in primvars.items():
        if primvar.count != sizes.get(primvar.interpolation, len(places)):
            if primvar.count == 1:  # one value, whatever it says of itself
                primvar = Primvar(primvar.values, "constant", primvar.indices)
            else:
                assembly.warn(
                    "primvar_ignored", f"The primvar {name} does not fit its mesh and is not used."
                )
                continue
        usable[name] = primvar
        if primvar.interpolation in ("faceVarying", "uniform"):
            elements = corner if primvar.interpolation == "faceVarying" else face
            number = pair_numbers(
                corners[corner] if number is None else number, primvar.at(elements)
            )
    if len(groups) > 1:
        group = np.zeros(int(faces.max()) + 1, np.int64)
        for place, members in enumerate(groups):
            group[members[members < len(group)]] = place
        number = pair_numbers(corners[corner] if number is None else number, group[face])
    if number is None:
        sources = np.arange(len(places))
        split = corners[triangles]
        first = np.empty(0, np.int64)
    else:
        first = first_in_order(number)
        sources = corners[corner[first]]
        split = number.reshape(-1, 3)
    found: dict[str, Floats] = {}
    for name, primvar in usable.items():
        if primvar.interpolation == "faceVarying":
            elements = corner[first]
        elif primvar.interpolation == "uniform":
            elements = face[first]
        elif primvar.interpolation == "constant":
            elements = np.zeros(len(sources), np.int64)
        else:
            elements = sources
        found[name] = primvar.values[primvar.at(elements)]
    normals = found.pop("normals", None)
    return Shape(
        places[sources].astype(np.float32, copy=False),
        split,
        None if normals is None else normals.astype(np.float32),
        faces,
        found,
        sources,
    )


def _smooth_normals(places: Floats, triangles: Numbers) -> Floats32:
    """(n, 3) normals at the points, weighted by area."""
    wide = places.astype(np.float64)
    origin = wide[triangles[:, 0]]
    vectors = np.cross(wide[triangles[:, 1]] - origin, wide[triangles[:, 2]] - origin)
    total = np.zeros((len(wide), 3))
    for axis in range(3):
        total[:, axis] = np.bincount(
            triangles.ravel(), weights=np.repeat(vectors[:, axis], 3), minlength=len(wide)
        )
    return unit_rows(total)


def read_curves(prim: Prim) -> list[Floats]:
    """Polylines of a BasisCurves prim, (k, 3) each; cubic ones in eight pieces a segment."""
    curves = UsdGeom.BasisCurves(prim)
    points = array(curves.GetPointsAttr(), 3)
    counts = whole_numbers(curves.GetCurveVertexCountsAttr())
    if points is None or not len(counts):
        return []
    if counts.min() < 0 or int(counts.sum()) != len(points):
        raise DamagedFile(f"{prim.GetName()} has curves of more points than it lists.")
    wide = points.astype(np.float64)
    cubic = value(curves.GetTypeAttr()) == UsdGeom.Tokens.cubic
    basis = str(value(curves.GetBasisAttr()))
    wrap = str(value(curves.GetWrapAttr()))
    starts = (np.cumsum(counts) - counts).tolist()
    lines = (
        wide[start : start + count]
        for start, count in zip(starts, counts.tolist(), strict=True)
        if count > 1
    )
    return [_cubic(line, basis, wrap) if cubic else _linear(line, wrap) for line in lines]


def _linear(line: Floats, wrap: str) -> Floats:
    return np.concatenate([line, line[:1]]) if wrap == UsdGeom.Tokens.periodic else line


# Rows: weights of the four control points for t³, t², t, 1 (UsdGeomBasisCurves).
_BASES: Final = {
    "bezier": np.array([[-1, 3, -3, 1], [3, -6, 3, 0], [-3, 3, 0, 0], [1, 0, 0, 0.0]]),
    "bspline": np.array([[-1, 3, -3, 1], [3, -6, 3, 0], [-3, 0, 3, 0], [1, 4, 1, 0]]) / 6,
    "catmullRom": np.array([[-1, 3, -3, 1], [2, -5, 4, -1], [-1, 0, 1, 0], [0, 2, 0, 0]]) / 2,
}


def _cubic(line: Floats, basis: str, wrap: str) -> Floats:
    if basis not in _BASES:
        return line
    step = 3 if basis == "bezier" else 1
    if wrap == UsdGeom.Tokens.periodic:
        line = np.concatenate([line, line[: 1 if basis == "bezier" else 3]])
    elif wrap == "pinned" and basis != "bezier":
        line = np.concatenate([[2 * line[0] - line[1]], line, [2 * line[-1] - line[-2]]])
    first = np.arange(0, len(line) - 3, step)
    if not len(first):
        return line
    t = np.arange(_BEZIER_STEPS) / _BEZIER_STEPS
    powers = np.stack([t**3, t**2, t, np.ones_like(t)], axis=1) @ _BASES[basis]
    control = line[first[:, None] + np.arange(4)]
    places = np.einsum("sk,nkd->nsd", powers, control).reshape(-1, 3)
    end = np.ones(4) @ _BASES[basis] @ line[first[-1] : first[-1] + 4]
    return np.concatenate([places, [end]])


def strongest(primvars: Iterable[Primvar | None]) -> Primvar | None:
    """The first that has a value."""
    return next((primvar for primvar in primvars if primvar is not None), None)
