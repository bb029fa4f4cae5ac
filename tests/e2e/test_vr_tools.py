"""Tools by hand in an emulated headset, and what a colleague at a desk sees of each."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from e2e.conftest import ANSWERED, IWER
from e2e.headset import HEADSET, aims, frames, trigger
from e2e.people import CEILING_MS, Person, add_asset
from e2e.shapes import coloured_step
from e2e.test_live import SMALL, joins_by_code, starts_session
from PIL import Image
from playwright.sync_api import Browser, expect
from served import Api, Served, owner_of, serving

SHOTS = Path("build/e2e/vr_tools")
Point = tuple[float, float, float]
# A microphone that hums: a real one is not in this machine.
HUM = """
navigator.mediaDevices.getUserMedia = async () => {
  if (window.noMicrophone) throw new DOMException('No.', 'NotAllowedError');
  const context = new AudioContext();
  const tone = context.createOscillator();
  const out = context.createMediaStreamDestination();
  tone.connect(out);
  tone.start();
  return out.stream;
};
"""
CLICK = """async () => {
  const drawn = async (count) => {
    const from = __ux.xrFrames;
    while (__ux.xrFrames < from + count) await new Promise((done) => setTimeout(done, 2));
  };
  xrdev.controllers.right.updateButtonValue('trigger', 1);
  await drawn(2);
  xrdev.controllers.right.updateButtonValue('trigger', 0);
  await drawn(3);
}"""
# Whatever a test ended at: both controllers are awake and nothing of them is pressed.
RELEASED = """
xrdev.primaryInputMode = 'controller';
for (const hand of ['left', 'right']) {
  const one = xrdev.controllers[hand];
  one.connected = true;
  for (const name of ['trigger', 'squeeze']) one.updateButtonValue(name, 0);
}
"""


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Api, Any]]:
    """A server with an asset of two revisions; in the later one a pin stands 4 mm farther."""
    with serving(tmp_path_factory.mktemp("vr") / "data") as served:
        owner = owner_of(served)
        file = coloured_step(tmp_path_factory.mktemp("step") / "fixture.step")
        made = add_asset(owner, file)
        later = coloured_step(tmp_path_factory.mktemp("later") / "fixture.step", pin_right_mm=34.0)
        second = owner.upload(f"/assets/{made['asset']['id']}/revisions", later)
        owner.wait_for(str(second.get("id") or second["revision"]["id"]))
        yield served, owner, made


@pytest.fixture(scope="module")
def pair(workshop: tuple[Served, Api, Any], chromium: Browser) -> Iterator[tuple[Person, Person]]:
    """Mia hosts and puts her headset on, Ben came by code to his desk; one session for all of it."""
    served, _, made = workshop
    contexts = [chromium.new_context(viewport=SMALL, reduced_motion="reduce") for _ in range(2)]
    for context in contexts:
        context.set_default_timeout(CEILING_MS)
    for context in contexts:
        context.add_init_script(ANSWERED)
    contexts[0].add_init_script(path=IWER)
    contexts[0].add_init_script(HEADSET)
    contexts[0].add_init_script(HUM)
    mia, ben = (Person(context, served) for context in contexts)
    code = starts_session(mia, made["asset"]["id"])
    joins_by_code(ben, code, "Ben")
    mia.waits_for("ux.people.length === 2")
    mia.see("vr-button").click()
    mia.waits_for("ux.xrFrames > 2")
    aims(mia, mia.ux("viewer.xr.card.buttons.comfortable"))
    clicks(mia)
    yield mia, ben
    assert mia.errors + ben.errors == []
    for context in contexts:
        context.close()


@pytest.fixture
def seated(pair: tuple[Person, Person]) -> Iterator[tuple[Person, Person]]:
    """Nothing is in hand before a test, and nothing after it."""
    mia, ben = pair
    yield mia, ben
    if mia.ux("xr.kind") != "active":
        return
    mia.page.evaluate(RELEASED)
    frames(mia)
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
    clicks(person)


def clicks(person: Person) -> None:
    """Pull the trigger for one picture: held for half a second it would ask for the wheel, on a slow machine, too."""
    person.page.evaluate(CLICK)


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
    ben.screenshot(SHOTS / "knife_desk.png")
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


def test_the_caliper_reads_the_exact_length_in_model_units_and_a_tape_is_about(
    seated: tuple[Person, Person],
) -> None:
    mia, ben = seated
    takes(mia, "caliper")
    looks_at(mia, (0, 0.95, -1))
    aims(mia, in_room(mia, 0, 0, 2))
    trigger(mia, 1)
    aims(mia, in_room(mia, 40, 0, 2))
    mia.waits_for("ux.viewer.xr.tools.cards.length > 0")
    trigger(mia, 0)
    ben.waits_for("ux.measures.length === 1")
    assert ben.ux("measures[0].value") == pytest.approx(0.04, abs=1e-9)
    assert ben.ux("measures[0].exact") is True
    frames(mia)
    card = mia.ux("viewer.xr.tools.cards")[0]
    assert "40.00 mm" in card["text"]
    assert card["text_deg"] == pytest.approx(0.75, abs=0.01)
    mia.screenshot(SHOTS / "caliper.png")
    presses(mia, "rack", "unmeasure")
    ben.waits_for("ux.measures.length === 0")
    undoes(mia)
    ben.waits_for("ux.measures.length === 1")
    undoes(mia)
    ben.waits_for("ux.measures.length === 0")

    # Both triggers, in the air: as far as the hands are apart in the model, about.
    aims(mia, (-0.3, 1.8, -1.5), hand="left", start=(-0.3, 1.5, -0.5))
    aims(mia, (0.3, 1.8, -1.5), hand="right", start=(0.3, 1.5, -0.5))
    trigger(mia, 1, hand="left")
    trigger(mia, 1)
    mia.screenshot(SHOTS / "tape.png")
    trigger(mia, 0)
    trigger(mia, 0, hand="left")
    ben.waits_for("ux.measures.length === 1")
    scale = mia.ux("viewer.xr.rig.scale")
    assert ben.ux("measures[0].value") == pytest.approx(0.6 * scale, rel=1e-3)
    assert ben.ux("measures[0].exact") is False
    undoes(mia)


def test_an_issue_is_pinned_spoken_drawn_and_left_for_the_desktop(
    seated: tuple[Person, Person],
) -> None:
    mia, ben = seated
    takes(mia, "pin")
    looks_at(mia, (0, 1.1, -1))
    aims(mia, in_room(mia, 20, 3, 2))
    clicks(mia)
    presses(mia, "issue", "phrase-missingBolt")
    mia.waits_for("ux.viewer.xr.tools.issue.title.startsWith('Missing bolt: ')")
    presses(mia, "issue", "voice")
    mia.waits_for("ux.viewer.xr.tools.issue !== null")
    mia.waits_for("!ux.viewer.xr.tools.issue.lines[0]")
    mia.page.wait_for_timeout(600)  # what is recorded, not what is waited for
    presses(mia, "issue", "voice")
    mia.waits_for("ux.viewer.xr.tools.issue.lines[0].startsWith('Voice note')")
    presses(mia, "issue", "pen")
    zigzag = [(-0.1 + 0.05 * step, 1.05 + 0.05 * (step % 2)) for step in range(5)]
    for x, y in zigzag:
        aims(mia, (x, y, -2), start=(x, y, -0.6))
        if (x, y) == zigzag[0]:
            trigger(mia, 1)
    trigger(mia, 0)
    ben.waits_for("ux.modelMarks.length === 1 && ux.modelMarks[0].points.length >= 4")
    mia.screenshot(SHOTS / "issue.png")
    ben.screenshot(SHOTS / "issue_desk.png")
    presses(mia, "issue", "later")
    mia.waits_for("ux.viewer.xr.tools.issue === null")
    ben.see("rail-issues").click()
    row = ben.see("issue-row").filter(has_text="Missing bolt")
    expect(row).to_have_count(1)
    row.click()
    expect(ben.page.locator("audio")).to_have_count(1)
    expect(ben.see("issue-view").locator("img").first).to_be_visible()
    undoes(mia)
    ben.waits_for("ux.modelMarks.length === 0")


def test_a_refused_microphone_is_said_and_a_phrase_still_posts(
    seated: tuple[Person, Person],
) -> None:
    mia, ben = seated
    mia.page.evaluate("window.noMicrophone = true")
    takes(mia, "pin")
    aims(mia, in_room(mia, 20, 3, 2))
    clicks(mia)
    presses(mia, "issue", "voice")
    mia.waits_for("ux.viewer.xr.tools.issue.lines[0].startsWith('The microphone is blocked')")
    presses(mia, "issue", "phrase-gap")
    presses(mia, "issue", "post")
    mia.waits_for("ux.viewer.xr.tools.issue === null")
    ben.see("issue-back").first.click()
    expect(ben.see("issue-row").filter(has_text="Gap: Plate")).to_have_count(1)
    mia.page.evaluate("window.noMicrophone = false")


def test_a_photo_is_taken_from_the_eye_and_kept_as_a_view(seated: tuple[Person, Person]) -> None:
    mia, ben = seated
    takes(mia, "photo")
    looks_at(mia, (0, 1.0, -1))
    aims(mia, in_room(mia, 20, 10, 2))
    clicks(mia)
    mia.waits_for("ux.viewer.xr.tools.photo.card !== null")
    mia.screenshot(SHOTS / "photo.png")
    taken = mia.ux("viewer.xr.tools.photo.taken")
    assert taken["fov_rad"] == pytest.approx(0.698, abs=1e-3)
    presses(mia, "photo.card", "save")
    mia.waits_for("/^Saved|saved/.test(ux.viewer.xr.tools.said ?? '')")
    ben.see("rail-views").click()
    expect(ben.see("view")).to_have_count(1)
    thumbnail = ben.see("view").locator("img")
    expect(thumbnail).to_be_visible()
    colours = np.asarray(Image.open(io.BytesIO(thumbnail.screenshot())).convert("RGB"), int)
    blue = (colours[..., 2] > 150) & (colours[..., 0] < 100)
    assert blue.mean() > 0.05, "the plate is in it"


def test_parts_are_pulled_apart_hidden_isolated_and_ghosted(seated: tuple[Person, Person]) -> None:
    mia, ben = seated
    takes(mia, "explode")
    for hand, x in (("left", -0.1), ("right", 0.1)):
        aims(mia, (x, 1.1, -1), hand=hand, start=(x, 1.2, -0.4))
        grips(mia, 1, hand=hand)
    aims(mia, (0.3, 1.1, -1), start=(0.4, 1.2, -0.4))
    ben.waits_for("ux.explode > 0.4")
    mia.screenshot(SHOTS / "explode.png")
    ben.screenshot(SHOTS / "explode_desk.png")
    for hand in ("left", "right"):
        grips(mia, 0, hand=hand)
    undoes(mia)
    ben.waits_for("ux.explode === 0")
    for tool, seen in (("hide", "hidden"), ("isolate", "hidden"), ("ghost", "ghosted")):
        takes(mia, tool)
        aims(mia, in_room(mia, 20, 3, 2))
        clicks(mia)
        ben.waits_for(f"ux.{seen} > 0")
        undoes(mia)
        ben.waits_for(f"ux.{seen} === 0")


def test_a_controller_that_sleeps_leaves_its_cut_and_says_so(seated: tuple[Person, Person]) -> None:
    mia, ben = seated
    takes(mia, "knife")
    aims(mia, (0, 0.95, -1.6), start=(0, 0.95, -0.6))
    grips(mia, 1)
    ben.waits_for("ux.sections.length === 1")
    mia.page.evaluate("xrdev.controllers.right.connected = false")
    mia.waits_for("(ux.viewer.xr.tools.said ?? '').startsWith('The controller is asleep')")
    mia.page.evaluate(
        "xrdev.controllers.right.updateButtonValue('squeeze', 0); xrdev.controllers.right.connected = true"
    )
    frames(mia)
    assert len(ben.ux("sections")) == 1
    undoes(mia)
    ben.waits_for("ux.sections.length === 0")


def test_bare_hands_hide_a_part_by_a_pinch(seated: tuple[Person, Person]) -> None:
    mia, ben = seated
    takes(mia, "hide")
    looks_at(mia, (0, 1.0, -1))
    mia.page.evaluate("xrdev.primaryInputMode = 'hand'")
    frames(mia)
    x, y, z = in_room(mia, 20, 3, 2)
    mia.page.evaluate(
        """([x, y, z]) => { xrdev.hands.right.position.set(0.1, 1.25, -0.3);
          xrdev.remote.dispatch('look_at', { device: 'hand-right', target: { x, y, z } }); }""",
        [x, y, z],
    )
    frames(mia)
    mia.screenshot(SHOTS / "hands.png")
    for value in (1, 0):
        mia.page.evaluate(f"xrdev.hands.right.updatePinchValue({value})")
        frames(mia)
    ben.waits_for("ux.hidden === 1")
    mia.page.evaluate("xrdev.primaryInputMode = 'controller'")
    frames(mia)
    undoes(mia)
    ben.waits_for("ux.hidden === 0")


def test_two_revisions_in_two_hands_lie_apart_meet_and_fade_into_one_another(
    seated: tuple[Person, Person],
) -> None:
    mia, ben = seated
    presses(mia, "rack", "compare")
    mia.waits_for("(ux.viewer.xr.tools.said ?? '').startsWith('Start a comparison')")
    assert mia.ux("viewer.xr.tools.tool") == "select"

    # Whoever has a keyboard begins it; it is everybody's.
    ben.see("toolbar-compare").click()
    ben.see("compare-choose").first.click()
    mia.waits_for("ux.comparing.mode === 'overlay' && ux.viewer.xr.tour !== null")
    takes(mia, "compare")
    looks_at(mia, (-0.2, 1.0, -1))
    ben.waits_for("ux.comparing.mode === 'side_by_side'")
    frames(mia)
    assert mia.ux("viewer.xr.tools.apart") == [-0.45, 0, 0]
    mia.screenshot(SHOTS / "revisions_apart.png")
    ben.screenshot(SHOTS / "revisions_desk.png")

    # The hands bring them together: at 6 cm each is half of what is seen.
    for hand, x in (("left", -0.3), ("right", 0.3)):
        aims(mia, (x, 1.1, -1), hand=hand, start=(x, 1.2, -0.4))
        grips(mia, 1, hand=hand)
    aims(mia, (-0.1, 1.1, -1), hand="left", start=(-0.1, 1.2, -0.4))
    aims(mia, (0.11, 1.1, -1), start=(0.11, 1.2, -0.4))
    mia.waits_for("ux.viewer.xr.tools.apart.every((value) => value === 0)")
    fade = mia.ux("crossFade")
    assert fade["old"] == pytest.approx(0.5, abs=0.01)
    assert fade["old"] + fade["new"] == pytest.approx(1)
    mia.screenshot(SHOTS / "revisions_faded.png")
    for hand in ("left", "right"):
        grips(mia, 0, hand=hand)
    takes(mia, "select")
    assert mia.ux("crossFade") is None
    ben.waits_for("ux.comparing.mode === 'overlay'")


def test_the_change_tour_is_walked_in_the_headset(seated: tuple[Person, Person]) -> None:
    mia, ben = seated
    mia.waits_for("ux.viewer.xr.tour?.buttons?.next")
    standing = mia.ux("viewer.xr.rig")
    aims(mia, mia.ux("viewer.xr.tour.buttons.next"))
    clicks(mia)
    mia.waits_for("ux.comparing.stop != null")
    frames(mia)
    tour = mia.ux("viewer.xr.tour")
    assert tour["title"] == "Pin right"
    assert "moved" in " ".join(tour["lines"])
    assert mia.ux("viewer.xr.rig") == standing
    looks_at(mia, (-0.3, 1.2, -1))
    mia.screenshot(SHOTS / "tour.png")
    if ben.see("chips-more").count() > 0:  # a narrow page keeps what does not fit behind "+2"
        ben.see("chips-more").click()
    ben.see("chip-compare").get_by_test_id("chip-clear").click()
    mia.waits_for("ux.viewer.xr.tour === null || ux.comparing.mode == null")


def test_a_saved_view_is_a_place_to_stand_at_and_leaving_gives_the_page_back(
    seated: tuple[Person, Person],
) -> None:
    """A hand goes where a view looks from; the headset is taken off there, and put on and off again by its button."""
    mia, ben = seated
    presses(mia, "rack", "view")
    mia.waits_for("ux.viewer.xr.rig.mode === 'one_to_one'")
    mia.screenshot(SHOTS / "view.png")
    me = "people.find((one) => one.mine)"
    people = ben.ux("people.map(({ slot, name, colour }) => ({ slot, name, colour }))")
    for leaves in ("xrdev.activeSession.end()", None):
        before = mia.ux("camera")
        if leaves is None:
            mia.see("vr-button").click()
            mia.waits_for("ux.xr.kind === 'active'")
            ben.waits_for("ux.people.some((one) => !one.mine && one.status.in_xr)")
            mia.see("vr-button").press("Enter")  # the emulator's own picture covers it for a mouse
        else:
            mia.page.evaluate(leaves)
        mia.waits_for("ux.xr.kind === 'ready'")
        ben.waits_for("ux.people.every((one) => !one.status.in_xr)")
        after = mia.ux("camera")
        for name, value in before.items():
            assert after[name] == (value if isinstance(value, str) else pytest.approx(value)), name
        assert mia.ux("connection.kind") == "connected"
        assert mia.ux(f"{me}.session_role") == "host"
    assert ben.ux("people.map(({ slot, name, colour }) => ({ slot, name, colour }))") == people
    mia.screenshot(SHOTS / "left.png")
