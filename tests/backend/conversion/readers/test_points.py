"""Clouds as they are gathered: precision far out, 8 or 16 bit colours, limits."""

from pathlib import Path

import numpy as np
import pytest
from mesh_files import OPTIONS, silent
from point_files import hill, las_bytes, y_up

from holotable.conversion.options import ConvertOptions
from holotable.conversion.read import read
from holotable.conversion.readers.points import Gatherer, empty_mesh, read_points
from holotable.conversion.sniff import sniff
from holotable.errors import DamagedFile, NoGeometry, TooComplex
from holotable.review.scene import Floats, Scene


def gathered(*pieces: Floats, options: ConvertOptions = OPTIONS, **facts: object) -> Scene:
    gatherer = Gatherer("points", options, **facts)  # type: ignore[arg-type]  # by name
    for piece in pieces:
        gatherer.add(np.asarray(piece, float))
    return gatherer.finish("Scan")


def absolute(scene: Scene) -> Floats:
    """Where the points are, metres, y up, in double precision."""
    (part,), (node,) = scene.parts, scene.nodes
    assert part.points is not None
    places: Floats = part.points.positions.astype(float) @ node.transform[:3, :3].T
    return places + node.transform[:3, 3]


def test_each_kind_of_file_has_its_reader(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(las_bytes(hill(10)))
    (tmp_path / "b").write_text("1 2 3\n4 5 6\n")
    for name, count in (("a", 10), ("b", 2)):
        (part,) = read_points(tmp_path / name, OPTIONS, silent).parts
        assert part.points is not None
        assert len(part.points.positions) == count
    assert len(empty_mesh().triangles) == 0


def test_coordinates_of_a_map_keep_a_tenth_of_a_millimetre() -> None:
    far = hill(5_000) + np.array([665_171.375, 5_648_298.097, 228.049])
    scene = gathered(far[:2_000], far[2_000:], length_unit="m")
    assert np.abs(absolute(scene) - y_up(far)).max() < 1e-4


def test_a_cloud_near_zero_keeps_its_frame() -> None:
    scene = gathered(hill(100), length_unit="m")
    assert (scene.nodes[0].transform == np.eye(4)).all()


def test_the_axis_and_the_unit_may_be_corrected() -> None:
    places = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 7.0]])
    assert np.allclose(absolute(gathered(places)), y_up(places) / 1000)
    corrected = ConvertOptions(unit="cm", up_axis="y")
    assert np.allclose(absolute(gathered(places, options=corrected)), places / 100)


def test_heights_may_have_a_unit_of_their_own() -> None:
    places = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 7.0]])
    scene = gathered(places, length_unit="m", metres_per_unit=1.0, heights=0.3048)
    assert np.allclose(absolute(scene), y_up(places * [1, 1, 0.3048]))


@pytest.mark.parametrize("expected", [None, 4, 3])
def test_colours_are_of_16_bits_once_one_is(expected: int | None) -> None:
    gatherer = Gatherer("points", OPTIONS, expected=expected)
    dark = np.array([[7, 8, 9], [0, 255, 1]], np.uint16)
    bright = np.array([[65_535, 256, 511], [0, 1, 32_768]], np.uint16)
    gatherer.add(np.zeros((2, 3)), dark)
    gatherer.add(np.ones((2, 3)), bright)
    cloud = gatherer.finish("Scan").parts[0].points
    assert cloud is not None
    assert cloud.colours is not None
    assert cloud.colours.tolist() == [[0, 0, 0], [0, 0, 0], [255, 1, 1], [0, 0, 128]]


def test_small_colours_are_of_8_bits() -> None:
    gatherer = Gatherer("points", OPTIONS)
    gatherer.add(np.zeros((1, 3)), np.array([[7, 255, 0]], np.uint16))
    cloud = gatherer.finish("Scan").parts[0].points
    assert cloud is not None
    assert cloud.colours is not None
    assert cloud.colours.tolist() == [[7, 255, 0]]


