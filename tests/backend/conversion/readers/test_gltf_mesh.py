"""Primitives of glTF as surfaces, lines and points."""

from pathlib import Path

import numpy as np
import pytest
from gltf_files import CORNERS_UV, FACING, SQUARE, TWO, GltfFile, png
from mesh_files import OPTIONS, check, silent, warning_codes

from holotable.conversion.readers.gltf import read_gltf
from holotable.review.scene import Scene


def read(file: GltfFile, folder: Path) -> Scene:
    scene = read_gltf(file.write(folder / "a.gltf"), OPTIONS, silent)
    if all(len(part.mesh.triangles) for part in scene.parts):
        check(scene)
    return scene


def test_a_textured_primitive_keeps_picture_coordinates_and_sampler(tmp_path: Path) -> None:
    file = GltfFile()
    sampler = file.add("samplers", {"wrapS": 33071})
    picture = png((200, 100, 50))
    texture = file.texture(picture, sampler=sampler)
    paint = file.material(
        name="paint", pbrMetallicRoughness={"baseColorTexture": {"index": texture}}
    )
    file.place(file.square(paint), file.square())
    scene = read(file, tmp_path)
    assert scene.warnings == ()
    (part,) = scene.parts
    assert part.surface
    textured, plain = part.surface.primitives
    assert scene.looks.images[0].content == picture
    assert scene.looks.textures[0].sampler == {"wrapS": 33071}
    assert scene.looks.materials[textured.material].name == "paint"
    assert np.array_equal(textured.positions, SQUARE)
    assert np.array_equal(textured.normals, FACING)
    assert np.array_equal(textured.triangles.ravel(), TWO)
    assert np.array_equal(textured.uvs[0], CORNERS_UV)
    assert plain.uvs == ()
    grey = scene.looks.materials[plain.material].gltf["pbrMetallicRoughness"]
    assert grey["metallicFactor"] == 0
    shown = {scene.palette[i] for i in part.mesh.materials.tolist()}
    assert shown == {"#c86432ff", "#b8bec6ff"}


def test_colours_at_vertices_without_a_material_stay_what_they_are(tmp_path: Path) -> None:
    file = GltfFile()
    red = file.array(np.array([[1, 0, 0]] * 4, "<f4"), "VEC3")
    metal = file.material(pbrMetallicRoughness={"metallicFactor": 1, "roughnessFactor": 0.2})
    file.place(file.square(metal), file.square(COLOR_0=red))
    scene = read(file, tmp_path)
    surface = scene.parts[0].surface
    assert surface
    plain = surface.primitives[1]
    assert plain.colours is not None
    assert plain.colours.tolist() == [[1, 0, 0, 1]] * 4
    rough = scene.looks.materials[plain.material].gltf["pbrMetallicRoughness"]
    assert rough["baseColorFactor"] == [1, 1, 1, 1]


def test_a_part_of_plain_colours_has_no_surface(tmp_path: Path) -> None:
    file = GltfFile()
    red = file.material(pbrMetallicRoughness={"baseColorFactor": [1, 0, 0, 1]})
    file.place(file.square(red), file.square())
    scene = read(file, tmp_path)
    assert scene.parts[0].surface is None
    assert scene.looks.materials == ()


def test_vertex_colours_tangents_and_second_coordinates_go_along(tmp_path: Path) -> None:
    file = GltfFile()
    texture = file.texture(png((128, 128, 255)))
    bumpy = file.material(normalTexture={"index": texture, "texCoord": 1})
    colours = np.array([[255, 0, 0, 255]] * 4, "<u1")
    tangents = np.array([[2, 0, 0, -1]] * 4, "<f4")
    primitive = file.square(
        bumpy,
        COLOR_0=file.array(colours, "VEC4", normalized=True),
        TANGENT=file.array(tangents, "VEC4"),
        TEXCOORD_1=file.array(CORNERS_UV * 3, "VEC2"),
    )
    file.place(primitive)
    surface = read(file, tmp_path).parts[0].surface
    assert surface
    (found,) = surface.primitives
    assert np.array_equal(found.uvs[0], CORNERS_UV * 3)
    assert len(found.uvs) == 1
    assert found.colours is not None
    assert found.colours.tolist() == [[1, 0, 0, 1]] * 4
    assert found.tangents is not None
    assert found.tangents.tolist() == [[1, 0, 0, -1]] * 4


