"""The file's own dimensions and tolerances, drawn where its designer put them."""

from collections.abc import Callable
from pathlib import Path

from e2e.people import Person, add_asset
from PIL import Image, ImageChops
from playwright.sync_api import BrowserContext, expect
from pmi_files import COMMON, DRAWN, annotated
from served import Api, Served


def test_annotations_are_drawn_when_asked_for_and_go_with_their_part(
    shared_server: Served, owner: Api, open_context: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    file = annotated(tmp_path / "block.step", COMMON, DRAWN)
    made = add_asset(owner, file, "Annotations")
    assert owner.get(f"/revisions/{made['revision']['id']}/scene/manifest.json")["pmi"][
        "presentations"
    ]
    mia = Person(open_context(), shared_server)
    mia.is_signed_in()
    mia.opens_viewer(made["asset"]["id"])
    without = viewport(mia, tmp_path / "without.png")
    button = mia.see("toolbar-pmi")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    mia.waits_for("ux.viewer.annotations > 0")
    mia.page.mouse.move(5, 5)
    drawn = viewport(mia, tmp_path / "drawn.png")
    assert ImageChops.difference(without, drawn).getbbox() is not None
    button.click()
    mia.waits_for("ux.viewer.annotations === 0")
    assert not mia.errors


def test_annotations_go_with_what_a_section_cuts_away(
    shared_server: Served, owner: Api, open_context: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    file = annotated(tmp_path / "sectioned.step", COMMON, DRAWN)
    made = add_asset(owner, file, "Sectioned annotations")
    mia = Person(open_context(viewport={"width": 1100, "height": 600}), shared_server)
    mia.is_signed_in()
    mia.opens_viewer(made["asset"]["id"])
    mia.see("toolbar-pmi").click()
    mia.waits_for("ux.viewer.annotations > 0")
    # Both drawings lie on the top face, 20 mm up: a plane at half of it takes them away, though not the block.
    mia.see("rail-sections").click()
    mia.see("section-add-z").click()
    mia.waits_for("ux.viewer.annotations === 0")
    assert mia.ux("viewer.visible") == 1
    # Its other side keeps the top face, and what is drawn on it.
    mia.see("section-flip").click()
    mia.waits_for("ux.viewer.annotations > 0")
    mia.see("viewport").focus()
    mia.page.keyboard.press("Control+z")
    mia.waits_for("ux.viewer.annotations === 0")
    # A part that is not cut keeps them.
    mia.see("rail-model").click()
    mia.clicks_row("Block")
    mia.see("selection-more").click()
    mia.see("more-spare").click()
    mia.waits_for("ux.viewer.annotations > 0")
    expect(mia.see("chip-uncut")).to_be_visible()
    assert not mia.errors


def viewport(person: Person, path: Path) -> Image.Image:
    """The middle of the picture, away from what lies over it."""
    box = person.viewport()
    person.page.evaluate("window.__ux.settled(90_000)")
    shot = Image.open(person.screenshot(path)).convert("RGB")
    return shot.crop(
        (
            int(box["x"] + 40),
            int(box["y"] + 40),
            int(box["x"] + box["width"] - 140),
            int(box["y"] + box["height"] - 40),
        )
    )
