"""A page of another site frames the viewer and talks to it; others are told why they may not."""

import http.server
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from e2e.people import add_asset
from e2e.test_views import B_PARTS, C_PARTS, boxes
from playwright.sync_api import BrowserContext, Frame, Page, expect
from served import Api, Served, free_port, owner_of, serving

WINDOW = {"width": 800, "height": 560}
HOST_PAGE = """<!doctype html><meta charset=utf-8><title>Item 4711</title>
<div id=model style="height:420px"></div>
<script type=module>
  import {{ embed }} from "{server}/embed.js";
  window.events = [];
  window.embed = embed;
  window.start = async (options) => {{
    window.viewer = await embed(document.getElementById("model"), {{ server: "{server}", ...options }});
    for (const name of ["loaded", "selection", "view", "visibility", "error"])
      viewer.on(name, (data) => events.push([name, data]));
  }};
  window.scriptReady = true;
</script>"""


@dataclass
class Site:
    """A web server of somebody else, on another site than Holotable's: a PLM, for example."""

    server: http.server.ThreadingHTTPServer
    page: str

    @property
    def origin(self) -> str:
        # Holotable answers on 127.0.0.1: to a browser, localhost is another site, not just a port.
        return f"http://localhost:{self.server.server_address[1]}"


def site_on(port: int) -> Site:
    site = Site.__new__(Site)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = site.page.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            return

    site.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
    site.page = ""
    threading.Thread(target=site.server.serve_forever, daemon=True).start()
    return site


@pytest.fixture(scope="module")
def plm() -> Iterator[Site]:
    """The site that may embed."""
    site = site_on(free_port())
    yield site
    site.server.shutdown()
    site.server.server_close()


