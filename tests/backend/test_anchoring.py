"""Anchors on generated pairs of revisions, each with a planted difference, really converted."""

import asyncio
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from anchor_models import Bench, Drum, Plate, world
from builders import Clock, Project, add_asset
from fastapi import FastAPI
from issue_builders import add_issue
from sqlalchemy import select, update

from holotable.anchoring import Pointed, anchor_at, opened
from holotable.errors import ComparisonFailed, PartWithoutShape, UnknownOccurrence
from holotable.flows import follow
from holotable.store.database import Database
from holotable.store.issue_tables import Anchor, AnchorOutcome, AnchorRun, Issue
from holotable.store.queries import anchors as rows
from holotable.store.queries import packages
from holotable.store.tables import PackageFile

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])
WALL = world(23, 20, 5)  # of the bore at (20, 20)


@pytest.fixture
async def bench(
    app: FastAPI, database: Database, clock: Clock, project: Project, tmp_path: Path
) -> Bench:
    asset = await add_asset(database, clock, project, "Plate")
    return Bench(database, app.state.context.blobs, clock, asset, tmp_path)


@pytest.fixture
async def issue(database: Database, clock: Clock, project: Project) -> Issue:
    return await add_issue(database, clock, project)


async def carried(
    bench: Bench, issue: Issue, old: Plate | Drum, new: Plate | Drum, name: str, at: Any
) -> dict[str, Any]:
    """What became of a pin at a point of the named occurrence."""
    first = await bench.revision(old)
    anchor = await bench.pin(issue, first, (await bench.ids(first, name))[0], at)
    second = await bench.revision(new)
    assert await bench.anchoring.carry(second.id)
    return await bench.outcome(anchor, second)


async def test_a_pin_knows_the_face_it_stands_on(bench: Bench, issue: Issue) -> None:
    first = await bench.revision(Plate())
    anchor = await bench.pin(issue, first, (await bench.ids(first, "P"))[0], WALL)
    face = anchor.content["fingerprint"]["face"]
    assert (face["kind"], face["hole"]) == ("cylinder", True)
    assert face["radius"] == pytest.approx(0.003, abs=1e-12)
    assert face["area"] == pytest.approx(2 * np.pi * 0.003 * 0.010, rel=1e-9)
    assert face["neighbours"] == ["plane", "plane"]
    top = await bench.pin(issue, first, (await bench.ids(first, "P"))[0], world(5, 5, 10))
    assert top.content["fingerprint"]["face"]["kind"] == "plane"
    assert top.content["fingerprint"]["face"]["direction"] == pytest.approx([0, 1, 0])


async def test_what_did_not_change_stays_placed(bench: Bench, issue: Issue) -> None:
    found = await carried(bench, issue, Plate(), Plate(bores=(*Plate().bores, ((20, 45), 5.0))),
                          "P", WALL)  # fmt: skip
    assert found["state"] == "placed"
    assert found["evidence"]["reason"] == "same_face"
    assert found["evidence"]["source"] == "exact"
    assert found["world"] == pytest.approx(WALL, abs=1e-9)
    assert found["distance_m"] == 0.0


async def test_a_hole_that_moved_takes_its_pin_along_by_so_much(bench: Bench, issue: Issue) -> None:
    moved = Plate(bores=(((22, 20), 3.0), *Plate().bores[1:]))
    found = await carried(bench, issue, Plate(), moved, "P", WALL)
    assert (found["state"], found["evidence"]["reason"]) == ("moved", "face_moved")
    assert found["distance_m"] == pytest.approx(0.002, abs=1e-9)
    assert found["vector"] == pytest.approx([0.002, 0, 0], abs=1e-9)
    assert found["world"] == pytest.approx(world(25, 20, 5), abs=1e-9)


async def test_a_hole_of_another_diameter_says_both(bench: Bench, issue: Issue) -> None:
    wider = Plate(bores=(((20, 20), 3.25), *Plate().bores[1:]))
    found = await carried(bench, issue, Plate(), wider, "P", WALL)
    assert (found["state"], found["evidence"]["reason"]) == ("geometry_changed", "size_changed")
    (difference,) = found["evidence"]["differences"]
    assert difference["what"] == "radius"
    assert difference["before"] == pytest.approx(0.003, abs=1e-12)
    assert difference["after"] == pytest.approx(0.00325, abs=1e-12)
    assert found["world"] == pytest.approx(world(23.25, 20, 5), abs=1e-9)


