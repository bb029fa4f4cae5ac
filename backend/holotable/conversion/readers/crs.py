"""Where on Earth a LAS file stands: its coordinate system by WKT or GeoTIFF keys, and its units.

WKT 1 (OGC 01-009) and WKT 2 (ISO 19162); GeoTIFF 1.1 (OGC 19-008) keys as LAS 1.4 R15 §3 keeps
them. No table of coordinate systems is at hand: a file that names its system by number alone and
no unit counts as metres, and says so.
"""

import math
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from holotable.conversion.options import LengthUnit
from holotable.errors import DamagedFile
from holotable.review.scene import PropertyValue, SceneWarning

# EPSG codes of units of measure, which GeoTIFF uses.
_UNITS: Final = {9001: 1.0, 9002: 0.3048, 9003: 1200 / 3937, 9036: 1000.0}
_USER: Final = 32_767
_MAX_DEPTH: Final = 64
_MAX_WKT: Final = 100_000
_TOKEN: Final = re.compile(
    r'\s*(?:"((?:[^"]|"")*)"|([A-Za-z_]\w*)|([-+.\d][-+.\deE]*)|([\[\](),]))'
)
_PROJECTED: Final = ("PROJCS", "PROJCRS", "PROJECTEDCRS", "LOCAL_CS", "ENGCRS", "ENGINEERINGCRS")
_GEOGRAPHIC: Final = ("GEOGCS", "GEOGCRS", "GEOGRAPHICCRS", "GEODCRS", "GEODETICCRS")
_VERTICAL: Final = ("VERT_CS", "VERTCRS", "VERTICALCRS")
_LENGTHS: Final = ("UNIT", "LENGTHUNIT")


@dataclass(frozen=True, slots=True)
class Reference:
    """What a file says of its coordinate system.

    unit: our name of the unit of x and y. metres_per_unit, metres_per_height: exactly, the US
    survey foot (1200/3937 m) differs from the foot by 2 in a million.
    """

    name: str = ""
    unit: LengthUnit = "m"
    metres_per_unit: float = 1.0
    metres_per_height: float = 1.0
    is_geographic: bool = False
    georeference: dict[str, PropertyValue] = field(default_factory=dict)
    warnings: tuple[SceneWarning, ...] = ()


@dataclass(slots=True)
class _Found:
    name: str = ""
    code: int | None = None
    metres: float | None = None
    vertical_name: str = ""
    vertical_metres: float | None = None
    kind: Literal["projected", "geographic", ""] = ""


def read_reference(records: Mapping[tuple[str, int], bytes]) -> Reference:
    """The coordinate system in a LAS file's records, whatever is there of it."""
    found = _Found()
    wkt = next((records[key] for key in _WKT_RECORDS if key in records), b"")
    text = wkt.split(b"\0", 1)[0].decode("utf-8", "replace").strip()
    if text:
        try:
            found = _from_wkt(parse_wkt(text))
        except DamagedFile:
            # A system that cannot be read moves no point: the numbers stay what they are.
            found = _Found(name="")
    if not found.kind:
        found = _from_keys(records)
    return _reference(found, text)


_WKT_RECORDS: Final = (("LASF_Projection", 2112), ("liblas", 2112))


@dataclass(frozen=True, slots=True)
class Wkt:
    """One element of well-known text: KEYWORD[…] with its parts."""

    keyword: str
    parts: tuple["Wkt | str | float", ...]

    def children(self, *keywords: str) -> "list[Wkt]":
        """Its elements of these keywords, in order."""
        return [p for p in self.parts if isinstance(p, Wkt) and p.keyword in keywords]

    @property
    def title(self) -> str:
        """The first text of the element."""
        return next((p for p in self.parts if isinstance(p, str)), "")

    def walk(self) -> "list[Wkt]":
        """Itself and every element below, outer ones first."""
        return [self, *(e for p in self.parts if isinstance(p, Wkt) for e in p.walk())]


def parse_wkt(text: str) -> Wkt:
    """Well-known text as a tree. raises: DamagedFile."""
    if len(text) > _MAX_WKT:
        raise DamagedFile("The coordinate system is described at more length than is read.")
    at = 0
    stack: list[tuple[str, list[Wkt | str | float]]] = []
    word = ""
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            break
        at = token.end()
        quoted, name, number, mark = token.groups()
        if quoted is not None and stack:
            stack[-1][1].append(quoted.replace('""', '"'))
        elif name is not None:
            word = name
        elif number is not None and stack:
            try:
                stack[-1][1].append(float(number))
            except ValueError as cause:
                raise DamagedFile("The coordinate system holds a number that is none.") from cause
        elif mark in ("[", "("):
            if len(stack) >= _MAX_DEPTH:
                break
            stack.append((word.upper(), []))
            word = ""
        elif mark in ("]", ")") and stack:
            keyword, parts = stack.pop()
            element = Wkt(keyword, tuple(parts))
            if not stack:
                return element
            stack[-1][1].append(element)
    raise DamagedFile("The coordinate system's description does not end.")


