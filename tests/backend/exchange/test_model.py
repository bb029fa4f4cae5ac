"""model.glb with the correction of its placement, read by somebody else's reader."""

import io
import json
import struct

import numpy as np
import pytest
import trimesh

from holotable.exchange.model import placed


def box() -> bytes:
    scene = trimesh.Scene(trimesh.creation.box(extents=(1.0, 2.0, 3.0)))
    return bytes(scene.export(file_type="glb"))


def bounds(glb: bytes) -> np.ndarray:
    return np.asarray(trimesh.load(io.BytesIO(glb), file_type="glb").bounds)


def test_without_a_correction_not_a_byte_changes() -> None:
    assert placed(box(), np.eye(4)) == box()


def test_a_correction_is_one_node_above_the_roots() -> None:
    turned = np.diag([25.4, 25.4, 25.4, 1.0])
    turned[:3, :3] @= np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]])
    made = placed(box(), turned)
    corners = bounds(box())
    expected = np.sort((turned[:3, :3] @ corners.T).T, axis=0)
    assert np.allclose(np.sort(bounds(made), axis=0), expected)
    length = struct.unpack_from("<I", made, 12)[0]
    before = json.loads(box()[20 : 20 + struct.unpack_from("<I", box(), 12)[0]])["nodes"]
    assert json.loads(made[20 : 20 + length])["nodes"][: len(before)] == before
    assert struct.unpack_from("<I", made, 8)[0] == len(made)


@pytest.mark.parametrize("glb", [b"", b"glTF", b"x" * 40], ids=["nothing", "stump", "other"])
def test_what_is_no_glb_is_refused(glb: bytes) -> None:
    with pytest.raises(ValueError, match="no GLB"):
        placed(glb, np.diag([2.0, 2.0, 2.0, 1.0]))
