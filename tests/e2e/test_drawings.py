"""Drawings beside the model: sent, zoomed, marked, said about, found again (issue 5)."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from anchor_models import Plate
from drawing_files import pdf, picture
from e2e.house import violations
from e2e.people import PASSWORD, Person
from PIL import Image
from playwright.sync_api import BrowserContext, FloatRect, expect
from served import Api, Served

SIZE: Final = {"width": 1400, "height": 860}


class House:
    """A project with a plate of one revision; Ben reviews it, Vera looks at it."""

    def __init__(self, owner: Api, folder: Path) -> None:
        self.owner, self.folder = owner, folder
        self.project = str(owner.post("/projects", {"name": "Drawings"})["id"])
        made = owner.upload(f"/projects/{self.project}/uploads", Plate().write(folder / "A.step"))
        self.asset = str(made["asset"]["id"])
        self.revision = str(made["revision"]["id"])
        assert owner.wait_for(self.revision)["state"] == "ready"
        logins = {one["login"] for one in owner.get("/users")["items"]}
        for name, login, role in (("Ben", "ben", "reviewer"), ("Vera", "vera", "viewer")):
            if login not in logins:
                owner.post("/users", {"name": name, "login": login, "password": PASSWORD})
            owner.post(f"/projects/{self.project}/members", {"login": login, "role": role})

    def drawing(self, name: str = "Plate.pdf", revision: str | None = None) -> dict[str, Any]:
        file = self.folder / name
        file.write_bytes(pdf())
        made: dict[str, Any] = self.owner.upload(
            f"/revisions/{revision or self.revision}/drawings", file
        )
        return made

    def issue_on(self, drawing: dict[str, Any], title: str, **place: Any) -> dict[str, Any]:
        made: dict[str, Any] = self.owner.post(
            f"/projects/{self.project}/issues",
            {"title": title, "revision_id": drawing["revision_id"]},
        )
        said = {"drawing_id": drawing["id"], "page": 0, "x": 0.5, "y": 0.5, **place}
        self.owner.post(f"/issues/{made['id']}/sheet", said)
        return made


@pytest.fixture(scope="module")
def house(owner: Api, tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(owner, tmp_path_factory.mktemp("drawings"))


@pytest.fixture
def fresh(owner: Api, tmp_path: Path) -> House:
    return House(owner, tmp_path)


def person(
    server: Served, open_context: Callable[..., BrowserContext], login: str = "mia"
) -> Person:
    found = Person(open_context(viewport=SIZE), server)
    found.is_signed_in(*([] if login == "mia" else [login, PASSWORD]))
    return found


def box_of(who: Person, testid: str) -> FloatRect:
    box = who.see(testid).bounding_box()
    assert box is not None
    return box


def rests(who: Person) -> str:
    """Wait until the sheet is drawn as it lies; what was drawn."""
    paper = who.see("sheet-paper")
    expect(paper).to_have_attribute("data-drawn", re.compile(r".+"), timeout=30_000)
    who.page.wait_for_timeout(400)
    return str(paper.get_attribute("data-drawn"))


def pixels(who: Person, testid: str = "sheet-stage") -> Image.Image:
    return Image.open(io.BytesIO(who.see(testid).screenshot())).convert("L")


def drag(who: Person, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag between fractions of the paper."""
    box = box_of(who, "sheet-paper")
    at = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (start, end)]
    who.page.mouse.move(*at[0])
    who.page.mouse.down()
    who.page.mouse.move(*at[1], steps=8)
    who.page.mouse.up()


