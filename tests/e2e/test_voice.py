"""Voice between real pages: sound that arrives, sound that stops, TURN, and a room that goes on without."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import missing
from e2e.conftest import ANSWERED, CHROMIUM_ARGUMENTS
from e2e.people import CEILING_MS, Person, add_asset
from e2e.shapes import coloured_step
from e2e.test_live import joins_by_code, starts_session
from playwright.sync_api import Browser, Playwright, expect
from served import Served, free_port, owner_of, serving
from turn import SECRET, coturn

SIZE = {"width": 1100, "height": 700}
SPEAKING = [
    "--use-fake-device-for-media-stream",  # a beep every second
    "--use-fake-ui-for-media-stream",  # its permission is given when asked for
    "--disable-features=WebRtcHideLocalIpsWithMdns",
    "--allow-loopback-in-peer-connection",
]
# Keeps what the page connects with, so that it can be asked for its statistics.
KEPT = """
  window.__connections = []; window.__asked = 0;
  const Plain = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Plain {
    constructor(options) { super({ ...options, ...window.__ice }); window.__connections.push(this); }
  };
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = (wanted) => { window.__asked += 1; return ask(wanted); };
"""
RELAY = "window.__ice = { iceTransportPolicy: 'relay' };"
HEARD = """async () => {
  const sum = { bytes: 0, kinds: [] };
  for (const connection of window.__connections) {
    const stats = await connection.getStats();
    for (const each of stats.values()) {
      if (each.type === 'inbound-rtp') {
        sum.bytes += each.bytesReceived;
      }
      if (each.type === 'candidate-pair' && each.nominated && each.state === 'succeeded')
        sum.kinds.push(stats.get(each.localCandidateId).candidateType);
    }
  }
  return sum;
}"""


@pytest.fixture(scope="module")
def speaking(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(
        executable_path="/usr/bin/chromium", headless=True, args=CHROMIUM_ARGUMENTS + SPEAKING
    )
    yield browser
    browser.close()


Meet = Callable[..., tuple[Person, Person]]


@pytest.fixture
def meet(speaking: Browser, tmp_path: Path) -> Iterator[Meet]:
    """Mia hosts and Ben comes by code, on a server with these settings."""
    opened: list[Any] = []
    people: list[Person] = []

    def make(relay: bool = False, **settings: str) -> tuple[Person, Person]:
        serves = serving(tmp_path / "data", **settings)
        served: Served = serves.__enter__()
        opened.append(serves)
        made = add_asset(owner_of(served), coloured_step(tmp_path / "fixture.step"))
        for _ in range(2):
            context = speaking.new_context(viewport=SIZE, reduced_motion="reduce")
            context.set_default_timeout(CEILING_MS)
            for script in [ANSWERED, RELAY, KEPT] if relay else [ANSWERED, KEPT]:
                context.add_init_script(script)
            people.append(Person(context, served))
        mia, ben = people
        joins_by_code(ben, starts_session(mia, made["asset"]["id"]), "Ben")
        mia.waits_for("ux.people.length === 2")
        for person in (mia, ben):
            expect(person.see("microphone")).to_have_attribute("data-state", "muted")
        return mia, ben

    yield make
    for person in people:
        person.context.close()
    for serves in opened:
        serves.__exit__(None, None, None)


def heard(person: Person) -> Any:  # JSON
    return person.page.evaluate(HEARD)


def hears_more(person: Person, than: Any) -> Any:  # JSON
    """Until more bytes have arrived.

    That they are sound is what the level ring tells: it is measured in the graph that plays them.
    totalAudioEnergy stays 0 in Chromium, as the element that keeps the decoder running is muted.
    """
    person.until(
        f"async (than) => {{ const now = await ({HEARD})();"
        " return now.bytes > than.bytes + 2000; }",
        than,
    )
    return heard(person)


def hears_nothing(person: Person) -> None:
    """Until two looks a second apart find no new byte."""
    person.until(
        f"""async () => {{ const before = await ({HEARD})();
          await new Promise((done) => setTimeout(done, 1000));
          const after = await ({HEARD})(); return after.bytes === before.bytes; }}"""
    )


def test_two_pages_hear_each_other_and_muting_is_silence(meet: Meet) -> None:
    mia, ben = meet()
    assert [person.page.evaluate("window.__asked") for person in (mia, ben)] == [0, 0]

    # Mia speaks: Ben hears her, and sees that she does; he was never asked for a microphone.
    mia.see("microphone").click()
    expect(mia.see("microphone")).to_have_attribute("data-state", "open")
    before = hears_more(ben, {"bytes": 0})
    hears_more(ben, before)
    assert ben.page.evaluate("window.__asked") == 0
    avatar = ben.page.locator('[data-testid="avatar"][data-name="Mia Berg"]')
    expect(avatar.get_by_test_id("level-ring")).not_to_have_attribute("data-level", "0.00")

    # Ben holds Space: Mia hears him as long as he does.
    ben.see("viewport").focus()
    ben.page.keyboard.down("Space")
    expect(ben.see("microphone")).to_have_attribute("data-state", "talking")
    hears_more(mia, {"bytes": 0})
    ben.page.keyboard.up("Space")
    expect(ben.see("microphone")).to_have_attribute("data-state", "muted")
    hears_nothing(mia)

    # Muted is silence, and the next word needs no new permission or connection.
    mia.see("microphone").click()
    expect(mia.see("microphone")).to_have_attribute("data-state", "muted")
    hears_nothing(ben)
    mia.page.keyboard.press("Shift+M")
    hears_more(ben, heard(ben))

    # The host closes Ben's microphone: his page stops at once and says so.
    ben.see("microphone").click()
    hears_more(mia, heard(mia))
    mia.see("rail-people").click()
    row = mia.page.locator('[data-testid="person"][data-name="Ben"]')
    expect(row.get_by_test_id("person-voice")).to_have_attribute("data-voice", "open")
    row.get_by_test_id("person-menu").click()
    mia.see("menu-mute").click()
    expect(ben.see("microphone")).to_have_attribute("data-state", "muted")
    expect(ben.see("assertive")).to_contain_text("The host muted you")
    expect(row.get_by_test_id("person-voice")).to_have_attribute("data-voice", "silenced")
    hears_nothing(mia)
    assert mia.errors + ben.errors == []


def test_two_pages_hear_each_other_through_turn(meet: Meet, tmp_path: Path) -> None:
    with coturn(tmp_path / "turn") as address:
        if address is None:
            missing("coturn")
        mia, ben = meet(relay=True, HOLOTABLE_TURN_URL=address, HOLOTABLE_TURN_SECRET=SECRET)
        mia.see("microphone").click()
        ben.see("microphone").click()
        for person in (mia, ben):
            now = hears_more(person, {"bytes": 0})
            assert set(now["kinds"]) == {"relay"}
        assert mia.errors + ben.errors == []


def test_without_a_way_voice_says_so_and_the_room_goes_on(meet: Meet) -> None:
    nowhere = f"turn:127.0.0.1:{free_port()}"
    mia, ben = meet(relay=True, HOLOTABLE_TURN_URL=nowhere, HOLOTABLE_TURN_SECRET=SECRET)
    mia.see("microphone").click()
    problem = mia.see("voice-problem")
    expect(problem).to_have_attribute("data-problem", "failed")
    expect(problem).to_contain_text("Voice could not connect; chat goes on.")
    mia.see("rail-chat").click()
    mia.see("chat-input").fill("Can you read me?")
    mia.page.keyboard.press("Enter")
    ben.see("rail-chat").click()
    expect(ben.see("chat-message").last).to_contain_text("Can you read me?")
    mia.see("voice-retry").click()
    expect(problem).to_have_attribute("data-problem", "failed")
    assert mia.ux("connection.kind") == "connected"
    assert mia.errors + ben.errors == []
