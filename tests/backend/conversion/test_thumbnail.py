from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image
from scene_builders import box_mesh, moved, part, scene_of, sphere_mesh

from holotable.conversion import thumbnail
from holotable.conversion.lod import make_levels, steps_for
from holotable.conversion.place import corner_boxes, place
from holotable.conversion.simplify import Simplifier
from holotable.conversion.thumbnail import BACKGROUND, write_thumbnail
from holotable.review.scene import Scene


def drawn(scene: Scene, folder: Path) -> np.ndarray:
    """The thumbnail's pixels (384, 512, 4)."""
    placements = place(scene)
    simplifier = Simplifier()
    steps = steps_for(len(scene.parts), len(placements.rows))
    levels = [make_levels(part.mesh, steps, simplifier) for part in scene.parts]
    boxes = np.array(
        [[p.mesh.positions.min(axis=0), p.mesh.positions.max(axis=0)] for p in scene.parts], float
    )
    path = folder / "thumbnail.webp"
    write_thumbnail(path, scene, placements, levels, corner_boxes(boxes, placements))
    with Image.open(path) as image:
        assert image.format == "WEBP"
        assert image.size == (512, 384)
        return np.asarray(image.convert("RGBA")).astype(int)


def test_the_model_fills_the_picture_and_the_background_is_transparent(tmp_path: Path) -> None:
    pixels = drawn(scene_of([part(box_mesh())], [(0, moved(100, 0, 0))]), tmp_path)
    rows, columns = np.nonzero(pixels[:, :, 3] > 250)
    assert rows.max() - rows.min() > 300
    assert abs((columns.min() + columns.max()) / 2 - 256) < 4
    assert pixels[0, 0, 3] == 0
    assert np.abs(pixels[0, 0, :3] - np.array(BACKGROUND)).max() <= 3


def test_colours_are_recognisable_and_sides_are_shaded_differently(tmp_path: Path) -> None:
    scene = scene_of([part(box_mesh())], [(0, moved())], colours=("#d02020ff",))
    pixels = drawn(scene, tmp_path)
    solid = pixels[pixels[:, :, 3] > 250]
    assert (solid[:, 0] > solid[:, 1] + 20).mean() > 0.95
    top, front = pixels[110, 256], pixels[260, 180]
    assert top[0] > front[0] + 10


def test_face_colours_are_shown(tmp_path: Path) -> None:
    scene = scene_of(
        [part(box_mesh(materials=(0, 0, 0, 1, 0, 0)))],
        [(0, moved())],
        palette=("#b8bec6ff", "#1040ffff"),
    )
    pixels = drawn(scene, tmp_path)
    top = pixels[110, 256]
    assert top[2] > top[0] + 60


def test_glass_lets_what_is_behind_shine_through(tmp_path: Path) -> None:
    scene = scene_of(
        [part(box_mesh()), part(sphere_mesh(0.3))],
        [(0, moved()), (1, moved(0.5, 0.5, 0.5))],
        colours=("#80c0ff40", "#ff2000ff"),
    )
    pixels = drawn(scene, tmp_path)
    assert pixels[192, 256, 0] > pixels[192, 256, 2] + 30
    assert 40 < pixels[192, 130, 3] < 200


def test_what_is_hidden_at_first_is_not_in_the_picture(tmp_path: Path) -> None:
    scene = scene_of(
        [part(box_mesh()), part(box_mesh((9.0, 9.0, 9.0)))], [(0, moved()), (1, moved(5))]
    )
    hidden = replace(scene, nodes=(*scene.nodes[:2], replace(scene.nodes[2], hidden=True)))
    alone = scene_of([part(box_mesh())], [(0, moved())])
    assert (drawn(hidden, tmp_path) == drawn(alone, tmp_path)).all()
    only_hidden = replace(alone, nodes=tuple(replace(n, hidden=True) for n in alone.nodes))
    assert (drawn(only_hidden, tmp_path)[:, :, 3] > 250).any()


def test_a_huge_model_is_drawn_from_its_largest_occurrences(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(thumbnail, "MAX_TRIANGLES", 50)
    placements = [(0, moved(0.001 * i)) for i in range(200)] + [(1, moved())]
    scene = scene_of([part(box_mesh((0.01,) * 3)), part(box_mesh((5.0, 5.0, 5.0)))], placements)
    assert (drawn(scene, tmp_path)[:, :, 3] > 250).mean() > 0.2


def test_a_flat_sheet_seen_from_behind_is_still_shaded(tmp_path: Path) -> None:
    mesh = box_mesh()
    sheet = type(mesh)(mesh.positions, -mesh.normals, mesh.triangles[6:8, ::-1], mesh.materials)
    pixels = drawn(scene_of([part(sheet)], [(0, moved())]), tmp_path)
    solid = pixels[pixels[:, :, 3] > 250]
    assert solid[:, :3].mean() > 120


def test_a_model_of_thousands_of_parts_shows_them_all(tmp_path: Path) -> None:
    scene = scene_of(
        [part(sphere_mesh(0.4, 20, 40))],
        [(0, moved(float(x), 0, float(z))) for x in range(60) for z in range(60)],
        colours=("#d02020ff",) * 3600,
    )
    pixels = drawn(scene, tmp_path)
    rows, columns = np.nonzero(pixels[:, :, 3] > 200)
    assert columns.max() - columns.min() > 420
    assert (pixels[rows, columns, 0] > pixels[rows, columns, 1] + 30).mean() > 0.9


def test_a_model_a_hundred_kilometres_away_is_drawn_as_well(tmp_path: Path) -> None:
    near = drawn(scene_of([part(box_mesh())], [(0, moved())]), tmp_path)
    far = drawn(scene_of([part(box_mesh())], [(0, moved(100_000, 20, -50_000))]), tmp_path)
    assert np.abs(near - far).mean() < 0.5


def test_a_mirrored_solid_is_not_seen_from_inside(tmp_path: Path) -> None:
    box = replace(part(box_mesh()), closed=True)
    mirror = np.diag([-1.0, 1.0, 1.0, 1.0])
    plain = drawn(scene_of([box], [(0, moved(-0.5, -0.5, -0.5))]), tmp_path)
    flipped = drawn(scene_of([box], [(0, moved(0.5, -0.5, -0.5) @ mirror)]), tmp_path)
    assert np.abs(plain - flipped).mean() < 0.5


def test_small_parts_far_apart_are_drawn_large_enough_to_be_seen(tmp_path: Path) -> None:
    scene = scene_of(
        [part(box_mesh((0.01, 0.01, 0.01)))],
        [(0, moved(float(x), 0, float(z))) for x in range(4) for z in range(4)],
        colours=("#d02020ff",) * 16,
    )
    pixels = drawn(scene, tmp_path)
    red = (pixels[:, :, 3] > 128) & (pixels[:, :, 0] > pixels[:, :, 1] + 30)
    assert red.sum() > 16 * 6
