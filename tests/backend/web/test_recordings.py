"""Recordings over REST: lists, manifests, chunks, states, views of a moment, and who deletes."""

import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from builders import (
    Caller,
    Clock,
    Project,
    Revision,
    Session,
    add_asset,
    add_guest,
    add_member,
    add_operations,
    add_project,
    add_recording,
    add_revision,
    add_session,
    add_user,
    sign_in,
)
from fastapi import FastAPI
from live_builders import SECTION, Client, joined, serving

from holotable.review.roles import Role
from holotable.rooms.log import apply
from holotable.store.blobs import put_bytes
from holotable.store.database import Database
from holotable.store.queries import recordings as rows
from holotable.store.recording_tables import Recording

RECORDINGS = "/api/v1/recordings"


@pytest.fixture
async def revision(database: Database, clock: Clock, project: Project) -> Revision:
    return await add_revision(database, clock, await add_asset(database, clock, project, "Skid"))


@pytest.fixture
async def meeting(database: Database, clock: Clock, revision: Revision) -> Session:
    return await add_session(database, clock, revision)


@pytest.fixture
async def recording(
    app: FastAPI, database: Database, clock: Clock, meeting: Session, owner: Caller
) -> Recording:
    """From the 10th to the 70th second; operations at 5, 20, 30 and 90 s."""
    start = clock()
    operations = [
        (start + timedelta(seconds=5), "explode", {"amount": 0.25}),
        (start + timedelta(seconds=20), "section/a", SECTION),
        (start + timedelta(seconds=30), "", "hello"),
        (start + timedelta(seconds=90), "explode", {"amount": 1.0}),
    ]
    await add_operations(database, meeting, owner.principal, *operations)
    row = await add_recording(
        database, clock, meeting, first_seq=1, last_seq=3,
        started_at=start + timedelta(seconds=10), ended_at=start + timedelta(seconds=70),
    )  # fmt: skip
    blob = await put_bytes(app.state.context.blobs, b"a chunk")
    async with database.transaction() as transaction:
        await rows.add_chunk(
            transaction, row.id, number=0, from_ms=0, to_ms=4_000, blob=blob, now=start
        )
    return row


async def member(
    app: FastAPI, database: Database, clock: Clock, project: Project, role: Role
) -> AsyncIterator[Caller]:
    person = await add_user(database, clock, role.value.title())
    await add_member(database, clock, project, person, role)
    async with sign_in(app, database, clock, person) as caller:
        yield caller


@pytest.fixture
async def editor(
    app: FastAPI, database: Database, clock: Clock, project: Project
) -> AsyncIterator[Caller]:
    async for caller in member(app, database, clock, project, Role.EDITOR):
        yield caller


@pytest.fixture
async def viewer(
    app: FastAPI, database: Database, clock: Clock, project: Project
) -> AsyncIterator[Caller]:
    async for caller in member(app, database, clock, project, Role.VIEWER):
        yield caller


async def test_the_timeline_of_a_recording_without_lanes_says_what_is_missing(
    viewer: Caller, recording: Recording
) -> None:
    answer = await viewer.client.get(f"{RECORDINGS}/{recording.id}/timeline")
    assert answer.json() == {"people": [], "active": [[0, 4_000]], "gaps": [[4_000, 60_000]]}


async def test_a_player_finds_the_state_at_the_press_the_chunks_and_what_came_after(
    viewer: Caller, meeting: Session, recording: Recording
) -> None:
    listed = (await viewer.client.get(f"/api/v1/sessions/{meeting.id}/recordings")).json()["items"]
    one = (await viewer.client.get(f"{RECORDINGS}/{recording.id}")).json()
    assert listed == [one]
    assert (one["duration_ms"], one["bytes"], one["may_delete"]) == (60_000, 7, False)
    manifest = (await viewer.client.get(f"{RECORDINGS}/{recording.id}/manifest")).json()
    assert manifest["format"] == "holotable-recording/1"
    assert {key: held["value"] for key, held in manifest["state"].items()} == {
        "explode": {"amount": 0.25}
    }
    assert manifest["chunks"] == [{"number": 0, "from_ms": 0, "to_ms": 4_000, "bytes": 7}]
    chunk = await viewer.client.get(f"{RECORDINGS}/{recording.id}/chunks/0")
    assert (chunk.content, chunk.headers["cache-control"]) == (
        b"a chunk", "private, max-age=31536000, immutable",
    )  # fmt: skip
    assert (await viewer.client.get(f"{RECORDINGS}/{recording.id}/chunks/1")).status_code == 404
    found = (await viewer.client.get(f"{RECORDINGS}/{recording.id}/operations")).json()
    assert [(one["ms"], one["op"]["seq"], one["op"]["kind"]) for one in found["items"]] == [
        (10_000, 2, "set"), (20_000, 3, "chat"),
    ]  # fmt: skip
    assert found["next_after"] is None
    later = await viewer.client.get(f"{RECORDINGS}/{recording.id}/operations?after=2")
    assert [one["op"]["seq"] for one in later.json()["items"]] == [3]


