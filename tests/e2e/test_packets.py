"""What a review came to, handed over: report and signed packet, the packet opened from a disk, offline."""

import base64
import json
import os
import re
import uuid
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from e2e.people import Person
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect
from served import Api, Served

from holotable.cli import main
from tests.published import fixture_steps


@pytest.fixture(scope="module")
def reviewed(
    shared_server: Served, owner: Api, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """A fixture's revision B, compared with A, with an issue that has a view, and one verdict."""
    folder = tmp_path_factory.mktemp("steps")
    old, new = fixture_steps(folder)
    project = owner.post("/projects", {"name": f"Handed over {uuid.uuid4().hex[:6]}"})
    asset = owner.post(f"/projects/{project['id']}/assets", {"name": "Fixture 王"})
    revisions = []
    for file in (old, new):
        made = owner.upload(f"/assets/{asset['id']}/revisions", file)
        assert owner.wait_for(made["id"])["state"] == "ready"
        revisions.append(made)
    me = owner.get("/me")
    review = owner.post(
        f"/revisions/{revisions[1]['id']}/reviews",
        {
            "approvers": [me["id"]],
            "title": "Wider holes",
            "rule": {"own_work": True},
            "compared_to_id": revisions[0]["id"],
            "checklist": [{"text": "Tolerances"}],
        },
    )
    issue = owner.post(
        f"/projects/{project['id']}/issues",
        {"title": "Bolt is missing", "asset_id": asset["id"], "revision_id": revisions[1]["id"]},
    )
    # Somebody looked straight up, where there is nothing: so it can be told that a view is restored.
    away = {"position": [0, 5, 0], "target": [0, 10, 0], "up": [1, 0, 0], "fov_rad": 0.8}
    content = {
        "format": "holotable-viewpoint/1", "revision_id": revisions[1]["id"], "camera": away,
    }  # fmt: skip
    snapshot = folder / "seen.png"
    Image.new("RGB", (320, 180), "teal").save(snapshot)
    owner.upload(f"/issues/{issue['id']}/viewpoints", snapshot, content=json.dumps(content))
    note = folder / "torque.txt"
    note.write_text("12 Nm")
    owner.upload(f"/issues/{issue['id']}/attachments", note)
    owner.post(
        f"/reviews/{review['id']}/verdicts",
        {"revision_id": revisions[1]["id"], "verdict": "approve", "text": "Good holes."},
    )
    return {
        "project": project,
        "asset": asset,
        "review": review,
        "issue": issue,
        "new": revisions[1],
    }


def downloads(mia: Person, reviewed: dict[str, Any], folder: Path) -> Path:
    """Makes the packet by mouse, or takes the one that is there, and keeps the file."""
    mia.goes_to(f"/p/{reviewed['project']['id']}/reviews/{reviewed['review']['id']}")
    expect(mia.see("review-handover")).to_be_visible()
    make = mia.page.get_by_test_id("packet-make")
    ready = mia.page.get_by_test_id("packet-download")
    expect(make.or_(ready).first).to_be_visible()
    if make.is_visible():
        make.click()
    expect(ready).to_be_visible(timeout=90_000)
    mia.see("review-handover").scroll_into_view_if_needed()
    shot(mia.page, "review")
    with mia.page.expect_download() as caught:
        ready.click()
    assert caught.value.suggested_filename == "Fixture-王-B-review-1.zip"
    file = folder / "packet.zip"
    caught.value.save_as(file)
    return file


def unpacked(file: Path, folder: Path) -> Path:
    with zipfile.ZipFile(file) as opened:
        opened.extractall(folder)
    return folder / "viewer" / "index.html"


def opens(page: Page, file: Path) -> list[str]:
    """Opens the page from the disk; whatever it asks of a network is caught and returned."""
    asked: list[str] = []
    page.context.set_offline(True)
    page.on(
        "request",
        lambda request: asked.append(request.url) if request.url.startswith("http") else None,
    )
    page.goto(file.as_uri())
    expect(page.locator("body[data-verified]")).to_be_visible()
    return asked


def shot(page: Page, name: str) -> None:
    """A picture to be looked at, in both themes, where somebody wants them."""
    folder = os.environ.get("HOLOTABLE_TEST_SHOTS")
    if folder:
        for theme in ("dark", "light"):
            page.emulate_media(color_scheme=theme)
            page.wait_for_timeout(400)
            page.screenshot(path=Path(folder) / f"packet-{name}-{theme}.png")


def colours(page: Page, folder: Path) -> int:
    """How many colours the middle of the canvas shows: an empty one has one."""
    file = folder / "canvas.png"
    page.get_by_test_id("packet-canvas").screenshot(path=file)
    with Image.open(file) as shown:
        wide, high = shown.size
        middle = shown.convert("RGB").crop((wide // 4, high // 4, wide * 3 // 4, high * 3 // 4))
    return len(middle.getcolors(1 << 24) or ())


def test_the_packet_opens_from_a_disk_without_a_network_and_shows_what_was_decided(
    shared_server: Served,
    open_context: Callable[..., BrowserContext],
    reviewed: dict[str, Any],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    mia = Person(open_context(), shared_server)
    mia.signs_in()
    file = downloads(mia, reviewed, tmp_path)
    assert main(["verify", str(file)]) == 0
    assert "Holds" in capsys.readouterr().out
    page = open_context().new_page()
    asked = opens(page, unpacked(file, tmp_path / "packet"))
    expect(page.get_by_test_id("packet-verified")).to_have_text("Signature valid")
    expect(page.locator("body")).to_have_attribute("data-parts", "4")
    expect(page.get_by_test_id("packet-verdict")).to_contain_text("approved")
    expect(page.get_by_test_id("packet-verdict")).to_contain_text("Good holes.")
    assert colours(page, tmp_path) > 20
    shot(page, "decisions")
    page.get_by_test_id("packet-tab-changes").click()
    plate = page.get_by_test_id("packet-changes").get_by_role("listitem").filter(has_text="Plate")
    expect(plate).to_contain_text("hole Ø 6.0 → Ø 6.5")
    page.get_by_test_id("packet-colours").click()
    expect(page.get_by_test_id("packet-colours")).to_have_attribute("aria-pressed", "true")
    shot(page, "changes")
    plate.get_by_role("button").click()
    box = page.get_by_test_id("packet-canvas").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.get_by_test_id("packet-status")).to_contain_text("Plate")
    page.get_by_test_id("packet-tab-issues").click()
    expect(page.get_by_test_id("packet-issues")).to_contain_text("#1 Bolt is missing")
    with page.expect_download() as saved:
        page.get_by_test_id("packet-file-save").click()
    assert saved.value.suggested_filename == "torque.txt"
    assert Path(saved.value.path()).read_text() == "12 Nm"
    shot(page, "issues")
    page.get_by_test_id("packet-issue").click()
    page.wait_for_timeout(300)
    assert colours(page, tmp_path) <= 2
    page.get_by_role("button", name="Fit").click()
    page.wait_for_timeout(300)
    assert colours(page, tmp_path) > 20
    page.get_by_test_id("packet-tab-log").click()
    expect(page.get_by_test_id("packet-log")).to_contain_text("asked for approval")
    assert asked == []


def test_one_byte_changed_in_its_data_is_said_in_place_of_valid(
    shared_server: Served,
    open_context: Callable[..., BrowserContext],
    reviewed: dict[str, Any],
    tmp_path: Path,
) -> None:
    mia = Person(open_context(), shared_server)
    mia.signs_in()
    page_file = unpacked(downloads(mia, reviewed, tmp_path), tmp_path / "packet")
    whole = page_file.read_text(encoding="utf-8")
    found = re.search(r'(<script type="application/json" id="packet">)(.*?)</script>', whole)
    assert found is not None
    said = json.loads(found[2])

    def shows(changed: dict[str, Any]) -> Page:
        page_file.write_text(whole.replace(found[2], json.dumps(changed)), encoding="utf-8")
        page = open_context().new_page()
        opens(page, page_file)
        expect(page.get_by_test_id("packet-verified")).to_have_text("Not as it was signed")
        return page

    manifest = bytearray(base64.b64decode(said["manifest"]))
    at = manifest.index(b'"title":"') + 9
    manifest[at] ^= 1
    page = shows({**said, "manifest": base64.b64encode(manifest).decode()})
    expect(page.get_by_test_id("packet-finding")).to_have_text(
        "signature was not made by this key for this content"
    )
    log = {**said["files"], "log.jsonl": flipped(said["files"]["log.jsonl"])}
    page = shows({**said, "files": log})
    shot(page, "wrong")
    expect(page.get_by_test_id("packet-finding").first).to_contain_text("log.jsonl")
    expect(page.locator("body")).to_have_attribute("data-parts", "4")  # the rest is shown


def flipped(packed: str) -> str:
    """The same gzip with one bit of its content changed."""
    import gzip

    content = bytearray(gzip.decompress(base64.b64decode(packed)))
    content[len(content) // 2] ^= 1
    return base64.b64encode(gzip.compress(bytes(content), 6, mtime=0)).decode()


def test_the_report_opens_as_a_page_and_as_pdf_in_the_language_of_the_page(
    shared_server: Served,
    open_context: Callable[..., BrowserContext],
    reviewed: dict[str, Any],
) -> None:
    mia = Person(open_context(), shared_server)
    mia.is_signed_in()
    mia.goes_to(f"/p/{reviewed['project']['id']}/reviews/{reviewed['review']['id']}")
    with mia.page.context.expect_page() as opened:
        mia.see("report-html").click()
    report = opened.value
    expect(report.get_by_role("heading", level=1)).to_have_text("Review #1: Wider holes")
    expect(report.locator("body")).to_contain_text("hole Ø 6.0 → Ø 6.5")
    address = mia.see("report-pdf").get_attribute("href") or ""
    assert "format=pdf" in address
    answer = mia.page.request.get(f"{shared_server.url}{address}")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF")
