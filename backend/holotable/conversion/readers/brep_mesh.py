"""Triangles and edge polylines of one B-rep shape, as numpy arrays.

Frames and units: those of the shape as Open CASCADE holds it (millimetres, the file's axes).

Reading a triangulation through the bindings costs about 0.6 to 6 us a vertex in Python. Instead
the triangulations are put on empty faces, written once by BinTools into memory (format version 4,
`BinTools_ShapeSet.cxx`) and taken apart by numpy: 17,000 vertices in 10 ms.
"""

import io
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from OCP.BinTools import BinTools, BinTools_FormatVersion
from OCP.BRep import BRep_Builder, BRep_Tool
from OCP.BRepMesh import BRepMesh_IncrementalMesh
from OCP.BRepTools import BRepTools
from OCP.collections import IndexedMap_TopoDS_Shape_TopTools_ShapeMapHasher as ShapeMap
from OCP.StdPrs import StdPrs_ToolTriangulatedShape
from OCP.TopAbs import TopAbs_Orientation, TopAbs_ShapeEnum
from OCP.TopExp import TopExp, TopExp_Explorer
from OCP.TopLoc import TopLoc_Location
from OCP.TopoDS import TopoDS, TopoDS_Compound, TopoDS_Edge, TopoDS_Face

from holotable.conversion.normals import measure as shape_of
from holotable.conversion.normals import weld
from holotable.conversion.readers import brep_heal
from holotable.review.scene import Floats

_FACE: Final = TopAbs_ShapeEnum.TopAbs_FACE
_EDGE: Final = TopAbs_ShapeEnum.TopAbs_EDGE
_VERTEX: Final = TopAbs_ShapeEnum.TopAbs_VERTEX
_SOLID: Final = TopAbs_ShapeEnum.TopAbs_SOLID
_FORWARD: Final = TopAbs_Orientation.TopAbs_FORWARD
_REVERSED: Final = TopAbs_Orientation.TopAbs_REVERSED
_WELD_SHARE: Final = 1e-6  # of the part's size
_WELD_LEAST: Final = 1e-6  # mm
_VERSION_4: Final = BinTools_FormatVersion.BinTools_FormatVersion_VERSION_4
_FEWEST_IN_PARALLEL: Final = 64  # faces
_LARGEST_EXTENT: Final = 1e9  # mm (1,000 km): Open CASCADE's "infinite" planes reach 2e100


@dataclass(frozen=True, slots=True)
class BrepMesh:
    """What one shape looks like; indices count from 0.

    positions: (n, 3).  normals: (n, 3) unit, outward.  triangles: (m, 3) counter-clockwise.
    faces: (n,) number of each vertex's face in `TopExp.MapShapes(shape, FACE)`; none, like the
        triangles, for a shape of curves and points.
    edge_points: (k, 3).  edge_starts: (e + 1,).  edge_numbers: (e,) in `MapShapes(shape, EDGE)`.
    closed: every edge is used by two faces in opposite directions, or the triangles are.
    exact: the faces have surfaces, so that volume and area can be integrated over them.
    untriangulated: faces for which nothing found triangles.  repaired: where trying again did.
    """

    positions: Floats
    normals: Floats
    triangles: NDArray[np.uint32]
    faces: NDArray[np.uint32]
    edge_points: Floats
    edge_starts: NDArray[np.uint32]
    edge_numbers: NDArray[np.uint32]
    closed: bool
    exact: bool
    untriangulated: int
    repaired: int = 0


def tessellate(
    shape: Any, deflection: float, angle_rad: float, turned: NDArray[np.bool_] | None = None
) -> BrepMesh:
    """Mesh the shape and take its triangles and edge polylines out of it.

    deflection: largest distance to the true surface, in the shape's unit.
    turned: (faces,) which faces to turn round.
    side effect: the shape's triangulation is removed again, so that memory holds one part's.
    """
    faces = ShapeMap()
    TopExp.MapShapes_s(shape, _FACE, faces)
    # Two threads halve the wall time of a part with many faces and give the same triangles; a part
    # with few is done before they have started.
    BRepMesh_IncrementalMesh(
        shape, deflection, False, angle_rad, faces.Size() >= _FEWEST_IN_PARALLEL
    )
    mesh = _extract(shape, turned, deflection, angle_rad)
    BRepTools.Clean_s(shape)
    return mesh


