"""Imports over HTTP: line by line, dry, all or nothing, and nothing of what was refused."""

import json
from typing import Any

import pytest
from builders import (
    Caller,
    Clock,
    Project,
    add_asset,
    add_guest,
    add_member,
    add_project,
    add_ref,
    add_revision,
    add_system,
    add_user,
    sign_in,
)
from fastapi import FastAPI

from holotable.review.roles import Role
from holotable.store.database import Database, uuid7

NDJSON = {"Content-Type": "application/x-ndjson"}


@pytest.fixture(autouse=True)
async def _system(database: Database, clock: Clock) -> None:
    await add_system(database, clock)


def ref(name: str, kind: str = "Part", system: str = "windchill") -> dict[str, str]:
    return {"system": system, "object_type": kind, "id": name}


def asset(external_id: str, /, **said: Any) -> dict[str, Any]:
    return {"kind": "asset", "ref": ref(external_id), **said}


async def sent(
    caller: Caller, *lines: dict[str, Any] | str, headers: dict[str, str] = NDJSON, **query: Any
) -> dict[str, Any]:
    body = "\n".join(one if isinstance(one, str) else json.dumps(one) for one in lines)
    answer = await caller.client.post(
        "/api/v1/imports", content=body.encode(), headers=headers, params=query
    )
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()
    return result


def outcomes(answer: dict[str, Any]) -> list[str]:
    return [line["outcome"] for line in answer["lines"]]


async def test_a_project_with_its_assets_comes_once_and_again_changes_nothing(
    owner: Caller,
) -> None:
    here = ref("P-1", "Project")
    lines = [
        {"kind": "project", "ref": here, "name": "Pump"},
        asset("1", project=here, name="Housing", part_number="H-1"),
        asset("2", project=here, url="https://plm.example.com/wt/2"),
    ]
    first, again = await sent(owner, *lines), await sent(owner, *lines)
    assert (outcomes(first), outcomes(again)) == (["created"] * 3, ["unchanged"] * 3)
    assert [line["id"] for line in first["lines"]] == [line["id"] for line in again["lines"]]
    assert (again["applied"], again["unchanged"], again["created"]) == (True, 3, 0)
    listed = await owner.client.get(f"/api/v1/projects/{first['lines'][0]['id']}/assets")
    assert sorted(one["name"] for one in listed.json()["items"]) == ["2", "Housing"]


async def test_csv_says_the_same(owner: Caller, project: Project) -> None:
    csv = (
        "kind;ref.system;ref.object_type;ref.id;name;part_number\n"
        "asset;windchill;Part;1;Gehäuse;H-1\nasset;windchill;Part;2;;\n"
    )
    done = await sent(
        owner, csv, headers={"Content-Type": "text/csv; charset=utf-8"}, project_id=project.id
    )
    assert outcomes(done) == ["created", "created"]
    again = await sent(owner, asset("1", name="Gehäuse"), project_id=project.id)
    assert outcomes(again) == ["unchanged"]


async def test_a_dry_run_says_what_would_be_and_does_nothing(
    owner: Caller, project: Project
) -> None:
    lines = [asset("1"), asset("1", name="x"), asset("2", ref=ref("2", system="aras"))]
    dry = await sent(owner, *lines, dry_run=True, project_id=project.id)
    assert outcomes(dry) == ["created", "changed", "refused"]
    assert (dry["applied"], dry["lines"][0]["id"]) == (False, None)
    assert (await owner.client.get(f"/api/v1/projects/{project.id}/assets")).json()["items"] == []
    wet = await sent(owner, *lines, project_id=project.id)
    assert outcomes(wet) == outcomes(dry)
    assert wet["applied"]


async def test_all_or_nothing_is_nothing_when_one_line_is_refused(
    owner: Caller, project: Project
) -> None:
    answer = await sent(owner, asset("1"), asset("2", nmae="x"), atomic=True, project_id=project.id)
    assert (outcomes(answer), answer["applied"]) == (["created", "refused"], False)
    path = f"/api/v1/projects/{project.id}/assets"
    assert (await owner.client.get(path)).json()["items"] == []
    assert (await sent(owner, asset("1"), atomic=True, project_id=project.id))["applied"]


