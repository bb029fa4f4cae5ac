"""USD (.usd, .usda, .usdc, .usdz) to a scene, through usd-core: the composed stage as it stands.

Prims are rows and their paths ids; shapes that come from the same opinions are one part, so that
instances, references and point instancers share. Nothing is composed before `usd_guard` has looked
at every layer. Lost here: cameras, lights, blend shapes, other shading languages.
"""

import math
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np

from holotable.conversion.options import METRES_PER_UNIT, ReadOptions, Report
from holotable.conversion.readers.assembly import Assembly
from holotable.conversion.readers.expansion import expanded_count
from holotable.conversion.readers.usd_geometry import value
from holotable.conversion.readers.usd_guard import Guard
from holotable.conversion.readers.usd_instancer import placement_colours, read_placements
from holotable.conversion.readers.usd_layers import words_of
from holotable.conversion.readers.usd_library import Tf, Usd, UsdGeom
from holotable.conversion.readers.usd_look import UsdLooks
from holotable.conversion.readers.usd_motion import Motion, add_animation, read_motion
from holotable.conversion.readers.usd_parts import Inherited, Parts, inherited_by, shown_name
from holotable.conversion.readers.usd_pictures import Pictures
from holotable.conversion.readers.usd_properties import properties_of
from holotable.errors import DamagedFile, NoGeometry, TooComplex
from holotable.review.scene import Floats, Properties, Scene

Prim: TypeAlias = Any  # Usd.Prim: the library has no types
Stage: TypeAlias = Any  # Usd.Stage

_MAX_NESTING: Final = 64  # instances in instances
# Never rows of their own: what they say is part of another prim or of its look.
_NO_ROWS: Final = frozenset(
    {
        "Material",
        "Shader",
        "NodeGraph",
        "GeomSubset",
        "SkelAnimation",
        "BlendShape",
        "RenderSettings",
    }
)
_IDENTITY: Final = np.eye(4)


@dataclass(slots=True)
class _Entry:
    """A row to be: of the tree, or of something that is placed more than once.

    parent: entry in the same list, −1 for the row that holds the list. below: what stands under it
    but is listed elsewhere. reset: the matrix is not relative to the parent but to the scene.
    """

    parent: int
    name: str
    occurrence: str
    matrix: Floats
    product: str = ""
    part: int | None = None
    colour: int | None = None
    hidden: bool = False
    purpose: str = "default"
    properties: Properties = field(default_factory=dict)
    reset: bool = False
    motion: Motion | None = None
    below: "list[_Entry]" = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _State:
    """What a prim takes from those above it."""

    looks: Inherited = field(default_factory=Inherited)
    hidden: bool = False
    purpose: str = "default"

    def handed_down(self) -> "_State":
        """What of it holds for the prims below."""
        looks = self.looks.handed_down()
        return self if looks is self.looks else replace(self, looks=looks)


@dataclass(slots=True)
class _Reading:
    stage: Stage
    assembly: Assembly
    parts: Parts
    report: Report
    lists: dict[object, list[_Entry]] = field(default_factory=dict)
    open: list[object] = field(default_factory=list)
    renders: bool = False  # some prim is of purpose render, so proxies stand for it
    resets: bool = False
    prims: int = 0
    motions: list[tuple[int, Motion]] = field(default_factory=list)
    lost_motions: int = 0


def read_usd(path: Path, options: ReadOptions, report: Report) -> Scene:
    """Read a USD file with the layers and pictures beside it."""
    report("reading", 0.0)
    assembly = Assembly("usd", options, up_axis="y", assumed_up_axis="y")
    with tempfile.TemporaryDirectory(prefix="holotable-usd-") as scratch:
        guard = Guard(Path(path.parent.absolute()), Path(scratch), assembly)
        try:
            _read(path, guard, report)
        except (
            Tf.ErrorException
        ) as cause:  # a value that cannot be unpacked is found when asked for
            raise DamagedFile(f"The USD file is damaged: {words_of(cause)}") from cause
        except UnicodeDecodeError as cause:
            raise DamagedFile("A name in the USD file is no UTF-8.") from cause
        report("reading", 0.9)
        try:
            return assembly.finish(path.stem)
        except NoGeometry as nothing:
            raise (guard.missing() or nothing) from None


def _read(path: Path, guard: Guard, report: Report) -> None:
    """Fill the guard's assembly."""
    assembly = guard.assembly
    stage = guard.open(path)
    _take_units(stage, assembly)
    report("reading", 0.1)
    parts = Parts(stage, assembly, UsdLooks(assembly, Pictures(guard, assembly)))
    reading = _Reading(stage, assembly, parts, report)
    # Numbers that are not finite are refused where a row or part is added.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        entries: list[_Entry] = []
        for prim in stage.GetPseudoRoot().GetChildren():
            _collect(reading, prim, _State(), entries)
        _check_amount(entries, assembly.options.max_occurrences)
        _place(reading, entries, -1, {-1: _IDENTITY})
        add_animation(stage, assembly, reading.motions, reading.lost_motions)


