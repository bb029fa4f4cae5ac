"""The door of a session: who waits, who is let in, who only watches; its agenda, and being guided."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from e2e.people import Person, add_asset
from e2e.shapes import coloured_step
from e2e.test_live import SIZE, starts_session
from e2e.test_live_conduct import chooses, stands_where, turns, types
from playwright.sync_api import BrowserContext, expect
from served import Served, owner_of, serving

Meeting = tuple[Person, str, Callable[..., Person]]


@pytest.fixture
def meeting(
    tmp_path: Path, open_context: Callable[..., BrowserContext]
) -> Iterator[tuple[Served, Meeting]]:
    """Mia hosts a session whose guests wait; others are made as they are wanted."""
    with serving(tmp_path / "data") as served:
        made = add_asset(owner_of(served), coloured_step(tmp_path / "fixture.step"))
        people: list[Person] = []

        def another() -> Person:
            people.append(Person(open_context(viewport=SIZE), served))
            return people[-1]

        mia = another()
        code = starts_session(mia, made["asset"]["id"], lobby="guests")
        yield served, (mia, code, another)
        assert [error for person in people for error in person.errors] == []


def knocks(guest: Person, code: str, name: str, button: str = "lobby-join") -> None:
    """Type the code on the keypad of /go, give a name, and wait at the door."""
    types(guest, code)
    guest.see("lobby-name").fill(name)
    guest.see(button).click()


def of(person: Person, testid: str, name: str) -> Any:  # Locator
    return person.page.locator(f'[data-testid="{testid}"][data-name="{name}"]')


def enters(guest: Person) -> None:
    guest.settles()
    guest.waits_for("ux.session !== null")


def test_a_guest_waits_is_let_in_is_removed_and_does_not_come_back_unseen(
    meeting: tuple[Served, Meeting],
) -> None:
    _, (mia, code, another) = meeting
    gus = another()
    knocks(gus, code, "Gus")
    expect(gus.see("waiting-state")).to_contain_text("The host was told")
    # Nothing of who is in it, or of what is looked at.
    expect(gus.see("waiting")).not_to_contain_text("Mia")
    assert gus.page.locator("canvas").count() == 0
    assert gus.page.evaluate("fetch('/api/v1/me').then((answer) => answer.status)") == 401

    expect(mia.see("door-card")).to_have_attribute("data-count", "1")
    expect(mia.see("knock-count")).to_have_text("1")
    expect(mia.see("assertive")).to_contain_text("Gus wants to come in")
    gus.see("waiting-cancel").click()
    expect(mia.see("door-card")).to_have_count(0)
    gus.see("lobby-join").click()
    of(mia, "knock", "Gus").get_by_test_id("knock-admit").click()
    enters(gus)
    mia.waits_for("ux.people.length === 2")
    expect(mia.see("door-card")).to_have_count(0)
    gus.page.reload()  # let in once, they come back
    gus.see("lobby-join").click()
    enters(gus)

    # Removed, and by the same code under another name: known by the browser.
    mia.waits_for("ux.people.length === 2")
    mia.see("rail-people").click()
    chooses(mia, "Gus", "menu-remove")
    expect(gus.see("assertive")).to_contain_text("You were removed from the session")
    types(gus, code)
    gus.see("lobby-name").or_(gus.see("go-message")).first.wait_for()
    expect(gus.page.get_by_text("The host removed you from this session.")).to_be_visible()

    # Two others: one is declined, politely, the other may come.
    kim, lea = another(), another()
    knocks(kim, code, "Kim")
    knocks(lea, code, "Lea")
    expect(mia.see("door-card")).to_have_attribute("data-count", "2")
    of(mia, "knock", "Kim").get_by_test_id("knock-decline").click()
    expect(kim.see("waiting-state")).to_contain_text("did not let you in")
    expect(mia.see("door-card")).to_have_attribute("data-count", "1")
    expect(mia.see("declined")).to_contain_text("Kim")
    mia.see("session-rules").locator("summary").click()
    mia.see("rule-locked").check()
    expect(lea.see("waiting-state")).to_contain_text("locked")


def test_who_only_watches_sees_the_agenda_led_and_is_counted(
    meeting: tuple[Served, Meeting],
) -> None:
    _, (mia, code, another) = meeting
    # Two views become the agenda; its second item comes first by a key.
    mia.see("rail-views").click()
    for number, name in enumerate(("Front", "Back"), 1):
        mia.see("view-save").click()
        mia.see("view-name").fill(name)
        mia.see("view-keep").click()
        expect(mia.see("view")).to_have_count(number)
        turns(mia)
    mia.see("agenda-fill").click()
    items = mia.see("agenda-item")
    expect(items).to_have_count(2)
    items.nth(1).get_by_test_id("agenda-show").focus()
    mia.page.keyboard.press("Alt+ArrowUp")
    expect(items.nth(0)).to_have_attribute("data-title", "Back")
    mia.see("agenda-new").fill("Questions")
    mia.see("agenda-add").click()
    expect(items).to_have_count(3)

    will = another()
    knocks(will, code, "Will", "lobby-watch")
    of(mia, "knock", "Will").get_by_test_id("knock-admit").click()
    enters(will)
    expect(will.see("spectator-pill")).to_be_visible()
    expect(mia.see("watching-count")).to_contain_text("+1")
    mia.waits_for("ux.people.length === 1")
    assert will.see("raise-hand").count() == 0

    mia.see("rail-people").click()
    mia.see("present").click()
    expect(will.see("follow-pill")).to_contain_text("Mia Berg")
    stands_where(will, mia)
    mia.see("viewport").focus()
    mia.page.keyboard.press("Alt+PageDown")
    expect(will.see("polite")).to_contain_text("Agenda: Back")
    mia.page.keyboard.press("Alt+PageDown")
    will.see("rail-views").click()
    expect(will.page.locator('[data-testid="agenda-item"][aria-current="step"]')).to_have_attribute(
        "data-title", "Front"
    )
    expect(will.see("agenda-item").nth(0).get_by_test_id("agenda-time")).to_be_visible()
    mia.page.evaluate("window.__ux.settled(90_000)")
    stands_where(will, mia)

    will.see("take-part").click()
    mia.waits_for("ux.people.length === 2")
    expect(mia.see("watching-count")).to_have_count(0)
    expect(will.see("spectator-pill")).to_have_count(0)


def test_guided_nobody_looks_away_and_everybody_gets_their_camera_back(
    meeting: tuple[Served, Meeting],
) -> None:
    _, (mia, code, another) = meeting
    ben = another()
    knocks(ben, code, "Ben")
    mia.see("knock-admit").click()
    enters(ben)
    turns(ben)
    before = ben.ux("camera")
    mia.see("rail-people").click()
    mia.see("present").click()
    mia.see("session-rules").locator("summary").click()
    mia.see("rule-guided").check()
    expect(ben.see("guided-banner")).to_contain_text("Mia Berg guides")
    turns(mia)
    stands_where(ben, mia)
    # Neither Esc nor the mouse lets go; chat stays mine.
    ben.page.keyboard.press("Escape")
    turns(ben)
    expect(ben.see("guided-banner")).to_be_visible()
    stands_where(ben, mia)
    ben.see("rail-chat").click()
    expect(ben.see("chat-input")).to_be_editable()
    mia.see("rule-guided").uncheck()
    expect(ben.see("guided-banner")).to_have_count(0)
    ben.until(
        """(view) => { const mine = window.__ux.camera;
          const span = Math.hypot(...view.position.map((v, i) => v - view.target[i]));
          return Math.hypot(...view.position.map((v, i) => v - mine.position[i])) < 0.01 * span; }""",
        before,
    )
    mia.see("rule-guided").check()
    ben.see("guided-leave").click()
    mia.waits_for("ux.people.length === 1")
