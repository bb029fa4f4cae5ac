"""Viewpoints in both versions: the same values, said where each version says them."""

from uuid import UUID

import pytest
from bcf_files import VIEW, files_3_0, zipped
from lxml import etree

from holotable.exchange.bcf_model import Version, Viewpoint
from holotable.exchange.bcf_read import read_bcf
from holotable.exchange.bcf_views import read_view, write_view


def first() -> Viewpoint:
    views = read_bcf(zipped(files_3_0())).topics[0].viewpoints
    assert views is not None
    return views[0]


@pytest.mark.parametrize("version", ["2.1", "3.0"])
def test_a_view_is_written_and_read_equal(version: Version) -> None:
    view = first()
    root = etree.fromstring(write_view(view, version))
    said = read_view(root, newer=version == "3.0")
    again = Viewpoint.model_validate(
        {**said, "guid": VIEW, "snapshot": view.snapshot, "index": view.index}
    )
    if version == "2.1":  # it has no aspect ratio
        assert view.perspective_camera is not None
        camera = view.perspective_camera.model_copy(update={"aspect_ratio": None})
        view = view.model_copy(update={"perspective_camera": camera})
    assert again == view
    assert root.get("Guid") == str(UUID(VIEW))


def test_hints_stand_beside_the_visibility_in_2_1_and_inside_it_in_3_0() -> None:
    old = etree.fromstring(write_view(first(), "2.1"))
    new = etree.fromstring(write_view(first(), "3.0"))
    assert old.find("Components/ViewSetupHints") is not None
    assert new.find("Components/Visibility/ViewSetupHints") is not None
    assert (old.find("Bitmap/Bitmap"), old.findtext("Bitmap/Bitmap")) != (None, None)
    assert new.findtext("Bitmaps/Bitmap/Format") == "png"


def test_visibility_without_a_default_hides_in_3_0_and_says_nothing_in_2_1() -> None:
    node = etree.fromstring("<V><Components><Visibility/></Components></V>")
    new, old = read_view(node, newer=True), read_view(node, newer=False)
    assert new["components"]["visibility"]["default_visibility"] == "false"
    assert old["components"]["visibility"]["default_visibility"] is None


def test_lists_without_members_are_left_out_of_2_1_where_it_forbids_them() -> None:
    view = Viewpoint.model_validate({"guid": VIEW, "lines": [], "components": {"selection": []}})
    assert etree.fromstring(write_view(view, "2.1")).find("Lines") is None
    assert etree.fromstring(write_view(view, "3.0")).find("Lines") is not None
