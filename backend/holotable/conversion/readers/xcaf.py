"""What an Open CASCADE XCAF document says, as plain values: products, components, colours, PMI.

Everything here is as Open CASCADE reads it: millimetres and the file's own axes. Facts that cost
nothing to look at stand in `Document`; shapes are asked for when a part is read.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
from OCP.BinTools import BinTools
from OCP.BRep import BRep_Builder
from OCP.BRepTools import BRepTools
from OCP.collections import Sequence_TCollection_AsciiString, Sequence_TDF_Label
from OCP.IFSelect import IFSelect_ReturnStatus
from OCP.IGESCAFControl import IGESCAFControl_Reader
from OCP.Interface import Interface_Static
from OCP.Message import Message, Message_ProgressRange
from OCP.STEPCAFControl import STEPCAFControl_Reader
from OCP.TCollection import TCollection_ExtendedString
from OCP.TDF import TDF_Label
from OCP.TDocStd import TDocStd_Document
from OCP.TopAbs import TopAbs_ShapeEnum
from OCP.TopoDS import TopoDS_Iterator, TopoDS_Shape
from OCP.XCAFApp import XCAFApp_Application
from OCP.XCAFDoc import XCAFDoc_DocumentTool, XCAFDoc_ShapeTool

from holotable.conversion.options import LengthUnit, Report
from holotable.conversion.readers import step_links, step_text, text_guard, xcaf_facts, xcaf_look
from holotable.conversion.readers.brep_mesh import matrix_of
from holotable.conversion.readers.xcaf_label import entry_of, labels_of, name_of
from holotable.errors import DamagedFile, NoGeometry
from holotable.review.scene import Floats, PropertyValue, SourceKind

_BODY_TYPES: Final = (TopAbs_ShapeEnum.TopAbs_SOLID, TopAbs_ShapeEnum.TopAbs_COMPSOLID)
_COMPOUND: Final = TopAbs_ShapeEnum.TopAbs_COMPOUND
_READ: Final = IFSelect_ReturnStatus.IFSelect_RetDone
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

    key: entry of its label.  transform: (4, 4) relative to the assembly, millimetres.
    usage: what a STEP file says of it beyond its name.
    """

    key: str
    product: str
    name: str
    transform: Floats
    look: xcaf_look.Look
    layers: tuple[str, ...]
    usage: xcaf_facts.Usage | None = None


@dataclass(frozen=True, slots=True)
class Product:
    """A definition: an assembly of components, or a shape.

    key: its label's entry, unique in this document only.  id: what the file identifies it by.
    """

    key: str
    name: str
    label: Any
    is_assembly: bool
    components: tuple[Component, ...]
    look: xcaf_look.Look
    layers: tuple[str, ...]
    id: str = ""
    description: str = ""
    metadata: dict[str, PropertyValue] = field(default_factory=dict)
    material: dict[str, PropertyValue] = field(default_factory=dict)
    validation: xcaf_facts.Validation | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A file as read: its products by key and which of them are roots.

    handle: the OCAF document; labels die with it, so it must outlive the products.
    path_looks: looks of single paths through the assembly, by the components' keys.
    facts: what the file says of itself: author, system, schema, time.
    missing_files: named as homes of parts and not there.  unread_files: there, but no STEP.
    broken_entities: of an IGES file, whose directory or parameters contradict themselves.
    reader: of a STEP file with annotations, for `pmi`; its model takes memory, else None.
    """

    handle: Any
    roots: tuple[str, ...]
    products: dict[str, Product]
    length_unit: LengthUnit | None
    pmi: dict[str, int]
    path_looks: dict[tuple[str, ...], xcaf_look.Look] = field(default_factory=dict)
    facts: dict[str, PropertyValue] = field(default_factory=dict)
    missing_files: tuple[str, ...] = ()
    unread_files: tuple[str, ...] = ()
    reader: Any = None
    broken_entities: int = 0


@dataclass(slots=True)
class _Read:
    """What reading one kind of file says beside the document it fills."""

    unit: LengthUnit | None = None
    facts: dict[str, PropertyValue] = field(default_factory=dict)
    usages: dict[str, xcaf_facts.Usage] = field(default_factory=dict)
    keys: Sequence[str] = ()
    missing: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    reader: Any = None
    annotated: bool = False
    broken: int = 0


def open_document(
    path: Path, kind: SourceKind, report: Report, max_occurrences: int = 500_000
) -> Document:
    """Check, parse and transfer a STEP, IGES or BREP file and the files it draws in.

    raises: DamagedFile when the text is broken or Open CASCADE refuses it; NoGeometry when it holds
        no shape.
    """
    Message.DefaultMessenger_s().ChangePrinters().Clear()  # else it writes colours to stdout
    handle = TDocStd_Document(TCollection_ExtendedString("BinXCAF"))
    XCAFApp_Application.GetApplication_s().NewDocument(
        TCollection_ExtendedString("BinXCAF"), handle
    )
    match kind:
        case "step":
            read = _read_step(path, handle, report, max_occurrences)
        case "iges":
            read = _read_iges(path, handle, report)
        case _:
            read = _Read()
            _read_brep(path, handle)
    report("reading", 0.9)
    main = handle.Main()
    free = Sequence_TDF_Label()
    XCAFDoc_DocumentTool.ShapeTool_s(main).GetFreeShapes(free)
    roots = labels_of(free)
    if not roots:
        raise NoGeometry()
    products: dict[str, Product] = {}
    components: list[Any] = []
    pending = deque(roots)
    layers = xcaf_look.LayerReader(main)
    while pending:
        label = pending.popleft()
        key = entry_of(label)
        if key not in products:
            products[key] = _product(key, label, layers, read, pending, components)
    pmi = _count_pmi(main)
    return Document(
        handle,
        tuple(entry_of(label) for label in roots),
        products,
        read.unit,
        pmi,
        xcaf_look.path_looks(components),
        read.facts,
        read.missing,
        read.unread,
        read.reader if read.annotated or any(pmi.values()) else None,
        read.broken,
    )


def shape_of(product: Product) -> Any:
    """The product's shape, in its own frame."""
    return XCAFDoc_ShapeTool.GetShape_s(product.label)


