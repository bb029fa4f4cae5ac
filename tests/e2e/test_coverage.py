"""What approvers have had in view of what changed, kept with their yes and counted before approving."""

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
import trimesh
from e2e.people import Person, add_asset
from playwright.sync_api import BrowserContext, expect
from served import Api, Served

PHRASE = "another good phrase"


def housing(path: Path, label: str) -> Path:
    """A knob outside and a core under a cover; revision B has both of other sizes. Metres, y up."""
    grown = 1.0 if label == "A" else 1.2
    scene = trimesh.Scene()
    for name, size, at in (
        ("Base", (0.2, 0.01, 0.1), (0.0, 0.0, 0.0)),
        ("Knob", (0.02 * grown, 0.02, 0.02), (-0.07, 0.015, 0.03)),
        ("Core", (0.02 * grown, 0.02, 0.02), (0.05, 0.015, 0.0)),
    ):
        box = trimesh.creation.box(size)
        matrix = trimesh.transformations.translation_matrix(at)
        scene.add_geometry(box, node_name=name, geom_name=name, transform=matrix)
    cover = trimesh.creation.box((0.06, 0.04, 0.06))
    matrix = trimesh.transformations.translation_matrix((0.05, 0.025, 0.0))
    scene.add_geometry(cover, node_name="Cover", geom_name="Cover", transform=matrix)
    path.write_bytes(scene.export(file_type="glb"))
    return path


@pytest.fixture
def review(shared_server: Served, owner: Api, tmp_path: Path) -> dict[str, str]:
    """Revision B under review by Ben, who must have seen what changed since A."""
    made = add_asset(owner, housing(tmp_path / "a.glb", "A"), f"Covers {uuid.uuid4().hex[:6]}")
    later = owner.upload(
        f"/assets/{made['asset']['id']}/revisions", housing(tmp_path / "b.glb", "B")
    )
    assert owner.wait_for(later["id"])["state"] == "ready"
    if "ben" not in {one["login"] for one in owner.get("/users")["items"]}:
        owner.post("/users", {"name": "Ben Okoro", "login": "ben", "password": PHRASE})
    project = made["project"]["id"]
    owner.post(f"/projects/{project}/members", {"login": "ben", "role": "reviewer"})
    (ben,) = (one for one in owner.get("/users")["items"] if one["login"] == "ben")
    asked = owner.post(
        f"/revisions/{later['id']}/reviews",
        {
            "approvers": [ben["id"]],
            "compared_to_id": made["revision"]["id"],
            "rule": {"kind": "all", "block_on_coverage": True},
        },
    )
    return {"page": f"/p/{project}/reviews/{asked['id']}", "asset": made["asset"]["id"]}


def test_a_changed_part_under_a_cover_counts_as_seen_only_once_the_cover_is_off(
    shared_server: Served, open_context: Callable[..., BrowserContext], review: dict[str, str]
) -> None:
    ben = Person(open_context(), shared_server)
    ben.is_signed_in("ben", PHRASE)
    ben.goes_to(review["page"])
    approve, check = ben.see("verdict-approve"), ben.see("verdict-check")
    expect(approve).to_be_disabled()
    ben.see("share-coverage").check()
    expect(ben.see("coverage-of")).to_have_text("Ben Okoro 0 of 2 changed parts")
    expect(check.first).to_have_text("2 of 2 changed parts were not in view")

    ben.opens_viewer(review["asset"], "B")
    expect(ben.see("status-seen")).to_have_text("1 of 2 changed parts seen")
    ben.clicks_row("Cover")
    ben.see("selection-hide").click()
    expect(ben.see("status-seen")).to_have_text("2 of 2 changed parts seen")
    ben.see("status-seen").click()

    expect(ben.see("coverage-of")).to_have_text("Ben Okoro 2 of 2 changed parts")
    expect(approve).to_be_enabled()
    approve.click()
    expect(ben.see("review-state")).to_have_text("Approved")


def test_what_was_kept_is_gone_when_somebody_takes_their_yes_back(
    shared_server: Served, open_context: Callable[..., BrowserContext], review: dict[str, str]
) -> None:
    ben = Person(open_context(), shared_server)
    ben.is_signed_in("ben", PHRASE)
    ben.goes_to(review["page"])
    ben.see("share-coverage").check()
    ben.opens_viewer(review["asset"], "B")
    expect(ben.see("status-seen")).to_have_text("1 of 2 changed parts seen")
    ben.goes_to(review["page"])
    expect(ben.see("coverage-of")).to_have_text("Ben Okoro 1 of 2 changed parts")
    ben.see("share-coverage").uncheck()
    expect(ben.see("coverage-of")).to_have_count(0)
    expect(ben.see("verdict-check").first).to_have_text("2 of 2 changed parts were not in view")
    ben.opens_viewer(review["asset"], "B")
    ben.settles()
    expect(ben.see("status-seen")).to_have_count(0)
