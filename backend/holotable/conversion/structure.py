"""structure.json and structure-props.json: the tree as columns, and its properties beside it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from holotable.conversion.mass import part_mass
from holotable.conversion.place import Placements
from holotable.conversion.points import points_of
from holotable.review.mass import PartMass
from holotable.review.scene import Floats, Scene

STRUCTURE_FORMAT: Final = "holotable-structure/1"
PROPERTIES_FORMAT: Final = "holotable-properties/1"


def write_structure(path: Path, scene: Scene, boxes: Floats) -> None:
    """Write structure.json. boxes: (parts, 2, 3) in each part's frame, metres."""
    nodes = scene.nodes
    write_json(
        path,
        {
            "format": STRUCTURE_FORMAT,
            "count": len(nodes),
            "id": [str(node.id) for node in nodes],
            "parent": [node.parent for node in nodes],
            "name": [node.name for node in nodes],
            "kind": [node.kind for node in nodes],
            "part": [-1 if node.part is None else node.part for node in nodes],
            "transform": _columns(np.array([node.transform for node in nodes], float)),
            "colour": [node.colour for node in nodes],
            "layer": [node.layer for node in nodes],
            "identity": [node.identity for node in nodes],
            "hidden": [node.hidden for node in nodes],
            "parts": [
                {
                    "name": part.name,
                    "triangles": len(part.mesh.triangles),
                    "closed": part.closed,
                    **mass_columns(part_mass(part)),
                    "bounds": {"min": rounded(box[0]), "max": rounded(box[1])},
                }
                for part, box in zip(scene.parts, boxes, strict=True)
            ],
            "palette": list(scene.palette),
        },
    )


def mass_columns(mass: PartMass) -> dict[str, Any]:
    """What structure.json says of a part's shape: null where it encloses nothing."""
    body = mass.body
    inertia = None
    if body is not None:
        rows = body.inertia
        inertia = [*np.diag(rows).tolist(), *rows[[0, 0, 1], [1, 2, 2]].tolist()]
    return {
        "mass_method": mass.method,
        "volume_m3": None if body is None else significant(body.amount),
        "area_m2": None if mass.area_m2 is None else significant(mass.area_m2),
        "centroid_m": None if body is None else [significant(value) for value in body.centre],
        "inertia_m5": None if inertia is None else [significant(value) for value in inertia],
        "open_edges": mass.open_edges,
        "density_kg_m3": mass.density_kg_m3,
        "mass_kg": None if mass.mass_kg is None else significant(mass.mass_kg),
    }


def significant(value: float) -> float:
    """Twelve digits: nobody measures more, and seventeen would double the file."""
    return float(f"{value:.12g}") + 0.0


def write_properties(path: Path, scene: Scene) -> None:
    """Write structure-props.json; rows and parts without properties are left out."""
    write_json(
        path,
        {
            "format": PROPERTIES_FORMAT,
            "nodes": {
                str(row): node.properties for row, node in enumerate(scene.nodes) if node.properties
            },
            "parts": {
                str(number): part.properties
                for number, part in enumerate(scene.parts)
                if part.properties
            },
        },
    )


def write_json(path: Path, document: Mapping[str, Any]) -> None:
    """Write compact UTF-8 JSON. raises ValueError on NaN or infinity: no JSON has them."""
    text = json.dumps(
        document, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_plain
    )
    # A name may hold half a surrogate pair from a damaged file; UTF-8 has no bytes for it.
    path.write_bytes(text.encode("utf-8", "replace"))


def _plain(value: object) -> object:
    """What json does not know: mappings that are not dict, numpy numbers and arrays."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} has no JSON form")


def rounded(point: Floats) -> list[float]:
    """Metres to the nanometre: single precision coordinates show 0.19 as 0.18999999761581421."""
    return [float(value) for value in np.round(point, 9) + 0.0]


def _columns(transforms: Floats) -> list[list[float] | None]:
    """Each (4, 4) as 16 numbers column by column, or None for the identity."""
    identity = (transforms == np.eye(4)).all(axis=(1, 2))
    flat = transforms.transpose(0, 2, 1).reshape(-1, 16)
    return [
        None if same else row for same, row in zip(identity.tolist(), flat.tolist(), strict=True)
    ]


def counts(scene: Scene, placements: Placements) -> dict[str, int]:
    """The manifest's counts, of what is shown at first but for `hidden`.

    materials: distinct colours that something placed shows.
    """
    triangles = np.array([len(part.mesh.triangles) for part in scene.parts], int)
    shown = placements.shown
    placed = np.bincount(placements.parts[shown], minlength=len(scene.parts))
    colours: set[str] = set()
    entries = [np.unique(part.mesh.materials).tolist() for part in scene.parts]
    seen = zip(placements.colours, placements.parts.tolist(), shown.tolist(), strict=True)
    for colour, part in {(colour, part) for colour, part, show in seen if show}:
        colours |= {scene.palette[entry] if entry else colour for entry in entries[part]}
    only_hidden = np.bincount(placements.parts[~shown], minlength=len(scene.parts)) > 0
    hidden = int((~shown).sum())
    return {
        "occurrences": int(shown.sum()),
        **({"hidden": hidden} if hidden else {}),
        "assemblies": sum(node.part is None for node in scene.nodes),
        "parts": int((~only_hidden | (placed > 0)).sum()),
        "materials": len(colours),
        "triangles": int((triangles * placed).sum()),
        "points": int((points_of(scene) * placed).sum()),
    }
