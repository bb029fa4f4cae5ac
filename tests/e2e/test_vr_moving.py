"""Being there: in an emulated headset one arrives, turns, jumps, glides, scales and rests; nothing else moves one."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trimesh
from e2e.headset import aims, frames, pushes, trigger, wears_headset
from e2e.people import Person, add_asset
from playwright.sync_api import BrowserContext
from served import Api, Served

SHOTS = Path("build/e2e/headset")


@pytest.fixture(scope="module")
def hall(owner: Api, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A slab of 16 m with a machine on it."""
    scene = trimesh.Scene()
    parts = {"Slab": ((16, 0.2, 16), (0, -0.1, 0)), "Machine": ((2, 2, 2), (0, 1, 0))}
    for name, (size, place) in parts.items():
        matrix = trimesh.transformations.translation_matrix(place)
        scene.add_geometry(trimesh.creation.box(size), geom_name=name, node_name=name)
        scene.graph.update(name, matrix=matrix)
    path = tmp_path_factory.mktemp("hall") / "hall.glb"
    path.write_bytes(scene.export(file_type="glb"))
    return add_asset(owner, path, "Halls")


@pytest.fixture
def dana(
    shared_server: Served, open_context: Callable[..., BrowserContext], hall: dict[str, Any]
) -> Person:
    context = open_context(viewport={"width": 900, "height": 560})
    wears_headset(context)
    person = Person(context, shared_server)
    person.is_signed_in()
    person.opens_viewer(hall["asset"]["id"])
    return person


def rig(person: Person) -> dict[str, Any]:
    found: dict[str, Any] = person.ux("viewer.xr.rig")
    return found


def stick(person: Person, x: float, y: float, *, hand: str = "right") -> None:
    person.page.evaluate(f"xrdev.controllers.{hand}.updateAxes('thumbstick', {x}, {y})")
    frames(person)


def button(person: Person, name: str, value: int, *, hand: str = "right") -> None:
    person.page.evaluate(f"xrdev.controllers.{hand}.updateButtonValue('{name}', {value})")
    frames(person)


def turned(before: dict[str, Any], after: dict[str, Any]) -> float:
    """Degrees to the right."""
    angle = before["yaw_rad"] - after["yaw_rad"]
    return math.degrees(math.atan2(math.sin(angle), math.cos(angle)))


def presses(person: Person, target: list[float]) -> None:
    aims(person, target)
    trigger(person, 1)
    trigger(person, 0)


def test_58_the_stick_turns_30_degrees_in_one_frame_and_jumps_on_release(dana: Person) -> None:
    before_vr = dana.ux("camera")
    dana.see("vr-button").click()
    dana.waits_for("ux.xrFrames > 2")
    arrived = rig(dana)
    card = dana.ux("viewer.xr.card")
    assert card["id"] == "comfort"
    assert set(card["buttons"]) == {"comfortable", "balanced", "expert"}
    dana.screenshot(SHOTS / "arrived.png")
    presses(dana, card["buttons"]["comfortable"])
    dana.waits_for("ux.viewer.xr.card === null")
    assert rig(dana) == arrived, "answering moved nobody"
    frames(dana)
    hints = dana.ux("viewer.xr.hints")
    assert hints["left"] > 3
    assert hints["right"] > 3
    dana.screenshot(SHOTS / "hints.png")

    # Each frame's rig is written down: the turn is in one of them, whole.
    dana.page.evaluate(
        """() => { window.rigs = []; const note = () => {
             const { position, yaw_rad } = window.__ux.viewer.xr.rig;
             window.rigs.push([...position, yaw_rad]); requestAnimationFrame(note); };
             requestAnimationFrame(note); }"""
    )
    stick(dana, 1, 0)
    stick(dana, 0, 0)
    yaws = {round(each[3], 6) for each in dana.page.evaluate("window.rigs")}
    assert len(yaws) == 2, "nothing between before and after"
    assert abs(turned(arrived, rig(dana)) - 30) <= 0.1

    # Forward shows the arc, and only letting go moves.
    before = rig(dana)
    aims(dana, (0.4, 1.2, -3.0))
    dana.page.evaluate("window.rigs.length = 0")
    stick(dana, 0, -1)
    frames(dana, 6)
    arc = dana.ux("viewer.xr.arc")
    assert arc is not None
    dana.screenshot(SHOTS / "arc.png")
    held = {tuple(each) for each in dana.page.evaluate("window.rigs")}
    assert len(held) == 1
    assert rig(dana) == before
    stick(dana, 0, 0)
    dana.waits_for(f"ux.viewer.xr.rig.position[2] !== {before['position'][2]}")
    landed = rig(dana)
    # The head is over the room's zero: its floor is where the arc ended.
    cos, sin = math.cos(before["yaw_rad"]), math.sin(before["yaw_rad"])
    x, _, z = (each * before["scale"] for each in arc)
    assert abs(landed["position"][0] - (before["position"][0] + cos * x + sin * z)) < 0.05
    assert abs(landed["position"][2] - (before["position"][2] - sin * x + cos * z)) < 0.05
    assert landed["yaw_rad"] == before["yaw_rad"]

    # Twisted while it is aimed, it also says where one looks.
    aims(dana, (0.0, 1.2, -3.0))
    stick(dana, 0, -1)
    stick(dana, 1, 0)
    stick(dana, 0, 0)
    dana.waits_for(f"ux.viewer.xr.rig.yaw_rad !== {landed['yaw_rad']}")
    assert abs(turned(landed, rig(dana)) - 90) < 0.1

    # The other stick glides for nobody who did not ask for it; pressed, it lifts by half a metre.
    still = rig(dana)
    pushes(dana, 0, -1, hand="left")
    assert rig(dana) == still
    button(dana, "thumbstick", 1, hand="left")
    stick(dana, 0, -1, hand="left")
    stick(dana, 0, 0, hand="left")
    button(dana, "thumbstick", 0, hand="left")
    risen = (rig(dana)["position"][1] - still["position"][1]) / still["scale"]
    assert abs(risen - 0.5) < 1e-6

    # Both menu buttons for a second: the safe place, and one way out.
    at = rig(dana)
    button(dana, "x-button", 1, hand="left")
    button(dana, "a-button", 1)
    dana.waits_for("ux.viewer.xr.card?.id === 'safe'")
    button(dana, "a-button", 0)
    button(dana, "x-button", 0, hand="left")
    dana.screenshot(SHOTS / "safe.png")
    assert rig(dana) == at
    presses(dana, dana.ux("viewer.xr.card.buttons.back"))
    dana.waits_for("ux.viewer.xr.card === null")
    assert rig(dana) == at

    # The headset rests: named, and the session goes on. Taken off: the page is as it was.
    dana.page.evaluate("xrdev.activeSession.end()")
    dana.waits_for("ux.xr.kind === 'ready'")
    assert dana.ux("camera") == before_vr
    assert dana.errors == []


