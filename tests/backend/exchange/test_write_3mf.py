import locale
import zipfile
from pathlib import Path

import pytest
import trimesh
from backend.exchange.part_trees import VOLUME_M3, assembly
from lxml import etree

from holotable.exchange.part_tree import read_tree
from holotable.exchange.write_3mf import write_3mf

CORE = "{http://schemas.microsoft.com/3dmanufacturing/core/2015/02}"


def test_meshes_are_shared_names_ids_and_colours_kept(tmp_path: Path) -> None:
    path = tmp_path / "skid.3mf"
    write_3mf(path, read_tree(assembly()))
    with zipfile.ZipFile(path) as archive:
        root = etree.fromstring(archive.read("3D/3dmodel.model"))
    assert root.get("unit") == "millimeter"
    objects = root.findall(f".//{CORE}object")
    assert sum(one.find(f"{CORE}mesh") is not None for one in objects) == 1
    named = {one.get("partnumber"): one.get("name") for one in objects if one.get("partnumber")}
    assert named["bolt-2"] == "Bolt M6 / 20"
    assert len(named) == 5
    assert root.find(f".//{CORE}base").get("displaycolor").startswith("#FF0000")
    assert len(root.findall(f".//{CORE}item")) == 1


def test_another_reader_finds_the_same_bodies_upright_in_millimetres(tmp_path: Path) -> None:
    path = tmp_path / "skid.3mf"
    write_3mf(path, read_tree(assembly()))
    mesh = trimesh.load_scene(path).to_mesh()
    assert len(mesh.faces) == 36
    assert abs(mesh.volume) == pytest.approx(3 * VOLUME_M3 * 1e9, rel=1e-4)
    assert mesh.extents[1] == pytest.approx(6, abs=1e-3)


def test_the_process_keeps_its_locale(tmp_path: Path) -> None:
    before = locale.setlocale(locale.LC_ALL)
    write_3mf(tmp_path / "skid.3mf", read_tree(assembly()))
    assert locale.setlocale(locale.LC_ALL) == before


def test_a_triangle_without_area_is_left_out(tmp_path: Path) -> None:
    tree = read_tree(assembly())
    (one,) = tree.meshes[0]
    one.triangles.setflags(write=False)
    flat = one.triangles.copy()
    flat[0] = [1, 1, 2]
    tree.meshes[0] = [type(one)(one.positions, flat, None, one.colour, 0.0, 1.0)]
    path = tmp_path / "flat.3mf"
    write_3mf(path, tree)
    assert len(trimesh.load_scene(path).to_mesh().faces) == 33
