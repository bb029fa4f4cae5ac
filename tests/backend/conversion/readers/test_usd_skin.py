import math
from pathlib import Path

import numpy as np
import pytest
from mesh_files import OPTIONS, check, silent
from usd_files import mesh, numbers, write_usda

from holotable.conversion.readers.usd import read_usd
from holotable.errors import DamagedFile
from holotable.review.scene import Scene

# An arm along x from 0 to 2 whose outer half is bound to a joint at x = 1.
ARM = np.array([[0, 0, 0], [2, 0, 0], [2, 1, 0], [0, 1, 0.0]])


def matrix(rows: np.ndarray) -> str:
    """A 4 × 4 as USD writes it: row vectors."""
    return "( " + ", ".join(f"({', '.join(map(repr, row))})" for row in rows.T.tolist()) + " )"


def moved(x: float, angle: float = 0.0) -> np.ndarray:
    cos, sin = math.cos(angle), math.sin(angle)
    return np.array([[cos, -sin, 0, x], [sin, cos, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1.0]])


def skinned(angle: float, joints: object = (0, 1, 1, 0), extra: str = "") -> str:
    rest = f"[{matrix(moved(0))}, {matrix(moved(1, angle))}]"
    bind = f"[{matrix(moved(0))}, {matrix(moved(1))}]"
    binding = (
        f"int[] primvars:skel:jointIndices = {numbers(joints)} (\n"
        'elementSize = 1\ninterpolation = "vertex"\n)\n'
        f"float[] primvars:skel:jointWeights = {numbers(np.ones(4))} (\n"
        'elementSize = 1\ninterpolation = "vertex"\n)\n'
        f"rel skel:skeleton = </Root/Skel>\n{extra}"
    )
    arm = mesh("Arm", ARM, [[0, 1, 2, 3]], binding, 'prepend apiSchemas = ["SkelBindingAPI"]')
    return (
        f'def SkelRoot "Root"\n{{\ndef Skeleton "Skel"\n{{\n'
        f'uniform token[] joints = ["Shoulder", "Shoulder/Elbow"]\n'
        f"uniform matrix4d[] restTransforms = {rest}\n"
        f"uniform matrix4d[] bindTransforms = {bind}\n}}\n{arm}}}\n"
    )


def read(path: Path) -> Scene:
    scene = read_usd(path, OPTIONS, silent)
    check(scene)
    return scene


def test_a_mesh_is_shown_as_its_skeleton_rests(tmp_path: Path) -> None:
    straight = read(write_usda(tmp_path / "a.usda", skinned(0.0)))
    assert np.allclose(straight.parts[0].mesh.positions, ARM)
    angle = 0.5
    bent = read(write_usda(tmp_path / "b.usda", skinned(angle)))
    elbow = moved(1, angle) @ moved(-1)
    outer = ARM[1:3] @ elbow[:3, :3].T + elbow[:3, 3]
    assert np.allclose(bent.parts[0].mesh.positions, [ARM[0], *outer, ARM[3]], atol=1e-6)


def test_a_mesh_may_name_its_joints_in_its_own_order(tmp_path: Path) -> None:
    extra = 'uniform token[] skel:joints = ["Shoulder/Elbow", "Shoulder"]'
    one = read(write_usda(tmp_path / "a.usda", skinned(1.0)))
    other = read(write_usda(tmp_path / "b.usda", skinned(1.0, (1, 0, 0, 1), extra)))
    assert np.allclose(one.parts[0].mesh.positions, other.parts[0].mesh.positions)


@pytest.mark.parametrize("joints", [(0, 1, 1, 7), (0, 1, 1, -1)])
def test_a_joint_that_does_not_exist_is_refused(tmp_path: Path, joints: object) -> None:
    with pytest.raises(DamagedFile, match="joint"):
        read(write_usda(tmp_path / "a.usda", skinned(0.5, joints)))