def _take_units(stage: Stage, assembly: Assembly) -> None:
    """metersPerUnit and upAxis; where the file is silent USD means centimetres and y up."""
    metres = float(UsdGeom.GetStageMetersPerUnit(stage))
    if not (math.isfinite(metres) and metres > 0):
        raise DamagedFile("The stage's metersPerUnit is no length.")
    for unit, known in METRES_PER_UNIT.items():
        if abs(metres - known) <= 1e-6 * known:
            assembly.length_unit = unit
    if assembly.length_unit is None:
        assembly.metres_per_unit = metres
    assembly.up_axis = "z" if UsdGeom.GetStageUpAxis(stage) == UsdGeom.Tokens.z else "y"


def _collect(reading: _Reading, root: Prim, state: _State, entries: list[_Entry]) -> None:
    """Append a prim and all below it."""
    waiting: list[tuple[Prim, int, _State]] = [(root, -1, state)]
    while waiting:
        prim, parent, above = waiting.pop()
        kind = str(prim.GetTypeName())
        if kind in _NO_ROWS:
            reading.lost_motions += kind == "SkelAnimation"
            continue
        reading.prims += 1
        if reading.prims % 1000 == 0:
            reading.report("reading", 0.1 + 0.8 * reading.prims / (reading.prims + 20_000))
        names = set(prim.GetAuthoredPropertyNames())
        here = _state(reading, prim, names, above)
        entry = _entry(reading, prim, names, here, parent)
        number = len(entries)
        entries.append(entry)
        if kind == "PointInstancer":
            entry.below = _instances(reading, prim, here)
        elif prim.IsInstance():
            entry.below = _below_instance(reading, prim, here.handed_down())
        else:
            below = here.handed_down()
            waiting += [(child, number, below) for child in reversed(prim.GetChildren())]


def _state(reading: _Reading, prim: Prim, names: set[str], above: _State) -> _State:
    looks = inherited_by(prim, names, above.looks)
    hidden, purpose = above.hidden, above.purpose
    if "visibility" in names:
        hidden = hidden or value(prim.GetAttribute("visibility")) == UsdGeom.Tokens.invisible
    if "purpose" in names and purpose == "default":
        purpose = str(value(prim.GetAttribute("purpose")) or "default")
        reading.renders = reading.renders or purpose == "render"
    if looks is above.looks and hidden == above.hidden and purpose == above.purpose:
        return above
    return _State(looks, hidden, purpose)


def _entry(reading: _Reading, prim: Prim, names: set[str], here: _State, parent: int) -> _Entry:
    entry = _Entry(
        parent,
        shown_name(prim),
        str(prim.GetName()),
        _IDENTITY,
        hidden=here.hidden,
        purpose=here.purpose,
        properties=properties_of(prim, names),
    )
    if "xformOpOrder" in names:
        entry.matrix, entry.reset = _transform(prim)
        reading.resets = reading.resets or entry.reset
        try:
            entry.motion = read_motion(prim)
        except ValueError:
            reading.lost_motions += 1
    entry.part = reading.parts.part(prim, here.looks)
    return entry


def _transform(prim: Prim) -> tuple[Floats, bool]:
    """(4, 4) of a prim relative to its parent, and whether it forgets its parents."""
    xformable = UsdGeom.Xformable(prim)
    time = Usd.TimeCode.Default()
    ops = xformable.GetOrderedXformOps()
    if any(op.GetNumTimeSamples() and not op.GetAttr().HasMetadata("default") for op in ops):
        time = Usd.TimeCode.EarliestTime()
    matrix = np.array(xformable.GetLocalTransformation(time)).T
    return matrix, bool(xformable.GetResetXformStack())


def _below_instance(reading: _Reading, prim: Prim, here: _State) -> list[_Entry]:
    """What stands below an instance, listed once for all that look alike."""
    prototype = prim.GetPrototype()
    key = (str(prototype.GetPath()), here.looks.key, here.hidden, here.purpose)
    if key not in reading.lists:
        with _Nested(reading, key):
            entries: list[_Entry] = []
            for child in prototype.GetChildren():
                _collect(reading, child, here, entries)
            reading.lists[key] = entries
    return reading.lists[key]


