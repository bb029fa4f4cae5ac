"""What guards every request: origin, headers, body size, request ids, secrets in logs."""

import logging

import pytest
from builders import Caller
from fastapi import FastAPI
from httpx import AsyncClient

from holotable.web.security import MAX_BODY_BYTES, WithoutSecrets, redact


async def test_a_change_from_another_origin_is_refused_before_anything_else(
    owner: Caller,
) -> None:
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:9999"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ):
        answer = await owner.client.post("/api/v1/projects", json={"name": "x"}, headers=headers)
        assert (answer.status_code, answer.json()["facts"]["reason"]) == (403, "origin"), headers


async def test_a_change_from_our_own_page_is_taken(owner: Caller) -> None:
    headers = {"Origin": "http://localhost:8080", "Sec-Fetch-Site": "same-origin"}
    answer = await owner.client.post("/api/v1/projects", json={"name": "x"}, headers=headers)
    assert answer.status_code == 201


async def test_every_answer_carries_the_headers_that_keep_a_page_in_its_bounds(
    client: AsyncClient,
) -> None:
    for path in ("/", "/api/v1/me", "/api/v1/nothing", "/assets/index-1a2b3c.js"):
        headers = (await client.get(path)).headers
        policy = headers["content-security-policy"]
        assert "script-src 'self' 'wasm-unsafe-eval'" in policy
        assert "frame-ancestors 'self'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert len(headers["x-request-id"]) == 32
        assert "strict-transport-security" not in headers  # not on http, not without public_url
        assert "server" not in headers


async def test_answers_of_the_api_are_not_kept_by_caches(client: AsyncClient) -> None:
    assert (await client.get("/api/v1/setup")).headers["cache-control"] == "no-store"


@pytest.mark.parametrize("declared", [True, False])
async def test_a_body_over_the_limit_is_refused_declared_or_not(
    owner: Caller, declared: bool
) -> None:
    body = b'{"name": "' + b"x" * MAX_BODY_BYTES + b'"}'

    async def chunks() -> object:
        for start in range(0, len(body), 65_536):
            yield body[start : start + 65_536]

    answer = await owner.client.post(
        "/api/v1/projects",
        content=body if declared else chunks(),
        headers={"Content-Type": "application/json"},
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_head_answers_what_get_answers_without_the_body(client: AsyncClient) -> None:
    for path in ("/api/v1/healthz", "/projects"):
        head, get = await client.head(path), await client.get(path)
        assert (head.status_code, head.content) == (get.status_code, b"")
        assert head.headers["content-type"] == get.headers["content-type"]


async def test_an_unforeseen_failure_is_logged_once_and_tells_the_client_only_its_id(
    app: FastAPI, client: AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail() -> None:
        raise RuntimeError("secret detail")

    app.router.routes.insert(0, _route("/api/v1/fail", fail))
    answer = await client.get("/api/v1/fail")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "secret detail" not in answer.text
    failures = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert len(failures) == 1
    assert answer.json()["trace_id"] in failures[0].getMessage()
    assert answer.headers["x-request-id"] == answer.json()["trace_id"]


def _route(path: str, endpoint: object) -> object:
    from fastapi.routing import APIRoute

    return APIRoute(path, endpoint)  # type: ignore[arg-type]  # a coroutine function


def test_tickets_keys_codes_and_share_secrets_do_not_reach_the_log() -> None:
    assert redact("/api/v1/sessions/7/live?ticket=abc&since=4") == (
        "/api/v1/sessions/7/live?ticket=-&since=4"
    )
    assert redact("/setup?k=abc") == "/setup?k=-"
    assert redact("/live/7?k=482913") == "/live/7?k=-"
    assert redact("/s/AbC_-1") == "/s/-"
    assert redact("/api/v1/mail/unsubscribe/AbC_-1") == "/api/v1/mail/unsubscribe/-"
    assert redact("/settings/me?confirm=AbC_-1") == "/settings/me?confirm=-"
    assert redact("/assets/index.js") == "/assets/index.js"
    record = logging.LogRecord(
        "uvicorn.access", logging.INFO, "", 0, '%s - "%s %s HTTP/%s" %d',
        ("127.0.0.1:5", "GET", "/x/live?ticket=abc", "1.1", 101), None,
    )  # fmt: skip
    assert WithoutSecrets().filter(record)
    assert "abc" not in record.getMessage()
