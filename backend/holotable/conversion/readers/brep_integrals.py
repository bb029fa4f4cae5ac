"""Areas of B-rep faces, and the share of each face in the volume and moments of a body.

Frames and units: those of the shape as Open CASCADE holds it (millimetres, the file's axes).

A volume integral becomes one over the surfaces (divergence theorem), that one over each face's
edges (Green's theorem), and there Gauss's rule is exact enough: 1e-12 on elementary surfaces,
1e-8 on splines. Open CASCADE's own integrals are 1e-2 off on a cylinder written as a spline and
5e-3 on a cylinder that a spline cuts off; its adaptive ones take ten times as long.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from OCP.BRep import BRep_Tool
from OCP.BRepAdaptor import BRepAdaptor_Surface
from OCP.GeomAbs import GeomAbs_CurveType, GeomAbs_SurfaceType
from OCP.Standard import Standard_Failure
from OCP.TopAbs import TopAbs_Orientation
from OCP.TopoDS import TopoDS
from scipy.interpolate import BSpline

from holotable.conversion.readers.brep_geometry import EdgeGeometry, FaceGeometry
from holotable.conversion.readers.brep_sampling import (
    Floats,
    Samples,
    Unmeasurable,
    basis,
    evaluate,
    gauss,
    points_per_span,
    projected,
    sample_edges,
    sample_in_parameters,
)
from holotable.review.exact import CONE, CYLINDER, PLANE, SPHERE, SURFACE, TORUS

Integers: TypeAlias = NDArray[np.int64]
Coedges: TypeAlias = Sequence[Sequence[tuple[int, float]]]  # per face: edge number and ±1

_FORWARD: Final = TopAbs_Orientation.TopAbs_FORWARD
_SPLINE: Final = GeomAbs_SurfaceType.GeomAbs_BSplineSurface
_BEZIER: Final = GeomAbs_SurfaceType.GeomAbs_BezierSurface
_EXTRUSION: Final = GeomAbs_SurfaceType.GeomAbs_SurfaceOfExtrusion
_REVOLUTION: Final = GeomAbs_SurfaceType.GeomAbs_SurfaceOfRevolution

# Points across a face, from a line of reference to an edge: exact where the surface is straight
# that way, else for cosines of up to four times an angle over half or all of a turn.
_ACROSS: Final = {PLANE: 3, CYLINDER: 3, CONE: 3, SPHERE: 14, TORUS: 22}
_EXACTLY: Final = 1e-8  # of its radius: how near a spline that counts as elementary has to be
_ALONG: Final = 12  # along an edge in parameters; doubled for more than half a turn
_BLOCK: Final = 20_000  # points of a spline evaluated at once
_VALUES: Final = 11  # area, volume, three first and six second moments


@dataclass(frozen=True, slots=True)
class Moments:
    """Integrals over f faces, each normal pointing where the face's parameters do.

    areas: (f,).  shares: (f, 10) what each face adds to ∫ 1, ∫ x, ∫ y, ∫ z, ∫ xx, ∫ yy, ∫ zz, ∫ xy,
    ∫ xz and ∫ yz over the space that a closed set of faces encloses, from the reference.
    known: (f,) False for faces that are not integrated here.
    """

    areas: Floats
    shares: Floats
    known: NDArray[np.bool_]


def face_moments(
    faces: Any,
    edges: Any,
    surfaces: Sequence[FaceGeometry],
    curves: Sequence[EdgeGeometry],
    coedges: Coedges,
    reference: Floats,
) -> Moments:
    """Integrate over every face of a shape.

    faces, edges: the shape's maps.  surfaces, curves: their geometry.
    reference: (3,) where moments are counted from.
    """
    sums = np.zeros((len(coedges), _VALUES))
    known = np.zeros(len(coedges), bool)
    batches = {kind: _Batch() for kind in _ACROSS}
    samples = sample_edges(edges, curves)
    for number, (around, surface) in enumerate(zip(coedges, surfaces, strict=True)):
        face = TopoDS.Face(TopoDS.Face(faces.FindKey(number + 1)).Oriented(_FORWARD))
        try:
            if not around or BRep_Tool.Surface_s(face) is None:
                continue
            if _is_axial(surface, around, samples):
                _gather(batches[surface.kind], number, face, surface, edges, around, samples)
            else:
                sums[number] = _swept(face, edges, around, reference)
            known[number] = True
        except (Unmeasurable, Standard_Failure):
            # What no formula here is for: the caller asks Open CASCADE.
            continue
    for kind, batch in batches.items():
        if batch.numbers:
            # Axes are right-handed here: where the file's are not, edges run clockwise, and only
            # the area comes out negative.
            sums[batch.numbers] = _integrate(kind, batch, samples, reference)
    known &= np.isfinite(sums).all(axis=1)
    sums[~known] = 0.0
    return Moments(np.abs(sums[:, 0]), sums[:, 1:], known)


def _is_axial(surface: FaceGeometry, around: Sequence[tuple[int, float]], samples: Samples) -> bool:
    """Whether a face is integrated by its formula: also a spline that is exactly that."""
    if surface.kind == SURFACE or not surface.recognised:
        return surface.kind != SURFACE
    if surface.kind == TORUS or surface.stray > _EXACTLY * max(surface.parameters[9], 1.0):
        return False
    numbers = np.array([edge for edge, _ in around])
    return bool((samples.starts[numbers + 1] > samples.starts[numbers]).all())


@dataclass(slots=True)
class _Batch:
    """Faces of one elementary kind, gathered to be integrated together.

    numbers, surfaces: of the faces.  owners, edges, signs: their coedges with a curve in space, by
    place in `numbers`.  given: quadrature points in parameters, by place.
    """

    numbers: list[int] = field(default_factory=list)
    surfaces: list[FaceGeometry] = field(default_factory=list)
    owners: list[int] = field(default_factory=list)
    edges: list[int] = field(default_factory=list)
    signs: list[float] = field(default_factory=list)
    given: list[tuple[int, Floats, Floats]] = field(default_factory=list)


def _gather(
    batch: _Batch,
    number: int,
    face: Any,
    surface: FaceGeometry,
    edges: Any,
    around: Sequence[tuple[int, float]],
    samples: Samples,
) -> None:
    """Add a face to its batch. raises: Unmeasurable, and nothing is added."""
    place = len(batch.numbers)
    in_space, given = [], []
    for edge, sign in around:
        if surface.kind != TORUS and samples.starts[edge + 1] > samples.starts[edge]:
            in_space.append((edge, sign))
            continue
        # A pole has no curve in space, and on a torus v needs to know how often it went round.
        oriented = TopoDS.Edge(TopoDS.Edge(edges.FindKey(edge + 1)).Oriented(_orientation(sign)))
        points, steps = sample_in_parameters(oriented, face, 0, _ALONG)
        points = points * np.array(surface.signs)
        given.append((place, points, sign * surface.signs[0] * steps[:, 0]))
    batch.numbers.append(number)
    batch.surfaces.append(surface)
    batch.owners += [place] * len(in_space)
    batch.edges += [edge for edge, _ in in_space]
    batch.signs += [sign for _, sign in in_space]
    batch.given += given


def _orientation(sign: float) -> Any:
    return _FORWARD if sign > 0 else TopAbs_Orientation.TopAbs_REVERSED


def _unrolled(
    kind: int, first: Floats, second: Floats, local: Floats, moves: Floats
) -> tuple[Floats, Floats]:
    """Points and steps in space as (u, v) and changes of u; u may be off by whole turns.

    That does no harm: all that is integrated repeats with u.
    """
    x, y, z = local.T
    if kind == PLANE:
        return local[:, :2], moves[:, 0]
    square = x * x + y * y
    steps = np.divide(
        x * moves[:, 1] - y * moves[:, 0], square, out=np.zeros_like(square), where=square > 0
    )
    u = np.arctan2(y, x)
    if kind == CYLINDER:
        return np.stack([u, z], axis=1), steps
    if kind == CONE:
        v = z / np.cos(second)
        beyond = first + v * np.sin(second) < 0  # the apex
        return np.stack([u + np.pi * beyond, v], axis=1), steps
    return np.stack([u, np.arctan2(z, np.sqrt(square))], axis=1), steps


def _boundaries(
    kind: int, batch: _Batch, samples: Samples, rows: Floats
) -> tuple[Integers, Floats, Floats]:
    """Owner, (u, v) and change of u times weight of every quadrature point of a batch."""
    edges = np.array(batch.edges, np.int64)
    lengths = samples.starts[edges + 1] - samples.starts[edges]
    within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    at = np.repeat(samples.starts[edges], lengths) + within
    owner = np.repeat(np.array(batch.owners, np.int64), lengths)
    axis, across = rows[owner, 3:6], rows[owner, 6:9]
    axes = np.stack([across, np.cross(axis, across), axis], axis=1)
    local = np.einsum("kij,kj->ki", axes, samples.points[at] - rows[owner, :3])
    moves = np.einsum("kij,kj->ki", axes, samples.steps[at])
    moves *= np.repeat(np.array(batch.signs), lengths)[:, None]
    points, steps = _unrolled(kind, rows[owner, 9], rows[owner, 10], local, moves)
    given = np.repeat([place for place, _, _ in batch.given], [len(s) for _, _, s in batch.given])
    return (
        np.concatenate([owner, given.astype(np.int64)]),
        np.concatenate([points, *(points for _, points, _ in batch.given)]),
        np.concatenate([steps, *(steps for _, _, steps in batch.given)]),
    )


def _integrate(kind: int, batch: _Batch, samples: Samples, reference: Floats) -> Floats:
    """(faces, 11) of elementary faces of one kind, all at once."""
    count = len(batch.numbers)
    rows = np.array([surface.parameters for surface in batch.surfaces])
    owner, points, steps = _boundaries(kind, batch, samples, rows)
    lowest = np.full(count, np.inf)
    np.minimum.at(lowest, owner, points[:, 1])
    lowest[~np.isfinite(lowest)] = 0.0
    places, weights = gauss(_ACROSS[kind])
    height = (points[:, 1] - lowest[owner])[:, None]
    v = lowest[owner][:, None] + height * places
    u = np.broadcast_to(points[:, :1], v.shape)
    weight = -steps[:, None] * height * weights  # Green: ∬ f du dv = −∮ (∫ f dv) du
    origin, z, x = (rows[owner, None, at : at + 3] for at in (0, 3, 6))
    y = np.cross(z, x)
    if kind == PLANE:
        at = (origin - reference) + u[..., None] * x + v[..., None] * y
        return _summed(at, np.broadcast_to(z, at.shape), weight, owner, count)
    a, b = rows[owner, 9:10], rows[owner, 10:11]
    if kind == SPHERE:
        a, b = 0.0 * a, a
    if kind == CYLINDER:
        away, up = a + 0.0 * v, v
        out_change, up_change = 0.0 * v, 1.0 + 0.0 * v
    elif kind == CONE:
        away, up = a + v * np.sin(b), v * np.cos(b)
        out_change, up_change = np.sin(b) + 0.0 * v, np.cos(b) + 0.0 * v
    else:
        away, up = a + b * np.cos(v), b * np.sin(v)
        out_change, up_change = -b * np.sin(v), b * np.cos(v)
    radial = np.cos(u)[..., None] * x + np.sin(u)[..., None] * y
    at = (origin - reference) + away[..., None] * radial + up[..., None] * z
    # Su × Sv, Su being `away` times the radial direction turned by 90°.
    normals = away[..., None] * (up_change[..., None] * radial - out_change[..., None] * z)
    return _summed(at, normals, weight, owner, count)


def _summed(at: Floats, normals: Floats, weights: Floats, owner: Integers, count: int) -> Floats:
    """Add up quadrature points for each owner; (count, 11).

    at, normals: (k, m, 3), from the reference; normals as long as the area.  weights: (k, m).
    """
    values = np.empty((len(at), _VALUES))
    values[:, 0] = np.einsum("km,km->k", np.linalg.norm(normals, axis=2), weights)
    flux = normals * weights[..., None]
    through = at * flux
    values[:, 1] = through.sum(axis=(1, 2)) / 3.0
    # ∂(xx)/∂x = 2 x, ∂(xxx)/∂x = 3 xx, and ∂(xxy)/∂x = 2 xy shared by both ways to say it.
    values[:, 2:5] = np.einsum("kmi,kmi->ki", at, through) / 2.0
    values[:, 5:8] = np.einsum("kmi,kmi,kmi->ki", at, at, through) / 3.0
    for column, (i, j) in enumerate(((0, 1), (0, 2), (1, 2)), 8):
        both = through[..., i] * at[..., i] * at[..., j] + through[..., j] * at[..., j] * at[..., i]
        values[:, column] = both.sum(axis=1) / 4.0
    return np.stack(
        [np.bincount(owner, values[:, column], minlength=count) for column in range(_VALUES)],
        axis=1,
    )


def _swept(face: Any, edges: Any, around: Sequence[tuple[int, float]], reference: Floats) -> Floats:
    """(11,) of a face that has no formula: a spline, or a curve drawn out or turned."""
    surface = BRepAdaptor_Surface(face, False)
    kind = surface.GetType()
    least, moving = _ALONG, 0
    knots = (np.zeros(0), np.zeros(0))
    spline: _Spline | None = None
    if kind in (_SPLINE, _BEZIER):
        spline = _taken_apart(surface)
        least, knots = spline.count(0), (np.unique(spline.knots[0]), np.unique(spline.knots[1]))
    elif kind == _EXTRUSION:
        knots = (_knots_of(surface.BasisCurve()), np.zeros(0))
    elif kind == _REVOLUTION:
        moving, knots = 1, (np.zeros(0), _knots_of(surface.BasisCurve()))
    else:
        raise Unmeasurable
    pieces = []
    for edge, sign in around:
        key = TopoDS.Edge(edges.FindKey(edge + 1))
        oriented = TopoDS.Edge(key.Oriented(_orientation(sign)))
        points, steps = sample_in_parameters(oriented, face, moving, least, knots)
        pieces.append((points, sign * steps[:, moving : moving + 1]))
    points = np.concatenate([points for points, _ in pieces])
    steps = np.concatenate([steps[:, 0] for _, steps in pieces])
    if not len(points):
        raise Unmeasurable
    if spline is not None:
        sums = _spline(spline, points, steps, reference)
    elif kind == _EXTRUSION:
        sums = _extruded(surface, points, steps, reference)
    else:
        sums = _revolved(surface, points, steps, reference)
    return sums if sums[0] >= 0 else -sums  # wires that run the wrong way round


def _knots_of(curve: Any) -> Floats:
    """Where to cut a curve so that each piece is smooth, and an ellipse's nearly round."""
    if curve.GetType() == GeomAbs_CurveType.GeomAbs_Ellipse:
        return np.linspace(-2.0 * np.pi, 4.0 * np.pi, 25)
    if curve.GetType() != GeomAbs_CurveType.GeomAbs_BSplineCurve:
        return np.zeros(0)
    spline = curve.BSpline()
    return np.array([spline.Knot(number) for number in range(1, spline.NbKnots() + 1)])


