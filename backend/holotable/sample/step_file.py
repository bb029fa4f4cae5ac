"""A small writer of STEP assemblies: named products, named occurrences, colours, materials.

Lengths in millimetres, z up, as mechanical CAD writes them. The same calls give the same bytes.
"""

import io
import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from OCP.APIHeaderSection import APIHeaderSection_MakeHeader
from OCP.gp import gp_Trsf
from OCP.IFSelect import IFSelect_ReturnStatus
from OCP.Message import Message, Message_ProgressRange
from OCP.Quantity import Quantity_Color, Quantity_ColorRGBA, Quantity_TypeOfColor
from OCP.STEPCAFControl import STEPCAFControl_Writer
from OCP.STEPControl import STEPControl_StepModelType
from OCP.TCollection import TCollection_ExtendedString, TCollection_HAsciiString
from OCP.TDataStd import TDataStd_Name
from OCP.TDF import TDF_Label
from OCP.TDocStd import TDocStd_Document
from OCP.TopAbs import TopAbs_ShapeEnum
from OCP.TopExp import TopExp_Explorer
from OCP.TopLoc import TopLoc_Location
from OCP.XCAFApp import XCAFApp_Application
from OCP.XCAFDoc import XCAFDoc_ColorType, XCAFDoc_DocumentTool

Matrix = NDArray[np.float64]
FaceChoice = Callable[[Any], bool]

_TIME_STAMP: Final = "2026-01-01T00:00:00"
_SURFACE: Final = XCAFDoc_ColorType.XCAFDoc_ColorSurf
_FACE: Final = TopAbs_ShapeEnum.TopAbs_FACE
_STYLE_HEAD: Final = " = MECHANICAL_DESIGN_GEOMETRIC_PRESENTATION_REPRESENTATION("
_STYLED: Final = re.compile(r" = STYLED_ITEM\('[^']*',\([^)]*\),#(\d+)\)")
_COLOUR: Final = re.compile(r" = (?:COLOUR_RGB|DRAUGHTING_PRE_DEFINED_COLOUR)\(")
_NUMBER: Final = re.compile(r"#\d+")
_USAGE: Final = re.compile(r"(NEXT_ASSEMBLY_USAGE_OCCURRENCE\(')[^']*(')")


@dataclass(frozen=True, slots=True)
class Material:
    """What a part is made of. density: kg/m3."""

    name: str
    density: float


@dataclass(frozen=True, slots=True)
class Definition:
    """A product that can be placed; only meaningful to the StepFile that made it."""

    label: Any


class StepFile:
    """One STEP document under construction."""

    def __init__(self) -> None:
        Message.DefaultMessenger_s().ChangePrinters().Clear()
        self._document = TDocStd_Document(TCollection_ExtendedString("BinXCAF"))
        XCAFApp_Application.GetApplication_s().NewDocument(
            TCollection_ExtendedString("BinXCAF"), self._document
        )
        main = self._document.Main()
        XCAFDoc_DocumentTool.SetLengthUnit_s(self._document, 0.001)
        self._shapes = XCAFDoc_DocumentTool.ShapeTool_s(main)
        self._colours = XCAFDoc_DocumentTool.ColorTool_s(main)
        self._layers = XCAFDoc_DocumentTool.LayerTool_s(main)
        self._materials = XCAFDoc_DocumentTool.MaterialTool_s(main)

    def part(
        self,
        name: str,
        shape: Any,
        colour: str | None = None,
        material: Material | None = None,
        layer: str | None = None,
        faces: Sequence[tuple[FaceChoice, str]] = (),
    ) -> Definition:
        """Define a product with a shape. colour: #rrggbb or #rrggbbaa; faces: own colours."""
        label = self._shapes.AddShape(shape, False)
        _set_name(label, name)
        if colour is not None:
            self._colours.SetColor(label, _colour(colour), _SURFACE)
        if material is not None:
            self._materials.SetMaterial(
                label,
                TCollection_HAsciiString(material.name),
                TCollection_HAsciiString(""),
                material.density * 1e-6,  # kg/m3 as g/mm3
                TCollection_HAsciiString("density measure"),
                TCollection_HAsciiString("POSITIVE_RATIO_MEASURE"),
            )
        if layer is not None:
            self._layers.SetLayer(label, TCollection_ExtendedString(layer), True)
        for chosen, face_colour in faces:
            explorer = TopExp_Explorer(shape, _FACE)
            while explorer.More():
                face = explorer.Current()
                explorer.Next()
                if chosen(face):
                    sub = self._shapes.AddSubShape(label, face)
                    self._colours.SetColor(sub, _colour(face_colour), _SURFACE)
        return Definition(label)

    def assembly(self, name: str) -> Definition:
        """Define a product that holds others."""
        label = self._shapes.NewShape()
        _set_name(label, name)
        return Definition(label)

    def place(
        self,
        assembly: Definition,
        child: Definition,
        transform: Matrix | None = None,
        name: str | None = None,
        colour: str | None = None,
    ) -> None:
        """Place a product in an assembly. transform: (4, 4) rotation and translation, mm."""
        location = TopLoc_Location() if transform is None else TopLoc_Location(_trsf(transform))
        component = self._shapes.AddComponent(assembly.label, child.label, location)
        _set_name(component, name or "")
        if colour is not None:
            self._colours.SetColor(component, _colour(colour), _SURFACE)

    def write(self, path: Path, title: str) -> None:
        """Write the document as AP214. raises: OSError."""
        self._shapes.UpdateAssemblies()
        writer = STEPCAFControl_Writer()
        writer.SetColorMode(True)
        writer.SetNameMode(True)
        writer.SetLayerMode(True)
        writer.SetMaterialMode(True)
        if not writer.Transfer(
            self._document,
            STEPControl_StepModelType.STEPControl_AsIs,
            None,  # one file; even an empty name would write one file a part
            Message_ProgressRange(),
        ):
            raise OSError(f"Open CASCADE could not transfer {title}.")
        header = APIHeaderSection_MakeHeader(writer.ChangeWriter().Model())
        header.SetName(TCollection_HAsciiString(title))
        header.SetTimeStamp(TCollection_HAsciiString(_TIME_STAMP))
        header.SetAuthorValue(1, TCollection_HAsciiString("Holotable samples"))
        stream = io.BytesIO()
        # The CAF writer's own WriteStream writes nothing and answers an error (OCCT 8.0.1).
        status = writer.ChangeWriter().WriteStream(stream)
        if status != IFSelect_ReturnStatus.IFSelect_RetDone:
            raise OSError(f"Open CASCADE could not write {path}.")
        text = _with_sorted_styles(_numbered(stream.getvalue().decode("ascii")))
        path.write_text(text, encoding="ascii")


