"""Small CAD files with known truth for browser tests, written by Open CASCADE."""

from pathlib import Path


def coloured_step(path: Path) -> Path:
    """An assembly: plate (40 x 20 x 2 mm, blue), two pins (radius 2, height 10 mm, orange)."""
    from OCP.BRepPrimAPI import BRepPrimAPI_MakeBox, BRepPrimAPI_MakeCylinder
    from OCP.gp import gp_Trsf, gp_Vec
    from OCP.Quantity import Quantity_Color, Quantity_TypeOfColor
    from OCP.STEPCAFControl import STEPCAFControl_Writer
    from OCP.TCollection import TCollection_ExtendedString
    from OCP.TDataStd import TDataStd_Name
    from OCP.TDocStd import TDocStd_Document
    from OCP.TopLoc import TopLoc_Location
    from OCP.XCAFApp import XCAFApp_Application
    from OCP.XCAFDoc import XCAFDoc_ColorType, XCAFDoc_DocumentTool

    def named(label: object, name: str) -> None:
        TDataStd_Name.Set_s(label, TCollection_ExtendedString(name))

    def colour(red: float, green: float, blue: float) -> Quantity_Color:
        return Quantity_Color(red, green, blue, Quantity_TypeOfColor.Quantity_TOC_sRGB)

    application = XCAFApp_Application.GetApplication_s()
    document = TDocStd_Document(TCollection_ExtendedString("BinXCAF"))
    application.NewDocument(TCollection_ExtendedString("BinXCAF"), document)
    shapes = XCAFDoc_DocumentTool.ShapeTool_s(document.Main())
    colours = XCAFDoc_DocumentTool.ColorTool_s(document.Main())
    assembly = shapes.NewShape()
    named(assembly, "Fixture")
    plate = shapes.AddShape(BRepPrimAPI_MakeBox(40.0, 20.0, 2.0).Shape(), False)
    named(plate, "Plate")
    pin = shapes.AddShape(BRepPrimAPI_MakeCylinder(2.0, 10.0).Shape(), False)
    named(pin, "Pin")
    colours.SetColor(plate, colour(0.1, 0.3, 0.9), XCAFDoc_ColorType.XCAFDoc_ColorGen)
    colours.SetColor(pin, colour(0.95, 0.5, 0.1), XCAFDoc_ColorType.XCAFDoc_ColorGen)
    for part, name, at in (
        (plate, "Plate", (0.0, 0.0, 0.0)),
        (pin, "Pin left", (10.0, 10.0, 2.0)),
        (pin, "Pin right", (30.0, 10.0, 2.0)),
    ):
        move = gp_Trsf()
        move.SetTranslation(gp_Vec(*at))
        named(shapes.AddComponent(assembly, part, TopLoc_Location(move)), name)
    shapes.UpdateAssemblies()
    writer = STEPCAFControl_Writer()
    writer.SetColorMode(True)
    writer.SetNameMode(True)
    writer.Transfer(document)
    writer.Write(str(path))
    return path
