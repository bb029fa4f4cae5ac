"""UX statements 8 to 11: a file on its way, a reload in between, files that cannot be read."""

import re
from collections.abc import Callable
from pathlib import Path

from e2e.people import Person
from e2e.shapes import coloured_step
from playwright.sync_api import BrowserContext, expect
from served import Api, Served

# Notes every text and percentage that the first upload row shows, for as long as it exists.
WATCH = """
window.__seen = [];
new MutationObserver(() => {
  const row = document.querySelector('[data-testid="upload-row"]');
  if (!row) return;
  const percent = row.querySelector('[data-testid="upload-row-percent"]')?.textContent ?? null;
  const phases = [...row.querySelectorAll('[data-testid="upload-row-phase"].current')].map((p) => p.dataset.phase);
  const entry = JSON.stringify([row.dataset.state, percent, phases]);
  if (window.__seen.at(-1) !== entry) window.__seen.push(entry);
}).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
"""


def seen(person: Person) -> list[tuple[str, float | None, list[str]]]:
    rows = person.page.evaluate("window.__seen.map((entry) => JSON.parse(entry))")
    return [
        (state, float(re.sub(r"[^\d.]", "", percent)) if percent else None, phases)
        for state, percent, phases in rows
    ]


def test_ux8_an_upload_shows_its_phases_in_order_and_ends_in_open(
    shared_server: Served, owner: Api, open_context: Callable[..., BrowserContext], big_step: Path
) -> None:
    project = owner.post("/projects", {"name": "Phases"})
    mia = Person(open_context(), shared_server)
    mia.is_signed_in()
    mia.goes_to(f"/p/{project['id']}")
    expect(mia.see("upload-empty")).to_be_visible()
    mia.page.evaluate(WATCH)
    mia.see("upload-input").set_input_files(big_step)
    expect(mia.see("upload-open").first).to_be_visible(timeout=120_000)
    history = seen(mia)
    states = list(dict.fromkeys(state for state, _, _ in history))
    assert states[0] == "uploading"
    assert states[-1] == "ready"
    assert {"queued", "converting"} & set(states)
    converting = [
        percent for state, percent, _ in history if state == "converting" and percent is not None
    ]
    assert converting == sorted(converting), "progress went backwards"
    phases = {phase for _, _, current in history for phase in current}
    assert len(phases) >= 2, phases
    mia.see("upload-open").first.click()
    mia.settles()
    assert mia.ux("visible") > 0


def test_ux9_a_reload_during_conversion_shows_the_same_job_further_on(
    shared_server: Served, owner: Api, open_context: Callable[..., BrowserContext], big_step: Path
) -> None:
    project = owner.post("/projects", {"name": "Reload"})
    mia = Person(open_context(), shared_server)
    mia.is_signed_in()
    mia.goes_to(f"/p/{project['id']}")
    expect(mia.see("upload-empty")).to_be_visible()
    mia.see("upload-input").set_input_files(big_step)
    row = mia.page.locator('[data-testid="upload-row"][data-state="converting"]')
    expect(row).to_be_visible()
    before = mia.see("upload-row-percent").first.inner_text()
    mia.page.reload()
    again = mia.see("upload-row").first
    expect(again).to_be_visible()
    assert big_step.stem in again.inner_text()
    if again.get_attribute("data-state") == "converting":
        after = mia.see("upload-row-percent").first.inner_text()
        assert float(after.strip("% ")) >= float(before.strip("% "))
    expect(mia.see("upload-open").first).to_be_visible(timeout=120_000)


def test_ux10_a_corrupt_file_ends_in_a_red_row_with_cause_code_retry_and_log(
    shared_server: Served, owner: Api, open_context: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    whole = coloured_step(tmp_path / "bracket.step")
    half = tmp_path / "half.step"
    half.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    project = owner.post("/projects", {"name": "Corrupt"})
    context = open_context()
    mia = Person(context, shared_server)
    mia.is_signed_in()
    mia.goes_to(f"/p/{project['id']}")
    expect(mia.see("upload-empty")).to_be_visible()
    mia.see("upload-input").set_input_files(half)
    row = mia.page.locator('[data-testid="upload-row"][data-state="failed"]')
    expect(row).to_be_visible(timeout=60_000)
    mia.page.clock.install()
    mia.page.clock.fast_forward(61_000)
    expect(row).to_be_visible()
    expect(mia.see("upload-row-code")).to_have_text("damaged_file")
    assert len(mia.see("upload-row-problem").inner_text()) > 40
    expect(mia.see("upload-retry")).to_be_visible()
    expect(mia.see("upload-log")).to_be_visible()
    assert "Something went wrong" not in mia.page.content()


def textured_obj(folder: Path) -> tuple[Path, Path]:
    """A square whose colours stand in another file."""
    obj, mtl = folder / "panel.obj", folder / "colours.mtl"
    obj.write_text(
        "mtllib colours.mtl\nusemtl red\nv 0 0 0\nv 100 0 0\nv 100 100 0\nv 0 100 0\nf 1 2 3 4\n"
    )
    mtl.write_text("newmtl red\nKd 1 0 0\n")
    return obj, mtl


def test_ux11_a_missing_file_is_named_and_can_be_added_or_done_without(
    shared_server: Served, owner: Api, open_context: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    obj, mtl = textured_obj(tmp_path)
    project = owner.post("/projects", {"name": "Missing"})
    mia = Person(open_context(), shared_server)
    mia.signs_in()
    for choice in ("add", "without"):
        mia.goes_to(f"/p/{project['id']}")
        mia.see("upload-input").set_input_files(obj)
        row = mia.page.locator('[data-testid="upload-row"][data-state="failed"]')
        expect(row).to_be_visible(timeout=60_000)
        expect(row.get_by_test_id("upload-missing")).to_contain_text("colours.mtl")
        expect(row.get_by_test_id("upload-add")).to_have_text("Add")
        expect(row.get_by_test_id("upload-without")).to_have_text("Continue without")
        if choice == "add":
            row.get_by_test_id("upload-add-input").set_input_files(mtl)
        else:
            row.get_by_test_id("upload-without").click()
        expect(mia.see("upload-open").first).to_be_visible(timeout=60_000)
        expect(row).to_have_count(0)
    assets = owner.get(f"/projects/{project['id']}/assets")["items"]
    manifests = [
        owner.get(f"/revisions/{asset['latest_revision']['id']}/scene/manifest.json")
        for asset in assets
    ]
    by_warning = {bool(manifest["warnings"]): manifest for manifest in manifests}
    assert by_warning[True]["warnings"][0]["files"] == ["colours.mtl"]
    assert by_warning[False]["source"]["name"] == "panel.zip"
    colours = [
        owner.get(f"/revisions/{asset['latest_revision']['id']}/scene/structure.json")["colour"]
        for asset in assets
    ]
    assert sum("#ff0000ff" in column for column in colours) == 1
