"""The package over HTTP: names, hashes, ranges, compression; occurrences."""

import gzip
import json
from typing import Any

import pytest
from builders import Asset, Caller, Clock, Project, Revision, add_asset, add_revision
from fastapi import FastAPI

from holotable.store.blobs import put_bytes
from holotable.store.database import Database
from holotable.store.queries import packages
from holotable.store.queries.packages import NewFile
from holotable.web.context import Context

COUNT = 300
STRUCTURE = {
    "format": "holotable-structure/1",
    "count": COUNT,
    "id": [f"id-{row}" for row in range(COUNT)],
    "parent": [-1] + [0] * (COUNT - 1),
    "name": ["Rack"] + [f"Bolt {row}" for row in range(1, COUNT)],
    "kind": ["assembly"] + ["part"] * (COUNT - 1),
    "part": [-1] + [0] * (COUNT - 2) + [1],
    "transform": [None]
    + [[1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, n, 0, 0, 1] for n in range(1, COUNT)],
    "hidden": [False] * (COUNT - 2) + [True, False],
    "parts": [
        {
            "name": "Bolt M8",
            "triangles": 120,
            "closed": True,
            "mass_method": "exact",
            "volume_m3": 1e-6,
            "area_m2": 2e-4,
            "centroid_m": [0.0, 0.5, 0.0],
            "inertia_m5": [1e-10, 2e-10, 3e-10, 0.0, 0.0, 0.0],
            "open_edges": 0,
            "density_kg_m3": 7850.0,
        },
        {"name": "Sheet", "closed": False, "mass_method": "open", "area_m2": 1.0, "open_edges": 12},
    ],
}
FILES: dict[str, Any] = {
    "manifest.json": {"format": "holotable-scene/1"},
    "structure.json": STRUCTURE,
    "structure-props.json": {"nodes": {"7": {"Pset": {"Grade": "8.8"}}}, "parts": {}},
}
GLB = b"glTF" + bytes(range(200)) * 50


@pytest.fixture
async def asset(database: Database, clock: Clock, project: Project) -> Asset:
    return await add_asset(database, clock, project)


async def publish(app: FastAPI, database: Database, revision: Revision, glb: bytes) -> None:
    context: Context = app.state.context
    files = []
    contents = {name: json.dumps(value).encode() for name, value in FILES.items()}
    binary = {"base.glb": glb, "model.glb": glb, "exact.bin": bytes(range(250)) * 2}
    for name, data in {**contents, **binary}.items():
        blob = await put_bytes(context.blobs, data)
        files.append(NewFile(name, blob.sha256, blob.size))
        if name == "structure.json":
            packed = await put_bytes(context.blobs, gzip.compress(data, mtime=0))
            files.append(NewFile(name + ".gz", packed.sha256, packed.size))
    async with database.transaction() as session:
        old = await packages.current(session, revision.id)
        assert old is not None
        await packages.replace_current(
            session, revision_id=revision.id, conversion_id=old.conversion_id,
            converter_version="1", options={}, files=files, now=old.created_at,
        )  # fmt: skip


@pytest.fixture
async def scene(app: FastAPI, owner: Caller, database: Database, clock: Clock, asset: Asset) -> str:
    revision = await add_revision(database, clock, asset)
    await publish(app, database, revision, GLB)
    return f"/api/v1/revisions/{revision.id}"


async def test_a_file_is_served_by_name_and_immutable_by_hash(owner: Caller, scene: str) -> None:
    plain = await owner.client.get(f"{scene}/scene/base.glb")
    assert (plain.status_code, plain.content) == (200, GLB)
    assert plain.headers["content-type"] == "model/gltf-binary"
    assert plain.headers["cache-control"] == "private, no-cache"
    sha256 = plain.headers["etag"].strip('"')
    hashed = await owner.client.get(f"{scene}/scene/base.glb?h={sha256}")
    assert hashed.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert hashed.content == GLB
    for wrong in ("0" * 64, "x"):
        refused = await owner.client.get(f"{scene}/scene/base.glb?h={wrong}")
        assert refused.status_code in (404, 422)
    known = await owner.client.get(
        f"{scene}/scene/base.glb", headers={"If-None-Match": plain.headers["etag"]}
    )
    assert (known.status_code, known.content) == (304, b"")


