"""Two revisions compared in the browser: what changed and why, in colours for every eye, old beside new (UX 38-40)."""

import io
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from e2e.colour_vision import ciede2000, lab
from e2e.people import Person, add_asset
from e2e.shapes import coloured_step
from PIL import Image
from playwright.sync_api import BrowserContext, expect
from served import Api, Served

from holotable.sample import gearbox

STATES: Final = ("added", "removed", "modified", "moved", "unchanged")
EYES: Final = ("normal", "protan", "deutan", "tritan")
SIZE: Final = {"width": 1200, "height": 760}


@pytest.fixture(scope="module")
def gearboxes(owner: Api, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The sample gearbox with its revisions A, B and C."""
    folder = tmp_path_factory.mktemp("gearbox")
    project = owner.post("/projects", {"name": "Drive train"})
    gearbox.write(folder / "A.step", "A")
    made = owner.upload(f"/projects/{project['id']}/uploads", folder / "A.step")
    ids = {"A": str(made["revision"]["id"])}
    for label in ("B", "C"):
        gearbox.write(folder / f"{label}.step", label)
        file = folder / f"{label}.step"
        ids[label] = revision_of(owner.upload(f"/assets/{made['asset']['id']}/revisions", file))
    for revision in ids.values():
        assert owner.wait_for(revision)["state"] == "ready"
    return {"project": project, "asset": made["asset"], "ids": ids}


def revision_of(uploaded: dict[str, Any]) -> str:
    """Id of the revision that an upload made."""
    return str(uploaded.get("id") or uploaded["revision"]["id"])


@pytest.fixture(scope="module")
def alike(owner: Api, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """One asset with revisions A and B of the same shapes."""
    file = coloured_step(tmp_path_factory.mktemp("step") / "fixture.step")
    made = add_asset(owner, file, "Alike")
    second = owner.upload(f"/assets/{made['asset']['id']}/revisions", file)
    assert owner.wait_for(revision_of(second))["state"] == "ready"
    return made


def comparing(
    served: Served,
    open_context: Callable[..., BrowserContext],
    asset_id: str,
    new: str = "C",
    old: str = "B",
    **options: object,
) -> Person:
    mia = Person(open_context(viewport=SIZE, **options), served)
    mia.signs_in()
    mia.goes_to(f"/v/{asset_id}/{new}?compare={old}")
    expect(mia.see("changes")).to_have_attribute("data-state", "ready", timeout=60_000)
    mia.settles()
    return mia


def group(person: Person, state: str) -> Any:  # Locator
    return person.page.locator(f'[data-testid=changes-group][data-kind="{state}"]')


def picture(person: Person) -> Any:  # (h, w, 3) of bytes
    png = person.see("viewport").screenshot()
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def test_b_to_c_lists_what_changed_and_why(
    shared_server: Served, open_context: Callable[..., BrowserContext], gearboxes: dict[str, Any]
) -> None:
    mia = comparing(shared_server, open_context, gearboxes["asset"]["id"])
    for state in ("added", "removed", "moved", "modified"):
        expect(group(mia, state).get_by_test_id("changes-count")).to_have_text("1")
        expect(group(mia, state).get_by_test_id("change")).to_have_count(1)
    expect(group(mia, "unchanged").get_by_test_id("changes-count")).to_have_text("150")
    why = {state: group(mia, state).get_by_test_id("change-why") for state in STATES}
    expect(why["modified"]).to_have_text("hole Ø 6.0 → Ø 6.5")
    expect(why["moved"]).to_have_text("moved 12.50 mm")
    expect(group(mia, "added")).to_contain_text("S1")
    expect(group(mia, "removed")).to_contain_text("Screw ISO 4762 M5x16")
    expect(mia.see("chip-compare")).to_contain_text("Comparing B → C")

    # A press frames the change and says it; the keys go on.
    before = mia.ux("camera")
    group(mia, "moved").get_by_test_id("change").click()
    expect(mia.see("announcement").first).to_contain_text("moved 12.50 mm")
    mia.settles()
    assert mia.ux("camera") != before
    mia.see("viewport").focus()
    reached = {mia.ux("comparing.stop")}
    for _ in range(3):
        mia.page.keyboard.press(".")
        reached.add(mia.ux("comparing.stop"))
    assert reached == {0, 1, 2, 3}
    expect(mia.see("changes-viewed")).to_have_text("4 of 4 viewed")

    # Geometry and data apart: everything here is geometry.
    mia.see("changes-geometry").click()
    expect(mia.see("change")).to_have_count(0)
    mia.see("changes-geometry").click()
    expect(mia.see("change")).to_have_count(4)
    assert not mia.errors


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_states_differ_for_every_eye_and_changed_parts_carry_badges(
    shared_server: Served,
    open_context: Callable[..., BrowserContext],
    gearboxes: dict[str, Any],
    theme: str,
) -> None:
    mia = comparing(shared_server, open_context, gearboxes["asset"]["id"], color_scheme=theme)
    colours: dict[str, tuple[int, int, int]] = {}
    for state in STATES:
        png = mia.see(f"legend-{state}").screenshot()
        pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))
        # The first half of a swatch is plain.
        red, green, blue = pixels[pixels.shape[0] // 2, pixels.shape[1] // 4]
        colours[state] = (int(red), int(green), int(blue))
    for eye in EYES:
        for one, other in itertools.combinations(STATES, 2):
            apart = ciede2000(lab(colours[one], eye), lab(colours[other], eye))
            assert apart >= 15.0, (theme, eye, one, other, apart)
    badges = mia.page.locator("[data-testid=change-badge]")
    expect(badges).to_have_count(4)
    shown = {badge.get_attribute("data-state"): badge.text_content() for badge in badges.all()}
    assert shown == {"added": "＋", "removed": "−", "modified": "△", "moved": "→"}
    # What is drawn has these colours: the removed screw and the new bracket stand outside.
    pixels = picture(mia)
    for state in ("added", "modified"):
        group(mia, state).get_by_test_id("change").click()
        mia.settles()
        pixels = picture(mia)
        near = np.abs(pixels - np.array(colours[state])).max(axis=2) <= 40
        assert near.sum() > 300, (theme, state, int(near.sum()))
    assert not mia.errors


def test_the_slider_goes_from_end_to_end_by_the_keyboard_alone(
    shared_server: Served, open_context: Callable[..., BrowserContext], gearboxes: dict[str, Any]
) -> None:
    mia = comparing(shared_server, open_context, gearboxes["asset"]["id"])
    mia.see("compare-mode-slider").focus()
    mia.page.keyboard.press("Space")
    slider = mia.page.get_by_role("slider", name="How much of the picture shows B")
    expect(slider).to_have_attribute("aria-valuenow", "50")
    slider.focus()
    for _ in range(12):
        mia.page.keyboard.press("ArrowLeft")
    expect(slider).to_have_attribute("aria-valuenow", "0")
    mia.page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuenow", "5")
    for _ in range(25):
        mia.page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuenow", "100")
    expect(slider).to_have_attribute("aria-valuetext", "100 % B, the rest C")
    mia.page.keyboard.press("Home")
    expect(slider).to_have_attribute("aria-valuenow", "0")
    mia.settles()

    # What is drawn follows: at 100 the new bracket is gone from the picture, which shows B alone.
    group(mia, "added").get_by_test_id("change").click()
    mia.settles()
    new = picture(mia)
    slider.focus()
    mia.page.keyboard.press("End")
    mia.settles()
    old = picture(mia)
    assert (np.abs(new - old).max(axis=2) > 40).sum() > 1000
    assert not mia.errors


def test_holding_a_key_shows_the_old_revision_until_it_is_let_go(
    shared_server: Served, open_context: Callable[..., BrowserContext], gearboxes: dict[str, Any]
) -> None:
    mia = comparing(shared_server, open_context, gearboxes["asset"]["id"])
    group(mia, "added").get_by_test_id("change").click()
    mia.settles()
    now = picture(mia)
    mia.see("viewport").focus()
    mia.page.keyboard.down("x")
    expect(mia.see("compare-alone")).to_have_text("B alone")
    mia.settles()
    then = picture(mia)
    mia.page.keyboard.up("x")
    expect(mia.see("compare-alone")).to_have_count(0)
    assert (np.abs(now - then).max(axis=2) > 40).sum() > 1000
    assert not mia.errors


def test_only_changes_fades_the_rest_and_ending_gives_the_model_back(
    shared_server: Served, open_context: Callable[..., BrowserContext], gearboxes: dict[str, Any]
) -> None:
    mia = comparing(shared_server, open_context, gearboxes["asset"]["id"])
    mia.page.keyboard.press("Escape")
    over = picture(mia)
    mia.see("compare-mode-only_changes").check(force=True)
    mia.settles()
    assert (np.abs(over - picture(mia)).max(axis=2) > 25).mean() > 0.05
    mia.see("compare-end").click()
    expect(mia.see("chip-compare")).to_have_count(0)
    assert "compare" not in mia.page.url
    mia.see("toolbar-undo").click()
    expect(mia.see("chip-compare")).to_be_visible()
    expect(mia.see("changes")).to_have_attribute("data-state", "ready")
    assert "compare=B" in mia.page.url
    assert not mia.errors


def test_compare_with_on_the_asset_page_opens_the_newer_of_two(
    shared_server: Served, open_context: Callable[..., BrowserContext], alike: dict[str, Any]
) -> None:
    mia = Person(open_context(viewport=SIZE), shared_server)
    mia.signs_in()
    mia.goes_to(f"/p/{alike['project']['id']}/a/{alike['asset']['id']}")
    # The older one's menu: still the new one lies on the table.
    mia.see("asset-compare").last.click()
    mia.see("asset-compare-with").click()
    expect(mia.see("changes")).to_have_attribute("data-state", "ready")
    assert mia.page.url.endswith("/B?compare=A")
    expect(mia.see("changes")).to_contain_text("Nothing changed")
    assert not mia.errors


def test_an_address_that_names_no_revision_offers_those_there_are(
    shared_server: Served, open_context: Callable[..., BrowserContext], alike: dict[str, Any]
) -> None:
    mia = Person(open_context(viewport=SIZE), shared_server)
    mia.signs_in()
    mia.goes_to(f"/v/{alike['asset']['id']}/B?compare=Z")
    expect(mia.see("toast").first).to_contain_text("Revision Z does not exist here")
    mia.see("compare-choose").click()
    expect(mia.see("changes")).to_have_attribute("data-state", "ready")
    assert not mia.errors


def test_what_cannot_be_compared_says_why_and_offers_another(
    shared_server: Served,
    open_context: Callable[..., BrowserContext],
    alike: dict[str, Any],
    owner: Api,
    tmp_path: Path,
) -> None:
    cloud = tmp_path / "scan.xyz"
    cloud.write_text("".join(f"{x} {y} 0\n" for x in range(40) for y in range(40)))
    scan = owner.upload(f"/assets/{alike['asset']['id']}/revisions", cloud)
    revision = owner.wait_for(revision_of(scan))
    mia = Person(open_context(viewport=SIZE), shared_server)
    mia.signs_in()
    mia.goes_to(f"/v/{alike['asset']['id']}/B?compare={revision['label']}")
    problem = mia.see("compare-problem")
    expect(problem).to_have_attribute("data-code", "not_comparable")
    expect(problem).to_contain_text("point cloud")
    mia.see("compare-choose").filter(has_text="Compare with A").click()
    expect(mia.see("changes")).to_have_attribute("data-state", "ready")
    assert not mia.errors
