"""Uploads over HTTP: streamed, measured, labelled, and no file left on any path."""

import asyncio
import io
import zipfile
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest
from builders import Asset, Caller, Clock, Project, add_asset, add_folder
from fastapi import FastAPI

from holotable.settings import Settings
from holotable.store.blobs import Blobs, FileBlobs, read_all
from holotable.store.database import Database
from holotable.store.queries import conversions
from holotable.web.context import Context

STEP = b"ISO-10303-21;\nHEADER;\nENDSEC;\n"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"max_upload_bytes": 2_000_000})


@pytest.fixture
def blobs(app: FastAPI) -> Blobs:
    context: Context = app.state.context
    return context.blobs


@pytest.fixture
async def asset(database: Database, clock: Clock, project: Project) -> Asset:
    return await add_asset(database, clock, project)


def left_over(settings: Settings) -> list[Path]:
    spool = FileBlobs(settings.data_dir / "blobs").spool
    return list(spool.iterdir()) if spool.is_dir() else []


async def test_a_file_becomes_the_next_revision_queued(
    owner: Caller, asset: Asset, blobs: Blobs, settings: Settings
) -> None:
    path = f"/api/v1/assets/{asset.id}/revisions"
    first = await owner.client.post(
        path, files={"file": ("Zahnrad größer.stp", STEP)}, data={"note": "thicker"}
    )
    assert first.status_code == 201, first.text
    revision = first.json()
    assert first.headers["location"] == f"/api/v1/revisions/{revision['id']}"
    assert revision["label"] == "A"
    assert revision["note"] == "thicker"
    assert revision["state"] == "queued"
    assert revision["progress"] == {"stage": "queued", "fraction": 0.0, "queue_position": 1}
    digest = sha256(STEP).hexdigest()
    assert revision["source"] == {
        "name": "Zahnrad größer.stp",
        "sha256": digest,
        "bytes": len(STEP),
    }
    assert revision["created_by"]["name"] == "Mia Berg"
    assert await read_all(blobs, digest) == STEP
    second = await owner.client.post(path, files={"file": ("b.stp", STEP)}, data={"label": "rev 2"})
    third = await owner.client.post(path, files={"file": ("c.stp", STEP)})
    assert [second.json()["label"], third.json()["label"]] == ["rev 2", "B"]
    assert third.json()["progress"]["queue_position"] == 3
    assert left_over(settings) == []


async def test_a_file_dropped_on_a_project_becomes_an_asset_in_its_folder(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    folder = await add_folder(database, clock, project)
    answer = await owner.client.post(
        f"/api/v1/projects/{project.id}/uploads",
        files={"file": ("Pump.step", STEP)},
        data={"folder_id": str(folder.id)},
    )
    assert answer.status_code == 201, answer.text
    assert answer.json()["asset"]["name"] == "Pump"
    assert answer.json()["asset"]["folder_id"] == str(folder.id)
    assert answer.json()["revision"]["label"] == "A"
    named = await owner.client.post(
        f"/api/v1/projects/{project.id}/uploads",
        files={"file": ("x.step", STEP)},
        data={"name": "Valve"},
    )
    assert named.json()["asset"]["name"] == "Valve"


async def test_fields_may_come_before_or_after_the_file(owner: Caller, asset: Asset) -> None:
    before = b'--b\r\nContent-Disposition: form-data; name="label"\r\n\r\nX1\r\n'
    file = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc\r\n'
    for number, body in enumerate((before + file, file + before.replace(b"X1", b"X2"))):
        answer = await owner.client.post(
            f"/api/v1/assets/{asset.id}/revisions",
            content=body + b"--b--\r\n",
            headers={"Content-Type": "multipart/form-data; boundary=b"},
        )
        assert answer.status_code == 201, answer.text
        assert answer.json()["label"] == f"X{number + 1}"


async def test_too_large_is_refused_at_the_door_or_on_the_way(
    owner: Caller, asset: Asset, settings: Settings
) -> None:
    path = f"/api/v1/assets/{asset.id}/revisions"
    declared = await owner.client.post(path, files={"file": ("a", bytes(4_000_000))})
    assert declared.status_code == 413
    assert declared.json()["code"] == "too_large"

    async def undeclared() -> AsyncIterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        for _ in range(100):
            yield bytes(100_000)

    streamed = await owner.client.post(
        path,
        content=undeclared(),
        headers={"Content-Type": "multipart/form-data; boundary=b"},
    )
    assert streamed.status_code == 413
    assert streamed.json()["facts"]["max_bytes"] == 2_000_000
    exact = await owner.client.post(path, files={"file": ("a", bytes(2_000_000))})
    assert exact.status_code == 201
    assert left_over(settings) == []


async def test_a_form_that_breaks_off_leaves_nothing(
    owner: Caller, asset: Asset, settings: Settings
) -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' + bytes(
        1_500_000
    )
    answer = await owner.client.post(
        f"/api/v1/assets/{asset.id}/revisions",
        content=body,
        headers={"Content-Type": "multipart/form-data; boundary=b"},
    )
    assert answer.status_code == 422
    revisions = await owner.client.get(f"/api/v1/assets/{asset.id}/revisions")
    assert revisions.json()["items"] == []
    assert left_over(settings) == []