def test_without_normals_the_surface_is_creased_as_the_mesh_is(tmp_path: Path) -> None:
    file = GltfFile()
    metal = file.material(pbrMetallicRoughness={"metallicFactor": 1, "roughnessFactor": 0.2})
    bent = np.concatenate([SQUARE, [[1, 0, 1], [1, 1, 1]]]).astype("<f4")
    indices = np.array([0, 1, 2, 0, 2, 3, 1, 4, 2, 4, 5, 2], "<u2")
    file.place(
        {
            "attributes": {"POSITION": file.array(bent, "VEC3")},
            "indices": file.array(indices, "SCALAR"),
            "material": metal,
        }
    )
    (part,) = read(file, tmp_path).parts
    assert part.surface
    (found,) = part.surface.primitives
    assert len(found.positions) == 8
    corners = part.mesh.positions[part.mesh.triangles]
    assert np.array_equal(found.positions[found.triangles], corners)
    assert np.array_equal(found.normals[found.triangles], part.mesh.normals[part.mesh.triangles])


@pytest.mark.parametrize(("mode", "sizes"), [(1, [2, 2]), (2, [5]), (3, [4])])
def test_lines_are_the_edges_of_their_part(tmp_path: Path, mode: int, sizes: list[int]) -> None:
    file = GltfFile()
    red = file.material(pbrMetallicRoughness={"baseColorFactor": [1, 0, 0, 1]})
    far = file.array(SQUARE + np.array([0, 0, 5], "<f4"), "VEC3")
    line = {"attributes": {"POSITION": far}, "mode": mode, "material": red}
    file.place(file.square(), line)
    scene = read(file, tmp_path)
    (part,) = scene.parts
    assert part.edges
    assert np.diff(part.edges.starts).tolist() == sizes
    assert part.edges.colours is not None
    assert {scene.palette[i] for i in part.edges.colours.tolist()} == {"#ff0000ff"}
    assert part.mesh.positions.max(axis=0).tolist() == [1, 1, 5]  # drawn whole
    assert scene.warnings == ()


def test_a_mesh_of_lines_alone_is_a_part_without_triangles(tmp_path: Path) -> None:
    file = GltfFile()
    file.place({"attributes": {"POSITION": file.array(SQUARE, "VEC3")}, "mode": 3})
    (part,) = read(file, tmp_path).parts
    assert part.edges
    assert part.edges.points.tolist() == SQUARE.tolist()
    assert part.edges.colours is None
    assert len(part.mesh.triangles) == 0
    assert part.mesh.positions.max(axis=0).tolist() == [1, 1, 0]


def test_points_are_a_cloud_below_their_triangles(tmp_path: Path) -> None:
    file = GltfFile()
    colours = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]], "<f4")
    cloud = {
        "attributes": {
            "POSITION": file.array(SQUARE, "VEC3"),
            "COLOR_0": file.array(colours, "VEC3"),
        },
        "mode": 0,
    }
    file.place(file.square(), cloud)
    scene = read(file, tmp_path)
    assert [node.name for node in scene.nodes] == ["Square", "Square points"]
    found = scene.parts[1].points
    assert found
    assert found.positions.tolist() == SQUARE.tolist()
    assert found.colours is not None
    assert found.colours[:3].tolist() == [[255, 0, 0], [0, 255, 0], [0, 0, 255]]


def test_a_node_may_have_its_own_weights_of_a_shared_mesh(tmp_path: Path) -> None:
    file = GltfFile()
    primitive = file.square()
    lift = np.tile(np.array([[0, 0, 2]], "<f4"), (4, 1))
    primitive["targets"] = [{"POSITION": file.array(lift, "VEC3")}]
    node = file.place(primitive)
    file.json["scenes"][0]["nodes"].append(
        file.add("nodes", {"mesh": file.json["nodes"][node]["mesh"], "weights": [0.5]})
    )
    parts = read(file, tmp_path).parts
    assert [part.mesh.positions[:, 2].max() for part in parts] == [0, 1]


def test_what_three_cannot_show_is_said_by_name(tmp_path: Path) -> None:
    file = GltfFile()
    basis = file.add("textures", {"extensions": {"KHR_texture_basisu": {"source": 0}}})
    shiny = file.material(
        pbrMetallicRoughness={"baseColorTexture": {"index": basis}},
        extensions={"VENDOR_glitter": {}},
    )
    file.place(file.square(shiny))
    scene = read(file, tmp_path)
    assert warning_codes(scene) == {"picture_unreadable", "materials_simplified"}
    assert any("KTX2" in warning.detail for warning in scene.warnings)
    assert any("VENDOR_glitter" in warning.detail for warning in scene.warnings)


def test_coordinates_that_are_no_numbers_are_zero(tmp_path: Path) -> None:
    file = GltfFile()
    texture = file.texture(png())
    paint = file.material(pbrMetallicRoughness={"baseColorTexture": {"index": texture}})
    wild = np.array([[np.nan, 0], [np.inf, 1], [1e30, 0.5], [0, 0]], "<f4")
    file.place(file.square(paint, TEXCOORD_0=file.array(wild, "VEC2")))
    surface = read(file, tmp_path).parts[0].surface
    assert surface
    uv = surface.primitives[0].uvs[0]
    assert np.isfinite(uv).all()
    assert np.abs(uv).max() <= 1