def test_fields_that_nobody_filled_are_left_out() -> None:
    gatherer = Gatherer("points", OPTIONS)
    zeros = np.zeros(3, np.uint16)
    gatherer.add(np.eye(3), np.zeros((3, 3), np.uint16), zeros, zeros.astype(np.uint8))
    cloud = gatherer.finish("Scan").parts[0].points
    assert cloud is not None
    assert (cloud.colours, cloud.intensities, cloud.classes) == (None, None, None)


@pytest.mark.parametrize(
    ("values", "due", "range_"),
    [
        ([0.0, 12.0, 4000.0], [0, 12, 4000], None),
        ([0.0, 0.5, 1.0], [0, 32768, 65535], (0.0, 1.0)),
        ([-2048.0, 0.0, 2047.0], [0, 32776, 65535], (-2048.0, 2047.0)),
    ],
)
def test_intensities_fill_16_bits(
    values: list[float], due: list[int], range_: tuple[float, float] | None
) -> None:
    gatherer = Gatherer("points", OPTIONS)
    gatherer.add(np.eye(3), None, np.array(values))
    scene = gatherer.finish("Scan")
    assert scene.parts[0].points is not None
    assert scene.parts[0].points.intensities is not None
    assert scene.parts[0].points.intensities.tolist() == due
    facts = scene.parts[0].properties["Point cloud"]
    found = (facts.get("Intensity lowest"), facts.get("Intensity highest"))
    assert found == (range_ or (None, None))


def test_points_without_a_place_are_counted_and_left_out() -> None:
    places = np.array([[1, 2, 3], [np.nan, 0, 0], [4, 5, np.inf], [7, 8, 9]])
    scene = gathered(places)
    assert [(w.code, w.count) for w in scene.warnings] == [("points_without_place", 2)]
    assert len(absolute(scene)) == 2
    with pytest.raises(NoGeometry):
        gathered(places[1:3])


@pytest.mark.parametrize("places", [[[1e13, 0, 0]], [[0, 0, 0], [1e13, 0, 0]]])
def test_a_point_beyond_a_million_kilometres_is_damage(places: list[list[float]]) -> None:
    with pytest.raises(DamagedFile, match="million kilometres"):
        gathered(*[np.array([place]) for place in places])


def test_too_many_points_are_refused_before_they_are_kept() -> None:
    options = ConvertOptions(max_points=150)
    with pytest.raises(TooComplex, match="at most 150"):
        gathered(hill(100), hill(100), options=options)
    with pytest.raises(TooComplex, match="4,000,000,000"):
        Gatherer("points", options).check_count(4_000_000_000)


MODELS = Path(__file__).parents[4].parent / "shared" / "models"


@pytest.mark.models
@pytest.mark.skipif(not MODELS.is_dir(), reason="needs ../shared/models")
@pytest.mark.parametrize(
    ("name", "count", "coloured", "metres", "low", "high"),
    [
        ("simple.las", 1_065, True, 1.0, [635_619.85, 848_899.7, 406.59],
         [638_982.55, 853_535.43, 586.38]),
        ("autzen_trim.laz", 110_000, True, 0.3048, [636_001.76, 848_935.2, 406.26],
         [637_179.22, 849_497.9, 520.51]),
        ("points_cloudcompare.xyz", 101, True, 0.001, [665_171.375, 5_648_298.097, 228.049],
         [665_187.871, 5_648_381.899, 245.903]),
        ("points_emptyface.ply", 1_024, False, 0.001, [-138.557, -107.853, -42.191],
         [126.951, 101.543, 125.626]),
    ],
)  # fmt: skip
def test_the_shared_clouds_have_the_measured_points(
    name: str, count: int, coloured: bool, metres: float, low: list[float], high: list[float]
) -> None:
    path = MODELS / name
    kind = sniff(path, name)
    assert kind != "archive"
    scene = read(path, kind, OPTIONS, silent)
    cloud = scene.parts[0].points
    assert cloud is not None
    assert len(cloud.positions) == count
    assert (cloud.colours is not None) == coloured
    places = absolute(scene) / metres
    in_file = np.stack([places[:, 0], -places[:, 2], places[:, 1]], axis=1)
    assert np.allclose([in_file.min(axis=0), in_file.max(axis=0)], [low, high], atol=6e-4)
    assert scene.warnings == ()
