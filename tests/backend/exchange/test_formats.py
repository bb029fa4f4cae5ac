from pathlib import Path

import numpy as np
import pytest
import trimesh
from backend.exchange.part_trees import VOLUME_M3, assembly

from holotable.errors import NoGeometry, UnknownFormat
from holotable.exchange.formats import SUFFIXES, Asset, write_as

SKID = Asset("Skid", "P-101", "C")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_each_format_is_written_by_the_name_of_its_file(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"skid{suffix}"
    assert write_as(path, assembly(), np.eye(4), SKID) == {}
    assert path.stat().st_size > 300
    assert sorted(one.name for one in tmp_path.iterdir()) == [path.name]


def test_a_corrected_unit_is_in_what_is_written(tmp_path: Path) -> None:
    path = tmp_path / "inches.stl"
    write_as(path, assembly(), np.diag([25.4, 25.4, 25.4, 1.0]), SKID)
    mesh = trimesh.load_mesh(path)
    assert mesh.volume == pytest.approx(3 * VOLUME_M3 * 1e9 * 25.4**3, rel=1e-4)


def test_what_is_left_out_is_counted(tmp_path: Path) -> None:
    primitives = [
        {"attributes": {"POSITION": 0}, "mode": 1},
        {"attributes": {"POSITION": 0}, "indices": 1, "material": 0},
    ]
    glb = assembly(meshes=[{"primitives": primitives}])
    assert write_as(tmp_path / "skid.stl", glb, np.eye(4), SKID) == {"lines": 1}


def test_another_suffix_and_a_model_without_triangles_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownFormat, match=r"\.3mf"):
        write_as(tmp_path / "skid.step", assembly(), np.eye(4), SKID)
    with pytest.raises(NoGeometry, match="no triangles"):
        write_as(tmp_path / "skid.stl", assembly(nodes=[{"name": "Empty"}]), np.eye(4), SKID)
    assert not list(tmp_path.iterdir())
