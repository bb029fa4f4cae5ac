"""BCF on the page: files in and out, and a view that comes back as the same picture."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from bcf_files import members, zipped
from e2e.people import Person
from e2e.test_issues import SIZE, Plates, furnish
from PIL import Image
from playwright.sync_api import BrowserContext, expect
from served import Api, Served

NEW_GUID: Final = "0a1b2c3d-0000-4000-8000-00000000beef"
CAMERA: Final = {
    "position": [0.25, 0.2, 0.2],
    "target": [0.06, 0.0, -0.03],
    "up": [0.0, 1.0, 0.0],
    "fov_rad": 0.7853981633974483,
}


@pytest.fixture
def plates(owner: Api, tmp_path: Path) -> Plates:
    return furnish(owner, tmp_path)


@pytest.fixture
def mia(shared_server: Served, open_context: Callable[..., BrowserContext]) -> Person:
    person = Person(open_context(viewport=SIZE, accept_downloads=True), shared_server)
    person.is_signed_in()
    return person


def seen(plates: Plates, folder: Path) -> dict[str, Any]:
    """An issue whose view cuts the plate, hides the arm and selects the plate."""
    issue = plates.issue("Cut open", revision_id=plates.revisions["A"])
    picture = folder / "shot.png"
    Image.new("RGB", (32, 20), "teal").save(picture)
    plane = {"id": "p", "name": "1", "normal": [-1.0, 0.0, 0.0], "offset_m": -0.06}
    content = {
        "format": "holotable-viewpoint/1",
        "revision_id": plates.revisions["A"],
        "camera": CAMERA,
        "sections": {"planes": [plane]},
        "visibility": {"hidden": {"ids": plates.ids("A", "A")}},
    }
    plates.owner.upload(f"/issues/{issue['id']}/viewpoints", picture, content=json.dumps(content))
    return issue


def shot(mia: Person) -> np.ndarray[Any, np.dtype[np.int16]]:
    """The picture of the model."""
    mia.settles()
    taken = mia.see("viewport").screenshot()
    return np.asarray(Image.open(io.BytesIO(taken)).convert("RGB"), np.int16)


def differing(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> float:
    """Share of pixels of which any channel is more than a sixteenth apart."""
    assert one.shape == other.shape
    return float((np.abs(one - other).max(axis=2) > 16).mean())


def opens(mia: Person, plates: Plates, number: int) -> np.ndarray[Any, np.dtype[np.int16]]:
    mia.goes_to(f"/p/{plates.project}/issues/{number}")
    mia.see("issue-model").click()
    mia.settles()
    expect(mia.see("issue-detail")).to_have_attribute("data-number", str(number))
    mia.see("issue-view").first.click()
    mia.waits_for(f"Math.abs(ux.camera.position[0] - {CAMERA['position'][0]}) < 1e-4")
    return shot(mia)


def test_a_view_that_went_out_and_came_back_shows_the_same_picture(
    mia: Person, plates: Plates, tmp_path: Path
) -> None:
    issue = seen(plates, tmp_path)
    mia.opens_viewer(plates.asset)
    usual = shot(mia)
    before = opens(mia, plates, issue["number"])
    assert differing(usual, before) > 0.02, "the view shows something else than the start"

    mia.goes_to(f"/p/{plates.project}/issues")
    mia.see("issues-export").click()
    with mia.page.expect_download() as download:
        mia.see("bcf-download").click()
    out = tmp_path / "out.bcf"
    download.value.save_as(out)

    files = {
        name.replace(issue["guid"], NEW_GUID): body.replace(
            issue["guid"].encode(), NEW_GUID.encode()
        )
        for name, body in members(out.read_bytes()).items()
    }
    (tmp_path / "in.bcf").write_bytes(zipped(files))
    mia.see("issues-import").click()
    mia.see("bcf-file").set_input_files(tmp_path / "in.bcf")
    expect(mia.see("bcf-result")).to_have_attribute("data-state", "plan")
    expect(mia.see("bcf-topic")).to_have_attribute("data-state", "created")
    assert len(plates.owner.get(f"/projects/{plates.project}/issues")["items"]) == 1
    mia.see("bcf-take").click()
    expect(mia.see("bcf-result")).to_have_attribute("data-state", "done")
    mia.see("bcf-close").click()
    expect(mia.see("board-card")).to_have_count(2)

    after = opens(mia, plates, issue["number"] + 1)
    assert differing(before, after) < 0.01
    assert not mia.errors


def test_a_file_that_is_none_is_refused_in_words_and_nothing_changes(
    mia: Person, plates: Plates, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong.bcf"
    wrong.write_bytes(b"no zip")
    mia.goes_to(f"/p/{plates.project}/issues")
    expect(mia.see("issues-export")).to_be_disabled()
    mia.see("issues-import").click()
    mia.see("bcf-file").set_input_files(wrong)
    expect(mia.see("bcf-refused")).to_contain_text("no zip that can be read")
    expect(mia.see("bcf-take")).to_be_disabled()
