"""A point cloud in a real browser: uploaded, seen in its colours, picked, hidden."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from e2e.people import Person
from PIL import Image
from playwright.sync_api import BrowserContext, expect
from point_files import hill, las_bytes
from served import Api, Served

SMALL = {"width": 1000, "height": 640}
ORANGE = (235, 110, 25)


def share_of_orange(person: Person, tmp_path: Path) -> float:
    """Share of the viewport's pixels whose colour is near that of the cloud."""
    path = tmp_path / "viewport.png"
    person.see("viewport").screenshot(path=path)
    with Image.open(path) as image:
        seen = np.asarray(image.convert("RGB")).astype(int)
    return float((np.abs(seen - ORANGE).max(axis=2) < 40).mean())


def test_an_uploaded_cloud_is_seen_in_its_colours_and_can_be_selected_and_hidden(
    shared_server: Served, owner: Api, open_context: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    places = hill(150_000)
    colours = np.tile(np.array(ORANGE, np.uint16) * 257, (len(places), 1))
    scan = tmp_path / "Hill scan.las"
    scan.write_bytes(las_bytes(places, colours=colours))
    project = owner.post("/projects", {"name": "Scans"})
    mia = Person(open_context(viewport=SMALL), shared_server)
    mia.is_signed_in()
    mia.goes_to(f"/p/{project['id']}")
    mia.see("upload-input").set_input_files(scan)
    mia.see("upload-open").first.click(timeout=60_000)
    mia.settles()
    assert share_of_orange(mia, tmp_path) > 0.1, "the cloud is not to be seen"
    assert [url for url in mia.requests if "/p1-0.glb" in url or "/p0-0.glb" in url]

    mia.waits_for("ux.viewer.pixelOfOccurrence(0)")
    pixel = mia.ux("viewer.pixelOfOccurrence(0)")
    mia.see("viewport").click(position=pixel)
    row = mia.see("tree-row").filter(has_text="Hill scan").first
    expect(row).to_have_attribute("aria-selected", "true")
    mia.page.keyboard.press("h")
    mia.settles()
    assert share_of_orange(mia, tmp_path) < 0.01, "the hidden cloud is still to be seen"
    assert mia.errors == []
