"""BCF API: foundation, projects, words and topics, by a client that follows the specification."""

from typing import Any

import pytest
from bcf_files import TOPIC, files_3_0, zipped
from builders import Caller, Clock, Project, add_member, add_user, sign_in
from fastapi import FastAPI
from issue_builders import add_issue

from holotable.review.roles import Role
from holotable.store.database import Database

GUID = "a211fc37-c65f-4a1b-8b1f-4d3d8b7e0001"


def url(project: Project, rest: str = "", version: str = "3.0") -> str:
    return f"/bcf/{version}/projects/{project.id}{rest}"


async def made(owner: Caller, project: Project, **said: Any) -> dict[str, Any]:
    answer = await owner.client.post(url(project, "/topics"), json={"title": "Bore", **said})
    assert answer.status_code == 201, answer.text
    topic: dict[str, Any] = answer.json()
    return topic


async def test_versions_and_who_i_am_are_told(owner: Caller) -> None:
    found = (await owner.client.get("/foundation/versions")).json()["versions"]
    assert {(one["api_id"], one["version_id"]) for one in found} >= {
        ("foundation", "1.0"), ("bcf", "2.1"), ("bcf", "3.0")
    }  # fmt: skip
    assert (await owner.client.get("/bcf/versions")).json()["versions"][0]["version_id"] == "2.1"
    me = (await owner.client.get("/foundation/1.0/current-user")).json()
    assert me["name"] == owner.principal.name
    assert (await owner.client.get("/bcf/4.0/projects")).status_code == 404
    assert (await owner.client.get("/bcf/nothing")).status_code == 404


async def test_projects_words_and_models_are_told_and_every_key_is_there(
    owner: Caller, project: Project
) -> None:
    (listed,) = (await owner.client.get("/bcf/3.0/projects")).json()
    assert (listed["project_id"], listed["name"]) == (str(project.id), project.name)
    renamed = await owner.client.put(url(project), json={"name": "Bridge", "colour": "red"})
    assert renamed.json()["name"] == "Bridge"
    words = (await owner.client.get(url(project, "/extensions"))).json()
    assert set(words) == {
        "topic_type", "topic_status", "topic_label", "snippet_type", "priority", "users", "stage",
        "project_actions", "topic_actions", "comment_actions",
    }  # fmt: skip
    assert "Clash" in words["topic_type"]
    assert words["stage"] == []
    assert (await owner.client.get(url(project, "/files_information"))).json() == []


async def test_a_topic_is_made_read_replaced_and_deleted(owner: Caller, project: Project) -> None:
    topic = await made(
        owner, project, guid=GUID, topic_type="Clash", labels=["MEP"],
        due_date="2026-12-24T00:00:00", unknown=1,
    )  # fmt: skip
    assert (topic["guid"], topic["server_assigned_id"]) == (GUID, "ISSUE-00001")
    assert (topic["labels"], topic["reference_links"]) == (["MEP"], [])
    assert topic["due_date"] == "2026-12-24T00:00:00Z"
    again = await owner.client.post(url(project, "/topics"), json={"title": "x", "guid": GUID})
    assert again.status_code == 409
    assert again.json()["message"]
    old = (await owner.client.get(url(project, f"/topics/{GUID}", "2.1"))).json()
    assert "server_assigned_id" not in old
    body = {"title": "Bore 2", "assigned_to": owner.principal.name}
    put = (await owner.client.put(url(project, f"/topics/{GUID}"), json=body)).json()
    assert (put["title"], put["labels"], put["assigned_to"]) == (
        "Bore 2", [], owner.principal.name
    )  # fmt: skip
    assert "due_date" not in put
    assert (await owner.client.delete(url(project, f"/topics/{GUID}"))).status_code == 200
    assert (await owner.client.get(url(project, f"/topics/{GUID}"))).status_code == 404


async def test_what_a_project_has_not_is_refused_with_a_message(
    owner: Caller, project: Project
) -> None:
    for said in ({"topic_type": "Nonsense"}, {"assigned_to": "nobody@example.org"}, {"title": ""}):
        answer = await owner.client.post(url(project, "/topics"), json={"title": "A", **said})
        assert answer.status_code == 422, said
        assert answer.json()["message"]


