"""COLLADA: tree, instances, transforms, primitives."""

from pathlib import Path

import numpy as np
import pytest
from mesh_files import (
    CORNERS,
    OPTIONS,
    QUADS,
    TRIANGLES,
    VOLUME,
    bounds,
    check,
    dae_geometry,
    dae_text,
    occurrences,
    silent,
    warning_codes,
    world_matrices,
)  # fmt: skip

from holotable.conversion.readers.collada import read_dae
from holotable.errors import DamagedFile, NoGeometry
from holotable.review.scene import Scene

PLACE = '<instance_geometry url="#cube"/>'


def read(folder: Path, text: str) -> Scene:
    (folder / "model.dae").write_text(text)
    scene = read_dae(folder / "model.dae", OPTIONS, silent)
    check(scene)
    return scene


def test_unit_and_axis_of_the_file_count(tmp_path: Path) -> None:
    scene = read(tmp_path, dae_text(f'<node name="box">{PLACE}</node>'))
    assert (scene.source.length_unit, scene.source.up_axis) == ("cm", "y")
    assert np.allclose(bounds(scene)[1], [0.02, 0.03, 0.04])
    assert scene.parts[0].volume_m3 == pytest.approx(VOLUME * 1e-6)
    assert [(node.name, node.kind) for node in scene.nodes] == [("box", "part")]


@pytest.mark.parametrize(
    ("asset", "high"),
    [
        ("", [2, 3, 4]),
        ('<unit meter="1"/><up_axis>Z_UP</up_axis>', [2, 4, 0]),
        ('<unit meter="1"/><up_axis>X_UP</up_axis>', [0, 2, 4]),
        ('<unit name="cubit" meter="0.5"/><up_axis>Y_UP</up_axis>', [1, 1.5, 2]),
    ],
)
def test_every_unit_and_axis_is_understood(tmp_path: Path, asset: str, high: list[float]) -> None:
    scene = read(tmp_path, dae_text(f"<node>{PLACE}</node>", asset=asset))
    assert np.allclose(bounds(scene)[1], high)
    assert warning_codes(scene) == ({"unit_unusual"} if "cubit" in asset else set())


def test_the_tree_and_its_instances_are_kept(tmp_path: Path) -> None:
    shared = f'<library_nodes><node id="pair" name="pair">{PLACE}{PLACE}</node></library_nodes>'
    nodes = (
        '<node name="machine"><translate>100 0 0</translate>'
        f'<node name="one" layer="steel"><matrix>1 0 0 0 0 1 0 0 0 0 1 50 0 0 0 1</matrix>{PLACE}'
        '</node><node name="two"><instance_node url="#pair"/></node></node><node name="lamp"/>'
    )
    scene = read(tmp_path, dae_text(nodes, libraries=shared))
    assert len(scene.parts) == 1
    assert [(node.name, node.parent) for node in scene.nodes] == [
        ("machine", -1), ("one", 0), ("two", 0), ("pair", 2), ("cube", 3), ("cube", 3),
    ]  # fmt: skip
    assert scene.nodes[1].layer == "steel"
    assert np.allclose(world_matrices(scene)[1][:3, 3], [1, 0, 0.5])


def test_transforms_multiply_in_document_order(tmp_path: Path) -> None:
    steps = "<translate>10 0 0</translate><rotate>0 0 1 90</rotate><scale>2 2 2</scale>"
    asset = '<unit meter="1"/>'
    scene = read(tmp_path, dae_text(f"<node>{steps}{PLACE}</node>", asset=asset))
    assert np.allclose(world_matrices(scene)[0] @ [1, 0, 0, 1], [10, 2, 0, 1])
    looking = "<lookat>5 0 0  5 0 -1  0 1 0</lookat>"
    scene = read(tmp_path, dae_text(f"<node>{looking}{PLACE}</node>", asset=asset))
    assert np.allclose(world_matrices(scene)[0] @ [1, 2, 3, 1], [6, 2, 3, 1])


def primitive(kind: str, body: str, count: int = 1) -> str:
    """The cube's geometry with another primitive in place of its polylist."""
    geometry = dae_geometry()
    start, end = geometry.index("<polylist"), geometry.index("</mesh>")
    inputs = '<input semantic="VERTEX" source="#cube-v" offset="0"/>'
    return f'{geometry[:start]}<{kind} count="{count}">{inputs}{body}</{kind}>{geometry[end:]}'


