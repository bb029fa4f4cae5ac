"""From a prim with a shape to a part: which material covers what, and which prims share a part.

Prims whose shape comes from the same opinions in the same layers are one part: instances, but also
plain references and the prototypes of a point instancer.
"""

from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, Final, TypeAlias

import numpy as np

from holotable.conversion.normals import Numbers
from holotable.conversion.readers.assembly import Assembly
from holotable.conversion.readers.colours import (
    OWN_COLOUR,
    Colours,
    pack_bytes,
    pack_rows,
    to_srgb,
)
from holotable.conversion.readers.draft import Lines, Wrap
from holotable.conversion.readers.usd_geometry import (
    Primvar,
    Shape,
    array,
    read_curves,
    read_mesh,
    read_primvar,
    value,
    whole_numbers,
)
from holotable.conversion.readers.usd_implicit import IMPLICIT, read_implicit
from holotable.conversion.readers.usd_library import UsdGeom, UsdShade
from holotable.conversion.readers.usd_look import Look, UsdLooks
from holotable.conversion.readers.usd_shader import UvSource
from holotable.conversion.readers.usd_skin import posed_points
from holotable.errors import DamagedFile
from holotable.review.scene import Floats

Prim: TypeAlias = Any  # Usd.Prim: the library has no types
Stage: TypeAlias = Any  # Usd.Stage

SHAPES: Final = IMPLICIT | {"Mesh", "Points", "BasisCurves"}
_UNREAD: Final = {
    "NurbsPatch": "NURBS surfaces",
    "NurbsCurves": "NURBS curves",
    "HermiteCurves": "Hermite curves",
    "TetMesh": "tetrahedral meshes",
    "Volume": "volumes",
}
_BINDINGS: Final = ("material:binding:preview", "material:binding", "material:binding:full")
# What an opinion may say of a prim without changing its shape.
_NO_SHAPE: Final = (
    "xformOp",
    "visibility",
    "purpose",
    "material:binding",
    "userProperties",
    "proxy",
)


@dataclass(frozen=True, slots=True)
class Inherited:
    """What a prim takes from those above it.

    material: path of the bound material. firm: nothing below may bind another. collections: a
    collection above binds materials, so that each prim must be asked for its own.
    """

    material: str = ""
    firm: bool = False
    collections: bool = False
    colour: Primvar | None = None
    opacity: Primvar | None = None

    def handed_down(self) -> "Inherited":
        """Without the values that lie on one prim's own elements (UsdGeomPrimvarsAPI)."""
        if all(v is None or v.count == 1 for v in (self.colour, self.opacity)):
            return self
        return replace(self, colour=None, opacity=None)

    @property
    def key(self) -> tuple[object, ...]:
        """Equal where prims below look equal."""
        of_colour = None if self.colour is None else self.colour.key
        of_opacity = None if self.opacity is None else self.opacity.key
        return (self.material, self.firm, self.collections, of_colour, of_opacity)


def inherited_by(prim: Prim, names: set[str], above: Inherited) -> Inherited:
    """What holds at a prim. names: its authored properties."""
    found = above
    if any(name.startswith("material:binding:collection") for name in names):
        found = replace(found, collections=True)
    if not found.firm:
        for name in _BINDINGS:
            if name in names:
                binding = prim.GetRelationship(name)
                targets = binding.GetTargets()
                if targets:
                    firm = UsdShade.MaterialBindingAPI.GetMaterialBindingStrength(binding)
                    found = replace(
                        found,
                        material=str(targets[0]),
                        firm=firm == UsdShade.Tokens.strongerThanDescendants,
                    )
                    break
    if "primvars:displayColor" in names:
        found = replace(found, colour=read_primvar(prim, "displayColor", 3) or found.colour)
    if "primvars:displayOpacity" in names:
        found = replace(found, opacity=read_primvar(prim, "displayOpacity", 1) or found.opacity)
    return found


