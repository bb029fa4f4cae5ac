"""Bring a database to the newest schema from inside the process, for `serve` and `migrate`."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config

from holotable.errors import Unavailable

HERE = Path(__file__).resolve()
_ALEMBIC = threading.Lock()  # alembic keeps its context in module globals: one run at a time


def migrations_directory() -> Path:
    """The folder `alembic` of the checkout this package runs from, else of the current folder."""
    for root in (HERE.parents[3], Path.cwd()):
        if (root / "alembic" / "env.py").is_file():
            return root / "alembic"
    raise Unavailable("The migrations were not found; start Holotable from its own directory.")


def configuration(url: str) -> Config:
    """Alembic's configuration, without a file, for this async SQLAlchemy address."""
    config = Config()
    config.set_main_option("script_location", str(migrations_directory()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["url"] = url
    return config


async def upgrade(url: str, revision: str = "head") -> None:
    """Migrate to `revision`; processes that do it at once wait for each other."""
    await _run(lambda: command.upgrade(configuration(url), revision))


async def downgrade(url: str, revision: str = "base") -> None:
    """Undo migrations down to `revision`."""
    await _run(lambda: command.downgrade(configuration(url), revision))


async def check(url: str) -> None:
    """Raise alembic's CommandError when the tables in the code differ from the database."""
    await _run(lambda: command.check(configuration(url)))


async def _run(step: Callable[[], None]) -> None:
    """Run one alembic command in a thread: it is synchronous and env.py starts its own loop."""

    def locked() -> None:
        with _ALEMBIC:
            step()

    await asyncio.to_thread(locked)
