"""Dimensions, tolerances and datums of an XCAF document as plain values.

Open CASCADE's DimTolTool makes a label of every dimension, tolerance and reference to a datum, and
of every drawn callout that it could not tie to one (type "presentation"). Trap: FindAttribute ends
in a segmentation fault; the live attribute comes from the class's static Set.
"""

import math
import re
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Final, Literal

from OCP.collections import Sequence_TDF_Label
from OCP.XCAFDimTolObjects import (
    XCAFDimTolObjects_DatumModifWithValue,
    XCAFDimTolObjects_DimensionFormVariance,
    XCAFDimTolObjects_DimensionGrade,
    XCAFDimTolObjects_DimensionType,
)
from OCP.XCAFDoc import (
    XCAFDoc_Datum,
    XCAFDoc_Dimension,
    XCAFDoc_DimTolTool,
    XCAFDoc_DocumentTool,
    XCAFDoc_GeomTolerance,
    XCAFDoc_NoteComment,
    XCAFDoc_ShapeTool,
)

from holotable.conversion.readers.pmi_text import DatumReference
from holotable.conversion.readers.xcaf_label import labels_of

Counted = Literal["dimensions", "tolerances", "datums"]

_MATERIAL: Final = {"M": "maximum material requirement", "L": "least material requirement"}
_TYPES: Final = {
    "circularity or roundness": "circularity", "profile of line": "line profile",
    "profile of surface": "surface profile", "location none": "", "none": "",
}  # fmt: skip
_QUALIFIERS: Final = {"min": "minimum", "max": "maximum", "avg": "average"}
_WORDS: Final = re.compile(r"(?<=[a-z])(?=[A-Z])|_")
_JSON_NUMBER: Final = re.compile(r'"(\w+)": (-?\d+)')
_LINEAR: Final = re.compile(r"linear distance (from )?(\w+) to (\w+)")


@dataclass(frozen=True, slots=True)
class Entry:
    """One label of the DimTolTool.

    type: in words; "presentation" when only its drawing is known.  name: of the STEP entity.
    presentation: name of the callout that draws it.  shapes: what it is about, as the document
    holds them.  value, lower, upper, limits: millimetres or degrees, deviations with signs.
    datums: frame of a tolerance.  letter, target: of a datum.  owner: for a datum reference, the
    index of its tolerance among the entries, or None.
    """

    counted: Counted
    type: str
    name: str
    presentation: str
    drawn: Any
    shapes: tuple[Any, ...]
    value: float | None = None
    lower: float | None = None
    upper: float | None = None
    lower_limit: float | None = None
    upper_limit: float | None = None
    angle: bool = False
    fit: str = ""
    marks: tuple[str, ...] = ()
    zone: str = ""
    modifiers: tuple[str, ...] = ()
    datums: tuple[DatumReference, ...] = ()
    letter: str = ""
    target: int | None = None
    properties: dict[str, str | float | int | bool] = field(default_factory=dict)


def read_entries(main: Any) -> tuple[list[Entry], int]:
    """All entries, dimensions first, then tolerances, then datums, and how many could not be read.

    main: the document's main label.
    """
    tool = XCAFDoc_DocumentTool.DimTolTool_s(main)
    entries: list[Entry] = []
    unread = 0
    for collect, read in (
        (tool.GetDimensionLabels, _dimension),
        (tool.GetGeomToleranceLabels, _tolerance),
        (tool.GetDatumLabels, _datum),
    ):
        labels = Sequence_TDF_Label()
        collect(labels)
        for label in labels_of(labels):
            entry = read(label)
            if entry is None:
                unread += 1
            else:
                entries.append(entry)
    return entries, unread


def read_comments(main: Any) -> list[str]:
    """Texts of the document's notes that are comments."""
    tool = XCAFDoc_DocumentTool.NotesTool_s(main)
    if tool.NbNotes() == 0:
        return []
    labels = Sequence_TDF_Label()
    tool.GetNotes(labels)
    return [
        str(XCAFDoc_NoteComment.Get_s(label).Comment().ToExtString())
        for label in labels_of(labels)
        if XCAFDoc_NoteComment.IsMine_s(label)
    ]


