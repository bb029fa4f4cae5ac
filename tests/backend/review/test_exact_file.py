"""exact.bin is read back as it was written, and odd bytes are no shape."""

import struct

import numpy as np
import pytest

from holotable.conversion.exact import encode_part
from holotable.review.exact import CURVE, ExactPart
from holotable.review.exact_file import decode_part, open_exact
from tests.cad_files import nested_assembly, scene_of
from tests.exact_reader import read_part


def blocks(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    folder = tmp_path_factory.mktemp("exact")
    scene = scene_of(nested_assembly(), folder / "nested.step")
    return [encode_part(part.exact) for part in scene.parts if part.exact is not None]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    return blocks(tmp_path_factory)


def part_of(content: bytes) -> ExactPart | None:
    file = open_exact(memoryview(content))
    assert file is not None
    return file.part(0)


def test_every_number_is_that_of_the_second_reader(written: list[bytes]) -> None:
    for block in written:
        mine, theirs = decode_part(block), read_part(block)
        assert np.array_equal(mine.vertices, np.array(theirs.vertices))
        assert mine.edge_lengths == pytest.approx([edge.length for edge in theirs.edges])
        assert mine.face_areas.tolist() == [face.area for face in theirs.faces]
        for number, edge in enumerate(theirs.edges):
            start, end = mine.edge_starts[number : number + 2]
            if mine.edge_kinds[number] == CURVE:
                assert mine.edge_points[start:end] == pytest.approx(edge.polyline, abs=1e-12)
        for number, face in enumerate(theirs.faces):
            start, end = mine.face_edge_starts[number : number + 2]
            assert mine.face_edges[start:end].tolist() == face.edges
            assert bool(mine.face_parameters[number, 11]) == face.hole
        assert mine.body_volumes.tolist() == [body["volume"] for body in theirs.bodies]


def test_a_damaged_block_raises_or_reads_but_never_runs_away(written: list[bytes]) -> None:
    random = np.random.default_rng(7)
    for block in written:
        head = struct.pack("<4sIIIII", b"HTEX", 1, 1, 0, 24, len(block))
        assert part_of(head + block) is not None
        for _ in range(300):
            spoiled = bytearray(block)
            spoiled[random.integers(len(spoiled))] = random.integers(256)
            found = part_of(head + bytes(spoiled))
            assert found is None or np.isfinite(found.edge_lengths).all()


def test_a_part_beyond_the_file_has_no_shape(written: list[bytes]) -> None:
    head = struct.pack("<4sIII", b"HTEX", 1, 2, 0)
    body = written[0]
    rows = struct.pack("<IIII", 32, len(body), 32, 2**31)
    file = open_exact(memoryview(head + rows + body))
    assert file is not None
    assert file.part(0) is not None
    assert file.part(1) is None
    assert file.part(5) is None
    assert open_exact(memoryview(b"nothing of the kind")) is None
