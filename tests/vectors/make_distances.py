"""Write the vectors of least distances: `python tests/vectors/make_distances.py`.

Open CASCADE's BRepExtrema_DistShapeShape computes, in doubles, the least distance of random
vertices, edges, faces and solids of small parts in random places; `distances.json` holds the parts
as blocks of exact.bin and the answers. `frontend/src/scene/kernel/distances.test.ts` reads it.

With `--models DIR [FILE …]` the same is written for parts of CAD files, to standard output.
"""

import argparse
import base64
import json
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from cad_files import box, cylinder
from exact_shapes import cone, drilled_block, exact_of, filleted_box, hollow_sphere, sphere, torus
from OCP.BRep import BRep_Tool
from OCP.BRepAlgoAPI import BRepAlgoAPI_Cut, BRepAlgoAPI_Fuse
from OCP.BRepBuilderAPI import BRepBuilderAPI_MakeVertex
from OCP.BRepClass3d import BRepClass3d_SolidClassifier
from OCP.BRepExtrema import BRepExtrema_DistShapeShape
from OCP.BRepPrimAPI import (
    BRepPrimAPI_MakeBox,
    BRepPrimAPI_MakeCone,
    BRepPrimAPI_MakeCylinder,
    BRepPrimAPI_MakeSphere,
    BRepPrimAPI_MakeTorus,
)
from OCP.collections import IndexedMap_TopoDS_Shape_TopTools_ShapeMapHasher as ShapeMap
from OCP.gp import gp_Ax2, gp_Dir, gp_Pnt, gp_Trsf, gp_Vec
from OCP.TopAbs import TopAbs_ShapeEnum, TopAbs_State
from OCP.TopExp import TopExp
from OCP.TopLoc import TopLoc_Location
from OCP.TopoDS import TopoDS

from holotable.conversion.exact import encode_part

HERE = Path(__file__).parent
SEED = 20260422
KINDS = ("vertex", "edge", "face", "body")
SUBSHAPES = {
    "vertex": TopAbs_ShapeEnum.TopAbs_VERTEX,
    "edge": TopAbs_ShapeEnum.TopAbs_EDGE,
    "face": TopAbs_ShapeEnum.TopAbs_FACE,
}


def bored_block() -> Any:
    """A block 60 × 40 × 20 mm with through bores of radius 4 and 3 mm.

    From x = 60, z = 16 upwards it is cut at 30° to its top.
    """
    block = box(60, 40, 20)
    for x, y, radius in ((15, 20, 4.0), (45, 20, 3.0)):
        axis = gp_Ax2(gp_Pnt(x, y, -5), gp_Dir(0, 0, 1))
        block = BRepAlgoAPI_Cut(block, BRepPrimAPI_MakeCylinder(axis, radius, 40).Shape()).Shape()
    return BRepAlgoAPI_Cut(block, _slanted(gp_Pnt(60, 0, 16), 100)).Shape()


def _slanted(on: Any, size: float) -> Any:
    """A large box whose lower side goes through a point, 30° to z = 0, falling along x."""
    normal, across = gp_Vec(0.5, 0, math.sqrt(0.75)), gp_Vec(math.sqrt(0.75), 0, -0.5)
    corner = on.Translated(across * (-size / 2) + gp_Vec(0, -size / 2, 0))
    return BRepPrimAPI_MakeBox(
        gp_Ax2(corner, gp_Dir(normal), gp_Dir(across)), size, size, size
    ).Shape()


def pointed_cone() -> Any:
    """A cone with its tip: radius 6 mm at z = 0, none at z = 12."""
    return BRepPrimAPI_MakeCone(6.0, 0.0, 12.0).Shape()


def oblique_cylinder() -> Any:
    """A cylinder cut aslant: its rim is an ellipse."""
    return BRepAlgoAPI_Cut(cylinder(5, 20), _slanted(gp_Pnt(0, 0, 12), 100)).Shape()


def quarter_ring() -> Any:
    """A quarter of a ring of radius 10 mm and tube 3 mm."""
    return BRepPrimAPI_MakeTorus(10.0, 3.0, math.pi / 2).Shape()


