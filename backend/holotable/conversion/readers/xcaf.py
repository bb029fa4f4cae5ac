"""What an Open CASCADE XCAF document says, as plain values: products, components, colours, PMI.

All knowledge of OCAF labels and of the bindings' traps (CONVERSION: 1.4) lives here. Units and
frames are Open CASCADE's: millimetres, the file's own axes.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from OCP.BinTools import BinTools
from OCP.BRep import BRep_Builder
from OCP.BRepTools import BRepTools
from OCP.collections import IndexedMap_TopoDS_Shape_TopTools_ShapeMapHasher as ShapeMap
from OCP.collections import Sequence_TCollection_AsciiString, Sequence_TDF_Label
from OCP.IFSelect import IFSelect_ReturnStatus
from OCP.IGESCAFControl import IGESCAFControl_Reader
from OCP.Message import Message, Message_ProgressRange
from OCP.Quantity import Quantity_Color, Quantity_ColorRGBA
from OCP.STEPCAFControl import STEPCAFControl_Reader
from OCP.TCollection import TCollection_AsciiString, TCollection_ExtendedString
from OCP.TDataStd import TDataStd_Name, TDataStd_NamedData, TDataStd_TreeNode
from OCP.TDF import TDF_Label, TDF_Tool
from OCP.TDocStd import TDocStd_Document
from OCP.TopAbs import TopAbs_ShapeEnum
from OCP.TopExp import TopExp
from OCP.TopoDS import TopoDS_Iterator, TopoDS_Shape
from OCP.XCAFApp import XCAFApp_Application
from OCP.XCAFDoc import (
    XCAFDoc,
    XCAFDoc_ColorTool,
    XCAFDoc_ColorType,
    XCAFDoc_DocumentTool,
    XCAFDoc_Material,
    XCAFDoc_MaterialTool,
    XCAFDoc_ShapeTool,
)

from holotable.conversion.options import LengthUnit, Report
from holotable.conversion.readers.brep_mesh import matrix_of
from holotable.errors import DamagedFile, NoGeometry
from holotable.review.scene import Floats, PropertyValue, SourceKind

_FACE: Final = TopAbs_ShapeEnum.TopAbs_FACE
_BODY_TYPES: Final = (TopAbs_ShapeEnum.TopAbs_SOLID, TopAbs_ShapeEnum.TopAbs_COMPSOLID)
_COMPOUND: Final = TopAbs_ShapeEnum.TopAbs_COMPOUND
# A surface's own colour before a general one before a curve's, as Open CASCADE's viewer takes them.
_COLOUR_TYPES: Final = (
    XCAFDoc_ColorType.XCAFDoc_ColorSurf,
    XCAFDoc_ColorType.XCAFDoc_ColorGen,
    XCAFDoc_ColorType.XCAFDoc_ColorCurv,
)
_UNITS: Final[dict[str, LengthUnit]] = {
    "MILLIMETRE": "mm", "MILLIMETER": "mm", "MM": "mm",
    "CENTIMETRE": "cm", "CENTIMETER": "cm", "CM": "cm",
    "METRE": "m", "METER": "m", "M": "m",
    "KILOMETRE": "km", "KILOMETER": "km", "KM": "km",
    "MICROMETRE": "um", "MICROMETER": "um", "UM": "um",
    "INCH": "in", "INCHES": "in", "IN": "in",
    "FOOT": "ft", "FEET": "ft", "FT": "ft",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Component:
    """One placement of a product in an assembly.

    transform: (4, 4) relative to the assembly, millimetres.  colour: sRGB #rrggbbaa.
    """

    product: str
    name: str
    transform: Floats
    colour: str | None
    layer: str | None
    visible: bool


@dataclass(frozen=True, slots=True)
class Product:
    """A definition: an assembly of components, or a shape.

    key: its label's entry, unique in this document only.
    """

    key: str
    name: str
    label: Any
    is_assembly: bool
    components: tuple[Component, ...]
    colour: str | None
    layer: str | None
    visible: bool
    metadata: dict[str, PropertyValue] = field(default_factory=dict)
    material: dict[str, PropertyValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Document:
    """A file as read: its products by key and which of them are roots.

    handle: the OCAF document; labels die with it, so it must outlive the products.
    """

    handle: Any
    roots: tuple[str, ...]
    products: dict[str, Product]
    length_unit: LengthUnit | None
    pmi: dict[str, int]
    missing_files: tuple[str, ...] = ()


def open_document(
    path: Path, kind: SourceKind, report: Report, keys: Sequence[str] = ()
) -> Document:
    """Parse and transfer a STEP, IGES or BREP file.

    keys: names of user-defined properties to look for.
    raises: DamagedFile when Open CASCADE refuses it; NoGeometry when it holds no shape.
    """
    Message.DefaultMessenger_s().ChangePrinters().Clear()  # else it writes colours to stdout
    handle = TDocStd_Document(TCollection_ExtendedString("BinXCAF"))
    XCAFApp_Application.GetApplication_s().NewDocument(
        TCollection_ExtendedString("BinXCAF"), handle
    )
    unit: LengthUnit | None = None
    missing: tuple[str, ...] = ()
    match kind:
        case "step":
            unit, missing = _read_step(path, handle, report)
        case "iges":
            unit = _read_iges(path, handle, report)
        case _:
            _read_brep(path, handle)
    report("reading", 0.9)
    main = handle.Main()
    free = Sequence_TDF_Label()
    XCAFDoc_DocumentTool.ShapeTool_s(main).GetFreeShapes(free)
    roots = _labels(free)
    if not roots:
        raise NoGeometry()
    products: dict[str, Product] = {}
    pending = deque(roots)
    layers = _LayerReader(main)
    while pending:
        label = pending.popleft()
        key = _entry(label)
        if key not in products:
            products[key] = _product(key, label, layers, keys, pending)
    return Document(
        handle, tuple(_entry(label) for label in roots), products, unit, _count_pmi(main), missing
    )


def shape_of(product: Product) -> Any:
    """The product's shape, in its own frame."""
    return XCAFDoc_ShapeTool.GetShape_s(product.label)


