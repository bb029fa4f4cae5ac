from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cad_files import EXACT, box, cylinder, silent, write_whole
from OCP.TopAbs import TopAbs_ShapeEnum
from OCP.TopExp import TopExp_Explorer
from OCP.XCAFDoc import XCAFDoc_ColorType, XCAFDoc_ShapeTool

from holotable.conversion.readers.cad_part import Frame, Palette, ReadPart, read_part
from holotable.conversion.readers.xcaf import open_document
from holotable.review.scene import Z_UP_TO_Y_UP
from holotable.sample.step_file import Definition, Material, StepFile, _colour

FRAME = Frame(1e-3, Z_UP_TO_Y_UP)
CURVE = XCAFDoc_ColorType.XCAFDoc_ColorCurv


def only_part(file: StepFile, tmp_path: Path, palette: Palette | None = None) -> ReadPart:
    write_whole(file, tmp_path / "a.step")
    document = open_document(tmp_path / "a.step", "step", silent)
    product = next(p for p in document.products.values() if not p.is_assembly)
    return read_part(product, FRAME, palette or Palette({}), EXACT, sew=False)


def every_face(_: Any) -> bool:
    return True


def test_a_part_has_the_shape_colour_and_density_that_the_file_gives(tmp_path: Path) -> None:
    file = StepFile()
    file.part("Block", box(10, 20, 30), "#cc3311", Material("Steel", 7850.0))

    read = only_part(file, tmp_path)

    assert (read.colour, read.covered, read.hidden) == ("#cc3311ff", False, False)
    assert read.part.density_kg_m3 == 7850.0
    assert read.part.volume_m3 == pytest.approx(6e-6)
    assert read.part.edges is not None
    assert read.part.edges.colours is None
    low, high = read.part.mesh.positions.min(axis=0), read.part.mesh.positions.max(axis=0)
    assert np.concatenate([low, high]) == pytest.approx((0, 0, -0.02, 0.01, 0.03, 0))


def test_a_part_whose_faces_all_have_colours_is_covered_and_shows_what_most_have(
    tmp_path: Path,
) -> None:
    seen: list[object] = []

    def first(face: object) -> bool:
        seen.append(face)
        return len(seen) == 1

    file = StepFile()
    file.part("Block", box(1, 2, 3), "#cc3311", faces=[(every_face, "#00ff00"), (first, "#0000ff")])
    palette = Palette({})

    read = only_part(file, tmp_path, palette)

    assert (read.colour, read.covered) == ("#00ff00ff", True)
    assert palette.colours()[1:] == ("#0000ffff",)
    assert np.bincount(read.part.mesh.materials).tolist() == [20, 4]


def test_edges_take_palette_entries_even_of_the_parts_own_colour(tmp_path: Path) -> None:
    file = StepFile()
    part = file.part("Block", box(1, 2, 3), "#cc3311")
    file._colours.SetColor(part.label, _colour("#101010"), CURVE)
    edge = file._shapes.AddSubShape(part.label, first_of(part, TopAbs_ShapeEnum.TopAbs_EDGE))
    file._colours.SetColor(edge, _colour("#cc3311"), CURVE)
    palette = Palette({})

    read = only_part(file, tmp_path, palette)

    assert read.part.edges is not None
    assert read.part.edges.colours is not None
    colours = [palette.colours()[number] for number in read.part.edges.colours]
    assert sorted(colours) == [*["#101010ff"] * 11, "#cc3311ff"]
    assert not read.part.mesh.materials.any()


def test_a_full_palette_leaves_the_parts_colour() -> None:
    palette = Palette({f"#{number:06x}ff": number + 1 for number in range(4095)})

    assert palette.number("#ffffffff") == 0
    assert palette.number("#000007ff") == 8


def test_a_frame_turns_points_directions_and_placements_alike() -> None:
    placement = np.eye(4)
    placement[:3, 3] = (100.0, 200.0, 300.0)
    point = np.array([[1.0, 2.0, 3.0]])

    moved = FRAME.points(point + placement[:3, 3])

    placed = FRAME.points(point) @ FRAME.transform(placement)[:3, :3].T
    assert placed + FRAME.transform(placement)[:3, 3] == pytest.approx(moved)
    assert FRAME.directions(np.array([[0.0, 0.0, 1.0]])).tolist() == [[0.0, 1.0, 0.0]]


def test_a_curve_alone_takes_its_own_colour(tmp_path: Path) -> None:
    file = StepFile()
    wire = first_shape(cylinder(5, 5), TopAbs_ShapeEnum.TopAbs_WIRE)
    sketch = file.part("Sketch", wire)
    file._colours.SetColor(sketch.label, _colour("#00aa00"), CURVE)

    read = only_part(file, tmp_path)

    assert read.colour == "#00aa00ff"
    assert len(read.part.mesh.triangles) == 0


def first_of(part: Definition, kind: Any) -> Any:
    return first_shape(XCAFDoc_ShapeTool.GetShape_s(part.label), kind)


def first_shape(shape: Any, kind: Any) -> Any:
    return TopExp_Explorer(shape, kind).Current()
