"""animations.json: the shortest numbers that are the same float32."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
from scene_builders import box_mesh, moved, part, scene_of

from holotable.conversion.animations import write_animations
from holotable.review.surface import Animation, Channel


def test_channels_are_written_flat_with_their_row(tmp_path: Path) -> None:
    times = np.array([0, 0.1, 1 / 3], np.float32)
    values = np.arange(12, dtype=np.float32).reshape(3, 4) / 10
    swing = Animation("swing", (Channel(1, "rotation", "LINEAR", times, values),))
    scene = replace(scene_of([part(box_mesh())], [(0, moved())]), animations=(swing,))
    row = write_animations(tmp_path / "animations.json", scene)
    text = (tmp_path / "animations.json").read_text()
    assert row == {
        "file": "animations.json",
        "bytes": len(text),
        "count": 1,
        "names": ["swing"],
    }
    document = json.loads(text)
    assert document["format"] == "holotable-animations/1"
    (animation,) = document["animations"]
    (channel,) = animation["channels"]
    assert channel["times"] == [0, 0.1, 0.33333334]
    assert animation["duration_s"] == 0.33333334
    assert np.array_equal(np.array(channel["values"], np.float32), values.ravel())
    assert "0.7," in text
    assert (channel["row"], channel["path"], channel["interpolation"]) == (1, "rotation", "LINEAR")


def test_a_scene_at_rest_has_no_file(tmp_path: Path) -> None:
    assert write_animations(tmp_path / "a.json", scene_of([part(box_mesh())], [])) is None
    assert not (tmp_path / "a.json").exists()
