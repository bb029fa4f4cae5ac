"""What goes into a picture of the model: screenshots, markup, notes of the file, parts pulled apart."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from e2e.people import Person, add_asset
from e2e.shapes import coloured_step
from PIL import Image
from playwright.sync_api import BrowserContext, expect
from pmi_files import COMMON, DIMENSIONS, DRAWN, annotated
from served import Api, Served

SMALL = {"width": 1000, "height": 700}
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def coloured(owner: Api, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    file = coloured_step(tmp_path_factory.mktemp("step") / "fixture.step")
    return add_asset(owner, file, "Pictures")


def at_the_viewer(
    served: Served, open_context: Callable[..., BrowserContext], made: dict[str, Any]
) -> Person:
    mia = Person(open_context(viewport=SMALL, accept_downloads=True), served)
    mia.is_signed_in()
    mia.opens_viewer(made["asset"]["id"])
    return mia


def drags(person: Person, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag with the left button between fractions of the viewport."""
    person.points_at(*start)
    person.page.mouse.down()
    person.points_at((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    person.points_at(*end)
    person.page.mouse.up()


def downloads(person: Person, format_: str, **choices: bool) -> bytes:
    """Take a picture into a file and read it."""
    person.see("toolbar-picture").click()
    person.see(f"picture-format-{format_}").click()
    for name, wanted in choices.items():
        box = person.see(f"picture-{name}")
        if box.is_checked() != wanted:
            box.click()
    with person.page.expect_download() as coming:
        person.see("picture-download").click()
    return Path(coming.value.path()).read_bytes()


def clicks_on_part(person: Person, occurrence: int) -> None:
    pixel = person.ux(f"viewer.pixelOfOccurrence({occurrence})")
    assert pixel is not None
    box = person.viewport()
    person.page.mouse.click(box["x"] + pixel["x"], box["y"] + pixel["y"])


def test_a_screenshot_holds_the_measurement_and_the_scale_bar_ux_35(
    shared_server: Served, open_context: Callable[..., BrowserContext], coloured: dict[str, Any]
) -> None:
    mia = at_the_viewer(shared_server, open_context, coloured)
    mia.see("toolbar-measure").click()
    clicks_on_part(mia, 0)
    pixel = mia.ux("viewer.pixelOfOccurrence(1)")
    box = mia.viewport()
    mia.page.mouse.move(box["x"] + pixel["x"], box["y"] + pixel["y"], steps=3)
    mia.page.mouse.click(box["x"] + pixel["x"], box["y"] + pixel["y"])
    mia.waits_for("ux.measures.length === 1")
    mia.see("toolbar-select").click()
    mia.settles()
    label = mia.see("measure-label").first
    expect(label).to_be_visible()
    words = label.evaluate("label => (label.querySelector('text') ?? label).textContent").strip()
    assert any(digit.isdigit() for digit in words)

    root = ElementTree.fromstring(downloads(mia, "svg", title=True, annotations=True))
    texts = ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]
    assert any(words in text or text in words for text in texts if any(map(str.isdigit, text)))
    bars = [text for text in texts if text.startswith("≈ ") and text.endswith(("mm", "cm", " m"))]
    assert bars, texts
    assert any("revision A" in text for text in texts)
    assert root.find(f"{SVG}image") is not None

    without = ElementTree.fromstring(downloads(mia, "svg", annotations=False, title=False))
    plain = ["".join(text.itertext()) for text in without.iter(f"{SVG}text")]
    assert len(plain) == 1, "only the scale bar is left"
    assert not mia.errors


def test_a_transparent_picture_has_nothing_behind_the_model(
    shared_server: Served, open_context: Callable[..., BrowserContext], coloured: dict[str, Any]
) -> None:
    mia = at_the_viewer(shared_server, open_context, coloured)
    mia.see("toolbar-picture").click()
    mia.see("picture-scale-1").click()
    mia.page.keyboard.press("Escape")
    content = downloads(mia, "png", transparent=True, title=False, scaleBar=False)
    image = Image.open(io.BytesIO(content))
    assert image.mode == "RGBA"
    alpha = np.asarray(image)[..., 3]
    box = mia.viewport()
    assert image.size == (round(box["width"]), round(box["height"]))
    assert alpha[5, 5] == 0
    assert 0.02 < float((alpha == 255).mean()) < 0.9


def test_drawing_freezes_the_view_until_one_moves_on(
    shared_server: Served, open_context: Callable[..., BrowserContext], coloured: dict[str, Any]
) -> None:
    mia = at_the_viewer(shared_server, open_context, coloured)
    mia.see("viewport").focus()
    mia.page.keyboard.press("d")
    expect(mia.see("draw-bar")).to_be_visible()
    before = mia.ux("camera")
    drags(mia, (0.3, 0.4), (0.5, 0.6))
    mia.waits_for("ux.sheets.length === 1")
    mia.see("mark-cloud").click()
    drags(mia, (0.55, 0.4), (0.7, 0.6))
    mia.waits_for("ux.sheets[0].marks.length === 2")
    assert mia.ux("camera") == before

    # Neither wheel nor keys nor the right button move a view that is drawn on; it says how to go on.
    mia.points_at(0.5, 0.5)
    mia.page.mouse.wheel(0, 400)
    mia.see("viewport").focus()
    mia.page.keyboard.press("5")
    mia.page.wait_for_timeout(300)
    assert mia.ux("camera") == before
    mia.see("sheet-move-on").click()
    mia.waits_for("ux.openSheet === null")
    mia.points_at(0.5, 0.5)
    mia.page.mouse.wheel(0, 400)
    mia.until(
        "(before) => JSON.stringify(window.__ux.camera) !== before",
        mia.page.evaluate("JSON.stringify(window.__ux.sheets[0].camera)"),
    )

    # The drawing comes back with its view; words are typed where they stand.
    mia.see("mark-sheets").click()
    mia.see("sheet-open").click()
    mia.page.keyboard.press("Escape")
    mia.waits_for("ux.openSheet !== null")
    assert mia.ux("camera") == before
    mia.see("mark-text").click()
    mia.points_at(0.4, 0.3)
    mia.page.mouse.down()
    mia.page.mouse.up()
    mia.see("mark-words-input").fill("too close to the rib")
    mia.page.keyboard.press("Enter")
    expect(mia.see("mark-label").first).to_have_text("too close to the rib")
    mia.see("toolbar-undo").click()
    mia.waits_for("ux.sheets[0].marks.length === 2")
    assert not mia.errors


def test_a_pin_stays_on_its_part_when_the_model_is_pulled_apart(
    shared_server: Served, open_context: Callable[..., BrowserContext], coloured: dict[str, Any]
) -> None:
    mia = at_the_viewer(shared_server, open_context, coloured)
    mia.see("toolbar-draw").click()
    mia.see("mark-pin").click()
    clicks_on_part(mia, 0)
    mia.see("mark-words-input").fill("check weld")
    mia.page.keyboard.press("Enter")
    mia.waits_for("ux.modelMarks.length === 1")
    assert mia.ux("modelMarks[0].points[0].occurrence") == 0
    mia.see("draw-done").click()
    label = mia.see("mark-label").first
    expect(label).to_be_visible()
    first = label.bounding_box()
    mia.see("toolbar-explode").click()
    mia.see("explode-amount").fill("0.8")
    mia.see("explode-along-z").click()
    mia.page.keyboard.press("Escape")
    mia.settles()
    assert mia.ux("explosion")["along"] == "z"
    moved = label.bounding_box()
    assert first is not None
    assert moved is not None
    assert abs(moved["x"] - first["x"]) + abs(moved["y"] - first["y"]) > 10
    # What is drawn elsewhere is also picked elsewhere.
    clicks_on_part(mia, 0)
    mia.waits_for("JSON.stringify(ux.selection) === '[0]'")
    expect(mia.see("chip-explode")).to_be_visible()
    assert not mia.errors


def test_notes_of_the_file_are_listed_filtered_and_tied_to_their_faces(
    shared_server: Served, owner: Api, open_context: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    made = add_asset(owner, annotated(tmp_path / "block.step", COMMON, DIMENSIONS, DRAWN), "Notes")
    mia = at_the_viewer(shared_server, open_context, made)
    mia.see("rail-notes").click()
    mia.waits_for("ux.notes.count > 0")
    listed = mia.see("note")
    total = listed.count()
    dimensions = mia.page.locator("[data-testid=note][data-kind=dimension]").count()
    assert 0 < dimensions < total
    mia.see("notes-kind-dimension").click()
    expect(listed).to_have_count(total - dimensions)
    mia.waits_for("ux.viewer.annotations > 0")
    mia.see("toolbar-undo").click()
    expect(listed).to_have_count(total)
    tied = mia.page.locator("[data-testid=note][data-kind=dimension]").first
    tied.click()
    expect(tied).to_have_attribute("aria-pressed", "true")
    mia.waits_for("ux.selection.length > 0")
    mia.see("notes-search").fill("no such words")
    expect(listed).to_have_count(0)
    assert not mia.errors