def face_colours(product: Product, shape: Any) -> tuple[list[str], NDArray[np.int64]]:
    """The colours of solids and faces inside a product: a list, and (faces,) indices into it.

    The finer shape wins: a face's colour over its shell's over its solid's. -1: no colour.
    Faces count as in `TopExp.MapShapes(shape, FACE)`.
    """
    subs = Sequence_TDF_Label()
    XCAFDoc_ShapeTool.GetSubShapes_s(product.label, subs)
    coloured: list[tuple[int, Any, str]] = []
    for label in _labels(subs):
        colour = _colour(label)
        if colour is not None:
            sub = XCAFDoc_ShapeTool.GetShape_s(label)
            # TopAbs counts from compound (0) to vertex (7): coarse first, so that fine overwrites.
            coloured.append((int(sub.ShapeType()), sub, colour))
    face_map = ShapeMap()
    TopExp.MapShapes_s(shape, _FACE, face_map)
    colours: list[str] = []
    chosen = np.full(face_map.Size(), -1, np.int64)
    for _, sub, colour in sorted(coloured, key=lambda entry: entry[0]):
        if colour not in colours:
            colours.append(colour)
        inside = ShapeMap()
        TopExp.MapShapes_s(sub, _FACE, inside)
        for number in range(1, inside.Size() + 1):
            at = face_map.FindIndex(inside.FindKey(number))
            if at:
                chosen[at - 1] = colours.index(colour)
    return colours, chosen