@pytest.mark.parametrize(("at", "seq", "keys"), [
    (0, 1, {"explode"}), (9.9, 1, {"explode"}), (10, 2, {"explode", "section/a"}),
    (60, 3, {"explode", "section/a"}),
])  # fmt: skip
async def test_the_state_at_a_second_is_that_of_the_log(
    viewer: Caller, recording: Recording, at: float, seq: int, keys: set[str]
) -> None:
    found = (await viewer.client.get(f"{RECORDINGS}/{recording.id}/state?at={at}")).json()
    assert (found["seq"], set(found["state"])) == (seq, keys)


async def test_a_second_behind_the_end_is_refused(viewer: Caller, recording: Recording) -> None:
    answer = await viewer.client.get(f"{RECORDINGS}/{recording.id}/state?at=100")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_a_moment_becomes_a_saved_view_of_whoever_may_comment(
    owner: Caller, viewer: Caller, recording: Recording
) -> None:
    camera = {"position": [1, 0, 0], "target": [0, 0, 0], "up": [0, 1, 0], "fov_rad": 0.8}
    path = f"{RECORDINGS}/{recording.id}/viewpoints?at=15"
    body = {"name": "At the cut", "camera": camera}
    made = await owner.client.post(path, json=body)
    assert made.status_code == 201, made.text
    content = made.json()["content"]
    assert content["explode"]["amount"] == 0.25
    assert [plane["id"] for plane in content["sections"]["planes"]] == ["a"]
    assert content["camera"]["position"] == [1, 0, 0]
    assert (await viewer.client.post(path, json=body)).status_code == 403


async def test_whoever_started_it_and_owners_delete_it_with_its_bytes(
    app: FastAPI, database: Database, owner: Caller, editor: Caller, recording: Recording
) -> None:
    assert (await editor.client.delete(f"{RECORDINGS}/{recording.id}")).status_code == 403
    async with database.transaction() as transaction:
        (chunk,) = await rows.chunks_of(transaction, recording.id)
    assert (await owner.client.delete(f"{RECORDINGS}/{recording.id}")).status_code == 204
    assert (await owner.client.get(f"{RECORDINGS}/{recording.id}")).status_code == 404
    blobs = app.state.context.blobs
    assert not blobs.path_of(chunk.sha256).exists()


async def test_one_that_goes_on_is_stopped_first(
    database: Database, clock: Clock, owner: Caller, meeting: Session
) -> None:
    going_on = await add_recording(database, clock, meeting, ended_at=None, last_seq=None,
                                   ended_reason="")  # fmt: skip
    assert (await owner.client.delete(f"{RECORDINGS}/{going_on.id}")).status_code == 409
    answer = await owner.client.get(f"{RECORDINGS}/{going_on.id}")
    assert (answer.json()["ended_at"], answer.json()["duration_ms"]) == (None, 0)


async def test_guests_and_members_of_other_projects_see_no_recording(
    app: FastAPI, database: Database, clock: Clock, project: Project, recording: Recording
) -> None:
    guest = await add_guest(database, clock, project, Role.GUEST_LIVE)
    async with sign_in(app, database, clock, guest) as caller:
        for path in ("", "/manifest", "/operations", "/chunks/0", "/state"):
            answer = await caller.client.get(f"{RECORDINGS}/{recording.id}{path}")
            assert answer.status_code == 403, path
    ben = await add_user(database, clock, "Ben")
    await add_project(database, clock, owner=ben)
    async with sign_in(app, database, clock, ben) as caller:
        assert (await caller.client.get(f"{RECORDINGS}/{recording.id}")).status_code == 404


