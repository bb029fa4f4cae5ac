"""What the machine offers is found by trying, and named for people."""

import os
from pathlib import Path

import pytest

from holotable.conversion import walls
from holotable.conversion.walls import Walls, detect_walls, sandbox_level


@pytest.mark.parametrize(
    ("found", "name"),
    [
        (Walls("/usr/bin/bwrap", landlock=True, seccomp=True), "bubblewrap+landlock+seccomp"),
        (Walls(None, landlock=True, seccomp=True), "landlock+seccomp"),
        (Walls("/usr/bin/bwrap", landlock=False, seccomp=True), "bubblewrap+seccomp"),
        (Walls("/usr/bin/bwrap", landlock=True, seccomp=False), "none"),
        (Walls(None, landlock=True, seccomp=False), "none"),
        (Walls(None, landlock=False, seccomp=True), "none"),
    ],
)
def test_a_level_names_the_walls_and_half_a_wall_is_none(found: Walls, name: str) -> None:
    assert found.name == name
    assert found.isolates == (name != "none")


def test_this_machine_is_tried_once_and_the_level_is_what_was_found() -> None:
    assert detect_walls() is detect_walls()
    assert sandbox_level() == detect_walls().name


def test_a_bubblewrap_that_does_not_work_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\necho 'bwrap: Creating new namespace failed' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(walls, "_bubblewrap_programs", lambda: [str(broken)])
    found = walls._detected.__wrapped__("linux")
    assert found.bubblewrap is None
    assert found.landlock == detect_walls().landlock


def test_another_system_than_linux_has_no_walls() -> None:
    assert walls._detected.__wrapped__("darwin").name == "none"


def test_bubblewraps_command_shares_nothing_and_mounts_libraries_read_only(tmp_path: Path) -> None:
    command = walls.bubblewrap_command("bwrap", [tmp_path], [])
    assert "--unshare-all" in command
    assert "--die-with-parent" in command
    assert command[command.index("--bind") + 1 :][:2] == [str(tmp_path), str(tmp_path)]
    assert command.count("--bind") == 1
    assert str(Path.home()) not in command


def test_the_environment_has_nothing_of_the_servers() -> None:
    os.environ["HOLOTABLE_TEST_SECRET"] = "x"
    try:
        assert "HOLOTABLE_TEST_SECRET" not in walls.empty_environment()
    finally:
        del os.environ["HOLOTABLE_TEST_SECRET"]
