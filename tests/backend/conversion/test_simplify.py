import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scene_builders import box_mesh, sphere_mesh

from holotable.conversion import simplify
from holotable.conversion.simplify import Simplifier

BACKEND = Path(simplify.__file__).parents[2]


@pytest.fixture(scope="module")
def simplifier() -> Simplifier:
    return Simplifier()


def test_a_sphere_comes_down_to_the_target_and_stays_a_sphere(simplifier: Simplifier) -> None:
    mesh = sphere_mesh(0.5, 40, 80)
    target = len(mesh.triangles) // 10
    result = simplifier.simplify(mesh.triangles, mesh.positions, mesh.normals, target, 0.05)
    assert len(result.triangles) <= target
    middles = mesh.positions[result.triangles].mean(axis=1)
    assert np.linalg.norm(middles, axis=1) == pytest.approx(0.5, abs=0.03)
    assert 0 < result.error < 0.05


def test_the_error_bound_stops_before_the_target(simplifier: Simplifier) -> None:
    mesh = sphere_mesh(0.5, 40, 80)
    result = simplifier.simplify(mesh.triangles, mesh.positions, mesh.normals, 10, 1e-4)
    assert len(result.triangles) > 1000


def test_face_seams_do_not_stop_it(simplifier: Simplifier) -> None:
    """A box subdivided 8 x 8 a side, with separate vertices on each side as a B-rep has."""
    steps = np.linspace(0, 1, 9)
    u, v = (values.ravel() for values in np.meshgrid(steps, steps, indexing="ij"))
    i, j = (values.ravel() for values in np.meshgrid(range(8), range(8), indexing="ij"))
    at = i * 9 + j
    grid = np.concatenate(
        [np.stack([at, at + 9, at + 1], 1), np.stack([at + 1, at + 9, at + 10], 1)]
    )
    positions, normals, triangles = [], [], []
    for axis in range(3):
        for far in (0.0, 1.0):
            side = np.zeros((81, 3))
            side[:, axis], side[:, (axis + 1) % 3], side[:, (axis + 2) % 3] = far, u, v
            triangles.append((grid if far else grid[:, ::-1]) + 81 * len(positions))
            positions.append(side)
            normals.append(np.tile(np.eye(3)[axis] * (1 if far else -1), (81, 1)))
    result = simplifier.simplify(
        np.concatenate(triangles).astype(np.uint32),
        np.concatenate(positions).astype(np.float32),
        np.concatenate(normals).astype(np.float32),
        12,
        0.01,
    )
    assert len(result.triangles) <= 24


def test_sloppy_simplification_always_reaches_the_target(simplifier: Simplifier) -> None:
    mesh = sphere_mesh(0.5, 40, 80)
    result = simplifier.simplify_sloppily(mesh.triangles, mesh.positions, 60, 1.0)
    assert 4 <= len(result.triangles) <= 60


def test_vertices_at_one_position_share_their_first(simplifier: Simplifier) -> None:
    remap = simplifier.position_remap(box_mesh().positions)
    positions = box_mesh().positions
    assert (positions[remap] == positions).all()
    assert len(np.unique(remap)) == 8


def test_memory_is_given_back_after_every_call(simplifier: Simplifier) -> None:
    mesh = sphere_mesh(0.5, 40, 80)
    simplifier.simplify(mesh.triangles, mesh.positions, mesh.normals, 100, 1.0)
    before = simplifier.memory_bytes().nbytes
    for _ in range(20):
        simplifier.simplify(mesh.triangles, mesh.positions, mesh.normals, 100, 1.0)
    assert simplifier.memory_bytes().nbytes == before


def test_it_lives_within_a_limited_address_space() -> None:
    script = (
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))\n"
        "from scene_builders import sphere_mesh\n"
        "from holotable.conversion.simplify import Simplifier\n"
        "m = sphere_mesh(1.0, 200, 400)\n"
        "r = Simplifier().simplify(m.triangles, m.positions, m.normals, 1000, 0.1)\n"
        "assert len(r.triangles) <= 1000\n"
    )
    assert resource.RLIMIT_AS
    tests = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": f"{BACKEND}:{tests}", "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_compiled_module_is_kept_and_a_damaged_copy_is_made_anew(tmp_path: Path) -> None:
    engine, _ = simplify._compiled()
    code = simplify.WASM.read_bytes()
    simplify._module(engine, code, tmp_path)
    (kept,) = tmp_path.iterdir()
    machine_code = kept.read_bytes()
    simplify._module(engine, code, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [kept.name]
    kept.write_bytes(machine_code[:100] + b"nonsense" + machine_code[108:-50])
    assert simplify._module(engine, code, tmp_path).exports
    assert len(kept.read_bytes()) == len(machine_code)


def test_a_folder_that_cannot_be_written_costs_only_the_time(tmp_path: Path) -> None:
    engine, _ = simplify._compiled()
    module = simplify._module(engine, simplify.WASM.read_bytes(), tmp_path / "missing")
    assert module.exports
    assert list(tmp_path.iterdir()) == []
