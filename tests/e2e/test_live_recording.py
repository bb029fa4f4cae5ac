"""Recording with consent, and the minutes that a session leaves behind."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from e2e.headset import aims, trigger, wears_headset
from e2e.people import CEILING_MS, Person, add_asset
from e2e.shapes import coloured_step
from playwright.sync_api import BrowserContext, expect
from served import Api, Served, owner_of, serving

SIZE = {"width": 1280, "height": 720}
Meeting = tuple[Served, Api, dict[str, Any]]


@pytest.fixture
def meeting_server(tmp_path: Path) -> Iterator[Meeting]:
    """A server with one asset and two people."""
    with serving(tmp_path / "data") as running:
        mia = owner_of(running)
        yield running, mia, add_asset(mia, coloured_step(tmp_path / "fixture.step"))


def starts_session(host: Person, asset_id: str) -> str:
    host.is_signed_in()
    host.opens_viewer(asset_id)
    host.see("session-button").click()
    host.see("session-lobby").select_option("off")
    host.see("session-start").click()
    code = re.sub(r"\D", "", host.see("session-code").inner_text())
    host.page.keyboard.press("Escape")
    return code


def joins_by_code(guest: Person, code: str, name: str) -> None:
    guest.goes_to("/go")
    for digit in code:
        guest.see(f"go-key-{digit}").click()
    guest.see("lobby-name").fill(name)
    guest.see("lobby-join").click()
    guest.settles()
    guest.waits_for("ux.session !== null && ux.people.length >= 2")


def presses_record(host: Person) -> None:
    host.see("session-button").click()
    host.see("session-record").click()
    host.page.keyboard.press("Escape")
    expect(host.see("recording-badge")).to_be_visible(timeout=CEILING_MS)


def says(person: Person, *lines: str) -> None:
    if person.see("chat-input").count() == 0:
        person.see("rail-chat").click()
    for line in lines:
        person.see("chat-input").fill(line)
        person.page.keyboard.press("Enter")


def test_recording_asks_the_others_and_keeps_nothing_from_before_ux_54(
    meeting_server: Meeting, open_context: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    served, owner, made = meeting_server
    mia = Person(open_context(viewport=SIZE), served)
    ben = Person(open_context(viewport=SIZE), served)
    code = starts_session(mia, made["asset"]["id"])
    joins_by_code(ben, code, "Ben")
    says(ben, "before the press")
    expect(mia.see("session-button")).to_be_visible()
    ben.points_at(0.5, 0.5)

    presses_record(mia)
    expect(mia.see("consent-dialog")).to_have_count(0)
    expect(ben.see("consent-dialog")).to_be_visible(timeout=CEILING_MS)
    expect(ben.see("recording-badge")).to_be_visible()
    ben.page.keyboard.press("Escape")  # nothing closes it but an answer
    expect(ben.see("consent-dialog")).to_be_visible()
    ben.screenshot(tmp_path / "shots" / "consent.png")
    ben.see("consent-continue").click()
    expect(ben.see("consent-dialog")).to_have_count(0)
    expect(ben.see("recording-badge")).to_contain_text(re.compile(r"REC\s*0:\d\d"))
    mia.screenshot(tmp_path / "shots" / "rec.png")

    # A late joiner is told before they join, and not asked again.
    chloe = Person(open_context(viewport=SIZE), served)
    chloe.goes_to("/go")
    for digit in code:
        chloe.see(f"go-key-{digit}").click()
    expect(chloe.see("lobby-recording")).to_be_visible(timeout=CEILING_MS)
    chloe.see("lobby-name").fill("Chloé")
    chloe.see("lobby-join").click()
    chloe.settles()
    expect(chloe.see("recording-badge")).to_be_visible(timeout=CEILING_MS)
    expect(chloe.see("consent-dialog")).to_have_count(0)

    says(ben, "after the press")
    for step in range(6):
        mia.points_at(0.3 + 0.05 * step, 0.5)
    mia.page.wait_for_timeout(1_500)
    mia.see("session-button").click()
    mia.see("session-record").click()
    for person in (mia, ben, chloe):
        expect(person.see("recording-badge")).to_have_count(0)

    (session,) = owner.get(f"/projects/{made['project']['id']}/sessions")["items"]
    (recording,) = owner.get(f"/sessions/{session['id']}/recordings")["items"]
    operations = owner.get(f"/recordings/{recording['id']}/operations")["items"]
    assert [one["op"]["value"]["text"] for one in operations] == ["after the press"]
    assert all(one["ms"] >= 0 for one in operations)
    started = datetime.fromisoformat(recording["started_at"])
    assert all(datetime.fromisoformat(one["op"]["at"]) >= started for one in operations)
    manifest = owner.get(f"/recordings/{recording['id']}/manifest")
    assert manifest["chunks"]
    assert all(0 <= one["from_ms"] <= one["to_ms"] for one in manifest["chunks"])
    assert mia.errors + ben.errors + chloe.errors == []


def test_a_session_leaves_minutes_whose_lines_open_their_second_ux_55(
    meeting_server: Meeting, open_context: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    served, owner, made = meeting_server
    project, asset = made["project"]["id"], made["asset"]["id"]
    mia = Person(open_context(viewport=SIZE), served)
    ben = Person(open_context(viewport=SIZE), served)
    code = starts_session(mia, asset)
    joins_by_code(ben, code, "Ben")
    presses_record(mia)
    ben.see("consent-continue").click()

    # A cut, so that the recording shows something; a saved view; decisions; a question; an issue.
    mia.see("rail-sections").click()
    mia.see("section-add-x").click()
    expect(ben.see("chip-sections")).to_be_visible(timeout=CEILING_MS)
    mia.see("rail-views").click()
    mia.see("view-save").click()
    mia.see("view-name").fill("Valve access")
    mia.page.keyboard.press("Enter")
    mia.see("view-open").first.click()
    mia.page.wait_for_timeout(1_200)
    says(mia, "/decide Bore becomes 6.5 mm")
    says(ben, "Let me see")
    ben.see("chat-agree").click()
    says(ben, "/q Who orders the seals?")
    owner.post(f"/projects/{project}/issues", {"title": "Bore too small", "asset_id": asset})
    expect(mia.see("chat-message").filter(has_text="Who orders the seals?")).to_be_visible(
        timeout=CEILING_MS
    )
    mia.page.wait_for_timeout(1_000)

    mia.see("session-button").click()
    mia.see("session-end").click()
    expect(ben.see("connection-banner")).to_have_attribute("data-state", "ended")
    mia.page.get_by_role("button", name="Minutes").click()  # of the notice
    expect(mia.see("minutes")).to_be_visible(timeout=CEILING_MS)
    expect(mia.see("minutes-attendee").filter(has_text="Mia Berg")).to_contain_text(" to ")
    expect(mia.see("minutes-attendee").filter(has_text="Ben")).to_contain_text(" to ")
    expect(mia.see("minutes-decisions")).to_contain_text("Bore becomes 6.5 mm")
    expect(mia.see("minutes-decisions")).to_contain_text("1 agreed: Ben")
    expect(mia.see("minutes-questions")).to_contain_text("Who orders the seals?")
    expect(mia.see("minutes-issues")).to_contain_text("Bore too small")
    expect(mia.see("minutes-agenda")).to_contain_text("Valve access")
    for theme in ("light", "dark"):
        mia.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]  # one of two
        mia.screenshot(tmp_path / "shots" / f"minutes-{theme}.png")

    # Every line leads to a replay that opens within a second of what it tells.
    (session,) = owner.get(f"/projects/{project}/sessions")["items"]
    (recording,) = owner.get(f"/sessions/{session['id']}/recordings")["items"]
    start = datetime.fromisoformat(recording["started_at"])
    lines = mia.see("minutes-when")
    assert lines.count() >= 4
    for number in range(lines.count()):
        href, at = (
            lines.nth(number).get_attribute("href"),
            lines.nth(number).get_attribute("data-at"),
        )
        assert href is not None
        assert at is not None
        assert "/replay?r=" in href
        second = float(href.partition("&t=")[2] or 0)
        assert abs((datetime.fromisoformat(at) - start).total_seconds() - second) <= 1.0

    mia.see("minutes-publish").click()
    mia.see("publish-confirm").click()
    expect(mia.see("minutes-published")).to_contain_text("Mia Berg")

    mia.see("minutes-decisions").get_by_test_id("minutes-when").click()
    mia.settles()
    expect(mia.see("replay-bar")).to_be_visible(timeout=CEILING_MS)
    decision = owner.get(f"/sessions/{session['id']}/minutes")["document"]["decisions"][0]
    shown = float(mia.see("replay-time").get_attribute("data-ms") or "nan")
    assert abs(shown / 1000 - decision["second"]) <= 1.0
    expect(mia.see("chip-sections")).to_be_visible(timeout=CEILING_MS)
    mia.waits_for("ux.people.length === 2")
    mia.screenshot(tmp_path / "shots" / "replay.png")

    # Who was there stands in lanes; one jumps to what happened; a moment opens in the model.
    expect(mia.see("replay-lane")).to_have_count(2)
    mia.see("replay-scrubber").focus()
    mia.page.keyboard.press("Home")
    mia.see("replay-jump-to").select_option("decision")
    mia.see("replay-next").click()
    expect(mia.see("replay-time")).to_have_attribute("data-ms", re.compile(r"\d{3,}"))
    there = float(mia.see("replay-time").get_attribute("data-ms") or "nan")
    assert abs(there / 1000 - decision["second"]) <= 0.2
    mia.see("replay-jump-to").select_option("issue")
    mia.see("replay-next").click()
    expect(mia.see("replay-mark").and_(mia.page.locator("[data-kind=issue]"))).to_have_count(1)
    mia.see("replay-branch").click()
    mia.see("replay-save").click()
    views = f"/projects/{project}/viewpoints?asset_id={asset}"
    mia.page.wait_for_function("() => document.body.innerText.includes('Saved as a view')")
    (branched,) = [one for one in owner.get(views)["items"] if " at " in (one["name"] or "")]
    kept = owner.get(f"/viewpoints/{branched['id']}")["content"]
    assert len(kept["sections"]["planes"]) == 1

    # It plays, stops, goes to its beginning by keys, where nothing is cut, and sees as Ben.
    mia.see("replay-play").click()
    mia.until("(ms) => Number(document.querySelector('[data-testid=replay-time]').dataset.ms) > ms + 500",
              shown)  # fmt: skip
    mia.see("replay-play").click()
    mia.see("replay-see-as").select_option(label="See as Ben")
    expect(mia.see("follow-frame")).to_be_visible()
    mia.see("replay-see-as").select_option(label="Free camera")
    mia.see("replay-scrubber").focus()
    mia.page.keyboard.press("Home")
    expect(mia.see("chip-sections")).to_have_count(0)
    assert mia.errors + ben.errors == []


def test_nobody_is_recorded_in_a_headset_without_seeing_it(
    meeting_server: Meeting, open_context: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    served, owner, made = meeting_server
    mia = Person(open_context(viewport=SIZE), served)
    context = open_context(viewport=SIZE)
    wears_headset(context)
    ben = Person(context, served)
    code = starts_session(mia, made["asset"]["id"])
    joins_by_code(ben, code, "Ben")
    ben.see("vr-button").click()
    ben.waits_for("ux.xrFrames > 3")
    assert ben.ux("viewer.xr.wrist")["tag"] is None
    presses_record(mia)
    ben.waits_for("ux.viewer.xr.wrist.tag !== null")
    assert ben.ux("viewer.xr.wrist")["title"] == "This session is being recorded"
    expect(mia.see("recording-unrecorded")).to_have_text("1 person not recorded")
    ben.screenshot(tmp_path / "shots" / "headset-asked.png")
    aims(ben, ben.ux("viewer.xr.wrist")["buttons"]["goOn"])
    trigger(ben, 1)
    trigger(ben, 0)
    expect(mia.see("recording-unrecorded")).to_have_count(0, timeout=CEILING_MS)
    ben.waits_for("ux.viewer.xr.wrist.title.startsWith('REC')")
    # They take it back, from the wrist.
    aims(ben, ben.ux("viewer.xr.wrist")["buttons"]["stay"])
    trigger(ben, 1)
    trigger(ben, 0)
    expect(mia.see("recording-unrecorded")).to_have_text("1 person not recorded")

    # Mia plays the recording; in a headset the same is on the wrist.
    mia.see("session-button").click()
    mia.see("session-record").click()
    expect(mia.see("recording-badge")).to_have_count(0)
    ben.waits_for("ux.viewer.xr.wrist.tag === null")
    (session,) = owner.get(f"/projects/{made['project']['id']}/sessions")["items"]
    owner.post(f"/sessions/{session['id']}/end")
    worn = open_context(viewport=SIZE)
    wears_headset(worn)
    again = Person(worn, served)
    again.signs_in()
    again.goes_to(f"/live/{session['id']}/replay?t=0.2")
    again.settles()
    again.see("vr-button").click()
    again.waits_for("ux.xrFrames > 3 && ux.viewer.xr.wrist.title !== null")
    again.waits_for("ux.people.length === 2")
    aims(again, again.ux("viewer.xr.wrist")["buttons"]["play"])
    trigger(again, 1)
    trigger(again, 0)
    again.until(
        "() => Number(document.querySelector('[data-testid=replay-time]').dataset.ms) > 400"
    )
    aims(again, again.ux("viewer.xr.wrist")["buttons"]["bar"])
    trigger(again, 1)
    trigger(again, 0)
    # One stands among who was there, ghosts of a desk and of a headset; who watches is not moved.
    again.waits_for("Object.values(ux.viewer.xr.crowd).some(({ look }) => look === 'monitor')")
    crowd = again.ux("viewer.xr.crowd")
    assert all(each["ghost"] for each in crowd.values())
    stood = again.ux("viewer.xr.rig")
    [desk] = [slot for slot, each in crowd.items() if each["look"] == "monitor"]
    again.page.evaluate(
        "([x, y, z]) => xrdev.remote.dispatch('look_at', {device: 'headset', target: {x, y, z}})",
        crowd[desk]["at"],
    )
    again.screenshot(tmp_path / "shots" / "headset-replay.png")
    aims(again, crowd[desk]["at"])
    trigger(again, 1)
    trigger(again, 0)
    again.waits_for(f"ux.viewer.xr.screens.watched === {desk} && ux.viewer.xr.screens.drawn > 2")
    assert again.ux("viewer.xr.rig") == stood
    assert mia.errors + ben.errors + again.errors == []