@pytest.fixture(scope="module")
def framed(plm: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("framed")
    with serving(folder / "data", HOLOTABLE_EMBED_ORIGINS=plm.origin) as running:
        plm.page = HOST_PAGE.format(server=running.url)
        yield running


@pytest.fixture(scope="module")
def item(framed: Served, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """An asset with two revisions, and a share link to it."""
    owner: Api = owner_of(framed)
    folder = tmp_path_factory.mktemp("item")
    made = add_asset(owner, boxes(folder / "skid.obj", B_PARTS), "Skids")
    later = owner.upload(
        f"/assets/{made['asset']['id']}/revisions", boxes(folder / "skid_c.obj", C_PARTS)
    )
    assert owner.wait_for(later["id"])["state"] == "ready"
    link = owner.post(
        f"/projects/{made['project']['id']}/share-links",
        {"capability": "view", "asset_id": made["asset"]["id"]},
    )
    return {**made, "secret": link["url"].rsplit("/s/", 1)[1], "link": link, "owner": owner}


def opened(context: BrowserContext, plm: Site) -> Page:
    page = context.new_page()
    page.goto(plm.origin + "/item/4711")
    page.wait_for_function("window.scriptReady")
    return page


def talks(page: Page, script: str) -> Any:  # JSON
    return page.evaluate(f"(async () => {{ {script} }})()")


def the_frame(page: Page) -> Frame:
    return next(frame for frame in page.frames if "/embed/v/" in frame.url)


def test_a_page_of_another_site_shows_a_model_by_a_share_link_and_talks_to_it(
    framed: Served, plm: Site, item: dict[str, Any], open_context: Callable[..., BrowserContext]
) -> None:
    context = open_context(viewport=WINDOW)
    page = opened(context, plm)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    options = {"asset": item["asset"]["id"], "revision": "A", "token": item["secret"]}
    page.evaluate("options => start(options)", options)
    page.wait_for_function("events.some(([name]) => name === 'loaded')")
    state = talks(page, "return viewer.state()")
    assert (state["label"], state["parts"], state["visible"]) == ("A", 6, 6)
    assert context.cookies(framed.url) == [], "a frame on another site has no cookie"

    valve = talks(page, "return (await viewer.find({text: 'valve'})).parts[0].id")
    assert talks(page, f"return viewer.isolate({{ids: ['{valve}', 'gone']}})") == {
        "count": 1,
        "unknown": ["gone"],
    }
    assert talks(page, "return (await viewer.state()).visible") == 1
    talks(page, "await viewer.showAll()")
    talks(
        page,
        f"await viewer.colour({{groups: [{{ids: ['{valve}'], colour: '#d55e00'}}]}});"
        f"await viewer.select({{ids: ['{valve}']}}); await viewer.fit({{ids: ['{valve}']}});"
        "await viewer.section({axis: 'y'}); await viewer.explode({amount: 0.25});",
    )
    page.wait_for_function(
        "id => events.some(([name, data]) => name === 'selection' && data.ids[0] === id)",
        arg=valve,
    )
    page.wait_for_function("events.some(([name]) => name === 'view')")

    # The picture that was asked for is that picture, property for property, also after changes.
    frame = the_frame(page)
    frame.evaluate("window.__ux.settled(90_000)")
    seen = talks(page, "return JSON.stringify(await viewer.getViewpoint())")
    talks(
        page,
        "await viewer.clearSections(); await viewer.clearColours(); await viewer.explode({amount: 0});"
        f"await viewer.view({{name: 'top'}}); await viewer.hide({{ids: ['{valve}']}});",
    )
    frame.evaluate("window.__ux.settled(90_000)")
    talks(page, f"await viewer.setViewpoint({{viewpoint: {seen}}})")
    frame.evaluate("window.__ux.settled(90_000)")
    now = json.loads(talks(page, "return JSON.stringify(await viewer.getViewpoint())"))
    then = json.loads(seen)
    assert {**now, "camera": None} == {**then, "camera": None}
    for member in ("position", "target", "up"):
        assert now["camera"][member] == pytest.approx(then["camera"][member], abs=1e-6)

    # A click in the frame is a selection for the page around it.
    talks(page, "await viewer.showAll(); await viewer.select({ids: []}); events.length = 0;")
    box = page.locator("iframe").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_function(
        "events.some(([name, data]) => name === 'selection' && data.count === 1)"
    )

    size = talks(
        page,
        "const {picture} = await viewer.screenshot();"
        "const map = await createImageBitmap(picture); return [picture.type, map.width, map.height]",
    )
    assert size[0] == "image/png"
    assert size[1] >= box["width"] - 2
    loaded = talks(page, f"return viewer.load({{asset: '{item['asset']['id']}', revision: 'B'}})")
    assert (loaded["label"], loaded["parts"]) == ("B", 7)
    assert errors == []


def test_what_a_page_sends_wrongly_is_named_and_strangers_are_not_heard(
    framed: Served, plm: Site, item: dict[str, Any], open_context: Callable[..., BrowserContext]
) -> None:
    page = opened(open_context(viewport=WINDOW), plm)
    options = {"asset": item["asset"]["id"], "revision": "A", "token": item["secret"]}
    page.evaluate("options => start(options)", options)
    page.wait_for_function("events.some(([name]) => name === 'loaded')")
    codes = talks(
        page,
        "const code = (promise) => promise.then(() => 'done', (error) => error.code);"
        "return [await code(viewer.request('launch')), await code(viewer.hide({ids: 7})),"
        " await code(viewer.hide({ids: ['nobody']})), await code(viewer.view({name: 'up'}))]",
    )
    assert codes == ["unknown_method", "bad_arguments", "unknown_parts", "bad_arguments"]
    # Another window of an allowed origin, and the frame itself, are not the page that frames it.
    frame = the_frame(page)
    frame.evaluate(
        """() => {
            window.heard = [];
            addEventListener('message', (event) => heard.push(event.origin));
            postMessage({holotable: 'holotable-embed/1', id: 1, method: 'hide', params: {ids: []}}, '*');
        }"""
    )
    frame.wait_for_function("heard.length > 0")
    assert talks(page, "return (await viewer.state()).visible") == 6


def test_a_site_that_may_not_embed_reads_why(
    framed: Served, plm: Site, item: dict[str, Any], open_context: Callable[..., BrowserContext]
) -> None:
    stranger = site_on(free_port())
    stranger.page = HOST_PAGE.format(server=framed.url)
    try:
        page = opened(open_context(viewport=WINDOW), stranger)
        failed = page.evaluate(
            "options => start(options).then(() => 'done', (error) => `${error.code} ${error.message}`)",
            {
                "asset": item["asset"]["id"], "revision": "A", "token": item["secret"],
                "timeout_ms": 2_000, "keepFrame": True,
            },
        )  # fmt: skip
        assert failed.startswith("no_answer")
        assert f"Is {stranger.origin} among" in failed
        said = page.frame_locator("iframe").locator("body")
        expect(said).to_contain_text("is not among the sites that may show models")
        expect(said).to_contain_text(f"HOLOTABLE_EMBED_ORIGINS={stranger.origin}")
    finally:
        stranger.server.shutdown()
        stranger.server.server_close()


def test_without_a_token_and_after_it_was_withdrawn_the_frame_says_what_to_do(
    framed: Served, plm: Site, item: dict[str, Any], open_context: Callable[..., BrowserContext]
) -> None:
    page = opened(open_context(viewport=WINDOW), plm)
    page.evaluate("options => start(options)", {"asset": item["asset"]["id"], "revision": "A"})
    inside = page.frame_locator("iframe")
    expect(inside.get_by_test_id("embed-problem")).to_contain_text("needs a sign-in")
    expect(inside.get_by_role("link", name="Open in Holotable")).to_be_visible()
    owner: Api = item["owner"]
    made = owner.post(
        f"/projects/{item['project']['id']}/share-links",
        {"capability": "view", "asset_id": item["asset"]["id"]},
    )
    owner.call("DELETE", f"/share-links/{made['id']}")
    other = opened(open_context(viewport=WINDOW), plm)
    secret = made["url"].rsplit("/s/", 1)[1]
    other.evaluate(
        "options => start(options)",
        {"asset": item["asset"]["id"], "revision": "A", "token": secret},
    )
    expect(other.frame_locator("iframe").get_by_test_id("embed-problem")).to_contain_text(
        "has ended"
    )


def test_a_link_to_a_picture_is_shown_in_a_frame(
    framed: Served, plm: Site, item: dict[str, Any], open_context: Callable[..., BrowserContext]
) -> None:
    owner: Api = item["owner"]
    content = {
        "format": "holotable-viewpoint/1",
        "revision_id": item["revision"]["id"],
        "visibility": {"hidden": [[0, 3]]},
    }
    view = owner.post(
        f"/projects/{item['project']['id']}/viewpoints", {"name": "Two", "content": content}
    )
    page = opened(open_context(viewport=WINDOW), plm)
    options = {"asset": item["asset"]["id"], "revision": "A", "token": item["secret"],
               "view": view["id"]}  # fmt: skip
    page.evaluate("options => start(options)", options)
    page.wait_for_function(
        "events.some(([name, data]) => name === 'visibility' && data.visible === 2)"
    )
