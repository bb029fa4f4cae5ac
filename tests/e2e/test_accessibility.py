"""UX statement 60: axe finds nothing in either theme; everything by keyboard; what happens is said."""

import re
from collections.abc import Callable

import pytest
from e2e.house import House, furnish, goes_in_the_page, rests, violations
from e2e.people import PASSWORD, Person
from playwright.sync_api import BrowserContext, expect
from served import Api, Served

SMALL = {"width": 1000, "height": 640}
SAME_FRAME = """
async (key) => {
  const seen = new Set();
  const until = performance.now() + 600;
  const look = () => seen.add(String(window.__ux.camera.position));
  look();
  document.activeElement.dispatchEvent(
    new KeyboardEvent("keydown", { key, code: "Digit" + key, bubbles: true, cancelable: true }));
  while (performance.now() < until) {
    await new Promise(requestAnimationFrame);
    look();
  }
  return seen.size;
}
"""


@pytest.fixture(scope="module")
def house(owner: Api, tmp_path_factory: pytest.TempPathFactory) -> House:
    return furnish(owner, tmp_path_factory.mktemp("house"))


def test_axe_finds_nothing_on_any_page_in_either_theme_ux_60(
    shared_server: Served, house: House, open_context: Callable[..., BrowserContext]
) -> None:
    found: dict[str, list[str]] = {}
    mia = Person(open_context(), shared_server)

    def read(name: str) -> None:
        for theme in ("light", "dark"):
            mia.page.emulate_media(color_scheme=theme)
            # What a theme changes is its colours.
            only = [] if theme == "light" else ["color-contrast", "link-in-text-block"]
            found[f"{name} {theme}"] = violations(mia.page, only)

    mia.goes_to("/signin")
    expect(mia.see("signin-form")).to_be_visible()
    for path in house.outside:
        goes_in_the_page(mia, path)
        read(path)
    mia.signs_in()
    for path in house.inside:
        goes_in_the_page(mia, path)
        read(path)
    goes_in_the_page(mia, "/")
    mia.see("project-create").click()
    read("a dialog")
    assert {page: broken for page, broken in found.items() if broken} == {}


def test_axe_finds_nothing_beside_the_model_in_either_theme_ux_60(
    shared_server: Served, house: House, open_context: Callable[..., BrowserContext]
) -> None:
    found: dict[str, list[str]] = {}
    mia = Person(open_context(viewport=SMALL), shared_server)
    mia.is_signed_in()
    mia.opens_viewer(house.asset_id)

    def read(name: str) -> None:
        for theme in ("light", "dark"):
            mia.page.emulate_media(color_scheme=theme)
            only = [] if theme == "light" else ["color-contrast"]
            found[f"{name} {theme}"] = violations(mia.page, only)

    mia.see("tree-row").last.click()
    expect(mia.see("selection-bar")).to_be_visible()
    for panel in ("model", "sections", "measures", "views", "issues", "people", "chat", "table"):
        button = mia.see(f"rail-{panel}")
        if button.get_attribute("aria-pressed") != "true":
            button.click()
        if panel == "sections":
            mia.see("section-add-x").click()
            expect(mia.see("section-areas")).to_be_visible()
        rests(mia.page)
        read(panel)
        if panel == "issues":
            mia.see("issue-row").last.click()
            expect(mia.see("issue-detail")).to_be_visible()
            rests(mia.page)
            read("an issue")
    for opener in ("toolbar-explode", "toolbar-display", "toolbar-picture"):
        mia.see(opener).click()
        read(opener)
        mia.page.keyboard.press("Escape")
    mia.page.keyboard.press("?")
    expect(mia.see("shortcut-sheet")).to_be_visible()
    read("shortcuts")
    assert {page: broken for page, broken in found.items() if broken} == {}


def regions_to(person: Person, region: str) -> None:
    """Press F6 until the focus is in a region of the page."""
    for _ in range(8):
        person.page.keyboard.press("F6")
        if person.page.evaluate(
            "(region) => !!document.activeElement?.closest(`[data-region=${region}]`)", region
        ):
            return
    raise AssertionError(f"F6 never came to {region}")


def tabs_to(person: Person, testid: str) -> None:
    """Press Tab until a control has the focus."""
    for _ in range(30):
        if person.page.evaluate("document.activeElement?.dataset.testid") == testid:
            return
        person.page.keyboard.press("Tab")
    raise AssertionError(f"Tab never came to {testid}")


