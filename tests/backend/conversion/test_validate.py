from dataclasses import replace

import numpy as np
import pytest
from scene_builders import box_mesh, moved, part, scene_of

from holotable.conversion.options import ConvertOptions
from holotable.conversion.validate import checked
from holotable.errors import DamagedFile, NoGeometry, TooComplex
from holotable.review.scene import EdgeLines, Mesh, Scene

OPTIONS = ConvertOptions()


def with_mesh(**changed: object) -> Scene:
    return scene_of([part(replace(box_mesh(), **changed))], [(0, moved())])  # type: ignore[arg-type]


def test_a_sound_scene_passes_unchanged() -> None:
    scene = scene_of([part(box_mesh())], [(0, moved())])
    assert checked(scene, OPTIONS) == scene


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), 3e38])
def test_positions_that_are_no_places_are_refused(wrong: float) -> None:
    positions = box_mesh().positions.copy()
    positions[3, 1] = wrong
    with pytest.raises(DamagedFile):
        checked(with_mesh(positions=positions), OPTIONS)


def test_an_index_beyond_the_vertices_is_refused() -> None:
    triangles = box_mesh().triangles.copy()
    triangles[0, 0] = 24
    with pytest.raises(DamagedFile):
        checked(with_mesh(triangles=triangles), OPTIONS)


def test_vertices_without_normals_are_refused() -> None:
    with pytest.raises(DamagedFile):
        checked(with_mesh(normals=box_mesh().normals[:5]), OPTIONS)


@pytest.mark.parametrize("wrong", [float("nan"), 1e12])
def test_a_placement_that_is_no_place_is_refused(wrong: float) -> None:
    with pytest.raises(DamagedFile):
        checked(scene_of([part(box_mesh())], [(0, moved(wrong))]), OPTIONS)


def test_a_tree_that_contradicts_itself_is_refused() -> None:
    scene = scene_of([part(box_mesh())], [(0, moved())])
    circular = (scene.nodes[0], replace(scene.nodes[1], parent=1))
    with pytest.raises(DamagedFile):
        checked(replace(scene, nodes=circular), OPTIONS)
    missing = (scene.nodes[0], replace(scene.nodes[1], part=1))
    with pytest.raises(DamagedFile):
        checked(replace(scene, nodes=missing), OPTIONS)


def test_limits_name_what_was_found_and_what_is_allowed() -> None:
    scene = scene_of([part(box_mesh())], [(0, moved(i)) for i in range(10)])
    with pytest.raises(TooComplex, match="120 triangles") as problem:
        checked(scene, ConvertOptions(max_triangles=100))
    assert problem.value.facts == {"triangles": 120, "limit": 100}
    with pytest.raises(TooComplex, match="11 tree entries"):
        checked(scene, ConvertOptions(max_occurrences=10))


def test_a_bottomless_tree_is_refused() -> None:
    scene = scene_of([part(box_mesh())], [(0, moved())])
    chain = [replace(scene.nodes[1], parent=row - 1, part=None) for row in range(10_002)]
    chain.append(replace(scene.nodes[1], parent=10_001))
    with pytest.raises(TooComplex, match="levels deep"):
        checked(replace(scene, nodes=tuple(chain)), OPTIONS)


def test_a_scene_without_triangles_has_no_geometry() -> None:
    with pytest.raises(NoGeometry):
        checked(scene_of([part(box_mesh())], []), OPTIONS)
    box = box_mesh()
    empty = Mesh(box.positions[:0], box.normals[:0], box.triangles[:0], box.materials[:0])
    with pytest.raises(NoGeometry):
        checked(scene_of([part(empty)], [(0, moved())]), OPTIONS)
    lines = EdgeLines(box.positions, np.array([0, 8], np.uint32), np.zeros(1, np.uint32))
    drawing = scene_of([part(empty, edges=lines)], [(0, moved())])
    assert checked(drawing, OPTIONS).parts[0].edges is lines


def test_bad_normals_are_mended_with_a_warning() -> None:
    normals = box_mesh().normals.copy()
    normals[0] *= 7
    normals[1] = 0
    normals[2] = np.nan
    found = checked(with_mesh(normals=normals), OPTIONS)
    mended = found.parts[0].mesh.normals
    assert mended[0] == pytest.approx(box_mesh().normals[0])
    assert mended[1].tolist() == mended[2].tolist() == [0, 1, 0]
    assert [(w.code, w.count) for w in found.warnings] == [("normals_mended", 3)]
