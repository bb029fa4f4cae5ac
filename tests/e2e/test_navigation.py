"""Moving through a model as people of nine programs do: mouse, trackpad, fingers and keys (UX.md 13 to 22 and 29)."""

import math
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from e2e.conftest import ANSWERED, CEILING_MS
from e2e.people import Person, add_asset
from e2e.shapes import coloured_step
from numpy.typing import NDArray
from playwright.sync_api import Browser, BrowserContext, CDPSession, expect
from served import Api, Served

Floats = NDArray[np.float64]
SIZE = {"width": 900, "height": 560}
PLATE_CORNER_MM = (40.0, 20.0, 2.0)
"""Of the file, z up: the plate's upper corner to the right and back."""
PRESETS = ("web", "onshape", "solidworks", "creo", "fusion", "blender", "maya", "trackpad", "touch")
DRAGS: dict[str, list[tuple[str, str, tuple[str, ...]]]] = {
    "web": [
        ("orbit", "left", ()),
        ("pan", "right", ()),
        ("pan", "middle", ()),
        ("pan", "left", ("Shift",)),
    ],
    "onshape": [("orbit", "right", ()), ("pan", "right", ("Control",)), ("pan", "middle", ())],
    "solidworks": [
        ("orbit", "middle", ()),
        ("pan", "right", ("Control",)),
        ("pan", "middle", ("Control",)),
        ("zoom", "middle", ("Shift",)),
    ],
    "creo": [
        ("orbit", "middle", ()),
        ("pan", "middle", ("Shift",)),
        ("zoom", "middle", ("Control",)),
    ],
    "fusion": [("orbit", "middle", ("Shift",)), ("pan", "middle", ())],
    "blender": [("orbit", "middle", ()), ("pan", "middle", ("Shift",))],
    "maya": [
        ("orbit", "left", ("Alt",)),
        ("orbit", "left", ("Alt", "Shift")),
        ("pan", "middle", ("Alt",)),
        ("zoom", "right", ("Alt",)),
    ],
}
NEXT_POSITION = """
async (last) => {
  const until = performance.now() + 2000;
  while (String(window.__ux.camera.position) === last && performance.now() < until)
    await new Promise((resolve) => setTimeout(resolve, 1));
  return window.__ux.camera.position;
}
"""
"""Where the camera is once it is elsewhere than it was; where it was when it does not move."""
NAMED = {
    "0": ("iso", (1, 1, 1)),
    "1": ("front", (0, 0, 1)),
    "2": ("back", (0, 0, -1)),
    "3": ("left", (-1, 0, 0)),
    "4": ("right", (1, 0, 0)),
    "5": ("top", (0, 1, 0)),
    "6": ("bottom", (0, -1, 0)),
}


