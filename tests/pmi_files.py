"""STEP files with annotations of known truth, written as text into a block that Open CASCADE wrote.

The block is 40 x 30 x 20 mm with a corner at the origin and a hole of radius 5 mm through it along
z at (20, 15). Its product is named "Block"; instance numbers of the annotations begin at 9000.
"""

import re
from pathlib import Path
from typing import Any

from OCP.BRepAlgoAPI import BRepAlgoAPI_Cut
from OCP.BRepPrimAPI import BRepPrimAPI_MakeBox, BRepPrimAPI_MakeCylinder
from OCP.gp import gp_Ax2, gp_Dir, gp_Pnt

from holotable.sample.step_file import StepFile

HOLE_RADIUS_MM = 5.0
_SCHEMA = "AP242_MANAGED_MODEL_BASED_3D_ENGINEERING_MIM_LF { 1 0 10303 442 3 1 4 }"

# Units, measures and aspects that the annotations below share.
COMMON = """
#9000=(LENGTH_UNIT()NAMED_UNIT(*)SI_UNIT(.MILLI.,.METRE.));
#9001=(CONVERSION_BASED_UNIT('INCH',#9002)LENGTH_UNIT()NAMED_UNIT(#9003));
#9002=LENGTH_MEASURE_WITH_UNIT(LENGTH_MEASURE(25.4),#9000);
#9003=DIMENSIONAL_EXPONENTS(1.,0.,0.,0.,0.,0.,0.);
#9010=SHAPE_ASPECT('hole','',#SHAPE,.T.);
#9011=GEOMETRIC_ITEM_SPECIFIC_USAGE('','',#9010,#BREP,#HOLE);
#9012=SHAPE_ASPECT('top','',#SHAPE,.T.);
#9013=GEOMETRIC_ITEM_SPECIFIC_USAGE('','',#9012,#BREP,#TOP);
#9014=SHAPE_ASPECT('bottom','',#SHAPE,.T.);
#9015=GEOMETRIC_ITEM_SPECIFIC_USAGE('','',#9014,#BREP,#BOTTOM);
"""
# A diameter 0.3937 in (10 mm) + 0.004 / + 0.001 in, three decimals; a limited one; an H7.
DIMENSIONS = """
#9100=DIMENSIONAL_SIZE(#9010,'diameter');
#9101=SHAPE_DIMENSION_REPRESENTATION('',(#9102),#CONTEXT);
#9102=(LENGTH_MEASURE_WITH_UNIT()MEASURE_REPRESENTATION_ITEM()
MEASURE_WITH_UNIT(LENGTH_MEASURE(0.3937),#9001)QUALIFIED_REPRESENTATION_ITEM((#9103))
REPRESENTATION_ITEM('nominal value'));
#9103=VALUE_FORMAT_TYPE_QUALIFIER('NR2 1.4');
#9104=DIMENSIONAL_CHARACTERISTIC_REPRESENTATION(#9100,#9101);
#9105=PLUS_MINUS_TOLERANCE(#9106,#9100);
#9106=TOLERANCE_VALUE(#9107,#9108);
#9107=LENGTH_MEASURE_WITH_UNIT(LENGTH_MEASURE(0.001),#9001);
#9108=LENGTH_MEASURE_WITH_UNIT(LENGTH_MEASURE(0.004),#9001);
#9110=DIMENSIONAL_SIZE(#9010,'diameter');
#9111=SHAPE_DIMENSION_REPRESENTATION('',(#9112),#CONTEXT);
#9112=(LENGTH_MEASURE_WITH_UNIT()MEASURE_REPRESENTATION_ITEM()
MEASURE_WITH_UNIT(LENGTH_MEASURE(10.),#9000)REPRESENTATION_ITEM('nominal value'));
#9113=DIMENSIONAL_CHARACTERISTIC_REPRESENTATION(#9110,#9111);
#9114=PLUS_MINUS_TOLERANCE(#9115,#9110);
#9115=LIMITS_AND_FITS('H','hole','7','');
#9120=DIMENSIONAL_LOCATION('linear distance',$,#9014,#9012);
#9121=SHAPE_DIMENSION_REPRESENTATION('',(#9122,#9123),#CONTEXT);
#9122=(LENGTH_MEASURE_WITH_UNIT()MEASURE_REPRESENTATION_ITEM()
MEASURE_WITH_UNIT(LENGTH_MEASURE(20.25),#9000)REPRESENTATION_ITEM('upper limit'));
#9123=(LENGTH_MEASURE_WITH_UNIT()MEASURE_REPRESENTATION_ITEM()
MEASURE_WITH_UNIT(LENGTH_MEASURE(19.75),#9000)REPRESENTATION_ITEM('lower limit'));
#9124=DIMENSIONAL_CHARACTERISTIC_REPRESENTATION(#9120,#9121);
"""
# A (bottom, through a composite aspect) and B (top); position ⌀0.25 Ⓜ | A | B Ⓜ of the hole, and
# its composite lower segment 0.1 | A; datum target C1 at the hole.
TOLERANCES = """
#9200=DATUM('',$,#SHAPE,.F.,'A');
#9201=DATUM_FEATURE('Feature A',$,#SHAPE,.T.);
#9202=SHAPE_ASPECT_RELATIONSHIP('',$,#9201,#9200);
#9203=COMPOSITE_SHAPE_ASPECT('','',#SHAPE,.F.);
#9204=SHAPE_ASPECT_RELATIONSHIP('',$,#9201,#9203);
#9205=SHAPE_ASPECT_RELATIONSHIP('',$,#9203,#9014);
#9206=DATUM('',$,#SHAPE,.F.,'B');
#9207=DATUM_FEATURE('Feature B',$,#SHAPE,.T.);
#9208=SHAPE_ASPECT_RELATIONSHIP('',$,#9207,#9206);
#9209=GEOMETRIC_ITEM_SPECIFIC_USAGE('','',#9207,#BREP,#TOP);
#9210=DATUM_REFERENCE_COMPARTMENT('',$,#SHAPE,.F.,#9200,$);
#9211=DATUM_REFERENCE_COMPARTMENT('',$,#SHAPE,.F.,#9206,
(SIMPLE_DATUM_REFERENCE_MODIFIER(.MAXIMUM_MATERIAL_REQUIREMENT.)));
#9212=DATUM_SYSTEM('',$,#SHAPE,.F.,(#9210,#9211));
#9213=DATUM_SYSTEM('',$,#SHAPE,.F.,(#9214));
#9214=DATUM_REFERENCE_COMPARTMENT('',$,#SHAPE,.F.,#9200,$);
#9220=(GEOMETRIC_TOLERANCE('Position.1','',#9221,#9010)
GEOMETRIC_TOLERANCE_WITH_DATUM_REFERENCE((#9212))
GEOMETRIC_TOLERANCE_WITH_MODIFIERS((.MAXIMUM_MATERIAL_REQUIREMENT.))POSITION_TOLERANCE());
#9221=LENGTH_MEASURE_WITH_UNIT(LENGTH_MEASURE(0.25),#9000);
#9222=TOLERANCE_ZONE('',$,#SHAPE,.F.,(#9220),#9223);
#9223=TOLERANCE_ZONE_FORM('cylindrical or circular');
#9230=(GEOMETRIC_TOLERANCE('Position.1','',#9231,#9010)
GEOMETRIC_TOLERANCE_WITH_DATUM_REFERENCE((#9213))POSITION_TOLERANCE());
#9231=LENGTH_MEASURE_WITH_UNIT(LENGTH_MEASURE(0.1),#9000);
#9232=GEOMETRIC_TOLERANCE_RELATIONSHIP('composite','',#9220,#9230);
#9240=DATUM('',$,#SHAPE,.F.,'C');
#9241=PLACED_DATUM_TARGET_FEATURE('Target','point',#SHAPE,.T.,'1');
#9242=SHAPE_ASPECT_RELATIONSHIP('',$,#9241,#9240);
#9243=FEATURE_FOR_DATUM_TARGET_RELATIONSHIP('',$,#9010,#9241);
"""
# A callout of the first diameter: an L of two strokes and a triangle, moved to (0, 0, 20), 90
# degrees about z; a note on the top face; a view from above that cuts at z = 15.
DRAWN = """
#9300=DRAUGHTING_MODEL('Top view',(#9340,#9310,#9330),#CONTEXT);
#9310=DRAUGHTING_CALLOUT('Size.1',(#9311));
#9311=TESSELLATED_ANNOTATION_OCCURRENCE('Size.1',(),#9312);
#9312=(GEOMETRIC_REPRESENTATION_ITEM()REPOSITIONED_TESSELLATED_ITEM(#9313)
REPRESENTATION_ITEM('diameter dimension')TESSELLATED_GEOMETRIC_SET((#9317,#9318))
TESSELLATED_ITEM());
#9313=AXIS2_PLACEMENT_3D('',#9314,#9315,#9316);
#9314=CARTESIAN_POINT('',(0.,0.,20.));
#9315=DIRECTION('',(0.,0.,1.));
#9316=DIRECTION('',(0.,1.,0.));
#9317=TESSELLATED_CURVE_SET('',#9319,((1,2,3)));
#9318=COMPLEX_TRIANGULATED_SURFACE_SET('',#9319,3,((0.,0.,1.)),(),(),((1,2,3)));
#9319=COORDINATES_LIST('',3,((0.,0.,0.),(10.,0.,0.),(10.,5.,0.)));
#9320=DRAUGHTING_MODEL_ITEM_ASSOCIATION('PMI representation to presentation link','',#9100,#9300,
#9310);
#9330=DRAUGHTING_CALLOUT('Text.1',(#9331));
#9331=ANNOTATION_CURVE_OCCURRENCE('Text.1',(),#9332);
#9332=GEOMETRIC_CURVE_SET('',(#9333));
#9333=POLYLINE('',(#9334,#9335));
#9334=CARTESIAN_POINT('',(1.,2.,20.));
#9335=CARTESIAN_POINT('',(4.,2.,20.));
#9336=DRAUGHTING_MODEL_ITEM_ASSOCIATION('','',#9012,#9300,#9330);
#9337=PROPERTY_DEFINITION('semantic text',$,#9012);
#9338=PROPERTY_DEFINITION_REPRESENTATION(#9337,#9339);
#9339=REPRESENTATION('',(#9359),#CONTEXT);
#9359=DESCRIPTIVE_REPRESENTATION_ITEM('','DEBURR\\X\\0AALL #{diameter}\\X2\\00B1\\X0\\');
#9340=CAMERA_MODEL_D3_MULTI_CLIPPING('Top view',#9341,#9345,(#9350));
#9341=AXIS2_PLACEMENT_3D('',#9342,#9343,#9344);
#9342=CARTESIAN_POINT('',(20.,15.,120.));
#9343=DIRECTION('',(0.,0.,-1.));
#9344=DIRECTION('',(-1.,0.,0.));
#9345=VIEW_VOLUME(.PARALLEL.,#9346,100.,0.,.F.,0.,.F.,.F.,#9347);
#9346=CARTESIAN_POINT('',(0.,0.,0.));
#9347=PLANAR_BOX('',60.,50.,#9348);
#9348=AXIS2_PLACEMENT_3D('',#9349,$,$);
#9349=CARTESIAN_POINT('',(-30.,-25.,100.));
#9350=PLANE('',#9351);
#9351=AXIS2_PLACEMENT_3D('',#9352,#9315,#9316);
#9352=CARTESIAN_POINT('',(0.,0.,15.));
"""


