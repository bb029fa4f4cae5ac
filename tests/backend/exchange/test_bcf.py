"""Issues as BCF 3.0: valid against its own schemas, and nothing of an issue is lost on the way."""

import io
import zipfile
from math import degrees
from pathlib import Path
from uuid import UUID

import pytest
from lxml import etree
from result_builders import NOW, picture, topic, view

from holotable.exchange.bcf import ifc_guid, write_bcf
from holotable.exchange.topics import Camera, Remark, Topic

SCHEMAS = Path(__file__).resolve().parents[4] / "shared" / "bcf" / "xsd-3.0"
KINDS = {
    "bcf.version": "version", "project.bcfp": "project", "extensions.xml": "extensions",
    ".bcf": "markup", ".bcfv": "visinfo",
}  # fmt: skip


def files(*topics: Topic) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(write_bcf(topics, UUID(int=5), "Drives & more"))) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def odd_topics() -> list[Topic]:
    ortho = Camera((0.0, 0.0, 5.0), (0.0, 0.0, 0.0), (0.0, 0.0, -1.0), (0.0, 1.0, 0.0), 0.8, 2.5)
    return [
        topic(),
        topic(
            2, title=" ", type="", status="", labels=(), links=(), description="\x00\x0b", views=()
        ),
        topic(3, remarks=(Remark(UUID(int=8), "", "", NOW, edited_at=NOW),), editor=""),
        topic(4, views=(view(10, camera=ortho, shown=("x",), hidden=(), snapshot=None),)),
        topic(5, views=(view(11, camera=None, snapshot=picture("JPEG")),)),
        topic(6, views=(view(12, snapshot=picture("WEBP"), cuts=(), selected=(), colours=()),)),
    ]


@pytest.mark.models
def test_every_file_is_valid_against_the_schemas_of_bcf_3_0() -> None:
    if not SCHEMAS.is_dir():
        pytest.skip("needs ../shared/bcf")
    checked = 0
    for name, content in files(*odd_topics()).items():
        kind = KINDS.get(name) or KINDS.get("." + name.rpartition(".")[2])
        if kind is None:
            continue
        schema = etree.XMLSchema(etree.parse(str(SCHEMAS / f"{kind}.xsd")))
        schema.assertValid(etree.fromstring(content))
        checked += 1
    assert checked == 3 + 6 + 4


def test_an_issue_has_its_fields_comments_and_views() -> None:
    found = files(topic())
    guid = "00000000-0000-0000-0000-000000000065"
    markup = etree.fromstring(found[f"{guid}/markup.bcf"])
    node = markup.find("Topic")
    assert node is not None
    assert dict(node.attrib) == {
        "Guid": guid, "ServerAssignedId": "ISSUE-00001", "TopicType": "Clash", "TopicStatus": "Open"
    }  # fmt: skip
    said = {one.tag: one.text for one in node if len(one) == 0}
    assert said["Title"] == "Wall too thin"
    assert said["Description"] == "Look at it & <say>."
    assert said["DueDate"] == "2026-11-23T23:30:00Z"
    assert [one.text for one in node.iter("Label")] == ["wall"]
    comment = node.find("Comments/Comment")
    assert comment is not None
    assert comment.findtext("Comment") == "Yes."
    seen = comment.find("Viewpoint")
    assert seen is not None
    assert seen.get("Guid") == str(UUID(int=9))
    assert node.findtext("Viewpoints/ViewPoint/Snapshot") == f"{UUID(int=9)}.png"
    assert found[f"{guid}/{UUID(int=9)}.png"] == picture().content


def test_bcf_is_z_up_and_its_cutting_direction_points_to_what_is_gone() -> None:
    name = f"{UUID(int=101)}/{UUID(int=9)}.bcfv"
    root = etree.fromstring(files(topic())[name])

    def vector(path: str) -> list[float]:
        node = root.find(path)
        assert node is not None
        return [float(one.text or "nan") for one in node]

    assert vector("PerspectiveCamera/CameraViewPoint") == [1.0, -3.0, 2.0]
    assert vector("PerspectiveCamera/CameraUpVector") == [0.0, 0.0, 1.0]
    assert float(root.findtext("PerspectiveCamera/FieldOfView") or 0) == degrees(0.8)
    assert float(root.findtext("PerspectiveCamera/AspectRatio") or 0) == 32 / 18
    assert vector("ClippingPlanes/ClippingPlane/Location") == [0.0, 0.0, 0.5]
    # Ours keeps what is below; BCF says which half is cut away: that above, +z.
    assert vector("ClippingPlanes/ClippingPlane/Direction") == [0.0, 0.0, 1.0]
    component = root.find("Components/Selection/Component")
    assert component is not None
    assert component.findtext("AuthoringToolId") == "00000000-0000-4000-8000-000000000001"
    assert component.get("IfcGuid") == ifc_guid("00000000-0000-4000-8000-000000000001")
    exception = root.find("Components/Visibility/Exceptions/Component/AuthoringToolId")
    assert exception is not None
    assert exception.text == "a part"


def test_a_guid_of_ifc_is_written_as_ifcopenshell_writes_it() -> None:
    from ifcopenshell import guid

    for text in ("00000000-0000-4000-8000-000000000001", "ffffffff-ffff-ffff-ffff-ffffffffffff"):
        assert ifc_guid(text) == guid.compress(UUID(text).hex)
    assert ifc_guid("2O2Fr$t4X7Zf8NOew3FLOH") == "2O2Fr$t4X7Zf8NOew3FLOH"
    assert len(ifc_guid("a part with a long name")) == 22


def test_the_same_issues_are_the_same_bytes_and_none_is_a_valid_file() -> None:
    assert write_bcf([topic()], UUID(int=5), "A") == write_bcf([topic()], UUID(int=5), "A")
    assert set(files()) == {"bcf.version", "project.bcfp", "extensions.xml"}