def _bodies(
    collected: "_Collected", per_face: Sequence[NDArray[Any]], *, anyway: bool
) -> NDArray[np.int64]:
    """Of each row of the faces' arrays its body, to be turned when it is inside out; −1: stays.

    Loose faces are one body. anyway: bodies without mirrored faces, too.
    """
    mirrored = {face.solid for face in collected.faces if anyway or face.mirrored}
    bodies = [face.solid + 1 if face.solid in mirrored else -1 for face in collected.faces]
    return np.repeat(np.array(bodies, np.int64), [len(rows) for rows in per_face])


def _turn_outwards(
    positions: Floats,
    normals: Floats,
    triangles: NDArray[np.uint32],
    of_triangle: NDArray[np.int64],
    of_vertex: NDArray[np.int64],
) -> None:
    """Turn each body round, in place, whose triangles enclose a negative volume."""
    a, b, c = ((positions - positions.mean(axis=0))[triangles[:, corner]] for corner in range(3))
    enclosed = np.einsum("ij,ij->i", a, np.cross(b, c))
    within = of_triangle >= 0
    inside_out = np.bincount(of_triangle[within], enclosed[within]) < 0.0
    inside_out = np.append(inside_out, False)  # what −1 picks
    triangles[inside_out[of_triangle]] = triangles[inside_out[of_triangle]][:, ::-1]
    normals[inside_out[of_vertex]] *= -1.0


@dataclass(frozen=True, slots=True)
class _PlacedFace:
    """One use of a triangulation: which, by which face, turned and placed how.

    flipped: the material lies where the surface's normal points.  mirrored: by its placement, so
        that it looks, as Open CASCADE has it, where its turned winding says.
    solid: number of the solid it bounds among those met, or −1.
    """

    slot: int
    number: int
    solid: int
    flipped: bool
    mirrored: bool
    matrix: Floats | None
    has_surface: bool


@dataclass(slots=True)
class _Collected:
    """Faces with triangles and the polylines on them, before the arrays are read."""

    triangulations: list[Any]
    faces: list[_PlacedFace]
    polygons: dict[int, tuple[Any, int]]  # by id: the polygon and its triangulation
    lines: list[tuple[int, int, int]]  # edge number, index into `faces`, key into `polygons`
    closed: bool
    exact: bool
    untriangulated: int
    repaired: int


def _extract(
    shape: Any, turned: NDArray[np.bool_] | None, deflection: float, angle_rad: float
) -> BrepMesh:
    collected = _collect(shape, turned, deflection, angle_rad)
    nodes, triangles, normals, polygons = _read_arrays(collected)
    positions_list, normals_list, triangles_list, faces_list = [], [], [], []
    face_positions: list[Floats] = []
    first = 0
    for face in collected.faces:
        points, directions, corners = nodes[face.slot], normals[face.slot], triangles[face.slot]
        if not face.has_surface and _wound_against(points, directions, corners):
            corners = corners[:, ::-1]
        if face.matrix is not None:
            points = points @ face.matrix[:3, :3].T + face.matrix[:3, 3]
            directions = directions @ np.linalg.inv(face.matrix[:3, :3])
        if face.flipped:
            corners = corners[:, ::-1]
        if face.flipped != face.mirrored:
            directions = -directions
        face_positions.append(points)
        positions_list.append(points)
        normals_list.append(directions)
        triangles_list.append(corners + first)
        faces_list.append(np.full(len(points), face.number, np.uint32))
        first += len(points)
    if not positions_list:
        return _without_faces(shape, collected.untriangulated)
    positions = np.concatenate(positions_list)
    indices = np.concatenate(triangles_list).astype(np.uint32)
    directions = _unit_normals(positions, np.concatenate(normals_list), indices)
    polygon_at = {key: at for at, key in enumerate(collected.polygons)}
    lines = [face_positions[on][polygons[polygon_at[key]]] for _, on, key in collected.lines]
    free, starts, numbers = _free_edges(shape)  # a sketch that stands beside its body
    lines += np.split(free, starts[1:-1]) if len(numbers) else []
    closed = collected.closed
    if not closed:
        closed = _is_watertight(positions, indices)
    # A sewn shell that misses closing by a hair still has an inside.
    _turn_outwards(
        positions,
        directions,
        indices,
        _bodies(collected, triangles_list, anyway=closed or turned is not None),
        _bodies(collected, positions_list, anyway=closed or turned is not None),
    )
    return BrepMesh(
        positions,
        directions,
        indices,
        np.concatenate(faces_list),
        np.concatenate(lines) if lines else np.empty((0, 3)),
        np.cumsum([0, *(len(line) for line in lines)]).astype(np.uint32),
        np.array([*(number for number, _, _ in collected.lines), *numbers], np.uint32),
        closed,
        collected.exact,
        collected.untriangulated,
        collected.repaired,
    )


