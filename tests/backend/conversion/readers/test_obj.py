"""OBJ: groups, materials, pictures, and the ways programs write faces."""

from pathlib import Path

import numpy as np
import pytest
import trimesh
from mesh_files import (
    CORNERS,
    OPTIONS,
    QUADS,
    VOLUME,
    bounds,
    check,
    obj_text,
    occurrences,
    placed_triangles,
    silent,
    warning_codes,
)  # fmt: skip
from PIL import Image

from holotable.conversion.readers import obj
from holotable.conversion.readers.obj import read_obj
from holotable.errors import DamagedFile
from holotable.review.scene import Scene


def read(folder: Path, text: str, **beside: str) -> Scene:
    for name, content in beside.items():
        (folder / name.replace("_", ".")).write_text(content)
    (folder / "model.obj").write_text(text)
    scene = read_obj(folder / "model.obj", OPTIONS, silent)
    check(scene)
    return scene


def test_a_file_without_groups_is_one_part_with_y_up(tmp_path: Path) -> None:
    scene = read(tmp_path, obj_text())
    assert [part.name for part in scene.parts] == ["model"]
    assert scene.parts[0].closed
    assert scene.parts[0].volume_m3 == pytest.approx(VOLUME * 1e-9)
    assert scene.source.up_axis is None
    assert np.allclose(bounds(scene)[1], [0.002, 0.003, 0.004])


@pytest.mark.parametrize("keyword", ["o", "g"])
def test_each_object_or_group_is_a_part(tmp_path: Path, keyword: str) -> None:
    faces = "".join(f"{keyword} side {i}\nf {a + 1} {b + 1} {c + 1} {d + 1}\n"
                    for i, (a, b, c, d) in enumerate(QUADS))  # fmt: skip
    scene = read(tmp_path, obj_text(faces=faces))
    assert [node.name for node in occurrences(scene)] == [f"side {i}" for i in range(6)]
    assert {node.identity for node in occurrences(scene)} == {"named"}
    assert placed_triangles(scene) == 12


def test_groups_hang_below_their_object(tmp_path: Path) -> None:
    faces = "o pump\ng lid\nf 1 2 3\ng body\nf 2 3 4\no motor\nf 3 4 5\n"
    scene = read(tmp_path, obj_text(faces=faces))
    names = {node.name: node for node in scene.nodes}
    assert scene.nodes[names["lid"].parent].name == "pump"
    assert scene.nodes[names["body"].parent].name == "pump"
    assert scene.nodes[names["motor"].parent].name == "model"


def test_a_group_that_is_taken_up_again_stays_one_part(tmp_path: Path) -> None:
    scene = read(tmp_path, obj_text(faces="g a\nf 1 2 3\ng b\nf 2 3 4\ng a\nf 3 4 5\n"))
    assert [len(part.mesh.triangles) for part in scene.parts] == [2, 1]


@pytest.mark.parametrize(
    "line",
    ["f {}/1 {}/1 {}/1", "f {}//1 {}//1 {}//1", "f {}/1/1 {}/1/1 {}/1/1", "f {} {}/1 {}//1",
     "f  {} \t{}  {} # why", "f {} {} \\\n {}"],
)  # fmt: skip
def test_every_way_to_write_a_face_is_read(tmp_path: Path, line: str) -> None:
    extra = "vt 0 0\nvn 0 0 1\n"
    faces = "".join(
        line.format(a + 1, b + 1, c + 1) + "\n" + line.format(a + 1, c + 1, d + 1) + "\n"
        for a, b, c, d in QUADS
    )
    assert read(tmp_path, obj_text(extra, faces)).parts[0].closed


def test_negative_indices_count_from_the_end(tmp_path: Path) -> None:
    faces = "".join("f " + " ".join(str(i - 8) for i in quad) + "\n" for quad in QUADS)
    assert read(tmp_path, obj_text(faces=faces)).parts[0].closed


def test_forms_and_sizes_of_faces_may_change_from_line_to_line(tmp_path: Path) -> None:
    faces = "f 1 3 4 2\nf 5//1 6//1 8//1\nf 5 8 7\nf 1/1 2/1 6/1 5/1\n"
    faces += "f 3 7 8 4\nf 1 5 7 3\nf 2 4 8 6\n"
    assert read(tmp_path, obj_text("vt 0 0\nvn 0 0 1\n", faces)).parts[0].closed


def test_the_file_is_read_the_same_in_small_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = read(tmp_path, obj_text("o a\n"))
    monkeypatch.setattr(obj, "_BLOCK_BYTES", 37)
    again = read(tmp_path, obj_text("o a\n"))
    assert np.array_equal(whole.parts[0].mesh.positions, again.parts[0].mesh.positions)


