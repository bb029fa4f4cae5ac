"""3MF: build items, components as a tree of shared parts, colours of triangles, unit.

Parts of the production extension are followed inside the package. Lost here: beam lattices, slices,
volumes, print settings.
"""

import posixpath
import zipfile
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from holotable.conversion.archive import entry_chunks, open_guarded, read_entry, shown
from holotable.conversion.options import LengthUnit, ReadOptions, Report
from holotable.conversion.readers.assembly import Assembly, flat_properties
from holotable.conversion.readers.colours import OWN_COLOUR
from holotable.conversion.readers.expansion import expanded_count
from holotable.conversion.readers.threemf_look import ThreemfLooks
from holotable.conversion.readers.threemf_model import Key, Model, Object, Use, read_model
from holotable.conversion.readers.xml_guard import parse_xml
from holotable.errors import DamagedFile, NoGeometry, TooComplex, UnsupportedFormat
from holotable.review.scene import Scene

_UNITS: Final[dict[str, LengthUnit]] = {
    "micron": "um",
    "millimeter": "mm",
    "centimeter": "cm",
    "inch": "in",
    "foot": "ft",
    "meter": "m",
}
_START_PART: Final = "http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"
_MAX_RELATIONS_BYTES: Final = 1024**2
_MAX_PARTS: Final = 10_000  # of the production extension
_SECURE: Final = "securecontent"


@dataclass(slots=True)
class _Reading:
    archive: zipfile.ZipFile
    assembly: Assembly
    names: dict[str, str]  # entries by lower case: package names ignore case (OPC §6.2.2)
    looks: ThreemfLooks
    models: dict[str, Model] = field(default_factory=dict)
    parts: dict[Key, int] = field(default_factory=dict)

    def object(self, key: Key) -> Object:
        """The object a component or item refers to."""
        model = self.models.get(key[0])
        found = None if model is None else model.objects.get(key[1])
        if found is None:
            raise DamagedFile(f"The 3MF refers to object {shown(key[1])}, which it does not have.")
        return found


def read_3mf(path: Path, options: ReadOptions, report: Report) -> Scene:
    """Read a 3MF package."""
    report("reading", 0.0)
    with open_guarded(path, options) as archive:
        names = {name.lower(): name for name in archive.namelist()}
        assembly = Assembly("3mf", options, up_axis="z")
        looks = ThreemfLooks(archive, assembly, names)
        reading = _Reading(archive, assembly, names, looks)
        start = _start_part(reading)
        _read_models(reading, start, options)
        report("reading", 0.6)
        model = reading.models[start]
        if model.unit not in _UNITS:
            raise DamagedFile(f"The 3MF has the unit {shown(model.unit)}, which does not exist.")
        assembly.length_unit = _UNITS[model.unit]
        _check_size(reading, model.items)
        for item in model.items:
            _add_use(reading, -1, item)
        report("reading", 1.0)
    if not model.items:
        raise NoGeometry("The 3MF builds nothing: it has no build items.")
    assembly.properties = flat_properties("metadata", model.metadata)
    return assembly.finish(model.metadata.get("Title") or path.stem)


def _start_part(reading: _Reading) -> str:
    """The model part that the package's relationships name."""
    if "_rels/.rels" in reading.names:
        name = reading.names["_rels/.rels"]
        root = parse_xml(read_entry(reading.archive, name, _MAX_RELATIONS_BYTES))
        for relation in root.iter("{*}Relationship"):
            if relation.get("Type") == _START_PART:
                target = posixpath.normpath((relation.get("Target") or "").lstrip("/"))
                if target.lower() in reading.names:
                    return target
    for lower in reading.names:
        if lower.endswith("3dmodel.model"):
            return reading.names[lower]
    raise DamagedFile("The package names no 3MF model.")


def _read_models(reading: _Reading, start: str, options: ReadOptions) -> None:
    """Read the start part and every part that its items and components name."""
    waiting = [start]
    triangles = 0
    while waiting:
        path = waiting.pop()
        if path in reading.models:
            continue
        if len(reading.models) >= _MAX_PARTS:
            raise TooComplex(f"The 3MF spreads over more than {_MAX_PARTS:,} parts.")
        entry = reading.names.get(path.lower())
        if entry is None:
            raise DamagedFile(f"The 3MF refers to {shown(path)}, which the package lacks.")
        with closing(entry_chunks(reading.archive, reading.archive.getinfo(entry))) as chunks:
            model = read_model(chunks, path, options.max_triangles - triangles)
        for prefix in model.required:
            if _SECURE in model.namespaces.get(prefix, ""):
                raise UnsupportedFormat("The 3MF is encrypted. Export it without protection.")
        for what in sorted(model.left_out):
            reading.assembly.warn(f"{what}_ignored", f"The {what} of the 3MF are not shown.")
        reading.models[path] = model
        triangles += sum(len(found.corners) // 3 for found in model.objects.values())
        waiting += [item.target[0] for item in model.items]
        waiting += [use.target[0] for found in model.objects.values() for use in found.components]


def _check_size(reading: _Reading, items: list[Use]) -> None:
    """Refuse what would place too much, before anything is placed."""
    options = reading.assembly.options
    keys = [item.target for item in items]

    def uses(key: Key) -> list[Key]:
        return [use.target for use in reading.object(key).components]

    # One for each row: components without a mesh multiply as well.
    rows = expanded_count(keys, uses, lambda _: 1)
    if rows > 2 * options.max_occurrences:
        raise TooComplex(
            f"The model places {_short(rows)} objects; at most {options.max_occurrences:,} parts"
            " are accepted.",
            limit=options.max_occurrences,
        )
    reading.assembly.check_triangles(
        expanded_count(keys, uses, lambda key: len(reading.object(key).corners) // 3)
    )


def _short(count: int) -> str:
    return f"{count:,}" if count < 10**12 else f"about 10^{len(str(count)) - 1}"


def _add_use(reading: _Reading, parent: int, use: Use) -> None:
    """Add an item and all it is made of; the size has been checked."""
    waiting = [(use, parent)]
    while waiting:
        current, above = waiting.pop()
        found = reading.object(current.target)
        product = found.name or found.part_number
        label = current.part_number or product
        plain = {"part_number": found.part_number, "type": found.kind}
        properties = {name: value for name, value in plain.items() if value and value != "model"}
        row = reading.assembly.add_node(
            above,
            label or f"Object {current.target[1]}",
            current.transform,
            part=_part(reading, current.target) if len(found.corners) else None,
            properties={"3MF": properties} if properties else {},
            product=product,
            occurrence=current.part_number,
        )
        waiting += [(component, row) for component in reversed(found.components)]


def _part(reading: _Reading, key: Key) -> int:
    """The part of a mesh object, made when first placed."""
    if key not in reading.parts:
        found = reading.object(key)
        points = np.frombuffer(found.points, np.float64).reshape(-1, 3)
        triangles = np.frombuffer(found.corners, np.int64).reshape(-1, 3)
        paint = reading.looks.paint(reading.models[key[0]], found)
        order, wraps = paint.wraps()
        plain = bool((paint.colours == OWN_COLOUR).all())
        reading.parts[key] = reading.assembly.add_part(
            found.name or found.part_number or f"Object {key[1]}",
            points,
            triangles[order],
            colours=None if plain else paint.colours[order].ravel(),
            sampled=paint.sampled,
            wraps=wraps,
        )
    return reading.parts[key]
