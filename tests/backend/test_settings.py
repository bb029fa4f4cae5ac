"""Settings: from the environment, frozen, and the right driver for each database address."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from holotable.settings import Settings


def test_the_default_is_sqlite_in_the_data_directory() -> None:
    settings = Settings(data_dir=Path("/srv/holotable"))
    assert settings.sqlalchemy_url == "sqlite+aiosqlite:////srv/holotable/holotable.sqlite"
    assert not settings.is_postgresql


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_an_operators_postgresql_address_gets_the_driver_we_ship(scheme: str) -> None:
    settings = Settings(database_url=f"{scheme}://user:secret@db/holotable")
    assert settings.sqlalchemy_url == "postgresql+psycopg://user:secret@db/holotable"
    assert settings.is_postgresql


def test_the_environment_is_read_with_the_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOLOTABLE_PORT", "9000")
    monkeypatch.setenv("HOLOTABLE_UNKNOWN", "x")
    assert Settings().port == 9000


def test_settings_do_not_change_and_limits_are_checked() -> None:
    with pytest.raises(ValidationError):
        Settings().port = 1  # type: ignore[misc]  # the point
    with pytest.raises(ValidationError):
        Settings(room_max_slots=5000)
