"""Changes of a part in an engineer's words: as data, and in plain English.

Diameters, moved faces, thickness and fillets come from B-rep surfaces; mass, volume, area, centre
and size from what is known of any part. Lengths metres, areas m², volumes m³, masses kg.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from holotable.review.compare_faces import (
    Carrier,
    FaceChanges,
    fillet_radius,
    is_bore,
    is_fillet,
    line_distance,
    overlap,
)
from holotable.review.exact import PLANE

Floats: TypeAlias = NDArray[np.float64]

_MOST: Final = 2_000  # carriers of one part that differ: beyond, only counts are said
_ROUND: Final = 1e-7  # metres: changes nearer than this are the same change
_TIMES, _MINUS, _NOTHING = "\u00d7", "\u2212", "\u2013"  # ×, the true minus sign, a dash
_NEAR: Final = 3.0  # of the change of a radius: how far a fillet's axis moves with it


@dataclass(frozen=True, slots=True)
class Remark:
    """One change. kind: as the page translates it.  before, after: SI; None where there is none.
    by: a distance or a share (mass: +0.032).  vector: of what moved, metres, model frame.
    faces_before, faces_after: of the part on each side.  at: a point to look at, part frame.
    """

    kind: str
    before: float | None = None
    after: float | None = None
    by: float | None = None
    unit: str = "m"
    count: int = 1
    vector: tuple[float, float, float] | None = None
    faces_before: tuple[int, ...] = ()
    faces_after: tuple[int, ...] = ()
    at: tuple[float, float, float] | None = None
    approximate: bool = False

    def document(self) -> dict[str, Any]:
        """As JSON; what is not said is left out."""
        said: dict[str, Any] = {"kind": self.kind, "unit": self.unit, "count": self.count}
        named = {"from": self.before, "to": self.after, "by": self.by}
        said |= {name: value for name, value in named.items() if value is not None}
        if self.vector is not None:
            said["vector"] = list(self.vector)
        if self.at is not None:
            said["at"] = list(self.at)
        for name, faces in (("faces_from", self.faces_before), ("faces_to", self.faces_after)):
            if faces:
                said[name] = list(faces)
        if self.approximate:
            said["approximate"] = True
        said["text"] = text_of(self)
        return said


@dataclass(slots=True)
class _Left:
    """Carriers that are not explained yet."""

    removed: list[Carrier] = field(default_factory=list)
    added: list[Carrier] = field(default_factory=list)


def face_remarks(changes: FaceChanges) -> list[Remark]:
    """What happened to the surfaces of a part, equal changes counted together."""
    if changes.equal:
        return []
    left = _Left(list(changes.removed), list(changes.added))
    if max(len(left.removed), len(left.added)) > _MOST:
        return _rest(left, changes)
    remarks = [
        *_diameters(left, changes.tolerance_m),
        *_moved_holes(left, changes.tolerance_m),
        *_fillets(left),
        *_moved_planes(left, changes),
        *_single_holes(left),
    ]
    return _together(remarks) + _rest(left, changes, said=bool(remarks))


def _pairs(
    left: _Left, wanted: Callable[[Carrier, Carrier], float | None]
) -> list[tuple[Carrier, Carrier]]:
    """Pairs that `wanted` gives the least cost, taken out of what is left."""
    costs = [
        (cost, i, j)
        for i, one in enumerate(left.removed)
        for j, other in enumerate(left.added)
        if one.kind == other.kind and (cost := wanted(one, other)) is not None
    ]
    taken: tuple[set[int], set[int]] = (set(), set())
    pairs = []
    for _, i, j in sorted(costs):
        if i not in taken[0] and j not in taken[1]:
            taken[0].add(i)
            taken[1].add(j)
            pairs.append((left.removed[i], left.added[j]))
    left.removed = [one for i, one in enumerate(left.removed) if i not in taken[0]]
    left.added = [one for j, one in enumerate(left.added) if j not in taken[1]]
    return pairs


def _diameters(left: _Left, tolerance: float) -> list[Remark]:
    def same_axis(one: Carrier, other: Carrier) -> float | None:
        if not (is_bore(one) and is_bore(other)) or one.hole != other.hole:
            return None
        away = line_distance(one, other)
        if away > 4.0 * tolerance or not overlap(one, other):
            return None
        return abs(one.radius - other.radius)

    return [
        Remark(
            "hole_diameter" if one.hole else "shaft_diameter",
            2.0 * one.radius,
            2.0 * other.radius,
            faces_before=one.faces,
            faces_after=other.faces,
            at=_point(other.middle),
        )
        for one, other in _pairs(left, same_axis)
    ]


def _moved_holes(left: _Left, tolerance: float) -> list[Remark]:
    def same_radius(one: Carrier, other: Carrier) -> float | None:
        if not (is_bore(one) and is_bore(other)) or one.hole != other.hole:
            return None
        if abs(one.radius - other.radius) > tolerance:
            return None
        away = line_distance(one, other)
        return away if np.isfinite(away) else None

    remarks = []
    for one, other in _pairs(left, same_radius):
        shift = other.point - one.point
        shift = shift - (shift @ one.axis) * one.axis
        remarks.append(
            Remark(
                "hole_moved" if one.hole else "shaft_moved",
                2.0 * one.radius,
                2.0 * other.radius,
                by=float(np.linalg.norm(shift)),
                vector=_point(shift),
                faces_before=one.faces,
                faces_after=other.faces,
                at=_point(other.middle),
            )
        )
    return remarks


def _fillets(left: _Left) -> list[Remark]:
    def beside(one: Carrier, other: Carrier) -> float | None:
        if not (is_fillet(one) and is_fillet(other)) or one.hole != other.hole:
            return None
        change = abs(fillet_radius(one) - fillet_radius(other))
        if change < _ROUND:
            return None
        away = float(np.linalg.norm(other.middle - one.middle))
        return away if away <= _NEAR * change else None

    return [
        Remark(
            "fillet_radius",
            fillet_radius(one),
            fillet_radius(other),
            faces_before=one.faces,
            faces_after=other.faces,
            at=_point(other.middle),
        )
        for one, other in _pairs(left, beside)
    ]


def _moved_planes(left: _Left, changes: FaceChanges) -> list[Remark]:
    def parallel(one: Carrier, other: Carrier) -> float | None:
        if one.kind != PLANE or one.axis @ other.axis < 1.0 - 1e-9:
            return None
        across = other.middle - one.middle
        along = float(across @ one.axis)
        beside = float(np.linalg.norm(across - along * one.axis))
        wide = float(np.sqrt(max(one.area, other.area)))
        if beside > wide or min(one.area, other.area) < 0.2 * max(one.area, other.area):
            return None
        return abs(along) + beside

    remarks = []
    for one, other in _pairs(left, parallel):
        by = float((other.point - one.point) @ one.axis)
        before = _thickness(one, changes.kept)
        vector = _point(by * one.axis)
        faces = {"faces_before": one.faces, "faces_after": other.faces}
        if before is not None:
            remarks.append(
                Remark("thickness", before, before + by, vector=vector, at=_point(other.middle),
                       faces_before=faces["faces_before"], faces_after=faces["faces_after"])
            )  # fmt: skip
        else:
            remarks.append(
                Remark("face_moved", by=by, vector=vector, at=_point(other.middle),
                       faces_before=faces["faces_before"], faces_after=faces["faces_after"])
            )  # fmt: skip
    return remarks


def _thickness(plane: Carrier, kept: Sequence[Carrier]) -> float | None:
    """Metres to the nearest unchanged plane behind it that looks the other way; None without."""
    best: float | None = None
    wide = float(np.sqrt(plane.area))
    for other in kept:
        if other.kind != PLANE or other.axis @ plane.axis > -1.0 + 1e-9:
            continue
        depth = float((plane.point - other.point) @ plane.axis)
        across = other.middle - plane.middle
        beside = float(np.linalg.norm(across - (across @ plane.axis) * plane.axis))
        if 0.0 < depth < wide and beside < wide and (best is None or depth < best):
            best = depth
    return best


def _single_holes(left: _Left) -> list[Remark]:
    remarks = []
    for kind, carriers in (("removed", left.removed), ("added", left.added)):
        for one in [one for one in carriers if is_bore(one) and one.hole]:
            carriers.remove(one)
            value = 2.0 * one.radius
            removed = kind == "removed"
            remarks.append(
                Remark(
                    f"hole_{kind}",
                    value if removed else None,
                    None if removed else value,
                    faces_before=one.faces if removed else (),
                    faces_after=() if removed else one.faces,
                    at=_point(one.middle),
                )
            )
    return remarks


def _rest(left: _Left, changes: FaceChanges, *, said: bool = False) -> list[Remark]:
    """What has no words of its own: how many faces came, went or got another outline."""
    remarks = []
    gone = tuple(face for one in left.removed for face in one.faces)
    come = tuple(face for one in left.added for face in one.faces)
    if gone:
        remarks.append(Remark("faces_removed", unit="", count=len(gone), faces_before=gone))
    if come:
        remarks.append(Remark("faces_added", unit="", count=len(come), faces_after=come))
    if not remarks and not said and changes.trimmed:
        remarks.append(
            Remark(
                "faces_trimmed",
                unit="",
                count=len(changes.trimmed),
                faces_before=tuple(face for one, _ in changes.trimmed for face in one.faces),
                faces_after=tuple(face for _, one in changes.trimmed for face in one.faces),
            )
        )
    if not remarks and not said and not changes.trimmed:
        remarks.append(Remark("free_form", changes.loose[0], changes.loose[1], unit="m²"))
    return remarks


def _together(remarks: Sequence[Remark]) -> list[Remark]:
    """Equal changes as one with a count, the most frequent and largest first."""
    groups: dict[tuple[Any, ...], list[Remark]] = {}
    for one in remarks:
        key: tuple[Any, ...] = (
            one.kind, _rounded(one.before), _rounded(one.after), _rounded(one.by),
        )  # fmt: skip
        if one.kind in ("face_moved", "thickness") and one.vector is not None:
            key += tuple(_rounded(part) for part in one.vector)
        groups.setdefault(key, []).append(one)
    merged = [
        Remark(
            kind=first.kind,
            before=first.before,
            after=first.after,
            by=first.by,
            unit=first.unit,
            count=len(same),
            vector=first.vector,
            faces_before=tuple(face for one in same for face in one.faces_before),
            faces_after=tuple(face for one in same for face in one.faces_after),
            at=first.at,
        )
        for same in groups.values()
        for first in same[:1]
    ]
    return sorted(merged, key=lambda one: (_ORDER.index(one.kind), -one.count, -_weight(one)))


_ORDER: Final = (
    "hole_diameter", "shaft_diameter", "hole_moved", "shaft_moved", "hole_added", "hole_removed",
    "thickness", "face_moved", "fillet_radius",
)  # fmt: skip


def _weight(remark: Remark) -> float:
    if remark.by is not None:
        return abs(remark.by)
    return abs((remark.after or 0.0) - (remark.before or 0.0))


def _rounded(value: float | None) -> int | None:
    return None if value is None else round(value / _ROUND)


def _point(vector: Floats) -> tuple[float, float, float]:
    x, y, z = (float(value) for value in vector)
    return x, y, z


def text_of(remark: Remark) -> str:
    """A remark in English, lengths in millimetres."""
    times = f" ({_TIMES}{remark.count})" if remark.count > 1 else ""
    sign = "≈ " if remark.approximate else ""
    before, after = millimetres(remark.before), millimetres(remark.after)
    match remark.kind:
        case "hole_diameter":
            return f"hole Ø {before} → Ø {after}{times}"
        case "shaft_diameter":
            return f"diameter Ø {before} → Ø {after}{times}"
        case "hole_moved" | "shaft_moved":
            what = "hole" if remark.kind == "hole_moved" else "cylinder"
            return f"{what} Ø {after} moved {millimetres(remark.by)} mm{times}"
        case "hole_added":
            return f"hole Ø {after} added{times}"
        case "hole_removed":
            return f"hole Ø {before} removed{times}"
        case "fillet_radius":
            return f"fillet R {before} → R {after}{times}"
        case "thickness":
            return f"thickness {before} → {after} mm{times}"
        case "face_moved":
            return f"face moved {millimetres(remark.by, signed=True)} mm{times}"
        case "faces_added" | "faces_removed" | "faces_trimmed":
            verb = {"added": "added", "removed": "removed", "trimmed": "with another outline"}
            noun = "face" if remark.count == 1 else "faces"
            return f"{remark.count} {noun} {verb[remark.kind.removeprefix('faces_')]}"
        case "free_form":
            return "free-form face changed"
        case "mass" | "volume" | "area":
            return f"{sign}{remark.kind} {100.0 * (remark.by or 0.0):+.3g} %".replace("-", _MINUS)
        case "centre_of_mass" | "centre":
            name = "centre of mass" if remark.kind == "centre_of_mass" else "centre"
            return f"{sign}{name} {_shift(remark.vector)}"
        case "size":
            return f"{sign}bounding box {_shift(remark.vector)}"
        case "surface":
            return f"{sign}surface differs by {millimetres(remark.by)} mm"
        case _:
            return remark.kind.replace("_", " ")


def _shift(vector: tuple[float, float, float] | None) -> str:
    parts = [
        f"{millimetres(value, signed=True)} mm {axis}"
        for value, axis in zip(vector or (), "XYZ", strict=False)
        if abs(value) >= 5e-7
    ]
    return ", ".join(parts) or "+0 mm"


def millimetres(value: float | None, *, signed: bool = False) -> str:
    """Metres as millimetres: at least one decimal, at most three, a true minus sign."""
    if value is None:
        return _NOTHING
    text = f"{value * 1000.0:+.3f}" if signed else f"{value * 1000.0:.3f}"
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals.rstrip('0') or '0'}".replace("-", _MINUS)
