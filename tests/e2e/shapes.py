"""Small CAD files with known truth for browser tests, written by Open CASCADE."""

from pathlib import Path


def coloured_step(path: Path, *, pin_right_mm: float = 30.0) -> Path:
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
        (pin, "Pin right", (pin_right_mm, 10.0, 2.0)),
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


BLOCK_MM = (60.0, 40.0, 20.0)
BORE_RADIUS_MM = 4.0
BORES_MM = ((15.0, 12.0), (42.0, 28.0))
# The top is cut off from x = 50 on, falling by 30 degrees.
SLANT_FROM_MM, SLANT_DEGREES = 50.0, 30.0
# A pocket from the top leaves a wall of 3 mm at the back, y 37 to 40.
POCKET_MM = ((20.0, 30.0, 8.0), (34.0, 37.0, 20.0))
WALL_MM = 3.0


def measured_block() -> object:
    """A block with two bores, a slanted top and a thin wall, millimetres, z up; its measures are above."""
    import math

    from OCP.BRepAlgoAPI import BRepAlgoAPI_Cut
    from OCP.BRepBuilderAPI import BRepBuilderAPI_MakeFace, BRepBuilderAPI_MakePolygon
    from OCP.BRepPrimAPI import (
        BRepPrimAPI_MakeBox,
        BRepPrimAPI_MakeCylinder,
        BRepPrimAPI_MakePrism,
    )
    from OCP.gp import gp_Ax2, gp_Dir, gp_Pnt, gp_Vec

    length, width, height = BLOCK_MM
    block = BRepPrimAPI_MakeBox(length, width, height).Shape()
    for x, y in BORES_MM:
        axis = gp_Ax2(gp_Pnt(x, y, -1.0), gp_Dir(0, 0, 1))
        bore = BRepPrimAPI_MakeCylinder(axis, BORE_RADIUS_MM, height + 2.0).Shape()
        block = BRepAlgoAPI_Cut(block, bore).Shape()
    low, high = POCKET_MM
    pocket = BRepPrimAPI_MakeBox(gp_Pnt(*low), gp_Pnt(high[0], high[1], high[2] + 1.0)).Shape()
    block = BRepAlgoAPI_Cut(block, pocket).Shape()
    fall = (length - SLANT_FROM_MM) * math.tan(math.radians(SLANT_DEGREES))
    corners = BRepBuilderAPI_MakePolygon()
    for x, z in ((SLANT_FROM_MM, height), (length, height), (length, height - fall)):
        corners.Add(gp_Pnt(x, -1.0, z))
    corners.Close()
    wedge = BRepPrimAPI_MakePrism(
        BRepBuilderAPI_MakeFace(corners.Wire()).Face(), gp_Vec(0, width + 2.0, 0)
    ).Shape()
    return BRepAlgoAPI_Cut(block, wedge).Shape()


def block_step(path: Path) -> Path:
    """`measured_block` as STEP."""
    from OCP.STEPControl import STEPControl_StepModelType, STEPControl_Writer

    writer = STEPControl_Writer()
    writer.Transfer(measured_block(), STEPControl_StepModelType.STEPControl_AsIs)
    writer.Write(str(path))
    return path


def block_stl(path: Path) -> Path:
    """`measured_block` as triangles within 0.05 mm."""
    from OCP.BRepMesh import BRepMesh_IncrementalMesh
    from OCP.StlAPI import StlAPI_Writer

    block = measured_block()
    BRepMesh_IncrementalMesh(block, 0.05, False, 0.3)
    StlAPI_Writer().Write(block, str(path))
    return path
