"""Take the pictures of the README: `.venv/bin/python tests/e2e/pictures.py` writes docs/images/.

Not a test: somebody looks at the result before it is committed.
"""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from e2e.conftest import CHROMIUM_ARGUMENTS
from e2e.headset import frames, wears_headset
from e2e.people import Person, add_asset
from e2e.test_live import joins_by_code, starts_session
from playwright.sync_api import Browser, sync_playwright
from served import ROOT, owner_of, serving

from holotable.sample import gearbox

OUT = ROOT / "docs" / "images"
SIZE = {"width": 1360, "height": 800}


def context(browser: Browser, theme: str, **options: object) -> object:
    return browser.new_context(viewport=SIZE, color_scheme=theme, **options)


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder) / "data") as served,
        sync_playwright() as playwright,
    ):
        file = Path(folder) / "Planetary gearbox.step"
        gearbox.write(file)
        made = add_asset(owner_of(served), file, "Drive train")
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", headless=True, args=CHROMIUM_ARGUMENTS
        )
        mia = Person(context(browser, "light"), served)
        code = starts_session(mia, made["asset"]["id"])
        mia.page.wait_for_timeout(1500)
        mia.page.evaluate("window.__ux.settled(90_000)")
        mia.screenshot(OUT / "workspace-light.png")

        ben = Person(context(browser, "dark"), served)
        joins_by_code(ben, code, "Ben")
        mia.see("rail-sections").click()
        mia.see("section-add-x").click()
        mia.see("rail-chat").click()
        mia.see("chat-input").fill("Look at the planets: the cut goes through two of them.")
        mia.page.keyboard.press("Enter")
        ben.see("rail-chat").click()
        mia.points_at(0.5, 0.5)
        mia.points_at(0.52, 0.52)
        ben.page.wait_for_timeout(2500)
        ben.screenshot(OUT / "live-dark.png")

        headset = browser.new_context(viewport={"width": 1280, "height": 640}, color_scheme="dark")
        wears_headset(headset)
        dana = Person(headset, served)
        joins_by_code(dana, code, "Dana")
        dana.see("vr-button").click()
        dana.waits_for("ux.xrFrames > 2")
        dana.page.evaluate(
            """() => { const hand = xrdev.controllers.right;
              xrdev.position.set(0, 1.5, -0.15); hand.position.set(0.18, 1.25, -0.35);
              xrdev.remote.dispatch('look_at', { device: 'headset', target: { x: 0, y: 1.0, z: -1 } });
              xrdev.remote.dispatch('look_at', { device: 'controller-right', target: { x: 0.02, y: 1.05, z: -1 } }); }"""
        )
        frames(dana, 12)
        dana.screenshot(OUT / "headset.png")
        browser.close()


if __name__ == "__main__":
    main()
