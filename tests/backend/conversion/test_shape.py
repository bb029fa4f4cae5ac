"""shape.bin: every part before it is simplified, equal for equal triangles."""

from pathlib import Path

import numpy as np
import pytest

from holotable.conversion.shape import shapes_of, write_shape_file
from holotable.review.shape import AREA, read_shapes
from tests.cad_files import nested_assembly, scene_of
from tests.scene_builders import box_mesh, part
from tests.scene_builders import scene_of as scene_of_parts


def test_a_package_says_what_each_part_is(tmp_path: Path) -> None:
    scene = scene_of(nested_assembly(), tmp_path / "nested.step")
    write_shape_file(tmp_path / "shape.bin", scene)
    shapes = read_shapes((tmp_path / "shape.bin").read_bytes(), len(scene.parts))
    assert shapes is not None
    for number, one in enumerate(scene.parts):
        assert one.area_m2 is not None
        assert shapes.rows[number, AREA] == pytest.approx(one.area_m2, rel=0.02)


def test_equal_triangles_have_equal_marks_whatever_their_colours() -> None:
    red, plain = box_mesh((1, 2, 3)), box_mesh((1, 2, 3))
    red.materials[:] = 1
    scene = scene_of_parts(
        [part(red), part(plain), part(box_mesh((1, 2, 4)))], [], ("#b8bec6ff", "#ff0000ff")
    )
    shapes = shapes_of(scene)
    assert bytes(shapes.meshes[0]) == bytes(shapes.meshes[1]) != bytes(shapes.meshes[2])
    assert shapes.looks[1] == {"": 1.0}
    assert sum(shapes.looks[0].values()) == pytest.approx(1.0)
    assert "" not in shapes.looks[0]


def test_a_part_without_triangles_is_kept_in_its_row() -> None:
    empty = box_mesh((1, 1, 1))
    hollow = type(empty)(
        empty.positions[:0], empty.normals[:0], empty.triangles[:0], empty.materials[:0]
    )
    shapes = shapes_of(scene_of_parts([part(hollow), part(empty)], []))
    assert shapes.rows[0, AREA] == 0.0
    assert np.isfinite(shapes.rows).all()
