"""Views of BCF as ours: camera, cuts, parts and colours; what the model has not is counted."""

import math
from uuid import UUID

import pytest
from bcf_files import GUID, VIEW, files_3_0, zipped

from holotable.exchange.bcf import ifc_guid, view_of
from holotable.exchange.bcf_model import Viewpoint
from holotable.exchange.bcf_read import read_bcf
from holotable.exchange.bcf_seen import Model, document_of, named_rows
from holotable.exchange.stored_views import camera_of, cuts_of
from holotable.exchange.topics import Coloured, View

MODEL = Model(UUID(int=1), UUID(int=2), "ab" * 32, named_rows([GUID, "frame", "valve", "wheel"]))


def views() -> list[Viewpoint]:
    found = read_bcf(zipped(files_3_0())).topics[0].viewpoints
    assert found is not None
    return found


def test_a_view_of_another_program_is_turned_upright_and_its_parts_are_found() -> None:
    said, missing = document_of(views()[0], MODEL)
    assert said is not None
    assert missing == 1, "one of the two exceptions is not in this model"
    assert said["camera"] == {
        "position": [1.5, 2.0, 3.0], "target": [1.5, 2.0, -7.0], "up": [0.0, 1.0, 0.0],
        "fov_rad": pytest.approx(math.radians(60)),
    }  # fmt: skip
    assert said["visibility"] == {"hidden": {"ids": [GUID], "all_but": True}, "isolated": True}
    assert said["selection"] == {"parts": {"ids": [GUID]}}
    assert said["colouring"]["groups"][0]["colour"] == "#ff8800"
    (plane,) = said["sections"]["planes"]
    # Theirs cuts what is above z = 0.5 away; ours keeps what is below y = 0.5.
    assert (plane["normal"], plane["offset_m"]) == ([0.0, -1.0, 0.0], -0.5)
    flat, _ = document_of(views()[1], MODEL)
    assert flat is not None
    assert flat["camera"]["ortho_height_m"] == 2.5


def test_a_picture_alone_and_a_camera_that_looks_nowhere_are_no_view() -> None:
    assert document_of(views()[2], MODEL) == (None, 0)
    blind = views()[0].model_dump()
    blind["perspective_camera"]["camera_direction"] = {"x": 0, "y": 0, "z": 0}
    assert document_of(Viewpoint.model_validate(blind), MODEL) == (None, 0)
    far = views()[0].model_dump()
    far["perspective_camera"]["camera_view_point"]["x"] = 1e30
    assert document_of(Viewpoint.model_validate(far), MODEL) == (None, 1)


def test_a_model_without_a_scene_gets_the_camera_alone() -> None:
    said, _ = document_of(views()[0], Model(UUID(int=1), UUID(int=2), None, {}))
    assert said is not None
    assert set(said) == {"format", "revision_id", "camera", "sections"}


@pytest.mark.parametrize("turned", [[0.0, 0.0, 0.0, 1.0], [0.5, 0.5, 0.5, 0.5], [1.0, 0, 0, 0]])
def test_what_we_write_we_read_again_boxes_too(turned: list[float]) -> None:
    box = {"centre": [1.0, 2.0, 3.0], "half": [0.5, 1.0, 2.0], "rotation": turned}
    planes = [{"normal": [0.0, -1.0, 0.0], "offset_m": -0.5}]
    camera = camera_of(
        {"position": [0, 0, 5], "target": [0, 0, 0], "up": [0, 1, 0], "fov_rad": 0.8}
    )
    written = view_of(
        View(
            UUID(VIEW),
            camera=camera,
            cuts=cuts_of({"planes": planes, "box": box}),
            selected=("valve",),
            hidden=("frame",),
            colours=(Coloured("#112233", ("wheel",)), Coloured("#445566", ("wheel",))),
        ),
        0,
        {},
    )
    said, missing = document_of(written, MODEL)
    assert said is not None
    assert missing == 0
    assert said["visibility"] == {"hidden": {"ids": ["frame"]}}
    assert said["selection"] == {"parts": {"ids": ["valve"]}}
    assert [one["colour"] for one in said["colouring"]["groups"]] == ["#112233"]
    assert said["sections"]["planes"][0]["normal"] == [0.0, -1.0, 0.0]
    again = said["sections"]["box"]
    assert again["centre"] == pytest.approx(box["centre"])
    assert again["half"] == pytest.approx(box["half"])
    for mine, theirs in zip(cuts_of({"box": again}), cuts_of({"box": box}), strict=True):
        assert mine.point == pytest.approx(theirs.point)
        assert mine.normal == pytest.approx(theirs.normal)


def test_names_of_rows_are_their_ids_and_their_ifc_guids() -> None:
    assert named_rows(["frame"]) == {"frame": "frame", ifc_guid("frame"): "frame"}