def _dimension(label: Any) -> Entry | None:
    if not label.IsAttribute(XCAFDoc_Dimension.GetID_s()):
        return None
    dimension = XCAFDoc_Dimension.Set_s(label).GetObject()
    if dimension is None:
        return None
    kind = dimension.GetType()
    name = _text(dimension.GetSemanticName())
    type_, properties = _dimension_type(kind, name)
    values = dimension.GetValues()
    numbers = [] if values is None else [values.Value(i + 1) for i in range(values.Length())]
    if not all(math.isfinite(number) for number in numbers):
        numbers = []
    plus_minus = bool(dimension.IsDimWithPlusMinusTolerance()) and len(numbers) > 2
    limits = bool(dimension.IsDimWithRange()) and len(numbers) == 2
    marks = [_text(dimension.GetDescription(i)).lower() for i in range(dimension.NbDescriptions())]
    if dimension.HasQualifier():
        marks.append(_QUALIFIERS.get(_words(dimension.GetQualifier(), 2), ""))
    if dimension.HasAngularQualifier():
        properties["angular_qualifier"] = _words(dimension.GetAngularQualifier(), 2)
    for number, has, get in (
        (1, dimension.HasPoint, dimension.GetPoint),
        (2, dimension.HasPoint2, dimension.GetPoint2),
    ):
        if has():
            point = get()
            properties[f"point_{number}_mm"] = f"{point.X():.6g} {point.Y():.6g} {point.Z():.6g}"
    path = dimension.GetPath()
    if path is not None and not path.IsNull():
        properties["along_path"] = True
    return Entry(
        "dimensions",
        type_,
        name,
        _text(dimension.GetPresentationName()),
        dimension.GetPresentation(),
        _shapes(label),
        numbers[0] if numbers and not limits else None,
        -abs(dimension.GetLowerTolValue()) if plus_minus else None,
        dimension.GetUpperTolValue() if plus_minus else None,
        numbers[0] if limits else None,
        numbers[1] if limits else None,
        angle=type_ == "angle",
        fit=_fit(dimension),
        marks=tuple(mark for mark in marks if mark),
        modifiers=tuple(_words(one, 2) for one in labels_of(dimension.GetModifiers())),
        properties=properties,
    )


def _dimension_type(kind: Any, name: str) -> tuple[str, dict[str, str | float | int | bool]]:
    """The type in words, and what else its name holds."""
    if kind in (
        XCAFDimTolObjects_DimensionType.XCAFDimTolObjects_DimensionType_CommonLabel,
        XCAFDimTolObjects_DimensionType.XCAFDimTolObjects_DimensionType_DimensionPresentation,
    ):
        return "presentation", {}
    words = _words(kind, 2)
    for prefix in ("location ", "size "):
        words = words.removeprefix(prefix)
    if words == "none":
        return name.lower() or "dimension", {}
    ends = _LINEAR.fullmatch(words)
    if ends is not None:
        return "linear distance", {"from": ends[2], "to": ends[3]}
    match words:
        case "angular":
            return "angle", {}
        case "oriented":
            return "oriented distance", {}
        case "with path":
            return "distance along path", {}
        case _:
            return words, {}


def _fit(dimension: Any) -> str:
    """The class of tolerance, "H7" of a hole, "g6" of a shaft; bindings only give it as JSON."""
    if not dimension.IsDimWithClassOfTolerance():
        return ""
    stream = BytesIO()
    dimension.DumpJson(stream)
    said = dict(_JSON_NUMBER.findall(stream.getvalue().decode("ascii", "replace")))
    forms = list(XCAFDimTolObjects_DimensionFormVariance.__members__)
    grades = list(XCAFDimTolObjects_DimensionGrade.__members__)
    form, grade = int(said.get("FormVariance", 0)), int(said.get("Grade", -1))
    if not 0 < form < len(forms) or not 0 <= grade < len(grades):
        return ""
    letter = forms[form].rpartition("_")[2]
    hole = said.get("IsHole") != "0"
    return str(letter if hole else letter.lower()) + str(grades[grade]).rpartition("_IT")[2]