def _from_wkt(root: Wkt) -> _Found:
    found = _Found()
    elements = root.walk()
    flat = next((e for e in elements if e.keyword in _PROJECTED), None)
    ball = next((e for e in elements if e.keyword in _GEOGRAPHIC), None)
    chosen = flat or ball
    if chosen is None:
        return found
    found.name, found.code = chosen.title, _code(chosen)
    found.kind = "projected" if flat else "geographic"
    found.metres = _metres(flat) if flat else None
    height = next((e for e in elements if e.keyword in _VERTICAL), None)
    if height is not None:
        found.vertical_name = height.title
        found.vertical_metres = _metres(height)
    return found


def _metres(system: Wkt) -> float | None:
    """Metres of a system's unit: its own, or that of its first axis (WKT 2)."""
    own = system.children(*_LENGTHS)
    if not own:
        own = [unit for axis in system.children("AXIS") for unit in axis.children(*_LENGTHS)]
    for unit in own:
        factor = next((p for p in unit.parts if isinstance(p, float)), None)
        if factor is not None and math.isfinite(factor) and 1e-6 < factor < 1e6:
            # 0.3048006096 and 0.304800609601219 both mean the survey foot.
            survey = 1200 / 3937
            return survey if abs(factor - survey) < 1e-10 else factor
    return None


def _code(system: Wkt) -> int | None:
    for mark in system.children("AUTHORITY", "ID"):
        if mark.title.upper() == "EPSG" and len(mark.parts) > 1:
            number = mark.parts[1]
            if isinstance(number, float) and number.is_integer():
                return int(number)
            if isinstance(number, str) and number.isdigit():
                return int(number[:9])
    return None


def _from_keys(records: Mapping[tuple[str, int], bytes]) -> _Found:
    """GeoTIFF keys: rows of key, where, count, value or offset (OGC 19-008 §7.1.1)."""
    found = _Found()
    directory = records.get(("LASF_Projection", 34_735), b"")
    if len(directory) < 8:
        return found
    rows = min(struct.unpack_from("<H", directory, 6)[0], len(directory) // 8 - 1)
    doubles = records.get(("LASF_Projection", 34_736), b"")
    words = records.get(("LASF_Projection", 34_737), b"")
    numbers: dict[int, float] = {}
    texts: dict[int, str] = {}
    for row in range(rows):
        key, where, count, value = struct.unpack_from("<4H", directory, 8 + 8 * row)
        if where == 0:
            numbers[key] = value
        elif where == 34_736 and 8 * value + 8 <= len(doubles):
            numbers[key] = struct.unpack_from("<d", doubles, 8 * value)[0]
        elif where == 34_737:
            text = words[value : value + count].decode("ascii", "replace")
            texts[key] = text.strip("|\0 ")
    model = numbers.get(1024)
    projected, geographic = _known(numbers.get(3072)), _known(numbers.get(2048))
    if model == 1 or projected is not None or 3076 in numbers:
        found.kind, found.code = "projected", projected
        found.name = texts.get(3073) or texts.get(1026) or ""
    elif model == 2 or geographic is not None:
        found.kind, found.code = "geographic", geographic
        found.name = texts.get(2049) or texts.get(1026) or ""
    found.metres = _unit_metres(numbers.get(3076), numbers.get(3077))
    found.vertical_metres = _unit_metres(numbers.get(4099), None)
    found.vertical_name = texts.get(4097, "")
    return found


def _known(value: float | None) -> int | None:
    return None if value is None or not 0 < value < _USER else int(value)


def _unit_metres(code: float | None, size: float | None) -> float | None:
    if code == _USER and size is not None and math.isfinite(size) and 1e-6 < size < 1e6:
        return size
    return None if code is None else _UNITS.get(int(code))


def _reference(found: _Found, wkt: str) -> Reference:
    if not found.kind:
        return Reference()
    warnings = []
    code = f"EPSG:{found.code}" if found.code is not None else ""
    name = found.name or code
    if found.kind == "geographic":
        detail = (
            f"The points are given in degrees ({name or 'longitude and latitude'}); they were laid"
            " on a plane that touches the Earth at the first ones. Project the file for exact"
            " distances over more than some kilometres."
        )
        warnings.append(SceneWarning("geographic_coordinates", 1, detail))
    elif found.metres is None:
        detail = (
            f"The file names its coordinate system ({name}) and not its unit: metres were assumed."
            " Correct the unit if they are feet."
        )
        warnings.append(SceneWarning("unit_assumed", 1, detail))
    metres = found.metres or 1.0
    georeference: dict[str, PropertyValue] = {}
    if code or name:
        georeference["crs"] = code or name
        georeference["crs_name"] = name
    if found.vertical_name:
        georeference["vertical_datum"] = found.vertical_name
    if found.kind == "projected":
        # The scene's own metres are the map's: easting x, northing −z, height y.
        georeference |= {
            "eastings_m": 0.0,
            "northings_m": 0.0,
            "height_m": 0.0,
            "x_axis_abscissa": 1.0,
            "x_axis_ordinate": 0.0,
            "scale": 1.0,
            "map_unit_m": metres,
        }
    if wkt and len(wkt) <= _MAX_WKT:
        georeference["wkt"] = wkt
    return Reference(
        name=name,
        unit=_unit_name(metres),
        metres_per_unit=metres,
        metres_per_height=found.vertical_metres or metres,
        is_geographic=found.kind == "geographic",
        georeference=georeference,
        warnings=tuple(warnings),
    )


def _unit_name(metres: float) -> LengthUnit:
    if abs(metres - 0.3048) < 1e-5:
        return "ft"
    return "km" if metres == 1000.0 else "m"
