"""UX statement 34: a file without a unit asks once, and the answer is everybody's."""

import re
from collections.abc import Callable
from pathlib import Path

from e2e.people import PASSWORD, Person, add_asset
from mesh_files import stl_binary
from playwright.sync_api import BrowserContext, expect
from served import Api, Served


def size_shown(person: Person) -> list[float]:
    """The three lengths of the selected part as the properties show them, in their own unit."""
    line = person.see("properties").locator("dd", has_text=re.compile(r"\d × \d.* × \d")).first
    return [float(word.replace(",", "")) for word in re.findall(r"[\d.,]+", line.inner_text())]


def test_ux34_a_unitless_file_asks_once_and_inch_multiplies_by_25_4_for_everybody(
    shared_server: Served, owner: Api, open_context: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    made = add_asset(owner, stl_binary(tmp_path / "cube.stl"), "Units")
    owner.post("/users", {"name": "Ben", "login": "ben", "password": PASSWORD})
    owner.post(f"/projects/{made['project']['id']}/members", {"login": "ben", "role": "viewer"})
    mia = Person(open_context(), shared_server)
    mia.is_signed_in()
    mia.opens_viewer(made["asset"]["id"])
    expect(mia.see("unit-chip")).to_contain_text("No unit in this file")
    mia.see("tree-row").last.click()
    before = size_shown(mia)
    mia.see("unit-chip-select").select_option("in")
    expect(mia.see("unit-chip")).to_have_count(0)
    expect(mia.see("status-file-unit")).to_have_value("in")
    mia.settles()
    mia.see("tree-row").last.click()
    after = size_shown(mia)
    assert after == [round(length * 25.4, 2) for length in before]
    ben = Person(open_context(), shared_server)
    ben.is_signed_in("ben")
    ben.opens_viewer(made["asset"]["id"])
    expect(ben.see("status-file-unit")).to_have_text("File in")
    expect(ben.see("unit-chip")).to_have_count(0)
    ben.see("tree-row").last.click()
    assert size_shown(ben) == after
    assert not mia.errors
    assert not ben.errors
    box = ben.ux("camera.position")
    assert max(abs(value) for value in box) > 0.05, "the camera stands before the larger model"
    mia.screenshot(Path("build/e2e/unit-corrected.png"))


def test_the_up_axis_is_corrected_as_data(
    shared_server: Served, owner: Api, open_context: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    made = add_asset(owner, stl_binary(tmp_path / "cube.stl"), "Axes")
    mia = Person(open_context(), shared_server)
    mia.is_signed_in()
    mia.opens_viewer(made["asset"]["id"])
    mia.screenshot(Path("build/e2e/unit-chip.png"))
    package = owner.get(f"/revisions/{made['revision']['id']}")["package"]["id"]
    mia.see("status-up").select_option("y")
    expect(mia.see("status-up")).to_have_value("y")
    mia.settles()
    changed = owner.get(f"/revisions/{made['revision']['id']}")
    assert changed["placement"] == {"unit": None, "up_axis": "y"}
    assert changed["package"]["id"] == package, "nothing was converted again"
    assert not mia.errors
