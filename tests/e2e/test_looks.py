"""Looks in the picture: colours, the six modes, shadow, occlusion, points, materials, and the photoreal still."""

import io
import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from e2e.aiming import place_of
from e2e.look_shapes import CUBE, GREY, PANELS, crevice_step, materials_gltf
from e2e.people import Person, add_asset
from e2e.test_surfaces import striped_panel
from PIL import Image
from playwright.sync_api import BrowserContext, expect
from point_files import hill, las_bytes
from served import Api, Served

SMALL = {"width": 1000, "height": 520}
SHOTS = Path("build/e2e/looks")
MODES = ("edges", "shaded", "wireframe", "hiddenLine", "materials", "ghost")
Floats = npt.NDArray[np.float64]
# How often the camera was dragged on, and for how long it had not been when occlusion was found.
WATCH_OCCLUSION = """() => {
  const seen = (window.seenOcclusion = [0, []]);
  let [found, place, moved, before] = [__ux.viewer.occlusions, String(__ux.camera.position), 0, 0];
  addEventListener("pointermove", () => {
    if (String(__ux.camera.position) === place) return;
    [place, moved] = [String(__ux.camera.position), performance.now()];
    seen[0] += 1;
  });
  const look = () => {
    // It was found in the last frame: a pointer that moved since then has nothing to do with it.
    if (__ux.viewer.occlusions > found) seen[1].push(performance.now() - before);
    [found, before] = [__ux.viewer.occlusions, moved];
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""

# Corners of the cube and the trough of crevice_step, millimetres.
FACE = (-4.0, -10.0, 14.0)
CUBE_EDGE = ((-10.0, -10.0, 20.0), (10.0, -10.0, 20.0))
HIDDEN_EDGE = ((-10.0, 10.0, 0.0), (-10.0, 10.0, 20.0))


@pytest.fixture(scope="module")
def crevice(owner: Api, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return add_asset(owner, crevice_step(tmp_path_factory.mktemp("step") / "Crevice.step"), "Looks")


@pytest.fixture
def mia(shared_server: Served, open_context: Callable[..., BrowserContext]) -> Iterator[Person]:
    person = Person(open_context(viewport=SMALL, accept_downloads=True), shared_server)
    person.is_signed_in()
    yield person
    assert not person.errors


def lab(colour: Floats) -> Floats:
    """CIELAB (D65) of sRGB 0 to 255."""
    share = colour / 255.0
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array(
        [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    )  # fmt: skip
    xyz = to_xyz @ linear / np.array([0.95047, 1.0, 1.08883])
    root = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    found: Floats = np.array(
        [116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])]
    )
    return found


def difference(seen: Floats, meant: str | tuple[int, int, int]) -> float:
    """CIE 1976 colour difference of sRGB 0 to 255."""
    if isinstance(meant, str):
        meant = (int(meant[1:3], 16), int(meant[3:5], 16), int(meant[5:7], 16))
    return float(np.linalg.norm(lab(seen) - lab(np.array(meant, float))))


class Picture:
    """The viewport as it is now, asked for points of the file in millimetres."""

    def __init__(self, person: Person, name: str, *, settled: bool = True, up: str = "z") -> None:
        if settled:
            person.settles()
        self.person, self.up = person, up
        SHOTS.mkdir(parents=True, exist_ok=True)
        path = SHOTS / f"{name}.png"
        person.see("viewport").screenshot(path=path, timeout=200_000)
        with Image.open(path) as shot:
            self.pixels = np.asarray(shot.convert("RGB")).astype(float)
        # Without the view cube and the legend.
        height, width = self.pixels.shape[:2]
        self.model = self.pixels[4 : int(height * 0.75), 4 : int(width * 0.75)]

    def at(self, point: tuple[float, float, float]) -> Floats:
        place = place_of(self.person, [value / 1000 for value in point], self.up)
        assert place is not None, f"{point} is not in the picture"
        return place

    def around(self, point: tuple[float, float, float], reach: int = 2) -> Floats:
        """(n, 3) pixels about a point."""
        x, y = np.round(self.at(point)).astype(int)
        found: Floats = self.pixels[y - reach : y + reach + 1, x - reach : x + reach + 1]
        return found.reshape(-1, 3)

    def colour(self, point: tuple[float, float, float], reach: int = 2) -> Floats:
        mean: Floats = self.around(point, reach).mean(axis=0)
        return mean

    def brightness(self, point: tuple[float, float, float], reach: int = 2) -> float:
        return float(self.colour(point, reach).mean())

    def inked(
        self,
        ends: tuple[tuple[float, float, float], tuple[float, float, float]],
        than: float,
        reach: int = 2,
    ) -> float:
        """Share of the places along a line, its ends left out, about which something is darker than this."""
        first, last = self.at(ends[0]), self.at(ends[1])
        dark = []
        for share in np.linspace(0.08, 0.92, 60):
            x, y = np.round(first + (last - first) * share).astype(int)
            near = self.pixels[y - reach : y + reach + 1, x - reach : x + reach + 1].mean(axis=2)
            dark.append(near.min() < than)
        return float(np.mean(dark))

    def differs(self, other: "Picture", by: float = 12) -> Floats:
        """(h, w) 1 where two pictures differ."""
        found: Floats = (np.abs(self.model - other.model).max(axis=2) > by).astype(float)
        return found


def opens(person: Person, asset: dict[str, Any], *keys: str) -> None:
    person.opens_viewer(asset["asset"]["id"])
    presses(person, *keys)


def presses(person: Person, *keys: str) -> None:
    person.see("viewport").focus()
    for key in keys:
        person.page.keyboard.press(key)
    person.settles()


def switches(person: Person, *testids: str) -> None:
    """Clicks in the Display menu."""
    person.see("toolbar-display").click()
    for testid in testids:
        person.see(testid).click()
    person.see("toolbar-display").click()
    expect(person.see("display-menu")).to_have_count(0)
    person.settles()


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    """Looks again until something is seen."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "was never seen"


