"""UX statements 4 to 7: empty, forbidden, loading and failing pages."""

import json
import re
from collections.abc import Callable

from e2e.people import Person
from playwright.sync_api import BrowserContext, Route, expect
from served import Api, Served

FORMATS = ("STEP", "IGES", "IFC", "STL", "OBJ", "PLY", "3MF", "glTF", "GLB", "DAE", "OFF", "BREP")


def test_ux4_a_project_without_assets_is_one_big_invitation(
    shared_server: Served, owner: Api, open_context: Callable[..., BrowserContext]
) -> None:
    project = owner.post("/projects", {"name": "Empty"})
    mia = Person(open_context(), shared_server)
    mia.signs_in()
    mia.goes_to(f"/p/{project['id']}")
    invitation = mia.see("upload-empty")
    expect(invitation).to_be_visible()
    words = invitation.inner_text()
    assert sum(name.lower() in words.lower() for name in FORMATS) >= 5
    assert mia.page.locator(".button.primary:visible").count() == 1
    zone, window = mia.see("upload-drop").bounding_box(), mia.page.viewport_size
    assert zone is not None
    assert window is not None
    assert zone["width"] > 0.6 * window["width"]
    assert zone["height"] > 0.5 * window["height"]


def test_ux5_a_stranger_to_a_project_may_request_access_and_learns_nothing(
    shared_server: Served, owner: Api, open_context: Callable[..., BrowserContext]
) -> None:
    project = owner.post("/projects", {"name": "Secret gearbox"})
    owner.post("/users", {"name": "Ben Okoro", "login": "ben", "password": "another good phrase"})
    ben = Person(open_context(), shared_server)
    ben.signs_in("ben", "another good phrase")
    ben.requests.clear()
    ben.goes_to(f"/p/{project['id']}")
    expect(ben.see("request-access").first).to_be_visible()
    assert "Request access" in ben.page.inner_text("body")
    assert "Secret gearbox" not in ben.page.content()
    assert not [url for url in ben.requests if "thumbnail" in url]


def test_ux6_lists_show_a_skeleton_while_they_load_and_never_an_empty_text(
    shared_server: Served, owner: Api, open_context: Callable[..., BrowserContext]
) -> None:
    project = owner.post("/projects", {"name": "Slow"})
    mia = Person(open_context(), shared_server)
    mia.signs_in()

    held: list[Route] = []
    slow = True

    def late(route: Route) -> None:
        if slow:
            held.append(route)
        else:
            route.continue_()

    lists = re.compile(
        r"/api/v1/(projects|trash|tokens|search)(\?|$)|/api/v1/projects/[^/]+/(assets|sessions|members|share-links|folders)"
    )
    mia.page.route(lists, late)
    for path in ("/", f"/p/{project['id']}"):
        slow = True
        mia.page.goto(shared_server.url + path, wait_until="commit")
        expect(mia.see("skeleton").first).to_be_visible()
        assert mia.see("upload-empty").count() == 0
        assert mia.see("empty-state").count() == 0
        slow = False
        while held:
            held.pop().continue_()
        expect(mia.see("skeleton")).to_have_count(0)


def test_ux7_a_failed_list_names_the_error_and_retries_without_reload(
    shared_server: Served, owner: Api, open_context: Callable[..., BrowserContext]
) -> None:
    owner.post("/projects", {"name": "Recovered"})
    mia = Person(open_context(), shared_server)
    mia.signs_in()
    broken = True

    def fail(route: Route) -> None:
        if broken and route.request.method == "GET":
            route.fulfill(status=502, content_type="text/html", body="<h1>Bad gateway</h1>")
        else:
            route.continue_()

    mia.page.route(re.compile(r"/api/v1/projects(\?|$)"), fail)
    mia.goes_to("/")
    error = mia.see("error-state")
    expect(error).to_be_visible()
    assert "502" in error.inner_text()
    marker = mia.page.evaluate("window.__marker = Math.random()")
    broken = False
    mia.see("retry").click()
    expect(mia.see("project-card").filter(has_text="Recovered")).to_be_visible()
    assert mia.page.evaluate("window.__marker") == marker
    assert json.dumps(mia.errors) == "[]"
