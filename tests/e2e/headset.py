"""An emulated headset (IWER) in the page of a person: what its wearer does with their hands."""

from typing import Any

from e2e.conftest import IWER
from e2e.people import Person
from playwright.sync_api import BrowserContext

HEADSET = """
{
  const device = new IWER.XRDevice(IWER.metaQuest3, { stereoEnabled: true });
  device.ipd = 0.063;
  device.installRuntime({ forceInstall: true });
  window.xrdev = device;
}
"""
AIM = """([hand, from, { x, y, z }]) => {
  xrdev.controllers[hand].position.set(...from);
  xrdev.remote.dispatch('look_at', { device: `controller-${hand}`, target: { x, y, z } });
}"""


def wears_headset(context: BrowserContext) -> None:
    """Every page of the context finds a Quest 3."""
    context.add_init_script(path=IWER)
    context.add_init_script(HEADSET)


def frames(person: Person, count: int = 4) -> None:
    """Let the headset draw some frames."""
    start = person.ux("xrFrames")
    person.waits_for(f"ux.xrFrames >= {start + count}")


def aims(
    person: Person,
    target: tuple[float, float, float] | list[float],
    *,
    hand: str = "right",
    start: tuple[float, float, float] = (0.15, 1.35, -0.05),
) -> None:
    """Point a controller at a place. target, start: metres of the room, y up."""
    x, y, z = target
    place: dict[str, Any] = {"x": x, "y": y, "z": z}
    person.page.evaluate(AIM, [hand, list(start), place])
    frames(person)


def trigger(person: Person, value: int, *, hand: str = "right") -> None:
    """Pull (1) or let go of (0) the trigger."""
    person.page.evaluate(f"xrdev.controllers.{hand}.updateButtonValue('trigger', {value})")
    frames(person)


def pushes(person: Person, x: float, y: float, *, hand: str = "right") -> None:
    """Push the stick and let it go."""
    for at in ((x, y), (0, 0)):
        person.page.evaluate(f"xrdev.controllers.{hand}.updateAxes('thumbstick', {at[0]}, {at[1]})")
        frames(person)


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
        person.page.evaluate(f"xrdev.controllers.{hand}.updateButtonValue('{name}', {value})")
        frames(person)


def opens_menu(person: Person) -> None:
    """X brings the column to the left hand; its first button is the panel."""
    person.page.evaluate("xrdev.controllers.left.position.set(-0.2, 1.2, -0.35)")
    pushes_button(person, "x-button", hand="left")
    person.waits_for("ux.viewer.xr.menu.quick !== null")
    frames(person)
    presses(person, "quick", "menu")
    person.waits_for("ux.viewer.xr.menu.main !== null")