def test_a_part_shows_its_colour_and_dark_unbroken_edges_under_the_studio_light(
    mia: Person, crevice: dict[str, Any]
) -> None:
    opens(mia, crevice, "p", "1")
    for key, mode in (("1", "edges"), ("2", "shaded"), ("5", "materials")):
        presses(mia, f"Shift+{key}")
        picture = Picture(mia, f"colour_{mode}")
        off = difference(picture.colour(FACE), CUBE)
        assert off < 6, f"{mode}: a face toward the camera is {off:.1f} from its colour"
        inked = picture.inked(CUBE_EDGE, picture.brightness(FACE) - 20)
        assert (inked == 1.0) if mode == "edges" else (inked < 0.1), mode


def test_the_six_modes_show_what_their_names_say(mia: Person, crevice: dict[str, Any]) -> None:
    opens(mia, crevice, "p", "0")
    pictures = {}
    for number, mode in enumerate(MODES):
        presses(mia, f"Shift+{number + 1}")
        assert mia.see("toolbar-display").is_visible()
        pictures[mode] = Picture(mia, f"mode_{mode}")
    background = pictures["edges"].pixels[3, 3]
    wires, paper, ghost = pictures["wireframe"], pictures["hiddenLine"], pictures["ghost"]
    assert np.abs(wires.colour(FACE) - background).max() < 6, "a wireframe has no faces"
    assert np.abs(paper.colour(FACE) - 255).max() < 3, "hidden line is ink on paper"
    assert np.abs(paper.pixels[3, 3] - 255).max() < 3
    # What lies behind: dashed in a wireframe, nowhere else.
    dark = float(background.mean()) - 30
    assert 0.2 < wires.inked(HIDDEN_EDGE, dark, 1) < 0.95
    assert paper.inked(HIDDEN_EDGE, 200) < 0.15
    assert wires.inked(CUBE_EDGE, dark) == 1.0
    assert paper.inked(CUBE_EDGE, 120) == 1.0
    assert ghost.brightness(FACE) > pictures["edges"].brightness(FACE) + 20
    # X-ray shows what is buried, the others do not: without the ball they look alike.
    mia.clicks_row("Core")
    presses(mia, "h", "Escape")
    inside = (0.0, 0.0, 10.0)
    change = ghost.colour(inside, 14) - Picture(mia, "ghost_without_core").colour(inside, 14)
    assert np.abs(change).max() > 3, change
    presses(mia, "Shift+1")
    assert Picture(mia, "edges_without_core").differs(pictures["edges"]).mean() < 0.002