def p(values: object) -> str:
    return "<p>" + " ".join(str(i) for i in np.ravel(values)) + "</p>"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("triangles", p(TRIANGLES)),
        ("polygons", "".join(p(quad) for quad in QUADS)),
        ("trifans", "".join(p(quad) for quad in QUADS)),
        ("tristrips", "".join(p(quad[[0, 1, 3, 2]]) for quad in QUADS)),
    ],
)
def test_every_primitive_is_read(tmp_path: Path, kind: str, body: str) -> None:
    text = dae_text(f"<node>{PLACE}</node>", geometries=primitive(kind, body))
    (part,) = read(tmp_path, text).parts
    assert part.closed
    assert len(part.mesh.triangles) == 12


def test_normals_and_offsets_of_the_file_are_used(tmp_path: Path) -> None:
    source = (
        '<source id="n"><float_array>0 0 5 0 0 5</float_array><technique_common><accessor'
        ' source="#x" count="2" stride="3"/></technique_common></source><vertices'
    )
    indices = "".join(f"{i} {k % 2} 7 " for k, i in enumerate(TRIANGLES.ravel()))
    body = (
        '<input semantic="NORMAL" source="#n" offset="1"/>'
        f'<input semantic="EXTRA" source="#none" offset="2"/><p>{indices}</p>'
    )
    geometry = primitive("triangles", body).replace("<vertices", source, 1)
    scene = read(tmp_path, dae_text(f"<node>{PLACE}</node>", geometries=geometry))
    assert np.allclose(scene.parts[0].mesh.normals, [0, 0, 1])
    assert len(scene.parts[0].mesh.positions) == 8, "equal normals are one"


def test_a_skin_is_shown_in_its_bind_shape(tmp_path: Path) -> None:
    controller = (
        '<library_controllers><controller id="c"><skin source="#cube"><bind_shape_matrix>'
        "10 0 0 0 0 10 0 0 0 0 10 0 0 0 0 1</bind_shape_matrix></skin></controller>"
        "</library_controllers>"
    )
    nodes = '<node><instance_controller url="#c"/></node>'
    scene = read(tmp_path, dae_text(nodes, libraries=controller))
    assert np.allclose(bounds(scene)[1], [0.2, 0.3, 0.4])
    assert warning_codes(scene) == {"skins_simplified"}


def test_what_is_not_in_the_document_is_a_warning(tmp_path: Path) -> None:
    nodes = f'<node>{PLACE}<instance_geometry url="other.dae#x"/><instance_node url="#y"/></node>'
    scene = read(tmp_path, dae_text(nodes))
    assert sorted(warning.detail for warning in scene.warnings) == [
        "#y is not in the document.",
        "other.dae#x is not in the document.",
    ]


def test_a_document_without_geometry_says_so(tmp_path: Path) -> None:
    with pytest.raises(NoGeometry):
        read(tmp_path, dae_text('<node name="empty"/>'))
    with pytest.raises(NoGeometry):
        read(tmp_path, '<COLLADA xmlns="urn:x"/>')
    with pytest.raises(DamagedFile):
        read(tmp_path, "<svg/>")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<vcount>4", "<vcount>5"),
        ("<vcount>4", "<vcount>x"),
        ('stride="3"', 'stride="0"'),
        ('meter="0.01"', 'meter="zero"'),
        ('meter="0.01"', 'meter="0"'),
        ('source="#cube-p"', 'source="#gone"'),
        ('semantic="POSITION"', 'semantic="OTHER"'),
        ('offset="0"', 'offset="99999"'),
    ],
)
def test_a_document_that_contradicts_itself_is_damaged(tmp_path: Path, old: str, new: str) -> None:
    with pytest.raises(DamagedFile):
        read(tmp_path, dae_text(f"<node>{PLACE}</node>").replace(old, new))


def test_corners_are_where_they_were_put(tmp_path: Path) -> None:
    scene = read(tmp_path, dae_text(f"<node>{PLACE}</node>", asset='<unit meter="1"/>'))
    found = {tuple(point) for point in scene.parts[0].mesh.positions.tolist()}
    assert found == {tuple(point) for point in CORNERS.tolist()}
    assert len(occurrences(scene)) == 1
