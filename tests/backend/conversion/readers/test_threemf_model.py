"""The stream reader of 3MF model parts."""

import numpy as np
import pytest
from mesh_files import CORNERS, TRIANGLES, mesh_xml, model_xml

from holotable.conversion.readers.threemf_model import Model, read_model
from holotable.errors import DamagedFile, TooComplex

CUBE = f'<object id="1" name="cube">{mesh_xml()}</object>'


def read(text: str, max_triangles: int = 1000) -> Model:
    return read_model([text.encode()], "3D/3dmodel.model", max_triangles)


def test_points_and_triangles_are_read_in_order() -> None:
    found = read(model_xml(CUBE, "")).objects["1"]
    assert np.array_equal(np.reshape(found.points, (-1, 3)), CORNERS)
    assert np.array_equal(np.reshape(found.corners, (-1, 3)), TRIANGLES)
    assert found.name == "cube"


def test_attributes_may_come_in_any_order_and_prefix() -> None:
    text = model_xml(CUBE, "").replace('x="2.0" y="0.0" z="0.0"', 'z="0.0" x="2.0" y="0.0"')
    text = text.replace('v1="0" v2="2" v3="3"', 'v3="3" v1="0" v2="2"')
    plain, turned = read(model_xml(CUBE, "")), read(text)
    assert plain.objects["1"].points == turned.objects["1"].points
    assert plain.objects["1"].corners == turned.objects["1"].corners
    prefixed = text.replace("<", "<c:").replace("<c:/", "</c:").replace("<c:?", "<?")
    prefixed = prefixed.replace("xmlns=", "xmlns:c=")
    assert read(prefixed).objects["1"].corners == plain.objects["1"].corners


def test_items_components_and_metadata_are_read() -> None:
    text = model_xml(
        CUBE + '<object id="2"><components><component objectid="1" p:path="/3D/b.model"'
        ' transform="1 0 0 0 1 0 0 0 1 7 8 9"/></components></object>',
        '<item objectid="2" partnumber="N" p:UUID="u-1"/>',
    ).replace("<resources>", '<metadata name="Title">A &amp; B</metadata><resources>')
    model = read(text)
    (use,) = model.objects["2"].components
    assert use.target == ("3D/b.model", "1")
    assert use.transform[:3, 3].tolist() == [7, 8, 9]
    (item,) = model.items
    assert (item.target, item.part_number, item.uuid) == (("3D/3dmodel.model", "2"), "N", "u-1")
    assert model.metadata == {"Title": "A & B"}


def test_more_triangles_than_allowed_end_the_reading() -> None:
    with pytest.raises(TooComplex):
        read(model_xml(CUBE, ""), max_triangles=11)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('x="2.0"', 'x="two"'),
        ('v1="0"', 'v1="1.5"'),
        ('v1="0"', 'v1="99999999999999999999"'),
        ('id="1"', ""),
        ("</vertices>", ""),
        ('name="cube"', 'name="cube" pindex="x"'),
    ],
)
def test_a_part_that_is_not_valid_is_damaged(old: str, new: str) -> None:
    with pytest.raises(DamagedFile):
        read(model_xml(CUBE, "").replace(old, new, 1))


def test_two_objects_of_one_id_are_damage() -> None:
    with pytest.raises(DamagedFile, match="same id"):
        read(model_xml(CUBE + CUBE, ""))


@pytest.mark.parametrize("transform", ["1 2 3", "a b c d e f g h i j k l"])
def test_a_transform_of_another_length_is_damage(transform: str) -> None:
    with pytest.raises(DamagedFile):
        read(model_xml(CUBE, f'<item objectid="1" transform="{transform}"/>'))


def test_elements_nested_without_end_are_damage() -> None:
    with pytest.raises(DamagedFile, match="deeply"):
        read("<model>" + "<a>" * 100_000)
