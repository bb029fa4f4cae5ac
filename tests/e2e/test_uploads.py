"""UX statements 8 to 10: a file on its way, a reload in between, and a file that cannot be read."""

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
    mia.signs_in()
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
    mia.signs_in()
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
    mia.signs_in()
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
