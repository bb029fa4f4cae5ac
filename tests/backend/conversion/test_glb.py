import json
import struct
from pathlib import Path

import meshopt
import numpy as np
import pytest
from package_reader import read_glb

from holotable.conversion.glb import GlbDocument


def test_a_compressed_view_decodes_to_what_went_in(tmp_path: Path) -> None:
    document = GlbDocument(("KHR_meshopt_compression",))
    rows = np.arange(400, dtype=np.uint16).reshape(100, 4)
    corners = np.arange(99, dtype=np.uint32)
    points = document.accessor(
        document.compressed_view(rows, "vertices"), rows.dtype, 100, 3,
        bounds=([0, 1, 2], [396, 397, 398]),
    )  # fmt: skip
    indices = document.accessor(
        document.compressed_view(corners, "indices"), corners.dtype, len(corners), 1
    )
    document.add("nodes", {"name": "n"})
    document.json["scenes"][0]["nodes"] = [0]
    size = document.write(tmp_path / "a.glb")
    assert size == (tmp_path / "a.glb").stat().st_size
    glb = read_glb(tmp_path / "a.glb")
    assert (glb.accessor(points) == rows[:, :3]).all()
    assert (glb.accessor(indices)[:, 0] == corners).all()
    assert glb.json["buffers"][1]["extensions"]["KHR_meshopt_compression"] == {"fallback": True}
    assert glb.json["extensionsRequired"] == ["KHR_meshopt_compression"]


def test_what_is_too_small_to_gain_is_stored_as_it_is(tmp_path: Path) -> None:
    document = GlbDocument(("KHR_meshopt_compression",))
    directions = np.array([[0, 0, 1, 0], [0.6, 0.8, 0, 0]], np.float32)
    encoded = meshopt.encode_filter_oct(directions, 4, 8)
    index = document.accessor(
        document.compressed_view(encoded, "vertices", octahedral=True), np.dtype(np.int8), 2, 3,
        normalized=True,
    )  # fmt: skip
    document.write(tmp_path / "a.glb")
    glb = read_glb(tmp_path / "a.glb")
    assert len(glb.json["buffers"]) == 1
    assert "extensionsRequired" not in glb.json
    assert glb.accessor(index) / 127 == pytest.approx(directions[:, :3], abs=0.02)


def test_accessors_share_a_view_row_by_row(tmp_path: Path) -> None:
    document = GlbDocument()
    rows = np.arange(3000, dtype=np.float32).reshape(-1, 3)
    view = document.compressed_view(rows, "instances")
    first = document.accessor(view, rows.dtype, len(rows), 2)
    second = document.accessor(view, rows.dtype, len(rows), 1, offset=8)
    document.write(tmp_path / "a.glb")
    glb = read_glb(tmp_path / "a.glb")
    assert (glb.accessor(first) == rows[:, :2]).all()
    assert (glb.accessor(second) == rows[:, 2:]).all()
    assert glb.json["extensionsRequired"] == ["KHR_meshopt_compression"]


def test_a_plain_view_is_aligned_to_four_bytes(tmp_path: Path) -> None:
    document = GlbDocument()
    views = [document.view(np.arange(count, dtype=np.uint16), "indices") for count in (3, 5, 7)]
    for view, count in zip(views, (3, 5, 7), strict=True):
        document.accessor(view, np.dtype(np.uint16), count, 1)
    document.write(tmp_path / "a.glb")
    glb = read_glb(tmp_path / "a.glb")
    assert all(view["byteOffset"] % 4 == 0 for view in glb.json["bufferViews"])
    assert glb.accessor(2)[:, 0].tolist() == list(range(7))
    assert len(glb.json["buffers"]) == 1


def test_a_document_without_buffers_is_a_valid_container(tmp_path: Path) -> None:
    document = GlbDocument()
    document.add("nodes", {"name": "alone"})
    document.json["scenes"][0]["nodes"] = [0]
    document.write(tmp_path / "a.glb")
    data = (tmp_path / "a.glb").read_bytes()
    assert struct.unpack_from("<4sII", data) == (b"glTF", 2, len(data))
    text = json.loads(data[20:])
    assert "meshes" not in text
    assert "buffers" not in text


def test_what_has_no_gltf_type_is_a_mistake_of_ours() -> None:
    document = GlbDocument()
    with pytest.raises(KeyError):
        document.accessor(0, np.dtype(np.float64), 1, 1)