def test_a_shadow_lies_under_the_model_and_goes_when_it_is_switched_off(
    mia: Person, crevice: dict[str, Any]
) -> None:
    opens(mia, crevice, "0")
    with_shadow = Picture(mia, "shadow_on")
    switches(mia, "display-shadow")
    without = Picture(mia, "shadow_off")
    changed = with_shadow.differs(without, 8)
    assert changed.mean() > 0.004, "there was no shadow"
    darker = with_shadow.model.mean(axis=2) - without.model.mean(axis=2)
    assert (darker[changed > 0] < 0).mean() > 0.98, "a shadow darkens"
    for face in (FACE, (24.0, -10.0, 10.0)):
        assert np.abs(with_shadow.colour(face) - without.colour(face)).max() < 4
    # It follows what is visible, once that has come to rest.
    switches(mia, "display-shadow")
    mia.clicks_row("Trough")
    presses(mia, "h")
    mia.clicks_row("Crevice")
    hidden = Picture(mia, "shadow_hidden")
    place = (42.0, -6.0, 0.0)
    assert hidden.brightness(place) > with_shadow.brightness(place) + 8


def test_occlusion_darkens_a_crevice_and_no_open_face(mia: Person, crevice: dict[str, Any]) -> None:
    opens(mia, crevice, "p", "5")
    mia.see("toolbar-display").click()
    expect(mia.see("display-occlusion-note")).to_be_visible()  # left out where a processor draws
    mia.page.keyboard.press("Escape")
    slot, side = (28.7, 0.0, 17.0), (24.0, 3.0, 20.0)
    switches(mia, "display-occlusion-off")
    plain = Picture(mia, "occlusion_off")
    switches(mia, "display-occlusion-on")
    until(lambda: Picture(mia, "occlusion_on").brightness(slot, 1) < plain.brightness(slot, 1) - 12)
    shaded = Picture(mia, "occlusion_on")
    assert abs(shaded.brightness(side, 1) - plain.brightness(side, 1)) < 10

    # Found once for a view that rests: while one drags, pictures are drawn without it, and then once more.
    found = mia.ux("viewer.occlusions")
    mia.page.evaluate(WATCH_OCCLUSION)
    mia.points_at(0.3, 0.3)
    mia.page.mouse.down()
    for x in (0.36, 0.3, 0.38):
        mia.page.mouse.move(mia.viewport()["width"] * x, 250, steps=12)
    mia.page.mouse.up()
    mia.waits_for(f"ux.viewer.occlusions > {found}")
    mia.settles()
    mia.page.wait_for_timeout(300)
    moves, quiet_ms = mia.page.evaluate("window.seenOcclusion")
    assert moves >= 2, "the picture followed the drag"
    assert min(quiet_ms) >= 100, "at rest only"
    found = mia.ux("viewer.occlusions")
    mia.page.wait_for_timeout(500)
    assert mia.ux("viewer.occlusions") == found, "once for a view"
    switches(mia, "display-occlusion-off")
    presses(mia, "1")
    mia.page.wait_for_timeout(700)
    assert mia.ux("viewer.occlusions") == found, "off is off"


def test_occlusion_gives_up_on_a_slow_graphics_card_and_says_so(
    shared_server: Served, crevice: dict[str, Any], open_context: Callable[..., BrowserContext]
) -> None:
    context = open_context(viewport={"width": 760, "height": 460})
    # To the page, a graphics card draws; it is as slow as this processor.
    context.add_init_script(
        "const real = WebGL2RenderingContext.prototype.getParameter;"
        "WebGL2RenderingContext.prototype.getParameter = function (name) {"
        "  return name === 0x9246 ? 'A slow card' : real.call(this, name); };"
    )
    mia = Person(context, shared_server)
    mia.is_signed_in()
    mia.opens_viewer(crevice["asset"]["id"])
    note = mia.see("display-occlusion-note")
    presses(mia, "p")
    mia.waits_for("ux.viewer.occlusions > 0")
    presses(mia, "5")
    mia.waits_for("ux.viewer.occlusions > 1")
    mia.see("toolbar-display").click()
    expect(note).to_contain_text(re.compile(r"Left out: it took [\d,.]+ ms on this device"))
    mia.page.keyboard.press("Escape")
    found = mia.ux("viewer.occlusions")
    for view in ("1", "5"):
        presses(mia, view)
        mia.page.wait_for_timeout(300)
    plain = Picture(mia, "slow_left_out")
    assert mia.ux("viewer.occlusions") == found, "no more tries"
    # Whoever insists gets it, however long it takes.
    switches(mia, "display-occlusion-on")
    for view in ("1", "5"):
        found = mia.ux("viewer.occlusions")
        presses(mia, view)
        mia.waits_for(f"ux.viewer.occlusions > {found}")
    slot = (28.7, 0.0, 17.0)
    assert Picture(mia, "slow_insisted").brightness(slot, 1) < plain.brightness(slot, 1) - 8
    assert not mia.errors


