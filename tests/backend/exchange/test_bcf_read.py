"""BCF files of other programs are read whole, and refused by name where they mean nothing."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from bcf_files import (
    COMMENT,
    DOCUMENT,
    GUID,
    OTHER,
    PICTURE_VIEW,
    TOPIC,
    VIEW,
    files_2_1,
    files_3_0,
    zipped,
)

from holotable.errors import (
    BcfDocumentType,
    BcfInvalid,
    BcfProblem,
    BcfTooMany,
    BcfVersion,
    BcfXml,
)
from holotable.exchange.bcf_read import read_bcf
from holotable.exchange.bcf_zip import Limits

MARKUP = f"{TOPIC}/markup.bcf"


def test_a_file_of_3_0_is_read_with_everything_in_it() -> None:
    file = read_bcf(zipped(files_3_0()))
    assert (file.version, file.unread) == ("3.0", [])
    assert file.project is not None
    assert (file.project.project_id, file.project.name) == ("p-1", "Bridge")
    assert file.extensions is not None
    assert file.extensions.topic_type == ["Clash"]
    assert (file.extensions.priority, file.extensions.stage) == ([], None), "null is not empty"
    first, second = file.topics
    assert (first.guid, second.guid) == (UUID(TOPIC), UUID(OTHER))
    assert first.title == "Beam hits pipe & wall"
    assert first.description == "First line.\nSecond line."
    assert first.labels == ["MEP", "Statik Süd"]
    assert first.creation_date == datetime(2026, 11, 20, 8, 0, 0, 123456, tzinfo=UTC)
    assert first.modified_date == datetime(2026, 11, 21, 10, tzinfo=UTC)
    assert first.index == 3
    assert first.bim_snippet is not None
    assert first.bim_snippet.reference == "part.ifc"
    assert first.related_topics == [UUID(OTHER)]
    assert first.document_references is not None
    assert first.document_references[0].document_guid == UUID(DOCUMENT)
    assert first.comments is not None
    assert first.comments[0].guid == UUID(COMMENT)
    assert first.comments[0].viewpoint_guid == UUID(VIEW)
    assert first.header_files is not None
    assert first.header_files[0].is_external is False
    assert [one.filename for one in file.documents] == ["Plan.pdf"]
    assert file.documents[0].content == b"%PDF-1.7 plan"
    assert sorted(file.files[UUID(TOPIC)]) == ["first.png", "mark.png", "only.png", "part.ifc"]
    assert second.comments is None
    assert second.viewpoints is None


def test_views_have_cameras_cuts_components_and_pictures() -> None:
    views = read_bcf(zipped(files_3_0())).topics[0].viewpoints
    assert views is not None
    first, flat, picture = views
    assert first.perspective_camera is not None
    assert (first.perspective_camera.field_of_view, first.index) == (60.0, 1)
    assert first.components is not None
    assert first.components.visibility is not None
    assert first.components.visibility.default_visibility is False
    assert len(first.components.visibility.exceptions or ()) == 2
    assert first.components.visibility.view_setup_hints is not None
    assert first.components.visibility.view_setup_hints.openings_visible is True
    assert first.components.selection is not None
    assert first.components.selection[0].ifc_guid == GUID
    assert first.components.coloring is not None
    assert first.components.coloring[0].color == "FF8800"
    assert first.clipping_planes is not None
    assert first.clipping_planes[0].direction.z == 1.0
    assert first.lines is not None
    assert first.bitmaps is not None
    assert first.bitmaps[0].reference == "mark.png"
    assert flat.orthogonal_camera is not None
    assert flat.orthogonal_camera.view_to_world_scale == 2.5
    assert (picture.guid, picture.has_view, picture.snapshot) == (
        UUID(PICTURE_VIEW), False, "only.png"
    )  # fmt: skip


def test_a_file_of_2_1_is_read_into_the_same_values() -> None:
    file = read_bcf(zipped(files_2_1()))
    assert (file.version, file.unread) == ("2.1", ["readme.txt"])
    assert file.extensions is not None
    assert (file.extensions.topic_type, file.extensions.users) == (["Clash"], ["mia@example.org"])
    (topic,) = file.topics
    assert (topic.guid, topic.labels) == (UUID(TOPIC), ["MEP", "Süd"])
    assert topic.comments is not None
    assert topic.comments[0].comment == "Move the pipe."
    assert topic.document_references is not None
    inside, outside = topic.document_references
    assert inside.document_guid == file.documents[0].guid
    assert (file.documents[0].filename, file.documents[0].content) == ("Plan.pdf", b"%PDF-1.7 plan")
    assert (outside.guid, outside.url) == (None, "https://example.org/x.pdf")
    assert topic.viewpoints is not None
    (view,) = topic.viewpoints
    assert view.components is not None
    assert view.components.visibility is not None
    assert view.components.visibility.view_setup_hints is not None
    assert view.components.coloring is not None
    assert view.components.coloring[0].components[0].authoring_tool_id == "4711"
    assert view.bitmaps is not None
    assert view.bitmaps[0].bitmap_type == "png"
    assert sorted(file.files[UUID(TOPIC)]) == ["mark.png", "snapshot.png"]


def test_a_view_whose_file_is_missing_is_a_picture_alone() -> None:
    files = files_3_0()
    del files[f"{TOPIC}/first.bcfv"]
    views = read_bcf(zipped(files)).topics[0].viewpoints
    assert views is not None
    assert [one.has_view for one in views] == [False, True, False]


def changed(name: str, old: str, new: str) -> bytes:
    files = files_3_0()
    text = files[name]
    assert isinstance(text, str)
    assert old in text
    return zipped({**files, name: text.replace(old, new)})


@pytest.mark.parametrize(
    ("content", "problem", "names"),
    [
        (zipped({"a.txt": b""}), BcfVersion, "bcf.version"),
        (changed("bcf.version", "3.0", "1.0"), BcfVersion, "1.0"),
        (changed(MARKUP, "<Markup>", "<!DOCTYPE Markup><Markup>"), BcfDocumentType, MARKUP),
        (changed(MARKUP, "</Markup>", ""), BcfXml, MARKUP),
        (zipped({**files_3_0(), MARKUP: "<Markup/>"}), BcfInvalid, "Topic"),
        (changed(MARKUP, f'Topic Guid="{TOPIC}"', 'Topic Guid="x"'), BcfInvalid, "guid"),
        (changed(MARKUP, "2026-11-21T10:00:00", "yesterday"), BcfInvalid, "modified_date"),
        (changed(MARKUP, f'Topic Guid="{TOPIC}"', f'Topic Guid="{OTHER}"'), BcfInvalid, "twice"),
        (changed(f"{TOPIC}/first.bcfv", "<X>1.5</X>", "<X>NaN</X>"), BcfInvalid, "finite"),
        (changed(f"{TOPIC}/first.bcfv", "<X>1.5</X>", ""), BcfInvalid, "camera_view_point.x"),
    ],
)  # fmt: skip
def test_what_means_nothing_is_refused_by_name(
    content: bytes, problem: type[BcfProblem], names: str
) -> None:
    with pytest.raises(problem) as refused:
        read_bcf(content)
    assert names in refused.value.detail


def test_so_many_topics_and_no_more() -> None:
    with pytest.raises(BcfTooMany):
        read_bcf(zipped(files_3_0()), Limits(topics=1))
