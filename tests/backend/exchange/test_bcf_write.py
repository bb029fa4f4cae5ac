"""BCF written and read again says the same, is valid in both versions, and strangers read it."""

import io
import warnings
from datetime import UTC
from pathlib import Path
from uuid import UUID

import pytest
from bcf_files import GUID, SHARED, TOPIC, VIEW, files_2_1, files_3_0, invalid, members, zipped

from holotable.exchange.bcf_model import BcfFile, Topic, Version, canonical
from holotable.exchange.bcf_read import read_bcf
from holotable.exchange.bcf_write import write_file

SAMPLES = sorted(SHARED.glob("v*/*.bcf")) if SHARED.is_dir() else []
OWN = {"2.1": zipped(files_2_1()), "3.0": zipped(files_3_0())}


@pytest.mark.parametrize("version", ["2.1", "3.0"])
def test_what_was_read_is_written_and_read_equal(version: str) -> None:
    read = read_bcf(OWN[version])
    written = write_file(read)
    assert canonical(read_bcf(written)) == canonical(read)
    assert write_file(read) == written, "the same values are the same bytes"


@pytest.mark.models
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem[-40:])
def test_files_of_buildingsmart_are_written_valid_and_read_equal(sample: Path) -> None:
    read = read_bcf(sample.read_bytes())
    written = write_file(read)
    assert invalid(written, read.version) == []
    assert canonical(read_bcf(written)) == canonical(read)
    assert read.topics
    assert read.unread == []


@pytest.mark.models
@pytest.mark.parametrize("version", ["2.1", "3.0"])
@pytest.mark.parametrize("source", ["2.1", "3.0"])
def test_own_files_are_valid_in_their_version_and_in_the_other(
    source: str, version: Version
) -> None:
    if not SHARED.is_dir():
        pytest.skip("needs ../shared/bcf")
    assert invalid(OWN[source], source) == []
    moved = read_bcf(OWN[source]).model_copy(update={"version": version})
    written = write_file(moved)
    assert invalid(written, version) == []
    again = read_bcf(written)
    assert again.version == version
    assert [one.title for one in again.topics] == [one.title for one in moved.topics]
    views = [one.perspective_camera for one in again.topics[0].viewpoints or ()]
    assert views[0] is not None
    assert [one.content for one in again.documents] == [b"%PDF-1.7 plan"]
    assert canonical(again).files.keys() == canonical(moved).files.keys()


def test_what_is_empty_is_valid_too() -> None:
    bare = Topic.model_validate(
        {"guid": TOPIC, "title": " ", "creation_author": "", "creation_date": "2026-01-01T00:00:00"}
    )
    for version in ("2.1", "3.0"):
        written = write_file(BcfFile(version=version, topics=[bare]))
        assert invalid(written, version) == []
        (topic,) = read_bcf(written).topics
        assert (topic.title, topic.creation_author) == ("Untitled", "Unknown")


def test_two_documents_of_one_name_stay_two_in_2_1() -> None:
    file = read_bcf(OWN["3.0"]).model_copy(update={"version": "2.1"})
    files = {UUID(TOPIC): {**file.files[UUID(TOPIC)], "Plan.pdf": b"another"}}
    names = members(write_file(file.model_copy(update={"files": files})))
    assert names[f"{TOPIC}/Plan.pdf"] == b"another"
    assert b"%PDF-1.7 plan" in names.values()


@pytest.mark.parametrize("version", ["2.1", "3.0"])
def test_bcf_client_reads_what_we_write(version: str, tmp_path: Path) -> None:
    """A foreign party: IfcOpenShell's library."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        library = pytest.importorskip("bcf.v2.bcfxml" if version == "2.1" else "bcf.v3.bcfxml")
    read = read_bcf(OWN[version])
    path = tmp_path / "ours.bcf"
    path.write_bytes(write_file(read))
    with library.BcfXml.load(path) as file:
        assert set(file.topics) == {str(one.guid) for one in read.topics}
        handler = file.topics[TOPIC]
        ours = next(one for one in read.topics if one.guid == UUID(TOPIC))
        assert handler.topic.title == ours.title
        assert handler.topic.assigned_to == ours.assigned_to
        assert len(handler.comments) == len(ours.comments or ())
        assert handler.comments[0].comment == "Move the pipe."
        assert len(handler.viewpoints) == len([o for o in ours.viewpoints or () if o.has_view])
        theirs = handler.viewpoints["0a1b2c3d-0000-4000-8000-000000000011.bcfv"]
        camera = theirs.visualization_info.perspective_camera
        assert ours.viewpoints
        mine = ours.viewpoints[0].perspective_camera
        assert mine is not None
        assert camera.field_of_view == mine.field_of_view
        assert camera.camera_view_point.x == mine.camera_view_point.x
        planes = theirs.visualization_info.clipping_planes.clipping_plane
        assert planes[0].direction.z == 1.0


def test_bcf_api_xml_reads_what_we_write_as_2_1() -> None:
    """A foreign party: BIMData's converter of BCF-XML 2.1 to the JSON of the BCF API."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        library = pytest.importorskip("bcf_api_xml")
    file = read_bcf(OWN["3.0"])
    written = write_file(file.model_copy(update={"version": "2.1"}))
    topics = library.to_json(io.BytesIO(written))
    first = next(one for one in topics if one["guid"] == TOPIC)
    ours = next(one for one in file.topics if one.guid == UUID(TOPIC))
    assert first["title"] == ours.title
    assert first["due_date"].astimezone(UTC) == ours.due_date
    assert [one["comment"] for one in first["comments"]] == ["Move the pipe."]
    seen = {one["guid"]: one for one in first["viewpoints"]}
    assert ours.viewpoints is not None
    for view in ours.viewpoints:
        said = view.model_dump(mode="json", exclude_none=True)
        for member in ("orthogonal_camera", "lines", "clipping_planes"):
            camera = said.get(member)
            if isinstance(camera, dict):
                camera.pop("aspect_ratio")  # 2.1 has none
            assert seen[str(view.guid)].get(member) == camera, member
        assert (view.snapshot is None) == ("snapshot" not in seen[str(view.guid)])
    parts = seen[VIEW]["components"]
    assert parts["selection"][0]["ifc_guid"] == GUID
    assert parts["visibility"]["default_visibility"] == "false"


@pytest.mark.parametrize("version", ["2.1", "3.0"])
def test_what_bcf_client_writes_of_ours_is_read_equal(version: str, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        library = pytest.importorskip("bcf.v2.bcfxml" if version == "2.1" else "bcf.v3.bcfxml")
    read = read_bcf(OWN[version])  # it wants every model of the header to lie in the file
    bare = [one.model_copy(update={"header_files": None}) for one in read.topics]
    read = read.model_copy(update={"topics": bare})
    ours, theirs = tmp_path / "ours.bcf", tmp_path / "theirs.bcf"
    ours.write_bytes(write_file(read))
    with library.BcfXml.load(ours) as file:
        file.topics[TOPIC].topic.title = "Changed by them"
        file.save(theirs)
    again = canonical(read_bcf(theirs.read_bytes()))
    first = next(one for one in again.topics if one.guid == UUID(TOPIC))
    mine = next(one for one in canonical(read).topics if one.guid == UUID(TOPIC))
    assert first == mine.model_copy(update={"title": "Changed by them"})
