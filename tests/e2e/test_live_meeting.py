"""Two people in one session, by mouse, keys and a network that goes dead: acceptance statements 47 to 53."""

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from e2e.people import CEILING_MS, Person, add_asset
from e2e.shapes import coloured_step
from fault_proxy import FaultProxy, fault_proxy
from numpy.typing import NDArray
from playwright.sync_api import BrowserContext, expect
from served import Api, Served, owner_of, serving

SIZE = {"width": 1280, "height": 720}
WIDE = {"width": 1200, "height": 600}
TALL = {"width": 600, "height": 1000}
NEAR_PX = 8.0

# Asked for a microphone: noted, and refused.
NO_MICROPHONE = """
window.askedForMedia = 0;
if (navigator.mediaDevices) navigator.mediaDevices.getUserMedia = () => {
  window.askedForMedia += 1;
  return Promise.reject(new Error('asked'));
};
"""


@pytest.fixture(scope="module")
def meeting(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Served, Api, dict[str, Any]]]:
    """One server with one asset; each test starts a session of its own."""
    folder = tmp_path_factory.mktemp("meeting")
    with serving(folder / "data") as running:
        owner = owner_of(running)
        yield running, owner, add_asset(owner, coloured_step(folder / "fixture.step"))


class Behind:
    """A server as somebody sees it through a proxy."""

    def __init__(self, served: Served, proxy: FaultProxy) -> None:
        self.served = served
        self.url = proxy.url


def starts_session(host: Person, asset_id: str) -> str:
    """Start a session by its buttons; its link."""
    host.is_signed_in()
    host.opens_viewer(asset_id)
    host.see("session-button").click()
    host.see("session-lobby").select_option("off")
    host.see("session-start").click()
    link = host.see("session-link").input_value()
    host.page.keyboard.press("Escape")
    return link


def joins_by_link(guest: Person, link: str, name: str) -> None:
    """Open the link, give a name, press the one button."""
    guest.goes_to(link[link.index("/live/") :])
    guest.see("lobby-name").fill(name)
    guest.see("lobby-join").click()
    guest.settles()
    guest.waits_for("ux.session !== null && ux.people.length >= 2")


def leaves(*people: Person) -> None:
    for person in people:
        person.page.close(run_before_unload=False)


def slot_of(person: Person) -> int:
    slot: int = person.ux("people.find((person) => person.mine).slot")
    return slot


def on_screen(
    camera: dict[str, Any], size: dict[str, float], point: list[float]
) -> tuple[float, float]:
    """Where a camera draws a point (metres, model frame), CSS pixels in the viewport (perspective)."""
    position, target, up = (np.asarray(camera[key], float) for key in ("position", "target", "up"))
    forward = (target - position) / np.linalg.norm(target - position)
    right = np.cross(forward, up)
    right /= np.linalg.norm(right)
    above = np.cross(right, forward)
    away: NDArray[np.float64] = np.asarray(point, float) - position
    depth = float(away @ forward)
    half = math.tan(camera["fov_rad"] / 2)
    aspect = size["width"] / size["height"]
    x = float(away @ right) / depth / half / aspect
    y = float(away @ above) / depth / half
    return (x + 1) / 2 * size["width"], (1 - y) / 2 * size["height"]


def corners(camera: dict[str, Any], size: dict[str, float]) -> list[list[float]]:
    """The four corners of a picture, as points at the distance of its target."""
    position, target, up = (np.asarray(camera[key], float) for key in ("position", "target", "up"))
    distance = float(np.linalg.norm(target - position))
    forward = (target - position) / distance
    right = np.cross(forward, up)
    right /= np.linalg.norm(right)
    above = np.cross(right, forward)
    half = math.tan(camera["fov_rad"] / 2) * distance
    wide = half * size["width"] / size["height"]
    return [list(target + right * x * wide + above * y * half) for x in (-1, 1) for y in (-1, 1)]


def tip_of(person: Person, slot: int) -> tuple[float, float]:
    """Where somebody's cursor is drawn, CSS pixels in the viewport."""
    at = person.page.evaluate(
        """(id) => {
          const cursor = document.querySelector(`[data-testid=${id}]`);
          if (!cursor || cursor.hidden) return null;
          const [, x, y] = /translate\\(([-\\d.]+)px, ([-\\d.]+)px\\)/.exec(cursor.style.transform);
          return [Number(x), Number(y)];
        }""",
        f"cursor-{slot}",
    )
    assert at is not None, "no cursor is drawn"
    return at[0], at[1]


def cursor_comes_near(person: Person, slot: int, where: tuple[float, float]) -> None:
    """Wait until somebody's cursor is drawn at a place of the viewport, within NEAR_PX."""
    person.until(
        """([id, x, y, near]) => {
          const cursor = document.querySelector(`[data-testid=${id}]`);
          const at = /translate\\(([-\\d.]+)px, ([-\\d.]+)px\\)/.exec(cursor?.style.transform ?? "");
          return at && !cursor.hidden && Math.hypot(at[1] - x, at[2] - y) <= near;
        }""",
        [f"cursor-{slot}", *where, NEAR_PX],
    )