async def test_a_chunk_is_served_by_range_without_encoding(owner: Caller, scene: str) -> None:
    part = await owner.client.get(
        f"{scene}/scene/base.glb", headers={"Range": "bytes=100-199", "Accept-Encoding": "gzip"}
    )
    assert (part.status_code, part.content) == (206, GLB[100:200])
    assert "content-encoding" not in part.headers
    head = await owner.client.head(f"{scene}/scene/base.glb")
    assert (head.status_code, head.headers["content-length"]) == (200, str(len(GLB)))


async def test_json_is_compressed_for_those_who_take_it(owner: Caller, scene: str) -> None:
    packed = await owner.client.get(f"{scene}/scene/structure.json")
    plain = await owner.client.get(
        f"{scene}/scene/structure.json", headers={"Accept-Encoding": "identity"}
    )
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.json() == plain.json() == STRUCTURE
    assert packed.headers["etag"] != plain.headers["etag"]
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 3
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    part = await owner.client.get(f"{scene}/scene/structure.json", headers={"Range": "bytes=0-9"})
    assert (part.status_code, part.content) == (206, json.dumps(STRUCTURE).encode()[:10])
    hidden = await owner.client.get(f"{scene}/scene/structure.json.gz")
    assert hidden.status_code == 404


@pytest.mark.parametrize("name", ["other.glb", "..%2f..%2fsecret.key", "%00", "x" * 300])
async def test_a_name_that_is_not_in_the_package_is_not_found(
    owner: Caller, scene: str, name: str
) -> None:
    assert (await owner.client.get(f"{scene}/scene/{name}")).status_code == 404


async def test_a_page_opened_before_a_new_package_still_gets_its_chunks(
    app: FastAPI, owner: Caller, database: Database, clock: Clock, asset: Asset
) -> None:
    revision = await add_revision(database, clock, asset)
    path = f"/api/v1/revisions/{revision.id}/scene/base.glb"
    await publish(app, database, revision, GLB)
    old = (await owner.client.get(path)).headers["etag"].strip('"')
    await publish(app, database, revision, GLB[::-1])
    assert (await owner.client.get(path)).content == GLB[::-1]
    assert (await owner.client.get(f"{path}?h={old}")).content == GLB


async def test_a_revision_without_a_scene_says_how_far_it_is(
    owner: Caller, database: Database, clock: Clock, asset: Asset
) -> None:
    revision = await add_revision(database, clock, asset, state="tessellating")
    for path in ("scene/manifest.json", "occurrences", "occurrences/x"):
        answer = await owner.client.get(f"/api/v1/revisions/{revision.id}/{path}")
        assert answer.status_code == 409, path
        assert answer.json()["code"] == "not_ready"
        assert answer.json()["facts"]["state"] == "tessellating"


async def test_occurrences_are_found_page_by_page(owner: Caller, scene: str) -> None:
    found: list[str] = []
    cursor: str | None = None
    while True:
        query = {"q": "bolt 1", "limit": "50", **({"cursor": cursor} if cursor else {})}
        page = (await owner.client.get(f"{scene}/occurrences", params=query)).json()
        assert len(page["items"]) <= 50
        found += [item["name"] for item in page["items"]]
        cursor = page.get("next_cursor")
        if cursor is None:
            break
    assert found == [f"Bolt {n}" for n in range(1, COUNT) if str(n).startswith("1")]
    wrong = await owner.client.get(f"{scene}/occurrences?cursor=x")
    assert wrong.status_code == 422