def test_a_pdf_is_sent_zoomed_marked_and_said_about_and_is_there_after_a_reload(
    shared_server: Served, open_context: Callable[..., BrowserContext], fresh: House
) -> None:
    mia = person(shared_server, open_context)
    mia.opens_viewer(fresh.asset)
    mia.see("rail-drawings").click()
    expect(mia.see("drawings-empty")).to_be_visible()
    mia.see("drawing-file").set_input_files(
        {"name": "Plate.pdf", "mimeType": "application/pdf", "buffer": pdf()}
    )
    expect(mia.see("drawing")).to_contain_text("2 sheets", timeout=30_000)
    # It opens by itself, beside the model, sharp, with its size.
    expect(mia.see("sheet-size")).to_have_text("210 × 297 mm")
    first = rests(mia)
    darkest, lightest = pixels(mia).getextrema()
    assert (darkest < 120, lightest) == (True, 255)  # lines on paper
    assert box_of(mia, "viewport")["width"] > 250
    # The wheel zooms about the pointer.
    paper = box_of(mia, "sheet-paper")
    at = (paper["x"] + 0.5 * paper["width"], paper["y"] + 0.45 * paper["height"])
    mia.page.mouse.move(*at)
    mia.page.mouse.wheel(0, -600)
    expect(mia.see("sheet-paper")).not_to_have_attribute("data-drawn", first, timeout=30_000)
    after = box_of(mia, "sheet-paper")
    assert after["width"] > paper["width"] * 2
    assert after["x"] + 0.5 * after["width"] == pytest.approx(at[0], abs=2)
    assert after["y"] + 0.45 * after["height"] == pytest.approx(at[1], abs=2)
    # Another sheet, of another size; keys turn and fit.
    mia.see("sheet-stage").focus()
    mia.page.keyboard.press("PageDown")
    expect(mia.see("sheet-size")).to_have_text("420 × 297 mm")
    mia.page.keyboard.press("PageUp")
    expect(mia.see("sheet")).to_have_attribute("data-page", "1")
    # Marks, undone and redone, then a comment with C over the sheet.
    mia.see("sheet-tool-cloud").click()
    drag(mia, (0.3, 0.5), (0.6, 0.6))
    mia.see("sheet-tool-arrow").click()
    drag(mia, (0.2, 0.3), (0.4, 0.5))
    expect(mia.see("sheet-marks")).to_have_attribute("data-count", "2")
    mia.see("sheet-undo").click()
    expect(mia.see("sheet-marks")).to_have_attribute("data-count", "1")
    mia.see("sheet-redo").click()
    box = box_of(mia, "sheet-paper")
    mia.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    mia.page.keyboard.press("c")
    expect(mia.see("composer-sheet")).to_have_text("Plate, sheet 1")
    mia.see("composer-text").fill("The bore is drawn too small")
    mia.page.keyboard.press("Control+Enter")
    expect(mia.see("sheet-pin")).to_have_count(1, timeout=30_000)
    expect(mia.see("sheet-marks")).to_have_attribute("data-count", "0")
    mia.page.reload()
    mia.settles()
    mia.see("rail-issues").click()
    mia.see("comment-row").click()
    expect(mia.see("sheet-pin")).to_have_attribute("data-kind", "comment", timeout=30_000)
    expect(mia.see("sheet-line").first).to_contain_text("On Plate, sheet 1 of 2, revision A")
    assert mia.page.locator("[data-testid=sheet-marks] path").count() == 2
    assert mia.errors == []


