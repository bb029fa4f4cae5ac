"""3MF: build items, components, colours, units, and a second opinion by py-lib3mf."""

import ctypes
from pathlib import Path

import numpy as np
import pytest
from mesh_files import (
    OPTIONS,
    VOLUME,
    bounds,
    check,
    mesh_xml,
    model_xml,
    occurrences,
    silent,
    warning_codes,
    world_matrices,
    write_3mf,
)  # fmt: skip
from PIL import Image

from holotable.conversion.readers.threemf import read_3mf
from holotable.errors import TooComplex, UnsupportedFormat
from holotable.review.scene import Scene

CUBE = f'<object id="1" name="cube">{mesh_xml()}</object>'
ITEM = '<item objectid="1"/>'


def read(folder: Path, resources: str, build: str = ITEM, unit: str = "millimeter",
         parts: dict[str, str | bytes] | None = None) -> Scene:  # fmt: skip
    path = write_3mf(folder / "model.3mf", model_xml(resources, build, unit), parts)
    scene = read_3mf(path, OPTIONS, silent)
    check(scene)
    return scene


def test_an_object_is_one_closed_part_z_up(tmp_path: Path) -> None:
    scene = read(tmp_path, CUBE)
    assert [(node.name, node.kind) for node in scene.nodes] == [("cube", "part")]
    assert scene.parts[0].volume_m3 == pytest.approx(VOLUME * 1e-9)
    assert (scene.source.length_unit, scene.source.up_axis) == ("mm", "z")
    assert np.allclose(bounds(scene)[1], [0.002, 0.004, 0])


@pytest.mark.parametrize(
    ("unit", "metres", "short"),
    [("micron", 1e-6, "um"), ("centimeter", 0.01, "cm"), ("inch", 0.0254, "in"),
     ("foot", 0.3048, "ft"), ("meter", 1.0, "m")],
)  # fmt: skip
def test_every_unit_is_understood(tmp_path: Path, unit: str, metres: float, short: str) -> None:
    scene = read(tmp_path, CUBE, unit=unit)
    assert scene.source.length_unit == short
    assert bounds(scene)[1][0] == pytest.approx(2 * metres)


def test_components_are_a_tree_of_shared_parts(tmp_path: Path) -> None:
    pair = (
        '<object id="2" name="pair"><components><component objectid="1"/>'
        '<component objectid="1" transform="0 1 0 -1 0 0 0 0 1 10 20 30"/></components></object>'
    )
    build = '<item objectid="2" partnumber="P-1" transform="1 0 0 0 1 0 0 0 1 100 0 0"/>' + ITEM
    scene = read(tmp_path, CUBE + pair, build)
    assert len(scene.parts) == 1
    assert [(node.name, node.parent) for node in scene.nodes] == [
        ("model", -1), ("P-1", 0), ("cube", 1), ("cube", 1), ("cube", 0),
    ]  # fmt: skip
    # Row vectors: (1, 0, 0) goes to (0, 1, 0) + (10, 20, 30) + (100, 0, 0), then y up.
    assert np.allclose(world_matrices(scene)[3] @ [0.001, 0, 0, 1], [0.110, 0.030, -0.021, 1])


def test_parts_of_the_production_extension_are_followed(tmp_path: Path) -> None:
    other = model_xml(f'<object id="7" name="far">{mesh_xml()}</object>', "")
    resources = (
        '<object id="1"><components><component objectid="7" p:path="/3D/Objects/far.model"/>'
        "</components></object>"
    )
    scene = read(tmp_path, resources, parts={"3D/Objects/Far.model": other})
    assert [part.name for part in scene.parts] == ["far"]


def test_colours_of_triangles_and_of_objects_are_kept(tmp_path: Path) -> None:
    groups = (
        '<m:colorgroup id="5"><m:color color="#FF0000"/><m:color color="#00FF0080"/></m:colorgroup>'
        '<basematerials id="6"><base name="steel" displaycolor="#0000FF"/></basematerials>'
    )
    faces = ['pid="5" p1="0"', 'pid="5" p1="1"', 'pid="5" p1="0" p2="1" p3="0"', 'p1="0"']
    cube = f'<object id="1" pid="6" pindex="0">{mesh_xml(faces)}</object>'
    scene = read(tmp_path, groups + cube)
    mesh = scene.parts[0].mesh
    colours = [[scene.palette[mesh.materials[i]] for i in t] for t in mesh.triangles.tolist()]
    assert colours[0] == ["#ff0000ff"] * 3
    assert colours[1] == ["#00ff0080"] * 3
    assert colours[2] == ["#ff0000ff", "#00ff0080", "#ff0000ff"]
    assert colours[3] == colours[11] == ["#0000ffff"] * 3
    assert scene.parts[0].closed


