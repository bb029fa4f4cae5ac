"""What a surface amounts to hardly depends on its triangles, and says how much it may."""

import numpy as np
import pytest

from holotable.review.shape import (
    AREA,
    BOUNDS,
    CENTRE,
    COLUMNS,
    SAG,
    SECOND,
    THIRD,
    Shapes,
    read_shapes,
    sags,
    shapes_of_structure,
    surface_row,
    write_shapes,
)
from tests.scene_builders import box_mesh, cylinder_mesh, sphere_mesh


def test_a_box_measures_its_closed_form() -> None:
    mesh = box_mesh((2.0, 4.0, 6.0))
    row = surface_row(mesh.positions.astype(float), mesh.triangles)
    low, high = mesh.positions.min(axis=0), mesh.positions.max(axis=0)
    assert row[AREA] == pytest.approx(2 * (2 * 4 + 4 * 6 + 2 * 6))
    assert row[CENTRE : CENTRE + 3] == pytest.approx((low + high) / 2)
    assert row[BOUNDS : BOUNDS + 6] == pytest.approx([*low, *high])
    assert row[SAG] == 0.0
    # ∫ x² over the six sides of a box with sides 2a, 2b, 2c, by the area.
    a, b, c = 1.0, 2.0, 3.0
    along = (2 * (4 * b * c) * a**2 + 2 * (2 * a**3 / 3) * (2 * c + 2 * b)) / 88
    assert row[SECOND] == pytest.approx(along)
    assert row[THIRD : THIRD + 10] == pytest.approx(np.zeros(10), abs=1e-12)


def test_another_tessellation_changes_the_integrals_by_no_more_than_the_sag_allows() -> None:
    coarse, fine = (cylinder_mesh(1.0, 2.0, segments) for segments in (24, 96))
    one, other = (surface_row(m.positions.astype(float), m.triangles) for m in (coarse, fine))
    assert one[SAG] == pytest.approx((2 * np.sin(np.pi / 24)) ** 2 / 8, rel=0.02)
    assert abs(np.sqrt(one[AREA]) - np.sqrt(other[AREA])) < 2 * (one[SAG] + other[SAG])
    assert np.abs(one[SECOND : SECOND + 6] - other[SECOND : SECOND + 6]).max() < 4 * one[SAG]


def test_a_mirror_image_has_other_third_moments() -> None:
    mesh = box_mesh((1.0, 2.0, 3.0))
    bent = mesh.positions.astype(float)
    bent[bent[:, 0] > bent[:, 0].mean()] *= [1.0, 0.5, 1.3]
    one = surface_row(bent, mesh.triangles)
    other = surface_row(bent * [-1, 1, 1], mesh.triangles)
    assert one[AREA] == pytest.approx(other[AREA])
    assert one[THIRD] == pytest.approx(-other[THIRD])
    assert abs(one[THIRD]) > 1e-3


def test_a_sphere_strays_in_both_directions() -> None:
    mesh = sphere_mesh(1.0, 24, 48)
    found = sags(mesh.positions.astype(float), mesh.triangles).max()
    middles = mesh.positions[mesh.triangles].mean(axis=1)
    true = 1.0 - np.linalg.norm(middles, axis=1).min()
    assert 0.6 * true < found < 2.0 * true


def test_a_file_is_read_as_it_was_written() -> None:
    rows = np.random.default_rng(1).random((2, COLUMNS))
    meshes = np.array([b"a" * 16, b"b" * 16], "V16")
    looks = ({"": 0.75, "#ff0000ff": 0.25}, {})
    shapes = Shapes(rows, meshes, np.zeros(2, "V8"), looks)
    again = read_shapes(write_shapes(shapes), 2)
    assert again is not None
    assert np.array_equal(again.rows, rows)
    assert bytes(again.meshes[1]) == b"b" * 16
    assert again.looks == looks


@pytest.mark.parametrize("spoil", [lambda d: d[:-1], lambda d: b"X" + d[1:], lambda d: d[:9]])
def test_bytes_that_are_no_shapes_are_none(spoil: object) -> None:
    data = write_shapes(shapes_of_structure([{"area_m2": 1.0}]))
    assert read_shapes(data, 1) is not None
    assert callable(spoil)
    assert read_shapes(spoil(data), 1) is None
    assert read_shapes(data, 2) is None


def test_an_older_package_tells_area_and_bounds() -> None:
    said = {"area_m2": 2.5, "bounds": {"min": [0, 0, 0], "max": [1, 2, 2]}, "triangles": 12}
    shapes = shapes_of_structure([said, {}])
    assert not shapes.whole
    assert shapes.rows[0, AREA] == 2.5
    assert shapes.rows[0, CENTRE : CENTRE + 3].tolist() == [0.5, 1.0, 1.0]
