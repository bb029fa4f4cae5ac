"""Several revisions on the table: put down, placed, selected, measured, taken away."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from e2e.aiming import place_of
from e2e.people import Person, add_asset
from e2e.shapes import BLOCK_MM, block_stl, coloured_step
from e2e.test_measure import label_of, measured, picks
from playwright.sync_api import BrowserContext, expect
from served import Api, Served

SMALL = {"width": 1000, "height": 700}
PLATE, PIN_LEFT = 0, 1  # dense numbers of the occurrences
# Two clicks at one place within 0.4 s are a double click, which looks closer.
BETWEEN_CLICKS_MS = 600
LENGTH_M, THICK_M = 0.04, 0.002  # of the plate
NOTHING_M = 1e-9


@pytest.fixture(scope="module")
def twice(owner: Api, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """One asset with revisions A and B of the same file."""
    file = coloured_step(tmp_path_factory.mktemp("step") / "fixture.step")
    made = add_asset(owner, file, "Table")
    second = owner.upload(f"/assets/{made['asset']['id']}/revisions", file)
    assert owner.wait_for(second["id"] if "id" in second else second["revision"]["id"])
    return made


def with_other(
    served: Served, open_context: Callable[..., BrowserContext], made: dict[str, Any]
) -> Person:
    mia = Person(open_context(viewport=SMALL), served)
    mia.is_signed_in()
    mia.opens_viewer(made["asset"]["id"])
    mia.see("rail-table").click()
    mia.see("table-add").click()
    mia.see("table-choose").first.click()
    expect(mia.see("table-layer")).to_have_attribute("data-state", "ready")
    mia.settles()
    return mia


def entry(person: Person, testid: str) -> None:
    person.see("table-place").click()
    person.see(testid).click()


def test_a_second_revision_is_drawn_beside_the_first_and_goes_again(
    shared_server: Served, open_context: Callable[..., BrowserContext], twice: dict[str, Any]
) -> None:
    mia = with_other(shared_server, open_context, twice)
    both = mia.ux("viewer.drawCalls")
    mia.see("table-eye").click()
    mia.waits_for("ux.layers[0].visible === false")
    mia.see("table-remove").click()
    mia.waits_for("ux.layers.length === 0")
    mia.settles()
    assert mia.ux("viewer.drawCalls") < both
    mia.see("toolbar-undo").click()
    mia.waits_for("ux.layers.length === 1")
    expect(mia.see("table-layer")).to_have_attribute("data-state", "ready")
    assert not mia.errors


def test_dragging_an_arrow_moves_the_other_revision_along_one_axis(
    shared_server: Served, open_context: Callable[..., BrowserContext], twice: dict[str, Any]
) -> None:
    mia = with_other(shared_server, open_context, twice)
    entry(mia, "table-drag")
    arrow = mia.page.locator("path[data-handle=x].scene-place-ink")
    expect(arrow).to_have_count(1)
    box = arrow.bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    mia.page.mouse.move(*middle, steps=3)
    mia.page.mouse.down()
    mia.page.mouse.move(middle[0] + 60, middle[1] + 30, steps=5)
    mia.page.mouse.up()
    mia.waits_for("ux.layers[0].transform !== null")
    moved = mia.ux("layers[0].transform")
    assert abs(moved[12]) > 1e-3
    assert abs(moved[13]) < 1e-9
    assert abs(moved[14]) < 1e-9
    assert moved[:3] == [1, 0, 0]
    mia.see("toolbar-undo").click()
    mia.waits_for("ux.layers[0].transform === null")
    assert not mia.errors


def laid_aside(person: Person, pixels: float = 260) -> float:
    """Drags the other revision along X by its arrow and frames both; returns how far, in metres."""
    before = person.ux("layers[0].transform")
    entry(person, "table-drag")
    arrow = person.page.locator("path[data-handle=x].scene-place-ink")
    expect(arrow).to_have_count(1)
    box = arrow.bounding_box()
    assert box is not None
    # The arrow points to the right and down in the first view.
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    person.page.mouse.move(*middle, steps=3)
    person.page.mouse.down()
    person.page.mouse.move(middle[0] + pixels, middle[1] + pixels / 2, steps=6)
    person.page.mouse.up()
    person.until(
        "before => JSON.stringify(__ux.layers[0].transform) !== before", json.dumps(before)
    )
    person.page.keyboard.press("Escape")
    person.waits_for("ux.tool === 'select'")
    person.page.keyboard.press("Shift+KeyF")
    person.settles()
    return float(person.ux("layers[0].transform")[12])


def over_layer(person: Person, occurrence: int) -> tuple[float, float]:
    """Where the mouse is over a part of the other revision, CSS pixels in the page."""
    spot = person.ux(f"viewer.pixelOfLayer(0, {occurrence})")
    assert spot is not None
    box = person.viewport()
    return box["x"] + spot["x"], box["y"] + spot["y"]


def test_a_part_of_another_revision_is_pointed_at_selected_named_hidden_and_let_go(
    shared_server: Served, open_context: Callable[..., BrowserContext], twice: dict[str, Any]
) -> None:
    mia = with_other(shared_server, open_context, twice)
    laid_aside(mia)
    revision = mia.ux("layers[0].revisionId")
    mia.see("rail-properties").click()
    mia.settles()
    mia.page.mouse.move(*over_layer(mia, PIN_LEFT), steps=3)
    mia.waits_for(f"ux.layerHover === {PIN_LEFT}")
    assert mia.ux("hover") is None
    mia.page.mouse.click(*over_layer(mia, PIN_LEFT))
    mia.waits_for("ux.layerSelection !== null")
    assert mia.ux("layerSelection") == {"revision": revision, "parts": [PIN_LEFT]}
    bar = mia.see("layer-bar-name")
    expect(bar).to_contain_text("Pin left")
    expect(bar).to_contain_text("fixture B")
    expect(mia.see("said")).to_contain_text("Belongs to fixture B")
    expect(mia.see("properties-title")).to_have_text("Pin left")
    expect(mia.see("properties-owner")).to_contain_text("fixture B")
    expect(mia.see("property-group").first).to_be_visible()
    # With the mouse, then with the keys: what is hidden is of that revision alone.
    mia.see("layer-bar-hide").click()
    mia.waits_for("ux.layerSelection === null")
    assert mia.ux("layerParts")[revision]["hidden"] == [PIN_LEFT]
    assert mia.ux("hidden") == 0
    expect(mia.see(f"chip-layer-hidden-{revision}")).to_contain_text("fixture B: 1 hidden")
    mia.settles()
    assert mia.ux(f"viewer.pixelOfLayer(0, {PIN_LEFT})") is None
    mia.see("toolbar-undo").click()
    mia.waits_for("Object.keys(ux.layerParts).length === 0")
    mia.page.mouse.click(*over_layer(mia, PLATE))
    mia.waits_for(f"ux.layerSelection?.parts[0] === {PLATE}")
    mia.page.keyboard.press("Shift+KeyH")
    mia.waits_for(f"ux.layerParts['{revision}']?.isolated === true")
    mia.page.keyboard.press("Backspace")
    mia.waits_for("ux.layerSelection?.parts.length === 3")
    mia.page.keyboard.press("Escape")
    mia.waits_for("ux.layerSelection === null")
    mia.page.keyboard.press("Escape")
    mia.waits_for(f"ux.layerParts['{revision}']?.hidden.length === 0")
    # A part of the active revision takes the selection over, and nothing else does.
    mia.page.wait_for_timeout(BETWEEN_CLICKS_MS)
    mia.page.mouse.click(*over_layer(mia, PLATE))
    mia.waits_for("ux.layerSelection !== null")
    own = mia.ux(f"viewer.pixelOfOccurrence({PLATE})")
    box = mia.viewport()
    mia.page.mouse.click(box["x"] + own["x"], box["y"] + own["y"])
    mia.waits_for("ux.selection.length === 1")
    assert mia.ux("layerSelection") is None
    assert not mia.errors


def test_the_whole_of_another_revision_is_reached_with_the_keys_alone(
    shared_server: Served, open_context: Callable[..., BrowserContext], twice: dict[str, Any]
) -> None:
    mia = with_other(shared_server, open_context, twice)
    mia.see("table-select").focus()
    mia.page.keyboard.press("Enter")
    mia.waits_for("ux.layerSelection?.parts.length === 3")
    expect(mia.see("table-select")).to_have_attribute("aria-pressed", "true")
    expect(mia.see("layer-bar-name")).to_contain_text("Fixture")
    mia.see("layer-bar-ghost").focus()
    mia.page.keyboard.press("Enter")
    revision = mia.ux("layers[0].revisionId")
    expect(mia.see(f"chip-layer-ghosted-{revision}")).to_contain_text("3 ghosted")
    # What is seen through is not hit: the click goes to the active revision, which stands there too.
    assert mia.ux(f"viewer.pixelOfOccurrence({PLATE})") is not None
    mia.see("table-remove").click()
    mia.waits_for("ux.layerSelection === null")
    assert not mia.errors


def measuring(person: Person, task: str) -> None:
    person.see("viewport").focus()
    person.page.keyboard.press("m")
    person.see("hint-measure-task").select_option(task)


def test_the_distance_between_two_revisions_is_exact_and_says_when_one_of_them_moved(
    shared_server: Served, open_context: Callable[..., BrowserContext], twice: dict[str, Any]
) -> None:
    mia = with_other(shared_server, open_context, twice)
    aside = laid_aside(mia)
    measuring(mia, "distance")
    mia.settles()
    picks(mia, [0, 0, THICK_M], "vertex")
    picks(mia, [LENGTH_M + aside, 0, THICK_M], "vertex")
    found = measured(mia, 1)
    assert found["exact"]
    assert abs(found["value"] - (LENGTH_M + aside)) < NOTHING_M
    assert found["components"] == pytest.approx([LENGTH_M + aside, 0, 0], abs=NOTHING_M)
    revision = mia.ux("layers[0].revisionId")
    assert found["anchors"][0]["occurrence"] == PLATE
    assert found["anchors"][1]["occurrence"] is None
    assert found["anchors"][1]["other"] == {"revision_id": revision, "number": PLATE}
    # Its end on the other revision is dragged to the corner below.
    box = mia.viewport()
    start = place_of(mia, [LENGTH_M + aside, 0, THICK_M])
    end = place_of(mia, [LENGTH_M + aside, 0, 0])
    assert start is not None
    assert end is not None
    mia.page.mouse.move(box["x"] + start[0], box["y"] + start[1])
    mia.page.mouse.down()
    mia.page.mouse.move(box["x"] + end[0], box["y"] + end[1], steps=5)
    mia.page.mouse.up()
    slanted = math.hypot(LENGTH_M + aside, THICK_M)
    mia.waits_for(f"Math.abs(ux.measures[0].value - {slanted}) < {NOTHING_M}")
    assert measured(mia, 1)["exact"]
    # The other revision goes on: the value is of then, and says so on its label and in the list.
    expect(mia.see("measure-outdated")).to_have_count(0)
    mia.page.keyboard.press("Escape")
    mia.waits_for("ux.tool === 'select'")
    mia.see("rail-table").click()
    mia.settles()
    farther = laid_aside(mia, 60)
    assert abs(farther - aside) > 1e-4
    assert abs(measured(mia, 1)["value"] - slanted) < NOTHING_M
    assert "fixture B has moved since" in label_of(mia, measured(mia, 1))
    mia.see("rail-measures").click()
    expect(mia.see("measure-outdated")).to_contain_text("fixture B has moved since")
    mia.see("measure-again").click()
    slanted = math.hypot(LENGTH_M + farther, THICK_M)
    mia.waits_for(f"Math.abs(ux.measures[0].value - {slanted}) < {NOTHING_M}")
    expect(mia.see("measure-outdated")).to_have_count(0)
    # Taken off the table, and back again.
    mia.see("rail-table").click()
    mia.see("table-remove").click()
    mia.waits_for("ux.layers.length === 0")
    mia.see("rail-measures").click()
    expect(mia.see("measure-outdated")).to_contain_text("off the table")
    expect(mia.see("measure-again")).to_have_count(0)
    mia.see("toolbar-undo").click()
    expect(mia.see("measure-outdated")).to_have_count(0)
    assert not mia.errors


def test_what_is_measured_to_a_mesh_of_another_asset_says_that_it_is_near(
    shared_server: Served,
    open_context: Callable[..., BrowserContext],
    owner: Api,
    twice: dict[str, Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    mesh = block_stl(tmp_path_factory.mktemp("stl") / "Block.stl")
    upload = owner.upload(f"/projects/{twice['project']['id']}/uploads", mesh)
    assert owner.wait_for(upload["revision"]["id"])["state"] == "ready"
    mia = Person(open_context(viewport=SMALL), shared_server)
    mia.is_signed_in()
    mia.opens_viewer(twice["asset"]["id"])
    mia.see("rail-table").click()
    mia.see("table-add").click()
    mia.see("table-asset").select_option(upload["asset"]["id"])
    mia.see("table-choose").first.click()
    expect(mia.see("table-layer")).to_have_attribute("data-state", "ready")
    mia.page.keyboard.press("Shift+KeyF")
    mia.settles()
    measuring(mia, "distance")
    mia.settles()
    length, _width, height = BLOCK_MM
    near = [length / 1000, 0, 0]
    picks(mia, near, "vertex")
    picks(mia, [0, 0, height / 1000], "vertex")
    found = measured(mia, 1)
    assert not found["exact"]
    assert found["mesh"]
    assert 0 < found["tolerance"] < 1e-3
    assert abs(found["value"] - math.hypot(length, height) / 1000) <= found["tolerance"]
    assert "≈" in label_of(mia, found)
    assert {anchor["other"]["revision_id"] for anchor in found["anchors"]} == {
        upload["revision"]["id"]
    }
    assert not mia.errors


def test_by_map_coordinates_needs_files_that_state_them(
    shared_server: Served, open_context: Callable[..., BrowserContext], twice: dict[str, Any]
) -> None:
    mia = with_other(shared_server, open_context, twice)
    entry(mia, "table-georeference")
    expect(mia.see("announcement").first).to_contain_text("does not say where on Earth")
    assert not mia.errors


def test_three_points_bring_a_moved_revision_back(
    shared_server: Served,
    open_context: Callable[..., BrowserContext],
    twice: dict[str, Any],
    tmp_path: Path,
) -> None:
    mia = with_other(shared_server, open_context, twice)
    entry(mia, "table-points")
    expect(mia.see("place-hint")).to_contain_text("1 of 3")
    box = mia.viewport()
    # Both stand upon each other, so the same pixels are the same points: the motion found is none.
    spots = [mia.ux(f"viewer.pixelOfOccurrence({occurrence})") for occurrence in (0, 1, 2)]
    for spot in (*spots, *spots):
        mia.page.mouse.click(box["x"] + spot["x"], box["y"] + spot["y"])
        mia.page.wait_for_timeout(BETWEEN_CLICKS_MS)
    mia.waits_for("ux.tool === 'select'")
    transform = mia.ux("layers[0].transform")
    assert (
        transform is None
        or max(abs(value - (1 if index % 5 == 0 else 0)) for index, value in enumerate(transform))
        < 1e-6
    )
    assert not mia.errors
