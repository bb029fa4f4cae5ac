"""tus 1.0.0 over HTTP: the protocol's statuses, our codes, and nobody else's uploads."""

import hashlib
from base64 import b64encode
from collections.abc import Mapping
from typing import Any

import pytest
from builders import (
    Caller,
    Clock,
    Project,
    add_asset,
    add_member,
    add_project,
    add_tus_upload,
    add_user,
    sign_in,
)
from fastapi import FastAPI
from httpx import AsyncClient, Response

from holotable.review.roles import Role
from holotable.store.database import Database

TUS = {"Tus-Resumable": "1.0.0"}
PIECE = {**TUS, "Content-Type": "application/offset+octet-stream"}


def said(**fields: str) -> dict[str, str]:
    pairs = (f"{name} {b64encode(text.encode()).decode()}" for name, text in fields.items())
    return {"Upload-Metadata": ",".join(pairs)}


async def begin(
    caller: Caller, project: Project, length: int, headers: Mapping[str, str] = {}
) -> Response:
    path = f"/api/v1/projects/{project.id}/tus"
    return await caller.client.post(path, headers={**TUS, "Upload-Length": str(length), **headers})


async def patch(caller: Caller, place: str, offset: int, data: bytes, **headers: str) -> Response:
    sent = {**PIECE, "Upload-Offset": str(offset), **headers}
    return await caller.client.patch(place, content=data, headers=sent)


def code(answer: Response) -> tuple[int, Any]:
    assert answer.headers["tus-resumable"] == "1.0.0"
    return answer.status_code, answer.json()["code"]


async def test_what_is_spoken_is_told_to_anybody(client: AsyncClient) -> None:
    answer = await client.options("/api/v1/tus")
    assert answer.status_code == 204
    assert answer.headers["tus-version"] == "1.0.0"
    extensions = answer.headers["tus-extension"].split(",")
    assert {"creation", "creation-with-upload", "termination", "checksum"} <= set(extensions)
    assert answer.headers["tus-max-size"].isdigit()


async def test_pieces_become_the_next_revision_of_an_asset(
    owner: Caller, database: Database, clock: Clock, project: Project
) -> None:
    asset = await add_asset(database, clock, project)
    metadata = said(filename="../Größe.stl", asset_id=str(asset.id), label="X", note="Wider")
    begun = await begin(owner, project, 10, metadata)
    assert (begun.status_code, begun.headers["upload-offset"]) == (201, "0")
    place = begun.headers["location"]
    assert (await patch(owner, place, 0, b"01234")).headers["upload-offset"] == "5"
    head = await owner.client.head(place, headers=TUS)
    assert (head.status_code, head.content) == (200, b"")
    assert (head.headers["upload-offset"], head.headers["upload-length"]) == ("5", "10")
    assert head.headers["cache-control"] == "no-store"
    assert head.headers["upload-metadata"] == metadata["Upload-Metadata"]
    assert "GMT" in head.headers["upload-expires"]
    last = await patch(owner, place, 5, b"56789")
    assert (last.status_code, last.headers["upload-offset"]) == (204, "10")
    revision_id = last.headers["holotable-revision"]
    revision = (await owner.client.get(f"/api/v1/revisions/{revision_id}")).json()
    assert (revision["label"], revision["note"]) == ("X", "Wider")
    assert revision["source"] == {
        "name": "Größe.stl",
        "sha256": hashlib.sha256(b"0123456789").hexdigest(),
        "bytes": 10,
    }
    now = (await owner.client.get(place)).json()
    assert (now["state"], now["revision_id"]) == ("done", revision_id)


async def test_bytes_may_come_with_the_first_request_and_an_empty_file_needs_none(
    owner: Caller, project: Project
) -> None:
    path = f"/api/v1/projects/{project.id}/tus"
    headers = {**PIECE, "Upload-Length": "5", **said(filename="cube.stl", name="Cube")}
    answer = await owner.client.post(path, content=b"solid", headers=headers)
    assert (answer.status_code, answer.headers["upload-offset"]) == (201, "5")
    revision = await owner.client.get(f"/api/v1/revisions/{answer.headers['holotable-revision']}")
    asset = await owner.client.get(f"/api/v1/assets/{revision.json()['asset_id']}")
    assert asset.json()["name"] == "Cube"
    empty = await begin(owner, project, 0, said(filename="none.stl"))
    found = await owner.client.get(f"/api/v1/revisions/{empty.headers['holotable-revision']}")
    assert found.json()["problem"]["code"] == "empty_file"


