"""OFF with and without colours."""

from pathlib import Path

import numpy as np
import pytest
from mesh_files import CORNERS, OPTIONS, QUADS, VOLUME, bounds, check, silent

from holotable.conversion.readers.off import read_off
from holotable.errors import DamagedFile, UnsupportedFormat
from holotable.review.scene import Scene

POINTS = "".join(f"{x} {y} {z}\n" for x, y, z in CORNERS)
FACES = "".join(f"4 {a} {b} {c} {d}\n" for a, b, c, d in QUADS)


def read(folder: Path, text: str) -> Scene:
    (folder / "ball.off").write_text(text)
    scene = read_off(folder / "ball.off", OPTIONS, silent)
    check(scene)
    return scene


@pytest.mark.parametrize("head", ["OFF\n8 6 12\n", "OFF 8 6 12\n", "OFF\n# why\n\n8 6\n"])
def test_a_cube_is_read(tmp_path: Path, head: str) -> None:
    scene = read(tmp_path, head + POINTS + "\n" + FACES)
    (part,) = scene.parts
    assert part.closed
    assert part.volume_m3 == pytest.approx(VOLUME * 1e-9)
    assert np.allclose(bounds(scene)[1], [0.002, 0.004, 0])


def test_colours_of_points_are_kept(tmp_path: Path) -> None:
    rows = "".join(f"{x} {y} {z} {int(x) * 100} 0 0 255\n" for x, y, z in CORNERS)
    assert set(read(tmp_path, "COFF\n8 6 0\n" + rows + FACES).palette[1:]) == {
        "#000000ff", "#c80000ff",
    }  # fmt: skip


def test_colours_of_some_faces_are_kept(tmp_path: Path) -> None:
    lines = FACES.splitlines()
    lines[2] += " 255 0 0"
    lines[3] += " 0.0 1.0 0.0 0.5"
    scene = read(tmp_path, "OFF\n8 6 0\n" + POINTS + "\n".join(lines) + "\n")
    assert set(scene.palette[1:]) == {"#ff0000ff", "#00ff0080"}
    assert 0 in scene.parts[0].mesh.materials


def test_faces_of_different_sizes_are_read(tmp_path: Path) -> None:
    a, b, c, d = QUADS[0]
    faces = f"3 {a} {b} {c}\n3 {a} {c} {d}\n" + FACES.split("\n", 1)[1]
    assert read(tmp_path, "OFF\n8 7 0\n" + POINTS + faces).parts[0].closed


@pytest.mark.parametrize("head", ["OFF BINARY\n", "4OFF\n8 6 0\n", "nOFF\n3\n8 6 0\n"])
def test_other_dimensions_and_binary_are_refused_by_name(tmp_path: Path, head: str) -> None:
    with pytest.raises(UnsupportedFormat):
        read(tmp_path, head + POINTS + FACES)


@pytest.mark.parametrize(
    "text",
    ["OFF\n", "OFF\nmany faces\n", "OFF\n8 6 0\n" + POINTS, "OFF\n8 6 0\n" + POINTS + "9 1 2\n" * 6,
     "OFF\n8 6 0\n" + POINTS.replace("2.0", "two") + FACES],
)  # fmt: skip
def test_a_file_that_contradicts_itself_is_damaged(tmp_path: Path, text: str) -> None:
    with pytest.raises(DamagedFile):
        read(tmp_path, text)