def _extruded(surface: Any, points: Floats, steps: Floats, reference: Floats) -> Floats:
    """A curve along u, drawn out along v."""
    direction = np.array(surface.Direction().Coord())
    on, tangents = evaluate(surface.BasisCurve(), points[:, 0], 3)
    places, weights = gauss(_ACROSS[CYLINDER])
    low = points[:, 1].min()
    height = (points[:, 1] - low)[:, None]
    v = low + height * places
    at = (on - reference)[:, None] + v[..., None] * direction
    normals = np.broadcast_to(np.cross(tangents, direction)[:, None], at.shape)
    owner = np.zeros(len(points), np.int64)
    sums: Floats = _summed(at, normals, -steps[:, None] * height * weights, owner, 1)[0]
    return sums


def _revolved(surface: Any, points: Floats, steps: Floats, reference: Floats) -> Floats:
    """A curve along v, turned about an axis by u."""
    axis = surface.AxeOfRevolution()
    origin = np.array(axis.Location().Coord())
    z = np.array(axis.Direction().Coord())
    on, tangents = evaluate(surface.BasisCurve(), points[:, 1], 3)
    places, weights = gauss(_ACROSS[TORUS])
    low = points[:, 0].min()
    width = (points[:, 0] - low)[:, None]
    u = low + width * places
    cosine, sine = np.cos(u)[..., None], np.sin(u)[..., None]

    def turned(vectors: Floats) -> tuple[Floats, Floats]:
        """Rodrigues: vectors turned by u, and the change of that with u."""
        along = (vectors @ z)[:, None] * z
        flat, side = (vectors - along)[:, None], np.cross(z, vectors)[:, None]
        return along[:, None] + cosine * flat + sine * side, cosine * side - sine * flat

    at, around = turned(on - origin)
    along, _ = turned(tangents)
    at = at + (origin - reference)
    owner = np.zeros(len(points), np.int64)
    # Green with the inner integral along u: ∬ f du dv = ∮ (∫ f du) dv.
    weight = steps[:, None] * width * weights
    sums: Floats = _summed(at, np.cross(around, along), weight, owner, 1)[0]
    return sums


