import struct

import numpy as np
import pytest
from mesh_files import CORNERS, TRIANGLES
from threeds_files import chunk, document, floats, material, mesh, node, text, track

from holotable.conversion.readers.threeds_chunks import parse
from holotable.errors import DamagedFile


def test_objects_materials_and_nodes_come_out_as_plain_values() -> None:
    found = parse(
        document(
            material("red", (255, 0, 51), clear=25, picture="tex.png") + mesh(groups=[3] * 12),
            node(7, "Cube", instance="left", parent=3, position=(1, 2, 3), scale=(2, 2, 2)),
        )
    )
    cube = found.meshes["Cube"]
    assert np.array_equal(cube.points, CORNERS)
    assert np.array_equal(cube.triangles, TRIANGLES)
    assert cube.groups is not None
    assert set(cube.groups.tolist()) == {3}
    red = found.materials["red"]
    assert (red.diffuse, red.transparency) == ((1, 0, 0.2), 0.25)
    assert red.maps["colour"].file == "tex.png"
    placed = found.nodes[0]
    assert (placed.number, placed.object, placed.instance, placed.parent) == (7, "Cube", "left", 3)
    assert (placed.position, placed.scale, placed.is_root) == ((1, 2, 3), (2, 2, 2), False)


def test_spline_terms_before_a_key_are_passed_over() -> None:
    key = struct.pack("<IH", 0, 0b00101) + floats((0.5, 0.5)) + floats((7, 8, 9))
    keys = chunk(0xB020, bytes(10), struct.pack("<I", 1), key)
    of_node = chunk(0xB010, text("Cube"), struct.pack("<HHH", 0, 0, 0xFFFF))
    found = parse(document(mesh(), chunk(0xB002, of_node, keys)))
    assert found.nodes[0].position == (7, 8, 9)
    assert not found.nodes[0].moves


def test_more_than_one_key_moves() -> None:
    of_node = chunk(0xB010, text("Cube"), struct.pack("<HHH", 0, 0, 0xFFFF))
    found = parse(document(mesh(), chunk(0xB002, of_node, track(0xB020, (1, 0, 0), (2, 0, 0)))))
    assert found.nodes[0].moves
    assert found.nodes[0].position == (1, 0, 0)


@pytest.mark.parametrize(
    "content",
    [
        b"MM",
        b"XX" + struct.pack("<I", 6),
        document(mesh())[:-1],
        chunk(0x4D4D, struct.pack("<HI", 0x3D3D, 5)),
        chunk(0x4D4D, struct.pack("<HI", 0x3D3D, 0xFFFFFFF0)),
        document(chunk(0x4000, b"a name that does not end")),
        document(chunk(0x4000, text("a"), chunk(0x4100, chunk(0x4110, b"\x01")))),
        document(chunk(0x4000, text("a"), chunk(0x4100, chunk(0x4110, b"\xff\xff" + bytes(12))))),
        document(chunk(0x4000, text("a"), chunk(0x4100, chunk(0x4160, bytes(40))))),
        document(mesh(), chunk(0xB002, chunk(0xB020, bytes(10), b"\xff\xff\xff\xff", bytes(18)))),
        document(mesh(), chunk(0xB002, chunk(0xB010, text("Cube"), b"\x00"))),
        document(mesh(), chunk(0xB002, chunk(0xB013, bytes(4)))),
    ],
)  # fmt: skip
def test_lengths_and_counts_are_held_against_the_bytes_that_are_there(content: bytes) -> None:
    with pytest.raises(DamagedFile):
        parse(content)


def test_a_rest_too_short_for_a_chunk_and_unknown_chunks_are_passed_over() -> None:
    found = parse(chunk(0x4D4D, chunk(0x1234, b"?"), chunk(0x3D3D, mesh(), b"\x00\x01")) + b"tail")
    assert list(found.meshes) == ["Cube"]
