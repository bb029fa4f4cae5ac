"""Measuring by mouse: snaps, exact values of a block whose measures are known, and the same block as a mesh."""

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from e2e.aiming import Floats, eye_of, moves_to, place_of, places
from e2e.brep_reading import BrepReading, distance_m
from e2e.people import Person, add_asset
from e2e.shapes import (
    BLOCK_MM,
    BORE_RADIUS_MM,
    BORES_MM,
    SLANT_DEGREES,
    SLANT_FROM_MM,
    WALL_MM,
    block_step,
    block_stl,
)
from PIL import Image
from playwright.sync_api import BrowserContext, expect
from served import MODELS, Api, Served

SMALL = {"width": 1180, "height": 700}
LENGTH, WIDTH, HEIGHT = BLOCK_MM
NOTHING_M = 1e-6
PROGRESS = "JSON.stringify([__ux.pendingPoints, __ux.measures.length])"
SNAPS = ("vertex", "middle", "centre", "edge", "face")
# The glyph of the pointer is drawn after those of what was clicked.
GLYPH_IS_NEAR = """([snap, x, y]) => {
    const glyph = [...document.querySelectorAll('[data-testid=viewport-frame] [data-snap]')].at(-1);
    if (glyph?.getAttribute('data-snap') !== snap) return false;
    const { left, right, top, bottom } = glyph.getBoundingClientRect();
    return Math.hypot((left + right) / 2 - x, (top + bottom) / 2 - y) < 12;
}"""
GLYPHS_ARE = """visibility => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`.scene-glyph { visibility: ${visibility}; }`);
    document.adoptedStyleSheets = [sheet];
}"""


def metres(*millimetres: float) -> list[float]:
    return [value / 1000 for value in millimetres]