async def test_a_hole_that_is_gone_is_not_taken_for_its_neighbour(
    bench: Bench, issue: Issue
) -> None:
    found = await carried(bench, issue, Plate(), Plate(bores=Plate().bores[1:]), "P", WALL)
    assert (found["state"], found["evidence"]["reason"]) == ("geometry_changed", "face_gone")
    assert found["evidence"]["nearest_m"] == pytest.approx(0.005, abs=1e-6)  # the plate's faces
    assert found["evidence"]["differences"][0]["before"] == "cylinder"


NEXT_ONE_MOVED = ((52, 20), 3.0), ((80, 20), 3.0)
ANOTHER_BORED = ((35, 40), 3.0), *Plate().bores[1:]


@pytest.mark.parametrize(
    ("bores", "reason"),
    [
        ((((20, 20), 3.25), *NEXT_ONE_MOVED), "size_changed"),
        (NEXT_ONE_MOVED, "face_gone"),
        ((((20, 20), 3.25), *ANOTHER_BORED), "size_changed"),
    ],
    ids=["wider beside one that moved", "gone beside one that moved", "wider beside a new one"],
)
async def test_a_hole_that_changed_is_not_taken_for_an_equal_one_that_came_elsewhere(
    bench: Bench, issue: Issue, bores: Any, reason: str
) -> None:
    found = await carried(bench, issue, Plate(), Plate(bores=bores), "P", WALL)
    assert (found["state"], found["evidence"]["reason"]) == ("geometry_changed", reason)


async def test_a_face_that_moved_takes_its_pin_along(bench: Bench, issue: Issue) -> None:
    found = await carried(bench, issue, Plate(), Plate(thickness=12.0), "P", world(5, 5, 10))
    assert (found["state"], found["evidence"]["reason"]) == ("moved", "face_moved")
    assert found["vector"] == pytest.approx([0, 0.002, 0], abs=1e-9)


async def test_a_shape_that_was_moved_in_its_own_frame_is_moved_as_a_whole(
    bench: Bench, issue: Issue
) -> None:
    # By exactly the distance of the bores: the one beside stands where this one stood.
    found = await carried(bench, issue, Plate(), Plate(shifted=-30.0), "P", world(53, 20, 5))
    assert found["state"] == "moved"
    assert found["vector"] == pytest.approx([-0.030, 0, 0], abs=1e-9)


async def test_a_part_that_moved_takes_its_pin_along(bench: Bench, issue: Issue) -> None:
    found = await carried(bench, issue, Plate(), Plate(arm_at=(120, 5, 0)), "A", world(130, 0, 5))
    assert (found["state"], found["evidence"]["reason"]) == ("moved", "part_moved")
    assert found["distance_m"] == pytest.approx(0.005, abs=1e-9)
    assert found["world"] == pytest.approx(world(130, 5, 5), abs=1e-9)


async def test_a_part_that_is_gone_leaves_its_pin_detached(bench: Bench, issue: Issue) -> None:
    found = await carried(bench, issue, Plate(), Plate(arm_at=None), "A", world(130, 0, 5))
    assert (found["state"], found["evidence"]["reason"]) == ("detached", "part_gone")
    assert found["point"] is None
    assert found["evidence"]["differences"][0]["what"] == "part"


async def test_one_of_four_equal_pins_removed_leaves_the_others_where_they_are(
    bench: Bench, issue: Issue
) -> None:
    first = await bench.revision(Plate())
    pins = await bench.ids(first, "Pin")
    made = [
        await bench.pin(issue, first, id_, world(x + 2, -30, 10))
        for id_, x in zip(pins, Plate().pins, strict=True)
    ]
    second = await bench.revision(Plate(pins=(0.0, 30.0, 45.0)))
    assert await bench.anchoring.carry(second.id)
    found = [await bench.outcome(one, second) for one in made]
    assert [one["state"] for one in found] == ["placed", "detached", "placed", "placed"]
    assert found[2]["evidence"]["approximate"] is True


async def test_the_same_model_exported_with_other_names_keeps_every_pin_where_it_was(
    bench: Bench, issue: Issue
) -> None:
    first = await bench.revision(Plate())
    places = {"P": WALL, "A": world(130, 0, 5)}
    made = [
        await bench.pin(issue, first, (await bench.ids(first, name))[0], at)
        for name, at in places.items()
    ]
    for id_, x in zip(await bench.ids(first, "Pin"), Plate().pins, strict=True):
        made.append(await bench.pin(issue, first, id_, world(x + 2, -30, 10)))
    second = await bench.revision(Plate(renamed=True))
    bench.compare()
    assert await bench.anchoring.carry(second.id)
    for anchor in made:
        found = await bench.outcome(anchor, second)
        assert (found["state"], found["distance_m"]) == ("placed", 0.0), found
        assert found["evidence"]["matched_by"] == "compare"
        assert found["world"] == pytest.approx(anchor.content["world"], abs=1e-9)


