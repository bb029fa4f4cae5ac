import math

import pytest
from OCP.collections import Sequence_TDF_Label
from OCP.gp import gp_Pnt
from OCP.TCollection import TCollection_ExtendedString, TCollection_HAsciiString
from OCP.TDocStd import TDocStd_Document
from OCP.XCAFApp import XCAFApp_Application
from OCP.XCAFDimTolObjects import (
    XCAFDimTolObjects_DatumObject,
    XCAFDimTolObjects_DatumSingleModif,
    XCAFDimTolObjects_DatumTargetType,
    XCAFDimTolObjects_DimensionFormVariance,
    XCAFDimTolObjects_DimensionGrade,
    XCAFDimTolObjects_DimensionModif,
    XCAFDimTolObjects_DimensionObject,
    XCAFDimTolObjects_DimensionQualifier,
    XCAFDimTolObjects_DimensionType,
    XCAFDimTolObjects_GeomToleranceMatReqModif,
    XCAFDimTolObjects_GeomToleranceModif,
    XCAFDimTolObjects_GeomToleranceObject,
    XCAFDimTolObjects_GeomToleranceType,
    XCAFDimTolObjects_GeomToleranceTypeValue,
    XCAFDimTolObjects_GeomToleranceZoneModif,
)
from OCP.XCAFDoc import (
    XCAFDoc_Datum,
    XCAFDoc_Dimension,
    XCAFDoc_DocumentTool,
    XCAFDoc_GeomTolerance,
)
from pmi_files import drilled_block

from holotable.conversion.readers.pmi_entries import Entry, read_comments, read_entries
from holotable.conversion.readers.pmi_text import DatumReference


class Annotated:
    """A document of one part that gets entries."""

    def __init__(self) -> None:
        self.document = TDocStd_Document(TCollection_ExtendedString("BinXCAF"))
        XCAFApp_Application.GetApplication_s().NewDocument(
            TCollection_ExtendedString("BinXCAF"), self.document
        )
        self.main = self.document.Main()
        self.tool = XCAFDoc_DocumentTool.DimTolTool_s(self.main)
        shapes = XCAFDoc_DocumentTool.ShapeTool_s(self.main)
        self.labels = Sequence_TDF_Label()
        self.labels.Append(shapes.AddShape(drilled_block(), False))

    def dimension(self, kind: str) -> XCAFDimTolObjects_DimensionObject:
        dimension = XCAFDimTolObjects_DimensionObject()
        name = f"XCAFDimTolObjects_DimensionType_{kind}"
        dimension.SetType(getattr(XCAFDimTolObjects_DimensionType, name))
        dimension.SetSemanticName(TCollection_HAsciiString("its name"))
        return dimension

    def add(self, dimension: XCAFDimTolObjects_DimensionObject) -> None:
        label = self.tool.AddDimension()
        self.tool.SetDimension(self.labels, Sequence_TDF_Label(), label)
        XCAFDoc_Dimension.Set_s(label).SetObject(dimension)

    def entries(self) -> list[Entry]:
        entries, unread = read_entries(self.main)
        assert unread == 0
        return entries


def test_a_dimension_is_read_with_all_it_holds() -> None:
    document = Annotated()
    plain = document.dimension("Size_Diameter")
    plain.SetValue(10.0)
    plain.SetUpperTolValue(0.2)
    plain.SetLowerTolValue(0.1)
    modifiers = XCAFDimTolObjects_DimensionModif
    plain.AddModifier(modifiers.XCAFDimTolObjects_DimensionModif_FreeStateCondition)
    plain.SetPoint(gp_Pnt(1.0, 2.0, 3.0))
    document.add(plain)
    angle = document.dimension("Location_Angular")
    angle.SetValue(60.0)
    qualifiers = XCAFDimTolObjects_DimensionQualifier
    angle.SetQualifier(qualifiers.XCAFDimTolObjects_DimensionQualifier_Max)
    document.add(angle)
    span = document.dimension("Location_LinearDistance_FromCenterToOuter")
    span.SetUpperBound(21.0)
    span.SetLowerBound(19.0)
    document.add(span)

    first, second, third = document.entries()

    assert (first.type, first.name, first.value) == ("diameter", "its name", 10.0)
    assert (first.lower, first.upper) == (-0.1, 0.2)
    assert first.modifiers == ("free state condition",)
    assert first.properties == {"point_1_mm": "1 2 3"}
    assert len(first.shapes) == 1
    assert (second.type, second.angle, second.value) == ("angle", True, 60.0)
    assert second.marks == ("maximum",)
    assert third.type == "linear distance"
    assert third.properties == {"from": "center", "to": "outer"}
    assert (third.value, third.lower_limit, third.upper_limit) == (None, 19.0, 21.0)


