"""The house rules a machine can hold: module ↔ test, rule ↔ test, layout, what never ships."""

import json
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BACKEND = ROOT / "backend" / "holotable"
TRACKED = subprocess.run(
    ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
    cwd=ROOT,
    capture_output=True,
    text=True,
    check=True,
).stdout.splitlines()

# Modules without a test of their own name, each with the test that holds them.
TESTED_ELSEWHERE = {
    "__main__.py": "tests/backend/test_cli.py",
    "errors.py": "tests/backend/web/test_problems.py",
    "sample/__main__.py": "tests/backend/sample/test_main.py",
    "store/blobs.py": "tests/contracts/test_blobs.py",
    "store/jobs.py": "tests/contracts/test_jobs.py",
    "rooms/lane.py": "tests/contracts/test_lane.py",
    "store/device_tables.py": "tests/migrations/test_migrations.py",
    "store/queries/webhooks.py": "tests/backend/test_webhook_courier.py",
    "webhooks.py": "tests/backend/web/test_webhooks.py",
    "store/event_tables.py": "tests/migrations/test_migrations.py",
    "store/exchange_tables.py": "tests/migrations/test_migrations.py",
    "store/drawing_tables.py": "tests/migrations/test_migrations.py",
    "store/external_tables.py": "tests/migrations/test_migrations.py",
    "store/queries/minutes.py": "tests/backend/test_minutes.py",
    "store/recording_tables.py": "tests/backend/store/queries/test_recordings.py",
    "store/issue_tables.py": "tests/migrations/test_migrations.py",
    "store/notification_tables.py": "tests/migrations/test_migrations.py",
    "store/tables.py": "tests/migrations/test_migrations.py",
    "store/review_tables.py": "tests/migrations/test_migrations.py",
}


def modules() -> list[Path]:
    return [
        path.relative_to(BACKEND)
        for path in sorted(BACKEND.rglob("*.py"))
        if path.name != "__init__.py"
    ]


@pytest.mark.parametrize("module", modules(), ids=str)
def test_each_module_has_its_own_test_module(module: Path) -> None:
    expected = TESTED_ELSEWHERE.get(
        module.as_posix(), f"tests/backend/{module.parent.as_posix()}/test_{module.name}"
    )
    path = ROOT / expected.replace("/./", "/")
    assert path.is_file(), f"{module} has no test: write {path.relative_to(ROOT)}"
    assert re.search(r"def test_|class Test|TestCase", path.read_text()), f"{path} tests nothing"


def test_alembic_has_no_package_file_that_would_shadow_the_library() -> None:
    assert not (ROOT / "alembic" / "__init__.py").exists()


def test_the_top_level_is_as_designed() -> None:
    allowed = {
        ".ci", ".dockerignore", ".env.example", ".gitattributes", ".github", ".gitignore",
        "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "Dockerfile", "LICENSE", "Makefile",
        "README.md", "alembic", "alembic.ini", "backend", "docker-compose.yml", "docs", "frontend",
        "pyproject.toml", "requirements.lock", "tests",
    }  # fmt: skip
    assert {path.split("/")[0] for path in TRACKED} <= allowed


def test_lock_files_name_no_download_host() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    assert not re.search(r"https?://|--index-url|--find-links", lock)
    assert "--hash=sha256:" in lock
    packages = json.loads((ROOT / "frontend" / "package-lock.json").read_text())["packages"]
    assert not [
        name for name, entry in packages.items() if "resolved" in entry and not entry.get("link")
    ]


def test_no_tracked_file_is_over_one_megabyte() -> None:
    heavy = [p for p in TRACKED if (ROOT / p).is_file() and (ROOT / p).stat().st_size > 1_000_000]
    assert heavy == [], "generate it by a script instead"


def test_no_page_or_module_loads_anything_from_another_host() -> None:
    pattern = re.compile(
        r"(?:src|href|import|fetch|url)\s*[=(]\s*[\"'`]https?://(?!localhost|127\.0\.0\.1)"
    )
    guilty = [
        path
        for path in TRACKED
        if path.startswith("frontend/")
        and path.endswith((".ts", ".svelte", ".html", ".css"))
        and pattern.search((ROOT / path).read_text(errors="replace"))
    ]
    assert guilty == []


def test_no_error_text_says_that_something_went_wrong() -> None:
    guilty = [
        path
        for path in TRACKED
        if path.startswith(("frontend/src/", "backend/"))
        and path.endswith((".ts", ".svelte", ".py"))
        and not path.endswith(".test.ts")
        and "something went wrong" in (ROOT / path).read_text(errors="replace").lower()
    ]
    assert guilty == [], "name the cause and the remedy (UX statement 10)"


def test_error_codes_are_unique_and_snake_case() -> None:
    from holotable import errors

    codes = [
        value.code
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, errors.HolotableError)
    ]
    assert len(codes) == len(set(codes))
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", code) for code in codes)


def test_nobody_swallows_an_exception() -> None:
    pattern = re.compile(r"except(?: \w+)?:\s*\n\s+pass\b|except:\s")
    guilty = [
        path
        for path in TRACKED
        if path.startswith("backend/")
        and path.endswith(".py")
        and pattern.search((ROOT / path).read_text())
    ]
    assert guilty == [], "use contextlib.suppress with a reason, or handle it"


def test_the_architecture_names_every_module() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text()
    missing = [m.as_posix() for m in modules() if m.name not in text]
    assert missing == [], "a newcomer cannot find these in ARCHITECTURE.md"
