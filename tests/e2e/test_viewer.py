"""The viewer with real files: coloured parts, ten thousand occurrences, picks, undo and chips."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from e2e.people import Person, add_asset
from e2e.ray_truth import Model, ray_of_pixel
from e2e.shapes import coloured_step
from PIL import Image
from playwright.sync_api import BrowserContext, expect
from served import Api, Served

SMALL = {"width": 1280, "height": 720}
FIRST_PICTURE = """
(() => {
  const look = () => {
    if ((window.__ux?.viewer?.drawCalls ?? 0) > 0 && window.__ux.viewer.frames > 0)
      window.__firstPicture = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})();
"""


def picture(person: Person, tmp_path: Path) -> Image.Image:
    path = tmp_path / "viewport.png"
    person.see("viewport").screenshot(path=path)
    return Image.open(path).convert("RGB")


def share_of(image: Image.Image, near: tuple[int, int, int], hue_tolerance: int = 12) -> float:
    """Share of pixels whose hue is near that of a colour and that are not grey."""
    hsv = np.asarray(image.convert("HSV")).astype(int)
    wanted = Image.new("RGB", (1, 1), near).convert("HSV").getpixel((0, 0))
    assert isinstance(wanted, tuple)
    hue = np.abs((hsv[..., 0] - wanted[0] + 128) % 256 - 128)
    return float(((hue < hue_tolerance) & (hsv[..., 1] > 60)).mean())


@pytest.fixture(scope="module")
def fixture_asset(
    owner: Api, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, str]]:
    file = coloured_step(tmp_path_factory.mktemp("step") / "fixture.step")
    return add_asset(owner, file, "Fixtures")


def test_a_step_uploaded_through_the_page_shows_its_coloured_parts(
    shared_server: Served, owner: Api, open_context: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    project = owner.post("/projects", {"name": "Coloured"})
    mia = Person(open_context(viewport=SMALL), shared_server)
    mia.is_signed_in()
    mia.goes_to(f"/p/{project['id']}")
    mia.see("upload-input").set_input_files(coloured_step(tmp_path / "fixture.step"))
    mia.see("upload-open").first.click(timeout=60_000)
    mia.settles()
    for name in ("Fixture", "Plate", "Pin left", "Pin right"):
        expect(mia.see("tree-row").filter(has_text=name).first).to_be_visible()
    seen = picture(mia, tmp_path)
    assert share_of(seen, (26, 77, 230)) > 0.03, "the blue plate is not to be seen"
    assert share_of(seen, (242, 128, 26)) > 0.005, "the orange pins are not to be seen"
    assert not [url for url in mia.requests if "model.glb" in url]
    assert mia.errors == []


def test_hiding_shows_a_chip_with_a_list_and_undo_restores(
    shared_server: Served,
    fixture_asset: dict[str, dict[str, str]],
    open_context: Callable[..., BrowserContext],
) -> None:
    mia = Person(open_context(viewport=SMALL), shared_server)
    mia.is_signed_in()
    mia.opens_viewer(fixture_asset["asset"]["id"])
    mia.clicks_row("Pin left")
    mia.page.keyboard.press("h")
    expect(mia.see("chip-hidden")).to_contain_text("1 hidden")
    assert mia.ux("visible") == 2
    mia.clicks_row("Pin right")
    mia.see("selection-hide").click()
    expect(mia.see("chip-hidden")).to_contain_text("2 hidden")
    mia.see("chip-hidden-label").click()
    expect(mia.see("hidden-item")).to_have_count(2)
    mia.see("hidden-show").first.click()
    expect(mia.see("hidden-item")).to_have_count(1)
    mia.page.keyboard.press("Escape")
    mia.page.keyboard.press("Control+z")
    assert mia.ux("hidden") == 2
    mia.page.keyboard.press("Control+z")
    mia.page.keyboard.press("Control+z")
    expect(mia.see("chip-hidden")).to_have_count(0)
    assert mia.ux("visible") == 3


def test_clicking_a_part_selects_its_row_and_a_row_selects_the_part(
    shared_server: Served,
    fixture_asset: dict[str, dict[str, str]],
    open_context: Callable[..., BrowserContext],
) -> None:
    mia = Person(open_context(viewport=SMALL), shared_server)
    mia.is_signed_in()
    mia.opens_viewer(fixture_asset["asset"]["id"])
    mia.points_at(0.5, 0.55)
    mia.page.mouse.down()
    mia.page.mouse.up()
    mia.waits_for("ux.selectedIds.length === 1")
    row = mia.page.locator('[data-testid="tree-row"][aria-selected="true"]').first
    assert row.get_attribute("data-id") in mia.ux("selectedIds")
    mia.clicks_row("Pin right")
    structure = mia.ux("structure")
    assert mia.ux("selectedIds") == [structure["id"][structure["name"].index("Pin right")]]
    expect(mia.see("properties-title")).to_contain_text("Pin right")


def test_a_section_plane_shows_a_chip_and_a_cap_in_the_parts_colour(
    shared_server: Served,
    fixture_asset: dict[str, dict[str, str]],
    open_context: Callable[..., BrowserContext],
    tmp_path: Path,
) -> None:
    mia = Person(open_context(viewport=SMALL), shared_server)
    mia.is_signed_in()
    mia.opens_viewer(fixture_asset["asset"]["id"])
    before = share_of(picture(mia, tmp_path), (242, 128, 26))
    mia.see("rail-sections").click()
    mia.see("section-add-x").click()
    expect(mia.see("chip-sections")).to_be_visible()
    mia.see("section-offset").fill("10 mm")
    mia.page.keyboard.press("Enter")
    mia.page.evaluate("window.__ux.settled(90_000)")
    assert abs(abs(mia.ux("sections")[0]["offset_m"]) - 0.010) < 1e-6
    after = share_of(picture(mia, tmp_path), (242, 128, 26))
    assert after > 0.2 * before, "a cut solid must show its cap, not a hole"
    mia.see("chip-sections").get_by_test_id("chip-clear").click()
    expect(mia.see("chip-sections")).to_have_count(0)


@pytest.fixture(scope="module")
def rack(owner: Api, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    from holotable.sample import rack as generator

    path = tmp_path_factory.mktemp("rack") / "rack.glb"
    generator.write(path, occurrences=10_000, parts=500)
    return add_asset(owner, path, "Rack")


def test_ten_thousand_occurrences_stream_coarse_first_and_pick_as_the_structure_says(
    shared_server: Served,
    owner: Api,
    rack: dict[str, dict[str, str]],
    open_context: Callable[..., BrowserContext],
) -> None:
    revision = rack["revision"]["id"]
    context = open_context(viewport={"width": 1000, "height": 600})
    context.add_init_script(FIRST_PICTURE)
    mia = Person(context, shared_server)
    mia.is_signed_in()
    mia.opens_viewer(rack["asset"]["id"])
    mia.waits_for("window.__firstPicture > 0")
    spent = mia.page.evaluate(
        "performance.getEntriesByType('resource').filter((r) => r.name.includes('/scene/') && "
        "r.responseEnd <= window.__firstPicture).map((r) => [r.name.split('/').at(-1), r.encodedBodySize])"
    )
    assert sum(size for _, size in spent) <= 500_000, spent
    assert not [url for url in mia.requests if "model.glb" in url]
    assert 0 < mia.ux("viewer.drawCalls") <= 10
    assert mia.ux("visible") == 10_000

    truth = Model.read(fetch(owner, f"/revisions/{revision}/scene/model.glb"))
    structure_ids = set(mia.ux("structure")["id"])
    mia.points_at(0.4, 0.6)
    for _ in range(14):  # near enough for an item to be some pixels wide
        mia.page.mouse.wheel(0, -120)
    mia.page.evaluate("window.__ux.settled(90_000)")
    box, camera = mia.viewport(), mia.ux("camera")
    random = np.random.default_rng(20261122)
    done = 0
    for _ in range(2_000):
        if done == 50:
            break
        x, y = random.uniform(0.15, 0.75) * box["width"], random.uniform(0.2, 0.7) * box["height"]
        x, y = round(x) + 0.5, round(y) + 0.5
        around = {
            truth.first_hit(*ray_of_pixel(camera, x + dx, y + dy, box["width"], box["height"]))
            for dx, dy in ((0, 0), (2, 0), (-2, 0), (0, 2), (0, -2))
        }
        if len(around) != 1 or None in around:
            continue  # a pixel on a silhouette belongs to nobody in particular
        (expected,) = around
        assert expected in structure_ids
        mia.page.mouse.click(box["x"] + x, box["y"] + y)
        mia.waits_for("ux.selectedIds.length === 1")
        assert mia.ux("selectedIds") == [expected], f"pick {done} at {x}, {y}"
        done += 1
    assert done == 50


def fetch(owner: Api, path: str) -> bytes:
    import urllib.request

    request = urllib.request.Request(f"{owner.url}/api/v1{path}")
    request.add_header("Authorization", f"Bearer {owner.token}")
    with urllib.request.urlopen(request, timeout=60) as answer:
        data: bytes = answer.read()
        return data
