"""Validation properties: what the file says that its shapes measure, beside what we measure.

The writer of a STEP file may add volume, surface area and centroid of each shape and assembly
(CAx-IF Recommended Practices for Geometric and Assembly Validation Properties), so that who reads
it can tell whether it arrived whole. They are kept as properties; what differs is a warning.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from holotable.conversion.readers import xcaf
from holotable.conversion.readers.cad_part import Frame, ReadPart, product_name
from holotable.review.scene import Floats, Properties, PropertyValue, SceneWarning

# Relative. Writers integrate too: as1-oc-214.stp says 6,431.6 mm2 of a rod that has 6,440.3.
VOLUME_TOLERANCE: Final = 1e-3
AREA_TOLERANCE: Final = 5e-3
CENTROID_TOLERANCE: Final = 1e-3  # of the diagonal
_MOST_WARNINGS: Final = 10


@dataclass(frozen=True, slots=True)
class Measured:
    """A product as we measure it: metres, y up, its own frame; None: not known.

    size: its diagonal.
    """

    volume: float | None
    area: float | None
    centroid: Floats | None
    size: float


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found. properties: by key of the product.  warnings: what differs."""

    properties: dict[str, Properties]
    warnings: tuple[SceneWarning, ...]


def check(document: xcaf.Document, parts: Mapping[str, ReadPart], frame: Frame) -> Checked:
    """Compare every product's validation properties with what we measure."""
    said = [product for product in document.products.values() if product.validation is not None]
    if not said:
        return Checked({}, ())
    measured = _measured(document, parts, frame)
    properties: dict[str, Properties] = {}
    deviations: list[str] = []
    for product in said:
        if product.is_assembly or product.key in parts:
            values, deviation = _compare(product, measured[product.key], frame)
            properties[product.key] = {"Validation": values}
            if deviation:
                deviations.append(f"{product_name(product)}: {deviation}")
    shown = [SceneWarning("validation_deviates", 1, text) for text in deviations[:_MOST_WARNINGS]]
    if len(deviations) > _MOST_WARNINGS:
        rest = len(deviations) - _MOST_WARNINGS
        text = f"{rest} more parts measure otherwise than the file says; see their properties."
        shown.append(SceneWarning("validation_deviates", rest, text))
    return Checked(properties, tuple(shown))


def _measured(
    document: xcaf.Document, parts: Mapping[str, ReadPart], frame: Frame
) -> dict[str, Measured]:
    """Every product, assemblies as the sum of what they hold."""
    found: dict[str, Measured] = {}
    for key, read in parts.items():
        part = read.part
        positions = part.mesh.positions
        size = float(np.linalg.norm(np.ptp(positions, axis=0))) if len(positions) else 0.0
        centroid = None if part.centroid_m is None else part.centroid_m + read.offset
        found[key] = Measured(part.volume_m3, part.area_m2, centroid, size)
    for key in _children_first(document):
        if key not in found:
            found[key] = _sum(document.products[key], found, frame)
    return found


def _children_first(document: xcaf.Document) -> list[str]:
    """Products after all that they hold; the document has no cycles."""
    ordered: dict[str, None] = {}
    pending = list(document.roots)
    while pending:
        key = pending[-1]
        waiting = {
            component.product
            for component in document.products[key].components
            if component.product not in ordered
        }
        if waiting:
            pending.extend(waiting)
        else:
            ordered[pending.pop()] = None
    return list(ordered)


def _sum(product: xcaf.Product, found: Mapping[str, Measured], frame: Frame) -> Measured:
    """An assembly, known only when it holds nothing but solids.

    Of an assembly's area the file may say that of its loose surfaces alone, and of a centroid that
    of its curves (NIST CTC 02, FTC 06), so only volume and centroid of solids are compared.
    """
    volume, moment, size = 0.0, np.zeros(3), 0.0
    for component in product.components:
        child = found[component.product]
        if child.volume is None or child.centroid is None:
            return Measured(None, None, None, 0.0)
        transform = frame.transform(component.transform)
        volume += child.volume
        moment += child.volume * (transform[:3, :3] @ child.centroid + transform[:3, 3])
        size = max(size, child.size, float(np.linalg.norm(transform[:3, 3])))
    if not volume > 0.0:
        return Measured(None, None, None, 0.0)
    return Measured(volume, None, moment / volume, size)


def _compare(
    product: xcaf.Product, ours: Measured, frame: Frame
) -> tuple[dict[str, PropertyValue], str]:
    """The properties in metres and what deviates, in words; empty when nothing does."""
    theirs = product.validation
    assert theirs is not None, "only products with validation properties are compared"
    values: dict[str, PropertyValue] = {}
    deviates: list[str] = []
    for name, unit, power, stated, own, tolerance in (
        ("volume", "m3", 3, theirs.volume, ours.volume, VOLUME_TOLERANCE),
        ("area", "m2", 2, theirs.area, ours.area, AREA_TOLERANCE),
    ):
        if stated is None:
            continue
        amount = stated * frame.metres**power
        values[f"{name}_{unit}"] = amount
        if own is None:
            continue
        values[f"{name}_deviation"] = deviation = _relative(abs(own), abs(amount))
        if deviation > tolerance:
            text = f"the file says {amount:.6g} {unit}, its shape has {own:.6g} {unit}"
            deviates.append(f"{name}: {text}")
    if theirs.centroid is not None:
        centroid = frame.points(np.array([theirs.centroid]))[0] + 0.0
        for axis, coordinate in zip("xyz", centroid.tolist(), strict=True):
            values[f"centroid_{axis}_m"] = coordinate
        if ours.centroid is not None and ours.size > 0.0:
            away = float(np.linalg.norm(centroid - ours.centroid))
            values["centroid_deviation_m"] = away
            if away > CENTROID_TOLERANCE * ours.size:
                deviates.append(
                    f"centroid: the file says {_point(centroid)} m, its shape has"
                    f" {_point(ours.centroid)} m"
                )
    return values, "; ".join(deviates)


def _relative(own: float, stated: float) -> float:
    largest = max(own, stated)
    return abs(own - stated) / largest if largest > 0.0 else 0.0


def _point(point: Floats) -> str:
    return "(" + ", ".join(f"{value:.6g}" for value in point.tolist()) + ")"
