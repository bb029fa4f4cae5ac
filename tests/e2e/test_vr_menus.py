"""Menus and people in an emulated headset: what they say, where they stand, how large they are, what they do."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trimesh
from e2e.headset import aims, frames, menu, opens_menu, presses, trigger, wears_headset
from e2e.people import Person, add_asset
from e2e.test_live import joins_by_code, starts_session
from e2e.test_live_conduct import chooses
from playwright.sync_api import BrowserContext
from served import Api, Served

SHOTS = Path("build/e2e/vr_menus")
TABS = ["tools", "model", "people", "views", "comfort"]
LEAST = {"small": 0.5, "body": 0.75, "number": 0.75, "title": 0.75}


@pytest.fixture(scope="module")
def skid(owner: Api, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Twelve parts in a row: more than the tree shows at once."""
    scene = trimesh.Scene()
    for number in range(12):
        box = trimesh.creation.box((0.03, 0.02 + number / 1000, 0.03))
        name = f"Part {number + 1:02d}"
        scene.add_geometry(box, geom_name=name, node_name=name)
        place = trimesh.transformations.translation_matrix((number * 0.05, 0, 0))
        scene.graph.update(name, matrix=place)
    path = tmp_path_factory.mktemp("skid") / "skid.glb"
    path.write_bytes(scene.export(file_type="glb"))
    return add_asset(owner, path, "Menus")


def gap(a: list[float], b: list[float]) -> float:
    """Between two boxes (x, y, width, height)."""
    across = max(a[0] - b[0] - b[2], b[0] - a[0] - a[2], 0)
    down = max(a[1] - b[1] - b[3], b[1] - a[1] - a[3], 0)
    return math.hypot(across, down)


def measured(panel: dict[str, Any], where: str, *, poke: bool = False) -> None:
    """UX.md §4.11 and statement 59, by number."""
    assert panel["distance"] >= 0.4, where
    assert panel["pxPerDegree"] >= 20, where
    targets = [each for each in panel["items"] if each["kind"] == "target"]
    wide, tall = panel["size"]
    for each in panel["items"]:
        x, y, width, height = each["box"]
        assert min(x, y) >= 0.69, (where, each)
        assert x + width <= wide - 0.69, (where, each)
        assert y + height <= tall - 0.69, (where, each)
    for each in panel["items"]:
        if each["kind"] == "text":
            least = LEAST[each["style"]] * (1 if each["style"] == "small" else panel["textScale"])
            assert each["angle"] >= max(0.5 * panel["textScale"], least) - 1e-6, (where, each)
        else:
            assert each["angle"] >= 1.5, (where, each)
            assert not poke or each["metres"] >= 0.032, (where, each)
    degrees = panel["pxPerDegree"] / 28  # of one unit of the board, at its middle
    for index, one in enumerate(targets):
        for other in targets[index + 1 :]:
            apart = gap(one["box"], other["box"]) / degrees
            assert apart >= 0.5, (where, one["name"], other["name"], apart)


def enters(person: Person) -> None:
    """Into the headset, with the first question answered."""
    person.see("vr-button").click()
    person.waits_for("ux.xrFrames > 2")
    card = person.ux("viewer.xr.card")
    if card is not None:
        aims(person, card["buttons"]["comfortable"])
        trigger(person, 1)
        trigger(person, 0)
        person.waits_for("ux.viewer.xr.card === null")


def turns_head(person: Person, degrees: float) -> None:
    half = math.radians(degrees) / 2
    person.page.evaluate(f"xrdev.quaternion.set(0, {math.sin(half)}, 0, {math.cos(half)})")
    frames(person)


def poses(person: Person) -> dict[str, Any]:
    shown = menu(person)
    return {
        name: (shown[name]["position"], shown[name]["quaternion"]) for name in ("main", "quick")
    }


def shoots(person: Person, name: str, at: list[float]) -> None:
    """A picture of what stands there, looked at with one eye that sees it large."""
    person.page.evaluate(LOOK, at)
    person.page.evaluate(NARROW)
    frames(person)
    person.screenshot(SHOTS / f"{name}.png")
    person.page.evaluate(WIDE)
    turns_head(person, 0)


