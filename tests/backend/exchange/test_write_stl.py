import io

import pytest
import trimesh
from backend.exchange.part_trees import VOLUME_M3, assembly

from holotable.exchange.part_tree import read_tree
from holotable.exchange.write_stl import write_stl


def test_another_reader_finds_every_placed_triangle_in_millimetres_standing_upright() -> None:
    out = io.BytesIO()
    write_stl(out, read_tree(assembly()))
    out.seek(0)
    mesh = trimesh.load_mesh(out, file_type="stl")
    assert len(mesh.faces) == 36
    assert mesh.volume == pytest.approx(3 * VOLUME_M3 * 1e9), "also the mirrored one faces outwards"
    # The boxes are 6 mm along the scene's z, which is STL's -y.
    assert mesh.bounds[:, 1].tolist() == pytest.approx([-6, 0])
    assert len(out.getvalue()) == 84 + 36 * 50


def test_nothing_to_show_is_an_empty_file() -> None:
    out = io.BytesIO()
    write_stl(out, read_tree(assembly(nodes=[{"name": "Empty"}])))
    assert len(out.getvalue()) == 84