@dataclass(slots=True)
class Parts:
    """The parts of a stage, each made when it is first placed."""

    stage: Stage
    assembly: Assembly
    looks: UsdLooks
    _parts: dict[object, int | None] = field(default_factory=dict)
    _shapes: dict[tuple[str, str], bool] = field(default_factory=dict)

    def part(self, prim: Prim, inherited: Inherited) -> int | None:
        """The part of a prim; None when it has nothing to show."""
        kind = str(prim.GetTypeName())
        if kind not in SHAPES:
            if kind in _UNREAD:
                self.assembly.warn("shape_ignored", f"{_UNREAD[kind]} are not read.".capitalize())
            return None
        name = shown_name(prim)
        if kind in IMPLICIT:
            return self._implicit(prim, inherited, name)
        if kind == "Mesh":
            skinned = posed_points(prim, self.assembly)
            groups = self._groups(prim, inherited)
            bound = tuple(material for material, _ in groups)
            shared = skinned is None or str(prim.GetPath())
            of_mesh = (self._key(prim), shared, inherited.key, bound)
            if of_mesh not in self._parts:
                self._parts[of_mesh] = self._mesh(prim, inherited, groups, name, skinned)
            return self._parts[of_mesh]
        key = (self._key(prim), inherited.key)
        if key not in self._parts:
            make = self._points if kind == "Points" else self._curves
            self._parts[key] = make(prim, inherited, name)
        return self._parts[key]

    def _key(self, prim: Prim) -> tuple[tuple[str, str], ...]:
        """Where the opinions on a prim's shape stand, strongest first."""
        found = []
        for spec in (spec for one in (prim, *_subsets(prim)) for spec in one.GetPrimStack()):
            where = (str(spec.layer.identifier), str(spec.path))
            if where not in self._shapes:
                self._shapes[where] = any(
                    not name.startswith(_NO_SHAPE)
                    for name in spec.properties.keys()  # noqa: SIM118  # a view, not a dict
                )
            if self._shapes[where]:
                found.append(where)
        return tuple(found)

    def _look(self, material: str) -> Look | None:
        prim = self.stage.GetPrimAtPath(material) if material else None
        return self.looks.look(prim) if prim else None

    def _bound(self, prim: Prim, inherited: Inherited) -> str:
        """The material of a prim, which a collection may bind."""
        if not inherited.collections or prim.IsInPrototype():
            return inherited.material
        bound, _ = UsdShade.MaterialBindingAPI(prim).ComputeBoundMaterial()
        return str(bound.GetPath()) if bound else ""

    def _groups(self, prim: Prim, inherited: Inherited) -> list[tuple[str, Numbers | None]]:
        """Material and faces of each subset, first the rest of the mesh."""
        groups: list[tuple[str, Numbers | None]] = [(self._bound(prim, inherited), None)]
        taken: set[str] = set()
        for subset in _subsets(prim):
            geometry = UsdGeom.Subset(subset)
            family = str(value(geometry.GetFamilyNameAttr()) or "")
            if family not in ("materialBind", "") or (
                value(geometry.GetElementTypeAttr()) != UsdGeom.Tokens.face
            ):
                continue
            names = set(subset.GetAuthoredPropertyNames())
            bound = self._bound(subset, inherited_by(subset, names, inherited))
            faces = whole_numbers(geometry.GetIndicesAttr())
            if len(faces) and faces.min() < 0:
                raise DamagedFile(f"{subset.GetName()} refers to a face that does not exist.")
            if len(faces) and subset.GetName() not in taken:
                taken.add(subset.GetName())
                groups.append((bound, faces))
        return groups

    def _mesh(
        self,
        prim: Prim,
        inherited: Inherited,
        groups: list[tuple[str, Numbers | None]],
        name: str,
        posed: Floats | None,
    ) -> int | None:
        looks = [self._look(material) for material, _ in groups]
        wanted: dict[str, Primvar] = {}
        for source in {uv for look in looks if look for uv in (*look.uvs, look.uv) if uv}:
            found = read_primvar(prim, source.primvar, 2)
            if found is not None:
                wanted[source.primvar] = found
        if any(look is None or look.reads_colour for look in looks):
            if inherited.colour is not None:
                wanted["displayColor"] = inherited.colour
            if inherited.opacity is not None:
                wanted["displayOpacity"] = inherited.opacity
        numbers = [np.empty(0, np.int64) if faces is None else faces for _, faces in groups]
        shape = read_mesh(prim, self.assembly, wanted, numbers, posed)
        if shape is None:
            return None
        shape, bounds = _grouped(shape, numbers)
        colours = np.full(len(shape.points), OWN_COLOUR)
        vertex = _vertex_colours(shape)
        sampled = False
        wraps: list[Wrap] = []
        for look, (start, stop, first, last) in zip(looks, bounds, strict=True):
            if start == stop:
                continue
            piece, was_sampled = self._painted(look, shape, vertex, (start, stop, first, last))
            colours[first:last] = piece
            sampled = sampled or was_sampled
            number = None if look is None else look.number
            uvs: tuple[Floats, ...] = ()
            if look is not None:
                uvs = tuple(_uv(shape, source)[first:last] for source in look.uvs)
            carries = look is not None and look.number is not None and look.reads_colour
            paint = None if vertex is None or not carries else vertex[first:last].astype(np.float32)
            wraps.append(Wrap(start, stop, number, first, uvs=uvs, colours=paint))
        return self.assembly.add_part(
            name,
            shape.points,
            shape.triangles,
            normals=shape.normals,
            colours=colours,
            sampled=sampled,
            wraps=wraps if any(look and look.number is not None for look in looks) else (),
        )

    def _painted(
        self,
        look: Look | None,
        shape: Shape,
        vertex: Floats | None,
        bounds: tuple[int, int, int, int],
    ) -> tuple[Colours | int, bool]:
        """The colours of one group's vertices, and whether they were sampled."""
        start, stop, first, last = bounds
        own = None if vertex is None else vertex[first:last]
        if look is None:
            if own is None:
                return OWN_COLOUR, False
            return _packed(own), len(np.unique(own, axis=0)) > 1
        coordinates: dict[UvSource, Floats] = {}
        if look.uv is not None and look.uv.primvar in shape.primvars:
            coordinates[look.uv] = _uv(shape, look.uv)[first:last]
        found = look.colours(coordinates, own, shape.triangles[start:stop] - first)
        return (found, False) if isinstance(found, int) else found

    def _implicit(self, prim: Prim, inherited: Inherited, name: str) -> int:
        points, triangles, size = read_implicit(prim, self.assembly)
        material = self._bound(prim, inherited)
        key = (size, name, replace(inherited, material=material).key)
        if key not in self._parts:
            look = self._look(material)
            colour = OWN_COLOUR
            if look is not None:
                plain = look.colours({}, None, triangles)
                colour = plain if isinstance(plain, int) else OWN_COLOUR
            elif inherited.colour is not None:
                colour = int(_packed(_linear(inherited.colour, inherited.opacity))[0])
            wraps: tuple[Wrap, ...] = ()
            if look is not None and look.number is not None:
                none = tuple(np.zeros((len(points), 2)) for _ in look.uvs)
                wraps = (Wrap(0, len(triangles), look.number, uvs=none),)
            self._parts[key] = self.assembly.add_part(
                name, points, triangles, colours=np.full(len(points), colour), wraps=wraps
            )
        number = self._parts[key]
        assert number is not None
        return number

    def _points(self, prim: Prim, inherited: Inherited, name: str) -> int | None:
        places = array(UsdGeom.Points(prim).GetPointsAttr(), 3)
        if places is None:
            return None
        colours = None
        if inherited.colour is not None and inherited.colour.count == len(places):
            linear = inherited.colour.values[inherited.colour.at(np.arange(len(places)))]
            colours = np.rint(to_srgb(linear) * 255).astype(np.uint8)
        elif inherited.colour is not None:
            one = np.rint(to_srgb(inherited.colour.values[0]) * 255).astype(np.uint8)
            colours = np.tile(one, (len(places), 1))
        return self.assembly.add_points(name, places, colours)

    def _curves(self, prim: Prim, inherited: Inherited, name: str) -> int | None:
        lines = read_curves(prim)
        if not lines:
            return None
        colours = None
        if inherited.colour is not None:
            packed = pack_bytes(np.rint(to_srgb(inherited.colour.values) * 255))
            each = inherited.colour.count == len(lines)
            chosen = inherited.colour.at(np.arange(len(lines))) if each else 0
            colours = np.broadcast_to(packed[chosen], len(lines)).copy()
        starts = np.cumsum([0, *(len(line) for line in lines)])
        none = np.empty((0, 3))
        return self.assembly.add_part(
            name, none, none.astype(np.int64), lines=Lines(np.concatenate(lines), starts, colours)
        )