def test_indented_lines_and_foreign_line_ends_are_read(tmp_path: Path) -> None:
    text = obj_text("# made by hand\n")
    assert read(tmp_path, "  " + text.replace("\n", "\n  ")).parts[0].closed
    (tmp_path / "b.obj").write_bytes(text.replace("\n", "\r\n").encode())
    assert read_obj(tmp_path / "b.obj", OPTIONS, silent).parts[0].closed
    (tmp_path / "c.obj").write_bytes(text.replace("\n", "\r").encode())
    assert read_obj(tmp_path / "c.obj", OPTIONS, silent).parts[0].closed


def test_materials_colour_whole_parts_and_single_faces(tmp_path: Path) -> None:
    mtl = "newmtl red\nKd 1 0 0\nnewmtl glass\nKd 0 0 1\nd 0.5\n"
    faces = "o plain\nusemtl red\nf 1 2 3\no mixed\nf 2 3 4\nusemtl glass\nf 3 4 5\n"
    scene = read(tmp_path, "mtllib model.mtl\n" + obj_text(faces=faces), model_mtl=mtl)
    plain, mixed = occurrences(scene)
    assert plain.colour == "#ff0000ff"
    assert mixed.colour is None
    used = {scene.palette[i] for i in scene.parts[1].mesh.materials.tolist()}
    assert used == {"#ff0000ff", "#0000ff80"}
    assert plain.properties == {"OBJ": {"material": "red"}}
    assert mixed.properties == {"OBJ": {"material": "red, glass"}}


def test_a_missing_library_is_a_warning_that_names_the_file(tmp_path: Path) -> None:
    scene = read(tmp_path, "mtllib parts/paint shop.mtl\n" + obj_text("usemtl red\n"))
    (warning,) = scene.warnings
    assert warning.code == "missing_file"
    assert "paint shop.mtl" in warning.detail


def test_a_picture_is_sampled_at_the_vertices(tmp_path: Path) -> None:
    Image.new("RGB", (64, 64), (200, 100, 50)).save(tmp_path / "wood grain.png")
    mtl = "newmtl wood\nKd 1 1 1\nmap_Kd -s 1 1 1 wood grain.png\n"
    extra = "vt 0 0\nvt 1 0\nvt 1 1\nusemtl wood\n"
    text = "mtllib model.mtl\n" + obj_text(extra, "f 1/1 2/2 3/3\n")
    scene = read(tmp_path, text, model_mtl=mtl)
    assert warning_codes(scene) == set()
    assert scene.nodes[0].colour == "#c86432ff"


def test_a_picture_by_its_windows_path_is_found_beside_the_file(tmp_path: Path) -> None:
    Image.new("RGB", (4, 4), (0, 255, 0)).save(tmp_path / "green.png")
    mtl = "newmtl m\nmap_Kd C:\\Users\\ann\\GREEN.PNG\nKd 1 1 1\n"
    text = "mtllib model.mtl\n" + obj_text("vt 0 0\nusemtl m\n", "f 1/1 2/1 3/1\n")
    assert read(tmp_path, text, model_mtl=mtl).nodes[0].colour == "#00ff00ff"


def test_a_missing_picture_is_a_warning_that_names_the_file(tmp_path: Path) -> None:
    text = "mtllib model.mtl\n" + obj_text("vt 0 0\nusemtl m\n", "f 1/1 2/1 3/1\n")
    scene = read(tmp_path, text, model_mtl="newmtl m\nKd 1 0 0\nmap_Kd grain.jpg\n")
    (warning,) = scene.warnings
    assert "grain.jpg" in warning.detail
    assert scene.nodes[0].colour == "#ff0000ff"


def test_colours_behind_the_points_are_kept(tmp_path: Path) -> None:
    points = "".join(f"v {x} {y} {z} {x / 2:.3f} 0 1\n" for x, y, z in CORNERS)
    scene = read(tmp_path, points + obj_text().split("v ")[-1].split("\n", 1)[1])
    assert set(scene.palette[1:]) == {"#0000ffff", "#ff00ffff"}


def test_lines_and_curves_are_left_out_with_a_warning(tmp_path: Path) -> None:
    scene = read(tmp_path, obj_text("l 1 2\np 3\n"))
    assert warning_codes(scene) == {"lines_ignored"}


def test_a_face_of_words_is_damage(tmp_path: Path) -> None:
    with pytest.raises(DamagedFile, match="no number"):
        read(tmp_path, obj_text(faces="f one two three\n"))


def test_it_agrees_with_trimesh(tmp_path: Path) -> None:
    sphere = trimesh.creation.icosphere(subdivisions=3)
    (tmp_path / "a.obj").write_text(trimesh.exchange.obj.export_obj(sphere))
    (part,) = read_obj(tmp_path / "a.obj", OPTIONS, silent).parts
    assert len(part.mesh.triangles) == len(sphere.faces)
    assert part.closed == sphere.is_watertight
    assert part.volume_m3 == pytest.approx(sphere.volume * 1e-9, rel=1e-6)
    assert part.area_m2 == pytest.approx(sphere.area * 1e-6, rel=1e-6)