def test_an_issue_on_the_second_sheet_opens_there_from_the_list_and_by_its_address(
    shared_server: Served, open_context: Callable[..., BrowserContext], fresh: House
) -> None:
    drawing = fresh.drawing()
    ben = person(shared_server, open_context, "ben")
    ben.opens_viewer(fresh.asset)
    ben.see("rail-drawings").click()
    expect(ben.see("drawing-add")).to_have_count(0)  # a reviewer marks, an editor adds
    ben.see("drawing").click()
    rests(ben)
    ben.see("sheet-next").click()
    ben.see("sheet-issue").click()
    ben.see("composer-title").fill("Wrong scale")
    ben.see("composer-post").click()
    expect(ben.see("sheet-pin")).to_have_attribute("data-number", re.compile(r"\d+"))
    number = str(ben.see("sheet-pin").get_attribute("data-number"))
    # What others say appears by itself, and the view stays as it is.
    ben.see("sheet-zoom-in").click()
    scale = ben.see("sheet-stage").get_attribute("data-scale")
    drawn = rests(ben)
    fresh.issue_on(drawing, "Of somebody else", page=1, x=0.2)
    expect(ben.see("sheet-pin")).to_have_count(2, timeout=30_000)
    expect(ben.see("sheet-stage")).to_have_attribute("data-scale", str(scale))
    assert rests(ben) == drawn
    found = fresh.owner.get(f"/projects/{fresh.project}/issues")["items"]
    sheet = next(one for one in found if one["title"] == "Wrong scale")["sheet"]
    assert (sheet["drawing_id"], sheet["page"]) == (drawing["id"], 1)
    ben.see("sheet-close").click()
    expect(ben.see("sheet")).to_have_count(0)
    ben.see("rail-issues").click()
    ben.page.locator(f'[data-testid=issue-row][data-number="{number}"]').click()
    expect(ben.see("sheet")).to_have_attribute("data-page", "2", timeout=30_000)
    mia = person(shared_server, open_context)
    mia.goes_to(f"/v/{fresh.asset}/A?issue={number}")
    expect(mia.see("sheet")).to_have_attribute("data-page", "2", timeout=30_000)
    expect(mia.see("issue-detail")).to_have_attribute("data-number", number)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_issue_gets_another_place_on_a_sheet_by_a_press_or_by_keys(
    shared_server: Served,
    open_context: Callable[..., BrowserContext],
    fresh: House,
    theme: str,
    tmp_path: Path,
) -> None:
    plan = fresh.drawing("Plan.pdf")
    mark = {"kind": "cloud", "start": [0.4, 0.4], "end": [0.6, 0.6], "colour": "#1570ef"}
    made = fresh.issue_on(plan, "Wrong scale", marks=[mark])
    where = f"/issues/{made['id']}"
    ben = Person(open_context(viewport=SIZE, color_scheme=theme), shared_server)
    ben.is_signed_in("ben", PASSWORD)
    ben.goes_to(f"/v/{fresh.asset}/A?issue=1")
    expect(ben.see("sheet")).to_have_attribute("data-page", "1", timeout=60_000)
    rests(ben)
    ben.see("sheet-line-move").click()
    expect(ben.see("sheet-moving")).to_contain_text("Click the new place of #1")
    ben.screenshot(tmp_path / "moving.png")
    drag(ben, (0.5, 0.5), (0.45, 0.45))  # moves the sheet, puts nothing
    expect(ben.see("sheet-moving")).to_be_visible()
    ben.see("sheet-fit-page").click()  # until now it looked at the mark alone
    rests(ben)
    box = box_of(ben, "sheet-paper")
    ben.page.mouse.click(box["x"] + 0.25 * box["width"], box["y"] + 0.75 * box["height"])
    expect(ben.see("sheet-moving")).to_have_count(0)
    pins = f"/revisions/{fresh.revision}/sheet-pins"
    expect(ben.see("sheet-line-show")).to_be_visible()
    for _ in range(200):  # the page shows the place before the server has it
        (pin,) = fresh.owner.get(pins)["items"]
        if pin["x"] != 0.5:
            break
        ben.page.wait_for_timeout(100)
    assert (pin["x"], pin["y"]) == (pytest.approx(0.25, abs=0.01), pytest.approx(0.75, abs=0.01))
    assert len(pin["marks"]) == 1  # what is drawn there stays

    # By keys, on the second sheet; Escape gives up first, and closes nothing.
    ben.see("sheet-line-move").click()
    ben.page.keyboard.press("Escape")
    expect(ben.see("sheet-moving")).to_have_count(0)
    expect(ben.see("sheet")).to_be_visible()
    ben.see("sheet-line-move").click()
    ben.page.keyboard.press("PageDown")
    expect(ben.see("sheet")).to_have_attribute("data-page", "2")
    rests(ben)
    ben.page.keyboard.press("ArrowRight")
    expect(ben.see("sheet-cross")).to_be_visible()
    ben.page.keyboard.press("Enter")
    expect(ben.see("sheet-line")).to_contain_text("sheet 2 of 2", timeout=10_000)
    sheet = fresh.owner.get(where)["sheet"]
    assert (sheet["page"], sheet["y"]) == (1, pytest.approx(0.5, abs=0.05))

    ben.see("sheet-line-off").click()
    expect(ben.see("sheet-line")).to_have_count(0)
    assert fresh.owner.get(where)["sheet"] is None
    ben.see("sheet-close").click()
    ben.see("sheet-put").click()  # opens the first sheet again
    expect(ben.see("sheet-moving")).to_be_visible()
    rests(ben)
    ben.page.keyboard.press("ArrowUp")
    ben.page.keyboard.press("Enter")
    expect(ben.see("sheet-line")).to_contain_text("Plan")
    assert fresh.owner.get(where)["sheet"]["drawing_id"] == plan["id"]
    assert not ben.errors


