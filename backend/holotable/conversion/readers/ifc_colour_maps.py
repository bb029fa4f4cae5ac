"""Colours of single faces of IFC face sets (IfcIndexedColourMap), which the kernel leaves out."""

from typing import Any

import numpy as np

from holotable.conversion.readers.colours import Colours, pack_rows
from holotable.conversion.readers.ifc_entity import (
    attribute,
    instances,
    is_entity,
    items_of,
    number_of,
)


def read_colour_maps(file: Any) -> dict[int, Colours]:
    """By the instance number of a face set, the packed colour of each of its triangles."""
    maps: dict[int, Colours] = {}
    for entity in instances(file, "IfcIndexedColourMap"):
        faces = attribute(entity, "MappedTo")
        listed = attribute(entity, "Colours")
        if not is_entity(faces) or not is_entity(listed):
            continue
        rows = np.array(items_of(listed, "ColourList"), np.float64).reshape(-1, 3)
        index = np.array(items_of(entity, "ColourIndex"), np.int64) - 1
        counts = _triangles(faces)
        if len(counts) != len(index) or not len(rows):
            continue
        if index.min() < 0 or index.max() >= len(rows):
            continue
        opacity = number_of(entity, "Opacity")
        alpha = np.full((len(rows), 1), 1.0 if opacity is None else opacity)
        packed = pack_rows(np.concatenate([rows, alpha], axis=1))
        maps[faces.id()] = np.repeat(packed[index], counts)
    return maps


def _triangles(faces: Any) -> list[int]:
    """How many triangles the kernel makes of each face; none where it is not certain."""
    if faces.is_a("IfcTriangulatedFaceSet"):
        return [1] * len(items_of(faces, "CoordIndex"))
    if faces.is_a("IfcPolygonalFaceSet"):
        polygons = items_of(faces, "Faces")
        if any(polygon.is_a() != "IfcIndexedPolygonalFace" for polygon in polygons):
            return []
        return [max(len(items_of(one, "CoordIndex")) - 2, 0) for one in polygons]
    return []