async def test_an_occurrence_has_its_path_properties_and_mass(owner: Caller, scene: str) -> None:
    answer = await owner.client.get(f"{scene}/occurrences/id-7")
    assert answer.json() == {
        "id": "id-7",
        "name": "Bolt 7",
        "kind": "part",
        "path": ["Rack", "Bolt 7"],
        "part": 0,
        "number": 6,
        "part_name": "Bolt M8",
        "triangles": 120,
        "properties": {"Pset": {"Grade": "8.8"}},
        "mass": {
            "method": "exact",
            "occurrences": 1,
            "volume_m3": 1e-6,
            "area_m2": 2e-4,
            "centroid_m": [7.0, 0.5, 0.0],
            "inertia_m5": pytest.approx([1e-10, 2e-10, 3e-10, 0.0, 0.0, 0.0]),
            "mass_kg": 7.85e-3,
            "centre_of_mass_m": [7.0, 0.5, 0.0],
            "inertia_kg_m2": pytest.approx([7.85e-7, 1.57e-6, 2.355e-6, 0.0, 0.0, 0.0]),
            "closed": True,
            "open_edges": None,
            "density_kg_m3": 7850.0,
            "open": {"count": 0, "names": []},
            "weightless": {"count": 0, "names": []},
            "unmeasured": {"count": 0, "names": []},
            "hidden": 0,
        },
    }
    assert (await owner.client.get(f"{scene}/occurrences/nope")).status_code == 404


async def test_an_assembly_adds_up_what_it_shows_and_names_the_rest(
    owner: Caller, scene: str
) -> None:
    mass = (await owner.client.get(f"{scene}/occurrences/id-0")).json()["mass"]

    bolts = COUNT - 3  # without the root, the hidden bolt and the sheet
    middle = (1 + bolts) / 2
    assert (mass["method"], mass["occurrences"], mass["hidden"]) == ("exact", bolts + 1, 1)
    assert mass["volume_m3"] == pytest.approx(bolts * 1e-6)
    assert mass["mass_kg"] == pytest.approx(bolts * 7.85e-3)
    assert mass["area_m2"] == pytest.approx(bolts * 2e-4 + 1.0)
    assert mass["centre_of_mass_m"] == pytest.approx([middle, 0.5, 0.0])
    spread = sum((n - middle) ** 2 for n in range(1, bolts + 1))
    assert mass["inertia_m5"][:3] == pytest.approx(
        [bolts * 1e-10, bolts * 2e-10 + 1e-6 * spread, bolts * 3e-10 + 1e-6 * spread]
    )
    assert mass["open"] == {"count": 1, "names": ["Sheet"]}
    assert mass["closed"] is None


async def test_an_open_part_says_how_many_edges_are_open(owner: Caller, scene: str) -> None:
    mass = (await owner.client.get(f"{scene}/occurrences/id-{COUNT - 1}")).json()["mass"]

    assert (mass["method"], mass["open_edges"], mass["area_m2"]) == ("open", 12, 1.0)
    assert mass["volume_m3"] is None


async def test_exact_shapes_are_fetched_by_range(owner: Caller, scene: str) -> None:
    whole = await owner.client.get(f"{scene}/scene/exact.bin")
    piece = await owner.client.get(
        f"{scene}/scene/exact.bin",
        headers={"Range": "bytes=100-199", "Accept-Encoding": "gzip"},
    )

    assert "content-encoding" not in whole.headers
    assert whole.headers["accept-ranges"] == "bytes"
    assert (piece.status_code, piece.content) == (206, whole.content[100:200])
    assert piece.headers["content-range"] == f"bytes 100-199/{len(whole.content)}"
    assert "content-encoding" not in piece.headers


async def test_a_corrected_unit_and_axis_count(owner: Caller, scene: str) -> None:
    url = f"{scene}/occurrences/id-7"
    before = (await owner.client.get(url)).json()["mass"]
    await owner.client.patch(scene, json={"placement": {"unit": "cm", "up_axis": "y"}})

    after = (await owner.client.get(url)).json()["mass"]

    assert after["volume_m3"] == pytest.approx(1000 * before["volume_m3"])
    assert after["area_m2"] == pytest.approx(100 * before["area_m2"])
    assert after["mass_kg"] == pytest.approx(1000 * before["mass_kg"])
    assert after["centroid_m"] == pytest.approx([70.0, 0.0, 5.0])
