"""Saved views, links and embedding: what was seen comes back, property for property."""

import base64
import json
import re
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from e2e.people import CEILING_MS, Person, add_asset
from playwright.sync_api import BrowserContext, expect
from served import Api, Served

WINDOW = {"width": 1100, "height": 640}
B_PARTS = ("Frame", "Valve", "Motor", "Pipe", "Tank", "Pump")
C_PARTS = ("Frame", "Bracket", "Valve", "Motor", "Pipe", "Tank", "Pump")
# Chosen by mouse and key in `disturb`; every area of a picture has to come back.
AREAS = ("visibility", "sections", "colouring", "explode", "selection", "measurements", "display",
         "points", "units", "markup", "notes", "layers")  # fmt: skip


def boxes(path: Path, names: tuple[str, ...]) -> Path:
    """An OBJ with one cube of 20 mm for each name, side by side."""
    lines, faces = [], ((1, 4, 3, 2), (5, 6, 7, 8), (1, 2, 6, 5), (2, 3, 7, 6), (3, 4, 8, 7), (4, 1, 5, 8))  # fmt: skip
    for index, name in enumerate(names):
        # A place for each name, so that only the added part differs between revisions.
        x = (B_PARTS.index(name) if name in B_PARTS else 7) * 0.03
        lines.append(f"o {name}")
        for corner in ((0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1)):  # fmt: skip
            lines.append(
                "v " + " ".join(f"{a * 0.02 + b}" for a, b in zip(corner, (x, 0, 0), strict=True))
            )
        lines += ["f " + " ".join(str(8 * index + v) for v in face) for face in faces]
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture(scope="module")
def skid(owner: Api, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """An asset with Rev A and Rev B, which adds a bracket."""
    folder = tmp_path_factory.mktemp("obj")
    made = add_asset(owner, boxes(folder / "skid.obj", B_PARTS), "Skids")
    later = owner.upload(
        f"/assets/{made['asset']['id']}/revisions", boxes(folder / "skid_c.obj", C_PARTS)
    )
    revision = owner.wait_for(later["id"])
    assert revision["state"] == "ready", revision
    return {**made, "later": revision}


@pytest.fixture
def mia(
    shared_server: Served,
    skid: dict[str, dict[str, Any]],
    open_context: Callable[..., BrowserContext],
) -> Person:
    """The owner with Rev A open."""
    person = Person(
        open_context(viewport=WINDOW, permissions=["clipboard-read", "clipboard-write"]),
        shared_server,
    )
    person.is_signed_in()
    person.opens_viewer(skid["asset"]["id"])
    return person


def press(person: Person, *keys: str) -> None:
    """Keys for the picture, whatever had the focus."""
    person.see("viewport").focus()
    for key in keys:
        person.page.keyboard.press(key)


def rests(person: Person) -> None:
    person.page.evaluate("window.__ux.settled(90_000)")


def disturb(person: Person) -> None:
    """Changes a little of everything, by mouse and keys."""
    person.clicks_row("Motor")
    press(person, "h")
    person.clicks_row("Valve")
    press(person, "4", "p")
    person.see("rail-sections").click()
    person.see("section-add-y").click()
    person.see("section-offset").fill("8 mm")
    person.page.keyboard.press("Enter")
    person.see("toolbar-explode").click()
    person.see("explode-amount").focus()
    for _ in range(7):
        person.page.keyboard.press("ArrowRight")
    person.page.keyboard.press("Escape")
    person.see("toolbar-display").click()
    person.see("display-ghost").click()
    person.see("display-grid").click()
    person.see("display-shadow").click()
    person.page.keyboard.press("Escape")
    person.see("rail-model").click()
    rests(person)


def picture(person: Person) -> dict[str, Any]:
    """All that belongs to the picture, as plain data."""
    return dict(json.loads(person.page.evaluate("JSON.stringify(window.__ux.viewpoint)")))


def assert_same(now: dict[str, Any], then: dict[str, Any]) -> None:
    """Property for property; the camera to 1e-4 of what it looks at."""
    for area in AREAS:
        assert now[area] == then[area], area
    for member in ("position", "target", "up"):
        assert now["camera"][member] == pytest.approx(then["camera"][member], abs=1e-6)
    assert now["camera"]["fov_rad"] == pytest.approx(then["camera"]["fov_rad"], abs=1e-6)
    assert now["camera"]["ortho_height_m"] == pytest.approx(then["camera"]["ortho_height_m"])


def copied_link(person: Person) -> str:
    """The link of *Copy link*, as it lies on the clipboard."""
    person.page.evaluate("navigator.clipboard.writeText('')")
    person.see("copy-link").click()
    expect(person.see("toast").last).to_contain_text("link is copied")
    return str(person.page.evaluate("navigator.clipboard.readText()"))


# What waits for longer than half a second waits for ever: the address does not follow by itself.
TIMERS_STAND_STILL = """() => {
  const real = window.setTimeout.bind(window);
  window.setTimeout = (run, ms, ...rest) => real(run, ms === 700 ? 3_600_000 : ms, ...rest);
}"""


def decoded(link: str) -> dict[str, Any]:
    """The viewpoint that stands in an address."""
    text = urlsplit(link).fragment.removeprefix("v=")
    packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    return dict(json.loads(zlib.decompress(packed, -15)))


def test_a_saved_view_brings_back_all_that_was_seen_and_back_leads_to_before_ux_36(
    mia: Person,
) -> None:
    disturb(mia)
    saved = picture(mia)
    mia.see("rail-views").click()
    expect(mia.see("views-empty")).to_be_visible()
    press(mia, "b")
    mia.see("view-name").fill("Valve access")
    mia.page.keyboard.press("Enter")
    row = mia.see("view")
    expect(row).to_have_attribute("data-name", "Valve access")
    drawn = row.locator("img")
    expect(drawn).to_be_visible()
    mia.until(
        "(img => img.complete && img.naturalWidth === 240)"
        "(document.querySelector('[data-testid=view] img'))"
    )
    # Unrelated changes: everything as it was, another part hidden, another plane, another camera.
    press(mia, "Alt+h", "p", "5")
    mia.see("chip-explode").get_by_test_id("chip-clear").click()
    mia.see("chip-sections").get_by_test_id("chip-clear").click()
    mia.see("rail-model").click()
    mia.clicks_row("Tank")
    press(mia, "Shift+h")
    rests(mia)
    before = picture(mia)
    assert before["visibility"]["isolated"] is True
    mia.see("rail-views").click()
    mia.see("view-open").click()
    expect(mia.see("chip-view")).to_contain_text("View: Valve access")
    rests(mia)
    assert_same(picture(mia), saved)
    mia.see("chip-back").click()
    rests(mia)
    assert_same(picture(mia), before)
    expect(mia.see("chip-view")).to_have_count(0)
    mia.page.keyboard.press("Control+z")
    rests(mia)
    assert_same(picture(mia), saved)
    assert mia.errors == []


def test_restoring_a_view_from_before_the_bracket_names_one_newer_part_ux_37(
    mia: Person, skid: dict[str, dict[str, Any]], owner: Api
) -> None:
    project = skid["project"]["id"]
    for row in owner.get(f"/projects/{project}/viewpoints")["items"]:
        owner.call("DELETE", f"/viewpoints/{row['id']}")
    mia.clicks_row("Motor")
    press(mia, "h", "b")
    mia.see("view-name").fill("Without motor")
    mia.page.keyboard.press("Enter")
    expect(mia.see("view")).to_have_count(1)
    mia.page.keyboard.press("Escape")
    mia.see("rail-model").click()
    mia.clicks_row("Valve")
    press(mia, "Shift+h", "b")
    mia.see("view-name").fill("Valve alone")
    mia.page.keyboard.press("Enter")
    expect(mia.see("view")).to_have_count(2)
    mia.opens_viewer(skid["asset"]["id"], "B")
    structure = mia.ux("structure")
    numbers = [n for n, part in zip(structure["name"], structure["part"], strict=True) if part >= 0]
    mia.see("rail-views").click()
    mia.see("view").filter(has_text="Without motor").get_by_test_id("view-open").click()
    expect(mia.see("chip-newer")).to_contain_text("1 newer part")
    hidden = [numbers[n] for first, last in mia.ux("hiddenRanges") for n in range(first, last + 1)]
    assert hidden == ["Motor"], "what did not exist then is visible"
    mia.page.keyboard.press("PageDown")
    expect(mia.see("chip-view")).to_contain_text("Valve alone")
    expect(mia.see("chip-newer")).to_contain_text("1 newer part")
    hidden = [numbers[n] for first, last in mia.ux("hiddenRanges") for n in range(first, last + 1)]
    assert sorted(hidden) == sorted(set(C_PARTS) - {"Valve"}), "an isolation hides it"
    mia.page.keyboard.press("PageUp")
    expect(mia.see("chip-view")).to_contain_text("Without motor")


def test_a_copied_link_and_the_address_bar_open_the_same_picture_property_for_property(
    mia: Person,
    shared_server: Served,
    skid: dict[str, dict[str, Any]],
    open_context: Callable[..., BrowserContext],
) -> None:
    assert urlsplit(mia.page.url).fragment == ""
    disturb(mia)
    seen = picture(mia)
    link = copied_link(mia)
    assert re.search(r"/v/[^#]+#v=[A-Za-z0-9_-]{100,4096}$", link)
    mia.until("location.hash.startsWith('#v=')")
    mia.page.reload()
    mia.settles()
    mia.waits_for("ux.sections.length === 1")
    rests(mia)
    assert_same(picture(mia), seen)
    # Somebody else, who has to sign in first.
    ben = Person(open_context(viewport=WINDOW), shared_server)
    ben.page.goto(link)
    ben.see("signin-login").fill("mia")
    ben.see("signin-password").fill("correct horse battery")
    ben.see("signin-submit").click()
    ben.settles()
    ben.waits_for("ux.sections.length === 1")
    rests(ben)
    assert_same(picture(ben), seen)
    # Pasting another link into the same page follows it, too.
    press(ben, "Alt+h")
    ben.until("hash => location.hash !== '#' + hash", urlsplit(link).fragment)
    ben.page.evaluate("hash => { location.hash = hash }", urlsplit(link).fragment)
    ben.waits_for("ux.hidden === 1")
    assert ben.errors == []


def test_a_link_and_the_address_say_what_is_seen_at_once_when_somebody_turns_away(
    mia: Person,
) -> None:
    """The address follows 0.7 s later; nobody has to wait for it."""
    mia.page.evaluate(TIMERS_STAND_STILL)
    mia.clicks_row("Motor")
    press(mia, "h")
    seen = picture(mia)
    assert urlsplit(mia.page.url).fragment == ""
    link = copied_link(mia)
    assert decoded(link)["visibility"]["hidden"] == seen["visibility"]["hidden"]

    # Another window comes in front: the address bar, or another tab. A browser without windows tells nobody.
    other = mia.context.new_page()
    other.bring_to_front()
    mia.page.evaluate("window.dispatchEvent(new Event('blur'))")
    assert decoded(mia.page.url)["visibility"]["hidden"] == seen["visibility"]["hidden"]
    other.close()

    # The page is loaded again before the address has followed.
    mia.clicks_row("Tank")
    press(mia, "h")
    assert decoded(mia.page.url)["visibility"]["hidden"] == seen["visibility"]["hidden"], "not yet"
    mia.page.reload()
    mia.settles()
    mia.waits_for("ux.hidden === 2")
    assert mia.errors == []


@pytest.mark.parametrize(
    ("fragment", "said"),
    [
        ("v=abc", "cut or damaged"),
        ("v=%%%", "cut or damaged"),
        ("view=0190b6d4-0000-7000-8000-000000000000", "no longer exists"),
        ("view=nonsense", "cut or damaged"),
    ],
)
def test_a_link_that_cannot_be_followed_is_named_and_the_model_opens(
    mia: Person, skid: dict[str, dict[str, Any]], fragment: str, said: str
) -> None:
    mia.goes_to("/help")
    mia.goes_to(f"/v/{skid['asset']['id']}/A#{fragment}")
    mia.settles()
    expect(mia.see("toast").last).to_contain_text(said)
    assert mia.ux("visible") == len(B_PARTS)
    assert mia.errors == []


def test_a_state_too_large_for_an_address_is_kept_by_the_server_and_a_guest_opens_it(
    mia: Person,
    owner: Api,
    shared_server: Served,
    skid: dict[str, dict[str, Any]],
    open_context: Callable[..., BrowserContext],
) -> None:
    # A page of notes makes a state that does not deflate well.
    import random

    noise = random.Random(7)
    words = "".join(chr(noise.randrange(0x4E00, 0x9FFF)) for _ in range(1900))
    content = {
        "format": "holotable-viewpoint/1",
        "revision_id": skid["revision"]["id"],
        "visibility": {"hidden": [[1, 2]]},
        "markup": {
            "marks": [
                {
                    "id": f"n{index}",
                    "kind": "pin",
                    "points": [{"position": [0, 0, 0]}],
                    "text": words,
                    "colour": "#d55e00",
                }
                for index in range(1)
            ]
        },
    }
    made = owner.post(
        f"/projects/{skid['project']['id']}/viewpoints", {"name": "Notes", "content": content}
    )
    mia.goes_to(f"/v/{skid['asset']['id']}/A#view={made['id']}")
    mia.page.reload()
    mia.settles()
    mia.waits_for("ux.hidden === 2")
    link = copied_link(mia)
    assert re.search(r"#view=[0-9a-f-]{36}$", link)
    shared = owner.post(
        f"/projects/{skid['project']['id']}/share-links",
        {"capability": "view", "asset_id": skid["asset"]["id"]},
    )
    dana = Person(open_context(viewport=WINDOW), shared_server)
    dana.page.goto(f"{shared['url']}#{urlsplit(link).fragment}")
    dana.see("guest-enter").click()
    dana.settles()
    dana.waits_for("ux.hidden === 2")
    assert picture(dana)["markup"] == picture(mia)["markup"]
    owner.call("DELETE", f"/viewpoints/{made['id']}")


def agenda(owner: Api, project: str) -> list[str]:
    """Names in the order that the server keeps."""
    rows = owner.get(f"/projects/{project}/viewpoints")["items"]
    return [str(row["name"]) for row in sorted(rows, key=lambda row: row["position"])]


def test_the_agenda_is_ordered_by_keys_renamed_searched_and_a_deleted_view_comes_back(
    mia: Person, owner: Api, skid: dict[str, dict[str, Any]]
) -> None:
    project = skid["project"]["id"]
    for row in owner.get(f"/projects/{project}/viewpoints")["items"]:
        owner.call("DELETE", f"/viewpoints/{row['id']}")
    content = {"format": "holotable-viewpoint/1", "revision_id": skid["revision"]["id"]}
    for name in ("One", "Two", "Three", "Four", "Five", "Six"):
        owner.post(f"/projects/{project}/viewpoints", {"name": name, "content": content})
    mia.see("rail-views").click()
    rows = mia.see("view")
    expect(rows).to_have_count(6)

    def names() -> list[str]:
        return [str(rows.nth(at).get_attribute("data-name")) for at in range(rows.count())]

    assert names() == ["One", "Two", "Three", "Four", "Five", "Six"]
    rows.filter(has_text="Three").get_by_test_id("view-open").focus()
    mia.page.keyboard.press("Alt+ArrowUp")
    expect(rows.nth(1)).to_have_attribute("data-name", "Three")
    expect(rows.nth(1).get_by_test_id("view-open")).to_be_focused()
    mia.page.keyboard.press("Alt+ArrowUp")
    expect(rows.nth(0)).to_have_attribute("data-name", "Three")
    rows.filter(has_text="Six").drag_to(rows.filter(has_text="Two"))
    expect(rows.nth(2)).to_have_attribute("data-name", "Six")
    ordered = ["Three", "One", "Six", "Two", "Four", "Five"]
    deadline = time.monotonic() + CEILING_MS / 1000
    while (kept := agenda(owner, project)) != ordered:
        assert time.monotonic() < deadline, kept
        mia.page.wait_for_timeout(50)
    mia.page.reload()
    mia.settles()
    mia.see("rail-views").click()
    expect(rows).to_have_count(6)
    assert names() == ordered
    rows.nth(0).get_by_test_id("view-menu").click()
    mia.see("view-rename").click()
    mia.see("view-edit").fill("Start here")
    mia.page.keyboard.press("Enter")
    expect(rows.nth(0)).to_have_attribute("data-name", "Start here")
    mia.see("view-search").fill("four")
    expect(rows).to_have_count(1)
    mia.see("view-search").fill("")
    rows.nth(1).get_by_test_id("view-menu").click()
    mia.see("view-delete").click()
    expect(rows).to_have_count(5)
    mia.see("toast").last.get_by_role("button", name="Undo").click()
    expect(rows).to_have_count(6)
    expect(rows.nth(1)).to_have_attribute("data-name", "One")
    assert mia.errors == []


def test_a_viewer_reads_views_and_copies_links_but_saves_none(
    shared_server: Served,
    owner: Api,
    skid: dict[str, dict[str, Any]],
    open_context: Callable[..., BrowserContext],
) -> None:
    owner.post("/users", {"name": "Vic", "login": "vic", "password": "another good phrase"})
    owner.post(f"/projects/{skid['project']['id']}/members", {"login": "vic", "role": "viewer"})
    vic = Person(open_context(viewport=WINDOW), shared_server)
    vic.is_signed_in("vic", "another good phrase")
    vic.opens_viewer(skid["asset"]["id"])
    vic.see("rail-views").click()
    expect(vic.see("view-open").first).to_be_visible()
    expect(vic.see("view-save")).to_have_count(0)
    press(vic, "b")
    expect(vic.see("toast").last).to_contain_text("role reviewer")
    vic.see("view-menu").first.click()
    expect(vic.see("view-copy-link")).to_be_visible()
    expect(vic.see("view-delete")).to_have_count(0)
