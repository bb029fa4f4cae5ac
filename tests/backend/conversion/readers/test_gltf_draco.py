"""Draco inside glTF: decoded, and never believed."""

from pathlib import Path
from typing import Any

import DracoPy
import numpy as np
import pytest
from gltf_files import CORNERS_UV, FACING, SQUARE, TWO, GltfFile, png
from mesh_files import OPTIONS, check, silent

from holotable.conversion.readers.gltf import read_gltf
from holotable.conversion.readers.gltf_draco import stated_counts
from holotable.errors import DamagedFile, UnsupportedFormat
from holotable.review.scene import Scene


def stream(**options: Any) -> bytes:
    packed: bytes = DracoPy.encode(
        SQUARE,
        TWO.reshape(-1, 3).astype(np.uint32),
        quantization_bits=20,
        tex_coord=CORNERS_UV.astype(np.float64),
        normals=FACING.astype(np.float64),
        **options,
    )
    return packed


def packed_file(content: bytes, count: int = 4, indices: int = 6) -> GltfFile:
    file = GltfFile()
    decoded = DracoPy.decode(stream())
    ids = {int(a["attribute_type"]): int(a["unique_id"]) for a in decoded.attributes}
    names = {"POSITION": (0, "VEC3"), "NORMAL": (1, "VEC3"), "TEXCOORD_0": (3, "VEC2")}
    attributes = {
        name: file.add("accessors", {"componentType": 5126, "count": count, "type": kind})
        for name, (_, kind) in names.items()
    }
    corner = {"componentType": 5123, "count": indices, "type": "SCALAR"}
    texture = file.texture(png())
    draco = {
        "bufferView": file.view(content),
        "attributes": {name: ids[number] for name, (number, _) in names.items()},
    }
    primitive = {
        "attributes": attributes,
        "indices": file.add("accessors", corner),
        "material": file.material(pbrMetallicRoughness={"baseColorTexture": {"index": texture}}),
        "extensions": {"KHR_draco_mesh_compression": draco},
    }
    file.place(primitive)
    file.json["extensionsRequired"] = ["KHR_draco_mesh_compression"]
    return file


def read(file: GltfFile, folder: Path) -> Scene:
    scene = read_gltf(file.write(folder / "a.gltf"), OPTIONS, silent)
    check(scene)
    return scene


@pytest.mark.parametrize("level", [0, 1, 10])  # sequential, edgebreaker, edgebreaker
def test_a_compressed_square_is_the_square(tmp_path: Path, level: int) -> None:
    content = stream(compression_level=level)
    assert stated_counts(content)[0] == 2
    (part,) = read(packed_file(content), tmp_path).parts
    assert part.area_m2 == pytest.approx(1, rel=1e-4)
    assert part.surface
    (found,) = part.surface.primitives
    corner = {
        tuple(p): tuple(uv) for p, uv in zip(SQUARE.tolist(), CORNERS_UV.tolist(), strict=True)
    }
    for place, uv in zip(found.positions.round(3).tolist(), found.uvs[0].tolist(), strict=True):
        assert uv == pytest.approx(corner[tuple(place)], abs=1e-3)


def test_metadata_before_the_counts_is_passed_over() -> None:
    plain = DracoPy.encode(SQUARE, TWO.reshape(-1, 3).astype(np.uint32), create_metadata=True)
    assert stated_counts(plain)[0] == 2
    named = DracoPy.encode(
        SQUARE,
        TWO.reshape(-1, 3).astype(np.uint32),
        generic_attributes={"heat": np.zeros((4, 1), np.float32)},
    )
    assert stated_counts(named)[0] == 2


def bomb(faces: int) -> bytes:
    """A stream whose header states so many faces."""
    varint = b""
    while faces > 127:
        varint += bytes([faces & 127 | 128])
        faces >>= 7
    varint += bytes([faces])
    return b"DRACO\x02\x02\x01\x01\x00\x00\x00" + varint + varint + b"\x00" * 40


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"DRACO",
        b"GLTF1\x02\x02\x01\x01\x00\x00" + b"\0" * 20,
        stream()[: len(stream()) // 2],
        stream()[:13],
        b"DRACO\x02\x02\x00" + stream()[8:],
        b"DRACO\x02\x02\x01\x07" + stream()[9:],
        b"DRACO\x02\x02\x01\x01\x00\x80" + b"\xff" * 60,
        bomb(1_000_000_000),
        bomb(3),
    ],
)
def test_a_stream_that_lies_is_damage_before_it_is_decoded(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(DamagedFile):
        read(packed_file(content), tmp_path)


def test_a_stated_billion_on_both_sides_is_damage(tmp_path: Path) -> None:
    with pytest.raises(DamagedFile, match="more than it can hold"):
        read(packed_file(bomb(1_000_000_000 // 3), 4, 3 * (1_000_000_000 // 3)), tmp_path)


@pytest.mark.parametrize(("count", "indices"), [(4, 9), (5, 6), (3, 6)])
def test_accessors_that_disagree_with_the_stream_are_damage(
    tmp_path: Path, count: int, indices: int
) -> None:
    with pytest.raises(DamagedFile):
        read(packed_file(stream(), count, indices), tmp_path)


def test_an_older_stream_is_refused_by_its_version(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedFormat, match=r"Draco 1\.3"):
        read(packed_file(b"DRACO\x01\x03" + stream()[7:]), tmp_path)