def translation(x: float, y: float = 0.0, z: float = 0.0) -> Matrix:
    """(4, 4) a shift in millimetres."""
    matrix = np.eye(4)
    matrix[:3, 3] = (x, y, z)
    return matrix


def rotation(axis: Sequence[float], degrees: float) -> Matrix:
    """(4, 4) a turn about an axis through the origin (Rodrigues)."""
    x, y, z = np.asarray(axis, np.float64) / np.linalg.norm(axis)
    angle = np.deg2rad(degrees)
    skew = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    matrix = np.eye(4)
    matrix[:3, :3] += np.sin(angle) * skew + (1.0 - np.cos(angle)) * (skew @ skew)
    return matrix


def _trsf(matrix: Matrix) -> Any:
    transform = gp_Trsf()
    transform.SetValues(*(float(value) for value in matrix[:3].ravel()))
    return transform


def _set_name(label: TDF_Label, name: str) -> None:
    TDataStd_Name.Set_s(label, TCollection_ExtendedString(name))


def _colour(text: str) -> Any:
    digits = text.removeprefix("#")
    red, green, blue = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    alpha = int(digits[6:8], 16) / 255 if len(digits) == 8 else 1.0
    rgb = Quantity_Color(red, green, blue, Quantity_TypeOfColor.Quantity_TOC_sRGB)
    return Quantity_ColorRGBA(rgb, alpha)


def _numbered(text: str) -> str:
    """The file with usage ids from 1: Open CASCADE counts them over the whole process.

    One entity a line, since the length of the old numbers decided where lines were broken.
    """
    numbers = itertools.count(1)

    def number(match: re.Match[str]) -> str:
        return f"{match[1]}{next(numbers)}{match[2]}"

    return _USAGE.sub(number, re.sub(r"\n +", "", text))


def _with_sorted_styles(text: str) -> str:
    """The file with its colours sorted, then its styles in the order of what they colour.

    Open CASCADE writes them last, in the order of memory addresses: groups that begin with a
    representation and share nothing but colours.
    """
    start = text.find(_STYLE_HEAD)
    if start < 0:
        return text
    start = text.rfind("\n", 0, start) + 1
    end = text.index("ENDSEC;", start)
    colours: list[str] = []
    groups: list[list[str]] = []
    for entity in text[start:end].splitlines():
        if _STYLE_HEAD in entity:
            groups.append([])
        (colours if _COLOUR.search(entity) else groups[-1]).append(entity)

    def coloured(group: list[str]) -> int:
        return min(int(match[1]) for entity in group for match in _STYLED.finditer(entity))

    first = int(groups[0][0].split(" ", 1)[0].removeprefix("#"))
    ordered = sorted(colours, key=lambda entity: entity.split(" = ", 1)[1])
    ordered += [entity for group in sorted(groups, key=coloured) for entity in group]
    numbers = {entity.split(" ", 1)[0]: f"#{first + n}" for n, entity in enumerate(ordered)}
    renumbered = [
        _NUMBER.sub(lambda match: numbers.get(match[0], match[0]), entity) for entity in ordered
    ]
    return text[:start] + "\n".join(renumbered) + "\n" + text[end:]
