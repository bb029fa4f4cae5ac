"""How an XCAF document says that shapes look: colours, transparency, visibility, layers.

Open CASCADE's own viewer decides what wins (XCAFPrs): the finer shape before the coarser, a face
before its solid before the product; an occurrence before the product it places; and a style of one
path through the assembly (SHUO, ISO 10303-44 specified_higher_usage_occurrence) before all of them.
Surfaces and curves have colours of their own.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from OCP.collections import IndexedMap_TopoDS_Shape_TopTools_ShapeMapHasher as ShapeMap
from OCP.collections import Sequence_TDF_Attribute, Sequence_TDF_Label
from OCP.Quantity import Quantity_Color, Quantity_ColorRGBA
from OCP.TopAbs import TopAbs_ShapeEnum
from OCP.TopExp import TopExp
from OCP.XCAFDoc import (
    XCAFDoc,
    XCAFDoc_ColorTool,
    XCAFDoc_ColorType,
    XCAFDoc_DocumentTool,
    XCAFDoc_ShapeTool,
)

from holotable.conversion.readers.xcaf_label import entry_of, labels_of, name_of

_FACE: Final = TopAbs_ShapeEnum.TopAbs_FACE
_EDGE: Final = TopAbs_ShapeEnum.TopAbs_EDGE
_SURFACE: Final = XCAFDoc_ColorType.XCAFDoc_ColorSurf
_CURVE: Final = XCAFDoc_ColorType.XCAFDoc_ColorCurv
_GENERAL: Final = XCAFDoc_ColorType.XCAFDoc_ColorGen
_REFERENCES: Final = {kind: XCAFDoc.ColorRefGUID_s(kind) for kind in (_SURFACE, _CURVE, _GENERAL)}


@dataclass(frozen=True, slots=True)
class Look:
    """What one label says. surface, curve: sRGB #rrggbbaa, None where it says nothing."""

    surface: str | None
    curve: str | None
    visible: bool


@dataclass(frozen=True, slots=True)
class ShapeLooks:
    """The colours inside one product.

    colours: distinct, sRGB #rrggbbaa.  faces, edges: index into them of every face and edge, −1
        where neither it nor a shape around it says any; counted as in `TopExp.MapShapes`.
    hidden_faces, hidden_edges: whether the file hides them.
    """

    colours: list[str]
    faces: NDArray[np.int64]
    edges: NDArray[np.int64]
    hidden_faces: NDArray[np.bool_]
    hidden_edges: NDArray[np.bool_]

    def reordered(self, faces: NDArray[np.int64], shape: Any) -> "ShapeLooks":
        """The looks of a shape made of the same faces in another order; its edges are new."""
        edges = ShapeMap()
        TopExp.MapShapes_s(shape, _EDGE, edges)
        count = edges.Size()
        return ShapeLooks(
            self.colours,
            self.faces[faces],
            np.full(count, -1, np.int64),
            self.hidden_faces[faces],
            np.zeros(count, np.bool_),
        )


def look_of(label: Any) -> Look:
    """The colours and visibility that stand on a label itself."""
    general = _colour(label, _GENERAL)
    return Look(
        _colour(label, _SURFACE) or general,
        _colour(label, _CURVE) or general,
        XCAFDoc_ColorTool.IsVisible_s(label),
    )


def shape_looks(label: Any, shape: Any) -> ShapeLooks:
    """The colours of solids, shells, faces and edges inside a product.

    A curve's colour that is also the surface's says nothing: edges drawn in it would not be seen.
    """
    subs = Sequence_TDF_Label()
    XCAFDoc_ShapeTool.GetSubShapes_s(label, subs)
    styled: list[tuple[int, Any, Look]] = []
    for sub_label in labels_of(subs):
        look = look_of(sub_label)
        if look.surface is not None or look.curve is not None or not look.visible:
            sub = XCAFDoc_ShapeTool.GetShape_s(sub_label)
            # TopAbs counts from compound (0) to vertex (7): coarse first, so that fine overwrites.
            styled.append((int(sub.ShapeType()), sub, look))
    colours: dict[str, int] = {}
    faces, hidden_faces = _spread(shape, _FACE, styled, "surface", colours)
    whole = look_of(label)
    edged = [(kind, sub, _edge_look(look)) for kind, sub, look in styled]
    if whole.curve is not None:
        edged.append((-1, shape, _edge_look(whole)))
    edges, hidden_edges = _spread(shape, _EDGE, edged, "curve", colours)
    return ShapeLooks(list(colours), faces, edges, hidden_faces, hidden_edges)


