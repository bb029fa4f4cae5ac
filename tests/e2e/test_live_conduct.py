"""Who leads a session: present, bring, point, react, raise a hand, hand over, lock, remove."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from e2e.people import CEILING_MS, Person, add_asset
from e2e.shapes import coloured_step
from e2e.test_live import SIZE, joins_by_code, starts_session
from playwright.sync_api import BrowserContext, expect
from served import Api, Served, owner_of, serving

Meeting = tuple[Person, Person, str]


@pytest.fixture
def meeting(
    tmp_path: Path, open_context: Callable[..., BrowserContext]
) -> Iterator[tuple[Served, Api, Meeting]]:
    """Mia hosts, Ben came by code as a guest."""
    with serving(tmp_path / "data") as served:
        owner = owner_of(served)
        made = add_asset(owner, coloured_step(tmp_path / "fixture.step"))
        mia = Person(open_context(viewport=SIZE), served)
        ben = Person(open_context(viewport=SIZE), served)
        code = starts_session(mia, made["asset"]["id"])
        joins_by_code(ben, code, "Ben")
        mia.waits_for("ux.people.length === 2")
        for person in (mia, ben):
            person.see("rail-people").click()
            expect(person.see("session-part")).to_be_visible()
        yield served, owner, (mia, ben, code)
        assert mia.errors + ben.errors == []


def of(person: Person, testid: str, name: str) -> Any:  # Locator
    return person.page.locator(f'[data-testid="{testid}"][data-name="{name}"]')


def chooses(host: Person, name: str, entry: str) -> None:
    """One entry of somebody's menu in the panel."""
    of(host, "person", name).get_by_test_id("person-menu").click()
    host.see(entry).click()


def types(person: Person, code: str) -> None:
    """The six digits, on the keypad of /go."""
    person.goes_to("/go")
    for digit in code:
        person.see(f"go-key-{digit}").click()


def stands_where(follower: Person, leader: Person) -> None:
    """Until the follower's camera is the leader's, within 1 %."""
    follower.until(
        """(view) => { const mine = window.__ux.camera;
          const span = Math.hypot(...view.position.map((v, i) => v - view.target[i]));
          return Math.hypot(...view.position.map((v, i) => v - mine.position[i])) < 0.01 * span; }""",
        leader.ux("camera"),
    )


def turns(person: Person) -> None:
    """Orbit by a drag beside the model, and wait for the picture."""
    person.points_at(0.5, 0.2)
    person.page.mouse.down()
    person.points_at(0.65, 0.3)
    person.page.mouse.up()
    person.page.evaluate("window.__ux.settled(90_000)")


def test_presenting_bringing_and_pointing(meeting: tuple[Served, Api, Meeting]) -> None:
    _, _, (mia, ben, _) = meeting
    mia.see("present").click()
    expect(mia.see("presenter-pill")).to_have_attribute("data-mine", "true")
    expect(ben.see("presenter-pill")).to_contain_text("Mia Berg is presenting")
    expect(ben.see("polite")).to_contain_text("Mia Berg is presenting")
    expect(of(ben, "person", "Mia Berg").get_by_test_id("person-presents")).to_be_visible()

    # Ben is asked to come, and says no: he stays. Asked again he says nothing, and comes along.
    turns(mia)
    before = ben.ux("camera")
    mia.see("bring-everyone").click()
    card = ben.see("call")
    expect(card).to_contain_text("Mia Berg wants to show you something")
    expect(ben.see("assertive")).to_contain_text("wants to show you something")
    card.get_by_test_id("call-no").click()
    expect(card).to_have_count(0)
    assert ben.ux("camera") == before
    assert ben.see("follow-pill").count() == 0
    mia.see("bring-everyone").click()
    expect(ben.see("call")).to_be_visible()
    expect(ben.see("call")).to_have_count(0, timeout=CEILING_MS)
    expect(ben.see("follow-pill")).to_contain_text("Mia Berg")
    stands_where(ben, mia)
    ben.page.keyboard.press("Escape")
    expect(ben.see("follow-pill")).to_have_count(0)

    # A double press points: a ripple with her name on the same part, an arrow where Ben looks elsewhere.
    mia.points_at(0.5, 0.55)
    mia.points_at(0.51, 0.56)
    mia.waits_for("ux.hover !== null")
    box = mia.viewport()
    mia.page.mouse.dblclick(box["x"] + 0.51 * box["width"], box["y"] + 0.56 * box["height"])
    expect(of(ben, "ping", "Mia Berg")).to_be_visible()
    expect(of(mia, "ping", "Mia Berg")).to_be_visible()
    ben.points_at(0.5, 0.3)
    ben.page.mouse.down(button="right")
    ben.points_at(0.99, 0.3)
    ben.page.mouse.up(button="right")
    ben.points_at(0.5, 0.3)
    ben.page.mouse.down(button="right")
    ben.points_at(0.99, 0.3)
    ben.page.mouse.up(button="right")
    # Ten seconds may be over by now: she points again.
    mia.page.mouse.dblclick(box["x"] + 0.51 * box["width"], box["y"] + 0.56 * box["height"])
    expect(of(ben, "ping-arrow", "Mia Berg")).to_be_visible()
    expect(of(ben, "ping", "Mia Berg")).to_be_hidden()
    expect(of(ben, "ping-arrow", "Mia Berg")).to_have_count(0, timeout=CEILING_MS)

    mia.see("present-stop").click()
    expect(ben.see("presenter-pill")).to_have_count(0)


