"""PLY without faces."""

from pathlib import Path

import numpy as np
import pytest
from mesh_files import silent
from point_files import hill, y_up

from holotable.conversion.options import ConvertOptions
from holotable.conversion.readers.ply import read_ply
from holotable.conversion.readers.ply_points import binary_pieces, read_ply_points
from holotable.errors import DamagedFile, NoGeometry, TooComplex
from holotable.review.points import PointCloud
from holotable.review.scene import Scene

PLACES = hill(1_500)
BYTES = np.random.default_rng(2).integers(0, 256, (1_500, 3))
METRES = ConvertOptions(unit="m")


def header(encoding: str, properties: str, count: int = 1_500, more: str = "") -> str:
    names = "".join(f"property {item}\n" for item in properties.split(", "))
    return f"ply\nformat {encoding} 1.0\nelement vertex {count}\n{names}{more}end_header\n"


def read(folder: Path, content: bytes | str, options: ConvertOptions = METRES) -> Scene:
    (folder / "scan.ply").write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_ply(folder / "scan.ply", options, silent)


def table(order: str, **columns: tuple[str, np.ndarray]) -> bytes:
    rows = np.zeros(1_500, [(name, order + kind) for name, (kind, _) in columns.items()])
    for name, (_, values) in columns.items():
        rows[name] = values
    return rows.tobytes()


def cloud_of(scene: Scene) -> PointCloud:
    (part,) = scene.parts
    assert part.points is not None
    assert scene.source.kind == "ply"
    assert (
        np.abs(part.points.positions + scene.nodes[0].transform[:3, 3] - y_up(PLACES)).max() < 1e-4
    )
    return part.points


XYZ = {axis: ("f8", PLACES[:, number]) for number, axis in enumerate("xyz")}
RGB = {name: ("u1", BYTES[:, number]) for number, name in enumerate(("red", "green", "blue"))}
NAMES = "double x, double y, double z"


def test_text_is_read(tmp_path: Path) -> None:
    rows = "".join(
        " ".join(map(str, [*place, *colour])) + "\n"
        for place, colour in zip(PLACES, BYTES, strict=True)
    )
    of_colour = "uchar red, uchar green, uchar blue"
    cloud = cloud_of(read(tmp_path, header("ascii", f"{NAMES}, {of_colour}") + rows))
    assert cloud.colours is not None
    assert (cloud.colours == BYTES).all()


@pytest.mark.parametrize(("name", "order"), [("little", "<"), ("big", ">")])
def test_binary_is_read_in_both_byte_orders(tmp_path: Path, name: str, order: str) -> None:
    of_colour = "uchar red, uchar green, uchar blue, float scalar_Intensity, uchar label"
    more = {
        "scalar_Intensity": ("f4", np.arange(1_500.0)),
        "label": ("u1", np.arange(1_500) % 9),
    }
    start = header(f"binary_{name}_endian", f"{NAMES}, {of_colour}")
    cloud = cloud_of(read(tmp_path, start.encode() + table(order, **XYZ, **RGB, **more)))
    assert cloud.colours is not None
    assert cloud.intensities is not None
    assert cloud.classes is not None
    assert (cloud.colours == BYTES).all()
    assert (cloud.intensities == np.arange(1_500)).all()
    assert (cloud.classes == np.arange(1_500) % 9).all()


@pytest.mark.parametrize(
    ("kind", "word", "factor"), [("f4", "float", 1 / 255), ("u2", "ushort", 257), ("i4", "int", 1)]
)
def test_colours_of_every_width_become_bytes(
    tmp_path: Path, kind: str, word: str, factor: float
) -> None:
    names = ", ".join(f"{word} {name}" for name in RGB)
    columns = {name: (kind, values * factor) for name, (_, values) in RGB.items()}
    start = header("binary_little_endian", f"{NAMES}, {names}").encode()
    cloud = cloud_of(read(tmp_path, start + table("<", **XYZ, **columns)))
    assert cloud.colours is not None
    assert (cloud.colours == BYTES).all()


def test_gaussian_splats_are_points_in_their_base_colour(tmp_path: Path) -> None:
    names = ", ".join(f"float f_dc_{number}" for number in range(3))
    columns = {
        f"f_dc_{number}": ("f4", (BYTES[:, number] / 255 - 0.5) / 0.28209479) for number in range(3)
    }
    start = header("binary_little_endian", f"{NAMES}, {names}").encode()
    scene = read(tmp_path, start + table("<", **XYZ, **columns))
    assert [warning.code for warning in scene.warnings] == ["splats_as_points"]
    cloud = cloud_of(scene)
    assert cloud.colours is not None
    assert (cloud.colours == BYTES).all()


def test_normals_and_empty_faces_are_passed_over(tmp_path: Path) -> None:
    rows = "".join(f"{x} {y} {z} 0 0 1\n" for x, y, z in PLACES)
    faces = "element face 0\nproperty list uchar int vertex_indices\n"
    names = f"{NAMES}, float nx, float ny, float nz"
    scene = read(tmp_path, header("ascii", names, more=faces) + rows)
    assert [warning.code for warning in scene.warnings] == ["normals_ignored"]
    assert cloud_of(scene).colours is None


def test_vertices_behind_other_elements_are_found(tmp_path: Path) -> None:
    start = header("binary_little_endian", NAMES).replace(
        "element vertex", "element camera 2\nproperty float f\nelement vertex"
    )
    cloud_of(read(tmp_path, start.encode() + bytes(8) + table("<", **XYZ)))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (header("binary_little_endian", NAMES, 4_000_000_000).encode() + bytes(99), DamagedFile),
        (header("ascii", NAMES, 4_000_000_000).encode() + b"1 2 3\n", DamagedFile),
        (header("binary_little_endian", "float u, float v", 1).encode() + bytes(8), NoGeometry),
        (header("ascii", NAMES, 0).encode(), NoGeometry),
        (b"ply\nformat ascii 1.0\nend_header\n", NoGeometry),
    ],
)
def test_what_is_no_cloud_ends_in_its_named_error(
    tmp_path: Path, content: bytes, problem: type[Exception]
) -> None:
    with pytest.raises(problem):
        read(tmp_path, content)


def test_too_many_points_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(table("<", **XYZ))
    record = np.dtype([(axis, "<f8") for axis in "xyz"])
    pieces = binary_pieces(tmp_path / "a", 0, 1_500, record)
    with pytest.raises(TooComplex):
        read_ply_points("a", 1_500, pieces, ConvertOptions(max_points=100), silent)