@dataclass(frozen=True, slots=True)
class _Spline:
    """A B-spline surface. poles: (u, v, 4) homogeneous."""

    knots: tuple[Floats, Floats]
    degrees: tuple[int, int]
    poles: Floats
    rational: bool

    def count(self, along: int) -> int:
        """Points in each span of u (0) or v (1)."""
        knots, degree = self.knots[along], self.degrees[along]
        spans = len(np.unique(knots[degree : len(knots) - degree])) - 1
        return points_per_span(degree, spans, self.rational)


def _taken_apart(surface: Any) -> _Spline:
    if surface.GetType() == _BEZIER:
        shape = surface.Bezier()
        knots = (
            np.repeat([0.0, 1.0], shape.UDegree() + 1),
            np.repeat([0.0, 1.0], shape.VDegree() + 1),
        )
    else:
        shape = surface.BSpline()
        if shape.IsUPeriodic() or shape.IsVPeriodic():
            shape = shape.Copy()
            shape.SetUNotPeriodic()
            shape.SetVNotPeriodic()
        of_u, of_v = range(1, shape.NbUKnots() + 1), range(1, shape.NbVKnots() + 1)
        knots = (
            np.repeat([shape.UKnot(i) for i in of_u], [shape.UMultiplicity(i) for i in of_u]),
            np.repeat([shape.VKnot(i) for i in of_v], [shape.VMultiplicity(i) for i in of_v]),
        )
    rows, columns = shape.NbUPoles(), shape.NbVPoles()
    numbers = [(i, j) for i in range(1, rows + 1) for j in range(1, columns + 1)]
    poles = np.ones((rows, columns, 4))
    pole = shape.Pole
    poles[..., :3] = np.array([pole(i, j).Coord() for i, j in numbers]).reshape(rows, columns, 3)
    rational = bool(shape.IsURational() or shape.IsVRational())
    if rational:
        poles[..., 3] = np.array([shape.Weight(i, j) for i, j in numbers]).reshape(rows, columns)
        poles[..., :3] *= poles[..., 3:]
    return _Spline(knots, (shape.UDegree(), shape.VDegree()), poles, rational)


