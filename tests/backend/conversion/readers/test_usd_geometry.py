from pathlib import Path

import numpy as np
import pytest
from mesh_files import (
    CORNERS,
    OPTIONS,
    QUADS,
    SIZE,
    VOLUME,
    check,
    placed_triangles,
    silent,
    warning_codes,
)
from usd_files import mesh, numbers, tuples, write_usda, xform

from holotable.conversion.options import ConvertOptions
from holotable.conversion.readers.usd import read_usd
from holotable.errors import DamagedFile, TooComplex
from holotable.review.scene import Scene


def read(path: Path, options: ConvertOptions = OPTIONS) -> Scene:
    scene = read_usd(path, options, silent)
    if all(len(part.mesh.triangles) for part in scene.parts):
        check(scene)
    return scene


def colours_of(scene: Scene) -> set[str]:
    """Every colour that is seen."""
    part = scene.parts[0].mesh
    own = scene.nodes[-1].colour or scene.palette[0]
    return {scene.palette[n] if n else own for n in set(part.materials.tolist())}


def test_polygons_of_any_size_are_cut_without_filling_what_is_hollow(tmp_path: Path) -> None:
    shape = [[0, 0, 0], [4, 0, 0], [4, 4, 0], [2, 1, 0], [0, 4, 0]]  # concave
    scene = read(write_usda(tmp_path / "a.usda", mesh("M", shape, [[0, 1, 2, 3, 4]])))
    assert len(scene.parts[0].mesh.triangles) == 3
    assert scene.parts[0].area_m2 == pytest.approx(10.0)


def test_holes_are_left_open(tmp_path: Path) -> None:
    scene = read(write_usda(tmp_path / "a.usda", mesh(extra="int[] holeIndices = [0, 3]")))
    assert placed_triangles(scene) == 8
    assert not scene.parts[0].closed


def test_a_left_handed_mesh_is_turned_and_keeps_its_outside(tmp_path: Path) -> None:
    left = mesh(faces=QUADS[:, ::-1], extra='uniform token orientation = "leftHanded"')
    scene = read(write_usda(tmp_path / "a.usda", left))
    assert scene.parts[0].volume_m3 == pytest.approx(VOLUME)
    assert warning_codes(scene) == set()


@pytest.mark.parametrize("interpolation", ["vertex", "varying", "faceVarying", "uniform"])
def test_normals_lie_as_they_say(tmp_path: Path, interpolation: str) -> None:
    away = CORNERS - SIZE / 2
    of_faces = np.array([[0, 0, -1], [0, 0, 1], [0, -1, 0], [0, 1, 0], [-1, 0, 0], [1, 0, 0.0]])
    rows = {"vertex": away, "varying": away, "uniform": of_faces,
            "faceVarying": of_faces.repeat(4, axis=0)}[interpolation]  # fmt: skip
    extra = f'normal3f[] normals = {tuples(rows)} ( interpolation = "{interpolation}" )'
    scene = read(write_usda(tmp_path / "a.usda", mesh(extra=extra)))
    part = scene.parts[0].mesh
    if interpolation in ("vertex", "varying"):
        middle = part.positions - SIZE / 2
        expected = middle / np.linalg.norm(middle, axis=1)[:, None]
        assert np.allclose(part.normals, expected, atol=1e-6)
        assert len(part.positions) == 8
    else:
        assert len(part.positions) == 24
        corner = part.positions[part.triangles]
        faces = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
        faces /= np.linalg.norm(faces, axis=1)[:, None]
        assert np.allclose(part.normals[part.triangles[:, 0]], faces, atol=1e-6)
    assert scene.parts[0].closed


def test_primvars_normals_win_and_may_be_indexed(tmp_path: Path) -> None:
    extra = (
        f"normal3f[] normals = {tuples(np.tile([1.0, 0, 0], (8, 1)))}\n"
        'normal3f[] primvars:normals = [(0, 0, 1)] ( interpolation = "vertex" )\n'
        f"int[] primvars:normals:indices = {numbers(np.zeros(8, int))}\n"
    )
    scene = read(write_usda(tmp_path / "a.usda", mesh(extra=extra)))
    assert np.allclose(scene.parts[0].mesh.normals, [0, 0, 1])


def test_a_primvar_that_does_not_fit_is_left_out_with_a_warning(tmp_path: Path) -> None:
    extra = 'normal3f[] normals = [(0, 0, 1), (0, 0, 1)] ( interpolation = "vertex" )'
    scene = read(write_usda(tmp_path / "a.usda", mesh(extra=extra)))
    assert warning_codes(scene) == {"primvar_ignored"}
    assert len(scene.parts[0].mesh.positions) == 24


