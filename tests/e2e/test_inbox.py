"""The inbox in the browser: the bell counts without a reload, a row opens the exact place."""

import re
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from drawing_files import pdf
from e2e.house import violations
from e2e.people import Person, add_asset
from e2e.shapes import block_stl
from mail_builders import MailBox, mail_server, texts
from playwright.sync_api import BrowserContext, expect
from served import Api, Served, owner_of, serving

PHRASE = "another good phrase"


@dataclass
class Team:
    """A housing in a project of its own, and two reviewers whom nobody else uses."""

    made: dict[str, Any]  # {project, asset, revision}
    ben: str  # login
    cara: str
    ids: dict[str, str]

    @property
    def project(self) -> str:
        return str(self.made["project"]["id"])


@pytest.fixture
def person(
    shared_server: Served, open_context: Callable[..., BrowserContext]
) -> Callable[..., Person]:
    """Somebody in front of a browser of his own."""
    return lambda **options: Person(open_context(**options), shared_server)


@pytest.fixture
def team(owner: Api, tmp_path: Path) -> Team:
    mark = uuid.uuid4().hex[:6]
    made = add_asset(owner, block_stl(tmp_path / "housing.stl"), f"Gearbox {mark}")
    ids = {}
    for login, name in ((f"ben-{mark}", "Ben Okoro"), (f"cara-{mark}", "Cara Ruiz")):
        body = {"name": name, "login": login, "password": PHRASE}
        ids[login] = owner.post("/users", body)["id"]
        owner.post(
            f"/projects/{made['project']['id']}/members", {"login": login, "role": "reviewer"}
        )
    return Team(made, f"ben-{mark}", f"cara-{mark}", ids)


def rows(person: Person) -> list[str]:
    return person.see("inbox-row").locator(".title").all_inner_texts()


def asks(owner: Api, team: Team, *logins: str) -> dict[str, Any]:
    found: dict[str, Any] = owner.post(
        f"/revisions/{team.made['revision']['id']}/reviews",
        {"title": "Gearbox housing", "approvers": [team.ids[one] for one in logins]},
    )
    return found


def test_from_the_request_to_the_verdict_by_bell_and_row(
    person: Callable[..., Person], owner: Api, team: Team
) -> None:
    ben, mia = person(), person()
    ben.signs_in(team.ben, PHRASE)
    expect(ben.see("bell")).to_be_visible()
    expect(ben.see("bell-count")).to_have_count(0)
    mia.is_signed_in()
    mia.goes_to("/inbox")
    expect(mia.see("inbox")).to_be_visible()

    asks(owner, team, team.ben)
    expect(ben.see("bell-count")).to_have_text("1", timeout=30_000)  # nothing was reloaded
    ben.see("bell").click()
    expect(ben.see("inbox-row")).to_have_count(1)
    row = ben.see("inbox-row")
    expect(row).to_have_attribute("data-state", "unread")
    expect(row).to_contain_text("Mia Berg asks for your approval")
    row.get_by_role("link").click()
    expect(ben.see("review")).to_be_visible()
    expect(ben.see("bell-count")).to_have_count(0)

    ben.see("verdict-approve").click()
    expect(ben.see("verdict")).to_have_count(1)
    mine = mia.see("inbox-row").filter(has_text="Gearbox housing")
    expect(mine).to_have_count(1, timeout=30_000)
    expect(mine).to_contain_text("Ben Okoro approved")
    ben.goes_to("/inbox")
    expect(ben.see("empty-state")).to_be_visible()
    ben.see("inbox-filter-done").click()
    expect(ben.see("inbox-row")).to_have_count(1)
    assert rows(ben) == ["Review #1: Gearbox housing"]
    assert [ben.errors, mia.errors] == [[], []]


