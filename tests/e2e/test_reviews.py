"""Reviews in the browser: asked for, decided, gone on with; UX statements 44 and 45."""

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from e2e.people import Person, add_asset
from e2e.shapes import block_stl
from playwright.sync_api import BrowserContext, expect
from served import Api, Served

PHRASE = "another good phrase"
NAMES = {"ben": "Ben Okoro", "cara": "Cara Ruiz"}


@pytest.fixture
def team(shared_server: Served, owner: Api, tmp_path: Path) -> dict[str, Any]:
    """A housing in a project of its own, with two reviewers: {project, asset, revision}."""
    made = add_asset(owner, block_stl(tmp_path / "housing.stl"), f"Gearbox {uuid.uuid4().hex[:6]}")
    known = {one["login"] for one in owner.get("/users")["items"]}
    for login, name in NAMES.items():
        if login not in known:
            owner.post("/users", {"name": name, "login": login, "password": PHRASE})
        owner.post(
            f"/projects/{made['project']['id']}/members", {"login": login, "role": "reviewer"}
        )
    return made


def next_revision(owner: Api, team: dict[str, Any], file: Path) -> None:
    made = owner.upload(f"/assets/{team['asset']['id']}/revisions", file)
    assert owner.wait_for(made["id"])["state"] == "ready"


def asks(mia: Person, team: dict[str, Any], *, lines: tuple[str, ...] = ()) -> None:
    """Asks Ben and Cara for approval, by mouse and keys."""
    mia.goes_to(f"/p/{team['project']['id']}/a/{team['asset']['id']}")
    mia.see("asset-ask-review").click()
    expect(mia.see("review-send")).to_be_disabled()
    for name in NAMES.values():
        row = mia.see("review-dialog").get_by_role("listitem").filter(has_text=name)
        row.get_by_test_id("review-part").select_option("approver")
    for line in lines:
        mia.see("review-add-line").click()
        mia.page.keyboard.type(line)
    mia.see("review-send").click()
    expect(mia.see("review-count")).to_have_text("0 of 2 approvals")


def opens(person: Person, login: str, address: str) -> None:
    person.is_signed_in(login, PHRASE)
    person.page.goto(address)
    expect(person.see("review-count")).to_be_visible()


def standings(person: Person) -> dict[str, str]:
    seats = person.see("review-seat")
    return {
        seat.locator("strong").inner_text(): seat.get_attribute("data-standing") or ""
        for seat in seats.all()
    }


def test_verdicts_on_b_are_stale_on_c_and_both_names_stay_ux_44(
    shared_server: Served,
    owner: Api,
    open_context: Callable[..., BrowserContext],
    team: dict[str, Any],
    tmp_path: Path,
) -> None:
    mia = Person(open_context(), shared_server)
    mia.signs_in()
    asks(mia, team)
    ben, cara = (Person(open_context(), shared_server) for _ in range(2))
    for person, login in ((ben, "ben"), (cara, "cara")):
        opens(person, login, mia.page.url)
        person.see("verdict-approve").click()
        expect(person.see("verdict")).to_have_count(1 if person is ben else 2)
    expect(cara.see("review-state")).to_have_text("Approved")
    expect(cara.see("lifecycle")).to_have_text("Approved")
    next_revision(owner, team, block_stl(tmp_path / "housing.stl"))
    # Whoever has the page open sees it go on, without a reload.
    expect(cara.see("review-count")).to_have_text("0 of 2 approvals")
    expect(cara.see("review-seat").first).to_contain_text("stale: decided on A")
    assert standings(cara) == {"Ben Okoro": "stale", "Cara Ruiz": "stale"}
    expect(cara.see("verdict").first).to_contain_text("stale (Rev A)")
    cara.see("verdict-approve").click()
    expect(cara.see("review-count")).to_have_text("1 of 2 approvals")
    assert standings(cara) == {"Ben Okoro": "stale", "Cara Ruiz": "approved"}


