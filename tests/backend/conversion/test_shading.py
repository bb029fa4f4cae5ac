import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from holotable.conversion.raster import rasterise
from holotable.conversion.shading import (
    SAMPLES,
    TOWARD_VIEWER,
    Layer,
    Surface,
    blurred,
    covered_share,
    enlarged,
    shaded,
    to_linear,
    to_srgb,
)


def squares(*places: tuple[float, float, float, float], alpha: float = 1.0) -> Surface:
    """Squares (x, y, size, depth) in samples that face the viewer, each of its own."""
    screen, triangles = [], []
    for number, (x, y, size, depth) in enumerate(places):
        corners = [(x, y), (x + size, y), (x + size, y + size), (x, y + size)]
        screen += [(*corner, depth) for corner in corners]
        triangles += [(4 * number + a, 4 * number + b, 4 * number + c) for a, b, c in
                      ((0, 1, 2), (0, 2, 3))]  # fmt: skip
    normals = np.tile(TOWARD_VIEWER, (len(screen), 1)).astype(np.float32)
    colours = np.tile(np.array([1.0, 1.0, 1.0, alpha], np.float32), (len(screen), 1))
    return Surface(
        np.array(screen, np.float32),
        normals,
        colours,
        np.array(triangles, np.int32),
        np.repeat(np.arange(len(places), dtype=np.int32), 2),
    )


def drawn(surface: Surface, width: int = 80, height: int = 80) -> Layer:
    return shaded(surface, rasterise(surface.corners(), width, height))


@pytest.mark.parametrize(("sigma", "truncate"), [(1.5, 2.0), (3.0, 2.0), (7.0, 3.0)])
def test_blurring_is_scipys(sigma: float, truncate: float) -> None:
    picture = np.random.default_rng(1).random((60, 80), np.float32)
    expected = gaussian_filter(picture, sigma, truncate=truncate)
    assert blurred(picture, sigma, truncate) == pytest.approx(expected, abs=1e-6)


def test_coverage_is_the_share_of_samples() -> None:
    surface = squares((11, 10, 40, 0))  # begins in the middle of a pixel
    layer = drawn(surface)
    assert layer.alpha.shape == (40, 40)
    assert layer.alpha[15, 5] == 0.5
    assert layer.alpha[15, 10] == 1.0
    assert layer.alpha[15, 4] == 0.0
    share = covered_share(rasterise(surface.corners(), 80, 80).front)
    assert (share == layer.alpha).all()


def test_an_even_face_is_evenly_lit_and_its_outline_is_dark() -> None:
    layer = drawn(squares((10, 10, 60, 0)))
    inside = layer.light[8:32, 8:32]
    assert inside.std() < 1e-3
    assert inside.mean() > 0.5
    assert layer.light[5, 20].mean() < 0.7 * inside.mean()


def test_a_step_in_depth_and_another_occurrence_are_outlined_on_the_near_side() -> None:
    layer = drawn(squares((4, 4, 72, 100), (30, 30, 20, 0)))
    assert layer.light[15, 20].mean() < 0.7 * layer.light[20, 20].mean()
    assert layer.light[13, 20].mean() > 1.1 * layer.light[15, 20].mean()


def test_what_lies_behind_an_edge_in_a_hollow_is_darker() -> None:
    flat = drawn(squares((0, 0, 80, 0)))
    hollow = drawn(squares((0, 0, 80, 40), (0, 0, 30, 0)))
    assert hollow.light[30, 17].mean() < flat.light[30, 17].mean()


def test_seen_from_behind_it_is_lit_as_if_turned() -> None:
    front = squares((10, 10, 60, 0))
    back = Surface(
        front.screen, -front.normals, front.colours, front.triangles[:, ::-1], front.owners
    )
    assert drawn(back).light == pytest.approx(drawn(front).light, abs=1e-5)


def test_glass_covers_in_part_and_lies_over_what_is_behind() -> None:
    pane = drawn(squares((10, 10, 60, 0), alpha=0.25))
    assert pane.alpha[20, 20] == pytest.approx(0.25)
    below = Layer(np.zeros_like(pane.light), np.ones_like(pane.alpha))
    both = pane.over(below)
    assert both.alpha[20, 20] == 1.0
    assert both.light[20, 20] == pytest.approx(0.25 * pane.light[20, 20])


def test_nothing_gives_an_empty_layer() -> None:
    surface = squares((-50, -50, 10, 0))
    layer = drawn(surface)
    assert not layer.alpha.any()
    assert layer.light.shape == (80 // SAMPLES, 80 // SAMPLES, 3)


def test_the_table_of_srgb_agrees_with_the_formula_to_a_byte() -> None:
    srgb = np.arange(256) / 255
    assert to_srgb(to_linear(srgb).astype(np.float32)).tolist() == list(range(256))


def test_a_picture_drawn_larger_keeps_its_mean() -> None:
    small = np.zeros((8, 8), np.float32)
    small[2:6, 2:6] = 1.0
    large = enlarged(small, (32, 32))
    assert large.shape == (32, 32)
    assert large.mean() == pytest.approx(0.25, abs=0.01)