def dome() -> Any:
    """A ball of radius 8 mm, above z = 3 mm only, with a bore of 2 mm."""
    flat = BRepPrimAPI_MakeBox(gp_Pnt(-20, -20, -40), 40, 40, 43).Shape()
    cap = BRepAlgoAPI_Cut(BRepPrimAPI_MakeSphere(8.0).Shape(), flat).Shape()
    return BRepAlgoAPI_Cut(cap, cylinder(2, 30)).Shape()


def cross_pipes() -> Any:
    """Two cylinders of radius 3 and 4 mm that pass through each other: their edge is a spline."""
    across = gp_Ax2(gp_Pnt(-12, 1, 10), gp_Dir(1, 0, 0))
    return BRepAlgoAPI_Fuse(
        cylinder(4, 20), BRepPrimAPI_MakeCylinder(across, 3.0, 24).Shape()
    ).Shape()


def ring_groove() -> Any:
    """A cylinder with a toroidal groove."""
    ring = BRepPrimAPI_MakeTorus(gp_Ax2(gp_Pnt(0, 0, 6), gp_Dir(0, 0, 1)), 6.0, 2.0).Shape()
    return BRepAlgoAPI_Cut(cylinder(6, 12), ring).Shape()


SOLIDS: dict[str, Any] = {
    "box": lambda: box(10, 20, 30),
    "cylinder": lambda: cylinder(5, 10),
    "frustum": cone,
    "cone": pointed_cone,
    "sphere": sphere,
    "torus": torus,
    "drilled block": drilled_block,
    "bored block": bored_block,
    "filleted box": filleted_box,
    "hollow sphere": hollow_sphere,
    "oblique cylinder": oblique_cylinder,
    "quarter ring": quarter_ring,
    "dome": dome,
    "ring groove": ring_groove,
    "cross pipes": cross_pipes,
}


class Part:
    """A shape with its sub-shapes numbered as in exact.bin."""

    def __init__(self, name: str, shape: Any) -> None:
        self.name = name
        self.shape = shape
        self.exact = exact_of(shape)
        self.maps = {}
        for kind, what in SUBSHAPES.items():
            self.maps[kind] = ShapeMap()
            TopExp.MapShapes_s(shape, what, self.maps[kind])
        points = np.concatenate([self.exact.vertices, self.exact.edge_points, np.zeros((1, 3))])
        self.size = max(
            float(np.ptp(points, axis=0).max()), 2 * float(self.exact.face_parameters[:, 9].max())
        )

    def count(self, kind: str) -> int:
        """How many there are."""
        return 1 if kind == "body" else int(self.maps[kind].Size())

    def sub(self, kind: str, index: int) -> Any | None:
        """One of them; None for what has no extent or no certain shape."""
        if kind == "body":
            return self.shape
        found = self.maps[kind].FindKey(index + 1)
        if kind == "edge" and BRep_Tool.Degenerated_s(TopoDS.Edge(found)):
            return None
        return found


def random_placement(rng: np.random.Generator, reach: float) -> np.ndarray:
    """(4, 4) a turn and a shift, metres."""
    quaternion = rng.normal(size=4)
    x, y, z, w = quaternion / np.linalg.norm(quaternion)
    placement = np.eye(4)
    placement[:3, :3] = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    placement[:3, 3] = rng.uniform(-reach, reach, 3)
    return placement


def placed(shape: Any, placement: np.ndarray) -> Any:
    """A shape in millimetres under a placement in metres."""
    move = gp_Trsf()
    rows = placement.copy()
    rows[:3, 3] *= 1000.0
    move.SetValues(*(float(value) for value in rows[:3].reshape(-1)))
    return shape.Moved(TopLoc_Location(move))


def distance_of(a: Any, b: Any) -> float | None:
    """Metres. What lies inside a solid is 0 from it, which Open CASCADE says of solids only.

    Where both are round its least is off by up to a few millionths; from its points alternating
    projection, which it does well, goes down to what the distance is at most.
    """
    found = BRepExtrema_DistShapeShape(a, b)
    if not found.IsDone() or found.NbSolution() == 0:
        return None
    if _holds(a, b) or _holds(b, a):
        return 0.0
    distance = float(found.Value())
    for number in range(1, min(found.NbSolution(), 4) + 1):
        p, q = found.PointOnShape1(number), found.PointOnShape2(number)
        for _ in range(30):
            p = _nearest(a, q)
            q = _nearest(b, p)
        distance = min(distance, p.Distance(q))
    return distance / 1000.0