@pytest.mark.parametrize(
    ("files", "data", "pointer"),
    [
        ({}, {"note": "no file"}, "/file"),
        ({"other": ("a", b"x")}, {}, "/file"),
        ({"file": ("a", b"x")}, {"label": "y" * 40}, "/label"),
        ({"file": ("a", b"x")}, {"label": "a/b"}, "/label"),
        ({"file": ("a", b"x")}, {"folder_id": "none"}, "/folder_id"),
    ],
)
async def test_a_wrong_form_names_the_field(
    owner: Caller,
    asset: Asset,
    files: dict[str, tuple[str, bytes]],
    data: dict[str, str],
    pointer: str,
) -> None:
    answer = await owner.client.post(
        f"/api/v1/assets/{asset.id}/revisions", files=files or {"note": (None, b"x")}, data=data
    )
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_a_label_that_is_taken_conflicts(owner: Caller, asset: Asset) -> None:
    path = f"/api/v1/assets/{asset.id}/revisions"
    for expected in (201, 409):
        answer = await owner.client.post(path, files={"file": ("a", b"x")}, data={"label": "Q"})
        assert answer.status_code == expected


async def test_an_empty_file_is_kept_as_a_failed_revision(owner: Caller, asset: Asset) -> None:
    answer = await owner.client.post(
        f"/api/v1/assets/{asset.id}/revisions", files={"file": ("empty.step", b"")}
    )
    assert answer.status_code == 201
    assert answer.json()["state"] == "failed"
    assert answer.json()["problem"]["code"] == "empty_file"


async def test_many_uploads_to_one_asset_at_once_get_a_letter_each(
    owner: Caller, asset: Asset
) -> None:
    path = f"/api/v1/assets/{asset.id}/revisions"
    answers = await asyncio.gather(
        *(owner.client.post(path, files={"file": ("a", STEP)}) for _ in range(6))
    )
    assert sorted(answer.json()["label"] for answer in answers) == list("ABCDEF")


async def test_an_upload_holds_no_transaction_while_it_arrives(
    owner: Caller, asset: Asset, project: Project
) -> None:
    arrived, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        arrived.set()
        await go_on.wait()
        yield b"abc\r\n--b--\r\n"

    upload = asyncio.create_task(
        owner.client.post(
            f"/api/v1/assets/{asset.id}/revisions",
            content=slow(),
            headers={"Content-Type": "multipart/form-data; boundary=b"},
        )
    )
    await arrived.wait()
    async with asyncio.timeout(30):
        other = await owner.client.patch(f"/api/v1/projects/{project.id}", json={"name": "Other"})
    assert other.status_code == 200
    go_on.set()
    assert (await upload).status_code == 201