async def test_each_lie_gets_the_protocols_status_and_a_code_of_its_own(
    owner: Caller, project: Project
) -> None:
    path = f"/api/v1/projects/{project.id}/tus"
    post = owner.client.post
    assert code(await post(path, headers={"Upload-Length": "1"})) == (412, "tus_version")
    assert code(await post(path, headers=TUS)) == (400, "tus_header")
    deferred = {**TUS, "Upload-Defer-Length": "1"}
    assert code(await post(path, headers=deferred)) == (400, "tus_header")
    assert code(await begin(owner, project, 1 << 40)) == (413, "too_large")
    for metadata in ({"Upload-Metadata": "a %"}, said(asset_id="no"), said(label="L" * 99)):
        assert code(await begin(owner, project, 1, metadata)) == (400, "tus_header")
    place = (await begin(owner, project, 10)).headers["location"]
    wrong = {"Content-Type": "text/plain"}
    assert code(await patch(owner, place, 0, b"0", **wrong)) == (415, "tus_media_type")
    ahead = await patch(owner, place, 3, b"0")
    assert code(ahead) == (409, "tus_offset")
    assert ahead.json()["facts"] == {"offset": 0}
    assert code(await patch(owner, place, 0, b"0" * 11)) == (413, "tus_too_long")
    digest = b64encode(hashlib.sha1(b"other").digest()).decode()
    lied = await patch(owner, place, 0, b"01", **{"Upload-Checksum": f"sha1 {digest}"})
    assert code(lied) == (460, "tus_checksum")
    assert lied.json()["title"] == "Checksum Mismatch"
    unknown = await patch(owner, place, 0, b"01", **{"Upload-Checksum": "crc32 AAAA"})
    assert code(unknown) == (400, "tus_header")
    assert (await owner.client.head(place, headers=TUS)).headers["upload-offset"] == "0"
    assert (await owner.client.head(place)).status_code == 412
    digest = b64encode(hashlib.sha1(b"01").digest()).decode()
    right = await patch(owner, place, 0, b"01", **{"Upload-Checksum": f"sha1 {digest}"})
    assert right.headers["upload-offset"] == "2"


async def test_an_upload_is_given_up_and_expires_and_is_gone_then(
    owner: Caller, project: Project, clock: Clock
) -> None:
    place = (await begin(owner, project, 10)).headers["location"]
    other = (await begin(owner, project, 10)).headers["location"]
    assert (await owner.client.delete(place, headers=TUS)).status_code == 204
    assert (await owner.client.head(place, headers=TUS)).status_code == 410
    assert code(await owner.client.delete(place, headers=TUS)) == (410, "gone")
    clock.advance(days=3)
    assert code(await patch(owner, other, 0, b"0")) == (410, "gone")


async def test_a_client_that_can_only_post_says_what_it_means(
    owner: Caller, project: Project
) -> None:
    place = (await begin(owner, project, 2)).headers["location"]
    meant = {**PIECE, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    assert (await owner.client.post(place, content=b"0", headers=meant)).status_code == 204
    assert (await owner.client.post(place, headers=TUS)).status_code == 405
    ended = {**TUS, "X-HTTP-Method-Override": "DELETE"}
    assert (await owner.client.post(place, headers=ended)).status_code == 204


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_an_upload_is_nobodys_but_whose_it_is_and_only_while_they_may_upload(
    app: FastAPI, owner: Caller, database: Database, clock: Clock, project: Project
) -> None:
    eve = await add_user(database, clock, "Eve Editor")
    await add_member(database, clock, project, eve, Role.EDITOR)
    vic = await add_user(database, clock, "Vic Viewer")
    await add_member(database, clock, project, vic, Role.VIEWER)
    hers = await add_tus_upload(database, clock, project, eve)
    his = await add_tus_upload(database, clock, project, vic)
    place = f"/api/v1/tus/{hers.id}"
    assert code(await patch(owner, place, 0, b"0")) == (404, "not_found")
    assert (await owner.client.get(place)).status_code == 404
    assert (await owner.client.delete(place, headers=TUS)).status_code == 404
    async with sign_in(app, database, clock, eve) as caller:
        assert (await patch(caller, place, 0, b"0")).status_code == 204
    async with sign_in(app, database, clock, vic) as caller:
        assert code(await patch(caller, f"/api/v1/tus/{his.id}", 0, b"0")) == (403, "forbidden")


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_an_asset_of_another_project_is_not_reached_through_metadata(
    app: FastAPI, owner: Caller, database: Database, clock: Clock, project: Project
) -> None:
    ann = await add_user(database, clock, "Ann")
    foreign = await add_asset(
        database, clock, await add_project(database, clock, owner=ann, name="Secret")
    )
    mine = await add_asset(
        database, clock, await add_project(database, clock, owner=owner.principal, name="Other")
    )
    refused = await begin(owner, project, 1, said(asset_id=str(foreign.id)))
    assert code(refused) == (404, "not_found")
    assert code(await begin(owner, project, 1, said(asset_id=str(mine.id)))) == (400, "tus_header")
    folder = said(folder_id=str(foreign.id))
    assert code(await begin(owner, project, 1, folder))[0] == 404
