"""Models whose cuts are known: a stage of solids cut at one height, and a glTF with a mirrored and a textured part.

Millimetres, z up, every solid 50 mm high unless it says otherwise; `STAGE` names what stands where.
"""

from pathlib import Path

import numpy as np
from gltf_files import GltfFile, png

HEIGHT = 50.0
CUT = 25.0  # mm: where the stage is cut

RED, GREEN, BLUE = "#c23b30", "#3d9447", "#2f62b8"
ORANGE, PURPLE, TEAL, YELLOW = "#cf7a1c", "#8348b0", "#1d9a96", "#c3a51d"

# Centres along x, mm; the second four stand in a row of their own.
NESTED, SHAFT, TOUCHING, BURIED = 0, 100, 200, 300
OVERLAP, SPARED, OPEN, STACKED = 0, 100, 200, 300
ROW = -90


def stage_step(path: Path) -> Path:
    """Every kind of neighbour that a cap must get right, 100 mm apart."""
    from OCP.BRepAlgoAPI import BRepAlgoAPI_Cut
    from OCP.BRepBuilderAPI import BRepBuilderAPI_Sewing
    from OCP.BRepPrimAPI import (
        BRepPrimAPI_MakeBox,
        BRepPrimAPI_MakeCylinder,
        BRepPrimAPI_MakeSphere,
    )
    from OCP.gp import gp_Ax2, gp_Dir, gp_Pnt
    from OCP.TopAbs import TopAbs_ShapeEnum
    from OCP.TopExp import TopExp_Explorer

    from holotable.sample.step_file import StepFile

    file = StepFile()
    root = file.assembly("Stage")

    def cylinder(x: float, radius: float, y: float = 0.0) -> object:
        axis = gp_Ax2(gp_Pnt(x, y, 0), gp_Dir(0, 0, 1))
        return BRepPrimAPI_MakeCylinder(axis, radius, HEIGHT).Shape()

    def box(x0: float, x1: float, y: float = 0.0, low: float = 0.0, high: float = HEIGHT) -> object:
        return BRepPrimAPI_MakeBox(gp_Pnt(x0, y - 20, low), gp_Pnt(x1, y + 20, high)).Shape()

    def tube(x: float, outer: float, inner: float, y: float = 0.0) -> object:
        return BRepAlgoAPI_Cut(cylinder(x, outer, y), cylinder(x, inner, y)).Shape()

    def ball(x: float, radius: float, y: float = 0.0) -> object:
        return BRepPrimAPI_MakeSphere(gp_Pnt(x, y, CUT), radius).Shape()

    def put(name: str, shape: object, colour: str) -> None:
        file.place(root, file.part(name, shape, colour), None, name)

    put("Nested outer", tube(NESTED, 30, 22), RED)
    put("Nested middle", tube(NESTED, 18, 10), GREEN)
    put("Nested core", cylinder(NESTED, 6), BLUE)
    put("Snug ring", tube(SHAFT, 30, 12), ORANGE)
    put("Snug shaft", cylinder(SHAFT, 12), PURPLE)
    put("Touching left", box(TOUCHING - 25, TOUCHING), TEAL)
    put("Touching right", box(TOUCHING, TOUCHING + 25), YELLOW)
    hollow = BRepAlgoAPI_Cut(box(BURIED - 25, BURIED + 25), ball(BURIED, 12)).Shape()
    put("Buried block", hollow, BLUE)
    put("Buried ball", ball(BURIED, 12), RED)
    put("Overlap block", box(OVERLAP - 25, OVERLAP + 25, ROW), GREEN)
    put("Overlap ball", ball(OVERLAP, 12, ROW), ORANGE)
    put("Cut ring", tube(SPARED, 30, 12, ROW), TEAL)
    put("Spared pin", cylinder(SPARED, 10, ROW), RED)
    # Five sides of a box: no side toward +x.
    sewing = BRepBuilderAPI_Sewing(1e-6)
    explorer = TopExp_Explorer(box(OPEN - 25, OPEN + 25, ROW), TopAbs_ShapeEnum.TopAbs_FACE)
    sides = []
    while explorer.More():
        sides.append(explorer.Current())
        explorer.Next()
    for number, side in enumerate(sides):
        if number != 1:  # MakeBox gives -x, +x, -y, +y, -z, +z
            sewing.Add(side)
    sewing.Perform()
    put("Open shell", sewing.SewedShape(), PURPLE)
    put("Stacked lower", box(STACKED - 25, STACKED + 25, ROW, 0, CUT), YELLOW)
    put("Stacked upper", box(STACKED - 15, STACKED + 15, ROW, CUT, HEIGHT), RED)
    file.write(path, "Stage")
    return path


