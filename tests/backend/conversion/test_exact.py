import importlib.util
import json
from dataclasses import replace
from pathlib import Path

import exact_reader
import numpy as np
import pytest
from cad_files import box, silent
from exact_shapes import (
    SOLIDS,
    Y_UP,
    as_splines,
    cone,
    drilled_block,
    exact_of,
    filleted_box,
    sphere,
    torus,
)
from OCP.BRepAlgoAPI import BRepAlgoAPI_Section
from package_reader import read_package

from holotable.conversion.exact import encode_faces, encode_part, varints
from holotable.conversion.options import ConvertOptions
from holotable.conversion.pipeline import convert
from holotable.review.exact import ELLIPSE, ExactPart
from holotable.sample.step_file import StepFile, translation

MODELS = Path(__file__).parents[3].parent / "shared" / "models"
needs_models = pytest.mark.skipif(not MODELS.is_dir(), reason="needs ../shared/models")


def assert_same(written: ExactPart, read: exact_reader.Exact) -> None:
    """Every number to 1e-9 of the part's size, every name and neighbour as it was."""
    size = float(np.ptp(written.vertices, axis=0).max()) if len(written.vertices) else 1.0
    near = {"rel": 1e-9, "abs": 1e-9 * max(size, float(written.edge_lengths.max(initial=0)))}
    assert read.vertices == pytest.approx(written.vertices, **near)
    assert read.tolerance == written.tolerance_m
    assert [exact_reader.EDGE_KINDS.index(edge.kind) for edge in read.edges] == (
        written.edge_kinds.tolist()
    )
    for number, edge in enumerate(read.edges):
        row = written.edge_parameters[number]
        assert list(edge.vertices) == written.edge_vertices[number].tolist()
        assert edge.recognised == written.edge_recognised[number]
        assert edge.length == pytest.approx(written.edge_lengths[number], **near)
        span = slice(*written.edge_starts[number : number + 2])
        assert edge.polyline == pytest.approx(written.edge_points[span], abs=written.tolerance_m)
        match edge.kind:
            case "line":
                assert edge.values["direction"] == pytest.approx(row[3:6], abs=2e-9)
                offset = edge.values["point"] - row[:3]
                across = np.cross(offset, row[3:6])
                assert across == pytest.approx(np.zeros(3), abs=near["abs"])
            case "circle" | "ellipse":
                assert edge.values["centre"] == pytest.approx(row[:3], **near)
                assert edge.values["axis"] == pytest.approx(row[3:6], abs=1e-14)
                assert edge.values["x"] == pytest.approx(row[6:9], abs=1e-14)
                radii = edge.values.get("radii", [edge.values.get("radius")] * 2)
                assert radii == pytest.approx(row[9:11], rel=1e-12)
                assert edge.values["angles"] == pytest.approx(row[11:13], rel=1e-12)
            case _:
                assert not edge.values
    around = np.split(written.face_edges, written.face_edge_starts[1:-1])
    for number, face in enumerate(read.faces):
        row = written.face_parameters[number]
        assert exact_reader.FACE_KINDS.index(face.kind) == written.face_kinds[number]
        assert face.body == written.face_bodies[number]
        assert face.edges == around[number].tolist()
        assert face.area == pytest.approx(written.face_areas[number], rel=1e-12)
        assert face.hole == bool(row[11])
        assert face.recognised == written.face_recognised[number]
        if face.kind != "other":
            assert face.values["origin"] == pytest.approx(row[:3], **near)
            assert face.values["axis"] == pytest.approx(row[3:6], abs=1e-14)
            assert face.values["x"] == pytest.approx(row[6:9], abs=1e-14)
            numbers = face.values["numbers"]
            assert numbers == pytest.approx(row[9 : 9 + len(numbers)], rel=1e-12)
    assert [body["volume"] for body in read.bodies] == written.body_volumes.tolist()
    for number, body in enumerate(read.bodies):
        assert body["centre"].tolist() == written.body_centres[number].tolist()
        assert body["inertia"] == pytest.approx(written.body_inertias[number])


