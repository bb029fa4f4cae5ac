"""Accessors are held against their bytes."""

import json
from pathlib import Path
from typing import Any

import meshopt
import numpy as np
import pytest
from mesh_files import CORNERS, buffer_of, data_uri, gltf_cube, write_glb, write_gltf

from holotable.conversion.readers.gltf_data import (
    Document,
    extension,
    mapping,
    numbers,
    object_list,
    open_gltf,
    whole,
)
from holotable.errors import DamagedFile, TooLarge, UnsupportedFormat

POINTS = CORNERS.astype("<f4")
PLAIN = {"componentType": 5126, "count": 8, "type": "VEC3"}


def document(content: bytes, views: list[Any], accessors: list[Any]) -> Document:
    json_ = {
        "buffers": [{"byteLength": len(content), "uri": data_uri(content)}],
        "bufferViews": views,
        "accessors": accessors,
    }
    return Document(json_, Path("none"), None, 10**9)


def test_rows_are_read_packed_strided_and_picked() -> None:
    wide = np.zeros((8, 5), "<f4")
    wide[:, 1:4] = POINTS
    content, views = buffer_of(POINTS, wide)
    views[1]["byteStride"] = 20
    accessors = [{"bufferView": 0, **PLAIN}, {"bufferView": 1, "byteOffset": 4, **PLAIN}]
    opened = document(content, views, accessors)
    assert np.array_equal(opened.rows(0), POINTS)
    assert np.array_equal(opened.rows(1), POINTS)
    assert np.array_equal(opened.rows(1, np.array([7, 0])), POINTS[[7, 0]])


@pytest.mark.parametrize(
    ("array", "code", "expected"),
    [
        (np.array([[0], [255]], "<u1"), 5121, [[0], [1]]),
        (np.array([[-127], [-128]], "<i1"), 5120, [[-1], [-1]]),
        (np.array([[32767], [-16384]], "<i2"), 5122, [[1], [-0.5]]),
    ],
)
def test_normalized_whole_numbers_are_fractions(
    array: np.ndarray, code: int, expected: list[list[float]]
) -> None:
    content, views = buffer_of(array)
    accessor = {"bufferView": 0, "componentType": code, "count": 2, "type": "SCALAR"}
    plain, scaled = accessor, {**accessor, "normalized": True}
    opened = document(content, views, [plain, scaled])
    assert np.array_equal(opened.rows(0), array)
    assert opened.rows(0).dtype == np.int64
    assert np.allclose(opened.rows(1), expected, atol=1e-4)


@pytest.mark.parametrize("based", [True, False])
@pytest.mark.parametrize("wanted", [None, [5, 1, 2]])
def test_sparse_rows_replace_the_others(based: bool, wanted: list[int] | None) -> None:
    content, views = buffer_of(POINTS, np.array([1, 5], "<u2"), np.full((2, 3), 9, "<f4"))
    sparse = {
        "count": 2,
        "indices": {"bufferView": 1, "componentType": 5123},
        "values": {"bufferView": 2},
    }
    accessor = {**PLAIN, "sparse": sparse} | ({"bufferView": 0} if based else {})
    expected = POINTS.copy() if based else np.zeros((8, 3))
    expected[[1, 5]] = 9
    rows = document(content, views, [accessor]).rows(
        0, None if wanted is None else np.array(wanted)
    )
    assert np.array_equal(rows, expected if wanted is None else expected[wanted])


@pytest.mark.parametrize("name", ["EXT_meshopt_compression", "KHR_meshopt_compression"])
def test_compressed_views_are_unpacked(name: str) -> None:
    padded = np.zeros((8, 4), "<f4")
    padded[:, :3] = POINTS
    packed = meshopt.encode_vertex_buffer(padded)
    indices = meshopt.encode_gltf_buffer(np.arange(6, dtype=np.uint32), "TRIANGLES")
    content, views = buffer_of(np.frombuffer(packed, np.uint8), np.frombuffer(indices, np.uint8))
    modes = [("ATTRIBUTES", 8, 16), ("TRIANGLES", 6, 4)]
    compressed = [
        {"buffer": 1, "byteLength": count * stride, "extensions": {name: {
            **view, "byteStride": stride, "count": count, "mode": mode}}}
        for view, (mode, count, stride) in zip(views, modes, strict=True)
    ]  # fmt: skip
    accessors = [
        {"bufferView": 0, **PLAIN},
        {"bufferView": 1, "componentType": 5125, "count": 6, "type": "SCALAR"},
    ]
    opened = document(content, compressed, accessors)
    assert np.array_equal(opened.rows(0), POINTS)
    assert sorted(opened.rows(1)[:, 0].tolist()) == list(range(6))


