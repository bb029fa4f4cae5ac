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


def test_e_mail_is_off_until_a_server_is_named_and_its_sender_is_found() -> None:
    assert Settings().mail_sender == ""
    assert Settings(smtp_host="mail.example.org").mail_sender == (
        "Holotable <holotable@mail.example.org>"
    )
    user = Settings(smtp_host="m", smtp_user="cad@example.org", smtp_password="s3cret")
    assert user.mail_sender == "cad@example.org"
    assert "s3cret" not in repr(user)
    assert Settings(smtp_host="m", smtp_from="x@example.org").mail_sender == "x@example.org"
    assert Settings(port=9).mail_public_url == "http://localhost:9"
    assert Settings(public_url="https://a.example/").mail_public_url == "https://a.example"
    with pytest.raises(ValidationError):
        Settings(smtp_tls="maybe")  # type: ignore[arg-type]  # the point
