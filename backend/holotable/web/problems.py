"""Every failure as problem+json (RFC 9457); the one table that maps a code to an HTTP status."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from holotable.errors import ConversionProblem, HolotableError, Invalid, Unavailable

log = logging.getLogger("holotable.web")

_OF_BCF: Final = ("/bcf/", "/foundation/")
MEDIA_TYPE: Final = "application/problem+json"

STATUS: Final[Mapping[str, int]] = {
    "refused": 400,
    "unauthenticated": 401,
    "wrong_login": 401,
    "forbidden": 403,
    "wrong_password": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "conflict": 409,
    "export_cancelled": 409,
    "gone": 410,
    "stale": 412,
    "ref_exists": 412,
    "precondition_missing": 428,
    "too_large": 413,
    "viewpoint_too_large": 413,
    "attachment_too_large": 413,
    "packet_too_large": 413,
    "bcf_too_large": 413,
    "import_too_large": 413,
    "unsupported_format": 415,
    "unsafe_attachment": 415,
    "range_not_satisfiable": 416,
    "invalid": 422,
    "bcf_refused": 422,
    "too_many": 429,
    "internal": 500,
    "tus_offset": 409,
    "tus_version": 412,
    "project_archive_too_large": 413,
    "tus_too_long": 413,
    "tus_media_type": 415,
    "tus_checksum": 460,  # the protocol's own: tus 1.0.0, Checksum
    "unavailable": 503,
    "sandbox_unavailable": 503,
    "signing_key_missing": 503,
    ConversionProblem.code: 422,
}


class FieldError(BaseModel):
    """One wrong field."""

    pointer: str  # JSON pointer into the body (RFC 6901), or /query/name, /path/name
    detail: str


class Problem(BaseModel):
    """What went wrong, why, and what to do next (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    remedy: str
    instance: str
    trace_id: str | None = None
    errors: list[FieldError] | None = None
    facts: dict[str, Any] | None = None  # what the error's class names; JSON of any shape


def status_of(error: HolotableError) -> int:
    """The status of an error: of its own code, else of the nearest parent that has one."""
    for kind in type(error).__mro__:
        code = vars(kind).get("code")
        if isinstance(code, str) and code in STATUS:
            return STATUS[code]
    return 500


def problem_of(error: HolotableError, *, path: str, trace_id: str | None) -> Problem:
    """An error as the client reads it."""
    status = status_of(error)
    facts = dict(error.facts)
    pointer = facts.pop("pointer", None)
    return Problem(
        type=f"urn:holotable:problem:{error.code}",
        title="Checksum Mismatch" if status == 460 else HTTPStatus(status).phrase,
        status=status,
        detail=error.detail,
        code=error.code,
        remedy=error.remedy,
        instance=path,
        trace_id=trace_id,
        errors=[FieldError(pointer=str(pointer), detail=error.detail)] if pointer else None,
        facts=facts or None,
    )


def respond(problem: Problem, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The response that carries a problem."""
    extra = dict(headers or {})
    if problem.status == 401:
        extra["WWW-Authenticate"] = 'Bearer realm="holotable"'
    retry_after_s = (problem.facts or {}).get("retry_after_s")
    if retry_after_s is not None:
        extra["Retry-After"] = str(retry_after_s)
    said = problem.model_dump(mode="json", exclude_none=True)
    if problem.instance.startswith(_OF_BCF):
        said["message"] = problem.detail  # error.json of the BCF API
    return JSONResponse(
        said,
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers=extra,
    )


def trace_id_of(request: Request) -> str | None:
    """The id that the log and the answer share."""
    trace_id = request.scope.get("state", {}).get("trace_id")
    return trace_id if isinstance(trace_id, str) else None


def install(app: FastAPI) -> None:
    """Answer every failure of this app with a problem."""
    app.add_exception_handler(HolotableError, _on_holotable_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, _on_http_exception)


async def _on_holotable_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HolotableError)
    problem = problem_of(error, path=request.url.path, trace_id=trace_id_of(request))
    if problem.status >= 500 and not isinstance(error, Unavailable):
        log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return respond(problem)


async def _on_invalid_request(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    invalid = Invalid("The request does not fit this route.")
    problem = problem_of(invalid, path=request.url.path, trace_id=trace_id_of(request))
    fields = [
        FieldError(pointer=_pointer(item["loc"]), detail=str(item["msg"]))
        for item in error.errors()
    ]
    if fields:
        problem.detail = f"{fields[0].pointer}: {fields[0].detail}"
    problem.errors = fields
    return respond(problem)


def _pointer(location: tuple[int | str, ...]) -> str:
    """A JSON pointer from pydantic's location; the body is the root."""
    steps = location[1:] if location and location[0] == "body" else location
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


async def _on_http_exception(request: Request, error: Exception) -> JSONResponse:
    """What the framework itself refuses: unknown routes, wrong methods, unreadable bodies."""
    assert isinstance(error, HTTPException)
    other = "refused" if error.status_code < 500 else "internal"
    code = next((code for code, status in STATUS.items() if status == error.status_code), other)
    details = {404: "There is nothing here, or you may not see it."}
    remedies = {
        404: "Check the address, or request access from an owner of the project.",
        405: "Use one of the methods that the Allow header names.",
    }
    return respond(
        Problem(
            type=f"urn:holotable:problem:{code}",
            title=HTTPStatus(error.status_code).phrase,
            status=error.status_code,
            detail=details.get(error.status_code, str(error.detail)),
            code=code,
            remedy=remedies.get(error.status_code, "Change the request as the message says."),
            instance=request.url.path,
            trace_id=trace_id_of(request),
        ),
        error.headers,
    )


def document(schema: dict[str, Any]) -> None:
    """Name the problem response in every operation of an OpenAPI document, in place."""
    components = schema.setdefault("components", {}).setdefault("schemas", {})
    model = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    components.update(model.pop("$defs", {}))
    components["Problem"] = model
    for unused in ("HTTPValidationError", "ValidationError"):
        components.pop(unused, None)
    schema["components"]["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "ht_<id>_<secret>"},
        "cookie": {
            "type": "apiKey",
            "in": "cookie",
            "name": "holotable",
            "description": "`__Host-holotable` over https; changes also send X-CSRF-Token.",
        },
    }
    schema["security"] = [{"token": []}, {"cookie": []}]
    answer = {
        "description": "What went wrong, why, and what to do next.",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for operations in schema["paths"].values():
        for operation in operations.values():
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = answer