@pytest.fixture(scope="module")
def asset(owner: Api, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return add_asset(owner, coloured_step(tmp_path_factory.mktemp("step") / "fixture.step"), "Move")


@pytest.fixture(scope="module")
def origin(owner: Api, asset: dict[str, Any]) -> Floats:
    manifest = owner.get(f"/revisions/{asset['revision']['id']}/scene/manifest.json")
    return np.array(manifest["origin"], float)


@pytest.fixture(scope="module")
def signed_in(shared_server: Served, asset: dict[str, Any], chromium: Browser) -> Iterator[Person]:
    """One person for the whole module; each test opens the viewer anew."""
    context = chromium.new_context(viewport=SIZE, reduced_motion="reduce")
    context.add_init_script(ANSWERED)
    context.set_default_timeout(CEILING_MS)
    person = Person(context, shared_server)
    person.is_signed_in()
    yield person
    context.close()
    assert asset  # there is an owner who can sign in


@pytest.fixture
def mia(signed_in: Person, asset: dict[str, Any]) -> Person:
    if signed_in.page.url == "about:blank":  # the first test of a run has no page yet
        signed_in.goes_to("/")
    signed_in.page.evaluate("localStorage.removeItem('holotable.navigation')")
    signed_in.page.evaluate("localStorage.removeItem('holotable.keys')")
    signed_in.opens_viewer(asset["asset"]["id"])
    return signed_in


@pytest.fixture
def still(signed_in: Person, asset: dict[str, Any]) -> Person:
    """The same page as the test before, put back: for tests that only move the camera."""
    if f"/v/{asset['asset']['id']}" not in signed_in.page.url:
        signed_in.opens_viewer(asset["asset"]["id"])
    signed_in.see("status-navigation").select_option("web")
    signed_in.see("viewport").focus()
    for _ in range(4):
        signed_in.page.keyboard.press("Escape")
    if signed_in.ux("display.projection") == "orthographic":
        signed_in.page.keyboard.press("p")
    signed_in.page.keyboard.press("0")
    return signed_in


def axes(camera: dict[str, Any]) -> tuple[Floats, Floats, Floats]:
    position, target, up = (np.array(camera[name], float) for name in ("position", "target", "up"))
    ahead = (target - position) / np.linalg.norm(target - position)
    right = np.cross(ahead, up)
    right /= np.linalg.norm(right)
    return ahead, right, np.cross(right, ahead)


def project(person: Person, point: Floats) -> tuple[float, float]:
    """Where a point of the model frame is in the page, CSS pixels."""
    box, camera = person.viewport(), person.ux("camera")
    ahead, right, up = axes(camera)
    away = point - np.array(camera["position"], float)
    height = camera["ortho_height_m"]
    half = height / 2 if height else float(away @ ahead) * math.tan(camera["fov_rad"] / 2)
    x, y = float(away @ right) / half, float(away @ up) / half
    middle_x, middle_y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    return middle_x + x * box["height"] / 2, middle_y - y * box["height"] / 2


def model_point(file_mm: tuple[float, float, float], origin: Floats) -> Floats:
    x, y, z = (value / 1000 for value in file_mm)
    return np.array([x, z, -y]) - origin


def change(before: dict[str, Any], after: dict[str, Any]) -> str:
    """What happened to a camera: orbit, pan, zoom or nothing."""
    (was, _, _), (now, _, _) = axes(before), axes(after)
    moved = np.array(after["position"]) - np.array(before["position"])
    if float(np.linalg.norm(moved)) < 1e-9:
        return "nothing"
    if float(was @ now) < math.cos(math.radians(1)):
        return "orbit"
    along = abs(float(moved @ was)) / float(np.linalg.norm(moved))
    return "zoom" if along > 0.5 else "pan"


def drags(
    person: Person, button: str, keys: tuple[str, ...], pixels: tuple[int, int] = (40, -50)
) -> None:
    """From the middle of the picture, with the mouse."""
    person.points_at(0.5, 0.55)
    box = person.viewport()
    x, y = box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.55
    for key in keys:
        person.page.keyboard.down(key)
    person.page.mouse.down(button=button)
    person.page.mouse.move(x + pixels[0], y + pixels[1], steps=3)
    person.page.mouse.up(button=button)
    for key in reversed(keys):
        person.page.keyboard.up(key)


def closes_menu(person: Person) -> None:
    expect(person.see("context-menu")).to_be_visible()
    person.page.keyboard.press("Escape")
    expect(person.see("context-menu")).to_have_count(0)


@pytest.mark.parametrize("projection", ["perspective", "orthographic"])
def test_wheel_zoom_keeps_the_vertex_under_the_pointer_ux_13(
    still: Person, origin: Floats, projection: str
) -> None:
    if projection == "orthographic":
        still.see("viewport").focus()
        still.page.keyboard.press("p")
        still.waits_for("ux.camera.ortho_height_m !== null")
    vertex = model_point(PLATE_CORNER_MM, origin)
    x, y = (round(value) for value in project(still, vertex))
    still.page.mouse.move(x, y)
    for _ in range(10):
        still.page.mouse.wheel(0, -100)
        still.page.wait_for_timeout(30)
        now = project(still, vertex)
        assert math.dist(now, (x, y)) <= 6, "the vertex left the pointer"
    assert math.dist(project(still, vertex), (x, y)) <= 6


def test_two_hundred_zooms_never_get_stuck_and_lead_back_ux_14(
    still: Person, origin: Floats
) -> None:
    still.page.set_viewport_size({"width": 900, "height": 320})  # 400 pictures: small ones
    still.page.evaluate("window.__ux.settled(90_000)")
    still.points_at(0.5, 0.55)
    positions = [tuple(still.ux("camera.position"))]
    for _ in range(200):
        still.page.mouse.wheel(0, -100)
        positions.append(tuple(still.page.evaluate(NEXT_POSITION, _text(positions[-1]))))
        assert positions[-1] != positions[-2], f"stuck after {len(positions)} steps"
    for _ in range(200):
        still.page.mouse.wheel(0, 100)
    still.page.evaluate("window.__ux.settled(90_000)")
    box = still.viewport()
    for x in (0.0, 40.0):
        for y in (0.0, 20.0):
            for z in (0.0, 12.0):
                at = project(still, model_point((x, y, z), origin))
                assert box["x"] < at[0] < box["x"] + box["width"], "the model is out of the picture"
                assert box["y"] < at[1] < box["y"] + box["height"]
    camera = still.ux("camera")
    ahead, _, _ = axes(camera)
    middle = model_point((20.0, 10.0, 6.0), origin) - np.array(camera["position"])
    assert float(middle @ ahead) > 0, "the model is behind"
    still.page.set_viewport_size(SIZE)


def _text(position: tuple[float, ...]) -> str:
    """As JavaScript writes an array of numbers."""
    import json

    return ",".join(
        json.dumps(int(value)) if value == int(value) else repr(value) for value in position
    )


@pytest.mark.parametrize("preset", PRESETS)
def test_each_preset_orbits_pans_and_zooms_as_tabulated_ux_15(still: Person, preset: str) -> None:
    still.see("status-navigation").select_option(preset)
    assert still.ux("navigation.preset") == preset
    still.see("viewport").focus()
    for action, button, keys in DRAGS.get(preset, []):
        still.page.keyboard.press("0")
        before = still.ux("camera")
        drags(still, button, keys)
        assert change(before, still.ux("camera")) == action, (preset, button, keys)
        expect(still.see("context-menu")).to_have_count(0)
    still.page.keyboard.press("0")
    still.points_at(0.5, 0.55)
    before = still.ux("camera")
    still.page.mouse.wheel(0, -100)
    still.waits_for(f"String(ux.camera.position) !== {str(_text(tuple(before['position'])))!r}")
    wheel = "orbit" if preset == "trackpad" else "zoom"
    still.page.mouse.wheel(60, -100)
    still.page.wait_for_timeout(50)
    assert change(before, still.ux("camera")) == wheel
    if preset == "trackpad":
        for key, action in (("Shift", "pan"), ("Control", "zoom")):
            still.page.keyboard.press("0")
            before = still.ux("camera")
            still.page.keyboard.down(key)
            still.page.mouse.wheel(0, -40)
            still.page.wait_for_timeout(50)
            still.page.keyboard.up(key)
            assert change(before, still.ux("camera")) == action
    still.points_at(0.5, 0.55)
    still.page.mouse.click(*_middle(still), button="right")
    closes_menu(still)


def _middle(person: Person) -> tuple[float, float]:
    box = person.viewport()
    return box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.55


def test_with_onshape_a_right_drag_orbits_and_opens_no_menu_ux_16(still: Person) -> None:
    still.see("status-navigation").select_option("onshape")
    before = still.ux("camera")
    drags(still, "right", (), (60, 0))
    assert change(before, still.ux("camera")) == "orbit"
    still.page.wait_for_timeout(200)
    expect(still.see("context-menu")).to_have_count(0)


def test_three_pixels_are_a_click_and_five_are_not_ux_17(still: Person) -> None:
    x, y = _middle(still)
    session = still.context.new_cdp_session(still.page)
    for moved, selects in ((5, False), (3, True)):
        still.page.mouse.move(x, y)
        pressed_at = time.time()
        # With times of its own: a busy machine would make a slow press of it.
        for kind, at, after in (
            ("mousePressed", x, 0.0),
            ("mouseMoved", x + moved, 0.05),
            ("mouseReleased", x + moved, 0.1),
        ):
            session.send(
                "Input.dispatchMouseEvent",
                {
                    "type": kind,
                    "x": at,
                    "y": y,
                    "button": "left",
                    "buttons": 0 if kind == "mouseReleased" else 1,
                    "clickCount": 1,
                    "timestamp": pressed_at + after,
                },
            )
        if selects:
            still.waits_for("ux.selection.length === 1")
        still.page.wait_for_timeout(100)
        assert bool(still.ux("selection")) is selects, f"{moved} px"


def test_fit_frames_the_selection_and_without_one_everything_ux_18(
    still: Person, origin: Floats
) -> None:
    still.clicks_row("Pin right")
    still.see("viewport").focus()
    still.page.keyboard.press("f")
    corners = [
        project(still, model_point((x, y, z), origin))
        for x in (28.0, 32.0)
        for y in (8.0, 12.0)
        for z in (2.0, 12.0)
    ]
    box = still.viewport()
    xs, ys = zip(*corners, strict=True)
    share = max(max(xs) - min(xs), max(ys) - min(ys)) / min(box["width"], box["height"])
    assert 0.6 <= share <= 0.9
    still.page.keyboard.press("Escape")
    assert still.ux("selection") == []
    still.page.keyboard.press("f")
    without = still.ux("camera")
    still.page.keyboard.press("0")
    still.page.keyboard.press("Shift+F")
    still.page.keyboard.press("f")
    again = still.ux("camera")
    still.page.keyboard.press("Shift+F")
    everything = still.ux("camera")
    assert np.allclose(again["position"], everything["position"], atol=1e-6)
    assert change(without, everything) in ("nothing", "pan", "zoom")


def test_the_digits_are_the_seven_views_and_the_cube_says_which_ux_19(still: Person) -> None:
    still.see("viewport").focus()
    for key, (name, direction) in NAMED.items():
        still.page.keyboard.press(key)
        ahead, _, _ = axes(still.ux("camera"))
        wanted = np.array(direction, float)
        cosine = -float(ahead @ (wanted / np.linalg.norm(wanted)))
        assert math.degrees(math.acos(min(1.0, cosine))) <= 0.1
        zone = "front-right-top" if name == "iso" else name
        expect(still.see(f"view-cube-{zone}")).to_have_attribute("aria-pressed", "true")
        pressed = still.page.locator(
            '[data-testid="view-cube"] [aria-pressed="true"]:not([aria-hidden="true"])'
        )
        expect(pressed).to_have_count(1)
    zones = still.page.locator('.view-cube-zone:not([aria-hidden="true"])')
    expect(zones).to_have_count(26)
    names = {zone.get_attribute("aria-label") for zone in zones.all()}
    assert len(names) == 26
    still.see("view-cube-front").focus()
    still.page.keyboard.press("Enter")
    still.waits_for("Math.abs(ux.camera.position[0] - ux.camera.target[0]) < 1e-6")


def test_typing_changes_nothing_and_single_keys_can_be_switched_off_ux_20(mia: Person) -> None:
    mia.clicks_row("Plate")
    state = "(({tool, hidden, sections, selection, walk}) => [tool, hidden, sections.length, selection, walk])(window.__ux)"
    before = mia.page.evaluate(state)
    stood = mia.ux("camera")
    typed = 0
    for panel in ("rail-model", "rail-chat"):
        mia.see(panel).click()
        if panel == "rail-model" and not mia.see("tree-search").is_visible():
            mia.see(panel).click()
        fields = mia.page.locator(
            ".workspace input[type=text], .workspace input[type=search], .workspace textarea"
        )
        for index in range(fields.count()):
            field = fields.nth(index)
            if not field.is_visible() or not field.is_enabled():
                continue
            field.focus()
            mia.page.keyboard.type("hsmf")
            typed += 1
            assert field.input_value().endswith("hsmf")
            field.fill("")
    assert typed >= 2, "search and chat, at least"
    assert mia.page.evaluate(state) == before
    for name, value in mia.ux("camera").items():
        assert np.allclose(value or 0, stood[name] or 0, atol=1e-9), f"typing moved {name}"
    asset_url = mia.page.url
    mia.goes_to("/settings/me")
    mia.see("single-keys").click()
    mia.page.goto(asset_url)
    mia.settles()
    mia.clicks_row("Plate")
    mia.see("viewport").focus()
    mia.page.keyboard.press("h")
    assert mia.ux("hidden") == 0
    mia.page.keyboard.press("Alt+h")
    mia.goes_to("/settings/me")
    mia.see("single-keys").click()


def test_the_sheet_says_the_keys_as_they_are_after_remapping_one_ux_21(mia: Person) -> None:
    url = mia.page.url
    mia.goes_to("/settings/me")
    line = mia.page.locator('[data-testid="shortcut-line"][data-id="hide"]')
    line.get_by_test_id("shortcut-change").click()
    mia.page.keyboard.press("f")
    conflict = mia.see("shortcut-conflict")
    expect(conflict).to_contain_text("F is already Fit selection")
    mia.see("shortcut-keep").click()
    line.get_by_test_id("shortcut-change").click()
    mia.page.keyboard.press("j")
    expect(line.locator("kbd")).to_have_text("J")
    with_keys = mia.page.locator('[data-testid="shortcut-line"]:has(kbd)').evaluate_all(
        "(all) => all.map((one) => [one.dataset.id, "
        "[...one.querySelectorAll('kbd')].map((key) => key.textContent).join(' ')])"
    )
    mia.page.goto(url)
    mia.settles()
    mia.see("viewport").focus()
    mia.page.keyboard.press("?")
    sheet = mia.see("shortcut-sheet")
    expect(sheet).to_be_visible()
    shown = sheet.get_by_test_id("shortcut").evaluate_all(
        "(all) => all.map((one) => [one.dataset.id, "
        "[...one.querySelectorAll('kbd')].map((key) => key.textContent).join(' ')])"
    )
    assert dict(shown) == dict(with_keys), "the sheet and the live keys differ"
    assert dict(shown)["hide"] == "J"
    mia.see("shortcut-search").fill("hide sel")
    expect(sheet.get_by_test_id("shortcut")).to_have_count(1)
    mia.page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    mia.clicks_row("Plate")
    mia.see("viewport").focus()
    mia.page.keyboard.press("h")
    assert mia.ux("hidden") == 0
    mia.page.keyboard.press("j")
    mia.waits_for("ux.hidden === 1")


class Fingers:
    """Touches of the screen, as the browser's own protocol sends them."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.session: CDPSession = person.context.new_cdp_session(person.page)

    def send(self, kind: str, *points: tuple[float, float], at_s: float | None = None) -> None:
        touches = [{"x": x, "y": y, "id": index} for index, (x, y) in enumerate(points)]
        when = {} if at_s is None else {"timestamp": at_s}
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches} | when)

    def drag(
        self, starts: list[tuple[float, float]], ends: list[tuple[float, float]], steps: int = 5
    ) -> None:
        self.send("touchStart", starts[0])
        if len(starts) > 1:
            self.send("touchStart", *starts)
        for step in range(1, steps + 1):
            at = [
                (a[0] + (b[0] - a[0]) * step / steps, a[1] + (b[1] - a[1]) * step / steps)
                for a, b in zip(starts, ends, strict=True)
            ]
            self.send("touchMove", *at)
        self.send("touchEnd")
        self.person.page.evaluate("window.__ux.settled(90_000)")

    def double_tap(self, at: tuple[float, float]) -> None:
        """As fast as a person, however long the page takes to answer each touch."""
        now = time.time()
        for after_s in (0.0, 0.15):
            self.send("touchStart", at, at_s=now + after_s)
            self.send("touchEnd", at_s=now + after_s + 0.05)


def test_fingers_turn_move_pinch_fit_and_open_the_menu_ux_22(
    shared_server: Served, asset: dict[str, Any], open_context: Callable[..., BrowserContext]
) -> None:
    tom = Person(
        open_context(viewport=SIZE, has_touch=True, is_mobile=True, first_time=True), shared_server
    )
    tom.is_signed_in()
    tom.opens_viewer(asset["asset"]["id"])
    expect(tom.see("gestures")).to_be_visible()
    expect(tom.see("hands")).to_have_count(0)
    tom.see("gestures-done").tap()
    expect(tom.see("gestures")).to_have_count(0)
    fingers = Fingers(tom)
    x, y = _middle(tom)

    before = tom.ux("camera")
    fingers.drag([(x, y)], [(x + 80, y - 30)])
    assert change(before, tom.ux("camera")) == "orbit"
    before = tom.ux("camera")
    fingers.drag([(x - 40, y), (x + 40, y)], [(x + 10, y + 40), (x + 90, y + 40)])
    assert change(before, tom.ux("camera")) == "pan"
    before = tom.ux("camera")
    fingers.drag([(x - 30, y), (x + 30, y)], [(x - 90, y), (x + 90, y)])
    assert change(before, tom.ux("camera")) == "zoom"
    assert _distance(tom.ux("camera")) < 0.6 * _distance(before), "a pinch apart comes nearer"

    before = tom.ux("camera")
    fingers.double_tap((x, y))
    tom.waits_for(f"String(ux.camera.position) !== {_text(tuple(before['position']))!r}")
    assert change(before, tom.ux("camera")) != "orbit"

    fingers.send("touchStart", (x, y))
    tom.page.wait_for_timeout(300)
    expect(tom.see("context-menu")).to_have_count(0)
    tom.page.wait_for_timeout(350)
    fingers.send("touchEnd")
    expect(tom.see("context-menu")).to_be_visible()
    expect(tom.see("menu-hide")).to_be_visible()


def _distance(camera: dict[str, Any]) -> float:
    return math.dist(camera["position"], camera["target"])


def test_escape_leaves_one_thing_at_a_time_ux_29(mia: Person) -> None:
    mia.clicks_row("Plate")
    mia.see("viewport").focus()
    mia.page.keyboard.press("Shift+H")
    mia.waits_for("ux.isolated && ux.visible === 1")
    mia.page.keyboard.press("m")
    mia.points_at(0.5, 0.55)
    mia.page.mouse.click(*_middle(mia))
    mia.waits_for("ux.pendingPoints === 1 && ux.selection.length === 1")
    ladder = [
        ("ux.pendingPoints === 0", "ux.tool === 'measure'"),
        ("ux.tool === 'select'", "ux.selection.length === 1"),
        ("ux.selection.length === 0", "ux.isolated"),
        ("!ux.isolated", "ux.visible === 3"),
    ]
    for left, stays in ladder:
        mia.page.keyboard.press("Escape")
        mia.waits_for(left)
        mia.waits_for(stays)


def test_the_card_asks_once_and_never_blocks(
    shared_server: Served, asset: dict[str, Any], open_context: Callable[..., BrowserContext]
) -> None:
    ann = Person(open_context(viewport=SIZE, first_time=True), shared_server)
    ann.is_signed_in()
    ann.opens_viewer(asset["asset"]["id"])
    expect(ann.see("hands")).to_be_visible()
    before = ann.ux("camera")
    ann.points_at(0.3, 0.3)
    ann.page.mouse.wheel(0, -100)
    ann.waits_for(f"String(ux.camera.position) !== {_text(tuple(before['position']))!r}")
    ann.see("hands-onshape").click()
    expect(ann.see("hands")).to_have_count(0)
    expect(ann.see("status-navigation")).to_have_value("onshape")
    ann.page.reload()
    ann.settles()
    expect(ann.see("hands")).to_have_count(0)
    assert ann.ux("navigation.preset") == "onshape"


def test_the_way_back_leads_through_the_views_one_rested_at(mia: Person) -> None:
    mia.see("viewport").focus()
    mia.waits_for("ux.poseHistory.count === 1")
    first = mia.ux("camera")
    mia.page.keyboard.press("1")
    mia.waits_for("ux.poseHistory.count === 2")
    mia.page.keyboard.press("p")
    mia.waits_for("ux.poseHistory.count === 3")
    mia.page.keyboard.press("Alt+ArrowLeft")
    mia.waits_for("ux.camera.ortho_height_m === null")
    mia.see("view-previous").click()
    mia.waits_for("ux.poseHistory.at === 0")
    assert np.allclose(mia.ux("camera.position"), first["position"], atol=1e-9)
    mia.page.keyboard.press("Alt+ArrowRight")
    mia.see("view-next").click()
    mia.waits_for("ux.camera.ortho_height_m !== null && ux.display.projection === 'orthographic'")
    assert mia.page.url.count("/v/") == 1, "the browser itself went back"


def test_n_looks_straight_at_the_face_under_the_pointer(still: Person) -> None:
    still.points_at(0.5, 0.6)
    still.page.mouse.move(*_middle(still))
    still.see("viewport").focus()
    still.page.keyboard.press("n")
    still.waits_for("ux.camera.position[1] - ux.camera.target[1] > 0")
    ahead, _, up = axes(still.ux("camera"))
    largest = np.abs(ahead).max()
    assert math.degrees(math.acos(min(1.0, float(largest)))) <= 0.1, "not straight at a face"
    assert abs(float(up @ ahead)) < 1e-9


def test_walking_goes_forward_while_a_key_is_held_and_escape_ends_it(mia: Person) -> None:
    mia.see("viewport").focus()
    mia.page.keyboard.press("w")
    expect(mia.see("walk-hint")).to_be_visible()
    before = mia.ux("camera")
    mia.page.keyboard.down("w")
    mia.waits_for(f"String(ux.camera.position) !== {_text(tuple(before['position']))!r}")
    mia.page.wait_for_timeout(200)
    mia.page.keyboard.up("w")
    mia.waits_for("ux.walk.held.length === 0")
    after = mia.ux("camera")
    ahead, _, _ = axes(before)
    moved = np.array(after["position"]) - np.array(before["position"])
    assert float(moved @ ahead) / float(np.linalg.norm(moved)) > 0.999
    speed = mia.ux("walk.speed")
    mia.points_at(0.4, 0.4)
    mia.page.mouse.wheel(0, -100)
    mia.waits_for(f"ux.walk.speed > {speed}")
    drags(mia, "left", ())
    looked = mia.ux("camera")
    assert np.allclose(looked["position"], after["position"], atol=1e-9), "looking moves no eye"
    assert float(axes(looked)[0] @ axes(after)[0]) < 0.9999
    mia.page.keyboard.press("s")
    assert mia.ux("tool") == "select"
    mia.page.keyboard.press("Escape")
    expect(mia.see("walk-hint")).to_have_count(0)
    mia.page.keyboard.press("s")
    mia.waits_for("ux.tool === 'section'")


def test_parts_are_picked_and_measured_without_a_mouse(mia: Person) -> None:
    for _ in range(8):
        mia.page.keyboard.press("F6")
        if mia.page.evaluate("document.activeElement?.dataset.testid") == "viewport":
            break
    assert mia.page.evaluate("document.activeElement?.dataset.testid") == "viewport"
    mia.page.keyboard.press("Enter")
    expect(mia.see("reticle")).to_be_visible()
    seen: list[int] = []
    for _ in range(3):
        mia.page.keyboard.press(".")
        seen.append(mia.ux("pickMode.occurrence"))
    assert sorted(seen) == [0, 1, 2]
    mia.until("document.body.textContent.includes('part 3 of 3 visible')")
    mia.page.keyboard.press("Enter")
    mia.waits_for(f"ux.selection.length === 1 && ux.selection[0] === {seen[-1]}")
    mia.page.keyboard.press("m")
    mia.page.keyboard.press("Enter")
    mia.waits_for("ux.pendingPoints === 1")
    mia.page.keyboard.press(".")
    mia.page.keyboard.press("Control+ArrowDown")
    mia.page.keyboard.press("Enter")
    mia.waits_for("ux.measures.length === 1")
    mia.page.keyboard.press("Shift+F10")
    closes_menu(mia)
    mia.page.keyboard.press("Escape")
    expect(mia.see("reticle")).to_have_count(1)
    expect(mia.see("reticle")).to_be_hidden()
    mia.page.keyboard.press("s")
    mia.page.keyboard.press("Enter")
    mia.page.keyboard.press(".")
    mia.page.keyboard.press("Enter")
    mia.waits_for("ux.sections.length === 1")