def _collect(
    shape: Any, turned: NDArray[np.bool_] | None, deflection: float, angle_rad: float
) -> _Collected:
    face_map, edge_map = ShapeMap(), ShapeMap()
    TopExp.MapShapes_s(shape, _FACE, face_map)
    TopExp.MapShapes_s(shape, _EDGE, edge_map)
    collected = _Collected([], [], {}, [], True, True, 0, 0)
    slots: dict[int, int] = {}  # id of a triangulation, kept alive by `triangulations`
    uses = np.zeros((edge_map.Size() + 1, 2), np.int64)  # per edge: forward, reversed
    drawn: set[int] = set()
    for solid, face in _faces_by_solid(shape):
        number = face_map.FindIndex(face) - 1
        turn = turned is not None and bool(turned[number])
        index = len(collected.faces)
        location = TopLoc_Location()
        triangulation = BRep_Tool.Triangulation_s(face, location)
        if triangulation is not None and triangulation.NbTriangles() > 0:
            _collect_face(face, number, solid, triangulation, location, turn, slots, collected)
            _collect_edges(face, triangulation, location, edge_map, uses, drawn, collected, index)
            continue
        tried = collected.untriangulated + collected.repaired < brep_heal.MOST_TRIED
        pieces = brep_heal.triangulated(face, deflection, angle_rad) if tried else []
        for piece in pieces:
            location = TopLoc_Location()
            triangulation = BRep_Tool.Triangulation_s(piece, location)
            _collect_face(piece, number, solid, triangulation, location, turn, slots, collected)
        collected.repaired += bool(pieces)
        collected.untriangulated += not pieces
    used = uses[uses.sum(axis=1) > 0]
    collected.closed = bool(
        len(used)
        and collected.untriangulated == collected.repaired == 0
        and (used == 1).all()
        and collected.exact
    )
    return collected


def _faces_by_solid(shape: Any) -> Iterator[tuple[int, Any]]:
    """Every use of a face with the number of its solid; those of no solid last, with −1."""
    solids = TopExp_Explorer(shape, _SOLID)
    number = 0
    while solids.More():
        explorer = TopExp_Explorer(solids.Current(), _FACE)
        while explorer.More():
            yield number, TopoDS.Face(explorer.Current())
            explorer.Next()
        number += 1
        solids.Next()
    explorer = TopExp_Explorer(shape, _FACE, _SOLID)
    while explorer.More():
        yield -1, TopoDS.Face(explorer.Current())
        explorer.Next()


def _collect_face(
    face: Any,
    number: int,
    solid: int,
    triangulation: Any,
    location: Any,
    turn: bool,
    slots: dict[int, int],
    collected: _Collected,
) -> None:
    """Note one face with triangles. turn: it is inside out."""
    slot = slots.setdefault(id(triangulation), len(collected.triangulations))
    if slot == len(collected.triangulations):
        StdPrs_ToolTriangulatedShape.ComputeNormals_s(face, triangulation)
        collected.triangulations.append(triangulation)
    has_surface = BRep_Tool.Surface_s(face) is not None
    collected.exact = collected.exact and has_surface
    matrix = None if location.IsIdentity() else matrix_of(location.Transformation())
    flipped = (face.Orientation() == _REVERSED) != turn
    mirrored = matrix is not None and bool(np.linalg.det(matrix[:3, :3]) < 0)
    collected.faces.append(_PlacedFace(slot, number, solid, flipped, mirrored, matrix, has_surface))


