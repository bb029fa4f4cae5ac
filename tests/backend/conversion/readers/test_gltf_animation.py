"""Animations of glTF as data: rows, units, axes."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from gltf_files import GltfFile
from mesh_files import OPTIONS, silent, warning_codes

from holotable.conversion.options import ConvertOptions
from holotable.conversion.readers import gltf_animation
from holotable.conversion.readers.gltf import read_gltf
from holotable.review.scene import Scene

TIMES = np.array([0, 0.5, 2], "<f4")


def moving(path: str, values: np.ndarray, kind: str, interpolation: str = "LINEAR") -> GltfFile:
    """Two squares below a root, and a bone; the second square moves and so does the bone."""
    file = GltfFile()
    root = file.place(file.square(), name="root")
    second = file.place(file.square(), name="second")
    bone = file.add("nodes", {"name": "bone"})
    file.json["nodes"][root]["children"] = [bone, second]
    file.json["scenes"][0]["nodes"] = [root]
    extra = {"normalized": True} if values.dtype.kind == "i" else {}
    sampler = {
        "input": file.array(TIMES, "SCALAR"),
        "output": file.array(values, kind, **extra),
        "interpolation": interpolation,
    }
    channels = [{"sampler": 0, "target": {"node": n, "path": path}} for n in (second, bone)]
    file.add("animations", {"name": "walk", "channels": channels, "samplers": [sampler]})
    return file


def read(file: GltfFile, folder: Path, options: ConvertOptions = OPTIONS) -> Scene:
    return read_gltf(file.write(folder / "a.gltf"), options, silent)


def test_a_channel_names_its_row_and_what_moves_no_row_is_counted(tmp_path: Path) -> None:
    values = np.array([[0, 0, 0], [1, 2, 3], [0, 0, 0]], "<f4")
    scene = read(moving("translation", values, "VEC3"), tmp_path)
    (animation,) = scene.animations
    assert animation.name == "walk"
    (channel,) = animation.channels
    assert scene.nodes[channel.node].name == "second"
    assert (channel.path, channel.interpolation) == ("translation", "LINEAR")
    assert channel.times.tolist() == [0, 0.5, 2]
    assert channel.values.tolist() == values.tolist()
    assert warning_codes(scene) == {"animations_kept", "animations_simplified"}


def test_values_follow_a_corrected_unit_and_axis(tmp_path: Path) -> None:
    options = replace(OPTIONS, unit="mm", up_axis="z")
    values = np.array([[1000, 2000, 3000]] * 3, "<f4")
    scene = read(moving("translation", values, "VEC3"), tmp_path, options)
    assert scene.animations[0].channels[0].values[0].tolist() == pytest.approx([1, 3, -2])
    turn = np.array([[0, 0, 32767, 0]] * 3, "<i2")  # half a turn about the file's z
    scene = read(moving("rotation", turn, "VEC4"), tmp_path, options)
    assert scene.animations[0].channels[0].values[0].tolist() == pytest.approx([0, 1, 0, 0])
    scale = np.array([[1, 2, 3]] * 3, "<f4")
    scene = read(moving("scale", scale, "VEC3"), tmp_path, options)
    assert scene.animations[0].channels[0].values[0].tolist() == pytest.approx([1, 3, 2])


def test_a_cubic_spline_keeps_its_tangents(tmp_path: Path) -> None:
    values = np.arange(27, dtype="<f4").reshape(9, 3)
    scene = read(moving("translation", values, "VEC3", "CUBICSPLINE"), tmp_path)
    found = scene.animations[0].channels[0].values
    assert found.shape == (3, 3, 3)
    assert found.ravel().tolist() == list(range(27))


def test_weights_are_as_many_as_there_are_targets(tmp_path: Path) -> None:
    scene = read(moving("weights", np.arange(6, dtype="<f4"), "SCALAR"), tmp_path)
    assert scene.animations[0].channels[0].values.tolist() == [[0, 1], [2, 3], [4, 5]]


@pytest.mark.parametrize(
    ("path", "values", "kind", "interpolation"),
    [
        ("translation", np.full((3, 3), np.nan, "<f4"), "VEC3", "LINEAR"),
        ("translation", np.zeros((2, 3), "<f4"), "VEC3", "LINEAR"),
        ("rotation", np.zeros((3, 3), "<f4"), "VEC3", "LINEAR"),
        ("translation", np.zeros((3, 3), "<f4"), "VEC3", "WOBBLE"),
        ("pointer", np.zeros((3, 3), "<f4"), "VEC3", "LINEAR"),
    ],
)
def test_a_curve_that_is_none_is_left_out(
    tmp_path: Path, path: str, values: np.ndarray, kind: str, interpolation: str
) -> None:
    scene = read(moving(path, values, kind, interpolation), tmp_path)
    assert scene.animations == ()
    assert warning_codes(scene) == {"animations_simplified"}


def test_more_numbers_than_are_kept_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gltf_animation, "_MAX_NUMBERS", 5)
    scene = read(moving("translation", np.zeros((3, 3), "<f4"), "VEC3"), tmp_path)
    assert warning_codes(scene) == {"animations_ignored"}
