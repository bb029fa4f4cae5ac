import contextlib
import io
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mesh_files import (
    CORNERS,
    OPTIONS,
    SIZE,
    TRIANGLES,
    VOLUME,
    bounds,
    check,
    occurrences,
    placed_triangles,
    silent,
    warning_codes,
    world_matrices,
)
from PIL import Image
from threeds_files import document, material, mesh, node, write_3ds

from holotable.conversion.readers.threeds import read_3ds
from holotable.errors import ConversionProblem, DamagedFile, NoGeometry
from holotable.review.scene import Scene

MODELS = Path(__file__).parents[4].parent / "shared" / "models"


def read(path: Path) -> Scene:
    scene = read_3ds(path, OPTIONS, silent)
    check(scene)
    return scene


def file_axes(scene: Scene) -> np.ndarray:
    """(2, 3) lowest and highest corner in the file's unit and axes."""
    low, high = (corner * 1000 for corner in bounds(scene))
    return np.array([[low[0], -high[2], low[1]], [high[0], -low[2], high[1]]])


def test_an_object_that_nothing_places_stands_where_its_points_are(tmp_path: Path) -> None:
    scene = read(write_3ds(tmp_path / "a.3ds", mesh("Würfel")))
    assert scene.nodes[0].name == "Würfel"
    assert (scene.source.length_unit, scene.source.up_axis) == (None, None)
    assert np.allclose(file_axes(scene), [[0, 0, 0], SIZE])
    assert scene.parts[0].volume_m3 == pytest.approx(VOLUME * 1e-9)


def test_placements_share_the_part(tmp_path: Path) -> None:
    keys = b"".join(
        node(n, "Cube", instance=f"copy {n}", position=(10 * n, 0, 0)) for n in range(3)
    )
    scene = read(write_3ds(tmp_path / "a.3ds", mesh(), keys))
    assert len(scene.parts) == 1
    assert [n.name for n in occurrences(scene)] == [f"Cube.copy {n}" for n in range(3)]
    assert {n.identity for n in scene.nodes} == {"named"}
    assert np.allclose(file_axes(scene), [[0, 0, 0], [22, 3, 4]])


def test_the_own_frame_of_an_object_and_its_placement_agree(tmp_path: Path) -> None:
    """Points stand in the world; a node that repeats the object's frame must not move them."""
    angle = 0.7
    cos, sin = math.cos(angle), math.sin(angle)
    axes = [[cos, sin, 0], [-sin, cos, 0], [0, 0, 1], [5, 6, 7]]
    # The keyframer counts angles clockwise seen along the axis.
    keys = node(0, "Cube", position=(5, 6, 7), turn=(-angle, 0, 0, 1))
    scene = read(write_3ds(tmp_path / "a.3ds", mesh(axes=axes), keys))
    assert np.allclose(file_axes(scene), [[0, 0, 0], SIZE], atol=1e-5)
    inner = scene.parts[0].mesh.positions * 1000
    assert not np.allclose(inner.min(axis=0), 0, atol=0.1), "the part has a frame of its own"


def test_a_mirrored_frame_keeps_its_points_and_its_outside(tmp_path: Path) -> None:
    axes = [[-1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]]
    scene = read(write_3ds(tmp_path / "a.3ds", mesh(axes=axes), node(0, "Cube")))
    assert np.allclose(file_axes(scene), [[0, 0, 0], SIZE])
    assert scene.parts[0].volume_m3 == pytest.approx(VOLUME * 1e-9)
    assert "inside_out" not in warning_codes(scene)


def test_a_pivot_moves_the_part_and_not_its_children(tmp_path: Path) -> None:
    keys = node(0, "Cube", pivot=(2, 0, 0), position=(10, 0, 0)) + node(
        1, "Lid", parent=0, position=(0, 0, 100), turn=(-math.pi / 2, 0, 0, 1)
    )
    scene = read(write_3ds(tmp_path / "a.3ds", mesh() + mesh("Lid"), keys))
    assert [n.parent for n in scene.nodes] == [-1, 0]
    worlds = [world[:3, 3] * 1000 for world in world_matrices(scene)]
    assert np.allclose(worlds[0], [8, 0, 0])
    assert np.allclose(worlds[1], [10, 100, 0])  # y up
    # a quarter turn about z takes the 2 × 3 foot of the lid to x from −3 to 0, y from 0 to 2
    assert np.allclose(file_axes(scene), [[7, 0, 0], [10, 3, 104]], atol=1e-5)


def test_a_dummy_is_a_row_of_its_instance_name(tmp_path: Path) -> None:
    keys = node(3, "$$$DUMMY", instance="Arm") + node(4, "Cube", parent=3)
    scene = read(write_3ds(tmp_path / "a.3ds", mesh(), keys))
    assert [(n.name, n.parent) for n in scene.nodes] == [("Arm", -1), ("Cube", 0)]


def test_a_parent_may_stand_behind_its_child(tmp_path: Path) -> None:
    keys = node(1, "Lid", parent=0) + node(0, "Cube", position=(10, 0, 0))
    scene = read(write_3ds(tmp_path / "a.3ds", mesh() + mesh("Lid"), keys))
    assert [n.name for n in scene.nodes] == ["Cube", "Lid"]