NARROW = "[xrdev.stereoEnabled, xrdev.fovy] = [false, 0.6]"
WIDE = "[xrdev.stereoEnabled, xrdev.fovy] = [true, Math.PI / 2]"
LOOK = """([x, y, z]) =>
  xrdev.remote.dispatch('look_at', { device: 'headset', target: { x, y, z } })"""


def test_59_menus_are_as_large_as_they_must_be_and_stay_where_they_are(
    shared_server: Served,
    open_context: Callable[..., BrowserContext],
    skid: dict[str, Any],
) -> None:
    context = open_context(viewport={"width": 900, "height": 560})
    wears_headset(context)
    dana = Person(context, shared_server)
    dana.is_signed_in()
    dana.opens_viewer(skid["asset"]["id"])
    enters(dana)
    arrived = dana.ux("viewer.xr.rig")
    opens_menu(dana)
    measured(menu(dana)["quick"], "quick", poke=True)
    shoots(dana, "quick", menu(dana)["quick"]["position"])
    for tab in TABS:
        presses(dana, "main", f"tab-{tab}")
        measured(menu(dana)["main"], tab)
        shoots(dana, f"{tab}_light", menu(dana)["main"]["position"])

    # Nothing goes with the head: boards stay while it turns.
    before = poses(dana)
    turns_head(dana, 20)
    assert poses(dana) == before
    turns_head(dana, 0)

    # Letters of every size that can be chosen keep what is asked of them.
    for share in (0.8, 1.6):
        presses(dana, "main", "tab-comfort")
        presses(dana, "main", "page-seeing")
        presses(dana, "main", f"text-{share:g}")
        dana.waits_for(f"Math.abs(ux.viewer.xr.menu.main.textScale - {share}) < 0.01")
        for tab in TABS:
            presses(dana, "main", f"tab-{tab}")
            measured(menu(dana)["main"], f"{tab} at {share}")
        shoots(dana, f"comfort_{share:g}", menu(dana)["main"]["position"])
    presses(dana, "main", "text-1")
    presses(dana, "main", "hud")
    dana.waits_for("ux.viewer.xr.budget.hud !== null")
    presses(dana, "main", "hud")
    by_itself = dana.ux("viewer.xr.budget.auto")
    for saves in (not by_itself, by_itself):
        presses(dana, "main", "detail")
        dana.waits_for(f"ux.viewer.xr.budget.auto === {str(saves).lower()}")

    # A tool in the hand, and put back.
    presses(dana, "main", "tab-tools")
    for tool in ("knife", "select"):
        presses(dana, "main", f"tool-{tool}")
        dana.waits_for(f"ux.viewer.xr.tools.tool === '{tool}'")

    # The tree: a row selects, its eye hides, the panel goes away; nobody was moved.
    presses(dana, "main", "tab-model")
    first = next(
        each["style"] for each in menu(dana)["main"]["items"] if each["style"].startswith("eye-")
    )
    presses(dana, "main", first.replace("eye", "row"))
    dana.waits_for("ux.selection.length > 0")
    presses(dana, "main", "hide")
    dana.waits_for("ux.hidden > 0")
    presses(dana, "main", "showAll")
    dana.waits_for("ux.hidden === 0")
    presses(dana, "main", "search")
    measured(menu(dana)["main"], "letters")
    shoots(dana, "letters", menu(dana)["main"]["position"])
    for letter in "12":
        presses(dana, "main", f"key-{letter}")
    found = [e for e in menu(dana)["main"]["items"] if e["style"].startswith("found-")]
    assert [each["name"] for each in found] == ["Part 12"]
    presses(dana, "main", "close")
    assert menu(dana)["main"] is None
    assert dana.ux("viewer.xr.rig") == arrived
    assert dana.errors == []