@pytest.mark.parametrize(
    "change",
    [
        {"count": 9}, {"count": -1}, {"count": 1.5}, {"count": "8"}, {"count": True},
        {"byteOffset": 1}, {"type": "MAT9"}, {"componentType": 5124}, {"bufferView": 1},
        {"bufferView": -1}, {"bufferView": None},
    ],
)  # fmt: skip
def test_an_accessor_that_contradicts_its_bytes_is_damage(change: dict[str, Any]) -> None:
    content, views = buffer_of(POINTS)
    opened = document(content, views, [{"bufferView": 0, **PLAIN, **change}])
    with pytest.raises(DamagedFile):
        opened.rows(0)


@pytest.mark.parametrize("change", [{"byteLength": 97}, {"byteOffset": 4}, {"byteStride": 4}])
def test_a_view_that_contradicts_its_buffer_is_damage(change: dict[str, Any]) -> None:
    content, views = buffer_of(POINTS)
    opened = document(content, [{**views[0], **change}], [{"bufferView": 0, **PLAIN}])
    with pytest.raises(DamagedFile):
        opened.rows(0)


def test_an_index_beyond_the_rows_is_damage() -> None:
    content, views = buffer_of(POINTS)
    with pytest.raises(DamagedFile):
        document(content, views, [{"bufferView": 0, **PLAIN}]).rows(0, np.array([8]))


def test_images_are_bytes_or_references() -> None:
    opened = document(b"picture!", [{"buffer": 0, "byteLength": 7}], [])
    images = [{"bufferView": 0}, {"uri": data_uri(b"inside")}, {"uri": "a.png"}, {}]
    opened.json = {**opened.json, "images": images}
    assert opened.image(0) == b"picture"
    assert opened.image(1) == b"inside"
    assert opened.image(2) == "a.png"
    with pytest.raises(DamagedFile):
        opened.image(3)


def test_both_containers_open(tmp_path: Path) -> None:
    assert open_gltf(write_gltf(tmp_path / "a", gltf_cube()), 10**6).binary is None
    opened = open_gltf(write_glb(tmp_path / "b", gltf_cube(), b"abcd"), 10**6)
    assert opened.binary == b"abcd"
    assert opened.json["asset"] == {"version": "2.0"}


def test_a_byte_order_mark_does_not_disturb(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\xef\xbb\xbf" + json.dumps(gltf_cube()).encode())
    assert open_gltf(tmp_path / "a", 10**6).json["scene"] == 0


def test_the_first_version_of_the_container_is_refused(tmp_path: Path) -> None:
    content = bytearray(write_glb(tmp_path / "a", gltf_cube()).read_bytes())
    content[4] = 1
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(UnsupportedFormat, match="glTF 1"):
        open_gltf(tmp_path / "a", 10**6)


def test_a_buffer_over_the_limit_is_too_large(tmp_path: Path) -> None:
    opened = open_gltf(write_gltf(tmp_path / "a", gltf_cube()), 10)
    with pytest.raises(TooLarge):
        opened.rows(0)


@pytest.mark.parametrize("text", [b"[]", b'"x"', b"{", b"\xff\xfe", b'{"a":Infinity}'])
def test_json_that_is_no_document_is_damage(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "a").write_bytes(text)
    with pytest.raises(DamagedFile):
        open_gltf(tmp_path / "a", 10**6)


def test_values_are_checked_where_they_are_used() -> None:
    assert whole(3.0, "x") == 3
    assert numbers([1, 2.5], 2, "x").tolist() == [1, 2.5]
    assert object_list({}, "x") == []
    assert extension({"extensions": {"A": {"b": 1}}}, "A") == {"b": 1}
    assert extension({"extensions": []}, "A") is None
    for wrong in (lambda: whole(-1, "x"), lambda: whole(5, "x", 5), lambda: whole(None, "x"),
                  lambda: numbers([1], 2, "x"), lambda: numbers([1, True], 2, "x"),
                  lambda: numbers([1, float("nan")], 2, "x"), lambda: numbers([1, 10**400], 2, "x"),
                  lambda: object_list({"x": [1]}, "x"), lambda: mapping([])):  # fmt: skip
        with pytest.raises(DamagedFile):
            wrong()