def mirrored_gltf(path: Path) -> Path:
    """An L-shaped prism, the same one mirrored by a negative scale, and a textured cube. Metres, y up.

    The L: 40 × 40 mm with a leg of 15 mm along +x and +z, 50 mm high; the plain one at x = 0, the mirrored one's
    corner at x = 0.2, growing toward −x. The cube: 40 mm, corner at x = 0.3, every corner the same green texel.
    """
    file = GltfFile()
    outline = np.array([[0, 0], [40, 0], [40, 15], [15, 15], [15, 40], [0, 40]]) / 1000
    triangles = [(0, 1, 2), (0, 2, 3), (0, 3, 4), (0, 4, 5)]
    points: list[list[float]] = []
    faces: list[list[int]] = []

    def add(corners: list[list[float]]) -> None:
        first = len(points)
        points.extend(corners)
        faces.append([first, first + 1, first + 2])

    for a, b, c in triangles:
        # x to the right, z toward the eye: seen from above the outline runs clockwise.
        add([[outline[i][0], 0.05, outline[i][1]] for i in (a, c, b)])
        add([[outline[i][0], 0.0, outline[i][1]] for i in (a, b, c)])
    for i in range(6):
        (x0, z0), (x1, z1) = outline[i], outline[(i + 1) % 6]
        add([[x0, 0, z0], [x0, 0.05, z0], [x1, 0.05, z1]])
        add([[x0, 0, z0], [x1, 0.05, z1], [x1, 0, z1]])
    prism = np.array(points, "<f4")
    paint = file.material(
        pbrMetallicRoughness={"baseColorFactor": [0.6, 0.08, 0.05, 1], "metallicFactor": 0}
    )
    picture = file.texture(png((40, 150, 60)))
    pictured = file.material(
        pbrMetallicRoughness={"baseColorTexture": {"index": picture}, "metallicFactor": 0}
    )
    plain = file.place(
        {
            "attributes": {"POSITION": file.array(prism, "VEC3", **_extent(prism))},
            "indices": file.array(np.array(faces, "<u2").ravel(), "SCALAR"),
            "material": paint,
        },
        name="Ell",
    )
    mesh = file.json["nodes"][plain]["mesh"]
    mirrored = {"name": "Ell mirrored", "mesh": mesh, "translation": [0.2, 0, 0]}
    file.json["scenes"][0]["nodes"].append(file.add("nodes", mirrored | {"scale": [-1, 1, 1]}))
    corners, uv, indices = _cube(0.04)
    file.place(
        {
            "attributes": {
                "POSITION": file.array(corners, "VEC3", **_extent(corners)),
                "TEXCOORD_0": file.array(uv, "VEC2"),
            },
            "indices": file.array(indices, "SCALAR"),
            "material": pictured,
        },
        name="Pictured",
        translation=[0.3, 0.005, 0],
    )
    return file.write(path)


def _extent(points: np.ndarray) -> dict[str, list[float]]:
    return {"min": points.min(axis=0).tolist(), "max": points.max(axis=0).tolist()}


def _cube(size: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Corners (24, 3), texture coordinates and triangles of a cube, each side with corners of its own."""
    corners: list[list[float]] = []
    uv: list[list[float]] = []
    triangles: list[list[int]] = []
    for axis in range(3):
        for far in (0, 1):
            first = len(corners)
            for u, v in ((0, 0), (1, 0), (1, 1), (0, 1)):
                point = [0.0, 0.0, 0.0]
                point[axis] = far * size
                point[(axis + 1) % 3] = u * size
                point[(axis + 2) % 3] = v * size
                corners.append(point)
                uv.append([u, v])
            for turn in ((0, 1, 2), (0, 2, 3)):
                order = turn if far else turn[::-1]
                triangles.append([first + i for i in order])
    return (
        np.array(corners, "<f4"),
        np.array(uv, "<f4"),
        np.array(triangles, "<u2").ravel(),
    )
