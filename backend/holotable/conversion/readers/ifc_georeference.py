"""Where on Earth an IFC model stands: map conversion, coordinate system, site, true north.

IFC4's IfcMapConversion (buildingSMART: "ePSet_MapConversion" in IFC2x3), 4x3's scaled conversion
and rigid operation, the site's latitude and longitude, the context's true north. All in metres and
degrees; how to use the values is specified in docs/formats/scene-package.md.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

from holotable.conversion.readers.ifc_entity import (
    as_number,
    attribute,
    instances,
    is_entity,
    items_of,
    number_of,
    text_of,
)
from holotable.conversion.readers.ifc_units import Units, read_unit
from holotable.review.scene import PropertyValue

Warn = Callable[[str, str], None]  # code, detail

_SETS: Final = ("epset_mapconversion", "epset_projectedcrs")
# A grid scale factor corrects for projection and height: real ones lie within a percent of 1.
_GRID_SCALE: Final = (0.9, 1.1)


def read_georeference(file: Any, units: Units, warn: Warn) -> dict[str, PropertyValue]:
    """Everything the file says of its place on Earth; empty when it says nothing."""
    found: dict[str, PropertyValue] = {}
    operations = instances(file, "IfcCoordinateOperation")
    if len(operations) > 1:
        warn(
            "georeference_ambiguous",
            f"The file has {len(operations)} coordinate operations; the first is used.",
        )
    if operations:
        _read_operation(operations[0], units, warn, found)
    else:
        _read_sets(file, units, warn, found)
    _read_site(file, units, found)
    north = _true_north(file)
    if north is not None:
        found["true_north_rad"] = north
    return found


def _read_operation(
    operation: Any, units: Units, warn: Warn, found: dict[str, PropertyValue]
) -> None:
    system = attribute(operation, "TargetCRS")
    map_metres = None
    if is_entity(system):
        map_metres = _read_system(system, found)
    if operation.is_a("IfcMapConversion"):
        values = {name: number_of(operation, name) for name in _CONVERSION}
        _read_conversion(values, map_metres, units, warn, found)
        for axis in "XYZ":
            factor = number_of(operation, f"Factor{axis}")
            if factor is not None and factor != 1.0:
                found[f"factor_{axis.lower()}"] = factor
    elif operation.is_a("IfcRigidOperation"):
        _read_rigid(operation, map_metres or units.metres, units, found)
    else:
        warn("georeference_ignored", f"{operation.is_a()} is not understood.")


_CONVERSION: Final = (
    "Eastings", "Northings", "OrthogonalHeight", "XAxisAbscissa", "XAxisOrdinate", "Scale",
)  # fmt: skip


def _read_conversion(
    values: Mapping[str, float | None],
    map_metres: float | None,
    units: Units,
    warn: Warn,
    found: dict[str, PropertyValue],
) -> None:
    """A Helmert transformation, its numbers in map units, put into metres on both sides."""
    metres = units.metres if map_metres is None else map_metres
    for name, key in (
        ("Eastings", "eastings_m"),
        ("Northings", "northings_m"),
        ("OrthogonalHeight", "height_m"),
    ):
        found[key] = (values.get(name) or 0.0) * metres
    along, across = values.get("XAxisAbscissa"), values.get("XAxisOrdinate")
    length = math.hypot(along or 0.0, across or 0.0)
    turned = length > 0
    found["x_axis_abscissa"] = (along or 0.0) / length if turned else 1.0
    found["x_axis_ordinate"] = (across or 0.0) / length if turned else 0.0
    found["scale"] = _scale(values.get("Scale"), metres / units.metres, warn)


def _scale(stated: float | None, ratio: float, warn: Warn) -> float:
    """Map metres of one model metre. stated: map units of one model unit; ratio: between them."""
    if stated is None or stated <= 0:
        return 1.0
    scale = stated * ratio
    low, high = _GRID_SCALE
    if not low <= scale <= high and low <= stated <= high:
        warn(
            "georeference_scale",
            f"The map conversion's scale {stated:g} leaves out the ratio of the units; it was"
            " taken for a ratio of equal units.",
        )
        return stated
    return scale


def _read_rigid(
    operation: Any, metres: float, units: Units, found: dict[str, PropertyValue]
) -> None:
    first, second = (attribute(operation, f"{name}Coordinate") for name in ("First", "Second"))
    values = as_number(first), as_number(second)
    if values[0] is None or values[1] is None:
        return
    height = number_of(operation, "Height") or 0.0
    if is_entity(first) and first.is_a() == "IfcPlaneAngleMeasure":
        found["latitude"] = math.degrees(values[0] * units.radians)
        found["longitude"] = math.degrees(values[1] * units.radians)
        found["height_m"] = height * metres
        return
    found |= {
        "eastings_m": values[0] * metres,
        "northings_m": values[1] * metres,
        "height_m": height * metres,
        "x_axis_abscissa": 1.0,
        "x_axis_ordinate": 0.0,
        "scale": 1.0,
    }


def _read_system(system: Any, found: dict[str, PropertyValue]) -> float | None:
    """Read IfcProjectedCRS or IfcGeographicCRS; returns metres of its map unit if it has one."""
    for name, key in (
        ("Name", "crs"),
        ("Description", "crs_name"),
        ("GeodeticDatum", "geodetic_datum"),
        ("VerticalDatum", "vertical_datum"),
        ("MapProjection", "map_projection"),
        ("MapZone", "map_zone"),
    ):
        text = text_of(system, name)
        if text:
            found[key] = text
    for known in items_of(system, "WellKnownText"):
        text = text_of(known, "WellKnownText") if is_entity(known) else ""
        if text:
            found["wkt"] = text
    unit = read_unit(attribute(system, "MapUnit"))
    return unit.si if unit is not None else None


def _read_sets(file: Any, units: Units, warn: Warn, found: dict[str, PropertyValue]) -> None:
    """IFC2x3 has no map conversion; the same values stand in property sets of an agreed name."""
    values: dict[str, float | None] = {}
    texts: dict[str, str] = {}
    for definition in instances(file, "IfcPropertySet"):
        if text_of(definition, "Name").lower() not in _SETS:
            continue
        for entry in items_of(definition, "HasProperties"):
            name = text_of(entry, "Name")
            value = attribute(entry, "NominalValue")
            number = as_number(value)
            if number is not None:
                values.setdefault(name, number)
            elif is_entity(value):
                texts.setdefault(name, str(value.get_argument(0)).strip())
    if texts.get("TargetCRS") or texts.get("Name"):
        found["crs"] = texts.get("TargetCRS") or texts["Name"]
    for name, key in (
        ("Description", "crs_name"),
        ("GeodeticDatum", "geodetic_datum"),
        ("VerticalDatum", "vertical_datum"),
        ("MapProjection", "map_projection"),
        ("MapZone", "map_zone"),
    ):
        if texts.get(name):
            found[key] = texts[name]
    if {"Eastings", "Northings"} & values.keys():
        # The guideline counts these in metres unless MapUnit says otherwise.
        unit = texts.get("MapUnit", "").upper()
        metres = 0.3048 if "FOOT" in unit or "FEET" in unit else 1.0
        _read_conversion(values, metres, units, warn, found)


def _read_site(file: Any, units: Units, found: dict[str, PropertyValue]) -> None:
    for site in instances(file, "IfcSite"):
        latitude = _degrees(attribute(site, "RefLatitude"))
        longitude = _degrees(attribute(site, "RefLongitude"))
        elevation = number_of(site, "RefElevation")
        if latitude is None or longitude is None:
            continue
        if not (abs(latitude) <= 90 and abs(longitude) <= 360):
            continue
        found.setdefault("latitude", latitude)
        found.setdefault("longitude", longitude)
        if elevation is not None:
            found["elevation_m"] = elevation * units.metres
        return


def _degrees(parts: Any) -> float | None:
    """IfcCompoundPlaneAngleMeasure: degrees, minutes, seconds, millionths, all of one sign."""
    if not isinstance(parts, tuple | list) or not parts:
        return None
    numbers = [as_number(part) for part in parts[:4]]
    if any(number is None for number in numbers):
        return None
    sizes = (1.0, 60.0, 3600.0, 3.6e9)
    total = sum(abs(n) / size for n, size in zip(numbers, sizes, strict=False) if n is not None)
    negative = any(number is not None and number < 0 for number in numbers)
    return -total if negative else total


def _true_north(file: Any) -> float | None:
    """The angle from the model's y axis to true north, counter-clockwise from above, radians."""
    for context in instances(file, "IfcGeometricRepresentationContext"):
        if context.is_a() == "IfcGeometricRepresentationSubContext":
            continue
        north = attribute(context, "TrueNorth")
        ratios = attribute(north, "DirectionRatios") if is_entity(north) else None
        if not ratios or len(ratios) < 2:
            continue
        x, y = as_number(ratios[0]), as_number(ratios[1])
        if x is None or y is None or math.hypot(x, y) < 1e-9:
            continue
        angle = math.atan2(-x, y)
        return angle if abs(angle) > 1e-12 else 0.0
    return None