def _read_step(
    path: Path, handle: Any, report: Report
) -> tuple[LengthUnit | None, tuple[str, ...]]:
    reader = STEPCAFControl_Reader()
    for switch in ("Color", "Name", "Layer", "Props", "Mat", "GDT", "SHUO", "Meta", "ProductMeta"):
        getattr(reader, f"Set{switch}Mode")(True)
    if reader.ReadFile(str(path)) != IFSelect_ReturnStatus.IFSelect_RetDone:
        raise DamagedFile("Open CASCADE cannot parse this STEP file.")
    report("reading", 0.4)
    lengths, angles, solid_angles = (Sequence_TCollection_AsciiString() for _ in range(3))
    reader.ChangeReader().FileUnits(lengths, angles, solid_angles)
    if not reader.Transfer(handle, Message_ProgressRange()):
        raise DamagedFile("Open CASCADE cannot build shapes from this STEP file.")
    names = [lengths.Value(i).ToCString() for i in range(1, lengths.Length() + 1)]
    known = [_UNITS[name.upper()] for name in names if name.upper() in _UNITS]
    return (known[0] if known else None), _missing_files(reader)


def _missing_files(reader: Any) -> tuple[str, ...]:
    """Files that the assembly names as the home of parts and that were not there."""
    missing: list[str] = []
    for external in reader.ExternFiles():  # the map's values
        if external.GetLoadStatus() != IFSelect_ReturnStatus.IFSelect_RetDone:
            missing.append(external.GetName().ToCString())
    return tuple(sorted(missing))


def _read_iges(path: Path, handle: Any, report: Report) -> LengthUnit | None:
    reader = IGESCAFControl_Reader()
    reader.SetColorMode(True)
    reader.SetNameMode(True)
    reader.SetLayerMode(True)
    if reader.ReadFile(str(path)) != IFSelect_ReturnStatus.IFSelect_RetDone:
        raise DamagedFile("Open CASCADE cannot parse this IGES file.")
    report("reading", 0.4)
    unit = reader.IGESModel().GlobalSection().UnitName()
    if not reader.Transfer(handle, Message_ProgressRange()):
        raise DamagedFile("Open CASCADE cannot build shapes from this IGES file.")
    return None if unit is None else _UNITS.get(unit.ToCString().strip().upper())


def _read_brep(path: Path, handle: Any) -> None:
    """Read Open CASCADE's own format, text or binary; it knows no unit, no name and no colour."""
    shape = TopoDS_Shape()
    with path.open("rb") as file:
        is_text = b"DBRep_DrawableShape" in file.read(64) or _starts_as_text_brep(path)
    if is_text:
        ok = BRepTools.Read_s(shape, str(path), BRep_Builder())
    else:
        ok = BinTools.Read_s(shape, str(path))
    if not ok or shape.IsNull():
        raise DamagedFile("Open CASCADE cannot parse this BREP file.")
    as_assembly = shape.ShapeType() == _COMPOUND and _holds_only_bodies(shape)
    XCAFDoc_DocumentTool.ShapeTool_s(handle.Main()).AddShape(shape, as_assembly)