async def test_every_refused_line_says_its_code_and_its_place(
    app: FastAPI, owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    ben = await add_user(database, clock, "Ben")
    foreign = await add_project(database, clock, owner=ben)
    await add_ref(database, foreign, by=ben.id, external_id="F", object_type="Project")
    revision = {"kind": "revision", "asset": ref("1"), "ref": ref("1-B", "Revision")}
    cases: list[tuple[dict[str, Any] | str, str, str]] = [
        ("{", "invalid", ""),
        ({"kind": "part"}, "invalid", "/kind"),
        ({"ref": ref("1")}, "invalid", "/kind"),
        (asset("1", name=""), "invalid", "/name"),
        (asset("1", nmae="x"), "invalid", "/nmae"),
        (asset("1", description="\0"), "invalid", ""),
        ({"kind": "asset", "ref": {"system": "windchill"}}, "invalid", "/ref/object_type"),
        (asset("1", ref=ref("1", system="aras")), "unknown_system", "/ref/system"),
        (asset("1", ref=ref("1", kind="a b")), "invalid", "/ref/object_type"),
        (asset("1", url="https://evil.example"), "deep_link_refused", "/url"),
        (asset("1", folder_id=str(uuid7())), "not_found", "/ref"),
        (asset("1", project=ref("F", "Project")), "not_found", "/project"),
        (revision, "not_found", "/asset"),
    ]
    answer = await sent(owner, *(line for line, _, _ in cases), project_id=project.id)
    got = [(one["problem"]["code"], one["problem"]["pointer"]) for one in answer["lines"]]
    assert got == [(code, pointer) for _, code, pointer in cases]
    assert (answer["refused"], answer["created"]) == (len(cases), 0)
    nowhere = await sent(owner, asset("1"))
    assert nowhere["lines"][0]["problem"]["pointer"] == "/project"


async def test_revisions_are_described_and_made_only_with_their_file(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    part = await add_asset(database, clock, project)
    made = await add_revision(database, clock, part)
    await add_ref(database, part, by=owner.id, external_id="1")
    await add_ref(database, made, by=owner.id, external_id="1-A", object_type="Revision")
    line = {"kind": "revision", "asset": ref("1"), "vendor_lifecycle": "RELEASED"}
    done = await sent(
        owner, {**line, "ref": ref("1-A", "Revision")}, {**line, "ref": ref("1-B", "Revision")},
        project_id=project.id,
    )  # fmt: skip
    assert outcomes(done) == ["changed", "refused"]
    assert done["lines"][1]["problem"]["code"] == "file_needed"
    shown = (await owner.client.get(f"/api/v1/revisions/{made.id}")).json()
    assert shown["vendor_lifecycle"] == "RELEASED"


async def test_rights_hold_on_every_line_and_guests_import_nothing(
    app: FastAPI, owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    viewer = await add_user(database, clock, "Vi")
    await add_member(database, clock, project, viewer, Role.VIEWER)
    async with sign_in(app, database, clock, viewer) as caller:
        answer = await sent(caller, asset("1"), project_id=project.id)
        assert answer["lines"][0]["problem"]["code"] == "forbidden"
    stranger = await add_user(database, clock, "Ben")
    for who, status in ((stranger, 404), (await add_guest(database, clock, project), 403)):
        async with sign_in(app, database, clock, who) as caller:
            refused = await caller.client.post(
                "/api/v1/imports", content=b"", headers=NDJSON, params={"project_id": project.id}
            )
            assert refused.status_code == status


async def test_what_is_no_import_is_refused_whole(owner: Caller) -> None:
    for kind, body, status, code in (
        ("application/json", b"{}", 422, "unknown_format"),
        ("application/x-ndjson", b"{}\n" * 1001, 413, "import_too_large"),
        ("application/x-ndjson", b"\xff", 422, "invalid"),
        ("text/csv", b"a,a\n", 422, "invalid"),
    ):
        answer = await owner.client.post(
            "/api/v1/imports", content=body, headers={"Content-Type": kind}
        )
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    huge = await owner.client.post("/api/v1/imports", content=b"x" * 1_100_000, headers=NDJSON)
    assert huge.status_code == 413