def test_a_trigger_held_on_a_part_opens_the_wheel(
    shared_server: Served,
    open_context: Callable[..., BrowserContext],
    skid: dict[str, Any],
) -> None:
    context = open_context(viewport={"width": 900, "height": 560}, color_scheme="dark")
    wears_headset(context)
    dana = Person(context, shared_server)
    dana.is_signed_in()
    dana.opens_viewer(skid["asset"]["id"])
    enters(dana)
    x, _, z = dana.ux("viewer.xr.tableCentre")
    # The first part of the row, 0.8 m wide with the table.
    aims(dana, [x - 0.37, 0.91, z])
    trigger(dana, 1)
    dana.waits_for("ux.viewer.xr.menu.wheel !== null")
    trigger(dana, 0)
    assert len(dana.ux("selection")) == 1
    measured(menu(dana)["wheel"], "wheel")
    shoots(dana, "wheel_dark", menu(dana)["wheel"]["position"])
    presses(dana, "wheel", "wheel-hide")
    dana.waits_for("ux.hidden === 1")
    assert menu(dana)["wheel"] is None
    opens_menu(dana)
    for tab in TABS:
        presses(dana, "main", f"tab-{tab}")
        shoots(dana, f"{tab}_dark", menu(dana)["main"]["position"])
    assert dana.errors == []


def test_people_at_desks_are_monitors_and_bringing_opens_a_portal(
    shared_server: Served,
    open_context: Callable[..., BrowserContext],
    skid: dict[str, Any],
) -> None:
    mia = Person(open_context(viewport={"width": 900, "height": 560}), shared_server)
    code = starts_session(mia, skid["asset"]["id"])
    context = open_context(viewport={"width": 900, "height": 560})
    wears_headset(context)
    dana = Person(context, shared_server)
    joins_by_code(dana, code, "Dana")
    enters(dana)
    arrived = dana.ux("viewer.xr.rig")
    slot = dana.ux("people.find((person) => !person.mine).slot")
    dana.waits_for(f"ux.viewer.xr.crowd[{slot}]?.look === 'monitor'")
    seen = dana.ux(f"viewer.xr.crowd[{slot}]")
    assert abs(seen["name"] - 0.9) < 0.05
    shoots(dana, "monitor", seen["at"])

    # Pressing the monitor opens what Mia sees; it stays where it was put.
    aims(dana, seen["at"])
    trigger(dana, 1)
    trigger(dana, 0)
    dana.waits_for(f"ux.viewer.xr.screens.watched === {slot} && ux.viewer.xr.screens.drawn > 2")
    screen = dana.ux("viewer.xr.screens")
    assert abs(screen["wide"] - 40) < 1
    shoots(dana, "screen", screen["position"])
    turns_head(dana, 20)
    assert dana.ux("viewer.xr.screens.position") == screen["position"]
    turns_head(dana, 0)
    measured(screen["bar"], "screen")

    # What Mia selects is offered to Dana's hands.
    mia.clicks_row("Part 03")
    mia.waits_for("ux.selection.length === 1")
    opens_menu(dana)
    presses(dana, "main", "tab-people")
    dana.waits_for(f"ux.viewer.xr.menu.main.items.some((item) => item.style === 'take-{slot}')")
    measured(menu(dana)["main"], "people")
    shoots(dana, "people_session", menu(dana)["main"]["position"])
    presses(dana, "main", f"take-{slot}")
    assert dana.ux("selection") == mia.ux("selection")
    presses(dana, "main", "close")
    assert dana.ux("viewer.xr.rig") == arrived

    # A portal: who ignores it stays, who goes through it goes.
    mia.see("rail-people").click()
    chooses(mia, "Dana", "menu-bring")
    dana.waits_for(f"ux.viewer.xr.screens.portal === {slot}")
    portal = dana.ux("viewer.xr.screens.portalPosition")
    shoots(dana, "portal", portal)
    dana.waits_for("ux.viewer.xr.screens.portal === null")
    assert dana.ux("viewer.xr.rig") == arrived
    # The next one opens at the same place: five seconds are not for aiming on a slow machine.
    aims(dana, portal)
    chooses(mia, "Dana", "menu-bring")
    dana.waits_for(f"ux.viewer.xr.screens.portal === {slot}")
    trigger(dana, 1)
    trigger(dana, 0)
    stood = arrived["position"]
    dana.waits_for(f"Math.abs(ux.viewer.xr.rig.position[2] - {stood[2]}) > 1e-6")
    assert dana.errors == []
    assert mia.errors == []
