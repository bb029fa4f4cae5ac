"""LAS and LAZ against files written by hand and by laspy."""

import io
import json
import struct
from pathlib import Path

import laspy
import numpy as np
import pytest
from mesh_files import OPTIONS, silent
from point_files import hill, las_bytes, y_up

from holotable.conversion.limits import Limits
from holotable.conversion.options import ConvertOptions
from holotable.conversion.readers.las import read_header, read_las
from holotable.conversion.sandbox import Sandbox
from holotable.conversion.walls import detect_walls
from holotable.errors import (
    ConversionProblem,
    DamagedFile,
    NoGeometry,
    TooComplex,
    UnsupportedFormat,
)
from holotable.review.scene import Floats, Scene

PLACES = hill(3_000)
RANDOM = np.random.default_rng(5)
COLOURS = RANDOM.integers(0, 65_536, (3_000, 3)).astype(np.uint16)
INTENSITIES = RANDOM.integers(0, 65_536, 3_000).astype(np.uint16)
CLASSES = RANDOM.integers(1, 32, 3_000).astype(np.uint8)


def read(folder: Path, content: bytes, options: ConvertOptions = OPTIONS) -> Scene:
    (folder / "scan.las").write_bytes(content)
    return read_las(folder / "scan.las", options, silent)


def laz(point_format: int, version: str, evlrs: bool = False) -> bytes:
    """The same points as LAZ, by laspy."""
    header = laspy.LasHeader(point_format=point_format, version=version)
    header.scales, header.offsets = np.full(3, 0.001), np.zeros(3)
    las = laspy.LasData(header)
    las.x, las.y, las.z = PLACES.T
    las.intensity = INTENSITIES
    las.classification = CLASSES
    if "red" in las.point_format.dimension_names:
        las.red, las.green, las.blue = COLOURS.T
    if evlrs:
        las.evlrs = laspy.vlrs.vlrlist.VLRList()
        wkt = b'PROJCS["A",UNIT["foot",0.3048],AUTHORITY["EPSG","9999"]]\0'
        las.evlrs.append(laspy.VLR("LASF_Projection", 2112, "", wkt))
    out = io.BytesIO()
    las.write(out, do_compress=True, laz_backend=laspy.LazBackend.Lazrs)
    return out.getvalue()


def assert_is_the_hill(scene: Scene, coloured: bool) -> None:
    (part,), (node,) = scene.parts, scene.nodes
    assert part.points is not None
    found: Floats = part.points.positions + node.transform[:3, 3]
    assert np.abs(found - y_up(PLACES)).max() < 2e-5
    assert part.points.intensities is not None
    assert (part.points.intensities == INTENSITIES).all()
    assert part.points.classes is not None
    assert (part.points.classes == CLASSES).all()
    assert (part.points.colours is not None) == coloured
    if part.points.colours is not None:
        assert (part.points.colours == COLOURS >> 8).all()
    assert (scene.source.kind, scene.source.up_axis) == ("points", "z")


@pytest.mark.parametrize(
    ("point_format", "version"),
    [(0, (1, 0)), (1, (1, 1)), (2, (1, 2)), (3, (1, 2)), (4, (1, 3)), (5, (1, 3)), (6, (1, 4)),
     (7, (1, 4)), (8, (1, 4)), (9, (1, 4)), (10, (1, 4))],
)  # fmt: skip
def test_every_point_format_is_read(
    tmp_path: Path, point_format: int, version: tuple[int, int]
) -> None:
    coloured = point_format in (2, 3, 5, 7, 8, 10)
    content = las_bytes(
        PLACES, version=version, point_format=point_format, intensities=INTENSITIES,
        classes=CLASSES, colours=COLOURS if coloured else None,
    )  # fmt: skip
    assert_is_the_hill(read(tmp_path, content), coloured)


