from pathlib import Path

from cad_files import box, components, nested_assembly, path_label, read, translation, write_whole
from OCP.TCollection import TCollection_ExtendedString
from OCP.XCAFDoc import XCAFDoc_ColorType

from holotable.sample.step_file import Definition, StepFile, _colour

SURFACE = XCAFDoc_ColorType.XCAFDoc_ColorSurf


def test_the_style_of_a_path_reaches_just_that_occurrence(tmp_path: Path) -> None:
    file = StepFile()
    top, sub = file.assembly("Top"), file.assembly("Sub")
    pin = file.part("Pin", box(1, 2, 3), "#4477aa")
    for n in range(2):
        file.place(sub, pin, translation(5.0 * n), f"P{n}", "#cccc00" if n else None)
    for n in range(3):
        file.place(top, sub, translation(0, 9.0 * n), f"S{n}")
    above, below = components(file, top), components(file, sub)
    file._colours.SetColor(path_label(file, above[1], below[0]), _colour("#123456"), SURFACE)
    file._colours.SetColor(path_label(file, above[2], below[1]), _colour("#654321"), SURFACE)
    write_whole(file, tmp_path / "a.step")

    scene = read(tmp_path / "a.step")

    assert [(node.name, node.colour) for node in scene.nodes if node.kind == "part"] == [
        ("P0", "#4477aaff"), ("P1", "#cccc00ff"),
        ("P0", "#123456ff"), ("P1", "#cccc00ff"),
        ("P0", "#4477aaff"), ("P1", "#654321ff"),
    ]  # fmt: skip


def test_a_style_of_three_steps_holds_wherever_its_first_assembly_stands(tmp_path: Path) -> None:
    file = StepFile()
    root, top, sub = file.assembly("Root"), file.assembly("Top"), file.assembly("Sub")
    pin = file.part("Pin", box(1, 2, 3))
    file.place(sub, pin, None, "P")
    file.place(top, sub, None, "S")
    file.place(root, top, None, "left")
    file.place(root, top, translation(9), "right")
    file.place(root, sub, translation(0, 9), "loose")
    label = path_label(file, components(file, top)[0], components(file, sub)[0])
    file._colours.SetColor(label, _colour("#123456"), SURFACE)
    write_whole(file, tmp_path / "a.step")

    scene = read(tmp_path / "a.step")

    pins = [node.colour for node in scene.nodes if node.kind == "part"]
    assert pins == ["#123456ff", "#123456ff", None]


def test_an_occurrences_colour_does_not_cover_faces_of_their_own(tmp_path: Path) -> None:
    file = StepFile()
    root = file.assembly("Root")
    painted = file.part("Block", box(1, 2, 3), faces=[(lambda _: True, "#00ff00")])
    file.place(root, painted, None, "B", "#ff0000")
    write_whole(file, tmp_path / "a.step")

    scene = read(tmp_path / "a.step")

    assert scene.nodes[1].colour == "#00ff00ff"
    assert scene.palette[1:] == ()


def test_an_assemblys_colour_holds_below_it_where_nothing_else_does(tmp_path: Path) -> None:
    file = StepFile()
    top, sub = file.assembly("Top"), file.assembly("Sub")
    file.place(sub, file.part("Bare", box(1, 2, 3)), None, "bare")
    file.place(sub, file.part("Painted", box(1, 1, 3), "#4477aa"), None, "painted")
    file.place(top, sub, None, "S", "#ff0000")
    write_whole(file, tmp_path / "a.step")

    scene = read(tmp_path / "a.step")

    assert [node.colour for node in scene.nodes] == [None, "#ff0000ff", None, "#4477aaff"]


def test_what_is_hidden_in_the_file_is_hidden_at_first(tmp_path: Path) -> None:
    file = nested_assembly()
    top = next(label for label in free(file))
    file._colours.SetVisibility(components(file, Definition(top))[2], False)
    write_whole(file, tmp_path / "a.step")

    scene = read(tmp_path / "a.step")

    assert [node.name for node in scene.nodes if node.hidden] == ["Special"]


def test_a_shape_on_several_layers_names_them_all(tmp_path: Path) -> None:
    file = StepFile()
    part = file.part("Block", box(1, 2, 3), "#ff0000", layer="One")
    file._layers.SetLayer(part.label, TCollection_ExtendedString("Two"), False)
    write_whole(file, tmp_path / "a.step")

    node = read(tmp_path / "a.step").nodes[0]

    assert node.layer in ("One", "Two")
    assert set(node.properties["Layers"].values()) == {"One", "Two"}


def test_the_root_says_what_the_header_says(tmp_path: Path) -> None:
    nested_assembly().write(tmp_path / "a.step", "Skid 7")

    scene = read(tmp_path / "a.step")

    facts = scene.nodes[0].properties["File"]
    assert facts["name"] == "Skid 7"
    assert facts["originating_system"] == "Open CASCADE 8.0"
    assert all("File" not in node.properties for node in scene.nodes[1:])


def test_nameless_and_equally_named_products_stay_apart(tmp_path: Path) -> None:
    file = StepFile()
    root = file.assembly("Root")
    file.place(root, file.part("", box(1, 2, 3), "#ff0000"))
    file.place(root, file.part("Same", box(1, 2, 4), "#00ff00"), translation(9))
    file.place(root, file.part("Same", box(1, 2, 5), "#0000ff"), translation(18))
    write_whole(file, tmp_path / "a.step")

    scene = read(tmp_path / "a.step")

    assert len(scene.parts) == 3
    assert len({node.id for node in scene.nodes}) == 4
    assert [node.colour for node in scene.nodes[1:]] == ["#ff0000ff", "#00ff00ff", "#0000ffff"]
    assert scene.nodes[1].name


def free(file: StepFile) -> list[object]:
    from OCP.collections import Sequence_TDF_Label

    file._shapes.UpdateAssemblies()
    found = Sequence_TDF_Label()
    file._shapes.GetFreeShapes(found)
    return [found.Value(index) for index in range(1, found.Length() + 1)]