def path_looks(components: Iterable[Any]) -> dict[tuple[str, ...], Look]:
    """The looks that hold for one path of components only, for paths that begin at one of these.

    A path is the entries of the component labels from an assembly down to the occurrence meant.
    """
    found: dict[tuple[str, ...], Look] = {}
    for component in components:
        attributes = Sequence_TDF_Attribute()
        if not XCAFDoc_ShapeTool.GetAllComponentSHUO_s(component, attributes):
            continue
        for attribute in labels_of(attributes):
            above = Sequence_TDF_Label()
            XCAFDoc_ShapeTool.GetSHUOUpperUsage_s(attribute.Label(), above)
            if not above.IsEmpty():
                continue  # a step further down; the look stands on the uppermost
            look = look_of(attribute.Label())
            if look.surface is not None or not look.visible:
                found.update(dict.fromkeys(_paths_from(attribute.Label()), look))
    return found


class LayerReader:
    """The layers that shapes lie on; asks nothing when the file has no layers."""

    def __init__(self, main: Any) -> None:
        self._tool = XCAFDoc_DocumentTool.LayerTool_s(main)
        every = Sequence_TDF_Label()
        self._tool.GetLayerLabels(every)
        self._any = not every.IsEmpty()

    def layers(self, label: Any) -> tuple[tuple[str, ...], bool]:
        """The names of a shape's layers in the file's order, and whether all of them are hidden."""
        if not self._any:
            return (), False
        found = Sequence_TDF_Label()
        self._tool.GetLayers(label, found)
        layers = labels_of(found)
        hidden = bool(layers) and not any(self._tool.IsVisible(layer) for layer in layers)
        return tuple(name_of(layer) for layer in layers), hidden


def _colour(label: Any, kind: Any) -> str | None:
    if not label.IsAttribute(_REFERENCES[kind]):  # a third of the time of asking for the colour
        return None
    value = Quantity_ColorRGBA()
    if not XCAFDoc_ColorTool.GetColor_s(label, kind, value):
        return None
    rgb = Quantity_Color.ColorToHex_s(value.GetRGB(), True).ToCString().lower()
    alpha = round(min(max(value.Alpha(), 0.0), 1.0) * 255)
    return f"{rgb}{alpha:02x}"


def _edge_look(look: Look) -> Look:
    return replace(look, curve=None) if look.curve == look.surface else look


def _spread(
    shape: Any,
    kind: Any,
    styled: list[tuple[int, Any, Look]],
    which: str,
    colours: dict[str, int],
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The styles of shapes handed down to the faces or edges in them, coarse ones first."""
    every = ShapeMap()
    TopExp.MapShapes_s(shape, kind, every)
    chosen = np.full(every.Size(), -1, np.int64)
    hidden = np.zeros(every.Size(), np.bool_)
    for _, sub, look in sorted(styled, key=lambda entry: entry[0]):
        colour: str | None = getattr(look, which)
        if colour is None and look.visible:
            continue
        inside = ShapeMap()
        TopExp.MapShapes_s(sub, kind, inside)
        for number in range(1, inside.Size() + 1):
            at = every.FindIndex(inside.FindKey(number))
            if at:
                hidden[at - 1] |= not look.visible
                if colour is not None:
                    chosen[at - 1] = colours.setdefault(colour, len(colours))
    return chosen, hidden


def _paths_from(label: Any) -> list[tuple[str, ...]]:
    """The component entries from this step of a SHUO down to each of its ends."""
    own = entry_of(label.Father())
    below = Sequence_TDF_Label()
    XCAFDoc_ShapeTool.GetSHUONextUsage_s(label, below)
    if below.IsEmpty():
        return [(own,)]
    return [(own, *rest) for step in labels_of(below) for rest in _paths_from(step)]
