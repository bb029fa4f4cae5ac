import io
import zipfile

import pytest
import trimesh
from backend.exchange.part_trees import VOLUME_M3, assembly

from holotable.exchange.part_tree import read_tree
from holotable.exchange.write_obj import srgb, write_obj


def test_another_reader_finds_groups_colours_and_volumes() -> None:
    out = io.BytesIO()
    write_obj(out, read_tree(assembly()), "skid")
    with zipfile.ZipFile(out) as archive:
        assert archive.namelist() == ["skid.obj", "skid.mtl"]
        text, look = archive.read("skid.obj").decode(), archive.read("skid.mtl").decode()
    assert text.count("\no Bolt_M6_/_20\n") == 3
    assert "# id bolt-3\n" in text
    assert "Kd 1.0000 0.0000 0.0000" in look
    mesh = trimesh.load_mesh(io.BytesIO(text.encode()), file_type="obj", process=False)
    assert len(mesh.faces) == 36
    assert mesh.volume == pytest.approx(3 * VOLUME_M3, rel=1e-5)


def test_linear_colours_are_written_as_they_are_shown() -> None:
    assert srgb(0.2140) == pytest.approx(0.5, abs=1e-3)
    assert (srgb(0.0), srgb(1.0)) == (0.0, pytest.approx(1.0))
