"""Which part, face and edge a shape is: PMI refers to shapes, a scene to numbers.

Faces and edges count as `TopExp.MapShapes` meets them in a part's shape, from 0: the numbering of
`Mesh.faces`, `EdgeLines.edges` and the exact shape.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from OCP.collections import IndexedMap_TopoDS_Shape_TopTools_ShapeMapHasher as ShapeMap
from OCP.STEPConstruct import STEPConstruct
from OCP.StepRepr import StepRepr_RepresentationItem
from OCP.TopAbs import TopAbs_ShapeEnum
from OCP.TopExp import TopExp
from OCP.TopLoc import TopLoc_Location

from holotable.conversion.readers.exchange_structure import ExchangeStructure

_FACE: Final = TopAbs_ShapeEnum.TopAbs_FACE
_EDGE: Final = TopAbs_ShapeEnum.TopAbs_EDGE
_VERTEX: Final = TopAbs_ShapeEnum.TopAbs_VERTEX
_KINDS: Final = (_FACE, _EDGE, _VERTEX)


@dataclass(slots=True)
class Place:
    """Faces and edges of parts, each once, in the order they were met.

    points: parts that were referred to by a vertex only.  lost: shapes that belong to no part.
    """

    faces: dict[int, dict[int, None]] = field(default_factory=dict)
    edges: dict[int, dict[int, None]] = field(default_factory=dict)
    points: dict[int, None] = field(default_factory=dict)
    lost: int = 0

    def __bool__(self) -> bool:
        return bool(self.faces or self.edges)

    @property
    def keys(self) -> frozenset[tuple[int, bool, int]]:
        """Part, whether a face, number: equal when two places are the same set."""
        found = {(part, True, one) for part, faces in self.faces.items() for one in faces}
        found |= {(part, False, one) for part, edges in self.edges.items() for one in edges}
        return frozenset(found)

    def update(self, other: "Place") -> None:
        """Add what another place has."""
        for own, added in ((self.faces, other.faces), (self.edges, other.edges)):
            for part, numbers in added.items():
                own.setdefault(part, {}).update(numbers)
        self.points.update(other.points)
        self.lost += other.lost

    def parts(self) -> list[int]:
        """The parts, the one with most faces first, then by edges."""
        sizes = {
            part: (len(self.faces.get(part, ())), len(self.edges.get(part, ())))
            for part in [*self.faces, *self.edges, *self.points]
        }
        return sorted(sizes, key=lambda part: sizes[part], reverse=True)


class PartShapes:
    """The shapes of all parts, looked up by face, edge and vertex."""

    def __init__(self, shapes: Sequence[Any]) -> None:
        self._shapes = shapes
        self._maps: dict[tuple[int, int], Any] = {}
        self._bare: dict[tuple[int, int], Any] = {}
        self._order = list(range(len(shapes)))

    def place(self, shapes: Iterable[Any]) -> Place:
        """Where shapes are; of a solid or shell all faces, of a wire all edges."""
        place = Place()
        for shape in shapes:
            if shape is None or shape.IsNull():
                place.lost += 1
                continue
            for rank, kind in enumerate(_KINDS):
                members = ShapeMap()
                TopExp.MapShapes_s(shape, kind, members)
                if members.Size():
                    self._add(place, members, rank)
                    break
        return place

    def _add(self, place: Place, members: Any, rank: int) -> None:
        for index in range(1, members.Size() + 1):
            found = self._find(members.FindKey(index), rank)
            if found is None:
                place.lost += 1
                continue
            part, number = found
            if rank == 0:
                place.faces.setdefault(part, {})[number] = None
            elif rank == 1:
                place.edges.setdefault(part, {})[number] = None
            else:
                place.points[part] = None

    def _find(self, shape: Any, rank: int) -> tuple[int, int] | None:
        for look_up, one in ((self._map, shape), (self._bare_map, None)):
            if one is None:
                one = shape.Located(TopLoc_Location(), False)
            for position, part in enumerate(self._order):
                number = look_up(part, rank).FindIndex(one)
                if number:
                    if position:  # the next shape is most likely of the same part
                        self._order.insert(0, self._order.pop(position))
                    return part, number - 1
        return None

    def _map(self, part: int, rank: int) -> Any:
        known = self._maps.get((part, rank))
        if known is None:
            known = ShapeMap()
            TopExp.MapShapes_s(self._shapes[part], _KINDS[rank], known)
            self._maps[part, rank] = known
        return known

    def _bare_map(self, part: int, rank: int) -> Any:
        """The same without locations: a solid may stand moved inside its part.

        Only where that tells faces apart as before; else nothing is found through it.
        """
        known = self._bare.get((part, rank))
        if known is None:
            placed = self._map(part, rank)
            known = ShapeMap()
            for index in range(1, placed.Size() + 1):
                known.Add(placed.FindKey(index).Located(TopLoc_Location(), False))
            if known.Size() != placed.Size():
                known = ShapeMap()
            self._bare[part, rank] = known
        return known


class StepShapes:
    """Shapes by instance number: what Open CASCADE made of a face, an edge, a solid.

    The model's entities stand in the file's order, but the bindings tell no instance numbers in
    less than 0.2 ms each; so ranks are matched, and types compared.
    """

    def __init__(self, reader: Any, structure: ExchangeStructure) -> None:
        self._structure = structure
        self._model = reader.ChangeReader().StepModel()
        self._process = reader.ChangeReader().WS().TransferReader().TransientProcess()
        self.matches = self._model.NbEntities() == len(structure.rank)

    def shape(self, number: int) -> Any:
        """The shape of an instance, or None."""
        rank = self._structure.rank.get(number)
        if rank is None or not self.matches:
            return None
        entity = self._model.Value(rank + 1)
        if not isinstance(entity, StepRepr_RepresentationItem):
            return None
        records = self._structure.records(number) if self._is_short(number) else ()
        if len(records) == 1:
            made = str(entity.DynamicType().Name()).partition("_")[2].lower()
            if made != records[0][0].replace("_", "").lower():
                return None
        shape = STEPConstruct.FindShape_s(self._process, entity)
        return None if shape.IsNull() else shape

    def _is_short(self, number: int) -> bool:
        """Whether parsing costs nothing; a triangulated face may hold 100,000 numbers."""
        return not any(
            self._structure.is_simple(number, name)
            for name in ("COMPLEX_TRIANGULATED_FACE", "TRIANGULATED_FACE")
        )