@pytest.mark.parametrize("name", SOLIDS)
def test_a_second_reader_finds_every_number(name: str) -> None:
    for shape in (SOLIDS[name][0](), as_splines(SOLIDS[name][0]())):
        exact = exact_of(shape, Y_UP)
        assert_same(exact, exact_reader.read_part(encode_part(exact)))


def test_splines_without_a_kind_travel_as_polylines_and_ellipses_with_both_radii() -> None:
    shape = BRepAlgoAPI_Section(cone(), box(3, 3, 30)).Shape()  # hyperbolas
    exact = exact_of(shape)
    assert len(exact.edge_points) > 10
    assert_same(exact, exact_reader.read_part(encode_part(exact)))
    shape = BRepAlgoAPI_Section(SOLIDS["cylinder"][0](), tilted()).Shape()
    exact = exact_of(shape)
    assert ELLIPSE in exact.edge_kinds
    assert_same(exact, exact_reader.read_part(encode_part(exact)))


def tilted() -> object:
    from OCP.gp import gp_Dir, gp_Pln, gp_Pnt

    return gp_Pln(gp_Pnt(0, 0, 5), gp_Dir(0.2, 0.1, 1))


def test_a_part_without_anything_has_an_empty_block() -> None:
    exact = exact_of(sphere())
    nothing = replace(
        exact,
        **{
            name: getattr(exact, name)[: 1 if name.endswith("starts") else 0]
            for name in ExactPart.__slots__
            if name != "tolerance_m"
        },
    )

    assert_same(nothing, exact_reader.read_part(encode_part(nothing)))


def test_equal_points_directions_and_numbers_stand_once() -> None:
    read = exact_reader.read_part(encode_part(exact_of(filleted_box())))

    # Both ways along three axes; 16 vertices with 8 centres, and origins of the faces beside them.
    assert read.pools["directions"] <= 8
    assert read.pools["points"] <= 16 + 8 + 10
    # 0, 1, 5, 15, 20, 25, 30, 35 and 40 mm, the ends of arcs, four areas.
    assert read.pools["numbers"] <= 20


@pytest.mark.parametrize(
    ("faces", "size"), [([7], 10), ([0, 0, 0, 1, 1, 3], 14), ([*range(300)], 8 + 600), ([], 8)]
)
def test_faces_of_triangles_travel_as_runs(faces: list[int], size: int) -> None:
    block = encode_faces(np.array(faces, np.uint32))

    assert exact_reader.read_faces(block).tolist() == faces
    assert len(block) == size


def test_long_numbers_take_more_bytes() -> None:
    assert varints(np.array([0, 127, 128, 16_383, 16_384, 2**35 - 1])) == bytes.fromhex(
        "00 7f 8001 ff7f 808001 ffffffff7f"
    )


def an_assembly(folder: Path) -> Path:
    """A drilled block, plain and mirrored, beside a torus and a filleted box."""
    file = StepFile()
    top = file.assembly("Top")
    block = file.part("Block", drilled_block())
    file.place(top, block)
    file.place(top, file.part("Ring", torus()), translation(100, 0, 0))
    file.place(top, file.part("Rounded", filleted_box()), translation(0, 100, 0))
    path = folder / "a.step"
    file.write(path, "a")
    return path


def test_the_package_says_how_large_the_head_is_and_each_part_is_one_range(tmp_path: Path) -> None:
    manifest = convert(an_assembly(tmp_path), tmp_path / "out", ConvertOptions(), silent)

    data = (tmp_path / "out" / "exact.bin").read_bytes()
    assert manifest["exact"] == {"bytes": len(data), "head_bytes": 16 + 8 * 6, "parts": 3}
    assert manifest["files"]["exact.bin"]["bytes"] == len(data)
    parts, geometries = exact_reader.read_head(data[: manifest["exact"]["head_bytes"]])
    structure = json.loads((tmp_path / "out" / "structure.json").read_text())
    names = [row["name"] for row in structure["parts"]]
    volumes = {
        name: exact_reader.read_part(data[at : at + size]).bodies[0]["volume"]
        for name, (at, size) in zip(names, parts, strict=True)
    }
    truths = {"Block": "drilled block", "Ring": "torus", "Rounded": "filleted box"}
    for name, shape in truths.items():
        assert volumes[name] == pytest.approx(SOLIDS[shape][1].volume, rel=1e-9)
    for (at, size), (after, _) in zip(parts, geometries, strict=True):
        assert at + size == after  # so that one range fetches a part and its triangles' faces


