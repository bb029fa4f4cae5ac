"""Finding the migrations from wherever the command is started."""

from pathlib import Path

import pytest

from holotable.errors import Unavailable
from holotable.store import migrate


def test_the_migrations_are_those_of_the_checkout_whatever_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert (migrate.migrations_directory() / "versions" / "0001_initial.py").is_file()


def test_an_installed_package_uses_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = tmp_path / "lib" / "site-packages" / "holotable" / "store" / "migrate.py"
    monkeypatch.setattr(migrate, "HERE", installed)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Unavailable):
        migrate.migrations_directory()
    (tmp_path / "alembic").mkdir()
    (tmp_path / "alembic" / "env.py").touch()
    assert migrate.migrations_directory() == tmp_path / "alembic"


def test_a_percent_sign_in_an_address_survives() -> None:
    url = "postgresql+psycopg://u:p%40ss@h/n"
    assert migrate.configuration(url).attributes["url"] == url
