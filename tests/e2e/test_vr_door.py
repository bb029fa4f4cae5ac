"""Getting into VR: the button tells the truth, /go by ray, a headset signed in by its code.

Statements 56 and 57 of UX.md by number.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from e2e.conftest import CHROMIUM_ARGUMENTS
from e2e.headset import wears_headset
from e2e.people import CEILING_MS, Person, add_asset
from e2e.shapes import coloured_step
from e2e.test_live import SIZE, starts_session
from playwright.sync_api import BrowserContext, Playwright, expect
from served import Api, Served, owner_of, serving

LAN = "review.lan"
QUEST = (
    "Mozilla/5.0 (X11; Linux x86_64; Quest 3) AppleWebKit/537.36 (KHTML, like Gecko) "
    "OculusBrowser/38.0 Chrome/136.0 VR Safari/537.36"
)
KEY_PX = 64  # statement 57


class OnTheLan(Served):
    """The same server under a name that browsers hold for insecure; it leads to the loopback."""

    @property
    def url(self) -> str:
        return f"http://{LAN}:{self.port}"


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Api, dict[str, Any]]]:
    """A server with one asset; the tests do not disturb each other."""
    folder = tmp_path_factory.mktemp("door")
    with serving(folder / "data") as running:
        mia = owner_of(running)
        yield running, mia, add_asset(mia, coloured_step(folder / "fixture.step"))


def presses(person: Person, testid: str) -> None:
    """Press as a ray does in a headset's browser: a pointer on the middle, no keyboard."""
    box = person.see(testid).bounding_box()
    assert box is not None
    person.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def types_code(person: Person, code: str) -> None:
    for digit in code:
        presses(person, f"go-key-{digit}")


def test_56_over_http_the_button_says_that_vr_needs_https_and_names_the_origin(
    table: tuple[Served, Api, dict[str, Any]], playwright: Playwright
) -> None:
    served, _, made = table
    browser = playwright.chromium.launch(
        executable_path="/usr/bin/chromium",
        headless=True,
        args=[*CHROMIUM_ARGUMENTS, f"--host-resolver-rules=MAP {LAN} 127.0.0.1"],
    )
    try:
        context = browser.new_context(viewport=SIZE, reduced_motion="reduce")
        context.set_default_timeout(CEILING_MS)
        context.add_init_script("localStorage.setItem('holotable.hands-asked', 'on')")
        dana = Person(context, OnTheLan(served.data_dir, port=served.port))
        dana.signs_in()
        dana.opens_viewer(made["asset"]["id"])
        button = dana.see("vr-button")
        expect(button).to_have_attribute("data-state", "insecure")
        expect(button).to_contain_text("VR needs HTTPS")
        button.click()
        expect(dana.see("vr-reason")).to_contain_text(f"http://{LAN}:{served.port}")
        expect(dana.see("https-fix")).to_contain_text("make run HTTPS=1")
        assert dana.errors == []
    finally:
        browser.close()


def test_56_on_this_machine_one_press_starts_vr_and_the_others_see_the_badge(
    table: tuple[Served, Api, dict[str, Any]], open_context: Callable[..., BrowserContext]
) -> None:
    served, owner, made = table
    owner.post("/users", {"name": "Dana Fox", "login": "dana", "password": "correct horse battery"})
    owner.post(f"/projects/{made['project']['id']}/members", {"login": "dana", "role": "reviewer"})
    mia = Person(open_context(viewport=SIZE), served)
    mia.is_signed_in()
    mia.opens_viewer(made["asset"]["id"])
    context = open_context(viewport={"width": 900, "height": 600})
    wears_headset(context)
    dana = Person(context, served)
    dana.is_signed_in("dana")
    dana.opens_viewer(made["asset"]["id"])
    mia.waits_for("ux.people.length === 2")
    expect(mia.see("avatar-vr")).to_have_count(0)
    expect(dana.see("vr-button")).to_have_attribute("data-state", "ready")
    expect(dana.see("vr-button")).to_contain_text("Enter VR")
    dana.see("vr-button").click()
    expect(dana.see("vr-button")).to_have_attribute("data-state", "active")
    expect(mia.see("avatar").filter(has=mia.see("avatar-vr"))).to_have_attribute(
        "data-name", "Dana Fox"
    )
    dana.waits_for("ux.xrFrames > 1")
    dana.see("vr-button").press("Enter")  # the emulator's canvas covers it for the mouse
    expect(mia.see("avatar-vr")).to_have_count(0)
    assert mia.errors == dana.errors == []


