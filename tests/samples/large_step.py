"""A STEP assembly as large as one likes: many different solids, each placed several times.

    python -m tests.samples.large_step OUT --megabytes 100

A dozen exact solids are written once by Open CASCADE; every further part is such a text with other
numbers: its lengths scaled, so that no two parts are the same, its entities renumbered. So a
hundred megabytes take seconds, and what the file holds is known in closed form.
"""

import argparse
import json
import math
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from OCP.BRepFilletAPI import BRepFilletAPI_MakeFillet
from OCP.BRepGProp import BRepGProp
from OCP.GProp import GProp_GProps
from OCP.TopAbs import TopAbs_ShapeEnum
from OCP.TopExp import TopExp_Explorer
from OCP.TopoDS import TopoDS

from holotable.sample import solids
from holotable.sample.step_file import StepFile

PARTS_IN_GROUP: Final = 8
USES_IN_GROUP: Final = 2  # of each part
USES_OF_GROUP: Final = 3
PITCH_MM: Final = 150.0
COLOURS: Final = ("#8a9ba8", "#c87533", "#4477aa", "#228833", "#ccbb44", "#aa3377")

_HEAD: Final = """ISO-10303-21;
HEADER;
FILE_DESCRIPTION(('A generated assembly'),'2;1');
FILE_NAME('large','2026-01-01T00:00:00',('Holotable samples'),(''),'','','');
FILE_SCHEMA(('AUTOMOTIVE_DESIGN { 1 0 10303 214 1 1 1 1 }'));
ENDSEC;
DATA;
"""
_TOKEN: Final = re.compile(
    r"'(?:[^']|'')*'|#(?P<number>\d+)|(?P<real>[-+]?\d+\.\d*(?:E[-+]?\d+)?)|%"
)
# Entities whose every real is a length; other reals are directions, angles, parameters, colours.
_LENGTHS: Final = re.compile(
    r"= (?:CARTESIAN_POINT|CIRCLE|ELLIPSE|HYPERBOLA|PARABOLA|CYLINDRICAL_SURFACE"
    r"|SPHERICAL_SURFACE|TOROIDAL_SURFACE)\("
)
_CONE: Final = re.compile(r"= CONICAL_SURFACE\(")  # a length, then an angle


@dataclass(frozen=True, slots=True)
class Truth:
    """What the file holds."""

    bytes: int
    parts: int
    occurrences: int
    assemblies: int  # rows that are none of the above
    volume_mm3: float  # of all occurrences


@dataclass(frozen=True, slots=True)
class _Template:
    """A solid's entities with %d for numbers of entities and %r for lengths.

    slots: what fills them: a number from 0, or a length in millimetres.
    """

    text: str
    slots: tuple[int | float, ...]
    entities: int
    definition: int  # number of its PRODUCT_DEFINITION
    representation: int  # of its shape
    origin: int  # of its placement at 0
    volume_mm3: float

    def written(self, first: int, scale: float, name: str) -> str:
        """The entities, numbered from `first`."""
        filled = (slot + first if type(slot) is int else slot * scale for slot in self.slots)
        return (self.text % tuple(filled)).replace("TEMPLATE", name)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the file and print what it holds as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--megabytes", type=float, default=25.0)
    chosen = parser.parse_args(arguments)
    print(json.dumps(asdict(write(chosen.out, round(chosen.megabytes * 1e6)))))
    return 0


def write(path: Path, size_bytes: int) -> Truth:
    """Write an assembly of about that size."""
    templates = [_template(shape, n) for n, shape in enumerate(_shapes())]
    first, parts, volume = 1, 0, 0.0
    groups: list[tuple[int, int, int]] = []
    with path.open("w", encoding="ascii") as file:
        file.write(_HEAD)
        while file.tell() < size_bytes:
            members: list[tuple[int, int, int]] = []
            for _ in range(PARTS_IN_GROUP):
                template = templates[parts % len(templates)]
                # The golden ratio's multiples never repeat: every part has a size of its own.
                scale = 0.75 + 0.5 * math.modf(parts * 0.6180339887498949)[0]
                file.write(template.written(first, scale, f"PART-{parts:05d}"))
                members.append(
                    (
                        first + template.definition,
                        first + template.representation,
                        first + template.origin,
                    )
                )
                first += template.entities
                volume += template.volume_mm3 * scale**3 * USES_IN_GROUP * USES_OF_GROUP
                parts += 1
            text, first, group = _assembly(
                f"GROUP-{len(groups):04d}", members, USES_IN_GROUP, first
            )
            file.write(text)
            groups.append(group)
        text, _, _ = _assembly("LARGE", groups, USES_OF_GROUP, first)
        file.write(f"{text}ENDSEC;\nEND-ISO-10303-21;\n")
        size = file.tell()
    uses = len(groups) * USES_OF_GROUP
    return Truth(size, parts, parts * USES_IN_GROUP * USES_OF_GROUP, 1 + uses, volume)


