"""What changed between two revisions over REST: computed once, paged, refused by name."""

import gzip
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from builders import (
    Asset,
    Caller,
    Clock,
    Project,
    Revision,
    add_asset,
    add_project,
    add_revision,
)
from fastapi import FastAPI
from sqlalchemy import func, select

from holotable.review.compare import KINDS
from holotable.sample.step_file import StepFile, translation
from holotable.store.blobs import put_file
from holotable.store.database import Database
from holotable.store.queries import packages
from holotable.store.queries.packages import NewFile
from holotable.store.tables import Comparison, Conversion
from holotable.web.context import Context
from tests.compare_models import bolt, plate, step_package


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """B: a plate and four bolts. C: wider holes, one bolt gone, one moved by 12.5 mm."""
    folder = tmp_path_factory.mktemp("compare")

    def build(file: StepFile, bore: float, spots: list[float]) -> None:
        root = file.assembly("Fixture")
        file.place(root, file.part("Plate", plate(bore), "#6080a0"), None, "Plate")
        pin = file.part("Bolt", bolt(), "#303030")
        for spot in spots:
            file.place(root, pin, translation(spot, 200), "")

    return {
        "B": step_package(folder, lambda file: build(file, 3.0, [0, 30, 70, 120])),
        "C": step_package(folder, lambda file: build(file, 3.25, [0, 42.5, 120])),
    }


@pytest.fixture
async def asset(database: Database, clock: Clock, project: Project) -> Asset:
    return await add_asset(database, clock, project, "Fixture")


async def published(
    app: FastAPI, database: Database, clock: Clock, asset: Asset, folder: Path, **columns: Any
) -> Revision:
    """A revision with the package in this folder."""
    context: Context = app.state.context
    made = await add_revision(database, clock, asset, **columns)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    paths = [folder / name for name in (*manifest["files"], "manifest.json")]
    stored = {path.name: await put_file(context.blobs, path) for path in paths}
    async with database.transaction() as session:
        old = await packages.current(session, made.id)
        assert old is not None
        conversion = await session.get_one(Conversion, old.conversion_id)
        conversion.stats = {**manifest["source"], "counts": manifest["counts"]}
        await packages.replace_current(
            session, revision_id=made.id, conversion_id=old.conversion_id, converter_version="1",
            options={}, now=context.clock(),
            files=[NewFile(name, blob.sha256, blob.size) for name, blob in stored.items()],
        )  # fmt: skip
    return made


@pytest.fixture
async def revisions(
    app: FastAPI, database: Database, clock: Clock, asset: Asset, folders: dict[str, Path]
) -> tuple[Revision, Revision]:
    return (
        await published(app, database, clock, asset, folders["B"]),
        await published(app, database, clock, asset, folders["C"]),
    )


def address(old: Revision, new: Revision, rest: str = "") -> str:
    return f"/api/v1/revisions/{old.id}/compare/{new.id}{rest}"