def test_keys_move_put_away_and_bring_back(
    person: Callable[..., Person], owner: Api, team: Team
) -> None:
    for number in range(3):
        owner.post(
            f"/projects/{team.project}/issues",
            {"title": f"Bore {number}", "assignee_id": team.ids[team.ben]},
        )
    ben = person()
    ben.is_signed_in(team.ben, PHRASE)
    ben.goes_to("/inbox")
    expect(ben.see("inbox-row")).to_have_count(3)
    assert rows(ben) == [f"Issue #{number + 1}: Bore {number}" for number in (2, 1, 0)]
    page = ben.page
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(ben.see("inbox-row").nth(1).get_by_role("link")).to_be_focused()
    page.keyboard.press("u")
    expect(ben.see("inbox-row").nth(1)).to_have_attribute("data-state", "read")
    page.keyboard.press("u")
    expect(ben.see("inbox-row").nth(1)).to_have_attribute("data-state", "unread")
    page.keyboard.press("e")
    expect(ben.see("inbox-row")).to_have_count(2)
    expect(ben.see("inbox-row").nth(1).get_by_role("link")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(ben.see("inbox-row").nth(0).get_by_role("link")).to_be_focused()
    ben.see("toast").get_by_role("button", name="Undo").click()
    expect(ben.see("inbox-row")).to_have_count(3)
    expect(ben.see("inbox-row").nth(1)).to_have_attribute("data-state", "unread")

    ben.see("inbox-row").nth(0).get_by_test_id("inbox-snooze").click()
    ben.see("inbox-snooze-tomorrow").click()
    expect(ben.see("inbox-row")).to_have_count(2)
    expect(ben.see("bell-count")).to_have_text("2")
    ben.see("inbox-filter-snoozed").click()
    expect(ben.see("inbox-row")).to_have_count(1)
    expect(ben.see("inbox-row")).to_contain_text("Snoozed until")
    ben.see("inbox-filter-open").click()
    ben.see("inbox-group-reviews").click()
    expect(ben.see("inbox-row")).to_have_count(0)
    ben.see("inbox-group-issues").click()
    expect(ben.see("inbox-row")).to_have_count(2)
    ben.see("inbox-all-read").click()
    expect(ben.see("bell-count")).to_have_count(0)
    ben.goes_to("/")
    expect(ben.see("project-waiting")).to_contain_text("3 issues for you")
    assert ben.errors == []


def test_a_second_tab_counts_along(person: Callable[..., Person], owner: Api, team: Team) -> None:
    ben = person()
    ben.signs_in(team.ben, PHRASE)
    second = ben.context.new_page()
    second.goto(ben.served.url + "/inbox")
    expect(second.get_by_test_id("empty-state")).to_be_visible()
    asks(owner, team, team.ben)
    for page in (ben.page, second):
        expect(page.get_by_test_id("bell-count")).to_have_text("1", timeout=30_000)
    expect(second.get_by_test_id("inbox-row")).to_have_count(1)
    ben.page.close()  # whichever tab listened, the other goes on
    owner.post(
        f"/projects/{team.project}/issues",
        {"title": "Bore", "assignee_id": team.ids[team.ben]},
    )
    expect(second.get_by_test_id("bell-count")).to_have_text("2", timeout=30_000)


def test_how_one_wants_to_hear_is_kept(
    person: Callable[..., Person], owner: Api, team: Team
) -> None:
    ben = person()
    ben.is_signed_in(team.ben, PHRASE)
    ben.goes_to("/settings/me#notifications")
    settings = ben.see("notification-settings")
    expect(settings.get_by_test_id("notification-kind")).to_have_count(13)
    expect(settings.get_by_test_id("mail-off")).to_contain_text("HOLOTABLE_SMTP_HOST")
    line = settings.locator('[data-kind="issue_assigned"]')
    line.get_by_role("checkbox").uncheck()
    ben.page.reload()
    expect(line.get_by_role("checkbox")).not_to_be_checked()
    owner.post(
        f"/projects/{team.project}/issues",
        {"title": "Bore", "assignee_id": team.ids[team.ben]},
    )
    asks(owner, team, team.ben)
    expect(ben.see("bell-count")).to_have_text("1", timeout=30_000)
    assert ben.errors == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_inbox_is_accessible_and_fits(
    person: Callable[..., Person], owner: Api, team: Team, theme: str, width: int, tmp_path: Path
) -> None:
    asks(owner, team, team.ben, team.cara)
    for number in range(2):
        owner.post(
            f"/projects/{team.project}/issues",
            {
                "title": f"Bore {number} is too small for the shaft of the second stage",
                "assignee_id": team.ids[team.ben],
            },
        )
    ben = person(viewport={"width": width, "height": 800}, color_scheme=theme)
    ben.signs_in(team.ben, PHRASE)
    for path, shown in (("/inbox", "inbox-row"), ("/settings/me", "notification-kind")):
        ben.goes_to(path)
        expect(ben.see(shown).first).to_be_visible()
        assert violations(ben.page) == []
        overflow = ben.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert overflow <= 0, path
        ben.page.screenshot(path=str(tmp_path / f"{shown}-{theme}-{width}.png"), full_page=True)


def test_what_is_opened_by_a_link_is_read_in_the_inbox(
    person: Callable[..., Person], owner: Api, team: Team
) -> None:
    made = owner.post(
        f"/projects/{team.project}/issues",
        {"title": "Bore", "assignee_id": team.ids[team.ben]},
    )
    review = asks(owner, team, team.ben, team.cara)
    owner.post(
        f"/revisions/{team.made['revision']['id']}/comments", {"text": "Please look, @Ben Okoro"}
    )
    ben, cara = person(), person()
    cara.signs_in(team.cara, PHRASE)
    ben.signs_in(team.ben, PHRASE)
    expect(ben.see("bell-count")).to_have_text("3")
    ben.goes_to(f"/p/{team.project}/issues/1")
    expect(ben.see("bell-count")).to_have_text("2", timeout=30_000)
    # What is said while he looks at it is read as well.
    with ben.page.expect_response(re.compile("/api/v1/inbox/seen$"), timeout=30_000):
        owner.post(f"/issues/{made['id']}/comments", {"text": "And you, @Ben Okoro?"})
    expect(ben.see("mention")).to_have_text("@Ben Okoro")
    expect(ben.see("bell-count")).to_have_text("2", timeout=30_000)
    ben.goes_to(f"/p/{team.project}/reviews/{review['id']}")
    expect(ben.see("bell-count")).to_have_text("1", timeout=30_000)
    # A comment on the model: the link of its row leads to it.
    ben.goes_to("/inbox")
    row = ben.see("inbox-row").filter(has_text="Comments on")
    expect(row).to_have_attribute("data-state", "unread")
    ben.goes_to(str(row.get_by_role("link").get_attribute("href")))
    expect(ben.see("comment-detail")).to_contain_text("Please look")
    ben.goes_to("/inbox")
    expect(ben.see("inbox-row").filter(has_text="Comments on")).to_have_attribute(
        "data-state", "read", timeout=30_000
    )
    expect(ben.see("bell-count")).to_have_count(0)
    expect(cara.see("bell-count")).to_have_text("1")  # of hers nobody read anything
    assert [ben.errors, cara.errors] == [[], []]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_row_names_the_sheet_and_opens_it(
    person: Callable[..., Person], owner: Api, team: Team, theme: str, tmp_path: Path
) -> None:
    file = tmp_path / "pump.pdf"
    file.write_bytes(pdf())
    revision = team.made["revision"]["id"]
    drawing = owner.upload(f"/revisions/{revision}/drawings", file)
    made = owner.post(
        f"/projects/{team.project}/issues",
        {"title": "Scale", "revision_id": revision, "assignee_id": team.ids[team.ben]},
    )
    place = {"drawing_id": drawing["id"], "page": 1, "x": 0.5, "y": 0.5}
    owner.post(f"/issues/{made['id']}/sheet", place)
    ben = person(color_scheme=theme)
    ben.is_signed_in(team.ben, PHRASE)
    ben.goes_to("/inbox")
    expect(ben.see("inbox-row")).to_contain_text("on sheet 2 of pump")
    ben.screenshot(tmp_path / "row.png")
    ben.see("inbox-row").get_by_role("link").click()
    expect(ben.see("sheet")).to_have_attribute("data-page", "2", timeout=60_000)
    expect(ben.see("issue-detail")).to_have_attribute("data-number", "1")
    ben.goes_to("/inbox")
    expect(ben.see("inbox-row")).to_have_attribute("data-state", "read")
    assert ben.errors == []


def test_somebody_invited_finds_the_session(
    person: Callable[..., Person], owner: Api, team: Team
) -> None:
    session = owner.post(
        f"/projects/{team.project}/sessions",
        {"revision_id": team.made["revision"]["id"], "name": "Friday review"},
    )
    mia, ben = person(), person()
    ben.signs_in(team.ben, PHRASE)
    mia.is_signed_in()
    mia.goes_to(f"/p/{team.project}/sessions")
    mia.see("session-invite").click()
    mia.see("invite-dialog").get_by_label("Ben Okoro").check()
    mia.see("invite-send").click()
    expect(mia.see("toast")).to_contain_text("1 person is invited")
    expect(ben.see("bell-count")).to_have_text("1", timeout=30_000)
    ben.see("bell").click()
    expect(ben.see("inbox-row")).to_contain_text("Session: Friday review")
    expect(ben.see("inbox-row")).to_contain_text("Mia Berg invites you")
    ben.see("inbox-row").get_by_role("link").click()
    ben.page.wait_for_url(f"**/live/{session['id']}*")
    assert [mia.errors, ben.errors] == [[], []]


def test_from_the_mail_to_the_verdict_in_three_clicks(
    open_context: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    """UX §1.5: link, signed in, review page, verdict."""
    box = MailBox()
    with mail_server(box) as smtp:
        environment = {
            "HOLOTABLE_SMTP_HOST": "127.0.0.1",
            "HOLOTABLE_SMTP_PORT": str(smtp.port),
            "HOLOTABLE_SMTP_TLS": "none",
            "HOLOTABLE_SMTP_FROM": "Holotable <holotable@example.org>",
        }
        with serving(tmp_path / "data", **environment) as served:
            mia = owner_of(served)
            made = add_asset(mia, block_stl(tmp_path / "housing.stl"), "Gearbox")
            login = "ben@example.org"
            ben_id = mia.post("/users", {"name": "Ben Okoro", "login": login, "password": PHRASE})[
                "id"
            ]
            mia.post(
                f"/projects/{made['project']['id']}/members", {"login": login, "role": "reviewer"}
            )
            ben = Person(open_context(viewport={"width": 390, "height": 800}), served)
            ben.signs_in(login, PHRASE)
            mia.post(
                f"/revisions/{made['revision']['id']}/reviews",
                {"title": "Gearbox housing", "approvers": [ben_id]},
            )
            deadline = time.monotonic() + 30
            while not box.mails and time.monotonic() < deadline:
                ben.page.wait_for_timeout(100)
            (mail,) = box.mails
            assert mail["Subject"] == "Review #1: Gearbox housing"
            found = re.search(r"http://localhost:\d+(/p/\S+/reviews/\S+)", texts(mail)[0])
            assert found is not None
            ben.goes_to(found[1])  # the first click: no public address is set in tests
            ben.see("verdict-approve").click()  # and the second
            expect(ben.see("verdict")).to_have_count(1)

            ben.goes_to("/settings/me#notifications")
            expect(ben.see("notification-settings")).to_contain_text(f"Mails go to {login}")
            ben.page.screenshot(path=str(tmp_path / "mail-on.png"), full_page=True)
            assert violations(ben.page) == []
            chief = Person(open_context(), served)
            chief.is_signed_in()
            chief.goes_to("/settings/me#notifications")
            expect(chief.see("mail-server")).to_contain_text("Mails go out from")
            chief.page.screenshot(path=str(tmp_path / "mail-server.png"), full_page=True)
            (tmp_path / "mail.html").write_text(texts(mail)[1])
            chief.page.goto(f"file://{tmp_path / 'mail.html'}")
            chief.page.screenshot(path=str(tmp_path / "mail-html.png"))
            assert [ben.errors, chief.errors] == [[], []]
