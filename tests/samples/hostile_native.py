"""Hostile files of the formats that Open CASCADE and IfcOpenShell read.

Their libraries have no memory safety to offer: what a check of ours does not see beforehand ends in
the sandbox, with a name all the same. So these cases are read behind its walls only.
"""

import functools
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

from samples.hostile_case import Hostile, Write, cut, zip_bomb, zipped

from holotable.errors import ArchiveProblem, DamagedFile, NoGeometry, ReaderCrashed, TooComplex


@functools.cache
def sound(kind: str) -> str:
    """A box of 10 by 20 by 30 mm as step, iges or brep; a building of two storeys as ifc."""
    with tempfile.TemporaryDirectory() as folder:  # libraries are loaded late: 2 s
        path = Path(folder) / f"sound.{kind}"
        if kind == "ifc":
            from ifc_files import two_storeys

            two_storeys().file.write(str(path))
            return path.read_text()
        from OCP.BRepPrimAPI import BRepPrimAPI_MakeBox

        box = BRepPrimAPI_MakeBox(10, 20, 30).Shape()
        if kind == "brep":
            from OCP.BRepTools import BRepTools

            BRepTools.Write_s(box, str(path))
        elif kind == "iges":
            from OCP.IGESControl import IGESControl_Writer

            writer = IGESControl_Writer()
            writer.AddShape(box)
            writer.Write(str(path))
        else:
            from holotable.sample.step_file import StepFile

            file = StepFile()
            file.part("Block", box, colour="#c87533")
            file.write(path, "Block")
        return path.read_text()


def sound_file(kind: str) -> Write:
    """A sound file of this kind."""
    return lambda path: path.write_text(sound(kind))


def _changed(kind: str, change: Callable[[str], str]) -> Write:
    return lambda path: path.write_text(change(sound(kind)))


def _replaced(kind: str, pattern: str, by: str, count: int = 1) -> Write:
    """A sound file with other words; the pattern must be found."""

    def write(path: Path) -> None:
        changed, found = re.subn(pattern, by, sound(kind), count=count)
        assert found, pattern
        path.write_text(changed)

    return write


def _added(kind: str, *entities: str) -> Write:
    """A sound exchange structure with more entities; {Name} is the instance of that entity."""

    def write(path: Path) -> None:
        content = sound(kind)
        names = {m[2]: m[1] for m in re.finditer(r"(#\d+) ?= ?([A-Z0-9_]+)\(", content)}
        more = "\n".join(re.sub(r"\{(\w+)\}", lambda m: names[m[1]], one) for one in entities)
        end = content.rindex("ENDSEC;")
        path.write_text(f"{content[:end]}{more}\n{content[end:]}")

    return write


def _tower(levels: int, uses: int) -> Write:
    """Assemblies in assemblies: `uses`^`levels` blocks, or one of them far down."""

    def write(path: Path) -> None:
        context, design = "{PRODUCT_CONTEXT}", "{PRODUCT_DEFINITION_CONTEXT}"
        units = re.search(
            r"ADVANCED_BREP_SHAPE_REPRESENTATION\('',\([^)]*\),(#\d+)\)", sound("step")
        )
        assert units is not None
        below = ("{PRODUCT_DEFINITION}", "{ADVANCED_BREP_SHAPE_REPRESENTATION}")
        axes = "{AXIS2_PLACEMENT_3D}"
        rows, at = [], 100_000
        for level in range(levels):
            product, version, definition, shape, body = (f"#{at + n}" for n in range(5))
            rows += [
                f"{product}=PRODUCT('L{level}','L{level}','',({context}));",
                f"{version}=PRODUCT_DEFINITION_FORMATION('','',{product});",
                f"{definition}=PRODUCT_DEFINITION('design','',{version},{design});",
                f"{shape}=PRODUCT_DEFINITION_SHAPE('','',{definition});",
                f"{body}=SHAPE_REPRESENTATION('',({axes}),{units[1]});",
                f"#{at + 5}=SHAPE_DEFINITION_REPRESENTATION({shape},{body});",
            ]
            at += 6
            for use in range(uses):
                usage, placed, move, related = (f"#{at + n}" for n in range(4))
                rows += [
                    f"{usage}=NEXT_ASSEMBLY_USAGE_OCCURRENCE('{at}','{use}','',{definition},{below[0]},$);",
                    f"{placed}=PRODUCT_DEFINITION_SHAPE('','',{usage});",
                    f"{move}=ITEM_DEFINED_TRANSFORMATION('','',{axes},{axes});",
                    f"{related}=(REPRESENTATION_RELATIONSHIP('','',{below[1]},{body})"
                    f"REPRESENTATION_RELATIONSHIP_WITH_TRANSFORMATION({move})"
                    "SHAPE_REPRESENTATION_RELATIONSHIP());",
                    f"#{at + 4}=CONTEXT_DEPENDENT_SHAPE_REPRESENTATION({related},{placed});",
                ]
                at += 5
            below = (definition, body)
        _added("step", *rows)(path)

    return write


