"""Small CAD files with known truth, and what a scene says in the file's own axes."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from OCP.BRep import BRep_Builder
from OCP.BRepBuilderAPI import BRepBuilderAPI_MakeEdge
from OCP.BRepPrimAPI import BRepPrimAPI_MakeBox, BRepPrimAPI_MakeCylinder
from OCP.collections import Sequence_TDF_Attribute, Sequence_TDF_Label
from OCP.Geom import Geom_Plane
from OCP.gp import gp_Ax3, gp_Pnt
from OCP.Message import Message_ProgressRange
from OCP.STEPCAFControl import STEPCAFControl_Writer
from OCP.STEPControl import STEPControl_StepModelType
from OCP.TopoDS import TopoDS_Face, TopoDS_Wire
from OCP.XCAFDoc import XCAFDoc_GraphNode, XCAFDoc_ShapeTool

from holotable.conversion.options import ConvertOptions
from holotable.conversion.readers.cad import read_cad
from holotable.review.scene import Z_UP_TO_Y_UP, Floats, Scene, SourceKind
from holotable.sample.step_file import Material, StepFile, rotation, translation

EXACT = ConvertOptions(deflection_m=1e-4, angle_rad=0.5)  # what the models' facts were counted with

# Corners of a face whose border crosses itself: the mesher finds no triangles.
BOW_TIE = ((0.0, 0.0), (10.0, 0.0), (0.0, 10.0), (10.0, 10.0))


def silent(stage: str, fraction: float) -> None:
    """A report that nobody reads."""


def box(x: float, y: float, z: float) -> Any:
    """A box with a corner at the origin, millimetres."""
    return BRepPrimAPI_MakeBox(x, y, z).Shape()


def cylinder(radius: float, height: float) -> Any:
    """A cylinder along z from the origin, millimetres."""
    return BRepPrimAPI_MakeCylinder(radius, height).Shape()


def planar_face(*corners: tuple[float, float]) -> Any:
    """A face in the plane z = 0 between straight edges, sound or not."""
    builder, wire, face = BRep_Builder(), TopoDS_Wire(), TopoDS_Face()
    builder.MakeWire(wire)
    for (x, y), (to_x, to_y) in zip(corners, (*corners[1:], corners[0]), strict=True):
        edge = BRepBuilderAPI_MakeEdge(gp_Pnt(x, y, 0), gp_Pnt(to_x, to_y, 0)).Edge()
        builder.Add(wire, edge)
    builder.MakeFace(face, Geom_Plane(gp_Ax3()), 1e-7)
    builder.Add(face, wire)
    return face


def nested_assembly() -> StepFile:
    """Top holds two turned Subs and a pin; each Sub holds a block and two nameless pins."""
    file = StepFile()
    top, sub = file.assembly("Top"), file.assembly("Sub")
    block = file.part("Block", box(10, 20, 30), "#cc3311", Material("Steel", 7850.0), "L1")
    pin = file.part("Pin", cylinder(2, 10), "#4477aa")
    file.place(top, sub, translation(100), "Sub one")
    file.place(top, sub, rotation((0, 0, 1), 90), "Sub two")
    file.place(sub, block, translation(1, 2, 3), "B1")
    file.place(sub, pin)
    file.place(sub, pin, translation(0, 0, 50))
    file.place(top, pin, translation(5, 5, 5), "Special", "#ffff0080")
    return file


def components(file: StepFile, definition: Any) -> list[Any]:
    """The labels of an assembly's components, in the order they were placed."""
    file._shapes.UpdateAssemblies()
    found = Sequence_TDF_Label()
    XCAFDoc_ShapeTool.GetComponents_s(definition.label, found, False)
    return [found.Value(index) for index in range(1, found.Length() + 1)]


def path_label(file: StepFile, *path: Any) -> Any:
    """A label for the style of one path of components (SHUO)."""
    labels = Sequence_TDF_Label()
    for label in path:
        labels.Append(label)
    assert file._shapes.SetSHUO(labels, XCAFDoc_GraphNode())
    attributes = Sequence_TDF_Attribute()
    XCAFDoc_ShapeTool.GetAllComponentSHUO_s(path[0], attributes)
    return attributes.Value(attributes.Length()).Label()


def write_whole(file: StepFile, path: Path, split: bool = False) -> None:
    """Write with everything the document says, styles of paths among it; as no diff would like it.

    split: each part into a file of its own beside `path`, named like the part, with .stp.
    """
    file._shapes.UpdateAssemblies()
    writer = STEPCAFControl_Writer()
    for mode in ("Color", "Name", "Layer", "Material", "SHUO"):
        getattr(writer, f"Set{mode}Mode")(True)
    assert writer.Transfer(
        file._document,
        STEPControl_StepModelType.STEPControl_AsIs,
        f"{path.parent}/" if split else None,
        Message_ProgressRange(),
    )
    writer.Write(str(path))
    if split:  # the folder of this test stands in the names, broken over lines
        text = re.sub(r"\n {0,2}(?!#|DATA|END|FILE_|HEADER)", "", path.read_text())
        path.write_text(text.replace(f"{path.parent}/", ""))