def _read_step(path: Path, handle: Any, report: Report, max_occurrences: int) -> _Read:
    text_guard.check_step(path, max_occurrences)
    links = step_links.follow(path)
    for child in links.children:
        try:
            text_guard.check_step(child, max_occurrences)
        except DamagedFile as problem:
            raise DamagedFile(f"{child.name}: {problem.detail}", **problem.facts) from problem
    report("reading", 0.05)
    read = _Read(keys=text_guard.property_names(path))
    with step_text.mapped(path) as content:
        read.facts.update(step_text.header(content))
        utf8 = step_text.is_utf8(content)
        read.annotated = content.find(b"ANNOTATION_") >= 0
    read.reader = reader = STEPCAFControl_Reader()
    for switch in ("Color", "Name", "Layer", "Props", "Mat", "GDT", "SHUO", "Meta", "ProductMeta"):
        getattr(reader, f"Set{switch}Mode")(True)
    reader.SetViewMode(False)  # `pmi` reads saved views; a view without camera ends in SIGSEGV here
    Interface_Static.SetCVal_s("read.step.codepage", "UTF8" if utf8 else "CP1252")
    with TemporaryDirectory(prefix="holotable-") as folder:
        if reader.ReadFile(str(step_links.stage(links, Path(folder)))) != _READ:
            raise DamagedFile("Open CASCADE cannot parse this STEP file.")
        report("reading", 0.4)
        lengths, angles, solid_angles = (Sequence_TCollection_AsciiString() for _ in range(3))
        reader.ChangeReader().FileUnits(lengths, angles, solid_angles)
        if not reader.Transfer(handle, Message_ProgressRange()):
            raise DamagedFile("Open CASCADE cannot build shapes from this STEP file.")
    known = [_UNITS.get(name.ToCString().upper()) for name in labels_of(lengths)]
    read.unit = next((unit for unit in known if unit is not None), None)
    read.usages = xcaf_facts.usages(reader, handle.Main())
    not_loaded = {
        str(external.GetName().ToCString())
        for external in reader.ExternFiles()  # the map's values
        if external.GetLoadStatus() != _READ
    }
    there = {child.name for child in links.children}
    read.unread = tuple(sorted(not_loaded & there))
    read.missing = tuple(sorted((not_loaded - there) | set(links.missing)))
    return read