def _names(file: str) -> str:
    """A STEP file that draws in another."""
    document = f"#900001=DOCUMENT_FILE('{file}','',$,#900002,'',$);\n#900002=DOCUMENT_TYPE('');\n"
    return sound("step").replace("DATA;\n", "DATA;\n" + document, 1)


def _split(**files: str) -> Write:
    """A zip of STEP files that draw each other in. files: name and what it names."""
    return lambda path: zipped(
        *((f"{name}.stp", _names(f"{target}.stp").encode()) for name, target in files.items())
    )(path)


def _ifc(*entities: str) -> Write:
    return _added("ifc", *entities)


_GUID = "'0000000000000000000{:03d}'"
_BODY = r"IFCSHAPEREPRESENTATION\((#\d+),'Body','SweptSolid',\((#\d+)\)\);"
_SHAPE = r"ADVANCED_BREP_SHAPE_REPRESENTATION\('',\([^)]*\),(#\d+)\)"
_POINT = r"CARTESIAN_POINT\('',\(0\."
_REL = "IFCRELAGGREGATES({},$,$,$,{},({}));"

NATIVE: tuple[Hostile, ...] = (
    # STEP
    Hostile("cut.step", cut(sound_file("step")), DamagedFile),
    Hostile("zero.step", _changed("step", lambda t: t[:8000] + "\0" * 50 + t[8050:]), DamagedFile),
    Hostile("nan.step", _replaced("step", _POINT, "CARTESIAN_POINT('',(NAN"), DamagedFile),
    Hostile("parentheses.step", _added("step", "#900000=X(" + "(" * 2_000_000 + ";"), DamagedFile),
    Hostile("tree.step", _tower(38, 2), TooComplex),
    Hostile("deep.step", _tower(5000, 1), TooComplex),
    Hostile("ring.zip", _split(a="b", b="c", c="a"), DamagedFile),
    Hostile("itself.zip", _split(a="a"), DamagedFile),
    Hostile(
        "shell.step",
        _replaced("step", r"CLOSED_SHELL\('',\([^)]*\)\)", "CLOSED_SHELL('',(#1))"),
        NoGeometry,
    ),
    Hostile(
        "absent.step",
        _replaced("step", r"MANIFOLD_SOLID_BREP\('',#\d+\)", "MANIFOLD_SOLID_BREP('',#987654321)"),
        NoGeometry,
    ),
    Hostile("far.step", _replaced("step", _POINT, "CARTESIAN_POINT('',(1E300"), NoGeometry),
    Hostile(
        "loop.step",
        _replaced(
            "step", r"(#\d+) = AXIS2_PLACEMENT_3D\('',#\d+", r"\1 = AXIS2_PLACEMENT_3D('',\1"
        ),
        None,
    ),
    Hostile("bomb_step.zip", zip_bomb("a.step"), ArchiveProblem),
    # IFC
    Hostile("cut.ifc", cut(sound_file("ifc")), DamagedFile),
    Hostile(
        "placement.ifc",
        _replaced("ifc", r"(#\d+)=IFCLOCALPLACEMENT\(\$", r"\1=IFCLOCALPLACEMENT(\1"),
        DamagedFile,
    ),
    Hostile(
        "whole.ifc",
        _ifc(
            "#900000=" + _REL.format(_GUID.format(1), "{IFCBUILDING}", "{IFCSITE}"),
        ),
        None,
    ),
    Hostile(
        "inside.ifc",
        _ifc("#900000=" + _REL.format(_GUID.format(1), "{IFCWALL}", "{IFCWALL}")),
        None,
    ),
    Hostile(
        "boolean.ifc",
        _replaced(
            "ifc",
            _BODY,
            r"IFCSHAPEREPRESENTATION(\1,'Body','CSG',(#900000));"
            "\n#900000=IFCBOOLEANRESULT(.UNION.,#900000,#900000);",
        ),
        DamagedFile,
    ),
    Hostile(
        "mapped.ifc",
        _replaced(
            "ifc",
            r"(#\d+)=" + _BODY,
            r"\1=IFCSHAPEREPRESENTATION(\2,'Body','MappedRepresentation',(#900000));"
            "\n#900000=IFCMAPPEDITEM(#900001,#900002);\n#900001=IFCREPRESENTATIONMAP(#900003,\\1);"
            "\n#900002=IFCCARTESIANTRANSFORMATIONOPERATOR3D($,$,#900004,$,$);"
            "\n#900003=IFCAXIS2PLACEMENT3D(#900004,$,$);\n#900004=IFCCARTESIANPOINT((0.,0.,0.));",
        ),
        DamagedFile,
    ),
    Hostile(
        "faces.ifc",
        _replaced(
            "ifc",
            _BODY,
            r"IFCSHAPEREPRESENTATION(\1,'Body','Tessellation',(#900000));"
            "\n#900000=IFCTRIANGULATEDFACESET(#900001,$,.T.,((1,2,2000000000)),$);"
            "\n#900001=IFCCARTESIANPOINTLIST3D(((0.,0.,0.),(1.,0.,0.),(0.,1.,0.)));",
        ),
        None,
    ),
    Hostile(
        "complex.ifc",
        _ifc(
            "#900000=IFCCOMPLEXPROPERTY('a',$,'b',(#900000));",
            f"#900001=IFCPROPERTYSET({_GUID.format(2)},$,'Set',$,(#900000));",
            f"#900002=IFCRELDEFINESBYPROPERTIES({_GUID.format(3)},$,$,$,({{IFCWALL}}),#900001);",
        ),
        None,
    ),
    Hostile(
        "clipped.ifc",
        _replaced(
            "ifc",
            _BODY,
            r"IFCSHAPEREPRESENTATION(\1,'Body','Clipping',(#900000));"
            + "".join(
                f"\n#{900000 + n}=IFCBOOLEANRESULT(.UNION.,#{900001 + n},\\2);"
                for n in range(20_000)
            )
            + "\n#920000=IFCBLOCK(#920001,1.,1.,1.);\n#920001=IFCAXIS2PLACEMENT3D(#920002,$,$);"
            "\n#920002=IFCCARTESIANPOINT((0.,0.,0.));",
        ),
        ReaderCrashed,
    ),
    Hostile("parentheses.ifc", _ifc("#900000=IFCX(" + "(" * 2_000_000 + ";"), DamagedFile),
    Hostile("bomb.ifczip", zip_bomb("a.ifc"), ArchiveProblem),
    Hostile(
        "far.ifc",
        _replaced("ifc", r"IFCCARTESIANPOINT\(\(0\.", "IFCCARTESIANPOINT((1.E300"),
        DamagedFile,
    ),
    # IGES
    Hostile("cut.iges", cut(sound_file("iges")), DamagedFile),
    Hostile("zero.iges", _changed("iges", lambda t: t[:6000] + "\0" * 80 + t[6080:]), DamagedFile),
    Hostile("count.iges", _replaced("iges", r"(?m)^402,6,", "402,999999999,"), None),
    Hostile("pointer.iges", _replaced("iges", r"(?m)^144,\d+,", "144,999999,"), None),
    Hostile("itself.iges", _replaced("iges", r"(?m)^402,6,3", "402,6,1"), None),
    # BREP
    Hostile("cut.brep", cut(sound_file("brep")), DamagedFile),
    Hostile("shapes.brep", _replaced("brep", "TShapes 34", "TShapes 2000000000"), DamagedFile),
    Hostile("surfaces.brep", _replaced("brep", "Surfaces 6", "Surfaces 2000000000"), DamagedFile),
    Hostile("curves.brep", _replaced("brep", "Curve2ds 24", "Curve2ds -1"), DamagedFile),
    Hostile(
        "locations.brep", _replaced("brep", "Locations 0", "Locations 3\n2 3 1 0"), DamagedFile
    ),
)
