from pathlib import Path

import numpy as np
import pytest
from package_reader import Glb, read_glb, rotation
from scene_builders import IDENTITY, box_mesh, moved, part, scene_of, turned_y

from holotable.conversion.model import linear, rotation_scale_rotation, write_model
from holotable.review.scene import EdgeLines, Mesh, Node, Scene, Source, occurrence_id


def local(node: dict) -> np.ndarray:
    matrix = np.eye(4)
    matrix[:3, :3] = rotation(np.array(node.get("rotation", (0, 0, 0, 1.0))))
    matrix[:3, :3] *= np.array(node.get("scale", (1.0, 1.0, 1.0)))
    matrix[:3, 3] = node.get("translation", (0.0, 0.0, 0.0))
    return matrix


def world_corners(glb: Glb) -> list[np.ndarray]:
    """World positions of each node that has a mesh, in depth-first order."""
    found = []
    pending = [(index, np.eye(4)) for index in reversed(glb.json["scenes"][0]["nodes"])]
    while pending:
        index, above = pending.pop()
        node = glb.json["nodes"][index]
        world = above @ local(node)
        if "mesh" in node:
            mesh = glb.json["meshes"][node["mesh"]]
            points = glb.accessor(mesh["primitives"][0]["attributes"]["POSITION"])
            found.append(points @ world[:3, :3].T + world[:3, 3])
        pending += [(child, world) for child in reversed(node.get("children", []))]
    return found


def test_hierarchy_names_ids_and_shared_meshes_are_kept(tmp_path: Path) -> None:
    scene = scene_of([part(box_mesh(), "Bolt")], [(0, moved(1)), (0, moved(2))])
    write_model(tmp_path / "model.glb", scene)
    glb = read_glb(tmp_path / "model.glb")
    assert [node["name"] for node in glb.json["nodes"]] == [node.name for node in scene.nodes]
    assert [node["extras"]["id"] for node in glb.json["nodes"]] == [
        str(node.id) for node in scene.nodes
    ]
    assert glb.json["nodes"][0]["children"] == [1, 2]
    assert glb.json["nodes"][1]["mesh"] == glb.json["nodes"][2]["mesh"] == 0
    assert glb.json["meshes"][0]["name"] == "Bolt"
    assert "extensionsUsed" not in glb.json


def test_an_occurrences_colour_makes_a_second_mesh_over_the_same_buffers(tmp_path: Path) -> None:
    scene = scene_of(
        [part(box_mesh(materials=(0, 0, 0, 0, 1, 1)))],
        [(0, moved(1)), (0, moved(2))],
        palette=("#b8bec6ff", "#00ff0080"),
        colours=("#ff0000ff", None),
    )
    write_model(tmp_path / "model.glb", scene)
    glb = read_glb(tmp_path / "model.glb")
    first, second = glb.json["meshes"]
    assert len(first["primitives"]) == 2
    assert [p["attributes"] for p in first["primitives"]] == [
        p["attributes"] for p in second["primitives"]
    ]
    assert first["primitives"][0]["material"] != second["primitives"][0]["material"]
    assert first["primitives"][1]["material"] == second["primitives"][1]["material"]
    glass = glb.json["materials"][first["primitives"][1]["material"]]
    assert glass["alphaMode"] == "BLEND"
    assert glass["pbrMetallicRoughness"]["baseColorFactor"] == pytest.approx([0, 1, 0, 128 / 255])


@pytest.mark.parametrize(
    "transform",
    [
        moved(1, 2, 3),
        moved(1, 2, 3, turned_y(0.7) * 2.0),
        moved(0, 0, 0, np.diag([1.0, -1.0, 1.0])),
        moved(0, 0, 1, np.array([[1.0, 0.5, 0.0], [0.0, 1.0, 0.0], [0.1, 0.0, -2.0]])),
        moved(0, 0, 1, np.diag([1.0, 0.0, 1.0])),
    ],
)
def test_any_placement_is_shown_exactly_even_below_another(
    transform: np.ndarray, tmp_path: Path
) -> None:
    above = moved(3, 0, 0, turned_y(1.2))
    nodes = (
        Node(occurrence_id(("a",)), -1, "a", transform),
        Node(occurrence_id(("b",)), 0, "b", above, part=0),
    )
    mesh = box_mesh((1.0, 2.0, 3.0))
    scene = Scene(Source("step", "mm", "z"), nodes, (part(mesh),), ("#b8bec6ff",))
    write_model(tmp_path / "model.glb", scene)
    (found,) = world_corners(read_glb(tmp_path / "model.glb"))
    world = transform @ above
    assert found == pytest.approx(mesh.positions @ world[:3, :3].T + world[:3, 3], abs=1e-6)


def test_identity_placements_say_nothing(tmp_path: Path) -> None:
    write_model(tmp_path / "model.glb", scene_of([part(box_mesh())], [(0, IDENTITY)]))
    node = read_glb(tmp_path / "model.glb").json["nodes"][1]
    assert set(node) == {"name", "extras", "mesh"}


def test_any_matrix_is_rotation_scale_rotation() -> None:
    random = np.random.default_rng(3)
    for _ in range(50):
        matrix = random.normal(size=(3, 3))
        outer, scale, inner = rotation_scale_rotation(matrix)
        assert outer @ np.diag(scale) @ inner == pytest.approx(matrix)
        assert np.linalg.det(outer) == pytest.approx(1)
        assert np.linalg.det(inner) == pytest.approx(1)


def test_colours_are_given_in_linear_light() -> None:
    assert [linear(value) for value in (0.0, 0.5, 1.0)] == pytest.approx(
        [0.0, 0.21404, 1.0], abs=1e-5
    )


def test_colours_at_vertices_become_a_colour_attribute(tmp_path: Path) -> None:
    mesh = box_mesh()
    striped = type(mesh)(
        mesh.positions, mesh.normals, mesh.triangles, np.arange(24, dtype=np.uint16) % 3
    )
    scene = scene_of(
        [part(striped)], [(0, moved())], palette=("#b8bec6ff", "#ff0000ff", "#00ff00ff")
    )
    write_model(tmp_path / "model.glb", scene)
    glb = read_glb(tmp_path / "model.glb")
    (primitive,) = glb.json["meshes"][0]["primitives"]
    colours = glb.accessor(primitive["attributes"]["COLOR_0"]) / 65_535
    assert colours[1] == pytest.approx([1, 0, 0, 1])
    assert colours[2] == pytest.approx([0, 1, 0, 1])
    white = glb.json["materials"][primitive["material"]]["pbrMetallicRoughness"]
    assert white["baseColorFactor"] == [1, 1, 1, 1]


def test_a_part_of_lines_is_drawn_as_lines(tmp_path: Path) -> None:
    box = box_mesh()
    bare = Mesh(box.positions, box.normals, box.triangles[:0], box.materials)
    lines = EdgeLines(
        box.positions[:5], np.array([0, 3, 5], np.uint32), np.array([7, 7], np.uint32)
    )
    write_model(tmp_path / "model.glb", scene_of([part(bare, edges=lines)], [(0, moved())]))
    glb = read_glb(tmp_path / "model.glb")
    (primitive,) = glb.json["meshes"][0]["primitives"]
    assert primitive["mode"] == 1
    assert glb.accessor(primitive["indices"])[:, 0].tolist() == [0, 1, 1, 2, 3, 4]
    assert np.array_equal(glb.accessor(primitive["attributes"]["POSITION"]), box.positions[:5])
