"""Columns of text as points: pieces, odd lines, damage."""

from pathlib import Path

import numpy as np
import pytest
from mesh_files import OPTIONS, silent
from point_files import hill, y_up

from holotable.conversion.options import ConvertOptions
from holotable.conversion.readers import xyz
from holotable.conversion.readers.xyz import read_xyz
from holotable.errors import DamagedFile, NoGeometry, TooComplex, UnsupportedFormat
from holotable.review.points import PointCloud
from holotable.review.scene import Floats, Scene

METRES = ConvertOptions(unit="m")


def read(folder: Path, content: bytes | str, options: ConvertOptions = METRES) -> Scene:
    (folder / "scan.xyz").write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_xyz(folder / "scan.xyz", options, silent)


def cloud_of(scene: Scene) -> tuple[Floats, PointCloud]:
    """Absolute places, metres, y up, and the cloud."""
    (part,), (node,) = scene.parts, scene.nodes
    assert part.points is not None
    return part.points.positions + node.transform[:3, 3], part.points


def text_of(places: Floats, end: str = "\n") -> str:
    return "".join(" ".join(f"{n:.3f}" for n in row) + end for row in places)


def codes(scene: Scene) -> dict[str, int]:
    return {warning.code: warning.count for warning in scene.warnings}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", " \n", "\n\n"])
def test_lines_end_in_any_way(tmp_path: Path, end: str) -> None:
    scene = read(tmp_path, text_of(hill(500), end))
    assert np.abs(cloud_of(scene)[0] - y_up(hill(500))).max() < 1e-4
    assert scene.warnings == ()
    assert (scene.source.length_unit, scene.source.up_axis) == (None, None)


def test_a_file_of_many_pieces_is_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xyz, "_PIECE_BYTES", 1_001)
    due = y_up(hill(4_000))
    for end in ("\n", "\r\n"):
        text = text_of(hill(4_000), end).removesuffix(end)
        places = cloud_of(read(tmp_path, "X Y Z\n" + text))[0]
        assert np.abs(places - due).max() < 1e-4


def test_silence_means_millimetres(tmp_path: Path) -> None:
    places = cloud_of(read(tmp_path, "1000 2000 3000\n4000 5000 6000\n", OPTIONS))[0]
    assert np.allclose(places, [[1, 3, -2], [4, 6, -5]])


def test_colours_intensities_and_classes_are_kept(tmp_path: Path) -> None:
    text = "x,y,z,r,g,b,intensity,classification,nx,ny,nz\n" + "1,2,3,10,20,30,700,6,0,0,1\n" * 5
    scene = read(tmp_path, text)
    cloud = cloud_of(scene)[1]
    assert cloud.colours is not None
    assert cloud.intensities is not None
    assert cloud.classes is not None
    assert cloud.colours[0].tolist() == [10, 20, 30]
    assert (cloud.intensities[0], cloud.classes[0]) == (700, 6)
    assert codes(scene) == {"normals_ignored": 1}


def test_colours_may_be_fractions(tmp_path: Path) -> None:
    cloud = cloud_of(read(tmp_path, "1 2 3 0.2 0.5 1.0\n" * 9))[1]
    assert cloud.colours is not None
    assert cloud.colours[0].tolist() == [51, 128, 255]


def test_a_decimal_comma_is_understood(tmp_path: Path) -> None:
    places = cloud_of(read(tmp_path, "1,5;2,5;3,5\n4,0;5,0;6,0\n"))[0]
    assert np.allclose(places, [[1.5, 3.5, -2.5], [4, 6, -5]])


def test_odd_lines_are_left_out_and_counted(tmp_path: Path) -> None:
    text = text_of(hill(200)) + "1 2\n# a comment\n\n1 2 3 4\nthe end\n"
    scene = read(tmp_path, text)
    assert len(cloud_of(scene)[0]) == 200
    assert codes(scene) == {"lines_skipped": 3}


def test_a_short_and_a_long_line_do_not_make_up_for_each_other(tmp_path: Path) -> None:
    text = text_of(hill(100)) + "1 2\n3 4 5 6\n" + text_of(hill(100))
    scene = read(tmp_path, text)
    assert codes(scene) == {"lines_skipped": 2}
    assert np.abs(cloud_of(scene)[0] - np.tile(y_up(hill(100)), (2, 1))).max() < 1e-4


def test_points_that_are_no_numbers_are_left_out(tmp_path: Path) -> None:
    scene = read(tmp_path, text_of(hill(100)) + "nan nan nan\n")
    assert codes(scene) == {"points_without_place": 1}


def test_several_scans_may_follow_one_another(tmp_path: Path) -> None:
    text = "2\n" + "1 2 3 -100 9 8 7\n" * 2 + "3\n" + "4 5 6 100 1 2 3\n" * 3
    scene = read(tmp_path, text)
    assert len(cloud_of(scene)[0]) == 5
    assert scene.warnings == ()


def test_missing_points_are_named(tmp_path: Path) -> None:
    assert codes(read(tmp_path, "10\n" + "1 2 3\n" * 4)) == {"points_missing": 6}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"1 2 3\n" * 50 + b"\0" * 9, DamagedFile),
        (b"1 2 3\n" * 50 + b"a letter\n" * 50, DamagedFile),
        (b"dear all\n" * 50, DamagedFile),
        (b"nan nan nan\n" * 50, NoGeometry),
        ("1 2 3\n4 5 6\n".encode("utf-16"), UnsupportedFormat),
        (b"9000000000\n" + b"1 2 3\n" * 50, TooComplex),
        (b"1 2 3\n1e300 0 0\n", DamagedFile),
    ],
)
def test_what_is_no_cloud_ends_in_its_named_error(
    tmp_path: Path, content: bytes, problem: type[Exception]
) -> None:
    with pytest.raises(problem):
        read(tmp_path, content)


def test_a_line_without_an_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xyz, "_PIECE_BYTES", 10_000)
    with pytest.raises(DamagedFile, match="does not end"):
        read(tmp_path, b"1 2 3\n" * 2_000 + b"1" * 200_000)


def test_too_many_points_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TooComplex):
        read(tmp_path, "1 2 3\n" * 200, ConvertOptions(max_points=100))
