"""What every mesh reader shares: frames, units, ids, limits, shading."""

from dataclasses import replace

import numpy as np
import pytest
from mesh_files import (
    CORNERS,
    OPTIONS,
    TRIANGLES,
    VOLUME,
    bounds,
    check,
    occurrences,
    warning_codes,
)

from holotable.conversion.readers.assembly import (
    Assembly,
    clean_name,
    flat_properties,
    unique_names,
)
from holotable.conversion.readers.colours import pack
from holotable.errors import DamagedFile, NoGeometry, TooComplex
from holotable.review.scene import Floats


def at(x: float = 0, y: float = 0, z: float = 0) -> Floats:
    matrix = np.eye(4)
    matrix[:3, 3] = (x, y, z)
    return matrix


def cube(assembly: Assembly, name: str = "cube", points: Floats = CORNERS) -> int:
    return assembly.add_part(name, points, TRIANGLES)


def test_points_and_placements_are_turned_and_scaled_together() -> None:
    assembly = Assembly("3mf", OPTIONS, length_unit="cm", up_axis="z")
    turned = at(100, 200, 300)
    turned[:3, :3] = [[0, -1, 0], [1, 0, 0], [0, 0, 1]]  # a quarter turn about z
    assembly.add_node(-1, "a", turned, part=cube(assembly))
    scene = assembly.finish("title")
    check(scene)
    low, high = bounds(scene)  # (x, y, z) of the file lies at (x, z, -y)
    assert np.allclose(low, [0.97, 3.0, -2.02])
    assert np.allclose(high, [1.0, 3.04, -2.0])


def test_unit_and_axis_said_by_the_person_win_over_the_file() -> None:
    options = replace(OPTIONS, unit="m", up_axis="z")
    assembly = Assembly("gltf", options, length_unit="mm", up_axis="y", metres_per_unit=7.0)
    assembly.add_node(-1, "a", part=cube(assembly))
    scene = assembly.finish("title")
    assert np.allclose(bounds(scene)[1], [2, 4, 0])
    assert scene.source.length_unit == "mm"
    assert scene.source.up_axis == "y"


def test_a_part_far_from_the_origin_keeps_its_shape() -> None:
    far = np.array([665_171_375.0, 5_648_298_097.0, 228_049.0])  # a survey grid, millimetres
    assembly = Assembly("obj", OPTIONS)
    row = assembly.add_node(-1, "site", part=cube(assembly, points=CORNERS + far))
    assembly.add_node(row, "child", at(1000), part=cube(assembly, "near"))
    scene = assembly.finish("title")
    check(scene)
    site, child = scene.nodes
    assert np.abs(scene.parts[0].mesh.positions).max() < 0.01
    size = np.ptp(scene.parts[0].mesh.positions, axis=0)
    assert np.allclose(size, [0.002, 0.004, 0.003], atol=1e-8)
    # The child's place does not feel that its parent's frame was moved.
    assert np.allclose((site.transform @ child.transform)[:3, 3], [1, 0, 0])


def test_one_colour_goes_to_the_occurrence_and_several_to_the_vertices() -> None:
    assembly = Assembly("obj", OPTIONS)
    red, blue = pack(1, 0, 0), pack(0, 0, 1)
    plain = assembly.add_part("a", CORNERS, TRIANGLES, colours=np.full(36, red))
    mixed = np.repeat([red] * 6 + [blue] * 6, 3)
    both = assembly.add_part("b", CORNERS, TRIANGLES, colours=mixed)
    assembly.add_node(-1, "a", part=plain)
    assembly.add_node(-1, "b", part=both)
    assembly.add_node(-1, "c", part=plain, colour=blue)
    scene = assembly.finish("title")
    check(scene)
    assert [node.colour for node in occurrences(scene)] == ["#ff0000ff", None, "#0000ffff"]
    assert scene.palette[1:] == ("#0000ffff", "#ff0000ff")
    assert (scene.parts[0].mesh.materials == 0).all()
    mesh = scene.parts[1].mesh
    colours = np.array(mesh.materials)[mesh.triangles]
    assert (colours == colours[:, :1]).all(), "no triangle has two colours"
    assert scene.parts[1].closed


def test_ids_do_not_depend_on_the_order_of_a_file() -> None:
    def ids(order: list[float]) -> dict[float, str]:
        assembly = Assembly("gltf", OPTIONS, up_axis="y", length_unit="m")
        part = cube(assembly)
        for x in order:
            assembly.add_node(-1, "bolt", at(x), part=part)
        found = occurrences(assembly.finish("title"))
        assert {node.identity for node in found} == {"ranked"}
        return {float(node.transform[0, 3]): str(node.id) for node in found}

    assert ids([1, 2, 3]) == ids([3, 1, 2])


def test_a_second_root_does_not_change_the_ids_below_the_first() -> None:
    def ids(roots: list[str]) -> dict[str, str]:
        assembly = Assembly("gltf", OPTIONS)
        part = cube(assembly)
        for root in roots:
            row = assembly.add_node(-1, root)
            assembly.add_node(row, f"part of {root}", part=part)
        scene = assembly.finish("title")
        check(scene)
        return {node.name: str(node.id) for node in scene.nodes}

    one, two = ids(["pump"]), ids(["pump", "motor"])
    assert one.items() <= two.items()
    assert two["title"] not in one.values()


def test_rows_without_geometry_below_them_are_left_out() -> None:
    assembly = Assembly("gltf", OPTIONS)
    camera = assembly.add_node(-1, "camera")
    assembly.add_node(camera, "lens")
    kept = assembly.add_node(-1, "pump")
    assembly.add_node(kept, "lamp")
    assembly.add_node(kept, "cube", part=cube(assembly))
    scene = assembly.finish("title")
    check(scene)
    assert [(node.name, node.parent) for node in scene.nodes] == [("pump", -1), ("cube", 0)]


