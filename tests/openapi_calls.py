"""Every operation of the API as a request that is valid but for who sends it and to which ids."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import FastAPI

from holotable.app import openapi_document

# What a path or body may name: ids of rows a project owns.
OWNED = ("project_id", "asset_id", "folder_id", "revision_id", "other_id", "session_id",
         "share_link_id", "viewpoint_id", "after_id", "review_id",
         "issue_id", "comment_id", "attachment_id", "issue_viewpoint_id", "issue_filter_id",
         "anchor_id", "notification_id", "drawing_id", "recording_id",
         "webhook_id", "delivery_id",
         "model_export_id", "tus_upload_id")  # fmt: skip
# Path parameters that are no ids of owned rows; installation-wide ids are tried on their own.
PLAIN = {
    "file": "manifest.json",
    "item_id": "line",
    "number": "0",
    "token": "bm8",
    "occurrence_id": "0190b6d4-0000-7000-8000-000000000000",
    "speaker_id": "0190b6d4-0000-7000-8000-000000000001",
    "system": "windchill",
    "object_type": "Part",
    "external_id": "4711",
    "system_name": "windchill",
    "piece_id": "0190b6d4-0000-7000-8000-000000000002",
}
INSTALLATION = ("user_id", "token_id", "principal_id", "device_id")


@dataclass(frozen=True)
class Operation:
    """One method of one path."""

    method: str
    path: str
    id: str
    body: Mapping[str, Any] | None  # JSON Schema
    media_type: str | None
    components: Mapping[str, Any]
    query: Mapping[str, Any]  # what has to be asked beside the path, each a smallest value

    @property
    def parameters(self) -> list[str]:
        return [step[1:-1] for step in self.path.split("/") if step.startswith("{")]

    @property
    def names_an_owned_row(self) -> bool:
        return bool(set(self.parameters) & set(OWNED))

    def arguments(self, ids: Mapping[str, UUID], **body: Any) -> dict[str, Any]:
        """Keyword arguments of `httpx.AsyncClient.request`."""
        path = self.path
        for name in self.parameters:
            value = PLAIN.get(name) or ids.get(name)
            assert value is not None, f"{self.id}: teach tests/openapi_calls.py what {name} is"
            path = path.replace(f"{{{name}}}", str(value))
        arguments: dict[str, Any] = {"method": self.method, "url": path}
        if self.query:
            arguments["params"] = dict(self.query)
        if self.body is None:
            return arguments
        if self.media_type == "multipart/form-data":
            file = ("cube.stl", b"solid cube\nendsolid cube\n")
            return {**arguments, "files": {"file": file}, "data": body}
        if self.media_type == "application/octet-stream":
            return {**arguments, "content": b"\x1a\x45\xdf\xa3"}
        if self.media_type == "application/x-ndjson":
            return {**arguments, "content": b"{}\n"}
        return {**arguments, "json": {**self.example(self.body), **body}}

    def example(self, schema: Mapping[str, Any]) -> Any:
        """A smallest valid value of a JSON Schema, as far as our routes use it."""
        if "$ref" in schema:
            return self.example(self.components[schema["$ref"].rsplit("/", 1)[1]])
        if "enum" in schema:
            return schema["enum"][0]
        if "const" in schema:
            return schema["const"]
        if "anyOf" in schema:
            return self.example(schema["anyOf"][0])
        match schema.get("type"):
            case "object":
                wanted = schema.get("required", [])
                return {name: self.example(schema["properties"][name]) for name in wanted}
            case "array":
                return [self.example(schema["items"])] if schema.get("minItems") else []
            case "string" if schema.get("format") == "uuid":
                return "0190b6d4-0000-7000-8000-000000000000"
            case "string":
                return "correct horse battery"[: schema.get("maxLength", 21)]
            case "integer" | "number":
                return schema.get("minimum", 1)
            case "boolean":
                return False
            case _:
                return {}

    @property
    def body_ids(self) -> list[str]:
        """Names of fields of the body that hold ids of owned rows."""
        schema = self.body or {}
        if "$ref" in schema:
            schema = self.components[schema["$ref"].rsplit("/", 1)[1]]
        names = {*OWNED, "parent_id"}
        return [name for name in schema.get("properties", {}) if name in names]


_documents: list[dict[str, Any]] = []


def operations(app: FastAPI) -> Iterator[Operation]:
    """All of them, in the order of the document; sockets are not in it."""
    if not _documents:  # every app of a process has the same routes: a second of work, once
        _documents.append(openapi_document(app))
    (document,) = _documents
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {})
            media_type = next(iter(content), None)
            yield Operation(
                method.upper(),
                path,
                operation["operationId"],
                content[media_type].get("schema") if media_type else None,
                media_type,
                document["components"]["schemas"],
                {
                    one["name"]: one["schema"].get("minimum", 1)
                    for one in operation.get("parameters", [])
                    if one["in"] == "query" and one.get("required")
                },
            )