def _starts_as_text_brep(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(64).lstrip().startswith(b"CASCADE Topology")


def _holds_only_bodies(compound: Any) -> bool:
    """Whether a compound is an assembly of several solids rather than a bag of faces."""
    children = TopoDS_Iterator(compound)
    count = 0
    while children.More():
        child = children.Value()
        kind = child.ShapeType()
        if kind not in _BODY_TYPES and not (kind == _COMPOUND and _holds_only_bodies(child)):
            return False
        count += 1
        children.Next()
    return count > 1


class _LayerReader:
    """Names of layers by label; asks nothing when the file has no layers."""

    def __init__(self, main: Any) -> None:
        self._tool = XCAFDoc_DocumentTool.LayerTool_s(main)
        labels = Sequence_TDF_Label()
        self._tool.GetLayerLabels(labels)
        self._any = labels.Length() > 0

    def layer(self, label: Any) -> str | None:
        if not self._any:
            return None
        names = self._tool.GetLayers(label)
        if names is None or names.Length() == 0:
            return None
        return str(names.Value(1).ToExtString())


def _product(
    key: str, label: Any, layers: _LayerReader, keys: Sequence[str], pending: deque[Any]
) -> Product:
    components: list[Component] = []
    is_assembly = XCAFDoc_ShapeTool.IsAssembly_s(label)
    if is_assembly:
        children = Sequence_TDF_Label()
        XCAFDoc_ShapeTool.GetComponents_s(label, children, False)
        for child in _labels(children):
            referred = TDF_Label()
            if not XCAFDoc_ShapeTool.GetReferredShape_s(child, referred):
                continue
            pending.append(referred)
            location = XCAFDoc_ShapeTool.GetLocation_s(child)
            components.append(
                Component(
                    _entry(referred),
                    _name(child),
                    np.eye(4) if location.IsIdentity() else matrix_of(location.Transformation()),
                    _colour(child),
                    layers.layer(child),
                    XCAFDoc_ColorTool.IsVisible_s(child),
                )
            )
    return Product(
        key,
        _name(label),
        label,
        is_assembly,
        tuple(components),
        _colour(label),
        layers.layer(label),
        XCAFDoc_ColorTool.IsVisible_s(label),
        _metadata(label, keys),
        _material(label),
    )


def _labels(sequence: Any) -> list[Any]:
    return [sequence.Value(index) for index in range(1, sequence.Length() + 1)]


def _entry(label: Any) -> str:
    text = TCollection_AsciiString()
    TDF_Tool.Entry_s(label, text)
    return str(text.ToCString())


def _name(label: Any) -> str:
    # FindAttribute on an absent attribute is a segmentation fault (CONVERSION: gotcha 1).
    if not label.IsAttribute(TDataStd_Name.GetID_s()):
        return ""
    attribute = TDataStd_Name()
    if not label.FindAttribute(TDataStd_Name.GetID_s(), attribute):
        return ""
    return str(attribute.Get().ToExtString()).strip()


def _colour(label: Any) -> str | None:
    value = Quantity_ColorRGBA()
    for kind in _COLOUR_TYPES:
        if XCAFDoc_ColorTool.GetColor_s(label, kind, value):
            rgb = Quantity_Color.ColorToHex_s(value.GetRGB(), True).ToCString().lower()
            alpha = round(min(max(value.Alpha(), 0.0), 1.0) * 255)
            return f"{rgb}{alpha:02x}"
    return None


def _metadata(label: Any, keys: Sequence[str]) -> dict[str, PropertyValue]:
    """The label's named values under those of the keys that it has.

    The bindings iterate over a map's values without their keys, hence the candidates.
    """
    if not keys or not label.IsAttribute(TDataStd_NamedData.GetID_s()):
        return {}
    values: dict[str, PropertyValue] = {}
    attribute = TDataStd_NamedData.Set_s(label)
    for key in keys:
        name = TCollection_ExtendedString(key)
        if attribute.HasString(name):
            values[key] = str(attribute.GetString(name).ToExtString())
        elif attribute.HasReal(name):
            values[key] = float(attribute.GetReal(name))
        elif attribute.HasInteger(name):
            values[key] = int(attribute.GetInteger(name))
    return values


def _material(label: Any) -> dict[str, PropertyValue]:
    reference = XCAFDoc.MaterialRefGUID_s()
    if not label.IsAttribute(reference):
        return {}
    father = TDataStd_TreeNode.Set_s(label, reference).Father()
    if father is None:
        return {}
    material = XCAFDoc_Material()
    if not father.Label().FindAttribute(XCAFDoc_Material.GetID_s(), material):
        return {}
    values: dict[str, PropertyValue] = {}
    if material.GetName() is not None:
        values["name"] = str(material.GetName().ToCString())
    # Open CASCADE keeps g/mm3 and answers kg/mm3; outside foam to osmium the unit was misread.
    density = XCAFDoc_MaterialTool.GetDensityForShape_s(label) * 1e9
    if 1.0 <= density <= 30_000.0:
        values["density_kg_m3"] = round(density, 6)
    return values


def _count_pmi(main: Any) -> dict[str, int]:
    tool = XCAFDoc_DocumentTool.DimTolTool_s(main)
    counts: dict[str, int] = {}
    for name, collect in (
        ("dimensions", tool.GetDimensionLabels),
        ("tolerances", tool.GetGeomToleranceLabels),
        ("datums", tool.GetDatumLabels),
    ):
        labels = Sequence_TDF_Label()
        collect(labels)
        counts[name] = labels.Length()
    return counts
