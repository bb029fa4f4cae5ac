"""Issues and comments as people make, find, change and keep them (UX 20, 41-43)."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from anchor_models import Plate, world
from e2e.aiming import place_of
from e2e.house import violations
from e2e.people import PASSWORD, Person
from playwright.sync_api import BrowserContext, Locator, expect
from served import Api, Served

SIZE: Final = {"width": 1280, "height": 820}
ON_PLATE: Final = (35.0, 45.0, 10.0)
"""Millimetres, z up: on top of the plate, away from its bores."""
ON_ARM: Final = (135.0, 5.0, 10.0)
IN_BORE: Final = (23.0, 20.0, 5.0)
IN_NEXT_BORE: Final = (53.0, 20.0, 5.0)
LATER: Final = Plate(
    bores=(((20, 20), 3.25), ((52, 20), 3.0), ((80, 20), 3.0)),
    arm_at=None,
)
"""The next revision: one bore is larger, one stands 2 mm further, and the arm is gone."""
PNG: Final = (
    "iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR4nGP4z8CABzGMSjNgCRYAt8pjnXkoRGcAAAAA"
    "SUVORK5CYII="
)


@dataclass
class Plates:
    """A project with an asset of one revision, and Ben, who reviews it."""

    owner: Api
    project: str
    asset: str
    revisions: dict[str, str]
    folder: Path

    def ids(self, label: str, name: str) -> list[str]:
        found = self.owner.get(f"/revisions/{self.revisions[label]}/occurrences?q={name}")["items"]
        return [str(one["id"]) for one in found if one["name"] == name]

    def issue(self, title: str, **fields: Any) -> dict[str, Any]:
        body = {"title": title, "asset_id": self.asset, **fields}
        made: dict[str, Any] = self.owner.post(f"/projects/{self.project}/issues", body)
        return made

    def pinned(
        self, title: str, part: str, at: tuple[float, float, float], **fields: Any
    ) -> dict[str, Any]:
        made = self.issue(title, revision_id=self.revisions["A"], **fields)
        anchor = {
            "revision_id": self.revisions["A"],
            "occurrence": self.ids("A", part)[0],
            "world": world(*at),
        }
        self.owner.post(f"/issues/{made['id']}/anchor", anchor)
        return made

    def next_revision(self, model: Plate, label: str = "B") -> None:
        file = model.write(self.folder / f"{label}.step")
        made = self.owner.upload(f"/assets/{self.asset}/revisions", file)
        revision = str(made.get("id") or made["revision"]["id"])
        assert self.owner.wait_for(revision)["state"] == "ready"
        self.revisions[label] = revision
        deadline = time.monotonic() + 60
        while True:
            run = self.owner.get(f"/revisions/{revision}/anchor-run")
            if run["state"] in ("done", "none"):
                return
            assert run["state"] != "failed", run
            assert time.monotonic() < deadline, run
            time.sleep(0.2)  # a worker that looks once a second


def furnish(owner: Api, folder: Path) -> Plates:
    project = str(owner.post("/projects", {"name": "Plates"})["id"])
    made = owner.upload(f"/projects/{project}/uploads", Plate().write(folder / "A.step"))
    revision = str(made["revision"]["id"])
    assert owner.wait_for(revision)["state"] == "ready"
    if not any(one["login"] == "ben" for one in owner.get("/users")["items"]):
        owner.post("/users", {"name": "Ben Okoro", "login": "ben", "password": PASSWORD})
    owner.post(f"/projects/{project}/members", {"login": "ben", "role": "reviewer"})
    return Plates(owner, project, str(made["asset"]["id"]), {"A": revision}, folder)


@pytest.fixture
def plates(owner: Api, tmp_path: Path) -> Plates:
    return furnish(owner, tmp_path)


@pytest.fixture
def mia(shared_server: Served, open_context: Callable[..., BrowserContext]) -> Person:
    person = Person(open_context(viewport=SIZE), shared_server)
    person.is_signed_in()
    return person


@pytest.fixture
def ben(
    shared_server: Served, open_context: Callable[..., BrowserContext], plates: Plates
) -> Person:
    assert plates.project  # Ben is somebody once there is a project of his
    person = Person(open_context(viewport=SIZE), shared_server)
    person.is_signed_in("ben", PASSWORD)
    return person


def presses(person: Person, at: tuple[float, float, float]) -> None:
    """Click a place of the file, millimetres."""
    person.settles()
    place = place_of(person, [one / 1000 for one in at])
    assert place is not None
    box = person.viewport()
    person.page.mouse.click(box["x"] + place[0], box["y"] + place[1])


def opens_issues(person: Person) -> None:
    button = person.see("rail-issues")
    if button.get_attribute("aria-pressed") != "true":
        button.click()
    expect(person.see("issues")).to_be_visible()


def row_of(person: Person, number: int) -> Locator:
    return person.page.locator(f'[data-testid=issue-row][data-number="{number}"]')


# On the model


def test_an_issue_is_five_actions_and_has_view_picture_part_and_revision_ux_41(
    mia: Person, plates: Plates
) -> None:
    mia.opens_viewer(plates.asset)
    keys = mia.page.keyboard
    keys.press("i")  # 1
    presses(mia, ON_PLATE)  # 2
    expect(mia.see("composer-title")).to_be_focused()
    keys.type("Weld missing")  # 3
    expect(mia.see("composer-snapshot")).to_be_visible()
    keys.press("Control+Enter")  # 4
    expect(mia.see("composer")).to_have_count(0)
    expect(mia.see("pin")).to_have_count(1)

    (issue,) = plates.owner.get(f"/projects/{plates.project}/issues")["items"]
    assert issue["title"] == "Weld missing"
    assert issue["revision_id"] == plates.revisions["A"]
    assert issue["anchor"]["occurrence_id"] in plates.ids("A", "P")
    (view,) = plates.owner.get(f"/issues/{issue['id']}/viewpoints")["items"]
    assert view["content"]["revision_id"] == plates.revisions["A"]
    assert view["content"]["camera"]["position"]
    assert view["snapshot_url"]
    (anchor,) = plates.owner.get(f"/issues/{issue['id']}/anchors")["items"]
    assert anchor["anchor"]["world"] == pytest.approx(world(*ON_PLATE), abs=5e-4)
    assert not mia.errors


def test_a_comment_becomes_an_issue_with_its_thread_in_one_press(
    mia: Person, plates: Plates
) -> None:
    mia.opens_viewer(plates.asset)
    mia.page.keyboard.press("c")
    presses(mia, ON_PLATE)
    expect(mia.see("composer-text")).to_be_focused()
    mia.page.keyboard.type("Is this the right steel?")
    mia.page.keyboard.press("Control+Enter")
    expect(mia.see("composer")).to_have_count(0)
    mia.see("pin").click()
    expect(mia.see("comment-detail")).to_contain_text("Is this the right steel?")
    mia.see("reply-text").fill("It is 316L.")
    mia.see("reply-send").click()
    expect(mia.see("thread-comment")).to_have_count(2)
    mia.see("comment-make-issue").click()
    expect(mia.see("issue-detail")).to_be_visible()
    expect(mia.see("issue-title")).to_have_value("Is this the right steel?")
    expect(mia.see("issue-detail")).to_contain_text("It is 316L.")
    assert not mia.errors


def test_typing_hsmf_into_an_issue_changes_nothing_on_the_table_ux_20(
    mia: Person, plates: Plates
) -> None:
    plates.pinned("Sharp edge", "P", ON_PLATE)
    mia.opens_viewer(plates.asset)
    state = (
        "(({tool, hidden, sections, selection, walk}) => "
        "JSON.stringify([hidden, sections.length, selection, walk]))(window.__ux)"
    )
    before = mia.page.evaluate(state)
    mia.page.keyboard.press("i")
    presses(mia, ON_PLATE)
    stood = mia.ux("camera")
    for field in ("composer-title", "composer-text"):
        mia.see(field).focus()
        mia.page.keyboard.type("hsmf")
        expect(mia.see(field)).to_have_value("hsmf")
    mia.page.keyboard.press("Escape")
    opens_issues(mia)
    row_of(mia, 1).click()
    mia.settles()
    stood = mia.ux("camera")
    for field in ("reply-text", "issue-title", "label-add"):
        mia.see(field).focus()
        mia.page.keyboard.type("hsmf")
        expect(mia.see(field)).to_have_value(re.compile("hsmf$"))
    assert mia.page.evaluate(state) == before
    assert mia.ux("camera") == stood
    assert not mia.errors


def test_two_pins_at_one_point_are_both_opened_from_a_list_ux_42(
    mia: Person, plates: Plates
) -> None:
    plates.pinned("Weld missing", "P", ON_PLATE)
    plates.pinned("Paint missing", "P", ON_PLATE)
    mia.opens_viewer(plates.asset)
    expect(mia.see("pin")).to_have_count(1)
    expect(mia.see("pin")).to_have_text("2")
    for title in ("Weld missing", "Paint missing"):
        mia.settles()
        mia.see("pin").click()
        expect(mia.see("pin-stack-item")).to_have_count(2)
        mia.see("pin-stack-item").filter(has_text=title).click()
        expect(mia.see("issue-title")).to_have_value(title)
    assert not mia.errors


def test_a_thousand_pins_are_a_few_marks_and_each_press_leads_on(
    mia: Person, plates: Plates
) -> None:
    made = plates.pinned("Weld missing", "P", ON_PLATE)
    pins = plates.owner.get(f"/revisions/{plates.revisions['A']}/pins")
    columns = {name: list(values) for name, values in pins.items() if isinstance(values, list)}
    for name, values in columns.items():
        columns[name] = values * 1000
    # All over the top of the plate, 100 by 60 mm.
    columns["place"] = [
        number
        for i in range(1000)
        for number in world(2.5 + 95 * (i % 40) / 39, 2.5 + 55 * (i // 40) / 24, 10)
    ]
    columns["id"] = [made["id"], *(f"0000{i:04d}-0000-4000-8000-000000000000" for i in range(999))]
    columns["number"] = list(range(1, 1001))
    answer = {**pins, **columns, "count": 1000}
    mia.page.route("**/pins?*", lambda route: route.fulfill(json=answer))
    mia.opens_viewer(plates.asset)
    expect(mia.see("pin").first).to_be_visible()
    counts = mia.see("pin").evaluate_all("(all) => all.map((one) => Number(one.dataset.count))")
    assert sum(counts) == 1000, "every pin is in one of the marks"
    assert 20 < len(counts) <= 300
    # Nearer, the same pins are more marks of fewer pins each.
    box = mia.viewport()
    mia.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    for _ in range(6):
        mia.page.mouse.wheel(0, -240)
    mia.settles()
    nearer = mia.see("pin").evaluate_all("(all) => all.map((one) => Number(one.dataset.count))")
    assert max(nearer) <= max(counts)
    assert sum(nearer) / len(nearer) < sum(counts) / len(counts)
    group = mia.page.locator("[data-testid=pin][data-kind=group]").first
    count = int(group.get_attribute("data-count") or 0)
    group.click()
    expect(mia.see("pin-stack-item")).to_have_count(min(count, 60))
    assert not mia.errors


def test_a_revision_without_the_part_detaches_the_issue_and_loses_nothing_ux_43(
    mia: Person, plates: Plates
) -> None:
    mia.opens_viewer(plates.asset)
    mia.page.keyboard.press("i")
    presses(mia, ON_ARM)
    mia.page.keyboard.type("Arm too long")
    expect(mia.see("composer-snapshot")).to_be_visible()
    mia.page.keyboard.press("Control+Enter")
    expect(mia.see("composer")).to_have_count(0)
    opens_issues(mia)
    expect(mia.see("issue-count")).to_have_text("1 open issue")

    plates.next_revision(LATER)
    mia.opens_viewer(plates.asset, "B")
    opens_issues(mia)
    expect(mia.see("issue-count")).to_have_text("1 open issue")
    gone = mia.see("detached-issue")
    expect(gone).to_contain_text("Arm too long")
    picture = gone.get_by_test_id("detached-snapshot")
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("(image) => image.naturalWidth > 100")
    expect(mia.see("pin")).to_have_count(0)

    # Another place for it, by one press and the part.
    gone.get_by_test_id("detached-move").click()
    presses(mia, ON_PLATE)
    expect(mia.see("detached-issue")).to_have_count(0)
    expect(mia.see("pin")).to_have_count(1)
    expect(mia.see("issue-count")).to_have_text("1 open issue")
    assert not mia.errors


def test_each_outcome_is_shown_with_its_evidence_and_what_changed_is_verified(
    mia: Person, plates: Plates
) -> None:
    plates.pinned("Stays", "P", ON_PLATE)
    plates.pinned("Hole too small", "P", IN_BORE)
    plates.pinned("Hole too far left", "P", IN_NEXT_BORE)
    plates.pinned("Arm too long", "A", ON_ARM)
    plates.next_revision(LATER)
    mia.opens_viewer(plates.asset, "B")
    opens_issues(mia)
    expect(mia.see("detached-issue")).to_have_count(1)
    expect(row_of(mia, 1)).to_have_attribute("data-state", "placed")
    expect(row_of(mia, 3)).to_have_attribute("data-state", "moved")
    verify = mia.see("verify-item")
    expect(verify).to_have_count(1)
    expect(verify.get_by_test_id("verify-why")).to_contain_text("Radius 3.00 mm → 3.25 mm")

    row_of(mia, 3).click()
    expect(mia.see("anchor-outcome")).to_have_attribute("data-state", "moved")
    expect(mia.see("anchor-why")).to_contain_text("moved by 2.00 mm")
    mia.see("issue-back").click()
    row_of(mia, 1).click()
    expect(mia.see("anchor-why")).to_contain_text("The same face is still there")
    mia.see("issue-back").click()
    mia.see("detached-issue").get_by_role("button", name="Arm too long").click()
    expect(mia.see("anchor-why")).to_contain_text("Its part is gone")
    mia.see("issue-back").click()

    # Still so: the place that was found becomes its own, in one press.
    verify.get_by_test_id("verify-still").click()
    expect(mia.see("verify-item")).to_have_count(0)
    expect(row_of(mia, 2)).to_have_attribute("data-state", "placed")
    assert not mia.errors


def test_what_was_begun_is_there_again_after_a_reload(mia: Person, plates: Plates) -> None:
    mia.opens_viewer(plates.asset)
    mia.page.keyboard.press("i")
    presses(mia, ON_PLATE)
    mia.page.keyboard.type("Half a sent")
    expect(mia.see("composer-snapshot")).to_be_visible()
    mia.page.reload()
    mia.settles()
    expect(mia.see("composer-title")).to_have_value("Half a sent")
    mia.see("composer-title").focus()
    mia.page.keyboard.press("End")
    mia.page.keyboard.type("ence")
    mia.page.keyboard.press("Control+Enter")
    expect(mia.see("composer")).to_have_count(0)
    (issue,) = plates.owner.get(f"/projects/{plates.project}/issues")["items"]
    assert issue["title"] == "Half a sentence"
    assert issue["anchor"] is not None


def test_what_another_person_writes_appears_by_itself(mia: Person, plates: Plates) -> None:
    mia.opens_viewer(plates.asset)
    opens_issues(mia)
    expect(mia.see("issues-empty")).to_be_visible()
    made = plates.pinned("Seen by Ben", "P", ON_PLATE)
    expect(row_of(mia, 1)).to_be_visible()
    expect(mia.see("pin")).to_have_count(1)
    row_of(mia, 1).click()
    plates.owner.post(f"/issues/{made['id']}/comments", {"text": "Look at the weld."})
    expect(mia.see("thread-comment")).to_contain_text("Look at the weld.")
    plates.owner.call("PATCH", f"/issues/{made['id']}", {"status": "Resolved"})
    expect(mia.see("issue-status")).to_have_value("Resolved")


# On its page


def test_the_board_is_worked_by_keys_and_mouse(mia: Person, plates: Plates) -> None:
    for title in ("One", "Two", "Three"):
        plates.issue(title)
    mia.goes_to(f"/p/{plates.project}/issues")
    card = mia.page.locator("[data-testid=board-card][data-number='3']")
    column = {
        status: mia.page.locator(f"[data-testid=board-column][data-status='{status}']")
        for status in ("Open", "In Progress", "Resolved")
    }
    expect(column["Open"].get_by_test_id("board-card")).to_have_count(3)

    # By keys: down the column, then into the next one.
    card.get_by_role("link").focus()
    mia.page.keyboard.press("ArrowDown")
    mia.page.keyboard.press("Alt+ArrowRight")
    expect(column["In Progress"].get_by_test_id("board-card")).to_have_attribute("data-number", "2")
    expect(mia.see("issues-said")).to_have_text("Issue 2 is now In Progress")
    moved = column["In Progress"].get_by_role("link")
    expect(moved).to_be_focused()

    # By dragging, and by the menu of a card.
    card.drag_to(column["Resolved"])
    expect(column["Resolved"].get_by_test_id("board-card")).to_have_attribute("data-number", "3")
    last = mia.page.locator("[data-testid=board-card][data-number='1']")
    last.get_by_test_id("card-menu").click()
    mia.see("card-to").filter(has_text="In Progress").click()
    expect(column["In Progress"].get_by_test_id("board-card")).to_have_count(2)
    statuses = {
        one["number"]: one["status"]
        for one in plates.owner.get(f"/projects/{plates.project}/issues")["items"]
    }
    assert statuses == {1: "In Progress", 2: "In Progress", 3: "Resolved"}
    assert not mia.errors


def test_a_long_table_is_virtual_sorted_filtered_and_changed_at_once(
    mia: Person, plates: Plates
) -> None:
    for number in range(60):
        plates.issue(f"Bolt {number:02d} loose", priority="High" if number % 2 else "Low")
    mia.goes_to(f"/p/{plates.project}/issues?view=table")
    rows = mia.see("table-row")
    expect(rows.first).to_have_attribute("data-number", "60")
    assert rows.count() < 50, "only what is on screen exists"
    expect(mia.see("issue-table")).to_have_attribute("aria-rowcount", "61")
    mia.see("table-sort-title").click()
    expect(rows.first).to_have_attribute("data-number", "1")

    # By keys alone: the end, back, three chosen.
    rows.first.focus()
    mia.page.keyboard.press("End")
    expect(mia.page.locator("[data-testid=table-row][data-number='60']")).to_be_focused()
    mia.page.keyboard.press("Home")
    mia.page.keyboard.press("Space")
    mia.page.keyboard.press("Shift+ArrowDown")
    mia.page.keyboard.press("Shift+ArrowDown")
    expect(mia.see("bulk-bar")).to_contain_text("3 issues chosen")
    mia.see("bulk-status").select_option("Resolved")
    expect(mia.see("toast").filter(has_text="3 issues changed")).to_be_visible()
    mia.see("bulk-label").fill("torque")
    mia.page.keyboard.press("Enter")
    expect(mia.see("issues-label").get_by_role("option", name="torque")).to_be_attached()

    # A filter narrows it, stands in the address, and is kept under a name.
    mia.see("bulk-clear").click()
    mia.see("issues-label").select_option("torque")
    expect(rows).to_have_count(3)
    expect(mia.page).to_have_url(re.compile("label=torque"))
    mia.see("filters-menu").click()
    mia.see("filter-keep").click()
    mia.see("filter-name").fill("Torque")
    mia.see("filter-save").click()
    expect(mia.see("filter-dialog")).to_have_count(0)
    mia.see("issues-everything").click()
    expect(mia.see("issues-count")).to_contain_text("60 issues")
    mia.see("filters-menu").click()
    mia.see("filter-kept").filter(has_text="Torque").click()
    expect(rows).to_have_count(3)
    rows.first.focus()
    mia.page.keyboard.press("Enter")
    expect(mia.see("issue")).to_be_visible()
    assert not mia.errors


def test_two_people_on_one_issue_see_both_values_and_nothing_is_lost(
    mia: Person, plates: Plates
) -> None:
    made = plates.issue("Weld missing")
    mia.goes_to(f"/p/{plates.project}/issues/1")
    expect(mia.see("issue-title")).to_have_value("Weld missing")
    # Mia's page hears nothing for a while.
    mia.page.route("**/events*", lambda route: route.abort())
    mia.page.reload()
    expect(mia.see("issue-title")).to_have_value("Weld missing")
    plates.owner.call("PATCH", f"/issues/{made['id']}", {"priority": "High"})
    mia.see("issue-title").fill("Weld missing at P1")
    mia.see("issue-title").press("Enter")
    # Another field: both stand.
    expect(mia.see("issue-priority")).to_have_value("High")
    expect(mia.see("issue-conflict")).to_have_count(0)
    plates.owner.call("PATCH", f"/issues/{made['id']}", {"title": "No weld at P2"})
    mia.see("issue-title").fill("Weld missing at P3")
    mia.see("issue-title").press("Enter")
    expect(mia.see("conflict-theirs")).to_have_text("No weld at P2")
    expect(mia.see("conflict-mine")).to_have_text("Weld missing at P3")
    mia.see("conflict-keep").click()
    expect(mia.see("issue-conflict")).to_have_count(0)
    expect(mia.see("issue-title")).to_have_value("Weld missing at P3")
    assert plates.owner.get(f"/issues/{made['id']}")["title"] == "Weld missing at P3"


def test_a_thread_names_people_shows_pictures_and_keeps_drafts(
    mia: Person, ben: Person, plates: Plates
) -> None:
    made = plates.issue("Weld missing")
    ben.goes_to(f"/p/{plates.project}/issues/1")
    mia.goes_to(f"/p/{plates.project}/issues/1")
    write = mia.see("reply-text")
    write.click()
    mia.page.keyboard.type("Please check, @ben")
    expect(mia.see("mention-option")).to_have_text(re.compile("Ben Okoro.*Reviewer"))
    mia.page.keyboard.press("Enter")
    mia.page.keyboard.type("today")
    expect(write).to_have_value("Please check, @Ben Okoro today")
    mia.page.reload()
    expect(write).to_have_value("Please check, @Ben Okoro today")
    # A picture from the clipboard.
    mia.page.evaluate(
        """
        async ([testid, base64]) => {
          const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
          const data = new DataTransfer();
          data.items.add(new File([bytes], "weld.png", { type: "image/png" }));
          document.querySelector(`[data-testid=${testid}]`).dispatchEvent(
            new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }
        """,
        ["reply-text", PNG],
    )
    expect(mia.see("reply-files").get_by_role("img")).to_be_visible()
    write.press("Control+Enter")
    expect(mia.see("thread-comment")).to_have_count(1)
    expect(mia.see("mention")).to_have_text("@Ben Okoro")
    expect(mia.see("comment-picture")).to_be_visible()
    (said,) = plates.owner.get(f"/issues/{made['id']}/comments")["items"]
    assert [one["name"] for one in said["mentions"]] == ["Ben Okoro"]
    assert [one["kind"] for one in said["attachments"]] == ["picture"]

    # Ben's page has it without a reload; his answer stands under it.
    expect(ben.see("mention")).to_have_text("@Ben Okoro")
    ben.see("comment-answer").click()
    ben.page.keyboard.type("Done.")
    ben.see("answer-send").click()
    expect(mia.see("thread-comment")).to_have_count(2)
    ben.see("comment-edit-open").click()
    ben.see("edit-text").fill("Done at 14:00.")
    ben.see("edit-send").click()
    expect(mia.page.get_by_text("Done at 14:00.")).to_be_visible()
    mia.see("comment-edits").click()
    expect(mia.see("comment-edit")).to_contain_text("Done.")
    assert not mia.errors
    assert not ben.errors


JUDGE: Final = "Jörg Weiß-Müller"


def with_judge(plates: Plates) -> str:
    """Another member whose name has a space, umlauts and a hyphen; his id."""
    login = f"judge-{plates.project[:13]}"
    body = {"name": JUDGE, "login": login, "password": PASSWORD}
    made = str(plates.owner.post("/users", body)["id"])
    plates.owner.post(f"/projects/{plates.project}/members", {"login": login, "role": "viewer"})
    return made


def test_people_are_offered_behind_an_at_sign_wherever_something_is_written(
    mia: Person, plates: Plates
) -> None:
    judge = with_judge(plates)
    mia.opens_viewer(plates.asset)
    keys = mia.page.keyboard
    keys.press("i")
    presses(mia, ON_PLATE)
    mia.see("composer-title").fill("Weld missing")
    write = mia.see("composer-text")
    write.click()
    keys.type("Mails to mia@jo")  # an address names nobody
    expect(mia.see("mention-list")).to_have_count(0)
    expect(mia.see("mention-nobody")).to_have_count(0)
    keys.type(" are late, @xq")
    expect(mia.see("mention-nobody")).to_have_text("Nobody in this project is called xq.")
    for _ in range(2):
        keys.press("Backspace")
    option = mia.see("mention-option")
    expect(option).to_have_count(3)  # Ben, Jörg and Mia
    for name, role in (("Ben Okoro", "Reviewer"), (JUDGE, "Viewer"), ("Mia Berg", "Owner")):
        expect(option.filter(has_text=name)).to_contain_text(role)
    # The field has the focus, the list says which one Enter takes.
    expect(write).to_be_focused()
    expect(write).to_have_attribute(
        "aria-controls", str(mia.see("mention-list").get_attribute("id"))
    )
    expect(mia.page.get_by_text("3 people: arrows choose")).to_have_attribute("role", "status")
    named = [str(option.nth(at).get_attribute("id")) for at in range(3)]
    expect(write).to_have_attribute("aria-activedescendant", named[0])
    keys.press("ArrowDown")
    expect(write).to_have_attribute("aria-activedescendant", named[1])
    keys.press("ArrowUp")
    keys.press("ArrowUp")
    expect(write).to_have_attribute("aria-activedescendant", named[2])
    expect(mia.page.locator("[role=option][aria-selected=true]")).to_have_attribute("id", named[2])
    assert violations(mia.page) == []
    keys.press("Escape")  # the list alone
    expect(mia.see("mention-list")).to_have_count(0)
    expect(mia.see("composer")).to_be_visible()
    keys.type("mueller")
    expect(option).to_have_count(1)
    keys.press("Tab")
    expect(write).to_have_value(f"Mails to mia@jo are late, @{JUDGE} ")
    expect(write).to_be_focused()
    # In the middle of what is there already, by the mouse.
    for _ in range(len(f"late, @{JUDGE} ")):
        keys.press("ArrowLeft")
    keys.type("@okoro")
    option.click()
    expect(write).to_have_value(f"Mails to mia@jo are @Ben Okoro late, @{JUDGE} ")
    keys.type("very ")
    keys.press("Control+Enter")
    expect(mia.see("composer")).to_have_count(0)
    (made,) = plates.owner.get(f"/projects/{plates.project}/issues")["items"]
    assert f"@[{JUDGE}]({judge}) " in made["description"] + " "
    assert "@[Ben Okoro](" in made["description"]
    # As it is read, and as it is written again.
    mia.goes_to(f"/p/{plates.project}/issues/1")
    expect(mia.see("mention")).to_have_text(["@Ben Okoro", f"@{JUDGE}"])
    mia.see("description-edit").click()
    expect(mia.see("description-text")).to_have_value(
        f"Mails to mia@jo are @Ben Okoro very late, @{JUDGE} "
    )
    mia.see("description-text").press("End")
    keys.type("@mia")
    keys.press("Enter")
    mia.see("description-send").click()
    expect(mia.see("mention")).to_have_count(3)
    assert not mia.errors


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_list_of_people_fits_a_telephone_and_is_taken_by_a_finger(
    shared_server: Served,
    open_context: Callable[..., BrowserContext],
    plates: Plates,
    theme: str,
    tmp_path: Path,
) -> None:
    with_judge(plates)
    plates.issue("Weld missing")
    small = {"width": 390, "height": 780}
    mia = Person(
        open_context(viewport=small, has_touch=True, is_mobile=True, color_scheme=theme),
        shared_server,
    )
    mia.is_signed_in()
    mia.goes_to(f"/p/{plates.project}/issues/1")
    mia.see("reply-text").tap()
    mia.page.keyboard.type("Please look, @")
    expect(mia.see("mention-option")).to_have_count(3)
    mia.screenshot(tmp_path / "people.png")
    box = mia.see("mention-list").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= small["width"]
    assert box["y"] + box["height"] <= small["height"]
    mia.see("mention-option").filter(has_text=JUDGE).tap()
    expect(mia.see("reply-text")).to_have_value(f"Please look, @{JUDGE} ")
    assert not mia.errors


def test_an_issue_is_made_on_the_page_of_issues_and_gets_its_place_later(
    mia: Person, plates: Plates
) -> None:
    keys = mia.page.keyboard
    mia.goes_to(f"/p/{plates.project}/issues")
    expect(mia.see("issues-empty")).to_be_visible()
    keys.press("n")
    expect(mia.see("new-issue-title")).to_be_focused()
    expect(mia.see("new-issue-asset")).to_have_value(plates.asset)  # the only one there is
    keys.press("Control+Enter")
    expect(mia.see("new-issue-refused")).to_have_text("An issue needs a title.")
    mia.see("new-issue-title").fill("Which oil?")
    mia.see("new-issue-text").click()
    keys.type("@oko")
    expect(mia.see("mention-option")).to_have_count(1)
    keys.press("Escape")  # the list alone: the dialog stays
    expect(mia.see("mention-list")).to_have_count(0)
    expect(mia.see("new-issue")).to_be_visible()
    keys.type("r")
    keys.press("Enter")
    expect(mia.see("new-issue-text")).to_have_value("@Ben Okoro ")
    keys.press("Escape")
    expect(mia.see("new-issue")).to_have_count(0)
    mia.see("issues-new").click()  # what was begun is there again
    expect(mia.see("new-issue-title")).to_have_value("Which oil?")
    mia.see("new-issue-assignee").select_option(label="Ben Okoro")
    mia.see("new-issue-priority").select_option("High")
    mia.see("new-issue-due").fill("2030-12-11")
    mia.see("new-issue-revision").select_option(plates.revisions["A"])
    assert violations(mia.page) == []
    mia.see("new-issue-post").click()
    card = mia.see("board-card")
    expect(card).to_contain_text("Which oil?")
    (made,) = plates.owner.get(f"/projects/{plates.project}/issues")["items"]
    assert (made["asset_id"], made["revision_label"]) == (plates.asset, "A")
    assert (made["assignee"]["name"], made["priority"]) == ("Ben Okoro", "High")
    assert made["anchor"] is None

    card.get_by_role("link").click()
    expect(mia.see("issue-model")).to_have_text("Put it on the model")
    mia.see("issue-model").click()
    mia.settles()
    mia.see("anchor-move").click()
    presses(mia, ON_PLATE)
    expect(mia.see("pin")).to_have_count(1)
    anchor = plates.owner.get(f"/issues/{made['id']}")["anchor"]
    assert anchor["occurrence_id"] == plates.ids("A", "P")[0]
    mia.see("issue-page").click()
    expect(mia.see("issue-model")).to_have_text("Show on the model")
    assert not mia.errors


def test_an_issue_of_the_whole_project_becomes_that_of_the_model_it_is_put_on(
    mia: Person, plates: Plates
) -> None:
    mia.goes_to(f"/p/{plates.project}/issues?view=table")
    mia.see("issues-new").click()
    mia.see("new-issue-title").fill("Who pays?")
    expect(mia.see("new-issue-asset")).to_have_value(plates.asset)
    mia.see("new-issue-asset").select_option("")
    expect(mia.see("new-issue-revision")).to_be_disabled()
    mia.see("new-issue-post").click()
    expect(mia.see("table-row")).to_contain_text("Who pays?")
    (made,) = plates.owner.get(f"/projects/{plates.project}/issues")["items"]
    assert made["asset_id"] is None
    mia.see("toast").get_by_role("button", name="Open").click()
    mia.see("issue-put").click()
    mia.see("issue-put-on").click()
    mia.settles()
    expect(mia.see("issue-detail")).to_have_attribute("data-number", "1")
    mia.see("anchor-move").click()
    presses(mia, ON_PLATE)
    expect(mia.see("pin")).to_have_count(1)
    assert plates.owner.get(f"/issues/{made['id']}")["asset_id"] == plates.asset
    opens_issues(mia)
    expect(mia.see("issue-detail")).to_be_visible()
    assert not mia.errors


def test_a_voice_note_is_recorded_heard_and_sent(
    shared_server: Served,
    open_context: Callable[..., BrowserContext],
    plates: Plates,
) -> None:
    plates.issue("Noise")
    mia = Person(open_context(viewport=SIZE, permissions=["microphone"]), shared_server)
    # A machine without a sound card: an oscillator stands in for the microphone, the rest is the browser's.
    mia.context.add_init_script(
        """
        navigator.mediaDevices.getUserMedia = async () => {
          const context = new AudioContext();
          const tone = context.createOscillator();
          const out = context.createMediaStreamDestination();
          tone.connect(out);
          tone.start();
          return out.stream;
        };
        """
    )
    mia.is_signed_in()
    mia.goes_to(f"/p/{plates.project}/issues/1")
    mia.see("reply-voice").click()
    expect(mia.page.get_by_role("timer")).to_have_text(re.compile(r"^0:0[1-9] / 1:30$"))
    mia.see("reply-voice-stop").click()
    expect(mia.see("reply-files").locator("audio")).to_be_visible()
    mia.see("reply-send").click()
    voice = mia.see("comment-voice")
    expect(voice).to_be_visible()
    mia.until(
        "() => { const a = document.querySelector('[data-testid=comment-voice]'); "
        "return a.readyState >= 1 && !a.error; }"
    )
    assert not mia.errors


def test_an_issue_is_found_opened_on_its_model_trashed_and_brought_back(
    mia: Person, plates: Plates
) -> None:
    plates.pinned("Unfindable burr", "P", ON_PLATE, due_at="2030-12-11T22:59:59Z")
    mia.goes_to("/search?q=unfindable")
    mia.see("search-hit").filter(has_text="Unfindable burr").click()
    expect(mia.see("issue-title")).to_have_value("Unfindable burr")
    mia.see("issue-model").click()
    mia.settles()
    expect(mia.see("issue-detail")).to_be_visible()
    expect(mia.see("pin")).to_have_class(re.compile("chosen"))
    mia.see("issue-page").click()
    mia.see("issue-trash").click()
    expect(mia.see("issues-empty")).to_be_visible()
    mia.goes_to("/trash")
    line = mia.see("trash-row").filter(has_text="Unfindable burr")
    line.get_by_test_id("trash-restore").click()
    expect(line).to_have_count(0)
    mia.goes_to(f"/p/{plates.project}/issues")
    expect(mia.see("board-card")).to_contain_text("Unfindable burr")
    assert not mia.errors


def test_a_due_day_set_in_tokyo_is_the_same_day_in_berlin(
    shared_server: Served, open_context: Callable[..., BrowserContext], plates: Plates
) -> None:
    made = plates.issue("Due")
    tokyo = Person(open_context(viewport=SIZE, timezone_id="Asia/Tokyo"), shared_server)
    tokyo.is_signed_in()
    tokyo.goes_to(f"/p/{plates.project}/issues/1")
    tokyo.see("issue-due").fill("2030-12-11")
    tokyo.see("issue-title").focus()
    expect(tokyo.see("issue")).to_contain_text("Due 11 Dec 2030")
    stored = plates.owner.get(f"/issues/{made['id']}")["due_at"]
    assert stored.startswith("2030-12-11T14:59:59"), "the end of the day in Tokyo"
    berlin = Person(open_context(viewport=SIZE, timezone_id="Europe/Berlin"), shared_server)
    berlin.is_signed_in()
    berlin.goes_to(f"/p/{plates.project}/issues/1")
    expect(berlin.see("issue-due")).to_have_value("2030-12-11")
    expect(berlin.see("issue-due")).to_have_attribute("title", re.compile("15:59|3:59"))


def test_a_viewer_reads_and_is_offered_nothing_that_would_be_refused(
    shared_server: Served, open_context: Callable[..., BrowserContext], plates: Plates
) -> None:
    plates.issue("Weld missing")
    login = f"vi{plates.project[:8]}"
    plates.owner.post("/users", {"name": "Vi Ewer", "login": login, "password": PASSWORD})
    plates.owner.post(f"/projects/{plates.project}/members", {"login": login, "role": "viewer"})
    viewer = Person(open_context(viewport=SIZE), shared_server)
    viewer.is_signed_in(login, PASSWORD)
    viewer.goes_to(f"/p/{plates.project}/issues")
    expect(viewer.see("board-card")).to_have_attribute("draggable", "false")
    expect(viewer.see("card-menu")).to_have_count(0)
    viewer.see("board-card").get_by_role("link").click()
    expect(viewer.see("issue-title")).to_be_disabled()
    expect(viewer.see("reply-text")).to_have_count(0)
    expect(viewer.see("issue")).to_contain_text("You can read issues here")
    assert not viewer.errors