async def test_an_unchanged_entity_is_304(owner: Caller, project: Project) -> None:
    await made(owner, project, guid=GUID)
    first = await owner.client.get(url(project, f"/topics/{GUID}"))
    tag = {"If-None-Match": first.headers["ETag"]}
    same = await owner.client.get(url(project, f"/topics/{GUID}"), headers=tag)
    assert (same.status_code, same.content) == (304, b"")
    await owner.client.put(url(project, f"/topics/{GUID}"), json={"title": "Other"})
    assert (await owner.client.get(url(project, f"/topics/{GUID}"), headers=tag)).status_code == 200


async def test_filters_orders_and_pages(owner: Caller, project: Project) -> None:
    for title, kind, labels in (("C", "Clash", ["x"]), ("A", "Clash", []), ("B", "Task", ["x"])):
        await made(owner, project, title=title, topic_type=kind, labels=labels)

    async def asked(**query: Any) -> list[str]:
        params = {f"${name}": value for name, value in query.items()}
        answer = await owner.client.get(url(project, "/topics"), params=params)
        assert answer.status_code == 200, answer.text
        return [one["title"] for one in answer.json()]

    assert await asked() == ["C", "A", "B"]
    assert await asked(filter="topic_type eq 'Clash'", orderby="title") == ["A", "C"]
    assert await asked(filter="labels/any(label: label eq 'x')") == ["C", "B"]
    assert await asked(orderby="title desc", top=1, skip=1) == ["B"]
    assert await asked(top=0) == []
    for wrong in ({"$filter": "(" * 300}, {"$filter": "secret eq 1"}, {"$orderby": "x"},
                  {"$top": "-1"}):  # fmt: skip
        answer = await owner.client.get(url(project, "/topics"), params=wrong)
        assert answer.status_code == 422
        assert answer.json()["message"]


async def test_related_topics_are_set_at_once(owner: Caller, project: Project) -> None:
    one, two = await made(owner, project), await made(owner, project, title="Two")
    path = url(project, f"/topics/{one['guid']}/related_topics")
    said = [{"related_topic_guid": two["guid"]}]
    assert (await owner.client.put(path, json=said)).json() == said
    assert (await owner.client.get(path)).json() == said
    missing = await owner.client.put(path, json=[{"related_topic_guid": GUID}])
    assert missing.status_code == 404


async def test_authorization_says_what_i_may(owner: Caller, project: Project) -> None:
    await made(owner, project)
    query = {"includeAuthorization": "true"}
    (topic,) = (await owner.client.get(url(project, "/topics"), params=query)).json()
    assert "update" in topic["authorization"]["topic_actions"]
    assert "Closed" in topic["authorization"]["topic_status"]


async def test_imported_topics_are_told_as_they_came(owner: Caller, project: Project) -> None:
    await owner.client.post(
        f"/api/v1/projects/{project.id}/issues.bcf",
        files={"file": ("a.bcf", zipped(files_3_0()))},
    )
    topic = (await owner.client.get(url(project, f"/topics/{TOPIC}"))).json()
    assert (topic["creation_author"], topic["index"]) == ("mia@example.org", 3)
    assert topic["bim_snippet"]["reference"] == "part.ifc"


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REVIEWER])
async def test_roles_hold_and_strangers_see_nothing(
    role: Role, app: FastAPI, owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    issue = await add_issue(database, clock, project)
    member, stranger = (
        await add_user(database, clock, "Vic"),
        await add_user(database, clock, "Sam"),
    )
    await add_member(database, clock, project, member, role)
    topics, one = url(project, "/topics"), url(project, f"/topics/{issue.guid}")
    related = f"{one}/related_topics"
    body: Any = {"title": "New"}
    writes = (("POST", topics, body), ("PUT", one, body), ("PUT", related, []))
    async with sign_in(app, database, clock, member) as vic:
        assert (await vic.client.get(one)).status_code == 200
        for method, path, said in writes:
            answer = await vic.client.request(method, path, json=said)
            assert (answer.status_code < 300) == (role is Role.REVIEWER), (method, path)
        assert (await vic.client.delete(one)).status_code == 403
        assert (await vic.client.put(url(project), json={"name": "X"})).status_code == 403
    async with sign_in(app, database, clock, stranger) as sam:
        assert (await sam.client.get("/bcf/3.0/projects")).json() == []
        reads = [("GET", url(project, rest), None) for rest in ("", "/extensions", "/topics",
                 "/files_information", f"/topics/{issue.guid}")]  # fmt: skip
        for method, path, said in (*writes, *reads, ("GET", related, None), ("DELETE", one, None)):
            answer = await sam.client.request(method, path, json=said)
            assert answer.status_code == 404, (method, path)
