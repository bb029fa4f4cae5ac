"""Two revisions compared in the browser: what changed and why, in colours for every eye, old beside new (UX 38-40)."""

import io
import itertools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from e2e.colour_vision import ciede2000, lab
from e2e.house import violations
from e2e.people import PASSWORD, Person, add_asset
from e2e.shapes import coloured_step
from PIL import Image
from playwright.sync_api import BrowserContext, expect
from served import Api, Served

from holotable.sample import gearbox

STATES: Final = ("added", "removed", "modified", "moved", "unchanged")
EYES: Final = ("normal", "protan", "deutan", "tritan")
SIZE: Final = {"width": 1200, "height": 760}


@pytest.fixture(scope="module")
def gearboxes(owner: Api, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The sample gearbox with its revisions A, B and C."""
    folder = tmp_path_factory.mktemp("gearbox")
    project = owner.post("/projects", {"name": "Drive train"})
    gearbox.write(folder / "A.step", "A")
    made = owner.upload(f"/projects/{project['id']}/uploads", folder / "A.step")
    ids = {"A": str(made["revision"]["id"])}
    for label in ("B", "C"):
        gearbox.write(folder / f"{label}.step", label)
        file = folder / f"{label}.step"
        ids[label] = revision_of(owner.upload(f"/assets/{made['asset']['id']}/revisions", file))
    for revision in ids.values():
        assert owner.wait_for(revision)["state"] == "ready"
    return {"project": project, "asset": made["asset"], "ids": ids}


def revision_of(uploaded: dict[str, Any]) -> str:
    """Id of the revision that an upload made."""
    return str(uploaded.get("id") or uploaded["revision"]["id"])


@pytest.fixture(scope="module")
def alike(owner: Api, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """One asset with revisions A and B of the same shapes."""
    file = coloured_step(tmp_path_factory.mktemp("step") / "fixture.step")
    made = add_asset(owner, file, "Alike")
    second = owner.upload(f"/assets/{made['asset']['id']}/revisions", file)
    assert owner.wait_for(revision_of(second))["state"] == "ready"
    return made


def comparing(
    served: Served,
    open_context: Callable[..., BrowserContext],
    asset_id: str,
    new: str = "C",
    old: str = "B",
    **options: object,
) -> Person:
    mia = Person(open_context(viewport=SIZE, **options), served)
    mia.is_signed_in()
    mia.goes_to(f"/v/{asset_id}/{new}?compare={old}")
    expect(mia.see("changes")).to_have_attribute("data-state", "ready", timeout=60_000)
    mia.settles()
    return mia


def group(person: Person, state: str) -> Any:  # Locator
    return person.page.locator(f'[data-testid=changes-group][data-kind="{state}"]')


def change(person: Person, kind: str) -> Any:  # Locator
    """Lines of the list; a kind is a reason: `shape` is modified."""
    return person.page.locator(f'[data-testid=change][data-kind="{kind}"]')


def picture(person: Person) -> Any:  # (h, w, 3) of bytes
    png = person.see("viewport").screenshot()
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def test_b_to_c_lists_what_changed_and_why_ux_38(
    shared_server: Served, open_context: Callable[..., BrowserContext], gearboxes: dict[str, Any]
) -> None:
    mia = comparing(shared_server, open_context, gearboxes["asset"]["id"])
    for state in ("added", "removed", "moved", "modified"):
        expect(group(mia, state).get_by_test_id("changes-count")).to_have_text("1")
    expect(group(mia, "unchanged").get_by_test_id("changes-count")).to_have_text("150")
    for kind, name, why in (
        ("added", "S1", "not in the old revision"),
        ("removed", "Screw ISO 4762 M5x16", "not in the new revision"),
        ("shape", "Input cover", "hole Ø 6.0 → Ø 6.5"),
        ("moved", "P1", "moved 12.50 mm"),
    ):
        expect(change(mia, kind)).to_have_count(1)
        expect(change(mia, kind)).to_contain_text(name)
        expect(change(mia, kind).get_by_test_id("change-why")).to_have_text(why)
    expect(mia.see("chip-compare")).to_contain_text("Comparing B → C")

    # A press frames the change and says it; the keys go on.
    before = mia.ux("camera")
    change(mia, "moved").click()
    expect(mia.see("announcement").first).to_contain_text("moved 12.50 mm")
    mia.settles()
    assert mia.ux("camera") != before
    mia.see("viewport").focus()
    expect(mia.see("change-detail")).to_contain_text("moved 12.50 mm")
    reached = {mia.ux("comparing.stop")}
    for _ in range(3):
        mia.page.keyboard.press(".")
        reached.add(mia.ux("comparing.stop"))
    assert reached == {0, 1, 2, 3}
    expect(mia.see("change-position")).to_contain_text("Change 3 of 4")
    expect(mia.see("changes-viewed")).to_have_text("4 of 4 viewed")

    # Geometry and data apart: everything here is geometry.
    mia.see("changes-geometry").click()
    expect(mia.see("change")).to_have_count(0)
    mia.see("changes-geometry").click()
    expect(mia.see("change")).to_have_count(4)
    assert not mia.errors


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_states_differ_for_every_eye_and_changed_parts_carry_badges_ux_39(
    shared_server: Served,
    open_context: Callable[..., BrowserContext],
    gearboxes: dict[str, Any],
    theme: str,
) -> None:
    mia = comparing(shared_server, open_context, gearboxes["asset"]["id"], color_scheme=theme)
    colours: dict[str, tuple[int, int, int]] = {}
    for state in STATES:
        png = mia.see(f"legend-{state}").screenshot()
        pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))
        # The first half of a swatch is plain.
        red, green, blue = pixels[pixels.shape[0] // 2, pixels.shape[1] // 4]
        colours[state] = (int(red), int(green), int(blue))
    for eye in EYES:
        for one, other in itertools.combinations(STATES, 2):
            apart = ciede2000(lab(colours[one], eye), lab(colours[other], eye))
            assert apart >= 15.0, (theme, eye, one, other, apart)
    badges = mia.page.locator("[data-testid=change-badge]")
    expect(badges).to_have_count(4)
    shown = {badge.get_attribute("data-state"): badge.text_content() for badge in badges.all()}
    assert shown == {"added": "＋", "removed": "−", "modified": "△", "moved": "→"}
    # What is drawn has these colours: the removed screw and the new bracket stand outside.
    pixels = picture(mia)
    for state, kind in (("added", "added"), ("modified", "shape")):
        change(mia, kind).click()
        mia.settles()
        pixels = picture(mia)
        near = np.abs(pixels - np.array(colours[state])).max(axis=2) <= 40
        assert near.sum() > 300, (theme, state, int(near.sum()))
    assert not mia.errors


def test_the_slider_goes_from_end_to_end_by_the_keyboard_alone_ux_40(
    shared_server: Served, open_context: Callable[..., BrowserContext], gearboxes: dict[str, Any]
) -> None:
    mia = comparing(shared_server, open_context, gearboxes["asset"]["id"])
    mia.see("compare-mode-slider").focus()
    mia.page.keyboard.press("Space")
    slider = mia.page.get_by_role("slider", name="How much of the picture shows B")
    expect(slider).to_have_attribute("aria-valuenow", "50")
    slider.focus()
    for _ in range(12):
        mia.page.keyboard.press("ArrowLeft")
    expect(slider).to_have_attribute("aria-valuenow", "0")
    mia.page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuenow", "5")
    for _ in range(25):
        mia.page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuenow", "100")
    expect(slider).to_have_attribute("aria-valuetext", "100 % B, the rest C")
    mia.page.keyboard.press("Home")
    expect(slider).to_have_attribute("aria-valuenow", "0")
    mia.settles()

    # What is drawn follows: at 100 the new bracket is gone from the picture, which shows B alone.
    change(mia, "added").click()
    mia.settles()
    new = picture(mia)
    slider.focus()
    mia.page.keyboard.press("End")
    mia.settles()
    old = picture(mia)
    assert (np.abs(new - old).max(axis=2) > 40).sum() > 1000
    assert not mia.errors


def test_holding_a_key_shows_the_old_revision_until_it_is_let_go(
    shared_server: Served, open_context: Callable[..., BrowserContext], gearboxes: dict[str, Any]
) -> None:
    mia = comparing(shared_server, open_context, gearboxes["asset"]["id"])
    change(mia, "added").click()
    mia.settles()
    now = picture(mia)
    mia.see("viewport").focus()
    mia.page.keyboard.down("x")
    expect(mia.see("compare-alone")).to_have_text("B alone")
    mia.settles()
    then = picture(mia)
    mia.page.keyboard.up("x")
    expect(mia.see("compare-alone")).to_have_count(0)
    assert (np.abs(now - then).max(axis=2) > 40).sum() > 1000
    assert not mia.errors


def test_only_changes_fades_the_rest_and_ending_gives_the_model_back(
    shared_server: Served, open_context: Callable[..., BrowserContext], gearboxes: dict[str, Any]
) -> None:
    mia = comparing(shared_server, open_context, gearboxes["asset"]["id"])
    mia.page.keyboard.press("Escape")
    over = picture(mia)
    mia.see("compare-mode-only_changes").check(force=True)
    mia.settles()
    assert (np.abs(over - picture(mia)).max(axis=2) > 25).mean() > 0.05
    mia.see("compare-end").click()
    expect(mia.see("chip-compare")).to_have_count(0)
    assert "compare" not in mia.page.url
    mia.see("toolbar-undo").click()
    expect(mia.see("chip-compare")).to_be_visible()
    expect(mia.see("changes")).to_have_attribute("data-state", "ready")
    assert "compare=B" in mia.page.url
    assert not mia.errors


def test_side_by_side_both_are_whole_and_one_hand_moves_both_until_they_are_unlocked(
    shared_server: Served, open_context: Callable[..., BrowserContext], gearboxes: dict[str, Any]
) -> None:
    mia = comparing(shared_server, open_context, gearboxes["asset"]["id"])
    mia.see("compare-mode-side_by_side").check(force=True)
    change(mia, "removed").click()
    mia.settles()
    expect(mia.see("pane-old")).to_have_text("Rev B")
    expect(mia.see("pane-new")).to_have_text("Rev C")
    # The removed screw is only on the left; its badge, too.
    left, right = halves(mia)
    assert (np.abs(left - right).max(axis=2) > 40).sum() > 2000
    removed = mia.page.locator("[data-testid=change-badge][data-state=removed]")
    box, frame = removed.bounding_box(), mia.viewport()
    assert box is not None
    assert box["x"] + box["width"] < frame["x"] + frame["width"] / 2

    # What is under the pointer in one half is marked in the other.
    mia.see("viewport").focus()
    mia.page.keyboard.press("0")
    mia.settles()
    before = halves(mia)
    mia.points_at(0.25, 0.42)
    mia.page.wait_for_timeout(150)
    mia.settles()
    after = halves(mia)
    for then, now in zip(before, after, strict=True):
        assert (np.abs(then - now).max(axis=2) > 12).sum() > 200

    # One hand: both turn, and both are seen from the same place.
    drags(mia, (0.25, 0.3), (0.4, 0.35))
    turned = halves(mia)
    for then, now in zip(after, turned, strict=True):
        assert (np.abs(then - now).max(axis=2) > 25).mean() > 0.05
    mia.see("compare-link").click()
    drags(mia, (0.25, 0.3), (0.4, 0.35))
    alone = halves(mia)
    assert (np.abs(alone[0] - turned[0]).max(axis=2) > 25).mean() > 0.05
    assert (np.abs(alone[1] - turned[1]).max(axis=2) > 25).mean() < 0.01
    # The link holds where both are looked at from.
    mia.waits_for("location.hash.length > 10")
    mia.page.wait_for_timeout(1_000)
    mia.page.reload()
    expect(mia.see("changes")).to_have_attribute("data-state", "ready", timeout=60_000)
    mia.settles()
    expect(mia.see("compare-link")).to_have_attribute("aria-pressed", "false")
    assert mia.ux("comparing.mode") == "side_by_side"
    mia.page.mouse.move(5, 5)
    mia.settles()
    again = halves(mia)
    for then, now in zip(alone, again, strict=True):
        assert (np.abs(then - now).max(axis=2) > 60).mean() < 0.02
    mia.see("compare-link").click()
    expect(mia.see("compare-link")).to_have_attribute("aria-pressed", "true")
    assert not mia.errors


def halves(person: Person) -> tuple[Any, Any]:  # (h, w, 3) each, below the bar, above the legend
    whole = picture(person)
    height, width = whole.shape[:2]
    inner = whole[100 : int(height * 0.55), :]
    return inner[:, : width // 2 - 4], inner[:, width - (width // 2 - 4) :]


def drags(person: Person, start: tuple[float, float], end: tuple[float, float]) -> None:
    person.points_at(*start)
    person.page.mouse.down()
    person.points_at(*end)
    person.page.mouse.up()
    person.settles()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_displacements_are_seen_on_the_part_and_read_in_the_legend(
    shared_server: Served,
    open_context: Callable[..., BrowserContext],
    gearboxes: dict[str, Any],
    theme: str,
) -> None:
    mia = comparing(shared_server, open_context, gearboxes["asset"]["id"], color_scheme=theme)
    change(mia, "shape").click()
    mia.see("compare-mode-only_changes").check(force=True)
    mia.see("viewport").focus()
    mia.page.keyboard.press("0")
    change(mia, "shape").click()
    mia.settles()
    modified = picture(mia)
    mia.see("compare-heat").check()
    expect(mia.see("heat-legend")).to_have_attribute("data-state", "ready")
    mia.settles()
    # A hole of Ø 6.0 that is Ø 6.5 now: its wall lies 0.25 mm deeper, the rest where it was.
    expect(mia.see("heat-least")).to_have_text("−0.25 mm")
    expect(mia.see("heat-greatest")).to_have_text("+0.25 mm")
    plain = picture(mia)
    assert (np.abs(plain - modified).max(axis=2) > 40).sum() > 2000
    png = mia.see("heat-ramp").screenshot()
    ramp = np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))
    middle, width = ramp.shape[0] // 2, ramp.shape[1]
    inwards, none, outwards = (ramp[middle, at] for at in (4, width // 2, width - 5))
    for eye in EYES:
        seen = [
            lab((int(red), int(green), int(blue)), eye)
            for red, green, blue in (inwards, none, outwards)
        ]
        for one, other in itertools.combinations(seen, 2):
            assert ciede2000(one, other) >= 15.0, (theme, eye)
    # With a tolerance above it nothing is displaced any more; the way back is one step.
    mia.see("heat-tolerance").fill("0.3")
    mia.see("heat-tolerance").press("Enter")
    mia.settles()
    assert mia.ux("comparing.tolerance_m") == pytest.approx(0.0003)
    mia.see("toolbar-undo").click()
    assert mia.ux("comparing.tolerance_m") == pytest.approx(0.00001)
    mia.see("toolbar-undo").click()
    expect(mia.see("heat-legend")).to_have_count(0)
    assert not mia.errors


def test_a_hundred_thousand_changes_are_a_list_like_any_other(
    shared_server: Served, open_context: Callable[..., BrowserContext], gearboxes: dict[str, Any]
) -> None:
    many = 100_000
    bounds = {"min": [0.0, 0.0, 0.0], "max": [0.01, 0.01, 0.01]}

    def page_of(route: Any) -> None:  # Route
        query = parse_qs(urlsplit(route.request.url).query)
        first, limit = int(query.get("cursor", ["0"])[0]), int(query["limit"][0])
        end = min(many, first + limit)
        stops = [
            {"stop": at, "kind": "properties" if at % 2 else "moved", "name": f"Part {at}",
             "count": 1, "first_change": at, "remarks": [], "text": "", "from": [0], "to": [0],
             "bounds": bounds, "approximate": False}
            for at in range(first, end)
        ]  # fmt: skip
        route.fulfill(json={"items": stops, "next_cursor": str(end) if end < many else None})

    mia = Person(open_context(viewport=SIZE), shared_server)
    mia.signs_in()
    mia.page.route("**/compare/*/tour*", page_of)
    mia.goes_to(f"/v/{gearboxes['asset']['id']}/C?compare=B")
    expect(mia.see("changes-list")).to_have_attribute("data-lines", str(many + 5), timeout=60_000)
    assert mia.see("changes-list").locator("li").count() <= 80
    mia.see("viewport").focus()
    mia.page.keyboard.press(",")
    expect(mia.see("change-position")).to_contain_text("Change 100,000 of 100,000")
    expect(mia.page.locator("[data-testid=change][aria-current]")).to_contain_text("Part 99999")
    # Filters answer at once.
    mia.see("changes-data").click()
    expect(mia.see("changes-list")).to_have_attribute("data-lines", str(many // 2 + 5))
    assert not mia.errors


def test_while_it_is_computed_one_sees_how_far_it_is_and_may_stop_waiting(
    shared_server: Served, open_context: Callable[..., BrowserContext], alike: dict[str, Any]
) -> None:
    mia = Person(open_context(viewport=SIZE), shared_server)
    mia.signs_in()
    mia.page.route(
        re.compile(r"/compare/[0-9a-f-]+$"),
        lambda route: route.fulfill(
            status=202,
            headers={"Retry-After": "1"},
            json={"state": "computing", "from_revision_id": alike["revision"]["id"],
                  "to_revision_id": alike["revision"]["id"], "progress": 0.62, "remarks": []},
        ),
    )  # fmt: skip
    mia.goes_to(f"/v/{alike['asset']['id']}/B?compare=A")
    expect(mia.see("compare-computing")).to_contain_text("About 62 %")
    expect(mia.see("compare-computing").get_by_role("progressbar")).to_have_attribute(
        "value", "0.62"
    )
    mia.see("compare-stop").click()
    expect(mia.see("chip-compare")).to_have_count(0)
    expect(mia.see("compare-choose")).to_have_count(1)
    assert "compare" not in mia.page.url
    assert not mia.errors


def test_a_revision_with_itself_or_without_a_scene_says_what_to_do(
    shared_server: Served,
    open_context: Callable[..., BrowserContext],
    owner: Api,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("broken")
    made = add_asset(owner, coloured_step(folder / "fixture.step"), "Broken")
    broken = folder / "broken.step"
    broken.write_text("ISO-10303-21;\nHEADER;\nnot a file\n")
    later = revision_of(owner.upload(f"/assets/{made['asset']['id']}/revisions", broken))
    assert owner.wait_for(later)["state"] == "failed"
    mia = Person(open_context(viewport=SIZE), shared_server)
    mia.is_signed_in()
    mia.goes_to(f"/v/{made['asset']['id']}/A?compare=A")
    expect(mia.see("toast").first).to_contain_text("A is the revision on the table")
    expect(mia.see("changes")).to_contain_text("Pick a second revision")
    mia.goes_to(f"/v/{made['asset']['id']}/A?compare=B")
    problem = mia.see("compare-problem")
    expect(problem).to_have_attribute("data-code", "not_ready")
    expect(problem).to_contain_text("The conversion of one of the revisions failed")
    mia.see("compare-asset").click()
    expect(mia.see("asset")).to_be_visible()
    assert not mia.errors


def test_from_a_review_to_the_first_change_and_back_to_the_verdict_in_three_clicks(
    shared_server: Served,
    open_context: Callable[..., BrowserContext],
    owner: Api,
    gearboxes: dict[str, Any],
) -> None:
    owner.post("/users", {"name": "Ben Okoro", "login": "ben", "password": PASSWORD})
    project = gearboxes["project"]["id"]
    owner.post(f"/projects/{project}/members", {"login": "ben", "role": "reviewer"})
    approver = next(
        one["principal"]["id"]
        for one in owner.get(f"/projects/{project}/members")["items"]
        if one["login"] == "ben"
    )
    review = owner.post(f"/revisions/{gearboxes['ids']['C']}/reviews", {"approvers": [approver]})
    ben = Person(open_context(viewport=SIZE), shared_server)
    ben.is_signed_in("ben")
    ben.goes_to(f"/p/{project}/reviews/{review['id']}")
    expect(ben.see("review-changes")).to_have_attribute("data-state", "ready", timeout=60_000)
    said = ben.see("review-change").all_inner_texts()
    assert len(said) == 4
    assert "hole Ø 6.0 → Ø 6.5" in said[0]
    assert any("moved 12.50 mm" in each for each in said)
    assert violations(ben.page) == []

    ben.see("review-see").click()  # 1
    expect(ben.see("changes")).to_have_attribute("data-state", "ready")
    expect(ben.see("change-position")).to_contain_text("Change 1 of 4")
    ben.settles()
    assert ben.ux("comparing.stop") == 0
    ben.see("compare-verdict").click()  # 2
    ben.see("verdict-approve").click()  # 3
    expect(ben.see("verdict").last).to_contain_text("Ben Okoro")
    assert not ben.errors


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_while_comparing_ux_60(
    shared_server: Served,
    open_context: Callable[..., BrowserContext],
    gearboxes: dict[str, Any],
    theme: str,
) -> None:
    mia = comparing(shared_server, open_context, gearboxes["asset"]["id"], color_scheme=theme)
    change(mia, "shape").click()
    mia.see("compare-heat").check()
    expect(mia.see("heat-legend")).to_have_attribute("data-state", "ready")
    for mode in ("overlay", "slider", "side_by_side"):
        mia.see(f"compare-mode-{mode}").check(force=True)
        mia.settles()
        assert violations(mia.page) == [], mode


def test_compare_with_on_the_asset_page_opens_the_newer_of_two(
    shared_server: Served, open_context: Callable[..., BrowserContext], alike: dict[str, Any]
) -> None:
    mia = Person(open_context(viewport=SIZE), shared_server)
    mia.is_signed_in()
    mia.goes_to(f"/p/{alike['project']['id']}/a/{alike['asset']['id']}")
    # The older one's menu: still the new one lies on the table.
    mia.see("asset-compare").last.click()
    mia.see("asset-compare-with").click()
    expect(mia.see("changes")).to_have_attribute("data-state", "ready")
    assert mia.page.url.endswith("/B?compare=A")
    expect(mia.see("changes")).to_contain_text("Nothing changed")
    assert not mia.errors


def test_an_address_that_names_no_revision_offers_those_there_are(
    shared_server: Served, open_context: Callable[..., BrowserContext], alike: dict[str, Any]
) -> None:
    mia = Person(open_context(viewport=SIZE), shared_server)
    mia.is_signed_in()
    mia.goes_to(f"/v/{alike['asset']['id']}/B?compare=Z")
    expect(mia.see("toast").first).to_contain_text("Revision Z does not exist here")
    mia.see("compare-choose").click()
    expect(mia.see("changes")).to_have_attribute("data-state", "ready")
    assert not mia.errors


def test_what_cannot_be_compared_says_why_and_offers_another(
    shared_server: Served,
    open_context: Callable[..., BrowserContext],
    alike: dict[str, Any],
    owner: Api,
    tmp_path: Path,
) -> None:
    cloud = tmp_path / "scan.xyz"
    cloud.write_text("".join(f"{x} {y} 0\n" for x in range(40) for y in range(40)))
    scan = owner.upload(f"/assets/{alike['asset']['id']}/revisions", cloud)
    revision = owner.wait_for(revision_of(scan))
    mia = Person(open_context(viewport=SIZE), shared_server)
    mia.is_signed_in()
    mia.goes_to(f"/v/{alike['asset']['id']}/B?compare={revision['label']}")
    problem = mia.see("compare-problem")
    expect(problem).to_have_attribute("data-code", "not_comparable")
    expect(problem).to_contain_text("point cloud")
    mia.see("compare-choose").filter(has_text="Compare with A").click()
    expect(mia.see("changes")).to_have_attribute("data-state", "ready")
    assert not mia.errors