def renamed(step: Path, names: Mapping[str, bytes]) -> None:
    """Give strings of a STEP file other bytes: names that no writer here would write."""
    content = step.read_bytes()
    for old, new in names.items():
        assert b"'" + old.encode() + b"'" in content
        content = content.replace(b"'" + old.encode() + b"'", b"'" + new + b"'")
    step.write_bytes(content)


def in_subfigure(iges: Path, places: Sequence[tuple[float, float, float]]) -> None:
    """Make all of an IGES file a subfigure (IGES 5.3 types 308 and 408), placed several times."""
    lines = iges.read_text().splitlines()
    start, whole, entries, values = ([row for row in lines if row[72] == s] for s in "SGDP")
    members = [n for n in range(0, len(entries), 2) if entries[n][66:68] == "00"]
    for n in members:  # now they depend on the subfigure
        entries[n] = f"{entries[n][:66]}02{entries[n][68:]}"

    def add(kind: int, text: str) -> int:
        number, first = len(entries) + 1, len(values) + 1
        words = [f"{word}," for word in f"{kind},{text}".split(",")]
        words[-1] = words[-1][:-1] + ";"
        rows = ["".join(words[at : at + 7]) for at in range(0, len(words), 7)]
        values.extend(f"{row:<64}{number:8d}P{first + n:7d}" for n, row in enumerate(rows))
        zero = f"{0:8d}"
        entries.append(f"{kind:8d}{first:8d}{zero * 6}00000000D{number:7d}")
        entries.append(
            f"{kind:8d}{zero * 2}{len(rows):8d}{zero}{'':16}{'SUB':>8}{zero}D{number + 1:7d}"
        )
        return number

    sub = add(308, f"0,6HBRACKT,{len(members)}," + ",".join(str(n + 1) for n in members))
    for x, y, z in places:
        add(408, f"{sub},{x},{y},{z},1.0")
    counts = f"S{len(start):7d}G{len(whole):7d}D{len(entries):7d}P{len(values):7d}"
    iges.write_text("\n".join([*start, *whole, *entries, *values, f"{counts:<72}T{1:7d}"]) + "\n")


def in_inches(step: Path) -> None:
    """Make a STEP file in millimetres claim inches instead; its numbers stay."""

    def inch(match: re.Match[str]) -> str:
        first = 900_000 + 3 * int(match[1])
        return (
            f"#{match[1]} = ( CONVERSION_BASED_UNIT('INCH',#{first})"
            f" LENGTH_UNIT() NAMED_UNIT(#{first + 1}) );\n"
            f"#{first} = LENGTH_MEASURE_WITH_UNIT(LENGTH_MEASURE(25.4),#{first + 2});\n"
            f"#{first + 1} = DIMENSIONAL_EXPONENTS(1.,0.,0.,0.,0.,0.,0.);\n"
            f"#{first + 2} = ( LENGTH_UNIT() NAMED_UNIT(*) SI_UNIT(.MILLI.,.METRE.) );"
        )

    pattern = r"#(\d+) = \( LENGTH_UNIT\(\) NAMED_UNIT\(\*\) SI_UNIT\([^)]*\) \);"
    text, count = re.subn(pattern, inch, step.read_text())
    assert count > 0
    step.write_text(text)


def scene_of(file: StepFile, path: Path, options: ConvertOptions = EXACT) -> Scene:
    """Write the file and read it back."""
    file.write(path, path.stem)
    return read(path, "step", options)


def read(path: Path, kind: SourceKind = "step", options: ConvertOptions = EXACT) -> Scene:
    """Read a CAD file."""
    return read_cad(path, kind, options, silent)


def world_transforms(scene: Scene) -> list[Floats]:
    """Each node's (4, 4) placement in the scene, metres, y up."""
    worlds: list[Floats] = []
    for node in scene.nodes:
        above = np.eye(4) if node.parent < 0 else worlds[node.parent]
        worlds.append(above @ node.transform)
    return worlds


def bounds_mm(scene: Scene) -> list[float]:
    """Lowest x, y, z then highest x, y, z of all vertices, millimetres, z up."""
    points = []
    for node, world in zip(scene.nodes, world_transforms(scene), strict=True):
        if node.part is not None and len(scene.parts[node.part].mesh.positions):
            vertices = scene.parts[node.part].mesh.positions.astype(np.float64)
            placed = vertices @ world[:3, :3].T + world[:3, 3]
            points.append(placed @ Z_UP_TO_Y_UP[:3, :3] * 1000.0)
    every = np.concatenate(points)
    return [*every.min(axis=0).tolist(), *every.max(axis=0).tolist()]


def placed_triangles(scene: Scene) -> int:
    """Triangles of all occurrences."""
    return sum(
        len(scene.parts[node.part].mesh.triangles) for node in scene.nodes if node.part is not None
    )


def placed_volume_mm3(scene: Scene) -> float:
    """Volume of all occurrences that have one."""
    volumes = (scene.parts[node.part].volume_m3 for node in scene.nodes if node.part is not None)
    return sum(volume for volume in volumes if volume is not None) * 1e9