def _collect_edges(
    face: Any,
    triangulation: Any,
    location: Any,
    edge_map: Any,
    uses: NDArray[np.int64],
    drawn: set[int],
    collected: _Collected,
    index: int,
) -> None:
    """Note how the face uses its edges, and a polyline for each that no earlier face drew."""
    explorer = TopExp_Explorer(face, _EDGE)
    while explorer.More():
        edge = TopoDS.Edge(explorer.Current())
        explorer.Next()
        if BRep_Tool.Degenerated_s(edge):
            continue
        number = edge_map.FindIndex(edge) - 1
        orientation = edge.Orientation()
        if orientation == _FORWARD:
            uses[number, 0] += 1
        elif orientation == _REVERSED:
            uses[number, 1] += 1
        else:  # an edge inside a face bounds nothing
            continue
        if number in drawn:
            continue
        drawn.add(number)
        if BRep_Tool.IsClosed_s(edge, face):
            continue  # the seam of a cylinder is where its parametrisation starts, not a feature
        polygon = BRep_Tool.PolygonOnTriangulation_s(edge, triangulation, location)
        if polygon is None:
            drawn.discard(number)
            continue
        # Repeated sub-shapes share polygons, and BinTools writes each only once.
        slot = collected.faces[index].slot
        collected.polygons.setdefault(id(polygon), (polygon, slot))
        collected.lines.append((number, index, id(polygon)))


def _read_arrays(
    collected: _Collected,
) -> tuple[list[Floats], list[NDArray[np.int64]], list[Floats], list[NDArray[np.int64]]]:
    """Nodes, triangles and normals per triangulation, node numbers per polygon."""
    if not collected.triangulations:
        return [], [], [], []
    builder, compound = BRep_Builder(), TopoDS_Compound()
    builder.MakeCompound(compound)
    for triangulation in collected.triangulations:
        face = TopoDS_Face()
        builder.MakeFace(face, triangulation)
        builder.Add(compound, face)
    for polygon, slot in collected.polygons.values():
        edge = TopoDS_Edge()
        builder.MakeEdge(edge, polygon, collected.triangulations[slot])
        builder.Add(compound, edge)
    stream = io.BytesIO()
    BinTools.Write_s(compound, stream, True, True, _VERSION_4)
    content = stream.getvalue()
    return _parse(content, len(collected.triangulations), len(collected.polygons))


def _parse(
    content: bytes, triangulation_count: int, polygon_count: int
) -> tuple[list[Floats], list[NDArray[np.int64]], list[Floats], list[NDArray[np.int64]]]:
    """Take the two sections of arrays out of a BinTools stream (all values little endian)."""
    at = _section(content, b"PolygonOnTriangulations", polygon_count)
    polygons: list[NDArray[np.int64]] = []
    for _ in range(polygon_count):
        (count,) = struct.unpack_from("<i", content, at)
        polygons.append(np.frombuffer(content, "<i4", count, at + 4).astype(np.int64) - 1)
        at += 4 + 4 * count
        at += 9 + (8 * count if content[at + 8] else 0)  # deflection, then maybe parameters
    at = _section(content, b"Triangulations", triangulation_count)
    nodes: list[Floats] = []
    triangles: list[NDArray[np.int64]] = []
    normals: list[Floats] = []
    for _ in range(triangulation_count):
        node_count, triangle_count, has_uv, has_normals = struct.unpack_from("<iibb", content, at)
        at += 18  # the two counts, the two flags, the deflection
        nodes.append(np.frombuffer(content, "<f8", 3 * node_count, at).reshape(-1, 3))
        at += 24 * node_count + (16 * node_count if has_uv else 0)
        corners = np.frombuffer(content, "<i4", 3 * triangle_count, at).reshape(-1, 3)
        triangles.append(corners.astype(np.int64) - 1)
        at += 12 * triangle_count
        if has_normals:
            directions = np.frombuffer(content, "<f4", 3 * node_count, at).reshape(-1, 3)
            normals.append(directions.astype(np.float64))
            at += 12 * node_count
        else:
            normals.append(np.zeros((node_count, 3)))
    return nodes, triangles, normals, polygons


def _section(content: bytes, name: bytes, count: int) -> int:
    """The offset of a section's first byte; the sections' order and heads are fixed."""
    head = b"\n" + name + b" %d\n" % count
    at = content.find(head)
    if at < 0:
        raise AssertionError(f"BinTools wrote no section {head!r}")
    return at + len(head)