def _read_iges(path: Path, handle: Any, report: Report) -> _Read:
    text_guard.check_iges(path)
    reader = IGESCAFControl_Reader()
    reader.SetColorMode(True)
    reader.SetNameMode(True)
    reader.SetLayerMode(True)
    if reader.ReadFile(str(path)) != _READ:
        raise DamagedFile("Open CASCADE cannot parse this IGES file.")
    report("reading", 0.4)
    section = reader.IGESModel().GlobalSection()
    unit = section.UnitName()
    read = _Read(None if unit is None else _UNITS.get(unit.ToCString().strip().upper()))
    read.broken = _broken_entities(reader.WS().ModelCheckList(False))
    for name, value in (
        ("name", section.FileName()),
        ("author", section.AuthorName()),
        ("organisation", section.CompanyName()),
        ("originating_system", section.SystemId()),
        ("preprocessor", section.InterfaceVersion()),
        ("time_stamp", section.Date()),
    ):
        said = "" if value is None else str(value.ToCString()).strip()
        if said:
            read.facts[name] = said
    if not reader.Transfer(handle, Message_ProgressRange()):
        raise DamagedFile("Open CASCADE cannot build shapes from this IGES file.")
    return read


def _broken_entities(checks: Any) -> int:
    """How many entities of a model failed a check of Open CASCADE."""
    count = 0
    checks.Start()
    while checks.More():
        count += checks.Value().NbFails() > 0
        checks.Next()
    return count


def _read_brep(path: Path, handle: Any) -> None:
    """Read Open CASCADE's own format, text or binary; it knows no unit, no name and no colour."""
    shape = TopoDS_Shape()
    with path.open("rb") as file:
        is_text = b"DBRep_DrawableShape" in file.read(64) or _starts_as_text_brep(path)
    if is_text:
        text_guard.check_brep(path)
        ok = BRepTools.Read_s(shape, str(path), BRep_Builder())
    else:
        ok = BinTools.Read_s(shape, str(path))
    if not ok or shape.IsNull():
        raise DamagedFile("Open CASCADE cannot parse this BREP file.")
    as_assembly = shape.ShapeType() == _COMPOUND and (_bodies_in(shape) or 0) > 1
    XCAFDoc_DocumentTool.ShapeTool_s(handle.Main()).AddShape(shape, as_assembly)


def _starts_as_text_brep(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(64).lstrip().startswith(b"CASCADE Topology")


def _bodies_in(compound: Any) -> int | None:
    """How many solids a compound and those in it hold; None when there is anything else inside.

    More than one make an assembly; loose faces are one part.
    """
    children = TopoDS_Iterator(compound)
    count = 0
    while children.More():
        child = children.Value()
        children.Next()
        inside = _bodies_in(child) if child.ShapeType() == _COMPOUND else 1
        if inside is None or (child.ShapeType() not in (*_BODY_TYPES, _COMPOUND)):
            return None
        count += inside
    return count


def _product(
    key: str,
    label: Any,
    layers: xcaf_look.LayerReader,
    read: _Read,
    pending: deque[Any],
    every_component: list[Any],
) -> Product:
    components: list[Component] = []
    is_assembly = XCAFDoc_ShapeTool.IsAssembly_s(label)
    if is_assembly:
        children = Sequence_TDF_Label()
        XCAFDoc_ShapeTool.GetComponents_s(label, children, False)
        for child in labels_of(children):
            referred = TDF_Label()
            if not XCAFDoc_ShapeTool.GetReferredShape_s(child, referred):
                continue
            pending.append(referred)
            every_component.append(child)
            location = XCAFDoc_ShapeTool.GetLocation_s(child)
            own_key = entry_of(child)
            look, on_layers = _look(child, layers)
            components.append(
                Component(
                    own_key,
                    entry_of(referred),
                    name_of(child),
                    np.eye(4) if location.IsIdentity() else matrix_of(location.Transformation()),
                    look,
                    on_layers,
                    read.usages.get(own_key),
                )
            )
    look, on_layers = _look(label, layers)
    return Product(
        key,
        name_of(label),
        label,
        is_assembly,
        tuple(components),
        look,
        on_layers,
        *xcaf_facts.product_of(label),
        xcaf_facts.metadata_of(label, read.keys),
        xcaf_facts.material_of(label),
        xcaf_facts.validation_of(label),
    )


def _look(label: Any, layers: xcaf_look.LayerReader) -> tuple[xcaf_look.Look, tuple[str, ...]]:
    """The look of a label, hidden also when all its layers are, and those layers."""
    look = xcaf_look.look_of(label)
    names, hidden = layers.layers(label)
    return (replace(look, visible=False) if hidden else look), names


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
