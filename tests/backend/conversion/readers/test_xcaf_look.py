import re
from pathlib import Path
from typing import Any

import numpy as np
from cad_files import box, components, cylinder, nested_assembly, path_label, silent, write_whole
from OCP.TopAbs import TopAbs_ShapeEnum
from OCP.TopExp import TopExp_Explorer
from OCP.XCAFDoc import XCAFDoc_ColorType, XCAFDoc_ShapeTool

from holotable.conversion.readers.xcaf import Document, open_document, shape_of
from holotable.conversion.readers.xcaf_look import Look, shape_looks
from holotable.sample.step_file import Definition, StepFile, _colour

SURFACE = XCAFDoc_ColorType.XCAFDoc_ColorSurf
CURVE = XCAFDoc_ColorType.XCAFDoc_ColorCurv
FACE = TopAbs_ShapeEnum.TopAbs_FACE
EDGE = TopAbs_ShapeEnum.TopAbs_EDGE


def sub_label(file: StepFile, part: Definition, kind: Any, number: int = 0) -> Any:
    """The label of one face or edge of a part."""
    explorer = TopExp_Explorer(XCAFDoc_ShapeTool.GetShape_s(part.label), kind)
    for _ in range(number):
        explorer.Next()
    return file._shapes.AddSubShape(part.label, explorer.Current())


def hide(step: Path, style: str) -> None:
    """Make what this kind of style is on invisible; Open CASCADE does not write that of faces."""
    text = step.read_text()
    hidden = "".join(
        f"#{90_000 + n} = INVISIBILITY((#{number}));\n"
        for n, number in enumerate(re.findall(rf"#(\d+) = {style}\(", text))
    )
    assert hidden
    step.write_text(text.replace("ENDSEC;\nEND-ISO", f"{hidden}ENDSEC;\nEND-ISO"))


def written(file: StepFile, tmp_path: Path) -> Document:
    write_whole(file, tmp_path / "a.step")
    return open_document(tmp_path / "a.step", "step", silent)


def test_a_face_wins_over_its_product_and_the_others_say_nothing(tmp_path: Path) -> None:
    file = StepFile()
    part = file.part("Block", box(1, 2, 3), "#ff0000")
    file._colours.SetColor(sub_label(file, part, FACE, 2), _colour("#0000ff80"), SURFACE)

    document = written(file, tmp_path)
    product = document.products[document.roots[0]]
    looks = shape_looks(product.label, shape_of(product))

    assert product.look == Look("#ff0000ff", None, True)
    assert looks.colours == ["#0000ff80"]
    assert sorted(looks.faces.tolist()) == [-1, -1, -1, -1, -1, 0]
    assert (looks.edges == -1).all()


def test_an_edge_has_a_colour_of_its_own_and_a_curves_colour_does_not_paint_faces(
    tmp_path: Path,
) -> None:
    file = StepFile()
    part = file.part("Block", box(1, 2, 3), "#ff0000")
    file._colours.SetColor(part.label, _colour("#202020"), CURVE)
    file._colours.SetColor(sub_label(file, part, EDGE), _colour("#00ff00"), CURVE)

    document = written(file, tmp_path)
    product = document.products[document.roots[0]]
    looks = shape_looks(product.label, shape_of(product))

    assert (looks.faces == -1).all()
    found = [looks.colours[number] for number in looks.edges]
    assert sorted(found) == ["#00ff00ff", *["#202020ff"] * 11]


def test_a_curves_colour_like_the_surfaces_says_nothing(tmp_path: Path) -> None:
    file = StepFile()
    part = file.part("Block", box(1, 2, 3), "#ff0000")
    file._colours.SetColor(part.label, _colour("#ff0000"), CURVE)

    document = written(file, tmp_path)
    product = document.products[document.roots[0]]

    assert (shape_looks(product.label, shape_of(product)).edges == -1).all()


def test_hidden_faces_and_edges_are_told(tmp_path: Path) -> None:
    file = StepFile()
    part = file.part("Block", box(1, 2, 3), "#ff0000")
    file._colours.SetColor(sub_label(file, part, FACE, 1), _colour("#0000ff"), SURFACE)
    path = tmp_path / "a.step"
    write_whole(file, path)
    hide(path, "OVER_RIDING_STYLED_ITEM")

    document = open_document(path, "step", silent)
    product = document.products[document.roots[0]]
    looks = shape_looks(product.label, shape_of(product))

    assert (np.count_nonzero(looks.hidden_faces), len(looks.hidden_faces)) == (1, 6)


def test_the_style_of_one_path_is_found_under_its_components(tmp_path: Path) -> None:
    file = nested_assembly()
    products = {name_of(label): Definition(label) for label in all_shapes(file)}
    turned = components(file, products["Top"])[1]
    pin = components(file, products["Sub"])[2]
    file._colours.SetColor(path_label(file, turned, pin), _colour("#123456"), SURFACE)

    document = written(file, tmp_path)

    top = document.products[document.roots[0]]
    sub = document.products[top.components[1].product]
    assert document.path_looks == {
        (top.components[1].key, sub.components[2].key): Look("#123456ff", None, True)
    }


def test_a_part_on_hidden_layers_only_is_hidden(tmp_path: Path) -> None:
    file = StepFile()
    root = file.assembly("Root")
    file.place(root, file.part("Seen", cylinder(1, 2), "#ff0000", layer="Shown"))
    file.place(root, file.part("Unseen", box(1, 2, 3), "#ff0000", layer="Construction"))
    from OCP.TCollection import TCollection_ExtendedString

    layer = file._layers.AddLayer(TCollection_ExtendedString("Construction"))
    file._layers.SetVisibility(layer, False)

    document = written(file, tmp_path)

    parts = {p.name: p for p in document.products.values()}
    assert (parts["Seen"].layers, parts["Unseen"].layers) == (("Shown",), ("Construction",))
    assert (parts["Seen"].look.visible, parts["Unseen"].look.visible) == (True, False)


def all_shapes(file: StepFile) -> list[Any]:
    from OCP.collections import Sequence_TDF_Label

    found = Sequence_TDF_Label()
    file._shapes.GetShapes(found)
    return [found.Value(index) for index in range(1, found.Length() + 1)]


def name_of(label: Any) -> str:
    from holotable.conversion.readers import xcaf_label

    return xcaf_label.name_of(label)
