"""STL in both forms."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from mesh_files import (
    CORNERS,
    OPTIONS,
    TRIANGLES,
    VOLUME,
    bounds,
    check,
    occurrences,
    silent,
    stl_ascii,
    stl_binary,
    warning_codes,
)  # fmt: skip

from holotable.conversion.readers import stl
from holotable.conversion.readers.stl import read_stl
from holotable.errors import DamagedFile, TooComplex


def test_a_binary_solid_is_one_closed_part_in_millimetres_z_up(tmp_path: Path) -> None:
    scene = read_stl(stl_binary(tmp_path / "bracket.stl"), OPTIONS, silent)
    check(scene)
    (part,) = scene.parts
    assert len(part.mesh.triangles) == 12
    assert len(part.mesh.positions) == 24
    assert part.closed
    assert part.volume_m3 == pytest.approx(VOLUME * 1e-9)
    assert scene.source.length_unit is None
    assert scene.source.up_axis is None
    low, high = bounds(scene)
    assert np.allclose(low, [0, 0, -0.003])
    assert np.allclose(high, [0.002, 0.004, 0])
    assert scene.nodes[0].name == "bracket"


def test_the_person_may_say_unit_and_axis(tmp_path: Path) -> None:
    options = replace(OPTIONS, unit="in", up_axis="y")
    scene = read_stl(stl_binary(tmp_path / "a.stl"), options, silent)
    assert np.allclose(bounds(scene)[1], np.array([2, 3, 4]) * 0.0254)


def test_each_solid_of_a_text_file_is_a_part_of_its_name(tmp_path: Path) -> None:
    scene = read_stl(stl_ascii(tmp_path / "a.stl", ["lid", "box"]), OPTIONS, silent)
    check(scene)
    assert [part.name for part in scene.parts] == ["lid", "box"]
    assert [node.name for node in scene.nodes] == ["a", "lid", "box"]
    assert all(part.closed for part in scene.parts)
    assert bounds(scene)[1][0] == pytest.approx(0.012)


def test_solids_without_names_are_numbered_and_ranked(tmp_path: Path) -> None:
    scene = read_stl(stl_ascii(tmp_path / "a.stl", ["", ""]), OPTIONS, silent)
    check(scene)
    assert [node.name for node in occurrences(scene)] == ["Solid 1", "Solid 2"]
    assert {node.identity for node in occurrences(scene)} == {"ranked"}


def test_the_name_of_the_upload_is_no_part_of_the_id(tmp_path: Path) -> None:
    first = read_stl(stl_binary(tmp_path / "rev-a.stl"), OPTIONS, silent)
    second = read_stl(stl_binary(tmp_path / "rev-b.stl"), OPTIONS, silent)
    assert first.nodes[0].id == second.nodes[0].id
    assert first.nodes[0].name != second.nodes[0].name


def test_text_in_an_unusual_layout_is_read_too(tmp_path: Path) -> None:
    text = "".join(
        "FACET NORMAL 0 0 1 OUTER LOOP "
        + " ".join(f"VERTEX {x} {y} {z}" for x, y, z in triangle)
        + " ENDLOOP ENDFACET\r\n"
        for triangle in CORNERS[TRIANGLES]
    )
    (tmp_path / "a.stl").write_text("SOLID loud\r\n" + text + "ENDSOLID loud\r\n", newline="")
    scene = read_stl(tmp_path / "a.stl", OPTIONS, silent)
    assert scene.parts[0].closed
    assert scene.parts[0].name == "loud"


def test_text_without_normals_is_read_by_matching_words(tmp_path: Path) -> None:
    text = stl_ascii(tmp_path / "a.stl").read_text().replace("facet normal 0 0 0", "facet")
    (tmp_path / "a.stl").write_text(text)
    assert read_stl(tmp_path / "a.stl", OPTIONS, silent).parts[0].closed


def test_text_is_read_the_same_in_small_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = stl_ascii(tmp_path / "a.stl", ["one", "two"])
    whole = read_stl(path, OPTIONS, silent)
    monkeypatch.setattr(stl, "_BLOCK_BYTES", 300)
    for left, right in zip(whole.parts, read_stl(path, OPTIONS, silent).parts, strict=True):
        assert np.array_equal(left.mesh.positions, right.mesh.positions)
        assert np.array_equal(left.mesh.triangles, right.mesh.triangles)


def test_a_coordinate_that_is_a_word_is_damage(tmp_path: Path) -> None:
    text = stl_ascii(tmp_path / "a.stl").read_text().replace("2.0000000e+00", "two", 1)
    (tmp_path / "a.stl").write_text(text)
    with pytest.raises(DamagedFile, match="no number"):
        read_stl(tmp_path / "a.stl", OPTIONS, silent)


def test_a_solid_that_faces_inwards_is_turned_round(tmp_path: Path) -> None:
    path = stl_binary(tmp_path / "a.stl", CORNERS * [1, 1, -1])
    scene = read_stl(path, OPTIONS, silent)
    assert warning_codes(scene) == {"inside_out"}
    assert scene.parts[0].volume_m3 == pytest.approx(VOLUME * 1e-9)
    mesh = scene.parts[0].mesh
    outward = mesh.positions[mesh.triangles].mean(axis=1) - mesh.positions.mean(axis=0)
    assert (np.einsum("ij,ij->i", outward, mesh.normals[mesh.triangles[:, 0]]) > 0).all()


def test_more_triangles_than_allowed_are_refused(tmp_path: Path) -> None:
    options = replace(OPTIONS, max_triangles=11)
    with pytest.raises(TooComplex, match="12"):
        read_stl(stl_binary(tmp_path / "a.stl"), options, silent)
    with pytest.raises(TooComplex, match="12"):
        read_stl(stl_ascii(tmp_path / "b.stl"), options, silent)


def test_bytes_after_the_last_triangle_are_named_and_not_read(tmp_path: Path) -> None:
    path = stl_binary(tmp_path / "a.stl")
    path.write_bytes(path.read_bytes() + b"made by a scanner")

    scene = read_stl(path, OPTIONS, silent)

    assert len(scene.parts[0].mesh.triangles) == 12
    assert scene.parts[0].closed
    assert [(each.code, each.count) for each in scene.warnings] == [("trailing_bytes", 1)]
