"""Fixtures of the browser tests: one Chromium, real servers, people who act by mouse and key."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, expect, sync_playwright
from served import ROOT, Api, Served, owner_of, serving

PLAYWRIGHT_DISABLES = (
    # Of its chromiumSwitches.ts what Chromium has: of two such arguments the last one counts.
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "TcpPortRandomizationWin",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
)
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    # Texts and boxes are drawn by the processor either way: straight away, not through its graphics card.
    "--disable-gpu-rasterization",
    # Every context has its own renderers: one that waits for its next page costs a fifth of a second and is never used.
    "--disable-features=SpareRendererForSitePerProcess," + ",".join(PLAYWRIGHT_DISABLES),
]
CEILING_MS = 90_000  # of a hang, never of a speed: the machine may be busy
ANSWERED = (
    "try { for (const key of ['hands-asked', 'gestures-seen']) "
    "if (localStorage.getItem('holotable.' + key) === null) localStorage.setItem('holotable.' + key, 'on') } "
    "catch { /* a frame of another site keeps nothing */ }"
)
IWER = ROOT / "frontend" / "node_modules" / "iwer" / "build" / "iwer.min.js"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in Path(item.path).parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    expect.set_options(timeout=CEILING_MS)
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(
        executable_path="/usr/bin/chromium", headless=True, args=CHROMIUM_ARGUMENTS
    )
    yield browser
    browser.close()


@pytest.fixture
def open_context(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Make browser contexts (one person each); all are closed after the test."""
    contexts: list[BrowserContext] = []

    def make(*, first_time: bool = False, **options: object) -> BrowserContext:
        chosen: dict[str, object] = {
            "viewport": {"width": 1280, "height": 800},
            "reduced_motion": "reduce",
        }
        context = chromium.new_context(**(chosen | options))
        if not first_time:
            # Asked once per device; tests of other things are on one that has answered.
            context.add_init_script(ANSWERED)
        context.set_default_timeout(CEILING_MS)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """A fresh server with an empty data directory."""
    with serving(tmp_path / "data") as running:
        yield running


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for a module whose tests do not disturb each other."""
    with serving(tmp_path_factory.mktemp("shared") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def owner(shared_server: Served) -> Api:
    """The owner of the module's server, over REST."""
    return owner_of(shared_server)


@pytest.fixture(scope="session")
def big_step(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A STEP file whose conversion takes long enough to be watched: the sample gearbox."""
    from holotable.sample import gearbox

    path = tmp_path_factory.mktemp("step") / "gearbox.step"
    gearbox.write(path)
    return path
