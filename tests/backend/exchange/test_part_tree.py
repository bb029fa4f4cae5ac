import numpy as np
import pytest
from backend.exchange.part_trees import CORNERS, FACES, RED, assembly

from holotable.exchange.part_tree import read_tree


def test_the_tree_keeps_names_ids_and_shared_meshes() -> None:
    tree = read_tree(assembly())
    assert [(node.name, node.id, node.parent) for node in tree.nodes] == [
        ("Pump skid", "root", -1),
        ("Bolt M6 / 20", "bolt-1", 0),
        ("Bolts", "group", 0),
        ("Bolt M6 / 20", "bolt-2", 2),
        ("Bolt M6 / 20", "bolt-3", 2),
    ]
    assert list(tree.meshes) == [0]
    (one,) = tree.meshes[0]
    assert np.array_equal(one.positions, CORNERS)
    assert np.array_equal(one.triangles, FACES)
    assert list(one.colour) == RED


def test_places_are_those_of_gltf() -> None:
    tree = read_tree(assembly())
    placed = {node.id: world for node, world, _ in tree.placed()}
    # Turned by 90° about z: half a metre along y becomes half a metre along -x.
    assert placed["bolt-2"][:3, 3] == pytest.approx([0.5, 0, 0])
    assert np.linalg.det(placed["bolt-3"][:3, :3]) == pytest.approx(-1)


def test_a_node_in_between_belongs_to_the_row_above() -> None:
    nodes = [
        {"name": "Sheared", "extras": {"id": "a"}, "children": [1]},
        {"mesh": 0, "matrix": [1, 0, 0, 0, 0.5, 1, 0, 0, 0, 0, 1, 0, 0, 0, 3, 1]},
    ]
    tree = read_tree(assembly(nodes=nodes))
    assert tree.named(1).id == "a"
    assert tree.worlds()[1][:3, 3].tolist() == [0, 0, 3]
    assert tree.worlds()[1][0, 1] == 0.5, "a matrix stands column by column"


def test_points_lines_and_pictures_are_counted() -> None:
    meshes = [
        {
            "primitives": [
                {"attributes": {"POSITION": 0}, "mode": 0},
                {"attributes": {"POSITION": 0}, "mode": 1},
                {"attributes": {"POSITION": 0}, "indices": 1, "material": 0},
            ]
        }
    ]
    materials = [{"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}]
    tree = read_tree(assembly(meshes=meshes, materials=materials))
    assert tree.left_out.said() == {"points": 1, "lines": 1, "textures": 1}
    assert len(tree.meshes[0]) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"scenes": [{"nodes": [0, 0]}]},
        {"scenes": [{"nodes": [99]}]},
        {"nodes": [{"children": [0]}]},
        {"nodes": [{"mesh": 0, "translation": [float("nan"), 0, 0]}]},
        {"nodes": [{"mesh": 7}]},
        {"accessors": [{"bufferView": 0, "componentType": 5126, "count": 10**9, "type": "VEC3"}]},
        {"extensionsRequired": ["KHR_draco_mesh_compression"]},
        {"buffers": 5, "bufferViews": "x"},
    ],
)  # fmt: skip
def test_a_damaged_model_is_refused_as_a_value_error(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        read_tree(assembly(**changes))


@pytest.mark.parametrize("content", [b"", b"solid", b"glTF" + bytes(30)])
def test_what_is_no_glb_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        read_tree(content)