def test_points_take_their_size_and_colours_from_the_menu(
    mia: Person, owner: Api, tmp_path: Path
) -> None:
    places = hill(8_000)
    count = len(places)
    scan = tmp_path / "Hill.las"
    scan.write_bytes(
        las_bytes(
            places,
            colours=np.tile(np.array((235, 110, 25), np.uint16) * 257, (count, 1)),
            intensities=np.linspace(0, 65535, count).astype(np.uint16),
            classes=np.where(places[:, 0] < 50, 2, 9).astype(np.uint8),
        )
    )
    opens(mia, add_asset(owner, scan, "Scans"), "5")
    menu = mia.see("toolbar-display")

    def seen(name: str, *testids: str) -> Picture:
        switches(mia, *testids)
        return Picture(mia, f"points_{name}")

    def coverage(picture: Picture) -> float:
        return float((np.abs(picture.model - picture.pixels[4, 4]).max(axis=2) > 30).mean())

    menu.click()
    mia.see("points-relief").click()
    mia.page.keyboard.press("Escape")
    natural = seen("natural", "points-size-pixels")
    hues = natural.model[np.abs(natural.model - (235, 110, 25)).max(axis=2) < 30]
    assert len(hues) > 500, "in the colours of the file"
    others = {
        name: seen(name, f"points-colours-{name}")
        for name in ("intensity", "height", "class", "plain")
    }
    for name, picture in others.items():
        left = (np.abs(picture.model - (235, 110, 25)).max(axis=2) < 30).sum()
        assert left < len(hues) / 20, name
        assert coverage(picture) > 0.01
    spread = {
        name: float((picture.model.max(axis=2) - picture.model.min(axis=2)).max())
        for name, picture in others.items()
    }
    assert spread["intensity"] < 90, "grey"
    assert spread["height"] > 90, spread
    assert others["class"].differs(others["plain"]).mean() > 0.01
    # Left of the middle is ground, right of it water.
    both = coverage(seen("classes", "points-colours-class"))
    one = coverage(seen("water", "points-class-2"))
    assert one < both * 0.7
    seen("classes_back", "points-class-2")
    small = coverage(seen("small"))
    menu.click()
    mia.see("points-pixels").focus()
    mia.page.keyboard.press("End")
    mia.page.keyboard.press("Escape")
    large = coverage(Picture(mia, "points_large"))
    assert large > small * 1.5, (small, large)


def test_materials_of_gltf_look_as_they_are_meant_under_the_studio_light(
    mia: Person, owner: Api, tmp_path: Path
) -> None:
    made = add_asset(owner, materials_gltf(tmp_path / "Materials.gltf"), "Materials")
    opens(mia, made, "p", "1", "Shift+5")
    mia.waits_for("ux.viewer.surfaces > 0")
    picture = Picture(mia, "materials", up="y")

    def panel(name: str, x: float = 0.5, y: float = 0.5) -> Floats:
        at = PANELS.index(name) - (1 if name == "Glass" else 0)
        return picture.colour(((1.2 * at + x) * 1000, y * 1000, 400.0 if name == "Glass" else 0.0))

    assert difference(panel("Plain"), GREY) < 8, "a matt face toward the camera shows its colour"
    assert difference(panel("Unlit"), GREY) < 2, "what is unlit shows it exactly"
    glowing = panel("Glowing") - panel("Plain")
    assert glowing[0] > 40, "it gives light of its own"
    assert abs(glowing[2]) < 12
    assert np.abs(panel("Varnished") - panel("Rough")).max() > 3, "varnish mirrors the studio"
    assert panel("Turned", 0.25)[1] > panel("Turned", 0.25)[0] + 60, "the picture is moved by half"
    assert panel("Turned", 0.75)[0] > panel("Turned", 0.75)[1] + 60
    assert panel("Glass", 0.25)[0] > panel("Glass", 0.25)[1] + 40, "seen through the glass: red"
    assert panel("Glass", 0.75)[1] > panel("Glass", 0.75)[0] + 40


