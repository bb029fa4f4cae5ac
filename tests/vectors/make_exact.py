"""Write the vectors of exact.bin: `python tests/vectors/make_exact.py`.

One part with an edge and a face of every kind, made by hand so that no modelling kernel's version
shows; its numbers are what tests/exact_reader.py reads, which knows only the specification.
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import exact_reader
from scene_builders import box_mesh, part

from holotable.conversion.exact import write_exact
from holotable.conversion.grid import grid_for
from holotable.conversion.lod import COARSEST, Levels
from holotable.conversion.place import Geometry
from holotable.review.exact import (
    CIRCLE,
    CONE,
    CURVE,
    CYLINDER,
    ELLIPSE,
    LINE,
    PLANE,
    SPHERE,
    SURFACE,
    TORUS,
    ExactPart,
)
from holotable.review.scene import Mesh

HERE = Path(__file__).parent
X, Y, Z = np.eye(3)
TURN = 2 * np.pi
ORIGIN = np.zeros(3)


def row(centre: Any, axis: Any, across: Any = ORIGIN, *numbers: float) -> list[float]:
    """Parameters of an edge or a face, filled up with zeros."""
    return [*centre, *axis, *across, *numbers]


def padded(rows: list[list[float]], width: int) -> np.ndarray:
    """Rows of equal width."""
    return np.array([[*values, *[0.0] * (width - len(values))] for values in rows])


def every_kind() -> ExactPart:
    """A part of millimetres with one of each, which no modeller would build."""
    angles = np.linspace(0, 2, 9)
    helix = np.stack([np.cos(angles), np.sin(angles), angles / 4], axis=1) * 0.01
    edges = [
        (LINE, row(ORIGIN, X), (0, 1), 0.04),  # straight between its vertices
        (LINE, row([0, 0, 0.5], [0.6, 0.8, 0]), (1, 2), 0.025),  # not: the vertices are elsewhere
        (CIRCLE, row([0.015, 0.01, 0], Z, X, 0.004, 0.004, 0, TURN), (3, 3), 0.004 * TURN),
        (CIRCLE, row([0, 0, 0.02], -Z, Y, 0.005, 0.005, 0.25, 1.75), (0, 2), 0.005 * 1.5),
        (ELLIPSE, row([0, 0.01, 0], Y, Z, 0.008, 0.003, -0.5, 2.5), (2, 3), 0.0187),
        (CURVE, row(ORIGIN, ORIGIN), (0, 3), 0.0206),
        (CURVE, row(ORIGIN, ORIGIN), (-1, -1), 0.0),
    ]
    faces = [
        (PLANE, row(ORIGIN, -Z, X), 0, 1.2e-3, [0, 1, 2]),
        (CYLINDER, row([0.015, 0.01, 0], Z, X, 0.004, 0, 1), 0, 5.0265e-4, [2]),
        (CONE, row([0, 0, 0.1], [0, 0.6, 0.8], X, 0.002, 0.25), 0, 3e-5, [3, 4]),
        (SPHERE, row([0.1, 0.2, 0.3], Z, X, 0.0125), 1, 1.9635e-3, []),
        (TORUS, row([0.1, 0, 0], X, Z, 0.02, 0.005, 1), 1, 3.9478e-3, [5]),
        (SURFACE, row(ORIGIN, ORIGIN), -1, 7e-6, [0, 5]),
    ]
    return ExactPart(
        vertices=np.array([[0, 0, 0], [0.04, 0, 0], [0.04, 0.03, -0.02], [1 / 3, 2 / 3, 1e-4]]),
        edge_kinds=np.array([edge[0] for edge in edges], np.uint8),
        edge_vertices=np.array([edge[2] for edge in edges], np.int32),
        edge_parameters=padded([edge[1] for edge in edges], 13),
        edge_lengths=np.array([edge[3] for edge in edges]),
        edge_starts=np.array([0, 0, 0, 0, 0, 0, 9, 9], np.int32),
        edge_points=helix,
        edge_recognised=np.array([0, 0, 1, 0, 0, 0, 0], bool),
        face_kinds=np.array([face[0] for face in faces], np.uint8),
        face_parameters=padded([face[1] for face in faces], 12),
        face_recognised=np.array([0, 1, 0, 0, 0, 0], bool),
        face_areas=np.array([face[3] for face in faces]),
        face_bodies=np.array([face[2] for face in faces], np.int32),
        face_edge_starts=np.cumsum([0, *(len(face[4]) for face in faces)]).astype(np.int32),
        face_edges=np.array([edge for face in faces for edge in face[4]], np.int32),
        body_volumes=np.array([2.3e-5, 8.1e-6]),
        body_centres=np.array([[0.02, 0.015, 0.01], [0.1, 0.2, 0.3]]),
        body_inertias=np.array(
            [
                [[2e-9, -1e-10, 3e-11], [-1e-10, 3e-9, 5e-11], [3e-11, 5e-11, 4e-9]],
                np.eye(3) * 5e-10,
            ]
        ),
        tolerance_m=1e-6,
    )


def numbered_box() -> Mesh:
    """A box of 12 triangles whose six sides are the six faces."""
    box = box_mesh((0.04, 0.03, 0.02))
    return Mesh(
        box.positions,
        box.normals,
        box.triangles,
        box.materials,
        np.repeat(np.arange(6, dtype=np.uint32), 4),
    )


def write(folder: Path) -> None:
    """Write exact.bin and exact.json: a part without a shape, one with, and both geometries."""
    mesh = numbered_box()
    grid = grid_for(mesh.positions.min(axis=0), mesh.positions.max(axis=0), 1e-5)
    plain, exact = part(box_mesh(), "Plain"), part(mesh, "Exact", exact=every_kind())
    levels = [
        Levels((one.mesh,) * (COARSEST + 1), (0.0,) * (COARSEST + 1)) for one in (plain, exact)
    ]
    path = folder / "exact.bin"
    geometries = [Geometry(0), Geometry(1), Geometry(1, np.diag([-1.0, 1.0, 1.0]))]
    write_exact(path, [plain, exact], geometries, levels, [grid] * 3, [True] * 3)
    data = path.read_bytes()
    parts, tables = exact_reader.read_head(data)
    shapes = [
        shape_json(exact_reader.read_part(data[at : at + size])) if size else None
        for at, size in parts
    ]
    faces = [
        exact_reader.read_faces(data[at : at + size]).tolist() if size else None
        for at, size in tables
    ]
    document = {
        "hex": data.hex(),
        "parts": [{"offset": at, "bytes": size} if size else None for at, size in parts],
        "geometries": [{"offset": at, "bytes": size} if size else None for at, size in tables],
        "shapes": shapes,
        "faces": faces,
    }
    text = json.dumps(document, indent=1, default=lambda value: value.tolist())
    (folder / "exact.json").write_text(text + "\n", encoding="utf-8")


def shape_json(shape: exact_reader.Exact) -> dict[str, Any]:
    """What a reader finds, by name."""
    return {
        "tolerance": shape.tolerance,
        "vertices": shape.vertices,
        "edges": [
            {
                "kind": edge.kind,
                "vertices": edge.vertices,
                "recognised": edge.recognised,
                "length": edge.length,
                "polyline": edge.polyline,
                **edge.values,
            }
            for edge in shape.edges
        ],
        "faces": [
            {
                "kind": face.kind,
                "body": face.body,
                "hole": face.hole,
                "recognised": face.recognised,
                "area": face.area,
                "edges": face.edges,
                **face.values,
            }
            for face in shape.faces
        ],
        "bodies": shape.bodies,
    }


if __name__ == "__main__":
    write(HERE)