def test_both_hands_scale_the_model_between_them_and_a_palm_jumps(dana: Person) -> None:
    dana.see("vr-button").click()
    dana.waits_for("ux.xrFrames > 2")
    place = "(x) => { const c = xrdev.controllers; c.left.position.set(-x, 1.2, -0.5); c.right.position.set(x, 1.2, -0.5); }"
    dana.page.evaluate(place, 0.1)
    for hand in ("left", "right"):
        button(dana, "squeeze", 1, hand=hand)
    before = rig(dana)
    dana.page.evaluate(place, 0.25)
    frames(dana)
    grown = rig(dana)
    assert abs(before["scale"] / grown["scale"] - 2.5) < 0.2
    assert grown["mode"] == "free"
    assert dana.ux("viewer.xr.readout").startswith("1:")
    dana.screenshot(SHOTS / "scaling.png")
    for hand in ("left", "right"):
        button(dana, "squeeze", 0, hand=hand)
    dana.page.evaluate(place, 0.3)
    frames(dana)
    assert rig(dana) == grown
    assert dana.ux("viewer.xr.readout") is None

    # Bare hands: two pinches do the same; nothing is selected by them.
    dana.page.evaluate("xrdev.primaryInputMode = 'hand'")
    frames(dana)
    hands = "(x) => { const h = xrdev.hands; h.left.position.set(-x, 1.2, -0.5); h.right.position.set(x, 1.2, -0.5); }"
    dana.page.evaluate(hands, 0.3)
    frames(dana)
    for hand in ("left", "right"):
        dana.page.evaluate(f"xrdev.hands.{hand}.updatePinchValue(1)")
        frames(dana)
    dana.page.evaluate(hands, 0.15)
    frames(dana)
    assert abs(rig(dana)["scale"] / grown["scale"] - 2) < 0.2
    dana.screenshot(SHOTS / "bare_hands.png")
    for hand in ("left", "right"):
        dana.page.evaluate(f"xrdev.hands.{hand}.updatePinchValue(0)")
        frames(dana)
    assert dana.ux("selection") == []

    # Nobody's hand: the gaze points, and looking at the answer for a second gives it.
    dana.page.evaluate("xrdev.hands.left.connected = xrdev.hands.right.connected = false")
    dana.waits_for("ux.viewer.xr.gaze !== null")
    assert dana.ux("viewer.xr.notice").startswith("No hand in sight")
    x, y, z = dana.ux("viewer.xr.card.buttons.comfortable")
    dana.page.evaluate(
        "([x, y, z]) => xrdev.remote.dispatch('look_at', { device: 'headset', target: { x, y, z } })",
        [x, y, z],
    )
    dana.waits_for("ux.viewer.xr.card === null")
    dana.screenshot(SHOTS / "gaze.png")
    dana.page.evaluate("xrdev.activeSession.end()")
    dana.waits_for("ux.xr.kind === 'ready'")
    assert dana.errors == []