@pytest.mark.parametrize(("hole", "fit"), [(True, "H7"), (False, "h7")])
def test_a_class_of_tolerance_is_a_letter_and_a_grade(hole: bool, fit: str) -> None:
    document = Annotated()
    dimension = document.dimension("Size_Diameter")
    dimension.SetValue(10.0)
    dimension.SetClassOfTolerance(
        hole,
        XCAFDimTolObjects_DimensionFormVariance.XCAFDimTolObjects_DimensionFormVariance_H,
        XCAFDimTolObjects_DimensionGrade.XCAFDimTolObjects_DimensionGrade_IT7,
    )
    document.add(dimension)

    (entry,) = document.entries()

    assert entry.fit == fit


def test_a_dimension_without_or_with_impossible_value_has_none() -> None:
    document = Annotated()
    document.add(document.dimension("Size_Radius"))
    endless = document.dimension("Size_Radius")
    endless.SetValue(math.inf)
    document.add(endless)
    document.add(document.dimension("Location_None"))
    document.add(document.dimension("DimensionPresentation"))

    entries = document.entries()

    assert [entry.value for entry in entries] == [None] * 4
    assert [entry.type for entry in entries] == ["radius", "radius", "its name", "presentation"]


def test_a_tolerance_is_read_with_its_frame() -> None:
    document = Annotated()
    tolerance = XCAFDimTolObjects_GeomToleranceObject()
    prefix = "XCAFDimTolObjects_GeomTolerance"
    tolerance.SetType(
        getattr(XCAFDimTolObjects_GeomToleranceType, f"{prefix}Type_ProfileOfSurface")
    )
    tolerance.SetTypeOfValue(
        getattr(XCAFDimTolObjects_GeomToleranceTypeValue, f"{prefix}TypeValue_SphericalDiameter")
    )
    tolerance.SetMaterialRequirementModifier(
        getattr(XCAFDimTolObjects_GeomToleranceMatReqModif, f"{prefix}MatReqModif_L")
    )
    tolerance.AddModifier(
        getattr(XCAFDimTolObjects_GeomToleranceModif, f"{prefix}Modif_All_Around")
    )
    tolerance.SetZoneModifier(
        getattr(XCAFDimTolObjects_GeomToleranceZoneModif, f"{prefix}ZoneModif_Projected")
    )
    tolerance.SetValueOfZoneModifier(25.0)
    tolerance.SetMaxValueModifier(0.5)
    tolerance.SetValue(0.25)
    label = document.tool.AddGeomTolerance()
    document.tool.SetGeomTolerance(document.labels, label)
    XCAFDoc_GeomTolerance.Set_s(label).SetObject(tolerance)
    for position, letter, target in ((1, "A", 1), (1, "A", 2), (2, "B", None), (2, "C", None)):
        datum = XCAFDimTolObjects_DatumObject()
        datum.SetName(TCollection_HAsciiString(letter))
        datum.SetPosition(position)
        if target is not None:
            datum.IsDatumTarget(True)
            datum.SetDatumTargetNumber(target)
            kinds = XCAFDimTolObjects_DatumTargetType
            datum.SetDatumTargetType(kinds.XCAFDimTolObjects_DatumTargetType_Line)
        if letter == "C":
            modifiers = XCAFDimTolObjects_DatumSingleModif
            datum.AddModifier(modifiers.XCAFDimTolObjects_DatumSingleModif_Translation)
        datum_label = document.tool.AddDatum()
        XCAFDoc_Datum.Set_s(datum_label).SetObject(datum)
        document.tool.SetDatum(document.labels, datum_label)
        document.tool.SetDatumToGeomTol(datum_label, label)

    tolerance_entry, *datums = document.entries()

    assert tolerance_entry.type == "surface profile"
    assert (tolerance_entry.value, tolerance_entry.zone) == (0.25, "spherical diameter")
    assert tolerance_entry.modifiers == ("least material requirement", "all around")
    assert tolerance_entry.datums == (
        DatumReference(("A",)),
        DatumReference(("B", "C"), ("translation",)),
    )
    assert tolerance_entry.properties == {
        "zone_modifier": "projected", "zone_modifier_value_mm": 25.0, "maximum_mm": 0.5,
    }  # fmt: skip
    assert [(datum.letter, datum.target, datum.type) for datum in datums] == [
        ("A", 1, "datum target"), ("A", 2, "datum target"), ("B", None, "datum"),
        ("C", None, "datum"),
    ]  # fmt: skip


def test_comments_are_read_and_a_document_without_any_has_none() -> None:
    document = Annotated()
    assert read_comments(document.main) == []

    notes = XCAFDoc_DocumentTool.NotesTool_s(document.main)
    notes.CreateComment(
        TCollection_ExtendedString("Ann"),
        TCollection_ExtendedString("2026-11-22"),
        TCollection_ExtendedString("Check this edge"),
    )

    assert read_comments(document.main) == ["Check this edge"]


def test_labels_without_content_are_counted() -> None:
    document = Annotated()
    document.tool.AddDimension()

    entries, unread = read_entries(document.main)

    assert len(entries) + unread == 1
