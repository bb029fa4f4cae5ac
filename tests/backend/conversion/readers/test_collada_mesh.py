"""Triangles and texture coordinates of COLLADA primitives."""

from pathlib import Path

import numpy as np
import pytest
from gltf_files import png
from lxml import etree
from mesh_files import OPTIONS, check, dae_text, silent

from holotable.conversion.readers.collada import read_dae
from holotable.conversion.readers.collada_mesh import Soup, integer
from holotable.errors import DamagedFile

SQUARE = (
    '<mesh><source id="p"><float_array id="pa" count="12">0 0 0 1 0 0 1 1 0 0 1 0</float_array>'
    '<technique_common><accessor source="#pa" count="4" stride="3"/></technique_common></source>'
    '<source id="a"><float_array id="aa" count="8">0 0 1 0 1 1 0 1</float_array><technique_common>'
    '<accessor source="#aa" count="4" stride="2"/></technique_common></source>'
    '<source id="b"><float_array id="ba" count="2">0.5 0.25</float_array><technique_common>'
    '<accessor source="#ba" count="1" stride="2"/></technique_common></source>'
    '<vertices id="v"><input semantic="POSITION" source="#p"/></vertices>'
    '<polylist count="1" material="paint"><input semantic="VERTEX" source="#v" offset="0"/>'
    '<input semantic="TEXCOORD" source="#a" offset="1" set="0"/>'
    '<input semantic="TEXCOORD" source="#b" offset="2" set="3"/>'
    "<vcount>4</vcount><p>0 0 0 1 1 0 2 2 0 3 3 0</p></polylist></mesh>"
)
EFFECT = (
    '<library_images><image id="i"><init_from>a.png</init_from></image></library_images>'
    '<library_materials><material id="m" name="Cloth"><instance_effect url="#e"/></material>'
    '</library_materials><library_effects><effect id="e"><profile_COMMON><newparam sid="s">'
    '<surface><init_from>i</init_from></surface></newparam><newparam sid="t"><sampler2D><source>s'
    "</source><wrap_s>CLAMP</wrap_s><wrap_t>MIRROR</wrap_t></sampler2D></newparam><technique "
    'sid="c"><phong><emission><color>0 0.5 0 1</color></emission><diffuse><texture texture="t"'
    ' texcoord="CH"/></diffuse></phong></technique></profile_COMMON></effect></library_effects>'
)


def node(binding: str) -> str:
    return (
        '<node id="n"><instance_geometry url="#g"><bind_material><technique_common>'
        f'<instance_material symbol="paint" target="#m">{binding}</instance_material>'
        "</technique_common></bind_material></instance_geometry></node>"
    )


@pytest.mark.parametrize(
    ("binding", "expected"),
    [
        ("", [[0, 1], [1, 1], [1, 0], [0, 0]]),
        (
            '<bind_vertex_input semantic="CH" input_semantic="TEXCOORD" input_set="3"/>',
            [[0.5, 0.75]] * 4,
        ),
    ],
)
def test_a_surface_uses_the_coordinates_that_its_instance_binds(
    tmp_path: Path, binding: str, expected: list[list[float]]
) -> None:
    (tmp_path / "a.png").write_bytes(png((10, 20, 30)))
    text = dae_text(node(binding), f'<geometry id="g">{SQUARE}</geometry>', libraries=EFFECT)
    (tmp_path / "a.dae").write_text(text)
    scene = read_dae(tmp_path / "a.dae", OPTIONS, silent)
    check(scene)
    surface = scene.parts[0].surface
    assert surface
    (found,) = surface.primitives
    assert found.uvs[0].tolist() == expected
    material = scene.looks.materials[found.material]
    assert material.name == "Cloth"
    assert material.gltf["emissiveFactor"][1] == pytest.approx(0.214, abs=1e-3)
    assert scene.looks.textures[0].sampler == {"wrapS": 33071, "wrapT": 33648}
    assert scene.nodes[0].colour == "#0a141eff"
    assert scene.warnings == ()


def test_polygons_become_one_vertex_for_each_combination() -> None:
    mesh = etree.fromstring(SQUARE)
    soup = Soup.read(mesh, mesh.find("polylist"), None)
    assert soup
    assert soup.triangles.shape == (2, 3)
    assert soup.uv is not None
    assert np.array_equal(soup.uv, soup.points[:, :2])


def test_a_count_of_words_is_damage() -> None:
    with pytest.raises(DamagedFile):
        integer("many")