@pytest.fixture(scope="module")
def block(owner: Api, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return add_asset(owner, block_step(tmp_path_factory.mktemp("step") / "Block.step"), "Blocks")


@pytest.fixture(scope="module")
def mesh(owner: Api, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return add_asset(owner, block_stl(tmp_path_factory.mktemp("stl") / "Block.stl"), "Meshes")


@pytest.fixture
def mia(shared_server: Served, open_context: Callable[..., BrowserContext]) -> Person:
    person = Person(open_context(viewport=SMALL), shared_server)
    person.is_signed_in()
    return person


def begins(person: Person, asset: dict[str, Any], view: str = "0") -> None:
    """Open, look from one of the seven views, take the measuring tool."""
    person.opens_viewer(asset["asset"]["id"])
    person.see("viewport").focus()
    looks(person, view)
    person.see("toolbar-measure").click()
    expect(person.see("tool-hint")).to_be_visible()


def looks(person: Person, view: str) -> None:
    person.see("viewport").focus()
    person.page.keyboard.press(view)
    person.page.evaluate("window.__ux.settled(90_000)")


def aims(person: Person, point: Sequence[float], snap: str) -> None:
    """Move onto a point until it is snapped to there as wanted: the exact shape may still be on its way."""
    moves_to(person, point)
    at = place_of(person, point)
    assert at is not None
    box = person.viewport()
    person.until(GLYPH_IS_NEAR, [snap, box["x"] + float(at[0]), box["y"] + float(at[1])])


def picks(person: Person, point: Sequence[float], snap: str) -> None:
    """Click on a point of the file that snaps as wanted."""
    aims(person, point, snap)
    clicks(person)


def clicks(person: Person) -> None:
    """Press where the mouse is until it counts: on a busy machine a press may last too long for a click."""
    before = person.page.evaluate(PROGRESS)
    for _ in range(4):
        person.page.mouse.down()
        person.page.mouse.up()
        for _ in range(25):
            if person.page.evaluate(PROGRESS) != before:
                return
            person.page.wait_for_timeout(50)
    raise AssertionError("four clicks did nothing")


def measured(person: Person, count: int) -> dict[str, Any]:
    """The newest of so many measurements."""
    person.waits_for(f"ux.measures.length === {count}")
    newest: dict[str, Any] = person.ux("measures")[-1]
    return newest


def label_of(person: Person, measure: dict[str, Any]) -> str:
    label = person.page.locator(
        f'[data-testid="measure-label"][data-measure="{measure["id"]}"] text'
    )
    return label.first.text_content() or ""


def test_two_vertices_have_their_nominal_length_and_those_of_a_mesh_say_that_they_are_near_ux_32(
    mia: Person, block: dict[str, Any], mesh: dict[str, Any]
) -> None:
    begins(mia, block)
    picks(mia, metres(0, 0, HEIGHT), "vertex")
    moves_to(mia, metres(0, 0, 2))
    expect(mia.see("measure-live")).to_be_visible()
    picks(mia, metres(0, 0, 0), "vertex")
    exact = measured(mia, 1)
    assert abs(exact["value"] - HEIGHT / 1000) < 1e-9
    assert label_of(mia, exact) == "20.00 mm"
    assert exact["exact"]

    begins(mia, mesh)
    # Top view: the faces of a mesh have corners, which are near, not exact.
    picks(mia, metres(0, 0, HEIGHT), "vertex")
    picks(mia, metres(0, 0, 0), "vertex")
    near = measured(mia, 1)
    text = label_of(mia, near)
    assert text.startswith("≈ ")
    assert "mm" in text
    assert "±" in text
    assert "mesh" in text
    assert not near["exact"]
    assert near["tolerance"] > 0
    assert abs(near["value"] - HEIGHT / 1000) <= near["tolerance"]
    assert mia.errors == []


def test_snap_glyphs_differ_in_shape_without_colour_ux_33(
    mia: Person, block: dict[str, Any], tmp_path: Path
) -> None:
    begins(mia, block)
    places = {
        "vertex": metres(0, 0, HEIGHT),
        "middle": metres(LENGTH / 2, 0, 0),
        "centre": metres(*BORES_MM[0], HEIGHT),
        "edge": metres(LENGTH * 0.3, 0, 0),
        "face": metres(30, 0, 10),
    }
    assert tuple(places) == SNAPS
    shapes = {}
    for snap, point in places.items():
        aims(mia, point, snap)
        expect(mia.see("snap-word")).to_have_text(snap.capitalize())
        mia.page.evaluate("window.__ux.settled(90_000)")
        box = mia.page.evaluate(
            "snap => [...document.querySelectorAll(`[data-snap=${snap}]`)].at(-1).getBoundingClientRect().toJSON()",
            snap,
        )
        x, y = int(box["x"] + box["width"] / 2), int(box["y"] + box["height"] / 2)
        clip = {"x": x - 12, "y": y - 12, "width": 24, "height": 24}
        # Without its colours, with the glyph and without it: what differs is its shape, whatever lies behind.
        greys = []
        for visibility in ("visible", "hidden"):
            mia.page.evaluate(GLYPHS_ARE, visibility)
            path = tmp_path / f"{snap}-{visibility}.png"
            mia.page.screenshot(path=path, clip=clip)
            greys.append(np.asarray(Image.open(path).convert("L")).astype(int))
        mia.page.evaluate(GLYPHS_ARE, "visible")
        shapes[snap] = np.abs(greys[0] - greys[1]) > 40
        assert shapes[snap].mean() > 0.08, f"{snap} cannot be seen in grey"
    for one in SNAPS:
        for other in SNAPS:
            if one < other:
                differing = shapes[one] != shapes[other]
                assert differing.mean() > 0.08, f"{one} and {other} look alike in grey"


def test_a_bore_has_exactly_its_diameter_and_two_bores_the_distance_of_their_centres(
    mia: Person, block: dict[str, Any]
) -> None:
    begins(mia, block, view="5")
    mia.see("status-precision").select_option("3")
    (ax, ay), (bx, by) = BORES_MM
    # Towards the front, where the label of the first does not lie.
    turn = math.radians(270)
    rim_a = metres(
        ax + BORE_RADIUS_MM * math.cos(turn), ay + BORE_RADIUS_MM * math.sin(turn), HEIGHT
    )
    rim_b = metres(
        bx + BORE_RADIUS_MM * math.cos(turn), by + BORE_RADIUS_MM * math.sin(turn), HEIGHT
    )
    # Twice the same thing: what it offers alone.
    picks(mia, rim_a, "edge")
    clicks(mia)
    bore = measured(mia, 1)
    assert bore["value"] == 2 * BORE_RADIUS_MM / 1000
    assert (bore["kind"], bore["mode"], bore["exact"]) == ("radius", "diameter", True)
    assert label_of(mia, bore) == "⌀ 8.000 mm"

    mia.page.wait_for_timeout(450)  # else it is a double click
    picks(mia, rim_a, "edge")
    picks(mia, rim_b, "edge")
    centres = measured(mia, 2)
    between = math.dist(BORES_MM[0], BORES_MM[1]) / 1000
    assert centres["mode"] == "centres"
    assert abs(centres["value"] - between) < NOTHING_M
    assert centres["exact"]
    assert "≈" not in label_of(mia, centres)

    # Another reading of the same points, after the fact, by the chip on the label.
    label = f'[data-testid="measure-label"][data-measure="{centres["id"]}"]'
    for _ in centres["choices"]:
        if mia.ux("measures")[1]["mode"] == "minimum":
            break
        mode = mia.ux("measures")[1]["mode"]
        mia.page.locator(f'{label} [data-testid="measure-chip"]').click()
        mia.waits_for(f"ux.measures[1].mode !== '{mode}'")
    shortest = mia.ux("measures")[1]
    assert shortest["mode"] == "minimum"
    assert abs(shortest["value"] - (between - 2 * BORE_RADIUS_MM / 1000)) < NOTHING_M
    assert mia.errors == []


def test_angles_walls_and_areas_are_those_of_the_block(mia: Person, block: dict[str, Any]) -> None:
    begins(mia, block)
    fall = (LENGTH - SLANT_FROM_MM) * math.tan(math.radians(SLANT_DEGREES))
    slant = metres(55, 10, HEIGHT - fall / 2)
    picks(mia, metres(30, 6, HEIGHT), "face")
    picks(mia, slant, "face")
    angle = measured(mia, 1)
    assert angle["kind"] == "angle"
    assert abs(angle["value"] - math.radians(SLANT_DEGREES)) < NOTHING_M
    assert label_of(mia, angle) == "30.00°"

    mia.see("hint-measure-task").select_option("area")
    picks(mia, slant, "face")
    area = measured(mia, 2)
    expected = WIDTH * (LENGTH - SLANT_FROM_MM) / math.cos(math.radians(SLANT_DEGREES)) / 1e6
    assert abs(area["value"] - expected) < 1e-12
    assert label_of(mia, area).endswith("mm²")

    looks(mia, "2")
    mia.see("hint-measure-task").select_option("thickness")
    picks(mia, metres(27, WIDTH, 14), "face")
    wall = measured(mia, 3)
    assert abs(wall["value"] - WALL_MM / 1000) < NOTHING_M
    assert label_of(mia, wall) == "3.00 mm"
    assert wall["exact"]
    assert mia.errors == []


def test_measurements_are_named_hidden_locked_dragged_and_undone(
    mia: Person, block: dict[str, Any]
) -> None:
    begins(mia, block)
    picks(mia, metres(0, 0, HEIGHT), "vertex")
    picks(mia, metres(0, 0, 0), "vertex")
    first = measured(mia, 1)
    row = mia.see("measure-row").first
    expect(row.get_by_test_id("measure-value")).to_contain_text("20.00 mm")
    expect(row.get_by_test_id("measure-value")).to_contain_text("0.787 in")
    expect(row.get_by_test_id("measure-detail")).to_have_text(["0.00 mm", "0.00 mm", "−20.00 mm"])

    # One end is dragged to another corner and measured again while it moves.
    handle = mia.see("measure-handle").nth(1).bounding_box()
    assert handle is not None
    mia.page.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2)
    mia.page.mouse.down()
    moves_to(mia, metres(LENGTH, 0, 0))
    mia.waits_for("Math.abs(ux.measures[0].value - 0.0632455532) < 1e-9")
    mia.page.mouse.up()
    mia.page.keyboard.press("Control+z")
    mia.waits_for(f"ux.measures[0].value === {first['value']}")

    # The label goes where it is dragged.
    mia.page.evaluate("window.__ux.settled(90_000)")
    label = mia.see("measure-label").first
    box = label.bounding_box()
    assert box is not None
    mia.page.mouse.move(box["x"] + 12, box["y"] + box["height"] / 2)
    mia.page.mouse.down()
    mia.page.mouse.move(box["x"] + 92, box["y"] + box["height"] / 2 + 60, steps=4)
    mia.page.mouse.up()
    moved = label.bounding_box()
    assert moved is not None
    assert abs(moved["x"] - box["x"] - 80) < 3
    assert abs(moved["y"] - box["y"] - 60) < 3

    row.get_by_test_id("measure-name").fill("Height")
    mia.page.keyboard.press("Enter")
    mia.waits_for("ux.measures[0].name === 'Height'")
    row.get_by_test_id("measure-eye").click()
    expect(mia.see("measure-label")).to_have_count(0)
    row.get_by_test_id("measure-eye").click()
    row.get_by_test_id("measure-lock").click()
    expect(row.get_by_test_id("measure-remove")).to_be_disabled()
    expect(mia.see("measure-handle")).to_have_count(0)
    row.get_by_test_id("measure-lock").click()
    row.get_by_test_id("measure-remove").click()
    expect(mia.see("measure-row")).to_have_count(0)
    mia.page.keyboard.press("Control+z")
    expect(mia.see("measure-row")).to_have_count(1)
    assert mia.errors == []


def test_a_path_adds_up_and_escape_drops_the_point_in_progress_before_the_tool(
    mia: Person, block: dict[str, Any]
) -> None:
    begins(mia, block)
    mia.see("hint-measure-task").select_option("path")
    for corner in ((0, 0, HEIGHT), (0, 0, 0), (LENGTH, 0, 0)):
        picks(mia, metres(*corner), "vertex")
    mia.see("viewport").focus()
    mia.page.keyboard.press("Enter")
    path = measured(mia, 1)
    assert path["kind"] == "path"
    assert np.allclose(path["components"], [0.02, 0.06], atol=1e-9)
    assert abs(path["value"] - 0.08) < 1e-9
    mia.see("hint-measure-task").select_option("smart")
    # Tab goes through what else lies near, and a click takes what was chosen.
    aims(mia, metres(0, 0, 0), "vertex")
    mia.see("viewport").focus()
    mia.waits_for("ux.snapChoices > 1")
    mia.page.keyboard.press("Tab")
    expect(mia.see("snap-word")).to_have_text("Edge")
    clicks(mia)
    moves_to(mia, metres(30, 0, 10))
    expect(mia.see("measure-live")).to_be_visible()
    expect(mia.page.locator("[data-snap=vertex]")).to_have_count(0)
    expect(mia.page.locator("[data-snap=edge]")).to_have_count(2)  # its halo and its ink
    mia.see("viewport").focus()
    mia.page.keyboard.press("Escape")
    moves_to(mia, metres(30, 0, 10))
    expect(mia.see("measure-live")).to_have_count(0)
    assert mia.ux("tool") == "measure"
    mia.page.keyboard.press("Escape")
    assert mia.ux("tool") == "select"
    assert len(mia.ux("measures")) == 1


def test_measurements_follow_their_part_and_the_unit(mia: Person, block: dict[str, Any]) -> None:
    begins(mia, block)
    picks(mia, metres(0, 0, HEIGHT), "vertex")
    picks(mia, metres(LENGTH, 0, 0), "vertex")
    measure = measured(mia, 1)
    mia.see("status-unit").select_option("in-frac")
    expect(mia.page.locator('[data-testid="measure-label"] text').first).to_have_text("2 1/2 in")
    mia.see("status-precision").select_option("64")
    expect(mia.page.locator('[data-testid="measure-label"] text').first).to_have_text("2 31/64 in")
    # Chosen once, for every page and model after.
    mia.opens_viewer(block["asset"]["id"])
    expect(mia.see("status-unit")).to_have_value("in-frac")
    expect(mia.see("status-precision")).to_have_value("64")
    assert measure["anchorsInFile"][0] == pytest.approx(metres(0, 0, HEIGHT), abs=1e-12)


@pytest.mark.models
@pytest.mark.skipif(not MODELS.is_dir(), reason="the shared folder of models is not here")
@pytest.mark.parametrize(
    "file", ["as1-oc-214.stp", "featuretype.step", "nist_ctc_02_asme1_ap242-e2.stp"]
)
def test_rims_and_faces_of_placed_parts_measure_as_the_brep_says(
    mia: Person, owner: Api, file: str
) -> None:
    """Nested and turned occurrences, a file in inches, and one of other programs' circles."""
    asset = add_asset(owner, MODELS / file, file)
    truth = BrepReading(MODELS / file)
    begins(mia, asset)
    # Rims that can be seen, of two sizes, from near enough to tell their points apart.
    mia.see("hint-measure-task").select_option("radius")
    seen = in_sight(mia, truth)
    found: set[float] = set()
    for rim in sorted(truth.rims, key=lambda rim: -rim.radius):
        point = rim.points[4]
        if len(found) == 2 or round(rim.radius, 6) in found or seen(point) is None:
            continue
        goes_near(mia, point, rim.centre)
        aims(mia, point, "edge")
        expect(mia.see("measure-live")).to_be_visible()
        clicks(mia)
        measure = measured(mia, 1)
        expected = truth.rim_at(measure["anchorsInFile"][0]).radius
        radius = measure["value"] / (2 if measure["mode"] == "diameter" else 1)
        assert measure["exact"]
        assert abs(radius - expected) < NOTHING_M, measure
        found |= {round(rim.radius, 6), round(expected, 6)}
        mia.page.keyboard.press("Control+z")
        mia.waits_for("ux.measures.length === 0")
        looks(mia, "0")
    assert found, "no rim could be picked"

    # The shortest way between the faces farthest apart in the picture.
    mia.see("hint-measure-task").select_option("smart")
    spots = truth.spots(40)
    places_of = [(place, spot) for spot in spots if (place := seen(spot)) is not None]
    places_of.sort(key=lambda each: float(each[0][0]))
    mia.page.keyboard.down("Alt")  # no snapping: the very face
    for _, spot in (places_of[0], places_of[-1]):
        picks(mia, spot, "face")
    mia.page.keyboard.up("Alt")
    measure = measured(mia, 1)
    faces = [truth.face_at(point) for point in measure["anchorsInFile"]]
    mia.see("measure-row").get_by_test_id("measure-choice").select_option("distance minimum")
    mia.waits_for("ux.measures[0].mode === 'minimum'")
    [shortest] = mia.ux("measures")
    assert shortest["exact"]
    assert distance_m(*faces) > 0.001
    assert abs(shortest["value"] - distance_m(*faces)) < NOTHING_M
    assert mia.errors == []


def in_sight(person: Person, truth: BrepReading) -> Callable[[Floats], Floats | None]:
    """Where a point of the file is in the picture, while the camera rests; None where something hides it."""
    place, eye = places(person), eye_of(person)

    def seen(point: Floats) -> Floats | None:
        at = place(point)
        return at if at is not None and truth.is_seen(point, eye) else None

    return seen


def goes_near(person: Person, point: Floats, centre: Floats) -> None:
    """Turn the wheel over a point until it is many pixels from the centre of its rim."""
    for _ in range(8):
        moves_to(person, point)
        place = places(person)
        at, middle = place(point), place(centre)
        if at is None or middle is None or np.linalg.norm(at - middle) > 70:
            return
        for _ in range(4):
            person.page.mouse.wheel(0, -200)
        person.page.evaluate("window.__ux.settled(90_000)")
