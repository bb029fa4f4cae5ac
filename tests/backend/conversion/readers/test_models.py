"""The shared models of mesh formats, with the facts of their SOURCES.md."""

import ast
import re
from pathlib import Path

import numpy as np
import pytest
from mesh_files import OPTIONS, bounds, check, occurrences, placed_triangles, silent, warning_codes

from holotable.conversion.read import read
from holotable.conversion.sniff import sniff
from holotable.errors import (
    DamagedFile,
    ExternalReference,
    HolotableError,
    TooComplex,
)
from holotable.review.scene import Scene

MODELS = Path(__file__).parents[4].parent / "shared" / "models"
pytestmark = [
    pytest.mark.models,
    pytest.mark.skipif(not MODELS.is_dir(), reason="needs ../shared/models"),
]

# file → occurrences, parts, closed parts; the other facts stand in SOURCES.md
COUNTS = {
    "featuretype.stl": (1, 1, 1),
    "two_objects_ascii.stl": (2, 2, 2),
    "utah_teapot.stl": (1, 1, 1),
    "solids.obj": (5, 5, 5),
    "fuze.obj": (1, 1, 1),
    "cycloidal_vertexcolor.ply": (1, 1, 0),
    "ballA.off": (1, 1, 1),
    "dodeca_chain_loop_color.3mf": (1, 1, 1),
    "MUSTPASS_Chapter4.2_Components.3mf": (2, 1, 1),
    "cube_gears_prod_req.3mf": (17, 17, 17),
    "pyramids.3mf": (12, 6, 6),
    "blue_cube.dae": (1, 1, 1),
    "CesiumMilkTruck.glb": (3, 2, 1),
    "christmas_challenge.gltf": (101, 2, 1),
}
TRIANGLES = {"cube_gears_prod_req.3mf": 25_692}  # SOURCES counts with a reader that finds none
BOUNDS = {
    "cube_gears_prod_req.3mf": [37.615, 35.618, 16.92, 205.61, 160.72, 50.521],
}
BAD = {
    "badchunk.glb": DamagedFile,
    "badidx.3mf": DamagedFile,
    "badidx.ply": DamagedFile,
    "deep.gltf": TooComplex,
    "ext.usda": ExternalReference,
    "huge.las": DamagedFile,
    "huge.off": DamagedFile,
    "huge_count.ply": DamagedFile,
    "huge_count.stl": DamagedFile,
    "hugeidx.obj": DamagedFile,
    "laughs.3mf": TooComplex,
    "mtl_trav.obj": "external_reference",
    "nan.gltf": DamagedFile,
    "nan.stl": DamagedFile,
    "ssrf.gltf": ExternalReference,
    "texabs.gltf": "external_reference",
    "trav.gltf": ExternalReference,
    "xxe.3mf": ExternalReference,
    "xxe.dae": ExternalReference,
}


def read_model(path: Path) -> Scene:
    kind = sniff(path, path.name)
    assert kind != "archive"
    scene = read(path, kind, OPTIONS, silent)
    check(scene)
    return scene


def facts(name: str) -> str:
    """The section of SOURCES.md about a file."""
    text = (MODELS / "SOURCES.md").read_text(encoding="utf-8")
    found = re.search(rf"^## {re.escape(name)}\n(.*?)(?=^## )", text, re.M | re.S)
    assert found
    return found[1]


def stated_triangles(name: str) -> int:
    """Placed triangles of the file."""
    if name in TRIANGLES:
        return TRIANGLES[name]
    section = facts(name)
    found = re.search(r"placed triangles (\d+)", section) or re.search(r"'tri': (\d+)", section)
    assert found
    return int(found[1])


def stated_bounds(name: str) -> np.ndarray:
    """(2, 3) lowest and highest corner in the file's unit and axes."""
    if name in BOUNDS:
        return np.array(BOUNDS[name]).reshape(2, 3)
    found = re.search(r"bounds \(\w+(?: \w+)?\) (\[[^\]]*\])", facts(name))
    assert found
    return np.array(ast.literal_eval(found[1]), float).reshape(2, 3)


def in_file_axes(scene: Scene, metres_per_unit: float, z_up: bool) -> np.ndarray:
    """(2, 3) bounds of the scene as the file's own coordinates."""
    low, high = (corner / metres_per_unit for corner in bounds(scene))
    if not z_up:
        return np.stack([low, high])
    return np.array([[low[0], -high[2], low[1]], [high[0], -low[2], high[1]]])


@pytest.mark.parametrize("name", COUNTS)
def test_a_model_has_the_parts_triangles_and_bounds_that_were_measured(name: str) -> None:
    scene = read_model(MODELS / name)
    found = (len(occurrences(scene)), len(scene.parts), sum(part.closed for part in scene.parts))
    assert found == COUNTS[name]
    assert placed_triangles(scene) == stated_triangles(name)
    metre_files = (".dae", ".glb", ".gltf")
    z_up = not name.endswith((".obj", ".glb", ".gltf"))
    box = in_file_axes(scene, 1.0 if name.endswith(metre_files) else 0.001, z_up)
    assert np.allclose(box, stated_bounds(name), atol=2e-3)


def test_names_and_colours_are_kept() -> None:
    solids = read_model(MODELS / "solids.obj")
    assert {node.name: node.colour for node in occurrences(solids)} == {
        "Tetrahedron": "#cc3333ff",
        "Hexahedron": "#279b61ff",
        "Octahedron": "#008ab8ff",
        "Dodecahedron": "#ffcc33ff",
        "Icosahedron": "#cc6699ff",
    }
    gears = read_model(MODELS / "cube_gears_prod_req.3mf")
    assert {f"gear {n}" for n in (5, 6, 8, 9)} <= {node.name for node in gears.nodes}
    chain = read_model(MODELS / "dodeca_chain_loop_color.3mf")
    assert len(chain.palette) == 10
    truck = read_model(MODELS / "CesiumMilkTruck.glb")
    assert [node.name for node in occurrences(truck)] == ["Cesium_Milk_Truck", "Wheels", "Wheels"]
    assert warning_codes(truck) == {"animations_kept"}
    two = read_model(MODELS / "two_objects_ascii.stl")
    assert [node.name for node in occurrences(two)] == [
        "CubeExportedFromCAD", "TranslatedCubeExportedFromCAD",
    ]  # fmt: skip


def test_the_same_part_as_step_and_as_stl_has_one_volume() -> None:
    scene = read_model(MODELS / "featuretype.stl")  # written in inches
    assert scene.parts[0].volume_m3 is not None
    assert scene.parts[0].volume_m3 * 1e9 * 25.4**3 == pytest.approx(190_532.0, rel=5e-3)


@pytest.mark.parametrize("name", BAD)
def test_a_bad_model_ends_in_its_named_error_or_warning(name: str) -> None:
    expected = BAD[name]
    if isinstance(expected, str):
        assert warning_codes(read_model(MODELS / "bad" / name)) == {expected}
    else:
        with pytest.raises(HolotableError) as problem:
            read_model(MODELS / "bad" / name)
        assert type(problem.value) is expected
