"""Real parts for every test: both databases, the app over ASGI, a server on a loopback port."""

import asyncio
import gc
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from argon2 import PasswordHasher
from builders import Caller, Clock, Project, add_project, add_user, sign_in
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from once import folder_of_the_run, once
from postgres import PostgresServer, binaries

from holotable.app import create_app
from holotable.serve import Door, DoorServer, bind, configuration
from holotable.settings import Settings
from holotable.store import migrate
from holotable.store.database import Database

DATABASES = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql))


def missing(engine: str) -> NoReturn:
    """Skip for want of an engine; with HOLOTABLE_TEST_REQUIRE=all that is a failure."""
    if os.environ.get("HOLOTABLE_TEST_REQUIRE") == "all":
        pytest.fail(f"{engine} is not on this machine, and HOLOTABLE_TEST_REQUIRE=all")
    pytest.skip(f"{engine} is not on this machine")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Nothing is garbage while modules are imported."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_finish() -> None:
    """What the modules hold stays to the end: no collection looks through it again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests see the defaults, whatever .env or the shell says."""
    for name in [name for name in os.environ if name.startswith("HOLOTABLE_")]:
        if not name.startswith("HOLOTABLE_TEST_"):
            monkeypatch.delenv(name)
    monkeypatch.setitem(Settings.model_config, "env_file", None)


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where all workers of a run find what tests/once.py made."""
    return folder_of_the_run(tmp_path_factory)


@pytest.fixture(scope="session")
def sample_files(run_folder: Path) -> Path:
    """The sample as `python -m holotable.sample` writes it, once in a run; nobody changes it."""

    def make(folder: Path) -> None:
        command = [sys.executable, "-m", "holotable.sample", str(folder)]
        subprocess.run(command, check=True, capture_output=True)

    return once(run_folder, "sample", make)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresServer]:
    """One PostgreSQL server for the run."""
    found = binaries()
    if found is None:
        missing("PostgreSQL")
    server = PostgresServer.start(found)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql: PostgresServer) -> str:
    """The name of a migrated database to copy from."""
    name = postgresql.create_database()
    url = Settings(database_url=postgresql.url(name)).sqlalchemy_url
    asyncio.run(migrate.upgrade(url))
    return name


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database file to copy from."""
    file = tmp_path_factory.mktemp("migrated") / "holotable.sqlite"
    asyncio.run(migrate.upgrade(f"sqlite+aiosqlite:///{file}"))
    return file


@pytest.fixture(params=DATABASES)
def engine(request: pytest.FixtureRequest) -> str:
    """The engine under test. Override to run on one: `@pytest.mark.parametrize("engine", …)`."""
    return str(request.param)


@pytest.fixture
def database_url(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A fresh migrated database, as HOLOTABLE_DATABASE_URL."""
    if engine == "sqlite":
        file = tmp_path / "data" / "holotable.sqlite"
        file.parent.mkdir(exist_ok=True)
        shutil.copy(request.getfixturevalue("migrated_sqlite"), file)
        yield f"sqlite+aiosqlite:///{file}"
        return
    server: PostgresServer = request.getfixturevalue("postgresql")
    name = server.create_database(request.getfixturevalue("migrated_postgresql"))
    yield server.url(name)
    server.drop_database(name)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of an installation in this test's own directory."""
    frontend = tmp_path / "dist"
    (frontend / "assets").mkdir(parents=True)
    (frontend / "index.html").write_text("<!doctype html><head></head><body>page</body>")
    (frontend / "assets" / "index-1a2b3c.js").write_text("export {};\n")
    return Settings(
        data_dir=tmp_path / "data",
        database_url=database_url,
        frontend_dir=frontend,
        load_sample=False,
        embedded_worker=False,
    )


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    """The same database the app uses, for builders and for looking inside."""
    database = Database(settings.sqlalchemy_url)
    yield database
    await database.close()


@pytest.fixture
def clock() -> Clock:
    """The time, standing still until a test moves it."""
    return Clock()


@pytest.fixture(scope="session")
def hasher() -> PasswordHasher:
    """argon2id at its cheapest: its costs are not under test."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
async def app(settings: Settings, clock: Clock, hasher: PasswordHasher) -> AsyncIterator[FastAPI]:
    """The web process, started."""
    app = create_app(settings, clock=clock, monotonic_s=clock.monotonic_s, hasher=hasher)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[AsyncClient]:
    """A browser on the server's own machine in which nobody is signed in."""
    transport = ASGITransport(app, client=("127.0.0.1", 50000))
    async with AsyncClient(transport=transport, base_url="http://localhost:8080") as client:
        yield client


@pytest.fixture
async def server(app: FastAPI) -> AsyncIterator[str]:
    """The app on a loopback port, served as `holotable serve` does; its address."""
    door = Door("127.0.0.1", 0)
    listening = bind(door)
    server = DoorServer(configuration(app, door))
    task = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:
        assert not task.done(), task.exception()
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    await task


@pytest.fixture
async def owner(app: FastAPI, database: Database, clock: Clock) -> AsyncIterator[Caller]:
    """The owner of the installation, signed in by cookie."""
    mia = await add_user(database, clock, "Mia Berg", is_admin=True)
    async with sign_in(app, database, clock, mia) as caller:
        yield caller


@pytest.fixture
async def project(owner: Caller, database: Database, clock: Clock) -> Project:
    """A project of the owner's, empty."""
    return await add_project(database, clock, owner=owner.principal, name="Skid P-101")