def as_content(*pieces: str) -> bytes:
    """Annotations without a block, for reading as text alone."""
    added = "".join((COMMON, *pieces))
    for number, word in enumerate(("SHAPE", "BREP", "CONTEXT", "HOLE", "TOP", "BOTTOM")):
        added = added.replace(f"#{word}", f"#{8000 + number}")
    return added.encode()


def drilled_block() -> Any:
    """The block with its hole."""
    block = BRepPrimAPI_MakeBox(40.0, 30.0, 20.0).Shape()
    axis = gp_Ax2(gp_Pnt(20.0, 15.0, -1.0), gp_Dir(0.0, 0.0, 1.0))
    hole = BRepPrimAPI_MakeCylinder(axis, HOLE_RADIUS_MM, 30.0).Shape()
    return BRepAlgoAPI_Cut(block, hole).Shape()


def annotated(path: Path, *pieces: str) -> Path:
    """Write the block as STEP with these annotations."""
    file = StepFile()
    file.part("Block", drilled_block(), "#888888")
    file.write(path, "Block")
    return annotate(path, *pieces)


def annotate(path: Path, *pieces: str, product: str = "Block") -> Path:
    """Add annotations to the block of a STEP file; words in capitals stand for its instances."""
    text = path.read_text(encoding="utf-8")
    numbers = _numbers(text, product)
    added = "".join((COMMON, *pieces))
    for word, number in numbers.items():
        added = added.replace(f"#{word}", f"#{number}")
    text = re.sub(r"FILE_SCHEMA\(\('[^']*'\)\)", f"FILE_SCHEMA(('{_SCHEMA}'))", text)
    at = text.rindex("ENDSEC;")
    path.write_text(text[:at] + added.lstrip() + text[at:], encoding="utf-8")
    return path


