"""Tools by hand in an emulated headset, and what a colleague at a desk sees of each."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from e2e.conftest import IWER
from e2e.headset import HEADSET, aims, frames, trigger
from e2e.people import CEILING_MS, Person, add_asset
from e2e.shapes import coloured_step
from e2e.test_live import SMALL, joins_by_code, starts_session
from playwright.sync_api import Browser, expect
from served import Api, Served, owner_of, serving

SHOTS = Path("build/e2e/vr_tools")
Point = tuple[float, float, float]


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Api, Any]]:
    """A server with an asset of two revisions."""
    with serving(tmp_path_factory.mktemp("vr") / "data") as served:
        owner = owner_of(served)
        file = coloured_step(tmp_path_factory.mktemp("step") / "fixture.step")
        made = add_asset(owner, file)
        second = owner.upload(f"/assets/{made['asset']['id']}/revisions", file)
        owner.wait_for(str(second.get("id") or second["revision"]["id"]))
        yield served, owner, made


@pytest.fixture(scope="module")
def pair(workshop: tuple[Served, Api, Any], chromium: Browser) -> Iterator[tuple[Person, Person]]:
    """Mia hosts and puts her headset on, Ben came by code to his desk; one session for all of it."""
    served, _, made = workshop
    contexts = [chromium.new_context(viewport=SMALL, reduced_motion="reduce") for _ in range(2)]
    for context in contexts:
        context.set_default_timeout(CEILING_MS)
    contexts[0].add_init_script(path=IWER)
    contexts[0].add_init_script(HEADSET)
    mia, ben = (Person(context, served) for context in contexts)
    code = starts_session(mia, made["asset"]["id"])
    joins_by_code(ben, code, "Ben")
    mia.waits_for("ux.people.length === 2")
    mia.see("vr-button").click()
    mia.waits_for("ux.xrFrames > 2")
    aims(mia, mia.ux("viewer.xr.card.buttons.comfortable"))
    trigger(mia, 1)
    trigger(mia, 0)
    yield mia, ben
    assert mia.errors + ben.errors == []
    for context in contexts:
        context.close()


@pytest.fixture
def seated(pair: tuple[Person, Person]) -> Iterator[tuple[Person, Person]]:
    """Nothing is in hand before a test, and nothing after it."""
    mia, ben = pair
    yield mia, ben
    for hand in ("left", "right"):
        trigger(mia, 0, hand=hand)
        grips(mia, 0, hand=hand)
    mia.page.evaluate("xrdev.controllers.left.connected = xrdev.controllers.right.connected = true")
    takes(mia, "select")


def in_room(person: Person, x: float, y: float, z: float) -> Point:
    """A place of the file, millimetres, z up, in the headset's room."""
    rig, origin = person.ux("viewer.xr.rig"), person.ux("origin")
    model = [x / 1000 - origin[0], z / 1000 - origin[1], -y / 1000 - origin[2]]
    assert rig["yaw_rad"] == 0
    away = [(at - base) / rig["scale"] for at, base in zip(model, rig["position"], strict=True)]
    return away[0], away[1], away[2]


def grips(person: Person, value: int, *, hand: str = "right") -> None:
    person.page.evaluate(f"xrdev.controllers.{hand}.updateButtonValue('squeeze', {value})")
    frames(person)


def presses(person: Person, board: str, button: str) -> None:
    """Point at a button of a board in the room and pull the trigger."""
    person.waits_for(
        f"ux.viewer.xr.tools.{board} && '{button}' in ux.viewer.xr.tools.{board}.buttons"
    )
    aims(person, person.ux(f"viewer.xr.tools.{board}.buttons['{button}']"), start=(0.25, 1.2, -0.2))
    trigger(person, 1)
    trigger(person, 0)


def takes(person: Person, tool: str) -> None:
    if person.ux("viewer.xr.tools.tool") != tool:
        presses(person, "rack", tool)
    person.waits_for(f"ux.viewer.xr.tools.tool === '{tool}'")


def undoes(person: Person) -> None:
    person.page.evaluate("xrdev.controllers.right.updateButtonValue('b-button', 1)")
    frames(person)
    person.page.evaluate("xrdev.controllers.right.updateButtonValue('b-button', 0)")
    frames(person)


def looks_at(person: Person, at: Point) -> None:
    x, y, z = at
    person.page.evaluate(
        "([x, y, z]) => xrdev.remote.dispatch('look_at', { device: 'headset', target: { x, y, z } })",
        [x, y, z],
    )
    frames(person)


def test_the_knife_cuts_live_leaves_a_plane_of_the_list_and_is_undone(
    seated: tuple[Person, Person],
) -> None:
    mia, ben = seated
    takes(mia, "knife")
    looks_at(mia, (0, 1.0, -1))
    # 3° askew is square; 12° is as the hand holds it.
    hand: Point = (0, 0.95, -0.6)
    aims(mia, (0.052, 0.95, -1.6), start=hand)
    grips(mia, 1)
    ben.waits_for("ux.sections.length === 1")
    assert mia.ux("viewer.xr.tools.knife.snap") in ("axis", "face")
    assert [abs(value) for value in ben.ux("sections[0].normal")] == [0, 0, 1]
    first = ben.ux("sections[0].offset_m")
    aims(mia, (0.21, 0.95, -1.65), start=(0, 0.95, -0.65))
    ben.waits_for(f"Math.abs(ux.sections[0].offset_m - {first}) > 1e-4")
    assert mia.ux("viewer.xr.tools.knife.snap") == "none"
    mia.screenshot(SHOTS / "knife.png")
    grips(mia, 0)
    ben.see("rail-sections").click()
    expect(ben.see("section-row")).to_have_count(1)
    mia.waits_for("ux.sectionReport.state === 'done'")
    undoes(mia)
    ben.waits_for("ux.sections.length === 0")


def test_the_box_is_pulled_by_its_sides(seated: tuple[Person, Person]) -> None:
    mia, ben = seated
    takes(mia, "box")
    ben.waits_for("ux.sectionBox !== null")
    before = ben.ux("sectionBox")
    right = in_room(mia, 20, 10, 1)
    aims(mia, right, start=(right[0] + 0.6, right[1], right[2]))
    grips(mia, 1)
    aims(mia, right, start=(right[0] + 0.4, right[1], right[2]))
    ben.waits_for(f"ux.sectionBox.half[0] < {before['half'][0]} - 1e-4")
    mia.screenshot(SHOTS / "box.png")
    grips(mia, 0)
    scale = mia.ux("viewer.xr.rig.scale")
    assert ben.ux("sectionBox.half[0]") == pytest.approx(before["half"][0] - 0.1 * scale, rel=1e-3)
    undoes(mia)
    ben.waits_for(f"Math.abs(ux.sectionBox.half[0] - {before['half'][0]}) < 1e-9")
    undoes(mia)
    ben.waits_for("ux.sectionBox === null")
