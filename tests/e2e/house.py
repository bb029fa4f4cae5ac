"""A server with something on every page, and what can be read of a page without knowing what it says."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from e2e.people import PASSWORD, Person, add_asset
from e2e.shapes import coloured_step
from playwright.sync_api import Page, ViewportSize
from served import ROOT, Api

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
DESK: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
BESIDE = (
    "model",
    "properties",
    "sections",
    "measures",
    "views",
    "issues",
    "drawings",
    "people",
    "chat",
    "table",
)
"""What the rail of the workspace opens."""

TEXT_THAT_DOES_NOT_FIT = r"""
() => {
  const found = new Set();
  const seen = (element) => {
    if (!element.checkVisibility()) return false; // what a closed <details> holds has boxes all the same
    for (let at = element; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.visibility !== "visible" || style.opacity === "0" || style.display === "none") return false;
      if (at.matches(".visually-hidden, [hidden], .skip")) return false;
    }
    return true;
  };
  const nameOf = (element) =>
    element.tagName.toLowerCase() + (element.closest("[data-testid]")?.dataset.testid ?? "." + element.className);
  // Shortened on purpose: the whole text is in a tooltip.
  // Shortened on purpose: a tooltip says it in full (ui/clipped.ts).
  const isShort = (element) => element.closest("[title], .clip") !== null;
  const CONTROL = "button, a.button, select, .button, .badge, .chip, [role=tab], [role=radio], kbd, th";
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  const texts = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    const words = node.data.trim();
    if (!words || element.closest("script, style, svg, option, textarea, noscript") || !seen(element)) continue;
    range.selectNodeContents(node);
    const rectangles = [...range.getClientRects()].filter((r) => r.width > 0 && r.height > 0);
    if (rectangles.length === 0) continue;
    const left = Math.min(...rectangles.map((r) => r.left)), right = Math.max(...rectangles.map((r) => r.right));
    const top = Math.min(...rectangles.map((r) => r.top)), bottom = Math.max(...rectangles.map((r) => r.bottom));
    const control = element.closest(CONTROL);
    const turned = element.closest("[data-testid=view-cube]") !== null;
    if (turned) {
      // In perspective: a face is measured before it is turned.
      const face = element.closest(".view-cube-face");
      if (face && element.offsetWidth > face.offsetWidth) found.add(`out of its face of the view cube: ${words}`);
      continue;
    }
    if (control && !isShort(element)) {
      const box = control.getBoundingClientRect();
      if (left < box.left - 1 || right > box.right + 1 || top < box.top - 2 || bottom > box.bottom + 2)
        found.add(`out of its ${nameOf(control)}: ${words}`);
    }
    // What is left of it by everything around it that cuts off or scrolls.
    const shown = { left: 0, right: innerWidth, top: 0, bottom: innerHeight };
    for (let at = element; at && at !== document.body; at = at.parentElement) {
      const { overflowX, overflowY, position } = getComputedStyle(at);
      const box = at.getBoundingClientRect();
      if (overflowX !== "visible") [shown.left, shown.right] = [Math.max(shown.left, box.left), Math.min(shown.right, box.right)];
      if (overflowY !== "visible") [shown.top, shown.bottom] = [Math.max(shown.top, box.top), Math.min(shown.bottom, box.bottom)];
      if (/hidden|clip/.test(overflowX) && (left < box.left - 1 || right > box.right + 1) && !isShort(element))
        found.add(`cut off by ${nameOf(at)}: ${words}`);
      if (/auto|scroll/.test(overflowX) || position === "fixed") break;
    }
    for (const r of rectangles) {
      const seen = { left: Math.max(r.left, shown.left), right: Math.min(r.right, shown.right),
        top: Math.max(r.top, shown.top), bottom: Math.min(r.bottom, shown.bottom) };
      if (seen.right - seen.left > 1 && seen.bottom - seen.top > 1) texts.push({ element, words, ...seen });
    }
  }
  // Text on text, unless something opaque lies between them.
  const covered = (text) => {
    const top = document.elementFromPoint((text.left + text.right) / 2, (text.top + text.bottom) / 2);
    for (let at = top; at && !at.contains(text.element); at = at.parentElement)
      if (!/, 0\)$|transparent/.test(getComputedStyle(at).backgroundColor)) return true;
    return false;
  };
  const open = texts.filter((text) => !covered(text));
  for (let i = 0; i < open.length; i += 1)
    for (let j = i + 1; j < open.length; j += 1) {
      const [a, b] = [open[i], open[j]];
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (a.element !== b.element && wide > 2 && high > 4) found.add(`${a.words} on ${b.words}`);
    }
  for (const field of document.querySelectorAll("input[type=text], input[type=number]"))
    if (seen(field) && field.value && field.scrollWidth > field.clientWidth + 1)
      found.add(`longer than its ${nameOf(field)}: ${field.value}`);
  // A control beyond the edge of the window that nothing scrolls into it.
  for (const control of document.querySelectorAll("button, a.button, input, select")) {
    const { left, right, width } = control.getBoundingClientRect();
    if (width < 2 || !seen(control) || control.closest("[data-testid=view-cube], [aria-hidden=true]")) continue;
    let scrolls = false;
    for (let at = control.parentElement; at && at !== document.body; at = at.parentElement)
      if (/auto|scroll/.test(getComputedStyle(at).overflowX)) scrolls = true;
    if (!scrolls && (left < -1 || right > innerWidth + 1)) found.add(`beyond the window: ${nameOf(control)}`);
  }
  const page = document.scrollingElement;
  if (page.scrollWidth > innerWidth) {
    const wide = [...document.body.querySelectorAll("*")].filter((element) => {
      const { left, right } = element.getBoundingClientRect();
      return (right > innerWidth + 1 || left < -1) && seen(element) && !element.closest("svg *");
    });
    // A long word leaves its box, and the box stays where it is.
    const all = wide.length > 0 ? wide : [...document.body.querySelectorAll("*")].filter(
      (element) => element.getBoundingClientRect().left + element.scrollWidth > innerWidth + 1);
    const inner = all.filter((element) => !all.some((other) => other !== element && element.contains(other)));
    found.add(`the page is ${page.scrollWidth} px wide in ${innerWidth}: ${inner.slice(0, 4).map((each) => nameOf(each) || `${each.tagName}.${each.className}: ${each.textContent}`).join(", ")}`);
  }
  return [...found].sort();
}
"""

VIOLATIONS = r"""
async (only) => {
  const rules = only.length ? { runOnly: { type: "rule", values: only } } : {};
  const { violations } = await axe.run(document, { resultTypes: ["violations"], ...rules });
  return violations.flatMap(({ id, impact, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${impact} ${id}: ${target.join(" ")} ${failureSummary.replaceAll(/\s+/g, " ")}`));
}
"""


@dataclass(frozen=True)
class House:
    """Addresses of pages on which everything there can be is there."""

    asset_id: str
    outside: tuple[str, ...]
    """For everybody."""
    inside: tuple[str, ...]
    """For those who signed in; the workspace is not among them."""

    @property
    def workspace(self) -> str:
        return f"/v/{self.asset_id}/A"


def furnish(owner: Api, folder: Path) -> House:
    """Every list has a line, every page something to show."""
    made = add_asset(owner, coloured_step(folder / "Planetary gearbox.step"), "Drive train")
    project, asset = made["project"]["id"], made["asset"]["id"]
    owner.post("/users", {"name": "Ben Okoro", "login": "ben", "password": PASSWORD})
    owner.post(f"/projects/{project}/members", {"login": "ben", "role": "reviewer"})
    ben = next(
        one["principal"]["id"]
        for one in owner.get(f"/projects/{project}/members")["items"]
        if one["login"] == "ben"
    )
    review = owner.post(
        f"/revisions/{made['revision']['id']}/reviews",
        {
            "approvers": [ben],
            "due_on": "2030-12-11",
            "checklist": [{"text": "Tolerances of the bores checked"}],
        },
    )
    owner.post(
        f"/reviews/{review['id']}/verdicts",
        {"revision_id": made["revision"]["id"], "verdict": "comment", "text": "The wall is thin."},
    )
    raise_issues(owner, project, made["revision"]["id"], ben)
    owner.post(f"/projects/{project}/folders", {"name": "Housing"})
    session = owner.post(f"/projects/{project}/sessions", {"revision_id": made["revision"]["id"]})
    link: dict[str, Any] = owner.post(
        f"/projects/{project}/share-links", {"capability": "live", "asset_id": asset}
    )
    thrown = owner.post("/projects", {"name": "Thrown away"})
    owner.call("DELETE", f"/projects/{thrown['id']}")
    tabs = (
        "",
        "/issues",
        "/issues?view=table",
        "/issues/1",
        "/reviews",
        f"/reviews/{review['id']}",
        "/sessions",
        "/members",
        "/links",
        "/settings",
        "/trash",
    )
    return House(
        asset,
        (
            "/signin",
            "/go",
            "/help",
            "/s/" + link["url"].rsplit("/s/", 1)[1],
            f"/live/{session['id']}?k={session['code']}",
            f"/embed/v/{asset}/A",
        ),
        (
            "/",
            *(f"/p/{project}{tab}" for tab in tabs),
            f"/p/{project}/a/{asset}",
            "/search?q=gear",
            "/settings/me",
            "/trash",
            "/nowhere",
        ),
    )


def raise_issues(owner: Api, project: str, revision: str, ben: str) -> None:
    """Two issues: one pinned, with everything that an issue can have, one without a place."""
    part = next(
        str(one["id"])
        for one in owner.get(f"/revisions/{revision}/occurrences?q=plate")["items"]
        if one["name"] == "Plate"
    )
    issue = owner.post(
        f"/projects/{project}/issues",
        {
            "title": "Wall of the plate is too thin",
            "description": "Less than 3 mm beside the left pin.",
            "revision_id": revision,
            "assignee_id": ben,
            "due_at": "2020-12-11T22:59:59Z",
            "labels": ["wall", "casting"],
            "priority": "High",
            "blocking": True,
        },
    )
    anchor = {"revision_id": revision, "occurrence": part, "world": [0.0, 0.0, 0.0]}
    owner.post(f"/issues/{issue['id']}/anchor", anchor)
    said = owner.post(f"/issues/{issue['id']}/comments", {"text": "Please check, @Ben Okoro"})
    owner.post(f"/issues/{issue['id']}/comments", {"text": "It is.", "reply_to": said["id"]})
    owner.post(f"/projects/{project}/issues", {"title": "Agree on the paint"})
    owner.post(f"/revisions/{revision}/comments", {"text": "Which steel is this?"})


def goes_in_the_page(person: Person, path: str) -> None:
    """Another page without loading the application again, as the back button does."""
    person.page.evaluate(
        "(path) => { history.pushState(null, '', path); dispatchEvent(new PopStateEvent('popstate')); }",
        path,
    )
    rests(person.page)


def rests(page: Page) -> None:
    """Until no list is loading, the tab has the name of its page, and nothing moves."""
    page.evaluate(
        """
        async () => {
          const until = performance.now() + 15000;
          const busy = () => document.querySelector("[data-testid=skeleton]")
            || document.getAnimations().some((a) => a.playState === "running" && a.effect?.getTiming().iterations !== Infinity)
            || ![...document.querySelectorAll("h1, h2, [data-testid]")].length;
          let calm = 0;
          while (calm < 3 && performance.now() < until) {
            await new Promise((resolve) => setTimeout(resolve, 30));
            calm = busy() ? 0 : calm + 1;
          }
        }
        """
    )


def does_not_fit(page: Page) -> list[str]:
    """Texts that are cut off, leave their button or lie on another, and a page that scrolls sideways."""
    found: list[str] = page.evaluate(TEXT_THAT_DOES_NOT_FIT)
    return found


def violations(page: Page, only: list[str] | None = None) -> list[str]:
    """What axe finds, all rules or some: `serious color-contrast: .hint …`."""
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(AXE.read_text())
    found: list[str] = page.evaluate(VIOLATIONS, only or [])
    return found
