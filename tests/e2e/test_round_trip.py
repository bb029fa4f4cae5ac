"""Everything a picture can hold at once: into a frame, out of it, into a fresh one, and over a link."""

import base64
import json
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from e2e.people import Person, add_asset
from e2e.shapes import coloured_step
from e2e.test_embed import Site, framed, opened, plm, talks, the_frame
from playwright.sync_api import BrowserContext, Page
from pmi_files import COMMON, DIMENSIONS, DRAWN, annotated
from served import Api, Served, owner_of

from holotable.review.viewpoint import Viewpoint

__all__ = ["framed", "plm"]  # the fixtures that this module borrows

WINDOW = {"width": 560, "height": 460}
CAMERA = {
    "position": [0.06, 0.05, 0.07],
    "target": [0.02, 0.0, -0.01],
    "up": [0.0, 1.0, 0.0],
    "fov_rad": 0.7,
    "ortho_height_m": 0.065,
}
LENGTH_MM, PIN_RADIUS_MM = 40.0, 2.0  # of the plate; of the pins
PLATE, PIN_LEFT, PIN_RIGHT = 0, 1, 2  # dense numbers of the occurrences


@pytest.fixture(scope="module")
def item(framed: Served, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Rev A: a plate with two pins; Rev B: a block with annotations; a link to both."""
    owner: Api = owner_of(framed)
    folder = tmp_path_factory.mktemp("round")
    made = add_asset(owner, coloured_step(folder / "fixture.step"), "Round trips")
    block = annotated(folder / "block.step", COMMON, DIMENSIONS, DRAWN)
    later = owner.upload(f"/assets/{made['asset']['id']}/revisions", block)
    assert owner.wait_for(later["id"])["state"] == "ready"
    link = owner.post(
        f"/projects/{made['project']['id']}/share-links",
        {"capability": "view", "asset_id": made["asset"]["id"]},
    )
    manifest = owner.get(f"/revisions/{later['id']}/scene/manifest.json")
    structure = manifest["files"]["structure.json"]["sha256"]
    return {
        **made,
        "later": later,
        "later_structure": structure,
        "secret": link["url"].rsplit("/s/", 1)[1],
        "owner": owner,
    }


def mark(millimetres: float, occurrence: int | None = PLATE) -> dict[str, Any]:
    """A point so far along the near lower edge of the plate."""
    at = [millimetres / 1000, 0.0, 0.0]
    return {"position": at, "occurrence": occurrence, "local": None if occurrence is None else at}


def everything(item: dict[str, Any], structure: str) -> dict[str, Any]:
    """A picture of Rev A in which no member is as when the model was opened."""
    stroke = {
        "id": "k1", "kind": "cloud", "points": [[-0.25, -0.1], [0.1, 0.2]], "text": "",
        "colour": "#0072b2", "width": 2.5,
    }  # fmt: skip
    anchors = [
        {**mark(0.0), "snap": "vertex", "entity": {"occurrence": PLATE, "kind": "vertex", "index": 0},
         "tolerance_m": 0.0},
        {**mark(LENGTH_MM), "snap": "none", "entity": None, "tolerance_m": 0.0005},
    ]  # fmt: skip
    beside = {**mark(0.0, None), "local": [0.0, 0.0, 0.001],
              "other": {"revision_id": item["later"]["id"], "number": 0}}  # fmt: skip
    plane = {"id": "p1", "name": "Across", "normal": [1.0, 0.0, 0.0], "offset_m": 0.004,
             "enabled": True, "cap": False}  # fmt: skip
    return {
        "format": "holotable-viewpoint/1",
        "revision_id": item["revision"]["id"],
        "structure": structure,
        "layers": [
            {
                "revision_id": item["later"]["id"],
                "transform": [0, 0, -1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0.01, 0.02, 0, 1],
                "visible": True,
                "ghosted": True,
                "structure": item["later_structure"],
                "parts": {"hidden": [[0, 0]], "isolated": True, "ghosted": []},
            }
        ],
        "camera": CAMERA,
        "visibility": {
            "hidden": [[PIN_RIGHT, PIN_RIGHT]], "isolated": True, "ghosted": [[PIN_LEFT, PIN_LEFT]],
        },
        "sections": {
            "planes": [
                plane,
                {**plane, "id": "p2", "name": "Flat", "normal": [0.0, -0.6, 0.8], "offset_m": -0.5,
                 "enabled": False, "cap": True},
            ],
            "box": {
                "centre": [0.02, 0.005, -0.01], "half": [0.019, 0.02, 0.009],
                "rotation": [0.0, 0.6, 0.0, 0.8], "enabled": True, "cap": False,
            },
            "uncut": [[PIN_LEFT, PIN_LEFT]],
        },
        "colouring": {
            "title": "Status",
            "property": "status",
            "groups": [
                {"label": "late", "colour": "#d55e00", "parts": [[PLATE, PLATE]]},
                {"label": "done", "colour": "#009e73", "parts": [[PIN_LEFT, PIN_RIGHT]]},
            ],
        },
        "explode": {"amount": 0.25, "by": "assemblies", "along": "y", "only": [[PLATE, PIN_LEFT]]},
        "selection": {
            "parts": [[PLATE, PIN_LEFT]],
            "entities": [
                {"occurrence": PLATE, "kind": "edge", "index": 2},
                {"occurrence": PIN_LEFT, "kind": "face", "index": 0},
            ],
        },
        "measurements": [
            {
                "id": "m1", "name": "Length", "kind": "distance", "mode": "points",
                "value": LENGTH_MM / 1000, "components": [LENGTH_MM / 1000, 0, 0],
                "points": [mark(0.0), mark(LENGTH_MM, None)],
                "exact": False, "tolerance": 0.0005, "mesh": True, "anchors": anchors,
                "choices": [{"kind": "distance", "mode": "points"},
                            {"kind": "distance", "mode": "minimum"}],
                "locked": True, "shown": False, "label_offset": [12, -8.5],
            },
            {
                "id": "m2", "name": "Pin", "kind": "radius", "mode": "diameter",
                "value": 2 * PIN_RADIUS_MM / 1000, "components": [],
                "points": [mark(0.0, PIN_LEFT), beside],
                "exact": True, "tolerance": 0, "mesh": False,
                "anchors": [{**mark(0.0, PIN_LEFT), "snap": "centre", "tolerance_m": 0,
                             "entity": {"occurrence": PIN_LEFT, "kind": "edge", "index": 0}},
                            {**beside, "snap": "face", "entity": None, "tolerance_m": 0,
                             "feature": {"kind": "face", "index": 1}}],
                "stood": [{"revision_id": item["later"]["id"], "transform": None}],
                "choices": [], "locked": False, "shown": True, "label_offset": [-30, 40],
            },
        ],
        "markup": {
            "sheets": [{"id": "s1", "name": "Sheet 1", "camera": CAMERA, "marks": [stroke]}],
            "open": "s1",
            "marks": [
                {"id": "k2", "kind": "pin", "points": [mark(20.0)], "text": "burr",
                 "colour": "#d55e00"}
            ],
        },
        "notes": {"shown": True, "without": ["datum"], "view": None, "chosen": None},
        "compare": {
            "revision_id": item["later"]["id"], "mode": "side_by_side", "slider": 0.25,
            "camera": {**CAMERA, "ortho_height_m": 0.05}, "kinds": ["shape", "moved"],
            "palette": "patterns", "heat": True, "tolerance_m": 0.0005, "stop": 3,
        },
        "display": {
            "shading": "hiddenLine", "edges": False, "own_edges": True, "shadow": False,
            "grid": True, "occlusion": "off", "background": "gradient",
        },
        "points": {
            "size": "metres", "pixels": 5.0, "metres": 0.125, "colours": "class",
            "hidden_classes": [2, 9], "relief": False,
        },
        "units": {
            "unit": "in-frac",
            "numbers": {"decimals": 3, "fraction": 64, "angle": "dms", "mass": "lb", "second": "mm"},
        },
    }  # fmt: skip


def differences(now: object, then: object, at: str = "") -> list[str]:
    """Where two documents differ; numbers to a nanometre, or a billionth."""
    if isinstance(now, dict) and isinstance(then, dict):
        return [
            each
            for name in sorted({*now, *then})
            for each in differences(now.get(name, "—"), then.get(name, "—"), f"{at}/{name}")
        ]
    if isinstance(now, list) and isinstance(then, list) and len(now) == len(then):
        pairs = enumerate(zip(now, then, strict=True))
        return [each for index, (a, b) in pairs for each in differences(a, b, f"{at}/{index}")]
    numbers = all(isinstance(each, int | float) and not isinstance(each, bool) for each in (now, then))  # fmt: skip
    if numbers and abs(float(now) - float(then)) <= 1e-9:  # type: ignore[arg-type]
        return []
    return [] if now == then else [f"{at}: {now} instead of {then}"]


def framed_item(page: Page, item: dict[str, Any], revision: str = "A", **options: str) -> None:
    """A frame with the item in it, at rest."""
    wanted = {"asset": item["asset"]["id"], "revision": revision, "token": item["secret"]}
    page.evaluate("options => start(options)", {**wanted, **options})
    page.wait_for_function("events.some(([name]) => name === 'loaded')")
    the_frame(page).evaluate("window.__ux.settled(90_000)")


def shows(page: Page, viewpoint: dict[str, Any]) -> None:
    talks(page, f"await viewer.setViewpoint({{viewpoint: {json.dumps(viewpoint)}}})")
    the_frame(page).evaluate("window.__ux.settled(90_000)")


def shown(page: Page) -> dict[str, Any]:
    return dict(json.loads(talks(page, "return JSON.stringify(await viewer.getViewpoint())")))


def test_every_member_of_a_picture_comes_back_through_frames_and_a_link_property_for_property(
    framed: Served, plm: Site, item: dict[str, Any], open_context: Callable[..., BrowserContext]
) -> None:
    context = open_context(viewport=WINDOW)
    first = opened(context, plm)
    framed_item(first, item)
    plain = shown(first)
    meant = everything(item, plain["structure"])
    assert set(meant) == set(Viewpoint.model_fields), "a member that this picture does not hold"
    shows(first, meant)
    seen = shown(first)
    assert differences(seen, meant) == []

    # From a frame into a fresh one, over a message; and what was there before leaves nothing behind.
    second = opened(context, plm)
    framed_item(second, item)
    shows(second, seen)
    assert differences(shown(second), meant) == []
    shows(second, plain)
    assert differences({**shown(second), "points": 0, "units": 0}, {**plain, "points": 0, "units": 0}) == []  # fmt: skip
    second.close()

    # Over the address of a frame, and of the whole product.
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = deflate.compress(json.dumps(seen).encode()) + deflate.flush()
    text = base64.urlsafe_b64encode(packed).decode().rstrip("=")
    third = opened(context, plm)
    framed_item(third, item, viewpoint=text)
    assert differences(shown(third), meant) == []
    third.close()
    mia = Person(open_context(viewport=WINDOW), framed)
    mia.is_signed_in()
    mia.goes_to(f"/v/{item['asset']['id']}/A#v={text}")
    mia.settles()
    mia.waits_for("ux.openSheet === 's1'")
    mia.page.evaluate("window.__ux.settled(90_000)")
    there = json.loads(mia.page.evaluate("JSON.stringify(window.__ux.viewpoint)"))
    assert differences(there, meant) == []
    assert mia.errors == []


def test_the_notes_of_a_file_are_as_they_were_in_a_fresh_frame(
    plm: Site, item: dict[str, Any], open_context: Callable[..., BrowserContext]
) -> None:
    page = opened(open_context(viewport=WINDOW), plm)
    framed_item(page, item, "B")
    pmi = item["owner"].get(f"/revisions/{item['later']['id']}/scene/pmi.json")
    chosen = next(each for each in pmi["annotations"] if each["kind"] == "dimension")
    notes = {"shown": True, "without": ["datum", "note"], "view": None, "chosen": chosen["id"]}
    shows(page, {**shown(page), "notes": notes})
    the_frame(page).wait_for_function("window.__ux.notes.count > 0")
    seen = shown(page)
    assert seen["notes"] == notes
    other = opened(page.context, plm)
    framed_item(other, item, "B")
    shows(other, seen)
    the_frame(other).wait_for_function("window.__ux.notes.count > 0")
    assert differences(shown(other), seen) == []
