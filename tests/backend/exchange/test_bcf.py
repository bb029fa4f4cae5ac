"""Issues as BCF 3.0: valid against its own schemas, and nothing of an issue is lost on the way."""

import io
import zipfile
from collections.abc import Sequence
from math import degrees
from pathlib import Path
from uuid import UUID

import pytest
from lxml import etree
from result_builders import NOW, picture, topic, view

from holotable.exchange.bcf import Document, ifc_guid, write_bcf
from holotable.exchange.topics import Camera, Remark, Topic

SCHEMAS = Path(__file__).resolve().parents[4] / "shared" / "bcf" / "xsd-3.0"
KINDS = {
    "bcf.version": "version", "project.bcfp": "project", "extensions.xml": "extensions",
    "documents.xml": "documents", ".bcf": "markup", ".bcfv": "visinfo",
}  # fmt: skip


PLATE = Document(UUID(int=21), "Plate & base.pdf", b"%PDF-1.7 plate")
FAR = Document(UUID(int=22), "Far.pdf", None, "https://review.example.org/api/v1/drawings/22")
UNKNOWN = Document(UUID(int=23), "Lost.pdf", None)


def files(*topics: Topic, documents: Sequence[Document] = ()) -> dict[str, bytes]:
    made = write_bcf(topics, UUID(int=5), "Drives & more", documents)
    with zipfile.ZipFile(io.BytesIO(made)) as opened:
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
        topic(7, views=(), drawing="Plate & base", sheet=2, drawing_id=PLATE.guid),
        topic(8, views=(), drawing="Far", sheet=1, drawing_id=FAR.guid),
        topic(9, views=(), drawing="Lost", sheet=1, drawing_id=UNKNOWN.guid),
    ]


@pytest.mark.models
def test_every_file_is_valid_against_the_schemas_of_bcf_3_0() -> None:
    if not SCHEMAS.is_dir():
        pytest.skip("needs ../shared/bcf")
    checked = 0
    made = files(*odd_topics(), documents=(PLATE, FAR, UNKNOWN))
    for name, content in made.items():
        kind = KINDS.get(name) or KINDS.get("." + name.rpartition(".")[2])
        if kind is None:
            continue
        schema = etree.XMLSchema(etree.parse(str(SCHEMAS / f"{kind}.xsd")))
        schema.assertValid(etree.fromstring(content))
        checked += 1
    assert checked == 4 + 9 + 4


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


def references(found: dict[str, bytes], number: int) -> list[dict[str, str | None]]:
    markup = etree.fromstring(found[f"{UUID(int=100 + number)}/markup.bcf"])
    return [{str(one.tag): one.text for one in node} for node in markup.iter("DocumentReference")]


def test_a_drawing_that_an_issue_stands_on_is_in_the_file_and_named_with_its_sheet() -> None:
    found = files(*odd_topics(), documents=(PLATE, FAR, UNKNOWN, Document(UUID(int=24), "x", b"")))
    assert found[f"documents/{PLATE.guid}"] == b"%PDF-1.7 plate"
    assert sum(name.startswith("documents/") for name in found) == 1, "nobody stands on others"
    listed = etree.fromstring(found["documents.xml"])
    assert [(one.get("Guid"), one.findtext("Filename")) for one in listed.iter("Document")] == [
        (str(PLATE.guid), "Plate & base.pdf")
    ]
    assert references(found, 7) == [
        {"DocumentGuid": str(PLATE.guid), "Description": "Plate & base, sheet 2"}
    ]
    assert references(found, 8) == [{"Url": FAR.url, "Description": "Far, sheet 1"}]
    assert references(found, 9) == [{"Description": "Lost, sheet 1"}]
    assert references(found, 1) == []


def test_a_file_whose_issues_stand_on_no_drawing_has_no_documents() -> None:
    assert "documents.xml" not in files(topic(), documents=(PLATE,))


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
