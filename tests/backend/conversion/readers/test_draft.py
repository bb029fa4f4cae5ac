"""Parts as readers hand them over: one shape for mesh and surface."""

import numpy as np
import pytest
from mesh_files import CORNERS, TRIANGLES, VOLUME

from holotable.conversion.readers.colours import OWN_COLOUR
from holotable.conversion.readers.draft import Draft, Frame, Lines, Wrap, draft_mesh, with_lines
from holotable.conversion.readers.looks import LooksBuilder
from holotable.errors import DamagedFile
from holotable.review.scene import Z_UP_TO_Y_UP

FRAME = Frame(0.5, Z_UP_TO_Y_UP)


def draft(wraps: list[Wrap], looks: LooksBuilder, **given: object) -> Draft:
    arguments: dict[str, object] = {
        "normals": None, "colours": np.full(8, OWN_COLOUR), "sampled": False, "properties": {},
    }  # fmt: skip
    arguments |= given
    triangles = arguments.pop("triangles", TRIANGLES)
    return draft_mesh("a", CORNERS, triangles, FRAME, wraps=wraps, looks=looks, **arguments)  # type: ignore[arg-type]  # by name


def painted(looks: LooksBuilder, sets: int = 1) -> int:
    gltf = {"normalTexture": {"index": 0}, "occlusionTexture": {"index": 0, "texCoord": 1}}
    return looks.material("", dict(list(gltf.items())[:sets]))


@pytest.mark.parametrize("inward", [False, True])
@pytest.mark.parametrize("with_normals", [False, True])
def test_the_surface_has_the_triangles_of_the_mesh(inward: bool, with_normals: bool) -> None:
    looks = LooksBuilder()
    number = painted(looks)
    triangles = TRIANGLES[:, ::-1] if inward else TRIANGLES
    uv = CORNERS[:, :2] / 4
    directions = (CORNERS - CORNERS.mean(axis=0)) * (-1 if inward else 1)
    found = draft(
        [Wrap(0, 4, number, uvs=(uv,)), Wrap(4, 12)],
        looks,
        triangles=triangles,
        normals=directions.astype(np.float32) if with_normals else None,
    )
    assert found.closed
    assert found.inside_out is inward
    assert found.volume_m3 == pytest.approx(VOLUME / 8)
    assert found.surface
    first, second = found.surface.primitives
    corners = found.positions[found.triangles]
    assert np.array_equal(first.positions[first.triangles], corners[:4])
    assert np.array_equal(second.positions[second.triangles], corners[4:])
    normals = found.normals[found.triangles]
    assert np.array_equal(first.normals[first.triangles], normals[:4])
    # a coordinate stays with its place: x of the file is x, y of the file is −z, in half metres
    places = first.positions * 2
    assert np.allclose(first.uvs[0], np.stack([places[:, 0], -places[:, 2]], axis=1) / 4)


def test_rows_of_corners_may_split_vertices() -> None:
    looks = LooksBuilder()
    number = painted(looks)
    rows = np.arange(36).reshape(-1, 3)
    uv = np.random.default_rng(1).uniform(size=(36, 2))
    found = draft([Wrap(0, 12, number, rows=rows, uvs=(uv,))], looks)
    assert found.surface
    (primitive,) = found.surface.primitives
    assert np.allclose(primitive.uvs[0][primitive.triangles.ravel()], uv)
    assert len(primitive.positions) == 36
    assert len(found.positions) == 24


def test_sampled_colours_split_the_mesh_and_not_the_surface() -> None:
    looks = LooksBuilder()
    number = painted(looks)
    colours = np.arange(36) << 8 | 255
    found = draft([Wrap(0, 12, number, uvs=(np.zeros((8, 2)),))], looks, colours=colours)
    assert found.surface
    assert len(found.positions) == 36
    assert len(found.surface.primitives[0].positions) == 24


def test_plain_triangles_carry_their_colours_in_linear_light() -> None:
    looks = LooksBuilder()
    number = painted(looks)
    colours = np.full(36, 0xFF0000FF)
    colours[18:] = 0x00FF0080
    found = draft(
        [Wrap(0, 2, number, uvs=(np.zeros((8, 2)),)), Wrap(2, 6), Wrap(5, 12)],
        looks,
        colours=colours,
    )
    assert found.surface
    _, red, both = found.surface.primitives
    materials = looks.finish().materials
    assert red.colours is None
    assert materials[red.material].gltf["pbrMetallicRoughness"]["baseColorFactor"] == [1, 0, 0, 1]
    assert both.colours is not None
    assert {tuple(row) for row in both.colours.round(2).tolist()} == {(1, 0, 0, 1), (0, 1, 0, 0.5)}
    assert materials[both.material].gltf["alphaMode"] == "BLEND"


def test_lines_beyond_the_triangles_belong_to_the_extent() -> None:
    shape = draft([], LooksBuilder())
    inside = with_lines(shape, Lines(CORNERS[:2], np.array([0, 2])), FRAME)
    assert len(inside.positions) == len(shape.positions)
    outside = with_lines(shape, Lines(CORNERS[:2] * 9, np.array([0, 2])), FRAME)
    assert outside.positions[:, 0].max() == pytest.approx(9)
    assert len(outside.triangles) == 12


def test_a_coordinate_out_of_this_world_is_damage() -> None:
    with pytest.raises(DamagedFile, match="million kilometres"):
        Frame(1000.0, np.eye(4)).places(np.array([[1e9, 0, 0]]))
