from pathlib import Path

import numpy as np
import pytest
from mesh_files import OPTIONS, check, silent, warning_codes
from usd_files import mesh, write_usda, xform

from holotable.conversion.readers.usd import read_usd
from holotable.review.scene import Scene

STAGE = 'metersPerUnit = 0.01\nupAxis = "Z"\ntimeCodesPerSecond = 10\nstartTimeCode = 1'
MODELS = Path(__file__).parents[4].parent / "shared" / "models"


def read(path: Path) -> Scene:
    scene = read_usd(path, OPTIONS, silent)
    check(scene)
    return scene


def moving(*ops: str, stage: str = STAGE, tmp_path: Path) -> Scene:
    """A cube whose xformOps are these lines."""
    order = ", ".join(f'"{op.split()[1].split(".")[0]}"' for op in ops)
    body = "\n".join(ops) + f"\nuniform token[] xformOpOrder = [{order}]\n{mesh()}"
    return read(write_usda(tmp_path / "a.usda", xform("Moves", body), stage))


def test_moves_are_kept_in_metres_and_seconds(tmp_path: Path) -> None:
    scene = moving(
        "double3 xformOp:translate.timeSamples = { 1: (0, 0, 100), 11: (0, 0, 300) }",
        tmp_path=tmp_path,
    )
    channel = scene.animations[0].channels[0]
    assert (channel.node, channel.path, channel.interpolation) == (0, "translation", "LINEAR")
    assert np.allclose(channel.times, [0, 1])
    assert np.allclose(channel.values, [[0, 1, 0], [0, 3, 0]]), "metres, y up"
    assert np.allclose(scene.nodes[0].transform[:3, 3], [0, 1, 0]), "the first state is shown"


def test_whole_turns_have_samples_between(tmp_path: Path) -> None:
    scene = moving("double xformOp:rotateZ.timeSamples = { 1: 0, 11: 360 }", tmp_path=tmp_path)
    (channel,) = scene.animations[0].channels
    assert channel.path == "rotation"
    assert len(channel.times) == 7
    angles = np.degrees(2 * np.arctan2(channel.values[:, 1], channel.values[:, 3]))  # about y up
    assert np.allclose(np.unwrap(angles, period=360), np.arange(7) * 60, atol=1e-4)
    assert (np.einsum("ij,ij->i", channel.values[1:], channel.values[:-1]) > 0).all()


def test_scales_are_kept_and_held_values_jump(tmp_path: Path) -> None:
    from holotable.conversion.readers.usd_library import Usd
    from holotable.conversion.readers.usd_motion import read_motion

    scene = moving(
        "float3 xformOp:scale.timeSamples = { 1: (1, 1, 1), 2: (2, 3, 4) }", tmp_path=tmp_path
    )
    (channel,) = scene.animations[0].channels
    assert np.allclose(channel.values, [[1, 1, 1], [2, 4, 3]]), "y up"
    stage = Usd.Stage.Open(str(tmp_path / "a.usda"))
    motion = read_motion(stage.GetPrimAtPath("/Moves"))
    assert motion is not None
    assert [path for path, _ in motion.curves] == ["scale"]
    assert read_motion(stage.GetPrimAtPath("/Moves/Cube")) is None


def test_what_no_row_can_say_is_counted(tmp_path: Path) -> None:
    shear = (
        "matrix4d xformOp:transform.timeSamples = {\n"
        "1: ((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1)),\n"
        "2: ((1, 0, 0, 0), (1, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1)) }"
    )
    scene = moving(shear, tmp_path=tmp_path)
    assert scene.animations == ()
    assert warning_codes(scene) == {"animations_simplified"}


def test_a_mirror_moves_as_well(tmp_path: Path) -> None:
    scene = moving(
        "float3 xformOp:scale = (-1, 1, 1)",
        "double3 xformOp:translate.timeSamples = { 1: (0, 0, 0), 2: (100, 0, 0) }",
        tmp_path=tmp_path,
    )
    (channel,) = scene.animations[0].channels
    assert np.allclose(channel.values, [[0, 0, 0], [-1, 0, 0]])


@pytest.mark.models
@pytest.mark.skipif(not MODELS.is_dir(), reason="needs ../shared/models")
def test_the_animated_box_keeps_its_motion() -> None:
    scene = read(MODELS / "BoxAnimated.usdz")
    paths = {(scene.nodes[c.node].name, c.path) for c in scene.animations[0].channels}
    assert paths
    assert max(float(c.times.max()) for c in scene.animations[0].channels) > 1
    assert warning_codes(scene) == {"animations_kept"}
