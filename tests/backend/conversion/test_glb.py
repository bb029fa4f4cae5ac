import json
import struct
from pathlib import Path

import numpy as np
import pytest
from package_reader import read_glb

from holotable.conversion.glb import GlbDocument


def test_a_compressed_view_decodes_to_what_went_in(tmp_path: Path) -> None:
    document = GlbDocument(("EXT_meshopt_compression",))
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
    assert glb.json["buffers"][1]["extensions"]["EXT_meshopt_compression"] == {"fallback": True}
    assert glb.json["extensionsRequired"] == ["EXT_meshopt_compression"]


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