def _without_faces(shape: Any, untriangulated: int) -> BrepMesh:
    """A shape of curves and points only: its points are vertices that no triangle uses.

    PMI's construction geometry is of this kind; its points count for the bounds of the model.
    """
    edge_points, edge_starts, edge_numbers = _free_edges(shape)
    vertex_map = ShapeMap()
    TopExp.MapShapes_s(shape, _VERTEX, vertex_map)
    corners = [
        BRep_Tool.Pnt_s(TopoDS.Vertex(vertex_map.FindKey(number)))
        for number in range(1, vertex_map.Size() + 1)
    ]
    points = np.array([(corner.X(), corner.Y(), corner.Z()) for corner in corners]).reshape(-1, 3)
    points = np.concatenate([points, edge_points])
    points = points[(np.abs(points) < _LARGEST_EXTENT).all(axis=1)]
    return BrepMesh(
        points,
        np.tile((0.0, 0.0, 1.0), (len(points), 1)),
        np.empty((0, 3), np.uint32),
        np.empty(0, np.uint32),
        edge_points,
        edge_starts,
        edge_numbers,
        False,
        False,
        untriangulated,
    )


def _free_edges(shape: Any) -> tuple[Floats, NDArray[np.uint32], NDArray[np.uint32]]:
    """Polylines of edges of no face, for example a sketch or PMI's construction geometry."""
    edge_map = ShapeMap()
    TopExp.MapShapes_s(shape, _EDGE, edge_map)
    lines: dict[int, Floats] = {}
    explorer = TopExp_Explorer(shape, _EDGE, _FACE)
    while explorer.More():
        edge = TopoDS.Edge(explorer.Current())
        explorer.Next()
        number = edge_map.FindIndex(edge) - 1
        location = TopLoc_Location()
        polygon = BRep_Tool.Polygon3D_s(edge, location)
        if polygon is None or number in lines:
            continue
        nodes = polygon.Nodes()
        transform = location.Transformation()
        points = [nodes.Value(i).Transformed(transform) for i in range(1, nodes.Length() + 1)]
        line = np.array([(point.X(), point.Y(), point.Z()) for point in points])
        if np.isfinite(line).all() and np.abs(line).max() < _LARGEST_EXTENT:
            lines[number] = line
    return (
        np.concatenate(list(lines.values())) if lines else np.empty((0, 3)),
        np.cumsum([0, *map(len, lines.values())]).astype(np.uint32),
        np.array(list(lines), np.uint32),
    )


def _is_watertight(positions: Floats, triangles: NDArray[np.uint32]) -> bool:
    """Whether loose faces close all the same, their borders' vertices being the same points."""
    grid = max(float(np.ptp(positions, axis=0).max()) * _WELD_SHARE, _WELD_LEAST)
    first, place = weld(np.rint(positions / grid))
    return shape_of(positions[first], place[triangles]).closed


def _wound_against(points: Floats, normals: Floats, triangles: NDArray[np.int64]) -> bool:
    """Whether most triangles turn against their normals, as AP242 tessellated faces may."""
    corners = points[triangles]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return float(np.einsum("ij,ij->", across, normals[triangles].sum(axis=1))) < 0.0


def _unit_normals(positions: Floats, normals: Floats, triangles: NDArray[np.uint32]) -> Floats:
    """Normals of length 1; where the surface has none (an apex) that of the vertex's triangles."""
    length = np.linalg.norm(normals, axis=1)
    missing = ~(length > 1e-9) | ~np.isfinite(length)
    if missing.any():
        corners = positions[triangles]
        across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        summed = np.zeros_like(positions)
        for corner in range(3):
            np.add.at(summed, triangles[:, corner], across)
        normals = np.where(missing[:, None], summed, normals)
        length = np.linalg.norm(normals, axis=1)
        flat = ~(length > 0)
        normals[flat], length[flat] = (0.0, 0.0, 1.0), 1.0
    unit: Floats = normals / length[:, None]
    return unit


def matrix_of(transform: Any) -> Floats:
    """A gp_Trsf as a (4, 4) matrix of column vectors, in the shape's unit."""
    matrix = np.eye(4)
    for row in range(3):
        for column in range(4):
            matrix[row, column] = transform.Value(row + 1, column + 1)
    return matrix
