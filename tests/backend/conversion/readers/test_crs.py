"""Coordinate systems of LAS files, in WKT 1, WKT 2 and GeoTIFF keys."""

import struct

import pytest

from holotable.conversion.readers.crs import Reference, parse_wkt, read_reference
from holotable.errors import DamagedFile

SURVEY_FOOT = 1200 / 3937
UTM = (
    'PROJCS["WGS 84 / UTM zone 32N",GEOGCS["WGS 84",UNIT["degree",0.0174532925199433]],'
    'PROJECTION["Transverse_Mercator"],UNIT["metre",1,AUTHORITY["EPSG","9001"]],'
    'AUTHORITY["EPSG","32632"]]'
)
COMPOUND = (
    'COMPD_CS["California",PROJCS["NAD83 / California zone 5 (ftUS)",GEOGCS["NAD83",UNIT["degree",'
    '0.0174532925199433]],UNIT["US survey foot",0.3048006096012192],AUTHORITY["EPSG","2229"]],'
    'VERT_CS["NAVD88 height",VERT_DATUM["North American Vertical Datum 1988",2005],'
    'UNIT["metre",1.0],AXIS["Up",UP]]]'
)
WKT2 = (
    'COMPOUNDCRS["x",PROJCRS["NAD83(2011) / Oregon GIC Lambert (ft)",BASEGEOGCRS["NAD83(2011)"],'
    'CS[Cartesian,2],AXIS["easting (X)",east,ORDER[1],LENGTHUNIT["foot",0.3048]],'
    'AXIS["northing (Y)",north,ORDER[2],LENGTHUNIT["foot",0.3048]],ID["EPSG",6557]],'
    'VERTCRS["NAVD88 height (ftUS)",CS[vertical,1],'
    'AXIS["up",up,LENGTHUNIT["US survey foot",0.304800609601219]]]]'
)


def by_wkt(text: str, user: str = "LASF_Projection") -> Reference:
    return read_reference({(user, 2112): text.encode() + b"\0junk"})


def by_keys(
    *rows: tuple[int, int, int, int], doubles: bytes = b"", words: bytes = b""
) -> Reference:
    directory = struct.pack("<4H", 1, 1, 0, len(rows))
    directory += b"".join(struct.pack("<4H", *row) for row in rows)
    return read_reference(
        {
            ("LASF_Projection", 34_735): directory,
            ("LASF_Projection", 34_736): doubles,
            ("LASF_Projection", 34_737): words,
        }
    )


def test_a_file_that_says_nothing_is_in_metres() -> None:
    assert read_reference({}) == Reference()
    assert (Reference().unit, Reference().metres_per_unit, Reference().georeference) == ("m", 1, {})


@pytest.mark.parametrize("user", ["LASF_Projection", "liblas"])
def test_wkt_1_names_system_and_unit(user: str) -> None:
    found = by_wkt(UTM, user)
    assert (found.unit, found.metres_per_unit, found.metres_per_height) == ("m", 1.0, 1.0)
    assert found.name == "WGS 84 / UTM zone 32N"
    assert found.georeference["crs"] == "EPSG:32632"
    assert found.georeference["scale"] == 1.0
    assert found.georeference["eastings_m"] == 0.0
    assert found.georeference["map_unit_m"] == 1.0
    assert found.georeference["wkt"] == UTM
    assert found.warnings == ()


def test_the_survey_foot_is_not_the_foot_and_heights_may_be_metres() -> None:
    found = by_wkt(COMPOUND)
    assert found.unit == "ft"
    assert found.metres_per_unit == SURVEY_FOOT
    assert found.metres_per_height == 1.0
    assert found.georeference["crs"] == "EPSG:2229"
    assert found.georeference["map_unit_m"] == SURVEY_FOOT
    assert found.georeference["vertical_datum"] == "NAVD88 height"


def test_wkt_2_has_its_units_in_the_axes() -> None:
    found = by_wkt(WKT2)
    assert found.metres_per_unit == 0.3048
    assert found.metres_per_height == SURVEY_FOOT
    assert found.georeference["crs"] == "EPSG:6557"


def test_degrees_are_known_and_warned_of() -> None:
    found = by_wkt('GEOGCS["WGS 84",UNIT["degree",0.0174532925199433],AUTHORITY["EPSG","4326"]]')
    assert found.is_geographic
    assert found.metres_per_unit == 1.0
    assert [warning.code for warning in found.warnings] == ["geographic_coordinates"]
    assert "eastings_m" not in found.georeference


@pytest.mark.parametrize(
    "text", ['PROJCS["cut off",UNIT["metre"', "no brackets", "[" * 500, 'A["' + "x" * 200_000, "]"]
)
def test_a_description_that_cannot_be_read_moves_nothing(text: str) -> None:
    with pytest.raises(DamagedFile):
        parse_wkt(text)
    assert by_wkt(text) == Reference()


def test_wkt_is_a_tree() -> None:
    tree = parse_wkt(' PROJCS ( "a ""quoted"" name" , UNIT["foot",0.3048], -1.5e3 ) ')
    assert tree.title == 'a "quoted" name'
    (unit,) = tree.children("UNIT")
    assert unit.parts == ("foot", 0.3048)
    assert tree.parts[-1] == -1500.0
    assert [element.keyword for element in tree.walk()] == ["PROJCS", "UNIT"]


def test_keys_name_system_and_unit() -> None:
    words = b"NAD83 / Oregon North (ft)|"
    found = by_keys(
        (1024, 0, 1, 1), (1026, 34_737, len(words), 0), (3072, 0, 1, 2269), (3076, 0, 1, 9002),
        (4099, 0, 1, 9003), words=words,
    )  # fmt: skip
    assert found.georeference["crs"] == "EPSG:2269"
    assert found.name == "NAD83 / Oregon North (ft)"
    assert (found.unit, found.metres_per_unit) == ("ft", 0.3048)
    assert found.metres_per_height == SURVEY_FOOT


def test_a_unit_of_their_own_is_a_number() -> None:
    rows = ((1024, 0, 1, 1), (3072, 0, 1, 32_767), (3076, 0, 1, 32_767), (3077, 34_736, 1, 1))
    found = by_keys(*rows, doubles=struct.pack("<2d", 99.0, 0.9144))
    assert found.metres_per_unit == 0.9144
    assert "crs" not in found.georeference


def test_a_system_without_a_unit_is_metres_with_a_warning() -> None:
    found = by_keys((1024, 0, 1, 1), (3072, 0, 1, 2269))
    assert found.metres_per_unit == 1.0
    assert [warning.code for warning in found.warnings] == ["unit_assumed"]


def test_keys_of_degrees_are_known() -> None:
    assert by_keys((1024, 0, 1, 2), (2048, 0, 1, 4326)).is_geographic


def test_keys_that_point_outside_are_passed_over() -> None:
    found = by_keys((1024, 0, 1, 1), (3077, 34_736, 1, 9), (1026, 34_737, 50, 60_000))
    assert found.metres_per_unit == 1.0
    assert read_reference({("LASF_Projection", 34_735): struct.pack("<4H", 1, 1, 0, 900)}) == (
        Reference()
    )