def test_mixtures_take_the_colour_that_says_most(tmp_path: Path) -> None:
    groups = (
        '<basematerials id="4"><base name="a" displaycolor="#FF0000"/><base name="b"'
        ' displaycolor="#0000FF"/></basematerials><m:compositematerials id="5" matid="4"'
        ' matindices="0 1"><m:composite values="0.2 0.8"/></m:compositematerials>'
        '<m:multiproperties id="6" pids="5 4"><m:multi pindices="0 0"/></m:multiproperties>'
    )
    for pid in (5, 6):
        cube = f'<object id="1" pid="{pid}" pindex="0">{mesh_xml()}</object>'
        assert read(tmp_path, groups + cube).nodes[0].colour == "#0000ffff"


def test_a_picture_in_the_package_is_sampled(tmp_path: Path) -> None:
    Image.new("RGB", (4, 4), (9, 8, 7)).save(tmp_path / "a.png")
    groups = (
        '<m:texture2d id="3" path="/3D/Textures/a.png" contenttype="image/png"/>'
        '<m:texture2dgroup id="4" texid="3"><m:tex2coord u="0" v="0"/></m:texture2dgroup>'
    )
    cube = f'<object id="1" pid="4" pindex="0">{mesh_xml()}</object>'
    inside: dict[str, str | bytes] = {"3D/Textures/a.png": (tmp_path / "a.png").read_bytes()}
    scene = read(tmp_path, groups + cube, parts=inside)
    assert scene.nodes[0].colour == "#090807ff"
    assert warning_codes(scene) == set()
    assert warning_codes(read(tmp_path, groups + cube)) == {"missing_file"}


def test_what_is_not_shown_is_said(tmp_path: Path) -> None:
    beams = mesh_xml().replace("</triangles>", "</triangles><b:beamlattice/>")
    resources = f'<object id="1" xmlns:b="urn:b">{beams}</object>'
    assert warning_codes(read(tmp_path, resources)) == {"beams_ignored"}


def test_part_numbers_and_kinds_are_properties(tmp_path: Path) -> None:
    resources = f'<object id="1" type="support" partnumber="4711">{mesh_xml()}</object>'
    (node,) = read(tmp_path, resources).nodes
    assert node.properties == {"3MF": {"part_number": "4711", "type": "support"}}
    assert node.name == "4711"


def test_an_encrypted_package_is_refused_by_name(tmp_path: Path) -> None:
    model = model_xml(CUBE, ITEM).replace(
        "<model ", '<model requiredextensions="sc" xmlns:sc="http://x/securecontent/2019/04" '
    )
    with pytest.raises(UnsupportedFormat, match="encrypted"):
        read_3mf(write_3mf(tmp_path / "a.3mf", model), OPTIONS, silent)


def test_placed_triangles_are_counted_before_anything_is_placed(tmp_path: Path) -> None:
    from dataclasses import replace

    uses = '<component objectid="1"/>' * 50
    resources = CUBE + f'<object id="2"><components>{uses}</components></object>'
    path = write_3mf(tmp_path / "a.3mf", model_xml(resources, '<item objectid="2"/>' * 50))
    with pytest.raises(TooComplex, match="30,000"):
        read_3mf(path, replace(OPTIONS, max_triangles=20_000), silent)


def test_it_agrees_with_lib3mf(tmp_path: Path) -> None:
    from py_lib3mf import Lib3MF

    resources = CUBE + (
        '<object id="2"><components><component objectid="1" transform="2 0 0 0 2 0 0 0 2 1 2 3"/>'
        "</components></object>"
    )
    scene = read(tmp_path, resources, '<item objectid="2"/><item objectid="1"/>')
    wrapper = Lib3MF.Wrapper(str(Path(Lib3MF.__file__).parent / "lib3mf"))
    model = wrapper.CreateModel()
    model.QueryReader("3mf").ReadFromFile(str(tmp_path / "model.3mf"))
    meshes = model.GetMeshObjects()
    assert meshes.Count() == len(scene.parts)
    assert meshes.MoveNext()
    mesh = meshes.GetCurrentMeshObject()
    assert mesh.GetTriangleCount() == len(scene.parts[0].mesh.triangles)
    assert mesh.IsManifoldAndOriented() == scene.parts[0].closed
    assert model.GetBuildItems().Count() == 2
    components = model.GetComponentsObjects()
    assert components.MoveNext()
    fields = components.GetCurrentComponentsObject().GetComponent(0).GetTransform().Fields
    assert ctypes.sizeof(fields) == 12 * 4
    translation = [float(value) for value in fields[3]]
    placed = occurrences(scene)[0].transform
    assert np.allclose(placed[:3, 3] * 1000, [translation[0], translation[2], -translation[1]])
