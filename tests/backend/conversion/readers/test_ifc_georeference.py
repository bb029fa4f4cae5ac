import math
from typing import Any

import ifcopenshell
import pytest
from ifc_files import IfcFile

from holotable.conversion.readers.ifc_georeference import read_georeference
from holotable.conversion.readers.ifc_units import read_units
from holotable.review.scene import PropertyValue


def georeference(ifc: IfcFile, warnings: list[str] | None = None) -> dict[str, PropertyValue]:
    told = [] if warnings is None else warnings
    return read_georeference(ifc.file, read_units(ifc.file), lambda code, _: told.append(code))


def system(ifc: IfcFile, unit: str | None = None, **attributes: Any) -> Any:
    map_unit = None
    if unit is not None:
        map_unit = ifc.file.create_entity("IfcSIUnit", UnitType="LENGTHUNIT", Name="METRE",
                                          Prefix=None if unit == "m" else unit)  # fmt: skip
    return ifc.file.create_entity("IfcProjectedCRS", Name="EPSG:25832", MapUnit=map_unit,
                                  **attributes)  # fmt: skip


def conversion(ifc: IfcFile, crs: Any, **values: float) -> None:
    ifc.file.create_entity("IfcMapConversion", SourceCRS=ifc.context, TargetCRS=crs, **values)


def test_a_map_conversion_is_put_into_metres() -> None:
    ifc = IfcFile("mm")
    crs = system(ifc, "m", Description="UTM 32N", GeodeticDatum="ETRS89", VerticalDatum="DHHN2016",
                 MapProjection="UTM", MapZone="32N")  # fmt: skip
    conversion(ifc, crs, Eastings=691_000.5, Northings=5_336_000.25, OrthogonalHeight=515.0,
               XAxisAbscissa=3.0, XAxisOrdinate=4.0, Scale=0.0009996)  # fmt: skip

    assert georeference(ifc) == {
        "crs": "EPSG:25832", "crs_name": "UTM 32N", "geodetic_datum": "ETRS89",
        "vertical_datum": "DHHN2016", "map_projection": "UTM", "map_zone": "32N",
        "eastings_m": 691_000.5, "northings_m": 5_336_000.25, "height_m": 515.0,
        "x_axis_abscissa": pytest.approx(0.6), "x_axis_ordinate": pytest.approx(0.8),
        "scale": pytest.approx(0.9996),
    }  # fmt: skip


def test_a_map_without_a_unit_is_in_the_projects() -> None:
    ifc = IfcFile("mm")
    conversion(ifc, system(ifc), Eastings=691_000_500.0, Northings=0.0, OrthogonalHeight=0.0)

    found = georeference(ifc)

    assert found["eastings_m"] == pytest.approx(691_000.5)
    assert (found["scale"], found["x_axis_abscissa"], found["x_axis_ordinate"]) == (1.0, 1.0, 0.0)


def test_a_scale_that_forgot_the_units_is_mended_and_told() -> None:
    ifc = IfcFile("mm")
    conversion(ifc, system(ifc, "m"), Eastings=0.0, Northings=0.0, OrthogonalHeight=0.0, Scale=1.0)
    warnings: list[str] = []

    assert georeference(ifc, warnings)["scale"] == 1.0
    assert warnings == ["georeference_scale"]


def test_ifc2x3_says_it_in_agreed_property_sets() -> None:
    ifc = IfcFile("mm")
    for name, values in (
        ("ePSet_MapConversion", {"Eastings": 691_000.5, "Northings": 5_336_000.25,
                                 "OrthogonalHeight": 515.0}),
        ("ePSet_ProjectedCRS", {"Name": "EPSG:31467", "GeodeticDatum": "DHDN"}),
    ):  # fmt: skip
        properties = [
            ifc.file.create_entity(
                "IfcPropertySingleValue", Name=key,
                NominalValue=ifc.file.create_entity(
                    "IfcLabel" if isinstance(value, str) else "IfcReal", value
                ),
            )
            for key, value in values.items()
        ]  # fmt: skip
        ifc.root("IfcPropertySet", name, HasProperties=properties)

    found = georeference(ifc)

    assert (found["crs"], found["geodetic_datum"]) == ("EPSG:31467", "DHDN")
    assert (found["eastings_m"], found["northings_m"], found["height_m"]) == (
        691_000.5, 5_336_000.25, 515.0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("parts", "degrees"),
    [
        ((48, 8, 6), 48 + 8 / 60 + 6 / 3600),
        ((-33, -51, -30, -500_000), -(33 + 51 / 60 + 30.5 / 3600)),
        ((0, -30, 0), -0.5),
    ],
)
def test_the_site_says_latitude_and_longitude(parts: tuple[int, ...], degrees: float) -> None:
    ifc = IfcFile("mm")
    ifc.root(
        "IfcSite", "Site", RefLatitude=parts, RefLongitude=(11, 34, 30), RefElevation=515_000.0
    )

    found = georeference(ifc)

    assert found["latitude"] == pytest.approx(degrees, abs=1e-12)
    assert found["longitude"] == pytest.approx(11 + 34 / 60 + 30 / 3600, abs=1e-12)
    assert found["elevation_m"] == pytest.approx(515.0)


def test_true_north_is_an_angle_from_the_y_axis() -> None:
    ifc = IfcFile()
    ifc.context.TrueNorth = ifc.file.create_entity("IfcDirection", DirectionRatios=(-1.0, 1.0))

    assert georeference(ifc)["true_north_rad"] == pytest.approx(math.pi / 4)


def test_a_file_that_says_nothing_has_no_place() -> None:
    assert georeference(IfcFile()) == {}


def test_ifc4x3_may_scale_each_axis_or_only_move() -> None:
    file = ifcopenshell.file(schema="IFC4X3")
    metre = file.create_entity("IfcSIUnit", UnitType="LENGTHUNIT", Name="METRE")
    crs = file.create_entity("IfcProjectedCRS", Name="EPSG:3857", MapUnit=metre)
    point = file.create_entity("IfcCartesianPoint", Coordinates=(0.0, 0.0, 0.0))
    axes = file.create_entity("IfcAxis2Placement3D", Location=point)
    context = file.create_entity(
        "IfcGeometricRepresentationContext", ContextType="Model", CoordinateSpaceDimension=3,
        WorldCoordinateSystem=axes,
    )  # fmt: skip
    scaled = file.create_entity(
        "IfcMapConversionScaled", SourceCRS=context, TargetCRS=crs, Eastings=1.0, Northings=2.0,
        OrthogonalHeight=3.0, FactorX=1.0, FactorY=1.0, FactorZ=0.9,
    )  # fmt: skip
    file.create_entity("IfcProject", GlobalId="0" * 22)
    found = read_georeference(file, read_units(file), lambda code, detail: None)
    assert (found["eastings_m"], found["factor_z"]) == (1.0, 0.9)
    assert "factor_x" not in found

    file.remove(scaled)
    file.create_entity(
        "IfcRigidOperation", SourceCRS=context, TargetCRS=crs, Height=7.0,
        FirstCoordinate=file.create_entity("IfcLengthMeasure", 5.0),
        SecondCoordinate=file.create_entity("IfcLengthMeasure", 6.0),
    )  # fmt: skip
    found = read_georeference(file, read_units(file), lambda code, detail: None)
    assert (found["eastings_m"], found["northings_m"], found["height_m"]) == (5.0, 6.0, 7.0)
