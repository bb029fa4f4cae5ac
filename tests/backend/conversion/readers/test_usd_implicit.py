import math
from pathlib import Path

import numpy as np
import pytest
from mesh_files import OPTIONS, bounds, check, occurrences, silent, warning_codes
from usd_files import write_usda, xform

from holotable.conversion.options import ConvertOptions
from holotable.conversion.readers.usd import read_usd
from holotable.errors import DamagedFile
from holotable.review.scene import Scene


def read(path: Path, options: ConvertOptions = OPTIONS) -> Scene:
    scene = read_usd(path, options, silent)
    check(scene)
    return scene


IMPLICIT = [
    ("Cube", "double size = 2", 8.0, [2, 2, 2]),
    ("Sphere", "double radius = 3", 4 / 3 * math.pi * 27, [6, 6, 6]),
    ("Cylinder", 'double radius = 1\ndouble height = 5\ntoken axis = "X"', 5 * math.pi, [5, 2, 2]),
    ("Cone", 'double radius = 2\ndouble height = 6\ntoken axis = "Y"', 8 * math.pi, [4, 6, 4]),
    ("Capsule", "double radius = 1\ndouble height = 4", 4 * math.pi + 4 / 3 * math.pi, [2, 2, 6]),
    (
        "Cylinder_1",
        "double radiusBottom = 2\ndouble radiusTop = 1\ndouble height = 3",
        math.pi * (4 + 2 + 1),
        [4, 4, 3],
    ),
]


@pytest.mark.parametrize(("kind", "sizes", "volume", "extent"), IMPLICIT, ids=lambda v: str(v)[:8])
def test_implicit_solids_are_closed_and_as_large_as_they_say(
    tmp_path: Path, kind: str, sizes: str, volume: float, extent: list[float]
) -> None:
    body = f'def {kind} "Solid"\n{{\n{sizes}\n}}\n'.replace("token axis", "uniform token axis")
    fine = read(write_usda(tmp_path / "a.usda", body), ConvertOptions(deflection_m=1e-4))
    part = fine.parts[0]
    assert part.closed
    assert part.volume_m3 == pytest.approx(volume, rel=2e-3)
    low, high = bounds(fine)
    assert np.allclose(high - low, extent, atol=1e-9)
    assert np.allclose(high + low, 0, atol=1e-9)
    assert warning_codes(fine) == set()
    rough = read(write_usda(tmp_path / "a.usda", body))
    assert len(rough.parts[0].mesh.triangles) <= len(part.mesh.triangles)


@pytest.mark.parametrize(
    ("axis", "extent", "normal"),
    [("X", [0, 5, 2], [1, 0, 0]), ("Y", [2, 0, 5], [0, 1, 0]), ("Z", [2, 5, 0], [0, 0, 1])],
)
def test_a_plane_looks_along_its_axis(
    tmp_path: Path, axis: str, extent: list[float], normal: list[float]
) -> None:
    body = (
        f'def Plane "P"\n{{\ndouble width = 2\ndouble length = 5\nuniform token axis = "{axis}"\n}}'
    )
    scene = read(write_usda(tmp_path / "a.usda", body))
    low, high = bounds(scene)
    assert np.allclose(high - low, extent)
    assert np.allclose(scene.parts[0].mesh.normals, normal)


def test_equal_solids_are_one_part(tmp_path: Path) -> None:
    body = "".join(xform(f"X{n}", 'def Sphere "S"\n{\n}\n', (n, 0, 0)) for n in range(3))
    scene = read(write_usda(tmp_path / "a.usda", body))
    assert (len(scene.parts), len(occurrences(scene))) == (1, 3)


@pytest.mark.parametrize("size", ["-1", "inf", "nan"])
def test_a_size_that_is_none_is_refused(tmp_path: Path, size: str) -> None:
    with pytest.raises(DamagedFile):
        read(write_usda(tmp_path / "a.usda", f'def Sphere "S"\n{{\ndouble radius = {size}\n}}'))