def _spline(spline: _Spline, points: Floats, steps: Floats, reference: Floats) -> Floats:
    """Across u by the surface's rows of poles, then along v between its knots."""
    (knots_u, knots_v), (degree_u, degree_v) = spline.knots, spline.degrees
    u = np.clip(points[:, 0], knots_u[degree_u], knots_u[-degree_u - 1])
    v = np.clip(points[:, 1], knots_v[degree_v], knots_v[-degree_v - 1])
    rows = BSpline.construct_fast(knots_u, spline.poles, degree_u)
    at, along = rows(u), rows(u, nu=1)  # (k, v poles, 4)
    marks = np.unique(knots_v)
    below = marks[marks <= v.min()]
    low = below[-1] if len(below) else marks[0]
    starts, ends = marks[:-1][marks[:-1] >= low], marks[1:][marks[:-1] >= low]
    upper = np.clip(v[:, None], starts, ends)
    sample, span = np.nonzero(upper > starts)
    places, weights = gauss(spline.count(1))
    width = upper[sample, span] - starts[span]
    inner = (starts[span][:, None] + width[:, None] * places).reshape(-1)
    weight = ((-steps[sample] * width)[:, None] * weights).reshape(-1)
    owner = np.repeat(sample, len(places))
    first, values, change = basis(knots_v, degree_v, inner)
    numbers = first[:, None] + np.arange(degree_v + 1)
    total = np.zeros(_VALUES)
    for start in range(0, len(inner), _BLOCK):
        piece = slice(start, start + _BLOCK)
        of, local = owner[piece][:, None], numbers[piece]
        near, tilted = at[of, local], along[of, local]
        point = np.einsum("kj,kjc->kc", values[piece], near)
        place, by_u = projected(point, np.einsum("kj,kjc->kc", values[piece], tilted))
        _, by_v = projected(point, np.einsum("kj,kjc->kc", change[piece], near))
        total += _summed(
            (place - reference)[:, None],
            np.cross(by_u, by_v)[:, None],
            weight[piece][:, None],
            np.zeros(len(place), np.int64),
            1,
        )[0]
    return total