def test_a_stranger_joins_by_link_name_and_one_click_and_no_microphone_is_asked_for_ux_47(
    meeting: tuple[Served, Api, dict[str, Any]], open_context: Callable[..., BrowserContext]
) -> None:
    served, _, made = meeting
    mia = Person(open_context(viewport=SIZE), served)
    link = starts_session(mia, made["asset"]["id"])
    clean = open_context(viewport=SIZE, first_time=True)
    clean.add_init_script(NO_MICROPHONE)
    ben = Person(clean, served)
    ben.goes_to(link[link.index("/live/") :])
    expect(ben.page.get_by_role("textbox")).to_have_count(1)
    ben.see("lobby-name").fill("Ben Okoro")
    ben.see("lobby-join").click()
    ben.settles()
    ben.waits_for("ux.people.length === 2")
    mia.waits_for("ux.people.some((person) => person.name === 'Ben Okoro' && person.guest)")
    assert ben.page.evaluate("askedForMedia") == 0
    # The click that joined lets the page play sound.
    assert ben.page.evaluate("navigator.userActivation.hasBeenActive")
    assert mia.errors + ben.errors == []
    leaves(ben, mia)


def test_a_cursor_stands_on_the_same_point_of_the_part_for_everybody_ux_48(
    meeting: tuple[Served, Api, dict[str, Any]], open_context: Callable[..., BrowserContext]
) -> None:
    served, _, made = meeting
    mia = Person(open_context(viewport=SIZE), served)
    ben = Person(open_context(viewport=TALL), served)
    link = starts_session(mia, made["asset"]["id"])
    joins_by_link(ben, link, "Ben")
    hers, his = slot_of(mia), slot_of(ben)

    # On the head of the right pin: where the tree says it is, as the camera of each of them draws it.
    top = [0.030, 0.012, -0.010]
    origin = mia.ux("origin")
    point = [a - b for a, b in zip(top, origin, strict=True)]
    x, y = on_screen(mia.ux("camera"), mia.viewport(), point)
    box = mia.viewport()
    mia.page.mouse.move(box["x"] + x - 20, box["y"] + y, steps=3)
    mia.page.mouse.move(box["x"] + x, box["y"] + y, steps=3)
    mia.waits_for("ux.hover !== null")
    part = mia.ux("hover")
    cursor_comes_near(ben, hers, on_screen(ben.ux("camera"), ben.viewport(), point))

    # In a view of his own he pulls the parts apart by half: her cursor stays on its part. He points at its tip, and
    # she sees him where her own pointer is.
    ben.page.keyboard.press("Shift+V")
    before = tip_of(ben, hers)
    ben.page.keyboard.press("e")
    ben.see("explode-amount").click()
    ben.waits_for("Math.abs(ux.explode - 0.5) < 0.05")
    ben.page.keyboard.press("Escape")
    ben.page.evaluate("(ms) => window.__ux.settled(ms)", CEILING_MS)
    ben.until(
        "([id, x, y]) => { const at = /translate\\(([-\\d.]+)px, ([-\\d.]+)px\\)/.exec("
        "document.querySelector(`[data-testid=${id}]`).style.transform); "
        "return Math.hypot(at[1] - x, at[2] - y) > 4; }",
        [f"cursor-{hers}", *before],
    )
    tip = tip_of(ben, hers)
    view = ben.viewport()
    ben.page.mouse.move(view["x"] + tip[0] - 15, view["y"] + tip[1], steps=3)
    ben.page.mouse.move(view["x"] + tip[0], view["y"] + tip[1], steps=3)
    ben.waits_for(f"ux.hover === {part}")
    cursor_comes_near(mia, his, (x, y))
    assert mia.ux("explode") == 0
    assert mia.errors + ben.errors == []
    leaves(ben, mia)