def test_hands_reactions_and_handing_over(meeting: tuple[Served, Api, Meeting]) -> None:
    _, _, (mia, ben, _) = meeting
    # R raises a hand: it stands in the host's queue, who lowers it.
    ben.see("viewport").focus()
    ben.page.keyboard.press("r")
    expect(ben.see("raise-hand")).to_have_attribute("aria-pressed", "true")
    expect(of(mia, "hand", "Ben")).to_be_visible()
    expect(of(mia, "avatar", "Ben").get_by_test_id("avatar-hand")).to_be_visible()
    expect(of(ben, "person", "Ben").get_by_test_id("person-hand")).to_contain_text("1st")
    of(mia, "hand", "Ben").get_by_test_id("hand-lower").click()
    expect(ben.see("raise-hand")).to_have_attribute("aria-pressed", "false")
    expect(ben.see("assertive")).to_contain_text("The host lowered your hand")
    expect(mia.see("hands")).to_have_count(0)

    # A reaction floats on both screens and is said.
    ben.see("react-applause").click()
    expect(of(mia, "reaction", "Ben")).to_have_attribute("data-reaction", "applause")
    expect(mia.see("announced")).to_contain_text("Ben applauds", use_inner_text=False)

    # Offered, declined; asked, granted; taken back.
    chooses(mia, "Ben", "menu-hand-over")
    expect(ben.see("call")).to_contain_text("Mia Berg asks you to present")
    ben.see("call-no").click()
    expect(mia.see("announced")).to_contain_text("Ben says: not now", use_inner_text=False)
    mia.see("session-rules").locator("summary").click()
    mia.see("rule-present").select_option("hosts")
    ben.see("ask-present").click()
    expect(mia.see("call")).to_contain_text("Ben would like to present")
    mia.see("call-yes").click()
    expect(ben.see("presenter-pill")).to_have_attribute("data-mine", "true")
    expect(mia.see("presenter-pill")).to_contain_text("Ben is presenting")
    mia.see("presenter-follow").click()
    expect(mia.see("follow-pill")).to_contain_text("Ben")
    mia.page.keyboard.press("Escape")
    mia.see("present-end").click()
    expect(ben.see("presenter-pill")).to_have_count(0)

    # The host keeps the scene to herself: Ben's hide is refused with the reason.
    mia.see("rule-scene").select_option("hosts")
    expect(ben.see("announced")).to_contain_text("the host changes the scene", use_inner_text=False)
    ben.see("rail-model").click()
    ben.clicks_row("Pin left")
    ben.page.keyboard.press("h")
    expect(ben.page.get_by_text("Only the host changes the scene in this session.")).to_be_visible()
    assert ben.see("chip-hidden").count() == 0


def test_the_host_locks_removes_and_passes_the_star(
    meeting: tuple[Served, Api, Meeting], open_context: Callable[..., BrowserContext]
) -> None:
    served, owner, (mia, ben, code) = meeting
    project = owner.get("/projects")["items"][0]
    owner.post("/users", {"name": "Cleo Ama", "login": "cleo", "password": "another good phrase"})
    for one in owner.get("/projects")["items"]:
        if one["name"] == "Pumps":
            project = one
    owner.post(f"/projects/{project['id']}/members", {"login": "cleo", "role": "editor"})

    # Locked: the code opens nothing for somebody new, and says why.
    mia.see("session-rules").locator("summary").click()
    mia.see("rule-locked").check()
    expect(ben.see("announced")).to_contain_text("locked the session", use_inner_text=False)
    cleo = Person(open_context(viewport=SIZE), served)
    cleo.signs_in("cleo", "another good phrase")
    types(cleo, code)
    expect(cleo.page.get_by_text("This session is locked")).to_be_visible()
    mia.see("rule-locked").uncheck()
    expect(ben.see("announced")).to_contain_text("unlocked the session", use_inner_text=False)

    # Removed: Ben is out within a second, and finds no way back in.
    chooses(mia, "Ben", "menu-remove")
    expect(of(mia, "person", "Ben")).to_have_count(0)
    expect(ben.see("assertive")).to_contain_text("You were removed from the session")
    types(ben, code)
    expect(ben.page.get_by_text("The host removed you from this session.")).to_be_visible()
    expect(mia.see("removed")).to_contain_text("Ben")
    mia.see("readmit").click()
    expect(mia.see("removed")).to_have_count(0)
    types(ben, code)
    ben.see("lobby-join").click()
    expect(of(mia, "person", "Ben")).to_be_visible()

    # The star goes to a member: the rules are Cleo's now, and Mia has them no more.
    types(cleo, code)
    cleo.see("lobby-join").click()
    cleo.settles()
    chooses(mia, "Cleo Ama", "menu-host")
    expect(mia.see("session-rules")).to_have_count(0)
    cleo.see("rail-people").click()
    expect(cleo.see("session-rules")).to_be_visible()
    assert cleo.errors == []