def test_a_verdict_on_an_old_revision_keeps_the_text_and_shows_the_new_one(
    shared_server: Served,
    owner: Api,
    open_context: Callable[..., BrowserContext],
    team: dict[str, Any],
    tmp_path: Path,
) -> None:
    mia = Person(open_context(), shared_server)
    mia.signs_in()
    asks(mia, team)
    ben = Person(open_context(), shared_server)
    opens(ben, "ben", mia.page.url)
    ben.see("verdict-text").fill("The wall is too thin.")
    # He hears of nothing, as in a tab that slept.
    ben.page.route("**/events*", lambda route: route.abort())
    ben.context.set_offline(True)
    next_revision(owner, team, block_stl(tmp_path / "housing.stl"))
    ben.context.set_offline(False)
    ben.see("verdict-request-changes").click()
    expect(ben.see("review-moved-on")).to_contain_text("revision B")
    expect(ben.see("verdict-text")).to_have_value("The wall is too thin.")
    ben.see("verdict-request-changes").click()
    expect(ben.see("review-state")).to_have_text("Changes requested")
    expect(ben.see("verdict").last).to_contain_text("The wall is too thin.")
    expect(ben.see("verdict-text")).to_have_value("")


def test_changes_need_words_and_a_blocking_issue_keeps_from_approval_ux_45(
    shared_server: Served,
    owner: Api,
    open_context: Callable[..., BrowserContext],
    team: dict[str, Any],
) -> None:
    mia = Person(open_context(), shared_server)
    mia.signs_in()
    asks(mia, team)
    ben = Person(open_context(), shared_server)
    opens(ben, "ben", mia.page.url)
    ben.see("verdict-request-changes").click()
    error = ben.see("verdict-text-error")
    expect(error).to_contain_text("needs words")
    field = ben.see("verdict-text")
    assert field.get_attribute("aria-describedby") == error.get_attribute("id")
    assert field.get_attribute("aria-invalid") == "true"
    expect(field).to_be_focused()
    expect(ben.see("verdict-approve")).to_be_enabled()
    owner.post(
        f"/projects/{team['project']['id']}/issues",
        {
            "title": "Port is on the wrong side",
            "asset_id": team["asset"]["id"],
            "revision_id": team["revision"]["id"],
            "blocking": True,
        },
    )
    ben.page.reload()
    expect(ben.see("verdict-check").first).to_have_text("1 blocking issue is open")
    approve = ben.see("verdict-approve")
    expect(approve).to_be_disabled()
    described = approve.get_attribute("aria-describedby")
    assert described == ben.see("verdict-checks").get_attribute("id")


def test_a_review_goes_from_asking_to_release_with_the_keyboard_alone(
    shared_server: Served, open_context: Callable[..., BrowserContext], team: dict[str, Any]
) -> None:
    mia = Person(open_context(), shared_server)
    mia.signs_in()
    asks(mia, team, lines=("Tolerances checked",))
    address = mia.page.url
    for login in NAMES:
        person = Person(open_context(), shared_server)
        opens(person, login, address)
        line = person.see("review-line")
        if not line.is_checked():
            line.focus()
            person.page.keyboard.press("Space")
            expect(line).to_be_checked()
        person.see("verdict-approve").focus()
        person.page.keyboard.press("Enter")
        expect(person.see("review-seat").filter(has_text=NAMES[login])).to_have_attribute(
            "data-standing", "approved"
        )
    mia.page.reload()
    mia.see("lifecycle-released").focus()
    mia.page.keyboard.press("Enter")
    expect(mia.see("lifecycle")).to_have_text("Released")
    expect(mia.see("review-state")).to_have_text("Closed: released")
    mia.page.locator(".history summary").click()
    expect(mia.see("revision-history")).to_contain_text("Mia Berg Approved → Released")
    mia.goes_to(f"/p/{team['project']['id']}/reviews")
    expect(mia.see("review-row")).to_have_count(1)
    mia.see("review-filter-mine").click()
    expect(mia.page.get_by_text("No review fits this filter.")).to_be_visible()


def test_rejecting_asks_why(
    shared_server: Served, open_context: Callable[..., BrowserContext], team: dict[str, Any]
) -> None:
    mia = Person(open_context(), shared_server)
    mia.signs_in()
    asks(mia, team)
    mia.see("lifecycle-rejected").click()
    mia.see("reject-send").click()
    expect(mia.see("reject-dialog").get_by_role("alert")).to_contain_text("Say why")
    mia.see("reject-reason").fill("Wrong supplier.")
    mia.see("reject-send").click()
    expect(mia.see("lifecycle")).to_have_text("Rejected")
    mia.page.locator(".history summary").click()
    expect(mia.see("revision-history")).to_contain_text("Wrong supplier.")