def _assembly(
    name: str, members: Sequence[tuple[int, int, int]], uses: int, first: int
) -> tuple[str, int, tuple[int, int, int]]:
    """The entities of an assembly that places each member `uses` times, side by side.

    members: definition, shape representation and origin of each.
    returns: the text, the next free number, and the assembly's own three.
    """
    count = len(members) * uses
    side = math.ceil(math.sqrt(count))
    lines = [
        f"#{first} = APPLICATION_CONTEXT('mechanical design');",
        f"#{first + 1} = PRODUCT_CONTEXT('',#{first},'mechanical');",
        f"#{first + 2} = PRODUCT('{name}','{name}','',(#{first + 1}));",
        f"#{first + 3} = PRODUCT_DEFINITION_FORMATION('','',#{first + 2});",
        f"#{first + 4} = PRODUCT_DEFINITION_CONTEXT('part definition',#{first},'design');",
        f"#{first + 5} = PRODUCT_DEFINITION('design','',#{first + 3},#{first + 4});",
        f"#{first + 6} = PRODUCT_DEFINITION_SHAPE('','',#{first + 5});",
        f"#{first + 7} = SHAPE_DEFINITION_REPRESENTATION(#{first + 6},#{first + 8});",
        f"#{first + 9} = ( LENGTH_UNIT() NAMED_UNIT(*) SI_UNIT(.MILLI.,.METRE.) );",
        f"#{first + 10} = ( NAMED_UNIT(*) PLANE_ANGLE_UNIT() SI_UNIT($,.RADIAN.) );",
        f"#{first + 11} = ( NAMED_UNIT(*) SI_UNIT($,.STERADIAN.) SOLID_ANGLE_UNIT() );",
        f"#{first + 12} = UNCERTAINTY_MEASURE_WITH_UNIT(LENGTH_MEASURE(1.E-07),#{first + 9},"
        "'distance_accuracy_value','confusion accuracy');",
        f"#{first + 13} = ( GEOMETRIC_REPRESENTATION_CONTEXT(3)"
        f" GLOBAL_UNCERTAINTY_ASSIGNED_CONTEXT((#{first + 12}))"
        f" GLOBAL_UNIT_ASSIGNED_CONTEXT((#{first + 9},#{first + 10},#{first + 11}))"
        " REPRESENTATION_CONTEXT('','') );",
        f"#{first + 14} = DIRECTION('',(0.,0.,1.));",
        f"#{first + 15} = DIRECTION('',(1.,0.,0.));",
    ]
    at = first + 16
    pitch = PITCH_MM * (1 if uses == USES_IN_GROUP else PARTS_IN_GROUP * USES_IN_GROUP)
    places = [at]
    for place in range(count + 1):  # the first is the origin
        x, y = divmod(max(place - 1, 0), side)
        lines += [
            f"#{at} = AXIS2_PLACEMENT_3D('',#{at + 1},#{first + 14},#{first + 15});",
            f"#{at + 1} = CARTESIAN_POINT('',({x * pitch:.1f},{y * pitch:.1f},0.));",
        ]
        places.append(at)
        at += 2
    del places[0]
    lines.append(
        f"#{first + 8} = SHAPE_REPRESENTATION('',"
        f"({','.join(f'#{place}' for place in places)}),#{first + 13});"
    )
    for use in range(count):
        definition, representation, origin = members[use % len(members)]
        lines += [
            f"#{at} = NEXT_ASSEMBLY_USAGE_OCCURRENCE('{use + 1}','{name}.{use + 1}','',"
            f"#{first + 5},#{definition},$);",
            f"#{at + 1} = PRODUCT_DEFINITION_SHAPE('','',#{at});",
            f"#{at + 2} = ITEM_DEFINED_TRANSFORMATION('','',#{origin},#{places[use + 1]});",
            f"#{at + 3} = ( REPRESENTATION_RELATIONSHIP('','',#{representation},#{first + 8})"
            f" REPRESENTATION_RELATIONSHIP_WITH_TRANSFORMATION(#{at + 2})"
            " SHAPE_REPRESENTATION_RELATIONSHIP() );",
            f"#{at + 4} = CONTEXT_DEPENDENT_SHAPE_REPRESENTATION(#{at + 3},#{at + 1});",
        ]
        at += 5
    return "\n".join(lines) + "\n", at, (first + 5, first + 8, places[0])