def drags(person: Person, begin: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag with the left button between two fractions of the viewport: the orbit."""
    person.points_at(*begin)
    person.page.mouse.down()
    person.points_at(*end)
    person.page.mouse.up()


SAME_VIEW = """(view) => { const mine = window.__ux.camera;
  const span = Math.hypot(...view.position.map((v, i) => v - view.target[i]));
  return Math.hypot(...view.position.map((v, i) => v - mine.position[i])) < 0.01 * span; }"""


def test_following_is_a_frame_a_pill_and_the_leaders_camera_until_i_move_ux_49(
    meeting: tuple[Served, Api, dict[str, Any]], open_context: Callable[..., BrowserContext]
) -> None:
    served, _, made = meeting
    mia = Person(open_context(viewport=SIZE), served)
    ben = Person(open_context(viewport=SIZE), served)
    link = starts_session(mia, made["asset"]["id"])
    joins_by_link(ben, link, "Ben")
    ben.page.locator('[data-testid="avatar"][data-name="Mia Berg"]').click()
    expect(ben.see("follow-frame")).to_be_visible()
    expect(ben.see("follow-pill")).to_contain_text("Mia Berg")
    expect(mia.page.locator('[data-testid="avatar"][data-name="Ben"]')).to_be_visible()
    for end in ((0.6, 0.35), (0.35, 0.3), (0.5, 0.45)):
        drags(mia, (0.5, 0.3), end)
        mia.page.evaluate("(ms) => window.__ux.settled(ms)", CEILING_MS)
        ben.until(SAME_VIEW, mia.ux("camera"))
        # He looks around with the pointer and selects: that is no way of his own.
        ben.points_at(0.45, 0.5)
        ben.clicks_row("Plate")
        expect(ben.see("follow-pill")).to_have_attribute("data-paused", "false")
    drags(ben, (0.5, 0.2), (0.4, 0.25))
    expect(ben.see("follow-pill")).to_have_attribute("data-paused", "true")
    ben.page.keyboard.press("Enter")
    expect(ben.see("follow-pill")).to_have_attribute("data-paused", "false")
    ben.until(SAME_VIEW, mia.ux("camera"))
    ben.page.keyboard.press("Escape")
    expect(ben.see("follow-pill")).to_have_count(0)
    assert mia.errors + ben.errors == []
    leaves(ben, mia)


def test_all_of_the_leaders_picture_is_in_a_narrow_followers_ux_50(
    meeting: tuple[Served, Api, dict[str, Any]], open_context: Callable[..., BrowserContext]
) -> None:
    served, _, made = meeting
    mia = Person(open_context(viewport=WIDE), served)
    ben = Person(open_context(viewport=TALL), served)
    link = starts_session(mia, made["asset"]["id"])
    joins_by_link(ben, link, "Ben")
    ben.page.locator('[data-testid="avatar"][data-name="Mia Berg"]').click()
    drags(mia, (0.5, 0.3), (0.6, 0.4))
    mia.page.evaluate("(ms) => window.__ux.settled(ms)", CEILING_MS)
    camera = mia.ux("camera")
    ben.until(SAME_VIEW, camera)
    ben.page.evaluate("(ms) => window.__ux.settled(ms)", CEILING_MS)
    size = ben.viewport()
    for corner in corners(camera, mia.viewport()):
        x, y = on_screen(ben.ux("camera"), size, corner)
        assert -1 <= x <= size["width"] + 1, (x, size)
        assert -1 <= y <= size["height"] + 1, (y, size)
    leaves(ben, mia)


def test_what_somebody_drags_is_theirs_until_they_let_go_or_are_gone_ux_51(
    meeting: tuple[Served, Api, dict[str, Any]], open_context: Callable[..., BrowserContext]
) -> None:
    served, _, made = meeting
    with fault_proxy(served.port) as proxy:
        mia = Person(open_context(viewport=SIZE), Behind(served, proxy))  # type: ignore[arg-type]  # a server by its url
        ben = Person(open_context(viewport=SIZE), served)
        link = starts_session(mia, made["asset"]["id"])
        joins_by_link(ben, link, "Ben")
        mia.see("rail-sections").click()
        mia.see("section-add-x").click()
        ben.see("rail-sections").click()
        row = ben.see("section-row")
        expect(row).to_have_count(1)

        def grabs() -> None:
            knob = mia.see("section-slider").bounding_box()
            assert knob is not None
            mia.page.mouse.move(knob["x"] + knob["width"] / 2, knob["y"] + knob["height"] / 2)
            mia.page.mouse.down()
            mia.page.mouse.move(
                knob["x"] + knob["width"] * 0.6, knob["y"] + knob["height"] / 2, steps=4
            )

        grabs()
        expect(row).to_have_attribute("aria-disabled", "true")
        expect(row).to_contain_text("Mia Berg")
        mia.page.mouse.up()
        expect(row).not_to_have_attribute("aria-disabled", "true")

        # Her network goes while she drags: the server frees it after five seconds of silence.
        grabs()
        expect(row).to_have_attribute("aria-disabled", "true")
        proxy.cut()
        expect(row).not_to_have_attribute("aria-disabled", "true")
        expect(ben.see("section-slider")).to_be_enabled()
        leaves(ben, mia)


def test_my_view_is_mine_until_i_rejoin_ux_52(
    meeting: tuple[Served, Api, dict[str, Any]],
    open_context: Callable[..., BrowserContext],
    tmp_path: Path,
) -> None:
    served, _, made = meeting
    mia = Person(open_context(viewport=SIZE), served)
    ben = Person(open_context(viewport=SIZE), served)
    link = starts_session(mia, made["asset"]["id"])
    joins_by_link(ben, link, "Ben")
    ben.see("my-view-button").click()
    expect(ben.see("my-view-chip")).to_contain_text("My view")
    expect(ben.see("my-view-frame")).to_be_visible()
    ben.clicks_row("Pin left")
    ben.page.keyboard.press("h")
    expect(ben.see("chip-hidden")).to_contain_text("1 hidden")
    # Something of Mia's afterwards, in the same order of the room: his would have come before it.
    mia.clicks_row("Pin right")
    mia.page.keyboard.press("h")
    expect(mia.see("chip-hidden")).to_contain_text("1 hidden")
    assert mia.ux("hiddenRanges") == [[2, 2]]
    assert ben.ux("hiddenRanges") == [[1, 1]]
    ben.see("my-view-rejoin").click()
    expect(ben.see("my-view-chip")).to_have_count(0)
    ben.waits_for("JSON.stringify(ux.hiddenRanges) === '[[2,2]]'")
    assert mia.ux("hiddenRanges") == ben.ux("hiddenRanges")

    # And the other way: what he found out on his own becomes what everybody sees.
    ben.page.keyboard.press("Shift+V")
    expect(ben.see("my-view-frame")).to_be_visible()
    ben.clicks_row("Pin left")
    ben.page.keyboard.press("h")
    ben.screenshot(tmp_path / "my-view.png")
    ben.see("my-view-share").click()
    mia.waits_for("JSON.stringify(ux.hiddenRanges) === '[[1,2]]'")
    assert mia.errors + ben.errors == []
    leaves(ben, mia)


def test_a_dead_line_is_told_and_nothing_done_meanwhile_is_lost_or_doubled_ux_53(
    meeting: tuple[Served, Api, dict[str, Any]], open_context: Callable[..., BrowserContext]
) -> None:
    served, owner, made = meeting
    project = made["project"]["id"]
    login = {"name": "Ben Okoro", "login": "ben", "password": "another good phrase"}
    owner.post("/users", login)
    owner.post(f"/projects/{project}/members", {"login": "ben", "role": "editor"})
    before = len(owner.get(f"/projects/{project}/issues")["items"])
    with fault_proxy(served.port) as proxy:
        mia = Person(open_context(viewport=SIZE), served)
        ben = Person(open_context(viewport=SIZE), Behind(served, proxy))  # type: ignore[arg-type]  # a server by its url
        link = starts_session(mia, made["asset"]["id"])
        ben.is_signed_in(login["login"], login["password"])
        ben.goes_to(link[link.index("/live/") :])
        ben.see("lobby-join").click()
        ben.settles()
        ben.waits_for("ux.people.length === 2")

        proxy.cut()
        expect(ben.see("connection-banner")).to_be_visible()
        view = ben.ux("camera")
        drags(ben, (0.5, 0.3), (0.6, 0.4))
        ben.until(
            "(view) => window.__ux.camera.position.some((v, i) => Math.abs(v - view.position[i]) > 1e-4)",
            view,
        )
        ben.clicks_row("Pin left")
        ben.page.keyboard.press("h")
        ben.points_at(0.5, 0.55)
        ben.page.keyboard.press("i")
        box = ben.viewport()
        ben.page.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.55)
        ben.see("composer-title").fill("Weld is missing here")
        ben.page.keyboard.press("Control+Enter")
        expect(ben.see("composer")).to_have_count(0)
        expect(ben.see("connection-unsent")).to_contain_text("2")
        ben.see("rail-issues").click()
        expect(ben.see("issue-waiting")).to_contain_text("Weld is missing here")

        # The way out asks; he stays.
        ben.page.locator("header a.logo").click()
        expect(ben.see("unsent-dialog")).to_contain_text("2")
        ben.see("unsent-stay").click()
        expect(ben.see("unsent-dialog")).to_have_count(0)
        asked: list[str] = []
        ben.page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
        ben.page.close(run_before_unload=True)
        ben.until("1", None)
        ben.page.wait_for_timeout(300)
        assert asked == ["beforeunload"]

        proxy.mend()
        ben.waits_for("['connected', 'unstable'].includes(ux.connection.kind)")
        expect(ben.see("issue-waiting")).to_have_count(0)
        mia.see("rail-issues").click()
        expect(mia.see("issue-list")).to_contain_text("Weld is missing here")
        expect(mia.see("chip-hidden")).to_contain_text("1 hidden")
        titles = [issue["title"] for issue in owner.get(f"/projects/{project}/issues")["items"]]
        assert len(titles) == before + 1
        assert titles.count("Weld is missing here") == 1
        ben.waits_for("ux.connection.unsent === 0")
        assert mia.errors + ben.errors == []
        leaves(ben, mia)