def test_57_the_keypad_takes_a_session_code_by_ray_and_ten_wrong_ones_are_throttled(
    table: tuple[Served, Api, dict[str, Any]], open_context: Callable[..., BrowserContext]
) -> None:
    served, _, made = table
    mia = Person(open_context(viewport=SIZE), served)
    code = starts_session(mia, made["asset"]["id"])
    guest = Person(open_context(viewport={"width": 1000, "height": 900}), served)
    guest.goes_to("/go")
    expect(guest.see("go-own")).to_have_text(re.compile(r"^[A-Z]-\d{4}$"))
    for key in [*(f"go-key-{digit}" for digit in range(10)), "go-clear", "go-back"]:
        box = guest.see(key).bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= KEY_PX, key
    spelt = guest.see("go-own").get_attribute("aria-label")
    assert re.search(r"[A-Z], \d, \d, \d, \d$", spelt or ""), spelt
    presses(guest, "go-key-4")
    presses(guest, "go-key-8")
    expect(guest.see("go-code")).to_have_attribute("aria-label", "Entered: 4, 8")
    presses(guest, "go-clear")
    types_code(guest, code)
    expect(guest.see("lobby-name")).to_be_visible()
    guest.goes_to("/go")
    wrong = "000000" if code != "000000" else "000001"
    message = guest.see("go-message")
    for _ in range(10):  # within the minute, or some are forgotten: the server's clock decides
        types_code(guest, wrong)
        expect(message).to_contain_text(re.compile("No session has this code|Too many"))
        presses(guest, "go-clear")
        expect(message).not_to_contain_text("Looking")
        if "Too many" in message.inner_text():
            break
    for _ in range(30):
        if "Too many" in message.inner_text():
            break
        types_code(guest, wrong)
        expect(message).to_contain_text(re.compile("No session has this code|Too many"))
    expect(message).to_contain_text(re.compile(r"Too many wrong codes\. Try again in \d+ seconds"))
    mia.see("session-button").click()
    mia.see("session-end").click()
    assert guest.errors == []


def test_a_headset_signed_in_by_its_code_goes_on_in_the_session_until_it_is_removed(
    table: tuple[Served, Api, dict[str, Any]], open_context: Callable[..., BrowserContext]
) -> None:
    served, _, made = table
    mia = Person(open_context(viewport=SIZE), served)
    starts_session(mia, made["asset"]["id"])
    context = open_context(viewport={"width": 1000, "height": 900}, user_agent=QUEST)
    wears_headset(context)
    worn = Person(context, served)
    worn.goes_to("/go")
    expect(worn.see("go-own")).to_have_text(re.compile(r"^[A-Z]-\d{4}$"))

    # At the desk: the code, a look at what asks, and a yes.
    desk = Person(mia.context, served)
    desk.goes_to("/settings/me")
    desk.see("add-headset-code").fill(worn.see("go-own").inner_text().lower())
    desk.see("add-headset-look").click()
    expect(desk.see("add-headset-found")).to_contain_text("Quest 3")
    desk.see("add-headset-allow").click()
    expect(worn.see("go-continue")).to_contain_text("Continue as")
    expect(desk.see("device-row")).to_contain_text("Quest 3")

    # One press, the lobby, the session; then VR, which the desk's own button tells of.
    presses(worn, "go-continue")
    worn.see("lobby-join").click()
    worn.settles()
    worn.waits_for("ux.session !== null")
    worn.see("vr-button").click()
    worn.waits_for("ux.xrFrames > 1")
    button = mia.see("vr-button")
    expect(button).to_have_attribute("data-state", "elsewhere")
    expect(button).to_contain_text("In VR on Quest 3")
    button.click()
    mia.see("vr-end-there").click()
    expect(worn.see("vr-button")).to_have_attribute("data-state", "ready")
    expect(button).not_to_have_attribute("data-state", "elsewhere")

    # Removed: it is out, and told so; the desk stays.
    desk.see("device-remove").click()
    expect(worn.see("connection-banner").or_(worn.see("ended"))).to_contain_text("signed out")
    worn.goes_to("/go")
    expect(worn.see("go-own")).to_be_visible()
    mia.waits_for("ux.session !== null && ux.people.length === 1")
    assert mia.errors == desk.errors == []