def _template(shape: Any, number: int) -> _Template:
    """A solid as a text to be filled in."""
    shape = TopExp_Explorer(shape, TopAbs_ShapeEnum.TopAbs_SOLID).Current()
    file = StepFile()
    file.part("TEMPLATE", shape, COLOURS[number % len(COLOURS)])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "part.step"
        file.write(path, "part")
        text = path.read_text(encoding="ascii")
    body = text[text.index("DATA;\n") + 6 : text.index("ENDSEC;\nEND-ISO")]
    slots: list[int | float] = []
    lines: list[str] = []
    for line in body.splitlines():
        reals = 3 if _LENGTHS.search(line) else 1 if _CONE.search(line) else 0
        lines.append("".join(_slotted(line, reals, slots)))
    numbers = [slot for slot in slots if type(slot) is int]

    def numbered(entity: str) -> int:
        found = re.search(rf"#(\d+) = {entity}\(", body)
        assert found is not None, entity
        return int(found[1])

    representation = numbered("ADVANCED_BREP_SHAPE_REPRESENTATION")
    origin = re.search(rf"#{representation} = \w+\('',\(#(\d+)", body)
    assert origin is not None
    properties = GProp_GProps()
    BRepGProp.VolumeProperties_s(shape, properties)
    return _Template(
        "\n".join(lines) + "\n",
        tuple(slots),
        max(numbers) + 1,
        numbered("PRODUCT_DEFINITION"),
        representation,
        int(origin[1]),
        abs(properties.Mass()),
    )


def _slotted(line: str, reals: int, slots: list[int | float]) -> Iterator[str]:
    """The pieces of a line with its numbers taken out; the first `reals` reals are lengths."""
    at = 0
    for token in _TOKEN.finditer(line):
        yield line[at : token.start()]
        at = token.end()
        if token["number"]:
            slots.append(int(token["number"]))
            yield "#%d"
        elif token["real"] and reals > 0:
            reals -= 1
            slots.append(float(token["real"]))
            yield "%.12E"
        else:
            yield token[0].replace("%", "%%")
    yield line[at:]


def _shapes() -> Iterator[Any]:
    """Solids within 120 mm, planar, turned, toothed, rounded."""
    yield solids.gear(3.0, 30, 20.0, 20.0)
    yield _plate(6, 4)
    yield solids.hex_screw(16.0, 60.0)
    yield _rounded(90.0, 60.0, 40.0, 6.0)
    yield solids.cap_screw(12.0, 50.0)
    yield _plate(3, 3)
    yield solids.gear(2.0, 44, 16.0, 24.0)
    yield solids.swept_ring(30.0, 36.0, 70.0)
    yield solids.hex_nut(20.0)
    yield _flange(12)
    yield _rounded(50.0, 50.0, 80.0, 4.0)
    yield _flange(8)


def _plate(columns: int, rows: int) -> Any:
    holes = [
        solids.cylinder(4.0, 20.0, (20.0 * column + 15.0, 20.0 * row + 15.0, -5.0))
        for column in range(columns)
        for row in range(rows)
    ]
    whole = solids.block((0.0, 0.0, 0.0), (20.0 * columns + 10.0, 20.0 * rows + 10.0, 12.0))
    return solids.cut(whole, *holes)


def _flange(count: int) -> Any:
    holes = [solids.cylinder(5.0, 30.0, (x, y, -5.0)) for x, y in solids.around(count, 42.0)]
    return solids.cut(solids.ring(20.0, 55.0, 18.0), *holes)


def _rounded(x: float, y: float, z: float, radius: float) -> Any:
    """A block with rounded edges: planes, cylinders, spheres."""
    whole = solids.block((0.0, 0.0, 0.0), (x, y, z))
    fillet = BRepFilletAPI_MakeFillet(whole)
    explorer = TopExp_Explorer(whole, TopAbs_ShapeEnum.TopAbs_EDGE)
    while explorer.More():
        fillet.Add(radius, TopoDS.Edge(explorer.Current()))
        explorer.Next()
    return fillet.Shape()


if __name__ == "__main__":
    raise SystemExit(main())