def _numbers(text: str, product: str) -> dict[str, int]:
    instances = {
        int(match[1]): " ".join(match[2].split())
        for match in re.finditer(r"#(\d+)\s*=\s*([^;]*);", text)
    }

    def referring(name: str, number: int | None = None) -> list[int]:
        return [
            at
            for at, body in instances.items()
            if body.startswith(f"{name}(") and (number is None or re.search(rf"#{number}\b", body))
        ]

    def references(number: int) -> list[int]:
        return [int(found) for found in re.findall(r"#(\d+)", instances[number])]

    of_product = next(at for at in referring("PRODUCT") if f"'{product}'" in instances[at])
    formation = referring("PRODUCT_DEFINITION_FORMATION", of_product)[0]
    definition = referring("PRODUCT_DEFINITION", formation)[0]
    shape = referring("PRODUCT_DEFINITION_SHAPE", definition)[0]
    link = referring("SHAPE_DEFINITION_REPRESENTATION", shape)[0]
    brep = references(link)[1]
    numbers = {"SHAPE": shape, "BREP": brep, "CONTEXT": references(brep)[-1]}
    solid = next(at for at in references(brep) if instances[at].startswith("MANIFOLD_SOLID"))
    for face in references(references(solid)[0]):
        surface = references(face)[-1]
        if instances[surface].startswith("CYLINDRICAL"):
            numbers["HOLE"] = face
        place = [instances[at] for at in references(references(surface)[0])]
        height = float(re.findall(r"[-+.\dE]+", place[0].split("(", 2)[2])[2])
        upright = abs(float(re.findall(r"[-+.\dE]+", place[1].split("(", 2)[2])[2])) > 0.5
        if instances[surface].startswith("PLANE") and upright:
            numbers["TOP" if height > 10.0 else "BOTTOM"] = face
    return numbers