@pytest.mark.parametrize(
    ("point_format", "version"), [(0, "1.2"), (3, "1.2"), (6, "1.4"), (7, "1.4"), (8, "1.4")]
)
def test_laz_is_unpacked(tmp_path: Path, point_format: int, version: str) -> None:
    assert_is_the_hill(read(tmp_path, laz(point_format, version)), point_format in (3, 7, 8))


def test_laspy_reads_what_the_tests_write() -> None:
    content = las_bytes(PLACES, colours=COLOURS, intensities=INTENSITIES, classes=CLASSES)
    las = laspy.read(io.BytesIO(content))
    assert np.allclose(np.asarray(las.xyz), PLACES)
    assert (np.asarray(las.red) == COLOURS[:, 0]).all()


def test_what_the_header_says_becomes_properties(tmp_path: Path) -> None:
    classes = np.where(np.arange(3_000) < 1_000, 2, 9).astype(np.uint8)
    (part,) = read(tmp_path, las_bytes(PLACES, classes=classes)).parts
    facts = part.properties["Point cloud"]
    assert facts["Points"] == 3_000
    assert facts["Format"] == "LAS 1.2, point format 3"
    assert facts["Software"] == "point_files.py"
    assert facts["Created"] == "2025, day 200"
    assert (facts["Class 2 (ground)"], facts["Class 9 (water)"]) == (1_000, 2_000)


def test_flags_beside_the_class_are_not_the_class(tmp_path: Path) -> None:
    (part,) = read(tmp_path, las_bytes(PLACES, classes=CLASSES | 128)).parts
    assert part.points is not None
    assert part.points.classes is not None
    assert (part.points.classes == CLASSES).all()
    assert part.properties["Point cloud"]["Withheld"] == 3_000


def test_a_record_at_the_end_names_the_coordinate_system(tmp_path: Path) -> None:
    scene = read(tmp_path, laz(7, "1.4", evlrs=True))
    assert scene.source.length_unit == "ft"
    assert scene.georeference["crs"] == "EPSG:9999"
    assert scene.georeference["map_unit_m"] == pytest.approx(0.3048)
    assert scene.parts[0].points is not None
    extent = np.ptp(scene.parts[0].points.positions, axis=0)
    assert np.allclose(extent, np.ptp(y_up(PLACES), axis=0) * 0.3048, atol=1e-4)


def test_degrees_become_metres_on_the_ground(tmp_path: Path) -> None:
    wkt = b'GEOGCS["WGS 84",UNIT["degree",0.0174532925199433],AUTHORITY["EPSG","4326"]]\0'
    corners = np.array([[11.0, 48.0, 500.0], [11.001, 48.0, 500.0], [11.0, 48.001, 510.0]])
    record = ("LASF_Projection", 2112, wkt)
    content = las_bytes(corners, scale=1e-7, offsets=(11, 48, 500), records=(record,))
    scene = read(tmp_path, content)
    assert [warning.code for warning in scene.warnings] == ["geographic_coordinates"]
    assert scene.parts[0].points is not None
    places = scene.parts[0].points.positions
    # One degree at 48° north: 74.63 km along the parallel, 111.20 km along the meridian.
    assert np.linalg.norm(places[1] - places[0]) == pytest.approx(74.63, abs=0.02)
    assert np.linalg.norm((places[2] - places[0])[[0, 2]]) == pytest.approx(111.20, abs=0.02)


def test_extra_bytes_and_waveforms_are_named(tmp_path: Path) -> None:
    scene = read(tmp_path, las_bytes(PLACES, point_format=4, version=(1, 3), extra_bytes=6))
    assert {w.code for w in scene.warnings} == {"extra_bytes_ignored", "waveforms_ignored"}


def test_nothing_but_a_header_is_no_geometry(tmp_path: Path) -> None:
    with pytest.raises(NoGeometry):
        read(tmp_path, las_bytes(PLACES[:1], count=0))


def test_too_many_points_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TooComplex, match="3,000 points"):
        read(tmp_path, las_bytes(PLACES), ConvertOptions(max_points=100))


