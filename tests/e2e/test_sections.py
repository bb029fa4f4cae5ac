"""Sections in the picture: caps that are right, handles that move only what they should, drawings that measure."""

import colorsys
import math
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from e2e.aiming import moves_to, place_of
from e2e.cut_shapes import (
    BLUE,
    BURIED,
    CUT,
    GREEN,
    NESTED,
    OPEN,
    ORANGE,
    OVERLAP,
    PURPLE,
    RED,
    ROW,
    SHAFT,
    SPARED,
    STACKED,
    TEAL,
    TOUCHING,
    YELLOW,
    mirrored_gltf,
    stage_step,
)
from e2e.people import Person, add_asset
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect
from served import Api, Served

SMALL = {"width": 1240, "height": 600}
SHOTS = Path("build/e2e/sections")


@pytest.fixture(scope="module")
def stage(owner: Api, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return add_asset(owner, stage_step(tmp_path_factory.mktemp("step") / "Stage.step"), "Stages")


@pytest.fixture(scope="module")
def mirror(owner: Api, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    path = mirrored_gltf(tmp_path_factory.mktemp("gltf") / "Mirror.gltf")
    return add_asset(owner, path, "Mirrors")


@pytest.fixture(scope="module")
def signed_in(
    chromium: Browser, shared_server: Served, owner: Api
) -> Any:  # Playwright's storage state
    """What a browser keeps of Mia's signing in, so that it happens once."""
    context = chromium.new_context()
    Person(context, shared_server).is_signed_in()
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def mia(
    shared_server: Served, open_context: Callable[..., BrowserContext], signed_in: Any
) -> Iterator[Person]:
    context = open_context(viewport=SMALL, accept_downloads=True, storage_state=signed_in)
    person = Person(context, shared_server)
    yield person
    assert not person.errors


def opens(person: Person, asset: dict[str, Any], view: str = "5") -> None:
    person.opens_viewer(asset["asset"]["id"])
    person.see("rail-sections").click()
    if person.see("properties").count() > 0:
        person.see("rail-properties").click()
        expect(person.see("properties")).to_have_count(0)
        # The picture has its new width before it is fitted.
        width = person.viewport()["width"]
        person.until(f"document.querySelector('canvas').clientWidth >= {width - 2}")
        person.settles()
    person.see("viewport").focus()
    if person.ux("display")["projection"] == "perspective":
        person.page.keyboard.press("p")
    person.page.keyboard.press(view)
    person.settles()


def cuts_at(person: Person, axis: str, offset: str, row: int = 0) -> None:
    """A plane across an axis at an offset that is typed."""
    person.see(f"section-add-{axis}").click()
    types(person.page, "section-offset", offset, row)
    person.settles()


def types(page: Page, testid: str, text: str, row: int = 0) -> None:
    field = page.get_by_test_id(testid).nth(row)
    field.fill(text)
    field.press("Enter")


class Picture:
    """One screenshot, asked for points of the file in millimetres."""

    def __init__(self, person: Person, name: str) -> None:
        person.settles()
        self.person = person
        self.shot = np.array(Image.open(person.screenshot(SHOTS / f"{name}.png")).convert("RGB"))

    def around(self, *point: float, reach: int = 5, up: str = "z") -> np.ndarray:
        """(n, 3) pixels about a point of the file, mm."""
        at = place_of(self.person, [value / 1000 for value in point], up)
        assert at is not None, f"{point} is not in the picture"
        box = self.person.viewport()
        x, y = round(box["x"] + at[0]), round(box["y"] + at[1])
        found: np.ndarray = self.shot[y - reach : y + reach + 1, x - reach : x + reach + 1]
        return found.reshape(-1, 3).astype(float)

    def hue(self, *point: float, up: str = "z") -> float:
        red, green, blue = (float(value) / 255 for value in self.around(*point, up=up).mean(axis=0))
        return colorsys.rgb_to_hsv(red, green, blue)[0] * 360

    def is_hatched(self, *point: float, reach: int = 5, up: str = "z") -> bool:
        """Lines of ink on paper: two brightnesses side by side."""
        bright = self.around(*point, reach=reach, up=up).mean(axis=1)
        return float(np.percentile(bright, 92) - np.percentile(bright, 8)) > 18

    def windows_of(self, colour: str, size: int = 12) -> int:
        """How many windows of the viewport are hatched in a colour."""
        box = self.person.viewport()
        found = 0
        for y in range(int(box["y"]), int(box["y"] + box["height"]) - size, size):
            for x in range(int(box["x"]), int(box["x"] + box["width"]) - size, size):
                window = self.shot[y : y + size, x : x + size].reshape(-1, 3).astype(float)
                bright = window.mean(axis=1)
                spread = float(np.percentile(bright, 92) - np.percentile(bright, 8))
                red, green, blue = (float(value) / 255 for value in window.mean(axis=0))
                hue, saturation, _ = colorsys.rgb_to_hsv(red, green, blue)
                if spread > 18 and saturation > 0.25 and apart(hue * 360, hue_of(colour)) < 14:
                    found += 1
        return found

    def shows(self, colour: str, *point: float, up: str = "z") -> bool:
        """The cap at a point has the part's hue and is hatched."""
        return apart(self.hue(*point, up=up), hue_of(colour)) < 14 and self.is_hatched(
            *point, up=up
        )


def hue_of(colour: str) -> float:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return colorsys.rgb_to_hsv(red, green, blue)[0] * 360


def apart(a: float, b: float) -> float:
    return abs((a - b + 180) % 360 - 180)


def test_caps_of_neighbours_nested_snug_touching_buried_and_overlapping_parts(
    mia: Person, stage: dict[str, Any]
) -> None:
    opens(mia, stage)
    cuts_at(mia, "z", f"{CUT} mm")
    assert mia.ux("sectionReport")["state"] == "done"
    seen = Picture(mia, "stage_light")
    z = CUT
    # Nested cylinders: wall, gap, wall, gap, core; the gaps are 6 pixels wide between their outlines.
    assert seen.shows(RED, NESTED + 26, 0, z)
    assert not seen.is_hatched(NESTED + 20, 0, z, reach=1)
    assert seen.shows(GREEN, NESTED + 14, 0, z)
    assert not seen.is_hatched(NESTED + 8, 0, z, reach=1)
    assert seen.shows(BLUE, NESTED, 0, z)
    # A shaft in a snug ring: each its own, up to the joint, and hatched differently.
    assert seen.shows(ORANGE, SHAFT + 21, 0, z)
    assert seen.shows(PURPLE, SHAFT + 4, 0, z)
    assert seen.shows(ORANGE, SHAFT, 16, z)
    assert seen.shows(PURPLE, SHAFT, 6, z)
    # Touching boxes keep their joint.
    assert seen.shows(TEAL, TOUCHING - 12, 0, z)
    assert seen.shows(YELLOW, TOUCHING + 12, 0, z)
    # A ball in its cavity, and one that runs into its block.
    assert seen.shows(BLUE, BURIED + 19, 0, z)
    assert seen.shows(RED, BURIED, 0, z)
    assert seen.shows(GREEN, OVERLAP + 19, ROW, z)
    assert seen.is_hatched(OVERLAP, ROW, z)
    # In the plane itself: the lower block's own face is no cut, the upper one is gone.
    assert apart(seen.hue(STACKED, ROW, z), hue_of(YELLOW)) < 14
    assert not seen.is_hatched(STACKED, ROW, z)
    # An open shell has no cap: its floor is seen, and the panel says why.
    assert not seen.is_hatched(OPEN, ROW, z)
    expect(mia.see("section-open")).to_contain_text("1 open shell is not capped")
    expect(mia.see("section-open")).to_contain_text("Open shell")
    # Areas against their closed forms; circles are polygons a little inside.
    areas = {row["name"]: row["area"] for row in area_rows(mia)}
    assert areas["Touching left"] == pytest.approx(25 * 40, rel=1e-4)
    assert areas["Snug shaft"] == pytest.approx(math.pi * 12**2, rel=0.02)
    assert areas["Buried block"] == pytest.approx(50 * 40 - math.pi * 12**2, rel=0.01)
    assert "Open shell" not in areas
    assert "Stacked lower" not in areas
    # The same in the dark.
    mia.see("me-menu").click()
    mia.see("me-theme").click()
    mia.page.keyboard.press("Escape")
    assert Picture(mia, "stage_dark").shows(RED, NESTED + 26, 0, z)


def area_rows(person: Person) -> list[dict[str, Any]]:
    """What is cut, name and square millimetres, read from the page's numbers."""
    names = person.page.evaluate(
        "(() => { const { name, part } = __ux.structure;"
        " return name.filter((_, row) => part[row] >= 0); })()"
    )
    return [
        {"plane": plane["plane"], "name": names[o], "area": area * 1e6}
        for plane in person.ux("sectionAreas")
        for o, area in zip(plane["occurrences"], plane["areas"], strict=True)
    ]


def test_an_excluded_part_stays_whole_and_comes_back(mia: Person, stage: dict[str, Any]) -> None:
    opens(mia, stage)
    cuts_at(mia, "z", f"{CUT} mm")
    mia.see("rail-model").click()
    mia.clicks_row("Spared pin")
    mia.see("rail-sections").click()
    mia.see("section-spare").click()
    mia.see("viewport").focus()
    mia.page.keyboard.press("Escape")
    seen = Picture(mia, "excluded")
    assert seen.shows(TEAL, SPARED + 21, ROW, CUT)
    # The pin goes on to its own top, which is no cut.
    assert not seen.is_hatched(SPARED, ROW, 50)
    assert apart(seen.hue(SPARED, ROW, 50), hue_of(RED)) < 14
    expect(mia.see("chip-uncut")).to_be_visible()
    expect(mia.see("section-spared-row")).to_have_count(1)
    mia.page.keyboard.press("Control+z")
    expect(mia.see("chip-uncut")).to_have_count(0)
    assert Picture(mia, "excluded_undone").shows(RED, SPARED, ROW, CUT)


def test_a_mirrored_occurrence_and_a_textured_part_are_capped(
    mia: Person, mirror: dict[str, Any]
) -> None:
    opens(mia, mirror)
    mia.waits_for("ux.viewer.surfaces > 0")
    cuts_at(mia, "y", "25 mm")
    seen = Picture(mia, "mirrored")
    for x, z in ((7.5, 30), (30, 7.5), (7.5, 7.5)):
        assert seen.shows(RED, x, 25, z, up="y")
        assert seen.shows(RED, 200 - x, 25, z, up="y")
    for x in (30, 170):
        assert not seen.is_hatched(x, 25, 30, up="y")
    assert seen.shows("#28963c", 320, 25, 20, up="y")
    areas = area_rows(mia)
    assert sorted(round(row["area"]) for row in areas) == [975, 975, 1600]


def test_typing_an_offset_moves_the_plane_and_fills_the_cut_ux_30(
    mia: Person, owner: Api, big_step: Path
) -> None:
    gearbox = add_asset(owner, big_step, "Gearboxes")
    opens(mia, gearbox, "5")
    cuts_at(mia, "z", "25.4 mm")
    [section] = mia.ux("sections")
    assert abs(abs(section["offset_m"]) - 0.0254) < 1e-6
    expect(mia.see("section-offset")).to_have_value(re.compile(r"^25\.40? mm$"))
    # Through the axis, where the housing itself is cut: its cap is hatched and of its hue.
    types(mia.page, "section-offset", "133 mm")
    mia.settles()
    report = mia.ux("sectionReport")
    assert report["state"] == "done"
    assert report["open"] == []
    assert "Output housing" in {row["name"] for row in area_rows(mia)}
    assert Picture(mia, "gearbox").windows_of(HOUSING) > 20


# The sample's castings (backend/holotable/sample/gearbox.py).
HOUSING = "#2f5d8a"


def test_a_box_around_the_selection_has_a_tenth_of_room_and_clear_all_is_undone_ux_31(
    mia: Person, stage: dict[str, Any]
) -> None:
    opens(mia, stage, "0")
    mia.see("rail-model").click()
    mia.clicks_row("Snug ring")
    mia.see("rail-sections").click()
    mia.see("section-around").click()
    box = mia.ux("sectionBox")
    size = [2 * half * 1000 for half in box["half"]]
    # The ring: 60 × 60 mm and 50 mm high; inside y is up.
    for got, bound in zip(size, (60, 50, 60), strict=True):
        assert 0.09 <= got / bound - 1 <= 0.11
    # About the triangles of the ring, which lie a little inside the round.
    centre = [value * 1000 for value in box["centre"]]
    assert centre == pytest.approx([SHAFT, 25, 0], abs=0.1)
    cuts_at(mia, "x", f"{SHAFT} mm")
    before = mia.page.evaluate("JSON.stringify([__ux.sections, __ux.sectionBox, __ux.uncut])")
    expect(mia.see("chip-section-box")).to_be_visible()
    mia.see("sections-clear").click()
    assert mia.ux("sections") == []
    assert mia.ux("sectionBox") is None
    mia.see("viewport").focus()
    mia.page.keyboard.press("Control+z")
    after = mia.page.evaluate("JSON.stringify([__ux.sections, __ux.sectionBox, __ux.uncut])")
    assert after == before
    # Planes and box cut together: nothing beyond the box is left.
    mia.settles()
    assert {row["name"] for row in area_rows(mia)} == {"Snug ring", "Snug shaft"}
    Picture(mia, "box")


def test_handles_move_and_turn_a_plane_and_never_the_camera(
    mia: Person, stage: dict[str, Any]
) -> None:
    opens(mia, stage, "1")
    cuts_at(mia, "z", f"{CUT} mm")
    mia.see("toolbar-section").click()
    mia.see("viewport").focus()
    mia.page.keyboard.press("1")
    mia.settles()
    camera = mia.ux("camera")
    middle = (150, ROW / 2, CUT)
    box = mia.viewport()

    def grab(right: float, down: float) -> tuple[float, float]:
        at = place_of(mia, [value / 1000 for value in middle])
        assert at is not None
        x, y = box["x"] + at[0] + right, box["y"] + at[1] + down
        mia.page.mouse.move(x, y, steps=3)
        mia.page.mouse.down()
        return x, y

    # The arrow points up, at what is cut away; it is 84 px long.
    x, y = grab(0, -60)
    mia.page.mouse.move(x, y - 30, steps=5)
    expect(mia.page.locator('[data-testid="section-readout"]')).to_contain_text("mm")
    mia.page.mouse.up()
    moved = abs(mia.ux("sections")[0]["offset_m"]) * 1000
    assert moved > CUT + 1
    assert mia.ux("camera") == camera
    # Esc gives the drag up: the plane is back, the tool stays, and there is nothing to undo.
    middle = (150, ROW / 2, moved)
    x, y = grab(0, -60)
    mia.page.mouse.move(x, y + 40, steps=5)
    assert abs(abs(mia.ux("sections")[0]["offset_m"]) * 1000 - moved) > 1
    mia.page.keyboard.press("Escape")
    assert abs(mia.ux("sections")[0]["offset_m"]) * 1000 == pytest.approx(moved)
    mia.page.mouse.move(x, y + 80)
    mia.page.mouse.up()
    assert abs(mia.ux("sections")[0]["offset_m"]) * 1000 == pytest.approx(moved)
    assert mia.ux("tool") == "section"
    assert mia.ux("camera") == camera
    # From the front one ring faces the eye: dragged around by about 30° it turns the plane by 30°.
    x, y = grab(58 * math.cos(math.radians(20)), -58 * math.sin(math.radians(20)))
    centre_x, centre_y = x - 58 * math.cos(math.radians(20)), y + 58 * math.sin(math.radians(20))
    for degrees in range(22, 53, 3):
        angle = math.radians(degrees)
        mia.page.mouse.move(centre_x + 58 * math.cos(angle), centre_y - 58 * math.sin(angle))
    mia.page.mouse.up()
    normal = mia.ux("sections")[0]["normal"]
    tilted = math.degrees(math.acos(min(1.0, abs(normal[1]))))
    assert tilted == pytest.approx(30, abs=0.01)
    assert mia.ux("camera") == camera
    mia.page.keyboard.press("Control+z")
    assert abs(mia.ux("sections")[0]["normal"][1]) == pytest.approx(1)
    Picture(mia, "handles")


def test_a_side_of_the_box_is_dragged_by_mouse_and_by_finger(
    shared_server: Served,
    open_context: Callable[..., BrowserContext],
    signed_in: Any,
    stage: dict[str, Any],
) -> None:
    context = open_context(viewport=SMALL, has_touch=True, storage_state=signed_in)
    ben = Person(context, shared_server)
    opens(ben, stage, "5")
    ben.see("section-around").click()
    ben.see("toolbar-section").click()
    ben.see("viewport").focus()
    ben.page.keyboard.press("5")
    ben.settles()
    box, camera = ben.ux("sectionBox"), ben.ux("camera")
    width = 2 * box["half"][0] * 1000
    # The left one: at the right are a finger's zoom buttons.
    side = [(box["centre"][0] - box["half"][0]) * 1000, -box["centre"][2] * 1000]
    height = box["centre"][1] * 1000
    place = place_of(ben, [side[0] / 1000, side[1] / 1000, height / 1000])
    view = ben.viewport()
    assert place is not None
    x, y = view["x"] + place[0] - 8, view["y"] + place[1]
    ben.page.mouse.move(x, y, steps=3)
    ben.page.mouse.down()
    ben.page.mouse.move(x + 60, y, steps=6)
    ben.page.mouse.up()
    after = ben.ux("sectionBox")
    assert 2 * after["half"][0] * 1000 < width - 5
    # The other side stays where it was.
    high = after["centre"][0] + after["half"][0]
    assert high == pytest.approx(box["centre"][0] + box["half"][0], abs=1e-9)
    assert ben.ux("camera") == camera
    # A finger, 15 px beside the knob.
    client = ben.page.context.new_cdp_session(ben.page)

    def touch(kind: str, *at: float) -> None:
        points = [{"x": at[0], "y": at[1]}] if at else []
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", x + 60, y + 15)
    for step in range(1, 7):
        touch("touchMove", x + 60 + 10 * step, y + 15)
    touch("touchEnd")
    assert ben.ux("sectionBox")["half"][0] < after["half"][0] - 1e-4
    assert ben.ux("camera") == camera
    assert not ben.errors


def test_clicks_make_planes_of_faces_axes_and_three_points(
    mia: Person, stage: dict[str, Any]
) -> None:
    opens(mia, stage, "0")
    # A flat face: exactly its plane, keeping what lies behind it.
    mia.see("section-pick-face").click()
    moves_to(mia, [TOUCHING / 1000 - 0.012, 0.0, 0.05])
    mia.page.mouse.down()
    mia.page.mouse.up()
    mia.waits_for("ux.sections.length === 1")
    [top] = mia.ux("sections")
    assert top["normal"] == [0, -1, 0]
    assert top["offset_m"] == -0.05
    # A round face: through its axis, and what else it may mean is offered. Without the first plane, whose handles
    # stand before the ring.
    mia.see("sections-clear").click()
    moves_to(mia, [(SHAFT + 30 * math.cos(-0.9)) / 1000, 0.030 * math.sin(-0.9), 0.03])
    mia.page.mouse.down()
    mia.page.mouse.up()
    mia.waits_for("ux.sections.length === 1")
    [round_one] = mia.ux("sections")
    assert abs(round_one["normal"][1]) < 1e-9
    # The axis, x = SHAFT and y = 0, lies in the plane.
    assert round_one["normal"][0] * SHAFT / 1000 == pytest.approx(round_one["offset_m"], abs=1e-9)
    mia.see("section-offer-square").click()
    assert mia.ux("sections")[0]["normal"] == [0, -1, 0]
    mia.see("sections-clear").click()
    # Three corners.
    mia.see("section-pick-points").click()
    x = TOUCHING / 1000
    for corner in ([x + 0.025, -0.02, 0.05], [x + 0.025, 0.02, 0.05], [x, -0.02, 0.0]):
        moves_to(mia, corner)
        mia.page.wait_for_timeout(120)
        mia.page.mouse.down()
        mia.page.mouse.up()
    mia.waits_for("ux.sections.length === 1")
    [through] = mia.ux("sections")
    for point in ([x + 0.025, 0.05, 0.02], [x + 0.025, 0.05, -0.02], [x, 0.0, 0.02]):
        height = sum(a * b for a, b in zip(through["normal"], point, strict=True))
        assert height == pytest.approx(through["offset_m"], abs=2e-6)


def test_outlines_go_out_as_svg_and_dxf_at_full_scale(
    mia: Person, stage: dict[str, Any], tmp_path: Path
) -> None:
    opens(mia, stage)
    cuts_at(mia, "z", f"{CUT} mm")
    drawn = mia.ux("sectionAreas")[0]
    with mia.page.expect_download() as download:
        mia.see("section-export-dxf").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    dxf = read_dxf(path.read_bytes().decode("ascii"))
    assert dxf["$INSUNITS"] == "4"
    area = sum(loop_area(points) for _, closed, points in dxf["outlines"] if closed)
    assert area == pytest.approx(sum(drawn["areas"]) * 1e6, rel=1e-5)
    assert any(not closed for layer, closed, _ in dxf["outlines"] if layer == "OPEN_SHELL")
    assert loop_area(
        next(points for layer, _, points in dxf["outlines"] if layer == "TOUCHING_LEFT")
    ) == pytest.approx(1000, rel=1e-6)
    # Millimetres, 1:1: from the first part's left to the last one's right.
    xs = [x for _, _, points in dxf["outlines"] for x, _ in points]
    assert max(xs) - min(xs) == pytest.approx(BURIED + 25 - (NESTED - 30), abs=0.5)
    with mia.page.expect_download() as download:
        mia.see("section-export-svg").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    svg = ElementTree.fromstring(path.read_text())
    space = "{http://www.w3.org/2000/svg}"
    assert svg.get("width", "").endswith("mm")
    titles = {title.text for title in svg.iterfind(f"{space}g/{space}title")}
    assert {"Snug ring", "Snug shaft", "Open shell"} <= titles


def read_dxf(text: str) -> dict[str, Any]:
    """Header values and polylines (layer, closed, points) of a release 12 file; every pair is looked at."""
    lines = text.split("\r\n")
    assert lines.pop() == ""
    assert len(lines) % 2 == 0
    pairs = [(int(lines[i]), lines[i + 1]) for i in range(0, len(lines), 2)]
    assert pairs[-1] == (0, "EOF")
    found: dict[str, Any] = {"outlines": []}
    current: tuple[str, bool, list[tuple[float, float]]] | None = None
    entity, values, name = "", {}, ""
    for code, value in [*pairs, (0, "END")]:
        if code == 9:
            name = value
        elif name and code in (1, 70):
            found[name], name = value, ""
        if code != 0:
            values[code] = value
            continue
        if entity == "POLYLINE":
            current = (values[8], int(values[70]) & 1 == 1, [])
        elif entity == "VERTEX" and current:
            current[2].append((float(values[10]), float(values[20])))
        elif entity == "SEQEND" and current:
            found["outlines"].append(current)
        entity, values = value, {}
    return found


def loop_area(points: list[tuple[float, float]]) -> float:
    return sum(
        (x * v - u * y) / 2 for (x, y), (u, v) in zip(points, points[1:] + points[:1], strict=True)
    )


def test_the_keyboard_does_everything_that_handles_do(mia: Person, stage: dict[str, Any]) -> None:
    opens(mia, stage)
    cuts_at(mia, "z", f"{CUT} mm")
    page = mia.page
    types(page, "section-name", "Joint face")
    assert mia.ux("sections")[0]["name"] == "Joint face"
    mia.see("section-step-on").click()
    step = abs(mia.ux("sections")[0]["offset_m"]) - CUT / 1000
    assert step > 0
    assert math.log10(step / 0.005) == pytest.approx(0, abs=0.4)
    types(page, "section-offset", "1 in")
    assert abs(mia.ux("sections")[0]["offset_m"]) == pytest.approx(0.0254, abs=1e-9)
    types(page, "section-tilt", "-60")
    assert abs(mia.ux("sections")[0]["normal"][1]) == pytest.approx(math.sin(math.radians(60)))
    mia.see("section-flip").click()
    mia.see("section-add-x").click()
    mia.see("section-down").first.click()
    assert [one["name"] for one in mia.ux("sections")] == ["Section X", "Joint face"]
    mia.see("section-enabled").first.click()
    assert [one["enabled"] for one in mia.ux("sections")] == [False, True]
    mia.see("section-cap").nth(1).uncheck()
    mia.settles()
    assert area_rows(mia) == []
    for _ in range(4):
        mia.see("viewport").focus()
        page.keyboard.press("Control+z")
    assert [one["name"] for one in mia.ux("sections")] == ["Joint face"]
