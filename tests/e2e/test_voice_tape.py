"""Voices on tape: two people speak while they are recorded, and are heard again where they spoke."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from e2e.conftest import ANSWERED, CHROMIUM_ARGUMENTS
from e2e.people import CEILING_MS, Person, add_asset
from e2e.shapes import coloured_step
from e2e.test_live import joins_by_code, starts_session
from e2e.test_live_recording import presses_record
from e2e.test_voice import SIZE, SPEAKING
from playwright.sync_api import Browser, Playwright, expect
from served import owner_of, serving

# The sound that an element plays, as the graph hears it: its root mean square over half a second.
ENERGY = """async (element) => {
  const context = (window.__context ??= new AudioContext());
  await context.resume();
  const source = context.createMediaStreamSource(element.captureStream());
  const meter = context.createAnalyser();
  source.connect(meter);
  const samples = new Float32Array(meter.fftSize);
  let most = 0;
  for (let turn = 0; turn < 30; turn += 1) {
    await new Promise((done) => setTimeout(done, 50));
    meter.getFloatTimeDomainData(samples);
    let sum = 0;
    for (const sample of samples) sum += sample * sample;
    most = Math.max(most, Math.sqrt(sum / samples.length));
  }
  source.disconnect();
  return most;
}"""


@pytest.fixture
def speaking(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(
        executable_path="/usr/bin/chromium",
        headless=True,
        args=[*CHROMIUM_ARGUMENTS, *SPEAKING, "--autoplay-policy=no-user-gesture-required"],
    )
    yield browser
    browser.close()


def person(browser: Browser, served: Any) -> Person:
    context = browser.new_context(viewport=SIZE, reduced_motion="reduce")
    context.set_default_timeout(CEILING_MS)
    context.add_init_script(ANSWERED)
    return Person(context, served)


def test_two_voices_are_recorded_with_consent_and_heard_where_they_spoke(
    speaking: Browser, tmp_path: Path
) -> None:
    with serving(tmp_path / "data") as served:
        owner = owner_of(served)
        made = add_asset(owner, coloured_step(tmp_path / "fixture.step"))
        mia, ben = person(speaking, served), person(speaking, served)
        joins_by_code(ben, starts_session(mia, made["asset"]["id"]), "Ben")
        mia.waits_for("ux.people.length === 2")

        # Mia speaks before the press, and goes on; Ben is asked, and says yes to his voice as well.
        mia.see("microphone").click()
        expect(mia.see("microphone")).to_have_attribute("data-state", "open")
        presses_record(mia)
        expect(ben.see("consent-dialog")).to_be_visible()
        ben.see("consent-voice").check()
        ben.see("consent-continue").click()
        ben.see("microphone").click()
        expect(ben.see("microphone")).to_have_attribute("data-state", "open")
        (session,) = owner.get(f"/projects/{made['project']['id']}/sessions")["items"]
        (recording,) = owner.get(f"/sessions/{session['id']}/recordings")["items"]
        mia.page.wait_for_timeout(1_500)  # so long nobody keeps Mia's voice
        mia.see("recording-badge").click()
        mia.see("recording-voice").check()
        expect(mia.see("recording-voice-state")).to_contain_text("While your microphone is open")
        mia.screenshot(tmp_path / "shots" / "keep.png")
        mia.page.keyboard.press("Escape")
        mia.page.wait_for_timeout(3_000)  # what is on tape later
        for each in (mia, ben):
            each.see("microphone").click()
            expect(each.see("microphone")).to_have_attribute("data-state", "muted")
            each.until(
                "() => (({ recording, waiting }) => !recording && waiting === 0)"
                "(window.__ux.live.voiceTape)"
            )
        mia.page.wait_for_timeout(1_000)
        mia.see("session-button").click()
        mia.see("session-record").click()
        expect(mia.see("recording-badge")).to_have_count(0)

        voices = owner.get(f"/recordings/{recording['id']}/voices")["items"]
        assert [one["name"] for one in voices] == ["Ben", "Mia Berg"]
        assert all(piece["bytes"] > 1_000 for one in voices for piece in one["pieces"])
        mias = voices[1]["pieces"][0]
        assert mias["from_ms"] >= 1_000  # nothing from before she said yes

        # The replay plays both where they spoke; the sound has a length and energy, and follows seeks.
        mia.goes_to(f"/live/{session['id']}/replay?r={recording['id']}&t=0")
        mia.settles()
        expect(mia.see("replay-bar")).to_be_visible(timeout=CEILING_MS)
        sounds = mia.page.locator('[data-testid="replay-voice-sound"]')
        expect(sounds).to_have_count(2)
        mine = mia.page.locator(f'[data-principal="{voices[1]["principal_id"]}"]').first
        seconds = mine.evaluate(
            """async (sound) => {
              while (!(sound.duration > 0)) await new Promise((done) => setTimeout(done, 50));
              return sound.duration;
            }"""
        )
        assert seconds == pytest.approx(mias["duration_ms"] / 1_000, abs=1.5)  # a busy machine
        middle = mias["from_ms"] + mias["duration_ms"] // 2
        mia.see("replay-scrubber").fill(str(middle // 100 * 100))
        mia.until(
            "([who, at]) => Math.abs(document.querySelector('[data-principal=\"' + who + '\"]')"
            ".currentTime - at) < 0.3",
            [voices[1]["principal_id"], mias["duration_ms"] / 2_000],
        )
        mia.see("replay-scrubber").fill(str(mias["from_ms"] // 100 * 100))
        mia.see("replay-play").click()
        assert mine.evaluate(ENERGY) > 0.001
        mia.see("replay-play").click()

        # Each is muted by itself; Mia deletes hers, and it is gone for everybody.
        mia.see("replay-voices").click()
        row = mia.page.locator('[data-testid="replay-voice"][data-name="Mia Berg"]')
        row.get_by_test_id("replay-voice-mute").click()
        expect(row.get_by_test_id("replay-voice-mute")).to_have_attribute("aria-pressed", "true")
        assert mine.evaluate("(sound) => sound.muted") is True
        mia.screenshot(tmp_path / "shots" / "voices.png")
        mia.see("replay-voice-forget").click()
        expect(mia.see("replay-voice")).to_have_count(1)
        left = owner.get(f"/recordings/{recording['id']}/voices")["items"]
        assert [one["name"] for one in left] == ["Ben"]
        assert mia.errors + ben.errors == []
