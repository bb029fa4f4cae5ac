"""Models for tests of looks: a hollow cube with a ball in it beside a trough, and a row of glTF materials."""

from pathlib import Path
from typing import Any

import numpy as np
from gltf_files import GltfFile, encoded, png

CUBE, CORE, TROUGH = "#4f7fb0", "#c23b30", "#c8c8c8"


def crevice_step(path: Path) -> Path:
    """Millimetres, z up: a cube of 20 about (0, 0, 10), a ball of radius 6 buried in it, and a trough.

    The trough is a cube of 20 about (30, 0, 10) with a slot along y in its top, 4 wide and 3 deep.
    """
    from OCP.BRepAlgoAPI import BRepAlgoAPI_Cut
    from OCP.BRepPrimAPI import BRepPrimAPI_MakeBox, BRepPrimAPI_MakeSphere
    from OCP.gp import gp_Pnt

    from holotable.sample.step_file import StepFile

    def box(low: tuple[float, float, float], high: tuple[float, float, float]) -> object:
        return BRepPrimAPI_MakeBox(gp_Pnt(*low), gp_Pnt(*high)).Shape()

    ball = BRepPrimAPI_MakeSphere(gp_Pnt(0, 0, 10), 6).Shape()
    cube = BRepAlgoAPI_Cut(box((-10, -10, 0), (10, 10, 20)), ball).Shape()
    trough = BRepAlgoAPI_Cut(box((20, -10, 0), (40, 10, 20)), box((28, -11, 17), (32, 11, 21)))
    file = StepFile()
    root = file.assembly("Crevice")
    for name, shape, colour in (
        ("Cube", cube, CUBE),
        ("Core", ball, CORE),
        ("Trough", trough.Shape(), TROUGH),
    ):
        file.place(root, file.part(name, shape, colour), None, name)
    file.write(path, "Crevice")
    return path


GREY = (120, 120, 120)
PANELS = ("Plain", "Unlit", "Glowing", "Rough", "Varnished", "Turned", "Behind", "Glass")


def materials_gltf(path: Path) -> Path:
    """Panels of a square metre, 1.2 m apart along x, facing z: one for each of `PANELS`; glass in front of Behind."""
    file = GltfFile()
    grey = file.texture(png(GREY))
    dark = file.texture(png((30, 30, 30)))
    halves = np.zeros((8, 8, 3), np.uint8)
    halves[:, :4], halves[:, 4:] = (210, 30, 30), (30, 170, 30)
    two = file.texture(encoded(halves, "PNG"))

    def matt(texture: int, **members: Any) -> dict[str, Any]:
        return {
            "pbrMetallicRoughness": {
                "baseColorTexture": {"index": texture} | members,
                "metallicFactor": 0,
                "roughnessFactor": 0.9,
            }
        }

    glass = {
        "pbrMetallicRoughness": {
            "baseColorTexture": {"index": file.texture(png((255, 255, 255)))},
            "metallicFactor": 0,
            "roughnessFactor": 0.0,
        },
        "extensions": {"KHR_materials_transmission": {"transmissionFactor": 1.0}},
    }
    moved = {"extensions": {"KHR_texture_transform": {"offset": [0.5, 0.0]}}}
    looks: dict[str, dict[str, Any]] = {
        "Plain": matt(grey),
        "Unlit": matt(grey) | {"extensions": {"KHR_materials_unlit": {}}},
        "Glowing": matt(grey)
        | {
            "emissiveFactor": [0.1, 0.1, 0.0],
            "extensions": {"KHR_materials_emissive_strength": {"emissiveStrength": 4.0}},
        },
        "Rough": matt(dark),
        "Varnished": matt(dark)
        | {
            "extensions": {
                "KHR_materials_clearcoat": {
                    "clearcoatFactor": 1.0,
                    "clearcoatRoughnessFactor": 0.1,
                }
            }
        },
        "Turned": matt(two, **moved),
        "Behind": matt(two),
        "Glass": glass,
    }
    used = sorted({name for look in looks.values() for name in look.get("extensions", {})})
    file.json["extensionsUsed"] = [*used, "KHR_texture_transform"]
    for number, name in enumerate(PANELS):
        in_front = name == "Glass"
        place = [1.2 * (number - 1), 0.0, 0.4] if in_front else [1.2 * number, 0.0, 0.0]
        file.place(file.square(file.material(**looks[name])), name=name, translation=place)
    return file.write(path)
