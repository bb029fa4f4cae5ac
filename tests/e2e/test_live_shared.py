"""What one measures, draws, compares, writes or points at is seen by the other; undo asks, and mine comes back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from e2e.conftest import ANSWERED
from e2e.people import CEILING_MS, Person, add_asset
from e2e.shapes import coloured_step
from e2e.test_live import SIZE, joins_by_code, starts_session
from e2e.test_measure import looks, measured, metres, picks
from PIL import Image
from playwright.sync_api import Browser, expect
from served import Api, Served, owner_of, serving


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Api, Any]]:
    """A server with an asset of two revisions of the same shapes."""
    with serving(tmp_path_factory.mktemp("shared") / "data") as served:
        owner = owner_of(served)
        file = coloured_step(tmp_path_factory.mktemp("step") / "fixture.step")
        made = add_asset(owner, file)
        second = owner.upload(f"/assets/{made['asset']['id']}/revisions", file)
        owner.wait_for(str(second.get("id") or second["revision"]["id"]))
        yield served, owner, made


@pytest.fixture(scope="module")
def pair(workshop: tuple[Served, Api, Any], chromium: Browser) -> Iterator[tuple[Person, Person]]:
    """Mia hosts, Ben came by code; one session for all of it, because coming in takes longest."""
    served, _, made = workshop
    contexts = [chromium.new_context(viewport=SIZE, reduced_motion="reduce") for _ in range(2)]
    for context in contexts:
        context.add_init_script(ANSWERED)
        context.set_default_timeout(CEILING_MS)
    mia, ben = (Person(context, served) for context in contexts)
    code = starts_session(mia, made["asset"]["id"])
    joins_by_code(ben, code, "Ben")
    mia.waits_for("ux.people.length === 2")
    yield mia, ben
    assert mia.errors + ben.errors == []
    for context in contexts:
        context.close()


def slot_of(person: Person) -> int:
    return int(person.ux("people.find((person) => person.mine).slot"))


def differing(before: Path, after: Path) -> int:
    """Pixels that differ clearly between two pictures."""
    first, second = (np.asarray(Image.open(path).convert("RGB"), int) for path in (before, after))
    return int((np.abs(first - second).max(axis=2) > 40).sum())


def test_a_measurement_and_a_drawing_are_everybodys_with_an_owner(
    pair: tuple[Person, Person],
) -> None:
    mia, ben = pair
    ben.see("rail-measures").click()
    looks(mia, "0")
    mia.see("toolbar-measure").click()
    picks(mia, metres(0, 0, 2), "vertex")
    picks(mia, metres(40, 0, 2), "vertex")
    measured(mia, 1)
    row = ben.see("measure-row")
    expect(row).to_have_count(1)
    expect(row.get_by_test_id("measure-value")).to_contain_text("40.00 mm")
    expect(row.get_by_test_id("object-owner")).to_have_text("Mia Berg")
    expect(ben.see("measure-label")).to_be_visible()
    assert mia.see("object-owner").count() == 0

    # Ben may not rename what is Mia's, and is told whose it is; his eye is his own.
    row.get_by_test_id("measure-name").fill("Mine")
    row.get_by_test_id("measure-name").press("Enter")
    expect(ben.see("polite")).to_contain_text("Mia Berg")
    row.get_by_test_id("measure-eye").click()
    expect(ben.see("measure-label")).to_have_count(0)
    expect(mia.see("measure-label")).to_be_visible()
    row.get_by_test_id("measure-eye").click()

    # Mia's new name arrives, and is there after Ben's reload.
    mia.see("measure-name").fill("Length of the plate")
    mia.see("measure-name").press("Enter")
    expect(row.get_by_test_id("measure-name")).to_have_value("Length of the plate")

    # Ben sees the stroke while Mia's button is still down, and as hers when it is done.
    ben.page.locator('[data-testid="avatar"][data-name="Mia Berg"]').click()
    mia.see("toolbar-draw").click()
    mia.points_at(0.4, 0.4)
    mia.page.mouse.down()
    for step in range(1, 7):
        mia.points_at(0.4 + 0.03 * step, 0.4 + 0.02 * (step % 2))
    ben.waits_for("ux.sheets.length === 1")
    expect(ben.page.locator(".scene-layer-marks .scene-mark-ink")).to_be_visible()
    mia.page.mouse.up()
    ben.waits_for("ux.sheets.length === 1 && ux.sheets[0].name !== ''")
    expect(ben.page.locator(".scene-layer-marks .scene-mark-ink")).to_be_visible()
    mia.see("draw-done").click()

    # Undone, it is gone for both.
    mia.page.keyboard.press("Control+z")
    ben.waits_for("ux.sheets.length === 0")

    ben.page.reload()
    ben.see("lobby-join").or_(ben.see("viewport")).first.wait_for()
    if ben.see("lobby-join").is_visible():
        ben.see("lobby-join").click()
    ben.settles()
    ben.waits_for("ux.measures.length === 1")
    mia.waits_for("ux.people.length === 2")
    assert ben.ux("measures[0].name") == "Length of the plate"


def test_a_laser_and_who_writes_where_are_seen_as_long_as_they_last(
    pair: tuple[Person, Person], tmp_path: Path
) -> None:
    mia, ben = pair
    slot = slot_of(mia)
    looks(ben, "7")
    mia.points_at(0.5, 0.55)
    expect(ben.see(f"cursor-{slot}")).to_be_visible()
    before = ben.screenshot(tmp_path / "before.png")
    mia.page.keyboard.down("l")
    mia.points_at(0.51, 0.55)
    laser = ben.see(f"laser-{slot}")
    expect(laser.locator("circle")).to_have_count(3)
    expect(laser.locator("line").first).to_be_attached()
    expect(mia.see("laser-mine").locator("circle")).to_have_count(3)
    assert differing(before, ben.screenshot(tmp_path / "laser.png")) > 100
    mia.page.keyboard.up("l")
    expect(laser).to_have_count(0)
    expect(mia.see("laser-mine")).to_have_count(0)

    mia.page.keyboard.press("i")
    mia.points_at(0.5, 0.55)
    mia.page.mouse.down()
    mia.page.mouse.up()
    mia.see("composer-title").fill("A secret crack")
    pin = ben.see("writing-pin")
    expect(pin).to_contain_text("Mia Berg is writing an issue here")
    expect(pin.locator("svg")).to_be_visible()
    expect(pin).not_to_contain_text("crack")
    assert mia.see("writing-pin").count() == 0
    mia.page.keyboard.press("Control+Enter")
    expect(ben.see("writing-pin")).to_have_count(0)
    expect(ben.see("pin")).to_have_count(1)


def test_a_comparison_is_shared_undo_asks_and_mine_comes_back(pair: tuple[Person, Person]) -> None:
    mia, ben = pair
    mia.see("toolbar-compare").click()
    mia.see("compare-choose").first.click()
    expect(ben.see("chip-compare")).to_be_visible()
    assert ben.ux("comparing.mode") == "overlay"
    ben.see("chip-compare").get_by_test_id("chip-clear").click()
    expect(mia.see("chip-compare")).to_have_count(0)

    # Mia's section is moved by Ben: hers can be restored, and its undo asks first.
    for person in pair:
        person.see("rail-sections").click()
        person.see("section-add-x").wait_for()
    mia.see("section-add-x").click()
    expect(ben.see("section-row")).to_have_count(1)
    ben.see("section-flip").click()
    expect(mia.see("overwritten")).to_contain_text("Ben changed a section after you")
    flipped = ben.ux("sections[0].normal")
    mia.see("restore-mine").click()
    ben.until("(was) => String(window.__ux.sections[0].normal) !== String(was)", flipped)
    expect(mia.see("overwritten")).to_have_count(0)
    ben.see("section-flip").click()
    mia.waits_for(f"String(ux.sections[0].normal) === '{','.join(map(str, flipped))}'")
    mia.see("viewport").focus()
    mia.page.keyboard.press("Control+z")
    expect(mia.see("undo-question")).to_contain_text("Ben changed this since")
    expect(mia.see("undo-keep")).to_be_focused()
    mia.page.keyboard.press("Escape")
    expect(mia.see("undo-question")).to_have_count(0)
    assert len(ben.ux("sections")) == 1