def test_nodes_that_contain_each_other_are_refused(tmp_path: Path) -> None:
    keys = node(0, "Cube", parent=1) + node(1, "Cube", parent=0)
    with pytest.raises(DamagedFile, match="contain each other"):
        read(write_3ds(tmp_path / "a.3ds", mesh(), keys))


def test_materials_colour_their_faces(tmp_path: Path) -> None:
    editor = material("red", (255, 0, 0)) + material("glass", (0, 0, 255), clear=75)
    cube = mesh(materials=[("red", range(6)), ("glass", [11])])
    scene = read(write_3ds(tmp_path / "a.3ds", editor + cube))
    part = scene.parts[0].mesh
    seen = [scene.palette[part.materials[row[0]]] for row in part.triangles]
    assert sorted(set(seen)) == ["#0000ff40", "#b8bec6ff", "#ff0000ff"]
    assert [seen.count(colour) for colour in sorted(set(seen))] == [1, 5, 6]


def test_smoothing_groups_round_and_part(tmp_path: Path) -> None:
    pair = read(write_3ds(tmp_path / "a.3ds", mesh(groups=[1, 2, 4, 8, 4, 32] * 2)))
    mixed = ~np.isclose(np.abs(pair.parts[0].mesh.normals).max(axis=1), 1.0)
    assert mixed.sum() == 2, "front and left share a group, so their edge is round"
    flat = read(write_3ds(tmp_path / "b.3ds", mesh(groups=[1 << n % 6 for n in range(12)])))
    assert np.allclose(np.abs(flat.parts[0].mesh.normals).max(axis=1), 1.0)
    assert len(flat.parts[0].mesh.positions) == 24
    round_ = read(write_3ds(tmp_path / "c.3ds", mesh(groups=[1] * 12)))
    normals = round_.parts[0].mesh.normals
    assert len(normals) == 8
    away = round_.parts[0].mesh.positions - round_.parts[0].mesh.positions.mean(axis=0)
    assert (np.einsum("ij,ij->i", normals, away) > 0).all()


def test_a_picture_beside_the_file_is_wrapped(tmp_path: Path) -> None:
    stream = io.BytesIO()
    texels = np.zeros((2, 2, 3), np.uint8)
    texels[0], texels[1] = (255, 0, 0), (0, 255, 0)  # red above, green below
    Image.fromarray(texels).save(stream, "PNG")
    (tmp_path / "TEX.PNG").write_bytes(stream.getvalue())
    uv = np.column_stack([CORNERS[:, 0] / 2, np.where(CORNERS[:, 2] > 0, 0.9, 0.9)])
    cube = mesh(materials=[("wood", range(12))], coordinates=uv)
    scene = read(write_3ds(tmp_path / "a.3ds", material("wood", (255, 255, 255),
                                                        picture="tex.png") + cube))  # fmt: skip
    surface = scene.parts[0].surface
    assert surface is not None
    assert len(surface.primitives[0].triangles) == 12
    assert np.allclose(surface.primitives[0].uvs[0][:, 1], 0.1), "v counts down in glTF"
    assert len(scene.looks.images) == 1
    assert scene.nodes[-1].colour == "#ff0000ff"


@pytest.mark.parametrize(
    ("editor", "keys"),
    [
        (mesh(triangles=np.full((1, 3), 99)), b""),
        (mesh(points=np.full((8, 3), np.nan)), b""),
        (mesh(materials=[("red", [99])]), b""),
        (mesh(), node(0, "Cube", position=(math.inf, 0, 0))),
    ],
)
def test_what_contradicts_itself_is_refused(tmp_path: Path, editor: bytes, keys: bytes) -> None:
    with pytest.raises(DamagedFile):
        read(write_3ds(tmp_path / "a.3ds", editor, keys))


def test_a_file_without_triangles_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoGeometry):
        read(write_3ds(tmp_path / "a.3ds", mesh(triangles=np.empty((0, 3), int))))


WHOLE = document(
    material("red", (255, 0, 0), picture="a.png")
    + mesh(groups=[1] * 12, materials=[("red", range(12))], coordinates=CORNERS[:, :2]),
    node(0, "Cube") + node(1, "Cube", parent=0, pivot=(1, 2, 3)),
)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damaged_bytes_end_in_a_named_problem_or_a_sound_scene(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    content = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(6, len(content) - 1))
        content[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    path = tmp_path_factory.mktemp("fuzz") / "a.3ds"
    path.write_bytes(bytes(content[:cut]) if data.draw(st.booleans()) else bytes(content))
    with contextlib.suppress(ConversionProblem):
        check(read_3ds(path, OPTIONS, silent))


@pytest.mark.models
@pytest.mark.skipif(not MODELS.is_dir(), reason="needs ../shared/models")
def test_four_instances_of_a_cube_are_one_part() -> None:
    scene = read(MODELS / "cube_four_instances.3ds")
    assert (len(scene.parts), len(occurrences(scene)), placed_triangles(scene)) == (1, 4, 48)
    assert len(scene.palette) - 1 == 5
    assert np.allclose(file_axes(scene), [[0, 0, 0], [3, 3, 1]])
    assert len(TRIANGLES) == 12
    assert warning_codes(scene) == {"missing_file", "materials_simplified"}
