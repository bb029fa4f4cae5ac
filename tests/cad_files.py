"""Small CAD files with known truth, and what a scene says in the file's own axes."""

import re
from pathlib import Path
from typing import Any

import numpy as np
from OCP.BRepPrimAPI import BRepPrimAPI_MakeBox, BRepPrimAPI_MakeCylinder

from holotable.conversion.options import ConvertOptions
from holotable.conversion.readers.cad import read_cad
from holotable.review.scene import Z_UP_TO_Y_UP, Floats, Scene, SourceKind
from holotable.sample.step_file import Material, StepFile, rotation, translation

EXACT = ConvertOptions(deflection_m=1e-4, angle_rad=0.5)  # what the models' facts were counted with


def silent(stage: str, fraction: float) -> None:
    """A report that nobody reads."""


def box(x: float, y: float, z: float) -> Any:
    """A box with a corner at the origin, millimetres."""
    return BRepPrimAPI_MakeBox(x, y, z).Shape()


def cylinder(radius: float, height: float) -> Any:
    """A cylinder along z from the origin, millimetres."""
    return BRepPrimAPI_MakeCylinder(radius, height).Shape()


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