def patched(content: bytes, at: int, kind: str, value: float) -> bytes:
    """The file with one number of its header changed."""
    changed = bytearray(content)
    struct.pack_into("<" + kind, changed, at, value)
    return bytes(changed)


WHOLE = las_bytes(PLACES[:50])
PACKED = laz(3, "1.2")
PACKED_AT = struct.unpack_from("<I", PACKED, 96)[0]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (WHOLE[:150], DamagedFile),
        (WHOLE[:-1], DamagedFile),
        (las_bytes(PLACES[:50], count=2**32 - 1), DamagedFile),
        (las_bytes(PLACES[:50], version=(1, 4), point_format=6, count=2**62), DamagedFile),
        (patched(WHOLE, 96, "I", 2**31), DamagedFile),  # offset to the points
        (patched(WHOLE, 100, "I", 2**32 - 1), DamagedFile),  # number of records
        (patched(WHOLE, 105, "H", 3), DamagedFile),  # length of a point
        (patched(WHOLE, 104, "B", 42), UnsupportedFormat),  # point format
        (patched(WHOLE, 25, "B", 7), UnsupportedFormat),  # minor version
        (patched(WHOLE, 131, "d", 0.0), DamagedFile),  # scale
        (patched(WHOLE, 131, "d", float("nan")), DamagedFile),
        (patched(WHOLE, 155, "d", 1e300), DamagedFile),  # offset
        (patched(WHOLE, 104, "B", 3 | 128), DamagedFile),  # packed, and does not say how
        (PACKED[: len(PACKED) // 2], DamagedFile),
        (patched(PACKED, 107, "I", 2**32 - 1), TooComplex),
        (patched(PACKED, 107, "I", 3_001), DamagedFile),
        (patched(PACKED, PACKED_AT, "q", 2**62), DamagedFile),
        (patched(PACKED, PACKED_AT, "q", -7), DamagedFile),
    ],
)
def test_a_lying_file_ends_in_its_named_error(
    tmp_path: Path, content: bytes, problem: type[ConversionProblem]
) -> None:
    with pytest.raises(problem):
        read(tmp_path, content)


def test_random_damage_to_laz_ends_in_points_or_a_named_error(tmp_path: Path) -> None:
    for seed in range(60):
        random = np.random.default_rng(seed)
        content = bytearray(PACKED)
        for at in random.integers(0, len(content) if seed % 2 else 600, 4):
            content[at] = int(random.integers(0, 256))
        try:
            read(tmp_path, bytes(content), ConvertOptions(max_points=100_000))
        except ConversionProblem:
            continue


def test_a_header_that_holds_records_is_read_whole() -> None:
    content = las_bytes(PLACES[:5], records=(("me", 7, b"abc"), ("me", 7, b"later")))
    header = read_header(io.BytesIO(content), len(content))
    assert header.records == {("me", 7): b"abc"}
    assert (header.count, header.point_bytes, header.compressed) == (5, 34, False)


def test_laz_is_converted_behind_the_walls(tmp_path: Path) -> None:
    walls = detect_walls()
    if not walls.isolates:
        pytest.skip("this machine has no walls for a sandbox")
    source = tmp_path / "scan.laz"
    source.write_bytes(PACKED)
    limits = Limits(memory_bytes=1 << 30, timeout_s=60.0, output_bytes=30 << 20)
    preload = ("holotable.conversion.readers.las",)
    sandbox = Sandbox(tmp_path / "work", walls, preload=preload)
    try:
        sandbox.start()
        outcome = sandbox.convert(source, "scan.laz", {}, limits, lambda *_report: None)
        assert outcome.problem is None
        manifest = json.loads((outcome.out / "manifest.json").read_text(encoding="utf-8"))
        assert manifest["counts"]["points"] == 3_000
        outcome.discard()
    finally:
        sandbox.close()
