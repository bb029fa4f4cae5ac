"""UX statements 1 to 3: the first minutes on an empty machine, alone on the network."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from e2e.people import Person
from playwright.sync_api import BrowserContext, expect
from served import Served, serving

SAMPLE_CEILING_MS = 180_000


@pytest.fixture
def empty_server(tmp_path: Path) -> Iterator[Served]:
    with serving(tmp_path / "data", HOLOTABLE_LOAD_SAMPLE="1") as running:
        yield running


def test_ux1_name_password_and_one_click_lead_to_the_sample_in_the_viewer(
    empty_server: Served, open_context: Callable[..., BrowserContext]
) -> None:
    mia = Person(open_context(), empty_server)
    mia.goes_to("/")
    mia.page.wait_for_url("**/setup")
    expect(mia.see("setup-form")).to_be_visible()
    assert mia.see("setup-form").locator("input[required]:visible").count() == 2
    mia.see("setup-name").fill("Mia Berg")
    mia.see("setup-password").fill("correct horse battery")
    mia.see("setup-submit").click()
    mia.page.wait_for_url("**/v/**", timeout=SAMPLE_CEILING_MS)
    mia.settles()
    assert mia.ux("visible") > 100
    assert mia.ux("viewer.drawCalls") > 0
    assert mia.errors == []


def test_ux2_after_setup_the_form_never_comes_back(
    served: Served, open_context: Callable[..., BrowserContext]
) -> None:
    link = served.setup_link()
    mia = Person(open_context(), served)
    mia.goes_to("/setup")
    mia.see("setup-name").fill("Mia Berg")
    mia.see("setup-password").fill("correct horse battery")
    mia.see("setup-sample").uncheck()
    mia.see("setup-submit").click()
    expect(mia.see("projects")).to_be_visible()
    stranger = Person(open_context(), served)
    for path in ("/setup", "/setup" + link.split("/setup")[1]):
        stranger.goes_to(path)
        stranger.page.wait_for_url("**/signin**")
        expect(stranger.see("signin-form")).to_be_visible()
        assert stranger.see("setup-form").count() == 0


def test_ux3_nothing_is_asked_of_another_host(
    empty_server: Served, open_context: Callable[..., BrowserContext]
) -> None:
    context = open_context()
    context.route(
        lambda url: not url.startswith(empty_server.url) and url.startswith("http"),
        lambda route: route.abort(),
    )
    mia = Person(context, empty_server)
    mia.goes_to("/setup")
    mia.see("setup-name").fill("Mia Berg")
    mia.see("setup-password").fill("correct horse battery")
    mia.see("setup-submit").click()
    mia.page.wait_for_url("**/v/**", timeout=SAMPLE_CEILING_MS)
    mia.settles()
    mia.see("session-button").click()
    mia.see("session-lobby").select_option("off")
    mia.see("session-start").click()
    expect(mia.see("session-code").first).to_be_visible()
    assert mia.external == []
    assert mia.errors == []
