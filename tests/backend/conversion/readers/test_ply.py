"""PLY in its three encodings."""

import struct
from pathlib import Path

import numpy as np
import pytest
import trimesh
from mesh_files import CORNERS, OPTIONS, QUADS, TRIANGLES, VOLUME, bounds, check, silent

from holotable.conversion.readers.ply import read_ply
from holotable.errors import DamagedFile
from holotable.review.scene import Scene


def header(encoding: str, extra: str = "", faces: int = 6, of_face: str = "") -> str:
    axes = "".join(f"property float {axis}\n" for axis in "xyz")
    return (
        f"ply\nformat {encoding} 1.0\ncomment made by a test\nobj_info x\nelement vertex 8\n{axes}"
        f"{extra}element face {faces}\nproperty list uchar int vertex_indices\n{of_face}"
        "end_header\n"
    )


def read(folder: Path, content: bytes | str) -> Scene:
    (folder / "scan.ply").write_bytes(content if isinstance(content, bytes) else content.encode())
    scene = read_ply(folder / "scan.ply", OPTIONS, silent)
    check(scene)
    return scene


POINTS = "".join(f"{x} {y} {z}\n" for x, y, z in CORNERS)
FACES = "".join(f"4 {a} {b} {c} {d}\n" for a, b, c, d in QUADS)


def binary(order: str, faces: list[list[int]]) -> bytes:
    points = CORNERS.astype(order + "f4").tobytes()
    return points + b"".join(struct.pack(f"{order}B{len(f)}i", len(f), *f) for f in faces)


def assert_is_the_cube(scene: Scene) -> None:
    (part,) = scene.parts
    assert part.closed
    assert len(part.mesh.triangles) == 12
    assert part.volume_m3 == pytest.approx(VOLUME * 1e-9)
    assert np.allclose(bounds(scene)[1], [0.002, 0.004, 0])


def test_text_is_read(tmp_path: Path) -> None:
    assert_is_the_cube(read(tmp_path, header("ascii") + POINTS + FACES))


@pytest.mark.parametrize(("name", "order"), [("little", "<"), ("big", ">")])
def test_binary_is_read_in_both_byte_orders(tmp_path: Path, name: str, order: str) -> None:
    start = header(f"binary_{name}_endian").encode()
    assert_is_the_cube(read(tmp_path, start + binary(order, QUADS.tolist())))


@pytest.mark.parametrize("encoding", ["ascii", "binary_little_endian"])
def test_faces_of_different_sizes_are_read(tmp_path: Path, encoding: str) -> None:
    faces = [*QUADS[:3].tolist(), *TRIANGLES[[3, 9, 4, 10, 5, 11]].tolist()]
    start = header(encoding, faces=len(faces)).encode()
    text = POINTS + "".join(f"{len(f)} {' '.join(map(str, f))}\n" for f in faces)
    body = text.encode() if encoding == "ascii" else binary("<", faces)
    assert_is_the_cube(read(tmp_path, start + body))


def test_triangle_strips_are_read(tmp_path: Path) -> None:
    strip = [0, 2, 1, 3, 5, 7, 4, 6, 0, 2, -1, 0, 1, 4, 5, -1, 2, 6, 3, 7]
    text = header("ascii").replace("element face 6", "element tristrips 1")
    text += POINTS + f"{len(strip)} {' '.join(map(str, strip))}\n"
    scene = read(tmp_path, text)
    assert len(scene.parts[0].mesh.triangles) == 12
    assert scene.parts[0].closed


def test_colours_of_points_are_kept(tmp_path: Path) -> None:
    extra = "".join(f"property uchar {c}\n" for c in ("red", "green", "blue", "alpha"))
    rows = "".join(f"{x} {y} {z} {int(x) * 100} 7 9 128\n" for x, y, z in CORNERS)
    scene = read(tmp_path, header("ascii", extra) + rows + FACES)
    assert set(scene.palette[1:]) == {"#00070980", "#c8070980"}


def test_colours_of_faces_are_kept(tmp_path: Path) -> None:
    of_face = "".join(f"property uchar {c}\n" for c in ("red", "green", "blue"))
    rows = "".join(f"{line} {40 * i} 0 0\n" for i, line in enumerate(FACES.splitlines()))
    scene = read(tmp_path, header("ascii", of_face=of_face) + POINTS + rows)
    assert len(scene.palette) == 7
    assert scene.parts[0].closed


def test_fractions_are_colours_too(tmp_path: Path) -> None:
    extra = "".join(f"property float {c}\n" for c in ("red", "green", "blue"))
    rows = "".join(f"{x} {y} {z} 0.5 {x / 2} 0\n" for x, y, z in CORNERS)
    scene = read(tmp_path, header("ascii", extra) + rows + FACES)
    assert set(scene.palette[1:]) == {"#800000ff", "#80ff00ff"}


def test_normals_of_the_file_are_kept(tmp_path: Path) -> None:
    extra = "".join(f"property float {c}\n" for c in ("nx", "ny", "nz"))
    rows = "".join(f"{x} {y} {z} 0 0 2\n" for x, y, z in CORNERS)
    scene = read(tmp_path, header("ascii", extra) + rows + FACES)
    assert np.allclose(scene.parts[0].mesh.normals, [0, 1, 0])


def test_an_unknown_element_does_not_disturb(tmp_path: Path) -> None:
    text = header("ascii").replace("element face", "element edge 1\nproperty int a\nelement face")
    assert_is_the_cube(read(tmp_path, text + POINTS + "5\n" + FACES))


@pytest.mark.parametrize(
    "line",
    ["property complex x\n", "element\n", "format ascii 2 3 4\n", "property float x\n", "hello\n"],
)
def test_a_header_line_that_is_not_valid_is_damage(tmp_path: Path, line: str) -> None:
    with pytest.raises(DamagedFile, match="header"):
        read(tmp_path, header("ascii", extra=line) + POINTS + FACES)


def test_it_agrees_with_trimesh(tmp_path: Path) -> None:
    sphere = trimesh.creation.icosphere(subdivisions=3)
    (part,) = read(tmp_path, sphere.export(file_type="ply")).parts
    assert len(part.mesh.triangles) == len(sphere.faces)
    assert part.volume_m3 == pytest.approx(sphere.volume * 1e-9, rel=1e-5)
