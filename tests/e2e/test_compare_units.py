"""A revision whose file says no unit: comparing finds the inch, and one press mends it."""

import uuid
from collections.abc import Callable
from pathlib import Path

import trimesh
from e2e.people import Person, add_asset
from playwright.sync_api import BrowserContext, expect
from served import Api, Served

INCH = 0.0254


def bracket(path: Path) -> Path:
    """5 × 2.5 × 1.375 inches with a step in it: as glTF in metres, y up; as STL in inches, z up."""
    foot = trimesh.creation.box((5.0, 2.5, 0.5))
    foot.apply_translation((0, 0, 0.25))
    wall = trimesh.creation.box((0.5, 2.5, 0.875))
    wall.apply_translation((-2.25, 0, 0.9375))
    body = trimesh.util.concatenate([foot, wall])
    if path.suffix == ".glb":
        body.apply_transform([[INCH, 0, 0, 0], [0, 0, INCH, 0], [0, -INCH, 0, 0], [0, 0, 0, 1]])
    path.write_bytes(body.export(file_type=path.suffix[1:]))
    return path


def test_a_revision_in_inches_is_told_apart_and_mended_with_one_press(
    shared_server: Served, owner: Api, open_context: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    made = add_asset(owner, bracket(tmp_path / "a.glb"), f"Units {uuid.uuid4().hex[:6]}")
    asset = made["asset"]["id"]
    later = owner.upload(f"/assets/{asset}/revisions", bracket(tmp_path / "b.stl"))
    assert owner.wait_for(later["id"])["state"] == "ready"
    mia = Person(open_context(), shared_server)
    mia.is_signed_in()
    mia.goes_to(f"/v/{asset}/B?compare=A")
    hint = mia.see("compare-hint")
    expect(hint).to_contain_text(
        "In inches, revision B would be exactly as large as A", timeout=60_000
    )
    mia.see("compare-hint-mend").click()
    expect(hint).to_have_count(0)
    expect(mia.see("status-file-unit")).to_have_value("in")
    expect(mia.see("changes")).to_contain_text("Nothing changed", timeout=60_000)
