"""Several revisions on the table: put down, placed, taken away."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from e2e.people import Person, add_asset
from e2e.shapes import coloured_step
from playwright.sync_api import BrowserContext, expect
from served import Api, Served

SMALL = {"width": 1000, "height": 700}


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
    mia.signs_in()
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
        mia.page.wait_for_timeout(350)  # else two clicks are a double click
    mia.waits_for("ux.tool === 'select'")
    transform = mia.ux("layers[0].transform")
    assert (
        transform is None
        or max(abs(value - (1 if index % 5 == 0 else 0)) for index, value in enumerate(transform))
        < 1e-6
    )
    assert not mia.errors
