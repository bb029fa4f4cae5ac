"""Menus and people in an emulated headset: what they say, where they stand, how large they are, what they do."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trimesh
from e2e.headset import aims, frames, trigger, wears_headset
from e2e.people import Person, add_asset
from playwright.sync_api import BrowserContext, expect
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


def menu(person: Person) -> dict[str, Any]:
    found: dict[str, Any] = person.ux("viewer.xr.menu")
    return found


def target(panel: dict[str, Any], wanted: str) -> dict[str, Any]:
    """The target of this id."""
    [found] = [
        each for each in panel["items"] if each["kind"] == "target" and each["style"] == wanted
    ]
    return dict(found)


def presses(person: Person, panel: str, wanted: str) -> None:
    aims(person, target(menu(person)[panel], wanted)["at"])
    assert menu(person)[panel]["hovered"] == wanted
    trigger(person, 1)
    trigger(person, 0)


def pushes_button(person: Person, name: str, *, hand: str) -> None:
    for value in (1, 0):
        person.page.evaluate(
            f"xrdev.controllers.{hand}.updateButtonValue('{name}', {value})"
        )
        frames(person)


def opens_menu(person: Person) -> None:
    """X brings the column to the left hand; its first button is the panel."""
    person.page.evaluate("xrdev.controllers.left.position.set(-0.2, 1.2, -0.35)")
    pushes_button(person, "x-button", hand="left")
    person.waits_for("ux.viewer.xr.menu.quick !== null")
    frames(person)
    presses(person, "quick", "menu")
    person.waits_for("ux.viewer.xr.menu.main !== null")


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


def test_menus_are_as_large_as_they_must_be_and_stay_where_they_are(
    shared_server: Served,
    open_context: Callable[..., BrowserContext],
    skid: dict[str, Any],
) -> None:
    context = open_context(viewport={"width": 900, "height": 560})
    wears_headset(context)
    dana = Person(context, shared_server)
    dana.is_signed_in()
    dana.opens_viewer(skid["asset"]["id"])
    dana.see("vr-button").click()
    dana.waits_for("ux.xrFrames > 2")
    opens_menu(dana)
    shown = menu(dana)
    measured(shown["quick"], "quick", poke=True)
    for theme in ("light", "dark"):
        dana.page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
        for tab in TABS:
            presses(dana, "main", f"tab-{tab}")
            measured(menu(dana)["main"], f"{theme} {tab}")
            dana.page.evaluate(LOOK_AT_PANEL, menu(dana)["main"]["position"])
            frames(dana)
            dana.screenshot(SHOTS / f"{tab}_{theme}.png")
            dana.page.evaluate("xrdev.quaternion.set(0, 0, 0, 1)")
            frames(dana)
    assert dana.errors == []


LOOK_AT_PANEL = """([x, y, z]) =>
  xrdev.remote.dispatch('look_at', { device: 'headset', target: { x, y, z } })"""
