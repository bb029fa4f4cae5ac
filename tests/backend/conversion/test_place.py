from dataclasses import replace

import numpy as np
import pytest
from scene_builders import IDENTITY, box_mesh, moved, part, scene_of, turned_y

from holotable.conversion.lod import baked
from holotable.conversion.pack import rotated
from holotable.conversion.place import (
    Placements,
    corner_boxes,
    exact_bounds,
    origin_of,
    place,
    quaternions,
)
from holotable.review.scene import DEFAULT_COLOUR, Node, Scene, Source, occurrence_id

MIRROR_Z = np.diag([1.0, 1.0, -1.0])
SHEAR = np.array([[1.0, 0.4, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
POINTS = box_mesh((1.0, 2.0, 3.0)).positions.astype(float)


def as_rendered(placements: Placements, index: int) -> np.ndarray:
    """Where a renderer's TRS puts the (baked) vertices of an occurrence."""
    geometry = placements.catalogue[placements.geometries[index]]
    mesh = box_mesh((1.0, 2.0, 3.0))
    points = (mesh if geometry.bake is None else baked(mesh, geometry.bake)).positions.astype(float)
    turn = np.repeat(placements.rotations[index][None], len(points), axis=0)
    return rotated(turn, points * placements.scales[index]) + placements.translations[index]


@pytest.mark.parametrize(
    ("linear", "geometries"),
    [
        (np.eye(3), 1),
        (turned_y(1.0), 1),
        (turned_y(2.0) * 3.0, 1),
        (turned_y(0.3) @ np.diag([1.0, 2.0, 0.5]), 1),
        (MIRROR_Z, 2),
        (turned_y(0.7) @ MIRROR_Z * 2.0, 2),
        (SHEAR, 2),
        (turned_y(1.1) @ SHEAR @ MIRROR_Z, 2),
        (np.diag([1.0, 0.0, 1.0]), 2),
        (np.zeros((3, 3)), 2),
        (np.diag([1.0, 2.0, 0.5]) @ turned_y(0.5), 2),
    ],
)
def test_a_placement_shows_every_vertex_where_the_source_has_it(
    linear: np.ndarray, geometries: int
) -> None:
    scene = scene_of([part(box_mesh((1.0, 2.0, 3.0)))], [(0, moved(5, 6, 7, linear))])
    placements = place(scene)
    expected = POINTS @ linear.T + [5, 6, 7]
    assert as_rendered(placements, 0) == pytest.approx(expected, abs=2e-6)
    assert len(placements.catalogue) == geometries
    assert (placements.scales >= 0).all()


def test_equal_mirrored_placements_share_one_baked_geometry() -> None:
    scene = scene_of(
        [part(box_mesh())],
        [(0, moved(i, 0, 0, turned_y(0.1 * i) @ MIRROR_Z)) for i in range(20)]
        + [(0, moved(i, 1, 0, turned_y(0.2 * i) @ SHEAR)) for i in range(20)],
    )
    placements = place(scene)
    assert len(placements.catalogue) == 3
    assert placements.counts().tolist() == [0, 20, 20]
    assert [geometry.part for geometry in placements.catalogue] == [0, 0, 0]


def test_transforms_and_colours_come_down_the_tree() -> None:
    def node(name: str, parent: int, transform: np.ndarray, **more: object) -> Node:
        return Node(occurrence_id((name,)), parent, name, transform, **more)  # type: ignore[arg-type]

    scene = Scene(
        Source("step", "mm", "z"),
        (
            node("root", -1, moved(1), colour="#ff0000ff"),
            node("group", 0, moved(0, 2, 0, turned_y(np.pi / 2))),
            node("leaf", 1, moved(0, 0, 3), part=0),
            node("blue", 1, IDENTITY, part=0, colour="#0000ffff"),
            node("other root", -1, IDENTITY, part=0),
        ),
        (part(box_mesh()),),
        (DEFAULT_COLOUR,),
    )
    placements = place(scene)
    assert placements.rows.tolist() == [2, 3, 4]
    assert placements.colours == ("#ff0000ff", "#0000ffff", DEFAULT_COLOUR)
    assert placements.world[0, :3, 3] == pytest.approx([4, 2, 0])


def test_quaternions_are_exact_for_quarter_turns_and_have_no_negative_w() -> None:
    turns = np.array([turned_y(angle) for angle in (0, np.pi / 2, np.pi, -np.pi / 2, 2.5)])
    found = quaternions(turns)
    half = np.sqrt(0.5)
    assert found[0].tolist() == [0, 0, 0, 1]
    assert found[1] == pytest.approx([0, half, 0, half])
    assert found[2].tolist() == [0, 1, 0, 0]
    assert found[3] == pytest.approx([0, -half, 0, half])
    assert (found[:, 3] >= 0).all()


def test_random_rotations_survive_the_way_through_quaternions() -> None:
    random = np.random.default_rng(7)
    matrices = np.linalg.qr(random.normal(size=(500, 3, 3)))[0]
    matrices *= np.sign(np.linalg.det(matrices))[:, None, None]
    vectors = random.normal(size=(500, 3))
    expected = np.einsum("kij,kj->ki", matrices, vectors)
    assert rotated(quaternions(matrices), vectors) == pytest.approx(expected, abs=1e-8)


def test_bounds_are_those_of_the_vertices_not_of_turned_boxes() -> None:
    scene = scene_of([part(box_mesh())], [(0, moved(0, 0, 0, turned_y(np.pi / 4)))])
    placements = place(scene)
    boxes = np.array([[[0, 0, 0], [1, 1, 1]]], float)
    bounds = exact_bounds(corner_boxes(boxes, placements), placements, [box_mesh().positions])
    half = np.sqrt(0.5)
    assert bounds == pytest.approx(np.array([[0, 0, -half], [2 * half, 1, half]]), abs=1e-6)


def test_a_model_far_away_gets_an_origin_in_whole_metres() -> None:
    assert origin_of(np.array([[0, 0, 0], [900.0, 1, 1]]), np.zeros((0, 2, 3))).tolist() == [
        0,
        0,
        0,
    ]
    far = np.array([[500_000.2, 0, 0], [500_010.9, 3, 4]])
    assert origin_of(far, far[None]).tolist() == [500_006, 2, 2]


def test_a_stray_far_away_does_not_move_the_origin_away_from_the_rest() -> None:
    here = np.array([[x, 0.0, 0.0] for x in (0.0, 10.0, 20.0, 30.0)])
    there = here + np.array([450_000.0, 0.0, -5_400_000.0])
    for most, stray, expected in (
        (here, there[:1], [0, 0, 0]),
        (there, here[:1], [450_010, 0, -5_400_000]),
    ):
        corners = np.concatenate([most, stray])[:, None, :] + np.array([[[0.0], [1.0]]])
        bounds = np.array([corners[:, 0].min(axis=0), corners[:, 1].max(axis=0)])
        assert origin_of(bounds, corners).tolist() == pytest.approx(expected, abs=2.0)


def test_bounds_leave_out_hidden_rows_of_a_building_and_nothing_else() -> None:
    scene = scene_of([part(box_mesh())], [(0, moved(0)), (0, moved(10)), (0, moved(20))])
    building = replace(scene.source, kind="ifc")
    nodes = list(scene.nodes)
    nodes[2] = replace(nodes[2], hidden=True)
    nodes[3] = replace(nodes[3], parent=2)
    assert place(replace(scene, nodes=tuple(nodes))).shown.all()
    placements = place(replace(scene, nodes=tuple(nodes), source=building))
    boxes = np.array([[[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]]])

    corners = corner_boxes(boxes, placements)
    positions = [part.mesh.positions for part in scene.parts]

    assert placements.shown.tolist() == [True, False, False]
    assert exact_bounds(corners, placements, positions)[1, 0] == pytest.approx(1.0)


def test_a_scene_that_hides_everything_hides_nothing() -> None:
    scene = scene_of([part(box_mesh())], [(0, moved(0))])
    nodes = tuple(replace(node, hidden=True) for node in scene.nodes)

    building = replace(scene.source, kind="ifc")

    assert place(replace(scene, nodes=nodes, source=building)).shown.tolist() == [True]