def test_every_command_holds_for_a_part_with_a_picture(
    mia: Person, owner: Api, tmp_path: Path
) -> None:
    made = add_asset(owner, striped_panel(tmp_path / "panel.gltf"), "Panels")
    opens(mia, made, "p", "1")
    mia.waits_for("ux.viewer.surfaces > 0")
    mia.clicks_row("Panel")

    def stripes(name: str) -> tuple[float, float]:
        """Shares of the viewport that are red and green as the picture is."""
        mia.points_at(0.02, 0.97)  # beside the part: it is not hovered
        seen = Picture(mia, f"textured_{name}").model
        red = (seen[..., 0] > 120) & (seen[..., 1] < 90) & (seen[..., 2] < 90)
        green = (seen[..., 1] > 120) & (seen[..., 0] < 90) & (seen[..., 2] < 90)
        return float(red.mean()), float(green.mean())

    presses(mia, "Escape")
    whole = stripes("plain")
    assert min(whole) > 0.03
    mia.clicks_row("Panel")
    selected = stripes("selected")
    assert selected[1] < whole[1] * 0.2, "highlighted"
    presses(mia, "h")
    assert stripes("hidden") == (0, 0)
    presses(mia, "Alt+h")
    mia.clicks_row("Panel")
    presses(mia, "Shift+h", "Escape")
    assert stripes("isolated") == pytest.approx(whole, rel=0.1)
    presses(mia, "Alt+h", "Shift+6")
    assert max(stripes("ghost")) < 0.01
    presses(mia, "Shift+1")
    assert stripes("again") == pytest.approx(whole, rel=0.1)
    mia.see("rail-sections").click()
    mia.see("section-add-x").click()
    mia.settles()
    cut = stripes("cut")
    assert sum(cut) < sum(whole) * 0.75, "cut"
    assert sum(cut) > sum(whole) * 0.1
    mia.page.keyboard.press("Control+z")
    mia.settles()
    assert stripes("whole") == pytest.approx(whole, rel=0.1)


def test_parts_with_pictures_are_pulled_apart_ghosted_and_coloured(
    mia: Person, owner: Api, tmp_path: Path
) -> None:
    file = striped_panel(tmp_path / "panels.gltf")
    document = json.loads(file.read_text())
    document["nodes"].append({"mesh": 0, "name": "Beside", "translation": [1.2, 0, 0]})
    document["scenes"][0]["nodes"].append(1)
    file.write_text(json.dumps(document))
    made = add_asset(owner, file, "Two panels")
    opens(mia, made, "p", "1")
    mia.waits_for("ux.viewer.surfaces > 0")

    def stripes(name: str) -> Floats:
        """(w,) share of each column of the viewport that is striped; the mouse lies beside the parts."""
        mia.points_at(0.02, 0.97)
        seen = Picture(mia, f"panels_{name}").model
        high, low = seen[..., :2].max(axis=2), seen[..., :2].min(axis=2)
        found: Floats = ((high > 120) & (low < 90) & (seen[..., 2] < 90)).mean(axis=0)
        return found

    plain = stripes("plain")
    assert plain.sum() > 20
    mia.see("toolbar-explode").click()
    mia.see("explode-amount").fill("1")
    mia.settles()
    mia.page.keyboard.press("Escape")
    apart = stripes("apart")
    assert np.abs(apart - plain).sum() > 0.2 * plain.sum(), "pulled apart"
    mia.see("chip-explode").get_by_test_id("chip-clear").click()
    mia.settles()
    assert np.abs(stripes("together") - plain).sum() < 0.02 * plain.sum()

    mia.clicks_row("Beside")
    mia.see("selection-ghost").click()
    presses(mia, "Escape")
    ghosted = stripes("ghosted")
    between = round(mia.viewport()["width"] / 2) - 4  # both stand beside the middle
    assert np.abs(ghosted[:between] - plain[:between]).sum() < 1, "the other is as it was"
    assert ghosted[between:].sum() < 0.05 * plain[between:].sum(), "one of two is a ghost"
    mia.page.keyboard.press("Control+z")
    mia.settles()
    presses(mia, "Escape")
    assert np.abs(stripes("solid") - plain).sum() < 0.02 * plain.sum()

    mia.see("colour-menu").click()
    mia.see("colour-choice").first.click()
    expect(mia.see("legend")).to_be_visible()
    assert stripes("coloured").sum() < 0.2 * plain.sum(), (
        "colours by value take the picture's place"
    )
    mia.page.keyboard.press("Control+z")
    expect(mia.see("legend")).to_have_count(0)
    assert np.abs(stripes("after") - plain).sum() < 0.02 * plain.sum()


