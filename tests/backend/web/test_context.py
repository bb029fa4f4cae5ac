"""The context: frozen, complete, and no settings in it."""

import dataclasses

import pytest
from fastapi import FastAPI
from starlette.requests import Request

from holotable.settings import Settings
from holotable.web.context import Context, context_of


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_every_request_reaches_the_one_context_of_its_app(app: FastAPI) -> None:
    request = Request({"type": "http", "app": app, "headers": [], "path": "/", "method": "GET"})
    assert context_of(request) is app.state.context
    with pytest.raises(dataclasses.FrozenInstanceError):
        app.state.context.public_url = "x"  # type: ignore[misc]  # the point


def test_routes_get_values_and_never_the_settings() -> None:
    assert not [f.name for f in dataclasses.fields(Context) if "Settings" in str(f.type)]
    assert Settings.__module__ not in {f.type for f in dataclasses.fields(Context)}