def _instances(reading: _Reading, prim: Prim, here: _State) -> list[_Entry]:
    """The placements of a point instancer."""
    placed = read_placements(prim, reading.assembly.options.max_occurrences)
    if placed is None:
        return []
    colours = placement_colours(here.looks.colour, len(placed.prototypes))
    below = here.handed_down()
    targets = UsdGeom.PointInstancer(prim).GetPrototypesRel().GetTargets()
    of_prototype = [
        _prototype(reading, reading.stage.GetPrimAtPath(target), below) for target in targets
    ]
    found: list[_Entry] = []
    for place in placed.active.tolist():
        entries = of_prototype[int(placed.prototypes[place])]
        if not entries:
            continue
        root = entries[0]
        reading.lost_motions += root.motion is not None
        label = int(placed.labels[place])
        found.append(
            replace(
                root,
                parent=-1,
                name=f"{root.name} {label if placed.named else label + 1}",
                product=root.occurrence,
                occurrence=f"{root.occurrence}.{label}" if placed.named else "",
                matrix=placed.matrices[place] @ root.matrix,
                hidden=root.hidden or not bool(placed.visible[place]),
                colour=None if colours is None else int(colours[place]),
                motion=None,  # it would be that of the prototype, not of the placement
            )
        )
    return found


def _prototype(reading: _Reading, prim: Prim, here: _State) -> list[_Entry]:
    """One entry for a prototype, which holds the rest."""
    if not prim:
        return []
    key = ("prototype", str(prim.GetPath()), here.looks.key, here.hidden, here.purpose)
    if key not in reading.lists:
        with _Nested(reading, key):
            entries: list[_Entry] = []
            _collect(reading, prim, here, entries)
            for entry in entries[1:]:
                entry.parent -= 1
            if entries:
                entries[0].below = entries[0].below or entries[1:]
            reading.lists[key] = entries[:1]
    return reading.lists[key]


class _Nested:
    """Instances in instances, within bounds; a prototype that holds itself is refused."""

    def __init__(self, reading: _Reading, key: object) -> None:
        if key in reading.open:
            raise DamagedFile("A prototype of the USD scene contains itself.")
        if len(reading.open) >= _MAX_NESTING:
            raise TooComplex(f"Instances are nested more than {_MAX_NESTING} deep.")
        self._open = reading.open
        self._key = key

    def __enter__(self) -> None:
        self._open.append(self._key)

    def __exit__(self, *_: object) -> None:
        self._open.pop()


def _check_amount(entries: list[_Entry], limit: int) -> None:
    """Refuse instances in instances that multiply, before they are placed one by one."""
    lists: dict[int, list[_Entry]] = {id(entries): entries}

    def uses(key: int) -> list[int]:
        below = [entry.below for entry in lists[key] if entry.below]
        lists.update((id(one), one) for one in below)
        return [id(one) for one in below]

    def own(key: int) -> int:
        return sum(entry.part is not None for entry in lists[key])

    rows = expanded_count([id(entries)], uses, lambda key: len(lists[key]))
    if rows > 2 * limit or expanded_count([id(entries)], uses, own) > limit:
        raise TooComplex(f"The model places more than {limit:,} parts.", limit=limit)


def _place(
    reading: _Reading, entries: list[_Entry], holder: int, worlds: dict[int, Floats]
) -> None:
    """Add the rows of a list under the row `holder`, those of its instances too."""
    rows: list[int] = []
    for entry in entries:
        parent = holder if entry.parent < 0 else rows[entry.parent]
        matrix = entry.matrix
        if entry.reset:
            matrix = _relative(reading, matrix, worlds[parent])
        hidden = entry.hidden
        if entry.part is not None and entry.purpose == "guide":
            reading.assembly.warn("guides_not_shown", "Guides are hidden when first opened.")
        if entry.part is not None and entry.purpose == "proxy" and reading.renders:
            reading.assembly.warn(
                "proxies_not_shown", "Proxies stand for shapes that are shown; they are hidden."
            )
        if entry.purpose == "guide" or (entry.purpose == "proxy" and reading.renders):
            hidden = True
        row = reading.assembly.add_node(
            parent,
            entry.name,
            matrix,
            part=entry.part,
            colour=entry.colour,
            properties=entry.properties,
            hidden=hidden,
            product=entry.product,
            occurrence=entry.occurrence,
        )
        rows.append(row)
        if entry.motion is not None and not entry.reset:
            reading.motions.append((row, entry.motion))
        if reading.resets:
            worlds[row] = worlds[parent] @ matrix
        if entry.below:
            _place(reading, entry.below, row, worlds)


def _relative(reading: _Reading, matrix: Floats, world: Floats) -> Floats:
    if abs(np.linalg.det(world[:3, :3])) < 1e-12:
        reading.assembly.warn("placement_invisible", "A prim below one scaled to nothing.")
        return matrix
    return np.asarray(np.linalg.inv(world) @ matrix, np.float64)