def test_every_triangle_of_the_finest_level_lies_on_the_face_that_is_named(tmp_path: Path) -> None:
    convert(an_assembly(tmp_path), tmp_path / "out", ConvertOptions(), silent)

    assert check_triangles(tmp_path / "out") > 200


def check_triangles(folder: Path) -> int:
    """Compare each triangle's corners with its face's exact surface; how many were compared."""
    package = read_package(folder)
    data = (folder / "exact.bin").read_bytes()
    parts, geometries = exact_reader.read_head(data)
    compared = 0
    for number, (at, size) in enumerate(geometries):
        if not size:
            continue
        part = package.manifest["geometries"][number]
        start, length = parts[part]
        exact = exact_reader.read_part(data[start : start + length])
        faces = exact_reader.read_faces(data[at : at + size])
        mesh = package.mesh(number, 0)
        assert len(faces) == len(mesh.triangles)
        assert faces.max(initial=0) < len(exact.faces)
        if number >= len(parts):
            continue  # baked: its points are not in the part's frame
        *corner, step = package.manifest["grids"][number]
        points = np.array(corner) + step * mesh.points.astype(float)
        for triangle, face in zip(mesh.triangles, faces, strict=True):
            surface = exact.faces[face]
            if surface.kind in ("other", "cone", "torus", "sphere"):
                continue
            origin, axis = surface.values["origin"], surface.values["axis"]
            offset = points[triangle] - origin
            height = offset @ axis
            if surface.kind == "plane":
                assert np.abs(height).max() <= 2 * step
            else:
                away = np.linalg.norm(offset - height[:, None] * axis, axis=1)
                assert away == pytest.approx(surface.values["numbers"][0], abs=2 * step)
            compared += 1
    return compared


@pytest.mark.models
@needs_models
@pytest.mark.parametrize("name", ["as1-oc-214.stp", "nist_ctc_01_asme1_ap242-e1.stp"])
def test_real_models_keep_their_faces_and_stay_smaller_than_their_triangles(
    name: str, tmp_path: Path
) -> None:
    manifest = convert(MODELS / name, tmp_path / "out", ConvertOptions(), silent)

    assert check_triangles(tmp_path / "out") > 500
    chunks = sum(chunk["bytes"] for chunk in manifest["chunks"])
    assert manifest["exact"]["bytes"] < chunks
    assert manifest["exact"]["parts"] == manifest["counts"]["parts"]


def test_a_scene_without_exact_shapes_has_no_such_file(tmp_path: Path) -> None:
    (tmp_path / "a.off").write_text("OFF\n3 1 0\n0 0 0\n1 0 0\n0 1 0\n3 0 1 2\n")

    manifest = convert(tmp_path / "a.off", tmp_path / "out", ConvertOptions(), silent)

    assert "exact" not in manifest
    assert not (tmp_path / "out" / "exact.bin").exists()


def test_the_shared_vectors_are_what_is_written_today(tmp_path: Path) -> None:
    vectors = Path(__file__).parents[2] / "vectors"
    specification = importlib.util.spec_from_file_location("make_exact", vectors / "make_exact.py")
    assert specification is not None
    assert specification.loader is not None
    made = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(made)

    made.write(tmp_path)

    for name in ("exact.bin", "exact.json"):
        assert (tmp_path / name).read_bytes() == (vectors / name).read_bytes()
