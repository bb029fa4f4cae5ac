"""Building the web process: secrets on disk, one lifespan, served for real."""

import asyncio
import stat
import urllib.request
from pathlib import Path

import pytest
from fastapi import FastAPI

from holotable.app import (
    ROUTERS,
    create_app,
    openapi_document,
    secret_key,
    setup_key,
    signing_key,
    utc_now,
)
from holotable.settings import Settings


def test_the_secret_is_made_once_and_is_readable_by_its_own_user_only(tmp_path: Path) -> None:
    first = secret_key(tmp_path)
    assert len(first) == 32
    assert secret_key(tmp_path) == first
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600


def test_the_setup_key_is_the_same_after_a_restart_and_differs_between_installations() -> None:
    assert setup_key(b"a" * 32) == setup_key(b"a" * 32)
    assert setup_key(b"a" * 32) != setup_key(b"b" * 32)
    assert len(setup_key(b"a" * 32)) == 24


def test_the_signing_key_is_the_supplied_one_or_made_in_the_data_directory(tmp_path: Path) -> None:
    own = signing_key(Settings(data_dir=tmp_path))
    assert stat.S_IMODE((tmp_path / "signing" / "ed25519.pem").stat().st_mode) == 0o600
    supplied = Settings(
        data_dir=tmp_path / "other", signing_key_file=str(tmp_path / "signing" / "ed25519.pem")
    )
    assert signing_key(supplied).public.id == own.public.id
    assert not (tmp_path / "other").exists()


def test_the_clock_is_aware_utc() -> None:
    assert str(utc_now().tzinfo) == "UTC"


def test_building_the_document_needs_no_database_and_every_route_is_in_it(
    tmp_path: Path,
) -> None:
    document = openapi_document(create_app(Settings(data_dir=tmp_path / "new")))
    routes = {
        route.name
        for router in ROUTERS
        for route in router.routes
        # tus answers OPTIONS and an override of methods, which are no operations.
        if hasattr(route, "methods") and getattr(route, "include_in_schema", True)
    }
    documented = {
        operation["operationId"]
        for operations in document["paths"].values()
        for operation in operations.values()
    }
    assert routes == documented


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_app_is_served_on_a_real_socket(server: str) -> None:
    def ask() -> tuple[int, str]:
        with urllib.request.urlopen(f"{server}/api/v1/openapi.json", timeout=10) as answer:
            return answer.status, answer.headers["content-type"]

    assert await asyncio.to_thread(ask) == (200, "application/json")


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_leaving_the_lifespan_closes_the_database(settings: Settings) -> None:
    app: FastAPI = create_app(settings)
    database = app.state.context.database
    async with app.router.lifespan_context(app), database.transaction() as transaction:
        await transaction.connection()
    assert database.engine.pool.checkedin() == 0