async def ended_for_want_of(database: Database, revision_id: str, files: list[str]) -> None:
    async with database.transaction() as session:
        last = await conversions.latest(session, UUID(revision_id))
        assert last is not None
        last.state = "failed"
        last.problem = {
            "code": "missing_files",
            "detail": "",
            "remedy": "",
            "facts": {"files": files},
        }


async def test_missing_files_are_added_to_the_source_and_it_is_queued_again(
    owner: Caller, asset: Asset, blobs: Blobs, database: Database
) -> None:
    answer = await owner.client.post(
        f"/api/v1/assets/{asset.id}/revisions",
        files={"file": ("a.obj", b"mtllib maps/a.mtl")},
        data={"allow_missing": "false"},
    )
    revision = answer.json()
    path = f"/api/v1/revisions/{revision['id']}/files"
    early = await owner.client.post(path, files={"file": ("a.mtl", b"x")})
    assert early.status_code == 409
    await ended_for_want_of(database, revision["id"], ["maps/a.mtl", "b.png"])
    same = await owner.client.post(path, files={"file": ("a.obj", b"x")})
    assert same.status_code == 409
    assert "already" in same.json()["detail"]
    files = [("file", ("a.mtl", b"Kd 1 0 0")), ("file", ("b.png", b"png"))]
    added = await owner.client.post(path, files=files)
    assert added.status_code == 200, added.text
    assert added.json()["state"] == "queued"
    source = added.json()["source"]
    assert source["name"] == "a.zip"
    with zipfile.ZipFile(io.BytesIO(await read_all(blobs, source["sha256"]))) as archive:
        assert archive.namelist() == ["a.obj", "maps/a.mtl", "b.png"]
    async with database.transaction() as session:
        last = await conversions.latest(session, UUID(revision["id"]))
        assert last is not None
        assert last.options == {"allow_missing": False}


async def test_going_on_without_missing_files_is_said_once_and_kept(
    owner: Caller, asset: Asset, database: Database
) -> None:
    answer = await owner.client.post(
        f"/api/v1/assets/{asset.id}/revisions",
        files={"file": ("a.obj", b"mtllib a.mtl")},
        data={"allow_missing": "false"},
    )
    revision = answer.json()["id"]
    for body in ({"allow_missing": True}, None):
        await ended_for_want_of(database, revision, ["a.mtl"])
        again = await owner.client.post(f"/api/v1/revisions/{revision}/retry", json=body)
        assert again.status_code == 200, again.text
        async with database.transaction() as session:
            last = await conversions.latest(session, UUID(revision))
            assert last is not None
            assert last.options == {"allow_missing": True}


@pytest.mark.parametrize(
    ("source", "added", "status"),
    [
        ("a.usdz", "b.png", 409),
        ("a.obj", "..", 422),
        ("a.obj", "c:b.png", 422),
    ],
)
async def test_a_file_that_cannot_be_added_is_refused_before_anything_changes(
    owner: Caller, asset: Asset, database: Database, source: str, added: str, status: int
) -> None:
    answer = await owner.client.post(
        f"/api/v1/assets/{asset.id}/revisions", files={"file": (source, b"PK\x03\x04")}
    )
    revision = answer.json()
    await ended_for_want_of(database, revision["id"], ["b.png"])
    path = f"/api/v1/revisions/{revision['id']}"
    refused = await owner.client.post(f"{path}/files", files={"file": (added, b"x")})
    assert refused.status_code == status, refused.text
    assert (await owner.client.get(path)).json()["source"] == revision["source"]


async def test_what_is_added_counts_with_the_source_against_the_limit(
    owner: Caller, asset: Asset, database: Database
) -> None:
    answer = await owner.client.post(
        f"/api/v1/assets/{asset.id}/revisions", files={"file": ("a.obj", b"x" * 1_500_000)}
    )
    revision = answer.json()["id"]
    await ended_for_want_of(database, revision, ["b.png"])
    refused = await owner.client.post(
        f"/api/v1/revisions/{revision}/files", files={"file": ("b.png", b"y" * 600_000)}
    )
    assert refused.status_code == 413, refused.text
    assert "limit of 2 MB" in refused.json()["detail"]