def test_a_photoreal_still_is_traced_shown_saved_and_left(
    mia: Person, crevice: dict[str, Any]
) -> None:
    opens(mia, crevice, "p", "1")
    mia.clicks_row("Trough")
    presses(mia, "h", "Escape")
    mia.clicks_row("Core")
    still = "document.querySelector('canvas.scene-still')"
    said = mia.see("photoreal-said")
    place, gone = FACE, (24.0, -10.0, 10.0)

    def begins() -> None:
        mia.see("toolbar-display").click()
        mia.see("display-photoreal").click()
        expect(mia.see("photoreal-anyway")).to_be_visible()  # a processor draws here: it warns
        mia.see("photoreal-anyway").click()

    def samples() -> int:
        words = [word for word in (said.text_content() or "").split() if word.isdigit()]
        return int(words[0]) if words else 0

    def seen() -> dict[str, Any]:
        return dict(json.loads(mia.page.evaluate("JSON.stringify(window.__ux.viewpoint)")))

    # Esc leaves the still and nothing else; what is late stays away.
    view, before = Picture(mia, "still_view"), seen()
    begins()
    mia.page.keyboard.press("Escape")
    expect(said).to_have_count(0)
    mia.page.wait_for_timeout(500)
    assert mia.page.evaluate(f"{still} === null")
    assert seen() == before
    assert Picture(mia, "still_never").differs(view).mean() < 0.002

    begins()
    expect(mia.see("photoreal-stop")).to_be_visible(timeout=60_000)
    # Compiling the tracer takes a processor most of the time.
    until(lambda: samples() >= 2, 240)
    early = Picture(mia, "still_early", settled=False)
    until(lambda: samples() >= 5, 60)
    mia.see("photoreal-stop").click()
    expect(mia.see("photoreal-stop")).to_have_count(0)
    late = Picture(mia, "still_late", settled=False)
    assert np.abs(late.colour(place, 8) - early.colour(place, 8)).max() < 15, "it converges"
    assert difference(late.colour(place, 8), CUBE) < 20
    assert late.differs(view).mean() > 0.01, "it is another picture"
    background = late.pixels[4, 4]
    assert np.abs(late.colour(gone, 4) - background).max() < 30, "what is hidden is not in it"
    with mia.page.expect_download() as download:
        mia.see("photoreal-download").click()
    with Image.open(io.BytesIO(download.value.path().read_bytes())) as file:
        size = mia.page.evaluate(f"[{still}.width, {still}.height]")
        assert (file.format, list(file.size)) == ("PNG", size)
        saved = np.asarray(file.convert("RGB")).astype(float)
    assert saved.reshape(-1, 3).std(axis=0).max() > 5, "something is in it"
    mia.see("photoreal-back").click()
    assert mia.page.evaluate(f"{still} === null")
    changed = Picture(mia, "still_back").differs(view)[60:]  # above is the word that it is saved
    assert changed.mean() < 0.002, "the view is as it was"

    # The first pixel of a drag is already one of the view; all but the camera is as it was.
    begins()
    mia.points_at(0.3, 0.3)
    mia.page.mouse.down()
    mia.points_at(0.36, 0.34)
    mia.page.mouse.up()
    expect(said).to_have_count(0)
    mia.settles()
    after = seen()
    assert after["camera"]["position"] != before["camera"]["position"]
    assert {**after, "camera": 0} == {**before, "camera": 0}
