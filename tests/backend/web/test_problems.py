"""Every failure is a problem document, and every error of the tree has a status."""

from collections.abc import Iterator

import pytest
from builders import Caller, Project
from fastapi import FastAPI
from httpx import AsyncClient

from holotable import errors
from holotable.app import openapi_document
from holotable.errors import HolotableError
from holotable.web.problems import MEDIA_TYPE, problem_of, status_of


def tree(kind: type[HolotableError] = HolotableError) -> Iterator[type[HolotableError]]:
    yield kind
    for child in kind.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from tree(child)


@pytest.mark.parametrize("kind", list(tree()), ids=lambda kind: kind.__name__)
def test_each_error_has_a_status_a_stable_code_and_says_what_to_do(
    kind: type[HolotableError],
) -> None:
    problem = problem_of(kind(), path="/x", trace_id="t")
    assert 400 <= problem.status < 600
    assert problem.code == kind.code
    assert problem.code.replace("_", "").isalpha()
    assert problem.code.islower()
    assert problem.detail.endswith(".")
    assert problem.remedy.endswith(".")


def test_no_two_errors_share_a_code() -> None:
    codes = [kind.code for kind in tree()]
    assert len(codes) == len(set(codes))


def test_an_error_without_a_status_of_its_own_takes_its_parents() -> None:
    assert status_of(errors.Forbidden()) == 403
    assert status_of(errors.ReaderCrashed()) == 422
    assert status_of(HolotableError()) == 500


async def test_unknown_routes_wrong_methods_and_broken_bodies_are_problems(
    client: AsyncClient, owner: Caller
) -> None:
    for answer, status, code in (
        (await client.get("/api/v1/nothing"), 404, "not_found"),
        (await client.post("/api/v1/nothing"), 404, "not_found"),
        (await client.put("/api/v1/projects"), 405, "method_not_allowed"),
        (await owner.client.post("/api/v1/projects", content=b"{"), 422, "invalid"),
        (await owner.client.post("/api/v1/projects", json={}), 422, "invalid"),
        (await owner.client.get("/api/v1/projects/no-uuid"), 422, "invalid"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer.headers["content-type"] == MEDIA_TYPE
        assert answer.json()["instance"] == answer.request.url.path
        assert answer.json()["type"] == f"urn:holotable:problem:{code}"
    assert "allow" in (await client.put("/api/v1/projects")).headers


async def test_a_validation_problem_points_at_every_wrong_field(owner: Caller) -> None:
    answer = await owner.client.post(
        "/api/v1/tokens", json={"name": "", "scopes": ["read", "root"], "expires_in_days": 0}
    )
    assert {error["pointer"] for error in answer.json()["errors"]} == {
        "/name", "/scopes/1", "/expires_in_days",
    }  # fmt: skip


async def test_a_role_too_weak_names_the_role_needed(owner: Caller, project: Project) -> None:
    answer = await owner.client.delete(f"/api/v1/projects/{project.id}/members/{owner.id}")
    assert (answer.status_code, answer.json()["facts"]) == (409, {"reason": "last_owner"})


async def test_the_document_describes_the_problem_in_every_operation(app: FastAPI) -> None:
    document = openapi_document(app)
    assert document["openapi"].startswith("3.1")
    names = []
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert MEDIA_TYPE in operation["responses"]["default"]["content"], path
            assert "422" not in operation["responses"]
            names.append(operation["operationId"])
    assert len(names) == len(set(names))
    assert all(name.isidentifier() for name in names)
