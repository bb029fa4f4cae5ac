from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import trimesh
from cad_files import nested_assembly, scene_of
from exact_shapes import SOLIDS
from scene_builders import box_mesh, cylinder_mesh, part, sphere_mesh, turned_y

from holotable.conversion import mass
from holotable.conversion.mass import mesh_body, open_edges, part_mass
from holotable.conversion.readers.brep_mesh import tessellate
from holotable.review.scene import Mesh


def test_an_exact_part_has_the_mass_of_its_solids(tmp_path: Path) -> None:
    block, pin = sorted(
        scene_of(nested_assembly(), tmp_path / "a.step").parts, key=lambda one: one.name
    )

    found = part_mass(block)

    assert found.method == "exact"
    assert found.body is not None
    assert found.body.amount == pytest.approx(6e-6, rel=1e-12)
    # z up became y up: 10 × 20 × 30 mm stands 30 mm high.
    assert found.body.centre == pytest.approx([0.005, 0.015, -0.01], rel=1e-12)
    assert np.diag(found.body.inertia) == pytest.approx(
        np.array([30**2 + 20**2, 10**2 + 20**2, 10**2 + 30**2]) * 1e-6 * 6e-6 / 12, rel=1e-12
    )
    assert found.density_kg_m3 == 7850.0
    assert found.mass_kg == pytest.approx(0.0471, rel=1e-12)
    assert part_mass(pin).density_kg_m3 is None


@pytest.mark.parametrize("inside_out", [False, True])
@pytest.mark.parametrize(
    ("mesh", "density"),
    [
        (box_mesh((1.0, 2.0, 3.0), (10.0, 20.0, 30.0)), None),
        (sphere_mesh(0.5), 1000.0),
        (cylinder_mesh(0.25, 2.0), 7850.0),
    ],
)
def test_a_closed_mesh_encloses_what_another_library_says(
    mesh: Mesh, density: float | None, inside_out: bool
) -> None:
    if inside_out:
        mesh = replace(mesh, triangles=np.ascontiguousarray(mesh.triangles[:, ::-1]))

    found = part_mass(part(mesh, closed=True, density_kg_m3=density))

    other = trimesh.Trimesh(mesh.positions.astype(float), mesh.triangles, process=False)
    assert found.method == "mesh"
    assert found.open_edges == 0
    assert found.body is not None
    assert found.body.amount == pytest.approx(abs(other.volume), rel=1e-9)
    assert found.body.centre == pytest.approx(other.center_mass, rel=1e-7, abs=1e-9)
    inertia = np.sign(other.volume) * other.moment_inertia
    assert found.body.inertia == pytest.approx(inertia, rel=1e-6, abs=1e-9)
    assert found.area_m2 == pytest.approx(other.area, rel=1e-9)


def test_far_from_the_origin_a_mesh_keeps_its_volume() -> None:
    positions = box_mesh((1.0, 2.0, 3.0)).positions.astype(float)
    triangles = box_mesh().triangles

    found = mesh_body(positions + np.array([1e6, -2e6, 3e6]), triangles)

    assert found is not None
    assert found.amount == pytest.approx(6.0, rel=1e-9)
    assert found.centre == pytest.approx([1e6 + 0.5, -2e6 + 1.0, 3e6 + 1.5], rel=1e-12)


def test_a_turned_box_has_products_of_inertia() -> None:
    mesh = box_mesh((1.0, 2.0, 3.0))
    turn = turned_y(0.4)
    positions = mesh.positions.astype(float) @ turn.T

    found = mesh_body(positions, mesh.triangles)

    assert found is not None
    upright = np.diag([2**2 + 3**2, 1 + 3**2, 1 + 2**2]) * 6.0 / 12
    assert found.inertia == pytest.approx(turn @ upright @ turn.T, rel=1e-9, abs=1e-12)


def test_an_open_mesh_has_no_volume_but_a_number_of_open_edges() -> None:
    mesh = box_mesh()
    lidless = replace(mesh, triangles=mesh.triangles[2:])

    found = part_mass(part(lidless))

    assert found.method == "open"
    assert found.body is None
    assert found.open_edges == 4
    assert found.area_m2 == pytest.approx(5.0)


def test_open_edges_are_those_that_do_not_join_two_triangles() -> None:
    positions = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1]], float)

    def count(*triangles: tuple[int, int, int]) -> int:
        return open_edges(positions, np.array(triangles, np.int64))

    assert count((0, 1, 2)) == 3
    assert count((0, 1, 2), (1, 0, 3)) == 4
    assert count((0, 1, 2), (0, 1, 3)) == 5  # the shared edge runs the same way in both
    assert count((0, 1, 2), (1, 0, 3), (0, 1, 4)) == 7  # three triangles at one edge
    assert count((0, 1, 1)) == 0  # no area, no edge


def test_a_mesh_that_only_rounding_opens_is_closed() -> None:
    mesh = sphere_mesh()
    nudged = mesh.positions.copy()
    nudged[0] += 1e-7

    assert open_edges(nudged.astype(float), mesh.triangles.astype(np.int64)) == 0


def test_edges_of_a_very_large_mesh_are_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mass, "MOST_COUNTED", 5)
    mesh = box_mesh()

    found = part_mass(part(replace(mesh, triangles=mesh.triangles[2:])))

    assert (found.method, found.open_edges) == ("open", None)


def test_a_part_without_triangles_is_no_matter() -> None:
    empty = replace(box_mesh(), triangles=np.empty((0, 3), np.uint32))

    found = part_mass(part(empty))

    assert (found.method, found.body, found.area_m2) == (None, None, None)


@pytest.mark.parametrize("said", ["7850", float("nan"), -1.0, 0.0, True, None, 1e9])
def test_a_density_that_is_none_is_not_believed(said: object) -> None:
    properties = {"Material": {"density_kg_m3": said}}

    assert part_mass(part(box_mesh(), properties=properties)).density_kg_m3 is None


def test_a_flat_mesh_has_no_body() -> None:
    positions = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], float)

    assert mesh_body(positions, np.array([[0, 1, 2], [0, 2, 1]])) is None


def test_the_truths_of_the_exact_tests_agree_with_their_triangles() -> None:
    for make, truth in SOLIDS.values():
        fine = tessellate(make(), 0.01, 0.1)
        body = mesh_body(fine.positions * 1e-3, fine.triangles)
        assert body is not None
        assert body.amount == pytest.approx(truth.volume, rel=5e-3)
        assert body.centre == pytest.approx(truth.centre, rel=5e-3, abs=1e-6)
        largest = np.abs(truth.inertia).max()
        assert body.inertia == pytest.approx(truth.inertia, rel=5e-3, abs=5e-3 * largest)
