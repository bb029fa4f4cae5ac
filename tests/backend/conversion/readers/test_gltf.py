"""glTF: the tree as it stands, meshes shared as parts."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mesh_files import (
    CORNERS,
    OPTIONS,
    TRIANGLES,
    VOLUME,
    bounds,
    buffer_of,
    check,
    data_uri,
    gltf_cube,
    placed_triangles,
    silent,
    warning_codes,
    world_matrices,
    write_glb,
    write_gltf,
)  # fmt: skip

from holotable.conversion.readers.gltf import read_gltf
from holotable.errors import MissingFiles, NoGeometry, TooComplex
from holotable.review.scene import Scene


def read(folder: Path, document: dict[str, Any]) -> Scene:
    scene = read_gltf(write_gltf(folder / "model.gltf", document), OPTIONS, silent)
    check(scene)
    return scene


def with_arrays(*arrays: tuple[Any, str], **changes: Any) -> dict[str, Any]:
    """The cube with more accessors after its own two: (array, type)."""
    kinds = {"i1": 5120, "u1": 5121, "i2": 5122, "u2": 5123, "u4": 5125, "f4": 5126}
    all_arrays = [CORNERS.astype("<f4"), TRIANGLES.astype("<u2"), *(array for array, _ in arrays)]
    content, views = buffer_of(*all_arrays)
    accessors = list(gltf_cube()["accessors"])
    for index, (array, kind) in enumerate(arrays):
        code = kinds[array.dtype.str[1:]]
        normalized = array.dtype.kind in "iu" and kind != "SCALAR"
        accessors.append(
            {"bufferView": index + 2, "componentType": code, "count": len(array), "type": kind}
            | ({"normalized": True} if normalized else {})
        )
    buffers = [{"byteLength": len(content), "uri": data_uri(content)}]
    document = gltf_cube(bufferViews=views, accessors=accessors, buffers=buffers)
    return {**document, **changes}


def test_a_document_is_one_closed_part_in_metres_y_up(tmp_path: Path) -> None:
    scene = read(tmp_path, gltf_cube())
    assert [(node.name, node.kind) for node in scene.nodes] == [("placed", "part")]
    assert scene.parts[0].name == "cube"
    assert scene.parts[0].volume_m3 == pytest.approx(VOLUME)
    assert (scene.source.length_unit, scene.source.up_axis) == ("m", "y")
    assert np.allclose(bounds(scene), [[0, 0, 0], [2, 3, 4]])


def test_a_binary_holds_its_own_buffer(tmp_path: Path) -> None:
    content, _ = buffer_of(CORNERS.astype("<f4"), TRIANGLES.astype("<u2"))
    document = gltf_cube(buffers=[{"byteLength": len(content)}])
    scene = read_gltf(write_glb(tmp_path / "a.glb", document, content), OPTIONS, silent)
    assert scene.parts[0].closed


def test_a_buffer_beside_the_file_is_read_and_a_missing_one_is_named(tmp_path: Path) -> None:
    content, _ = buffer_of(CORNERS.astype("<f4"), TRIANGLES.astype("<u2"))
    (tmp_path / "my data.bin").write_bytes(content)
    document = gltf_cube(buffers=[{"byteLength": len(content), "uri": "my%20data.bin"}])
    assert read(tmp_path, document).parts[0].closed
    document["buffers"] = [
        {"byteLength": 168, "uri": "a.bin"},
        {"byteLength": 168, "uri": "b.bin"},
    ]
    with pytest.raises(MissingFiles, match=r"a\.bin, b\.bin") as problem:
        read(tmp_path, document)
    assert problem.value.facts["files"] == ["a.bin", "b.bin"]


def test_nodes_keep_their_places_names_and_shared_meshes(tmp_path: Path) -> None:
    quarter = [0, 0, np.sqrt(0.5), np.sqrt(0.5)]
    nodes = [
        {"name": "machine", "children": [1, 2], "translation": [10, 0, 0]},
        {"name": "left", "mesh": 0, "rotation": quarter, "scale": [2, 2, 2]},
        {"name": "right", "mesh": 0, "children": [3],
         "matrix": [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 5, 1]},
        {"name": "child", "mesh": 0, "translation": [0, 1, 0]},
    ]  # fmt: skip
    scene = read(tmp_path, gltf_cube(nodes=nodes))
    assert len(scene.parts) == 1
    assert [node.name for node in scene.nodes] == ["machine", "left", "right", "child"]
    assert [node.parent for node in scene.nodes] == [-1, 0, 0, 2]
    worlds = world_matrices(scene)
    assert np.allclose(worlds[1] @ [1, 0, 0, 1], [10, 2, 0, 1])
    assert np.allclose(worlds[3][:3, 3], [10, 1, 5])
    assert placed_triangles(scene) == 36


def test_nodes_without_names_take_the_meshs_name_and_are_ranked(tmp_path: Path) -> None:
    nodes = [{"children": [1, 2]}, {"mesh": 0}, {"mesh": 0, "translation": [9, 0, 0]}]
    scene = read(tmp_path, gltf_cube(nodes=nodes))
    assert [node.name for node in scene.nodes] == ["Node 0", "cube", "cube"]
    assert [node.identity for node in scene.nodes] == ["named", "ranked", "ranked"]


def test_only_the_shown_scene_is_read(tmp_path: Path) -> None:
    nodes = [{"mesh": 0, "name": "a"}, {"mesh": 0, "name": "b"}]
    scenes = [{"nodes": [0]}, {"nodes": [1]}]
    assert read(tmp_path, gltf_cube(nodes=nodes, scenes=scenes, scene=1)).nodes[0].name == "b"
    document = gltf_cube(nodes=nodes)
    del document["scenes"], document["scene"]
    assert [node.name for node in read(tmp_path, document).nodes] == ["model", "a", "b"]


@pytest.mark.parametrize(
    ("mode", "indices"),
    [
        (5, [0, 2, 1, 3, 5, 7, 4, 6, 0, 2, 2, 6, 3, 7, 7, 0, 0, 1, 4, 5]),
        (6, [0, 1, 3, 2, 6, 4, 5, 1]),
    ],
)
def test_strips_and_fans_are_read(tmp_path: Path, mode: int, indices: list[int]) -> None:
    document = with_arrays((np.array(indices, "<u2"), "SCALAR"))
    document["meshes"][0]["primitives"] = [
        {"attributes": {"POSITION": 0}, "indices": 2, "mode": mode}
    ]
    scene = read(tmp_path, document)
    (part,) = scene.parts
    if mode == 5:
        assert part.closed
        assert part.volume_m3 == pytest.approx(VOLUME)
    else:
        assert len(part.mesh.triangles) == 6


def test_points_without_indices_are_triangles_in_order(tmp_path: Path) -> None:
    soup = CORNERS[TRIANGLES].reshape(-1, 3).astype("<f4")
    document = with_arrays((soup, "VEC3"))
    document["meshes"][0]["primitives"] = [{"attributes": {"POSITION": 2}}]
    assert read(tmp_path, document).parts[0].closed


def test_primitives_of_a_mesh_are_one_part_of_several_colours(tmp_path: Path) -> None:
    document = with_arrays(
        (TRIANGLES[:6].astype("<u1"), "SCALAR"), (TRIANGLES[6:].astype("<u4"), "SCALAR")
    )
    for accessor in document["accessors"][2:]:
        accessor["count"] = 18
    document["materials"] = [
        {"pbrMetallicRoughness": {"baseColorFactor": [1, 0, 0, 1]}},
        {"pbrMetallicRoughness": {"baseColorFactor": [0, 0, 1, 0.5]}, "alphaMode": "BLEND"},
    ]
    document["meshes"][0]["primitives"] = [
        {"attributes": {"POSITION": 0}, "indices": 2, "material": 0},
        {"attributes": {"POSITION": 0}, "indices": 3, "material": 1},
        {"attributes": {"POSITION": 0}, "indices": 2, "mode": 1},
    ]
    scene = read(tmp_path, document)
    assert len(scene.parts) == 1
    assert scene.parts[0].closed
    assert set(scene.palette[1:]) == {"#ff0000ff", "#0000ff80"}
    assert warning_codes(scene) == set()
    edges = scene.parts[0].edges
    assert edges is not None
    assert len(edges.points) == 18
    assert np.array_equal(np.diff(edges.starts), [2] * 9)


def test_quantised_positions_and_normals_are_read(tmp_path: Path) -> None:
    steps = (CORNERS * 1000).astype("<u2")
    padded = np.zeros((8, 4), "<u2")
    padded[:, :3] = steps
    normals = np.tile(np.array([[0, 127, 0, 0]], "<i1"), (8, 1))
    document = with_arrays((padded, "VEC3"), (normals, "VEC3"))
    document["accessors"][2] |= {"normalized": False, "count": 8}
    document["bufferViews"][2]["byteStride"] = 8
    document["bufferViews"][3]["byteStride"] = 4
    document["nodes"] = [{"mesh": 0, "scale": [0.001] * 3}]
    document["extensionsRequired"] = ["KHR_mesh_quantization"]
    document["meshes"][0]["primitives"] = [
        {"attributes": {"POSITION": 2, "NORMAL": 3}, "indices": 1}
    ]
    scene = read(tmp_path, document)
    assert np.allclose(bounds(scene)[1], [2, 3, 4])
    assert np.allclose(scene.parts[0].mesh.normals, [0, 1, 0])


def test_instances_are_expanded_under_their_node(tmp_path: Path) -> None:
    places = np.array([[0, 0, 0], [10, 0, 0], [20, 0, 0]], "<f4")
    turns = np.array([[0, 0, 0, 32767]] * 3, "<i2")
    scales = np.array([[1, 1, 1], [2, 2, 2], [3, 3, 3]], "<f4")
    document = with_arrays((places, "VEC3"), (turns, "VEC4"), (scales, "VEC3"))
    attributes = {"TRANSLATION": 2, "ROTATION": 3, "SCALE": 4, "_FEATURE_ID_0": 99}
    instancing = {"EXT_mesh_gpu_instancing": {"attributes": attributes}}
    document["nodes"] = [{"name": "bolts", "mesh": 0, "extensions": instancing}]
    scene = read(tmp_path, document)
    assert [node.name for node in scene.nodes] == ["bolts", "bolts 1", "bolts 2", "bolts 3"]
    assert len(scene.parts) == 1
    assert np.allclose(bounds(scene)[1], [26, 9, 12])
    with pytest.raises(TooComplex):
        read_gltf(tmp_path / "model.gltf", replace(OPTIONS, max_occurrences=2), silent)


def test_a_skin_is_shown_as_its_joints_hold_it_at_rest(tmp_path: Path) -> None:
    joints = np.zeros((8, 4), "<u1")
    joints[4:, 0] = 1
    weights = np.tile(np.array([[1, 0, 0, 0]], "<f4"), (8, 1))
    inverse = np.stack([np.eye(4), np.eye(4)]).astype("<f4")
    document = with_arrays((joints, "VEC4"), (weights, "VEC4"), (inverse.reshape(2, 16), "MAT4"))
    document["accessors"][2].pop("normalized")
    document["skins"] = [{"joints": [1, 2], "inverseBindMatrices": 4}]
    document["nodes"] = [
        {"mesh": 0, "skin": 0, "translation": [100, 0, 0], "name": "body"},
        {"name": "root", "children": [2]},
        {"name": "upper", "translation": [0, 0, 6]},
    ]
    document["scenes"] = [{"nodes": [0, 1]}]
    document["meshes"][0]["primitives"][0]["attributes"] |= {"JOINTS_0": 2, "WEIGHTS_0": 3}
    scene = read(tmp_path, document)
    assert [node.name for node in scene.nodes] == ["body"]
    assert np.allclose(bounds(scene), [[0, 0, 0], [2, 3, 10]])
    assert scene.parts[0].closed


def test_morph_targets_stand_at_the_meshs_own_weights(tmp_path: Path) -> None:
    lift = np.zeros((8, 3), "<f4")
    lift[:, 1] = 4
    document = with_arrays((lift, "VEC3"))
    mesh = document["meshes"][0]
    mesh["primitives"][0]["targets"] = [{"POSITION": 2}]
    assert bounds(read(tmp_path, document))[0][1] == 0
    mesh["weights"] = [0.5]
    assert bounds(read(tmp_path, document))[0][1] == pytest.approx(2)


def test_what_is_not_shown_is_said(tmp_path: Path) -> None:
    document = gltf_cube(
        cameras=[{"type": "perspective", "perspective": {"yfov": 1, "znear": 0.1}}],
        scenes=[{"nodes": [0]}, {"nodes": [0]}],
        extensions={"KHR_lights_punctual": {"lights": [{"type": "point", "intensity": 5}]}},
    )
    document["nodes"][0] |= {"camera": 0, "extensions": {"KHR_lights_punctual": {"light": 0}}}
    scene = read(tmp_path, document)
    assert warning_codes(scene) == {"cameras_ignored", "lights_ignored", "scenes_ignored"}
    assert scene.nodes[0].properties["camera"] == {"type": "perspective", "yfov": 1, "znear": 0.1}
    assert scene.nodes[0].properties["light"] == {"type": "point", "intensity": 5}


def test_extras_and_visibility_are_kept(tmp_path: Path) -> None:
    node = {"mesh": 0, "extras": {"part_number": "A-1", "mass": 2.5, "deep": {}},
            "extensions": {"KHR_node_visibility": {"visible": False}}}  # fmt: skip
    (found,) = read(tmp_path, gltf_cube(nodes=[node])).nodes
    assert found.properties == {"extras": {"part_number": "A-1", "mass": 2.5}}
    assert found.hidden


def test_a_document_without_meshes_has_no_geometry(tmp_path: Path) -> None:
    with pytest.raises(NoGeometry):
        read(tmp_path, {"asset": {"version": "2.0"}})
    with pytest.raises(NoGeometry):
        read(tmp_path, gltf_cube(nodes=[{"name": "empty"}]))