def shown_name(prim: Prim) -> str:
    """What people call a prim: its display name, else its name."""
    return str(prim.GetMetadata("displayName") or prim.GetName())


def _subsets(prim: Prim) -> list[Prim]:
    return [child for child in prim.GetChildren() if child.GetTypeName() == "GeomSubset"]


def _grouped(shape: Shape, groups: list[Numbers]) -> tuple[Shape, list[tuple[int, int, int, int]]]:
    """Triangles and vertices sorted by group; of each group its triangles and its vertices."""
    if len(groups) == 1:
        return shape, [(0, len(shape.triangles), 0, len(shape.points))]
    of_face = np.zeros(int(shape.faces.max()) + 1, np.int64)
    for number, members in enumerate(groups):
        of_face[members[members < len(of_face)]] = number
    of_triangle = of_face[shape.faces]
    of_point = np.zeros(len(shape.points), np.int64)
    of_point[shape.triangles.ravel()] = np.repeat(of_triangle, 3)
    order, place = np.argsort(of_triangle, kind="stable"), np.argsort(of_point, kind="stable")
    number_now = np.empty(len(place), np.int64)
    number_now[place] = np.arange(len(place))
    every = np.arange(len(groups) + 1)
    triangle_ends = np.searchsorted(of_triangle[order], every)
    point_ends = np.searchsorted(of_point[place], every)
    sorted_shape = Shape(
        shape.points[place],
        number_now[shape.triangles[order]],
        None if shape.normals is None else shape.normals[place],
        shape.faces[order],
        {name: rows[place] for name, rows in shape.primvars.items()},
    )
    of_groups = zip(pairwise(triangle_ends.tolist()), pairwise(point_ends.tolist()), strict=True)
    bounds = [(start, stop, first, last) for (start, stop), (first, last) in of_groups]
    return sorted_shape, bounds


def _uv(shape: Shape, source: UvSource) -> Floats:
    """(n, 2) glTF coordinates of all vertices."""
    found = shape.primvars.get(source.primvar)
    return source.of(np.zeros((len(shape.points), 2)) if found is None else found)


def _vertex_colours(shape: Shape) -> Floats | None:
    """(n, 4) linear, of displayColor and displayOpacity."""
    colour, opacity = (shape.primvars.get(name) for name in ("displayColor", "displayOpacity"))
    if colour is None:
        return None
    clear = np.ones((len(colour), 1)) if opacity is None else opacity
    return np.asarray(np.clip(np.column_stack([colour, clear]), 0.0, 1.0), np.float64)


def _linear(colour: Primvar, opacity: Primvar | None) -> Floats:
    """(1, 4) of what holds for a whole prim."""
    clear = 1.0 if opacity is None else float(opacity.values[0, 0])
    return np.asarray(np.clip([[*colour.values[0].tolist(), clear]], 0.0, 1.0), np.float64)


def _packed(linear: Floats) -> Colours:
    return pack_rows(np.column_stack([to_srgb(linear[:, :3]), linear[:, 3]]))