def test_a_placement_shrunk_to_a_line_is_left_out_with_a_warning() -> None:
    assembly = Assembly("gltf", OPTIONS)
    part = cube(assembly)
    assembly.add_node(-1, "line", np.diag([1.0, 0.0, 0.0, 1.0]), part=part)
    assembly.add_node(-1, "point", np.diag([0.0, 0.0, 0.0, 1.0]), part=part)
    assembly.add_node(-1, "flat", np.diag([1.0, 0.0, 1.0, 1.0]), part=part)
    assembly.add_node(-1, "mirrored", np.diag([1.0, -1.0, 1.0, 1.0]), part=part)
    scene = assembly.finish("title")
    assert [node.name for node in occurrences(scene)] == ["flat", "mirrored"]
    assert warning_codes(scene) == {"placement_invisible"}


def test_normals_of_the_file_are_kept_and_mended() -> None:
    normals = np.tile(np.array([[0, 0, 3]], np.float32), (8, 1))
    normals[2] = 0
    assembly = Assembly("ply", OPTIONS, up_axis="z")
    assembly.add_node(-1, "a", part=assembly.add_part("a", CORNERS, TRIANGLES, normals=normals))
    scene = assembly.finish("title")
    check(scene)
    assert np.allclose(scene.parts[0].mesh.normals, [0, 1, 0])


def test_a_solid_with_normals_that_faces_inwards_turns_them_too() -> None:
    outward = (CORNERS - CORNERS.mean(axis=0)).astype(np.float32)
    for normals in (outward, -outward):
        assembly = Assembly("gltf", OPTIONS, up_axis="y")
        part = assembly.add_part("a", CORNERS, TRIANGLES[:, ::-1], normals=normals)
        assembly.add_node(-1, "a", part=part)
        scene = assembly.finish("title")
        assert warning_codes(scene) == {"inside_out"}
        assert scene.parts[0].volume_m3 == pytest.approx(VOLUME * 1e-9)
        mesh = scene.parts[0].mesh
        assert (np.einsum("ij,ij->i", mesh.normals, outward) > 0).all()


@pytest.mark.parametrize(
    ("points", "triangles", "problem"),
    [
        (CORNERS, np.array([[0, 1, 8]]), DamagedFile),
        (CORNERS, np.array([[0, 1, -1]]), DamagedFile),
        (CORNERS * np.nan, TRIANGLES, DamagedFile),
        (CORNERS * 1e300, TRIANGLES, DamagedFile),
        (CORNERS, np.empty((0, 3), np.int64), NoGeometry),
    ],
)
def test_a_part_that_cannot_be_is_refused(
    points: Floats, triangles: np.ndarray, problem: type
) -> None:
    with pytest.raises(problem):
        Assembly("stl", OPTIONS).add_part("a", points, triangles)


@pytest.mark.parametrize("matrix", [np.full((4, 4), np.nan), np.ones((4, 4))])
def test_a_placement_that_cannot_be_is_refused(matrix: Floats) -> None:
    with pytest.raises(DamagedFile):
        Assembly("stl", OPTIONS).add_node(-1, "a", matrix)


def test_the_limits_are_held() -> None:
    assembly = Assembly("gltf", replace(OPTIONS, max_triangles=30, max_occurrences=3))
    part = cube(assembly)
    assembly.add_node(-1, "a", part=part)
    assembly.add_node(-1, "b", part=part)
    with pytest.raises(TooComplex, match="36"):
        assembly.add_node(-1, "c", part=part)
    assembly = Assembly("gltf", replace(OPTIONS, max_occurrences=3))
    part = cube(assembly)
    for _ in range(3):
        assembly.add_node(-1, "a", part=part)
    with pytest.raises(TooComplex, match="3 parts"):
        assembly.add_node(-1, "a", part=part)


def test_a_tree_too_deep_is_refused() -> None:
    assembly = Assembly("gltf", OPTIONS)
    row = -1
    for _ in range(256):
        row = assembly.add_node(row, "a")
    with pytest.raises(TooComplex, match="levels"):
        assembly.add_node(row, "a")


def test_nothing_placed_is_no_scene() -> None:
    assembly = Assembly("gltf", OPTIONS)
    cube(assembly)
    assembly.add_node(-1, "a")
    with pytest.raises(NoGeometry):
        assembly.finish("title")


def test_equal_warnings_count_up_and_different_ones_end() -> None:
    assembly = Assembly("gltf", OPTIONS)
    assembly.add_node(-1, "a", part=cube(assembly))
    for number in range(200):
        assembly.warn("missing_file", f"{number}.png")
    assembly.warn("missing_file", "0.png", count=2)
    warnings = assembly.finish("title").warnings
    assert len(warnings) == 50
    assert warnings[0].count == 3
    assert sum(warning.count for warning in warnings) == 202


def test_names_are_one_short_line() -> None:
    assert clean_name(" a\tb\r\n\x00c\u202e ") == "a b c"
    assert len(clean_name("n" * 10**7)) == 200
    assert unique_names(["a", "", " "], "Solid") == ["a", "Solid 1", "Solid 2"]
    assert unique_names(["", "b"], "Solid") == ["Solid", "b"]


def test_plain_values_become_properties() -> None:
    values = {"a": 1, "b": "x" * 5000, "c": {"deep": 1}, "d": None, "e": [1], "f\n": True}
    (group,) = flat_properties("extras", values).values()
    assert list(group) == ["a", "b", "d", "f"]
    assert len(str(group["b"])) == 1000
    assert len(flat_properties("x", {str(i): i for i in range(500)})["x"]) == 64
    assert flat_properties("x", {}) == {}
