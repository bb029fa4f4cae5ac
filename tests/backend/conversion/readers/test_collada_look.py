"""COLLADA materials bound to instances."""

from pathlib import Path

import pytest
from lxml import etree
from mesh_files import (
    CORNERS,
    OPTIONS,
    TRIANGLES,
    check,
    dae_text,
    occurrences,
    silent,
    warning_codes,
)
from PIL import Image

from holotable.conversion.readers.assembly import Assembly
from holotable.conversion.readers.collada import read_dae
from holotable.conversion.readers.collada_look import Look, read_look


def look(effect: str, folder: Path, images: str = "") -> tuple[Look, set[str]]:
    root = etree.fromstring(
        '<r><material id="m"><instance_effect url="#e"/></material>'
        f'<effect id="e">{effect}</effect>{images}</r>'
    )
    by_id = {element.get("id", ""): element for element in root.iter()}
    assembly = Assembly("dae", OPTIONS)
    assembly.add_node(-1, "a", part=assembly.add_part("a", CORNERS, TRIANGLES))
    found = read_look("m", by_id, folder / "model.dae", assembly)
    return found, warning_codes(assembly.finish("a"))


@pytest.mark.parametrize("shader", ["phong", "lambert", "blinn", "constant"])
def test_the_diffuse_colour_of_every_shader_is_read(tmp_path: Path, shader: str) -> None:
    text = f"<{shader}><diffuse><color>1 0.5 0 1</color></diffuse></{shader}>"
    assert look(text, tmp_path)[0].colour == 0xFF8000FF


@pytest.mark.parametrize(
    ("text", "alpha"),
    [
        ("", 255),
        ("<transparency><float>0.5</float></transparency>", 128),
        ("<transparent><color>1 1 1 0.25</color></transparent>", 64),
        ('<transparent opaque="RGB_ZERO"><color>0.5 0.5 0.5 1</color></transparent>', 128),
        ("<transparency><float>0</float></transparency>", 255),
    ],
)
def test_opacity_is_read_in_both_senses(tmp_path: Path, text: str, alpha: int) -> None:
    effect = f"<phong><diffuse><color>0 0 0 1</color></diffuse>{text}</phong>"
    assert look(effect, tmp_path)[0].colour == alpha


def test_a_picture_is_found_through_sampler_and_surface(tmp_path: Path) -> None:
    Image.new("RGB", (4, 4), (1, 2, 3)).save(tmp_path / "wood grain.png")
    effect = (
        '<newparam sid="s"><surface><init_from>i</init_from></surface></newparam>'
        '<newparam sid="t"><sampler2D><source>s</source></sampler2D></newparam>'
        '<phong><diffuse><texture texture="t"/></diffuse></phong>'
    )
    image = '<image id="i"><init_from>wood%20grain.png</init_from></image>'
    found, warnings = look(effect, tmp_path, image)
    assert found.picture is not None
    assert found.picture[0, 0].tolist() == [1, 2, 3, 255]
    assert warnings == set()
    missing = image.replace("wood%20grain", "gone")
    assert look(effect, tmp_path, missing)[1] == {"missing_file"}
    outside = image.replace("wood%20grain.png", "../../etc/passwd")
    assert look(effect, tmp_path, outside)[1] == {"external_reference"}
    assert look(effect, tmp_path)[1] == {"picture_unreadable"}


@pytest.mark.parametrize(
    "effect",
    [
        "",
        "<phong/>",
        "<phong><diffuse/></phong>",
        "<phong><diffuse><color>x</color></diffuse></phong>",
    ],
)
def test_a_material_that_says_nothing_takes_the_occurrences_colour(
    tmp_path: Path, effect: str
) -> None:
    assert look(effect, tmp_path)[0].colour is None


def test_one_geometry_bound_to_two_materials_is_two_parts_of_two_colours(tmp_path: Path) -> None:
    def library(name: str, colour: str) -> str:
        return (
            f'<library_effects><effect id="{name}-e"><phong><diffuse><color>{colour}</color>'
            f"</diffuse></phong></effect></library_effects><library_materials>"
            f'<material id="{name}"><instance_effect url="#{name}-e"/></material>'
            "</library_materials>"
        )

    def node(material: str) -> str:
        return (
            '<node><instance_geometry url="#cube"><bind_material><technique_common>'
            f'<instance_material symbol="paint" target="#{material}"/></technique_common>'
            "</bind_material></instance_geometry></node>"
        )

    text = dae_text(
        node("red") + node("blue") + node("red"),
        libraries=library("red", "1 0 0 1") + library("blue", "0 0 1 1"),
    )
    (tmp_path / "a.dae").write_text(text)
    scene = read_dae(tmp_path / "a.dae", OPTIONS, silent)
    check(scene)
    assert len(scene.parts) == 2
    assert [node.colour for node in occurrences(scene)] == ["#ff0000ff", "#0000ffff", "#ff0000ff"]
