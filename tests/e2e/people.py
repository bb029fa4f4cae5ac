"""What people do in the browser: by mouse, keys and what they can see; nothing here calls a command."""

import re
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, expect
from served import Api, Served

CEILING_MS = 90_000  # of a hang, never of a speed: the machine may be busy
PASSWORD = "correct horse battery"


class Person:
    """Somebody in front of a page."""

    def __init__(self, context: BrowserContext, served: Served) -> None:
        self.served = served
        self.context = context
        self.page: Page = context.new_page()
        self.errors: list[str] = []
        self.external: list[str] = []
        self.requests: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self._note(request.url))

    def _note(self, url: str) -> None:
        self.requests.append(url)
        if not url.startswith((self.served.url, "blob:", "data:")):
            self.external.append(url)

    def see(self, testid: str) -> Locator:
        return self.page.get_by_test_id(testid)

    def goes_to(self, path: str) -> None:
        self.page.goto(self.served.url + path)

    def signs_in(self, login: str = "mia", password: str = PASSWORD) -> None:
        self.goes_to("/signin")
        self.see("signin-login").fill(login)
        self.see("signin-password").fill(password)
        self.see("signin-submit").click()
        expect(self.see("me-menu")).to_be_visible(timeout=CEILING_MS)

    def is_signed_in(self, login: str = "mia", password: str = PASSWORD) -> None:
        """By cookie, before any page: where signing in is not what is looked at."""
        while True:
            answer = self.context.request.post(
                f"{self.served.url}/api/v1/login",
                data={"login": login, "password": password},
                headers={"Origin": self.served.url},
            )
            if answer.status != 429:
                break
            time.sleep(answer.json()["facts"]["retry_after_s"])  # a whole file of people signs in
        assert answer.ok, answer.text()

    def opens_viewer(self, asset_id: str, label: str = "A") -> None:
        self.goes_to(f"/v/{asset_id}/{label}")
        self.settles()

    def settles(self) -> None:
        """Until everything has arrived and the picture shows it."""
        self.until("!!(window.__ux && window.__ux.structure)")
        self.page.evaluate("(ms) => window.__ux.settled(ms)", CEILING_MS)

    def ux(self, what: str) -> Any:  # JSON
        """A read-only number of the page, for looking, never for acting."""
        return self.page.evaluate(f"window.__ux.{what}")

    def waits_for(self, condition: str) -> None:
        """Until a condition on read-only state, called `ux`, holds."""
        self.until(f"(() => {{ const ux = window.__ux; return !!({condition}); }})()")

    def until(self, expression: str, argument: object = None) -> None:
        """Poll from outside: the page's content security policy forbids Playwright's own eval."""
        deadline = time.monotonic() + CEILING_MS / 1000
        while not self.page.evaluate(expression, argument):
            if time.monotonic() > deadline:
                state = self.page.evaluate(
                    "JSON.stringify([window.__ux?.connection, window.__ux?.people, window.__ux?.live])"
                )
                raise AssertionError(f"never came true: {expression}\n{state}\n{self.errors}")
            self.page.wait_for_timeout(50)

    def clicks_row(self, name: str) -> None:
        """Click the first tree row of this name."""
        row = self.see("tree-row").filter(has_text=re.compile(rf"^\s*{re.escape(name)}")).first
        row.click()

    def viewport(self) -> dict[str, float]:
        box = self.see("viewport").bounding_box()
        assert box is not None
        return dict(box)

    def points_at(self, x: float, y: float) -> None:
        """Move the mouse to a fraction (0 to 1) of the viewport."""
        box = self.viewport()
        self.page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=4)

    def screenshot(self, path: Path) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=path)
        return path


def add_asset(owner: Api, file: Path, project: str = "Pumps") -> dict[str, Any]:
    """Upload a file over REST and wait until it can be opened: {project, asset, revision}."""
    made_project = owner.post("/projects", {"name": project})
    made = owner.upload(f"/projects/{made_project['id']}/uploads", file)
    revision = owner.wait_for(made["revision"]["id"])
    assert revision["state"] == "ready", revision.get("problem")
    return {"project": made_project, "asset": made["asset"], "revision": revision}