async def ready(app: FastAPI, caller: Caller, old: Revision, new: Revision) -> dict[str, Any]:
    """The answer once it is there."""
    context: Context = app.state.context
    await caller.client.get(address(old, new))
    await context.comparisons.settled()
    answer = await caller.client.get(address(old, new))
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]  # JSON


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_two_revisions_are_compared_once_and_answer_from_then_on(
    app: FastAPI, owner: Caller, revisions: tuple[Revision, Revision], database: Database
) -> None:
    first = await owner.client.get(address(*revisions))
    assert first.status_code == 202
    assert first.json()["state"] == "computing"
    assert int(first.headers["retry-after"]) >= 1
    assert first.json()["progress"] is None  # nothing is done of it yet
    early = await owner.client.get(address(*revisions, "/changes"))
    assert early.status_code == 409
    assert early.json()["code"] == "not_ready"

    said = await ready(app, owner, *revisions)
    assert said["state"] == "ready"
    assert {name: count for name, count in said["counts"].items() if count} == {
        "unchanged": 2, "removed": 1, "shape": 1, "moved": 1,
    }  # fmt: skip
    assert said["from"]["occurrences"] == 5
    assert said["to"]["occurrences"] == 4
    assert {one["kind"] for one in said["remarks"]} >= {"volume", "area"}
    async with database.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Comparison)) == 1
        row = (await session.scalars(select(Comparison))).one()
    assert row.created_by == owner.id

    changes = (await owner.client.get(address(*revisions, "/changes"))).json()["items"]
    assert [one["kind"] for one in changes] == ["shape", "removed", "moved"]
    moved = changes[2]
    assert moved["move"]["distance_m"] == pytest.approx(0.0125, abs=1e-9)
    assert moved["from"]["name"] == moved["to"]["name"] == "Bolt"
    assert changes[1]["to"] is None


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_changes_are_filtered_and_paged(
    app: FastAPI, owner: Caller, revisions: tuple[Revision, Revision]
) -> None:
    await ready(app, owner, *revisions)
    base = address(*revisions, "/changes")

    async def kinds(**query: object) -> list[str]:
        items: list[str] = []
        cursor: str | None = None
        while True:
            found = await owner.client.get(
                base, params={**query, "cursor": cursor} if cursor else query
            )
            assert found.status_code == 200, found.text
            items += [one["kind"] for one in found.json()["items"]]
            cursor = found.json()["next_cursor"]
            if cursor is None:
                return items

    assert await kinds(limit=1) == ["shape", "removed", "moved"]
    assert await kinds(kind="moved") == ["moved"]
    assert await kinds(reason="shape") == ["shape"]
    assert await kinds(q="PLATE") == ["shape"]
    assert await kinds(part=0) == ["shape"]
    assert await kinds(stop=1) == ["removed"]
    assert await kinds(q="nothing") == []


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_tour_the_part_and_the_columns_say_the_same(
    app: FastAPI, owner: Caller, revisions: tuple[Revision, Revision]
) -> None:
    await ready(app, owner, *revisions)
    tour = (await owner.client.get(address(*revisions, "/tour"))).json()["items"]
    assert [one["kind"] for one in tour] == ["shape", "removed", "moved"]
    assert tour[0]["remarks"][0]["text"] == "hole Ø 6.0 → Ø 6.5 (×8)"
    assert tour[0]["bounds"]["min"] == pytest.approx([0, 0, -0.1], abs=1e-6)
    part = (await owner.client.get(address(*revisions, "/parts/0"))).json()
    hole = part["remarks"][0]
    assert (hole["kind"], hole["count"], hole["from"], hole["to"]) == (
        "hole_diameter", 8, pytest.approx(0.006), pytest.approx(0.0065),
    )  # fmt: skip
    assert len(hole["faces_from"]) == len(hole["faces_to"]) == 8
    assert part["displacement"]["min"] == pytest.approx(-0.00025, abs=3e-5)
    assert (await owner.client.get(address(*revisions, "/parts/7"))).status_code == 404

    columns = await owner.client.get(address(*revisions, "/occurrences"))
    assert columns.headers["content-encoding"] == "gzip"
    magic, version, old, new = struct.unpack_from("<4sIII", columns.content)
    assert (magic, version, old, new) == (b"HTCO", 1, 5, 4)
    codes = [KINDS[code] for code in columns.content[16 : 16 + 9]]
    assert sorted(codes[:5]) == ["moved", "removed", "shape", "unchanged", "unchanged"]
    assert sorted(codes[5:]) == ["moved", "shape", "unchanged", "unchanged"]
    partners = np.frombuffer(columns.content, "<i4", 9, 28)
    for number, partner in enumerate(partners[:5].tolist()):
        if partner >= 0:
            assert partners[5 + partner] == number
    plain = await owner.client.get(
        address(*revisions, "/occurrences"), headers={"Accept-Encoding": "identity"}
    )
    assert plain.content == columns.content
    assert gzip.compress(plain.content)

    heat = await owner.client.get(address(*revisions, "/parts/0/heatmap"))
    magic, version, count, low, _high, _rms = struct.unpack_from("<4sII3f", heat.content)
    assert (magic, version) == (b"HTHM", 1)
    assert len(heat.content) == 24 + 16 * count
    assert low == pytest.approx(part["displacement"]["min"], abs=1e-7)
    again = await owner.client.get(
        address(*revisions, "/parts/0/heatmap"), headers={"If-None-Match": heat.headers["etag"]}
    )
    assert again.status_code == 304


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_corrected_unit_compares_anew(
    app: FastAPI, owner: Caller, revisions: tuple[Revision, Revision], database: Database
) -> None:
    before = await ready(app, owner, *revisions)
    async with database.transaction() as session:
        row = await session.get_one(Revision, revisions[1].id)
        row.placement = {"unit": "in"}
    assert (await owner.client.get(address(*revisions))).status_code == 202
    after = await ready(app, owner, *revisions)
    assert after["counts"] != before["counts"]
    assert after["to"]["volume_m3"] == pytest.approx(before["to"]["volume_m3"] * 25.4**3)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_file_without_a_unit_that_is_an_inch_too_small_is_told_apart(
    app: FastAPI, owner: Caller, database: Database, clock: Clock, asset: Asset,
    folders: dict[str, Path],
) -> None:  # fmt: skip
    old = await published(app, database, clock, asset, folders["B"], placement={"unit": "in"})
    new = await published(app, database, clock, asset, folders["B"])
    assert (await ready(app, owner, old, new))["hint"] is None  # the file says its unit
    async with database.transaction() as session:
        package = await packages.current(session, new.id)
        assert package is not None
        conversion = await session.get_one(Conversion, package.conversion_id)
        conversion.stats = {**(conversion.stats or {}), "length_unit": None}
    told = await ready(app, owner, old, new)
    assert told["hint"] == {"side": "to", "unit": "in", "up_axis": None}
    assert told["counts"]["shape"] > 0
    async with database.transaction() as session:
        (await session.get_one(Revision, new.id)).placement = {"unit": "in"}
    corrected = await ready(app, owner, old, new)
    assert (corrected["hint"], corrected["counts"]["shape"]) == (None, 0)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_what_cannot_be_compared_is_refused_by_name(
    app: FastAPI, owner: Caller, revisions: tuple[Revision, Revision], database: Database,
    clock: Clock, asset: Asset, folders: dict[str, Path],
) -> None:  # fmt: skip
    old, _new = revisions
    same = await owner.client.get(address(old, old))
    assert (same.status_code, same.json()["code"]) == (422, "same_revision")
    waiting = await add_revision(database, clock, asset, state="queued")
    early = await owner.client.get(address(old, waiting))
    assert (early.status_code, early.json()["code"]) == (409, "not_ready")
    assert early.json()["facts"]["revision_id"] == str(waiting.id)
    scan = await published(app, database, clock, asset, folders["C"])
    async with database.transaction() as session:
        package = await packages.current(session, scan.id)
        assert package is not None
        conversion = await session.get_one(Conversion, package.conversion_id)
        conversion.stats = {"kind": "points", "counts": {"points": 9, "triangles": 0}}
    cloud = await owner.client.get(address(old, scan))
    assert (cloud.status_code, cloud.json()["code"]) == (422, "not_comparable")
    elsewhere = await add_project(database, clock, owner=owner.principal, name="Other")
    other = await published(
        app, database, clock, await add_asset(database, clock, elsewhere), folders["C"]
    )
    apart = await owner.client.get(address(old, other))
    assert (apart.status_code, apart.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_damaged_scene_fails_by_name_and_the_server_does_not_notice(
    app: FastAPI, owner: Caller, revisions: tuple[Revision, Revision], database: Database,
    clock: Clock, asset: Asset, folders: dict[str, Path], tmp_path: Path,
) -> None:  # fmt: skip
    damaged = tmp_path / "damaged"
    damaged.mkdir()
    for path in folders["C"].iterdir():
        (damaged / path.name).write_bytes(path.read_bytes())
    (damaged / "structure.json").write_bytes(b'{"id": 5')
    broken = await published(app, database, clock, asset, damaged)
    context: Context = app.state.context
    assert (await owner.client.get(address(revisions[0], broken))).status_code == 202
    await context.comparisons.settled()
    failed = await owner.client.get(address(revisions[0], broken))
    assert failed.json()["code"] == "comparison_failed"
    assert failed.json()["remedy"]
    assert (await ready(app, owner, *revisions))["state"] == "ready"