def test_issues_are_found_by_their_drawing_and_by_having_no_place(
    shared_server: Served, open_context: Callable[..., BrowserContext], fresh: House
) -> None:
    plan, lid = fresh.drawing("Plan.pdf"), fresh.drawing("Lid.pdf")
    fresh.issue_on(plan, "On the plan")
    fresh.issue_on(lid, "On the lid")
    fresh.owner.post(f"/projects/{fresh.project}/issues", {"title": "Nowhere"})
    mia = person(shared_server, open_context)
    mia.goes_to(f"/p/{fresh.project}/issues?view=table")
    rows = mia.see("table-row")
    expect(rows).to_have_count(3)
    place = mia.see("issues-place")
    assert place.locator("optgroup option").all_inner_texts() == ["Lid", "Plan"]
    place.select_option(label="Plan")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("On the plan")
    expect(rows).to_contain_text("Plan, sheet 1")
    mia.see("filters-menu").click()
    mia.see("filter-keep").click()
    mia.see("filter-name").fill("Plan")
    mia.see("filter-save").click()
    place.select_option("nowhere")
    expect(rows).to_contain_text("Nowhere")
    expect(rows).to_have_count(1)
    place.select_option("sheet")
    expect(rows).to_have_count(2)
    place.select_option("model")
    expect(mia.see("issues-none")).to_be_visible()
    mia.page.reload()  # the address says it
    expect(mia.see("issues-none")).to_be_visible()
    expect(place).to_have_value("model")
    mia.see("filters-menu").click()
    mia.see("filter-kept").click()
    expect(rows).to_have_count(1)
    expect(place).to_have_value("drawing:Plan")
    mia.see("issues-everything").click()
    expect(rows).to_have_count(3)
    assert not mia.errors


def test_a_mark_is_set_by_keys_alone(
    shared_server: Served, open_context: Callable[..., BrowserContext], fresh: House
) -> None:
    fresh.drawing()
    mia = person(shared_server, open_context)
    mia.opens_viewer(fresh.asset)
    mia.see("rail-drawings").click()
    mia.see("drawing").press("Enter")
    rests(mia)
    mia.see("sheet-tool-rectangle").press("Enter")
    mia.see("sheet-stage").focus()
    for key in ("ArrowLeft", "Enter", *["ArrowRight"] * 6, *["ArrowDown"] * 4, "Enter"):
        mia.page.keyboard.press(key)
    expect(mia.see("sheet-cross")).to_be_visible()
    expect(mia.see("sheet-marks")).to_have_attribute("data-count", "1")
    mia.page.keyboard.press("i")
    expect(mia.see("composer-title")).to_be_focused()
    mia.page.keyboard.type("Set by keys")
    mia.page.keyboard.press("Control+Enter")
    expect(mia.see("sheet-pin")).to_have_count(1, timeout=30_000)
    mia.see("sheet-stage").focus()
    mia.page.keyboard.press("Escape")  # the tool
    mia.page.keyboard.press("Escape")  # the sheet
    expect(mia.see("sheet")).to_have_count(0)


def test_a_viewer_looks_and_adds_nothing(
    shared_server: Served, open_context: Callable[..., BrowserContext], fresh: House
) -> None:
    drawing = fresh.drawing()
    fresh.issue_on(drawing, "Seen by all")
    vera = person(shared_server, open_context, "vera")
    vera.opens_viewer(fresh.asset)
    vera.see("rail-drawings").click()
    expect(vera.see("drawing-read-only")).to_be_visible()
    vera.see("drawing").click()
    rests(vera)
    expect(vera.see("sheet-pin")).to_have_count(1)
    for testid in ("sheet-tool-pen", "sheet-comment", "sheet-issue", "drawing-menu"):
        expect(vera.see(testid)).to_have_count(0)
    vera.see("sheet-pin").click()
    expect(vera.see("issue-detail")).to_be_visible()


def test_a_bad_file_says_why_and_what_to_do_and_can_be_taken_off(
    shared_server: Served, open_context: Callable[..., BrowserContext], fresh: House
) -> None:
    mia = person(shared_server, open_context)
    mia.opens_viewer(fresh.asset)
    mia.see("rail-drawings").click()
    for content, code, words in (
        (b"%PDF-1.7 nothing", "damaged_drawing", "damaged"),
        (pdf(password="secret"), "encrypted_drawing", "without a password"),
        (b"<svg/>", "not_a_drawing", "Export the drawing as PDF"),
    ):
        mia.see("drawing-file").set_input_files(
            {"name": "bad.pdf", "mimeType": "application/pdf", "buffer": content}
        )
        expect(mia.see("drawing-upload")).to_have_attribute("data-code", code, timeout=30_000)
        expect(mia.see("drawing-upload")).to_contain_text(words)
        mia.see("drawing-cancel").click()
        expect(mia.see("drawing-upload")).to_have_count(0)
    expect(mia.see("drawings-empty")).to_be_visible()