async def test_whoever_comes_is_told_before_they_come(
    database: Database, clock: Clock, owner: Caller, meeting: Session
) -> None:
    tickets = f"/api/v1/sessions/{meeting.id}/tickets"
    join = {"session_id": str(meeting.id)}

    async def told() -> tuple[bool, bool]:
        ticket = await owner.client.post(tickets, json={})
        joined = await owner.client.post("/api/v1/join", json=join)
        return ticket.json()["recording"], joined.json()["recording"]

    assert await told() == (False, False)
    await add_recording(database, clock, meeting, ended_at=None, last_seq=None)
    assert await told() == (True, True)


def shared(values: dict[str, Any]) -> str:
    """A hash of shared state: keys and values."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


async def heard_all(client: Client, last_seq: int) -> dict[int, str]:
    """What a participant had after every operation they heard, by its number."""
    hello = await client.hear("hello")
    state = {key: held["value"] for key, held in hello["state"].items()}
    found: dict[int, str] = {hello["seq"]: shared(state)}
    while max(found) < last_seq:
        op = await client.hear("op")
        if op["kind"] == "clear":
            state = {key: one for key, one in state.items() if not key.startswith(op["key"])}
        elif op["kind"] == "set":
            state = {key: one for key, one in state.items() if key != op["key"]}
            if op["value"] is not None:
                state[op["key"]] = op["value"]
        found[op["seq"]] = shared(state)
    return found


async def test_a_recording_replays_to_the_states_participants_had_operation_by_operation(
    app: FastAPI, owner: Caller, editor: Caller, meeting: Session
) -> None:
    async def inside(stack: AsyncExitStack, address: str, caller: Caller) -> Client:
        path = f"/api/v1/sessions/{meeting.id}"
        ticket = (await caller.client.post(f"{path}/tickets", json={})).json()["ticket"]
        url = f"ws://{address}{path}/live?ticket={ticket}"
        return await stack.enter_async_context(joined(url))

    dice = Random(6)  # a fixed seed: the same session every time
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(serving(app))
        mia, ben = await inside(stack, address, owner), await inside(stack, address, editor)
        await mia.op("explode", {"amount": 0.25})
        await mia.op("section/a", SECTION)
        await mia.hear("op", lambda op: op["seq"] == 2)
        await mia.say({"t": "record", "on": True})
        recording_id = (await mia.hear("recording"))["recording"]["id"]
        everyone = [mia, ben]
        for number in range(50):
            who = dice.choice(everyone[:2])
            match dice.randrange(6):
                case 0:
                    await who.chat(f"line {number}")
                case 1:
                    await who.op("section/", None, kind="clear")
                case 2:
                    await who.op("explode", dice.choice([{"amount": 0.5}, None]))
                case _:
                    section = SECTION | {"offset_m": number / 64}
                    await who.op(f"section/{dice.choice('abc')}", section)
            if number == 25:
                await mia.hear("op", lambda op: op["seq"] == 28)
                everyone.append(await inside(stack, address, editor))  # begins in the middle
                await mia.hear("join", lambda one: one["who"]["slot"] == 2)
        await mia.hear("op", lambda op: op["seq"] == 52)
        await mia.say({"t": "record", "on": False})
        await mia.hear("recording")
        for client in everyone:
            client._read = 0  # hear everything again, from the hello on
        had = [await heard_all(client, 52) for client in everyone]

    manifest = (await owner.client.get(f"{RECORDINGS}/{recording_id}/manifest")).json()
    listed = (await owner.client.get(f"{RECORDINGS}/{recording_id}/operations")).json()
    assert [one["op"]["seq"] for one in listed["items"]] == list(range(3, 53))
    state = manifest["state"]
    replayed = {2: shared(values_of(state))}
    for one in listed["items"]:
        apply(state, one["op"])
        replayed[one["op"]["seq"]] = shared(values_of(state))
    for participant in had:
        since = max(2, min(participant))
        assert {seq: participant[seq] for seq in range(since, 53)} == {
            seq: replayed[seq] for seq in range(since, 53)
        }
    assert max(min(one) for one in had[:2]) <= 2
    assert min(had[2]) == 28
    length = manifest["recording"]["duration_ms"] / 1_000
    end = (await owner.client.get(f"{RECORDINGS}/{recording_id}/state?at={length}")).json()
    assert shared(values_of(end["state"])) == had[0][52]


def values_of(state: dict[str, Any]) -> dict[str, Any]:
    """key -> value of shared state as the wire has it."""
    return {key: held["value"] for key, held in state.items()}