def _nearest(shape: Any, point: Any) -> Any:
    vertex = BRepBuilderAPI_MakeVertex(point).Vertex()
    return BRepExtrema_DistShapeShape(vertex, shape).PointOnShape2(1)


def _holds(solid: Any, other: Any) -> bool:
    """Whether a vertex of the other lies inside a solid."""
    if solid.ShapeType() not in (TopAbs_ShapeEnum.TopAbs_SOLID, TopAbs_ShapeEnum.TopAbs_COMPOUND):
        return False
    vertices = ShapeMap()
    TopExp.MapShapes_s(other, TopAbs_ShapeEnum.TopAbs_VERTEX, vertices)
    point = BRep_Tool.Pnt_s(TopoDS.Vertex(vertices.FindKey(1)))
    return bool(BRepClass3d_SolidClassifier(solid, point, 1e-7).State() == TopAbs_State.TopAbs_IN)


def pairs_of(parts: list[Part], count: int, rng: np.random.Generator) -> list[dict[str, Any]]:
    """Random pairs of entities with their least distances."""
    rows: list[dict[str, Any]] = []
    while len(rows) < count:
        one, other = (int(value) for value in rng.integers(len(parts), size=2))
        a, b = parts[one], parts[other]
        kind_a, kind_b = KINDS[int(rng.integers(4))], KINDS[int(rng.integers(4))]
        if a.count(kind_a) == 0 or b.count(kind_b) == 0:
            continue
        i, j = int(rng.integers(a.count(kind_a))), int(rng.integers(b.count(kind_b)))
        placement = random_placement(rng, float(rng.uniform(0.2, 1.4)) * (a.size + b.size) / 2)
        first, second = a.sub(kind_a, i), b.sub(kind_b, j)
        if first is None or second is None:
            continue
        distance = distance_of(first, placed(second, placement))
        if distance is None:
            continue
        rows.append(
            {
                "a": [one, kind_a, -1 if kind_a == "body" else i],
                "b": [other, kind_b, -1 if kind_b == "body" else j],
                "placement": placement[:3].reshape(-1).tolist(),
                "distance": distance,
            }
        )
    return rows


def document(parts: list[Part], count: int) -> dict[str, Any]:
    """What the tests read."""
    return {
        "parts": [
            {
                "name": part.name,
                "size": part.size,
                "block": base64.b64encode(encode_part(part.exact)).decode(),
            }
            for part in parts
        ],
        "pairs": pairs_of(parts, count, np.random.default_rng(SEED)),
    }


def model_parts(path: Path) -> list[Part]:
    """The solids of a STEP file, each as one part."""
    from OCP.STEPControl import STEPControl_Reader
    from OCP.TopExp import TopExp_Explorer

    reader = STEPControl_Reader()
    reader.ReadFile(str(path))
    reader.TransferRoots()
    solids = TopExp_Explorer(reader.OneShape(), TopAbs_ShapeEnum.TopAbs_SOLID)
    found: list[Part] = []
    while solids.More():
        found.append(Part(f"{path.name} {len(found)}", solids.Current()))
        solids.Next()
    return found


def main() -> None:
    """See the head of the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", nargs="+", type=Path, default=[])
    parser.add_argument("--count", type=int, default=600)
    asked = parser.parse_args()
    if asked.models:
        parts = [part for path in asked.models for part in model_parts(path)[:12]]
        json.dump(document(parts, asked.count), sys.stdout)
        return
    parts = [Part(name, make()) for name, make in SOLIDS.items()]
    text = json.dumps(document(parts, asked.count), separators=(",", ":"))
    (HERE / "distances.json").write_text(text.replace('{"a"', '\n{"a"') + "\n")


if __name__ == "__main__":
    main()
