"""The change tour in an emulated headset: what changed is read on a card, stepped through by ray and stick."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trimesh
from e2e.headset import aims, frames, pushes, trigger, wears_headset
from e2e.people import Person, add_asset
from playwright.sync_api import BrowserContext, expect
from served import Api, Served

SHOTS = Path("build/e2e/headset")
# Metres of a part's middle along x.
OLD = {"Frame": 0.0, "Pump": 0.06, "Manifold": 0.12}
NEW = {"Frame": 0.0, "Pump": 0.0725, "Manifold": 0.12, "Bracket": 0.2}


def skid(path: Path, places: dict[str, float]) -> Path:
    scene = trimesh.Scene()
    for name, x in places.items():
        box = trimesh.creation.box((0.03, 0.02, 0.02 + len(name) / 1000))
        scene.add_geometry(box, geom_name=name, node_name=name)
        scene.graph.update(name, matrix=trimesh.transformations.translation_matrix((x, 0, 0)))
    path.write_bytes(scene.export(file_type="glb"))
    return path


@pytest.fixture(scope="module")
def skids(owner: Api, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("skids")
    made = add_asset(owner, skid(folder / "skid.glb", OLD), "Skids")
    later = owner.upload(
        f"/assets/{made['asset']['id']}/revisions", skid(folder / "skid_b.glb", NEW)
    )
    assert owner.wait_for(later["id"])["state"] == "ready"
    return made


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_in_a_headset_one_steps_from_change_to_change_and_stands_before_each(
    theme: str,
    shared_server: Served,
    open_context: Callable[..., BrowserContext],
    skids: dict[str, Any],
) -> None:
    context = open_context(viewport={"width": 900, "height": 560}, color_scheme=theme)
    wears_headset(context)
    dana = Person(context, shared_server)
    dana.is_signed_in()
    dana.goes_to(f"/v/{skids['asset']['id']}/B?compare=A")
    expect(dana.see("changes")).to_have_attribute("data-state", "ready")
    dana.settles()
    dana.see("vr-button").click()
    dana.waits_for("ux.xrFrames > 2")
    card = dana.ux("viewer.xr.tour")
    assert (card["title"], card["pointsTo"]) == ("2 changes", None)
    arrived = dana.ux("viewer.xr.rig")

    # The ray presses; the user stays where they are, a line leads to the change.
    aims(dana, card["buttons"]["next"])
    trigger(dana, 1)
    trigger(dana, 0)
    dana.waits_for("ux.comparing.stop != null")
    frames(dana)
    first = dana.ux("viewer.xr.tour")
    assert first["head"].startswith("Change 1 of 2")
    assert dana.ux("viewer.xr.rig") == arrived
    assert dana.ux("selection") == [], "what lies behind the card was not pressed"
    dana.page.evaluate(
        "xrdev.remote.dispatch('look_at', { device: 'headset', target: { x: -0.3, y: 1.2, z: -1 } })"
    )
    frames(dana)
    dana.screenshot(SHOTS / f"card_{theme}.png")

    # The other hand's stick goes on; both changes were read.
    pushes(dana, 1, 0, hand="left")
    second = dana.ux("viewer.xr.tour")
    assert second["head"].startswith("Change 2 of 2")
    said = {each["title"]: " ".join(each["lines"]) for each in (first, second)}
    assert set(said) == {"Pump", "Bracket"}
    assert "moved 0.01250 m" in said["Pump"]
    assert "not in the old revision" in said["Bracket"]
    assert dana.ux("comparing.viewed") == 2

    # Closer: the change stands on the table, three times its size wide; and the whole model again.
    aims(dana, card["buttons"]["closer"])
    trigger(dana, 1)
    trigger(dana, 0)
    closer = dana.ux("viewer.xr")
    assert closer["tour"]["closer"]
    assert closer["rig"]["scale"] < arrived["scale"] / 1.5
    assert abs(closer["tour"]["pointsTo"][0]) < 0.01
    assert abs(closer["tour"]["pointsTo"][2] + 1) < 0.01
    dana.screenshot(SHOTS / f"closer_{theme}.png")
    trigger(dana, 1)
    trigger(dana, 0)
    assert dana.ux("viewer.xr.rig") == arrived

    # The old revision alone, for as long as the trigger is held.
    aims(dana, card["buttons"]["old"])
    trigger(dana, 1)
    dana.waits_for("ux.comparing.blinking")
    trigger(dana, 0)
    dana.waits_for("!ux.comparing.blinking")
    dana.page.evaluate("xrdev.activeSession.end()")
    dana.waits_for("ux.xr.kind !== 'active'")
    assert dana.ux("viewer.xr.tour") is None
    assert dana.errors == []