def tabs_to_a_vertex(person: Person, but_not: object = None) -> object:
    """Step to parts and their points until the reticle is on a corner; it says on what it is."""
    said: list[str] = []
    for _ in range(3):
        person.page.evaluate("window.__ux.settled(90_000)")
        for _ in range(12):
            person.page.keyboard.press("Tab")
            person.page.wait_for_timeout(60)  # as fast as somebody presses and listens
            reticle = person.ux("pickMode.reticle")
            said.append(person.see("polite").inner_text())
            if not said[-1].startswith("Vertex") or reticle == but_not:
                continue
            person.page.wait_for_timeout(
                250
            )  # what is said may be of the stop before: a page is busy
            still = person.see("polite").inner_text() == said[-1]
            if still and person.ux("pickMode.reticle") == reticle:
                return reticle
        person.page.keyboard.press(".")  # a part whose corners are all behind it
    raise AssertionError(f"Tab came to no vertex, only to {said}")


def test_a_review_needs_no_mouse_and_says_what_happens_ux_60(
    shared_server: Served, house: House, open_context: Callable[..., BrowserContext]
) -> None:
    mia = Person(open_context(viewport=SMALL), shared_server)
    mia.is_signed_in()
    mia.opens_viewer(house.asset_id)
    keys = mia.page.keyboard

    # A part: found by stepping, selected, hidden, brought back.
    regions_to(mia, "viewport")
    keys.press("Enter")
    expect(mia.see("reticle")).to_be_visible()
    keys.press(".")
    expect(mia.see("polite")).to_have_text(re.compile(r", in Fixture, part 1 of 3 visible$"))
    keys.press("Enter")
    mia.waits_for("ux.selection.length === 1")
    expect(mia.see("said")).to_have_text(re.compile(r"^(Plate|Pin left|Pin right) selected$"))
    keys.press("h")
    expect(mia.see("said")).to_contain_text("1 part hidden")
    keys.press("Control+z")
    expect(mia.see("said")).to_contain_text("Everything is shown")

    # Two vertices and the distance between them.
    keys.press("m")
    first = tabs_to_a_vertex(mia)
    keys.press("Enter")
    mia.waits_for("ux.pendingPoints === 1")
    keys.press(".")
    tabs_to_a_vertex(mia, but_not=first)
    keys.press("Enter")
    mia.waits_for("ux.measures.length === 1")
    expect(mia.see("polite")).to_have_text(re.compile(r"^Distance 1: \d[\d.,]* mm$"))
    keys.press("Escape")
    keys.press("Escape")

    # A section across X, moved by a millimetre.
    regions_to(mia, "rail")
    tabs_to(mia, "rail-sections")
    keys.press("Enter")
    expect(mia.see("section-add-x")).to_be_visible()
    regions_to(mia, "left")
    tabs_to(mia, "section-add-x")
    keys.press("Enter")
    mia.waits_for("ux.sections.length === 1")
    expect(mia.see("said")).to_contain_text("1 section")
    tabs_to(mia, "section-offset")
    before = mia.see("section-offset").input_value()
    keys.press("ArrowUp")
    expect(mia.see("section-offset")).not_to_have_value(before)

    # Somebody comes; Mia follows and lets go.
    ben = Person(open_context(viewport=SMALL), shared_server)
    ben.is_signed_in("ben", PASSWORD)
    ben.opens_viewer(house.asset_id)
    expect(mia.see("polite")).to_have_text("Ben Okoro joined")
    regions_to(mia, "bar")
    tabs_to(mia, "avatar")
    keys.press("Enter")
    expect(mia.see("follow-pill")).to_contain_text("Ben Okoro")
    keys.press("Escape")
    expect(mia.see("follow-pill")).to_have_count(0)
    assert not mia.errors


def test_the_camera_jumps_in_one_frame_where_motion_is_unwanted_ux_60(
    shared_server: Served, house: House, open_context: Callable[..., BrowserContext]
) -> None:
    mia = Person(open_context(viewport=SMALL, reduced_motion="reduce"), shared_server)
    mia.is_signed_in()
    mia.opens_viewer(house.asset_id)
    mia.see("viewport").focus()
    assert mia.page.evaluate(SAME_FRAME, "1") == 2, "before and after, nothing between"
    assert mia.page.evaluate(SAME_FRAME, "5") == 2