def test_a_removed_drawing_is_undone_and_its_issue_says_meanwhile_where_it_was(
    shared_server: Served, open_context: Callable[..., BrowserContext], fresh: House
) -> None:
    fresh.issue_on(fresh.drawing(), "Stays")
    mia = person(shared_server, open_context)
    mia.opens_viewer(fresh.asset)
    mia.see("rail-drawings").click()
    mia.see("drawing-menu").click()
    mia.see("drawing-remove").click()
    expect(mia.see("drawings-empty")).to_be_visible()
    mia.see("rail-issues").click()
    mia.see("issue-row").click()
    expect(mia.see("sheet-line")).to_contain_text("Was on Plate, sheet 1", timeout=30_000)
    mia.page.get_by_role("button", name="Undo", exact=True).last.click()
    expect(mia.see("sheet-line")).to_contain_text("On Plate, sheet 1 of 2", timeout=30_000)


def test_a_later_revision_shows_what_was_said_and_that_nobody_compared(
    shared_server: Served, open_context: Callable[..., BrowserContext], fresh: House
) -> None:
    fresh.issue_on(fresh.drawing(), "Of revision A")
    made = fresh.owner.upload(
        f"/assets/{fresh.asset}/revisions", Plate(arm_at=None).write(fresh.folder / "B.step")
    )
    revision = str(made.get("id") or made["revision"]["id"])
    assert fresh.owner.wait_for(revision)["state"] == "ready"
    fresh.drawing(revision=revision)
    mia = person(shared_server, open_context)
    mia.opens_viewer(fresh.asset, "B")
    mia.see("rail-drawings").click()
    mia.see("drawing").click()
    rests(mia)
    expect(mia.see("sheet-pin")).to_have_attribute("data-carried", "true")
    expect(mia.see("sheet-carried")).to_have_text("From revision A, not compared")


def test_a_picture_is_a_sheet_and_the_page_is_clean_in_both_themes_and_narrow(
    shared_server: Served, open_context: Callable[..., BrowserContext], house: House, tmp_path: Path
) -> None:
    house.issue_on(
        house.drawing(),
        "Marked",
        marks=[
            {"kind": "cloud", "start": [0.3, 0.45], "end": [0.55, 0.6], "colour": "#d55e00"},
            {"kind": "arrow", "start": [0.15, 0.8], "end": [0.3, 0.62], "colour": "#0072b2"},
            {"kind": "text", "at": [0.1, 0.81], "text": "Ø 6.5?", "colour": "#0072b2"},
        ],
    )
    scan = house.folder / "Scan.png"
    scan.write_bytes(picture())
    house.owner.upload(f"/revisions/{house.revision}/drawings", scan)
    mia = person(shared_server, open_context)
    mia.opens_viewer(house.asset)
    mia.see("rail-drawings").click()
    mia.page.locator("[data-testid=drawing][data-name=Scan]").click()
    expect(mia.see("sheet-size")).to_have_text("320 × 200 px, paper size unknown")
    rests(mia)
    mia.page.locator("[data-testid=drawing][data-name=Plate]").click()
    rests(mia)
    for theme in ("light", "dark"):
        mia.page.emulate_media(color_scheme=theme)
        mia.page.wait_for_timeout(300)
        assert violations(mia.page, []) == []
        mia.screenshot(tmp_path / f"{theme}.png")
    mia.see("sheet-comment").click()
    mia.page.wait_for_timeout(300)
    mia.screenshot(tmp_path / "composer.png")
    mia.see("composer-discard").click()
    mia.page.set_viewport_size({"width": 700, "height": 800})
    mia.page.locator("[data-testid=drawing][data-name=Plate]").click()
    expect(mia.see("drawings")).to_have_count(0)  # it would lie over the sheet
    middle = box_of(mia, "sheet")
    frame = box_of(mia, "viewport")
    assert middle["width"] == pytest.approx(frame["width"], abs=2)
    mia.page.wait_for_timeout(600)
    mia.screenshot(tmp_path / "narrow.png")