@pytest.mark.parametrize(
    ("primvar", "seen"),
    [
        ('[(1, 0, 0)] ( interpolation = "constant" )', {"#ff0000ff"}),
        (
            f'{tuples([[1, 0, 0], [0, 1, 0]] * 3)} ( interpolation = "uniform" )',
            {"#ff0000ff", "#00ff00ff"},
        ),
        (
            f'{tuples([[1, 0, 0]] * 4 + [[0, 0, 1]] * 4)} ( interpolation = "vertex" )',
            {"#ff0000ff", "#0000ffff"},
        ),
        (
            f'{tuples([[1, 0, 0]] * 20 + [[0, 0, 1]] * 4)} ( interpolation = "faceVarying" )',
            {"#ff0000ff", "#0000ffff"},
        ),
    ],
)
def test_display_colours_lie_as_they_say(tmp_path: Path, primvar: str, seen: set[str]) -> None:
    scene = read(
        write_usda(tmp_path / "a.usda", mesh(extra=f"color3f[] primvars:displayColor = {primvar}"))
    )
    assert colours_of(scene) == seen


def test_display_colour_is_linear_inherited_and_may_be_clear(tmp_path: Path) -> None:
    colour = (
        'color3f[] primvars:displayColor = [(0.5, 0.5, 0.5)] ( interpolation = "constant" )\n'
        'float[] primvars:displayOpacity = [0.25] ( interpolation = "constant" )\n'
    )
    scene = read(write_usda(tmp_path / "a.usda", xform("World", colour + mesh())))
    assert scene.nodes[-1].colour == "#bcbcbc40"


def test_an_authored_subdivision_is_shown_by_its_cage(tmp_path: Path) -> None:
    body = mesh().replace('"none"', '"catmullClark"')
    scene = read(write_usda(tmp_path / "a.usda", body))
    assert warning_codes(scene) == {"subdivision_not_refined"}
    assert len(scene.parts[0].mesh.positions) == 8, "smooth all over"
    silent_scheme = mesh().replace('uniform token subdivisionScheme = "none"', "")
    assert warning_codes(read(write_usda(tmp_path / "b.usda", silent_scheme))) == set()


def test_points_are_a_cloud(tmp_path: Path) -> None:
    body = (
        f'def Points "Scan"\n{{\npoint3f[] points = {tuples(CORNERS)}\n'
        f"color3f[] primvars:displayColor = {tuples([[1, 0, 0]] * 8)} (\n"
        'interpolation = "vertex"\n)\n}'
    )
    cloud = read(write_usda(tmp_path / "a.usda", body)).parts[0].points
    assert cloud is not None
    assert np.allclose(cloud.positions, CORNERS)
    assert cloud.colours is not None
    assert (cloud.colours == [255, 0, 0]).all()


def curves(kind: str, points: object, counts: str, extra: str = "") -> str:
    return (
        f'def BasisCurves "Wire"\n{{\nuniform token type = "{kind}"\n'
        f"int[] curveVertexCounts = {counts}\npoint3f[] points = {tuples(points)}\n{extra}\n}}"
    )


def test_curves_are_lines(tmp_path: Path) -> None:
    line = [[0, 0, 0], [1, 0, 0], [1, 1, 0], [5, 5, 5], [6, 5, 5.0]]
    extra = 'color3f[] primvars:displayColor = [(1, 0, 0), (0, 0, 1)] ( interpolation = "uniform" )'
    part = read(write_usda(tmp_path / "a.usda", curves("linear", line, "[3, 2]", extra))).parts[0]
    assert part.edges is not None
    assert np.allclose(part.edges.points, line)
    assert part.edges.starts.tolist() == [0, 3, 5]
    assert part.edges.colours is not None
    assert len(set(part.edges.colours.tolist())) == 2


def test_cubic_curves_go_through_what_they_must(tmp_path: Path) -> None:
    control = [[0, 0, 0], [0, 2, 0], [2, 2, 0], [2, 0, 0.0]]

    def points(extra: str) -> np.ndarray:
        path = write_usda(tmp_path / "a.usda", curves("cubic", control, "[4]", extra))
        edges = read(path).parts[0].edges
        assert edges is not None
        return edges.points

    bezier = points('uniform token basis = "bezier"')
    assert np.allclose(bezier[[0, 4, -1]], [[0, 0, 0], [1, 1.5, 0], [2, 0, 0]])
    through = points('uniform token basis = "catmullRom"\nuniform token wrap = "pinned"')
    assert all(np.isclose(through, point).all(axis=1).any() for point in control)
    inside = points('uniform token basis = "bspline"')
    assert np.allclose(
        inside[0], (np.array(control[0]) + 4 * np.array(control[1]) + control[2]) / 6
    )


def test_more_triangles_than_allowed_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TooComplex):
        read(write_usda(tmp_path / "a.usda", mesh()), ConvertOptions(max_triangles=11))


@pytest.mark.parametrize(
    "broken",
    [
        ("faceVertexCounts = [4, 4", "faceVertexCounts = [4, -4"),
        ("faceVertexCounts = [4, 4", "faceVertexCounts = [4, 5"),
        ("faceVertexIndices = [0, 2", "faceVertexIndices = [0, 8"),
        ("faceVertexIndices = [0, 2", "faceVertexIndices = [0, -2"),
        ("(0.0, 0.0, 0.0)", "(0.0, nan, 0.0)"),
    ],
)
def test_a_mesh_that_contradicts_itself_is_refused(tmp_path: Path, broken: tuple[str, str]) -> None:
    assert broken[0] in mesh()
    with pytest.raises(DamagedFile):
        read(write_usda(tmp_path / "a.usda", mesh().replace(*broken)))