def _tolerance(label: Any) -> Entry | None:
    if not label.IsAttribute(XCAFDoc_GeomTolerance.GetID_s()):
        return None
    tolerance = XCAFDoc_GeomTolerance.Set_s(label).GetObject()
    if tolerance is None:
        return None
    words = _words(tolerance.GetType(), 2)
    properties: dict[str, str | float | int | bool] = {}
    modifiers = [_words(one, 2) for one in labels_of(tolerance.GetModifiers())]
    material = _MATERIAL.get(tolerance.GetMaterialRequirementModifier().name.rpartition("_")[2])
    if material is not None and material not in modifiers:
        modifiers.insert(0, material)
    zone_modifier = _words(tolerance.GetZoneModifier(), 2)
    if zone_modifier != "none":
        properties["zone_modifier"] = zone_modifier
        properties["zone_modifier_value_mm"] = tolerance.GetValueOfZoneModifier()
    if tolerance.GetMaxValueModifier() > 0.0:
        properties["maximum_mm"] = tolerance.GetMaxValueModifier()
    if tolerance.HasAffectedPlane():
        properties["affected_plane"] = _words(tolerance.GetAffectedPlaneType(), 2)
    value = tolerance.GetValue()
    return Entry(
        "tolerances",
        _TYPES.get(words, words) or "tolerance",
        _text(tolerance.GetSemanticName()),
        _text(tolerance.GetPresentationName()),
        tolerance.GetPresentation(),
        _shapes(label),
        value if math.isfinite(value) and value != 0.0 else None,
        zone={"diameter": "diameter", "spherical diameter": "spherical diameter"}.get(
            _words(tolerance.GetTypeOfValue(), 2), ""
        ),
        modifiers=tuple(modifiers),
        datums=_frame(label),
        properties=properties,
    )


def _frame(label: Any) -> tuple[DatumReference, ...]:
    """The datum reference frame: letters at one position make a common datum, A-B."""
    labels = Sequence_TDF_Label()
    XCAFDoc_DimTolTool.GetDatumWithObjectOfTolerLabels_s(label, labels)
    letters: dict[int, dict[str, None]] = {}
    modifiers: dict[int, dict[str, None]] = {}
    for at in labels_of(labels):
        if not at.IsAttribute(XCAFDoc_Datum.GetID_s()):
            continue
        datum = XCAFDoc_Datum.Set_s(at).GetObject()
        if datum is None:
            continue
        position = datum.GetPosition()
        letters.setdefault(position, {})[_text(datum.GetName())] = None
        modifiers.setdefault(position, {}).update(dict.fromkeys(_datum_modifiers(datum)))
    return tuple(
        DatumReference(tuple(letters[position]), tuple(modifiers[position]))
        for position in sorted(letters)
    )


def _datum_modifiers(datum: Any) -> list[str]:
    return [_words(one, 2) for one in labels_of(datum.GetModifiers())]


def _datum(label: Any) -> Entry | None:
    if not label.IsAttribute(XCAFDoc_Datum.GetID_s()):
        return None
    datum = XCAFDoc_Datum.Set_s(label).GetObject()
    if datum is None:
        return None
    properties: dict[str, str | float | int | bool] = {}
    target = bool(datum.IsDatumTarget())
    if target:
        properties["target_type"] = _words(datum.GetDatumTargetType(), 2)
        if datum.HasDatumTargetParams() and properties["target_type"] in (
            "line", "rectangle", "circle",
        ):  # fmt: skip
            properties["target_length_mm"] = datum.GetDatumTargetLength()
            if properties["target_type"] == "rectangle":
                properties["target_width_mm"] = datum.GetDatumTargetWidth()
    kind = XCAFDimTolObjects_DatumModifWithValue.XCAFDimTolObjects_DatumModifWithValue_None
    with_value = datum.GetModifierWithValue(kind)
    if isinstance(with_value, tuple) and with_value and with_value[0]:
        properties["modifier_value_mm"] = float(with_value[0])
    return Entry(
        "datums",
        "datum target" if target else "datum",
        _text(datum.GetSemanticName()),
        _text(datum.GetPresentationName()),
        datum.GetPresentation(),
        _shapes(label),
        letter=_text(datum.GetName()),
        target=int(datum.GetDatumTargetNumber()) if target else None,
        properties=properties,
    )


def _shapes(label: Any) -> tuple[Any, ...]:
    """The shapes a label refers to, first and second group."""
    first, second = Sequence_TDF_Label(), Sequence_TDF_Label()
    XCAFDoc_DimTolTool.GetRefShapeLabel_s(label, first, second)
    shapes = [XCAFDoc_ShapeTool.GetShape_s(at) for at in (*labels_of(first), *labels_of(second))]
    return tuple(shape for shape in shapes if shape is not None and not shape.IsNull())


def _words(enumerator: Any, skip: int) -> str:
    """An enumerator in words: XCAFDimTolObjects_DimensionModif_AnyCrossSection, any cross section.

    skip: how many parts of its name are the enumeration's own.
    """
    name = "_".join(str(enumerator.name).split("_")[skip:])
    return _WORDS.sub(" ", name).lower()


def _text(value: Any) -> str:
    return "" if value is None else str(value.ToCString()).strip()
