"""3MF pictures and finishes as surfaces."""

from pathlib import Path

import numpy as np
import pytest
from gltf_files import png
from mesh_files import OPTIONS, check, mesh_xml, model_xml, silent, write_3mf

from holotable.conversion.readers.threemf import read_3mf
from holotable.errors import DamagedFile
from holotable.review.scene import Scene

ITEM = '<item objectid="1"/>'
GROUPS = (
    '<m:texture2d id="3" path="/3D/Textures/a.png" contenttype="image/png" tilestyleu="clamp"'
    ' tilestylev="mirror" filter="nearest"/><m:texture2dgroup id="4" texid="3">'
    '<m:tex2coord u="0" v="0"/><m:tex2coord u="1" v="0.25"/><m:tex2coord u="1" v="1"/>'
    '</m:texture2dgroup><m:colorgroup id="5"><m:color color="#FF0000"/></m:colorgroup>'
)


def read(folder: Path, resources: str, **given: str) -> Scene:
    parts: dict[str, str | bytes] = {"3D/Textures/a.png": png((9, 8, 7))}
    model = model_xml(resources, ITEM)
    for name, value in given.items():
        model = model.replace(
            "<resources>", f'<metadata name="{name}">{value}</metadata><resources>'
        )
    scene = read_3mf(write_3mf(folder / "a.3mf", model, parts), OPTIONS, silent)
    check(scene)
    return scene


def test_textured_triangles_stand_together_and_the_rest_keeps_its_colours(tmp_path: Path) -> None:
    look = ('pid="5" p1="0"', 'pid="4" p1="0" p2="1" p3="2"')
    cube = f'<object id="1" pid="5" pindex="0">{mesh_xml(look)}</object>'
    scene = read(tmp_path, GROUPS + cube)
    (part,) = scene.parts
    assert part.closed
    assert part.surface
    plain, textured = part.surface.primitives
    assert len(plain.triangles) == 11
    assert len(textured.triangles) == 1
    assert textured.uvs[0].tolist() == [[0, 1], [1, 0.75], [1, 0]]
    gltf = scene.looks.materials[plain.material].gltf
    assert gltf["pbrMetallicRoughness"]["baseColorFactor"] == [1, 0, 0, 1]
    (texture,) = scene.looks.textures
    assert texture.sampler == {"wrapS": 33071, "wrapT": 33648, "magFilter": 9728}
    corners = part.mesh.positions[part.mesh.triangles]
    both = [p.positions[p.triangles] for p in (plain, textured)]
    assert np.array_equal(np.concatenate(both), corners)
    assert scene.warnings == ()


def test_a_metal_is_one_and_a_paint_needs_no_surface(tmp_path: Path) -> None:
    finishes = (
        '<m:pbmetallicdisplayproperties id="7"><m:pbmetallic name="paint" metallicness="0"'
        ' roughness="0.9"/><m:pbmetallic name="brass" metallicness="1" roughness="0.25"/>'
        '</m:pbmetallicdisplayproperties><basematerials id="4" displaypropertiesid="7">'
        '<base name="paint" displaycolor="#0000FF"/><base name="brass" displaycolor="#FFCC00"/>'
        "</basematerials>"
    )
    plain = f'<object id="1" pid="4" pindex="0">{mesh_xml()}</object>'
    assert read(tmp_path, finishes + plain).parts[0].surface is None
    brass = f'<object id="1" pid="4" pindex="1">{mesh_xml()}</object>'
    scene = read(tmp_path, finishes + brass)
    surface = scene.parts[0].surface
    assert surface
    gltf = scene.looks.materials[surface.primitives[0].material].gltf
    rough = gltf["pbrMetallicRoughness"]
    assert (rough["metallicFactor"], rough["roughnessFactor"]) == (1, 0.25)
    assert scene.nodes[0].colour == "#ffcc00ff"


def test_metadata_of_the_package_is_the_roots(tmp_path: Path) -> None:
    cube = f'<object id="1">{mesh_xml()}</object>'
    scene = read(tmp_path, cube, Designer="Ann", Title="Cube")
    assert scene.nodes[0].properties["metadata"] == {"Designer": "Ann", "Title": "Cube"}


def test_a_coordinate_that_does_not_exist_is_damage(tmp_path: Path) -> None:
    cube = f'<object id="1" pid="4" pindex="9">{mesh_xml()}</object>'
    with pytest.raises(DamagedFile, match="does not exist"):
        read(tmp_path, GROUPS + cube)