async def test_after_another_export_one_of_four_equal_pins_removed_detaches_only_its_own(
    bench: Bench, issue: Issue
) -> None:
    first = await bench.revision(Plate())
    made = [
        await bench.pin(issue, first, id_, world(x + 2, -30, 10))
        for id_, x in zip(await bench.ids(first, "Pin"), Plate().pins, strict=True)
    ]
    second = await bench.revision(Plate(pins=(0.0, 30.0, 45.0), renamed=True))
    bench.compare()
    assert await bench.anchoring.carry(second.id)
    found = [await bench.outcome(one, second) for one in made]
    assert [one["state"] for one in found] == ["placed", "detached", "placed", "placed"]
    assert [one["evidence"]["reason"] for one in found][1] == "part_gone"


async def test_where_two_revisions_cannot_be_compared_ids_still_carry_the_pins(
    bench: Bench, issue: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def killed(*_order: object) -> None:
        raise ComparisonFailed("These revisions are too large to be compared on this machine.")

    monkeypatch.setattr(bench.comparisons, "_child", killed)
    bench.compare()
    found = await carried(bench, issue, Plate(), Plate(), "P", WALL)
    assert (found["state"], found["evidence"]["matched_by"]) == ("placed", "id")


@pytest.mark.parametrize(
    ("new", "state", "distance_m"),
    [
        (Drum(sections=96), "placed", 0.0),
        (Drum(at=(0.05, 0.003, 0.0)), "moved", 0.003),
        (Drum(inside=(0.0, 0.0, 0.004)), "moved", 0.004),
        (Drum(radius=0.012), "geometry_changed", 0.002),
        (Drum(at=None), "detached", 0.0),
    ],
)
async def test_a_pin_on_a_mesh_says_the_same_within_its_tolerance(
    bench: Bench, issue: Issue, new: Drum, state: str, distance_m: float
) -> None:
    found = await carried(bench, issue, Drum(), new, "Drum", (0.06, 0.0, 0.0))
    assert found["state"] == state, found
    assert found["distance_m"] == pytest.approx(distance_m, abs=2e-5)
    if state != "detached":
        assert found["evidence"]["source"] == "mesh"
    if state == "geometry_changed":
        assert found["evidence"]["nearest_m"] == pytest.approx(0.002, abs=5e-5)


async def test_a_part_that_conversion_could_not_read_keeps_its_pin_and_says_so(
    bench: Bench, issue: Issue, tmp_path: Path
) -> None:
    first = await bench.revision(Plate())
    anchor = await bench.pin(issue, first, (await bench.ids(first, "A"))[0], world(130, 0, 5))
    second = await bench.revision(Plate())
    folder = tmp_path / str(second.id)
    said = (folder / "structure.json").read_text()
    structure = json.loads(said)
    arm = [part["name"] for part in structure["parts"]].index("Arm")
    structure["parts"][arm] |= {"triangles": 0, "bounds": {"min": [0, 0, 0], "max": [0, 0, 0]}}
    (folder / "structure.json").write_text(json.dumps(structure))
    await bench.publish(second, folder)
    assert await bench.anchoring.carry(second.id)
    found = await bench.outcome(anchor, second)
    assert (found["state"], found["evidence"]["reason"]) == ("detached", "part_without_shape")
    async with opened(bench.database, bench.blobs, bench.structures, second.id) as one:
        with pytest.raises(PartWithoutShape):
            anchor_at(one, Pointed(anchor.occurrence_id, world=(0, 0, 0)))
        with pytest.raises(UnknownOccurrence):
            anchor_at(one, Pointed("spare", world=(0, 0, 0)))
        with pytest.raises(UnknownOccurrence):
            anchor_at(one, Pointed(999))
        with pytest.raises(PartWithoutShape):
            anchor_at(one, Pointed(one.structure.ids[0]))


async def test_carrying_twice_and_after_a_crash_writes_each_outcome_once(
    bench: Bench, issue: Issue, database: Database
) -> None:
    first = await bench.revision(Plate())
    id_ = (await bench.ids(first, "P"))[0]
    made = [await bench.pin(issue, first, id_, world(x, 5, 10)) for x in range(5, 8)]
    second = await bench.revision(Plate())
    async with database.transaction() as session:
        dead = await rows.claim(session, second.id, lease_s=-1.0, max_attempts=5)
        assert dead is not None  # took it and was killed
        revision = await session.get_one(type(second), second.id)
        anchor = await session.get_one(Anchor, made[0].id)
        await rows.save(session, anchor, revision, "placed", {"kept": True}, 0.0, bench.clock())
    assert await bench.anchoring.carry(second.id)
    assert not await bench.anchoring.carry(second.id)
    async with database.transaction() as session:
        assert not await rows.still_mine(session, dead, lease_s=1.0)
        run = await session.get_one(AnchorRun, second.id)
        assert (run.state, run.attempts) == ("done", 2)
    assert await bench.outcome(made[0], second) == {"state": "placed", "kept": True}
    assert [(await bench.outcome(one, second))["state"] for one in made[1:]] == ["placed"] * 2
    third = await bench.revision(Plate(arm_at=None))
    assert await bench.anchoring.carry(third.id)
    async with database.transaction() as session:
        again = await session.get_one(Anchor, made[0].id)
        assert (again.state, again.newest_revision_id) == ("placed", third.id)


async def test_bytes_that_are_gone_give_the_run_a_problem_and_a_retry_finishes_it(
    bench: Bench,
    issue: Issue,
    database: Database,
) -> None:
    first = await bench.revision(Plate())
    anchor = await bench.pin(issue, first, (await bench.ids(first, "P"))[0], WALL)
    second = await bench.revision(Plate())
    async with database.transaction() as session:
        package = await packages.current(session, second.id)
        assert package is not None
        file = await session.get_one(PackageFile, (package.id, "exact.bin"))
        whole = file.sha256
        file.sha256 = "0" * 64
    for _ in range(6):
        async with database.transaction() as session:
            await session.execute(update(AnchorRun).values(not_before=None))
        await bench.anchoring.carry(second.id)
    async with database.transaction() as session:
        run = await session.get_one(AnchorRun, second.id)
        assert run.state == "failed"
        assert run.problem is not None
        assert run.problem["code"] == "not_found"
        assert (await session.get_one(Anchor, anchor.id)).state == "failed"
        (await session.get_one(PackageFile, (package.id, "exact.bin"))).sha256 = whole
        assert await rows.enqueue(session, await session.get_one(type(second), second.id))
    assert await bench.anchoring.carry(second.id)
    assert (await bench.outcome(anchor, second))["state"] == "placed"


async def test_a_part_that_cannot_be_compared_fails_alone(
    bench: Bench, issue: Issue, database: Database
) -> None:
    first = await bench.revision(Plate())
    id_ = (await bench.ids(first, "P"))[0]
    odd, sound = [await bench.pin(issue, first, id_, WALL) for _ in range(2)]
    async with database.transaction() as session:
        (await session.get_one(Anchor, odd.id)).content = {"occurrence_id": 7}
    second = await bench.revision(Plate())
    assert await bench.anchoring.carry(second.id)
    found = await bench.outcome(odd, second)
    assert (found["state"], found["problem"]["code"]) == ("failed", "unavailable")
    assert (await bench.outcome(sound, second))["state"] == "placed"
    async with database.transaction() as session:
        row = await session.get_one(Anchor, odd.id)
        assert row.state == "failed"
        outcomes = (await session.scalars(select(AnchorOutcome))).all()
        assert len(outcomes) == 2


async def test_a_model_whose_header_promises_too_much_is_not_read_and_the_exact_shape_does(
    bench: Bench, issue: Issue, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("holotable.anchoring._MAX_JSON_BYTES", 10)
    first = await bench.revision(Plate())
    async with opened(database, bench.blobs, bench.structures, first.id) as one:
        assert one.model is None
    anchor = await bench.pin(issue, first, (await bench.ids(first, "P"))[0], WALL)
    assert anchor.content["fingerprint"]["source"] == "exact"


async def test_publishing_a_revision_lets_its_pins_wait_and_the_worker_carries_them(
    bench: Bench, issue: Issue, database: Database
) -> None:
    first = await bench.revision(Plate())
    anchor = await bench.pin(issue, first, (await bench.ids(first, "P"))[0], WALL)
    second = await bench.revision(Plate())
    async with database.transaction() as session:
        await session.delete(await session.get_one(AnchorRun, second.id))
    async with database.transaction() as session:
        await follow(session, second.id)  # in the transaction that publishes
    working = asyncio.create_task(bench.anchoring.run())
    try:
        async with asyncio.timeout(30):
            while True:
                async with database.transaction() as session:
                    row = await session.get_one(Anchor, anchor.id)
                if row.state == "placed":
                    break
                await asyncio.sleep(0.05)
    finally:
        working.cancel()
        await asyncio.wait([working])
    assert (await bench.outcome(anchor, second))["state"] == "placed"
